/* tests/fuzz/fuzz_kernel.c - the memory of a real kernel with other things in it.
 *
 * The input is a list of changes of 12 bytes: number of a page in the dump (2), offset in
 * it (2), the eight bytes to put there.  The dump is a sample of the project, whose pages
 * are just those that an import reads.  A value whose upper half is 0xffffffff... or
 * 0xffff8... leads on into the kernel, so lists turn into rings and trees into thickets.
 * No loop without end, and facts that can be put.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cursor.h"
#include "input/input.h"
#include "vmcore/vmcore_impl.h"

#define DUMP "samples/memcg-oom-6.1.vmcore.xz"
#define CHANGE_BYTES 12
#define CHANGES_MAX 64
#define PAGE 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libkdumpfile\n";	/* see vmcore/open.c */
}

static struct {
	int fd;
	uint64_t pages_at, n_pages;
} image = { .fd = -1 };

static int keep_fd(void *arg, struct iq_stream *m, struct iq_err *err)
{
	bool cut;
	(void)arg;
	image.fd = iq_stream_fd(m, &cut, err);
	return image.fd < 0 ? -1 : 0;
}

/* Pages stand one behind the other at the end of the file (tests/vmcore/excerpt.c). */
static void open_image(void)
{
	struct iq_walk_opts o = { .limits = IQ_LIMITS_DEFAULT };
	struct iq_visitor v = { .member = keep_fd };
	const char *top = getenv("srcdir");
	struct iq_dump_head h;
	struct iq_arena mem;
	struct iq_err err;
	char path[1024];

	snprintf(path, sizeof path, "%s/" DUMP, top ? top : ".");
	if (iq_walk(path, &o, &v, &err) || image.fd < 0) {
		fprintf(stderr, "%s: %s\n", path, err.text);
		exit(99);
	}
	iq_arena_init(&mem);
	if (iq_dump_head_read(image.fd, &mem, &h, &err))
		exit(99);
	image.n_pages = h.pages;
	image.pages_at = (uint64_t)h.file_bytes - h.pages * PAGE;
	iq_arena_fini(&mem);
}

/* --- what the walkers say --- */

static int put(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
	       struct iq_err *err)
{
	static volatile unsigned char sum;
	const struct iq_fact_desc *d = &iq_fact_descs[type];

	(void)sink, (void)err;
	/* a sanitizer looks at every byte of every text */
	for (size_t c = 0; c < d->n_columns; c++) {
		if (d->columns[c].kind != IQ_COL_TEXT)
			continue;
		struct iq_slice s;
		memcpy(&s, (const char *)fact + d->columns[c].offset, sizeof s);
		for (size_t i = 0; i < s.n; i++)
			sum ^= (unsigned char)s.p[i];
	}
	return 0;
}

static void ignore(void *arg, const char *severity, const char *code, int64_t offset,
		   const char *text)
{
	(void)arg, (void)severity, (void)code, (void)offset, (void)text;
}

static int record(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	(void)arg, (void)rec, (void)err;
	return 0;
}

static void read_all(void)
{
	struct iq_limits limits = IQ_LIMITS_DEFAULT;
	struct iq_sink sink = { .put = put };
	struct iq_snapshot snapshot;
	struct iq_boot boot;
	struct iq_vmcore *v;
	struct iq_err err;

	if (iq_vmcore_open(&image.fd, 1, &limits, ignore, NULL, &v, &err))
		return;
	iq_fact_init(IQ_FACT_BOOT, &boot);
	(void)iq_vmcore_log(v, record, NULL, &err);
	(void)iq_vmcore_state(v, NULL, &sink, 1, &boot, &snapshot, &err);
	iq_vmcore_close(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct {
		off_t at;
		char was[8];
	} change[CHANGES_MAX];
	struct iq_cursor c = iq_cursor(data, size);
	size_t n = 0;

	if (image.fd < 0)
		open_image();
	for (; iq_cur_left(&c) >= CHANGE_BYTES && n < CHANGES_MAX; n++) {
		uint64_t page = iq_cur_le(&c, 2) % image.n_pages;
		uint64_t offset = iq_cur_le(&c, 2) % (PAGE - 8);
		const unsigned char *is = iq_cur_bytes(&c, 8);
		change[n].at = (off_t)(image.pages_at + page * PAGE + offset);
		if (pread(image.fd, change[n].was, 8, change[n].at) != 8 ||
		    pwrite(image.fd, is, 8, change[n].at) != 8)
			exit(99);
	}
	read_all();
	while (n--)
		if (pwrite(image.fd, change[n].was, 8, change[n].at) != 8)
			exit(99);
	return 0;
}

/* tests/input/world.h - composed archives, and a visitor that writes down what it
 * is shown.
 */
#ifndef TESTS_INPUT_WORLD_H
#define TESTS_INPUT_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "input/input.h"

#define UNKNOWN INT64_MIN
#ifndef WORLD_MTIME
#define WORLD_MTIME 1500000000		/* of members */
#endif

/* --- composing --- */

struct entry {
	const char *name;
	struct iq_slice data;
	int type;			/* AE_IF..., 0: a file */
	const char *link;		/* symlink, or hardlink of a file */
};

static inline ssize_t world_write(struct archive *a, void *arg, const void *p, size_t n)
{
	(void)a;
	iq_buf_add(arg, p, n);
	return (ssize_t)n;
}

static inline struct archive *world_writer(struct iq_buf *out, int format, int filter)
{
	struct archive *a = archive_write_new();
	iq_buf_init(out);
	assert_int_equal(archive_write_set_format(a, format), ARCHIVE_OK);
	assert_true(archive_write_add_filter(a, filter) >= ARCHIVE_WARN);
	archive_write_set_bytes_in_last_block(a, 1);
	assert_int_equal(archive_write_open2(a, out, NULL, world_write, NULL, NULL),
			 ARCHIVE_OK);
	return a;
}

/* DATA through one filter, as gzip, xz ... would write it. */
static inline struct iq_buf packed(struct iq_slice data, int filter)
{
	struct iq_buf out;
	struct archive *a = world_writer(&out, ARCHIVE_FORMAT_RAW, filter);
	struct archive_entry *e = archive_entry_new();
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_pathname(e, "data");
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	while (data.n) {
		size_t k = data.n < 1 << 20 ? data.n : 1 << 20;
		assert_int_equal(archive_write_data(a, data.p, k), k);
		data = iq_from(data, k);
	}
	archive_entry_free(e);
	archive_write_free(a);
	return out;
}

static inline struct iq_buf tarred(const struct entry *list, size_t n, int format)
{
	struct iq_buf out;
	struct archive *a = world_writer(&out, format, ARCHIVE_FILTER_NONE);
	for (size_t i = 0; i < n; i++) {
		struct archive_entry *e = archive_entry_new();
		archive_entry_set_pathname(e, list[i].name);
		archive_entry_set_filetype(e, list[i].type ? (unsigned)list[i].type
							   : AE_IFREG);
		archive_entry_set_perm(e, 0644);
		archive_entry_set_mtime(e, WORLD_MTIME, 0);
		archive_entry_set_size(e, (la_int64_t)list[i].data.n);
		if (list[i].link && list[i].type == AE_IFLNK)
			archive_entry_set_symlink(e, list[i].link);
		else if (list[i].link)
			archive_entry_set_hardlink(e, list[i].link);
		assert_true(archive_write_header(a, e) >= ARCHIVE_WARN);
		if (list[i].data.n)
			archive_write_data(a, list[i].data.p, list[i].data.n);
		archive_entry_free(e);
	}
	archive_write_free(a);
	return out;
}

static inline struct iq_slice as_slice(const struct iq_buf *b)
{
	return iq_buf_as_slice(b);
}

/* --- seeing --- */

#define SEEN_MAX 64

struct seen {
	struct {
		char name[512], wrappers[128];
		enum iq_stream_kind kind;
		const char *format;
		int64_t bytes, size, mtime_us, lines_before;
		struct iq_buf head;	/* the first bytes of it */
		bool tail;
		int end;		/* of iq_stream_read() */
	} m[SEEN_MAX];
	size_t n;
	struct {
		char severity[16], code[32], member[512], text[256];
		int64_t offset;
	} issue[SEEN_MAX];
	size_t n_issues;
	size_t n_links;
	char link[512];			/* the last one, "name -> target" */
	struct iq_buf raw;
	int rc;
	struct iq_err err;
	/* how to look */
	bool no_raw, by_fd, do_not_read, short_holes;
	size_t keep_bytes;		/* of each member, 64 kB if 0 */
	struct iq_limits limits;
	int stdin_fd;
};

static inline void copy_z(char *to, size_t n, struct iq_slice s)
{
	snprintf(to, n, "%.*s", IQ_FMT(s));
}

static inline int seen_by_fd(struct seen *s, struct iq_stream *m, struct iq_err *err)
{
	bool cut;
	int fd = iq_stream_fd(m, &cut, err);
	if (fd < 0)
		return -1;
	s->m[s->n].bytes = lseek(fd, 0, SEEK_END);
	s->m[s->n].end = cut ? -1 : 0;
	char b[4096];
	ssize_t n = pread(fd, b, sizeof b, 0);
	iq_buf_add(&s->m[s->n].head, b, n > 0 ? (size_t)n : 0);
	close(fd);
	return 0;
}

static inline int seen_member(void *arg, struct iq_stream *m, struct iq_err *err)
{
	struct seen *s = arg;
	struct iq_slice b;
	size_t keep = s->keep_bytes ? s->keep_bytes : 65536;

	if (s->n == SEEN_MAX)
		return iq_err_set(err, IQ_E_BUG, "more members than the test expects");
	struct iq_stream_info info = iq_stream_identify(m);
	copy_z(s->m[s->n].name, sizeof s->m[0].name, iq_stream_name(m));
	copy_z(s->m[s->n].wrappers, sizeof s->m[0].wrappers, iq_stream_wrappers(m));
	s->m[s->n].kind = info.kind;
	s->m[s->n].format = info.format;
	s->m[s->n].size = iq_stream_size(m);
	s->m[s->n].mtime_us = iq_stream_mtime_us(m);
	s->m[s->n].tail = iq_stream_is_tail(m);
	s->m[s->n].lines_before = iq_stream_lines_before(m);
	iq_buf_init(&s->m[s->n].head);
	if (s->by_fd && seen_by_fd(s, m, err))
		return -1;
	if (s->short_holes)
		iq_stream_short_holes(m);
	while (!s->by_fd && !s->do_not_read && (s->m[s->n].end = iq_stream_read(m, &b)) == 1) {
		s->m[s->n].bytes += (int64_t)b.n;
		if (s->m[s->n].head.n < keep)
			iq_buf_slice(&s->m[s->n].head, iq_head(b, keep - s->m[s->n].head.n));
	}
	s->n++;
	return 0;
}

static inline void seen_issue(void *arg, const char *severity, const char *code,
			      struct iq_slice member, int64_t offset, const char *text)
{
	struct seen *s = arg;
	if (s->n_issues == SEEN_MAX)
		return;
	snprintf(s->issue[s->n_issues].severity, 16, "%s", severity);
	snprintf(s->issue[s->n_issues].code, 32, "%s", code);
	snprintf(s->issue[s->n_issues].text, 256, "%s", text);
	copy_z(s->issue[s->n_issues].member, 512, member);
	s->issue[s->n_issues++].offset = offset;
}

static inline void seen_raw(void *arg, const void *p, size_t n,
			    void (*release)(void *, const void *), void *release_arg)
{
	struct seen *s = arg;
	iq_buf_add(&s->raw, p, n);
	release(release_arg, p);
}

static inline void seen_link(void *arg, struct iq_slice name, struct iq_slice target,
			     bool hard)
{
	struct seen *s = arg;
	s->n_links++;
	snprintf(s->link, sizeof s->link, "%.*s %s %.*s", IQ_FMT(name), hard ? "=" : "->",
		 IQ_FMT(target));
}

static inline void seen_init(struct seen *s)
{
	memset(s, 0, sizeof *s);
	s->limits = IQ_LIMITS_DEFAULT;
}

static inline void seen_fini(struct seen *s)
{
	for (size_t i = 0; i < s->n; i++)
		iq_buf_fini(&s->m[i].head);
	iq_buf_fini(&s->raw);
}

static inline void walk_path(struct seen *s, const char *path)
{
	struct iq_walk_opts o = { .limits = s->limits, .stdin_fd = s->stdin_fd };
	struct iq_visitor v = {
		.member = seen_member, .issue = seen_issue, .link = seen_link,
		.raw = s->no_raw ? NULL : seen_raw, .arg = s,
	};
	s->rc = iq_walk(path, &o, &v, &s->err);
}

static inline int memory_file(struct iq_slice data)
{
	int fd = memfd_create("test", 0);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, data.p, data.n, 0), data.n);
	return fd;
}

/* DATA as a file. */
static inline void walk_bytes(struct seen *s, struct iq_slice data)
{
	char path[64];
	int fd = memory_file(data);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	walk_path(s, path);
	close(fd);
}

/* Composed log lines, N of them. */
static inline struct iq_buf composed_log(unsigned n)
{
	struct iq_buf b;
	iq_buf_init(&b);
	for (unsigned i = 0; i < n; i++)
		iq_buf_printf(&b, "[%5u.%06u] composed line %u of a log, %08x\n", i / 10,
			      i % 10 * 100000, i, i * 2654435761u);
	return b;
}

#define FILTERS(X)								\
	X(ARCHIVE_FILTER_GZIP, "gzip") X(ARCHIVE_FILTER_BZIP2, "bzip2")		\
	X(ARCHIVE_FILTER_XZ, "xz") X(ARCHIVE_FILTER_LZMA, "lzma")		\
	X(ARCHIVE_FILTER_ZSTD, "zstd") X(ARCHIVE_FILTER_LZ4, "lz4")

#define COUNT(a) (sizeof(a) / sizeof *(a))

#endif

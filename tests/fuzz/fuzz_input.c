/* tests/fuzz/fuzz_input.c - any bytes as a file.
 *
 * Every layer is taken off and read to its end, under small limits.  The hash's tap has
 * to see the whole file, whatever happens inside.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "input/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
	uint64_t raw, read;
	unsigned members, issues, links, read_links;
};

static int member(void *arg, struct iq_stream *m, struct iq_err *err)
{
	struct world *w = arg;
	struct iq_slice b, head = iq_stream_peek(m, 1 + w->members++ * 1000);

	(void)err;
	(void)iq_stream_identify(m);
	if (w->members % 2)
		iq_stream_short_holes(m);
	if (head.n && !head.p)
		abort();
	while (iq_stream_read(m, &b) == 1) {
		if (!b.n)
			abort();		/* would never end */
		w->read += b.n + (unsigned char)b.p[b.n - 1] % 2;
	}
	if (iq_stream_read(m, &b) == 1)
		abort();			/* the end is the end */
	return 0;
}

static void issue(void *arg, const char *severity, const char *code,
		  struct iq_slice name, int64_t offset_bytes, const char *text)
{
	struct world *w = arg;
	w->issues += severity && code && text && (name.p || !name.n) && offset_bytes != -7;
}

static void note_link(void *arg, struct iq_slice name, struct iq_slice target, bool hard)
{
	struct world *w = arg;

	if ((name.n && !name.p) || (target.n && !target.p))
		abort();
	w->links += 1 + hard;
	for (size_t i = 0; i < target.n; i++)
		w->read_links += (unsigned char)target.p[i];
}

static void raw(void *arg, const void *p, size_t n,
		void (*release)(void *, const void *), void *release_arg)
{
	struct world *w = arg;
	w->raw += n;
	release(release_arg, p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w = { 0 };
	struct iq_visitor v = { .member = member, .issue = issue, .raw = raw, .link = note_link,
				.arg = &w };
	struct iq_walk_opts o = { .limits = IQ_LIMITS_DEFAULT };
	struct iq_err err;
	char path[64];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	o.limits.bytes = 8 << 20;
	o.limits.members = 100;
	o.limits.ratio_floor_bytes = 1 << 20;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (iq_walk(path, &o, &v, &err) == 0 && w.raw != size)
		abort();
	if (w.read > 2 * o.limits.bytes + 2 * size)
		abort();
	close(fd);
	return 0;
}

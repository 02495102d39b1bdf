/* vmcore/dump/flattened.c - see flattened.h.
 *
 * Follows makedumpfile.h (struct makedumpfile_header, makedumpfile_data_header): all
 * numbers big endian whatever the machine; only the first 13 bytes of the signature
 * are sure, its padding was garbage in 2015.  Records overlap (headers and bitmaps
 * are written again at the end): a later one wins.
 */
#include "vmcore/dump/flattened.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cursor.h"
#include "input/scratch.h"

#define CHUNK_BYTES ((size_t)1024 * 1024)
#define OFFSET_MAX (INT64_C(1) << 46)	/* 64 TB: more memory than one machine has */

struct flat {
	int fd, out;
	int64_t at;			/* in the stream */
	int64_t high;			/* end of what was written to OUT */
	uint64_t written, max;
	char *chunk;
	size_t have, used;		/* of the chunk */
	struct iq_err *err;
};

bool iq_flat_is(const char *head, size_t n)
{
	return n >= 16 && memcmp(head, "makedumpfile", 13) == 0;
}

/* Up to WANT bytes that follow, without moving on; fewer only at the end. */
static size_t fill(struct flat *f, size_t want)
{
	if (f->have - f->used >= want)
		return f->have - f->used;
	memmove(f->chunk, f->chunk + f->used, f->have - f->used);
	f->have -= f->used;
	f->used = 0;
	while (f->have < CHUNK_BYTES) {
		ssize_t n = pread(f->fd, f->chunk + f->have, CHUNK_BYTES - f->have, f->at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		f->have += (size_t)n;
		f->at += n;
	}
	return f->have;
}

/* Where nothing was written yet, zeros may stay holes. */
static int put(struct flat *f, const char *p, size_t n, int64_t to)
{
	bool over = to < f->high;

	f->written += n;
	if (f->max && f->written > f->max)
		return iq_err_set(f->err, IQ_E_LIMIT, "the flattened dump is larger than "
				  "the limit of %llu bytes; --limit-bytes raises it",
				  (unsigned long long)f->max);
	if (iq_scratch_write(f->out, p, n, to, over, f->err))
		return -1;
	if (to + (int64_t)n > f->high)
		f->high = to + (int64_t)n;
	return 0;
}

/* 1 a record was put, 0 the end mark, -1 the stream is cut or wrong here, -2 ERR. */
static int record(struct flat *f)
{
	if (fill(f, 16) < 16)
		return -1;
	struct iq_cursor c = iq_cursor(f->chunk + f->used, 16);
	int64_t to = (int64_t)iq_cur_be(&c, 8), n = (int64_t)iq_cur_be(&c, 8);

	f->used += 16;
	if (to == -1 && n == -1)
		return 0;
	if (to < 0 || n < 0 || to > OFFSET_MAX || n > OFFSET_MAX)
		return -1;
	while (n) {
		size_t k = fill(f, 1);
		if (!k)
			return -1;
		k = (int64_t)k < n ? k : (size_t)n;
		if (put(f, f->chunk + f->used, k, to))
			return -2;
		f->used += k;
		to += (int64_t)k;
		n -= (int64_t)k;
	}
	return 1;
}

int iq_flat_rebuild(int fd, int out, const struct iq_limits *limits, bool *ret_cut,
		    struct iq_err *err)
{
	struct flat f = {
		.fd = fd, .out = out, .at = IQ_FLAT_HEAD_BYTES,
		.max = limits ? limits->bytes : 0, .chunk = malloc(CHUNK_BYTES), .err = err,
	};
	int r = 1;

	if (!f.chunk)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	while (r == 1)
		r = record(&f);
	free(f.chunk);
	*ret_cut = r == -1;
	if (r != -2 && ftruncate(out, f.high))
		return iq_err_sys(err, errno, "cannot write the temporary copy");
	return r == -2 ? -1 : 0;
}

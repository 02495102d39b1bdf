/* vmcore/dump/reach.c - see reach.h.
 *
 * kdump-compressed: the descriptor of a page is the n-th, n being the number of bits
 * set before its own in the second bitmap; the counts up to every 4096th bit are kept.
 * ELF: segments sorted by physical address, which do not overlap in a real dump.
 */
#include "vmcore/dump/reach.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/cursor.h"

#define RANK_BYTES 512			/* of bitmap between two kept counts */
#define DESC_BYTES 24
#define WINDOW_BYTES 3072		/* whole descriptors, or RANK_BYTES of bitmap */
#define WINDOWS 64

/* A piece of the file that is asked for again and again: pages lie side by side. */
struct window {
	uint64_t at_plus_1;
	size_t n;
	unsigned char b[WINDOW_BYTES];
};

struct iq_reach {
	int fd;
	const struct iq_dump_head *h;
	uint64_t *rank;			/* bits set before bit i * 4096 */
	uint64_t n_ranks;
	struct iq_dump_load *loads;	/* sorted; owned */
	struct window *bitmap, *descs;	/* WINDOWS of each */
	z_stream z;
	enum { Z_NOT_YET, Z_READY, Z_FAILED } z_state;
	unsigned char *packed;		/* a page as it is in the file */
	size_t packed_bytes;
};

/* Bits set in B[0..n) that stand for page frames FROM .. TO; B starts at frame BASE. */
static uint64_t count(const unsigned char *b, size_t n, uint64_t base, uint64_t from,
		      uint64_t to)
{
	uint64_t k = 0, word;

	for (size_t i = 0; i < n; i++) {
		uint64_t bit = base + i * 8;
		if (i % 8 == 0 && i + 8 <= n && bit >= from && bit + 64 <= to) {
			memcpy(&word, b + i, 8);
			k += (unsigned)__builtin_popcountll(word);
			i += 7;
			continue;
		}
		if (!b[i] || bit + 8 <= from || bit >= to)
			continue;
		if (bit >= from && bit + 8 <= to) {
			k += (unsigned)__builtin_popcount(b[i]);
			continue;
		}
		for (unsigned j = 0; j < 8; j++)
			k += bit + j >= from && bit + j < to && (b[i] >> j & 1);
	}
	return k;
}

static uint64_t first_pfn(const struct iq_dump_head *h)
{
	return h->split ? h->start_pfn : 0;
}

static uint64_t end_pfn(const struct iq_dump_head *h)
{
	return h->split ? h->end_pfn : UINT64_MAX;
}

static bool build_ranks(struct iq_reach *r)
{
	const struct iq_dump_head *h = r->h;
	unsigned char b[RANK_BYTES];
	uint64_t have = h->bitmap2_at < (uint64_t)h->file_bytes
		? (uint64_t)h->file_bytes - h->bitmap2_at : 0;
	uint64_t n = h->bitmap2_bytes < have ? h->bitmap2_bytes : have, sum = 0;

	r->n_ranks = (n + RANK_BYTES - 1) / RANK_BYTES;
	r->rank = calloc(r->n_ranks ? r->n_ranks : 1, sizeof *r->rank);
	if (!r->rank)
		return false;
	for (uint64_t i = 0; i < r->n_ranks; i++) {
		r->rank[i] = sum;
		ssize_t got = pread(r->fd, b, sizeof b, (off_t)(h->bitmap2_at +
								i * RANK_BYTES));
		if (got <= 0)
			break;
		sum += count(b, (size_t)got, i * RANK_BYTES * 8, first_pfn(h), end_pfn(h));
	}
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct iq_dump_load *x = a, *y = b;
	return (x->paddr > y->paddr) - (x->paddr < y->paddr);
}

struct iq_reach *iq_reach_new(int fd, const struct iq_dump_head *h)
{
	struct iq_reach *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->fd = fd;
	r->h = h;
	bool ok = true;
	if (h->kind == IQ_DUMP_KDUMP) {
		r->bitmap = calloc(WINDOWS, sizeof *r->bitmap);
		r->descs = calloc(WINDOWS, sizeof *r->descs);
		ok = r->bitmap && r->descs && build_ranks(r);
	} else if (h->n_loads) {
		r->loads = calloc(h->n_loads, sizeof *r->loads);
		ok = r->loads != NULL;
		if (ok) {
			memcpy(r->loads, h->loads, h->n_loads * sizeof *r->loads);
			qsort(r->loads, h->n_loads, sizeof *r->loads, by_address);
		}
	}
	if (ok)
		return r;
	iq_reach_free(r);
	return NULL;
}

void iq_reach_free(struct iq_reach *r)
{
	if (!r)
		return;
	if (r->z_state == Z_READY)
		inflateEnd(&r->z);
	free(r->packed);
	free(r->bitmap);
	free(r->descs);
	free(r->rank);
	free(r->loads);
	free(r);
}

static bool inside(const struct iq_reach *r, uint64_t at, uint64_t n)
{
	uint64_t end;
	return !__builtin_add_overflow(at, n, &end) && end <= (uint64_t)r->h->file_bytes;
}

/* --- kdump-compressed --- */

struct place {
	uint64_t at, size;
	uint32_t flags;
};

/* The NO-th piece of SIZE bytes behind START; less where the file ends. */
static const struct window *window(const struct iq_reach *r, struct window *all,
				   uint64_t start, uint64_t no, size_t size)
{
	struct window *w = &all[no % WINDOWS];
	uint64_t at;

	if (__builtin_mul_overflow(no, size, &at) || __builtin_add_overflow(at, start, &at) ||
	    at >= INT64_MAX)
		at = INT64_MAX - 1;
	if (w->at_plus_1 == at + 1)
		return w;
	ssize_t got = pread(r->fd, w->b, size, (off_t)at);
	w->at_plus_1 = at + 1;
	w->n = got > 0 ? (size_t)got : 0;
	return w;
}

static enum iq_reach_page find_page(struct iq_reach *r, uint64_t pfn, struct place *ret)
{
	const struct iq_dump_head *h = r->h;
	uint64_t block = pfn / (RANK_BYTES * 8);
	const size_t per_window = WINDOW_BYTES / DESC_BYTES;

	if (pfn < first_pfn(h) || pfn >= end_pfn(h))
		return IQ_REACH_ASK;
	if (block >= r->n_ranks)	/* else the bitmap is cut */
		return pfn / 8 >= h->bitmap2_bytes ? IQ_REACH_ASK : IQ_REACH_BEHIND;
	size_t in = (size_t)(pfn % (RANK_BYTES * 8));
	const struct window *w = window(r, r->bitmap, h->bitmap2_at, block, RANK_BYTES);
	if (w->n <= in / 8)
		return IQ_REACH_BEHIND;
	if (!(w->b[in / 8] >> in % 8 & 1))
		return IQ_REACH_ASK;			/* not in the dump */
	uint64_t n = r->rank[block] + count(w->b, in / 8 + 1, block * RANK_BYTES * 8,
					    first_pfn(h), pfn);
	w = window(r, r->descs, h->descs_at, n / per_window, WINDOW_BYTES);
	in = (size_t)(n % per_window) * DESC_BYTES;
	if (w->n < in + DESC_BYTES)
		return IQ_REACH_BEHIND;
	struct iq_cursor c = iq_cursor(w->b + in, DESC_BYTES);
	ret->at = h->big_endian ? iq_cur_be(&c, 8) : iq_cur_le(&c, 8);
	ret->size = h->big_endian ? iq_cur_be(&c, 4) : iq_cur_le(&c, 4);
	ret->flags = (uint32_t)(h->big_endian ? iq_cur_be(&c, 4) : iq_cur_le(&c, 4));
	return inside(r, ret->at, ret->size) ? IQ_REACH_READ : IQ_REACH_BEHIND;
}

static bool read_whole(const struct iq_reach *r, uint64_t at, void *to, size_t n)
{
	return pread(r->fd, to, n, (off_t)at) == (ssize_t)n;
}

static bool ready_to_inflate(struct iq_reach *r, size_t n)
{
	if (r->packed_bytes < n) {
		unsigned char *p = realloc(r->packed, n);
		if (!p)
			return false;
		r->packed = p;
		r->packed_bytes = n;
	}
	if (r->z_state == Z_NOT_YET)
		r->z_state = inflateInit(&r->z) == Z_OK ? Z_READY : Z_FAILED;
	return r->z_state == Z_READY && inflateReset(&r->z) == Z_OK;
}

/* What is not exactly a page is for the library to judge. */
static bool inflate_page(struct iq_reach *r, const struct place *p, void *to, size_t n)
{
	if (p->size > n || !ready_to_inflate(r, n) ||
	    !read_whole(r, p->at, r->packed, (size_t)p->size))
		return false;
	r->z.next_in = r->packed;
	r->z.avail_in = (unsigned)p->size;
	r->z.next_out = to;
	r->z.avail_out = (unsigned)n;
	return inflate(&r->z, Z_FINISH) == Z_STREAM_END && r->z.avail_out == 0;
}

static enum iq_reach_page kdump_page(struct iq_reach *r, uint64_t pfn, void *to, size_t n)
{
	struct place p;
	enum iq_reach_page is = find_page(r, pfn, &p);

	if (is != IQ_REACH_READ || (int64_t)n != r->h->block_size)
		return is == IQ_REACH_READ ? IQ_REACH_ASK : is;
	if (p.flags == 0 && p.size == n)
		return read_whole(r, p.at, to, n) ? IQ_REACH_READ : IQ_REACH_ASK;
	if (p.flags == IQ_DUMP_ZLIB)
		return inflate_page(r, &p, to, n) ? IQ_REACH_READ : IQ_REACH_ASK;
	return IQ_REACH_ASK;
}

/* --- ELF --- */

static bool elf_ok(const struct iq_reach *r, uint64_t pfn)
{
	uint64_t page = (uint64_t)r->h->page_size, from = pfn * page;
	size_t lo = 0, hi = r->h->n_loads;

	/* the last segment that starts before the page ends */
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (r->loads[mid].paddr < from + page)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return true;
	const struct iq_dump_load *l = &r->loads[lo - 1];
	uint64_t at = from > l->paddr ? from - l->paddr : 0;
	if (at >= l->filesz)
		return true;				/* not in the dump */
	uint64_t n = l->filesz - at < page ? l->filesz - at : page, where;
	return !__builtin_add_overflow(l->offset, at, &where) && inside(r, where, n);
}

enum iq_reach_page iq_reach_page(struct iq_reach *r, uint64_t pfn, void *to, size_t n)
{
	if (r->h->kind == IQ_DUMP_KDUMP)
		return kdump_page(r, pfn, to, n);
	return elf_ok(r, pfn) ? IQ_REACH_ASK : IQ_REACH_BEHIND;
}

/* vmcore/dump/reach.c - see reach.h.
 *
 * kdump-compressed: the descriptor of a page is the n-th, n being the number of bits
 * set before its own in the second bitmap; the counts up to every 4096th bit are kept.
 * ELF: segments sorted by physical address, which do not overlap in a real dump.
 */
#include "vmcore/dump/reach.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/cursor.h"

#define RANK_BYTES 512			/* of bitmap between two kept counts */
#define DESC_BYTES 24

struct iq_reach {
	int fd;
	const struct iq_dump_head *h;
	uint64_t *rank;			/* bits set before bit i * 4096 */
	uint64_t n_ranks;
	struct iq_dump_load *loads;	/* sorted; owned */
};

/* Bits set in B[0..n) that stand for page frames FROM .. TO; B starts at frame BASE. */
static uint64_t count(const unsigned char *b, size_t n, uint64_t base, uint64_t from,
		      uint64_t to)
{
	uint64_t k = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t bit = base + i * 8;
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
		ok = build_ranks(r);
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
	free(r->rank);
	free(r->loads);
	free(r);
}

static bool inside(const struct iq_reach *r, uint64_t at, uint64_t n)
{
	uint64_t end;
	return !__builtin_add_overflow(at, n, &end) && end <= (uint64_t)r->h->file_bytes;
}

static bool kdump_ok(const struct iq_reach *r, uint64_t pfn)
{
	const struct iq_dump_head *h = r->h;
	uint64_t block = pfn / (RANK_BYTES * 8);
	unsigned char b[RANK_BYTES], desc[DESC_BYTES];

	if (pfn < first_pfn(h) || pfn >= end_pfn(h))
		return true;
	if (block >= r->n_ranks)
		return pfn / 8 >= h->bitmap2_bytes;	/* else the bitmap is cut */
	size_t in = (size_t)(pfn % (RANK_BYTES * 8));
	ssize_t got = pread(r->fd, b, sizeof b, (off_t)(h->bitmap2_at + block * RANK_BYTES));
	if (got <= (ssize_t)(in / 8))
		return false;
	if (!(b[in / 8] >> in % 8 & 1))
		return true;				/* not in the dump */
	uint64_t n = r->rank[block] + count(b, (size_t)got, block * RANK_BYTES * 8,
					    first_pfn(h), pfn);
	uint64_t at = h->descs_at + n * DESC_BYTES;
	if (!inside(r, at, DESC_BYTES) ||
	    pread(r->fd, desc, sizeof desc, (off_t)at) != (ssize_t)sizeof desc)
		return false;
	struct iq_cursor c = iq_cursor(desc, sizeof desc);
	uint64_t data = h->big_endian ? iq_cur_be(&c, 8) : iq_cur_le(&c, 8);
	uint64_t size = h->big_endian ? iq_cur_be(&c, 4) : iq_cur_le(&c, 4);
	return inside(r, data, size);
}

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

bool iq_reach_ok(const struct iq_reach *r, uint64_t pfn)
{
	return r->h->kind == IQ_DUMP_KDUMP ? kdump_ok(r, pfn) : elf_ok(r, pfn);
}

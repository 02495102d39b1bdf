/* tests/vmcore/excerpt.c - a small dump out of a large one that is still a real kernel's.
 *
 *   excerpt FROM TO
 *
 * Reads FROM as an import does, log and state, and writes to TO just the pages that were
 * read: the tests' dumps of a few MB are made with it.  A page that FROM does not have is
 * not in TO either.  TO is kdump-compressed, version 6 (makedumpfile's diskdump_mod.h),
 * its pages stored as they are; xz makes most of it.  Pages pass by on their way through
 * iq_reach_page() or kdump_read(), which the linker wraps.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "forget.h"
#include "input/input.h"

#define PFNS_MAX (UINT64_C(1) << 34)	/* 64 TB of pages of 4 kB */

/* --- what was read --- */

static struct pages_read seen;

kdump_status __wrap_kdump_read(kdump_ctx_t *kc, kdump_addrspace_t as, kdump_addr_t addr,
			       void *to, size_t *n)
{
	kdump_status s = __real_kdump_read(kc, as, addr, to, n);

	if (s == KDUMP_OK && as == KDUMP_MACHPHYSADDR)
		pages_note(&seen, addr / *n, *n);
	return s;
}

enum iq_reach_page __wrap_iq_reach_page(struct iq_reach *r, uint64_t pfn, void *to, size_t n)
{
	enum iq_reach_page is = __real_iq_reach_page(r, pfn, to, n);

	if (is == IQ_REACH_READ)
		pages_note(&seen, pfn, n);
	return is;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static void sort_seen(void)
{
	size_t n = 0;

	qsort(seen.at, seen.n, sizeof *seen.at, by_number);
	for (size_t i = 0; i < seen.n; i++)
		if (!n || seen.at[n - 1] != seen.at[i])
			seen.at[n++] = seen.at[i];
	seen.n = n;
}

/* --- the dump --- */

static void le(char *p, size_t n, uint64_t v)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (char)(v >> 8 * i);
}

static void uts(char *to, const struct iq_vmcore_info *i)
{
	const struct iq_slice names[] = { IQ_LIT("Linux"), i->nodename, i->release,
					  i->version, i->machine };

	for (size_t f = 0; f < sizeof names / sizeof *names; f++)
		if (names[f].p)
			memcpy(to + 65 * f, names[f].p, names[f].n < 64 ? names[f].n : 64);
}

/* Header, sub-header with notes, two bitmaps, descriptors, pages. */
static int write_dump(FILE *f, struct iq_vmcore *v)
{
	const struct iq_dump_head *h = &v->parts[0].head;
	size_t block = seen.page_bytes ? seen.page_bytes : 4096, sub_bytes = 104 + h->notes.n;
	size_t sub_blocks = (sub_bytes + block - 1) / block;
	uint64_t max_pfn = seen.n ? seen.at[seen.n - 1] + 1 : 0;
	size_t bitmap_blocks = (size_t)(max_pfn / 8 + block) / block;
	size_t descs = (1 + sub_blocks + 2 * bitmap_blocks) * block;
	struct iq_slice info = iq_note_find(h->notes, h->big_endian, IQ_LIT("VMCOREINFO"), 0);
	char *head = calloc(1, descs);

	if (!head || max_pfn > PFNS_MAX)
		return -1;
	memcpy(head, "KDUMP   ", 8);
	le(head + 8, 4, 6);
	uts(head + 12, &v->info);
	le(head + 408, 8, h->crash_us == IQ_NULL ? 0 : (uint64_t)h->crash_us / 1000000);
	le(head + 428, 4, block);
	le(head + 432, 4, sub_blocks);
	le(head + 436, 4, 2 * bitmap_blocks);
	le(head + 440, 4, max_pfn);
	char *sub = head + block;
	le(sub + 8, 4, h->dump_level == IQ_NULL ? 0 : (uint64_t)h->dump_level);
	if (info.p) {
		le(sub + 32, 8, block + 104 + (size_t)(info.p - h->notes.p));
		le(sub + 40, 8, info.n);
	}
	le(sub + 48, 8, h->notes.n ? block + 104 : 0);
	le(sub + 56, 8, h->notes.n);
	le(sub + 96, 8, max_pfn);
	if (h->notes.n)
		memcpy(sub + 104, h->notes.p, h->notes.n);
	char *bitmap = head + (1 + sub_blocks) * block;
	for (size_t i = 0; i < seen.n; i++) {
		char bit = (char)(1 << seen.at[i] % 8);
		bitmap[seen.at[i] / 8] |= bit;
		bitmap[bitmap_blocks * block + seen.at[i] / 8] |= bit;
	}
	fwrite(head, 1, descs, f);
	free(head);
	for (size_t i = 0; i < seen.n; i++) {
		char desc[24] = "";
		le(desc, 8, descs + 24 * seen.n + i * block);
		le(desc + 8, 4, block);
		fwrite(desc, 1, sizeof desc, f);
	}
	for (size_t i = 0; i < seen.n; i++) {
		const unsigned char *page;
		if (iq_mem_page(v->pages, seen.at[i], &page) != IQ_MEM_OK)
			return -1;
		fwrite(page, 1, block, f);
	}
	return ferror(f) ? -1 : 0;
}

/* --- an import into nothing --- */

static void tell(void *arg, const char *severity, const char *code, int64_t offset,
		 const char *text)
{
	(void)arg, (void)offset;
	fprintf(stderr, "%s %s: %s\n", severity, code, text);
}

static void tell_walk(void *arg, const char *severity, const char *code,
		      struct iq_slice member, int64_t offset, const char *text)
{
	(void)member;
	tell(arg, severity, code, offset, text);
}

static int excerpt(void *arg, struct iq_stream *m, struct iq_err *err)
{
	struct iq_limits limits = IQ_LIMITS_DEFAULT;
	struct iq_sink sink = { .put = forget };
	struct iq_boot boot;
	struct iq_snapshot snapshot;
	struct iq_vmcore *v;
	bool cut;
	int fd = iq_stream_fd(m, &cut, err);

	iq_fact_init(IQ_FACT_BOOT, &boot);
	if (fd < 0 || iq_vmcore_open(&fd, 1, &limits, tell, NULL, &v, err) ||
	    iq_vmcore_log(v, forget_record, NULL, err) ||
	    iq_vmcore_state(v, NULL, &sink, 1, &boot, &snapshot, err))
		return -1;
	sort_seen();
	size_t n = seen.n;
	FILE *f = fopen(arg, "wb");
	if (!f || write_dump(f, v) || fclose(f))
		return iq_err_set(err, IQ_E_IO, "%s: cannot be written", (const char *)arg);
	printf("%s: %zu pages\n", (const char *)arg, n);
	return 0;
}

int main(int argc, char **argv)
{
	struct iq_walk_opts o = { .limits = IQ_LIMITS_DEFAULT };
	struct iq_err err;

	if (argc != 3) {
		fprintf(stderr, "usage: excerpt FROM TO\n");
		return 2;
	}
	struct iq_visitor v = { .member = excerpt, .issue = tell_walk, .arg = argv[2] };
	if (iq_walk(argv[1], &o, &v, &err)) {
		fprintf(stderr, "%s: %s\n", argv[1], err.text);
		return 1;
	}
	return 0;
}

/* text/mend.c - tokens that a wrap tore, mended; see shape.h. */
#include "text/shape.h"

#include "text/match.h"

static const struct iq_slice fields[] = {
	IQ_LIT("active_anon"), IQ_LIT("active_file"), IQ_LIT("all_unreclaimable?"),
	IQ_LIT("anon-rss"), IQ_LIT("bounce"), IQ_LIT("file-rss"), IQ_LIT("free_cma"),
	IQ_LIT("free_pcp"), IQ_LIT("high"), IQ_LIT("inactive_anon"),
	IQ_LIT("inactive_file"), IQ_LIT("isolated_anon"), IQ_LIT("isolated_file"),
	IQ_LIT("isolated(anon)"), IQ_LIT("isolated(file)"), IQ_LIT("kernel_stack"),
	IQ_LIT("local_pcp"), IQ_LIT("managed"), IQ_LIT("mapped"), IQ_LIT("mlocked"),
	IQ_LIT("pages_scanned"), IQ_LIT("pagetables"), IQ_LIT("present"),
	IQ_LIT("reserved_highatomic"), IQ_LIT("sec_pagetables"), IQ_LIT("shmem"),
	IQ_LIT("shmem-rss"), IQ_LIT("shmem_pmdmapped"), IQ_LIT("shmem_thp"),
	IQ_LIT("slab_reclaimable"), IQ_LIT("slab_unreclaimable"), IQ_LIT("total-vm"),
	IQ_LIT("unevictable"), IQ_LIT("writeback"), IQ_LIT("writeback_tmp"),
	IQ_LIT("writepending"),
};

/* LEFT is the last part of what stands before the gap, up to a blank; the field must
 * end in ':' in RIGHT. */
static bool is_field(struct iq_slice left, struct iq_slice right)
{
	for (size_t i = 0; left.n && i < IQ_COUNT(fields); i++) {
		struct iq_slice rest = fields[i];
		if (!iq_skip(&rest, left) || !rest.n || !iq_starts(right, rest))
			continue;
		if (right.n > rest.n && right.p[rest.n] == ':')
			return true;
	}
	return false;
}

static bool is_torn_term(struct iq_slice left, struct iq_slice right)
{
	return left.n && iq_span(left, 0, iq_ch_digit) == left.n && right.n > 1 &&
	       *right.p == '*' && iq_ch_digit(right.p[1]);
}

size_t iq_mend(char *p, size_t n)
{
	struct iq_slice all = iq_slice(p, n), front = iq_ltrim(all);
	/* zone and node lines, free lists, kills */
	if (!front.n || !memchr("DHKMNO", *front.p, 6) ||
	    !iq_has(all, IQ_LIT("  ")) || !iq_has(all, IQ_LIT("kB")))
		return n;
	size_t to = 0, word = 0;
	for (size_t i = 0; i < n;) {
		if (p[i] != ' ') {
			p[to++] = p[i++];
			continue;
		}
		size_t end = i;
		while (end < n && p[end] == ' ')
			end++;
		struct iq_slice left = iq_slice(p + word, to - word);
		struct iq_slice right = iq_slice(p + end, n - end);
		bool gap = end - i > 1 && (is_field(left, right) ||
					   is_torn_term(left, right));
		for (; !gap && i < end; i++)
			p[to++] = ' ';
		if (!gap)
			word = to;
		i = end;
	}
	return to;
}

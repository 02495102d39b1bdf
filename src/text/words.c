/* text/words.c - see words.h. */
#include "text/words.h"

/* Those of the pairs that begin at P .. P + 15. */
static iq_bytes16 pairs_at(const char *p, const struct iq_rare_word *w)
{
	iq_bytes16 here, next;
	memcpy(&here, p, sizeof here);
	memcpy(&next, p + 1, sizeof next);
	return (iq_bytes16)(here == w->first) & (iq_bytes16)(next == w->second);
}

static bool has_pair(struct iq_slice text, const struct iq_rare_word *w)
{
	const size_t step = sizeof(iq_bytes16);
	iq_bytes16 any = pairs_at(text.p + text.n - step - 1, w);
	uint64_t half[2];
	for (size_t i = 0; i + step < text.n; i += step)
		any |= pairs_at(text.p + i, w);
	memcpy(half, &any, sizeof half);
	return half[0] | half[1];
}

bool iq_has_rare(struct iq_slice text, const struct iq_rare_word *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((text.n <= sizeof(iq_bytes16) || has_pair(text, &words[i])) &&
		    iq_has(text, words[i].word))
			return true;
	return false;
}

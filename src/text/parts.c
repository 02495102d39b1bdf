/* text/parts.c - see parts.h */
#include "text/parts.h"

#include "text/peeler.h"

/* A walk over the heads of pieces. */
struct walk {
	struct iq_slice text;
	size_t at;			/* behind the head found last */
	int64_t line;			/* its number */
	struct iq_slice reason;
	uint64_t dump, part;
	size_t head_at;
};

static bool next_head(struct walk *w)
{
	while (w->at < w->text.n) {
		struct iq_slice rest = iq_from(w->text, w->at);
		size_t begin = w->at;
		const char *nl = memchr(rest.p, '\n', rest.n);
		size_t n = nl ? (size_t)(nl - rest.p) : rest.n;
		w->at += n + (nl != NULL);
		w->line++;
		if (n > 40 || n < 12 || *rest.p < 'E' || *rest.p > 'U')
			continue;
		if (iq_pstore_head(iq_trim(iq_head(rest, n)), &w->reason, &w->dump, &w->part)) {
			w->head_at = begin;
			return true;
		}
	}
	return false;
}

/* Is the piece found now the one that was written before the piece LAST? */
static bool goes_back(const struct walk *last, const struct walk *now)
{
	return now->dump == last->dump && now->part == last->part + 1 &&
	       iq_eq(now->reason, last->reason);
}

bool iq_parts_reversed(struct iq_slice text)
{
	struct walk now = { .text = text };
	if (!iq_has(text, IQ_LIT(" Part")) || !next_head(&now))
		return false;
	for (struct walk last = now; next_head(&now); last = now)
		if (goes_back(&last, &now))
			return true;
	return false;
}

static void reverse(struct iq_text_part *p, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct iq_text_part t = p[i];
		p[i] = p[n - 1 - i];
		p[n - 1 - i] = t;
	}
}

size_t iq_parts_order(struct iq_slice text, struct iq_text_part *ret)
{
	struct walk now = { .text = text }, last = { .text = text };
	size_t n = 1, run = 0;		/* first piece of the run that goes back */
	ret[0] = (struct iq_text_part){ 0, 0, 1 };
	for (bool any = false; n < IQ_PARTS_MAX && next_head(&now); last = now, any = true) {
		ret[n - 1].n = now.head_at - ret[n - 1].at;
		if (!any || !goes_back(&last, &now)) {
			reverse(ret + run, n - run);
			run = n;
		}
		ret[n++] = (struct iq_text_part){ now.head_at, 0, now.line };
	}
	ret[n - 1].n = text.n - ret[n - 1].at;
	reverse(ret + run, n - run);
	return n;
}

/* bundle/unhide.c - see unhide.h.
 *
 * Follows sos/cleaner/mappings/ of sos 4.0 to 4.12: names are whole words there, networks
 * carry their prefix length on both sides, and a host's full name is mapped to its hidden
 * domain beside the domain itself.
 */
#include "bundle/unhide.h"
#include "base/jsonin.h"

#include <stdlib.h>

#define WORD_MAX 256			/* bytes of a name with its domain */

struct pair {
	struct iq_slice hidden, real;	/* hidden.p NULL: free; real.p NULL: ambiguous */
};

struct iq_unhide {
	struct pair *at;
	size_t n, cap;			/* cap: a power of two */
	struct iq_arena mem;
};

static size_t slot_of(const struct iq_unhide *u, struct iq_slice s)
{
	uint64_t h = UINT64_C(14695981039346656037);	/* FNV-1a */
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	size_t at = (size_t)(h ^ h >> 32) & (u->cap - 1);
	while (u->at[at].hidden.p && !iq_eq(u->at[at].hidden, s))
		at = (at + 1) & (u->cap - 1);
	return at;
}

static bool grow(struct iq_unhide *u)
{
	struct iq_unhide wider = *u;

	wider.cap = u->cap ? u->cap * 2 : 256;
	wider.at = calloc(wider.cap, sizeof *wider.at);
	if (!wider.at)
		return false;
	for (size_t i = 0; i < u->cap; i++)
		if (u->at[i].hidden.p)
			wider.at[slot_of(&wider, u->at[i].hidden)] = u->at[i];
	free(u->at);
	*u = wider;
	return true;
}

static struct iq_slice without_prefix_length(struct iq_slice s)
{
	ptrdiff_t slash = iq_find_char(s, '/');
	return slash > 0 ? iq_head(s, (size_t)slash) : s;
}

/* Of a host's full name and its domain, both hidden by the same, the domain; of others
 * nobody knows. */
static struct iq_slice the_one(struct iq_slice a, struct iq_slice b)
{
	struct iq_slice shorter = a.n < b.n ? a : b, longer = a.n < b.n ? b : a;
	bool tail = longer.n > shorter.n && iq_ends(longer, shorter) &&
		    longer.p[longer.n - shorter.n - 1] == '.';
	return iq_eq(a, b) || tail ? shorter : IQ_SLICE_NULL;
}

static bool add(struct iq_unhide *u, struct iq_slice real, struct iq_slice hidden)
{
	real = without_prefix_length(iq_jsonin_text(real, &u->mem));
	hidden = without_prefix_length(iq_jsonin_text(hidden, &u->mem));
	if (!real.n || !hidden.n || hidden.n > WORD_MAX || iq_eq(real, hidden))
		return true;
	if (u->n * 2 >= u->cap && !grow(u))
		return false;
	struct pair *p = &u->at[slot_of(u, hidden)];
	if (p->hidden.p) {
		p->real = p->real.p ? the_one(p->real, real) : IQ_SLICE_NULL;
		return true;
	}
	*p = (struct pair){ iq_arena_copy(&u->mem, hidden), iq_arena_copy(&u->mem, real) };
	u->n++;
	return p->hidden.p && p->real.p;
}

/* Pairs of strings stand at the same depth in all maps but that of IPv6, where a network
 * has its own and its hosts below it. */
static bool read_pairs(struct iq_unhide *u, struct iq_jsonin *j)
{
	struct iq_slice key[IQ_JSONIN_DEPTH + 1] = { { 0 } };
	enum iq_jsonin_token t;

	while ((t = iq_jsonin_next(j)) != IQ_JSONIN_END) {
		if (t == IQ_JSONIN_BAD)
			return false;
		if (t == IQ_JSONIN_KEY)
			key[j->depth] = j->text;
		if (t != IQ_JSONIN_STRING || j->depth < 2)
			continue;
		bool network = j->depth == 4 && iq_eq(key[4], IQ_LIT("obfuscated"));
		struct iq_slice real = network ? key[3] : key[j->depth];
		if (!iq_ends(key[1], IQ_LIT("_map")) || (!network && j->depth == 4))
			continue;
		if (!add(u, real, j->text))
			return false;
	}
	return true;
}

int iq_unhide_new(struct iq_slice json, struct iq_unhide **ret, struct iq_err *err)
{
	struct iq_unhide *u = calloc(1, sizeof *u);
	struct iq_jsonin j;

	if (!u)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	iq_arena_init(&u->mem);
	iq_jsonin_init(&j, json);
	if (!read_pairs(u, &j) || !u->n) {
		iq_unhide_free(u);
		return iq_err_set(err, IQ_E_FORMAT, "no map of sos clean (the file ends in "
				  "-private_map)");
	}
	*ret = u;
	return 0;
}

void iq_unhide_free(struct iq_unhide *u)
{
	if (!u)
		return;
	iq_arena_fini(&u->mem);
	free(u->at);
	free(u);
}

size_t iq_unhide_count(const struct iq_unhide *u)
{
	return u->n;
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool joins(char c)
{
	return c == '.' || c == ':' || c == '-' || c == '_';
}

/* The longest hidden name that TEXT has at AT; 0: none. */
static size_t hidden_at(const struct iq_unhide *u, struct iq_slice text, size_t at,
			struct iq_slice *ret)
{
	size_t end = at;

	while (end < text.n && end - at < WORD_MAX && (is_alnum(text.p[end]) ||
						       joins(text.p[end])))
		end++;
	for (; end > at; end--) {
		if (!is_alnum(text.p[end - 1]) || (end < text.n && is_alnum(text.p[end])))
			continue;
		struct iq_slice word = iq_slice(text.p + at, end - at);
		const struct pair *p = &u->at[slot_of(u, word)];
		if (!p->hidden.p || !p->real.p)
			continue;
		*ret = p->real;
		return word.n;
	}
	return 0;
}

bool iq_unhide_text(const struct iq_unhide *u, struct iq_slice text, struct iq_buf *out)
{
	size_t done = 0;
	bool any = false;

	for (size_t i = 0; i < text.n;) {
		struct iq_slice real;
		size_t n = is_alnum(text.p[i]) ? hidden_at(u, text, i, &real) : 0;
		if (n) {
			if (!any)
				iq_buf_reset(out);
			any = true;
			iq_buf_add(out, text.p + done, i - done);
			iq_buf_slice(out, real);
			done = i += n;
			continue;
		}
		/* behind this word */
		if (is_alnum(text.p[i]))
			while (i < text.n && is_alnum(text.p[i]))
				i++;
		else
			i++;
	}
	if (any)
		iq_buf_add(out, text.p + done, text.n - done);
	return any && !out->failed;
}

bool iq_is_hidden(struct iq_slice text)
{
	return iq_has(text, IQ_LIT("obfuscateddomain")) || iq_has(text, IQ_LIT("-obfuscated"));
}

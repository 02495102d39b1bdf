/* import/links.c - see links.h.  Names are joined and cut as texts; no file is touched. */
#include "import/links.h"
#include "base/buf.h"

#include <stdlib.h>

#define BYTES_MAX ((size_t)16 << 20)	/* of names kept */
#define NAME_MAX_BYTES 8192		/* of a name while it is put together */

void iq_links_init(struct iq_links *l)
{
	*l = (struct iq_links){ 0 };
	iq_arena_init(&l->mem);
}

void iq_links_fini(struct iq_links *l)
{
	iq_arena_fini(&l->mem);
	free(l->at);
}

/* The archive in an archive that a name lies in: links do not leave it. */
static size_t bang_length(struct iq_slice name)
{
	return (size_t)(iq_rfind(name, IQ_LIT("!")) + 1);
}

/* Appends PATH to what OUT has, "." and ".." worked in; false: it climbs out of FLOOR. */
static bool append(struct iq_buf *out, size_t floor, struct iq_slice path)
{
	while (path.n) {
		struct iq_slice part = iq_cut(&path, '/');
		if (!part.n || iq_eq(part, IQ_LIT(".")))
			continue;
		if (!iq_eq(part, IQ_LIT(".."))) {
			if (out->n > floor)
				iq_buf_char(out, '/');
			iq_buf_slice(out, part);
			if (out->n > NAME_MAX_BYTES)
				return false;
			continue;
		}
		if (out->n <= floor)
			return false;
		ptrdiff_t slash = iq_rfind(iq_buf_as_slice(out), IQ_LIT("/"));
		out->n = slash < (ptrdiff_t)floor ? floor : (size_t)slash;
	}
	return true;
}

/* Everything before the last slash, or up to the archive's mark. */
static struct iq_slice dir_of(struct iq_slice name)
{
	size_t floor = bang_length(name);
	ptrdiff_t slash = iq_rfind(name, IQ_LIT("/"));
	return iq_head(name, slash < (ptrdiff_t)floor ? floor : (size_t)slash);
}

static struct iq_slice without_slash(struct iq_slice s)
{
	while (s.n && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

void iq_links_add(struct iq_links *l, struct iq_slice name, struct iq_slice target,
		  struct iq_slice root, bool hard)
{
	struct iq_buf out;

	if (l->mem.total_bytes > BYTES_MAX) {
		l->left_out++;
		return;
	}
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;
		struct iq_link *at = reallocarray(l->at, cap, sizeof *at);
		if (!at) {
			l->left_out++;
			return;
		}
		l->at = at;
		l->cap = cap;
	}
	size_t floor = bang_length(name);
	iq_buf_init(&out);
	if (hard)
		iq_buf_slice(&out, iq_head(name, floor));
	else if (iq_starts(target, IQ_LIT("/")))
		iq_buf_slice(&out, without_slash(root));
	else
		iq_buf_slice(&out, dir_of(name));
	/* a target outside stays as it is written: it resolves to nothing */
	bool inside = append(&out, out.n < floor ? out.n : floor, target);
	struct iq_link *k = &l->at[l->n];
	k->hard = hard;
	k->name = iq_arena_copy(&l->mem, name);
	k->target = inside ? iq_arena_copy(&l->mem, iq_buf_as_slice(&out)) : IQ_SLICE_NULL;
	if (k->name.p && !out.failed && (k->target.p || !inside))
		l->n++;
	iq_buf_fini(&out);
}

static int compare(struct iq_slice a, struct iq_slice b)
{
	int r = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
	return r ? r : a.n < b.n ? -1 : a.n > b.n;
}

static int by_name(const void *a, const void *b)
{
	const struct iq_link *x = a, *y = b;
	return compare(x->name, y->name);
}

void iq_links_sort(struct iq_links *l)
{
	if (l->n > 1)
		qsort(l->at, l->n, sizeof *l->at, by_name);
	l->sorted = true;
}

static const struct iq_link *find(const struct iq_links *l, struct iq_slice name)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int r = compare(l->at[mid].name, name);
		if (r == 0)
			return &l->at[mid];
		if (r < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* The first link among the directories of NAME, or NAME itself. */
static const struct iq_link *first_link(const struct iq_links *l, struct iq_slice name,
					size_t *ret_n)
{
	for (size_t i = bang_length(name); i <= name.n; i++) {
		if (i < name.n && name.p[i] != '/')
			continue;
		const struct iq_link *k = i ? find(l, iq_head(name, i)) : NULL;
		if (k) {
			*ret_n = i;
			return k;
		}
	}
	return NULL;
}

enum iq_links_way iq_links_resolve(const struct iq_links *l, struct iq_slice name,
				   struct iq_arena *mem, struct iq_slice *ret)
{
	size_t n;

	for (unsigned depth = 0; depth <= IQ_LINKS_DEPTH; depth++) {
		const struct iq_link *k = first_link(l, name, &n);
		if (!k) {
			*ret = name;
			return IQ_LINKS_INSIDE;
		}
		if (!k->target.p)
			return IQ_LINKS_OUTSIDE;
		struct iq_slice rest = iq_from(name, n);	/* with its slash */
		if (k->target.n + rest.n > NAME_MAX_BYTES)
			return IQ_LINKS_CIRCLE;
		char *to = iq_arena_alloc(mem, k->target.n + rest.n + 1);
		if (!to)
			return IQ_LINKS_OUTSIDE;
		memcpy(to, k->target.p, k->target.n);
		if (rest.n)
			memcpy(to + k->target.n, rest.p, rest.n);
		name = iq_slice(to, k->target.n + rest.n);
	}
	return IQ_LINKS_CIRCLE;
}

/* import/inner.c - see inner.h.  Out of memory: a digest less is compared. */
#include "import/inner.h"

#include <stdlib.h>

#include "import/capture.h"

#define MANY_MAX 4096			/* nodes of a collection */

void iq_inner_init(struct iq_inner *i)
{
	*i = (struct iq_inner){ 0 };
	iq_arena_init(&i->names);
}

void iq_inner_fini(struct iq_inner *i)
{
	free(i->got);
	free(i->said);
	for (size_t k = 0; k < IQ_INNER_DEPTH; k++)
		iq_hash_free(i->now[k].hash);
	iq_arena_fini(&i->names);
}

static struct iq_inner_one one_of(struct iq_inner *i, struct iq_slice name)
{
	ptrdiff_t bang = iq_rfind(name, IQ_LIT("!"));
	ptrdiff_t slash = iq_rfind(name, IQ_LIT("/"));
	struct iq_slice base = iq_from(name, (size_t)((slash > bang ? slash : bang) + 1));

	return (struct iq_inner_one){
		.name = iq_arena_copy(&i->names, base),
		.outer = iq_arena_copy(&i->names, iq_head(name, (size_t)(bang + 1))),
	};
}

/* A log that is compressed has no digest beside it. */
static bool is_archive_name(struct iq_slice name)
{
	return iq_has(name, IQ_LIT(".tar")) || iq_ends(name, IQ_LIT(".txz")) ||
	       iq_ends(name, IQ_LIT(".tgz")) || iq_ends(name, IQ_LIT(".tbz"));
}

/* The hash of the archive NAME, or IQ_INNER_DEPTH. */
static size_t find(const struct iq_inner *i, struct iq_slice name)
{
	size_t k = 0;

	while (k < IQ_INNER_DEPTH && !(i->now[k].hash && iq_eq(i->now[k].name, name)))
		k++;
	return k;
}

static void begin(struct iq_inner *i, struct iq_slice name)
{
	size_t k = 0;

	while (k < IQ_INNER_DEPTH && i->now[k].hash)
		k++;
	if (k == IQ_INNER_DEPTH || i->n_got >= MANY_MAX || !is_archive_name(name))
		return;
	i->now[k].name = iq_arena_copy(&i->names, name);
	i->now[k].hash = i->now[k].name.p ? iq_hash_new() : NULL;
	if (i->now[k].hash)
		iq_hash_also_md5(i->now[k].hash);
}

void iq_inner_packed(struct iq_inner *i, struct iq_slice name, struct iq_slice block)
{
	size_t k = find(i, name);

	if (!block.n)
		begin(i, name);
	else if (k < IQ_INNER_DEPTH)
		iq_hash_add(i->now[k].hash, block.p, block.n, NULL, NULL);
}

static void keep(struct iq_inner *i, struct iq_hash *h, struct iq_slice name)
{
	struct iq_inner_one *all = iq_capture_grow(i->got, i->n_got, &i->cap_got, sizeof *all);
	struct iq_err ignored;

	if (!all)
		return;
	i->got = all;
	struct iq_inner_one *g = &all[i->n_got];
	*g = one_of(i, name);
	if (iq_hash_finish(h, g->sha256, &ignored) || !g->name.p || !g->outer.p)
		return;
	if (!iq_hash_md5(h, g->md5))
		g->md5[0] = 0;
	i->n_got++;
}

void iq_inner_end(struct iq_inner *i, struct iq_slice name, bool whole)
{
	size_t k = find(i, name);

	if (k == IQ_INNER_DEPTH)
		return;
	if (whole)
		keep(i, i->now[k].hash, name);
	iq_hash_free(i->now[k].hash);
	i->now[k].hash = NULL;
}

void iq_inner_look(struct iq_inner *i, struct iq_stream *m)
{
	struct iq_slice name = iq_stream_name(m), text;
	struct iq_inner_said *all, s;

	if (!name.n || i->n_said >= MANY_MAX || iq_stream_size(m) > IQ_CHECKSUM_FILE_MAX ||
	    !(iq_ends(name, IQ_LIT(".sha256")) || iq_ends(name, IQ_LIT(".md5"))))
		return;
	text = iq_stream_peek(m, IQ_CHECKSUM_FILE_MAX);
	struct iq_slice own = iq_from(name, (size_t)(iq_rfind(name, IQ_LIT("!")) + 1));
	size_t suffix = iq_checksum_read(own, text, &s.sum);
	if (!suffix)
		return;
	all = iq_capture_grow(i->said, i->n_said, &i->cap_said, sizeof *all);
	s.of = one_of(i, iq_head(name, name.n - suffix));
	if (!all)
		return;
	i->said = all;
	if (s.of.name.p && s.of.outer.p)
		i->said[i->n_said++] = s;
}

void iq_inner_compare(const struct iq_inner *i,
		      void (*wrong)(void *arg, const struct iq_inner_said *said, const char *got),
		      void *arg)
{
	for (size_t k = 0; k < i->n_said; k++)
		for (size_t g = 0; g < i->n_got; g++) {
			const struct iq_inner_said *s = &i->said[k];
			const struct iq_inner_one *o = &i->got[g];
			const char *hex = s->sum.md5 ? o->md5 : o->sha256;
			if (iq_eq(s->of.name, o->name) && iq_eq(s->of.outer, o->outer) &&
			    hex[0] && strcmp(hex, s->sum.hex) != 0)
				wrong(arg, s, hex);
		}
}

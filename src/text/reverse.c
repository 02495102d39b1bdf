/* text/reverse.c - see reverse.h */
#include "text/reverse.h"

#include <stdlib.h>

#define FALLS_MIN 3

void iq_fall_init(struct iq_fall *f)
{
	*f = (struct iq_fall){ .mono_us = IQ_NULL, .wall_us = IQ_NULL };
}

static void compare(struct iq_fall *f, int64_t *last, int64_t now)
{
	if (now == IQ_NULL)
		return;
	if (*last != IQ_NULL) {
		f->down += now < *last;
		f->up += now > *last;
	}
	*last = now;
}

/* Lines that follow each other in every report: where all of a log is of one second,
 * only they tell. */
static int kind_of(struct iq_slice text)
{
	text = iq_ltrim(text);
	if (iq_has(iq_head(text, 128), IQ_LIT(" invoked oom-killer")))
		return 1;
	if (iq_starts(text, IQ_LIT("CPU: ")) || iq_starts(text, IQ_LIT("Pid: ")))
		return 2;
	if (iq_starts(text, IQ_LIT("Tasks state (")))
		return 3;
	return iq_starts(text, IQ_LIT("[  pid  ]")) || iq_starts(text, IQ_LIT("[ pid ]")) ? 4 : 0;
}

static void neighbours(struct iq_fall *f, struct iq_slice text)
{
	int now = kind_of(text);
	if ((f->kind == 1 && now == 2) || (f->kind == 3 && now == 4))
		f->up += FALLS_MIN;
	if ((f->kind == 2 && now == 1) || (f->kind == 4 && now == 3))
		f->down += FALLS_MIN;
	f->kind = now;
}

void iq_fall_line(struct iq_fall *f, const struct iq_peeled *p)
{
	if (!p->has_header || p->special)
		return;
	neighbours(f, p->text);
	/* collectors stamp late, and all at once */
	if (p->mono_us != IQ_NULL)
		compare(f, &f->mono_us, p->mono_us);
	else
		compare(f, &f->wall_us, p->wall_us);
}

/* Of the steps up each new boot makes one. */
bool iq_fall_decide(const struct iq_fall *f)
{
	return f->down >= FALLS_MIN && f->down > 8 * f->up;
}

void iq_reverse_init(struct iq_reverse *v)
{
	*v = (struct iq_reverse){ 0 };
	iq_arena_init(&v->arena);
}

void iq_reverse_fini(struct iq_reverse *v)
{
	iq_arena_fini(&v->arena);
	free(v->kept);
	*v = (struct iq_reverse){ 0 };
}

void iq_reverse_reset(struct iq_reverse *v)
{
	iq_arena_reset(&v->arena);
	v->n = v->bytes = 0;
}

static bool copy(struct iq_reverse *v, struct iq_slice *s)
{
	if (!s->p)
		return true;
	v->bytes += s->n;
	*s = iq_arena_copy(&v->arena, *s);
	return s->p != NULL;
}

bool iq_reverse_keep(struct iq_reverse *v, const struct iq_peeled *p,
		     const struct iq_line *line)
{
	if (v->n == v->cap) {
		size_t cap = v->cap ? v->cap * 2 : 256;
		struct iq_kept *more = realloc(v->kept, cap * sizeof *more);
		if (!more)
			return false;
		v->kept = more;
		v->cap = cap;
	}
	struct iq_kept *k = &v->kept[v->n];
	*k = (struct iq_kept){ *p, *line };
	k->line.raw = iq_slice("", 0);
	k->peeled.again = false;
	v->bytes += sizeof *k;
	if (!copy(v, &k->peeled.text) || !copy(v, &k->peeled.host) ||
	    !copy(v, &k->peeled.ident) || !copy(v, &k->peeled.boot_id) ||
	    !copy(v, &k->peeled.file))
		return false;
	v->n++;
	return true;
}

size_t iq_reverse_before(const struct iq_reverse *v, size_t end)
{
	while (end > 0 && !v->kept[--end].peeled.has_header)
		;
	return end;
}

/* import/problem.c - see problem.h */
#include "import/problem.h"

#include <stdlib.h>

#include "base/units.h"
#include "import/capture.h"

#define PROBLEMS_MAX 1024		/* in one capture; ABRT itself keeps some dozens */
#define HELD_MAX 4096
#define WORD_BYTES 4096
#define TIME_MIN_S INT64_C(946684800)	/* 2000: a clock that was never set */
#define TIME_MAX_S INT64_C(4102444800)	/* 2100 */

void iq_problems_fini(struct iq_problems *p)
{
	free(p->at);
	free(p->held);
}

static struct iq_slice dir_of(struct iq_slice member)
{
	return iq_head(member, (size_t)(iq_rfind(member, IQ_LIT("/")) + 1));
}

static struct iq_problem *find(struct iq_capture_run *c, struct iq_slice dir)
{
	struct iq_problems *p = &c->problems;

	/* the members of a directory come one after the other */
	for (size_t i = p->n; i > 0; i--)
		if (iq_eq(p->at[i - 1].dir, dir))
			return &p->at[i - 1];
	return NULL;
}

static struct iq_problem *make(struct iq_capture_run *c, struct iq_slice dir)
{
	struct iq_problems *p = &c->problems;
	struct iq_problem *at = iq_capture_grow(p->at, p->n, &p->cap, sizeof *at);

	if (!at)
		return NULL;
	p->at = at;
	at[p->n] = (struct iq_problem){ .dir = iq_arena_copy(&c->arena, dir),
					.time_us = IQ_NULL };
	return at[p->n].dir.p ? &at[p->n++] : NULL;
}

/* Does the member lie in such a directory? */
static bool is_inside(struct iq_capture_run *c, struct iq_slice member)
{
	struct iq_problems *p = &c->problems;

	if (iq_find_char(member, '/') >= 0)
		return iq_bundle_in_abrt(member);
	if (!member.n || iq_find_char(member, '!') >= 0)
		return false;
	if (!p->loose)
		p->loose = iq_path_is_problem(c->req->path) ? 1 : -1;
	return p->loose > 0;
}

/* --- words --- */

static void take_time(struct iq_problem *p, struct iq_slice word)
{
	int64_t s;

	if (iq_to_i64(word, &s) && s >= TIME_MIN_S && s <= TIME_MAX_S)
		p->time_us = s * IQ_USEC;
}

/* A dump, and so its log, is found by the boot after the crash. */
static void take_type(struct iq_problem *p, struct iq_slice word)
{
	p->later = p->later || iq_has(word, IQ_LIT("vmcore"));
}

/* "systemd=HEX" on one of the lines: what /etc/machine-id has; another generator's is a
 * hash of its own.  One alone may stand without its name. */
static struct iq_slice machine_id(struct iq_slice text)
{
	while (text.n) {
		struct iq_slice line = iq_trim(iq_cut(&text, '\n'));
		iq_skip(&line, IQ_LIT("systemd="));
		size_t n = 0;
		while (n < line.n && strchr("0123456789abcdef", line.p[n]) && line.p[n])
			n++;
		if (n == 32 && line.n == 32)
			return line;
	}
	return IQ_SLICE_NULL;
}

static const struct {
	struct iq_slice name;
	size_t text;			/* in struct iq_problem, or */
	void (*take)(struct iq_problem *p, struct iq_slice word);
	bool blanks;			/* more than one word is one, too */
} words[] = {
	{ IQ_LIT("hostname"), offsetof(struct iq_problem, hostname), NULL, false },
	{ IQ_LIT("kernel"), offsetof(struct iq_problem, kernel), NULL, false },
	{ IQ_LIT("architecture"), offsetof(struct iq_problem, arch), NULL, false },
	{ IQ_LIT("os_release"), offsetof(struct iq_problem, os_release), NULL, true },
	{ IQ_LIT("time"), 0, take_time, false },
	{ IQ_LIT("type"), 0, take_type, false },
	{ IQ_LIT("analyzer"), 0, take_type, false },
};

#define N_WORDS (sizeof words / sizeof *words)

static bool is_word(struct iq_slice w, bool blanks)
{
	for (size_t i = 0; i < w.n; i++)
		if ((unsigned char)w.p[i] < ' ' || w.p[i] == 127 || (w.p[i] == ' ' && !blanks))
			return false;
	return w.n > 0 && w.n <= 255;
}

static int take(struct iq_capture_run *c, struct iq_problem *p, struct iq_slice base,
		struct iq_slice text)
{
	struct iq_slice word = iq_trim(iq_cut(&text, '\n'));
	struct iq_slice *to;

	for (size_t i = 0; i < N_WORDS; i++) {
		if (!iq_eq(base, words[i].name) || !is_word(word, words[i].blanks))
			continue;
		if (words[i].take) {
			words[i].take(p, word);
			continue;
		}
		to = (struct iq_slice *)(void *)((char *)p + words[i].text);
		*to = iq_arena_copy(&c->arena, word);
		if (!to->p)
			return -1;
	}
	return 0;
}

int iq_problem_take(struct iq_capture_run *c, struct iq_stream *m)
{
	struct iq_slice name = c->member_name, base, text, id;

	if (!is_inside(c, name))
		return 0;
	base = iq_from(name, dir_of(name).n);
	struct iq_problem *p = find(c, dir_of(name));
	if (!p && c->problems.n >= PROBLEMS_MAX)
		return iq_bundle_is_abrt_name(base);
	if (!p)
		p = make(c, dir_of(name));
	if (!p)
		return -1;
	p->later = p->later || iq_starts(base, IQ_LIT("vmcore"));
	if (!iq_bundle_is_abrt_name(base))
		return 0;
	text = iq_stream_peek(m, WORD_BYTES);
	if (iq_eq(base, IQ_LIT("machineid"))) {
		id = machine_id(text);
		p->machine_id = id.p ? iq_arena_copy(&c->arena, id) : p->machine_id;
	}
	return take(c, p, base, text) ? -1 : 1;
}

/* --- events --- */

static struct iq_problem *problem_of(struct iq_capture_run *c, const struct iq_event *e)
{
	const struct iq_boot_slot *b = iq_capture_boot(c, e->boot_id);

	return b && c->problems.n ? find(c, dir_of(b->member)) : NULL;
}

static bool is_of_backtrace(struct iq_capture_run *c, const struct iq_event *e)
{
	const struct iq_boot_slot *b = iq_capture_boot(c, e->boot_id);

	return b && iq_eq(iq_from(b->member, dir_of(b->member).n), IQ_LIT("backtrace"));
}

int iq_problem_hold(struct iq_capture_run *c, const struct iq_event *e)
{
	const struct iq_fact_desc *d = &iq_fact_descs[IQ_FACT_EVENT];
	const struct iq_boot_slot *b = iq_capture_boot(c, e->boot_id);
	struct iq_problems *p = &c->problems;

	if (e->wall_us != IQ_NULL || p->n_held >= HELD_MAX || !b || !is_inside(c, b->member))
		return 0;
	struct iq_event *held = iq_capture_grow(p->held, p->n_held, &p->cap_held, sizeof *held);
	if (!held)
		return -1;
	p->held = held;
	held += p->n_held;
	*held = *e;
	for (const struct iq_column *k = d->columns; k < d->columns + d->n_columns; k++) {
		if (k->kind != IQ_COL_TEXT || !iq_fact_text(held, k)->p)
			continue;
		*iq_fact_text(held, k) = iq_arena_copy(&c->arena, *iq_fact_text(held, k));
		if (!iq_fact_text(held, k)->p)
			return -1;
	}
	p->n_held++;
	return 1;
}

/* The time is that of the problem, and it is told once: by the backtrace, or by the only
 * event there is.  The whole log beside it, of that and earlier moments, tells it again. */
static bool is_the_problem(struct iq_capture_run *c, const struct iq_event *e)
{
	const struct iq_problems *p = &c->problems;
	struct iq_slice dir = dir_of(iq_capture_boot(c, e->boot_id)->member);
	size_t n = 0, alike = 0;
	bool told = false;

	if (is_of_backtrace(c, e))
		return true;
	for (size_t i = 0; i < p->n_held; i++) {
		const struct iq_event *x = &p->held[i];
		if (!iq_eq(dir_of(iq_capture_boot(c, x->boot_id)->member), dir))
			continue;
		bool same = x->fingerprint.n && iq_eq(x->fingerprint, e->fingerprint);
		told = told || (same && is_of_backtrace(c, x));
		alike += same && !is_of_backtrace(c, x);
		n++;
	}
	return told ? alike == 1 : n == 1;
}

/* --- the end --- */

static int name_boot(struct iq_capture_run *c, struct iq_boot_slot *b,
		     const struct iq_problem *p)
{
	struct iq_boot *f = &b->fact;
	const struct iq_host *now = NULL;

	if (!p->later && p->kernel.p && !f->kernel_release.p && !b->event_release.p &&
	    !b->release_conflict)
		f->kernel_release = p->kernel;
	if (p->arch.p && !f->arch.p && !b->event_arch.p)
		f->arch = p->arch;
	for (size_t i = 0; i < c->n_hosts; i++)
		if (c->hosts[i].id == f->host_id)
			now = &c->hosts[i];
	if ((!p->hostname.p && !p->machine_id.p) || (now && now->name.n))
		return 0;
	ptrdiff_t i = iq_capture_host(c, p->hostname);
	if (i < 0)
		return -1;
	f->host_id = c->hosts[i].id;
	if (!c->hosts[i].machine_id.p)
		c->hosts[i].machine_id = p->machine_id;
	if (!c->hosts[i].os_release.p)
		c->hosts[i].os_release = p->os_release;
	return 0;
}

int iq_problems_settle(struct iq_capture_run *c, struct iq_err *err)
{
	struct iq_problems *all = &c->problems;

	for (size_t i = 0; all->n && i < c->n_boots; i++) {
		const struct iq_problem *p = find(c, dir_of(c->boots[i].member));
		if (p && name_boot(c, &c->boots[i], p))
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	}
	for (size_t i = 0; i < all->n_held; i++) {
		struct iq_event e = all->held[i];
		const struct iq_problem *p = problem_of(c, &e);
		if (p && !p->later && p->time_us != IQ_NULL && is_the_problem(c, &e)) {
			e.wall_us = p->time_us;
			e.wall_kind = IQ_WALL_UTC | IQ_WALL_COMPUTED;
		}
		if (iq_sink_put(c->out, IQ_FACT_EVENT, &e, err))
			return -1;
	}
	return 0;
}

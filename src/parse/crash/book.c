/* parse/crash/book.c - see book.h. */
#include "parse/crash/book.h"

#include <stdlib.h>

#include "base/units.h"

#define BOOK_MAX 256
#define SEEN_MAX 64
#define SIGHTINGS_MAX 1000
#define ROUND_US (5 * IQ_USEC)		/* khungtaskd tells all at once */
#define NEXT_US (1 * IQ_USEC)		/* an oops that follows another, wherever */
#define NEXT_SAME_US (60 * IQ_USEC)	/* the same in that task or on that CPU */
#define WINDOW_US (600 * IQ_USEC)	/* between two reports of one stall */

/* One event that may come again. */
struct entry {
	uint64_t hash;
	int64_t boot_id, event_id, member_id;
	uint32_t host_no;
	enum iq_crash_kind kind;
	int64_t sightings;
	struct iq_crash *c;		/* packed; NULL: the slot is free */
	uint64_t used;			/* when it was looked at last */
};

struct iq_crash_book {
	struct iq_sink *sink;
	struct entry entries[BOOK_MAX];
	uint64_t clock;
	struct iq_crash_seen seen[SEEN_MAX];	/* a ring, newest at n_seen - 1 */
	size_t n_seen;
};

struct iq_crash_book *iq_crash_book_new(struct iq_sink *sink)
{
	struct iq_crash_book *b = calloc(1, sizeof *b);
	if (b)
		b->sink = sink;
	return b;
}

void iq_crash_book_free(struct iq_crash_book *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < BOOK_MAX; i++)
		free(b->entries[i].c);
	free(b);
}

/* ---------------------------------------------------------------- equal reports */

/* C with its texts in one piece of memory. */
static struct iq_crash *pack(const struct iq_crash *c)
{
	const struct iq_fact_desc *d = &iq_fact_descs[IQ_FACT_CRASH];
	struct iq_crash copy = *c;
	size_t n = sizeof *c;
	for (size_t i = 0; i < d->n_columns; i++)
		if (d->columns[i].kind == IQ_COL_TEXT)
			n += iq_fact_text(&copy, &d->columns[i])->n;
	struct iq_crash *p = malloc(n);
	if (!p)
		return NULL;
	*p = copy;
	char *at = (char *)(p + 1);
	for (size_t i = 0; i < d->n_columns; i++) {
		if (d->columns[i].kind != IQ_COL_TEXT)
			continue;
		struct iq_slice *s = iq_fact_text(p, &d->columns[i]);
		if (!s->p)
			continue;
		if (s->n)
			memcpy(at, s->p, s->n);
		s->p = at;
		at += s->n;
	}
	return p;
}

static uint64_t mix(uint64_t h, struct iq_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
	return (h ^ 0xff) * UINT64_C(0x100000001b3);
}

static uint64_t mix_int(uint64_t h, int64_t v)
{
	return mix(h, iq_slice((const char *)&v, sizeof v));
}

/* The text with every run of digits and hex words as one '#'. */
static uint64_t mix_words(uint64_t h, struct iq_slice s)
{
	bool in = false;
	for (size_t i = 0; i < s.n; i++) {
		bool digit = s.p[i] >= '0' && s.p[i] <= '9';
		bool hex = digit || (in && ((s.p[i] >= 'a' && s.p[i] <= 'f') || s.p[i] == 'x'));
		if (hex && in)
			continue;
		in = hex;
		h = (h ^ (unsigned char)(hex ? '#' : s.p[i])) * UINT64_C(0x100000001b3);
	}
	return h;
}

/* May a report of this kind come again and still be the same? */
static bool may_repeat(enum iq_crash_kind kind)
{
	return kind != IQ_CRASH_OOPS && kind != IQ_CRASH_PANIC;
}

/* Stalls are told again while they last; after a silence it is another one. */
static bool has_window(enum iq_crash_kind kind)
{
	return kind == IQ_CRASH_SOFT || kind == IQ_CRASH_HARD || kind == IQ_CRASH_RCU ||
	       kind == IQ_CRASH_WORKQUEUE;
}

static uint64_t identity(const struct iq_crash_report *r, uint32_t host_no)
{
	const struct iq_crash *c = &r->c;
	uint64_t h = mix_int(UINT64_C(0xcbf29ce484222325), r->rep.ev.boot_id);
	h = mix_int(mix_int(h, host_no), r->kind);
	h = mix(mix(h, c->form), c->object);
	switch (r->kind) {
	case IQ_CRASH_HUNG:
		return mix_int(mix(h, c->comm), c->pid);
	case IQ_CRASH_SOFT:
		return mix_int(mix_int(h, c->pid), c->cpu);
	case IQ_CRASH_HARD: case IQ_CRASH_RCU:
		return mix_int(h, c->cpu);
	case IQ_CRASH_WORKQUEUE:
		return mix(h, c->workqueue);
	case IQ_CRASH_WARNING:
		return mix_int(mix(mix(h, c->source_file), c->function), c->source_line);
	case IQ_CRASH_HARDWARE: case IQ_CRASH_FILESYSTEM: case IQ_CRASH_STORAGE:
		return mix_int(mix(mix(h, c->hw_severity), c->function), c->hw_bank);
	default:
		if (c->lock_kind.p)			/* spinlocks: one a CPU */
			h = mix_int(mix_int(h, c->pid), c->cpu);
		return mix(mix_words(mix(h, c->source_file), c->message), c->function);
	}
}

static bool too_late(const struct iq_crash *old, const struct iq_crash_report *r)
{
	if (old->last_mono_us != IQ_NULL && r->rep.ev.mono_us != IQ_NULL)
		return r->rep.ev.mono_us - old->last_mono_us > WINDOW_US;
	if (old->last_wall_us != IQ_NULL && r->rep.ev.wall_us != IQ_NULL)
		return r->rep.ev.wall_us - old->last_wall_us > WINDOW_US;
	return false;
}

static int put_entry(struct iq_crash_book *b, struct entry *e, struct iq_err *err)
{
	int ret = iq_sink_put(b->sink, IQ_FACT_CRASH, e->c, err);
	free(e->c);
	memset(e, 0, sizeof *e);
	return ret;
}

static struct entry *find(struct iq_crash_book *b, uint64_t hash)
{
	for (size_t i = 0; i < BOOK_MAX; i++)
		if (b->entries[i].c && b->entries[i].hash == hash)
			return &b->entries[i];
	return NULL;
}

/* A free slot, or that of the entry not met for the longest time, which is put. */
static struct entry *slot(struct iq_crash_book *b, struct iq_err *err)
{
	struct entry *oldest = &b->entries[0];
	for (size_t i = 0; i < BOOK_MAX; i++) {
		if (!b->entries[i].c)
			return &b->entries[i];
		if (b->entries[i].used < oldest->used)
			oldest = &b->entries[i];
	}
	return put_entry(b, oldest, err) ? NULL : oldest;
}

static int count_repeat(struct iq_crash_book *b, struct entry *e,
			const struct iq_crash_report *r, struct iq_err *err)
{
	struct iq_sighting seen;
	e->used = ++b->clock;
	e->c->repeats++;
	if (r->rep.ev.mono_us != IQ_NULL)
		e->c->last_mono_us = r->rep.ev.mono_us;
	if (r->rep.ev.wall_us != IQ_NULL)
		e->c->last_wall_us = r->rep.ev.wall_us;
	if (r->c.stuck_us != IQ_NULL && r->c.stuck_us > e->c->stuck_us)
		e->c->stuck_us = r->c.stuck_us;
	if (++e->sightings > SIGHTINGS_MAX)
		return 0;
	iq_fact_init(IQ_FACT_SIGHTING, &seen);
	seen.event_id = e->event_id;
	seen.member_id = r->rep.member_id;
	seen.first_line = r->rep.first_line;
	seen.last_line = r->rep.last_line;
	return iq_sink_put(b->sink, IQ_FACT_SIGHTING, &seen, err);
}

/* ---------------------------------------------------------------- what led to what */

static void copy_text(char *to, size_t n, struct iq_slice s)
{
	s = iq_head(s, n - 1);
	if (s.n)
		memcpy(to, s.p, s.n);
	to[s.n] = '\0';
}

static void remember(struct iq_crash_book *b, const struct iq_crash_report *r, uint32_t host_no)
{
	struct iq_crash_seen *s = &b->seen[b->n_seen++ % SEEN_MAX];
	const struct iq_crash *c = &r->c;
	memset(s, 0, sizeof *s);
	s->event_id = s->root_id = r->rep.ev.id;
	if (r->kind == IQ_CRASH_OOPS && r->rep.ev.parent_id != IQ_NULL)
		s->root_id = r->rep.ev.parent_id;
	s->boot_id = r->rep.ev.boot_id;
	s->host_no = host_no;
	s->kind = r->kind;
	s->cpu = c->cpu;
	s->pid = c->pid;
	s->mono_us = r->rep.ev.mono_us;
	s->wall_us = r->rep.ev.wall_us;
	s->manual = c->manual == 1;
	copy_text(s->comm, sizeof s->comm, c->comm);
	copy_text(s->function, sizeof s->function, c->function);
	copy_text(s->suspect, sizeof s->suspect, c->suspect);
	copy_text(s->module, sizeof s->module, c->module);
	copy_text(s->taint, sizeof s->taint, c->taint);
	copy_text(s->key, sizeof s->key, c->crash_key);
	copy_text(s->loose_key, sizeof s->loose_key, c->loose_key);
}

#define BIT(kind) (1u << IQ_CRASH_##kind)

/* Which kinds of event a panic's reason speaks of. */
static const struct { const char *text; unsigned kinds; } causes[] = {
	{ "Fatal exception", BIT(OOPS) }, { "Oopsed too often", BIT(OOPS) },
	{ "Aiee, killing interrupt handler", BIT(OOPS) },
	{ "Attempted to kill the idle task", BIT(OOPS) }, { "Machine halted", BIT(OOPS) },
	{ "Attempted to kill init", BIT(OOPS) },
	{ "stack overflow", BIT(OOPS) }, { "stack guard hit", BIT(OOPS) },
	{ "bad mode", BIT(OOPS) }, { "Unhandled exception", BIT(OOPS) },
	{ "softlockup: hung tasks", BIT(SOFT) }, { "ard LOCKUP", BIT(HARD) },
	{ "hung_task: ", BIT(HUNG) }, { "RCU Stall", BIT(RCU) },
	{ "workqueue: ", BIT(WORKQUEUE) },
	{ "panic_on_warn set", BIT(WARNING) | BIT(SANITIZER) | BIT(BUG) },
	{ "system warned too often", BIT(WARNING) },
	{ "kasan.fault", BIT(SANITIZER) }, { "kfence.fault", BIT(SANITIZER) },
	{ "kmsan.panic", BIT(SANITIZER) }, { "EXT4-fs", BIT(FILESYSTEM) },
	{ "BTRFS", BIT(FILESYSTEM) }, { "NMI: Not continuing", BIT(HARDWARE) },
	{ "NMI IOCK error", BIT(HARDWARE) },
	{ "achine check", BIT(HARDWARE) }, { "hardware error", BIT(HARDWARE) },
	{ "Unable to continue", BIT(HARDWARE) }, { "SError", BIT(HARDWARE) },
	{ "Memory failure", BIT(HARDWARE) }, { "UE ", BIT(HARDWARE) },
};

static unsigned kinds_of(struct iq_slice reason)
{
	for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
		if (iq_has(reason, iq_slice_z(causes[i].text)))
			return causes[i].kinds;
	return 0;
}

bool iq_crash_reason_is(struct iq_slice reason, enum iq_crash_kind kind)
{
	return kinds_of(reason) & 1u << kind;
}

static bool one_round(const struct iq_crash_seen *a, const struct iq_crash_seen *b)
{
	if (a->mono_us != IQ_NULL && b->mono_us != IQ_NULL)
		return b->mono_us - a->mono_us < ROUND_US;
	if (a->wall_us != IQ_NULL && b->wall_us != IQ_NULL)
		return b->wall_us - a->wall_us < ROUND_US;
	return true;
}

const struct iq_crash_seen *iq_crash_book_cause(const struct iq_crash_book *b,
						uint32_t host_no, int64_t boot_id,
						struct iq_slice reason)
{
	unsigned kinds = kinds_of(reason);
	size_t n = b->n_seen < SEEN_MAX ? b->n_seen : SEEN_MAX;
	bool init = iq_has(reason, IQ_LIT("kill init"));
	const struct iq_crash_seen *found = NULL;
	for (size_t i = 1; i <= n; i++) {
		const struct iq_crash_seen *s = &b->seen[(b->n_seen - i) % SEEN_MAX];
		if (s->host_no != host_no || s->boot_id != boot_id || !(kinds & 1u << s->kind))
			continue;
		if (init && s->pid != 1)	/* init fell to its own oops, not to another's */
			continue;
		/* of hung tasks told in one round the first: the others wait behind it */
		if (found && !one_round(s, found))
			break;
		found = s;
		if (s->kind != IQ_CRASH_HUNG)
			break;
	}
	return found;
}

const struct iq_crash_seen *iq_crash_book_latest(const struct iq_crash_book *b,
						 uint32_t host_no, int64_t boot_id,
						 enum iq_crash_kind kind)
{
	size_t n = b->n_seen < SEEN_MAX ? b->n_seen : SEEN_MAX;
	for (size_t i = 1; i <= n; i++) {
		const struct iq_crash_seen *s = &b->seen[(b->n_seen - i) % SEEN_MAX];
		if (s->host_no == host_no && s->boot_id == boot_id && s->kind == kind)
			return s;
	}
	return NULL;
}

static int64_t apart(const struct iq_crash_seen *s, const struct iq_event *e)
{
	if (s->mono_us != IQ_NULL && e->mono_us != IQ_NULL)
		return e->mono_us - s->mono_us;
	if (s->wall_us != IQ_NULL && e->wall_us != IQ_NULL)
		return e->wall_us - s->wall_us;
	return IQ_NULL;
}

/* An oops leaves locks held and structures half changed: the one that follows it closely,
 * counted [#2] or tainted D, fell to it.  Of such a row the first is the cause. */
static int64_t oops_before(const struct iq_crash_book *b, const struct iq_crash_report *r,
			   uint32_t host_no)
{
	const struct iq_crash *c = &r->c;
	bool died = c->taint.p && iq_find_char(c->taint, 'D') >= 0;
	const struct iq_crash_seen *s =
		iq_crash_book_latest(b, host_no, r->rep.ev.boot_id, IQ_CRASH_OOPS);
	if (!s || s->manual || !(died || (c->report_no != IQ_NULL && c->report_no > 1)))
		return IQ_NULL;
	bool same = (c->pid != IQ_NULL && c->pid == s->pid && c->pid != 0) ||
		    (c->cpu != IQ_NULL && c->cpu == s->cpu);
	int64_t gap = apart(s, &r->rep.ev);
	if (gap == IQ_NULL ? !same : gap < 0 || gap > (same ? NEXT_SAME_US : NEXT_US))
		return IQ_NULL;
	return s->root_id;
}

/* ---------------------------------------------------------------- closing */

int iq_crash_book_close(struct iq_crash_book *b, struct iq_crash_report *r, uint32_t host_no,
			bool cut, struct iq_err *err)
{
	if (!iq_crash_is_event(r))
		return 0;
	iq_crash_settle(r, cut);
	r->c.repeats = 1;
	r->c.last_mono_us = r->rep.ev.mono_us;
	r->c.last_wall_us = r->rep.ev.wall_us;
	uint64_t hash = identity(r, host_no);
	struct entry *e = may_repeat(r->kind) ? find(b, hash) : NULL;
	if (e && has_window(r->kind) && too_late(e->c, r)) {
		if (put_entry(b, e, err))
			return -1;
		e = NULL;
	}
	if (e)
		return count_repeat(b, e, r, err);
	if (r->kind == IQ_CRASH_OOPS && r->rep.ev.parent_id == IQ_NULL)
		r->rep.ev.parent_id = oops_before(b, r, host_no);
	if (iq_crash_put(r, b->sink, err))
		return -1;
	remember(b, r, host_no);
	if (!may_repeat(r->kind))
		return iq_sink_put(b->sink, IQ_FACT_CRASH, &r->c, err);
	if (!(e = slot(b, err)))
		return -1;
	*e = (struct entry){ .hash = hash, .boot_id = r->rep.ev.boot_id,
			     .event_id = r->rep.ev.id, .host_no = host_no, .kind = r->kind,
			     .sightings = 1, .used = ++b->clock, .c = pack(&r->c) };
	return e->c ? 0 : iq_err_set(err, IQ_E_NOMEM, "crash report: out of memory");
}

int iq_crash_book_flush(struct iq_crash_book *b, struct iq_err *err)
{
	for (size_t i = 0; i < BOOK_MAX; i++)
		if (b->entries[i].c && put_entry(b, &b->entries[i], err))
			return -1;
	b->n_seen = 0;
	return 0;
}

/* parse/killers.c - see killers.h.
 *
 * Two queues in order of arrival.  "Held" are lines that may yet turn out to speak of a
 * kill that comes from elsewhere: each is a report under construction which other lines
 * may join.  "Kills" are the kernel's, already put, whose victims wait for their unit.
 * Whatever is added is compared with what is there, so each pair meets once.
 */
#include "parse/killers.h"

#include <stdlib.h>

#include "base/units.h"
#include "parse/cgname.h"
#include "parse/killerline.h"
#include "parse/oomdblock.h"
#include "parse/report.h"
#include "parse/roles.h"

/* A report of the kernel is put when it has ended, a little after its time. */
#define HOLD_US		(2 * IQ_KILLERS_NEAR_US)
/* Where no times are shown, so many records stand for it. */
#define NEAR_RECORDS	500
#define HOLD_RECORDS	1000
/* And however the clock jumps, nothing is held longer. */
#define STALE_RECORDS	200000
#define CONTEXT_MAX	8
#define REPEATS		1024
#define HELD_BYTES_MAX	(256 * 1024)	/* of one; more lines of it are passed over */

struct moment {
	int64_t boot_id, wall_us, mono_us;
	uint64_t seq;			/* records seen until then */
};

struct held {
	struct held *next;
	struct moment when;
	enum iq_killer_what what;
	const char *killer;
	struct iq_report rep;
	struct iq_oom oom;		/* slices into rep.mem */
	struct iq_victim victim;
	int64_t pid;
	struct iq_slice unit, container;
};

struct kill {
	struct kill *next;
	struct moment when;
	int64_t event_id;
	bool has_victim;
	struct iq_victim victim;	/* texts behind this struct */
	char *unit;			/* of the victim, learned later; owned */
};

struct context {
	struct moment when;
	int64_t member_id, line;
	const char *killer;
	char *text;			/* owned; NULL: free slot */
	size_t n;
	struct iq_killerline about;	/* numbers of a victim's line */
	size_t comm_at, comm_n;		/* in text */
	size_t why_at, why_n;		/* in text; n 0: all of it */
	bool is_victim;
};

struct iq_killers {
	struct iq_sink *sink;
	int64_t member_id;
	uint64_t seq;
	struct held *held, **held_end;
	struct kill *kills, **kills_end;
	size_t n_held, n_kills;
	struct context context[CONTEXT_MAX];
	size_t next_context;
	uint16_t repeat[REPEATS];	/* by hash of the fingerprint */
	struct iq_oomd_block candidates;	/* of systemd-oomd's last kill, or the next */
	struct moment candidates_when;
};

struct iq_killers *iq_killers_new(struct iq_sink *sink)
{
	struct iq_killers *k = calloc(1, sizeof *k);
	if (!k)
		return NULL;
	k->sink = sink;
	k->member_id = IQ_NULL;
	k->held_end = &k->held;
	k->kills_end = &k->kills;
	iq_oomd_block_init(&k->candidates);
	return k;
}

static void free_held(struct held *h)
{
	iq_report_fini(&h->rep);
	free(h);
}

static void free_kill(struct kill *x)
{
	free(x->unit);
	free(x);
}

void iq_killers_free(struct iq_killers *k)
{
	if (!k)
		return;
	for (struct held *h = k->held, *next; h; h = next) {
		next = h->next;
		free_held(h);
	}
	for (struct kill *x = k->kills, *next; x; x = next) {
		next = x->next;
		free_kill(x);
	}
	for (size_t i = 0; i < CONTEXT_MAX; i++)
		free(k->context[i].text);
	iq_oomd_block_fini(&k->candidates);
	free(k);
}

static int no_memory(struct iq_err *err)
{
	return iq_err_set(err, IQ_E_NOMEM, "user-space killers: out of memory");
}

/* --- which lines --- */

bool iq_killers_wants(struct iq_slice s)
{
	static const struct iq_slice marks[] = {
		IQ_LIT("OOM"), IQ_LIT("oom"), IQ_LIT("SIG"), IQ_LIT("ill"),
		IQ_LIT("emory"), IQ_LIT("half of '"), IQ_LIT("wap used ("),
		IQ_LIT("evicted succ"), IQ_LIT("mem avail"), IQ_LIT("badness: "),
		IQ_LIT("mAvailable ["), IQ_LIT("wapFree ["), IQ_LIT("he command: "),
	};
	/* One pass: this is asked of millions of lines. */
	for (size_t i = 0; i + 3 <= s.n; i++) {
		switch (s.p[i]) {
		case 'O': case 'o': case 'S': case 'i': case 'e': case 'h': case 'w': case 'm':
		case 'b':
			for (size_t m = 0; m < sizeof marks / sizeof *marks; m++)
				if (iq_starts(iq_from(s, i), marks[m]))
					return true;
			break;
		default:
			break;
		}
	}
	return false;
}

/* Programs whose every line may be one. */
static bool is_killer(struct iq_slice ident)
{
	static const struct iq_slice names[] = {
		IQ_LIT("systemd-oomd"), IQ_LIT("earlyoom"), IQ_LIT("nohang"),
		IQ_LIT("nohang-desktop"), IQ_LIT("oomd"), IQ_LIT("lmkd"),
		IQ_LIT("lowmemorykiller"), IQ_LIT("conmon"), IQ_LIT("talos"),
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (iq_eq(ident, names[i]))
			return true;
	return false;
}

bool iq_killers_wants_program(struct iq_slice ident)
{
	static const struct iq_slice tellers[] = {
		IQ_LIT("systemd"), IQ_LIT("kubelet"), IQ_LIT("containerd"), IQ_LIT("dockerd"),
		IQ_LIT("docker"), IQ_LIT("crio"), IQ_LIT("k3s"), IQ_LIT("rke2"),
		IQ_LIT("podman"), IQ_LIT("node-problem-detector"),
		IQ_LIT("node-problem-detector-startup.sh"),
	};
	if (is_killer(ident))
		return true;
	for (size_t i = 0; i < sizeof tellers / sizeof *tellers; i++)
		if (iq_eq(ident, tellers[i]))
			return true;
	return false;
}

/* --- time --- */

static int64_t distance(int64_t a, int64_t b)
{
	int64_t d;
	if (__builtin_sub_overflow(a, b, &d) || d == INT64_MIN)
		return INT64_MAX;
	return d < 0 ? -d : d;
}

/* Microseconds between two moments, or INT64_MAX if RECORDS or more lie between them
 * and no clock tells. */
static int64_t apart(const struct moment *a, const struct moment *b, uint64_t records)
{
	if (a->wall_us != IQ_NULL && b->wall_us != IQ_NULL)
		return distance(a->wall_us, b->wall_us);
	if (a->mono_us != IQ_NULL && b->mono_us != IQ_NULL && a->boot_id == b->boot_id)
		return distance(a->mono_us, b->mono_us);
	uint64_t d = a->seq > b->seq ? a->seq - b->seq : b->seq - a->seq;
	return d < records ? 0 : INT64_MAX;
}

static bool near(const struct moment *a, const struct moment *b)
{
	return a->boot_id == b->boot_id && apart(a, b, NEAR_RECORDS) <= IQ_KILLERS_NEAR_US;
}

static bool is_over(const struct moment *then, const struct moment *now)
{
	return apart(then, now, HOLD_RECORDS) > HOLD_US || now->seq - then->seq > STALE_RECORDS;
}

static struct moment moment_of(const struct iq_killers *k, const struct iq_record *rec,
			       int64_t boot_id)
{
	return (struct moment){ boot_id, rec->wall_us, rec->mono_us, k->seq };
}

/* --- putting --- */

static int put_line(struct iq_killers *k, int64_t event_id, int64_t member_id, int64_t line,
		    struct iq_slice text, struct iq_err *err)
{
	struct iq_event_line el;
	iq_fact_init(IQ_FACT_EVENT_LINE, &el);
	el.event_id = event_id;
	el.member_id = member_id;
	el.line = line;
	el.role = IQ_LIT(IQ_ROLE_KILLER);
	el.text = text;
	return iq_sink_put(k->sink, IQ_FACT_EVENT_LINE, &el, err);
}

/* How often this fingerprint was there before in this member.  Others of the same hash
 * count too: it only has to tell apart. */
static unsigned repeats(struct iq_killers *k, struct iq_slice s)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 16777619u;
	uint16_t *n = &k->repeat[h % REPEATS];
	return *n == UINT16_MAX ? *n : (*n)++;
}

/* Equal in every capture of the same boot: of the time only the seconds within a
 * quarter of an hour, which neither a missing year nor another zone changes. */
static void set_fingerprint(struct iq_killers *k, struct held *h)
{
	const struct iq_event *ev = &h->rep.ev;
	const int64_t quarter = 900;
	struct iq_slice who = h->victim.cgroup.p ? h->victim.cgroup :
			      h->unit.p ? h->unit : h->container.p ? h->container :
			      h->victim.comm;
	int64_t t = ev->wall_us != IQ_NULL ? ev->wall_us / IQ_USEC % quarter : 0;
	struct iq_slice f = iq_arena_printf(&h->rep.mem, "%s:%lld:%.*s:%lld", h->killer,
		(long long)(h->pid == IQ_NULL ? -1 : h->pid), IQ_FMT(who), (long long)t);
	unsigned n = repeats(k, f);
	if (n)
		f = iq_arena_printf(&h->rep.mem, "%.*s#%u", IQ_FMT(f), n);
	h->rep.ev.fingerprint = f;
}

/* What is left after the time is over: an event of its own, or nothing. */
static int put_held(struct iq_killers *k, struct held *h, struct iq_err *err)
{
	bool own = h->what == IQ_KILLER_KILL || h->what == IQ_KILLER_TOLD_OOMD;
	if (h->what == IQ_KILLER_EXIT)	/* a SIGKILL from anywhere */
		return 0;
	h->rep.ev.kind = own ? IQ_LIT("userspace-kill") : IQ_LIT("oom-kill");
	if (own) {
		h->oom.killer = iq_slice_z(h->killer);
	} else {	/* the kernel's own report is not here */
		h->rep.ev.truncated = 1;
		h->rep.ev.missing = IQ_LIT("headline,mem-info,table");
	}
	set_fingerprint(k, h);
	h->oom.event_id = h->rep.ev.id = iq_sink_id(k->sink, IQ_FACT_EVENT);
	h->oom.victim_count = 1;
	h->victim.event_id = h->rep.ev.id;
	h->victim.pid = h->pid;
	if (!h->victim.unit.p)
		h->victim.unit = h->unit;
	if (!h->victim.container.p)
		h->victim.container = h->container;
	if (iq_report_put(&h->rep, k->sink, err) ||
	    iq_sink_put(k->sink, IQ_FACT_OOM, &h->oom, err) ||
	    iq_sink_put(k->sink, IQ_FACT_VICTIM, &h->victim, err))
		return -1;
	return 0;
}

/* The oldest of a queue, taken off. */
static struct held *pop_held(struct iq_killers *k)
{
	struct held *h = k->held;
	k->held = h->next;
	if (!k->held)
		k->held_end = &k->held;
	k->n_held--;
	return h;
}

static int resolve_held(struct iq_killers *k, struct iq_err *err)
{
	struct held *h = pop_held(k);
	int r = put_held(k, h, err);
	free_held(h);
	return r;
}

static int resolve_kill(struct iq_killers *k, struct iq_err *err)
{
	struct kill *x = k->kills;
	k->kills = x->next;
	if (!k->kills)
		k->kills_end = &k->kills;
	k->n_kills--;
	int r = x->has_victim ? iq_sink_put(k->sink, IQ_FACT_VICTIM, &x->victim, err) : 0;
	free_kill(x);
	return r;
}

static int resolve_until(struct iq_killers *k, const struct moment *now, struct iq_err *err)
{
	while (k->held && (is_over(&k->held->when, now) || k->n_held > IQ_KILLERS_HELD_MAX))
		if (resolve_held(k, err))
			return -1;
	while (k->kills &&
	       (is_over(&k->kills->when, now) || k->n_kills > IQ_KILLERS_HELD_MAX))
		if (resolve_kill(k, err))
			return -1;
	return 0;
}

int iq_killers_tick(struct iq_killers *k, const struct iq_record *rec, struct iq_err *err)
{
	k->seq++;
	if (!k->held && !k->kills)
		return 0;
	/* Without a clock of its own a moment is of any boot. */
	struct moment now = moment_of(k, rec, k->held ? k->held->when.boot_id
						      : k->kills->when.boot_id);
	return resolve_until(k, &now, err);
}

int iq_killers_finish(struct iq_killers *k, struct iq_err *err)
{
	while (k->held)
		if (resolve_held(k, err))
			return -1;
	while (k->kills)
		if (resolve_kill(k, err))
			return -1;
	return 0;
}

int iq_killers_member(struct iq_killers *k, int64_t member_id, struct iq_err *err)
{
	int r = k->member_id == member_id ? 0 : iq_killers_finish(k, err);
	k->member_id = member_id;
	memset(k->repeat, 0, sizeof k->repeat);
	return r;
}

/* --- what may mean what --- */

enum match { MATCH_NONE, MATCH_WEAK, MATCH_STRONG };

static bool same_id(struct iq_slice a, struct iq_slice b)
{
	return a.n && b.n && (a.n < b.n ? iq_starts(b, a) : iq_starts(a, b));
}

/* Does a line about PID, UNIT, CONTAINER mean this victim?  Weak: the victim's place
 * is not known, so it may be. */
static enum match about(int64_t pid, struct iq_slice unit, struct iq_slice container,
			const struct iq_victim *v, int64_t victim_pid)
{
	if (pid != IQ_NULL)
		return pid == victim_pid ? MATCH_STRONG :
		       victim_pid == IQ_NULL ? MATCH_WEAK : MATCH_NONE;
	if (container.p) {
		if (v->container.p)
			return same_id(container, v->container) ? MATCH_STRONG : MATCH_NONE;
		return v->cgroup.p ? MATCH_NONE : MATCH_WEAK;
	}
	if (unit.p) {
		if (iq_eq(unit, v->unit) || iq_cgname_has_unit(v->cgroup, unit))
			return MATCH_STRONG;
		return v->cgroup.p || v->unit.p ? MATCH_NONE : MATCH_WEAK;
	}
	return MATCH_WEAK;
}

/* A line against a kernel kill. */
static enum match held_to_kill(const struct held *h, const struct kill *x)
{
	static const struct iq_victim nobody;
	if (h->what == IQ_KILLER_TOLD_OOMD || !near(&h->when, &x->when))
		return MATCH_NONE;
	enum match m = about(h->pid, h->unit, h->container,
			     x->has_victim ? &x->victim : &nobody,
			     x->has_victim ? x->victim.pid : IQ_NULL);
	/* Only those who speak of the kernel's killer may be taken at a guess. */
	bool speaks = h->what == IQ_KILLER_TOLD_OOM || h->what == IQ_KILLER_RESULT;
	if (h->what == IQ_KILLER_KILL && h->pid == IQ_NULL)
		return MATCH_NONE;
	if (m != MATCH_WEAK)
		return m;
	bool other = x->has_victim && h->victim.comm.n && x->victim.comm.n &&
		     !iq_eq(h->victim.comm, x->victim.comm);
	return speaks && !other ? m : MATCH_NONE;
}

/* May the later line B join the held A? */
static enum match held_to_held(const struct held *a, const struct held *b)
{
	if (!near(&a->when, &b->when))
		return MATCH_NONE;
	bool a_kill = a->what == IQ_KILLER_KILL, b_kill = b->what == IQ_KILLER_KILL;
	if (a_kill && b_kill) {		/* SIGTERM, then SIGKILL: one kill */
		if (strcmp(a->killer, b->killer))
			return MATCH_NONE;
		if (a->pid != IQ_NULL || b->pid != IQ_NULL)
			return a->pid == b->pid ? MATCH_STRONG : MATCH_NONE;
		if (a->container.n && iq_eq(a->container, b->container))
			return MATCH_STRONG;
		return a->victim.cgroup.p && iq_eq(a->victim.cgroup, b->victim.cgroup) ?
			MATCH_STRONG : MATCH_NONE;
	}
	const struct held *teller = a_kill ? b : a, *other = a_kill ? a : b;
	if ((a_kill || b_kill) && teller->what == IQ_KILLER_TOLD_OOM)
		return MATCH_NONE;	/* it speaks of the kernel */
	struct iq_victim v = other->victim;
	if (!v.unit.p)
		v.unit = other->unit;
	if (!v.container.p)
		v.container = other->container;
	enum match m = about(teller->pid, teller->unit, teller->container, &v, other->pid);
	return m == MATCH_STRONG ? m : MATCH_NONE;
}

/* --- joining --- */

/* B's lines and what it knows become A's; A's event is what the surer of both says. */
static void join(struct held *a, struct held *b)
{
	if (a->rep.mem.total_bytes > HELD_BYTES_MAX)
		return;
	for (const struct iq_report_line *l = b->rep.lines; l; l = l->next)
		iq_report_cite_text(&a->rep, l->line, IQ_LIT(IQ_ROLE_KILLER),
				    iq_report_keep(&a->rep, l->text));
	if (b->rep.first_line < a->rep.first_line)
		a->rep.first_line = b->rep.first_line;
	if (b->rep.last_line > a->rep.last_line)
		a->rep.last_line = b->rep.last_line;
	if (!a->unit.p)
		a->unit = iq_report_keep(&a->rep, b->unit);
	if (!a->container.p)
		a->container = iq_report_keep(&a->rep, b->container);
	if (!a->victim.comm.p)
		a->victim.comm = iq_report_keep(&a->rep, b->victim.comm);
	if (!a->oom.killer_reason.p)
		a->oom.killer_reason = iq_report_keep(&a->rep, b->oom.killer_reason);
	if (a->pid == IQ_NULL)
		a->pid = b->pid;
	if (b->what > a->what && a->what != IQ_KILLER_KILL)
		a->what = b->what;
	if (b->what == IQ_KILLER_KILL)
		a->what = b->what;
	if (a->what == b->what)
		a->killer = b->killer;
	a->rep.failed |= b->rep.failed;
}

/* The kernel did it: H's lines stand by that event. */
static int join_kill(struct iq_killers *k, struct kill *x, struct held *h, struct iq_err *err)
{
	for (const struct iq_report_line *l = h->rep.lines; l; l = l->next)
		if (put_line(k, x->event_id, h->rep.member_id, l->line, l->text, err))
			return -1;
	return 0;
}

/* Names the unit of the victims of X's event that H can mean. */
static int name_unit(struct iq_killers *k, const struct kill *of, const struct held *h,
		     struct iq_err *err)
{
	for (struct kill *x = k->kills; x && h->unit.p; x = x->next) {
		if (x->event_id != of->event_id || !x->has_victim || x->victim.unit.p ||
		    held_to_kill(h, x) == MATCH_NONE)
			continue;
		x->unit = malloc(h->unit.n + 1);
		if (!x->unit)
			return no_memory(err);
		memcpy(x->unit, h->unit.p, h->unit.n);
		x->victim.unit = iq_slice(x->unit, h->unit.n);
	}
	return 0;
}

/* --- arrival of a line --- */

static struct held *new_held(struct iq_killers *k, const struct iq_record *rec,
			     int64_t boot_id, const struct iq_killerline *l)
{
	struct held *h = calloc(1, sizeof *h);
	struct iq_cgname name;
	if (!h)
		return NULL;
	h->when = moment_of(k, rec, boot_id);
	h->what = l->what;
	h->killer = l->killer;
	iq_report_init(&h->rep, "userspace-kill", rec, k->member_id, boot_id);
	iq_fact_init(IQ_FACT_OOM, &h->oom);
	iq_fact_init(IQ_FACT_VICTIM, &h->victim);
	h->pid = l->pid;
	h->unit = iq_report_keep(&h->rep, l->unit);
	h->container = iq_report_keep(&h->rep, l->container);
	h->oom.killer_reason = iq_report_keep(&h->rep, l->reason);
	h->victim.comm = iq_report_keep(&h->rep, l->comm);
	h->victim.uid = l->uid;
	h->victim.oom_score_adj = l->adj;
	if (l->cgroup.p)	/* a process's figure is not split as a victim's columns are */
		h->oom.usage_bytes = l->rss_bytes;
	h->victim.cgroup = iq_report_keep(&h->rep, l->cgroup);
	iq_cgname_parse(h->victim.cgroup, &name);
	h->victim.unit = name.unit;
	h->victim.container = name.container;
	return h;
}

/* Puts H to what it belongs to.  1: it is gone, 0: it stands alone yet. */
static int settle(struct iq_killers *k, struct held *h, struct iq_err *err)
{
	struct kill *kill = NULL;
	enum match best = MATCH_NONE;
	for (struct kill *x = k->kills; x; x = x->next) {	/* the latest of the best */
		enum match m = held_to_kill(h, x);
		if (m != MATCH_NONE && m >= best) {
			best = m;
			kill = x;
		}
	}
	if (kill)
		return join_kill(k, kill, h, err) || name_unit(k, kill, h, err) ? -1 : 1;
	struct held *to = NULL;
	for (struct held *x = k->held; x; x = x->next)
		if (held_to_held(x, h) == MATCH_STRONG)
			to = x;
	if (!to)
		return 0;
	join(to, h);
	return to->rep.failed ? no_memory(err) : 1;
}

static int hold(struct iq_killers *k, struct held *h, struct iq_err *err)
{
	int r = settle(k, h, err);
	if (r) {
		free_held(h);
		return r < 0 ? -1 : 0;
	}
	*k->held_end = h;
	k->held_end = &h->next;
	if (++k->n_held > IQ_KILLERS_HELD_MAX)
		return resolve_held(k, err);
	return 0;
}

/* --- context: lines in front of a kill --- */

static int remember(struct iq_killers *k, const struct iq_record *rec, int64_t boot_id,
		    const struct iq_killerline *l, struct iq_err *err)
{
	struct context *c = &k->context[k->next_context++ % CONTEXT_MAX];
	struct iq_slice text = iq_head(rec->text, 4096);
	free(c->text);
	*c = (struct context){
		.when = moment_of(k, rec, boot_id), .member_id = k->member_id,
		.line = rec->first_line, .killer = l->killer, .n = text.n, .about = *l,
		.is_victim = l->what == IQ_KILLER_VICTIM, .text = malloc(text.n + 1),
	};
	if (!c->text)
		return no_memory(err);
	memcpy(c->text, text.p, text.n);
	if (l->reason.p && l->reason.p + l->reason.n <= text.p + text.n) {
		c->why_at = (size_t)(l->reason.p - text.p);
		c->why_n = l->reason.n;
	}
	if (l->comm.p && l->comm.p + l->comm.n <= text.p + text.n) {
		c->comm_at = (size_t)(l->comm.p - text.p);
		c->comm_n = l->comm.n;
	}
	return 0;
}

/* Lines of the same killer shortly before belong to the kill.  How many there were. */
static unsigned add_context(struct iq_killers *k, struct held *h)
{
	struct iq_slice why = IQ_SLICE_NULL;
	unsigned n = 0;
	for (size_t i = 0; i < CONTEXT_MAX; i++) {
		struct context *c = &k->context[(k->next_context + i) % CONTEXT_MAX];
		if (!c->text || strcmp(c->killer, h->killer) || !near(&c->when, &h->when) ||
		    c->member_id != k->member_id)
			continue;
		struct iq_slice text = iq_report_keep(&h->rep, iq_slice(c->text, c->n));
		iq_report_cite_text(&h->rep, c->line, IQ_LIT(IQ_ROLE_KILLER), text);
		if (c->line < h->rep.first_line)
			h->rep.first_line = c->line;
		if (c->is_victim) {
			h->pid = c->about.pid;
			h->victim.uid = c->about.uid;
			h->victim.oom_score_adj = c->about.adj;
			if (c->comm_n)
				h->victim.comm = iq_slice(text.p + c->comm_at, c->comm_n);
		} else {
			why = c->why_n ? iq_slice(text.p + c->why_at, c->why_n) : iq_trim(text);
		}
		free(c->text);
		c->text = NULL;
		n++;
	}
	if (!h->oom.killer_reason.p)
		h->oom.killer_reason = why;
	return n;
}

/* What came of the last kill of this killer. */
static int add_detail(struct iq_killers *k, const struct iq_record *rec, int64_t boot_id,
		      const struct iq_killerline *l, struct iq_err *err)
{
	struct moment now = moment_of(k, rec, boot_id);
	struct held *to = NULL;
	for (struct held *h = k->held; h; h = h->next)
		if (h->what == IQ_KILLER_KILL && !strcmp(h->killer, l->killer) &&
		    near(&h->when, &now))
			to = h;
	if (!to || to->rep.mem.total_bytes > HELD_BYTES_MAX)
		return 0;
	iq_report_cite(&to->rep, rec, IQ_LIT(IQ_ROLE_KILLER));
	if (!to->oom.killer_reason.p)
		to->oom.killer_reason = iq_report_keep(&to->rep, l->reason);
	if (to->pid == IQ_NULL)
		to->pid = l->pid;
	return to->rep.failed ? no_memory(err) : 0;
}

/* systemd-oomd listed what it might kill: how large this one was. */
static void add_candidate(struct iq_killers *k, struct held *h)
{
	const struct iq_oomd_candidate *c = NULL;
	if (!strcmp(h->killer, "systemd-oomd") && near(&k->candidates_when, &h->when))
		c = iq_oomd_block_find(&k->candidates, h->victim.cgroup);
	if (!c || c->line == IQ_NULL)
		return;
	h->oom.usage_bytes = c->memory_bytes;
	h->oom.swap_usage_bytes = c->swap_bytes;
	iq_report_cite_text(&h->rep, c->line, IQ_LIT(IQ_ROLE_KILLER),
			    iq_report_keep(&h->rep, iq_buf_as_slice(&c->text)));
}

/* Is a kill by the same program still held?  Its context says that it is for memory. */
static bool evicts(const struct iq_killers *k, const struct held *by)
{
	for (const struct held *h = k->held; h; h = h->next)
		if (h->what == IQ_KILLER_KILL && !strcmp(h->killer, by->killer) &&
		    near(&h->when, &by->when))
			return true;
	return false;
}

int iq_killers_record(struct iq_killers *k, const struct iq_record *rec, int64_t boot_id,
		      struct iq_err *err)
{
	struct iq_killerline l;
	if (!is_killer(rec->ident) && !iq_killers_wants(rec->text))
		return 0;
	if (!iq_killerline_parse(rec->text, rec->ident, &l)) {
		if (!iq_eq(rec->ident, IQ_LIT("systemd-oomd")) ||
		    !iq_oomd_block_line(&k->candidates, rec->text, rec->first_line))
			return 0;
		k->candidates_when = moment_of(k, rec, boot_id);
		return 1;
	}
	if (l.what == IQ_KILLER_CONTEXT || l.what == IQ_KILLER_VICTIM)
		return remember(k, rec, boot_id, &l, err) ? -1 : 1;
	if (l.what == IQ_KILLER_DETAIL)
		return add_detail(k, rec, boot_id, &l, err) ? -1 : 1;
	struct held *h = new_held(k, rec, boot_id, &l);
	if (!h)
		return no_memory(err);
	if (l.what == IQ_KILLER_KILL && !add_context(k, h) && l.needs_context &&
	    !evicts(k, h)) {
		free_held(h);
		return 0;
	}
	if (l.what == IQ_KILLER_KILL)
		add_candidate(k, h);
	iq_report_cite(&h->rep, rec, IQ_LIT(IQ_ROLE_KILLER));
	if (h->rep.failed) {
		free_held(h);
		return no_memory(err);
	}
	return hold(k, h, err) ? -1 : 1;
}

/* --- arrival of a kernel kill --- */

/* VICTIM with its texts in one piece of memory. */
static struct kill *new_kill(const struct iq_victim *victim)
{
	const struct iq_fact_desc *d = &iq_fact_descs[IQ_FACT_VICTIM];
	struct iq_victim v;
	size_t n = 0;
	if (victim)
		v = *victim;
	for (size_t i = 0; victim && i < d->n_columns; i++)
		if (d->columns[i].kind == IQ_COL_TEXT)
			n += iq_fact_text(&v, &d->columns[i])->n;
	struct kill *x = calloc(1, sizeof *x + n);
	if (!x || !victim)
		return x;
	char *at = (char *)(x + 1);
	for (size_t i = 0; i < d->n_columns; i++) {
		if (d->columns[i].kind != IQ_COL_TEXT)
			continue;
		struct iq_slice *s = iq_fact_text(&v, &d->columns[i]);
		if (!s->p)
			continue;
		memcpy(at, s->p, s->n);
		s->p = at;
		at += s->n;
	}
	struct iq_cgname name;
	iq_cgname_parse(v.cgroup, &name);
	if (!v.unit.p)
		v.unit = name.unit;
	if (!v.container.p)
		v.container = name.container;
	x->victim = v;
	x->has_victim = true;
	return x;
}

int iq_killers_kill(struct iq_killers *k, const struct iq_event *ev,
		    const struct iq_victim *victim, int64_t member_id, struct iq_err *err)
{
	struct kill *x = new_kill(victim);
	int r = 0;
	(void)member_id;
	if (!x)
		return no_memory(err);
	x->when = (struct moment){ ev->boot_id, ev->wall_us, ev->mono_us, k->seq };
	x->event_id = ev->id;
	*k->kills_end = x;
	k->kills_end = &x->next;
	k->n_kills++;
	struct held **at = &k->held;
	while (*at && !r) {
		struct held *h = *at;
		if (held_to_kill(h, x) == MATCH_NONE) {
			at = &h->next;
			continue;
		}
		r = join_kill(k, x, h, err) || name_unit(k, x, h, err) ? -1 : 0;
		*at = h->next;
		k->n_held--;
		free_held(h);
	}
	for (k->held_end = &k->held; *k->held_end;)
		k->held_end = &(*k->held_end)->next;
	if (!r && k->n_kills > IQ_KILLERS_HELD_MAX)
		r = resolve_kill(k, err);
	return r;
}

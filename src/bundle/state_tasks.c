/* bundle/state_tasks.c - processes, put together by pid from /proc/PID and every ps.
 *
 * /proc/PID is the truth; a ps is of another second, and a pid may have another owner by
 * then.  What ps adds is taken only where name, start or parent agree.
 */
#include "bundle/state_impl.h"

#include "base/units.h"
#include "parse/cgname.h"

#include <stdio.h>

#define TASKS_MAX 131072
#define COMM_LEN 15			/* TASK_COMM_LEN - 1 */
#define MINUTES (24 * 60)

static uint64_t pid_key(const struct iq_state *s, int64_t pid)
{
	return (uint64_t)pid ^ s->seed;
}

static struct iq_state_task *find_task(const struct iq_state *s, int64_t pid)
{
	size_t at = SIZE_MAX;
	ptrdiff_t i = iq_state_find(&s->by_pid, pid_key(s, pid), &at);

	return i < 0 ? NULL : IQ_STATE_AT(&s->tasks, struct iq_state_task, i);
}

struct iq_state_task *iq_state_task(struct iq_state *s, int64_t pid)
{
	struct iq_state_task *t = find_task(s, pid);

	if (t)
		return t;
	t = IQ_STATE_ROW(s, &s->tasks, struct iq_state_task, TASKS_MAX);
	if (!t || !iq_state_note(s, &s->by_pid, pid_key(s, pid), s->tasks.n - 1))
		return NULL;
	iq_fact_init(IQ_FACT_TASK, &t->f);
	t->f.pid = pid;
	t->f.member_id = s->member_id;
	t->f.line = s->line < 1 ? 1 : s->line;
	return t;
}

/* ps prints ? for what its locale cannot. */
static bool same_bytes(struct iq_slice a, struct iq_slice b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool a_odd = a.p[i] < ' ' || a.p[i] > '~', b_odd = b.p[i] < ' ' || b.p[i] > '~';
		if (a.p[i] != b.p[i] && !(a.p[i] == '?' && b_odd) && !(b.p[i] == '?' && a_odd))
			return false;
	}
	return true;
}

/* "kworker/u4:2-events_unbound": behind the worker stands what it did last. */
static struct iq_slice worker_of(struct iq_slice name)
{
	size_t i = 0;

	while (i < name.n && name.p[i] != '-' && name.p[i] != '+')
		i++;
	return iq_starts(name, IQ_LIT("kworker/")) ? iq_head(name, i) : name;
}

/* ps cuts names to the width of its column, the kernel to COMM_LEN. */
static bool same_name(struct iq_slice a, struct iq_slice b)
{
	a = worker_of(a);
	b = worker_of(b);
	size_t n = a.n < b.n ? a.n : b.n;

	return (a.n == b.n || n >= COMM_LEN) && same_bytes(a, b, n);
}

/* Numbers and texts that *to lacks. */
static void fill_from(struct iq_state *s, struct iq_task *to, const struct iq_task *from)
{
	const struct iq_fact_desc *d = &iq_fact_descs[IQ_FACT_TASK];
	struct iq_task f = *from;

	f.member_id = f.line = IQ_NULL;
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++) {
		if (c->kind == IQ_COL_TEXT) {
			struct iq_slice *a = iq_fact_text(to, c), *b = iq_fact_text(&f, c);
			if (!a->p && b->p)
				*a = iq_state_keep(s, *b);
		} else if (*iq_fact_int(to, c) == IQ_NULL) {
			*iq_fact_int(to, c) = *iq_fact_int(&f, c);
		}
	}
}

/* --- /proc/PID --- */

/* The process that ps saw under this pid was another one. */
static void forget_ps(struct iq_state *s, struct iq_state_task *t, struct iq_slice comm)
{
	if (t->of_proc || !t->comm_exact || same_name(t->f.comm, comm))
		return;
	iq_fact_init(IQ_FACT_TASK, &t->f);
	t->f.pid = s->file.number;
	t->start[0] = t->start_full[0] = '\0';
	t->comm_exact = false;
}

static void overwrite(struct iq_state *s, struct iq_state_task *t, const struct iq_task *p)
{
	struct iq_task had = t->f;

	t->f = *p;
	iq_state_keep_texts(s, IQ_FACT_TASK, &t->f);
	t->f.member_id = s->member_id;
	t->f.line = 1;
	fill_from(s, &t->f, &had);
	t->of_proc = t->comm_exact = true;
}

void iq_state_take_status(struct iq_state *s, const struct iq_pid_status *p)
{
	struct iq_state_task *t = iq_state_task(s, s->file.number);

	if (!t)
		return;
	forget_ps(s, t, p->task.comm);
	overwrite(s, t, &p->task);
}

void iq_state_take_stat(struct iq_state *s, const struct iq_task *p)
{
	struct iq_state_task *t = iq_state_task(s, p->pid);

	if (!t)
		return;
	forget_ps(s, t, p->comm);
	if (t->of_proc && t->comm_exact)
		fill_from(s, &t->f, p);
	else
		overwrite(s, t, p);
}

static void take_cgroup(struct iq_state *s, struct iq_state_task *t,
			const struct iq_pid_cgroup *c)
{
	struct iq_slice path = iq_pid_cgroup_path(c), unit = iq_pid_cgroup_unit(c);
	struct iq_cgname at, of_unit;

	if (!path.p)
		return;
	t->f.cgroup = iq_state_keep(s, path);
	/* of a group that was removed meanwhile */
	if (iq_ends(path, IQ_LIT(" (deleted)")))
		path.n -= sizeof " (deleted)" - 1;
	iq_cgname_parse(path, &at);
	iq_cgname_parse(unit, &of_unit);
	t->f.unit = iq_state_keep(s, of_unit.unit.p ? of_unit.unit : at.unit);
	t->f.container = iq_state_keep(s, at.container.p ? at.container : of_unit.container);
}

void iq_state_take_pid_cgroup(struct iq_state *s, int64_t pid, const struct iq_pid_cgroup *c)
{
	struct iq_state_task *t = iq_state_task(s, pid);

	if (!t)
		return;
	t->of_proc = true;
	take_cgroup(s, t, c);
}

/* --- ps --- */

/* "10:01": minutes of the day, -1 */
static int clock_of(struct iq_slice s)
{
	uint64_t h, m;

	if (!iq_take_u64(&s, &h) || !iq_skip(&s, IQ_LIT(":")) || !iq_take_u64(&s, &m) ||
	    h > 23 || m > 59)
		return -1;
	return (int)(h * 60 + m);
}

/* "10:01" turns into "Nov20" a day later: only like can be compared with like.  Each ps
 * reckons the start from its own reading of the clocks: one that falls on the edge of a
 * minute is printed as either. */
static bool starts_differ(const char *had, struct iq_slice now)
{
	int a = clock_of(iq_slice_z(had)), b = clock_of(now);

	if (a >= 0 && b >= 0)
		return (a - b + MINUTES) % MINUTES > 1 && (b - a + MINUTES) % MINUTES > 1;
	return had[0] && now.n && a < 0 && b < 0 && !iq_eq(iq_slice_z(had), iq_head(now, 7));
}

static bool may_be_same(const struct iq_state_task *t, const struct iq_ps_row *r)
{
	const struct iq_task *a = &t->f, *b = &r->task;
	bool named = t->comm_exact && r->comm_exact;

	if (starts_differ(t->start, r->start))
		return false;
	if (named && a->comm.p)
		return same_name(a->comm, b->comm);
	if (a->kernel_thread != IQ_NULL && b->kernel_thread != IQ_NULL &&
	    a->kernel_thread != b->kernel_thread)
		return false;
	return a->ppid == IQ_NULL || b->ppid == IQ_NULL || a->ppid == b->ppid;
}

static void keep_start(char *to, size_t size, struct iq_slice s)
{
	if (!to[0] && s.n && s.n < size)
		memcpy(to, s.p, s.n);		/* rows are zeroed */
}

static void take_name(struct iq_state *s, struct iq_state_task *t, const struct iq_ps_row *r)
{
	struct iq_slice name = r->task.comm;

	if (!name.n)
		return;
	if (!t->f.comm.p || (r->comm_exact && !t->comm_exact) ||
	    /* the longer one has not been cut */
	    (r->comm_exact && t->comm_exact && !t->of_proc && name.n > t->f.comm.n))
		t->f.comm = iq_state_keep(s, name);
	t->comm_exact = t->comm_exact || r->comm_exact;
}

void iq_state_take_ps(struct iq_state *s, enum iq_ps_line kind, const struct iq_ps_row *r)
{
	struct iq_state_task *t;

	if (kind == IQ_PS_THREAD_STATE) {
		t = s->last_ps ? IQ_STATE_AT(&s->tasks, struct iq_state_task, s->last_ps - 1)
			       : NULL;
		if (t && !t->f.state.p)
			t->f.state = iq_state_keep(s, r->task.state);
		s->last_ps = 0;
		return;
	}
	s->last_ps = 0;
	if (r->task.pid <= 0 || !(t = iq_state_task(s, r->task.pid)) || !may_be_same(t, r))
		return;
	s->last_ps = (size_t)(t - IQ_STATE_AT(&s->tasks, struct iq_state_task, 0)) + 1;
	take_name(s, t, r);
	struct iq_task f = r->task;
	f.comm = IQ_SLICE_NULL;
	fill_from(s, &t->f, &f);
	keep_start(t->start, sizeof t->start, r->start);
	keep_start(t->start_full, sizeof t->start_full, r->start_full);
	if (!t->f.cgroup.p)
		take_cgroup(s, t, &r->cgroup);
}

/* --- the end --- */

/* "Sat Nov 21 10:10:51 2026", local time, as if it were UTC */
static int64_t lstart_us(const char *text)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct iq_civil c = { 0 };
	char month[4];

	if (sscanf(text, "%*3s %3s %2d %2d:%2d:%2d %4d", month, &c.day, &c.hour, &c.minute,
		   &c.second, &c.year) != 6)
		return IQ_NULL;
	const char *at = strstr(months, month);
	c.month = at && strlen(month) == 3 ? (int)(at - months) / 3 + 1 : 0;
	return iq_civil_valid(&c) ? iq_civil_to_us(&c) : IQ_NULL;
}

static void settle_start(struct iq_state_task *t, const struct iq_state_frame *f)
{
	int64_t at = t->start_full[0] ? lstart_us(t->start_full) : IQ_NULL;

	if (t->f.start_us != IQ_NULL || at == IQ_NULL || f->zone_us == IQ_NULL ||
	    f->boot_us == IQ_NULL)
		return;
	at -= f->zone_us + f->boot_us;
	/* the first second's processes may come out before the boot */
	if (at > -5 * IQ_USEC)
		t->f.start_us = at < 0 ? 0 : at;
}

/* Where nothing else told: the lists of groups, then the tree of units. */
static void take_lists(struct iq_state *s)
{
	for (size_t i = 0; i < s->cgls.n; i++) {
		const struct iq_state_pid_path *c = IQ_STATE_AT(&s->cgls,
								struct iq_state_pid_path, i);
		struct iq_state_task *t = find_task(s, c->pid);
		if (!t || t->f.cgroup.p || t->f.kernel_thread == 1)
			continue;
		struct iq_slice *to = c->hierarchy == 'm' ? &t->listed.memory
			: c->hierarchy == 'u' ? &t->listed.unified : &t->listed.systemd;
		/* the tree's paths are put together from its lines */
		if (c->hierarchy != 't' || !to->p)
			*to = c->path;
	}
	for (size_t i = 0; s->cgls.n && i < s->tasks.n; i++) {
		struct iq_state_task *t = IQ_STATE_AT(&s->tasks, struct iq_state_task, i);
		if (!t->f.cgroup.p)
			take_cgroup(s, t, &t->listed);
	}
}

int iq_state_put_tasks(struct iq_state *s, const struct iq_state_frame *f,
		       struct iq_sink *sink, struct iq_err *err)
{
	take_lists(s);
	for (size_t i = 0; i < s->tasks.n; i++) {
		struct iq_state_task *t = IQ_STATE_AT(&s->tasks, struct iq_state_task, i);
		settle_start(t, f);
		t->f.snapshot_id = f->snapshot_id;
		if (t->f.tgid == IQ_NULL)
			t->f.tgid = t->f.pid;
		if (iq_sink_put(sink, IQ_FACT_TASK, &t->f, err))
			return -1;
	}
	return 0;
}

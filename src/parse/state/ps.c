/* parse/state/ps.c - any ps, by its header; see tasks.h.
 *
 * Follows procps 3.2.8 to 4.0: columns are separated by at least one blank, the last
 * takes the rest of the line.  Three columns may hold blanks: the last one, STARTED
 * (lstart has five words), and the name (comm) where CGROUP stands behind it.
 */
#include "parse/state/tasks.h"

enum column {
	C_OTHER, C_USER, C_UID, C_PID, C_PPID, C_LWP, C_CPU, C_VSZ, C_RSS, C_STATE,
	C_START, C_STARTED, C_COMMAND, C_CMD, C_CGROUP,
};

#define NAME_WORDS 4			/* more of a name than its first */

#define BIT(c) (UINT32_C(1) << (c))

static uint8_t column_of(struct iq_slice head)
{
	static const struct { const char *head; uint8_t column; } rows[] = {
		{ "USER", C_USER }, { "UID", C_UID }, { "EUID", C_UID }, { "PID", C_PID },
		{ "PPID", C_PPID }, { "LWP", C_LWP }, { "TID", C_LWP }, { "SPID", C_LWP },
		{ "PSR", C_CPU }, { "VSZ", C_VSZ }, { "RSS", C_RSS }, { "RSZ", C_RSS },
		{ "STAT", C_STATE }, { "S", C_STATE }, { "START", C_START },
		{ "STIME", C_START }, { "STARTED", C_STARTED }, { "COMMAND", C_COMMAND },
		{ "CMD", C_CMD }, { "CGROUP", C_CGROUP },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (iq_eq(head, iq_slice_z(rows[i].head)))
			return rows[i].column;
	return C_OTHER;
}

/* A command line may have the words of a header, but not these alone. */
static bool is_head_word(struct iq_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'A' && s.p[i] <= 'Z') && s.p[i] != '%')
			return false;
	return true;
}

static bool take_header(struct iq_ps_table *t, struct iq_slice line)
{
	struct iq_ps_table new = { .n = 0 };
	struct iq_slice s = iq_trim(line);

	while (s.n && new.n < IQ_PS_COLUMNS) {
		struct iq_slice word = iq_word(&s);
		uint8_t c = column_of(word);
		if (!is_head_word(word))
			return false;
		new.column[new.n++] = c;
		new.has |= BIT(c);
		iq_skip_blank(&s);
	}
	if (s.n || !(new.has & BIT(C_PID)) || !(new.has & (BIT(C_COMMAND) | BIT(C_CMD))))
		return false;
	*t = new;
	return true;
}

static bool take_u32(struct iq_slice w, int64_t *ret)
{
	uint64_t n;

	if (!iq_take_u64(&w, &n) || w.n || n > UINT32_MAX)
		return false;
	*ret = (int64_t)n;
	return true;
}

static void take_kib(struct iq_slice w, int64_t *ret)
{
	uint64_t n;

	if (iq_take_u64(&w, &n) && !w.n && n < INT64_MAX / 1024)
		*ret = (int64_t)n * 1024;
}

static bool is_weekday(struct iq_slice w)
{
	ptrdiff_t at = w.n == 3 ? iq_find(IQ_LIT("MonTueWedThuFriSatSun"), w) : -1;
	return at >= 0 && at % 3 == 0;
}

static bool is_month(struct iq_slice w)
{
	ptrdiff_t at = w.n == 3
		? iq_find(IQ_LIT("JanFebMarAprMayJunJulAugSepOctNovDec"), w) : -1;
	return at >= 0 && at % 3 == 0;
}

/* lstart: "Sat Nov 21 10:10:51 2026"; start: "10:10:51" or "Nov 21" */
static struct iq_slice take_started(struct iq_slice *s, struct iq_slice first)
{
	size_t more = is_weekday(first) ? 4 : is_month(first) ? 1 : 0;

	for (size_t i = 0; i < more; i++) {
		iq_skip_blank(s);
		iq_word(s);
	}
	return more == 4 ? iq_slice(first.p, (size_t)(s->p - first.p)) : IQ_SLICE_NULL;
}

static bool is_cgroup(struct iq_slice s)
{
	int64_t n;

	if (iq_eq(s, IQ_LIT("-")))
		return true;
	ptrdiff_t colon = iq_find_char(s, ':');
	return colon > 0 && iq_to_i64(iq_head(s, (size_t)colon), &n) &&
	       iq_find_char(iq_from(s, (size_t)colon + 1), ':') >= 0 &&
	       *s.p >= '0' && *s.p <= '9';
}

/* What ps puts behind the name of one that has died and waits for its parent. */
static struct iq_slice without_mark(struct iq_slice name)
{
	if (iq_ends(name, IQ_LIT(" <defunct>")))
		name.n -= sizeof " <defunct>" - 1;
	return name;
}

/* "metric reader   0::/system.slice/x.service": the name is 15 wide, or as long as it
 * is. */
static bool take_comm_and_cgroup(struct iq_slice rest, struct iq_ps_row *r)
{
	size_t at = 15;

	rest = iq_ltrim(rest);
	if (!(rest.n > 16 && rest.p[15] == ' ' && is_cgroup(iq_trim(iq_from(rest, 16)))))
		for (at = 1; at + 1 < rest.n; at++)
			if (rest.p[at] == ' ' && is_cgroup(iq_trim(iq_from(rest, at + 1))))
				break;
	if (at + 1 >= rest.n)
		return false;
	r->task.comm = without_mark(iq_trim(iq_head(rest, at)));
	r->comm_exact = true;
	iq_pid_cgroup_list(&r->cgroup, iq_trim(iq_from(rest, at + 1)));
	return r->task.comm.n > 0;
}

static void strip_tree(struct iq_slice *s)
{
	size_t n = 0;

	while (n < s->n && strchr(" |\\_`-+", s->p[n]) && s->p[n])
		n++;
	ptrdiff_t art = iq_rfind(iq_head(*s, n), IQ_LIT("\\_ "));
	if (art >= 0)
		*s = iq_from(*s, (size_t)art + 3);
}

/* The program's name from its command line: a guess where the kernel's is not shown. */
static struct iq_slice program_of(struct iq_slice cmd)
{
	struct iq_slice word = iq_word(&cmd);
	ptrdiff_t slash;

	if (iq_ends(word, IQ_LIT(":")))			/* "sshd: user@pts/0" */
		word.n--;
	else if (iq_starts(word, IQ_LIT("-")) && word.n > 1)	/* a login shell */
		word = iq_from(word, 1);
	slash = iq_rfind(word, IQ_LIT("/"));
	if (slash >= 0 && (size_t)slash + 1 < word.n)
		word = iq_from(word, (size_t)slash + 1);
	return iq_head(word, 15);
}

/* ps shows the kernel's own name in brackets where there is no command line: kernel
 * threads and what has died. */
static void take_command(struct iq_slice cmd, struct iq_ps_row *r)
{
	struct iq_slice s = iq_trim(cmd);

	strip_tree(&s);
	struct iq_slice bare = without_mark(s);
	if (bare.n > 2 && *bare.p == '[' && bare.p[bare.n - 1] == ']' &&
	    bare.n - 2 < IQ_COMM_MAX) {
		r->task.comm = iq_slice(bare.p + 1, bare.n - 2);
		r->comm_exact = true;
		return;
	}
	r->task.comm = program_of(s);
}

static bool take_field(uint8_t column, struct iq_slice w, struct iq_slice *s,
		       struct iq_ps_row *r, int64_t *lwp, bool *thread)
{
	struct iq_task *t = &r->task;

	switch (column) {
	case C_PID:
		*thread = iq_eq(w, IQ_LIT("-"));
		return *thread || take_u32(w, &t->pid);
	case C_PPID:
		return *thread || iq_eq(w, IQ_LIT("-")) || take_u32(w, &t->ppid);
	case C_LWP:
		return take_u32(w, lwp) || iq_eq(w, IQ_LIT("-"));
	case C_UID:
	case C_USER:
		if (!take_u32(w, &t->uid) && iq_eq(w, IQ_LIT("root")))
			t->uid = 0;
		return true;
	case C_CPU:
		take_u32(w, &t->cpu);
		return true;
	case C_VSZ:
		take_kib(w, &t->total_vm_bytes);
		return true;
	case C_RSS:
		take_kib(w, &t->rss_bytes);
		return true;
	case C_STATE:
		if (w.n && *w.p != '-')
			t->state = iq_head(w, 1);
		return true;
	case C_START:
		r->start = w;
		return true;
	case C_STARTED:
		r->start_full = take_started(s, w);
		return true;
	default:
		return true;
	}
}

/* Names of users and groups that a directory service gives may hold blanks; the number
 * that must follow says where they end. */
static bool take_late_number(const struct iq_ps_table *t, size_t i, struct iq_slice *s,
			     struct iq_ps_row *r, int64_t *lwp, bool *thread)
{
	uint8_t c = t->column[i];

	if (!i || (c != C_PID && c != C_LWP) ||
	    (t->column[i - 1] != C_USER && t->column[i - 1] != C_OTHER))
		return false;
	for (unsigned k = 0; k < NAME_WORDS; k++) {
		iq_skip_blank(s);
		if (take_field(c, iq_word(s), s, r, lwp, thread))
			return true;
	}
	return false;
}

static void tell_kernel_threads(const struct iq_ps_table *t, struct iq_ps_row *r,
				struct iq_slice state)
{
	struct iq_task *k = &r->task;
	bool no_memory = !(t->has & BIT(C_VSZ)) || k->total_vm_bytes == 0;

	if (k->total_vm_bytes != IQ_NULL && k->total_vm_bytes > 0)
		k->kernel_thread = 0;
	/* children of kthreadd; where there is no PPID, brackets and no memory will do,
	 * unless it has died */
	if (!r->comm_exact || !no_memory || (t->has & BIT(C_CGROUP)))
		return;
	if (t->has & BIT(C_PPID))
		k->kernel_thread = k->pid == 2 || k->ppid == 2;
	else if ((t->has & BIT(C_VSZ)) && !iq_eq(state, IQ_LIT("Z")) &&
		 !iq_eq(state, IQ_LIT("X")))
		k->kernel_thread = 1;
}

enum iq_ps_line iq_ps_line(struct iq_ps_table *t, struct iq_slice line,
			   struct iq_ps_row *ret)
{
	struct iq_slice s = line;
	int64_t lwp = IQ_NULL;
	bool thread = false;

	if (iq_has(line, IQ_LIT("PID")) && take_header(t, line))
		return IQ_PS_HEADER;
	*ret = (struct iq_ps_row){ .comm_exact = false };
	iq_fact_init(IQ_FACT_TASK, &ret->task);
	for (size_t i = 0; i < t->n; i++) {
		iq_skip_blank(&s);
		if (!s.n)
			return IQ_PS_NONE;
		uint8_t c = t->column[i];
		if (c == C_COMMAND && i + 2 == t->n && t->column[i + 1] == C_CGROUP) {
			if (!take_comm_and_cgroup(s, ret))
				return IQ_PS_NONE;
			break;
		}
		if (i + 1 == t->n && (c == C_COMMAND || c == C_CMD)) {
			take_command(s, ret);
			break;
		}
		struct iq_slice w = iq_word(&s);
		if (c == C_CGROUP)
			iq_pid_cgroup_list(&ret->cgroup, w);
		else if (c == C_COMMAND || c == C_CMD)
			take_command(w, ret);
		else if (!take_field(c, w, &s, ret, &lwp, &thread) &&
			 !take_late_number(t, i, &s, ret, &lwp, &thread))
			return IQ_PS_NONE;
	}
	if (!t->n)
		return IQ_PS_NONE;
	if (thread)
		return ret->task.state.p ? IQ_PS_THREAD_STATE : IQ_PS_NONE;
	if (ret->task.pid == IQ_NULL || (lwp != IQ_NULL && lwp != ret->task.pid))
		return IQ_PS_NONE;
	tell_kernel_threads(t, ret, ret->task.state);
	return IQ_PS_PROCESS;
}

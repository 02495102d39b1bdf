/* parse/oom_lines.c - which line of an OOM report is which.
 *
 * The table of patterns; a new kernel's line is a new row here, a function in oom.c
 * and a line in tests/parse/test_oom.c.  Leading blanks are not looked at: copying
 * eats them.  '-' stands for '_' where people have written so.
 */
#include "parse/oom.h"

#define COMM_MAX 15			/* TASK_COMM_LEN without its NUL */

enum where { AT_START, INSIDE };

static const struct pattern {
	enum where where;
	const char *text;
	enum iq_oom_kind kind;
	const char *since, *until;		/* kernels that print it */
} patterns[] = {
	{ INSIDE, " invoked oom-killer", IQ_OOM_HEADLINE, "2.6.32", NULL },
	{ AT_START, "Out of memory and no killable processes", IQ_OOM_NO_KILLABLE, "4.19", NULL },
	{ INSIDE, ") is already exiting. Skip killing", IQ_OOM_EXITING, "5.10", NULL },
	{ INSIDE, ") sharing same memory", IQ_OOM_SHARING, "el6", "3.16" },
	{ INSIDE, "Killed process ", IQ_OOM_KILLED, "2.6.32", NULL },
	{ INSIDE, "OOM killed process ", IQ_OOM_KILLED, "2.6.32", NULL },	/* OpenVZ */
	{ INSIDE, "Kill process ", IQ_OOM_CHOSEN, "el6", "5.0" },
	{ INSIDE, "kill process ", IQ_OOM_CHOSEN, "2.6.32", "2.6.35" },
	{ AT_START, "oom-kill:", IQ_OOM_SUMMARY, "5.0, el8", NULL },
	{ AT_START, "oom_kill:constraint", IQ_OOM_SUMMARY, "5.0", NULL },
	{ AT_START, "oom_reaper: reaped", IQ_OOM_REAPED, "4.6", NULL },
	{ AT_START, "oom-reaper: reaped", IQ_OOM_REAPED, "4.6", NULL },
	{ AT_START, "oom_reaper: unable", IQ_OOM_UNREAPED, "4.6", NULL },
	{ AT_START, "oom_reaper: giving up", IQ_OOM_UNREAPED, "4.8", "4.8" },
	{ AT_START, "oom killer ", IQ_OOM_PINNED, "4.8", NULL },
	{ INSIDE, "due to memory.oom.group set", IQ_OOM_GROUP, "4.19", NULL },
	{ AT_START, "Task in ", IQ_OOM_TASK_IN, "2.6.32", "4.19" },
	{ INSIDE, " killed as a result of limit of", IQ_OOM_TASK_IN, "2.6.32", "4.19" },
	{ AT_START, "Memory limit reached of cgroup", IQ_OOM_LIMIT_REACHED, "4.4", "4.19" },
	{ AT_START, "memory: usage ", IQ_OOM_CG_USAGE, "2.6.32", NULL },
	{ AT_START, "memory+swap: usage ", IQ_OOM_CG_USAGE, "2.6.32", NULL },
	{ AT_START, "kmem: usage ", IQ_OOM_CG_USAGE, "3.10", NULL },
	{ AT_START, "swap: usage ", IQ_OOM_CG_USAGE, "5.3, el8", NULL },
	{ AT_START, "Memory cgroup stats", IQ_OOM_CG_STATS, "3.10", NULL },
	{ AT_START, "Tasks state (memory values", IQ_OOM_TITLE, "4.19", NULL },
	{ AT_START, "COMPACTION is disabled", IQ_OOM_COMPACTION, "4.9", NULL },
	{ INSIDE, " mems_allowed=", IQ_OOM_CPUSET, "2.6.32", "4.19" },
	{ AT_START, "oom_kill_process:", IQ_OOM_SUPPRESSED, "3.4", NULL },
	{ AT_START, "__ratelimit:", IQ_OOM_SUPPRESSED, "2.6.32", "3.3" },
	{ AT_START, "SysRq : Manual OOM execution", IQ_OOM_SYSRQ, "2.6.32", "4.19" },
	{ AT_START, "sysrq: Manual OOM execution", IQ_OOM_SYSRQ, "4.14", NULL },
	{ AT_START, "sysrq: SysRq : Manual OOM execution", IQ_OOM_SYSRQ, "4.10", "4.19" },
	{ INSIDE, "OOM request ignored. No task eligible", IQ_OOM_NOTHING_ELIGIBLE, "4.19", NULL },
	{ AT_START, "Mem-Info:", IQ_OOM_MEMDUMP, "2.6.32", NULL },
	{ AT_START, "Mem-info:", IQ_OOM_MEMDUMP, "2.6.0", "2.6.31" },
	{ AT_START, "active_anon:", IQ_OOM_MEMDUMP, "2.6.32", NULL },
	{ AT_START, "Node ", IQ_OOM_MEMDUMP, "2.6.32", NULL },
	{ AT_START, "DMA free:", IQ_OOM_MEMDUMP, "2.6.32", NULL },	/* without NUMA */
	{ AT_START, "Normal free:", IQ_OOM_MEMDUMP, "2.6.32", NULL },
};

static const struct {
	unsigned char phase, begins;
} kinds[IQ_OOM_KIND_MAX] = {
	[IQ_OOM_HEADLINE] = { IQ_OOM_AT_HEAD, IQ_OOM_SURELY },
	[IQ_OOM_COMPACTION] = { IQ_OOM_AT_HEAD, IQ_OOM_NEVER },
	[IQ_OOM_CPUSET] = { IQ_OOM_AT_HEAD, IQ_OOM_NEVER },
	[IQ_OOM_TASK_IN] = { IQ_OOM_AT_MEMORY, IQ_OOM_SURELY },
	[IQ_OOM_LIMIT_REACHED] = { IQ_OOM_AT_MEMORY, IQ_OOM_SURELY },
	[IQ_OOM_CG_USAGE] = { IQ_OOM_AT_MEMORY, IQ_OOM_SURELY },
	[IQ_OOM_CG_STATS] = { IQ_OOM_AT_MEMORY, IQ_OOM_SURELY },
	[IQ_OOM_MEMDUMP] = { IQ_OOM_AT_MEMORY, IQ_OOM_MAYBE },
	[IQ_OOM_TITLE] = { IQ_OOM_AT_TABLE, IQ_OOM_SURELY },
	[IQ_OOM_HEADER] = { IQ_OOM_AT_TABLE, IQ_OOM_SURELY },
	[IQ_OOM_ROW] = { IQ_OOM_AT_TABLE, IQ_OOM_MAYBE },
	[IQ_OOM_SUMMARY] = { IQ_OOM_AT_SUMMARY, IQ_OOM_SURELY },
	[IQ_OOM_NO_KILLABLE] = { IQ_OOM_AT_SUMMARY, IQ_OOM_SURELY },
	[IQ_OOM_NOTHING_ELIGIBLE] = { IQ_OOM_ANY, IQ_OOM_NEVER },
	[IQ_OOM_CHOSEN] = { IQ_OOM_AT_CHOSEN, IQ_OOM_SURELY },
	[IQ_OOM_EXITING] = { IQ_OOM_AT_CHOSEN, IQ_OOM_SURELY },
	[IQ_OOM_KILLED] = { IQ_OOM_AT_KILLED, IQ_OOM_SURELY },
	[IQ_OOM_SHARING] = { IQ_OOM_AT_KILLED, IQ_OOM_NEVER },
	[IQ_OOM_GROUP] = { IQ_OOM_AT_KILLED, IQ_OOM_SURELY },
	[IQ_OOM_REAPED] = { IQ_OOM_AT_KILLED, IQ_OOM_SURELY },
	[IQ_OOM_UNREAPED] = { IQ_OOM_ANY, IQ_OOM_NEVER },
	[IQ_OOM_PINNED] = { IQ_OOM_ANY, IQ_OOM_NEVER },
	[IQ_OOM_SUPPRESSED] = { IQ_OOM_ANY, IQ_OOM_NEVER },
};

enum iq_oom_phase iq_oom_phase_of(enum iq_oom_kind kind)
{
	return (enum iq_oom_phase)kinds[kind].phase;
}

enum iq_oom_begins iq_oom_begins(enum iq_oom_kind kind)
{
	return (enum iq_oom_begins)kinds[kind].begins;
}

/* "X invoked oom-killer: ...", or nothing behind where the figures were left out: in
 * prose a sentence goes on, and what stands in front need not be a name; nor in a patch
 * that shows the line of code which prints it. */
static bool is_headline(struct iq_slice s)
{
	struct iq_slice words = IQ_LIT(" invoked oom-killer");
	ptrdiff_t at = iq_find(s, words);
	struct iq_slice name = iq_trim(iq_head(s, (size_t)at));
	struct iq_slice rest = iq_trim(iq_from(s, (size_t)at + words.n));
	if (!name.n || strchr("(`'\"*", name.p[name.n - 1]) || iq_has(rest, IQ_LIT("=%")))
		return false;
	return rest.n ? *rest.p == ':' : name.n <= COMM_MAX;
}

/* A format string where the value stands: a patch or a document about the kernel. */
static bool is_format(struct iq_slice s)
{
	static const struct iq_slice forms[] = {
		IQ_LIT("Task in %"), IQ_LIT("limit of %"), IQ_LIT(": usage %"),
		IQ_LIT("stats for %"), IQ_LIT("constraint=%"),
	};
	if (iq_find_char(s, '%') < 0)
		return false;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (iq_has(s, forms[i]))
			return true;
	return false;
}

/* A line that looks like one but lacks what makes it one. */
static bool really(enum iq_oom_kind kind, struct iq_slice s)
{
	struct iq_kill k;
	struct iq_slice a, b;
	switch (kind) {
	case IQ_OOM_HEADLINE:
		return is_headline(s);
	case IQ_OOM_KILLED:
		return iq_kill_killed(s, &k);
	case IQ_OOM_CHOSEN:
		return iq_kill_chosen(s, &k);
	case IQ_OOM_SHARING:
		return iq_kill_sharing(s, &k);
	case IQ_OOM_TASK_IN:
		return !is_format(s) && iq_memcg_task_in(s, &a, &b);
	case IQ_OOM_CG_USAGE:
	case IQ_OOM_SUMMARY:
		return !is_format(s);
	case IQ_OOM_CG_STATS:			/* not prose that leaves the figures out */
		return !is_format(s) && !iq_has(s, IQ_LIT(":.")) && !iq_has(s, IQ_LIT(": ."));
	case IQ_OOM_SUPPRESSED:
		return iq_has(s, IQ_LIT("callbacks suppressed"));
	case IQ_OOM_GROUP:
		return iq_starts(s, IQ_LIT("Tasks in "));
	case IQ_OOM_PINNED:
		return iq_has(s, IQ_LIT(") has mm pinned by "));
	case IQ_OOM_CPUSET:
		return iq_has(s, IQ_LIT(" cpuset="));
	case IQ_OOM_MEMDUMP:			/* "Node 0 DMA free:", "Node 0 active_anon:" */
		return s.p[0] != 'N' || iq_has(s, IQ_LIT("free:")) ||
		       iq_has(s, IQ_LIT("active_anon:")) || iq_has(s, IQ_LIT("kB = "));
	default:
		return true;
	}
}

enum iq_oom_kind iq_oom_classify(struct iq_slice text)
{
	struct iq_slice s = iq_ltrim(text);
	if (s.n < 5)
		return IQ_OOM_NONE;
	if (s.p[0] == '[') {			/* nearly all lines of a big report */
		if (iq_tasktable_is_row(s))
			return IQ_OOM_ROW;
		if (iq_tasktable_is_header(s))
			return IQ_OOM_HEADER;
	}
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		const struct pattern *p = &patterns[i];
		struct iq_slice t = iq_slice_z(p->text);
		if (p->where == AT_START ? s.p[0] == t.p[0] && iq_starts(s, t) : iq_has(s, t))
			if (really(p->kind, s))
				return p->kind;
	}
	return IQ_OOM_NONE;
}

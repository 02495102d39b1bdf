/* text/need.c - what a line of a memory report lacks, and what can make it up; see
 * shape.h.  Where printk tears lines: facts oom 1.22; where wraps do: 6.4. */
#include "text/shape.h"

#include "text/match.h"

/* --- what a line lacks --- */

/* KEY in S with something behind it. */
static bool has_value(struct iq_slice s, struct iq_slice key)
{
	ptrdiff_t at = iq_find(s, key);
	return at >= 0 && (size_t)at + key.n < s.n && s.p[(size_t)at + key.n] != ' ';
}

static enum iq_need need_of_zone(struct iq_slice s)
{
	static const struct iq_slice done[] = {
		IQ_LIT("all_unreclaimable? yes"), IQ_LIT("all_unreclaimable? no"),
	};
	ptrdiff_t colon = iq_find_char(s, ':');
	if (colon < 0)
		return IQ_NEED_NOTHING;
	bool list = (size_t)colon + 1 == s.n || s.p[colon + 1] == ' ';
	if (list && !iq_has(s, IQ_LIT("kB ")) && iq_has(s, IQ_LIT("per-cpu")))
		return IQ_NEED_NOTHING;
	if (list && !iq_has(s, IQ_LIT("_thp: ")))
		return iq_has(s, IQ_LIT("= ")) && iq_ends(s, IQ_LIT("kB"))
			? IQ_NEED_NOTHING : IQ_NEED_LIST;
	if (iq_has_any(s, done, IQ_COUNT(done)))
		return IQ_NEED_NOTHING;
	/* 4.8 and later: the zone line ends in free_cma, the node line in the above */
	ptrdiff_t cma = iq_find(s, IQ_LIT("free_cma:"));
	if (cma >= 0 && iq_has(s, IQ_LIT("writepending:")) && iq_ends(s, IQ_LIT("kB")))
		return IQ_NEED_NOTHING;
	return IQ_NEED_ZONE;
}

static enum iq_need need_of_node(struct iq_slice s)
{
	uint64_t node;
	struct iq_slice rest = s;
	if (!iq_skip(&rest, IQ_LIT("Node ")) || !iq_take_u64(&rest, &node))
		return IQ_NEED_NOTHING;
	rest = iq_ltrim(rest);
	if (!rest.n)
		return IQ_NEED_NODE;
	if (iq_starts(rest, IQ_LIT("hugepages_")))
		return iq_has(rest, IQ_LIT("hugepages_size=")) ? IQ_NEED_NOTHING
								: IQ_NEED_REST;
	return need_of_zone(rest);
}

static enum iq_need need_of_stats(struct iq_slice s)
{
	ptrdiff_t colon = iq_rfind(s, IQ_LIT(":"));
	if (iq_starts(s, IQ_LIT("Memory limit reached of cgroup")))
		return iq_find_char(s, '/') < 0 ? IQ_NEED_LIMIT : IQ_NEED_NOTHING;
	if (!iq_starts(s, IQ_LIT("Memory cgroup stats")))
		return IQ_NEED_NOTHING;
	return colon < 0 || !iq_has(s, IQ_LIT("unevictable:")) ? IQ_NEED_STATS
								: IQ_NEED_NOTHING;
}

/* "Task in A killed as a result of limit of B": is B a piece of A that ends inside of a
 * component?  Then the line was broken there. */
static bool breaks_in_path(struct iq_slice s)
{
	struct iq_slice mid = IQ_LIT(" killed as a result of limit of ");
	ptrdiff_t at = iq_find(s, mid);
	if (at < 0)
		return false;
	struct iq_slice a = iq_trim(iq_slice(s.p + 7, (size_t)at > 7 ? (size_t)at - 7 : 0));
	struct iq_slice b = iq_trim(iq_from(s, (size_t)at + mid.n));
	return b.n > 1 && iq_starts(a, b) && a.n > b.n && a.p[b.n] != '/';
}

static enum iq_need need_of_task(struct iq_slice s)
{
	if (iq_starts(s, IQ_LIT("Tasks in")))
		return iq_has(s, IQ_LIT("oom.group set")) ? IQ_NEED_NOTHING
							  : IQ_NEED_TASKS_IN;
	if (iq_starts(s, IQ_LIT("Task in")))
		return has_value(s, IQ_LIT("limit of ")) && !breaks_in_path(s)
			? IQ_NEED_NOTHING : IQ_NEED_TASK_IN;
	return IQ_NEED_NOTHING;
}

static enum iq_need need_of_killed(struct iq_slice s)
{
	static const struct iq_slice done[] = {
		IQ_LIT("kB"), IQ_LIT(")"), IQ_LIT("child"), IQ_LIT("..."),
	};
	if (has_value(s, IQ_LIT("oom_score_adj:")))
		return IQ_NEED_NOTHING;
	return iq_ends_any(s, done, IQ_COUNT(done)) ? IQ_NEED_FIGURES : IQ_NEED_KILLED;
}

/* Lines whose front is a command name. */
static enum iq_need need_of_named(struct iq_slice s)
{
	if (iq_has(s, IQ_LIT(" invoked oom-killer")) || iq_ends(s, IQ_LIT(" invoked")) ||
	    iq_ends(s, IQ_LIT(" invoked oom-")))
		return has_value(s, IQ_LIT("_adj=")) ? IQ_NEED_NOTHING : IQ_NEED_INVOKED;
	if (iq_has(s, IQ_LIT("page allocation ")) && iq_has(s, IQ_LIT("order:")))
		return has_value(s, IQ_LIT("mems_allowed=")) ? IQ_NEED_NOTHING
							     : IQ_NEED_ALLOC;
	if (iq_has(s, IQ_LIT(": vmalloc")) &&
	    (iq_ends(s, IQ_LIT(",")) ||
	     (iq_has(s, IQ_LIT(" error: size ")) && !iq_has(s, IQ_LIT("mode:")))))
		return IQ_NEED_ALLOC;
	ptrdiff_t at = iq_find(s, IQ_LIT(" cpuset="));
	if (at > 0 && at < 32)
		return has_value(s, IQ_LIT(" mems_allowed=")) ? IQ_NEED_NOTHING
							      : IQ_NEED_CPUSET;
	if (iq_has(s, IQ_LIT("Killed process ")) || iq_ends(s, IQ_LIT("Killed process")) ||
	    iq_ends(s, IQ_LIT("ut of memory: Killed")))
		return need_of_killed(s);
	if ((iq_has(s, IQ_LIT("Kill process ")) || iq_has(s, IQ_LIT("kill process "))) &&
	    iq_ends(s, IQ_LIT(")")))
		return IQ_NEED_FIGURES;		/* " score 1 or sacrifice child" */
	return IQ_NEED_NOTHING;
}

/* A row of the task table that ends in a number: its name, at least, is missing.  (A
 * command may be called "42", but then no name follows.) */
static bool lacks_name(struct iq_slice s)
{
	size_t digits = 0;
	while (digits < s.n && iq_ch_digit(s.p[s.n - 1 - digits]))
		digits++;
	return digits && digits < s.n && strchr(" -", s.p[s.n - 1 - digits]);
}

/* "rsyslogd", "-1000 sshd", "1064390656 0 0 tmux: server": numbers, then a name. */
static bool is_row_end(struct iq_slice s)
{
	size_t numbers = 0;
	for (;;) {
		struct iq_slice rest = s, w = iq_word(&rest);
		struct iq_slice digits = *w.p == '-' ? iq_from(w, 1) : w;
		if (!digits.n || iq_span(digits, 0, iq_ch_digit) != digits.n)
			break;
		s = iq_ltrim(rest);
		if (!s.n || ++numbers > 9)
			return false;
	}
	return s.n <= 15 && (iq_ch_name(*s.p) || *s.p == '(' || (*s.p >= 'A' && *s.p <= 'Z'));
}

/* A CPU line that ends in its taint letters: the kernel's release and number follow. */
static bool lacks_release(struct iq_slice s)
{
	if (!iq_starts(s, IQ_LIT("CPU: ")) && !iq_starts(s, IQ_LIT("Pid: ")))
		return false;
	return iq_has(s, IQ_LIT("omm: ")) && !iq_has(s, IQ_LIT(" #"));
}

/* What follows a name in it: the words about taint, or the release. */
static bool is_cpu_end(struct iq_slice s)
{
	static const struct iq_slice leads[] = {
		IQ_LIT("Not tainted"), IQ_LIT("tainted "), IQ_LIT("Tainted: "), IQ_LIT("Not"),
		IQ_LIT("Kdump: loaded"),
	};
	return iq_starts_any(s, leads, IQ_COUNT(leads)) ||
	       (iq_ch_digit(*s.p) && iq_has(s, IQ_LIT(" #")));
}

/* Headlines of crashes that a mail broke before the place, the task or the address. */
static bool lacks_place(struct iq_slice s)
{
	static const struct { struct iq_slice lead, last; } rows[] = {
		{ IQ_LIT("WARNING: CPU: "), IQ_LIT(" at") }, { IQ_LIT("UBSAN: "), IQ_LIT(" in") },
		{ IQ_LIT("INFO: task"), IQ_LIT("task") },
		{ IQ_LIT("Unable to handle kernel "), IQ_LIT(" address") },
		{ IQ_LIT("BUG: unable to handle "), IQ_LIT(" at") },
		{ IQ_LIT("BUG: unable to handle "), IQ_LIT(" address:") },
		{ IQ_LIT("BUG: KASAN: "), IQ_LIT(" in") },
		{ IQ_LIT("general protection fault, "), IQ_LIT("-canonical") },
		{ IQ_LIT("general protection fault, "), IQ_LIT(":") },
		{ IQ_LIT("Oops: general protection fault, "), IQ_LIT("-canonical") },
		{ IQ_LIT("Oops: general protection fault, "), IQ_LIT(":") },
		{ IQ_LIT("Internal error: "), IQ_LIT(":") },
	};
	for (size_t i = 0; i < IQ_COUNT(rows); i++)
		if (iq_starts(s, rows[i].lead) && iq_ends(s, rows[i].last))
			return true;
	return false;
}

/* Lines with a known last field: REST is only taken from a line without header. */
static bool breaks_off(struct iq_slice s)
{
	static const struct { struct iq_slice lead, last; } rows[] = {
		{ IQ_LIT("memory: usage "), IQ_LIT("failcnt ") },
		{ IQ_LIT("memory+swap: usage "), IQ_LIT("failcnt ") },
		{ IQ_LIT("kmem: usage "), IQ_LIT("failcnt ") },
		{ IQ_LIT("swap: usage "), IQ_LIT("failcnt ") },
		{ IQ_LIT("CPU: "), IQ_LIT("Comm: ") },
		{ IQ_LIT("Pid: "), IQ_LIT("comm: ") },
		{ IQ_LIT("[ pid ] "), IQ_LIT(" name") },
		{ IQ_LIT("[  pid  ] "), IQ_LIT(" name") },
		{ IQ_LIT("Kernel panic - not syncing: Out of memory: "), IQ_LIT("enabled") },
		{ IQ_LIT("Kernel panic - not syncing: Out of memory and"), IQ_LIT("processes") },
		{ IQ_LIT("Kernel panic - not syncing: System is"), IQ_LIT("memory") },
		{ IQ_LIT("Swap cache stats"), IQ_LIT("find ") },
		{ IQ_LIT("Free swap "), IQ_LIT("kB") },
		{ IQ_LIT("Total swap "), IQ_LIT("kB") },
		{ IQ_LIT("oom_reaper: reaped "), IQ_LIT("shmem-rss:") },
		{ IQ_LIT("Out of memory: Kill process "), IQ_LIT("child") },
		{ IQ_LIT("Memory cgroup out of memory: Kill process "), IQ_LIT("child") },
		{ IQ_LIT("SLUB: Unable to allocate memory on"), IQ_LIT("gfp=") },
		{ IQ_LIT("SLAB: Unable to allocate memory on"), IQ_LIT("gfp=") },
		{ IQ_LIT("vmap allocation for size "), IQ_LIT("failed") },
	};
	for (size_t i = 0; i < IQ_COUNT(rows); i++)
		if (iq_starts(s, rows[i].lead) && !iq_has(s, rows[i].last))
			return true;
	return lacks_release(s) || lacks_place(s);
}

/* "[  1234]": a row of the table of tasks, which is most of a long report and of which
 * no end is known. */
static bool is_row_front(struct iq_slice s)
{
	size_t at = 1;
	while (at < s.n && s.p[at] == ' ')
		at++;
	return at < s.n && iq_ch_digit(s.p[at]);
}

enum iq_need iq_need_of(struct iq_slice text)
{
	struct iq_slice s = iq_trim(text);
	enum iq_need need = IQ_NEED_NOTHING;
	if (!s.n)
		return need;
	switch (*s.p) {
	case 'D': case 'H':
		need = iq_names_zone(s) ? need_of_zone(s) : IQ_NEED_NOTHING;
		break;
	case 'N':
		need = iq_names_zone(s) ? need_of_zone(s) : need_of_node(s);
		break;
	case 'M':
		need = iq_names_zone(s) ? need_of_zone(s) : need_of_stats(s);
		break;
	case 'T':
		need = need_of_task(s);
		break;
	case 'l':
		if (iq_starts(s, IQ_LIT("lowmem_reserve[]:")))
			return s.p[s.n - 1] == ':' ? IQ_NEED_RESERVE : IQ_NEED_NOTHING;
		break;
	case 'o':
		if (iq_starts(s, IQ_LIT("oom-kill:constraint=")))
			return has_value(s, IQ_LIT(",uid=")) ? IQ_NEED_NOTHING
							     : IQ_NEED_SUMMARY;
		break;
	}
	bool row = *s.p == '[' && is_row_front(s);
	if (!need && !row)
		need = need_of_named(s);
	if (row && lacks_name(s))
		need = IQ_NEED_ROW;
	if (!need && !row && breaks_off(s))
		need = IQ_NEED_REST;
	if (!need && s.n > 40 && s.p[s.n - 1] == '\\')
		need = IQ_NEED_FOLD;
	return need;
}

/* --- what fits --- */

static bool only(struct iq_slice s, const char *set)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr(set, s.p[i]) || !s.p[i])
			return false;
	return s.n > 0;
}

static bool is_list_term(struct iq_slice s)
{
	size_t digits = iq_span(s, 0, iq_ch_digit);
	if (digits)
		return digits < s.n && s.p[digits] == '*';
	return *s.p == '(' ? only(s, "(UMEHRCI)0123456789*kB =")
			   : iq_starts(s, IQ_LIT("= ")) && iq_ch_digit(s.p[s.n > 2 ? 2 : 0]);
}

static bool is_stats_piece(struct iq_slice have, struct iq_slice s)
{
	if (*s.p == '/')
		return iq_ends(have, IQ_LIT("for"));
	if (*s.p == ':')
		return iq_find_char(have, ':') < 0;
	size_t name = iq_span(s, 0, iq_ch_name);
	size_t digits = name ? iq_span(s, name + 1, iq_ch_digit) : 0;
	return name && name < s.n && s.p[name] == ':' && digits &&
	       iq_starts(iq_from(s, name + 1 + digits), IQ_LIT("KB"));
}

/* A piece of pr_cont: S can be nothing else. */
static bool fits_torn(enum iq_need need, struct iq_slice have, struct iq_slice s)
{
	static const struct iq_slice invoked[] = {
		IQ_LIT("(null)"), IQ_LIT("nodemask="), IQ_LIT("order="), IQ_LIT(","),
		IQ_LIT("(GFP_"), IQ_LIT("gfp_mask="), IQ_LIT("oom_score_adj="),
	};
	bool value = iq_ends(have, IQ_LIT("="));
	switch (need) {
	case IQ_NEED_NODE:
		return iq_names_zone(s) || iq_starts(s, IQ_LIT("active_anon:")) ||
		       iq_starts(s, IQ_LIT("hugepages_"));
	case IQ_NEED_LIST:
		return is_list_term(s);
	case IQ_NEED_RESERVE:
		return only(s, "0123456789 ");
	case IQ_NEED_TASK_IN:
		return *s.p == '/' || iq_starts(s, IQ_LIT("killed as a result")) ||
		       (iq_ends(have, IQ_LIT("limit of")) && iq_eq(s, IQ_LIT("host")));
	case IQ_NEED_TASKS_IN:
		return *s.p == '/' || iq_starts(s, IQ_LIT("are going to be killed"));
	case IQ_NEED_LIMIT:
		return *s.p == '/';
	case IQ_NEED_STATS:
		return is_stats_piece(have, s);
	case IQ_NEED_INVOKED:
		return iq_starts_any(s, invoked, IQ_COUNT(invoked)) ||
		       (value && iq_ch_digit(*s.p));
	case IQ_NEED_CPUSET:
		return iq_starts(s, IQ_LIT("mems_allowed=")) ||
		       (value && (*s.p == '/' || iq_find_char(s, ' ') < 0 ||
				  iq_has(s, IQ_LIT(" mems_allowed="))));
	case IQ_NEED_SUMMARY:
		return *s.p == ',' || (value && iq_find_char(s, ' ') < 0);
	case IQ_NEED_ALLOC:
		return *s.p == ',' || (value && (iq_ch_digit(*s.p) ||
						 iq_starts(s, IQ_LIT("(null)"))));
	default:
		return false;
	}
}

/* Figures of a Killed line on a line of their own: people break it before them. */
static bool is_figures(struct iq_slice s)
{
	static const struct iq_slice leads[] = {
		IQ_LIT("total-vm:"), IQ_LIT("anon-rss:"), IQ_LIT("file-rss:"),
		IQ_LIT("shmem-rss:"), IQ_LIT("UID:"), IQ_LIT("pgtables:"),
		IQ_LIT("oom_score_adj:"), IQ_LIT("score "),
	};
	return iq_starts_any(s, leads, IQ_COUNT(leads));
}

/* Was KEY broken in two between HAVE and MORE? */
static bool is_broken(struct iq_slice key, struct iq_slice have, struct iq_slice more)
{
	for (size_t i = 1; i < key.n; i++)
		if (iq_ends(have, iq_head(key, i)) && iq_starts(more, iq_from(key, i)))
			return true;
	return false;
}

/* A line without header, by what it has in it. */
static bool fits_wrapped(enum iq_need need, struct iq_slice have, struct iq_slice s)
{
	static const struct iq_slice zone[] = {
		IQ_LIT("kB"), IQ_LIT("unreclaimable?"), IQ_LIT("laimable?"),
	};
	static const struct iq_slice call[] = {
		IQ_LIT("gfp_mask"), IQ_LIT("GFP_"), IQ_LIT("order"), IQ_LIT("_adj"),
		IQ_LIT("nodemask"), IQ_LIT("mode:"), IQ_LIT("cpuset="), IQ_LIT("allowed="),
		IQ_LIT("killer:"), IQ_LIT("=0"),
	};
	static const struct iq_slice killed[] = {
		IQ_LIT("process "),
		IQ_LIT("kB"), IQ_LIT("rss:"), IQ_LIT("UID:"), IQ_LIT("oom_score_adj:"),
	};
	switch (need) {
	case IQ_NEED_ZONE:
		return iq_has_any(s, zone, IQ_COUNT(zone)) || only(s, "yesno");
	case IQ_NEED_LIST:
		return only(s, "0123456789*kB(UMEHRCI)= ");
	case IQ_NEED_INVOKED:
		if (is_broken(IQ_LIT("oom_score_adj="), have, s))
			return true;
		if (iq_ends(have, IQ_LIT(" invoked")))
			return iq_starts(s, IQ_LIT("oom-killer: gfp_mask="));
		if (iq_ends(have, IQ_LIT(" invoked oom-")))
			return iq_starts(s, IQ_LIT("killer: gfp_mask="));
		/* fall through */
	case IQ_NEED_CPUSET:
	case IQ_NEED_ALLOC:
		return iq_has_any(s, call, IQ_COUNT(call));
	case IQ_NEED_SUMMARY:
		return iq_has(s, IQ_LIT("uid=")) || iq_find_char(s, ' ') < 0;
	case IQ_NEED_KILLED:
		return iq_has_any(s, killed, IQ_COUNT(killed));
	case IQ_NEED_FIGURES:
		return is_figures(s);
	case IQ_NEED_ROW:
		return is_row_end(s);
	case IQ_NEED_TASK_IN:
		return iq_has(s, IQ_LIT("limit of")) || iq_find_char(s, ' ') < 0;
	case IQ_NEED_TASKS_IN:
		return iq_has(s, IQ_LIT("oom.group")) || iq_find_char(s, ' ') < 0;
	case IQ_NEED_REST:
		if (lacks_release(have))
			return is_cpu_end(s);
		return !iq_starts(have, IQ_LIT("CPU: ")) || iq_has(s, IQ_LIT("Comm: "));
	case IQ_NEED_FOLD:
		return true;
	default:
		return false;
	}
}

bool iq_need_fits(enum iq_need need, struct iq_slice have, struct iq_slice more,
		  bool wrapped)
{
	struct iq_slice s = iq_trim(more);
	have = iq_trim(have);
	if (!need || !s.n || !have.n)
		return false;
	if (fits_torn(need, have, s))
		return true;
	if (!wrapped || (need != IQ_NEED_FOLD && iq_shape_of(s) == IQ_SHAPE_OPENER &&
			 !lacks_place(have)))
		return false;
	return fits_wrapped(need, have, s);
}

/* --- seams --- */

/* Does a header of the task table end in a whole column's name? */
static bool ends_column(struct iq_slice have)
{
	static const struct iq_slice columns[] = {
		IQ_LIT(" uid"), IQ_LIT(" tgid"), IQ_LIT(" total_vm"), IQ_LIT(" rss"),
		IQ_LIT(" rss_anon"), IQ_LIT(" rss_file"), IQ_LIT(" rss_shmem"), IQ_LIT(" cpu"),
		IQ_LIT(" nr_ptes"), IQ_LIT(" nr_pmds"), IQ_LIT(" pgtables_bytes"),
		IQ_LIT(" swapents"), IQ_LIT(" oom_adj"), IQ_LIT(" oom_score_adj"),
	};
	struct iq_slice s = iq_ltrim(have);
	return (iq_starts(s, IQ_LIT("[ pid ] ")) || iq_starts(s, IQ_LIT("[  pid  ] "))) &&
	       iq_ends_any(s, columns, IQ_COUNT(columns));
}

bool iq_seam_words(struct iq_slice have, struct iq_slice more)
{
	have = iq_trim(have);
	more = iq_ltrim(more);
	if (!have.n || !more.n)
		return false;
	return (*more.p >= 'a' && *more.p <= 'z' && ends_column(have)) ||
	       iq_ends(have, IQ_LIT("ut of memory: Killed")) ||
	       iq_ends(have, IQ_LIT("Killed process")) ||
	       (iq_ends(have, IQ_LIT(" invoked")) && iq_starts(more, IQ_LIT("oom-killer:")));
}

bool iq_seam_hyphen(struct iq_slice have, struct iq_slice more)
{
	static const struct iq_slice rests[] = {
		IQ_LIT("rss:"), IQ_LIT("vm:"), IQ_LIT("kill:"), IQ_LIT("killer:"),
	};
	return iq_ends(have, IQ_LIT("-")) && iq_starts_any(more, rests, IQ_COUNT(rests));
}

bool iq_seam_blank(struct iq_slice have, struct iq_slice more)
{
	static const struct iq_slice whole[] = {
		IQ_LIT("kB"), IQ_LIT("KB"), IQ_LIT(")"), IQ_LIT(":"), IQ_LIT(","),
		IQ_LIT(" in"), IQ_LIT(" for"), IQ_LIT(" of"), IQ_LIT("yes"), IQ_LIT("no"),
	};
	if (!have.n || !more.n || have.p[have.n - 1] == ' ' || *more.p == ' ' ||
	    strchr(",:;)", *more.p))
		return false;
	char last = have.p[have.n - 1];
	if (iq_starts(iq_ltrim(have), IQ_LIT("lowmem_reserve[]")))
		return true;
	if (iq_seam_words(have, more))
		return true;
	if (iq_ch_digit(last) && ((*more.p >= 'A' && *more.p <= 'Z') || *more.p == '('))
		return true;
	if (last == ':' && iq_ch_digit(*more.p) && !iq_find(have, IQ_LIT("Node ")))
		return true;
	return (iq_ends_any(have, whole, IQ_COUNT(whole)) && last != '=') || lacks_place(have);
}

/* text/shape.c - see shape.h.  Line forms: mm/oom_kill.c, mm/page_alloc.c (show_mem.c
 * since 6.6), mm/memcontrol.c, lib/dump_stack.c, arch/.../dumpstack.c of 2.6.32 to 7. */
#include "text/shape.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
}

static size_t span(struct iq_slice s, size_t from, bool (*is)(char))
{
	size_t i = from;
	while (i < s.n && is(s.p[i]))
		i++;
	return i - from;
}

/* --- what begins a line --- */

static const struct iq_slice openers[] = {
	IQ_LIT("BUG: "), IQ_LIT("CPU: "), IQ_LIT("Call Trace:"), IQ_LIT("Call trace:"),
	IQ_LIT("Code: "), IQ_LIT("Free swap "), IQ_LIT("Hardware name:"),
	IQ_LIT("INFO: "), IQ_LIT("Kernel panic"), IQ_LIT("Kill process "),
	IQ_LIT("Killed process "), IQ_LIT("Linux version "), IQ_LIT("Mem-Info:"),
	IQ_LIT("Memory cgroup"), IQ_LIT("Memory limit reached"),
	IQ_LIT("Modules linked in:"), IQ_LIT("Node "), IQ_LIT("Oops: "),
	IQ_LIT("Out of memory"), IQ_LIT("Pid: "), IQ_LIT("RIP: "), IQ_LIT("SLAB: "),
	IQ_LIT("SLUB: "), IQ_LIT("Swap cache stats"), IQ_LIT("SysRq : "),
	IQ_LIT("Task in "), IQ_LIT("Tasks in "), IQ_LIT("Tasks state "),
	IQ_LIT("Total swap "), IQ_LIT("Unreclaimable slab info"), IQ_LIT("WARNING: "),
	IQ_LIT("Workqueue: "), IQ_LIT("[ pid ] "), IQ_LIT("[  pid  ] "),
	IQ_LIT("---[ "), IQ_LIT("------------["), IQ_LIT("cache: "),
	IQ_LIT("kmem: usage "), IQ_LIT("lowmem_reserve[]:"), IQ_LIT("memory: usage "),
	IQ_LIT("memory+swap: usage "), IQ_LIT("oom-kill:constraint="),
	IQ_LIT("oom_reaper: "), IQ_LIT("oom-reaper: "), IQ_LIT("swap: usage "),
	IQ_LIT("sysrq: "),
};

/* First counters of the lines of the Mem-Info block: pages, so without a unit. */
static const struct iq_slice mem_info[] = {
	IQ_LIT("active_anon:"), IQ_LIT("active_file:"), IQ_LIT("free:"),
	IQ_LIT("free_cma:"), IQ_LIT("kernel_misc_reclaimable:"), IQ_LIT("mapped:"),
	IQ_LIT("sec_pagetables:"), IQ_LIT("slab_reclaimable:"), IQ_LIT("unevictable:"),
};

static const struct iq_slice marks[] = {
	IQ_LIT("<TASK>"), IQ_LIT("</TASK>"), IQ_LIT("<IRQ>"), IQ_LIT("</IRQ>"),
	IQ_LIT("<NMI>"), IQ_LIT("</NMI>"), IQ_LIT("<EOI>"), IQ_LIT("<<EOE>>"),
};

static const struct iq_slice zones[] = {
	IQ_LIT("DMA32"), IQ_LIT("DMA"), IQ_LIT("Normal"), IQ_LIT("HighMem"),
	IQ_LIT("Movable"), IQ_LIT("Device"),
};

static bool starts_any(struct iq_slice s, const struct iq_slice *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (*s.p == *list[i].p && iq_starts(s, list[i]))
			return true;
	return false;
}

static bool ends_any(struct iq_slice s, const struct iq_slice *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (iq_ends(s, list[i]))
			return true;
	return false;
}

static bool has_any(struct iq_slice s, const struct iq_slice *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (iq_has(s, list[i]))
			return true;
	return false;
}

static bool is_mem_info(struct iq_slice s)
{
	if (!starts_any(s, mem_info, COUNT(mem_info)))
		return false;
	size_t at = (size_t)iq_find_char(s, ':') + 1;
	size_t digits = span(s, at, is_digit);
	return digits && (at + digits == s.n || s.p[at + digits] == ' ' ||
			  s.p[at + digits] == '#');
}

/* "[ 1799]     0  1799 ...": a row of the task table. */
static bool is_task_row(struct iq_slice s)
{
	uint64_t v;
	if (!iq_skip(&s, IQ_LIT("[")))
		return false;
	iq_skip_blank(&s);
	if (!iq_take_u64(&s, &v) || !iq_skip(&s, IQ_LIT("] ")))
		return false;
	iq_skip_blank(&s);
	return iq_take_u64(&s, &v) && s.n && *s.p == ' ';
}

/* "71 total pagecache pages", "0 pages reserved". */
static bool is_page_count(struct iq_slice s)
{
	uint64_t v;
	return iq_take_u64(&s, &v) && (iq_starts(s, IQ_LIT(" total pagecache pages")) ||
				       iq_starts(s, IQ_LIT(" pages ")));
}

/* "RAX: 0000...", "CR2: ...", "R10: ...". */
static bool is_register(struct iq_slice s)
{
	size_t i = 0;
	while (i < s.n && i < 6 && ((s.p[i] >= 'A' && s.p[i] <= 'Z') || is_digit(s.p[i])))
		i++;
	if (i < 2 || i >= s.n || s.p[i] != ':')
		return false;
	for (i++; i < s.n && s.p[i] == ' ';)
		i++;
	return span(s, i, is_hex) >= 4;
}

static bool is_frame(struct iq_slice s)
{
	if (*s.p == '<')
		return starts_any(s, marks, COUNT(marks));
	if (iq_starts(s, IQ_LIT("[<")))
		return s.n > 6 && is_hex(s.p[2]);
	iq_skip(&s, IQ_LIT("? "));
	if (is_register(s))
		return true;
	struct iq_slice word = iq_word(&s);
	ptrdiff_t plus = iq_find(word, IQ_LIT("+0x"));
	if (plus > 0)
		return iq_has(iq_from(word, (size_t)plus), IQ_LIT("/0x"));
	return (word.n == 16 || word.n == 8) && span(word, 0, is_hex) == word.n;
}

static bool is_pair(struct iq_slice s)
{
	size_t name = span(s, 0, is_name);
	if (name < 3 || is_digit(*s.p) || name >= s.n || s.p[name] != ' ')
		return false;
	size_t digits = span(s, name + 1, is_digit);
	return digits && name + 1 + digits == s.n;
}

static bool names_zone(struct iq_slice s)
{
	for (size_t i = 0; i < COUNT(zones); i++)
		if (iq_starts(s, zones[i]) && s.n > zones[i].n &&
		    (s.p[zones[i].n] == ' ' || s.p[zones[i].n] == ':'))
			return true;
	return false;
}

enum iq_shape iq_shape_of(struct iq_slice text)
{
	static const struct iq_slice inside[] = {
		IQ_LIT(" invoked oom-killer"), IQ_LIT("page allocation failure"),
		IQ_LIT(" mems_allowed="), IQ_LIT("allocation failure"),
		IQ_LIT("blocked for more than "),
	};
	struct iq_slice s = iq_trim(text);
	if (!s.n)
		return IQ_SHAPE_UNKNOWN;
	if (starts_any(s, openers, COUNT(openers)) || is_mem_info(s) || is_page_count(s) ||
	    is_task_row(s))
		return IQ_SHAPE_OPENER;
	if (is_frame(s))
		return IQ_SHAPE_FRAME;
	if (is_pair(s))
		return IQ_SHAPE_PAIR;
	if (names_zone(s) && (iq_has(s, IQ_LIT(" free:")) || iq_has(s, IQ_LIT("*4kB"))))
		return IQ_SHAPE_OPENER;
	return has_any(s, inside, COUNT(inside)) ? IQ_SHAPE_OPENER : IQ_SHAPE_UNKNOWN;
}

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
	if (has_any(s, done, COUNT(done)))
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

static enum iq_need need_of_task(struct iq_slice s)
{
	if (iq_starts(s, IQ_LIT("Tasks in")))
		return iq_has(s, IQ_LIT("oom.group set")) ? IQ_NEED_NOTHING
							  : IQ_NEED_TASKS_IN;
	if (iq_starts(s, IQ_LIT("Task in")))
		return has_value(s, IQ_LIT("limit of ")) ? IQ_NEED_NOTHING
							 : IQ_NEED_TASK_IN;
	return IQ_NEED_NOTHING;
}

static enum iq_need need_of_killed(struct iq_slice s)
{
	static const struct iq_slice done[] = {
		IQ_LIT("kB"), IQ_LIT(")"), IQ_LIT("child"), IQ_LIT("..."),
	};
	if (has_value(s, IQ_LIT("oom_score_adj:")) || ends_any(s, done, COUNT(done)))
		return IQ_NEED_NOTHING;
	return IQ_NEED_KILLED;
}

/* Lines whose front is a command name. */
static enum iq_need need_of_named(struct iq_slice s)
{
	if (iq_has(s, IQ_LIT(" invoked oom-killer")))
		return has_value(s, IQ_LIT("_adj=")) ? IQ_NEED_NOTHING : IQ_NEED_INVOKED;
	if (iq_has(s, IQ_LIT("page allocation ")) && iq_has(s, IQ_LIT("order:")))
		return has_value(s, IQ_LIT("mems_allowed=")) ? IQ_NEED_NOTHING
							     : IQ_NEED_ALLOC;
	ptrdiff_t at = iq_find(s, IQ_LIT(" cpuset="));
	if (at > 0 && at < 32)
		return has_value(s, IQ_LIT(" mems_allowed=")) ? IQ_NEED_NOTHING
							      : IQ_NEED_CPUSET;
	if (iq_has(s, IQ_LIT("Killed process ")))
		return need_of_killed(s);
	return IQ_NEED_NOTHING;
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
		{ IQ_LIT("Swap cache stats"), IQ_LIT("find ") },
		{ IQ_LIT("Free swap "), IQ_LIT("kB") },
		{ IQ_LIT("Total swap "), IQ_LIT("kB") },
		{ IQ_LIT("oom_reaper: reaped "), IQ_LIT("shmem-rss:") },
		{ IQ_LIT("Out of memory: Kill process "), IQ_LIT("child") },
		{ IQ_LIT("Memory cgroup out of memory: Kill process "), IQ_LIT("child") },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		if (iq_starts(s, rows[i].lead))
			return !iq_has(s, rows[i].last);
	return false;
}

enum iq_need iq_need_of(struct iq_slice text)
{
	struct iq_slice s = iq_trim(text);
	enum iq_need need = IQ_NEED_NOTHING;
	if (!s.n)
		return need;
	switch (*s.p) {
	case 'D': case 'H':
		need = names_zone(s) ? need_of_zone(s) : IQ_NEED_NOTHING;
		break;
	case 'N':
		need = names_zone(s) ? need_of_zone(s) : need_of_node(s);
		break;
	case 'M':
		need = names_zone(s) ? need_of_zone(s) : need_of_stats(s);
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
	if (!need)
		need = need_of_named(s);
	if (!need && breaks_off(s))
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
	size_t digits = span(s, 0, is_digit);
	if (digits)
		return digits < s.n && s.p[digits] == '*';
	return *s.p == '(' ? only(s, "(UMEHRCI)0123456789*kB =")
			   : iq_starts(s, IQ_LIT("= ")) && is_digit(s.p[s.n > 2 ? 2 : 0]);
}

static bool is_stats_piece(struct iq_slice have, struct iq_slice s)
{
	if (*s.p == '/')
		return iq_ends(have, IQ_LIT("for"));
	if (*s.p == ':')
		return iq_find_char(have, ':') < 0;
	size_t name = span(s, 0, is_name);
	size_t digits = name ? span(s, name + 1, is_digit) : 0;
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
		return names_zone(s) || iq_starts(s, IQ_LIT("active_anon:")) ||
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
		return starts_any(s, invoked, COUNT(invoked)) ||
		       (value && is_digit(*s.p));
	case IQ_NEED_CPUSET:
		return iq_starts(s, IQ_LIT("mems_allowed=")) ||
		       (value && (*s.p == '/' || iq_find_char(s, ' ') < 0 ||
				  iq_has(s, IQ_LIT(" mems_allowed="))));
	case IQ_NEED_SUMMARY:
		return *s.p == ',' || (value && iq_find_char(s, ' ') < 0);
	case IQ_NEED_ALLOC:
		return *s.p == ',' || (value && (is_digit(*s.p) ||
						 iq_starts(s, IQ_LIT("(null)"))));
	default:
		return false;
	}
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
		IQ_LIT("kB"), IQ_LIT("rss:"), IQ_LIT("UID:"), IQ_LIT("oom_score_adj:"),
	};
	switch (need) {
	case IQ_NEED_ZONE:
		return has_any(s, zone, COUNT(zone)) || only(s, "yesno");
	case IQ_NEED_LIST:
		return only(s, "0123456789*kB(UMEHRCI)= ");
	case IQ_NEED_INVOKED:
	case IQ_NEED_CPUSET:
	case IQ_NEED_ALLOC:
		return has_any(s, call, COUNT(call));
	case IQ_NEED_SUMMARY:
		return iq_has(s, IQ_LIT("uid=")) || iq_find_char(s, ' ') < 0;
	case IQ_NEED_KILLED:
		return has_any(s, killed, COUNT(killed));
	case IQ_NEED_TASK_IN:
		return iq_has(s, IQ_LIT("limit of")) || iq_find_char(s, ' ') < 0;
	case IQ_NEED_TASKS_IN:
		return iq_has(s, IQ_LIT("oom.group")) || iq_find_char(s, ' ') < 0;
	case IQ_NEED_REST:
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
	if (!wrapped || (need != IQ_NEED_FOLD && iq_shape_of(s) == IQ_SHAPE_OPENER))
		return false;
	return fits_wrapped(need, have, s);
}

/* --- seams --- */

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
	if (is_digit(last) && ((*more.p >= 'A' && *more.p <= 'Z') || *more.p == '('))
		return true;
	if (last == ':' && is_digit(*more.p) && !iq_find(have, IQ_LIT("Node ")))
		return true;
	return ends_any(have, whole, COUNT(whole)) && last != '=';
}

static const struct iq_slice fields[] = {
	IQ_LIT("active_anon"), IQ_LIT("active_file"), IQ_LIT("all_unreclaimable?"),
	IQ_LIT("anon-rss"), IQ_LIT("bounce"), IQ_LIT("file-rss"), IQ_LIT("free_cma"),
	IQ_LIT("free_pcp"), IQ_LIT("high"), IQ_LIT("inactive_anon"),
	IQ_LIT("inactive_file"), IQ_LIT("isolated_anon"), IQ_LIT("isolated_file"),
	IQ_LIT("isolated(anon)"), IQ_LIT("isolated(file)"), IQ_LIT("kernel_stack"),
	IQ_LIT("local_pcp"), IQ_LIT("managed"), IQ_LIT("mapped"), IQ_LIT("mlocked"),
	IQ_LIT("pages_scanned"), IQ_LIT("pagetables"), IQ_LIT("present"),
	IQ_LIT("reserved_highatomic"), IQ_LIT("sec_pagetables"), IQ_LIT("shmem"),
	IQ_LIT("shmem-rss"), IQ_LIT("shmem_pmdmapped"), IQ_LIT("shmem_thp"),
	IQ_LIT("slab_reclaimable"), IQ_LIT("slab_unreclaimable"), IQ_LIT("total-vm"),
	IQ_LIT("unevictable"), IQ_LIT("writeback"), IQ_LIT("writeback_tmp"),
	IQ_LIT("writepending"),
};

/* LEFT is the last part of what stands before the gap, up to a blank; the field must
 * end in ':' in RIGHT. */
static bool is_field(struct iq_slice left, struct iq_slice right)
{
	for (size_t i = 0; left.n && i < COUNT(fields); i++) {
		struct iq_slice rest = fields[i];
		if (!iq_skip(&rest, left) || !rest.n || !iq_starts(right, rest))
			continue;
		if (right.n > rest.n && right.p[rest.n] == ':')
			return true;
	}
	return false;
}

static bool is_torn_term(struct iq_slice left, struct iq_slice right)
{
	return left.n && span(left, 0, is_digit) == left.n && right.n > 1 &&
	       *right.p == '*' && is_digit(right.p[1]);
}

size_t iq_mend(char *p, size_t n)
{
	struct iq_slice all = iq_slice(p, n), front = iq_ltrim(all);
	/* zone and node lines, free lists, kills */
	if (!front.n || !memchr("DHKMNO", *front.p, 6) ||
	    !iq_has(all, IQ_LIT("  ")) || !iq_has(all, IQ_LIT("kB")))
		return n;
	size_t to = 0, word = 0;
	for (size_t i = 0; i < n;) {
		if (p[i] != ' ') {
			p[to++] = p[i++];
			continue;
		}
		size_t end = i;
		while (end < n && p[end] == ' ')
			end++;
		struct iq_slice left = iq_slice(p + word, to - word);
		struct iq_slice right = iq_slice(p + end, n - end);
		bool gap = end - i > 1 && (is_field(left, right) ||
					   is_torn_term(left, right));
		for (; !gap && i < end; i++)
			p[to++] = ' ';
		if (!gap)
			word = to;
		i = end;
	}
	return to;
}

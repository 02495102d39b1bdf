/* text/shape.c - which pieces of text begin a line; see shape.h.  Line forms:
 * mm/oom_kill.c, mm/page_alloc.c (show_mem.c since 6.6), mm/memcontrol.c,
 * lib/dump_stack.c, arch/.../dumpstack.c of 2.6.32 to 7. */
#include "text/shape.h"

#include "text/match.h"
#include "text/words.h"

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
	IQ_LIT("Internal error: "), IQ_LIT("NMI watchdog: "), IQ_LIT("Unable to handle "),
	IQ_LIT("Unhandled fault: "), IQ_LIT("divide error: "),
	IQ_LIT("general protection fault"), IQ_LIT("invalid opcode: "),
	IQ_LIT("kernel BUG at "), IQ_LIT("rcu: INFO: "), IQ_LIT("watchdog: "),
	IQ_LIT("---[ "), IQ_LIT("------------["), IQ_LIT("cache: "),
	IQ_LIT("kmem: usage "), IQ_LIT("lowmem_reserve[]:"), IQ_LIT("memory: usage "),
	IQ_LIT("memory+swap: usage "), IQ_LIT("oom-kill:constraint="),
	IQ_LIT("oom_reaper: "), IQ_LIT("oom-reaper: "), IQ_LIT("swap: usage "),
	IQ_LIT("sysrq: "),
	IQ_LIT("[ INFO: "), IQ_LIT("[ BUG: "), IQ_LIT("BUG kmalloc-"), IQ_LIT("8<--- cut here"),
	IQ_LIT("UBSAN: "), IQ_LIT("mce: [Hardware Error]"), IQ_LIT("[Hardware Error]: "),
	IQ_LIT("list_add corruption"), IQ_LIT("list_del corruption"), IQ_LIT("PANIC: "),
	IQ_LIT("usercopy: "), IQ_LIT("EXT4-fs error "), IQ_LIT("Krnl PSW : "),
	IQ_LIT("EDAC MC"), IQ_LIT("Kernel BUG at "),
	/* earlyoom and nohang in a terminal */
	IQ_LIT("low memory! "), IQ_LIT("sending SIG"), IQ_LIT("killing process "),
	IQ_LIT("mem avail: "), IQ_LIT("Low Memory! "), IQ_LIT("Killing process '"),
	IQ_LIT("Memory status that requires "), IQ_LIT("Sending SIG"), IQ_LIT("Send SIG"),
	IQ_LIT("MemAvailable ["), IQ_LIT("SwapFree ["), IQ_LIT("Run the command: "),
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

static bool is_mem_info(struct iq_slice s)
{
	if (!iq_starts_any(s, mem_info, IQ_COUNT(mem_info)))
		return false;
	size_t at = (size_t)iq_find_char(s, ':') + 1;
	size_t digits = iq_span(s, at, iq_ch_digit);
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
	while (i < s.n && i < 6 && ((s.p[i] >= 'A' && s.p[i] <= 'Z') || iq_ch_digit(s.p[i])))
		i++;
	if (i < 2 || i >= s.n || s.p[i] != ':')
		return false;
	for (i++; i < s.n && s.p[i] == ' ';)
		i++;
	return iq_span(s, i, iq_ch_hex) >= 4;
}

static bool is_frame(struct iq_slice s)
{
	if (*s.p == '<')
		return iq_starts_any(s, marks, IQ_COUNT(marks));
	if (iq_starts(s, IQ_LIT("[<")))
		return s.n > 6 && iq_ch_hex(s.p[2]);
	iq_skip(&s, IQ_LIT("? "));
	if (is_register(s))
		return true;
	struct iq_slice word = iq_word(&s);
	ptrdiff_t plus = iq_find(word, IQ_LIT("+0x"));
	if (plus > 0)
		return iq_has(iq_from(word, (size_t)plus), IQ_LIT("/0x"));
	return (word.n == 16 || word.n == 8) && iq_span(word, 0, iq_ch_hex) == word.n;
}

static bool is_pair(struct iq_slice s)
{
	size_t name = iq_span(s, 0, iq_ch_name);
	if (name < 3 || iq_ch_digit(*s.p) || name >= s.n || s.p[name] != ' ')
		return false;
	size_t digits = iq_span(s, name + 1, iq_ch_digit);
	return digits && name + 1 + digits == s.n;
}

bool iq_opens_line(struct iq_slice text)
{
	return iq_starts_any(text, openers, IQ_COUNT(openers));
}

enum iq_shape iq_shape_of(struct iq_slice text)
{
	static const struct iq_rare_word reports[] = {
		IQ_RARE(" invoked oom-killer", 'm', '-'), IQ_RARE("allocation failure", 'c', 'a'),
		IQ_RARE(" mems_allowed=", 's', '_'), IQ_RARE(": vmalloc error: size ", 'v', 'm'),
		IQ_RARE("blocked for more than ", 'c', 'k'),
		IQ_RARE("ut of memory: Kill", 'y', ':'),
		IQ_RARE("System OOM encountered", 'O', 'O'),
		IQ_RARE("The node was low on resource: memory", 'w', ' '),
	};
	struct iq_slice s = iq_trim(text);
	if (!s.n)
		return IQ_SHAPE_UNKNOWN;
	if (iq_starts_any(s, openers, IQ_COUNT(openers)) || is_mem_info(s) || is_page_count(s) ||
	    is_task_row(s))
		return IQ_SHAPE_OPENER;
	if (is_frame(s))
		return IQ_SHAPE_FRAME;
	if (is_pair(s))
		return IQ_SHAPE_PAIR;
	if (iq_names_zone(s) && (iq_has(s, IQ_LIT(" free:")) || iq_has(s, IQ_LIT("*4kB"))))
		return IQ_SHAPE_OPENER;
	return iq_has_rare(s, reports, IQ_COUNT(reports)) ? IQ_SHAPE_OPENER : IQ_SHAPE_UNKNOWN;
}

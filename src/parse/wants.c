/* parse/wants.c - may this line begin a report?  Asked of every kernel line there is.
 *
 * Nearly every line that the OOM killer or another killer prints holds "kill"; failed
 * allocations stand behind a short name and ": "; the others are known by their first
 * word.  So it is some searches for a rare letter, at the speed of memchr(), and a
 * look at the beginning: tests/bench holds it to tens of nanoseconds.
 */
#include "parse/alloc.h"
#include "parse/killers.h"
#include "parse/parse.h"

/* Does WORD stand in S, found by its first letter? */
static bool has_word(struct iq_slice s, struct iq_slice word)
{
	const char *at = s.p, *end = s.p + s.n;
	while ((size_t)(end - at) >= word.n) {
		at = memchr(at, word.p[0], (size_t)(end - at) - word.n + 1);
		if (!at)
			return false;
		if (memcmp(at, word.p, word.n) == 0)
			return true;
		at++;
	}
	return false;
}

/* "kill", "Kill" or "KILL"?  Eight bytes at a time, since k is no rare letter. */
static bool has_kill(struct iq_slice s)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
	size_t i = 0;
	for (; i + 8 <= s.n; i += 8) {
		uint64_t x;
		memcpy(&x, s.p + i, 8);
		x = (x | ones * 0x20) ^ ones * 'k';
		if (!((x - ones) & ~x & tops))
			continue;			/* neither k nor K */
		for (size_t k = i; k < i + 8 && k + 4 <= s.n; k++)
			if ((s.p[k] | 0x20) == 'k' && (s.p[k + 1] | 0x20) == 'i' &&
			    (s.p[k + 2] | 0x20) == 'l' && (s.p[k + 3] | 0x20) == 'l')
				return true;
	}
	for (; i + 4 <= s.n; i++)
		if ((s.p[i] | 0x20) == 'k' && (s.p[i + 1] | 0x20) == 'i' &&
		    (s.p[i + 2] | 0x20) == 'l')
			return true;
	return false;
}

/* "BUG: ", or the bus errors that any driver's device may have. */
static bool has_bug(struct iq_slice s)
{
	const char *at = s.p, *end = s.p + s.n;
	while (end - at >= 5 && (at = memchr(at, 'B', (size_t)(end - at) - 4))) {
		struct iq_slice t = iq_slice(at, (size_t)(end - at));
		if (iq_starts(t, IQ_LIT("BUG: ")) || iq_starts(t, IQ_LIT("Bus Error: sev")))
			return true;
		at++;
	}
	return false;
}

/* First words, of kernels and of killers whose lines come without a name in front, by
 * their first letter; each list ends in NULL. */
#define WORDS(...) (const char *const[]){ __VA_ARGS__, NULL }
static const char *const *const begins[128] = {
	['-'] = WORDS("------------[ cut", "---[ end"),
	['8'] = WORDS("8<--- cut here"),
	['A'] = WORDS("A process of", "Allocation of"),
	['B'] = WORDS("BUG", "Bad mode in", "Bad kernel stack"),
	['C'] = WORDS("Considered ", "CFI failure", "CPU"),
	['D'] = WORDS("DMA free:"),
	['E'] = WORDS("EIP"),
	['F'] = WORDS("Free memory is", "FP exception in"),
	['H'] = WORDS("HARDWARE"),
	['I'] = WORDS("Implementing a", "INFO: ", "Internal error", "I/O error", "Insufficient stack",
		      "Illegal instruction"),
	['J'] = WORDS("JBD2: Detected"),
	['K'] = WORDS("Kernel panic", "Kernel BUG", "Kernel memory", "Krnl PSW",
		      "Kernel stack", "Kernel bug", "Kernel unaligned"),
	['L'] = WORDS("Low Memory!"),		/* earlyoom 1.1 */
	['M'] = WORDS("Mem-Info", "Mem-info", "Memory cgroup", "Memory limit", "Memory pressure",
		      "Memory status", "Memory used", "Memory allocations", "Memory failure",
		      "MemAvailable [", "Missing ENDBR", "MCE ", "Machine check"),
	['N'] = WORDS("Node ", "Normal free:", "NMI", "NIP"),
	['O'] = WORDS("Out of", "Oops", "ODEBUG"),
	['P'] = WORDS("PID: ", "PANIC: ", "PC is at"),
	['R'] = WORDS("Reclaimed ", "Run the command", "RIP", "Reserved instruction"),
	['S'] = WORDS("SLAB", "SLUB", "Sending SIG", "Swap used", "SysRq", "System OOM",
		      "Send SIG", "SwapFree [", "Slab corruption", "SError", "Split lock"),
	['T'] = WORDS("Task in ", "Tasks state", "The node was low", "Thread overran"),
	['U'] = WORDS("Unable to handle", "Unhandled ", "UBSAN", "Uhhuh"),
	['V'] = WORDS("Victim status", "VFS: "),
	['W'] = WORDS("WARNING: ", "Watchdog "),
	['['] = WORDS("[ INFO", "[ BUG", "[Hardware Error]"),
	['_'] = WORDS("__ratelimit"),
	['a'] = WORDS("active_anon:", "addressing exc", "alignment check"),
	['b'] = WORDS("blk_update_request", "bounds: "),
	['c'] = WORDS("cma:", "cache ", "critical ", "coprocessor seg"),
	['d'] = WORDS("detected buffer", "divide error", "divide_error", "double fault",
		      "device offline", "do_IRQ: stack"),
	['e'] = WORDS("escalating to", "end_request", "epc : "),
	['g'] = WORDS("general protection", "get_swap_device"),
	['i'] = WORDS("invalid opcode", "invalid TSS", "int3: ", "irq ", "illegal operation",
		      "invalid or fatal"),
	['k'] = WORDS("kernel BUG", "kernel memory", "kernel tried", "kasan: ", "kernel stack"),
	['l'] = WORDS("low memory!", "list_add ", "list_del "),
	['m'] = WORDS("mem avail:", "memory: usage", "mce: ", "memcpy: ", "memset: ", "memmove: ",
		      "monitor event"),
	['o'] = WORDS("oom", "overflow: "),
	['p'] = WORDS("page allo", "process exited", "pc : ", "print_req_error",
		      "protection exc"),
	['r'] = WORDS("rcu: INFO", "refcount_t", "rust_kernel: ", "recoverable transp"),
	['s'] = WORDS("sending SIG", "sysrq:", "segment", "stack segment", "stack guard", "scheduling while",
		      "slab error", "swap_", "synchronous ext", "specification"),
	['t'] = WORDS("to free ",		/* below lowmemorykiller's */
		      "timeout error", "traps: Missing"),
	['u'] = WORDS("usercopy: ", "unregister_netdev", "unexpected #NM",
		      "undefined instr"),
	['v'] = WORDS("vmalloc", "vmap alloc"),
	['w'] = WORDS("warn_alloc", "watchdog: ", "workqueue: "),
	['{'] = WORDS("{"),
};

static bool begins_so(struct iq_slice s)
{
	unsigned char first = (unsigned char)s.p[0];
	const char *const *list = first < 128 ? begins[first] : NULL;
	for (; list && *list; list++)
		if ((s.p[1] == (*list)[1] || !(*list)[1]) && iq_starts(s, iq_slice_z(*list)))
			return true;
	return false;
}

/* Lines of filesystems, disks and buses are many, and few of them are of a failure. */
static const struct { const char *lead; const char *const *words; } devices[] = {
	{ "XFS (", WORDS("rror", "hutting down", "orruption", "deadlock", "hutdown") },
	{ "XFS: ", WORDS("deadlock", "ssertion failed") },
	{ "EXT", WORDS("-fs error", "panic") },
	{ "EDAC ", WORDS(" CE ", " UE ") },
	{ "BTRFS", WORDS("rror", "ritical", "panic", "readonly") },
	{ "Buffer I/O", WORDS("rror") },
	{ "Aborting journal", WORDS("device") },
	{ "nvme", WORDS("imeout", "is down", "failure", "I/O Error", "rror,") },
	{ "sd ", WORDS("FAILED", "offline", "Sense Key") },
	{ "scsi ", WORDS("offline", "FAILED") },
	{ "ata", WORDS("exception Emask", "failed command: ", "hard resetting link") },
	{ "pcieport ", WORDS("AER", "Bus Error") },
	{ "dm-", WORDS("rror") }, { "md", WORDS("Disk failure") },
	{ "hv_storvsc", WORDS("status") }, { "virtio_blk", WORDS("rror") },
};

static bool device_fails(struct iq_slice s)
{
	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
		if (s.p[0] != devices[i].lead[0] || !iq_starts(s, iq_slice_z(devices[i].lead)))
			continue;
		for (const char *const *w = devices[i].words; *w; w++)
			if (has_word(s, iq_slice_z(*w)))
				return true;
	}
	return false;
}

/* "comm: page allocation failure", "comm: vmalloc: ..."; comm has 15 bytes, 20 in
 * some eras, and may hold ':' itself. */
static bool fails_to_allocate(struct iq_slice s)
{
	const char *at = s.p, *end = s.p + (s.n < 64 ? s.n : 64);
	while (at < end && (at = memchr(at, ':', (size_t)(end - at)))) {
		struct iq_slice rest = iq_slice(at, (size_t)(s.p + s.n - at));
		if (iq_starts(rest, IQ_LIT(": page alloc")) || iq_starts(rest, IQ_LIT(": vmal")) ||
		    iq_starts(rest, IQ_LIT(": vmap")))
			return true;
		at++;
	}
	return false;
}

/* "comm invoked oom-killer: ", wrapped behind the second word or inside the third. */
static bool breaks_in_headline(struct iq_slice s)
{
	return s.n < 40 && (iq_ends(s, IQ_LIT(" invoked")) || iq_ends(s, IQ_LIT(" invoked oom-")));
}

bool iq_parser_wants(struct iq_slice text)
{
	while (text.n && (*text.p == ' ' || *text.p == '\t'))
		text = iq_from(text, 1);
	if (text.n < 5)
		return false;
	/* "[ pid ]", "[  123]": rows of the process table; "[<ffff" is a stack. */
	if (text.p[0] == '[' && (text.p[1] == ' ' || (text.p[1] >= '0' && text.p[1] <= '9')))
		return true;
	return begins_so(text) || device_fails(text) || has_kill(text) || has_word(text, IQ_LIT("OOM")) ||
	       has_bug(text) ||
	       fails_to_allocate(text) || breaks_in_headline(text);
}

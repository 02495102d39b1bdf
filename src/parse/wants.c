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

/* First words, of kernels and of killers whose lines come without a name in front. */
static const char *const begins[] = {
	"A process of", "Allocation of", "Considered ", "Implementing a", "Kernel panic",
	"Mem-Info", "Mem-info", "Memory cgroup", "Memory limit", "Memory pressure",
	"Memory status", "Memory used", "Memory allocations", "Node ", "Normal free:", "Out of",
	"DMA free:", "Reclaimed ", "SLAB", "SLUB", "Sending SIG", "Swap used", "SysRq", "System OOM", "Task in ",
	"Tasks state", "page allo", "The node was low", "Victim status", "__ratelimit", "active_anon:",
	"cma:", "escalating to", "low memory!", "mem avail:", "memory: usage", "oom",
	"Free memory is", "cache ", "to free ",		/* below lowmemorykiller's */
	"process exited", "sending SIG", "sysrq:", "vmalloc", "vmap alloc", "warn_alloc",
	"Low Memory!",				/* earlyoom 1.1 */
	"MemAvailable [", "PID: ", "Run the command", "Send SIG", "SwapFree [",	/* nohang 0.1 */
};

static bool begins_so(struct iq_slice s)
{
	switch (s.p[0]) {
	case 'A': case 'C': case 'D': case 'F': case 'I': case 'K': case 'L': case 'M': case 'N':
	case 'O': case 'P': case 'R': case 'S': case 'T': case 'V': case '_': case 'a': case 'c':
	case 'e': case 'l': case 'm': case 'o': case 'p': case 's': case 't': case 'v': case 'w':
		break;
	default:
		return false;
	}
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (s.p[0] == begins[i][0] && s.p[1] == begins[i][1] &&
		    iq_starts(s, iq_slice_z(begins[i])))
			return true;
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

bool iq_parser_wants(struct iq_slice text)
{
	while (text.n && (*text.p == ' ' || *text.p == '\t'))
		text = iq_from(text, 1);
	if (text.n < 5)
		return false;
	/* "[ pid ]", "[  123]": rows of the process table; "[<ffff" is a stack. */
	if (text.p[0] == '[' && (text.p[1] == ' ' || (text.p[1] >= '0' && text.p[1] <= '9')))
		return true;
	return begins_so(text) || has_kill(text) || has_word(text, IQ_LIT("OOM")) ||
	       fails_to_allocate(text);
}

/* parse/wants.c - may this line begin a report?  Asked of every kernel line there is.
 *
 * Nearly every line that the OOM killer prints holds "kill" or "Kill"; the others are
 * known by their first word.  So it is two searches for a rare letter and a look at the
 * beginning, some ten nanoseconds a line.
 */
#include "parse/alloc.h"
#include "parse/killers.h"
#include "parse/parse.h"

/* Does WORD stand in S, found by its first letter? */
static bool has_word(struct iq_slice s, const char *word, size_t n)
{
	const char *end = s.p + s.n;
	for (const char *at = s.p; (size_t)(end - at) >= n; at++) {
		at = memchr(at, word[0], (size_t)(end - at) - n + 1);
		if (!at)
			return false;
		if (memcmp(at, word, n) == 0)
			return true;
	}
	return false;
}

static bool begins_so(struct iq_slice s)
{
	static const char *const words[] = {
		"oom", "Tasks state", "Memory cgroup", "Memory limit", "Mem-Info", "Mem-info",
		"active_anon:", "memory: usage", "sysrq:", "SysRq", "__ratelimit", "Node ",
		"Out of", "Kernel panic",
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (s.p[0] == words[i][0] && iq_starts(s, iq_slice_z(words[i])))
			return true;
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
	return begins_so(text) || has_word(text, "kill", 4) || has_word(text, "Kill", 4) ||
	       iq_alloc_begins(text) || iq_killers_wants(text);
}

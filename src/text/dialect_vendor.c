/* text/dialect_vendor.c - what kernels of vendors, Android's logcat and Talos put in
 * front of a kernel's line.
 *
 *   [2-3219.1870]			Samsung's TVs: processor, seconds
 *   [    1.234567] [0:      swapper/0:    1]	Samsung, CONFIG_PRINTK_PROCESS; in front
 *					of the bracket an I in interrupts
 *   [    1.234567] -(0)[137:java]	MediaTek, CONFIG_PRINTK_MT_PREFIX
 *   [   36.193125] [03-19 10:05:52.193]	a second clock
 *   03-07 02:43:11.123   710   710 I tag: text	logcat -v threadtime
 *   03-07 02:43:11.123 I/tag(  710): text	-v time
 *   I/tag     (  710): text		-v brief
 *   I/kernel  : text			-v tag
 *   10.5.0.2: kern:    info: [2026-01-12T20:27:31.913975631Z]: text	talosctl dmesg
 *
 * Sources: the patch "printk: Add process name information to printk() output" and its
 * Android descendants, liblog's logprint.c, Talos' machined.
 */
#include "text/peeler.h"

#include "base/units.h"

/* --- kernels --- */

/* "[2-3219.1870]": four digits behind the dot, as many tenths of milliseconds. */
bool iq_peel_cpu_time(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice t = iq_ltrim(iq_from(*s, 1));
	uint64_t cpu, seconds, part;
	if (!iq_take_u64(&t, &cpu) || cpu > 255 || !iq_skip(&t, IQ_LIT("-")))
		return false;
	t = iq_ltrim(t);
	if (!iq_take_u64(&t, &seconds) || seconds > UINT32_MAX || !iq_skip(&t, IQ_LIT(".")))
		return false;
	size_t before = t.n;
	if (!iq_take_u64(&t, &part) || before - t.n != 4 || !iq_skip(&t, IQ_LIT("]")))
		return false;
	iq_peel_set_dialect(r, IQ_DIA_PLAIN);
	r->mono_us = (int64_t)seconds * IQ_USEC + (int64_t)part * 100;
	*s = t;
	return true;
}

/* "[03-19 10:05:52.193]", behind the kernel's time */
bool iq_peel_vendor_clock(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_stamp st;
	size_t n = iq_stamp_logcat(iq_from(*s, 1), &st);
	if (!n || n + 1 >= s->n || s->p[n + 1] != ']')
		return false;
	iq_peel_set_dialect(r, IQ_DIA_CTIME);
	iq_peel_set_wall(r, st.us, st.kind);
	*s = iq_from(*s, n + 2);
	return true;
}

static void set_caller(struct iq_peeled *r, bool interrupt, uint64_t cpu, uint64_t pid)
{
	r->caller_kind = interrupt ? 'C' : 'T';
	r->caller = (int64_t)(interrupt ? cpu : pid);
}

/* "[0:      swapper/0:    1]": the name is padded to 15 and may hold a colon. */
static bool samsung_process(struct iq_slice *s, bool interrupt, struct iq_peeled *r)
{
	struct iq_slice t = *s;
	uint64_t cpu, pid;
	if (!iq_skip(&t, IQ_LIT("[")) || !iq_take_u64(&t, &cpu) || cpu > 4095 ||
	    !iq_skip(&t, IQ_LIT(":")))
		return false;
	ptrdiff_t close = iq_find_char(iq_head(t, 40), ']');
	if (close < 0)
		return false;
	struct iq_slice in = iq_head(t, (size_t)close);
	ptrdiff_t colon = iq_rfind(in, IQ_LIT(":"));
	if (colon < 15)
		return false;
	struct iq_slice digits = iq_ltrim(iq_from(in, (size_t)colon + 1));
	if (!iq_take_u64(&digits, &pid) || digits.n || pid > UINT32_MAX)
		return false;
	set_caller(r, interrupt, cpu, pid);
	*s = iq_from(t, (size_t)close + 1);
	return true;
}

/* "(0)[137:java]" */
static bool mediatek_process(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice t = *s;
	uint64_t cpu, pid;
	if (!iq_skip(&t, IQ_LIT("(")) || !iq_take_hex(&t, &cpu) || cpu > 4095 ||
	    !iq_skip(&t, IQ_LIT(")[")) || !iq_take_u64(&t, &pid) || pid > UINT32_MAX ||
	    !iq_skip(&t, IQ_LIT(":")))
		return false;
	ptrdiff_t close = iq_find_char(iq_head(t, 24), ']');
	if (close < 1)
		return false;
	set_caller(r, false, cpu, pid);
	*s = iq_from(t, (size_t)close + 1);
	return true;
}

bool iq_peel_process(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice t = *s;
	iq_skip_blank(&t);
	if (t.n < 10)
		return false;
	bool interrupt = *t.p == 'I' && t.p[1] == '[';
	t = iq_from(t, interrupt || *t.p == '-' || *t.p == '.');
	if (*t.p == '[' ? !samsung_process(&t, interrupt, r) : !mediatek_process(&t, r))
		return false;
	*s = t;
	return true;
}

/* --- logcat --- */

/* liblog's priorities, as letters and as syslog levels. */
static int logcat_level(char c)
{
	static const char letters[] = "FAEWNIDV";
	static const int levels[] = { 2, 1, 3, 4, 5, 6, 7, 7 };
	const char *at = c ? strchr(letters, c) : NULL;
	return at ? levels[at - letters] : -1;
}

static bool kernel_tag(struct iq_slice tag)
{
	return tag.n == 6 && strncasecmp(tag.p, "kernel", 6) == 0;
}

static void set_tag(struct iq_peeled *r, struct iq_slice tag, int level, uint64_t pid,
		    struct iq_slice rest)
{
	r->level = level;
	r->ident = tag;
	r->ident_pid = pid > INT32_MAX ? IQ_NULL : (int64_t)pid;
	/* without a tag: pid 0 is the kernel, a program has one */
	r->kernel = kernel_tag(tag) || (!tag.n && (!pid || iq_starts_kernel(rest)));
}

/* "I/lowmemorykiller(  710): text"; the tag may be padded. */
static bool brief_tag(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice rest = *s;
	uint64_t pid;
	if (rest.n < 8 || rest.p[1] != '/' || logcat_level(*rest.p) < 0)
		return false;
	int level = logcat_level(*rest.p);
	rest = iq_from(rest, 2);
	ptrdiff_t open = iq_find_char(iq_head(rest, 100), '(');
	if (open < 0)
		return false;
	struct iq_slice tag = iq_trim(iq_head(rest, (size_t)open));
	rest = iq_from(rest, (size_t)open + 1);
	iq_skip_blank(&rest);
	if (!iq_take_u64(&rest, &pid) || !iq_skip(&rest, IQ_LIT("):")))
		return false;
	iq_skip(&rest, IQ_LIT(" "));
	set_tag(r, tag, level, pid, rest);
	*s = rest;
	return true;
}

/* "  710   710 I lowmemorykiller: text" */
static bool thread_tag(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice rest = *s, tag;
	uint64_t pid, tid;
	iq_skip_blank(&rest);
	if (!iq_take_u64(&rest, &pid))
		return false;
	iq_skip_blank(&rest);
	if (!iq_take_u64(&rest, &tid) || !iq_skip(&rest, IQ_LIT(" ")) || rest.n < 4 ||
	    rest.p[1] != ' ' || logcat_level(*rest.p) < 0)
		return false;
	int level = logcat_level(*rest.p);
	rest = iq_from(rest, 2);
	tag = iq_trim(iq_cut(&rest, ':'));
	if (tag.n > 100 || !rest.p)
		return false;
	iq_skip(&rest, IQ_LIT(" "));
	set_tag(r, tag, level, pid, rest);
	*s = rest;
	return true;
}

bool iq_peel_logcat(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_stamp st;
	size_t n = iq_stamp_logcat(*s, &st);
	struct iq_slice rest = iq_from(*s, n);
	if (!n || !iq_skip(&rest, IQ_LIT(" ")) ||
	    !(thread_tag(&rest, r) || (iq_skip_blank(&rest), brief_tag(&rest, r))))
		return false;
	iq_peel_set_dialect(r, IQ_DIA_LOGCAT);
	iq_peel_set_wall(r, st.us, st.kind);
	*s = rest;
	return true;
}

bool iq_peel_logcat_brief(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice rest = *s;
	if (s->n < 10 || s->p[1] != '/')
		return false;
	if (!brief_tag(&rest, r)) {
		/* -v tag: no pid, so only the kernel's own name will do */
		if (logcat_level(*s->p) < 0 || !kernel_tag(iq_head(iq_from(*s, 2), 6)))
			return false;
		rest = iq_ltrim(iq_from(*s, 8));
		if (!iq_skip(&rest, IQ_LIT(":")))
			return false;
		iq_skip(&rest, IQ_LIT(" "));
		set_tag(r, iq_head(iq_from(*s, 2), 6), logcat_level(*s->p), 0, rest);
		r->ident_pid = IQ_NULL;
	}
	iq_peel_set_dialect(r, IQ_DIA_LOGCAT);
	*s = rest;
	return true;
}

/* --- Talos --- */

/* "kern:    info: [STAMP]: " */
static bool talos_head(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice rest = *s;
	struct iq_stamp st;
	int facility = iq_facility_named(iq_cut(&rest, ':'));
	int level = facility < 0 ? -1 : iq_level_named(iq_trim(iq_cut(&rest, ':')));
	if (level < 0 || !iq_skip(&rest, IQ_LIT(" [")))
		return false;
	size_t n = iq_stamp_iso(rest, &st);
	rest = iq_from(rest, n);
	if (!n || !iq_skip(&rest, IQ_LIT("]: ")))
		return false;
	iq_peel_set_dialect(r, IQ_DIA_TALOS);
	iq_peel_set_wall(r, st.us, st.kind | IQ_WALL_COMPUTED);
	r->facility = facility;
	r->level = level;
	*s = rest;
	return true;
}

bool iq_peel_talos(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice rest = *s, node = IQ_SLICE_NULL;
	if (s->n < 40 || !memmem(s->p, s->n < 120 ? s->n : 120, "Z]: ", 4))
		return false;
	if (!talos_head(&rest, r)) {
		ptrdiff_t at = iq_find(iq_head(*s, 80), IQ_LIT(": "));
		if (at <= 0)
			return false;
		node = iq_head(*s, (size_t)at);
		rest = iq_from(*s, (size_t)at + 2);
		if (iq_find_char(node, ' ') >= 0 || !talos_head(&rest, r))
			return false;
		r->host = node;
	}
	if (r->facility > 0 && iq_skip(&rest, IQ_LIT("[talos] ")))
		r->ident = IQ_LIT("talos");	/* its own lines in the kernel's ring */
	*s = rest;
	return true;
}

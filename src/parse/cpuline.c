/* parse/cpuline.c - see cpuline.h.
 *
 * 2.6.32          Pid: 168, comm: xenwatch Tainted: G  2.6.32-358 #1 VENDOR PRODUCT
 * 3.10 ... 4.18   CPU: 1 PID: 7 Comm: x Not tainted 4.4.1 #2
 * 4.19, el7.6+    the same with "Kdump: loaded " in front of the taint
 * 6.12+           CPU: 1 UID: 104 PID: 7 Comm: x ...
 */
#include "parse/cpuline.h"

/* Moves *s behind LEAD, blanks before it allowed. */
static bool lead(struct iq_slice *s, struct iq_slice text)
{
	struct iq_slice t = iq_ltrim(*s);
	if (!iq_skip(&t, text))
		return false;
	iq_skip_blank(&t);
	*s = t;
	return true;
}

/* A number, or stars and other masks, which leave it missing. */
static int64_t number(struct iq_slice *s)
{
	int64_t v;
	if (iq_take_i64(s, &v))
		return v;
	while (s->n && *s->p != ' ' && *s->p != ',')
		*s = iq_from(*s, 1);
	return IQ_NULL;
}

static bool numbers(struct iq_slice *s, struct iq_cpuline *c)
{
	if (lead(s, IQ_LIT("CPU:"))) {
		c->cpu = number(s);
		if (lead(s, IQ_LIT("UID:")))
			c->uid = number(s);
		if (!lead(s, IQ_LIT("PID:")))
			return false;
		c->pid = number(s);
		return lead(s, IQ_LIT("Comm:"));
	}
	if (!lead(s, IQ_LIT("Pid:")))
		return false;
	c->pid = number(s);
	return lead(s, IQ_LIT(",")) && lead(s, IQ_LIT("comm:"));
}

/* Are these the bytes of a run of taint letters ("G", "OE", "------------")? */
static bool is_taint_word(struct iq_slice w)
{
	for (size_t i = 0; i < w.n; i++)
		if (!(w.p[i] >= 'A' && w.p[i] <= 'Z') && w.p[i] != '-')
			return false;
	return w.n > 0;
}

static void taint_and_release(struct iq_slice s, bool old, struct iq_cpuline *c)
{
	struct iq_slice rest = s;
	iq_skip_blank(&rest);
	const char *begin = rest.p, *end = rest.p;
	for (;;) {
		struct iq_slice at = rest;
		struct iq_slice w = iq_word(&at);
		if (!is_taint_word(w))
			break;
		end = w.p + w.n;
		rest = at;
	}
	if (c->taint.p)
		c->taint = iq_slice(begin, (size_t)(end - begin));
	struct iq_slice w = iq_word(&rest);
	if (!w.n || w.p[0] < '0' || w.p[0] > '9')
		return;
	c->release = w;
	if (old) {
		(void)iq_word(&rest);		/* #1 */
		rest = iq_trim(rest);
		if (rest.n)
			c->hardware = rest;
	}
}

bool iq_cpuline_parse(struct iq_slice text, struct iq_cpuline *ret)
{
	struct iq_cpuline c = { IQ_NULL, IQ_NULL, IQ_NULL, IQ_SLICE_NULL, IQ_SLICE_NULL,
				IQ_SLICE_NULL, IQ_SLICE_NULL };
	struct iq_slice s = iq_ltrim(text);
	bool old = s.n && s.p[0] == 'P';
	if (!numbers(&s, &c))
		return false;
	/* %.20s of a name that may hold blanks: it ends where the taint text begins. */
	ptrdiff_t clean = iq_find(s, IQ_LIT("Not tainted"));
	ptrdiff_t dirty = iq_find(s, IQ_LIT("Tainted:"));
	ptrdiff_t at = clean >= 0 && (dirty < 0 || clean < dirty) ? clean : dirty;
	c.comm = iq_trim(at < 0 ? s : iq_head(s, (size_t)at));
	ptrdiff_t kdump = iq_rfind(c.comm, IQ_LIT(" Kdump:"));	/* loaded */
	if (kdump < 0 && iq_starts(c.comm, IQ_LIT("Kdump: loaded")))
		kdump = 0;
	if (kdump >= 0)
		c.comm = iq_trim(iq_head(c.comm, (size_t)kdump));
	if (at >= 0) {
		s = iq_from(s, (size_t)at);
		c.taint = at == clean ? IQ_SLICE_NULL : s;
		s = iq_from(s, at == clean ? 11 : 8);
		taint_and_release(s, old, &c);
	}
	*ret = c;
	return true;
}

bool iq_cpuline_taint_line(struct iq_slice text, struct iq_cpuline *ret)
{
	struct iq_cpuline c = { IQ_NULL, IQ_NULL, IQ_NULL, IQ_SLICE_NULL, IQ_SLICE_NULL,
				IQ_SLICE_NULL, IQ_SLICE_NULL };
	struct iq_slice s = iq_ltrim(text);
	c.taint = s;
	if (iq_skip(&s, IQ_LIT("Not tainted")))
		c.taint = IQ_SLICE_NULL;
	else if (!iq_skip(&s, IQ_LIT("Tainted: ")) || iq_starts(s, IQ_LIT("[")))
		return false;
	taint_and_release(s, false, &c);
	*ret = c;
	return c.taint.n > 0 || c.release.p != NULL;
}

struct iq_slice iq_cpuline_name(struct iq_slice front)
{
	const size_t most = 15;			/* TASK_COMM_LEN without its NUL */
	struct iq_slice s = iq_trim(front);
	if (s.n <= most)
		return s;
	size_t at = s.n;
	while (at && !strchr(" \t\"'`", s.p[at - 1]))
		at--;
	return iq_from(s, at);
}

struct iq_slice iq_cpuline_taint(struct iq_slice taint, char *buf, size_t n)
{
	size_t len = 0;
	for (;;) {
		struct iq_slice w = iq_word(&taint);
		if (!w.n)
			break;
		if (w.p[0] == '-')
			continue;
		if (len && len < n)
			buf[len++] = ' ';
		for (size_t i = 0; i < w.n && w.p[i] != '-' && len < n; i++)
			buf[len++] = w.p[i];
	}
	return iq_slice(buf, len);
}

const char *iq_cpuline_arch(struct iq_slice release)
{
	/* Whole words of the release; the longer name before its own beginning. */
	static const struct { const char *word, *arch; } names[] = {
		{ "x86_64", "x86_64" }, { "amd64", "x86_64" },
		{ "aarch64", "aarch64" }, { "arm64", "aarch64" },
		{ "ppc64le", "ppc64le" }, { "powerpc64le", "ppc64le" }, { "ppc64", "ppc64" },
		{ "s390x", "s390x" }, { "riscv64", "riscv64" }, { "loongarch64", "loongarch64" },
		{ "i686", "i686" }, { "i386", "i386" }, { "686", "i686" },
		{ "armv7hl", "armv7l" }, { "armmp", "armv7l" },
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct iq_slice w = iq_slice_z(names[i].word);
		ptrdiff_t at = iq_find(release, w);
		if (at <= 0)
			continue;
		char before = release.p[at - 1];
		size_t end = (size_t)at + w.n;
		char after = end < release.n ? release.p[end] : '-';
		if ((before == '.' || before == '-' || before == '_') &&
		    (after == '.' || after == '-' || after == '_' || after == '+'))
			return names[i].arch;
	}
	return NULL;
}

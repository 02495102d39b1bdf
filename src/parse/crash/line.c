/* parse/crash/line.c - see line.h: bad accesses, BUG, die headers, and the small pieces. */
#include "parse/crash/line.h"

#include "parse/frame.h"

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '$';
}

static size_t hex_run(struct iq_slice s)
{
	size_t n = 0;
	while (n < s.n && is_hex(s.p[n]))
		n++;
	return n;
}

bool iq_take_symbol(struct iq_slice *s, struct iq_slice *function, struct iq_slice *module)
{
	struct iq_slice t = iq_ltrim(*s);
	size_t n = 0;
	while (n < t.n && is_name(t.p[n]))
		n++;
	if (!n || (t.p[0] >= '0' && t.p[0] <= '9'))
		return false;
	*function = iq_head(t, n);
	t = iq_from(t, n);
	if (iq_skip(&t, IQ_LIT("+0x"))) {
		t = iq_from(t, hex_run(t));
		if (iq_skip(&t, IQ_LIT("/0x")))
			t = iq_from(t, hex_run(t));
	}
	iq_skip(&t, IQ_LIT("()"));
	struct iq_slice m = iq_ltrim(t);
	if (iq_skip(&m, IQ_LIT("["))) {
		n = 0;
		while (n < m.n && (is_name(m.p[n]) || m.p[n] == '-'))
			n++;
		if (n && n < m.n && (m.p[n] == ']' || m.p[n] == ' ')) {
			*module = iq_head(m, n);
			(void)iq_cut(&m, ']');
			t = m;
		}
	}
	*s = t;
	return true;
}

bool iq_take_task(struct iq_slice s, char sep, struct iq_crash *c)
{
	s = iq_trim(s);
	ptrdiff_t at = iq_rfind(s, iq_slice(&sep, 1));
	int64_t pid;
	struct iq_slice rest = at < 0 ? s : iq_from(s, (size_t)at + 1);
	if (at <= 0 || !iq_take_i64(&rest, &pid))
		return false;
	c->pid = pid;
	c->comm = iq_head(s, (size_t)at);
	return true;
}

/* "0000000000000018", "0x18", "(null)", "00000000f2000800 pgd..." behind one of these. */
static void take_address(struct iq_slice s, struct iq_crash *c)
{
	static const char *const before[] = {
		"virtual kernel address ", "virtual address ", "for address: ", "address: ",
		"canonical address ", "violation for address ",
		"at address ", " at ",
	};
	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		ptrdiff_t at = iq_rfind(s, iq_slice_z(before[i]));
		if (at < 0)
			continue;
		struct iq_slice a = iq_ltrim(iq_from(s, (size_t)at + strlen(before[i])));
		struct iq_slice all = a;
		iq_skip(&a, IQ_LIT("0x"));
		size_t n = hex_run(a);
		if (n >= 1 && (n == a.n || !is_name(a.p[n]))) {
			c->address = iq_slice(all.p, (size_t)(a.p - all.p) + n);
			return;
		}
		if (iq_starts(a, IQ_LIT("(null)"))) {
			c->address = IQ_LIT("0");
			return;
		}
	}
}

bool iq_take_bad_access(struct iq_slice s, struct iq_crash *c)
{
	take_address(s, c);
	if (iq_has(s, IQ_LIT("on write")) || iq_has(s, IQ_LIT("when write")) ||
	    iq_has(s, IQ_LIT("write to read-only")) || iq_has(s, IQ_LIT("on atomic write")))
		c->access = IQ_LIT("write");
	else if (iq_has(s, IQ_LIT("on read")) || iq_has(s, IQ_LIT("when read")) ||
		 iq_has(s, IQ_LIT("read from unreadable")))
		c->access = IQ_LIT("read");
	else if (iq_has(s, IQ_LIT("when execute")) || iq_has(s, IQ_LIT("instruction fetch")) ||
		 iq_has(s, IQ_LIT("execute from")))
		c->access = IQ_LIT("exec");
	return true;
}

/* x86: "PANIC: early exception 0x0e IP 10:ffffffff81234567 error 0 cr2 0x8" (before 4.14
 * "0e rip 10:..."); of a page fault CR2 is the address. */
bool iq_take_early(struct iq_slice s, struct iq_crash *c)
{
	struct iq_slice vector = iq_from(s, sizeof "PANIC: early exception " - 1);
	ptrdiff_t at = iq_find(s, IQ_LIT(" cr2 "));
	iq_skip(&vector, IQ_LIT("0x"));
	if (!iq_starts(vector, IQ_LIT("0e ")) || at < 0)
		return true;
	struct iq_slice cr2 = iq_from(s, (size_t)at + 5), digits = cr2;
	iq_skip(&digits, IQ_LIT("0x"));
	size_t n = hex_run(digits);
	if (n)
		c->address = iq_head(cr2, (size_t)(digits.p - cr2.p) + n);
	return true;
}

bool iq_take_cpu_word(struct iq_slice s, struct iq_crash *c)
{
	ptrdiff_t at = iq_find(s, IQ_LIT("on CPU"));
	if (at >= 0) {
		struct iq_slice n = iq_from(s, (size_t)at + 6);
		(void)iq_take_i64(&n, &c->cpu);
	}
	at = iq_find(s, IQ_LIT("code 0x"));
	if (at >= 0) {
		struct iq_slice n = iq_from(s, (size_t)at + 7);
		c->error_code = iq_head(n, hex_run(n));
	}
	return true;
}

bool iq_take_bug_at(struct iq_slice s, struct iq_crash *c)
{
	s = iq_from(s, sizeof "kernel BUG at " - 1);
	ptrdiff_t verbose = iq_find(s, IQ_LIT(" [verbose debug info"));
	if (verbose >= 0) {
		s = iq_head(s, (size_t)verbose);
		if (!iq_take_symbol(&s, &c->function, &c->module))
			c->pc = s;
		return true;
	}
	if (s.n && s.p[s.n - 1] == '!')
		s.n--;
	ptrdiff_t colon = iq_rfind(s, IQ_LIT(":"));
	int64_t line;
	if (colon <= 0 || !iq_to_i64(iq_from(s, (size_t)colon + 1), &line))
		return true;
	c->source_file = iq_head(s, (size_t)colon);
	c->source_line = line;
	return true;
}

/* What a die string says the report is; the first that fits. */
static const struct { const char *lead, *form; } die_forms[] = {
	{ "general protection fault", "gpf" }, { "segment-related general", "gpf" },
	{ "divide error", "divide" }, { "divide_error", "divide" }, { "overflow", "trap" },
	{ "bounds", "trap" }, { "invalid opcode", "invalid-opcode" },
	{ "invalid TSS", "trap" }, { "segment not present", "trap" },
	{ "stack segment", "gpf" }, { "alignment check", "trap" },
	{ "double fault", "double-fault" }, { "int3", "trap" },
	{ "unexpected #NM exception", "trap" }, { "Split lock detected", "split-lock" },
	{ "stack guard page", "stack-guard" }, { "Missing ENDBR", "cfi" },
	{ "coprocessor segment", "trap" }, { "invalid or fatal FRED", "trap" },
	{ "kernel stack overflow", "stack-overflow" }, { "Kernel stack overflow", "stack-overflow" },
	{ "illegal operation", "illegal-instruction" }, { "monitor event", "bug" },
	{ "specification exception", "trap" }, { "addressing exception", "page-fault" },
	{ "protection exception", "page-fault" }, { "Oops - BUG", "bug" },
	{ "Oops - Undefined instruction", "illegal-instruction" },
	{ "Oops - undefined instruction", "illegal-instruction" },
	{ "undefined instruction", "illegal-instruction" }, { "Oops - BTI", "cfi" },
	{ "Oops - FPAC", "cfi" }, { "Oops - GCS", "cfi" }, { "Oops - CFI", "cfi" },
	{ "Oops - KASAN", "kasan" }, { "Oops - SP/PC alignment", "alignment" },
	{ "SP/PC alignment", "alignment" }, { "Oops - illegal instruction", "illegal-instruction" },
	{ "Oops - bad mode", "bad-mode" }, { "synchronous external abort", "external-abort" },
	{ "Kernel access of bad area", "page-fault" }, { "Exception in kernel mode", "bug" },
	{ "Kernel BUG", "bug" }, { "Bad kernel stack pointer", "stack-overflow" },
	{ "Kernel bug detected", "bug" },		/* mips, and the next four */
	{ "Reserved instruction in kernel", "illegal-instruction" },
	{ "Kernel unaligned instruction access", "alignment" },
	{ "Unhandled kernel unaligned access", "alignment" },
	{ "FP exception in kernel", "trap" },
	{ "Machine check", "mce" }, { "Illegal instruction", "illegal-instruction" },
	{ "Oops", "page-fault" },
};

static struct iq_slice die_form(struct iq_slice what)
{
	for (size_t i = 0; i < sizeof die_forms / sizeof *die_forms; i++)
		if (iq_starts(what, iq_slice_z(die_forms[i].lead)))
			return iq_slice_z(die_forms[i].form);
	return IQ_SLICE_NULL;
}

/* "[#3]" somewhere in S: its place and number. */
static ptrdiff_t find_die_number(struct iq_slice s, int64_t *no)
{
	ptrdiff_t at = iq_find(s, IQ_LIT("[#"));
	if (at < 0)
		return -1;
	struct iq_slice n = iq_from(s, (size_t)at + 2);
	return iq_take_i64(&n, no) && n.n && n.p[0] == ']' ? at : -1;
}

/* "general protection fault, probably for non-canonical address 0x...: 0000 [#1] SMP",
 * "Oops: Oops: 0002 [#1]", "Internal error: : 1b [#1] SMP ARM", ppc's "Oops: Kernel
 * access of bad area, sig: 11 [#1]", riscv's "Oops [#1]", s390's "... 0004 ilc:3 [#1]". */
bool iq_take_die(struct iq_slice s, struct iq_crash *c)
{
	int64_t no;
	ptrdiff_t at = find_die_number(s, &no);
	if (at <= 0)
		return false;
	struct iq_slice what = iq_trim(iq_head(s, (size_t)at)), code = IQ_SLICE_NULL;
	bool internal = iq_skip(&what, IQ_LIT("Internal error: "));
	struct iq_slice inner = what;
	if (!internal && iq_skip(&inner, IQ_LIT("Oops: ")) && die_form(inner).p)
		what = inner;			/* 6.10+ puts it in front of every die string */
	ptrdiff_t ilc = iq_find(what, IQ_LIT(" ilc:"));
	if (ilc >= 0)
		what = iq_head(what, (size_t)ilc);
	ptrdiff_t colon = iq_rfind(what, IQ_LIT(": "));
	bool signal = iq_has(what, IQ_LIT(", sig: "));	/* ppc: no code of the fault */
	if (colon >= 0 && !signal) {
		code = iq_trim(iq_from(what, (size_t)colon + 2));
		if (hex_run(code) != code.n || !code.n || code.n > 16)
			code = IQ_SLICE_NULL;
	}
	struct iq_slice form = die_form(what);
	if (!form.p && !internal)
		return false;
	c->die = s;
	c->report_no = no;
	c->form = form.p ? form : IQ_LIT("page-fault");
	if (code.p)
		c->error_code = code;
	take_address(colon >= 0 ? iq_head(what, (size_t)colon) : what, c);
	if (iq_eq(c->form, IQ_LIT("gpf")) && iq_has(what, IQ_LIT("NULL pointer")))
		c->form = IQ_LIT("null-deref");
	return true;
}

bool iq_take_usercopy(struct iq_slice s, struct iq_crash *c)
{
	(void)c;
	return iq_has(s, IQ_LIT("attempt detected"));
}

/* 6.12+: "memcpy: detected buffer overflow: 64 byte write of buffer size 32",
 * 6.1+: "memcpy: detected field-spanning write (size ...". */
bool iq_take_fortify(struct iq_slice s, struct iq_crash *c)
{
	struct iq_slice name = iq_cut(&s, ':');
	if (!name.n || name.n > 32 || !s.n || iq_find_char(name, ' ') >= 0 ||
	    (!iq_starts(s, IQ_LIT(" detected buffer overflow: ")) &&
	     !iq_starts(s, IQ_LIT(" detected field-spanning"))))
		return false;
	c->form = IQ_LIT("fortify");
	return true;
}

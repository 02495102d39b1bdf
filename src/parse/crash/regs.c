/* parse/crash/regs.c - see regs.h. */
#include "parse/crash/regs.h"

#include "parse/crash/line.h"

static size_t hex_run(struct iq_slice s)
{
	size_t n = 0;
	while (n < s.n && ((s.p[n] >= '0' && s.p[n] <= '9') ||
			   ((s.p[n] | 0x20) >= 'a' && (s.p[n] | 0x20) <= 'f')))
		n++;
	return n;
}

/* "[<ffffffff81234567>]", once or twice; the last is kept. */
static void skip_addresses(struct iq_slice *s, struct iq_ip *ret)
{
	for (int i = 0; i < 2; i++) {
		struct iq_slice t = iq_ltrim(*s);
		if (!iq_skip(&t, IQ_LIT("[")))
			return;
		bool angle = iq_skip(&t, IQ_LIT("<"));
		size_t n = hex_run(t);
		struct iq_slice addr = iq_head(t, n);
		t = iq_from(t, n);
		if ((angle && !iq_skip(&t, IQ_LIT(">"))) || !iq_skip(&t, IQ_LIT("]")))
			return;
		if (n)
			ret->address = addr;
		*s = t;
	}
}

/* A symbol, an address, "(null)", or nothing behind the selector. */
static enum iq_ip_kind where(struct iq_slice s, struct iq_ip *ret)
{
	skip_addresses(&s, ret);
	iq_skip_blank(&s);
	iq_skip(&s, IQ_LIT("("));		/* s390: PSW mask address (symbol) */
	if (iq_starts(s, IQ_LIT("null)")) || iq_starts(s, IQ_LIT("0x"))) {
		size_t n = iq_starts(s, IQ_LIT("0x")) ? 2 + hex_run(iq_from(s, 2)) : 0;
		ret->address = n ? iq_head(s, n) : IQ_LIT("0x0");
		return IQ_IP_BAD;
	}
	struct iq_slice dot = s;
	bool dotted = iq_skip(&s, IQ_LIT("."));
	struct iq_slice before = s;
	if (iq_take_symbol(&s, &ret->function, &ret->module)) {
		bool sized = iq_find(iq_head(before, (size_t)(s.p - before.p)),
				     IQ_LIT("+0x")) >= 0;
		struct iq_slice after = iq_ltrim(s);
		/* a line with lines of source has no offset: "f (kernel/a.c:12)" */
		if (!sized && !iq_starts(after, IQ_LIT("(")) && after.n)
			return ret->address.p ? IQ_IP_ADDRESS : IQ_IP_NONE;
		if (dotted)
			ret->function = iq_slice(dot.p, ret->function.n + 1);
		return IQ_IP_SYMBOL;
	}
	return ret->address.p ? IQ_IP_ADDRESS : IQ_IP_NONE;
}

/* x86: "0010:" in front; 0033, 0023, 002b and i386's 0073 are user space's. */
static enum iq_ip_kind x86(struct iq_slice s, struct iq_ip *ret)
{
	iq_skip_blank(&s);
	size_t n = hex_run(s);
	if (n == 4 && n < s.n && s.p[4] == ':') {
		bool user = (s.p[3] == '3' || s.p[3] == 'b' || s.p[3] == 'B') &&
			    s.p[0] != 'e' && s.p[0] != 'E';
		s = iq_from(s, 5);
		if (user)
			return IQ_IP_USER;
	} else {
		ret->tail = true;
	}
	return where(s, ret);
}

/* "0404c00180000000 0000000000431f8e (scsi_alloc_sgtable+0x62/0x7c)" */
static enum iq_ip_kind psw(struct iq_slice s, struct iq_ip *ret)
{
	ptrdiff_t colon = iq_find_char(s, ':');
	if (colon < 0)
		return IQ_IP_NONE;
	s = iq_from(s, (size_t)colon + 1);
	struct iq_slice mask = iq_word(&s);
	struct iq_slice address = iq_word(&s);
	if (mask.n < 8 || hex_run(address) < 8)
		return IQ_IP_NONE;
	ret->address = iq_head(address, hex_run(address));
	s = iq_ltrim(s);
	if (!iq_starts(s, IQ_LIT("(")))
		return IQ_IP_ADDRESS;
	return where(s, ret) == IQ_IP_SYMBOL ? IQ_IP_SYMBOL : IQ_IP_ADDRESS;
}

/* "c00000000022d79c LR: ..." of ppc: the address; its name follows in "NIP [...] f+" */
static enum iq_ip_kind plain_address(struct iq_slice s, struct iq_ip *ret)
{
	iq_skip_blank(&s);
	iq_skip(&s, IQ_LIT("[<"));
	size_t n = hex_run(s);
	if (n < 8 || (n < s.n && s.p[n] != ' ' && s.p[n] != '>'))
		return IQ_IP_NONE;
	ret->address = iq_head(s, n);
	return IQ_IP_ADDRESS;
}

static enum iq_ip_kind symbol_or_address(struct iq_slice s, struct iq_ip *ret)
{
	enum iq_ip_kind k = plain_address(s, ret);
	return k == IQ_IP_NONE ? where(s, ret) : k;
}

enum iq_ip_kind iq_ip_parse(struct iq_slice text, struct iq_ip *ret)
{
	static const struct {
		const char *lead;
		enum iq_ip_kind (*parse)(struct iq_slice s, struct iq_ip *ret);
		const char *arch;
	} leads[] = {
		{ "RIP:", x86, "x86_64" }, { "RIP ", x86, "x86_64" },
		{ "EIP is at ", where, "i686" }, { "EIP:", x86, "i686" },
		{ "IP: ", where, NULL },
		{ "PC is at ", where, NULL }, { "pc : ", symbol_or_address, NULL },
		{ "epc : ", symbol_or_address, "riscv64" },
		{ "epc: ", symbol_or_address, "riscv64" },
		{ "NIP [", where, NULL }, { "NIP: ", plain_address, NULL },
		{ "Krnl PSW", psw, "s390x" },
	};
	struct iq_slice s = iq_ltrim(text);
	memset(ret, 0, sizeof *ret);
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
		struct iq_slice t = s;
		if (!iq_skip(&t, iq_slice_z(leads[i].lead)))
			continue;
		if (leads[i].lead[4] == '[')
			t = iq_from(s, 4);
		enum iq_ip_kind k = leads[i].parse(t, ret);
		if (k != IQ_IP_NONE)
			ret->arch = leads[i].arch;
		if (k != IQ_IP_NONE && leads[i].parse == symbol_or_address && !ret->arch)
			ret->arch = iq_has(s, IQ_LIT(" psr: ")) ? "arm" : "aarch64";
		return k;
	}
	return IQ_IP_NONE;
}

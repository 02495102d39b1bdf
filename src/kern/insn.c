/* kern/insn.c - see insn.h. */
#include "kern/insn.h"

/* --- registers --- */

static bool is_name_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static char capital(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

/* NAME: VALUE at the front of *S; moves behind the word that was looked at. */
static bool take_register(struct iq_slice *s, struct iq_register *ret)
{
	struct iq_slice name, rest;
	size_t n = 0;

	while (n < s->n && is_name_char(s->p[n]))
		n++;
	name = iq_head(*s, n);
	rest = iq_from(*s, n);
	*s = iq_from(*s, n ? n : 1);
	iq_skip_blank(&rest);
	if (n < 2 || n >= sizeof ret->name || !rest.n || rest.p[0] != ':')
		return false;
	rest = iq_from(rest, 1);
	iq_skip_blank(&rest);
	iq_skip(&rest, IQ_LIT("0x"));
	size_t digits = rest.n;
	if (!iq_take_hex(&rest, &ret->value) || digits - rest.n < 4 ||
	    (rest.n && rest.p[0] == ':'))
		return false;	/* "RIP: 0010:...", "CR0" and the like are wide too */
	for (size_t i = 0; i < n; i++)
		ret->name[i] = capital(name.p[i]);
	ret->name[n] = 0;
	*s = rest;
	return true;
}

static const struct iq_register *find(const struct iq_register *regs, size_t n,
				      const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(regs[i].name, name))
			return &regs[i];
	return NULL;
}

size_t iq_registers_read(struct iq_slice text, struct iq_register *ret, size_t max)
{
	size_t n = 0;

	while (text.n && n < max) {
		struct iq_register r;
		if (take_register(&text, &r) && !find(ret, n, r.name))
			ret[n++] = r;
	}
	return n;
}

/* --- x86 --- */

#define BYTES_MAX 16

/* The bytes from the marked one on: "0f 0b <48> 8b 40 28". */
static size_t marked_bytes(struct iq_slice code, unsigned char ret[BYTES_MAX])
{
	ptrdiff_t at = iq_find_char(code, '<');
	size_t n = 0;

	if (at < 0)
		return 0;
	code = iq_from(code, (size_t)at + 1);
	while (n < BYTES_MAX && code.n) {
		uint64_t v;
		struct iq_slice word = iq_word(&code);
		if (word.n && word.p[word.n - 1] == '>')
			word.n--;
		if (word.n != 2 || !iq_take_hex(&word, &v) || word.n)
			break;
		ret[n++] = (unsigned char)v;
	}
	return n;
}

struct x86 {
	const unsigned char *p, *end;
	unsigned rex;
	bool wide;			/* 64 bit */
	bool segment;			/* FS or GS: the address is not what the registers say */
};

static void skip_prefixes(struct x86 *x)
{
	for (; x->p < x->end; x->p++) {
		unsigned char c = *x->p;
		if (c == 0x64 || c == 0x65)
			x->segment = true;
		else if (x->wide && (c & 0xf0) == 0x40 && x->end - x->p > 1)
			x->rex = c & 15;
		else if (c != 0x66 && c != 0x67 && c != 0xf0 && c != 0xf2 && c != 0xf3 &&
			 c != 0x2e && c != 0x36 && c != 0x3e && c != 0x26)
			return;
	}
}

/* One-byte opcodes that a ModRM byte follows. */
static bool one_byte_modrm(unsigned char c)
{
	if (c < 0x40)
		return (c & 7) < 4;
	return c == 0x62 || c == 0x63 || c == 0x69 || c == 0x6b || (c >= 0x80 && c <= 0x8f) ||
	       c == 0xc0 || c == 0xc1 || c == 0xc6 || c == 0xc7 || (c >= 0xd0 && c <= 0xd3) ||
	       (c >= 0xd8 && c <= 0xdf) || c == 0xf6 || c == 0xf7 || c == 0xfe || c == 0xff;
}

static bool two_byte_modrm(unsigned char c)
{
	return !((c >= 0x04 && c <= 0x0c) || (c >= 0x30 && c <= 0x37) ||
		 (c >= 0x80 && c <= 0x8f) || (c >= 0xa0 && c <= 0xa2) ||
		 (c >= 0xa8 && c <= 0xaa) || (c >= 0xc8 && c <= 0xcf) || c == 0x77);
}

/* Moves to the ModRM byte; false: there is none. */
static bool skip_opcode(struct x86 *x)
{
	unsigned char c;

	if (x->p >= x->end)
		return false;
	c = *x->p++;
	if (c != 0x0f)
		return one_byte_modrm(c);
	if (x->p >= x->end)
		return false;
	c = *x->p++;
	if (c == 0x38 || c == 0x3a)
		return x->p < x->end && ++x->p < x->end;
	return two_byte_modrm(c);
}

static const struct iq_register *x86_register(unsigned no, bool wide,
					      const struct iq_register *regs, size_t n)
{
	static const char *const names[2][16] = {
		{ "EAX", "ECX", "EDX", "EBX", "ESP", "EBP", "ESI", "EDI" },
		{ "RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", "R8", "R9", "R10",
		  "R11", "R12", "R13", "R14", "R15" },
	};
	const char *name = names[wide][no & 15];
	const struct iq_register *r = name ? find(regs, n, name) : NULL;

	/* R8 and R9 are printed as R08 and R09 */
	if (!r && wide && (no == 8 || no == 9))
		r = find(regs, n, no == 8 ? "R08" : "R09");
	return r;
}

static bool take_displacement(struct x86 *x, unsigned bytes, int64_t *ret)
{
	uint32_t v = 0;

	if ((size_t)(x->end - x->p) < bytes)
		return false;
	for (unsigned i = 0; i < bytes; i++)
		v |= (uint32_t)x->p[i] << (8 * i);
	*ret = bytes == 1 ? (int8_t)v : (int32_t)v;
	x->p += bytes;
	return true;
}

static bool x86_operand(struct x86 *x, const struct iq_register *regs, size_t n,
			struct iq_operand *ret)
{
	unsigned modrm, mod, rm, sib = 0, disp;
	bool has_base = true;

	if (!skip_opcode(x) || x->p >= x->end)
		return false;
	modrm = *x->p++;
	mod = modrm >> 6;
	rm = modrm & 7;
	if (mod == 3 || (mod == 0 && rm == 5))
		return false;		/* a register, or relative to RIP */
	disp = mod == 1 ? 1 : mod == 2 ? 4 : 0;
	if (rm == 4) {
		if (x->p >= x->end)
			return false;
		sib = *x->p++;
		rm = sib & 7;
		if (mod == 0 && rm == 5) {
			has_base = false;
			disp = 4;
		}
		unsigned index = (sib >> 3 & 7) | (x->rex & 2) << 2;
		if (index != 4) {
			ret->index = x86_register(index, x->wide, regs, n);
			ret->scale = 1u << (sib >> 6);
			if (!ret->index)
				return false;
		}
	}
	if (disp && !take_displacement(x, disp, &ret->displacement))
		return false;
	if (has_base) {
		ret->base = x86_register(rm | (x->rex & 1) << 3, x->wide, regs, n);
		if (!ret->base)
			return false;
	}
	return true;
}

/* String instructions: through RDI, or RSI where it reads. */
static bool x86_string(struct x86 *x, const struct iq_register *regs, size_t n,
		       struct iq_operand *ret)
{
	unsigned char c = x->p < x->end ? *x->p : 0;

	if (c == 0xaa || c == 0xab || c == 0xae || c == 0xaf)
		ret->base = x86_register(7, x->wide, regs, n);
	else if (c == 0xac || c == 0xad)
		ret->base = x86_register(6, x->wide, regs, n);
	return ret->base != NULL;
}

/* --- arm64: loads and stores with an immediate --- */

static bool arm64_word(struct iq_slice code, uint32_t *ret)
{
	ptrdiff_t at = iq_find_char(code, '(');
	uint64_t v;

	if (at < 0)
		return false;
	code = iq_from(code, (size_t)at + 1);
	if (!iq_take_hex(&code, &v) || v > UINT32_MAX || !code.n || code.p[0] != ')')
		return false;
	*ret = (uint32_t)v;
	return true;
}

static bool arm64_operand(uint32_t w, const struct iq_register *regs, size_t n,
			  struct iq_operand *ret)
{
	unsigned rn = w >> 5 & 31, size = w >> 30;
	char name[8];

	if ((w & 0x3b000000) == 0x39000000) {		/* unsigned offset */
		bool vector128 = (w >> 26 & 1) && (w >> 23 & 1);
		ret->displacement = (int64_t)(w >> 10 & 0xfff) << (vector128 ? 4 : size);
	} else if ((w & 0x3b200000) == 0x38000000) {	/* unscaled, pre and post indexed */
		int64_t imm = (int64_t)(w >> 12 & 0x1ff);
		bool post = (w >> 10 & 3) == 1;
		ret->displacement = post ? 0 : imm - ((imm & 0x100) << 1);
	} else if ((w & 0x3a000000) == 0x28000000) {	/* pairs */
		int64_t imm = (int64_t)(w >> 15 & 0x7f);
		bool post = (w >> 23 & 3) == 1;
		unsigned shift = w >> 26 & 1 ? 2 + size : 2 + (size >> 1);
		imm = imm - ((imm & 0x40) << 1);
		ret->displacement = post ? 0 : imm * (INT64_C(1) << shift);
	} else if ((w & 0x3f000000) != 0x08000000) {	/* exclusive and ordered: no offset */
		return false;
	}
	if (rn == 31)
		return (ret->base = find(regs, n, "SP")) != NULL;
	name[0] = 'X';
	name[1] = rn < 10 ? (char)('0' + rn) : (char)('0' + rn / 10);
	name[2] = rn < 10 ? 0 : (char)('0' + rn % 10);
	name[3] = 0;
	ret->base = find(regs, n, name);
	return ret->base != NULL;
}

bool iq_operand_read(struct iq_slice code, struct iq_slice arch,
		     const struct iq_register *regs, size_t n, struct iq_operand *ret)
{
	unsigned char bytes[BYTES_MAX];
	bool wide = !arch.n || iq_eq(arch, IQ_LIT("x86_64")), done;

	*ret = (struct iq_operand){ 0 };
	if (iq_eq(arch, IQ_LIT("aarch64"))) {
		uint32_t w;
		done = arm64_word(code, &w) && arm64_operand(w, regs, n, ret);
	} else if (wide || (arch.n == 4 && arch.p[0] == 'i' && iq_ends(arch, IQ_LIT("86")))) {
		struct x86 x = { .p = bytes, .wide = wide };
		x.end = bytes + marked_bytes(code, bytes);
		skip_prefixes(&x);
		done = !x.segment && (x86_string(&x, regs, n, ret) ||
				      x86_operand(&x, regs, n, ret));
	} else {
		return false;
	}
	if (!done)
		return false;
	ret->address = (ret->base ? ret->base->value : 0) +
		(ret->index ? ret->index->value * ret->scale : 0) +
		(uint64_t)ret->displacement;
	return true;
}

/* tests/kern/test_insn.c - registers and the operand of a faulting instruction
 * (kern/insn.h).  Registers composed; encodings from the manuals, checked with as(1). */
#include "t.h"

#include "kern/insn.h"

#include <string.h>

#define REGS64 \
	"RAX: 0000000000000000 RBX: ffff888012340000 RCX: 0000000000000004\n" \
	"RDX: 6b6b6b6b6b6b6b6b RSI: 0000000000000001 RDI: dead000000000100\n" \
	"RBP: ffffc90000123e58 R08: 0000000000000008 R09: 0000000000000009\n" \
	"R10: 0000000000000010 R11: 0000000000000011 R12: 0000000000000012\n" \
	"R13: 0000000000000013 R14: 0000000000000014 R15: 0000000000000015\n" \
	"FS:  00007f0000000000(0000) GS:ffff88803ec00000(0000) knlGS:0000000000000000\n" \
	"CR2: 0000000000000028 CR3: 0000000003c1e000 CR4: 00000000000006f0\n"

static void registers(void **state)
{
	struct iq_register r[IQ_REGISTERS_MAX];
	size_t n = iq_registers_read(IQ_LIT(REGS64), r, IQ_REGISTERS_MAX);

	(void)state;
	assert_true(n >= 18);
	assert_string_equal(r[0].name, "RAX");
	assert_int_equal(r[3].value, 0x6b6b6b6b6b6b6b6b);
	assert_int_equal(iq_registers_read(IQ_LIT("RIP: 0010:foo+0x1/0x2"), r, 4), 0);
	assert_int_equal(iq_registers_read(IQ_LIT("x29: ffff80001012bb90 x28: 0000000000000000"),
					   r, 4), 2);
	assert_string_equal(r[1].name, "X28");
	assert_int_equal(iq_registers_read(IQ_LIT("EAX: c1234567 EBX: 00000000"), r, 1), 1);
	assert_int_equal(iq_registers_read(IQ_LIT(""), r, 4), 0);
}

static const struct row {
	const char *code, *base, *index;
	int64_t displacement;
	uint64_t address;
} rows[] = {
	/* mov rax, [rax+0x28] */
	{ "0f 0b <48> 8b 40 28 c3", "RAX", NULL, 0x28, 0x28 },
	/* mov [rdi], rsi; the byte behind is of the next */
	{ "<48> 89 37 90", "RDI", NULL, 0, 0xdead000000000100 },
	/* mov eax, [rdx+rcx*4-8] */
	{ "<8b> 44 8a f8", "RDX", "RCX", -8, 0x6b6b6b6b6b6b6b6b + 16 - 8 },
	/* mov rax, [r8] */
	{ "<49> 8b 00", "R08", NULL, 0, 8 },
	/* lock cmpxchg [rbx], edx */
	{ "<f0> 0f b1 13", "RBX", NULL, 0, 0xffff888012340000 },
	/* movzx eax, byte [rdi+0x100] */
	{ "<0f> b6 87 00 01 00 00", "RDI", NULL, 0x100, 0xdead000000000200 },
	/* call [rax+0x10] */
	{ "<ff> 50 10", "RAX", NULL, 0x10, 0x10 },
	/* rep stosq */
	{ "<f3> 48 ab", "RDI", NULL, 0, 0xdead000000000100 },
};

static void operands(void **state)
{
	struct iq_register r[IQ_REGISTERS_MAX];
	size_t n = iq_registers_read(IQ_LIT(REGS64), r, IQ_REGISTERS_MAX);
	struct iq_operand o;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!iq_operand_read(iq_slice_z(rows[i].code), IQ_LIT("x86_64"), r, n, &o))
			fail_msg("%s: none", rows[i].code);
		assert_string_equal(o.base->name, rows[i].base);
		assert_int_equal(!o.index, !rows[i].index);
		assert_int_equal(o.displacement, rows[i].displacement);
		assert_int_equal(o.address, rows[i].address);
	}
}

static void none(void **state)
{
	static const char *const codes[] = {
		"<0f> 0b", "<48> 89 c8", "<65> 48 8b 04 25", "<c3>", "", "48 8b 40 28",
		"<48>", "<48> 8b", "<8b> 44", "<8b> 80 00 01", "<zz> 11", "<48> 8b 05 00 00 00 00",
		"Bad RIP value.", "<0f> 38",
	};
	struct iq_register r[IQ_REGISTERS_MAX];
	size_t n = iq_registers_read(IQ_LIT(REGS64), r, IQ_REGISTERS_MAX);
	struct iq_operand o;

	(void)state;
	for (size_t i = 0; i < COUNT(codes); i++)
		if (iq_operand_read(iq_slice_z(codes[i]), IQ_LIT("x86_64"), r, n, &o))
			fail_msg("%s: an operand", codes[i]);
	assert_false(iq_operand_read(IQ_LIT("<48> 8b 40 28"), IQ_LIT("s390x"), r, n, &o));
	assert_false(iq_operand_read(IQ_LIT("<48> 8b 40 28"), IQ_LIT("x86_64"), r, 0, &o));
}

static void arm64(void **state)
{
	struct iq_register r[IQ_REGISTERS_MAX];
	size_t n = iq_registers_read(IQ_LIT("sp : ffff80001012bb90\nx19: 0000000000000000 "
		"x1 : 0000000000000018 x0 : dead000000000100"), r, IQ_REGISTERS_MAX);
	struct iq_operand o;

	(void)state;
	/* ldr x1, [x19, #40] */
	assert_true(iq_operand_read(IQ_LIT("aa0003e1 d503201f (f9401661)"), IQ_LIT("aarch64"),
				    r, n, &o));
	assert_string_equal(o.base->name, "X19");
	assert_int_equal(o.address, 40);
	/* str x1, [x0, #8] */
	assert_true(iq_operand_read(IQ_LIT("(f9000401)"), IQ_LIT("aarch64"), r, n, &o));
	assert_int_equal(o.address, 0xdead000000000108);
	/* ldur w1, [x19, #-4] */
	assert_true(iq_operand_read(IQ_LIT("(b85fc261)"), IQ_LIT("aarch64"), r, n, &o));
	assert_int_equal(o.displacement, -4);
	/* ldp x1, x2, [x0, #16] */
	assert_true(iq_operand_read(IQ_LIT("(a9410801)"), IQ_LIT("aarch64"), r, n, &o));
	assert_int_equal(o.displacement, 16);
	/* brk #0x800 */
	assert_false(iq_operand_read(IQ_LIT("(d4210000)"), IQ_LIT("aarch64"), r, n, &o));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registers),
		cmocka_unit_test(operands),
		cmocka_unit_test(none),
		cmocka_unit_test(arm64),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

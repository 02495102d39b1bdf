/* tests/kern/test_address.c - values of pointers and what they tell (kern/address.h).
 * Composed after include/linux/poison.h, err.h and the memory layouts. */
#include "t.h"

#include "kern/address.h"

#include <errno.h>
#include <string.h>

static const struct row {
	uint64_t v;
	const char *arch;
	enum iq_address_kind kind;
	const char *name;
	int64_t offset;
} rows[] = {
	{ 0, "x86_64", IQ_ADDRESS_NULL, "NULL", 0 },
	{ 0x28, "x86_64", IQ_ADDRESS_NULL, "NULL", 0x28 },
	{ 0xffff, "aarch64", IQ_ADDRESS_NULL, "NULL", 0xffff },
	{ 0x10000, "x86_64", IQ_ADDRESS_USER, "user space", 0 },
	{ 0xffffffffffffffea, "x86_64", IQ_ADDRESS_ERRNO, "EINVAL", 0 },
	{ 0xfffffffffffffff4, "aarch64", IQ_ADDRESS_ERRNO, "ENOMEM", 0 },
	{ 0xfffffff4, "i686", IQ_ADDRESS_ERRNO, "ENOMEM", 0 },
	{ 0xffffffff, "armv7l", IQ_ADDRESS_ONES, "all ones", 0 },
	{ UINT64_MAX, "x86_64", IQ_ADDRESS_ONES, "all ones", 0 },
	{ 0xfffffffffffff001, "x86_64", IQ_ADDRESS_ERRNO, NULL, 0 },
	{ 0xdead000000000100, "x86_64", IQ_ADDRESS_LIST_POISON, "LIST_POISON1", 0 },
	{ 0xdead000000000108, "aarch64", IQ_ADDRESS_LIST_POISON, "LIST_POISON1", 8 },
	{ 0xdead000000000122, "x86_64", IQ_ADDRESS_LIST_POISON, "LIST_POISON2", 0 },
	{ 0xdead0000000000e8, "x86_64", IQ_ADDRESS_LIST_POISON, "LIST_POISON1", -0x18 },
	{ 0xdead000000000200, "x86_64", IQ_ADDRESS_LIST_POISON, "LIST_POISON2 (before 5.4)", 0 },
	{ 0xdead000000200200, "x86_64", IQ_ADDRESS_LIST_POISON, "LIST_POISON2 (before 4.3)", 0 },
	{ 0x00200200, "i686", IQ_ADDRESS_LIST_POISON, "LIST_POISON2 (before 4.3)", 0 },
	{ 0x5deadbeef0000100, "ppc64le", IQ_ADDRESS_LIST_POISON, "LIST_POISON1", 0 },
	{ 0xdead000000000500, "x86_64", IQ_ADDRESS_POISON, "MUTEX_POISON_WW_CTX", 0 },
	{ 0xdead000000030000, "x86_64", IQ_ADDRESS_POISON, "a poison pointer", 0x30000 },
	{ 0x6b6b6b6b6b6b6b6b, "x86_64", IQ_ADDRESS_FREED, "slab poison (6b)", 0 },
	{ 0x6b6b6b6b6b6b6b83, "x86_64", IQ_ADDRESS_FREED, "slab poison (6b)", 0x18 },
	{ 0x6b6b6b7b, "i386", IQ_ADDRESS_FREED, "slab poison (6b)", 0x10 },
	{ 0x5a5a5a5a5a5a5a5a, "x86_64", IQ_ADDRESS_UNINIT, "slab poison (5a)", 0 },
	{ 0xaaaaaaaaaaaaaaaa, "aarch64", IQ_ADDRESS_FREED, "page poison (aa)", 0 },
	{ 0xcccccccccccccccc, "x86_64", IQ_ADDRESS_REDZONE,
	  "SLUB redzone or freed init memory (cc)", 0 },
	{ 0xdffffc0000000005, "x86_64", IQ_ADDRESS_SHADOW, "KASAN shadow", 0x28 },
	{ 0x7273752f6e69622f, "x86_64", IQ_ADDRESS_TEXT, NULL, 0 },
	{ 0x00007ffd12345678, "x86_64", IQ_ADDRESS_USER, "user space", 0 },
	{ 0xe017577ddf75b7dd, "x86_64", IQ_ADDRESS_NONCANONICAL, NULL, 0 },
	{ 0x0000800000001000, "x86_64", IQ_ADDRESS_NONCANONICAL, NULL, 0 },
	{ 0x0000800000001000, "aarch64", IQ_ADDRESS_USER, "user space", 0 },
	{ 0xffff088012345678, "x86_64", IQ_ADDRESS_NONCANONICAL, NULL, 0 },
	{ 0xff11000012345678, "x86_64", IQ_ADDRESS_DIRECT, "direct map", 0x12345678 },
	{ 0xffff888012345678, "x86_64", IQ_ADDRESS_DIRECT, "direct map", 0x8012345678 },
	{ 0xffffc90000123000, "x86_64", IQ_ADDRESS_VMALLOC, "vmalloc", 0x123000 },
	{ 0xffffb1c0c0f2bd98, "x86_64", IQ_ADDRESS_KERNEL, "kernel data", 0x21c0c0f2bd98 },
	{ 0xffffffff81000000, "x86_64", IQ_ADDRESS_IMAGE, "kernel image", 0x1000000 },
	{ 0xffffffffc0123456, "x86_64", IQ_ADDRESS_MODULE, "modules", 0x123456 },
	{ 0xffff000012345678, "aarch64", IQ_ADDRESS_DIRECT, "linear map", 0x12345678 },
	{ 0xc00000000022d79c, "ppc64le", IQ_ADDRESS_KERNEL, NULL, 0 },
	{ 0xc1000000, "i686", IQ_ADDRESS_KERNEL, NULL, 0 },
	{ 0x201a14dc0, "s390x", IQ_ADDRESS_UNKNOWN, NULL, 0 },
	{ 0x6f6f722f, "i686", IQ_ADDRESS_TEXT, NULL, 0 },
	{ 0xffffffffffffffea, "", IQ_ADDRESS_ERRNO, "EINVAL", 0 },
};

static void values(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];
		struct iq_address a;
		iq_address_read(r->v, iq_slice_z(r->arch), &a);
		if (a.kind != r->kind || a.offset != r->offset ||
		    !a.name != !r->name || (a.name && strcmp(a.name, r->name)))
			fail_msg("%016llx %s: kind %d %s %lld", (unsigned long long)r->v,
				 r->arch, a.kind, a.name ? a.name : "-", (long long)a.offset);
		assert_non_null(a.means);
	}
}

static void text_lowest_first(void **state)
{
	struct iq_address a;

	(void)state;
	iq_address_read(0x7273752f6e69622f, IQ_LIT("x86_64"), &a);
	assert_string_equal(a.text, "/bin/usr");
	assert_true(iq_address_is_wild(&a));
	/* a counter that ran over a pointer is no text */
	iq_address_read(0x3000000000000031, IQ_LIT("x86_64"), &a);
	assert_int_equal(a.kind, IQ_ADDRESS_NONCANONICAL);
}

static void flips(void **state)
{
	(void)state;
	assert_int_equal(iq_address_flip(0xffff888012345678, 0xffff888032345678), 29);
	assert_int_equal(iq_address_flip(0xffff888012345678, 0xffff088012345678), 47);
	assert_int_equal(iq_address_flip(0xffff888012345678, 0xffff888012345478), -1);
	assert_int_equal(iq_address_flip(0xffff888012345678, 0xffff888012345678), -1);
	assert_int_equal(iq_address_flip(0xffff888012345678, 0xffff888062345678), -1);
	/* an offset into the object beside the flip */
	assert_int_equal(iq_address_flip(0xffff888012345000, 0xffff888032345028), 29);
}

static void errnos(void **state)
{
	static const struct { int err; const char *name; } t[] = {
		{ EPERM, "EPERM" }, { EIO, "EIO" }, { EINVAL, "EINVAL" }, { ENOSPC, "ENOSPC" },
		{ ERANGE, "ERANGE" }, { EDEADLK, "EDEADLK" }, { ELOOP, "ELOOP" },
		{ ENOMSG, "ENOMSG" }, { EIDRM, "EIDRM" }, { ENODATA, "ENODATA" },
		{ ETIME, "ETIME" }, { ENOLINK, "ENOLINK" }, { EPROTO, "EPROTO" },
		{ EBADMSG, "EBADMSG" }, { EOVERFLOW, "EOVERFLOW" }, { EILSEQ, "EILSEQ" },
		{ EUSERS, "EUSERS" }, { ENOTSOCK, "ENOTSOCK" }, { EOPNOTSUPP, "EOPNOTSUPP" },
		{ ENETDOWN, "ENETDOWN" }, { ENOBUFS, "ENOBUFS" }, { ETIMEDOUT, "ETIMEDOUT" },
		{ EHOSTUNREACH, "EHOSTUNREACH" }, { ESTALE, "ESTALE" }, { EUCLEAN, "EUCLEAN" },
		{ EREMOTEIO, "EREMOTEIO" }, { EDQUOT, "EDQUOT" }, { ECANCELED, "ECANCELED" },
		{ ENOKEY, "ENOKEY" }, { EKEYREJECTED, "EKEYREJECTED" },
		{ EHWPOISON, "EHWPOISON" }, { 512, "ERESTARTSYS" }, { 517, "EPROBE_DEFER" },
		{ 524, "ENOTSUPP" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		assert_string_equal(iq_errno_name(t[i].err), t[i].name);
	assert_null(iq_errno_name(0));
	assert_null(iq_errno_name(-5));
	assert_null(iq_errno_name(41));
	assert_null(iq_errno_name(4095));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(text_lowest_first),
		cmocka_unit_test(flips),
		cmocka_unit_test(errnos),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* kern/address.c - see address.h.  Values: include/linux/poison.h of 2.6.32 to 7.2,
 * MAX_ERRNO of include/linux/err.h, Documentation/arch/x86/x86_64/mm.rst,
 * Documentation/arch/arm64/memory.rst. */
#include "kern/address.h"

#define COUNT(a)  (sizeof(a) / sizeof *(a))
#define NEAR_NULL 0x10000 /* vm.mmap_min_addr: nothing is ever mapped below it */
#define MAX_ERRNO 4095
#define PAGE_BITS 12

enum family { X86_64, I386, ARM64, ARM, S390, PPC64, OTHER64 };

static enum family family_of(struct iq_slice arch)
{
	static const struct {
		const char *name;
		enum family family;
	} t[] = {
		{"x86_64", X86_64}, {"amd64", X86_64}, {"aarch64", ARM64},
		{"arm64", ARM64},   {"i386", I386},    {"i486", I386},
		{"i586", I386},     {"i686", I386},    {"s390x", S390},
		{"s390", S390},
	};
	for (size_t i = 0; i < COUNT(t); i++)
		if (iq_eq(arch, iq_slice_z(t[i].name)))
			return t[i].family;
	if (iq_starts(arch, IQ_LIT("arm")))
		return ARM;
	if (iq_starts(arch, IQ_LIT("ppc64")))
		return PPC64;
	return arch.n ? OTHER64 : X86_64;
}

static bool is_narrow(enum family f)
{
	return f == I386 || f == ARM;
}

/* --- pointer poisons: CONFIG_ILLEGAL_POINTER_VALUE plus an offset --- */

#define DELISTED "an entry that list_del() had taken off its list was used again"

static const struct poison {
	uint64_t value;
	const char *name;
	enum iq_address_kind kind;
	const char *means;
} poisons[] = {
	{0x040, "page_pool signature", IQ_ADDRESS_POISON,
	 "a page of a network page pool was used as something else"},
	{0x0f5, "VFS_PTR_POISON", IQ_ADDRESS_POISON, "a dead object of the VFS was used"},
	{0x100, "LIST_POISON1", IQ_ADDRESS_LIST_POISON, DELISTED " (its next pointer)"},
	{0x122, "LIST_POISON2", IQ_ADDRESS_LIST_POISON, DELISTED " (its prev pointer)"},
	{0x200, "LIST_POISON2 (before 5.4)", IQ_ADDRESS_LIST_POISON,
	 DELISTED " (its prev pointer)"},
	{0x300, "TIMER_ENTRY_STATIC", IQ_ADDRESS_POISON,
	 "a timer that was never set up was used"},
	{0x400, "TAIL_MAPPING", IQ_ADDRESS_POISON,
	 "the mapping of a tail page of a compound page was used"},
	{0x500, "MUTEX_POISON_WW_CTX", IQ_ADDRESS_POISON,
	 "a wound/wait mutex was used after its context had ended"},
	{0x801, "NET_PTR_POISON", IQ_ADDRESS_POISON,
	 "a dead object of the network was used"},
	{0x1091, "IO_URING_PTR_POISON", IQ_ADDRESS_POISON,
	 "a dead object of io_uring was used"},
	{0xd390, "STACK_DEPOT_POISON", IQ_ADDRESS_POISON,
	 "a freed record of the stack depot was used"},
	{0xeb9f, "BPF_PTR_POISON", IQ_ADDRESS_POISON, "a dead object of BPF was used"},
	{0x100100, "LIST_POISON1 (before 4.3)", IQ_ADDRESS_LIST_POISON,
	 DELISTED " (its next pointer)"},
	{0x200200, "LIST_POISON2 (before 4.3)", IQ_ADDRESS_LIST_POISON,
	 DELISTED " (its prev pointer)"},
};

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static void set(struct iq_address *ret, enum iq_address_kind kind, const char *name,
		const char *means, int64_t offset)
{
	ret->kind = kind;
	ret->name = name;
	ret->means = means;
	ret->offset = offset;
}

/* The named value that LOW belongs to.  A list's poison is met with the offset of a
 * member, before or behind it; the others as they are. */
static const struct poison *nearest(uint64_t low, bool zero_based)
{
	const struct poison *best = NULL;

	for (size_t i = 0; i < COUNT(poisons); i++) {
		const struct poison *p = &poisons[i];
		uint64_t most = p->kind == IQ_ADDRESS_LIST_POISON ? 0x400 : 7;
		if (zero_based && p->value < NEAR_NULL)
			continue; /* the same as NULL and an offset */
		if (distance(low, p->value) > most ||
		    (low < p->value && p->kind != IQ_ADDRESS_LIST_POISON))
			continue;
		if (low >= p->value && low - p->value <= 8)
			return p; /* next or prev of its list_head */
		if (!best || distance(low, p->value) < distance(low, best->value))
			best = p;
	}
	return best;
}

static bool read_poison(uint64_t v, enum family f, struct iq_address *ret)
{
	static const uint64_t delta[] = {
		[X86_64] = 0xdead000000000000,
		[ARM64] = 0xdead000000000000,
		[OTHER64] = 0xdead000000000000,
		[PPC64] = 0x5deadbeef0000000,
		[I386] = 0,
		[ARM] = 0,
		[S390] = 0,
	};
	uint64_t base = delta[f], low = v - base;
	const struct poison *p;

	if (base && low > 0x400000 && low < (uint64_t)-0x1000)
		return false;
	p = nearest(low, !base);
	if (p) {
		set(ret, p->kind, p->name, p->means, (int64_t)(low - p->value));
		return true;
	}
	if (!base)
		return false;
	set(ret, IQ_ADDRESS_POISON, "a poison pointer",
	    "a pointer that was poisoned when its object died was used", (int64_t)low);
	return true;
}

/* --- bytes repeated by the allocators --- */

static const struct pattern {
	uint8_t byte;
	enum iq_address_kind kind;
	const char *name, *means;
} patterns[] = {
	{0x6b, IQ_ADDRESS_FREED, "slab poison (6b)",
	 "the pointer was read from an object that had been freed"},
	{0x5a, IQ_ADDRESS_UNINIT, "slab poison (5a)",
	 "the pointer was read from an object that nobody had filled in"},
	{0xaa, IQ_ADDRESS_FREED, "page poison (aa)",
	 "the pointer was read from a page that had been freed"},
	{0xbb, IQ_ADDRESS_REDZONE, "SLUB redzone (bb)",
	 "the pointer was read from behind the end of a free object"},
	{0xcc, IQ_ADDRESS_REDZONE, "SLUB redzone or freed init memory (cc)",
	 "the pointer was read from behind the end of an object, or from __init memory "
	 "after the boot"},
	{0x5b, IQ_ADDRESS_FREED, "JBD poison (5b)", "a freed journal head was used"},
	{0x5c, IQ_ADDRESS_FREED, "JBD poison (5c)", "a freed transaction was used"},
	{0xa7, IQ_ADDRESS_FREED, "DMA pool poison (a7)",
	 "a freed block of a DMA pool was used"},
	{0xa9, IQ_ADDRESS_UNINIT, "DMA pool poison (a9)",
	 "a block of a DMA pool that nobody had filled in was used"},
};

/* All but the low bytes, which an offset changes, are the same. */
static bool read_pattern(uint64_t v, bool narrow, struct iq_address *ret)
{
	for (size_t i = 0; i < COUNT(patterns); i++) {
		const struct pattern *p = &patterns[i];
		uint64_t whole = p->byte * (narrow ? 0x01010101u : 0x0101010101010101u);
		int shift = narrow ? 16 : 24;
		if (v >> shift != whole >> shift)
			continue;
		set(ret, p->kind, p->name, p->means, (int64_t)(v - whole));
		return true;
	}
	return false;
}

/* arm64 takes the tag off an address whose bit 55 is 0 before it tells of it
 * (untagged_addr()): the pattern's highest byte is gone. */
static bool read_untagged(uint64_t v, struct iq_address *ret)
{
	const uint64_t top = UINT64_C(0xff) << 56;

	for (size_t i = 0; i < COUNT(patterns) && !(v & top); i++) {
		uint64_t whole = patterns[i].byte * UINT64_C(0x0101010101010101) & ~top;
		if (v >> 24 != whole >> 24 || !(v >> 48))
			continue;
		set(ret, patterns[i].kind, patterns[i].name, patterns[i].means,
		    (int64_t)(v - whole));
		return true;
	}
	return false;
}

/* --- text --- */

static bool is_printable(unsigned char c)
{
	return c >= 0x20 && c < 0x7f;
}

/* Six bytes at least, the upper ones too: a small integer is no text. */
static bool read_text(uint64_t v, bool narrow, struct iq_address *ret)
{
	size_t bytes = narrow ? 4 : 8, good = 0, letters = 0;

	for (size_t i = 0; i < bytes; i++) {
		unsigned char c = (unsigned char)(v >> (8 * i));
		bool blank = c == '\n' || c == '\t';
		ret->text[i] = is_printable(c) ? (char)c : '.';
		good += is_printable(c) || blank;
		letters += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			   (c >= '0' && c <= '9') || c == '/' || c == ' ' || c == '_';
	}
	ret->text[bytes] = 0;
	if (good < (narrow ? 4 : 7) || letters * 4 < bytes * 3) {
		ret->text[0] = 0;
		return false;
	}
	set(ret, IQ_ADDRESS_TEXT, NULL,
	    "text stood where a pointer should be: a buffer was written beyond its end, "
	    "or one type taken for another",
	    0);
	return true;
}

/* --- ranges --- */

struct range {
	uint64_t from, to;
	enum iq_address_kind kind;
	const char *name, *means;
};

#define DIRECT                                                                           \
	"a page or kmalloc() object: no mapping means that the memory is gone or the "   \
	"pointer wrong"
#define NO_PAGE "a struct page that does not exist: a wrong page frame number"
#define STACKS                                                                           \
	"vmalloc() memory or a kernel stack: the guard page of a stack, or memory "      \
	"given back by vfree()"

/* KASLR moves the bases of x86_64: only what no move reaches has a name.  4-level and
 * 5-level tables. */
static const struct range x86_64[] = {
	{0xffff880000000000, 0xffff8fffffffffff, IQ_ADDRESS_DIRECT, "direct map", DIRECT},
	{0xffffc90000000000, 0xffffc9ffffffffff, IQ_ADDRESS_VMALLOC, "vmalloc", STACKS},
	{0xffffea0000000000, 0xffffeaffffffffff, IQ_ADDRESS_VMEMMAP, "vmemmap", NO_PAGE},
	{0xfffffe0000000000, 0xfffffe7fffffffff, IQ_ADDRESS_KERNEL, "CPU entry area",
	 "entry stacks and descriptor tables of a CPU"},
	{0xffff900000000000, 0xfffffdffffffffff, IQ_ADDRESS_KERNEL, "kernel data",
	 "the direct map, vmalloc() memory or a stack: not mapped, so the memory is gone "
	 "or the pointer wrong"},
	{0xff11000000000000, 0xff90ffffffffffff, IQ_ADDRESS_DIRECT, "direct map", DIRECT},
	{0xffa0000000000000, 0xffd5ffffffffffff, IQ_ADDRESS_KERNEL, "kernel data",
	 "vmalloc() memory, a stack or a struct page: not mapped"},
	{0xffffffff80000000, 0xffffffffbfffffff, IQ_ADDRESS_IMAGE, "kernel image",
	 "the kernel's own text or data"},
	{0xffffffffc0000000, 0xfffffffffeffffff, IQ_ADDRESS_MODULE, "modules",
	 "text or data of a module: of one that was unloaded, if none that is loaded has "
	 "it"},
};

/* 48 bits; 5.4 exchanged the halves, and 39 bits look like neither. */
static const struct range arm64[] = {
	{0xffff000000000000, 0xffff7fffffffffff, IQ_ADDRESS_DIRECT, "linear map", DIRECT},
	{0xffff800000000000, 0xffffffffffffffff, IQ_ADDRESS_KERNEL, "kernel data",
	 "the image, a module, vmalloc() memory or a stack; before 5.4 the linear map"},
};

static bool read_range(uint64_t v, const struct range *t, size_t n,
		       struct iq_address *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (v < t[i].from || v > t[i].to)
			continue;
		set(ret, t[i].kind, t[i].name, t[i].means, (int64_t)(v - t[i].from));
		return true;
	}
	return false;
}

/* KASAN keeps a byte for 8: an access to NULL and an offset faults in the shadow. */
static bool read_shadow(uint64_t v, enum family f, struct iq_address *ret)
{
	uint64_t base = f == X86_64  ? 0xdffffc0000000000
			: f == ARM64 ? 0xdfff800000000000
				     : 0;

	if (!base || v < base || (v - base) >= NEAR_NULL)
		return false;
	set(ret, IQ_ADDRESS_SHADOW, "KASAN shadow",
	    "KASAN looked up the shadow of a NULL pointer and an offset",
	    (int64_t)((v - base) << 3));
	return true;
}

static void read_wide(uint64_t v, enum family f, struct iq_address *ret)
{
	/* canonical with 48 bits; of 5-level tables the table of ranges knows */
	bool top = f == X86_64 ? v >> 47 == 0x1ffff : v >> 48 == 0xffff;
	uint64_t user_end = f == ARM64 ? 0x0001000000000000 : 0x0000800000000000;

	if (read_poison(v, f, ret) || read_pattern(v, false, ret) ||
	    read_shadow(v, f, ret) || (f == ARM64 && read_untagged(v, ret)))
		return;
	if (f == S390) {
		set(ret, IQ_ADDRESS_UNKNOWN, NULL, "an address that is not mapped", 0);
		return;
	}
	if (v < user_end) {
		set(ret, IQ_ADDRESS_USER, "user space",
		    "an address of user space: taken for a kernel pointer, or touched "
		    "without copy_from_user()",
		    0);
		return;
	}
	if (!top && read_text(v, false, ret))
		return;
	if (f == X86_64 && read_range(v, x86_64, COUNT(x86_64), ret))
		return;
	if (f == ARM64 && read_range(v, arm64, COUNT(arm64), ret))
		return;
	if (top || (f == PPC64 && v >> 60 == 0xc) || (f == OTHER64 && v >> 60 == 0xf)) {
		set(ret, IQ_ADDRESS_KERNEL, NULL, "an address of the kernel's half", 0);
		return;
	}
	set(ret, IQ_ADDRESS_NONCANONICAL, NULL,
	    "no address at all: the pointer was overwritten or never was one", 0);
}

static void read_narrow(uint64_t v, enum family f, struct iq_address *ret)
{
	if (read_poison(v, f, ret) || read_pattern(v, true, ret))
		return;
	if (read_text(v, true, ret))
		return;
	if (f == ARM && v >= 0xbf000000 && v < 0xc0000000)
		set(ret, IQ_ADDRESS_KERNEL, "module", "where modules are loaded", 0);
	else if (v < 0xc0000000)
		set(ret, IQ_ADDRESS_USER, "user space",
		    "below the usual start of kernel memory: an address of user space, "
		    "or not a pointer",
		    0);
	else
		set(ret, IQ_ADDRESS_KERNEL, NULL, "an address of the kernel's part", 0);
}

void iq_address_read(uint64_t value, struct iq_slice arch, struct iq_address *ret)
{
	enum family f = family_of(arch);
	uint64_t ones = is_narrow(f) ? UINT32_MAX : UINT64_MAX;

	*ret = (struct iq_address){0};
	if (is_narrow(f))
		value &= UINT32_MAX;
	if (value < NEAR_NULL) {
		set(ret, IQ_ADDRESS_NULL, "NULL", "a NULL pointer and an offset",
		    (int64_t)value);
		return;
	}
	if (value == ones) {
		set(ret, IQ_ADDRESS_ONES, "all ones",
		    "-1 as a pointer (ERR_PTR(-EPERM)), or a value read from a device "
		    "that no longer answers",
		    0);
		ret->err = 1;
		return;
	}
	if (value >= ones - MAX_ERRNO + 1) {
		ret->err = (int)(ones - value + 1);
		set(ret, IQ_ADDRESS_ERRNO, iq_errno_name(ret->err),
		    "an error code used as a pointer: IS_ERR() was not asked", 0);
		return;
	}
	if (is_narrow(f))
		read_narrow(value, f, ret);
	else
		read_wide(value, f, ret);
}

bool iq_address_is_wild(const struct iq_address *a)
{
	return a->kind >= IQ_ADDRESS_ERRNO && a->kind <= IQ_ADDRESS_NONCANONICAL;
}

int iq_address_flip(uint64_t a, uint64_t b)
{
	uint64_t d = (a ^ b) >> PAGE_BITS << PAGE_BITS;

	if (!d || (d & (d - 1)))
		return -1;
	return __builtin_ctzll(d);
}

/* include/uapi/asm-generic/errno*.h, and those of include/linux/errno.h. */
const char *iq_errno_name(int err)
{
	static const char *const names[] = {
		[1] = "EPERM",
		"ENOENT",
		"ESRCH",
		"EINTR",
		"EIO",
		"ENXIO",
		"E2BIG",
		"ENOEXEC",
		"EBADF",
		"ECHILD",
		"EAGAIN",
		"ENOMEM",
		"EACCES",
		"EFAULT",
		"ENOTBLK",
		"EBUSY",
		"EEXIST",
		"EXDEV",
		"ENODEV",
		"ENOTDIR",
		"EISDIR",
		"EINVAL",
		"ENFILE",
		"EMFILE",
		"ENOTTY",
		"ETXTBSY",
		"EFBIG",
		"ENOSPC",
		"ESPIPE",
		"EROFS",
		"EMLINK",
		"EPIPE",
		"EDOM",
		"ERANGE",
		"EDEADLK",
		"ENAMETOOLONG",
		"ENOLCK",
		"ENOSYS",
		"ENOTEMPTY",
		"ELOOP",
		[42] = "ENOMSG",
		"EIDRM",
		[61] = "ENODATA",
		"ETIME",
		[67] = "ENOLINK",
		[71] = "EPROTO",
		[74] = "EBADMSG",
		"EOVERFLOW",
		[84] = "EILSEQ",
		"ERESTART",
		[87] = "EUSERS",
		"ENOTSOCK",
		"EDESTADDRREQ",
		"EMSGSIZE",
		"EPROTOTYPE",
		"ENOPROTOOPT",
		"EPROTONOSUPPORT",
		"ESOCKTNOSUPPORT",
		"EOPNOTSUPP",
		"EPFNOSUPPORT",
		"EAFNOSUPPORT",
		"EADDRINUSE",
		"EADDRNOTAVAIL",
		"ENETDOWN",
		"ENETUNREACH",
		"ENETRESET",
		"ECONNABORTED",
		"ECONNRESET",
		"ENOBUFS",
		"EISCONN",
		"ENOTCONN",
		"ESHUTDOWN",
		"ETOOMANYREFS",
		"ETIMEDOUT",
		"ECONNREFUSED",
		"EHOSTDOWN",
		"EHOSTUNREACH",
		"EALREADY",
		"EINPROGRESS",
		"ESTALE",
		"EUCLEAN",
		[121] = "EREMOTEIO",
		"EDQUOT",
		"ENOMEDIUM",
		"EMEDIUMTYPE",
		"ECANCELED",
		"ENOKEY",
		"EKEYEXPIRED",
		"EKEYREVOKED",
		"EKEYREJECTED",
		"EOWNERDEAD",
		"ENOTRECOVERABLE",
		"ERFKILL",
		"EHWPOISON",
	};
	static const struct {
		int err;
		const char *name;
	} inside[] = {
		{512, "ERESTARTSYS"},
		{513, "ERESTARTNOINTR"},
		{514, "ERESTARTNOHAND"},
		{515, "ENOIOCTLCMD"},
		{516, "ERESTART_RESTARTBLOCK"},
		{517, "EPROBE_DEFER"},
		{524, "ENOTSUPP"},
	};
	if (err > 0 && (size_t)err < COUNT(names))
		return names[err];
	for (size_t i = 0; i < COUNT(inside); i++)
		if (inside[i].err == err)
			return inside[i].name;
	return NULL;
}

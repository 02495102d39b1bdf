/* plugins/crash_fault.c - an address that nothing is behind (crash.h).
 *
 * What the value suggests: NULL and an offset, an errno, a poison, text, a range.  Where
 * the fault has no address of its own (general protection), the faulting instruction
 * and the registers give it.  Follows arch/x86/mm/fault.c, include/linux/poison.h.
 */
#include "crash.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define NEAR_STACK (INT64_C(16) << 10)

struct fault {
	const struct look *l;
	const struct inquest_address *a; /* NULL: none is told */
	const struct inquest_operand *o; /* NULL: not computable */
	int computed;                    /* the address comes from the operand */
	int inferred;                    /* or from how the registers fit together */
	int jump;                        /* the instruction itself could not be fetched */
	const char *access;              /* "read", "write", "access" */
};

static const char *const allocator[] = {
	"kmem_cache_alloc*",
	"__kmalloc*",
	"kmalloc*",
	"kmem_cache_free*",
	"kfree*",
	"__kmem_cache_*",
	"___slab_alloc",
	"__slab_alloc*",
	"__slab_free",
	"get_freepointer*",
	"slab_alloc*",
	"slab_free*",
	"new_slab",
	"deactivate_slab*",
	"cache_alloc_refill",
	"____cache_alloc*",
	"free_block",
	"__cache_free*",
	"get_partial_node*",
	"put_cpu_partial*",
	"___cache_free",
	"set_freepointer",
	"detached_freelist*",
	"build_detached_freelist",
};

static const char *address_text(const struct fault *f)
{
	if (f->a->value < 0x100000)
		return f->l->h->text(f->l->ctx, "0x%llx",
				     (unsigned long long)f->a->value);
	return f->l->h->text(f->l->ctx, "%0*llx", f->a->value >> 32 ? 16 : 8,
			     (unsigned long long)f->a->value);
}

/* "in RAX", where the instruction tells which register it was. */
static const char *from_register(const struct fault *f)
{
	if (!f->o || !f->o->base || f->o->address != f->a->value)
		return "";
	return f->l->h->text(f->l->ctx, " in %s", f->o->base);
}

static int bit_of(const struct fault *f)
{
	size_t n = 0;
	const struct inquest_register *const *r =
		f->l->h->registers(f->l->ctx, f->l->c->registers, &n);

	if (!f->o || !f->o->base || !f->a->wild)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct inquest_address *other =
			f->l->h->address(f->l->ctx, r[i]->value, f->l->arch);
		int bit = f->l->h->address_flip(r[i]->value, f->o->base_value);
		if (bit >= 0 && other && !other->wild && r[i]->value >> 47 == 0x1ffff)
			return bit;
	}
	return -1;
}

/* --- what each kind of address means --- */

static void null(const struct fault *f, struct judged *j)
{
	const struct look *l = f->l;
	int stated = says(l, "NULL pointer") || says(l, "null-ptr-deref") ||
		     f->a->offset < 4096;

	judge(j, "null-dereference", "crash-null",
	      f->inferred   ? INQUEST_LIKELY
	      : f->computed ? INQUEST_STRONG
	      : stated      ? INQUEST_CERTAIN
			    : INQUEST_LIKELY);
	if (f->jump) {
		j->title = l->h->text(l->ctx,
				      "a call through a NULL function pointer, from %s",
				      place(l));
		why(j,
		    "The processor was to run code at address 0 or close to it: a member "
		    "that holds a function was never filled in, or its structure was "
		    "gone.");
		advise(j, l->h->text(l->ctx,
				     "look which operation %s calls indirectly, and who "
				     "should have set it",
				     place(l)));
		return;
	}
	j->title = l->h->text(l->ctx, "%s through a NULL pointer%s%s in %s", f->access,
			      f->a->offset ? l->h->text(l->ctx, " + 0x%llx",
							(unsigned long long)f->a->offset)
					   : "",
			      from_register(f), place(l));
	if (f->a->offset)
		why(j,
		    l->h->text(l->ctx,
			       "The address is the offset of what was touched: 0x%llx "
			       "(%lld) bytes into a structure whose pointer was NULL%s.",
			       (unsigned long long)f->a->offset, (long long)f->a->offset,
			       from_register(f)));
	else
		why(j, l->h->text(l->ctx,
				  "The pointer was NULL and its first member was "
				  "touched%s.",
				  from_register(f)));
	advise(j,
	       l->h->text(
		       l->ctx,
		       "find the structure with a member at offset %lld (pahole) "
		       "that %s uses: its pointer was NULL; look who sets it and which "
		       "path skips that",
		       (long long)f->a->offset, place(l)));
}

static void error_code(const struct fault *f, struct judged *j)
{
	const struct look *l = f->l;
	int ones = is(f->a->kind, "all-ones");
	const char *name = ones ? "-1" : f->a->name ? f->a->name : "an error code";

	judge(j, "bad-pointer", "crash-errno-pointer",
	      ones ? INQUEST_LIKELY : INQUEST_STRONG);
	if (f->jump)
		j->title = l->h->text(l->ctx,
				      "a call through a function pointer of %s, from %s",
				      name, place(l));
	else
		j->title = l->h->text(l->ctx, "%s%s%s used as a pointer in %s",
				      ones	   ? "all bits set,"
				      : f->a->name ? "the error code"
						   : "",
				      ones || f->a->name ? " " : "", name,
				      place(l));
	why(j, l->h->text(l->ctx,
			  "%s is %s as a pointer: a function returned an error "
			  "(ERR_PTR), and the caller used it without asking IS_ERR().",
			  address_text(f), ones ? "-1 (EPERM)" : name));
	if (ones)
		why(j,
		    "All bits set may also have been read from a device that no longer "
		    "answers.");
	advise(j, l->h->text(l->ctx,
			     "look at the calls in %s that may return an error pointer; "
			     "why %s came back is the second question",
			     place(l), name));
}

static const char *corruption_advice(void)
{
	return "slub_debug=FZPU on the command line, or a kernel with KASAN or KFENCE, "
	       "catches who used it after it was freed or wrote over it";
}

static void freed(const struct fault *f, struct judged *j)
{
	const struct look *l = f->l;
	int list = is(f->a->kind, "list-poison");

	judge(j, "use-after-free", list ? "crash-list-poison" : "crash-poison",
	      f->inferred ? INQUEST_LIKELY : INQUEST_STRONG);
	j->title = l->h->text(l->ctx, "%s of %s in %s: used after it was %s", f->access,
			      f->a->name ? f->a->name : "a poisoned pointer", place(l),
			      list ? "taken off its list" : "freed");
	why(j,
	    l->h->text(l->ctx, "The address %s%s carries the mark %s%s: %s.",
		       address_text(f), from_register(f),
		       f->a->name ? f->a->name : "of a poison",
		       f->a->offset ? l->h->text(l->ctx, "%+lld", (long long)f->a->offset)
				    : "",
		       f->a->means));
	if (list)
		advise(j, l->h->text(l->ctx,
				     "look in %s for an entry that is deleted twice, or "
				     "for a list walked without the lock that guards its "
				     "deletions",
				     place(l)));
	else
		advise(j, l->h->text(l->ctx,
				     "look who frees the object that %s uses, and which "
				     "reference is missing",
				     place(l)));
	advise(j, corruption_advice());
}

static void text(const struct fault *f, struct judged *j)
{
	const struct look *l = f->l;

	judge(j, "memory-corruption", "crash-text-pointer", INQUEST_LIKELY);
	j->title = l->h->text(l->ctx, "text (\"%s\") where a pointer should be, in %s",
			      f->a->text, place(l));
	why(j,
	    l->h->text(l->ctx,
		       "The bytes of %s are text, lowest first: \"%s\". A buffer "
		       "beside the pointer was written beyond its end, or an object was "
		       "taken for one of another type.",
		       address_text(f), f->a->text));
	advise(j, "search for that text: whose string it is tells who wrote it");
	advise(j, corruption_advice());
}

static void memory_advice(const struct fault *f, struct judged *j)
{
	int bit = bit_of(f);

	if (bit < 0)
		return;
	why(j, f->l->h->text(f->l->ctx,
			     "It differs from another pointer of the report in bit %d "
			     "alone: a bit may have flipped.",
			     bit));
	advise(j, "test the memory (memtest86+) and look at the EDAC counters: a single "
		  "flipped bit is more often hardware than software");
}

static void wild(const struct fault *f, struct judged *j)
{
	const struct look *l = f->l;
	int redzone = is(f->a->kind, "redzone");

	judge(j, redzone ? "out-of-bounds" : "bad-pointer",
	      redzone ? "crash-redzone" : "crash-wild-pointer", INQUEST_STRONG);
	if (redzone)
		j->sure = INQUEST_LIKELY;
	j->title = l->h->text(l->ctx, "%s through a wild pointer (%s)%s in %s", f->access,
			      address_text(f), from_register(f), place(l));
	why(j, l->h->text(l->ctx, "%s is %s%s: %s.", address_text(f),
			  f->a->name ? f->a->name : "a non-canonical address",
			  from_register(f), f->a->means));
	memory_advice(f, j);
	advise(j, l->h->text(l->ctx,
			     "look where %s takes that pointer from: what was read there "
			     "was overwritten, freed or never set",
			     place(l)));
	advise(j, corruption_advice());
}

static void user(const struct fault *f, struct judged *j)
{
	const struct look *l = f->l;

	judge(j, "bad-pointer", "crash-user-address",
	      f->computed ? INQUEST_LIKELY : INQUEST_STRONG);
	if (f->jump)
		j->title = l->h->text(l->ctx, "a jump to %s, from %s", address_text(f),
				      place(l));
	else
		j->title = l->h->text(l->ctx,
				      "%s at %s, an address of user space or no pointer "
				      "at all, in %s",
				      f->access, address_text(f), place(l));
	why(j, l->h->text(l->ctx, "%s%s: %s.", address_text(f), from_register(f),
			  f->a->means));
	if (has(l->c->reason, "user memory"))
		why(j,
		    "The kernel says so itself: user memory was touched outside of the "
		    "routines made for it.");
	memory_advice(f, j);
	advise(j, l->h->text(l->ctx,
			     "look where %s takes the pointer from: from a system call's "
			     "argument, or from an object that was overwritten",
			     place(l)));
}

/* Was the access refused, by its code?  x86: bit 0 of the error code (and no reserved
 * bit); arm64: ESR's FSC; arm: FSR's. */
static int is_refused(const struct look *l)
{
	uint64_t v = hex(l->c->error_code);

	if (!l->c->error_code || !l->arch)
		return 0;
	if (is(l->arch, "x86_64") || is(l->arch, "i686"))
		return (v & 9) == 1;
	if (is(l->arch, "aarch64"))
		return (v >> 26 & 0x3a) == 0x20 && (v & 0x3c) == 0x0c;
	return starts(l->arch, "arm") && (v & 0xd) == 0xd;
}

static void unmapped(const struct fault *f, struct judged *j)
{
	const struct look *l = f->l;

	if (says(l, "non-canonical")) { /* the kernel knows how many bits count there */
		judge(j, "bad-pointer", "crash-wild-pointer", INQUEST_STRONG);
		j->title = l->h->text(l->ctx, "%s through a wild pointer (%s) in %s",
				      f->access, address_text(f), place(l));
		why(j, l->h->text(l->ctx, "%s is no address on this machine.",
				  address_text(f)));
		memory_advice(f, j);
		return;
	}
	judge(j, "bad-pointer", "crash-unmapped", INQUEST_STRONG);
	j->title = l->h->text(l->ctx, "%s at %s, where nothing is mapped, in %s",
			      f->access, address_text(f), place(l));
	if (says(l, "read-only") || line_with(l, "permissions violation") ||
	    says(l, "exec-fault") || line_with(l, "NX-protected") ||
	    line_with(l, "SMEP") || is_refused(l)) {
		j->title = l->h->text(
			l->ctx, "%s at %s, which may not be used like that, in %s",
			f->jump ? "a jump" : f->access, address_text(f), place(l));
		why(j, "Something is mapped there, but not for this kind of access: "
		       "read-only data was written, or data was run as code.");
	}
	why(j, l->h->text(l->ctx, "%s%s: %s.", address_text(f), from_register(f),
			  f->a->means));
	if (is(f->a->kind, "module") && l->c->last_unloaded)
		why(j, l->h->text(l->ctx,
				  "The module unloaded last was %s: what it left behind "
				  "may be called still.",
				  l->c->last_unloaded));
	memory_advice(f, j);
	advise(j, l->h->text(l->ctx,
			     "look where %s takes the pointer from: freed memory, an "
			     "index beyond the end, or an overwritten pointer",
			     place(l)));
	advise(j, corruption_advice());
}

/* A page below the stack that is not there. */
static int near_stack(const struct fault *f)
{
	size_t n = 0;
	const struct inquest_register *const *r =
		f->l->h->registers(f->l->ctx, f->l->c->registers, &n);

	for (size_t i = 0; i < n; i++) {
		int64_t away = (int64_t)(f->a->value - r[i]->value);
		if ((is(r[i]->name, "RSP") || is(r[i]->name, "SP") ||
		     is(r[i]->name, "ESP")) &&
		    away > -NEAR_STACK && away < 4096)
			return !is(f->a->kind, "null");
	}
	return 0;
}

static void stack(const struct fault *f, struct judged *j)
{
	const struct look *l = f->l;

	judge(j, "stack-overflow", "crash-near-stack", INQUEST_STRONG);
	j->title = l->h->text(l->ctx, "a kernel stack was used beyond its end in %s",
			      place(l));
	why(j, l->h->text(l->ctx,
			  "The address %s lies at the stack pointer itself, and is not "
			  "mapped: the guard page below the stack.",
			  address_text(f)));
	advise(j, "look in the call trace for a recursion and for functions with large "
		  "arrays on the stack");
}

/* The allocator follows pointers that it keeps in free objects: it is the victim. */
static void slab(const struct fault *f, struct judged *j)
{
	const struct look *l = f->l;

	judge(j, "memory-corruption", "crash-freelist", INQUEST_STRONG);
	j->title = l->h->text(l->ctx,
			      "the free list of a slab cache was overwritten, met by %s "
			      "in %s",
			      who(l), place(l));
	why(j,
	    l->h->text(
		    l->ctx,
		    "The allocator keeps the address of the next free object inside "
		    "the free one; here it read %s. Somebody else wrote into an object "
		    "after freeing it, or beyond the end of its neighbour: %s and its "
		    "stack are the victim, not the culprit.",
		    address_text(f), who(l)));
	if (f->a->text)
		why(j, l->h->text(l->ctx, "The bytes are text: \"%s\".", f->a->text));
	memory_advice(f, j);
	advise(j, "boot with slub_debug=FZPU, or a kernel with KASAN or KFENCE: they "
		  "name who wrote");
	advise(j, "suspect modules from outside the kernel first, and drivers that were "
		  "at work just before");
}

static void without_address(const struct fault *f, struct judged *j)
{
	const struct look *l = f->l;

	judge(j, "bad-pointer", "crash-no-address", INQUEST_LIKELY);
	if (says(l, "general protection") || is(form(l), "gpf")) {
		j->title =
			l->h->text(l->ctx, "a general protection fault in %s", place(l));
		why(j,
		    "Mostly a non-canonical address: a pointer that was overwritten or "
		    "never was one. The address is not printed, and what is left of the "
		    "report does not give it.");
		miss(j, "the registers and the Code: line with its marked byte",
		     "keep messages of level warning and above: dmesg, serial console, "
		     "kdump");
	} else {
		j->title = l->h->text(
			l->ctx, "an access to memory that is not there, in %s", place(l));
		why(j, "The address is not in what is left of the report.");
		miss(j, "the line with the address",
		     "keep messages of level alert: dmesg, "
		     "serial console, kdump");
	}
	advise(j, l->h->text(l->ctx, "look at the pointers that %s follows", place(l)));
}

/* --- */

static const struct row {
	const char *kind;
	void (*judge)(const struct fault *f, struct judged *j);
} rows[] = {
	{"null", null},           {"kasan-shadow", null}, {"errno", error_code},
	{"all-ones", error_code}, {"list-poison", freed}, {"poison", freed},
	{"freed", freed},         {"text", text},         {"user", user},
	{"uninitialised", wild},  {"redzone", wild},      {"non-canonical", wild},
	{"direct-map", unmapped}, {"vmalloc", unmapped},  {"vmemmap", unmapped},
	{"image", unmapped},      {"module", unmapped},   {"kernel", unmapped},
	{"unknown", unmapped},
};

/* A register that carries a mark which no working pointer has; only where the
 * instruction cannot be read. */
static const struct inquest_address *marked_register(const struct look *l)
{
	size_t n = 0;
	const struct inquest_register *const *r =
		l->h->registers(l->ctx, l->c->registers, &n);

	for (size_t i = 0; i < n; i++) {
		const struct inquest_address *a =
			l->h->address(l->ctx, r[i]->value, l->arch);
		if (a && (is(a->kind, "list-poison") || is(a->kind, "freed")) &&
		    r[i]->value > UINT32_MAX)
			return a;
	}
	return NULL;
}

static const struct inquest_register *register_of(const struct look *l, const char *name)
{
	size_t n = 0;
	const struct inquest_register *const *r =
		l->h->registers(l->ctx, l->c->registers, &n);

	for (size_t i = 0; i < n; i++)
		if (is(r[i]->name, name))
			return r[i];
	return NULL;
}

/* A kernel of 32 bits prints 8 digits, one of 64 all 16. */
static const char *arch_of(const struct look *l, const char *address)
{
	if (l->arch || !address)
		return l->arch;
	return strlen(starts(address, "0x") ? address + 2 : address) == 8 ? "i686" : NULL;
}

/* KASAN's own check before the access: one register has its base, one the address, one
 * the eighth of it; of NULL and an offset the check itself faults. */
static const struct inquest_address *kasan_null(const struct look *l)
{
	size_t n = 0;
	const struct inquest_register *const *r =
		l->h->registers(l->ctx, l->c->registers, &n);
	int base = 0;

	for (size_t i = 0; i < n; i++)
		base |= r[i]->value == 0xdffffc0000000000 ||
			r[i]->value == 0xdfff800000000000;
	for (size_t i = 0; base && i < n; i++)
		for (size_t k = 0; k < n; k++)
			if (r[i]->value >= 8 && r[i]->value < 0x10000 && k != i &&
			    r[k]->value == r[i]->value >> 3)
				return l->h->address(l->ctx, r[i]->value, l->arch);
	return NULL;
}

static void find_address(struct fault *f)
{
	const struct look *l = f->l;
	int fault = !says(l, "general protection") && !is(form(l), "gpf");
	const struct inquest_register *cr2 = fault ? register_of(l, "CR2") : NULL;

	f->o = l->h->operand(l->ctx, l->c->code, l->c->registers, l->arch);
	if (l->c->address) {
		f->a = l->h->address(l->ctx, hex(l->c->address),
				     arch_of(l, l->c->address));
	} else if (cr2) {
		f->a = l->h->address(l->ctx, cr2->value, l->arch);
		f->computed = 1;
	} else if (f->o) {
		f->a = l->h->address(l->ctx, f->o->address, l->arch);
		f->computed = 1;
		if (f->a && !f->a->wild && !is(f->a->kind, "null"))
			f->a = NULL; /* it would not have faulted: another operand */
	}
	if (!f->a && !l->c->address &&
	    ((f->a = marked_register(l)) || (f->a = kasan_null(l))))
		f->computed = f->inferred = 1;
}

int judge_fault(const struct look *l, struct judged *j)
{
	struct fault f = {.l = l, .access = "an access"};

	find_address(&f);
	f.jump = is(l->c->access, "exec") || is(l->c->function, "0x0") ||
		 (!l->c->function && l->c->pc) || says(l, "exec-fault") ||
		 starts(l->c->function, "0x");
	if (is(l->c->access, "read"))
		f.access = "a read";
	else if (is(l->c->access, "write"))
		f.access = "a write";
	if (!f.a) {
		without_address(&f, j);
		return 1;
	}
	if (near_stack(&f)) {
		stack(&f, j);
		return 1;
	}
	if (name_among(l->c->function, allocator, COUNT(allocator)) &&
	    !is(f.a->kind, "null") && !is(f.a->kind, "errno")) {
		slab(&f, j);
		return 1;
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!is(f.a->kind, rows[i].kind))
			continue;
		rows[i].judge(&f, j);
		return 1;
	}
	return 0;
}

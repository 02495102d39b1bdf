/* vmcore/stacks/unwind_arm64.c - frames of an arm64 stack by frame records, see unwind.h.
 *
 * Every function keeps { next frame pointer, return address } and x29 points to it
 * (arch/arm64/kernel/stacktrace.c).  An exception leaves a record inside struct pt_regs
 * whose "return address" is the interrupted instruction; since 6.14 it is (0, 0) with a
 * word behind that says what it is.
 */
#include "vmcore/stacks/unwind.h"

#define META_FINAL 1			/* FRAME_META_TYPE_FINAL */
#define META_REGS 2			/* FRAME_META_TYPE_PT_REGS */
#define SWITCHES_MAX 8
#define KERNEL_BITS 0xffff000000000000	/* of any address of the kernel */

/* Pointer authentication puts a code where all bits are set otherwise. */
static uint64_t strip(const struct iq_unwinder *u, uint64_t va)
{
	return u->pac_mask && va >> 55 & 1 ? va | u->pac_mask : va;
}

/* The vectors: what they were entered from is an instruction. */
static bool is_vector(const struct iq_unwinder *u, uint64_t ip, bool exact)
{
	struct iq_symbol_at at;

	return iq_unwind_symbol(u, ip, exact, &at) && iq_starts(at.name, IQ_LIT("el1")) &&
	       !iq_ends(at.name, IQ_LIT("_handler"));
}

struct record {
	uint64_t fp, lr;
};

static bool read_record(const struct iq_unwinder *u, uint64_t at, struct record *r)
{
	return !(at & 7) && iq_mem_uint(u->mem, at, 8, &r->fp) == IQ_MEM_OK &&
	       iq_mem_uint(u->mem, at + 8, 8, &r->lr) == IQ_MEM_OK;
}

/* (0, 0) since 6.14: in pt_regs stand the interrupted instruction and its frame. */
static bool from_regs(const struct iq_unwinder *u, uint64_t at, uint64_t *ip,
		      uint64_t *fp)
{
	uint64_t type, regs = at - u->stackframe_at;

	return u->stackframe_at && iq_mem_uint(u->mem, at + 16, 8, &type) == IQ_MEM_OK &&
	       type == META_REGS &&
	       iq_mem_uint(u->mem, regs + u->regs_pc_at, 8, ip) == IQ_MEM_OK &&
	       iq_mem_uint(u->mem, regs + UINT64_C(29) * 8, 8, fp) == IQ_MEM_OK;
}

void iq_unwind_arm64(const struct iq_unwinder *u, const struct iq_unwind_start *s,
		     struct iq_stack_frames *ret)
{
	uint64_t ip = strip(u, s->ip), fp = s->bp, mask = ~(u->stack_size - 1);
	bool exact = s->exact;
	unsigned switches = 0;

	ret->n = 0;
	ret->rewound = false;
	ret->end = IQ_STACK_LOST;
	while (ret->n < IQ_FRAMES_MAX) {
		struct record r;
		if (!iq_symbol_is_text(u->symbols, ip) && !(exact && ret->n < 2))
			break;
		iq_unwind_add(ret, ip, exact, true);
		if (!read_record(u, fp, &r)) {
			/* no frame at all: where the kernel was entered */
			ret->end = fp ? IQ_STACK_UNREADABLE : IQ_STACK_WHOLE;
			break;
		}
		bool vector = is_vector(u, ip, exact);
		uint64_t from = fp;
		exact = vector;
		if (!r.fp && !r.lr) {
			exact = true;
			if (!from_regs(u, fp, &ip, &r.fp)) {
				ret->end = IQ_STACK_WHOLE;
				break;
			}
		} else {
			ip = strip(u, r.lr);
		}
		fp = r.fp;
		if (((from & mask) != (fp & mask) || fp <= from) && fp &&
		    ++switches > SWITCHES_MAX)
			break;
	}
	if (ret->n == IQ_FRAMES_MAX)
		ret->end = IQ_STACK_TOO_LONG;
	if (ret->end == IQ_STACK_LOST)
		iq_unwind_scan(u, s, fp ? fp : s->sp, ret);
}

/* vmcore/stacks/cpu_notes.c - see cpu_notes.h.
 *
 * A note does not say which processor it is of.  In its favour speak, from the surest
 * on: the kernel's own copy has the same registers; the base of per-CPU data in gs; the
 * stack pointer lies on the stack of what the processor runs; the pid is that task's
 * (of QEMU's notes it is the number of the processor and one); its place in the file.
 */
#include "vmcore/stacks/cpu_notes.h"

#include <elf.h>
#include <stdlib.h>

#define COMPARISONS_MAX 8000000
/* struct elf_prstatus of 64-bit machines */
#define AT_PID 32
#define AT_REGS 112
#define X86_REGS_ALL 27			/* the 21 of pt_regs, fs_base gs_base ds es fs gs */
#define X86_GS_BASE 22
#define ARM_REGS_ALL 34			/* x0..x30 sp pc pstate */

enum { X86_BP = 4, X86_IP = 16, X86_CS = 17, X86_SP = 19 };
enum { ARM_FP = 29, ARM_SP = 31, ARM_PC = 32, ARM_PSTATE = 33 };

struct note {
	uint64_t reg[ARM_REGS_ALL];
	int64_t pid;
	bool taken;
};

static bool parse(const struct iq_kimage *k, const void *desc, size_t n, struct note *ret)
{
	size_t want = k->arch == IQ_ARCH_X86_64 ? X86_REGS_ALL : ARM_REGS_ALL;
	const unsigned char *p = desc;
	uint64_t any = 0;

	*ret = (struct note){ .pid = 0 };
	if (n < AT_REGS + 8 * want)
		return false;
	for (size_t i = 0; i < want; i++)
		any |= ret->reg[i] = iq_mem_int(k->mem, p + AT_REGS + 8 * i, 8);
	ret->pid = (int32_t)iq_mem_int(k->mem, p + AT_PID, 4);
	return any != 0;
}

/* All notes of the headers, in order; the parts of a split set have the same. */
static size_t from_headers(struct iq_kimage *k, struct note *ret, size_t max)
{
	struct iq_slice rest = k->v->n_parts ? k->v->parts[0].head.notes : IQ_SLICE_NULL;
	struct iq_note note;
	size_t n = 0;

	while (n < max && iq_note_next(&rest, k->mem->big_endian, &note))
		if (note.type == NT_PRSTATUS && iq_eq(note.name, IQ_LIT("CORE")))
			n += parse(k, note.desc.p, note.desc.n, &ret[n]);
	return n;
}

/* The kernel's own copy, filled when it died if kdump was set up. */
static bool own_copy(struct iq_kimage *k, uint32_t cpu, struct note *ret)
{
	unsigned char b[12 + 8 + AT_REGS + 8 * ARM_REGS_ALL];
	size_t regs = k->arch == IQ_ARCH_X86_64 ? X86_REGS_ALL : ARM_REGS_ALL;
	size_t n = AT_REGS + 8 * regs;
	int64_t notes;
	uint64_t at;

	if (!iq_ki_variable(k, "crash_notes", 0, false, &notes) || !notes ||
	    !iq_ki_percpu(k, (uint64_t)notes, cpu, &at) ||
	    iq_mem_read(k->mem, at, b, 20 + n) != IQ_MEM_OK ||
	    iq_mem_int(k->mem, b + 8, 4) != NT_PRSTATUS || memcmp(b + 12, "CORE", 5) != 0)
		return false;
	return parse(k, b + 20, n, ret);
}

static unsigned evidence(struct iq_kimage *k, const struct note *n, uint32_t cpu,
			 const struct note *own, const struct iq_cpu_task *t)
{
	bool x86 = k->arch == IQ_ARCH_X86_64;
	uint64_t sp = n->reg[x86 ? (int)X86_SP : (int)ARM_SP];

	if (own && memcmp(own->reg, n->reg, sizeof n->reg) == 0)
		return 4;
	if (x86 && !(n->reg[X86_CS] & 3) && n->reg[X86_GS_BASE] &&
	    n->reg[X86_GS_BASE] == k->percpu_offset[cpu])
		return 3;
	if (t->high && sp > t->low && sp <= t->high)
		return 2;
	return t->task && n->pid == t->pid && n->pid > 0;
}

static void take(const struct iq_kimage *k, const struct note *n, struct iq_cpu_regs *ret)
{
	bool x86 = k->arch == IQ_ARCH_X86_64;

	ret->known = true;
	if (x86) {
		memcpy(ret->x86, n->reg, sizeof ret->x86);
		ret->user = n->reg[X86_CS] & 3;
	} else {
		ret->user = !(n->reg[ARM_PSTATE] & 15);
	}
	ret->ip = n->reg[x86 ? (int)X86_IP : (int)ARM_PC];
	ret->sp = n->reg[x86 ? (int)X86_SP : (int)ARM_SP];
	ret->bp = n->reg[x86 ? (int)X86_BP : (int)ARM_FP];
}

struct match {
	struct note *notes, *own;
	bool *has_own;
	size_t n;
	size_t budget;			/* comparisons left: not quadratic in a lie */
};

/* The notes for which WHAT speaks, each to its processor. */
static void match_by(struct iq_kimage *k, struct match *m, unsigned what,
		     const struct iq_cpu_task *running, struct iq_cpu_regs *ret)
{
	for (uint32_t cpu = 0; cpu < k->n_cpus; cpu++) {
		if (ret[cpu].known || k->percpu_offset[cpu] == UINT64_MAX)
			continue;
		/* most notes stand where they belong */
		for (size_t i = 0; i < m->n && m->budget; i++, m->budget--) {
			struct note *n = &m->notes[(cpu + i) % m->n];
			if (n->taken || evidence(k, n, cpu, m->has_own[cpu] ? &m->own[cpu]
								 : NULL,
						 &running[cpu]) != what)
				continue;
			n->taken = true;
			take(k, n, &ret[cpu]);
			break;
		}
	}
}

/* Nothing else speaks for it, and as many notes as processors are there. */
static void match_by_place(struct iq_kimage *k, const struct match *m,
			   struct iq_cpu_regs *ret)
{
	uint32_t possible = 0;

	for (uint32_t cpu = 0; cpu < k->n_cpus; cpu++)
		possible += k->percpu_offset[cpu] != UINT64_MAX;
	if (m->n != possible)
		return;
	for (uint32_t cpu = 0, i = 0; cpu < k->n_cpus; cpu++) {
		if (k->percpu_offset[cpu] == UINT64_MAX)
			continue;
		if (!ret[cpu].known && !m->notes[i].taken) {
			m->notes[i].taken = true;
			take(k, &m->notes[i], &ret[cpu]);
		}
		i++;
	}
}

/* One processor is left, and one note. */
static void match_last(struct iq_kimage *k, const struct match *m,
		       struct iq_cpu_regs *ret)
{
	uint32_t unknown = 0, possible = 0, which = 0;
	size_t left = 0, note = 0;

	for (uint32_t cpu = 0; cpu < k->n_cpus; cpu++) {
		possible += k->percpu_offset[cpu] != UINT64_MAX;
		if (k->percpu_offset[cpu] == UINT64_MAX || ret[cpu].known)
			continue;
		which = cpu;
		unknown++;
	}
	for (size_t i = 0; i < m->n; i++) {
		if (m->notes[i].taken)
			continue;
		note = i;
		left++;
	}
	if (unknown == 1 && left == 1 && m->n == possible)
		take(k, &m->notes[note], &ret[which]);
}

int iq_cpu_notes_read(struct iq_kimage *k, const struct iq_cpu_task *running,
		      struct iq_cpu_regs *ret, struct iq_err *err)
{
	size_t max = (size_t)k->n_cpus + 1;
	struct match m = {
		.notes = calloc(max, sizeof *m.notes), .own = calloc(max, sizeof *m.own),
		.has_own = calloc(max, sizeof *m.has_own),
	};
	m.budget = COMPARISONS_MAX;
	bool ok = m.notes && m.own && m.has_own;

	memset(ret, 0, k->n_cpus * sizeof *ret);
	if (ok && (k->arch == IQ_ARCH_X86_64 || k->arch == IQ_ARCH_ARM64)) {
		m.n = from_headers(k, m.notes, k->n_cpus);
		for (uint32_t cpu = 0; cpu < k->n_cpus; cpu++)
			m.has_own[cpu] = own_copy(k, cpu, &m.own[cpu]);
		for (unsigned what = 4; what > 0; what--)
			match_by(k, &m, what, running, ret);
		match_by_place(k, &m, ret);
		match_last(k, &m, ret);
		for (uint32_t cpu = 0; cpu < k->n_cpus; cpu++)
			if (!ret[cpu].known && m.has_own[cpu])
				take(k, &m.own[cpu], &ret[cpu]);
	}
	free(m.notes);
	free(m.own);
	free(m.has_own);
	return ok ? 0 : iq_err_set(err, IQ_E_NOMEM, "out of memory");
}

/* vmcore/state/task_badness.c - see task_badness.h. */
#include "vmcore/state/task_badness.h"
#include "vmcore/kernel/kread.h"

#define PF_KTHREAD 0x00200000		/* include/linux/sched.h */
#define MMF_OOM_SKIP 21			/* include/linux/mm_types.h, sched/coredump.h */
#define CAP_SYS_ADMIN 21		/* include/uapi/linux/capability.h */

static int64_t pages_of(struct iq_kimage *k, const char *variable)
{
	int64_t v;

	return iq_ki_variable(k, variable, 0, true, &v) && v >= 0 ? v : IQ_NULL;
}

void iq_badness_open(struct iq_kimage *k, struct iq_badness_rules *ret)
{
	struct iq_era_evidence e = { .release = iq_vmcoreinfo_line(k->info, "OSRELEASE") };
	struct iq_era era;
	int64_t ram = pages_of(k, "_totalram_pages");	/* 5.0 */
	int64_t swap = pages_of(k, "total_swap_pages");
	uint64_t at;

	iq_era_infer(&e, &era);
	ret->kernel = era.known ? iq_kernel_info(era.kernel) : NULL;
	ret->skips = iq_kr_release_from(k, 4, 9);
	if (ram == IQ_NULL)
		ram = pages_of(k, "totalram_pages");
	/* without CONFIG_SWAP there is no such variable; one that is not readable is another
	 * matter */
	if (swap == IQ_NULL && !iq_ki_symbol(k, "total_swap_pages", &at))
		swap = 0;
	if (ram == IQ_NULL || ram < 1 || swap == IQ_NULL ||
	    __builtin_add_overflow(ram, swap, &ret->totalpages))
		ret->totalpages = IQ_NULL;
}

/* get_mm_counter(): less than nothing is nothing; a kind that this kernel does not count
 * (shmem before 4.5) is nothing too.  IQ_NULL: not readable. */
static int64_t counted(const struct iq_mm *mm, unsigned kind)
{
	int64_t v = mm->counted[kind];

	if (v == IQ_NULL && kind == IQ_MM_SHMEM)
		return 0;
	return v != IQ_NULL && v < 0 ? 0 : v;
}

static int64_t rss_pages(const struct iq_mm *mm)
{
	static const unsigned kinds[] = { IQ_MM_FILE, IQ_MM_ANON, IQ_MM_SHMEM };
	int64_t sum = 0;

	for (size_t i = 0; i < 3; i++) {
		int64_t v = counted(mm, kinds[i]);
		if (v == IQ_NULL || __builtin_add_overflow(sum, v, &sum))
			return IQ_NULL;
	}
	return sum;
}

/* Its own before exec: a child of vfork() uses its parent's memory. */
static bool in_vfork(struct iq_kimage *k, const struct iq_task_at *t)
{
	uint64_t done, parent, mm;

	return iq_ki_pointer(k, t->va, IQ_M_TASK_VFORK_DONE, &done) &&
	       iq_ki_pointer(k, t->va, IQ_M_TASK_REAL_PARENT, &parent) &&
	       iq_ki_pointer(k, parent, IQ_M_TASK_MM, &mm) && mm == t->mm;
}

/* What oom_badness() asks before it counts; NULL: nothing spares it. */
static const char *spared(struct iq_kimage *k, const struct iq_badness_rules *r,
			  const struct iq_task_at *t, const struct iq_mm *mm)
{
	int64_t flags;

	if (t->tgid == 1)
		return "init";
	if (t->flags & PF_KTHREAD)
		return "kernel thread";
	if (!mm)
		return "no memory of its own any more";
	if (r->skips && iq_ki_get(k, t->mm, IQ_M_MM_FLAGS, &flags) &&
	    flags >> MMF_OOM_SKIP & 1)
		return "killed before, its memory already reaped";
	if (r->skips && in_vfork(k, t))
		return "child of vfork()";
	return NULL;
}

/* Up to 4.16 a little is taken off for who may administer: told by the capability, not
 * by the uid as of a report. */
static int64_t as_admin(struct iq_kimage *k, const struct iq_task_at *t)
{
	uint64_t cred;
	int64_t caps;

	if (!iq_ki_pointer(k, t->va, IQ_M_TASK_REAL_CRED, &cred) ||
	    !iq_ki_get(k, cred, IQ_M_CRED_CAP_EFFECTIVE, &caps))
		return IQ_NULL;
	return caps >> CAP_SYS_ADMIN & 1 ? 0 : 1;
}

void iq_badness_fill(struct iq_kimage *k, const struct iq_badness_rules *r,
		     const struct iq_task_at *t, const struct iq_mm *mm,
		     struct iq_task *f)
{
	const char *why = spared(k, r, t, mm);
	struct iq_badness_task b = { .pid = t->pid, .adj = f->oom_score_adj,
				     .oom_adj = f->oom_adj, .total_vm = IQ_NULL };

	if (mm) {
		b.rss = rss_pages(mm);
		b.swap = counted(mm, IQ_MM_SWAP);
		f->oom_rss_bytes = iq_kr_bytes(k, b.rss);
		f->oom_swap_bytes = iq_kr_bytes(k, b.swap);
	}
	if (why) {
		f->badness_why_not = iq_slice_z(why);
		return;
	}
	if (!r->kernel || b.swap == IQ_NULL || mm->page_table_bytes == IQ_NULL)
		return;
	b.page_tables = mm->page_table_bytes / (int64_t)k->page_size;
	b.uid = r->kernel->root_bonus ? as_admin(k, t) : 1;
	if (b.uid == IQ_NULL)
		return;
	switch (iq_badness(&b, r->totalpages, r->kernel, IQ_ADMIN_BY_UID, &f->badness_pages,
			   &why)) {
	case IQ_BAD_NEVER:
		f->badness_why_not = iq_slice_z(why);
		break;
	case IQ_BAD_UNKNOWN:
		f->badness_pages = IQ_NULL;
		break;
	case IQ_BAD_POINTS:
		break;
	}
}

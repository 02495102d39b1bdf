/* kern/era.h - which kernel writes like this: release strings and evidence.
 *
 * Vendors backport and people paste, so the text's own form decides which kernels
 * come into question; the release string only picks among those, and is said to be
 * wrong where no kernel of that name could have written the text (oom.md 6.6).
 *
 * The unit of knowledge is a reference kernel: one of the trees that the facts were
 * read in (oom.md 0.1).  Each carries the rules of its arithmetic.  Pure.
 */
#ifndef IQ_KERN_ERA_H
#define IQ_KERN_ERA_H

#include "base/buf.h"
#include "kern/gfp.h"

/* --- release strings --- */
enum iq_vendor {
	IQ_VENDOR_NONE, IQ_VENDOR_RHEL, IQ_VENDOR_UBUNTU, IQ_VENDOR_DEBIAN,
	IQ_VENDOR_ALIBABA, IQ_VENDOR_EULER, IQ_VENDOR_SUSE, IQ_VENDOR_AMAZON,
	IQ_VENDOR_OTHER,
};

#define IQ_KVER(a, b, c) \
	((uint32_t)((a) & 0xff) << 16 | (uint32_t)((b) & 0xff) << 8 | \
	 (uint32_t)((c) > 255 ? 255 : (c)))

struct iq_release {
	uint32_t version;		/* IQ_KVER: 3.10.0 */
	unsigned major, minor, patch;
	enum iq_vendor vendor;
	unsigned el;			/* 6, 7, 8, 9 of elN; al7 -> el 7 only for 3.10 */
	unsigned build;			/* 1062 of 3.10.0-1062.el7 */
};

/* False if it does not begin with a version. */
bool iq_release_parse(struct iq_slice text, struct iq_release *ret);

/* --- reference kernels --- */
enum iq_kernel {
	IQ_K_2_6_32, IQ_K_EL6, IQ_K_3_2, IQ_K_3_4, IQ_K_3_10, IQ_K_3_16, IQ_K_EL7,
	IQ_K_4_4, IQ_K_4_6, IQ_K_4_7, IQ_K_4_8, IQ_K_4_9, IQ_K_4_14, IQ_K_4_15,
	IQ_K_EL8, IQ_K_4_19, IQ_K_ALI_4_19, IQ_K_5_0, IQ_K_5_2, IQ_K_5_3, IQ_K_5_4,
	IQ_K_5_8, IQ_K_5_10, IQ_K_5_15, IQ_K_6_1, IQ_K_6_5, IQ_K_6_8, IQ_K_6_12,
	IQ_K_7_3,
	IQ_KERNELS
};
#define IQ_KERNEL_BIT(k) (UINT32_C(1) << (k))
#define IQ_ALL_KERNELS (IQ_KERNEL_BIT(IQ_KERNELS) - 1)

enum iq_badness_form {
	IQ_BADNESS_TOTAL_VM,	/* 2.6.32: cpu time, children, caps: not recomputable */
	IQ_BADNESS_PERMILLE,	/* el6, 3.2, 3.4 */
	IQ_BADNESS_PAGES,	/* 3.10 and later */
};

enum iq_wm_form {		/* kern/watermark.h; oom.md 2.4 */
	IQ_WM_2_6_32,		/* no CMA; order loop over the free counts */
	IQ_WM_3_10,		/* CMA; order loop */
	IQ_WM_4_4,		/* highatomic; free list letters; HARDER takes any type */
	IQ_WM_4_14,		/* ALLOC_OOM; letter H needs HARDER or OOM */
	IQ_WM_6_1,		/* MIN_RESERVE, NON_BLOCK */
	IQ_WM_6_12,		/* subtracts free highatomic pages only */
};

enum iq_total_form {		/* kern/totalpages.h; oom.md 2.5 */
	IQ_TOTAL_2_6_36,	/* memcg: min(limit + swap, memsw); nodes: spanned */
	IQ_TOTAL_4_9,
	IQ_TOTAL_5_4,		/* as 4.9, nodes: present */
	IQ_TOTAL_5_10,		/* memcg v1: memsw - max */
};

struct iq_kernel_info {
	const char *name;		/* "4.19", "RHEL 7" */
	uint32_t since, until;		/* IQ_KVER, both inclusive, of plain versions */
	enum iq_gfp_era gfp;
	enum iq_badness_form badness;
	bool root_bonus;		/* CAP_SYS_ADMIN: 3 % off (30 points) */
	bool clamp_one;			/* eligible, but <= 0: 1 */
	bool tie_last;			/* equal points: the later row wins */
	bool child_sacrifice;		/* a child of the chosen one may be killed instead */
	enum iq_wm_form wm;
	bool fast_ignores_highatomic;
	enum iq_total_form total;
	bool prints_score;		/* Kill process N ... score S */
};

const struct iq_kernel_info *iq_kernel_info(enum iq_kernel k);

/* Reference kernels that a release string stands for (one, or the two around it). */
uint32_t iq_release_kernels(const struct iq_release *r);

/* --- evidence --- */
enum iq_form {			/* bits: what the text showed */
	/* columns of the task table */
	IQ_FORM_COL_OOM_ADJ        = 1 << 0,
	IQ_FORM_COL_CPU            = 1 << 1,
	IQ_FORM_COL_NR_PTES        = 1 << 2,
	IQ_FORM_COL_NR_PMDS        = 1 << 3,
	IQ_FORM_COL_PGTABLES_BYTES = 1 << 4,
	IQ_FORM_COL_RSS_ANON       = 1 << 5,	/* rss_anon rss_file rss_shmem */
	IQ_FORM_COL_NO_SWAPENTS    = 1 << 6,	/* a header without swapents */
	IQ_FORM_TASKS_STATE        = 1 << 7,	/* "Tasks state (memory values in pages):" */
	/* other lines */
	IQ_FORM_SUMMARY            = 1 << 8,	/* oom-kill:constraint= */
	IQ_FORM_KILL_SCORE         = 1 << 9,	/* Kill process N (x) score S */
	IQ_FORM_TASK_IN            = 1 << 10,	/* Task in A killed as a result of limit of B */
	IQ_FORM_LIMIT_OF_HOST      = 1 << 11,
	IQ_FORM_NODEMASK_HEAD      = 1 << 12,	/* nodemask= in the invocation line */
	IQ_FORM_CPUSET_LINE        = 1 << 13,
	IQ_FORM_GFP_NAMES          = 1 << 14,
	IQ_FORM_GFP_RAW            = 1 << 15,	/* number without names */
	IQ_FORM_KILLED_SHMEM       = 1 << 16,
	IQ_FORM_KILLED_ADJ         = 1 << 17,	/* UID: pgtables: oom_score_adj: */
	IQ_FORM_KILLED_PREFIX      = 1 << 18,	/* "Out of memory: Killed process" */
	IQ_FORM_REAPER             = 1 << 19,
	/* Mem-Info */
	IQ_FORM_NODE_LRU           = 1 << 20,	/* Node 0 active_anon:..kB: 4.8 and later */
	IQ_FORM_ZONE_MANAGED       = 1 << 21,
	IQ_FORM_ZONE_FREE_PCP      = 1 << 22,
	IQ_FORM_ZONE_LRU           = 1 << 23,	/* active_anon in zone lines */
	IQ_FORM_ZONE_HIGHATOMIC    = 1 << 24,
	IQ_FORM_ZONE_BOOST         = 1 << 25,
	IQ_FORM_ZONE_FREE_HIGHATOMIC = 1 << 26,
	IQ_FORM_KERNEL_STACK_ZONE  = 1 << 27,
	IQ_FORM_SEC_PAGETABLES     = 1 << 28,
	IQ_FORM_SLAB_TABLE         = 1 << 29,
	IQ_FORM_NO_KILLABLE_PANIC  = 1 << 30,	/* Kernel panic: Out of memory and no killable */
};

struct iq_era_evidence {
	uint32_t forms;			/* enum iq_form */
	unsigned gfp_eras;		/* struct iq_gfp.eras; 0: no mask in the text */
	struct iq_slice release;	/* p NULL: none */
};

struct iq_era {
	enum iq_kernel kernel;		/* whose rules to use */
	uint32_t kernels;		/* all that could have written the text */
	bool known;			/* false: no evidence at all; the commonest assumed */
	bool by_release;		/* the release string chose among several */
	bool contradicts;		/* no kernel of that release writes such a text */
	bool torn;			/* the forms exclude each other (mixed text) */
	uint32_t because;		/* forms that excluded the release */
};

void iq_era_infer(const struct iq_era_evidence *e, struct iq_era *ret);

/* "4.4-4.9", "4.19 (by its release string)": for event.era and reports. */
void iq_era_text(struct iq_buf *out, const struct iq_era *era, const struct iq_era_evidence *e);
/* Why the release string cannot be right, one clause; nothing if it can. */
void iq_era_mismatch_text(struct iq_buf *out, const struct iq_era *era,
			  const struct iq_era_evidence *e);
/* Range of a set of reference kernels: "4.4-4.14 or RHEL 8". */
void iq_kernels_text(struct iq_buf *out, uint32_t kernels);

#endif

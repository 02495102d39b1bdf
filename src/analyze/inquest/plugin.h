/* inquest/plugin.h - all that a plugin of inquest needs.
 *
 * A plugin is a shared object that exports one symbol:
 *
 *	const struct inquest_plugin inquest_plugin = {
 *		.abi = INQUEST_PLUGIN_ABI,
 *		.size = sizeof(struct inquest_plugin),
 *		.name = "swap-full", .version = "1.0",
 *		.description = "Says when swap was full.",
 *		.kinds = (const char *const[]){ "oom-kill", NULL },
 *		.event = look,
 *	};
 *
 * Its event() is called once for every event of those kinds, its host() once for
 * every machine.  It reads facts through the host's functions and answers with
 * findings; it can write nothing else.  It links to no symbol of inquest: what it
 * may call stands in struct inquest_host, which only grows at its end.
 *
 * Build: cc -shared -fPIC $(pkg-config --cflags inquest) -o x.so x.c
 *
 * Rules for everything below
 *   units	bytes and microseconds, unless a name says otherwise (_pages).
 *   missing	a number the capture does not show is INQUEST_NULL, a text NULL.
 *		Neither is ever replaced by 0 or "".  Test before you calculate:
 *		inquest_known(x).
 *   text	NUL-terminated valid UTF-8 without control characters.
 *   lifetime	every pointer from the host is good until the callback returns;
 *		a plugin keeps nothing beyond it (no statics: calls may come in
 *		any order and in several processes).  What a plugin hands to the
 *		host is copied.
 *   growth	structs are handed out by pointer (lists are arrays of pointers),
 *		so they can grow at their ends; never copy one by sizeof.
 *   errors	functions that return a pointer give NULL, those that count give
 *		0, those that return a number give INQUEST_NULL; host->error()
 *		says why if it was more than "not in the capture".
 *   safety	plugins run in a child process with a limit on processor time.  A
 *		crash or a timeout costs the findings of this plugin for this
 *		event, and is reported; nothing else.
 */
#ifndef INQUEST_PLUGIN_H
#define INQUEST_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define INQUEST_PLUGIN_ABI	1	/* what this header describes */
#define INQUEST_PLUGIN_ABI_MIN	1	/* the oldest that this inquest still takes */

#define INQUEST_NULL INT64_MIN

#if defined(__GNUC__)
#define INQUEST_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define INQUEST_EXPORT __attribute__((visibility("default")))
#else
#define INQUEST_PRINTF(f, a)
#define INQUEST_EXPORT
#endif

static inline int inquest_known(int64_t v)
{
	return v != INQUEST_NULL;
}

/* VALUE where known, else OTHER. */
static inline int64_t inquest_or(int64_t value, int64_t other)
{
	return value != INQUEST_NULL ? value : other;
}

/* Whole percent of WHOLE, rounded down; 0 where either is missing or makes no sense. */
static inline int64_t inquest_percent(int64_t part, int64_t whole)
{
	if (part < 0 || whole <= 0)
		return 0;
	return part > INT64_MAX / 100 ? part / (whole / 100 + 1) : part * 100 / whole;
}

/* Adds V to *SUM where V is known; a sum that would overflow stays as it is. */
static inline void inquest_add(int64_t *sum, int64_t v)
{
	if (v == INQUEST_NULL)
		return;
	if (*sum == INQUEST_NULL)
		*sum = 0;
	if (v < 0 ? *sum >= INT64_MIN + 1 - v : *sum <= INT64_MAX - v)
		*sum += v;
}

/* Is N in a list as the kernel prints it ("0-1,3")?  1, 0; -1: no list ("(null)"). */
static inline int inquest_list_has(const char *list, int64_t n)
{
	const char *s = list;
	int hit = 0;

	if (!s || *s < '0' || *s > '9')
		return -1;
	while (*s >= '0' && *s <= '9') {
		int64_t lo = 0, hi;
		for (; *s >= '0' && *s <= '9'; s++)
			lo = lo < 100000 ? lo * 10 + (*s - '0') : lo;
		hi = lo;
		if (*s == '-')
			for (hi = 0, s++; *s >= '0' && *s <= '9'; s++)
				hi = hi < 100000 ? hi * 10 + (*s - '0') : hi;
		hit |= n >= lo && n <= hi;
		if (*s == ',')
			s++;
	}
	return hit;
}

/* Is this function there in the host that runs us?  For functions added after
 * the first release: if (INQUEST_HAS(h, shiny)) h->shiny(...); */
#define INQUEST_HAS(h, member) \
	((h)->size >= offsetof(struct inquest_host, member) + sizeof((h)->member) && \
	 (h)->member != NULL)

struct inquest_ctx;		/* the event or machine being looked at */
struct inquest_query;		/* a running SELECT */
struct inquest_finding;		/* one being built */
struct inquest_host;

/* ---------------------------------------------------------------- the plugin */

struct inquest_plugin {
	uint32_t abi;			/* INQUEST_PLUGIN_ABI */
	uint32_t size;			/* sizeof(struct inquest_plugin) */
	const char *name;		/* [a-z0-9-]+, unique; of two files with the
					 * same file name the first directory wins */
	const char *version;
	const char *description;	/* one line */
	/* Event kinds it looks at ("oom-kill", "alloc-failure" ...; contract: views),
	 * NULL-terminated; "*" is every kind.  NULL: none. */
	const char *const *kinds;
	/* Of two causes proposed with equal confidence the one of higher priority
	 * wins; use more for the more specific.  0 is normal. */
	int32_t priority;
	int32_t reserved;		/* 0 */
	/* 0, or a negative number: failed, the findings of this call are dropped
	 * and h->fail()'s text is reported. */
	int (*event)(const struct inquest_host *h, struct inquest_ctx *ctx);
	int (*host)(const struct inquest_host *h, struct inquest_ctx *ctx);
};

/* --------------------------------------------------------------------- facts */

struct inquest_event {
	int64_t event_id, parent_id, boot_id, host_id;
	const char *kind;		/* oom-kill, alloc-failure, userspace-kill, panic ... */
	const char *parent_kind;	/* of the event that led to this one */
	int64_t wall_us, mono_us;
	const char *time;		/* ISO text of wall_us */
	const char *host_name;
	const char *kernel_release;	/* as the report printed it, else the boot's */
	const char *arch;
	const char *era;		/* which kernels write such a report, and how that was seen */
	int64_t page_size;		/* never missing: see page_size_assumed */
	int64_t page_size_assumed;	/* 1: not seen in the capture, 4096 taken */
	int64_t truncated;		/* 1: the report ends early or has holes */
	const char *missing;		/* parts of the report that are not there, comma separated */
	int64_t seen_count;		/* in how many places it was found */
	int64_t ram_bytes;		/* of the boot */
	const char *era_mismatch;	/* why the printed release cannot be right; or NULL */
	/* lists that are not the report's but those of a dump, taken soon after it:
	 * "processes, slab caches, cgroups, zones and counters"; or NULL */
	const char *from_dump;
};

/* v1_oom, of oom-kill, alloc-failure and userspace-kill events. */
struct inquest_oom {
	const char *constraint_kind;	/* none cpuset memory_policy memcg */
	int64_t trigger_pid;
	const char *trigger_comm;
	int64_t trigger_adj;
	const char *gfp_mask;		/* as printed, masked digits and all */
	const char *gfp_flags;		/* names joined by | */
	int64_t alloc_order;
	const char *nodemask, *cpuset, *mems_allowed;
	const char *cgroup_limited;	/* whose limit was reached */
	const char *cgroup_task;	/* of the chosen task */
	int64_t usage_bytes, limit_bytes, failcnt;
	int64_t unlimited;		/* 1: a limit line was printed, and says none */
	int64_t memsw_usage_bytes, memsw_limit_bytes, memsw_failcnt;	/* v1 */
	int64_t kmem_usage_bytes, kmem_limit_bytes, kmem_failcnt;	/* v1 */
	int64_t swap_usage_bytes, swap_limit_bytes, swap_failcnt;	/* v2 */
	int64_t totalpages_bytes;
	int64_t swap_free_bytes, swap_total_bytes;			/* of the host */
	int64_t tasks_listed, victim_count;
	int64_t chosen_pid;		/* "Kill process N ... or sacrifice child" */
	const char *chosen_comm;
	int64_t chosen_score;
	int64_t manual, group_kill, allocating_task, global_oom, no_killable;	/* 0 or 1 */
	const char *killer, *killer_reason;	/* user-space killer */
	const char *alloc_kind;		/* page slub slab vmalloc vmap cma stall */
	const char *alloc_cache;
	int64_t alloc_bytes;
	const char *constraint;		/* constraint_kind; where none was printed (up to 4.19,
					 * RHEL 7), as the kernel would have found it */
};

struct inquest_victim {
	int64_t pid;
	const char *comm;
	int64_t uid, oom_score_adj, score;
	int64_t total_vm_bytes, anon_rss_bytes, file_rss_bytes, shmem_rss_bytes;
	int64_t page_table_bytes;
	const char *cgroup, *unit, *container;
	int64_t reaped;
};

struct inquest_task {
	int64_t task_id, pid, tgid, ppid, uid;
	const char *comm, *state;
	int64_t oom_score_adj;		/* before 2.6.36: from oom_adj, if printed */
	int64_t total_vm_bytes, rss_bytes, anon_rss_bytes, file_rss_bytes;
	int64_t shmem_rss_bytes, swap_bytes, page_table_bytes;
	const char *cgroup, *unit, *container;
	int64_t kernel_thread;
	int64_t seq;			/* place in the table */
	int64_t oom_adj;		/* -17..15, old kernels */
	int64_t oom_rss_bytes;		/* of a dump: what its kernel counts when it chooses; */
	int64_t oom_swap_bytes;		/* rss_bytes and swap_bytes are exact */
};

struct inquest_free_list {
	int64_t block_order, blocks;
	const char *migrate_type;	/* letters as printed ("UME"); NULL: none printed */
};

struct inquest_node {
	int64_t node;
	int64_t active_anon_bytes, inactive_anon_bytes;
	int64_t active_file_bytes, inactive_file_bytes, unevictable_bytes;
	int64_t isolated_anon_bytes, isolated_file_bytes, mapped_bytes, dirty_bytes;
	int64_t writeback_bytes, shmem_bytes, shmem_thp_bytes, shmem_pmdmapped_bytes;
	int64_t anon_thp_bytes, writeback_tmp_bytes, unstable_bytes;
	int64_t kernel_stack_bytes, pagetables_bytes, sec_pagetables_bytes;
	int64_t balloon_bytes, all_unreclaimable;
};

/* A zone of the report with the kernel's check for this event's request beside
 * it.  Zones come in the order printed. */
struct inquest_zone {
	int64_t zone_id, node;
	const char *zone;
	int64_t free_bytes, min_bytes, low_bytes, high_bytes;	/* as printed: with boost */
	int64_t boost_bytes, highatomic_bytes, free_highatomic_bytes;
	int64_t present_bytes, managed_bytes, spanned_bytes, free_cma_bytes;
	const int64_t *reserve;		/* lowmem_reserve[], bytes, by zone index */
	size_t n_reserve;		/* 0: not printed */
	int64_t active_anon_bytes, inactive_anon_bytes;
	int64_t active_file_bytes, inactive_file_bytes, unevictable_bytes;
	int64_t mlocked_bytes, dirty_bytes, writeback_bytes, mapped_bytes, shmem_bytes;
	int64_t slab_reclaimable_bytes, slab_unreclaimable_bytes;
	int64_t kernel_stack_bytes, pagetables_bytes, bounce_bytes;
	int64_t free_pcp_bytes, local_pcp_bytes, all_unreclaimable;
	const struct inquest_free_list *const *free_lists;	/* by order */
	size_t n_free_lists;
	const struct inquest_zone_check *check;		/* NULL: not computed */
};

/* The kernel's check of one zone for this event's request, at the min mark
 * (facts: __zone_watermark_ok).  0/1/INQUEST_NULL unless bytes. */
struct inquest_zone_check {
	int64_t usable;			/* the request may use it: class zone and node */
	int64_t reserve_bytes;		/* lowmem_reserve that protects it; NULL: not printed */
	int64_t mark_bytes;		/* min after the request's discounts */
	int64_t watermark_ok;		/* first comparison passes; NULL: undecidable */
	int64_t order_ok;		/* a block of the order is there (order 0: as above) */
	const char *why;		/* one clause, with figures */
	int64_t left_bytes;		/* free that counts; left - mark - reserve > 0 passes */
	int64_t high_ok;		/* would pass at high + reserve too */
	int64_t boost_only;		/* fails only because of watermark_boost */
	int64_t usable_blocks;		/* free blocks of the order or above this request may take */
};

struct inquest_counter {
	const char *scope;		/* host, node N, zone N NAME, cgroup PATH */
	const char *name;		/* the kernel's own */
	int64_t value;
	const char *unit;		/* bytes pages count */
};

struct inquest_hugetlb {
	int64_t node, page_bytes, total, free, reserved, surplus;	/* pages of page_bytes */
};

struct inquest_slab {
	const char *cache;
	int64_t objects, active, object_bytes, total_bytes, used_bytes, reclaimable;
};

struct inquest_cgroup {
	const char *path;
	int64_t version, usage_bytes, limit_bytes, unlimited, effective_limit_bytes;
	int64_t swap_bytes, failcnt, anon_bytes, file_bytes, shmem_bytes, kernel_bytes;
	int64_t oom_group, oom_kills;
	const char *unit, *container, *pod;
};

struct inquest_swap {
	const char *path, *kind;
	int64_t size_bytes, used_bytes, priority;
};

struct inquest_frame {
	int64_t depth;			/* 0 is where the task is */
	const char *function;
	int64_t offset;
	const char *module;
	int64_t reliable;		/* 0: printed with a question mark */
};

/* A line of the report that may be cited.  Roles: "headline", "zone 0 DMA32",
 * "task 4070", "killed 4070", "swap-free" ... (view v1_event_line). */
struct inquest_line {
	const char *role;
	int64_t capture_id;
	const char *member;
	int64_t line;
	const char *text;
};

/* Another event of the same boot, or this one. */
struct inquest_neighbour {
	int64_t event_id;
	const char *kind;
	int64_t wall_us, mono_us;
	const char *constraint_kind, *cgroup_limited, *trigger_comm;
	int64_t victim_pid;		/* first victim */
	const char *victim_comm, *victim_cgroup, *victim_unit, *victim_container;
	int64_t victim_anon_bytes;
};

/* ---------------------------------------------------------- kernel arithmetic */

struct inquest_gfp {
	int64_t mask;			/* NULL: not printed, or not recoverable */
	const char *flags;		/* names joined by | */
	const char *class_zone;		/* highest zone it may use: DMA ... Movable */
	int64_t class_index;		/* index into lowmem_reserve[]; NULL: zone list unknown */
	/* 0, 1 or INQUEST_NULL: */
	int64_t fault_path;		/* gfp_mask=0x0 of an OOM kill */
	int64_t direct_reclaim, kswapd_reclaim, high, atomic;
	int64_t io, fs, noretry, retry_mayfail, nofail;
	int64_t thisnode, movable, account, highmem, dma, dma32, comp, zero;
	const char *era;		/* whose bit table was used, and why that one */
};

/* One task before the kernel's choice.  Listed by rank, the ineligible last. */
struct inquest_choice {
	const struct inquest_task *task;
	int64_t eligible;
	const char *why_not;		/* NULL if eligible */
	int64_t badness_pages;		/* NULL: not computable */
	int64_t score;			/* badness * 1000 / totalpages */
	int64_t rank;			/* 1 is the one to be killed; NULL: ineligible */
	int64_t killed;			/* is a victim of this event */
};

/* What the recomputed choice says against what was killed. */
struct inquest_ranking {
	const struct inquest_choice *const *choices;
	size_t n_choices;		/* 0: no table in the report */
	int64_t totalpages;		/* pages; NULL: not derivable */
	const char *totalpages_how;	/* one clause, with figures */
	int64_t totalpages_exact;	/* 0: approximated, the clause says why */
	int64_t computed;		/* 0: not recomputable in this era, or figures missing */
	const char *why_not_computed;
	int64_t expected_pid;		/* rank 1 */
	int64_t killed_pid;		/* first victim */
	int64_t agrees;			/* 0, 1; NULL: one of them is missing */
	const char *why_differs;	/* if agrees is 0: what explains it, or NULL */
	int64_t root_bonus_matters;	/* 1: rank 1 depends on whether uid 0 has CAP_SYS_ADMIN */
	const char *era;
};

struct inquest_holding {
	const char *holder;		/* processes shmem slab page-tables ... (contract) */
	const char *what;		/* counter(s) it was taken from */
	int64_t bytes;			/* NULL: not printed */
};

/* The accounting identity of a host-wide report: managed = sum + unaccounted. */
struct inquest_account {
	int64_t complete;		/* 1: all terms were there; 0: unaccounted is NULL */
	const char *missing;		/* which were not */
	int64_t managed_bytes, accounted_bytes, unaccounted_bytes;
	const struct inquest_holding *const *holdings;	/* largest first, disjoint */
	size_t n_holdings;
	int64_t anon_bytes;		/* anonymous on LRU without shmem */
	int64_t shmem_bytes;
	int64_t file_bytes;		/* file LRU */
	int64_t free_bytes;
	int64_t slab_reclaimable_bytes, slab_unreclaimable_bytes;
	int64_t page_tables_bytes, kernel_stacks_bytes, unevictable_bytes;
	int64_t hugetlb_bytes, hugetlb_free_bytes;
	int64_t reserved_bytes;		/* RAM that was never given to the allocator */
	int64_t ram_bytes;		/* present */
	int64_t noise_bytes;		/* less unaccounted than this is counter drift */
};

/* A change for rechoose(). */
struct inquest_change {
	int64_t pid;
	int64_t adj;			/* new oom_score_adj; INQUEST_NULL: the task is gone */
};

/* ------------------------------------------------------------------- crashes */

/* v1_crash, of panics, oopses, lockups ...; what a column means stands there. */
struct inquest_crash {
	int64_t event_id;
	const char *reason, *function, *suspect, *module, *address, *taint, *hardware;
	int64_t cpu, pid;
	const char *comm, *crash_key;
	const char *form;		/* null-deref, gpf, kasan-use-after-free, hung-task ... */
	const char *die;		/* Oops: 0002 [#1] SMP */
	int64_t report_no;
	const char *error_code, *access, *message, *source_file;
	int64_t access_bytes, source_line;
	const char *pc, *context;
	int64_t stuck_us;
	const char *waits_in, *lock_kind, *lock_name, *owner_comm;
	int64_t owner_pid, owner_cpu, other_cpu;
	const char *workqueue, *object, *hw_severity, *hw_status, *hw_misc;
	int64_t hw_bank;
	const char *registers, *code, *modules, *last_unloaded;
	int64_t manual, repeats, last_wall_us, last_mono_us;
	const char *quality;
};

/* What the value of a pointer tells. */
struct inquest_address {
	uint64_t value;
	/* null errno all-ones list-poison poison freed uninitialised redzone kasan-shadow
	 * text non-canonical user direct-map vmalloc vmemmap image module kernel unknown */
	const char *kind;
	const char *name;		/* LIST_POISON1, EINVAL ...; or NULL */
	const char *means;		/* one clause */
	int64_t offset;			/* from NULL, or from the named value */
	const char *text;		/* of kind text: its bytes, lowest first; else NULL */
	int64_t wild;			/* 1: no working pointer ever has such a value */
};

struct inquest_register {
	const char *name;		/* as printed, in capitals */
	uint64_t value;
};

/* The memory operand of the instruction that faulted. */
struct inquest_operand {
	const char *base, *index;	/* registers; NULL: none */
	uint64_t base_value, index_value, address;
	int64_t displacement, scale;
};

struct inquest_panic_reason {
	const char *text;		/* behind "not syncing: " */
	const char *verdict;		/* the cause, unless an earlier report tells a better one */
	const char *ends;		/* kinds of events that it may end, blanks between; or NULL */
	const char *means, *next;	/* one sentence each, without full stop; next may be NULL */
};

/* How init ended: exitcode= of the panic. */
struct inquest_exit {
	int64_t code, signal;		/* of these one is INQUEST_NULL */
	const char *name;		/* SIGSEGV; or NULL */
	const char *means, *next;	/* one clause each */
};

/* The status register of a machine check bank. */
struct inquest_mce {
	const char *unit;		/* unknown memory cache tlb bus internal io */
	/* none corrected deferred recoverable uncorrected fatal */
	const char *severity;
	const char *what;		/* "memory controller, read, channel 1" */
	const char *severity_text;	/* the severity in words */
	int64_t code, model_code, overflow, channel;	/* channel: INQUEST_NULL if not told */
};

struct inquest_taint {
	const char *name;		/* OOT_MODULE */
	const char *meaning;
	int64_t suspect;		/* 1: code or hardware from outside the kernel: look there */
};

/* ------------------------------------------------------------------ findings */

enum inquest_role {
	INQUEST_CAUSE = 1,		/* proposed; the host takes one per event */
	INQUEST_CONTRIBUTING = 2,
	INQUEST_NOTICE = 3,		/* of a machine: only in host() */
};

enum inquest_severity {
	INQUEST_FAULT = 1,
	INQUEST_WARNING = 2,
	INQUEST_SEV_NOTICE = 3,
};

enum inquest_confidence {
	INQUEST_CERTAIN = 1,		/* the capture states it */
	INQUEST_STRONG = 2,		/* computed from complete figures */
	INQUEST_LIKELY = 3,
	INQUEST_GUESS = 4,
};

/* --------------------------------------------------------- what the host does */

struct inquest_host {
	uint32_t size;			/* of this struct in the host that runs us */
	uint32_t abi;			/* its INQUEST_PLUGIN_ABI */
	const char *version;		/* of inquest */

	/* --- the event.  All lists: number in *ret_n, array of pointers or NULL if
	 * there is none.  They speak of the snapshot printed with the report (or, of
	 * a dump, of the machine at the crash); other snapshots are there in SQL. */
	const struct inquest_event *(*event)(struct inquest_ctx *ctx);	/* NULL in host() */
	const struct inquest_oom *(*oom)(struct inquest_ctx *ctx);	/* NULL: no memory event */
	const struct inquest_victim *const *(*victims)(struct inquest_ctx *ctx, size_t *ret_n);
	const struct inquest_task *const *(*tasks)(struct inquest_ctx *ctx, size_t *ret_n);
	const struct inquest_node *const *(*nodes)(struct inquest_ctx *ctx, size_t *ret_n);
	const struct inquest_zone *const *(*zones)(struct inquest_ctx *ctx, size_t *ret_n);
	const struct inquest_counter *const *(*counters)(struct inquest_ctx *ctx, size_t *ret_n);
	const struct inquest_hugetlb *const *(*hugetlb)(struct inquest_ctx *ctx, size_t *ret_n);
	const struct inquest_slab *const *(*slabs)(struct inquest_ctx *ctx, size_t *ret_n);
						/* largest first */
	const struct inquest_cgroup *const *(*cgroups)(struct inquest_ctx *ctx, size_t *ret_n);
	const struct inquest_swap *const *(*swaps)(struct inquest_ctx *ctx, size_t *ret_n);
	const struct inquest_frame *const *(*frames)(struct inquest_ctx *ctx, size_t *ret_n);
						/* of the event's own trace */
	/* Lines with this role; a ROLE that ends in a blank is a prefix ("zone " gives
	 * all zone lines); NULL gives all. */
	const struct inquest_line *const *(*lines)(struct inquest_ctx *ctx, const char *role,
						   size_t *ret_n);
	const struct inquest_line *(*line)(struct inquest_ctx *ctx, const char *role); /* first */
	/* Value of one counter in bytes (pages are converted; counts as they are).
	 * SCOPE NULL: "host". */
	int64_t (*counter)(struct inquest_ctx *ctx, const char *scope, const char *name);
	const struct inquest_task *(*task)(struct inquest_ctx *ctx, int64_t pid);
	/* All memory events of this boot in order of time, this one at *ret_self. */
	const struct inquest_neighbour *const *(*neighbours)(struct inquest_ctx *ctx,
						size_t *ret_n, size_t *ret_self);

	/* --- the kernel's arithmetic, done by the host.  Never NULL for memory events,
	 * but members may be missing. */
	const struct inquest_gfp *(*gfp)(struct inquest_ctx *ctx);
	/* 1, 0 or INQUEST_NULL: is FLAG ("__GFP_THISNODE") in the mask?  Composites are
	 * seen through: __GFP_FS is in GFP_KERNEL. */
	int64_t (*gfp_has)(struct inquest_ctx *ctx, const char *flag);
	const struct inquest_ranking *(*ranking)(struct inquest_ctx *ctx);
	const struct inquest_account *(*account)(struct inquest_ctx *ctx);
	/* Who would have died?  Pid, 0: nobody, INQUEST_NULL: not computable.
	 * LIMIT_BYTES INQUEST_NULL: as it was. */
	int64_t (*rechoose)(struct inquest_ctx *ctx, const struct inquest_change *changes,
			    size_t n_changes, int64_t limit_bytes);
	/* The highest oom_score_adj with which PID would not have been chosen;
	 * INQUEST_NULL: none, or not computable. */
	int64_t (*adj_to_spare)(struct inquest_ctx *ctx, int64_t pid);

	/* --- the machine, in host(): v1_host.host_id, and its name */
	int64_t (*host_id)(struct inquest_ctx *ctx);
	const char *(*host_name)(struct inquest_ctx *ctx);

	/* --- SQL over the views v1_*; anything but reading is refused.  One statement.
	 * NULL on error.  Statements are kept by the host: asking the same text again
	 * is cheap, and what is not finalized is closed when the callback returns.
	 * Parameters and columns count as in SQLite: from 1, from 0. */
	struct inquest_query *(*prepare)(struct inquest_ctx *ctx, const char *sql);
	int (*bind_int)(struct inquest_query *q, const char *name, int64_t v); /* ":pid"; 0 ok */
	int (*bind_text)(struct inquest_query *q, const char *name, const char *v);
	int (*step)(struct inquest_query *q);	/* 1 a row, 0 the end, -1 error */
	int (*column_count)(struct inquest_query *q);
	const char *(*column_name)(struct inquest_query *q, int i);
	int64_t (*column_int)(struct inquest_query *q, int i);	/* NULL: INQUEST_NULL */
	double (*column_real)(struct inquest_query *q, int i);	/* NULL: NaN */
	const char *(*column_text)(struct inquest_query *q, int i);	/* until the return */
	void (*finalize)(struct inquest_query *q);
	const char *(*error)(struct inquest_ctx *ctx);		/* of the last failure, or "" */
	/* Reports why a callback is about to return a negative number.  Returns -1. */
	int (*fail)(struct inquest_ctx *ctx, const char *fmt, ...) INQUEST_PRINTF(2, 3);

	/* --- text, kept until the callback returns */
	const char *(*bytes)(struct inquest_ctx *ctx, int64_t n);	/* "45.5 MiB", "?" */
	const char *(*text)(struct inquest_ctx *ctx, const char *fmt, ...) INQUEST_PRINTF(2, 3);

	/* --- findings.  RULE is a stable id, VERDICT a word of the contract (causes) or
	 * of your own (contributing, notice): [a-z0-9-]+.  A finding is not there until
	 * finding_commit(), which refuses one without title or without evidence (-1 and
	 * error()).  All setters are harmless on NULL, so finding_new() need not be
	 * checked. */
	struct inquest_finding *(*finding_new)(struct inquest_ctx *ctx, enum inquest_role role,
					       const char *verdict,
					       enum inquest_severity severity,
					       enum inquest_confidence confidence,
					       const char *rule);
	void (*finding_priority)(struct inquest_finding *f, int priority);
	void (*finding_holder)(struct inquest_finding *f, const char *holder);
	void (*finding_title)(struct inquest_finding *f, const char *fmt, ...)
		INQUEST_PRINTF(2, 3);
	void (*finding_explain)(struct inquest_finding *f, const char *fmt, ...)
		INQUEST_PRINTF(2, 3);			/* appends */
	void (*finding_advise)(struct inquest_finding *f, const char *fmt, ...)
		INQUEST_PRINTF(2, 3);			/* one line a call */
	/* What was not in the capture, and how to have it next time. */
	void (*finding_missing)(struct inquest_finding *f, const char *what,
				const char *how_to_collect);
	/* Evidence.  cite_role: all lines of that role (as lines()), at most MAX of them
	 * (0: all); how many were cited. */
	void (*cite_line)(struct inquest_finding *f, const struct inquest_line *line);
	size_t (*cite_role)(struct inquest_finding *f, const char *role, size_t max);
	/* A row of a view ("v1_task", task_id), with a text of yours; for what was
	 * computed (v1_zone_check) or comes from no line. */
	void (*cite_row)(struct inquest_finding *f, const char *view, int64_t row_id,
			 const char *fmt, ...) INQUEST_PRINTF(4, 5);
	int (*finding_commit)(struct inquest_finding *f);

	/* Of two sizes: "96.5 %", "under 0.1 %"; "?" where one is missing. */
	const char *(*share)(struct inquest_ctx *ctx, int64_t part, int64_t whole);

	/* --- crashes.  NULL: the event has no such facts, the text is none of that.
	 * EVENT_ID: this event's, its parent's, any; INQUEST_NULL: this event. */
	const struct inquest_crash *(*crash)(struct inquest_ctx *ctx, int64_t event_id);
	const struct inquest_address *(*address)(struct inquest_ctx *ctx, uint64_t value,
						 const char *arch);
	/* Which bit, above the offset into a page, is all that tells A from B; -1. */
	int (*address_flip)(uint64_t a, uint64_t b);
	const struct inquest_register *const *(*registers)(struct inquest_ctx *ctx,
						const char *text, size_t *ret_n);
	const struct inquest_operand *(*operand)(struct inquest_ctx *ctx, const char *code,
						 const char *registers, const char *arch);
	const struct inquest_panic_reason *(*panic_reason)(struct inquest_ctx *ctx,
							   const char *line);
	const struct inquest_exit *(*exit_status)(struct inquest_ctx *ctx, uint64_t exitcode);
	const struct inquest_mce *(*mce)(struct inquest_ctx *ctx, uint64_t status, int amd);
	const struct inquest_taint *(*taint)(struct inquest_ctx *ctx, char letter);
	const char *(*errno_name)(int err);

	/* --- end of ABI 1 */
};

#ifdef __cplusplus
}
#endif
#endif

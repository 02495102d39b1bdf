/* tests/analyze/world.h - small composed stores: what a capture would have put there.
 *
 * Figures are composed after the vectors of the kernel's arithmetic (V9 ... of the
 * facts); pages are 4096 bytes.
 */
#ifndef IQ_TESTS_ANALYZE_WORLD_H
#define IQ_TESTS_ANALYZE_WORLD_H

#include "../store/feed.h"
#include "analyze/analyze.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PAGE 4096

struct world_task {
	int64_t pid, uid, rss, page_tables, swap, adj;	/* pages; 0 stays 0 */
	const char *comm;
};

static inline int64_t zero(int64_t v)
{
	return v ? v : ZERO;
}

/* A capture with one host and one boot. */
static inline void world_begin(struct feed *f, const char *sha, const char *host,
			       const char *release)
{
	feed_init(f);
	ADD(f, CAPTURE, capture, .id = 1, .path = TEXT("composed.log"), .kind = TEXT("log"),
	    .sha256 = iq_slice_z(sha), .status = TEXT("ok"));
	ADD(f, MEMBER, member, .id = 1, .name = TEXT(""));
	ADD(f, HOST, host, .id = 1, .name = iq_slice_z(host));
	ADD(f, BOOT, boot, .id = 1, .host_id = 1, .kernel_release = iq_slice_z(release),
	    .arch = TEXT("x86_64"));
}

static inline void world_line(struct feed *f, int64_t event, int64_t line, const char *role,
			      const char *text)
{
	ADD(f, EVENT_LINE, event_line, .event_id = event, .member_id = 1, .line = line,
	    .role = iq_slice_z(role), .text = iq_slice_z(text));
}

/* An event with its snapshot of the same id. */
static inline void world_event(struct feed *f, int64_t id, const char *kind, int64_t mono_s)
{
	static char prints[4096][32];
	char *print = prints[(size_t)id % COUNT(prints)];

	snprintf(print, sizeof(prints[0]), "print-%lld", (long long)id);
	ADD(f, EVENT, event, .id = id, .boot_id = 1, .kind = iq_slice_z(kind),
	    .fingerprint = iq_slice_z(print), .mono_us = mono_s * 1000000,
	    .wall_us = 1600000000000000 + mono_s * 1000000, .truncated = ZERO);
	ADD(f, SIGHTING, sighting, .event_id = id, .member_id = 1, .first_line = id * 100,
	    .last_line = id * 100 + 50);
	ADD(f, SNAPSHOT, snapshot, .id = id, .boot_id = 1, .source = TEXT("log"));
	ADD(f, EVENT_SNAPSHOT, event_snapshot, .event_id = id, .snapshot_id = id,
	    .role = TEXT("report"));
}

static inline void world_tasks(struct feed *f, int64_t snapshot, const struct world_task *t,
			       size_t n)
{
	for (size_t i = 0; i < n; i++)
		ADD(f, TASK, task, .snapshot_id = snapshot, .pid = t[i].pid,
		    .tgid = t[i].pid, .uid = zero(t[i].uid), .comm = iq_slice_z(t[i].comm),
		    .rss_bytes = zero(t[i].rss * PAGE), .oom_score_adj = zero(t[i].adj),
		    .page_table_bytes = zero(t[i].page_tables * PAGE),
		    .swap_bytes = zero(t[i].swap * PAGE), .seq = zero((int64_t)i));
}

static inline void world_victim(struct feed *f, int64_t event, int64_t pid,
				const char *comm)
{
	ADD(f, VICTIM, victim, .event_id = event, .pid = pid, .comm = iq_slice_z(comm));
}

static inline void world_counter(struct feed *f, int64_t snapshot, const char *name,
				 int64_t pages)
{
	ADD(f, COUNTER, counter, .snapshot_id = snapshot, .scope = TEXT("host"),
	    .name = iq_slice_z(name), .value = zero(pages), .unit = TEXT("pages"));
}

/* V10: memory cgroup of 512 MiB without swap; a sidecar at -998, a shell at 1000. */
static const struct world_task v10_tasks[] = {
	{ 100, 1000, 120000, 100, 0, 0, "java" },
	{ 101, 1000, 9000, 30, 0, -998, "sidecar" },
	{ 102, 1000, 300, 10, 0, 1000, "sh" },
};

static inline void world_v10(struct feed *f, int64_t id, int64_t mono_s)
{
	world_event(f, id, "oom-kill", mono_s);
	ADD(f, OOM, oom, .event_id = id, .constraint_kind = TEXT("memcg"),
	    .trigger_pid = 100, .trigger_comm = TEXT("java"), .gfp_mask = TEXT("0xcc0"),
	    .gfp_flags = TEXT("GFP_KERNEL"), .alloc_order = ZERO,
	    .cgroup_limited = TEXT("/pod"), .cgroup_task = TEXT("/pod/a"),
	    .usage_bytes = 536870912, .limit_bytes = 536870912, .swap_limit_bytes = ZERO,
	    .swap_usage_bytes = ZERO, .swap_total_bytes = ZERO, .victim_count = 1);
	world_line(f, id, id * 100, "headline",
		   "java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0");
	world_line(f, id, id * 100 + 20, "table-header",
		   "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name");
	world_line(f, id, id * 100 + 30, "summary",
		   "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,"
		   "oom_memcg=/pod,task_memcg=/pod/a,task=sh,pid=102,uid=1000");
	world_line(f, id, id * 100 + 31, "killed 102",
		   "Memory cgroup out of memory: Killed process 102 (sh) total-vm:2000kB, "
		   "anon-rss:1000kB, file-rss:200kB, shmem-rss:0kB, UID:1000 pgtables:40kB "
		   "oom_score_adj:1000");
	world_tasks(f, id, v10_tasks, COUNT(v10_tasks));
	world_victim(f, id, 102, "sh");
}

static inline struct iq_store *world_end(struct feed *f, const char *path)
{
	struct iq_store *s = open_store(path, path ? IQ_STORE_WRITE : IQ_STORE_MEMORY);

	apply(s, f);
	feed_fini(f);
	return s;
}

#endif

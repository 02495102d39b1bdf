/* analyze/case.c - see case.h. */
#include "analyze/case.h"

#include <stdlib.h>

#include "model/facts.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SHAPE(columns, type, from, cond, most) \
	{ .view = from, .where = cond, .cols = columns, .n_cols = COUNT(columns), \
	  .size = sizeof(struct type), .max = most }

/* Bounds on what one report may bring along: far above any real one (a kernel has
 * at most 4 million pids, but no printk buffer holds so many rows). */
#define TASKS_MAX	1000000
#define ROWS_MAX	100000
#define ZONES_MAX	4096

#define I(m) IQ_ROW_INT(inquest_event, m)
#define T(m) IQ_ROW_TEXT(inquest_event, m)
static const struct iq_row_col event_cols[] = {
	I(event_id), I(parent_id), I(boot_id), I(host_id), T(kind), I(wall_us), I(mono_us),
	T(time), T(kernel_release), T(arch), T(era), I(page_size), I(truncated),
	T(missing), I(seen_count),
};
#undef I
#undef T
static const struct iq_row_shape event_shape =
	SHAPE(event_cols, inquest_event, "v1_event", "event_id = ?1", 1);

struct boot_row {
	int64_t host_id, page_size, ram_bytes;
	const char *kernel_release, *arch;
};
static const struct iq_row_col boot_cols[] = {
	IQ_ROW_INT(boot_row, host_id), IQ_ROW_INT(boot_row, page_size),
	IQ_ROW_INT(boot_row, ram_bytes), IQ_ROW_TEXT(boot_row, kernel_release),
	IQ_ROW_TEXT(boot_row, arch),
};
static const struct iq_row_shape boot_shape =
	SHAPE(boot_cols, boot_row, "v1_boot", "boot_id = ?1", 1);

struct name_row { const char *name, *kind; };
static const struct iq_row_col host_cols[] = { IQ_ROW_TEXT(name_row, name) };
static const struct iq_row_shape host_shape =
	SHAPE(host_cols, name_row, "v1_host", "host_id = ?1", 1);
static const struct iq_row_col parent_cols[] = { IQ_ROW_TEXT(name_row, kind) };
static const struct iq_row_shape parent_shape =
	SHAPE(parent_cols, name_row, "v1_event", "event_id = ?1", 1);

struct snap_row { int64_t snapshot_id; const char *role; };
static const struct iq_row_col snap_cols[] = {
	IQ_ROW_INT(snap_row, snapshot_id), IQ_ROW_TEXT(snap_row, role),
};
static const struct iq_row_shape snap_shape =
	SHAPE(snap_cols, snap_row, "v1_event_snapshot",
	      "event_id = ?1 AND role IN ('report', 'dump') ORDER BY role DESC", 8);

#define I(m) IQ_ROW_INT(inquest_oom, m)
#define T(m) IQ_ROW_TEXT(inquest_oom, m)
static const struct iq_row_col oom_cols[] = {
	T(constraint_kind), I(trigger_pid), T(trigger_comm), I(trigger_adj), T(gfp_mask),
	T(gfp_flags), I(alloc_order), T(nodemask), T(cpuset), T(mems_allowed),
	T(cgroup_limited), T(cgroup_task), I(usage_bytes), I(limit_bytes), I(failcnt),
	I(unlimited), I(memsw_usage_bytes), I(memsw_limit_bytes), I(memsw_failcnt),
	I(kmem_usage_bytes), I(kmem_limit_bytes), I(kmem_failcnt), I(swap_usage_bytes),
	I(swap_limit_bytes), I(swap_failcnt), I(totalpages_bytes), I(swap_free_bytes),
	I(swap_total_bytes), I(tasks_listed), I(victim_count), I(chosen_pid),
	T(chosen_comm), I(chosen_score), I(manual), I(group_kill), I(allocating_task),
	I(global_oom), I(no_killable), T(killer), T(killer_reason), T(alloc_kind),
	T(alloc_cache), I(alloc_bytes),
};
#undef I
#undef T
static const struct iq_row_shape oom_shape =
	SHAPE(oom_cols, inquest_oom, "v1_oom", "event_id = ?1", 1);

#define I(m) IQ_ROW_INT(inquest_victim, m)
#define T(m) IQ_ROW_TEXT(inquest_victim, m)
static const struct iq_row_col victim_cols[] = {
	I(pid), T(comm), I(uid), I(oom_score_adj), I(score), I(total_vm_bytes),
	I(anon_rss_bytes), I(file_rss_bytes), I(shmem_rss_bytes), I(page_table_bytes),
	T(cgroup), T(unit), T(container), I(reaped),
};
#undef I
#undef T
static const struct iq_row_shape victim_shape =
	SHAPE(victim_cols, inquest_victim, "v1_victim", "event_id = ?1", ROWS_MAX);

#define I(m) IQ_ROW_INT(inquest_task, m)
#define T(m) IQ_ROW_TEXT(inquest_task, m)
static const struct iq_row_col task_cols[] = {
	I(task_id), I(pid), I(tgid), I(ppid), I(uid), T(comm), T(state), I(oom_score_adj),
	I(total_vm_bytes), I(rss_bytes), I(anon_rss_bytes), I(file_rss_bytes),
	I(shmem_rss_bytes), I(swap_bytes), I(page_table_bytes), T(cgroup), T(unit),
	T(container), I(kernel_thread), I(seq), I(oom_adj), I(oom_rss_bytes),
	I(oom_swap_bytes),
};
#undef I
#undef T
static const struct iq_row_shape task_shape =
	SHAPE(task_cols, inquest_task, "v1_task", "snapshot_id = ?1", TASKS_MAX);

/* Of a dump only what the kernel's own table would list: processes with memory. */
static const struct iq_row_shape process_shape =
	SHAPE(task_cols, inquest_task, "v1_task", "snapshot_id = ?1 AND kernel_thread = 0 "
	      "AND rss_bytes IS NOT NULL AND pid <> 1", TASKS_MAX);

/* Any task, threads too. */
static const struct iq_row_shape any_task_shape =
	SHAPE(task_cols, inquest_task, "v1_task", "snapshot_id = ?1 AND kernel_thread = 0 "
	      "AND cgroup IS NOT NULL", TASKS_MAX);

static const struct iq_row_col time_cols[] = {
	IQ_ROW_INT(iq_case_time, wall_us), IQ_ROW_INT(iq_case_time, mono_us),
};
static const struct iq_row_shape time_shape =
	SHAPE(time_cols, iq_case_time, "v1_snapshot", "snapshot_id = ?1", 1);

#define I(m) IQ_ROW_INT(inquest_node, m)
static const struct iq_row_col node_cols[] = {
	I(node), I(active_anon_bytes), I(inactive_anon_bytes), I(active_file_bytes),
	I(inactive_file_bytes), I(unevictable_bytes), I(isolated_anon_bytes),
	I(isolated_file_bytes), I(mapped_bytes), I(dirty_bytes), I(writeback_bytes),
	I(shmem_bytes), I(shmem_thp_bytes), I(shmem_pmdmapped_bytes), I(anon_thp_bytes),
	I(writeback_tmp_bytes), I(unstable_bytes), I(kernel_stack_bytes),
	I(pagetables_bytes), I(sec_pagetables_bytes), I(balloon_bytes),
	I(all_unreclaimable),
};
#undef I
static const struct iq_row_shape node_shape =
	SHAPE(node_cols, inquest_node, "v1_node", "snapshot_id = ?1", ZONES_MAX);

struct zone_row { struct inquest_zone z; const char *lowmem_reserve; };
#define I(m) { #m, offsetof(struct zone_row, z.m), false }
static const struct iq_row_col zone_cols[] = {
	I(zone_id), I(node), { "zone", offsetof(struct zone_row, z.zone), true },
	I(free_bytes), I(min_bytes), I(low_bytes), I(high_bytes), I(boost_bytes),
	I(highatomic_bytes), I(free_highatomic_bytes), I(present_bytes), I(managed_bytes),
	I(spanned_bytes), I(free_cma_bytes), I(active_anon_bytes), I(inactive_anon_bytes),
	I(active_file_bytes), I(inactive_file_bytes), I(unevictable_bytes),
	I(mlocked_bytes), I(dirty_bytes), I(writeback_bytes), I(mapped_bytes),
	I(shmem_bytes), I(slab_reclaimable_bytes), I(slab_unreclaimable_bytes),
	I(kernel_stack_bytes), I(pagetables_bytes), I(bounce_bytes), I(free_pcp_bytes),
	I(local_pcp_bytes), I(all_unreclaimable), IQ_ROW_TEXT(zone_row, lowmem_reserve),
};
#undef I
static const struct iq_row_shape zone_shape =
	SHAPE(zone_cols, zone_row, "v1_zone", "snapshot_id = ?1", ZONES_MAX);

struct free_row { struct inquest_free_list f; int64_t node; const char *zone; };
static const struct iq_row_col free_cols[] = {
	{ "block_order", offsetof(struct free_row, f.block_order), false },
	{ "blocks", offsetof(struct free_row, f.blocks), false },
	{ "migrate_type", offsetof(struct free_row, f.migrate_type), true },
	IQ_ROW_INT(free_row, node), IQ_ROW_TEXT(free_row, zone),
};
static const struct iq_row_shape free_shape =
	SHAPE(free_cols, free_row, "v1_free_list",
	      "snapshot_id = ?1 ORDER BY node, zone, block_order", ROWS_MAX);

static const struct iq_row_col counter_cols[] = {
	IQ_ROW_TEXT(inquest_counter, scope), IQ_ROW_TEXT(inquest_counter, name),
	IQ_ROW_INT(inquest_counter, value), IQ_ROW_TEXT(inquest_counter, unit),
};
static const struct iq_row_shape counter_shape =
	SHAPE(counter_cols, inquest_counter, "v1_counter", "snapshot_id = ?1", ROWS_MAX);

static const struct iq_row_shape swap_total_shape =
	SHAPE(counter_cols, inquest_counter, "v1_counter", "snapshot_id = ?1 AND "
	      "scope = 'host' AND name = 'SwapTotal' AND unit = 'bytes'", 1);

#define I(m) IQ_ROW_INT(inquest_hugetlb, m)
static const struct iq_row_col hugetlb_cols[] = {
	I(node), I(page_bytes), I(total), I(free), I(reserved), I(surplus),
};
#undef I
static const struct iq_row_shape hugetlb_shape =
	SHAPE(hugetlb_cols, inquest_hugetlb, "v1_hugetlb", "snapshot_id = ?1", ZONES_MAX);

#define I(m) IQ_ROW_INT(inquest_slab, m)
static const struct iq_row_col slab_cols[] = {
	IQ_ROW_TEXT(inquest_slab, cache), I(objects), I(active), I(object_bytes),
	I(total_bytes), I(used_bytes), I(reclaimable),
};
#undef I
static const struct iq_row_shape slab_shape =
	SHAPE(slab_cols, inquest_slab, "v1_slab",
	      "snapshot_id = ?1 ORDER BY total_bytes DESC", ROWS_MAX);

#define I(m) IQ_ROW_INT(inquest_cgroup, m)
#define T(m) IQ_ROW_TEXT(inquest_cgroup, m)
static const struct iq_row_col cgroup_cols[] = {
	T(path), I(version), I(usage_bytes), I(limit_bytes), I(unlimited),
	I(effective_limit_bytes), I(swap_bytes), I(failcnt), I(anon_bytes), I(file_bytes),
	I(shmem_bytes), I(kernel_bytes), I(oom_group), I(oom_kills), T(unit),
	T(container), T(pod),
};
#undef I
#undef T
static const struct iq_row_shape cgroup_shape =
	SHAPE(cgroup_cols, inquest_cgroup, "v1_cgroup", "snapshot_id = ?1", ROWS_MAX);

static const struct iq_row_col swap_cols[] = {
	IQ_ROW_TEXT(inquest_swap, path), IQ_ROW_TEXT(inquest_swap, kind),
	IQ_ROW_INT(inquest_swap, size_bytes), IQ_ROW_INT(inquest_swap, used_bytes),
	IQ_ROW_INT(inquest_swap, priority),
};
static const struct iq_row_shape swap_shape =
	SHAPE(swap_cols, inquest_swap, "v1_swap", "snapshot_id = ?1", ZONES_MAX);

static const struct iq_row_col frame_cols[] = {
	IQ_ROW_INT(inquest_frame, depth), IQ_ROW_TEXT(inquest_frame, function),
	IQ_ROW_INT(inquest_frame, offset), IQ_ROW_TEXT(inquest_frame, module),
	IQ_ROW_INT(inquest_frame, reliable),
};
static const struct iq_row_shape frame_shape =
	SHAPE(frame_cols, inquest_frame, "v1_stack", "event_id = ?1 ORDER BY depth",
	      ROWS_MAX);

static const struct iq_row_col line_cols[] = {
	IQ_ROW_TEXT(inquest_line, role), IQ_ROW_INT(inquest_line, capture_id),
	IQ_ROW_TEXT(inquest_line, member), IQ_ROW_INT(inquest_line, line),
	IQ_ROW_TEXT(inquest_line, text),
};
static const struct iq_row_shape line_shape =
	SHAPE(line_cols, inquest_line, "v1_event_line",
	      "event_id = ?1 ORDER BY capture_id, member, line", ROWS_MAX);

/* What hangs on the event, and what on its snapshot. */
static const struct part {
	const struct iq_row_shape *shape;
	size_t list;				/* offset of the list */
	bool by_snapshot;
} parts[] = {
	{ &victim_shape, offsetof(struct iq_case, victims), false },
	{ &frame_shape, offsetof(struct iq_case, frames), false },
	{ &line_shape, offsetof(struct iq_case, lines), false },
	{ &task_shape, offsetof(struct iq_case, tasks), true },
	{ &node_shape, offsetof(struct iq_case, nodes), true },
	{ &zone_shape, offsetof(struct iq_case, zones), true },
	{ &counter_shape, offsetof(struct iq_case, counters), true },
	{ &hugetlb_shape, offsetof(struct iq_case, hugetlb), true },
	{ &slab_shape, offsetof(struct iq_case, slabs), true },
	{ &cgroup_shape, offsetof(struct iq_case, cgroups), true },
	{ &swap_shape, offsetof(struct iq_case, swaps), true },
};

void iq_case_init(struct iq_case *c)
{
	*c = (struct iq_case){ .snapshot_id = IQ_NULL };
	iq_arena_init(&c->arena);
}

void iq_case_reset(struct iq_case *c)
{
	struct iq_arena arena = c->arena;

	iq_arena_reset(&arena);
	*c = (struct iq_case){ .arena = arena, .snapshot_id = IQ_NULL };
}

void iq_case_fini(struct iq_case *c)
{
	iq_arena_fini(&c->arena);
	iq_case_init(c);
}

/* "[0, 1024, 2048]" into numbers; anything else gives none. */
static int parse_reserve(struct iq_case *c, struct zone_row *row, struct iq_err *err)
{
	struct iq_slice s = iq_trim(iq_slice_z(row->lowmem_reserve));
	int64_t v[64];
	size_t n = 0;

	if (!iq_skip(&s, IQ_LIT("[")))
		return 0;
	while (n < COUNT(v)) {
		s = iq_ltrim(s);
		if (!iq_take_i64(&s, &v[n]))
			break;
		n++;
		s = iq_ltrim(s);
		if (!iq_skip(&s, IQ_LIT(",")))
			break;
	}
	if (!iq_eq(iq_trim(s), IQ_LIT("]")) || !n)
		return 0;
	int64_t *copy = iq_arena_alloc(&c->arena, n * sizeof(*copy));
	if (!copy)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	memcpy(copy, v, n * sizeof(*copy));
	row->z.reserve = copy;
	row->z.n_reserve = n;
	return 0;
}

static bool same_text(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* The free lists come sorted by place, so each run belongs to one zone. */
static void attach_free_lists(struct iq_case *c, const struct iq_row_list *rows)
{
	for (size_t at = 0, end; at < rows->n; at = end) {
		const struct free_row *first = rows->p[at];
		for (end = at + 1; end < rows->n; end++) {
			const struct free_row *f = rows->p[end];
			if (f->node != first->node || !same_text(f->zone, first->zone))
				break;
		}
		for (size_t i = 0; i < c->zones.n; i++) {
			struct inquest_zone *z = c->zones.p[i];
			if ((z->node != first->node && z->node != IQ_NULL &&
			     first->node != IQ_NULL) || !same_text(z->zone, first->zone))
				continue;
			/* free_row begins with the public struct */
			z->free_lists = (void *)(rows->p + at);
			z->n_free_lists = end - at;
			break;
		}
	}
}

int iq_case_by_seq(const void *a, const void *b)
{
	const struct inquest_task *s = *(void *const *)a, *t = *(void *const *)b;

	if (s->seq != t->seq)
		return s->seq < t->seq ? -1 : 1;
	return s->task_id < t->task_id ? -1 : s->task_id > t->task_id;
}

static void sort_tasks(struct iq_case *c)
{
	for (size_t i = 1; i < c->tasks.n; i++) {
		if (iq_case_by_seq(&c->tasks.p[i - 1], &c->tasks.p[i]) > 0) {
			qsort(c->tasks.p, c->tasks.n, sizeof(*c->tasks.p), iq_case_by_seq);
			return;
		}
	}
}

static int load_zones(struct iq_case *c, struct iq_row_reader *r, int64_t snapshot_id,
		      struct iq_err *err)
{
	struct iq_row_list rows;

	for (size_t i = 0; i < c->zones.n; i++)
		if (parse_reserve(c, c->zones.p[i], err))
			return -1;
	if (c->zones.n) {
		if (iq_rows_load(r, &free_shape, snapshot_id, &c->arena, &rows, err))
			return -1;
		attach_free_lists(c, &rows);
	}
	return 0;
}

static int load_snapshot(struct iq_case *c, struct iq_row_reader *r, struct iq_err *err)
{
	for (size_t i = 0; i < COUNT(parts); i++) {
		void *list = (char *)c + parts[i].list;
		if (parts[i].by_snapshot &&
		    iq_rows_load(r, parts[i].shape, c->snapshot_id, &c->arena, list, err))
			return -1;
	}
	sort_tasks(c);
	return load_zones(c, r, c->snapshot_id, err);
}

/* Lists of the dump in place of those that the report does not have. */
static int load_from_dump(struct iq_case *c, struct iq_row_reader *r, int64_t snapshot_id,
			  struct iq_err *err)
{
	bool zones = c->zones.n != 0, counters = c->counters.n != 0;

	for (size_t i = 0; i < COUNT(parts); i++) {
		const struct iq_row_shape *shape = parts[i].shape;
		struct iq_row_list *list = (void *)((char *)c + parts[i].list);
		if (!parts[i].by_snapshot || list->n || shape == &task_shape ||
		    (!c->at_crash && shape != &slab_shape && shape != &cgroup_shape))
			continue;
		if (iq_rows_load(r, shape, snapshot_id, &c->arena, list, err))
			return -1;
	}
	if (!zones && load_zones(c, r, snapshot_id, err))
		return -1;
	return counters || !c->counters.n ? 0 : iq_case_dump_counters(c, err);
}

/* Single values that the report does not have. */
static int load_single(struct iq_case *c, struct iq_row_reader *r, int64_t snapshot_id,
		       struct iq_err *err)
{
	struct iq_row_list rows;

	if (iq_case_wants_swap(c)) {
		if (iq_rows_load(r, &swap_total_shape, snapshot_id, &c->arena, &rows, err))
			return -1;
		iq_case_dump_swap(c, &rows);
	}
	if (iq_case_wants_cgroup(c)) {
		if (iq_rows_load(r, &any_task_shape, snapshot_id, &c->arena, &rows, err))
			return -1;
		iq_case_dump_cgroup(c, &rows);
	}
	return 0;
}

static int load_dump(struct iq_case *c, struct iq_row_reader *r, int64_t snapshot_id,
		     struct iq_err *err)
{
	struct iq_row_list rows;
	bool slabs = c->slabs.n != 0, cgroups = c->cgroups.n != 0, zones = c->zones.n != 0;

	if (iq_rows_load(r, &time_shape, snapshot_id, &c->arena, &rows, err))
		return -1;
	if (!rows.n || !iq_case_dump_near(c, rows.p[0]))
		return 0;
	if (load_from_dump(c, r, snapshot_id, err) || load_single(c, r, snapshot_id, err))
		return -1;
	rows = (struct iq_row_list){ 0 };
	if (iq_case_wants_tasks(c) &&
	    (iq_rows_load(r, &process_shape, snapshot_id, &c->arena, &rows, err) ||
	     iq_case_add_tasks(c, &rows, err)))
		return -1;
	return iq_case_say_dump(c, !slabs && c->slabs.n, !cgroups && c->cgroups.n,
				!zones && c->zones.n, rows.n != 0, err);
}

/* What the event itself does not say its boot and host may. */
static int load_surroundings(struct iq_case *c, struct iq_row_reader *r,
			     struct iq_err *err)
{
	struct inquest_event *e = &c->event;
	struct iq_row_list rows;

	e->ram_bytes = IQ_NULL;
	if (e->boot_id != IQ_NULL) {
		if (iq_rows_load(r, &boot_shape, e->boot_id, &c->arena, &rows, err))
			return -1;
		const struct boot_row *b = rows.n ? rows.p[0] : NULL;
		if (b) {
			if (e->host_id == IQ_NULL)
				e->host_id = b->host_id;
			if (!e->kernel_release)
				e->kernel_release = b->kernel_release;
			if (!e->arch)
				e->arch = b->arch;
			if (e->page_size == IQ_NULL)
				e->page_size = b->page_size;
			e->ram_bytes = b->ram_bytes;
		}
	}
	if (e->host_id != IQ_NULL) {
		if (iq_rows_load(r, &host_shape, e->host_id, &c->arena, &rows, err))
			return -1;
		e->host_name = rows.n ? ((struct name_row *)rows.p[0])->name : NULL;
	}
	if (e->parent_id != IQ_NULL) {
		if (iq_rows_load(r, &parent_shape, e->parent_id, &c->arena, &rows, err))
			return -1;
		e->parent_kind = rows.n ? ((struct name_row *)rows.p[0])->kind : NULL;
	}
	e->page_size_assumed = e->page_size == IQ_NULL || e->page_size <= 0;
	if (e->page_size_assumed)
		e->page_size = 4096;
	return 0;
}

int iq_case_load(struct iq_case *c, struct iq_row_reader *r, int64_t event_id,
		 struct iq_err *err)
{
	struct iq_row_list rows;

	iq_case_reset(c);
	if (iq_rows_load(r, &event_shape, event_id, &c->arena, &rows, err))
		return -1;
	if (!rows.n)
		return iq_err_set(err, IQ_E_USAGE, "no event %lld in the store; "
				  "`inquest query @events` lists them",
				  (long long)event_id);
	memcpy(&c->event, rows.p[0], sizeof(c->event));
	if (load_surroundings(c, r, err) ||
	    iq_rows_load(r, &oom_shape, event_id, &c->arena, &rows, err))
		return -1;
	c->oom = rows.n ? rows.p[0] : NULL;
	for (size_t i = 0; i < COUNT(parts); i++) {
		void *list = (char *)c + parts[i].list;
		if (!parts[i].by_snapshot &&
		    iq_rows_load(r, parts[i].shape, event_id, &c->arena, list, err))
			return -1;
	}
	if (iq_rows_load(r, &snap_shape, event_id, &c->arena, &rows, err))
		return -1;
	for (size_t i = 0; i < rows.n; i++) {
		const struct snap_row *s = rows.p[i];
		if (!same_text(s->role, "report"))
			return load_dump(c, r, s->snapshot_id, err);
		if (c->snapshot_id != IQ_NULL)
			continue;
		c->snapshot_id = s->snapshot_id;
		if (load_snapshot(c, r, err))
			return -1;
	}
	return 0;
}

int64_t iq_case_counter(const struct iq_case *c, const char *scope, const char *name)
{
	if (!scope)
		scope = "host";
	for (size_t i = 0; i < c->counters.n; i++) {
		const struct inquest_counter *k = c->counters.p[i];
		int64_t v = k->value;

		if (!same_text(k->scope, scope) || !same_text(k->name, name))
			continue;
		if (v != IQ_NULL && same_text(k->unit, "pages") &&
		    __builtin_mul_overflow(v, c->event.page_size, &v))
			return IQ_NULL;
		return v;
	}
	return IQ_NULL;
}

const struct inquest_task *iq_case_task(const struct iq_case *c, int64_t pid)
{
	for (size_t i = 0; i < c->tasks.n; i++) {
		const struct inquest_task *t = c->tasks.p[i];
		if (t->pid == pid && pid != IQ_NULL)
			return t;
	}
	return NULL;
}

bool iq_case_has_role(const struct inquest_line *line, const char *role)
{
	size_t n = role ? strlen(role) : 0;

	if (!n)
		return true;
	if (!line->role)
		return false;
	return role[n - 1] == ' ' ? !strncmp(line->role, role, n)
				  : !strcmp(line->role, role);
}

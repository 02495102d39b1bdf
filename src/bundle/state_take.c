/* bundle/state_take.c - the lines of a member, by kind: what parse/state/ makes of them
 * goes to the rows of the state.  Each function returns whether the line was of its
 * format; one that needs no more of its member sets s->enough.
 */
#include "bundle/state_impl.h"

#include <stdio.h>

#define COUNTERS_MAX 262144
#define ZONES_MAX 16384
#define LISTS_MAX 65536
#define SMALL_MAX 4096

static bool put_number(struct iq_state *s, struct iq_state_rows *rows, struct iq_slice scope,
		       const struct iq_number *v)
{
	struct iq_counter *c = IQ_STATE_ROW(s, rows, struct iq_counter, COUNTERS_MAX);

	if (!c)
		return true;
	iq_fact_init(IQ_FACT_COUNTER, c);
	c->scope = scope;
	c->name = iq_state_keep(s, v->name);
	c->value = v->value;
	c->unit = iq_slice_z(v->unit);
	return true;
}

static bool take_meminfo(struct iq_state *s, struct iq_slice line)
{
	struct iq_number v;

	if (!iq_meminfo_line(line, &v))
		return false;
	return put_number(s, &s->counters, v.node == IQ_NULL ? IQ_LIT("host")
		: iq_arena_printf(&s->arena, "node %lld", (long long)v.node), &v);
}

static bool take_vmstat(struct iq_state *s, struct iq_slice line)
{
	struct iq_number v;

	return iq_vmstat_line(line, &s->kib_stacks, &v) &&
	       put_number(s, &s->counters, IQ_LIT("host"), &v);
}

static bool take_free(struct iq_state *s, struct iq_slice line)
{
	struct iq_number v[IQ_FREE_COLUMNS];
	size_t n = iq_free_line(&s->u.free, line, v);

	for (size_t i = 0; i < n; i++)
		put_number(s, &s->free_counters, IQ_LIT("host"), &v[i]);
	return n > 0;
}

static bool take_pressure(struct iq_state *s, struct iq_slice line)
{
	struct iq_number v[IQ_PRESSURE_VALUES];
	size_t n = iq_pressure_line(line, v);

	for (size_t i = 0; i < n; i++)
		put_number(s, &s->counters, iq_arena_printf(&s->arena, "pressure %.*s",
							    IQ_FMT(s->file.name)), &v[i]);
	return n > 0;
}

void iq_state_keep_zone(struct iq_state *s)
{
	const struct iq_zoneinfo *z = &s->u.zoneinfo;
	struct iq_zoneinfo_zone *row;
	struct iq_node *node;

	if (z->node_done && (node = IQ_STATE_ROW(s, &s->nodes, struct iq_node, ZONES_MAX))) {
		*node = z->done_node;
		node->member_id = s->member_id;
	}
	if (z->zone_done && (row = IQ_STATE_ROW(s, &s->zones, struct iq_zoneinfo_zone,
						ZONES_MAX))) {
		*row = z->done;
		row->zone.member_id = s->member_id;
	}
}

static bool take_zoneinfo(struct iq_state *s, struct iq_slice line)
{
	struct iq_zoneinfo *z = &s->u.zoneinfo;

	if (!iq_zoneinfo_line(z, line, s->line))
		return false;
	iq_state_keep_zone(s);
	if (z->is_counter)
		put_number(s, &s->counters, z->counter_of_node
			? iq_arena_printf(&s->arena, "node %lld", (long long)z->node.node)
			: iq_arena_printf(&s->arena, "zone %lld %s",
					  (long long)z->z.zone.node, z->z.name),
			   &z->number);
	return true;
}

static bool take_buddy(struct iq_state *s, struct iq_slice line)
{
	bool types = s->file.kind == IQ_STATE_PAGETYPEINFO;
	struct iq_state_rows *rows = types ? &s->pagetypes : &s->buddy;
	struct iq_buddy_row r;

	if (!iq_buddy_line(line, &r) || !r.type.p == types)
		return false;
	struct iq_slice zone = iq_state_keep(s, r.zone), letter = iq_migrate_letter(r.type);
	for (size_t i = 0; i < r.n; i++) {
		struct iq_free_list *f = IQ_STATE_ROW(s, rows, struct iq_free_list, LISTS_MAX);
		if (!f)
			break;
		iq_fact_init(IQ_FACT_FREE_LIST, f);
		f->node = r.node;
		f->zone = zone;
		f->block_order = (int64_t)i;
		f->migrate_type = types ? letter : IQ_SLICE_NULL;
		f->blocks = r.blocks[i];
		f->member_id = s->member_id;
		f->line = s->line;
		s->pagetypes_capped = s->pagetypes_capped || r.blocks[i] == IQ_NULL;
	}
	return true;
}

static bool take_slab(struct iq_state *s, struct iq_slice line)
{
	struct iq_slab f;
	int64_t pages;

	if (!iq_slabinfo_line(line, &f, &pages))
		return false;
	struct iq_state_slab *row = IQ_STATE_ROW(s, &s->slabs, struct iq_state_slab, LISTS_MAX);
	if (row) {
		row->f = f;
		row->pages = pages;
		row->f.cache = iq_state_keep(s, f.cache);
	}
	return true;
}

static bool take_swap(struct iq_state *s, struct iq_slice line)
{
	struct iq_swap f;

	if (!iq_swap_line(&s->u.swap, line, &f))
		return false;
	iq_state_keep_fact(s, s->file.kind == IQ_STATE_SWAPS ? &s->swaps : &s->swapons, IQ_FACT_SWAP,
		  &f, SMALL_MAX);
	return true;
}

static bool take_module(struct iq_state *s, struct iq_slice line)
{
	struct iq_module f;

	if (!iq_module_line(line, &f))
		return false;
	iq_state_keep_fact(s, s->file.kind == IQ_STATE_MODULES ? &s->modules : &s->lsmods,
		  IQ_FACT_MODULE, &f, SMALL_MAX);
	return true;
}

static void put_sysctl(struct iq_state *s, struct iq_slice name, struct iq_slice value,
		       int rank)
{
	uint64_t key = iq_state_hash(s, name);
	size_t at = SIZE_MAX;
	ptrdiff_t i;
	struct iq_state_sysctl *row = NULL;

	if (value.n > 4096)
		return;
	while (!row && (i = iq_state_find(&s->by_sysctl, key, &at)) >= 0) {
		row = IQ_STATE_AT(&s->sysctls, struct iq_state_sysctl, i);
		if (!iq_eq(row->f.name, name))
			row = NULL;
	}
	if (row && row->rank >= rank)
		return;
	if (!row) {
		row = IQ_STATE_ROW(s, &s->sysctls, struct iq_state_sysctl, 4 * SMALL_MAX);
		if (!row || !iq_state_note(s, &s->by_sysctl, key, s->sysctls.n - 1))
			return;
		iq_fact_init(IQ_FACT_SYSCTL, &row->f);
		row->f.name = iq_state_keep(s, name);
	}
	row->rank = rank;
	row->f.value = iq_state_keep(s, value);
	row->f.member_id = s->member_id;
	row->f.line = s->line;
}

static bool take_sysctls(struct iq_state *s, struct iq_slice line)
{
	/* the same thousands as in_proc() leaves out */
	static const struct iq_slice no[] = {
		IQ_LIT("net.ipv4.conf."), IQ_LIT("net.ipv6.conf."), IQ_LIT("net.ipv4.neigh."),
		IQ_LIT("net.ipv6.neigh."), IQ_LIT("kernel.random."),
		IQ_LIT("kernel.sched_domain."), IQ_LIT("dev."), IQ_LIT("debug."),
		IQ_LIT("sunrpc."), IQ_LIT("fs.binfmt_misc."),
	};
	struct iq_slice name, value;

	if (!iq_sysctl_line(line, &name, &value))
		return false;
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (iq_starts(name, no[i]))
			return true;
	put_sysctl(s, name, value, 1);
	return true;
}

/* vm/swappiness is vm.swappiness; a file of sysfs keeps its path. */
static bool take_sysctl(struct iq_state *s, struct iq_slice line)
{
	char name[200];
	struct iq_slice from = s->file.name;

	s->enough = true;
	if (from.n > sizeof name || iq_find_char(line, '\0') >= 0 ||
	    iq_starts(line, IQ_LIT("cat: ")))
		return false;
	memcpy(name, from.p, from.n);
	for (size_t i = 0; i < from.n && !iq_starts(from, IQ_LIT("sys/")); i++)
		if (name[i] == '/')
			name[i] = '.';
	put_sysctl(s, iq_slice(name, from.n), iq_trim(line), 2);
	return true;
}

/* "path /var/crash", "USE_KDUMP=1", "current state:    ready to kdump",
 * "kdump: Kdump is operational", "WARNING: Current crashkernel size is lower ..." */
static bool take_kdump(struct iq_state *s, struct iq_slice line)
{
	bool conf = iq_eq(s->file.name, IQ_LIT("kdump.conf"));
	bool shell = iq_starts(s->file.name, IQ_LIT("sysconfig/")) ||
		     iq_starts(s->file.name, IQ_LIT("default/"));
	struct iq_slice rest = iq_trim(line), key;
	char name[120];

	if (!rest.n || *rest.p == '#' || *line.p == ' ')
		return false;
	key = conf ? iq_word(&rest) : iq_cut(&rest, shell ? '=' : ':');
	rest = iq_trim(rest);
	if (shell && rest.n > 1 && (*rest.p == '"' || *rest.p == '\'') &&
	    rest.p[rest.n - 1] == *rest.p)
		rest = iq_slice(rest.p + 1, rest.n - 2);
	if (!key.n || key.n > 40 || (!conf && !rest.n))
		return false;
	int n = snprintf(name, sizeof name, "%.*s/%.*s", IQ_FMT(s->file.name), IQ_FMT(key));
	put_sysctl(s, iq_slice(name, (size_t)n), rest, 2);
	return true;
}

static bool put_kernel(struct iq_state *s, struct iq_slice release)
{
	char name[160];

	if (!release.n || *release.p < '1' || *release.p > '9' || release.n > 120)
		return false;
	int n = snprintf(name, sizeof name, "installed-kernel/%.*s", IQ_FMT(release));
	put_sysctl(s, iq_slice(name, (size_t)n), IQ_LIT("installed"), 2);
	return true;
}

/* "-rwxr-xr-x. 1 0 0 13456 Mar 28 2024 vmlinuz-5.14.0-427.el9.x86_64": a kernel that is
 * installed; not the link to one, nor the one for rescue.  dpkg: "ii  linux-image-REL ...";
 * rpm: "kernel-core-REL ...", of distributions whose packages are called by the release. */
static bool take_kernel(struct iq_state *s, struct iq_slice line)
{
	static const struct iq_slice files[] = {
		IQ_LIT("vmlinuz-"), IQ_LIT("vmlinux-"), IQ_LIT("Image-"), IQ_LIT("zImage-"),
	};
	static const struct iq_slice packages[] = {
		IQ_LIT("linux-image-unsigned-"), IQ_LIT("linux-image-"), IQ_LIT("kernel-core-"),
		IQ_LIT("kernel-uek-"), IQ_LIT("kernel-"),
	};
	struct iq_slice text = iq_trim(line);

	if (!text.n)
		return false;
	if (iq_eq(s->file.name, IQ_LIT("files"))) {
		ptrdiff_t blank = iq_rfind(text, IQ_LIT(" "));
		text = iq_from(text, (size_t)(blank + 1));
		for (size_t i = 0; *line.p == '-' && i < sizeof files / sizeof *files; i++)
			if (iq_skip(&text, files[i]))
				return put_kernel(s, text);
		return false;
	}
	struct iq_slice word = iq_word(&text);
	if (iq_eq(word, IQ_LIT("ii")))
		word = iq_word(&text);
	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
		if (iq_skip(&word, packages[i]))
			return put_kernel(s, word);
	return false;
}

static bool take_huge(struct iq_state *s, struct iq_slice line)
{
	static const struct { const char *file; size_t at; } rows[] = {
		{ "nr_hugepages", offsetof(struct iq_hugetlb, total) },
		{ "free_hugepages", offsetof(struct iq_hugetlb, free) },
		{ "resv_hugepages", offsetof(struct iq_hugetlb, reserved) },
		{ "surplus_hugepages", offsetof(struct iq_hugetlb, surplus) },
	};
	struct iq_hugetlb *row = NULL;
	int64_t v, node = s->file.node, bytes = s->file.number;
	bool max;

	s->enough = true;
	if (!iq_one_number(line, &v, &max) || max || v < 0 || !iq_kib(&bytes))
		return false;
	for (size_t i = 0; i < s->huge.n && !row; i++) {
		row = IQ_STATE_AT(&s->huge, struct iq_hugetlb, i);
		if (row->node != node || row->page_bytes != bytes)
			row = NULL;
	}
	if (!row && (row = IQ_STATE_ROW(s, &s->huge, struct iq_hugetlb, 256))) {
		iq_fact_init(IQ_FACT_HUGETLB, row);
		row->node = node;
		row->page_bytes = bytes;
		row->member_id = s->member_id;
		row->line = s->line;
	}
	for (size_t i = 0; row && i < sizeof rows / sizeof *rows; i++)
		if (iq_eq(s->file.name, iq_slice_z(rows[i].file)))
			*(int64_t *)(void *)((char *)row + rows[i].at) = v;
	return true;
}

static bool take_adj(struct iq_state *s, struct iq_slice line)
{
	bool old = s->file.kind == IQ_STATE_PID_OLD_ADJ, max;
	int64_t v;

	s->enough = true;
	if (!iq_one_number(line, &v, &max) || max || v < (old ? -17 : -1000) ||
	    v > (old ? 15 : 1000))
		return false;
	struct iq_state_task *t = iq_state_task(s, s->file.number);
	if (t) {
		t->of_proc = true;
		*(old ? &t->f.oom_adj : &t->f.oom_score_adj) = v;
	}
	return true;
}

static bool take_stat(struct iq_state *s, struct iq_slice line)
{
	struct iq_task t;

	s->enough = true;
	if (!iq_pid_stat(line, &t) || t.pid != s->file.number)
		return false;
	iq_state_take_stat(s, &t);
	return true;
}

/* KernelPageSize: of mappings of huge pages it is larger. */
static bool take_smaps(struct iq_state *s, struct iq_slice line)
{
	struct iq_number v;

	if (!iq_starts(line, IQ_LIT("KernelPageSize:")) || !iq_meminfo_line(line, &v) ||
	    v.value < 4096 || v.value > 65536)
		return false;
	if (s->smaps_page == IQ_NULL || v.value < s->smaps_page)
		s->smaps_page = v.value;
	s->enough = s->smaps_page == 4096;
	return true;
}

static bool take_pid_cgroup(struct iq_state *s, struct iq_slice line)
{
	struct iq_pid_cgroup *c = &s->u.cgroup, one = { .memory = IQ_SLICE_NULL };

	if (!iq_pid_cgroup_line(&one, line))
		return false;
	if (one.memory.p)
		c->memory = iq_state_keep(s, one.memory);
	if (one.unified.p)
		c->unified = iq_state_keep(s, one.unified);
	if (one.systemd.p)
		c->systemd = iq_state_keep(s, one.systemd);
	return true;
}

static bool take_ps(struct iq_state *s, struct iq_slice line)
{
	struct iq_ps_row r;
	enum iq_ps_line kind = iq_ps_line(&s->u.ps, line, &r);

	if (kind == IQ_PS_NONE)
		return false;
	if (kind != IQ_PS_HEADER)
		iq_state_take_ps(s, kind, &r);
	return true;
}

/* Texts that the line before did not fill. */
static void keep_new_texts(struct iq_state *s, struct iq_unit *f, const struct iq_unit *had)
{
	for (const struct iq_column *c = iq_fact_descs[IQ_FACT_UNIT].columns,
	     *end = c + iq_fact_descs[IQ_FACT_UNIT].n_columns; c < end; c++)
		if (c->kind == IQ_COL_TEXT && iq_fact_text(f, c)->p !=
		    iq_fact_text((void *)(uintptr_t)had, c)->p)
			*iq_fact_text(f, c) = iq_state_keep(s, *iq_fact_text(f, c));
}

/* Blocks are a blank line apart; those of supportconfig a section. */
static bool take_show(struct iq_state *s, struct iq_slice line)
{
	struct iq_state_unit *u = &s->unit;
	struct iq_unit f;
	struct iq_unit_more more = { IQ_SLICE_NULL, IQ_SLICE_NULL };

	if (!line.n) {
		iq_state_take_unit(s);
		return false;
	}
	/* the line alone, so that what it filled can be kept */
	f = u->f;
	if (!iq_unit_show_line(line, &f, &more))
		return false;
	keep_new_texts(s, &f, &u->f);
	u->f = f;
	if (more.fragment.p)
		u->more.fragment = iq_state_keep(s, more.fragment);
	if (more.drop_ins.p)
		u->more.drop_ins = iq_state_keep(s, more.drop_ins);
	if (iq_starts(line, IQ_LIT("Id="))) {
		u->f.member_id = s->member_id;
		u->f.line = s->line;
	}
	return true;
}

static bool take_unit_file(struct iq_state *s, struct iq_slice line)
{
	struct iq_slice value;
	int key = iq_unit_file_line(&s->u.unit_file.f, line, &value);

	if (key)
		iq_state_take_setting(s, (enum iq_unit_key)(key - 1), value);
	return key != 0;
}

/* "# /etc/systemd/system/x.service" stands above the lines of that file. */
static bool take_unit_cat(struct iq_state *s, struct iq_slice line)
{
	struct iq_state_file f;
	struct iq_slice path = line;

	if (iq_skip(&path, IQ_LIT("# ")) && iq_state_unit_path(path, &f)) {
		f.path = iq_state_keep(s, f.path);
		f.name = iq_state_keep(s, f.name);
		f.kind = IQ_STATE_UNIT_CAT;
		s->file = f;
		s->u.unit_file.f = (struct iq_unit_file){ false, false };
		s->u.unit_file.above = s->line;
		iq_state_take_unit_file(s);
		return true;
	}
	return s->file.path.p && take_unit_file(s, line);
}

static bool take_unit_list(struct iq_state *s, struct iq_slice line)
{
	struct iq_unit f;

	if (!iq_unit_list_line(line, &f))
		return false;
	iq_state_take_listed(s, &f, false);
	return true;
}

static bool take_unit_status(struct iq_state *s, struct iq_slice line)
{
	struct iq_unit f = s->unit.f;
	enum iq_unit_status kind = iq_unit_status_line(line, &f);

	if (kind == IQ_UNIT_STATUS_NONE)
		return false;
	if (kind == IQ_UNIT_STATUS_HEAD) {
		iq_state_take_listed(s, &s->unit.f, true);
		iq_fact_init(IQ_FACT_UNIT, &s->unit.f);
		f.member_id = s->member_id;
		f.line = s->line;
	}
	keep_new_texts(s, &f, &s->unit.f);
	s->unit.f = f;
	return true;
}

static bool take_cgls(struct iq_state *s, struct iq_slice line)
{
	struct iq_slice path;
	int64_t pid;

	if (!iq_cgls_line(&s->u.cgls, line, &pid, &path))
		return false;
	struct iq_state_pid_path *row = IQ_STATE_ROW(s, &s->cgls, struct iq_state_pid_path,
						     LISTS_MAX);
	if (row) {
		row->pid = pid;
		row->path = iq_state_keep(s, path);
		row->hierarchy = 't';
	}
	return true;
}

static bool take_procs(struct iq_state *s, struct iq_slice line)
{
	int64_t pid;
	bool max;

	if (!iq_one_number(line, &pid, &max) || max || pid <= 0 || pid > UINT32_MAX)
		return false;
	struct iq_state_pid_path *row = IQ_STATE_ROW(s, &s->cgls, struct iq_state_pid_path,
						     LISTS_MAX);
	if (!row)
		return true;
	if (!s->u.procs.p)
		s->u.procs = iq_arena_printf(&s->arena, "/%.*s", IQ_FMT(s->file.path));
	row->pid = pid;
	row->path = s->u.procs;
	row->hierarchy = *s->file.name.p;
	return true;
}

static bool take_container(struct iq_state *s, struct iq_slice line)
{
	struct iq_container f;

	if (!iq_container_line(&s->u.containers, line, &f))
		return false;
	f.runtime = s->file.name;
	f.member_id = s->member_id;
	f.line = s->line;
	iq_state_keep_fact(s, f.container.p ? &s->containers : &s->pods, IQ_FACT_CONTAINER, &f,
			   4 * SMALL_MAX);
	return true;
}

static bool take_inspect(struct iq_state *s, struct iq_slice line)
{
	struct iq_container f = s->inspected;

	if (!iq_container_inspect_line(line, &f))
		return false;
	for (const struct iq_column *c = iq_fact_descs[IQ_FACT_CONTAINER].columns,
	     *end = c + iq_fact_descs[IQ_FACT_CONTAINER].n_columns; c < end; c++)
		if (c->kind == IQ_COL_TEXT &&
		    iq_fact_text(&f, c)->p != iq_fact_text(&s->inspected, c)->p)
			*iq_fact_text(&f, c) = iq_state_keep(s, *iq_fact_text(&f, c));
	if (f.container.p && !s->inspected.container.p) {
		f.member_id = s->member_id;
		f.line = s->line;
	}
	s->inspected = f;
	return true;
}

static bool take_status(struct iq_state *s, struct iq_slice line)
{
	iq_pid_status_line(&s->u.status, line);
	return s->u.status.any;
}

const struct iq_state_taker iq_state_takers[] = {
	[IQ_STATE_NONE] = { NULL, false, 0 },
	[IQ_STATE_MEMINFO] = { take_meminfo, false, 1 << 16 },
	[IQ_STATE_VMSTAT] = { take_vmstat, true, 1 << 18 },
	[IQ_STATE_ZONEINFO] = { take_zoneinfo, true, 32 << 20 },
	[IQ_STATE_BUDDYINFO] = { take_buddy, true, 1 << 20 },
	[IQ_STATE_PAGETYPEINFO] = { take_buddy, true, 4 << 20 },
	[IQ_STATE_SLABINFO] = { take_slab, true, 32 << 20 },
	[IQ_STATE_SWAPS] = { take_swap, true, 1 << 20 },
	[IQ_STATE_SWAPON] = { take_swap, true, 1 << 20 },
	[IQ_STATE_MODULES] = { take_module, true, 1 << 20 },
	[IQ_STATE_LSMOD] = { take_module, true, 1 << 20 },
	[IQ_STATE_FREE] = { take_free, true, 1 << 16 },
	[IQ_STATE_PRESSURE] = { take_pressure, false, 1 << 12 },
	[IQ_STATE_SYSCTL_ALL] = { take_sysctls, false, 16 << 20 },
	[IQ_STATE_SYSCTL] = { take_sysctl, false, 1 << 16 },
	[IQ_STATE_KERNELS] = { take_kernel, false, 4 << 20 },
	[IQ_STATE_KDUMP] = { take_kdump, false, 1 << 16 },
	[IQ_STATE_HUGE] = { take_huge, false, 1 << 12 },
	[IQ_STATE_CGROUP] = { iq_state_take_group, false, 1 << 16 },
	[IQ_STATE_PID_STATUS] = { take_status, false, 1 << 16 },
	[IQ_STATE_PID_STAT] = { take_stat, false, 1 << 16 },
	[IQ_STATE_PID_ADJ] = { take_adj, false, 1 << 12 },
	[IQ_STATE_PID_OLD_ADJ] = { take_adj, false, 1 << 12 },
	[IQ_STATE_PID_CGROUP] = { take_pid_cgroup, false, 1 << 16 },
	[IQ_STATE_PID_SMAPS] = { take_smaps, false, 1 << 20 },
	[IQ_STATE_PS] = { take_ps, false, 64 << 20 },
	[IQ_STATE_UNITS] = { take_show, false, 64 << 20 },
	[IQ_STATE_UNIT_FILE] = { take_unit_file, false, 1 << 20 },
	[IQ_STATE_UNIT_CAT] = { take_unit_cat, false, 1 << 20 },
	[IQ_STATE_UNIT_LIST] = { take_unit_list, false, 4 << 20 },
	[IQ_STATE_UNIT_STATUS] = { take_unit_status, false, 64 << 20 },
	[IQ_STATE_CGROUP_PROCS] = { take_procs, false, 1 << 20 },
	[IQ_STATE_CGLS] = { take_cgls, true, 16 << 20 },
	[IQ_STATE_CONTAINERS] = { take_container, false, 16 << 20 },
	[IQ_STATE_INSPECT] = { take_inspect, false, 4 << 20 },
};

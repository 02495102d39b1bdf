/* bundle/state_path.c - see state_path.h.
 *
 * Follows the plugins memory, kernel, process, cgroups, systemd, docker, podman, crio of
 * sos 2.3 to 4.12, bin/supportconfig, and the trees of proc, sysfs and cgroupfs.
 */
#include "bundle/state_path.h"

#include "parse/state/unitlists.h"

static bool take_number(struct iq_slice *s, int64_t *ret)
{
	uint64_t n;

	if (!iq_take_u64(s, &n) || n > INT32_MAX)
		return false;
	*ret = (int64_t)n;
	return true;
}

static bool found(struct iq_state_file *p, enum iq_state_kind kind)
{
	p->kind = kind;
	return kind != IQ_STATE_NONE;
}

struct row {
	struct iq_slice name;
	enum iq_state_kind kind;
};

static enum iq_state_kind look_up(const struct row *rows, size_t n, struct iq_slice name)
{
	for (size_t i = 0; i < n; i++)
		if (iq_eq(rows[i].name, name))
			return rows[i].kind;
	return IQ_STATE_NONE;
}

#define LOOK_UP(rows, name) look_up(rows, sizeof(rows) / sizeof *(rows), name)

/* --- proc --- */

/* Thousands of settings of single interfaces and scheduler domains, ids that are new
 * with every reading. */
static bool is_wanted_sysctl(struct iq_slice s)
{
	static const struct iq_slice no[] = {
		IQ_LIT("net/ipv4/conf/"), IQ_LIT("net/ipv6/conf/"),
		IQ_LIT("net/ipv4/neigh/"), IQ_LIT("net/ipv6/neigh/"),
		IQ_LIT("kernel/random/"), IQ_LIT("kernel/sched_domain/"),
		IQ_LIT("fs/binfmt_misc/"), IQ_LIT("dev/"), IQ_LIT("debug/"),
		IQ_LIT("sunrpc/"),
	};
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (iq_starts(s, no[i]))
			return false;
	return s.n > 0 && s.n < 200;
}

static bool in_pid(struct iq_slice s, struct iq_state_file *p)
{
	static const struct row rows[] = {
		{ IQ_LIT("status"), IQ_STATE_PID_STATUS },
		{ IQ_LIT("oom_score_adj"), IQ_STATE_PID_ADJ },
		{ IQ_LIT("oom_adj"), IQ_STATE_PID_OLD_ADJ },
		{ IQ_LIT("cgroup"), IQ_STATE_PID_CGROUP },
		{ IQ_LIT("stat"), IQ_STATE_PID_STAT },
		{ IQ_LIT("smaps"), IQ_STATE_PID_SMAPS },
	};
	return take_number(&s, &p->number) && p->number > 0 && iq_skip(&s, IQ_LIT("/")) &&
	       found(p, LOOK_UP(rows, s));
}

static bool in_proc(struct iq_slice s, struct iq_state_file *p)
{
	static const struct row rows[] = {
		{ IQ_LIT("meminfo"), IQ_STATE_MEMINFO }, { IQ_LIT("vmstat"), IQ_STATE_VMSTAT },
		{ IQ_LIT("zoneinfo"), IQ_STATE_ZONEINFO },
		{ IQ_LIT("buddyinfo"), IQ_STATE_BUDDYINFO },
		{ IQ_LIT("pagetypeinfo"), IQ_STATE_PAGETYPEINFO },
		{ IQ_LIT("slabinfo"), IQ_STATE_SLABINFO },
		{ IQ_LIT("swaps"), IQ_STATE_SWAPS }, { IQ_LIT("modules"), IQ_STATE_MODULES },
	};
	if (s.n && *s.p >= '0' && *s.p <= '9')
		return in_pid(s, p);
	if (iq_skip(&s, IQ_LIT("sys/"))) {
		p->name = s;
		return is_wanted_sysctl(s) && found(p, IQ_STATE_SYSCTL);
	}
	if (iq_skip(&s, IQ_LIT("pressure/"))) {
		p->name = s;
		return iq_find_char(s, '/') < 0 && found(p, IQ_STATE_PRESSURE);
	}
	return found(p, LOOK_UP(rows, s));
}

/* --- sys --- */

/* Which processes a group holds: of the hierarchies that name it, no other controller's. */
static bool in_procs(struct iq_slice s, struct iq_state_file *p)
{
	static const struct iq_slice others[] = {
		IQ_LIT("blkio"), IQ_LIT("cpu"), IQ_LIT("cpuacct"), IQ_LIT("cpu,cpuacct"),
		IQ_LIT("cpuacct,cpu"), IQ_LIT("cpuset"), IQ_LIT("devices"), IQ_LIT("freezer"),
		IQ_LIT("hugetlb"), IQ_LIT("net_cls"), IQ_LIT("net_prio"),
		IQ_LIT("net_cls,net_prio"), IQ_LIT("perf_event"), IQ_LIT("pids"),
		IQ_LIT("rdma"), IQ_LIT("misc"), IQ_LIT("elogind"), IQ_LIT("openrc"),
	};
	ptrdiff_t slash = iq_rfind(s, IQ_LIT("/"));
	struct iq_slice rest = s, first = iq_cut(&rest, '/');

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (iq_eq(first, others[i]))
			return false;
	p->name = iq_eq(first, IQ_LIT("memory")) ? IQ_LIT("memory")
		: iq_eq(first, IQ_LIT("systemd")) ? IQ_LIT("systemd") : IQ_LIT("unified");
	p->path = slash > 0 ? iq_head(s, (size_t)slash) : IQ_LIT("");
	if (iq_eq(first, p->name)) {		/* a hierarchy by that name is below */
		p->path = iq_from(p->path, first.n);
		iq_skip(&p->path, IQ_LIT("/"));
	}
	return found(p, IQ_STATE_CGROUP_PROCS);
}

/* A group's files; the path is what lies between. */
static bool in_cgroup(struct iq_slice s, struct iq_state_file *p)
{
	static const struct { struct iq_slice name; int64_t version; } files[] = {
		{ IQ_LIT("memory.max"), 2 }, { IQ_LIT("memory.high"), 2 },
		{ IQ_LIT("memory.current"), 2 }, { IQ_LIT("memory.peak"), 2 },
		{ IQ_LIT("memory.min"), 2 }, { IQ_LIT("memory.low"), 2 },
		{ IQ_LIT("memory.swap.current"), 2 }, { IQ_LIT("memory.swap.max"), 2 },
		{ IQ_LIT("memory.events"), 2 }, { IQ_LIT("memory.events.local"), 2 },
		{ IQ_LIT("memory.stat"), 0 }, { IQ_LIT("memory.oom.group"), 2 },
		{ IQ_LIT("memory.limit_in_bytes"), 1 },
		{ IQ_LIT("memory.usage_in_bytes"), 1 },
		{ IQ_LIT("memory.max_usage_in_bytes"), 1 },
		{ IQ_LIT("memory.failcnt"), 1 }, { IQ_LIT("memory.oom_control"), 1 },
		{ IQ_LIT("memory.memsw.limit_in_bytes"), 1 },
		{ IQ_LIT("memory.memsw.usage_in_bytes"), 1 },
		{ IQ_LIT("memory.kmem.usage_in_bytes"), 1 },
		{ IQ_LIT("memory.soft_limit_in_bytes"), 1 },
	};
	if (iq_ends(s, IQ_LIT("cgroup.procs")))
		return in_procs(s, p);
	bool v1 = iq_skip(&s, IQ_LIT("memory/"));	/* RHEL 6 mounts it elsewhere */
	ptrdiff_t slash = iq_rfind(s, IQ_LIT("/"));

	p->name = iq_from(s, (size_t)(slash + 1));
	p->path = slash > 0 ? iq_head(s, (size_t)slash) : IQ_LIT("");
	p->number = v1 ? 1 : 2;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (iq_eq(p->name, files[i].name))
			return (!files[i].version || files[i].version == p->number) &&
			       found(p, IQ_STATE_CGROUP);
	return false;
}

/* hugepages-2048kB/nr_hugepages */
static bool in_hugepages(struct iq_slice s, struct iq_state_file *p)
{
	static const struct iq_slice files[] = {
		IQ_LIT("nr_hugepages"), IQ_LIT("free_hugepages"), IQ_LIT("resv_hugepages"),
		IQ_LIT("surplus_hugepages"),
	};
	if (!iq_skip(&s, IQ_LIT("hugepages-")) || !take_number(&s, &p->number) ||
	    !iq_skip(&s, IQ_LIT("kB/")))
		return false;
	p->name = s;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (iq_eq(s, files[i]))
			return found(p, IQ_STATE_HUGE);
	return false;
}

static bool in_node(struct iq_slice s, struct iq_state_file *p)
{
	if (!take_number(&s, &p->node) || !iq_skip(&s, IQ_LIT("/")))
		return false;
	if (iq_skip(&s, IQ_LIT("hugepages/")))
		return in_hugepages(s, p);
	return iq_eq(s, IQ_LIT("meminfo")) && found(p, IQ_STATE_MEMINFO);
}

static bool in_sys(struct iq_slice whole, struct iq_state_file *p)
{
	/* settings that are no sysctls, and what kdump has ready */
	static const struct iq_slice settings[] = {
		IQ_LIT("kernel/mm/transparent_hugepage/"), IQ_LIT("kernel/mm/lru_gen/"),
		IQ_LIT("kernel/kexec_crash_loaded"), IQ_LIT("kernel/kexec_crash_size"),
		IQ_LIT("kernel/mm/ksm/run"), IQ_LIT("kernel/warn_count"),
		IQ_LIT("kernel/oops_count"), IQ_LIT("kernel/softlockup_count"),
		IQ_LIT("kernel/hardlockup_count"), IQ_LIT("kernel/rcu_stall_count"),
	};
	struct iq_slice s = iq_from(whole, sizeof "sys/" - 1);

	if (iq_skip(&s, IQ_LIT("fs/cgroup/")))
		return in_cgroup(s, p);
	if (iq_skip(&s, IQ_LIT("kernel/mm/hugepages/")))
		return in_hugepages(s, p);
	if (iq_skip(&s, IQ_LIT("devices/system/node/node")))
		return in_node(s, p);
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		bool tree = settings[i].p[settings[i].n - 1] == '/';
		if (!(tree ? iq_starts(s, settings[i]) : iq_eq(s, settings[i])))
			continue;
		if (tree && iq_find_char(iq_from(s, settings[i].n), '/') >= 0)
			return false;
		p->name = whole;
		return found(p, IQ_STATE_SYSCTL);
	}
	return false;
}

/* --- commands --- */

static const struct command {
	struct iq_slice lead;		/* of the name of its output */
	bool whole;			/* nothing may follow */
	enum iq_state_kind kind;
	struct iq_slice name;
} commands[] = {
	{ IQ_LIT("ps_"), false, IQ_STATE_PS, IQ_SLICE_NULL },
	{ IQ_LIT("free"), true, IQ_STATE_FREE, IQ_SLICE_NULL },
	{ IQ_LIT("free_-k"), true, IQ_STATE_FREE, IQ_SLICE_NULL },
	{ IQ_LIT("sysctl_-a"), true, IQ_STATE_SYSCTL_ALL, IQ_SLICE_NULL },
	{ IQ_LIT("lsmod"), true, IQ_STATE_LSMOD, IQ_SLICE_NULL },
	{ IQ_LIT("swapon_--bytes_--show"), true, IQ_STATE_SWAPON, IQ_LIT("bytes") },
	{ IQ_LIT("swapon_--show_--bytes"), true, IQ_STATE_SWAPON, IQ_LIT("bytes") },
	{ IQ_LIT("swapon_--summary_--verbose"), true, IQ_STATE_SWAPON, IQ_LIT("KiB") },
	{ IQ_LIT("swapon_-s"), true, IQ_STATE_SWAPON, IQ_LIT("KiB") },
	{ IQ_LIT("systemctl_show-environment"), false, IQ_STATE_NONE, IQ_SLICE_NULL },
	{ IQ_LIT("systemctl_show_service_--all"), true, IQ_STATE_UNITS, IQ_LIT("all") },
	{ IQ_LIT("systemctl_show_"), false, IQ_STATE_UNITS, IQ_SLICE_NULL },
	{ IQ_LIT("systemctl_list-units"), true, IQ_STATE_UNIT_LIST, IQ_SLICE_NULL },
	{ IQ_LIT("systemctl_list-units_--all"), true, IQ_STATE_UNIT_LIST, IQ_SLICE_NULL },
	{ IQ_LIT("systemctl_list-units_--failed"), true, IQ_STATE_UNIT_LIST, IQ_SLICE_NULL },
	{ IQ_LIT("systemctl_--no-pager_--all_list-units"), true, IQ_STATE_UNIT_LIST,
	  IQ_SLICE_NULL },
	{ IQ_LIT("systemctl_--failed"), true, IQ_STATE_UNIT_LIST, IQ_SLICE_NULL },
	{ IQ_LIT("systemctl_status_"), false, IQ_STATE_UNIT_STATUS, IQ_SLICE_NULL },
	{ IQ_LIT("systemctl_cat_"), false, IQ_STATE_UNIT_CAT, IQ_SLICE_NULL },
	{ IQ_LIT("systemd-cgls"), false, IQ_STATE_CGLS, IQ_SLICE_NULL },
	{ IQ_LIT("kdump-config_show"), true, IQ_STATE_KDUMP, IQ_LIT("kdump-config") },
	{ IQ_LIT("kdumpctl_status"), true, IQ_STATE_KDUMP, IQ_LIT("kdumpctl") },
	{ IQ_LIT("kdumpctl_estimate"), true, IQ_STATE_KDUMP, IQ_LIT("kdumpctl") },
	{ IQ_LIT("dpkg_-l"), true, IQ_STATE_KERNELS, IQ_LIT("packages") },
	{ IQ_LIT("sh_-c_rpm_--nodigest_-qa"), false, IQ_STATE_KERNELS, IQ_LIT("packages") },
	{ IQ_LIT("rpm_-qa"), false, IQ_STATE_KERNELS, IQ_LIT("packages") },
	{ IQ_LIT("docker_ps"), false, IQ_STATE_CONTAINERS, IQ_LIT("docker") },
	{ IQ_LIT("docker_inspect_"), false, IQ_STATE_INSPECT, IQ_LIT("docker") },
	{ IQ_LIT("podman_ps"), false, IQ_STATE_CONTAINERS, IQ_LIT("podman") },
	{ IQ_LIT("podman_inspect_"), false, IQ_STATE_INSPECT, IQ_LIT("podman") },
	{ IQ_LIT("crictl_ps"), false, IQ_STATE_CONTAINERS, IQ_LIT("cri") },
	{ IQ_LIT("crictl_pods"), true, IQ_STATE_CONTAINERS, IQ_LIT("cri") },
	{ IQ_LIT("crictl_inspect_"), false, IQ_STATE_INSPECT, IQ_LIT("cri") },
};

static bool in_commands(struct iq_slice s, struct iq_state_file *p)
{
	ptrdiff_t slash = iq_rfind(s, IQ_LIT("/"));
	struct iq_slice base = iq_from(s, (size_t)(slash + 1));

	if (iq_starts(base, IQ_LIT("ls_-")) && iq_ends(base, IQ_LIT("_.boot"))) {
		p->name = IQ_LIT("files");
		return found(p, IQ_STATE_KERNELS);
	}
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		const struct command *c = &commands[i];
		if (!(c->whole ? iq_eq(base, c->lead) : iq_starts(base, c->lead)))
			continue;
		/* images and volumes are inspected too */
		if (c->kind == IQ_STATE_INSPECT && slash >= 0 &&
		    !iq_has(s, IQ_LIT("/containers/")) && iq_has(s, IQ_LIT("/images/")))
			return false;
		p->name = c->name;
		return found(p, c->kind);
	}
	return false;
}

/* --- unit files --- */

/* Drop-ins for all units of a type are in a directory of the type's name. */
static bool is_unit_type(struct iq_slice s)
{
	return iq_eq(s, IQ_LIT("service")) || iq_eq(s, IQ_LIT("slice")) ||
	       iq_eq(s, IQ_LIT("scope"));
}

/* system/x.service, system/x.service.d/limits.conf, generator/x.service ...; WHOLE is
 * the path of the file on its machine */
static bool in_units(struct iq_slice s, struct iq_slice whole, struct iq_state_file *p)
{
	struct iq_slice dir = iq_cut(&s, '/'), rest = s;
	struct iq_slice unit = iq_cut(&rest, '/');

	if (!iq_starts(dir, IQ_LIT("system")) && !iq_starts(dir, IQ_LIT("generator")) &&
	    !iq_eq(dir, IQ_LIT("transient")))
		return false;
	p->path = whole;
	if (rest.n) {
		if (!iq_ends(unit, IQ_LIT(".d")) || !iq_ends(rest, IQ_LIT(".conf")) ||
		    iq_find_char(rest, '/') >= 0)
			return false;
		unit.n -= 2;
	}
	p->name = unit;
	return (iq_unit_is_name(unit) || (rest.n && is_unit_type(unit))) &&
	       found(p, IQ_STATE_UNIT_FILE);
}

static bool is_unit_dir(struct iq_slice *rest)
{
	static const struct iq_slice dirs[] = {
		IQ_LIT("etc/systemd/"), IQ_LIT("usr/lib/systemd/"), IQ_LIT("lib/systemd/"),
		IQ_LIT("run/systemd/"), IQ_LIT("usr/local/lib/systemd/"),
	};
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		if (iq_skip(rest, dirs[i]))
			return true;
	return false;
}

bool iq_state_unit_path(struct iq_slice path, struct iq_state_file *ret)
{
	struct iq_slice rest;

	*ret = (struct iq_state_file){ .number = INT64_MIN, .node = INT64_MIN };
	if (!iq_skip(&path, IQ_LIT("/")))
		return false;
	rest = path;
	return is_unit_dir(&rest) && in_units(rest, path, ret);
}

/* --- how dumps are saved --- */

static bool in_kdump(struct iq_slice path, struct iq_state_file *p)
{
	static const struct { struct iq_slice path, name; } rows[] = {
		{ IQ_LIT("etc/kdump.conf"), IQ_LIT("kdump.conf") },
		{ IQ_LIT("etc/sysconfig/kdump"), IQ_LIT("sysconfig/kdump") },
		{ IQ_LIT("etc/default/kdump-tools"), IQ_LIT("default/kdump-tools") },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!iq_eq(path, rows[i].path))
			continue;
		p->name = rows[i].name;
		return found(p, IQ_STATE_KDUMP);
	}
	return false;
}

/* --- from a path --- */

static bool at_root(struct iq_slice s, struct iq_state_file *p)
{
	struct iq_slice rest = s;

	if (!s.n || !strchr("celprsu", *s.p))
		return false;
	if (iq_skip(&rest, IQ_LIT("proc/")))
		return in_proc(rest, p);
	if (iq_starts(s, IQ_LIT("sys/")))
		return in_sys(s, p);
	if (iq_skip(&rest, IQ_LIT("sos_commands/")))
		return in_commands(rest, p);
	if (iq_skip(&rest, IQ_LIT("cgroup/")))
		return iq_starts(rest, IQ_LIT("memory/")) && in_cgroup(rest, p);
	if (is_unit_dir(&rest))
		return in_units(rest, s, p);
	return in_kdump(s, p);
}

bool iq_state_file(struct iq_slice path, struct iq_state_file *ret)
{
	*ret = (struct iq_state_file){ .number = INT64_MIN, .node = INT64_MIN };
	return at_root(path, ret);
}

bool iq_state_loose_file(struct iq_slice path, struct iq_state_file *ret)
{
	while (path.n) {
		if (iq_state_file(path, ret))
			return true;
		iq_cut(&path, '/');
	}
	return false;
}

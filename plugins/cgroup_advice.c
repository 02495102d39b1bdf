/* plugins/cgroup_advice.c - what to do about a cgroup at its limit, by what kind of
 * group its path says it is (cgroup_look.h). */
#include <string.h>

#include "cgroup_look.h"

#define TINY_BYTES	(INT64_C(4) << 20)	/* no program of today fits */
#define BYTES_MAX	(INT64_MAX / 2)
#define MIB		(INT64_C(1) << 20)
#define MOSTLY_PERCENT	50	/* of usage */

/* The last part of a path. */
static const char *last(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int ends(const char *s, const char *with)
{
	size_t n = strlen(s), m = strlen(with);

	return n >= m && !strcmp(s + n - m, with);
}

static int begins(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

static int is_all_pods(const char *path, const char *name)
{
	(void)path;
	return !strcmp(name, "kubepods") || !strcmp(name, "kubepods.slice");
}

static int is_qos(const char *path, const char *name)
{
	return strstr(path, "kubepods") && (strstr(name, "besteffort") || strstr(name, "burstable")) &&
	       !strstr(name, "pod_") && !strstr(name, "-pod");
}

static int is_pod(const char *path, const char *name)
{
	return strstr(path, "kubepods") && (begins(name, "pod") || strstr(name, "-pod"));
}

static int is_pod_container(const char *path, const char *name)
{
	(void)name;
	return strstr(path, "kubepods") != NULL;
}

static int is_docker(const char *path, const char *name)
{
	return begins(name, "docker-") || begins(path, "/docker/") || begins(name, "libpod-") ||
	       strstr(path, "/docker/") != NULL;
}

static int is_lxc(const char *path, const char *name)
{
	(void)name;
	return begins(path, "/lxc/") || begins(path, "/lxc.payload");
}

static int is_machine(const char *path, const char *name)
{
	(void)name;
	return strstr(path, "machine.slice/") || begins(path, "/machine/");
}

static int is_unit(const char *path, const char *name)
{
	(void)path;
	return ends(name, ".service") || ends(name, ".slice") || ends(name, ".scope");
}

/* Kinds of groups, the more special first, and where their limit is set.  A limit that
 * nobody sets by hand (FIXED) is not to be raised. */
static const struct kind {
	int (*is)(const char *path, const char *name);
	int fixed;
	const char *where;
} kinds[] = {
	{ is_all_pods, 1, "this is the group of all pods of the node (node allocatable): the kubelet "
	  "sets its limit from the machine's memory less kube-reserved and system-reserved; not "
	  "that limit but the pods are to be changed, or the node" },
	{ is_qos, 1, "this is the group of all pods of one quality of service: its limit is the "
	  "kubelet's" },
	{ is_pod, 0, "this is a pod: its limit is the sum of its containers' "
	  "resources.limits.memory; set it there, the kubelet writes the cgroup" },
	{ is_pod_container, 0, "this is a container of a pod: its limit is resources.limits.memory" },
	{ is_docker, 0, NULL }, { is_lxc, 0, NULL },
	{ is_machine, 0, "this is a virtual machine or nspawn container: virsh memtune, MemoryMax= "
	  "of its scope; the hypervisor's own overhead counts too" },
	{ is_unit, 0, NULL },
};

static const struct kind *kind_of(const char *path)
{
	for (size_t i = 0; path && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].is(path, last(path)))
			return &kinds[i];
	return NULL;
}

/* The id of a container in the last part of a path, as its commands take it. */
static const char *container_id(const struct look *l, const char *name)
{
	const char *dash = strchr(name, '-');
	const char *id = ends(name, ".scope") && dash ? dash + 1 : name;
	int n = (int)strcspn(id, ".");

	return l->h->text(l->ctx, "%.*s", n > 12 ? 12 : n, id);
}

static int is_number(const char *s)
{
	return *s && strspn(s, "0123456789") == strlen(s);
}

/* --memory-swap is both together: as much swap as before. */
static const char *with_swap(const struct look *l, long long mib)
{
	int64_t both = l->o->memsw_limit_bytes, limit = l->o->limit_bytes;

	if (!inquest_known(both) || !inquest_known(limit) || both < limit || !mib)
		return "";
	return l->h->text(l->ctx, " --memory-swap %lldM", mib + (long long)((both - limit) / MIB));
}

/* systemd 219 to 230 call it MemoryLimit=; RHEL 7 and what was made of it have 219, whatever
 * their kernels. */
static int has_old_systemd(const struct look *l)
{
	static const char *const marks[] = { ".el7", ".amzn2.", ".al7" };
	const char *release = l->h->event(l->ctx) ? l->h->event(l->ctx)->kernel_release : NULL;

	for (size_t i = 0; release && i < sizeof(marks) / sizeof(*marks); i++)
		if (strstr(release, marks[i]))
			return 1;
	return is_before(l, 4, 9);
}

/* A unit of the machine, or of a user's own manager. */
static const char *unit_command(const struct look *l, const char *path, const char *v)
{
	const char *name = last(path), *user = strstr(path, "/user@");
	const char *ctl = user && strstr(user, ".service/") ? "systemctl --user" : "systemctl";

	if (has_old_systemd(l))
		return l->h->text(l->ctx, "this is a unit of systemd: %s set-property %s "
				  "MemoryLimit=%s changes it; %s show -p MemoryLimit,MemoryCurrent %s",
				  ctl, name, v, ctl, name);
	return l->h->text(l->ctx, "this is a unit of systemd: %s set-property %s MemoryMax=%s "
			  "changes it; %s show -p MemoryMax,MemoryHigh,MemoryCurrent %s", ctl, name, v,
			  ctl, name);
}

/* The command that changes it, with MIB where a figure is known (0: not). */
static const char *command(const struct look *l, const struct kind *k, const char *path,
			   long long mib)
{
	const char *name = last(path);
	const char *v = mib ? l->h->text(l->ctx, "%lldM", mib) : "...";

	if (k->is == is_docker)
		return l->h->text(l->ctx, "this is a container: its limit is set by --memory; docker "
				  "(podman) update --memory %s%s %s changes it while it runs", v,
				  with_swap(l, mib), container_id(l, name));
	if (k->is == is_lxc && is_number(name))
		return l->h->text(l->ctx, "this is an LXC container: pct set %s --memory %s (Proxmox), "
				  "lxc.cgroup2.memory.max, or limits.memory of LXD", name,
				  mib ? l->h->text(l->ctx, "%lld", mib) : "MIB");
	if (k->is == is_lxc)
		return "this is an LXC container: lxc.cgroup2.memory.max, limits.memory of LXD, or pct "
		       "set ID --memory (Proxmox)";
	return unit_command(l, path, v);
}

/* What no reclaim frees: by the counters, where they are all there. */
static int64_t fixed(const struct look *l)
{
	int64_t sum = INQUEST_NULL;

	if (!inquest_known(l->anon))
		return INQUEST_NULL;
	inquest_add(&sum, l->anon);
	inquest_add(&sum, l->shmem);
	inquest_add(&sum, l->kernel);
	return sum;
}

static int64_t swapped(const struct inquest_oom *o)
{
	if (inquest_known(o->swap_usage_bytes))
		return o->swap_usage_bytes;
	if (!inquest_known(o->memsw_usage_bytes) || !inquest_known(o->usage_bytes) ||
	    o->memsw_usage_bytes < o->usage_bytes)
		return INQUEST_NULL;
	return o->memsw_usage_bytes - o->usage_bytes;
}

/* Where the most that it ever used can be read; NULL: this kernel does not keep it. */
static const char *peak_file(const struct look *l)
{
	int v = version(l);

	if (v == 1)
		return "memory.max_usage_in_bytes";
	if (is_before(l, 5, 19))
		return v == 2 ? NULL : "memory.max_usage_in_bytes (version 1)";
	return v == 2 ? "memory.peak" : "memory.peak (version 1: memory.max_usage_in_bytes)";
}

static void say_need(const struct look *l, struct inquest_finding *f, int64_t want)
{
	const struct inquest_host *h = l->h;
	int64_t need = fixed(l), out = swapped(l->o);

	if (inquest_known(out) && out > 0)
		h->finding_advise(f, "with the %s it had in swap it held %s", h->bytes(l->ctx, out),
				  h->bytes(l->ctx, want));
	else if (inquest_known(need) && need > 0)
		h->finding_advise(f, "of the %s in use %s (%s) could not be reclaimed",
				  h->bytes(l->ctx, l->o->usage_bytes), h->bytes(l->ctx, need),
				  h->share(l->ctx, need, l->o->usage_bytes));
}

/* A limit to try, said; INQUEST_NULL: no figure, or none that would help. */
static int64_t advise_size(const struct look *l, struct inquest_finding *f)
{
	const struct inquest_host *h = l->h;
	int64_t limit = limit_of(l->o, which_limit(l->o)), need = fixed(l), out = swapped(l->o);
	int64_t want = l->o->usage_bytes, memsw = l->o->memsw_limit_bytes;
	const char *peak = peak_file(l);

	if (!inquest_known(limit) || limit <= 0 || limit > BYTES_MAX)
		return INQUEST_NULL;
	if (limit < TINY_BYTES) {
		h->finding_advise(f, "a limit of %s is below what any program needs: was the unit "
				  "meant (K, M, G)?", h->bytes(l->ctx, limit));
		return INQUEST_NULL;
	}
	if (inquest_known(out) && out > 0)
		inquest_add(&want, out);
	if (!inquest_known(want) || want > BYTES_MAX || want < limit / 2)
		return INQUEST_NULL;
	if (inquest_or(out, 0) <= 0 && inquest_known(need) && need > 0 &&
	    need < l->o->usage_bytes / 2) {
		h->finding_advise(f, "only %s (%s) of it could not be reclaimed: a higher limit alone "
				  "is no cure", h->bytes(l->ctx, need),
				  h->share(l->ctx, need, l->o->usage_bytes));
		return INQUEST_NULL;
	}
	say_need(l, f, want);
	if (inquest_percent(l->kernel, l->o->usage_bytes) >= MOSTLY_PERCENT) {
		h->finding_advise(f, "most of it is kernel memory: a higher limit helps only if that "
				  "stops growing");
		return INQUEST_NULL;
	}
	want += want / 4;
	h->finding_advise(f, "a limit of %s is a quarter above; %s then to see what it really needs",
			  h->bytes(l->ctx, want), peak ? h->text(l->ctx, "read %s", peak)
						       : "watch memory.current");
	/* mm/memcontrol.c, mem_cgroup_resize_max(): memory may not pass memory+swap */
	if (inquest_known(memsw) && memsw < want && !is_docker(l->o->cgroup_limited,
							       last(l->o->cgroup_limited)))
		h->finding_advise(f, "its limit of memory+swap is %s: raise that first, or the kernel "
				  "refuses a higher memory limit", h->bytes(l->ctx, memsw));
	return want;
}

static void advise_watch(const struct look *l, struct inquest_finding *f, const char *path)
{
	int v = version(l);

	if (*path != '/')		/* a beancounter, OpenVZ's container */
		l->h->finding_advise(f, "%s is a container of OpenVZ or Virtuozzo: its limits are "
				     "physpages and swappages, and failcnt in "
				     "/proc/user_beancounters tells which was reached", path);
	else if (v == 1)
		l->h->finding_advise(f, "watch memory.failcnt and memory.stat in "
				     "/sys/fs/cgroup/memory%s", path);
	else if (v == 2)
		l->h->finding_advise(f, "watch memory.events and memory.stat in /sys/fs/cgroup%s", path);
	else
		l->h->finding_advise(f, "watch memory.stat and memory.events in /sys/fs/cgroup%s, or "
				     "memory.failcnt in /sys/fs/cgroup/memory%s (version 1)", path,
				     path);
}

/* All pods together are at the node's limit: it is a pod without one that fills it. */
static void advise_pods(const struct look *l, struct inquest_finding *f)
{
	size_t n = 0;
	const struct inquest_victim *const *v = l->h->victims(l->ctx, &n);
	int64_t had = INQUEST_NULL;

	for (size_t i = 0; i < n; i++)
		inquest_add(&had, v[i]->anon_rss_bytes);
	l->h->finding_advise(f, "give the pods that have none resources.limits.memory%s; %s",
			     l->o->cgroup_task && inquest_or(had, 0) > 0
			     ? l->h->text(l->ctx, ", first that of %s, whose killed processes had %s",
					  short_name(l, l->o->cgroup_task),
					  l->h->bytes(l->ctx, had)) : "",
			     "requests that tell the truth keep the scheduler from filling the node "
			     "so far");
}

static void advise_raise(const struct look *l, struct inquest_finding *f, enum relation rel)
{
	const char *path = l->o->cgroup_limited;
	int64_t limit = limit_of(l->o, which_limit(l->o));

	if (rel == REL_ANCESTOR)
		l->h->finding_advise(f, "raise the limit of %s%s%s, or give the groups below it limits "
				     "that add up to less", short_name(l, path),
				     inquest_known(limit) ? " above " : "",
				     inquest_known(limit) ? l->h->bytes(l->ctx, limit) : "");
	else if (inquest_known(limit))
		l->h->finding_advise(f, "if %s needs more than %s, raise its limit; if not, look for "
				     "what grows in it", short_name(l, path),
				     l->h->bytes(l->ctx, limit));
}

/* The text does not name the group. */
static void advise_find(const struct look *l, struct inquest_finding *f)
{
	size_t n = 0;
	const struct inquest_victim *const *v = l->h->victims(l->ctx, &n);

	if (n && v[0]->comm)
		l->h->finding_advise(f, "find whose it is: the container, pod or unit that ran %s at "
				     "that time (docker ps -a, kubectl get pods -A, systemctl "
				     "status), and its limit", v[0]->comm);
	l->h->finding_missing(f, "which cgroup reached its limit",
			      "messages of level info (6): the lines `Task in ... killed as a "
			      "result of limit of ...` or `oom-kill:constraint=...`");
}

void advise(const struct look *l, struct inquest_finding *f, enum relation rel)
{
	const struct inquest_oom *o = l->o;
	const char *path = o->cgroup_limited;
	const struct kind *k = kind_of(path);
	int kmem = which_limit(o) == LIMIT_KMEM;
	int64_t want = INQUEST_NULL;

	/* of a limit on kernel memory its own finding speaks: the others were not reached */
	if (path && !kmem && !(k && k->fixed)) {
		advise_raise(l, f, rel);
		want = advise_size(l, f);
	}
	if (k && !kmem)
		l->h->finding_advise(f, "%s", k->where ? k->where : command(l, k, path,
				     inquest_known(want) ? (want + MIB - 1) / MIB : 0));
	if (k && k->fixed)
		advise_pods(l, f);
	if (path)
		advise_watch(l, f, path);
	else
		advise_find(l, f);
	if (!inquest_known(o->limit_bytes) && o->unlimited != 1)
		l->h->finding_missing(f, "usage and limit of the cgroup",
				      "messages of level info (6): the line `memory: usage ..., "
				      "limit ...`");
}

/* plugins/cgroup_advice.c - what to do about a cgroup at its limit, by what kind of
 * group its path says it is (cgroup_look.h). */
#include <string.h>

#include "cgroup_look.h"

#define TINY_BYTES	(INT64_C(4) << 20)	/* no program of today fits */
#define BYTES_MAX	(INT64_MAX / 2)

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

/* Kinds of groups, the more special first, and where their limit is set. */
static const struct {
	int (*is)(const char *path, const char *name);
	const char *where;
} kinds[] = {
	{ is_all_pods, "this is the group of all pods of the node (node allocatable): it is set by "
	  "the kubelet from the machine's memory less kube-reserved and system-reserved; pods "
	  "without a limit can fill it, so give them resources.limits.memory" },
	{ is_qos, "this is the group of all pods of one quality of service: give the pods in it "
	  "resources.limits.memory" },
	{ is_pod, "this is a pod: its limit is the sum of its containers' resources.limits.memory" },
	{ is_pod_container, "this is a container of a pod: its limit is resources.limits.memory" },
	{ is_docker, "this is a container: its limit is set by --memory (docker update --memory "
	  "changes it while it runs)" },
	{ is_lxc, "this is an LXC container: pct set ID --memory, lxc.cgroup2.memory.max, or "
	  "limits.memory of LXD" },
	{ is_machine, "this is a virtual machine or nspawn container: virsh memtune, MemoryMax= of "
	  "its scope; the hypervisor's own overhead counts too" },
	{ is_unit, NULL },
};

static const char *where_set(const struct look *l, const char *path)
{
	const char *name = last(path);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!kinds[i].is(path, name))
			continue;
		if (kinds[i].where)
			return kinds[i].where;
		return l->h->text(l->ctx, "this is a unit of systemd: systemctl show -p "
				  "MemoryMax,MemoryHigh,MemoryPeak %s; systemctl set-property %s "
				  "MemoryMax=... changes it", name, name);
	}
	return NULL;
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

static void advise_size(const struct look *l, struct inquest_finding *f)
{
	const struct inquest_host *h = l->h;
	int64_t limit = limit_of(l->o, which_limit(l->o)), need = fixed(l), out = swapped(l->o);
	int64_t want = l->o->usage_bytes;

	if (!inquest_known(limit) || limit <= 0 || limit > BYTES_MAX)
		return;
	if (limit < TINY_BYTES) {
		h->finding_advise(f, "a limit of %s is below what any program needs: was the unit "
				  "meant (K, M, G)?", h->bytes(l->ctx, limit));
		return;
	}
	if (inquest_known(out) && out > 0)
		inquest_add(&want, out);
	if (!inquest_known(want) || want > BYTES_MAX || want < limit / 2)
		return;
	if (inquest_known(out) && out > 0)
		h->finding_advise(f, "with the %s it had in swap it wanted %s",
				  h->bytes(l->ctx, out), h->bytes(l->ctx, want));
	else if (inquest_known(need) && need > 0 && need < l->o->usage_bytes / 2) {
		h->finding_advise(f, "only %s (%s) of it could not be reclaimed: a higher limit alone "
				  "is no cure", h->bytes(l->ctx, need),
				  h->share(l->ctx, need, l->o->usage_bytes));
		return;
	} else if (inquest_known(need) && need > 0)
		h->finding_advise(f, "of the %s in use %s (%s) could not be reclaimed",
				  h->bytes(l->ctx, l->o->usage_bytes), h->bytes(l->ctx, need),
				  h->share(l->ctx, need, l->o->usage_bytes));
	h->finding_advise(f, "a limit of %s is a quarter above; read %s then to see what it really "
			  "needs", h->bytes(l->ctx, want + want / 4), version(l) == 1
			  ? "memory.max_usage_in_bytes" : "memory.peak");
}

static void advise_watch(const struct look *l, struct inquest_finding *f, const char *path)
{
	if (version(l) == 1)
		l->h->finding_advise(f, "watch memory.failcnt and memory.stat in "
				     "/sys/fs/cgroup/memory%s", path);
	else
		l->h->finding_advise(f, "watch memory.events and memory.stat in /sys/fs/cgroup%s%s",
				     path, version(l) ? "" : " (version 1: /sys/fs/cgroup/memory...)");
}

void advise(const struct look *l, struct inquest_finding *f, enum relation rel)
{
	const struct inquest_host *h = l->h;
	const struct inquest_oom *o = l->o;
	int64_t limit = limit_of(o, which_limit(o));
	const char *path = o->cgroup_limited, *where = path ? where_set(l, path) : NULL;

	if (path && rel == REL_ANCESTOR)
		h->finding_advise(f, "raise the limit of %s%s%s, or give the groups below it limits "
				  "that add up to less", short_name(l, path),
				  inquest_known(limit) ? " above " : "",
				  inquest_known(limit) ? h->bytes(l->ctx, limit) : "");
	else if (path && inquest_known(limit))
		h->finding_advise(f, "if %s needs more than %s, raise its limit; if not, look for "
				  "what grows in it", short_name(l, path), h->bytes(l->ctx, limit));
	advise_size(l, f);
	if (where)
		h->finding_advise(f, "%s", where);
	if (path)
		advise_watch(l, f, path);
	if (!path)
		h->finding_missing(f, "which cgroup reached its limit",
				   "messages of level info (6): the lines `Task in ... killed as a "
				   "result of limit of ...` or `oom-kill:constraint=...`");
	if (!inquest_known(o->limit_bytes) && o->unlimited != 1)
		h->finding_missing(f, "usage and limit of the cgroup",
				   "messages of level info (6): the line `memory: usage ..., "
				   "limit ...`");
}

/* parse/cgname.c - see cgname.h.
 *
 * A path is read component by component from the root; what is found further in wins,
 * a container over the units around it.  Forms: systemd's cgroup names
 * (systemd.slice(5), systemd.scope(5)), opencontainers/runc cgroup drivers, kubelet
 * pkg/kubelet/cm, podman's libpod, LXC's lxc.payload.
 */
#include "parse/cgname.h"

#define ID_MIN 12	/* short ids of docker ps; whole ones have 64 */

enum shape {
	SHAPE_ID,		/* lead + hex id + tail */
	SHAPE_POD,		/* lead + uid + tail */
	SHAPE_NAME,		/* lead + anything + tail */
};

/* Most particular first: the first row that fits a component is taken. */
static const struct form {
	struct iq_slice lead, tail;
	struct iq_slice parent;		/* p != NULL: the component before must be this */
	enum shape shape;
	const char *kind;
} forms[] = {
	{ IQ_LIT("docker-"), IQ_LIT(".scope"), IQ_SLICE_NULL, SHAPE_ID, "docker" },
	{ IQ_LIT("cri-containerd-"), IQ_LIT(".scope"), IQ_SLICE_NULL, SHAPE_ID, "containerd" },
	{ IQ_LIT("nerdctl-"), IQ_LIT(".scope"), IQ_SLICE_NULL, SHAPE_ID, "containerd" },
	{ IQ_LIT("crio-"), IQ_LIT(".scope"), IQ_SLICE_NULL, SHAPE_ID, "cri-o" },
	{ IQ_LIT("libpod-"), IQ_LIT(".scope"), IQ_SLICE_NULL, SHAPE_ID, "podman" },
	{ IQ_LIT("buildah-"), IQ_LIT(".scope"), IQ_SLICE_NULL, SHAPE_ID, "podman" },
	{ IQ_LIT("crio-"), IQ_LIT(""), IQ_SLICE_NULL, SHAPE_ID, "cri-o" },
	{ IQ_LIT("libpod-"), IQ_LIT(""), IQ_SLICE_NULL, SHAPE_ID, "podman" },
	{ IQ_LIT(""), IQ_LIT(""), IQ_LIT("docker"), SHAPE_ID, "docker" },
	{ IQ_LIT(""), IQ_LIT(""), IQ_SLICE_NULL, SHAPE_ID, "container" },
	{ IQ_LIT("kubepods-burstable-pod"), IQ_LIT(".slice"), IQ_SLICE_NULL, SHAPE_POD,
	  "kubernetes" },
	{ IQ_LIT("kubepods-besteffort-pod"), IQ_LIT(".slice"), IQ_SLICE_NULL, SHAPE_POD,
	  "kubernetes" },
	{ IQ_LIT("kubepods-pod"), IQ_LIT(".slice"), IQ_SLICE_NULL, SHAPE_POD, "kubernetes" },
	{ IQ_LIT("pod"), IQ_LIT(""), IQ_SLICE_NULL, SHAPE_POD, "kubernetes" },
	{ IQ_LIT("lxc.payload."), IQ_LIT(""), IQ_SLICE_NULL, SHAPE_NAME, "lxc" },
	{ IQ_LIT(""), IQ_LIT(""), IQ_LIT("lxc.payload"), SHAPE_NAME, "lxc" },
	{ IQ_LIT(""), IQ_LIT(""), IQ_LIT("lxc"), SHAPE_NAME, "lxc" },
	{ IQ_LIT("systemd-nspawn@"), IQ_LIT(".service"), IQ_SLICE_NULL, SHAPE_NAME, "nspawn" },
	{ IQ_LIT("machine-qemu\\x2d"), IQ_LIT(".scope"), IQ_SLICE_NULL, SHAPE_NAME, "vm" },
	{ IQ_LIT("machine-lxc\\x2d"), IQ_LIT(".scope"), IQ_SLICE_NULL, SHAPE_NAME, "lxc" },
	{ IQ_LIT("machine-"), IQ_LIT(".scope"), IQ_SLICE_NULL, SHAPE_NAME, "nspawn" },
	{ IQ_LIT(""), IQ_LIT(".libvirt-qemu"), IQ_SLICE_NULL, SHAPE_NAME, "vm" },
};

/* What a component is that is no container's. */
static const struct unit_form {
	struct iq_slice lead, tail;
	const char *kind;
	bool slice;		/* a unit only where there is no service or scope */
} units[] = {
	{ IQ_LIT("session-"), IQ_LIT(".scope"), "session", false },
	{ IQ_LIT("user@"), IQ_LIT(".service"), "session", false },
	{ IQ_LIT("user-"), IQ_LIT(".slice"), "session", true },
	{ IQ_LIT(""), IQ_LIT(".service"), "service", false },
	{ IQ_LIT(""), IQ_LIT(".scope"), "scope", false },
	{ IQ_LIT(""), IQ_LIT(".socket"), "service", false },
	{ IQ_LIT(""), IQ_LIT(".mount"), "service", false },
	{ IQ_LIT(""), IQ_LIT(".swap"), "service", false },
	{ IQ_LIT(""), IQ_LIT(".slice"), "slice", true },
};

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_id(struct iq_slice s)
{
	if (s.n < ID_MIN || s.n > 64)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_hex(s.p[i]))
			return false;
	return true;
}

/* UUID with - or _; static pods have the 32 digits of a hash. */
static bool is_pod_uid(struct iq_slice s)
{
	if (s.n != 36)
		return s.n == 32 && is_id(s);
	for (size_t i = 0; i < s.n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? s.p[i] != '-' && s.p[i] != '_' : !is_hex(s.p[i]))
			return false;
	}
	return true;
}

static bool strip(struct iq_slice *s, struct iq_slice lead, struct iq_slice tail)
{
	if (s->n <= lead.n + tail.n || !iq_starts(*s, lead) || !iq_ends(*s, tail))
		return false;
	*s = iq_slice(s->p + lead.n, s->n - lead.n - tail.n);
	return true;
}

static bool take_form(const struct form *f, struct iq_slice part, struct iq_slice parent,
		      struct iq_cgname *ret)
{
	if (f->parent.p && !iq_eq(f->parent, parent))
		return false;
	if (!strip(&part, f->lead, f->tail))
		return false;
	switch (f->shape) {
	case SHAPE_ID:
		if (!is_id(part))
			return false;
		ret->container = part;
		break;
	case SHAPE_POD:
		if (!is_pod_uid(part))
			return false;
		ret->pod = part;
		ret->container = IQ_SLICE_NULL;
		break;
	case SHAPE_NAME:
		ret->container = part;
		break;
	}
	ret->kind = f->kind;
	return true;
}

/* containerd without the systemd driver under systemd names writes all in one:
 * kubepods-burstable-podUID.slice:cri-containerd:ID */
static bool take_colons(struct iq_slice part, struct iq_cgname *ret)
{
	struct iq_slice rest = part;
	struct iq_slice slice = iq_cut(&rest, ':');
	if (!rest.n)
		return false;
	struct iq_slice runtime = iq_cut(&rest, ':');
	if (!is_id(rest))
		return false;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (forms[i].shape == SHAPE_POD &&
		    take_form(&forms[i], slice, IQ_SLICE_NULL, ret))
			break;
	ret->container = rest;
	ret->kind = iq_eq(runtime, IQ_LIT("docker")) ? "docker" :
		    iq_eq(runtime, IQ_LIT("crio")) ? "cri-o" : "containerd";
	return true;
}

void iq_cgname_parse(struct iq_slice path, struct iq_cgname *ret)
{
	struct iq_cgname r = { .kind = "cgroup" };
	struct iq_slice parent = IQ_SLICE_NULL, slice = IQ_SLICE_NULL;
	bool contained = false;
	if (path.n == 1 && *path.p == '/')
		r.kind = "root";
	while (path.n) {
		struct iq_slice part = iq_cut(&path, '/');
		if (!part.n)
			continue;
		bool form = take_colons(part, &r);
		for (size_t i = 0; i < sizeof forms / sizeof *forms && !form; i++)
			form = take_form(&forms[i], part, parent, &r);
		contained = contained || form;
		for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
			struct iq_slice name = part;
			if (!strip(&name, units[i].lead, units[i].tail))
				continue;
			*(units[i].slice ? &slice : &r.unit) = part;
			if (!contained && !(units[i].slice && r.unit.p))
				r.kind = units[i].kind;
			break;
		}
		parent = part;
	}
	if (!r.unit.p)
		r.unit = slice;
	*ret = r;
}

bool iq_cgname_has_unit(struct iq_slice path, struct iq_slice unit)
{
	while (unit.n && path.n)
		if (iq_eq(iq_cut(&path, '/'), unit))
			return true;
	return false;
}

/* tests/parse/test_cgname.c - cgroup paths of runtimes and systemd (composed). */
#include "t_sink.h"

#include "parse/cgname.h"

#define ID "4fd0a1c9e3b74fd0a1c9e3b74fd0a1c9e3b74fd0a1c9e3b74fd0a1c9e3b7aaaa"
#define POD "a5d8fdd1-1369-469e-8a7d-2c1047529435"
#define POD_ "a5d8fdd1_1369_469e_8a7d_2c1047529435"

static const struct { const char *path, *unit, *container, *pod, *kind; } cases[] = {
	{ "/", NULL, NULL, NULL, "root" },
	{ "", NULL, NULL, NULL, "cgroup" },
	{ "/mm_test", NULL, NULL, NULL, "cgroup" },
	/* docker */
	{ "/system.slice/docker-" ID ".scope", "docker-" ID ".scope", ID, NULL, "docker" },
	{ "/docker/" ID, NULL, ID, NULL, "docker" },
	{ "/docker/4fd0a1c9e3b7", NULL, "4fd0a1c9e3b7", NULL, "docker" },
	{ "/system.slice/docker.service", "docker.service", NULL, NULL, "service" },
	{ "/docker/buildkit", NULL, NULL, NULL, "cgroup" },
	/* Kubernetes, systemd driver */
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" POD_ ".slice/"
	  "cri-containerd-" ID ".scope", "cri-containerd-" ID ".scope", ID, POD_, "containerd" },
	{ "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" POD_ ".slice/"
	  "crio-" ID ".scope", "crio-" ID ".scope", ID, POD_, "cri-o" },
	{ "/kubepods.slice/kubepods-pod" POD_ ".slice/docker-" ID ".scope",
	  "docker-" ID ".scope", ID, POD_, "docker" },
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" POD_ ".slice",
	  "kubepods-burstable-pod" POD_ ".slice", NULL, POD_, "kubernetes" },
	{ "/kubepods.slice", "kubepods.slice", NULL, NULL, "slice" },
	/* Kubernetes, cgroupfs driver */
	{ "/kubepods/burstable/pod" POD "/" ID, NULL, ID, POD, "container" },
	{ "/kubepods/pod" POD "/crio-" ID, NULL, ID, POD, "cri-o" },
	{ "/kubepods/besteffort/pod" POD, NULL, NULL, POD, "kubernetes" },
	{ "/kubepods/burstable/pod0123456789abcdef0123456789abcdef/" ID, NULL, ID,
	  "0123456789abcdef0123456789abcdef", "container" },
	{ "/system.slice/containerd.service/kubepods-burstable-pod" POD_ ".slice:cri-containerd:"
	  ID, "containerd.service", ID, POD_, "containerd" },
	/* podman */
	{ "/machine.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope", ID, NULL,
	  "podman" },
	{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope",
	  "libpod-" ID ".scope", ID, NULL, "podman" },
	{ "/libpod_parent/libpod-" ID, NULL, ID, NULL, "podman" },
	/* LXC, and docker in it */
	{ "/lxc/web1", NULL, "web1", NULL, "lxc" },
	{ "/lxc.payload.web1/system.slice/foo.service", "foo.service", "web1", NULL, "lxc" },
	{ "/lxc.payload/web1", NULL, "web1", NULL, "lxc" },
	{ "/lxc/39004/ns/system.slice/docker-" ID ".scope", "docker-" ID ".scope", ID, NULL,
	  "docker" },
	/* machines */
	{ "/machine.slice/machine-qemu\\x2d1\\x2dvm1.scope", "machine-qemu\\x2d1\\x2dvm1.scope",
	  "1\\x2dvm1", NULL, "vm" },
	{ "/machine.slice/systemd-nspawn@deb.service", "systemd-nspawn@deb.service", "deb", NULL,
	  "nspawn" },
	/* systemd */
	{ "/system.slice/foo.service", "foo.service", NULL, NULL, "service" },
	{ "/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", NULL, NULL,
	  "service" },
	{ "/user.slice/user-1000.slice/session-3.scope", "session-3.scope", NULL, NULL,
	  "session" },
	{ "/user.slice/user-1000.slice/user@1000.service/app.slice/app-firefox.scope",
	  "app-firefox.scope", NULL, NULL, "scope" },
	{ "/user.slice/user-1000.slice/user@1000.service/app.slice", "user@1000.service", NULL,
	  NULL, "session" },
	{ "/user.slice", "user.slice", NULL, NULL, "slice" },
	{ "system.slice/big.service", "big.service", NULL, NULL, "service" },
	/* alike, and not */
	{ "/deadbeef", NULL, NULL, NULL, "cgroup" },
	{ "/docker-xyz.scope", "docker-xyz.scope", NULL, NULL, "scope" },
	{ "/kubepods/pod1234", NULL, NULL, NULL, "cgroup" },
	{ "/.service/.scope", NULL, NULL, NULL, "cgroup" },
	{ "//a//b/", NULL, NULL, NULL, "cgroup" },
};

static bool same(struct iq_slice got, const char *want)
{
	return want ? got.p && iq_eq(got, iq_slice_z(want)) : !got.p;
}

static void names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct iq_cgname n;
		iq_cgname_parse(iq_slice_z(cases[i].path), &n);
		if (!same(n.unit, cases[i].unit) || !same(n.container, cases[i].container) ||
		    !same(n.pod, cases[i].pod) || strcmp(n.kind, cases[i].kind))
			fail_msg("%s: unit \"%.*s\" container \"%.*s\" pod \"%.*s\" %s",
				 cases[i].path, IQ_FMT(n.unit), IQ_FMT(n.container),
				 IQ_FMT(n.pod), n.kind);
	}
}

static void no_path(void **state)
{
	(void)state;
	struct iq_cgname n;
	iq_cgname_parse(IQ_SLICE_NULL, &n);
	t_text(n.unit, NULL);
	assert_string_equal(n.kind, "cgroup");
}

static void unit_in_path(void **state)
{
	(void)state;
	struct iq_slice p = IQ_LIT("/user.slice/user@1000.service/app.slice/a.scope");
	assert_true(iq_cgname_has_unit(p, IQ_LIT("a.scope")));
	assert_true(iq_cgname_has_unit(p, IQ_LIT("user@1000.service")));
	assert_false(iq_cgname_has_unit(p, IQ_LIT("user@1000")));
	assert_false(iq_cgname_has_unit(p, IQ_LIT("")));
	assert_false(iq_cgname_has_unit(IQ_SLICE_NULL, IQ_LIT("a.scope")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(no_path),
		cmocka_unit_test(unit_in_path),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

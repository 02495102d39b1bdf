/* tests/bundle/test_state_units.c - units and containers of a bundle: what systemctl, unit
 * files with their drop-ins, docker, podman and crictl say, put together.  Texts are
 * composed after the format strings of systemd and of these.
 */
#include "state_world.h"

/* --- units --- */

static void test_units(void **state)
{
	struct world w;
	const struct iq_unit *u;

	(void)state;
	start(&w);
	give(&w, "usr/lib/systemd/system/a.service", "[Service]\nOOMScoreAdjust=5\nMemoryMax=1G\n");
	give(&w, "sos_commands/systemd/systemctl_show_service_--all",
	     "MemoryMax=100\nId=a.service\nOOMScoreAdjust=5\nResult=oom-kill\n"
	     "FragmentPath=/lib/systemd/system/a.service\n"
	     "DropInPaths=/etc/systemd/system/a.service.d/10-x.conf "
	     "/run/systemd/system.control/a.service.d/50-MemoryMax.conf\n\n\n"
	     "Id=b.service\nMemoryMax=infinity\n\nDefaultTimeout=5\n");
	give(&w, "etc/systemd/system/a.service.d/10-x.conf", "[Service]\n\nMemoryMax=50M\n");
	give(&w, "run/systemd/system.control/a.service.d/50-MemoryMax.conf",
	     "[Service]\nMemoryMax=100\n");
	/* nowhere shown: the file in /etc hides the other, the drop-in counts last */
	give(&w, "usr/lib/systemd/system/c.service", "[Service]\nMemoryMax=1\nOOMScoreAdjust=1\n");
	give(&w, "etc/systemd/system/c.service", "[Service]\nOOMScoreAdjust=300\n");
	give(&w, "etc/systemd/system/c.service.d/z.conf", "[Service]\nMemoryMax=2M\n");
	give(&w, "etc/systemd/system/d@.service", "[Service]\nOOMScoreAdjust=7\n");
	give(&w, "etc/systemd/system/quiet.service", "[Service]\nRestart=always\n");
	put(&w);
	assert_int_equal(N(&w, UNIT), 4);
	u = unit(&w, "a.service");
	assert_int_equal(u->memory_max_bytes, 100);
	TEXT_IS(u->oom_score_adjust_from, "/usr/lib/systemd/system/a.service:2");
	TEXT_IS(u->memory_max_from, "/run/systemd/system.control/a.service.d/50-MemoryMax.conf:2");
	TEXT_IS(u->result, "oom-kill");
	assert_int_equal(u->line, 2);
	assert_int_equal(u->host_id, 3);
	u = unit(&w, "c.service");
	assert_int_equal(u->oom_score_adjust, 300);
	assert_int_equal(u->memory_max_bytes, 2 << 20);
	TEXT_IS(u->memory_max_from, "/etc/systemd/system/c.service.d/z.conf:2");
	TEXT_IS(u->result, "success");		/* not loaded: it did not fail */
	assert_null(unit(&w, "d@.service")->result.p);
	assert_null(unit(&w, "quiet.service"));
	end(&w);
}

static void test_unit_files(void **state)
{
	struct world w;
	const struct iq_unit *u;

	(void)state;
	start(&w);
	give(&w, "proc/meminfo", "MemTotal: 1000000 kB\n");
	/* an instance: its template's file, the template's drop-ins and its own, by name */
	give(&w, "etc/systemd/system/o-x@.service", "[Service]\nMemoryMax=10M\nOOMScoreAdjust=9\n");
	give(&w, "etc/systemd/system/o-x@.service.d/10-a.conf",
	     "[Service]\nMemoryMax=\nMemoryMax=24M\n");
	give(&w, "etc/systemd/system/o-x@eu.service.d/05-b.conf", "[Service]\nMemoryMax=1M\n");
	give(&w, "usr/lib/systemd/system/o-.service.d/20-c.conf", "[Service]\nMemoryHigh=50%\n");
	give(&w, "usr/lib/systemd/system/service.d/20-c.conf", "[Service]\nMemoryHigh=1M\n");
	/* a slice with a group and no file of its own */
	give(&w, "etc/systemd/system/prod-.slice.d/50.conf", "[Slice]\nMemoryMax=900M\n");
	give(&w, "sys/fs/cgroup/prod.slice/prod-a.slice/memory.max", "943718400\n");
	/* the file without a limit hides the one that has it; the drop-in its namesake */
	give(&w, "etc/systemd/system/h.service", "[Service]\nExecStart=/x\n");
	give(&w, "usr/lib/systemd/system/h.service", "[Service]\nMemoryMax=5M\n");
	give(&w, "usr/lib/systemd/system/k.service", "[Service]\nOOMScoreAdjust=1\n");
	give(&w, "usr/lib/systemd/system/k.service.d/1.conf", "[Service]\nMemoryMax=5M\n");
	give(&w, "run/systemd/system/k.service.d/1.conf", "[Service]\nMemoryMax=6M\n");
	give(&w, "etc/systemd/system/k.service.d/2.conf", "[Service]\nOOMScoreAdjust=\n");
	put(&w);
	u = unit(&w, "o-x@eu.service");
	assert_int_equal(u->memory_max_bytes, 24 << 20);
	TEXT_IS(u->memory_max_from, "/etc/systemd/system/o-x@.service.d/10-a.conf:3");
	TEXT_IS(u->oom_score_adjust_from, "/etc/systemd/system/o-x@.service:3");
	assert_int_equal(u->memory_high_bytes, 512000000);
	TEXT_IS(u->memory_high_from, "/usr/lib/systemd/system/o-.service.d/20-c.conf:2");
	u = unit(&w, "prod-a.slice");
	assert_int_equal(u->memory_max_bytes, 900 << 20);
	TEXT_IS(u->memory_max_from, "/etc/systemd/system/prod-.slice.d/50.conf:2");
	assert_null(unit(&w, "prod-.slice"));
	assert_int_equal(unit(&w, "h.service")->memory_max_bytes, IQ_NULL);
	u = unit(&w, "k.service");
	assert_int_equal(u->memory_max_bytes, 6 << 20);
	assert_int_equal(u->oom_score_adjust, IQ_NULL);
	assert_null(u->oom_score_adjust_from.p);
	end(&w);
}

/* Where systemctl show is missing. */
static void test_listed_units(void **state)
{
	struct world w;
	const struct iq_unit *u;

	(void)state;
	start(&w);
	give(&w, "sos_commands/systemd/systemctl_list-units_--all",
	     "UNIT            LOAD   ACTIVE SUB     DESCRIPTION\n"
	     "  x.device      loaded active plugged x\n"
	     "* kdump.service loaded failed failed  Crash recovery\n"
	     "  a.service     loaded active running A thing\n"
	     "  s.slice       loaded active active  Slice\n\nLOAD   = Reflects whether\n");
	give(&w, "sos_commands/systemd/systemctl_status_--all",
	     "* app07\n    State: degraded\n\n* a.service - A thing\n"
	     "   Loaded: loaded (/etc/systemd/system/a.service; enabled)\n"
	     "   Active: failed (Result: oom-kill) since Tue 2023-11-14 03:12:45 CST; 8h ago\n"
	     " Main PID: 5301 (code=killed, signal=KILL)\n"
	     "   CGroup: /system.slice/a.service\n"
	     "           `-5301 /opt/a\n\nNov 14 03:12:45 app07 a[1]:    Active: active\n\n"
	     "* b.service - B thing\n   Active: active (running) since Tue; 8h ago\n"
	     " Main PID: 77 (b)\n");
	give(&w, "etc/systemd/system/a.service", "[Service]\nMemoryMax=50M\n");
	put(&w);
	assert_int_equal(N(&w, UNIT), 4);
	u = unit(&w, "a.service");
	TEXT_IS(u->state, "failed");
	TEXT_IS(u->result, "oom-kill");
	TEXT_IS(u->cgroup, "/system.slice/a.service");
	TEXT_IS(u->source, "systemctl status");
	assert_int_equal(u->exec_pid, 5301);
	assert_int_equal(u->main_pid, IQ_NULL);
	assert_int_equal(u->exec_code, 2);
	assert_int_equal(u->exec_status, 9);
	assert_int_equal(u->memory_max_bytes, 50 << 20);
	TEXT_IS(u->memory_max_from, "/etc/systemd/system/a.service:2");
	assert_int_equal(u->line, 4);
	assert_int_equal(unit(&w, "b.service")->main_pid, 77);
	TEXT_IS(unit(&w, "b.service")->result, "success");
	u = unit(&w, "kdump.service");
	TEXT_IS(u->state, "failed");
	TEXT_IS(u->source, "systemctl list-units");
	assert_null(u->result.p);
	end(&w);
	/* of what systemctl show has, the lists are not asked */
	start(&w);
	give(&w, "sos_commands/systemd/systemctl_status_--all",
	     "* a.service - A\n   Active: failed (Result: oom-kill) since x\n");
	give(&w, "sos_commands/systemd/systemctl_show_service_--all",
	     "Id=a.service\nActiveState=active\n\nId=b.service\nActiveState=active\n");
	give(&w, "sos_commands/systemd/systemctl_list-units",
	     "UNIT LOAD ACTIVE SUB DESCRIPTION\n  c.scope loaded active running C\n");
	put(&w);
	assert_int_equal(N(&w, UNIT), 3);
	TEXT_IS(unit(&w, "a.service")->state, "active");
	TEXT_IS(unit(&w, "c.scope")->state, "active");
	end(&w);
}

/* supportconfig: systemctl cat, and what is sorted. */
static void test_unit_cat(void **state)
{
	struct world w;
	const struct iq_unit *u;

	(void)state;
	start(&w);
	give(&w, "sos_commands/supportconfig/systemctl_cat_a.service",
	     "# /usr/lib/systemd/system/a.service\n[Service]\n# a comment\nOOMScoreAdjust=200\n\n"
	     "# /etc/systemd/system/a.service.d/50.conf\n[Service]\nMemoryLimit=24M\n");
	give(&w, "sos_commands/supportconfig/systemctl_show_a.service_sort",
	     "DropInPaths=/etc/systemd/system/a.service.d/50.conf\n"
	     "FragmentPath=/usr/lib/systemd/system/a.service\nId=a.service\n"
	     "MemoryLimit=25165824\nMemoryMax=infinity\nOOMScoreAdjust=200\n");
	put(&w);
	assert_int_equal(N(&w, UNIT), 1);
	u = unit(&w, "a.service");
	assert_int_equal(u->memory_max_bytes, 24 << 20);
	TEXT_IS(u->memory_max_from, "/etc/systemd/system/a.service.d/50.conf:2");
	TEXT_IS(u->oom_score_adjust_from, "/usr/lib/systemd/system/a.service:3");
	end(&w);
}

/* --- containers --- */

#define ID12 "4fd0a1c9e3b7"
#define ID64 ID12 "4fd0a1c9e3b74fd0a1c9e3b74fd0a1c9e3b74fd0a1c9e3b7aaaa"
#define PS_HEAD "CONTAINER ID   IMAGE     STATUS       NAMES\n"

static void test_containers(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	give(&w, "sos_commands/docker/docker_ps", PS_HEAD ID12 "   app:2.3   Up 9 hours   app\n");
	give(&w, "sos_commands/docker/containers/docker_inspect_" ID12,
	     "[\n  \"Id\": \"" ID64 "\",\n  \"OOMKilled\": true,\n  \"Memory\": 4096\n");
	give(&w, "sos_commands/docker/docker_ps_-a", PS_HEAD ID12 "   app:2.3   Up 9 hours   app\n"
	     "6f1d1c0e5a7b   db:1      Exited (1)   db\n");
	put(&w);
	assert_int_equal(N(&w, CONTAINER), 2);
	const struct iq_container *c = AT(&w, CONTAINER, container, 0);
	TEXT_IS(c->container, ID64);
	TEXT_IS(c->name, "app");
	TEXT_IS(c->image, "app:2.3");
	TEXT_IS(c->runtime, "docker");
	assert_int_equal(c->oom_killed, 1);
	assert_int_equal(c->memory_limit_bytes, 4096);
	TEXT_IS(AT(&w, CONTAINER, container, 1)->name, "db");
	end(&w);
}

static const struct iq_container *container(struct world *w, const char *id)
{
	for (size_t i = 0; i < N(w, CONTAINER); i++)
		if (iq_starts(AT(w, CONTAINER, container, i)->container, iq_slice_z(id)))
			return AT(w, CONTAINER, container, i);
	return NULL;
}

static void test_pods(void **state)
{
	const struct iq_container *c;
	struct world w;

	(void)state;
	start(&w);
	give(&w, "sos_commands/crio/crictl_pods",
	     "POD ID              CREATED             STATE               NAME                "
	     "NAMESPACE           ATTEMPT\n"
	     "19d971fe5c478       9 days ago          Ready               shop-7d9f           "
	     "prod                0\n");
	give(&w, "sos_commands/crio/crictl_ps_-a",
	     "CONTAINER           IMAGE               CREATED             STATE               "
	     "NAME                ATTEMPT             POD ID              POD\n"
	     ID12 "f       bea2d277eb715       About a minute ago  Running             "
	     "app                 2                   19d971fe5c478       shop-7d9f\n");
	give(&w, "sos_commands/crio/containers/crictl_inspect_7",
	     "{\n  \"status\": {\n    \"id\": \"" ID64 "\",\n    \"state\": \"CONTAINER_EXITED\",\n"
	     "    \"exitCode\": 137,\n    \"reason\": \"OOMKilled\",\n"
	     "          \"memoryLimitInBytes\": \"536870912\",\n"
	     "          \"oomScoreAdj\": \"872\",\n"
	     "      \"io.kubernetes.pod.uid\": \"a1b2c3d4-0000-4444-8888-123456789abc\"\n");
	/* names that kubelet gives docker; the ellipsis has three bytes */
	give(&w, "sos_commands/docker/docker_ps",
	     "CONTAINER ID   IMAGE     COMMAND           STATUS       NAMES\n"
	     "6f1d1c0e5a7b   app:2.3   \"sh -c 'java\xe2\x80\xa6\"     Up 9 hours   "
	     "k8s_app_shop-1_prod_a1b2c3d4-0000-4444-8888-123456789abc_3\n");
	put(&w);
	assert_int_equal(N(&w, CONTAINER), 3);
	c = container(&w, ID12 "f");
	TEXT_IS(c->pod_name, "shop-7d9f");
	TEXT_IS(c->namespace, "prod");
	TEXT_IS(c->name, "app");
	c = container(&w, ID64);
	assert_int_equal(c->memory_limit_bytes, 512 << 20);
	assert_int_equal(c->oom_score_adj, 872);
	assert_int_equal(c->exit_code, 137);
	assert_int_equal(c->oom_killed, 1);
	TEXT_IS(c->state, "CONTAINER_EXITED");
	TEXT_IS(c->pod, "a1b2c3d4-0000-4444-8888-123456789abc");
	c = container(&w, "6f1d1c0e5a7b");
	TEXT_IS(c->state, "Up 9 hours");
	TEXT_IS(c->name, "app");
	TEXT_IS(c->pod_name, "shop-1");
	TEXT_IS(c->namespace, "prod");
	TEXT_IS(c->pod, "a1b2c3d4-0000-4444-8888-123456789abc");
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_unit_files),
		cmocka_unit_test(test_listed_units),
		cmocka_unit_test(test_unit_cat),
		cmocka_unit_test(test_containers),
		cmocka_unit_test(test_pods),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

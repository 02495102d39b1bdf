/* tests/parse/test_state_tasks.c - what /proc/PID, ps, systemctl and the container runtimes
 * print (composed after their format strings), and hostile texts.
 */
#include "t_sink.h"

#include "parse/state/containers.h"
#include "parse/state/tasks.h"
#include "parse/state/units.h"

#define LINE(s) IQ_LIT(s)
#define TEXT_IS(got, z) assert_true(iq_eq(got, iq_slice_z(z)))

/* --- /proc/PID --- */

static bool read_status(struct iq_pid_status *s, const char *text)
{
	struct iq_slice rest = iq_slice_z(text);

	iq_pid_status_init(s);
	while (rest.n)
		iq_pid_status_line(s, iq_cut(&rest, '\n'));
	return iq_pid_status_done(s);
}

static void test_status(void **state)
{
	struct iq_pid_status s;

	(void)state;
	/* 4.14 and later */
	assert_true(read_status(&s, "Name:\tmetric \\\\ re\\nader \nUmask:\t0022\nState:\tD (disk "
		"sleep)\nTgid:\t440\nPid:\t440\nPPid:\t1\nUid:\t1004\t0\t0\t0\nVmSize:\t   13284 kB\n"
		"VmRSS:\t   11576 kB\nRssAnon:\t   11572 kB\nRssFile:\t       4 kB\nRssShmem:\t"
		"       0 kB\nVmPTE:\t      60 kB\nVmSwap:\t     768 kB\n"));
	TEXT_IS(s.task.comm, "metric \\ re\nader ");
	TEXT_IS(s.task.state, "D");
	assert_int_equal(s.task.pid, 440);
	assert_int_equal(s.task.uid, 1004);
	assert_int_equal(s.task.rss_bytes, 11576 * 1024);
	assert_int_equal(s.task.shmem_rss_bytes, 0);
	assert_int_equal(s.task.page_table_bytes, 60 * 1024);
	assert_int_equal(s.task.kernel_thread, 0);
	/* 4.4: a line for PMDs of its own, no Rss lines */
	assert_true(read_status(&s, "Name:\ta\nState:\tS (sleeping)\nTgid:\t9\nPid:\t9\nPPid:\t1\n"
		"VmSize:\t 10 kB\nVmRSS:\t 8 kB\nVmPTE:\t 60 kB\nVmPMD:\t 12 kB\n"));
	assert_int_equal(s.task.page_table_bytes, 72 * 1024);
	assert_int_equal(s.task.anon_rss_bytes, IQ_NULL);
	/* a kernel thread, before and since there is a line for it */
	assert_true(read_status(&s, "Name:\tkswapd0\nState:\tS (sleeping)\nPid:\t40\nPPid:\t2\n"));
	assert_int_equal(s.task.kernel_thread, 1);
	assert_true(read_status(&s, "Name:\tkthreadd\nPid:\t2\nPPid:\t0\nKthread:\t1\n"));
	assert_int_equal(s.task.kernel_thread, 1);
	/* a zombie is none */
	assert_true(read_status(&s, "Name:\tsh\nState:\tZ (zombie)\nPid:\t77\nPPid:\t70\n"));
	assert_int_equal(s.task.kernel_thread, 0);
	assert_int_equal(s.task.rss_bytes, IQ_NULL);
	/* hostile */
	assert_false(read_status(&s, "cat: /proc/9/status: No such process\n"));
	assert_true(read_status(&s, "Name:\tx\nPid:\t5\nVmRSS:\t9223372036854775807 kB\n"
				"Uid:\t99999999999\nPPid:\t-4\n"));
	assert_int_equal(s.task.rss_bytes, IQ_NULL);
	assert_int_equal(s.task.uid, IQ_NULL);
	assert_int_equal(s.task.ppid, IQ_NULL);
}

static void test_stat(void **state)
{
	struct iq_task t;

	(void)state;
	assert_true(iq_pid_stat(LINE("433 (a) b (c)) S 1 433 433 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 "
		"1 0 1234 116363264 26722 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 3 0 0"),
		&t));
	TEXT_IS(t.comm, "a) b (c)");
	assert_int_equal(t.ppid, 1);
	assert_int_equal(t.start_us, 12340000);
	assert_int_equal(t.total_vm_bytes, 116363264);
	assert_int_equal(t.cpu, 3);
	assert_int_equal(t.kernel_thread, 0);
	assert_false(iq_pid_stat(LINE("433 no comm"), &t));
	assert_false(iq_pid_stat(LINE(") ("), &t));
	assert_false(iq_pid_stat(LINE(""), &t));
}

static void test_pid_cgroup(void **state)
{
	struct iq_pid_cgroup c = { .memory = IQ_SLICE_NULL };

	(void)state;
	/* v1: the memory controller has no group for the unit, systemd has */
	assert_true(iq_pid_cgroup_line(&c, LINE("11:hugetlb,memory:/system.slice")));
	assert_true(iq_pid_cgroup_line(&c, LINE("1:name=systemd:/system.slice/a.service")));
	assert_true(iq_pid_cgroup_line(&c, LINE("3:cpu,cpuacct:/x")));
	assert_false(iq_pid_cgroup_line(&c, LINE("nonsense")));
	TEXT_IS(iq_pid_cgroup_path(&c), "/system.slice");
	TEXT_IS(iq_pid_cgroup_unit(&c), "/system.slice/a.service");
	/* as ps puts it: commas between the controllers, and between the hierarchies */
	c = (struct iq_pid_cgroup){ .memory = IQ_SLICE_NULL };
	iq_pid_cgroup_list(&c, LINE("12:cpu,cpuacct:/a,4:memory:/m,n,0::/u"));
	TEXT_IS(iq_pid_cgroup_path(&c), "/m,n");
	TEXT_IS(c.unified, "/u");
}

/* --- ps --- */

static struct iq_ps_row row_of(const char *header, const char *line, enum iq_ps_line kind)
{
	struct iq_ps_table t = { .n = 0 };
	struct iq_ps_row r;

	assert_int_equal(iq_ps_line(&t, iq_slice_z(header), &r), IQ_PS_HEADER);
	assert_int_equal(iq_ps_line(&t, iq_slice_z(line), &r), kind);
	return r;
}

#define AUX "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND"
#define AXO "    PID    PPID USER     GROUP        LWP NLWP START COMMAND         CGROUP"

static void test_ps_aux(void **state)
{
	struct iq_ps_row r;

	(void)state;
	r = row_of(AUX, "systemd+     298  0.0  0.5  19000  3200 ?        Ss   Nov20   0:01 "
		   "/usr/lib/systemd/systemd-networkd --x", IQ_PS_PROCESS);
	assert_int_equal(r.task.pid, 298);
	assert_int_equal(r.task.uid, IQ_NULL);
	assert_int_equal(r.task.rss_bytes, 3200 * 1024);
	assert_int_equal(r.task.total_vm_bytes, 19000 * 1024);
	TEXT_IS(r.task.state, "S");
	TEXT_IS(r.task.comm, "systemd-network");
	assert_false(r.comm_exact);
	assert_int_equal(r.task.kernel_thread, 0);
	TEXT_IS(r.start, "Nov20");
	/* a UID in place of a name, a program that writes its own title */
	r = row_of(AUX, "1000       17740 100.  5.2 3301120 419832 ?      Ssl  03:12 1102:02 "
		   "postgres: writer process", IQ_PS_PROCESS);
	assert_int_equal(r.task.uid, 1000);
	TEXT_IS(r.task.comm, "postgres");
	/* kernel threads, what has died, the tree */
	r = row_of(AUX, "root           3  0.0  0.0      0     0 ?        I<   10:10   0:00  |   "
		   "\\_ [kworker/0:0H-kblockd]", IQ_PS_PROCESS);
	TEXT_IS(r.task.comm, "kworker/0:0H-kblockd");
	assert_true(r.comm_exact);
	assert_int_equal(r.task.kernel_thread, 1);
	r = row_of(AUX, "root          70  0.0  0.0      0     0 ?        Z    10:10   0:00 "
		   "[my job] <defunct>", IQ_PS_PROCESS);
	TEXT_IS(r.task.comm, "my job");
	assert_int_equal(r.task.kernel_thread, IQ_NULL);
	/* threads: the process's line has no state, that of the first thread has no pid */
	r = row_of(AUX, "root           -  4.0    -      -     - -        Ss   10:10   0:13 -",
		   IQ_PS_THREAD_STATE);
	TEXT_IS(r.task.state, "S");
	row_of(AUX, "ps: something is wrong", IQ_PS_NONE);
	row_of(AUX, "root 99999999999999999999 0 0 0 0 ? S 1 1 x", IQ_PS_NONE);
	row_of(AUX, "root           3  0.0  0.0      0", IQ_PS_NONE);
}

static void test_ps_cgroup(void **state)
{
	struct iq_ps_row r;

	(void)state;
	r = row_of(AXO, "    440       1 metrics  metrics      440    1 10:11 metric reader   "
		   "0::/system.slice/metricsd.service", IQ_PS_PROCESS);
	TEXT_IS(r.task.comm, "metric reader");
	assert_true(r.comm_exact);
	TEXT_IS(iq_pid_cgroup_path(&r.cgroup), "/system.slice/metricsd.service");
	assert_int_equal(r.task.kernel_thread, IQ_NULL);
	r = row_of(AXO, "      3       2 root     root           3    1 10:11 kworker/u8:2-events"
		   "_unbound -", IQ_PS_PROCESS);
	TEXT_IS(r.task.comm, "kworker/u8:2-events_unbound");
	r = row_of(AXO, "      9       2 root     root           9    1 10:11 merge (stage 2) "
		   "11:memory:/a,1:name=systemd:/b", IQ_PS_PROCESS);
	TEXT_IS(r.task.comm, "merge (stage 2)");
	TEXT_IS(iq_pid_cgroup_path(&r.cgroup), "/a");
	/* one that has died; a group of a directory service, and a user */
	r = row_of(AXO, "  20111   18050 root     root       20111    1 11:59 sh <defunct>    0::/x",
		   IQ_PS_PROCESS);
	TEXT_IS(r.task.comm, "sh");
	r = row_of(AXO, "  18050   18030 app      domain users 18050 1 03:13 sh              "
		   "10:memory:/a,1:name=systemd:/b", IQ_PS_PROCESS);
	TEXT_IS(r.task.comm, "sh");
	assert_int_equal(r.task.ppid, 18030);
	TEXT_IS(iq_pid_cgroup_path(&r.cgroup), "/a");
	row_of(AXO, "  18050   18030 app      domain users 18051 1 03:13 sh              0::/x",
	       IQ_PS_NONE);
	r = row_of(AUX, "CORP\\a b c  298  0.0  0.5  19000  3200 ?        Ss   Nov20   0:01 bash",
		   IQ_PS_PROCESS);
	assert_int_equal(r.task.pid, 298);
	/* another thread of a process */
	row_of(AXO, "    440       1 metrics  metrics      441    2 10:11 metric reader   0::/x",
	       IQ_PS_NONE);
	row_of(AXO, "    440       1 metrics  metrics      440    2 10:11 torn", IQ_PS_NONE);
}

static void test_ps_others(void **state)
{
	struct iq_ps_row r;

	(void)state;
	r = row_of("F S   UID     PID    PPID    PGID     SID CLS PRI PSR ADDR    SZ WCHAN          "
		   "                       STARTED TT           TIME CMD",
		   "4 S     0       1       0       1       1  TS  19   2    -  5870 do_epoll_wait   "
		   "     Sat Nov 21 10:10:51 2026 ?        00:00:13 /sbin/init", IQ_PS_PROCESS);
	TEXT_IS(r.start_full, "Sat Nov 21 10:10:51 2026");
	TEXT_IS(r.task.comm, "init");
	assert_int_equal(r.task.cpu, 2);
	assert_int_equal(r.task.ppid, 0);
	r = row_of("F S UID          PID    PPID     LWP  C NLWP PRI  NI ADDR SZ WCHAN  STIME TTY   "
		   "       TIME CMD",
		   "1 S root           2       0       2  0    1  80   0 -     0 kthrea 10:10 ?      "
		   "  00:00:00 [kthreadd]", IQ_PS_PROCESS);
	assert_int_equal(r.task.kernel_thread, 1);
	assert_int_equal(r.task.uid, 0);
	r = row_of("F   UID     PID    PPID PRI  NI    VSZ   RSS WCHAN  STAT TTY        TIME COMMAND",
		   "4   104     311       1  20   0   8000  4000 do_epo Ss   ?          0:13 "
		   "/usr/bin/dbus-daemon --system", IQ_PS_PROCESS);
	assert_int_equal(r.task.uid, 104);
	assert_int_equal(r.task.rss_bytes, 4000 * 1024);
	r = row_of("USER       PID  PPID %CPU %MEM    VSZ   RSS STAT     TIME CMD",
		   "erpadm   21044     1  0.9  4.4 1608440 360440 Ssl 00:01:10 disp+work pf=/usr/x",
		   IQ_PS_PROCESS);
	TEXT_IS(r.task.comm, "disp+work");
	struct iq_ps_table t = { .n = 0 };
	assert_int_equal(iq_ps_line(&t, LINE(AUX), &r), IQ_PS_HEADER);
	assert_int_equal(iq_ps_line(&t, LINE("app 9 0 0 1 1 ? S 10:01 0:01 awk PID COMMAND"), &r),
			 IQ_PS_PROCESS);
	assert_int_equal(iq_ps_line(&t, LINE("app 10 0 0 1 1 ? S 10:01 0:01 x"), &r),
			 IQ_PS_PROCESS);
	t.n = 0;
	/* a command line that looks like a header is no header without its words apart */
	assert_int_equal(iq_ps_line(&t, LINE("PID"), &r), IQ_PS_NONE);
	assert_int_equal(iq_ps_line(&t, LINE("1 2 3"), &r), IQ_PS_NONE);
}

/* --- units --- */

static void test_show(void **state)
{
	struct iq_unit_more more = { IQ_SLICE_NULL, IQ_SLICE_NULL };
	struct iq_unit u;

	(void)state;
	iq_fact_init(IQ_FACT_UNIT, &u);
	static const char *const lines[] = {
		"Restart=on-failure", "NRestarts=3", "MainPID=0", "ExecMainPID=433",
		"ExecMainCode=2", "ExecMainStatus=9", "Result=oom-kill", "OOMScoreAdjust=-900",
		"OOMPolicy=stop", "MemoryMax=100663296", "MemoryHigh=infinity",
		"MemoryLimit=18446744073709551615", "MemoryCurrent=[not set]",
		"MemoryPeak=116666368", "Id=a b\\x2dc.service", "ControlGroup=",
		"FragmentPath=/etc/systemd/system/a.service",
	};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		assert_true(iq_unit_show_line(iq_slice_z(lines[i]), &u, &more));
	TEXT_IS(u.name, "a b\\x2dc.service");
	TEXT_IS(u.result, "oom-kill");
	assert_int_equal(u.main_pid, IQ_NULL);
	assert_int_equal(u.exec_pid, 433);
	assert_int_equal(u.oom_score_adjust, -900);
	assert_int_equal(u.memory_max_bytes, 100663296);
	assert_int_equal(u.memory_high_bytes, IQ_NULL);
	assert_int_equal(u.memory_current_bytes, IQ_NULL);
	assert_int_equal(u.memory_peak_bytes, 116666368);
	assert_null(u.cgroup.p);
	TEXT_IS(more.fragment, "/etc/systemd/system/a.service");
	assert_false(iq_unit_show_line(LINE("ExecStart={ path=/x ; argv[]=/x --MemoryMax=1 }"), &u,
				       &more));
	assert_false(iq_unit_show_line(LINE("Failed to list units: Connection refused"), &u,
				       &more));
	/* cgroup v1 */
	iq_fact_init(IQ_FACT_UNIT, &u);
	iq_unit_show_line(LINE("MemoryLimit=524288000"), &u, &more);
	assert_int_equal(u.memory_max_bytes, 524288000);
}

static void test_sizes(void **state)
{
	static const struct { const char *text; int64_t bytes; } ok[] = {
		{ "96M", INT64_C(96) << 20 }, { "1.5G", INT64_C(3) << 29 }, { "512", 512 },
		{ "infinity", IQ_NULL }, { "18446744073709551615", IQ_NULL },
		{ "7E", INT64_C(7) << 60 },
	};
	static const char *const bad[] = { "", "50%", "10X", "8E", "99999999T", "1MM", "G" };
	int64_t v;

	(void)state;
	for (size_t i = 0; i < sizeof ok / sizeof *ok; i++) {
		assert_true(iq_unit_bytes(iq_slice_z(ok[i].text), &v));
		assert_int_equal(v, ok[i].bytes);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(iq_unit_bytes(iq_slice_z(bad[i]), &v));
}

static void test_unit_file(void **state)
{
	static const struct { const char *line; int key; const char *value; } lines[] = {
		{ "[Unit]", 0, NULL }, { "OOMScoreAdjust=1", 0, NULL },	/* not there */
		{ "[Service]", 0, NULL }, { "# OOMScoreAdjust=5", 0, NULL },
		{ "ExecStart=/bin/x \\", 0, NULL }, { "OOMScoreAdjust=6", 0, NULL },
		{ " OOMScoreAdjust = 200 ", 1 + IQ_UNIT_OOM_SCORE_ADJUST, "200" },
		{ "MemoryMax=96M", 1 + IQ_UNIT_MEMORY_MAX, "96M" },
		{ "MemoryMax=", 1 + IQ_UNIT_MEMORY_MAX, "" },
		{ "Restart=always", 1 + IQ_UNIT_RESTART, "always" },
		{ "[Install]", 0, NULL }, { "MemoryMax=1G", 0, NULL },
	};
	struct iq_unit_file f = { .in_section = false };
	struct iq_slice v;

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		assert_int_equal(iq_unit_file_line(&f, iq_slice_z(lines[i].line), &v),
				 lines[i].key);
		if (lines[i].value)
			TEXT_IS(v, lines[i].value);
	}
}

static void cgls_is(struct iq_cgls *t, const char *line, int64_t pid, const char *path)
{
	struct iq_slice got;
	int64_t n;

	assert_true(iq_cgls_line(t, iq_slice_z(line), &n, &got));
	assert_int_equal(n, pid);
	TEXT_IS(got, path);
}

static void test_cgls(void **state)
{
	struct iq_slice path;
	struct iq_cgls t;
	int64_t pid;

	(void)state;
	/* 219, plain */
	iq_cgls_init(&t);
	cgls_is(&t, "|-1 /usr/lib/systemd/systemd --switched-root", 1, "/");
	assert_false(iq_cgls_line(&t, LINE("`-system.slice"), &pid, &path));
	assert_false(iq_cgls_line(&t, LINE("  |-docker-6f1d.scope"), &pid, &path));
	cgls_is(&t, "  | `-17740 java -Xmx480m", 17740, "/system.slice/docker-6f1d.scope");
	assert_false(iq_cgls_line(&t, LINE("  `-docker.service"), &pid, &path));
	cgls_is(&t, "    |- 1203 /usr/bin/dockerd-current", 1203, "/system.slice/docker.service");
	/* 252, boxes, ids and attributes */
	iq_cgls_init(&t);
	assert_false(iq_cgls_line(&t, LINE("CGroup /:"), &pid, &path));
	assert_false(iq_cgls_line(&t, LINE("-.slice"), &pid, &path));
	assert_false(iq_cgls_line(&t, LINE("├─user.slice (#4)"), &pid, &path));
	assert_false(iq_cgls_line(&t, LINE("│ → user.invocation_id: 01"), &pid, &path));
	assert_false(iq_cgls_line(&t, LINE("│ └─user-0.slice …"), &pid, &path));
	cgls_is(&t, "│   └─428 /opt/bin/x", 428, "/user.slice/user-0.slice");
	assert_false(iq_cgls_line(&t, LINE("└─init.scope"), &pid, &path));
	cgls_is(&t, "  └─1 /sbin/init", 1, "/init.scope");
	/* a name that was shortened is no path */
	assert_false(iq_cgls_line(&t, LINE("└─averylongna…"), &pid, &path));
	assert_false(iq_cgls_line(&t, LINE("  └─9 x"), &pid, &path));
}

/* --- containers --- */

static void test_containers(void **state)
{
	struct iq_container_table t = { .n = 0 };
	struct iq_container c;

	(void)state;
	assert_false(iq_container_line(&t, LINE(
		"CONTAINER ID        IMAGE               COMMAND             CREATED             "
		"STATUS                       PORTS               NAMES"), &c));
	assert_true(iq_container_line(&t, LINE(
		"6f1d1c0e5a7b        app:2.3             \"/tini -- /run.sh\"  3 weeks ago         "
		"Exited (137) 2 minutes ago                       app"), &c));
	TEXT_IS(c.container, "6f1d1c0e5a7b");
	TEXT_IS(c.image, "app:2.3");
	TEXT_IS(c.state, "Exited (137) 2 minutes ago");
	assert_int_equal(c.exit_code, 137);
	TEXT_IS(c.name, "app");
	assert_false(iq_container_line(&t, LINE("Cannot connect to the Docker daemon at unix:"),
				       &c));
	assert_false(iq_container_line(&t, LINE(
		"CONTAINER           IMAGE               CREATED             STATE               "
		"NAME                ATTEMPT             POD ID              POD"), &c));
	assert_true(iq_container_line(&t, LINE(
		"4fd0a1c9e3b74       registry/app        2 days ago          Running             "
		"app                 1                   9a8b7c6d5e4f3       shop-7d9f"), &c));
	TEXT_IS(c.name, "app");
	TEXT_IS(c.sandbox, "9a8b7c6d5e4f3");
	TEXT_IS(c.pod_name, "shop-7d9f");
	assert_int_equal(c.exit_code, IQ_NULL);
}

static void test_inspect(void **state)
{
	static const char *const lines[] = {
		"[", "    {",
		"        \"Id\": \"4fd0a1c9e3b74fd0a1c9e3b74fd0a1c9e3b74fd0a1c9e3b74fd0a1c9e3b7aaaa\",",
		"            \"Status\": \"exited\",", "            \"OOMKilled\": true,",
		"            \"ExitCode\": 137,", "        \"Name\": \"/app\",",
		"            \"RestartPolicy\": {", "                \"Name\": \"no\",",
		"            \"OomScoreAdj\": 500,", "            \"Memory\": 536870912,",
		"                \"io.kubernetes.pod.uid\": \"a5d8fdd1-1369-469e-8a7d-2c1047529435\",",
	};
	struct iq_container c;

	(void)state;
	iq_fact_init(IQ_FACT_CONTAINER, &c);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		iq_container_inspect_line(iq_slice_z(lines[i]), &c);
	assert_int_equal(c.container.n, 64);
	TEXT_IS(c.name, "app");
	TEXT_IS(c.state, "exited");
	TEXT_IS(c.pod, "a5d8fdd1-1369-469e-8a7d-2c1047529435");
	assert_int_equal(c.oom_killed, 1);
	assert_int_equal(c.exit_code, 137);
	assert_int_equal(c.oom_score_adj, 500);
	assert_int_equal(c.memory_limit_bytes, 536870912);
	/* no limit is 0 */
	iq_fact_init(IQ_FACT_CONTAINER, &c);
	assert_false(iq_container_inspect_line(LINE("\"Memory\": 0,"), &c));
	assert_int_equal(c.memory_limit_bytes, IQ_NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_stat),
		cmocka_unit_test(test_pid_cgroup),
		cmocka_unit_test(test_ps_aux),
		cmocka_unit_test(test_ps_cgroup),
		cmocka_unit_test(test_ps_others),
		cmocka_unit_test(test_show),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_unit_file),
		cmocka_unit_test(test_cgls),
		cmocka_unit_test(test_containers),
		cmocka_unit_test(test_inspect),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

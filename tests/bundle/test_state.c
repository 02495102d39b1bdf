/* tests/bundle/test_state.c - members of a bundle that show the state of a machine, put
 * together: which of two sources counts, what belongs to one process, what a page is.
 * Texts are composed after the format strings of kernel, procps and systemd.
 */
#include "state_world.h"

/* --- which files --- */

static void test_paths(void **state)
{
	static const struct { const char *path; enum iq_state_kind kind; } cases[] = {
		{ "proc/meminfo", IQ_STATE_MEMINFO },
		{ "sys/devices/system/node/node1/meminfo", IQ_STATE_MEMINFO },
		{ "proc/433/oom_score_adj", IQ_STATE_PID_ADJ },
		{ "proc/433/task/434/status", IQ_STATE_NONE },
		{ "proc/self/status", IQ_STATE_NONE },
		{ "proc/99999999999999999999/status", IQ_STATE_NONE },
		{ "proc/sys/vm/swappiness", IQ_STATE_SYSCTL },
		{ "proc/sys/net/ipv4/conf/eth0/rp_filter", IQ_STATE_NONE },
		{ "proc/sys/kernel/random/uuid", IQ_STATE_NONE },
		{ "sys/fs/cgroup/memory/a.slice/memory.stat", IQ_STATE_CGROUP },
		{ "sys/fs/cgroup/a.slice/memory.max", IQ_STATE_CGROUP },
		{ "sys/fs/cgroup/memory/a.slice/memory.max", IQ_STATE_NONE },
		{ "sys/fs/cgroup/a.slice/memory.failcnt", IQ_STATE_NONE },
		{ "cgroup/memory/a/memory.failcnt", IQ_STATE_CGROUP },
		{ "cgroup/a/memory.max", IQ_STATE_NONE },
		{ "sys/fs/cgroup/cpu,cpuacct/a/cgroup.procs", IQ_STATE_NONE },
		{ "sys/fs/cgroup/unified/a/cgroup.procs", IQ_STATE_CGROUP_PROCS },
		{ "sys/fs/cgroup/cgroup.procs", IQ_STATE_CGROUP_PROCS },
		{ "cgroup/memory/a/cgroup.procs", IQ_STATE_CGROUP_PROCS },
		{ "sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", IQ_STATE_HUGE },
		{ "sys/kernel/mm/transparent_hugepage/enabled", IQ_STATE_SYSCTL },
		{ "sys/kernel/mm/transparent_hugepage/khugepaged/defrag", IQ_STATE_NONE },
		{ "sos_commands/process/ps_auxwww", IQ_STATE_PS },
		{ "sos_commands/process/pstree_-lp", IQ_STATE_NONE },
		{ "sos_commands/memory/free", IQ_STATE_FREE },
		{ "sos_commands/memory/free_-m", IQ_STATE_NONE },
		{ "sos_commands/supportconfig/free_-k", IQ_STATE_FREE },
		{ "sos_commands/systemd/systemctl_show_service_--all", IQ_STATE_UNITS },
		{ "sos_commands/systemd/systemctl_show-environment", IQ_STATE_NONE },
		{ "sos_commands/docker/containers/docker_inspect_6f1d", IQ_STATE_INSPECT },
		{ "sos_commands/docker/images/docker_inspect_6f1d", IQ_STATE_NONE },
		{ "etc/systemd/system/a.service", IQ_STATE_UNIT_FILE },
		{ "etc/systemd/system/a.service.d/limit.conf", IQ_STATE_UNIT_FILE },
		{ "etc/systemd/system/multi-user.target.wants/a.service", IQ_STATE_NONE },
		{ "etc/systemd/journald.conf", IQ_STATE_NONE },
		{ "etc/systemd/system/service", IQ_STATE_NONE },
		{ "usr/lib/systemd/system/service.d/a.conf", IQ_STATE_UNIT_FILE },
		{ "sos_commands/systemd/systemctl_list-units_--all", IQ_STATE_UNIT_LIST },
		{ "sos_commands/systemd/systemctl_list-unit-files", IQ_STATE_NONE },
		{ "sos_commands/systemd/systemctl_status_--all", IQ_STATE_UNIT_STATUS },
		{ "lib/systemd/system/user-.slice.d/10-defaults.conf", IQ_STATE_UNIT_FILE },
		{ "sos_containers/web/proc/meminfo", IQ_STATE_NONE },
		{ "var/lib/docker/x/proc/meminfo", IQ_STATE_NONE },
		{ "proc", IQ_STATE_NONE }, { "", IQ_STATE_NONE },
	};
	struct iq_state_file f;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool known = iq_state_file(iq_slice_z(cases[i].path), &f);
		if (known != (cases[i].kind != IQ_STATE_NONE) || f.kind != cases[i].kind)
			fail_msg("%s: kind %d", cases[i].path, (int)f.kind);
	}
	assert_true(iq_state_loose_file(IQ_LIT("/var/tmp/case 7/proc/meminfo"), &f));
	assert_false(iq_state_loose_file(IQ_LIT("/var/tmp/meminfo"), &f));
}

/* --- memory --- */

static void test_page_size(void **state)
{
	struct world w;

	(void)state;
	/* 64 KiB pages: 3840 of them are the 245760 kB of meminfo */
	start(&w);
	give(&w, "proc/zoneinfo", "Node 0, zone   Normal\n  pages free     100\n"
	     "        min      10\n        managed  3840\n        protection: (0, 5)\n");
	give(&w, "proc/meminfo", "MemTotal:         245760 kB\nMemFree: 1 kB\n");
	give(&w, "proc/slabinfo", "slabinfo - version: 2.1\nx 1 2 64 4 2 : tunables 0 0 0 : "
	     "slabdata 1 3 0\n");
	put(&w);
	assert_int_equal(w.frame.page_size, 65536);
	assert_false(w.frame.page_size_assumed);
	assert_int_equal(AT(&w, ZONE, zone, 0)->free_bytes, 100 * 65536);
	TEXT_IS(AT(&w, ZONE, zone, 0)->lowmem_reserve, "[0,327680]");
	assert_int_equal(AT(&w, SLAB, slab, 0)->total_bytes, 6 * 65536);
	assert_int_equal(AT(&w, ZONE, zone, 0)->snapshot_id, 7);
	end(&w);
	/* nothing to go by but the architecture */
	start(&w);
	give(&w, "proc/zoneinfo", "Node 0, zone   Normal\n  pages free     100\n");
	put(&w);
	assert_int_equal(w.frame.page_size, 4096);
	assert_true(w.frame.page_size_assumed);
	end(&w);
	start(&w);
	w.frame.arch = IQ_LIT("x86_64");
	give(&w, "proc/zoneinfo", "Node 0, zone   Normal\n  pages free     100\n");
	put(&w);
	assert_false(w.frame.page_size_assumed);
	end(&w);
	/* nobody asks */
	start(&w);
	give(&w, "proc/meminfo", "MemTotal: 4 kB\n");
	put(&w);
	assert_int_equal(w.frame.page_size, IQ_NULL);
	end(&w);
}

static void test_one_source(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	give(&w, "sos_commands/memory/free", "   total used free\nMem: 9 1 8\n");
	give(&w, "sos_commands/memory/swapon_--bytes_--show",
	     "NAME TYPE SIZE USED PRIO\n/dev/vdb partition 8192 0 -2\n");
	give(&w, "sos_commands/kernel/sysctl_-a", "vm.swappiness = 30\nvm.overcommit_ratio = 50\n"
	     "net.ipv4.conf.eth0.rp_filter = 1\n");
	give(&w, "proc/buddyinfo", "Node 0, zone DMA 1 2\n");
	give(&w, "proc/meminfo", "MemTotal: 10 kB\n");
	/* the same again, from another place */
	give(&w, "proc/meminfo", "MemTotal: 11 kB\n");
	give(&w, "proc/swaps", "Filename Type Size Used Priority\n/dev/vdb partition 8 0 -2\n");
	give(&w, "proc/sys/vm/swappiness", "60\n");
	give(&w, "proc/pagetypeinfo", "Page block order: 9\n\nFree pages count per migrate type at "
	     "order 0 1\nNode 0, zone DMA, type Unmovable 1 0\nNode 0, zone DMA, type Movable 0 2\n"
	     "Number of blocks type Unmovable Movable\nNode 0, zone DMA 1 7\n");
	put(&w);
	assert_int_equal(N(&w, COUNTER), 1);
	assert_int_equal(AT(&w, COUNTER, counter, 0)->value, 10240);
	assert_int_equal(N(&w, SWAP), 1);
	assert_int_equal(N(&w, SYSCTL), 2);
	TEXT_IS(AT(&w, SYSCTL, sysctl, 0)->name, "vm.swappiness");
	TEXT_IS(AT(&w, SYSCTL, sysctl, 0)->value, "60");
	assert_int_equal(AT(&w, SYSCTL, sysctl, 0)->member_id, 8);
	assert_int_equal(N(&w, FREE_LIST), 4);
	TEXT_IS(AT(&w, FREE_LIST, free_list, 3)->migrate_type, "M");
	end(&w);
	/* where the kernel stopped counting, the list that has the number */
	start(&w);
	give(&w, "proc/pagetypeinfo", "Node 0, zone DMA, type Movable >100000 2\n");
	give(&w, "proc/buddyinfo", "Node 0, zone DMA 100123 2\n");
	put(&w);
	assert_int_equal(N(&w, FREE_LIST), 2);
	assert_int_equal(AT(&w, FREE_LIST, free_list, 0)->blocks, 100123);
	end(&w);
}

static void test_huge(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	give(&w, "sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "16\n");
	give(&w, "sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages", "3\n");
	give(&w, "sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages", "16\n");
	put(&w);
	assert_int_equal(N(&w, HUGETLB), 2);
	assert_int_equal(AT(&w, HUGETLB, hugetlb, 0)->total, 16);
	assert_int_equal(AT(&w, HUGETLB, hugetlb, 0)->reserved, 3);
	assert_int_equal(AT(&w, HUGETLB, hugetlb, 0)->node, IQ_NULL);
	assert_int_equal(AT(&w, HUGETLB, hugetlb, 1)->node, 1);
	end(&w);
	start(&w);
	give(&w, "proc/meminfo", "HugePages_Total: 8\nHugePages_Free: 7\nHugepagesize: 2048 kB\n");
	put(&w);
	assert_int_equal(AT(&w, HUGETLB, hugetlb, 0)->total, 8);
	assert_int_equal(AT(&w, HUGETLB, hugetlb, 0)->page_bytes, 2 << 20);
	end(&w);
}

static const char *setting(struct world *w, const char *name)
{
	static char text[200];

	for (size_t i = 0; i < N(w, SYSCTL); i++)
		if (iq_eq(AT(w, SYSCTL, sysctl, i)->name, iq_slice_z(name))) {
			snprintf(text, sizeof text, "%.*s",
				 IQ_FMT(AT(w, SYSCTL, sysctl, i)->value));
			return text;
		}
	return "(none)";
}

static void test_kdump(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	give(&w, "etc/kdump.conf", "# a comment\npath /var/crash\ncore_collector makedumpfile -l "
	     "--message-level 7 -d 31\nforce_rebuild\n");
	give(&w, "etc/default/kdump-tools", "# x\nUSE_KDUMP=0\nKDUMP_COREDIR=\"/var/crash\"\n");
	give(&w, "sos_commands/kdump/kdump-config_show", "DUMP_MODE:\t\tkdump\nUSE_KDUMP:\t\t1\n"
	     "crashkernel addr: 0x2f000000\n   /var/lib/kdump/vmlinuz: symbolic link to /boot/x\n"
	     "current state:    Not ready to kdump\n\nkexec command:\n  no kexec command recorded\n");
	give(&w, "sos_commands/kdump/kdumpctl_status", "kdump: Kdump is not operational\n");
	give(&w, "sos_commands/kdump/kdumpctl_estimate", "Reserved crashkernel:    160M\n"
	     "Recommended crashkernel: 256M\n\nKernel image size:   47M\n"
	     "WARNING: Current crashkernel size is lower than recommended size 256M.\n");
	put(&w);
	assert_string_equal(setting(&w, "kdump.conf/path"), "/var/crash");
	assert_string_equal(setting(&w, "kdump.conf/core_collector"),
			    "makedumpfile -l --message-level 7 -d 31");
	assert_string_equal(setting(&w, "kdump.conf/force_rebuild"), "");
	assert_string_equal(setting(&w, "default/kdump-tools/USE_KDUMP"), "0");
	assert_string_equal(setting(&w, "default/kdump-tools/KDUMP_COREDIR"), "/var/crash");
	assert_string_equal(setting(&w, "kdump-config/current state"), "Not ready to kdump");
	assert_string_equal(setting(&w, "kdumpctl/kdump"), "Kdump is not operational");
	assert_string_equal(setting(&w, "kdumpctl/Recommended crashkernel"), "256M");
	assert_string_equal(setting(&w, "kdump-config/kexec command"), "(none)");
	end(&w);
}

static void test_kernels(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	give(&w, "sos_commands/boot/ls_-lanR_.boot", "/boot:\ntotal 3\n"
	     "drwxr-xr-x. 4 0 0 4096 Mar 28 2024 .\n"
	     "-rwxr-xr-x. 1 0 0 13456 Mar 28 2024 vmlinuz-5.14.0-427.el9.x86_64\n"
	     "-rwxr-xr-x. 1 0 0 13456 Mar 28 2024 vmlinuz-0-rescue-0123456789abcdef\n"
	     "lrwxrwxrwx. 1 0 0 24 Mar 28 2024 vmlinuz -> vmlinuz-5.14.0-427.el9.x86_64\n"
	     "-rw-r--r--. 1 0 0 9 Mar 28 2024 .vmlinuz-5.14.0-427.el9.x86_64.hmac\n");
	give(&w, "sos_commands/supportconfig/ls_-lR_--time-style_long-iso_.boot",
	     "-rw-r--r-- 1 root root 9 2023-05-01 10:00 vmlinux-5.14.21-150500.53-default\n");
	put(&w);
	give(&w, "sos_commands/dpkg/dpkg_-l", "Desired=Unknown/Install\n||/ Name  Version\n"
	     "ii  linux-image-6.1.0-50-cloud-amd64   6.1.176-1  amd64  Linux 6.1\n"
	     "rc  linux-image-6.1.0-49-cloud-amd64   6.1.175-1  amd64  Linux 6.1\n"
	     "ii  linux-image-cloud-amd64            6.1.176-1  amd64  Linux\n");
	give(&w, "sos_commands/rpm/sh_-c_rpm_--nodigest_-qa_--qf_NAME-_VERSION",
	     "kernel-core-5.14.0-362.el9.x86_64                  Tue Mar 12\n"
	     "kernel-headers-5.14.0-427.el9.x86_64               Tue Mar 12\n");
	put(&w);
	assert_int_equal(N(&w, SYSCTL), 4);
	assert_string_equal(setting(&w, "installed-kernel/5.14.0-427.el9.x86_64"), "installed");
	assert_string_equal(setting(&w, "installed-kernel/5.14.21-150500.53-default"), "installed");
	assert_string_equal(setting(&w, "installed-kernel/6.1.0-50-cloud-amd64"), "installed");
	assert_string_equal(setting(&w, "installed-kernel/5.14.0-362.el9.x86_64"), "installed");
	end(&w);
}

/* --- processes --- */

#define STATUS "Name:\tjava\nState:\tS (sleeping)\nTgid:\t9\nPid:\t9\nPPid:\t1\nUid:\t5\t5\t5\t5\n" \
	"VmSize:\t200 kB\nVmRSS:\t100 kB\n"
#define AUX "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\n"
#define AXO "PID PPID USER GROUP LWP NLWP START COMMAND         CGROUP\n"

static void test_tasks(void **state)
{
	/* either way round */
	for (int turn = 0; turn < 2; turn++) {
		struct world w;
		start(&w);
		for (int i = 0; i < 2; i++) {
			if ((i ^ turn) == 0) {
				give(&w, "proc/9/status", STATUS);
				give(&w, "proc/9/oom_score_adj", "-900\n");
			} else {
				give(&w, "sos_commands/process/ps_auxwww", AUX
				     "app 9 0 0 999 888 ? Sl 10:01 0:01 java -x\n"
				     "app 10 0 0 50 40 ? S 10:01 0:01 /usr/bin/python2 -Es /srv/tuned\n");
				give(&w, "sos_commands/process/ps_axo_pid_cgroup", AXO
				     "9 1 app app 9 3 10:01 java            0::/system.slice/app.service\n"
				     "10 1 app app 10 1 10:01 tuned           0::/x.service\n");
			}
		}
		put(&w);
		assert_int_equal(N(&w, TASK), 2);
		const struct iq_task *t = task(&w, 9);
		assert_int_equal(t->rss_bytes, 100 * 1024);	/* of /proc */
		assert_int_equal(t->oom_score_adj, -900);
		assert_int_equal(t->uid, 5);
		TEXT_IS(t->unit, "app.service");
		t = task(&w, 10);
		TEXT_IS(t->comm, "tuned");			/* not the guess */
		assert_int_equal(t->rss_bytes, 40 * 1024);
		assert_int_equal(t->ppid, 1);
		end(&w);
	}
	(void)state;
}

static void test_pid_taken_over(void **state)
{
	struct world w;

	(void)state;
	/* ps ran when the pid was another's: by name, and by start */
	start(&w);
	give(&w, "sos_commands/process/ps_axo_pid_cgroup", AXO
	     "9 77 app app 9 3 10:01 bash            0::/user.slice/session-1.scope\n");
	give(&w, "proc/9/status", STATUS);
	give(&w, "sos_commands/process/ps_auxwww", AUX "app 9 0 0 999 888 ? Zl 10:07 0:01 [sh]\n");
	put(&w);
	TEXT_IS(task(&w, 9)->comm, "java");
	assert_int_equal(task(&w, 9)->ppid, 1);
	assert_null(task(&w, 9)->cgroup.p);
	TEXT_IS(task(&w, 9)->state, "S");
	end(&w);
	start(&w);
	give(&w, "sos_commands/process/ps_auxwww", AUX "app 9 0 0 999 888 ? S 10:01 0:01 a\n");
	give(&w, "sos_commands/process/ps_alx", "F UID PID PPID VSZ RSS STAT START COMMAND\n"
	     "0 5 9 1 4 4 R 10:03 b\n");
	put(&w);
	assert_int_equal(task(&w, 9)->uid, IQ_NULL);
	end(&w);
	/* the same one, though its start is printed as the minute after */
	start(&w);
	give(&w, "sos_commands/process/ps_auxwww", AUX
	     "app 9 0 0 9 8 ? S 23:59 0:01 /usr/bin/python2 -Es /srv/tuned\n");
	give(&w, "sos_commands/process/ps_axo_pid_cgroup", AXO
	     "9 1 app app 9 3 00:00 tuned           0::/system.slice/tuned.service\n");
	put(&w);
	TEXT_IS(task(&w, 9)->comm, "tuned");
	TEXT_IS(task(&w, 9)->unit, "tuned.service");
	assert_int_equal(task(&w, 9)->rss_bytes, 8 * 1024);
	end(&w);
	/* a worker of the kernel that did something else by then */
	start(&w);
	give(&w, "sos_commands/process/ps_auxwww", AUX
	     "root 9 0 0 0 0 ? I 10:01 0:01 [kworker/u4:2-flush-254:0]\n");
	give(&w, "sos_commands/process/ps_axo_pid_cgroup", AXO
	     "9 2 root root 9 1 10:01 kworker/u4:2+ev -\n");
	put(&w);
	assert_int_equal(task(&w, 9)->ppid, 2);
	end(&w);
	/* a name with a newline and a byte that ps cannot print */
	start(&w);
	give(&w, "proc/9/status", "Name:\ta\\nb\xe9\nState:\tS (sleeping)\nPid:\t9\nPPid:\t1\n");
	give(&w, "sos_commands/process/ps_axo_pid_cgroup", AXO
	     "9 1 app app 9 3 00:00 a?b?            0::/system.slice/x.service\n"
	     "9 1 app app 9 3 00:00 a?c?            0::/system.slice/y.service\n");
	put(&w);
	TEXT_IS(task(&w, 9)->comm, "a\nb\xe9");
	TEXT_IS(task(&w, 9)->unit, "x.service");
	end(&w);
}

static void test_starts(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	w.frame.zone_us = INT64_C(8) * 3600 * 1000000;
	w.frame.boot_us = INT64_C(1795255851) * 1000000;	/* 2026-11-21 10:10:51 UTC */
	give(&w, "sos_commands/process/ps_axo_lstart", "PID STARTED CMD\n"
	     "9 Sat Nov 21 18:12:51 2026 java\n10 Sat Nov 41 18:12:51 2026 java\n");
	put(&w);
	assert_int_equal(task(&w, 9)->start_us, 120 * 1000000);
	assert_int_equal(task(&w, 10)->start_us, IQ_NULL);
	end(&w);
}

static void test_threads_and_tree(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	give(&w, "sos_commands/process/ps_auxwwwm", AUX
	     "root 9 0 0 999 888 ? - 10:01 0:01 java\nroot - 0 - - - - Sl 10:01 0:01 -\n"
	     "root - 0 - - - - R 10:01 0:01 -\nroot 11 0 0 999 888 ? - 10:01 0:01 x\n");
	give(&w, "sos_commands/cgroups/systemd-cgls", "`-system.slice\n  `-a.service\n    `-9 java\n");
	put(&w);
	assert_int_equal(N(&w, TASK), 2);
	TEXT_IS(task(&w, 9)->state, "S");
	assert_null(task(&w, 11)->state.p);
	TEXT_IS(task(&w, 9)->cgroup, "/system.slice/a.service");
	TEXT_IS(task(&w, 9)->unit, "a.service");
	end(&w);
}

/* Before sos 3.3 no ps has the groups, and there is no tree. */
static void test_listed_groups(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	give(&w, "sos_commands/process/ps_auxwww", AUX
	     "root 9 0 0 999 888 ? S 10:01 0:01 java\nroot 3 0 0 0 0 ? S 10:01 0:01 [kworker]\n"
	     "root 10 0 0 999 888 ? S 10:01 0:01 java\nroot 11 0 0 999 888 ? S 10:01 0:01 x\n");
	give(&w, "sys/fs/cgroup/systemd/system.slice/a.service/cgroup.procs", "9\n");
	give(&w, "sys/fs/cgroup/memory/cgroup.procs", "3\n9\n");
	give(&w, "sys/fs/cgroup/memory/big/cgroup.procs", "10\n");
	give(&w, "sys/fs/cgroup/system.slice/b.service/cgroup.procs", "11\n-4\nx\n");
	put(&w);
	TEXT_IS(task(&w, 9)->cgroup, "/");
	TEXT_IS(task(&w, 9)->unit, "a.service");
	TEXT_IS(task(&w, 10)->cgroup, "/big");
	TEXT_IS(task(&w, 11)->cgroup, "/system.slice/b.service");
	TEXT_IS(task(&w, 11)->unit, "b.service");
	assert_null(task(&w, 3)->cgroup.p);
	end(&w);
}

/* --- groups --- */

static void test_groups(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	give(&w, "sys/fs/cgroup/a.slice/b.service/memory.max", "max\n");
	give(&w, "sys/fs/cgroup/a.slice/b.service/memory.current", "4096\n");
	give(&w, "sys/fs/cgroup/a.slice/memory.max", "1000000\n");
	give(&w, "sys/fs/cgroup/a.slice/memory.events", "low 0\nmax 12\noom 3\noom_kill 2\n");
	give(&w, "sys/fs/cgroup/a.slice/memory.events.local", "max 5\noom_kill 0\n");
	give(&w, "sys/fs/cgroup/a.slice/memory.stat", "anon 77\nfile 5\nkernel 6\npgfault 9\n");
	give(&w, "sys/fs/cgroup/memory.stat", "anon 5\n");
	give(&w, "sys/fs/cgroup/c/memory.max", "cat: Operation not supported\n");
	put(&w);
	assert_int_equal(N(&w, CGROUP), 3);
	const struct iq_cgroup *g = group(&w, "/a.slice/b.service");
	assert_int_equal(g->limit_bytes, IQ_NULL);
	assert_int_equal(g->unlimited, 1);
	assert_int_equal(g->effective_limit_bytes, 1000000);
	assert_int_equal(g->usage_bytes, 4096);
	TEXT_IS(g->unit, "b.service");
	g = group(&w, "/a.slice");
	assert_int_equal(g->failcnt, 5);
	assert_int_equal(g->oom_kills, 2);
	assert_int_equal(g->anon_bytes, 77);
	assert_int_equal(g->member_id, 3);
	assert_non_null(group(&w, "/"));
	end(&w);
}

static void test_groups_v1(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	give(&w, "sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
	give(&w, "sys/fs/cgroup/memory/a/memory.usage_in_bytes", "500\n");
	give(&w, "sys/fs/cgroup/memory/a/memory.memsw.usage_in_bytes", "800\n");
	give(&w, "sys/fs/cgroup/memory/a/memory.stat",
	     "rss 1\ntotal_rss 400\nhierarchical_memory_limit 4096\n");
	give(&w, "sys/fs/cgroup/memory/a/memory.oom_control",
	     "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n");
	put(&w);
	const struct iq_cgroup *g = group(&w, "/a");
	assert_int_equal(g->version, 1);
	assert_int_equal(g->unlimited, 1);
	assert_int_equal(g->effective_limit_bytes, 4096);
	assert_int_equal(g->anon_bytes, 400);
	assert_int_equal(g->swap_bytes, 300);
	assert_int_equal(g->oom_kills, 4);
	end(&w);
}

/* --- bad input --- */

static void test_blocks(void **state)
{
	static const char text[] = AUX "app 9 0 0 999 888 ? S 10:01 0:01 java -x\n"
				   "app 10 0 0 50 40 ? S 10:01 0:01 last line without an end";
	struct world w;

	(void)state;
	for (size_t step = 1; step < 60; step += 7) {
		start(&w);
		assert_int_equal(give_by(&w, "sos_commands/process/ps_auxwww",
					 iq_slice(text, sizeof text - 1), step), 3);
		put(&w);
		assert_int_equal(N(&w, TASK), 2);
		TEXT_IS(task(&w, 10)->comm, "last");
		end(&w);
	}
}

static void test_hostile(void **state)
{
	static const char *const paths[] = {
		"proc/meminfo", "proc/zoneinfo", "proc/vmstat", "proc/slabinfo", "proc/5/status",
		"proc/5/stat", "proc/5/cgroup", "proc/5/oom_score_adj", "proc/swaps",
		"sos_commands/process/ps_auxwww", "etc/systemd/system/a.service",
		"sos_commands/systemd/systemctl_show_service_--all", "sys/fs/cgroup/a/memory.max",
		"sos_commands/docker/docker_inspect_x", "proc/modules", "proc/sys/vm/swappiness",
	};
	struct world w;

	(void)state;
	start(&w);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		if (give(&w, paths[i], "cat: /x: Permission denied\n") > 0)
			fail_msg("%s: an error message was taken for data", paths[i]);
		give_by(&w, paths[i], iq_slice("\0\0\n\0", 4), 1);
		give(&w, paths[i], "");
		give(&w, paths[i], "\n\n\n");
	}
	give(&w, "proc/5/oom_score_adj", "1001\n");
	give(&w, "proc/6/oom_score_adj", "-99999999999999999999\n");
	give(&w, "sys/fs/cgroup/a/memory.max", "-5\n");
	put(&w);
	assert_int_equal(N(&w, TASK), 0);
	assert_int_equal(N(&w, CGROUP), 0);
	end(&w);
}

/* A row for each of 10^6 lines is more than a machine has. */
static void test_limits(void **state)
{
	struct iq_state_file f;
	struct world w;
	char line[64];

	(void)state;
	start(&w);
	assert_true(iq_state_file(IQ_LIT("sos_commands/process/ps_auxwww"), &f));
	iq_state_begin(w.s, &f, 1, 1);
	iq_state_feed(w.s, IQ_LIT(AUX));
	for (int i = 1; i <= 200000; i++) {
		int n = snprintf(line, sizeof line, "u %d 0 0 9 8 ? S 10:01 0:01 a\n", i);
		assert_int_equal(iq_state_feed(w.s, iq_slice(line, (size_t)n)), 0);
	}
	iq_state_end(w.s, false);
	iq_state_settle_page_size(w.s, &w.frame);
	struct iq_err err;
	assert_int_equal(iq_state_put(w.s, &w.frame, &w.facts.sink, &err), 0);
	assert_int_equal(N(&w, TASK), 131072);
	assert_int_equal(w.frame.left_out, 200000 - 131072);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_page_size),
		cmocka_unit_test(test_one_source),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_kdump),
		cmocka_unit_test(test_kernels),
		cmocka_unit_test(test_tasks),
		cmocka_unit_test(test_pid_taken_over),
		cmocka_unit_test(test_starts),
		cmocka_unit_test(test_threads_and_tree),
		cmocka_unit_test(test_listed_groups),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_groups_v1),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

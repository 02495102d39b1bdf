/* tests/bundle/test_state.c - members of a bundle that show the state of a machine, put
 * together: which of two sources counts, what belongs to one process, what a page is.
 * Texts are composed after the format strings of kernel, procps and systemd.
 */
#include <stdio.h>

#include "../parse/t_sink.h"

#include "bundle/state.h"

struct world {
	struct iq_state *s;
	struct t_facts facts;
	struct iq_state_frame frame;
	int64_t members;
};

static void start(struct world *w)
{
	memset(w, 0, sizeof *w);
	w->s = iq_state_new();
	assert_non_null(w->s);
	t_init(&w->facts);
	w->frame = (struct iq_state_frame){ .snapshot_id = 7, .host_id = 3,
					    .page_size = IQ_NULL, .zone_us = IQ_NULL,
					    .boot_us = IQ_NULL };
}

/* In blocks of STEP bytes. */
static int64_t give_by(struct world *w, const char *path, struct iq_slice text, size_t step)
{
	struct iq_state_file f;

	assert_true(iq_state_file(iq_slice_z(path), &f));
	iq_state_begin(w->s, &f, ++w->members, 1);
	while (text.n && iq_state_feed(w->s, iq_head(text, step)) == 0)
		text = iq_from(text, step);
	int64_t n = iq_state_end(w->s, false);
	assert_true(n >= 0);
	return n;
}

static int64_t give(struct world *w, const char *path, const char *text)
{
	return give_by(w, path, iq_slice_z(text), 4096);
}

static void put(struct world *w)
{
	struct iq_err err;

	iq_state_settle_page_size(w->s, &w->frame);
	assert_int_equal(iq_state_put(w->s, &w->frame, &w->facts.sink, &err), 0);
}

static void end(struct world *w)
{
	t_fini(&w->facts);
	iq_state_free(w->s);
}

#define N(w, TYPE) ((w)->facts.n[IQ_FACT_##TYPE])
#define AT(w, TYPE, type, i) ((const struct iq_##type *)(w)->facts.v[IQ_FACT_##TYPE][i])

static const struct iq_task *task(struct world *w, int64_t pid)
{
	for (size_t i = 0; i < N(w, TASK); i++)
		if (AT(w, TASK, task, i)->pid == pid)
			return AT(w, TASK, task, i);
	return NULL;
}

static const struct iq_unit *unit(struct world *w, const char *name)
{
	for (size_t i = 0; i < N(w, UNIT); i++)
		if (iq_eq(AT(w, UNIT, unit, i)->name, iq_slice_z(name)))
			return AT(w, UNIT, unit, i);
	return NULL;
}

static const struct iq_cgroup *group(struct world *w, const char *path)
{
	for (size_t i = 0; i < N(w, CGROUP); i++)
		if (iq_eq(AT(w, CGROUP, cgroup, i)->path, iq_slice_z(path)))
			return AT(w, CGROUP, cgroup, i);
	return NULL;
}

#define TEXT_IS(got, z) assert_true(iq_eq(got, iq_slice_z(z)))

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
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_unit_files),
		cmocka_unit_test(test_listed_units),
		cmocka_unit_test(test_unit_cat),
		cmocka_unit_test(test_containers),
		cmocka_unit_test(test_pods),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/analyze/test_bundle.c - a machine's state at collection, beside an OOM kill and
 * alone: composed facts in, findings out, through the plugins as they are built.
 */
#include "world.h"

#include <stdlib.h>

#define STATE 900		/* the snapshot of the collection */
#define MIB (INT64_C(1) << 20)
#define GIB (INT64_C(1) << 30)

static void analyze(struct iq_store *s)
{
	const char *dirs[] = { getenv("INQUEST_PLUGIN_DIR"), NULL };
	struct iq_analyze_opts opts = { .plugin_dirs = dirs };
	struct iq_err err = { 0 };

	if (!dirs[0])
		skip();
	if (iq_analyze(s, &opts, &err))
		fail_msg("%s", err.text);
}

static void counter(struct feed *f, const char *name, int64_t value)
{
	ADD(f, COUNTER, counter, .snapshot_id = STATE, .scope = TEXT("host"),
	    .name = iq_slice_z(name), .value = zero(value), .unit = TEXT("bytes"));
}

static void setting(struct feed *f, const char *name, const char *value)
{
	ADD(f, SYSCTL, sysctl, .snapshot_id = STATE, .name = iq_slice_z(name),
	    .value = iq_slice_z(value));
}

static void task(struct feed *f, int64_t pid, const char *comm, int64_t rss, int64_t adj,
		 int64_t start_s)
{
	ADD(f, TASK, task, .snapshot_id = STATE, .pid = pid, .tgid = pid,
	    .comm = iq_slice_z(comm), .rss_bytes = rss, .oom_score_adj = zero(adj),
	    .start_us = start_s * 1000000, .cgroup = TEXT("/pod/a"));
}

/* A machine of 8 GiB of which nothing is to be said; the collection is at second 5000 of
 * the boot. */
static void machine(struct feed *f, int64_t boot)
{
	world_begin(f, "ab", "web-4", "6.1.0");
	if (boot == 2)
		ADD(f, BOOT, boot, .id = 2, .host_id = 1, .boot_uuid = TEXT("22"));
	ADD(f, SNAPSHOT, snapshot, .id = STATE, .boot_id = boot, .source = TEXT("proc"),
	    .wall_us = 1600000000000000 + INT64_C(5000000000), .mono_us = INT64_C(5000000000));
	counter(f, "MemTotal", 8 * GIB);
	counter(f, "SwapTotal", 2 * GIB);
}

static struct iq_store *end(struct feed *f)
{
	struct iq_store *s = world_end(f, NULL);

	analyze(s);
	return s;
}

#define RULES(role) "SELECT coalesce(group_concat(rule, ' '), '') FROM (SELECT rule FROM " \
	"v1_finding WHERE role = '" role "' AND (rule GLOB 'host-*' OR rule GLOB 'unit-*' " \
	"OR rule GLOB 'bundle-*' OR rule GLOB 'container-*') ORDER BY rule)"
#define TITLE(rule) "SELECT title FROM v1_finding WHERE rule = '" rule "'"

/* ---------------------------------------------------------------- machines */

struct machine_row {
	const char *name;
	struct { const char *name; int64_t value; } counters[5];
	struct { const char *name, *value; } settings[3];
	int64_t pool, pool_free, pool_promised;		/* huge pages of 2 MiB */
	int64_t init, never, sos;			/* resident bytes */
	const char *rule;				/* "": nothing to be said */
	const char *title;
};

#define THP "sys/kernel/mm/transparent_hugepage/enabled"
static const struct machine_row machines[] = {
	{ .name = "quiet", .counters = { { "SUnreclaim", 800 * MIB }, { "MemAvailable", 6 * GIB },
	  { "AnonPages", 2 * GIB }, { "AnonHugePages", 3 * GIB / 2 } },
	  .settings = { { "vm.overcommit_memory", "1" }, { THP, "[always] madvise never" },
	  { "sys/kernel/kexec_crash_loaded", "0" } }, .pool = 100, .pool_free = 100,
	  .init = 190000000, .never = 800 * MIB, .sos = 2 * GIB, .rule = "" },
	{ .name = "slab", .counters = { { "SUnreclaim", 820 * MIB } }, .rule = "host-slab",
	  .title = "820 MiB of unreclaimable slab at collection, 10 % of memory" },
	{ .name = "process 1", .init = 250 * MIB, .rule = "host-init",
	  .title = "process 1 (systemd) has 250 MiB at collection" },
	{ .name = "huge pages of their own accord", .counters = { { "MemAvailable", GIB },
	  { "AnonPages", 2 * GIB }, { "AnonHugePages", 3 * GIB / 2 } },
	  .settings = { { THP, "[always] madvise never" } }, .rule = "host-thp",
	  .title = "1.50 GiB of 2 GiB anonymous memory is in transparent huge pages at collection" },
	{ .name = "not for all", .counters = { { "MemAvailable", GIB },
	  { "AnonPages", 2 * GIB }, { "AnonHugePages", 3 * GIB / 2 } },
	  .settings = { { THP, "always [madvise] never" } }, .rule = "" },
	{ .name = "idle pool", .pool = 1024, .pool_free = 900, .pool_promised = 100,
	  .rule = "host-hugepages",
	  .title = "1.56 GiB in huge pages is reserved and unused at collection" },
	{ .name = "promised pool", .pool = 1024, .pool_free = 900, .pool_promised = 800, .rule = "" },
	{ .name = "a count that cannot be", .pool = 1024, .pool_free = INT64_MAX / 2, .rule = "" },
	{ .name = "never killed", .never = GIB, .rule = "host-protected",
	  .title = "processes that may never be killed hold 1 GiB at collection, 12 % of memory: "
	  "agent[50] 1 GiB" },
	{ .name = "promises", .counters = { { "CommitLimit", 6 * GIB },
	  { "Committed_AS", 16 * GIB } }, .settings = { { "vm.overcommit_memory", "1" } },
	  .rule = "host-overcommit",
	  .title = "vm.overcommit_memory is 1, and 16 GiB of 10 GiB is promised at collection" },
	{ .name = "strict", .counters = { { "CommitLimit", 6 * GIB }, { "Committed_AS", 4 * GIB } },
	  .settings = { { "vm.overcommit_memory", "2" } }, .rule = "" },
	{ .name = "set up to panic, nothing loaded", .settings = { { "kernel.panic_on_oops", "1" },
	  { "sys/kernel/kexec_crash_loaded", "0" } }, .rule = "host-kdump",
	  .title = "no dump of the next crash would be saved: no second kernel is loaded" },
	{ .name = "set up to panic, loaded", .settings = { { "kernel.panic_on_oops", "1" },
	  { "sys/kernel/kexec_crash_loaded", "1" }, { "sys/kernel/kexec_crash_size", "268435456" } },
	  .rule = "" },
	{ .name = "nothing reserved", .settings = { { "kernel.panic_on_oops", "1" },
	  { "sys/kernel/kexec_crash_loaded", "0" }, { "sys/kernel/kexec_crash_size", "0" } },
	  .rule = "host-kdump", .title = "no dump of the next crash would be saved: no memory is "
	  "reserved for a second kernel" },
	{ .name = "reserved, and switched off", .settings = { { "kernel.panic_on_oops", "1" },
	  { "sys/kernel/kexec_crash_loaded", "0" }, { "default/kdump-tools/USE_KDUMP", "0" } },
	  .rule = "host-kdump", .title = "no dump of the next crash would be saved: USE_KDUMP=0 in "
	  "/etc/default/kdump-tools" },
	{ .name = "not ready by its own word", .settings = { { "kernel.panic_on_oops", "1" },
	  { "kdump-config/current state", "Not ready to kdump" } }, .rule = "host-kdump",
	  .title = "no dump of the next crash would be saved: kdump-config says: Not ready to kdump" },
	{ .name = "not ready, and nobody asks", .settings = { { "kdumpctl/kdump",
	  "Kdump is not operational" } }, .rule = "" },
	{ .name = "little reserved", .settings = { { "kdumpctl/Reserved crashkernel", "160M" },
	  { "kdumpctl/Recommended crashkernel", "256M" } }, .rule = "host-kdump-small",
	  .title = "160M is reserved for the kernel that saves a dump, and 256M is recommended for "
	  "this machine" },
	{ .name = "enough reserved", .settings = { { "kdumpctl/Reserved crashkernel", "256M" },
	  { "kdumpctl/Recommended crashkernel", "256M" } }, .rule = "" },
	{ .name = "kills", .counters = { { "oom_kill", 2 } }, .rule = "host-kills-untold",
	  .title = "the kernel counts 2 OOM kills since it started, and the logs here tell of none" },
};

static void look_at_machine(const struct machine_row *r)
{
	struct feed f;

	print_message("  %s\n", r->name);
	machine(&f, 1);
	for (size_t i = 0; i < COUNT(r->counters) && r->counters[i].name; i++)
		counter(&f, r->counters[i].name, r->counters[i].value);
	for (size_t i = 0; i < COUNT(r->settings) && r->settings[i].name; i++)
		setting(&f, r->settings[i].name, r->settings[i].value);
	ADD(&f, HUGETLB, hugetlb, .snapshot_id = STATE, .page_bytes = 2 * MIB,
	    .total = zero(r->pool), .free = zero(r->pool_free),
	    .reserved = zero(r->pool_promised));
	task(&f, 1, "systemd", r->init ? r->init : 12 * MIB, 0, 1);
	task(&f, 50, "agent", r->never ? r->never : MIB, -1000, 9);
	task(&f, 60, "sos", r->sos ? r->sos : MIB, -1000, 4000);
	struct iq_store *s = end(&f);
	assert_sql(s, RULES("notice"), r->rule);
	if (r->title)
		assert_sql(s, "SELECT title FROM v1_finding WHERE role = 'notice'", r->title);
	assert_sql(s, "SELECT count(*) FROM v1_finding WHERE severity = 'fault'", "0");
	iq_store_close(s);
}

static void notices(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(machines); i++)
		look_at_machine(&machines[i]);
}

/* ------------------------------------------------------------------- kills */

/* V10's kill of sh[102] in /pod/a at second 1000, of a unit. */
static void kill_of_unit(struct feed *f, int64_t boot)
{
	machine(f, boot);
	world_v10(f, 1, 1000);
	for (size_t i = 0; i < f->n; i++)
		if (f->items[i].type == IQ_FACT_VICTIM) {
			struct iq_victim *v = f->items[i].fact;
			v->oom_score_adj = 1000;
			v->cgroup = IQ_LIT("/pod/a");
			v->unit = IQ_LIT("api.service");
		}
}

#define UNIT(f, ...) ADD(f, UNIT, unit, .host_id = 1, .name = TEXT("api.service"), \
	.source = TEXT("systemctl show"), .oom_score_adjust = 1000, \
	.oom_score_adjust_from = TEXT("/etc/systemd/system/api.service:5"), __VA_ARGS__)

static void down(void **state)
{
	struct feed f;

	(void)state;
	kill_of_unit(&f, 1);
	UNIT(&f, .state = TEXT("failed"), .result = TEXT("oom-kill"), .exec_pid = 100,
	     .restart_policy = TEXT("no"), .oom_policy = TEXT("stop"));
	struct iq_store *s = end(&f);
	assert_sql(s, RULES("contributing"), "unit-adj unit-after");
	assert_sql(s, TITLE("unit-adj"),
		   "oom_score_adj 1000 of sh[102] is set in /etc/systemd/system/api.service:5");
	assert_sql(s, TITLE("unit-after"),
		   "api.service is down at collection, 66 min later: failed, Result=oom-kill");
	assert_sql(s, "SELECT explanation FROM v1_finding WHERE rule = 'unit-after'",
		   "Restart=no: nothing starts it again. The kernel killed one of its processes; "
		   "OOMPolicy=stop had systemd end the others too.");
	iq_store_close(s);
}

static void again(void **state)
{
	struct feed f;

	(void)state;
	kill_of_unit(&f, 1);
	task(&f, 700, "api", 64 * MIB, 1000, 1010);
	UNIT(&f, .state = TEXT("active"), .result = TEXT("oom-kill"), .main_pid = 700,
	     .restarts = 1, .restart_policy = TEXT("always"));
	struct iq_store *s = end(&f);
	assert_sql(s, TITLE("unit-after"),
		   "api.service runs again at collection, 66 min later: main process 700");
	iq_store_close(s);

	/* its main process is as old as before */
	kill_of_unit(&f, 1);
	task(&f, 100, "java", 64 * MIB, 0, 20);
	UNIT(&f, .state = TEXT("active"), .result = TEXT("success"), .main_pid = 100);
	s = end(&f);
	assert_sql(s, TITLE("unit-after"),
		   "api.service went on: its main process 100 was not the one killed");
	iq_store_close(s);

	/* by a clock of minutes it may be either, and the cgroup's table need not have it */
	kill_of_unit(&f, 1);
	task(&f, 700, "api", 64 * MIB, 0, 960);
	UNIT(&f, .state = TEXT("active"), .result = TEXT("success"), .main_pid = 700);
	s = end(&f);
	assert_sql(s, RULES("contributing"), "unit-adj");
	iq_store_close(s);
}

/* What was collected in another boot has nothing to do with it. */
static void another_boot(void **state)
{
	struct feed f;

	(void)state;
	kill_of_unit(&f, 2);
	setting(&f, "vm.panic_on_oom", "2");
	UNIT(&f, .state = TEXT("failed"), .result = TEXT("oom-kill"));
	struct iq_store *s = end(&f);
	assert_sql(s, RULES("contributing"), "");
	iq_store_close(s);
}

static void container(void **state)
{
	struct feed f;

	(void)state;
	kill_of_unit(&f, 1);
	for (size_t i = 0; i < f.n; i++)
		if (f.items[i].type == IQ_FACT_VICTIM) {
			struct iq_victim *v = f.items[i].fact;
			v->unit = IQ_SLICE_NULL;
			v->container = IQ_LIT("6f1d1c0e5a7b00112233");
		}
	/* a worker that was there before, and one that is new */
	task(&f, 103, "sh", MIB, 1000, 30);
	task(&f, 900, "sh", 2 * MIB, 1000, 1500);
	ADD(&f, CONTAINER, container, .snapshot_id = STATE, .container = TEXT("6f1d1c0e5a7b"),
	    .name = TEXT("app"), .runtime = TEXT("docker"), .oom_score_adj = 1000);
	/* its scope is listed, without a process */
	for (size_t i = 0; i < f.n; i++)
		if (f.items[i].type == IQ_FACT_VICTIM)
			((struct iq_victim *)f.items[i].fact)->unit = IQ_LIT("docker-6f.scope");
	ADD(&f, UNIT, unit, .host_id = 1, .name = TEXT("docker-6f.scope"), .state = TEXT("active"),
	    .source = TEXT("systemctl list-units"));
	setting(&f, "vm.panic_on_oom", "2");
	setting(&f, "vm.overcommit_memory", "1");	/* nothing to a cgroup's limit */
	struct iq_store *s = end(&f);
	assert_sql(s, RULES("contributing"), "bundle-settings container-named unit-adj unit-after");
	assert_sql(s, TITLE("container-named"), "container 6f1d1c0e5a7b is app");
	assert_sql(s, TITLE("unit-adj"),
		   "oom_score_adj 1000 of sh[102] is what docker gives container app");
	assert_sql(s, TITLE("unit-after"), "sh runs again at collection, 66 min later: process "
		   "900 in the same cgroup");
	assert_sql(s, TITLE("bundle-settings"),
		   "settings that shaped it, as at collection: vm.panic_on_oom=2");
	iq_store_close(s);
}

/* The command that changes a limit: of which manager, by which name of the property. */
static void which_command(void **state)
{
	static const struct { const char *cgroup, *release, *like; } rows[] = {
		{ "/user.slice/user-1000.slice/user@1000.service/app.slice/a.scope", "6.1.0",
		  "*systemctl --user set-property a.scope MemoryMax=*" },
		{ "/user.slice/user-1000.slice/user@1000.service", "6.1.0",
		  "*systemctl set-property user@1000.service MemoryMax=*" },
		{ "/system.slice/a.service", "3.10.0-1160.el7.x86_64",
		  "*systemctl set-property a.service MemoryLimit=*" },
		{ "/system.slice/a.service", "4.19.91-27.al7.x86_64",
		  "*systemctl set-property a.service MemoryLimit=*" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct feed f;
		char sql[400];
		kill_of_unit(&f, 1);
		for (size_t k = 0; k < f.n; k++) {
			if (f.items[k].type == IQ_FACT_OOM) {
				struct iq_oom *o = f.items[k].fact;
				o->cgroup_limited = o->cgroup_task = iq_slice_z(rows[i].cgroup);
			} else if (f.items[k].type == IQ_FACT_EVENT) {
				((struct iq_event *)f.items[k].fact)->kernel_release =
					iq_slice_z(rows[i].release);
			}
		}
		struct iq_store *s = end(&f);
		snprintf(sql, sizeof sql, "SELECT advice GLOB '%s' FROM v1_finding "
			 "WHERE role = 'cause'", rows[i].like);
		assert_sql(s, sql, "1");
		iq_store_close(s);
	}
}

/* Where there are no cgroups, the name and the user have to do. */
static void successor(void **state)
{
	for (int namesake = 0; namesake < 2; namesake++) {
		struct feed f;
		kill_of_unit(&f, 1);
		for (size_t k = 0; k < f.n; k++) {
			if (f.items[k].type == IQ_FACT_VICTIM) {
				struct iq_victim *v = f.items[k].fact;
				v->unit = v->cgroup = IQ_SLICE_NULL;
				v->uid = 501;
			} else if (f.items[k].type == IQ_FACT_OOM) {
				((struct iq_oom *)f.items[k].fact)->constraint_kind = IQ_LIT("none");
			} else if (f.items[k].type == IQ_FACT_TASK && namesake) {
				((struct iq_task *)f.items[k].fact)->comm = IQ_LIT("sh");
			}
		}
		ADD(&f, TASK, task, .snapshot_id = STATE, .pid = 900, .tgid = 900, .uid = 501,
		    .comm = TEXT("sh"), .rss_bytes = 2 * MIB);
		ADD(&f, TASK, task, .snapshot_id = STATE, .pid = 901, .tgid = 901, .uid = 7,
		    .comm = TEXT("sh"), .rss_bytes = 2 * MIB);
		struct iq_store *s = end(&f);
		assert_sql(s, "SELECT coalesce(max(title), '') FROM v1_finding "
			   "WHERE rule = 'unit-after'", namesake ? "" : "sh runs again at "
			   "collection, 66 min later: process 900 of the same user");
		iq_store_close(s);
	}
	(void)state;
}

/* The report does not say whose it was, systemd does. */
static void main_process(void **state)
{
	struct feed f;

	(void)state;
	kill_of_unit(&f, 1);
	for (size_t k = 0; k < f.n; k++)
		if (f.items[k].type == IQ_FACT_VICTIM) {
			struct iq_victim *v = f.items[k].fact;
			v->unit = v->cgroup = IQ_SLICE_NULL;
		}
	UNIT(&f, .state = TEXT("failed"), .result = TEXT("signal"), .exec_pid = 102,
	     .exec_code = 2, .exec_status = 9, .restart_policy = TEXT("no"));
	struct iq_store *s = end(&f);
	assert_sql(s, TITLE("unit-after"),
		   "api.service is down at collection, 66 min later: failed, Result=signal");
	iq_store_close(s);
}

/* Where neither a unit nor a runtime tells. */
static void who_gave_it(void **state)
{
	static const struct { const char *cgroup; int64_t adj; const char *title, *why; } rows[] = {
		{ "/kubepods/burstable/podx/6f1d1c0e5a7b00112233", 872, "oom_score_adj 872 of sh[102] "
		  "is what kubelet gives containers of burstable pods", "It is 1000 less the "
		  "thousandths of memory that the container requests (resources.requests.memory): the "
		  "less it asked for, the sooner it is killed. By that it requests about 12.8 % of "
		  "memory, 1.02 GiB." },
		{ "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podx.slice/"
		  "cri-containerd-6f1d1c0e5a7b00112233.scope", 1000, "oom_score_adj 1000 of sh[102] is "
		  "what kubelet gives containers of best-effort pods", "They request no memory, and are "
		  "killed before all others." },
		{ "/kubepods.slice/kubepods-podx.slice/crio-6f1d1c0e5a7b00112233.scope", -997,
		  "oom_score_adj -997 of sh[102] is what kubelet gives containers of guaranteed pods",
		  "Their limits are what they request; they are killed last." },
		{ "/kubepods/besteffort/podx/6f1d1c0e5a7b00112233", 500, NULL, NULL },
		{ "/system.slice/docker-6f1d1c0e5a7b00112233.scope", 872, NULL, NULL },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct feed f;
		kill_of_unit(&f, 1);
		for (size_t k = 0; k < f.n; k++)
			if (f.items[k].type == IQ_FACT_VICTIM) {
				struct iq_victim *v = f.items[k].fact;
				v->unit = IQ_SLICE_NULL;
				v->container = IQ_LIT("6f1d1c0e5a7b00112233");
				v->cgroup = iq_slice_z(rows[i].cgroup);
				v->oom_score_adj = rows[i].adj;
			}
		struct iq_store *s = end(&f);
		if (rows[i].title) {
			assert_sql(s, TITLE("unit-adj"), rows[i].title);
			assert_sql(s, "SELECT explanation FROM v1_finding WHERE rule = 'unit-adj'",
				   rows[i].why);
		} else {
			assert_sql(s, "SELECT count(*) FROM v1_finding WHERE rule = 'unit-adj'",
				   "0");
		}
		iq_store_close(s);
	}
}

static void user_manager(void **state)
{
	struct feed f;

	(void)state;
	kill_of_unit(&f, 1);
	for (size_t k = 0; k < f.n; k++)
		if (f.items[k].type == IQ_FACT_VICTIM) {
			struct iq_victim *v = f.items[k].fact;
			v->unit = IQ_LIT("app-browser.scope");
			v->cgroup = IQ_LIT("/user.slice/user-1000.slice/user@1000.service/app.slice/"
					   "app-browser.scope");
			v->oom_score_adj = 200;
		}
	struct iq_store *s = end(&f);
	assert_sql(s, TITLE("unit-adj"), "oom_score_adj 200 of sh[102] is that of what systemd's "
		   "user manager starts");
	iq_store_close(s);
}

/* ----------------------------------------------------------------- missing */

/* A headline alone, of a log that was cut. */
static void headline(struct feed *f, const char *format)
{
	machine(f, 1);
	((struct iq_capture *)f->items[0].fact)->kind = IQ_LIT("bundle");
	((struct iq_capture *)f->items[0].fact)->format = iq_slice_z(format);
	((struct iq_member *)f->items[1].fact)->name = IQ_LIT("var/log/messages.tailed");
	world_event(f, 1, "oom-kill", 1000);
	ADD(f, OOM, oom, .event_id = 1, .constraint_kind = TEXT("none"), .victim_count = 1);
	world_line(f, 1, 131, "killed 102", "Out of memory: Killed process 102 (sh)");
	world_victim(f, 1, 102, "sh");
	ADD(f, ISSUE, issue, .member_id = 1, .severity = TEXT("note"), .code = TEXT("log-cut"),
	    .text = TEXT("only the end of this log"));
	setting(f, "vm.oom_dump_tasks", "0");
	ADD(f, TASK, task, .snapshot_id = STATE, .pid = 1, .comm = TEXT("systemd"));
	ADD(f, TASK, task, .snapshot_id = STATE, .pid = 2, .comm = TEXT("kthreadd"));
}

#define MISSING(column) "SELECT group_concat(" column ", '; ') FROM v1_missing JOIN " \
	"v1_finding USING (finding_id) WHERE rule = 'bundle-missing'"

static void missing(void **state)
{
	static const struct { const char *format, *like; } rows[] = {
		{ "sosreport 3.9", "sosreport --log-size 0 --all-logs *; sosreport -o kernel,logs takes "
		  "it; *; sosreport -o logs takes it; *; sos takes it of each process since 4.2, this "
		  "one is 3.9; by hand: *" },
		{ "sosreport 3.6", "*; sosreport of 3.9 or later takes it; *" },
		{ "sosreport 4.9", "sos report --log-size 0 --all-logs *; sos report -o process (4.2 or "
		  "later); *" },
		{ "supportconfig", "supportconfig -l, with VAR_OPTION_MSG_MAXSIZE=0 in "
		  "/etc/supportconfig.conf *; supportconfig -i BOOT takes it; *; supportconfig does not "
		  "take it; by hand: *" },
	};
	struct feed f;

	(void)state;
	headline(&f, "sosreport 3.9");
	struct iq_store *s = end(&f);
	assert_sql(s, MISSING("what"),
		   "the log before the place where the collector cut it; the report in dmesg; "
		   "a journal that outlives the boot; the task table, which the kernel was told "
		   "not to print; oom_score_adj of the processes");
	iq_store_close(s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char sql[600];
		headline(&f, rows[i].format);
		s = end(&f);
		snprintf(sql, sizeof sql, "SELECT (%s) GLOB '%s'", MISSING("how_to_collect"),
			 rows[i].like);
		print_message("  %s\n", rows[i].format);
		assert_sql(s, sql, "1");
		iq_store_close(s);
	}
}

/* Of a whole report nothing is missing, whatever else is not there. */
static void nothing_missing(void **state)
{
	struct feed f;

	(void)state;
	kill_of_unit(&f, 1);
	((struct iq_capture *)f.items[0].fact)->kind = IQ_LIT("bundle");
	setting(&f, "vm.oom_dump_tasks", "0");
	struct iq_store *s = end(&f);
	assert_sql(s, "SELECT count(*) FROM v1_finding WHERE rule = 'bundle-missing'", "0");
	iq_store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notices), cmocka_unit_test(down), cmocka_unit_test(again),
		cmocka_unit_test(another_boot), cmocka_unit_test(container),
		cmocka_unit_test(successor), cmocka_unit_test(which_command),
		cmocka_unit_test(main_process),
		cmocka_unit_test(who_gave_it), cmocka_unit_test(user_manager),
		cmocka_unit_test(missing), cmocka_unit_test(nothing_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/parse/test_killers.c - user-space killers and those who tell of kills (composed from
 * the messages of systemd 247 to 262, earlyoom, nohang, oomd, Android, Kubernetes). */
#include "t_sink.h"

#include <stdio.h>

#include "base/units.h"
#include "parse/killerline.h"
#include "parse/killers.h"
#include "parse/oomdblock.h"
#include "parse/parse.h"

#define APP "/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.scope"
#define ID "4fd0a1c9e3b74fd0a1c9e3b74fd0a1c9e3b74fd0a1c9e3b74fd0a1c9e3b7aaaa"

/* --- single lines --- */

static const struct {
	const char *ident, *text;
	enum iq_killer_what what;
	const char *killer, *reason, *comm, *cgroup, *unit, *container;
	int64_t pid, uid, adj;
} lines[] = {
	{ "systemd-oomd", "Killed " APP " due to memory used (123) / total (456) and swap used (7) / "
	  "total (8) being more than 90.00%", IQ_KILLER_KILL, "systemd-oomd",
	  "memory used (123) / total (456) and swap used (7) / total (8) being more than 90.00%",
	  NULL, APP, NULL, NULL, -1, -1, -1 },
	{ "systemd-oomd", "Killed " APP " due to memory pressure for /user.slice being 61.20% > 50.00% "
	  "for > 20s with reclaim activity", IQ_KILLER_KILL, "systemd-oomd",
	  "memory pressure for /user.slice being 61.20% > 50.00% for > 20s with reclaim activity",
	  NULL, APP, NULL, NULL, -1, -1, -1 },
	{ "systemd-oomd", "Marked " APP " for killing due to memory used (1) / total (2)",
	  IQ_KILLER_KILL, "systemd-oomd", "memory used (1) / total (2)", NULL, APP, NULL, NULL, -1, -1,
	  -1 },
	{ NULL, "Killed " APP " due to memory p>", IQ_KILLER_KILL, "systemd-oomd", "memory p>", NULL,
	  APP, NULL, NULL, -1, -1, -1 },
	{ "systemd-oomd", "Memory pressure for /user.slice is 61.20% > 50.00% for > 20s with reclaim "
	  "activity", IQ_KILLER_CONTEXT, "systemd-oomd", NULL, NULL, NULL, NULL, NULL, -1, -1, -1 },
	{ "systemd-oomd", "Swap used (9) / total (10) is more than 90.00%", IQ_KILLER_CONTEXT,
	  "systemd-oomd", NULL, NULL, NULL, NULL, NULL, -1, -1, -1 },
	{ "systemd", "a.service: systemd-oomd killed 3 process(es) in this unit.",
	  IQ_KILLER_TOLD_OOMD, "systemd-oomd", NULL, NULL, NULL, "a.service", NULL, -1, -1, -1 },
	{ "systemd", "a.service: systemd-oomd killed some process(es) in this unit.",
	  IQ_KILLER_TOLD_OOMD, "systemd-oomd", NULL, NULL, NULL, "a.service", NULL, -1, -1, -1 },
	{ "systemd", "a.service: A process of this unit has been killed by the OOM killer.",
	  IQ_KILLER_TOLD_OOM, "systemd", NULL, NULL, NULL, "a.service", NULL, -1, -1, -1 },
	{ "systemd", "a.service: Failed with result 'oom-kill'.", IQ_KILLER_RESULT, "systemd", NULL,
	  NULL, NULL, "a.service", NULL, -1, -1, -1 },
	{ "systemd", "a.service: Main process exited, code=killed, status=9/KILL", IQ_KILLER_EXIT,
	  "systemd", NULL, NULL, NULL, "a.service", NULL, -1, -1, -1 },
	{ "earlyoom", "low memory! at or below SIGTERM limits: mem 10.00%, swap 10.00%",
	  IQ_KILLER_CONTEXT, "earlyoom", NULL, NULL, NULL, NULL, NULL, -1, -1, -1 },
	{ "earlyoom", "sending SIGTERM to process 4070 uid 1000 \"Web \": Content\": badness 804, "
	  "VmRSS 600 MiB", IQ_KILLER_KILL, "earlyoom", NULL, "Web ", NULL, NULL, NULL, 4070, 1000,
	  -1 },
	{ "earlyoom", "sending SIGKILL to process 4070 uid 1000 \"x\": oom_score 804, VmRSS 600 MiB, "
	  "cmdline \"x -y\"", IQ_KILLER_KILL, "earlyoom", NULL, "x", NULL, NULL, NULL, 4070, 1000,
	  -1 },
	{ "earlyoom", "sending SIGTERM to process 4070 uid 0 \"x\": oom_score 804, oom_score_adj 200, "
	  "VmRSS 600 MiB, cmdline \"x -y\"", IQ_KILLER_KILL, "earlyoom", NULL, "x", NULL, NULL, NULL,
	  4070, 0, 200 },
	{ "earlyoom", "escalating to SIGKILL after 6.0 seconds", IQ_KILLER_DETAIL, "earlyoom", NULL,
	  NULL, NULL, NULL, NULL, -1, -1, -1 },
	{ "earlyoom", "process 4070 exited after 0.612 seconds", IQ_KILLER_DETAIL, "earlyoom", NULL,
	  NULL, NULL, NULL, NULL, -1, -1, -1 },
	{ "nohang", "  PID:       77, name: tail x, state: R, EUID: 1000, badness: 900, oom_score: 900, "
	  "oom_score_adj: 0", IQ_KILLER_VICTIM, "nohang", NULL, "tail x", NULL, NULL, NULL, 77, 1000,
	  0 },
	{ "nohang", "  Sending SIGTERM to the victim", IQ_KILLER_KILL, "nohang", NULL, NULL, NULL,
	  NULL, NULL, -1, -1, -1 },
	{ "nohang", "  MemAvailable [99 MiB, 5.0 %] <= hard_threshold_min_mem [100 MiB, 5.1 %]",
	  IQ_KILLER_CONTEXT, "nohang", NULL, NULL, NULL, NULL, NULL, -1, -1, -1 },
	{ "kernel", "oomd kill: 10.00 20.00 3.10 system.slice/big.service 123456789 ruleset:[a b] "
	  "detectorgroup:[c] killer:kill_by_swap v2", IQ_KILLER_KILL, "oomd",
	  "10.00 20.00 3.10 system.slice/big.service 123456789 ruleset:[a b] detectorgroup:[c] "
	  "killer:kill_by_swap v2", NULL, "system.slice/big.service", NULL, NULL, -1, -1, -1 },
	{ "lmkd", "Kill 'com.a.b' (1234), uid 10100, oom_score_adj 900 to free 100kB rss, 2kB swap; "
	  "reason: low watermark is breached", IQ_KILLER_KILL, "lmkd", "low watermark is breached",
	  "com.a.b", NULL, NULL, NULL, 1234, 10100, 900 },
	{ "lowmemorykiller", "Kill 'com.a.b' (1234), uid 10100, oom_adj 15 to free 100kB",
	  IQ_KILLER_KILL, "lmkd", NULL, "com.a.b", NULL, NULL, NULL, 1234, 10100, 15 },
	{ "kernel", "lowmemorykiller: send sigkill to 55 (a (b)), adj 529, size 1234", IQ_KILLER_KILL,
	  "lowmemorykiller", NULL, "a (b)", NULL, NULL, NULL, 55, -1, 529 },
	{ "kernel", "lowmemorykiller: Killing 'a b' (55), adj 529,", IQ_KILLER_KILL,
	  "lowmemorykiller", NULL, "a b", NULL, NULL, NULL, 55, -1, 529 },
	{ "kernel", "   cache 3kB is below limit 4kB for oom_score_adj 529", IQ_KILLER_DETAIL,
	  "lowmemorykiller", "cache 3kB is below limit 4kB for oom_score_adj 529", NULL, NULL, NULL,
	  NULL, -1, -1, -1 },
	{ NULL, "Warning  SystemOOM  95s (x13 over 2m)  kubelet  System OOM encountered, victim "
	  "process: stress, pid: 4070", IQ_KILLER_TOLD_OOM, "kubelet", NULL, "stress", NULL, NULL,
	  NULL, 4070, -1, -1 },
	{ "node-problem-detector", "Reason:OOMKilling Message:Memory cgroup out of memory: Killed "
	  "process 183960 (stress-ng-vm) total-vm:299192kB", IQ_KILLER_TOLD_OOM,
	  "node-problem-detector", NULL, "stress-ng-vm", NULL, NULL, NULL, 183960, -1, -1 },
	{ "containerd", "time=\"2023\" level=info msg=\"TaskOOM event container_id:\\\"" ID "\\\"\"",
	  IQ_KILLER_TOLD_OOM, "containerd", NULL, NULL, NULL, NULL, ID, -1, -1, -1 },
	{ "containerd", "msg=\"TaskOOM event &TaskOOM{ContainerID:" ID ",XXX_unrecognized:[],}\"",
	  IQ_KILLER_TOLD_OOM, "containerd", NULL, NULL, NULL, NULL, ID, -1, -1, -1 },
	{ "conmon", "conmon 4fd0a1c9e3b74fd0a1c9 <nwarn>: OOM event received", IQ_KILLER_TOLD_OOM,
	  "conmon", NULL, NULL, NULL, NULL, "4fd0a1c9e3b74fd0a1c9", -1, -1, -1 },
	{ "earlyoom", "mem avail:  1234 of  7890 MiB (15.64%), swap free:  100 of  200 MiB (50.00%)",
	  IQ_KILLER_CONTEXT, "earlyoom", NULL, NULL, NULL, NULL, NULL, -1, -1, -1 },
	{ "kubelet", "I0307 10:11:40.1 9 eviction_manager.go:377] \"Eviction manager: must evict pod(s) "
	  "to reclaim\" resourceName=\"memory\"", IQ_KILLER_CONTEXT, "kubelet",
	  "must evict pod(s) to reclaim", NULL, NULL, NULL,
	  NULL, -1, -1, -1 },
	{ "kubelet", "I0307 10:11:42.3 9 eviction_manager.go:595] \"Eviction manager: pod is evicted "
	  "successfully\" pod=\"shop/cart-1\"", IQ_KILLER_KILL, "kubelet", NULL, NULL, NULL, NULL,
	  "shop/cart-1", -1, -1, -1 },
	{ "kubelet", "I0307 10:11:42.3 9 eviction_manager.go:563] eviction manager: pod "
	  "cart-1_shop(1b2c) is evicted successfully", IQ_KILLER_KILL, "kubelet", NULL, NULL, NULL,
	  NULL, "cart-1_shop(1b2c)", -1, -1, -1 },
	{ "kubelet", "pod evicted: The node was low on resource: memory. Threshold quantity: 100Mi, "
	  "available: 88Mi. Container web was using 1Gi, request is 0", IQ_KILLER_KILL, "kubelet",
	  "The node was low on resource: memory. Threshold quantity: 100Mi, available: 88Mi. "
	  "Container web was using 1Gi, request is 0", NULL, NULL, NULL, "web", -1, -1, -1 },
};

static const struct { const char *ident, *text; } strangers[] = {
	{ "systemd-oomd", "oomd dry-run: Would have tried to kill /a and all its descendants" },
	{ "systemd-oomd", "Considered 3 cgroups for killing, top candidates were:" },
	{ "kubelet", "\"Eviction manager: must evict pod(s) to reclaim\" resourceName=\"ephemeral-storage\"" },
	{ "kernel", "process 12 exited after 3 seconds" },
	{ "kernel", "oomd kill: 1.0 2.0 3.0 /a 5 killer:(dry)kill v2" },
	{ "systemd", "a.service: Failed with result 'signal'." },
	{ "systemd", "a.service: Main process exited, code=exited, status=137/n/a" },
	{ "systemd", "a text without unit: A process of this unit has been killed by the OOM killer." },
	{ "bash", "Killed process" },
	{ "bash", "Killed by due to" },
	{ "kernel", "PID: 12, name: x" },
	{ "kernel", "Killing 'x' for no reason" },
	{ "containerd", "msg=\"TaskOOM event\"" },
	{ NULL, "" },
};

static int64_t or_null(int64_t v)
{
	return v < 0 ? IQ_NULL : v;
}

static void single_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct iq_killerline l;
		if (!iq_killerline_parse(iq_slice_z(lines[i].text), iq_slice_z(lines[i].ident), &l))
			fail_msg("not taken: %s", lines[i].text);
		if (l.what != lines[i].what)
			fail_msg("%d instead of %d: %s", l.what, lines[i].what, lines[i].text);
		assert_string_equal(l.killer, lines[i].killer);
		t_text(l.reason, lines[i].reason);
		t_text(l.comm, lines[i].comm);
		t_text(l.cgroup, lines[i].cgroup);
		t_text(l.unit, lines[i].unit);
		t_text(l.container, lines[i].container);
		assert_int_equal(l.pid, or_null(lines[i].pid));
		assert_int_equal(l.uid, or_null(lines[i].uid));
		assert_int_equal(l.adj, or_null(lines[i].adj));
	}
}

static void single_lines_pass_the_filter(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct iq_slice ident = iq_slice_z(lines[i].ident);
		if (!iq_killers_wants(iq_slice_z(lines[i].text)) &&
		    !(ident.p && iq_killers_wants_program(ident)))
			fail_msg("not wanted: %s", lines[i].text);
		/* what comes as kernel text, or pasted without a program's name */
		if ((!ident.p || iq_eq(ident, IQ_LIT("kernel"))) &&
		    !iq_parser_wants(iq_slice_z(lines[i].text)))
			fail_msg("left out: %s", lines[i].text);
	}
	assert_false(iq_killers_wants(IQ_LIT("eth0: link up at 1000 Mbps")));
	assert_false(iq_killers_wants(IQ_LIT("")));
	assert_false(iq_killers_wants_program(IQ_LIT("sshd")));
}

static void other_lines(void **state)
{
	(void)state;
	struct iq_killerline l;
	for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
		if (iq_killerline_parse(iq_slice_z(strangers[i].text),
					iq_slice_z(strangers[i].ident), &l))
			fail_msg("taken: %s", strangers[i].text);
}

/* --- events --- */

struct step {
	int64_t second;		/* of the wall clock; < 0: no time is shown */
	const char *ident, *text;	/* text NULL: a kernel kill, as below */
	int64_t pid;
	const char *comm, *cgroup;
};

#define END { 0, NULL, NULL, 0, NULL, NULL }
#define KERNEL(t, pid, comm, cgroup) { t, "", NULL, pid, comm, cgroup }
#define SAYS(t, ident, text) { t, ident, text, 0, NULL, NULL }

static void kernel_kill(struct iq_killers *k, const struct step *s, struct iq_err *err)
{
	static int64_t id = 1000;
	struct iq_event ev;
	struct iq_victim v;
	iq_fact_init(IQ_FACT_EVENT, &ev);
	iq_fact_init(IQ_FACT_VICTIM, &v);
	ev.id = ++id;
	ev.boot_id = 5;
	ev.wall_us = s->second < 0 ? IQ_NULL : s->second * IQ_USEC;
	v.event_id = ev.id;
	v.pid = s->pid;
	char text[3][200];	/* gone when we return: what is kept must be copied */
	snprintf(text[0], sizeof text[0], "%s", s->comm ? s->comm : "");
	snprintf(text[1], sizeof text[1], "%s", s->cgroup ? s->cgroup : "");
	v.comm = s->comm ? iq_slice_z(text[0]) : IQ_SLICE_NULL;
	v.cgroup = s->cgroup ? iq_slice_z(text[1]) : IQ_SLICE_NULL;
	assert_int_equal(iq_killers_kill(k, &ev, &v, 4, err), 0);
	memset(text, 'x', sizeof text);
}

static void run(const struct step *steps, struct t_facts *t)
{
	struct iq_err err;
	t_init(t);
	struct iq_killers *k = iq_killers_new(&t->sink);
	assert_int_equal(iq_killers_member(k, 4, &err), 0);
	for (int64_t i = 0; steps[i].ident; i++) {
		if (!steps[i].text) {
			kernel_kill(k, &steps[i], &err);
			continue;
		}
		struct iq_record rec = t_record(steps[i].text, i + 1);
		rec.ident = *steps[i].ident ? iq_slice_z(steps[i].ident) : IQ_SLICE_NULL;
		rec.wall_us = steps[i].second < 0 ? IQ_NULL : steps[i].second * IQ_USEC;
		assert_true(iq_killers_record(k, &rec, 5, &err) >= 0);
		assert_int_equal(iq_killers_tick(k, &rec, &err), 0);
	}
	assert_int_equal(iq_killers_finish(k, &err), 0);
	iq_killers_free(k);
}

#define UNIT_OOM "db.service: A process of this unit has been killed by the OOM killer."
#define UNIT_RESULT "db.service: Failed with result 'oom-kill'."
#define UNIT_EXIT "db.service: Main process exited, code=killed, status=9/KILL"

static void oomd_and_what_systemd_says_of_it(void **state)
{
	(void)state;
	const struct step s[] = {
		SAYS(1, "systemd-oomd", "Memory pressure for /user.slice is 61.20% > 50.00% for > 20s "
		     "with reclaim activity"),
		SAYS(1, "systemd-oomd", "Killed " APP " due to memory pressure for /user.slice being "
		     "61.20% > 50.00% for > 20s with reclaim activity"),
		SAYS(2, "systemd", "app-x.scope: systemd-oomd killed 12 process(es) in this unit."),
		SAYS(2, "systemd", "app-x.scope: Failed with result 'oom-kill'."),
		END };
	struct t_facts t;
	run(s, &t);
	assert_int_equal(t.n[IQ_FACT_EVENT], 1);
	const struct iq_event *ev = T_FACT(&t, EVENT, event, 0);
	t_text(ev->kind, "userspace-kill");
	assert_int_equal(ev->wall_us, IQ_USEC);
	assert_int_equal(ev->truncated, IQ_NULL);
	t_text(T_FACT(&t, OOM, oom, 0)->killer, "systemd-oomd");
	assert_true(iq_starts(T_FACT(&t, OOM, oom, 0)->killer_reason,
			      IQ_LIT("memory pressure for ")));
	const struct iq_victim *v = T_FACT(&t, VICTIM, victim, 0);
	t_text(v->cgroup, APP);
	t_text(v->unit, "app-x.scope");
	assert_int_equal(v->pid, IQ_NULL);
	assert_int_equal(t.n[IQ_FACT_EVENT_LINE], 4);
	t_text(T_FACT(&t, EVENT_LINE, event_line, 0)->role, "killer");
	assert_int_equal(T_FACT(&t, SIGHTING, sighting, 0)->first_line, 1);
	assert_int_equal(T_FACT(&t, SIGHTING, sighting, 0)->last_line, 4);
	t_fini(&t);
}

/* The list of candidates in front of the kill tells how large the group was. */
static void oomd_candidates(void **state)
{
	(void)state;
	const struct step s[] = {
		SAYS(1, "systemd-oomd", "Considered 3 cgroups for killing, top candidates were:"),
		SAYS(1, "systemd-oomd", "\tPath: /other.slice/b.service"),
		SAYS(1, "systemd-oomd", "\t\tCurrent Memory Usage: 1.0G"),
		SAYS(1, "systemd-oomd", "\tPath: " APP),
		SAYS(1, "systemd-oomd", "\t\tMemory Pressure Limit: 0.00%"),
		SAYS(1, "systemd-oomd", "\t\tCurrent Memory Usage: 388.5M"),
		SAYS(1, "systemd-oomd", "\t\tPgscan: 3033791"),
		SAYS(2, "systemd-oomd", "Killed " APP " due to memory pressure for /user.slice being "
		     "61.20% > 50.00% for > 20s with reclaim activity"),
		SAYS(90, "systemd-oomd", "Killed " APP " due to memory pressure for /user.slice being "
		     "61.20% > 50.00% for > 20s with reclaim activity"),	/* another, not listed */
		END };
	static const struct { const char *text; int64_t want; } sizes[] = {
		{ "388.5M", INT64_C(3885) * 1024 * 1024 / 10 }, { "0B", 0 }, { "8.5K", 8704 },
		{ "1023P", INT64_C(1023) << 50 }, { "9E", IQ_NULL },
		{ "12", IQ_NULL }, { "M", IQ_NULL }, { "1.M", IQ_NULL }, { "", IQ_NULL },
		{ "99999999999M", IQ_NULL }, { "1MB", IQ_NULL },
	};
	struct t_facts t;
	run(s, &t);
	assert_int_equal(t.n[IQ_FACT_EVENT], 2);
	assert_int_equal(T_FACT(&t, OOM, oom, 0)->usage_bytes, INT64_C(3885) * 1024 * 1024 / 10);
	assert_int_equal(T_FACT(&t, OOM, oom, 1)->usage_bytes, IQ_NULL);
	t_fini(&t);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		assert_int_equal(iq_oomd_size(iq_slice_z(sizes[i].text)), sizes[i].want);
}

static void oomd_known_from_systemd_alone(void **state)
{
	(void)state;
	const struct step s[] = {
		SAYS(1, "systemd", "a.service: systemd-oomd killed 12 process(es) in this unit."),
		END };
	struct t_facts t;
	run(s, &t);
	t_text(T_FACT(&t, EVENT, event, 0)->kind, "userspace-kill");
	t_text(T_FACT(&t, OOM, oom, 0)->killer, "systemd-oomd");
	t_text(T_FACT(&t, VICTIM, victim, 0)->unit, "a.service");
	t_fini(&t);
}

static void earlyoom_term_and_kill_are_one(void **state)
{
	(void)state;
	const struct step s[] = {
		SAYS(1, "earlyoom", "low memory! at or below SIGTERM limits: mem 10.00%, swap 10.00%"),
		SAYS(1, "earlyoom", "sending SIGTERM to process 70 uid 1000 \"x\": oom_score 9, "
		     "oom_score_adj 3, VmRSS 6 MiB, cmdline \"x\""),
		SAYS(7, "earlyoom", "sending SIGKILL to process 70 uid 1000 \"x\": oom_score 9, "
		     "oom_score_adj 3, VmRSS 6 MiB, cmdline \"x\""),
		SAYS(8, "earlyoom", "process 70 exited after 0.612 seconds"),
		SAYS(60, "earlyoom", "sending SIGTERM to process 71 uid 0 \"y\": badness 9, VmRSS 6 MiB"),
		END };
	struct t_facts t;
	run(s, &t);
	assert_int_equal(t.n[IQ_FACT_EVENT], 2);
	const struct iq_victim *v = T_FACT(&t, VICTIM, victim, 0);
	assert_int_equal(v->pid, 70);
	assert_int_equal(v->uid, 1000);
	assert_int_equal(v->oom_score_adj, 3);
	t_text(v->comm, "x");
	t_text(T_FACT(&t, OOM, oom, 0)->killer_reason,
	       "low memory! at or below SIGTERM limits: mem 10.00%, swap 10.00%");
	assert_int_equal(T_FACT(&t, VICTIM, victim, 1)->pid, 71);
	t_text(T_FACT(&t, OOM, oom, 1)->killer_reason, NULL);
	t_fini(&t);
}

static void nohang_speaks_in_blocks(void **state)
{
	(void)state;
	const struct step s[] = {
		SAYS(1, "nohang", "Memory status that requires corrective actions:"),
		SAYS(1, "nohang", "  MemAvailable [99 MiB, 5.0 %] <= hard_threshold_min_mem [100 MiB, 5 %]"),
		SAYS(1, "nohang", "Victim status (found in 12ms):"),
		SAYS(1, "nohang", "  PID:       77, name: tail, state: R, EUID: 1000, oom_score_adj: 5"),
		SAYS(1, "nohang", "Implementing a corrective action:"),
		SAYS(1, "nohang", "  Sending SIGTERM to the victim"),
		END };
	struct t_facts t;
	run(s, &t);
	assert_int_equal(t.n[IQ_FACT_EVENT], 1);
	const struct iq_victim *v = T_FACT(&t, VICTIM, victim, 0);
	assert_int_equal(v->pid, 77);
	t_text(v->comm, "tail");
	assert_int_equal(v->uid, 1000);
	assert_int_equal(v->oom_score_adj, 5);
	t_text(T_FACT(&t, OOM, oom, 0)->killer, "nohang");
	assert_true(iq_starts(T_FACT(&t, OOM, oom, 0)->killer_reason, IQ_LIT("MemAvailable")));
	t_fini(&t);
}

#define RECLAIM "I0307 10:11:40.1 9 eviction_manager.go:377] \"Eviction manager: must evict " \
	"pod(s) to reclaim\" resourceName="
#define EVICTED "I0307 10:11:42.3 9 eviction_manager.go:595] \"Eviction manager: pod is " \
	"evicted successfully\" pod="
#define EVENT "event.go:307] \"Event occurred\" object=\"a/one\" kind=\"Pod\" reason=\"Evicted\" " \
	"message=\"The node was low on resource: memory. Threshold quantity: 100Mi, available: 9Mi.\""

/* kubelet's success line does not say what was short; the lines before do.  What it
 * says of one pod in two places is one eviction. */
static void evictions_for_memory_only(void **state)
{
	(void)state;
	const struct step disk[] = {
		SAYS(1, "kubelet", RECLAIM "\"ephemeral-storage\""),
		SAYS(3, "kubelet", EVICTED "\"a/one\""),
		END };
	const struct step memory[] = {
		SAYS(1, "kubelet", RECLAIM "\"memory\""),
		SAYS(2, "kubelet", EVENT),
		SAYS(3, "kubelet", EVICTED "\"a/one\""),
		SAYS(4, "kubelet", EVICTED "\"a/two\""),
		SAYS(60, "kubelet", EVICTED "\"a/three\""),	/* of whatever */
		END };
	struct t_facts t;
	run(disk, &t);
	assert_int_equal(t.n[IQ_FACT_EVENT], 0);
	t_fini(&t);
	run(memory, &t);
	assert_int_equal(t.n[IQ_FACT_EVENT], 2);
	t_text(T_FACT(&t, VICTIM, victim, 0)->container, "a/one");
	t_text(T_FACT(&t, VICTIM, victim, 1)->container, "a/two");
	assert_true(iq_starts(T_FACT(&t, OOM, oom, 0)->killer_reason, IQ_LIT("The node was low")));
	t_fini(&t);
}

/* Tellers near a kernel kill: no event of their own, and the unit is learned. */
static void tellers_of_a_kernel_kill(void **state)
{
	(void)state;
	const struct step before[] = {
		SAYS(1, "systemd", UNIT_OOM), KERNEL(3, 77, "java", NULL),
		SAYS(4, "kubelet", "System OOM encountered, victim process: java, pid: 77"), END };
	const struct step after[] = {
		KERNEL(1, 77, "java", NULL), SAYS(2, "systemd", UNIT_OOM),
		SAYS(2, "systemd", UNIT_EXIT), SAYS(9, "systemd", UNIT_RESULT), END };
	const struct step known_place[] = {
		KERNEL(1, 77, "java", "/system.slice/db.service"), SAYS(2, "systemd", UNIT_OOM),
		SAYS(2, "systemd", UNIT_EXIT), END };
	const struct step timeless[] = {
		KERNEL(-1, 77, "java", NULL), SAYS(-1, "systemd", UNIT_OOM), END };
	const struct { const struct step *s; size_t lines; } cases[] = {
		{ before, 2 }, { after, 3 }, { known_place, 2 }, { timeless, 1 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct t_facts t;
		run(cases[i].s, &t);
		assert_int_equal(t.n[IQ_FACT_EVENT], 0);
		assert_int_equal(t.n[IQ_FACT_VICTIM], 1);
		const struct iq_victim *v = T_FACT(&t, VICTIM, victim, 0);
		t_text(v->unit, "db.service");
		t_text(v->comm, "java");
		assert_int_equal(v->pid, 77);
		if (t.n[IQ_FACT_EVENT_LINE] != cases[i].lines)
			fail_msg("case %zu: %zu lines", i, t.n[IQ_FACT_EVENT_LINE]);
		assert_int_equal(T_FACT(&t, EVENT_LINE, event_line, 0)->event_id, v->event_id);
		t_fini(&t);
	}
}

static void tellers_of_another_kill(void **state)
{
	(void)state;
	/* too late, another unit, another pid, another container */
	const struct step cases[][4] = {
		{ KERNEL(1, 77, "java", NULL), SAYS(12, "systemd", UNIT_OOM), END },
		{ KERNEL(1, 77, "java", "/system.slice/a.service"), SAYS(2, "systemd", UNIT_OOM), END },
		{ SAYS(1, "systemd", UNIT_OOM), KERNEL(2, 77, "java", "/system.slice/a.service"), END },
		{ KERNEL(1, 77, "java", NULL),
		  SAYS(2, "kubelet", "System OOM encountered, victim process: go, pid: 78"), END },
		{ KERNEL(1, 77, "java", "/docker/1234567890ab1234567890ab"),
		  SAYS(2, "containerd", "msg=\"TaskOOM event container_id:\\\"" ID "\\\"\""), END },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct t_facts t;
		run(cases[i], &t);
		if (t.n[IQ_FACT_EVENT] != 1 || t.n[IQ_FACT_VICTIM] != 2)
			fail_msg("case %zu: %zu events", i, t.n[IQ_FACT_EVENT]);
		t_text(T_FACT(&t, EVENT, event, 0)->kind, "oom-kill");
		assert_int_equal(T_FACT(&t, EVENT, event, 0)->truncated, 1);
		t_fini(&t);
	}
}

static void container_of_a_kernel_kill(void **state)
{
	(void)state;
	const struct step s[] = {
		KERNEL(1, 77, "java", "/system.slice/docker-" ID ".scope"),
		SAYS(2, "conmon", "conmon 4fd0a1c9e3b74fd0a1c9 <nwarn>: OOM event received"),
		SAYS(2, "containerd", "msg=\"TaskOOM event container_id:\\\"" ID "\\\"\""), END };
	struct t_facts t;
	run(s, &t);
	assert_int_equal(t.n[IQ_FACT_EVENT], 0);
	assert_int_equal(t.n[IQ_FACT_EVENT_LINE], 2);
	t_fini(&t);
}

static void tellers_alone_are_headlines_of_kernel_kills(void **state)
{
	(void)state;
	const struct step s[] = {
		SAYS(1, "systemd", UNIT_EXIT), SAYS(1, "systemd", UNIT_OOM),
		SAYS(2, "systemd", UNIT_RESULT), END };
	struct t_facts t;
	run(s, &t);
	assert_int_equal(t.n[IQ_FACT_EVENT], 1);
	t_text(T_FACT(&t, EVENT, event, 0)->kind, "oom-kill");
	assert_int_equal(T_FACT(&t, EVENT, event, 0)->truncated, 1);
	t_text(T_FACT(&t, OOM, oom, 0)->killer, NULL);
	t_text(T_FACT(&t, VICTIM, victim, 0)->unit, "db.service");
	assert_int_equal(T_FACT(&t, VICTIM, victim, 0)->pid, IQ_NULL);
	assert_int_equal(t.n[IQ_FACT_EVENT_LINE], 3);
	t_fini(&t);
}

static void sigkill_is_no_proof(void **state)
{
	(void)state;
	const struct step s[] = { SAYS(1, "systemd", UNIT_EXIT), END };
	struct t_facts t;
	run(s, &t);
	assert_int_equal(t.n[IQ_FACT_EVENT], 0);
	t_fini(&t);
	/* nor is it taken for a kill whose unit is not known */
	const struct step near[] = {
		KERNEL(1, 77, "java", NULL), SAYS(2, "systemd", UNIT_EXIT), END };
	run(near, &t);
	assert_int_equal(t.n[IQ_FACT_EVENT_LINE], 0);
	t_text(T_FACT(&t, VICTIM, victim, 0)->unit, NULL);
	t_fini(&t);
}

static void kernel_was_faster_than_the_killer(void **state)
{
	(void)state;
	const struct step s[] = {
		SAYS(1, "earlyoom", "sending SIGTERM to process 77 uid 0 \"java\": badness 9, VmRSS 6 MiB"),
		KERNEL(4, 77, "java", NULL), END };
	struct t_facts t;
	run(s, &t);
	assert_int_equal(t.n[IQ_FACT_EVENT], 0);
	assert_int_equal(t.n[IQ_FACT_EVENT_LINE], 1);
	t_fini(&t);
}

static void kubectl_describe_twice_the_same(void **state)
{
	(void)state;
	const struct step s[] = {
		SAYS(-1, "", "  Warning  SystemOOM   3m  kubelet  System OOM encountered, victim process: "
		     "stress, pid: 3103"),
		SAYS(-1, "", "  Warning  OOMKilling  3m  kernel-monitor  Out of memory: Killed process 3103 "
		     "(stress) total-vm:1kB, anon-rss:1kB, file-rss:4kB"),
		SAYS(-1, "", "  Warning  SystemOOM   3m  kubelet  System OOM encountered, victim process: "
		     "nginx, pid: 9"), END };
	struct t_facts t;
	run(s, &t);
	assert_int_equal(t.n[IQ_FACT_EVENT], 2);
	assert_int_equal(T_FACT(&t, VICTIM, victim, 0)->pid, 3103);
	t_text(T_FACT(&t, VICTIM, victim, 0)->comm, "stress");
	assert_int_equal(T_FACT(&t, VICTIM, victim, 1)->pid, 9);
	assert_false(iq_eq(T_FACT(&t, EVENT, event, 0)->fingerprint,
			   T_FACT(&t, EVENT, event, 1)->fingerprint));
	t_fini(&t);
}

static void events_come_out_as_time_goes_on(void **state)
{
	(void)state;
	struct iq_err err;
	struct t_facts t;
	t_init(&t);
	struct iq_killers *k = iq_killers_new(&t.sink);
	struct iq_record rec = t_record(UNIT_OOM, 1);
	rec.ident = IQ_LIT("systemd");
	rec.wall_us = 100 * IQ_USEC;
	assert_int_equal(iq_killers_record(k, &rec, 5, &err), 1);
	struct iq_record later = t_record("eth0: link up", 2);
	later.wall_us = rec.wall_us + IQ_KILLERS_NEAR_US;
	assert_int_equal(iq_killers_tick(k, &later, &err), 0);
	assert_int_equal(t.n[IQ_FACT_EVENT], 0);
	later.wall_us = rec.wall_us + 3 * IQ_KILLERS_NEAR_US;
	assert_int_equal(iq_killers_tick(k, &later, &err), 0);
	assert_int_equal(t.n[IQ_FACT_EVENT], 1);
	iq_killers_free(k);
	t_fini(&t);
}

static void bounded_and_nothing_lost(void **state)
{
	(void)state;
	struct iq_err err;
	struct t_facts t;
	t_init(&t);
	struct iq_killers *k = iq_killers_new(&t.sink);
	const int n = 3 * IQ_KILLERS_HELD_MAX;
	for (int i = 0; i < n; i++) {
		char text[120];
		snprintf(text, sizeof text, "u%d.service: A process of this unit has been killed by "
			 "the OOM killer.", i);
		struct iq_record rec = t_record(text, i + 1);
		rec.wall_us = IQ_USEC;
		rec.ident = IQ_LIT("systemd");
		assert_int_equal(iq_killers_record(k, &rec, 5, &err), 1);
	}
	assert_int_equal(t.n[IQ_FACT_EVENT], n - IQ_KILLERS_HELD_MAX);
	for (int i = 0; i < n; i++) {
		const struct step s = KERNEL(500, i + 1, "x", "/a.service");
		kernel_kill(k, &s, &err);
	}
	assert_int_equal(iq_killers_finish(k, &err), 0);
	assert_int_equal(t.n[IQ_FACT_EVENT], n);
	assert_int_equal(t.n[IQ_FACT_VICTIM], 2 * n);
	iq_killers_free(k);
	t_fini(&t);
}

static void same_unit_again_is_another_event(void **state)
{
	(void)state;
	const struct step s[] = {	/* at the same second of the hour, too */
		SAYS(100, "systemd", UNIT_OOM), SAYS(3700, "systemd", UNIT_OOM),
		SAYS(7300, "systemd", UNIT_OOM), END };
	struct t_facts t;
	run(s, &t);
	assert_int_equal(t.n[IQ_FACT_EVENT], 3);
	for (size_t i = 1; i < 3; i++)
		assert_false(iq_eq(T_FACT(&t, EVENT, event, i)->fingerprint,
				   T_FACT(&t, EVENT, event, i - 1)->fingerprint));
	t_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(single_lines),
		cmocka_unit_test(single_lines_pass_the_filter),
		cmocka_unit_test(other_lines),
		cmocka_unit_test(oomd_and_what_systemd_says_of_it),
		cmocka_unit_test(oomd_candidates),
		cmocka_unit_test(oomd_known_from_systemd_alone),
		cmocka_unit_test(earlyoom_term_and_kill_are_one),
		cmocka_unit_test(nohang_speaks_in_blocks),
		cmocka_unit_test(evictions_for_memory_only),
		cmocka_unit_test(tellers_of_a_kernel_kill),
		cmocka_unit_test(tellers_of_another_kill),
		cmocka_unit_test(container_of_a_kernel_kill),
		cmocka_unit_test(tellers_alone_are_headlines_of_kernel_kills),
		cmocka_unit_test(sigkill_is_no_proof),
		cmocka_unit_test(kernel_was_faster_than_the_killer),
		cmocka_unit_test(kubectl_describe_twice_the_same),
		cmocka_unit_test(events_come_out_as_time_goes_on),
		cmocka_unit_test(bounded_and_nothing_lost),
		cmocka_unit_test(same_unit_again_is_another_event),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

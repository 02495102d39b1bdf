/* plugins/bundle_missing.c - what would have told more of an OOM kill and is not in the
 * capture, though a bundle could have had it; each with how to have it next time, by the
 * options of the collector that made this one.  Only for reports that lack parts: of a
 * whole one nothing is missing.  Contributing.
 *
 * Follows sos 3.0 to 4.12 (plugins logs, kernel, process: oom_score_adj of processes since
 * 4.2; the command is "sos report" since 4.0, sosreport before), supportconfig.conf(5),
 * journald.conf(5) Storage=, vm.rst oom_dump_tasks.
 */
#include <stdlib.h>
#include <string.h>

#include "inquest/plugin.h"

struct look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	const struct inquest_event *ev;
	struct inquest_finding *f;
	size_t n;
	const char *names;
	int sos;			/* version, 4009 for 4.9; 0: not made by sos */
	int supportconfig;
};

/* A number that SQL gives for the event's capture and its later state. */
static int64_t ask(const struct look *l, const char *sql)
{
	struct inquest_query *q = l->h->prepare(l->ctx, sql);
	int64_t v = INQUEST_NULL;

	if (q && !l->h->bind_int(q, ":event", l->ev->event_id) && l->h->step(q) == 1)
		v = l->h->column_int(q, 0);
	if (q)
		l->h->finalize(q);
	return v;
}

/* VIEW, ROW: what shows it, if anything does. */
static void add(struct look *l, const char *name, const char *how, const char *view,
		int64_t row, const char *shows)
{
	l->names = l->h->text(l->ctx, "%s%s%s", l->names, l->n++ ? "; " : "", name);
	l->h->finding_missing(l->f, name, how);
	if (view)
		l->h->cite_row(l->f, view, row, "%s", shows);
}

#define CAPTURES "(SELECT capture_id FROM v1_sighting WHERE event_id = :event)"
#define LATER "(SELECT snapshot_id FROM v1_event_snapshot WHERE event_id = :event " \
	"AND role = 'later' LIMIT 1)"

/* The collector of the first capture that has the event and was made by one. */
static void find_collector(struct look *l)
{
	struct inquest_query *q = l->h->prepare(l->ctx, "SELECT format FROM v1_capture "
		"WHERE capture_id IN " CAPTURES " AND (format GLOB 'sosreport *' "
		"OR format GLOB 'supportconfig*') ORDER BY capture_id LIMIT 1");
	const char *s;
	char *end;

	if (!q || l->h->bind_int(q, ":event", l->ev->event_id) || l->h->step(q) != 1)
		return;
	s = l->h->column_text(q, 0);
	if (s && !strncmp(s, "supportconfig", 13))
		l->supportconfig = 1;
	else if (s && !strncmp(s, "sosreport ", 10)) {
		l->sos = (int)strtol(s + 10, &end, 10) * 1000;
		l->sos += *end == '.' ? (int)strtol(end + 1, NULL, 10) : 0;
	}
	l->h->finalize(q);
}

/* The collector's own command line with these options; NULL: it has none for that. */
static const char *command(const struct look *l, const char *sos, const char *supportconfig)
{
	if (l->supportconfig)
		return supportconfig;
	return l->h->text(l->ctx, "%s %s", l->sos && l->sos < 4000 ? "sosreport" : "sos report",
			  sos);
}

static void journal(struct look *l)
{
	/* machines of that time have none */
	if (ask(l, "SELECT count(*) FROM v1_event AS e JOIN v1_boot AS b USING (boot_id) "
		"WHERE e.event_id = :event AND b.kernel_release GLOB '2.6.*'") > 0 ||
	    ask(l, "SELECT count(*) FROM v1_member WHERE capture_id IN " CAPTURES
		" AND (member GLOB '*journalctl*' OR member GLOB '*.journal' "
		"OR member GLOB '*.journal~') AND records_kernel > 0") != 0)
		return;
	add(l, "a journal that outlives the boot", l->h->text(l->ctx, "Storage=persistent in "
	    "/etc/systemd/journald.conf, mkdir -p /var/log/journal and systemctl restart "
	    "systemd-journald; %s takes it", l->sos && l->sos < 3009 ? "sosreport of 3.9 or later"
	    : command(l, "-o logs", "supportconfig -l")), NULL, 0, NULL);
}

static void logs(struct look *l)
{
	int64_t cut = ask(l, "SELECT min(issue_id) FROM v1_issue WHERE capture_id IN " CAPTURES
			  " AND code = 'log-cut' AND member_id IN (SELECT member_id "
			  "FROM v1_sighting WHERE event_id = :event)");

	/* what the cut took stood before the rest */
	if (inquest_known(cut) && !l->h->line(l->ctx, "headline"))
		add(l, "the log before the place where the collector cut it",
		    command(l, "--log-size 0 --all-logs (the whole logs and the rotated ones)",
			    "supportconfig -l, with VAR_OPTION_MSG_MAXSIZE=0 in "
			    "/etc/supportconfig.conf (the whole logs and the rotated ones)"),
		    "v1_issue", cut, "only the end of a log was kept");
	if (ask(l, "SELECT count(*) FROM v1_sighting WHERE event_id = :event "
		"AND (member GLOB '*dmesg*' OR member GLOB '*boot.txt#*')") == 0)
		add(l, "the report in dmesg", l->h->text(l->ctx, "dmesg soon after it happened, or "
		    "log_buf_len=16M on the command line; %s takes it", command(l, "-o kernel,logs",
		    "supportconfig -i BOOT")), NULL, 0, NULL);
	journal(l);
}

static const char *adj_by_hand(const struct look *l)
{
	static const char hand[] = "grep . /proc/[0-9]*/oom_score_adj";

	if (l->supportconfig)
		return l->h->text(l->ctx, "supportconfig does not take it; by hand: %s", hand);
	if (l->sos && l->sos < 4002)
		return l->h->text(l->ctx, "sos takes it of each process since 4.2, this one is %d.%d; "
				  "by hand: %s", l->sos / 1000, l->sos % 1000, hand);
	return l->h->text(l->ctx, "sos report -o process (4.2 or later); by hand: %s", hand);
}

static void tasks(struct look *l)
{
	size_t n = 0;
	int64_t row;

	l->h->tasks(l->ctx, &n);
	if (n)
		return;
	row = ask(l, "SELECT sysctl_id FROM v1_sysctl WHERE snapshot_id = " LATER
		  " AND name = 'vm.oom_dump_tasks' AND value = '0'");
	if (inquest_known(row))
		add(l, "the task table, which the kernel was told not to print",
		    "sysctl -w vm.oom_dump_tasks=1", "v1_sysctl", row, "vm.oom_dump_tasks = 0");
	row = ask(l, "SELECT min(task_id) FROM v1_task WHERE snapshot_id = " LATER
		  " HAVING count(*) > 1 AND count(oom_score_adj) = 0");
	if (inquest_known(row))
		add(l, "oom_score_adj of the processes", adj_by_hand(l), "v1_task", row,
		    "processes at collection, none with its oom_score_adj");
}

/* The request, the figures of a kill of the machine: verdicts rest on them. */
static int lacks_parts(const struct look *l, const struct inquest_oom *o)
{
	size_t n = 0;

	l->h->zones(l->ctx, &n);
	return l->ev->truncated == 1 || !l->h->line(l->ctx, "headline") ||
	       (!n && (!o->constraint || strcmp(o->constraint, "memcg") != 0));
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	struct look l = { .h = h, .ctx = ctx, .ev = h->event(ctx), .names = "" };
	const struct inquest_oom *o = h->oom(ctx);
	int lacks;

	if (!l.ev || !o || ask(&l, "SELECT count(*) FROM v1_capture WHERE kind = 'bundle' "
			       "AND capture_id IN " CAPTURES) <= 0)
		return 0;
	lacks = lacks_parts(&l, o);
	find_collector(&l);
	l.f = h->finding_new(ctx, INQUEST_CONTRIBUTING, "not-in-the-bundle", INQUEST_SEV_NOTICE,
			     INQUEST_CERTAIN, "bundle-missing");
	if (lacks)
		logs(&l);
	tasks(&l);
	if (!l.n)
		return 0;
	h->finding_title(l.f, "not in the bundle: %s", l.names);
	h->finding_explain(l.f, "The report as it was found lacks parts.");
	h->cite_row(l.f, "v1_event", l.ev->event_id, "a report without %s",
		    lacks ? "its beginning, its end or the figures of memory" : "its task table");
	h->finding_commit(l.f);
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "bundle-missing",
	.version = "1.0",
	.description = "What a bundle could have had of an OOM kill, and how to have it",
	.kinds = (const char *const[]){ "oom-kill", NULL },
	.event = look,
};

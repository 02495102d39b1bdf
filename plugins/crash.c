/* plugins/crash.c - why the machine died or was wounded: one cause for every event of a
 * kind that is no memory event.
 *
 * Kinds and causes as the contract lists them; each source file names what it follows.
 * Where the report does not carry a cause the verdict is `unknown`, with what was
 * missing.
 */
#include "crash.h"

#define SECONDS 1000000
#define LONG_SECONDS (24 * 3600)

/* "40 s", "12 min", "31 h", "3 days" */
static const char *span(const struct look *l, int64_t s)
{
	if (s < 120)
		return l->h->text(l->ctx, "%lld s", (long long)s);
	if (s < 2 * 3600)
		return l->h->text(l->ctx, "%lld min", (long long)(s / 60));
	if (s < 2 * LONG_SECONDS)
		return l->h->text(l->ctx, "%lld h", (long long)(s / 3600));
	return l->h->text(l->ctx, "%lld days", (long long)(s / LONG_SECONDS));
}

static const struct inquest_line *line_of(const struct look *l, const char *role)
{
	for (size_t i = 0; i < l->n_lines; i++)
		if (is(l->lines[i].role, role))
			return &l->lines[i];
	return NULL;
}

/* Surer where the next boot says itself that nothing was shut down; less where lines may
 * be missing in between, or the log is an excerpt. */
static void judge_silent(const struct look *l, struct judged *j)
{
	const struct inquest_line *unclean = line_of(l, "unclean");
	int64_t gap = inquest_known(l->c->stuck_us) ? l->c->stuck_us / SECONDS
						    : INQUEST_NULL;
	int doubt = has(l->c->quality, "few-lines") ||
		    (inquest_known(gap) && gap > LONG_SECONDS);

	judge(j, "silent-stop", "crash-silent-stop",
	      doubt	? INQUEST_GUESS
	      : unclean ? INQUEST_STRONG
			: INQUEST_LIKELY);
	j->title = "the log just ends; the next boot follows without a shutdown";
	if (inquest_known(gap))
		j->title = l->h->text(l->ctx,
				      "the log just ends; the next boot follows %s later, "
				      "without a shutdown",
				      span(l, gap));
	why(j,
	    "Nothing was said before the end: no panic, no shutdown. Power was cut, the "
	    "machine was reset (watchdog, button, hypervisor, reboot -f), it hung so hard "
	    "that nothing could be written any more, or the panic did not reach this log.");
	if (unclean)
		why(j, "The next boot found what the last one had not put away: filesystems "
		       "or journals were not closed.");
	if (inquest_known(gap) && gap > LONG_SECONDS)
		why(j, "The time between is long: the machine was off, or lines of the log "
		       "are missing, and a shutdown with them.");
	if (has(l->c->quality, "few-lines"))
		why(j, "Only few lines of programs are there: should this be an excerpt, a "
		       "shutdown may have been left out.");
	advise(j, "look at the management processor's event log (ipmitool sel list) or "
		  "the cloud console for a reset or power event at that time");
	advise(j, "set up kdump, or netconsole, or a serial console with kernel.panic "
		  "set: the last words of a panic rarely reach the disk");
	advise(j, "kernel.hardlockup_panic=1, kernel.softlockup_panic=1 and "
		  "kernel.hung_task_panic=1 turn a silent hang into a dump");
	miss(j, "the last words of the kernel",
	     "kdump, pstore, netconsole or a serial console");
}

static void judge_unknown(const struct look *l, struct judged *j)
{
	judge(j, "unknown", "crash-unknown", INQUEST_GUESS);
	j->title = "the report does not carry a cause";
	why(j,
	    "What is left of it names no address, assertion, lock or device that would "
	    "tell why.");
	if (!l->n_frames)
		miss(j, "the call trace",
		     "keep messages of level warning (4): journalctl -k -b, "
		     "dmesg, or a serial console with loglevel=7");
	else
		miss(j, "the state of the machine at that moment",
		     "a crash dump (kdump), and the kernel log of all levels");
}

int judge_event(const struct look *l, struct judged *j)
{
	static const struct {
		const char *kind;
		int (*judge)(const struct look *l, struct judged *j);
	} t[] = {
		{"oops", judge_oops},          {"bug", judge_report},
		{"sanitizer", judge_report},   {"warning", judge_report},
		{"soft-lockup", judge_lockup}, {"hard-lockup", judge_lockup},
		{"rcu-stall", judge_lockup},   {"workqueue-lockup", judge_lockup},
		{"hung-task", judge_hung},     {"hardware", judge_hardware},
		{"filesystem", judge_disk},    {"storage", judge_disk},
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if (is(l->kind, t[i].kind))
			return t[i].judge(l, j);
	return 0;
}

static int event(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	const struct inquest_event *e = h->event(ctx);
	struct judged j = {0};
	struct look l, parent;
	int led = 0;

	if (!e || !look_at(&l, h, ctx, e->event_id))
		return 0;
	if (is(l.kind, "silent-stop"))
		judge_silent(&l, &j);
	else if (is(l.kind, "panic") ? !judge_panic(&l, &j, &parent, &led)
				     : !judge_event(&l, &j))
		judge_unknown(&l, &j);
	return commit(&l, led ? &parent : NULL, &j);
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "crash-cause",
	.version = "1.0",
	.description =
		"the cause of panics, oopses, lockups, hung tasks and hardware errors",
	.kinds = (const char *const[]){"panic", "oops", "bug", "sanitizer", "warning",
				       "soft-lockup", "hard-lockup", "hung-task",
				       "rcu-stall", "workqueue-lockup", "hardware",
				       "filesystem", "storage", "silent-stop", NULL},
	.event = event,
};

/* plugins/crash_context.c - what stands around a crash: code from outside the kernel,
 * what had gone wrong earlier in this boot, lines that were lost, a report that is not
 * whole.
 *
 * Contributing, never a cause.  Taint letters: kernel/panic.c taint_flags[],
 * Documentation/admin-guide/tainted-kernels.rst.
 */
#include <string.h>

#include "inquest/plugin.h"

struct look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	const struct inquest_event *ev;
	const struct inquest_crash *c;
};

static int has_letter(const char *taint, char letter)
{
	return taint && strchr(taint, letter) != NULL;
}

static struct inquest_finding *start(const struct look *l, const char *verdict,
				     enum inquest_severity severity,
				     enum inquest_confidence sure, const char *rule)
{
	return l->h->finding_new(l->ctx, INQUEST_CONTRIBUTING, verdict, severity, sure,
				 rule);
}

static void cite_cpu_line(const struct look *l, struct inquest_finding *f)
{
	if (!l->h->cite_role(f, "cpu", 1) && !l->h->cite_role(f, "headline", 1) &&
	    !l->h->cite_role(f, "panic", 1))
		l->h->cite_row(f, "v1_event", l->ev->event_id, "%s", l->ev->kind);
}

/* --- modules --- */

/* "nvidia(POE) lab(OE) snd(E)": flags of NAME, up to 16 letters; 0: it is not there. */
static int flags_of(const char *modules, const char *name, char ret[17])
{
	size_t len = strlen(name);

	for (const char *at = modules; at && (at = strstr(at, name)); at += len) {
		size_t n = 0;
		if ((at != modules && at[-1] != ' ') || at[len] != '(')
			continue;
		for (at += len + 1; *at && *at != ')' && n < 16; at++)
			ret[n++] = *at;
		ret[n] = 0;
		return 1;
	}
	return 0;
}

static int is_foreign(const char *flags)
{
	return has_letter(flags, 'O') || has_letter(flags, 'P') || has_letter(flags, 'F');
}

/* Names of the modules with O, P or F among their flags. */
static const char *foreign_modules(const struct look *l)
{
	const char *list = "", *at = l->c->modules;

	while (at && *at) {
		const char *open = strchr(at, '('),
			   *close = open ? strchr(open, ')') : NULL;
		const char *name = open;
		if (!close)
			break;
		while (name > at && name[-1] != ' ')
			name--;
		for (const char *p = open; p < close; p++)
			if (*p == 'O' || *p == 'P' || *p == 'F') {
				list = l->h->text(l->ctx, "%s%s%.*s", list,
						  *list ? ", " : "", (int)(open - name),
						  name);
				break;
			}
		at = close + 1;
	}
	return list;
}

/* Not every report lists the modules; a dump or bundle of the boot does. */
static int flags_elsewhere(const struct look *l, char ret[17])
{
	struct inquest_query *q = l->h->prepare(
		l->ctx, "SELECT m.taints FROM v1_snapshot AS s "
			"JOIN v1_module AS m USING (snapshot_id) WHERE s.boot_id = :boot "
			"AND m.name = :name AND m.taints IS NOT NULL LIMIT 1");
	int found = 0;

	if (!q)
		return 0;
	l->h->bind_int(q, ":boot", l->ev->boot_id);
	l->h->bind_text(q, ":name", l->c->module);
	if (l->h->step(q) == 1) {
		const char *taints = l->h->column_text(q, 0);
		size_t n = 0;
		for (; taints && taints[n] && n < 16; n++)
			ret[n] = taints[n];
		ret[n] = 0;
		found = 1;
	}
	l->h->finalize(q);
	return found;
}

/* Those that a dump or bundle of the boot lists. */
static const char *foreign_elsewhere(const struct look *l)
{
	struct inquest_query *q = l->h->prepare(
		l->ctx, "SELECT DISTINCT m.name FROM v1_snapshot AS s "
			"JOIN v1_module AS m USING (snapshot_id) WHERE s.boot_id = :boot "
			"AND m.taints GLOB '*[OPF]*' ORDER BY m.name LIMIT 9");
	const char *list = "";

	if (!q)
		return list;
	l->h->bind_int(q, ":boot", l->ev->boot_id);
	for (int n = 0; l->h->step(q) == 1; n++)
		list = l->h->text(l->ctx, "%s%s%s", list, n ? ", " : "",
				  n == 8 ? "..." : l->h->column_text(q, 0));
	l->h->finalize(q);
	return list;
}

/* The function that is blamed lies in code that the kernel's makers never saw. */
static int say_module(const struct look *l)
{
	struct inquest_finding *f;
	char flags[17];

	if (!l->c->module)
		return 0;
	if (!flags_of(l->c->modules, l->c->module, flags) && !flags_elsewhere(l, flags))
		return 0;
	if (!is_foreign(flags))
		return 0;
	f = start(l, "foreign-module", INQUEST_WARNING, INQUEST_LIKELY,
		  "crash-foreign-module");
	l->h->finding_title(
		f, "it happened in module %s, which is not part of the kernel (%s)",
		l->c->module, flags);
	l->h->finding_explain(
		f,
		"The first frame that is not core kernel is of %s, %s. Who built "
		"it can read the trace; the makers of the kernel cannot.",
		l->c->module,
		has_letter(flags, 'P') ? "a proprietary module"
				       : "built outside the kernel's tree");
	l->h->finding_advise(
		f, "try a newer %s, or the machine without it; report it to its maker",
		l->c->module);
	l->h->cite_role(f, "frame", 2);
	cite_cpu_line(l, f);
	l->h->finding_commit(f);
	return 1;
}

static void say_foreign(const struct look *l)
{
	const char *list = foreign_modules(l);
	const char *shown = *list ? list : foreign_elsewhere(l);
	int p = has_letter(l->c->taint, 'P'), o = has_letter(l->c->taint, 'O');
	int forced = has_letter(l->c->taint, 'F') || has_letter(l->c->taint, 'R');
	struct inquest_finding *f;

	if (!p && !o && !forced)
		return;
	f = start(l, "foreign-modules", INQUEST_SEV_NOTICE, INQUEST_CERTAIN,
		  "crash-taint-modules");
	l->h->finding_title(f, "code from outside the kernel was loaded%s%s%s",
			    *shown ? " (" : "", shown, *shown ? ")" : "");
	l->h->finding_explain(
		f,
		"Tainted: %s%s%s. %s It runs with the kernel's rights and may have "
		"written anywhere.",
		p   ? "a proprietary module"
		: o ? "a module from outside the tree"
		    : "",
		forced ? (p || o ? ", " : "") : "",
		forced ? "a module loaded or unloaded by force" : "",
		*shown         ? "None of it stands in the deciding frames."
		: l->c->module ? l->h->text(l->ctx,
					    "The report does not list which; %s may be "
					    "one.",
					    l->c->module)
			       : "The report does not list which.");
	cite_cpu_line(l, f);
	l->h->finding_commit(f);
}

/* --- what came before --- */

/* The first of the boot: what broke first tells most, and a storm of thousands costs no
 * more than this. */
#define BEFORE                                                                           \
	"FROM (SELECT event_id, kind, mono_us, title FROM v1_event WHERE boot_id = "     \
	":boot AND (mono_us < :mono OR "                                                 \
	"(mono_us IS NULL AND event_id < :self)) ORDER BY mono_us, event_id LIMIT 300) " \
	"AS e "                                                                          \
	"LEFT JOIN v1_crash AS c USING (event_id) "                                      \
	"WHERE e.event_id <> :self AND e.event_id IS NOT :parent "

static struct inquest_query *before(const struct look *l, const char *sql)
{
	struct inquest_query *q = l->h->prepare(l->ctx, sql);

	if (!q)
		return NULL;
	l->h->bind_int(q, ":boot", l->ev->boot_id);
	l->h->bind_int(q, ":self", l->ev->event_id);
	if (inquest_known(l->ev->parent_id))
		l->h->bind_int(q, ":parent", l->ev->parent_id);
	l->h->bind_int(q, ":mono", l->ev->mono_us);
	return q;
}

/* Events of the boot, the first of each kind with how many there were. */
static void say_earlier(const struct look *l)
{
	struct inquest_query *q =
		before(l, "SELECT min(e.event_id), e.kind, count(*), "
			  "coalesce(c.reason, e.title, e.kind), min(e.mono_us), "
			  "max(e.mono_us) " BEFORE
			  /* more of the same is the same story */
			  "AND NOT (e.kind = :kind AND c.form IS :form) "
			  "GROUP BY e.kind ORDER BY min(e.mono_us) LIMIT 8");
	struct inquest_finding *f = NULL;
	const char *kinds = "";
	int64_t n = 0;

	if (q) {
		l->h->bind_text(q, ":kind", l->ev->kind);
		l->h->bind_text(q, ":form", l->c->form ? l->c->form : "");
	}
	while (q && l->h->step(q) == 1) {
		const char *kind = l->h->column_text(q, 1),
			   *reason = l->h->column_text(q, 3);
		int64_t count = l->h->column_int(q, 2), last = l->h->column_int(q, 5);
		int64_t away = inquest_known(last) && inquest_known(l->ev->mono_us)
				       ? (l->ev->mono_us - last) / 1000000
				       : INQUEST_NULL;
		if (!f)
			f = start(l, "earlier-trouble", INQUEST_WARNING, INQUEST_CERTAIN,
				  "crash-earlier");
		l->h->cite_row(f, "v1_event", l->h->column_int(q, 0), "%s%s: %s%s", kind,
			       count > 1
				       ? l->h->text(l->ctx, " (%lld of them, the first)",
						    (long long)count)
				       : "",
			       reason,
			       inquest_known(away)
				       ? l->h->text(l->ctx, "; the last %lld s before",
						    (long long)away)
				       : "");
		kinds = l->h->text(l->ctx, "%s%s%lld %s", kinds, *kinds ? ", " : "",
				   (long long)count, kind);
		n += count;
	}
	if (q)
		l->h->finalize(q);
	if (!f)
		return;
	l->h->finding_title(f, "%lld event%s earlier in this boot: %s", (long long)n,
			    n == 1 ? "" : "s", kinds);
	l->h->finding_explain(
		f, "What broke first tells most: look at the earliest of them before "
		   "this one.");
	l->h->finding_commit(f);
}

static int64_t earlier_of(const struct look *l, const char *kinds)
{
	struct inquest_query *q =
		before(l, "SELECT count(*) " BEFORE
			  "AND instr(:kinds, ' ' || e.kind || ' ') > 0");
	int64_t n = 0;

	if (!q)
		return 0;
	l->h->bind_text(q, ":kinds", kinds);
	if (l->h->step(q) == 1)
		n = l->h->column_int(q, 0);
	l->h->finalize(q);
	return n;
}

/* Letters that tell of an earlier event; of one whose report is not there they are all
 * that is left. */
static void say_taint(const struct look *l)
{
	static const struct {
		char letter;
		const char *kinds, *what, *weight;
	} t[] = {
		{'M', " hardware ", "a machine check",
		 "The hardware had failed before: believe no pointer of this report."},
		{'B', " bug sanitizer oops ",
		 "a page in a state that cannot be (bad page)",
		 "Memory was corrupted before: this crash may be its consequence."},
		{'D', " oops bug panic sanitizer ", "an oops or BUG",
		 "This is not the first oops: the first is the cause, what follows may "
		 "be its consequence."},
		{'L', " soft-lockup hard-lockup ", "a soft lockup",
		 "A CPU had been stuck before."},
		{'W', " warning ", "a warning",
		 "The kernel had met a state that it did not "
		 "expect."},
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct inquest_finding *f;
		/* D and W are set by the report itself on its way to a panic */
		if (!has_letter(l->c->taint, t[i].letter) || earlier_of(l, t[i].kinds) ||
		    inquest_known(l->ev->parent_id) ||
		    (t[i].letter == 'M' && l->h->line(l->ctx, "hw")))
			continue;
		f = start(l, "tainted-before",
			  t[i].letter == 'W' || t[i].letter == 'L' ? INQUEST_SEV_NOTICE
								   : INQUEST_WARNING,
			  INQUEST_CERTAIN, "crash-taint-before");
		l->h->finding_title(
			f,
			"%s had come before in this boot (taint %c); its report is not "
			"in this capture",
			t[i].what, t[i].letter);
		l->h->finding_explain(f, "%s", t[i].weight);
		l->h->finding_missing(
			f, l->h->text(l->ctx, "the report of %s", t[i].what),
			"the log of this boot from its start: journalctl -k -b, "
			"/var/log/messages, the serial console's log");
		cite_cpu_line(l, f);
		l->h->finding_commit(f);
	}
}

/* --- the report itself --- */

static void say_quality(const struct look *l)
{
	struct inquest_finding *f;

	if (!l->c->quality ||
	    (!strstr(l->c->quality, "corrupted") && !strstr(l->c->quality, "unreliable")))
		return;
	f = start(l, "report-unsure", INQUEST_SEV_NOTICE, INQUEST_CERTAIN,
		  "crash-quality");
	if (strstr(l->c->quality, "corrupted"))
		l->h->finding_title(
			f, "the report is mixed with another, or parts of it are "
			   "missing");
	else
		l->h->finding_title(f, "the unwinder vouches for no frame of the trace");
	l->h->finding_explain(f, "Function and stack were taken from what is left: %s.",
			      l->c->quality);
	cite_cpu_line(l, f);
	l->h->finding_commit(f);
}

/* Lines that the ring buffer or the console lost around it. */
static void say_lost(const struct look *l)
{
	struct inquest_query *q = l->h->prepare(
		l->ctx, "SELECT i.issue_id, i.text "
			"FROM v1_sighting AS s JOIN v1_issue AS i USING (capture_id) "
			"WHERE s.event_id = :event AND i.code IN ('printk-dropped', "
			"'sequence-gap', 'messages-lost') AND (i.line IS NULL OR i.line "
			"BETWEEN s.first_line - 300 AND "
			"s.last_line + 50) LIMIT 1");
	struct inquest_finding *f;

	if (!q)
		return;
	l->h->bind_int(q, ":event", l->ev->event_id);
	if (l->h->step(q) == 1) {
		f = start(l, "lines-lost", INQUEST_SEV_NOTICE, INQUEST_CERTAIN,
			  "crash-lines-lost");
		l->h->finding_title(f, "lines of the log were lost around it: %s",
				    l->h->column_text(q, 1) ? l->h->column_text(q, 1)
							    : "?");
		l->h->finding_explain(
			f, "A report of the cause may have been among them; a larger "
			   "log_buf_len= keeps more.");
		l->h->cite_row(f, "v1_issue", l->h->column_int(q, 0), "%s",
			       l->h->column_text(q, 1) ? l->h->column_text(q, 1) : "?");
		l->h->finding_commit(f);
	}
	l->h->finalize(q);
}

/* Is the event one after which nothing or little worked any more?  A warning among
 * thousands needs no surroundings. */
static int is_serious(const char *kind)
{
	return strcmp(kind, "warning") && strcmp(kind, "storage") &&
	       strcmp(kind, "hardware") && strcmp(kind, "filesystem");
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	struct look l = {.h = h, .ctx = ctx, .ev = h->event(ctx)};

	if (!l.ev || !(l.c = h->crash(ctx, INQUEST_NULL)) || !is_serious(l.ev->kind))
		return 0;
	/* what another led to has its surroundings there; a kill for lack of memory is no
	 * crash and has none */
	if (inquest_known(l.ev->parent_id) &&
	    !(l.ev->parent_kind && !strcmp(l.ev->parent_kind, "oom-kill")))
		return 0;
	if (!say_module(&l))
		say_foreign(&l);
	if (inquest_known(l.ev->boot_id)) {
		say_earlier(&l);
		say_taint(&l);
	}
	say_quality(&l);
	say_lost(&l);
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "crash-context",
	.version = "1.0",
	.description = "modules from outside the kernel, earlier trouble and lost lines "
		       "around a crash",
	.kinds = (const char *const[]){"panic", "oops", "bug", "sanitizer", "soft-lockup",
				       "hard-lockup", "hung-task", "rcu-stall",
				       "workqueue-lockup", NULL},
	.event = look,
};

/* analyze/choose.c - see choose.h. */
#include "analyze/choose.h"

#include "analyze/inquest/plugin.h"
#include "model/facts.h"

static bool is_unknown(const struct iq_found *f)
{
	return iq_eq(f->verdict, IQ_LIT("unknown"));
}

static bool better(const struct iq_found *a, const struct iq_found *b)
{
	if (is_unknown(a) != is_unknown(b))
		return is_unknown(b);
	if (a->confidence != b->confidence)
		return a->confidence < b->confidence;
	return a->priority > b->priority;
}

size_t iq_choose_cause(struct iq_found *f, size_t n)
{
	size_t best = n;

	for (size_t i = 0; i < n; i++)
		if (f[i].role == INQUEST_CAUSE && (best == n || better(&f[i], &f[best])))
			best = i;
	for (size_t i = 0; i < n; i++) {
		if (f[i].role != INQUEST_CAUSE || i == best)
			continue;
		bool holds = f[i].confidence <= INQUEST_STRONG && !is_unknown(&f[i]) &&
			     !iq_eq(f[i].verdict, f[best].verdict);
		f[i].role = holds ? INQUEST_CONTRIBUTING : 0;
	}
	return best;
}

#define HOW_DEFAULT \
	"the kernel log in full, all levels: journalctl -k -b, or dmesg, right after it happened"

/* Parts of a report (v1_event.missing), and how to have them the next time. */
static const struct { const char *part, *what, *how; } parts[] = {
	{ "headline", "the line `... invoked oom-killer: gfp_mask=...`",
	  "keep the log from before the kill: journalctl -k -b, or dmesg with a larger "
	  "log_buf_len=" },
	{ "mem-info", "the Mem-Info block",
	  "keep messages of level warning (4): read them from dmesg or the journal, not "
	  "from a console that shows errors only" },
	{ "table", "the task table",
	  "sysctl vm.oom_dump_tasks=1, and keep messages of level info (6)" },
	{ "summary", "the line `oom-kill:constraint=...`",
	  "keep messages of level info (6): journalctl -k, dmesg" },
	{ "killed", "the line `Killed process ...`",
	  "keep the log from after the report" },
	{ "cpu", "the line `CPU: ... PID: ... Comm: ...`",
	  "keep messages of level warning (4)" },
	{ "stack", "the call trace", "keep messages of level warning (4)" },
	{ "machine", "the state of the machine at that moment",
	  "a crash dump (kdump), and the kernel log of all levels: journalctl -k -b, dmesg" },
	{ "pages-ram", "the end of the Mem-Info block",
	  "keep the log from after the report" },
};

static void add_missing(struct iq_found *f, struct iq_slice part)
{
	struct iq_found_pair *m;

	if (!part.n || f->n_missing == IQ_FOUND_ADVICE_MAX)
		return;
	m = &f->missing[f->n_missing++];
	*m = (struct iq_found_pair){ part, IQ_LIT(HOW_DEFAULT) };
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (!iq_eq(part, iq_slice_z(parts[i].part)))
			continue;
		m->what = iq_slice_z(parts[i].what);
		m->how = iq_slice_z(parts[i].how);
	}
}

static void add_line(struct iq_found *f, const struct inquest_line *l)
{
	f->evidence[f->n_evidence++] = (struct iq_evidence){
		.capture_id = l->capture_id, .member = iq_slice_z(l->member),
		.line = l->line, .text = iq_head(iq_slice_z(l->text), IQ_FOUND_TEXT_MAX),
		.view_name = IQ_SLICE_NULL, .row_id = IQ_NULL,
	};
}

/* The headline; without one the first line; without lines the event's own row. */
static void add_evidence(struct iq_found *f, const struct iq_case *c)
{
	for (size_t i = 0; i < c->lines.n && !f->n_evidence; i++)
		if (iq_case_has_role(c->lines.p[i], "headline"))
			add_line(f, c->lines.p[i]);
	if (!f->n_evidence && c->lines.n)
		add_line(f, c->lines.p[0]);
	if (!f->n_evidence)
		f->evidence[f->n_evidence++] = (struct iq_evidence){
			.capture_id = IQ_NULL, .line = IQ_NULL,
			.view_name = IQ_LIT("v1_event"), .row_id = c->event.event_id,
			.text = iq_slice_z(c->event.kind),
		};
}

int iq_choose_unknown(const struct iq_case *c, struct iq_arena *arena,
		      struct iq_found *ret, struct iq_err *err)
{
	struct iq_slice list = iq_slice_z(c->event.missing);
	struct iq_found f = {
		.role = INQUEST_CAUSE, .severity = INQUEST_FAULT,
		.confidence = INQUEST_GUESS, .plugin_name = IQ_LIT("inquest"),
		.rule = IQ_LIT("no-cause-found"), .verdict = IQ_LIT("unknown"),
		.title = IQ_LIT("what is left of the report does not say why"),
		.explanation = IQ_LIT("It says that memory was asked for in vain; the lines that "
				      "tell why are not there."),
	};

	f.missing = iq_arena_alloc(arena, IQ_FOUND_ADVICE_MAX * sizeof(*f.missing));
	f.evidence = iq_arena_alloc(arena, sizeof(*f.evidence));
	if (!f.missing || !f.evidence)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	if (!c->oom) {
		f.title = IQ_LIT("no rule fits it");
		f.explanation = IQ_LIT("The headline is all that was judged: no rule looks at such an "
				       "event, or none found what it looks for. The call trace "
				       "(-v) and the lines before it are what there is.");
	}
	if (!c->oom && c->at_crash)
		f.explanation = IQ_LIT("The headline is all that was judged: no rule looks at such an "
				       "event, or none found what it looks for. The dump has the "
				       "machine as it stood: what ran and what waited, below, and "
				       "every stack with -v.");
	while (list.n)
		add_missing(&f, iq_trim(iq_cut(&list, ',')));
	if (!f.n_missing && c->oom)
		add_missing(&f, IQ_LIT("what would tell the cause of this event"));
	else if (!f.n_missing && !c->at_crash)
		add_missing(&f, IQ_LIT("machine"));
	add_evidence(&f, c);
	*ret = f;
	return 0;
}

/* analyze/build.c - a plugin's finding being built (host.h, inquest/plugin.h).
 *
 * What is too long is cut, what is too much is left out: a finding is for people.
 */
#include <stdio.h>

#include "analyze/host.h"
#include "base/utf8.h"
#include "model/facts.h"

struct inquest_finding {
	struct inquest_ctx *ctx;
	struct iq_found f;
	bool done;
	struct iq_slice advice[IQ_FOUND_ADVICE_MAX];
	struct iq_found_pair missing[IQ_FOUND_ADVICE_MAX];
	struct iq_evidence evidence[IQ_FOUND_EVIDENCE_MAX];
};

/* A copy that fits, cut at a character's border, NULL for NULL. */
static struct iq_slice keep(struct inquest_finding *f, const char *z)
{
	struct iq_slice s = iq_slice_z(z);

	if (s.n > IQ_FOUND_TEXT_MAX) {
		s.n = IQ_FOUND_TEXT_MAX;
		while (s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
			s.n--;
	}
	return iq_arena_copy(&f->ctx->arena, s);
}

static struct iq_slice format(struct inquest_finding *f, const char *fmt, va_list ap)
{
	char line[IQ_FOUND_TEXT_MAX + 1];

	vsnprintf(line, sizeof(line), fmt, ap);
	return keep(f, line);
}

#define FORMAT(f, to, fmt) do {			\
	va_list ap;				\
	va_start(ap, fmt);			\
	(to) = format((f), (fmt), ap);		\
	va_end(ap);				\
} while (0)

struct inquest_finding *iq_host_finding_new(struct inquest_ctx *ctx, enum inquest_role role,
					    const char *verdict,
					    enum inquest_severity severity,
					    enum inquest_confidence confidence,
					    const char *rule)
{
	struct inquest_finding *f = iq_arena_alloc(&ctx->arena, sizeof(*f));

	if (!f) {
		iq_ctx_error(ctx, "out of memory");
		return NULL;
	}
	f->ctx = ctx;
	f->f = (struct iq_found){
		.item = ctx->item, .plugin = ctx->plugin_index, .role = (uint8_t)role,
		.severity = (uint8_t)severity, .confidence = (uint8_t)confidence,
		.priority = ctx->plugin ? ctx->plugin->c.priority : 0,
		.verdict = keep(f, verdict), .rule = keep(f, rule),
		.advice = f->advice, .missing = f->missing, .evidence = f->evidence,
	};
	return f;
}

void iq_host_finding_priority(struct inquest_finding *f, int priority)
{
	if (f)
		f->f.priority = priority;
}

void iq_host_finding_holder(struct inquest_finding *f, const char *holder)
{
	if (f)
		f->f.holder = keep(f, holder);
}

void iq_host_finding_title(struct inquest_finding *f, const char *fmt, ...)
{
	if (f)
		FORMAT(f, f->f.title, fmt);
}

void iq_host_finding_explain(struct inquest_finding *f, const char *fmt, ...)
{
	struct iq_slice more, *e = f ? &f->f.explanation : NULL;

	if (!f)
		return;
	FORMAT(f, more, fmt);
	if (e->p && more.p) {
		size_t room = IQ_FOUND_TEXT_MAX - e->n;
		*e = keep(f, iq_arena_printf(&f->ctx->arena, "%s%.*s", e->p,
					     (int)(more.n < room ? more.n : room), more.p).p);
	} else if (more.p) {
		*e = more;
	}
}

void iq_host_finding_advise(struct inquest_finding *f, const char *fmt, ...)
{
	if (f && f->f.n_advice < IQ_FOUND_ADVICE_MAX) {
		FORMAT(f, f->advice[f->f.n_advice], fmt);
		f->f.n_advice++;
	}
}

void iq_host_finding_missing(struct inquest_finding *f, const char *what,
			     const char *how_to_collect)
{
	if (f && what && f->f.n_missing < IQ_FOUND_ADVICE_MAX)
		f->missing[f->f.n_missing++] = (struct iq_found_pair){
			keep(f, what), keep(f, how_to_collect)
		};
}

static struct iq_evidence *add_evidence(struct inquest_finding *f)
{
	struct iq_evidence *e;

	if (!f || f->f.n_evidence == IQ_FOUND_EVIDENCE_MAX)
		return NULL;
	e = &f->evidence[f->f.n_evidence++];
	*e = (struct iq_evidence){ .capture_id = IQ_NULL, .line = IQ_NULL,
				   .row_id = IQ_NULL };
	return e;
}

static bool cited(const struct inquest_finding *f, const struct inquest_line *l)
{
	for (size_t i = 0; i < f->f.n_evidence; i++) {
		const struct iq_evidence *e = &f->evidence[i];
		if (e->capture_id == l->capture_id && e->line == l->line &&
		    iq_eq(e->member, iq_slice_z(l->member)) && l->line != IQ_NULL &&
		    iq_eq(e->text, iq_head(iq_slice_z(l->text), IQ_FOUND_TEXT_MAX)))
			return true;
	}
	return false;
}

void iq_host_cite_line(struct inquest_finding *f, const struct inquest_line *line)
{
	if (!f || !line || cited(f, line))
		return;
	struct iq_evidence *e = add_evidence(f);
	if (!e)
		return;
	e->capture_id = line->capture_id;
	e->member = keep(f, line->member);
	e->line = line->line;
	e->text = keep(f, line->text);
}

size_t iq_host_cite_role(struct inquest_finding *f, const char *role, size_t max)
{
	const struct iq_case *c = f ? f->ctx->c : NULL;
	size_t n = 0;

	for (size_t i = 0; c && i < c->lines.n && (!max || n < max); i++) {
		const struct inquest_line *l = c->lines.p[i];
		if (iq_case_has_role(l, role)) {
			iq_host_cite_line(f, l);
			n++;
		}
	}
	return n;
}

void iq_host_cite_row(struct inquest_finding *f, const char *view, int64_t row_id,
		      const char *fmt, ...)
{
	struct iq_evidence *e = view ? add_evidence(f) : NULL;

	if (!e)
		return;
	e->view_name = keep(f, view);
	e->row_id = row_id;
	if (fmt)
		FORMAT(f, e->text, fmt);
}

static const char *why_refused(const struct inquest_finding *f)
{
	const struct iq_found *x = &f->f;

	if (f->done)
		return "it was committed before";
	if (!iq_role_word(x->role) || !iq_severity_word(x->severity) ||
	    !iq_confidence_word(x->confidence))
		return "role, severity or confidence is none";
	if ((x->role == INQUEST_NOTICE) != (f->ctx->c == NULL))
		return "notices belong to host(), the other roles to event()";
	if (!iq_found_word_ok(x->verdict) || !iq_found_word_ok(x->rule) ||
	    (x->holder.p && !iq_found_word_ok(x->holder)))
		return "verdict, rule and holder are words of a-z, 0-9 and -";
	if (!x->title.n)
		return "it has no title";
	if (!x->n_evidence)
		return "it has no evidence";
	if (f->ctx->n_findings >= IQ_CTX_FINDINGS_MAX)
		return "too many findings for one event";
	return NULL;
}

/* A cause that may rest on lists which are not the log's says so. */
static void say_dump(struct inquest_finding *f)
{
	const struct iq_case *c = f->ctx->c;

	if (f->f.role != INQUEST_CAUSE || !c || !c->dump_words)
		return;
	iq_host_finding_explain(f, "%sNot in the log, and so taken from the dump, %lld.%lld s "
				"later: %s.", f->f.explanation.p ? " " : "",
				(long long)(c->dump_after_us / 1000000),
				(long long)(c->dump_after_us / 100000 % 10), c->dump_words);
}

int iq_host_finding_commit(struct inquest_finding *f)
{
	const char *why;

	if (!f)
		return -1;
	why = why_refused(f);
	if (why) {
		iq_ctx_error(f->ctx, "finding %.*s refused: %s", IQ_FMT(f->f.rule), why);
		return -1;
	}
	say_dump(f);
	f->done = true;
	f->ctx->n_findings++;
	iq_found_encode(&f->ctx->out, &f->f);
	return 0;
}

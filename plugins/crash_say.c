/* plugins/crash_say.c - a verdict on a crash as a finding, with its evidence (crash.h).
 */
#include "crash.h"

void judge(struct judged *j, const char *verdict, const char *rule,
	   enum inquest_confidence sure)
{
	j->verdict = verdict;
	j->rule = rule;
	j->sure = sure;
}

void why(struct judged *j, const char *text)
{
	if (text && *text && j->n_why < SAY_MAX)
		j->why[j->n_why++] = text;
}

void advise(struct judged *j, const char *text)
{
	if (!text || !*text)
		return;
	for (size_t i = 0; i < j->n_advice; i++)
		if (!strcmp(j->advice[i], text))
			return;
	if (j->n_advice < SAY_MAX)
		j->advice[j->n_advice++] = text;
}

void miss(struct judged *j, const char *what, const char *how)
{
	if (j->n_missing == 4)
		return;
	j->missing[j->n_missing][0] = what;
	j->missing[j->n_missing++][1] = how;
}

/* Where no line of registers says it: the frame that the verdict names. */
static void cite_frame(const struct look *l, struct inquest_finding *f)
{
	for (size_t i = 0; i < l->n_lines; i++)
		if (is(l->lines[i].role, "ip") ||
		    (is(l->lines[i].role, "frame") && l->c->function &&
		     has(l->lines[i].text, l->c->function)))
			return;
	for (size_t i = 0; i < l->n_frames; i++) {
		const struct inquest_frame *k = &l->frames[i];
		if (!is(k->function, l->c->function))
			continue;
		l->h->cite_row(f, "v1_stack", l->frame_ids[i], "frame %lld: %s%s%s%s",
			       (long long)k->depth, k->function, k->module ? " [" : "",
			       k->module ? k->module : "", k->module ? "]" : "");
		return;
	}
}

/* Lines that decide, the most telling roles first; the rest of a long report stays
 * where it is. */
static void cite(const struct look *l, struct inquest_finding *f, size_t most)
{
	static const char *const roles[] = {
		"headline", "panic",  "die",    "ip",  "access", "owner", "hw", "fs",
		"io",       "object", "detail", "cpu", "sysrq",  "frame",
		"last-line", "boot",  "unclean", NULL,
	};
	size_t n = 0;

	for (const char *const *role = roles; *role && n < most; role++) {
		size_t of_role = 0, cap = is(*role, "frame") ? 3
					  : is(*role, "hw")  ? 8
							     : 4;
		for (size_t i = 0; i < l->n_lines && n < most && of_role < cap; i++) {
			if (!is(l->lines[i].role, *role))
				continue;
			l->h->cite_line(f, &l->lines[i]);
			of_role++;
			n++;
		}
	}
	for (size_t i = 0; !n && i < l->n_lines && i < 4; i++, n++)
		l->h->cite_line(f, &l->lines[i]);
	if (!is(l->kind, "panic"))
		cite_frame(l, f);
	if (!n)
		l->h->cite_row(f, "v1_event", l->id, "%s",
			       l->c->reason ? l->c->reason : l->kind);
}

/* "... in a function that the report does not name": a title does without. */
static const char *title_of(const struct look *l, const struct judged *j)
{
	const char *title = j->title ? j->title : j->verdict;
	const char *at = strstr(title, NO_PLACE);
	size_t n;

	if (!at)
		return title;
	n = (size_t)(at - title);
	for (const char *const *word =
		     (const char *const[]){" in ", " from ", ":", ",", NULL};
	     *word; word++) {
		size_t len = strlen(*word);
		if (n > len && !strncmp(title + n - len, *word, len))
			n -= len;
	}
	return l->h->text(l->ctx, "%.*s%s", (int)n, title, at + strlen(NO_PLACE));
}

int commit(const struct look *l, const struct look *parent, const struct judged *j)
{
	const struct inquest_host *h = l->h;
	struct inquest_finding *f = h->finding_new(
		l->ctx, INQUEST_CAUSE, j->verdict,
		j->severity ? j->severity : INQUEST_FAULT, j->sure, j->rule);

	h->finding_title(f, "%s", title_of(l, j));
	for (size_t i = 0; i < j->n_why; i++)
		h->finding_explain(f, "%s%s", i ? " " : "", j->why[i]);
	for (size_t i = 0; i < j->n_advice; i++)
		h->finding_advise(f, "%s", j->advice[i]);
	for (size_t i = 0; i < j->n_missing; i++)
		h->finding_missing(f, j->missing[i][0], j->missing[i][1]);
	cite(l, f, CITES_MAX);
	if (parent)
		cite(parent, f, 3);
	return h->finding_commit(f);
}

/* plugins/crash_look.c - a crash event from the views (crash.h). */
#include "crash.h"

#include <stdlib.h>

int has(const char *text, const char *word)
{
	return text && strstr(text, word) != NULL;
}

int is(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

int starts(const char *text, const char *lead)
{
	return text && !strncmp(text, lead, strlen(lead));
}

const char *form(const struct look *l)
{
	return l->c->form ? l->c->form : "";
}

int says(const struct look *l, const char *word)
{
	return has(l->c->reason, word) || has(l->c->die, word) ||
	       has(l->c->message, word) || has(l->c->form, word);
}

const struct inquest_line *line_with(const struct look *l, const char *word)
{
	for (size_t i = 0; i < l->n_lines; i++)
		if (has(l->lines[i].text, word))
			return &l->lines[i];
	return NULL;
}

int name_among(const char *name, const char *const *patterns, size_t n)
{
	for (size_t i = 0; name && i < n; i++) {
		size_t len = strlen(patterns[i]);
		int prefix = len && patterns[i][len - 1] == '*';
		if (prefix ? !strncmp(name, patterns[i], len - 1)
			   : !strcmp(name, patterns[i]))
			return 1;
	}
	return 0;
}

int frame_among(const struct look *l, const char *const *patterns, size_t n)
{
	for (size_t i = 0; i < l->n_frames; i++)
		if (name_among(l->frames[i].function, patterns, n))
			return (int)i;
	return -1;
}

/* --- words --- */

/* "[mod]" right behind NAME+0x1/0x2 on a line of the report. */
static const char *module_on_line(const struct look *l, const char *function)
{
	const char *mark = l->h->text(l->ctx, "%s+0x", function);
	const struct inquest_line *line = line_with(l, mark);
	const char *at = line ? strstr(line->text, mark) : NULL;
	size_t n = 0;

	if (!at)
		return NULL;
	at += strlen(mark);
	at += strspn(at, "0123456789abcdefx/");
	if (strncmp(at, " [", 2))
		return NULL;
	at += 2;
	while (at[n] && at[n] != ']' && at[n] != ' ')
		n++;
	return at[n] && n && *at != '<' ? l->h->text(l->ctx, "%.*s", (int)n, at) : NULL;
}

static const char *module_of(const struct look *l, const char *function)
{
	for (size_t i = 0; i < l->n_frames; i++)
		if (is(l->frames[i].function, function))
			return l->frames[i].module;
	return module_on_line(l, function);
}

/* Without what the compiler put behind it: foo.isra.0, foo.part.3 */
static const char *bare(const struct look *l, const char *function)
{
	const char *dot = strchr(*function == '.' ? function + 1 : function, '.');

	return dot ? l->h->text(l->ctx, "%.*s", (int)(dot - function), function)
		   : function;
}

const char *place(const struct look *l)
{
	const char *function = l->c->function, *suspect = l->c->suspect, *module;

	if (!function || starts(function, "0x")) {
		function = suspect;
		suspect = NULL;
	}
	if (!function)
		return l->c->module ? l->h->text(l->ctx, "module %s", l->c->module)
				    : NO_PLACE;
	module = module_of(l, suspect ? suspect : function);
	return l->h->text(l->ctx, "%s()%s%s%s%s%s", bare(l, function),
			  suspect ? ", called from " : "",
			  suspect ? bare(l, suspect) : "", suspect ? "()" : "",
			  module ? " of module " : "", module ? module : "");
}

/* A path of the build, from the kernel's own directory on. */
const char *source_of(const struct look *l)
{
	static const char *const tops[] = {
		"/kernel/",   "/mm/",    "/fs/",   "/net/",      "/drivers/",
		"/arch/",     "/block/", "/lib/",  "/security/", "/sound/",
		"/crypto/",   "/ipc/",   "/init/", "/include/",  "/virt/",
		"/io_uring/", "/rust/"};
	const char *file = l->c->source_file, *from = file;

	if (!file)
		return NULL;
	for (size_t i = 0; *file == '/' && i < sizeof(tops) / sizeof(tops[0]); i++) {
		const char *at = strstr(file, tops[i]);
		/* "/usr/src/kernel/mm/x.c": the last of them that stands before a file */
		if (at && at[1] && at + 1 > from && (from == file || i != 0))
			from = at + 1;
	}
	if (!inquest_known(l->c->source_line))
		return from;
	return l->h->text(l->ctx, "%s:%lld", from, (long long)l->c->source_line);
}

const char *said(const struct look *l)
{
	const char *m = l->c->message;
	size_t n = m ? strlen(m) : 0;

	if (!n || has(l->c->reason, m))
		return NULL;
	while (n && (m[n - 1] == '.' || m[n - 1] == ' '))
		n--;
	return l->h->text(l->ctx, "It said: %.*s.", (int)(n < 400 ? n : 400), m);
}

const char *who(const struct look *l)
{
	if (l->c->comm && inquest_known(l->c->pid))
		return l->h->text(l->ctx, "%s[%lld]", l->c->comm, (long long)l->c->pid);
	if (l->c->comm)
		return l->c->comm;
	if (inquest_known(l->c->cpu))
		return l->h->text(l->ctx, "CPU %lld", (long long)l->c->cpu);
	return "a task";
}

uint64_t hex(const char *text)
{
	return text ? strtoull(text, NULL, 16) : 0;
}

int64_t number_after(const char *text, const char *lead)
{
	const char *at = text ? strstr(text, lead) : NULL;
	int64_t v = 0;

	if (!at)
		return INQUEST_NULL;
	at += strlen(lead);
	if (*at < '0' || *at > '9')
		return INQUEST_NULL;
	for (; *at >= '0' && *at <= '9' && v < 1000000000; at++)
		v = v * 10 + (*at - '0');
	return v;
}

/* --- questions --- */

static struct inquest_query *start(const struct look *l, const char *sql)
{
	struct inquest_query *q = l->h->prepare(l->ctx, sql);

	if (!q)
		return NULL;
	if (strstr(sql, ":event_id"))
		l->h->bind_int(q, ":event_id", l->id);
	if (strstr(sql, ":boot_id"))
		l->h->bind_int(q, ":boot_id", l->boot_id);
	if (strstr(sql, ":host_id"))
		l->h->bind_int(q, ":host_id", l->host_id);
	if (strstr(sql, ":mono_us"))
		l->h->bind_int(q, ":mono_us", l->mono_us);
	return q;
}

int64_t ask(const struct look *l, const char *sql)
{
	struct inquest_query *q = start(l, sql);
	int64_t v = q && l->h->step(q) == 1 ? l->h->column_int(q, 0) : INQUEST_NULL;

	if (q)
		l->h->finalize(q);
	return v;
}

const char *ask_text(const struct look *l, const char *sql)
{
	struct inquest_query *q = start(l, sql);
	const char *v = q && l->h->step(q) == 1 ? l->h->column_text(q, 0) : NULL;

	v = v ? l->h->text(l->ctx, "%s", v) : NULL;
	if (q)
		l->h->finalize(q);
	return v;
}

/* --- loading --- */

static int load_event(struct look *l)
{
	struct inquest_query *q = start(
		l, "SELECT e.kind, e.boot_id, e.host_id, e.parent_id, "
		   "e.mono_us, e.wall_us, coalesce(e.arch, b.arch), "
		   "coalesce(e.kernel_release, b.kernel_release) FROM v1_event AS e "
		   "LEFT JOIN v1_boot AS b USING (boot_id) WHERE e.event_id = :event_id");
	const char *text[3] = {NULL};

	if (!q || l->h->step(q) != 1)
		return 0;
	for (int i = 0; i < 3; i++) {
		text[i] = l->h->column_text(q, i ? i + 5 : 0);
		text[i] = text[i] ? l->h->text(l->ctx, "%s", text[i]) : NULL;
	}
	l->kind = text[0];
	l->arch = text[1];
	l->release = text[2];
	l->boot_id = l->h->column_int(q, 1);
	l->host_id = l->h->column_int(q, 2);
	l->parent_id = l->h->column_int(q, 3);
	l->mono_us = l->h->column_int(q, 4);
	l->wall_us = l->h->column_int(q, 5);
	l->h->finalize(q);
	return l->kind != NULL;
}

/* The trace that the event's row names: of its task, where several CPUs printed one. */
static void load_frames(struct look *l, int reliable)
{
	struct inquest_query *q =
		start(l, reliable ? "SELECT depth, function, offset, module, reliable, "
				    "stack_id FROM v1_stack "
				    "WHERE event_id = :event_id AND reliable IS NOT 0 "
				    "AND function IS NOT NULL "
				    "ORDER BY stack_id LIMIT 48"
				  : "SELECT depth, function, offset, module, reliable, "
				    "stack_id FROM v1_stack "
				    "WHERE event_id = :event_id AND function IS NOT NULL "
				    "ORDER BY stack_id LIMIT 48");

	while (q && l->n_frames < FRAMES_MAX && l->h->step(q) == 1) {
		struct inquest_frame *f = &l->frames[l->n_frames];
		const char *function = l->h->column_text(q, 1);
		const char *module = l->h->column_text(q, 3);
		int64_t depth = l->h->column_int(q, 0);
		if (l->n_frames && depth <= f[-1].depth)
			break; /* of another trace */
		*f = (struct inquest_frame){
			.depth = depth,
			.offset = l->h->column_int(q, 2),
			.function = l->h->text(l->ctx, "%s", function),
			.module = module ? l->h->text(l->ctx, "%s", module) : NULL,
			.reliable = l->h->column_int(q, 4),
		};
		l->frame_ids[l->n_frames++] = l->h->column_int(q, 5);
	}
	if (q)
		l->h->finalize(q);
}

static void load_lines(struct look *l)
{
	struct inquest_query *q = start(
		l,
		"SELECT role, capture_id, member, line, text "
		"FROM v1_event_line WHERE event_id = :event_id ORDER BY line LIMIT 120");

	while (q && l->n_lines < LINES_MAX && l->h->step(q) == 1) {
		const char *role = l->h->column_text(q, 0),
			   *member = l->h->column_text(q, 2);
		const char *text = l->h->column_text(q, 4);
		l->lines[l->n_lines++] = (struct inquest_line){
			.role = role ? l->h->text(l->ctx, "%s", role) : "",
			.capture_id = l->h->column_int(q, 1),
			.member = member ? l->h->text(l->ctx, "%s", member) : "",
			.line = l->h->column_int(q, 3),
			.text = text ? l->h->text(l->ctx, "%s", text) : "",
		};
	}
	if (q)
		l->h->finalize(q);
}

int look_at(struct look *l, const struct inquest_host *h, struct inquest_ctx *ctx,
	    int64_t event_id)
{
	*l = (struct look){.h = h, .ctx = ctx, .id = event_id};
	l->c = h->crash(ctx, event_id);
	if (!l->c || !load_event(l))
		return 0;
	load_frames(l, 1);
	if (!l->n_frames)
		load_frames(l, 0);
	load_lines(l);
	return 1;
}

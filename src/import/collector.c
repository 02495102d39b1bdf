/* import/collector.c - what the collector says of its own work: manifest and logs of sos.
 *
 * Listings of /var/crash tell of dumps; the logs of time-outs where there is no manifest (before 4.0); which of the two a
 * bundle has is known at its end only.
 */
#include "base/buf.h"
#include "bundle/worth.h"
#include "import/capture.h"
#include "parse/crashlist.h"

#include <stdio.h>

#define TEXT_MAX ((size_t)64 << 20)
#define REMARKS_MAX 100			/* of one bundle */

struct telling {
	struct iq_capture_run *c;
	struct iq_bundle_root *root;
	bool later;			/* kept until the end */
	struct iq_slice unless;		/* a dump of that name is read */
};

static void put(struct telling *t, const char *code, struct iq_slice what, const char *text)
{
	char line[600];

	if (t->root->n_remarks++ >= REMARKS_MAX)
		return;
	snprintf(line, sizeof line, "%.*s: %s", (int)iq_head(what, 300).n, what.p, text);
	if (!t->later) {
		iq_capture_issue(t->c, "note", code, IQ_NULL, IQ_NULL, line);
		return;
	}
	struct iq_late_remark *r = iq_arena_alloc(&t->c->arena, sizeof *r);
	struct iq_slice kept = iq_arena_copy(&t->c->arena, iq_slice_z(line));
	if (!r || !kept.p)
		return;
	t->c->member_used = true;
	*r = (struct iq_late_remark){ t->root->late, t->c->member_id, code, kept.p, t->unless };
	t->root->late = r;
}

static void on_command(void *arg, const struct iq_manifest_command *cmd)
{
	struct telling *t = arg;
	struct iq_worth r;

	if (iq_worth_command(cmd, &r))
		put(t, r.code, cmd->exec, r.text);
}

static void on_plugin_timeout(void *arg, struct iq_slice plugin)
{
	struct telling *t = arg;

	if (iq_worth_plugin(plugin))
		put(t, "sos-timeout", plugin, "this plugin of sos ran out of time, and what it "
		    "had not yet taken is missing; sos report --plugin-timeout gives it longer");
}

static int read_all(struct iq_stream *m, struct iq_buf *text)
{
	struct iq_slice b;

	iq_buf_init(text);
	while (text->n < TEXT_MAX && iq_stream_read(m, &b) == 1)
		iq_buf_slice(text, b);
	return text->failed ? -1 : 0;
}

int iq_read_manifest(struct iq_capture_run *c, struct iq_bundle_root *root,
		     struct iq_stream *m)
{
	struct telling t = { .c = c, .root = root };
	struct iq_manifest_ops ops = { on_command, on_plugin_timeout, &t };
	struct iq_manifest manifest;
	struct iq_arena mem;
	struct iq_buf text;
	int r = read_all(m, &text);

	iq_arena_init(&mem);
	root->has_manifest = true;
	if (r == 0) {
		iq_manifest_read(iq_buf_as_slice(&text), &ops, &mem, &manifest);
		r = iq_bundle_take_manifest(&root->facts, &manifest) ? 0 : -1;
		if (!manifest.whole)
			iq_capture_issue(c, "note", "manifest", IQ_NULL, IQ_NULL,
					 "no whole JSON text: what it says of commands that "
					 "failed may be missing");
	}
	iq_arena_fini(&mem);
	iq_buf_fini(&text);
	return r;
}

int iq_read_sos_log(struct iq_capture_run *c, struct iq_bundle_root *root, struct iq_stream *m)
{
	struct telling t = { .c = c, .root = root, .later = true };
	struct iq_manifest_ops ops = { on_command, on_plugin_timeout, &t };
	struct iq_buf text;

	if (root->has_manifest)
		return 0;
	int r = read_all(m, &text);
	struct iq_slice rest = iq_buf_as_slice(&text);
	while (r == 0 && rest.n) {
		ptrdiff_t at = iq_find(rest, IQ_LIT(" timed out"));
		if (at < 0)
			break;
		ptrdiff_t begin = iq_rfind(iq_head(rest, (size_t)at), IQ_LIT("\n"));
		rest = iq_from(rest, (size_t)(begin + 1));
		(void)iq_manifest_log_line(iq_cut(&rest, '\n'), &ops);
	}
	iq_buf_fini(&text);
	return r;
}

static void on_listed_dump(void *arg, const struct iq_listed_dump *d)
{
	struct telling *t = arg;
	char text[500];
	struct iq_slice dir = d->dir;

	iq_skip(&dir, IQ_LIT("/"));
	t->unless = iq_arena_printf(&t->c->arena, "%.*s%.*s/%.*s", IQ_FMT(t->root->prefix),
				    IQ_FMT(dir), IQ_FMT(d->name));
	snprintf(text, sizeof text, "a dump%s%.*s%s%.*s that is on the host and not in the bundle; "
		 "have it sent too (sos report -k kdump.get-vm-core=on takes one of the last day)",
		 d->size.p ? " of " : "", (int)iq_head(d->size, 40).n, d->size.p ? d->size.p : "",
		 d->time.p ? ", of " : "", (int)iq_head(d->time, 40).n,
		 d->time.p ? d->time.p : "");
	for (const struct iq_late_remark *r = t->root->late; r; r = r->next)
		if (r->unless.p && iq_eq(r->unless, t->unless))
			return;			/* sos lists it twice */
	put(t, "dump-not-shipped", iq_from(t->unless, t->root->prefix.n), text);
}

int iq_read_crash_list(struct iq_capture_run *c, struct iq_bundle_root *root,
		       struct iq_stream *m)
{
	struct telling t = { .c = c, .root = root, .later = true };
	struct iq_buf text;
	int r = read_all(m, &text);

	if (r == 0)
		iq_crashlist_read(iq_buf_as_slice(&text), on_listed_dump, &t);
	iq_buf_fini(&text);
	return r;
}

static bool is_due(const struct iq_capture_run *c, const struct iq_bundle_root *root,
		   const struct iq_late_remark *r)
{
	if (!r->unless.p)
		return !root->has_manifest;
	for (size_t i = 0; i < c->n_dump_names; i++)
		if (iq_eq(c->dumps[i], r->unless))
			return false;
	return true;
}

void iq_capture_put_remarks(struct iq_capture_run *c)
{
	int64_t now = c->member_id;

	for (size_t i = 0; i < c->n_roots; i++)
		for (const struct iq_late_remark *r = c->roots[i].late;
		     r; r = r->next) {
			if (!is_due(c, &c->roots[i], r))
				continue;
			c->member_id = r->member_id;
			iq_capture_issue(c, "note", r->code, IQ_NULL, IQ_NULL, r->text);
		}
	c->member_id = now;
}

/* analyze/run.c - see run.h. */
#include "analyze/run.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyze/child.h"
#include "model/facts.h"

#define FLUSH_BYTES	(32 * 1024)
#define BATCH_BYTES_MAX	(64 * 1024 * 1024)

void iq_run_init(struct iq_run *r)
{
	*r = (struct iq_run){ .cpu_ms = 10000, .wall_ms = 60000 };
	iq_arena_init(&r->arena);
}

void iq_run_fini(struct iq_run *r)
{
	iq_arena_fini(&r->arena);
	free(r->skip);
	r->skip = NULL;
}

void iq_run_remark(struct iq_run *r, struct iq_plugin *p, const struct iq_item *item,
		   const char *text)
{
	char line[800], at[64] = "";

	if (p && p->remarks++ >= IQ_RUN_REMARKS_MAX)
		return;
	if (!r->remark)
		return;
	if (item && item->c)
		snprintf(at, sizeof(at), "event %lld: ",
			 (long long)item->c->event.event_id);
	else if (item)
		snprintf(at, sizeof(at), "host %lld: ", (long long)item->host_id);
	snprintf(line, sizeof(line), "plugin %.64s: %s%.600s",
		 !p ? "?" : p->c.name ? p->c.name : p->file, at, text);
	r->remark(r->arg, line);
}

void iq_run_remarks_end(struct iq_run *r)
{
	for (size_t i = 0; i < r->set->n; i++) {
		struct iq_plugin *p = &r->set->p[i];
		char line[200];

		if (p->remarks <= IQ_RUN_REMARKS_MAX || !r->remark)
			continue;
		snprintf(line, sizeof(line), "plugin %.64s: and %u more of these",
			 p->c.name ? p->c.name : p->file,
			 p->remarks - IQ_RUN_REMARKS_MAX);
		r->remark(r->arg, line);
	}
}

/* --- in the child --- */

static bool wants(const struct iq_run *r, size_t plugin, size_t item)
{
	const struct iq_plugin *p = &r->set->p[plugin];
	const struct iq_item *it = &r->items[item];

	if (!p->ok || (r->selected && !r->selected[plugin]) ||
	    r->skip[item * r->set->n + plugin])
		return false;
	return it->c ? iq_plugin_wants(p, it->c->event.kind)
		     : p->c.host || (p->rule && p->rule->host);
}

static void ask(struct iq_run *r, struct iq_desk *desk, size_t item, size_t plugin,
		struct iq_buf *out)
{
	const struct iq_item *it = &r->items[item];
	struct inquest_ctx ctx;

	iq_ctx_init(&ctx, desk);
	ctx.c = it->c;
	ctx.host_id = it->host_id;
	ctx.host_name = it->host_name;
	ctx.plugin = &r->set->p[plugin];
	ctx.item = (uint32_t)item;
	ctx.plugin_index = (uint32_t)plugin;
	if (iq_ctx_run(&ctx) == 0)
		iq_buf_slice(out, iq_buf_as_slice(&ctx.out));
	else
		iq_frame_remark(out, ctx.item, ctx.plugin_index, ctx.failure);
	iq_ctx_fini(&ctx);
}

static int look_at_all(struct iq_run *r, struct iq_desk *desk, struct iq_child *child)
{
	struct iq_buf out;

	iq_buf_init(&out);
	for (size_t i = r->from; i < r->n_items; i++) {
		for (size_t p = 0; p < r->set->n; p++) {
			if (!wants(r, p, i))
				continue;
			iq_child_at(child, (int64_t)i, (int64_t)p);
			ask(r, desk, i, p, &out);
		}
		iq_frame_end(&out, (uint32_t)i);
		if (out.failed)
			return -1;
		if (out.n >= FLUSH_BYTES)
			iq_child_write(child, &out);
	}
	iq_child_at(child, -1, -1);
	iq_child_write(child, &out);
	return 0;
}

static int child_body(void *arg, struct iq_child *child)
{
	struct iq_run *r = arg;
	struct iq_store *own = NULL;
	struct iq_desk desk;
	sqlite3 *db = r->desk->db;
	struct iq_err err = { 0 };

	if (r->path) {
		if (iq_store_open(r->path, IQ_STORE_READ, &own, &err))
			return -1;
		db = iq_store_db(own);
	}
	iq_desk_init(&desk, db);
	desk.neighbours = r->desk->neighbours;
	if (iq_desk_guard(db, &err))
		return -1;
	return look_at_all(r, &desk, child);
}

/* --- in the parent --- */

struct intake {
	struct iq_run *r;
	unsigned started;		/* children */
	size_t done;			/* items finished */
	size_t kept;			/* findings that belong to finished items */
	size_t cap;
};

static int keep_found(struct intake *in, const struct iq_found *f, struct iq_err *err)
{
	struct iq_run *r = in->r;

	if (r->n_found == in->cap) {
		size_t cap = in->cap ? in->cap * 2 : 64;
		struct iq_found *p = iq_arena_alloc(&r->arena, cap * sizeof(*p));
		if (!p)
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
		if (r->n_found)
			memcpy(p, r->found, r->n_found * sizeof(*p));
		r->found = p;
		in->cap = cap;
	}
	r->found[r->n_found++] = *f;
	return 0;
}

static int take_found(struct intake *in, struct iq_cursor *body, struct iq_err *err)
{
	struct iq_run *r = in->r;
	struct iq_err why = { 0 };
	struct iq_found f;

	if (iq_found_decode(body, &r->arena, &f, &why)) {
		iq_run_remark(r, NULL, NULL, why.text);
		return 0;
	}
	if (f.item != in->done || f.plugin >= r->set->n || !r->set->p[f.plugin].ok ||
	    (f.role == INQUEST_NOTICE) != (r->items[f.item].c == NULL)) {
		iq_run_remark(r, NULL, NULL, "a finding that belongs nowhere");
		return 0;
	}
	f.plugin_name = iq_slice_z(r->set->p[f.plugin].c.name);
	return keep_found(in, &f, err);
}

static void take_remark(struct intake *in, struct iq_cursor *body)
{
	struct iq_run *r = in->r;
	struct iq_slice text;
	uint32_t item, plugin;

	if (iq_remark_decode(body, &r->arena, &item, &plugin, &text) ||
	    item != in->done || plugin >= r->set->n)
		return;
	iq_run_remark(r, &r->set->p[plugin], &r->items[item], text.p);
}

/* What the child sent.  Items come in order; what follows the last finished one is
 * dropped, it will come again. */
static int take_frames(struct intake *in, struct iq_slice bytes, struct iq_err *err)
{
	struct iq_cursor c = iq_cursor(bytes.p, bytes.n), body;
	uint8_t type;
	int rc;

	while (in->done < in->r->n_items && (rc = iq_frame_next(&c, &type, &body)) == 1) {
		if (type == IQ_FRAME_FOUND && take_found(in, &body, err))
			return -1;
		if (type == IQ_FRAME_REMARK)
			take_remark(in, &body);
		if (type == IQ_FRAME_END && iq_cur_le(&body, 4) == in->done &&
		    !body.failed) {
			in->done++;
			in->kept = in->r->n_found;
		}
	}
	in->r->n_found = in->kept;
	return 0;
}

/* The child ended early: whoever it was at is passed over the next time.  False:
 * nobody is left to blame. */
static bool blame(struct iq_run *r, const struct intake *in,
		  const struct iq_child_result *end)
{
	bool known = end->item >= 0 && (size_t)end->item < r->n_items && end->step >= 0 &&
		     (size_t)end->step < r->set->n;
	uint8_t *skip = known ? &r->skip[(size_t)end->item * r->set->n + (size_t)end->step]
			      : NULL;
	char text[256];

	if (!skip || *skip) {		/* not in a plugin: the item is given up, once */
		skip = &r->skip[in->done * r->set->n];
		if (!r->set->n || !memchr(skip, 0, r->set->n))
			return false;
		snprintf(text, sizeof(text), "%s; no plugin is asked about it", end->how);
		iq_run_remark(r, NULL, &r->items[in->done], text);
		memset(skip, 1, r->set->n);
		return true;
	}
	struct iq_plugin *p = &r->set->p[end->step];
	*skip = 1;
	p->failures++;
	snprintf(text, sizeof(text), "%s; its findings here are left out%s", end->how,
		 p->failures == IQ_RUN_FAILURES_MAX ? ", and it is not asked again" : "");
	iq_run_remark(r, p, &r->items[end->item], text);
	if (p->failures >= IQ_RUN_FAILURES_MAX)
		p->ok = false;
	return true;
}

static int run_once(struct iq_run *r, struct intake *in, struct iq_child_result *end,
		    struct iq_err *err)
{
	struct iq_child child = { .cpu_ms = r->cpu_ms, .wall_ms = r->wall_ms };
	struct iq_buf bytes;
	int rc;

	r->from = in->done;
	iq_buf_init(&bytes);
	if (iq_child_start(&child, child_body, r, err))
		return -1;
	int missed = in->started++ || !r->meanwhile ? 0
						    : r->meanwhile(r->meanwhile_arg, err);
	rc = iq_child_collect(&child, &bytes, BATCH_BYTES_MAX, end, err) ||
	     take_frames(in, iq_buf_as_slice(&bytes), err) ? -1 : 0;
	iq_buf_fini(&bytes);
	return missed ? -1 : rc;
}

int iq_run(struct iq_run *r, struct iq_err *err)
{
	struct intake in = { .r = r };
	struct iq_child_result end;

	iq_arena_reset(&r->arena);
	r->found = NULL;
	r->n_found = 0;
	free(r->skip);
	r->skip = calloc(r->n_items * r->set->n + 1, 1);
	if (!r->skip)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	while (in.done < r->n_items) {
		if (run_once(r, &in, &end, err))
			return -1;
		if (in.done < r->n_items && !blame(r, &in, &end))
			return iq_err_set(err, IQ_E_BUG, "the plugins' process ends at "
					  "once: %s", end.how);
	}
	return 0;
}

/* analyze/host.c - the functions that plugins call: facts and arithmetic (host.h). */
#include "analyze/host.h"

#include <stdio.h>

#include "analyze/compute.h"
#include "base/units.h"
#include "kern/address.h"
#include "kern/sat.h"

void iq_ctx_error(struct inquest_ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ctx->error, sizeof(ctx->error), fmt, ap);
	va_end(ap);
}

void iq_ctx_init(struct inquest_ctx *ctx, struct iq_desk *desk)
{
	*ctx = (struct inquest_ctx){ .desk = desk, .host_id = IQ_NULL };
	iq_arena_init(&ctx->arena);
	iq_buf_init(&ctx->out);
}

void iq_ctx_fini(struct inquest_ctx *ctx)
{
	for (struct inquest_query *q = ctx->queries; q; q = q->next)
		iq_host_finalize(q);
	ctx->queries = NULL;
	iq_arena_fini(&ctx->arena);
	iq_buf_fini(&ctx->out);
}

int iq_ctx_run(struct inquest_ctx *ctx)
{
	const struct inquest_plugin *p = &ctx->plugin->c;
	int rc;

	if (ctx->plugin->rule)
		return iq_ctx_run_rule(ctx);
	rc = ctx->c ? p->event(&iq_host_table, ctx) : p->host(&iq_host_table, ctx);
	if (rc >= 0)
		return 0;
	if (!ctx->failure[0])
		snprintf(ctx->failure, sizeof(ctx->failure), "%s", ctx->error[0]
			 ? ctx->error : "it failed without saying why");
	return -1;
}

/* --- facts --- */

static const struct inquest_event *get_event(struct inquest_ctx *ctx)
{
	return ctx->c ? &ctx->c->event : NULL;
}

static const struct inquest_oom *get_oom(struct inquest_ctx *ctx)
{
	return ctx->c ? ctx->c->oom : NULL;
}

#define LIST(type, name)							\
static const struct inquest_##type *const *get_##name(struct inquest_ctx *ctx,	\
						      size_t *ret_n)		\
{										\
	*ret_n = ctx->c ? ctx->c->name.n : 0;					\
	return *ret_n ? (void *)ctx->c->name.p : NULL;				\
}
LIST(victim, victims)
LIST(task, tasks)
LIST(node, nodes)
LIST(zone, zones)
LIST(counter, counters)
LIST(hugetlb, hugetlb)
LIST(slab, slabs)
LIST(cgroup, cgroups)
LIST(swap, swaps)
LIST(frame, frames)
#undef LIST

static const struct inquest_line *const *get_lines(struct inquest_ctx *ctx, const char *role,
						   size_t *ret_n)
{
	const struct inquest_line **list = NULL;
	size_t n = 0;

	*ret_n = 0;
	if (!ctx->c || !ctx->c->lines.n)
		return NULL;
	list = iq_arena_alloc(&ctx->arena, ctx->c->lines.n * sizeof(*list));
	if (!list) {
		iq_ctx_error(ctx, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < ctx->c->lines.n; i++)
		if (iq_case_has_role(ctx->c->lines.p[i], role))
			list[n++] = ctx->c->lines.p[i];
	*ret_n = n;
	return n ? list : NULL;
}

static const struct inquest_line *get_line(struct inquest_ctx *ctx, const char *role)
{
	for (size_t i = 0; ctx->c && i < ctx->c->lines.n; i++)
		if (iq_case_has_role(ctx->c->lines.p[i], role))
			return ctx->c->lines.p[i];
	return NULL;
}

static int64_t get_counter(struct inquest_ctx *ctx, const char *scope, const char *name)
{
	return ctx->c && name ? iq_case_counter(ctx->c, scope, name) : IQ_NULL;
}

static const struct inquest_task *get_task(struct inquest_ctx *ctx, int64_t pid)
{
	return ctx->c ? iq_case_task(ctx->c, pid) : NULL;
}

static const struct inquest_neighbour *const *get_neighbours(struct inquest_ctx *ctx,
							     size_t *ret_n, size_t *ret_self)
{
	struct iq_row_list list = { NULL, 0 };
	struct iq_err err = { 0 };

	*ret_n = *ret_self = 0;
	if (!ctx->c)
		return NULL;
	if (iq_desk_neighbours(ctx->desk, &ctx->c->event, &list, ret_self, &err)) {
		iq_ctx_error(ctx, "%s", err.text);
		return NULL;
	}
	*ret_n = list.n;
	return (void *)list.p;
}

/* --- arithmetic --- */

static const struct inquest_gfp *get_gfp(struct inquest_ctx *ctx)
{
	return ctx->c ? &ctx->c->gfp : NULL;
}

static int64_t gfp_has(struct inquest_ctx *ctx, const char *name)
{
	const struct iq_work *w = ctx->c ? ctx->c->work : NULL;
	int has;

	if (!w || !w->gfp.known || !name)
		return IQ_NULL;
	has = iq_gfp_has(&w->gfp, iq_slice_z(name));
	if (has < 0) {
		iq_ctx_error(ctx, "no gfp flag %s", name);
		return IQ_NULL;
	}
	return has;
}

static const struct inquest_ranking *get_ranking(struct inquest_ctx *ctx)
{
	return ctx->c ? &ctx->c->ranking : NULL;
}

static const struct inquest_account *get_account(struct inquest_ctx *ctx)
{
	return ctx->c ? &ctx->c->account : NULL;
}

static int64_t rechoose(struct inquest_ctx *ctx, const struct inquest_change *changes,
			size_t n_changes, int64_t limit_bytes)
{
	return ctx->c ? iq_compute_rechoose(ctx->c, changes, n_changes, limit_bytes, NULL,
					    NULL) : IQ_NULL;
}

static int64_t adj_to_spare(struct inquest_ctx *ctx, int64_t pid)
{
	return ctx->c ? iq_compute_adj_to_spare(ctx->c, pid) : IQ_NULL;
}

/* --- the machine --- */

static int64_t get_host_id(struct inquest_ctx *ctx)
{
	return ctx->c ? ctx->c->event.host_id : ctx->host_id;
}

static const char *get_host_name(struct inquest_ctx *ctx)
{
	return ctx->c ? ctx->c->event.host_name : ctx->host_name;
}

/* --- text --- */

static const char *get_error(struct inquest_ctx *ctx)
{
	return ctx->error;
}

static int fail(struct inquest_ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ctx->failure, sizeof(ctx->failure), fmt, ap);
	va_end(ap);
	return -1;
}

static const char *bytes_text(struct inquest_ctx *ctx, int64_t n)
{
	struct iq_slice s;
	struct iq_buf b;

	if (n == IQ_NULL)
		return "?";
	iq_buf_init(&b);
	iq_human_bytes(&b, n);
	s = iq_arena_copy(&ctx->arena, iq_buf_as_slice(&b));
	iq_buf_fini(&b);
	return s.p ? s.p : "?";
}

static const char *text(struct inquest_ctx *ctx, const char *fmt, ...)
{
	char line[IQ_FOUND_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	struct iq_slice s = iq_arena_copy(&ctx->arena, iq_slice_z(line));
	return s.p ? s.p : "";
}

static const char *share_text(struct inquest_ctx *ctx, int64_t part, int64_t whole)
{
	int64_t m;

	if (part == IQ_NULL || whole == IQ_NULL || part < 0 || whole <= 0)
		return "?";
	m = iq_sat_muldiv(part, 1000, whole);
	if (!m && part)
		return "under 0.1 %";
	if (m % 10 && m < 1000)
		return text(ctx, "%lld.%lld %%", (long long)(m / 10), (long long)(m % 10));
	return text(ctx, "%lld %%", (long long)(m / 10));
}

const struct inquest_host iq_host_table = {
	.size = sizeof(struct inquest_host),
	.abi = INQUEST_PLUGIN_ABI,
#ifdef PACKAGE_VERSION
	.version = PACKAGE_VERSION,
#else
	.version = "",
#endif
	.event = get_event,
	.oom = get_oom,
	.victims = get_victims,
	.tasks = get_tasks,
	.nodes = get_nodes,
	.zones = get_zones,
	.counters = get_counters,
	.hugetlb = get_hugetlb,
	.slabs = get_slabs,
	.cgroups = get_cgroups,
	.swaps = get_swaps,
	.frames = get_frames,
	.lines = get_lines,
	.line = get_line,
	.counter = get_counter,
	.task = get_task,
	.neighbours = get_neighbours,
	.gfp = get_gfp,
	.gfp_has = gfp_has,
	.ranking = get_ranking,
	.account = get_account,
	.rechoose = rechoose,
	.adj_to_spare = adj_to_spare,
	.host_id = get_host_id,
	.host_name = get_host_name,
	.prepare = iq_host_prepare,
	.bind_int = iq_host_bind_int,
	.bind_text = iq_host_bind_text,
	.step = iq_host_step,
	.column_count = iq_host_column_count,
	.column_name = iq_host_column_name,
	.column_int = iq_host_column_int,
	.column_real = iq_host_column_real,
	.column_text = iq_host_column_text,
	.finalize = iq_host_finalize,
	.error = get_error,
	.fail = fail,
	.bytes = bytes_text,
	.text = text,
	.finding_new = iq_host_finding_new,
	.finding_priority = iq_host_finding_priority,
	.finding_holder = iq_host_finding_holder,
	.finding_title = iq_host_finding_title,
	.finding_explain = iq_host_finding_explain,
	.finding_advise = iq_host_finding_advise,
	.finding_missing = iq_host_finding_missing,
	.cite_line = iq_host_cite_line,
	.cite_role = iq_host_cite_role,
	.cite_row = iq_host_cite_row,
	.finding_commit = iq_host_finding_commit,
	.share = share_text,
	.crash = iq_host_crash,
	.address = iq_host_address,
	.address_flip = iq_address_flip,
	.registers = iq_host_registers,
	.operand = iq_host_operand,
	.panic_reason = iq_host_panic_reason,
	.exit_status = iq_host_exit_status,
	.mce = iq_host_mce,
	.taint = iq_host_taint,
	.errno_name = iq_errno_name,
};

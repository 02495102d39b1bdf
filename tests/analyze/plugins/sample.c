/* tests/analyze/plugins/sample.c - plugins good and bad, one for each -DVARIANT_x.
 *
 * Built as tests/analyze/plugins/x/x.so; sees nothing but inquest/plugin.h.
 */
#include <inquest/plugin.h>

#include <stdlib.h>
#include <string.h>

static const char *const oom_kills[] = { "oom-kill", NULL };

#if defined(VARIANT_good)
/* A cause, and a contributing finding from every list and helper. */
static void say_cause(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	const struct inquest_oom *oom = h->oom(ctx);
	struct inquest_finding *f = h->finding_new(ctx, INQUEST_CAUSE, "cgroup-limit",
		INQUEST_FAULT, INQUEST_CERTAIN, "own-limit");

	h->finding_holder(f, "processes");
	h->finding_title(f, "cgroup %s at its limit of %s", oom->cgroup_limited,
			 h->bytes(ctx, oom->limit_bytes));
	h->finding_explain(f, "One. ");
	h->finding_explain(f, "Two %d.", 2);
	h->finding_advise(f, "raise it above %s", h->bytes(ctx, oom->limit_bytes));
	h->finding_missing(f, "nothing", "by looking");
	h->cite_role(f, "headline", 1);
	h->cite_role(f, "killed ", 0);
	h->cite_role(f, "headline", 1);		/* said already */
	h->finding_commit(f);
}

static void say_ranking(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	const struct inquest_ranking *r = h->ranking(ctx);
	struct inquest_finding *f;
	struct inquest_query *q;
	int64_t ranked = 0, spare;

	/* The host's own rows are there in SQL too. */
	q = h->prepare(ctx, "SELECT count(*) FROM v1_task_choice WHERE event_id = :id"
			    " AND rank IS NOT NULL");
	h->bind_int(q, ":id", h->event(ctx)->event_id);
	if (h->step(q) == 1)
		ranked = h->column_int(q, 0);
	h->finalize(q);
	if (!r->computed)
		return;
	spare = h->adj_to_spare(ctx, r->expected_pid);
	f = h->finding_new(ctx, INQUEST_CONTRIBUTING, "victim-ranked", INQUEST_SEV_NOTICE,
			   INQUEST_STRONG, "ranking");
	h->finding_title(f, "%lld of %zu ranked, first %lld, agrees %lld, spare %lld",
			 (long long)ranked, r->n_choices, (long long)r->expected_pid,
			 (long long)r->agrees, (long long)spare);
	h->cite_row(f, "v1_task", r->choices[0]->task->task_id, "pid %lld",
		    (long long)r->choices[0]->task->pid);
	h->finding_commit(f);
}

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	size_t n, self;

	say_cause(h, ctx);
	say_ranking(h, ctx);
	h->neighbours(ctx, &n, &self);
	return n > self ? 0 : h->fail(ctx, "not among its neighbours");
}

static int machine(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	struct inquest_finding *f = h->finding_new(ctx, INQUEST_NOTICE, "seen",
		INQUEST_SEV_NOTICE, INQUEST_CERTAIN, "seen");

	h->finding_title(f, "host %s", h->host_name(ctx));
	h->cite_row(f, "v1_host", h->host_id(ctx), "seen");
	return h->finding_commit(f);
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI, .size = sizeof(struct inquest_plugin), .name = "good",
	.version = "1.2", .description = "Does as it should.", .kinds = oom_kills,
	.event = look, .host = machine,
};

#elif defined(VARIANT_crash)
/* A finding and then a crash at the second event; nothing at the others. */
static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	struct inquest_finding *f = h->finding_new(ctx, INQUEST_CAUSE, "lost",
		INQUEST_FAULT, INQUEST_CERTAIN, "lost");

	h->finding_title(f, "lost with the crash");
	h->cite_role(f, "headline", 1);
	h->finding_commit(f);
	if (h->event(ctx)->mono_us / 1000000 % 10 == 2)
		abort();
	return h->fail(ctx, "failed on purpose");
}
#define EVENT look

#elif defined(VARIANT_always)
static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	(void)h;
	(void)ctx;
	exit(3);
}
#define EVENT look

#elif defined(VARIANT_hang)
static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	volatile unsigned long n = 0;

	(void)h;
	(void)ctx;
	while (n < 1ul << 62)
		n++;
	return 0;
}
#define EVENT look

#elif defined(VARIANT_bare)
/* What the host refuses: no evidence, no title, a bad word, a notice of an event. */
static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	struct inquest_finding *f = h->finding_new(ctx, INQUEST_CAUSE, "bare",
		INQUEST_FAULT, INQUEST_CERTAIN, "bare");
	int refused = 0;

	h->finding_title(f, "no evidence");
	refused += h->finding_commit(f) == -1;
	h->cite_role(f, "headline", 1);
	h->finding_title(f, "%s", "");
	refused += h->finding_commit(f) == -1;
	f = h->finding_new(ctx, INQUEST_NOTICE, "bare", INQUEST_FAULT, INQUEST_CERTAIN, "b");
	h->finding_title(f, "a notice");
	h->cite_role(f, "headline", 1);
	refused += h->finding_commit(f) == -1;
	f = h->finding_new(ctx, INQUEST_CAUSE, "Bare!", INQUEST_FAULT, INQUEST_CERTAIN, "b");
	h->finding_title(f, "a bad word");
	h->cite_role(f, "headline", 1);
	refused += h->finding_commit(f) == -1;
	/* Evidence of a capture that is not there passes here and fails in the store. */
	struct inquest_line nowhere = { .role = "headline", .capture_id = 999,
		.member = "", .line = 1, .text = "x" };
	f = h->finding_new(ctx, INQUEST_CAUSE, "bare", INQUEST_FAULT, INQUEST_CERTAIN, "b");
	h->finding_title(f, "of another capture");
	h->cite_line(f, &nowhere);
	refused += h->finding_commit(f) == -1;
	return refused == 4 ? 0 : h->fail(ctx, "%d refused", refused);
}
#define EVENT look

#elif defined(VARIANT_nosy)
/* Tries to read and write what it may not. */
static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	static const char *const forbidden[] = {
		"SELECT * FROM event", "DELETE FROM v1_event", "DROP VIEW v1_event",
		"PRAGMA user_version = 7", "ATTACH 'x' AS x", "SELECT 1; SELECT 2", "",
		"SELECT * FROM sqlite_schema", "SELECT load_extension('x')", "SELEKT",
		"CREATE TABLE x(y)", "INSERT INTO finding DEFAULT VALUES", "BEGIN",
	};
	static const char *const allowed[] = {
		"SELECT count(*) FROM v1_event", "SELECT e.kind FROM v1_event AS e;",
		"WITH x AS (SELECT 1 AS n) SELECT n FROM x -- yes",
		"SELECT value FROM json_each('[1]')",
		"SELECT human_bytes(1024), 'a' regexp 'a'",
		"SELECT max(pid) FROM v1_task WHERE comm IN (SELECT comm FROM v1_victim)",
	};

	for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++) {
		struct inquest_query *q = h->prepare(ctx, forbidden[i]);
		if (q || !*h->error(ctx))
			return h->fail(ctx, "allowed: %s", forbidden[i]);
	}
	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++) {
		struct inquest_query *q = h->prepare(ctx, allowed[i]);
		if (!q || h->step(q) != 1)
			return h->fail(ctx, "refused: %s: %s", allowed[i], h->error(ctx));
	}
	return h->fail(ctx, "all as it should be");
}
#define EVENT look

#elif defined(VARIANT_load)
/* Crashes while it is being loaded. */
__attribute__((constructor)) static void crash(void)
{
	abort();
}
static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	(void)h;
	(void)ctx;
	return 0;
}
#define EVENT look

#elif defined(VARIANT_old) || defined(VARIANT_new) || defined(VARIANT_tiny) || \
	defined(VARIANT_idle)
#if defined(VARIANT_old)
#define ABI 0
#elif defined(VARIANT_new)
#define ABI (INQUEST_PLUGIN_ABI + 2)
#else
#define ABI INQUEST_PLUGIN_ABI
#endif
INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = ABI, .name = "other", .version = "1", .kinds = oom_kills,
#ifdef VARIANT_tiny
	.size = 12,
#else
	.size = sizeof(struct inquest_plugin),
#endif
};

#elif defined(VARIANT_none)
int not_a_plugin(void);
int not_a_plugin(void)
{
	return (int)strlen(*oom_kills);
}
#endif

#ifdef EVENT
INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI, .size = sizeof(struct inquest_plugin), .name = NAME,
	.version = "0", .description = "Misbehaves.", .kinds = oom_kills, .event = EVENT,
};
#endif

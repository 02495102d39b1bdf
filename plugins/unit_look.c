/* plugins/unit_look.c - see unit.h. */
#include "unit.h"

/* ", 36 s later": by wall clock where both are certain (wall_kind 0), as the clock of the
 * log stands still while the machine sleeps, and uptime prints whole minutes. */
static const char *span(const struct unit_look *l, int64_t us)
{
	int64_t s = us / 1000000;

	if (!inquest_known(us) || us < 0)
		return "";
	if (s < 120)
		return l->h->text(l->ctx, ", %lld s later", (long long)s);
	if (s < 7200)
		return l->h->text(l->ctx, ", %lld min later", (long long)(s / 60));
	if (s < 172800)
		return l->h->text(l->ctx, ", %lld h later", (long long)(s / 3600));
	return l->h->text(l->ctx, ", %lld days later", (long long)(s / 86400));
}

/* The nearest collection behind the event, of its own boot before another. */
int unit_later(struct unit_look *l)
{
	struct inquest_query *q = l->h->prepare(l->ctx,
		"SELECT s.snapshot_id, s.capture_id, "
		"CASE WHEN coalesce(e.wall_kind, 0) = 0 AND coalesce(s.wall_kind, 0) = 0 "
		"	AND e.wall_us IS NOT NULL THEN s.wall_us - e.wall_us "
		"	WHEN x.role = 'later' AND s.mono_us - e.mono_us > 120000000 "
		"	THEN s.mono_us - e.mono_us END, x.role = 'rebooted' "
		"FROM v1_event_snapshot AS x JOIN v1_snapshot AS s USING (snapshot_id) "
		"JOIN v1_event AS e USING (event_id) "
		"WHERE x.event_id = :event AND x.role IN ('later', 'rebooted') "
		"ORDER BY x.role = 'rebooted', s.wall_us, s.snapshot_id LIMIT 1");

	if (!q || l->h->bind_int(q, ":event", l->ev->event_id) || l->h->step(q) != 1)
		return 0;
	l->snapshot = l->h->column_int(q, 0);
	l->capture = l->h->column_int(q, 1);
	l->later = span(l, l->h->column_int(q, 2));
	l->rebooted = l->h->column_int(q, 3) == 1;
	l->h->finalize(q);
	return 1;
}

static const char *text(const struct unit_look *l, struct inquest_query *q, int i)
{
	const char *s = l->h->column_text(q, i);

	return s && *s ? l->h->text(l->ctx, "%s", s) : NULL;
}

static int find_one(const struct unit_look *l, const char *name, struct unit *ret)
{
	struct inquest_query *q = l->h->prepare(l->ctx,
		"SELECT unit_id, name, state, sub_state, result, restart_policy, oom_policy, "
		"source, oom_score_adjust_from, memory_max_from, restart_from, oom_policy_from, "
		"main_pid, exec_pid, exec_code, exec_status, restarts, oom_score_adjust, "
		"memory_max_bytes, memory_current_bytes, memory_peak_bytes FROM v1_unit "
		"WHERE capture_id = :capture AND name = :name "
		"AND (host_id IS NULL OR host_id = :host) LIMIT 1");
	const char **texts[] = { &ret->name, &ret->state, &ret->sub, &ret->result,
		&ret->restart, &ret->oom_policy, &ret->source, &ret->adj_from, &ret->max_from,
		&ret->restart_from, &ret->policy_from };
	int64_t *numbers[] = { &ret->main_pid, &ret->exec_pid, &ret->exec_code,
		&ret->exec_status, &ret->restarts, &ret->adj, &ret->max, &ret->current,
		&ret->peak };
	int i = 1;

	if (!q || l->h->bind_int(q, ":capture", l->capture) ||
	    l->h->bind_text(q, ":name", name) ||
	    (inquest_known(l->ev->host_id) && l->h->bind_int(q, ":host", l->ev->host_id)) ||
	    l->h->step(q) != 1)
		return 0;
	ret->id = l->h->column_int(q, 0);
	for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++)
		*texts[k] = text(l, q, i++);
	for (size_t k = 0; k < sizeof(numbers) / sizeof(*numbers); k++)
		*numbers[k] = l->h->column_int(q, i++);
	l->h->finalize(q);
	return 1;
}

const char *unit_when(const struct unit_look *l)
{
	return l->rebooted ? " (the unit file as it was at collection, after a reboot)" : "";
}

/* What is set up to outlive a boot: /run does not. */
static int is_kept(const char *from)
{
	return from && strncmp(from, "/run/", 5) != 0;
}

/* Behind a reboot the state is another run's, and a value that no file sets may be too.
 * Restart= and OOMPolicy= have only files and built-in defaults. */
static void keep_files(struct unit *u)
{
	u->state = u->sub = u->result = NULL;
	u->main_pid = u->exec_pid = u->exec_code = u->exec_status = u->restarts = INQUEST_NULL;
	u->current = u->peak = INQUEST_NULL;
	if (!is_kept(u->max_from))
		u->max = INQUEST_NULL;
	if (!is_kept(u->adj_from))
		u->adj = INQUEST_NULL;
	if (u->restart_from && !is_kept(u->restart_from))
		u->restart = NULL;
	if (u->policy_from && !is_kept(u->policy_from))
		u->oom_policy = NULL;
}

struct unit unit_find(const struct unit_look *l, const char *name)
{
	struct unit u = { .id = INQUEST_NULL, .adj = INQUEST_NULL, .max = INQUEST_NULL };
	const char *at = name ? strchr(name, '@') : NULL, *dot = name ? strrchr(name, '.') : NULL;

	/* of some what the template sets is all that is known; it has no state */
	if (name && !find_one(l, name, &u) && at && dot && dot > at)
		find_one(l, l->h->text(l->ctx, "%.*s@%s", (int)(at - name), name, dot), &u);
	if (l->rebooted && inquest_known(u.id))
		keep_files(&u);
	return u;
}

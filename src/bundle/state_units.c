/* bundle/state_units.c - systemd's units: what systemctl shows, and which file says so.
 *
 * A unit's own file counts once, the one nearest to /etc (systemd.unit(5)); drop-ins
 * come after it in the order of their names, and the last one that sets a thing wins.
 */
#include "bundle/state_impl.h"

#include <stdlib.h>

#define UNITS_MAX 16384
#define SETTINGS_MAX 16384
#define SHOW_TEXT "systemctl show"

/* --- taking --- */

void iq_state_take_unit(struct iq_state *s)
{
	struct iq_slice name = s->unit.f.name;
	uint64_t key = iq_state_hash(s, name);
	struct iq_state_unit *row;
	size_t at = SIZE_MAX;
	ptrdiff_t i;

	/* the manager's own properties have no Id; shown twice, the first counts */
	bool known = !name.n;
	while (!known && (i = iq_state_find(&s->by_unit, key, &at)) >= 0)
		known = iq_eq(IQ_STATE_AT(&s->units, struct iq_state_unit, i)->f.name, name);
	if (!known && (row = IQ_STATE_ROW(s, &s->units, struct iq_state_unit, UNITS_MAX))) {
		*row = s->unit;
		iq_state_note(s, &s->by_unit, key, s->units.n - 1);
	}
	s->unit = (struct iq_state_unit){ .more = { IQ_SLICE_NULL, IQ_SLICE_NULL } };
	iq_fact_init(IQ_FACT_UNIT, &s->unit.f);
}

/* As the file is called in the tree: /lib is /usr/lib on most machines. */
static struct iq_slice tidy_path(struct iq_state *s, struct iq_slice path)
{
	struct iq_slice p = path;

	iq_skip(&p, IQ_LIT("/"));
	if (iq_starts(p, IQ_LIT("lib/systemd/")))
		return iq_arena_printf(&s->arena, "usr/%.*s", IQ_FMT(p));
	return iq_state_keep(s, p);
}

void iq_state_take_setting(struct iq_state *s, enum iq_unit_key key, struct iq_slice value)
{
	struct iq_state_setting *row = IQ_STATE_ROW(s, &s->settings, struct iq_state_setting,
						    SETTINGS_MAX);
	if (!row)
		return;
	row->path = tidy_path(s, s->file.path);
	row->unit = iq_state_keep(s, s->file.name);
	row->key = key;
	row->value = value.n ? iq_state_keep(s, value) : IQ_LIT("");
	row->line = s->line;
	row->member_id = s->member_id;
	row->seq = s->settings.n;
}

/* --- which file --- */

static int compare(struct iq_slice a, struct iq_slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? c : a.n < b.n ? -1 : a.n > b.n;
}

static int by_path(const void *a, const void *b)
{
	const struct iq_state_setting *x = a, *y = b;
	int c = compare(x->path, y->path);
	return c ? c : x->seq < y->seq ? -1 : x->seq > y->seq;
}

static struct iq_slice *from_column(struct iq_unit *u, enum iq_unit_key key)
{
	switch (key) {
	case IQ_UNIT_OOM_SCORE_ADJUST: return &u->oom_score_adjust_from;
	case IQ_UNIT_OOM_POLICY: return &u->oom_policy_from;
	case IQ_UNIT_MEMORY_MAX:
	case IQ_UNIT_MEMORY_LIMIT: return &u->memory_max_from;
	case IQ_UNIT_MEMORY_HIGH: return &u->memory_high_from;
	case IQ_UNIT_RESTART: return &u->restart_from;
	case IQ_UNIT_KEYS: break;
	}
	return NULL;
}

/* The unit's settings that the file PATH makes are from there. */
static void apply_file(struct iq_state *s, struct iq_unit *u, struct iq_slice path)
{
	const struct iq_state_setting *all = (void *)s->settings.p;
	size_t low = 0, high = s->settings.n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		if (compare(all[mid].path, path) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < s->settings.n && iq_eq(all[low].path, path); low++) {
		struct iq_slice *from = from_column(u, all[low].key);
		if (from)
			*from = all[low].value.n ? iq_arena_printf(&s->arena, "/%.*s:%lld",
					IQ_FMT(path), (long long)all[low].line)
				: IQ_SLICE_NULL;
	}
}

/* systemctl says itself which files it read, in the order in which they count. */
static void find_files(struct iq_state *s, struct iq_state_unit *u)
{
	struct iq_slice rest = u->more.drop_ins;

	if (u->more.fragment.n)
		apply_file(s, &u->f, tidy_path(s, u->more.fragment));
	for (unsigned i = 0; rest.n && i < 64; i++) {
		struct iq_slice one = iq_word(&rest);
		iq_skip_blank(&rest);
		if (one.n)
			apply_file(s, &u->f, tidy_path(s, one));
	}
}

/* --- units of which there are files alone --- */

static int rank_of(struct iq_slice path)
{
	return iq_starts(path, IQ_LIT("etc/")) ? 3 : iq_starts(path, IQ_LIT("run/")) ? 2 : 1;
}

static bool is_drop_in(struct iq_slice path)
{
	return iq_ends(path, IQ_LIT(".conf"));
}

static struct iq_slice base_of(struct iq_slice path)
{
	ptrdiff_t slash = iq_rfind(path, IQ_LIT("/"));
	return iq_from(path, (size_t)(slash + 1));
}

/* By unit; its own files first, the nearest to /etc last of them, then the drop-ins by
 * name. */
static int by_unit(const void *a, const void *b)
{
	const struct iq_state_setting *x = a, *y = b;
	int c = compare(x->unit, y->unit);

	if (!c)
		c = is_drop_in(x->path) - is_drop_in(y->path);
	if (!c && is_drop_in(x->path))
		c = compare(base_of(x->path), base_of(y->path));
	if (!c)
		c = rank_of(x->path) - rank_of(y->path);
	return c ? c : x->seq < y->seq ? -1 : x->seq > y->seq;
}

static bool is_about_memory(enum iq_unit_key key)
{
	return key != IQ_UNIT_RESTART && key != IQ_UNIT_OOM_POLICY;
}

static int unit_name(const void *a, const void *b)
{
	const struct iq_slice *x = a, *y = b;
	return compare(*x, *y);
}

/* SET: the N settings of one unit, sorted by_unit(). */
static int put_from_files(struct iq_state *s, const struct iq_state_setting *set, size_t n,
			  const struct iq_state_frame *f, struct iq_sink *sink,
			  struct iq_err *err)
{
	struct iq_unit u;
	bool any = false;
	int nearest = 0;

	for (size_t i = 0; i < n; i++)
		if (!is_drop_in(set[i].path) && rank_of(set[i].path) > nearest)
			nearest = rank_of(set[i].path);
	iq_fact_init(IQ_FACT_UNIT, &u);
	u.name = set->unit;
	u.host_id = f->host_id;
	for (size_t i = 0; i < n; i++) {
		/* a file hides the one of the same name that is further from /etc */
		if (!is_drop_in(set[i].path) && rank_of(set[i].path) < nearest)
			continue;
		struct iq_slice *from = from_column(&u, set[i].key);
		iq_unit_apply(&u, set[i].key, set[i].value);
		any = any || is_about_memory(set[i].key);
		if (from)
			*from = iq_arena_printf(&s->arena, "/%.*s:%lld", IQ_FMT(set[i].path),
						(long long)set[i].line);
		if (from && is_about_memory(set[i].key)) {
			u.source = *from;
			u.member_id = set[i].member_id;
			u.line = set[i].line;
		}
	}
	/* What failed stays loaded, what ended well does not (systemd.unit(5), CollectMode=):
	 * of a service that is not, systemctl says the same as of one that never ran. */
	if (s->all_services && iq_ends(u.name, IQ_LIT(".service")) &&
	    iq_find_char(u.name, '@') < 0) {
		u.state = IQ_LIT("inactive");
		u.sub_state = IQ_LIT("dead");
		u.result = IQ_LIT("success");
	}
	return any ? iq_sink_put(sink, IQ_FACT_UNIT, &u, err) : 0;
}

static int put_unshown(struct iq_state *s, const struct iq_state_frame *f,
		       struct iq_sink *sink, struct iq_err *err)
{
	struct iq_state_setting *all = (void *)s->settings.p;
	size_t n = s->settings.n, n_shown = s->units.n;
	struct iq_slice *shown = n ? calloc(n_shown + 1, sizeof *shown) : NULL;
	int rc = 0;

	if (!n)
		return 0;
	if (!shown)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	for (size_t i = 0; i < n_shown; i++)
		shown[i] = IQ_STATE_AT(&s->units, struct iq_state_unit, i)->f.name;
	qsort(shown, n_shown, sizeof *shown, unit_name);
	qsort(all, n, sizeof *all, by_unit);
	for (size_t i = 0, end; i < n && !rc; i = end) {
		for (end = i + 1; end < n && iq_eq(all[end].unit, all[i].unit);)
			end++;
		if (!bsearch(&all[i].unit, shown, n_shown, sizeof *shown, unit_name))
			rc = put_from_files(s, all + i, end - i, f, sink, err);
	}
	free(shown);
	return rc;
}

int iq_state_put_units(struct iq_state *s, const struct iq_state_frame *f,
		       struct iq_sink *sink, struct iq_err *err)
{
	if (s->settings.n)
		qsort(s->settings.p, s->settings.n, sizeof(struct iq_state_setting), by_path);
	for (size_t i = 0; i < s->units.n; i++) {
		struct iq_state_unit *u = IQ_STATE_AT(&s->units, struct iq_state_unit, i);
		find_files(s, u);
		u->f.host_id = f->host_id;
		u->f.source = IQ_LIT(SHOW_TEXT);
		if (iq_sink_put(sink, IQ_FACT_UNIT, &u->f, err))
			return -1;
	}
	return put_unshown(s, f, sink, err);
}

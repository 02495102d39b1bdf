/* bundle/state_units.c - systemd's units: what systemctl shows, and which of the files that
 * it says it has read makes a setting.  Units that it does not show: state_unitfiles.c.
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

/* What a more talkative command says of a unit comes before what another does. */
void iq_state_take_listed(struct iq_state *s, const struct iq_unit *f, bool of_status)
{
	const struct iq_fact_desc *d = &iq_fact_descs[IQ_FACT_UNIT];
	uint64_t key = iq_state_hash(s, f->name);
	struct iq_state_unit *row = NULL;
	size_t at = SIZE_MAX;
	ptrdiff_t i;

	if (!f->name.n)
		return;
	while (!row && (i = iq_state_find(&s->by_listed, key, &at)) >= 0) {
		row = IQ_STATE_AT(&s->listed, struct iq_state_unit, i);
		if (!iq_eq(row->f.name, f->name))
			row = NULL;
	}
	if (row && (row->of_status || !of_status))
		return;
	if (!row) {
		row = IQ_STATE_ROW(s, &s->listed, struct iq_state_unit, UNITS_MAX);
		if (!row || !iq_state_note(s, &s->by_listed, key, s->listed.n - 1))
			return;
	}
	row->f = *f;
	row->of_status = of_status;
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++)
		if (c->kind == IQ_COL_TEXT && iq_fact_text(&row->f, c)->p)
			*iq_fact_text(&row->f, c) = iq_state_keep(s, *iq_fact_text(&row->f, c));
	row->f.member_id = s->member_id;
	row->f.line = of_status && f->line != IQ_NULL ? f->line : s->line;
}

void iq_state_take_unit_file(struct iq_state *s)
{
	iq_state_take_setting(s, IQ_UNIT_KEYS, IQ_SLICE_NULL);
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
	row->file_line = s->line - s->u.unit_file.above;
	row->member_id = s->member_id;
	row->seq = s->settings.n;
}

/* --- which file --- */

int iq_state_compare(struct iq_slice a, struct iq_slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? c : a.n < b.n ? -1 : a.n > b.n;
}

static int by_path(const void *a, const void *b)
{
	const struct iq_state_setting *x = a, *y = b;
	int c = iq_state_compare(x->path, y->path);
	return c ? c : x->seq < y->seq ? -1 : x->seq > y->seq;
}

struct iq_slice *iq_state_setting_from(struct iq_unit *u, enum iq_unit_key key)
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
		if (iq_state_compare(all[mid].path, path) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < s->settings.n && iq_eq(all[low].path, path); low++) {
		struct iq_slice *from = iq_state_setting_from(u, all[low].key);
		if (from)
			*from = all[low].value.n ? iq_arena_printf(&s->arena, "/%.*s:%lld",
					IQ_FMT(path), (long long)all[low].file_line)
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
	return iq_state_put_unshown(s, f, sink, err);
}

/* bundle/state.c - see state.h: rows, the lines of a member, which parser gets them. */
#include "bundle/state_impl.h"

#include "base/limits.h"

#include <stdlib.h>

/* --- rows --- */

void *iq_state_row(struct iq_state *s, struct iq_state_rows *r, size_t size, size_t max)
{
	if (r->n >= max || s->bytes + s->arena.total_bytes > IQ_STATE_BYTES_MAX) {
		s->left_out++;
		return NULL;
	}
	if (r->n == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 16;
		char *p = reallocarray(r->p, cap, size);
		if (!p) {
			s->no_memory = true;
			return NULL;
		}
		s->bytes += (cap - r->cap) * size;
		r->p = p;
		r->cap = cap;
	}
	return memset(r->p + size * r->n++, 0, size);
}

struct iq_slice iq_state_keep(struct iq_state *s, struct iq_slice text)
{
	struct iq_slice copy = iq_arena_copy(&s->arena, text);

	if (text.p && !copy.p)
		s->no_memory = true;
	return copy;
}

void iq_state_keep_texts(struct iq_state *s, enum iq_fact_type type, void *fact)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];

	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++)
		if (c->kind == IQ_COL_TEXT && iq_fact_text(fact, c)->p)
			*iq_fact_text(fact, c) = iq_state_keep(s, *iq_fact_text(fact, c));
}

void iq_state_keep_fact(struct iq_state *s, struct iq_state_rows *r, enum iq_fact_type type,
			const void *fact, size_t max)
{
	size_t size = iq_fact_descs[type].size;
	void *row = iq_state_row(s, r, size, max);

	if (!row)
		return;
	memcpy(row, fact, size);
	iq_state_keep_texts(s, type, row);
}

/* --- index --- */

uint64_t iq_state_hash(const struct iq_state *s, struct iq_slice text)
{
	uint64_t h = s->seed;

	for (size_t i = 0; i < text.n; i++) {
		h = (h ^ (unsigned char)text.p[i]) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	return h;
}

static size_t spread(uint64_t key, size_t cap)
{
	key *= UINT64_C(0xd6e8feb86659fd93);
	return (size_t)(key ^ key >> 32) & (cap - 1);
}

ptrdiff_t iq_state_find(const struct iq_state_index *x, uint64_t key, size_t *at)
{
	if (!x->cap)
		return -1;
	size_t i = *at == SIZE_MAX ? spread(key, x->cap) : (*at + 1) & (x->cap - 1);
	for (; x->at[i].row; i = (i + 1) & (x->cap - 1))
		if (x->at[i].key == key) {
			*at = i;
			return (ptrdiff_t)x->at[i].row - 1;
		}
	return -1;
}

static void insert(struct iq_state_index *x, uint64_t key, uint32_t row)
{
	size_t i = spread(key, x->cap);

	while (x->at[i].row)
		i = (i + 1) & (x->cap - 1);
	x->at[i] = (struct iq_state_slot){ key, row };
}

bool iq_state_note(struct iq_state *s, struct iq_state_index *x, uint64_t key, size_t row)
{
	if (2 * x->n >= x->cap) {
		struct iq_state_index new = { .cap = x->cap ? 2 * x->cap : 64 };
		new.at = calloc(new.cap, sizeof *new.at);
		if (!new.at) {
			s->no_memory = true;
			return false;
		}
		for (size_t i = 0; i < x->cap; i++)
			if (x->at[i].row)
				insert(&new, x->at[i].key, x->at[i].row);
		new.n = x->n;
		s->bytes += (new.cap - x->cap) * sizeof *new.at;
		free(x->at);
		*x = new;
	}
	insert(x, key, (uint32_t)row + 1);
	x->n++;
	return true;
}

/* --- life --- */

#define ALL_ROWS(s) { &(s)->counters, &(s)->free_counters, &(s)->zones, &(s)->nodes, \
	&(s)->buddy, &(s)->pagetypes, &(s)->slabs, &(s)->swaps, &(s)->swapons, \
	&(s)->modules, &(s)->lsmods, &(s)->sysctls, &(s)->huge, &(s)->containers, &(s)->pods, \
	&(s)->tasks, &(s)->groups, &(s)->cgls, &(s)->units, &(s)->listed, &(s)->settings, NULL }

struct iq_state *iq_state_new(void)
{
	struct iq_state *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	iq_arena_init(&s->arena);
	iq_buf_init(&s->part);
	/* nobody can prepare names that all fall together */
	s->seed = (uint64_t)(uintptr_t)s * UINT64_C(0x2545f4914f6cdd1d);
	s->smaps_page = IQ_NULL;
	return s;
}

static void drop(struct iq_state *s)
{
	struct iq_state_rows *const all[] = ALL_ROWS(s);

	for (size_t i = 0; all[i]; i++) {
		free(all[i]->p);
		*all[i] = (struct iq_state_rows){ NULL, 0, 0 };
	}
	free(s->by_pid.at);
	free(s->by_group.at);
	free(s->by_sysctl.at);
	free(s->by_unit.at);
	free(s->by_listed.at);
	s->by_pid = s->by_group = s->by_sysctl = s->by_unit = s->by_listed =
		(struct iq_state_index){ NULL, 0, 0 };
	iq_arena_fini(&s->arena);
	iq_arena_init(&s->arena);
	s->bytes = 0;
}

void iq_state_free(struct iq_state *s)
{
	if (!s)
		return;
	drop(s);
	iq_buf_fini(&s->part);
	free(s);
}

bool iq_state_any(const struct iq_state *s)
{
	if (!s)
		return false;
	const struct iq_state_rows *const all[] = ALL_ROWS(s);

	for (size_t i = 0; all[i]; i++)
		if (all[i]->n)
			return true;
	return false;
}

/* --- a member --- */

void iq_state_begin(struct iq_state *s, const struct iq_state_file *p, int64_t member_id,
		    int64_t line)
{
	s->file = *p;
	s->member_id = member_id;
	s->line = line - 1;
	s->taken = 0;
	s->enough = false;
	/* each node has a meminfo of its own */
	s->again = (iq_state_takers[p->kind].once ||
		    (p->kind == IQ_STATE_MEMINFO && p->node == IQ_NULL)) &&
		   s->have >> p->kind & 1;
	s->kib_stacks = false;
	s->last_ps = 0;
	iq_buf_reset(&s->part);
	memset(&s->u, 0, sizeof s->u);
	s->unit = (struct iq_state_unit){ .more = { IQ_SLICE_NULL, IQ_SLICE_NULL } };
	iq_fact_init(IQ_FACT_UNIT, &s->unit.f);
	iq_fact_init(IQ_FACT_CONTAINER, &s->inspected);
	if (p->kind == IQ_STATE_UNIT_FILE) {
		s->u.unit_file.above = s->line;
		iq_state_take_unit_file(s);
	}
	if (p->kind == IQ_STATE_PID_STATUS)
		iq_pid_status_init(&s->u.status);
	else if (p->kind == IQ_STATE_SWAPS || p->kind == IQ_STATE_SWAPON)
		iq_swap_table_init(&s->u.swap, iq_eq(p->name, IQ_LIT("bytes")));
}

static void one_line(struct iq_state *s, struct iq_slice line)
{
	s->line++;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n > IQ_LINE_MAX_BYTES)
		line.n = IQ_LINE_MAX_BYTES;
	if (iq_state_takers[s->file.kind].line(s, line))
		s->taken++;
}

static void part_of_line(struct iq_state *s, struct iq_slice part)
{
	size_t room = IQ_LINE_MAX_BYTES > s->part.n ? IQ_LINE_MAX_BYTES - s->part.n : 0;

	iq_buf_slice(&s->part, iq_head(part, room));
	if (s->part.failed)
		s->no_memory = true;
}

static void flush_part(struct iq_state *s)
{
	struct iq_slice line = iq_buf_as_slice(&s->part);

	one_line(s, line.p ? line : IQ_LIT(""));
	iq_buf_reset(&s->part);
}

int iq_state_feed(struct iq_state *s, struct iq_slice block)
{
	while (block.n && !s->enough && !s->again && !s->no_memory) {
		ptrdiff_t end = iq_find_char(block, '\n');
		if (end < 0) {
			part_of_line(s, block);
			break;
		}
		struct iq_slice line = iq_head(block, (size_t)end);
		block = iq_from(block, (size_t)end + 1);
		if (s->part.n) {
			part_of_line(s, line);
			flush_part(s);
		} else {
			one_line(s, line);
		}
	}
	return s->no_memory ? -1 : s->enough || s->again;
}

static void finish_inspected(struct iq_state *s)
{
	if (!s->inspected.container.p)
		return;
	s->inspected.runtime = s->file.name;
	iq_state_keep_fact(s, &s->containers, IQ_FACT_CONTAINER, &s->inspected, 16384);
}

int64_t iq_state_end(struct iq_state *s, bool cut)
{
	if (s->part.n && !s->enough && !s->again)
		flush_part(s);
	switch (s->file.kind) {
	case IQ_STATE_ZONEINFO:
		iq_zoneinfo_end(&s->u.zoneinfo);
		iq_state_keep_zone(s);
		break;
	case IQ_STATE_PID_STATUS:
		if (iq_pid_status_done(&s->u.status) &&
		    s->u.status.task.pid == s->file.number)
			iq_state_take_status(s, &s->u.status);
		break;
	case IQ_STATE_PID_CGROUP:
		if (s->taken)
			iq_state_take_pid_cgroup(s, s->file.number, &s->u.cgroup);
		break;
	case IQ_STATE_UNITS:
		iq_state_take_unit(s);
		s->all_services = s->all_services ||
				  (iq_eq(s->file.name, IQ_LIT("all")) && s->units.n > 1 && !cut);
		break;
	case IQ_STATE_UNIT_STATUS:
		iq_state_take_listed(s, &s->unit.f, true);
		break;
	case IQ_STATE_INSPECT:
		finish_inspected(s);
		break;
	default:
		break;
	}
	if (s->taken && s->file.node == IQ_NULL)
		s->have |= UINT64_C(1) << s->file.kind;
	int64_t n = s->again ? 0 : s->taken;
	s->file.kind = IQ_STATE_NONE;
	return s->no_memory ? -1 : n;
}

size_t iq_state_bytes_max(enum iq_state_kind kind)
{
	return iq_state_takers[kind].bytes_max;
}

/* --- the end --- */

int iq_state_put(struct iq_state *s, struct iq_state_frame *f, struct iq_sink *sink,
		 struct iq_err *err)
{
	int rc = iq_state_put_memory(s, f, sink, err) || iq_state_put_groups(s, f, sink, err) ||
		 iq_state_put_tasks(s, f, sink, err) ||
		 iq_state_put_containers(s, f, sink, err) ||
		 iq_state_put_units(s, f, sink, err) ? -1 : 0;
	f->left_out = s->left_out;
	drop(s);
	return rc;
}

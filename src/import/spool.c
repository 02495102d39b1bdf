/* import/spool.c - see spool.h */
#include "import/spool.h"
#include "import/request.h"

#include <stdio.h>
#include <stdlib.h>

/* Ids of these are counted by the child from 1; more in one capture is a lie. */
#define IDS_MAX (1 << 22)

static const enum iq_fact_type completed[] = { IQ_FACT_HOST, IQ_FACT_BOOT, IQ_FACT_MEMBER };
#define N_COMPLETED (sizeof completed / sizeof *completed)

static bool is_completed(enum iq_fact_type t)
{
	for (size_t i = 0; i < N_COMPLETED; i++)
		if (completed[i] == t)
			return true;
	return false;
}

static bool seen(const struct iq_spool *s, enum iq_fact_type t, int64_t id)
{
	return s->seen[t] && s->seen[t][id >> 3] & 1 << (id & 7);
}

static int note_id(struct iq_spool *s, enum iq_fact_type t, int64_t id, struct iq_err *err)
{
	if (id < 1 || id >= IDS_MAX)
		return iq_err_set(err, IQ_E_FORMAT, "spool: id %lld of a %s", (long long)id,
				  iq_fact_descs[t].name);
	if (!s->seen[t])
		s->seen[t] = calloc(1, IDS_MAX / 8);
	if (!s->seen[t])
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	s->seen[t][id >> 3] |= (unsigned char)(1 << (id & 7));
	return 0;
}

static void keep_capture(struct iq_spool *s, const struct iq_capture *c)
{
	s->has_capture = true;
	snprintf(s->status, sizeof s->status, "%.*s", IQ_FMT(c->status));
}

static int look_at(struct iq_spool *s, enum iq_fact_type t, void *fact, struct iq_err *err)
{
	int64_t id;
	memcpy(&id, fact, sizeof id);
	s->facts++;
	if (is_completed(t) && note_id(s, t, id, err))
		return -1;
	const struct iq_fact_desc *d = &iq_fact_descs[t];
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++) {
		if (c->kind != IQ_COL_REF || !is_completed(c->target))
			continue;
		int64_t ref = *iq_fact_int(fact, c);
		if (ref == IQ_NULL)
			continue;
		if (ref < 1 || ref >= IDS_MAX)
			return iq_err_set(err, IQ_E_FORMAT, "spool: %s refers to %s %lld",
					  d->name, c->name, (long long)ref);
		if (ref > s->max_ref[c->target])
			s->max_ref[c->target] = ref;
	}
	if (t == IQ_FACT_CAPTURE)
		keep_capture(s, fact);
	else if (t == IQ_FACT_EVENT)
		s->events++;
	else if (t == IQ_FACT_ISSUE && !iq_eq(((struct iq_issue *)fact)->severity, IQ_LIT("note")))
		s->damage++;
	return 0;
}

/* Boots of a dead child may refer to hosts; ours have one. */
static int put_placeholder(struct iq_spool *s, enum iq_fact_type *ret_type, void *fact)
{
	for (; s->missing_type < IQ_FACT_MAX; s->missing_type++, s->next_missing = 1) {
		enum iq_fact_type t = s->missing_type;
		if (!is_completed(t))
			continue;
		for (; s->next_missing <= s->max_ref[t]; s->next_missing++) {
			if (seen(s, t, s->next_missing))
				continue;
			iq_fact_init(t, fact);
			int64_t id = s->next_missing++;
			memcpy(fact, &id, sizeof id);
			if (t == IQ_FACT_BOOT)
				((struct iq_boot *)fact)->host_id = 1;
			if (t == IQ_FACT_MEMBER)
				((struct iq_member *)fact)->name = IQ_LIT("");
			*ret_type = t;
			return 1;
		}
	}
	return 0;
}

static int put_issue(struct iq_spool *s, enum iq_fact_type *ret_type, void *fact)
{
	struct iq_issue *i = fact;
	iq_fact_init(IQ_FACT_ISSUE, i);
	i->severity = s->facts ? IQ_LIT("damage") : IQ_LIT("failed");
	i->code = s->outcome.code == IQ_E_LIMIT ? IQ_LIT("limit") : IQ_LIT("reader");
	if (s->outcome.code == IQ_E_LIMIT)
		i->severity = IQ_LIT("limit");
	i->text = iq_slice_z(s->death);
	*ret_type = IQ_FACT_ISSUE;
	return 1;
}

static int put_capture(struct iq_spool *s, enum iq_fact_type *ret_type, void *fact)
{
	struct iq_capture *c = fact;
	iq_fact_init(IQ_FACT_CAPTURE, c);
	c->path = iq_slice_z(s->path);
	c->kind = IQ_LIT("log");
	if (s->sha256[0]) {
		c->sha256 = iq_slice_z(s->sha256);
		c->size_bytes = s->size_bytes;
	}
	c->status = s->events ? IQ_LIT("partial") : IQ_LIT("failed");
	*ret_type = IQ_FACT_CAPTURE;
	return 1;
}

static int next(struct iq_fact_source *src, enum iq_fact_type *ret_type, void *fact,
		struct iq_err *err)
{
	struct iq_spool *s = (struct iq_spool *)(void *)src;
	int got;
	switch (s->phase) {
	case 0:
		got = iq_wire_next(&s->wire, ret_type, fact, err);
		if (got > 0 && !s->ended && look_at(s, *ret_type, fact, err))
			got = -1;
		if (got < 0)
			s->broken = *err;
		if (got || !s->ended)
			return got;
		s->phase = 1;
		s->missing_type = 0;
		s->next_missing = 1;
		/* fall through */
	case 1:
		if (put_placeholder(s, ret_type, fact))
			return 1;
		s->phase = 2;
		/* fall through */
	case 2:
		s->phase = 3;
		if (s->death[0])
			return put_issue(s, ret_type, fact);
		/* fall through */
	case 3:
		s->phase = 4;
		if (!s->has_capture)
			return put_capture(s, ret_type, fact);
		/* fall through */
	default:
		return 0;
	}
}

static int rewind_source(struct iq_fact_source *src, struct iq_err *err)
{
	struct iq_spool *s = (struct iq_spool *)(void *)src;
	(void)err;
	iq_wire_reader_rewind(&s->wire);
	s->wire.unwanted = src->unwanted;
	s->phase = 0;
	return 0;
}

static void describe_end(struct iq_spool *s, const struct iq_jail_result *r)
{
	s->complete = s->wire.done && s->wire.outcome.code == IQ_E_NONE;
	if (s->complete)
		return;
	s->outcome = s->wire.outcome;
	if (s->wire.done) {
		snprintf(s->death, sizeof s->death, "%s", s->outcome.text);
		return;
	}
	char how[120];
	iq_jail_describe(r, how, sizeof how);
	s->outcome.code = IQ_E_FORMAT;
	snprintf(s->death, sizeof s->death, "stopped while %s: %s%s",
		 s->wire.stage[0] ? s->wire.stage : "starting", how,
		 s->facts ? "; what was read until then is kept" : "");
}

void iq_spool_init(struct iq_spool *s, int fd, const char *path)
{
	*s = (struct iq_spool){ .source = { .next = next, .rewind = rewind_source },
				.path = path };
	iq_wire_reader_init(&s->wire, fd);
}

void iq_spool_end(struct iq_spool *s, const struct iq_jail_result *r)
{
	s->ended = true;
	describe_end(s, r);
	/* a placeholder boot needs a host to belong to */
	if (s->max_ref[IQ_FACT_BOOT] && !s->max_ref[IQ_FACT_HOST])
		s->max_ref[IQ_FACT_HOST] = 1;
}

void iq_spool_fini(struct iq_spool *s)
{
	iq_wire_reader_fini(&s->wire);
	for (size_t i = 0; i < IQ_FACT_MAX; i++)
		free(s->seen[i]);
}

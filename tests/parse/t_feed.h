/* tests/parse/t_feed.h - bare lines through the whole parser, facts kept. */
#ifndef IQ_T_FEED_H
#define IQ_T_FEED_H

#include "t_sink.h"

#include "parse/parse.h"

struct t_feed {
	struct t_facts f;
	struct iq_parser *p;
	int64_t line, mono_us;
	struct iq_record last;
};

static inline void t_open(struct t_feed *t)
{
	memset(t, 0, sizeof *t);
	t_init(&t->f);
	t->mono_us = IQ_NULL;
	t->p = iq_parser_new(&t->f.sink);
	assert_non_null(t->p);
	assert_int_equal(iq_parser_member(t->p, 1, NULL), 0);
}

static inline void t_close(struct t_feed *t)
{
	iq_parser_free(t->p);
	t_fini(&t->f);
}

/* One line of a caller ("T12", "C0", NULL: not shown), which may be written over after. */
static inline void t_say(struct t_feed *t, const char *caller, const char *text)
{
	char *own = strdup(text);
	assert_non_null(own);
	struct iq_record r = t_record(own, ++t->line);
	r.mono_us = t->mono_us;
	if (caller) {
		r.caller_kind = caller[0];
		r.caller = atoi(caller + 1);
	}
	assert_int_equal(iq_parser_record(t->p, &r, 1, NULL), 0);
	memset(own, '#', strlen(own));
	free(own);
}

static inline void t_lines(struct t_feed *t, const char *const *lines)
{
	for (; *lines; lines++)
		t_say(t, NULL, *lines);
}

static inline void t_end(struct t_feed *t)
{
	assert_int_equal(iq_parser_finish(t->p, false, NULL), 0);
}

/* All of it at once. */
#define T_RUN(t, ...) \
	do { \
		static const char *const t_text_[] = { __VA_ARGS__, NULL }; \
		t_open(t); \
		t_lines((t), t_text_); \
		t_end(t); \
	} while (0)

static inline void t_count(const struct t_feed *t, enum iq_fact_type type, size_t want)
{
	if (t->f.n[type] != want)
		fail_msg("%s: expected %zu, got %zu", iq_fact_descs[type].name, want, t->f.n[type]);
}

/* The line cited under ROLE, or p NULL. */
static inline struct iq_slice t_cited(const struct t_feed *t, const char *role)
{
	for (size_t i = 0; i < t->f.n[IQ_FACT_EVENT_LINE]; i++) {
		const struct iq_event_line *l = T_FACT(&t->f, EVENT_LINE, event_line, i);
		if (iq_eq(l->role, iq_slice_z(role)))
			return l->text;
	}
	return IQ_SLICE_NULL;
}

/* Event that holds PID as a victim, or 0. */
static inline int64_t t_event_of(const struct t_feed *t, int64_t pid)
{
	for (size_t i = 0; i < t->f.n[IQ_FACT_VICTIM]; i++)
		if (T_FACT(&t->f, VICTIM, victim, i)->pid == pid)
			return T_FACT(&t->f, VICTIM, victim, i)->event_id;
	return 0;
}

#endif

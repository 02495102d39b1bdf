/* tests/parse/t_crash.h - crash texts through the whole parser, told back in one line an
 * event: "oops null-deref f=fn s=suspect m=mod a=18 write comm[12] cpu1 ^oops ...". */
#ifndef IQ_T_CRASH_H
#define IQ_T_CRASH_H

#include "t_feed.h"

#include "base/buf.h"

struct t_case {
	const char *name, *text, *want;
};

static inline void t_tell_text(struct iq_buf *b, const char *key, struct iq_slice s)
{
	if (s.p)
		iq_buf_printf(b, " %s%.*s", key, IQ_FMT(s));
}

static inline void t_tell_int(struct iq_buf *b, const char *key, int64_t v)
{
	if (v != IQ_NULL)
		iq_buf_printf(b, " %s%lld", key, (long long)v);
}

static inline const struct iq_event *t_event(const struct t_feed *t, int64_t id)
{
	for (size_t i = 0; i < t->f.n[IQ_FACT_EVENT]; i++)
		if (T_FACT(&t->f, EVENT, event, i)->id == id)
			return T_FACT(&t->f, EVENT, event, i);
	fail_msg("no event %lld", (long long)id);
	return NULL;
}

static inline void t_tell_crash(struct iq_buf *b, const struct t_feed *t,
				const struct iq_crash *c)
{
	const struct iq_event *e = t_event(t, c->event_id);
	iq_buf_printf(b, "%.*s", IQ_FMT(e->kind));
	t_tell_text(b, "", c->form);
	t_tell_text(b, "f=", c->function);
	t_tell_text(b, "s=", c->suspect);
	t_tell_text(b, "m=", c->module);
	t_tell_text(b, "a=", c->address);
	t_tell_text(b, "", c->access);
	t_tell_text(b, "pc=", c->pc);
	t_tell_text(b, "", c->comm);
	t_tell_int(b, "pid=", c->pid);
	t_tell_int(b, "cpu=", c->cpu);
	t_tell_text(b, "taint=", c->taint);
	t_tell_text(b, "code=", c->error_code);
	t_tell_int(b, "#", c->report_no);
	t_tell_text(b, "at ", c->source_file);
	t_tell_int(b, ":", c->source_line);
	if (c->stuck_us != IQ_NULL)
		iq_buf_printf(b, " stuck=%llds", (long long)(c->stuck_us / 1000000));
	t_tell_text(b, "waits=", c->waits_in);
	t_tell_text(b, "lock=", c->lock_kind);
	t_tell_text(b, "owner=", c->owner_comm);
	t_tell_int(b, "owner_pid=", c->owner_pid);
	t_tell_text(b, "object=", c->object);
	t_tell_text(b, "sev=", c->hw_severity);
	t_tell_int(b, "bank=", c->hw_bank);
	if (c->repeats > 1)
		t_tell_int(b, "times=", c->repeats);
	if (c->manual == 1)
		iq_buf_str(b, " manual");
	if (e->parent_id != IQ_NULL)
		iq_buf_printf(b, " ^%.*s", IQ_FMT(t_event(t, e->parent_id)->kind));
	iq_buf_char(b, '\n');
}

/* Lines of TEXT; "[T12] " or "[C0] " in front is the caller, "@12.5 " the time. */
static inline void t_feed_text(struct t_feed *t, const char *text)
{
	while (*text) {
		char line[512], caller[16] = "";
		size_t n = strcspn(text, "\n");
		assert_true(n < sizeof line);
		memcpy(line, text, n);
		line[n] = '\0';
		text += n + (text[n] == '\n');
		const char *s = line;
		if (*s == '@') {
			char *end;
			t->mono_us = (int64_t)(strtod(s + 1, &end) * 1e6);
			s = end + 1;
		}
		if (s[0] == '[' && (s[1] == 'T' || s[1] == 'C') && s[2] >= '0' && s[2] <= '9') {
			n = strcspn(s, "]");
			assert_true(n > 1 && n < sizeof caller);
			memcpy(caller, s + 1, n - 1);
			caller[n - 1] = '\0';
			s += n + 2;
		}
		t_say(t, *caller ? caller : NULL, s);
	}
}

static inline void t_check_case(const struct t_case *c)
{
	struct t_feed t;
	struct iq_buf got;
	t_open(&t);
	iq_buf_init(&got);
	t_feed_text(&t, c->text);
	t_end(&t);
	for (size_t i = 0; i < t.f.n[IQ_FACT_CRASH]; i++)
		t_tell_crash(&got, &t, T_FACT(&t.f, CRASH, crash, i));
	if (!iq_eq(iq_buf_as_slice(&got), iq_slice_z(c->want)))
		fail_msg("%s: expected\n%sgot\n%.*s", c->name, c->want,
			 IQ_FMT(iq_buf_as_slice(&got)));
	iq_buf_fini(&got);
	t_close(&t);
}

#endif

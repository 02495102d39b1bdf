/* parse/crash/trace.c - see trace.h. */
#include "parse/crash/trace.h"

#include "parse/frame.h"

void iq_trace_init(struct iq_trace *t, struct iq_arena *mem)
{
	memset(t, 0, sizeof *t);
	t->mem = mem;
	t->end = &t->sections;
}

struct iq_section *iq_trace_section(struct iq_trace *t, enum iq_section_of of)
{
	if (t->n_sections >= IQ_TRACE_SECTIONS_MAX)
		return t->cur;
	struct iq_section *s = iq_arena_alloc(t->mem, sizeof *s);
	if (!s) {
		t->failed = true;
		return t->cur;
	}
	s->of = of;
	s->cpu = s->pid = IQ_NULL;
	s->end = &s->frames;
	s->context = 't';
	*t->end = s;
	t->end = &s->next;
	t->cur = s;
	t->n_sections++;
	return s;
}

static struct iq_slice keep(struct iq_trace *t, struct iq_slice s)
{
	struct iq_slice copy = iq_arena_copy(t->mem, s);
	t->failed |= s.p && !copy.p;
	return copy;
}

/* IRQ, /IRQ, EOI, NMI, EOE, #DF ...: where the frames that follow ran. */
static char context_after(struct iq_slice mark, char now)
{
	static const struct { const char *mark; char context; } marks[] = {
		{ "IRQ", 'i' }, { "SOFTIRQ", 's' }, { "NMI", 'n' }, { "#DF", 'n' },
		{ "#DB", 'n' }, { "#MC", 'n' }, { "#VC", 'n' }, { "#VC2", 'n' },
		{ "TASK", 't' }, { "EOI", 't' }, { "EOE", 't' },
	};
	if (mark.p[0] == '/')
		return 't';
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (iq_eq(mark, iq_slice_z(marks[i].mark)))
			return marks[i].context;
	return now;
}

static void add_frame(struct iq_trace *t, const struct iq_frame *f)
{
	struct iq_section *s = t->cur;
	if (t->n_frames >= IQ_TRACE_FRAMES_MAX) {
		t->n_lost++;
		return;
	}
	struct iq_tframe *k = iq_arena_alloc(t->mem, sizeof *k);
	if (!k) {
		t->failed = true;
		return;
	}
	k->function = keep(t, f->function);
	k->module = keep(t, f->module);
	k->offset = f->offset;
	k->reliable = f->reliable;
	k->addressed = f->addressed;
	k->context = s->context;
	*s->end = k;
	s->end = &k->next;
	s->n++;
	t->n_frames++;
}

bool iq_trace_line(struct iq_trace *t, struct iq_slice text)
{
	struct iq_slice rest = text, mark;
	struct iq_frame f;
	bool marked = false;
	if (!t->cur && !iq_trace_section(t, IQ_SECTION_TASK))
		return true;
	while ((mark = iq_frame_mark(&rest)).n) {
		t->cur->context = context_after(mark, t->cur->context);
		marked = true;
	}
	if (!iq_frame_parse(rest, &f))
		return marked && !iq_trim(rest).n;
	add_frame(t, &f);
	return true;
}

/* --- task rows --- */

static bool new_row(struct iq_slice s, struct iq_slice *comm, int64_t *pid,
		    struct iq_slice *state)
{
	ptrdiff_t at = iq_find(s, IQ_LIT(" state:"));
	ptrdiff_t pid_at = iq_find(s, IQ_LIT(" pid:"));
	if (at < 0 || pid_at < at)
		return false;
	struct iq_slice p = iq_ltrim(iq_from(s, (size_t)pid_at + 5));
	if (!iq_take_i64(&p, pid))
		return false;
	*comm = iq_trim(iq_head(s, (size_t)at));
	*state = iq_head(iq_from(s, (size_t)at + 7), 1);
	return true;
}

/* comm state [running task | pc] stack pid ppid flags: the pid is the third from the
 * end, behind a state letter that stands alone. */
static bool old_row(struct iq_slice s, struct iq_slice *comm, int64_t *pid,
		    struct iq_slice *state)
{
	struct iq_slice w[4] = { { NULL, 0 } };		/* the last four words */
	size_t n = 0;
	struct iq_slice rest = s;
	for (struct iq_slice x = iq_word(&rest); x.n; x = iq_word(&rest)) {
		memmove(w, w + 1, 3 * sizeof *w);
		w[3] = x;
		n++;
	}
	int64_t ppid, stack;
	if (n < 6 || !iq_starts(w[3], IQ_LIT("0x")) || !iq_to_i64(w[2], &ppid) ||
	    !iq_to_i64(w[1], pid) || !iq_to_i64(w[0], &stack))
		return false;
	for (size_t i = 1; i + 2 < s.n && i < 24; i++)
		if (s.p[i - 1] == ' ' && s.p[i + 1] == ' ' && strchr("RSDTtXZPIKWx?", s.p[i]) &&
		    s.p[i]) {
			*comm = iq_trim(iq_head(s, i));
			*state = iq_slice(s.p + i, 1);
			return comm->n > 0;
		}
	return false;
}

bool iq_trace_task_row(struct iq_slice text, struct iq_slice *comm, int64_t *pid,
		       struct iq_slice *state)
{
	struct iq_slice s = text;
	if (iq_skip(&s, IQ_LIT("task:")))
		return new_row(s, comm, pid, state);
	return old_row(s, comm, pid, state);
}

static int put_section(const struct iq_section *s, int64_t event_id, struct iq_sink *sink,
		       struct iq_err *err)
{
	struct iq_stack st;
	int64_t depth = 0;
	for (const struct iq_tframe *f = s->frames; f; f = f->next) {
		iq_fact_init(IQ_FACT_STACK, &st);
		st.event_id = event_id;
		st.pid = s->pid;
		st.cpu = s->cpu;
		st.state = s->state;
		st.depth = depth++;
		st.function = f->function;
		st.offset = f->offset;
		st.module = f->module;
		st.reliable = f->reliable;
		if (iq_sink_put(sink, IQ_FACT_STACK, &st, err))
			return -1;
	}
	return 0;
}

int iq_trace_put(const struct iq_trace *t, const struct iq_section *first, int64_t event_id,
		 struct iq_sink *sink, struct iq_err *err)
{
	if (first && put_section(first, event_id, sink, err))
		return -1;
	for (const struct iq_section *s = t->sections; s; s = s->next)
		if (s != first && put_section(s, event_id, sink, err))
			return -1;
	return 0;
}

/* tests/fuzz/fuzz_alloc.c - allocation failures and user-space killers from hostile lines.
 *
 * One record a line.  "NAME|text": the program is NAME.  "+text": a minute later.  "-text":
 * no time is shown.  "!PID COMM PATH": a kill by the kernel was put.
 */
#include <stdlib.h>

#include "base/units.h"
#include "parse/alloc.h"
#include "parse/killers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t sum;

/* Reads every byte of what it gets. */
static int put(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
	       struct iq_err *err)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	(void)sink;
	(void)err;
	for (size_t i = 0; i < d->n_columns; i++) {
		if (d->columns[i].kind != IQ_COL_TEXT)
			continue;
		const struct iq_slice *s = (const void *)((const char *)fact +
							  d->columns[i].offset);
		for (size_t k = 0; k < s->n; k++)
			sum += (unsigned char)s->p[k];
	}
	return 0;
}

struct run {
	struct iq_sink sink;
	struct iq_alloc *alloc;
	struct iq_killers *killers;
	int64_t now_us;
};

static void must(int r)
{
	if (r < 0)
		abort();
}

static void kernel_kill(struct run *r, struct iq_slice s)
{
	struct iq_event ev;
	struct iq_victim v;
	struct iq_err err;
	struct iq_slice pid = iq_word(&s);
	iq_fact_init(IQ_FACT_EVENT, &ev);
	iq_fact_init(IQ_FACT_VICTIM, &v);
	ev.id = iq_sink_id(&r->sink, IQ_FACT_EVENT);
	ev.boot_id = 1;
	ev.wall_us = r->now_us;
	v.event_id = ev.id;
	iq_to_i64(pid, &v.pid);
	v.comm = iq_word(&s);
	v.cgroup = iq_trim(s);
	must(iq_killers_kill(r->killers, &ev, pid.n ? &v : NULL, 1, &err));
}

static void alloc_line(struct run *r, const struct iq_record *rec)
{
	struct iq_err err;
	int got = r->alloc ? iq_alloc_line(r->alloc, rec, &err) : 0;
	must(got);
	if (got || !iq_alloc_begins(rec->text))
		return;
	if (r->alloc)
		must(iq_alloc_close(r->alloc, &r->sink, false, NULL, &err));
	iq_alloc_free(r->alloc);
	r->alloc = iq_alloc_new(rec, 1, 1, &err);
}

static void one_line(struct run *r, struct iq_slice text, int64_t line)
{
	struct iq_err err;
	struct iq_record rec = { .first_line = line, .last_line = line, .mono_us = IQ_NULL,
				 .ident_pid = IQ_NULL, .level = -1, .facility = -1 };
	if (iq_skip(&text, IQ_LIT("!"))) {
		kernel_kill(r, text);
		return;
	}
	if (iq_skip(&text, IQ_LIT("+")))
		r->now_us += 60 * IQ_USEC;
	rec.wall_us = iq_skip(&text, IQ_LIT("-")) ? IQ_NULL : r->now_us;
	ptrdiff_t bar = iq_find_char(text, '|');
	if (bar >= 0 && bar < 32) {
		rec.ident = iq_head(text, (size_t)bar);
		text = iq_from(text, (size_t)bar + 1);
	}
	rec.text = text;
	alloc_line(r, &rec);
	must(iq_killers_record(r->killers, &rec, 1, &err));
	must(iq_killers_tick(r->killers, &rec, &err));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iq_slice rest = iq_slice((const char *)data, size);
	struct run r = { .sink = { .put = put } };
	struct iq_err err;
	r.killers = iq_killers_new(&r.sink);
	if (!r.killers)
		abort();
	must(iq_killers_member(r.killers, 1, &err));
	for (int64_t line = 1; rest.n; line++)
		one_line(&r, iq_cut(&rest, '\n'), line);
	if (r.alloc)
		must(iq_alloc_close(r.alloc, &r.sink, true, NULL, &err));
	iq_alloc_free(r.alloc);
	must(iq_killers_finish(r.killers, &err));
	iq_killers_free(r.killers);
	return sum == SIZE_MAX;
}

/* report/text_facts.c - what the stored facts of an event say besides its verdict:
 * the request, the cgroup's figures, who was killed, the machine, where it stands.
 * The same columns as the JSON report, in words. */
#include "report/page.h"
#include "base/units.h"

#include <inttypes.h>

#define VICTIMS_MAX 12			/* of a group kill, without -v */
#define SIGHTINGS_MAX 4			/* of an event seen in many files, without -v */

/* One clause "LABEL VALUE" after another; nothing for what the capture does not say. */
struct clauses {
	struct iq_buf b;
	sqlite3_stmt *st;
};

static void lead(struct clauses *c, const char *label)
{
	if (c->b.n)
		iq_buf_str(&c->b, ", ");
	iq_buf_str(&c->b, label);
}

static void number(struct clauses *c, const char *label, int at)
{
	if (iq_cell_null(c->st, at))
		return;
	lead(c, label);
	iq_buf_printf(&c->b, "%" PRId64, iq_cell_int(c->st, at));
}

static void words(struct clauses *c, const char *label, int at)
{
	if (!iq_cell(c->st, at).n)
		return;
	lead(c, label);
	iq_buf_slice(&c->b, iq_cell(c->st, at));
}

static void size(struct clauses *c, const char *label, int at)
{
	if (iq_cell_null(c->st, at))
		return;
	lead(c, label);
	iq_human_bytes(&c->b, iq_cell_int(c->st, at));
}

/* "usage X of Y"; LIMIT may be none. */
static void of(struct clauses *c, const char *label, int usage, int limit)
{
	size(c, label, usage);
	if (iq_cell_null(c->st, limit))
		return;
	if (iq_cell_null(c->st, usage))
		lead(c, label);
	iq_buf_str(&c->b, iq_cell_null(c->st, usage) ? "limit " : " of ");
	iq_human_bytes(&c->b, iq_cell_int(c->st, limit));
}

static void put(struct iq_page *p, const char *label, struct clauses *c)
{
	if (c->b.n)
		iq_page_paragraph(p, label, iq_buf_as_slice(&c->b));
	iq_buf_reset(&c->b);
}

/* comm[pid] */
static void task(struct clauses *c, int comm, int pid)
{
	if (iq_cell_null(c->st, comm) && iq_cell_null(c->st, pid))
		return;
	lead(c, "");
	iq_buf_slice(&c->b, iq_cell(c->st, comm));
	if (!iq_cell_null(c->st, pid))
		iq_buf_printf(&c->b, "[%" PRId64 "]", iq_cell_int(c->st, pid));
}

/* Where it ran.  Unit and container mostly stand in the path; of a group kill all are
 * in the same. */
static void place(struct clauses *c, struct iq_buf *before)
{
	struct iq_slice path = iq_cell(c->st, 10);

	if (path.n && iq_eq(path, iq_buf_as_slice(before))) {
		lead(c, "");
		iq_buf_str(&c->b, "in the same cgroup");
		return;
	}
	iq_buf_reset(before);
	iq_buf_slice(before, path);
	words(c, "cgroup ", 10);
	for (int at = 11; at <= 12; at++)
		if (iq_cell(c->st, at).n && iq_find(path, iq_cell(c->st, at)) < 0)
			words(c, at == 11 ? "unit " : "container ", at);
}

static void victim(struct clauses *c, struct iq_buf *before)
{
	task(c, 1, 0);
	number(c, "uid ", 2);
	number(c, "adj ", 3);
	number(c, "score ", 4);
	size(c, "virtual ", 5);
	size(c, "anon ", 6);
	size(c, "file ", 7);
	size(c, "shmem ", 8);
	size(c, "page tables ", 9);
	place(c, before);
	if (iq_cell_int(c->st, 13) == 1) {
		lead(c, "");
		iq_buf_str(&c->b, "reaped");
	}
}

void iq_page_killed(struct iq_page *p, int64_t event)
{
	struct clauses c = { .st = iq_ask(p->r, IQ_ASK_VICTIMS, event) };
	struct iq_buf before;
	int64_t n = 0;

	iq_buf_init(&c.b);
	iq_buf_init(&before);
	for (; iq_ask_next(c.st); n++) {
		if (n >= VICTIMS_MAX && !p->r->opts->verbose)
			continue;
		victim(&c, &before);
		put(p, n ? "" : "Killed", &c);
	}
	if (n > VICTIMS_MAX && !p->r->opts->verbose)
		iq_buf_printf(p->out, "%*s... and %" PRId64 " more with -v\n",
			      IQ_PAGE_INDENT, "", n - VICTIMS_MAX);
	iq_buf_fini(&before);
	iq_buf_fini(&c.b);
}

static void request(struct iq_page *p, struct clauses *c)
{
	task(c, 2, 1);
	number(c, "adj ", 3);
	words(c, "killer ", 21);
	words(c, "reason: ", 22);
	words(c, "", 23);
	words(c, "cache ", 24);
	size(c, "", 25);
	number(c, "order ", 6);
	words(c, "gfp_mask ", 4);
	if (iq_cell(c->st, 5).n) {
		iq_buf_str(&c->b, c->b.n ? " (" : "(");
		iq_buf_slice(&c->b, iq_cell(c->st, 5));
		iq_buf_char(&c->b, ')');
	}
	words(c, "constraint ", 0);
	words(c, "nodemask ", 7);
	words(c, "cpuset ", 8);
	words(c, "mems_allowed ", 9);
	number(c, "tasks listed ", 17);
	put(p, "Request", c);
}

static void cgroup(struct iq_page *p, struct clauses *c)
{
	words(c, "limit of ", 10);
	if (iq_cell(c->st, 10).n && iq_eq(iq_cell(c->st, 10), iq_cell(c->st, 11)))
		iq_buf_str(&c->b, ", the task's own");
	else if (iq_cell(c->st, 10).n || iq_cell_int(c->st, 26) <= 0)
		words(c, "task in ", 11);	/* of a host's report: the victim's, above */
	of(c, "usage ", 12, 13);
	number(c, "limit hits ", 14);
	of(c, "swap ", 15, 16);
	/* less than memory alone, or nothing: not counted on this machine */
	if (iq_cell_int(c->st, 27) >= iq_cell_int(c->st, 12))
		of(c, "memory+swap ", 27, 28);
	if (iq_cell_int(c->st, 29) > 0)
		of(c, "kernel memory ", 29, 30);
	put(p, "Cgroup", c);
}

static void machine(struct iq_page *p, struct clauses *c)
{
	if (iq_cell_int(c->st, 20) == 0)
		iq_buf_str(&c->b, "no swap");
	else
		of(c, "swap free ", 19, 20);
	put(p, "Machine", c);
	if (iq_cell_int(c->st, 17) > 0) {	/* without a table there are no scores */
		size(c, "thousandths of ", 18);
		put(p, "Scores", c);
	}
}

static void crash(struct iq_page *p, int64_t event, struct clauses *c)
{
	c->st = iq_ask(p->r, IQ_ASK_CRASH, event);
	if (!iq_ask_next(c->st))
		return;
	words(c, "", 0);
	put(p, "Reason", c);
	words(c, "in ", 1);
	words(c, "suspect ", 2);
	words(c, "module ", 3);
	words(c, "address ", 4);
	task(c, 5, 6);
	number(c, "cpu ", 7);
	words(c, "key ", 10);
	put(p, "Crash", c);
}

/* "capture!member:first-last" of the sighting that C stands at. */
static void put_sighting(struct clauses *c)
{
	iq_buf_slice(&c->b, iq_cell(c->st, 0));
	if (iq_cell(c->st, 1).n) {
		iq_buf_char(&c->b, '!');
		iq_buf_slice(&c->b, iq_cell(c->st, 1));
	}
	if (!iq_cell_null(c->st, 2))
		iq_buf_printf(&c->b, ":%" PRId64 "-%" PRId64, iq_cell_int(c->st, 2),
			      iq_cell_int(c->st, 3));
}

static void where(struct iq_page *p, int64_t event, struct clauses *c)
{
	int n = 0;
	c->st = iq_ask(p->r, IQ_ASK_SIGHTING, event);
	for (; iq_ask_next(c->st); n++) {
		if (n >= SIGHTINGS_MAX && !p->r->opts->verbose)
			continue;
		if (n)
			iq_buf_str(&c->b, "; ");
		put_sighting(c);
	}
	if (n > SIGHTINGS_MAX && !p->r->opts->verbose)
		iq_buf_printf(&c->b, "; and %d more with -v", n - SIGHTINGS_MAX);
	c->st = iq_ask(p->r, IQ_ASK_EVENT, event);
	if (iq_ask_next(c->st)) {
		number(c, "event ", 0);
		number(c, "led to by event ", 2);
		words(c, "arch ", 7);
		words(c, "written by kernel ", 10);
		if (!iq_cell_null(c->st, 18)) {
			lead(c, "");
			iq_buf_str(&c->b, "no year in the log (--year Y tells it)");
		}
	}
	put(p, "Where", c);
}

void iq_page_facts(struct iq_page *p, int64_t event)
{
	struct clauses c = { .st = iq_ask(p->r, IQ_ASK_OOM, event) };

	iq_buf_init(&c.b);
	bool memory = iq_ask_next(c.st);
	if (memory && !p->screen)
		request(p, &c);
	if (memory)
		cgroup(p, &c);
	if (memory && !p->screen)
		machine(p, &c);
	crash(p, event, &c);
	if (!p->screen)
		where(p, event, &c);
	iq_buf_fini(&c.b);
}

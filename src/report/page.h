/* report/page.h - the page that the text report is written on: colours, paragraphs
 * behind labels, bytes of captures made safe for a terminal.  Private to report/. */
#ifndef IQ_REPORT_PAGE_H
#define IQ_REPORT_PAGE_H

#include "report/forms.h"

#define IQ_PAGE_INDENT 12		/* of the paragraphs behind their labels */

struct iq_page {
	struct iq_asks *r;
	struct iq_pen *pen;
	struct iq_buf *out;
	int columns;
	uint64_t seen[512];		/* hashes of paragraphs that need not be said again */
	size_t n_seen;
	bool screen;			/* of a dump: all of it shall fit one */
};

void iq_page_color(struct iq_page *p, const char *code);
void iq_page_safe(struct iq_page *p, struct iq_slice s);

/* Words of S wrapped behind the indent; the first line starts at the label. */
void iq_page_paragraph(struct iq_page *p, const char *label, struct iq_slice s);

/* Was this put, or asked about, before in this report?  From now on it was. */
bool iq_page_seen(struct iq_page *p, struct iq_slice s);

/* The same, once in a report: false, and nothing is put, if it stands above already. */
bool iq_page_once(struct iq_page *p, const char *label, struct iq_slice s);

/* "oops in ...: title", of the row of IQ_ASK_EVENT; the whole of an event (text.c). */
void iq_page_what(struct iq_page *p, sqlite3_stmt *event);
void iq_page_event(struct iq_page *p, int64_t id);

/* What the event's facts say besides its verdict: the request, the cgroup, who was
 * killed, the machine, where it stands (text_facts.c). */
void iq_page_killed(struct iq_page *p, int64_t event);
void iq_page_facts(struct iq_page *p, int64_t event);

/* A crash: the words of the first line, its stack with the place marked, the machine
 * (text_crash.c). */
void iq_page_crash_subject(struct iq_page *p, int64_t event, struct iq_slice kind,
			   struct iq_slice title);
void iq_page_stack(struct iq_page *p, int64_t event, struct iq_slice kind);
void iq_page_crash_machine(struct iq_page *p, int64_t event);

/* The lines and computed rows that prove all findings of an event; ONCE: but for those
 * that stand above already (text_proof.c). */
void iq_page_proof(struct iq_page *p, int64_t event, bool once);

/* A dump alone, on one screen; false: something else is to be reported (text_dump.c). */
bool iq_page_dump(struct iq_page *p);
/* The end of the machine, and its events but for LEAD, a line each. */
void iq_page_dump_rest(struct iq_page *p, int64_t lead);

/* The machines in the dumps, one after the other (machine.c). */
void iq_page_machines(struct iq_page *p);

#endif

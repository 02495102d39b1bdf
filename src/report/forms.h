/* report/forms.h - the two forms of a report; private to report/. */
#ifndef IQ_REPORT_FORMS_H
#define IQ_REPORT_FORMS_H

#include "report/ask.h"

/* Where a form writes: gathered here, handed to the caller's write() in pieces. */
struct iq_pen {
	struct iq_buf buf;
	int (*write)(void *arg, const char *p, size_t n);
	void *arg;
	bool failed;
};

void iq_pen_flush(struct iq_pen *pen);

/* Flushes when much has gathered; false if writing failed. */
bool iq_pen_tick(struct iq_pen *pen);

int iq_report_json(struct iq_asks *r, struct iq_pen *pen, struct iq_err *err);
int iq_report_text(struct iq_asks *r, struct iq_pen *pen, struct iq_err *err);

/* -v: tables of one event. */
void iq_report_tables(struct iq_asks *r, struct iq_pen *pen, int64_t event_id);

/* -v: tables of the machine in a dump. */
void iq_report_machine_tables(struct iq_asks *r, struct iq_pen *pen, int64_t snapshot);

#endif

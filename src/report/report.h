/* report/report.h - what happened, for a person (text) or a program (JSON).
 *
 * Made from the views alone: whatever a report shows can be asked for in SQL, and
 * both forms hold the same facts.
 */
#ifndef IQ_REPORT_REPORT_H
#define IQ_REPORT_REPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "store/store.h"

enum iq_report_format { IQ_REPORT_TEXT, IQ_REPORT_JSON };

struct iq_report_opts {
	enum iq_report_format format;
	int64_t event_id;		/* IQ_NULL: all */
	const char *host;		/* NULL: all */
	int64_t since_us, until_us;	/* IQ_NULL: open */
	bool verbose;
	bool color;
	int columns;			/* width of the terminal, 0: 120 */
	const char *version;		/* of inquest */
};

/* WRITE gets the text in pieces; a non-zero return stops. */
int iq_report(struct iq_store *s, const struct iq_report_opts *opts,
	      int (*write)(void *arg, const char *p, size_t n), void *arg, struct iq_err *err);

#endif

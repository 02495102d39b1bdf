/* report/report.c - see report.h */
#include "report/forms.h"

#define FLUSH_BYTES (64 * 1024)

void iq_pen_flush(struct iq_pen *pen)
{
	if (pen->buf.n && !pen->failed && pen->write(pen->arg, pen->buf.p, pen->buf.n))
		pen->failed = true;
	pen->failed |= pen->buf.failed;
	iq_buf_reset(&pen->buf);
}

bool iq_pen_tick(struct iq_pen *pen)
{
	if (pen->buf.n >= FLUSH_BYTES)
		iq_pen_flush(pen);
	return !pen->failed;
}

int iq_report(struct iq_store *s, const struct iq_report_opts *opts,
	      int (*write)(void *arg, const char *p, size_t n), void *arg, struct iq_err *err)
{
	struct iq_asks rows;
	struct iq_pen pen = { .write = write, .arg = arg };
	iq_asks_init(&rows, s, opts);
	iq_buf_init(&pen.buf);
	int rc = opts->format == IQ_REPORT_JSON ? iq_report_json(&rows, &pen, err)
						: iq_report_text(&rows, &pen, err);
	iq_pen_flush(&pen);
	if (!rc && !pen.failed)
		rc = iq_asks_end(&rows, err);
	if (!rc && pen.failed)
		rc = iq_err_set(err, IQ_E_IO, "cannot write the report");
	iq_buf_fini(&pen.buf);
	iq_asks_fini(&rows);
	return rc;
}

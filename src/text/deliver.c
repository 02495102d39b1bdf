/* text/deliver.c - from a line with its header to the callback: which are handed out,
 * fragments, repetitions, gaps.  See reader_priv.h.
 */
#include "text/reader_priv.h"

#include <stdio.h>
#include <stdlib.h>

void iq_reader_issue(struct iq_reader *r, const char *severity, const char *code,
		     int64_t line, int64_t offset_bytes, const char *text)
{
	if (!r->ops.issue || r->issues > IQ_ISSUES_MAX)
		return;
	if (r->issues++ == IQ_ISSUES_MAX) {
		r->ops.issue(r->arg, "limit", "too-many-issues", line, offset_bytes,
			     "no further issues of this file are listed");
		return;
	}
	r->ops.issue(r->arg, severity, code, line, offset_bytes, text);
}

static bool report_open(const struct iq_reader *r)
{
	return r->opts.report_open && r->opts.report_open(r->arg);
}

bool iq_deliver_wants(const struct iq_reader *r, struct iq_slice text)
{
	return report_open(r) || !r->opts.wants || r->opts.wants(r->arg, text);
}

struct iq_host_watch *iq_deliver_watch(struct iq_reader *r, uint32_t host)
{
	if (host < r->n_watched)
		return &r->watched[host];
	size_t n = (size_t)host + 16;
	struct iq_host_watch *more = realloc(r->watched, n * sizeof *more);
	if (!more)
		return NULL;
	memset(more + r->n_watched, 0, (n - r->n_watched) * sizeof *more);
	r->watched = more;
	r->n_watched = n;
	return &more[host];
}

/* For "last message repeated": only the record itself is kept, not the ones before. */
static void remember(struct iq_reader *r, const struct iq_record *rec)
{
	iq_buf_reset(&r->said_text);
	iq_buf_slice(&r->said_text, rec->text);
	r->said = *rec;
	r->said.ident = rec->kernel ? IQ_LIT("kernel") : IQ_SLICE_NULL;
	r->said_valid = !r->said_text.failed;
}

int iq_deliver_emit(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct iq_reader *r = arg;
	struct iq_record out = *rec;
	if (out.kernel)
		r->summary.records_kernel++;
	remember(r, &out);
	return r->ops.record(r->arg, &out, err);
}

int iq_deliver_repeat(struct iq_reader *r, const struct iq_record *rec, int64_t n,
		      struct iq_err *err)
{
	struct iq_record again = *rec;
	again.flags |= IQ_REC_REPEATED;
	if (n > IQ_REPEAT_MAX) {
		char text[96];
		snprintf(text, sizeof text, "message repeated %lld times; %d are kept",
			 (long long)n, IQ_REPEAT_MAX);
		iq_reader_issue(r, "limit", "repeated", rec->first_line,
				rec->offset_bytes, text);
		n = IQ_REPEAT_MAX;
	}
	for (int64_t i = 0; i < n; i++)
		if (iq_deliver_emit(r, &again, err))
			return -1;
	return 0;
}

int iq_deliver(struct iq_reader *r, struct iq_record *rec, bool read, size_t columns,
	       struct iq_err *err)
{
	bool gap = rec->host_no < r->n_watched && r->watched[rec->host_no].gap;
	if (gap && iq_glue_flush(&r->glue, err))
		return -1;		/* nothing is joined across a gap */
	if (!(rec->flags & IQ_REC_BARE)) {
		int met = iq_glue_meet(&r->glue, rec, columns, err);
		if (met)
			return met < 0 ? -1 : 0;
	} else if (iq_glue_meet_bare(&r->glue, rec, err)) {
		return -1;
	}
	bool wanted = rec->kernel && iq_deliver_wants(r, rec->text);
	if (!wanted && !read && !(rec->kernel && r->opts.want_all_kernel)) {
		if (rec->kernel)
			r->summary.records_kernel++;
		else
			r->summary.records_other++;
		return 0;
	}
	if (gap) {
		rec->flags |= IQ_REC_AFTER_GAP;
		r->watched[rec->host_no].gap = false;
	}
	if (rec->host_no < r->boots.n_hosts)
		rec->host = r->boots.names[rec->host_no];
	enum iq_need need = wanted ? iq_need_of(rec->text) : IQ_NEED_NOTHING;
	return iq_glue_open(&r->glue, rec, need, columns, err);
}

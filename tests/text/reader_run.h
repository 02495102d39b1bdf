/* tests/text/reader_run.h - runs a reader over a log held in memory and writes down
 * what it hands out, one line a record:
 *
 *	FIRST[-LAST] HOST.BOOT FLAGS PROGRAM|TEXT
 *
 * FLAGS: K kernel, then c continuation, j joined, x cut, b bare, r repeated, g after
 * a gap.  Issues stand between them as "! SEVERITY CODE LINE".
 */
#ifndef TESTS_TEXT_READER_RUN_H
#define TESTS_TEXT_READER_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/units.h"
#include "text/reader.h"

struct run {
	struct iq_reader_opts opts;
	size_t block;			/* bytes fed at a time; 0: all at once */
	bool times;			/* write wall and mono too */
	bool cut;
	struct iq_buf out;
	struct iq_reader *reader;
	const struct iq_reader_summary *sum;
	int64_t records;
	bool open;			/* what report_open() answers */
};

static inline int run_record(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	static const char names[] = "cjxbrg";
	struct run *r = arg;
	(void)err;
	r->records++;
	iq_buf_printf(&r->out, "%lld", (long long)rec->first_line);
	if (rec->last_line != rec->first_line)
		iq_buf_printf(&r->out, "-%lld", (long long)rec->last_line);
	iq_buf_printf(&r->out, " %u.%u ", rec->host_no, rec->boot_no);
	if (rec->kernel)
		iq_buf_char(&r->out, 'K');
	for (unsigned i = 0; i < 6; i++)
		if (rec->flags & 1u << i)
			iq_buf_char(&r->out, names[i]);
	if (r->times) {
		iq_buf_char(&r->out, ' ');
		if (rec->wall_us != IQ_NULL)
			iq_time_iso(&r->out, rec->wall_us);
		iq_buf_printf(&r->out, "/%d ", rec->wall_kind);
		if (rec->mono_us != IQ_NULL)
			iq_buf_printf(&r->out, "%lld", (long long)rec->mono_us);
	}
	iq_buf_char(&r->out, ' ');
	if (rec->ident.p && !rec->kernel)
		iq_buf_slice(&r->out, rec->ident);
	iq_buf_char(&r->out, '|');
	iq_buf_slice(&r->out, rec->text);
	iq_buf_char(&r->out, '\n');
	return 0;
}

static inline void run_issue(void *arg, const char *severity, const char *code,
			     int64_t line, int64_t offset_bytes, const char *text)
{
	struct run *r = arg;
	(void)offset_bytes, (void)text;
	iq_buf_printf(&r->out, "! %s %s %lld\n", severity, code, (long long)line);
}

static inline bool run_open(void *arg)
{
	return ((struct run *)arg)->open;
}

static inline struct run run_new(void)
{
	return (struct run){ .opts = {
		.want_all_kernel = true, .zone_offset_us = IQ_NULL,
		.name_date_us = IQ_NULL, .mtime_us = IQ_NULL,
	} };
}

/* Feeds P[0..N); the result is in r->out and r->sum until run_end(). */
static inline void run_bytes(struct run *r, const char *p, size_t n)
{
	const struct iq_reader_ops ops = { run_record, run_issue };
	struct iq_err err = { 0 };
	size_t step = r->block ? r->block : n ? n : 1;
	r->reader = iq_reader_new(&r->opts, &ops, r);
	assert_non_null(r->reader);
	for (size_t at = 0; at < n; at += step)
		assert_int_equal(iq_reader_feed(r->reader, p + at,
						n - at < step ? n - at : step, &err), 0);
	assert_int_equal(iq_reader_finish(r->reader, r->cut, &err), 0);
	r->sum = iq_reader_summary(r->reader);
	iq_buf_char(&r->out, 0);
	r->out.n--;
}

static inline void run_end(struct run *r)
{
	iq_reader_free(r->reader);
	iq_buf_fini(&r->out);
}

static inline void check_out(struct run *r, const char *expected)
{
	if (strcmp(r->out.p, expected) != 0)
		fprintf(stderr, "got:\n%sexpected:\n%s", r->out.p, expected);
	assert_string_equal(r->out.p, expected);
}

/* LOG gives EXPECTED, fed at once and byte by byte. */
static inline void check_log(const char *log, const char *expected)
{
	for (size_t block = 0; block < 2; block++) {
		struct run r = run_new();
		r.block = block;
		run_bytes(&r, log, strlen(log));
		check_out(&r, expected);
		run_end(&r);
	}
}

#endif

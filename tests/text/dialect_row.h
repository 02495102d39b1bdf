/* tests/text/dialect_row.h - a line, and what has to be peeled off it.
 *
 * The lines are composed after the formats that the writing programs use, or are the
 * documented examples of those; no real capture is copied.
 */
#ifndef TESTS_TEXT_DIALECT_ROW_H
#define TESTS_TEXT_DIALECT_ROW_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/units.h"
#include "text/dialect.h"

#define D(name) IQ_DIA_##name
#define S(name) .special = IQ_SPECIAL_##name

/* What is not named in a row must not be shown by the line. */
struct row {
	const char *in;
	enum iq_dialect dialect;
	const char *text;
	const char *host, *ident;	/* "sshd[12]" */
	const char *mono;		/* seconds.micro */
	const char *wall;		/* as iq_time_iso() prints it */
	int kind;
	const char *pri;		/* "facility.level", '-' for not shown */
	const char *caller;
	int user;			/* not kernel text */
	enum iq_special special;
	int64_t n, gap, seq;
	enum iq_dialect transport;
	const char *file;
};

/* line, form, text: of every row */
#define R(line, form, msg) .in = line, .dialect = IQ_DIA_##form, .text = msg
#define LOCAL IQ_WALL_LOCAL
#define BSD (IQ_WALL_LOCAL | IQ_WALL_NO_YEAR)
#define DMESG (IQ_WALL_LOCAL | IQ_WALL_COMPUTED)
#define T1 "link up"

/* --- comparing --- */

static inline const char *or_none(const char *z)
{
	return z ? z : "(none)";
}

static inline void expect_slice(const struct row *w, const char *what, struct iq_slice got,
			 const char *want)
{
	if ((got.p == NULL) == (want == NULL) && (!want || iq_eq(got, iq_slice_z(want))))
		return;
	fail_msg("%s\n%s: '%.*s', want '%s'", w->in, what, IQ_FMT(got), or_none(want));
}

static inline void expect_z(const struct row *w, const char *what, const char *got,
		     const char *want)
{
	if (strcmp(got, want ? want : "") != 0)
		fail_msg("%s\n%s: '%s', want '%s'", w->in, what, got, or_none(want));
}

static inline void expect_n(const struct row *w, const char *what, int64_t got, int64_t want)
{
	if (got != want)
		fail_msg("%s\n%s: %lld, want %lld", w->in, what, (long long)got,
			 (long long)want);
}

static inline void expect_ident(const struct row *w, const struct iq_peeled *r)
{
	char got[300] = "";
	if (r->ident.p && r->ident_pid != IQ_NULL)
		snprintf(got, sizeof got, "%.*s[%lld]", IQ_FMT(r->ident),
			 (long long)r->ident_pid);
	else if (r->ident.p)
		snprintf(got, sizeof got, "%.*s", IQ_FMT(r->ident));
	expect_z(w, "ident", got, w->ident);
}

static inline void expect_times(const struct row *w, const struct iq_peeled *r)
{
	char got[64] = "";
	if (r->mono_us != IQ_NULL)
		snprintf(got, sizeof got, "%lld.%06lld", (long long)(r->mono_us / IQ_USEC),
			 (long long)(r->mono_us % IQ_USEC));
	expect_z(w, "mono", got, w->mono);
	struct iq_buf b;
	iq_buf_init(&b);
	if (r->wall_us != IQ_NULL)
		iq_time_iso(&b, r->wall_us);
	expect_z(w, "wall", b.p ? b.p : "", w->wall);
	iq_buf_fini(&b);
	if (w->wall)
		expect_n(w, "wall kind", r->wall_kind, w->kind);
}

static inline void expect_marks(const struct row *w, const struct iq_peeled *r)
{
	char pri[64] = "", caller[64] = "";
	if (r->level >= 0 && r->facility < 0)
		snprintf(pri, sizeof pri, "-.%d", r->level);
	else if (r->level >= 0)
		snprintf(pri, sizeof pri, "%d.%d", r->facility, r->level);
	expect_z(w, "pri", pri, w->pri);
	if (r->caller_kind)
		snprintf(caller, sizeof caller, "%c%lld", r->caller_kind,
			 (long long)r->caller);
	expect_z(w, "caller", caller, w->caller);
	expect_n(w, "kernel", r->kernel, !w->user);
	expect_n(w, "special", r->special, w->special);
	expect_n(w, "n", r->special_n, w->n);
	expect_n(w, "gap", r->gap_before, w->gap);
	expect_n(w, "seq", r->seq, w->seq ? w->seq : -1);
}

static inline void expect_row(const struct row *w, const struct iq_peeled *r)
{
	expect_z(w, "dialect", iq_dialect_name(r->dialect), iq_dialect_name(w->dialect));
	expect_z(w, "transport", iq_dialect_name(r->transport),
		 iq_dialect_name(w->transport));
	expect_slice(w, "text", r->text, w->text);
	expect_slice(w, "host", r->host, w->host);
	expect_slice(w, "file", r->file, w->file);
	expect_ident(w, r);
	expect_times(w, r);
	expect_marks(w, r);
	expect_n(w, "again", r->again, false);
}

#endif

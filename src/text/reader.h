/* text/reader.h - from the bytes of a log to records.
 *
 * Feed it blocks of any size; it decodes (UTF-16, CRLF, NUL runs, colours), finds
 * the lines, peels the layers (text/dialect.h), undoes what copying did (line
 * numbers, quotes, wraps), glues split records per host and caller, tells hosts
 * and boots apart, and hands out records in the order of the file.
 *
 * Flat memory: a look-ahead of IQ_READER_SAMPLE bytes at the start (to find a wrap
 * column, line numbers, the encoding), then a few lines.  A reader belongs to one
 * thread.
 */
#ifndef IQ_TEXT_READER_H
#define IQ_TEXT_READER_H

#include "base/err.h"
#include "text/record.h"

#define IQ_READER_SAMPLE (256 * 1024)

struct iq_reader_opts {
	/* false: of syslog and journal only kernel lines and those of the programs
	 * that speak of OOM reach the callback, the others are counted.  true: all. */
	bool all_programs;
	/* Asked for each kernel line that is in no open report: may it begin one?
	 * Lines for which it says no are counted, and not handed out unless
	 * want_all_kernel.  NULL: all are wanted. */
	bool (*wants)(void *arg, struct iq_slice text);
	/* Asked instead while a report is open: hand out everything. */
	bool (*report_open)(void *arg);
	bool want_all_kernel;
	int year;			/* --year, or 0 */
	int64_t zone_offset_us;		/* --timezone for times without zone, or IQ_NULL */
	int64_t name_date_us;		/* date in the file's name (messages-20240101), or IQ_NULL */
	int64_t mtime_us;		/* of the file or archive member, or IQ_NULL */
	bool mtime_is_member;		/* recorded by an archive: a better witness */
};

struct iq_reader_ops {
	/* 0, or -1 with ERR filled to stop. */
	int (*record)(void *arg, const struct iq_record *rec, struct iq_err *err);
	/* Something was cut, dropped, damaged or not understood; severity as in
	 * contract.md 5 v1_issue ("note" "damage" "limit"). */
	void (*issue)(void *arg, const char *severity, const char *code, int64_t line,
		      int64_t offset_bytes, const char *text);
};

struct iq_boot_info {
	uint32_t host_no;
	int64_t first_line, first_offset;	/* of the line it begins with; IQ_NULL: no file */
	struct iq_slice kernel_release, kernel_version, command_line, arch, boot_uuid;
	int64_t wall_minus_mono_us;	/* IQ_NULL: no line carried both, and no anchor */
	int wall_kind;			/* of that offset */
	bool kdump;			/* the capture kernel of a kdump */
	/* of the first and last line of it that was looked at, with recorded wall times of
	 * one kind; IQ_NULL: none */
	int64_t first_wall_us, last_wall_us;
	int range_kind;
};

struct iq_reader_summary {
	int64_t bytes, lines;
	int64_t records_kernel, records_other;	/* other: scanned, counted, not handed out */
	struct iq_slice dialects;		/* names, comma separated, most lines first */
	bool is_log;				/* at least one line had the shape of one */
	int year_delta;				/* for IQ_WALL_NO_YEAR times */
	bool year_known;			/* false: such times are without value */
	const struct iq_slice *hosts;		/* by host_no; p NULL: not shown */
	size_t n_hosts;
	const struct iq_boot_info *boots;	/* by boot_no */
	size_t n_boots;
};

struct iq_reader *iq_reader_new(const struct iq_reader_opts *opts,
				const struct iq_reader_ops *ops, void *arg);
int iq_reader_feed(struct iq_reader *r, const char *p, size_t n, struct iq_err *err);

/* End of the stream; afterwards the summary is complete.  CUT: the stream broke
 * off (damaged archive), the last line is not to be trusted. */
int iq_reader_finish(struct iq_reader *r, bool cut, struct iq_err *err);
const struct iq_reader_summary *iq_reader_summary(const struct iq_reader *r);
/* The boots so far; the array may move with the next line. */
const struct iq_boot_info *iq_reader_boots(const struct iq_reader *r, size_t *ret_n);
void iq_reader_free(struct iq_reader *r);

/* A record that is already apart (printk buffer of a dump, entry of a journal):
 * passes boots, and the callback, like any other.  TEXT may hold newlines: as many lines
 * as first_line..last_line say, or all of one. */
int iq_reader_put(struct iq_reader *r, const struct iq_record *rec, struct iq_err *err);

/* How likely is P[0..n) the beginning of a log?  0 not at all; otherwise about the
 * number of bits of evidence (lines with a header count most).  *ret_name: the
 * dialect most of its lines have, static. */
int iq_reader_bid(const char *p, size_t n, const char **ret_name);

#endif

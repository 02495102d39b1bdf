/* parse/sar.h - the text that sar prints (sar -A, the daily sarDD): memory, swap, paging and
 * load by time.
 *
 * Columns are found by their names, in any order and number, of any version of sysstat;
 * blocks without a name of interest (processors, disks, interfaces) are passed over.  The
 * date stands in the first line alone, in the form of whatever locale the host had: where
 * day and month can be mistaken, the day in the file's name decides.  Times are the host's
 * local ones.  Push parser: blocks of any size, lines of any length (cut), flat memory.
 */
#ifndef IQ_PARSE_SAR_H
#define IQ_PARSE_SAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define IQ_SAR_LINE_MAX 4096
#define IQ_SAR_COLUMNS_MAX 96

struct iq_sar_value {
	int64_t line;			/* from 1 */
	int64_t wall_us;		/* local time, as if it were UTC */
	struct iq_slice name;		/* MemAvailable, ldavg-1 ...; static */
	struct iq_slice unit;		/* bytes, pages/s, load ...; static */
	int64_t value;			/* bytes; of other units thousandths */
};

struct iq_sar {
	int file_day;			/* of the file's name, 0: none */
	/* so far */
	char host[256];
	int64_t day_us;			/* the first line's date, INT64_MIN: none yet */
	int64_t lines, values, restarts;
	/* the block at hand: rows of the table of names, -1: no column of interest */
	int8_t columns[IQ_SAR_COLUMNS_MAX];
	int n_columns;			/* 0: no header yet, or a block of no interest */
	int64_t last_s, days;		/* clock of the row before; midnights passed */
	char line[IQ_SAR_LINE_MAX];
	size_t n;
};

/* Does HEAD begin like sar's output?  "Linux 6.1.0 (web1)  11/21/26  _x86_64_  (2 CPU)" */
bool iq_sar_is(struct iq_slice head);

/* The day of "sar21", "sar.21", "sar20261121" at the end of a path, 0: none. */
int iq_sar_file_day(struct iq_slice path);

void iq_sar_init(struct iq_sar *s, int file_day);

typedef int (*iq_sar_fn)(void *arg, const struct iq_sar_value *v, struct iq_err *err);

/* 0, or -1 as soon as FN says so. */
int iq_sar_feed(struct iq_sar *s, const char *p, size_t n, iq_sar_fn fn, void *arg,
		struct iq_err *err);
/* The last line, should it have no newline. */
int iq_sar_finish(struct iq_sar *s, iq_sar_fn fn, void *arg, struct iq_err *err);

#endif

/* parse/state/numbers.h - texts of /proc that are a number a line.
 *
 * Each function looks at one line and fills *ret, or returns false where the line is
 * none of its format: a header, an error message, a torn or impossible number.  Slices
 * lie in the line.  Pure, no memory.
 */
#ifndef IQ_PARSE_STATE_NUMBERS_H
#define IQ_PARSE_STATE_NUMBERS_H

#include "model/facts.h"

struct iq_number {
	struct iq_slice name;		/* the kernel's own */
	int64_t value;
	const char *unit;		/* as in v1_counter; static */
	int64_t node;			/* of a node's own file, else IQ_NULL */
};

/* /proc/meminfo; sys/devices/system/node/nodeN/meminfo ("Node 0 MemTotal: ...").  kB
 * become bytes, the pages of HugePages_* stay counts. */
bool iq_meminfo_line(struct iq_slice line, struct iq_number *ret);

/* /proc/vmstat; also the indented counters of /proc/zoneinfo.  *kib_stacks is kept from
 * line to line of one text, false at its beginning: nr_kernel_stack counted stacks
 * before there were nr_zone_ counters (4.8), KiB since. */
bool iq_vmstat_line(struct iq_slice line, bool *kib_stacks, struct iq_number *ret);

/* "free", "free -k": the lines Mem: and Swap: under their header, by the names that
 * meminfo has for them. */
#define IQ_FREE_COLUMNS 8
struct iq_free_table {
	const char *column[IQ_FREE_COLUMNS];	/* meminfo's name or NULL, by position */
	size_t n;
};
size_t iq_free_line(struct iq_free_table *t, struct iq_slice line,
		    struct iq_number ret[IQ_FREE_COLUMNS]);

/* A line of proc/pressure/RESOURCE or of a cgroup's memory.pressure: "some avg10=0.00
 * avg60=1.38 avg300=2.77 total=13894617".  Names are "some avg10"; averages are
 * hundredths of a percent, totals us. */
#define IQ_PRESSURE_VALUES 4
size_t iq_pressure_line(struct iq_slice line, struct iq_number ret[IQ_PRESSURE_VALUES]);

/* The whole of a file with one number, or "max": *ret_max. */
bool iq_one_number(struct iq_slice text, int64_t *ret, bool *ret_max);

/* KiB to bytes; false if that does not fit. */
static inline bool iq_kib(int64_t *v)
{
	return *v >= 0 && !__builtin_mul_overflow(*v, (int64_t)1024, v);
}

/* "key = value" of sysctl -a; error lines of sysctl are none. */
bool iq_sysctl_line(struct iq_slice line, struct iq_slice *ret_name,
		    struct iq_slice *ret_value);

#endif

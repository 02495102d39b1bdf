/* parse/cpuline.h - the line in which the kernel says who runs where: CPU, PID, Comm,
 * taint, release.
 *
 * lib/dump_stack.c:dump_stack_print_info(); before 3.10 the architecture's own
 * "Pid: %d, comm: %s".  A pure function of its line; all slices are views into it.
 */
#ifndef IQ_PARSE_CPULINE_H
#define IQ_PARSE_CPULINE_H

#include "model/facts.h"

struct iq_cpuline {
	int64_t cpu, uid, pid;		/* IQ_NULL: not printed, or masked */
	struct iq_slice comm;		/* may hold blanks, ')', any byte */
	struct iq_slice taint;		/* letters with blanks and dashes as printed; p NULL: not tainted */
	struct iq_slice release;	/* p NULL: the line broke off before it */
	struct iq_slice hardware;	/* 2.6.32 prints vendor and product here; else p NULL */
};

/* False: TEXT is another line; *ret is then untouched. */
bool iq_cpuline_parse(struct iq_slice text, struct iq_cpuline *ret);

/* The line of a hung task: "      Tainted: G           OE  5.10.0-32 #1", "      Not tainted
 * 4.8.0 #1".  Not the names of 6.12: "Tainted: [O]=OOT_MODULE". */
bool iq_cpuline_taint_line(struct iq_slice text, struct iq_cpuline *ret);

/* The name of a task at the end of FRONT, the text before " invoked oom-killer" and the
 * like.  A name has 15 bytes; a longer text has words of somebody else in front. */
struct iq_slice iq_cpuline_name(struct iq_slice front);

/* Copies the letters of TAINT to BUF, blanks squeezed, dashes left out: "G OE". */
struct iq_slice iq_cpuline_taint(struct iq_slice taint, char *buf, size_t n);

/* Architecture as uname -m says it, from the end of a release ("...el7.x86_64",
 * "-arm64"); NULL: the release does not tell. */
const char *iq_cpuline_arch(struct iq_slice release);

#endif

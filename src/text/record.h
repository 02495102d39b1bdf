/* text/record.h - one line of log with its layers peeled off.
 *
 * What a line is worth depends on how it reached us: through dmesg, syslog, a
 * journal, a serial console, a web page (facts: shared form of all of them is the
 * kernel's text).  A record is that text with whatever the outer layers told:
 * host, program, times, level, caller.  Line oriented: a printk record with
 * embedded newlines is several records that share times, level and caller.
 *
 * All slices are borrowed and valid only during the callback that gets the record.
 */
#ifndef IQ_TEXT_RECORD_H
#define IQ_TEXT_RECORD_H

#include "base/slice.h"
#include "model/facts.h"

enum iq_record_flags {
	IQ_REC_CONT      = 1 << 0,	/* later line of a multi-line record: header taken over */
	IQ_REC_JOINED    = 1 << 1,	/* glued from several physical lines (pr_cont, wrap) */
	IQ_REC_CUT       = 1 << 2,	/* line limit reached, or file ends without newline */
	IQ_REC_BARE      = 1 << 3,	/* no header at all: nothing but the text is known */
	IQ_REC_REPEATED  = 1 << 4,	/* expanded from `message repeated N times` */
	IQ_REC_AFTER_GAP = 1 << 5,	/* lines before it were lost (dropped, seq jump) */
};

struct iq_record {
	struct iq_slice text;		/* the message itself */
	struct iq_slice host;		/* p NULL: not shown */
	struct iq_slice ident;		/* "kernel", "systemd-oomd" ...; p NULL: not shown */
	int64_t ident_pid;		/* the [PID] behind it, or IQ_NULL */
	bool kernel;			/* kernel text, as far as the layers tell */
	int64_t first_line, last_line;	/* physical lines, from 1 */
	int64_t offset_bytes;		/* of first_line in the decoded stream */
	int64_t wall_us, mono_us;	/* IQ_NULL: not shown */
	int wall_kind;			/* enum iq_wall_kind */
	int level, facility;		/* -1: not shown */
	char caller_kind;		/* 'T' task, 'C' cpu, 0 not shown */
	int64_t caller;
	struct iq_slice boot_id;	/* 32 hex digits, where the source names it; else p NULL */
	uint32_t host_no;		/* which host of this reader, 0 for the first or only */
	uint32_t boot_no;		/* which boot of this reader, counted over all hosts */
	unsigned flags;			/* enum iq_record_flags */
};

#endif

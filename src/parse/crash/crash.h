/* parse/crash/crash.h - one report of a crash: die header, registers, traces, to its end.
 *
 * Begun by a line of parse/crash/opener.h, fed the lines of its printk caller, put out as
 * an event with its IQ_FACT_CRASH, stacks and lines.  A report that stands in front of
 * another (list corruption, "cut here") becomes that one: one happening is one event.
 *
 * Bounded: frames by IQ_TRACE_FRAMES_MAX, register text by REGS_MAX bytes.
 */
#ifndef IQ_PARSE_CRASH_CRASH_H
#define IQ_PARSE_CRASH_CRASH_H

#include "base/buf.h"
#include "parse/crash/opener.h"
#include "parse/crash/trace.h"
#include "parse/report.h"

struct iq_crash_report {
	struct iq_report rep;		/* event, lines, sighting; its own frames stay empty */
	struct iq_crash c;		/* texts in rep.mem */
	struct iq_trace trace;
	struct { struct iq_slice function, module; } alloc_in, free_in;	/* of the object */
	enum iq_crash_kind kind;
	bool block;			/* hardware, filesystem, disk: see block.h */
	bool begun;			/* a headline was there; else only what stands before */
	bool ended;			/* another report of its caller began, or its end came */
	bool end_trace;			/* ---[ end trace ]--- was there */
	bool repeated_regs;		/* ... and the registers again: an oops (4.19+) */
	bool clipped;			/* begins in its middle: the headline is lost */
	unsigned n_cited;		/* frames */
	unsigned idle;			/* lines of its caller since the last it took */
	struct iq_buf regs;
};

/* O is what REC opens; NULL: REC is a line from the middle of an oops. */
struct iq_crash_report *iq_crash_new(const struct iq_record *rec, const struct iq_opened *o,
				     int64_t member_id, int64_t boot_id, struct iq_err *err);
/* The panic of REC is the end of R, a report of hardware: they are one. */
void iq_crash_become_panic(struct iq_crash_report *r, const struct iq_record *rec,
			   struct iq_slice form);

void iq_crash_free(struct iq_crash_report *r);
size_t iq_crash_bytes(const struct iq_crash_report *r);

/* TEXT, a line of SysRq, asks for a crash; R is the one that LINE with TEXT asked for. */
bool iq_crash_request(struct iq_slice text);
void iq_crash_asked(struct iq_crash_report *r, struct iq_slice text, int64_t line);

/* REC opens O while R is open: is it a part of R?  1 taken, 0 not. */
int iq_crash_absorb(struct iq_crash_report *r, const struct iq_record *rec,
		    const struct iq_opened *o);

/* Any other line.  1 taken, 0 not of this report. */
int iq_crash_line(struct iq_crash_report *r, const struct iq_record *rec);

/* Is there enough for an event? */
bool iq_crash_is_event(const struct iq_crash_report *r);

/* Names function, module and key, so that others can ask; before iq_crash_put(). */
void iq_crash_settle(struct iq_crash_report *r, bool cut);

/* Event, sighting, lines and stacks; not the crash fact, which may yet be repeated. */
int iq_crash_put(struct iq_crash_report *r, struct iq_sink *sink, struct iq_err *err);

#endif

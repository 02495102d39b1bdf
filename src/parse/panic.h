/* parse/panic.h - the kernel's last words: "Kernel panic - not syncing: ...".
 *
 * Headline, CPU line, hardware and stack of one panic, of any cause; kernel/panic.c.
 * Where it is the end of an OOM run the caller hands over that run's report: it stays
 * open until the panic's CPU line has come, since that names the task that had asked.
 */
#ifndef IQ_PARSE_PANIC_H
#define IQ_PARSE_PANIC_H

#include "parse/crash/book.h"
#include "parse/oom.h"

enum iq_panic_oom {
	IQ_PANIC_OTHER,
	IQ_PANIC_NO_KILLABLE,		/* nobody left to kill */
	IQ_PANIC_ON_OOM,		/* the sysctl demands it */
};

bool iq_panic_begins(struct iq_slice text);
/* Is it the end of an OOM run, by its reason? */
enum iq_panic_oom iq_panic_of_oom(struct iq_slice text);

struct iq_panic {
	struct iq_crash_report *x;	/* headline, CPU line, stack */
	enum iq_panic_oom oom_kind;
	struct iq_oom_report *oom;	/* owned; NULL: none */
	bool has_cause;
	struct iq_crash_seen cause;	/* the event that led to it */
	struct iq_crash_report *told;	/* owned: the report whose trace the panic prints */
	struct iq_crash_book *book;
	uint32_t host_no;
	bool done;			/* the end marker was there, or another report */
};

/* Takes OOM and HARDWARE, the report that the panic ends, over; on failure they are the
 * caller's still.  All but REC may be NULL. */
struct iq_panic *iq_panic_new(const struct iq_record *rec, int64_t member_id,
			      int64_t boot_id, struct iq_oom_report *oom,
			      const struct iq_crash_seen *cause,
			      struct iq_crash_report *hardware, struct iq_err *err);
void iq_panic_free(struct iq_panic *p);

/* 1 taken, 0 not of this panic. */
/* TOLD, a warning that panics before it has shown CPU and trace, shares what the panic
 * shows.  Taken over; BOOK is where it is closed. */
void iq_panic_tells(struct iq_panic *p, struct iq_crash_report *told,
		    struct iq_crash_book *book, uint32_t host_no);

int iq_panic_line(struct iq_panic *p, const struct iq_record *rec);

/* Puts the memory event first, then the panic with it as its parent. */
int iq_panic_close(struct iq_panic *p, const struct iq_oom_close *how, struct iq_err *err);

#endif

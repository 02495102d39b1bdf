/* parse/crash/book.h - what a member has told of crashes so far.
 *
 * Equal reports of one boot (a WARN that comes 10 000 times, a task that stays hung) are
 * one event with a count; and whoever comes later finds the event that led to it.  The
 * crash fact of a report that may come again is held back until the member ends, since
 * it has the count.
 *
 * Bounded: BOOK_MAX reports, SIGHTINGS_MAX places each; `repeats` counts all.
 */
#ifndef IQ_PARSE_CRASH_BOOK_H
#define IQ_PARSE_CRASH_BOOK_H

#include "kern/crashkey.h"
#include "parse/crash/crash.h"

struct iq_crash_book;

/* SINK outlives the book. */
struct iq_crash_book *iq_crash_book_new(struct iq_sink *sink);
void iq_crash_book_free(struct iq_crash_book *b);

/* Settles R and puts it, or counts it to the one it repeats.  R stays the caller's. */
int iq_crash_book_close(struct iq_crash_book *b, struct iq_crash_report *r, uint32_t host_no,
			bool cut, struct iq_err *err);

/* Puts what is held back and forgets all. */
int iq_crash_book_flush(struct iq_crash_book *b, struct iq_err *err);

/* What of an earlier event its successor takes over. */
struct iq_crash_seen {
	int64_t event_id, boot_id, cpu, pid, mono_us, wall_us;
	int64_t root_id;		/* the first of the oopses it is one of, or itself */
	uint32_t host_no;
	enum iq_crash_kind kind;
	bool manual;
	char comm[32], function[128], suspect[128], module[64], taint[32];
	char key[IQ_CRASHKEY_MAX], loose_key[256];
};

/* The latest event of this host and boot that the panic REASON speaks of, or NULL. */
const struct iq_crash_seen *iq_crash_book_cause(const struct iq_crash_book *b,
						uint32_t host_no, int64_t boot_id,
						struct iq_slice reason);

/* Does a panic of this reason end a report of KIND? */
bool iq_crash_reason_is(struct iq_slice reason, enum iq_crash_kind kind);

/* The latest of KIND, or NULL. */
const struct iq_crash_seen *iq_crash_book_latest(const struct iq_crash_book *b,
						 uint32_t host_no, int64_t boot_id,
						 enum iq_crash_kind kind);

#endif

/* bundle/state.h - the state of a machine as a bundle's members show it: one snapshot.
 *
 * Members come in any order, so everything is kept until the end: rows as they stand,
 * processes by pid, groups and units by name.  What can be said only when all is there
 * (how large a page is, which limit counts, which file sets a unit's limit) is said by
 * iq_state_put().  Memory is bounded; what does not fit is left out and told.
 *
 * The caller owns the state; texts are copied.  Bytes and microseconds.
 */
#ifndef IQ_BUNDLE_STATE_H
#define IQ_BUNDLE_STATE_H

#include "bundle/state_path.h"
#include "model/facts.h"

struct iq_state;

struct iq_state *iq_state_new(void);	/* NULL: out of memory */
void iq_state_free(struct iq_state *s);

/* A member: begin, its bytes, end.  LINE: where its first line stands in MEMBER_ID. */
void iq_state_begin(struct iq_state *s, const struct iq_state_file *p, int64_t member_id,
		    int64_t line);
/* 0; 1: no more of it is needed; -1: out of memory. */
int iq_state_feed(struct iq_state *s, struct iq_slice block);
/* How many bytes of such a member are looked at. */
size_t iq_state_bytes_max(enum iq_state_kind kind);
/* How many lines of it were of its format; -1: out of memory.  CUT: part of the member is
 * missing. */
int64_t iq_state_end(struct iq_state *s, bool cut);

/* Is there anything to put? */
bool iq_state_any(const struct iq_state *s);

struct iq_state_frame {
	int64_t snapshot_id, host_id;	/* host_id IQ_NULL: not known */
	int64_t page_size;		/* in: where it is known for sure, else IQ_NULL.  out */
	struct iq_slice arch;		/* of the kernel, p NULL: not known */
	int64_t zone_us;		/* local time minus UTC, IQ_NULL: not known */
	int64_t boot_us;		/* when the boot began, IQ_NULL: not known */
	/* out */
	bool page_size_assumed;		/* from the architecture alone */
	size_t left_out;		/* rows that did not fit */
};

/* Fills page_size where it is not given. */
void iq_state_settle_page_size(const struct iq_state *s, struct iq_state_frame *f);

/* Puts everything but the snapshot itself, and forgets it; the frame is settled. */
int iq_state_put(struct iq_state *s, struct iq_state_frame *f, struct iq_sink *sink,
		 struct iq_err *err);

#endif

/* text/reverse.h - a log whose newest line comes first.
 *
 * journalctl -r and most web exports (Kibana, Grafana, Splunk, clouds) are written so.
 * The sample at the start of a stream tells: nearly all its times fall.  Records are
 * then kept as they were peeled and given back in the order of time at the end, each
 * under its own number of line.  Up to IQ_REVERSE_BYTES are kept; what is older than
 * that is turned by itself.  Belongs to one stream; owns copies of all texts.
 */
#ifndef IQ_TEXT_REVERSE_H
#define IQ_TEXT_REVERSE_H

#include "base/arena.h"
#include "text/dialect.h"
#include "text/lines.h"

#define IQ_REVERSE_BYTES (32 * 1024 * 1024)

/* --- the sample --- */

struct iq_fall {
	int64_t mono_us, wall_us;	/* of the line before, IQ_NULL: none yet */
	int kind;			/* of that line, where neighbours tell */
	int64_t down, up;
};

void iq_fall_init(struct iq_fall *f);
void iq_fall_line(struct iq_fall *f, const struct iq_peeled *p);
bool iq_fall_decide(const struct iq_fall *f);

/* --- the records --- */

struct iq_kept {
	struct iq_peeled peeled;
	struct iq_line line;		/* raw is empty */
};

struct iq_reverse {
	struct iq_arena arena;
	struct iq_kept *kept;
	size_t n, cap, bytes;
};

void iq_reverse_init(struct iq_reverse *v);
void iq_reverse_fini(struct iq_reverse *v);
/* Forgets all. */
void iq_reverse_reset(struct iq_reverse *v);

/* A line, with a header or without; false: out of memory. */
bool iq_reverse_keep(struct iq_reverse *v, const struct iq_peeled *p,
		     const struct iq_line *line);

/* The index of the record in front of END, whose lines without header follow it up to
 * END: from v->n down to 0 this goes through all in the order of time. */
size_t iq_reverse_before(const struct iq_reverse *v, size_t end);

#endif

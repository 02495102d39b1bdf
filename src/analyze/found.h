/* analyze/found.h - a finding in memory, and as bytes between child and parent.
 *
 * The child that runs the plugins may be broken by them, so what it sends is
 * hostile: iq_found_decode() checks every length, number and word, and cleans the
 * texts.  Slices point into the arena given.
 */
#ifndef IQ_ANALYZE_FOUND_H
#define IQ_ANALYZE_FOUND_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/err.h"
#include "store/store.h"

/* Bounds of one finding; the builder cuts, the decoder refuses. */
#define IQ_FOUND_TEXT_MAX	(16 * 1024)
#define IQ_FOUND_WORD_MAX	64
#define IQ_FOUND_ADVICE_MAX	32
#define IQ_FOUND_EVIDENCE_MAX	256

struct iq_found_pair { struct iq_slice what, how; };

struct iq_found {
	uint32_t item, plugin;		/* index of the event or host, and of who says it */
	struct iq_slice plugin_name;	/* not sent: the parent knows */
	uint8_t role, severity, confidence;	/* enums of plugin.h */
	int64_t priority;
	struct iq_slice rule, verdict, holder, title, explanation;
	struct iq_slice *advice;
	size_t n_advice;
	struct iq_found_pair *missing;
	size_t n_missing;
	struct iq_evidence *evidence;
	size_t n_evidence;
};

/* Frames: length of what follows (4), type (1), body. */
enum iq_frame_type {
	IQ_FRAME_FOUND = 'F',
	IQ_FRAME_REMARK = 'R',		/* item (4), plugin (4), text */
	IQ_FRAME_END = 'E',		/* item (4): all of it has been sent */
};

void iq_found_encode(struct iq_buf *out, const struct iq_found *f);
void iq_frame_remark(struct iq_buf *out, uint32_t item, uint32_t plugin, const char *text);
void iq_frame_end(struct iq_buf *out, uint32_t item);

/* 1 and the next frame's body, 0 at the end (also of a last frame that is cut
 * short), -1: not frames at all. */
int iq_frame_next(struct iq_cursor *in, uint8_t *ret_type, struct iq_cursor *ret_body);

/* The body of a frame; 0, or -1 with ERR saying what is wrong with it. */
int iq_found_decode(struct iq_cursor *body, struct iq_arena *arena, struct iq_found *ret,
		    struct iq_err *err);
int iq_remark_decode(struct iq_cursor *body, struct iq_arena *arena, uint32_t *ret_item,
		     uint32_t *ret_plugin, struct iq_slice *ret_text);

/* [a-z0-9-]+, at most IQ_FOUND_WORD_MAX bytes. */
bool iq_found_word_ok(struct iq_slice word);

const char *iq_role_word(int role);
const char *iq_severity_word(int severity);
const char *iq_confidence_word(int confidence);
/* The number for a word, 0 if it is none. */
int iq_role_number(struct iq_slice word);
int iq_severity_number(struct iq_slice word);
int iq_confidence_number(struct iq_slice word);

#endif

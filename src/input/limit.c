/* input/limit.c - what a walk may cost, counted where bytes are made.
 *
 * Bytes of every layer that can swell count (filters, holes of sparse members, zip)
 * and not only those that reach the visitor: a bomb costs time even if nobody looks
 * inside.  What is read from the outside through a pipe counts too, since nothing
 * else says when it ends.  Files lying on a disk are as big as they are.
 */
#include "input/stream.h"

#include "model/facts.h"

static bool too_many_bytes(struct iq_stream *m, size_t n)
{
	struct iq_walk *w = m->w;
	uint64_t max = w->opts->limits.bytes;

	w->made_bytes += n;
	if (!max || w->made_bytes <= max)
		return false;
	w->stopped = true;
	iq_walk_issue(w, "limit", "bytes", m->name, m->given_bytes,
		      "more than %llu bytes unpacked; --limit-bytes raises the limit",
		      (unsigned long long)max);
	return true;
}

/* Against the outside, not the layer under it: each layer of a nested bomb may look
 * harmless. */
static bool too_high_ratio(struct iq_stream *m, size_t n)
{
	const struct iq_limits *l = &m->w->opts->limits;
	uint64_t made = (uint64_t)m->given_bytes + n;

	if (!l->ratio || !m->depth || made <= l->ratio_floor_bytes ||
	    made / l->ratio <= m->w->source_bytes)
		return false;
	m->w->stopped = true;
	iq_walk_issue(m->w, "limit", "ratio", m->name, m->given_bytes,
		      "unpacks to more than %u times the size of the file: looks like a "
		      "decompression bomb", l->ratio);
	return true;
}

bool iq_limit_bytes(struct iq_stream *m, size_t n)
{
	if (m->w->stopped)
		return false;
	return !m->swells || (!too_many_bytes(m, n) && !too_high_ratio(m, n));
}

bool iq_limit_member(struct iq_walk *w, struct iq_slice name)
{
	uint64_t max = w->opts->limits.members;

	if (w->stopped)
		return false;
	if (!max || ++w->members <= max)
		return true;
	w->stopped = true;
	iq_walk_issue(w, "limit", "members", name, IQ_NULL,
		      "more than %llu files inside; the rest is left out",
		      (unsigned long long)max);
	return false;
}

bool iq_limit_depth(struct iq_walk *w, const struct iq_stream *m)
{
	unsigned max = w->opts->limits.depth;

	if (!max || max > IQ_INPUT_DEPTH_MAX)
		max = IQ_INPUT_DEPTH_MAX;
	if (m->depth < max)
		return true;
	iq_walk_issue(w, "limit", "depth", m->name, 0,
		      "packed more than %u times over; unpack it once by hand", max);
	return false;
}

/* input/limit.c - what a walk may cost, counted where bytes are made.
 *
 * Bytes of every layer that can swell count (filters, holes of sparse members, zip)
 * and not only those that reach the visitor: a bomb costs time even if nobody looks
 * inside.  What is read from the outside through a pipe counts too, since nothing
 * else says when it ends.  Files lying on a disk are as big as they are.
 *
 * One file of an archive costs itself only, so that what lies behind a bomb is read: it
 * may make half of the bytes that are left when it begins, and its ratio is to the
 * bytes of the outside that were read for it.
 */
#include "input/stream.h"

#include "model/facts.h"

/* What the layers below have read ahead belongs to the file, too. */
#define AHEAD_BYTES ((uint64_t)1024 * 1024)
/* A wrapper around many files is worth going on with when one of them is a bomb. */
#define MANY_TIMES 8

void iq_limit_begin(struct iq_stream *m)
{
	const struct iq_walk *w = m->w;
	uint64_t max = m->made_max ? m->made_max : w->opts->limits.bytes;

	m->source_from = w->source_bytes;
	m->packed_bytes = m->size_bytes > 0 ? (uint64_t)m->size_bytes : 0;
	if (max > w->made_bytes)
		m->made_max = w->made_bytes + (max - w->made_bytes) / 2;
}

void iq_limit_sparse(struct iq_stream *m)
{
	uint64_t max = m->w->opts->limits.bytes;

	if (max && m->size_bytes != IQ_NULL && (uint64_t)m->size_bytes > max)
		iq_walk_issue(m->w, "limit", "sparse", m->name, IQ_NULL,
			      "a sparse file that unpacks to %lld bytes, more than the limit "
			      "of %llu; long holes in it are not read",
			      (long long)m->size_bytes, (unsigned long long)max);
}

static bool too_many_bytes(struct iq_stream *m, size_t n)
{
	struct iq_walk *w = m->w;
	uint64_t max = w->opts->limits.bytes;

	w->made_bytes += n;
	if (!max || w->made_bytes <= (m->made_max ? m->made_max : max))
		return false;
	w->stopped = w->made_bytes > max;
	if (w->stopped)
		iq_walk_issue(w, "limit", "bytes", m->name, m->given_bytes,
			      "more than %llu bytes unpacked; --limit-bytes raises the limit",
			      (unsigned long long)max);
	else
		iq_walk_issue(w, "limit", "bytes", m->name, m->given_bytes,
			      "unpacks to more than half of what is left of %llu bytes; its "
			      "rest is left out, --limit-bytes raises the limit",
			      (unsigned long long)max);
	return true;
}

/* What M is unpacked from, of the outside: each layer of a nested bomb may look harmless. */
static uint64_t packed_bytes(const struct iq_stream *m)
{
	uint64_t n = m->w->source_bytes - m->source_from;

	if (!m->source_from)
		return n;
	n += AHEAD_BYTES;
	return m->packed_bytes && m->packed_bytes < n ? m->packed_bytes : n;
}

static bool too_high_ratio(struct iq_stream *m, size_t n)
{
	const struct iq_limits *l = &m->w->opts->limits;
	uint64_t made = (uint64_t)(m->given_bytes - m->passed_bytes) + n;

	if (!l->ratio || !m->depth ||
	    made / (m->holds_many ? MANY_TIMES : 1) <= l->ratio_floor_bytes ||
	    made / l->ratio <= packed_bytes(m))
		return false;
	iq_walk_issue(m->w, "limit", "ratio", m->name, m->given_bytes,
		      "unpacks to more than %u times the size of %s: looks like a "
		      "decompression bomb; its rest is left out", l->ratio,
		      m->source_from ? "its packed form" : "the file");
	return true;
}

bool iq_limit_bytes(struct iq_stream *m, size_t n)
{
	if (m->w->stopped)
		return false;
	return !(m->swells && too_many_bytes(m, n)) && !too_high_ratio(m, n);
}

/* One without bytes costs little more than its header: a million of them, and what lies
 * behind them is still read. */
#define EMPTY_ONES 16

bool iq_limit_member(struct iq_walk *w, struct iq_slice name, bool empty)
{
	uint64_t max = w->opts->limits.members;

	if (w->stopped)
		return false;
	w->members += empty ? 1 : EMPTY_ONES;
	if (!max || w->members <= max * EMPTY_ONES)
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

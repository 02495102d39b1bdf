/* kern/sat.h - sums of numbers that a log claims: they stop at the ends of int64. */
#ifndef IQ_KERN_SAT_H
#define IQ_KERN_SAT_H

#include "model/facts.h"

#define IQ_SAT_MAX INT64_MAX
#define IQ_SAT_MIN (INT64_MIN + 1)	/* INT64_MIN is IQ_NULL */

static inline int64_t iq_sat_add(int64_t a, int64_t b)
{
	int64_t r;
	if (__builtin_add_overflow(a, b, &r) || r == INT64_MIN)
		return b > 0 ? IQ_SAT_MAX : IQ_SAT_MIN;
	return r;
}

static inline int64_t iq_sat_sub(int64_t a, int64_t b)
{
	int64_t r;
	if (__builtin_sub_overflow(a, b, &r) || r == INT64_MIN)
		return b < 0 ? IQ_SAT_MAX : IQ_SAT_MIN;
	return r;
}

static inline int64_t iq_sat_mul(int64_t a, int64_t b)
{
	int64_t r;
	if (__builtin_mul_overflow(a, b, &r) || r == INT64_MIN)
		return (a < 0) == (b < 0) ? IQ_SAT_MAX : IQ_SAT_MIN;
	return r;
}

/* a * b / c without overflow in between; c > 0. */
static inline int64_t iq_sat_muldiv(int64_t a, int64_t b, int64_t c)
{
	__int128 r = (__int128)a * b / c;
	return r > IQ_SAT_MAX ? IQ_SAT_MAX : r < IQ_SAT_MIN ? IQ_SAT_MIN : (int64_t)r;
}

static inline int64_t iq_or_zero(int64_t v) { return v == IQ_NULL ? 0 : v; }
static inline int64_t iq_min64(int64_t a, int64_t b) { return a < b ? a : b; }

#endif

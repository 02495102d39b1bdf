/* text/match.h - small tests on text that the grammar files share; private to text/. */
#ifndef IQ_TEXT_MATCH_H
#define IQ_TEXT_MATCH_H

#include "base/slice.h"

#define IQ_COUNT(a) (sizeof(a) / sizeof *(a))

static inline bool iq_ch_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool iq_ch_hex(char c)
{
	return iq_ch_digit(c) || (c >= 'a' && c <= 'f');
}

static inline bool iq_ch_name(char c)
{
	return (c >= 'a' && c <= 'z') || iq_ch_digit(c) || c == '_';
}

static inline size_t iq_span(struct iq_slice s, size_t from, bool (*is)(char))
{
	size_t i = from;
	while (i < s.n && is(s.p[i]))
		i++;
	return i - from;
}

static inline bool iq_starts_any(struct iq_slice s, const struct iq_slice *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (*s.p == *list[i].p && iq_starts(s, list[i]))
			return true;
	return false;
}

static inline bool iq_ends_any(struct iq_slice s, const struct iq_slice *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (iq_ends(s, list[i]))
			return true;
	return false;
}

static inline bool iq_has_any(struct iq_slice s, const struct iq_slice *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (iq_has(s, list[i]))
			return true;
	return false;
}

/* "DMA32 free:", "Normal: ": a zone at the front. */
static inline bool iq_names_zone(struct iq_slice s)
{
	static const struct iq_slice zones[] = {
		IQ_LIT("DMA32"), IQ_LIT("DMA"), IQ_LIT("Normal"), IQ_LIT("HighMem"),
		IQ_LIT("Movable"), IQ_LIT("Device"),
	};
	for (size_t i = 0; i < IQ_COUNT(zones); i++)
		if (iq_starts(s, zones[i]) && s.n > zones[i].n &&
		    (s.p[zones[i].n] == ' ' || s.p[zones[i].n] == ':'))
			return true;
	return false;
}

#endif

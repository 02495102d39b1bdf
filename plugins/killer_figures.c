/* plugins/killer_figures.c - figures in the words of user-space killers (killer.h). */
#include "killer.h"

#include <string.h>

#define TEXT_MAX 512

const char *killer_behind(const char *text, const char *lead)
{
	const char *at = text ? strstr(text, lead) : NULL;

	if (!at)
		return NULL;
	at += strlen(lead);
	while (*at == ' ')
		at++;
	return at;
}

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits at *P, which moves behind them; INQUEST_NULL: none, or too many. */
static int64_t take_digits(const char **p)
{
	int64_t v = 0;

	if (!is_digit(**p))
		return INQUEST_NULL;
	for (; is_digit(**p); (*p)++) {
		if (v > (INT64_MAX - 9) / 10)
			return INQUEST_NULL;
		v = v * 10 + (**p - '0');
	}
	return v;
}

int64_t killer_int(const char *text, const char *lead)
{
	const char *p = killer_behind(text, lead);

	return p ? take_digits(&p) : INQUEST_NULL;
}

/* The number at *P in hundredths; further places are dropped. */
static int64_t take_hundredths(const char **p)
{
	int64_t v = take_digits(p);

	if (!inquest_known(v) || v > INT64_MAX / 100 - 1)
		return INQUEST_NULL;
	v *= 100;
	if (**p != '.')
		return v;
	(*p)++;
	for (int unit = 10; is_digit(**p); unit /= 10, (*p)++)
		v += unit * (**p - '0');
	return v;
}

int64_t killer_hundredths(const char *text, const char *lead)
{
	const char *p = killer_behind(text, lead);

	return p ? take_hundredths(&p) : INQUEST_NULL;
}

int64_t killer_quantity(const char *text, const char *lead)
{
	static const struct {
		const char *suffix;
		int64_t bytes;
	} units[] = {
		{"Ki", INT64_C(1) << 10},
		{"Mi", INT64_C(1) << 20},
		{"Gi", INT64_C(1) << 30},
		{"Ti", INT64_C(1) << 40},
		{"k", 1000},
		{"M", 1000000},
		{"G", 1000000000},
		{"T", INT64_C(1000000000000)},
	};
	const char *p = killer_behind(text, lead);
	int64_t v = p ? take_hundredths(&p) : INQUEST_NULL, unit = 1;

	if (!inquest_known(v))
		return INQUEST_NULL;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (!strncmp(p, units[i].suffix, strlen(units[i].suffix))) {
			unit = units[i].bytes;
			break;
		}
	return v > INT64_MAX / unit ? INQUEST_NULL : v * unit / 100;
}

size_t killer_until(const char *text, const char *end)
{
	const char *at = strstr(text, end);
	size_t n = at ? (size_t)(at - text) : strlen(text);

	return n < TEXT_MAX ? n : TEXT_MAX;
}

const char *killer_last_part(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash && slash[1] ? slash + 1 : path;
}

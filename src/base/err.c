/* base/err.c - see err.h */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

int iq_err_set(struct iq_err *err, enum iq_err_code code, const char *fmt, ...)
{
	if (!err)
		return -1;
	va_list ap;
	va_start(ap, fmt);
	err->code = code;
	vsnprintf(err->text, sizeof err->text, fmt, ap);
	va_end(ap);
	return -1;
}

int iq_err_sys(struct iq_err *err, int errnum, const char *fmt, ...)
{
	if (!err)
		return -1;
	va_list ap;
	va_start(ap, fmt);
	err->code = IQ_E_IO;
	int n = vsnprintf(err->text, sizeof err->text, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof err->text)
		snprintf(err->text + n, sizeof err->text - (size_t)n, ": %s",
			 strerror(errnum));
	return -1;
}

int iq_err_prefix(struct iq_err *err, const char *fmt, ...)
{
	if (!err)
		return -1;
	char front[sizeof err->text];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(front, sizeof front, fmt, ap);
	va_end(ap);
	if (n < 0)
		return -1;
	size_t f = (size_t)n < sizeof front ? (size_t)n : sizeof front - 1;
	if (f > sizeof err->text - 3)
		f = sizeof err->text - 3;
	size_t old = strlen(err->text);
	size_t keep = sizeof err->text - 1 - f - 2;
	if (old > keep)
		old = keep;
	memmove(err->text + f + 2, err->text, old);
	err->text[f + 2 + old] = 0;
	memcpy(err->text, front, f);
	memcpy(err->text + f, ": ", 2);
	return -1;
}

void iq_err_clear(struct iq_err *err)
{
	if (err) {
		err->code = IQ_E_NONE;
		err->text[0] = 0;
	}
}

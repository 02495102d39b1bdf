/* base/err.h - an error that says where and what, built up on the way out.
 *
 * A function that can fail returns 0 or -1 and fills the caller's struct iq_err.
 * The place that notices sets code and text; every caller that knows more about
 * the place (file, member, line) prefixes it.  Nothing below cli/ prints.
 *
 * The text lives in the struct itself, so that running out of memory can still
 * be reported.  ERR may be NULL everywhere: the caller then only learns of the
 * failure from the return value.
 */
#ifndef IQ_BASE_ERR_H
#define IQ_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum iq_err_code {
	IQ_E_NONE = 0,
	IQ_E_IO,		/* the system refused: open, read, write, fork */
	IQ_E_NOMEM,
	IQ_E_FORMAT,		/* the input is not what it claims to be, or damaged */
	IQ_E_LIMIT,		/* a limit of base/limits.h was reached */
	IQ_E_UNSUPPORTED,	/* understood, but not readable by this build */
	IQ_E_USAGE,		/* the caller's words are off */
	IQ_E_STORE,		/* SQLite said no, or the store is not ours */
	IQ_E_INTR,		/* stopped by a signal */
	IQ_E_BUG,		/* cannot happen */
};

struct iq_err {
	enum iq_err_code code;
	char text[600];
};

/* Sets code and text, replacing what was there.  Returns -1, so that a caller
 * can write: return iq_err_set(err, ...). */
int iq_err_set(struct iq_err *err, enum iq_err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same, with ": " and strerror(ERRNUM) behind it. */
int iq_err_sys(struct iq_err *err, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts the formatted text and ": " in front of what is there.  Returns -1. */
int iq_err_prefix(struct iq_err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

void iq_err_clear(struct iq_err *err);

#endif

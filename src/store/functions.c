/* store/functions.c - what SQL gets on top: regexp(), human_bytes(), pages().
 *
 *	regexp(PATTERN, TEXT)	also TEXT REGEXP PATTERN; POSIX extended
 *	human_bytes(N)		"190 MiB"
 *	pages(BYTES[, PAGE_SIZE])	whole pages, 4096 bytes each unless told
 *
 * NULL in, NULL out.  A pattern is compiled once per statement.  The views use none
 * of these, so that any SQLite can read a store.
 */
#include <regex.h>
#include <stdlib.h>

#include "base/units.h"
#include "store/internal.h"

/* glibc's matcher needs stack and time that grow with the pattern. */
#define PATTERN_MAX 1000

static void free_regex(void *arg)
{
	regfree(arg);
	free(arg);
}

/* glibc unrolls bounds, so that ((a{99}){99}){99} takes gigabytes, and searches
 * back references by trying: both are refused. */
static bool too_costly(const char *p)
{
	unsigned long product = 1;
	for (; (p = strpbrk(p, "{\\")); p++) {
		if (*p == '\\') {
			if (p[1] >= '1' && p[1] <= '9')
				return true;
			p += p[1] != 0;
			continue;
		}
		char *end;
		unsigned long most = strtoul(p + 1, &end, 10);
		unsigned long upper = *end == ',' ? strtoul(end + 1, NULL, 10) : 0;
		if (upper > most)
			most = upper;
		if (most > 1000 || (product *= most ? most : 1) > 1000)
			return true;
	}
	return false;
}

static regex_t *compile(sqlite3_context *ctx, sqlite3_value *pattern)
{
	const char *text = (const char *)sqlite3_value_text(pattern);
	if (!text || strlen(text) > PATTERN_MAX || too_costly(text)) {
		sqlite3_result_error(ctx, "regexp: pattern too long or too costly", -1);
		return NULL;
	}
	regex_t *re = malloc(sizeof *re);
	if (!re) {
		sqlite3_result_error_nomem(ctx);
		return NULL;
	}
	int rc = regcomp(re, text, REG_EXTENDED | REG_NOSUB);
	if (rc) {
		char why[200] = "regexp: ";
		regerror(rc, re, why + 8, sizeof why - 8);
		sqlite3_result_error(ctx, why, -1);
		free(re);
		return NULL;
	}
	return re;
}

static void fn_regexp(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	(void)argc;
	if (sqlite3_value_type(argv[0]) == SQLITE_NULL ||
	    sqlite3_value_type(argv[1]) == SQLITE_NULL)
		return;
	regex_t *re = sqlite3_get_auxdata(ctx, 0);
	bool fresh = !re;
	if (fresh && !(re = compile(ctx, argv[0])))
		return;
	const char *text = (const char *)sqlite3_value_text(argv[1]);
	if (text)
		sqlite3_result_int(ctx, regexec(re, text, 0, NULL, 0) == 0);
	else
		sqlite3_result_error_nomem(ctx);
	if (fresh)	/* may free it at once, so last */
		sqlite3_set_auxdata(ctx, 0, re, free_regex);
}

static void fn_human_bytes(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	(void)argc;
	if (sqlite3_value_numeric_type(argv[0]) == SQLITE_NULL)
		return;
	struct iq_buf out;
	iq_buf_init(&out);
	iq_human_bytes(&out, sqlite3_value_int64(argv[0]));
	if (out.failed)
		sqlite3_result_error_nomem(ctx);
	else
		sqlite3_result_text(ctx, out.p, (int)out.n, SQLITE_TRANSIENT);
	iq_buf_fini(&out);
}

static void fn_pages(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	for (int i = 0; i < argc; i++)
		if (sqlite3_value_type(argv[i]) == SQLITE_NULL)
			return;
	int64_t size = argc > 1 ? sqlite3_value_int64(argv[1]) : 4096;
	if (size < 1)
		sqlite3_result_error(ctx, "pages: the size of a page is not positive", -1);
	else
		sqlite3_result_int64(ctx, sqlite3_value_int64(argv[0]) / size);
}

struct function {
	const char *name;
	int argc;
	void (*call)(sqlite3_context *, int, sqlite3_value **);
};

static const struct function functions[] = {
	{ "regexp", 2, fn_regexp },
	{ "human_bytes", 1, fn_human_bytes },
	{ "pages", 1, fn_pages },
	{ "pages", 2, fn_pages },
};

int iq_store_functions(sqlite3 *db, struct iq_err *err)
{
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		const struct function *f = &functions[i];
		if (sqlite3_create_function_v2(db, f->name, f->argc,
				SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
				NULL, f->call, NULL, NULL, NULL) != SQLITE_OK)
			return iq_err_set(err, IQ_E_STORE, "%s: %s", f->name, sqlite3_errmsg(db));
	}
	return 0;
}

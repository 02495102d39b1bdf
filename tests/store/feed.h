/* tests/store/feed.h - facts in memory as a source that can be rewound, and short
 * ways to ask a store.
 *
 * Texts of the facts are borrowed: the tests use literals.
 */
#ifndef IQ_TESTS_STORE_FEED_H
#define IQ_TESTS_STORE_FEED_H

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/slice.h"
#include "store/store.h"

struct feed_item { enum iq_fact_type type; void *fact; };

struct feed {
	struct iq_fact_source source;	/* first: the source is the feed */
	struct iq_sink sink;
	struct feed_item *items;
	size_t n, cap, at;
	size_t fail_at;			/* next() fails here; 0 never */
	unsigned rewinds;
};

static inline void feed_add(struct feed *f, enum iq_fact_type type, const void *fact)
{
	if (f->n == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 64;
		f->items = realloc(f->items, f->cap * sizeof *f->items);
	}
	size_t size = (unsigned)type < IQ_FACT_MAX ? iq_fact_descs[type].size : 8;
	f->items[f->n] = (struct feed_item){ type, malloc(size) };
	memcpy(f->items[f->n++].fact, fact, size);
}

static inline int feed_next(struct iq_fact_source *src, enum iq_fact_type *type, void *fact,
			    struct iq_err *err)
{
	struct feed *f = (struct feed *)(void *)src;
	if (f->fail_at && f->at + 1 >= f->fail_at && f->rewinds > 1)
		return iq_err_set(err, IQ_E_FORMAT, "the source broke");
	if (f->at == f->n)
		return 0;
	const struct feed_item *i = &f->items[f->at++];
	*type = i->type;
	memcpy(fact, i->fact, (unsigned)i->type < IQ_FACT_MAX ? iq_fact_descs[i->type].size : 8);
	return 1;
}

static inline int feed_rewind(struct iq_fact_source *src, struct iq_err *err)
{
	struct feed *f = (struct feed *)(void *)src;
	(void)err;
	f->at = 0;
	f->rewinds++;
	return 0;
}

static inline void feed_init(struct feed *f)
{
	*f = (struct feed){ .source = { feed_next, feed_rewind } };
}

static inline void feed_fini(struct feed *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->items[i].fact);
	free(f->items);
	feed_init(f);
}

/* ADD(&f, EVENT, event, .id = 1, .kind = IQ_LIT("oom-kill")): members that are not
 * named are missing. */
#define ADD(feed, NAME, name, ...) do {						\
	struct iq_##name fact_, want_ = { __VA_ARGS__ };			\
	iq_fact_init(IQ_FACT_##NAME, &fact_);					\
	feed_merge(IQ_FACT_##NAME, &fact_, &want_);				\
	feed_add(feed, IQ_FACT_##NAME, &fact_);					\
} while (0)

/* 0 in an initializer is "not named"; ZERO says nought. */
#define ZERO (INT64_MIN + 1)

/* noinline: gcc 12 with sanitizers takes WANT for uninitialized otherwise */
static __attribute__((noinline, unused)) void feed_merge(enum iq_fact_type type, void *fact, void *want)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	*(int64_t *)fact = *(int64_t *)want;
	for (size_t i = 0; i < d->n_columns; i++) {
		const struct iq_column *c = &d->columns[i];
		int64_t v = c->kind == IQ_COL_TEXT ? 0 : *iq_fact_int(want, c);
		if (c->kind == IQ_COL_TEXT)
			*iq_fact_text(fact, c) = *iq_fact_text(want, c);
		else if (v)
			*iq_fact_int(fact, c) = v == ZERO ? 0 : v;
	}
}

#define TEXT(z) ((struct iq_slice){ (z), sizeof(z) - 1 })

static inline struct iq_store *open_store(const char *path, enum iq_store_mode mode)
{
	struct iq_store *s = NULL;
	struct iq_err err = { 0 };
	if (iq_store_open(path, mode, &s, &err) < 0)
		fail_msg("%s", err.text);
	return s;
}

static inline struct iq_apply_result apply(struct iq_store *s, struct feed *f)
{
	struct iq_apply_result r = { 0 };
	struct iq_err err = { 0 };
	f->rewinds = 0;
	if (iq_store_apply(s, &f->source, &r, &err) < 0)
		fail_msg("%s", err.text);
	return r;
}

/* The single value of a query as text, "NULL" or "(no row)"; ring of static buffers. */
static inline const char *ask(struct iq_store *s, const char *sql)
{
	static char ring[4][4096];
	static unsigned turn;
	char *out = ring[turn++ % 4];
	sqlite3_stmt *st;
	if (sqlite3_prepare_v2(iq_store_db(s), sql, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(iq_store_db(s)));
	const char *text = "(no row)";
	if (sqlite3_step(st) == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(st, 0);
		text = text ? text : "NULL";
	}
	snprintf(out, sizeof ring[0], "%s", text);
	sqlite3_finalize(st);
	return out;
}

#define assert_sql(store, sql, want) assert_string_equal(ask(store, sql), want)

static inline int feed_remove(const char *path, const struct stat *st, int kind, struct FTW *w)
{
	(void)st;
	(void)kind;
	(void)w;
	return remove(path);
}

static char feed_dirs[32][200];

static inline void feed_cleanup(void)
{
	for (size_t i = 0; i < 32 && feed_dirs[i][0]; i++)
		nftw(feed_dirs[i], feed_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* A directory for the test's files, gone at exit. */
static inline const char *feed_mkdir(void)
{
	static size_t n;
	const char *tmp = getenv("TMPDIR");
	if (n == 0)
		atexit(feed_cleanup);
	if (n == 32)
		fail_msg("too many directories");
	char *dir = feed_dirs[n++];
	snprintf(dir, sizeof feed_dirs[0], "%s/iq-store-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir))
		fail_msg("mkdtemp %s", dir);
	return dir;
}

static inline const char *feed_path(const char *dir, const char *name)
{
	static char path[4][300];
	static unsigned turn;
	char *p = path[turn++ % 4];
	snprintf(p, sizeof path[0], "%s/%s", dir, name);
	return p;
}

#endif

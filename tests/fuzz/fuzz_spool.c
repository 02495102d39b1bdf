/* tests/fuzz/fuzz_spool.c - facts of a child that lies, all the way into a store.
 *
 * The input is a list of facts in a form that needs no knowledge of their columns: a
 * byte for the kind, then for each column what it says (a small number, a large one,
 * none; the id of something that may not exist; a text).  They are written as a child
 * would, perhaps without an end, and go into an empty store twice.  Whatever they say:
 * no crash, either all of a capture or nothing, references whole, and the second time
 * nothing new.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cursor.h"
#include "import/spool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(x) do { if (!(x)) abort(); } while (0)

static int64_t number(struct iq_cursor *c)
{
	static const int64_t extremes[] = {
		IQ_NULL, INT64_MAX, INT64_MIN + 1, -1, 1 << 22, INT64_C(1) << 52,
		INT64_C(253402300800000000), INT64_C(1700000000000000),
	};
	unsigned b = (unsigned)iq_cur_le(c, 1);
	return b < 0xf0 ? (int64_t)b : extremes[b & 7];
}

static struct iq_slice text(struct iq_cursor *c)
{
	static const char *const words[] = { "oom-kill", "log", "ok", "cause", "", "\xff" };
	unsigned b = (unsigned)iq_cur_le(c, 1);
	if (b == 0)
		return IQ_SLICE_NULL;
	if (b < 7)
		return iq_slice_z(words[b - 1]);
	const unsigned char *p = b <= iq_cur_left(c) ? iq_cur_bytes(c, b) : NULL;
	return p ? iq_slice((const char *)p, b) : IQ_LIT("x");
}

static void write_facts(struct iq_wire_writer *w, struct iq_cursor *c)
{
	_Alignas(8) char fact[IQ_FACT_BYTES_MAX];
	struct iq_err err;
	while (iq_cur_left(c)) {
		enum iq_fact_type t = (enum iq_fact_type)(iq_cur_le(c, 1) % IQ_FACT_MAX);
		const struct iq_fact_desc *d = &iq_fact_descs[t];
		iq_fact_init(t, fact);
		*(int64_t *)(void *)fact = number(c);
		for (const struct iq_column *k = d->columns; k < d->columns + d->n_columns;
		     k++) {
			if (!iq_cur_left(c))
				break;
			if (k->kind == IQ_COL_TEXT)
				*iq_fact_text(fact, k) = text(c);
			else
				*iq_fact_int(fact, k) = number(c);
		}
		MUST(iq_sink_put(&w->sink, t, fact, &err) == 0);
	}
}

static int64_t rows(struct iq_store *s, const char *sql)
{
	sqlite3_stmt *st;
	int64_t n = 0;
	MUST(sqlite3_prepare_v2(iq_store_db(s), sql, -1, &st, NULL) == SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		n++;
	sqlite3_finalize(st);
	return n;
}

static void into_store(int fd)
{
	const struct iq_jail_result died = { .exited = false, .status = 9 };
	struct iq_apply_result got;
	struct iq_spool spool;
	struct iq_store *s;
	struct iq_err err;
	MUST(iq_store_open("", IQ_STORE_MEMORY, &s, &err) == 0);
	int64_t captures = 0, events = 0;
	for (int turn = 0; turn < 2; turn++) {
		struct iq_place *place;
		iq_spool_init(&spool, fd, "fuzz");
		MUST(iq_store_apply_begin(s, &spool.source, &place, &err) == 0);
		if (iq_store_apply_more(place, &err)) {
			MUST(err.text[0] && spool.broken.code);
			iq_store_apply_drop(place);
			iq_spool_fini(&spool);
			break;
		}
		iq_spool_end(&spool, &died);
		int rc = iq_store_apply_end(place, &got, &err);
		if (rc) fprintf(stderr, "%s\n", err.text);
		MUST(rc == 0);		/* or it would cost the captures behind it */
		iq_store_apply_drop(place);
		iq_spool_fini(&spool);
		MUST(rows(s, "PRAGMA foreign_key_check") == 0);
		int64_t n = rows(s, "SELECT 1 FROM v1_capture");
		int64_t e = rows(s, "SELECT * FROM v1_event");
		MUST(n == captures + (rc == 0 && !got.already_there));
		MUST(rc == 0 || e == events);
		captures = n;
		events = e;
	}
	iq_store_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iq_cursor c = iq_cursor(data, size);
	struct iq_wire_writer w;
	struct iq_err err;
	int fd = memfd_create("spool", MFD_CLOEXEC);
	MUST(fd >= 0);
	bool whole = iq_cur_le(&c, 1) & 1;
	iq_wire_writer_init(&w, fd, 0);
	write_facts(&w, &c);
	MUST(iq_wire_stage(&w, IQ_LIT("reading"), &err) == 0);
	if (whole)
		MUST(iq_wire_done(&w, NULL, &err) == 0);
	iq_wire_writer_fini(&w);
	into_store(fd);
	close(fd);
	return 0;
}

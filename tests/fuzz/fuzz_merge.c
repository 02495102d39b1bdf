/* tests/fuzz/fuzz_merge.c - another's store joined with one's own.
 *
 * The other one starts as a store of one row a kind of fact; the input changes it.  Each
 * piece of it is a byte that says how: bytes of the file, a column of all rows of a table
 * (with its rules switched off, as whoever wrote the file could), or the schema.  Whatever
 * it became: it is joined or refused with words, one's own store stays whole, joining
 * again brings nothing, and every capture can be taken out again.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cursor.h"
#include "store/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(x) do { if (!(x)) abort(); } while (0)

/* --- one row of each kind --- */

struct one_each {
	struct iq_fact_source source;
	unsigned at;
	const char *sha256;
};

static int one_next(struct iq_fact_source *src, enum iq_fact_type *type, void *fact,
		    struct iq_err *err)
{
	struct one_each *o = (struct one_each *)(void *)src;
	(void)err;
	if (o->at == IQ_FACT_MAX)
		return 0;
	*type = (enum iq_fact_type)o->at++;
	const struct iq_fact_desc *d = &iq_fact_descs[*type];
	iq_fact_init(*type, fact);
	*(int64_t *)fact = 1;
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++) {
		if (c->kind == IQ_COL_TEXT)
			*iq_fact_text(fact, c) =
				iq_slice_z(!strcmp(c->name, "status") ? "ok"
					   : !strcmp(c->name, "severity") ? "note"
					   : !strcmp(c->name, "role") ? "later"
					   : !strcmp(c->name, "source") ? "proc"
					   : !strcmp(c->name, "sha256") ? o->sha256 : "x");
		else
			*iq_fact_int(fact, c) = strcmp(c->name, "parent_id") ? 1 : IQ_NULL;
	}
	return 1;
}

static int one_rewind(struct iq_fact_source *src, struct iq_err *err)
{
	(void)err;
	((struct one_each *)(void *)src)->at = 0;
	return 0;
}

static void put_one(struct iq_store *s, const char *sha256)
{
	struct one_each o = { .source = { one_next, one_rewind }, .sha256 = sha256 };
	struct iq_apply_result got;
	struct iq_err err;
	MUST(!iq_store_apply(s, &o.source, &got, &err) && !got.already_there);
}

/* Made once: a schema takes longer than a merge. */
static void put_other(const char *path)
{
	static char image[1 << 20];
	static ssize_t n;
	int fd;
	if (!n) {
		struct iq_store *s;
		struct iq_err err;
		MUST(!iq_store_open(path, IQ_STORE_WRITE, &s, &err));
		put_one(s, "bb");
		iq_store_close(s);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, image, sizeof image);
		MUST(n > 0 && n < (ssize_t)sizeof image);
	} else {
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		MUST(fd >= 0 && write(fd, image, (size_t)n) == n);
	}
	close(fd);
}

/* --- what the input makes of it --- */

static const char *const schemas[] = {
	"CREATE TRIGGER t AFTER INSERT ON log BEGIN DELETE FROM log; END",
	"ALTER TABLE task RENAME TO t; CREATE VIEW task AS SELECT * FROM t",
	"CREATE TABLE more(x); INSERT INTO more SELECT text FROM log",
	"PRAGMA writable_schema = 1; UPDATE sqlite_schema SET rootpage = 2",
	"PRAGMA writable_schema = 1; UPDATE sqlite_schema SET rootpage ="
	" (SELECT rootpage FROM sqlite_schema WHERE name = 'task') WHERE name = 'log'",
	"PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = replace(sql, 'TEXT', 'ANY')",
	"PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE type = 'index'",
	"DELETE FROM capture",
	"ANALYZE; UPDATE sqlite_stat1 SET stat = '9223372036854775807 0 -1'",
	"PRAGMA encoding = 'UTF-16'; VACUUM",
	"PRAGMA auto_vacuum = FULL; PRAGMA page_size = 512; VACUUM",
	"PRAGMA journal_mode = WAL; UPDATE log SET text = 'y'",
	"INSERT INTO event SELECT 2, host_id, capture_id, boot_id, 1 FROM event",
	"INSERT INTO member(id, capture_id, name) SELECT id + 1, capture_id, name FROM member",
};

#define N_SCHEMAS (sizeof schemas / sizeof *schemas)

static const char *const values[] = {
	"NULL", "0", "2", "-1", "9223372036854775807", "-9223372036854775807",
	"-9223372036854775808", "1.5", "x'00ff'", "'ok'", "'failed'", "''",
	"CAST(x'ff00fe' AS TEXT)", "'bb'", "'report'", "zeroblob(100000)",
};

#define N_VALUES (sizeof values / sizeof *values)

static void change_column(sqlite3 *db, struct iq_cursor *c)
{
	const struct iq_fact_desc *d = &iq_fact_descs[iq_cur_le(c, 1) % IQ_FACT_MAX];
	unsigned which = (unsigned)iq_cur_le(c, 1) % (unsigned)(d->n_columns + 2);
	const char *column = which < d->n_columns ? d->columns[which].name
			   : which == d->n_columns ? "id" : "capture_id";
	char sql[400];
	snprintf(sql, sizeof sql, "UPDATE OR IGNORE \"%s\" SET \"%s\" = %s", d->name, column,
		 values[iq_cur_le(c, 1) % N_VALUES]);
	(void)sqlite3_exec(db, sql, NULL, NULL, NULL);	/* a column may not be there */
}

static void change_rows(const char *path, struct iq_cursor *c)
{
	static const char lawless[] = "PRAGMA foreign_keys = OFF;"
		" PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF";
	sqlite3 *db;
	MUST(sqlite3_open(path, &db) == SQLITE_OK);
	(void)sqlite3_exec(db, lawless, NULL, NULL, NULL);
	unsigned n = (unsigned)iq_cur_le(c, 1) % 16;
	for (unsigned i = 0; i < n && iq_cur_left(c); i++) {
		unsigned how = (unsigned)iq_cur_le(c, 1);
		if (how < 0xc0)
			change_column(db, c);
		else
			(void)sqlite3_exec(db, schemas[how % N_SCHEMAS], NULL, NULL, NULL);
	}
	sqlite3_close(db);
}

static void change_bytes(const char *path, struct iq_cursor *c)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	MUST(fd >= 0);
	off_t end = lseek(fd, 0, SEEK_END);
	while (iq_cur_left(c) >= 4 && end > 0) {
		off_t at = (off_t)iq_cur_le(c, 3) % end;
		unsigned char b = (unsigned char)iq_cur_le(c, 1);
		MUST(pwrite(fd, &b, 1, at) == 1);
	}
	close(fd);
}

/* --- joining it --- */

static int64_t number(struct iq_store *s, const char *sql)
{
	struct iq_err err;
	int64_t n = IQ_NULL;
	if (iq_store_int(s, sql, &n, &err))
		fprintf(stderr, "%s\n", err.text);
	return n;
}

static void check_whole(struct iq_store *s)
{
	MUST(number(s, "SELECT count(*) FROM pragma_foreign_key_check") == 0);
	MUST(number(s, "SELECT quick_check = 'ok' FROM pragma_quick_check") == 1);
	MUST(number(s, "SELECT count(*) FROM pragma_database_list WHERE name = 'src'") == 0);
}

static void take_out_all(struct iq_store *s)
{
	struct iq_err err;
	for (int64_t id; (id = number(s, "SELECT max(id) FROM capture")) != IQ_NULL;)
		MUST(!iq_store_drop_capture(s, id, false, &err));
	check_whole(s);
	MUST(number(s, "SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM host)") == 0);
}

static void join(const char *path)
{
	static struct iq_store *s;	/* empty between the runs */
	struct iq_merge_result got, again;
	struct iq_err err = { 0 };
	MUST(s || !iq_store_open("", IQ_STORE_MEMORY, &s, &err));
	put_one(s, "aa");
	int rc = iq_store_merge(s, path, &got, &err);
	MUST(!rc || (err.text[0] && number(s, "SELECT count(*) FROM capture") == 1));
	check_whole(s);
	if (!rc)
		MUST(!iq_store_merge(s, path, &again, &err) && !again.captures_new);
	take_out_all(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iq_cursor c = iq_cursor(data, size);
	const char *tmp = getenv("TMPDIR");
	char dir[200], path[220], side[230];
	snprintf(dir, sizeof dir, "%s/iq-merge-XXXXXX", tmp ? tmp : "/tmp");
	MUST(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/other.db", dir);
	put_other(path);
	change_rows(path, &c);
	change_bytes(path, &c);
	join(path);
	static const char *const tails[] = { "", "-journal", "-wal", "-shm" };
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		snprintf(side, sizeof side, "%s%s", path, tails[i]);
		unlink(side);
	}
	rmdir(dir);
	return 0;
}

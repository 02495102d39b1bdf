/* store/open.c - opening, making and upgrading a store, and closing it.
 *
 * A file is looked at before SQLite touches it, so that what is not ours is neither
 * changed nor recovered.  A store from a stranger may be hostile as well: triggers
 * are off, the schema is not trusted, cells are checked, the schema cannot be
 * written by SQL.  Reading also opens for writing where it may, because a journal
 * left by a killed import has to be rolled back before anything can be read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cursor.h"
#include "store/internal.h"

static int64_t last_step(void)
{
	int64_t n = 0;
	while (iq_schema_steps[n].name)
		n++;
	return n;
}

/* --- the file, before SQLite sees it --- */

static bool has_journal(const char *path)
{
	struct stat st;
	char *name = NULL;
	bool found = asprintf(&name, "%s-journal", path) > 0 && stat(name, &st) == 0 &&
		     st.st_size > 0;
	free(name);
	return found;
}

static int refuse_foreign(const char *path, struct iq_err *err)
{
	return iq_err_set(err, IQ_E_STORE,
			  "%s: not an inquest store; name another file with --store", path);
}

/* A new store is made in it, and its journal beside it. */
static int look_at_directory(const char *path, struct iq_err *err)
{
	const char *slash = strrchr(path, '/');
	char *dir = !slash ? strdup(".") : slash == path ? strdup("/")
							: strndup(path, (size_t)(slash - path));
	int rc = dir && access(dir, W_OK | X_OK)
		? iq_err_sys(err, errno, "%s: cannot be made there", path) : 0;
	free(dir);
	return rc;
}

/* SQLite's header: magic at 0, application_id big endian at 68.  An empty file is
 * let through, and a strange one with a journal: it may be half of ours. */
static int look_at_file(const char *path, enum iq_store_mode mode, struct iq_err *err)
{
	unsigned char head[100];
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT && mode == IQ_STORE_WRITE)
		return look_at_directory(path, err);
	if (fd < 0 && errno == ENOENT)
		return iq_err_set(err, IQ_E_STORE, "%s: no such store; `inquest import` makes "
				  "one, --store names another", path);
	if (fd < 0)
		return iq_err_sys(err, errno, "%s: cannot be opened", path);
	bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	ssize_t n = regular ? pread(fd, head, sizeof head, 0) : 0;
	int errnum = errno;
	close(fd);
	if (n < 0)
		return iq_err_sys(err, errnum, "%s: cannot be read", path);
	if (!regular)
		return refuse_foreign(path, err);
	if (n == 0 || has_journal(path))
		return 0;
	struct iq_cursor c = iq_cursor(head, (size_t)n);
	const unsigned char *magic = iq_cur_bytes(&c, 16);
	iq_cur_bytes(&c, 68 - 16);
	uint64_t id = iq_cur_be(&c, 4);
	if (c.failed || memcmp(magic, "SQLite format 3", 16) != 0 ||
	    id != IQ_STORE_APPLICATION_ID)
		return refuse_foreign(path, err);
	return 0;
}

/* --- the connection --- */

#define BUSY_LOOK_MS 1

struct setting { int op, value; };

static const struct setting settings[] = {
	{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
	{ SQLITE_DBCONFIG_DQS_DML, 0 },		/* "typo" is an error, not a string */
	{ SQLITE_DBCONFIG_DQS_DDL, 0 },
	{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
	{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },	/* we have none; a stranger's store may */
	{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
	{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
};

static const char *const pragmas[] = {
	[IQ_STORE_MEMORY] = "PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;",
	[IQ_STORE_WRITE] = "PRAGMA cell_size_check = ON; PRAGMA synchronous = FULL;"
			   "PRAGMA cache_size = -65536;",
	[IQ_STORE_READ] = "PRAGMA cell_size_check = ON; PRAGMA query_only = ON;"
			  "PRAGMA cache_size = -32768;",
};

/* SQLite's own way of waiting looks every 100 ms in the end.  An import that holds the
 * store for 200 ms (iq_store_hold) leaves it for a few between: two that write to one
 * store would wait for each other most of the time. */
static int wait_for_lock(void *arg, int tries)
{
	(void)arg;
	nanosleep(&(struct timespec){ .tv_nsec = BUSY_LOOK_MS * 1000000 }, NULL);
	return tries < IQ_STORE_BUSY_WRITE_MS / BUSY_LOOK_MS;
}

static int set_up(struct iq_store *s, struct iq_err *err)
{
	sqlite3_extended_result_codes(s->db, 1);
	if (s->mode == IQ_STORE_READ)
		sqlite3_busy_timeout(s->db, IQ_STORE_BUSY_READ_MS);
	else
		sqlite3_busy_handler(s->db, wait_for_lock, NULL);
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		sqlite3_db_config(s->db, settings[i].op, settings[i].value, NULL);
	sqlite3_limit(s->db, SQLITE_LIMIT_LENGTH, 4 * IQ_STORE_TEXT_MAX + 1000);
	sqlite3_set_authorizer(s->db, iq_store_authorize, s);
	if (iq_store_exec(s, pragmas[s->mode], err) < 0)
		return -1;
	return iq_store_functions(s->db, err);
}

static int connect_to(struct iq_store *s, struct iq_err *err)
{
	/* A store is used by one thread of its process: no locks.  Statistics of memory
	 * are what a limit on a user's query needs, the writer does without.  After the
	 * first store these say MISUSE and change nothing. */
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, s->mode == IQ_STORE_READ);
	/* Each finding is a savepoint: what undoes it stays in memory, not in a file. */
	sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, 16 << 20);
	/* Names of our own making only: SQLite takes "file:..." for a URI and
	 * ":memory:" for what it says. */
	char *name = NULL;
	bool odd = s->path[0] == ':' || strncmp(s->path, "file:", 5) == 0;
	if (asprintf(&name, "%s%s", odd ? "./" : "", s->path) < 0)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
		    SQLITE_OPEN_URI;	/* for ATTACH; our own name cannot be one */
	if (s->mode != IQ_STORE_READ)
		flags |= SQLITE_OPEN_CREATE;
	int rc = sqlite3_open_v2(s->mode == IQ_STORE_MEMORY ? ":memory:" : name, &s->db,
				 flags, NULL);
	free(name);
	if (!s->db)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	return rc == SQLITE_OK ? 0 : iq_store_fail(s, err, "opening");
}

/* --- schema --- */

static int drop_views(struct iq_store *s, struct iq_err *err)
{
	struct iq_buf sql;
	sqlite3_stmt *st = NULL;
	iq_buf_init(&sql);
	int rc = sqlite3_prepare_v2(s->db, "SELECT name FROM sqlite_schema WHERE type = 'view' "
				    "AND name GLOB 'v1_*'", -1, &st, NULL);
	while (rc == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW) {
		char *drop = sqlite3_mprintf("DROP VIEW \"%w\";", sqlite3_column_text(st, 0));
		iq_buf_str(&sql, drop ? drop : "");
		sqlite3_free(drop);
	}
	sqlite3_finalize(st);
	int ret = sql.n ? iq_store_exec(s, sql.p, err) : 0;
	iq_buf_fini(&sql);
	return ret;
}

static int run_steps(struct iq_store *s, int64_t from, struct iq_err *err)
{
	char sql[120];
	int64_t last = last_step();
	if (drop_views(s, err) < 0)
		return -1;
	for (int64_t i = from; i < last; i++) {
		const struct iq_schema_step *step = &iq_schema_steps[i];
		if (step->search && s->mode == IQ_STORE_MEMORY)
			continue;
		if (iq_store_exec(s, step->sql, err) < 0)
			return iq_err_prefix(err, "schema step %s", step->name);
	}
	if (iq_store_exec(s, iq_schema_views, err) < 0)
		return -1;
	snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
		 IQ_STORE_APPLICATION_ID, (int)last);
	return iq_store_exec(s, sql, err);
}

static int refuse_newer(const char *path, int64_t step, struct iq_err *err)
{
	return iq_err_set(err, IQ_E_STORE, "%s: made by a newer inquest (schema step %d, "
			  "this one knows %d); use that version", path, (int)step,
			  (int)last_step());
}

static int refuse_older(const char *path, int64_t step, struct iq_err *err)
{
	return iq_err_set(err, IQ_E_STORE, "%s: made by an older inquest (schema step %d "
			  "of %d); `inquest analyze` upgrades it", path, (int)step,
			  (int)last_step());
}

static int refuse_empty(const char *path, struct iq_err *err)
{
	return iq_err_set(err, IQ_E_STORE, "%s: empty: nothing was imported into it yet",
			  path);
}

/* *ret_step: 0 for an empty file.  Refuses what is not ours or newer. */
static int read_step(struct iq_store *s, int64_t *ret_step, struct iq_err *err)
{
	int64_t id, objects;
	if (iq_store_int(s, "PRAGMA application_id", &id, err) < 0 ||
	    iq_store_int(s, "PRAGMA user_version", ret_step, err) < 0 ||
	    iq_store_int(s, "SELECT count(*) FROM sqlite_schema", &objects, err) < 0)
		return -1;
	if (id == 0 && *ret_step == 0 && objects == 0)
		return 0;
	if (id != IQ_STORE_APPLICATION_ID || *ret_step < 1)
		return refuse_foreign(s->path, err);
	return *ret_step > last_step() ? refuse_newer(s->path, *ret_step, err) : 0;
}

static int upgrade(struct iq_store *s, struct iq_err *err)
{
	int64_t step;
	if (read_step(s, &step, err) < 0)
		return -1;
	if (step == last_step())
		return 0;
	if (iq_store_begin(s, err) < 0)
		return -1;
	/* Another process may have been here since. */
	if (read_step(s, &step, err) < 0 ||
	    (step < last_step() && run_steps(s, step, err) < 0)) {
		iq_store_rollback(s);
		return -1;
	}
	return iq_store_commit(s, err);
}

static int check_readable(struct iq_store *s, struct iq_err *err)
{
	int64_t step;
	if (read_step(s, &step, err) < 0)
		return -1;
	if (step == 0)
		return refuse_empty(s->path, err);
	return step < last_step() ? refuse_older(s->path, step, err) : 0;
}

int iq_store_look(const char *path, struct iq_err *err)
{
	struct iq_store *s = NULL;
	unsigned char head[100];
	if (look_at_file(path, IQ_STORE_READ, err) < 0)
		return -1;
	if (has_journal(path)) {	/* what a killed import left is rolled back */
		int rc = iq_store_open(path, IQ_STORE_READ, &s, err);
		iq_store_close(s);
		return rc;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : pread(fd, head, sizeof head, 0);
	if (fd >= 0)
		close(fd);
	struct iq_cursor c = iq_cursor(head, n < 0 ? 0 : (size_t)n);
	iq_cur_bytes(&c, 60);
	int64_t step = (int64_t)iq_cur_be(&c, 4);
	if (c.failed || step < 1)
		return refuse_empty(path, err);
	return step > last_step() ? refuse_newer(path, step, err)
		: step < last_step() ? refuse_older(path, step, err) : 0;
}

static int open_store(struct iq_store *s, struct iq_err *err)
{
	if (s->mode != IQ_STORE_MEMORY && look_at_file(s->path, s->mode, err) < 0)
		return -1;
	if (connect_to(s, err) < 0 || set_up(s, err) < 0)
		return -1;
	if (s->mode == IQ_STORE_READ)
		return check_readable(s, err);
	if (upgrade(s, err) < 0)
		return -1;
	/* A store that somebody switched to WAL goes back (facts: its reset bug). */
	return s->mode == IQ_STORE_WRITE
		? iq_store_exec(s, "PRAGMA journal_mode = DELETE", err) : 0;
}

int iq_store_open(const char *path, enum iq_store_mode mode, struct iq_store **ret,
		  struct iq_err *err)
{
	struct iq_store *s = calloc(1, sizeof *s);
	if (s)
		s->path = strdup(mode == IQ_STORE_MEMORY ? "store in memory" : path);
	if (!s || !s->path) {
		free(s);
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	}
	s->mode = mode;
	iq_buf_init(&s->clean);
	if (open_store(s, err) < 0) {
		iq_store_close(s);
		return -1;
	}
	*ret = s;
	return 0;
}

void iq_store_close(struct iq_store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < IQ_SQL_MAX; i++)
		sqlite3_finalize(s->stmt[i]);
	for (size_t i = 0; i < IQ_FACT_MAX; i++) {
		sqlite3_finalize(s->insert[i]);
		sqlite3_finalize(s->insert_bulk[i]);
	}
	/* v2: statements that a caller still holds keep it alive until their end */
	sqlite3_close_v2(s->db);
	iq_buf_fini(&s->clean);
	free(s->path);
	free(s);
}

sqlite3 *iq_store_db(struct iq_store *s)
{
	return s->db;
}

int iq_store_check_keys(struct iq_store *s, bool on, struct iq_err *err)
{
	return iq_store_exec(s, on ? "PRAGMA foreign_keys = ON"
				   : "PRAGMA foreign_keys = OFF", err);
}

/* --- transactions --- */

int iq_store_begin(struct iq_store *s, struct iq_err *err)
{
	if (s->held && !sqlite3_get_autocommit(s->db))
		return 0;
	return iq_store_exec(s, "BEGIN IMMEDIATE", err);
}

int iq_store_commit(struct iq_store *s, struct iq_err *err)
{
	if (s->held)
		return 0;
	int ret = iq_store_exec(s, "COMMIT", err);
	if (ret < 0)
		iq_store_rollback(s);
	return ret;
}

void iq_store_hold(struct iq_store *s)
{
	s->held = s->mode == IQ_STORE_WRITE;
}

int iq_store_release(struct iq_store *s, struct iq_err *err)
{
	s->held = false;
	return sqlite3_get_autocommit(s->db) ? 0 : iq_store_commit(s, err);
}

/* After some errors SQLite has rolled back by itself. */
void iq_store_rollback(struct iq_store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

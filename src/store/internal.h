/* store/internal.h - what the files of this room share, and nobody else sees.
 *
 * struct iq_store owns the connection and every statement it prepared; statements
 * of iq_store_stmt() and iq_store_insert() are borrowed and are reset by whoever
 * stepped them.  Errors: iq_store_fail() turns what SQLite said into one line that
 * names the store.
 */
#ifndef IQ_STORE_INTERNAL_H
#define IQ_STORE_INTERNAL_H

#include "base/buf.h"
#include "store/schema.h"
#include "store/store.h"

/* How long to wait for another process.  A reader waits for a commit, which a busy disk
 * may hold up for long; the plugins' process is a reader too and would be given up for
 * dead after a minute without an answer.  A writer waits for the whole import of somebody
 * else's capture. */
#define IQ_STORE_BUSY_READ_MS 50000
#define IQ_STORE_BUSY_WRITE_MS 60000

/* No value of a capture is longer; also the bound for what users' SQL may build. */
#define IQ_STORE_TEXT_MAX (64 << 20)

/* The state at collection, for the events of that same boot (b.boot_id) that came before
 * it; by either clock, within the minute that uptime and date are read to. */
#define IQ_STORE_LATER								\
	" CROSS JOIN main.snapshot AS s ON s.boot_id = b.boot_id AND s.source = 'proc'"	\
	" CROSS JOIN main.event AS e ON e.boot_id = b.boot_id"			\
	" WHERE (e.mono_us IS NULL OR s.mono_us IS NULL"			\
	"  OR e.mono_us <= s.mono_us + 60000000)"				\
	" AND (e.wall_us IS NULL OR s.wall_us IS NULL OR e.mono_us IS NOT NULL"	\
	"  OR e.wall_us <= s.wall_us + 60000000)"

/* The state at collection (s), for the kills of earlier boots of that host which the same
 * capture tells of: of its configuration alone they have anything. An earlier boot is one
 * of another id, or one that was over when the boot of the state began; of a clock whose
 * zone or year was concluded half a day is no proof. */
#define IQ_STORE_REBOOTED							\
	" CROSS JOIN main.boot AS b ON b.id = s.boot_id"			\
	" CROSS JOIN main.member AS m ON m.capture_id = s.capture_id"		\
	" CROSS JOIN main.sighting AS g ON g.member_id = m.id"			\
	" CROSS JOIN main.event AS e ON e.id = g.event_id"			\
	" LEFT JOIN main.boot AS a ON a.id = e.boot_id"				\
	" WHERE s.source = 'proc' AND e.kind = 'oom-kill'"			\
	" AND e.host_id = b.host_id AND e.boot_id IS NOT b.id"			\
	" AND ((a.boot_uuid <> b.boot_uuid"					\
	"   AND coalesce(e.wall_us <= s.wall_us, 1))"				\
	"  OR e.wall_us < coalesce(s.wall_us - s.mono_us, b.start_us) -"	\
	"   CASE WHEN coalesce(e.wall_kind, 0) = 0 AND coalesce(s.wall_kind, 0) = 0" \
	"   THEN 60000000 ELSE 50400000000 END)"

/* The statements of this room that are prepared once; their text is in sql.c. */
enum iq_store_sql {
	IQ_SQL_CAPTURE_BY_HASH,
	IQ_SQL_CAPTURE_BY_SIZE,
	IQ_SQL_CAPTURE_INSERT,
	IQ_SQL_CAPTURE_PARTIAL,
	IQ_SQL_HOST_BY_MACHINE,
	IQ_SQL_HOST_BY_NAME,
	IQ_SQL_HOST_FILL,
	IQ_SQL_HOST_SEEN,
	IQ_SQL_BOOT_BY_UUID,
	IQ_SQL_BOOT_BY_START,
	IQ_SQL_BOOT_FILL,
	IQ_SQL_BOOT_SEEN,
	IQ_SQL_BOOT_READ,
	IQ_SQL_EVENT_SAME_MONO,
	IQ_SQL_EVENT_SAME_WALL,
	IQ_SQL_EVENT_SAME_WALL_NO_MONO,
	IQ_SQL_EVENT_SAME_NO_MONO,
	IQ_SQL_EVENT_SAME_NO_WALL,
	IQ_SQL_EVENT_SAME_NO_TIME,
	IQ_SQL_EVENT_SAME_ANY,
	IQ_SQL_EVENT_WEALTH,
	IQ_SQL_EVENT_SEEN_FIRST,
	IQ_SQL_EVENT_SEEN,
	IQ_SQL_EVENT_FILL,
	IQ_SQL_EVENT_REPLACE,
	IQ_SQL_EVENT_PARENT,
	IQ_SQL_EVENT_SET_PARENT,
	IQ_SQL_LATER_STATE,
	IQ_SQL_REBOOTED_STATE,
	IQ_SQL_STALE_BY_STATE,
	IQ_SQL_STALE_BY_HOST,
	IQ_SQL_STALE_BY_BOOT,
	IQ_SQL_JSON_IS_ARRAY,
	IQ_SQL_CAPTURE_BY_ID,
	IQ_SQL_FINDING_INSERT,
	IQ_SQL_FINDING_DEMOTE,
	IQ_SQL_EVENT_VERDICT,
	IQ_SQL_EVENT_EARLY, IQ_SQL_EVENT_BEFORE, IQ_SQL_EVENT_PUT_BACK, IQ_SQL_HOST_DONE,
	IQ_SQL_EVIDENCE_INSERT,
	IQ_SQL_EVIDENCE_INSERT_4,
	IQ_SQL_FINDING_TRY, IQ_SQL_FINDING_KEEP,
	IQ_SQL_MISSING_INSERT,
	IQ_SQL_ZONE_CHECK_INSERT,
	IQ_SQL_TASK_CHOICE_INSERT,
	IQ_SQL_TASK_CHOICE_INSERT_16,
	IQ_SQL_READING_EVENT, IQ_SQL_READING_OOM,
	IQ_SQL_MAX
};

struct iq_store {
	sqlite3 *db;
	char *path;			/* for messages */
	enum iq_store_mode mode;
	bool held;			/* commits wait for iq_store_release() */
	bool guarded;			/* the authorizer lets only reading pass */
	char denied[120];		/* what it refused last */
	sqlite3_stmt *stmt[IQ_SQL_MAX];
	sqlite3_stmt *insert[IQ_FACT_MAX];
	sqlite3_stmt *insert_bulk[IQ_FACT_MAX];
	struct iq_buf clean;		/* scratch of iq_store_bind_text() */
};

/* Is the file at PATH a store that this program can read?  Like opening it for reading,
 * but for what only SQLite can tell. */
int iq_store_look(const char *path, struct iq_err *err);

/* Fills ERR from the connection's state: "PATH: WHAT: why; what to do".  Returns -1. */
int iq_store_fail(struct iq_store *s, struct iq_err *err, const char *what);
int iq_store_exec(struct iq_store *s, const char *sql, struct iq_err *err);
/* The single integer that SQL gives; IQ_NULL where it gives none. */
int iq_store_int(struct iq_store *s, const char *sql, int64_t *ret, struct iq_err *err);

/* A statement of the list above, ready to be bound.  NULL on error. */
sqlite3_stmt *iq_store_stmt(struct iq_store *s, enum iq_store_sql which, struct iq_err *err);
/* INSERT of ROWS facts (1 or IQ_STORE_BULK_ROWS): for each its columns in the order of
 * its descriptor, and behind them those of iq_store_extra[]. */
#define IQ_STORE_BULK_ROWS 16
sqlite3_stmt *iq_store_insert(struct iq_store *s, enum iq_fact_type type, int rows,
			      struct iq_err *err);
extern const char *const iq_store_extra[IQ_FACT_MAX][2];

/* IQ_NULL and p == NULL become NULL.  Text is made valid first; it must stay where
 * it is until the statement is reset. */
void iq_store_bind_int(sqlite3_stmt *st, int at, int64_t v);
int iq_store_bind_text(struct iq_store *s, sqlite3_stmt *st, int at, struct iq_slice v);
int64_t iq_store_column_int(sqlite3_stmt *st, int at);
/* Steps a statement that gives no rows, and resets it. */
int iq_store_run(struct iq_store *s, sqlite3_stmt *st, const char *what, struct iq_err *err);

/* Reading only, from here to the next call: sqlite3_set_authorizer()'s callback. */
int iq_store_authorize(void *arg, int action, const char *a, const char *b,
		       const char *db, const char *from);

/* Takes a capture and all that only it said out.  Within a transaction.  COMES_AGAIN: it
 * makes room for a longer reading of the same bytes. */
int iq_store_drop_capture(struct iq_store *s, int64_t capture_id, bool comes_again,
			  struct iq_err *err);

#endif

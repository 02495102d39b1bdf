/* analyze/host.h - what stands behind the functions that plugins call.
 *
 * A desk is one process's place at the store: the connection, statements kept, the
 * neighbours of the boot in hand.  A context is one call of one plugin; all that it
 * hands out dies with iq_ctx_fini().  Findings committed collect as frames in
 * ctx->out.
 */
#ifndef IQ_ANALYZE_HOST_H
#define IQ_ANALYZE_HOST_H

#include "analyze/case.h"
#include "analyze/found.h"
#include "analyze/plugins.h"

#define IQ_DESK_STATEMENTS	256
#define IQ_CTX_FINDINGS_MAX	64	/* of one plugin for one event */

struct iq_desk_statement {
	char *sql;
	sqlite3_stmt *st;
	bool busy;
};

struct iq_neighbours {			/* of one boot */
	int64_t boot_id;		/* IQ_NULL: none loaded */
	struct iq_arena arena;
	struct iq_row_list list;
};

struct iq_desk {
	sqlite3 *db;
	struct iq_row_reader rows;
	struct iq_desk_statement statements[IQ_DESK_STATEMENTS];
	size_t n_statements;
	struct iq_neighbours neighbours;
	bool has[IQ_RULE_SOURCES], asked[IQ_RULE_SOURCES];	/* snapshots of a source */
};

void iq_desk_init(struct iq_desk *d, sqlite3 *db);
void iq_desk_fini(struct iq_desk *d);
/* From now on this connection only reads, and only the views v1_*. */
int iq_desk_guard(sqlite3 *db, struct iq_err *err);
/* They are read again: the store has changed. */
void iq_desk_forget(struct iq_desk *d);
/* The memory events of a boot in order of time, and the place of EVENT among them
 * (ret->n if it is none). */
int iq_desk_neighbours(struct iq_desk *d, const struct inquest_event *event,
		       struct iq_row_list *ret, size_t *ret_self, struct iq_err *err);

/* One statement, ready to be bound; kept for the next who asks the same.  Extra
 * statements behind it are refused. */
int iq_desk_prepare(struct iq_desk *d, const char *sql, struct iq_desk_statement **ret,
		    struct iq_err *err);
void iq_desk_release(struct iq_desk_statement *s);

struct inquest_query {
	struct inquest_query *next;
	struct inquest_ctx *ctx;
	struct iq_desk_statement *s;
};

struct inquest_ctx {
	struct iq_desk *desk;
	const struct iq_case *c;		/* NULL in host() */
	int64_t host_id;
	const char *host_name;
	const struct iq_plugin *plugin;
	uint32_t item, plugin_index;
	struct iq_arena arena;
	struct inquest_query *queries;
	struct iq_buf out;			/* frames of committed findings */
	unsigned n_findings;
	char error[400], failure[400];
};

void iq_ctx_init(struct inquest_ctx *ctx, struct iq_desk *desk);
void iq_ctx_fini(struct inquest_ctx *ctx);

/* The table of functions handed to plugins. */
extern const struct inquest_host iq_host_table;

/* Calls the plugin for the context's event or host.  0, or -1 and ctx->failure; the
 * findings are in ctx->out. */
int iq_ctx_run(struct inquest_ctx *ctx);
/* The same for an SQL rule (run_rule.c). */
int iq_ctx_run_rule(struct inquest_ctx *ctx);

/* Parts of the table, one file each. */
struct inquest_query *iq_host_prepare(struct inquest_ctx *ctx, const char *sql);
int iq_host_bind_int(struct inquest_query *q, const char *name, int64_t v);
int iq_host_bind_text(struct inquest_query *q, const char *name, const char *v);
int iq_host_step(struct inquest_query *q);
int iq_host_column_count(struct inquest_query *q);
const char *iq_host_column_name(struct inquest_query *q, int i);
int64_t iq_host_column_int(struct inquest_query *q, int i);
double iq_host_column_real(struct inquest_query *q, int i);
const char *iq_host_column_text(struct inquest_query *q, int i);
void iq_host_finalize(struct inquest_query *q);

struct inquest_finding *iq_host_finding_new(struct inquest_ctx *ctx, enum inquest_role role,
					    const char *verdict,
					    enum inquest_severity severity,
					    enum inquest_confidence confidence,
					    const char *rule);
void iq_host_finding_priority(struct inquest_finding *f, int priority);
void iq_host_finding_holder(struct inquest_finding *f, const char *holder);
void iq_host_finding_title(struct inquest_finding *f, const char *fmt, ...)
	INQUEST_PRINTF(2, 3);
void iq_host_finding_explain(struct inquest_finding *f, const char *fmt, ...)
	INQUEST_PRINTF(2, 3);
void iq_host_finding_advise(struct inquest_finding *f, const char *fmt, ...)
	INQUEST_PRINTF(2, 3);
void iq_host_finding_missing(struct inquest_finding *f, const char *what,
			     const char *how_to_collect);
void iq_host_cite_line(struct inquest_finding *f, const struct inquest_line *line);
size_t iq_host_cite_role(struct inquest_finding *f, const char *role, size_t max);
void iq_host_cite_row(struct inquest_finding *f, const char *view, int64_t row_id,
		      const char *fmt, ...) INQUEST_PRINTF(4, 5);
int iq_host_finding_commit(struct inquest_finding *f);

const struct inquest_crash *iq_host_crash(struct inquest_ctx *ctx, int64_t event_id);
const struct inquest_address *iq_host_address(struct inquest_ctx *ctx, uint64_t value,
					      const char *arch);
const struct inquest_register *const *iq_host_registers(struct inquest_ctx *ctx,
							const char *text, size_t *ret_n);
const struct inquest_operand *iq_host_operand(struct inquest_ctx *ctx, const char *code,
					      const char *registers, const char *arch);
const struct inquest_panic_reason *iq_host_panic_reason(struct inquest_ctx *ctx,
							const char *line);
const struct inquest_exit *iq_host_exit_status(struct inquest_ctx *ctx, uint64_t exitcode);
const struct inquest_mce *iq_host_mce(struct inquest_ctx *ctx, uint64_t status, int amd);
const struct inquest_taint *iq_host_taint(struct inquest_ctx *ctx, char letter);

/* Sets ctx->error. */
void iq_ctx_error(struct inquest_ctx *ctx, const char *fmt, ...) INQUEST_PRINTF(2, 3);

#endif

/* analyze/findings.c - see findings.h. */
#include "analyze/findings.h"

#include "base/json.h"
#include "model/facts.h"

int iq_found_push(struct iq_found_list *list, struct iq_arena *arena,
		  const struct iq_found *f, struct iq_err *err)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 16;
		struct iq_found *p = iq_arena_alloc(arena, cap * sizeof(*p));
		if (!p)
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
		if (list->n)
			memcpy(p, list->p, list->n * sizeof(*p));
		list->p = p;
		list->cap = cap;
	}
	list->p[list->n++] = *f;
	return 0;
}

/* --- out --- */

static void advice_json(struct iq_buf *out, const struct iq_found *f)
{
	struct iq_json j;

	iq_json_init(&j, out, 0);
	iq_json_open(&j, '[');
	for (size_t i = 0; i < f->n_advice; i++)
		if (f->advice[i].n)
			iq_json_str(&j, f->advice[i]);
	iq_json_close(&j, ']');
}

static void missing_json(struct iq_buf *out, const struct iq_found *f)
{
	struct iq_json j;

	iq_json_init(&j, out, 0);
	iq_json_open(&j, '[');
	for (size_t i = 0; i < f->n_missing; i++) {
		iq_json_open(&j, '{');
		iq_json_key(&j, "what");
		iq_json_str(&j, f->missing[i].what);
		if (f->missing[i].how.n) {
			iq_json_key(&j, "how_to_collect");
			iq_json_str(&j, f->missing[i].how);
		}
		iq_json_close(&j, '}');
	}
	iq_json_close(&j, ']');
}

int iq_found_store(struct iq_store *s, const struct iq_found *f, int64_t event_id,
		   int64_t host_id, struct iq_err *err)
{
	struct iq_buf advice, missing;
	int rc;

	iq_buf_init(&advice);
	iq_buf_init(&missing);
	advice_json(&advice, f);
	missing_json(&missing, f);
	struct iq_finding row = {
		.event_id = event_id, .host_id = host_id,
		.plugin = f->plugin_name, .rule = f->rule,
		.role = iq_slice_z(iq_role_word(f->role)),
		.verdict = f->verdict, .holder = f->holder,
		.severity = iq_slice_z(iq_severity_word(f->severity)),
		.confidence = iq_slice_z(iq_confidence_word(f->confidence)),
		.title = f->title, .explanation = f->explanation,
		.advice = iq_buf_as_slice(&advice),
		.missing = f->n_missing ? iq_buf_as_slice(&missing) : IQ_SLICE_NULL,
		.evidence = f->evidence, .n_evidence = f->n_evidence,
	};
	rc = advice.failed || missing.failed
		? iq_err_set(err, IQ_E_NOMEM, "out of memory")
		: iq_store_put_finding(s, &row, err);
	iq_buf_fini(&advice);
	iq_buf_fini(&missing);
	return rc;
}

/* --- in --- */

struct finding_row {
	int64_t finding_id;
	const char *plugin, *rule, *role, *verdict, *holder, *severity, *confidence;
	const char *title, *explanation, *advice;
};
#define T(m) IQ_ROW_TEXT(finding_row, m)
static const struct iq_row_col finding_cols[] = {
	IQ_ROW_INT(finding_row, finding_id), T(plugin), T(rule), T(role), T(verdict),
	T(holder), T(severity), T(confidence), T(title), T(explanation), T(advice),
};
#undef T
#define FINDINGS(by) { .view = "v1_finding", .where = by " = ?1 ORDER BY finding_id", \
	.cols = finding_cols, .n_cols = sizeof(finding_cols) / sizeof(*finding_cols), \
	.size = sizeof(struct finding_row), .max = 10000 }
static const struct iq_row_shape event_findings = FINDINGS("event_id");
static const struct iq_row_shape host_findings = FINDINGS("host_id");

struct evidence_row {
	int64_t capture_id, line, row_id;
	const char *member, *text, *view_name;
};
static const struct iq_row_col evidence_cols[] = {
	IQ_ROW_INT(evidence_row, capture_id), IQ_ROW_INT(evidence_row, line),
	IQ_ROW_INT(evidence_row, row_id), IQ_ROW_TEXT(evidence_row, member),
	IQ_ROW_TEXT(evidence_row, text), IQ_ROW_TEXT(evidence_row, view_name),
};
static const struct iq_row_shape evidence_shape = {
	.view = "v1_evidence", .where = "finding_id = ?1 ORDER BY seq",
	.cols = evidence_cols, .n_cols = sizeof(evidence_cols) / sizeof(*evidence_cols),
	.size = sizeof(struct evidence_row), .max = IQ_FOUND_EVIDENCE_MAX,
};

struct missing_row { const char *what, *how_to_collect; };
static const struct iq_row_col missing_cols[] = {
	IQ_ROW_TEXT(missing_row, what), IQ_ROW_TEXT(missing_row, how_to_collect),
};
static const struct iq_row_shape missing_shape = {
	.view = "v1_missing", .where = "finding_id = ?1",
	.cols = missing_cols, .n_cols = sizeof(missing_cols) / sizeof(*missing_cols),
	.size = sizeof(struct missing_row), .max = IQ_FOUND_ADVICE_MAX,
};

/* advice is a JSON array of strings; SQLite reads it. */
static const char advice_sql[] = "SELECT value FROM json_each(?1)";

static int load_advice(struct iq_row_reader *r, const char *json, struct iq_arena *arena,
		       struct iq_found *f, struct iq_err *err)
{
	sqlite3_stmt *st = NULL;
	int rc;

	f->advice = iq_arena_alloc(arena, IQ_FOUND_ADVICE_MAX * sizeof(*f->advice));
	if (!f->advice)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	if (!json)
		return 0;
	rc = sqlite3_prepare_v2(r->db, advice_sql, -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(st, 1, json, -1, SQLITE_STATIC);
	while (rc == SQLITE_OK && f->n_advice < IQ_FOUND_ADVICE_MAX &&
	       sqlite3_step(st) == SQLITE_ROW)
		f->advice[f->n_advice++] = iq_arena_copy(arena,
			iq_slice_z((const char *)sqlite3_column_text(st, 0)));
	sqlite3_finalize(st);
	return rc == SQLITE_OK ? 0
		: iq_err_set(err, IQ_E_STORE, "advice: %s", sqlite3_errmsg(r->db));
}

static int load_lists(struct iq_row_reader *r, int64_t id, struct iq_arena *arena,
		      struct iq_found *f, struct iq_err *err)
{
	struct iq_row_list rows;

	if (iq_rows_load(r, &evidence_shape, id, arena, &rows, err))
		return -1;
	f->evidence = iq_arena_alloc(arena, (rows.n + 1) * sizeof(*f->evidence));
	if (!f->evidence)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	for (size_t i = 0; i < rows.n; i++) {
		const struct evidence_row *e = rows.p[i];
		f->evidence[f->n_evidence++] = (struct iq_evidence){
			e->capture_id, iq_slice_z(e->member), e->line,
			iq_slice_z(e->text), iq_slice_z(e->view_name), e->row_id,
		};
	}
	if (iq_rows_load(r, &missing_shape, id, arena, &rows, err))
		return -1;
	f->missing = iq_arena_alloc(arena, (rows.n + 1) * sizeof(*f->missing));
	if (!f->missing)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	for (size_t i = 0; i < rows.n; i++) {
		const struct missing_row *m = rows.p[i];
		f->missing[f->n_missing++] = (struct iq_found_pair){
			iq_slice_z(m->what), iq_slice_z(m->how_to_collect),
		};
	}
	return 0;
}

int iq_found_load(struct iq_row_reader *r, int64_t id, bool host, struct iq_arena *arena,
		  struct iq_found_list *list, struct iq_err *err)
{
	struct iq_row_list rows;

	if (iq_rows_load(r, host ? &host_findings : &event_findings, id, arena, &rows, err))
		return -1;
	for (size_t i = 0; i < rows.n; i++) {
		const struct finding_row *w = rows.p[i];
		struct iq_found f = {
			.plugin = UINT32_MAX, .plugin_name = iq_slice_z(w->plugin),
			.role = (uint8_t)iq_role_number(iq_slice_z(w->role)),
			.severity = (uint8_t)iq_severity_number(iq_slice_z(w->severity)),
			.confidence =
				(uint8_t)iq_confidence_number(iq_slice_z(w->confidence)),
			.rule = iq_slice_z(w->rule), .verdict = iq_slice_z(w->verdict),
			.holder = iq_slice_z(w->holder), .title = iq_slice_z(w->title),
			.explanation = iq_slice_z(w->explanation),
		};
		if (load_advice(r, w->advice, arena, &f, err) ||
		    load_lists(r, w->finding_id, arena, &f, err) ||
		    iq_found_push(list, arena, &f, err))
			return -1;
	}
	return 0;
}

/* report/json.c - the JSON report, format 1 (schema/report.schema.json).  A key that
 * does not apply is absent. */
#include "report/forms.h"
#include "base/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A key whose value is column AT of a row, in the form KIND. */
enum kind { INT, TEXT, NAME /* empty: does not apply */, BOOL, MONO, LIST /* names joined by | */, RAW /* JSON already */ };

struct key {
	const char *name;
	int at;
	enum kind kind;
};

static void put_list(struct iq_json *j, struct iq_slice s)
{
	iq_json_open(j, '[');
	while (s.n)
		iq_json_str(j, iq_cut(&s, '|'));
	iq_json_close(j, ']');
}

static void put_mono(struct iq_json *j, int64_t us)
{
	char text[40];
	snprintf(text, sizeof text, "%s%" PRId64 ".%06d", us < 0 ? "-" : "",
		 us < 0 ? -(us / 1000000) : us / 1000000,
		 (int)(us < 0 ? -(us % 1000000) : us % 1000000));
	iq_json_raw(j, iq_slice_z(text));
}

static void put_keys(struct iq_json *j, sqlite3_stmt *st, const struct key *keys, size_t n)
{
	for (const struct key *k = keys; k < keys + n; k++) {
		if (iq_cell_null(st, k->at) || (k->kind == BOOL && !iq_cell_int(st, k->at)) ||
		    (k->kind == NAME && !iq_cell(st, k->at).n))
			continue;
		iq_json_key(j, k->name);
		switch (k->kind) {
		case INT:
			iq_json_int(j, iq_cell_int(st, k->at));
			break;
		case TEXT:
		case NAME:
			iq_json_str(j, iq_cell(st, k->at));
			break;
		case BOOL:
			iq_json_bool(j, true);
			break;
		case MONO:
			put_mono(j, iq_cell_int(st, k->at));
			break;
		case LIST:
			put_list(j, iq_cell(st, k->at));
			break;
		case RAW:
			iq_json_raw(j, iq_cell(st, k->at));
			break;
		}
	}
}
#define PUT(j, st, keys) put_keys(j, st, keys, sizeof keys / sizeof *keys)

static bool any(sqlite3_stmt *st, int from, int to)
{
	for (int i = from; i <= to; i++)
		if (!iq_cell_null(st, i))
			return true;
	return false;
}

/* --- findings --- */

static void put_evidence(struct iq_json *j, struct iq_asks *r, int64_t finding)
{
	static const struct key keys[] = {
		{ "capture", 0, TEXT }, { "member", 1, NAME }, { "line", 2, INT },
		{ "text", 3, TEXT }, { "view", 4, TEXT }, { "row", 5, INT },
	};
	iq_json_key(j, "evidence");
	iq_json_open(j, '[');
	sqlite3_stmt *st = iq_ask(r, IQ_ASK_EVIDENCE, finding);
	while (iq_ask_next(st)) {
		iq_json_open(j, '{');
		PUT(j, st, keys);
		iq_json_close(j, '}');
	}
	iq_json_close(j, ']');
}

static void put_finding(struct iq_json *j, struct iq_asks *r, sqlite3_stmt *st, bool notice)
{
	static const struct key keys[] = {
		{ "verdict", 1, TEXT }, { "holder", 2, TEXT }, { "severity", 3, TEXT },
		{ "confidence", 4, TEXT }, { "rule", 5, TEXT }, { "title", 6, TEXT },
		{ "explanation", 7, TEXT }, { "plugin", 9, TEXT },
	};
	iq_json_open(j, '{');
	PUT(j, st, keys);
	if (notice && !iq_cell_null(st, 10)) {
		iq_json_key(j, "host");
		iq_json_str(j, iq_cell(st, 10));
	}
	iq_json_key(j, "advice");
	iq_json_raw(j, iq_cell_null(st, 8) ? IQ_LIT("[]") : iq_cell(st, 8));
	put_evidence(j, r, iq_cell_int(st, 0));
	iq_json_close(j, '}');
}

static void put_verdict(struct iq_json *j, struct iq_asks *r, int64_t event)
{
	sqlite3_stmt *st = iq_ask(r, IQ_ASK_CAUSE, event);
	if (iq_ask_next(st)) {
		iq_json_key(j, "verdict");
		put_finding(j, r, st, false);
	}
	iq_json_key(j, "findings");
	iq_json_open(j, '[');
	st = iq_ask(r, IQ_ASK_CONTRIBUTING, event);
	while (iq_ask_next(st))
		put_finding(j, r, st, false);
	iq_json_close(j, ']');
}

/* --- events --- */

static void put_victims(struct iq_json *j, struct iq_asks *r, int64_t event)
{
	static const struct key keys[] = {
		{ "pid", 0, INT }, { "comm", 1, TEXT }, { "uid", 2, INT },
		{ "oom_score_adj", 3, INT }, { "score", 4, INT }, { "total_vm_bytes", 5, INT },
		{ "anon_rss_bytes", 6, INT }, { "file_rss_bytes", 7, INT },
		{ "shmem_rss_bytes", 8, INT }, { "page_table_bytes", 9, INT },
		{ "cgroup", 10, TEXT }, { "unit", 11, TEXT }, { "container", 12, TEXT },
		{ "reaped", 13, BOOL },
	};
	iq_json_key(j, "victims");
	iq_json_open(j, '[');
	sqlite3_stmt *st = iq_ask(r, IQ_ASK_VICTIMS, event);
	while (iq_ask_next(st)) {
		iq_json_open(j, '{');
		PUT(j, st, keys);
		iq_json_close(j, '}');
	}
	iq_json_close(j, ']');
}

static void put_oom(struct iq_json *j, struct iq_asks *r, int64_t event, bool victims)
{
	static const struct key trigger[] = {
		{ "pid", 1, INT }, { "comm", 2, TEXT }, { "oom_score_adj", 3, INT },
	};
	static const struct key cgroup[] = {
		{ "limited", 10, TEXT }, { "task", 11, TEXT }, { "usage_bytes", 12, INT },
		{ "limit_bytes", 13, INT }, { "failcnt", 14, INT },
		{ "swap_usage_bytes", 15, INT }, { "swap_limit_bytes", 16, INT },
		{ "memsw_usage_bytes", 27, INT }, { "memsw_limit_bytes", 28, INT },
		{ "kmem_usage_bytes", 29, INT }, { "kmem_limit_bytes", 30, INT },
	};
	static const struct key request[] = {
		{ "constraint", 0, TEXT }, { "gfp_mask", 4, TEXT }, { "gfp_flags", 5, LIST },
		{ "order", 6, INT }, { "nodemask", 7, TEXT }, { "cpuset", 8, TEXT },
		{ "mems_allowed", 9, TEXT },
	};
	static const struct key rest[] = {
		{ "tasks_listed", 17, INT }, { "totalpages_bytes", 18, INT },
		{ "swap_free_bytes", 19, INT }, { "swap_total_bytes", 20, INT },
		{ "killer", 21, TEXT }, { "killer_reason", 22, TEXT },
		{ "alloc_kind", 23, TEXT }, { "alloc_cache", 24, TEXT },
		{ "alloc_bytes", 25, INT },
	};
	sqlite3_stmt *st = iq_ask(r, IQ_ASK_OOM, event);
	if (!iq_ask_next(st))
		return;
	iq_json_key(j, "oom");
	iq_json_open(j, '{');
	PUT(j, st, request);
	if (any(st, 1, 3)) {
		iq_json_key(j, "trigger");
		iq_json_open(j, '{');
		PUT(j, st, trigger);
		iq_json_close(j, '}');
	}
	if (any(st, 10, 16) || any(st, 27, 30)) {
		iq_json_key(j, "cgroup");
		iq_json_open(j, '{');
		PUT(j, st, cgroup);
		iq_json_close(j, '}');
	}
	if (victims)
		put_victims(j, r, event);
	PUT(j, st, rest);
	iq_json_close(j, '}');
}

static void put_stack(struct iq_json *j, struct iq_asks *r, int64_t event)
{
	iq_json_key(j, "stack");
	iq_json_open(j, '[');
	sqlite3_stmt *st = iq_ask(r, IQ_ASK_FRAMES, event);
	struct iq_buf b;
	iq_buf_init(&b);
	while (iq_ask_next(st)) {
		iq_buf_reset(&b);
		if (iq_cell_int(st, 3) == 0)
			iq_buf_str(&b, "? ");
		iq_buf_slice(&b, iq_cell(st, 0));
		if (!iq_cell_null(st, 1))
			iq_buf_printf(&b, "+0x%" PRIx64, iq_cell_int(st, 1));
		if (!iq_cell_null(st, 2))
			iq_buf_printf(&b, " [%.*s]", IQ_FMT(iq_cell(st, 2)));
		iq_json_str(j, iq_buf_as_slice(&b));
	}
	iq_buf_fini(&b);
	iq_json_close(j, ']');
}

static void put_crash(struct iq_json *j, struct iq_asks *r, int64_t event)
{
	static const struct key keys[] = {
		{ "reason", 0, TEXT }, { "function", 1, TEXT }, { "suspect", 2, TEXT },
		{ "module", 3, TEXT }, { "address", 4, TEXT }, { "comm", 5, TEXT },
		{ "pid", 6, INT }, { "cpu", 7, INT }, { "taint", 8, TEXT },
		{ "hardware", 9, TEXT }, { "crash_key", 10, TEXT },
	};
	sqlite3_stmt *st = iq_ask(r, IQ_ASK_CRASH, event);
	if (!iq_ask_next(st))
		return;
	iq_json_key(j, "crash");
	iq_json_open(j, '{');
	PUT(j, st, keys);
	put_stack(j, r, event);
	iq_json_close(j, '}');
}

static void put_where(struct iq_json *j, struct iq_asks *r, int64_t event)
{
	static const struct key keys[] = {
		{ "capture", 0, TEXT }, { "member", 1, NAME }, { "first_line", 2, INT },
		{ "last_line", 3, INT },
	};
	sqlite3_stmt *st = iq_ask(r, IQ_ASK_SIGHTING, event);
	if (!iq_ask_next(st))
		return;
	iq_json_key(j, "where");
	iq_json_open(j, '{');
	PUT(j, st, keys);
	iq_json_close(j, '}');
}

static void put_event(struct iq_json *j, struct iq_asks *r, int64_t id)
{
	static const struct key keys[] = {
		{ "id", 0, INT }, { "kind", 1, TEXT }, { "parent_id", 2, INT },
		{ "time", 3, TEXT }, { "mono_s", 4, MONO }, { "host", 5, TEXT },
		{ "kernel", 6, TEXT }, { "arch", 7, TEXT }, { "seen_count", 8, INT },
		{ "truncated", 9, BOOL }, { "era", 10, TEXT },
	};
	sqlite3_stmt *st = iq_ask(r, IQ_ASK_EVENT, id);
	if (!iq_ask_next(st))
		return;
	bool alloc = iq_eq(iq_cell(st, 1), IQ_LIT("alloc-failure"));
	iq_json_open(j, '{');
	PUT(j, st, keys);
	put_where(j, r, id);
	put_oom(j, r, id, !alloc);
	put_crash(j, r, id);
	put_verdict(j, r, id);
	iq_json_close(j, '}');
}

/* --- the whole --- */

struct section {
	const char *name;
	enum iq_question ask;
	const struct key *keys;
	size_t n;
};

static void put_section(struct iq_json *j, struct iq_asks *r, const struct section *s)
{
	iq_json_key(j, s->name);
	iq_json_open(j, '[');
	sqlite3_stmt *st = iq_ask(r, s->ask, INT64_MIN);
	while (iq_ask_next(st)) {
		iq_json_open(j, '{');
		put_keys(j, st, s->keys, s->n);
		iq_json_close(j, '}');
	}
	iq_json_close(j, ']');
}

static void put_sections(struct iq_json *j, struct iq_asks *r, const char *const *names)
{
	static const struct key captures[] = {
		{ "id", 0, INT }, { "path", 1, TEXT }, { "kind", 2, TEXT }, { "format", 7, TEXT },
		{ "sha256", 3, TEXT }, { "size_bytes", 4, INT }, { "status", 5, TEXT },
		{ "host", 6, TEXT },
	};
	static const struct key hosts[] = {
		{ "id", 0, INT }, { "name", 1, TEXT }, { "machine_id", 2, TEXT },
		{ "os_release", 3, TEXT }, { "kernel", 4, TEXT },
	};
	static const struct key issues[] = {
		{ "capture", 0, TEXT }, { "member", 1, NAME }, { "line", 2, INT },
		{ "severity", 3, TEXT }, { "code", 4, TEXT }, { "text", 5, TEXT },
	};
	static const struct key missing[] = {
		{ "what", 0, TEXT }, { "how_to_collect", 1, TEXT },
	};
#define SECTION(name, ask) { #name, ask, name, sizeof name / sizeof *name }
	static const struct section sections[] = {
		SECTION(captures, IQ_ASK_CAPTURES), SECTION(hosts, IQ_ASK_HOSTS),
		SECTION(issues, IQ_ASK_ISSUES), SECTION(missing, IQ_ASK_MISSING),
	};
	for (; *names; names++)
		for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
			if (!strcmp(sections[i].name, *names))
				put_section(j, r, &sections[i]);
}

int iq_report_json(struct iq_asks *r, struct iq_pen *pen, struct iq_err *err)
{
	static const char *const first[] = { "captures", "hosts", NULL };
	static const char *const last[] = { "issues", "missing", NULL };
	struct iq_json j;
	iq_json_init(&j, &pen->buf, 1);
	iq_json_open(&j, '{');
	iq_json_key(&j, "inquest");
	iq_json_str(&j, iq_slice_z(r->opts->version ? r->opts->version : ""));
	iq_json_key(&j, "format");
	iq_json_int(&j, 1);
	put_sections(&j, r, first);
	iq_json_key(&j, "events");
	iq_json_open(&j, '[');
	sqlite3_stmt *st = iq_ask(r, IQ_ASK_EVENTS, INT64_MIN);
	while (iq_ask_next(st) && iq_pen_tick(pen))
		put_event(&j, r, iq_cell_int(st, 0));
	iq_json_close(&j, ']');
	iq_json_key(&j, "notices");
	iq_json_open(&j, '[');
	st = iq_ask(r, IQ_ASK_NOTICES, INT64_MIN);
	while (iq_ask_next(st) && iq_pen_tick(pen))
		put_finding(&j, r, st, true);
	iq_json_close(&j, ']');
	put_sections(&j, r, last);
	iq_json_close(&j, '}');
	(void)err;
	return 0;
}

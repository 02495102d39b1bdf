/* analyze/rule.h - a verdict as an SQL file.
 *
 *	-- rule: swap-full
 *	-- verdict: swap-full
 *	-- severity: warning
 *	-- confidence: strong
 *	-- role: contributing
 *	-- applies-to: oom-kill, alloc-failure
 *	-- title: swap is full: {used:bytes} of {size:bytes}
 *	-- explanation: ...
 *	-- advice: ...
 *	SELECT ... WHERE event_id = :event_id
 *
 * Leading comment lines are the header, the rest is one SELECT over the views, with
 * :event_id, or :host_id if it applies to `host`.  Each row is a piece of evidence by
 * its columns capture_id, member, line, text and/or view_name, row_id; other columns,
 * of the first row, fill the holes of title, explanation and advice: {column}, or
 * {column:bytes} as "45.5 MiB"; {{ is a brace.  No row, no finding.
 *
 * Optional lines: holder, version, description, priority (a number), missing ("what |
 * how to collect"), needs (log, proc or vmcore: a store without a snapshot of that source
 * is not asked, as the SELECT would find nothing there).  advice, missing and explanation
 * may repeat.  applies-to takes event kinds, `*` for all, or `host`.  A line `--` without
 * a word and colon is a comment.  Parsing is pure; running is run_rule.c's.
 */
#ifndef IQ_ANALYZE_RULE_H
#define IQ_ANALYZE_RULE_H

#include "analyze/found.h"

#define IQ_RULE_KINDS_MAX 32
#define IQ_RULE_BYTES_MAX (256 * 1024)

/* v1_snapshot.source */
enum iq_rule_source { IQ_RULE_ANY, IQ_RULE_LOG, IQ_RULE_PROC, IQ_RULE_VMCORE, IQ_RULE_SOURCES };

struct iq_rule {
	struct iq_arena arena;
	struct iq_slice rule, verdict, holder, version, description;
	struct iq_slice title, explanation;	/* templates */
	int role, severity, confidence;		/* enums of inquest/plugin.h */
	enum iq_rule_source needs;
	int64_t priority;
	const char *kinds[IQ_RULE_KINDS_MAX + 1];	/* NULL-terminated */
	bool host;
	struct iq_slice advice[IQ_FOUND_ADVICE_MAX];	/* templates */
	size_t n_advice;
	struct iq_found_pair missing[IQ_FOUND_ADVICE_MAX];
	size_t n_missing;
	const char *sql;
};

const char *iq_rule_source_name(enum iq_rule_source s);

/* TEXT is copied.  On error nothing is left to free. */
int iq_rule_parse(struct iq_rule *ret, struct iq_slice text, struct iq_err *err);
void iq_rule_fini(struct iq_rule *r);

/* Value of a hole by its column's name: appends it to OUT; false: no such column. */
typedef bool iq_rule_value(void *arg, struct iq_slice column, struct iq_slice format,
			   struct iq_buf *out);
/* Fills the holes of a template.  -1 with ERR for a hole that has no column. */
int iq_rule_fill(struct iq_slice template, iq_rule_value *value, void *arg,
		 struct iq_buf *out, struct iq_err *err);

#endif

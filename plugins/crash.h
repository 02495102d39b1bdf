/* plugins/crash.h - what the sources of crash_cause.so share: a crash event as its rules
 * see it, and a verdict being made up.
 *
 * A panic takes over the cause of the report that led to it, so everything here can be
 * loaded for any event of the store, not only for the one that is asked about.  Texts
 * live until the callback returns (host->text()).
 */
#ifndef CRASH_H
#define CRASH_H

#include <stddef.h>
#include <string.h>

#include "inquest/plugin.h"

#define FRAMES_MAX 48
#define LINES_MAX  120
#define SAY_MAX    14 /* sentences, pieces of advice */
#define CITES_MAX  14 /* lines of a report that are evidence */

struct look {
	const struct inquest_host *h;
	struct inquest_ctx *ctx;
	int64_t id, boot_id, host_id, parent_id, mono_us, wall_us;
	const char *kind, *arch, *release;
	const struct inquest_crash *c;           /* never NULL */
	struct inquest_frame frames[FRAMES_MAX]; /* of its own trace, reliable ones */
	int64_t frame_ids[FRAMES_MAX];           /* their rows of v1_stack */
	size_t n_frames;
	struct inquest_line lines[LINES_MAX];
	size_t n_lines;
};

struct judged {
	const char *verdict, *rule, *title;
	enum inquest_confidence sure;
	enum inquest_severity severity;
	const char *why[SAY_MAX], *advice[SAY_MAX];
	size_t n_why, n_advice;
	const char *missing[4][2];
	size_t n_missing;
};

/* --- crash_look.c --- */

/* 0: there is no such event, or no crash facts of it. */
int look_at(struct look *l, const struct inquest_host *h, struct inquest_ctx *ctx,
	    int64_t event_id);
/* Is WORD in the text (case counts)?  0 for NULL. */
int has(const char *text, const char *word);
int is(const char *a, const char *b);           /* equal; 0 where one is NULL */
int starts(const char *text, const char *lead); /* 0 for NULL */
/* In headline, die header, message or form: any of them. */
int says(const struct look *l, const char *word);
const char *form(const struct look *l); /* never NULL */
/* A line of the report that has WORD in it; NULL. */
const struct inquest_line *line_with(const struct look *l, const char *word);
/* The first frame whose name is one of the patterns ("nfs_*"); -1. */
int frame_among(const struct look *l, const char *const *patterns, size_t n);
int name_among(const char *name, const char *const *patterns, size_t n);
/* "foo() of module bar", "memcpy(), called from foo()"; NO_PLACE */
#define NO_PLACE "a function that the report does not name"
const char *place(const struct look *l);
const char *source_of(const struct look *l); /* "fs/buffer.c:12"; NULL */
const char *said(const struct look *l);      /* "It said: ...": its message; NULL */
const char *who(const struct look *l);       /* "insmod[123]", "CPU 3", "a task" */
uint64_t hex(const char *text);              /* with or without 0x; 0: none */
int64_t number_after(const char *text, const char *lead);
/* Value of a statement with :event_id, :boot_id, :mono_us, :host_id and :id bound where
 * it has them; INQUEST_NULL. */
int64_t ask(const struct look *l, const char *sql);
const char *ask_text(const struct look *l, const char *sql); /* NULL: none */

/* --- crash_say.c --- */

void judge(struct judged *j, const char *verdict, const char *rule,
	   enum inquest_confidence sure);
void why(struct judged *j, const char *text); /* a sentence; NULL: none */
void advise(struct judged *j, const char *text);
void miss(struct judged *j, const char *what, const char *how);
/* The finding itself, with the lines of L (and of the event that led to it). */
int commit(const struct look *l, const struct look *parent, const struct judged *j);

/* --- the verdicts; 0: none of theirs --- */

int judge_event(const struct look *l, struct judged *j); /* crash.c: by its kind */
int judge_oops(const struct look *l, struct judged *j);  /* crash_oops.c */
int judge_fault(const struct look *l,
		struct judged *j); /* crash_fault.c: bad addresses */
int judge_report(const struct look *l,
		 struct judged *j); /* crash_report.c: bug, sanitizer, warning */
int judge_lockup(const struct look *l, struct judged *j);   /* crash_lockup.c */
int judge_hung(const struct look *l, struct judged *j);     /* crash_hung.c */
int judge_hardware(const struct look *l, struct judged *j); /* crash_hardware.c */
const char *serror_code(const struct look *l); /* arm64's syndrome in words; NULL: none */
int judge_disk(const struct look *l, struct judged *j);     /* crash_disk.c */
int judge_panic(const struct look *l, struct judged *j, struct look *parent,
		int *ret_parent); /* crash_panic.c */

#endif

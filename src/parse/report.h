/* parse/report.h - what all reports of the kernel have in common.
 *
 * A report under construction: the event, its lines worth citing, where it stands in
 * the file, who ran where (CPU line), hardware, stack.  The machine of each kind of
 * report (oom, panic ...) holds one, feeds it the lines that are common to all, and
 * puts it out at the end, with what only that kind has beside it.
 *
 * Owns its memory: text is copied into ->mem, freed by iq_report_fini().  Out of
 * memory is sticky (->failed) and reported by iq_report_put().  Bounded: lines and
 * frames over the limits are counted, not kept.
 */
#ifndef IQ_PARSE_REPORT_H
#define IQ_PARSE_REPORT_H

#include "base/arena.h"
#include "model/facts.h"
#include "parse/cpuline.h"
#include "text/record.h"

#define IQ_REPORT_LINES_MAX	4096
#define IQ_REPORT_FRAMES_MAX	256

/* Lines that any report of the kernel may hold. */
enum iq_common {
	IQ_COMMON_NONE,
	IQ_COMMON_CPU,		/* CPU: PID: Comm:, or Pid: comm: */
	IQ_COMMON_TAINTED,	/* Tainted: [O]=OOT_MODULE (6.12+) */
	IQ_COMMON_HARDWARE,
	IQ_COMMON_WORKQUEUE,
	IQ_COMMON_TRACE,	/* Call Trace: */
	IQ_COMMON_FRAME,
	IQ_COMMON_REGS,		/* registers, code bytes, context marks, raw stack words */
};

struct iq_report_line {
	struct iq_report_line *next;
	int64_t line;
	struct iq_slice role, text;
};

struct iq_report_frame {
	struct iq_report_frame *next;
	struct iq_slice function, module;
	int64_t offset;
	bool reliable;
};

struct iq_report {
	struct iq_arena mem;
	struct iq_event ev;			/* ev.id: given by iq_report_put() unless set */
	int64_t member_id;
	int64_t first_line, last_line;
	struct iq_report_line *lines, **line_end;
	struct iq_report_frame *frames, **frame_end;
	size_t n_lines, n_frames;
	bool have_cpu, in_trace, failed;
	struct iq_cpuline cpu;			/* slices into mem */
	struct iq_slice hardware;
	const char *arch;			/* as uname -m says, NULL: nothing told */
};

/* KIND is static text.  REC is the first line: times and boot are taken from it. */
void iq_report_init(struct iq_report *r, const char *kind, const struct iq_record *rec,
		    int64_t member_id, int64_t boot_id);
void iq_report_fini(struct iq_report *r);

/* A copy that lives as long as the report. */
struct iq_slice iq_report_keep(struct iq_report *r, struct iq_slice s);

/* REC belongs to the report: the sighting reaches to it. */
void iq_report_touch(struct iq_report *r, const struct iq_record *rec);

/* The same, and the line may be cited under ROLE (parse/roles.h). */
void iq_report_cite(struct iq_report *r, const struct iq_record *rec, struct iq_slice role);
/* ROLE with a blank and ABOUT behind it. */
void iq_report_cite_pid(struct iq_report *r, const struct iq_record *rec, const char *role,
			int64_t pid);
/* A line kept before: TEXT must live as long as the report. */
void iq_report_cite_text(struct iq_report *r, int64_t line, struct iq_slice role,
			 struct iq_slice text);

enum iq_common iq_report_common(struct iq_slice text);
/* Takes a line that iq_report_common() called KIND. */
void iq_report_take(struct iq_report *r, const struct iq_record *rec, enum iq_common kind);

/* Event, lines, sighting, stack.  ev.fingerprint and what only the kind knows are set
 * by the caller before. */
int iq_report_put(struct iq_report *r, struct iq_sink *sink, struct iq_err *err);

#endif

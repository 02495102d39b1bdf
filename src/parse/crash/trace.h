/* parse/crash/trace.h - the stacks of a report, each of one task or CPU.
 *
 * A report may hold several: the task that failed, other CPUs by NMI, who allocated and
 * who freed the object.  A section is one of them.  Memory is the report's arena;
 * bounded by IQ_TRACE_FRAMES_MAX frames a report, what is over is counted.
 */
#ifndef IQ_PARSE_CRASH_TRACE_H
#define IQ_PARSE_CRASH_TRACE_H

#include "base/arena.h"
#include "model/facts.h"
#include "parse/cpuline.h"
#include "parse/crash/regs.h"

#define IQ_TRACE_FRAMES_MAX 8192
#define IQ_TRACE_SECTIONS_MAX 1024

enum iq_section_of {
	IQ_SECTION_TASK,	/* who failed, or is stuck */
	IQ_SECTION_OTHER,	/* another CPU or task, shown beside it */
	IQ_SECTION_ALLOC,	/* who allocated the object */
	IQ_SECTION_FREE,	/* who freed it */
};

struct iq_tframe {
	struct iq_tframe *next;
	struct iq_slice function, module;
	int64_t offset;
	bool reliable, addressed;
	char context;			/* 't' task, 'i' interrupt, 's' softirq, 'n' NMI or trap */
};

struct iq_section {
	struct iq_section *next;
	enum iq_section_of of;
	int64_t cpu, pid;
	struct iq_slice comm, state;
	bool have_cpu_line, in_trace;
	enum iq_ip_kind ip_kind;
	struct iq_ip ip;		/* copies */
	struct iq_tframe *frames, **end;
	size_t n;
	char context;			/* of the frames that follow */
};

struct iq_trace {
	struct iq_arena *mem;
	struct iq_section *sections, **end, *cur;
	size_t n_sections, n_frames, n_lost;
	bool failed;			/* out of memory */
};

void iq_trace_init(struct iq_trace *t, struct iq_arena *mem);

/* Frames that follow are of another task or CPU. */
struct iq_section *iq_trace_section(struct iq_trace *t, enum iq_section_of of);

/* A frame or a line of context marks; true if it was one. */
bool iq_trace_line(struct iq_trace *t, struct iq_slice text);

/* The row that sched_show_task() prints: "postgres        D    0   116      1 0x..",
 * "task:postgres        state:D stack:    0 pid:  116 ppid:     1 flags:0x...". */
bool iq_trace_task_row(struct iq_slice text, struct iq_slice *comm, int64_t *pid,
		       struct iq_slice *state);

/* Rows of IQ_FACT_STACK, section by section: FIRST (may be NULL), then the others. */
int iq_trace_put(const struct iq_trace *t, const struct iq_section *first, int64_t event_id,
		 struct iq_sink *sink, struct iq_err *err);

#endif

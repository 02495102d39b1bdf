/* parse/tasktable.h - the process table of an OOM report.
 *
 * mm/oom_kill.c:dump_tasks(): one row a process.  Columns go by the words of the header;
 * without a header the layout is told from the rows (facts: 2.6.32, el6/3.2, 3.10, 4.4,
 * 4.15, 6.8).  Sizes stand there in pages, page tables in pages or bytes: conversion is
 * left to iq_tasktable_finish(), when the page size is known.
 *
 * Copies rows into the arena of its report; bounded by IQ_TASKTABLE_ROWS_MAX.
 */
#ifndef IQ_PARSE_TASKTABLE_H
#define IQ_PARSE_TASKTABLE_H

#include "base/arena.h"
#include "model/facts.h"
#include "text/record.h"

#define IQ_TASKTABLE_ROWS_MAX	100000
#define IQ_TASKTABLE_COLS_MAX	20

enum iq_task_col {
	IQ_TASK_UNKNOWN, IQ_TASK_UID, IQ_TASK_TGID, IQ_TASK_TOTAL_VM, IQ_TASK_RSS,
	IQ_TASK_RSS_ANON, IQ_TASK_RSS_FILE, IQ_TASK_RSS_SHMEM, IQ_TASK_NR_PTES,
	IQ_TASK_NR_PMDS, IQ_TASK_NR_PUDS, IQ_TASK_PGTABLES_BYTES, IQ_TASK_SWAPENTS, IQ_TASK_CPU,
	IQ_TASK_OOM_ADJ, IQ_TASK_OOM_SCORE_ADJ, IQ_TASK_COL_MAX,
};

struct iq_taskrow {
	struct iq_taskrow *next;
	struct iq_slice text;
	int64_t line;
	struct iq_task task;		/* after iq_tasktable_finish() */
	int64_t total_vm_pages;
};

struct iq_tasktable {
	struct iq_arena *mem;
	struct iq_taskrow *rows, **end;
	size_t n_rows;			/* all seen, kept or not */
	size_t n_kept;
	enum iq_task_col cols[IQ_TASKTABLE_COLS_MAX];
	struct iq_slice names[IQ_TASKTABLE_COLS_MAX];	/* of unknown columns */
	size_t n_cols;			/* numbers between pid and name; 0: no header seen */
	struct iq_taskrow **by_pid;	/* kept rows, sorted; after finish */
	bool title, header, failed;
};

void iq_tasktable_init(struct iq_tasktable *t, struct iq_arena *mem);

/* "[ pid ]   uid  tgid total_vm ..." */
bool iq_tasktable_is_header(struct iq_slice text);
/* "[ 2054]     0  2054     5101 ...": a number in brackets and six numbers at least. */
bool iq_tasktable_is_row(struct iq_slice text);

void iq_tasktable_header(struct iq_tasktable *t, struct iq_slice text);
void iq_tasktable_row(struct iq_tasktable *t, const struct iq_record *rec);

/* Rows become tasks.  PAGE_SIZE in bytes. */
void iq_tasktable_finish(struct iq_tasktable *t, int64_t page_size);
/* After finish; NULL: not listed. */
const struct iq_taskrow *iq_tasktable_find(const struct iq_tasktable *t, int64_t pid);
/* Pages of total_vm of that row, before finish too: tells the page size. */
int64_t iq_tasktable_total_vm_pages(const struct iq_tasktable *t, int64_t pid);

int iq_tasktable_put(const struct iq_tasktable *t, struct iq_sink *sink, int64_t snapshot_id,
		     int64_t member_id, struct iq_err *err);

#endif

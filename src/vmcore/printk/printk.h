/* vmcore/printk/printk.h - the kernel's log as it lies in memory, in its three forms.
 *
 *   ring     5.10 and later: descriptors, infos and text apart (printk_ringbuffer.c)
 *   records  3.5 to 5.9: struct printk_log (`log` to 3.10) with its text behind it
 *   bytes    before 3.5: one ring of characters, lines with <N> in front
 *
 * Decoders over struct iq_memory and VMCOREINFO alone; no dump, no library.  All
 * figures found in memory are checked: a crashed kernel may have been overwriting
 * itself, and a dump may be made up.  Records come oldest first; their lines are
 * numbered from 1, as `inquest log` prints them.
 */
#ifndef IQ_VMCORE_PRINTK_H
#define IQ_VMCORE_PRINTK_H

#include "base/err.h"
#include "text/record.h"
#include "vmcore/dump/memory.h"
#include "vmcore/dump/vmcoreinfo.h"

#define IQ_PRINTK_TEXT_MAX (32 * 1024)	/* of a record; kernels stop at 1 or 2 kB */

struct iq_printk {
	const struct iq_memory *mem;
	const struct iq_vmcoreinfo *info;
	/* 0, or -1 with ERR filled to stop. */
	int (*record)(void *arg, const struct iq_record *rec, struct iq_err *err);
	void (*issue)(void *arg, const char *severity, const char *code,
		      int64_t offset_bytes, const char *text);
	void *arg;		/* of record */
	void *issue_arg;

	/* of the decoder */
	int64_t n, lines;	/* records given; lines of text in them */
	char text[IQ_PRINTK_TEXT_MAX];
};

enum iq_printk_form {
	IQ_PRINTK_NONE,		/* VMCOREINFO names no buffer */
	IQ_PRINTK_RING,
	IQ_PRINTK_RECORDS,
	IQ_PRINTK_BYTES,
};

enum iq_printk_form iq_printk_form(const struct iq_vmcoreinfo *info);

/* 0: what was readable was given; -1: nothing could be read, or record() said stop. */
int iq_printk_ring(struct iq_printk *p, struct iq_err *err);
int iq_printk_records(struct iq_printk *p, struct iq_err *err);
int iq_printk_bytes(struct iq_printk *p, struct iq_err *err);

/* Shared by them: an empty record, and a formatted issue. */
void iq_printk_blank(struct iq_record *rec);
void iq_printk_issue(struct iq_printk *p, const char *severity, const char *code,
		     const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
int iq_printk_give(struct iq_printk *p, struct iq_record *rec, struct iq_err *err);

#endif

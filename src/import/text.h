/* import/text.h - records of a log on their way to the parser, whatever they come from:
 * lines of text (text.c), entries of a journal (journal.c).
 */
#ifndef IQ_IMPORT_TEXT_H
#define IQ_IMPORT_TEXT_H

#include "import/capture.h"

struct iq_text_run {
	struct iq_capture_run *c;
	struct iq_reader *reader;
	int64_t lines_before;		/* the member is a part of a text file */
	int64_t *boot_ids;		/* by boot_no of the reader; 0: none yet */
	size_t n_boot_ids;
};

/* A reader whose records go to the capture's parser, for the member that c->member_id
 * says.  TIMES: the years and zones of struct iq_reader_opts, the rest is set here. */
int iq_text_open(struct iq_text_run *t, struct iq_capture_run *c,
		 const struct iq_reader_opts *times, struct iq_err *err);

/* The fact of the boot that the reader counts as REC's; 0: out of memory. */
int64_t iq_text_boot_id(struct iq_text_run *t, const struct iq_record *rec);

/* What the reader learnt, into the capture's boots and the member's fact; frees it. */
void iq_text_close(struct iq_text_run *t, struct iq_member *f);

#endif

/* import/stops.h - finds where a machine stopped without a word (parse/stop.h) in the
 * bytes of a text log, or among the entries of a journal.
 *
 * The reader drops most lines unread, and there nobody knows yet which will be the last.
 * So the bytes in front of each banner are kept, some behind it too, and these are read
 * once more, with all programs.  What is found is put at the end of the member, when it is
 * known which boots had a panic.
 */
#ifndef IQ_IMPORT_STOPS_H
#define IQ_IMPORT_STOPS_H

#include "import/text.h"
#include "parse/stop.h"

struct iq_stops;

/* NULL: out of memory.  T and TIMES outlive it. */
struct iq_stops *iq_stops_new(struct iq_text_run *t, const struct iq_reader_opts *times);
void iq_stops_free(struct iq_stops *s);

/* BLOCK was just given to the reader of T. */
int iq_stops_block(struct iq_stops *s, struct iq_slice block, struct iq_err *err);

/* An entry of a journal, all programs': before or after it goes to the reader. */
int iq_stops_entry(struct iq_stops *s, const struct iq_record *rec, struct iq_err *err);

/* Puts what was found; the parser has finished, the reader of T is still there. */
int iq_stops_finish(struct iq_stops *s, struct iq_err *err);

#endif

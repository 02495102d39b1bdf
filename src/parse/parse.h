/* parse/parse.h - from records to events: the entrance of this room.
 *
 * A parser is fed the records of one capture, member by member, and puts facts
 * into a sink: events with what belongs to them (oom, victims, snapshot, tasks,
 * zones ..., event lines, sightings).  Per host and printk caller it keeps the
 * reports that are open, so that interleaved ones come apart.
 *
 * Knows no files, no SQL, no dialects: a record's text is the kernel's own line.
 */
#ifndef IQ_PARSE_PARSE_H
#define IQ_PARSE_PARSE_H

#include "base/err.h"
#include "model/facts.h"
#include "text/record.h"

struct iq_parser;

/* SINK outlives the parser. */
struct iq_parser *iq_parser_new(struct iq_sink *sink);
void iq_parser_free(struct iq_parser *p);

/* The records that follow come from this member (reports left open are closed). */
int iq_parser_member(struct iq_parser *p, int64_t member_id, struct iq_err *err);

/* BOOT_ID: the fact of the boot that REC belongs to. */
int iq_parser_record(struct iq_parser *p, const struct iq_record *rec, int64_t boot_id,
		     struct iq_err *err);

/* Closes what is open.  CUT: the text broke off here. */
int iq_parser_finish(struct iq_parser *p, bool cut, struct iq_err *err);

/* For the reader: may this line begin a report, or matter outside of one?  Fast,
 * and may say yes too often. */
bool iq_parser_wants(struct iq_slice text);
bool iq_parser_open(const struct iq_parser *p);

/* Programs whose lines of a syslog or journal are read besides the kernel's. */
bool iq_parser_wants_program(struct iq_slice ident);

#endif

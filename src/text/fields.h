/* text/fields.h - the named fields of one structured record.
 *
 * journalctl's JSON, export and verbose forms, dmesg -J, docker's json-file and cloud
 * exports all give a record as names and values; which name means what stands in one
 * table here.  The struct owns its copies; long values are cut at their limits.
 * Internal to the peeling files.
 */
#ifndef IQ_TEXT_FIELDS_H
#define IQ_TEXT_FIELDS_H

#include "base/buf.h"
#include "text/dialect.h"

enum iq_field {
	IQ_FIELD_NONE,
	IQ_FIELD_TEXT,		/* MESSAGE */
	IQ_FIELD_LOG,		/* text with further layers inside: docker, clouds */
	IQ_FIELD_MSG,		/* dmesg -J */
	IQ_FIELD_LINE,		/* like LOG, by names that mean other things elsewhere: any
				 * of the others replaces it */
	IQ_FIELD_TIME,		/* number: seconds since boot, or 1970; string: a stamp */
	IQ_FIELD_STAMP,		/* RFC 3339 or 3164, seconds to nanoseconds since 1970 */
	IQ_FIELD_REALTIME,
	IQ_FIELD_MONO,		/* of reception */
	IQ_FIELD_SOURCE_MONO,	/* the kernel's own */
	IQ_FIELD_HOST,
	IQ_FIELD_IDENT,
	IQ_FIELD_COMM,		/* in place of a missing ident */
	IQ_FIELD_PID,
	IQ_FIELD_LEVEL,		/* number */
	IQ_FIELD_SEVERITY,	/* number or name */
	IQ_FIELD_FACILITY,
	IQ_FIELD_PRI,		/* dmesg -J: number, or name of the level */
	IQ_FIELD_FAC,
	IQ_FIELD_CALLER,
	IQ_FIELD_TRANSPORT,
	IQ_FIELD_BOOT,
	IQ_FIELD_STREAM,	/* docker's mark */
	IQ_FIELD_NAME,		/* inside "host": {} or "process": {} */
	IQ_FIELD_SEQ,		/* of /dev/kmsg, with seconds and microseconds */
	IQ_FIELD_SEC,
	IQ_FIELD_USEC,
};

struct iq_fields {
	struct iq_buf text;
	bool has_text;		/* a text field was there */
	bool text_null;		/* with value null */
	enum iq_field text_kind;
	enum iq_dialect dialect;
	char host[256], ident[256], boot[32];
	size_t host_n, ident_n, boot_n;
	bool ident_is_comm;
	int64_t wall_us, mono_us;
	int wall_kind;
	bool source_mono;
	int64_t pid;
	int level, facility;
	char caller_kind;
	int64_t caller;
	int transport;		/* 1 kernel, 0 other, -1 not shown */
	int64_t seq, sec, usec;	/* IQ_NULL: not shown */
	bool stream;
	uint32_t lines;		/* read since the record began */
	uint32_t text_line;	/* number of the one with the text */
};

enum iq_field_form { IQ_FORM_STRING, IQ_FORM_NUMBER, IQ_FORM_NULL };

void iq_fields_init(struct iq_fields *f);
void iq_fields_fini(struct iq_fields *f);
void iq_fields_reset(struct iq_fields *f);

enum iq_field iq_field_named(struct iq_slice name);

/* The value of a field is whole.  A second value of a field already seen is
 * ignored. */
void iq_fields_set(struct iq_fields *f, enum iq_field id, struct iq_slice value,
		   enum iq_field_form form);

/* Everything but the text into *r. */
void iq_fields_fill(const struct iq_fields *f, struct iq_peeled *r);

#endif

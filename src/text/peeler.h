/* text/peeler.h - what the peeling files share; private to them.
 *
 * A recogniser gets the rest of a line in *s, and if the layer is there moves *s
 * behind it, fills what the layer told into *r and returns true; otherwise it leaves
 * both alone.  Two rules hold everywhere and are kept by the setters below: the first
 * (outermost) wall time stays, the last (innermost) monotonic time replaces.
 */
#ifndef IQ_TEXT_PEELER_H
#define IQ_TEXT_PEELER_H

#include "text/dialect.h"
#include "text/fields.h"
#include "text/jsonlog.h"
#include "text/stamp.h"

#define IQ_CSV_COLUMNS 64
#define IQ_CSV_LINES 8			/* among the first so many names may stand */

enum iq_collect {
	IQ_COLLECT_NONE,
	IQ_COLLECT_JSON,	/* inside an object that spans lines */
	IQ_COLLECT_EXPORT,
	IQ_COLLECT_VERBOSE,
	IQ_COLLECT_PART,	/* CRI P, docker without newline */
	IQ_COLLECT_FRAGMENT,	/* netconsole ncfrag */
};

struct iq_peeler {
	enum iq_collect collect;
	enum iq_dialect last;		/* of the last line that had a header */
	struct iq_buf unescaped;	/* text of the line at hand, if it had escapes */
	struct iq_buf csv;		/* line made out of the fields of a CSV row */
	struct iq_buf rejoined;		/* RFC 5424 app-name and text */
	struct iq_buf part;		/* container log lines that end later */
	bool part_open;
	enum iq_dialect part_kind;
	struct iq_fields fields;	/* record that is being collected */
	struct iq_json_reader json;
	size_t json_at;			/* where the next object of this line begins */
	int64_t lead_wall_us;		/* in front of it: a collector's time, or IQ_NULL */
	int lead_wall_kind;
	bool lead_kernel;		/* and its tag says kernel */

	/* export: a binary field */
	size_t raw_left;		/* length bytes, body and newline still to come */
	unsigned raw_head;		/* length bytes seen, 0..8 */
	uint64_t raw_size;
	enum iq_field raw_field;
	bool verbose_text;		/* the last field was MESSAGE */

	/* netconsole fragments */
	struct iq_peeled frag;		/* header of the first one */
	struct iq_buf frag_text;
	uint64_t frag_total;

	struct iq_slice header_from;	/* the line at hand, transports gone */

	/* learnt from earlier lines, to decide ambiguous ones */
	char mono_host[64];		/* host of short-monotonic lines */
	size_t mono_host_n;
	char file[256];			/* prefix of grep -H */
	size_t file_n;
	char prefix[256];		/* of compose, stern: "web_1  | " */
	size_t prefix_n;
	bool csv_seen;			/* there was a row with a header in it */
	enum iq_field csv_column[IQ_CSV_COLUMNS];	/* what the first row names */
	size_t csv_columns;		/* 0: no such row */
	unsigned lines;			/* peeled, up to IQ_CSV_LINES */

	/* dmesg -e: time since the last minute mark */
	int64_t minute_us, since_us;
	int minute_kind;
};

/* --- setters --- */

static inline void iq_peel_set_dialect(struct iq_peeled *r, enum iq_dialect d)
{
	if (r->dialect == IQ_DIA_BARE)
		r->dialect = d;
	r->has_header = true;
}

static inline void iq_peel_set_wall(struct iq_peeled *r, int64_t us, int kind)
{
	if (r->wall_us == IQ_NULL && us != IQ_NULL) {
		r->wall_us = us;
		r->wall_kind = kind;
	}
}

static inline void iq_peel_set_pri(struct iq_peeled *r, unsigned pri)
{
	r->level = (int)(pri & 7);
	r->facility = (int)(pri >> 3);
}

static inline bool iq_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

void iq_peeled_init(struct iq_peeled *r);

/* --- dialect_kernel.c --- */

/* All of <pri>, [time], [caller] and dmesg's other brackets that follow each other.
 * P may be NULL: no state is used. */
bool iq_peel_kernel(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r);
/* "[    1.234567]" at the front: bytes used, or 0.  *ret_us IQ_NULL if masked. */
size_t iq_kernel_time_at(struct iq_slice s, int64_t *ret_us);
/* Seconds, dot, six digits at *AT of S; moves *at behind them. */
bool iq_kernel_seconds_at(struct iq_slice s, size_t *at, int64_t *ret_us);
/* "<6>": bytes used, or 0. */
size_t iq_kernel_pri_at(struct iq_slice s, unsigned *ret_pri);
/* emerg..debug and their long forms; -1. */
int iq_level_named(struct iq_slice s);
/* kern..local7; -1. */
int iq_facility_named(struct iq_slice s);

/* --- dialect_vendor.c --- */

/* "[2-3219.1870]" and "[03-19 10:05:52.193]" at the front. */
bool iq_peel_cpu_time(struct iq_slice *s, struct iq_peeled *r);
bool iq_peel_vendor_clock(struct iq_slice *s, struct iq_peeled *r);
/* The process that vendors put behind the time. */
bool iq_peel_process(struct iq_slice *s, struct iq_peeled *r);
bool iq_peel_logcat(struct iq_slice *s, struct iq_peeled *r);
bool iq_peel_logcat_brief(struct iq_slice *s, struct iq_peeled *r);
bool iq_peel_talos(struct iq_slice *s, struct iq_peeled *r);

/* --- dialect_kmsg.c --- */

bool iq_peel_kmsg(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r);
/* While fragments are collected: is LINE the next one?  If not, what is there goes out. */
bool iq_kmsg_continues(const struct iq_peeler *p, struct iq_slice line);
void iq_kmsg_emit_cut(struct iq_peeler *p, struct iq_peeled *r);

/* --- dialect_syslog.c --- */

bool iq_peel_syslog(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r);
/* Does text whose program is not shown begin with a header of the kernel's own? */
bool iq_starts_kernel(struct iq_slice s);

/* May the word name a host?  Names, FQDNs, addresses of both kinds, underscores, chains as
 * syslog-ng writes them ("src@web1/relay"), what masking leaves of a name ("<host>",
 * "****"), letters of any script. */
bool iq_is_host(struct iq_slice w);
/* "tag: ", "tag[pid]: ", "kernel " at the front: fills ident, ident_pid and kernel. */
bool iq_peel_tag(struct iq_slice *s, struct iq_peeled *r);
/* Host, level word, tag behind a stamp that ended at *s (its blank included). */
bool iq_peel_host_tag(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r,
		      bool need_tag);

/* --- dialect_journal.c --- */

/* Forms that begin with a weekday, with a bracket or with seconds since 1970. */
bool iq_peel_short_full(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r);
bool iq_peel_short_mono(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r);
bool iq_peel_short_unix(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r);
bool iq_verbose_start(struct iq_peeler *p, struct iq_slice line);
bool iq_export_start(struct iq_peeler *p, struct iq_slice line);
/* A line while an export or verbose entry is open. */
bool iq_collect_fields(struct iq_peeler *p, struct iq_slice line, struct iq_peeled *r);
/* Hands out what was collected; peels what the text still carries. */
void iq_collect_emit(struct iq_peeler *p, struct iq_peeled *r);

/* --- dialect_json.c --- */

bool iq_json_starts(struct iq_slice line);
bool iq_collect_json(struct iq_peeler *p, struct iq_slice line, struct iq_peeled *r);

/* --- dialect_transport.c --- */

/* One layer of container or collector.  Where the piece is not the last of its line,
 * r->special is IQ_SPECIAL_PENDING. */
bool iq_peel_transport(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r);
/* Adds a piece of a container's line.  LAST: *s becomes the whole. */
void iq_part_add(struct iq_peeler *p, enum iq_dialect kind, bool last,
		 struct iq_slice *s, struct iq_peeled *r);
/* While pieces wait: does LINE bring the next one? */
bool iq_part_continues(const struct iq_peeler *p, struct iq_slice line);
/* Weak prefixes, tried when nothing else fits; the rest must have a header. */
bool iq_peel_prefix(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r);
/* Has S a header of its own, of the kinds that no plain text has by accident? */
bool iq_has_header(struct iq_slice s);

/* Marks that D carried the line. */
bool iq_peel_transported(struct iq_peeled *r, enum iq_dialect d);

/* --- dialect_csv.c --- */

/* A row without names, or one behind an unquoted stamp. */
bool iq_peel_csv(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r);
bool iq_peel_csv_stamped(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r);
/* Does LINE name the columns of a table, a text's among them? */
bool iq_csv_names(struct iq_peeler *p, struct iq_slice line);
/* A row of it; false: LINE is none. */
bool iq_csv_row(struct iq_peeler *p, struct iq_slice line, struct iq_peeled *r);

/* --- dialect_special.c --- */

/* Whole lines that carry no message. */
/* "Panic#2 Part1", the head of a piece of pstore: *ret_reason points into S. */
bool iq_pstore_head(struct iq_slice s, struct iq_slice *ret_reason, uint64_t *ret_dump,
		    uint64_t *ret_part);
bool iq_peel_special(struct iq_peeler *p, struct iq_slice line, struct iq_peeled *r);
/* Markers at the front of the text: dropped, replaying, repeated, lost.  Moves *s to
 * the text inside or behind them. */
void iq_peel_inside(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r);

/* --- unescape.c --- */

/* Undo the escapes of rsyslog and BSD daemons (syslog), or \xHH (kmsg), into OUT;
 * false: nothing to undo, OUT untouched. */
bool iq_unescape_syslog(struct iq_buf *out, struct iq_slice s, bool kernel);
bool iq_unescape_hex(struct iq_buf *out, struct iq_slice s);

/* --- dialect.c --- */

/* All layers of S, transports first; fills r->text. */
void iq_peel_layers(struct iq_peeler *p, struct iq_slice s, struct iq_peeled *r);
/* Those behind the outer header: the kernel's, markers, escapes; fills r->text. */
void iq_peel_rest(struct iq_peeler *p, struct iq_slice s, struct iq_peeled *r);

#endif

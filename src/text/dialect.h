/* text/dialect.h - peeling the layers off one line of log.
 *
 * A line is an onion (container prefix, syslog header, kernel header, text): the
 * peeler removes the layers from outside in and says what each told.  Of several
 * wall times the outermost counts (reception), of several monotonic ones the
 * innermost (the kernel's own).  It knows one line at a time; which lines belong
 * together, which boot they are of, and damage done by copying are the reader's
 * business, helpers for the latter stand in text/repair.h.
 *
 * Forms that spread one record over several lines (JSON, journal export, verbose,
 * CRI partial lines, netconsole fragments) are collected inside the peeler, which
 * answers IQ_SPECIAL_PENDING until the record is whole.  iq_peel_flush() at the end
 * of the stream gives the last one.
 *
 * Nothing fails: what is not understood is text.  Masked digits (****) in a stamp
 * make that stamp unknown.  All slices point into LINE or into the peeler and live
 * until the next call.  Allocation only for unescaped and collected text, bounded
 * by IQ_LINE_MAX_BYTES; out of memory shows as text cut short.  A peeler belongs
 * to one thread.
 */
#ifndef IQ_TEXT_DIALECT_H
#define IQ_TEXT_DIALECT_H

#include "base/buf.h"
#include "base/limits.h"
#include "model/facts.h"

/* Where a stamp has no year this one is taken: a leap year, so that 29 February
 * exists; IQ_WALL_NO_YEAR is set, and the reader adds the years. */
#define IQ_STAMP_YEAR 1972

/* Form and name.  TRANSPORT forms carry any text; SYSLOG forms host and program. */
#define IQ_DIALECTS(X)							\
	X(BARE, "bare")				/* no header known */	\
	/* printk and dmesg(1) */					\
	X(PLAIN, "dmesg")			/* [    1.234567] */	\
	X(RAW, "dmesg-raw")			/* <6>[    1.234567], <6>text */ \
	X(DECODE, "dmesg-decode")		/* kern  :info  : [ ... */ \
	X(DELTA, "dmesg-delta")			/* [    1.234567 <    0.000001>] */ \
	X(ONLY_DELTA, "dmesg-only-delta")	/* [<    0.000001>] */	\
	X(CTIME, "dmesg-ctime")			/* [Sat Nov 21 09:37:28 2026] */ \
	X(CTIME_DELTA, "dmesg-ctime-delta")				\
	X(RELTIME, "dmesg-reltime")		/* [Nov21 09:37] [  +0.000432] */ \
	X(DMESG_ISO, "dmesg-iso")		/* 2026-11-21T09:37:29,234567+00:00 */ \
	X(DMESG_JSON, "dmesg-json")					\
	X(CRASH_LOG, "crash-log")		/* [    1.234567] <6>text */ \
	X(KMSG, "kmsg")				/* 6,339,5140900,-;text */ \
	X(NETCONSOLE, "netconsole-ext")		/* 6.4.0,6,444,... or ncfrag= */ \
	X(PSTORE, "pstore")			/* Panic#2 Part1 */	\
	/* journalctl */						\
	X(SHORT, "journal-short")		/* day with leading zero */ \
	X(SHORT_PRECISE, "journal-short-precise")			\
	X(SHORT_ISO, "journal-short-iso")				\
	X(SHORT_ISO_PRECISE, "journal-short-iso-precise")		\
	X(SHORT_MONO, "journal-short-monotonic")			\
	X(SHORT_DELTA, "journal-short-delta")				\
	X(SHORT_FULL, "journal-short-full")				\
	X(SHORT_UNIX, "journal-short-unix")				\
	X(VERBOSE, "journal-verbose")					\
	X(JSON, "journal-json")						\
	X(EXPORT, "journal-export")					\
	/* syslog daemons */						\
	X(RFC3164, "syslog")			/* Mar  7 02:43:11 host tag: */ \
	X(RFC3339, "syslog-rfc3339")					\
	X(RFC5424, "syslog-rfc5424")					\
	X(BUSYBOX, "busybox-syslog")		/* ... host kern.err kernel: */ \
	X(LOGCAT, "logcat")			/* 03-07 02:43:11.123  710  710 I tag: */ \
	X(TALOS, "talos-dmesg")			/* kern:    info: [2026-01-12T...Z]: */ \
	/* containers and collectors */					\
	X(DOCKER_JSON, "docker-json")					\
	X(CRI, "cri")				/* stamp stdout F text */ \
	X(STAMPED, "stamped")			/* docker logs -t, CI: stamp text */ \
	X(PREFIXED, "prefixed")			/* web_1  | text, [pod/a/b] text */ \
	X(CSV, "csv")							\
	X(OTHER_JSON, "json")			/* an object with a message field */

enum iq_dialect {
#define IQ_DIALECT_ENUM(name, text) IQ_DIA_##name,
	IQ_DIALECTS(IQ_DIALECT_ENUM)
#undef IQ_DIALECT_ENUM
	IQ_DIA_MAX
};

const char *iq_dialect_name(enum iq_dialect d);

enum iq_special {
	IQ_SPECIAL_NONE = 0,
	IQ_SPECIAL_PENDING,	/* swallowed: part of a record that is not whole yet */
	IQ_SPECIAL_BOOT,	/* -- Boot <id> --: boot_id */
	IQ_SPECIAL_REBOOT,	/* -- Reboot -- */
	IQ_SPECIAL_JOURNAL,	/* -- Logs begin at ..., -- Journal begins ..., -- cursor: */
	IQ_SPECIAL_NO_ENTRIES,	/* -- No entries -- */
	IQ_SPECIAL_GAP,		/* own line: special_n messages lost, IQ_NULL: some */
	IQ_SPECIAL_GREP_GAP,	/* "--" between hits of grep */
	IQ_SPECIAL_REPLAY,	/* ** replaying previous printk message **: the line before
				 * is a piece of the next one, drop it */
	IQ_SPECIAL_DICT,	/* " SUBSYSTEM=net" of the /dev/kmsg record before: text */
	IQ_SPECIAL_REPEATED,	/* message repeated special_n times: [text]; text is the
				 * inside, peeled; special_n further occurrences */
	IQ_SPECIAL_LAST_REPEATED, /* last message repeated special_n times (this host); text:
				 * first bytes of that message if shown (syslog-ng) */
	IQ_SPECIAL_PSTORE,	/* Panic#2 Part1: special_n the part (1 newest), special_m
				 * the dump's number, text the reason */
	IQ_SPECIAL_RAMOOPS,	/* ====1234567890.123456-D: wall_us of the dump */
	IQ_SPECIAL_MARK,	/* -- MARK --, [-- MARK -- ...]: nothing but a time */
	IQ_SPECIAL_NOISE,	/* pager and prompt remnants, ECC lines, empty frames */
	IQ_SPECIAL_NO_TEXT,	/* a record whose text the writer left out (JSON null,
				 * [9B blob data]) */
};

struct iq_peeled {
	enum iq_dialect dialect;	/* outermost header that is no mere transport; if
					 * there is none the transport, else BARE */
	enum iq_dialect transport;	/* docker, CRI, prefix, CSV ... or BARE */
	bool has_header;		/* a header was peeled: the line starts a record */
	bool again;			/* a collected record came out in front of LINE (or
					 * LINE holds more): call again with the same line */
	struct iq_slice text;		/* may hold newlines (#012, \x0a, JSON) */
	struct iq_slice host, ident;	/* p NULL: not shown */
	int64_t ident_pid;		/* IQ_NULL */
	int64_t wall_us, mono_us;	/* IQ_NULL: not shown */
	int64_t delta_us;		/* since the record before (-d), or IQ_NULL */
	int wall_kind;			/* enum iq_wall_kind */
	int level, facility;		/* -1 */
	char caller_kind;		/* 'T', 'C', 0 */
	int64_t caller;			/* IQ_NULL */
	bool kernel;			/* kernel text as far as the layers tell; also true
					 * for a line without any header */
	bool kmsg_cont;			/* flag c or + of /dev/kmsg */
	int64_t seq;			/* of /dev/kmsg, -1: not shown */
	int64_t gap_before;		/* a dropped marker glued in front: n lost, else 0 */
	uint32_t header_width;		/* bytes in front of text: further lines of the same
					 * record are indented by so much (dmesg, journal) */
	uint32_t back;			/* collected record: its text stood in the line so
					 * many lines before this one */
	enum iq_special special;
	int64_t special_n, special_m;
	struct iq_slice boot_id;	/* 32 hex digits, or p NULL */
	struct iq_slice file;		/* name that grep -H put in front, or p NULL */
};

struct iq_peeler;			/* text/peeler.h, private to the peeling files */

struct iq_peeler *iq_peeler_new(void);	/* NULL: out of memory */
void iq_peeler_free(struct iq_peeler *p);

/* LINE without its newline (and CR, colours).  *ret is always filled.  True if any
 * layer was recognised (a mere prefix too) or the line is special; false: bare text. */
bool iq_peel(struct iq_peeler *p, struct iq_slice line, struct iq_peeled *ret);

/* Have the lines so far shown it to be a table, with names in its first row? */
bool iq_peel_is_table(const struct iq_peeler *p);

/* At the end of the stream: true if a collected record was still open. */
bool iq_peel_flush(struct iq_peeler *p, struct iq_peeled *ret);

/* True while the peeler collects: every line must come through iq_peel(), also those
 * the reader would skip.  If *ret_raw_bytes (may be NULL) > 0 (length bytes and body of a binary
 * export field) the next so many bytes, NULs, CRs and newlines included, must come
 * unchanged: the reader hands them over with iq_peel_raw(), in pieces as it likes. */
bool iq_peel_collecting(const struct iq_peeler *p, size_t *ret_raw_bytes);
void iq_peel_raw(struct iq_peeler *p, const char *bytes, size_t n);

/* For the hot loop over syslog: looks at the shape alone (RFC 3164, RFC 3339,
 * journalctl short and short-iso, with or without <pri>) and finds the program; no
 * time is parsed.  False: not of that shape, use iq_peel().  Host p NULL: none.
 * A line without a program (netconsole, "last message repeated") gives false. */
bool iq_peel_syslog_tag(struct iq_slice line, struct iq_slice *ret_host,
			struct iq_slice *ret_tag);

/* Only the kernel's own header at the front of TEXT (<pri> [time] [caller], nested
 * ones too): fills mono_us, level, facility, caller and text of *ret, leaves the rest.
 * For text that was glued or cut out by the reader.  True if there was one. */
bool iq_peel_kernel_header(struct iq_slice text, struct iq_peeled *ret);

/* Offset of a second kernel header inside TEXT (newline lost), or -1.  OWN_MONO_US:
 * the time of the line itself or IQ_NULL; a stamp outside -1 s .. +60 s of it is
 * taken for text. */
ptrdiff_t iq_find_second_header(struct iq_slice text, int64_t own_mono_us);

#endif

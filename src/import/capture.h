/* import/capture.h - one capture while the child reads it.
 *
 * Holds what belongs to the capture as a whole: the sink, the parser, hosts and
 * boots seen so far (their facts are put at the end, when all is known of them),
 * issues, the member being read.
 */
#ifndef IQ_IMPORT_CAPTURE_H
#define IQ_IMPORT_CAPTURE_H

#include "base/arena.h"
#include "bundle/identity.h"
#include "bundle/place.h"
#include "import/checksum.h"
#include "bundle/state.h"
#include "import/hash.h"
#include "import/inner.h"
#include "import/journals.h"
#include "import/links.h"
#include "import/parts.h"
#include "import/problem.h"
#include "import/request.h"
#include "input/input.h"
#include "model/facts.h"
#include "parse/parse.h"
#include "text/reader.h"

struct iq_boot_slot {
	struct iq_boot fact;
	struct iq_slice member;		/* where it was first spoken of */
	int start_kind;			/* of fact.start_us: IQ_WALL_LOCAL, if no zone is known */
	bool trend;			/* of no boot in particular: what sar says */
	struct iq_slice trend_root, trend_host;
	int64_t first_us, last_us;	/* what its log tells of; IQ_NULL: no times */
	int range_kind;			/* of these, likewise */
	bool now;			/* the one in which the bundle was made */
	bool dump;			/* of a dump */
	struct iq_slice event_release;	/* a report's own, should no banner tell */
	struct iq_slice event_arch;
	bool release_conflict;
	bool panicked;			/* an event says so */
};

struct iq_late_remark {
	const struct iq_late_remark *next;
	int64_t member_id;
	const char *code, *text;
	struct iq_slice unless;		/* a dump of that name was read; p NULL: always */
};

/* One machine's bundle; a collector's archive holds several. */
struct iq_bundle_root {
	struct iq_slice prefix;		/* of its members' names */
	struct iq_bundle facts;
	bool has_manifest;
	bool sections;			/* a supportconfig: files of sections */
	bool cleaned;			/* has the log of sos clean */
	size_t n_remarks;
	const struct iq_late_remark *late;
	struct iq_state *state;		/* NULL: none was shown */
	struct iq_state_frame frame;
	bool state_cut, state_put;	/* put: but for its units, snapshot and host */
	int64_t state_boot;
	struct iq_unit *units;		/* wait for their host */
	size_t n_units, cap_units;
};

struct iq_capture_run {
	const struct iq_read_request *req;
	volatile struct iq_jail_progress *progress;
	struct iq_sink sink;		/* ours: looks at what passes, then hands on */
	struct iq_sink *out;
	struct iq_parser *parser;
	struct iq_hash *hash;
	struct iq_arena arena;

	struct iq_host *hosts;
	size_t n_hosts, cap_hosts;
	struct iq_boot_slot *boots;
	size_t n_boots, cap_boots;

	struct iq_bundle_root *roots;
	size_t n_roots, cap_roots;
	struct iq_member *late;		/* logs of a bundle: put when its zone is known */
	size_t n_late, cap_late;

	struct iq_problems problems;	/* of ABRT */
	struct iq_links links;
	struct iq_checksum checksum;	/* beside the capture */
	struct iq_inner inner;		/* in it, of bundles in it */

	int64_t member_id;		/* being read */
	bool member_used;		/* something refers to it: worth a row */
	bool member_of_collector;	/* worth one only if it led to a remark */
	struct iq_slice member_name;	/* until the next member */
	struct iq_slice member_kept;	/* the same for good, made when needed */
	struct iq_bundle_place place;	/* of it in its bundle */
	bool in_bundle;			/* and it is known to be one */
	bool member_is_now;		/* of the boot in which the bundle was made */
	struct iq_slice *dumps;		/* names of members that were dumps */
	size_t n_dump_names, cap_dump_names;
	size_t n_members, n_logs, n_dumps, n_states, n_journals, n_without;
	struct iq_journals journals;
	struct { int64_t boot_id, day_us; } *trend_days;	/* read so far */
	size_t n_trend_days, cap_trend_days;
	struct iq_dump_parts parts;
	int64_t dump_boot_id;		/* of the dump being read; 0: none */
	int64_t *dump_events;		/* the events of that boot */
	size_t n_dump_events, cap_dump_events;
	const char *kind, *format;	/* of the capture, as far as known */
	bool damaged;			/* an issue of severity damage, limit or failed */
	bool nothing_yet;		/* no member was readable as a capture */
};

void iq_capture_issue(struct iq_capture_run *c, const char *severity, const char *code,
		      int64_t line, int64_t offset_bytes, const char *text);

/* The boot fact for a host name (p NULL: unknown); a new one each call. */
int64_t iq_capture_new_boot(struct iq_capture_run *c, struct iq_slice host);
struct iq_boot_slot *iq_capture_boot(struct iq_capture_run *c, int64_t boot_id);

/* Room for one more element of SIZE bytes; NULL: out of memory, ARRAY is as it was. */
void *iq_capture_grow(void *array, size_t n, size_t *cap, size_t size);

/* The descriptions of the zones that bundles name: before any time is put. */
void iq_capture_read_zones(struct iq_capture_run *c);

/* Which collectors made it, of which versions: "sosreport 4.9"; p NULL: none that is known. */
struct iq_slice iq_capture_bundle_format(struct iq_capture_run *c);

/* A number for a host of that name (p NULL: unknown), -1 out of memory. */
ptrdiff_t iq_capture_host(struct iq_capture_run *c, struct iq_slice name);

int iq_capture_put_log(struct iq_capture_run *c, const struct iq_record *rec, int64_t boot_id,
		       struct iq_err *err);

/* --- bundle.c: whose logs are these? --- */

/* Where the member being read lies, by the bundles known so far: c->place. */
void iq_capture_place(struct iq_capture_run *c, struct iq_arena *mem);
/* The innermost bundle that a member lies in, or NULL. */
struct iq_bundle_root *iq_capture_root_of(struct iq_capture_run *c, struct iq_slice member);
/* A member that tells of the machine: TEXT is its beginning.  -1 out of memory. */
int iq_capture_look(struct iq_capture_run *c, enum iq_bundle_role role,
		    struct iq_slice root, struct iq_slice text);
/* A link of the capture, and what it says by itself (etc/localtime). */
void iq_capture_link(struct iq_capture_run *c, struct iq_slice name, struct iq_slice target,
		     bool hard, struct iq_arena *mem);
/* The bundle that begins with PREFIX, made if need be; NULL: out of memory, or too many. */
struct iq_bundle_root *iq_capture_root(struct iq_capture_run *c, struct iq_slice prefix);
/* MTIME of the member being read, or when its bundle was made if that is more likely
 * the time of its last line. */
int64_t iq_capture_mtime_us(struct iq_capture_run *c, int64_t mtime_us);
/* Keeps the member's fact until iq_capture_put_members(). */
int iq_capture_keep_member(struct iq_capture_run *c, const struct iq_member *f);
int iq_capture_put_members(struct iq_capture_run *c, struct iq_err *err);
/* reboots.c: which of the boots that the bundle lists is it?  B's log is of the
 * bundle's host. */
void iq_capture_match_boot(const struct iq_bundle *f, struct iq_boot_slot *b);
/* Boots that are listed, as facts; after all others.  -1: out of memory. */
int iq_capture_list_boots(struct iq_capture_run *c, const struct iq_bundle_root *r,
			  const struct iq_host *host);
/* Gives hosts and boots the names that the bundle has for them, and puts them. */
int iq_capture_put_hosts(struct iq_capture_run *c, struct iq_err *err);

/* --- collector.c: what the collector says of itself; -1: out of memory --- */

int iq_read_manifest(struct iq_capture_run *c, struct iq_bundle_root *root,
		     struct iq_stream *m);
int iq_read_crash_list(struct iq_capture_run *c, struct iq_bundle_root *root,
		       struct iq_stream *m);
int iq_read_sos_log(struct iq_capture_run *c, struct iq_bundle_root *root, struct iq_stream *m);
/* Puts what the logs told, where no manifest did, and of dumps that were not shipped. */
void iq_capture_put_remarks(struct iq_capture_run *c);

/* --- state.c: the state of the machine --- */

/* 1: the member is state and was read; 0: it is not; -1 with ERR. */
int iq_capture_state(struct iq_capture_run *c, struct iq_stream *m, struct iq_err *err);
/* The walk leaves the archive in which MEMBER lay: what that showed is put. */
int iq_capture_leave_states(struct iq_capture_run *c, struct iq_slice member,
			    struct iq_err *err);
/* Before the boots are put: gives each state its boot; behind them: puts the states. */
int iq_capture_boot_states(struct iq_capture_run *c, struct iq_err *err);
int iq_capture_put_states(struct iq_capture_run *c, struct iq_err *err);

/* Readers of members; 0, or -1 with ERR to stop the capture. */
int iq_read_text_member(struct iq_capture_run *c, struct iq_stream *m, struct iq_member *f,
			struct iq_err *err);
/* A text of sar (parse/sar.h). */
int iq_read_trend(struct iq_capture_run *c, struct iq_stream *m, struct iq_member *f,
		  struct iq_err *err);
/* The journals that were kept, once all members were seen. */
int iq_read_journals(struct iq_capture_run *c, struct iq_err *err);
int iq_read_vmcore_member(struct iq_capture_run *c, struct iq_stream *m, struct iq_err *err);
int iq_read_vmcore_fds(struct iq_capture_run *c, const int *fds, size_t n, struct iq_err *err);

#endif

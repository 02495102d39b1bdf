/* import/plain.c - see plain.h.  `log` prints [seconds.micros] and the text, like
 * vmcore-dmesg: further lines of a record are indented to where its text begins, and
 * of a dump all is printed that its buffer holds, also what was written to /dev/kmsg.
 * Where a log has no such stamp its wall time stands there.
 * `identify` reads everything too, so that it can tell of damage, and prints one
 * line a member. */
#include "import/plain.h"
#include "base/buf.h"
#include "base/units.h"
#include "base/utf8.h"
#include "import/bid.h"
#include "import/clean.h"
#include "import/journals.h"
#include "import/parts.h"
#include "import/refuse.h"
#include "journal/journal.h"
#include "parse/parse.h"
#include "text/reader.h"
#include "vmcore/vmcore.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FLUSH_BYTES (64 * 1024)

struct plain {
	const struct iq_read_request *req;
	int fd;
	struct iq_buf out;
	bool io_failed, damaged;
	unsigned complaints;
	struct iq_slice member;		/* being read */
	size_t n_without;		/* files inside that hold nothing of the kind */
	size_t useful;			/* members that held something */
	const struct iq_other *other;	/* log: what was found instead of one, or NULL */
	const char *cipher;		/* by which that is encrypted */
	/* identify: of the member in hand */
	struct iq_buf remarks;
	struct iq_dump_parts parts;
	struct iq_arena arena;		/* of the member in hand */
	struct iq_journals journals;
	struct iq_unhide *map;		/* names that sos clean hid, or NULL */
	struct iq_buf unhidden;		/* of shown() */
};

static void flush(struct plain *p)
{
	for (size_t at = 0; at < p->out.n && !p->io_failed;) {
		ssize_t k = write(p->fd, p->out.p + at, p->out.n - at);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			p->io_failed = true;
		else
			at += (size_t)k;
	}
	iq_buf_reset(&p->out);
}

static void flush_if_full(struct plain *p)
{
	if (p->out.n >= FLUSH_BYTES)
		flush(p);
}

/* With the hidden names put back; until the next call. */
static struct iq_slice shown(struct plain *p, struct iq_slice text)
{
	return p->map && iq_unhide_text(p->map, text, &p->unhidden)
		? iq_buf_as_slice(&p->unhidden) : text;
}

static void put_host(struct plain *p, struct iq_slice host)
{
	iq_buf_str(&p->out, ", host ");
	iq_utf8_terminal(&p->out, shown(p, host));
}

/* --- log --- */

static void put_stamp(struct iq_buf *out, const struct iq_record *rec)
{
	if (rec->mono_us != IQ_NULL) {
		iq_buf_printf(out, "[%5" PRId64 ".%06" PRId64 "] ", rec->mono_us / IQ_USEC,
			      rec->mono_us % IQ_USEC);
	} else if (rec->wall_us != IQ_NULL && !(rec->wall_kind & IQ_WALL_NO_YEAR)) {
		iq_buf_char(out, '[');
		iq_time_iso(out, rec->wall_us);
		iq_buf_str(out, "] ");
	} else if (rec->wall_us != IQ_NULL) {
		struct iq_civil c;
		iq_civil_from_us(rec->wall_us, &c);
		iq_buf_printf(out, "[%02d-%02dT%02d:%02d:%02d] ", c.month, c.day, c.hour,
			      c.minute, c.second);
	}
}

/* Made safe but for tabs, which harm nobody. */
static void put_line(struct iq_buf *out, struct iq_slice line)
{
	ptrdiff_t tab;
	while ((tab = iq_find_char(line, '\t')) >= 0) {
		iq_utf8_terminal(out, iq_head(line, (size_t)tab));
		iq_buf_char(out, '\t');
		line = iq_from(line, (size_t)tab + 1);
	}
	iq_utf8_terminal(out, line);
	iq_buf_char(out, '\n');
}

static int dump_record(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct plain *p = arg;
	size_t before = p->out.n;
	p->useful++;
	put_stamp(&p->out, rec);
	int indent = (int)(p->out.n - before);
	if (rec->host_no) {
		iq_utf8_terminal(&p->out, shown(p, rec->host));
		iq_buf_char(&p->out, ' ');
	}
	struct iq_slice text = shown(p, rec->text);
	bool more;
	do {
		more = iq_find_char(text, '\n') >= 0;
		put_line(&p->out, iq_cut(&text, '\n'));
		if (more)
			iq_buf_printf(&p->out, "%*s", indent, "");
	} while (more);
	flush_if_full(p);
	return p->io_failed ? iq_err_sys(err, EIO, "cannot write") : 0;
}

static int log_record(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	return rec->kernel ? dump_record(arg, rec, err) : 0;
}

/* One line on standard error, as contract.md 1 words it; a few, then no more. */
#define COMPLAINTS_MAX 3

static void complain_of(struct plain *p, struct iq_slice member, const char *text)
{
	struct iq_buf line;
	if (p->complaints++ >= COMPLAINTS_MAX)
		return;
	iq_buf_init(&line);
	iq_buf_str(&line, "inquest: ");
	iq_utf8_terminal(&line, iq_slice_z(p->req->path));
	if (member.n) {
		iq_buf_char(&line, '!');
		iq_utf8_terminal(&line, member);
	}
	iq_buf_str(&line, ": ");
	iq_utf8_terminal(&line, iq_slice_z(text));
	if (!line.failed)
		dprintf(STDERR_FILENO, "%s\n", line.p);
	iq_buf_fini(&line);
}

static void on_reader_issue(void *arg, const char *severity, const char *code, int64_t line,
				int64_t offset_bytes, const char *text)
{
	struct plain *p = arg;
	(void)line;
	(void)offset_bytes;
	if (!strcmp(severity, "note"))
		return;
	p->damaged = true;
	if (p->req->what == IQ_READ_IDENTIFY)
		iq_buf_printf(&p->remarks, "; %s: %s", code, text);
	else
		complain_of(p, p->member, text);
}

static int feed(struct plain *p, struct iq_reader *r, struct iq_stream *m, struct iq_err *err)
{
	struct iq_slice block;
	int got;
	iq_stream_short_holes(m);
	while ((got = iq_stream_read(m, &block)) > 0)
		if (iq_reader_feed(r, block.p, block.n, err))
			return -1;
	if (got < 0)
		p->damaged = true;
	return iq_reader_finish(r, got < 0, err);
}

static bool wants_none(void *arg, struct iq_slice text)
{
	(void)arg;
	(void)text;
	return false;
}

static struct iq_reader *new_reader(struct plain *p)
{
	bool log = p->req->what == IQ_READ_LOG;
	struct iq_reader_opts opts = {
		.want_all_kernel = log, .wants = log ? NULL : wants_none,
		.year = p->req->year, .zone_offset_us = p->req->zone_offset_us,
		.name_date_us = IQ_NULL, .mtime_us = IQ_NULL,
	};
	struct iq_reader_ops ops = { log_record, on_reader_issue };
	return iq_reader_new(&opts, &ops, p);
}

/* --- identify --- */

static void put_place_of(struct plain *p, struct iq_slice member)
{
	iq_utf8_terminal(&p->out, iq_slice_z(p->req->path));
	if (member.n) {
		iq_buf_char(&p->out, '!');
		iq_utf8_terminal(&p->out, member);
	}
	iq_buf_str(&p->out, ": ");
}

static void put_place(struct plain *p, struct iq_stream *m)
{
	put_place_of(p, iq_stream_name(m));
}

static void put_wrappers(struct plain *p, struct iq_slice wrappers)
{
	if (wrappers.n)
		iq_buf_printf(&p->out, ", in %.*s", IQ_FMT(wrappers));
	iq_utf8_terminal(&p->out, iq_buf_as_slice(&p->remarks));
	iq_buf_char(&p->out, '\n');
	iq_buf_reset(&p->remarks);
	flush_if_full(p);
}

static void describe_log(struct plain *p, const struct iq_reader_summary *s)
{
	if (s->records_kernel)
		iq_buf_printf(&p->out, "kernel log (%.*s), %" PRId64 " lines, %" PRId64
			      " of the kernel", IQ_FMT(s->dialects), s->lines,
			      s->records_kernel);
	else
		iq_buf_printf(&p->out, "log (%.*s), %" PRId64 " lines, none of the kernel",
			      IQ_FMT(s->dialects), s->lines);
	if (s->n_boots > 1)
		iq_buf_printf(&p->out, ", %zu boots", s->n_boots);
	if (s->n_hosts > 1)
		iq_buf_printf(&p->out, ", %zu hosts", s->n_hosts);
	else if (s->n_hosts == 1 && s->hosts[0].n)
		put_host(p, s->hosts[0]);
	for (size_t i = 0; i < s->n_boots; i++)
		if (s->boots[i].kernel_release.n) {
			iq_buf_str(&p->out, ", kernel ");
			iq_utf8_terminal(&p->out, s->boots[i].kernel_release);
			break;
		}
}

static int text_member(struct plain *p, struct iq_stream *m, const char *format,
		       struct iq_err *err)
{
	struct iq_bundle_place place;
	iq_arena_reset(&p->arena);
	iq_bundle_place(iq_stream_name(m), IQ_SLICE_NULL, &p->arena, &place);
	bool is_log = iq_bid_is_log(iq_stream_name(m), &place, iq_stream_peek(m, IQ_BID_BYTES)) ||
		      (!iq_stream_name(m).n &&
		       iq_bid_has_log(iq_stream_peek(m, IQ_BID_LATE_BYTES)));
	if (!is_log && iq_stream_name(m).n)
		p->n_without++;
	else if (is_log || p->req->what == IQ_READ_IDENTIFY) {
		struct iq_reader *r = is_log ? new_reader(p) : NULL;
		if (is_log && (!r || feed(p, r, m, err))) {
			iq_reader_free(r);
			return -1;
		}
		if (p->req->what == IQ_READ_IDENTIFY) {
			put_place(p, m);
			if (is_log)
				describe_log(p, iq_reader_summary(r));
			else
				iq_buf_printf(&p->out, "%s, no kernel log", format);
			put_wrappers(p, iq_stream_wrappers(m));
			p->useful += is_log;
		}
		iq_reader_free(r);
	}
	return 0;
}

static void dump_issue(void *arg, const char *severity, const char *code,
		       int64_t offset_bytes, const char *text)
{
	on_reader_issue(arg, severity, code, IQ_NULL, offset_bytes, text);
}

static const char *given(const char *path)
{
	return *path ? path : NULL;
}

/* Symbols are hardly ever from elsewhere. */
static void put_sources(struct plain *p, struct iq_slice symbols, struct iq_slice types)
{
	iq_buf_str(&p->out, ", types: ");
	iq_utf8_terminal(&p->out, types.n ? types : IQ_LIT("none"));
	iq_buf_str(&p->out, ", symbols: ");
	iq_utf8_terminal(&p->out, symbols.n ? symbols : IQ_LIT("none"));
}

static void describe_dump(struct plain *p, const struct iq_vmcore_info *i,
			  const char *unreadable, struct iq_slice symbols,
			  struct iq_slice types)
{
	iq_buf_printf(&p->out, "vmcore, %s, %s", i->format,
		      i->compression ? i->compression : "compression unknown");
	if (i->release.n)
		iq_buf_printf(&p->out, ", kernel %.*s", IQ_FMT(i->release));
	if (i->arch.n)
		iq_buf_printf(&p->out, ", %.*s", IQ_FMT(i->arch));
	if (i->nodename.n)
		put_host(p, i->nodename);
	if (i->crash_us != IQ_NULL && i->crash_us > 0) {
		iq_buf_str(&p->out, ", crashed ");
		iq_time_iso(&p->out, i->crash_us);
	}
	if (i->dump_level != IQ_NULL)
		iq_buf_printf(&p->out, ", dump level %" PRId64, i->dump_level);
	if (i->build_id.n)
		iq_buf_printf(&p->out, ", build id %.*s", IQ_FMT(i->build_id));
	if (i->parts > 1)
		iq_buf_printf(&p->out, ", %d parts", i->parts);
	put_sources(p, symbols, types);
	if (i->incomplete || i->truncated)
		iq_buf_printf(&p->out, "; %s", i->incomplete ? "incomplete" : "truncated");
	if (unreadable)
		iq_buf_printf(&p->out, "; its memory cannot be read: %s", unreadable);
}

static int read_dump(struct plain *p, const int *fds, size_t n, struct iq_slice name,
		     struct iq_slice wrappers, struct iq_err *err)
{
	struct iq_vmcore *v = NULL;
	if (iq_vmcore_open(fds, n, &p->req->limits, dump_issue, p, &v, err))
		return -1;
	int rc = 0;
	p->member = name;
	if (p->req->what == IQ_READ_IDENTIFY) {
		struct iq_vmcore_sources src = {
			.vmlinux = given(p->req->vmlinux), .btf = given(p->req->btf),
			.system_map = given(p->req->system_map),
			.debug_dir = given(p->req->debug_dir),
		};
		struct iq_slice symbols, types;
		rc = iq_vmcore_sources_used(v, &src, &symbols, &types, err);
		put_place_of(p, name);
		describe_dump(p, iq_vmcore_info(v), iq_vmcore_unreadable(v), symbols, types);
		put_wrappers(p, wrappers);
		p->useful++;
	} else {
		rc = iq_vmcore_log(v, dump_record, p, err);
	}
	iq_vmcore_close(v);
	return rc;
}

/* A dump that cannot be read costs the rest nothing. */
static int dump_done(struct plain *p, int rc, struct iq_slice name, const char *format,
		     struct iq_err *err)
{
	if (!rc || p->io_failed || err->code == IQ_E_LIMIT)
		return rc;
	p->damaged = true;
	if (p->req->what == IQ_READ_IDENTIFY) {
		put_place_of(p, name);
		iq_buf_printf(&p->out, "%s; %s\n", format, err->text);
	} else {
		complain_of(p, name, err->text);
	}
	return 0;
}

static int dump_member(struct plain *p, struct iq_stream *m, const char *format,
		       struct iq_err *err)
{
	bool cut;
	int kept = iq_parts_keep(&p->parts, m, 0, err);
	if (kept > 0)
		return 0;
	int fd = kept < 0 ? -1 : iq_stream_fd(m, &cut, err);
	int rc = fd < 0 ? -1 : read_dump(p, &fd, 1, iq_stream_name(m), iq_stream_wrappers(m),
					 err);
	if (fd >= 0)
		close(fd);
	return dump_done(p, rc, iq_stream_name(m), format, err);
}

static int dump_set(void *arg, const int *fds, size_t n, const struct iq_dump_part *first,
		    struct iq_err *err)
{
	struct plain *p = arg;
	struct iq_slice name = iq_slice_z(first->name);
	return dump_done(p, read_dump(p, fds, n, name, IQ_LIT(""), err), name,
			 "part of a split dump", err);
}

/* --- journals --- */

struct journal_job {
	struct plain *p;
	struct iq_reader *reader;
	int64_t first_us, last_us;	/* of its entries */
};

static int on_entry(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct journal_job *j = arg;
	if (j->first_us == IQ_NULL)
		j->first_us = rec->wall_us;
	j->last_us = rec->wall_us;
	return iq_reader_put(j->reader, rec, err);
}

static void on_journal_issue(void *arg, int file, const char *severity, const char *code,
			     int64_t offset_bytes, const char *text)
{
	struct journal_job *j = arg;
	(void)file;
	on_reader_issue(j->p, severity, code, IQ_NULL, offset_bytes, text);
}

static void describe_journal(struct plain *p, const struct journal_job *j,
			     const struct iq_journal_info *i)
{
	const struct iq_reader_summary *s = iq_reader_summary(j->reader);
	iq_buf_printf(&p->out, "systemd journal, ");
	if (i->files > 1)
		iq_buf_printf(&p->out, "%" PRIu64 " files, ", i->files);
	iq_buf_printf(&p->out, "%" PRIu64 " entries, %" PRId64 " lines of the kernel", i->entries,
		      s->records_kernel);
	if (s->n_boots > 1)
		iq_buf_printf(&p->out, ", %zu boots", s->n_boots);
	if (s->n_hosts > 1)
		iq_buf_printf(&p->out, ", %zu hosts", s->n_hosts);
	else if (s->n_hosts == 1 && s->hosts[0].n)
		put_host(p, s->hosts[0]);
	if (j->first_us != IQ_NULL && j->last_us != IQ_NULL) {
		iq_buf_str(&p->out, ", ");
		iq_time_iso(&p->out, j->first_us);
		iq_buf_str(&p->out, " to ");
		iq_time_iso(&p->out, j->last_us);
	}
}

static int read_journal(struct journal_job *j, const int *fds, size_t n,
			struct iq_slice name, struct iq_slice wrappers, struct iq_err *err)
{
	struct plain *p = j->p;
	struct iq_journal_ops ops = { on_entry, on_journal_issue, j, false };
	struct iq_journal_info info;
	j->reader = new_reader(p);
	int rc = !j->reader ? iq_err_set(err, IQ_E_NOMEM, "out of memory")
			    : iq_journal_read(fds, n, &ops, &info, err);
	if (!rc)
		rc = iq_reader_finish(j->reader, false, err);
	if (!rc && p->req->what == IQ_READ_IDENTIFY) {
		put_place_of(p, name);
		describe_journal(p, j, &info);
		put_wrappers(p, wrappers);
		p->useful++;
	}
	iq_reader_free(j->reader);
	return rc;
}

static int journal_set(void *arg, const struct iq_journal_file *files, size_t n,
		       struct iq_err *err)
{
	struct plain *p = arg;
	struct journal_job j = { .p = p, .first_us = IQ_NULL, .last_us = IQ_NULL };
	int fds[IQ_JOURNAL_FILES_MAX];
	p->member = n > 1 ? iq_journals_dir(files) : iq_slice_z(files->name);
	for (size_t i = 0; i < n; i++)
		fds[i] = files[i].fd;
	return dump_done(p, read_journal(&j, fds, n, p->member, iq_slice_z(files->wrappers),
					 err), p->member, "systemd journal", err);
}

static void put_encrypted(struct plain *p, const char *format)
{
	char text[900];

	iq_encrypted_text(text, sizeof text, format,
			  p->member.n ? p->member : iq_slice_z(p->req->path));
	iq_buf_str(&p->out, "; ");
	iq_utf8_terminal(&p->out, iq_slice_z(text));
}

static int on_member(void *arg, struct iq_stream *m, struct iq_err *err)
{
	struct plain *p = arg;
	struct iq_stream_info info = iq_stream_identify(m);
	const struct iq_other *other = iq_other_kind(info);
	int rc = 0;
	p->member = iq_stream_name(m);
	if (info.kind == IQ_STREAM_TEXT) {
		rc = text_member(p, m, info.format, err);
	} else if (info.kind == IQ_STREAM_ELF_CORE || info.kind == IQ_STREAM_KDUMP ||
		   info.kind == IQ_STREAM_FLATTENED) {
		rc = dump_member(p, m, info.format, err);
	} else if (info.kind == IQ_STREAM_JOURNAL) {
		rc = dump_done(p, iq_journals_keep(&p->journals, m, 0, err), p->member,
			       info.format, err);
	} else if (other && other->usual && iq_stream_name(m).n) {
		p->n_without++;
	} else if (p->req->what == IQ_READ_IDENTIFY) {
		put_place(p, m);
		iq_buf_str(&p->out, info.format);
		if (info.kind == IQ_STREAM_ENCRYPTED)
			put_encrypted(p, info.format);
		else if (other && info.kind != IQ_STREAM_EMPTY)
			iq_buf_printf(&p->out, "; %s", other->text);
		put_wrappers(p, iq_stream_wrappers(m));
	} else {
		p->other = other ? other : p->other;
		p->cipher = info.kind == IQ_STREAM_ENCRYPTED ? info.format : p->cipher;
	}
	return rc;
}

static void on_walk_issue(void *arg, const char *severity, const char *code,
			  struct iq_slice member, int64_t offset_bytes, const char *text)
{
	struct plain *p = arg;
	(void)offset_bytes;
	if (!strcmp(severity, "note"))
		return;
	p->damaged = true;
	if (p->req->what == IQ_READ_IDENTIFY)
		iq_buf_printf(&p->remarks, "; %s%s%.*s: %s", code, member.n ? " in " : "",
			      IQ_FMT(member), text);
	else
		complain_of(p, member, text);
}

static void say_none(struct plain *p)
{
	const char *why = p->other ? p->other->text : "no kernel log in it";
	char text[900];

	if (p->cipher)
		iq_encrypted_text(text, sizeof text, p->cipher, iq_slice_z(p->req->path));
	complain_of(p, IQ_LIT(""), p->cipher ? text : why);
}

int iq_read_plain(const struct iq_read_request *req, const struct iq_walk_opts *opts, int fd)
{
	struct plain p = { .req = req, .fd = fd };
	struct iq_err err = { 0 };
	struct iq_visitor v = { .member = on_member, .issue = on_walk_issue, .arg = &p };
	iq_buf_init(&p.out);
	iq_buf_init(&p.remarks);
	iq_arena_init(&p.arena);
	iq_buf_init(&p.unhidden);
	int rc = req->clean_map[0] ? iq_clean_map(req->clean_map, &p.map, &err) : 0;
	if (!rc)
		rc = iq_request_walk(req, opts, &v, &err);
	if (!rc)
		rc = iq_parts_each(&p.parts, dump_set, &p, &err);
	if (!rc)
		rc = iq_journals_each(&p.journals, journal_set, &p, &err);
	if (rc && !p.io_failed && err.text[0])
		complain_of(&p, IQ_LIT(""), err.text);
	if (p.remarks.n && req->what == IQ_READ_IDENTIFY) {
		iq_utf8_terminal(&p.out, iq_slice_z(req->path));
		iq_buf_str(&p.out, ": damaged");
		iq_utf8_terminal(&p.out, iq_buf_as_slice(&p.remarks));
		iq_buf_char(&p.out, '\n');
	}
	if (!p.useful && !p.complaints && !req->below && req->what == IQ_READ_LOG)
		say_none(&p);
	if (p.n_without && req->what == IQ_READ_IDENTIFY) {
		iq_utf8_terminal(&p.out, iq_slice_z(req->path));
		iq_buf_printf(&p.out, ": %zu files inside are no kernel log, dump or "
			      "archive\n", p.n_without);
	}
	flush(&p);
	iq_buf_fini(&p.out);
	iq_buf_fini(&p.remarks);
	iq_buf_fini(&p.unhidden);
	iq_unhide_free(p.map);
	iq_parts_fini(&p.parts);
	iq_arena_fini(&p.arena);
	iq_journals_fini(&p.journals);
	if (p.io_failed)
		return IQ_PLAIN_IO;
	if (!p.useful)
		return rc || p.damaged ? IQ_PLAIN_NOTHING : IQ_READ_PASSED_OVER;
	return rc || p.damaged ? IQ_PLAIN_DAMAGED : 0;
}

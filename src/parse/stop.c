/* parse/stop.c - see stop.h.
 *
 * Words of shutdowns: kernel/reboot.c, drivers/tty/sysrq.c, kernel/kexec_core.c; systemd
 * (targets, logind, systemd-shutdown, journald), sysvinit's shutdown and init, upstart,
 * rsyslogd, sysklogd, syslog-ng, busybox.  Words of an unclean end: fs/ext4/super.c,
 * fs/xfs/xfs_log_recover.c, fs/fat/inode.c, e2fsck, journald.
 */
#include "parse/stop.h"

#include "base/buf.h"
#include "base/units.h"
#include "parse/report.h"
#include "parse/roles.h"

#define NEAR_US (30 * 60 * IQ_USEC)	/* a shutdown that hangs */
#define LOOSE_US (2 * 60 * IQ_USEC)
#define LOOSE_LINES 40
#define SAME_US (2 * IQ_USEC)		/* no machine stops and boots in that */
#define START_US (2 * 60 * IQ_USEC)	/* until a log daemon runs */
#define START_LINES 200
#define REPLAY_US (10 * 60 * IQ_USEC)
#define FEW_LINES 8
#define STOPPING_MANY 3
#define TEXT_MAX 400

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* In small letters. */
static const char *const shutdown_words[] = {
	"restarting system", "system halted", "reboot: power down",
	"preparing to enter system sleep state",
	"kernel logging (proc) stopped", "kernel logging stopped", "exiting on signal",
	"journal stopped", "received sigterm from pid 1", "sending sigterm", "sending sigkill",
	"reached target shutdown", "reached target reboot", "reached target power",
	"reached target halt", "reached target system reboot", "reached target system power",
	"reached target system halt", "reached target final step", "reached target late shutdown",
	"stopped target multi-user", "stopped target basic system", "shutting down.",
	"system is rebooting", "system is powering", "system is halting",
	"system is going down", "going down for", "shutting down for",
	"switching to runlevel: 6", "switching to runlevel: 0", "syslog-ng shutting down",
	"syslogd exiting", "starting new kernel", "kexec -e", "systemctl kexec",
	"via kexec", "reached target kexec", "power key pressed", "button/power", "powering off", "poweroff", "shutdown requested", "guest-shutdown",
	"shutdown request", "/reboot", "/shutdown", "/halt", "systemctl reboot",
	"systemctl halt", "init 6", "init 0", "telinit", "sysrq: resetting",
	"sysrq : resetting", "sysrq: power off", "sysrq : power off", "emergency restart",
	"critical temperature", "suspend entry", "hibernation entry", "reached target sleep",
	"reached target suspend", "entering sleep", "suspending system",
	"performing sleep operation",
};

/* That may also be of other things. */
static const char *const loose_words[] = {
	"shutdown", "shutting down", "shut down", "reboot", "sigterm", "signal 15",
	"terminating", "halting", "power off", "powered off", "stopped target",
	"quitting", "caught signal",
};

/* What has its own event, and explains the end. */
static const char *const trouble_words[] = {
	"kernel panic", "oops:", "bug: unable to handle", "bug: kernel null",
	"unable to handle kernel", "general protection fault", "kernel bug at",
	"internal error:", "hard lockup", "machine check exception",
	"machine check: ", "fatal exception", "[hardware error]", "rebooting in", "did not stop!", "watchdog: reset",
};

static const char *const unclean_words[] = {
	"recovery complete", "recovery required on readonly", "orphan cleanup on readonly",
	"starting recovery (logdev", "recovering journal", "was not cleanly unmounted",
	"not properly unmounted", "uncleanly shut down", "replaying journal",
	"start tree-log replay",
};

static const char *const clean_words[] = { "ending clean mount", ": clean, " };

/* Of the boot behind: the old one did speak, elsewhere. */
static const char *const captured_words[] = {
	"elfcorehdr=", "saving vmcore", "kdump: saving", "vmcore saved",
};

/* The first lines of a log daemon, and of journald. */
static const char *const start_words[] = {
	"] start", "restart.", "syslog-ng starting up", "runtime journal", "journal started",
	"imklog", "syslogd started", "log source = /proc/kmsg started", "system journal (",
};

struct lower {
	char text[TEXT_MAX];
	struct iq_slice s;
};

static struct iq_slice lower(struct lower *l, struct iq_slice text)
{
	text = iq_head(text, sizeof l->text);
	for (size_t i = 0; i < text.n; i++)
		l->text[i] = (char)(text.p[i] >= 'A' && text.p[i] <= 'Z' ? text.p[i] | 0x20
								     : text.p[i]);
	return iq_slice(l->text, text.n);
}

static bool has_any(struct iq_slice s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (iq_has(s, iq_slice_z(words[i])))
			return true;
	return false;
}

#define HAS_ANY(s, words) has_any(s, words, COUNT(words))

/* How long R is before THEN, or 0 where that is not shown. */
static int64_t before(const struct iq_record *r, const struct iq_record *then)
{
	if (r->wall_us == IQ_NULL || then->wall_us == IQ_NULL)
		return 0;
	return then->wall_us - r->wall_us;
}

static bool is_program(const struct iq_record *r)
{
	return !r->kernel && r->ident.n;
}

/* The manager of a user's session stops with it. */
static bool is_of_session(const struct iq_record *r)
{
	return iq_eq(r->ident, IQ_LIT("systemd")) && r->ident_pid != IQ_NULL &&
	       r->ident_pid != 1;
}

static bool is_start(const struct iq_record *r)
{
	struct lower l;
	struct iq_slice s = lower(&l, r->text);
	if (r->kernel && !iq_has(s, IQ_LIT("klog")) && !iq_has(s, IQ_LIT("/proc/kmsg")))
		return false;
	if (iq_eq(r->ident, IQ_LIT("rsyslogd")) && iq_ends(s, IQ_LIT("start")))
		return true;
	return HAS_ANY(s, start_words);
}

/* Lines that were stamped when the banner was are of the new boot, and what stands behind
 * a log daemon's start.  False: no line of the old boot is there. */
static bool find_last(const struct iq_record *recs, size_t banner, size_t *ret)
{
	const struct iq_record *b = &recs[banner];
	size_t at = banner;
	while (at > 0 && recs[at - 1].wall_us != IQ_NULL && b->wall_us != IQ_NULL &&
	       before(&recs[at - 1], b) < SAME_US)
		at--;
	for (size_t i = banner; i-- > 0 && banner - i <= START_LINES;) {
		if (before(&recs[i], b) > START_US)
			break;
		if (is_start(&recs[i]) && i < at)
			at = i;
	}
	*ret = at - 1;
	return at > 0;
}

/* Does the end of the old boot tell why it ended? */
static bool is_told(const struct iq_record *recs, size_t last)
{
	unsigned stopping = 0;
	struct lower l;
	for (size_t i = last + 1; i-- > 0;) {
		int64_t ago = before(&recs[i], &recs[last]);
		if (ago > NEAR_US)
			break;
		if (is_of_session(&recs[i]))
			continue;
		struct iq_slice s = lower(&l, recs[i].text);
		bool loose = ago <= LOOSE_US && last - i < LOOSE_LINES;
		if (HAS_ANY(s, shutdown_words) || HAS_ANY(s, trouble_words) ||
		    (loose && HAS_ANY(s, loose_words)))
			return true;
		stopping += loose && !iq_has(s, IQ_LIT("user")) &&
			    (iq_starts(s, IQ_LIT("stopping ")) || iq_starts(s, IQ_LIT("stopped ")));
		if (stopping >= STOPPING_MANY)
			return true;
	}
	return false;
}

/* Between the last line and the banner: lines of either boot, told apart by nothing. */
static bool is_told_between(const struct iq_record *recs, size_t last, size_t banner)
{
	struct lower l;
	for (size_t i = last + 1; i < banner; i++) {
		struct iq_slice s = lower(&l, recs[i].text);
		if (HAS_ANY(s, shutdown_words) || HAS_ANY(s, trouble_words))
			return true;
	}
	return false;
}

/* Does the log show programs, and which look does it have? */
static bool shows_programs(const struct iq_record *recs, size_t last, bool *ret_few)
{
	struct iq_slice first = IQ_SLICE_NULL;
	size_t n = 0;
	bool two = false;
	for (size_t i = 0; i <= last; i++) {
		if (!is_program(&recs[i]))
			continue;
		n++;
		if (!first.p)
			first = recs[i].ident;
		two |= !iq_eq(first, recs[i].ident);
	}
	*ret_few = n < FEW_LINES;
	return n > 1 && two;
}

/* The lines behind the banner: a capture kernel, old lines printed again, or filesystems
 * that were unmounted as they should be. */
static bool is_no_new_boot(const struct iq_record *recs, size_t n, struct iq_stop *s)
{
	const struct iq_record *b = &recs[s->banner];
	bool clean = false;
	struct lower l;
	s->unclean = SIZE_MAX;
	for (size_t i = s->banner + 1; i < n; i++) {
		struct iq_slice t = lower(&l, recs[i].text);
		if (HAS_ANY(t, captured_words) ||
		    iq_eq(recs[i].ident, IQ_LIT("systemd-pstore")))
			return true;
		if (recs[i].kernel && recs[i].mono_us != IQ_NULL && b->wall_us != IQ_NULL &&
		    recs[i].wall_us != IQ_NULL && recs[i].mono_us >= REPLAY_US &&
		    recs[i].mono_us - REPLAY_US > before(b, &recs[i]))
			return true;
		if (s->unclean == SIZE_MAX && HAS_ANY(t, unclean_words))
			s->unclean = i;
		clean |= HAS_ANY(t, clean_words);
	}
	return clean && s->unclean == SIZE_MAX;
}

static bool is_localhost(struct iq_slice name)
{
	return !name.n || iq_starts(name, IQ_LIT("localhost"));
}

static bool same_host(const struct iq_record *a, const struct iq_record *b)
{
	return is_localhost(a->host) || is_localhost(b->host) || iq_eq(a->host, b->host);
}

bool iq_stop_judge(const struct iq_record *recs, size_t n, size_t banner,
		   struct iq_stop *ret)
{
	struct iq_stop s = { .banner = banner, .gap_us = IQ_NULL };
	if (banner >= n || !find_last(recs, banner, &s.last))
		return false;
	const struct iq_record *last = &recs[s.last], *b = &recs[banner];
	if (last->wall_us != IQ_NULL && b->wall_us != IQ_NULL &&
	    last->wall_kind == b->wall_kind)
		s.gap_us = b->wall_us - last->wall_us;
	if ((s.gap_us != IQ_NULL && s.gap_us < 0) || !same_host(last, b) ||
	    !shows_programs(recs, s.last, &s.few) || is_told(recs, s.last) ||
	    is_told_between(recs, s.last, banner) || is_no_new_boot(recs, n, &s))
		return false;
	*ret = s;
	return true;
}

static void cite(struct iq_report *r, const struct iq_record *rec, const char *role)
{
	struct iq_buf text = { 0 };
	if (is_program(rec))
		iq_buf_printf(&text, "%.*s: ", IQ_FMT(rec->ident));
	iq_buf_slice(&text, iq_head(rec->text, TEXT_MAX));
	iq_report_touch(r, rec);
	iq_report_cite_text(r, rec->first_line, iq_slice_z(role),
			    iq_report_keep(r, iq_buf_as_slice(&text)));
	r->failed |= text.failed;
	iq_buf_fini(&text);
}

int iq_stop_put(const struct iq_record *recs, const struct iq_stop *s, int64_t member_id,
		int64_t boot_id, struct iq_sink *sink, struct iq_err *err)
{
	const struct iq_record *last = &recs[s->last];
	struct iq_report r;
	struct iq_crash c;
	iq_fact_init(IQ_FACT_CRASH, &c);
	iq_report_init(&r, "silent-stop", last, member_id, boot_id);
	r.ev.fingerprint = IQ_LIT("silent-stop");
	cite(&r, last, IQ_ROLE_LAST_LINE);
	cite(&r, &recs[s->banner], IQ_ROLE_BOOT);
	if (s->unclean != SIZE_MAX)
		cite(&r, &recs[s->unclean], IQ_ROLE_UNCLEAN);
	int rc = iq_report_put(&r, sink, err);
	c.event_id = r.ev.id;
	c.form = IQ_LIT("silent-stop");
	c.stuck_us = s->gap_us;
	c.quality = s->few ? IQ_LIT("few-lines") : IQ_SLICE_NULL;
	c.repeats = 1;
	if (!rc)
		rc = iq_sink_put(sink, IQ_FACT_CRASH, &c, err);
	iq_report_fini(&r);
	return rc;
}

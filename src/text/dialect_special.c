/* text/dialect_special.c - lines and markers that are not messages.
 *
 * Sources: systemd logs-show.c and journalctl.c (separators), kernel/printk/printk.c
 * (dropped, replaying), fs/pstore/platform.c and ram.c (part headers, ECC), rsyslog
 * (message repeated), syslog-ng lib/logwriter.c, sysklogd, crash and pagers.
 */
#include "text/peeler.h"

static bool is_hex(char c)
{
	return iq_is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool special(struct iq_peeled *r, enum iq_special what)
{
	r->special = what;
	r->kernel = false;
	r->has_header = true;
	return true;
}

/* "-- ..." */
static bool dashes(struct iq_slice s, struct iq_peeled *r)
{
	static const struct {
		const char *lead;
		enum iq_special what;
	} rows[] = {
		{ "-- Reboot --", IQ_SPECIAL_REBOOT },
		{ "-- No entries --", IQ_SPECIAL_NO_ENTRIES },
		{ "-- Logs begin at ", IQ_SPECIAL_JOURNAL },
		{ "-- Journal begins at ", IQ_SPECIAL_JOURNAL },
		{ "-- cursor: ", IQ_SPECIAL_JOURNAL },
		{ "-- MARK --", IQ_SPECIAL_MARK },
		{ "-- MORE --", IQ_SPECIAL_NOISE },		/* crash */
		{ "--More--", IQ_SPECIAL_NOISE },
	};
	struct iq_slice t = s;
	if (iq_eq(iq_trim(s), IQ_LIT("--")))
		return special(r, IQ_SPECIAL_GREP_GAP);
	if (iq_skip(&t, IQ_LIT("-- Boot ")) && t.n >= 35) {
		size_t n = 0;
		while (n < 32 && is_hex(t.p[n]))
			n++;
		if (n == 32 && iq_starts(iq_from(t, n), IQ_LIT(" --"))) {
			r->boot_id = iq_head(t, 32);
			return special(r, IQ_SPECIAL_BOOT);
		}
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (iq_starts(s, iq_slice_z(rows[i].lead)))
			return special(r, rows[i].what);
	return false;
}

bool iq_pstore_head(struct iq_slice s, struct iq_slice *ret_reason, uint64_t *ret_dump,
		    uint64_t *ret_part)
{
	static const char *const reasons[] = {
		"Panic", "Oops", "Emergency", "Shutdown", "Restart", "Halt", "Poweroff",
		"Kexec", "Unknown",
	};
	struct iq_slice t = s;
	bool known = false;
	*ret_reason = iq_cut(&t, '#');
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		known |= iq_eq(*ret_reason, iq_slice_z(reasons[i]));
	return known && iq_take_u64(&t, ret_dump) && iq_skip(&t, IQ_LIT(" Part")) &&
	       iq_take_u64(&t, ret_part) && !iq_trim(t).n && *ret_part <= INT64_MAX &&
	       *ret_dump <= INT64_MAX;
}

/* "Panic#2 Part1" */
static bool pstore_part(struct iq_slice s, struct iq_peeled *r)
{
	struct iq_slice reason;
	uint64_t dump, part;
	if (!iq_pstore_head(s, &reason, &dump, &part))
		return false;
	special(r, IQ_SPECIAL_PSTORE);
	iq_peel_set_dialect(r, IQ_DIA_PSTORE);
	r->special_n = (int64_t)part;
	r->special_m = (int64_t)dump;
	r->text = reason;
	return true;
}

/* "====1714557600.123456-D": header of a zone of ramoops */
static bool ramoops(struct iq_slice s, struct iq_peeled *r)
{
	size_t at = 0;
	int64_t us;
	if (!iq_skip(&s, IQ_LIT("====")) || !iq_kernel_seconds_at(s, &at, &us))
		return false;
	s = iq_from(s, at);
	if (s.n && !iq_starts(s, IQ_LIT("-C")) && !iq_starts(s, IQ_LIT("-D")))
		return false;
	special(r, IQ_SPECIAL_RAMOOPS);
	iq_peel_set_dialect(r, IQ_DIA_PSTORE);
	iq_peel_set_wall(r, us, IQ_WALL_UTC);
	return true;
}

/* " SUBSYSTEM=net": belongs to the record before */
static bool dictionary(const struct iq_peeler *p, struct iq_slice s, struct iq_peeled *r)
{
	if (p->last != IQ_DIA_KMSG && p->last != IQ_DIA_NETCONSOLE)
		return false;
	struct iq_slice t = iq_ltrim(s);
	size_t n = 0;
	while (n < t.n && (t.p[n] == '_' || (t.p[n] >= 'A' && t.p[n] <= 'Z') ||
			   (t.p[n] >= 'a' && t.p[n] <= 'z')))
		n++;
	if (!n || n >= t.n || t.p[n] != '=')
		return false;
	special(r, IQ_SPECIAL_DICT);
	r->text = t;
	return true;
}

static bool noise(struct iq_slice s)
{
	static const char *const leads[] = {
		"ECC: No errors detected", "[SOL Session operational", "(END)",
		"[SOL session ", "crash> ",
	};
	uint64_t n;
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
		if (iq_starts(s, iq_slice_z(leads[i])))
			return true;
	if (iq_eq(s, IQ_LIT("crash>")))
		return true;
	struct iq_slice t = s;
	if (iq_skip(&t, IQ_LIT("ECC: ")) && iq_take_u64(&t, &n))
		return iq_starts(t, IQ_LIT(" Corrected bytes, "));
	t = s;					/* less: "lines 1-23" */
	return iq_skip(&t, IQ_LIT("lines ")) && iq_take_u64(&t, &n) &&
	       iq_skip(&t, IQ_LIT("-")) && iq_take_u64(&t, &n) &&
	       (!t.n || *t.p == '/' || iq_starts(t, IQ_LIT(" (END)")));
}

bool iq_peel_special(struct iq_peeler *p, struct iq_slice line, struct iq_peeled *r)
{
	if (!line.n)
		return false;
	switch (*line.p) {
	case '-':
		return dashes(line, r);
	case ' ':
		if (dictionary(p, line, r))
			return true;
		line = iq_ltrim(line);
		return iq_starts(line, IQ_LIT("-- ")) && dashes(line, r);
	case '=':
		return ramoops(line, r);
	case 'P': case 'O': case 'S': case 'R': case 'H': case 'K': case 'U':
		return pstore_part(line, r);
	case 'E':
		return pstore_part(line, r) ||
		       (noise(line) && special(r, IQ_SPECIAL_NOISE));
	case '[':
		if (line.n < 2 || (line.p[1] != '-' && line.p[1] != 'S'))
			return false;
		/* fall through */
	case '(': case 'c': case 'l':
		if (iq_starts(line, IQ_LIT("[-- MARK -- ")))
			return special(r, IQ_SPECIAL_MARK);
		return noise(line) && special(r, IQ_SPECIAL_NOISE);
	default:
		return false;
	}
}

/* --- behind the header --- */

/* "** 93 printk messages dropped ** ", alone or glued to the next record */
static bool dropped(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice t = *s;
	uint64_t n;
	if (!iq_skip(&t, IQ_LIT("** ")))
		return false;
	if (iq_starts(t, IQ_LIT("replaying previous printk message **"))) {
		r->special = IQ_SPECIAL_REPLAY;
		return true;
	}
	if (!iq_take_u64(&t, &n) || n > INT64_MAX ||
	    !iq_skip(&t, IQ_LIT(" printk messages dropped **")))
		return false;
	iq_skip(&t, IQ_LIT(" "));
	if (!iq_trim(t).n) {
		r->special = IQ_SPECIAL_GAP;
		r->special_n = (int64_t)n;
		return true;
	}
	r->gap_before = (int64_t)n;
	*s = t;
	iq_peel_kernel(p, s, r);
	return true;
}

/* rsyslog: " message repeated 3 times: [ text]"; the end may be cut off */
static bool repeated(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice t = *s;
	uint64_t n;
	iq_skip(&t, IQ_LIT(" "));
	if (!iq_skip(&t, IQ_LIT("message repeated ")) || !iq_take_u64(&t, &n) ||
	    !iq_skip(&t, IQ_LIT(" times: [")) || n > INT64_MAX)
		return false;
	if (t.n && t.p[t.n - 1] == ']')
		t.n--;
	iq_skip(&t, IQ_LIT(" "));
	r->special = IQ_SPECIAL_REPEATED;
	r->special_n = (int64_t)n;
	*s = t;
	iq_peel_kernel(p, s, r);
	return true;
}

static bool last_repeated(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice t = *s, shown = IQ_SLICE_NULL;
	uint64_t n;
	if (iq_skip(&t, IQ_LIT("Last message '"))) {
		ptrdiff_t at = iq_rfind(t, IQ_LIT("' repeated "));
		if (at < 0)
			return false;
		shown = iq_head(t, (size_t)at);
		t = iq_from(t, (size_t)at + sizeof("' repeated ") - 1);
	} else if (!iq_skip(&t, IQ_LIT("last message repeated "))) {
		return false;
	}
	if (!iq_take_u64(&t, &n) || n > INT64_MAX || !iq_skip(&t, IQ_LIT(" time")))
		return false;
	r->special = IQ_SPECIAL_LAST_REPEATED;
	r->special_n = (int64_t)n;
	*s = shown.p ? shown : iq_slice(s->p, 0);
	return true;
}

/* Loggers that admit to have lost something. */
static bool lost(struct iq_slice s, struct iq_peeled *r)
{
	uint64_t n;
	if (iq_starts(s, IQ_LIT("/dev/kmsg buffer overrun, some messages lost"))) {
		r->special = IQ_SPECIAL_GAP;
		r->special_n = IQ_NULL;
		return true;
	}
	bool missed = iq_skip(&s, IQ_LIT("Missed "));
	if (!missed && !iq_skip(&s, IQ_LIT("imjournal: ")))
		return false;
	if (!iq_take_u64(&s, &n) || n > INT64_MAX ||
	    !iq_starts(s, missed ? IQ_LIT(" kernel messages")
				 : IQ_LIT(" messages lost due to rate-limiting")))
		return false;
	r->special = IQ_SPECIAL_GAP;
	r->special_n = (int64_t)n;
	return true;
}

/* "[9B blob data]": journalctl left out what is no text */
static bool blob(struct iq_slice s)
{
	if (s.n > 24 || !iq_skip(&s, IQ_LIT("[")) || !s.n || !iq_is_digit(*s.p))
		return false;
	while (s.n && (iq_is_digit(*s.p) || *s.p == '.' ||
		       (*s.p && strchr("KMGTB", *s.p))))
		s = iq_from(s, 1);
	return iq_eq(s, IQ_LIT(" blob data]"));
}

void iq_peel_inside(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	if (!s->n)
		return;
	switch (*s->p) {
	case '*':
		dropped(p, s, r);
		break;
	case ' ': case 'm':
		repeated(p, s, r);
		break;
	case 'l': case 'L':
		last_repeated(s, r);
		break;
	case 'M': case '/': case 'i':
		lost(*s, r);
		break;
	case '-':
		if (iq_starts(*s, IQ_LIT("-- MARK --")))
			r->special = IQ_SPECIAL_MARK;
		break;
	case '[':
		if (blob(*s))
			r->special = IQ_SPECIAL_NO_TEXT;
		break;
	default:
		break;
	}
}

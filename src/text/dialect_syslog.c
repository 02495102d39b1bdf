/* text/dialect_syslog.c - headers that syslog daemons write.
 *
 *   [<pri>]Mmm dd hh:mm:ss[.frac] [host] [fac.level] tag[pid]: text
 *   [<pri>]RFC 3339 stamp  host tag: text          also journalctl -o short-iso
 *   <pri>1 stamp host app procid msgid sd text     RFC 5424
 *   Www Mmm dd hh:mm:ss yyyy fac.level tag: text   busybox logread
 *   hh:mm:ss [host] tag[pid]: text                 any of them, its date cut off
 *
 * Templates: rsyslog runtime/rsconf.c, tools/smtradfile.c; syslog-ng; busybox
 * sysklogd/syslogd.c; systemd logs-show.c (output_short).  Relays drop hosts, colons
 * and tags, so each is optional; the kernel's tag may lack its colon.
 */
#include "text/peeler.h"

static bool tag_byte(char c)
{
	return c > ' ' && c != ':' && c != '[' && c != 0x7f;
}

/* "[123]" at the front: bytes used or 0 */
static size_t pid_at(struct iq_slice s, int64_t *ret)
{
	if (s.n < 3 || *s.p != '[')
		return 0;
	struct iq_slice t = iq_from(s, 1);
	uint64_t v;
	if (!iq_take_u64(&t, &v) || v > INT64_MAX || !t.n || *t.p != ']')
		return 0;
	*ret = (int64_t)v;
	return (size_t)(t.p - s.p) + 1;
}

static bool is_kernel_word(struct iq_slice w)
{
	return iq_eq(w, IQ_LIT("kernel"));
}

bool iq_peel_tag(struct iq_slice *s, struct iq_peeled *r)
{
	size_t n = 0;
	int64_t pid = IQ_NULL;
	while (n < s->n && n < 256 && tag_byte(s->p[n]))
		n++;
	if (!n)
		return false;
	struct iq_slice word = iq_head(*s, n), rest = iq_from(*s, n);
	size_t used = pid_at(rest, &pid);
	bool kernel = is_kernel_word(word);
	rest = iq_from(rest, used);
	if (!iq_skip(&rest, IQ_LIT(":"))) {
		/* RFC 5424 to RFC 3164 relays lose the colon of the kernel's tag */
		if (!kernel || (rest.n && *rest.p != ' '))
			return false;
	}
	iq_skip(&rest, IQ_LIT(" "));
	if (kernel)
		iq_skip(&rest, IQ_LIT(": "));		/* "kernel: : [..." */
	r->ident = word;
	r->ident_pid = pid;
	r->kernel = kernel;
	*s = rest;
	return true;
}

/* Is the word a program's tag rather than a host?  "sshd[12]:", "kernel:" */
static bool looks_tag(struct iq_slice w)
{
	return w.n > 1 && w.p[w.n - 1] == ':' &&
	       (w.n < 3 || w.p[w.n - 2] != ':');
}

/* busybox's "kern.err ": moves *s behind it */
static bool take_fac_level(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice rest = *s, word = iq_cut(&rest, ' ');
	ptrdiff_t dot = word.n <= 16 ? iq_find_char(word, '.') : -1;
	if (dot < 3)
		return false;
	int facility = iq_facility_named(iq_head(word, (size_t)dot));
	int level = iq_level_named(iq_from(word, (size_t)dot + 1));
	if (facility < 0 || level < 0)
		return false;
	r->facility = facility;
	r->level = level;
	*s = rest;
	return true;
}

/* Text whose program is not shown: the kernel's own header, or a record of extended
 * netconsole whose head a receiver took for the tag. */
bool iq_starts_kernel(struct iq_slice s)
{
	int64_t us;
	unsigned pri;
	iq_skip_blank(&s);
	if (s.n && *s.p == '<')
		s = iq_from(s, iq_kernel_pri_at(s, &pri));
	if (iq_kernel_time_at(s, &us))
		return true;
	size_t n = 0, commas = 0;
	for (; n < s.n && n < 64 && s.p[n] != ';' && s.p[n] != ' '; n++)
		commas += s.p[n] == ',';
	return n < s.n && s.p[n] == ';' && commas >= 2 && iq_is_digit(*s.p);
}

bool iq_is_host(struct iq_slice w)
{
	static const char marks[] = "-._:%@/~+*<>";
	for (size_t i = 0; i < w.n; i++) {
		unsigned char c = (unsigned char)w.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c >= 0x80 || (c && strchr(marks, c))))
			return false;
	}
	return w.n > 0 && w.n <= 255;
}

/* "web1[ 1234.567890] text": torn in or right behind its host, and a line of the console
 * glued to it.  Moves *s to that. */
static bool torn_host(struct iq_slice *s)
{
	ptrdiff_t at = iq_find_char(iq_head(*s, 256), '[');
	int64_t us;
	if (at < 1 || memchr(s->p, ' ', (size_t)at) ||
	    !iq_kernel_time_at(iq_from(*s, (size_t)at), &us))
		return false;
	*s = iq_from(*s, (size_t)at);
	return true;
}

/* What stands behind the host. */
static bool tag_or_text(struct iq_slice *s, struct iq_peeled *r)
{
	if (take_fac_level(s, r)) {
		r->dialect = r->dialect == IQ_DIA_RFC3164 ? IQ_DIA_BUSYBOX : r->dialect;
		iq_peel_tag(s, r);
		return true;
	}
	if (iq_starts_kernel(*s)) {
		iq_skip_blank(s);
		r->kernel = true;
		return true;
	}
	return iq_peel_tag(s, r);
}

/* metalog's "[kernel] text", without a host: moves *s behind it. */
static bool metalog_tag(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice rest = *s, word;
	size_t n = 0;
	if (!iq_skip(&rest, IQ_LIT("[")) || !rest.n || iq_is_digit(*rest.p))
		return false;
	while (n < rest.n && n < 64 && tag_byte(rest.p[n]) && rest.p[n] != ']')
		n++;
	word = iq_head(rest, n);
	rest = iq_from(rest, n);
	if (!n || !iq_skip(&rest, IQ_LIT("] ")))
		return false;
	r->ident = word;
	r->kernel = is_kernel_word(word);
	*s = rest;
	return true;
}

bool iq_peel_host_tag(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r,
		      bool need_tag)
{
	struct iq_slice rest = *s;
	struct iq_peeled was = *r;
	(void)p;
	r->kernel = false;
	if (iq_starts_kernel(rest) || torn_host(&rest)) {	/* neither host nor tag */
		iq_skip_blank(&rest);
		r->kernel = true;
		*s = rest;
		return true;
	}
	if (take_fac_level(&rest, r)) {			/* logread, syslogd -S */
		r->dialect = r->dialect == IQ_DIA_RFC3164 ? IQ_DIA_BUSYBOX : r->dialect;
		iq_peel_tag(&rest, r);
		*s = rest;
		return true;
	}
	if (metalog_tag(&rest, r)) {
		*s = rest;
		return true;
	}
	struct iq_slice host = iq_cut(&rest, ' ');
	if (looks_tag(host) || (is_kernel_word(host) && iq_starts_kernel(rest))) {
		if (iq_peel_tag(s, r))
			return true;
	} else if (iq_is_host(host)) {
		int level = iq_level_named(host);
		bool tagged = tag_or_text(&rest, r);
		if (tagged || !need_tag) {
			if (level >= 0 && tagged)
				r->level = level;	/* "... err kernel: " */
			else
				r->host = host;
			*s = rest;
			return true;
		}
	}
	if (need_tag)
		*r = was;
	return !need_tag;
}

static enum iq_dialect bsd_dialect(const struct iq_stamp *st)
{
	if (st->frac_digits == 6)
		return IQ_DIA_SHORT_PRECISE;
	return st->zero_day ? IQ_DIA_SHORT : IQ_DIA_RFC3164;
}

static enum iq_dialect iso_dialect(const struct iq_stamp *st)
{
	if (st->zone != '+')
		return IQ_DIA_RFC3339;
	return st->frac_digits ? IQ_DIA_SHORT_ISO_PRECISE : IQ_DIA_SHORT_ISO;
}

static bool peel_bsd(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_stamp st;
	size_t n = iq_stamp_bsd(*s, &st);
	if (!n || n >= s->n || s->p[n] != ' ')
		return false;
	iq_peel_set_dialect(r, bsd_dialect(&st));
	iq_peel_set_wall(r, st.us, st.kind);
	*s = iq_from(*s, n + 1);
	iq_peel_host_tag(p, s, r, false);
	return true;
}

/* Stamps of seven or nine digits are docker's and CI systems'; without a host and a
 * tag behind it a stamp is a mere transport (dialect_transport.c). */
static bool peel_iso(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_stamp st;
	size_t n = iq_stamp_iso(*s, &st);
	if (!n || n >= s->n || s->p[n] != ' ' || st.frac_sep == ',' ||
	    st.frac_digits > 6)
		return false;
	struct iq_slice rest = iq_from(*s, n + 1);
	if (!rest.n || *rest.p == ' ' || *rest.p == '[' || *rest.p == '<')
		return false;
	struct iq_peeled was = *r;
	iq_peel_set_dialect(r, iso_dialect(&st));
	if (!iq_peel_host_tag(p, &rest, r, true)) {
		*r = was;
		return false;
	}
	iq_peel_set_wall(r, st.us, st.kind);
	*s = rest;
	return true;
}

/* "10:52:29 host systemd-oomd[1261]: ": people leave the date out.  No time of the wall
 * then; a tag that no sentence has must follow. */
static bool peel_clock(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	static const char form[] = "00:00:00 ";
	if (s->n < 20)
		return false;
	for (size_t i = 0; form[i]; i++)
		if (form[i] == '0' ? !iq_is_digit(s->p[i]) : s->p[i] != form[i])
			return false;
	struct iq_slice rest = iq_from(*s, sizeof form - 1);
	struct iq_peeled was = *r;
	iq_peel_set_dialect(r, IQ_DIA_RFC3164);
	if (!iq_peel_host_tag(p, &rest, r, true) || (!r->kernel && r->ident_pid == IQ_NULL)) {
		*r = was;
		return false;
	}
	*s = rest;
	return true;
}

static bool peel_logread(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_stamp st;
	size_t n = iq_stamp_asctime(*s, &st);
	if (!n || n + 1 >= s->n || s->p[n] != ' ')
		return false;
	struct iq_slice rest = iq_from(*s, n + 1);
	struct iq_peeled was = *r;
	iq_peel_set_dialect(r, IQ_DIA_BUSYBOX);
	if (!iq_peel_host_tag(p, &rest, r, true)) {
		*r = was;
		return false;
	}
	iq_peel_set_wall(r, st.us, st.kind);
	*s = rest;
	return true;
}

/* --- RFC 5424 --- */

/* Structured data: "-", or elements in brackets with quoted values. */
static bool skip_sd(struct iq_slice *s)
{
	if (iq_skip(s, IQ_LIT("-")))
		return true;
	if (!s->n || *s->p != '[')
		return false;
	bool quoted = false, inside = false;
	for (size_t i = 0; i < s->n; i++) {
		char c = s->p[i];
		if (quoted) {
			i += c == '\\';
			quoted = c != '"';
		} else if (!inside && c != '[') {
			*s = iq_from(*s, i);
			return true;
		} else {
			quoted = c == '"';
			inside = c != ']';
		}
	}
	*s = iq_from(*s, s->n);
	return !inside && !quoted;
}

static bool nil(struct iq_slice s)
{
	return iq_eq(s, IQ_LIT("-"));
}

/* A line without a tag: its first word, here a record of netconsole, became the
 * app-name, and the words behind it went where they stand. */
static void rejoin_app(struct iq_peeler *p, struct iq_slice app, struct iq_slice *s)
{
	struct iq_slice text = *s;
	iq_skip_blank(&text);
	iq_buf_reset(&p->rejoined);
	iq_buf_slice(&p->rejoined, app);
	iq_buf_char(&p->rejoined, ' ');
	iq_buf_slice(&p->rejoined, text);
	*s = iq_buf_as_slice(&p->rejoined);
}

/* PRI -1: not shown. */
static bool peel_5424(struct iq_peeler *p, struct iq_slice *s, int pri,
		      struct iq_peeled *r)
{
	struct iq_slice t = *s;
	struct iq_stamp st = { .us = IQ_NULL };
	if (t.n < 12 || !iq_is_digit(*t.p) || t.p[1] != ' ')
		return false;
	t = iq_from(t, 2);
	struct iq_slice stamp = iq_cut(&t, ' ');
	if (!nil(stamp) && iq_stamp_iso(stamp, &st) != stamp.n)
		return false;
	struct iq_slice host = iq_cut(&t, ' '), app = iq_cut(&t, ' ');
	struct iq_slice procid = iq_cut(&t, ' '), msgid = iq_cut(&t, ' ');
	if (!host.n || !app.n || !procid.n || !msgid.n || !skip_sd(&t))
		return false;
	iq_peel_set_dialect(r, IQ_DIA_RFC5424);
	if (pri >= 0)
		iq_peel_set_pri(r, (unsigned)pri);
	iq_peel_set_wall(r, st.us, st.kind);
	r->host = nil(host) ? IQ_SLICE_NULL : host;
	iq_skip(&t, IQ_LIT(" "));
	iq_skip(&t, IQ_LIT("\xef\xbb\xbf"));
	if (iq_starts_kernel(app) && iq_has(app, IQ_LIT(";"))) {
		rejoin_app(p, app, &t);
	} else if (!nil(app)) {
		r->ident = app;
		int64_t pid;
		if (iq_to_i64(procid, &pid))
			r->ident_pid = pid;
	}
	r->kernel = is_kernel_word(r->ident) || (pri >= 0 && pri < 8) ||
		    iq_starts_kernel(t);
	if (r->kernel && iq_starts_kernel(t))
		iq_skip_blank(&t);
	*s = t;
	return true;
}

bool iq_peel_syslog(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice t = *s;
	unsigned pri = 0;
	size_t n = t.n > 16 && *t.p == '<' ? iq_kernel_pri_at(t, &pri) : 0;
	if (t.n < 16 || (*t.p == '<' && !n))
		return false;
	t = iq_from(t, n);
	/* some write RFC 5424 to files without its priority: "1 2026-03-04T..." */
	bool bare = !n && iq_is_digit(*t.p) && t.p[1] == ' ' && iq_is_digit(t.p[2]);
	if ((n || bare) && peel_5424(p, &t, n ? (int)pri : -1, r)) {
		*s = t;
		return true;
	}
	if (!t.n)
		return false;
	bool got;
	if (iq_is_digit(*t.p) || *t.p == '*')
		got = peel_iso(p, &t, r) || peel_bsd(p, &t, r) ||	/* "9月 13 ..." */
		      peel_clock(p, &t, r) || iq_peel_logcat(&t, r);
	else
		got = peel_bsd(p, &t, r) || peel_logread(p, &t, r);
	if (!got)
		return false;
	if (n && r->level < 0)
		iq_peel_set_pri(r, pri);
	if (n && pri < 8)
		r->kernel = true;
	*s = t;
	return true;
}

/* --- the hot path --- */

static inline bool bsd_shape(const char *p)
{
	return p[3] == ' ' && p[6] == ' ' && p[9] == ':' && p[12] == ':' &&
	       (p[15] == ' ' || p[15] == '.') && iq_is_digit(p[14]) &&
	       (unsigned char)(p[0] - 'A') < 26 && (unsigned char)(p[1] - 'a') < 26;
}

static inline bool iso_shape(const char *p)
{
	return p[4] == '-' && p[7] == '-' && (p[10] == 'T' || p[10] == ' ') &&
	       p[13] == ':' && p[16] == ':' && iq_is_digit(p[0]) && iq_is_digit(p[18]);
}

/* End of a word that began at P: the blank, or END. */
static inline const char *word_end(const char *p, const char *end)
{
	while (p < end && *p != ' ')
		p++;
	return p;
}

bool iq_peel_syslog_tag(struct iq_slice line, struct iq_slice *ret_host,
			struct iq_slice *ret_tag)
{
	const char *p = line.p, *end = p + line.n;
	if (line.n < 24)
		return false;
	if (*p == '<') {
		unsigned pri;
		p += iq_kernel_pri_at(line, &pri);
		if (end - p < 20)
			return false;
	}
	if (bsd_shape(p)) {
		p = p[15] == ' ' ? p + 15 : word_end(p + 15, end);
	} else if (iso_shape(p)) {
		/* docker's stamps have more digits, dmesg's a comma, a hypervisor's a bar */
		const char *stamp = p;
		p = word_end(p + 19, end);
		if (p - stamp > 32 || stamp[19] == ',' || p[-1] == '|' ||
		    memchr(stamp + 19, ',', (size_t)(p - stamp) - 19) ||
		    (stamp[19] == '.' && p - stamp > 26 && iq_is_digit(stamp[26])))
			return false;
	} else {
		return false;
	}
	if (end - p < 4 || p[1] == ' ')
		return false;
	const char *host = ++p;
	p = word_end(p, end);
	if (p == end || *host == '[' || *host == '<')	/* the kernel's own header */
		return false;
	const char *tag = p + 1, *host_end = p;
	if (p[-1] == ':') {				/* no host: this is the tag */
		tag = host;
		host_end = host;
	}
	for (p = tag; p < end && tag_byte(*p); p++)
		;
	if (p == tag || p == end || (*p != ':' && *p != '['))
		return false;
	if (*p == '[' && (p + 1 >= end || !iq_is_digit(p[1])))
		return false;
	*ret_host = host_end > host ? iq_slice(host, (size_t)(host_end - host))
				    : IQ_SLICE_NULL;
	*ret_tag = iq_slice(tag, (size_t)(p - tag));
	return true;
}

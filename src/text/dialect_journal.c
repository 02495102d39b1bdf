/* text/dialect_journal.c - journalctl's own text forms.
 *
 * Follows systemd src/shared/logs-show.c: output_short() (monotonic, delta, unix,
 * full), output_verbose(), output_export().  The short and short-iso forms look like
 * syslog and are read there.
 */
#include "text/peeler.h"

#include "base/units.h"

/* Longest binary field that is skipped in good faith; a longer length is a lie. */
#define RAW_MAX (UINT64_C(1) << 30)

/* --- one line forms --- */

/* Weekday, date, clock, zone; the weekday in any language. */
static size_t full_stamp(struct iq_slice s, struct iq_stamp *st)
{
	size_t n = 0;
	while (n < s.n && n < 16 && s.p[n] != ' ' && !iq_is_digit(s.p[n]))
		n++;
	if (n < 2 || n >= s.n || s.p[n] != ' ')
		return 0;
	n++;
	size_t used = iq_stamp_iso(iq_from(s, n), st);
	if (!used || st->date_sep != ' ' || st->zone)
		return 0;
	n += used;
	if (n >= s.n || s.p[n] != ' ')
		return 0;
	used = iq_stamp_zone_word(iq_from(s, n + 1), st);
	return used ? n + 1 + used : 0;
}

bool iq_peel_short_full(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_stamp st;
	size_t n = full_stamp(*s, &st);
	if (!n || n >= s->n || s->p[n] != ' ')
		return false;
	struct iq_slice rest = iq_from(*s, n + 1);
	struct iq_peeled was = *r;
	iq_peel_set_dialect(r, IQ_DIA_SHORT_FULL);
	if (!iq_peel_host_tag(p, &rest, r, true)) {
		*r = was;
		return false;
	}
	iq_peel_set_wall(r, st.us, st.kind);
	*s = rest;
	return true;
}

bool iq_peel_short_unix(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice t = iq_ltrim(*s);
	size_t n = 0;
	int64_t us;
	if (!t.n || !iq_is_digit(*t.p) || !iq_kernel_seconds_at(t, &n, &us) || n < 16 ||
	    n >= t.n || t.p[n] != ' ')
		return false;
	t = iq_from(t, n + 1);
	struct iq_peeled was = *r;
	iq_peel_set_dialect(r, IQ_DIA_SHORT_UNIX);
	if (!iq_peel_host_tag(p, &t, r, true)) {
		*r = was;
		return false;
	}
	iq_peel_set_wall(r, us, IQ_WALL_UTC);
	*s = t;
	return true;
}

/* " <    1.000000 >]", or blanks and "]" on the first line: bytes used, 0 if none.
 * dmesg -d has no blank in front of its '>'. */
static size_t delta_tail(struct iq_slice s, int64_t *ret_us)
{
	size_t at = 0;
	*ret_us = IQ_NULL;
	while (at < s.n && s.p[at] == ' ')
		at++;
	if (at && at < s.n && s.p[at] == ']')
		return at + 1;
	if (at >= s.n || s.p[at] != '<')
		return 0;
	for (at++; at < s.n && (s.p[at] == ' ' || s.p[at] == '+' || s.p[at] == '-');)
		at++;
	if (!iq_kernel_seconds_at(s, &at, ret_us) || at + 2 >= s.n ||
	    (s.p[at] != ' ' && s.p[at] != '*') || s.p[at + 1] != '>' ||
	    s.p[at + 2] != ']')
		return 0;
	return at + 3;
}

/* "web1 kernel: " behind the time.  Any two words could be kernel text, so the tag
 * must be the kernel's or systemd's, or the host one that was seen with them. */
static bool mono_host_tag(struct iq_peeler *p, struct iq_slice *s, bool sure,
			  struct iq_peeled *r)
{
	struct iq_slice rest = *s, host = iq_cut(&rest, ' ');
	struct iq_peeled t = *r;
	if (host.n >= sizeof p->mono_host || !iq_is_host(host) || host.p[host.n - 1] == ':')
		return false;
	bool known = p->mono_host_n && iq_eq(host, iq_slice(p->mono_host, p->mono_host_n));
	bool telling = iq_starts(rest, IQ_LIT("kernel: ")) ||
		       iq_starts(rest, IQ_LIT("systemd["));
	if ((!sure && !known && !telling) || !iq_peel_tag(&rest, &t))
		return false;
	memcpy(p->mono_host, host.p, host.n);
	p->mono_host_n = host.n;
	*r = t;
	r->host = host;
	*s = rest;
	return true;
}

bool iq_peel_short_mono(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	size_t at = 1, tail = 1;
	int64_t us, delta = IQ_NULL;
	if (s->n < 16 || *s->p != '[')
		return false;
	while (at < s->n && s->p[at] == ' ')
		at++;
	if (!iq_kernel_seconds_at(*s, &at, &us) || at >= s->n)
		return false;
	if (s->p[at] != ']')
		tail = delta_tail(iq_from(*s, at), &delta);
	struct iq_slice rest = iq_from(*s, at + tail);
	if (!tail || !iq_skip(&rest, IQ_LIT(" ")) ||
	    !mono_host_tag(p, &rest, tail > 1, r))
		return false;
	iq_peel_set_dialect(r, tail > 1 ? IQ_DIA_SHORT_DELTA : IQ_DIA_SHORT_MONO);
	r->mono_us = us;
	r->delta_us = delta;
	*s = rest;
	return true;
}

/* --- entries of many lines --- */

static void begin(struct iq_peeler *p, enum iq_collect what, enum iq_dialect d)
{
	iq_fields_reset(&p->fields);
	p->fields.dialect = d;
	p->collect = what;
	p->raw_left = 0;
}

/* s=...;i=2;b=...;m=5b8d80;t=6053acf1a7480;x=...: the cursor */
static void read_cursor(struct iq_fields *f, struct iq_slice s)
{
	while (s.n) {
		struct iq_slice part = iq_cut(&s, ';');
		uint64_t v;
		if (iq_skip(&part, IQ_LIT("b="))) {
			iq_fields_set(f, IQ_FIELD_BOOT, part, IQ_FORM_STRING);
		} else if (iq_skip(&part, IQ_LIT("m="))) {
			if (iq_take_hex(&part, &v) && v <= INT64_MAX)
				f->mono_us = (int64_t)v;
		} else if (iq_skip(&part, IQ_LIT("t="))) {
			if (iq_take_hex(&part, &v) && v <= INT64_MAX) {
				f->wall_us = (int64_t)v;
				f->wall_kind = IQ_WALL_UTC;
			}
		}
	}
}

bool iq_verbose_start(struct iq_peeler *p, struct iq_slice line)
{
	struct iq_stamp st;
	if (line.n < 60 || line.p[line.n - 1] != ']')
		return false;
	size_t n = full_stamp(line, &st);
	struct iq_slice rest = iq_from(line, n);
	if (!n || !iq_skip(&rest, IQ_LIT(" [s=")) || !iq_has(rest, IQ_LIT(";b=")))
		return false;
	begin(p, IQ_COLLECT_VERBOSE, IQ_DIA_VERBOSE);
	p->fields.wall_us = st.us;
	p->fields.wall_kind = st.kind;
	read_cursor(&p->fields, iq_head(rest, rest.n - 1));
	return true;
}

/* "NAME" at the front: bytes, or 0 */
static size_t field_name(struct iq_slice s)
{
	size_t n = 0;
	while (n < s.n && n < 65 && ((s.p[n] >= 'A' && s.p[n] <= 'Z') || s.p[n] == '_' ||
				     iq_is_digit(s.p[n])))
		n++;
	return n > 64 || (n && iq_is_digit(*s.p)) ? 0 : n;
}

/* "NAME=value" */
static void export_field(struct iq_peeler *p, struct iq_slice line)
{
	size_t n = field_name(line);
	iq_fields_set(&p->fields, iq_field_named(iq_head(line, n)), iq_from(line, n + 1),
		      IQ_FORM_STRING);
}

bool iq_export_start(struct iq_peeler *p, struct iq_slice line)
{
	bool cursor = iq_starts(line, IQ_LIT("__CURSOR="));
	/* others than journalctl write the form without cursors */
	if (!cursor && !iq_starts(line, IQ_LIT("__REALTIME_TIMESTAMP=")))
		return false;
	begin(p, IQ_COLLECT_EXPORT, IQ_DIA_EXPORT);
	if (!cursor)
		export_field(p, line);
	return true;
}

/* A record ends in front of LINE, or with it. */
static bool finish_entry(struct iq_peeler *p, bool again, struct iq_peeled *r)
{
	p->collect = IQ_COLLECT_NONE;
	if (!p->fields.has_text) {
		/* an entry without a message; LINE, if it is another, is still to be read */
		if (!again)
			r->special = IQ_SPECIAL_NOISE;
		return !again;
	}
	p->fields.lines++;		/* LINE itself */
	iq_collect_emit(p, r);
	p->fields.has_text = false;
	r->again = again;
	return true;
}

static bool export_line(struct iq_peeler *p, struct iq_slice line, struct iq_peeled *r)
{
	if (!line.n)
		return finish_entry(p, false, r);
	size_t n = field_name(line);
	bool again = iq_starts(line, IQ_LIT("__CURSOR="));
	if (!n || (n < line.n && line.p[n] != '=') || again)
		return finish_entry(p, true, r);
	p->fields.lines++;
	enum iq_field id = iq_field_named(iq_head(line, n));
	r->special = IQ_SPECIAL_PENDING;
	if (n < line.n) {
		export_field(p, line);
		return true;
	}
	p->raw_left = 8;
	p->raw_head = 0;
	p->raw_size = 0;
	p->raw_field = id;
	iq_buf_reset(&p->part);
	return true;
}

static bool verbose_line(struct iq_peeler *p, struct iq_slice line, struct iq_peeled *r)
{
	struct iq_slice s = line;
	if (!iq_skip(&s, IQ_LIT("    ")))
		return finish_entry(p, true, r);
	p->fields.lines++;
	size_t n = field_name(s);
	r->special = IQ_SPECIAL_PENDING;
	if (n && n < s.n && s.p[n] == '=') {
		enum iq_field id = iq_field_named(iq_head(s, n));
		iq_fields_set(&p->fields, id, iq_from(s, n + 1), IQ_FORM_STRING);
		p->verbose_text = id == IQ_FIELD_TEXT;
	} else if (p->verbose_text && iq_starts(line, IQ_LIT("            ")) &&
		   p->fields.text.n < IQ_LINE_MAX_BYTES) {
		/* further lines of MESSAGE stand under its first byte */
		iq_buf_char(&p->fields.text, '\n');
		iq_buf_slice(&p->fields.text, iq_from(line, 12));
	}
	return true;
}

bool iq_collect_fields(struct iq_peeler *p, struct iq_slice line, struct iq_peeled *r)
{
	if (p->raw_left) {
		/* a reader that does not hand over raw bytes: the line is all there is */
		iq_peel_raw(p, line.p, line.n);
		iq_peel_raw(p, "\n", 1);
		r->special = IQ_SPECIAL_PENDING;
		return true;
	}
	return p->collect == IQ_COLLECT_EXPORT ? export_line(p, line, r)
					       : verbose_line(p, line, r);
}

/* The eight length bytes are there. */
static void raw_begins(struct iq_peeler *p)
{
	if (p->raw_size > RAW_MAX) {
		p->raw_left = 0;
		p->collect = IQ_COLLECT_NONE;
		return;
	}
	p->raw_left = (size_t)p->raw_size + 1;
}

static size_t raw_body(struct iq_peeler *p, const char *bytes, size_t n)
{
	size_t take = n < p->raw_left ? n : p->raw_left;
	size_t body = take < p->raw_left ? take : take - 1;	/* the newline goes */
	size_t room = p->part.n < IQ_LINE_MAX_BYTES ? IQ_LINE_MAX_BYTES - p->part.n : 0;
	if (p->raw_field != IQ_FIELD_NONE)
		iq_buf_add(&p->part, bytes, body < room ? body : room);
	p->raw_left -= take;
	if (!p->raw_left)
		iq_fields_set(&p->fields, p->raw_field, iq_buf_as_slice(&p->part),
			      IQ_FORM_STRING);
	return take;
}

void iq_peel_raw(struct iq_peeler *p, const char *bytes, size_t n)
{
	size_t i = 0;
	while (i < n && p->raw_left) {
		if (p->raw_head == 8) {
			i += raw_body(p, bytes + i, n - i);
			continue;
		}
		p->raw_size |= (uint64_t)(unsigned char)bytes[i++] << 8 * p->raw_head;
		p->raw_left--;
		if (++p->raw_head == 8)
			raw_begins(p);
	}
}

bool iq_peel_collecting(const struct iq_peeler *p, size_t *ret_raw_bytes)
{
	if (ret_raw_bytes)
		*ret_raw_bytes = p->collect == IQ_COLLECT_EXPORT ? p->raw_left : 0;
	return p->collect != IQ_COLLECT_NONE;
}

/* text/dialect_csv.c - rows of comma separated values: exports of log stores.
 *
 * With a first row that names columns (Splunk, Grafana, Kibana, Azure, CloudWatch,
 * Google) each row is a record with named fields, like an object of JSON.  Without one
 * the fields are put behind each other with blanks, which gives a line of syslog or of
 * the kernel as often as not.  Rows that span lines are not read.
 */
#include "text/peeler.h"

#include "base/units.h"

#define NAME_MAX_BYTES 64

/* --- rows without names --- */

/* One field, quoted or not, appended; false: no CSV. */
static bool csv_field(struct iq_slice *s, struct iq_buf *out)
{
	if (!iq_skip(s, IQ_LIT("\""))) {
		ptrdiff_t at = iq_find_char(*s, ',');
		size_t n = at < 0 ? s->n : (size_t)at;
		iq_buf_slice(out, iq_head(*s, n));
		*s = iq_from(*s, n);
		return true;
	}
	for (size_t i = 0; i < s->n; i++) {
		if (s->p[i] == '"') {
			if (i + 1 >= s->n || s->p[i + 1] != '"') {
				*s = iq_from(*s, i + 1);
				return true;
			}
			i++;
		}
		iq_buf_char(out, s->p[i]);
	}
	return false;
}

bool iq_peel_csv(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice t = *s;
	if (t.n < 4 || r->transport == IQ_DIA_CSV)
		return false;
	iq_buf_reset(&p->csv);
	for (;;) {
		if (!csv_field(&t, &p->csv))
			return false;
		if (!t.n)
			break;
		if (!iq_skip(&t, IQ_LIT(",")))
			return false;
		iq_buf_char(&p->csv, ' ');
	}
	struct iq_slice row = iq_buf_as_slice(&p->csv);
	/* further lines of a record have no header */
	if (!iq_has_header(row) && !p->csv_seen)
		return false;
	p->csv_seen = true;
	*s = row;
	return iq_peel_transported(r, IQ_DIA_CSV);
}

/* "2026-03-04T10:11:12Z,"[ 3000.500001] ..."", "1772619072000,...": exports of log stores */
bool iq_peel_csv_stamped(struct iq_peeler *p, struct iq_slice *s,
			 struct iq_peeled *r)
{
	struct iq_stamp st;
	struct iq_slice rest = *s;
	uint64_t epoch = 0;
	size_t n = iq_stamp_iso(*s, &st);
	if (n) {
		rest = iq_from(*s, n);
	} else {			/* seconds ... nanoseconds since 1970 */
		if (!iq_take_u64(&rest, &epoch) || rest.p - s->p < 10)
			return false;
		st.kind = 0;
		for (n = (size_t)(rest.p - s->p); n < 16; n += 3)
			epoch *= 1000;
		st.us = n > 18 ? (int64_t)(epoch / 1000) : (int64_t)epoch;
	}
	if (!iq_skip(&rest, IQ_LIT(",")) || !rest.n || !iq_peel_csv(p, &rest, r))
		return false;
	iq_peel_set_wall(r, st.us, st.kind);
	*s = rest;
	return true;
}

/* --- rows under names --- */

/* Names that only tables use; the others are those of fields.c.  Compared without case
 * and without what stands behind a blank ("TimeGenerated [UTC]"). */
static enum iq_field column_named(struct iq_slice name)
{
	static const struct { struct iq_slice name; enum iq_field id; } rows[] = {
		{ IQ_LIT("time"), IQ_FIELD_STAMP }, { IQ_LIT("date"), IQ_FIELD_STAMP },
		{ IQ_LIT("timestamp"), IQ_FIELD_STAMP }, { IQ_LIT("_time"), IQ_FIELD_STAMP },
		{ IQ_LIT("tsns"), IQ_FIELD_REALTIME }, { IQ_LIT("message"), IQ_FIELD_LOG },
		{ IQ_LIT("line"), IQ_FIELD_LOG }, { IQ_LIT("jsonpayload.message"), IQ_FIELD_LOG },
		{ IQ_LIT("textpayload"), IQ_FIELD_LOG }, { IQ_LIT("content"), IQ_FIELD_LOG },
		{ IQ_LIT("log"), IQ_FIELD_LOG }, { IQ_LIT("body"), IQ_FIELD_LOG },
		{ IQ_LIT("host.name"), IQ_FIELD_HOST }, { IQ_LIT("process.name"), IQ_FIELD_IDENT },
		{ IQ_LIT("hostname"), IQ_FIELD_HOST }, { IQ_LIT("host"), IQ_FIELD_HOST },
		{ IQ_LIT("program"), IQ_FIELD_IDENT }, { IQ_LIT("service"), IQ_FIELD_IDENT },
	};
	ptrdiff_t blank = iq_find_char(name, ' ');
	name = blank > 0 ? iq_head(name, (size_t)blank) : name;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (name.n == rows[i].name.n &&
		    strncasecmp(name.p, rows[i].name.p, name.n) == 0)
			return rows[i].id;
	enum iq_field id = iq_field_named(name);
	if (id == IQ_FIELD_TEXT || id == IQ_FIELD_MSG || id == IQ_FIELD_LINE)
		return IQ_FIELD_LOG;
	return id == IQ_FIELD_TIME ? IQ_FIELD_STAMP : id;
}

/* Calls for each field of a row; the number of them, 0: LINE is no row of CSV. */
static size_t fields_of(struct iq_peeler *p, struct iq_slice line,
			bool (*field)(struct iq_peeler *p, size_t i, struct iq_slice value))
{
	size_t n = 0;
	for (;; n++) {
		iq_buf_reset(&p->csv);
		if (n >= IQ_CSV_COLUMNS || !csv_field(&line, &p->csv) ||
		    !field(p, n, iq_buf_as_slice(&p->csv)))
			return 0;
		if (!line.n)
			return n + 1;
		if (!iq_skip(&line, IQ_LIT(",")))
			return 0;
	}
}

static bool is_name(struct iq_slice s)
{
	size_t letters = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		letters += (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
		if (c < ' ' || c == '=' || c == ';')
			return false;
	}
	return letters && s.n <= NAME_MAX_BYTES;
}

static bool take_name(struct iq_peeler *p, size_t i, struct iq_slice value)
{
	if (!is_name(value))
		return false;
	p->csv_column[i] = column_named(value);
	return true;
}

bool iq_csv_names(struct iq_peeler *p, struct iq_slice line)
{
	size_t n = 0, texts = 0, others = 0;
	iq_skip(&line, IQ_LIT("\xef\xbb\xbf"));
	if (line.n > 4096 || !memchr(line.p, ',', line.n))
		return false;
	n = fields_of(p, line, take_name);
	for (size_t i = 0; i < n; i++) {
		texts += p->csv_column[i] == IQ_FIELD_LOG;
		others += p->csv_column[i] != IQ_FIELD_LOG && p->csv_column[i] != IQ_FIELD_NONE;
	}
	p->csv_columns = texts && others ? n : 0;
	return p->csv_columns > 0;
}

/* "9/10/2026, 1:26:44.611 PM" */
static bool us_stamp(struct iq_slice s, int64_t *ret_us)
{
	struct iq_civil c = { 0 };
	uint64_t v[6] = { 0 };
	static const char seps[] = "//, ::";
	for (size_t i = 0, k = 0; i < 6; i++) {
		if (!iq_take_u64(&s, &v[i]) || v[i] > 9999)
			return false;
		for (size_t n = i == 2 ? 2 : i < 5; n; n--, k++) {
			if (!s.n || *s.p != seps[k])
				return false;
			s = iq_from(s, 1);
		}
	}
	bool pm = iq_ends(s, IQ_LIT("PM")), am = iq_ends(s, IQ_LIT("AM"));
	c = (struct iq_civil){ .month = (int)v[0], .day = (int)v[1], .year = (int)v[2],
			       .hour = (int)v[3], .minute = (int)v[4], .second = (int)v[5] };
	if (pm || am)
		c.hour = c.hour % 12 + (pm ? 12 : 0);
	if (!iq_civil_valid(&c))
		return false;
	*ret_us = iq_civil_to_us(&c);
	return true;
}

/* "Sep 10, 2026 @ 00:26:44.000" */
static bool kibana_stamp(struct iq_slice s, struct iq_stamp *st)
{
	char buf[32];
	ptrdiff_t at = iq_find(s, IQ_LIT(" @ "));
	if (at < 0 || s.n > sizeof buf)
		return false;
	memcpy(buf, s.p, s.n);
	buf[at + 1] = ' ';
	struct iq_slice t = iq_slice(buf, s.n);
	ptrdiff_t dot = iq_rfind(t, IQ_LIT("."));
	return iq_stamp_content(dot > at ? iq_head(t, (size_t)dot) : t, st);
}

static void set_stamp(struct iq_fields *f, struct iq_slice value)
{
	struct iq_stamp st;
	int64_t us;
	if (us_stamp(value, &us)) {
		f->wall_us = us;
		f->wall_kind = IQ_WALL_LOCAL;
	} else if (kibana_stamp(value, &st)) {
		f->wall_us = st.us;
		f->wall_kind = st.kind & ~IQ_WALL_COMPUTED;
	} else {
		iq_fields_set(f, IQ_FIELD_STAMP, value, IQ_FORM_STRING);
	}
}

static bool take_value(struct iq_peeler *p, size_t i, struct iq_slice value)
{
	struct iq_fields *f = &p->fields;
	if (i >= p->csv_columns)
		return false;
	if (!value.n)
		return true;
	if (p->csv_column[i] == IQ_FIELD_REALTIME) {	/* nanoseconds: the exact one */
		f->wall_us = IQ_NULL;
		iq_fields_set(f, IQ_FIELD_STAMP, value, IQ_FORM_STRING);
	} else if (p->csv_column[i] == IQ_FIELD_STAMP && f->wall_us == IQ_NULL) {
		set_stamp(f, value);
	} else {
		iq_fields_set(f, p->csv_column[i], value, IQ_FORM_STRING);
	}
	return true;
}

bool iq_csv_row(struct iq_peeler *p, struct iq_slice line, struct iq_peeled *r)
{
	iq_fields_reset(&p->fields);
	p->fields.dialect = IQ_DIA_CSV;
	if (fields_of(p, line, take_value) != p->csv_columns)
		return false;
	p->lead_wall_us = IQ_NULL;
	p->lead_kernel = false;
	if (!p->fields.has_text) {
		r->special = IQ_SPECIAL_NOISE;
		return true;
	}
	iq_collect_emit(p, r);
	p->fields.has_text = false;
	return true;
}

/* text/fields.c - see fields.h.  Names: systemd.journal-fields(7), dmesg(1) -J,
 * docker's json-file driver, Google Cloud Logging (textPayload), Alibaba SLS; rsyslog's
 * and syslog-ng's own (programname, PROGRAM), GELF (short_message), Elastic's schema
 * (host.name, process.name), Splunk (_raw, _time), Loki (line), fluent-bit's kmsg. */
#include "text/fields.h"

#include "base/units.h"
#include "text/peeler.h"

static const struct field_row {
	const char *name;
	enum iq_field id;
} rows[] = {
	{ "MESSAGE", IQ_FIELD_TEXT },
	{ "__REALTIME_TIMESTAMP", IQ_FIELD_REALTIME },
	{ "__MONOTONIC_TIMESTAMP", IQ_FIELD_MONO },
	{ "_SOURCE_MONOTONIC_TIMESTAMP", IQ_FIELD_SOURCE_MONO },
	{ "_HOSTNAME", IQ_FIELD_HOST },
	{ "SYSLOG_IDENTIFIER", IQ_FIELD_IDENT },
	{ "_COMM", IQ_FIELD_COMM },
	{ "SYSLOG_PID", IQ_FIELD_PID },
	{ "_PID", IQ_FIELD_PID },
	{ "PRIORITY", IQ_FIELD_LEVEL },
	{ "SYSLOG_FACILITY", IQ_FIELD_FACILITY },
	{ "_TRANSPORT", IQ_FIELD_TRANSPORT },
	{ "_BOOT_ID", IQ_FIELD_BOOT },
	{ "msg", IQ_FIELD_MSG },
	{ "pri", IQ_FIELD_PRI },
	{ "fac", IQ_FIELD_FAC },
	{ "caller", IQ_FIELD_CALLER },
	{ "time", IQ_FIELD_TIME },
	{ "_time", IQ_FIELD_TIME },
	{ "log", IQ_FIELD_LOG },
	{ "stream", IQ_FIELD_STREAM },
	{ "message", IQ_FIELD_LOG },
	{ "textPayload", IQ_FIELD_LOG },
	{ "content", IQ_FIELD_LOG },
	{ "_raw", IQ_FIELD_LOG },
	{ "@message", IQ_FIELD_LOG },
	{ "short_message", IQ_FIELD_LOG },
	{ "SyslogMessage", IQ_FIELD_LOG },
	{ "line", IQ_FIELD_LINE },
	{ "body", IQ_FIELD_LINE },
	{ "timestamp", IQ_FIELD_STAMP },
	{ "@timestamp", IQ_FIELD_STAMP },
	{ "timereported", IQ_FIELD_STAMP },
	{ "timegenerated", IQ_FIELD_STAMP },
	{ "date", IQ_FIELD_STAMP },
	{ "DATE", IQ_FIELD_STAMP },
	{ "ts", IQ_FIELD_STAMP },
	{ "__time__", IQ_FIELD_STAMP },
	{ "TimeGenerated", IQ_FIELD_STAMP },
	{ "hostname", IQ_FIELD_HOST },
	{ "host", IQ_FIELD_HOST },
	{ "HOST", IQ_FIELD_HOST },
	{ "Computer", IQ_FIELD_HOST },
	{ "nodename", IQ_FIELD_HOST },
	{ "__tag__:__hostname__", IQ_FIELD_HOST },
	{ "ident", IQ_FIELD_IDENT },
	{ "programname", IQ_FIELD_IDENT },
	{ "syslogtag", IQ_FIELD_IDENT },
	{ "app-name", IQ_FIELD_IDENT },
	{ "appname", IQ_FIELD_IDENT },
	{ "identifier", IQ_FIELD_IDENT },
	{ "_application_name", IQ_FIELD_IDENT },
	{ "PROGRAM", IQ_FIELD_IDENT },
	{ "ProcessName", IQ_FIELD_IDENT },
	{ "process", IQ_FIELD_IDENT },
	{ "name", IQ_FIELD_NAME },
	{ "severity", IQ_FIELD_SEVERITY },
	{ "syslogseverity", IQ_FIELD_SEVERITY },
	{ "SeverityLevel", IQ_FIELD_SEVERITY },
	{ "level", IQ_FIELD_LEVEL },
	{ "priority", IQ_FIELD_SEVERITY },
	{ "sequence", IQ_FIELD_SEQ },
	{ "sec", IQ_FIELD_SEC },
	{ "usec", IQ_FIELD_USEC },
};

enum iq_field iq_field_named(struct iq_slice name)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (iq_eq(name, iq_slice_z(rows[i].name)))
			return rows[i].id;
	return IQ_FIELD_NONE;
}

void iq_fields_reset(struct iq_fields *f)
{
	struct iq_buf text = f->text;
	iq_buf_reset(&text);
	*f = (struct iq_fields){
		.text = text, .wall_us = IQ_NULL, .mono_us = IQ_NULL, .pid = IQ_NULL,
		.caller = IQ_NULL, .level = -1, .facility = -1, .transport = -1,
		.seq = IQ_NULL, .sec = IQ_NULL, .usec = IQ_NULL,
	};
}

void iq_fields_init(struct iq_fields *f)
{
	iq_buf_init(&f->text);
	iq_fields_reset(f);
}

void iq_fields_fini(struct iq_fields *f)
{
	iq_buf_fini(&f->text);
}

static void set_text(struct iq_fields *f, enum iq_field id, struct iq_slice value,
		     enum iq_field_form form)
{
	if (f->has_text && !f->text_null &&
	    (f->text_kind != IQ_FIELD_LINE || id == IQ_FIELD_LINE))
		return;
	if (id == IQ_FIELD_LINE && form != IQ_FORM_STRING)
		return;
	f->has_text = true;
	f->text_null = form == IQ_FORM_NULL;
	f->text_kind = id;
	f->text_line = f->lines;
	if (id == IQ_FIELD_MSG && f->dialect == IQ_DIA_BARE)
		f->dialect = IQ_DIA_DMESG_JSON;
	iq_buf_reset(&f->text);
	iq_buf_slice(&f->text, iq_head(value, IQ_LINE_MAX_BYTES));
}

static void set_small(char *to, size_t room, size_t *ret_n, struct iq_slice value)
{
	if (*ret_n)
		return;
	*ret_n = value.n < room ? value.n : room;
	if (*ret_n)
		memcpy(to, value.p, *ret_n);
}

/* Seconds with a fraction into microseconds. */
static bool to_us(struct iq_slice s, int64_t *ret)
{
	uint64_t whole;
	s = iq_trim(s);
	if (!iq_take_u64(&s, &whole) || whole > INT64_MAX / 4 / IQ_USEC)
		return false;
	int64_t us = 0, unit = IQ_USEC / 10;
	if (iq_skip(&s, IQ_LIT(".")))
		for (; s.n && iq_is_digit(*s.p); s = iq_from(s, 1), unit /= 10)
			us += unit * (*s.p - '0');
	if (s.n)
		return false;
	*ret = (int64_t)whole * IQ_USEC + us;
	return true;
}

/* Seconds since 1970, or their thousandth, millionth, billionth part: by their size. */
static bool epoch_us(struct iq_slice s, int64_t *ret)
{
	uint64_t whole;
	struct iq_slice rest = s;
	if (!iq_take_u64(&rest, &whole) || whole < 300000000)
		return false;
	if (whole < UINT64_C(1) << 33)
		return to_us(s, ret);
	if (whole < UINT64_C(1) << 43)
		*ret = (int64_t)whole * 1000;
	else if (whole < UINT64_C(1) << 53)
		*ret = (int64_t)whole;
	else if (whole < UINT64_C(1) << 63)
		*ret = (int64_t)(whole / 1000);
	else
		return false;
	return !rest.n || *rest.p == '.';
}

static void set_stamp(struct iq_fields *f, struct iq_slice value)
{
	struct iq_stamp st = { .us = IQ_NULL, .kind = IQ_WALL_UTC };
	if (f->wall_us != IQ_NULL)
		return;
	size_t n = iq_stamp_iso(value, &st);
	if (!n && !iq_stamp_bsd(value, &st) && !epoch_us(value, &st.us))
		return;
	/* Splunk: "2026-03-04 10:11:12.345 UTC" */
	if (n && !st.zone && n + 1 < value.n && value.p[n] == ' ')
		iq_stamp_zone_word(iq_from(value, n + 1), &st);
	if (st.us == IQ_NULL)
		return;
	f->wall_us = st.us;
	f->wall_kind = st.kind;
}

static void set_time(struct iq_fields *f, struct iq_slice value, enum iq_field_form form)
{
	int64_t us;
	if (form == IQ_FORM_STRING || epoch_us(iq_trim(value), &us))
		set_stamp(f, iq_trim(value));
	else if (f->mono_us == IQ_NULL && to_us(value, &us))
		f->mono_us = us;
}

static void set_mono(struct iq_fields *f, bool source, int64_t us)
{
	if (us < 0 || (f->source_mono && !source))
		return;
	f->source_mono = source;
	f->mono_us = us;
}

static void set_pri(struct iq_fields *f, struct iq_slice value, enum iq_field_form form)
{
	int64_t v;
	if (form == IQ_FORM_STRING) {
		f->level = iq_level_named(value);
	} else if (iq_to_i64(value, &v) && v >= 0 && v < 1024) {
		f->level = (int)(v & 7);
		f->facility = (int)(v >> 3);
	}
}

static void set_caller(struct iq_fields *f, struct iq_slice value)
{
	uint64_t id;
	if (value.n < 2 || (*value.p != 'T' && *value.p != 'C'))
		return;
	struct iq_slice digits = iq_from(value, 1);
	if (!iq_take_u64(&digits, &id) || id > UINT32_MAX)
		return;
	f->caller_kind = *value.p;
	f->caller = (int64_t)id;
}

static void set_number(struct iq_fields *f, enum iq_field id, int64_t v)
{
	switch (id) {
	case IQ_FIELD_REALTIME:
		if (f->wall_us == IQ_NULL && v >= 0) {
			f->wall_us = v;
			f->wall_kind = IQ_WALL_UTC;
		}
		break;
	case IQ_FIELD_MONO:
	case IQ_FIELD_SOURCE_MONO:
		set_mono(f, id == IQ_FIELD_SOURCE_MONO, v);
		break;
	case IQ_FIELD_PID:
		if (f->pid == IQ_NULL && v >= 0)
			f->pid = v;
		break;
	case IQ_FIELD_LEVEL:
	case IQ_FIELD_SEVERITY:
		if (v >= 0 && v <= 7)
			f->level = (int)v;
		break;
	case IQ_FIELD_FACILITY:
		if (v >= 0 && v < 128)
			f->facility = (int)v;
		break;
	case IQ_FIELD_SEQ: f->seq = v < 0 ? IQ_NULL : v; break;
	case IQ_FIELD_SEC: f->sec = v < 0 || v > UINT32_MAX ? IQ_NULL : v; break;
	case IQ_FIELD_USEC: f->usec = v < 0 || v >= IQ_USEC ? IQ_NULL : v; break;
	default:
		break;
	}
}

static void set_ident(struct iq_fields *f, bool comm, struct iq_slice value)
{
	if (f->ident_is_comm && !comm)
		f->ident_n = 0;
	if (value.n && value.p[value.n - 1] == ':')	/* rsyslog's syslogtag */
		value.n--;
	if (!f->ident_n)
		f->ident_is_comm = comm;
	set_small(f->ident, sizeof f->ident, &f->ident_n, value);
}

void iq_fields_set(struct iq_fields *f, enum iq_field id, struct iq_slice value,
		   enum iq_field_form form)
{
	int64_t v;
	if (id >= IQ_FIELD_TEXT && id <= IQ_FIELD_LINE) {
		set_text(f, id, value, form);
		return;
	}
	if (form == IQ_FORM_NULL)
		return;
	switch (id) {
	case IQ_FIELD_TIME: set_time(f, value, form); break;
	case IQ_FIELD_STAMP: set_stamp(f, value); break;
	case IQ_FIELD_HOST: set_small(f->host, sizeof f->host, &f->host_n, value); break;
	case IQ_FIELD_IDENT: set_ident(f, false, value); break;
	case IQ_FIELD_COMM: set_ident(f, true, value); break;
	case IQ_FIELD_PRI: set_pri(f, value, form); break;
	case IQ_FIELD_FAC: f->facility = iq_facility_named(value); break;
	case IQ_FIELD_CALLER: set_caller(f, value); break;
	case IQ_FIELD_TRANSPORT: f->transport = iq_eq(value, IQ_LIT("kernel")); break;
	case IQ_FIELD_BOOT: set_small(f->boot, sizeof f->boot, &f->boot_n, value); break;
	case IQ_FIELD_STREAM: f->stream = true; break;
	default:
		if (id == IQ_FIELD_SEVERITY && form == IQ_FORM_STRING && f->level < 0)
			f->level = iq_level_named(value);
		if (iq_to_i64(value, &v))
			set_number(f, id, v);
	}
}

static struct iq_slice shown(const char *p, size_t n)
{
	return n ? iq_slice(p, n) : IQ_SLICE_NULL;
}

void iq_fields_fill(const struct iq_fields *f, struct iq_peeled *r)
{
	r->host = shown(f->host, f->host_n);
	r->ident = shown(f->ident, f->ident_n);
	r->boot_id = f->boot_n == 32 ? iq_slice(f->boot, 32) : IQ_SLICE_NULL;
	iq_peel_set_wall(r, f->wall_us, f->wall_kind);
	r->mono_us = f->mono_us;
	if (f->seq != IQ_NULL && f->sec != IQ_NULL && f->usec != IQ_NULL) {
		r->seq = f->seq;		/* a collector that reads /dev/kmsg */
		r->mono_us = f->sec * IQ_USEC + f->usec;
	}
	r->ident_pid = f->pid;
	r->level = f->level;
	r->facility = f->facility;
	r->caller_kind = f->caller_kind;
	r->caller = f->caller;
	if (f->transport >= 0)
		r->kernel = f->transport == 1;
	else if (f->ident_n)
		r->kernel = iq_eq(r->ident, IQ_LIT("kernel"));
	r->back = f->lines > f->text_line ? f->lines - f->text_line : 0;
}

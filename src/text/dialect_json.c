/* text/dialect_json.c - lines of JSON: journalctl -o json and its kin, dmesg -J,
 * docker's json-file, exports of clouds; fluentd's and fluent-bit's "time tag: {...}".
 */
#include "text/peeler.h"

#include "text/paste.h"

/* docker cuts a line without newline into pieces of 16 KiB */
#define DOCKER_PIECE 16384

/* --- collectors that put time and tag in front --- */

struct collector {
	int64_t wall_us;
	int wall_kind;
	bool kernel;			/* by the tag */
};

/* "kernel.oom", "kmsg.0", "host.kern" */
static bool kernel_tag(struct iq_slice tag)
{
	while (tag.n) {
		struct iq_slice word = iq_cut(&tag, '.');
		if (iq_eq(word, IQ_LIT("kernel")) || iq_eq(word, IQ_LIT("kmsg")) ||
		    iq_eq(word, IQ_LIT("kern")))
			return true;
	}
	return false;
}

/* fluentd, to its log: "2026-03-04 10:11:12.000000000 +0000 TAG: {"; to a file:
 * "2026-03-04T10:11:12+00:00\tTAG\t{".  *ret_at: of the brace. */
static bool fluentd(struct iq_slice line, struct collector *c, size_t *ret_at)
{
	struct iq_stamp st;
	size_t n = iq_stamp_iso(line, &st);
	struct iq_slice s = iq_from(line, n);
	bool tabs = iq_skip(&s, IQ_LIT("\t"));
	if (!n || (!tabs && !iq_skip(&s, IQ_LIT(" "))))
		return false;
	if (!tabs && !st.zone && s.n && (*s.p == '+' || *s.p == '-')) {
		n = iq_stamp_zone_word(s, &st);
		s = iq_from(s, n);
		if (!n || !iq_skip(&s, IQ_LIT(" ")))
			return false;
	}
	size_t tag = 0;
	while (tag < s.n && tag < 128 && (unsigned char)s.p[tag] > ' ' && s.p[tag] != '{')
		tag++;
	struct iq_slice rest = iq_from(s, tag);
	if (tabs ? !iq_skip(&rest, IQ_LIT("\t{")) : !iq_skip(&rest, IQ_LIT(" {")))
		return false;
	if (!tag || (!tabs && s.p[tag - 1] != ':'))
		return false;
	*c = (struct collector){ st.us, st.kind, kernel_tag(iq_head(s, tag - !tabs)) };
	*ret_at = (size_t)(rest.p - line.p) - 1;
	return true;
}

/* fluent-bit, to its standard output: "[0] TAG: [1789000004.611791000, {", since 2.1
 * "[0] TAG: [[1789000004.611791000, {}], {" */
static bool fluent_bit(struct iq_slice line, struct collector *c, size_t *ret_at)
{
	struct iq_slice s = line;
	uint64_t n, sec, frac = 0;
	if (!iq_skip(&s, IQ_LIT("[")) || !iq_take_u64(&s, &n) || !iq_skip(&s, IQ_LIT("] ")))
		return false;
	ptrdiff_t end = iq_find(iq_head(s, 160), IQ_LIT(": ["));
	if (end <= 0)
		return false;
	struct iq_slice tag = iq_head(s, (size_t)end);
	s = iq_from(s, (size_t)end + 3);
	bool nested = iq_skip(&s, IQ_LIT("["));
	if (!iq_take_u64(&s, &sec) || sec >= UINT64_C(1) << 33 || !iq_skip(&s, IQ_LIT(".")))
		return false;
	size_t before = s.n;
	if (!iq_take_u64(&s, &frac) || before - s.n != 9 || !iq_skip(&s, IQ_LIT(", ")))
		return false;
	if (nested) {
		ptrdiff_t close = iq_find(iq_head(s, 512), IQ_LIT("}], "));
		if (close < 0)
			return false;
		s = iq_from(s, (size_t)close + 4);
	}
	if (!s.n || *s.p != '{')
		return false;
	*c = (struct collector){ (int64_t)(sec * 1000000 + frac / 1000), IQ_WALL_UTC,
				 kernel_tag(tag) };
	*ret_at = (size_t)(s.p - line.p);
	return true;
}

static bool collector_lead(struct iq_slice line, struct collector *c, size_t *ret_at)
{
	if (line.n < 32)
		return false;
	return iq_is_digit(*line.p) ? line.p[4] == '-' && fluentd(line, c, ret_at)
				    : *line.p == '[' && iq_is_digit(line.p[1]) &&
				      fluent_bit(line, c, ret_at);
}

/* --- objects --- */

/* Offset of the bracket, behind what json-seq and json-sse put in front. */
static size_t lead(struct iq_slice line)
{
	struct iq_slice s = line;
	struct collector c;
	size_t at;
	if (collector_lead(line, &c, &at))
		return at;
	iq_skip_blank(&s);
	iq_skip(&s, IQ_LIT("\x1e"));
	iq_skip(&s, IQ_LIT("data: "));
	iq_skip_blank(&s);
	return (size_t)(s.p - line.p);
}

bool iq_json_starts(struct iq_slice line)
{
	if (!line.n || !(iq_is_digit(*line.p) ? line.p[line.n - 1] == '}' :
			 *line.p && strchr("{[ \t\x1e" "d", *line.p)))
		return false;
	struct iq_slice s = iq_from(line, lead(line));
	if (!s.n || (*s.p != '{' && *s.p != '['))
		return false;
	char open = *s.p;
	s = iq_ltrim(iq_from(s, 1));
	if (!s.n)
		return open == '{';
	return *s.p == (open == '{' ? '"' : '{');
}

/* Does the rest of the line hold a further object, or pair? */
static bool more_objects(struct iq_slice rest)
{
	return rest.n && (memchr(rest.p, '{', rest.n) || iq_has(rest, IQ_LIT("[\"")));
}

static void stop(struct iq_peeler *p)
{
	p->collect = IQ_COLLECT_NONE;
	p->json_at = 0;
}

static bool emit(struct iq_peeler *p, struct iq_slice line, size_t at,
		 struct iq_peeled *r)
{
	iq_collect_emit(p, r);
	p->fields.has_text = false;
	bool done = p->json.state == IQ_JSON_DONE;
	if (more_objects(iq_from(line, at))) {
		p->json_at = at;
		r->again = true;
		return true;
	}
	p->json_at = 0;
	if (!done && iq_json_read(&p->json, line, &at, &p->fields) == IQ_JSON_END)
		done = true;
	if (done)
		p->collect = p->collect == IQ_COLLECT_JSON ? IQ_COLLECT_NONE : p->collect;
	return true;
}

/* No JSON after all: what was whole enough goes out, and a line that came behind it is
 * read again as something else.  OWN: some of the line belongs to that record. */
static bool give_up(struct iq_peeler *p, bool own, bool middle, struct iq_peeled *r)
{
	bool had = p->fields.has_text;
	stop(p);
	if (had) {
		iq_collect_emit(p, r);
		p->fields.has_text = false;
		r->again = !own;
		return true;
	}
	if (middle)
		r->special = IQ_SPECIAL_NOISE;
	return middle;
}

static void remember_lead(struct iq_peeler *p, struct iq_slice line)
{
	struct collector c;
	size_t at;
	bool has = collector_lead(line, &c, &at);
	p->lead_wall_us = has ? c.wall_us : IQ_NULL;
	p->lead_wall_kind = has ? c.wall_kind : 0;
	p->lead_kernel = has && c.kernel;
}

bool iq_collect_json(struct iq_peeler *p, struct iq_slice line, struct iq_peeled *r)
{
	size_t at = p->json_at;
	bool middle = at > 0, began = p->collect != IQ_COLLECT_JSON;
	if (began) {
		iq_json_reader_reset(&p->json);
		iq_fields_reset(&p->fields);
		p->collect = IQ_COLLECT_JSON;
		at = lead(line);
		remember_lead(p, line);
	}
	if (middle && p->json.state == IQ_JSON_DONE) {
		/* objects behind each other on one line */
		iq_json_reader_reset(&p->json);
		while (at < line.n && line.p[at] != '{')
			at++;
	}
	p->fields.lines += !middle;
	switch (iq_json_read(&p->json, line, &at, &p->fields)) {
	case IQ_JSON_RECORD:
		return emit(p, line, at, r);
	case IQ_JSON_END:
		if (p->json.state == IQ_JSON_DONE)
			stop(p);
		r->special = IQ_SPECIAL_NOISE;
		return true;
	case IQ_JSON_MORE:
		p->json_at = 0;
		r->special = IQ_SPECIAL_PENDING;
		return true;
	default:
		return give_up(p, middle || began, middle, r);
	}
}

/* dmesg 2.38 and 2.39 with -S put the rest of the buffer into each msg: a header
 * begins it. */
static struct iq_slice cut_rest_of_buffer(struct iq_slice s)
{
	struct iq_slice t = s;
	for (;;) {
		ptrdiff_t at = iq_find(t, IQ_LIT("\n<"));
		unsigned pri;
		if (at < 0)
			return s;
		t = iq_from(t, (size_t)at + 1);
		if (iq_kernel_pri_at(t, &pri))
			return iq_head(s, (size_t)(t.p - s.p) - 1);
	}
}

static enum iq_dialect json_dialect(const struct iq_fields *f)
{
	if (f->text_kind == IQ_FIELD_TEXT)
		return IQ_DIA_JSON;
	if (f->stream && f->text_kind == IQ_FIELD_LOG)
		return IQ_DIA_DOCKER_JSON;
	if (f->text_kind == IQ_FIELD_MSG && f->seq == IQ_NULL && !f->ident_n && !f->host_n &&
	    (f->level >= 0 || f->mono_us != IQ_NULL))
		return IQ_DIA_DMESG_JSON;
	return IQ_DIA_OTHER_JSON;
}

/* Text of a container or a cloud: may have headers of its own. */
static void emit_log(struct iq_peeler *p, enum iq_dialect d, struct iq_slice text,
		     struct iq_peeled *r)
{
	bool whole = text.n && text.p[text.n - 1] == '\n';
	text.n -= whole;
	r->transport = d;
	r->has_header = true;
	if (d == IQ_DIA_DOCKER_JSON)
		iq_part_add(p, d, whole || text.n < DOCKER_PIECE - 64, &text, r);
	if (r->special == IQ_SPECIAL_NONE)
		iq_peel_layers(p, text, r);
}

void iq_collect_emit(struct iq_peeler *p, struct iq_peeled *r)
{
	struct iq_fields *f = &p->fields;
	struct iq_slice text = iq_buf_as_slice(&f->text);
	bool fixed = f->dialect == IQ_DIA_EXPORT || f->dialect == IQ_DIA_VERBOSE ||
		     f->dialect == IQ_DIA_CSV;
	enum iq_dialect d = fixed ? f->dialect : json_dialect(f);
	iq_fields_fill(f, r);
	bool json = d != IQ_DIA_EXPORT && d != IQ_DIA_VERBOSE;
	if (json)
		iq_peel_set_wall(r, p->lead_wall_us, p->lead_wall_kind);
	if (json && !r->ident.p && (r->seq >= 0 || p->lead_kernel))
		r->ident = IQ_LIT("kernel");
	/* rsyslog's %msg% keeps the blank in front */
	struct iq_slice inner = d == IQ_DIA_OTHER_JSON ? iq_ltrim(text) : text;
	/* a collector's "msg" may carry a line with its own header */
	bool carried = d == IQ_DIA_OTHER_JSON && iq_looks_headed(inner);
	if (f->text_kind == IQ_FIELD_LOG || f->text_kind == IQ_FIELD_LINE || carried) {
		emit_log(p, d, carried ? inner : text, r);
		return;
	}
	if (d == IQ_DIA_OTHER_JSON)
		r->kernel = iq_eq(r->ident, IQ_LIT("kernel"));
	iq_peel_set_dialect(r, d);
	if (f->text_null) {
		r->special = IQ_SPECIAL_NO_TEXT;
		r->text = iq_slice("", 0);
		return;
	}
	if (d == IQ_DIA_DMESG_JSON)
		text = cut_rest_of_buffer(text);
	iq_peel_rest(p, text, r);
}

/* text/dialect_json.c - lines of JSON: journalctl -o json and its kin, dmesg -J,
 * docker's json-file, exports of clouds.
 */
#include "text/peeler.h"

#include "text/paste.h"

/* docker cuts a line without newline into pieces of 16 KiB */
#define DOCKER_PIECE 16384

/* Offset of the bracket, behind what json-seq and json-sse put in front. */
static size_t lead(struct iq_slice line)
{
	struct iq_slice s = line;
	iq_skip_blank(&s);
	iq_skip(&s, IQ_LIT("\x1e"));
	iq_skip(&s, IQ_LIT("data: "));
	iq_skip_blank(&s);
	return (size_t)(s.p - line.p);
}

bool iq_json_starts(struct iq_slice line)
{
	if (!line.n || !strchr("{[ \t\x1e" "d", *line.p))
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

/* Does the rest of the line hold a further object? */
static bool more_objects(struct iq_slice rest)
{
	return rest.n && memchr(rest.p, '{', rest.n);
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

bool iq_collect_json(struct iq_peeler *p, struct iq_slice line, struct iq_peeled *r)
{
	size_t at = p->json_at;
	bool middle = at > 0, began = p->collect != IQ_COLLECT_JSON;
	if (began) {
		iq_json_reader_reset(&p->json);
		iq_fields_reset(&p->fields);
		p->collect = IQ_COLLECT_JSON;
		at = lead(line);
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
	if (f->text_kind == IQ_FIELD_MSG && (f->level >= 0 || f->mono_us != IQ_NULL))
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
	enum iq_dialect d = f->dialect == IQ_DIA_EXPORT || f->dialect == IQ_DIA_VERBOSE
		? f->dialect : json_dialect(f);
	iq_fields_fill(f, r);
	/* a collector's "msg" may carry a line with its own header */
	bool carried = d == IQ_DIA_OTHER_JSON && iq_looks_headed(text);
	if (f->text_kind == IQ_FIELD_LOG || carried) {
		emit_log(p, d, text, r);
		return;
	}
	if (d == IQ_DIA_OTHER_JSON)
		r->kernel = false;
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

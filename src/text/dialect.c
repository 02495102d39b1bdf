/* text/dialect.c - see dialect.h: the order in which layers are peeled. */
#include "text/dialect.h"

#include <stdlib.h>

#include "text/peeler.h"

/* Transports and syslog relays inside each other. */
#define LAYERS_MAX 6

const char *iq_dialect_name(enum iq_dialect d)
{
	static const char *const names[] = {
#define NAME(name, text) [IQ_DIA_##name] = text,
		IQ_DIALECTS(NAME)
#undef NAME
	};
	return (unsigned)d < IQ_DIA_MAX ? names[d] : "unknown";
}

struct iq_peeler *iq_peeler_new(void)
{
	struct iq_peeler *p = calloc(1, sizeof *p);
	if (!p)
		return NULL;
	iq_fields_init(&p->fields);
	iq_json_reader_init(&p->json);
	p->minute_us = IQ_NULL;
	return p;
}

void iq_peeler_free(struct iq_peeler *p)
{
	if (!p)
		return;
	iq_buf_fini(&p->unescaped);
	iq_buf_fini(&p->csv);
	iq_buf_fini(&p->rejoined);
	iq_buf_fini(&p->part);
	iq_buf_fini(&p->frag_text);
	iq_fields_fini(&p->fields);
	iq_json_reader_fini(&p->json);
	free(p);
}

void iq_peeled_init(struct iq_peeled *r)
{
	*r = (struct iq_peeled){
		.ident_pid = IQ_NULL, .wall_us = IQ_NULL, .mono_us = IQ_NULL,
		.delta_us = IQ_NULL, .level = -1, .facility = -1, .caller = IQ_NULL,
		.kernel = true, .seq = -1,
	};
}

/* --- headers --- */

/* The header at the front of *s, by its first byte. */
static bool peel_header(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	if (s->n < 3)
		return false;
	char c = *s->p;
	if (c == '[')
		return iq_peel_short_mono(p, s, r) || iq_peel_kernel(p, s, r);
	if (c == '<')
		return iq_peel_syslog(p, s, r) || iq_peel_kernel(p, s, r);
	if (iq_is_digit(c) || c == '*')
		return iq_peel_syslog(p, s, r) || iq_peel_kmsg(p, s, r) ||
		       iq_peel_kernel(p, s, r) || iq_peel_short_unix(p, s, r) ||
		       iq_peel_talos(s, r);
	if (c == ' ')
		return s->n > 20 && iq_is_digit(s->p[1]) &&
		       (iq_peel_syslog(p, s, r) || iq_peel_short_unix(p, s, r));
	if (c >= 'a' && c <= 'z')			/* dmesg -x; months in small letters */
		return iq_peel_talos(s, r) || iq_peel_kernel(p, s, r) ||
		       iq_peel_syslog(p, s, r) || iq_peel_short_full(p, s, r);
	if (s->p[1] == '/' && iq_peel_logcat_brief(s, r))
		return true;
	if ((c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80)
		return iq_peel_syslog(p, s, r) || iq_peel_short_full(p, s, r);
	return false;
}

/* A line that lost its stamp: "kernel: text", "web1 kernel: [    1.2] text" */
static bool peel_tag_alone(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice rest = *s, host = IQ_SLICE_NULL;
	int64_t us;
	if (!iq_starts(rest, IQ_LIT("kernel: "))) {
		host = iq_cut(&rest, ' ');
		struct iq_slice t = rest;
		if (!host.n || host.n > 255 || !iq_skip(&t, IQ_LIT("kernel: ")) ||
		    !iq_kernel_time_at(t, &us))
			return false;
	}
	if (!iq_peel_tag(&rest, r))
		return false;
	r->host = host;
	r->has_header = true;
	*s = rest;
	return true;
}

/* User space writes into the kernel's buffer too: "systemd[1]: text" with a facility
 * of its own, or without any level shown. */
static void user_record(struct iq_slice *s, struct iq_peeled *r)
{
	if (r->ident.p)
		return;
	struct iq_slice rest = *s;
	/* what PID 1 of Talos says, "[talos] text" */
	if (r->has_header && iq_skip(&rest, IQ_LIT("[talos] "))) {
		r->kernel = false;
		r->ident = IQ_LIT("talos");
		*s = rest;
		return;
	}
	if (r->facility > 0) {
		r->kernel = false;
		iq_peel_tag(s, r);
		r->kernel = false;
		return;
	}
	if (r->facility < 0 && r->has_header && iq_starts(*s, IQ_LIT("systemd"))) {
		struct iq_slice t = *s;
		struct iq_peeled tag = *r;
		if (iq_peel_tag(&t, &tag) && tag.ident_pid != IQ_NULL) {
			tag.kernel = false;
			*r = tag;
			*s = t;
		}
	}
}

/* --- escapes --- */

static bool is_syslog(enum iq_dialect d)
{
	return d >= IQ_DIA_SHORT && d <= IQ_DIA_SHORT_UNIX ? d <= IQ_DIA_SHORT_ISO_PRECISE
		: d >= IQ_DIA_RFC3164 && d <= IQ_DIA_BUSYBOX;
}

static void unescape(struct iq_peeler *p, struct iq_peeled *r)
{
	bool done = false;
	if (!r->text.n)
		return;
	if (r->seq >= 0)
		done = iq_unescape_hex(&p->unescaped, r->text);
	else if (is_syslog(r->dialect))
		done = iq_unescape_syslog(&p->unescaped, r->text, r->kernel);
	if (done)
		r->text = iq_buf_as_slice(&p->unescaped);
}

/* --- the order --- */

static bool points_into(struct iq_slice s, const char *p)
{
	return (uintptr_t)p >= (uintptr_t)s.p && (uintptr_t)p <= (uintptr_t)(s.p + s.n);
}

void iq_peel_rest(struct iq_peeler *p, struct iq_slice s, struct iq_peeled *r)
{
	struct iq_slice line = p->header_from.p ? p->header_from : s;
	p->header_from = IQ_SLICE_NULL;
	if (r->kernel && s.n) {
		struct iq_slice t = s;
		iq_peel_kernel(p, &t, r);
		iq_peel_kmsg(p, &t, r);
		s = t;
	}
	if (r->special == IQ_SPECIAL_NONE) {
		user_record(&s, r);
		iq_peel_inside(p, &s, r);
	}
	r->text = s;
	if (points_into(line, s.p))
		r->header_width = (uint32_t)(s.p - line.p);
	unescape(p, r);
}

void iq_peel_layers(struct iq_peeler *p, struct iq_slice s, struct iq_peeled *r)
{
	bool prefixed = false, header = false;
	for (int i = 0; i < LAYERS_MAX && !header; i++) {
		if (iq_peel_special(p, s, r)) {
			p->header_from = IQ_SLICE_NULL;
			return;
		}
		p->header_from = s;
		header = peel_header(p, &s, r);
		if (header)
			break;
		if (iq_peel_transport(p, &s, r)) {
			if (r->special == IQ_SPECIAL_PENDING) {
				p->header_from = IQ_SLICE_NULL;
				return;
			}
			continue;
		}
		if (peel_tag_alone(&s, r) || prefixed || !iq_peel_prefix(p, &s, r))
			break;
		prefixed = true;
	}
	/* a relay that put its own header in front of another one */
	if (header && !r->ident.p && is_syslog(r->dialect) && !r->kernel)
		iq_peel_syslog(p, &s, r);
	iq_peel_rest(p, s, r);
	if (r->dialect == IQ_DIA_BARE)
		r->dialect = r->transport;
}

/* Records in the making take the line first.  True: *r is the answer. */
static bool collecting(struct iq_peeler *p, struct iq_slice line, struct iq_peeled *r)
{
	switch (p->collect) {
	case IQ_COLLECT_JSON:
		return iq_collect_json(p, line, r);
	case IQ_COLLECT_EXPORT:
	case IQ_COLLECT_VERBOSE:
		return iq_collect_fields(p, line, r);
	case IQ_COLLECT_PART:
		if (iq_part_continues(p, line))
			return false;
		p->collect = IQ_COLLECT_NONE;
		p->part_open = false;
		r->transport = p->part_kind;
		r->has_header = true;
		iq_peel_layers(p, iq_buf_as_slice(&p->part), r);
		r->again = true;
		return true;
	case IQ_COLLECT_FRAGMENT:
		if (iq_kmsg_continues(p, line))
			return false;
		iq_kmsg_emit_cut(p, r);
		r->again = true;
		return true;
	default:
		return false;
	}
}

/* Forms that are collected over lines. */
static bool starts_collecting(struct iq_peeler *p, struct iq_slice line,
			      struct iq_peeled *r)
{
	if (p->json_at || iq_json_starts(line))
		return iq_collect_json(p, line, r);
	if (line.n < 9)
		return false;
	if ((*line.p == '_' && iq_export_start(p, line)) ||
	    (line.p[line.n - 1] == ']' && iq_verbose_start(p, line))) {
		r->special = IQ_SPECIAL_PENDING;
		return true;
	}
	return false;
}

/* Of a table with names in its first row. */
static bool is_row(struct iq_peeler *p, struct iq_slice line, struct iq_peeled *r)
{
	if (p->csv_columns)
		return iq_csv_row(p, line, r);
	if (p->lines >= IQ_CSV_LINES || !line.n)
		return false;
	p->lines++;
	if (!iq_csv_names(p, line))
		return false;
	r->special = IQ_SPECIAL_NOISE;
	return true;
}

bool iq_peel_is_table(const struct iq_peeler *p)
{
	return p->csv_columns > 0;
}

bool iq_peel(struct iq_peeler *p, struct iq_slice line, struct iq_peeled *ret)
{
	iq_peeled_init(ret);
	ret->text = line;
	if (!line.p)
		line = iq_slice("", 0);
	if ((p->collect != IQ_COLLECT_NONE && collecting(p, line, ret)) ||
	    starts_collecting(p, line, ret)) {
		ret->has_header = true;
		return true;
	}
	iq_peeled_init(ret);
	ret->text = line;
	if (is_row(p, line, ret))
		return true;
	iq_peeled_init(ret);
	ret->text = line;
	iq_peel_layers(p, line, ret);
	if (ret->has_header && ret->dialect != IQ_DIA_BARE)
		p->last = ret->dialect;
	return ret->has_header || ret->special != IQ_SPECIAL_NONE ||
	       ret->transport != IQ_DIA_BARE;
}

bool iq_peel_flush(struct iq_peeler *p, struct iq_peeled *ret)
{
	enum iq_collect what = p->collect;
	iq_peeled_init(ret);
	p->collect = IQ_COLLECT_NONE;
	p->json_at = 0;
	switch (what) {
	case IQ_COLLECT_JSON:
	case IQ_COLLECT_EXPORT:
	case IQ_COLLECT_VERBOSE:
		if (!p->fields.has_text)
			return false;
		iq_collect_emit(p, ret);
		p->fields.has_text = false;
		break;
	case IQ_COLLECT_PART:
		p->part_open = false;
		ret->transport = p->part_kind;
		iq_peel_layers(p, iq_buf_as_slice(&p->part), ret);
		break;
	case IQ_COLLECT_FRAGMENT:
		iq_kmsg_emit_cut(p, ret);
		break;
	default:
		return false;
	}
	ret->has_header = true;
	return ret->special != IQ_SPECIAL_PENDING;
}

/* text/dialect_transport.c - what containers, collectors, CI systems and grep put in
 * front of a line that has its own form.
 *
 * Forms: CRI (kubernetes), docker logs -t, kubectl logs --timestamps and --prefix,
 * compose, stern, GitHub-like CI, BMC and conserver stamps, Loki's logcli, aws logs tail,
 * the lengths of RFC 6587, CSV rows, grep -H, a getty's prompt that a console line is
 * glued to.
 */
#include "text/peeler.h"

#include "text/paste.h"

/* --- pieces --- */

void iq_part_add(struct iq_peeler *p, enum iq_dialect kind, bool last,
		 struct iq_slice *s, struct iq_peeled *r)
{
	bool open = p->part_open;
	if (!open && last)
		return;				/* whole at once: no copy */
	if (!open)
		iq_buf_reset(&p->part);
	size_t room = p->part.n < IQ_LINE_MAX_BYTES ? IQ_LINE_MAX_BYTES - p->part.n : 0;
	iq_buf_slice(&p->part, iq_head(*s, room));
	p->part_open = !last && room > s->n;
	p->part_kind = kind;
	if (p->part_open) {
		p->collect = IQ_COLLECT_PART;
		r->special = IQ_SPECIAL_PENDING;
		return;
	}
	if (p->collect == IQ_COLLECT_PART)
		p->collect = IQ_COLLECT_NONE;
	*s = iq_buf_as_slice(&p->part);
}

/* " stdout F " behind the stamp */
static bool cri_tail(struct iq_slice *s, bool *ret_last)
{
	struct iq_slice t = *s;
	if (!iq_skip(&t, IQ_LIT("stdout ")) && !iq_skip(&t, IQ_LIT("stderr ")))
		return false;
	if (!t.n || (*t.p != 'F' && *t.p != 'P'))
		return false;
	*ret_last = *t.p == 'F';
	t = iq_from(t, 1);
	if (t.n && !iq_skip(&t, IQ_LIT(" ")))
		return false;
	*s = t;
	return true;
}

bool iq_part_continues(const struct iq_peeler *p, struct iq_slice line)
{
	struct iq_stamp st;
	bool last;
	if (p->part_kind == IQ_DIA_DOCKER_JSON)
		return iq_starts(line, IQ_LIT("{\"log\":"));
	size_t n = iq_stamp_iso(line, &st);
	struct iq_slice rest = iq_from(line, n);
	return n && iq_skip(&rest, IQ_LIT(" ")) && cri_tail(&rest, &last);
}

/* --- stamps --- */

bool iq_peel_transported(struct iq_peeled *r, enum iq_dialect d)
{
	if (r->transport == IQ_DIA_BARE)
		r->transport = d;
	/* a constant prefix says nothing about where records begin */
	r->has_header |= d != IQ_DIA_PREFIXED && d != IQ_DIA_CSV;
	return true;
}

/* Behind a stamp with a zone: Loki's labels ("{job="kern"} "), or the name of a stream in
 * front of a line with a header of its own. */
static struct iq_slice skip_labels(struct iq_slice s)
{
	struct iq_slice rest = s;
	if (iq_skip(&rest, IQ_LIT("{"))) {
		ptrdiff_t end = iq_find(iq_head(rest, 2048), IQ_LIT("} "));
		struct iq_slice in = iq_head(rest, end < 0 ? 0 : (size_t)end);
		bool labels = end == 0 || (end > 0 && iq_has(in, IQ_LIT("=\"")) &&
					   in.p[in.n - 1] == '"');
		return labels ? iq_from(rest, (size_t)end + 2) : s;
	}
	struct iq_slice word = iq_cut(&rest, ' ');
	return word.n && word.n < 256 && iq_has_header(rest) ? rest : s;
}

static bool peel_stamped(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_stamp st;
	bool last;
	size_t n = iq_stamp_iso(*s, &st);
	struct iq_slice rest = iq_from(*s, n);
	if (!n || !rest.n || (*rest.p != ' ' && *rest.p != '\t'))
		return false;
	rest = iq_from(rest, 1);
	if (cri_tail(&rest, &last)) {
		iq_peel_set_wall(r, st.us, st.kind);
		iq_peel_transported(r, IQ_DIA_CRI);
		iq_part_add(p, IQ_DIA_CRI, last, &rest, r);
		*s = rest;
		return true;
	}
	/* a mere date in front of words may be the message itself */
	struct iq_slice after = iq_ltrim(rest);
	if (iq_has_header(after))
		rest = after;
	else if (!st.zone || st.date_sep != 'T' || st.frac_sep == ',')
		return false;
	else
		rest = skip_labels(rest);
	iq_peel_set_wall(r, st.us, st.kind);
	*s = rest;
	return iq_peel_transported(r, IQ_DIA_STAMPED);
}

/* "[2024-05-01T12:00:00.000Z] ", "[12:00:00] ", "[pod/name/container] " */
static bool peel_bracketed(struct iq_slice *s, struct iq_peeled *r)
{
	const char *end = memchr(s->p, ']', s->n < 300 ? s->n : 300);
	if (!end || s->n < 8)
		return false;
	struct iq_slice in = iq_slice(s->p + 1, (size_t)(end - s->p) - 1);
	struct iq_slice rest = iq_from(*s, in.n + 2);
	struct iq_stamp st;
	if (!iq_skip(&rest, IQ_LIT(" ")))
		return false;
	if (iq_starts(in, IQ_LIT("pod/")) && !iq_has(in, IQ_LIT(" "))) {
		*s = rest;
		return iq_peel_transported(r, IQ_DIA_PREFIXED);
	}
	bool clock = in.n >= 8 && in.n <= 12 && iq_is_digit(*in.p) && in.p[2] == ':' &&
		     in.p[5] == ':' && iq_is_digit(in.p[7]);
	if (!clock) {
		if (!iq_is_digit(*in.p) || iq_stamp_iso(in, &st) != in.n)
			return false;
		iq_peel_set_wall(r, st.us, st.kind);
	}
	*s = rest;
	return iq_peel_transported(r, IQ_DIA_STAMPED);
}

/* "123 <4>1 ...": RFC 6587's octet counts, as they stand in a stream */
static bool peel_counted(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice rest = *s;
	uint64_t n;
	unsigned pri;
	if (!iq_take_u64(&rest, &n) || rest.p - s->p > 6 || !iq_skip(&rest, IQ_LIT(" ")))
		return false;
	size_t used = iq_kernel_pri_at(rest, &pri);
	if (!used || rest.n < used + 2 || rest.p[used] != '1' || rest.p[used + 1] != ' ')
		return false;
	*s = rest;
	return iq_peel_transported(r, IQ_DIA_PREFIXED);
}

bool iq_peel_transport(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	if (s->n < 4)
		return false;
	switch (*s->p) {
	case '[':
		return peel_bracketed(s, r);
	case '"':
		return iq_peel_csv(p, s, r);
	default:
		return iq_is_digit(*s->p) &&
		       (peel_stamped(p, s, r) || iq_peel_csv_stamped(p, s, r) ||
			peel_counted(s, r));
	}
}

/* --- headers that cannot be chance --- */

static bool stamp_starts(struct iq_slice s)
{
	struct iq_stamp st;
	size_t n = iq_is_digit(*s.p) ? iq_stamp_iso(s, &st) : 0;
	if (!n)
		n = iq_stamp_bsd(s, &st);
	return n && n < s.n && (s.p[n] == ' ' || s.p[n] == '\t');
}

bool iq_has_header(struct iq_slice s)
{
	struct iq_peeled r;
	unsigned pri;
	int64_t us;
	if (s.n < 8)
		return false;
	size_t n = *s.p == '<' ? iq_kernel_pri_at(s, &pri) : 0;
	s = iq_from(s, n);
	if (!s.n)
		return false;
	if (iq_kernel_time_at(s, &us))
		return true;
	if (*s.p == '[') {
		iq_peeled_init(&r);
		return iq_peel_kernel(NULL, &s, &r);
	}
	if (n && s.n > 2 && iq_is_digit(*s.p) && s.p[1] == ' ')
		return true;			/* RFC 5424 */
	if (*s.p >= 'a' && *s.p <= 'z' && s.n > 13 && (s.p[6] == ':' || s.p[8] == ':')) {
		iq_peeled_init(&r);		/* dmesg -x: "kern  :warn  : " */
		struct iq_slice t = s;
		if (iq_peel_kernel(NULL, &t, &r))
			return true;
	}
	if (iq_starts(s, IQ_LIT("kernel: ")) || (iq_is_digit(*s.p) && iq_looks_kmsg(s)))
		return true;
	return (iq_is_digit(*s.p) || (*s.p >= 'A' && *s.p <= 'Z') || (unsigned char)*s.p >= 0x80) &&
	       stamp_starts(s);
}

/* --- weak prefixes --- */

static bool name_byte(char c)
{
	return (unsigned char)c > ' ' && c != ':' && c != '"' && c != '\'' && c != '[' &&
	       c != '<' && c != '|';
}

/* Behind the name of grep -n: "123:" */
static struct iq_slice skip_line_number(struct iq_slice s, char sep)
{
	struct iq_slice t = s;
	uint64_t n;
	if (iq_take_u64(&t, &n) && t.n && *t.p == sep && iq_has_header(iq_from(t, 1)))
		return iq_from(t, 1);
	return s;
}

static void remember_file(struct iq_peeler *p, struct iq_slice name)
{
	if (name.n > sizeof p->file)
		return;
	memcpy(p->file, name.p, name.n);
	p->file_n = name.n;
}

static bool peel_known_file(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	size_t n = p->file_n;
	if (!n || s->n <= n || memcmp(s->p, p->file, n) != 0 ||
	    (s->p[n] != ':' && s->p[n] != '-'))
		return false;
	r->file = iq_head(*s, n);
	*s = skip_line_number(iq_from(*s, n + 1), s->p[n]);
	return iq_peel_transported(r, IQ_DIA_PREFIXED);
}

/* "kern.log:Mar  7 ...", with '-' for lines of context */
static bool peel_file(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	unsigned tries = 0;
	for (size_t i = 1; i < s->n && i < sizeof p->file && tries < 8; i++) {
		char c = s->p[i];
		if (c != ':' && c != '-') {
			if (!name_byte(c))
				return false;
			continue;
		}
		tries++;
		struct iq_slice rest = iq_from(*s, i + 1);
		rest = skip_line_number(rest, c);
		if (iq_has_header(rest)) {
			r->file = iq_head(*s, i);
			remember_file(p, r->file);
			*s = rest;
			return iq_peel_transported(r, IQ_DIA_PREFIXED);
		}
		if (c == ':')
			return false;
	}
	return false;
}

/* Text in front of SEP, and a header behind it. */
static bool peel_before(struct iq_slice *s, struct iq_slice sep, size_t within,
			struct iq_peeled *r)
{
	ptrdiff_t at = iq_find(iq_head(*s, within), sep);
	if (at <= 0)
		return false;
	struct iq_slice rest = iq_ltrim(iq_from(*s, (size_t)at + sep.n));
	if (!iq_has_header(rest))
		return false;
	*s = rest;
	return iq_peel_transported(r, IQ_DIA_PREFIXED);
}

/* The same, of a writer that puts it in front of every line: further lines of a record
 * have the prefix and no header. */
static bool peel_name_before(struct iq_peeler *p, struct iq_slice *s, struct iq_slice sep,
			     size_t within, struct iq_peeled *r)
{
	struct iq_slice line = *s;
	size_t n = p->prefix_n;
	if (n && line.n >= n && memcmp(line.p, p->prefix, n) == 0) {
		*s = iq_from(line, n);
		return iq_peel_transported(r, IQ_DIA_PREFIXED);
	}
	if (!peel_before(s, sep, within, r))
		return false;
	n = (size_t)iq_find(line, sep) + sep.n;
	if (n <= sizeof p->prefix) {
		memcpy(p->prefix, line.p, n);
		p->prefix_n = n;
	}
	return true;
}

/* "...: <6>[   12.345678] ": behind any words, as hypervisors' logs have their guests'
 * printk ("vcpu-5 - Guest: ").  Level and time together are no chance. */
static bool peel_before_printk(struct iq_slice *s, struct iq_peeled *r)
{
	struct iq_slice front = iq_head(*s, 200);
	for (ptrdiff_t at, from = 0; (at = iq_find_char(iq_from(front, (size_t)from), '<')) >= 0;
	     from += at + 1) {
		struct iq_slice rest = iq_from(*s, (size_t)(from + at));
		unsigned pri;
		int64_t us;
		size_t n = iq_kernel_pri_at(rest, &pri);
		if (!n || !iq_kernel_time_at(iq_from(rest, n), &us))
			continue;
		*s = rest;
		return iq_peel_transported(r, IQ_DIA_PREFIXED);
	}
	return false;
}

/* "...: [   34.423940] mkfs.ext4 invoked oom-killer: ": behind what a program had
 * written on the terminal so far. */
static bool peel_before_oom(struct iq_slice *s, struct iq_peeled *r)
{
	int64_t us;
	ptrdiff_t word = iq_find(iq_head(*s, 200), IQ_LIT(" invoked"));
	ptrdiff_t at = word < 0 ? -1 : iq_rfind(iq_head(*s, (size_t)word), IQ_LIT(" ["));
	if (at <= 0 || iq_kernel_time_at(iq_from(*s, (size_t)at + 1), &us) < 14)
		return false;
	*s = iq_from(*s, (size_t)at + 1);
	return iq_peel_transported(r, IQ_DIA_PREFIXED);
}

bool iq_peel_prefix(struct iq_peeler *p, struct iq_slice *s, struct iq_peeled *r)
{
	if (s->n < 8)
		return false;
	if (peel_known_file(p, s, r) || peel_file(p, s, r))
		return true;
	if (peel_before(s, IQ_LIT(" login: "), 200, r) ||	/* getty */
	    peel_name_before(p, s, IQ_LIT(" | "), 100, r) ||	/* compose */
	    peel_before_printk(s, r) || peel_before_oom(s, r))
		return true;
	return memchr(s->p, '\xe2', s->n < 250 ? s->n : 250) &&	/* stern */
	       (peel_name_before(p, s, IQ_LIT(" │ "), 250, r) ||
		peel_name_before(p, s, IQ_LIT(" › "), 250, r));
}

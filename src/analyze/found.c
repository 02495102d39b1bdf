/* analyze/found.c - see found.h. */
#include "analyze/found.h"

#include "analyze/inquest/plugin.h"
#include "base/utf8.h"

#define FRAME_MAX	(16u * 1024 * 1024)

static const char *const roles[] = {
	[INQUEST_CAUSE] = "cause",
	[INQUEST_CONTRIBUTING] = "contributing",
	[INQUEST_NOTICE] = "notice",
};
static const char *const severities[] = {
	[INQUEST_FAULT] = "fault",
	[INQUEST_WARNING] = "warning",
	[INQUEST_SEV_NOTICE] = "notice",
};
static const char *const confidences[] = {
	[INQUEST_CERTAIN] = "certain",
	[INQUEST_STRONG] = "strong",
	[INQUEST_LIKELY] = "likely",
	[INQUEST_GUESS] = "guess",
};
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const char *word_of(const char *const *words, int n, int i)
{
	return i > 0 && i < n ? words[i] : NULL;
}

static int number_of(const char *const *words, int n, struct iq_slice word)
{
	for (int i = 1; i < n; i++)
		if (iq_eq(word, iq_slice_z(words[i])))
			return i;
	return 0;
}

const char *iq_role_word(int i) { return word_of(roles, COUNT(roles), i); }
const char *iq_severity_word(int i) { return word_of(severities, COUNT(severities), i); }
const char *iq_confidence_word(int i) { return word_of(confidences, COUNT(confidences), i); }
int iq_role_number(struct iq_slice w) { return number_of(roles, COUNT(roles), w); }
int iq_severity_number(struct iq_slice w) { return number_of(severities, COUNT(severities), w); }
int iq_confidence_number(struct iq_slice w)
{
	return number_of(confidences, COUNT(confidences), w);
}

bool iq_found_word_ok(struct iq_slice word)
{
	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return word.n > 0 && word.n <= IQ_FOUND_WORD_MAX;
}

/* --- out --- */

static void put(struct iq_buf *out, uint64_t v, unsigned n)
{
	unsigned char b[8];

	for (unsigned i = 0; i < n; i++)
		b[i] = (unsigned char)(v >> 8 * i);
	iq_buf_add(out, b, n);
}

static void put_text(struct iq_buf *out, struct iq_slice s)
{
	put(out, s.p ? (uint32_t)s.n : UINT32_MAX, 4);
	if (s.p)
		iq_buf_slice(out, s);
}

static size_t frame_open(struct iq_buf *out, enum iq_frame_type type)
{
	size_t at = out->n;

	put(out, 0, 4);
	put(out, type, 1);
	return at;
}

static void frame_close(struct iq_buf *out, size_t at)
{
	if (out->failed)
		return;
	uint32_t n = (uint32_t)(out->n - at - 4);
	for (unsigned i = 0; i < 4; i++)
		out->p[at + i] = (char)(n >> 8 * i);
}

void iq_found_encode(struct iq_buf *out, const struct iq_found *f)
{
	size_t at = frame_open(out, IQ_FRAME_FOUND);

	put(out, f->item, 4);
	put(out, f->plugin, 4);
	put(out, f->role, 1);
	put(out, f->severity, 1);
	put(out, f->confidence, 1);
	put(out, (uint64_t)f->priority, 8);
	put_text(out, f->rule);
	put_text(out, f->verdict);
	put_text(out, f->holder);
	put_text(out, f->title);
	put_text(out, f->explanation);
	put(out, f->n_advice, 2);
	for (size_t i = 0; i < f->n_advice; i++)
		put_text(out, f->advice[i]);
	put(out, f->n_missing, 2);
	for (size_t i = 0; i < f->n_missing; i++) {
		put_text(out, f->missing[i].what);
		put_text(out, f->missing[i].how);
	}
	put(out, f->n_evidence, 2);
	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct iq_evidence *e = &f->evidence[i];
		put(out, (uint64_t)e->capture_id, 8);
		put_text(out, e->member);
		put(out, (uint64_t)e->line, 8);
		put_text(out, e->text);
		put_text(out, e->view_name);
		put(out, (uint64_t)e->row_id, 8);
	}
	frame_close(out, at);
}

void iq_frame_remark(struct iq_buf *out, uint32_t item, uint32_t plugin, const char *text)
{
	size_t at = frame_open(out, IQ_FRAME_REMARK);

	put(out, item, 4);
	put(out, plugin, 4);
	put_text(out, iq_head(iq_slice_z(text), 1000));
	frame_close(out, at);
}

void iq_frame_end(struct iq_buf *out, uint32_t item)
{
	size_t at = frame_open(out, IQ_FRAME_END);

	put(out, item, 4);
	frame_close(out, at);
}

/* --- in --- */

int iq_frame_next(struct iq_cursor *in, uint8_t *ret_type, struct iq_cursor *ret_body)
{
	struct iq_cursor c = *in;
	uint64_t n = iq_cur_le(&c, 4);

	if (c.failed || n > iq_cur_left(&c))
		return n > FRAME_MAX ? -1 : 0;
	if (n < 1 || n > FRAME_MAX)
		return -1;
	const unsigned char *p = iq_cur_bytes(&c, n);
	*ret_type = p[0];
	*ret_body = iq_cursor(p + 1, n - 1);
	*in = c;
	return 1;
}

/* Copies, cleaned if need be.  Too long a text fails the cursor. */
static struct iq_slice take_text(struct iq_cursor *c, struct iq_arena *arena)
{
	uint64_t n = iq_cur_le(c, 4);

	if (c->failed || n == UINT32_MAX)
		return IQ_SLICE_NULL;
	if (n > IQ_FOUND_TEXT_MAX) {
		c->failed = true;
		return IQ_SLICE_NULL;
	}
	struct iq_slice s = { (const char *)iq_cur_bytes(c, n), n };
	if (!s.p || iq_utf8_is_clean(s)) {
		s = iq_arena_copy(arena, s);
	} else {
		struct iq_buf clean;
		iq_buf_init(&clean);
		iq_utf8_clean(&clean, s);
		s = iq_arena_copy(arena, iq_buf_as_slice(&clean));
		iq_buf_fini(&clean);
	}
	if (!s.p)
		c->failed = true;
	return s;
}

static void *take_array(struct iq_cursor *c, struct iq_arena *arena, size_t max,
			size_t each, size_t *ret_n)
{
	size_t n = iq_cur_le(c, 2);
	void *p = NULL;

	if (n > max)
		c->failed = true;
	if (!c->failed && n && !(p = iq_arena_alloc(arena, n * each)))
		c->failed = true;
	*ret_n = c->failed ? 0 : n;
	return p;
}

static void take_evidence(struct iq_cursor *c, struct iq_arena *arena, struct iq_found *f)
{
	f->evidence = take_array(c, arena, IQ_FOUND_EVIDENCE_MAX, sizeof(*f->evidence),
				 &f->n_evidence);
	for (size_t i = 0; i < f->n_evidence; i++) {
		struct iq_evidence *e = &f->evidence[i];
		e->capture_id = (int64_t)iq_cur_le(c, 8);
		e->member = take_text(c, arena);
		e->line = (int64_t)iq_cur_le(c, 8);
		e->text = take_text(c, arena);
		e->view_name = take_text(c, arena);
		e->row_id = (int64_t)iq_cur_le(c, 8);
	}
}

static const char *what_is_wrong(const struct iq_found *f)
{
	if (!iq_role_word(f->role) || !iq_severity_word(f->severity) ||
	    !iq_confidence_word(f->confidence))
		return "role, severity or confidence is none";
	if (!iq_found_word_ok(f->verdict))
		return "the verdict is no word of a-z, 0-9 and -";
	if (!iq_found_word_ok(f->rule))
		return "the rule is no word of a-z, 0-9 and -";
	if (f->holder.p && !iq_found_word_ok(f->holder))
		return "the holder is no word of a-z, 0-9 and -";
	if (!f->title.n)
		return "it has no title";
	if (!f->n_evidence)
		return "it has no evidence";
	return NULL;
}

int iq_found_decode(struct iq_cursor *c, struct iq_arena *arena, struct iq_found *ret,
		    struct iq_err *err)
{
	struct iq_found f = { 0 };

	f.item = (uint32_t)iq_cur_le(c, 4);
	f.plugin = (uint32_t)iq_cur_le(c, 4);
	f.role = (uint8_t)iq_cur_le(c, 1);
	f.severity = (uint8_t)iq_cur_le(c, 1);
	f.confidence = (uint8_t)iq_cur_le(c, 1);
	f.priority = (int64_t)iq_cur_le(c, 8);
	f.rule = take_text(c, arena);
	f.verdict = take_text(c, arena);
	f.holder = take_text(c, arena);
	f.title = take_text(c, arena);
	f.explanation = take_text(c, arena);
	f.advice = take_array(c, arena, IQ_FOUND_ADVICE_MAX, sizeof(*f.advice), &f.n_advice);
	for (size_t i = 0; i < f.n_advice; i++)
		f.advice[i] = take_text(c, arena);
	f.missing = take_array(c, arena, IQ_FOUND_ADVICE_MAX, sizeof(*f.missing),
			       &f.n_missing);
	for (size_t i = 0; i < f.n_missing; i++) {
		f.missing[i].what = take_text(c, arena);
		f.missing[i].how = take_text(c, arena);
	}
	take_evidence(c, arena, &f);
	if (c->failed || iq_cur_left(c))
		return iq_err_set(err, IQ_E_FORMAT, "a finding is damaged");
	const char *wrong = what_is_wrong(&f);
	if (wrong)
		return iq_err_set(err, IQ_E_FORMAT, "a finding is refused: %s", wrong);
	*ret = f;
	return 0;
}

int iq_remark_decode(struct iq_cursor *c, struct iq_arena *arena, uint32_t *ret_item,
		     uint32_t *ret_plugin, struct iq_slice *ret_text)
{
	uint32_t item = (uint32_t)iq_cur_le(c, 4), plugin = (uint32_t)iq_cur_le(c, 4);
	struct iq_slice text = take_text(c, arena);

	if (c->failed || !text.p)
		return -1;
	*ret_item = item;
	*ret_plugin = plugin;
	*ret_text = text;
	return 0;
}

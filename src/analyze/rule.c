/* analyze/rule.c - see rule.h. */
#include "analyze/rule.h"

#include "analyze/inquest/plugin.h"

/* Where a header line goes.  Those without REPEATS may stand once. */
struct key {
	const char *name;
	int (*take)(struct iq_rule *r, const struct key *k, struct iq_slice value,
		    struct iq_err *err);
	size_t member;
	bool required, repeats;
};

static int bad(struct iq_err *err, const struct key *k, struct iq_slice value,
	       const char *wanted)
{
	return iq_err_set(err, IQ_E_FORMAT, "%s: `%.*s` is %s", k->name, IQ_FMT(value),
			  wanted);
}

static int keep(struct iq_rule *r, struct iq_slice value, struct iq_slice *to,
		struct iq_err *err)
{
	*to = iq_arena_copy(&r->arena, value);
	return to->p ? 0 : iq_err_set(err, IQ_E_NOMEM, "out of memory");
}

static int take_word(struct iq_rule *r, const struct key *k, struct iq_slice value,
		     struct iq_err *err)
{
	if (!iq_found_word_ok(value))
		return bad(err, k, value, "no word of a-z, 0-9 and -");
	return keep(r, value, (void *)((char *)r + k->member), err);
}

static int take_text(struct iq_rule *r, const struct key *k, struct iq_slice value,
		     struct iq_err *err)
{
	return keep(r, value, (void *)((char *)r + k->member), err);
}

static int take_choice(struct iq_rule *r, const struct key *k, struct iq_slice value,
		       struct iq_err *err)
{
	static const struct { size_t member; int (*number)(struct iq_slice);
		const char *wanted; } choices[] = {
		{ offsetof(struct iq_rule, role), iq_role_number,
		  "none of cause, contributing, notice" },
		{ offsetof(struct iq_rule, severity), iq_severity_number,
		  "none of fault, warning, notice" },
		{ offsetof(struct iq_rule, confidence), iq_confidence_number,
		  "none of certain, strong, likely, guess" },
	};

	for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
		if (choices[i].member != k->member)
			continue;
		int n = choices[i].number(value);
		if (!n)
			return bad(err, k, value, choices[i].wanted);
		memcpy((char *)r + k->member, &n, sizeof(n));
		return 0;
	}
	return iq_err_set(err, IQ_E_BUG, "%s: no choice", k->name);
}

static int take_number(struct iq_rule *r, const struct key *k, struct iq_slice value,
		       struct iq_err *err)
{
	int64_t v;

	if (!iq_to_i64(value, &v) || v < INT32_MIN || v > INT32_MAX)
		return bad(err, k, value, "no number");
	memcpy((char *)r + k->member, &v, sizeof(v));
	return 0;
}

static int take_kinds(struct iq_rule *r, const struct key *k, struct iq_slice value,
		      struct iq_err *err)
{
	size_t n = 0;

	while (value.n) {
		struct iq_slice kind = iq_trim(iq_cut(&value, ',')), copy;
		if (iq_eq(kind, IQ_LIT("host"))) {
			r->host = true;
			continue;
		}
		if (!iq_found_word_ok(kind) && !iq_eq(kind, IQ_LIT("*")))
			return bad(err, k, kind, "no event kind, `*` or `host`");
		if (n == IQ_RULE_KINDS_MAX)
			return bad(err, k, kind, "one kind too many");
		if (keep(r, kind, &copy, err))
			return -1;
		r->kinds[n++] = copy.p;
	}
	if (r->host && n)
		return iq_err_set(err, IQ_E_FORMAT, "%s: `host` goes alone, the parameter "
				  "is another one", k->name);
	if (!r->host && !n)
		return bad(err, k, value, "no event kind, `*` or `host`");
	return 0;
}

const char *iq_rule_source_name(enum iq_rule_source s)
{
	static const char *const names[IQ_RULE_SOURCES] = {
		[IQ_RULE_LOG] = "log", [IQ_RULE_PROC] = "proc", [IQ_RULE_VMCORE] = "vmcore",
	};
	return names[s];
}

static int take_source(struct iq_rule *r, const struct key *k, struct iq_slice value,
		       struct iq_err *err)
{
	for (r->needs = IQ_RULE_LOG; r->needs < IQ_RULE_SOURCES; r->needs++)
		if (iq_eq(value, iq_slice_z(iq_rule_source_name(r->needs))))
			return 0;
	return bad(err, k, value, "none of log, proc, vmcore");
}

static int take_explanation(struct iq_rule *r, const struct key *k, struct iq_slice value,
			    struct iq_err *err)
{
	(void)k;
	if (r->explanation.p)
		r->explanation = iq_arena_printf(&r->arena, "%.*s %.*s",
						 IQ_FMT(r->explanation), IQ_FMT(value));
	else
		return keep(r, value, &r->explanation, err);
	return r->explanation.p ? 0 : iq_err_set(err, IQ_E_NOMEM, "out of memory");
}

static int take_advice(struct iq_rule *r, const struct key *k, struct iq_slice value,
		       struct iq_err *err)
{
	if (r->n_advice == IQ_FOUND_ADVICE_MAX)
		return bad(err, k, value, "one line too many");
	return keep(r, value, &r->advice[r->n_advice++], err);
}

static int take_missing(struct iq_rule *r, const struct key *k, struct iq_slice value,
			struct iq_err *err)
{
	struct iq_slice whole = value, what = iq_trim(iq_cut(&value, '|'));

	value = iq_trim(value);
	if (!what.n || !value.n)
		return bad(err, k, whole, "not of the form `what | how to collect`");
	if (r->n_missing == IQ_FOUND_ADVICE_MAX)
		return bad(err, k, whole, "one line too many");
	struct iq_found_pair *m = &r->missing[r->n_missing++];
	return keep(r, what, &m->what, err) || keep(r, value, &m->how, err) ? -1 : 0;
}

#define AT(m) offsetof(struct iq_rule, m)
static const struct key keys[] = {
	{ "rule", take_word, AT(rule), true, false },
	{ "verdict", take_word, AT(verdict), true, false },
	{ "severity", take_choice, AT(severity), true, false },
	{ "confidence", take_choice, AT(confidence), true, false },
	{ "role", take_choice, AT(role), false, false },
	{ "applies-to", take_kinds, AT(kinds), true, false },
	{ "title", take_text, AT(title), true, false },
	{ "explanation", take_explanation, AT(explanation), false, true },
	{ "advice", take_advice, AT(advice), false, true },
	{ "missing", take_missing, AT(missing), false, true },
	{ "holder", take_word, AT(holder), false, false },
	{ "needs", take_source, 0, false, false },
	{ "priority", take_number, AT(priority), false, false },
	{ "version", take_text, AT(version), false, false },
	{ "description", take_text, AT(description), false, false },
};
#define N_KEYS (sizeof(keys) / sizeof(*keys))

static bool no_value(void *arg, struct iq_slice column, struct iq_slice format,
		     struct iq_buf *out)
{
	(void)arg;
	(void)column;
	(void)format;
	(void)out;
	return true;
}

static int check_template(struct iq_slice t, const char *what, struct iq_err *err)
{
	struct iq_buf out;
	int rc;

	iq_buf_init(&out);
	rc = iq_rule_fill(t, no_value, NULL, &out, err);
	iq_buf_fini(&out);
	return rc ? iq_err_prefix(err, "%s", what) : 0;
}

/* "word: value" behind the dashes; anything else is a comment. */
static int header_line(struct iq_rule *r, struct iq_slice line, unsigned *seen,
		       struct iq_err *err)
{
	struct iq_slice value = line, name = iq_trim(iq_cut(&value, ':'));

	if (name.n == line.n || !iq_found_word_ok(name))
		return 0;
	value = iq_trim(value);
	for (size_t i = 0; i < N_KEYS; i++) {
		const struct key *k = &keys[i];
		if (!iq_eq(name, iq_slice_z(k->name)))
			continue;
		if (*seen & 1u << i && !k->repeats)
			return iq_err_set(err, IQ_E_FORMAT, "%s stands twice", k->name);
		if (!value.n)
			return iq_err_set(err, IQ_E_FORMAT, "%s is empty", k->name);
		*seen |= 1u << i;
		return k->take(r, k, value, err);
	}
	return iq_err_set(err, IQ_E_FORMAT, "unknown header `%.*s`", IQ_FMT(name));
}

static int check(struct iq_rule *r, unsigned seen, struct iq_slice body, struct iq_err *err)
{
	for (size_t i = 0; i < N_KEYS; i++)
		if (keys[i].required && !(seen & 1u << i))
			return iq_err_set(err, IQ_E_FORMAT, "the header line `-- %s: ...` "
					  "is missing", keys[i].name);
	if (!r->role)
		r->role = r->host ? INQUEST_NOTICE : INQUEST_CONTRIBUTING;
	if ((r->role == INQUEST_NOTICE) != r->host)
		return iq_err_set(err, IQ_E_FORMAT, "role `notice` goes with applies-to "
				  "`host`, and only with it");
	if (check_template(r->title, "title", err) ||
	    check_template(r->explanation, "explanation", err))
		return -1;
	for (size_t i = 0; i < r->n_advice; i++)
		if (check_template(r->advice[i], "advice", err))
			return -1;
	body = iq_arena_copy(&r->arena, iq_trim(body));
	if (!body.p)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	if (!body.n)
		return iq_err_set(err, IQ_E_FORMAT, "there is no SELECT below the header");
	r->sql = body.p;
	return 0;
}

static int parse(struct iq_rule *r, struct iq_slice text, struct iq_err *err)
{
	unsigned seen = 0, number = 0;

	if (text.n > IQ_RULE_BYTES_MAX)
		return iq_err_set(err, IQ_E_LIMIT, "larger than %d KiB: no rule",
				  IQ_RULE_BYTES_MAX / 1024);
	if (iq_find_char(text, '\0') >= 0)
		return iq_err_set(err, IQ_E_FORMAT, "a NUL byte in it: no SQL");
	iq_skip(&text, IQ_LIT("\xef\xbb\xbf"));
	for (struct iq_slice rest = text; rest.n; text = rest) {
		struct iq_slice line = iq_trim(iq_cut(&rest, '\n'));
		if (iq_ends(line, IQ_LIT("\r")))
			line = iq_trim(iq_head(line, line.n - 1));
		number++;
		if (line.n && !iq_skip(&line, IQ_LIT("--")))
			break;
		if (header_line(r, line, &seen, err))
			return iq_err_prefix(err, "line %u", number);
	}
	return check(r, seen, text, err);
}

int iq_rule_parse(struct iq_rule *ret, struct iq_slice text, struct iq_err *err)
{
	struct iq_rule r = { .priority = 0 };

	iq_arena_init(&r.arena);
	if (parse(&r, text, err)) {
		iq_arena_fini(&r.arena);
		return -1;
	}
	*ret = r;
	return 0;
}

void iq_rule_fini(struct iq_rule *r)
{
	iq_arena_fini(&r->arena);
}

int iq_rule_fill(struct iq_slice t, iq_rule_value *value, void *arg, struct iq_buf *out,
		 struct iq_err *err)
{
	while (t.n) {
		ptrdiff_t open = iq_find_char(t, '{');
		if (open < 0) {
			iq_buf_slice(out, t);
			return 0;
		}
		iq_buf_slice(out, iq_head(t, (size_t)open));
		t = iq_from(t, (size_t)open + 1);
		if (iq_skip(&t, IQ_LIT("{"))) {
			iq_buf_char(out, '{');
			continue;
		}
		ptrdiff_t close = iq_find_char(t, '}');
		if (close < 0)
			return iq_err_set(err, IQ_E_FORMAT, "a `{` without `}`; write `{{` "
					  "for a brace");
		struct iq_slice format = iq_head(t, (size_t)close);
		struct iq_slice column = iq_trim(iq_cut(&format, ':'));
		format = iq_trim(format);
		if (!column.n)
			return iq_err_set(err, IQ_E_FORMAT, "`{}` names no column");
		if (format.n && !iq_eq(format, IQ_LIT("bytes")))
			return iq_err_set(err, IQ_E_FORMAT, "`:%.*s` is no format; there "
					  "is `:bytes`", IQ_FMT(format));
		if (!value(arg, column, format, out))
			return iq_err_set(err, IQ_E_FORMAT, "the SELECT has no column "
					  "`%.*s`", IQ_FMT(column));
		t = iq_from(t, (size_t)close + 1);
	}
	return 0;
}

/* parse/state/units.c - see units.h.
 *
 * Follows systemd 208 to 262: systemctl-show.c, load-fragment (systemd.exec(5),
 * systemd.resource-control(5)), parse_size() in base 1024.
 */
#include "parse/state/units.h"

static bool take_i64(struct iq_slice v, int64_t least, int64_t most, int64_t *ret)
{
	int64_t n;

	if (!iq_to_i64(v, &n) || n < least || n > most)
		return false;
	*ret = n;
	return true;
}

/* "12.5G": the fraction is of the unit before it. */
static bool take_size(struct iq_slice v, int64_t *ret)
{
	static const char units[] = "BKMGTPE";
	uint64_t whole, part = 0, scale = 1;
	unsigned shift = 0;

	if (!iq_take_u64(&v, &whole))
		return false;
	if (iq_skip(&v, IQ_LIT("."))) {
		while (v.n && *v.p >= '0' && *v.p <= '9') {
			if (scale < 1000000) {
				part = part * 10 + (uint64_t)(*v.p - '0');
				scale *= 10;
			}
			v = iq_from(v, 1);
		}
	}
	if (v.n) {
		const char *at = v.n == 1 && *v.p ? strchr(units, *v.p) : NULL;
		if (!at)
			return false;
		shift = (unsigned)(at - units) * 10;
	}
	if (shift >= 60 ? whole > 7 : whole > (uint64_t)INT64_MAX >> shift)
		return false;
	uint64_t sum = (whole << shift) + (uint64_t)((double)part / (double)scale *
						      (double)(UINT64_C(1) << shift));
	if (sum > INT64_MAX)
		return false;
	*ret = (int64_t)sum;
	return true;
}

bool iq_unit_bytes(struct iq_slice value, int64_t *ret)
{
	struct iq_slice v = iq_trim(value);
	uint64_t n;
	struct iq_slice digits = v;

	*ret = IQ_NULL;
	if (iq_eq(v, IQ_LIT("infinity")) || iq_eq(v, IQ_LIT("[not set]")))
		return true;
	if (iq_take_u64(&digits, &n) && !digits.n && n > INT64_MAX)
		return true;			/* all ones: none, or not known */
	return take_size(v, ret);
}

/* --- systemctl show --- */

enum show_kind { SHOW_TEXT, SHOW_INT, SHOW_PID, SHOW_BYTES };

static const struct show_key {
	const char *key;
	enum show_kind kind;
	size_t at;
} show_keys[] = {
	{ "Id", SHOW_TEXT, offsetof(struct iq_unit, name) },
	{ "ActiveState", SHOW_TEXT, offsetof(struct iq_unit, state) },
	{ "SubState", SHOW_TEXT, offsetof(struct iq_unit, sub_state) },
	{ "Result", SHOW_TEXT, offsetof(struct iq_unit, result) },
	{ "MainPID", SHOW_PID, offsetof(struct iq_unit, main_pid) },
	{ "ExecMainPID", SHOW_PID, offsetof(struct iq_unit, exec_pid) },
	{ "ExecMainCode", SHOW_INT, offsetof(struct iq_unit, exec_code) },
	{ "ExecMainStatus", SHOW_INT, offsetof(struct iq_unit, exec_status) },
	{ "NRestarts", SHOW_INT, offsetof(struct iq_unit, restarts) },
	{ "Restart", SHOW_TEXT, offsetof(struct iq_unit, restart_policy) },
	{ "OOMPolicy", SHOW_TEXT, offsetof(struct iq_unit, oom_policy) },
	{ "OOMScoreAdjust", SHOW_INT, offsetof(struct iq_unit, oom_score_adjust) },
	{ "MemoryMax", SHOW_BYTES, offsetof(struct iq_unit, memory_max_bytes) },
	{ "MemoryHigh", SHOW_BYTES, offsetof(struct iq_unit, memory_high_bytes) },
	{ "MemoryCurrent", SHOW_BYTES, offsetof(struct iq_unit, memory_current_bytes) },
	{ "MemoryPeak", SHOW_BYTES, offsetof(struct iq_unit, memory_peak_bytes) },
	{ "ControlGroup", SHOW_TEXT, offsetof(struct iq_unit, cgroup) },
	{ "Slice", SHOW_TEXT, offsetof(struct iq_unit, slice) },
};

static void show_value(struct iq_unit *u, const struct show_key *k, struct iq_slice v)
{
	void *at = (char *)u + k->at;
	int64_t n;

	switch (k->kind) {
	case SHOW_TEXT:
		if (v.n && v.n < 1024)
			*(struct iq_slice *)at = v;
		break;
	case SHOW_PID:
		if (take_i64(v, 1, UINT32_MAX, &n))
			*(int64_t *)at = n;
		break;
	case SHOW_INT:
		take_i64(v, -INT32_MAX, INT32_MAX, at);
		break;
	case SHOW_BYTES:
		/* sorted, MemoryLimit stands before MemoryMax=infinity */
		if (iq_unit_bytes(v, &n) && n != IQ_NULL)
			*(int64_t *)at = n;
		break;
	}
}

bool iq_unit_show_line(struct iq_slice line, struct iq_unit *u, struct iq_unit_more *more)
{
	ptrdiff_t eq = iq_find_char(line, '=');
	int64_t n;

	if (eq <= 0)
		return false;
	struct iq_slice key = iq_head(line, (size_t)eq);
	struct iq_slice v = iq_trim(iq_from(line, (size_t)eq + 1));
	for (size_t i = 0; i < sizeof show_keys / sizeof *show_keys; i++)
		if (iq_eq(key, iq_slice_z(show_keys[i].key))) {
			show_value(u, &show_keys[i], v);
			return true;
		}
	/* cgroup v1's name of the limit, until 255; MemoryMax is the newer one */
	if (iq_eq(key, IQ_LIT("MemoryLimit"))) {
		if (iq_unit_bytes(v, &n) && u->memory_max_bytes == IQ_NULL)
			u->memory_max_bytes = n;
		return true;
	}
	if (iq_eq(key, IQ_LIT("FragmentPath")) && v.n < 1024)
		more->fragment = v;
	else if (iq_eq(key, IQ_LIT("DropInPaths")) && v.n < 8192)
		more->drop_ins = v;
	else
		return false;
	return true;
}

/* --- unit files --- */

int iq_unit_file_line(struct iq_unit_file *f, struct iq_slice line,
		      struct iq_slice *ret_value)
{
	static const struct { const char *key; enum iq_unit_key which; } keys[] = {
		{ "OOMScoreAdjust", IQ_UNIT_OOM_SCORE_ADJUST },
		{ "OOMPolicy", IQ_UNIT_OOM_POLICY }, { "MemoryMax", IQ_UNIT_MEMORY_MAX },
		{ "MemoryLimit", IQ_UNIT_MEMORY_LIMIT },
		{ "MemoryHigh", IQ_UNIT_MEMORY_HIGH }, { "Restart", IQ_UNIT_RESTART },
	};
	static const struct iq_slice sections[] = {
		IQ_LIT("[Service]"), IQ_LIT("[Slice]"), IQ_LIT("[Scope]"),
		IQ_LIT("[Socket]"), IQ_LIT("[Mount]"), IQ_LIT("[Swap]"),
	};
	struct iq_slice s = iq_trim(line);
	bool part_of_last = f->continued;
	ptrdiff_t eq;

	f->continued = iq_ends(s, IQ_LIT("\\")) && !(s.n && (*s.p == '#' || *s.p == ';'));
	if (part_of_last || !s.n || *s.p == '#' || *s.p == ';')
		return 0;
	if (*s.p == '[') {
		f->in_section = false;
		for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
			f->in_section = f->in_section || iq_eq(s, sections[i]);
		return 0;
	}
	eq = f->in_section ? iq_find_char(s, '=') : -1;
	if (eq <= 0)
		return 0;
	struct iq_slice key = iq_trim(iq_head(s, (size_t)eq));
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (iq_eq(key, iq_slice_z(keys[i].key))) {
			*ret_value = iq_trim(iq_from(s, (size_t)eq + 1));
			return 1 + (int)keys[i].which;
		}
	return 0;
}

void iq_unit_apply(struct iq_unit *u, enum iq_unit_key key, struct iq_slice v)
{
	int64_t n = IQ_NULL;

	switch (key) {
	case IQ_UNIT_OOM_SCORE_ADJUST:
		u->oom_score_adjust = take_i64(v, -1000, 1000, &n) ? n : IQ_NULL;
		break;
	case IQ_UNIT_OOM_POLICY:
		u->oom_policy = v.n ? v : IQ_SLICE_NULL;
		break;
	case IQ_UNIT_MEMORY_MAX:
	case IQ_UNIT_MEMORY_LIMIT:
		u->memory_max_bytes = iq_unit_bytes(v, &n) ? n : IQ_NULL;
		break;
	case IQ_UNIT_MEMORY_HIGH:
		u->memory_high_bytes = iq_unit_bytes(v, &n) ? n : IQ_NULL;
		break;
	case IQ_UNIT_RESTART:
		u->restart_policy = v.n ? v : IQ_SLICE_NULL;
		break;
	case IQ_UNIT_KEYS:
		break;
	}
}

/* --- systemd-cgls --- */

void iq_cgls_init(struct iq_cgls *t)
{
	*t = (struct iq_cgls){ .depth = 0 };
}

/* Columns of the art in front of a name: "| `-", or box characters of three bytes. */
static size_t skip_art(struct iq_slice *s)
{
	size_t columns = 0;

	while (s->n) {
		if (strchr(" |`-", *s->p) && *s->p) {
			/* "-.slice" is the name of the root slice */
			if (*s->p == '-' && iq_starts(*s, IQ_LIT("-.slice")))
				break;
			*s = iq_from(*s, 1);
		} else if (s->n >= 3 && iq_starts(*s, IQ_LIT("\xe2\x94"))) {
			*s = iq_from(*s, 3);
		} else if (iq_starts(*s, IQ_LIT("\xc2\xa0"))) {
			*s = iq_from(*s, 2);
		} else {
			break;
		}
		columns++;
	}
	return columns;
}

static void enter(struct iq_cgls *t, size_t columns, struct iq_slice name)
{
	while (t->depth && t->at[t->depth - 1] >= columns)
		t->depth--;
	size_t n = t->depth ? t->n[t->depth - 1] : 0;
	if (t->depth >= IQ_CGLS_DEPTH || n + 1 + name.n >= sizeof t->path)
		return;
	t->at[t->depth] = columns;
	/* the tree's own root has no part in the path */
	if (!iq_eq(name, IQ_LIT("-.slice"))) {
		t->path[n] = '/';
		memcpy(t->path + n + 1, name.p, name.n);
		n += 1 + name.n;
	}
	t->n[t->depth++] = n;
}

bool iq_cgls_line(struct iq_cgls *t, struct iq_slice line, int64_t *ret_pid,
		  struct iq_slice *ret_path)
{
	struct iq_slice s = line, word;
	size_t columns = skip_art(&s);
	uint64_t pid;

	s = iq_trim(s);
	if (!s.n || iq_starts(s, IQ_LIT("CGroup ")) || iq_starts(s, IQ_LIT("Control group")) ||
	    iq_starts(s, IQ_LIT("\xe2\x86\x92")) || iq_starts(s, IQ_LIT("> ")))
		return false;
	word = s;
	if (iq_take_u64(&word, &pid) && (!word.n || *word.p == ' ')) {
		while (t->depth && t->at[t->depth - 1] >= columns)
			t->depth--;
		size_t n = t->depth ? t->n[t->depth - 1] : 0;
		*ret_pid = pid <= UINT32_MAX ? (int64_t)pid : 0;
		*ret_path = n ? iq_slice(t->path, n) : IQ_LIT("/");
		return *ret_pid > 0 && !iq_has(*ret_path, IQ_LIT("\xe2\x80\xa6")) &&
		       !iq_has(*ret_path, IQ_LIT("..."));
	}
	/* "name.service (#60)", and an ellipsis that only says "has attributes" */
	word = s;
	enter(t, columns, iq_word(&word));
	return false;
}

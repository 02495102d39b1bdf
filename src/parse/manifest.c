/* parse/manifest.c - see manifest.h.  Follows sos/component.py SoSMetadata and
 * sos/report/plugins/__init__.py _collect_cmd_output() of 4.0 to 4.12.
 */
#include "parse/manifest.h"
#include "base/jsonin.h"
#include "base/units.h"
#include "model/facts.h"

#define QUARTER_US (15 * 60 * IQ_USEC)
#define LATE_US (2 * 60 * IQ_USEC)	/* a plugin's first command after its start */
#define SOON_US (2 * IQ_USEC)
#define ZONE_MAX_US (15 * 3600 * IQ_USEC)
#define KEYS 9

struct reading {
	const struct iq_manifest_ops *ops;
	struct iq_arena *mem;
	struct iq_manifest *m;
	struct iq_slice key[KEYS];	/* by depth: of what is open there */
	struct iq_manifest_command c;
	int64_t plugin_local_us, plugin_first_us;
};

/* "2026-11-21 10:14:05.825718" */
static int64_t local_time(struct iq_slice s)
{
	char iso[40];
	int64_t us;

	if (s.n < 19 || s.n >= sizeof iso || s.p[10] != ' ')
		return IQ_NULL;
	memcpy(iso, s.p, s.n);
	iso[10] = 'T';
	return iq_time_parse(iq_slice(iso, s.n), &us) ? us : IQ_NULL;
}

/* "1795256195.2514594" */
static int64_t epoch(struct iq_slice s)
{
	uint64_t seconds;
	int64_t us = 0, unit = IQ_USEC / 10;

	if (!iq_take_u64(&s, &seconds) || seconds > UINT64_C(1) << 40)
		return IQ_NULL;
	if (iq_skip(&s, IQ_LIT(".")))
		for (; s.n && s.p[0] >= '0' && s.p[0] <= '9'; s = iq_from(s, 1), unit /= 10)
			us += (s.p[0] - '0') * unit;
	return (int64_t)seconds * IQ_USEC + us;
}

static void command_begins(struct reading *r)
{
	r->c = (struct iq_manifest_command){
		.plugin = r->key[4], .status = IQ_NULL, .start_us = IQ_NULL,
	};
}

static void command_ends(struct reading *r)
{
	int64_t at = r->c.start_us;

	if (at != IQ_NULL && (r->plugin_first_us == IQ_NULL || at < r->plugin_first_us))
		r->plugin_first_us = at;
	if (at != IQ_NULL && (r->m->start_us == IQ_NULL || at < r->m->start_us))
		r->m->start_us = at;
	if (r->c.exec.p && r->ops->command)
		r->ops->command(r->ops->arg, &r->c);
}

/* The plugin began in local time, its first command right after by the clock of all. */
static void plugin_ends(struct reading *r)
{
	if (r->m->zone_us != IQ_NULL || r->plugin_local_us == IQ_NULL ||
	    r->plugin_first_us == IQ_NULL)
		return;
	int64_t apart = r->plugin_local_us - r->plugin_first_us + LATE_US;
	int64_t quarters = apart / QUARTER_US - (apart % QUARTER_US < 0);
	int64_t late = LATE_US - (apart - quarters * QUARTER_US);
	int64_t zone = quarters * QUARTER_US;
	if (late >= -SOON_US && late <= LATE_US && zone <= ZONE_MAX_US && zone >= -ZONE_MAX_US)
		r->m->zone_us = zone;
}

static void top_value(struct reading *r, struct iq_slice v)
{
	if (iq_eq(r->key[1], IQ_LIT("version")))
		r->m->version = v;
	else if (iq_eq(r->key[1], IQ_LIT("start_time")))
		r->m->local_start_us = local_time(v);
}

static void plugin_value(struct reading *r, struct iq_slice v)
{
	if (iq_eq(r->key[5], IQ_LIT("start_time")))
		r->plugin_local_us = local_time(v);
	else if (iq_eq(r->key[5], IQ_LIT("timeout_hit")) && iq_eq(v, IQ_LIT("true")) &&
		 r->ops->plugin_timeout)
		r->ops->plugin_timeout(r->ops->arg, r->key[4]);
}

static void command_value(struct reading *r, struct iq_slice v, bool string)
{
	struct iq_slice key = r->key[7];

	if (string && iq_eq(key, IQ_LIT("exec")))
		r->c.exec = iq_jsonin_text(v, r->mem);
	else if (string && iq_eq(key, IQ_LIT("filepath")))
		r->c.file = iq_jsonin_text(v, r->mem);
	else if (!string && iq_eq(key, IQ_LIT("return_code")))
		(void)(iq_to_i64(v, &r->c.status) || (r->c.status = IQ_NULL));
	else if (!string && iq_eq(key, IQ_LIT("truncated")))
		r->c.truncated = iq_eq(v, IQ_LIT("true"));
	else if (!string && iq_eq(key, IQ_LIT("start_time")))
		r->c.start_us = epoch(v);
}

static bool in_plugins(const struct reading *r)
{
	return iq_eq(r->key[1], IQ_LIT("components")) && iq_eq(r->key[2], IQ_LIT("report")) &&
	       iq_eq(r->key[3], IQ_LIT("plugins"));
}

static bool in_commands(const struct reading *r)
{
	return in_plugins(r) && iq_eq(r->key[5], IQ_LIT("commands"));
}

static void value(struct reading *r, unsigned depth, struct iq_slice v, bool string)
{
	if (depth == 1)
		top_value(r, v);
	else if (depth == 5 && in_plugins(r))
		plugin_value(r, v);
	else if (depth == 7 && in_commands(r))
		command_value(r, v, string);
}

static void opens(struct reading *r, unsigned depth)
{
	if (depth == 5 && in_plugins(r))
		r->plugin_local_us = r->plugin_first_us = IQ_NULL;
	else if (depth == 7 && in_commands(r))
		command_begins(r);
}

static void closes(struct reading *r, unsigned depth)
{
	if (depth == 6 && in_commands(r))	/* depth is what stays open */
		command_ends(r);
	else if (depth == 4 && in_plugins(r))
		plugin_ends(r);
}

void iq_manifest_read(struct iq_slice text, const struct iq_manifest_ops *ops,
		      struct iq_arena *mem, struct iq_manifest *ret)
{
	struct reading r = { .ops = ops, .mem = mem, .m = ret };
	struct iq_jsonin j;
	enum iq_jsonin_token t;

	*ret = (struct iq_manifest){
		.local_start_us = IQ_NULL, .start_us = IQ_NULL, .zone_us = IQ_NULL,
	};
	iq_jsonin_init(&j, text);
	while ((t = iq_jsonin_next(&j)) != IQ_JSONIN_END && t != IQ_JSONIN_BAD) {
		if (t == IQ_JSONIN_KEY && j.depth < KEYS)
			r.key[j.depth] = j.text;
		else if (t == IQ_JSONIN_OPEN)
			opens(&r, j.depth);
		else if (t == IQ_JSONIN_CLOSE)
			closes(&r, j.depth);
		else if (t == IQ_JSONIN_STRING || t == IQ_JSONIN_WORD)
			value(&r, j.depth, j.text, t == IQ_JSONIN_STRING);
	}
	ret->whole = t == IQ_JSONIN_END;
}

/* --- logs --- */

bool iq_manifest_log_line(struct iq_slice line, const struct iq_manifest_ops *ops)
{
	static const struct iq_slice command = IQ_LIT("] command '");
	static const struct iq_slice after = IQ_LIT("' timed out after ");
	ptrdiff_t begin = iq_find(line, IQ_LIT("[plugin:")), end = iq_find(line, after);
	ptrdiff_t at = iq_find(line, command);

	if (begin >= 0 && at > begin && end >= at + (ptrdiff_t)command.n) {
		struct iq_manifest_command c = {
			.plugin = iq_slice(line.p + begin + 8, (size_t)(at - begin - 8)),
			.exec = iq_slice(line.p + at + command.n,
					 (size_t)(end - at) - command.n),
			.status = 124, .start_us = IQ_NULL,
		};
		ops->command(ops->arg, &c);
		return true;
	}
	line = iq_trim(line);
	if (!iq_skip(&line, IQ_LIT("Plugin ")) || !iq_ends(line, IQ_LIT(" timed out")))
		return false;
	ops->plugin_timeout(ops->arg, iq_head(line, line.n - 10));
	return true;
}

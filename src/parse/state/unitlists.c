/* parse/state/unitlists.c - see unitlists.h.
 *
 * Follows systemd 208 to 262: systemctl-list-units.c output_units_list(),
 * systemctl-show.c print_status_info().
 */
#include "parse/state/unitlists.h"

#include "base/slice.h"

bool iq_unit_is_name(struct iq_slice s)
{
	static const struct iq_slice tails[] = {
		IQ_LIT(".service"), IQ_LIT(".slice"), IQ_LIT(".scope"), IQ_LIT(".socket"),
		IQ_LIT(".mount"), IQ_LIT(".swap"),
	};
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
		if (s.n > tails[i].n && s.n < 256 && iq_ends(s, tails[i]))
			return true;
	return false;
}

static bool is_one_of(struct iq_slice s, const char *const *list)
{
	for (; *list; list++)
		if (iq_eq(s, iq_slice_z(*list)))
			return true;
	return false;
}

/* "* ", or a circle, cross or arrow of three bytes (two for the cross) in UTF-8 */
static void skip_bullet(struct iq_slice *s)
{
	iq_skip_blank(s);
	struct iq_slice rest = *s, word = iq_word(&rest);
	bool ascii = iq_eq(word, IQ_LIT("*"));
	bool sign = (word.n == 3 && (unsigned char)*word.p == 0xe2) ||
		    (word.n == 2 && (unsigned char)*word.p == 0xc3);

	if (!ascii && !sign)
		return;
	iq_skip_blank(&rest);
	*s = rest;
}

bool iq_unit_list_line(struct iq_slice line, struct iq_unit *ret)
{
	static const char *const loads[] = { "loaded", "not-found", "masked", "bad-setting",
					     "error", "merged", "stub", NULL };
	static const char *const states[] = { "active", "reloading", "inactive", "failed",
					      "activating", "deactivating", "maintenance",
					      "refreshing", NULL };
	struct iq_slice s = line;

	skip_bullet(&s);
	struct iq_slice name = iq_word(&s), load = iq_word(&s), active = iq_word(&s),
			sub = iq_word(&s);
	if (!iq_unit_is_name(name) || !is_one_of(load, loads) || !is_one_of(active, states) ||
	    !sub.n || sub.n > 32)
		return false;
	iq_fact_init(IQ_FACT_UNIT, ret);
	ret->name = name;
	ret->state = active;
	ret->sub_state = sub;
	return true;
}

/* --- status --- */

/* "active (running) since ...", "failed (Result: oom-kill) since ...",
 * "activating (auto-restart) (Result: exit-code) since ..." */
static void take_active(struct iq_slice v, struct iq_unit *u)
{
	u->state = iq_word(&v);
	iq_skip_blank(&v);
	while (iq_skip(&v, IQ_LIT("("))) {
		struct iq_slice inside = iq_cut(&v, ')');
		if (iq_skip(&inside, IQ_LIT("Result: ")))
			u->result = inside;
		else if (!u->sub_state.p)
			u->sub_state = inside;
		iq_skip_blank(&v);
	}
	if (!u->sub_state.p && iq_eq(u->state, IQ_LIT("failed")))
		u->sub_state = IQ_LIT("failed");
	/* a result is printed only if it is no success */
	if (!u->result.p)
		u->result = IQ_LIT("success");
}

/* "433 (java)"; "433 (code=killed, signal=KILL)"; "433 (code=exited, status=1/FAILURE)" */
static void take_main(struct iq_slice v, struct iq_unit *u)
{
	static const struct { struct iq_slice name; int64_t code; } codes[] = {
		{ IQ_LIT("(code=exited,"), 1 }, { IQ_LIT("(code=killed,"), 2 },
		{ IQ_LIT("(code=dumped,"), 3 },
	};
	static const struct { struct iq_slice name; int64_t number; } signals[] = {
		{ IQ_LIT("HUP"), 1 }, { IQ_LIT("INT"), 2 }, { IQ_LIT("QUIT"), 3 },
		{ IQ_LIT("ILL"), 4 }, { IQ_LIT("TRAP"), 5 }, { IQ_LIT("ABRT"), 6 },
		{ IQ_LIT("BUS"), 7 }, { IQ_LIT("FPE"), 8 }, { IQ_LIT("KILL"), 9 },
		{ IQ_LIT("SEGV"), 11 }, { IQ_LIT("PIPE"), 13 }, { IQ_LIT("TERM"), 15 },
	};
	uint64_t pid, n;

	if (!iq_take_u64(&v, &pid) || !pid || pid > UINT32_MAX)
		return;
	u->exec_pid = (int64_t)pid;
	iq_skip_blank(&v);
	if (!iq_starts(v, IQ_LIT("(code=")))
		u->main_pid = (int64_t)pid;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (iq_skip(&v, codes[i].name))
			u->exec_code = codes[i].code;
	iq_skip_blank(&v);
	if (iq_skip(&v, IQ_LIT("status=")) && iq_take_u64(&v, &n) && n < 256) {
		u->exec_status = (int64_t)n;
	} else if (iq_skip(&v, IQ_LIT("signal="))) {
		struct iq_slice signal = iq_cut(&v, ')');
		for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
			if (iq_eq(signal, signals[i].name))
				u->exec_status = signals[i].number;
	}
}

/* "* ledger.service - Ledger": its name stands at the margin, all of the rest further in,
 * but for the log, whose lines begin with a date. */
static bool take_head(struct iq_slice line, struct iq_unit *u)
{
	struct iq_slice s = line;

	if (!line.n || *line.p == ' ' || *line.p == '\t')
		return false;
	skip_bullet(&s);
	struct iq_slice name = iq_word(&s);
	if (!iq_unit_is_name(name) || (s.n && !iq_starts(s, IQ_LIT(" - "))))
		return false;
	iq_fact_init(IQ_FACT_UNIT, u);
	u->name = name;
	return true;
}

enum iq_unit_status iq_unit_status_line(struct iq_slice line, struct iq_unit *u)
{
	struct iq_slice s = iq_ltrim(line);

	if (take_head(line, u))
		return IQ_UNIT_STATUS_HEAD;
	if (!u->name.p || s.n == line.n)
		return IQ_UNIT_STATUS_NONE;
	if (!u->state.p && iq_skip(&s, IQ_LIT("Active: "))) {
		take_active(s, u);
		return IQ_UNIT_STATUS_MORE;
	}
	if (u->exec_pid == IQ_NULL && iq_skip(&s, IQ_LIT("Main PID: "))) {
		take_main(s, u);
		return IQ_UNIT_STATUS_MORE;
	}
	if (!u->cgroup.p && iq_skip(&s, IQ_LIT("CGroup: /")) && s.n < 1024) {
		u->cgroup = iq_trim(iq_slice(s.p - 1, s.n + 1));
		return IQ_UNIT_STATUS_MORE;
	}
	return IQ_UNIT_STATUS_NONE;
}

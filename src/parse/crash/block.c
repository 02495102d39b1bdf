/* parse/crash/block.c - see block.h. */
#include "parse/crash/block.h"

#include "parse/roles.h"

static struct iq_slice after(struct iq_slice s, const char *key)
{
	struct iq_slice k = iq_slice_z(key);
	ptrdiff_t at = iq_find(s, k);
	return at < 0 ? IQ_SLICE_NULL : iq_trim(iq_from(s, (size_t)at + k.n));
}

static void text_once(struct iq_crash_report *r, struct iq_slice *to, struct iq_slice s)
{
	if (!to->p && s.n)
		*to = iq_report_keep(&r->rep, s);
}

static void cite(struct iq_crash_report *r, const struct iq_record *rec)
{
	const char *role = r->kind == IQ_CRASH_HARDWARE ? IQ_ROLE_HW :
			   r->kind == IQ_CRASH_FILESYSTEM ? IQ_ROLE_FS : IQ_ROLE_IO;
	iq_report_cite(&r->rep, rec, iq_slice_z(role));
}

/* sda and sda1, nvme0 and nvme0n1, dm-0 and dm-0-8 (its journal) */
static bool same_device(struct iq_slice a, struct iq_slice b)
{
	if (!a.n || !b.n)
		return false;
	return a.n < b.n ? iq_starts(b, a) : iq_starts(a, b);
}

int iq_block_absorb(struct iq_crash_report *r, const struct iq_record *rec,
		    const struct iq_opened *o)
{
	bool ours = false;
	if (r->ended || o->part != IQ_OPENER_BLOCK || o->kind != r->kind)
		return 0;
	if (r->kind == IQ_CRASH_HARDWARE)
		ours = iq_eq(r->c.form, o->c.form) &&
		       ((iq_eq(o->c.form, IQ_LIT("mce"))) ||
			(iq_eq(o->c.form, IQ_LIT("memory-failure")) &&
			 iq_eq(r->c.object, o->c.object)) ||
			(iq_eq(o->c.form, IQ_LIT("aer")) && iq_has(rec->text, IQ_LIT("Bus Error"))));
	else
		ours = same_device(r->c.object, o->c.object);
	if (!ours)
		return 0;
	if (r->c.comm.p == NULL && o->c.comm.p) {
		r->c.comm = iq_report_keep(&r->rep, o->c.comm);
		r->c.pid = o->c.pid;
	}
	if (r->c.hw_bank == IQ_NULL && o->c.hw_bank != IQ_NULL) {
		r->c.hw_bank = o->c.hw_bank;
		r->c.cpu = o->c.cpu;
		text_once(r, &r->c.hw_status, o->c.hw_status);
	}
	if (iq_eq(o->c.hw_severity, IQ_LIT("uncorrected")))
		r->c.hw_severity = IQ_LIT("uncorrected");
	cite(r, rec);
	return 1;
}

/* --- fields of machine checks and CPERs --- */

/* "event severity: fatal" */
static void severity(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice v = after(s, "severity: ");
	r->c.hw_severity = iq_report_keep(&r->rep, iq_word(&v));
}

static void address(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice v = after(s, "ADDR ");
	if (!v.p)
		v = after(s, "hysical_address: ");
	if (!v.p)
		v = after(s, "Addr: ");
	text_once(r, &r->c.address, iq_word(&v));
	struct iq_slice misc = after(s, "MISC ");
	text_once(r, &r->c.hw_misc, iq_word(&misc));
}

static void device(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice v = after(s, "device_id: ");
	if (iq_find_char(v, ':') > 0)		/* 0000:00:03.0, and no 0x2f08 */
		text_once(r, &r->c.object, iq_word(&v));
}

static void location(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice v = after(s, "DIMM location: ");
	text_once(r, &r->c.object, v.p ? v : after(s, "node:"));
}

static void section(struct iq_crash_report *r, struct iq_slice s)
{
	text_once(r, &r->c.message, after(s, "section_type: "));
}

static void error_type(struct iq_crash_report *r, struct iq_slice s)
{
	text_once(r, &r->c.error_code, after(s, "error_type: "));
}

static void verdict(struct iq_crash_report *r, struct iq_slice s)
{
	text_once(r, &r->c.message, after(s, "Machine check: "));
	if (iq_has(s, IQ_LIT("corrected by h/w")) && !r->c.hw_severity.p)
		r->c.hw_severity = IQ_LIT("corrected");
}

static const struct {
	const char *key;
	void (*take)(struct iq_crash_report *r, struct iq_slice s);
} fields[] = {
	{ "event severity: ", severity }, { "ADDR ", address }, { "hysical_address: ", address },
	{ "Error Addr: ", address }, { " MISC ", address }, { " device_id: ", device },
	{ "DIMM location: ", location }, { " node:", location }, { "section_type: ", section },
	{ "error_type: ", error_type }, { "Machine check: ", verdict },
	{ "corrected by h/w", verdict },
};

static bool hardware_line(struct iq_slice s)
{
	static const char *const leads[] = {
		"mce: [Hardware Error]", "[Hardware Error]", "{", "HARDWARE ERROR", "TSC ", "Bank ",
		"PROCESSOR ", "Run the above", "Machine check: ", "This is not a software",
		"Dazed and confused", "Do you have a strange power", "Some CPUs didn't answer",
		"RIP", "CPU ", "device [", "   [", "[ ", "AER: ", "TLP Header",
	};
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
		if (iq_starts(s, iq_slice_z(leads[i])))
			return true;
	return iq_has(s, IQ_LIT("AER: ")) || iq_has(s, IQ_LIT("Bus Error: severity=")) ||
	       iq_has(s, IQ_LIT("error status/mask="));
}

/* Lines about the device that open nothing themselves. */
static bool device_line(const struct iq_crash_report *r, struct iq_slice s)
{
	static const char *const words[] = {
		"Remounting filesystem read-only", "Sense", "CDB:", "status: {", "error: {", "cmd ",
		"res ", "hard resetting", "EH complete", "This should not happen",
		"Delayed block allocation failed", "previous I/O error", "Please unmount",
		"Please umount", "forced readonly", "Return address",
	};
	bool said = r->kind == IQ_CRASH_STORAGE || (r->c.object.n && iq_has(s, r->c.object));
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (iq_has(s, iq_slice_z(words[i])))
			return said;
	return false;
}

int iq_block_line(struct iq_crash_report *r, const struct iq_record *rec)
{
	struct iq_slice s = iq_trim(rec->text);
	bool hardware = r->kind == IQ_CRASH_HARDWARE;
	if (r->ended || !s.n)
		return 0;
	if (!(hardware ? hardware_line(s) : device_line(r, s))) {
		if (++r->idle > 64)
			r->ended = true;
		return 0;
	}
	if (hardware)
		for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
			if (iq_has(s, iq_slice_z(fields[i].key)))
				fields[i].take(r, s);
	r->idle = 0;
	cite(r, rec);
	return 1;
}

/* kern/mce.c - see mce.h. */
#include "kern/mce.h"

#include <stdio.h>

#define BIT(n) (UINT64_C(1) << (n))
#define VAL	BIT(63)
#define OVER	BIT(62)
#define UC	BIT(61)
#define MISCV	BIT(59)
#define ADDRV	BIT(58)
#define PCC	BIT(57)
#define S	BIT(56)		/* Intel: signaled by a machine check */
#define AR	BIT(55)		/* Intel: action required */
#define DEFERRED BIT(44)	/* AMD */
#define POISON	BIT(43)		/* AMD: poisoned data was consumed */

static const char *request_of(unsigned rrrr)
{
	static const char *const names[] = { "generic", "read", "write", "data read",
		"data write", "instruction fetch", "prefetch", "eviction", "snoop" };
	return rrrr < sizeof names / sizeof *names ? names[rrrr] : "other";
}

static const char *level_of(unsigned ll)
{
	static const char *const names[] = { "L0", "L1", "L2", "any level" };
	return names[ll & 3];
}

static const char *type_of(unsigned tt)
{
	static const char *const names[] = { "instruction", "data", "generic", "other" };
	return names[tt & 3];
}

static void read_memory(struct iq_mce *m, const char *unit)
{
	static const char *const what[] = { "generic", "read", "write", "address or command",
		"scrubbing", "other", "other", "other" };

	m->unit = IQ_MCE_MEMORY;
	if ((m->code & 15) != 15)
		m->channel = (int)(m->code & 15);
	if (m->channel >= 0)
		snprintf(m->what, sizeof m->what, "%s, %s, channel %d", unit,
			 what[m->code >> 4 & 7], m->channel);
	else
		snprintf(m->what, sizeof m->what, "%s, %s", unit, what[m->code >> 4 & 7]);
}

static void read_bus(struct iq_mce *m)
{
	static const char *const who[] = { "asked for here", "answered here", "seen here",
		"generic" };
	static const char *const where[] = { "memory", "reserved", "I/O", "other" };

	m->unit = IQ_MCE_BUS;
	snprintf(m->what, sizeof m->what, "bus or interconnect, %s, %s, %s%s",
		 request_of(m->code >> 4 & 15), where[m->code >> 2 & 3],
		 who[m->code >> 9 & 3], m->code & 0x100 ? ", timed out" : "");
}

/* Codes that stand for themselves. */
static bool read_simple(struct iq_mce *m)
{
	static const struct { unsigned code; enum iq_mce_unit unit; const char *what; } t[] = {
		{ 0x0000, IQ_MCE_UNKNOWN, "no error code" },
		{ 0x0001, IQ_MCE_UNKNOWN, "unclassified error" },
		{ 0x0002, IQ_MCE_INTERNAL, "parity error in the microcode ROM" },
		{ 0x0003, IQ_MCE_BUS, "error reported by another processor (external)" },
		{ 0x0004, IQ_MCE_INTERNAL, "functional redundancy check" },
		{ 0x0005, IQ_MCE_INTERNAL, "internal parity error of the processor" },
		{ 0x0006, IQ_MCE_INTERNAL, "firmware (SMM) ran code outside its memory" },
		{ 0x0400, IQ_MCE_INTERNAL, "internal timer: an instruction did not end in time" },
		{ 0x0e0b, IQ_MCE_IO, "I/O error (PCIe root complex)" },
	};
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		if (t[i].code != m->code)
			continue;
		m->unit = t[i].unit;
		snprintf(m->what, sizeof m->what, "%s", t[i].what);
		return true;
	}
	return false;
}

/* Compound codes; bit 12 says that corrected errors were filtered. */
static void read_code(struct iq_mce *m)
{
	unsigned c = m->code & ~0x1000u;

	if (read_simple(m))
		return;
	if (c >> 11 == 1) {
		read_bus(m);
	} else if (c >> 10 == 1) {
		m->unit = IQ_MCE_INTERNAL;
		snprintf(m->what, sizeof m->what, "internal error of the processor");
	} else if ((c & 0xff80) == 0x0280) {
		read_memory(m, "memory used as a cache");
	} else if (c >> 8 == 1) {
		m->unit = IQ_MCE_CACHE;
		snprintf(m->what, sizeof m->what, "processor cache, %s, %s, %s",
			 level_of(c), type_of(c >> 2), request_of(c >> 4 & 15));
	} else if ((c & 0xff80) == 0x0080) {
		read_memory(m, "memory controller");
	} else if ((c & 0xfff0) == 0x0010) {
		m->unit = IQ_MCE_TLB;
		snprintf(m->what, sizeof m->what, "TLB, %s, %s", level_of(c), type_of(c >> 2));
	} else if ((c & 0xfffc) == 0x000c) {
		m->unit = IQ_MCE_CACHE;
		snprintf(m->what, sizeof m->what, "processor cache, %s", level_of(c));
	} else {
		snprintf(m->what, sizeof m->what, "error code 0x%04x", m->code);
	}
}

static enum iq_mce_severity severity_of(uint64_t v, bool amd)
{
	if (!(v & VAL))
		return IQ_MCE_NONE;
	if (v & PCC)
		return IQ_MCE_FATAL;
	if (amd && (v & DEFERRED))
		return IQ_MCE_DEFERRED;
	if (!(v & UC))
		return IQ_MCE_CORRECTED;
	if (amd)
		return v & POISON ? IQ_MCE_RECOVERABLE : IQ_MCE_UNCORRECTED;
	if (v & OVER && (v & (S | AR)) == (S | AR))
		return IQ_MCE_FATAL;	/* a second one that needed an action is lost */
	if ((v & (S | AR)) == (S | AR))
		return IQ_MCE_RECOVERABLE;
	return v & S ? IQ_MCE_DEFERRED : IQ_MCE_UNCORRECTED;
}

void iq_mce_read(uint64_t status, bool amd, struct iq_mce *ret)
{
	*ret = (struct iq_mce){ .channel = -1 };
	ret->code = (unsigned)(status & 0xffff);
	ret->model_code = (unsigned)(status >> 16 & 0xffff);
	ret->severity = severity_of(status, amd);
	ret->overflow = status & OVER;
	ret->address = status & ADDRV;
	ret->misc = status & MISCV;
	read_code(ret);
}

const char *iq_mce_severity_text(enum iq_mce_severity s)
{
	static const char *const texts[] = {
		[IQ_MCE_NONE] = "no valid error",
		[IQ_MCE_CORRECTED] = "corrected",
		[IQ_MCE_DEFERRED] = "uncorrected, not used yet",
		[IQ_MCE_RECOVERABLE] = "uncorrected, the task that used it can be killed",
		[IQ_MCE_UNCORRECTED] = "uncorrected",
		[IQ_MCE_FATAL] = "uncorrected, the processor's state is lost",
	};
	return (size_t)s < sizeof texts / sizeof *texts ? texts[s] : "?";
}

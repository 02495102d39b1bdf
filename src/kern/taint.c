/* kern/taint.c - see taint.h.  Letters: kernel/panic.c:taint_flags[] of 7.3, which
 * only ever grew; Documentation/admin-guide/tainted-kernels.rst. */
#include "kern/taint.h"

static const struct iq_taint taints[] = {
	{ 'G', "PROPRIETARY_MODULE", "only modules with a free licence", false },
	{ 'P', "PROPRIETARY_MODULE", "a proprietary module was loaded", true },
	{ 'F', "FORCED_MODULE", "a module was loaded by force", true },
	{ 'S', "CPU_OUT_OF_SPEC", "the processor is out of specification", false },
	{ 'R', "FORCED_RMMOD", "a module was unloaded by force", true },
	{ 'M', "MACHINE_CHECK", "a machine check happened", true },
	{ 'B', "BAD_PAGE", "a bad page was found", true },
	{ 'U', "USER", "user space asked for it", false },
	{ 'D', "DIE", "an oops or BUG happened before", false },
	{ 'A', "OVERRIDDEN_ACPI_TABLE", "an ACPI table was overridden", false },
	{ 'W', "WARN", "a warning was printed before", false },
	{ 'C', "CRAP", "a staging driver was loaded", true },
	{ 'I', "FIRMWARE_WORKAROUND", "a firmware bug is worked around", false },
	{ 'O', "OOT_MODULE", "a module from outside the kernel tree was loaded", true },
	{ 'E', "UNSIGNED_MODULE", "an unsigned module was loaded", true },
	{ 'L', "SOFTLOCKUP", "a soft lockup happened before", false },
	{ 'K', "LIVEPATCH", "the kernel was live patched", false },
	{ 'X', "AUX", "defined by the distributor", false },
	{ 'T', "RANDSTRUCT", "built with randomized structs; in el7: a technology preview",
	  false },
	{ 'N', "TEST", "an in-kernel test was run", false },
	{ 'J', "FWCTL", "a device was reconfigured through fwctl", false },
	{ 'H', "HARDWARE", "el: hardware without support", false },
};

const struct iq_taint *iq_taint(char letter)
{
	for (size_t i = 0; i < sizeof taints / sizeof *taints; i++)
		if (taints[i].letter == letter)
			return &taints[i];
	return NULL;
}

size_t iq_taint_letters(struct iq_slice text, char ret[32])
{
	size_t n = 0;
	ret[0] = 0;
	if (iq_has(text, IQ_LIT("Not tainted")))
		return 0;
	ptrdiff_t at = iq_find(text, IQ_LIT("Tainted:"));
	if (at >= 0)
		text = iq_from(text, (size_t)at + 8);
	/* the letters stand in fixed places; the release behind them begins with a digit,
	 * el7 puts dashes between */
	for (size_t i = 0; i < text.n && n < 31; i++) {
		char c = text.p[i];
		if (c == ' ' || c == '-')
			continue;
		if (c < 'A' || c > 'Z' || !iq_taint(c))
			break;
		if (!memchr(ret, c, n))
			ret[n++] = c;
	}
	ret[n] = 0;
	return n;
}

void iq_taint_of_bits(uint64_t bits, char ret[IQ_TAINT_LETTERS_MAX])
{
	/* TAINT_... of include/linux/panic.h; H is bit 28 in el */
	static const char letters[] = "PFSRMBUDAWCIOELKXTNJ????????H";
	size_t n = 0;

	for (unsigned i = 0; i < 64; i++)
		if (bits >> i & 1)
			ret[n++] = i < sizeof letters - 1 ? letters[i] : '?';
	ret[n] = 0;
}

/* tests/kern/test_mce.c - machine check status in words (kern/mce.h).  Values composed
 * after the tables of the Intel SDM 3B. */
#include "t.h"

#include "kern/mce.h"

#include <string.h>

static const struct row {
	uint64_t status;
	bool amd;
	enum iq_mce_unit unit;
	enum iq_mce_severity severity;
	const char *what;
} rows[] = {
	{ 0, false, IQ_MCE_UNKNOWN, IQ_MCE_NONE, "no error code" },
	{ 0x8c00004000010090, false, IQ_MCE_MEMORY, IQ_MCE_CORRECTED,
	  "memory controller, read, channel 0" },
	{ 0xbd80000000100134, false, IQ_MCE_CACHE, IQ_MCE_RECOVERABLE,
	  "processor cache, L0, data, data read" },
	{ 0xbe00000000800400, false, IQ_MCE_INTERNAL, IQ_MCE_FATAL,
	  "internal timer: an instruction did not end in time" },
	{ 0xb200000000000005, false, IQ_MCE_INTERNAL, IQ_MCE_FATAL,
	  "internal parity error of the processor" },
	{ 0xf200000000000e0b, false, IQ_MCE_IO, IQ_MCE_FATAL, "I/O error (PCIe root complex)" },
	{ 0x9c2030000001011b, true, IQ_MCE_CACHE, IQ_MCE_DEFERRED,
	  "processor cache, any level, generic, read" },
	{ 0xb200000000000800, false, IQ_MCE_BUS, IQ_MCE_FATAL,
	  "bus or interconnect, generic, memory, asked for here" },
	{ 0x88000000000000af, false, IQ_MCE_MEMORY, IQ_MCE_CORRECTED,
	  "memory controller, write" },
	{ 0xa000000000000015, false, IQ_MCE_TLB, IQ_MCE_UNCORRECTED, "TLB, L1, data" },
	{ 0xa000000000001015, false, IQ_MCE_TLB, IQ_MCE_UNCORRECTED, "TLB, L1, data" },
	{ 0x8000000000008123, false, IQ_MCE_UNKNOWN, IQ_MCE_CORRECTED, "error code 0x8123" },
};

static void status(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct iq_mce m;
		iq_mce_read(rows[i].status, rows[i].amd, &m);
		if (m.unit != rows[i].unit || m.severity != rows[i].severity ||
		    strcmp(m.what, rows[i].what))
			fail_msg("%016llx: unit %d severity %d: %s",
				 (unsigned long long)rows[i].status, m.unit, m.severity, m.what);
		assert_non_null(iq_mce_severity_text(m.severity));
	}
}

static void flags(void **state)
{
	struct iq_mce m;

	(void)state;
	iq_mce_read(0xfc00000000010091, false, &m);
	assert_true(m.overflow && m.address && m.misc);
	assert_int_equal(m.channel, 1);
	assert_int_equal(m.code, 0x91);
	assert_int_equal(m.model_code, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status),
		cmocka_unit_test(flags),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

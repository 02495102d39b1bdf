/* vmcore/kernel/lost.c - what of the state could not be read, and whose fault that may be.
 *
 * The commonest damage of a dump is a filter older than the kernel that it filters:
 * makedumpfile takes slab pages for free ones where it does not know how a kernel marks
 * them, and tasks and their signals go missing (facts on vmcores 1.6).
 */
#include "vmcore/kernel/kimage.h"

#include <stdarg.h>
#include <stdio.h>

void iq_ki_missing(struct iq_kimage *k, const char *code, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	k->missing = true;
	iq_vmcore_issue(k->v, "damage", code, IQ_NULL, "%s", text);
}

static const char *const struct_names[] = {
#define IQ_STRUCT(STRUCT, type, ...) [IQ_S_##STRUCT] = type,
#define IQ_MEMBER(STRUCT, MEMBER, ...)
#include "vmcore/types/members.def"
};

void iq_ki_say_lost(struct iq_kimage *k)
{
	char text[280];
	size_t n = 0;
	uint64_t sum[IQ_MEM_FAILED + 1] = { 0 };

	for (size_t s = 0; s < IQ_S_MAX; s++) {
		uint64_t here = 0;
		for (unsigned w = 0; w <= IQ_MEM_FAILED; w++) {
			sum[w] += k->lost[s][w];
			here += k->lost[s][w];
		}
		if (here && n < 160)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s%s %llu",
					      n ? ", " : "", struct_names[s],
					      (unsigned long long)here);
	}
	if (!n)
		return;
	n += (size_t)snprintf(text + n, sizeof text - n, ";");
	for (unsigned w = 1; w <= IQ_MEM_FAILED && n < sizeof text - 40; w++)
		if (sum[w])
			n += (size_t)snprintf(text + n, sizeof text - n, " %s: %llu",
					      iq_mem_why((enum iq_mem_status)w),
					      (unsigned long long)sum[w]);
	iq_ki_missing(k, "unreadable",
		      "values of the kernel's structures that could not be read: %s", text);
}

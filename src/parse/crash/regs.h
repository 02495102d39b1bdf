/* parse/crash/regs.h - the line that says where the CPU stood.
 *
 * RIP, EIP, IP, pc, epc, NIP and PSW of all eras and architectures (panics.md 3.3, 7).
 * Pure; slices are views into the line.
 */
#ifndef IQ_PARSE_CRASH_REGS_H
#define IQ_PARSE_CRASH_REGS_H

#include "base/slice.h"

enum iq_ip_kind {
	IQ_IP_NONE,		/* another line */
	IQ_IP_SYMBOL,		/* kernel text with a name */
	IQ_IP_ADDRESS,		/* the address alone; the name may follow in another line */
	IQ_IP_BAD,		/* no text: a jump through a NULL or wild pointer */
	IQ_IP_USER,		/* user space */
};

struct iq_ip {
	struct iq_slice function, module;	/* with a leading dot where printed so */
	struct iq_slice address;
	bool tail;				/* printed again behind the trace (until 4.18) */
	const char *arch;			/* what alone prints such a line, or NULL */
};

enum iq_ip_kind iq_ip_parse(struct iq_slice text, struct iq_ip *ret);

#endif

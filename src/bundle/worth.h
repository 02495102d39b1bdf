/* bundle/worth.h - of the hundreds of commands that a collector runs, whose failure is
 * worth a remark: those whose data decide what we can say. */
#ifndef IQ_BUNDLE_WORTH_H
#define IQ_BUNDLE_WORTH_H

#include "base/slice.h"
#include "parse/manifest.h"

struct iq_worth {
	const char *code;		/* static: "sos-timeout" ... */
	const char *text;		/* static: what happened, and what to do next time */
};

/* False: nothing to remark. */
bool iq_worth_command(const struct iq_manifest_command *c, struct iq_worth *ret);
bool iq_worth_plugin(struct iq_slice plugin);

#endif

/* bundle/dmi.h - what kind of machine it is, by its firmware's tables.
 *
 * From dmidecode's text, the files of sys/class/dmi/id, or supportconfig's summary.
 */
#ifndef IQ_BUNDLE_DMI_H
#define IQ_BUNDLE_DMI_H

#include "base/arena.h"
#include "bundle/layout.h"

struct iq_dmi {
	struct iq_slice vendor, product, asset;	/* p NULL: not told */
};

/* What a member of that role says; the first word stays.  False: out of memory. */
bool iq_dmi_take(struct iq_dmi *d, enum iq_bundle_role role, struct iq_slice text,
		 struct iq_arena *mem);

/* The cloud it is of, static; p NULL: none that these names tell. */
struct iq_slice iq_dmi_cloud(const struct iq_dmi *d);

#endif

/* import/bid.h - is this text a kernel's log?
 *
 * By its content; where it lies in a bundle only decides about text that has no header
 * lines, and about state that quotes a log.
 */
#ifndef IQ_IMPORT_BID_H
#define IQ_IMPORT_BID_H

#include "bundle/layout.h"
#include "input/input.h"

#define IQ_BID_BYTES (64 * 1024)	/* how much of the text HEAD should have */

/* NAME: of the member, "" for the capture itself; PLACE: where it lies in a bundle. */
bool iq_bid_is_log(struct iq_slice name, const struct iq_bundle_place *place,
		   struct iq_slice head);

/* A stream that is no capture: why, and what to do. */
struct iq_other {
	enum iq_stream_kind kind;
	const char *format;	/* NULL: any */
	bool usual;		/* nothing to tell of among the files of a bundle */
	const char *code, *text;
};

/* NULL: it may be one. */
const struct iq_other *iq_other_kind(struct iq_stream_info info);

#endif

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
#define IQ_BID_LATE_BYTES (1024 * 1024)	/* and of a text that a log may stand in further down */

/* NAME: of the member, "" for the capture itself; PLACE: where it lies in a bundle. */
bool iq_bid_is_log(struct iq_slice name, const struct iq_bundle_place *place,
		   struct iq_slice head);

/* Is there a log below the first IQ_BID_BYTES of TEXT?  For what somebody named: a mail
 * or a report with other things (a kernel's configuration) in front of the log. */
bool iq_bid_has_log(struct iq_slice text);

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

/* parse/state/unitlists.h - what systemctl prints of units for people: list-units and
 * status.  Less than systemctl show says, and the only source where that is missing.
 *
 * Line by line; slices lie in the line given, or are static.  Pure.
 */
#ifndef IQ_PARSE_STATE_UNITLISTS_H
#define IQ_PARSE_STATE_UNITLISTS_H

#include "model/facts.h"

/* A row of list-units: name, state, sub_state.  False: no such row. */
bool iq_unit_list_line(struct iq_slice line, struct iq_unit *ret);

enum iq_unit_status {
	IQ_UNIT_STATUS_NONE,		/* of no concern, or a line of its log */
	IQ_UNIT_STATUS_HEAD,		/* ->name: what follows is of this unit */
	IQ_UNIT_STATUS_MORE,		/* a value of the unit begun */
};
enum iq_unit_status iq_unit_status_line(struct iq_slice line, struct iq_unit *unit);

/* Is NAME what a unit can be called, of a type that holds processes or memory limits? */
bool iq_unit_is_name(struct iq_slice name);

#endif

/* bundle/unhide.h - the names that sos clean hid, by the private map it left with the
 * customer.
 *
 * The map is JSON: {"hostname_map": {REAL: HIDDEN ...}, "ip_map": ..., "ipv6_map", "mac_map",
 * "keyword_map", "username_map"}.  A hidden name that stands for several stays hidden.
 */
#ifndef IQ_BUNDLE_UNHIDE_H
#define IQ_BUNDLE_UNHIDE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct iq_unhide;

/* Reads the map; -1 with ERR: it is none, or memory is out. */
int iq_unhide_new(struct iq_slice json, struct iq_unhide **ret, struct iq_err *err);
void iq_unhide_free(struct iq_unhide *u);
size_t iq_unhide_count(const struct iq_unhide *u);

/* TEXT with hidden names put back into OUT, which is emptied first; false: there are none in
 * it, and OUT is not filled. */
bool iq_unhide_text(const struct iq_unhide *u, struct iq_slice text, struct iq_buf *out);

/* Does the text speak of hidden names, as sos clean writes them? */
bool iq_is_hidden(struct iq_slice text);

#endif

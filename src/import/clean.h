/* import/clean.h - facts of a bundle that sos clean went over, with the names put back. */
#ifndef IQ_IMPORT_CLEAN_H
#define IQ_IMPORT_CLEAN_H

#include "bundle/unhide.h"
#include "model/facts.h"

struct iq_clean {
	struct iq_sink sink;		/* first: what it is given goes on to OUT */
	struct iq_sink *out;
	struct iq_unhide *map;
	struct iq_arena mem;		/* of one fact */
	struct iq_buf buf;
};

/* Reads the map at PATH; iq_unhide_free() ends it. */
int iq_clean_map(const char *path, struct iq_unhide **ret, struct iq_err *err);

/* A sink before OUT that puts back the names of the map at PATH. */
int iq_clean_init(struct iq_clean *c, const char *path, struct iq_sink *out,
		  struct iq_err *err);
void iq_clean_fini(struct iq_clean *c);

#endif

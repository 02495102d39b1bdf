/* store/schema.h - what schema/ becomes at build time (schema_sql.c, by embed.sh).
 *
 * The step number of a store (its user_version) is the number of steps it went
 * through; views belong to the last one and are made anew at each upgrade, so a
 * change of views needs a new step, if only an empty one, once a release is out.
 */
#ifndef IQ_STORE_SCHEMA_H
#define IQ_STORE_SCHEMA_H

#include "store/store.h"

struct iq_schema_step {
	const char *name;
	bool search;		/* only indexes for people's questions: not in memory */
	const char *sql;
};

struct iq_schema_query { const char *name, *meaning, *sql; };

extern const struct iq_schema_step iq_schema_steps[];	/* ends with a NULL name */
extern const char iq_schema_views[];
extern const struct iq_schema_row iq_schema_rows[];
extern const size_t iq_schema_n_rows;
extern const struct iq_schema_query iq_schema_queries[];	/* likewise */

#endif

/* store/schema.c - the documentation of the views and the named queries, as asked
 * for; both come from schema/ through schema_sql.c.
 */
#include "store/schema.h"

const struct iq_schema_row *iq_store_schema(size_t *ret_n)
{
	*ret_n = iq_schema_n_rows;
	return iq_schema_rows;
}

const char *iq_store_named_query(struct iq_slice name)
{
	iq_skip(&name, IQ_LIT("@"));
	for (const struct iq_schema_query *q = iq_schema_queries; q->name; q++)
		if (iq_eq(name, iq_slice_z(q->name)))
			return q->sql;
	return NULL;
}

const char *iq_store_named_query_at(size_t i, const char **ret_name, const char **ret_meaning)
{
	size_t n = 0;
	while (iq_schema_queries[n].name)
		n++;
	if (i >= n)
		return NULL;
	*ret_name = iq_schema_queries[i].name;
	*ret_meaning = iq_schema_queries[i].meaning;
	return iq_schema_queries[i].sql;
}

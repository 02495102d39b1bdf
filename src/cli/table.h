/* cli/table.h - rows of a query in the form asked for. */
#ifndef IQ_CLI_TABLE_H
#define IQ_CLI_TABLE_H

#include <stdio.h>

#include "base/err.h"
#include "store/store.h"

/* The FORMAT names that iq_table_print() knows; NULL: not one of them. */
struct iq_table_format;
const struct iq_table_format *iq_table_format(const char *name);

/* Steps through ST and prints every row.  Text reaches a terminal escaped. */
int iq_table_print(const struct iq_table_format *format, sqlite3 *db, sqlite3_stmt *st, FILE *f,
		   struct iq_err *err);

#endif

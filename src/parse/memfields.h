/* parse/memfields.h - `name:valuekB name:value ...`, the form of show_mem()'s lines.
 *
 * A field scanner that forgives what copying does to such lines: blanks inside a name
 * or a number (a wrap that was joined with its indent), a value that is not there, a
 * name that breaks off.  And the tables of the names that have a column.  Pure: views
 * in, numbers out; no allocation, no state.
 */
#ifndef IQ_PARSE_MEMFIELDS_H
#define IQ_PARSE_MEMFIELDS_H

#include "model/facts.h"

#define IQ_MEMFIELD_NAME_MAX 64

enum iq_memcolumn_kind {
	IQ_MEMCOL_BYTES,		/* printed with kB */
	IQ_MEMCOL_PLAIN,		/* a plain number */
	IQ_MEMCOL_FLAG,			/* `name? yes` */
	IQ_MEMCOL_COUNTER,		/* known, but without a column of its own */
};

struct iq_memcolumn {
	struct iq_slice name;		/* as the kernel prints it */
	enum iq_memcolumn_kind kind;
	uint16_t offset;		/* into the fact */
	bool closes;			/* in some era the last field of its line */
};

struct iq_memtable {
	const struct iq_memcolumn *columns;
	size_t n;
};

extern const struct iq_memtable iq_memtable_zone;	/* into struct iq_zone */
extern const struct iq_memtable iq_memtable_node;	/* into struct iq_node */
extern const struct iq_memtable iq_memtable_global;	/* counters of pages */

struct iq_memfield {
	char name[IQ_MEMFIELD_NAME_MAX];	/* without the blanks that damage put in */
	size_t name_n;
	const struct iq_memcolumn *column;	/* NULL: a name not in the table */
	int64_t value;			/* IQ_NULL: not there; bytes if KB, 0 or 1 of a flag */
	bool kb;			/* a unit of kB was printed */
	bool spaced;			/* a blank between colon and value */
};

/* The column of that name, or NULL.  *HINT (0 at first) makes names in table order
 * cheap. */
const struct iq_memcolumn *iq_memcolumn_find(const struct iq_memtable *table,
					     struct iq_slice name, size_t *hint);

/* The next field of *S, which is moved behind it.  False: none left; *S then is what
 * remains without a colon (a name that broke off). */
bool iq_memfield_next(struct iq_slice *s, const struct iq_memtable *table, size_t *hint,
		      struct iq_memfield *ret);

/* Digits at the front of *S, with blanks between them taken for damage.  False, and
 * nothing moved, if there are none or they do not fit. */
bool iq_memfield_number(struct iq_slice *s, int64_t *ret);

/* A unit of kB (KB in some places) at the front of *S. */
bool iq_memfield_kb(struct iq_slice *s);

#endif

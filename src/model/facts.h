/* model/facts.h - the structs that every reader fills, and where they go.
 *
 * A task in an OOM table, in /proc and in a vmcore is the same struct with another
 * source, so whatever reads facts is written once.  The members stand in facts.def.
 *
 * A reader sets up a struct with iq_fact_init(), fills what the capture shows and
 * hands it to a sink; the sink copies what it needs before it returns, so slices
 * may be borrowed from the reader's buffers.
 */
#ifndef IQ_MODEL_FACTS_H
#define IQ_MODEL_FACTS_H

#include "base/err.h"
#include "base/slice.h"

#define IQ_NULL INT64_MIN		/* a number the capture does not show */

/* How much a wall time is worth. */
enum iq_wall_kind {
	IQ_WALL_UTC = 0,		/* zone and year were printed, or computed from such */
	IQ_WALL_LOCAL = 1,		/* without zone: taken as UTC until a zone is known */
	IQ_WALL_NO_YEAR = 2,		/* bit: year provisional, member.year_delta to be added */
	IQ_WALL_COMPUTED = 4,		/* bit: dmesg -T and such: boot time at print time + mono */
};

enum iq_fact_type {
#define IQ_FACT(name, NAME) IQ_FACT_##NAME,
#define IQ_REF(fact, name, TARGET)
#define IQ_INT(fact, name)
#define IQ_TEXT(fact, name)
#define IQ_END(name, NAME)
#include "model/facts.def"
	IQ_FACT_MAX
};

#define IQ_FACT(name, NAME) struct iq_##name { int64_t id;
#define IQ_REF(fact, name, TARGET) int64_t name##_id;
#define IQ_INT(fact, name) int64_t name;
#define IQ_TEXT(fact, name) struct iq_slice name;
#define IQ_END(name, NAME) };
#include "model/facts.def"

enum iq_column_kind { IQ_COL_INT, IQ_COL_TEXT, IQ_COL_REF };

struct iq_column {
	const char *name;		/* also the column of the table; REF has _id */
	enum iq_column_kind kind;
	uint16_t offset;		/* into the struct */
	enum iq_fact_type target;	/* of a REF */
};

struct iq_fact_desc {
	const char *name;		/* also the table */
	size_t size;
	const struct iq_column *columns;
	size_t n_columns;
};

extern const struct iq_fact_desc iq_fact_descs[IQ_FACT_MAX];

#define IQ_FACT_BYTES_MAX 1024		/* no struct of facts.def is larger */

/* All columns missing, id 0. */
void iq_fact_init(enum iq_fact_type type, void *fact);

/* Access by descriptor. */
static inline int64_t *iq_fact_int(void *fact, const struct iq_column *c)
{
	return (int64_t *)(void *)((char *)fact + c->offset);
}

static inline struct iq_slice *iq_fact_text(void *fact, const struct iq_column *c)
{
	return (struct iq_slice *)(void *)((char *)fact + c->offset);
}

/* Where facts go.  An id comes from iq_sink_id() before the fact that carries it
 * is put; facts may be put in any order, a reference may come before its target. */
struct iq_sink {
	/* Takes a copy.  0, or -1 with ERR filled: the reader stops. */
	int (*put)(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
		   struct iq_err *err);
	int64_t last_id[IQ_FACT_MAX];
};

static inline int64_t iq_sink_id(struct iq_sink *sink, enum iq_fact_type type)
{
	return ++sink->last_id[type];
}

static inline int iq_sink_put(struct iq_sink *sink, enum iq_fact_type type,
			      const void *fact, struct iq_err *err)
{
	return sink->put(sink, type, fact, err);
}

#endif

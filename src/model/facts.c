/* model/facts.c - the descriptors that facts.def expands to. */
#include "model/facts.h"

#define IQ_FACT(name, NAME) static const struct iq_column columns_##name[] = {
#define IQ_REF(fact, name, TARGET) \
	{ #name "_id", IQ_COL_REF, offsetof(struct iq_##fact, name##_id), IQ_FACT_##TARGET },
#define IQ_INT(fact, name) \
	{ #name, IQ_COL_INT, offsetof(struct iq_##fact, name), IQ_FACT_MAX },
#define IQ_TEXT(fact, name) \
	{ #name, IQ_COL_TEXT, offsetof(struct iq_##fact, name), IQ_FACT_MAX },
#define IQ_END(name, NAME) }; \
	_Static_assert(sizeof(struct iq_##name) <= IQ_FACT_BYTES_MAX, #name);
#include "model/facts.def"

const struct iq_fact_desc iq_fact_descs[IQ_FACT_MAX] = {
#define IQ_FACT(name, NAME) \
	[IQ_FACT_##NAME] = { #name, sizeof(struct iq_##name), columns_##name, \
			     sizeof columns_##name / sizeof *columns_##name },
#define IQ_REF(fact, name, TARGET)
#define IQ_INT(fact, name)
#define IQ_TEXT(fact, name)
#define IQ_END(name, NAME)
#include "model/facts.def"
};

void iq_fact_init(enum iq_fact_type type, void *fact)
{
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	memset(fact, 0, d->size);
	for (const struct iq_column *c = d->columns; c < d->columns + d->n_columns; c++)
		if (c->kind != IQ_COL_TEXT)
			*iq_fact_int(fact, c) = IQ_NULL;
}

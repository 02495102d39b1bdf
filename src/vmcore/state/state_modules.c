/* vmcore/state/state_modules.c - loaded modules, as /proc/modules has them.
 *
 * kernel/module/procfs.c.  Memory is in one block and one for its beginning (layouts) up
 * to 6.3, then in one for each kind; what was for the beginning has size 0 after it.
 */
#include "kern/taint.h"
#include "vmcore/kernel/kread.h"

#define MODULES_MAX 10000
#define STATE_UNFORMED 3		/* enum module_state: being set up, not shown */

struct walk {
	struct iq_kimage *k;
	struct iq_err *err;
	size_t n;
	bool failed;
};

static int64_t sum_of(int64_t a, int64_t b)
{
	return a < 0 || b < 0 || a > INT32_MAX || b > INT32_MAX ? IQ_NULL : a + b;
}

static void fill_place(struct iq_kimage *k, uint64_t at, struct iq_module *m)
{
	const struct iq_member_at *mem = &k->member[IQ_M_MODULE_MEM];
	size_t n = iq_kr_count(k, IQ_M_MODULE_MEM, 16);

	if (!mem->known) {
		m->address = iq_ki_value(k, at, IQ_M_MODULE_CORE_BASE);
		m->size_bytes = sum_of(iq_ki_value(k, at, IQ_M_MODULE_CORE_SIZE),
				       iq_ki_value(k, at, IQ_M_MODULE_INIT_SIZE));
		return;
	}
	m->address = iq_ki_value(k, at + mem->offset, IQ_M_MODULE_MEMORY_BASE);
	m->size_bytes = n ? 0 : IQ_NULL;
	for (size_t i = 0; i < n && m->size_bytes != IQ_NULL; i++)
		m->size_bytes = sum_of(m->size_bytes,
				       iq_ki_value(k, at + mem->offset + i * mem->elem_size,
						   IQ_M_MODULE_MEMORY_SIZE));
}

static int put_module(void *arg, uint64_t at)
{
	struct walk *w = arg;
	struct iq_kimage *k = w->k;
	int64_t taints = iq_ki_value(k, at, IQ_M_MODULE_TAINTS);
	struct iq_module m;
	char letters[IQ_TAINT_LETTERS_MAX];

	if (iq_ki_value(k, at, IQ_M_MODULE_STATE) == STATE_UNFORMED)
		return 0;
	iq_fact_init(IQ_FACT_MODULE, &m);
	m.snapshot_id = k->snapshot_id;
	m.name = iq_ki_chars(k, at, IQ_M_MODULE_NAME);
	fill_place(k, at, &m);
	if (taints != IQ_NULL) {
		iq_taint_of_bits((uint64_t)taints, letters);
		m.taints = iq_slice_z(letters);
	}
	w->n++;
	w->failed = iq_sink_put(k->sink, IQ_FACT_MODULE, &m, w->err) != 0;
	iq_arena_reset(&k->arena);
	return w->failed;
}

int iq_state_modules(struct iq_kimage *k, struct iq_err *err)
{
	struct walk w = { .k = k, .err = err };
	uint64_t head;

	if (!iq_ki_has(k, IQ_M_MODULE_LIST) || !iq_ki_symbol(k, "modules", &head))
		return 0;
	if (iq_ki_list(k, head, k->member[IQ_M_MODULE_LIST].offset, MODULES_MAX, put_module,
		       &w) != IQ_LIST_WHOLE && !w.failed)
		iq_ki_missing(k, "modules", "the list of modules breaks off; %zu were found",
			      w.n);
	return w.failed ? -1 : 0;
}

/* vmcore/state/state.c - the state of the machine: opens the kernel in the dump and lets one
 * walker after the other put its part into the snapshot.
 *
 * A walker that finds nothing says so in an issue and lets the others go on; only a
 * sink that fails and memory that runs out end the round.
 */
#include "vmcore/kernel/kimage.h"

#include <stdlib.h>

/* In the order in which they are stored; stacks need the tasks that were found. */
const struct iq_walker iq_walkers[] = {
#define WALKER(what) { #what, iq_state_##what }
	WALKER(tasks), WALKER(cgroups), WALKER(zones), WALKER(counters), WALKER(slabs),
	WALKER(swaps), WALKER(modules), WALKER(sysctls), WALKER(stacks),
	{ NULL, NULL }
};

static int walk(struct iq_kimage *k, struct iq_boot *boot, struct iq_snapshot *snap,
		struct iq_err *err)
{
	if (iq_state_machine(k, boot, snap, err))
		return -1;
	for (const struct iq_walker *w = iq_walkers; w->walk; w++) {
		iq_arena_reset(&k->arena);
		if (w->walk(k, err))
			return -1;
	}
	return 0;
}

int iq_vmcore_sources_used(struct iq_vmcore *v, const struct iq_vmcore_sources *src,
			   struct iq_slice *symbols, struct iq_slice *types,
			   struct iq_err *err)
{
	struct iq_kimage *k = calloc(1, sizeof *k);
	int rc = 0;

	*symbols = *types = IQ_SLICE_NULL;
	if (!k)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	if (!v->no_memory.code) {
		k->v = v;
		k->mem = &v->memory;
		iq_arena_init(&k->arena);
		rc = iq_kimage_open(k, v, src, err);
		*symbols = k->symbols_from;
		*types = k->types_from;
		iq_kimage_close(k);
	}
	free(k);
	return rc;
}

int iq_vmcore_state(struct iq_vmcore *v, const struct iq_vmcore_sources *src,
		    struct iq_sink *sink, int64_t member_id, struct iq_boot *boot,
		    struct iq_snapshot *ret, struct iq_err *err)
{
	static const struct iq_vmcore_sources nothing;
	struct iq_kimage *k = calloc(1, sizeof *k);

	iq_fact_init(IQ_FACT_SNAPSHOT, ret);
	if (!k)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	ret->id = iq_sink_id(sink, IQ_FACT_SNAPSHOT);
	ret->boot_id = boot->id;
	ret->source = IQ_LIT("vmcore");
	ret->complete = 0;
	if (v->no_memory.code) {	/* said when the log was asked for */
		free(k);
		return 0;
	}
	iq_arena_init(&k->arena);
	k->sink = sink;
	k->snapshot_id = ret->id;
	k->member_id = member_id;
	int rc = iq_kimage_open(k, v, src ? src : &nothing, err);
	if (!rc) {
		rc = walk(k, boot, ret, err);
		iq_ki_say_lost(k);
		ret->symbols_from = k->symbols_from;
		ret->types_from = k->types_from;
		ret->complete = k->types && !k->missing && !v->info.truncated &&
				!v->info.incomplete;
	}
	iq_kimage_close(k);
	free(k);
	return rc;
}

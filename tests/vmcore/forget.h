/* tests/vmcore/forget.h - where a dump is read for what its reading shows, not for its
 * facts: sinks that keep nothing, and every page that was read, by us or by libkdumpfile.
 *
 * For programs linked with -Wl,--wrap=kdump_read -Wl,--wrap=iq_reach_page; one dump each.
 */
#ifndef TESTS_VMCORE_FORGET_H
#define TESTS_VMCORE_FORGET_H

#include <stdlib.h>

#include "model/facts.h"
#include "text/record.h"
#include "vmcore/vmcore_impl.h"

static inline int forget(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
			 struct iq_err *err)
{
	(void)sink, (void)type, (void)fact, (void)err;
	return 0;
}

static inline int forget_record(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	(void)arg, (void)rec, (void)err;
	return 0;
}

/* Addresses of the pages read, in that order, a page as often as it was read. */
struct pages_read {
	kdump_addr_t *at;
	size_t n, cap, page_bytes;
};

static inline void pages_note(struct pages_read *r, kdump_addr_t at, size_t page_bytes)
{
	if (r->n == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 4096;
		r->at = realloc(r->at, r->cap * sizeof *r->at);
		if (!r->at)
			exit(99);
	}
	r->page_bytes = page_bytes;
	r->at[r->n++] = at;
}

kdump_status __real_kdump_read(kdump_ctx_t *kc, kdump_addrspace_t as, kdump_addr_t addr,
			       void *to, size_t *n);
kdump_status __wrap_kdump_read(kdump_ctx_t *kc, kdump_addrspace_t as, kdump_addr_t addr,
			       void *to, size_t *n);
enum iq_reach_page __real_iq_reach_page(struct iq_reach *r, uint64_t pfn, void *to, size_t n);
enum iq_reach_page __wrap_iq_reach_page(struct iq_reach *r, uint64_t pfn, void *to, size_t n);

#endif

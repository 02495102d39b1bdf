/* vmcore/vmcore_impl.h - inside of the room: what an open dump consists of. */
#ifndef IQ_VMCORE_VMCORE_IMPL_H
#define IQ_VMCORE_VMCORE_IMPL_H

#include "vmcore/dump/header.h"
#include "vmcore/dump/mem.h"
#include "vmcore/dump/reach.h"
#include "vmcore/vmcore.h"

#define IQ_SPLIT_PARTS_MAX 256

struct iq_part {
	int fd, own_fd;			/* own_fd: rebuilt from a flattened one, or -1 */
	bool flattened, cut;
	struct iq_dump_head head;
	struct iq_reach *reach;		/* NULL: nothing can lie behind the end */
};

struct iq_vmcore {
	struct iq_arena mem;
	struct iq_vmcore_info info;
	struct iq_part *parts;
	size_t n_parts;
	kdump_ctx_t *kc;		/* NULL: not fit to be opened */
	struct iq_mem *pages;
	struct iq_memory memory;
	struct iq_vmcoreinfo vmcoreinfo;
	enum iq_arch arch;
	bool parts_missing;		/* of a split set */
	struct iq_err no_memory;	/* why ->memory cannot be read; code 0: it can */
	void (*issue)(void *arg, const char *severity, const char *code,
		      int64_t offset_bytes, const char *text);
	void *issue_arg;
};

void iq_vmcore_issue(struct iq_vmcore *v, const char *severity, const char *code,
		     int64_t offset_bytes, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* Behind "there is no ... in the dump": "" or why that is no wonder. */
static inline const char *iq_vmcore_cut(const struct iq_vmcore *v)
{
	return v->info.truncated ? " (it is cut off: they may lie behind its end)" :
	       v->info.incomplete ? " (it is incomplete: they may be in what was not saved)" :
	       v->parts_missing ? " (parts of it are missing: they may lie there)" : "";
}

/* scan.c: VMCOREINFO found in the pages themselves; p NULL if there is none. */
struct iq_slice iq_vmcore_scan_info(struct iq_vmcore *v);

#endif

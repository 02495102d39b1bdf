/* vmcore/log.c - the log of a dump: finds out which form it has, see printk.h */
#include "vmcore/printk/printk.h"
#include "vmcore/vmcore_impl.h"

#include <stdlib.h>

int iq_vmcore_log(struct iq_vmcore *v,
		  int (*record)(void *arg, const struct iq_record *rec, struct iq_err *err),
		  void *arg, struct iq_err *err)
{
	static int (*const decode[])(struct iq_printk *, struct iq_err *) = {
		[IQ_PRINTK_RING] = iq_printk_ring,
		[IQ_PRINTK_RECORDS] = iq_printk_records,
		[IQ_PRINTK_BYTES] = iq_printk_bytes,
	};

	if (v->no_memory.code) {
		if (err)
			*err = v->no_memory;
		return -1;
	}
	enum iq_printk_form form = iq_printk_form(&v->vmcoreinfo);
	if (form == IQ_PRINTK_NONE)
		return iq_err_set(err, IQ_E_FORMAT, "VMCOREINFO names no log buffer");
	struct iq_printk *p = calloc(1, sizeof *p);
	if (!p)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	p->mem = &v->memory;
	p->info = &v->vmcoreinfo;
	p->record = record;
	p->arg = arg;
	p->issue = v->issue;
	p->issue_arg = v->issue_arg;
	int r = decode[form](p, err);
	free(p);
	return r;
}

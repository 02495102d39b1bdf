/* vmcore/printk/printk.c - what the three decoders share, see printk.h */
#include "vmcore/printk/printk.h"

#include <stdarg.h>
#include <stdio.h>

void iq_printk_blank(struct iq_record *rec)
{
	*rec = (struct iq_record){
		.ident_pid = IQ_NULL,
		.kernel = true,
		.wall_us = IQ_NULL,
		.mono_us = IQ_NULL,
		.level = -1,
		.facility = -1,
		.caller = IQ_NULL,
	};
}

void iq_printk_issue(struct iq_printk *p, const char *severity, const char *code,
		     const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (p->issue)
		p->issue(p->issue_arg, severity, code, IQ_NULL, text);
}

int iq_printk_give(struct iq_printk *p, struct iq_record *rec, struct iq_err *err)
{
	rec->first_line = rec->last_line = p->lines + 1;
	for (size_t i = 0; i < rec->text.n; i++)
		rec->last_line += rec->text.p[i] == '\n';
	p->lines = rec->last_line;
	p->n++;
	rec->offset_bytes = IQ_NULL;
	return p->record(p->arg, rec, err);
}

enum iq_printk_form iq_printk_form(const struct iq_vmcoreinfo *info)
{
	uint64_t a;
	size_t n;

	if (iq_vmcoreinfo_symbol(info, "prb", &a))
		return IQ_PRINTK_RING;
	if (!iq_vmcoreinfo_symbol(info, "log_buf", &a))
		return IQ_PRINTK_NONE;
	if (iq_vmcoreinfo_symbol(info, "log_first_idx", &a) ||
	    iq_vmcoreinfo_size(info, "printk_log", &n) ||
	    iq_vmcoreinfo_size(info, "log", &n))
		return IQ_PRINTK_RECORDS;
	return IQ_PRINTK_BYTES;
}

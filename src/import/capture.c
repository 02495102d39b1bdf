/* import/capture.c - hosts, boots and issues of the capture being read, and the
 * sink through which all its facts pass. */
#include "import/capture.h"

#include <stdio.h>
#include <stdlib.h>

#define HOSTS_MAX 4096

void iq_capture_issue(struct iq_capture_run *c, const char *severity, const char *code,
		      int64_t line, int64_t offset_bytes, const char *text)
{
	struct iq_issue f;
	iq_fact_init(IQ_FACT_ISSUE, &f);
	f.severity = iq_slice_z(severity);
	f.code = iq_slice_z(code);
	f.line = line;
	f.offset_bytes = offset_bytes;
	f.text = iq_slice_z(text);
	if (c->member_id)
		f.member_id = c->member_id;
	if (strcmp(severity, "note") != 0)
		c->damaged = true;
	struct iq_err err;
	(void)iq_sink_put(&c->sink, IQ_FACT_ISSUE, &f, &err);
}

void *iq_capture_grow(void *array, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return array;
	size_t want = *cap ? *cap * 2 : 16;
	void *bigger = reallocarray(array, want, size);
	if (bigger)
		*cap = want;
	return bigger;
}

ptrdiff_t iq_capture_host(struct iq_capture_run *c, struct iq_slice name)
{
	for (size_t i = 0; i < c->n_hosts; i++)
		if (!c->hosts[i].name.p == !name.p && iq_eq(c->hosts[i].name, name))
			return (ptrdiff_t)i;
	if (c->n_hosts >= HOSTS_MAX)
		return (ptrdiff_t)c->n_hosts - 1;
	struct iq_host *hosts = iq_capture_grow(c->hosts, c->n_hosts, &c->cap_hosts,
						sizeof *hosts);
	if (!hosts)
		return -1;
	c->hosts = hosts;
	struct iq_host *h = &hosts[c->n_hosts];
	iq_fact_init(IQ_FACT_HOST, h);
	h->id = iq_sink_id(&c->sink, IQ_FACT_HOST);
	h->name = iq_arena_copy(&c->arena, name);
	return (ptrdiff_t)c->n_hosts++;
}

int64_t iq_capture_new_boot(struct iq_capture_run *c, struct iq_slice host)
{
	ptrdiff_t h = iq_capture_host(c, host);
	struct iq_boot_slot *boots = iq_capture_grow(c->boots, c->n_boots, &c->cap_boots,
						     sizeof *boots);
	if (boots)
		c->boots = boots;
	if (!c->member_kept.p)
		c->member_kept = iq_arena_copy(&c->arena, c->member_name);
	if (h < 0 || !boots || (c->member_name.n && !c->member_kept.p))
		return 0;
	struct iq_boot_slot *b = &boots[c->n_boots];
	*b = (struct iq_boot_slot){ .member = c->member_kept, .now = c->member_is_now,
				    .first_us = IQ_NULL, .last_us = IQ_NULL };
	iq_fact_init(IQ_FACT_BOOT, &b->fact);
	b->fact.id = iq_sink_id(&c->sink, IQ_FACT_BOOT);
	b->fact.host_id = c->hosts[h].id;
	c->n_boots++;
	return b->fact.id;
}

struct iq_boot_slot *iq_capture_boot(struct iq_capture_run *c, int64_t boot_id)
{
	/* ids are given out in order, from 1 */
	return boot_id >= 1 && (size_t)boot_id <= c->n_boots ? &c->boots[boot_id - 1] : NULL;
}

int iq_capture_put_log(struct iq_capture_run *c, const struct iq_record *rec, int64_t boot_id,
		       struct iq_err *err)
{
	struct iq_log f;
	iq_fact_init(IQ_FACT_LOG, &f);
	f.boot_id = boot_id;
	f.member_id = c->member_id;
	f.line = rec->first_line;
	f.wall_us = rec->wall_us;
	f.wall_kind = rec->wall_kind;
	f.mono_us = rec->mono_us;
	if (rec->level >= 0)
		f.level = rec->level;
	if (rec->facility >= 0)
		f.facility = rec->facility;
	if (rec->caller_kind == 'C')
		f.cpu = rec->caller;
	else if (rec->caller_kind == 'T')
		f.task = rec->caller;
	f.source = rec->kernel ? IQ_LIT("kernel") : rec->ident;
	f.text = rec->text;
	return iq_sink_put(&c->sink, IQ_FACT_LOG, &f, err);
}

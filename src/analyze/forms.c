/* analyze/forms.c - the forms of a report's text, which tell the kernel's era.
 *
 * The parser stored the lines that matter with their roles; what they look like,
 * and which columns the facts have, is the evidence for kern/era.
 */
#include "analyze/compute.h"
#include "model/facts.h"

/* In a line of ROLE (v1_event_line): HAS stands in it, and NOT does not. */
struct text_form {
	const char *role, *has, *not;
	uint32_t form;
};

static const struct text_form text_forms[] = {
	{ "table-header", "oom_adj", NULL, IQ_FORM_COL_OOM_ADJ },
	{ "table-header", " cpu ", NULL, IQ_FORM_COL_CPU },
	{ "table-header", "nr_ptes", NULL, IQ_FORM_COL_NR_PTES },
	{ "table-header", "nr_pmds", NULL, IQ_FORM_COL_NR_PMDS },
	{ "table-header", "pgtables_bytes", NULL, IQ_FORM_COL_PGTABLES_BYTES },
	{ "table-header", "rss_anon", NULL, IQ_FORM_COL_RSS_ANON },
	/* a header that is all there */
	{ "table-header", "_adj name", "swapents", IQ_FORM_COL_NO_SWAPENTS },
	{ "table-header", "Tasks state", NULL, IQ_FORM_TASKS_STATE },
	{ "summary", "constraint=", NULL, IQ_FORM_SUMMARY },
	{ "chosen", " score ", NULL, IQ_FORM_KILL_SCORE },
	{ "cgroup", "Task in ", NULL, IQ_FORM_TASK_IN },
	{ "cgroup", "limit of host", NULL, IQ_FORM_LIMIT_OF_HOST },
	{ "cpuset", " cpuset=", "constraint=", IQ_FORM_CPUSET_LINE },
	{ "killed ", "shmem-rss:", NULL, IQ_FORM_KILLED_SHMEM },
	{ "killed ", "oom_score_adj:", NULL, IQ_FORM_KILLED_ADJ },
	{ "killed ", "ut of memory: Killed process", NULL, IQ_FORM_KILLED_PREFIX },
	{ "reaped ", "reaped process", NULL, IQ_FORM_REAPER },
	{ "panic", "no killable", NULL, IQ_FORM_NO_KILLABLE_PANIC },
	{ "slab-header", "nreclaimable slab", NULL, IQ_FORM_SLAB_TABLE },
};

/* The mask of the headline: with names (4.6+) or without. */
static uint32_t headline_forms(const char *text)
{
	const char *mask = strstr(text, "gfp_mask=");
	bool oom = mask != NULL;
	uint32_t forms = 0;

	if (!mask && (mask = strstr(text, "mode:")) == NULL)
		return 0;
	mask += oom ? 9 : 5;
	size_t n = strspn(mask, "0123456789abcdefABCDEFxX*");
	if (n && mask[n] == '(')
		forms |= IQ_FORM_GFP_NAMES;
	else if (n && (mask[n] == ',' || mask[n] == '\0'))
		forms |= IQ_FORM_GFP_RAW;
	if (oom && strstr(mask, "nodemask="))
		forms |= IQ_FORM_NODEMASK_HEAD;
	return forms;
}

static uint32_t line_forms(const struct inquest_line *l)
{
	uint32_t forms = 0;

	if (!l->text || !l->role)
		return 0;
	if (!strcmp(l->role, "headline"))
		return headline_forms(l->text);
	for (size_t i = 0; i < sizeof(text_forms) / sizeof(*text_forms); i++) {
		const struct text_form *f = &text_forms[i];
		if (iq_case_has_role(l, f->role) && strstr(l->text, f->has) &&
		    (!f->not || !strstr(l->text, f->not)))
			forms |= f->form;
	}
	return forms;
}

static uint32_t zone_forms(const struct inquest_zone *z)
{
	return (z->managed_bytes != IQ_NULL ? IQ_FORM_ZONE_MANAGED : 0) |
	       (z->free_pcp_bytes != IQ_NULL ? IQ_FORM_ZONE_FREE_PCP : 0) |
	       (z->active_anon_bytes != IQ_NULL && z->mapped_bytes != IQ_NULL
		? IQ_FORM_ZONE_LRU : 0) |
	       (z->highatomic_bytes != IQ_NULL ? IQ_FORM_ZONE_HIGHATOMIC : 0) |
	       (z->boost_bytes != IQ_NULL ? IQ_FORM_ZONE_BOOST : 0) |
	       (z->free_highatomic_bytes != IQ_NULL ? IQ_FORM_ZONE_FREE_HIGHATOMIC : 0) |
	       (z->kernel_stack_bytes != IQ_NULL ? IQ_FORM_KERNEL_STACK_ZONE : 0);
}

uint32_t iq_compute_forms(const struct iq_case *c)
{
	uint32_t forms = 0;

	for (size_t i = 0; i < c->lines.n; i++)
		forms |= line_forms(c->lines.p[i]);
	if (c->memory_from_dump)
		return forms;		/* columns of the dump tell nothing of the text */
	for (size_t i = 0; i < c->zones.n; i++)
		forms |= zone_forms(c->zones.p[i]);
	for (size_t i = 0; i < c->nodes.n; i++) {
		const struct inquest_node *n = c->nodes.p[i];
		if (n->active_anon_bytes != IQ_NULL)
			forms |= IQ_FORM_NODE_LRU;
		if (n->sec_pagetables_bytes != IQ_NULL)
			forms |= IQ_FORM_SEC_PAGETABLES;
	}
	if (iq_case_counter(c, NULL, "sec_pagetables") != IQ_NULL)
		forms |= IQ_FORM_SEC_PAGETABLES;
	return forms;
}

/* plugins/report_form.c - a report whose form is not that of the release it prints.
 *
 * Contributing.  Formats outlive release strings: people paste, edit and quote, vendors
 * port back.  The arithmetic follows the form; this says so.  Follows oom.md 6.6.
 */
#include "inquest/plugin.h"

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	static const char *const roles[] = { "table-header", "cpu", "headline", "summary",
		"chosen", "panic" };
	const struct inquest_event *ev = h->event(ctx);
	struct inquest_finding *f;
	size_t n = 0;

	if (!ev || !ev->era_mismatch)
		return 0;
	f = h->finding_new(ctx, INQUEST_CONTRIBUTING, "kernel-mismatch", INQUEST_SEV_NOTICE,
			   INQUEST_LIKELY, "report-form");
	h->finding_title(f, "the report's form is not that of the kernel it names");
	h->finding_explain(f, "As far as is known %s. The text may be put together from two machines, "
			   "edited, or of a vendor's kernel; what is computed here follows the "
			   "form.", ev->era_mismatch);
	h->finding_advise(f, "ask which kernel ran (uname -r, journalctl -k -b) before looking for "
			  "its bugs");
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		n += h->cite_role(f, roles[i], 1);
	if (!n)
		h->cite_row(f, "v1_event", ev->event_id, "%s", ev->kind);
	h->finding_commit(f);
	return 0;
}

INQUEST_EXPORT const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI,
	.size = sizeof(struct inquest_plugin),
	.name = "report-form",
	.version = "1.0",
	.description = "reports that no kernel of the printed release writes",
	.kinds = (const char *const[]){ "oom-kill", "alloc-failure", NULL },
	.event = look,
};

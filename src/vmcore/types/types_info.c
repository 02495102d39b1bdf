/* vmcore/types/types_info.c - the few offsets that VMCOREINFO itself has.
 *
 * OFFSET(type.member), SIZE(type), LENGTH(type.member) of what makedumpfile needs: pages,
 * zones, lists, the printk buffer; nothing of processes.  How wide a member is it does
 * not say: here stand those whose C type has been the same in every release.  Follows
 * kernel/vmcore_info.c (kernel/crash_core.c, kernel/kexec.c).
 */
#include "vmcore/kernel/kimage.h"

#include <stdio.h>
#include <stdlib.h>

struct info_types {
	const struct iq_vmcoreinfo *info;
	unsigned long_bytes;
};

/* bytes 0: a long or pointer; elem: the type of an array's elements */
static const struct width {
	const char *name;
	uint8_t bytes;
	bool is_signed;
	const char *elem;
} widths[] = {
	{ "page.flags", 0, false, NULL }, { "page.mapping", 0, false, NULL },
	{ "page._refcount", 4, true, NULL }, { "page._count", 4, true, NULL },
	{ "page._mapcount", 4, true, NULL }, { "page.private", 0, false, NULL },
	{ "page.compound_head", 0, false, NULL },
	{ "page.compound_info", 0, false, NULL },
	{ "page.lru", 0, false, "list_head" },
	{ "pglist_data.node_zones", 0, false, "zone" },
	{ "pglist_data.nr_zones", 4, true, NULL },
	{ "pglist_data.node_start_pfn", 0, false, NULL },
	{ "pglist_data.node_spanned_pages", 0, false, NULL },
	{ "pglist_data.node_id", 4, true, NULL },
	{ "pglist_data.node_mem_map", 0, false, NULL },
	{ "zone.free_area", 0, false, "free_area" }, { "zone.vm_stat", 0, true, NULL },
	{ "zone.spanned_pages", 0, false, NULL },
	{ "free_area.free_list", 0, false, "list_head" },
	{ "list_head.next", 0, false, NULL }, { "list_head.prev", 0, false, NULL },
	{ "vmap_area.va_start", 0, false, NULL },
	{ "vmap_area.list", 0, false, "list_head" },
	{ "vm_struct.addr", 0, false, NULL },
	{ "mem_section.section_mem_map", 0, false, NULL },
	{ "hstate.order", 4, false, NULL },
};

static const struct width *width_of(const char *name)
{
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
		if (!strcmp(widths[i].name, name))
			return &widths[i];
	return NULL;
}

static bool length_of(const struct info_types *t, const char *name, uint64_t *ret)
{
	char key[128];
	int64_t n;

	snprintf(key, sizeof key, "LENGTH(%.100s)", name);
	if (!iq_to_i64(iq_vmcoreinfo_line(t->info, key), &n) || n < 1 || n > UINT16_MAX)
		return false;
	*ret = (uint64_t)n;
	return true;
}

static bool member_of(void *impl, const char *type, const char *path,
		      struct iq_member_at *ret)
{
	const struct info_types *t = impl;
	char name[128];
	size_t offset, elem;
	uint64_t n = 1;

	snprintf(name, sizeof name, "%.60s.%.60s", type, path);
	const struct width *w = width_of(name);
	if (!w || !iq_vmcoreinfo_offset(t->info, name, &offset) || offset > UINT32_MAX)
		return false;
	elem = w->bytes ? w->bytes : t->long_bytes;
	if (w->elem &&
	    (!iq_vmcoreinfo_size(t->info, w->elem, &elem) || elem > UINT16_MAX))
		elem = 0;
	length_of(t, name, &n);
	*ret = (struct iq_member_at){ .offset = (uint32_t)offset,
				     .elem_size = (uint32_t)elem,
				     .size = (uint32_t)(elem * n),
				     .is_signed = w->is_signed,
				     .known = true};
	return true;
}

static bool size_of_type(void *impl, const char *type, uint64_t *ret)
{
	const struct info_types *t = impl;
	size_t n;

	if (!iq_vmcoreinfo_size(t->info, type, &n))
		return false;
	*ret = n;
	return true;
}

static bool constant(void *impl, const char *type, const char *name, int64_t *ret)
{
	const struct info_types *t = impl;
	(void)type;
	return iq_vmcoreinfo_number(t->info, name, ret);
}

static const struct iq_types_ops ops = {
	.source = "VMCOREINFO", .member = member_of, .size = size_of_type,
	.enumerator = constant, .free = free,
};

int iq_types_vmcoreinfo(struct iq_kimage *k, struct iq_types **ret, struct iq_err *err)
{
	size_t n;

	if (!iq_vmcoreinfo_size(k->info, "list_head", &n))
		return 1;
	struct iq_types *t = calloc(1, sizeof *t);
	struct info_types *i = calloc(1, sizeof *i);
	if (!t || !i) {
		free(t);
		free(i);
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	}
	*i = (struct info_types){ k->info, k->mem->long_bytes };
	*t = (struct iq_types){ &ops, i };
	*ret = t;
	return 0;
}

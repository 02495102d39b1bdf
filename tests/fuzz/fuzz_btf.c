/* tests/fuzz/fuzz_btf.c - type data out of a dump: a module's after the kernel's.
 *
 * The first two bytes are how long the kernel's is; the rest is the module's.  Whatever
 * is accepted answers every question, within bounds.
 */
#include <stdlib.h>

#include "vmcore/types/types_btf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void count(void *arg, struct iq_slice name, int64_t value)
{
	uint64_t *sum = arg;
	for (size_t i = 0; i < name.n; i++)
		*sum += (unsigned char)name.p[i];
	*sum += (uint64_t)value;
}

static void ask(const struct iq_types *t)
{
	static const char *const types[] = { "task_struct", "list_head", "atomic_t",
					     "zone_stat_item", "virtio_balloon", "same" };
	static const char *const paths[] = { "tgid", "comm", "children.next", "rlim",
					     "prio3", "rcu_users.counter", "tasks.prev",
					     "wait", "x" };
	struct iq_member_at m;
	uint64_t n, sum = 0;
	int64_t v;

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		for (size_t j = 0; j < sizeof paths / sizeof *paths; j++)
			if (t->ops->member(t->impl, types[i], paths[j], &m) &&
			    (!m.known || m.bits > 64 || (m.bits && m.size > 8)))
				abort();
		if (t->ops->size(t->impl, types[i], &n) && n > UINT32_MAX)
			abort();
		t->ops->each(t->impl, types[i], count, &sum);
		t->ops->enumerator(t->impl, types[i], "NR_MLOCK", &v);
	}
	t->ops->enumerator(t->impl, NULL, "WIDE", &v);
	t->ops->enumerator(t->impl, NULL, "", &v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iq_types *base = NULL, *module = NULL;

	if (size < 2)
		return 0;
	size_t n = (size_t)(data[0] | data[1] << 8);
	data += 2;
	size -= 2;
	n = n < size ? n : size;
	if (iq_types_btf_new(data, n, 8, NULL, &base, NULL))
		return 0;
	ask(base);
	if (!iq_types_btf_new(data + n, size - n, 8, base, &module, NULL))
		ask(module);
	iq_types_free(module);
	iq_types_free(base);
	return 0;
}

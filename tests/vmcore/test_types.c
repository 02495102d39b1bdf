/* vmcore/btf_check, types_btf: members, sizes and enumerators of composed BTF; damage of
 * every kind is refused, or at least harmless. */
#include "compose.h"
#include "compose_btf.h"

#include "vmcore/types/btf_check.h"
#include "vmcore/types/types_btf.h"

static struct iq_types *types_of(struct btf *btf, const struct iq_types *base)
{
	struct iq_types *t = NULL;
	struct iq_err err = { 0 };
	uint32_t n;
	const void *p = btf__raw_data(btf, &n);

	assert_non_null(p);
	assert_int_equal(iq_types_btf_new(p, n, 8, base, &t, &err), 0);
	return t;
}

static struct iq_types *composed_task(bool big)
{
	struct composed c;
	compose_base(&c, 8);
	compose_task(&c);
	if (big)
		assert_int_equal(btf__set_endianness(c.btf, BTF_BIG_ENDIAN), 0);
	struct iq_types *t = types_of(c.btf, NULL);
	btf__free(c.btf);
	return t;
}

static bool look(struct iq_types *t, const char *type, const char *path,
		 struct iq_member_at *m)
{
	return t->ops->member(t->impl, type, path, m);
}

static void members(void **state)
{
	static const struct {
		const char *path;
		unsigned offset, size, elem, bit, bits, is_signed;
	} rows[] = {
		{ "__state", 0, 4, 4, 0, 0, 0 },
		{ "in_execve", 4, 1, 1, 3, 1, 0 },
		{ "prio3", 4, 1, 1, 4, 3, 1 },
		{ "pid", 8, 4, 4, 0, 0, 1 },
		{ "rcu_users", 16, 4, 4, 0, 0, 1 },
		{ "rcu_users.counter", 16, 4, 4, 0, 0, 1 },
		{ "tgid", 20, 4, 4, 0, 0, 1 },
		{ "flags", 24, 4, 4, 0, 0, 0 },
		{ "raw", 16, 8, 8, 0, 0, 0 },
		{ "tasks", 32, 16, 16, 0, 0, 0 },
		{ "tasks.prev", 40, 8, 8, 0, 0, 0 },
		{ "comm", 48, 16, 1, 0, 0, 1 },
		{ "children", 64, 48, 16, 0, 0, 0 },
		{ "children.prev", 72, 8, 8, 0, 0, 0 },
		{ "rlim", 128, 40, 8, 0, 0, 0 },
	};
	struct iq_types *t = composed_task(false);
	struct iq_member_at m;
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(look(t, "task_struct", rows[i].path, &m));
		assert_true(m.known);
		assert_int_equal(m.offset, rows[i].offset);
		assert_int_equal(m.size, rows[i].size);
		assert_int_equal(m.elem_size, rows[i].elem);
		assert_int_equal(m.bit, rows[i].bit);
		assert_int_equal(m.bits, rows[i].bits);
		assert_int_equal(m.is_signed, rows[i].is_signed);
	}
	assert_false(look(t, "task_struct", "state", &m));
	assert_false(look(t, "task_struct", "pid.x", &m));
	assert_false(look(t, "task_struct", "", &m));
	assert_false(look(t, "task_struct", ".", &m));
	assert_false(look(t, "no_such", "pid", &m));
	assert_false(look(t, "int", "pid", &m));
	iq_types_free(t);
}

static void sizes(void **state)
{
	struct iq_types *t = composed_task(false);
	uint64_t n;
	(void)state;
	/* the one with members, though the empty one comes first */
	assert_true(t->ops->size(t->impl, "task_struct", &n));
	assert_int_equal(n, 192);
	assert_true(t->ops->size(t->impl, "atomic_t", &n));
	assert_int_equal(n, 4);
	assert_false(t->ops->size(t->impl, "int", &n));
	assert_false(t->ops->size(t->impl, "zone_stat_item", &n));
	iq_types_free(t);
}

static void count(void *arg, struct iq_slice name, int64_t value)
{
	int64_t *sum = arg;
	*sum += value + (int64_t)name.n;
}

static void enumerators(void **state)
{
	struct iq_types *t = composed_task(false);
	int64_t v, sum = 0;
	(void)state;
	assert_true(t->ops->enumerator(t->impl, "zone_stat_item", "NR_MLOCK", &v));
	assert_int_equal(v, 7);
	assert_false(t->ops->enumerator(t->impl, "zone_stat_item", "MMF_NONE", &v));
	assert_true(t->ops->enumerator(t->impl, NULL, "MMF_NONE", &v));
	assert_int_equal(v, -1);
	assert_true(t->ops->enumerator(t->impl, NULL, "WIDE", &v));
	assert_int_equal(v, 0x123456789a);
	assert_false(t->ops->enumerator(t->impl, NULL, "NR_NONE", &v));
	assert_false(t->ops->enumerator(t->impl, "task_struct", "NR_MLOCK", &v));
	assert_true(t->ops->each(t->impl, "zone_stat_item", count, &sum));
	assert_int_equal(sum, 7 + 13 + 8);
	assert_false(t->ops->each(t->impl, "no_such", count, &sum));
	iq_types_free(t);
}

/* The same type data of a big-endian machine; bits are counted from the other end. */
static void other_byte_order(void **state)
{
	struct iq_types *t = composed_task(true);
	struct iq_member_at m;
	(void)state;
	assert_true(look(t, "task_struct", "tgid", &m));
	assert_int_equal(m.offset, 20);
	assert_true(look(t, "task_struct", "in_execve", &m));
	assert_int_equal(m.bit, 8 - 3 - 1);
	iq_types_free(t);
}

/* A module's types: its own, and the kernel's behind them. */
static void split(void **state)
{
	struct composed c;
	struct iq_member_at m;
	int64_t v;
	(void)state;
	compose_base(&c, 8);
	compose_task(&c);
	struct iq_types *base = types_of(c.btf, NULL);
	struct btf *part = btf__new_empty_split(c.btf);
	btf__add_struct(part, "virtio_balloon", 24);
	btf__add_field(part, "num_pages", c.u64, 64, 0);
	btf__add_field(part, "wait", c.list, 128, 0);
	btf__add_enum(part, "vb", 4);
	btf__add_enum_value(part, "VB_ONE", 1);
	struct iq_types *t = types_of(part, base);
	assert_true(look(t, "virtio_balloon", "wait.prev", &m));
	assert_int_equal(m.offset, 24);
	assert_true(look(t, "task_struct", "tgid", &m));
	assert_int_equal(m.offset, 20);
	assert_true(t->ops->enumerator(t->impl, NULL, "VB_ONE", &v));
	assert_true(t->ops->enumerator(t->impl, NULL, "WIDE", &v));
	assert_false(look(base, "virtio_balloon", "wait", &m));
	/* alone it speaks of types and names that are not there */
	struct iq_types *none = NULL;
	uint32_t n;
	const void *p = btf__raw_data(part, &n);
	assert_int_equal(iq_types_btf_new(p, n, 8, NULL, &none, NULL), -1);
	iq_types_free(t);
	iq_types_free(base);
	btf__free(part);
	btf__free(c.btf);
}

static void ask_everything(struct iq_types *t)
{
	static const char *const paths[] = { "tgid", "comm", "children.next", "rlim",
					     "prio3", "rcu_users.counter" };
	struct iq_member_at m;
	uint64_t n;
	int64_t v, sum = 0;

	for (size_t i = 0; i < COUNT(paths); i++)
		look(t, "task_struct", paths[i], &m);
	t->ops->size(t->impl, "task_struct", &n);
	t->ops->enumerator(t->impl, NULL, "WIDE", &v);
	t->ops->each(t->impl, "zone_stat_item", count, &sum);
}

/* Cut anywhere, or a byte changed anywhere: refused or answered, never a crash. */
static void damage(void **state)
{
	struct composed c;
	uint32_t n;
	unsigned refused = 0;
	(void)state;
	compose_base(&c, 8);
	compose_task(&c);
	const unsigned char *p = btf__raw_data(c.btf, &n);
	for (uint32_t cut = 0; cut < n; cut++) {
		struct iq_types *t = NULL;
		assert_int_equal(iq_types_btf_new(p, cut, 8, NULL, &t, NULL), -1);
	}
	for (uint32_t at = 0; at < n; at++)
		for (unsigned how = 0; how < 3; how++) {
			unsigned char *b = malloc(n);
			struct iq_types *t = NULL;
			memcpy(b, p, n);
			b[at] = (unsigned char)(how == 0   ? 0xff
						: how == 1 ? b[at] + 1
							   : 0);
			if (!iq_types_btf_new(b, n, 8, NULL, &t, NULL))
				ask_everything(t);
			else
				refused++;
			iq_types_free(t);
			free(b);
		}
	assert_true(refused > n / 8);
	btf__free(c.btf);
}

static void refuses(struct btf *btf, const char *why)
{
	struct iq_types *t = NULL;
	struct iq_err err = { 0 };
	uint32_t n;
	const void *p = btf__raw_data(btf, &n);
	assert_int_equal(iq_types_btf_new(p, n, 8, NULL, &t, &err), -1);
	assert_non_null(strstr(err.text, why));
}

/* A typedef of itself, a nameless structure in itself, a huge array of huge arrays. */
static void endless(void **state)
{
	struct composed c;
	struct iq_member_at m;
	uint64_t n;
	(void)state;
	compose_base(&c, 8);
	int next = (int)btf__type_cnt(c.btf);
	btf__add_typedef(c.btf, "loop_t", next + 1);
	btf__add_typedef(c.btf, "pool_t", next);
	btf__add_struct(c.btf, "task_struct", 8);
	add_member(&c, NULL, next + 2, 0, 0);
	add_member(&c, NULL, next + 2, 0, 0);
	add_member(&c, "loop", next, 0, 0);
	int many = btf__add_array(c.btf, c.u32, next + 4, UINT32_MAX);
	btf__add_array(c.btf, c.u32, many, UINT32_MAX);
	btf__add_struct(c.btf, "big", 8);
	add_member(&c, "many", many, 0, 0);
	struct iq_types *t = types_of(c.btf, NULL);
	assert_false(look(t, "task_struct", "pid", &m));
	assert_false(t->ops->size(t->impl, "loop_t", &n));
	assert_false(look(t, "task_struct", "loop", &m));
	if (look(t, "big", "many", &m))
		assert_int_equal(m.size, 0);
	iq_types_free(t);
	btf__add_typedef(c.btf, "beyond", 100000);
	refuses(c.btf, "speaks of type 100000");
	btf__free(c.btf);
}

/* So many of one name that a chain of equal hashes could be walked for ever. */
static void one_name(void **state)
{
	struct composed c;
	struct iq_member_at m;
	(void)state;
	compose_base(&c, 8);
	for (int i = 0; i < 200000; i++)
		btf__add_struct(c.btf, "same", 0);
	struct iq_types *t = types_of(c.btf, NULL);
	for (int i = 0; i < 10000; i++)
		assert_false(look(t, "same", "x", &m));
	iq_types_free(t);
	btf__free(c.btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members),
		cmocka_unit_test(sizes),
		cmocka_unit_test(enumerators),
		cmocka_unit_test(other_byte_order),
		cmocka_unit_test(split),
		cmocka_unit_test(damage),
		cmocka_unit_test(endless),
		cmocka_unit_test(one_name),
	};
	return cmocka_run_group_tests_name("vmcore_types", tests, NULL, NULL);
}

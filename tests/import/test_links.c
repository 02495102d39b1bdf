/* tests/import/test_links.c - what a link of a capture stands for, by names alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "import/links.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct {
	const char *name, *target;
	bool hard;
} links[] = {
	{ "t/etc/os-release", "../usr/lib/os-release", false },
	{ "t/lib", "usr/lib", false },
	{ "t/etc/localtime", "/usr/share/zoneinfo/UTC", false },
	{ "t/a", "b", false }, { "t/b", "a", false }, { "t/self", "./self", false },
	{ "t/grow", "grow/x", false },
	{ "t/out", "../../etc/passwd", false },
	{ "t/hard", "./t/data/1", true },
	{ "c.tar!t/up", "../../x", false }, { "c.tar!t/in", "../y", false },
	{ "t/d1", "d2", false }, { "t/d2/e", "../data", false },
};

static enum iq_links_way resolve(const char *name, struct iq_arena *mem, struct iq_slice *ret)
{
	struct iq_links l;
	struct iq_slice to = IQ_SLICE_NULL;
	iq_links_init(&l);
	for (size_t i = 0; i < COUNT(links); i++)
		iq_links_add(&l, iq_slice_z(links[i].name), iq_slice_z(links[i].target),
			     IQ_LIT("t/"), links[i].hard);
	iq_links_sort(&l);
	enum iq_links_way way = iq_links_resolve(&l, iq_slice_z(name), mem, &to);
	*ret = iq_arena_copy(mem, to);
	iq_links_fini(&l);
	return way;
}

static void ways(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum iq_links_way way;
		const char *to;
	} rows[] = {
		{ "t/plain", IQ_LINKS_INSIDE, "t/plain" },
		{ "t/etc/os-release", IQ_LINKS_INSIDE, "t/usr/lib/os-release" },
		{ "t/lib/systemd/x", IQ_LINKS_INSIDE, "t/usr/lib/systemd/x" },
		{ "t/etc/localtime", IQ_LINKS_INSIDE, "t/usr/share/zoneinfo/UTC" },
		{ "t/a", IQ_LINKS_CIRCLE, NULL }, { "t/self", IQ_LINKS_CIRCLE, NULL },
		{ "t/grow", IQ_LINKS_CIRCLE, NULL }, { "t/grow/y", IQ_LINKS_CIRCLE, NULL },
		{ "t/out", IQ_LINKS_OUTSIDE, NULL },
		{ "t/hard", IQ_LINKS_INSIDE, "t/data/1" },
		/* an archive is left by no link */
		{ "c.tar!t/up", IQ_LINKS_OUTSIDE, NULL },
		{ "c.tar!t/in", IQ_LINKS_INSIDE, "c.tar!y" },
		/* a link in what a link leads to */
		{ "t/d1/e/f", IQ_LINKS_INSIDE, "t/data/f" },
		{ "", IQ_LINKS_INSIDE, "" },
	};
	struct iq_arena mem;
	iq_arena_init(&mem);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct iq_slice to;
		assert_int_equal(resolve(rows[i].name, &mem, &to), rows[i].way);
		if (rows[i].to)
			assert_true(iq_eq(to, iq_slice_z(rows[i].to)));
	}
	iq_arena_fini(&mem);
}

/* Memory for names is bounded; a chain longer than the limit is no way. */
static void bounds(void **state)
{
	(void)state;
	struct iq_links l;
	struct iq_arena mem;
	struct iq_slice to;
	char name[64], target[64];
	iq_links_init(&l);
	iq_arena_init(&mem);
	for (int i = 0; i < 400000; i++) {
		snprintf(name, sizeof name, "t/%060d", i);
		snprintf(target, sizeof target, "%060d", i + 1);
		iq_links_add(&l, iq_slice_z(name), iq_slice_z(target), IQ_LIT("t/"), false);
	}
	assert_true(l.left_out > 0);
	assert_true(l.mem.total_bytes < (size_t)20 << 20);
	iq_links_sort(&l);
	snprintf(name, sizeof name, "t/%060d", 5);
	assert_int_equal(iq_links_resolve(&l, iq_slice_z(name), &mem, &to), IQ_LINKS_CIRCLE);
	snprintf(name, sizeof name, "t/%060d", (int)l.n - IQ_LINKS_DEPTH);
	assert_int_equal(iq_links_resolve(&l, iq_slice_z(name), &mem, &to), IQ_LINKS_INSIDE);
	iq_arena_fini(&mem);
	iq_links_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(ways), cmocka_unit_test(bounds) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

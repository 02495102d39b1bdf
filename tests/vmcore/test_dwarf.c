/* vmcore/types_dwarf, elf_file: this program's own DWARF, in several versions of it (see
 * Makemodule.am); the compiler says where the members really are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "vmcore/kernel/kimage.h"
#include "vmcore/types/types_dwarf.h"
#include "vmcore/types/types_files.h"

typedef struct {
	int counter;
} counter_t;

struct link {
	struct link *next, *prev;
};

typedef struct {
	const struct link list;
	volatile unsigned long long wide;
} box_t;

struct promised;

enum numbers { ONE = 1, HIGH = 200, BELOW = -5, LARGE = 0x7fffffff };

static volatile enum { NAMELESS = 77, WIDE = 0x123456789all } nameless = NAMELESS;

struct task_struct {
	unsigned state;
	unsigned plain : 3, in_execve : 1;
	int three : 3;
	unsigned long long far : 40;
	counter_t usage;
	union {
		struct {
			short tgid;
			unsigned char flags;
		};
		unsigned long raw;
	};
	box_t tasks;
	char comm[16];
	box_t boxes[3];
	short grid[4][5];
	struct promised *later;
	enum numbers kind;
	char tail[];
};

/* what nobody uses is not described */
static volatile struct task_struct init_task = { .state = 7, .comm = "swapper/0" };

static struct iq_types *own_types(void)
{
	struct iq_elf_file f;
	struct iq_types *t = NULL;
	struct iq_err err = { 0 };
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(iq_elf_file_open(fd, &f, &err), 0);
	assert_non_null(f.elf);
	if (iq_types_dwarf_new(&f, &t, &err))
		fail_msg("%s", err.text);
	assert_int_equal(f.fd, -1);
	return t;
}

struct row {
	const char *path;
	size_t offset, size, elem;
	bool is_signed;
};

#define ROW(path, elem, is_signed) \
	{ #path, offsetof(struct task_struct, path), \
	  sizeof(((struct task_struct *)0)->path), elem, is_signed }

static void members(void **state)
{
	static const struct row rows[] = {
		ROW(state, 4, false),
		ROW(usage, 4, true),
		ROW(usage.counter, 4, true),
		ROW(tgid, 2, true),
		ROW(flags, 1, false),
		ROW(raw, sizeof(long), false),
		ROW(tasks, sizeof(box_t), false),
		ROW(tasks.list.prev, sizeof(void *), false),
		ROW(tasks.wide, 8, false),
		ROW(comm, 1, true),
		ROW(boxes, sizeof(box_t), false),
		ROW(grid, 5 * sizeof(short), true),
		ROW(later, sizeof(void *), false),
		ROW(kind, 4, false),
	};
	struct iq_types *t = own_types();
	struct iq_member_at m;
	uint64_t n;
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		if (!t->ops->member(t->impl, "task_struct", r->path, &m))
			fail_msg("%s is not known", r->path);
		assert_int_equal(m.offset, r->offset);
		assert_int_equal(m.size, r->size);
		assert_int_equal(m.elem_size, r->elem);
		if (strcmp(r->path, "kind"))	/* of an enum nothing is said */
			assert_int_equal(m.is_signed, r->is_signed);
		assert_int_equal(m.bits, 0);
	}
	assert_true(t->ops->member(t->impl, "task_struct", "boxes.list.prev", &m));
	assert_int_equal(m.offset, offsetof(struct task_struct, boxes[0].list.prev));
	assert_true(t->ops->member(t->impl, "task_struct", "tail", &m));
	assert_int_equal(m.offset, offsetof(struct task_struct, tail));
	assert_true(t->ops->member(t->impl, "box_t", "wide", &m));
	assert_int_equal(m.offset, offsetof(box_t, wide));
	assert_false(t->ops->member(t->impl, "task_struct", "pid", &m));
	assert_false(t->ops->member(t->impl, "task_struct", "state.x", &m));
	assert_false(t->ops->member(t->impl, "task_struct", "", &m));
	assert_false(t->ops->member(t->impl, "promised", "x", &m));
	assert_true(t->ops->size(t->impl, "task_struct", &n));
	assert_int_equal(n, sizeof(struct task_struct));
	assert_true(t->ops->size(t->impl, "counter_t", &n));
	assert_int_equal(n, sizeof(counter_t));
	assert_false(t->ops->size(t->impl, "no_such", &n));
	iq_types_free(t);
}

/* The bits that the compiler sets are those that we would read. */
static uint64_t bits_at(const struct iq_member_at *m, const void *p)
{
	uint64_t v = 0;
	memcpy(&v, (const char *)p + m->offset, m->size);
	return v >> m->bit & ((UINT64_C(1) << m->bits) - 1);
}

static void bit_fields(void **state)
{
	struct iq_types *t = own_types();
	struct task_struct s;
	struct iq_member_at m;
	(void)state;

	memset(&s, 0, sizeof s);
	s.in_execve = 1;
	assert_true(t->ops->member(t->impl, "task_struct", "in_execve", &m));
	assert_int_equal(m.bits, 1);
	assert_int_equal(bits_at(&m, &s), 1);
	s.in_execve = 0;
	assert_int_equal(bits_at(&m, &s), 0);
	s.three = -3;
	assert_true(t->ops->member(t->impl, "task_struct", "three", &m));
	assert_true(m.is_signed);
	assert_int_equal(bits_at(&m, &s), 5);
	s.plain = 6;
	assert_true(t->ops->member(t->impl, "task_struct", "plain", &m));
	assert_int_equal(bits_at(&m, &s), 6);
	s.far = UINT64_C(0xabcdef0123);
	assert_true(t->ops->member(t->impl, "task_struct", "far", &m));
	assert_int_equal(bits_at(&m, &s), UINT64_C(0xabcdef0123));
	iq_types_free(t);
}

static void add(void *arg, struct iq_slice name, int64_t value)
{
	*(int64_t *)arg += value + (int64_t)name.n;
}

static void enumerators(void **state)
{
	struct iq_types *t = own_types();
	int64_t v, sum = 0;
	(void)state;
	assert_int_equal(nameless, NAMELESS);
	assert_true(t->ops->enumerator(t->impl, "numbers", "HIGH", &v));
	assert_int_equal(v, 200);
	assert_true(t->ops->enumerator(t->impl, "numbers", "BELOW", &v));
	assert_int_equal(v, -5);
	assert_true(t->ops->enumerator(t->impl, NULL, "NAMELESS", &v));
	assert_int_equal(v, 77);
	assert_true(t->ops->enumerator(t->impl, NULL, "LARGE", &v));
	assert_int_equal(v, 0x7fffffff);
	assert_true(t->ops->enumerator(t->impl, NULL, "WIDE", &v));
	assert_int_equal(v, 0x123456789a);
	assert_false(t->ops->enumerator(t->impl, "numbers", "NAMELESS", &v));
	assert_false(t->ops->enumerator(t->impl, NULL, "NO_SUCH", &v));
	assert_true(t->ops->each(t->impl, "numbers", add, &sum));
	assert_int_equal(sum, INT64_C(0x7fffffff) + 1 + 200 - 5 + 3 + 4 + 5 + 5);
	assert_false(t->ops->each(t->impl, "task_struct", add, &sum));
	iq_types_free(t);
}

static int find_own(void *arg, struct iq_slice name, uint64_t va, char type)
{
	char *ret = arg;
	(void)va;
	if (iq_eq(name, IQ_LIT("init_task")))
		ret[0] = type;
	if (iq_eq(name, IQ_LIT("main")))
		ret[1] = type;
	return 0;
}

static void symbols(void **state)
{
	struct iq_elf_file f;
	char types[2] = "";
	(void)state;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	assert_int_equal(iq_elf_file_open(fd, &f, NULL), 0);
	assert_true(iq_elf_file_symbols(&f, find_own, types));
	assert_int_equal(types[0], 'd');
	assert_int_equal(types[1], 'T');
	assert_non_null(iq_elf_file_section(&f, ".text").p);
	assert_null(iq_elf_file_section(&f, ".no-such").p);
	iq_elf_file_close(&f);
	assert_int_equal(init_task.state, 7);
}

/* Cut, emptied, or with bytes changed all over: refused or answered. */
static void damage(void **state)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	off_t n = lseek(from, 0, SEEK_END);
	char *whole = malloc((size_t)n);
	uint32_t seed = 1;
	(void)state;

	assert_int_equal(pread(from, whole, (size_t)n, 0), n);
	close(from);
	for (int i = 0; i < 60; i++) {
		FILE *tmp = tmpfile();
		struct iq_elf_file f;
		struct iq_types *t = NULL;
		struct iq_member_at m;
		int64_t v;
		size_t keep = i < 20 ? (size_t)n * (size_t)i / 20 : (size_t)n;
		assert_non_null(tmp);
		assert_int_equal(fwrite(whole, 1, keep, tmp), keep);
		for (int k = 0; i >= 20 && k < 200; k++) {
			seed = seed * 1664525 + 1013904223;
			fseek(tmp, (long)(seed % (uint32_t)n), SEEK_SET);
			fputc((int)(seed >> 24), tmp);
		}
		fflush(tmp);
		if (!iq_elf_file_open(dup(fileno(tmp)), &f, NULL)) {
			iq_elf_file_symbols(&f, find_own, (char[2]){ 0 });
			if (f.elf && !iq_types_dwarf_new(&f, &t, NULL)) {
				t->ops->member(t->impl, "task_struct", "tasks.list.prev",
					       &m);
				t->ops->enumerator(t->impl, NULL, "NAMELESS", &v);
			}
		}
		iq_types_free(t);
		iq_elf_file_close(&f);
		fclose(tmp);
	}
	free(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members),
		cmocka_unit_test(bit_fields),
		cmocka_unit_test(enumerators),
		cmocka_unit_test(symbols),
		cmocka_unit_test(damage),
	};
	return cmocka_run_group_tests_name("vmcore_dwarf", tests, NULL, NULL);
}

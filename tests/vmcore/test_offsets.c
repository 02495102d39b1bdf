/* vmcore/types_btf on the lab's dumps, where they lie beside the source tree (skipped
 * where not): the members of four kernels have to lie where offsets.txt says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "input/input.h"
#include "vmcore/kernel/kimage.h"

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libkdumpfile\n";
}

struct sample {
	const char *dir, *file;
	unsigned column;		/* of offsets.txt */
	const char *module;		/* loaded, with BTF of its own */
};

static const struct sample samples[] = {
	{ "hung-task-5.10", "vmcore.xz", 1 },
	{ "memcg-oom-6.1", "vmcore", 2 },
	{ "numa-mbind-6.12", "vmcore.xz", 3 },
	{ "null-deref-7", "vmcore.xz", 4, "lab_null" },
};

#define N_SAMPLES (sizeof samples / sizeof *samples)

struct dump {
	const struct sample *s;
	unsigned rows, wrong, issues;
};

static void on_issue(void *arg, const char *severity, const char *code, int64_t offset,
		     const char *text)
{
	struct dump *d = arg;
	(void)code;
	(void)offset;
	d->issues += strcmp(severity, "note") != 0;
	if (strcmp(severity, "note"))
		print_message("%s\n", text);
}

static void on_walk_issue(void *arg, const char *severity, const char *code,
			  struct iq_slice member, int64_t offset, const char *text)
{
	(void)member;
	on_issue(arg, severity, code, offset, text);
}

/* "-", "24", "2168:2/1"; the table counts bits from the byte, as we do. */
static void spell(const struct iq_member_at *m, char *buf, size_t n)
{
	if (!m->known)
		snprintf(buf, n, "-");
	else if (m->bits)
		snprintf(buf, n, "%u:%u/%u", m->offset, m->bit, m->bits);
	else
		snprintf(buf, n, "%u", m->offset);
}

static void check_row(struct dump *d, const struct iq_types *t, char *line)
{
	char *cell[5], *next = line, got[40];
	struct iq_member_at m = { 0 };

	for (size_t i = 0; i < 5; i++)
		if (!(cell[i] = strtok_r(next, " \n", &next)))
			return;
	char *dot = strchr(cell[0], '.'), *other = strchr(cell[d->s->column], ',');
	assert_non_null(dot);
	*dot = 0;
	if (other)
		*other++ = 0;
	if (!t->ops->member(t->impl, cell[0], dot + 1, &m))
		m.known = false;
	spell(&m, got, sizeof got);
	d->rows++;
	if (strcmp(got, cell[d->s->column]) && !(other && !strcmp(got, other))) {
		print_message("%s.%s: %s, not %s\n", cell[0], dot + 1, got,
			      cell[d->s->column]);
		d->wrong++;
	}
}

static void check_table(struct dump *d, const struct iq_types *t)
{
	const char *top = getenv("srcdir");
	char line[200];

	snprintf(line, sizeof line, "%s/tests/vmcore/offsets.txt", top ? top : ".");
	FILE *f = fopen(line, "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f))
		if (*line != '#')
			check_row(d, t, line);
	fclose(f);
}

static struct iq_kimage *open_with(struct iq_vmcore *v,
				   const struct iq_vmcore_sources *src)
{
	struct iq_kimage *k = calloc(1, sizeof *k);
	struct iq_err err;

	assert_non_null(k);
	iq_arena_init(&k->arena);
	assert_int_equal(iq_kimage_open(k, v, src, &err), 0);
	return k;
}

static void done(struct iq_kimage *k)
{
	iq_kimage_close(k);
	free(k);
}

/* The same kernel as if it had been built without: VMCOREINFO alone, then with its BTF as
 * a file, then with that damaged. */
static void without_its_btf(struct dump *d, struct iq_vmcore *v)
{
	char path[] = "/tmp/inquest-test-XXXXXX";
	struct iq_vmcore_sources src = { .no_dump_btf = true };
	struct iq_kimage *k = open_with(v, &src);
	uint64_t start, stop;

	assert_null(k->types);
	assert_true(k->missing);
	assert_true(iq_ki_symbol(k, "__start_BTF", &start));
	assert_true(iq_ki_symbol(k, "__stop_BTF", &stop));
	unsigned char *p = malloc(stop - start);
	assert_int_equal(iq_mem_read(k->mem, start, p, stop - start), IQ_MEM_OK);
	done(k);

	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, stop - start), (ssize_t)(stop - start));
	src.btf = path;
	k = open_with(v, &src);
	assert_non_null(k->types);
	assert_false(k->missing);
	check_table(d, k->types);
	done(k);

	/* damaged it is refused, and said */
	p[12] ^= 4;		/* the length of the type section */
	assert_int_equal(pwrite(fd, p, stop - start, 0), (ssize_t)(stop - start));
	unsigned before = d->issues;
	k = open_with(v, &src);
	assert_null(k->types);
	assert_int_equal(d->issues, before + 1);
	d->issues = before;
	done(k);
	close(fd);
	unlink(path);
	free(p);
}

static int on_member(void *arg, struct iq_stream *m, struct iq_err *err)
{
	struct dump *d = arg;
	struct iq_limits limits = IQ_LIMITS_DEFAULT;
	struct iq_vmcore_sources none = { 0 };
	struct iq_kimage *k = calloc(1, sizeof *k);
	struct iq_vmcore *v;
	bool cut;
	int fd = iq_stream_fd(m, &cut, err);

	if (!k || fd < 0 || iq_vmcore_open(&fd, 1, &limits, on_issue, d, &v, err))
		return -1;
	iq_arena_init(&k->arena);
	assert_int_equal(iq_kimage_open(k, v, &none, err), 0);
	assert_non_null(k->types);
	assert_int_equal(k->n_cpus, 2);
	check_table(d, k->types);
	const struct iq_types *module = d->s->module ? iq_ki_module_types(k, d->s->module)
						     : NULL;
	assert_int_equal(!module, !d->s->module);
	if (module)
		check_table(d, module);		/* through it the kernel's */
	assert_null(iq_ki_module_types(k, "no_such_module"));
	/* found by its header it is the same */
	struct iq_types *again = NULL;
	iq_symbols_free(k->symbols);
	k->symbols = NULL;
	assert_int_equal(iq_types_btf_dump(k, &again, err), 0);
	check_table(d, again);
	iq_types_free(again);
	iq_kimage_close(k);
	free(k);
	without_its_btf(d, v);
	iq_vmcore_close(v);
	close(fd);
	return 0;
}

static void members_lie_there(void **state)
{
	const char *top = getenv("srcdir");
	struct dump d = { .s = *state };
	struct iq_walk_opts o = { .limits = IQ_LIMITS_DEFAULT };
	struct iq_visitor v = { .member = on_member, .issue = on_walk_issue, .arg = &d };
	struct iq_err err;
	char path[1024];

	snprintf(path, sizeof path, "%s/../shared/samples/vmcore/%s/%s", top ? top : ".",
		 d.s->dir, d.s->file);
	if (access(path, R_OK)) {
		print_message("%s is not there\n", path);
		skip();
	}
	if (iq_walk(path, &o, &v, &err))
		fail_msg("%s: %s", path, err.text);
	assert_int_equal(d.rows, (d.s->module ? 4 : 3) * 328);
	assert_int_equal(d.wrong, 0);
	assert_int_equal(d.issues, 0);
}

int main(void)
{
	struct CMUnitTest tests[N_SAMPLES];
	for (size_t i = 0; i < N_SAMPLES; i++)
		tests[i] = (struct CMUnitTest){ samples[i].dir, members_lie_there, NULL,
					       NULL, (void *)(uintptr_t)&samples[i]};
	return cmocka_run_group_tests_name("vmcore_offsets", tests, NULL, NULL);
}

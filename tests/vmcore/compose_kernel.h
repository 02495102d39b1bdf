/* tests/vmcore/compose_kernel.h - a kernel of a few pages for the walkers of memory
 * state: members placed by the test, symbols, enumerators, two processors, and a sink
 * that keeps every fact as a line of text.
 */
#ifndef TESTS_VMCORE_COMPOSE_KERNEL_H
#define TESTS_VMCORE_COMPOSE_KERNEL_H

#include "compose.h"

#include "vmcore/kernel/kimage.h"

struct constant {
	const char *type, *name;
	int64_t value;
};

struct kernel {
	struct iq_kimage k;
	struct machine m;
	struct iq_memory mem;
	struct iq_vmcore v;
	struct iq_vmcoreinfo info;
	struct iq_types types;
	const struct constant *constants;
	uint64_t offsets[2];
	struct iq_sink sink;
	struct iq_buf out;		/* "fact column=value column=value\n" */
	struct iq_buf issues;
};

static inline bool constant_of(void *impl, const char *type, const char *name, int64_t *ret)
{
	const struct kernel *t = impl;
	for (const struct constant *c = t->constants; c && c->name; c++)
		if ((!type || !strcmp(c->type, type)) && !strcmp(c->name, name)) {
			*ret = c->value;
			return true;
		}
	return false;
}

static inline bool constants_of(void *impl, const char *type,
				void (*each)(void *arg, struct iq_slice name, int64_t value),
				void *arg)
{
	const struct kernel *t = impl;
	bool any = false;
	for (const struct constant *c = t->constants; c && c->name; c++)
		if (!strcmp(c->type, type)) {
			each(arg, iq_slice_z(c->name), c->value);
			any = true;
		}
	return any;
}

static inline int keep_fact(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
			    struct iq_err *err)
{
	struct kernel *t = (struct kernel *)((char *)sink - offsetof(struct kernel, sink));
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	void *f = (void *)(uintptr_t)fact;
	(void)err;

	iq_buf_str(&t->out, d->name);
	for (size_t i = 0; i < d->n_columns; i++) {
		const struct iq_column *c = &d->columns[i];
		if (!strcmp(c->name, "snapshot_id") || !strcmp(c->name, "snapshot"))
			continue;
		if (c->kind != IQ_COL_TEXT && *iq_fact_int(f, c) != IQ_NULL)
			iq_buf_printf(&t->out, " %s=%lld", c->name,
				      (long long)*iq_fact_int(f, c));
		if (c->kind == IQ_COL_TEXT && iq_fact_text(f, c)->p)
			iq_buf_printf(&t->out, " %s='%.*s'", c->name,
				      IQ_FMT(*iq_fact_text(f, c)));
	}
	iq_buf_char(&t->out, '\n');
	return 0;
}

static inline void keep_issue(void *arg, const char *severity, const char *code,
			      int64_t offset, const char *text)
{
	struct kernel *t = arg;
	(void)offset;
	iq_buf_printf(&t->issues, "%s %s: %s\n", severity, code, text);
}

static inline struct kernel *kernel_new(size_t bytes, const struct constant *constants)
{
	static const struct iq_types_ops ops = {
		.source = "test", .enumerator = constant_of, .each = constants_of,
	};
	struct kernel *t = calloc(1, sizeof *t);

	machine_init(&t->m, bytes, 8, false);
	t->mem = (struct iq_memory){ machine_read, &t->m, 8, false };
	t->constants = constants;
	t->types = (struct iq_types){ &ops, t };
	t->v.issue = keep_issue;
	t->v.issue_arg = t;
	iq_arena_init(&t->v.mem);
	t->info.text = IQ_LIT("OSRELEASE=6.1.0\n");
	t->sink.put = keep_fact;
	iq_buf_init(&t->out);
	iq_buf_init(&t->issues);
	struct iq_kimage *k = &t->k;
	k->v = &t->v;
	k->mem = &t->mem;
	k->info = &t->info;
	k->arch = IQ_ARCH_X86_64;
	k->page_size = 4096;
	k->types = &t->types;
	k->symbols = iq_symbols_new();
	k->n_cpus = 2;
	k->percpu_offset = t->offsets;
	k->sink = &t->sink;
	iq_arena_init(&k->arena);
	return t;
}

static inline void kernel_free(struct kernel *t)
{
	iq_symbols_free(t->k.symbols);
	iq_arena_fini(&t->k.arena);
	iq_arena_fini(&t->v.mem);
	iq_buf_fini(&t->out);
	iq_buf_fini(&t->issues);
	machine_fini(&t->m);
	free(t);
}

static inline void symbol(struct kernel *t, const char *name, size_t at)
{
	assert_int_equal(iq_symbols_add(t->k.symbols, iq_slice_z(name), IQ_SLICE_NULL,
					BASE + at, 'D'), 0);
	assert_int_equal(iq_symbols_sort(t->k.symbols, NULL), 0);
}

static inline void place(struct kernel *t, enum iq_member_no m, uint32_t offset,
			 uint32_t size, uint32_t elem, bool is_signed)
{
	t->k.member[m] = (struct iq_member_at){ .offset = offset, .size = size,
						.elem_size = elem,
						.is_signed = is_signed, .known = true };
}

static inline void place_long(struct kernel *t, enum iq_member_no m, uint32_t offset)
{
	place(t, m, offset, 8, 8, false);
}

static inline void poke_ptr(struct kernel *t, size_t at, size_t to)
{
	poke(&t->m, at, 8, BASE + to);
}

static inline void poke_text(struct kernel *t, size_t at, const char *text)
{
	assert_true(at + strlen(text) < t->m.n);
	memcpy(t->m.mem + at, text, strlen(text) + 1);
}

/* A ring of N list_heads, the first one the head. */
static inline void ring(struct kernel *t, const size_t *at, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		poke_ptr(t, at[i], at[(i + 1) % n]);
		poke_ptr(t, at[i] + 8, at[(i + n - 1) % n]);
	}
}

static inline bool said(const struct iq_buf *b, const char *what)
{
	return b->n && strstr(b->p, what);	/* a NUL stands behind the bytes */
}

static inline void expect(const struct kernel *t, const char *line)
{
	if (!said(&t->out, line))
		fail_msg("no \"%s\" in\n%.*s", line, IQ_FMT(iq_buf_as_slice(&t->out)));
}

static inline void expect_none(const struct kernel *t, const char *line)
{
	if (said(&t->out, line))
		fail_msg("\"%s\" in\n%.*s", line, IQ_FMT(iq_buf_as_slice(&t->out)));
}

#endif

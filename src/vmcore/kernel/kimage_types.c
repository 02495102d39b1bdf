/* vmcore/kernel/kimage_types.c - where the kernel's types come from, in this order:
 *
 *	1. the BTF in the dump
 *	2. --btf: BTF, alone or in an ELF file
 *	3. --vmlinux: its .BTF, else its DWARF
 *	4. below --debug-dir: the same, by build id, then by release
 *	5. VMCOREINFO's own offsets, and what the structures themselves betray
 *
 * The first that is there and fits counts, and k->types_from says which it was; a file
 * that was given and does not fit is said.
 */
#include "vmcore/types/types_files.h"

#include <stdio.h>

struct source {
	const char *option, *path;
	unsigned from;
};

/* 0 found, 1 not; -1 out of memory. */
static int try_file(struct iq_kimage *k, const struct source *s, struct iq_err *err)
{
	if (!s->path)
		return 1;
	if (!iq_types_file(k, s->path, s->from, &k->types, err)) {
		k->types_from = iq_arena_printf(&k->v->mem, "%s of %.200s",
						k->types->ops->source, s->path);
		return 0;
	}
	if (err->code == IQ_E_NOMEM)
		return -1;
	iq_vmcore_issue(k->v, "damage", "types-refused", IQ_NULL, "%s %s", s->option,
			err->text);
	return 1;
}

struct looking {
	struct iq_kimage *k;
	struct iq_err *err;
	unsigned tried;
	int result;
};

static int try_found(void *arg, const char *path)
{
	struct looking *l = arg;
	struct source s = { "--debug-dir", path, IQ_TYPES_BTF | IQ_TYPES_DWARF };

	l->tried++;
	l->result = try_file(l->k, &s, l->err);
	return l->result <= 0;
}

static int try_debug_dir(struct iq_kimage *k, const char *dir, struct iq_err *err)
{
	struct looking l = { k, err, 0, 1 };
	char id[65];

	if (!dir)
		return 1;
	iq_kimage_build_id(k, id, sizeof id);
	struct iq_slice release = k->v->info.release;
	iq_debug_dir_walk(dir, id, release, iq_vmlinux_places, try_found, &l);
	if (!l.tried)
		iq_vmcore_issue(k->v, "damage", "types-refused", IQ_NULL,
				"--debug-dir %.150s: no debug file of %.*s, build id %s",
				dir, IQ_FMT(release), *id ? id : "unknown");
	return l.result;
}

static int try_dump(struct iq_kimage *k, const struct iq_vmcore_sources *src,
		    struct iq_err *err)
{
	int r = src->no_dump_btf ? 1 : iq_types_btf_dump(k, &k->types, err);

	if (r == 0)
		k->types_from = IQ_LIT("BTF in the dump");
	if (r >= 0 || err->code == IQ_E_NOMEM)
		return r;
	iq_vmcore_issue(k->v, "damage", "btf", IQ_NULL, "the BTF in the dump: %s",
			err->text);
	return 1;
}

/* Members that only T knows; how many.  T is done with. */
static size_t take(struct iq_kimage *k, struct iq_types *t)
{
	size_t before = 0, after = 0;

	for (size_t i = 0; i < IQ_M_MAX; i++)
		before += k->member[i].known;
	iq_kimage_members(k, t);
	for (size_t i = 0; i < IQ_M_MAX; i++)
		after += k->member[i].known;
	iq_types_free(t);
	return after - before;
}

/* Better than nothing, and little: said with what would be better.  Most kernels before
 * 2020 have no type data: no fault of the dump. */
static int try_rest(struct iq_kimage *k, struct iq_err *err)
{
	struct iq_types *t = NULL;
	size_t told = 0, inferred = 0;
	char id[65];
	int r = iq_types_vmcoreinfo(k, &t, err);

	if (r == 0)
		told = take(k, t);
	if (r >= 0)
		r = iq_types_infer(k, &t, err);
	if (r == 0)
		inferred = take(k, t);
	if (r < 0)
		return -1;
	iq_kimage_build_id(k, id, sizeof id);
	k->missing = true;
	iq_vmcore_issue(k->v, "note", "types-missing", IQ_NULL,
			"no type data of the kernel in the dump%s, so little of processes "
			"and memory: give --vmlinux, --btf or --debug-dir for %.*s, build "
			"id %s", iq_vmcore_cut(k->v), IQ_FMT(k->v->info.release),
			*id ? id : "unknown");
	if (told || inferred)
		k->types_from = iq_arena_printf(&k->v->mem, "%zu members by VMCOREINFO, %zu "
						"inferred from the tasks themselves", told,
						inferred);
	return 0;
}

int iq_kimage_types(struct iq_kimage *k, const struct iq_vmcore_sources *src,
		    struct iq_err *err)
{
	const struct source files[] = {
		{ "--btf", src->btf, IQ_TYPES_BTF },
		{ "--vmlinux", src->vmlinux, IQ_TYPES_BTF | IQ_TYPES_DWARF },
	};
	int r = try_dump(k, src, err);

	for (size_t i = 0; r > 0 && i < sizeof files / sizeof *files; i++)
		r = try_file(k, &files[i], err);
	if (r > 0)
		r = try_debug_dir(k, src->debug_dir, err);
	if (r > 0)
		r = try_rest(k, err);
	if (r < 0)
		return -1;
	if (k->types)
		iq_kimage_members(k, k->types);
	return 0;
}

/* vmcore/kernel/kimage_symbols.c - where the kernel's symbols come from: its own table in the
 * dump; a System.map that was given fills in what that lacks; where it has no variables,
 * as without CONFIG_KALLSYMS_ALL, so do a vmlinux and what lies below --debug-dir.
 * k->symbols_from says which were used.
 */
#include "vmcore/types/types_files.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool has_variables(const struct iq_kimage *k)
{
	uint64_t va;
	/* in every kernel, and exported by none */
	return iq_symbol(k->symbols, "runqueues", &va);
}

static int read_map(struct iq_kimage *k, const char *path, struct iq_err *err)
{
	int fd = iq_open_regular(path, err);
	int r = fd < 0 ? -1 : iq_system_map_read(k, fd, err);

	if (fd >= 0)
		close(fd);
	return r ? iq_err_prefix(err, "%s", path) : 0;
}

/* What READ did with PATH, told; -1: out of memory. */
static int tell(struct iq_kimage *k, const char *option, const char *path, int r,
		const struct iq_err *err)
{
	if (!r)
		k->symbols_from = iq_arena_printf(&k->v->mem, "%.*s%s%.200s",
						  IQ_FMT(k->symbols_from),
						  k->symbols_from.n ? ", " : "", path);
	else if (err->code == IQ_E_NOMEM)
		return -1;
	else
		iq_vmcore_issue(k->v, "damage", "symbols-refused", IQ_NULL,
				"%s %s", option,
				err->text);
	return 0;
}

struct looking {
	struct iq_kimage *k;
	struct iq_err *err;
	int (*read)(struct iq_kimage *k, const char *path, struct iq_err *err);
	int result;
};

static int try_found(void *arg, const char *path)
{
	struct looking *l = arg;

	l->result = tell(l->k, "--debug-dir", path, l->read(l->k, path, l->err), l->err);
	return l->result || has_variables(l->k);
}

static int look_below(struct iq_kimage *k, const char *dir, struct iq_err *err)
{
	static const struct {
		const char *const *places;
		int (*read)(struct iq_kimage *k, const char *path, struct iq_err *err);
	} kinds[] = {
		{ iq_system_map_places, read_map },
		{ iq_vmlinux_places, iq_symbols_file },
	};
	struct looking l = { k, err, NULL, 0 };
	char id[65];

	iq_kimage_build_id(k, id, sizeof id);
	for (size_t i = 0; i < 2 && !l.result && !has_variables(k); i++) {
		l.read = kinds[i].read;
		iq_debug_dir_walk(dir, id, k->v->info.release, kinds[i].places, try_found,
				  &l);
	}
	return l.result;
}

int iq_kimage_symbols(struct iq_kimage *k, const struct iq_vmcore_sources *src,
		      struct iq_err *err)
{
	k->symbols = iq_symbols_new();
	if (!k->symbols)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	int r = iq_kallsyms_read(k, err);
	if (r < 0 && err->code == IQ_E_NOMEM)
		return -1;
	if (r < 0)
		iq_vmcore_issue(k->v, "damage", "symbols", IQ_NULL,
				"the kernel's own table of "
				"symbols: %s", err->text);
	else if (r == 0)
		k->symbols_from = IQ_LIT("the kernel's own table");
	if (src->system_map && tell(k, "--system-map", src->system_map,
				    read_map(k, src->system_map, err), err))
		return -1;
	if (src->vmlinux && !has_variables(k) &&
	    tell(k, "--vmlinux", src->vmlinux, iq_symbols_file(k, src->vmlinux, err),
		 err))
		return -1;
	if (src->debug_dir && !has_variables(k) && look_below(k, src->debug_dir, err))
		return -1;
	if (!iq_symbols_count(k->symbols)) {
		k->missing = true;
		iq_vmcore_issue(k->v, "note", "symbols-missing", IQ_NULL,
				"no symbols of the kernel in the dump%s: give "
				"--system-map or --vmlinux", iq_vmcore_cut(k->v));
	}
	return 0;
}

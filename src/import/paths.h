/* import/paths.h - which captures the given paths lead to.
 *
 * Below directories too; parts of a split dump that lie side by side are one capture,
 * whether found or given one by one.  Owns its strings.
 */
#ifndef IQ_IMPORT_PATHS_H
#define IQ_IMPORT_PATHS_H

#include "base/buf.h"
#include "import/import.h"

struct iq_path {
	char *path;
	bool below;			/* found below a directory that was named */
	uint64_t bytes;			/* of a regular file */
	struct iq_buf more;		/* further parts of a split dump, each with its NUL */
};

struct iq_paths {
	struct iq_path *at;
	size_t n, cap;
};

/* Those of this shard.  What cannot be read is complained of and counted in *failed.
 * -1 with ERR: out of memory. */
int iq_paths_find(struct iq_paths *p, const char *const *paths, size_t n,
		  const struct iq_import_opts *opts, size_t *failed, struct iq_err *err);
void iq_paths_fini(struct iq_paths *p);

/* "PATH: TEXT", escaped, to opts->complain(). */
void iq_import_complain(const struct iq_import_opts *opts, const char *path,
			const char *text);

#endif

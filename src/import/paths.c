/* import/paths.c - see paths.h */
#include "import/paths.h"
#include "base/utf8.h"
#include "import/checksum.h"
#include "input/input.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct finder {
	struct iq_paths *paths;
	const struct iq_import_opts *opts;
	size_t *failed;
	const char *named;		/* the path that is looked into */
	bool several;			/* paths were given, or it is a directory */
};

void iq_import_complain(const struct iq_import_opts *opts, const char *path,
			const char *text)
{
	if (!opts->complain)
		return;
	struct iq_buf line;
	iq_buf_init(&line);
	iq_utf8_terminal(&line, iq_slice_z(path));
	iq_buf_str(&line, ": ");
	iq_utf8_terminal(&line, iq_slice_z(text));
	if (!line.failed)
		opts->complain(opts->arg, line.p);
	iq_buf_fini(&line);
}

static bool in_shard(const struct finder *f, const char *path)
{
	if (f->opts->shards <= 1)
		return true;
	uint32_t h = 2166136261u;	/* FNV-1a: the same on every machine */
	for (; *path; path++)
		h = (h ^ (unsigned char)*path) * 16777619u;
	return h % (uint32_t)f->opts->shards == (uint32_t)f->opts->shard - 1;
}

static int found(void *arg, const char *path, struct iq_err *err)
{
	struct finder *f = arg;
	struct iq_paths *p = f->paths;
	/* read with the archive it lies beside; alone it is no capture */
	if (f->several && iq_checksum_is_one(path))
		return 0;
	if (strlen(path) >= sizeof f->opts->read.path) {
		iq_import_complain(f->opts, path, "the name is too long");
		(*f->failed)++;
		return 0;
	}
	for (size_t i = 0; i < p->n && !strcmp(path, "-"); i++)
		if (!strcmp(p->at[i].path, "-")) {
			iq_import_complain(f->opts, path, "given twice; standard input can be "
					   "read once");
			(*f->failed)++;
			return 0;
		}
	if (p->n == p->cap) {
		size_t cap = p->cap ? p->cap * 2 : 64;
		struct iq_path *at = reallocarray(p->at, cap, sizeof *at);
		if (!at)
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
		p->at = at;
		p->cap = cap;
	}
	p->at[p->n] = (struct iq_path){ .path = strdup(path),
					 .below = strcmp(path, f->named) != 0 };
	if (!p->at[p->n].path)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	p->n++;
	return 0;
}

/* --- parts of split dumps, given together --- */

struct set_part {
	size_t which;			/* index into paths */
	uint64_t set;
	struct iq_slice dir;
};

static int by_set(const void *a, const void *b)
{
	const struct set_part *x = a, *y = b;
	if (x->set != y->set)
		return x->set < y->set ? -1 : 1;
	size_t n = x->dir.n < y->dir.n ? x->dir.n : y->dir.n;
	int r = memcmp(x->dir.p, y->dir.p, n);
	if (r || x->dir.n != y->dir.n)
		return r ? r : x->dir.n < y->dir.n ? -1 : 1;
	return strcmp(x->dir.p, y->dir.p);	/* the path itself */
}

/* The first part, by name, takes the others of its directory along. */
static void join_set(struct finder *f, const struct set_part *set, size_t n)
{
	struct iq_path *first = &f->paths->at[set[0].which];
	for (size_t i = 1; i < n; i++) {
		struct iq_path *other = &f->paths->at[set[i].which];
		size_t size = strlen(other->path) + 1;
		if (strcmp(other->path, first->path) == 0)
			continue;		/* given twice: read twice, as any file */
		if (first->more.n + size > sizeof f->opts->read.more) {
			iq_import_complain(f->opts, other->path, "too many parts of a split "
					   "dump; give the directory that holds them");
			(*f->failed)++;
		} else {
			iq_buf_add(&first->more, other->path, size);
		}
		free(other->path);
		other->path = NULL;
	}
}

static void drop_paths(struct finder *f, bool (*drop)(const struct finder *, const char *))
{
	struct iq_paths *p = f->paths;
	size_t n = 0;
	for (size_t i = 0; i < p->n; i++) {
		if (p->at[i].path && !(drop && drop(f, p->at[i].path))) {
			p->at[n++] = p->at[i];
			continue;
		}
		free(p->at[i].path);
		iq_buf_fini(&p->at[i].more);
	}
	p->n = n;
}

static int join_parts(struct finder *f, struct iq_err *err)
{
	struct set_part *parts = NULL;
	size_t n = 0, cap = 0;
	for (size_t i = 0; i < f->paths->n; i++) {
		const char *path = f->paths->at[i].path, *slash = strrchr(path, '/');
		uint64_t set;
		if (strcmp(path, "-") == 0 || !iq_path_is_split_part(path, &set))
			continue;
		if (n == cap) {
			cap = cap ? cap * 2 : 16;
			struct set_part *more = reallocarray(parts, cap, sizeof *parts);
			if (!more) {
				free(parts);
				return iq_err_set(err, IQ_E_NOMEM, "out of memory");
			}
			parts = more;
		}
		size_t dir_n = slash ? (size_t)(slash - path) : 0;
		parts[n++] = (struct set_part){ i, set, iq_slice(path, dir_n) };
	}
	if (n > 1)
		qsort(parts, n, sizeof *parts, by_set);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && parts[k].set == parts[i].set &&
		     iq_eq(parts[k].dir, parts[i].dir);)
			k++;
		if (k - i > 1)
			join_set(f, parts + i, k - i);
	}
	free(parts);
	drop_paths(f, NULL);
	return 0;
}

static bool other_shard(const struct finder *f, const char *path)
{
	return !in_shard(f, path);
}

static void find_issue(void *arg, const char *severity, const char *code, const char *path,
		       const char *text)
{
	struct finder *f = arg;
	(void)code;
	if (strcmp(severity, "note")) {
		(*f->failed)++;
		iq_import_complain(f->opts, path, text);
	}
}

static bool is_directory(const char *path)
{
	struct stat st;
	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static int find_all(struct finder *f, const char *const *paths, size_t n, struct iq_err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct iq_err why = { 0 };
		f->named = paths[i];
		f->several = n > 1 || is_directory(paths[i]);
		size_t before = f->paths->n, failed = *f->failed;
		if (iq_find_captures(paths[i], found, find_issue, f, &why)) {
			if (why.code == IQ_E_NOMEM) {
				*err = why;
				return -1;
			}
			(*f->failed)++;
			iq_import_complain(f->opts, paths[i], why.text);
		} else if (f->paths->n == before && *f->failed == failed &&
			   !(n > 1 && iq_checksum_is_one(paths[i]))) {
			(*f->failed)++;
			iq_import_complain(f->opts, paths[i], "no capture in it; give a log, a dump or a "
				 "bundle, or a directory that holds some");
		}
	}
	if (join_parts(f, err))
		return -1;
	drop_paths(f, other_shard);
	return 0;
}

int iq_paths_find(struct iq_paths *p, const char *const *paths, size_t n,
		  const struct iq_import_opts *opts, size_t *failed, struct iq_err *err)
{
	struct finder f = { .paths = p, .opts = opts, .failed = failed };
	return find_all(&f, paths, n, err);
}

void iq_paths_fini(struct iq_paths *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->at[i].path);
		iq_buf_fini(&p->at[i].more);
	}
	free(p->at);
	*p = (struct iq_paths){ 0 };
}

/* import/journals.c - see journals.h */
#include "import/journals.h"
#include "journal/journal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES_MAX 800			/* descriptors that a process is sure to have */

int iq_journals_keep(struct iq_journals *j, struct iq_stream *m, int64_t member_id,
		     struct iq_err *err)
{
	if (j->n >= FILES_MAX)
		return iq_err_set(err, IQ_E_UNSUPPORTED, "too many journals at once; give "
				  "their directories one by one");
	if (j->n == j->cap) {
		size_t cap = j->cap ? j->cap * 2 : 16;
		struct iq_journal_file *at = reallocarray(j->at, cap, sizeof *at);
		if (!at)
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
		j->at = at;
		j->cap = cap;
	}
	struct iq_slice name = iq_stream_name(m), wrappers = iq_stream_wrappers(m);
	struct iq_journal_file *f = &j->at[j->n];
	*f = (struct iq_journal_file){
		.fd = -1, .member_id = member_id,
		.name = strndup(name.n ? name.p : "", name.n),
		.wrappers = strndup(wrappers.n ? wrappers.p : "", wrappers.n),
	};
	if (!f->name || !f->wrappers)
		iq_err_set(err, IQ_E_NOMEM, "out of memory");
	else
		f->fd = iq_stream_fd(m, &f->cut, err);
	if (f->fd < 0) {
		free(f->name);
		free(f->wrappers);
		return -1;
	}
	j->n++;
	return 0;
}

struct iq_slice iq_journals_dir(const struct iq_journal_file *file)
{
	struct iq_slice name = iq_slice_z(file->name);
	ptrdiff_t slash = iq_rfind(name, IQ_LIT("/")), inner = iq_rfind(name, IQ_LIT("!"));
	ptrdiff_t end = slash > inner ? slash : inner;
	return iq_head(name, end < 0 ? 0 : (size_t)end);
}

static int by_place(const void *a, const void *b)
{
	const struct iq_journal_file *x = a, *y = b;
	struct iq_slice dx = iq_journals_dir(x), dy = iq_journals_dir(y);
	int r = memcmp(dx.p, dy.p, dx.n < dy.n ? dx.n : dy.n);
	if (r || dx.n != dy.n)
		return r ? r : dx.n < dy.n ? -1 : 1;
	return strcmp(x->name, y->name);
}

int iq_journals_each(struct iq_journals *j,
		     int (*set)(void *arg, const struct iq_journal_file *files, size_t n,
				struct iq_err *err),
		     void *arg, struct iq_err *err)
{
	if (j->n)
		qsort(j->at, j->n, sizeof *j->at, by_place);
	for (size_t i = 0, n; i < j->n; i += n) {
		struct iq_slice dir = iq_journals_dir(&j->at[i]);
		for (n = 1; i + n < j->n && n < IQ_JOURNAL_FILES_MAX &&
		     iq_eq(iq_journals_dir(&j->at[i + n]), dir);)
			n++;
		if (set(arg, &j->at[i], n, err))
			return -1;
	}
	return 0;
}

void iq_journals_fini(struct iq_journals *j)
{
	for (size_t i = 0; i < j->n; i++) {
		close(j->at[i].fd);
		free(j->at[i].name);
		free(j->at[i].wrappers);
	}
	free(j->at);
	*j = (struct iq_journals){ 0 };
}

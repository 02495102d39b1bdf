/* import/parts.c - see parts.h */
#include "import/parts.h"
#include "import/request.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int iq_parts_keep(struct iq_dump_parts *p, struct iq_stream *m, int64_t member_id,
		  struct iq_err *err)
{
	uint64_t set;
	bool cut;

	if (p->n == IQ_PARTS_MAX || !iq_stream_is_split_part(m, &set))
		return 0;
	if (!p->at)
		p->at = calloc(IQ_PARTS_MAX, sizeof *p->at);
	struct iq_slice name = iq_stream_name(m);
	char *copy = p->at ? strndup(name.n ? name.p : "", name.n) : NULL;
	if (!copy)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	/* how far a cut one reaches is seen when it is opened */
	int fd = iq_stream_fd(m, &cut, err);
	if (fd < 0) {
		free(copy);
		return -1;
	}
	p->at[p->n++] = (struct iq_dump_part){ fd, set, member_id, copy };
	return 1;
}

static struct iq_slice dir_of(const struct iq_dump_part *p)
{
	struct iq_slice name = iq_slice_z(p->name);
	ptrdiff_t slash = iq_rfind(name, IQ_LIT("/"));
	ptrdiff_t inner = iq_rfind(name, IQ_LIT("!"));
	return iq_head(name, (size_t)((slash > inner ? slash : inner) + 1));
}

static int by_set(const void *a, const void *b)
{
	const struct iq_dump_part *x = a, *y = b;
	struct iq_slice dx = dir_of(x), dy = dir_of(y);
	int r = memcmp(dx.p, dy.p, dx.n < dy.n ? dx.n : dy.n);

	if (r || dx.n != dy.n)
		return r ? r : dx.n < dy.n ? -1 : 1;
	if (x->set != y->set)
		return x->set < y->set ? -1 : 1;
	return strcmp(x->name, y->name);
}

int iq_parts_each(struct iq_dump_parts *p,
		  int (*set)(void *arg, const int *fds, size_t n,
			     const struct iq_dump_part *first, struct iq_err *err),
		  void *arg, struct iq_err *err)
{
	int fds[IQ_PARTS_MAX];

	if (p->n)
		qsort(p->at, p->n, sizeof *p->at, by_set);
	for (size_t i = 0, n; i < p->n; i += n) {
		for (n = 0; i + n < p->n && p->at[i + n].set == p->at[i].set &&
		     iq_eq(dir_of(&p->at[i]), dir_of(&p->at[i + n]));)
			n++;
		for (size_t k = 0; k < n; k++)
			fds[k] = p->at[i + k].fd;
		if (set(arg, fds, n, &p->at[i], err))
			return -1;
	}
	return 0;
}

void iq_parts_fini(struct iq_dump_parts *p)
{
	for (size_t i = 0; i < p->n; i++) {
		close(p->at[i].fd);
		free(p->at[i].name);
	}
	free(p->at);
	*p = (struct iq_dump_parts){ 0 };
}

int iq_request_walk(const struct iq_read_request *req, const struct iq_walk_opts *opts,
		    const struct iq_visitor *v, struct iq_err *err)
{
	const char *paths[IQ_PARTS_MAX] = { req->path };
	size_t n = 1;

	if (!req->more_bytes)
		return iq_walk(req->path, opts, v, err);
	for (uint32_t at = 0; at < req->more_bytes && n < IQ_PARTS_MAX;) {
		paths[n++] = req->more + at;
		at += (uint32_t)strlen(req->more + at) + 1;
	}
	return iq_walk_files(paths, n, opts, v, err);
}

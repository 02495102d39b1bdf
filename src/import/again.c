/* import/again.c - see again.h.
 *
 * A stream has no way back, and to keep every small member for the link that may follow
 * would cost all bundles what a few need: so those few are walked twice, and only a file
 * can be (standard input cannot).
 */
#include "import/again.h"
#include "bundle/layout.h"

#include <stdio.h>
#include <stdlib.h>

#define CIRCLES_MAX 10			/* said of one capture */
#define ALIASES_MAX 100000

struct alias {
	struct iq_slice target, name;
};

struct again {
	struct iq_capture_run *c;
	const struct iq_walk_opts *opts;
	int (*member)(void *arg, struct iq_stream *m, struct iq_err *err);
	void *arg;
	struct alias *at;
	size_t n, cap, left;		/* LEFT: targets not seen yet */
	struct iq_arena mem;
	bool done, failed;
};

static enum iq_bundle_role role_of(struct iq_slice name, struct iq_arena *mem)
{
	struct iq_bundle_place p;

	if (!iq_bundle_place(name, IQ_SLICE_NULL, mem, &p))
		return IQ_BUNDLE_OTHER;
	enum iq_bundle_role role = iq_bundle_role(&p);
	return role == IQ_BUNDLE_LOG_NOW || role == IQ_BUNDLE_STATE ? IQ_BUNDLE_OTHER : role;
}

static int add(struct again *a, struct iq_slice target, struct iq_slice name)
{
	if (a->n >= ALIASES_MAX)
		return 0;
	struct alias *at = iq_capture_grow(a->at, a->n, &a->cap, sizeof *at);
	if (!at)
		return -1;
	a->at = at;
	at[a->n++] = (struct alias){ target, name };
	return 0;
}

static int by_target(const void *x, const void *y)
{
	const struct alias *a = x, *b = y;
	size_t n = a->target.n < b->target.n ? a->target.n : b->target.n;
	int r = memcmp(a->target.p, b->target.p, n);
	return r ? r : a->target.n < b->target.n ? -1 : a->target.n > b->target.n;
}

static void say_circle(struct iq_capture_run *c, struct iq_slice name)
{
	char text[400];
	snprintf(text, sizeof text, "%.200s: a link that leads to itself, or through more than "
		 "%d others; nothing is read by that name", name.p, IQ_LINKS_DEPTH);
	iq_capture_issue(c, "note", "link", IQ_NULL, IQ_NULL, text);
}

static int gather(struct again *a)
{
	struct iq_links *l = &a->c->links;
	unsigned circles = 0;

	iq_links_sort(l);
	for (size_t i = 0; i < l->n; i++) {
		struct iq_slice target;
		enum iq_links_way way = iq_links_resolve(l, l->at[i].name, &a->mem, &target);
		if (way == IQ_LINKS_CIRCLE && circles++ < CIRCLES_MAX)
			say_circle(a->c, l->at[i].name);
		if (way != IQ_LINKS_INSIDE)
			continue;
		enum iq_bundle_role role = role_of(l->at[i].name, &a->mem);
		if (role == IQ_BUNDLE_OTHER || role == role_of(target, &a->mem))
			continue;
		if (add(a, target, l->at[i].name))
			return -1;
	}
	if (a->n > 1)
		qsort(a->at, a->n, sizeof *a->at, by_target);
	for (size_t i = 0; i < a->n; i++)
		a->left += !i || by_target(&a->at[i - 1], &a->at[i]) != 0;
	return 0;
}

static int on_member(void *arg, struct iq_stream *m, struct iq_err *err)
{
	struct again *a = arg;
	struct alias key = { .target = iq_stream_name(m) };
	size_t lo = 0, hi = a->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (by_target(&a->at[mid], &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == a->n || by_target(&a->at[lo], &key) != 0)
		return 0;
	struct iq_slice text = iq_stream_peek(m, IQ_BUNDLE_LOOK_BYTES);
	struct iq_visitor v = { .member = a->member, .arg = a->arg };
	for (; lo < a->n && by_target(&a->at[lo], &key) == 0; lo++) {
		if (!iq_walk_text(text, a->at[lo].name, a->opts, &v, err))
			continue;
		a->failed = true;
		return -1;
	}
	a->done = --a->left == 0;
	return a->done ? -1 : 0;	/* nothing more to look for */
}

int iq_read_again(struct iq_capture_run *c, const struct iq_walk_opts *opts,
		  int (*member)(void *arg, struct iq_stream *m, struct iq_err *err), void *arg,
		  struct iq_err *err)
{
	struct again a = { .c = c, .opts = opts, .member = member, .arg = arg };
	struct iq_visitor v = { .member = on_member, .arg = &a };
	int r = 0;

	if (!c->links.n)
		return 0;
	iq_arena_init(&a.mem);
	if (gather(&a)) {
		r = iq_err_set(err, IQ_E_NOMEM, "out of memory");
	} else if (a.n && strcmp(c->req->path, "-") != 0) {
		iq_err_clear(err);
		if (iq_request_walk(c->req, opts, &v, err) && a.failed)
			r = -1;		/* what else goes wrong went wrong the first time */
	}
	if (r == 0)
		iq_err_clear(err);
	iq_arena_fini(&a.mem);
	free(a.at);
	return r;
}

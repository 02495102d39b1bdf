/* import/again.c - see again.h.
 *
 * A stream has no way back, and to keep every small member for the link that may follow
 * would cost all bundles what a few need: so those few are walked twice, and only a file
 * can be (standard input cannot).
 */
#include "import/again.h"
#include "bundle/layout.h"
#include "bundle/state_path.h"

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

/* What a name stands for in a bundle. */
struct meaning {
	enum iq_bundle_role role;	/* OTHER: tells of no machine */
	struct iq_state_file state;	/* kind NONE: no state */
	struct iq_slice root;
};

static struct meaning meaning_of(struct iq_slice name, struct iq_arena *mem)
{
	struct meaning m = { .role = IQ_BUNDLE_OTHER };
	struct iq_bundle_place p;

	if (!iq_bundle_place(name, IQ_SLICE_NULL, mem, &p))
		return m;
	m.root = p.root;
	m.role = iq_bundle_role(&p);
	if (m.role == IQ_BUNDLE_LOG_NOW || m.role == IQ_BUNDLE_STATE)
		m.role = IQ_BUNDLE_OTHER;
	if (!iq_state_file(p.path, &m.state))
		m.state.kind = IQ_STATE_NONE;
	return m;
}

static bool same_state(const struct iq_state_file *a, const struct iq_state_file *b)
{
	return a->kind == b->kind && a->number == b->number && a->node == b->node &&
	       iq_eq(a->name, b->name) && iq_eq(a->path, b->path);
}

/* Does LINK say what its target does not, and nobody else did?  Of state hard links only:
 * units have soft ones by the hundred, which are read where they are. */
static bool is_wanted(struct iq_capture_run *c, const struct iq_link *link,
		      struct iq_slice target, struct iq_arena *mem)
{
	struct meaning m = meaning_of(link->name, mem), t = meaning_of(target, mem);
	const struct iq_bundle_root *r;

	if (m.state.kind != IQ_STATE_NONE && link->hard)
		return !same_state(&m.state, &t.state);
	if (m.role == IQ_BUNDLE_OTHER || m.role == t.role)
		return false;
	r = iq_capture_root_of(c, link->name);
	return !r || !iq_eq(r->prefix, m.root) || !iq_bundle_knows(&r->facts, m.role);
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
		if (!is_wanted(a->c, &l->at[i], target, &a->mem))
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

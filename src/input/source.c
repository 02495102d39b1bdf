/* input/source.c - the outermost layer: bytes of a descriptor, in a ring of blocks.
 *
 * A block is read once and then borrowed by up to two: the layer above (until it
 * asks for the next block) and the visitor's tap, which hashes on a thread of its
 * own and gives blocks back whenever it is done.  With neither copy nor mmap a log
 * is read at the speed of memory, and a file that shrinks meanwhile is a short read
 * instead of a SIGBUS.
 *
 * Always the first free block is taken, so that a small file, or a fast hash, stays
 * within a few blocks and thus in the processor's cache.
 */
#include "input/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/facts.h"

#define BLOCK_BYTES ((size_t)512 * 1024)
#define N_BLOCKS 8

struct iq_ring {
	pthread_mutex_t lock;		/* guards users */
	pthread_cond_t given_back;
	unsigned users[N_BLOCKS];
	unsigned char *mem;
};

struct source {
	int fd;
	bool seekable;
	int64_t at;			/* of the next read, if seekable */
	int held;			/* block that the layer above has, or -1 */
};

static struct iq_ring *ring_new(void)
{
	struct iq_ring *r = calloc(1, sizeof *r);
	if (!r)
		return NULL;
	if (posix_memalign((void **)&r->mem, 4096, BLOCK_BYTES * N_BLOCKS)) {
		free(r);
		return NULL;
	}
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->given_back, NULL);
	return r;
}

void iq_ring_free(struct iq_ring *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	for (int i = 0; i < N_BLOCKS; i++)
		while (r->users[i])
			pthread_cond_wait(&r->given_back, &r->lock);
	pthread_mutex_unlock(&r->lock);
	pthread_cond_destroy(&r->given_back);
	pthread_mutex_destroy(&r->lock);
	free(r->mem);
	free(r);
}

static unsigned char *block(struct iq_ring *r, int i)
{
	return r->mem + (size_t)i * BLOCK_BYTES;
}

static int take(struct iq_ring *r)
{
	pthread_mutex_lock(&r->lock);
	for (;;) {
		for (int i = 0; i < N_BLOCKS; i++) {
			if (r->users[i])
				continue;
			r->users[i] = 1;
			pthread_mutex_unlock(&r->lock);
			return i;
		}
		pthread_cond_wait(&r->given_back, &r->lock);
	}
}

static void give_back(struct iq_ring *r, int i)
{
	pthread_mutex_lock(&r->lock);
	r->users[i]--;
	pthread_cond_signal(&r->given_back);
	pthread_mutex_unlock(&r->lock);
}

/* Called by the tap, on whatever thread. */
static void tap_release(void *arg, const void *p)
{
	struct iq_ring *r = arg;
	give_back(r, (int)((size_t)((const unsigned char *)p - r->mem) / BLOCK_BYTES));
}

static void tap(struct iq_walk *w, int i, size_t n)
{
	struct iq_ring *r = w->ring;
	if (!w->v->raw)
		return;
	pthread_mutex_lock(&r->lock);
	r->users[i]++;
	pthread_mutex_unlock(&r->lock);
	w->v->raw(w->v->arg, block(r, i), n, tap_release, r);
}

static void copy_release(void *arg, const void *p)
{
	(void)p;
	free(arg);
}

int iq_source_tap(struct iq_walk *w, const void *p, size_t n)
{
	if (!w->v->raw || !n)
		return 0;
	void *copy = malloc(n);
	if (!copy)
		return iq_err_set(w->err, IQ_E_NOMEM, "out of memory");
	memcpy(copy, p, n);
	w->v->raw(w->v->arg, copy, n, copy_release, copy);
	return 0;
}

/* Fills the block as far as the descriptor gives; *ret_errno: why not further. */
static size_t fill(struct source *s, unsigned char *p, int *ret_errno)
{
	size_t n = 0;
	*ret_errno = 0;
	while (n < BLOCK_BYTES) {
		ssize_t got = s->seekable ? pread(s->fd, p + n, BLOCK_BYTES - n, s->at)
					  : read(s->fd, p + n, BLOCK_BYTES - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			*ret_errno = errno;
		if (got <= 0)
			break;
		s->at += got;
		n += (size_t)got;
	}
	return n;
}

static int source_next(struct iq_stream *m, struct iq_slice *ret)
{
	struct source *s = m->layer;
	struct iq_ring *r = m->w->ring;
	int64_t before = s->at;
	int e;

	if (s->held >= 0)
		give_back(r, s->held);
	s->held = take(r);
	size_t n = fill(s, block(r, s->held), &e);
	m->w->source_bytes += n;
	if (n) {
		tap(m->w, s->held, n);
		*ret = iq_slice((char *)block(r, s->held), n);
		return 1;		/* an error, if any, comes again next time */
	}
	if (!e)
		return 0;
	iq_walk_issue(m->w, before ? "damage" : "failed", "read", m->name, before,
		      "cannot be read here: %s", strerror(e));
	return -1;
}

static int source_dup(struct iq_stream *m)
{
	struct source *s = m->layer;
	return s->seekable ? fcntl(s->fd, F_DUPFD_CLOEXEC, 3) : -1;
}

int iq_source_init(struct iq_stream *m, struct iq_walk *w, int fd, struct iq_err *err)
{
	struct stat st;
	struct source *s;

	iq_stream_init(m, w, NULL);
	if (fstat(fd, &st))
		return iq_err_sys(err, errno, "cannot be examined");
	if (!w->ring)
		w->ring = ring_new();
	s = calloc(1, sizeof *s);
	if (!w->ring || !s) {
		free(s);
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	}
	s->fd = fd;
	s->held = -1;
	s->seekable = S_ISREG(st.st_mode) || S_ISBLK(st.st_mode);
	if (S_ISREG(st.st_mode)) {
		m->mtime_us = (int64_t)st.st_mtim.tv_sec * 1000000 +
			      st.st_mtim.tv_nsec / 1000;
		m->size_bytes = st.st_size;
		posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	}
	m->layer = s;
	m->next = source_next;
	m->dup_fd = source_dup;
	m->swells = !s->seekable;
	return 0;
}

void iq_source_fini(struct iq_stream *m)
{
	struct source *s = m->layer;
	if (!s)
		return;
	/* A pipe may never end: once a limit stopped the walk it is left alone. */
	if (m->w->v->raw && !m->w->aborted) {
		struct iq_slice rest;
		while (s->seekable && !m->ended)
			m->ended = m->next(m, &rest) != 1;
		while (iq_stream_read(m, &rest) == 1)
			;
	}
	if (s->held >= 0)
		give_back(m->w->ring, s->held);
	free(s);
	m->layer = NULL;
	iq_stream_fini(m);
}

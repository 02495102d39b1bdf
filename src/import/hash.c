/* import/hash.c - see hash.h.  A ring of blocks between one producer and the
 * hashing thread; libcrypto does the arithmetic. */
#include "import/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RING 32

struct block {
	const void *p;
	size_t n;
	void (*release)(void *arg, const void *p);
	void *arg;
};

struct iq_hash {
	EVP_MD_CTX *md, *md5;		/* md5: NULL unless asked for */
	char md5_hex[IQ_HASH_HEX];
	pthread_t thread;
	bool threaded, closing, failed;
	uint64_t bytes;
	pthread_mutex_t lock;
	pthread_cond_t filled, drained;
	struct block ring[RING];
	unsigned head, tail;		/* tail..head are waiting or being hashed */
};

static void work(struct iq_hash *h, const struct block *b)
{
	if (EVP_DigestUpdate(h->md, b->p, b->n) != 1)
		h->failed = true;
	if (h->md5 && EVP_DigestUpdate(h->md5, b->p, b->n) != 1)
		h->failed = true;
	if (b->release)
		b->release(b->arg, b->p);
}

static void *run(void *arg)
{
	struct iq_hash *h = arg;
	pthread_mutex_lock(&h->lock);
	for (;;) {
		while (h->head == h->tail && !h->closing)
			pthread_cond_wait(&h->filled, &h->lock);
		if (h->head == h->tail)
			break;
		struct block b = h->ring[h->tail % RING];
		pthread_mutex_unlock(&h->lock);
		work(h, &b);
		pthread_mutex_lock(&h->lock);
		h->tail++;
		pthread_cond_signal(&h->drained);
	}
	pthread_mutex_unlock(&h->lock);
	return NULL;
}

struct iq_hash *iq_hash_new(void)
{
	struct iq_hash *h = calloc(1, sizeof *h);
	if (!h)
		return NULL;
	h->md = EVP_MD_CTX_new();
	if (!h->md || EVP_DigestInit_ex(h->md, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(h->md);
		free(h);
		return NULL;
	}
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->filled, NULL);
	pthread_cond_init(&h->drained, NULL);
	h->threaded = !pthread_create(&h->thread, NULL, run, h);
	return h;
}

bool iq_hash_also_md5(struct iq_hash *h)
{
	/* before the thread got its first block */
	EVP_MD_CTX *md = h->bytes ? NULL : EVP_MD_CTX_new();
	if (!md || EVP_DigestInit_ex(md, EVP_md5(), NULL) != 1) {
		EVP_MD_CTX_free(md);
		return false;
	}
	h->md5 = md;
	return true;
}

bool iq_hash_md5(const struct iq_hash *h, char ret[IQ_HASH_HEX])
{
	memcpy(ret, h->md5_hex, IQ_HASH_HEX);
	return *ret;
}

void iq_hash_add(struct iq_hash *h, const void *p, size_t n,
		 void (*release)(void *arg, const void *p), void *arg)
{
	struct block b = { p, n, release, arg };
	h->bytes += n;
	if (!h->threaded) {
		work(h, &b);
		return;
	}
	pthread_mutex_lock(&h->lock);
	while (h->head - h->tail == RING)
		pthread_cond_wait(&h->drained, &h->lock);
	h->ring[h->head++ % RING] = b;
	pthread_cond_signal(&h->filled);
	while (!release && h->head != h->tail)
		pthread_cond_wait(&h->drained, &h->lock);
	pthread_mutex_unlock(&h->lock);
}

int iq_hash_add_rest(struct iq_hash *h, const char *path, struct iq_err *err)
{
	static const size_t block_bytes = 1 << 16;
	struct stat st;
	ssize_t k = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *block = fd < 0 ? NULL : malloc(block_bytes);
	if (block && !fstat(fd, &st) && S_ISREG(st.st_mode) && (uint64_t)st.st_size > h->bytes &&
	    lseek(fd, (off_t)h->bytes, SEEK_SET) >= 0)
		while ((k = read(fd, block, block_bytes)) > 0)
			iq_hash_add(h, block, (size_t)k, NULL, NULL);
	if (k < 0)
		iq_err_sys(err, errno, "cannot be read to its end");
	if (fd >= 0)
		close(fd);
	free(block);
	return k < 0 ? -1 : 0;
}

uint64_t iq_hash_bytes(const struct iq_hash *h)
{
	return h->bytes;
}

static void join(struct iq_hash *h)
{
	if (!h->threaded)
		return;
	pthread_mutex_lock(&h->lock);
	h->closing = true;
	pthread_cond_signal(&h->filled);
	pthread_mutex_unlock(&h->lock);
	pthread_join(h->thread, NULL);
	h->threaded = false;
}

static void put_hex(char ret[IQ_HASH_HEX], const unsigned char *digest, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		snprintf(ret + 2 * i, 3, "%02x", digest[i]);
}

int iq_hash_finish(struct iq_hash *h, char ret[IQ_HASH_HEX], struct iq_err *err)
{
	join(h);
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	if (h->failed || EVP_DigestFinal_ex(h->md, digest, &n) != 1 || n != 32)
		return iq_err_set(err, IQ_E_BUG, "libcrypto cannot hash");
	put_hex(ret, digest, n);
	if (h->md5 && EVP_DigestFinal_ex(h->md5, digest, &n) == 1 && n == 16)
		put_hex(h->md5_hex, digest, n);
	return 0;
}

void iq_hash_free(struct iq_hash *h)
{
	if (!h)
		return;
	join(h);
	EVP_MD_CTX_free(h->md);
	EVP_MD_CTX_free(h->md5);
	pthread_mutex_destroy(&h->lock);
	pthread_cond_destroy(&h->filled);
	pthread_cond_destroy(&h->drained);
	free(h);
}

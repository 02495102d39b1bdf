/* tests/journal/compose.h - journal files, object by object, as the Journal File Format page
 * of systemd has them: enough of one to be read (no hash tables). */
#ifndef TESTS_JOURNAL_COMPOSE_H
#define TESTS_JOURNAL_COMPOSE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define JW_HEADER 272
#define JW_MAX (64 * 1024)
#define JW_ENTRIES 256

struct jw {
	unsigned char p[JW_MAX];
	size_t n;
	int compact;
	uint64_t entries[JW_ENTRIES];
	size_t n_entries;
};

static inline void jw_le(unsigned char *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++, v >>= 8)
		p[i] = (unsigned char)v;
}

static inline void jw_init(struct jw *w, int compact)
{
	memset(w, 0, sizeof *w);
	w->n = JW_HEADER;
	w->compact = compact;
}

/* An object of SIZE bytes; its offset. */
static inline uint64_t jw_object(struct jw *w, unsigned type, unsigned flags, size_t size)
{
	uint64_t at = w->n = (w->n + 7) & ~(size_t)7;
	if (at + size > JW_MAX)
		abort();
	w->p[at] = (unsigned char)type;
	w->p[at + 1] = (unsigned char)flags;
	jw_le(w->p + at + 8, size, 8);
	w->n += size;
	return at;
}

static inline uint64_t jw_data_n(struct jw *w, unsigned flags, const void *p, size_t n)
{
	size_t head = w->compact ? 72 : 64;
	uint64_t at = jw_object(w, 1, flags, head + n);
	memcpy(w->p + at + head, p, n);
	return at;
}

static inline uint64_t jw_data(struct jw *w, const char *field)
{
	return jw_data_n(w, 0, field, strlen(field));
}

/* BOOT: every byte of the id.  DATA ends with 0. */
static inline uint64_t jw_entry(struct jw *w, uint64_t seq, uint64_t wall, uint64_t mono,
				unsigned char boot, const uint64_t *data)
{
	size_t n = 0, item = w->compact ? 4 : 16;
	while (data[n])
		n++;
	uint64_t at = jw_object(w, 3, 0, 64 + n * item);
	unsigned char *p = w->p + at;
	jw_le(p + 16, seq, 8);
	jw_le(p + 24, wall, 8);
	jw_le(p + 32, mono, 8);
	memset(p + 40, boot, 16);
	jw_le(p + 56, wall * 31 + mono, 8);
	for (size_t i = 0; i < n; i++)
		jw_le(p + 64 + i * item, data[i], w->compact ? 4 : 8);
	w->entries[w->n_entries++] = at;
	return at;
}

/* The index of entries and the header.  SEQ_ID: every byte of the id. */
static inline void jw_finish(struct jw *w, unsigned char seq_id)
{
	size_t item = w->compact ? 4 : 8;
	uint64_t at = jw_object(w, 6, 0, 24 + w->n_entries * item);
	for (size_t i = 0; i < w->n_entries; i++)
		jw_le(w->p + at + 24 + i * item, w->entries[i], item);
	w->n = (w->n + 7) & ~(size_t)7;
	unsigned char *h = w->p;
	memcpy(h, "LPKSHHRH", 8);
	jw_le(h + 12, w->compact ? 4 | 16 : 4, 4);
	memset(h + 24, 0x11, 16);		/* file */
	memset(h + 40, 0x22, 16);		/* machine */
	memset(h + 72, seq_id, 16);
	jw_le(h + 88, JW_HEADER, 8);
	jw_le(h + 96, w->n - JW_HEADER, 8);
	jw_le(h + 136, at, 8);			/* the last object */
	jw_le(h + 144, w->n_entries, 8);
	jw_le(h + 152, w->n_entries, 8);
	jw_le(h + 176, at, 8);
}

/* A descriptor of the first N bytes. */
static inline int jw_fd(const struct jw *w, size_t n)
{
	int fd = memfd_create("journal", MFD_CLOEXEC);
	if (fd < 0 || write(fd, w->p, n) != (ssize_t)n)
		abort();
	return fd;
}

#endif

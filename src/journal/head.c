/* journal/head.c - see head.h */
#include "journal/head.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_MIN 208		/* of systemd before 187; since then it grew at its end */
#define HEADER_MAX 65536
#define ENTRY_MIN 64
#define FILE_MAX (UINT64_C(1) << 40)
#define KNOWN (IQ_JOURNAL_XZ | IQ_JOURNAL_LZ4 | IQ_JOURNAL_KEYED_HASH | \
	       IQ_JOURNAL_ZSTD | IQ_JOURNAL_COMPACT)

uint64_t iq_journal_u64(const unsigned char *p)
{
	uint64_t v = 0;
	for (int i = 8; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

static uint32_t u32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static void hex_id(const unsigned char *p, char ret[33])
{
	bool zero = true;
	for (int i = 0; i < 16; i++) {
		snprintf(ret + 2 * i, 3, "%02x", p[i]);
		zero = zero && !p[i];
	}
	if (zero)
		*ret = 0;
}

/* Entries are found without these numbers: one that is impossible is not used. */
static void distrust(struct iq_journal_head *h)
{
	uint64_t most = h->file_bytes > h->header_bytes ? h->file_bytes - h->header_bytes : 0;
	if (h->arena_bytes > FILE_MAX || h->arena_bytes % 8) {
		h->arena_bytes = most;
		h->damaged = true;
	}
	uint64_t end = h->header_bytes + h->arena_bytes;
	if (h->tail_object >= end || h->tail_object % 8) {
		h->tail_object = 0;
		h->damaged = true;
	}
	if (h->n_entries > h->arena_bytes / ENTRY_MIN || h->entry_array >= end) {
		h->n_entries = h->entry_array = 0;
		h->damaged = true;
	}
}

int iq_journal_head(int fd, struct iq_journal_head *ret, struct iq_err *err)
{
	unsigned char b[HEADER_MIN];
	struct stat st;
	struct iq_journal_head h = { 0 };

	if (fstat(fd, &st))
		return iq_err_sys(err, errno, "cannot be examined");
	if (pread(fd, b, sizeof b, 0) != (ssize_t)sizeof b ||
	    memcmp(b, "LPKSHHRH", 8) != 0)
		return iq_err_set(err, IQ_E_FORMAT, "a journal cut inside its header");
	h.file_bytes = (uint64_t)st.st_size;
	h.flags = u32(b + 12);
	h.state = b[16];
	hex_id(b + 40, h.machine_id);
	memcpy(h.seqnum_id, b + 72, sizeof h.seqnum_id);
	h.header_bytes = iq_journal_u64(b + 88);
	h.arena_bytes = iq_journal_u64(b + 96);
	h.tail_object = iq_journal_u64(b + 136);
	h.n_entries = iq_journal_u64(b + 152);
	h.entry_array = iq_journal_u64(b + 176);
	if (h.flags & ~(uint32_t)KNOWN)
		return iq_err_set(err, IQ_E_UNSUPPORTED, "a journal of a newer systemd (flags "
				  "0x%x); there, run: journalctl -o export --file",
				  h.flags);
	if (h.header_bytes < HEADER_MIN || h.header_bytes > HEADER_MAX || h.header_bytes % 8)
		return iq_err_set(err, IQ_E_FORMAT, "a journal whose header is damaged");
	distrust(&h);
	h.cut = h.file_bytes < h.header_bytes + h.arena_bytes;
	*ret = h;
	return 0;
}

/* journal/head.h - the header of a journal file.
 *
 * Layout: the Journal File Format page of systemd and its journal-def.h up to version
 * 257.  All numbers little endian.  Pure but for pread().
 */
#ifndef IQ_JOURNAL_HEAD_H
#define IQ_JOURNAL_HEAD_H

#include "base/err.h"

enum { IQ_JOURNAL_OFFLINE, IQ_JOURNAL_ONLINE, IQ_JOURNAL_ARCHIVED };

enum iq_journal_flags {			/* incompatible ones */
	IQ_JOURNAL_XZ = 1 << 0,
	IQ_JOURNAL_LZ4 = 1 << 1,
	IQ_JOURNAL_KEYED_HASH = 1 << 2,	/* 246 */
	IQ_JOURNAL_ZSTD = 1 << 3,	/* 246 */
	IQ_JOURNAL_COMPACT = 1 << 4,	/* 252 */
};

struct iq_journal_head {
	uint64_t file_bytes;		/* of the file as it is */
	uint64_t header_bytes, arena_bytes;
	uint64_t n_entries, tail_object, entry_array;
	uint32_t flags;			/* enum iq_journal_flags */
	uint8_t state;
	unsigned char seqnum_id[16];	/* entries of one are numbered together */
	char machine_id[33];		/* of the writer; "" if zero */
	bool cut;			/* the file ends before its last object */
	bool damaged;			/* numbers that cannot be, taken for 0 */
};

/* Is it one whose entries can be found?  -1: no header of a journal (IQ_E_FORMAT),
 * or a form that it does not know (IQ_E_UNSUPPORTED, the text says what to run). */
int iq_journal_head(int fd, struct iq_journal_head *ret, struct iq_err *err);

/* A number of the format. */
uint64_t iq_journal_u64(const unsigned char *p);

#endif

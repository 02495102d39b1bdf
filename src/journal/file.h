/* journal/file.h - one journal file: its entries in the order in which they were written,
 * and their fields.
 *
 * Objects stand one behind the other, each with its size, and entries are appended: so
 * they are found by going from object to object, without the file's own indexes.  Where an
 * object is no object, the next place with two of them in a row goes on; what lies between
 * is counted as lost.  A file that ends early is read to its end.
 *
 * Every number of the file is checked before it is used; reads are bounded.  Owns its
 * buffers, not the descriptor.
 */
#ifndef IQ_JOURNAL_FILE_H
#define IQ_JOURNAL_FILE_H

#include "base/slice.h"
#include "journal/head.h"

enum iq_jfield {
	IQ_JF_NONE,			/* of no interest */
	IQ_JF_MESSAGE, IQ_JF_TRANSPORT, IQ_JF_IDENTIFIER, IQ_JF_COMM, IQ_JF_HOSTNAME,
	IQ_JF_MACHINE_ID, IQ_JF_PRIORITY, IQ_JF_FACILITY, IQ_JF_SOURCE_MONO,
	IQ_JF_SYSLOG_PID, IQ_JF_PID,
	IQ_JF_PACKED,			/* compressed: which is not known yet */
	IQ_JF_MAX
};

struct iq_jentry {
	uint64_t offset, size;		/* of the object */
	uint64_t seqnum, realtime, monotonic, xor_hash;
	unsigned char boot_id[16];
};

struct iq_jfile {
	int fd;
	struct iq_journal_head head;
	uint64_t at, end;		/* the next object; behind the last that may be */
	uint64_t entries;		/* read so far */
	uint64_t lost_bytes;		/* between objects */
	struct iq_jblock *blocks;	/* of the file, as read */
	struct iq_jvalue *values;	/* small fields, by the offset of their data */
	bool whole;			/* its last object is there */
};

/* -1 with ERR as iq_journal_head(). */
int iq_jfile_open(struct iq_jfile *f, int fd, struct iq_err *err);
void iq_jfile_close(struct iq_jfile *f);

/* The next entry: 1, or 0 at the end. */
int iq_jfile_next(struct iq_jfile *f, struct iq_jentry *ret);

/* The last entry by the file's own index: 1, or 0 where that leads nowhere. */
int iq_jfile_last(struct iq_jfile *f, struct iq_jentry *ret);

#define IQ_JFIELD_SMALL 62		/* bytes kept of a field other than MESSAGE */

/* The small fields of an entry; of a name that comes twice the first counts. */
struct iq_jfields {
	char small[IQ_JF_MAX][IQ_JFIELD_SMALL];
	uint8_t n[IQ_JF_MAX];
	bool has[IQ_JF_MAX];
	uint64_t message;		/* offset of its data, 0: none found */
	bool packed;			/* there are compressed ones */
};

void iq_jfile_fields(struct iq_jfile *f, const struct iq_jentry *e, struct iq_jfields *ret);

/* The message of an entry, cut to CAP bytes of BUF; p NULL: none that can be read. */
struct iq_slice iq_jfile_message(struct iq_jfile *f, const struct iq_jentry *e,
				 const struct iq_jfields *fields, char *buf, size_t cap);

#endif

/* journal/file.c - see file.h.  Layouts: the Journal File Format page of systemd. */
#include "journal/file.h"
#include "journal/unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OBJECT_DATA = 1, OBJECT_ENTRY = 3, OBJECT_ENTRY_ARRAY = 6, OBJECT_TAG = 7 };

#define OBJECT_HEAD 16			/* type, flags, 6 bytes of zero, u64 size */
#define ENTRY_HEAD 64			/* seqnum, times, boot, hash; items follow */
#define ARRAY_HEAD 24
#define DATA_HEAD 64
#define DATA_HEAD_COMPACT 72
#define ITEMS_MAX 1024			/* of an entry; journald writes some 30 */
#define PACKED_MAX (1 << 20)		/* of a compressed field that is looked into */
#define NAME_MAX_BYTES 32		/* longest name of interest, and its '=' */

/* --- bytes of the file --- */

#define BLOCK (32 * 1024)		/* the most that is asked for at once */
#define BLOCKS 8

struct iq_jblock {
	uint64_t base;			/* a multiple of BLOCK */
	size_t n;			/* bytes of it, up to twice BLOCK: what is asked for
					 * may reach into the next */
	unsigned char bytes[2 * BLOCK];
};

#define IQ_JVALUES_BITS 11
#define IQ_JVALUES (1u << IQ_JVALUES_BITS)

/* Most fields of an entry are those of many others, so they point to the same data. */
struct iq_jvalue {
	uint64_t at;			/* 0: free */
	uint8_t field, n;
	char text[IQ_JFIELD_SMALL];
};

static ssize_t read_at(int fd, void *p, size_t n, uint64_t at)
{
	size_t have = 0;
	while (have < n) {
		ssize_t got = pread(fd, (char *)p + have, n - have, (off_t)(at + have));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

/* N bytes (at most BLOCK) at offset AT, valid until the next call; NULL: not there. */
static const unsigned char *bytes(struct iq_jfile *f, uint64_t at, size_t n)
{
	uint64_t base = at / BLOCK * BLOCK;
	struct iq_jblock *b = &f->blocks[at / BLOCK % BLOCKS];
	if (n > BLOCK || at > f->end || n > f->end - at)
		return NULL;
	if (b->base != base || !b->n) {
		b->base = base;
		b->n = (size_t)read_at(f->fd, b->bytes, sizeof b->bytes, base);
	}
	size_t in = (size_t)(at - base);
	return in + n <= b->n ? b->bytes + in : NULL;
}

/* --- objects --- */

struct object {
	uint64_t at, size;
	unsigned type, flags;
};

static uint64_t align8(uint64_t v)
{
	return (v + 7) & ~UINT64_C(7);
}

static size_t data_head(const struct iq_jfile *f)
{
	return f->head.flags & IQ_JOURNAL_COMPACT ? DATA_HEAD_COMPACT : DATA_HEAD;
}

static uint64_t least_size(const struct iq_jfile *f, unsigned type)
{
	switch (type) {
	case OBJECT_DATA: return data_head(f);
	case OBJECT_ENTRY: return ENTRY_HEAD;
	case OBJECT_ENTRY_ARRAY: return ARRAY_HEAD;
	default: return OBJECT_HEAD;
	}
}

static bool object_at(struct iq_jfile *f, uint64_t at, struct object *ret)
{
	const unsigned char *p = at % 8 ? NULL : bytes(f, at, OBJECT_HEAD);
	if (!p || !p[0] || p[0] > OBJECT_TAG || p[1] > 7)
		return false;
	for (int i = 2; i < 8; i++)
		if (p[i])
			return false;
	*ret = (struct object){ at, iq_journal_u64(p + 8), p[0], p[1] };
	return ret->size >= least_size(f, ret->type) && ret->size <= f->end - at;
}

/* Behind rubble at AT: where two objects stand in a row, or the end. */
static uint64_t next_object(struct iq_jfile *f, uint64_t at)
{
	struct object o, p;
	for (at = align8(at + 1); at + OBJECT_HEAD <= f->end; at += 8) {
		uint64_t next;
		if (!object_at(f, at, &o))
			continue;
		next = align8(at + o.size);
		if (next + OBJECT_HEAD > f->end || object_at(f, next, &p))
			return at;
	}
	return f->end;
}

int iq_jfile_open(struct iq_jfile *f, int fd, struct iq_err *err)
{
	*f = (struct iq_jfile){ .fd = fd };
	if (iq_journal_head(fd, &f->head, err))
		return -1;
	struct object tail;
	uint64_t end = f->head.header_bytes + f->head.arena_bytes;
	f->end = end < f->head.file_bytes ? end : f->head.file_bytes;
	f->at = f->head.header_bytes;
	f->blocks = calloc(BLOCKS, sizeof *f->blocks);
	f->values = calloc(IQ_JVALUES, sizeof *f->values);
	if (!f->blocks || !f->values) {
		iq_jfile_close(f);
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	}
	f->whole = f->head.tail_object >= f->at && object_at(f, f->head.tail_object, &tail);
	/* files are made in steps of 8 MiB; behind the last object is nothing */
	if (f->whole && f->head.state != IQ_JOURNAL_ONLINE)
		f->end = tail.at + tail.size;
	return 0;
}

void iq_jfile_close(struct iq_jfile *f)
{
	free(f->blocks);
	free(f->values);
	f->blocks = NULL;
	f->values = NULL;
}

/* --- entries --- */

static bool read_entry(struct iq_jfile *f, const struct object *o, struct iq_jentry *ret)
{
	const unsigned char *p = bytes(f, o->at, ENTRY_HEAD);
	if (!p)
		return false;
	*ret = (struct iq_jentry){
		.offset = o->at, .size = o->size,
		.seqnum = iq_journal_u64(p + 16), .realtime = iq_journal_u64(p + 24),
		.monotonic = iq_journal_u64(p + 32), .xor_hash = iq_journal_u64(p + 56),
	};
	memcpy(ret->boot_id, p + 40, sizeof ret->boot_id);
	return ret->seqnum && ret->realtime;
}

/* Zeros behind the last object, of a file in use. */
static bool is_unused(struct iq_jfile *f, uint64_t at)
{
	const unsigned char *p = bytes(f, at, OBJECT_HEAD);
	return !p || (iq_journal_u64(p) == 0 && iq_journal_u64(p + 8) == 0 &&
		      at > f->head.tail_object);
}

int iq_jfile_next(struct iq_jfile *f, struct iq_jentry *ret)
{
	struct object o;
	while (f->at + OBJECT_HEAD <= f->end) {
		if (!object_at(f, f->at, &o)) {
			if (is_unused(f, f->at))
				break;
			uint64_t next = next_object(f, f->at);
			f->lost_bytes += next - f->at;
			f->at = next;
			continue;
		}
		f->at = align8(o.at + o.size);
		if (o.type == OBJECT_ENTRY && read_entry(f, &o, ret)) {
			f->entries++;
			return 1;
		}
	}
	return 0;
}

static size_t item_bytes(const struct iq_jfile *f, bool of_entry)
{
	return f->head.flags & IQ_JOURNAL_COMPACT ? 4 : of_entry ? 16 : 8;
}

static uint64_t item_at(struct iq_jfile *f, uint64_t at)
{
	bool compact = f->head.flags & IQ_JOURNAL_COMPACT;
	const unsigned char *p = bytes(f, at, compact ? 4 : 8);
	if (!p)
		return 0;
	return compact ? (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
			 (uint64_t)p[3] << 24
		       : iq_journal_u64(p);
}

int iq_jfile_last(struct iq_jfile *f, struct iq_jentry *ret)
{
	uint64_t at = f->head.entry_array, left = f->head.n_entries;
	struct object o, e;
	while (at && left && object_at(f, at, &o) && o.type == OBJECT_ENTRY_ARRAY) {
		size_t item = item_bytes(f, false);
		uint64_t n = (o.size - ARRAY_HEAD) / item;
		if (!n)
			break;
		if (n >= left) {
			uint64_t entry = item_at(f, at + ARRAY_HEAD + (left - 1) * item);
			return entry && object_at(f, entry, &e) && e.type == OBJECT_ENTRY &&
			       read_entry(f, &e, ret);
		}
		const unsigned char *p = bytes(f, at + OBJECT_HEAD, 8);
		uint64_t next = p ? iq_journal_u64(p) : 0;
		at = next > at ? next : 0;	/* forwards only, so it ends */
		left -= n;
	}
	return 0;
}

/* --- fields --- */

static const struct { enum iq_jfield id; struct iq_slice name; } names[] = {
	{ IQ_JF_MESSAGE, IQ_LIT("MESSAGE=") },
	{ IQ_JF_TRANSPORT, IQ_LIT("_TRANSPORT=") },
	{ IQ_JF_IDENTIFIER, IQ_LIT("SYSLOG_IDENTIFIER=") },
	{ IQ_JF_COMM, IQ_LIT("_COMM=") },
	{ IQ_JF_HOSTNAME, IQ_LIT("_HOSTNAME=") },
	{ IQ_JF_MACHINE_ID, IQ_LIT("_MACHINE_ID=") },
	{ IQ_JF_PRIORITY, IQ_LIT("PRIORITY=") },
	{ IQ_JF_FACILITY, IQ_LIT("SYSLOG_FACILITY=") },
	{ IQ_JF_SOURCE_MONO, IQ_LIT("_SOURCE_MONOTONIC_TIMESTAMP=") },
	{ IQ_JF_SYSLOG_PID, IQ_LIT("SYSLOG_PID=") },
	{ IQ_JF_PID, IQ_LIT("_PID=") },
};

static enum iq_jfield field_of(struct iq_slice *s)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (iq_skip(s, names[i].name))
			return names[i].id;
	return IQ_JF_NONE;
}

static void look_up(struct iq_jfile *f, uint64_t at, struct iq_jvalue *v)
{
	struct object o;
	*v = (struct iq_jvalue){ .at = at, .field = IQ_JF_NONE };
	if (!object_at(f, at, &o) || o.type != OBJECT_DATA)
		return;
	uint64_t payload = at + data_head(f), n = o.size - data_head(f);
	size_t want = n < NAME_MAX_BYTES + IQ_JFIELD_SMALL ? (size_t)n
							     : NAME_MAX_BYTES + IQ_JFIELD_SMALL;
	const unsigned char *p = bytes(f, payload, want);
	if (!p)
		return;
	if (o.flags) {
		v->field = IQ_JF_PACKED;
		return;
	}
	struct iq_slice s = iq_slice((const char *)p, want);
	v->field = (uint8_t)field_of(&s);
	if (v->field == IQ_JF_NONE || v->field == IQ_JF_MESSAGE)
		return;
	s = iq_head(s, IQ_JFIELD_SMALL);
	v->n = (uint8_t)s.n;
	memcpy(v->text, s.p, s.n);
}

static const struct iq_jvalue *value_at(struct iq_jfile *f, uint64_t at)
{
	struct iq_jvalue *v = &f->values[at / 8 * UINT64_C(0x9e3779b97f4a7c15) >>
					 (64 - IQ_JVALUES_BITS)];
	if (v->at != at)
		look_up(f, at, v);
	return v;
}

static size_t n_items(const struct iq_jfile *f, const struct iq_jentry *e)
{
	uint64_t n = (e->size - ENTRY_HEAD) / item_bytes(f, true);
	return n < ITEMS_MAX ? (size_t)n : ITEMS_MAX;
}

static uint64_t item_of(struct iq_jfile *f, const struct iq_jentry *e, size_t i)
{
	return item_at(f, e->offset + ENTRY_HEAD + i * item_bytes(f, true));
}

void iq_jfile_fields(struct iq_jfile *f, const struct iq_jentry *e, struct iq_jfields *ret)
{
	memset(ret->has, 0, sizeof ret->has);
	ret->message = 0;
	ret->packed = false;
	for (size_t i = 0, n = n_items(f, e); i < n; i++) {
		uint64_t at = item_of(f, e, i);
		const struct iq_jvalue *v = at ? value_at(f, at) : NULL;
		if (!v || v->field == IQ_JF_NONE)
			continue;
		if (v->field == IQ_JF_PACKED) {
			ret->packed = true;
		} else if (v->field == IQ_JF_MESSAGE) {
			ret->message = ret->message ? ret->message : at;
		} else if (!ret->has[v->field]) {
			ret->has[v->field] = true;
			ret->n[v->field] = v->n;
			memcpy(ret->small[v->field], v->text, v->n);
		}
	}
}

static struct iq_slice plain_message(struct iq_jfile *f, uint64_t at, char *buf, size_t cap)
{
	struct object o;
	const size_t name = sizeof "MESSAGE=" - 1;
	if (!object_at(f, at, &o) || o.size < data_head(f) + name)
		return IQ_SLICE_NULL;
	uint64_t n = o.size - data_head(f) - name;
	size_t want = n < cap ? (size_t)n : cap;
	if (read_at(f->fd, buf, want, at + data_head(f) + name) != (ssize_t)want)
		return IQ_SLICE_NULL;
	return iq_slice(buf, want);
}

/* Unpacks the data at AT; if it is the message, its text in BUF. */
static struct iq_slice packed_message(struct iq_jfile *f, uint64_t at, char *buf, size_t cap)
{
	struct object o;
	if (!object_at(f, at, &o) || o.type != OBJECT_DATA || !o.flags)
		return IQ_SLICE_NULL;
	uint64_t n = o.size - data_head(f);
	unsigned char *packed = n && n <= PACKED_MAX ? malloc((size_t)n) : NULL;
	ssize_t got = -1;
	if (packed && read_at(f->fd, packed, (size_t)n, at + data_head(f)) == (ssize_t)n)
		got = iq_journal_unpack(o.flags, packed, (size_t)n, buf, cap);
	free(packed);
	struct iq_slice s = iq_slice(buf, got > 0 ? (size_t)got : 0);
	return field_of(&s) == IQ_JF_MESSAGE ? s : IQ_SLICE_NULL;
}

struct iq_slice iq_jfile_message(struct iq_jfile *f, const struct iq_jentry *e,
				 const struct iq_jfields *fields, char *buf, size_t cap)
{
	if (fields->message)
		return plain_message(f, fields->message, buf, cap);
	for (size_t i = 0, n = fields->packed ? n_items(f, e) : 0; i < n; i++) {
		uint64_t at = item_of(f, e, i);
		if (!at || value_at(f, at)->field != IQ_JF_PACKED)
			continue;
		struct iq_slice s = packed_message(f, at, buf, cap);
		if (s.p)
			return s;
	}
	return IQ_SLICE_NULL;
}

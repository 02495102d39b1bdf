/* input/sniff.c - see sniff.h.
 *
 * Follows: RFC 1952 (gzip), the .xz file format 1.0.4, RFC 8878 (zstd, skippable
 * frames), LZ4 frame format 1.6, POSIX pax (tar header and its checksum), RFC 4880
 * (OpenPGP packets), makedumpfile's diskdump_mod.h and makedumpfile.h (dumps),
 * supportutils (sections), apport's problem_report.py, the Journal File Format page of systemd, section 1.3 of the SQLite file format.
 */
#include "input/sniff.h"

#include "base/cursor.h"
#include "base/utf8.h"

#define STORE_APPLICATION_ID 0x494e5153u	/* "INQS" */
#define ZERO_RUN 32				/* NULs left by a crash or copytruncate */

static uint64_t le(struct iq_slice s, size_t at, size_t n)
{
	struct iq_cursor c = iq_cursor(s.p, s.n);
	iq_cur_bytes(&c, at);
	return iq_cur_le(&c, n);
}

static uint64_t be(struct iq_slice s, size_t at, size_t n)
{
	struct iq_cursor c = iq_cursor(s.p, s.n);
	iq_cur_bytes(&c, at);
	return iq_cur_be(&c, n);
}

static unsigned byte(struct iq_slice s, size_t at)
{
	return at < s.n ? (unsigned char)s.p[at] : 0;
}

static bool magic(struct iq_slice s, size_t at, const char *m, size_t n)
{
	return s.n >= at + n && memcmp(s.p + at, m, n) == 0;
}

#define MAGIC(s, at, lit) magic(s, at, lit, sizeof(lit) - 1)

/* --- wrappers --- */

/* Does the header end before the stream does?  libarchive takes one that does not for
 * the end of the file. */
static bool gzip_header_ends(struct iq_slice h)
{
	unsigned flags = byte(h, 3);
	size_t at = 10;

	if (h.n >= IQ_SNIFF_WRAP_BYTES)
		return true;			/* not seen whole: names may be long */
	if (flags & 4)				/* extra field */
		at += 2 + (size_t)le(h, at, 2);
	for (unsigned bit = 8; bit <= 16; bit *= 2) {	/* name, comment */
		if (!(flags & bit))
			continue;
		ptrdiff_t nul = at < h.n ? iq_find_char(iq_from(h, at), 0) : -1;
		if (nul < 0)
			return false;
		at += (size_t)nul + 1;
	}
	return at + (flags & 2) < h.n;
}

static bool is_gzip(struct iq_slice h)
{
	return MAGIC(h, 0, "\x1f\x8b\x08") && h.n >= 10 && !(byte(h, 3) & 0xe0) &&
	       gzip_header_ends(h);
}

static bool is_bzip2(struct iq_slice h)
{
	return MAGIC(h, 0, "BZh") && byte(h, 3) >= '1' && byte(h, 3) <= '9' &&
	       (MAGIC(h, 4, "\x31\x41\x59\x26\x53\x59") ||
		MAGIC(h, 4, "\x17\x72\x45\x38\x50\x90"));
}

static bool is_xz(struct iq_slice h)
{
	return MAGIC(h, 0, "\xfd" "7zXZ\0") && h.n >= 12 && byte(h, 6) == 0 &&
	       byte(h, 7) <= 15;
}

/* lzma alone has no magic: properties, a dictionary size that encoders write, and a
 * size that is unknown or possible. */
static bool is_lzma(struct iq_slice h)
{
	if (h.n < 14 || byte(h, 0) >= 9 * 5 * 5 || byte(h, 13) != 0)
		return false;
	uint64_t dict = le(h, 1, 4), size = le(h, 5, 8);
	bool dict_ok = dict >= 4096 &&
		((dict & (dict - 1)) == 0 || dict % 3 == 0) &&
		(dict / (dict & -dict) == 1 || dict / (dict & -dict) == 3);
	return dict_ok && (size == UINT64_MAX || size < UINT64_C(1) << 48);
}

static bool is_zstd(struct iq_slice h)
{
	return MAGIC(h, 0, "\x28\xb5\x2f\xfd") && h.n >= 6 && !(byte(h, 4) & 0x08);
}

static bool is_lz4(struct iq_slice h)
{
	if (MAGIC(h, 0, "\x02\x21\x4c\x18"))		/* legacy frame: lz4 -l */
		return h.n >= 8 && le(h, 4, 4) <= 8 << 20;
	return MAGIC(h, 0, "\x04\x22\x4d\x18") && h.n >= 7 && byte(h, 4) >> 6 == 1 &&
	       !(byte(h, 4) & 0x02) && !(byte(h, 5) & 0x8f);
}

/* A number field: octal digits between blanks, ended by blank or NUL; -1: not. */
static int64_t tar_octal(struct iq_slice h, size_t at, size_t n)
{
	int64_t v = 0;
	size_t i = at, end = at + n, digits = 0;
	while (i < end && byte(h, i) == ' ')
		i++;
	for (; i < end && byte(h, i) >= '0' && byte(h, i) <= '7'; i++, digits++)
		v = v * 8 + (byte(h, i) - '0');
	for (; i < end; i++)
		if (byte(h, i) != ' ' && byte(h, i) != 0)
			return -1;
	return digits ? v : -1;
}

/* The checksum alone is worth some 12 bits in binary data; the magic of every tar
 * of this century, or else a whole set of octal fields, makes it certain. */
static bool is_tar(struct iq_slice h)
{
	if (h.n < 512 || byte(h, 0) == 0)
		return false;
	int64_t want = tar_octal(h, 148, 8), sum = 0, signed_sum = 0;
	for (size_t i = 0; i < 512; i++) {
		unsigned b = i >= 148 && i < 156 ? ' ' : byte(h, i);
		sum += b;
		signed_sum += (signed char)b;		/* writers of old */
	}
	if (want < 0 || (want != sum && want != signed_sum))
		return false;
	return MAGIC(h, 257, "ustar") ||
	       (tar_octal(h, 100, 8) >= 0 && tar_octal(h, 136, 12) >= 0);
}

static bool is_zip(struct iq_slice h)
{
	/* version needed <= 6.3, a compression method that exists */
	return MAGIC(h, 0, "PK\3\4") && h.n >= 30 && le(h, 4, 2) % 256 <= 63 &&
	       le(h, 8, 2) <= 99 && le(h, 26, 2) > 0;
}

/* "#==[ Command ]====...====#" on a line of its own, among the first ones */
static bool is_sections(struct iq_slice h)
{
	static const struct iq_slice mark = IQ_LIT("#==[ ");

	h = iq_head(h, IQ_SNIFF_WRAP_BYTES);
	while (h.n) {
		struct iq_slice line = iq_cut(&h, '\n');
		if (iq_starts(line, mark))
			return h.n && iq_has(line, IQ_LIT(" ]=")) &&
			       iq_ends(iq_trim(line), IQ_LIT("=#"));
	}
	return false;
}

static bool is_apport(struct iq_slice h)
{
	struct iq_slice line = iq_cut(&h, '\n');
	return h.n && iq_skip(&line, IQ_LIT("ProblemType: ")) && line.n && line.n < 40 &&
	       iq_find_char(h, ':') > 0;
}

static const struct {
	enum iq_wrap wrap;
	const char *name;
	bool (*is)(struct iq_slice head);
} wraps[] = {
	{ IQ_WRAP_GZIP,  "gzip",  is_gzip },
	{ IQ_WRAP_BZIP2, "bzip2", is_bzip2 },
	{ IQ_WRAP_XZ,    "xz",    is_xz },
	{ IQ_WRAP_ZSTD,  "zstd",  is_zstd },
	{ IQ_WRAP_LZ4,   "lz4",   is_lz4 },
	{ IQ_WRAP_TAR,   "tar",   is_tar },
	{ IQ_WRAP_ZIP,   "zip",   is_zip },
	{ IQ_WRAP_SECTIONS, "supportconfig", is_sections },
	{ IQ_WRAP_APPORT, "apport", is_apport },
	{ IQ_WRAP_LZMA,  "lzma",  is_lzma },	/* last: the weakest evidence */
};

#define N_WRAPS (sizeof wraps / sizeof *wraps)

enum iq_wrap iq_sniff_wrap(struct iq_slice head)
{
	/* zstd and lz4 share their skippable frames: what follows decides */
	for (int i = 0; i < 8 && head.n >= 8 &&
	     (le(head, 0, 4) & 0xfffffff0u) == 0x184d2a50u; i++)
		head = iq_from(head, 8 + le(head, 4, 4));
	for (size_t i = 0; i < N_WRAPS; i++)
		if (wraps[i].is(head))
			return wraps[i].wrap;
	return IQ_WRAP_NONE;
}

const char *iq_wrap_name(enum iq_wrap w)
{
	for (size_t i = 0; i < N_WRAPS; i++)
		if (wraps[i].wrap == w)
			return wraps[i].name;
	return "";
}

/* --- kinds --- */

static bool is_elf(struct iq_slice h)
{
	return MAGIC(h, 0, "\x7f" "ELF") && h.n >= 20 && byte(h, 4) <= 2;
}

static unsigned elf_type(struct iq_slice h)
{
	return (unsigned)(byte(h, 5) == 2 ? be(h, 16, 2) : le(h, 16, 2));
}

static bool is_elf_core(struct iq_slice h)
{
	return is_elf(h) && elf_type(h) == 4;
}

static bool is_program_core(struct iq_slice h)
{
	return is_elf_core(h) && iq_sniff_program_core(h);
}

static bool is_store(struct iq_slice h)
{
	return MAGIC(h, 0, "SQLite format 3\0") && h.n >= 72 &&
	       be(h, 68, 4) == STORE_APPLICATION_ID;
}

/* The packet that a session key comes in, with its version, opens every message
 * that gpg encrypts (RFC 4880 5.1 and 5.3). */
static bool is_openpgp(struct iq_slice h)
{
	unsigned tag = byte(h, 0), at;
	if (MAGIC(h, 0, "-----BEGIN PGP MESSAGE-----"))
		return true;
	if (h.n < 16 || !(tag & 0x80))
		return false;
	if (tag & 0x40) {
		tag &= 0x3f;
		at = byte(h, 1) < 192 ? 2 : byte(h, 1) == 255 ? 6 : 3;
	} else {
		unsigned length_type = tag & 3;
		if (length_type == 3)
			return false;
		at = 1 + (1u << length_type);
		tag = tag >> 2 & 15;
	}
	if (tag == 1)		/* public key; version 3 or 6, a known algorithm */
		return (byte(h, at) == 3 && byte(h, at + 9) >= 1 &&
			byte(h, at + 9) <= 25) || byte(h, at) == 6;
	if (tag == 3)		/* passphrase; a cipher, a way to make a key of it */
		return byte(h, at) >= 4 && byte(h, at) <= 6 && byte(h, at + 1) >= 1 &&
		       byte(h, at + 1) <= 13 && byte(h, at + 2) <= 4;
	return false;
}

static bool is_vmware(struct iq_slice h)
{
	uint64_t m = le(h, 0, 4);
	return m == 0xbed2bed0u || m == 0xbad1bad1u || m == 0xbed2bed2u || m == 0xbed3bed3u ||
	       m == 0xbed0bed0u || m == 0xbad2bad2u;
}

/* --- dumps of other kinds than kdump's (magics as crash's own headers have them) --- */

static bool starts_with_u64(struct iq_slice h, uint64_t magic)
{
	return h.n >= 8 && (le(h, 0, 8) == magic || be(h, 0, 8) == magic);
}

static bool is_lkcd(struct iq_slice h)
{
	return starts_with_u64(h, UINT64_C(0xa8190173618f23ed)) ||
	       starts_with_u64(h, UINT64_C(0xa8190173618f23cd));
}

static bool is_s390_dump(struct iq_slice h)
{
	return starts_with_u64(h, UINT64_C(0xa8190173618f23fd));
}

/* xc_domain_dumpcore: of old its own format, then ELF with sections only, one of them
 * .note.Xen; a core has segments */
static bool is_xen_domain(struct iq_slice h)
{
	if (h.n < 64)
		return false;
	bool wide = byte(h, 4) == 2, big = byte(h, 5) == 2;
	size_t at = wide ? 56 : 44;
	uint64_t m = le(h, 0, 4), old = be(h, 0, 4);

	if (is_elf_core(h))
		return big ? !be(h, at, 2) && be(h, at + 4, 2)
			   : !le(h, at, 2) && le(h, at + 4, 2);
	return m == 0xf00febedu || m == 0xf00febeeu || old == 0xf00febedu || old == 0xf00febeeu;
}

static bool is_xen_save(struct iq_slice h)
{
	return MAGIC(h, 0, "Xen saved domain") || MAGIC(h, 0, "LinuxGuestRecord") ||
	       (MAGIC(h, 0, "\xff\xff\xff\xff\xff\xff\xff\xff") && MAGIC(h, 8, "XENF"));
}

static bool is_qemu_state(struct iq_slice h)
{
	return MAGIC(h, 0, "QEVM\0\0\0") || MAGIC(h, 0, "LibvirtQemudSave") ||
	       MAGIC(h, 0, "LibvirtQemudPart");
}

static bool is_sadump(struct iq_slice h)
{
	return MAGIC(h, 0, "sadump\0\0");	/* of a partition and of a file alike */
}

static bool is_windows_dump(struct iq_slice h)
{
	return MAGIC(h, 0, "PAGEDU64") || MAGIC(h, 0, "PAGEDUMP") ||
	       MAGIC(h, 0, "MDMP\x93\xa7");
}

static bool is_memory_image(struct iq_slice h)
{
	return MAGIC(h, 0, "EMiL\1\0\0\0") || MAGIC(h, 0, "AVML\2\0\0\0");
}

static bool is_disk_image(struct iq_slice h)
{
	return MAGIC(h, 0, "vhdxfile") || MAGIC(h, 0, "conectix") || MAGIC(h, 0, "KDMV") ||
	       MAGIC(h, 0, "<<< Oracle VM VirtualBox Disk Image >>>");
}

static bool is_hibernation(struct iq_slice h)
{
	return MAGIC(h, 4086, "S1SUSPEND") || MAGIC(h, 4086, "ULSUSPEND");
}

/* sadc's file_magic: 0xd596, then the format's number, 0x2169 (sysstat 8) to 0x2175 and
 * on; in the writer's byte order. */
static bool is_sa(struct iq_slice h)
{
	if (h.n < 64)
		return false;
	uint64_t m = le(h, 0, 2) == 0xd596 ? le(h, 2, 2) : be(h, 0, 2) == 0xd596 ? be(h, 2, 2) : 0;
	return m >= 0x2160 && m <= 0x21ff;
}

/* Thirteen numbers of eight hex digits; "070701" alone is also a date. */
static bool is_cpio(struct iq_slice h)
{
	if (!MAGIC(h, 0, "07070") || h.n < 110)
		return false;
	for (size_t i = 5; i < 110; i++)
		if (!strchr("0123456789abcdefABCDEF", h.p[i]) || !h.p[i])
			return false;
	return true;
}

static const struct {
	size_t at;
	struct iq_slice magic;
	bool (*is)(struct iq_slice head);	/* instead of a magic */
	enum iq_stream_kind kind;
	const char *format;
	int bits;
} kinds[] = {
	{ 0, IQ_LIT("KDUMP   "), NULL, IQ_STREAM_KDUMP, "kdump-compressed", 64 },
	{ 0, IQ_LIT("DISKDUMP"), NULL, IQ_STREAM_KDUMP, "diskdump", 64 },
	{ 0, IQ_LIT("makedumpfile\0"), NULL, IQ_STREAM_FLATTENED, "flattened dump", 104 },
	{ 0, { 0 }, is_xen_domain, IQ_STREAM_BINARY, "xen domain dump", 48 },
	{ 0, { 0 }, is_program_core, IQ_STREAM_BINARY, "core of a program", 80 },
	{ 0, { 0 }, is_elf_core, IQ_STREAM_ELF_CORE, "elf core", 48 },
	{ 0, { 0 }, is_sa, IQ_STREAM_BINARY, "binary sar data", 32 },
	{ 0, IQ_LIT("LPKSHHRH"), NULL, IQ_STREAM_JOURNAL, "systemd journal", 64 },
	{ 0, { 0 }, is_store, IQ_STREAM_STORE, "inquest store", 160 },
	{ 0, { 0 }, is_openpgp, IQ_STREAM_ENCRYPTED, "openpgp", 24 },
	{ 0, IQ_LIT("Salted__"), NULL, IQ_STREAM_ENCRYPTED, "openssl", 64 },
	{ 0, IQ_LIT("U2FsdGVkX1"), NULL, IQ_STREAM_ENCRYPTED, "openssl base64", 60 },
	{ 0, IQ_LIT("age-encryption.org/v1"), NULL, IQ_STREAM_ENCRYPTED, "age", 64 },
	/* what is often handed in by mistake, by its name */
	{ 0, { 0 }, is_elf, IQ_STREAM_BINARY, "elf program or library", 40 },
	{ 0, IQ_LIT("SQLite format 3\0"), NULL, IQ_STREAM_BINARY, "sqlite database", 128 },
	{ 0, IQ_LIT("\x89PNG\r\n\x1a\n"), NULL, IQ_STREAM_BINARY, "png picture", 64 },
	{ 0, IQ_LIT("\xff\xd8\xff"), NULL, IQ_STREAM_BINARY, "jpeg picture", 24 },
	{ 0, IQ_LIT("GIF8"), NULL, IQ_STREAM_BINARY, "gif picture", 32 },
	{ 8, IQ_LIT("WEBP"), NULL, IQ_STREAM_BINARY, "webp picture", 32 },
	{ 0, IQ_LIT("%PDF-"), NULL, IQ_STREAM_BINARY, "pdf document", 40 },
	{ 0, IQ_LIT("7z\xbc\xaf\x27\x1c"), NULL, IQ_STREAM_BINARY, "7zip archive", 48 },
	{ 0, IQ_LIT("Rar!\x1a\x07"), NULL, IQ_STREAM_BINARY, "rar archive", 48 },
	{ 0, IQ_LIT("\x89LZO\0\r\n\x1a\n"), NULL, IQ_STREAM_BINARY, "lzop file", 72 },
	{ 0, IQ_LIT("\xed\xab\xee\xdb"), NULL, IQ_STREAM_BINARY, "rpm package", 32 },
	{ 0, IQ_LIT("!<arch>\n"), NULL, IQ_STREAM_BINARY, "ar archive", 64 },
	{ 0, { 0 }, is_cpio, IQ_STREAM_BINARY, "cpio archive", 64 },
	{ 0, IQ_LIT("QFI\xfb"), NULL, IQ_STREAM_BINARY, "qcow2 disk image", 32 },
	{ 0, { 0 }, is_disk_image, IQ_STREAM_BINARY, "disk image", 32 },
	{ 0, { 0 }, is_vmware, IQ_STREAM_BINARY, "vmware machine state", 32 },
	{ 0, IQ_LIT("\x7fVirtualBox SavedState V"), NULL, IQ_STREAM_BINARY,
	  "virtualbox machine state", 184 },
	{ 0, { 0 }, is_qemu_state, IQ_STREAM_BINARY, "qemu machine state", 56 },
	{ 0, { 0 }, is_xen_save, IQ_STREAM_BINARY, "xen saved domain", 96 },
	{ 0, { 0 }, is_lkcd, IQ_STREAM_BINARY, "lkcd dump", 64 },
	{ 0, { 0 }, is_s390_dump, IQ_STREAM_BINARY, "s390 stand-alone dump", 64 },
	{ 0, { 0 }, is_sadump, IQ_STREAM_BINARY, "sadump", 56 },
	{ 0, { 0 }, is_windows_dump, IQ_STREAM_BINARY, "windows dump", 48 },
	{ 0, { 0 }, is_memory_image, IQ_STREAM_BINARY, "memory image", 64 },
	{ 0, { 0 }, is_hibernation, IQ_STREAM_BINARY, "hibernation image", 72 },
};

/* --- text or not --- */

struct byte_count {
	size_t bytes;		/* without long runs of NUL */
	size_t control;		/* C0 but those that logs have, DEL, short NUL runs */
	size_t high;		/* >= 0x80 in valid UTF-8 */
	size_t stray;		/* >= 0x80 outside of it */
	size_t c1;		/* of those 0x80..0x9f: no letters in any Latin-N */
	size_t nul_even, nul_odd;
};

static size_t nul_run(struct iq_slice s, size_t at)
{
	size_t i = at;
	while (i < s.n && !s.p[i])
		i++;
	return i - at;
}

static bool text_control(unsigned c)
{
	return c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' ||
	       c == '\b' || c == '\a' || c == 0x1b;
}

static void count_bytes(struct iq_slice s, struct byte_count *n)
{
	for (size_t i = 0; i < s.n;) {
		unsigned c = (unsigned char)s.p[i];
		size_t step = 1;
		if (c == 0) {
			step = nul_run(s, i);
			if (step < ZERO_RUN) {
				n->control += step;
				n->bytes += step;
				*(i & 1 ? &n->nul_odd : &n->nul_even) += step;
			}
		} else if (c < 0x80) {
			n->control += (c < 0x20 && !text_control(c)) || c == 0x7f;
			n->bytes++;
		} else {
			uint32_t cp;
			size_t len = iq_utf8_at(s.p + i, s.n - i, &cp);
			if (len)
				n->high += len;
			else if (s.n - i >= 4 || s.n < 4)	/* not cut at the end */
				n->stray++, n->c1 += c < 0xa0;
			step = len ? len : 1;
			n->bytes += step;
		}
		i += step;
	}
}

static struct iq_stream_info info(enum iq_stream_kind kind, const char *format, int bits)
{
	return (struct iq_stream_info){ kind, format, bits };
}

static struct iq_stream_info text_or_binary(struct iq_slice h)
{
	struct byte_count n = { 0 };

	if (MAGIC(h, 0, "\xff\xfe") || MAGIC(h, 0, "\xfe\xff"))
		return info(IQ_STREAM_TEXT, byte(h, 0) == 0xff ?
			    "utf-16le text" : "utf-16be text", 16);
	count_bytes(h, &n);
	if (n.bytes == 0)
		return info(IQ_STREAM_BINARY, "zeros", 8);
	/* UTF-16 without BOM: mostly ASCII, so every other byte is NUL */
	if (n.bytes >= 16 && n.nul_odd > n.bytes * 2 / 5 && n.nul_even * 50 <= n.bytes)
		return info(IQ_STREAM_TEXT, "utf-16le text", 8);
	if (n.bytes >= 16 && n.nul_even > n.bytes * 2 / 5 && n.nul_odd * 50 <= n.bytes)
		return info(IQ_STREAM_TEXT, "utf-16be text", 8);
	if ((n.control + n.c1) * 10 > n.bytes)
		return info(IQ_STREAM_BINARY, "binary", 8);
	if (n.stray * 50 > n.bytes || (n.stray && !n.high))
		return info(IQ_STREAM_TEXT, "8-bit text", 6);
	return info(IQ_STREAM_TEXT, n.high ? "utf-8 text" : "ascii text", 8);
}

struct iq_stream_info iq_sniff_kind(struct iq_slice h)
{
	if (h.n == 0)
		return info(IQ_STREAM_EMPTY, "empty", 64);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].is ? kinds[i].is(h)
				: magic(h, kinds[i].at, kinds[i].magic.p, kinds[i].magic.n))
			return info(kinds[i].kind, kinds[i].format, kinds[i].bits);
	return text_or_binary(h);
}

/* struct kdump_sub_header in block 1: s32 split at 12, from header version 2 on */
bool iq_sniff_split_part(struct iq_slice h)
{
	if (!MAGIC(h, 0, "KDUMP   ") && !MAGIC(h, 0, "DISKDUMP"))
		return false;
	bool big = be(h, 8, 4) < le(h, 8, 4);
	uint64_t version = big ? be(h, 8, 4) : le(h, 8, 4);
	uint64_t block = big ? be(h, 428, 4) : le(h, 428, 4);
	if (version < 2 || version > 64 || block < 512 || block > 64 * 1024 ||
	    h.n < block + 16)
		return false;
	return (big ? be(h, block + 12, 4) : le(h, block + 12, 4)) != 0;
}

/* struct new_utsname at 12 and the timestamp behind it, alike in all parts (facts on
 * vmcores, 1.2); FNV-1a */
uint64_t iq_sniff_split_set(struct iq_slice h)
{
	uint64_t set = UINT64_C(14695981039346656037);

	for (size_t i = 12; i < 424 && i < h.n; i++)
		set = (set ^ byte(h, i)) * UINT64_C(1099511628211);
	return set;
}

/* input/sniff: wrappers and kinds by content; what only looks like one is none. */
#include "world.h"

#include "input/sniff.h"

#define S(lit) IQ_LIT(lit)

/* A header of tar for NAME with the checksum right. */
static void tar_header(char *h, const char *magic)
{
	unsigned sum = 0;
	memset(h, 0, 512);
	memcpy(h, "name", 4);
	memcpy(h + 100, "0000644", 7);
	memcpy(h + 108, "0000000", 7);
	memcpy(h + 116, "0000000", 7);
	memcpy(h + 124, "00000000012", 11);
	memcpy(h + 136, "14000000000", 11);
	memset(h + 148, ' ', 8);
	h[156] = '0';
	memcpy(h + 257, magic, strlen(magic));
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	h[155] = ' ';
}

static void wrappers(void **state)
{
	(void)state;
	static const struct {
		struct iq_slice head;
		enum iq_wrap want;
	} rows[] = {
		{ S("\x1f\x8b\x08\x00\0\0\0\0\0\x03\x03\0"), IQ_WRAP_GZIP },
		{ S("\x1f\x8b\x08\xe0\0\0\0\0\0\x03\x03\0"), IQ_WRAP_NONE }, /* reserved */
		{ S("\x1f\x8b\x07\x00\0\0\0\0\0\x03\x03\0"), IQ_WRAP_NONE },
		{ S("\x1f\x8b\x08\x00\0\0"), IQ_WRAP_NONE },	/* too short for one */
		{ S("\x1f\x8b\x08\x08\0\0\0\0\0\x03name without an end"), IQ_WRAP_NONE },
		{ S("\x1f\x8b\x08\x08\0\0\0\0\0\x03name\0\3\0"), IQ_WRAP_GZIP },
		{ S("BZh9\x31\x41\x59\x26\x53\x59xxxx"), IQ_WRAP_BZIP2 },
		{ S("BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0"), IQ_WRAP_BZIP2 },
		{ S("BZh9 is how this log line begins"), IQ_WRAP_NONE },
		{ S("\xfd" "7zXZ\0\0\x04\xe6\xd6\xb4\x46"), IQ_WRAP_XZ },
		{ S("\xfd" "7zXZ\0\x01\x04\xe6\xd6\xb4\x46"), IQ_WRAP_NONE },
		{ S("\x28\xb5\x2f\xfd\x04\x00\x41"), IQ_WRAP_ZSTD },
		{ S("\x28\xb5\x2f\xfd\x0c\x00\x41"), IQ_WRAP_NONE },	/* reserved bit */
		{ S("\x04\x22\x4d\x18\x64\x40\xa7\0\0\0\0"), IQ_WRAP_LZ4 },
		{ S("\x04\x22\x4d\x18\xe4\x40\xa7\0\0\0\0"), IQ_WRAP_NONE },
		{ S("\x02\x21\x4c\x18\x10\0\0\0xxxx"), IQ_WRAP_LZ4 },
		/* a skippable frame, then the real one */
		{ S("\x50\x2a\x4d\x18\x02\0\0\0ab\x28\xb5\x2f\xfd\x04\x00\x41"),
		  IQ_WRAP_ZSTD },
		{ S("\x5d\x2a\x4d\x18\x02\0\0\0ab\x04\x22\x4d\x18\x64\x40\xa7"),
		  IQ_WRAP_LZ4 },
		{ S("\x50\x2a\x4d\x18\xff\xff\xff\xff"), IQ_WRAP_NONE },
		{ S("\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0x"), IQ_WRAP_LZMA },
		{ S("\x5d\0\0\x80\0\0\0\0\0\0\0\0\x80\0x"), IQ_WRAP_NONE },
		{ S("] a line in brackets [\0\0\0"), IQ_WRAP_NONE },
		{ S("PK\3\4\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0a"),
		  IQ_WRAP_ZIP },
		{ S("PK\3\4 is no zip, it has no name in the header......."), IQ_WRAP_NONE },
		{ S(""), IQ_WRAP_NONE },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		if (iq_sniff_wrap(rows[i].head) != rows[i].want)
			fail_msg("row %zu: %s", i, iq_wrap_name(iq_sniff_wrap(rows[i].head)));
}

static void tar_by_checksum(void **state)
{
	(void)state;
	char h[512];
	tar_header(h, "ustar");
	assert_int_equal(iq_sniff_wrap(iq_slice(h, 512)), IQ_WRAP_TAR);
	assert_int_equal(iq_sniff_wrap(iq_slice(h, 511)), IQ_WRAP_NONE);
	h[0]++;
	assert_int_equal(iq_sniff_wrap(iq_slice(h, 512)), IQ_WRAP_NONE);
	tar_header(h, "");			/* v7: no magic */
	assert_int_equal(iq_sniff_wrap(iq_slice(h, 512)), IQ_WRAP_TAR);
	memset(h, 0, sizeof h);			/* end of an archive, or a hole */
	assert_int_equal(iq_sniff_wrap(iq_slice(h, 512)), IQ_WRAP_NONE);
}

static void kinds(void **state)
{
	(void)state;
	static const struct {
		struct iq_slice head;
		enum iq_stream_kind want;
		const char *format;
	} rows[] = {
		{ S(""), IQ_STREAM_EMPTY, "empty" },
		{ S("KDUMP   \6\0\0\0"), IQ_STREAM_KDUMP, "kdump-compressed" },
		{ S("DISKDUMP\1\0\0\0"), IQ_STREAM_KDUMP, "diskdump" },
		{ S("makedumpfile\0\0\0\0\0\0\0\0"), IQ_STREAM_FLATTENED, NULL },
		{ S("makedumpfile\0\x7f\x7f\x7f"), IQ_STREAM_FLATTENED, NULL },
		{ S("makedumpfile Completed.\n"), IQ_STREAM_TEXT, NULL },
		{ S("\x7f" "ELF\2\1\1\0\0\0\0\0\0\0\0\0\4\0\x3e\0"), IQ_STREAM_ELF_CORE,
		  NULL },
		{ S("\x7f" "ELF\2\2\1\0\0\0\0\0\0\0\0\0\0\4\0\x16"), IQ_STREAM_ELF_CORE,
		  NULL },
		{ S("\x7f" "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3e\0"), IQ_STREAM_BINARY,
		  "elf program or library" },
		{ S("LPKSHHRH\0\0\0\0"), IQ_STREAM_JOURNAL, NULL },
		{ S("SQLite format 3\0\x10\0\1\1\0\x40\x20\x20"), IQ_STREAM_BINARY,
		  "sqlite database" },
		/* sections, no segments */
		{ S("\x7f" "ELF\2\1\1\0\0\0\0\0\0\0\0\0" "\4\0\x3e\0\1\0\0\0"
		    "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0" "\x40\0\0\0\0\0\0\0"
		    "\0\0\0\0\x40\0\0\0" "\0\0\x40\0\5\0\0\0"), IQ_STREAM_BINARY,
		  "xen domain dump" },
		{ S("\xed\xeb\x0f\xf0"), IQ_STREAM_BINARY, NULL },
		{ S("QEVM is a word of a log\n"), IQ_STREAM_TEXT, "ascii text" },
		{ S("conectix"), IQ_STREAM_BINARY, "disk image" },
		{ S("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), IQ_STREAM_BINARY, "png picture" },
		{ S("\xff\xd8\xff\xe0\0\x10JFIF"), IQ_STREAM_BINARY, "jpeg picture" },
		{ S("-----BEGIN PGP MESSAGE-----\n"), IQ_STREAM_ENCRYPTED, NULL },
		{ S("\x85\x02\x0c\x03" "12345678\x01\x0f\xff" "abcd"), IQ_STREAM_ENCRYPTED,
		  "openpgp" },
		{ S("\xc1\xc0\x4c\x03" "12345678\x01\x0f\xff" "abcd"), IQ_STREAM_ENCRYPTED,
		  "openpgp" },
		{ S("\x8c\x0d\x04\x09\x03\x02" "12345678\xff\xd2\x40"), IQ_STREAM_ENCRYPTED,
		  "openpgp" },
		{ S("Salted__12345678"), IQ_STREAM_ENCRYPTED, NULL },
		{ S("070701 12:00:01 a date, no cpio\n"), IQ_STREAM_TEXT, "ascii text" },
		{ S("plain\nlines\n"), IQ_STREAM_TEXT, "ascii text" },
		{ S("\033[1;31mcolour\033[0m\r\n"), IQ_STREAM_TEXT, "ascii text" },
		{ S("gr\xc3\xbc\xc3\x9f\n"), IQ_STREAM_TEXT, "utf-8 text" },
		{ S("gr\xfc\xdf in Latin-1\n"), IQ_STREAM_TEXT, "8-bit text" },
		{ S("\xff\xfe" "a\0b\0\n\0"), IQ_STREAM_TEXT, "utf-16le text" },
		{ S("\xfe\xff\0a\0b\0\n"), IQ_STREAM_TEXT, "utf-16be text" },
		{ S("w\0i\0t\0h\0o\0u\0t\0 \0b\0o\0m\0"), IQ_STREAM_TEXT, "utf-16le text" },
		{ S("\0w\0i\0t\0h\0o\0u\0t\0 \0b\0o\0m"), IQ_STREAM_TEXT, "utf-16be text" },
		{ S("\1\2\3\4\5\6\7binary"), IQ_STREAM_BINARY, "binary" },
		{ S("\0\0\0\0"), IQ_STREAM_BINARY, "binary" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct iq_stream_info k = iq_sniff_kind(rows[i].head);
		if (k.kind != rows[i].want ||
		    (rows[i].format && strcmp(k.format, rows[i].format)))
			fail_msg("row %zu: kind %d, %s", i, k.kind, k.format);
	}
}

static void store_by_application_id(void **state)
{
	(void)state;
	char h[100] = "SQLite format 3";
	memcpy(h + 68, "INQS", 4);
	assert_int_equal(iq_sniff_kind(iq_slice(h, 100)).kind, IQ_STREAM_STORE);
	h[68] = 'X';
	assert_int_equal(iq_sniff_kind(iq_slice(h, 100)).kind, IQ_STREAM_BINARY);
}

/* A crash leaves runs of NUL in a log; random bytes are no text, however short. */
static void nul_and_noise(void **state)
{
	(void)state;
	char b[8192];
	uint32_t x = 12345;
	memset(b, 0, sizeof b);
	memcpy(b, "Jan  1 00:00:00 h kernel: before\n", 33);
	memcpy(b + 8000, "\nJan  1 00:10:00 h kernel: after\n", 33);
	assert_int_equal(iq_sniff_kind(iq_slice(b, sizeof b)).kind, IQ_STREAM_TEXT);
	memset(b, 0, sizeof b);
	assert_int_equal(iq_sniff_kind(iq_slice(b, sizeof b)).kind, IQ_STREAM_BINARY);
	for (size_t i = 0; i < sizeof b; i++) {
		x = x * 1664525 + 1013904223;
		b[i] = (char)(x >> 24);
	}
	b[0] = 'x';
	assert_int_equal(iq_sniff_kind(iq_slice(b, sizeof b)).kind, IQ_STREAM_BINARY);
	assert_int_equal(iq_sniff_kind(iq_slice(b, 300)).kind, IQ_STREAM_BINARY);
	/* a character cut by the end of the sample is not a stray byte */
	assert_string_equal(iq_sniff_kind(S("text \xc3\xa9 and \xe4\xb8")).format,
			    "utf-8 text");
}

static void split_parts(void **state)
{
	(void)state;
	char *h = calloc(1, 8192);
	memcpy(h, "KDUMP   \6", 9);
	h[429] = 0x10;			/* block size 4096 */
	assert_false(iq_sniff_split_part(iq_slice(h, 8192)));
	h[4096 + 12] = 1;
	assert_true(iq_sniff_split_part(iq_slice(h, 8192)));
	assert_false(iq_sniff_split_part(iq_slice(h, 4100)));
	h[8] = 1;			/* version 1 has no such field */
	assert_false(iq_sniff_split_part(iq_slice(h, 8192)));
	free(h);
}

/* A core with one note of that type, by the kernel's or a program's name. */
static struct iq_buf core_with(unsigned type, bool wide)
{
	unsigned char h[64 + 56 + 24] = "\x7f" "ELF\2\1\1";
	struct iq_buf b;
	size_t head = wide ? 64 : 52, ph = wide ? 56 : 32, at = head + ph;

	h[4] = wide ? 2 : 1;
	h[16] = 4;				/* ET_CORE */
	h[wide ? 32 : 28] = (unsigned char)head;
	h[wide ? 54 : 42] = (unsigned char)ph;
	h[wide ? 56 : 44] = 1;
	h[head] = 4;				/* PT_NOTE */
	h[head + (wide ? 8 : 4)] = (unsigned char)at;
	h[head + (wide ? 32 : 16)] = 24;
	memcpy(h + at, "\5\0\0\0\4\0\0\0", 8);
	h[at + 8] = (unsigned char)type;
	memcpy(h + at + 12, "CORE", 4);
	iq_buf_init(&b);
	iq_buf_add(&b, h, at + 24);
	return b;
}

static void cores(void **state)
{
	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		struct iq_buf program = core_with(3, wide), kernel = core_with(1, wide);
		assert_string_equal(iq_sniff_kind(as_slice(&program)).format, "core of a program");
		assert_int_equal(iq_sniff_kind(as_slice(&kernel)).kind, IQ_STREAM_ELF_CORE);
		for (size_t n = 0; n < program.n; n++)
			(void)iq_sniff_kind(iq_head(as_slice(&program), n));
		iq_buf_fini(&program);
		iq_buf_fini(&kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrappers),
		cmocka_unit_test(tar_by_checksum),
		cmocka_unit_test(kinds),
		cmocka_unit_test(store_by_application_id),
		cmocka_unit_test(nul_and_noise),
		cmocka_unit_test(split_parts),
		cmocka_unit_test(cores),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

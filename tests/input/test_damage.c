/* input/: cut and damaged streams keep what was readable and are said once; bombs
 * and other excess stop at a limit. */
#include "world.h"

#include <signal.h>
#include <sys/resource.h>

static const struct {
	int code;
	const char *name;
	int64_t lost_max;	/* what the decoder may hold back at a cut */
} filters[] = {
	{ ARCHIVE_FILTER_GZIP,  "gzip",  0 },
	{ ARCHIVE_FILTER_BZIP2, "bzip2", 1 << 20 },	/* blocks of 900 kB */
	{ ARCHIVE_FILTER_XZ,    "xz",    0 },
	{ ARCHIVE_FILTER_LZMA,  "lzma",  160 << 10 },
	{ ARCHIVE_FILTER_ZSTD,  "zstd",  320 << 10 },
	{ ARCHIVE_FILTER_LZ4,   "lz4",   5 << 20 },	/* blocks of 4 MB */
};

static void cut_filters(void **state)
{
	(void)state;
	struct iq_buf log = composed_log(16000);
	for (size_t i = 0; i < COUNT(filters); i++) {
		struct iq_buf b = packed(as_slice(&log), filters[i].code);
		for (unsigned k = 1; k < 12; k++) {
			struct seen s;
			size_t n = k == 1 ? 20 : b.n * k / 12;
			seen_init(&s);
			s.keep_bytes = log.n;
			walk_bytes(&s, iq_head(as_slice(&b), n));
			assert_int_equal(s.rc, 0);
			assert_int_equal(s.n_issues, 1);
			assert_string_equal(s.issue[0].severity, "damage");
			assert_string_equal(s.issue[0].member, "");
			/* the share that was there, but for what the decoder held back */
			int64_t got = s.n ? s.m[0].bytes : 0;
			assert_int_equal(s.issue[0].offset, got);
			int64_t share = (int64_t)(log.n * n / b.n) - (int64_t)log.n / 20;
			assert_true(got >= share - filters[i].lost_max);
			if (s.n) {
				assert_int_equal(s.m[0].end, -1);
				assert_memory_equal(s.m[0].head.p, log.p, s.m[0].head.n);
			}
			assert_int_equal(s.raw.n, n);
			seen_fini(&s);
		}
		iq_buf_fini(&b);
	}
	iq_buf_fini(&log);
}

/* A small log, cut: all lines that the bytes hold, though no buffer was ever full. */
static void cut_small(void **state)
{
	(void)state;
	static const int codes[] = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ };
	struct iq_buf log = composed_log(100);
	assert_true(log.n < 20000);
	for (size_t i = 0; i < COUNT(codes); i++) {
		struct iq_buf b = packed(as_slice(&log), codes[i]);
		for (unsigned k = 4; k <= 10; k++) {
			/* at k = 10 only the check behind the data is missing */
			struct seen s;
			size_t n = k == 10 ? b.n - (i ? 12 : 4) : b.n * k / 10;
			seen_init(&s);
			s.keep_bytes = log.n;
			walk_bytes(&s, iq_head(as_slice(&b), n));
			assert_int_equal(s.n, 1);
			assert_true((size_t)s.m[0].bytes >= log.n * (k - 3) / 10);
			assert_memory_equal(s.m[0].head.p, log.p, s.m[0].head.n);
			assert_int_equal(s.n_issues, 1);
			assert_string_equal(s.issue[0].severity, "damage");
			assert_int_equal(s.issue[0].offset, s.m[0].bytes);
			if (k == 10)
				assert_int_equal(s.m[0].bytes, log.n);
			seen_fini(&s);
		}
		iq_buf_fini(&b);
	}
	iq_buf_fini(&log);
}

/* What follows a stream: another one, padding, or what is no part of it. */
static void behind_the_stream(void **state)
{
	(void)state;
	static const struct {
		int code;
		const char *tail;
		size_t n;
	} rows[] = {
		{ ARCHIVE_FILTER_GZIP, "\0\0\0\0\0", 5 },
		{ ARCHIVE_FILTER_GZIP, "garbage", 7 },
		{ ARCHIVE_FILTER_GZIP, "\x1fgarbage", 8 },
		{ ARCHIVE_FILTER_XZ, "\0\0\0\0", 4 },
	};
	struct iq_buf log = composed_log(50);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct iq_buf b = packed(as_slice(&log), rows[i].code), twice;
		struct seen s;
		iq_buf_init(&twice);
		iq_buf_slice(&twice, as_slice(&b));
		iq_buf_slice(&twice, as_slice(&b));
		iq_buf_add(&twice, rows[i].tail, rows[i].n);
		seen_init(&s);
		walk_bytes(&s, as_slice(&twice));
		assert_int_equal(s.n_issues, 0);
		assert_int_equal(s.m[0].bytes, 2 * log.n);
		assert_int_equal(s.raw.n, twice.n);
		seen_fini(&s);
		iq_buf_fini(&twice);
		iq_buf_fini(&b);
	}
	iq_buf_fini(&log);
}

/* The disk is full (as a limit on the size of files has it) while a packed dump is
 * copied: said, and nothing else breaks. */
static int copies(void *arg, struct iq_stream *m, struct iq_err *err)
{
	struct iq_err *why = arg;
	bool cut;
	(void)err;
	assert_int_equal(iq_stream_fd(m, &cut, why), -1);
	return 0;
}

static void no_room(void **state)
{
	(void)state;
	struct iq_buf log = composed_log(4000);
	struct iq_buf b = packed(as_slice(&log), ARCHIVE_FILTER_GZIP);
	struct iq_err why = { 0 }, err = { 0 };
	struct iq_visitor v = { .member = copies, .arg = &why };
	struct iq_walk_opts opts = { .limits = IQ_LIMITS_DEFAULT, .stdin_fd = -1 };
	struct rlimit old, small;
	char path[40];
	int fd = memory_file(as_slice(&b));
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 8192;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	int r = iq_walk(path, &opts, &v, &err);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(r, 0);
	assert_non_null(strstr(why.text, "TMPDIR"));
	close(fd);
	iq_buf_fini(&b);
	iq_buf_fini(&log);
}

static void flipped_bytes(void **state)
{
	(void)state;
	struct iq_buf log = composed_log(20000);
	for (size_t i = 0; i < COUNT(filters); i++) {
		struct iq_buf b = packed(as_slice(&log), filters[i].code);
		for (unsigned k = 0; k < 8; k++) {
			struct seen s;
			size_t at = b.n / 2 + b.n * k / 20;
			b.p[at] ^= 0x55;
			seen_init(&s);
			walk_bytes(&s, as_slice(&b));
			b.p[at] ^= 0x55;
			assert_int_equal(s.rc, 0);
			assert_true(s.n_issues <= 1);
			assert_true(s.raw.n == b.n);	/* hashed to the end */
			seen_fini(&s);
		}
		iq_buf_fini(&b);
	}
	iq_buf_fini(&log);
}

static void cut_tar(void **state)
{
	(void)state;
	struct iq_buf log = composed_log(2000);
	struct entry list[] = { { "first", as_slice(&log), 0, NULL },
				{ "second", as_slice(&log), 0, NULL } };
	struct iq_buf b = tarred(list, 2, ARCHIVE_FORMAT_TAR_USTAR);
	size_t block = (log.n + 511) / 512 * 512;
	const struct {
		size_t n;
		size_t members;
		int64_t last_bytes;
	} rows[] = {
		{ 600, 1, 88 },
		{ 512 + 70000, 1, 70000 },
		{ 512 + log.n, 1, (int64_t)log.n },
		{ 512 + block, 1, (int64_t)log.n },	/* between two files */
		{ 512 + block + 512 + 5, 2, 5 },
		{ 512 + block + 512 + 100000, 2, 100000 },
		{ 2 * (512 + block), 2, (int64_t)log.n },	/* nobody knows of a third */
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct seen s;
		seen_init(&s);
		walk_bytes(&s, iq_head(as_slice(&b), rows[i].n));
		assert_int_equal(s.rc, 0);
		assert_int_equal(s.n, rows[i].members);
		assert_int_equal(s.m[s.n - 1].bytes, rows[i].last_bytes);
		assert_int_equal(s.n_issues, 1);
		assert_string_equal(s.issue[0].severity, "damage");
		seen_fini(&s);
	}
	/* half of the end mark will do */
	struct seen s;
	seen_init(&s);
	walk_bytes(&s, iq_head(as_slice(&b), 2 * (512 + block) + 512));
	assert_int_equal(s.n, 2);
	assert_int_equal(s.m[1].bytes, log.n);
	assert_int_equal(s.n_issues, 0);
	seen_fini(&s);
	iq_buf_fini(&b);
	iq_buf_fini(&log);
}

/* The break is in the outer xz; tar and gzip inside it add nothing to the one issue. */
static void cut_nested_is_said_once(void **state)
{
	(void)state;
	struct iq_buf log = composed_log(30000);
	struct iq_buf gz = packed(as_slice(&log), ARCHIVE_FILTER_GZIP);
	struct entry list[] = { { "a", as_slice(&log), 0, NULL },
				{ "b.gz", as_slice(&gz), 0, NULL } };
	struct iq_buf tar = tarred(list, 2, ARCHIVE_FORMAT_TAR_USTAR);
	struct iq_buf xz = packed(as_slice(&tar), ARCHIVE_FILTER_GZIP);
	struct seen s;
	seen_init(&s);
	walk_bytes(&s, iq_head(as_slice(&xz), xz.n - xz.n / 8));
	assert_int_equal(s.rc, 0);
	assert_int_equal(s.n_issues, 1);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.m[0].bytes, log.n);
	assert_int_equal(s.m[1].end, -1);
	assert_true(s.m[1].bytes > 0 && s.m[1].bytes < (int64_t)log.n);
	seen_fini(&s);
	iq_buf_fini(&xz);
	iq_buf_fini(&tar);
	iq_buf_fini(&gz);
	iq_buf_fini(&log);
}

/* One broken member does not take the others along. */
static void broken_member(void **state)
{
	(void)state;
	struct iq_buf log = composed_log(30000);
	struct iq_buf gz = packed(as_slice(&log), ARCHIVE_FILTER_GZIP);
	struct entry list[] = {
		{ "a.gz", iq_head(as_slice(&gz), gz.n / 2), 0, NULL },
		{ "b", IQ_LIT("whole\n"), 0, NULL },
	};
	struct iq_buf b = tarred(list, 2, ARCHIVE_FORMAT_TAR_USTAR);
	struct seen s;
	seen_init(&s);
	walk_bytes(&s, as_slice(&b));
	assert_int_equal(s.n, 2);
	assert_int_equal(s.m[0].end, -1);
	assert_int_equal(s.m[1].end, 0);
	assert_int_equal(s.n_issues, 1);
	assert_string_equal(s.issue[0].member, "a.gz");
	seen_fini(&s);
	iq_buf_fini(&b);
	iq_buf_fini(&gz);
	iq_buf_fini(&log);
}

static struct iq_buf zeros(size_t n, int filter)
{
	char *p = calloc(1, n);
	struct iq_buf b = packed(iq_slice(p, n), filter);
	free(p);
	return b;
}

/* What lies behind a bomb in an archive is read. */
static void bomb_among_others(void **state)
{
	(void)state;
	struct iq_buf once = zeros(100 << 20, ARCHIVE_FILTER_GZIP);
	struct iq_buf twice = packed(as_slice(&once), ARCHIVE_FILTER_GZIP);
	struct entry list[] = {
		{ "a.gz", as_slice(&once), 0, NULL }, { "b", IQ_LIT("whole\n"), 0, NULL },
		{ "c.gz", as_slice(&twice), 0, NULL }, { "d", IQ_LIT("whole\n"), 0, NULL },
	};
	struct iq_buf tar = tarred(list, COUNT(list), ARCHIVE_FORMAT_TAR_USTAR);
	struct iq_buf all[] = { tar, packed(as_slice(&tar), ARCHIVE_FILTER_XZ) };
	for (size_t i = 0; i < 4; i++) {
		struct seen s;
		seen_init(&s);
		s.limits.bytes = i & 1 ? 30 << 20 : 0;
		s.limits.ratio = i & 1 ? 0 : 100;
		s.limits.ratio_floor_bytes = 1 << 20;
		walk_bytes(&s, as_slice(&all[i / 2]));
		assert_int_equal(s.rc, 0);
		assert_int_equal(s.n, 4);
		assert_int_equal(s.n_issues, 2);
		for (size_t k = 0; k < 2; k++) {
			assert_string_equal(s.issue[k].severity, "limit");
			assert_string_equal(s.issue[k].code, i & 1 ? "bytes" : "ratio");
			assert_string_equal(s.issue[k].member, list[2 * k].name);
			assert_int_equal(s.m[2 * k].end, -1);
			assert_int_equal(s.m[2 * k + 1].end, 0);
			assert_int_equal(s.m[2 * k + 1].bytes, 6);
		}
		seen_fini(&s);
	}
	iq_buf_fini(&all[1]);
	iq_buf_fini(&tar);
	iq_buf_fini(&twice);
	iq_buf_fini(&once);
}

static void bombs(void **state)
{
	(void)state;
	struct iq_buf once = zeros(100 << 20, ARCHIVE_FILTER_GZIP);
	struct iq_buf twice = packed(as_slice(&once), ARCHIVE_FILTER_GZIP);
	struct iq_buf thrice = packed(as_slice(&twice), ARCHIVE_FILTER_XZ);
	const struct {
		struct iq_slice in;
		uint64_t bytes;
		unsigned ratio;
		const char *code;
	} rows[] = {
		{ as_slice(&once), 10 << 20, 0, "bytes" },
		{ as_slice(&thrice), 10 << 20, 0, "bytes" },
		{ as_slice(&once), 0, 100, "ratio" },
		{ as_slice(&twice), 0, 2000, "ratio" },
		{ as_slice(&thrice), 0, 2000, "ratio" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct seen s;
		seen_init(&s);
		s.limits.bytes = rows[i].bytes;
		s.limits.ratio = rows[i].ratio;
		s.limits.ratio_floor_bytes = 1 << 20;
		walk_bytes(&s, rows[i].in);
		assert_int_equal(s.rc, 0);
		assert_int_equal(s.n_issues, 1);
		assert_string_equal(s.issue[0].severity, "limit");
		assert_string_equal(s.issue[0].code, rows[i].code);
		assert_int_equal(s.m[0].end, -1);
		assert_true(s.m[0].bytes > 0 && s.m[0].bytes <= 10 << 20);
		assert_int_equal(s.raw.n, rows[i].in.n);
		seen_fini(&s);
	}
	iq_buf_fini(&thrice);
	iq_buf_fini(&twice);
	iq_buf_fini(&once);
}

/* Packed deeper than the limit: said, and not opened. */
static void too_deep(void **state)
{
	(void)state;
	struct iq_buf b = composed_log(10);
	for (int i = 0; i < 6; i++) {
		struct iq_buf out = packed(as_slice(&b), i % 2 ? ARCHIVE_FILTER_GZIP
							       : ARCHIVE_FILTER_XZ);
		iq_buf_fini(&b);
		b = out;
	}
	struct seen s;
	seen_init(&s);
	s.limits.depth = 5;
	walk_bytes(&s, as_slice(&b));
	assert_int_equal(s.rc, 0);
	assert_int_equal(s.n, 0);
	assert_int_equal(s.n_issues, 1);
	assert_string_equal(s.issue[0].code, "depth");
	seen_fini(&s);
	seen_init(&s);
	s.limits.depth = 6;
	walk_bytes(&s, as_slice(&b));
	assert_int_equal(s.n, 1);
	assert_int_equal(s.n_issues, 0);
	seen_fini(&s);
	iq_buf_fini(&b);
}

static void too_many_members(void **state)
{
	(void)state;
	struct entry list[20];
	for (size_t i = 0; i < COUNT(list); i++)
		list[i] = (struct entry){ "same", IQ_LIT("x\n"), 0, NULL };
	struct iq_buf b = tarred(list, COUNT(list), ARCHIVE_FORMAT_TAR_USTAR);
	struct seen s;
	seen_init(&s);
	s.limits.members = 7;
	walk_bytes(&s, as_slice(&b));
	assert_int_equal(s.n, 7);
	assert_int_equal(s.n_issues, 1);
	assert_string_equal(s.issue[0].code, "members");
	seen_fini(&s);
	iq_buf_fini(&b);
	/* empty ones hardly count */
	for (size_t i = 1; i < COUNT(list) - 1; i++)
		list[i].data = IQ_LIT("");
	b = tarred(list, COUNT(list), ARCHIVE_FORMAT_TAR_USTAR);
	seen_init(&s);
	s.limits.members = 4;
	walk_bytes(&s, as_slice(&b));
	assert_int_equal(s.n, COUNT(list));
	assert_int_equal(s.n_issues, 0);
	seen_fini(&s);
	iq_buf_fini(&b);
}

/* A hole of a terabyte in a sparse member is counted like what it reads as.  The tar
 * is GNU's old sparse form: one piece of 4 bytes at the end. */
static void sparse_member(void **state)
{
	(void)state;
	char h[1536] = "hole";
	unsigned sum = 0;
	memcpy(h + 100, "0000644", 7);
	memcpy(h + 124, "00000000004", 11);		/* bytes in the archive */
	memcpy(h + 136, "14000000000", 11);
	memset(h + 148, ' ', 8);
	h[156] = 'S';
	memcpy(h + 257, "ustar  ", 7);
	snprintf(h + 386, 12, "%011llo", 1ull << 30);		/* where the piece is */
	snprintf(h + 398, 12, "%011o", 4);
	snprintf(h + 483, 12, "%011llo", (1ull << 30) + 4);	/* real size */
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	memcpy(h + 512, "end\n", 4);
	struct seen s;
	seen_init(&s);
	s.limits.ratio = 0;
	walk_bytes(&s, iq_slice(h, sizeof h));
	assert_int_equal(s.n, 1);
	assert_int_equal(s.m[0].bytes, (1 << 30) + 4);
	assert_int_equal(s.m[0].end, 0);
	seen_fini(&s);
	seen_init(&s);
	s.limits.bytes = 1 << 20;
	walk_bytes(&s, iq_slice(h, sizeof h));
	assert_true(s.m[0].bytes <= 1 << 20);
	assert_string_equal(s.issue[0].code, "sparse");
	assert_string_equal(s.issue[0].severity, "limit");
	assert_string_equal(s.issue[1].code, "bytes");
	seen_fini(&s);
	/* a log has nothing to look for in the hole, but behind it */
	seen_init(&s);
	s.short_holes = true;
	s.limits.bytes = 1 << 20;
	walk_bytes(&s, iq_slice(h, sizeof h));
	assert_int_equal(s.m[0].end, 0);
	assert_true(s.m[0].bytes < 1 << 18);
	assert_string_equal(s.issue[0].code, "sparse");
	assert_string_equal(s.issue[1].code, "hole");
	assert_string_equal(s.issue[1].severity, "note");
	assert_int_equal(s.n_issues, 2);
	seen_fini(&s);
}

static void bad_headers(void **state)
{
	(void)state;
	static const struct iq_slice rows[] = {
		IQ_LIT("\x1f\x8b\x08\x00\0\0\0\0\0\x03garbage garbage garbage"),
		IQ_LIT("BZh9\x31\x41\x59\x26\x53\x59garbage garbage garbage"),
		IQ_LIT("\xfd" "7zXZ\0\0\x04garbage garbage garbage"),
		IQ_LIT("\x28\xb5\x2f\xfd\x04garbage garbage garbage garbage"),
		IQ_LIT("\x04\x22\x4d\x18\x64\x40garbage garbage garbage"),
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct seen s;
		seen_init(&s);
		walk_bytes(&s, rows[i]);
		assert_int_equal(s.rc, 0);
		assert_int_equal(s.n_issues, 1);
		assert_string_equal(s.issue[0].severity, "damage");
		seen_fini(&s);
	}
}

/* 1 GB of zeros through gzip in little memory. */
static void flat_memory(void **state)
{
	(void)state;
	struct iq_buf gz = zeros(64 << 20, ARCHIVE_FILTER_GZIP), all;
	iq_buf_init(&all);
	for (int i = 0; i < 16; i++)		/* members of one stream */
		iq_buf_slice(&all, as_slice(&gz));
	struct rusage before, after;
	struct seen s;
	seen_init(&s);
	s.no_raw = true;
	getrusage(RUSAGE_SELF, &before);
	walk_bytes(&s, as_slice(&all));
	getrusage(RUSAGE_SELF, &after);
	assert_int_equal(s.m[0].bytes, 1 << 30);
	assert_true(after.ru_maxrss - before.ru_maxrss < 32 << 10);
	seen_fini(&s);
	iq_buf_fini(&all);
	iq_buf_fini(&gz);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_filters),
		cmocka_unit_test(cut_small),
		cmocka_unit_test(no_room),
		cmocka_unit_test(behind_the_stream),
		cmocka_unit_test(flipped_bytes),
		cmocka_unit_test(cut_tar),
		cmocka_unit_test(cut_nested_is_said_once),
		cmocka_unit_test(broken_member),
		cmocka_unit_test(bombs),
		cmocka_unit_test(bomb_among_others),
		cmocka_unit_test(too_deep),
		cmocka_unit_test(too_many_members),
		cmocka_unit_test(sparse_member),
		cmocka_unit_test(bad_headers),
		cmocka_unit_test(flat_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

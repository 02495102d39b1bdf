/* input/: wrappers in any nesting, members, links, names, the raw bytes, limits. */
#include "world.h"

#include <pthread.h>
#include <sys/resource.h>

static const struct {
	int code;
	const char *name;
} filters[] = {
#define X(code, name) { code, name },
	FILTERS(X)
#undef X
};

static void plain_file(void **state)
{
	(void)state;
	struct iq_buf log = composed_log(40000);	/* several blocks */
	struct seen s;
	seen_init(&s);
	s.keep_bytes = log.n;
	walk_bytes(&s, as_slice(&log));
	assert_int_equal(s.rc, 0);
	assert_int_equal(s.n, 1);
	assert_string_equal(s.m[0].name, "");
	assert_string_equal(s.m[0].wrappers, "");
	assert_int_equal(s.m[0].kind, IQ_STREAM_TEXT);
	assert_int_equal(s.m[0].size, log.n);
	assert_int_equal(s.m[0].end, 0);
	assert_true(iq_eq(as_slice(&s.m[0].head), as_slice(&log)));
	assert_true(iq_eq(as_slice(&s.raw), as_slice(&log)));
	assert_int_equal(s.n_issues, 0);
	seen_fini(&s);
	iq_buf_fini(&log);
}

static void empty_file(void **state)
{
	(void)state;
	struct seen s;
	seen_init(&s);
	walk_bytes(&s, IQ_LIT(""));
	assert_int_equal(s.rc, 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.m[0].kind, IQ_STREAM_EMPTY);
	assert_int_equal(s.m[0].bytes, 0);
	seen_fini(&s);
}

static void standard_input(void **state)
{
	(void)state;
	int p[2];
	struct seen s;
	struct iq_buf log = composed_log(200), gz = packed(as_slice(&log),
							   ARCHIVE_FILTER_GZIP);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], gz.p, gz.n), gz.n);
	close(p[1]);
	seen_init(&s);
	s.stdin_fd = p[0];
	walk_path(&s, "-");
	assert_int_equal(s.rc, 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.m[0].bytes, log.n);
	assert_string_equal(s.m[0].wrappers, "gzip");
	assert_true(iq_eq(as_slice(&s.raw), as_slice(&gz)));
	close(p[0]);
	seen_fini(&s);
	iq_buf_fini(&gz);
	iq_buf_fini(&log);
}

static void each_filter(void **state)
{
	(void)state;
	struct iq_buf log = composed_log(5000);
	for (size_t i = 0; i < COUNT(filters); i++) {
		struct iq_buf b = packed(as_slice(&log), filters[i].code);
		struct seen s;
		seen_init(&s);
		s.keep_bytes = log.n;
		walk_bytes(&s, as_slice(&b));
		assert_int_equal(s.n, 1);
		assert_string_equal(s.m[0].wrappers, filters[i].name);
		assert_true(iq_eq(as_slice(&s.m[0].head), as_slice(&log)));
		assert_int_equal(s.m[0].end, 0);
		assert_int_equal(s.n_issues, 0);
		assert_true(iq_eq(as_slice(&s.raw), as_slice(&b)));
		seen_fini(&s);
		iq_buf_fini(&b);
	}
	iq_buf_fini(&log);
}

/* An empty file that was compressed is empty, not damaged. */
static void each_filter_of_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(filters); i++) {
		/* libarchive's lz4 writer crashes on nothing; this is what lz4 writes */
		bool lz4 = filters[i].code == ARCHIVE_FILTER_LZ4;
		struct iq_buf b = packed(IQ_LIT(""), lz4 ? ARCHIVE_FILTER_GZIP
							 : filters[i].code);
		struct seen s;
		if (lz4) {
			iq_buf_reset(&b);
			iq_buf_slice(&b, IQ_LIT("\x04\x22\x4d\x18\x64\x40\xa7\0\0\0\0"
						"\x05\x5d\xcc\x02"));
		}
		seen_init(&s);
		walk_bytes(&s, as_slice(&b));
		assert_int_equal(s.rc, 0);
		assert_int_equal(s.n_issues, 0);
		assert_int_equal(s.n, 1);
		assert_int_equal(s.m[0].bytes, 0);
		seen_fini(&s);
		iq_buf_fini(&b);
	}
}

/* gzip, zstd, xz, bzip2 and lz4 files glued together are one stream. */
static void concatenated(void **state)
{
	(void)state;
	static const int codes[] = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD,
				     ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_BZIP2,
				     ARCHIVE_FILTER_LZ4 };
	struct iq_buf log = composed_log(1000);
	for (size_t i = 0; i < COUNT(codes); i++) {
		struct iq_buf b = packed(as_slice(&log), codes[i]);
		struct iq_buf twice = packed(as_slice(&log), codes[i]);
		struct seen s;
		iq_buf_slice(&twice, as_slice(&b));
		seen_init(&s);
		walk_bytes(&s, as_slice(&twice));
		assert_int_equal(s.n, 1);
		assert_int_equal(s.m[0].bytes, 2 * log.n);
		assert_int_equal(s.n_issues, 0);
		seen_fini(&s);
		iq_buf_fini(&b);
		iq_buf_fini(&twice);
	}
	iq_buf_fini(&log);
}

static void tar_formats(void **state)
{
	(void)state;
	static const int formats[] = { ARCHIVE_FORMAT_TAR_USTAR,
				       ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE,
				       ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FORMAT_ZIP };
	const struct entry list[] = {
		{ "./top", IQ_LIT(""), AE_IFDIR, NULL },
		{ "./top/dmesg", IQ_LIT("[    0.000000] one\n"), 0, NULL },
		{ "top/empty", IQ_LIT(""), 0, NULL },
		{ "top/messages", IQ_LIT("two\nthree\n"), 0, NULL },
	};
	for (size_t i = 0; i < COUNT(formats); i++) {
		struct iq_buf b = tarred(list, COUNT(list), formats[i]);
		struct seen s;
		seen_init(&s);
		walk_bytes(&s, as_slice(&b));
		assert_int_equal(s.n, 3);
		assert_string_equal(s.m[0].name, "top/dmesg");
		assert_int_equal(s.m[0].bytes, 19);
		assert_int_equal(s.m[0].mtime_us, 1500000000 * INT64_C(1000000));
		assert_string_equal(s.m[0].wrappers,
				    formats[i] == ARCHIVE_FORMAT_ZIP ? "zip" : "tar");
		assert_int_equal(s.m[1].kind, IQ_STREAM_EMPTY);
		assert_string_equal(s.m[2].name, "top/messages");
		assert_int_equal(s.n_issues, 0);
		assert_true(iq_eq(as_slice(&s.raw), as_slice(&b)));
		seen_fini(&s);
		iq_buf_fini(&b);
	}
}

/* log -> gz -> in tar -> xz -> in tar -> zst */
static void nested(void **state)
{
	(void)state;
	struct iq_buf log = composed_log(3000);
	struct iq_buf gz = packed(as_slice(&log), ARCHIVE_FILTER_GZIP);
	struct entry in[] = { { "a/messages.gz", as_slice(&gz), 0, NULL },
			      { "a/other", IQ_LIT("text\n"), 0, NULL } };
	struct iq_buf tar = tarred(in, 2, ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE);
	struct iq_buf xz = packed(as_slice(&tar), ARCHIVE_FILTER_XZ);
	struct entry out[] = { { "inner.tar.xz", as_slice(&xz), 0, NULL } };
	struct iq_buf outer = tarred(out, 1, ARCHIVE_FORMAT_TAR_USTAR);
	struct seen s;
	seen_init(&s);
	s.keep_bytes = log.n;
	walk_bytes(&s, as_slice(&outer));
	assert_int_equal(s.n, 2);
	assert_string_equal(s.m[0].name, "inner.tar.xz!a/messages.gz");
	assert_string_equal(s.m[0].wrappers, "tar,xz,tar,gzip");
	assert_true(iq_eq(as_slice(&s.m[0].head), as_slice(&log)));
	assert_string_equal(s.m[1].name, "inner.tar.xz!a/other");
	assert_int_equal(s.n_issues, 0);
	seen_fini(&s);
	iq_buf_fini(&outer);
	iq_buf_fini(&xz);
	iq_buf_fini(&tar);
	iq_buf_fini(&gz);
	iq_buf_fini(&log);
}

/* A visitor that looks at a member and leaves it: the next ones come all the same,
 * and the hash sees every byte. */
static void not_read(void **state)
{
	(void)state;
	struct iq_buf log = composed_log(30000);
	struct entry list[] = { { "big", as_slice(&log), 0, NULL },
				{ "small", IQ_LIT("x\n"), 0, NULL } };
	struct iq_buf b = tarred(list, 2, ARCHIVE_FORMAT_TAR_USTAR);
	struct seen s;
	seen_init(&s);
	s.do_not_read = true;
	walk_bytes(&s, as_slice(&b));
	assert_int_equal(s.n, 2);
	assert_string_equal(s.m[1].name, "small");
	assert_true(iq_eq(as_slice(&s.raw), as_slice(&b)));
	seen_fini(&s);
	iq_buf_fini(&b);
	iq_buf_fini(&log);
}

static void concatenated_tars(void **state)
{
	(void)state;
	struct entry one = { "one", IQ_LIT("1\n"), 0, NULL }, two = { "two", IQ_LIT("2\n"),
								     0, NULL };
	struct iq_buf a = tarred(&one, 1, ARCHIVE_FORMAT_TAR_USTAR);
	struct iq_buf b = tarred(&two, 1, ARCHIVE_FORMAT_TAR_USTAR);
	struct seen s;
	iq_buf_slice(&a, as_slice(&b));
	seen_init(&s);
	walk_bytes(&s, as_slice(&a));
	assert_int_equal(s.n, 2);
	assert_string_equal(s.m[1].name, "two");
	seen_fini(&s);
	iq_buf_fini(&a);
	iq_buf_fini(&b);
}

static void links_and_nodes(void **state)
{
	(void)state;
	const struct entry list[] = {
		{ "log", IQ_LIT("text\n"), 0, NULL },
		{ "soft", IQ_LIT(""), AE_IFLNK, "/etc/passwd" },
		{ "hard", IQ_LIT(""), 0, "log" },
		{ "pipe", IQ_LIT(""), AE_IFIFO, NULL },
		{ "null", IQ_LIT(""), AE_IFCHR, NULL },
	};
	struct iq_buf b = tarred(list, COUNT(list), ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE);
	struct seen s;
	seen_init(&s);
	walk_bytes(&s, as_slice(&b));
	assert_int_equal(s.n, 1);
	assert_int_equal(s.n_links, 2);
	assert_string_equal(s.link, "hard = log");
	assert_int_equal(s.n_issues, 2);
	assert_string_equal(s.issue[0].severity, "note");
	assert_string_equal(s.issue[0].member, "pipe");
	assert_string_equal(s.issue[1].member, "null");
	seen_fini(&s);
	iq_buf_fini(&b);
}

static void absurd_names(void **state)
{
	(void)state;
	char name[6001];
	memset(name, 'n', 6000);
	name[6000] = 0;
	const struct {
		const char *name, *shown;
		bool noted;
	} rows[] = {
		{ "/etc/passwd", "/etc/passwd", true },
		{ "../../up", "../../up", true },
		{ "a/../../up", "a/../../up", true },
		{ "a/..", "a/..", true },
		{ ".//x", "x", false },
		{ "a..b/c", "a..b/c", false },
		{ "\xff\xfe latin \xe9", "\xff\xfe latin \xe9", false },
		{ "esc\033[31m", "esc\033[31m", false },
		{ "utf-\xc3\xa9", "utf-\xc3\xa9", false },
		{ "back\\x2dslash", "back\\x2dslash", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct entry e = { rows[i].name, IQ_LIT("x\n"), 0, NULL };
		struct iq_buf b = tarred(&e, 1, ARCHIVE_FORMAT_TAR_GNUTAR);
		struct seen s;
		seen_init(&s);
		walk_bytes(&s, as_slice(&b));
		assert_int_equal(s.n, 1);
		assert_string_equal(s.m[0].name, rows[i].shown);
		assert_int_equal(s.n_issues, rows[i].noted);
		seen_fini(&s);
		iq_buf_fini(&b);
	}
	struct entry e = { name, IQ_LIT("x\n"), 0, NULL };
	struct iq_buf b = tarred(&e, 1, ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE);
	struct seen s;
	seen_init(&s);
	walk_bytes(&s, as_slice(&b));
	assert_int_equal(s.n, 1);
	assert_int_equal(s.n_issues, 1);
	assert_string_equal(s.issue[0].code, "member-name");
	seen_fini(&s);
	iq_buf_fini(&b);
}

/* Many notes of one kind are not listed one by one. */
static void notes_are_counted(void **state)
{
	(void)state;
	struct entry list[60];
	for (size_t i = 0; i < COUNT(list); i++)
		list[i] = (struct entry){ "pipe", IQ_LIT(""), AE_IFIFO, NULL };
	struct iq_buf b = tarred(list, COUNT(list), ARCHIVE_FORMAT_TAR_USTAR);
	struct seen s;
	seen_init(&s);
	walk_bytes(&s, as_slice(&b));
	assert_int_equal(s.n_issues, 21);
	assert_non_null(strstr(s.issue[20].text, "further"));
	seen_fini(&s);
	iq_buf_fini(&b);
}

/* A descriptor: the file itself where it is plain, else a copy. */
static void descriptors(void **state)
{
	(void)state;
	struct iq_buf log = composed_log(5000);
	struct iq_buf xz = packed(as_slice(&log), ARCHIVE_FILTER_XZ);
	struct iq_slice input[] = { as_slice(&log), as_slice(&xz) };
	for (size_t i = 0; i < 2; i++) {
		struct seen s;
		seen_init(&s);
		s.by_fd = true;
		walk_bytes(&s, input[i]);
		assert_int_equal(s.rc, 0);
		assert_int_equal(s.m[0].bytes, log.n);
		assert_int_equal(s.m[0].end, 0);
		assert_memory_equal(s.m[0].head.p, log.p, 4096);
		assert_true(iq_eq(as_slice(&s.raw), input[i]));
		seen_fini(&s);
	}
	struct seen s;
	seen_init(&s);
	s.by_fd = true;
	walk_bytes(&s, iq_head(as_slice(&xz), xz.n - 200));
	assert_int_equal(s.m[0].end, -1);		/* the copy is cut */
	seen_fini(&s);
	iq_buf_fini(&xz);
	iq_buf_fini(&log);
}

/* --- the tap on another thread, slower than the reader --- */

struct slow {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct {
		const void *p;
		size_t n;
		void (*release)(void *, const void *);
		void *arg;
	} q[64];
	unsigned head, tail;
	bool end;
	uint64_t sum, bytes;
};

static void *slow_thread(void *arg)
{
	struct slow *w = arg;
	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (w->head == w->tail && !w->end)
			pthread_cond_wait(&w->more, &w->lock);
		if (w->head == w->tail)
			break;
		unsigned i = w->head++ % 64;
		pthread_mutex_unlock(&w->lock);
		usleep(500);
		for (size_t k = 0; k < w->q[i].n; k++)
			w->sum = w->sum * 31 + ((const unsigned char *)w->q[i].p)[k];
		w->bytes += w->q[i].n;
		w->q[i].release(w->q[i].arg, w->q[i].p);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void slow_raw(void *arg, const void *p, size_t n,
		     void (*release)(void *, const void *), void *release_arg)
{
	struct slow *w = arg;
	pthread_mutex_lock(&w->lock);
	unsigned i = w->tail++ % 64;
	w->q[i].p = p;
	w->q[i].n = n;
	w->q[i].release = release;
	w->q[i].arg = release_arg;
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
}

static int slow_member(void *arg, struct iq_stream *m, struct iq_err *err)
{
	struct iq_slice b;
	(void)arg;
	(void)err;
	while (iq_stream_read(m, &b) == 1)
		;
	return 0;
}

static void tap_on_a_thread(void **state)
{
	(void)state;
	struct iq_buf log = composed_log(200000);
	struct slow w = { .lock = PTHREAD_MUTEX_INITIALIZER,
			  .more = PTHREAD_COND_INITIALIZER };
	struct iq_visitor v = { .member = slow_member, .raw = slow_raw, .arg = &w };
	struct iq_walk_opts o = { .limits = IQ_LIMITS_DEFAULT };
	struct iq_err err;
	pthread_t t;
	char path[64];
	uint64_t sum = 0;
	for (size_t i = 0; i < log.n; i++)
		sum = sum * 31 + (unsigned char)log.p[i];
	int fd = memory_file(as_slice(&log));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	pthread_create(&t, NULL, slow_thread, &w);
	assert_int_equal(iq_walk(path, &o, &v, &err), 0);
	pthread_mutex_lock(&w.lock);
	w.end = true;
	pthread_cond_signal(&w.more);
	pthread_mutex_unlock(&w.lock);
	pthread_join(t, NULL);
	assert_int_equal(w.bytes, log.n);
	assert_true(w.sum == sum);		/* no block was used again too early */
	close(fd);
	iq_buf_fini(&log);
}

static int stop_member(void *arg, struct iq_stream *m, struct iq_err *err)
{
	(void)arg;
	(void)m;
	return iq_err_set(err, IQ_E_INTR, "stop");
}

static void visitor_stops(void **state)
{
	(void)state;
	struct entry list[] = { { "a", IQ_LIT("x\n"), 0, NULL }, { "b", IQ_LIT("y\n"), 0,
								   NULL } };
	struct iq_buf b = tarred(list, 2, ARCHIVE_FORMAT_TAR_USTAR);
	struct iq_visitor v = { .member = stop_member };
	struct iq_walk_opts o = { .limits = IQ_LIMITS_DEFAULT };
	struct iq_err err;
	char path[64];
	int fd = memory_file(as_slice(&b));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	assert_int_equal(iq_walk(path, &o, &v, &err), -1);
	assert_int_equal(err.code, IQ_E_INTR);
	close(fd);
	iq_buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_file),
		cmocka_unit_test(empty_file),
		cmocka_unit_test(standard_input),
		cmocka_unit_test(each_filter),
		cmocka_unit_test(each_filter_of_nothing),
		cmocka_unit_test(concatenated),
		cmocka_unit_test(tar_formats),
		cmocka_unit_test(nested),
		cmocka_unit_test(not_read),
		cmocka_unit_test(concatenated_tars),
		cmocka_unit_test(links_and_nodes),
		cmocka_unit_test(absurd_names),
		cmocka_unit_test(notes_are_counted),
		cmocka_unit_test(descriptors),
		cmocka_unit_test(tap_on_a_thread),
		cmocka_unit_test(visitor_stops),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

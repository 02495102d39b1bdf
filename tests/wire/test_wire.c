/* wire/: every kind of fact there and back, the end of a spool, cut and damaged ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "wire/wire.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static int new_fd(void)
{
	int fd = memfd_create("spool", MFD_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

/* A fact with a different value in every column. */
static void fill(enum iq_fact_type t, void *fact, int64_t seed)
{
	static const int64_t numbers[] = { 0, 1, -1, 63, 64, -64, INT64_MAX, INT64_MIN + 1, IQ_NULL };
	static const char *const texts[] = { "", "x", "a longer text \xff with bytes" };
	const struct iq_fact_desc *d = &iq_fact_descs[t];
	iq_fact_init(t, fact);
	memcpy(fact, &seed, sizeof seed);
	for (size_t i = 0; i < d->n_columns; i++) {
		size_t k = i + (size_t)seed;
		if (d->columns[i].kind != IQ_COL_TEXT)
			*iq_fact_int(fact, &d->columns[i]) = numbers[k % 9];
		else if (k % 4 < 3)
			*iq_fact_text(fact, &d->columns[i]) = iq_slice_z(texts[k % 4]);
	}
}

static void assert_same(enum iq_fact_type t, void *a, void *b)
{
	const struct iq_fact_desc *d = &iq_fact_descs[t];
	assert_memory_equal(a, b, sizeof(int64_t));
	for (size_t i = 0; i < d->n_columns; i++) {
		const struct iq_column *c = &d->columns[i];
		if (c->kind != IQ_COL_TEXT) {
			assert_true(*iq_fact_int(a, c) == *iq_fact_int(b, c));
			continue;
		}
		struct iq_slice x = *iq_fact_text(a, c), y = *iq_fact_text(b, c);
		assert_int_equal(!x.p, !y.p);
		assert_true(iq_eq(x, y));
	}
}

static int write_all(int rounds)
{
	int fd = new_fd();
	struct iq_wire_writer w;
	struct iq_err err;
	_Alignas(8) char fact[IQ_FACT_BYTES_MAX];
	iq_wire_writer_init(&w, fd, 0);
	assert_int_equal(iq_wire_stage(&w, IQ_LIT("reading x"), &err), 0);
	for (int64_t round = 1; round <= rounds; round++)
		for (int t = 0; t < IQ_FACT_MAX; t++) {
			fill((enum iq_fact_type)t, fact, round);
			assert_int_equal(iq_sink_put(&w.sink, (enum iq_fact_type)t, fact, &err), 0);
		}
	assert_int_equal(iq_wire_done(&w, NULL, &err), 0);
	iq_wire_writer_fini(&w);
	return fd;
}

static int read_all(int fd, int rounds, bool *ret_done, struct iq_err *err)
{
	struct iq_wire_reader r;
	_Alignas(8) char got[IQ_FACT_BYTES_MAX], want[IQ_FACT_BYTES_MAX];
	enum iq_fact_type t;
	int n = 0, rc;
	iq_wire_reader_init(&r, fd);
	while ((rc = iq_wire_next(&r, &t, got, err)) > 0) {
		if (rounds) {
			assert_int_equal(t, n % IQ_FACT_MAX);
			fill(t, want, n / IQ_FACT_MAX + 1);
			assert_same(t, got, want);
		}
		n++;
	}
	*ret_done = r.done;
	iq_wire_reader_fini(&r);
	return rc < 0 ? -1 : n;
}

static void there_and_back(void **state)
{
	(void)state;
	struct iq_err err;
	bool done;
	int fd = write_all(600);	/* several read buffers long */
	assert_int_equal(read_all(fd, 600, &done, &err), 600 * IQ_FACT_MAX);
	assert_true(done);
	close(fd);
}

static void cut_anywhere(void **state)
{
	(void)state;
	int fd = write_all(1);
	off_t size = lseek(fd, 0, SEEK_END);
	for (off_t n = size - 1; n >= 0; n--) {
		struct iq_err err;
		bool done;
		assert_int_equal(ftruncate(fd, n), 0);
		int got = read_all(fd, 1, &done, &err);
		assert_true(got >= 0 && got <= IQ_FACT_MAX);
		assert_false(done);
	}
	close(fd);
}

/* The reader is as far as the writer, at every byte; what it does not want it skips. */
static void followed_as_it_grows(void **state)
{
	(void)state;
	int whole = write_all(2), fd = new_fd(), n = 0;
	off_t size = lseek(whole, 0, SEEK_END);
	struct iq_wire_reader r;
	_Alignas(8) char got[IQ_FACT_BYTES_MAX], want[IQ_FACT_BYTES_MAX], byte;
	iq_wire_reader_init(&r, fd);
	r.unwanted = UINT64_C(1) << IQ_FACT_TASK;
	for (off_t at = 0; at < size; at++) {
		enum iq_fact_type t;
		struct iq_err err;
		int rc;
		assert_false(r.done);
		assert_int_equal(pread(whole, &byte, 1, at), 1);
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		while ((rc = iq_wire_next(&r, &t, got, &err)) > 0) {
			n += n % IQ_FACT_MAX == IQ_FACT_TASK;
			assert_int_equal(t, n % IQ_FACT_MAX);
			fill(t, want, n / IQ_FACT_MAX + 1);
			assert_same(t, got, want);
			n++;
		}
		assert_int_equal(rc, 0);
	}
	assert_true(r.done);
	assert_int_equal(n, 2 * IQ_FACT_MAX);
	iq_wire_reader_fini(&r);
	close(whole);
	close(fd);
}

static void wrong_frames_are_errors(void **state)
{
	(void)state;
	static const struct { const char *bytes; size_t n; } wrong[] = {
		{ "\0\0\0\0\x10", 5 },			/* empty frame */
		{ "\xff\xff\xff\xff\x10", 5 },		/* 4 GB */
		{ "\x01\0\0\0\x09", 5 },		/* no such kind */
		{ "\x02\0\0\0\x10\0", 6 },		/* a fact of one byte */
		{ "\x03\0\0\0\x02\x63\0", 7 },		/* an end with error 99 */
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct iq_err err;
		bool done;
		int fd = new_fd();
		assert_int_equal(write(fd, wrong[i].bytes, wrong[i].n), wrong[i].n);
		assert_int_equal(read_all(fd, 0, &done, &err), -1);
		assert_int_equal(err.code, IQ_E_FORMAT);
		close(fd);
	}
}

static void limits(void **state)
{
	(void)state;
	struct iq_wire_writer w;
	struct iq_err err;
	struct iq_issue f;
	int fd = new_fd(), rc = 0;
	iq_wire_writer_init(&w, fd, 5000);
	iq_fact_init(IQ_FACT_ISSUE, &f);
	char *big = calloc(1, IQ_WIRE_FRAME_MAX + 1);
	f.text = iq_slice(big, IQ_WIRE_FRAME_MAX + 1);
	assert_int_equal(iq_sink_put(&w.sink, IQ_FACT_ISSUE, &f, &err), -1);
	assert_int_equal(err.code, IQ_E_LIMIT);
	f.text = iq_slice(big, 100);
	for (int i = 0; i < 100 && !rc; i++)
		rc = iq_sink_put(&w.sink, IQ_FACT_ISSUE, &f, &err);
	assert_int_equal(rc, -1);
	assert_int_equal(iq_wire_done(&w, &err, &err), 0);	/* the end gets through */
	free(big);
	iq_wire_writer_fini(&w);
	bool done;
	assert_true(read_all(fd, 0, &done, &err) > 10);
	assert_true(done);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(followed_as_it_grows),
		cmocka_unit_test(wrong_frames_are_errors),
		cmocka_unit_test(limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

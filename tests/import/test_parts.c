/* tests/import/test_parts.c - the parts of an import that stand alone: dates in names,
 * the hash, and the spool of a child that died. */
#include "../store/feed.h"

#include <signal.h>
#include <sys/mman.h>

#include "base/units.h"
#include "import/hash.h"
#include "import/name_date.h"
#include "import/spool.h"

/* --- names --- */

static void dates_in_names(void **state)
{
	static const struct { const char *name, *date; } rows[] = {
		{ "messages-20240101", "2024-01-01T00:00:00Z" },
		{ "/var/log/messages-20240229.gz", "2024-02-29T00:00:00Z" },
		{ "syslog.2024-12-31.xz", "2024-12-31T00:00:00Z" },
		{ "2024-05-06_host_dmesg", "2024-05-06T00:00:00Z" },
		{ "messages", NULL },
		{ "messages-20230229", NULL },		/* no such day */
		{ "messages-20241301", NULL },
		{ "messages-120240101", NULL },		/* digits before */
		{ "messages-202401011", NULL },		/* digits behind */
		{ "2024-01/messages", NULL },
		{ "20240101/messages", NULL },		/* only the last part of a path */
		{ "core-18991231", NULL },
		{ "", NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct iq_buf b;
		iq_buf_init(&b);
		int64_t us = iq_name_date(iq_slice_z(rows[i].name));
		if (us != IQ_NULL)
			iq_time_iso(&b, us);
		if (strcmp(b.p ? b.p : "none", rows[i].date ? rows[i].date : "none"))
			fail_msg("%s: %s", rows[i].name, b.p ? b.p : "none");
		iq_buf_fini(&b);
	}
}

/* --- the hash --- */

static size_t released;

static void release(void *arg, const void *p)
{
	(void)arg;
	__atomic_add_fetch(&released, 1, __ATOMIC_SEQ_CST);
	free((void *)p);
}

static void hash_is(const char *piece, size_t times, const char *want)
{
	struct iq_hash *h = iq_hash_new();
	struct iq_err err;
	char hex[IQ_HASH_HEX];
	assert_non_null(h);
	released = 0;
	for (size_t i = 0; i < times; i++) {
		char *copy = strdup(piece);
		iq_hash_add(h, copy, strlen(piece), release, NULL);
	}
	assert_int_equal(iq_hash_bytes(h), times * strlen(piece));
	assert_int_equal(iq_hash_finish(h, hex, &err), 0);
	assert_string_equal(hex, want);
	assert_int_equal(released, times);
	iq_hash_free(h);
}

/* The digests are those of FIPS 180-2's examples. */
static void known_digests(void **state)
{
	(void)state;
	hash_is("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	hash_is("abc", 1,
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	hash_is("aaaaaaaaaa", 100000,
		"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void a_hash_left_alone_releases_its_blocks(void **state)
{
	(void)state;
	struct iq_hash *h = iq_hash_new();
	released = 0;
	for (int i = 0; i < 100; i++)
		iq_hash_add(h, strdup("x"), 1, release, NULL);
	iq_hash_free(h);
	assert_int_equal(released, 100);
}

/* --- the spool of a dead child --- */

struct parts {
	int64_t captures, boots, hosts, members, issues;
	char issue[800], severity[16], status[16];
};

static struct parts take(struct iq_spool *s)
{
	_Alignas(8) char fact[IQ_FACT_BYTES_MAX];
	struct parts p = { 0 };
	enum iq_fact_type t;
	struct iq_err err;
	while (s->source.next(&s->source, &t, fact, &err) == 1) {
		p.captures += t == IQ_FACT_CAPTURE;
		p.boots += t == IQ_FACT_BOOT;
		p.hosts += t == IQ_FACT_HOST;
		p.members += t == IQ_FACT_MEMBER;
		p.issues += t == IQ_FACT_ISSUE;
		const struct iq_issue *i = (const void *)fact;
		const struct iq_capture *c = (const void *)fact;
		if (t == IQ_FACT_ISSUE)
			snprintf(p.issue, sizeof p.issue, "%.*s", IQ_FMT(i->text));
		if (t == IQ_FACT_ISSUE)
			snprintf(p.severity, sizeof p.severity, "%.*s", IQ_FMT(i->severity));
		if (t == IQ_FACT_CAPTURE)
			snprintf(p.status, sizeof p.status, "%.*s", IQ_FMT(c->status));
	}
	return p;
}

/* Its first pass, to its end. */
static int read_spool(struct iq_spool *s, int fd, const struct iq_jail_result *r,
		      struct iq_err *err)
{
	_Alignas(8) char fact[IQ_FACT_BYTES_MAX];
	enum iq_fact_type t;
	int got;
	iq_spool_init(s, fd, "x.tar");
	while ((got = s->source.next(&s->source, &t, fact, err)) > 0)
		;
	if (got < 0)
		return -1;
	iq_spool_end(s, r);
	return s->source.rewind(&s->source, err);
}

static int new_spool(struct iq_wire_writer *w)
{
	int fd = memfd_create("spool", MFD_CLOEXEC);
	assert_true(fd >= 0);
	iq_wire_writer_init(w, fd, 0);
	return fd;
}

static void put_event(struct iq_wire_writer *w, int64_t boot)
{
	struct iq_event e;
	struct iq_err err;
	iq_fact_init(IQ_FACT_EVENT, &e);
	e.id = 1;
	e.boot_id = boot;
	e.kind = IQ_LIT("oom-kill");
	assert_int_equal(iq_sink_put(&w->sink, IQ_FACT_EVENT, &e, &err), 0);
}

static const struct iq_jail_result killed = { .exited = false, .status = SIGKILL };
static const struct iq_jail_result fine = { .exited = true, .status = 0 };

/* What it had found stays; what it refers to is made up; how it ended is an issue. */
static void a_dead_child_s_facts_are_made_whole(void **state)
{
	(void)state;
	struct iq_wire_writer w;
	struct iq_spool s;
	struct iq_err err;
	int fd = new_spool(&w);
	put_event(&w, 3);
	iq_wire_stage(&w, IQ_LIT("reading var/log/messages"), &err);
	assert_int_equal(read_spool(&s, fd, &killed, &err), 0);
	assert_false(s.complete);
	for (int i = 0; i < 2; i++) {		/* as often as asked */
		struct parts p = take(&s);
		assert_int_equal(p.captures, 1);
		assert_string_equal(p.status, "partial");
		assert_int_equal(p.boots, 3);
		assert_int_equal(p.hosts, 1);
		assert_int_equal(p.issues, 1);
		assert_string_equal(p.severity, "damage");
		assert_non_null(strstr(p.issue, "signal 9"));
		assert_non_null(strstr(p.issue, "while reading var/log/messages"));
		s.source.rewind(&s.source, &err);
	}
	iq_spool_fini(&s);
	iq_wire_writer_fini(&w);
	close(fd);
}

static void a_child_that_left_nothing_has_failed(void **state)
{
	(void)state;
	struct iq_wire_writer w;
	struct iq_spool s;
	struct iq_err err;
	int fd = new_spool(&w);
	assert_int_equal(read_spool(&s, fd, &killed, &err), 0);
	struct parts p = take(&s);
	assert_string_equal(p.status, "failed");
	assert_string_equal(p.severity, "failed");
	assert_non_null(strstr(p.issue, "while starting"));
	iq_spool_fini(&s);
	iq_wire_writer_fini(&w);
	close(fd);
}

static void a_limit_is_told_as_one(void **state)
{
	(void)state;
	struct iq_wire_writer w;
	struct iq_spool s;
	struct iq_err err, limit = { 0 };
	int fd = new_spool(&w);
	iq_err_set(&limit, IQ_E_LIMIT, "more than --limit-bytes");
	put_event(&w, 1);
	iq_wire_done(&w, &limit, &err);
	assert_int_equal(read_spool(&s, fd, &fine, &err), 0);
	assert_false(s.complete);
	struct parts p = take(&s);
	assert_string_equal(p.severity, "limit");
	assert_string_equal(p.issue, "more than --limit-bytes");
	iq_spool_fini(&s);
	iq_wire_writer_fini(&w);
	close(fd);
}

static void lies_are_refused(void **state)
{
	static const int64_t boots[] = { 0, -1, INT64_C(1) << 40, INT64_MAX };
	(void)state;
	for (size_t i = 0; i < sizeof boots / sizeof *boots; i++) {
		struct iq_wire_writer w;
		struct iq_spool s;
		struct iq_err err = { 0 };
		int fd = new_spool(&w);
		put_event(&w, boots[i]);
		iq_wire_done(&w, NULL, &err);
		assert_int_equal(read_spool(&s, fd, &fine, &err), -1);
		assert_non_null(strstr(err.text, "boot"));
		iq_spool_fini(&s);
		iq_wire_writer_fini(&w);
		close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_in_names),
		cmocka_unit_test(known_digests),
		cmocka_unit_test(a_hash_left_alone_releases_its_blocks),
		cmocka_unit_test(a_dead_child_s_facts_are_made_whole),
		cmocka_unit_test(a_child_that_left_nothing_has_failed),
		cmocka_unit_test(a_limit_is_told_as_one),
		cmocka_unit_test(lies_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

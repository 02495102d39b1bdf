/* tests/journal/test_journal.c - entries of binary journals as records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "compose.h"
#include "journal/journal.h"

#define RECORDS 64
#define T0 UINT64_C(1795255264000000)

struct seen {
	struct iq_record rec[RECORDS];
	char text[RECORDS][128], host[RECORDS][64], boot[RECORDS][33];
	int n;
	char issues[512];
};

static int on_record(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct seen *s = arg;
	(void)err;
	assert_true(s->n < RECORDS);
	s->rec[s->n] = *rec;
	snprintf(s->text[s->n], sizeof s->text[0], "%.*s", IQ_FMT(rec->text));
	snprintf(s->host[s->n], sizeof s->host[0], "%.*s", IQ_FMT(rec->host));
	snprintf(s->boot[s->n], sizeof s->boot[0], "%.*s", IQ_FMT(rec->boot_id));
	s->n++;
	return 0;
}

static void on_issue(void *arg, int file, const char *severity, const char *code,
		     int64_t offset_bytes, const char *text)
{
	struct seen *s = arg;
	size_t at = strlen(s->issues);
	(void)offset_bytes;
	snprintf(s->issues + at, sizeof s->issues - at, "%d %s %s: %s\n", file, severity, code,
		 text);
}

static int read_fds(const int *fds, size_t n, struct seen *s, struct iq_journal_info *info,
		    struct iq_err *err)
{
	struct iq_journal_ops ops = { on_record, on_issue, s, true };
	memset(s, 0, sizeof *s);
	int rc = iq_journal_read(fds, n, &ops, info, err);
	for (size_t i = 0; i < n; i++)
		close(fds[i]);
	return rc;
}

static void read_one(const struct jw *w, size_t n, struct seen *s)
{
	struct iq_journal_info info;
	struct iq_err err = { 0 };
	int fd = jw_fd(w, n);
	if (read_fds(&fd, 1, s, &info, &err))
		fail_msg("%s", err.text);
}

/* A machine that boots as localhost, is named, kills, and is told of it by systemd. */
static void compose(struct jw *w, int compact, uint64_t first_seq, const char *tag)
{
	char text[64];
	jw_init(w, compact);
	uint64_t kernel = jw_data(w, "_TRANSPORT=kernel"),
		 ident = jw_data(w, "SYSLOG_IDENTIFIER=kernel"),
		 facility = jw_data(w, "SYSLOG_FACILITY=0"), info = jw_data(w, "PRIORITY=6"),
		 machine = jw_data(w, "_MACHINE_ID=0123456789abcdef0123456789abcdef"),
		 local = jw_data(w, "_HOSTNAME=localhost"), host = jw_data(w, "_HOSTNAME=web1"),
		 journal = jw_data(w, "_TRANSPORT=journal"),
		 syslog = jw_data(w, "_TRANSPORT=syslog"),
		 systemd = jw_data(w, "SYSLOG_IDENTIFIER=systemd"), pid = jw_data(w, "_PID=1");
	snprintf(text, sizeof text, "MESSAGE=Linux version 6.1.0-50-amd64 %s", tag);
	uint64_t msg = jw_data(w, text), mono = jw_data(w, "_SOURCE_MONOTONIC_TIMESTAMP=0");
	jw_entry(w, first_seq, T0 + 3000000, 3000000, 0xb1,
		 (uint64_t[]){ kernel, ident, facility, info, machine, local, msg, mono, 0 });
	msg = jw_data(w, "MESSAGE=a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0");
	mono = jw_data(w, "_SOURCE_MONOTONIC_TIMESTAMP=43151625");
	jw_entry(w, first_seq + 1, T0 + 43152000, 43152000, 0xb1,
		 (uint64_t[]){ kernel, ident, facility, info, machine, host, msg, mono, 0 });
	msg = jw_data(w, "MESSAGE=a.service: Failed with result 'oom-kill'.");
	jw_entry(w, first_seq + 2, T0 + 44000000, 44000000, 0xb1,
		 (uint64_t[]){ journal, systemd, pid, machine, host, msg, 0 });
	msg = jw_data(w, "MESSAGE=Out of memory: Killed process 7 (x)");
	jw_entry(w, first_seq + 3, T0 + 45000000, 45000000, 0xb1,
		 (uint64_t[]){ syslog, ident, machine, host, msg, 0 });
	jw_finish(w, 0x77);
}

static void test_journal_records(void **state)
{
	struct jw *w = calloc(1, sizeof *w);
	struct seen *s = calloc(1, sizeof *s);
	(void)state;
	for (int compact = 0; compact < 2; compact++) {
		compose(w, compact, 1, "x");
		read_one(w, w->n, s);
		assert_string_equal(s->issues, "");
		assert_int_equal(s->n, 4);
		for (int i = 0; i < 4; i++) {
			assert_int_equal(s->rec[i].first_line, i + 1);
			assert_string_equal(s->host[i], "web1");	/* the last name */
			assert_string_equal(s->boot[i], "b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1");
			assert_int_equal(s->rec[i].wall_kind, IQ_WALL_UTC);
		}
		assert_true(s->rec[0].kernel && s->rec[1].kernel);
		assert_int_equal(s->rec[0].mono_us, 0);		/* printk's own clock */
		assert_int_equal(s->rec[1].mono_us, 43151625);
		assert_int_equal(s->rec[1].wall_us, T0 + 43152000);
		assert_int_equal(s->rec[1].level, 6);
		assert_int_equal(s->rec[1].facility, 0);
		assert_string_equal(s->text[1], "a invoked oom-killer: gfp_mask=0xcc0"
				    "(GFP_KERNEL), order=0");
		assert_false(s->rec[2].kernel);
		assert_int_equal(s->rec[2].ident_pid, 1);
		assert_int_equal(s->rec[2].mono_us, 44000000);
		assert_int_equal(s->rec[2].level, -1);
		/* a program may call itself kernel, its transport tells */
		assert_false(s->rec[3].kernel);
	}
	free(w);
	free(s);
}

/* Two files of one journal: in order, and what stands in both once. */
static void test_journal_merged(void **state)
{
	struct jw *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
	struct seen *s = calloc(1, sizeof *s);
	struct iq_journal_info info;
	struct iq_err err = { 0 };
	(void)state;
	compose(a, 1, 1, "old");
	compose(b, 0, 5, "new");
	int fds[] = { jw_fd(b, b->n), jw_fd(a, a->n), jw_fd(b, b->n) };
	assert_int_equal(read_fds(fds, 3, s, &info, &err), 0);
	assert_int_equal(s->n, 8);
	assert_string_equal(s->text[0], "Linux version 6.1.0-50-amd64 old");
	assert_string_equal(s->text[4], "Linux version 6.1.0-50-amd64 new");
	assert_int_equal(info.files, 3);
	assert_int_equal(info.entries, 8);
	assert_int_equal(info.n_hosts, 1);
	assert_string_equal(info.hosts[0].name, "web1");
	assert_string_equal(info.hosts[0].machine_id, "0123456789abcdef0123456789abcdef");
	free(a);
	free(b);
	free(s);
}

/* Cut anywhere: what is left is read, and it is said. */
static void test_journal_cut(void **state)
{
	struct jw *w = calloc(1, sizeof *w);
	struct seen *s = calloc(1, sizeof *s);
	struct iq_journal_info info;
	int last = 0;
	(void)state;
	compose(w, 1, 1, "x");
	for (size_t n = 0; n < w->n; n += 4) {
		struct iq_err err = { 0 };
		int fd = jw_fd(w, n), rc = read_fds(&fd, 1, s, &info, &err);
		assert_int_equal(rc, n < 208 ? -1 : 0);
		if (rc)
			continue;
		assert_true(s->n >= last && s->n <= 4);
		assert_non_null(strstr(s->issues, "0 damage truncated: the journal ends early"));
		last = s->n;
	}
	assert_int_equal(last, 4);	/* the index alone was cut */
	free(w);
	free(s);
}

/* Rubble in the middle costs what lay there; impossible numbers cost nothing. */
static void test_journal_rubble(void **state)
{
	struct jw *w = calloc(1, sizeof *w);
	struct seen *s = calloc(1, sizeof *s);
	(void)state;
	compose(w, 1, 1, "x");
	memset(w->p + w->entries[1], 0xee, 40);
	read_one(w, w->n, s);
	assert_int_equal(s->n, 3);
	assert_string_equal(s->text[1], "a.service: Failed with result 'oom-kill'.");
	assert_string_equal(s->issues, "0 damage journal-damaged: the journal is damaged; 3 of "
			    "4 entries are left\n");
	compose(w, 1, 1, "x");
	memset(w->p + 96, 0xff, 8);	/* size of the arena */
	memset(w->p + 136, 0xff, 8);	/* the last object */
	memset(w->p + 152, 0xff, 8);	/* how many entries */
	read_one(w, w->n, s);
	assert_int_equal(s->n, 4);
	assert_string_equal(s->issues, "0 damage journal-damaged: the journal is damaged\n");
	free(w);
	free(s);
}

/* Entries that point into nothing, to themselves, to what is no data. */
static void test_journal_wild_items(void **state)
{
	struct jw *w = calloc(1, sizeof *w);
	struct seen *s = calloc(1, sizeof *s);
	(void)state;
	jw_init(w, 0);
	uint64_t msg = jw_data(w, "MESSAGE=here"), e;
	e = jw_entry(w, 1, T0, 1, 1, (uint64_t[]){ UINT64_MAX, 7, JW_HEADER + 1, msg, 1 << 20, 0 });
	jw_entry(w, 2, T0 + 1, 2, 1, (uint64_t[]){ e, e, e, 0 });
	jw_finish(w, 1);
	read_one(w, w->n, s);
	assert_int_equal(s->n, 1);
	assert_string_equal(s->text[0], "here");
	free(w);
	free(s);
}

static void test_journal_newer(void **state)
{
	struct jw *w = calloc(1, sizeof *w);
	struct seen *s = calloc(1, sizeof *s);
	struct iq_journal_info info;
	struct iq_err err = { 0 };
	(void)state;
	compose(w, 1, 1, "x");
	w->p[12] |= 0x20;
	int fd = jw_fd(w, w->n);
	assert_int_equal(read_fds(&fd, 1, s, &info, &err), -1);
	assert_int_equal(err.code, IQ_E_UNSUPPORTED);
	assert_non_null(strstr(err.text, "journalctl -o export"));
	free(w);
	free(s);
}

/* "MESSAGE=" and 600 times 'a': a literal, a match that overlaps itself, a last literal.
 * The 8 bytes in front are the size. */
static void test_journal_lz4(void **state)
{
	static const unsigned char packed[] = {
		0x60, 0x02, 0, 0, 0, 0, 0, 0,
		0x9f, 'M', 'E', 'S', 'S', 'A', 'G', 'E', '=', 'a', 1, 0, 255, 255, 69,
		0x50, 'a', 'a', 'a', 'a', 'b',
	};
	struct jw *w = calloc(1, sizeof *w);
	struct seen *s = calloc(1, sizeof *s);
	(void)state;
	jw_init(w, 1);
	uint64_t msg = jw_data_n(w, 2, packed, sizeof packed);
	jw_entry(w, 1, T0, 1, 1, (uint64_t[]){ msg, 0 });
	jw_finish(w, 1);
	read_one(w, w->n, s);
	assert_int_equal(s->n, 1);
	assert_int_equal(s->rec[0].text.n, 1 + 255 + 255 + 69 + 15 + 4 + 5);
	assert_true(strspn(s->text[0], "a") == sizeof s->text[0] - 1);
	free(w);
	free(s);
}

/* "MESSAGE=" and 300 times "ab", as xz without a check (systemd before 246) and zstd write
 * it: journald compresses fields from 512 bytes on. */
static const unsigned char in_xz[] = {
	0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x00, 0xff, 0x12, 0xd9, 0x41, 0x02, 0x00,
	0x21, 0x01, 0x16, 0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0xe0, 0x02, 0x5f, 0x00,
	0x14, 0x5d, 0x00, 0x26, 0x91, 0x46, 0xc0, 0xd1, 0x94, 0x57, 0xe4, 0x92, 0xeb, 0x34,
	0x9f, 0x17, 0x52, 0x0b, 0xda, 0xb2, 0x83, 0xc0, 0x00, 0x00, 0x00, 0x01, 0x28, 0xe0,
	0x04, 0x00, 0x00, 0x00, 0x0e, 0x03, 0x1c, 0x8f, 0xa8, 0x00, 0x0a, 0xfc, 0x02, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x59, 0x5a,
};
static const unsigned char in_zstd[] = {
	0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, 0x8d, 0x00, 0x00, 0x50, 0x4d, 0x45, 0x53, 0x53,
	0x41, 0x47, 0x45, 0x3d, 0x61, 0x62, 0x01, 0x00, 0x53, 0xaa, 0x1c, 0x12,
};

static void test_journal_packed(void **state)
{
	static const struct { const unsigned char *p; size_t n; unsigned flag; } forms[] = {
		{ in_xz, sizeof in_xz, 1 }, { in_zstd, sizeof in_zstd, 4 },
	};
	struct jw *w = calloc(1, sizeof *w);
	struct seen *s = calloc(1, sizeof *s);
	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (size_t cut = 0; cut < forms[i].n; cut += 5) {
			jw_init(w, 0);
			uint64_t msg = jw_data_n(w, forms[i].flag, forms[i].p, forms[i].n - cut);
			jw_entry(w, 1, T0, 1, 1, (uint64_t[]){ msg, 0 });
			jw_finish(w, 1);
			read_one(w, w->n, s);
			if (cut)
				continue;	/* whatever comes, it ends */
			assert_int_equal(s->n, 1);
			assert_int_equal(s->rec[0].text.n, 600);
			assert_memory_equal(s->text[0], "ababab", 6);
		}
	free(w);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_journal_records),
		cmocka_unit_test(test_journal_merged),
		cmocka_unit_test(test_journal_cut),
		cmocka_unit_test(test_journal_rubble),
		cmocka_unit_test(test_journal_wild_items),
		cmocka_unit_test(test_journal_newer),
		cmocka_unit_test(test_journal_lz4),
		cmocka_unit_test(test_journal_packed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

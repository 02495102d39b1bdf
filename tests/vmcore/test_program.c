/* The program on dumps: the same log in every form of dump and wrapper, parts given in
 * every way, what a crash leaves in its directory, what is cut.  The log is one of the
 * lab's (tests/golden/cases), the dumps around it are composed.
 */
#define DATA_PAGES 48
#define RELEASE "6.1.0-50-cloud-amd64"
#include "dumps.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"

#define INDENT "               "	/* as wide as a stamp */
#define LOG_NAME "tests/golden/cases/memcg-oom-6.1.log"

static struct iq_buf text;		/* the log */
static struct phys *phys;

/* Hands the file's lines on as records, with the stamps they have. */
static void each_record(struct iq_slice log,
			void (*add)(void *arg, const char *text, uint64_t ts_nsec), void *arg)
{
	while (log.n) {
		struct iq_slice line = iq_cut(&log, '\n');
		char record[8192];
		uint64_t s, us;
		assert_true(iq_skip(&line, IQ_LIT("[")));
		iq_skip_blank(&line);
		assert_true(iq_take_u64(&line, &s) && iq_skip(&line, IQ_LIT(".")) &&
			    iq_take_u64(&line, &us) && iq_skip(&line, IQ_LIT("] ")));
		size_t n = (size_t)snprintf(record, sizeof record, "%.*s", IQ_FMT(line));
		/* further lines of one record are indented */
		for (struct iq_slice next = log; iq_skip(&next, IQ_LIT(INDENT)); next = log) {
			iq_cut(&log, '\n');
			line = iq_cut(&next, '\n');
			n += (size_t)snprintf(record + n, sizeof record - n, "\n%.*s",
					      IQ_FMT(line));
			assert_true(n < sizeof record);
		}
		add(arg, record, (s * 1000000 + us) * 1000);
	}
}

static void to_ring(void *arg, const char *record, uint64_t ts_nsec)
{
	ring_add(arg, record, 6, 0, 1, ts_nsec);
}

static struct phys *phys_of_log(struct iq_slice log)
{
	struct machine m;
	struct ring r;
	machine_init(&m, DATA_PAGES * PAGE, 8, false);
	ring_begin(&r, &m, (struct ring_shape){ 9, 16, 88, 20, UINT64_C(0xfffffe00), 0,
						false });
	each_record(log, to_ring, &r);
	ring_end(&r);
	return phys_of(&m);
}

static void to_records(void *arg, const char *record, uint64_t ts_nsec)
{
	records_add(arg, record, 6, 6, 0, ts_nsec);	/* LOG_NEWLINE | LOG_PREFIX */
}

/* The buffer of 4.18: what was there before has been written over. */
static struct phys *phys_of_records(struct iq_slice log)
{
	struct records r;
	records_begin(&r, "printk_log", 16, false, 16384, false, DATA_PAGES * PAGE);
	iq_buf_printf(&r.m.info, "OSRELEASE=" RELEASE "\nPAGESIZE=4096\n");
	for (unsigned i = 0; i < 150; i++)
		records_add(&r, "an older record of some length, soon gone", 6, 6, 0, i);
	poke(&r.m, AT_FIRST, 4, r.at);
	poke(&r.m, AT_SEQ, 8, 150);
	each_record(log, to_records, &r);
	return phys_of(&r.m);
}

static int setup(void **state)
{
	(void)state;
	read_source(LOG_NAME, &text);
	phys = phys_of_log(iq_buf_as_slice(&text));
	return program_setup();
}

static int teardown(void **state)
{
	(void)state;
	phys_free(phys);
	iq_buf_fini(&text);
	return program_teardown();
}

/* --- forms --- */

#define HEADLINE "SELECT verdict, time, (SELECT name FROM v1_host) AS host, " \
	"(SELECT kind FROM v1_capture) AS kind FROM v1_event WHERE kind = 'oom-kill'"

/* The composed machine has a log and nothing else. */
#define NO_STATE "note\tsymbols-missing\nnote\ttypes-missing\n"

static void check_dump(const char *name)
{
	char args[2048];
	snprintf(args, sizeof args, "log %s", name);
	expect(args, 0, text.p);
	unlink("s.db");
	snprintf(args, sizeof args, "import -s s.db %s", name);
	expect(args, 0, "");
	/* crash at 1700000000, the last record 10.1 s after boot; rtc line or not */
	snprintf(args, sizeof args, "query -s s.db --format tsv \"%s\"", HEADLINE);
	expect_part(args, 0, "cgroup-ancestor-limit\t20");
	expect_part(args, 0, "\tguest-7\tvmcore");
}

static void every_form(void **state)
{
	(void)state;
	struct iq_buf k = kdump(phys, (struct kdump_opts){ .uts = true });
	struct iq_buf e = elf(phys, true);
	struct iq_buf fk = flattened(iq_buf_as_slice(&k), true);
	struct iq_buf fe = flattened(iq_buf_as_slice(&e), true);
	struct iq_buf bare = kdump(phys, (struct kdump_opts){ .no_info = true });
	struct iq_buf *forms[] = { &k, &e, &fk, &fe, &bare };
	static const int filters[] = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ,
				       ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_LZ4 };
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct iq_slice s = iq_buf_as_slice(forms[i]);
		write_file("vmcore", s);
		check_dump("vmcore");
		struct iq_buf z = packed(s, filters[i % COUNT(filters)]);
		write_file("vmcore.z", iq_buf_as_slice(&z));
		check_dump("vmcore.z");
		expect("log - < vmcore.z", 0, text.p);
		iq_buf_fini(&z);
		iq_buf_fini(forms[i]);
	}
}

/* Another era's buffer, wrapped; what was lost before is told, and no damage. */
static void record_buffer(void **state)
{
	(void)state;
	struct phys *old = phys_of_records(iq_buf_as_slice(&text));
	struct iq_buf k = kdump(old, (struct kdump_opts){ .uts = true });
	write_file("vmcore", iq_buf_as_slice(&k));
	check_dump("vmcore");
	expect("query -s s.db --format tsv \"SELECT severity, code FROM v1_issue\"", 0,
	       "severity\tcode\nnote\tlog-overwritten\n" NO_STATE);
	iq_buf_fini(&k);
	phys_free(old);
}

/* --- parts --- */

static void put_part(const char *name, unsigned start, unsigned end)
{
	struct iq_buf b = kdump(phys, (struct kdump_opts){
		.uts = true, .split = true, .start = start, .end = end });
	write_file(name, iq_buf_as_slice(&b));
	iq_buf_fini(&b);
}

static void split_dump(void **state)
{
	(void)state;
	mkdir("set", 0755);
	put_part("set/vmcore1", 0, 20);
	put_part("set/vmcore2", 20, 45);
	put_part("set/vmcore3", 45, PAGES);
	expect("log set", 0, text.p);
	expect("log set/vmcore2 set/vmcore3 set/vmcore1", 0, text.p);
	check_dump("set");
	/* one capture, and the same one however it was given */
	unlink("s.db");
	expect("import -s s.db set set/vmcore3 set/vmcore1 set/vmcore2", 0, "");
	expect("query -s s.db --format tsv \"SELECT count(*) AS n FROM v1_capture\"", 0,
	       "n\n1\n");
	/* each alone is a dump with something missing, and says so */
	expect_part("identify set/vmcore1", 3, "split-missing");
	expect_part("identify set", 0, "vmcore, kdump-compressed 6");
	expect_part("identify set", 0, ", 3 parts");
	/* in an archive */
	struct iq_buf b[3];
	struct entry list[3];
	static const char *const names[] = { "set/vmcore1", "set/vmcore2", "set/vmcore3" };
	for (size_t i = 0; i < 3; i++) {
		read_file(names[i], &b[i]);
		list[i] = (struct entry){ names[2 - i], { 0 }, 0, NULL };
	}
	for (size_t i = 0; i < 3; i++)
		list[i].data = iq_buf_as_slice(&b[2 - i]);
	struct iq_buf tar = tarred(list, 3, ARCHIVE_FORMAT_TAR_USTAR);
	write_file("set.tar", iq_buf_as_slice(&tar));
	check_dump("set.tar");
	iq_buf_fini(&tar);
	for (size_t i = 0; i < 3; i++)
		iq_buf_fini(&b[i]);
	/* those of another crash beside them */
	struct iq_buf other[2];
	for (unsigned i = 0; i < 2; i++) {
		other[i] = kdump(phys, (struct kdump_opts){
			.uts = true, .later = 3600, .split = true, .start = i * 30,
			.end = i ? PAGES : 30 });
		write_file(i ? "set/other2" : "set/other1", iq_buf_as_slice(&other[i]));
		iq_buf_fini(&other[i]);
	}
	char *twice = malloc(2 * text.n + 1);
	snprintf(twice, 2 * text.n + 1, "%s%s", text.p, text.p);
	expect("log set", 0, twice);
	free(twice);
	unlink("set/other1");
	unlink("set/other2");
	/* a part is gone: what the others hold is used */
	unlink("set/vmcore3");
	struct iq_buf out;
	assert_int_equal(run(&out, "explain --format json set"), 3);
	assert_non_null(strstr(out.p, "split-missing"));
	iq_buf_fini(&out);
}

/* --- what a crash leaves --- */

static void crash_directory(void **state)
{
	(void)state;
	struct iq_buf k = kdump(phys, (struct kdump_opts){ .uts = true });
	mkdir("crash", 0755);
	mkdir("crash/127.0.0.1-2023-11-14-22:13:20", 0755);
	write_file("crash/127.0.0.1-2023-11-14-22:13:20/vmcore", iq_buf_as_slice(&k));
	write_file("crash/127.0.0.1-2023-11-14-22:13:20/vmcore-dmesg.txt",
		   iq_buf_as_slice(&text));
	unlink("s.db");
	expect("import -s s.db crash", 0, "");
	expect("import -s s.db crash", 0, "");		/* nothing new */
	expect("query -s s.db --format tsv \"SELECT kind, (SELECT count(*) FROM v1_host) AS h "
	       "FROM v1_capture\"", 0, "kind\th\nvmcore\t1\n");
	expect("query -s s.db --format tsv \"SELECT s.member FROM v1_sighting AS s JOIN "
	       "v1_event AS e USING (event_id) WHERE e.kind = 'oom-kill' ORDER BY 1\"", 0,
	       "member\nvmcore\nvmcore-dmesg.txt\n");
	expect("query -s s.db --format tsv \"SELECT kind, seen_count AS n FROM v1_event "
	       "WHERE kind = 'oom-kill'\"", 0, "kind\tn\noom-kill\t2\n");
	/* a changed member is another capture of the same happening */
	write_file("crash/127.0.0.1-2023-11-14-22:13:20/note.txt", IQ_LIT("call Ann\n"));
	expect("import -s s.db crash", 0, "");
	expect("query -s s.db --format tsv \"SELECT count(*) AS n FROM v1_capture\"", 0,
	       "n\n2\n");
	expect("query -s s.db --format tsv \"SELECT count(*) AS n FROM v1_event "
	       "WHERE kind = 'oom-kill'\"", 0, "n\n1\n");
	iq_buf_fini(&k);
}

/* --- damage --- */

static void cut_dumps(void **state)
{
	(void)state;
	struct iq_buf k = kdump(phys, (struct kdump_opts){ .uts = true });
	struct iq_slice s = iq_buf_as_slice(&k);
	/* behind the pages of the log: all of it is there, and the cut is told */
	write_file("vmcore", iq_head(s, s.n - 2000));
	expect("log vmcore", 3, text.p);
	expect_part("identify vmcore", 3, "truncated");
	struct iq_buf lost = kdump(phys, (struct kdump_opts){ .no_info = true });
	memset(lost.p + 5 * PAGE, 0, lost.n - 5 * PAGE);	/* the kernel's copy, too */
	write_file("lost", iq_buf_as_slice(&lost));
	expect_part("identify lost", 0, "its memory cannot be read: no VMCOREINFO");
	iq_buf_fini(&lost);
	unlink("s.db");
	expect("import -s s.db vmcore", 3, "");
	expect("query -s s.db --format tsv \"SELECT severity, code FROM v1_issue\"", 0,
	       "severity\tcode\ndamage\tdump-truncated\n" NO_STATE);
	/* before them: no event, one clear line */
	write_file("vmcore", iq_head(s, s.n / 2));
	struct iq_buf out;
	assert_int_equal(run(&out, "explain vmcore"), 3);
	iq_buf_fini(&out);
	read_file("errors", &out);
	assert_true(out.n > 0);
	iq_buf_fini(&out);
	/* the wrapper is cut */
	struct iq_buf z = packed(s, ARCHIVE_FILTER_GZIP);
	write_file("vmcore.gz", iq_head(iq_buf_as_slice(&z), z.n - 8));
	expect("log vmcore.gz", 3, text.p);
	iq_buf_fini(&z);
	iq_buf_fini(&k);
}

/* Nowhere to put the copy that a compressed dump needs. */
static void no_room_for_a_copy(void **state)
{
	(void)state;
	struct iq_buf k = kdump(phys, (struct kdump_opts){ .uts = true });
	struct iq_buf z = packed(iq_buf_as_slice(&k), ARCHIVE_FILTER_GZIP);
	write_file("vmcore.gz", iq_buf_as_slice(&z));
	assert_int_equal(setenv("TMPDIR", "/does/not/exist", 1), 0);
	expect("log vmcore.gz", 0, text.p);
	unsetenv("TMPDIR");
	iq_buf_fini(&z);
	iq_buf_fini(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form),
		cmocka_unit_test(record_buffer),
		cmocka_unit_test(split_dump),
		cmocka_unit_test(crash_directory),
		cmocka_unit_test(cut_dumps),
		cmocka_unit_test(no_room_for_a_copy),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}

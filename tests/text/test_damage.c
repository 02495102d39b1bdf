/* tests/text/test_damage.c - encodings, odd bytes, overlong lines, and what copying,
 * mail, terminals and web pages do to a log.  All logs here are composed, but for the
 * laboratory's own in tests/text/data. */
#include "reader_run.h"

#include "text/paste.h"
#include "text/programs.h"
#include "text/shape.h"

#include <dirent.h>
#include <sys/resource.h>

static void check_bytes(const char *p, size_t n, const char *expected)
{
	static const size_t blocks[] = { 0, 1, 2, 3, 7 };
	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
		struct run r = run_new();
		r.block = blocks[i];
		run_bytes(&r, p, n);
		check_out(&r, expected);
		run_end(&r);
	}
}

#define BYTES(s, expected) check_bytes(s, sizeof(s) - 1, expected)

static void utf16(void **state)
{
	static const char log[] = "[    1.000000] a\n[    1.000001] \xc3\xa9 \xf0\x9f\x91\x80\r\n";
	static const char out[] = "1 0.0 K |a\n2 0.0 K |\xc3\xa9 \xf0\x9f\x91\x80\n";
	static const uint16_t units[] = { 0xe9, ' ', 0xd83d, 0xdc40 };
	(void)state;
	for (int mark = 0; mark < 2; mark++)
		for (int big = 0; big < 2; big++) {
			struct iq_buf b = { 0 };
			uint16_t all[128];
			size_t n = 0;
			if (mark)
				all[n++] = 0xfeff;
			for (const char *p = log; *p; p++)
				if ((unsigned char)*p == 0xc3)
					for (size_t i = 0; i < 4; i++)
						all[n++] = units[i];
				else if ((unsigned char)*p < 0x80 && !(p[-(p > log)] & 0x80 && *p == ' '))
					all[n++] = (uint16_t)*p;
			for (size_t i = 0; i < n; i++) {
				iq_buf_char(&b, (char)(big ? all[i] >> 8 : all[i]));
				iq_buf_char(&b, (char)(big ? all[i] : all[i] >> 8));
			}
			check_bytes(b.p, b.n, out);
			iq_buf_fini(&b);
		}
	/* half a pair, half a unit */
	BYTES("\xff\xfe[\0 \0001\0.\0000\0000\0000\0000\0000\0000\0]\0 \0\x3d\xd8x\0\n\0a",
	      "1 0.0 K |\xef\xbf\xbdx\n");
}

static void line_ends(void **state)
{
	(void)state;
	BYTES("\xef\xbb\xbf[    1.000000] a\r\n[    1.000001] b\r\r\n\n[    1.000002] c\n\r",
	      "1 0.0 K |a\n2 0.0 K |b\n4 0.0 K |c\n");
	BYTES("[    1.000000] a\r[    1.000001] b\r", "1 0.0 K |a\n2 0.0 K |b\n");
	BYTES(" 10%\r 20%\r[    1.000000] a\n[    1.000001] b\r 30%\n",
	      "1 0.0 K |a\n2 0.0 K |b\n");
	BYTES("\033[32m[    1.000000] \033[0m\033[33ma: \033[0mb\n", "1 0.0 K |a: b\n");
	BYTES("[    1.000000] x\bx\n", "1 0.0 K |x\n");
}

static void nul_runs(void **state)
{
	(void)state;
	BYTES("[    1.000000] a\n[    1.0\0\0\0\0[    9.000000] b\n\0\0\0\n[    9.100000] c\n",
	      "! note nul-bytes 2\n1 0.0 K |a\n! note nul-bytes 3\n2 0.0 K |b\n4 0.0 K |c\n");
	/* megabytes of them are one run */
	struct run r = run_new();
	size_t n = 8u << 20;
	char *p = calloc(1, n);
	assert_non_null(p);
	memcpy(p, "[    1.000000] a\n", 17);
	r.block = 65536;
	run_bytes(&r, p, n);
	check_out(&r, "! note nul-bytes 2\n1 0.0 K |a\n");
	run_end(&r);
	free(p);
}

static void overlong(void **state)
{
	static char block[65536];
	struct run r = run_new();
	const struct iq_reader_ops ops = { run_record, run_issue };
	struct iq_err err = { 0 };
	struct rusage before, after;
	(void)state;
	memset(block, 'x', sizeof block);
	r.reader = iq_reader_new(&r.opts, &ops, &r);
	assert_int_equal(iq_reader_feed(r.reader, "[    1.000000] ", 15, &err), 0);
	for (int i = 0; i < 16; i++)
		assert_int_equal(iq_reader_feed(r.reader, block, sizeof block, &err), 0);
	getrusage(RUSAGE_SELF, &before);
	for (int i = 0; i < 1024; i++)		/* 64 MiB of one line */
		assert_int_equal(iq_reader_feed(r.reader, block, sizeof block, &err), 0);
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_maxrss - before.ru_maxrss < 1024);		/* KiB */
	assert_int_equal(iq_reader_feed(r.reader, "\n[    2.000000] y\n", 18, &err), 0);
	assert_int_equal(iq_reader_finish(r.reader, false, &err), 0);
	assert_int_equal(r.records, 2);
	assert_non_null(strstr(r.out.p, "! limit line-too-long 1\n"));
	assert_non_null(strstr(r.out.p, "\n2 0.0 K |y\n"));
	assert_non_null(strstr(r.out.p, "1 0.0 Kx |xxx"));
	assert_true(r.out.n < 70000);
	run_end(&r);
}

static void line_numbers(void **state)
{
	(void)state;
	check_log("565 [Sat Sep 11 12:24:42 2021] a\n566 [Sat Sep 11 12:24:42 2021] b\n"
		  "567 [Sat Sep 11 12:24:42 2021] c\n",
		  "1 0.0 K |a\n2 0.0 K |b\n3 0.0 K |c\n");
	check_log("     1\tMem-Info:\n     2\tactive_anon:1 inactive_anon:2 isolated_anon:0\n"
		  "     3\t active_file:1 inactive_file:2 isolated_file:0\n"
		  "     4\t71 total pagecache pages\n",
		  "1 0.0 Kb |Mem-Info:\n2 0.0 Kb |active_anon:1 inactive_anon:2 isolated_anon:0\n"
		  "3 0.0 Kb | active_file:1 inactive_file:2 isolated_file:0\n"
		  "4 0.0 Kb |71 total pagecache pages\n");
	/* grep -n: rising, not by one */
	check_log("3:[    1.000000] a\n7:[    1.000001] b\n90:[    1.000002] c\n",
		  "1 0.0 K |a\n2 0.0 K |b\n3 0.0 K |c\n");
	/* counts are no line numbers */
	check_log("Mem-Info:\n71 total pagecache pages\n0 pages in swap cache\n"
		  "262014 pages RAM\n8149 pages reserved\n",
		  "1 0.0 Kb |Mem-Info:\n2 0.0 Kb |71 total pagecache pages\n"
		  "3 0.0 Kb |0 pages in swap cache\n4 0.0 Kb |262014 pages RAM\n"
		  "5 0.0 Kb |8149 pages reserved\n");
}

static void quotes_and_fences(void **state)
{
	(void)state;
	check_log("> [    1.000000] a\n> > [    1.000001] b\n>> [    1.000002] c\n",
		  "1 0.0 K |a\n2 0.0 K |b\n3 0.0 K |c\n");
	check_log("```\nOut of memory: Kill process 1 (a) score 4 or sacrifice child\n```\n",
		  "2 0.0 Kb |Out of memory: Kill process 1 (a) score 4 or sacrifice child\n");
	check_log("    [    1.000000] a\n    [    1.000001] b\n"
		  "                   continued\n",
		  "1 0.0 K |a\n2 0.0 K |b\n3 0.0 Kc |continued\n");
	check_log("- [    1.000000] a\n* [    1.000001] b\n`[    1.000002] c`\n| [    1.000003] d |\n",
		  "1 0.0 K |a\n2 0.0 K |b\n3 0.0 K |c\n4 0.0 K |d\n");
	check_log("> Out of memory: Kill process 1 (a) score 4 or sacrifice child\n"
		  "> Killed process 1 (a) total-vm:1kB, anon-rss:2kB, file-rss:3kB\n",
		  "1 0.0 Kb |Out of memory: Kill process 1 (a) score 4 or sacrifice child\n"
		  "2 0.0 Kb |Killed process 1 (a) total-vm:1kB, anon-rss:2kB, file-rss:3kB\n");
}

static void html(void **state)
{
	(void)state;
	check_log("<pre>\n&lt;4&gt;[    1.000000] &lt;IRQ&gt; a &amp; b\n"
		  "[    1.000001] c<br>[    1.000002] d\n</pre>\n",
		  "2 0.0 K |<IRQ> a & b\n3 0.0 K |c\n3 0.0 K |d\n");
	check_log("[\xc2\xa0\xc2\xa0 \xc2\xa0" "1.000000]\xc2\xa0" "a\n", "1 0.0 K |a\n");
}

/* A zone line of a wide report, as long as wanted. */
#define ZONE "Node 0 DMA free:3944kB min:60kB low:72kB high:88kB active_anon:0kB " \
	"inactive_anon:0kB active_file:28kB inactive_file:32kB unevictable:0kB " \
	"isolated(anon):0kB isolated(file):0kB present:15992kB managed:15908kB mlocked:0kB " \
	"dirty:0kB writeback:0kB mapped:0kB shmem:0kB slab_reclaimable:72kB " \
	"pages_scanned:360 all_unreclaimable? yes"

static void add_wrapped(struct iq_buf *b, const char *line, size_t column)
{
	for (size_t n = strlen(line), now; n; line += now, n -= now) {
		now = n < column ? n : column;
		iq_buf_add(b, line, now);
		iq_buf_char(b, '\n');
	}
}

/* A report broken at any column by a terminal comes out whole. */
static void terminal_wrap(void **state)
{
	static const char *const lines[] = {
		"abcdef invoked oom-killer: gfp_mask=0x24002c2(GFP_KERNEL|__GFP_NOWARN), order=0, oom_score_adj=0",
		"abcdef cpuset=/ mems_allowed=0", "Mem-Info:", ZONE,
		"lowmem_reserve[]: 0 972 972 972", ZONE, "lowmem_reserve[]: 0 0 0 0",
		"Node 0 DMA: 20*4kB (UM) 17*8kB (UM) 13*16kB (M) 14*32kB (UM) 8*64kB (UM) "
		"4*128kB (M) 4*256kB (M) 0*512kB 1*1024kB (M) 0*2048kB 0*4096kB = 3944kB",
		"71 total pagecache pages",
		"Killed process 3841 (abcdef) total-vm:128024kB, anon-rss:100000kB, file-rss:123456kB, shmem-rss:77777kB",
	};
	static const size_t columns[] = { 80, 100, 132, 240 };
	(void)state;
	for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
		for (int headed = 0; headed < 2; headed++) {
			struct iq_buf log = { 0 }, one = { 0 };
			struct run r = run_new();
			for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
				iq_buf_reset(&one);
				if (headed)
					iq_buf_str(&one, "Mar  7 02:43:11 myhost kernel: ");
				iq_buf_str(&one, lines[i]);
				add_wrapped(&log, one.p, columns[c]);
			}
			run_bytes(&r, log.p, log.n);
			const char *at = r.out.p;
			for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
				const char *text = strchr(at, '|');
				assert_non_null(text);
				size_t n = strcspn(++text, "\n");
				if (n != strlen(lines[i]) || memcmp(text, lines[i], n) != 0)
					fprintf(stderr, "column %zu headed %d:\n%s", columns[c],
						headed, r.out.p);
				assert_int_equal(n, strlen(lines[i]));
				assert_memory_equal(text, lines[i], n);
				at = text + n + 1;
			}
			assert_int_equal(*at, 0);
			run_end(&r);
			iq_buf_fini(&log);
			iq_buf_fini(&one);
		}
}

static void other_wraps(void **state)
{
	(void)state;
	/* a web page: at no column, inside a token */
	check_log("[Sat Sep 11 09:46:24 2021] Mem-Info:\n"
		  "[Sat Sep 11 09:46:24 2021] active_anon:172 inactive_anon:4518735 isolated_anon:\n"
		  "    free:4111496 free_pcp:1 free_cma:0\n"
		  "[Sat Sep 11 09:46:24 2021] Node 1 Normal: 856*4kB (UME) 0     *2048kB 0*4096kB = 3424kB\n"
		  "[Sat Sep 11 09:46:24 2021] Node 1 Normal free:1kB min:2kB unevi    ctable:0kB writepending:0kB\n",
		  "1 0.0 K |Mem-Info:\n"
		  "2 0.0 K |active_anon:172 inactive_anon:4518735 isolated_anon:\n"
		  "3 0.0 Kc |    free:4111496 free_pcp:1 free_cma:0\n"
		  "4 0.0 K |Node 1 Normal: 856*4kB (UME) 0*2048kB 0*4096kB = 3424kB\n"
		  "5 0.0 K |Node 1 Normal free:1kB min:2kB unevictable:0kB writepending:0kB\n");
	/* mail: at a blank that is gone */
	check_log("[Sat Sep 11 12:24:42 2021] test invoked oom-killer:\n"
		  "gfp_mask=0x6200ca(GFP_HIGHUSER_MOVABLE), nodemask=(null), order=0,\n"
		  "oom_score_adj=0\n"
		  "[Sat Sep 11 12:24:42 2021] test cpuset=/ mems_allowed=0\n",
		  "1-3 0.0 Kj |test invoked oom-killer: gfp_mask=0x6200ca(GFP_HIGHUSER_MOVABLE), "
		  "nodemask=(null), order=0, oom_score_adj=0\n"
		  "4 0.0 K |test cpuset=/ mems_allowed=0\n");
	/* folded by hand */
	check_log("Modules linked in: bnep rfcomm bluetooth dm_crypt olpc_xo1 scx200_acb\\\n"
		  " snd_cs5535audio\n",
		  "1-2 0.0 Kjb |Modules linked in: bnep rfcomm bluetooth dm_crypt olpc_xo1 "
		  "scx200_acb snd_cs5535audio\n");
	/* a blank line ends all hope */
	check_log("Node 0 DMA free:3944kB min:60kB low:72kB high:88kB manag\n\n"
		  "ed:15908kB mlocked:0kB\nMem-Info:\n",
		  "1 0.0 Kb |Node 0 DMA free:3944kB min:60kB low:72kB high:88kB manag\n"
		  "3 0.0 Kb |ed:15908kB mlocked:0kB\n4 0.0 Kb |Mem-Info:\n");
}

static void boxed(void **state)
{
	(void)state;
	check_log("{\"InstanceId\":\"i-1\",\"ConsoleOutput\":"
		  "\"WyAgICAxLjAwMDAwMF0gYQpbICAgIDEuMDAwMDAxXSBiClsgICAgMS4wMDAwMDJdIGMKWyAgICAxLjAwMDAwM10gZAo=\"}",
		  "1 0.0 K |a\n2 0.0 K |b\n3 0.0 K |c\n4 0.0 K |d\n");
}

/* A box over the sample's size; then a log whose objects only look like boxes. */
static void big_box(void **state)
{
	struct iq_buf log = { 0 };
	(void)state;
	iq_buf_str(&log, "{\"contents\": \"");
	for (int i = 0; i < 20000; i++)
		iq_buf_printf(&log, "[%5d.000000] x\\n", i);
	iq_buf_str(&log, "\", \"next\": \"1\"}");
	assert_true(log.n > IQ_READER_SAMPLE);
	struct run r = run_new();
	r.block = 100000;
	run_bytes(&r, log.p, log.n);
	assert_int_equal(r.records, 20000);
	run_end(&r);
	iq_buf_reset(&log);
	for (int i = 0; i < 5000; i++)
		iq_buf_printf(&log, "{\"output\":\"a\\nb\",\"log\":\"[%5d.000000] x\\n\","
			      "\"stream\":\"stdout\",\"time\":\"2024-05-01T10:00:00Z\"}\n", i);
	assert_true(log.n > IQ_READER_SAMPLE);
	r = run_new();
	run_bytes(&r, log.p, log.n);
	assert_int_equal(r.records, 5000);
	run_end(&r);
	iq_buf_fini(&log);
}

static void shapes(void **state)
{
	static const struct { const char *text; enum iq_shape shape; } cases[] = {
		{ "Mem-Info:", IQ_SHAPE_OPENER }, { "  Node 0 DMA free:1kB", IQ_SHAPE_OPENER },
		{ " unevictable:0 dirty:3", IQ_SHAPE_OPENER },
		{ "unevictable:0kB isolated(anon):0kB", IQ_SHAPE_UNKNOWN },
		{ "[ 1799]     0  1799    26512", IQ_SHAPE_OPENER },
		{ "71 total pagecache pages", IQ_SHAPE_OPENER },
		{ " dump_stack+0x63/0x8b", IQ_SHAPE_FRAME }, { " <TASK>", IQ_SHAPE_FRAME },
		{ " [<ffffffff81720bf6>] ? dump_stack+0x45/0x56", IQ_SHAPE_FRAME },
		{ "RAX: 0000000000000000 RBX: 1", IQ_SHAPE_FRAME },
		{ "kernel_stack 49152", IQ_SHAPE_PAIR }, { "order 66", IQ_SHAPE_PAIR },
		{ "ed:999552kB mlocked:0kB", IQ_SHAPE_UNKNOWN },
		{ "0 all_unreclaimable? yes", IQ_SHAPE_UNKNOWN },
		{ "victim exit status 137", IQ_SHAPE_UNKNOWN }, { "", IQ_SHAPE_UNKNOWN },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum iq_shape shape = iq_shape_of(iq_slice_z(cases[i].text));
		if (shape != cases[i].shape)
			fail_msg("case %zu: shape %d, want %d", i, shape, cases[i].shape);
	}
}

static void programs(void **state)
{
	static const struct { const char *name; enum iq_program program; } cases[] = {
		{ "kernel", IQ_PROGRAM_KERNEL }, { "kernelcare", IQ_PROGRAM_OTHER },
		{ "systemd", IQ_PROGRAM_WITNESS }, { "systemd-oomd", IQ_PROGRAM_KILLER },
		{ "systemd-logind", IQ_PROGRAM_OTHER }, { "/usr/bin/dockerd", IQ_PROGRAM_WITNESS },
		{ "earlyoom", IQ_PROGRAM_KILLER }, { "nohang", IQ_PROGRAM_KILLER },
		{ "kubelet", IQ_PROGRAM_WITNESS }, { "rsyslogd", IQ_PROGRAM_LOGGER },
		{ "lmkd", IQ_PROGRAM_KILLER }, { "sshd", IQ_PROGRAM_OTHER },
		{ "", IQ_PROGRAM_OTHER }, { "CRON", IQ_PROGRAM_OTHER }, { "/", IQ_PROGRAM_OTHER },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(iq_program_of(iq_slice_z(cases[i].name)), cases[i].program);
	assert_true(iq_program_line_matters(IQ_PROGRAM_WITNESS,
			IQ_LIT("x.service: Failed with result 'oom-kill'.")));
	assert_true(iq_program_line_matters(IQ_PROGRAM_WITNESS, IQ_LIT("Pod evicted")));
	assert_false(iq_program_line_matters(IQ_PROGRAM_WITNESS, IQ_LIT("Started Session 1.")));
}

/* Every log of tests/text/data gives the same records however it is cut. */
static void any_blocks(void **state)
{
	static const size_t blocks[] = { 1, 13, 4096, 70000 };
	const char *src = getenv("srcdir");
	char path[512];
	struct dirent *e;
	int files = 0;
	(void)state;
	snprintf(path, sizeof path, "%s/tests/text/data", src ? src : ".");
	DIR *dir = opendir(path);
	assert_non_null(dir);
	while ((e = readdir(dir))) {
		struct iq_buf log = { 0 };
		if (*e->d_name == '.')
			continue;
		snprintf(path, sizeof path, "%s/tests/text/data/%s", src ? src : ".", e->d_name);
		FILE *f = fopen(path, "rb");
		assert_non_null(f);
		char part[4096];
		for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
			iq_buf_add(&log, part, n);
		fclose(f);
		struct run whole = run_new();
		whole.times = true;
		run_bytes(&whole, log.p, log.n);
		assert_true(whole.records > 10);
		for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
			struct run r = run_new();
			r.times = true;
			r.block = blocks[i];
			run_bytes(&r, log.p, log.n);
			check_out(&r, whole.out.p);
			run_end(&r);
		}
		run_end(&whole);
		iq_buf_fini(&log);
		files++;
	}
	closedir(dir);
	assert_true(files >= 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf16),
		cmocka_unit_test(line_ends),
		cmocka_unit_test(nul_runs),
		cmocka_unit_test(overlong),
		cmocka_unit_test(line_numbers),
		cmocka_unit_test(quotes_and_fences),
		cmocka_unit_test(html),
		cmocka_unit_test(terminal_wrap),
		cmocka_unit_test(other_wraps),
		cmocka_unit_test(boxed),
		cmocka_unit_test(big_box),
		cmocka_unit_test(shapes),
		cmocka_unit_test(programs),
		cmocka_unit_test(any_blocks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* vmcore/: the lab's dumps of real kernels, where they lie beside the source tree
 * (skipped where not): the log has to be the one that makedumpfile took from them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "input/input.h"
#include "model/facts.h"
#include "vmcore/vmcore.h"

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libkdumpfile\n";
}

struct sample {
	const char *dir, *file, *format, *compression, *release, *arch;
};

static const struct sample samples[] = {
	{ "memcg-oom-6.1", "vmcore", "kdump-compressed 6", "zlib", "6.1.0-50-cloud-amd64",
	  "x86_64" },
	{ "memcg-oom-6.1-arm64", "vmcore.xz", "kdump-compressed 6", "lzo",
	  "6.1.0-50-cloud-arm64", "aarch64" },
	{ "global-oom-6.12", "vmcore.xz", "kdump-compressed 6", "none",
	  "6.12.107+deb13-cloud-amd64", "x86_64" },
	{ "global-oom-6.12-slab-lost", "vmcore.xz", "kdump-compressed 6", "none",
	  "6.12.107+deb13-cloud-amd64", "x86_64" },
	{ "hung-task-5.10", "vmcore.xz", "kdump-compressed 6", "snappy",
	  "5.10.0-32-cloud-amd64", "x86_64" },
	{ "many-procs-6.12", "vmcore.xz", "kdump-compressed 6", "none",
	  "6.12.107+deb13-cloud-amd64", "x86_64" },
	{ "null-deref-7", "vmcore.xz", "flattened kdump-compressed 6", "none",
	  "7.2.13+deb14-cloud-amd64", "x86_64" },
	{ "numa-mbind-6.12", "vmcore.xz", "elf", "none", "6.12.107+deb13-cloud-amd64",
	  "x86_64" },
};

#define N_SAMPLES (sizeof samples / sizeof *samples)

struct dump {
	const struct sample *s;
	struct iq_buf log;
	unsigned issues, lines;
	bool cut;
};

static void on_issue(void *arg, const char *severity, const char *code, int64_t offset,
		     const char *text)
{
	struct dump *d = arg;
	(void)severity;
	(void)code;
	(void)offset;
	(void)text;
	d->issues++;
}

static void on_walk_issue(void *arg, const char *severity, const char *code,
			  struct iq_slice member, int64_t offset, const char *text)
{
	(void)member;
	on_issue(arg, severity, code, offset, text);
}

/* As makedumpfile --dump-dmesg writes it: later lines of a record are indented. */
static int on_record(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct dump *d = arg;
	struct iq_slice t = rec->text;
	size_t from = d->log.n;
	(void)err;
	iq_buf_printf(&d->log, "[%5lld.%06lld] ", (long long)(rec->mono_us / 1000000),
		      (long long)(rec->mono_us % 1000000));
	size_t indent = d->log.n - from;
	for (size_t i = 0; i < t.n; i++) {
		iq_buf_char(&d->log, t.p[i]);
		if (t.p[i] == '\n')
			for (size_t k = 0; k < indent; k++)
				iq_buf_char(&d->log, ' ');
	}
	iq_buf_char(&d->log, '\n');
	assert_int_equal(rec->first_line, d->lines + 1);
	assert_in_range(rec->last_line, rec->first_line, rec->first_line + (int64_t)t.n);
	d->lines = (unsigned)rec->last_line;
	assert_in_range(rec->level, 0, 7);
	return 0;
}

static bool same(struct iq_slice a, const char *b)
{
	return iq_eq(a, iq_slice_z(b));
}

static int on_member(void *arg, struct iq_stream *m, struct iq_err *err)
{
	struct dump *d = arg;
	struct iq_limits limits = IQ_LIMITS_DEFAULT;
	struct iq_vmcore *v;
	bool cut;
	int fd = iq_stream_fd(m, &cut, err);

	if (fd < 0 || iq_vmcore_open(&fd, 1, &limits, on_issue, d, &v, err))
		return -1;
	const struct iq_vmcore_info *i = iq_vmcore_info(v);
	assert_string_equal(i->format, d->s->format);
	assert_string_equal(i->compression, d->s->compression);
	assert_true(same(i->release, d->s->release));
	assert_true(same(i->arch, d->s->arch));
	assert_true(same(i->nodename, "guest-01"));
	assert_int_equal(i->page_size, 4096);
	assert_int_equal(i->build_id.n, 40);
	assert_false(i->truncated || i->incomplete || cut);
	int r = iq_vmcore_log(v, on_record, d, err);
	iq_vmcore_close(v);
	close(fd);
	return r;
}

static bool read_file(const char *path, struct iq_buf *b)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	iq_buf_init(b);
	if (!f)
		return false;
	while ((n = fread(iq_buf_reserve(b, 65536), 1, 65536, f)) > 0)
		b->n += n;
	fclose(f);
	return true;
}

static void log_is_the_truth(void **state)
{
	const char *top = getenv("srcdir");
	struct dump d = { .s = *state };
	struct iq_walk_opts o = { .limits = IQ_LIMITS_DEFAULT };
	struct iq_visitor v = { .member = on_member, .issue = on_walk_issue, .arg = &d };
	struct iq_buf want;
	struct iq_err err;
	char path[1024];
	const char *dir = "../shared/samples/vmcore";

	snprintf(path, sizeof path, "%s/%s/%s/log.txt", top ? top : ".", dir, d.s->dir);
	if (!read_file(path, &want)) {
		print_message("%s is not there\n", path);
		skip();
	}
	iq_buf_init(&d.log);
	snprintf(path, sizeof path, "%s/%s/%s/%s", top ? top : ".", dir, d.s->dir,
		 d.s->file);
	if (iq_walk(path, &o, &v, &err))
		fail_msg("%s: %s", path, err.text);
	assert_int_equal(d.issues, 0);
	assert_int_equal(d.log.n, want.n);
	assert_memory_equal(d.log.p, want.p, want.n);
	iq_buf_fini(&want);
	iq_buf_fini(&d.log);
}

int main(void)
{
	struct CMUnitTest tests[N_SAMPLES];
	for (size_t i = 0; i < N_SAMPLES; i++)
		tests[i] = (struct CMUnitTest){ samples[i].dir, log_is_the_truth, NULL, NULL,
						(void *)(uintptr_t)&samples[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

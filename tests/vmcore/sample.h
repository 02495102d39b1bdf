/* tests/vmcore/sample.h - the lab's dumps of real kernels, where they lie beside the
 * source tree: opened, with the record of what the guest itself said.
 */
#ifndef TESTS_VMCORE_SAMPLE_H
#define TESTS_VMCORE_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "input/input.h"
#include "vmcore/kernel/kimage.h"

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libkdumpfile\n";
}

static const char *const sample_dirs[][2] = {
	{ "memcg-oom-6.1", "vmcore" },
	{ "memcg-oom-6.1-arm64", "vmcore.xz" },
	{ "global-oom-6.12", "vmcore.xz" },
	{ "global-oom-6.12-slab-lost", "vmcore.xz" },
	{ "hung-task-5.10", "vmcore.xz" },
	{ "many-procs-6.12", "vmcore.xz" },
	{ "null-deref-7", "vmcore.xz" },
	{ "numa-mbind-6.12", "vmcore.xz" },
};

#define N_SAMPLES (sizeof sample_dirs / sizeof *sample_dirs)

struct sample {
	const char *const *dir;		/* a row of sample_dirs */
	struct iq_slice truth;		/* truth.json */
	struct iq_buf text;
	void (*test)(const struct sample *s, struct iq_vmcore *v);
};

static inline void sample_path(char *to, size_t n, const char *dir, const char *file)
{
	const char *top = getenv("srcdir");
	snprintf(to, n, "%s/../shared/samples/vmcore/%s/%s", top ? top : ".", dir, file);
}

static inline void sample_issue(void *arg, const char *severity, const char *code,
				int64_t offset, const char *text)
{
	(void)arg;
	(void)offset;
	print_message("%s %s: %s\n", severity, code, text);
}

static inline void sample_walk_issue(void *arg, const char *severity, const char *code,
				     struct iq_slice member, int64_t offset,
				     const char *text)
{
	(void)member;
	sample_issue(arg, severity, code, offset, text);
}

static inline int sample_member(void *arg, struct iq_stream *m, struct iq_err *err)
{
	struct sample *s = arg;
	struct iq_limits limits = IQ_LIMITS_DEFAULT;
	struct iq_vmcore *v;
	bool cut;
	int fd = iq_stream_fd(m, &cut, err);

	if (fd < 0 || iq_vmcore_open(&fd, 1, &limits, sample_issue, NULL, &v, err))
		return -1;
	assert_null(iq_vmcore_unreadable(v));
	s->test(s, v);
	iq_vmcore_close(v);
	close(fd);
	return 0;
}

/* Runs TEST with the dump in the row DIR, skips it where there is none. */
static inline void sample_run(const char *const *dir,
			      void (*test)(const struct sample *s, struct iq_vmcore *v))
{
	struct sample s = { .dir = dir, .test = test };
	struct iq_walk_opts o = { .limits = IQ_LIMITS_DEFAULT };
	struct iq_visitor v = { .member = sample_member, .issue = sample_walk_issue,
				.arg = &s };
	struct iq_err err;
	char path[1024];
	size_t n;

	sample_path(path, sizeof path, dir[0], "truth.json");
	FILE *f = fopen(path, "rb");
	if (!f) {
		print_message("%s is not there\n", path);
		skip();
	}
	iq_buf_init(&s.text);
	while ((n = fread(iq_buf_reserve(&s.text, 65536), 1, 65536, f)) > 0)
		s.text.n += n;
	fclose(f);
	s.truth = iq_buf_as_slice(&s.text);
	sample_path(path, sizeof path, dir[0], dir[1]);
	if (iq_walk(path, &o, &v, &err))
		fail_msg("%s: %s", path, err.text);
	iq_buf_fini(&s.text);
}

/* --- as much JSON as truth.json needs --- */

/* The value behind "KEY": in TEXT, up to the bracket that closes it (an object or array
 * without brackets in its strings). */
static inline struct iq_slice truth_value(struct iq_slice text, const char *key, char close)
{
	char want[100];
	snprintf(want, sizeof want, "\"%s\": ", key);
	ptrdiff_t at = iq_find(text, iq_slice_z(want));
	if (at < 0)
		return IQ_SLICE_NULL;
	text = iq_from(text, (size_t)at + strlen(want));
	ptrdiff_t end = iq_find_char(text, close);
	return end < 0 ? IQ_SLICE_NULL : iq_head(text, (size_t)end);
}

/* The next "string" of *S. */
static inline struct iq_slice truth_string(struct iq_slice *s)
{
	iq_cut(s, '"');
	return iq_cut(s, '"');
}

#endif

/* tests/program.h - running the program on files that a test composes, in a directory
 * of its own.
 */
#ifndef TESTS_PROGRAM_H
#define TESTS_PROGRAM_H

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "input/world.h"

static char program_dir[] = "/tmp/inquest-test-XXXXXX";

static inline void read_file(const char *path, struct iq_buf *b)
{
	FILE *f = fopen(path, "r");
	char block[4096];
	size_t n;
	iq_buf_init(b);
	if (!f)
		fail_msg("cannot read %s", path);
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		iq_buf_add(b, block, n);
	fclose(f);
}

static inline void write_file(const char *name, struct iq_slice data)
{
	FILE *f = fopen(name, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(data.p, 1, data.n, f), data.n);
	fclose(f);
}

/* Runs inquest with ARGS in the test's directory; what it says on standard output. */
static inline int run(struct iq_buf *out, const char *args)
{
	char command[4096], block[4096];
	size_t n;
	snprintf(command, sizeof command, "\"$INQUEST\" %s 2>errors", args);
	FILE *p = popen(command, "r");
	iq_buf_init(out);
	assert_non_null(p);
	while ((n = fread(block, 1, sizeof block, p)) > 0)
		iq_buf_add(out, block, n);
	iq_buf_char(out, 0);
	int status = pclose(p);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static inline void expect(const char *args, int want_status, const char *want)
{
	struct iq_buf out;
	int status = run(&out, args);
	if (status != want_status || (want && strcmp(out.p, want) != 0))
		fail_msg("inquest %s: status %d (want %d)\n%s(want)\n%s", args, status,
			 want_status, out.p, want ? want : "");
	iq_buf_fini(&out);
}

static inline void expect_part(const char *args, int want_status, const char *part)
{
	struct iq_buf out;
	int status = run(&out, args);
	if (status != want_status || !strstr(out.p, part))
		fail_msg("inquest %s: status %d (want %d), no '%s' in\n%s", args, status,
			 want_status, part, out.p);
	iq_buf_fini(&out);
}

/* A file of the source tree, with a NUL behind it; before program_setup(). */
static inline void read_source(const char *name, struct iq_buf *b)
{
	char path[1024];
	const char *src = getenv("srcdir");
	snprintf(path, sizeof path, "%s/%s", src ? src : ".", name);
	read_file(path, b);
	iq_buf_char(b, 0);
	b->n--;
}

static inline int program_setup(void)
{
	return !getenv("INQUEST") || !mkdtemp(program_dir) ? -1 : chdir(program_dir);
}

static inline int program_teardown(void)
{
	char command[200];
	snprintf(command, sizeof command, "rm -rf %s", program_dir);
	return chdir("/") || system(command);
}

#endif

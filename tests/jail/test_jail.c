/* tests/jail/test_jail.c - whatever a child does, its end is a result like others, and
 * nothing but its own descriptors shows that it was there.
 *
 * The job does what the request's first word says.  Where the sanitizers' runtime needs
 * what the jail takes away, the tests are left out of such a build.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "jail/jail.h"
#include "wire/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PASSED 7

/* --- what children do --- */

static int refused(long rc)
{
	return rc == -1 && errno == EPERM ? PASSED : rc == -1 ? 50 : 51;
}

/* A call that must not be let through. */
static int forbidden(const char *what)
{
	char *const argv[] = { (char *)"true", NULL };
	struct rlimit r = { 1, 1 };
	if (!strcmp(what, "exec"))
		return refused(execv("/bin/true", argv));
	if (!strcmp(what, "fork"))
		return refused(fork());
	if (!strcmp(what, "socket"))
		return refused(socket(AF_INET, SOCK_STREAM, 0));
	if (!strcmp(what, "socket-unix"))
		return refused(socket(AF_UNIX, SOCK_STREAM, 0));
	if (!strcmp(what, "write-file"))
		return refused(open("/dev/null", O_WRONLY));
	if (!strcmp(what, "create-file"))
		return refused(open("never-made", O_CREAT | O_RDWR, 0600));
	if (!strcmp(what, "openat-write"))
		return refused(openat(AT_FDCWD, "/dev/null", O_RDWR));
	if (!strcmp(what, "truncate-by-open"))
		return refused(open("/proc/self/exe", O_RDONLY | O_TRUNC));
	if (!strcmp(what, "fchmodat2"))
		return refused(syscall(452, AT_FDCWD, "never-made", 0, 0));
	if (!strcmp(what, "shared-memory"))
		return refused(syscall(SYS_shmget, 0, 4096, 01600));
	if (!strcmp(what, "message-queue"))
		return refused(syscall(SYS_mq_open, "never-made", O_RDWR | O_CREAT, 0600, NULL));
	if (!strcmp(what, "unlink"))
		return refused(unlink("never-made"));
	if (!strcmp(what, "mkdir"))
		return refused(mkdir("never-made", 0700));
	if (!strcmp(what, "kill-parent"))
		return refused(kill(getppid(), SIGKILL));
	if (!strcmp(what, "tgkill-parent"))
		return refused(syscall(SYS_tgkill, getppid(), getppid(), SIGKILL));
	if (!strcmp(what, "sigqueue-parent"))
		return refused(sigqueue(getppid(), SIGKILL, (union sigval){ 0 }));
	if (!strcmp(what, "limit-parent"))
		return refused(prlimit(getppid(), RLIMIT_NOFILE, &r, NULL));
	if (!strcmp(what, "ptrace"))
		return refused(syscall(SYS_ptrace, 16, getppid(), 0, 0));
	if (!strcmp(what, "type-into-terminal"))
		return refused(ioctl(0, TIOCSTI, "x"));
	return 52;
}

static void *in_thread(void *arg)
{
	*(int *)arg = PASSED;
	return NULL;
}

/* What readers need has to stay possible. */
static int allowed(const char *what)
{
	int got = 53;
	pthread_t t;
	if (!strcmp(what, "thread")) {
		if (pthread_create(&t, NULL, in_thread, &got) == 0)
			pthread_join(t, NULL);
		return got;
	}
	if (!strcmp(what, "read-file")) {
		int fd = open("/proc/self/status", O_RDONLY);
		char c;
		return fd >= 0 && read(fd, &c, 1) == 1 ? PASSED : 54;
	}
	if (!strcmp(what, "unnamed-file")) {
		int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
		bool ok = fd >= 0 || errno == EOPNOTSUPP || errno == EISDIR;
		return ok && (fd < 0 || write(fd, "x", 1) == 1) ? PASSED : 55;
	}
	if (!strcmp(what, "memory-file"))
		return memfd_create("x", 0) >= 0 ? PASSED : 56;
	return 57;
}

static int eat_memory(void)
{
	for (size_t all = 0; all < (size_t)1 << 32; all += 1 << 20) {
		char *p = malloc(1 << 20);
		if (!p)
			return PASSED;		/* an error like others */
		memset(p, 1, 1 << 20);
	}
	return 58;
}

static void write_half_a_spool(int fd)
{
	struct iq_wire_writer w;
	struct iq_err err;
	struct iq_issue issue;
	iq_wire_writer_init(&w, fd, 0);
	iq_fact_init(IQ_FACT_ISSUE, &issue);
	issue.text = IQ_LIT("seen before the end");
	iq_sink_put(&w.sink, IQ_FACT_ISSUE, &issue, &err);
	iq_wire_stage(&w, IQ_LIT("reading the second half"), &err);
}

static int job(const void *request, size_t n, const int *fds, size_t n_fds,
	       volatile struct iq_jail_progress *progress)
{
	char word[64] = "", what[64] = "";
	char text[200];
	snprintf(text, sizeof text, "%.*s", (int)n, (const char *)request);
	sscanf(text, "%63s %63s", word, what);
	signal(SIGSEGV, SIG_DFL);	/* cmocka's handlers are the parent's affair */
	signal(SIGABRT, SIG_DFL);
	progress->all_bytes = 100;
	progress->done_bytes = 42;
	if (!strcmp(word, "exit"))
		return atoi(what);
	if (!strcmp(word, "crash"))
		*(volatile int *)((uintptr_t)progress->done_bytes * 16) = 1;
	if (!strcmp(word, "abort"))
		abort();
	if (!strcmp(word, "killed"))
		syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGKILL);
	if (!strcmp(word, "loop"))
		for (;;)
			progress->done_bytes++;
	if (!strcmp(word, "sleep"))
		for (;;)
			pause();
	if (!strcmp(word, "read"))		/* to the end: until the parent closes it */
		return n_fds == 1 && read(fds[0], &(char){ 0 }, 1) == 0 ? PASSED : 60;
	if (!strcmp(word, "eat"))
		return eat_memory();
	if (!strcmp(word, "forbidden"))
		return forbidden(what);
	if (!strcmp(word, "allowed"))
		return allowed(what);
	if (!strcmp(word, "garbage"))
		return n_fds == 1 && write(fds[0], "\xff\xff\xff\xff garbage", 12) == 12
			       ? 0 : 60;
	if (!strcmp(word, "half")) {
		write_half_a_spool(fds[0]);
		abort();
	}
	if (!strcmp(word, "descriptors")) {
		int count = 0;			/* the ones handed over and 0, 1, 2 */
		for (int fd = 3; fd < 200; fd++)
			count += fcntl(fd, F_GETFD) >= 0;
		return count;
	}
	return 99;
}

/* --- the parent --- */

static struct iq_jail *start(void)
{
	struct iq_jail *j;
	struct iq_err err;
	if (iq_jail_start(job, &j, &err))
		fail_msg("%s", err.text);
	return j;
}

static int submit(struct iq_jail *j, const char *request, const int *fds, size_t n_fds,
		  struct iq_limits limits)
{
	struct iq_err err;
	int slot = -1;
	if (iq_jail_submit(j, request, strlen(request), fds, n_fds, &limits, &slot, &err))
		fail_msg("%s", err.text);
	return slot;
}

static struct iq_jail_result wait_for(struct iq_jail *j)
{
	struct iq_jail_result r = { 0 };
	struct iq_err err;
	int got;
	do
		got = iq_jail_wait(j, 20000, &r, &err);
	while (got == 0 && errno == EINTR);
	assert_int_equal(got, 1);
	return r;
}

static struct iq_jail_result one_job(const char *request, struct iq_limits limits)
{
	struct iq_jail *j = start();
	int slot = submit(j, request, NULL, 0, limits);
	struct iq_jail_result r = wait_for(j);
	assert_int_equal(r.slot, slot);
	iq_jail_stop(j);
	return r;
}

static void status_comes_back(void **state)
{
	(void)state;
	struct iq_jail_result r = one_job("exit 3", IQ_LIMITS_DEFAULT);
	assert_true(r.exited);
	assert_int_equal(r.status, 3);
	assert_true(r.peak_rss_bytes > 0);
}

/* --- ends --- */

static void check_death(const char *request, int signal, const char *words)
{
	char text[200];
	struct iq_jail_result r = one_job(request, IQ_LIMITS_DEFAULT);
	assert_false(r.exited);
	assert_int_equal(r.status, signal);
	iq_jail_describe(&r, text, sizeof text);
	if (!strstr(text, words))
		fail_msg("%s: %s", request, text);
}

static void deaths_are_results(void **state)
{
	(void)state;
	check_death("crash", SIGSEGV, "signal 11");
	check_death("abort", SIGABRT, "signal 6");
	check_death("killed", SIGKILL, "signal 9");
}

static void a_loop_ends_at_its_limit(void **state)
{
	(void)state;
	struct iq_limits l = IQ_LIMITS_DEFAULT;
	char text[200];
	l.seconds = 1;
	struct iq_jail_result r = one_job("loop", l);
	assert_false(r.exited);
	assert_int_equal(r.status, SIGXCPU);
	iq_jail_describe(&r, text, sizeof text);
	assert_non_null(strstr(text, "--limit-time"));
}

static void memory_ends_at_its_limit(void **state)
{
	(void)state;
#ifdef IQ_SANITIZED
	skip();
#endif
	struct iq_limits l = IQ_LIMITS_DEFAULT;
	l.memory_bytes = UINT64_C(256) << 20;
	struct iq_jail_result r = one_job("eat", l);
	assert_true(r.exited);
	assert_int_equal(r.status, PASSED);
	assert_true(r.peak_rss_bytes < UINT64_C(300) << 20);
	l.memory_bytes = 4096;		/* not even the program fits */
	r = one_job("exit 0", l);
	char text[200];
	iq_jail_describe(&r, text, sizeof text);
	assert_true(r.exited);
	assert_non_null(strstr(text, "--limit-memory"));
}

static void what_a_child_may_not(void **state)
{
	static const char *const calls[] = {
		"exec", "fork", "socket", "socket-unix", "write-file", "create-file",
		"openat-write", "unlink", "truncate-by-open", "fchmodat2", "shared-memory",
		"message-queue", "mkdir", "kill-parent", "tgkill-parent",
		"sigqueue-parent", "limit-parent", "ptrace", "type-into-terminal",
	};
	(void)state;
#ifdef IQ_SANITIZED
	skip();
#endif
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		char request[100];
		snprintf(request, sizeof request, "forbidden %s", calls[i]);
		struct iq_jail_result r = one_job(request, IQ_LIMITS_DEFAULT);
		if (!r.exited || r.status != PASSED)
			fail_msg("%s: exited %d, status %d", calls[i], r.exited, r.status);
	}
	assert_int_equal(access("never-made", F_OK), -1);
}

static void what_a_child_may(void **state)
{
	static const char *const calls[] = { "thread", "read-file", "unnamed-file",
					     "memory-file" };
	(void)state;
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		char request[100];
		snprintf(request, sizeof request, "allowed %s", calls[i]);
		struct iq_jail_result r = one_job(request, IQ_LIMITS_DEFAULT);
		if (!r.exited || r.status != PASSED)
			fail_msg("%s: exited %d, status %d", calls[i], r.exited, r.status);
	}
}

/* --- what it leaves --- */

static int spool(void)
{
	int fd = memfd_create("spool", MFD_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void garbage_is_refused_on_arrival(void **state)
{
	(void)state;
	struct iq_jail *j = start();
	struct iq_wire_reader reader;
	_Alignas(8) char fact[IQ_FACT_BYTES_MAX];
	enum iq_fact_type type;
	struct iq_err err;
	int fd = spool();
	submit(j, "garbage", &fd, 1, IQ_LIMITS_DEFAULT);
	struct iq_jail_result r = wait_for(j);
	assert_true(r.exited);
	assert_int_equal(r.status, 0);		/* it says that all is well */
	iq_wire_reader_init(&reader, fd);
	assert_int_equal(iq_wire_next(&reader, &type, fact, &err), -1);
	assert_false(reader.done);
	iq_wire_reader_fini(&reader);
	close(fd);
	iq_jail_stop(j);
}

static void what_was_written_before_death_counts(void **state)
{
	(void)state;
	struct iq_jail *j = start();
	struct iq_wire_reader reader;
	_Alignas(8) char fact[IQ_FACT_BYTES_MAX];
	enum iq_fact_type type;
	struct iq_err err;
	int fd = spool();
	submit(j, "half", &fd, 1, IQ_LIMITS_DEFAULT);
	struct iq_jail_result r = wait_for(j);
	assert_false(r.exited);
	iq_wire_reader_init(&reader, fd);
	assert_int_equal(iq_wire_next(&reader, &type, fact, &err), 1);
	assert_int_equal(type, IQ_FACT_ISSUE);
	assert_int_equal(iq_wire_next(&reader, &type, fact, &err), 0);
	assert_false(reader.done);
	assert_string_equal(reader.stage, "reading the second half");
	iq_wire_reader_fini(&reader);
	close(fd);
	iq_jail_stop(j);
}

/* A child gets what was handed to it; of what the parent opened later it knows nothing. */
static void only_its_own_descriptors(void **state)
{
	(void)state;
	struct iq_jail *j = start();
	int fd = spool(), secret = spool();
	int before = one_job("descriptors", IQ_LIMITS_DEFAULT).status;
	submit(j, "descriptors", NULL, 0, IQ_LIMITS_DEFAULT);
	int none = wait_for(j).status;
	submit(j, "descriptors", &fd, 1, IQ_LIMITS_DEFAULT);
	assert_int_equal(wait_for(j).status, none + 1);
	assert_true(none < before);	/* that server was started with both open */
	close(secret);
	close(fd);
	iq_jail_stop(j);
}

/* --- many --- */

static void many_at_once_and_again(void **state)
{
	(void)state;
	struct iq_jail *j = start();
	struct iq_limits l = IQ_LIMITS_DEFAULT;
	struct iq_err err;
	int slot;
	for (int turn = 0; turn < 3; turn++) {
		bool seen[IQ_JAIL_SLOTS] = { false };
		char request[32];
		for (int i = 0; i < IQ_JAIL_SLOTS; i++) {
			snprintf(request, sizeof request, "exit %d", i);
			submit(j, request, NULL, 0, l);
		}
		assert_int_equal(iq_jail_submit(j, "exit 0", 6, NULL, 0, &l, &slot, &err),
				 -1);
		for (int i = 0; i < IQ_JAIL_SLOTS; i++) {
			struct iq_jail_result r = wait_for(j);
			assert_true(r.exited);
			assert_false(seen[r.status]);
			seen[r.status] = true;
		}
	}
	iq_jail_stop(j);
}

/* The third waits until one of two has ended, and its descriptors are not theirs. */
static void no_more_at_once_than_said(void **state)
{
	(void)state;
	struct iq_jail *j = start();
	struct iq_jail_result r;
	struct iq_err err;
	int ends[2], other = spool();
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	iq_jail_at_once(j, 2);
	submit(j, "read", ends, 1, IQ_LIMITS_DEFAULT);
	submit(j, "sleep", NULL, 0, IQ_LIMITS_DEFAULT);
	int third = submit(j, "descriptors", NULL, 0, IQ_LIMITS_DEFAULT);
	int fourth = submit(j, "descriptors", &other, 1, IQ_LIMITS_DEFAULT);
	assert_int_equal(iq_jail_wait(j, 300, &r, &err), 0);
	assert_int_equal(iq_jail_progress(j, third).all_bytes, 0);
	close(ends[0]);
	close(ends[1]);
	r = wait_for(j);
	assert_int_equal(r.status, PASSED);
	r = wait_for(j);
	assert_int_equal(r.slot, third);
	int none = r.status;
	r = wait_for(j);
	assert_int_equal(r.slot, fourth);
	assert_int_equal(r.status, none + 1);
	close(other);
	iq_jail_stop(j);		/* of the one that sleeps nothing is left */
}

static void one_death_leaves_the_others(void **state)
{
	(void)state;
	struct iq_jail *j = start();
	int dies = submit(j, "killed", NULL, 0, IQ_LIMITS_DEFAULT);
	submit(j, "exit 5", NULL, 0, IQ_LIMITS_DEFAULT);
	for (int i = 0; i < 2; i++) {
		struct iq_jail_result r = wait_for(j);
		assert_int_equal(r.exited, r.slot != dies);
		assert_int_equal(r.status, r.slot == dies ? SIGKILL : 5);
	}
	iq_jail_stop(j);
}

static void progress_shows_while_it_runs(void **state)
{
	(void)state;
	struct iq_jail *j = start();
	int slot = submit(j, "sleep", NULL, 0, IQ_LIMITS_DEFAULT);
	struct iq_jail_result r;
	struct iq_err err;
	for (int i = 0; i < 1000 && iq_jail_progress(j, slot).done_bytes != 42; i++)
		assert_int_equal(iq_jail_wait(j, 10, &r, &err), 0);
	assert_int_equal(iq_jail_progress(j, slot).done_bytes, 42);
	assert_int_equal(iq_jail_progress(j, slot).all_bytes, 100);
	iq_jail_stop(j);		/* ends it: the test would hang */
}

static void a_request_too_long_is_refused(void **state)
{
	(void)state;
	static char request[IQ_JAIL_REQUEST_MAX + 1];
	struct iq_limits l = IQ_LIMITS_DEFAULT;
	struct iq_jail *j = start();
	struct iq_err err;
	int slot;
	assert_int_equal(iq_jail_submit(j, request, sizeof request, NULL, 0, &l, &slot,
					&err), -1);
	submit(j, "exit 1", NULL, 0, l);	/* nothing was lost */
	assert_int_equal(wait_for(j).status, 1);
	iq_jail_stop(j);
}

/* The parent dies without a word: so do the server and its children, or the pipe that
 * they hold would stay open. */
static void all_die_with_the_parent(void **state)
{
	(void)state;
	int pipes[2];
	char c;
	assert_int_equal(pipe(pipes), 0);
	pid_t parent = fork();
	if (parent == 0) {
		struct iq_limits l = IQ_LIMITS_DEFAULT;
		struct iq_jail *j;
		struct iq_err err;
		int slot;
		close(pipes[0]);
		if (iq_jail_start(job, &j, &err) ||
		    iq_jail_submit(j, "sleep", 5, NULL, 0, &l, &slot, &err))
			_exit(1);
		while (iq_jail_progress(j, slot).done_bytes != 42)
			usleep(1000);
		raise(SIGKILL);
	}
	close(pipes[1]);
	int status;
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_true(WIFSIGNALED(status));
	struct pollfd p = { pipes[0], POLLIN, 0 };
	assert_int_equal(poll(&p, 1, 20000), 1);
	assert_int_equal(read(pipes[0], &c, 1), 0);
	close(pipes[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_comes_back),
		cmocka_unit_test(deaths_are_results),
		cmocka_unit_test(a_loop_ends_at_its_limit),
		cmocka_unit_test(memory_ends_at_its_limit),
		cmocka_unit_test(what_a_child_may_not),
		cmocka_unit_test(what_a_child_may),
		cmocka_unit_test(garbage_is_refused_on_arrival),
		cmocka_unit_test(what_was_written_before_death_counts),
		cmocka_unit_test(only_its_own_descriptors),
		cmocka_unit_test(many_at_once_and_again),
		cmocka_unit_test(no_more_at_once_than_said),
		cmocka_unit_test(one_death_leaves_the_others),
		cmocka_unit_test(progress_shows_while_it_runs),
		cmocka_unit_test(a_request_too_long_is_refused),
		cmocka_unit_test(all_die_with_the_parent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/bench/paired.c - runs commands turn by turn and tells what each took.
 *
 *   paired ROUNDS COMMAND COMMAND...
 *
 * Each COMMAND goes to sh -c, standard output to /dev/null.  One line a command, in
 * order: median seconds on the clock, the least, and the largest resident set in kB of
 * any process in it.  Taking turns makes a busy machine slow down all of them alike.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS_MAX 8
#define ROUNDS_MAX 99

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double run(const char *command, long *max_rss)
{
	struct rusage use;
	int status;
	double start = now();
	pid_t pid = fork();
	if (pid == 0) {
		dup2(open("/dev/null", O_WRONLY), 1);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) < 0 || !WIFEXITED(status) ||
	    WEXITSTATUS(status) == 127) {
		fprintf(stderr, "paired: cannot run: %s\n", command);
		exit(1);
	}
	if (use.ru_maxrss > *max_rss)
		*max_rss = use.ru_maxrss;
	return now() - start;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static double took[COMMANDS_MAX][ROUNDS_MAX];
	long rss[COMMANDS_MAX] = { 0 };
	int rounds = argc > 2 ? atoi(argv[1]) : 0, n = argc - 2;
	if (rounds < 1 || rounds > ROUNDS_MAX || n > COMMANDS_MAX) {
		fprintf(stderr, "usage: paired ROUNDS COMMAND COMMAND...\n");
		return 2;
	}
	for (int r = 0; r < rounds; r++)
		for (int i = 0; i < n; i++)
			took[i][r] = run(argv[2 + i], &rss[i]);
	for (int i = 0; i < n; i++) {
		qsort(took[i], (size_t)rounds, sizeof(double), compare);
		printf("%.3f %.3f %ld\n", took[i][rounds / 2], took[i][0], rss[i]);
	}
	return 0;
}

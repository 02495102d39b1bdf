/* tests/vmcore/damaged.c - a dump with a byte flipped, or cut off, at many places.
 *
 *   damaged DUMP FLIPS CUTS SEED
 *
 * DUMP is copied into a directory of its own (packed ones unpacked first, by the shell
 * around).  Each damaged copy is imported by $INQUEST into a fresh store.  Whatever the
 * damage: no crash, an exit status that is documented, within ten seconds and 512 MB,
 * and a store that opens; of a file that was cut, a row that says so.  One line for each
 * failure, with what repeats it; the exit status is 1 if there was any.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECONDS_MAX 10			/* of the processor */
#define CLOCK_MAX 120			/* a machine may do other things too */
#define RESIDENT_MAX_KB (512 * 1024)

static char dir[] = "/tmp/inquest-damaged-XXXXXX";
static char dump[100], store[100];
static unsigned failures;

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void die(const char *what)
{
	fprintf(stderr, "damaged: %s: %s\n", what, strerror(errno));
	exit(99);
}

static void copy(const char *from)
{
	char buf[1 << 16];
	size_t n;
	FILE *in = fopen(from, "rb"), *out = fopen(dump, "wb");

	if (!in || !out)
		die(from);
	while ((n = fread(buf, 1, sizeof buf, in)) > 0)
		if (fwrite(buf, 1, n, out) != n)
			die(dump);
	if (fclose(out) || fclose(in))
		die(dump);
}

/* --- one import --- */

struct outcome {
	int status;			/* as wait() gives it */
	double cpu_s, clock_s;
	long resident_kb;
	char said[300];
};

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void import(struct outcome *o)
{
	const char *inquest = getenv("INQUEST");
	struct rusage use;
	char err[120];

	snprintf(err, sizeof err, "%s/err", dir);
	unlink(store);
	double start = now();
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		int fd = open(err, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		dup2(fd, 1);
		dup2(fd, 2);
		alarm(CLOCK_MAX);
		execl(inquest ? inquest : "src/inquest", "inquest", "import", "-q", "-s", store,
		      dump, (char *)NULL);
		_exit(127);
	}
	if (wait4(pid, &o->status, 0, &use) < 0)
		die("wait");
	o->clock_s = now() - start;
	o->cpu_s = seconds(use.ru_utime) + seconds(use.ru_stime);
	o->resident_kb = use.ru_maxrss;
	FILE *f = fopen(err, "r");
	size_t n = f ? fread(o->said, 1, sizeof o->said - 1, f) : 0;
	o->said[n] = 0;
	if (f)
		fclose(f);
}

/* The first column of the first row, or -1. */
static int64_t ask(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t v = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return v;
}

/* NULL: as it should be. */
static const char *judge(const struct outcome *o, bool cut)
{
	sqlite3 *db = NULL;
	const char *wrong = NULL;
	int status = WIFEXITED(o->status) ? WEXITSTATUS(o->status) : -1;

	if (status < 0)
		return "killed";
	if (status != 0 && status != 1 && status != 3)
		return "an exit status that is not documented";
	/* a reader that dies is caught by the jail: no harm, but a defect all the same */
	if (strstr(o->said, "killed by signal"))
		return "the reading process crashed";
	if (o->cpu_s > SECONDS_MAX)
		return "too slow";
	if (o->resident_kb > RESIDENT_MAX_KB)
		return "too much memory";
	if (sqlite3_open_v2(store, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
	    ask(db, "SELECT count(*) FROM v1_capture") < (status != 1))
		wrong = status == 1 ? NULL : "no store";
	else if (status == 3 && ask(db, "SELECT count(*) FROM v1_issue WHERE severity <> 'note'") < 1)
		wrong = "damaged, and no issue says so";
	else if (cut && status == 0)
		wrong = "cut off, and not noticed";
	sqlite3_close(db);
	return wrong;
}

static void try(const char *what, uint64_t at, bool cut)
{
	struct outcome o;

	import(&o);
	const char *wrong = judge(&o, cut);
	if (!wrong)
		return;
	failures++;
	printf("FAILED: %s at byte %llu: %s (status %#x, %.1f s, %.1f s on the clock, %ld kB): "
	       "%s\n", what, (unsigned long long)at, wrong, (unsigned)o.status, o.cpu_s,
	       o.clock_s, o.resident_kb, o.said);
	fflush(stdout);
}

/* --- damage --- */

/* Half of the flips among the first 64 kB: headers are where they hurt. */
static void flips(uint64_t size, unsigned n, uint64_t seed)
{
	int fd = open(dump, O_RDWR);

	if (fd < 0)
		die(dump);
	for (unsigned i = 0; i < n; i++) {
		uint64_t among = i % 2 && size > 65536 ? 65536 : size;
		uint64_t at = next_random(&seed) % among;
		unsigned char was, is;
		if (pread(fd, &was, 1, (off_t)at) != 1)
			die(dump);
		is = (unsigned char)(was ^ (1 + next_random(&seed) % 255));
		if (pwrite(fd, &is, 1, (off_t)at) != 1)
			die(dump);
		char what[60];
		snprintf(what, sizeof what, "%#x for %#x", is, was);
		try(what, at, false);
		if (pwrite(fd, &was, 1, (off_t)at) != 1)
			die(dump);
	}
	close(fd);
}

static int descending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x < y) - (x > y);
}

static void cuts(uint64_t size, unsigned n, uint64_t seed)
{
	uint64_t *at = calloc(n ? n : 1, sizeof *at);

	if (!at)
		die("memory");
	for (unsigned i = 0; i < n; i++)
		at[i] = next_random(&seed) % (i % 4 == 3 && size > 65536 ? 65536 : size);
	qsort(at, n, sizeof *at, descending);
	for (unsigned i = 0; i < n; i++) {
		if (truncate(dump, (off_t)at[i]))
			die(dump);
		try("cut", at[i], true);
	}
	free(at);
}

int main(int argc, char **argv)
{
	struct stat st;

	if (argc != 5) {
		fprintf(stderr, "usage: damaged DUMP FLIPS CUTS SEED\n");
		return 99;
	}
	if (!mkdtemp(dir))
		die(dir);
	snprintf(dump, sizeof dump, "%s/vmcore", dir);
	snprintf(store, sizeof store, "%s/s.db", dir);
	copy(argv[1]);
	if (stat(dump, &st) || st.st_size == 0)
		die(dump);
	unsigned n_flips = (unsigned)atoi(argv[2]), n_cuts = (unsigned)atoi(argv[3]);
	uint64_t seed = strtoull(argv[4], NULL, 0) * 0x9e3779b97f4a7c15u + 1;
	flips((uint64_t)st.st_size, n_flips, seed);
	cuts((uint64_t)st.st_size, n_cuts, seed + 1);
	printf("%s: %u flips, %u cuts, seed %s: %u failed\n", argv[1], n_flips, n_cuts, argv[4],
	       failures);
	char command[200];
	snprintf(command, sizeof command, "rm -rf '%s'", dir);
	if (system(command))
		return 99;
	return failures != 0;
}

/* tests/fuzz/replay.c - runs a fuzz target without a fuzzer.
 *
 * Linked with one fuzz_NAME.c each.  Every input is run as it is, then FUZZ_MUTATE
 * times with a few things changed.  What is changed depends on nothing but FUZZ_SEED,
 * the file's name and the number of the mutation, so that any run can be had again:
 * when one fails, these three are printed and the bytes are left in crash-NAME, to be
 * given as an argument, and to be kept, cut down, in the corpus once it is mended.
 *
 *	fuzz_NAME [FILE or DIRECTORY]...
 *
 * With FUZZ_WRITE=DIRECTORY the mutations are written there and nothing is run: damaged
 * files for the whole program.
 *
 * Without arguments: $srcdir/tests/fuzz/corpus/NAME.  A process of its own runs each
 * file, so that its death can be told; a single run longer than FUZZ_SECONDS is a hang.
 */
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX ((size_t)1 << 20)
#define GROWTH_MAX ((size_t)64 << 10)	/* of one input by its mutations */

struct settings {
	const char *name;		/* of the target, without fuzz_ */
	long mutations;
	unsigned seconds;
	uint64_t seed;
	const char *write_to;		/* a directory, or NULL */
};

static uint64_t state;			/* of next_random() */
static size_t inputs, runs;
static long *at_mutation;		/* shared with the child: 0 is the file itself */

static uint32_t next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

static size_t below(size_t n)
{
	return n ? next_random() % n : 0;
}

static void seed_random(const struct settings *s, const char *path, long mutation)
{
	const char *base = strrchr(path, '/');
	uint64_t h = UINT64_C(14695981039346656037) ^ s->seed;
	for (base = base ? base + 1 : path; *base; base++)
		h = (h ^ (unsigned char)*base) * UINT64_C(1099511628211);
	state = (h ^ (uint64_t)mutation * UINT64_C(0x9e3779b97f4a7c15)) | 1;
	for (int i = 0; i < 4; i++)
		next_random();
}

/* --- mutations: those of bytes, and those that text and numbers fear --- */

struct input {
	uint8_t *p;
	size_t n, cap;
};

static void replace(struct input *in, size_t at, size_t old, const void *with, size_t n)
{
	if (in->n - old + n > in->cap)
		return;
	memmove(in->p + at + n, in->p + at + old, in->n - at - old);
	memmove(in->p + at, with, n);
	in->n += n - old;
}

static void change_number(struct input *in, size_t at)
{
	static const char *const hostile[] = {
		"0", "-1", "1", "255", "65536", "2147483648", "4294967295",
		"9223372036854775807", "9223372036854775808", "18446744073709551615",
		"99999999999999999999999", "0x", "-", "*", "",
	};
	const char *h = hostile[below(sizeof hostile / sizeof *hostile)];
	size_t from = at, to;
	while (from < in->n && (in->p[from] < '0' || in->p[from] > '9'))
		from++;
	for (to = from; to < in->n && in->p[to] >= '0' && in->p[to] <= '9';)
		to++;
	if (to > from)
		replace(in, from, to - from, h, strlen(h));
}

static size_t line_end(const struct input *in, size_t at)
{
	const uint8_t *nl = memchr(in->p + at, '\n', in->n - at);
	return nl ? (size_t)(nl - in->p) + 1 : in->n;
}

/* Drops a line, or prints it a second time elsewhere, or breaks it. */
static void change_line(struct input *in, size_t at)
{
	uint8_t line[512];
	size_t from = line_end(in, at), to = from < in->n ? line_end(in, from) : from;
	size_t n = to - from < sizeof line ? to - from : sizeof line;
	memcpy(line, in->p + from, n);
	switch (below(3)) {
	case 0:
		replace(in, from, to - from, "", 0);
		break;
	case 1:
		replace(in, line_end(in, below(in->n)), 0, line, n);
		break;
	default:
		replace(in, at, 0, "\n", 1);
	}
}

static void change_bytes(struct input *in, size_t at)
{
	static const uint8_t special[] = { 0, '\n', '\r', 0x1b, '"', '\\', '<', '[', 0x7f,
					   0x80, 0xff };
	size_t k = 1 + below(64), to = below(in->n);
	k = k < in->n - at ? k : in->n - at;
	switch (below(6)) {
	case 0:
		in->p[at] ^= (uint8_t)(1u << below(8));
		break;
	case 1:
		in->p[at] = (uint8_t)next_random();
		break;
	case 2:
		in->p[at] = special[below(sizeof special)];
		break;
	case 3:
		replace(in, at, k, "", 0);
		break;
	case 4: {
		uint8_t run[64];
		memcpy(run, in->p + at, k);
		replace(in, to, 0, run, k);
		break;
	}
	default:
		if (below(4) == 0)
			in->n = at;		/* the end is cut off */
		else
			memset(in->p + at, special[below(sizeof special)], k);
	}
}

static void mutate(struct input *in)
{
	size_t n = 1 + below(6);
	while (n-- && in->n) {
		size_t at = below(in->n);
		switch (below(4)) {
		case 0:
			change_number(in, at);
			break;
		case 1:
			change_line(in, at);
			break;
		default:
			change_bytes(in, at);
		}
	}
}

/* --- one file --- */

static void read_file(const char *path, struct input *in)
{
	FILE *f = fopen(path, "rb");
	in->cap = INPUT_MAX + GROWTH_MAX;
	in->p = malloc(in->cap);
	if (!f || !in->p) {
		fprintf(stderr, "%s: cannot be read\n", path);
		exit(99);
	}
	in->n = fread(in->p, 1, INPUT_MAX, f);
	in->cap = in->n + GROWTH_MAX;
	fclose(f);
}

/* Of the processor; ten times that on the clock, for one that waits for ever: a machine
 * that does other things too is no reason to fail. */
static void give_time(unsigned seconds)
{
	struct itimerval t = { .it_value = { .tv_sec = seconds } };
	setitimer(ITIMER_PROF, &t, NULL);
	alarm(10 * seconds);
}

/* Exactly SIZE bytes on the heap, so that a sanitizer sees the first byte beyond. */
static void run(const struct input *in, const struct settings *s)
{
	uint8_t *copy = malloc(in->n ? in->n : 1);
	if (!copy)
		exit(99);
	memcpy(copy, in->p, in->n);
	give_time(s->seconds);
	LLVMFuzzerTestOneInput(copy, in->n);
	give_time(0);
	free(copy);
}

/* The bytes of a mutation; WORK has room for them. */
static void make(const struct settings *s, const char *path, const struct input *file,
		 long mutation, struct input *work)
{
	memcpy(work->p, file->p, file->n);
	work->n = file->n;
	if (!mutation)
		return;
	seed_random(s, path, mutation);
	mutate(work);
}

static void write_out(const char *path, const struct input *in)
{
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(in->p, 1, in->n, f) != in->n || fclose(f)) {
		fprintf(stderr, "%s: cannot be written\n", path);
		exit(99);
	}
}

static void write_all(const struct settings *s, const char *path, const struct input *file,
		      struct input *work)
{
	const char *base = strrchr(path, '/');
	char to[4096];
	for (long i = 1; i <= s->mutations; i++) {
		make(s, path, file, i, work);
		snprintf(to, sizeof to, "%s/%s.%ld", s->write_to, base ? base + 1 : path, i);
		write_out(to, work);
	}
}

static void tell(const struct settings *s, const char *path, const struct input *file,
		 struct input *work, int status)
{
	char crash[200];
	snprintf(crash, sizeof crash, "crash-%s", s->name);
	make(s, path, file, *at_mutation, work);
	write_out(crash, work);
	if (WIFSIGNALED(status))
		fprintf(stderr, "FAILED: signal %d%s", WTERMSIG(status),
			WTERMSIG(status) == SIGALRM || WTERMSIG(status) == SIGPROF
			? " (took too long)" : "");
	else
		fprintf(stderr, "FAILED: status %d", WEXITSTATUS(status));
	fprintf(stderr, " on %s, FUZZ_SEED=%llu, mutation %ld; the bytes are in %s\n", path,
		(unsigned long long)s->seed, *at_mutation, crash);
}

static bool run_file(const struct settings *s, const char *path)
{
	struct input file, work;
	int status = 0;
	read_file(path, &file);
	work = (struct input){ malloc(file.cap), 0, file.cap };
	if (!work.p)
		exit(99);
	inputs++;
	runs += 1 + (size_t)s->mutations;
	fflush(stdout);
	if (s->write_to) {
		write_all(s, path, &file, &work);
		free(file.p);
		free(work.p);
		return true;
	}
	pid_t child = fork();
	if (child == 0) {
		for (long i = 0; i <= s->mutations; i++) {
			*at_mutation = i;
			make(s, path, &file, i, &work);
			run(&work, s);
		}
		free(file.p);
		free(work.p);
		exit(0);		/* a sanitizer looks for leaks now */
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		exit(99);
	if (status)
		tell(s, path, &file, &work, status);
	free(file.p);
	free(work.p);
	return status == 0;
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static bool run_path(const struct settings *s, const char *path)
{
	struct stat st;
	struct dirent **names;
	bool ok = true;
	if (stat(path, &st)) {
		fprintf(stderr, "%s: not there\n", path);
		return false;
	}
	if (!S_ISDIR(st.st_mode))
		return run_file(s, path);
	int n = scandir(path, &names, visible, alphasort);
	for (int i = 0; i < n; i++) {
		char file[4096];
		snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
		ok &= run_path(s, file);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return ok;
}

int main(int argc, char **argv)
{
	const char *m = getenv("FUZZ_MUTATE"), *seed = getenv("FUZZ_SEED");
	const char *seconds = getenv("FUZZ_SECONDS"), *srcdir = getenv("srcdir");
	const char *name = strrchr(argv[0], '/');
	char corpus[4096];
	bool ok = true;
	name = name ? name + 1 : argv[0];
	struct settings s = {
		.name = strncmp(name, "fuzz_", 5) ? name : name + 5,
		.mutations = m ? atol(m) : 40,
		.seconds = seconds ? (unsigned)atoi(seconds) : 30,
		.seed = seed ? strtoull(seed, NULL, 0) : 1,
		.write_to = getenv("FUZZ_WRITE"),
	};
	at_mutation = mmap(NULL, sizeof *at_mutation, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (at_mutation == MAP_FAILED)
		return 99;
	snprintf(corpus, sizeof corpus, "%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".",
		 s.name);
	if (argc < 2)
		ok = run_path(&s, corpus);
	for (int i = 1; i < argc; i++)
		ok &= run_path(&s, argv[i]);
	printf("%s: %zu inputs, %zu runs, seed %llu\n", s.name, inputs, runs,
	       (unsigned long long)s.seed);
	return ok && inputs ? 0 : 1;
}

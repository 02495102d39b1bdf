/* tests/fuzz/replay.c - runs a fuzz target over its corpus, without a fuzzer.
 *
 * Linked with one fuzz_*.c each.  Arguments: files or directories.  With FUZZ_MUTATE=N
 * in the environment every input is also run N times with a few bytes changed, from
 * a fixed seed (FUZZ_SEED), so that `make check` sees some of what a fuzzer sees.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX (4 << 20)

static uint64_t state;
static size_t inputs, runs;

static uint32_t next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

/* Exactly SIZE bytes on the heap, so that a sanitizer sees the first byte beyond. */
static void run(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	if (!copy)
		exit(99);
	if (size)
		memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	runs++;
}

static size_t mutate(uint8_t *data, size_t size)
{
	unsigned n = 1 + next_random() % 6;
	while (n-- && size) {
		size_t at = next_random() % size;
		switch (next_random() % 5) {
		case 0:
			data[at] ^= (uint8_t)(1u << next_random() % 8);
			break;
		case 1:
			data[at] = (uint8_t)next_random();
			break;
		case 2:			/* cut the end */
			size = at;
			break;
		case 3: {		/* drop a run */
			size_t k = 1 + next_random() % 64;
			if (k > size - at)
				k = size - at;
			memmove(data + at, data + at + k, size - at - k);
			size -= k;
			break;
		}
		default:		/* copy a run elsewhere */
			if (size > 1) {
				size_t to = next_random() % size, k = 1 + next_random() % 64;
				if (k > size - at)
					k = size - at;
				if (k > size - to)
					k = size - to;
				memmove(data + to, data + at, k);
			}
		}
	}
	return size;
}

static void run_file(const char *path, long mutations)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(INPUT_MAX), *work = malloc(INPUT_MAX);
	if (!f || !data || !work) {
		fprintf(stderr, "%s: cannot be read\n", path);
		exit(99);
	}
	size_t n = fread(data, 1, INPUT_MAX, f);
	fclose(f);
	inputs++;
	run(data, n);
	for (long i = 0; i < mutations; i++) {
		memcpy(work, data, n);
		run(work, mutate(work, n));
	}
	free(data);
	free(work);
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void run_path(const char *path, long mutations)
{
	struct stat st;
	if (stat(path, &st)) {
		fprintf(stderr, "%s: not there\n", path);
		exit(99);
	}
	if (!S_ISDIR(st.st_mode)) {
		run_file(path, mutations);
		return;
	}
	struct dirent **names;
	int n = scandir(path, &names, visible, alphasort);
	for (int i = 0; i < n; i++) {
		char file[4096];
		snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
		run_path(file, mutations);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

int main(int argc, char **argv)
{
	const char *m = getenv("FUZZ_MUTATE"), *s = getenv("FUZZ_SEED");
	state = s ? strtoull(s, NULL, 0) | 1 : 0x9e3779b97f4a7c15u;
	for (int i = 1; i < argc; i++)
		run_path(argv[i], m ? atol(m) : 0);
	printf("%zu inputs, %zu runs\n", inputs, runs);
	return inputs ? 0 : 1;
}

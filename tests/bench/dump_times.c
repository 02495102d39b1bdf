/* tests/bench/dump_times.c - where the time of reading a dump goes, and what is least.
 *
 *   dump_times DUMP
 *
 * One line for each step of iq_vmcore_state() with its milliseconds, then the pages that
 * were read, those in the dump, and the time it takes to read just these pages and to do
 * nothing with them; beside it what libkdumpfile takes for the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "input/input.h"
#include "../vmcore/forget.h"
#include "vmcore/kernel/kimage.h"

static struct pages_read reads;
static double reads_ms;
static bool stopped;

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

kdump_status __wrap_kdump_read(kdump_ctx_t *kc, kdump_addrspace_t as, kdump_addr_t addr,
			       void *to, size_t *n)
{
	double start = now_ms();
	kdump_status s = __real_kdump_read(kc, as, addr, to, n);

	reads_ms += now_ms() - start;
	if (s == KDUMP_OK && as == KDUMP_MACHPHYSADDR && !stopped)
		pages_note(&reads, addr, *n);
	return s;
}

enum iq_reach_page __wrap_iq_reach_page(struct iq_reach *r, uint64_t pfn, void *to, size_t n)
{
	double start = now_ms();
	enum iq_reach_page is = __real_iq_reach_page(r, pfn, to, n);

	reads_ms += now_ms() - start;
	if (is == IQ_REACH_READ && !stopped)
		pages_note(&reads, pfn * n, n);
	return is;
}

static void step(const char *name, double *since)
{
	double now = now_ms();

	printf("  %-10s %8.1f ms\n", name, now - *since);
	*since = now_ms();
}

/* The same pages once more, through a cache that has none of them. */
static double floor_ms(int fd)
{
	struct iq_limits limits = IQ_LIMITS_DEFAULT;
	const unsigned char *page;
	struct iq_vmcore *v;
	struct iq_err err;

	stopped = true;
	if (iq_vmcore_open(&fd, 1, &limits, NULL, NULL, &v, &err) || !v->pages)
		return 0;
	double start = now_ms();
	for (size_t i = 0; i < reads.n; i++)
		iq_mem_page(v->pages, reads.at[i] / reads.page_bytes, &page);
	return now_ms() - start;
}

static double library_ms(int fd)
{
	kdump_ctx_t *kc = kdump_new();
	unsigned char *page = malloc(reads.page_bytes ? reads.page_bytes : 1);
	double start = now_ms();

	if (!kc || !page || kdump_open_fd(kc, fd) != KDUMP_OK)
		return 0;
	for (size_t i = 0; i < reads.n; i++) {
		size_t n = reads.page_bytes;
		__real_kdump_read(kc, KDUMP_MACHPHYSADDR, reads.at[i], page, &n);
	}
	free(page);
	return now_ms() - start;
}

static int times(void *arg, struct iq_stream *m, struct iq_err *err)
{
	static struct iq_kimage k;
	struct iq_limits limits = IQ_LIMITS_DEFAULT;
	struct iq_sink sink = { .put = forget };
	struct iq_vmcore_sources none = { 0 };
	struct iq_boot boot;
	struct iq_snapshot snapshot;
	struct iq_vmcore *v;
	bool cut;
	double at = now_ms(), start = at;

	(void)arg;
	int fd = iq_stream_fd(m, &cut, err);
	if (fd < 0)
		return -1;
	step("unpacking", &at);
	if (iq_vmcore_open(&fd, 1, &limits, NULL, NULL, &v, err))
		return -1;
	step("headers", &at);
	if (iq_vmcore_log(v, forget_record, NULL, err))
		return -1;
	step("log", &at);
	iq_arena_init(&k.arena);
	k.sink = &sink;
	iq_fact_init(IQ_FACT_BOOT, &boot);
	iq_fact_init(IQ_FACT_SNAPSHOT, &snapshot);
	if (iq_kimage_open(&k, v, &none, err))
		return -1;
	step("kernel", &at);
	if (iq_state_machine(&k, &boot, &snapshot, err))
		return -1;
	for (const struct iq_walker *w = iq_walkers; w->walk; w++) {
		iq_arena_reset(&k.arena);
		if (w->walk(&k, err))
			return -1;
		step(w->name, &at);
	}
	printf("  %-10s %8.1f ms\n", "all", now_ms() - start);
	size_t n = reads.n;
	uint64_t pages = 0;
	for (size_t i = 0; i < v->n_parts; i++)
		pages += v->parts[i].head.pages;
	double spent = reads_ms;
	printf("PAGES %zu read, of %llu in the dump\n", n, (unsigned long long)pages);
	double least = floor_ms(fd);
	printf("FLOOR %.1f ms: the same pages and nothing else (%.1f ms of the above); "
	       "libkdumpfile %.1f ms\n", least, spent, library_ms(fd));
	return 0;
}

int main(int argc, char **argv)
{
	struct iq_walk_opts o = { .limits = IQ_LIMITS_DEFAULT };
	struct iq_visitor v = { .member = times };
	struct iq_err err;

	if (argc != 2) {
		fprintf(stderr, "usage: dump_times DUMP\n");
		return 2;
	}
	if (iq_walk(argv[1], &o, &v, &err)) {
		fprintf(stderr, "%s: %s\n", argv[1], err.text);
		return 1;
	}
	return 0;
}

/* vmcore/state/state_machine.c - the machine as a whole: its name and command line, when it
 * was started and when it died, its load, what the panic left.
 *
 * Times: kernel/time/timekeeping.c.  The timekeeper was last brought up to date at the
 * last tick, so it is at most one tick or one idle period old.  printk's clock begins
 * when the monotonic one does, nearly.
 */
#include "base/units.h"
#include "vmcore/kernel/kread.h"

#include <stdio.h>

#define ZONES_MAX 16
#define COMMAND_LINE_MAX 16384
#define BANNER_MAX 1024
#define DATA_BYTES (UINT64_C(16) << 20)	/* searched around init_uts_ns */
#define CLOCK_FROM UINT64_C(1200000000)	/* 2008 */
#define CLOCK_TO UINT64_C(4000000000)	/* 2096 */
#define KEEPER_AT_MAX 64		/* how far into tk_core the timekeeper may begin */

struct times {
	int64_t wall_us, mono_us;
};

/* --- times --- */

/* The clock of a structure that may be a timekeeper: both times must be possible. */
static bool read_keeper(struct iq_kimage *k, uint64_t keeper, struct times *ret)
{
	int64_t sec, nsec, shift, to_sec, to_nsec;

	if (!iq_ki_get(k, keeper, IQ_M_KEEPER_SEC, &sec) ||
	    !iq_ki_get(k, keeper, IQ_M_KEEPER_NSEC, &nsec) ||
	    !iq_ki_get(k, keeper, IQ_M_KEEPER_SHIFT, &shift) ||
	    !iq_ki_get(k, keeper, IQ_M_KEEPER_TO_MONO_SEC, &to_sec) ||
	    !iq_ki_get(k, keeper, IQ_M_KEEPER_TO_MONO_NSEC, &to_nsec))
		return false;
	if (sec < 0 || sec > INT64_C(1) << 36 || shift < 0 || shift > 32 || nsec < 0 ||
	    to_sec < -(INT64_C(1) << 36) || to_sec > sec || to_nsec < 0 ||
	    to_nsec >= 1000000000)
		return false;
	nsec >>= shift;
	if (nsec > 10 * INT64_C(1000000000))
		return false;
	ret->wall_us = sec * IQ_USEC + nsec / 1000;
	ret->mono_us = ret->wall_us + to_sec * IQ_USEC + to_nsec / 1000;
	return ret->mono_us >= 0;
}

/* By its content: a clock of this century, of which two members tell the same time.  The
 * copy that the kernel keeps (shadow_timekeeper) is as good. */
static bool search_times(struct iq_kimage *k, struct times *ret)
{
	const struct iq_member_at *sec = &k->member[IQ_M_KEEPER_SEC];
	unsigned char b[4096];
	uint64_t at, clock;
	int64_t mono, to_sec;

	if (!sec->known || !iq_ki_has(k, IQ_M_KEEPER_MONO_SEC) ||
	    !iq_ki_symbol(k, "init_uts_ns", &at))
		return false;
	at = (at - DATA_BYTES) & ~(uint64_t)(sizeof b - 1);
	for (uint64_t end = at + 2 * DATA_BYTES; at < end; at += sizeof b) {
		if (iq_mem_read(k->mem, at, b, sizeof b) != IQ_MEM_OK)
			continue;
		for (size_t o = 0; o < sizeof b; o += 8) {
			uint64_t v = iq_mem_int(k->mem, b + o, 8), keeper = at + o - sec->offset;
			if (v < CLOCK_FROM || v > CLOCK_TO ||
			    !iq_ki_pointer(k, keeper, IQ_M_KEEPER_CLOCK, &clock) ||
			    !read_keeper(k, keeper, ret) || ret->mono_us == 0 ||
			    !iq_ki_get(k, keeper, IQ_M_KEEPER_MONO_SEC, &mono) ||
			    !iq_ki_get(k, keeper, IQ_M_KEEPER_TO_MONO_SEC, &to_sec))
				continue;
			if (mono < 0 || to_sec > 0 || to_sec < -(INT64_C(1) << 36))
				continue;
			/* wall_to_monotonic has nanoseconds as well: one second more */
			mono -= (int64_t)v + to_sec;
			if (mono == 0 || mono == 1)
				return true;
		}
	}
	return false;
}

/* 7.x timekeeper_data[], since 3.17 tk_core, before that the timekeeper itself.  In
 * tk_core it stands behind a sequence counter, whose size depends on the configuration
 * and whose structure had no name up to 6.12. */
static bool read_times(struct iq_kimage *k, struct times *ret)
{
	uint64_t at;

	if (iq_ki_symbol(k, "timekeeper_data", &at) || iq_ki_symbol(k, "tk_core", &at)) {
		if (iq_ki_has(k, IQ_M_TK_DATA_TIMEKEEPER))
			return read_keeper(k, iq_ki_at(k, at, IQ_M_TK_DATA_TIMEKEEPER), ret);
		for (unsigned o = 8; o <= KEEPER_AT_MAX; o += 8)
			if (read_keeper(k, at + o, ret))
				return true;
		return false;
	}
	if (iq_ki_symbol(k, "timekeeper", &at))
		return read_keeper(k, at, ret);
	/* what a search tries in vain is not lost */
	uint64_t lost[IQ_MEM_FAILED + 1];
	memcpy(lost, k->lost[IQ_S_KEEPER], sizeof lost);
	bool found = search_times(k, ret);
	memcpy(k->lost[IQ_S_KEEPER], lost, sizeof lost);
	return found;
}

/* --- texts --- */

static void keep(struct iq_kimage *k, struct iq_slice *to, struct iq_slice s)
{
	s = iq_trim(s);
	while (s.n && s.p[s.n - 1] == '\n')
		s.n--;
	if (s.n)
		*to = iq_arena_copy(&k->v->mem, s);
}

static void fill_texts(struct iq_kimage *k, struct iq_boot *boot)
{
	const struct iq_vmcore_info *i = &k->v->info;
	struct iq_slice s;
	uint64_t at;

	if (iq_kr_pointer_at(k, "saved_command_line", &at))
		keep(k, &boot->command_line, iq_ki_string(k, at, COMMAND_LINE_MAX));
	if (iq_ki_symbol(k, "linux_banner", &at)) {
		s = iq_ki_string(k, at, BANNER_MAX);
		if (iq_starts(s, IQ_LIT("Linux version ")))
			keep(k, &boot->kernel_version, s);
	}
	if (!boot->kernel_release.p)
		keep(k, &boot->kernel_release, i->release);
	if (!boot->arch.p)
		keep(k, &boot->arch, i->arch);
	if (boot->page_size == IQ_NULL && k->page_size)
		boot->page_size = (int64_t)k->page_size;
}

/* --- memory --- */

static int64_t present_bytes(struct iq_kimage *k)
{
	struct iq_kr_node nodes[IQ_KR_NODES_MAX];
	size_t n = iq_kr_nodes(k, nodes, IQ_KR_NODES_MAX);
	int64_t sum = 0, pages;

	for (size_t i = 0; i < n; i++) {
		pages = iq_ki_value(k, nodes[i].pgdat, IQ_M_NODE_PRESENT_PAGES);
		if (pages == IQ_NULL || pages < 0 || __builtin_add_overflow(sum, pages, &sum))
			return IQ_NULL;
	}
	return n && sum ? iq_kr_bytes(k, sum) : IQ_NULL;
}

/* --- single numbers --- */

static const struct {
	const char *name, *variable;
	unsigned bytes;			/* 0: a long */
	const char *unit;
} numbers[] = {
	{ "nr_threads", "nr_threads", 4, "count" },
	{ "oom_victims", "oom_victims", 4, "count" },
	{ "totalreserve_pages", "totalreserve_pages", 0, "pages" },
	{ "tcp_memory_allocated", "tcp_memory_allocated", 0, "pages" },
	{ "udp_memory_allocated", "udp_memory_allocated", 0, "pages" },
};

/* Processors: -1 is none. */
static const char *const cpus[] = { "panic_cpu", "crashing_cpu" };

/* avenrun[]: fixed point, 11 bits; rounded as loadavg_proc_show() does. */
static int put_load(struct iq_kimage *k, struct iq_err *err)
{
	static const char *const names[] = { "loadavg1", "loadavg5", "loadavg15" };
	unsigned step = k->mem->long_bytes;
	int64_t v[3];
	uint64_t at;

	if (!iq_ki_symbol(k, "avenrun", &at) ||
	    !iq_kr_numbers(k, IQ_S_SETTING, at, step, false, 3, v))
		return 0;
	for (int i = 0; i < 3; i++)
		if (v[i] >= 0 && v[i] < INT64_C(1) << 40 &&
		    iq_kr_put(k, IQ_LIT("host"), iq_slice_z(names[i]),
			      (v[i] + 2048 / 200) * 100 >> 11, "hundredths", err))
			return -1;
	return 0;
}

static int put_numbers(struct iq_kimage *k, struct iq_err *err)
{
	int64_t v;

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (iq_ki_variable(k, numbers[i].variable, numbers[i].bytes, true, &v) &&
		    iq_kr_put(k, IQ_LIT("host"), iq_slice_z(numbers[i].name), v,
			      numbers[i].unit, err))
			return -1;
	for (size_t i = 0; i < sizeof cpus / sizeof *cpus; i++)
		if (iq_ki_variable(k, cpus[i], 4, true, &v) && v >= 0 &&
		    iq_kr_put(k, IQ_LIT("host"), iq_slice_z(cpus[i]), v, "count", err))
			return -1;
	return put_load(k, err);
}

int iq_state_machine(struct iq_kimage *k, struct iq_boot *boot, struct iq_snapshot *snap,
		     struct iq_err *err)
{
	int64_t ram = present_bytes(k);
	struct times t;

	fill_texts(k, boot);
	if (ram != IQ_NULL)
		boot->ram_bytes = ram;
	if (read_times(k, &t)) {
		snap->wall_us = t.wall_us;
		snap->wall_kind = IQ_WALL_UTC;
		snap->mono_us = t.mono_us;
		if (boot->start_us == IQ_NULL)
			boot->start_us = t.wall_us - t.mono_us;
	}
	return put_numbers(k, err);
}

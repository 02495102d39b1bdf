/* vmcore/state/state_sysctls.c - the settings that decide what happens in a shortage or after
 * a fault, as /proc/sys prints them.
 *
 * A setting is a variable; the table has its name, width, sign and unit.  Several rows
 * of one name: older or newer names of the variable, the first that there is counts.
 */
#include "base/buf.h"
#include "vmcore/kernel/kread.h"
#include "vmcore/kernel/ksettings.h"

#include <inttypes.h>

enum kind { INT, UINT, ULONG, JIFFIES, BITS, INTS, CHARS };

struct setting {
	const char *name, *symbol;
	enum kind kind;
	unsigned n;			/* BITS: a mask.  CHARS: bytes.  INTS: how many, 0:
					 * one for each zone */
};

static const struct setting settings[] = {
	{ "vm.panic_on_oom", "sysctl_panic_on_oom", INT, 0 },
	{ "vm.oom_kill_allocating_task", "sysctl_oom_kill_allocating_task", INT, 0 },
	{ "vm.oom_dump_tasks", "sysctl_oom_dump_tasks", INT, 0 },
	{ "vm.overcommit_memory", "sysctl_overcommit_memory", INT, 0 },
	{ "vm.overcommit_ratio", "sysctl_overcommit_ratio", INT, 0 },
	{ "vm.overcommit_kbytes", "sysctl_overcommit_kbytes", ULONG, 0 },
	{ "vm.admin_reserve_kbytes", "sysctl_admin_reserve_kbytes", ULONG, 0 },
	{ "vm.user_reserve_kbytes", "sysctl_user_reserve_kbytes", ULONG, 0 },
	{ "vm.min_free_kbytes", "min_free_kbytes", INT, 0 },
	{ "vm.watermark_scale_factor", "watermark_scale_factor", INT, 0 },
	{ "vm.watermark_boost_factor", "watermark_boost_factor", INT, 0 },
	{ "vm.lowmem_reserve_ratio", "sysctl_lowmem_reserve_ratio", INTS, 0 },
	{ "vm.percpu_pagelist_high_fraction", "percpu_pagelist_high_fraction", INT, 0 },
	{ "vm.percpu_pagelist_fraction", "percpu_pagelist_fraction", INT, 0 },
	{ "vm.swappiness", "vm_swappiness", INT, 0 },
	{ "vm.vfs_cache_pressure", "sysctl_vfs_cache_pressure", INT, 0 },
	{ "vm.dirty_ratio", "vm_dirty_ratio", INT, 0 },
	{ "vm.dirty_bytes", "vm_dirty_bytes", ULONG, 0 },
	{ "vm.dirty_background_ratio", "dirty_background_ratio", INT, 0 },
	{ "vm.dirty_background_bytes", "dirty_background_bytes", ULONG, 0 },
	{ "vm.dirty_expire_centisecs", "dirty_expire_interval", UINT, 0 },
	{ "vm.dirty_writeback_centisecs", "dirty_writeback_interval", UINT, 0 },
	{ "vm.max_map_count", "sysctl_max_map_count", INT, 0 },
	{ "vm.zone_reclaim_mode", "node_reclaim_mode", INT, 0 },
	{ "vm.zone_reclaim_mode", "zone_reclaim_mode", INT, 0 },
	{ "vm.min_slab_ratio", "sysctl_min_slab_ratio", INT, 0 },
	{ "vm.min_unmapped_ratio", "sysctl_min_unmapped_ratio", INT, 0 },
	{ "vm.page-cluster", "page_cluster", INT, 0 },
	{ "vm.extfrag_threshold", "sysctl_extfrag_threshold", INT, 0 },
	{ "vm.compaction_proactiveness", "sysctl_compaction_proactiveness", UINT, 0 },
	{ "vm.compact_unevictable_allowed", "sysctl_compact_unevictable_allowed", INT, 0 },
	{ "vm.stat_interval", "sysctl_stat_interval", JIFFIES, 0 },
	{ "vm.memory_failure_early_kill", "sysctl_memory_failure_early_kill", INT, 0 },
	{ "vm.memory_failure_recovery", "sysctl_memory_failure_recovery", INT, 0 },
	{ "vm.unprivileged_userfaultfd", "sysctl_unprivileged_userfaultfd", INT, 0 },
	{ "kernel.panic", "panic_timeout", INT, 0 },
	{ "kernel.panic_on_oops", "panic_on_oops", INT, 0 },
	{ "kernel.panic_on_warn", "panic_on_warn", INT, 0 },
	{ "kernel.panic_on_rcu_stall", "sysctl_panic_on_rcu_stall", INT, 0 },
	{ "kernel.max_rcu_stall_to_panic", "sysctl_max_rcu_stall_to_panic", INT, 0 },
	{ "kernel.panic_on_io_nmi", "panic_on_io_nmi", INT, 0 },
	{ "kernel.panic_on_unrecovered_nmi", "panic_on_unrecovered_nmi", INT, 0 },
	{ "kernel.unknown_nmi_panic", "unknown_nmi_panic", INT, 0 },
	{ "kernel.panic_print", "panic_print", ULONG, 0 },
	{ "kernel.oops_limit", "oops_limit", UINT, 0 },
	{ "kernel.warn_limit", "warn_limit", UINT, 0 },
	{ "kernel.oops_all_cpu_backtrace", "sysctl_oops_all_cpu_backtrace", INT, 0 },
	{ "kernel.tainted", "tainted_mask", ULONG, 0 },
	{ "kernel.hung_task_panic", "sysctl_hung_task_panic", INT, 0 },
	{ "kernel.hung_task_timeout_secs", "sysctl_hung_task_timeout_secs", ULONG, 0 },
	{ "kernel.hung_task_check_interval_secs", "sysctl_hung_task_check_interval_secs",
	  ULONG, 0 },
	{ "kernel.hung_task_check_count", "sysctl_hung_task_check_count", INT, 0 },
	{ "kernel.hung_task_warnings", "sysctl_hung_task_warnings", INT, 0 },
	{ "kernel.hung_task_all_cpu_backtrace", "sysctl_hung_task_all_cpu_backtrace", INT, 0 },
	{ "kernel.softlockup_panic", "softlockup_panic", INT, 0 },
	{ "kernel.softlockup_all_cpu_backtrace", "sysctl_softlockup_all_cpu_backtrace",
	  INT, 0 },
	{ "kernel.hardlockup_panic", "hardlockup_panic", INT, 0 },
	{ "kernel.hardlockup_all_cpu_backtrace", "sysctl_hardlockup_all_cpu_backtrace",
	  INT, 0 },
	/* what runs, as reading the files gives; the settings themselves have other names */
	{ "kernel.nmi_watchdog", "watchdog_enabled", BITS, 1 },
	{ "kernel.soft_watchdog", "watchdog_enabled", BITS, 2 },
	{ "kernel.watchdog", "watchdog_enabled", BITS, 3 },
	{ "kernel.watchdog_thresh", "watchdog_thresh", INT, 0 },
	{ "kernel.sysrq", "sysrq_enabled", INT, 0 },
	{ "kernel.threads-max", "max_threads", INT, 0 },
	{ "kernel.pid_max", "pid_max", INT, 0 },
	{ "kernel.randomize_va_space", "randomize_va_space", INT, 0 },
	{ "kernel.modules_disabled", "modules_disabled", INT, 0 },
	{ "kernel.dmesg_restrict", "dmesg_restrict", INT, 0 },
	{ "kernel.kptr_restrict", "kptr_restrict", INT, 0 },
	{ "kernel.core_pattern", "core_pattern", CHARS, 128 },	/* CORENAME_MAX_SIZE */
	{ "kernel.core_uses_pid", "core_uses_pid", INT, 0 },
	{ "kernel.core_pipe_limit", "core_pipe_limit", UINT, 0 },
	{ "kernel.timer_migration", "sysctl_timer_migration", INT, 0 },
	{ "kernel.sched_rt_runtime_us", "sysctl_sched_rt_runtime", INT, 0 },
	{ "kernel.sched_rt_period_us", "sysctl_sched_rt_period", INT, 0 },
	{ "fs.nr_open", "sysctl_nr_open", UINT, 0 },
};

#define SETTINGS (sizeof settings / sizeof *settings)
#define BYTES_MAX 256

static const struct {
	unsigned bytes;			/* 0: a long */
	bool is_signed;
} widths[] = {
	[INT] = { 4, true }, [UINT] = { 4, false }, [ULONG] = { 0, false },
	[JIFFIES] = { 4, false }, [BITS] = { 0, false }, [INTS] = { 4, true },
	[CHARS] = { 1, false },
};

/* HZ is not in the type data; the length of a tick is a variable. */
static int64_t jiffies_a_second(struct iq_kimage *k)
{
	int64_t ns;

	if (!iq_ki_variable(k, "tick_nsec", 0, false, &ns) || ns < 50000 || ns > 100000000)
		return IQ_NULL;
	return (1000000000 + ns / 2) / ns;
}

static bool print_ints(struct iq_kimage *k, const struct setting *s, uint64_t at,
		       struct iq_buf *out)
{
	size_t n = s->n ? s->n : iq_kr_count(k, IQ_M_ZONE_LOWMEM_RESERVE, 16);
	int64_t v[16];

	if (n == 0 || n > 16 || !iq_kr_numbers(k, IQ_S_SETTING, at, 4, true, n, v))
		return false;
	for (size_t i = 0; i < n; i++)
		iq_buf_printf(out, "%s%" PRId64, i ? "\t" : "", v[i]);
	return true;
}

static bool print_number(struct iq_kimage *k, const struct setting *s, uint64_t at,
			 unsigned bytes, struct iq_buf *out)
{
	int64_t v, hz;

	if (!iq_kr_numbers(k, IQ_S_SETTING, at, bytes, widths[s->kind].is_signed, 1, &v))
		return false;
	if (s->kind == JIFFIES) {
		hz = jiffies_a_second(k);
		if (hz == IQ_NULL)
			return false;
		v /= hz;
	}
	if (s->kind == ULONG)
		iq_buf_printf(out, "%" PRIu64, (uint64_t)v);
	else
		iq_buf_printf(out, "%" PRId64, v);
	return true;
}

/* The value of the variable at AT, of BYTES: 0 for its usual size. */
static bool print(struct iq_kimage *k, const struct setting *s, uint64_t at, unsigned bytes,
		  struct iq_buf *out)
{
	if (bytes == 0)
		bytes = widths[s->kind].bytes ? widths[s->kind].bytes : k->mem->long_bytes;
	if (s->kind == INTS)
		return print_ints(k, s, at, out);
	if (s->kind == CHARS) {
		struct iq_slice text = iq_ki_string(k, at, s->n);
		iq_buf_slice(out, text);
		return text.p != NULL;
	}
	return print_number(k, s, at, bytes, out);
}

/* What several files show bits of. */
static bool print_bits(struct iq_kimage *k, const struct setting *s, uint64_t at,
		       struct iq_buf *out)
{
	int64_t v;

	if (!iq_kr_numbers(k, IQ_S_SETTING, at, k->mem->long_bytes, false, 1, &v))
		return false;
	iq_buf_char(out, (uint64_t)v & s->n ? '1' : '0');
	return true;
}

static int put(struct iq_kimage *k, const struct setting *s, const struct iq_buf *value,
	       struct iq_err *err)
{
	struct iq_sysctl f;

	if (value->failed)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	iq_fact_init(IQ_FACT_SYSCTL, &f);
	f.snapshot_id = k->snapshot_id;
	f.name = iq_slice_z(s->name);
	f.value = iq_buf_as_slice(value);
	return iq_sink_put(k->sink, IQ_FACT_SYSCTL, &f, err);
}

static const char *file_name(const struct setting *s)
{
	return strchr(s->name, '.') + 1;
}

/* Settings whose variable no symbol names: by the tables of /proc/sys. */
static int put_unnamed(struct iq_kimage *k, const bool *done, struct iq_buf *b,
		       struct iq_err *err)
{
	struct iq_setting_at at[SETTINGS];

	for (size_t i = 0; i < SETTINGS; i++)
		at[i].name = done[i] ? "" : file_name(&settings[i]);
	iq_settings_find(k, at, SETTINGS);
	for (size_t i = 0; i < SETTINGS; i++) {
		const struct setting *s = &settings[i];
		bool again = i && strcmp(s->name, settings[i - 1].name) == 0;
		if (done[i] || again || !at[i].va || at[i].bytes > BYTES_MAX)
			continue;
		unsigned bytes = at[i].bytes <= 8 ? (unsigned)at[i].bytes : 0;
		iq_buf_reset(b);
		if (print(k, s, at[i].va, bytes, b) && put(k, s, b, err))
			return -1;
	}
	return 0;
}

int iq_state_sysctls(struct iq_kimage *k, struct iq_err *err)
{
	bool done[SETTINGS] = { false };
	size_t missing = 0;
	struct iq_buf b;
	uint64_t at;
	int r = 0;

	iq_buf_init(&b);
	for (size_t i = 0; i < SETTINGS && !r; i++) {
		const struct setting *s = &settings[i];
		bool same = i && strcmp(s->name, settings[i - 1].name) == 0;
		done[i] = same && done[i - 1];
		if (done[i])
			continue;
		iq_buf_reset(&b);
		if (iq_ki_symbol(k, s->symbol, &at))
			done[i] = s->kind == BITS ? print_bits(k, s, at, &b)
						  : print(k, s, at, 0, &b);
		missing += !done[i];
		if (done[i])
			r = put(k, s, &b, err);
	}
	/* a few are of other versions or configurations */
	if (!r && missing > SETTINGS / 2 && k->symbols)
		r = put_unnamed(k, done, &b, err);
	iq_buf_fini(&b);
	return r;
}

/* kern/frameclass.c - see frameclass.h.
 *
 * One row a name; '*' at the end makes it a prefix.  The rows of one first letter are
 * few, and the longest match counts, so their order within the table means nothing.
 */
#include "kern/frameclass.h"

#include "kern/frames.h"

struct row {
	const char *name;
	enum iq_frame_class class;
};

static const struct row report[] = {
	{ "dump_stack*", IQ_FRAME_REPORT }, { "__dump_stack", IQ_FRAME_REPORT },
	{ "dump_backtrace*", IQ_FRAME_REPORT }, { "show_stack*", IQ_FRAME_REPORT },
	{ "show_trace*", IQ_FRAME_REPORT }, { "print_modules", IQ_FRAME_REPORT },
	{ "show_regs*", IQ_FRAME_REPORT }, { "__show_regs", IQ_FRAME_REPORT },
	{ "panic", IQ_FRAME_REPORT }, { "vpanic", IQ_FRAME_REPORT },
	{ "__panic", IQ_FRAME_REPORT }, { "panic_saved_regs*", IQ_FRAME_REPORT },
	{ "nmi_panic", IQ_FRAME_REPORT }, { "__warn", IQ_FRAME_REPORT },
	{ "warn_slowpath_*", IQ_FRAME_REPORT }, { "__warn_printk", IQ_FRAME_REPORT },
	{ "warn_bogus_*", IQ_FRAME_REPORT }, { "warn_alloc*", IQ_FRAME_REPORT },
	{ "report_bug*", IQ_FRAME_REPORT }, { "fixup_bug*", IQ_FRAME_REPORT },
	{ "handle_bug", IQ_FRAME_REPORT }, { "oops_begin", IQ_FRAME_REPORT },
	{ "oops_end", IQ_FRAME_REPORT }, { "oops_exit", IQ_FRAME_REPORT },
	{ "die", IQ_FRAME_REPORT }, { "die_addr", IQ_FRAME_REPORT },
	{ "die_kernel_fault", IQ_FRAME_REPORT }, { "__die*", IQ_FRAME_REPORT },
	{ "arm_notify_die", IQ_FRAME_REPORT }, { "arm64_notify_die", IQ_FRAME_REPORT },
	{ "notify_die", IQ_FRAME_REPORT }, { "no_context", IQ_FRAME_REPORT },
	{ "__bad_area*", IQ_FRAME_REPORT }, { "bad_area*", IQ_FRAME_REPORT },
	{ "page_fault_oops", IQ_FRAME_REPORT }, { "show_fault_oops", IQ_FRAME_REPORT },
	{ "kernelmode_fixup_or_oops*", IQ_FRAME_REPORT }, { "pgtable_bad", IQ_FRAME_REPORT },
	{ "do_page_fault", IQ_FRAME_REPORT }, { "__do_page_fault", IQ_FRAME_REPORT },
	{ "do_user_addr_fault", IQ_FRAME_REPORT }, { "do_kern_addr_fault", IQ_FRAME_REPORT },
	{ "trace_do_page_fault", IQ_FRAME_REPORT }, { "trace_page_fault", IQ_FRAME_REPORT },
	{ "spurious_kernel_fault*", IQ_FRAME_REPORT }, { "exc_*", IQ_FRAME_REPORT },
	{ "asm_exc_*", IQ_FRAME_REPORT }, { "async_page_fault", IQ_FRAME_REPORT },
	{ "do_async_page_fault", IQ_FRAME_REPORT }, { "page_fault", IQ_FRAME_REPORT },
	{ "general_protection", IQ_FRAME_REPORT },
	{ "do_general_protection", IQ_FRAME_REPORT }, { "invalid_op", IQ_FRAME_REPORT },
	{ "do_invalid_op", IQ_FRAME_REPORT }, { "do_trap*", IQ_FRAME_REPORT },
	{ "do_error_trap", IQ_FRAME_REPORT }, { "error_entry", IQ_FRAME_REPORT },
	{ "error_code", IQ_FRAME_REPORT }, { "error_exit", IQ_FRAME_REPORT },
	{ "do_double_fault", IQ_FRAME_REPORT }, { "double_fault", IQ_FRAME_REPORT },
	{ "df_debug", IQ_FRAME_REPORT }, { "handle_stack_overflow", IQ_FRAME_REPORT },
	{ "do_divide_error", IQ_FRAME_REPORT }, { "divide_error", IQ_FRAME_REPORT },
	{ "do_int3", IQ_FRAME_REPORT }, { "int3", IQ_FRAME_REPORT },
	{ "do_stack_segment", IQ_FRAME_REPORT }, { "stack_segment", IQ_FRAME_REPORT },
	{ "crash_kexec", IQ_FRAME_REPORT }, { "__crash_kexec", IQ_FRAME_REPORT },
	{ "machine_kexec*", IQ_FRAME_REPORT }, { "kdump_nmi_callback", IQ_FRAME_REPORT },
	{ "crash_nmi_callback", IQ_FRAME_REPORT },
	{ "native_machine_emergency_restart", IQ_FRAME_REPORT },
	{ "walk_stack*", IQ_FRAME_REPORT }, { "unwind_*", IQ_FRAME_REPORT },
	{ "arch_stack_walk*", IQ_FRAME_REPORT }, { "stack_trace_*", IQ_FRAME_REPORT },
	{ "save_stack*", IQ_FRAME_REPORT }, { "console_unlock", IQ_FRAME_REPORT },
	{ "vprintk*", IQ_FRAME_REPORT }, { "printk", IQ_FRAME_REPORT },
	{ "_printk", IQ_FRAME_REPORT }, { "__schedule_bug", IQ_FRAME_REPORT },
	{ "__might_*", IQ_FRAME_REPORT }, { "might_*", IQ_FRAME_REPORT },
	{ "___might_sleep", IQ_FRAME_REPORT }, { "check_preemption_disabled", IQ_FRAME_REPORT },
	{ "debug_smp_processor_id", IQ_FRAME_REPORT },
	{ "spin_bug", IQ_FRAME_REPORT }, { "spin_dump", IQ_FRAME_REPORT },
	{ "bad_page*", IQ_FRAME_REPORT }, { "print_bad_pte", IQ_FRAME_REPORT },
	{ "__bad_page_fault", IQ_FRAME_REPORT }, { "bad_page_fault", IQ_FRAME_REPORT },
	{ "__do_kernel_fault*", IQ_FRAME_REPORT }, { "do_translation_fault", IQ_FRAME_REPORT },
	{ "do_alignment*", IQ_FRAME_REPORT }, { "do_sect_fault", IQ_FRAME_REPORT },
	{ "do_bad_area", IQ_FRAME_REPORT }, { "do_mem_abort", IQ_FRAME_REPORT },
	{ "do_sea", IQ_FRAME_REPORT }, { "do_sp_pc_abort", IQ_FRAME_REPORT },
	{ "do_tag_*", IQ_FRAME_REPORT }, { "do_DataAbort", IQ_FRAME_REPORT },
	{ "do_PrefetchAbort", IQ_FRAME_REPORT }, { "do_undefinstr", IQ_FRAME_REPORT },
	{ "do_el1_*", IQ_FRAME_REPORT }, { "do_debug_exception", IQ_FRAME_REPORT },
	{ "do_serror", IQ_FRAME_REPORT }, { "arm64_serror_panic", IQ_FRAME_REPORT },
	{ "el1_abort", IQ_FRAME_REPORT }, { "el1_da", IQ_FRAME_REPORT },
	{ "el1_ia", IQ_FRAME_REPORT }, { "el1_sync*", IQ_FRAME_REPORT },
	{ "el1_irq", IQ_FRAME_REPORT }, { "el1_dbg", IQ_FRAME_REPORT },
	{ "el1_brk64", IQ_FRAME_REPORT }, { "el1_undef", IQ_FRAME_REPORT },
	{ "el1_pc", IQ_FRAME_REPORT }, { "el1_error*", IQ_FRAME_REPORT },
	{ "el1_interrupt", IQ_FRAME_REPORT }, { "el1h_64_*", IQ_FRAME_REPORT },
	{ "bad_mode", IQ_FRAME_REPORT }, { "bug_handler", IQ_FRAME_REPORT },
	{ "bug_brk_handler", IQ_FRAME_REPORT }, { "brk_handler", IQ_FRAME_REPORT },
	{ "call_break_hook", IQ_FRAME_REPORT }, { "__dabt_svc", IQ_FRAME_REPORT },
	{ "__pabt_svc", IQ_FRAME_REPORT }, { "__irq_svc", IQ_FRAME_REPORT },
	{ "__und_svc*", IQ_FRAME_REPORT }, { "__do_pgm_check", IQ_FRAME_REPORT },
	{ "pgm_check_handler*", IQ_FRAME_REPORT }, { "do_dat_exception", IQ_FRAME_REPORT },
	{ "do_protection_exception", IQ_FRAME_REPORT },
	{ "monitor_event_exception", IQ_FRAME_REPORT }, { "illegal_op", IQ_FRAME_REPORT },
	{ "handle_page_fault", IQ_FRAME_REPORT }, { "data_access_*", IQ_FRAME_REPORT },
	{ "do_hash_fault", IQ_FRAME_REPORT }, { "instruction_access_*", IQ_FRAME_REPORT },
	{ "program_check_*", IQ_FRAME_REPORT }, { "interrupt_return*", IQ_FRAME_REPORT },
	{ "handle_exception", IQ_FRAME_REPORT }, { "warn_bogus*", IQ_FRAME_REPORT },
	{ "ret_from_exception", IQ_FRAME_REPORT }, { "print_circular_bug*", IQ_FRAME_REPORT },
	{ "lockdep_rcu_suspicious", IQ_FRAME_REPORT }, { "print_usage_bug*", IQ_FRAME_REPORT },
	{ "print_irq_inversion_bug*", IQ_FRAME_REPORT }, { "assertfail", IQ_FRAME_HELPER },
	{ "rust_helper_BUG", IQ_FRAME_HELPER }, { "rust_begin_unwind", IQ_FRAME_HELPER },
	{ "assfail", IQ_FRAME_HELPER }, { "asswarn", IQ_FRAME_HELPER },
	{ "btrfs_assertfail", IQ_FRAME_HELPER }, { "kvm_spurious_fault", IQ_FRAME_HELPER },
	{ "spl_panic", IQ_FRAME_HELPER }, { "lbug_with_loc", IQ_FRAME_HELPER },
	{ "print_unlock_imbalance_bug*", IQ_FRAME_REPORT }, { "abort", IQ_FRAME_REPORT },
	{ "__stack_chk_fail", IQ_FRAME_SANITIZER },
};

static const struct row sanitizer[] = {
	{ "kasan_*", IQ_FRAME_SANITIZER }, { "__kasan_*", IQ_FRAME_SANITIZER },
	{ "__asan_*", IQ_FRAME_SANITIZER }, { "asan_*", IQ_FRAME_SANITIZER },
	{ "__hwasan_*", IQ_FRAME_SANITIZER }, { "hwasan_*", IQ_FRAME_SANITIZER },
	{ "print_report*", IQ_FRAME_SANITIZER }, { "print_address_*", IQ_FRAME_SANITIZER },
	{ "check_memory_region*", IQ_FRAME_SANITIZER }, { "kmsan_*", IQ_FRAME_SANITIZER },
	{ "check_region_inline", IQ_FRAME_SANITIZER }, { "check_poison_obj", IQ_FRAME_SANITIZER },
	{ "__msan_*", IQ_FRAME_SANITIZER }, { "msan_*", IQ_FRAME_SANITIZER },
	{ "kfence_*", IQ_FRAME_SANITIZER }, { "__kfence_*", IQ_FRAME_SANITIZER },
	{ "kcsan_*", IQ_FRAME_SANITIZER }, { "__tsan_*", IQ_FRAME_SANITIZER },
	{ "__kcsan_*", IQ_FRAME_SANITIZER }, { "check_access", IQ_FRAME_SANITIZER },
	{ "__ubsan_*", IQ_FRAME_SANITIZER }, { "ubsan_*", IQ_FRAME_SANITIZER },
	{ "handle_overflow", IQ_FRAME_SANITIZER }, { "val_to_string*", IQ_FRAME_SANITIZER },
	{ "refcount_warn_saturate", IQ_FRAME_SANITIZER }, { "refcount_inc*", IQ_FRAME_SANITIZER },
	{ "refcount_dec*", IQ_FRAME_SANITIZER }, { "refcount_add*", IQ_FRAME_SANITIZER },
	{ "refcount_sub*", IQ_FRAME_SANITIZER }, { "__refcount_*", IQ_FRAME_SANITIZER },
	{ "kref_*", IQ_FRAME_SANITIZER }, { "__list_add*", IQ_FRAME_SANITIZER },
	{ "__list_del*", IQ_FRAME_SANITIZER }, { "usercopy_abort", IQ_FRAME_SANITIZER },
	{ "report_usercopy", IQ_FRAME_SANITIZER }, { "__check_heap_object", IQ_FRAME_SANITIZER },
	{ "check_heap_object", IQ_FRAME_SANITIZER }, { "kernel_stack_overflow", IQ_FRAME_REPORT },
	{ "__check_object_size*", IQ_FRAME_SANITIZER }, { "fortify_panic", IQ_FRAME_SANITIZER },
	{ "__fortify_*", IQ_FRAME_SANITIZER }, { "__sanitizer_cov_*", IQ_FRAME_SANITIZER },
	{ "object_err*", IQ_FRAME_SANITIZER }, { "slab_err", IQ_FRAME_SANITIZER },
	{ "print_trailer", IQ_FRAME_SANITIZER }, { "check_bytes_and_report", IQ_FRAME_SANITIZER },
	{ "check_object", IQ_FRAME_SANITIZER }, { "alloc_debug_processing", IQ_FRAME_SANITIZER },
	{ "free_debug_processing", IQ_FRAME_SANITIZER }, { "on_freelist", IQ_FRAME_SANITIZER },
	{ "debug_print_object", IQ_FRAME_SANITIZER }, { "debug_object_*", IQ_FRAME_SANITIZER },
	{ "__debug_check_no_obj_freed", IQ_FRAME_SANITIZER },
	{ "debug_check_no_obj_freed", IQ_FRAME_SANITIZER },
	{ "slab_pad_check*", IQ_FRAME_SANITIZER }, { "check_slab", IQ_FRAME_SANITIZER },
	{ "skb_panic", IQ_FRAME_HELPER }, { "skb_over_panic", IQ_FRAME_HELPER },
	{ "skb_under_panic", IQ_FRAME_HELPER },
};

static const struct row watchdog[] = {
	{ "watchdog*", IQ_FRAME_WATCHDOG }, { "softlockup_*", IQ_FRAME_WATCHDOG },
	{ "is_softlockup", IQ_FRAME_WATCHDOG }, { "check_hung_*", IQ_FRAME_WATCHDOG },
	{ "__hrtimer_run_queues", IQ_FRAME_WATCHDOG }, { "__run_hrtimer", IQ_FRAME_WATCHDOG },
	{ "hrtimer_interrupt", IQ_FRAME_WATCHDOG }, { "sysvec_*", IQ_FRAME_WATCHDOG },
	{ "__sysvec_*", IQ_FRAME_WATCHDOG }, { "instr_sysvec_*", IQ_FRAME_WATCHDOG },
	{ "asm_sysvec_*", IQ_FRAME_WATCHDOG }, { "smp_apic_timer_interrupt*", IQ_FRAME_WATCHDOG },
	{ "smp_trace_apic_timer_interrupt*", IQ_FRAME_WATCHDOG },
	{ "__smp_apic_timer_interrupt", IQ_FRAME_WATCHDOG },
	{ "apic_timer_interrupt*", IQ_FRAME_WATCHDOG },
	{ "trace_apic_timer_interrupt*", IQ_FRAME_WATCHDOG },
	{ "local_apic_timer_interrupt", IQ_FRAME_WATCHDOG }, { "tick_*", IQ_FRAME_WATCHDOG },
	{ "update_process_times", IQ_FRAME_WATCHDOG }, { "rcu_check_callbacks", IQ_FRAME_WATCHDOG },
	{ "__rcu_pending", IQ_FRAME_WATCHDOG }, { "rcu_sched_clock_irq", IQ_FRAME_WATCHDOG },
	{ "rcu_pending", IQ_FRAME_WATCHDOG }, { "print_cpu_stall*", IQ_FRAME_WATCHDOG },
	{ "print_other_cpu_stall", IQ_FRAME_WATCHDOG }, { "check_cpu_stall*", IQ_FRAME_WATCHDOG },
	{ "rcu_dump_cpu_stacks", IQ_FRAME_WATCHDOG }, { "rcu_check_gp_*", IQ_FRAME_WATCHDOG },
	{ "trigger_*", IQ_FRAME_WATCHDOG }, { "nmi_cpu_backtrace*", IQ_FRAME_WATCHDOG },
	{ "nmi_trigger_*", IQ_FRAME_WATCHDOG }, { "arch_trigger_*", IQ_FRAME_WATCHDOG },
	{ "rcu_dump_task", IQ_FRAME_WATCHDOG }, { "dump_cpu_task", IQ_FRAME_WATCHDOG },
	{ "sched_show_task", IQ_FRAME_WATCHDOG }, { "_sched_show_task", IQ_FRAME_WATCHDOG },
	{ "nmi_handle", IQ_FRAME_WATCHDOG }, { "default_do_nmi", IQ_FRAME_WATCHDOG },
	{ "do_nmi", IQ_FRAME_WATCHDOG }, { "nmi", IQ_FRAME_WATCHDOG },
	{ "exc_nmi", IQ_FRAME_WATCHDOG }, { "end_repeat_nmi", IQ_FRAME_WATCHDOG },
	{ "asm_exc_nmi", IQ_FRAME_WATCHDOG }, { "perf_event_nmi_handler", IQ_FRAME_WATCHDOG },
	{ "intel_pmu_handle_irq", IQ_FRAME_WATCHDOG }, { "perf_event_overflow", IQ_FRAME_WATCHDOG },
	{ "__perf_event_overflow", IQ_FRAME_WATCHDOG }, { "handle_pmi_common", IQ_FRAME_WATCHDOG },
	{ "amd_pmu_handle_irq", IQ_FRAME_WATCHDOG }, { "x86_pmu_handle_irq", IQ_FRAME_WATCHDOG },
	{ "unknown_nmi_error", IQ_FRAME_WATCHDOG }, { "mod_code_status", IQ_FRAME_WATCHDOG },
	{ "notifier_call_chain", IQ_FRAME_WATCHDOG }, { "ghes_notify_nmi", IQ_FRAME_WATCHDOG },
	{ "__ghes_panic*", IQ_FRAME_WATCHDOG }, { "ghes_in_nmi*", IQ_FRAME_WATCHDOG },
	{ "atomic_notifier_call_chain", IQ_FRAME_WATCHDOG },
	{ "__atomic_notifier_call_chain", IQ_FRAME_WATCHDOG },
	{ "do_machine_check", IQ_FRAME_WATCHDOG }, { "machine_check", IQ_FRAME_WATCHDOG },
	{ "mce_panic", IQ_FRAME_WATCHDOG }, { "mce_end", IQ_FRAME_WATCHDOG },
	{ "mce_reign", IQ_FRAME_WATCHDOG }, { "mce_timed_out", IQ_FRAME_WATCHDOG },
	{ "sched_clock_tick", IQ_FRAME_WATCHDOG }, { "scheduler_tick", IQ_FRAME_WATCHDOG },
	{ "invoke_rcu_core", IQ_FRAME_WATCHDOG }, { "irq_exit", IQ_FRAME_WATCHDOG },
	{ "exiting_irq", IQ_FRAME_WATCHDOG }, { "arch_timer_handler_*", IQ_FRAME_WATCHDOG },
	{ "handle_percpu_devid_irq", IQ_FRAME_WATCHDOG }, { "gic_handle_irq", IQ_FRAME_WATCHDOG },
	{ "reschedule_interrupt", IQ_FRAME_WATCHDOG },
	{ "smp_reschedule_interrupt", IQ_FRAME_WATCHDOG },
	{ "call_function_interrupt", IQ_FRAME_WATCHDOG }, { "dev_watchdog", IQ_FRAME_CODE },
};

static const struct row waiting[] = {
	{ "__schedule", IQ_FRAME_WAIT }, { "schedule*", IQ_FRAME_WAIT },
	{ "preempt_schedule*", IQ_FRAME_WAIT }, { "___preempt_schedule*", IQ_FRAME_WAIT },
	{ "retint_*", IQ_FRAME_WATCHDOG }, { "io_schedule*", IQ_FRAME_WAIT },
	{ "context_switch", IQ_FRAME_WAIT }, { "__switch_to*", IQ_FRAME_WAIT },
	{ "wait_for_completion*", IQ_FRAME_WAIT }, { "wait_for_common*", IQ_FRAME_WAIT },
	{ "do_wait_for_common", IQ_FRAME_WAIT }, { "__wait_for_common", IQ_FRAME_WAIT },
	{ "__wait_on_bit*", IQ_FRAME_WAIT }, { "out_of_line_wait_on_bit*", IQ_FRAME_WAIT },
	{ "bit_wait*", IQ_FRAME_WAIT }, { "wait_on_bit*", IQ_FRAME_WAIT },
	{ "sleep_on_page*", IQ_FRAME_WAIT }, { "sync_page*", IQ_FRAME_WAIT },
	{ "sleep_on_buffer", IQ_FRAME_WAIT }, { "sync_buffer", IQ_FRAME_WAIT },
	{ "rwsem_down_*", IQ_FRAME_WAIT }, { "down_read*", IQ_FRAME_WAIT },
	{ "__down_*", IQ_FRAME_WAIT }, { "rwsem_read_trylock", IQ_FRAME_WAIT },
	{ "down_write*", IQ_FRAME_WAIT }, { "__mutex_lock*", IQ_FRAME_WAIT },
	{ "mutex_lock*", IQ_FRAME_WAIT }, { "__ww_mutex_lock*", IQ_FRAME_WAIT },
	{ "ww_mutex_lock*", IQ_FRAME_WAIT }, { "__down", IQ_FRAME_WAIT },
	{ "down", IQ_FRAME_WAIT }, { "down_timeout", IQ_FRAME_WAIT },
	{ "down_interruptible", IQ_FRAME_WAIT }, { "down_killable", IQ_FRAME_WAIT },
	{ "rt_mutex_*", IQ_FRAME_WAIT }, { "__rt_mutex_*", IQ_FRAME_WAIT },
	{ "rt_spin_*", IQ_FRAME_WAIT }, { "rtlock_*", IQ_FRAME_WAIT },
	{ "percpu_down_*", IQ_FRAME_WAIT }, { "__percpu_down_*", IQ_FRAME_WAIT },
	{ "percpu_rwsem_*", IQ_FRAME_WAIT }, { "_raw_spin_*", IQ_FRAME_WAIT },
	{ "_raw_read_*", IQ_FRAME_WAIT }, { "_raw_write_*", IQ_FRAME_WAIT },
	{ "__raw_spin_*", IQ_FRAME_WAIT }, { "_spin_lock*", IQ_FRAME_WAIT },
	{ "_spin_unlock*", IQ_FRAME_WAIT }, { "__ticket_spin_*", IQ_FRAME_WAIT },
	{ "__raw_read_*", IQ_FRAME_WAIT }, { "__raw_write_*", IQ_FRAME_WAIT },
	{ "do_raw_spin_*", IQ_FRAME_WAIT }, { "do_raw_read_*", IQ_FRAME_WAIT },
	{ "do_raw_write_*", IQ_FRAME_WAIT }, { "queued_spin_lock_slowpath", IQ_FRAME_WAIT },
	{ "native_queued_spin_lock_slowpath", IQ_FRAME_WAIT },
	{ "__pv_queued_spin_lock_slowpath", IQ_FRAME_WAIT }, { "osq_lock", IQ_FRAME_WAIT },
	{ "pv_wait_*", IQ_FRAME_WAIT }, { "__pv_wait_*", IQ_FRAME_WAIT },
	{ "queued_read_lock_slowpath", IQ_FRAME_WAIT },
	{ "queued_write_lock_slowpath", IQ_FRAME_WAIT },
	{ "mutex_optimistic_spin*", IQ_FRAME_WAIT }, { "mutex_spin_on_owner*", IQ_FRAME_WAIT },
	{ "rwsem_spin_on_owner", IQ_FRAME_WAIT }, { "rwsem_optimistic_spin", IQ_FRAME_WAIT },
	{ "ldsem_*", IQ_FRAME_WAIT }, { "__ldsem_*", IQ_FRAME_WAIT },
	{ "call_rwsem_*", IQ_FRAME_WAIT }, { "smp_call_function_*", IQ_FRAME_WAIT },
	{ "smp_call_function", IQ_FRAME_WAIT }, { "generic_exec_single", IQ_FRAME_WAIT },
	{ "csd_lock_wait*", IQ_FRAME_WAIT }, { "__csd_lock_wait", IQ_FRAME_WAIT },
	{ "on_each_cpu*", IQ_FRAME_WAIT }, { "flush_tlb_*", IQ_FRAME_WAIT },
	{ "native_flush_tlb_*", IQ_FRAME_WAIT }, { "stop_one_cpu", IQ_FRAME_WAIT },
	{ "wait_on_page_bit*", IQ_FRAME_WAIT }, { "wait_on_page_writeback*", IQ_FRAME_WAIT },
	{ "wait_on_page_locked*", IQ_FRAME_WAIT }, { "folio_wait_*", IQ_FRAME_WAIT },
	{ "__lock_page*", IQ_FRAME_WAIT }, { "__folio_lock*", IQ_FRAME_WAIT },
	{ "lock_page*", IQ_FRAME_WAIT }, { "folio_lock*", IQ_FRAME_WAIT },
	{ "__wait_on_buffer", IQ_FRAME_WAIT }, { "__lock_buffer", IQ_FRAME_WAIT },
	{ "msleep*", IQ_FRAME_WAIT }, { "do_nanosleep", IQ_FRAME_WAIT },
	{ "hrtimer_nanosleep*", IQ_FRAME_WAIT }, { "__lock_acquire*", IQ_FRAME_WAIT },
	{ "lock_acquire*", IQ_FRAME_WAIT }, { "lock_release*", IQ_FRAME_WAIT },
	{ "console_lock", IQ_FRAME_SERVICE },
	/* waits for another thread to do something: where it waits is no secret */
	{ "flush_work*", IQ_FRAME_SERVICE }, { "__flush_work*", IQ_FRAME_SERVICE },
	{ "drain_workqueue", IQ_FRAME_SERVICE }, { "cancel_work*", IQ_FRAME_SERVICE },
	{ "cancel_delayed_work*", IQ_FRAME_SERVICE }, { "__cancel_work*", IQ_FRAME_SERVICE },
	{ "__flush_workqueue", IQ_FRAME_SERVICE }, { "flush_delayed_work", IQ_FRAME_SERVICE },
	{ "synchronize_rcu*", IQ_FRAME_SERVICE }, { "synchronize_srcu*", IQ_FRAME_SERVICE },
	{ "synchronize_net", IQ_FRAME_SERVICE }, { "synchronize_sched*", IQ_FRAME_SERVICE },
	{ "__synchronize_*", IQ_FRAME_SERVICE }, { "__wait_rcu_gp", IQ_FRAME_SERVICE },
	{ "wait_rcu_gp", IQ_FRAME_SERVICE }, { "_rcu_barrier*", IQ_FRAME_SERVICE },
	{ "rcu_barrier*", IQ_FRAME_SERVICE }, { "kthread_stop*", IQ_FRAME_SERVICE },
	{ "usb_kill_urb", IQ_FRAME_SERVICE }, { "usb_start_wait_urb", IQ_FRAME_SERVICE },
};

static const struct row helpers[] = {
	{ "memcpy*", IQ_FRAME_HELPER }, { "memmove*", IQ_FRAME_HELPER },
	{ "memset*", IQ_FRAME_HELPER }, { "memcmp*", IQ_FRAME_HELPER },
	{ "memchr*", IQ_FRAME_HELPER }, { "__mem*", IQ_FRAME_HELPER },
	{ "memdup_*", IQ_FRAME_HELPER }, { "clear_page*", IQ_FRAME_HELPER },
	{ "clear_user*", IQ_FRAME_HELPER }, { "copy_page*", IQ_FRAME_HELPER },
	{ "copy_to_user*", IQ_FRAME_HELPER }, { "copy_from_user*", IQ_FRAME_HELPER },
	{ "_copy_to_*", IQ_FRAME_HELPER }, { "_copy_from_*", IQ_FRAME_HELPER },
	{ "__copy_*", IQ_FRAME_HELPER }, { "copy_user_*", IQ_FRAME_HELPER },
	{ "rep_movs*", IQ_FRAME_HELPER }, { "rb_*", IQ_FRAME_HELPER },
	{ "__rb_*", IQ_FRAME_HELPER }, { "radix_tree_*", IQ_FRAME_HELPER },
	{ "__radix_tree_*", IQ_FRAME_HELPER }, { "xas_*", IQ_FRAME_HELPER },
	{ "idr_*", IQ_FRAME_HELPER }, { "list_*", IQ_FRAME_HELPER },
	{ "kmalloc*", IQ_FRAME_HELPER }, { "kzalloc*", IQ_FRAME_HELPER },
	{ "kcalloc*", IQ_FRAME_HELPER }, { "__kmalloc*", IQ_FRAME_HELPER },
	{ "kmem_cache_*", IQ_FRAME_HELPER }, { "__kmem_cache_*", IQ_FRAME_HELPER },
	{ "kfree*", IQ_FRAME_HELPER }, { "__kfree*", IQ_FRAME_HELPER },
	{ "kvfree*", IQ_FRAME_HELPER }, { "___slab_alloc", IQ_FRAME_HELPER },
	{ "__slab_*", IQ_FRAME_HELPER }, { "slab_free*", IQ_FRAME_HELPER },
	{ "slab_alloc*", IQ_FRAME_HELPER }, { "get_freepointer*", IQ_FRAME_HELPER },
	{ "allocate_slab", IQ_FRAME_HELPER }, { "new_slab", IQ_FRAME_HELPER },
	{ "cache_alloc_*", IQ_FRAME_HELPER }, { "cache_grow*", IQ_FRAME_HELPER },
	{ "vsnprintf", IQ_FRAME_HELPER }, { "snprintf", IQ_FRAME_HELPER },
	{ "sprintf", IQ_FRAME_HELPER }, { "vsprintf", IQ_FRAME_HELPER },
	{ "scnprintf", IQ_FRAME_HELPER }, { "vscnprintf", IQ_FRAME_HELPER },
	{ "va_format*", IQ_FRAME_HELPER }, { "hex_string", IQ_FRAME_HELPER },
	{ "hex_dump_to_buffer", IQ_FRAME_HELPER }, { "string", IQ_FRAME_HELPER },
	{ "string_nocheck", IQ_FRAME_HELPER }, { "pointer", IQ_FRAME_HELPER },
	{ "kobject_*", IQ_FRAME_HELPER }, { "get_page_from_freelist", IQ_FRAME_HELPER },
	{ "__alloc_pages*", IQ_FRAME_HELPER }, { "alloc_pages*", IQ_FRAME_HELPER },
	{ "__alloc_frozen*", IQ_FRAME_HELPER }, { "__rcu_read_*", IQ_FRAME_HELPER },
	{ "lockdep_*", IQ_FRAME_HELPER }, { "mark_lock*", IQ_FRAME_HELPER },
	{ "register_lock_class", IQ_FRAME_HELPER }, { "validate_chain*", IQ_FRAME_HELPER },
	{ "check_prev*", IQ_FRAME_HELPER }, { "check_noncircular*", IQ_FRAME_HELPER },
	{ "check_deadlock", IQ_FRAME_HELPER }, { "valid_state", IQ_FRAME_HELPER },
	{ "check_usage*", IQ_FRAME_HELPER }, { "mark_irqflags*", IQ_FRAME_HELPER },
	{ "mark_held_locks", IQ_FRAME_HELPER }, { "mark_usage", IQ_FRAME_HELPER },
	{ "trace_hardirqs_*", IQ_FRAME_HELPER }, { "trace_softirqs_*", IQ_FRAME_HELPER },
	{ "look_up_lock_class", IQ_FRAME_HELPER }, { "hlock_class", IQ_FRAME_HELPER },
	{ "rcu_preempt_sleep_check", IQ_FRAME_HELPER },
	{ "debug_check_no_locks_*", IQ_FRAME_HELPER }, { "__cond_resched*", IQ_FRAME_HELPER },
	{ "_cond_resched", IQ_FRAME_HELPER }, { "preempt_count_*", IQ_FRAME_HELPER },
	{ "debug_*", IQ_FRAME_HELPER }, { "perf_trace_*", IQ_FRAME_HELPER },
	{ "dev_printk_emit", IQ_FRAME_HELPER }, { "dev_vprintk_emit", IQ_FRAME_HELPER },
	{ "__dev_printk", IQ_FRAME_HELPER }, { "_dev_*", IQ_FRAME_HELPER },
	{ "kstrdup*", IQ_FRAME_HELPER }, { "kvasprintf*", IQ_FRAME_HELPER },
	{ "kmemdup*", IQ_FRAME_HELPER }, { "kvmalloc*", IQ_FRAME_HELPER },
	{ "pcpu_mem_zalloc", IQ_FRAME_HELPER }, { "post_alloc_hook", IQ_FRAME_HELPER },
	{ "___kmalloc*", IQ_FRAME_HELPER }, { "crc16", IQ_FRAME_HELPER },
	{ "crc32*", IQ_FRAME_HELPER }, { "crc_itu_t", IQ_FRAME_HELPER },
	{ "mutex_remove_waiter", IQ_FRAME_WAIT }, { "print_hex_dump*", IQ_FRAME_HELPER },
	{ "rhashtable_*", IQ_FRAME_HELPER }, { "__rhashtable_*", IQ_FRAME_HELPER },
	{ "usercopy_warn", IQ_FRAME_SANITIZER }, { "__seqprop_*", IQ_FRAME_HELPER },
	{ "__fortify_report", IQ_FRAME_SANITIZER }, { "lock_timer_base", IQ_FRAME_WAIT },
	{ "ida_*", IQ_FRAME_HELPER }, { "__phys_addr*", IQ_FRAME_HELPER },
	{ "__virt_to_phys*", IQ_FRAME_HELPER }, { "sysfs_remove_*", IQ_FRAME_HELPER },
	{ "kmalloc_slab", IQ_FRAME_HELPER }, { "proc_register", IQ_FRAME_HELPER },
	{ "io_serial_in", IQ_FRAME_HELPER }, { "io_serial_out", IQ_FRAME_HELPER },
	{ "read_word_at_a_time", IQ_FRAME_HELPER }, { "__read_once*", IQ_FRAME_HELPER },
	{ "__wake_up*", IQ_FRAME_HELPER }, { "__dput*", IQ_FRAME_HELPER },
	{ "fast_dput", IQ_FRAME_HELPER }, { "dput", IQ_FRAME_HELPER },
	{ "iput", IQ_FRAME_HELPER }, { "ref_tracker_*", IQ_FRAME_HELPER },
	{ "text_poke_*", IQ_FRAME_HELPER }, { "folio_unlock", IQ_FRAME_HELPER },
	{ "unlock_page", IQ_FRAME_HELPER }, { "__x86_indirect_thunk_*", IQ_FRAME_HELPER },
	{ "__x86_return_thunk", IQ_FRAME_HELPER }, { "__pfx_*", IQ_FRAME_HELPER },
	{ "work_is_static_object", IQ_FRAME_HELPER }, { "_find_*", IQ_FRAME_HELPER },
	{ "timer_is_static_object", IQ_FRAME_HELPER }, { "__const_udelay", IQ_FRAME_HELPER },
	{ "delay_tsc", IQ_FRAME_HELPER }, { "__delay", IQ_FRAME_HELPER },
	{ "__udelay", IQ_FRAME_HELPER }, { "delay_loop", IQ_FRAME_HELPER },
	{ "delay_halt*", IQ_FRAME_HELPER }, { "native_read_tsc", IQ_FRAME_HELPER },
	{ "ioread*", IQ_FRAME_HELPER }, { "iowrite*", IQ_FRAME_HELPER },
	{ "readl", IQ_FRAME_HELPER }, { "writel", IQ_FRAME_HELPER },
	{ "__raw_read*", IQ_FRAME_HELPER }, { "__raw_write?", IQ_FRAME_HELPER },
	{ "logic_in*", IQ_FRAME_HELPER }, { "logic_out*", IQ_FRAME_HELPER },
	{ "inb", IQ_FRAME_HELPER }, { "outb", IQ_FRAME_HELPER },
	{ "native_safe_halt", IQ_FRAME_HELPER }, { "default_idle*", IQ_FRAME_HELPER },
	{ "__list_*", IQ_FRAME_SANITIZER },
};

static const struct row entries[] = {
	{ "entry_SYSCALL_64*", IQ_FRAME_ENTRY }, { "do_syscall_*", IQ_FRAME_ENTRY },
	{ "x64_sys_call", IQ_FRAME_ENTRY }, { "ia32_sys_call", IQ_FRAME_ENTRY },
	{ "system_call*", IQ_FRAME_ENTRY }, { "tracesys*", IQ_FRAME_ENTRY },
	{ "sysenter_*", IQ_FRAME_ENTRY }, { "syscall_call", IQ_FRAME_ENTRY },
	{ "int80*", IQ_FRAME_ENTRY }, { "do_int80*", IQ_FRAME_ENTRY },
	{ "do_fast_syscall_32", IQ_FRAME_ENTRY }, { "__do_fast_syscall_32", IQ_FRAME_ENTRY },
	{ "entry_SYSENTER*", IQ_FRAME_ENTRY }, { "entry_INT80*", IQ_FRAME_ENTRY },
	{ "el0_*", IQ_FRAME_ENTRY }, { "el0t_*", IQ_FRAME_ENTRY },
	{ "invoke_syscall*", IQ_FRAME_ENTRY }, { "do_el0_svc*", IQ_FRAME_ENTRY },
	{ "ret_from_fork*", IQ_FRAME_ENTRY }, { "kthread", IQ_FRAME_ENTRY },
	{ "worker_thread", IQ_FRAME_ENTRY }, { "process_one_work", IQ_FRAME_ENTRY },
	{ "process_scheduled_works", IQ_FRAME_ENTRY }, { "start_secondary", IQ_FRAME_ENTRY },
	{ "cpu_startup_entry", IQ_FRAME_ENTRY }, { "rest_init", IQ_FRAME_ENTRY },
	{ "arch_call_rest_init", IQ_FRAME_ENTRY }, { "start_kernel", IQ_FRAME_ENTRY },
	{ "x86_64_start_*", IQ_FRAME_ENTRY }, { "i386_start_kernel", IQ_FRAME_ENTRY },
	{ "secondary_startup_64*", IQ_FRAME_ENTRY }, { "common_startup_64", IQ_FRAME_ENTRY },
	{ "startup_32*", IQ_FRAME_ENTRY }, { "kernel_thread_helper", IQ_FRAME_ENTRY },
	{ "child_rip", IQ_FRAME_ENTRY }, { "smpboot_thread_fn", IQ_FRAME_ENTRY },
	{ "ret_from_syscall", IQ_FRAME_ENTRY }, { "ret_fast_syscall", IQ_FRAME_ENTRY },
	{ "ret_from_kernel_thread", IQ_FRAME_ENTRY }, { "secondary_start_kernel", IQ_FRAME_ENTRY },
	{ "ret_from_kernel_user_thread", IQ_FRAME_ENTRY }, { "kernel_init", IQ_FRAME_ENTRY },
	{ "kernel_thread_starter", IQ_FRAME_ENTRY }, { "sysc_*", IQ_FRAME_ENTRY },
	{ "__do_syscall", IQ_FRAME_ENTRY }, { "ret_from_syscall_*", IQ_FRAME_ENTRY },
	{ "__primary_switched", IQ_FRAME_ENTRY }, { "__secondary_switched", IQ_FRAME_ENTRY },
	{ "__do_softirq", IQ_FRAME_ENTRY }, { "do_softirq*", IQ_FRAME_ENTRY },
	{ "handle_softirqs", IQ_FRAME_ENTRY }, { "call_softirq", IQ_FRAME_ENTRY },
	{ "__softirqentry_text_start", IQ_FRAME_ENTRY },
	{ "syscall_exit", IQ_FRAME_ENTRY }, { "ret_from_intr", IQ_FRAME_ENTRY },
};

static const struct {
	const struct row *rows;
	size_t n;
} tables[] = {
	{ report, sizeof report / sizeof *report },
	{ sanitizer, sizeof sanitizer / sizeof *sanitizer },
	{ watchdog, sizeof watchdog / sizeof *watchdog },
	{ waiting, sizeof waiting / sizeof *waiting },
	{ helpers, sizeof helpers / sizeof *helpers },
	{ entries, sizeof entries / sizeof *entries },
};

/* How well ROW fits: 0 not, else what is matched, an exact name above any prefix. */
static size_t fit(const struct row *row, struct iq_slice name)
{
	if (row->name[0] != name.p[0])
		return 0;
	struct iq_slice want = iq_slice_z(row->name);
	char last = want.p[want.n - 1];
	if (last != '*' && last != '?')
		return iq_eq(name, want) ? want.n + 1000 : 0;
	want.n--;
	if (last == '?' && name.n != want.n + 1)
		return 0;
	return iq_starts(name, want) ? want.n : 0;
}

static struct iq_slice bare(struct iq_slice name)
{
	name = iq_trim(name);
	iq_skip(&name, IQ_LIT("."));
	return iq_frame_base(name);
}

/* strlen, strnstr, strscpy ...: letters alone, while strp_recv is of a protocol. */
static bool is_string_function(struct iq_slice name)
{
	if (name.n < 6 || !iq_starts(name, IQ_LIT("str")))
		return false;
	for (size_t i = 3; i < name.n; i++)
		if (name.p[i] < 'a' || name.p[i] > 'z')
			return false;
	return true;
}

enum iq_frame_class iq_frame_class(struct iq_slice name)
{
	enum iq_frame_class class = IQ_FRAME_CODE;
	size_t best = 0;
	name = bare(name);
	if (!name.n)
		return IQ_FRAME_CODE;
	if (is_string_function(name))
		return IQ_FRAME_HELPER;
	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
		for (size_t i = 0; i < tables[t].n; i++) {
			size_t f = fit(&tables[t].rows[i], name);
			if (f > best) {
				best = f;
				class = tables[t].rows[i].class;
			}
		}
	return class;
}

struct iq_slice iq_frame_normal(struct iq_slice name, char *buf, size_t n)
{
	static const char *const wrappers[] = {
		"__x64_sys_", "__ia32_sys_", "__ia32_compat_sys_", "__x64_compat_sys_",
		"__arm64_sys_", "__arm64_compat_sys_", "__s390x_sys_", "__s390_sys_",
		"__s390_compat_sys_", "__s390x_compat_sys_", "__riscv_sys_", "__powerpc_sys_",
		"__se_sys_", "__se_compat_sys_", "__do_sys_", "__do_compat_sys_",
		"compat_SyS_", "compat_sys_", "SyS_", "SYSC_", "ksys_",
	};
	name = bare(name);
	while (name.n > 2 && name.p[name.n - 1] >= '0' && name.p[name.n - 1] <= '9') {
		size_t k = name.n;		/* a trailing .123 */
		while (k && name.p[k - 1] >= '0' && name.p[k - 1] <= '9')
			k--;
		if (k < 2 || name.p[k - 1] != '.')
			break;
		name.n = k - 1;
	}
	for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++) {
		struct iq_slice rest = name;
		if (!iq_skip(&rest, iq_slice_z(wrappers[i])) || n < 5)
			continue;
		rest = iq_head(rest, n - 4);
		memcpy(buf, "sys_", 4);
		memcpy(buf + 4, rest.p, rest.n);
		return iq_slice(buf, rest.n + 4);
	}
	return name;
}

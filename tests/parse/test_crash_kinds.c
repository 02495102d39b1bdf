/* tests/parse/test_crash_kinds.c - every other kind of report: warnings, sanitizers,
 * corruption, lockups, hung tasks, stalls, panics, hardware, filesystems, disks.
 * Composed from the kernel's format strings. */
#include "t_crash.h"

#define TRACE " do_syscall_64+0x33/0x80\n entry_SYSCALL_64_after_hwframe+0x61/0xc6\n"
#define END "---[ end trace 0000000000000000 ]---\n"

static const struct t_case warnings[] = {
	{ "2.6.32: no CPU, the taint in parentheses",
	  "------------[ cut here ]------------\n"
	  "WARNING: at net/sched/sch_generic.c:261 dev_watchdog+0x26b/0x280() (Not tainted)\n"
	  "Hardware name: PowerEdge R510\nNETDEV WATCHDOG: eth0 (bnx2): transmit queue 5 timed out\n"
	  "Modules linked in: bnx2 ext4\nPid: 0, comm: swapper Not tainted 2.6.32 #1\n"
	  "Call Trace:\n <IRQ>  [<ffffffff8106e3e7>] ? warn_slowpath_common+0x87/0xc0\n"
	  " [<ffffffff81468a4b>] ? dev_watchdog+0x26b/0x280\n" END,
	  "warning warn f=dev_watchdog m=bnx2 swapper pid=0 at net/sched/sch_generic.c :261 object=eth0\n" },
	{ "3.10: no CPU in the headline; 4.4: CPU, PID and ()",
	  "------------[ cut here ]------------\n"
	  "WARNING: at kernel/smp.c:296 send_ipi+0x5f/0x70()\nModules linked in: x\n"
	  "CPU: 3 PID: 28 Comm: php Tainted: GF          O--------------   3.10.0 #1\n"
	  "Call Trace:\n [<ffffffff815e239b>] dump_stack+0x19/0x1b\n"
	  " [<ffffffff8105dee1>] warn_slowpath_common+0x61/0x80\n"
	  " [<ffffffff8129032e>] send_ipi+0x5f/0x70\n" END
	  "@50 ------------[ cut here ]------------\n"
	  "WARNING: CPU: 1 PID: 263 at lib/list_debug.c:62 __list_del_entry+0xf4/0x100()\n"
	  "list_del corruption. next->prev should be ffff8800, but was dead000000000200\n"
	  "CPU: 1 PID: 263 Comm: plymouth Tainted: G      D         4.4.1 #2\n"
	  "Call Trace:\n [<ffffffff815e239b>] dump_stack+0x19/0x1b\n"
	  " [<ffffffff815e0000>] __list_del_entry+0xf4/0x100\n"
	  " [<ffffffffa0000010>] drm_master_put+0x10/0x20 [drm]\n" END,
	  "warning warn f=send_ipi php pid=28 cpu=3 taint=GF O at kernel/smp.c :296\n"
	  "warning list-corrupt f=__list_del_entry s=drm_master_put m=drm plymouth pid=263 cpu=1 taint=G D at lib/list_debug.c :62\n" },
	{ "4.19+: the words stand before the headline",
	  "------------[ cut here ]------------\nrefcount_t: underflow; use-after-free.\n"
	  "WARNING: CPU: 0 PID: 77 at lib/refcount.c:28 refcount_warn_saturate+0xa6/0xf0\n"
	  "Modules linked in: vport(O)\nCPU: 0 PID: 77 Comm: ovs Tainted: G           O      5.15.0 #1\n"
	  "RIP: 0010:refcount_warn_saturate+0xa6/0xf0\nCall Trace:\n <TASK>\n"
	  " port_put+0x2e/0x40 [vport]\n" TRACE " </TASK>\n" END,
	  "warning refcount f=refcount_warn_saturate s=port_put m=vport ovs pid=77 cpu=0 taint=G O at lib/refcount.c :28\n" },
	{ "7.x: place first, then who",
	  "WARNING: [time_after(jiffies, timeout)] io_uring/io_uring.c:3026 at exit_work+0x44c/0xbc0, CPU#0: kworker/u8:0/10040\n"
	  "CPU: 0 UID: 0 PID: 10040 Comm: kworker/u8:0 Not tainted 7.2.0 #1 PREEMPT(voluntary)\n"
	  "Workqueue: iou_exit exit_work\nRIP: 0010:exit_work+0x44c/0xbc0\nCall Trace:\n <TASK>\n"
	  " process_one_work+0x1/0x2\n" END
	  "@60 WARNING: lib/debugobjects.c:615 at 0x0, CPU#1: kworker/1:3/17677\n",
	  "warning warn f=exit_work kworker/u8:0 pid=10040 cpu=0 at io_uring/io_uring.c :3026\n"
	  "warning warn pc=0x0 kworker/1:3 pid=17677 cpu=1 at lib/debugobjects.c :615\n" },
	{ "10 times the same is once, with a count; another is another",
	  "WARNING: CPU: 0 PID: 1 at a/b.c:1 f_one+0x1/0x2\n" END
	  "WARNING: CPU: 1 PID: 2 at a/b.c:1 f_one+0x1/0x2\n" END
	  "WARNING: CPU: 0 PID: 1 at a/b.c:9 f_two+0x1/0x2\n" END
	  "WARNING: CPU: 3 PID: 4 at a/b.c:1 f_one+0x1/0x2\n" END,
	  "warning warn f=f_one pid=1 cpu=0 at a/b.c :1 times=3\n"
	  "warning warn f=f_two pid=1 cpu=0 at a/b.c :9\n" },
	{ "lockdep, old and new",
	  "======================================================\n"
	  "WARNING: possible circular locking dependency detected\n5.4.0 #1 Not tainted\n"
	  "------------------------------------------------------\n"
	  "mount/812 is trying to acquire lock:\nffff888100 (&a->lock){+.+.}, at: take_a+0x1/0x2\n"
	  "\nbut task is already holding lock:\n\nstack backtrace:\n"
	  "CPU: 1 PID: 812 Comm: mount Not tainted 5.4.0 #1\nCall Trace:\n dump_stack+0x1/0x2\n"
	  " print_circular_bug.isra.0.cold+0x1/0x2\n check_noncircular+0x1/0x2\n take_a+0x1/0x2\n"
	  "@99 [ INFO: possible recursive locking detected ]\n",
	  "warning lockdep f=take_a mount pid=812 cpu=1\n"
	  "warning lockdep\n" },
	{ "words of others that begin alike",
	  "WARNING: Unprivileged eBPF is enabled with eIBRS on\nINFO: lockdep is turned off.\n"
	  "BUG\nCPU features: detected\nCPU0: Thread 0\nmd: bind<sda1>\n", "" },
};

static const struct t_case corruption[] = {
	{ "KASAN, 6.1",
	  "==================================================================\n"
	  "BUG: KASAN: slab-use-after-free in tun_get+0x4c0/0x4f0 [tun]\n"
	  "Read of size 8 at addr ffff888101234010 by task a b/12\n\n"
	  "CPU: 1 PID: 12 Comm: a b Not tainted 6.5.0 #1\nCall Trace:\n <TASK>\n"
	  " dump_stack_lvl+0x1/0x2\n print_report+0x1/0x2\n kasan_report+0x1/0x2\n"
	  " tun_get+0x4c0/0x4f0 [tun]\n" TRACE " </TASK>\n\nAllocated by task 12:\n"
	  " kasan_save_stack+0x1/0x2\n tun_new+0x1/0x2 [tun]\n\nFreed by task 12:\n"
	  " kfree+0x1/0x2\n tun_free+0x1/0x2 [tun]\n\n"
	  "The buggy address belongs to the object at ffff888101234000\n"
	  " which belongs to the cache kmalloc-64 of size 64\n"
	  "==================================================================\n",
	  "sanitizer kasan-slab-use-after-free f=tun_get m=tun a=ffff888101234010 read a b pid=12 cpu=1 object=kmalloc-64\n" },
	{ "KASAN, 4.4; then the fault that follows from it",
	  "[T5] BUG: KASAN: null-ptr-deref in iov_advance+0x4c/0x4f at addr 0000000000000010\n"
	  "[T5] Write of size 4 by task a/5\n"
	  "[T5] CPU: 0 PID: 5 Comm: a Not tainted 4.4.0 #1\n[T5] Call Trace:\n"
	  "[T5]  [<ffffffff81000000>] iov_advance+0x4c/0x4f\n"
	  "[T5] BUG: unable to handle kernel NULL pointer dereference at 0000000000000010\n"
	  "[T5] IP: [<ffffffff81000000>] iov_advance+0x4c/0x4f\n[T5] Oops: 0002 [#1] SMP\n",
	  "oops null-deref f=iov_advance a=0000000000000010 code=0002 #1 ^sanitizer\n"
	  "sanitizer kasan-null-ptr-deref f=iov_advance a=0000000000000010 write a pid=5 cpu=0\n" },
	{ "KFENCE, KCSAN, KMSAN, UBSAN of two eras",
	  "BUG: KFENCE: use-after-free write in ring_free+0x1/0x2 [nic]\n\n"
	  "Use-after-free write at 0xffff8c3f2e291fff (in kfence-#72):\n ring_free+0x1/0x2 [nic]\n"
	  "kfence-#72: 0xffff8c3f2e291f00-0xffff8c3f2e291fdf, size=224, cache=kmalloc-256\n"
	  "CPU: 0 PID: 3 Comm: x Not tainted 5.15.0 #1\n"
	  "@20 BUG: KCSAN: data-race in put_prev / task_tick\n"
	  "@40 BUG: KMSAN: uninit-value in csum_and+0x1/0x2\n"
	  "@60 UBSAN: array-index-out-of-bounds in drivers/gpu/drm/a.c:12:5\n"
	  "index 4 is out of range for type 'u8 [4]'\n"
	  "CPU: 0 PID: 3 Comm: x Not tainted 5.15.0 #1\nCall Trace:\n dump_stack_lvl+0x1/0x2\n"
	  " ubsan_epilogue+0x1/0x2\n __ubsan_handle_out_of_bounds+0x1/0x2\n parse_bios+0x1/0x2 [drm]\n"
	  "@80 UBSAN: Undefined behaviour in lib/x.c:9:12\n",
	  "sanitizer kfence-use-after-free f=ring_free m=nic write x pid=3 cpu=0 object=kmalloc-256\n"
	  "sanitizer kcsan-data-race f=put_prev\n"
	  "sanitizer kmsan-uninit-value f=csum_and\n"
	  "sanitizer ubsan-array-index-out-of-bounds f=parse_bios m=drm x pid=3 cpu=0 at drivers/gpu/drm/a.c :12\n"
	  "sanitizer ubsan-undefined at lib/x.c :9\n" },
	{ "SLUB",
	  "=============================================================================\n"
	  "BUG kmalloc-64 (Tainted: G    B  ): Redzone overwritten\n"
	  "-----------------------------------------------------------------------------\n\n"
	  "INFO: Allocated in new_buf+0x1/0x2 [drv] age=79 cpu=0 pid=1329\n __slab_alloc+0x1/0x2\n"
	  "INFO: Freed in put_buf+0x1/0x2 [drv] age=14 cpu=1 pid=1333\n kfree+0x1/0x2\n"
	  "CPU: 0 PID: 9 Comm: a Tainted: G    B   5.4.0 #1\nCall Trace:\n dump_stack+0x1/0x2\n"
	  " print_trailer+0x1/0x2\n check_bytes_and_report+0x1/0x2\n check_object+0x1/0x2\n"
	  " free_buf+0x1/0x2 [drv]\n",
	  "bug slab-corrupt f=free_buf s=new_buf m=drv a pid=9 cpu=0 taint=G B object=kmalloc-64\n" },
	{ "page state, rss counters",
	  "BUG: Bad page state in process my app  pfn:12345\n"
	  "page:ffffea0000000000 refcount:-1 mapcount:0 mapping:0000000000000000 index:0x1\n"
	  "page dumped because: nonzero _refcount\nCPU: 1 PID: 5 Comm: my app Not tainted 5.10.0 #1\n"
	  "Call Trace:\n dump_stack+0x1/0x2\n bad_page.cold+0x1/0x2\n get_page_from_freelist+0x1/0x2\n"
	  " __alloc_pages+0x1/0x2\n handle_mm+0x1/0x2\n"
	  "BUG: Bad rss-counter state mm:ffff8881 type:MM_FILEPAGES val:1\n",
	  "bug bad-page f=get_page_from_freelist s=handle_mm my app pid=5 cpu=1 object=pfn:12345\n"
	  "bug bad-rss\n" },
	{ "atomic context",
	  "BUG: scheduling while atomic: a/b c/123/0x00000002\nModules linked in: x\n"
	  "CPU: 0 PID: 123 Comm: a/b c Not tainted 5.10.0 #1\nCall Trace:\n dump_stack+0x1/0x2\n"
	  " __schedule_bug.cold+0x1/0x2\n __schedule+0x1/0x2\n schedule+0x1/0x2\n drv_wait+0x1/0x2 [x]\n"
	  "@20 BUG: sleeping function called from invalid context at mm/slab.h:421\n"
	  "in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 7, name: kw\n"
	  "CPU: 0 PID: 7 Comm: kw Not tainted 5.10.0 #1\nCall Trace:\n dump_stack+0x1/0x2\n"
	  " ___might_sleep.cold+0x1/0x2\n kmem_cache_alloc+0x1/0x2\n drv_irq+0x1/0x2 [x]\n"
	  "@40 BUG: using smp_processor_id() in preemptible [00000000] code: cat/9\n"
	  "caller is stat_show+0x1/0x2\n",
	  "bug atomic-schedule f=__schedule s=drv_wait m=x a/b c pid=123 cpu=0\n"
	  "bug atomic-sleep f=kmem_cache_alloc s=drv_irq m=x kw pid=7 cpu=0 at mm/slab.h :421\n"
	  "bug preemptible cat pid=9\n" },
	{ "spinlock, with its owner",
	  "BUG: spinlock lockup suspected on CPU#3, gdbus/2329\n"
	  " lock: 0xffffffc07bed2e00, .magic: dead4ead, .owner: NetworkManager/2270, .owner_cpu: 0\n"
	  "CPU: 3 PID: 2329 Comm: gdbus Not tainted 4.4.89 #1\nCall trace:\n"
	  "[<ffffff8008534690>] dump_stack+0xb0/0xe8\n[<ffffff80081447c4>] spin_dump+0x84/0xa8\n"
	  "[<ffffff80081449dc>] do_raw_spin_lock+0x194/0x1c8\n[<ffffff8008ccc2bc>] _raw_spin_lock+0x4c/0x58\n"
	  "[<ffffff8008104560>] wake_up+0x420/0x5b0\n",
	  "bug spinlock-lockup f=do_raw_spin_lock s=wake_up gdbus pid=2329 cpu=3 lock=spinlock owner=NetworkManager owner_pid=2270\n" },
	{ "list corruption alone, usercopy, an interrupt nobody wants",
	  "list_add corruption. prev->next should be next (ffff1), but was ffff2. (prev=ffff3).\n"
	  "@30 irq 16: nobody cared (try booting with the \"irqpoll\" option)\n"
	  "CPU: 0 PID: 0 Comm: swapper/0 Not tainted 4.19.0 #1\nCall Trace:\n <IRQ>\n dump_stack+0x1/0x2\n"
	  " __report_bad_irq+0x1/0x2\nhandlers:\n[<00000000b7e5a0f4>] usb_hcd_irq\nDisabling IRQ #16\n",
	  "bug list-corrupt\n"
	  "bug irq-nobody-cared f=__report_bad_irq swapper/0 pid=0 cpu=0 object=irq 16\n" },
};

static const struct t_case stuck[] = {
	{ "soft lockup: the interrupted code, in an interrupt of 3.10",
	  "BUG: soft lockup - CPU#1 stuck for 22s! [a]:b:5189]\nModules linked in: gpu\n"
	  "CPU: 1 PID: 5189 Comm: a]:b Not tainted 3.16.0 #1\n"
	  "RIP: 0010:[<ffffffff81060fe6>]  [<ffffffff81060fe6>] ioread32+0x6/0x10\n"
	  "Call Trace:\n [<ffffffffa0000001>] gpu_wait+0x1/0x20 [gpu]\n"
	  "@48 BUG: soft lockup - CPU#1 stuck for 44s! [a]:b:5189]\n",
	  "soft-lockup soft-lockup f=ioread32 s=gpu_wait m=gpu a]:b pid=5189 cpu=1 stuck=44s times=2\n" },
	{ "soft lockup that ends in a panic",
	  "watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [poller:123]\n"
	  "CPU: 1 PID: 123 Comm: poller Tainted: G           OE      6.1.0 #1\n"
	  "RIP: 0010:delay_tsc+0x33/0xa0\nCall Trace:\n <TASK>\n busy_poll+0x1/0x2 [net2]\n" TRACE
	  "Kernel panic - not syncing: softlockup: hung tasks\n"
	  "CPU: 1 PID: 123 Comm: poller Tainted: G           OEL     6.1.0 #1\nCall Trace:\n <IRQ>\n"
	  " dump_stack_lvl+0x1/0x2\n panic+0x1/0x2\n watchdog_timer_fn.cold+0x1/0x2\n"
	  " __hrtimer_run_queues+0x1/0x2\n asm_sysvec_apic_timer_interrupt+0x16/0x20\n",
	  "panic soft-lockup f=delay_tsc s=busy_poll m=net2 poller pid=123 cpu=1 taint=G OEL ^soft-lockup\n"
	  "soft-lockup soft-lockup f=delay_tsc s=busy_poll m=net2 poller pid=123 cpu=1 taint=G OE stuck=26s\n" },
	{ "soft lockup without registers: what the timer interrupted",
	  "watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [kw:7]\n"
	  "CPU: 0 PID: 7 Comm: kw Not tainted 5.10.0 #1\nCall Trace:\n <IRQ>\n"
	  " dump_stack+0x1/0x2\n watchdog_timer_fn+0x1/0x2\n __hrtimer_run_queues+0x1/0x2\n"
	  " hrtimer_interrupt+0x1/0x2\n asm_sysvec_apic_timer_interrupt+0x12/0x20\n </IRQ>\n"
	  " _raw_spin_lock+0x1/0x2\n scan_all+0x1/0x2 [fsx]\n kthread+0x1/0x2\n",
	  "soft-lockup soft-lockup f=_raw_spin_lock s=scan_all m=fsx kw pid=7 cpu=0 stuck=22s\n" },
	{ "hard lockup of three eras",
	  "NMI watchdog: Watchdog detected hard LOCKUP on cpu 7\n"
	  "CPU: 7 PID: 0 Comm: swapper/7 Not tainted 4.19.0 #1\nRIP: 0010:spin_here+0x6/0x10\n"
	  "Call Trace:\n under_lock+0x1/0x2\n"
	  "@30 WARNING: at kernel/watchdog.c:245 watchdog_overflow_callback+0x9c/0xd0()\n"
	  "Hardware name: Bochs\nWatchdog detected hard LOCKUP on cpu 2\nModules linked in: a\n"
	  "Pid: 4, comm: b Not tainted 3.8.9 #1\nCall Trace:\n"
	  " <NMI>  [<ffffffff8105cd86>] warn_slowpath_common+0x66/0x80\n"
	  " [<ffffffff810eb83c>] watchdog_overflow_callback+0x9c/0xd0\n"
	  " [<ffffffff81645c41>] end_repeat_nmi+0x1e/0x2e\n"
	  " <<EOE>>  [<ffffffff810944f0>] account_ticks+0x90/0xa0\n"
	  "@60 watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 5\n"
	  "CPU: 1 UID: 0 PID: 0 Comm: swapper/1 Not tainted 7.2.0 #1\n"
	  "Sending NMI from CPU 1 to CPUs 5:\nNMI backtrace for cpu 5\n"
	  "CPU: 5 UID: 0 PID: 66 Comm: stuck Not tainted 7.2.0 #1\nRIP: 0010:hold_it+0x6/0x10\n"
	  "Call Trace:\n <TASK>\n drive+0x1/0x2 [drv]\n",
	  "hard-lockup hard-lockup f=spin_here swapper/7 pid=0 cpu=7\n"
	  "hard-lockup hard-lockup f=account_ticks b pid=4 cpu=2 at kernel/watchdog.c :245\n"
	  "hard-lockup hard-lockup f=hold_it m=drv stuck pid=66 cpu=5\n" },
	{ "hung tasks, old rows; a lock, then I/O",
	  "INFO: task rs:main Q:Reg:9724 blocked for more than 120 seconds.\n"
	  "      Tainted: G           OE    4.4.0-87-generic #110-Ubuntu\n"
	  "\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.\n"
	  "rs:main Q:Reg   D ffff880818267dc8     0  9724      1 0x00000000\n"
	  " ffff880818267dc8 ffff8808159d2a80\nCall Trace:\n"
	  " [<ffffffff8183dda5>] schedule+0x35/0x80\n [<ffffffff81840c50>] rwsem_down_read_failed+0xe0/0x140\n"
	  " [<ffffffff8107e001>] ? wake_up_q+0x1/0x2\n"
	  " [<ffffffff81407e44>] call_rwsem_down_read_failed+0x14/0x30\n"
	  " [<ffffffff810c9004>] percpu_down_read+0x44/0x50\n [<ffffffff81213f3a>] __sb_start_write+0xda/0xe0\n"
	  "INFO: task dd:8811 blocked for more than 120 seconds.\n"
	  "dd              D 0000000000000000     0  8811   8810 0x00000080\nCall Trace:\n"
	  " [<ffffffff8183dda5>] io_schedule+0x35/0x80\n [<ffffffff81000001>] wait_on_page_bit+0x1/0x2\n"
	  " [<ffffffffa0000001>] xfs_wait+0x1/0x2 [xfs]\n"
	  "@200 INFO: task rs:main Q:Reg:9724 blocked for more than 240 seconds.\n",
	  "hung-task hung-task f=__sb_start_write rs:main Q:Reg pid=9724 taint=G OE stuck=240s waits=percpu_down_read times=2\n"
	  "hung-task hung-task f=xfs_wait m=xfs dd pid=8811 stuck=120s waits=wait_on_page_bit\n" },
	{ "hung task, 7.x, with the owner of its mutex",
	  "INFO: task kubelet:119 blocked in I/O wait for more than 143 seconds.\n"
	  "      Not tainted 7.2.0 #1\n"
	  "task:kubelet         state:D stack:0     pid:119   tgid:119   ppid:1      task_flags:0x400140 flags:0x00004002\n"
	  "Call Trace:\n <TASK>\n __schedule+0x1/0x2\n schedule+0x1/0x2\n schedule_preempt_disabled+0x1/0x2\n"
	  " __mutex_lock.constprop.0+0x1/0x2\n cg_write+0x1/0x2\n vfs_write+0x1/0x2\n" TRACE " </TASK>\n"
	  "INFO: task kubelet:119 is blocked on a mutex likely owned by task post gres:116.\n"
	  "Kernel panic - not syncing: hung_task: blocked tasks\n"
	  "CPU: 0 UID: 0 PID: 34 Comm: khungtaskd Not tainted 7.2.0 #1\nCall Trace:\n <TASK>\n"
	  " dump_stack_lvl+0x1/0x2\n panic+0x1/0x2\n watchdog.cold+0x1/0x2\n kthread+0x1/0x2\n",
	  "panic hung-task f=watchdog.cold khungtaskd pid=34 cpu=0 ^hung-task\n"
	  "hung-task hung-task f=cg_write kubelet pid=119 stuck=143s waits=__mutex_lock.constprop.0 lock=mutex owner=post gres owner_pid=116\n" },
	{ "waiting for another thread: the function waits, its caller is meant",
	  "INFO: task swapper:1 blocked for more than 120 seconds.\n"
	  "swapper         D ffff8800     0     1      0 0x00000000\nCall Trace:\n"
	  " schedule+0x1/0x2\n schedule_timeout+0x1/0x2\n wait_for_completion+0x1/0x2\n"
	  " kthread_stop+0x1/0x2\n test_init+0x1/0x2\n",
	  "hung-task hung-task f=kthread_stop s=test_init swapper pid=1 stuck=120s waits=wait_for_completion\n" },
	{ "RCU: the CPU that stalls, not the one that tells",
	  "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\n"
	  "rcu: \t3-....: (2 GPs behind) idle=45e/1/0x4000000000000000 softirq=1/1 fqs=2625 \n"
	  "\t(detected by 0, t=5252 jiffies, g=-1159, q=8 ncpus=4)\n"
	  "Sending NMI from CPU 0 to CPUs 3:\nNMI backtrace for cpu 3\n"
	  "CPU: 3 PID: 22 Comm: spin ner Not tainted 6.1.0 #1\nRIP: 0010:native_read+0x1/0x2\n"
	  "Call Trace:\n <TASK>\n abort_conn+0x1/0x2 [fuse]\n" TRACE
	  "rcu: rcu_preempt kthread starved for 5252 jiffies! g-1159 f0x0 RCU_GP_WAIT_FQS(5) ->state=0x0 ->cpu=2\n"
	  "rcu: RCU grace-period kthread stack dump:\n"
	  "task:rcu_preempt     state:R  running task     stack:0     pid:15    ppid:2      flags:0x00004000\n"
	  "Call Trace:\n __schedule+0x1/0x2\n schedule+0x1/0x2\n rcu_gp_fqs_loop+0x1/0x2\n",
	  "rcu-stall rcu-stall f=native_read m=fuse spin ner pid=22 cpu=3\n" },
	{ "RCU, 3.10 and before; a stall that ended is none",
	  "INFO: rcu_sched self-detected stall on CPU { 2}  (t=60000 jiffies g=1 c=0 q=9)\n"
	  "Task dump for CPU 2:\nloop er         R  running task        0    77      1 0x00000008\n"
	  "Call Trace:\n <IRQ>  [<ffffffff811c8972>] sched_show_task+0x5b2/0x5f0\n"
	  " [<ffffffff8142d4d5>] rcu_dump_cpu_stacks+0x24b/0x353\n"
	  " [<ffffffff812a40b3>] rcu_check_callbacks+0xd53/0x2500\n"
	  " [<ffffffff820a70a9>] apic_timer_interrupt+0x89/0x90\n"
	  " <EOI>  [<ffffffff810e5425>] walk_level+0x545/0x830\n"
	  "@99 INFO: Stall ended before state dump start\n"
	  "@900 INFO: RCU detected CPU 1 stall (t=60000 jiffies)\n",
	  "rcu-stall rcu-stall f=walk_level loop er pid=77 cpu=2\n"
	  "rcu-stall rcu-stall cpu=1\n" },
	{ "workqueues: one event a pool",
	  "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 32s!\n"
	  "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=-20 stuck for 33s!\n"
	  "Showing busy workqueues and worker pools:\nworkqueue events: flags=0x0\n"
	  "  pwq 0: cpus=0 node=0 flags=0x0 nice=0 active=1/256 refcnt=2\n    in-flight: 123:func\n"
	  "@60 BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 62s!\n",
	  "workqueue-lockup wq-lockup cpu=0 stuck=62s times=2\n"
	  "workqueue-lockup wq-lockup cpu=0 stuck=33s\n" },
	{ "two CPUs tell at once, by caller",
	  "[C1] watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [a:1]\n"
	  "[C2] watchdog: BUG: soft lockup - CPU#2 stuck for 22s! [b:2]\n"
	  "[C2] CPU: 2 PID: 2 Comm: b Not tainted 5.10.0 #1\n"
	  "[C1] CPU: 1 PID: 1 Comm: a Not tainted 5.10.0 #1\n[C1] RIP: 0010:fn_a+0x1/0x2\n"
	  "[C2] RIP: 0010:fn_b+0x1/0x2\n[C1] Call Trace:\n[C2] Call Trace:\n"
	  "[C2]  under_b+0x1/0x2 [mb]\n[C1]  under_a+0x1/0x2 [ma]\n",
	  "soft-lockup soft-lockup f=fn_b m=mb b pid=2 cpu=2 stuck=22s\n"
	  "soft-lockup soft-lockup f=fn_a m=ma a pid=1 cpu=1 stuck=22s\n" },
};

static const struct t_case panics[] = {
	{ "init, root, sysrq-c",
	  "Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00\n"
	  "CPU: 0 PID: 1 Comm: systemd Not tainted 5.10.0 #1\nCall Trace:\n dump_stack+0x1/0x2\n"
	  " panic+0x1/0x2\n do_exit.cold+0x1/0x2\n do_group_exit+0x1/0x2\n",
	  "panic init-died f=do_exit.cold systemd pid=1 cpu=0\n" },
	{ "sysrq-c since 5.4",
	  "sysrq: Trigger a crash\nKernel panic - not syncing: sysrq triggered crash\n"
	  "CPU: 1 PID: 881 Comm: bash Not tainted 5.10.0 #1\nCall Trace:\n dump_stack+0x1/0x2\n"
	  " panic+0x1/0x2\n sysrq_handle_crash+0x1/0x2\n __handle_sysrq.cold+0x1/0x2\n",
	  "panic sysrq f=sysrq_handle_crash bash pid=881 cpu=1 manual\n" },
	{ "panic_on_warn: the warning is the cause",
	  "------------[ cut here ]------------\nWARNING: CPU: 0 PID: 5 at fs/x.c:1 bad_fn+0x1/0x2 [x]\n"
	  "Kernel panic - not syncing: kernel: panic_on_warn set ...\n"
	  "CPU: 0 PID: 5 Comm: a Not tainted 6.1.0 #1\nCall Trace:\n dump_stack_lvl+0x1/0x2\n"
	  " panic+0x1/0x2\n check_panic_on_warn.cold+0x1/0x2\n __warn+0x1/0x2\n bad_fn+0x1/0x2 [x]\n",
	  "panic warn f=bad_fn m=x a pid=5 cpu=0 ^warning\n"
	  "warning warn f=bad_fn m=x a pid=5 cpu=0 at fs/x.c :1\n" },
	{ "init falls to an oops of its own, not to another's",
	  "BUG: kernel NULL pointer dereference, address: 0000000000000008\nOops: 0000 [#1] SMP\n"
	  "CPU: 1 PID: 12 Comm: a Not tainted 5.10.0 #1\nRIP: 0010:first_fn+0x1/0x2\n" END
	  "@90 Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100\n"
	  "CPU: 0 PID: 1 Comm: init Tainted: G      D 5.10.0 #1\n",
	  "oops null-deref f=first_fn a=0000000000000008 read a pid=12 cpu=1 code=0000 #1\n"
	  "panic init-died init pid=1 cpu=0 taint=G D\n" },
	{ "stack end, stack protector",
	  "Kernel panic - not syncing: corrupted stack end detected inside scheduler\n"
	  "CPU: 1 PID: 7 Comm: kworker/u4:0 Not tainted 4.19.0 #1\n"
	  "Workqueue: writeback wb_workfn (flush-8:0)\nCall Trace:\n panic+0x1/0x2\n"
	  " __schedule+0x1/0x2\n schedule+0x1/0x2\n deep_fn+0x1/0x2 [fsx]\n",
	  "panic stack-overflow f=__schedule s=deep_fn m=fsx kworker/u4:0 pid=7 cpu=1\n" },
};

static const struct t_case devices[] = {
	{ "machine check that ends in its panic is one event",
	  "mce: [Hardware Error]: CPU 3: Machine Check Exception: 5 Bank 4: be00000000800400\n"
	  "mce: [Hardware Error]: RIP !INEXACT! 10:<ffffffff81234567> {native_safe_halt+0xe/0x10}\n"
	  "mce: [Hardware Error]: TSC 1234567890 ADDR 12345680 MISC 86 \n"
	  "mce: [Hardware Error]: PROCESSOR 0:306f2 TIME 1481234567 SOCKET 0 APIC 6 microcode 38\n"
	  "mce: [Hardware Error]: Run the above through 'mcelog --ascii'\n"
	  "mce: [Hardware Error]: Machine check: Processor context corrupt\n"
	  "Kernel panic - not syncing: Fatal machine check\n",
	  "panic mce a=12345680 cpu=3 sev=uncorrected bank=4\n" },
	{ "corrected: machine checks, EDAC of two eras",
	  "mce: [Hardware Error]: Machine check events logged\n"
	  "@30 mce: [Hardware Error]: Machine check events logged\n"
	  "@60 EDAC MC0: 1 CE memory read error on CPU_SrcID#0_Ha#0_Chan#1_DIMM#0 (channel:1 slot:0 page:0x1 offset:0x0 grain:32 syndrome:0x0)\n"
	  "@90 EDAC MC0: UE page 0x1234, offset 0x0, grain 8, row 0, label \"DIMM_A1\": x38\n",
	  "hardware mce sev=corrected\n"
	  "hardware edac object=CPU_SrcID#0_Ha#0_Chan#1_DIMM#0 sev=corrected\n"
	  "hardware edac object=DIMM_A1 sev=uncorrected\n" },
	{ "CPER, and the panic that it ends in",
	  "{1}[Hardware Error]: Hardware error from APEI Generic Hardware Error Source: 1\n"
	  "{1}[Hardware Error]: event severity: fatal\n{1}[Hardware Error]:  Error 0, type: fatal\n"
	  "{1}[Hardware Error]:   section_type: memory error\n"
	  "{1}[Hardware Error]:   physical_address: 0x0000001234567000\n"
	  "{1}[Hardware Error]:   node:0 card:1 module:0 rank:1 device:3 row:77 \n"
	  "{1}[Hardware Error]:   error_type: 3, multi-bit ECC\n"
	  "Kernel panic - not syncing: Fatal hardware error!\n",
	  "panic ghes a=0x0000001234567000 code=3, multi-bit ECC object=0 card:1 module:0 rank:1 device:3 row:77 sev=fatal\n" },
	{ "CPER, corrected; AER; NMI; memory failure",
	  "{2}[Hardware Error]: Hardware error from APEI Generic Hardware Error Source: 4\n"
	  "{2}[Hardware Error]: It has been corrected by h/w and requires no further action\n"
	  "{2}[Hardware Error]: event severity: corrected\n{2}[Hardware Error]:   section_type: PCIe error\n"
	  "{2}[Hardware Error]:   device_id: 0000:00:03.0\n{2}[Hardware Error]:   vendor_id: 0x8086, device_id: 0x2f08\n"
	  "@30 pcieport 0000:00:1c.0: AER: Corrected error received: 0000:01:00.0\n"
	  "nvme 0000:01:00.0: PCIe Bus Error: severity=Corrected, type=Physical Layer, (Receiver ID)\n"
	  "nvme 0000:01:00.0:   device [8086:1234] error status/mask=00000001/00002000\n"
	  "@60 Uhhuh. NMI received for unknown reason 3d on CPU 0.\nDazed and confused, but trying to continue\n"
	  "@90 Memory failure: 0x12345: Sending SIGBUS to qemu kvm:123 due to hardware memory corruption\n"
	  "Memory failure: 0x12345: recovery action for dirty LRU page: Recovered\n",
	  "hardware aer object=0000:01:00.0 sev=corrected\n"
	  "hardware nmi cpu=0 code=3d\n"
	  "hardware ghes object=0000:00:03.0 sev=corrected\n"
	  "hardware memory-failure qemu kvm pid=123 object=0x12345 sev=uncorrected\n" },
	{ "arm64: an SError and its panic, one event with the registers",
	  "SError Interrupt on CPU2, code 0x00000000be000011 -- SError\n"
	  "CPU: 2 PID: 77 Comm: iotool Not tainted 6.1.0 #1\npc : mmio_read+0x8/0x20 [drv]\n"
	  "lr : probe+0x1/0x9 [drv]\nKernel panic - not syncing: Asynchronous SError Interrupt\n"
	  "CPU: 2 PID: 77 Comm: iotool Not tainted 6.1.0 #1\nCall trace:\n dump_backtrace+0x0/0x1a0\n"
	  " panic+0x1/0x2\n nmi_panic+0x1/0x2\n arm64_serror_panic+0x1/0x2\n el1h_64_error+0x1/0x2\n"
	  " mmio_read+0x8/0x20 [drv]\n probe+0x1/0x9 [drv]\n",
	  "panic serror f=mmio_read m=drv iotool pid=77 cpu=2 code=00000000be000011\n" },
	{ "a device that is never let go; an asked-for dump of tasks belongs to nothing",
	  "unregister_netdevice: waiting for eth0 to become free. Usage count = 3\n"
	  "@10 unregister_netdevice: waiting for eth0 to become free. Usage count = 3\n"
	  "@60 INFO: task a:5 blocked for more than 120 seconds.\nCall Trace:\n schedule+0x1/0x2\n"
	  " wait_one+0x1/0x2\nsysrq: Show Blocked State\nCall Trace:\n schedule+0x1/0x2\n"
	  " wait_two+0x1/0x2\n",
	  "warning netdev-leak object=eth0 times=2\n"
	  "hung-task hung-task f=wait_one a pid=5 stuck=120s waits=schedule\n" },
	{ "filesystems",
	  "EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm ls -l: reading directory lblock 0\n"
	  "Aborting journal on device sda1-8.\nEXT4-fs (sda1): Remounting filesystem read-only\n"
	  "@30 XFS (dm-0): Corruption of in-memory data detected.  Shutting down filesystem\n"
	  "XFS (dm-0): Please umount the filesystem and rectify the problem(s)\n"
	  "@60 XFS (dm-1): Log I/O Error (0x2) detected at xlog_ioend_work+0x6e/0x70 [xfs] (fs/xfs/xfs_log.c:1378).  Shutting down filesystem.\n"
	  "@90 BTRFS: error (device sdb state A) in btrfs_commit:2123: errno=-5 IO failure\n"
	  "BTRFS info (device sdb state EA): forced readonly\n"
	  "@120 XFS (dm-9): Unmounting Filesystem\nEXT4-fs (vda1): mounted filesystem\n",
	  "filesystem xfs-error object=dm-0\n"
	  "filesystem xfs-error f=xlog_ioend_work m=xfs object=dm-1\n"
	  "filesystem btrfs-error f=btrfs_commit object=sdb\n"
	  "filesystem ext4-error f=ext4_find_entry ls -l :1455 object=sda1\n" },
	{ "disks: one event a device",
	  "sd 2:0:0:0: [sda] tag#0 FAILED Result: hostbyte=DID_OK driverbyte=DRIVER_SENSE\n"
	  "sd 2:0:0:0: [sda] tag#0 Sense Key : Medium Error [current]\n"
	  "sd 2:0:0:0: [sda] tag#0 CDB: Read(10) 28 00 00 00 00 00 00 00 08 00\n"
	  "blk_update_request: critical medium error, dev sda, sector 1234 op 0x0:(READ) flags 0x0\n"
	  "Buffer I/O error on dev sda1, logical block 1, async page read\n"
	  "nvme nvme0: I/O 12 QID 3 timeout, aborting\nnvme nvme0: I/O 12 QID 3 timeout, reset controller\n"
	  "@5 I/O error, dev nvme0n1, sector 8 op 0x1:(WRITE) flags 0x800 phys_seg 1 prio class 2\n"
	  "@60 ata1.00: exception Emask 0x0 SAct 0x0 SErr 0x0 action 0x6 frozen\n"
	  "ata1.00: failed command: READ DMA\nata1: hard resetting link\n"
	  "@99 blk_update_request: I/O error, dev sda, sector 99\n",
	  "storage nvme-error object=nvme0\n"
	  "storage ata-error object=ata1\n"
	  "storage scsi-error object=sda\n" },
	{ "a disk fails in the middle of a trace that has no caller",
	  "BUG: kernel NULL pointer dereference, address: 0000000000000008\n"
	  "Oops: 0000 [#1] SMP\nCPU: 1 PID: 12 Comm: a Not tainted 5.10.0 #1\n"
	  "RIP: 0010:first_fn+0x1/0x2\nCall Trace:\n one+0x1/0x2\n"
	  "blk_update_request: I/O error, dev sda, sector 99\n two+0x1/0x2 [m]\n" END,
	  "oops null-deref f=first_fn m=m a=0000000000000008 read a pid=12 cpu=1 code=0000 #1\n"
	  "storage io-error object=sda\n" },
};

#define RUN(name, cases) \
	static void name(void **state) \
	{ \
		(void)state; \
		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) \
			t_check_case(&cases[i]); \
	}

RUN(warnings_are_told, warnings)
RUN(corruption_is_told, corruption)
RUN(what_is_stuck_is_told, stuck)
RUN(panics_are_told, panics)
RUN(devices_are_told, devices)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(warnings_are_told),
		cmocka_unit_test(corruption_is_told),
		cmocka_unit_test(what_is_stuck_is_told),
		cmocka_unit_test(panics_are_told),
		cmocka_unit_test(devices_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

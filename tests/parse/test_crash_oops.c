/* tests/parse/test_crash_oops.c - oopses of every architecture and era, composed from the
 * kernel's format strings. */
#include "t_crash.h"

#define HW "Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16.2 04/01/2014\n"
#define REGS64 \
	"RSP: 0018:ffffc90000a07d38 EFLAGS: 00010246\n" \
	"RAX: 0000000000000000 RBX: ffff888101234000 RCX: 0000000000000000\n" \
	"RDX: 0000000000000001 RSI: ffff888101234010 RDI: 0000000000000000\n" \
	"FS:  00007f1122334455(0000) GS:ffff88813bc00000(0000) knlGS:0000000000000000\n" \
	"CS:  0010 DS: 0000 ES: 0000 CR0: 0000000080050033\n"
#define SYSCALL \
	" do_syscall_64+0x33/0x80\n entry_SYSCALL_64_after_hwframe+0x61/0xc6\n" \
	"RIP: 0033:0x7f1122334455\nRSP: 002b:00007ffc11223344 EFLAGS: 00000246\n"

static const struct t_case x86[] = {
	{ "page fault, 6.12: the prefix of every die string",
	  "BUG: unable to handle page fault for address: ffffb00010002018\n"
	  "#PF: supervisor write access in kernel mode\n"
	  "#PF: error_code(0x0002) - not-present page\n"
	  "PGD 1000067 P4D 1000067 PUD 0 \n"
	  "Oops: Oops: 0002 [#1] PREEMPT SMP NOPTI\n"
	  "CPU: 0 UID: 0 PID: 174 Comm: storage agent Tainted: G           OE      6.12.1 #1\n"
	  "Tainted: [O]=OOT_MODULE, [E]=UNSIGNED_MODULE\n" HW
	  "RIP: 0010:flush_one+0x5/0x20 [lab_disk]\n"
	  "Code: d9 e9 6e <48> 8b 7f 18\n" REGS64
	  "CR2: ffffb00010002018 CR3: 0000000001234000 CR4: 0000000000750ef0\n"
	  "Call Trace:\n <TASK>\n ? __die_body+0x1a/0x60\n flush_all+0xa/0xf [lab_disk]\n"
	  " proc_reg_write+0x5a/0xb0\n vfs_write+0xe6/0x560\n" SYSCALL " </TASK>\n"
	  "Modules linked in: lab_disk(OE) nvidia(POE) ext4 [last unloaded: foo(O)]\n"
	  "---[ end trace 0000000000000000 ]---\n"
	  "RIP: 0010:flush_one+0x5/0x20 [lab_disk]\n" REGS64
	  "Kernel panic - not syncing: Fatal exception\n"
	  "Kernel Offset: 0x17c00000 from 0xffffffff81000000 (relocation range: 0x1-0x2)\n"
	  "---[ end Kernel panic - not syncing: Fatal exception ]---\n",
	  "oops page-fault f=flush_one m=lab_disk a=ffffb00010002018 write storage agent pid=174 cpu=0 taint=G OE code=0002 #1\n"
	  "panic oops-panic f=flush_one m=lab_disk storage agent pid=174 cpu=0 taint=G OE ^oops\n" },
	{ "NULL, 2.6.32: no CPU line, IP line, Process line",
	  "BUG: unable to handle kernel NULL pointer dereference at 0000000000000010\n"
	  "IP: [<ffffffffa0123456>] nic_poll+0x36/0x120 [nic]\n"
	  "PGD 0 \nOops: 0000 [#1] SMP \n"
	  "last sysfs file: /sys/devices/system/cpu/online\n"
	  "CPU 3 \nModules linked in: nic(U) ext4 [last unloaded: scsi_wait_scan]\n"
	  "Pid: 1234, comm: soft irq/3 Not tainted 2.6.32-642.el6.x86_64 #1 Dell Inc. R610/0F0XJ6\n"
	  "RIP: 0010:[<ffffffffa0123456>]  [<ffffffffa0123456>] nic_poll+0x36/0x120 [nic]\n"
	  "RSP: 0018:ffff880028203e58  EFLAGS: 00010246\n"
	  "RAX: 0000000000000000 RBX: ffff88003e000000 RCX: 0000000000000000\n"
	  "Process soft irq/3 (pid: 1234, threadinfo ffff88003d8b4000, task ffff88003d8b2aa0)\n"
	  "Stack:\n ffff88003d8b5fd8 ffff880028203e58\n"
	  "Call Trace:\n <IRQ> \n [<ffffffff8145f7b3>] net_rx_action+0x103/0x2f0\n"
	  " [<ffffffff81080ad1>] __do_softirq+0xc1/0x1e0\n <EOI> \n"
	  " [<ffffffff81009fc6>] cpu_idle+0xb6/0x110\n"
	  "Code: 8b 04 25 <48> 8b 50 10\n"
	  "RIP  [<ffffffffa0123456>] nic_poll+0x36/0x120 [nic]\n RSP <ffff880028203e58>\n"
	  "CR2: 0000000000000010\n---[ end trace 0123456789abcdef ]---\n",
	  "oops null-deref f=nic_poll m=nic a=0000000000000010 read soft irq/3 pid=1234 cpu=3 code=0000 #1\n" },
	{ "GPF, 5.10, with the range that KASAN suspects; memcpy is a messenger",
	  "general protection fault, probably for non-canonical address 0xdffffc0000000003: 0000 [#1] SMP KASAN\n"
	  "KASAN: null-ptr-deref in range [0x0000000000000018-0x000000000000001f]\n"
	  "CPU: 1 PID: 77 Comm: worker Not tainted 5.10.0 #1\n" HW
	  "RIP: 0010:memcpy_erms+0x6/0x10\n" REGS64
	  "Call Trace:\n copy_name.isra.0+0x10/0x20 [fsx]\n fsx_lookup+0x44/0x90 [fsx]\n" SYSCALL
	  "---[ end trace 0123456789abcdef ]---\n",
	  "oops gpf f=memcpy_erms s=copy_name.isra.0 m=fsx a=0xdffffc0000000003 worker pid=77 cpu=1 code=0000 #1\n" },
	{ "jump through a NULL pointer: the caller is meant",
	  "BUG: kernel NULL pointer dereference, address: 0000000000000000\n"
	  "#PF: supervisor instruction fetch in kernel mode\n"
	  "#PF: error_code(0x0010) - not-present page\n"
	  "Oops: 0010 [#1] SMP PTI\n"
	  "CPU: 2 PID: 9 Comm: kworker/2:0 Not tainted 5.4.0 #1\n"
	  "Workqueue: events do_late [drv]\n"
	  "RIP: 0010:0x0\nCode: Bad RIP value.\n" REGS64
	  "Call Trace:\n call_handler+0x1b/0x40 [drv]\n process_one_work+0x1a7/0x360\n"
	  " worker_thread+0x30/0x390\n kthread+0x112/0x130\n ret_from_fork+0x35/0x40\n"
	  "---[ end trace 0123456789abcdef ]---\n",
	  "oops null-deref s=call_handler m=drv a=0000000000000000 exec pc=0x0 kworker/2:0 pid=9 cpu=2 code=0010 #1\n" },
	{ "kernel BUG is one oops with its invalid opcode",
	  "------------[ cut here ]------------\nkernel BUG at fs/buffer.c:1270!\n"
	  "invalid opcode: 0000 [#1] SMP NOPTI\n"
	  "CPU: 1 PID: 114 Comm: raid-check Tainted: G           OE     5.10.0 #1\n" HW
	  "RIP: 0010:check_irqs_on.part.11+0x4/0x6\n" REGS64
	  "Call Trace:\n __find_get_block+0x255/0x260\n" SYSCALL
	  "---[ end trace 0123456789abcdef ]---\n",
	  "oops bug f=check_irqs_on.part.11 raid-check pid=114 cpu=1 taint=G OE code=0000 #1 at fs/buffer.c :1270\n" },
	{ "list corruption stands before the BUG it explains",
	  "list_del corruption. prev->next should be ffff88810a0b0c10, but was dead000000000100\n"
	  "------------[ cut here ]------------\nkernel BUG at lib/list_debug.c:51!\n"
	  "invalid opcode: 0000 [#2] SMP\n"
	  "CPU: 0 PID: 5 Comm: a Tainted: G      D            5.4.0 #1\n"
	  "RIP: 0010:__list_del_entry_valid.cold+0x31/0x55\n" REGS64
	  "Call Trace:\n queue_remove+0x1d/0x80 [q]\n" SYSCALL
	  "---[ end trace 0123456789abcdee ]---\n",
	  "oops list-corrupt f=__list_del_entry_valid.cold s=queue_remove m=q a pid=5 cpu=0 taint=G D code=0000 #2 at lib/list_debug.c :51\n" },
	{ "i386 until 4.18: EIP, its CPU, and EIP is at",
	  "BUG: unable to handle kernel paging request at 4d3f33b7\n"
	  "IP: [<81097a61>] prog_free+0x11/0x50\n*pde = 00000000 \n"
	  "Oops: 0002 [#1] \nModules linked in:\n"
	  "Pid: 353, comm: fuzz Not tainted 2.6.32 #38\n"
	  "EIP: 0060:[<81097a61>] EFLAGS: 00010206 CPU: 1\n"
	  "EIP is at prog_free+0x11/0x50\n"
	  "EAX: 97c3c000 EBX: 4d3f339b ECX: 827f7044 EDX: 81c7acfb\n"
	  " DS: 007b ES: 007b FS: 0000 GS: 0033 SS: 0068\n"
	  "Call Trace:\n [<8181e625>] ? filter_release+0x35/0x40\n [<81820360>] filter_set+0x280/0x380\n"
	  "Code: 9b 05 00 <ff> 4b 1c\nEIP: [<81097a61>] prog_free+0x11/0x50 SS:ESP 0068:956a9e94\n"
	  "CR2: 000000004d3f33b7\n---[ end trace e30adaa989685092 ]---\n",
	  "oops page-fault f=prog_free a=4d3f33b7 write fuzz pid=353 cpu=1 code=0002 #1\n" },
	{ "divide error, double fault, stack guard",
	  "divide error: 0000 [#1] SMP\nCPU: 1 PID: 1853 Comm: docker Not tainted 3.16.0 #1\n"
	  "RIP: 0010:[<ffffffffa0fb2ad5>]  [<ffffffffa0fb2ad5>] io_hints+0x65/0xd0 [thin]\n"
	  "Call Trace:\n [<ffffffffa0f00001>] set_limits+0x1/0x20 [dm_mod]\n"
	  "---[ end trace 0123456789abcdef ]---\n"
	  "@900 PANIC: double fault, error_code: 0x0\n"
	  "double fault: 0000 [#2] SMP\nCPU: 0 PID: 917 Comm: netd Not tainted 3.16.0 #1\n"
	  "RIP: 0010:sock_ioctl+0x5/0x900\nCall Trace:\n"
	  "Kernel panic - not syncing: Machine halted.\n",
	  "oops divide f=io_hints m=thin docker pid=1853 cpu=1 code=0000 #1\n"
	  "oops double-fault f=sock_ioctl netd pid=917 cpu=0 code=0000 #2\n"
	  "panic panic f=sock_ioctl netd pid=917 cpu=0 ^oops\n" },
	{ "stack guard page, named as in 5.15",
	  "BUG: TASK stack guard page was hit at 00000000397c6d92 (stack is 0000000..0001)\n"
	  "stack guard page: 0000 [#1] PREEMPT SMP\n"
	  "CPU: 0 PID: 9 Comm: ksoftirqd/0 Not tainted 6.1.0 #1\n"
	  "RIP: 0010:walk_tree+0x9/0x900\n" REGS64
	  "Call Trace:\n <TASK>\n walk_tree+0x77/0x900\n walk_tree+0x77/0x900\n </TASK>\n"
	  "---[ end trace 0000000000000000 ]---\n"
	  "Kernel panic - not syncing: Fatal exception in interrupt\n",
	  "oops stack-guard f=walk_tree ksoftirqd/0 pid=9 cpu=0 code=0000 #1\n"
	  "panic oops-panic f=walk_tree ksoftirqd/0 pid=9 cpu=0 ^oops\n" },
	{ "sysrq-c until 4.19 is an oops that was asked for",
	  "sysrq: SysRq : Trigger a crash\n"
	  "BUG: unable to handle kernel NULL pointer dereference at           (null)\n"
	  "IP: sysrq_handle_crash+0x16/0x20\nPGD 0 P4D 0 \nOops: 0002 [#1] SMP\n"
	  "CPU: 0 PID: 881 Comm: bash Not tainted 4.14.5 #1\n"
	  "RIP: 0010:sysrq_handle_crash+0x16/0x20\n" REGS64
	  "Call Trace:\n __handle_sysrq+0x88/0x140\n write_sysrq_trigger+0x2b/0x30\n" SYSCALL
	  "RIP: sysrq_handle_crash+0x16/0x20 RSP: ffffb2d5c0a07e58\n"
	  "---[ end trace 0123456789abcdef ]---\nKernel panic - not syncing: Fatal exception\n",
	  "oops sysrq f=sysrq_handle_crash a=0 write bash pid=881 cpu=0 code=0002 #1 manual\n"
	  "panic oops-panic f=sysrq_handle_crash bash pid=881 cpu=0 manual ^oops\n" },
	{ "a second oops while the first is told",
	  "BUG: kernel NULL pointer dereference, address: 0000000000000008\n"
	  "Oops: 0000 [#1] SMP\nCPU: 1 PID: 12 Comm: a Not tainted 5.10.0 #1\n"
	  "RIP: 0010:first_fn+0x1/0x2\nCall Trace:\n"
	  "BUG: unable to handle page fault for address: 6b6b6b6b6b6b6b6b\n"
	  "Oops: 0000 [#2] SMP\nCPU: 1 PID: 12 Comm: a Tainted: G      D 5.10.0 #1\n"
	  "RIP: 0010:second_fn+0x1/0x2\nCall Trace:\n---[ end trace 0123456789abcdef ]---\n",
	  "oops null-deref f=first_fn a=0000000000000008 read a pid=12 cpu=1 code=0000 #1\n"
	  "oops page-fault f=second_fn a=6b6b6b6b6b6b6b6b read a pid=12 cpu=1 taint=G D code=0000 #2 ^oops\n" },
	{ "only the end is left: registers, then the panic that proves it",
	  "RIP: 0010:lost_head+0xf/0xed\n" REGS64 "PKRU: 55555554\n"
	  "Kernel panic - not syncing: Fatal exception\n",
	  "oops oops f=lost_head\n"
	  "panic oops-panic f=lost_head ^oops\n" },
	{ "registers alone are nothing (a backtrace that was asked for)",
	  "sysrq: Show backtrace of all active CPUs\nNMI backtrace for cpu 1\n"
	  "CPU: 1 PID: 0 Comm: swapper/1 Not tainted 5.10.0 #1\n"
	  "RIP: 0010:native_safe_halt+0xe/0x10\n" REGS64
	  "Call Trace:\n default_idle+0xa/0x10\n", "" },
	{ "a program that crashes is no event",
	  "foo[123]: segfault at 0 ip 000055d5c0ffee00 sp 00007ffd00000000 error 4 in foo[55d5c0ff0000+1000]\n"
	  "traps: foo[124] general protection fault ip:55d5c0ffee00 sp:7ffd00000000 error:0 in foo\n"
	  "traps: foo[125] trap divide error ip:55d5c0ffee00 sp:7ffd00000000 error:0 in foo\n", "" },
};

static const struct t_case others[] = {
	{ "arm64, 6.1",
	  "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000028\n"
	  "Mem abort info:\n  ESR = 0x0000000096000044\n  EC = 0x25: DABT (current EL), IL = 32 bits\n"
	  "  SET = 0, FnV = 0\n  EA = 0, S1PTW = 0\n  FSC = 0x04: level 0 translation fault\n"
	  "Data abort info:\n  ISV = 0, ISS = 0x00000044\n  CM = 0, WnR = 1\n"
	  "user pgtable: 4k pages, 48-bit VAs, pgdp=0000000101234000\n"
	  "[0000000000000028] pgd=0000000000000000, p4d=0000000000000000\n"
	  "Internal error: Oops: 0000000096000044 [#1] PREEMPT SMP\n"
	  "Modules linked in: codec(O) ipv6\n"
	  "CPU: 3 PID: 812 Comm: player Tainted: G           O       6.1.0 #1\n"
	  "Hardware name: Board Model B (DT)\n"
	  "pstate: 60400009 (nZCv daif +PAN -UAO -TCO -DIT -SSBS BTYPE=--)\n"
	  "pc : ring_push+0x24/0x60 [codec]\nlr : codec_write+0x58/0x100 [codec]\n"
	  "sp : ffff80000a2bbc40\nx29: ffff80000a2bbc40 x28: ffff000101234000 x27: 0000000000000000\n"
	  "Call trace:\n ring_push+0x24/0x60 [codec]\n codec_write+0x58/0x100 [codec]\n"
	  " vfs_write+0xc8/0x3b0\n el0t_64_sync_handler+0xf4/0x120\n"
	  "Code: aa0003e1 d503201f f9400260 (b9002801)\n---[ end trace 0000000000000000 ]---\n"
	  "Kernel panic - not syncing: Oops: Fatal exception\n",
	  "oops null-deref f=ring_push m=codec a=0000000000000028 write player pid=812 cpu=3 taint=G O code=0000000096000044 #1\n"
	  "panic oops-panic f=ring_push m=codec player pid=812 cpu=3 taint=G O ^oops\n" },
	{ "arm64, 3.18: PC is at",
	  "Unable to handle kernel paging request at virtual address dead000000000108\n"
	  "pgd = ffffffc0a39a0000\n[dead000000000108] *pgd=0000000000000000, *pud=0000000000000000\n"
	  "Internal error: Oops: 96000044 [#1] PREEMPT SMP\n"
	  "CPU: 2 PID: 1170 Comm: app Tainted: G    BU         3.18.0 #78\n"
	  "task: ffffffc0a3940000 ti: ffffffc0a39a4000 task.ti: ffffffc0a39a4000\n"
	  "PC is at _timer_stop.constprop.9+0x184/0x2b0\nLR is at _timer_stop.constprop.9+0x184/0x2b0\n"
	  "pc : [<ffffffc000d394c4>] lr : [<ffffffc000d394c4>] pstate: 200001c5\n"
	  "Call trace:\n[<ffffffc000d394c4>] _timer_stop.constprop.9+0x184/0x2b0\n"
	  "[<ffffffc000d3a000>] timer_ioctl+0x10/0x20\n",
	  "oops page-fault f=_timer_stop.constprop.9 a=dead000000000108 write app pid=1170 cpu=2 taint=G BU code=96000044 #1\n" },
	{ "arm64: an assertion, and a synchronous external abort",
	  "kernel BUG at mm/slub.c:3953!\nInternal error: Oops - BUG: 00000000f2000800 [#1] SMP\n"
	  "CPU: 0 PID: 4 Comm: k Not tainted 6.6.0 #1\npc : kfree+0x1e8/0x200\nlr : drop+0x1/0x2 [m]\n"
	  "Call trace:\n kfree+0x1e8/0x200\n drop+0x1/0x2 [m]\n ret_from_fork+0x10/0x20\n"
	  "---[ end trace 0000000000000000 ]---\n"
	  "@99 Internal error: synchronous external abort: 96000210 [#2] SMP\n"
	  "CPU: 1 PID: 1 Comm: init Not tainted 5.4.0 #1\npc : logic_inb+0x8/0x20\nlr : probe+0x1/0x9\n"
	  "Call trace:\n logic_inb+0x8/0x20\n probe+0x1/0x9\n do_one_initcall+0x50/0x1b0\n",
	  "oops bug f=kfree s=drop m=m k pid=4 cpu=0 code=00000000f2000800 #1 at mm/slub.c :3953\n"
	  "oops external-abort f=logic_inb s=probe init pid=1 cpu=1 code=96000210 #2\n" },
	{ "arm, since 6.1: pairs of names",
	  "8<--- cut here ---\n"
	  "Unable to handle kernel NULL pointer dereference at virtual address 00000004 when read\n"
	  "[00000004] *pgd=80000080004003, *pmd=00000000\n"
	  "Internal error: Oops: 206 [#1] PREEMPT SMP ARM\nModules linked in:\n"
	  "CPU: 1 PID: 5109 Comm: app Not tainted 6.6.0 #0\nHardware name: ARM-Versatile Express\n"
	  "PC is at thread_stop+0x60/0x524\nLR is at thread_stop+0x2c/0x524\n"
	  "pc : [<802765d8>]    lr : [<802765a4>]    psr: 60000113\n"
	  "sp : df9a9e50  ip : df9a9e50  fp : df9a9e84\n"
	  "Process app (pid: 5109, stack limit = 0xdf9a8000)\n"
	  "Backtrace: \n thread_stop from dev_close+0x60/0x7c\n dev_close from __fput+0x84/0x264\n"
	  "Code: e5943008 (e5932004)\n---[ end trace 0000000000000000 ]---\n",
	  "oops null-deref f=thread_stop a=00000004 read app pid=5109 cpu=1 code=206 #1\n" },
	{ "arm, 2.6.32: no name of the task but in the Process line",
	  "Unable to handle kernel paging request at virtual address 0c0c9ca0\npgd = c0004000\n"
	  "[0c0c9ca0] *pgd=00000000\nInternal error: Oops: 5 [#1] PREEMPT\n"
	  "Modules linked in: cam irqk\nCPU: 0    Not tainted  (2.6.32 #22)\n"
	  "PC is at map_sg+0x70/0x2c0\nLR is at mmc_map+0x2c/0xa4\n"
	  "pc : [<c01751ac>]    lr : [<c025a42c>]    psr: 80000013\n"
	  "Process mmcqd (pid: 71, stack limit = 0xc23e0270)\n"
	  "[<c01751ac>] (map_sg+0x70/0x2c0) from [<c025a42c>] (mmc_map+0x2c/0xa4)\n",
	  "oops page-fault f=map_sg a=0c0c9ca0 mmcqd pid=71 cpu=0 code=5 #1\n" },
	{ "arm: a program's fault, told with the same words, is none",
	  "Unhandled fault: page domain fault (0x01b) at 0x00000008\npgd = 85d2c000\n", "" },
	{ "s390",
	  "Unable to handle kernel pointer dereference in virtual kernel address space\n"
	  "Failing address: 0000000000000000 TEID: 0000000000000483\n"
	  "Fault in home space mode while using kernel ASCE.\n"
	  "Oops: 0004 ilc:3 [#1] SMP \nModules linked in: qeth(-) zfcp\n"
	  "CPU: 0 PID: 721 Comm: chccwdev Not tainted 5.14.0 #1\n"
	  "Hardware name: IBM 8561 T01 703 (LPAR)\n"
	  "Krnl PSW : 0704c00180000000 000003ff80a1b2c4 (card_free+0x34/0xb0 [qeth])\n"
	  "           R:0 T:1 IO:1 EX:1 Key:0 M:1 W:0 P:0 AS:3 CC:0 PM:0 RI:0 EA:3\n"
	  "Krnl GPRS: 0000000000000000 000000008a8b8c8d 0000000000000000 0000000000000001\n"
	  "Call Trace:\n [<000003ff80a1b2c4>] card_free+0x34/0xb0 [qeth] \n"
	  "([<000003ff80a1b29e>] card_free+0xe/0xb0 [qeth])\n"
	  " [<00000000a1b2c3d4>] group_remove+0x44/0x70 \n"
	  "Last Breaking-Event-Address:\n [<000003ff80a1b29a>] card_free+0xa/0xb0 [qeth]\n"
	  "---[ end trace 0123456789abcdef ]---\n",
	  "oops page-fault f=card_free m=qeth a=0000000000000000 chccwdev pid=721 cpu=0 code=0004 #1\n" },
	{ "s390: BUG",
	  "------------[ cut here ]------------\nkernel BUG at drivers/scsi/scsi_lib.c:660!\n"
	  "illegal operation: 0001 ilc:1 [#1] SMP\n"
	  "CPU: 0 PID: 10 Comm: udevd Not tainted 3.10.0 #1\n"
	  "Krnl PSW : 0404c00180000000 0000000000431f8e (alloc_sgtable+0x62/0x7c)\n"
	  "Call Trace:\n([<00000000027f8000>] 0x27f8000)\n [<0000000000432114>] init_io+0xdc/0x184\n",
	  "oops bug f=alloc_sgtable udevd pid=10 cpu=0 code=0001 #1 at drivers/scsi/scsi_lib.c :660\n" },
	{ "ppc64le",
	  "BUG: Kernel NULL pointer dereference on read at 0x00000010\n"
	  "Faulting instruction address: 0xc00000000022d79c\n"
	  "Oops: Kernel access of bad area, sig: 11 [#1]\n"
	  "LE PAGE_SIZE=64K MMU=Radix SMP NR_CPUS=2048 NUMA pSeries\nModules linked in: ipr\n"
	  "CPU: 5 PID: 251 Comm: eehd Not tainted 6.1.0 #1\n"
	  "NIP:  c00000000022d79c LR: c00000000022d784 CTR: 0000000000000000\n"
	  "REGS: c00000007a3ef6e0 TRAP: 0300   Not tainted  (6.1.0)\n"
	  "MSR:  8000000000009033 <SF,EE,ME,IR,DR,RI,LE>  CR: 28000428  XER: 00000000\n"
	  "CFAR: c00000000022d788 DAR: 0000000000000010 DSISR: 40000000 IRQMASK: 0 \n"
	  "GPR00: c00000000022d784 c00000007a3ef970 c000000001a2b200 0000000000000000 \n"
	  "NIP [c00000000022d79c] error_detected+0x18c/0x220 [ipr]\n"
	  "LR [c00000000022d784] error_detected+0x174/0x220 [ipr]\nCall Trace:\n"
	  "[c00000007a3ef970] [c00000000022d784] error_detected+0x174/0x220 [ipr] (unreliable)\n"
	  "[c00000007a3efa00] [c00000000004b258] report_error+0x98/0x110\n"
	  "Code: eb41ffd0 eb61ffd8 <e9290010> 7c0803a6\n---[ end trace 0000000000000000 ]---\n",
	  "oops null-deref f=error_detected m=ipr a=0x00000010 read pc=0xc00000000022d79c eehd pid=251 cpu=5 #1\n" },
	{ "riscv",
	  "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008\n"
	  "Oops [#1]\nModules linked in: spi(O)\n"
	  "CPU: 1 PID: 533 Comm: app Tainted: G           O       6.1.0 #1\n"
	  "Hardware name: riscv-virtio,qemu (DT)\n"
	  "epc : spi_pump+0x72/0xb2 [spi]\n ra : spi_sync+0x20/0x40 [spi]\n"
	  "epc : ffffffff80075bd0 ra : ffffffff80075bae sp : ffffffe00b5e7ee0\n"
	  " gp : ffffffff81a2b200 tp : ffffffe00b5d0000 t0 : 0000000000000000\n"
	  "status: 0000000000000120 badaddr: 0000000000000008 cause: 000000000000000f\n"
	  "Call Trace:\n[<ffffffff80075bd0>] spi_pump+0x72/0xb2 [spi]\n"
	  "[<ffffffff80001abc>] ret_from_exception+0x0/0x16\n---[ end trace 0000000000000000 ]---\n",
	  "oops null-deref f=spi_pump m=spi a=0000000000000008 write app pid=533 cpu=1 taint=G O code=000000000000000f #1\n" },
	{ "riscv: BUG",
	  "kernel BUG at mm/page_alloc.c:99!\nKernel BUG [#1]\n"
	  "CPU: 0 PID: 1 Comm: init Not tainted 6.1.0 #1\nepc : free_one+0x2/0x4\n",
	  "oops bug f=free_one init pid=1 cpu=0 #1 at mm/page_alloc.c :99\n" },
};

static void run(const struct t_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		t_check_case(&cases[i]);
}

static void oopses_of_x86(void **state)
{
	(void)state;
	run(x86, sizeof x86 / sizeof *x86);
}

static void oopses_of_others(void **state)
{
	(void)state;
	run(others, sizeof others / sizeof *others);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(oopses_of_x86),
		cmocka_unit_test(oopses_of_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

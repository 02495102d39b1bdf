/* kern/panic_reasons.c - see panic_reasons.h.  The format strings of panic() and
 * nmi_panic() in kernel/, mm/, init/, fs/, drivers/ and arch/ of 2.6.32 to 7.2. */
#include "kern/panic_reasons.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

#define OOPS       "oops bug sanitizer hardware"
#define SEE_OOPS   "the oops before it is the story: its first line, RIP and call trace"
#define SEE_REPORT "read the report right before the panic line"
#define MCE_NEXT                                                                         \
	"decode the [Hardware Error] lines; read the machine's event log (ipmitool sel " \
	"list), and replace what it names"
#define MCE_MEANS     "the processor reported an error that it could not correct"
#define CORRUPT_MEANS "the memory checker found corruption, and was told to panic on it"
#define ROOT_NEXT                                                                        \
	"look for the driver of the disk in the initramfs and at root= on the kernel's " \
	"command line; boot the previous kernel and make the initramfs again"
#define VERITY_NEXT                                                                      \
	"the device's blocks do not match their hashes: check the storage below it, "    \
	"and write the image again"
#define WD_MEANS "nobody fed the watchdog for its whole timeout"
#define WD_NEXT                                                                          \
	"look for a lockup, hung tasks or a shortage of memory before it; the watchdog " \
	"is only the messenger"
#define HV_MEANS                                                                         \
	"the hypervisor or the confidential guest's firmware did something that the "    \
	"kernel cannot go on from"
#define HV_NEXT "ask who runs the host; note host and time"
#define STACK_NEXT                                                                       \
	"look in the call trace for a recursion and for functions with large frames; a " \
	"stack is 16 KiB"
#define CORE_DUMP "a dump (kdump) of the next one shows the memory around it"

static const struct iq_panic_reason reasons[] = {
	{"Fatal exception: panic_on_oops", "panic-on-oops", OOPS,
	 "an oops ended in a panic because kernel.panic_on_oops is set", SEE_OOPS},
	{"Fatal exception in interrupt", "panic-on-oops", OOPS,
	 "an oops in an interrupt or in the idle task, which the kernel cannot survive",
	 SEE_OOPS},
	{"*: Fatal exception in interrupt", "panic-on-oops", OOPS,
	 "an oops in an interrupt or in the idle task, which the kernel cannot survive",
	 SEE_OOPS},
	{"Fatal exception", "panic-on-oops", OOPS,
	 "an oops ended in a panic because kernel.panic_on_oops is set", SEE_OOPS},
	{"*: Fatal exception", "panic-on-oops", OOPS,
	 "an oops ended in a panic because kernel.panic_on_oops is set", SEE_OOPS},
	{"Oopsed too often", "panic-on-oops", OOPS, "kernel.oops_limit was reached",
	 "the first oops of the boot is the story"},
	{"*panic_on_warn set", "panic-on-warn", "warning sanitizer bug",
	 "a warning ended in a panic because kernel.panic_on_warn is set", SEE_REPORT},
	{"*system warned too often", "panic-on-warn", "warning",
	 "kernel.warn_limit was reached", "the first warning of the boot is the story"},
	{"panic_on_taint set", "unknown", NULL,
	 "the kernel became tainted by what kernel.panic_on_taint forbids",
	 "the taint letters tell by what"},
	{"kasan.fault=panic", "memory-corruption", "sanitizer", CORRUPT_MEANS,
	 SEE_REPORT},
	{"kfence.fault=panic", "memory-corruption", "sanitizer", CORRUPT_MEANS,
	 SEE_REPORT},
	{"kmsan.panic set", "memory-corruption", "sanitizer", CORRUPT_MEANS, SEE_REPORT},
	{"mcck: Attempting to kill init", "hardware-error", "hardware", MCE_MEANS,
	 MCE_NEXT},
	{"Kernel mode fault at addr 0x0, ip", "null-dereference", NULL,
	 "a user-mode Linux kernel used a NULL pointer", SEE_REPORT},
	{"Kernel mode fault at addr", "bad-pointer", NULL,
	 "a user-mode Linux kernel touched memory that is not there", SEE_REPORT},
	{"Segfault with no mm", "bad-pointer", NULL,
	 "a thread of a user-mode Linux kernel touched memory that is not there",
	 SEE_REPORT},
	{"Attempted to kill init", "init-died", "oops bug",
	 "process 1 ended, and the kernel cannot run without it", NULL},
	{"Attempted to kill the idle task", "memory-corruption", OOPS,
	 "the idle task of a CPU came to its end, which happens only after corruption or "
	 "an oops in it",
	 SEE_OOPS},
	{"Aiee, killing interrupt handler", "panic-on-oops", OOPS,
	 "an oops in an interrupt, which the kernel cannot survive", SEE_OOPS},
	{"hung_task: blocked tasks", "hung-task", "hung-task",
	 "tasks stayed blocked beyond the timeout, and kernel.hung_task_panic is set",
	 "read the blocks `INFO: task ... blocked` before it"},
	{"softlockup: hung tasks", "soft-lockup", "soft-lockup",
	 "a CPU ran kernel code without scheduling, and kernel.softlockup_panic is set",
	 "RIP and the trace of the stuck CPU are the story"},
	{"Hard LOCKUP", "hard-lockup", "hard-lockup",
	 "a CPU had its interrupts off beyond the threshold, and kernel.hardlockup_panic "
	 "is set",
	 "RIP and the trace of the stuck CPU are the story"},
	{"Watchdog detected hard LOCKUP", "hard-lockup", "hard-lockup",
	 "a CPU had its interrupts off beyond the threshold",
	 "RIP and the trace of the stuck CPU are the story"},
	{"*RCU Stall", "rcu-stall", "rcu-stall",
	 "a CPU or task kept RCU from going on, and kernel.panic_on_rcu_stall is set",
	 "the stall's own report names the CPU"},
	{"workqueue: *exceed", "workqueue-lockup", "workqueue-lockup",
	 "a worker pool made no progress, and a panic was asked for",
	 "the list of busy workqueues before it names the work"},
	{"NMI IOCK error", "hardware-error", "hardware",
	 "a device reported an error on the I/O check line",
	 "read the machine's event log; look for PCI errors before it"},
	{"NMI: Not continuing", "nmi", "hardware nmi",
	 "a non-maskable interrupt came from outside, and the settings demand a panic: "
	 "the diagnostic interrupt of a cloud console or of `virsh inject-nmi`, or "
	 "hardware",
	 "ask who sent it; if nobody did, read the machine's event log"},
	{"An NMI occurred", "nmi", "hardware",
	 "the server's management processor raised an NMI", "read its log (iLO, IML)"},
	{"hpwdt", "watchdog", "hardware", "the server's hardware watchdog raised an NMI",
	 WD_NEXT},
	{"Arm Generic Diagnostic Dump", "nmi", NULL,
	 "a diagnostic dump was asked for through the firmware", "ask who asked for it"},
	{"*System Reset", "nmi", "hardware",
	 "a system reset exception: asked for at the console of the hypervisor, or "
	 "hardware",
	 "ask who sent it"},
	{"sysrq triggered crash", "manual-crash", NULL,
	 "somebody asked for the crash by SysRq-c",
	 "find out who and why; what came before it tells what the dump was wanted for"},
	{"*achine check", "hardware-error", "hardware", MCE_MEANS, MCE_NEXT},
	{"Timeout synchronizing machine check", "hardware-error", "hardware", MCE_MEANS,
	 MCE_NEXT},
	{"Timeout: Not all CPUs entered broadcast", "hardware-error", "hardware",
	 "a machine check came, and a CPU did not answer it", MCE_NEXT},
	{"Failed kernel mode recovery", "hardware-error", "hardware", MCE_MEANS,
	 MCE_NEXT},
	{"Panicing machine check", "hardware-error", "hardware", MCE_MEANS, MCE_NEXT},
	{"MCA architectural violation", "hardware-error", "hardware", MCE_MEANS,
	 MCE_NEXT},
	{"Lost physical address for unconsumed", "hardware-error", "hardware", MCE_MEANS,
	 MCE_NEXT},
	{"Too many c*recoverable errors", "hardware-error", "hardware", MCE_MEANS,
	 MCE_NEXT},
	{"Unable to continue", "hardware-error", "hardware",
	 "a machine check or bus error that the processor cannot continue from",
	 MCE_NEXT},
	{"*Fatal hardware error", "hardware-error", "hardware",
	 "the firmware reported a fatal hardware error (APEI GHES)",
	 "the CPER lines before it name the section and the device; read the machine's "
	 "event log"},
	{"UE *on ", "hardware-error", "hardware",
	 "an uncorrectable memory error, with edac_mc_panic_on_ue set",
	 "replace the DIMM that the label names"},
	{"EDAC MC*: UE", "hardware-error", "hardware",
	 "an uncorrectable memory error, with edac_mc_panic_on_ue set",
	 "replace the DIMM that the label names"},
	{"Memory failure on page", "hardware-error", "hardware",
	 "an uncorrectable memory error", "replace the memory that it names"},
	{"Asynchronous SError Interrupt", "hardware-error", "hardware oops",
	 "an error from the memory system that no instruction can be blamed for: a bad "
	 "access to a device's registers, or an ECC error",
	 "look at drivers that were just starting, and at reports of the firmware (GHES, "
	 "EDAC)"},
	{"*SError", "hardware-error", "hardware oops",
	 "an error from the memory system that no instruction can be blamed for",
	 "decode the code on the SError line"},
	{"Unhandled exception", "unknown", "oops",
	 "an exception that the kernel has no handler for",
	 "the exception class and the PC tell more"},
	{"bad mode", "unknown", "oops", "an exception that the kernel has no handler for",
	 "the exception class (ESR) and the PC tell more"},
	{"Corrupt kernel stack", "stack-overflow", OOPS,
	 "a kernel stack was used beyond its end", STACK_NEXT},
	{"*ernel stack overflow", "stack-overflow", OOPS,
	 "a kernel stack was used beyond its end", STACK_NEXT},
	{"*stack guard", "stack-overflow", OOPS, "a kernel stack was used beyond its end",
	 STACK_NEXT},
	{"corrupted stack end detected", "stack-overflow", OOPS,
	 "the word at the end of a task's stack was overwritten: the stack ran over, or "
	 "somebody wrote into it",
	 STACK_NEXT},
	{"corrupted shadow stack", "memory-corruption", OOPS,
	 "the end of a task's shadow call stack was overwritten", CORE_DUMP},
	{"low stack detected by irq handler", "stack-overflow", OOPS,
	 "an interrupt found too little stack left", STACK_NEXT},
	{"stack-protector: Kernel stack is corrupted", "memory-corruption", OOPS,
	 "a function found its canary overwritten when it returned: a buffer in its own "
	 "frame or in that of a function it had called was written beyond its end",
	 "look at arrays on the stack of the function that it names"},
	{"Machine halted", "stack-overflow", OOPS,
	 "a double fault: mostly a kernel stack at its end, else a broken stack pointer",
	 STACK_NEXT},
	{"VFS: Unable to mount", "no-root-fs", NULL,
	 "the kernel could not mount the root filesystem", ROOT_NEXT},
	{"No init found", "no-root-fs", NULL,
	 "the root filesystem was mounted, and no program was there to start as init",
	 "the wrong filesystem, an empty one, or /sbin/init without its loader or "
	 "libraries"},
	{"No working init found", "no-root-fs", NULL,
	 "the root filesystem was mounted, and no program there could be started as init",
	 "the wrong filesystem, an empty one, or /sbin/init without its loader or "
	 "libraries"},
	{"Requested init", "no-root-fs", NULL,
	 "the program that init= names could not be started",
	 "look at init= on the kernel's command line, and at the error"},
	{"Too many boot", "unknown", NULL, "the kernel's command line is too long",
	 "shorten what is handed over to init"},
	{"Could not decompress initial ramdisk", "no-root-fs", NULL,
	 "the initramfs is damaged or of a form that this kernel cannot read",
	 "make the initramfs again"},
	{"*Failed to execute /init", "no-root-fs", NULL,
	 "the initramfs has no program that could be started",
	 "make the initramfs again"},
	{"Out of memory and no killable", "no-killable", NULL,
	 "memory ran out, and nobody was left who may be killed", NULL},
	{"System is deadlocked on memory", "no-killable", NULL,
	 "memory ran out, and nobody was left who may be killed", NULL},
	{"Out of memory: *panic_on_oom", "panic-on-oom", NULL,
	 "vm.panic_on_oom demands a panic when memory runs out", NULL},
	{"out of memory. panic_on_oom", "panic-on-oom", NULL,
	 "vm.panic_on_oom demands a panic when memory runs out", NULL},
	{"out of memory. Compulsory panic_on_oom", "panic-on-oom", NULL,
	 "vm.panic_on_oom demands a panic when memory runs out", NULL},
	{"Out of memory when creating kmem_cache", "unknown", NULL,
	 "memory ran out while the kernel was starting",
	 "a crash kernel needs a larger crashkernel=; else the machine has too little "
	 "memory"},
	{"*ailed to allocate *bytes", "unknown", NULL,
	 "memory ran out, or none of the wanted kind was there, while the kernel was "
	 "starting",
	 "a crash kernel needs a larger crashkernel=; else check mem=, memmap= and the "
	 "firmware's memory map"},
	{"EXT4-fs *panic", "filesystem-error", "filesystem storage",
	 "ext4 met an error, and the filesystem is mounted or made with errors=panic",
	 "the EXT4-fs error lines before it; run e2fsck after the storage is sound"},
	{"EXT3-fs *panic", "filesystem-error", "filesystem storage",
	 "ext3 met an error, and the filesystem is mounted with errors=panic",
	 "the error lines before it; run e2fsck after the storage is sound"},
	{"EXT2-fs", "filesystem-error", "filesystem storage",
	 "ext2 met an error, and the filesystem is mounted with errors=panic",
	 "the error lines before it; run e2fsck after the storage is sound"},
	{"BTRFS panic", "filesystem-error", "filesystem storage",
	 "btrfs met an error in its own structures",
	 "the lines before it; btrfs check after the storage is sound"},
	{"XFS", "filesystem-error", "filesystem storage",
	 "xfs met an error, and fs.xfs.panic_mask demands a panic",
	 "the lines before it; xfs_repair after the storage is sound"},
	{"dm-verity device corrupted", "storage-error", "storage",
	 "a block of a verified device did not match its hash", VERITY_NEXT},
	{"dm-verity device has I/O error", "storage-error", "storage",
	 "a block of a verified device could not be read", VERITY_NEXT},
	{"Watchdog Timeout", "watchdog", "soft-lockup hung-task", WD_MEANS, WD_NEXT},
	{"Kernel Watchdog", "watchdog", "soft-lockup hung-task", WD_MEANS, WD_NEXT},
	{"Software Watchdog Timer expired", "watchdog", "soft-lockup hung-task", WD_MEANS,
	 WD_NEXT},
	{"*atchdog pre*timeout", "watchdog", "soft-lockup hung-task", WD_MEANS, WD_NEXT},
	{"*pre-timeout", "watchdog", "soft-lockup hung-task", WD_MEANS, WD_NEXT},
	{"watchdog", "watchdog", "soft-lockup hung-task", WD_MEANS, WD_NEXT},
	{"audit:", "unknown", NULL,
	 "audit could not keep a record, and its failure mode is 2",
	 "auditctl -s shows the backlog; -f 1 prints instead of stopping the machine"},
	{"CRED: put_cred_rcu", "use-after-free", OOPS,
	 "a task's credentials were given back while in use", CORE_DUMP},
	{"HYP panic", "unknown", "oops",
	 "the hypervisor part of the kernel met an exception",
	 "PS, PC and ESR in the line tell where"},
	{"Corrupted kernel text", "memory-corruption", OOPS,
	 "the kernel's own code was overwritten", CORE_DUMP},
	{"Invalid kernel stack pointer", "memory-corruption", OOPS,
	 "the stack pointer pointed nowhere", CORE_DUMP},
	{"Host injected async #PF in kernel mode", "unknown", NULL, HV_MEANS, HV_NEXT},
	{"Unable to handle #VC exception", "unknown", NULL, HV_MEANS, HV_NEXT},
	{"TDVMCALL failed", "unknown", NULL, HV_MEANS, HV_NEXT},
	{"Unexpected EPT-violation", "unknown", NULL, HV_MEANS, HV_NEXT},
	{"Unrecovered CPU Exception", "unknown", NULL, HV_MEANS, HV_NEXT},
	{"Xen: ", "unknown", NULL, HV_MEANS, HV_NEXT},
	{"IO-APIC + timer doesn't work", "unknown", NULL,
	 "the timer interrupt does not arrive", "try noapic, or newer firmware"},
	{"Didn't find an APIC driver", "unknown", NULL,
	 "the machine has no APIC that this kernel knows",
	 "newer firmware, or a newer kernel"},
	{"Max apic_id exceeded", "unknown", NULL,
	 "the machine has more CPUs than this kernel takes", "a kernel built for more"},
	{"lkdtm", "manual-crash", NULL, "the crash test module was asked for it",
	 "find out who and why"},
	{"rust_kernel: panicked", "assertion", NULL, "Rust code of the kernel panicked",
	 SEE_REPORT},
};

struct iq_slice iq_panic_reason_text(struct iq_slice line)
{
	static const struct iq_slice lead = {"Kernel panic - ", 15};
	static const struct iq_slice not = {"not syncing: ", 13};
	ptrdiff_t at = iq_find(line, lead);

	if (at >= 0) {
		line = iq_from(line, (size_t)at + lead.n);
		at = iq_find(line, IQ_LIT("syncing: "));
		if (at >= 0 && (size_t)at <= not .n)
			line = iq_from(line, (size_t)at + 9);
	}
	line = iq_trim(line);
	if (iq_ends(line, IQ_LIT("]---")))
		line.n -= 4;
	return iq_trim(line);
}

/* PATTERN at the front of S, '*' for anything; no pattern has more than two. */
static bool matches(struct iq_slice s, struct iq_slice pattern)
{
	bool anywhere = false;

	while (pattern.n) {
		if (pattern.p[0] == '*') {
			anywhere = true;
			pattern = iq_from(pattern, 1);
			continue;
		}
		ptrdiff_t star = iq_find_char(pattern, '*');
		struct iq_slice word =
			star < 0 ? pattern : iq_head(pattern, (size_t)star);
		ptrdiff_t at = iq_find(s, word);
		if (at < 0 || (at > 0 && !anywhere))
			return false;
		s = iq_from(s, (size_t)at + word.n);
		pattern = iq_from(pattern, word.n);
		anywhere = false;
	}
	return true;
}

const struct iq_panic_reason *iq_panic_reason(struct iq_slice reason)
{
	reason = iq_panic_reason_text(reason);
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (matches(reason, iq_slice_z(reasons[i].pattern)))
			return &reasons[i];
	return NULL;
}

/* --- how init ended: wait(2) --- */

const char *iq_signal_name(int signal)
{
	/* of all architectures that have SIGBUS as 7: not alpha, mips, parisc, sparc */
	static const char *const names[] = {
		[1] = "SIGHUP", "SIGINT",         "SIGQUIT", "SIGILL",        "SIGTRAP",
		"SIGABRT",      "SIGBUS",         "SIGFPE",  "SIGKILL",       "SIGUSR1",
		"SIGSEGV",      "SIGUSR2",        "SIGPIPE", "SIGALRM",       "SIGTERM",
		"SIGSTKFLT",    [24] = "SIGXCPU", "SIGXFSZ", [31] = "SIGSYS",
	};
	return signal > 0 && (size_t)signal < COUNT(names) ? names[signal] : NULL;
}

static const struct ending {
	int signal, code;
	const char *means, *next;
} endings[] = {
	{11, -1, "it used an address that is not its own",
	 "a library or loader of init that is damaged or does not fit; bad memory; look "
	 "for `segfault at` lines"},
	{7, -1,
	 "a page of its program or library could not be read, or memory failed under it",
	 "I/O errors of the root disk and memory failure lines before it"},
	{9, -1,
	 "somebody killed it: an oops in it, or the OOM killer where nobody else was "
	 "left",
	 "an oops or OOM report before it"},
	{4, -1, "it met an instruction that the processor does not have",
	 "a program built for a newer processor, or a virtual machine moved to an older "
	 "host"},
	{6, -1, "it gave up by itself (abort)", "its own last words before the panic"},
	{5, -1, "it met a trap", "its own last words before the panic"},
	{8, -1, "it divided by zero", "its own last words before the panic"},
	{31, -1, "it made a system call that a filter forbids",
	 "seccomp filters of its start"},
	{0, 0, "it ended by itself, as if its work were done",
	 "a script as init that came to its end: the last command of the initramfs "
	 "script"},
	{0, 1, "it gave up with a general error", "its own last words before the panic"},
	{0, 126, "the program to be run may not be run",
	 "permissions, noexec mounts, a security policy"},
	{0, 127, "a program or library that it needs was not found",
	 "the loader and libraries of init: a broken upgrade of libc, a filesystem that "
	 "is not mounted or lost files"},
};

void iq_exit_read(uint64_t exitcode, struct iq_exit *ret)
{
	*ret = (struct iq_exit){.code = -1,
				.means = "it ended",
				.next = "its own last words before the panic"};
	ret->signal = (int)(exitcode & 0x7f);
	if (ret->signal)
		ret->name = iq_signal_name(ret->signal);
	else
		ret->code = (int)(exitcode >> 8 & 0xff);
	for (size_t i = 0; i < COUNT(endings); i++) {
		const struct ending *e = &endings[i];
		if (e->signal != ret->signal || (!e->signal && e->code != ret->code))
			continue;
		ret->means = e->means;
		ret->next = e->next;
	}
}

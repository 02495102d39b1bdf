/* plugins/crash_oops.c - oopses that are no bad address: BUG(), divide errors, stacks at
 * their end, instructions that are none, aborts by the memory system (crash.h).
 *
 * Follows arch/x86/kernel/traps.c and fault.c, arch/arm64/kernel/traps.c and
 * mm/fault.c, lib/bug.c, lib/list_debug.c, mm/usercopy.c, lib/string_helpers.c.
 */
#include "crash.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int is_manual(const struct look *l)
{
	return l->c->manual == 1 || is(l->c->function, "sysrq_handle_crash") ||
	       says(l, "sysrq triggered crash") || is(form(l), "sysrq");
}

/* Who wrote to sysrq-trigger, and whose children that is: of a dump.  From a keyboard the
 * processor ran somebody who has no part in it. */
#define WHO_ASKED                                                                        \
	"WITH RECURSIVE who AS (SELECT c.snapshot_id, c.pid FROM v1_cpu AS c "           \
	"JOIN v1_snapshot AS s USING (snapshot_id) WHERE s.boot_id = :boot_id "          \
	"AND s.source = 'vmcore' AND c.crashed = 1 AND EXISTS (SELECT 1 FROM v1_stack "  \
	"AS f WHERE f.snapshot_id = c.snapshot_id AND f.pid = c.pid "                    \
	"AND f.function = 'write_sysrq_trigger') LIMIT 1), "                             \
	"up(n, snapshot_id, ppid, text) AS (SELECT 0, t.snapshot_id, t.ppid, "           \
	"printf('%s[%d]%s', t.comm, t.pid, coalesce(' of uid ' || t.uid, '')) "          \
	"FROM who JOIN v1_task AS t USING (snapshot_id, pid) "                           \
	"UNION ALL SELECT n + 1, t.snapshot_id, t.ppid, printf('%s[%d]', t.comm, "       \
	"t.pid) FROM up JOIN v1_task AS t ON t.snapshot_id = up.snapshot_id "            \
	"AND t.pid = up.ppid WHERE n < 4 AND up.ppid > 0) "                              \
	"SELECT group_concat(text, ', child of ') FROM (SELECT text FROM up ORDER BY n)"

static void manual(const struct look *l, struct judged *j)
{
	const char *who = ask_text(l, WHO_ASKED);

	judge(j, "manual-crash", "panic-manual-crash", INQUEST_CERTAIN);
	j->title = "somebody asked for the crash by SysRq-c";
	why(j, "A crash by hand (SysRq-c, or `echo c > /proc/sysrq-trigger`), mostly to "
	       "get a dump of a machine that hangs: look at what came before it.");
	if (who)
		why(j, l->h->text(l->ctx, "By the dump it was %s, who wrote to "
					  "/proc/sysrq-trigger.", who));
	advise(j, who ? "ask why; the events before it tell what the dump was wanted for"
		      : "find out who and why; the events before it tell what the dump was "
			"wanted for");
}

/* --- BUG() --- */

/* Assertions that speak of something else than their own line. */
static const struct meaning {
	const char *word; /* in the file, the function or what was said */
	const char *verdict, *rule, *title, *means, *advice;
} meanings[] = {
	{"list_debug.c", "memory-corruption", "crash-list-corruption",
	 "a linked list was found corrupted",
	 "An entry was added or taken off twice, freed while on the list, or "
	 "overwritten.",
	 "the value that was found in place of the right one tells who wrote it: decode "
	 "it as an address, a poison or text"},
	{"mm/usercopy.c", "out-of-bounds", "crash-usercopy",
	 "a copy to or from user space would have gone beyond its object",
	 "The kernel checked the size of a copy against the object it lies in, and "
	 "stopped it.",
	 "the cache, offset and size named say which object was too small"},
	{"fortify_panic", "out-of-bounds", "crash-fortify",
	 "a copy would have gone beyond its buffer",
	 "FORTIFY_SOURCE knew the size of the buffer and stopped the copy.",
	 "look at the caller: the first frame that is not fortify_panic()"},
	{"detected buffer overflow", "out-of-bounds", "crash-fortify",
	 "a copy would have gone beyond its buffer",
	 "FORTIFY_SOURCE knew the size of the buffer and stopped the copy.",
	 "look at the caller: the first frame that is not fortify_panic()"},
	{"mm/slub.c", "memory-corruption", "crash-slab-assertion",
	 "the slab allocator found its own structures broken",
	 "The allocator is the victim: somebody else wrote over an object that was free, "
	 "or freed one twice.",
	 "boot with slub_debug=FZPU (the whole machine becomes slower) to catch who does "
	 "it"},
	{"mm/slab.c", "memory-corruption", "crash-slab-assertion",
	 "the slab allocator found its own structures broken",
	 "The allocator is the victim: somebody else wrote over an object that was free, "
	 "or freed one twice.",
	 "a kernel with CONFIG_DEBUG_SLAB or KASAN catches who does it"},
	{"skb_over_panic", "assertion", "crash-skb-over",
	 "a network packet grew beyond its buffer",
	 "skb_put() was asked for more room than the buffer has; it was stopped before "
	 "anything was overwritten.",
	 "look at the driver that fills the packet"},
	{"skb_under_panic", "assertion", "crash-skb-under",
	 "a header was put before the start of a network packet's buffer",
	 "skb_push() found no headroom; it was stopped before anything was overwritten.",
	 "look at tunnels and drivers in the trace: too little headroom was reserved"},
	{"VM_BUG_ON_PAGE", "assertion", "crash-page-assertion",
	 "the state of a page was not what the code relies on",
	 "The page that was dumped before has wrong flags or counts.", NULL},
	{"VM_BUG_ON_FOLIO", "assertion", "crash-page-assertion",
	 "the state of a page was not what the code relies on",
	 "The page that was dumped before has wrong flags or counts.", NULL},
};

static const struct meaning *meaning_of(const struct look *l)
{
	static const char *const list[] = {"list-corrupt"};

	for (size_t i = 0; i < COUNT(meanings); i++)
		if (has(l->c->source_file, meanings[i].word) ||
		    says(l, meanings[i].word) || has(l->c->function, meanings[i].word) ||
		    line_with(l, meanings[i].word))
			return &meanings[i];
	return name_among(form(l), list, 1) ? &meanings[0] : NULL;
}

static void assertion(const struct look *l, struct judged *j)
{
	const struct meaning *m = meaning_of(l);
	const char *source = source_of(l);

	judge(j, m ? m->verdict : "assertion", m ? m->rule : "crash-assertion",
	      INQUEST_CERTAIN);
	if (m)
		j->title = l->h->text(l->ctx, "%s: BUG in %s", m->title, place(l));
	else
		j->title = l->h->text(l->ctx, "BUG() in %s%s%s", place(l),
				      source ? " at " : "", source ? source : "");
	if (m)
		why(j, m->means);
	else
		why(j,
		    "The code met a state that it says can never be, and stopped there.");
	if (source && m)
		why(j, l->h->text(l->ctx, "The check stands at %s.", source));
	why(j, said(l));
	if (m)
		advise(j, m->advice);
	if (source)
		advise(j, l->h->text(l->ctx,
				     "read the condition at %s in the source of %s: it "
				     "is the state to look for",
				     source, l->release ? l->release : "this kernel"));
	if (m && (is(m->verdict, "memory-corruption")))
		advise(j,
		       "the same crash in unrelated places or with unlike values: test "
		       "the memory (memtest86+, EDAC counters); always in the same "
		       "place: a defect of the code there");
}

/* --- stacks --- */

static void stack_at_end(const struct look *l, struct judged *j, int stated)
{
	int repeats = 0;

	judge(j, "stack-overflow", stated ? "crash-stack-guard" : "crash-double-fault",
	      stated ? INQUEST_CERTAIN : INQUEST_LIKELY);
	j->title = l->h->text(l->ctx, "a kernel stack was used beyond its end in %s",
			      place(l));
	if (stated)
		why(j, "The access hit the guard page below the stack, or what remained "
		       "of it was too little for an exception.");
	else
		why(j,
		    "A double fault: the processor could not even begin to handle a "
		    "first fault. Mostly the stack was at its end; else the stack "
		    "pointer was broken, or code at the entry of the kernel failed.");
	for (size_t i = 1; i < l->n_frames; i++)
		for (size_t k = i; k-- > 0 && i - k <= 12;)
			if (is(l->frames[i].function, l->frames[k].function)) {
				repeats++;
				break;
			}
	if (repeats >= 3)
		why(j, l->h->text(l->ctx,
				  "%d frames are of functions that stand above already: a "
				  "recursion.",
				  repeats));
	advise(j, "look in the call trace for functions that call each other in a "
		  "circle, or that keep large arrays on the stack; stacked filesystems, "
		  "block devices and "
		  "network devices add up");
	advise(j, "scripts/checkstack.pl, or -Wframe-larger-than=, show large frames of "
		  "a module");
}

/* --- the rest --- */

static void divide(const struct look *l, struct judged *j)
{
	judge(j, "divide-error", "crash-divide", INQUEST_CERTAIN);
	j->title = l->h->text(l->ctx,
			      "a division by zero, or with a result too large, in %s",
			      place(l));
	why(j,
	    "The divisor came from data: a size, rate or count that is 0 in a state that "
	    "nobody thought of.");
	advise(j, l->h->text(l->ctx,
			     "find the division in %s and where its divisor is set; the "
			     "registers show the operands",
			     place(l)));
}

/* ud2, by which x86 says BUG(): kernels without CONFIG_DEBUG_BUGVERBOSE say no more. */
static int is_trap(const struct look *l)
{
	const char *code = l->c->code;

	return has(code, "<0f> 0b") || has(code, "<0f>0b");
}

static void untold(const struct look *l, struct judged *j)
{
	judge(j, "assertion", "crash-assertion-untold", INQUEST_STRONG);
	j->title = l->h->text(l->ctx, "BUG() in %s", place(l));
	why(j, "The instruction is ud2, by which the kernel stops itself where an assertion "
	       "fails; it was built without the names of files and lines.");
	why(j, said(l));
	advise(j, l->h->text(l->ctx,
			     "read the assertions in %s; the line before the report may "
			     "name the condition",
			     place(l)));
}

static void illegal(const struct look *l, struct judged *j)
{
	if (is_trap(l)) {
		untold(l, j);
		return;
	}
	judge(j, "illegal-instruction", "crash-illegal-instruction",
	      says(l, "invalid opcode") && !l->c->code ? INQUEST_LIKELY : INQUEST_CERTAIN);
	j->title = l->h->text(l->ctx,
			      "an instruction that the processor does not know, in %s",
			      place(l));
	why(j,
	    "No BUG() was reported with it. Either a jump went to something that is no "
	    "code, the code was overwritten, or the processor lacks an instruction: a "
	    "virtual machine moved to an older host, or a kernel built for a newer "
	    "processor.");
	advise(j,
	       "compare the bytes on the Code: line with the same place of the kernel's "
	       "image (objdump -d): equal bytes say that the processor is at fault or "
	       "too old, unlike ones that the text was overwritten");
}

/* Exceptions that sound code does not raise: arch/x86/kernel/traps.c. */
static void trap(const struct look *l, struct judged *j)
{
	judge(j, "unknown", "crash-trap", INQUEST_LIKELY);
	j->title = l->h->text(l->ctx, "an exception that sound code does not raise, in %s",
			      place(l));
	why(j, l->c->die ? l->h->text(l->ctx, "The processor said: %s.", l->c->die) : NULL);
	why(j, "A damaged stack or return address, a jump into the middle of code, or a "
	       "processor that fails.");
	advise(j, "compare the Code: line with the kernel's image; look for damaged memory "
		  "and for machine checks in the boot");
}

static void split_lock(const struct look *l, struct judged *j)
{
	judge(j, "bad-pointer", "crash-split-lock", INQUEST_LIKELY);
	j->title = l->h->text(l->ctx, "a locked access over two cache lines in %s", place(l));
	why(j, "The processor is set to forbid it (split lock detection); the address is "
	       "not aligned as an atomic variable must be.");
	advise(j, l->h->text(l->ctx, "find the atomic operation in %s, and who packs or "
				     "casts its variable; split_lock_detect=warn lets it pass",
			     place(l)));
}

static void breakpoint(const struct look *l, struct judged *j)
{
	judge(j, "illegal-instruction", "crash-int3", INQUEST_LIKELY);
	j->title = l->h->text(l->ctx, "a breakpoint that nobody had set, in %s", place(l));
	why(j, "int3 stands where code is being patched (jump labels, ftrace, kprobes) or "
	       "between functions: the jump went wrong, or the patching did.");
	advise(j, "look at tracers and live patches that were active; compare the Code: "
		  "line with the kernel's image");
}

/* rust/kernel/lib.rs: the message of the panic, then BUG(). */
static void rust_panic(const struct look *l, struct judged *j)
{
	judge(j, "assertion", "crash-rust-panic", INQUEST_CERTAIN);
	j->title = l->h->text(l->ctx, "Rust code stopped itself in %s", place(l));
	why(j, "An unwrap() of nothing, an index beyond the end or another check failed; "
	       "the headline has file and line.");
	why(j, said(l));
	advise(j, "read the line that the headline names");
}

static const char *const io_access[] = {
	"__raw_read*", "__raw_write*", "readb",  "readw",  "readl",   "readq",
	"writeb",      "writew",       "writel", "writeq", "ioread*", "iowrite*",
	"inb",         "inw",          "inl",    "outb",   "outw",    "outl",
	"logic_in*",   "logic_out*",   "_inb",   "_inl",   "_outb",   "_outl",
};

/* The memory system refused an access: a device that is not there, or an error in it. */
static void external_abort(const struct look *l, struct judged *j)
{
	int io = name_among(l->c->function, io_access, COUNT(io_access)) ||
		 (l->n_frames &&
		  name_among(l->frames[0].function, io_access, COUNT(io_access)));

	if (io) {
		judge(j, "bad-pointer", "crash-no-device", INQUEST_LIKELY);
		j->title = l->h->text(l->ctx,
				      "a driver touched registers of a device that did "
				      "not answer, in %s",
				      place(l));
		why(j,
		    "The bus answered an access to I/O memory with an error (external "
		    "abort): there is no device at that address, or it has no clock or "
		    "power.");
		advise(j,
		       "is the device there, and does the driver belong on this machine? "
		       "else keep the module from loading");
		return;
	}
	judge(j, "hardware-error", "crash-external-abort", INQUEST_LIKELY);
	j->title = l->h->text(l->ctx,
			      "the memory system answered an access with an error "
			      "(external abort) in %s",
			      place(l));
	why(j, "The memory controller or bus reported an error for this access: an "
	       "uncorrectable memory error, or an address with nothing behind it.");
	advise(j, "look for GHES and EDAC lines before it, and at the firmware's event "
		  "log; the physical address tells whether it was memory");
}

/* SP or PC alignment: a stack pointer or a return address that is none. */
static void alignment(const struct look *l, struct judged *j)
{
	judge(j, "bad-pointer", "crash-alignment", INQUEST_STRONG);
	j->title = l->h->text(l->ctx, "a misaligned address in %s", place(l));
	why(j, "The program counter, the stack pointer or an address of data was not "
	       "aligned as the processor demands: a jump through an overwritten pointer, "
	       "or a corrupted "
	       "stack.");
	advise(j, "the first frame of the trace made the jump or the access: look at the "
		  "function pointers it uses");
}

static void bad_mode(const struct look *l, struct judged *j)
{
	judge(j, "unknown", "crash-bad-mode", INQUEST_CERTAIN);
	j->title = l->h->text(l->ctx,
			      "an exception that the kernel does not handle (bad mode) "
			      "in %s",
			      place(l));
	why(j, "The processor took an exception of a class that this kernel has no "
	       "handler for: a feature that the kernel does not know, firmware, or an "
	       "error of the hardware. "
	       "The ESR in the report names the class.");
	advise(j, "decode the ESR (its bits 31 to 26); try newer firmware, or a newer "
		  "kernel");
}

static void control_flow(const struct look *l, struct judged *j)
{
	judge(j, "bad-pointer", "crash-control-flow", INQUEST_CERTAIN);
	j->title = l->h->text(l->ctx, "an indirect call went where none may go, from %s",
			      place(l));
	why(j, "Control flow integrity stopped it: the function pointer is wrong, or of "
	       "another type than the function that it points to.");
	advise(j, "compare the type of the pointer with that of the target named; a "
		  "module built against other headers does this too");
}

struct row {
	const char *word; /* in form, die header, headline */
	void (*judge)(const struct look *l, struct judged *j);
};

static void guard(const struct look *l, struct judged *j)
{
	stack_at_end(l, j, 1);
}

static void double_fault(const struct look *l, struct judged *j)
{
	stack_at_end(l, j, 0);
}

/* What the headline, the die header or the form says; the first that fits. */
static const struct row rows[] = {
	{"stack guard", guard},
	{"stack-guard", guard},
	{"tack overflow", guard},
	{"stack-overflow", guard},
	{"corrupted stack end", guard},
	{"Thread overran stack", guard},
	{"Insufficient stack space", guard},
	{"kernel BUG at", assertion},
	{"Kernel BUG", assertion},
	{"Oops - BUG", assertion},
	{"list_add ", assertion},
	{"list_del ", assertion},
	{"detected buffer overflow", assertion},
	{"usercopy", assertion},
	{"double fault", double_fault},
	{"double-fault", double_fault},
	{"divide error", divide},
	{"divide_error", divide},
	{"ivide-error", divide},
	{"CFI failure", control_flow},
	{"Oops - CFI", control_flow},
	{"Missing ENDBR", control_flow},
	{"Oops - BTI", control_flow},
	{"Oops - FPAC", control_flow},
	{"Oops - GCS", control_flow},
	{"control protection", control_flow},
	{"rust-panic", rust_panic},
	{"early exception 0x06", illegal},
	{"early exception 0x00", divide},
	{"Split lock detected", split_lock},
	{"int3", breakpoint},
	{"overflow: 0000", trap},
	{"bounds: 0000", trap},
	{"invalid TSS", trap},
	{"segment not present", trap},
	{"coprocessor segment", trap},
	{"FRED event", trap},
	{"unexpected #NM", trap},
	{"FP exception", trap},
	{"specification exception", trap},
	{"invalid opcode", illegal},
	{"ndefined instruction", illegal},
	{"llegal instruction", illegal},
	{"illegal operation", illegal},
	{"invalid-op", illegal},
	{"illegal-instruction", illegal},
	{"external abort", external_abort},
	{"SError", external_abort},
	{"achine check", external_abort},
	{"alignment", alignment},
	{"bad mode", bad_mode},
	{"Bad mode", bad_mode},
	{"bad-mode", bad_mode},
};

int judge_oops(const struct look *l, struct judged *j)
{
	if (is_manual(l)) {
		manual(l, j);
		return 1;
	}
	if (is(form(l), "bug") || is(form(l), "list-corrupt")) {
		assertion(l, j);
		return 1;
	}
	if (is(form(l), "divide")) {
		divide(l, j);
		return 1;
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!says(l, rows[i].word))
			continue;
		rows[i].judge(l, j);
		return 1;
	}
	return judge_fault(l, j);
}

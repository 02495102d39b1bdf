/* parse/crash/detail.c - see detail.h.  Each row: how a line begins, what is read. */
#include "parse/crash/detail.h"

#include "parse/crash/line.h"
#include "parse/roles.h"

static struct iq_slice keep(struct iq_crash_report *r, struct iq_slice s)
{
	return iq_report_keep(&r->rep, s);
}

static struct iq_slice after(struct iq_slice s, const char *key)
{
	struct iq_slice k = iq_slice_z(key);
	ptrdiff_t at = iq_find(s, k);
	return at < 0 ? IQ_SLICE_NULL : iq_from(s, (size_t)at + k.n);
}

/* The word up to a blank or comma. */
static struct iq_slice value(struct iq_slice s)
{
	size_t n = 0;
	s = iq_ltrim(s);
	while (n < s.n && s.p[n] != ' ' && s.p[n] != ',' && s.p[n] != ')')
		n++;
	return iq_head(s, n);
}

static void text_once(struct iq_crash_report *r, struct iq_slice *to, struct iq_slice s)
{
	if (!to->p && s.n)
		*to = keep(r, s);
}

typedef void detail_fn(struct iq_crash_report *r, struct iq_slice s);

/* #PF: supervisor write access in kernel mode; #PF: error_code(0x0002) - ... */
static void page_fault(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice code = after(s, "error_code(0x");
	if (code.p)
		text_once(r, &r->c.error_code, value(code));
	else if (iq_has(s, IQ_LIT("write access")))
		r->c.access = IQ_LIT("write");
	else if (iq_has(s, IQ_LIT("instruction fetch")))
		r->c.access = IQ_LIT("exec");
	else if (iq_has(s, IQ_LIT("read access")))
		r->c.access = IQ_LIT("read");
}

static void esr(struct iq_crash_report *r, struct iq_slice s)
{
	text_once(r, &r->c.error_code, value(after(s, "ESR = 0x")));
}

static void wnr(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice w = after(s, "WnR = ");
	if (w.n && !r->c.access.p)
		r->c.access = w.p[0] == '1' ? IQ_LIT("write") : IQ_LIT("read");
}

static void exception_class(struct iq_crash_report *r, struct iq_slice s)
{
	if (iq_has(s, IQ_LIT("IABT")))
		r->c.access = IQ_LIT("exec");
}

static void dar(struct iq_crash_report *r, struct iq_slice s)
{
	text_once(r, &r->c.address, value(after(s, "DAR: ")));
}

static void faulting(struct iq_crash_report *r, struct iq_slice s)
{
	text_once(r, &r->c.pc, value(after(s, "address: ")));
}

static void failing(struct iq_crash_report *r, struct iq_slice s)
{
	text_once(r, &r->c.address, value(after(s, "address: ")));
}

/* status: ... badaddr: 000000000cc6b0d0 cause: 000000000000000f */
static void riscv_cause(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice cause = value(after(s, "cause: "));
	if (r->kind != IQ_CRASH_OOPS)		/* of a stall they are what was last */
		return;
	struct iq_slice no = cause;
	uint64_t v;			/* 2, 3: badaddr is the instruction, or nothing */
	if (!iq_take_hex(&no, &v) || (v != 2 && v != 3))
		text_once(r, &r->c.address, value(after(s, "badaddr: ")));
	text_once(r, &r->c.error_code, cause);
	if (!cause.n || r->c.access.p)
		return;
	char last = cause.p[cause.n - 1];
	r->c.access = last == 'f' ? IQ_LIT("write") : last == 'd' ? IQ_LIT("read") :
		      last == 'c' ? IQ_LIT("exec") : IQ_SLICE_NULL;
}

/* "LE PAGE_SIZE=64K MMU=Radix SMP NR_CPUS=2048 NUMA pSeries" of powerpc */
static void powerpc(struct iq_crash_report *r, struct iq_slice s)
{
	if (!r->rep.arch && iq_has(s, IQ_LIT(" NR_CPUS=")))
		r->rep.arch = "ppc64le";
}

static void cr2(struct iq_crash_report *r, struct iq_slice s)
{
	if (r->kind == IQ_CRASH_OOPS && r->c.form.p &&
	    (iq_eq(r->c.form, IQ_LIT("null-deref")) || iq_eq(r->c.form, IQ_LIT("page-fault"))))
		text_once(r, &r->c.address, value(after(s, "CR2: ")));
}

/* KASAN: null-ptr-deref in range [0x...-0x...] */
static void kasan_range(struct iq_crash_report *r, struct iq_slice s)
{
	text_once(r, &r->c.message, s);
}

/* x86-32, arm: Process foo (pid: 1234, ti=...; el6: threadinfo */
static void process(struct iq_crash_report *r, struct iq_slice s)
{
	ptrdiff_t at = iq_rfind(s, IQ_LIT(" (pid: "));
	struct iq_slice pid = after(s, " (pid: ");
	int64_t v;
	if (at < 8 || !iq_take_i64(&pid, &v) || r->rep.have_cpu)
		return;
	text_once(r, &r->c.comm, iq_trim(iq_slice(s.p + 8, (size_t)at - 8)));
	if (r->c.pid == IQ_NULL)
		r->c.pid = v;
}

/* "CPU 3 " of 2.6.32, "CPU: 0    Not tainted  (2.6.32 #1)" of arm */
static void old_cpu(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice n = iq_ltrim(iq_from(s, s.n > 3 && s.p[3] == ':' ? 4 : 3));
	int64_t v;
	if (iq_take_i64(&n, &v) && r->c.cpu == IQ_NULL && !r->rep.have_cpu)
		r->c.cpu = v;
}

/* --- sanitizers and slabs --- */

/* "Read of size 8 at addr ffff... by task x/1", older "Write of size 4 by task x/1" */
static void access_of(struct iq_crash_report *r, struct iq_slice s)
{
	int64_t n;
	struct iq_slice size = after(s, " of size "), by = after(s, "by task ");
	if (iq_take_i64(&size, &n) && r->c.access_bytes == IQ_NULL)
		r->c.access_bytes = n;
	if (!r->c.access.p)
		r->c.access = iq_starts(s, IQ_LIT("Write")) ? IQ_LIT("write") : IQ_LIT("read");
	struct iq_slice addr = after(s, "at addr ");
	if (addr.p)
		text_once(r, &r->c.address, value(addr));
	struct iq_crash who;
	iq_fact_init(IQ_FACT_CRASH, &who);
	if (by.p && iq_take_task(by, '/', &who) && !r->c.comm.p) {
		r->c.comm = keep(r, who.comm);
		r->c.pid = who.pid;
	}
}

static void allocated(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice in = after(s, "llocated in "), function, module = IQ_SLICE_NULL;
	if (in.p && iq_take_symbol(&in, &function, &module)) {
		text_once(r, &r->alloc_in.function, function);
		text_once(r, &r->alloc_in.module, module);
	}
	(void)iq_trace_section(&r->trace, IQ_SECTION_ALLOC);
}

static void freed(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice in = after(s, "reed in "), function, module = IQ_SLICE_NULL;
	if (in.p && iq_take_symbol(&in, &function, &module)) {
		text_once(r, &r->free_in.function, function);
		text_once(r, &r->free_in.module, module);
	}
	(void)iq_trace_section(&r->trace, IQ_SECTION_FREE);
}

static void cache(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice c = after(s, "to the cache ");
	if (!c.p)
		c = after(s, "cache=");
	text_once(r, &r->c.object, value(c));
}

/* Read and written by two tasks (KCSAN), a page's state (page dumped because:) */
static void because(struct iq_crash_report *r, struct iq_slice s)
{
	text_once(r, &r->c.message, iq_trim(after(s, "because: ")));
}

/* --- locks and stalls --- */

/* " lock: sym+0x0/0x1, .magic: dead4ead, .owner: NetworkManager/2270, .owner_cpu: 0" */
static void lock(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice owner = after(s, ".owner: "), cpu = after(s, ".owner_cpu: ");
	struct iq_crash who;
	iq_fact_init(IQ_FACT_CRASH, &who);
	if (!owner.p)
		return;
	text_once(r, &r->c.lock_name, value(after(s, "lock: ")));
	ptrdiff_t end = iq_find(owner, IQ_LIT(", .owner_cpu"));
	if (iq_take_task(end < 0 ? owner : iq_head(owner, (size_t)end), '/', &who) &&
	    who.pid >= 0) {
		r->c.owner_comm = keep(r, who.comm);
		r->c.owner_pid = who.pid;
	}
	(void)(cpu.p && iq_take_i64(&cpu, &r->c.owner_cpu));
}

/* INFO: task a:1 is blocked on a mutex likely owned by task b:2.
 * INFO: task a:1 <writer> blocked on an rw-semaphore likely owned by task b:2 <reader> */
static void owner(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice kind = after(s, "blocked on a"), by = after(s, "by task ");
	struct iq_crash who;
	iq_fact_init(IQ_FACT_CRASH, &who);
	if (r->kind != IQ_CRASH_HUNG || !kind.p)
		return;
	iq_skip(&kind, IQ_LIT("n"));
	r->c.lock_kind = keep(r, value(kind));
	if (!by.p)
		return;
	ptrdiff_t mark = iq_rfind(by, IQ_LIT(" <"));
	by = mark > 0 ? iq_head(by, (size_t)mark) : by;
	if (by.n && by.p[by.n - 1] == '.')
		by.n--;
	if (iq_take_task(by, ':', &who)) {
		r->c.owner_comm = keep(r, who.comm);
		r->c.owner_pid = who.pid;
	}
}

static void detected_by(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice n = after(s, "detected by ");
	int64_t v;
	if (r->kind == IQ_CRASH_RCU && iq_take_i64(&n, &v) && r->c.other_cpu == IQ_NULL &&
	    v != r->c.cpu)
		r->c.other_cpu = v;
}

static void dump_of(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice n = after(s, " CPU ");
	if (!n.p)
		n = after(s, "for cpu ");
	struct iq_section *sec = iq_trace_section(&r->trace, IQ_SECTION_OTHER);
	int64_t v;
	if (sec && n.p && iq_take_i64(&n, &v))
		sec->cpu = v;
	if (iq_has(s, IQ_LIT("skipped")) && sec)
		sec->have_cpu_line = true;
}

/* "comm/123 is trying to acquire lock:" of lockdep */
static void acquiring(struct iq_crash_report *r, struct iq_slice s)
{
	ptrdiff_t at = iq_find(s, IQ_LIT(" is trying to"));
	struct iq_crash who;
	iq_fact_init(IQ_FACT_CRASH, &who);
	if (at > 0 && iq_take_task(iq_head(s, (size_t)at), '/', &who) && !r->c.comm.p) {
		r->c.comm = keep(r, who.comm);
		r->c.pid = who.pid;
	}
}

/* in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 12, name: x */
static void in_atomic(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice pid = after(s, " pid: "), name = after(s, "name: ");
	int64_t v;
	if (pid.p && iq_take_i64(&pid, &v) && r->c.pid == IQ_NULL)
		r->c.pid = v;
	if (name.p)
		text_once(r, &r->c.comm, iq_trim(name));
}

static const struct {
	const char *lead;
	detail_fn *take;
	const char *role;		/* NULL: known, but nothing to cite */
} details[] = {
	{ "#PF: ", page_fault, IQ_ROLE_ACCESS }, { "ESR = 0x", esr, IQ_ROLE_ACCESS },
	{ "EC = ", exception_class, IQ_ROLE_ACCESS },
	{ "Exception class = ", exception_class, IQ_ROLE_ACCESS },
	{ "CM = ", wnr, IQ_ROLE_ACCESS }, { "DAR: ", dar, IQ_ROLE_ACCESS },
	{ "CFAR: ", dar, NULL }, { "Faulting instruction address", faulting, IQ_ROLE_ACCESS },
	{ "Failing address: ", failing, IQ_ROLE_ACCESS },
	{ "status: ", riscv_cause, IQ_ROLE_ACCESS }, { "CR2: ", cr2, NULL },
	{ "KASAN: ", kasan_range, IQ_ROLE_DETAIL }, { "Process ", process, NULL },
	{ "CPU ", old_cpu, NULL }, { "CPU: ", old_cpu, NULL },
	{ "Read of size ", access_of, IQ_ROLE_ACCESS },
	{ "Write of size ", access_of, IQ_ROLE_ACCESS },
	{ "Allocated by task", allocated, IQ_ROLE_OBJECT },
	{ "Freed by task", freed, IQ_ROLE_OBJECT },
	{ "allocated by task", allocated, IQ_ROLE_OBJECT },
	{ "freed by task", freed, IQ_ROLE_OBJECT },
	{ "INFO: Allocated in ", allocated, IQ_ROLE_OBJECT },
	{ "INFO: Freed in ", freed, IQ_ROLE_OBJECT },
	{ "Allocated in ", allocated, IQ_ROLE_OBJECT }, { "Freed in ", freed, IQ_ROLE_OBJECT },
	{ "Allocated:", allocated, NULL }, { "Freed:", freed, NULL },
	{ "which belongs to the cache ", cache, IQ_ROLE_OBJECT },
	{ "kfence-#", cache, IQ_ROLE_OBJECT },
	{ "page dumped because: ", because, IQ_ROLE_DETAIL }, { "lock: ", lock, IQ_ROLE_OWNER },
	{ "INFO: task ", owner, IQ_ROLE_OWNER },
	{ "(detected by ", detected_by, IQ_ROLE_DETAIL },
	{ "NMI backtrace for cpu ", dump_of, IQ_ROLE_DETAIL },
	{ "Task dump for CPU ", dump_of, IQ_ROLE_DETAIL },
	{ "in_atomic(): ", in_atomic, IQ_ROLE_DETAIL }, { "LE ", powerpc, NULL },
};

/* "\t3-....: (2 GPs behind) idle=..." : a CPU that stalls */
static bool stalled_cpu(struct iq_crash_report *r, struct iq_slice s)
{
	int64_t cpu;
	if (r->kind != IQ_CRASH_RCU)
		return false;
	iq_skip(&s, IQ_LIT("rcu: "));
	s = iq_ltrim(s);
	struct iq_slice t = s;
	if (iq_skip(&t, IQ_LIT("{ ")))
		s = t;
	if (iq_take_i64(&s, &cpu) && cpu >= 0 &&
	    (iq_starts(s, IQ_LIT("-")) || iq_starts(s, IQ_LIT(": ("))) && s.n > 4) {
		if (r->c.cpu == IQ_NULL)
			r->c.cpu = cpu;
		return true;
	}
	return false;
}

/* The row of the task itself (hung tasks), or of the one that a CPU runs (RCU). */
static bool task_row(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_slice comm, state;
	int64_t pid;
	if ((r->kind != IQ_CRASH_HUNG && r->kind != IQ_CRASH_RCU &&
	     r->kind != IQ_CRASH_WORKQUEUE && r->kind != IQ_CRASH_SOFT) ||
	    !iq_trace_task_row(s, &comm, &pid, &state))
		return false;
	struct iq_section *sec = r->trace.cur;
	if (!sec || sec->n || sec->have_cpu_line)
		sec = iq_trace_section(&r->trace, IQ_SECTION_OTHER);
	if (!sec)
		return true;
	sec->comm = keep(r, comm);
	sec->state = keep(r, state);
	sec->pid = pid;
	return true;
}

/* The second line of a hung task, which has no CPU line. */
static bool taint_line(struct iq_crash_report *r, struct iq_slice s)
{
	struct iq_cpuline c;
	if (r->kind != IQ_CRASH_HUNG || r->rep.have_cpu || r->rep.ev.kernel_release.p ||
	    !iq_cpuline_taint_line(s, &c))
		return false;
	r->c.taint = keep(r, c.taint);
	r->rep.ev.kernel_release = keep(r, c.release);
	const char *arch = iq_cpuline_arch(c.release);
	if (arch)
		r->rep.arch = arch;
	return true;
}

static bool starvation(struct iq_crash_report *r, struct iq_slice s)
{
	static const char *const words[] = {
		" kthread starved for ", " kthread timer wakeup", "All QSes seen", "Unless ",
		"RCU grace-period kthread", "blocking rcu_node structures", "hardirqs   softirqs",
		"number:", "cputime:", "(t=",
	};
	if (r->kind != IQ_CRASH_RCU)
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (iq_has(s, iq_slice_z(words[i])))
			return true;
	return false;
}

static void cite(struct iq_crash_report *r, const struct iq_record *rec)
{
	iq_report_cite(&r->rep, rec, IQ_LIT(IQ_ROLE_DETAIL));
}

bool iq_crash_detail(struct iq_crash_report *r, const struct iq_record *rec)
{
	struct iq_slice s = iq_trim(rec->text);
	struct iq_slice in_rcu = s;
	iq_skip(&in_rcu, IQ_LIT("rcu: "));
	in_rcu = iq_ltrim(in_rcu);
	for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
		if (in_rcu.n && in_rcu.p[0] != details[i].lead[0])
			continue;
		if (!iq_starts(in_rcu, iq_slice_z(details[i].lead)))
			continue;
		struct iq_cpuline cpu;
		if (details[i].take == old_cpu && iq_cpuline_parse(s, &cpu))
			return false;
		details[i].take(r, in_rcu);
		if (details[i].role)
			iq_report_cite(&r->rep, rec, iq_slice_z(details[i].role));
		else
			iq_report_touch(&r->rep, rec);
		/* such a line may hold registers too */
		return details[i].take != cr2 && details[i].take != dar;
	}
	if (iq_has(s, IQ_LIT(" is trying to "))) {
		acquiring(r, s);
		cite(r, rec);
		return true;
	}
	if (stalled_cpu(r, s) || starvation(r, s) || task_row(r, s) || taint_line(r, s)) {
		cite(r, rec);
		return true;
	}
	return false;
}

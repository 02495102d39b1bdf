/* analyze/host_crash.c - what plugins are told of a crash: its row, and the kernel
 * knowledge of kern/ about addresses, reasons and status registers (host.h). */
#include "analyze/host.h"

#include "kern/address.h"
#include "kern/insn.h"
#include "kern/mce.h"
#include "kern/panic_reasons.h"
#include "kern/taint.h"
#include "model/facts.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define I(m) IQ_ROW_INT(inquest_crash, m)
#define T(m) IQ_ROW_TEXT(inquest_crash, m)
static const struct iq_row_col crash_cols[] = {
	I(event_id), T(reason), T(function), T(suspect), T(module), T(address), T(taint),
	T(hardware), I(cpu), I(pid), T(comm), T(crash_key), T(form), T(die), I(report_no),
	T(error_code), T(access), T(message), T(source_file), I(access_bytes),
	I(source_line), T(pc), T(context), I(stuck_us), T(waits_in), T(lock_kind),
	T(lock_name), T(owner_comm), I(owner_pid), I(owner_cpu), I(other_cpu),
	T(workqueue), T(object), T(hw_severity), T(hw_status), T(hw_misc), I(hw_bank),
	T(registers), T(code), T(modules), T(last_unloaded), I(manual), I(repeats),
	I(last_wall_us), I(last_mono_us), T(quality),
};
#undef I
#undef T
static const struct iq_row_shape crash_shape = {
	.view = "v1_crash", .where = "event_id = ?1", .cols = crash_cols,
	.n_cols = COUNT(crash_cols), .size = sizeof(struct inquest_crash), .max = 1,
};

/* Room in the context's arena; NULL is said. */
static void *room(struct inquest_ctx *ctx, size_t size)
{
	void *p = iq_arena_alloc(&ctx->arena, size);

	if (!p)
		iq_ctx_error(ctx, "out of memory");
	return p;
}

static const char *keep(struct inquest_ctx *ctx, struct iq_slice s)
{
	struct iq_slice copy = iq_arena_copy(&ctx->arena, s);

	return copy.p ? copy.p : "";
}

const struct inquest_crash *iq_host_crash(struct inquest_ctx *ctx, int64_t event_id)
{
	struct iq_row_list rows;
	struct iq_err err = { 0 };

	if (event_id == IQ_NULL)
		event_id = ctx->c ? ctx->c->event.event_id : IQ_NULL;
	if (iq_rows_load(&ctx->desk->rows, &crash_shape, event_id, &ctx->arena, &rows,
			 &err)) {
		iq_ctx_error(ctx, "%s", err.text);
		return NULL;
	}
	return rows.n ? rows.p[0] : NULL;
}

static const char *kind_word(enum iq_address_kind kind)
{
	static const char *const words[] = {
		[IQ_ADDRESS_UNKNOWN] = "unknown", [IQ_ADDRESS_NULL] = "null",
		[IQ_ADDRESS_ERRNO] = "errno", [IQ_ADDRESS_ONES] = "all-ones",
		[IQ_ADDRESS_LIST_POISON] = "list-poison", [IQ_ADDRESS_POISON] = "poison",
		[IQ_ADDRESS_FREED] = "freed", [IQ_ADDRESS_UNINIT] = "uninitialised",
		[IQ_ADDRESS_REDZONE] = "redzone", [IQ_ADDRESS_SHADOW] = "kasan-shadow",
		[IQ_ADDRESS_TEXT] = "text", [IQ_ADDRESS_NONCANONICAL] = "non-canonical",
		[IQ_ADDRESS_USER] = "user", [IQ_ADDRESS_DIRECT] = "direct-map",
		[IQ_ADDRESS_VMALLOC] = "vmalloc", [IQ_ADDRESS_VMEMMAP] = "vmemmap",
		[IQ_ADDRESS_IMAGE] = "image", [IQ_ADDRESS_MODULE] = "module",
		[IQ_ADDRESS_KERNEL] = "kernel",
	};
	return (size_t)kind < COUNT(words) ? words[kind] : "unknown";
}

const struct inquest_address *iq_host_address(struct inquest_ctx *ctx, uint64_t value,
					      const char *arch)
{
	struct inquest_address *ret = room(ctx, sizeof(*ret));
	struct iq_address a;

	if (!ret)
		return NULL;
	iq_address_read(value, iq_slice_z(arch ? arch : ""), &a);
	*ret = (struct inquest_address){
		.value = value, .kind = kind_word(a.kind), .name = a.name, .means = a.means,
		.offset = a.offset, .wild = iq_address_is_wild(&a),
		.text = a.text[0] ? keep(ctx, iq_slice_z(a.text)) : NULL,
	};
	return ret;
}

const struct inquest_register *const *iq_host_registers(struct inquest_ctx *ctx,
							const char *text, size_t *ret_n)
{
	struct iq_register r[IQ_REGISTERS_MAX];
	size_t n = text ? iq_registers_read(iq_slice_z(text), r, COUNT(r)) : 0;
	const struct inquest_register **list = n ? room(ctx, n * sizeof(*list)) : NULL;
	struct inquest_register *p = n ? room(ctx, n * sizeof(*p)) : NULL;

	*ret_n = 0;
	if (!list || !p)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		p[i].name = keep(ctx, iq_slice_z(r[i].name));
		p[i].value = r[i].value;
		list[i] = &p[i];
	}
	*ret_n = n;
	return list;
}

const struct inquest_operand *iq_host_operand(struct inquest_ctx *ctx, const char *code,
					      const char *registers, const char *arch)
{
	struct iq_register r[IQ_REGISTERS_MAX];
	struct inquest_operand *ret;
	struct iq_operand o;

	if (!code || !registers ||
	    !iq_operand_read(iq_slice_z(code), iq_slice_z(arch ? arch : ""), r,
			     iq_registers_read(iq_slice_z(registers), r, COUNT(r)), &o) ||
	    !(ret = room(ctx, sizeof(*ret))))
		return NULL;
	*ret = (struct inquest_operand){
		.base = o.base ? keep(ctx, iq_slice_z(o.base->name)) : NULL,
		.index = o.index ? keep(ctx, iq_slice_z(o.index->name)) : NULL,
		.base_value = o.base ? o.base->value : 0,
		.index_value = o.index ? o.index->value : 0,
		.address = o.address, .displacement = o.displacement, .scale = o.scale,
	};
	return ret;
}

const struct inquest_panic_reason *iq_host_panic_reason(struct inquest_ctx *ctx,
							const char *line)
{
	const struct iq_panic_reason *r = line ? iq_panic_reason(iq_slice_z(line)) : NULL;
	struct inquest_panic_reason *ret = r ? room(ctx, sizeof(*ret)) : NULL;

	if (!ret)
		return NULL;
	*ret = (struct inquest_panic_reason){
		.text = keep(ctx, iq_panic_reason_text(iq_slice_z(line))),
		.verdict = r->verdict, .ends = r->ends, .means = r->means, .next = r->next,
	};
	return ret;
}

const struct inquest_exit *iq_host_exit_status(struct inquest_ctx *ctx, uint64_t exitcode)
{
	struct inquest_exit *ret = room(ctx, sizeof(*ret));
	struct iq_exit e;

	if (!ret)
		return NULL;
	iq_exit_read(exitcode, &e);
	*ret = (struct inquest_exit){
		.code = e.signal ? IQ_NULL : e.code, .signal = e.signal ? e.signal : IQ_NULL,
		.name = e.name, .means = e.means, .next = e.next,
	};
	return ret;
}

const struct inquest_mce *iq_host_mce(struct inquest_ctx *ctx, uint64_t status, int amd)
{
	static const char *const units[] = {
		[IQ_MCE_UNKNOWN] = "unknown", [IQ_MCE_MEMORY] = "memory",
		[IQ_MCE_CACHE] = "cache", [IQ_MCE_TLB] = "tlb", [IQ_MCE_BUS] = "bus",
		[IQ_MCE_INTERNAL] = "internal", [IQ_MCE_IO] = "io",
	};
	static const char *const words[] = {
		[IQ_MCE_NONE] = "none", [IQ_MCE_CORRECTED] = "corrected",
		[IQ_MCE_DEFERRED] = "deferred", [IQ_MCE_RECOVERABLE] = "recoverable",
		[IQ_MCE_UNCORRECTED] = "uncorrected", [IQ_MCE_FATAL] = "fatal",
	};
	struct inquest_mce *ret = room(ctx, sizeof(*ret));
	struct iq_mce m;

	if (!ret)
		return NULL;
	iq_mce_read(status, amd != 0, &m);
	*ret = (struct inquest_mce){
		.unit = units[m.unit], .severity = words[m.severity],
		.what = keep(ctx, iq_slice_z(m.what)),
		.severity_text = iq_mce_severity_text(m.severity), .code = m.code,
		.model_code = m.model_code, .overflow = m.overflow,
		.channel = m.channel < 0 ? IQ_NULL : m.channel,
	};
	return ret;
}

const struct inquest_taint *iq_host_taint(struct inquest_ctx *ctx, char letter)
{
	const struct iq_taint *t = iq_taint(letter);
	struct inquest_taint *ret = t ? room(ctx, sizeof(*ret)) : NULL;

	if (!ret)
		return NULL;
	*ret = (struct inquest_taint){ t->name, t->meaning, t->suspect };
	return ret;
}

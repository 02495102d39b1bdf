/* parse/alloc.c - see alloc.h. */
#include "parse/alloc.h"

#include <stdlib.h>

#include "base/units.h"
#include "kern/era.h"
#include "parse/allocline.h"
#include "parse/memdump.h"
#include "parse/report.h"
#include "parse/roles.h"

/* SLUB's, vmalloc's and the page allocator's words for one failure come at once. */
#define SAME_FAILURE_US	IQ_USEC
/* A report has some 200 lines of 200 bytes; text beyond this is not kept. */
#define REPORT_BYTES_MAX (4 << 20)

struct iq_alloc {
	struct iq_report report;
	struct iq_memdump *mem;
	struct iq_oom oom;		/* slices into report.mem */
	enum iq_alloc_kind kind;
	bool have_page;			/* the page allocator's own line is there */
	bool have_origin;		/* a line of SLUB, vmalloc ... is there */
	bool have_vmalloc;
	int64_t mono_us, wall_us;	/* of the last line */
	int64_t pid;			/* of the headline (nommu) */
	int64_t pages;
};

bool iq_alloc_begins(struct iq_slice text)
{
	struct iq_allocline l;
	struct iq_slice head = iq_head(text, 160);
	if (!iq_has(head, IQ_LIT("alloc")) && !iq_starts(head, IQ_LIT("Alloc")))
		return false;
	return iq_allocline_parse(text, &l);
}

static void fill(struct iq_alloc *a, struct iq_slice *at, struct iq_slice s)
{
	if (!at->p && s.p)
		*at = iq_report_keep(&a->report, s);
}

static void fill_number(int64_t *at, int64_t v)
{
	if (*at == IQ_NULL)
		*at = v;
}

static bool is_origin(enum iq_alloc_kind kind)
{
	return kind != IQ_ALLOC_PAGE && kind != IQ_ALLOC_STALL;
}

/* The kind is what failed first of all: the caller of the page allocator, if it says
 * so; order and mask are those of the page allocator's line. */
static void take_headline(struct iq_alloc *a, const struct iq_record *rec,
			  const struct iq_allocline *l)
{
	bool first = !a->have_page && !a->have_origin;
	bool better = l->page_request && !a->have_page;
	if (first || (is_origin(l->kind) && a->kind != IQ_ALLOC_VMAP))
		a->kind = l->kind;
	if (better) {
		a->oom.gfp_mask = IQ_SLICE_NULL;
		a->oom.gfp_flags = IQ_SLICE_NULL;
	}
	fill(a, &a->oom.gfp_mask, l->gfp_mask);
	fill(a, &a->oom.gfp_flags, l->gfp_flags);
	fill(a, &a->oom.nodemask, l->nodemask);
	fill(a, &a->oom.cpuset, l->cpuset);
	fill(a, &a->oom.mems_allowed, l->mems_allowed);
	fill(a, &a->oom.trigger_comm, l->comm);
	fill_number(&a->oom.alloc_order, l->order);
	fill_number(&a->oom.alloc_bytes, l->bytes);
	fill_number(&a->pid, l->pid);
	fill_number(&a->pages, l->pages);
	a->have_page |= l->page_request;
	a->have_origin |= is_origin(l->kind);
	a->have_vmalloc |= l->kind == IQ_ALLOC_VMALLOC;
	iq_report_cite(&a->report, rec, first || better ? IQ_LIT(IQ_ROLE_HEADLINE)
							: IQ_LIT(IQ_ROLE_ALLOC));
}

static void set_time(struct iq_alloc *a, const struct iq_record *rec)
{
	a->mono_us = rec->mono_us;
	a->wall_us = rec->wall_us;
}

static bool near(const struct iq_alloc *a, const struct iq_record *rec)
{
	int64_t t0 = a->mono_us, t1 = rec->mono_us;
	if (t0 == IQ_NULL || t1 == IQ_NULL) {
		t0 = a->wall_us;
		t1 = rec->wall_us;
	}
	if (t0 == IQ_NULL || t1 == IQ_NULL)
		return true;	/* nothing stands between them */
	int64_t d;
	return !__builtin_sub_overflow(t1, t0, &d) && d <= SAME_FAILURE_US &&
	       d >= -SAME_FAILURE_US;
}

/* Does the headline L speak of the failure that A is about? */
static bool same_failure(const struct iq_alloc *a, const struct iq_record *rec,
			 const struct iq_allocline *l)
{
	if (l->kind == IQ_ALLOC_CMA || a->kind == IQ_ALLOC_CMA ||
	    l->kind == IQ_ALLOC_NOMMU || a->kind == IQ_ALLOC_NOMMU || !near(a, rec))
		return false;
	if (l->comm.p && a->oom.trigger_comm.p && !iq_eq(l->comm, a->oom.trigger_comm))
		return false;
	/* vmalloc finds no addresses, then says that it failed */
	if (a->kind == IQ_ALLOC_VMAP && l->kind == IQ_ALLOC_VMALLOC)
		return !a->have_vmalloc;
	if (l->page_request && a->have_page)
		return false;
	return !(is_origin(l->kind) && a->have_origin);
}

struct iq_alloc *iq_alloc_new(const struct iq_record *rec, int64_t member_id,
			      int64_t boot_id, struct iq_err *err)
{
	struct iq_allocline l;
	struct iq_alloc *a = calloc(1, sizeof *a);
	struct iq_memdump *mem = iq_memdump_new();
	if (!a || !mem) {
		free(a);
		iq_memdump_free(mem);
		iq_err_set(err, IQ_E_NOMEM, "allocation failure report: out of memory");
		return NULL;
	}
	iq_report_init(&a->report, "alloc-failure", rec, member_id, boot_id);
	iq_memdump_member(mem, member_id);
	a->mem = mem;
	a->pid = a->pages = IQ_NULL;
	iq_fact_init(IQ_FACT_OOM, &a->oom);
	if (iq_allocline_parse(rec->text, &l))
		take_headline(a, rec, &l);
	set_time(a, rec);
	return a;
}

void iq_alloc_free(struct iq_alloc *a)
{
	if (!a)
		return;
	iq_memdump_free(a->mem);
	iq_report_fini(&a->report);
	free(a);
}

/* Lines that only some of these reports have. */
static bool take_detail(struct iq_alloc *a, const struct iq_record *rec)
{
	struct iq_slice text = rec->text, cache, comm, cpuset, mems;
	bool slab = a->kind == IQ_ALLOC_SLUB || a->kind == IQ_ALLOC_SLAB;
	if (slab && iq_allocline_cache(text, &cache)) {
		fill(a, &a->oom.alloc_cache, cache);
		iq_report_cite(&a->report, rec, IQ_LIT(IQ_ROLE_ALLOC));
		return true;
	}
	if (slab && iq_allocline_detail(text)) {
		iq_report_cite(&a->report, rec, IQ_LIT(IQ_ROLE_ALLOC));
		return true;
	}
	if (a->kind == IQ_ALLOC_CMA && iq_allocline_area(text)) {
		iq_report_cite(&a->report, rec, IQ_LIT(IQ_ROLE_ALLOC));
		return true;
	}
	if (iq_allocline_cpuset(text, &comm, &cpuset, &mems)) {
		if (a->oom.trigger_comm.p && !iq_eq(comm, a->oom.trigger_comm))
			return false;
		fill(a, &a->oom.cpuset, cpuset);
		fill(a, &a->oom.mems_allowed, mems);
		iq_report_cite(&a->report, rec, IQ_LIT(IQ_ROLE_CPUSET));
		return true;
	}
	struct iq_slice s = iq_trim(text);
	if (iq_starts(s, IQ_LIT("warn_alloc")) && iq_ends(s, IQ_LIT("callbacks suppressed"))) {
		iq_report_cite(&a->report, rec, IQ_LIT(IQ_ROLE_SUPPRESSED));
		return true;
	}
	return false;
}

/* Who ran where, and the stack: in front of Mem-Info, and once. */
static bool take_common(struct iq_alloc *a, const struct iq_record *rec)
{
	enum iq_common kind = iq_report_common(rec->text);
	if (kind == IQ_COMMON_NONE || iq_memdump_have(a->mem))
		return false;
	if (kind == IQ_COMMON_CPU && a->report.have_cpu)
		return false;
	iq_report_take(&a->report, rec, kind);
	return true;
}

static bool take_memory(struct iq_alloc *a, const struct iq_record *rec, bool full)
{
	if (!iq_memdump_line(a->mem, rec))
		return false;
	struct iq_slice role = iq_memdump_role(a->mem);
	if (role.p && !full)
		iq_report_cite(&a->report, rec, role);
	else
		iq_report_touch(&a->report, rec);
	return true;
}

int iq_alloc_line(struct iq_alloc *a, const struct iq_record *rec, struct iq_err *err)
{
	struct iq_allocline l;
	bool full = a->report.mem.total_bytes > REPORT_BYTES_MAX;
	if (iq_allocline_parse(rec->text, &l)) {
		if (!same_failure(a, rec, &l))
			return 0;
		take_headline(a, rec, &l);
	} else if ((full || (!take_detail(a, rec) && !take_common(a, rec))) &&
		   !take_memory(a, rec, full)) {
		return 0;
	}
	set_time(a, rec);
	return a->report.failed ?
		iq_err_set(err, IQ_E_NOMEM, "allocation failure report: out of memory") : 1;
}

/* --- at the end --- */

/* Names of the mask where the kernel printed only the number, and which kernels write
 * such a report. */
static void infer(struct iq_alloc *a)
{
	struct iq_report *r = &a->report;
	struct iq_era_evidence e = { .forms = iq_memdump_forms(a->mem),
				     .release = r->ev.kernel_release };
	struct iq_gfp_text text;
	struct iq_gfp gfp = { 0 };
	struct iq_era era;
	struct iq_buf out;
	iq_buf_init(&out);
	bool mask = a->oom.gfp_mask.p &&
		    iq_gfp_parse(a->oom.gfp_mask, a->oom.gfp_flags, &text);
	if (mask) {
		iq_gfp_decode(&text, IQ_GFP_ALL_ERAS, &gfp);
		e.gfp_eras = gfp.eras;
		e.forms |= text.names.p ? IQ_FORM_GFP_NAMES : IQ_FORM_GFP_RAW;
	}
	iq_era_infer(&e, &era);
	if (era.known) {
		iq_era_text(&out, &era, &e);
		r->ev.era = iq_report_keep(r, iq_buf_as_slice(&out));
	}
	if (mask && !a->oom.gfp_flags.p) {
		iq_gfp_decode(&text, 1u << iq_kernel_info(era.kernel)->gfp, &gfp);
		iq_buf_reset(&out);
		if (gfp.known)
			iq_gfp_names(&out, gfp.value, gfp.era);
		if (gfp.known && out.n)
			a->oom.gfp_flags = iq_report_keep(r, iq_buf_as_slice(&out));
	}
	r->failed |= out.failed;
	iq_buf_fini(&out);
}

/* Parts that such a report has and this one has not. */
static void find_missing(struct iq_alloc *a, bool cut)
{
	struct iq_buf b;
	unsigned have = iq_memdump_have(a->mem);
	bool with_trace = a->have_page;
	bool with_memory = with_trace || a->kind == IQ_ALLOC_NOMMU;	/* show_mem() alone */
	bool ends = have & (1u << IQ_MEMDUMP_PAGES_RESERVED);
	iq_buf_init(&b);
	if (with_trace && !a->report.have_cpu)
		iq_buf_str(&b, "cpu-line,");
	if (with_trace && !a->report.n_frames)
		iq_buf_str(&b, "stack,");
	if (with_memory && !have)
		iq_buf_str(&b, "mem-info,");
	else if (with_memory && !ends)
		iq_buf_str(&b, "mem-info-end,");
	/* The Mem-Info part is rate limited by itself up to 5.3: not there at all is no
	 * sign of a cut. */
	a->report.ev.truncated = (cut && with_memory && !ends) || (have && !ends) ||
				 (with_trace && !a->report.have_cpu) ||
				 iq_memdump_torn(a->mem) > 0;
	if (b.n)
		a->report.ev.missing = iq_report_keep(&a->report,
						      iq_slice(b.p, b.n - 1));
	a->report.failed |= b.failed;
	iq_buf_fini(&b);
}

/* FNV-1a, over what every sight of this failure shows. */
static uint64_t mix(uint64_t h, const void *p, size_t n)
{
	const unsigned char *b = p;
	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* The same task may fail in the same way many times: the counters tell them apart
 * whatever clock a log shows, without them the time does. */
static void set_fingerprint(struct iq_alloc *a)
{
	static const struct iq_slice names[] = {
		IQ_LIT("free"), IQ_LIT("active_anon"), IQ_LIT("inactive_anon"),
		IQ_LIT("active_file"), IQ_LIT("inactive_file"), IQ_LIT("slab_unreclaimable"),
		IQ_LIT("pagetables"), IQ_LIT("free_pcp"),
	};
	const struct iq_event *ev = &a->report.ev;
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	bool any = false;
	int64_t v;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		v = iq_memdump_counter(a->mem, names[i]);
		any = any || v != IQ_NULL;
		h = mix(h, &v, sizeof v);
	}
	if (!any) {
		/* neither a missing year nor another zone changes the quarter hour */
		v = ev->mono_us != IQ_NULL ? ev->mono_us : ev->wall_us % (900 * IQ_USEC);
		h = mix(h, &v, sizeof v);
	}
	h = mix(h, a->oom.gfp_mask.p, a->oom.gfp_mask.n);
	h = mix(h, a->oom.alloc_cache.p, a->oom.alloc_cache.n);
	h = mix(h, &a->oom.alloc_order, sizeof a->oom.alloc_order);
	h = mix(h, &a->oom.alloc_bytes, sizeof a->oom.alloc_bytes);
	a->report.ev.fingerprint = iq_arena_printf(&a->report.mem, "alloc:%s:%.*s:%016llx",
		iq_alloc_kind_name(a->kind), IQ_FMT(a->oom.trigger_comm),
		(unsigned long long)h);
}

static void finish_oom(struct iq_alloc *a)
{
	struct iq_oom *o = &a->oom;
	const struct iq_report *r = &a->report;
	o->event_id = r->ev.id;
	o->alloc_kind = iq_slice_z(iq_alloc_kind_name(a->kind));
	o->trigger_pid = a->pid;
	if (r->have_cpu && !o->trigger_comm.p)
		o->trigger_comm = r->cpu.comm;
	if (r->have_cpu && iq_eq(r->cpu.comm, o->trigger_comm))
		o->trigger_pid = r->cpu.pid;
	o->swap_free_bytes = iq_memdump_counter(a->mem, IQ_LIT("Free swap"));
	o->swap_total_bytes = iq_memdump_counter(a->mem, IQ_LIT("Total swap"));
	if (a->pages != IQ_NULL && o->alloc_bytes == IQ_NULL && r->ev.page_size != IQ_NULL &&
	    __builtin_mul_overflow(a->pages, r->ev.page_size, &o->alloc_bytes))
		o->alloc_bytes = IQ_NULL;
}

static int put_snapshot(struct iq_alloc *a, struct iq_sink *sink, struct iq_err *err)
{
	const unsigned whole = 1u << IQ_MEMDUMP_COUNTERS | 1u << IQ_MEMDUMP_ZONE |
			       1u << IQ_MEMDUMP_FREE_LIST | 1u << IQ_MEMDUMP_PAGES_RAM |
			       1u << IQ_MEMDUMP_PAGES_RESERVED;
	const struct iq_event *ev = &a->report.ev;
	struct iq_snapshot s;
	struct iq_event_snapshot link;
	if (!iq_memdump_have(a->mem))
		return 0;
	iq_fact_init(IQ_FACT_SNAPSHOT, &s);
	s.id = iq_sink_id(sink, IQ_FACT_SNAPSHOT);
	s.boot_id = ev->boot_id;
	s.source = IQ_LIT("log");
	s.wall_us = ev->wall_us;
	s.wall_kind = ev->wall_kind;
	s.mono_us = ev->mono_us;
	s.complete = (iq_memdump_have(a->mem) & whole) == whole && !iq_memdump_torn(a->mem);
	iq_fact_init(IQ_FACT_EVENT_SNAPSHOT, &link);
	link.event_id = ev->id;
	link.snapshot_id = s.id;
	link.role = IQ_LIT("report");
	if (iq_sink_put(sink, IQ_FACT_SNAPSHOT, &s, err) ||
	    iq_sink_put(sink, IQ_FACT_EVENT_SNAPSHOT, &link, err))
		return -1;
	return iq_memdump_put(a->mem, sink, s.id, ev->page_size, err);
}

int iq_alloc_close(struct iq_alloc *a, struct iq_sink *sink, bool cut,
		   int64_t *ret_event_id, struct iq_err *err)
{
	struct iq_event *ev = &a->report.ev;
	ev->page_size = iq_memdump_page_size(a->mem);
	infer(a);
	find_missing(a, cut);
	set_fingerprint(a);
	ev->id = iq_sink_id(sink, IQ_FACT_EVENT);
	finish_oom(a);
	if (iq_report_put(&a->report, sink, err) ||
	    iq_sink_put(sink, IQ_FACT_OOM, &a->oom, err) || put_snapshot(a, sink, err))
		return -1;
	if (ret_event_id)
		*ret_event_id = ev->id;
	return 0;
}

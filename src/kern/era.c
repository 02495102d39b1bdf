/* kern/era.c - see era.h.
 *
 * The table of rules condenses oom.md 2.4-2.8; the table of forms condenses oom.md 1
 * (each row: which trees print such a thing).
 */
#include "kern/era.h"

#define N(a) (sizeof(a) / sizeof *(a))
#define B(k) IQ_KERNEL_BIT(IQ_K_##k)
/* all from K on in the order of enum iq_kernel; vendors stand by their base */
#define SINCE(k) (IQ_ALL_KERNELS & ~(B(k) - 1))
#define UNTIL(k) (B(k) | (B(k) - 1))

static const struct iq_kernel_info kernels[IQ_KERNELS] = {
#define V IQ_KVER
	/* name, since, until, gfp, badness, root bonus, clamp to 1, tie last,
	 * child sacrifice, watermark, fast ignores highatomic, totalpages, score */
	[IQ_K_2_6_32] = { "2.6.32", V(2,6,0), V(2,6,35), IQ_GFP_2_6_32, IQ_BADNESS_TOTAL_VM,
		false, false, false, true, IQ_WM_2_6_32, false, IQ_TOTAL_2_6_36, true },
	[IQ_K_EL6] = { "RHEL 6", 0, 0, IQ_GFP_2_6_32, IQ_BADNESS_PERMILLE,
		true, true, false, true, IQ_WM_2_6_32, false, IQ_TOTAL_2_6_36, true },
	[IQ_K_3_2] = { "3.2", V(2,6,36), V(3,3,255), IQ_GFP_3_4, IQ_BADNESS_PERMILLE,
		true, true, false, true, IQ_WM_2_6_32, false, IQ_TOTAL_2_6_36, true },
	[IQ_K_3_4] = { "3.4", V(3,4,0), V(3,6,255), IQ_GFP_3_4, IQ_BADNESS_PERMILLE,
		true, true, false, true, IQ_WM_2_6_32, false, IQ_TOTAL_2_6_36, true },
	[IQ_K_3_10] = { "3.10", V(3,7,0), V(3,13,255), IQ_GFP_3_4, IQ_BADNESS_PAGES,
		true, true, false, true, IQ_WM_3_10, false, IQ_TOTAL_2_6_36, true },
	[IQ_K_3_16] = { "3.16", V(3,14,0), V(4,3,255), IQ_GFP_3_4, IQ_BADNESS_PAGES,
		true, true, false, true, IQ_WM_3_10, false, IQ_TOTAL_2_6_36, true },
	[IQ_K_EL7] = { "RHEL 7", 0, 0, IQ_GFP_3_4, IQ_BADNESS_PAGES,
		true, true, false, true, IQ_WM_3_10, false, IQ_TOTAL_2_6_36, true },
	[IQ_K_4_4] = { "4.4", V(4,4,0), V(4,5,255), IQ_GFP_4_4, IQ_BADNESS_PAGES,
		true, true, false, true, IQ_WM_4_4, false, IQ_TOTAL_2_6_36, true },
	[IQ_K_4_6] = { "4.6", V(4,6,0), V(4,6,255), IQ_GFP_4_4, IQ_BADNESS_PAGES,
		true, true, false, true, IQ_WM_4_4, false, IQ_TOTAL_2_6_36, true },
	[IQ_K_4_7] = { "4.7", V(4,7,0), V(4,7,255), IQ_GFP_4_4, IQ_BADNESS_PAGES,
		true, true, false, true, IQ_WM_4_4, false, IQ_TOTAL_2_6_36, true },
	[IQ_K_4_8] = { "4.8", V(4,8,0), V(4,8,255), IQ_GFP_4_4, IQ_BADNESS_PAGES,
		true, true, false, true, IQ_WM_4_4, true, IQ_TOTAL_2_6_36, true },
	[IQ_K_4_9] = { "4.9", V(4,9,0), V(4,9,255), IQ_GFP_4_4, IQ_BADNESS_PAGES,
		true, true, false, true, IQ_WM_4_4, true, IQ_TOTAL_4_9, true },
	[IQ_K_4_14] = { "4.14", V(4,10,0), V(4,14,255), IQ_GFP_4_14, IQ_BADNESS_PAGES,
		true, true, false, true, IQ_WM_4_14, true, IQ_TOTAL_4_9, true },
	[IQ_K_4_15] = { "4.15", V(4,15,0), V(4,16,255), IQ_GFP_4_14, IQ_BADNESS_PAGES,
		true, true, false, true, IQ_WM_4_14, true, IQ_TOTAL_4_9, true },
	[IQ_K_EL8] = { "RHEL 8", 0, 0, IQ_GFP_4_19, IQ_BADNESS_PAGES,
		false, true, true, false, IQ_WM_4_14, true, IQ_TOTAL_4_9, false },
	[IQ_K_4_19] = { "4.19", V(4,17,0), V(4,20,255), IQ_GFP_4_19, IQ_BADNESS_PAGES,
		false, true, false, true, IQ_WM_4_14, true, IQ_TOTAL_4_9, true },
	[IQ_K_ALI_4_19] = { "Alibaba 4.19", 0, 0, IQ_GFP_4_19, IQ_BADNESS_PAGES,
		false, true, true, true, IQ_WM_4_14, true, IQ_TOTAL_4_9, true },
	[IQ_K_5_0] = { "5.0", V(5,0,0), V(5,1,255), IQ_GFP_4_19, IQ_BADNESS_PAGES,
		false, true, false, true, IQ_WM_4_14, true, IQ_TOTAL_4_9, true },
	[IQ_K_5_2] = { "5.2", V(5,2,0), V(5,2,255), IQ_GFP_5_2, IQ_BADNESS_PAGES,
		false, true, false, false, IQ_WM_4_14, true, IQ_TOTAL_4_9, false },
	[IQ_K_5_3] = { "5.3", V(5,3,0), V(5,3,255), IQ_GFP_5_2, IQ_BADNESS_PAGES,
		false, true, true, false, IQ_WM_4_14, true, IQ_TOTAL_4_9, false },
	[IQ_K_5_4] = { "5.4", V(5,4,0), V(5,7,255), IQ_GFP_5_2, IQ_BADNESS_PAGES,
		false, false, true, false, IQ_WM_4_14, true, IQ_TOTAL_5_4, false },
	[IQ_K_5_8] = { "5.8", V(5,8,0), V(5,8,255), IQ_GFP_5_2, IQ_BADNESS_PAGES,
		false, true, true, false, IQ_WM_4_14, true, IQ_TOTAL_5_4, false },
	[IQ_K_5_10] = { "5.10", V(5,9,0), V(5,14,255), IQ_GFP_5_2, IQ_BADNESS_PAGES,
		false, false, true, false, IQ_WM_4_14, false, IQ_TOTAL_5_10, false },
	[IQ_K_5_15] = { "5.15", V(5,15,0), V(6,0,255), IQ_GFP_5_15, IQ_BADNESS_PAGES,
		false, false, true, false, IQ_WM_4_14, false, IQ_TOTAL_5_10, false },
	[IQ_K_6_1] = { "6.1", V(6,1,0), V(6,2,255), IQ_GFP_6_1, IQ_BADNESS_PAGES,
		false, false, true, false, IQ_WM_6_1, false, IQ_TOTAL_5_10, false },
	[IQ_K_6_5] = { "6.5", V(6,3,0), V(6,7,255), IQ_GFP_6_5, IQ_BADNESS_PAGES,
		false, false, true, false, IQ_WM_6_1, false, IQ_TOTAL_5_10, false },
	[IQ_K_6_8] = { "6.8", V(6,8,0), V(6,11,255), IQ_GFP_6_5, IQ_BADNESS_PAGES,
		false, false, true, false, IQ_WM_6_1, false, IQ_TOTAL_5_10, false },
	[IQ_K_6_12] = { "6.12", V(6,12,0), V(6,255,255), IQ_GFP_6_5, IQ_BADNESS_PAGES,
		false, false, true, false, IQ_WM_6_12, false, IQ_TOTAL_5_10, false },
	[IQ_K_7_3] = { "7.3", V(7,0,0), V(255,255,255), IQ_GFP_6_5, IQ_BADNESS_PAGES,
		false, false, true, false, IQ_WM_6_12, false, IQ_TOTAL_5_10, false },
#undef V
};

const struct iq_kernel_info *iq_kernel_info(enum iq_kernel k)
{
	return &kernels[(unsigned)k < IQ_KERNELS ? k : IQ_K_6_1];
}

/* ------------------------------------------------------------------- releases */

static bool number_behind(struct iq_slice s, struct iq_slice lead, unsigned *ret)
{
	ptrdiff_t at = iq_find(s, lead);
	uint64_t v;
	if (at < 0)
		return false;
	s = iq_from(s, (size_t)at + lead.n);
	if (!iq_take_u64(&s, &v) || v > 99)
		return false;
	*ret = (unsigned)v;
	return true;
}

static const struct { const char *mark; enum iq_vendor vendor; } vendor_marks[] = {
	{ ".alios", IQ_VENDOR_ALIBABA }, { ".ali", IQ_VENDOR_ALIBABA },
	{ ".al7", IQ_VENDOR_ALIBABA }, { ".al8", IQ_VENDOR_ALIBABA },
	{ ".an7", IQ_VENDOR_ALIBABA }, { ".an8", IQ_VENDOR_ALIBABA },
	{ ".alnx", IQ_VENDOR_ALIBABA }, { ".oe", IQ_VENDOR_EULER },
	{ ".euleros", IQ_VENDOR_EULER }, { ".elrepo", IQ_VENDOR_OTHER },
	{ "uek", IQ_VENDOR_OTHER }, { ".amzn", IQ_VENDOR_AMAZON },
	{ "-generic", IQ_VENDOR_UBUNTU }, { "-lowlatency", IQ_VENDOR_UBUNTU },
	{ "-azure", IQ_VENDOR_UBUNTU }, { "-aws", IQ_VENDOR_UBUNTU },
	{ "-gcp", IQ_VENDOR_UBUNTU }, { "-default", IQ_VENDOR_SUSE },
	{ "-amd64", IQ_VENDOR_DEBIAN }, { "-arm64", IQ_VENDOR_DEBIAN },
	{ ".el", IQ_VENDOR_RHEL },
};

bool iq_release_parse(struct iq_slice text, struct iq_release *ret)
{
	struct iq_release r = { 0 };
	struct iq_slice s = iq_trim(text);
	uint64_t major, minor, patch = 0, build = 0;
	if (!iq_take_u64(&s, &major) || !iq_skip(&s, IQ_LIT(".")) ||
	    !iq_take_u64(&s, &minor) || major > 99 || minor > 255)
		return false;
	if (iq_skip(&s, IQ_LIT(".")) && (!iq_take_u64(&s, &patch) || patch > 9999))
		patch = 0;
	struct iq_slice tail = s;
	if (iq_skip(&tail, IQ_LIT("-")) && iq_take_u64(&tail, &build) && build < 1000000)
		r.build = (unsigned)build;
	r.major = (unsigned)major;
	r.minor = (unsigned)minor;
	r.patch = (unsigned)patch;
	r.version = IQ_KVER(r.major, r.minor, r.patch);
	for (size_t i = 0; i < N(vendor_marks) && !r.vendor; i++)
		if (iq_has(s, iq_slice_z(vendor_marks[i].mark)))
			r.vendor = vendor_marks[i].vendor;
	if (r.vendor == IQ_VENDOR_RHEL || r.vendor == IQ_VENDOR_ALIBABA) {
		if (!number_behind(s, IQ_LIT(".el"), &r.el) &&
		    !number_behind(s, IQ_LIT(".alios"), &r.el))
			number_behind(s, IQ_LIT(".al"), &r.el);
	}
	*ret = r;
	return true;
}

#define EL8_READ 240			/* of 4.18.0-240.el8, RHEL 8.3 */

/* Red Hat's kernels are known by base version and suffix. */
static bool vendor_kernel(const struct iq_release *r, uint32_t *ret)
{
	bool rhel = r->vendor == IQ_VENDOR_RHEL;
	bool ali = r->vendor == IQ_VENDOR_ALIBABA;
	if (rhel && r->version == IQ_KVER(2, 6, 32))
		*ret = B(EL6);
	else if ((rhel || ali) && r->version == IQ_KVER(3, 10, 0))
		*ret = B(EL7);
	else if (rhel && r->version == IQ_KVER(4, 18, 0))
		/* 240 is the oldest that was read; 4.18.0-139 was seen in mainline's form */
		*ret = r->build && r->build < EL8_READ ? B(EL8) | B(4_19) : B(EL8);
	else if (ali && r->major == 4 && r->minor == 19)
		*ret = B(ALI_4_19);
	else
		return false;
	return true;
}

uint32_t iq_release_kernels(const struct iq_release *r)
{
	uint32_t set = 0;
	if (vendor_kernel(r, &set))
		return set;
	/* a tree that was read stands for its own version exactly; other versions lie
	 * between two trees, and a change in between came before or after them */
	unsigned mm = r->major << 8 | r->minor;
	int below = -1, above = -1;
	for (int k = 0; k < IQ_KERNELS; k++) {
		struct iq_release own;
		if (!kernels[k].until ||
		    !iq_release_parse(iq_slice_z(kernels[k].name), &own))
			continue;
		unsigned o = own.major << 8 | own.minor;
		if (o < mm || (o == mm && (mm != 0x206 || r->patch >= 32)))
			below = k;
		if (above < 0 && o > mm)
			above = k;
		if (o == mm && mm != 0x206)
			return IQ_KERNEL_BIT(k);
	}
	if (mm == 0x206)		/* 2.6.33-35 as .32; the rewrite came with .36 */
		return r->patch <= 35 ? B(2_6_32) : B(3_2);
	if (below >= 0)
		set |= IQ_KERNEL_BIT(below);
	if (above >= 0)
		set |= IQ_KERNEL_BIT(above);
	return set;
}

/* ------------------------------------------------------------------- evidence */

/* Which kernels print such a thing.  The first rows are the surest. */
static const struct { uint32_t form, kernels; } forms[] = {
	{ IQ_FORM_COL_OOM_ADJ,	B(2_6_32) | B(EL6) | B(3_2) | B(3_4) },
	{ IQ_FORM_COL_CPU,	B(2_6_32) | B(EL6) | B(3_2) | B(3_4) },
	{ IQ_FORM_COL_NO_SWAPENTS, B(2_6_32) | B(EL6) | B(3_2) | B(3_4) },
	{ IQ_FORM_COL_NR_PMDS,	B(4_4) | B(4_6) | B(4_7) | B(4_8) | B(4_9) | B(4_14) },
	{ IQ_FORM_COL_NR_PTES,	(SINCE(3_10) & UNTIL(4_14)) },
	{ IQ_FORM_COL_PGTABLES_BYTES, SINCE(4_15) },
	{ IQ_FORM_COL_RSS_ANON,	SINCE(6_8) },
	{ IQ_FORM_ZONE_FREE_HIGHATOMIC, SINCE(7_3) },
	{ IQ_FORM_ZONE_BOOST,	SINCE(6_1) },
	{ IQ_FORM_ZONE_HIGHATOMIC, SINCE(5_8) },
	{ IQ_FORM_NODE_LRU,	SINCE(4_8) },
	{ IQ_FORM_ZONE_MANAGED,	SINCE(3_10) },
	{ IQ_FORM_ZONE_FREE_PCP, SINCE(EL7) },
	{ IQ_FORM_KERNEL_STACK_ZONE, UNTIL(5_8) },
	{ IQ_FORM_SEC_PAGETABLES, SINCE(6_1) },
	{ IQ_FORM_KILLED_ADJ,	SINCE(5_4) },
	{ IQ_FORM_KILLED_PREFIX, SINCE(5_2) | B(EL8) },
	{ IQ_FORM_KILLED_SHMEM,	SINCE(4_6) | B(EL7) | B(4_4) },
	{ IQ_FORM_KILL_SCORE,	UNTIL(5_0) & ~B(EL8) },
	{ IQ_FORM_SUMMARY,	SINCE(5_0) | B(EL8) | B(4_19) },	/* 4.19: openEuler */
	{ IQ_FORM_TASKS_STATE,	SINCE(4_19) },
	{ IQ_FORM_TASK_IN,	UNTIL(ALI_4_19) & ~B(EL8) },
	{ IQ_FORM_NODEMASK_HEAD, (SINCE(4_9) & UNTIL(ALI_4_19) & ~B(EL8)) },
	{ IQ_FORM_CPUSET_LINE,	UNTIL(ALI_4_19) & ~B(EL8) },
	{ IQ_FORM_GFP_NAMES,	SINCE(4_6) },
	{ IQ_FORM_GFP_RAW,	UNTIL(4_4) },
	{ IQ_FORM_REAPER,	SINCE(4_6) | B(EL7) },
	{ IQ_FORM_SLAB_TABLE,	SINCE(4_15) },
	{ IQ_FORM_NO_KILLABLE_PANIC, UNTIL(4_15) },
	{ IQ_FORM_LIMIT_OF_HOST, B(ALI_4_19) | B(4_9) | B(EL7) },
};

static uint32_t gfp_kernels(unsigned eras)
{
	uint32_t set = 0;
	for (int k = 0; k < IQ_KERNELS; k++)
		if (eras & 1u << kernels[k].gfp)
			set |= IQ_KERNEL_BIT(k);
	return set;
}

static void narrow(struct iq_era *era, uint32_t by, uint32_t form, uint32_t release)
{
	if (release && !(by & release))
		era->because |= form;
	if (era->kernels & by)
		era->kernels &= by;
	else
		era->torn = true;
}

static void narrow_by_forms(struct iq_era *era, uint32_t have, uint32_t release)
{
	for (size_t i = 0; i < N(forms); i++)
		if (have & forms[i].form)
			narrow(era, forms[i].kernels, forms[i].form, release);
	/* a table header says as much by what it lacks */
	if (have & IQ_FORM_COL_NR_PTES && !(have & IQ_FORM_COL_NR_PMDS))
		narrow(era, B(3_10) | B(3_16) | B(EL7), IQ_FORM_COL_NR_PTES, release);
	if (have & IQ_FORM_COL_PGTABLES_BYTES && !(have & IQ_FORM_COL_RSS_ANON))
		narrow(era, UNTIL(6_5), IQ_FORM_COL_PGTABLES_BYTES, release);
}

/* Most of what is in the field: which of several to take without a release. */
static const enum iq_kernel preferred[] = {
	IQ_K_5_15, IQ_K_5_10, IQ_K_6_1, IQ_K_5_4, IQ_K_6_8, IQ_K_6_12, IQ_K_4_19,
	IQ_K_4_14, IQ_K_4_9, IQ_K_4_4, IQ_K_EL7, IQ_K_EL8, IQ_K_4_15, IQ_K_5_0, IQ_K_7_3,
	IQ_K_6_5, IQ_K_EL6, IQ_K_3_10, IQ_K_3_2,
};

static enum iq_kernel choose(uint32_t set)
{
	for (size_t i = 0; i < N(preferred); i++)
		if (set & IQ_KERNEL_BIT(preferred[i]))
			return preferred[i];
	return set ? (enum iq_kernel)__builtin_ctz(set) : IQ_K_6_1;
}

/* Of the trees around a version, the one whose rules it has as far as is known. */
static enum iq_kernel of_version(uint32_t set, uint32_t version)
{
	for (int k = 0; k < IQ_KERNELS; k++)
		if (set & IQ_KERNEL_BIT(k) && kernels[k].since <= version &&
		    version <= kernels[k].until)
			return k;
	return (enum iq_kernel)__builtin_ctz(set);
}

void iq_era_infer(const struct iq_era_evidence *e, struct iq_era *ret)
{
	struct iq_era era = { .kernels = IQ_ALL_KERNELS };
	struct iq_release r;
	uint32_t release = 0;
	if (e->release.p && iq_release_parse(e->release, &r))
		release = iq_release_kernels(&r);
	narrow_by_forms(&era, e->forms, release);
	if (e->gfp_eras)
		narrow(&era, gfp_kernels(e->gfp_eras), IQ_FORM_GFP_NAMES, release);
	era.known = release || era.kernels != IQ_ALL_KERNELS;
	uint32_t both = era.kernels & release;
	if (both) {
		era.by_release = era.kernels != both;
		era.kernel = of_version(both, r.version);
	} else {
		era.contradicts = release != 0;
		era.kernel = choose(era.kernels);
	}
	*ret = era;
}

/* ---------------------------------------------------------------------- texts */

/* What a reader takes it for: the last row was read at 7.3 and stands for all of 7. */
static const char *shown(int k)
{
	return k == IQ_K_7_3 ? "7.0" : kernels[k].name;
}

void iq_kernels_text(struct iq_buf *out, uint32_t set)
{
	bool any = false;
	for (int k = 0; k < IQ_KERNELS; k++) {
		if (!(set & IQ_KERNEL_BIT(k)) || !kernels[k].until)
			continue;
		int last = k;
		for (int n = k + 1; n < IQ_KERNELS; n++) {
			if (!kernels[n].until)
				continue;
			if (!(set & IQ_KERNEL_BIT(n)))
				break;
			last = n;
		}
		iq_buf_str(out, any ? " or " : "");
		any = true;
		if (last == IQ_KERNELS - 1)
			iq_buf_printf(out, "%s and later", shown(k));
		else if (last == k)
			iq_buf_str(out, shown(k));
		else
			iq_buf_printf(out, "%s-%s", shown(k), shown(last));
		k = last;
	}
	for (int k = 0; k < IQ_KERNELS; k++)
		if (set & IQ_KERNEL_BIT(k) && !kernels[k].until) {
			iq_buf_str(out, any ? " or " : "");
			iq_buf_str(out, shown(k));
			any = true;
		}
}

/* A row of the table stands for some releases behind it: those are said. */
static void put_by_release(struct iq_buf *out, const char *name, struct iq_slice release)
{
	size_t n = strlen(name);
	bool own = !release.n || name[0] < '0' || name[0] > '9' ||
		   (release.n > n && !memcmp(release.p, name, n) &&
		    (release.p[n] < '0' || release.p[n] > '9'));

	if (own)
		iq_buf_printf(out, "%s by its release string", name);
	else
		iq_buf_printf(out, "taken as %s by its release string %.*s", name,
			      IQ_FMT(release));
}

void iq_era_text(struct iq_buf *out, const struct iq_era *era, const struct iq_era_evidence *e)
{
	if (!era->known) {
		iq_buf_str(out, "unknown");
		return;
	}
	if (era->kernels != IQ_ALL_KERNELS) {
		iq_kernels_text(out, era->kernels);
		iq_buf_str(out, " by its form");
	}
	if (!era->by_release && !era->contradicts && era->kernels != IQ_ALL_KERNELS)
		return;
	if (era->kernels != IQ_ALL_KERNELS)
		iq_buf_str(out, "; ");
	if (era->contradicts)
		iq_buf_printf(out, "its release string %.*s does not fit", IQ_FMT(e->release));
	else
		put_by_release(out, shown(era->kernel), e->release);
}

static const struct { uint32_t form; const char *what; } form_names[] = {
	{ IQ_FORM_COL_NR_PMDS, "the task table has a column nr_pmds" },
	{ IQ_FORM_COL_OOM_ADJ, "the task table has a column oom_adj" },
	{ IQ_FORM_COL_CPU, "the task table has a column cpu" },
	{ IQ_FORM_COL_RSS_ANON, "the task table has columns rss_anon, rss_file, rss_shmem" },
	{ IQ_FORM_COL_PGTABLES_BYTES, "of the task table's column pgtables_bytes" },
	{ IQ_FORM_COL_NR_PTES, "of the task table's column nr_ptes" },
	{ IQ_FORM_ZONE_BOOST, "the zone lines have boost:" },
	{ IQ_FORM_NODE_LRU, "the LRU figures stand in node lines" },
	{ IQ_FORM_ZONE_MANAGED, "the zone lines have managed:" },
	{ IQ_FORM_KILLED_PREFIX, "the reason stands in front of \"Killed process\"" },
	{ IQ_FORM_KILL_SCORE, "of the line \"Kill process ... score\"" },
	{ IQ_FORM_SUMMARY, "of the line \"oom-kill:constraint=\"" },
	{ IQ_FORM_NO_KILLABLE_PANIC, "of the panic \"Out of memory and no killable processes\"" },
	{ IQ_FORM_GFP_NAMES, "the gfp mask is printed or numbered otherwise" },
	{ IQ_FORM_GFP_RAW, "the gfp mask has no names" },
};

void iq_era_mismatch_text(struct iq_buf *out, const struct iq_era *era,
			  const struct iq_era_evidence *e)
{
	if (!era->contradicts)
		return;
	const char *what = "its form is that of another";
	for (size_t i = N(form_names); i-- > 0; )
		if (era->because & form_names[i].form)
			what = form_names[i].what;
	iq_buf_printf(out, "no kernel %.*s prints this (%s): the text is of ",
		      IQ_FMT(e->release), what);
	iq_kernels_text(out, era->kernels);
}

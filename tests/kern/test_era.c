/* tests/kern/test_era.c - release strings, eras by evidence, taint letters, frames. */
#include "t.h"
#include "kern/era.h"
#include "kern/frames.h"
#include "kern/taint.h"

static void releases(void **state)
{
	static const struct {
		const char *text;
		uint32_t version;
		enum iq_vendor vendor;
		unsigned el;
		uint32_t kernels;
	} t[] = {
#define K(k) IQ_KERNEL_BIT(IQ_K_##k)
		{ "4.19.91-24.1.al7.x86_64", IQ_KVER(4, 19, 91), IQ_VENDOR_ALIBABA, 7,
		  K(ALI_4_19) },
		{ "3.10.0-1062.9.1.el7.x86_64", IQ_KVER(3, 10, 0), IQ_VENDOR_RHEL, 7, K(EL7) },
		{ "3.10.0-327.ali2000.alios7.x86_64", IQ_KVER(3, 10, 0), IQ_VENDOR_ALIBABA, 7,
		  K(EL7) },
		{ "2.6.32-642.6.2.el6.x86_64", IQ_KVER(2, 6, 32), IQ_VENDOR_RHEL, 6, K(EL6) },
		{ "2.6.32-5-amd64", IQ_KVER(2, 6, 32), IQ_VENDOR_DEBIAN, 0, K(2_6_32) },
		{ "5.4.0-42-generic", IQ_KVER(5, 4, 0), IQ_VENDOR_UBUNTU, 0, K(5_4) },
		{ "4.18.0-240.el8.x86_64", IQ_KVER(4, 18, 0), IQ_VENDOR_RHEL, 8, K(EL8) },
		{ "5.14.0-70.13.1.el9_0.x86_64", IQ_KVER(5, 14, 0), IQ_VENDOR_RHEL, 9,
		  K(5_10) | K(5_15) },
		{ "3.10.108-1.el7.elrepo.x86_64", IQ_KVER(3, 10, 108), IQ_VENDOR_OTHER, 0,
		  K(3_10) },
		{ "4.14.35-1902.el7uek.x86_64", IQ_KVER(4, 14, 35), IQ_VENDOR_OTHER, 0, K(4_14) },
		{ "5.13.0-19-generic", IQ_KVER(5, 13, 0), IQ_VENDOR_UBUNTU, 0,
		  K(5_10) | K(5_15) },
		{ "4.4.0-x86_64-linode63", IQ_KVER(4, 4, 0), IQ_VENDOR_NONE, 0, K(4_4) },
		{ "6.1.1-arch1-1", IQ_KVER(6, 1, 1), IQ_VENDOR_NONE, 0, K(6_1) },
		{ "7.3.4+deb14-amd64", IQ_KVER(7, 3, 4), IQ_VENDOR_DEBIAN, 0, K(7_3) },
		{ "6.6.102-5.2.al8.x86_64", IQ_KVER(6, 6, 102), IQ_VENDOR_ALIBABA, 8,
		  K(6_5) | K(6_8) },
		{ "3.0.101-63-default", IQ_KVER(3, 0, 101), IQ_VENDOR_SUSE, 0,
		  K(EL6) | K(3_2) },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct iq_release r;
		assert_true(iq_release_parse(iq_slice_z(t[i].text), &r));
		assert_int_equal(r.version, t[i].version);
		assert_int_equal(r.vendor, t[i].vendor);
		if (t[i].el)
			assert_int_equal(r.el, t[i].el);
		uint32_t got = iq_release_kernels(&r);
		if (r.major == 3 && r.minor == 0)	/* by base versions only */
			assert_int_equal(got, K(2_6_32) | K(3_2));
		else
			assert_int_equal(got, t[i].kernels);
	}
	struct iq_release r;
	assert_false(iq_release_parse(IQ_LIT("linux"), &r));
	assert_false(iq_release_parse(IQ_LIT(""), &r));
	assert_false(iq_release_parse(IQ_LIT("99999999999999999999.1"), &r));
}

static void every_version_has_rules(void **state)
{
	(void)state;
	for (int k = 1; k < IQ_KERNELS; k++)
		assert_non_null(iq_kernel_info(k)->name);
	for (unsigned major = 3; major <= 7; major++)
		for (unsigned minor = 0; minor < 21; minor++) {
			struct iq_release r = { .version = IQ_KVER(major, minor, 0),
						.major = major, .minor = minor };
			assert_int_not_equal(iq_release_kernels(&r), 0);
		}
}

static void evidence(void **state)
{
	static const struct {
		uint32_t forms;
		unsigned gfp;
		const char *release;
		enum iq_kernel kernel;
		bool contradicts, by_release;
		const char *text;	/* NULL: not asked */
	} t[] = {
		/* oom.md 6.6: a table with nr_pmds under an el7 release */
		{ IQ_FORM_COL_NR_PTES | IQ_FORM_COL_NR_PMDS | IQ_FORM_NO_KILLABLE_PANIC, 0,
		  "3.10.0-1062.9.1.el7.x86_64", IQ_K_4_14, true, false,
		  "4.4-4.14 by its form; its release string 3.10.0-1062.9.1.el7.x86_64 does "
		  "not fit" },
		{ IQ_FORM_COL_NR_PTES, 1u << IQ_GFP_3_4, "3.10.0-1062.el7.x86_64", IQ_K_EL7,
		  false, true, NULL },
		{ IQ_FORM_COL_PGTABLES_BYTES | IQ_FORM_SUMMARY | IQ_FORM_TASKS_STATE,
		  1u << IQ_GFP_5_2 | 1u << IQ_GFP_5_15, "5.15.0-1087-azure", IQ_K_5_15, false,
		  true, NULL },
		{ IQ_FORM_COL_PGTABLES_BYTES | IQ_FORM_SUMMARY, 1u << IQ_GFP_4_19,
		  "4.18.0-240.el8.x86_64", IQ_K_EL8, false, true, NULL },
		/* without a release: form alone */
		{ IQ_FORM_TASK_IN | IQ_FORM_LIMIT_OF_HOST, 1u << IQ_GFP_4_19, NULL,
		  IQ_K_ALI_4_19, false, false, "Alibaba 4.19 by its form" },
		{ IQ_FORM_COL_RSS_ANON, 0, NULL, IQ_K_6_8, false, false,
		  "6.8 and later by its form" },
		{ 0, 0, "5.4.0-42-generic", IQ_K_5_4, false, true,
		  "5.4 by its release string" },
		{ 0, 0, NULL, IQ_K_5_15, false, false, "unknown" },
		{ 0, 0, "5.9.3", IQ_K_5_10, false, true, NULL },
		{ 0, 0, "4.17.1", IQ_K_4_19, false, true, NULL },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct iq_era_evidence e = { t[i].forms, t[i].gfp, iq_slice_z(t[i].release) };
		struct iq_era era;
		struct iq_buf b;
		iq_era_infer(&e, &era);
		assert_int_equal(era.kernel, t[i].kernel);
		assert_int_equal(era.contradicts, t[i].contradicts);
		assert_int_equal(era.by_release, t[i].by_release);
		iq_buf_init(&b);
		iq_era_text(&b, &era, &e);
		if (t[i].text)
			assert_string_equal(b.p, t[i].text);
		iq_buf_reset(&b);
		iq_era_mismatch_text(&b, &era, &e);
		assert_int_equal(b.n > 0, t[i].contradicts);
		iq_buf_fini(&b);
	}
}

static void torn_text(void **state)
{
	struct iq_era_evidence e = { IQ_FORM_COL_OOM_ADJ | IQ_FORM_COL_RSS_ANON, 0,
				     IQ_SLICE_NULL };
	struct iq_era era;
	(void)state;
	iq_era_infer(&e, &era);
	assert_true(era.torn);
	assert_int_not_equal(era.kernels, 0);
}

static void taint_letters(void **state)
{
	static const struct { const char *text, *want; } t[] = {
		{ "Tainted: G           OE  5.4.0-42-generic", "GOE" },
		{ "Tainted: G          I    ------------ T 3.10.0-514.el7", "GIT" },
		{ "Not tainted 6.1.1-arch1-1", "" }, { "P OE", "POE" }, { "", "" },
		{ "Tainted: G W O L 4.19", "GWOL" },
	};
	char got[32];
	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		assert_int_equal(iq_taint_letters(iq_slice_z(t[i].text), got),
				 strlen(t[i].want));
		assert_string_equal(got, t[i].want);
	}
	assert_true(iq_taint('O')->suspect);
	assert_null(iq_taint('?'));
}

static void frame_names(void **state)
{
	static const struct { const char *name; enum iq_purpose p; } t[] = {
		{ "alloc_fdtable+0x5a/0xe0", IQ_PURPOSE_FD_TABLE },
		{ "__vmalloc_node_range", IQ_PURPOSE_VMALLOC },
		{ "copy_process.part.26+0x1c7/0x1a0", IQ_PURPOSE_FORK },
		{ "do_anonymous_page.isra.0", IQ_PURPOSE_ANON_FAULT },
		{ "moom_callback", IQ_PURPOSE_SYSRQ }, { "shmem_fault", IQ_PURPOSE_SHMEM },
		{ "schedule", IQ_PURPOSE_NONE }, { "", IQ_PURPOSE_NONE },
		{ "filemap_fault+0x1 [xfs]", IQ_PURPOSE_FILE_FAULT },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		assert_int_equal(iq_frame_purpose(iq_slice_z(t[i].name)), t[i].p);
	assert_true(iq_eq(iq_frame_base(IQ_LIT("foo.constprop.0.isra.1+0x3/0x9 [m]")),
			  IQ_LIT("foo")));
	assert_string_equal(iq_purpose_text(IQ_PURPOSE_NONE), "memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(releases), cmocka_unit_test(every_version_has_rules),
		cmocka_unit_test(evidence), cmocka_unit_test(torn_text),
		cmocka_unit_test(taint_letters), cmocka_unit_test(frame_names),
	};
	return cmocka_run_group_tests_name("era", tests, NULL, NULL);
}

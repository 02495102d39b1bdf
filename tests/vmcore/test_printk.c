/* vmcore/printk_*: composed buffers of every era, fresh, wrapped and damaged. */
#include "compose.h"

#define CPU 0x80000000u

static const struct ring_shape small = { 4, 9, 88, 20, 1000, 0, false };

static void machine_ring(struct machine *m, struct ring *r, unsigned lb, bool big,
			 struct ring_shape s)
{
	machine_init(m, 65536, lb, big);
	ring_begin(r, m, s);
}

/* Fields, newlines in a text, an empty line; on every kind of machine. */
static void ring_fields(void **state)
{
	(void)state;
	static const struct {
		unsigned lb;
		bool big;
		struct ring_shape s;
	} rows[] = {
		{ 8, false, { 4, 9, 88, 20, UINT64_C(0xffffff00), 0, false } },
		/* 7.x: larger infos, ids that begin near the end of their range */
		{ 8, false, { 4, 9, 112, 20, (UINT64_C(1) << 62) - 2, UINT64_MAX - 511,
			      true } },
		{ 8, true,  { 4, 9, 88, 20, 5, 0, false } },
		{ 4, false, { 4, 9, 88, 20, (1u << 30) - 2, 0xfffffe00u, false } },
		{ 4, true,  { 4, 9, 88, 20, 5, 512, false } },
	};
	for (size_t k = 0; k < COUNT(rows); k++) {
		struct machine m;
		struct ring r;
		struct got g;
		machine_ring(&m, &r, rows[k].lb, rows[k].big, rows[k].s);
		ring_add(&r, "Linux version", 5, 0, 0, 0);
		ring_add(&r, "two\nlines", 3, 0, 17, 1500000999);
		ring_add(&r, "", 6, 0, CPU | 3, 2000000000);
		ring_add(&r, "from user space", 6, 1, 1, UINT64_C(90000) * 1000000000);
		ring_end(&r);
		decode(&g, &m, iq_printk_ring);
		assert_int_equal(g.rc, 0);
		assert_int_equal(g.n, 4);
		assert_int_equal(g.n_issues, 0);
		assert_string_equal(g.text[0], "Linux version");
		assert_int_equal(g.rec[0].level, 5);
		assert_int_equal(g.rec[0].mono_us, 0);
		assert_int_equal(g.rec[0].first_line, 1);
		assert_int_equal(g.rec[0].caller_kind, 'T');
		assert_int_equal(g.rec[0].flags, 0);
		assert_true(g.rec[0].kernel);
		assert_string_equal(g.text[1], "two\nlines");
		assert_int_equal(g.rec[1].level, 3);
		assert_int_equal(g.rec[1].mono_us, 1500000);
		assert_int_equal(g.rec[1].caller, 17);
		assert_string_equal(g.text[2], "");
		assert_int_equal(g.rec[2].caller_kind, 'C');
		assert_int_equal(g.rec[2].caller, 3);
		assert_int_equal(g.rec[3].facility, 1);
		assert_false(g.rec[3].kernel);
		assert_int_equal(g.rec[3].mono_us, INT64_C(90000000000));
		assert_int_equal(g.rec[1].first_line, 2);	/* lines of text, not records */
		assert_int_equal(g.rec[1].last_line, 3);
		assert_int_equal(g.rec[3].last_line, 5);
		machine_fini(&m);
	}
}

/* Text wraps around: blocks that do not fit lie at the beginning; what they overwrote
 * is no longer readable. */
static void ring_wrapped(void **state)
{
	(void)state;
	for (int exact = 0; exact < 2; exact++) {
		struct ring_shape s = small;
		struct machine m;
		struct ring r;
		struct got g;
		char text[100];
		s.exact_fit = exact;
		machine_ring(&m, &r, 8, false, s);
		/* 56 bytes and the id: eight blocks fill the 512 bytes exactly */
		for (unsigned i = 0; i < 40; i++) {
			snprintf(text, sizeof text, "%02u %053u", i, i);
			ring_add(&r, text, 6, 0, 0, i * UINT64_C(1000000));
		}
		ring_end(&r);
		decode(&g, &m, iq_printk_ring);
		assert_int_equal(g.rc, 0);
		assert_true(g.n >= 7 && g.n <= 8);
		for (size_t i = 0; i < g.n; i++) {
			unsigned no = (unsigned)(40 - g.n + i);
			snprintf(text, sizeof text, "%02u %053u", no, no);
			assert_string_equal(g.text[i], text);
		}
		assert_true(g.rec[0].flags & IQ_REC_AFTER_GAP);
		assert_false(g.rec[1].flags & IQ_REC_AFTER_GAP);
		assert_int_equal(g.n_issues, 2);	/* wrapped; texts lost */
		assert_string_equal(g.code[0], "log-overwritten");
		assert_string_equal(g.severity[0], "note");
		machine_fini(&m);
	}
}

static void ring_states(void **state)
{
	(void)state;
	struct machine m;
	struct ring r;
	struct got g;
	uint64_t id[6];
	machine_ring(&m, &r, 8, false, small);
	for (unsigned i = 0; i < 6; i++) {
		char text[16];
		snprintf(text, sizeof text, "record %u", i);
		id[i] = ring_add(&r, text, 6, 0, 0, 0);
	}
	set_state(&r, id[0], 3);		/* the placeholder of a fresh ring */
	set_state(&r, id[2], 1);		/* committed: may still grow, counts */
	set_state(&r, id[5], 0);		/* the crash came in the middle */
	poke(&m, desc_at(&r, id[3]), 8, UINT64_C(2) << 62 | (id[3] - 16)); /* an old one */
	ring_end(&r);
	decode(&g, &m, iq_printk_ring);
	assert_int_equal(g.n, 4);
	assert_string_equal(g.text[0], "record 1");
	assert_string_equal(g.text[1], "record 2");
	assert_string_equal(g.text[2], "record 4");
	assert_true(g.rec[2].flags & IQ_REC_AFTER_GAP);
	assert_string_equal(g.text[3], "record 5");
	assert_true(g.rec[3].flags & IQ_REC_CUT);
	machine_fini(&m);
}

static void ring_damage(void **state)
{
	(void)state;
	struct machine m;
	struct ring r;
	struct got g;
	uint64_t id[4];
	machine_ring(&m, &r, 8, false, small);
	for (unsigned i = 0; i < 4; i++)
		id[i] = ring_add(&r, "some text here", 6, 0, 0, 0);
	ring_end(&r);

	/* the text's page is not in the dump */
	m.hole_at = r.data;
	m.hole_n = 24;
	decode(&g, &m, iq_printk_ring);
	assert_int_equal(g.rc, 0);
	assert_int_equal(g.n, 3);
	assert_true(g.rec[0].flags & IQ_REC_AFTER_GAP);
	assert_string_equal(g.severity[g.n_issues - 1], "damage");
	/* none of them is */
	m.hole_n = 512;
	decode(&g, &m, iq_printk_ring);
	assert_int_equal(g.rc, -1);
	/* nor is the buffer itself */
	m.hole_at = 0;
	m.hole_n = 64;
	decode(&g, &m, iq_printk_ring);
	assert_int_equal(g.rc, -1);
	assert_int_equal(g.err.code, IQ_E_FORMAT);
	assert_non_null(strstr(g.err.text, "excluded"));
	m.hole_n = 0;

	/* a length beyond the block is cut to it */
	poke(&m, info_at(&r, id[1]) + 16, 2, 60000);
	decode(&g, &m, iq_printk_ring);
	assert_int_equal(g.n, 4);
	assert_int_equal(g.rec[1].text.n, 16);		/* padded to a long */
	/* positions that no block can have */
	poke(&m, desc_at(&r, id[2]) + 8, 8, 4096);
	decode(&g, &m, iq_printk_ring);
	assert_int_equal(g.n, 3);
	assert_string_equal(g.code[0], "log-lost");
	/* the block belongs to another record by now */
	poke(&m, r.data, 8, 77);
	decode(&g, &m, iq_printk_ring);
	assert_int_equal(g.n, 2);
	/* head far from tail: every slot is tried once */
	poke(&m, AT_RB + 4 * 8, 8, 1);
	decode(&g, &m, iq_printk_ring);
	assert_int_equal(g.rc, 0);
	assert_int_equal(g.n, 2);
	/* sizes that cannot be */
	poke(&m, AT_RB, 4, 60);
	decode(&g, &m, iq_printk_ring);
	assert_int_equal(g.rc, -1);
	assert_int_equal(g.n, 0);
	machine_fini(&m);
}

static void ring_not_described(void **state)
{
	(void)state;
	struct machine m;
	struct ring r;
	struct got g;
	machine_ring(&m, &r, 8, false, small);
	ring_add(&r, "text", 6, 0, 0, 0);
	ring_end(&r);
	char *at = strstr(m.info.p, "OFFSET(printk_info.caller_id)=20");
	memcpy(at + 30, "99", 2);		/* outside of the structure */
	decode(&g, &m, iq_printk_ring);
	assert_int_equal(g.err.code, IQ_E_UNSUPPORTED);
	at[0] = 'X';				/* not there at all */
	decode(&g, &m, iq_printk_ring);
	assert_int_equal(g.err.code, IQ_E_UNSUPPORTED);
	machine_fini(&m);
}

/* --- records of 3.5 to 5.9 --- */

static void records_layouts(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		size_t head;
		bool caller, big;
	} rows[] = {
		{ "log", 16, false, false },		/* 3.5 .. 3.10 */
		{ "printk_log", 16, false, false },	/* 3.11 .. 5.9 */
		{ "printk_log", 24, true, false },	/* 5.1, CONFIG_PRINTK_CALLER */
		{ "printk_log", 16, false, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct records r;
		struct got g;
		struct iq_vmcoreinfo info;
		records_begin(&r, rows[i].name, rows[i].head, rows[i].caller, 4096,
			      rows[i].big, 65536);
		records_add(&r, "first", 5, 2, 7, 0);
		records_add(&r, "second\nwith more", 4, 6, CPU | 1, 3000001000);
		records_add(&r, "", 6, 2, 7, 3000002000);
		info.text = iq_buf_as_slice(&r.m.info);
		assert_int_equal(iq_printk_form(&info), IQ_PRINTK_RECORDS);
		decode(&g, &r.m, iq_printk_records);
		assert_int_equal(g.rc, 0);
		assert_int_equal(g.n, 3);
		assert_string_equal(g.text[0], "first");
		assert_int_equal(g.rec[0].level, 5);
		assert_string_equal(g.text[1], "second\nwith more");
		assert_int_equal(g.rec[1].level, 4);
		assert_int_equal(g.rec[1].mono_us, 3000001);
		assert_int_equal(g.rec[1].caller_kind, rows[i].caller ? 'C' : 0);
		assert_int_equal(g.n_issues, 0);
		machine_fini(&r.m);
	}
}

/* Fragments that were written while another CPU spoke are one line, as in dmesg. */
static void records_continued(void **state)
{
	(void)state;
	struct records r;
	struct got g;
	records_begin(&r, "printk_log", 16, false, 4096, false, 65536);
	records_add(&r, "Freeing memory:", 6, 8, 0, 0);		/* open */
	records_add(&r, " one", 6, 8, 0, 0);
	records_add(&r, " two", 6, 8 | 2, 0, 0);		/* newline */
	records_add(&r, "next", 6, 2, 0, 0);
	records_add(&r, "open", 6, 4, 0, 0);
	records_add(&r, "not its rest", 6, 4 | 2, 0, 0);	/* has a prefix */
	decode(&g, &r.m, iq_printk_records);
	assert_int_equal(g.n, 4);
	assert_string_equal(g.text[0], "Freeing memory: one two");
	assert_true(g.rec[0].flags & IQ_REC_JOINED);
	assert_string_equal(g.text[1], "next");
	assert_string_equal(g.text[2], "open");
	assert_string_equal(g.text[3], "not its rest");
	machine_fini(&r.m);
}

static void records_wrapped(void **state)
{
	(void)state;
	struct records r;
	struct got g;
	records_begin(&r, "printk_log", 16, false, 256, false, 65536);
	for (unsigned i = 0; i < 9; i++) {
		char text[32];
		snprintf(text, sizeof text, "record number %02u", i);
		records_add(&r, text, 6, 2, 0, 0);	/* 32 bytes each */
	}
	/* 7 and 8 lie at the start, and overwrote 0, 1 and (for a header) 2 */
	poke(&r.m, AT_FIRST, 4, 96);
	poke(&r.m, AT_SEQ, 8, 3);
	decode(&g, &r.m, iq_printk_records);
	assert_int_equal(g.rc, 0);
	assert_int_equal(g.n, 6);
	assert_string_equal(g.text[0], "record number 03");
	assert_string_equal(g.text[5], "record number 08");
	assert_string_equal(g.code[0], "log-overwritten");
	machine_fini(&r.m);
}

static void records_damage(void **state)
{
	(void)state;
	struct records r;
	struct got g;
	records_begin(&r, "printk_log", 16, false, 4096, false, 65536);
	for (unsigned i = 0; i < 4; i++)
		records_add(&r, "record of text..", 6, 2, 0, 0);
	poke(&r.m, AT_BUF + 64 + 8, 2, 5);		/* shorter than its header */
	decode(&g, &r.m, iq_printk_records);
	assert_int_equal(g.rc, 0);
	assert_int_equal(g.n, 2);
	assert_string_equal(g.code[0], "log-damaged");
	poke(&r.m, AT_BUF + 64 + 8, 2, 65535);		/* beyond the buffer */
	decode(&g, &r.m, iq_printk_records);
	assert_int_equal(g.n, 2);
	poke(&r.m, AT_BUF + 64 + 8, 2, 32);
	poke(&r.m, AT_NEXT, 4, 100);			/* no record ends there */
	decode(&g, &r.m, iq_printk_records);
	assert_int_equal(g.rc, 0);
	assert_true(g.n >= 4 && g.n <= 8);		/* stops after one round */
	poke(&r.m, AT_FIRST, 4, 5000);
	decode(&g, &r.m, iq_printk_records);
	assert_int_equal(g.rc, -1);
	machine_fini(&r.m);
}

/* --- characters, before 3.5 --- */

static void chars(struct got *g, const char *text, size_t buf_len, uint64_t end,
		  bool with_chars)
{
	struct machine m;
	struct iq_vmcoreinfo info;
	size_t n = strlen(text);
	machine_init(&m, 65536, 8, false);
	iq_buf_printf(&m.info, "SYMBOL(log_buf)=%llx\nSYMBOL(log_buf_len)=%llx\n"
		      "SYMBOL(log_end)=%llx\n", (unsigned long long)BASE + AT_BUF_PTR,
		      (unsigned long long)BASE + AT_BUF_LEN,
		      (unsigned long long)BASE + AT_END);
	if (with_chars)
		iq_buf_printf(&m.info, "SYMBOL(logged_chars)=%llx\n",
			      (unsigned long long)BASE + AT_CHARS);
	poke(&m, AT_BUF_PTR, 8, BASE + AT_BUF);
	poke(&m, AT_BUF_LEN, 4, buf_len);
	poke(&m, AT_END, 4, end);
	poke(&m, AT_CHARS, 4, n < buf_len ? n : buf_len);
	for (size_t i = 0; i < n; i++)		/* the last N characters before END */
		m.mem[AT_BUF + (size_t)((end - n + i) & (buf_len - 1))] =
			(unsigned char)text[i];
	info.text = iq_buf_as_slice(&m.info);
	assert_int_equal(iq_printk_form(&info), IQ_PRINTK_BYTES);
	decode(g, &m, iq_printk_bytes);
	machine_fini(&m);
}

static void bytes(void **state)
{
	(void)state;
	static const char text[] = "<5>[    0.000000] Linux version 2.6.32\n"
				   "<4>[   12.345678] warning\n"
				   "no level\n"
				   "<30>user space\n"
				   "<6>[ bracket\n";
	struct got g;
	for (int k = 0; k < 2; k++) {
		chars(&g, text, 4096, k ? 5000 + 4096 * 3 : strlen(text), k);
		assert_int_equal(g.rc, 0);
		assert_int_equal(g.n, 5);
		assert_string_equal(g.text[0], "Linux version 2.6.32");
		assert_int_equal(g.rec[0].level, 5);
		assert_int_equal(g.rec[0].mono_us, 0);
		assert_int_equal(g.rec[1].mono_us, 12345678);
		assert_string_equal(g.text[2], "no level");
		assert_int_equal(g.rec[2].level, -1);
		assert_int_equal(g.rec[2].mono_us, IQ_NULL);
		assert_int_equal(g.rec[3].facility, 3);
		assert_false(g.rec[3].kernel);
		assert_string_equal(g.text[4], "[ bracket");
		assert_int_equal(g.n_issues, 0);
	}
	/* full: the first line lacks its beginning, the last its end */
	chars(&g, "ing cut\n<6>whole\n<6>unfini", 16, 1000, true);
	assert_string_equal(g.code[0], "log-overwritten");
	assert_int_equal(g.n, 2);
	assert_true(g.rec[0].flags & IQ_REC_CUT);
	assert_true(g.rec[1].flags & IQ_REC_CUT);
	/* a length that no kernel uses */
	chars(&g, "x\n", 100, 2, true);
	assert_int_equal(g.rc, -1);
}

/* --- VMCOREINFO and notes --- */

static void vmcoreinfo(void **state)
{
	(void)state;
	struct iq_vmcoreinfo v = { IQ_LIT(
		"OSRELEASE=6.1.0\nSYMBOL(prb)=ffffffffb7c62540\nNUMBER(phys_base)=-809500672\n"
		"NUMBER(kimage_voffset)=0xffffa9534ee00000\nOFFSET(a.b)=16\nSIZE(x)=99999999999\n"
		"OFFSET(bad.one)=minus\nSIZE(page)=64") };
	uint64_t a;
	int64_t n;
	size_t s;
	assert_true(iq_eq(iq_vmcoreinfo_line(&v, "OSRELEASE"), IQ_LIT("6.1.0")));
	assert_null(iq_vmcoreinfo_line(&v, "OSREL").p);
	assert_null(iq_vmcoreinfo_line(&v, "RELEASE").p);
	assert_true(iq_vmcoreinfo_symbol(&v, "prb", &a));
	assert_true(a == UINT64_C(0xffffffffb7c62540));
	assert_true(iq_vmcoreinfo_number(&v, "phys_base", &n));
	assert_int_equal(n, -809500672);
	assert_true(iq_vmcoreinfo_number(&v, "kimage_voffset", &n));
	assert_true((uint64_t)n == UINT64_C(0xffffa9534ee00000));
	assert_true(iq_vmcoreinfo_offset(&v, "a.b", &s));
	assert_int_equal(s, 16);
	assert_false(iq_vmcoreinfo_size(&v, "x", &s));	/* no structure is that large */
	assert_false(iq_vmcoreinfo_offset(&v, "bad.one", &s));
	assert_true(iq_vmcoreinfo_size(&v, "page", &s));
	assert_int_equal(iq_printk_form(&v), IQ_PRINTK_RING);
	v.text = IQ_LIT("OSRELEASE=x\n");
	assert_int_equal(iq_printk_form(&v), IQ_PRINTK_NONE);
}

static void notes(void **state)
{
	(void)state;
	static const struct iq_slice all = IQ_LIT(
		"\5\0\0\0\3\0\0\0\1\0\0\0CORE\0\0\0\0abc\0"
		"\13\0\0\0\6\0\0\0\0\0\0\0VMCOREINFO\0\0A=1\nB\n");
	struct iq_slice s = iq_note_find(all, false, IQ_LIT("VMCOREINFO"), 0);
	assert_true(iq_eq(s, IQ_LIT("A=1\nB\n")));	/* without padding at the end */
	s = iq_note_find(all, false, IQ_LIT("CORE"), 1);
	assert_true(iq_eq(s, IQ_LIT("abc")));
	assert_null(iq_note_find(all, false, IQ_LIT("CORE"), 2).p);
	assert_null(iq_note_find(all, true, IQ_LIT("CORE"), 1).p);
	for (size_t n = 0; n < all.n; n++)		/* cut anywhere */
		assert_null(iq_note_find(iq_head(all, n), false, IQ_LIT("VMCOREINFO"), 0).p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ring_fields),
		cmocka_unit_test(ring_wrapped),
		cmocka_unit_test(ring_states),
		cmocka_unit_test(ring_damage),
		cmocka_unit_test(ring_not_described),
		cmocka_unit_test(records_layouts),
		cmocka_unit_test(records_continued),
		cmocka_unit_test(records_wrapped),
		cmocka_unit_test(records_damage),
		cmocka_unit_test(bytes),
		cmocka_unit_test(vmcoreinfo),
		cmocka_unit_test(notes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

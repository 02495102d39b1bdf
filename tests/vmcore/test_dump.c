/* vmcore/: a composed x86-64 machine of a few pages, stored in every form of dump;
 * cut, incomplete, with parts missing, with headers that lie.
 */
#include "compose.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vmcore/vmcore.h"

/* The context of libkdumpfile is never freed, see vmcore/open.c. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libkdumpfile\n";
}

#define PAGE 4096
#define DATA_PFN 16		/* of the page at BASE */
#define DATA_PAGES 10
#define INFO_PFN 40		/* the kernel's own copy of VMCOREINFO */
#define PAGES 48
#define BLOCK PAGE

/* Physical memory; present[] says what is in the dump. */
struct phys {
	unsigned char page[PAGES][PAGE];
	bool present[PAGES];
	struct iq_buf info;
};

static void put64(unsigned char *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

/* Page tables 1 (top) .. 4 map BASE to DATA_PFN; the top one is found through
 * init_top_pgt and phys_base. */
static struct phys *phys_new(void)
{
	struct phys *p = calloc(1, sizeof *p);
	struct machine m;
	struct ring r;
	machine_init(&m, DATA_PAGES * PAGE, 8, false);
	ring_begin(&r, &m, (struct ring_shape){ 5, 11, 88, 20, UINT64_C(0xffffffe0), 0,
						false });
	ring_add(&r, "Linux version 6.1.0-test", 5, 0, 0, 0);
	for (unsigned i = 0; i < 12; i++)
		ring_add(&r, "composed record", 6, 0, 1, (1 + i) * UINT64_C(1000000000));
	ring_add(&r, "Kernel panic - not syncing: composed", 0, 0, 0x80000001u,
		 UINT64_C(99000000000));
	ring_end(&r);
	iq_buf_printf(&m.info, "SYMBOL(init_top_pgt)=ffffffff80001000\nNUMBER(phys_base)=0\n"
		      "SYMBOL(init_uts_ns)=%llx\nOFFSET(uts_namespace.name)=0\n"
		      "BUILD-ID=0123456789abcdef0123456789abcdef01234567\n"
		      "CRASHTIME=1700000000\n", (unsigned long long)BASE + 9 * PAGE);
	memcpy(m.mem + 9 * PAGE, "Linux", 5);
	memcpy(m.mem + 9 * PAGE + 65, "guest-7", 7);
	memcpy(m.mem + 9 * PAGE + 130, "6.1.0-test", 10);
	memcpy(m.mem + 9 * PAGE + 195, "#1 SMP composed", 15);
	memcpy(m.mem + 9 * PAGE + 260, "x86_64", 6);
	put64(p->page[1] + 511 * 8, 2 * PAGE | 1);
	put64(p->page[2] + 510 * 8, 3 * PAGE | 1);
	put64(p->page[3] + 8 * 8, 4 * PAGE | 1);
	for (unsigned i = 0; i < DATA_PAGES; i++) {
		put64(p->page[4] + i * 8, (DATA_PFN + i) * PAGE | UINT64_C(1) << 63 | 3);
		memcpy(p->page[DATA_PFN + i], m.mem + i * PAGE, PAGE);
		p->present[DATA_PFN + i] = true;
	}
	for (unsigned i = 1; i < 5; i++)
		p->present[i] = true;
	assert_true(m.info.n < PAGE);
	memcpy(p->page[INFO_PFN], m.info.p, m.info.n);
	p->present[INFO_PFN] = true;
	p->info = m.info;
	free(m.mem);
	return p;
}

static void phys_free(struct phys *p)
{
	iq_buf_fini(&p->info);
	free(p);
}

/* --- forms of a dump --- */

static void le(struct iq_buf *b, size_t at, size_t n, uint64_t v)
{
	for (size_t i = 0; i < n; i++)
		b->p[at + i] = (char)(v >> 8 * i);
}

static void pad_to(struct iq_buf *b, size_t n)
{
	while (b->n < n)
		iq_buf_char(b, 0);
}

static void add_note(struct iq_buf *b, struct iq_slice desc)
{
	iq_buf_slice(b, IQ_LIT("\13\0\0\0"));
	iq_buf_char(b, (char)desc.n);
	iq_buf_char(b, (char)(desc.n >> 8));
	iq_buf_slice(b, IQ_LIT("\0\0\0\0\0\0VMCOREINFO\0\0"));
	iq_buf_slice(b, desc);
	while (b->n % 4)
		iq_buf_char(b, 0);
}

struct kdump_opts {
	bool no_info, uts;
	unsigned status;
	bool split;
	unsigned start, end;		/* page frames of this part */
};

/* Block 0, sub-header 1 block, bitmaps 2 blocks, descriptors, data, notes behind the
 * sub-header fields as makedumpfile puts them. */
static struct iq_buf kdump(const struct phys *p, struct kdump_opts o)
{
	struct iq_buf b;
	size_t notes, n = 0;
	iq_buf_init(&b);
	pad_to(&b, BLOCK + 104);
	notes = b.n;
	if (!o.no_info)
		add_note(&b, iq_buf_as_slice(&p->info));
	size_t notes_n = b.n - notes, info_at = notes + 24;
	assert_true(b.n < 2 * BLOCK);
	pad_to(&b, 4 * BLOCK);
	memcpy(b.p, "KDUMP   ", 8);
	le(&b, 8, 4, 6);
	if (o.uts) {
		memcpy(b.p + 12, "Linux", 5);
		memcpy(b.p + 12 + 65, "guest-7", 7);
		memcpy(b.p + 12 + 130, "6.1.0-test", 10);
		memcpy(b.p + 12 + 195, "#1 SMP composed", 15);
	}
	memcpy(b.p + 12 + 260, "x86_64", 6);
	le(&b, 408, 8, o.uts ? 1700000001 : 0);
	le(&b, 424, 4, o.status);
	le(&b, 428, 4, BLOCK);
	le(&b, 432, 4, 1);
	le(&b, 436, 4, 2);
	le(&b, 440, 4, PAGES);
	le(&b, BLOCK + 8, 4, 31);
	le(&b, BLOCK + 12, 4, o.split);
	le(&b, BLOCK + 16, 8, o.start);
	le(&b, BLOCK + 24, 8, o.end);
	if (!o.no_info) {
		le(&b, BLOCK + 32, 8, info_at);
		le(&b, BLOCK + 40, 8, p->info.n);
		le(&b, BLOCK + 48, 8, notes);
		le(&b, BLOCK + 56, 8, notes_n);
	}
	le(&b, BLOCK + 80, 8, o.start);
	le(&b, BLOCK + 88, 8, o.end);
	le(&b, BLOCK + 96, 8, PAGES);
	for (unsigned i = 0; i < PAGES; i++) {
		b.p[2 * BLOCK + i / 8] |= (char)(1 << i % 8);
		if (p->present[i])
			b.p[3 * BLOCK + i / 8] |= (char)(1 << i % 8);
		n += p->present[i] && (!o.split || (i >= o.start && i < o.end));
	}
	size_t desc = b.n, data = b.n + 24 * n;
	pad_to(&b, data);
	for (unsigned i = 0; i < PAGES; i++) {
		if (!p->present[i] || (o.split && (i < o.start || i >= o.end)))
			continue;
		le(&b, desc, 8, b.n);
		le(&b, desc + 8, 4, PAGE);
		desc += 24;
		iq_buf_add(&b, p->page[i], PAGE);
	}
	return b;
}

static struct iq_buf elf(const struct phys *p, bool info)
{
	struct iq_buf b;
	unsigned n = 1, k = 1;
	for (unsigned i = 0; i < PAGES; i++)
		n += p->present[i] && (i == 0 || !p->present[i - 1]);
	iq_buf_init(&b);
	pad_to(&b, 64 + 56 * n);
	memcpy(b.p, ELFMAG "\2\1\1", 7);
	le(&b, 16, 2, ET_CORE);
	le(&b, 18, 2, EM_X86_64);
	le(&b, 20, 4, 1);
	le(&b, 32, 8, 64);
	le(&b, 52, 2, 64);
	le(&b, 54, 2, 56);
	le(&b, 56, 2, n);
	size_t notes = b.n;
	if (info)
		add_note(&b, iq_buf_as_slice(&p->info));
	le(&b, 64, 4, PT_NOTE);
	le(&b, 64 + 8, 8, notes);
	le(&b, 64 + 32, 8, b.n - notes);
	le(&b, 64 + 40, 8, b.n - notes);
	for (unsigned i = 0; i < PAGES; i++) {
		size_t h = 64 + 56 * k;
		if (!p->present[i])
			continue;
		if (i == 0 || !p->present[i - 1]) {
			k++;
			le(&b, h, 4, PT_LOAD);
			le(&b, h + 8, 8, b.n);
			le(&b, h + 16, 8, UINT64_C(0xffff888000000000) + i * PAGE);
			le(&b, h + 24, 8, i * PAGE);
		} else {
			h -= 56;
		}
		uint64_t have = 0;
		memcpy(&have, b.p + h + 32, 8);
		le(&b, h + 32, 8, have + PAGE);
		le(&b, h + 40, 8, have + PAGE);
		iq_buf_add(&b, p->page[i], PAGE);
	}
	return b;
}

static void be64(struct iq_buf *b, uint64_t v)
{
	for (int i = 7; i >= 0; i--)
		iq_buf_char(b, (char)(v >> 8 * i));
}

/* Written out of order, a piece twice, the first time wrong. */
static struct iq_buf flattened(struct iq_slice in, bool end)
{
	struct iq_buf b;
	size_t third = in.n / 3;
	const struct {
		size_t at, n;
		bool wrong;
	} rows[] = {
		{ 2 * third, in.n - 2 * third, false }, { 0, third, true },
		{ third, third, false }, { 0, third, false },
	};
	iq_buf_init(&b);
	iq_buf_slice(&b, IQ_LIT("makedumpfile\0\0\0\0"));
	be64(&b, 1);
	be64(&b, 1);
	pad_to(&b, 4096);
	for (size_t i = 0; i < COUNT(rows); i++) {
		be64(&b, rows[i].at);
		be64(&b, rows[i].n);
		for (size_t k = 0; k < rows[i].n; k++)
			iq_buf_char(&b, rows[i].wrong ? 'x' : in.p[rows[i].at + k]);
	}
	if (end) {
		be64(&b, UINT64_MAX);
		be64(&b, UINT64_MAX);
	}
	return b;
}

/* --- reading --- */

struct opened {
	struct got got;
	struct iq_vmcore *v;
	struct iq_vmcore_info info;
	int rc, fds[4];
	size_t n_fds;
	struct iq_err err;
};

static struct opened *open_parts(const struct iq_slice *parts, size_t n)
{
	struct opened *o = calloc(1, sizeof *o);
	struct iq_limits limits = IQ_LIMITS_DEFAULT;
	for (size_t i = 0; i < n; i++) {
		o->fds[i] = memfd_create("dump", 0);
		assert_int_equal(write(o->fds[i], parts[i].p, parts[i].n), parts[i].n);
	}
	o->n_fds = n;
	o->rc = iq_vmcore_open(o->fds, n, &limits, got_issue, &o->got, &o->v, &o->err);
	if (o->rc == 0) {
		o->info = *iq_vmcore_info(o->v);
		o->got.rc = iq_vmcore_log(o->v, got_record, &o->got, &o->got.err);
	}
	return o;
}

static struct opened *open_one(struct iq_slice s)
{
	return open_parts(&s, 1);
}

static void opened_free(struct opened *o)
{
	if (o->rc == 0)
		iq_vmcore_close(o->v);
	for (size_t i = 0; i < o->n_fds; i++)
		close(o->fds[i]);
	free(o);
}

static void assert_slice(struct iq_slice s, const char *want)
{
	if (!iq_eq(s, iq_slice_z(want)))
		fail_msg("'%.*s' is not '%s'", IQ_FMT(s), want);
}

static void assert_whole(const struct opened *o)
{
	assert_int_equal(o->rc, 0);
	assert_int_equal(o->got.rc, 0);
	assert_int_equal(o->got.n, 14);
	assert_string_equal(o->got.text[0], "Linux version 6.1.0-test");
	assert_string_equal(o->got.text[13], "Kernel panic - not syncing: composed");
	assert_int_equal(o->got.rec[13].mono_us, 99000000);
	assert_slice(o->info.release, "6.1.0-test");
	assert_slice(o->info.arch, "x86_64");
	assert_slice(o->info.nodename, "guest-7");
	assert_slice(o->info.version, "#1 SMP composed");
	assert_int_equal(o->info.page_size, PAGE);
}

static void every_form(void **state)
{
	(void)state;
	struct phys *p = phys_new();
	struct iq_buf k = kdump(p, (struct kdump_opts){ 0 }), e = elf(p, true);
	struct iq_buf with_uts = kdump(p, (struct kdump_opts){ .uts = true, .status = 1 });
	struct iq_buf fk = flattened(iq_buf_as_slice(&k), true);
	struct iq_buf fe = flattened(iq_buf_as_slice(&e), true);
	const struct {
		const struct iq_buf *b;
		const char *format, *compression;
		int64_t level;
	} rows[] = {
		{ &k, "kdump-compressed 6", "none", 31 },
		{ &with_uts, "kdump-compressed 6", "zlib", 31 },
		{ &e, "elf", "none", IQ_NULL },
		{ &fk, "flattened kdump-compressed 6", "none", 31 },
		{ &fe, "flattened elf", "none", IQ_NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct opened *o = open_one(iq_buf_as_slice(rows[i].b));
		assert_whole(o);
		assert_int_equal(o->got.n_issues, 0);
		assert_string_equal(o->info.format, rows[i].format);
		assert_string_equal(o->info.compression, rows[i].compression);
		assert_int_equal(o->info.dump_level, rows[i].level);
		assert_int_equal(o->info.crash_us, INT64_C(1700000000000000));
		assert_slice(o->info.build_id, "0123456789abcdef0123456789abcdef01234567");
		assert_false(o->info.truncated || o->info.incomplete);
		opened_free(o);
	}
	iq_buf_fini(&fe);
	iq_buf_fini(&fk);
	iq_buf_fini(&with_uts);
	iq_buf_fini(&e);
	iq_buf_fini(&k);
	phys_free(p);
}

/* QEMU without -device vmcoreinfo: the text is found in memory. */
static void without_vmcoreinfo(void **state)
{
	(void)state;
	struct phys *p = phys_new();
	struct iq_buf b[] = { kdump(p, (struct kdump_opts){ .no_info = true }),
			      elf(p, false) };
	for (size_t i = 0; i < COUNT(b); i++) {
		struct opened *o = open_one(iq_buf_as_slice(&b[i]));
		assert_whole(o);
		assert_int_equal(o->got.n_issues, 1);
		assert_string_equal(o->got.code[0], "vmcoreinfo-missing");
		opened_free(o);
		iq_buf_fini(&b[i]);
	}
	p->present[INFO_PFN] = false;
	b[0] = kdump(p, (struct kdump_opts){ .no_info = true, .uts = true });
	struct opened *o = open_one(iq_buf_as_slice(&b[0]));
	assert_int_equal(o->rc, 0);
	assert_slice(o->info.release, "6.1.0-test");	/* the header says that much */
	assert_int_equal(o->got.rc, -1);
	assert_non_null(strstr(o->got.err.text, "VMCOREINFO"));
	opened_free(o);
	iq_buf_fini(&b[0]);
	phys_free(p);
}

/* Excluded, damaged, never mapped: three different answers, none of them zero. */
static void missing_pages(void **state)
{
	(void)state;
	struct phys *p = phys_new();
	p->present[DATA_PFN] = false;		/* the ring's own figures */
	struct iq_buf k = kdump(p, (struct kdump_opts){ 0 });
	struct opened *o = open_one(iq_buf_as_slice(&k));
	assert_int_equal(o->got.rc, -1);
	assert_non_null(strstr(o->got.err.text, "excluded"));
	opened_free(o);
	iq_buf_fini(&k);
	p->present[DATA_PFN] = true;
	p->present[4] = false;			/* a page table */
	k = kdump(p, (struct kdump_opts){ 0 });
	o = open_one(iq_buf_as_slice(&k));
	assert_non_null(strstr(o->got.err.text, "excluded"));
	opened_free(o);
	iq_buf_fini(&k);
	p->present[4] = true;
	memset(p->page[4], 0, 8);
	k = kdump(p, (struct kdump_opts){ 0 });
	o = open_one(iq_buf_as_slice(&k));
	assert_non_null(strstr(o->got.err.text, "not mapped"));
	opened_free(o);
	iq_buf_fini(&k);
	phys_free(p);
}

/* Cut at every kind of place: never a crash, never zeros taken for memory.  The log
 * is whole, or says that it is not there. */
static void cut_anywhere(void **state)
{
	(void)state;
	struct phys *p = phys_new();
	struct iq_buf k = kdump(p, (struct kdump_opts){ 0 }), e = elf(p, true);
	struct iq_buf f = flattened(iq_buf_as_slice(&k), true);
	struct iq_buf *all[] = { &k, &e, &f };
	for (size_t i = 0; i < COUNT(all); i++) {
		for (size_t n = 0; n < all[i]->n; n += n < 1000 ? 64 : 3000) {
			struct opened *o = open_one(iq_head(iq_buf_as_slice(all[i]), n));
			if (o->rc) {
				assert_true(o->err.text[0]);
			} else {
				assert_true(o->info.truncated);
				assert_string_equal(o->got.severity[0], "damage");
				if (o->got.rc == 0)
					for (size_t r = 0; r < o->got.n; r++)
						assert_true(o->got.rec[r].text.n > 0);
				else
					assert_int_equal(o->got.n, 0);
			}
			opened_free(o);
		}
	}
	iq_buf_fini(&f);
	iq_buf_fini(&e);
	iq_buf_fini(&k);
	phys_free(p);
}

static void incomplete(void **state)
{
	(void)state;
	struct phys *p = phys_new();
	struct iq_buf k = kdump(p, (struct kdump_opts){ .status = 1 | 8 });
	struct opened *o = open_one(iq_buf_as_slice(&k));
	assert_whole(o);
	assert_true(o->info.incomplete);
	assert_string_equal(o->got.code[0], "dump-incomplete");
	opened_free(o);
	iq_buf_fini(&k);
	phys_free(p);
}

static void split_sets(void **state)
{
	(void)state;
	struct phys *p = phys_new();
	struct iq_buf b[] = {
		kdump(p, (struct kdump_opts){ .split = true, .start = 0, .end = 18 }),
		kdump(p, (struct kdump_opts){ .split = true, .start = 18, .end = 30 }),
		kdump(p, (struct kdump_opts){ .split = true, .start = 30, .end = PAGES }),
		kdump(p, (struct kdump_opts){ .split = true, .start = PAGES, .end = PAGES }),
	};
	struct iq_slice s[4], in[4];
	for (size_t i = 0; i < 4; i++)
		s[i] = iq_buf_as_slice(&b[i]);
	static const struct {
		int order[4];
		size_t n;
		bool whole, missing;
	} rows[] = {
		{ { 0, 1, 2 }, 3, true, false },
		{ { 3, 2, 0, 1 }, 4, true, false },	/* an empty one first */
		{ { 0, 2 }, 2, false, true },
		{ { 0, 1 }, 2, true, true },		/* the log is in those */
		{ { 1 }, 1, false, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t k = 0; k < rows[i].n; k++)
			in[k] = s[rows[i].order[k]];
		struct opened *o = open_parts(in, rows[i].n);
		assert_int_equal(o->rc, 0);
		if (rows[i].whole)
			assert_whole(o);
		assert_int_equal(o->info.parts, rows[i].n);
		assert_int_equal(o->got.n_issues > 0, rows[i].missing);
		if (rows[i].missing)
			assert_string_equal(o->got.code[0], "split-missing");
		if (o->got.rc)		/* it was not excluded, the part is not here */
			assert_null(strstr(o->got.err.text, "excluded"));
		opened_free(o);
	}
	struct iq_buf whole = kdump(p, (struct kdump_opts){ 0 });
	in[0] = s[0];
	in[1] = iq_buf_as_slice(&whole);
	struct opened *o = open_parts(in, 2);
	assert_int_equal(o->rc, -1);
	opened_free(o);
	iq_buf_fini(&whole);
	for (size_t i = 0; i < 4; i++)
		iq_buf_fini(&b[i]);
	phys_free(p);
}

/* Every field of the headers, set to what it must not be. */
static void headers_that_lie(void **state)
{
	(void)state;
	static const struct {
		bool elf;
		uint16_t at, n;
	} fields[] = {
		{ false, 8, 4 }, { false, 428, 4 }, { false, 432, 4 }, { false, 436, 4 },
		{ false, 440, 4 }, { false, 460, 4 }, { false, BLOCK + 12, 4 },
		{ false, BLOCK + 32, 8 }, { false, BLOCK + 40, 8 }, { false, BLOCK + 48, 8 },
		{ false, BLOCK + 56, 8 }, { false, BLOCK + 80, 8 }, { false, BLOCK + 88, 8 },
		{ false, BLOCK + 96, 8 }, { false, 4 * BLOCK, 8 }, { false, 4 * BLOCK + 8, 4 },
		{ true, 16, 2 }, { true, 32, 8 }, { true, 54, 2 }, { true, 56, 2 },
		{ true, 64, 4 }, { true, 64 + 8, 8 }, { true, 64 + 32, 8 },
		{ true, 120 + 8, 8 }, { true, 120 + 24, 8 }, { true, 120 + 32, 8 },
		{ true, 120 + 40, 8 },
	};
	static const uint64_t lies[] = { 0, 1, 3, 0x1000, 0xffff, 0x7fffffff, 0x80000000,
					 UINT64_C(0x1ffffffffff0000), UINT64_MAX };
	struct phys *p = phys_new();
	struct iq_buf k = kdump(p, (struct kdump_opts){ 0 }), e = elf(p, true);
	for (size_t i = 0; i < COUNT(fields); i++) {
		for (size_t j = 0; j < COUNT(lies); j++) {
			struct iq_buf *b = fields[i].elf ? &e : &k;
			char old[8];
			memcpy(old, b->p + fields[i].at, fields[i].n);
			le(b, fields[i].at, fields[i].n, lies[j]);
			struct opened *o = open_one(iq_buf_as_slice(b));
			assert_true(o->rc == 0 || o->err.text[0]);
			opened_free(o);
			memcpy(b->p + fields[i].at, old, fields[i].n);
		}
	}
	iq_buf_fini(&e);
	iq_buf_fini(&k);
	phys_free(p);
}

static void not_a_kernel(void **state)
{
	(void)state;
	struct phys *p = phys_new();
	struct iq_buf e = elf(p, false);
	/* NT_PRPSINFO, as the core of a program has */
	size_t at = e.n;
	iq_buf_slice(&e, IQ_LIT("\5\0\0\0\4\0\0\0\3\0\0\0CORE\0\0\0\0abcd"));
	le(&e, 64 + 8, 8, at);
	le(&e, 64 + 32, 8, e.n - at);
	struct opened *o = open_one(iq_buf_as_slice(&e));
	assert_int_equal(o->rc, -1);
	assert_int_equal(o->err.code, IQ_E_UNSUPPORTED);
	opened_free(o);
	o = open_one(IQ_LIT("text, far too short for a dump"));
	assert_int_equal(o->rc, -1);
	opened_free(o);
	iq_buf_fini(&e);
	phys_free(p);
}

static void flattened_over_the_limit(void **state)
{
	(void)state;
	struct phys *p = phys_new();
	struct iq_buf k = kdump(p, (struct kdump_opts){ 0 });
	struct iq_buf f = flattened(iq_buf_as_slice(&k), true);
	struct iq_limits limits = IQ_LIMITS_DEFAULT;
	struct iq_vmcore *v;
	struct iq_err err;
	int fd = memfd_create("dump", 0);
	assert_int_equal(write(fd, f.p, f.n), f.n);
	limits.bytes = 10000;
	assert_int_equal(iq_vmcore_open(&fd, 1, &limits, NULL, NULL, &v, &err), -1);
	assert_int_equal(err.code, IQ_E_LIMIT);
	close(fd);
	iq_buf_fini(&f);
	iq_buf_fini(&k);
	phys_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form),
		cmocka_unit_test(without_vmcoreinfo),
		cmocka_unit_test(missing_pages),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(incomplete),
		cmocka_unit_test(split_sets),
		cmocka_unit_test(headers_that_lie),
		cmocka_unit_test(not_a_kernel),
		cmocka_unit_test(flattened_over_the_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

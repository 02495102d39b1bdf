/* vmcore/: a composed x86-64 machine of a few pages, stored in every form of dump;
 * cut, incomplete, with parts missing, with headers that lie.
 */
#include "dumps.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "vmcore/dump/mem.h"
#include "vmcore/vmcore.h"

/* The context of libkdumpfile is never freed, see vmcore/open.c. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libkdumpfile\n";
}

static struct phys *phys_new(void)
{
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
	return phys_of(&m);
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
	/* a note that was never filled */
	b[0] = kdump(p, (struct kdump_opts){ 0 });
	char *at = memmem(b[0].p, b[0].n, "OSRELEASE=", 10);
	memset(at, 0, p->info.n);
	struct opened *empty = open_one(iq_buf_as_slice(&b[0]));
	assert_whole(empty);
	assert_string_equal(empty->got.code[0], "vmcoreinfo-missing");
	opened_free(empty);
	iq_buf_fini(&b[0]);
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
		{ { 3 }, 1, false, true },		/* it holds nothing */
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

/* --- pages that are read without the library --- */

/* The NO-th page is stored anew, as FROM packed by zlib. */
static void pack(struct iq_buf *b, size_t no, const void *from, size_t n)
{
	unsigned char packed[3 * PAGE];
	uLongf size = sizeof packed;

	assert_int_equal(compress2(packed, &size, from, n, 9), Z_OK);
	le(b, 4 * BLOCK + 24 * no, 8, b->n);
	le(b, 4 * BLOCK + 24 * no + 8, 4, size);
	le(b, 4 * BLOCK + 24 * no + 12, 4, IQ_DUMP_ZLIB);
	iq_buf_add(b, packed, size);
}

static int file_of(const struct iq_buf *b)
{
	int fd = memfd_create("dump", MFD_CLOEXEC);

	assert_true(fd >= 0 && write(fd, b->p, b->n) == (ssize_t)b->n);
	return fd;
}

static void pages_at_once(void **state)
{
	(void)state;
	struct phys *p = phys_new();
	struct iq_buf b = kdump(p, (struct kdump_opts){ 0 });
	unsigned char two[2 * PAGE], page[PAGE + 1];
	static const struct { uint64_t pfn; enum iq_reach_page is; } rows[] = {
		{ 1, IQ_REACH_READ }, { 2, IQ_REACH_READ },
		{ 3, IQ_REACH_ASK },		/* not what zlib packed */
		{ 4, IQ_REACH_ASK },		/* lzo */
		{ 5, IQ_REACH_ASK },		/* not in the dump */
		{ 16, IQ_REACH_BEHIND },
		{ 17, IQ_REACH_ASK },		/* more than a page */
		{ 18, IQ_REACH_ASK },		/* half a page */
		{ 19, IQ_REACH_READ }, { PAGES, IQ_REACH_ASK }, { UINT64_MAX, IQ_REACH_ASK },
	};
	memset(two, 7, sizeof two);
	memset(p->page[2], 9, PAGE);
	pack(&b, 1, p->page[2], PAGE);
	le(&b, 4 * BLOCK + 24 * 2 + 12, 4, IQ_DUMP_ZLIB);
	le(&b, 4 * BLOCK + 24 * 3 + 12, 4, IQ_DUMP_LZO);
	pack(&b, 5, two, 2 * PAGE);
	pack(&b, 6, two, PAGE / 2);
	le(&b, 4 * BLOCK + 24 * 4, 8, b.n - 1);
	int fd = file_of(&b);
	struct iq_dump_head h;
	struct iq_arena mem;
	struct iq_err err;
	iq_arena_init(&mem);
	assert_int_equal(iq_dump_head_read(fd, &mem, &h, &err), 0);
	struct iq_reach *r = iq_reach_new(fd, &h);
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		uint64_t pfn = rows[i % COUNT(rows)].pfn;
		page[PAGE] = 0x55;
		if (iq_reach_page(r, pfn, page, PAGE) != rows[i % COUNT(rows)].is)
			fail_msg("page frame %llu", (unsigned long long)pfn);
		if (rows[i % COUNT(rows)].is == IQ_REACH_READ)
			assert_memory_equal(page, p->page[pfn], PAGE);
		assert_int_equal(page[PAGE], 0x55);
	}
	iq_reach_free(r);
	iq_arena_fini(&mem);
	close(fd);
	iq_buf_fini(&b);
	phys_free(p);
}

/* --- i386 --- */

#define LOW_PAGES 4

/* Tables in the first pages; of all others the bytes tell the frame. */
static enum iq_reach_page low_page(void *arg, uint64_t pfn, void *to, size_t n)
{
	if (pfn < LOW_PAGES)
		memcpy(to, (unsigned char *)arg + pfn * PAGE, n);
	else
		memset(to, (int)(pfn >> 8 ^ pfn), n);
	return IQ_REACH_READ;
}

static enum iq_mem_status byte_at(struct iq_mem *m, uint64_t va, unsigned char *ret)
{
	return iq_mem_read_va(m, va, ret, 1);
}

static void tables_of_i386(void **state)
{
	(void)state;
	static const struct {
		const char *info;
		bool pae;
		uint64_t low;		/* where physical 0 is */
		bool known;
	} rows[] = {
		{ "SYMBOL(swapper_pg_dir)=c0001000\n", false, 0xc0000000, true },
		{ "SYMBOL(swapper_pg_dir)=80001000\n", false, 0x80000000, true },
		{ "SYMBOL(swapper_pg_dir)=c0001020\nCONFIG_X86_PAE=y\n", true, 0xc0000000, true },
		{ "SYMBOL(swapper_pg_dir)=c0002000\n", false, 0xc0000000, false },
		{ "SYMBOL(_stext)=c0001000\n", false, 0xc0000000, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char low[LOW_PAGES * PAGE] = "", b;
		struct iq_vmcoreinfo info = { iq_slice_z(rows[i].info) };
		uint64_t va = rows[i].low;
		struct iq_err err;
		if (rows[i].pae) {
			put64(low + PAGE + 0x20 + (va >> 30) * 8, 2 * PAGE | 1);
			put64(low + 2 * PAGE, 3 * PAGE | 3);
			put64(low + 2 * PAGE + 8, UINT64_C(0x8000000100200083));
			put64(low + 3 * PAGE + 8, PAGE | 3);
			put64(low + 3 * PAGE + 24, UINT64_C(0x8000000123456003));
		} else {
			put64(low + PAGE + (va >> 22) * 4, 2 * PAGE | 3 |
			      UINT64_C(0x00800083) << 32);
			put64(low + 2 * PAGE + 4, PAGE | 3);
			put64(low + 2 * PAGE + 12, 0x23456003);
		}
		struct iq_mem *m = iq_mem_new(NULL, PAGE, low_page, low);
		int r = iq_mem_translate(m, IQ_ARCH_I386, &info, &err);
		assert_int_equal(r, rows[i].known ? 0 : -1);
		if (r == 0) {
			uint64_t large = va + (rows[i].pae ? 2 << 20 : 4 << 20) + 3 * PAGE;
			uint64_t frame = rows[i].pae ? 0x123456 : 0x23456;
			assert_int_equal(byte_at(m, va + 3 * PAGE + 5, &b), IQ_MEM_OK);
			assert_int_equal(b, (unsigned char)(frame >> 8 ^ frame));
			assert_int_equal(byte_at(m, large, &b), IQ_MEM_OK);
			frame = rows[i].pae ? 0x100203 : 0x803;
			assert_int_equal(b, (unsigned char)(frame >> 8 ^ frame));
			assert_int_equal(byte_at(m, va + 2 * PAGE, &b), IQ_MEM_UNMAPPED);
			assert_int_equal(byte_at(m, va + (64 << 20), &b), IQ_MEM_UNMAPPED);
			assert_int_equal(byte_at(m, (UINT64_C(1) << 32) + va, &b),
					 IQ_MEM_UNMAPPED);
		}
		iq_mem_free(m);
	}
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
		cmocka_unit_test(pages_at_once), cmocka_unit_test(tables_of_i386),
		cmocka_unit_test(headers_that_lie),
		cmocka_unit_test(not_a_kernel),
		cmocka_unit_test(flattened_over_the_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

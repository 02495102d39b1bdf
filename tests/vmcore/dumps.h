/* tests/vmcore/dumps.h - a composed x86-64 machine of a few pages, stored in every form
 * of dump: kdump-compressed (pages as they are), its parts, ELF, flattened.
 */
#ifndef TESTS_VMCORE_DUMPS_H
#define TESTS_VMCORE_DUMPS_H

#include "compose.h"

#include <elf.h>

#define PAGE 4096
#define DATA_PFN 16		/* of the page at BASE */
#ifndef DATA_PAGES
#define DATA_PAGES 10
#endif
#define INFO_PFN (DATA_PFN + DATA_PAGES + 14)	/* the kernel's own copy of VMCOREINFO */
#define PAGES (INFO_PFN + 8)
#define BLOCK PAGE

/* Physical memory; present[] says what is in the dump. */
struct phys {
	unsigned char page[PAGES][PAGE];
	bool present[PAGES];
	struct iq_buf info;
};

static inline void put64(unsigned char *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

/* Page tables 1 (top) .. 4 map BASE to DATA_PFN; the top one is found through
 * init_top_pgt and phys_base.  M is the machine's memory from BASE on with its log
 * buffer; its last page is for init_uts_ns. */
static inline struct phys *phys_of(struct machine *m)
{
	struct phys *p = calloc(1, sizeof *p);
	size_t uts = (DATA_PAGES - 1) * PAGE;
	assert_int_equal(m->n, DATA_PAGES * PAGE);
	iq_buf_printf(&m->info, "SYMBOL(init_top_pgt)=ffffffff80001000\n"
		      "NUMBER(phys_base)=0\n"
		      "SYMBOL(init_uts_ns)=%llx\nOFFSET(uts_namespace.name)=0\n"
		      "BUILD-ID=0123456789abcdef0123456789abcdef01234567\n"
		      "CRASHTIME=1700000000\n", (unsigned long long)BASE + uts);
	memcpy(m->mem + uts, "Linux", 5);
	memcpy(m->mem + uts + 65, "guest-7", 7);
	memcpy(m->mem + uts + 130, RELEASE, sizeof RELEASE - 1);
	memcpy(m->mem + uts + 195, "#1 SMP composed", 15);
	memcpy(m->mem + uts + 260, "x86_64", 6);
	put64(p->page[1] + 511 * 8, 2 * PAGE | 1);
	put64(p->page[2] + 510 * 8, 3 * PAGE | 1);
	put64(p->page[3] + 8 * 8, 4 * PAGE | 1);
	for (unsigned i = 0; i < DATA_PAGES; i++) {
		put64(p->page[4] + i * 8, (DATA_PFN + i) * PAGE | UINT64_C(1) << 63 | 3);
		memcpy(p->page[DATA_PFN + i], m->mem + i * PAGE, PAGE);
		p->present[DATA_PFN + i] = true;
	}
	for (unsigned i = 1; i < 5; i++)
		p->present[i] = true;
	assert_true(m->info.n < PAGE);
	memcpy(p->page[INFO_PFN], m->info.p, m->info.n);
	p->present[INFO_PFN] = true;
	p->info = m->info;
	free(m->mem);
	return p;
}

static inline void phys_free(struct phys *p)
{
	iq_buf_fini(&p->info);
	free(p);
}

/* --- forms of a dump --- */

static inline void le(struct iq_buf *b, size_t at, size_t n, uint64_t v)
{
	for (size_t i = 0; i < n; i++)
		b->p[at + i] = (char)(v >> 8 * i);
}

static inline void pad_to(struct iq_buf *b, size_t n)
{
	while (b->n < n)
		iq_buf_char(b, 0);
}

static inline void add_note(struct iq_buf *b, struct iq_slice desc)
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
	unsigned later;			/* seconds that this crash came later */
	unsigned status;
	bool split;
	unsigned start, end;		/* page frames of this part */
};

/* Block 0, sub-header 1 block, bitmaps 2 blocks, descriptors, data, notes behind the
 * sub-header fields as makedumpfile puts them. */
static inline struct iq_buf kdump(const struct phys *p, struct kdump_opts o)
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
		memcpy(b.p + 12 + 130, RELEASE, sizeof RELEASE - 1);
		memcpy(b.p + 12 + 195, "#1 SMP composed", 15);
	}
	memcpy(b.p + 12 + 260, "x86_64", 6);
	le(&b, 408, 8, o.uts ? 1700000001 + o.later : 0);
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

static inline struct iq_buf elf(const struct phys *p, bool info)
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

static inline void be64(struct iq_buf *b, uint64_t v)
{
	for (int i = 7; i >= 0; i--)
		iq_buf_char(b, (char)(v >> 8 * i));
}

/* Written out of order, a piece twice, the first time wrong. */
static inline struct iq_buf flattened(struct iq_slice in, bool end)
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

#endif

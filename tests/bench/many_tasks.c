/* tests/bench/many_tasks.c - a dump of a machine with as many processes as one likes.
 *
 *	many_tasks DUMP N TO
 *
 * DUMP is a kdump of x86-64 with its pages as they are (tests/vmcore/excerpt.c).  TO is
 * the same machine with N processes more, each a copy of a sleeping one of it with memory
 * of its own: task_struct, signal_struct, mm_struct and the top of its stack, five pages
 * behind the machine's RAM.  The direct map gets 1 GB pages for them; they are on the task
 * list, and nr_threads counts them.  Their pids are in no pid namespace.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../vmcore/forget.h"
#include "vmcore/state/tasks.h"

#define PAGE UINT64_C(4096)
#define NEW_AT (UINT64_C(4) << 30)	/* physical; above the RAM of any of our dumps */
#define KERNEL_MAP UINT64_C(0xffffffff80000000)
#define THREAD_BYTES (4 * PAGE)
#define TASK_PAGES 3
#define SIGNAL_AT (TASK_PAGES * PAGE)
#define MM_AT (SIGNAL_AT + PAGE / 2)
#define STACK_AT (4 * PAGE)		/* of it only the top page is in the file */
#define ONE_AT (8 * PAGE)		/* from one process to the next */
#define PAGES_OF_ONE 5
#define FIRST_PID 100000

static struct iq_kimage k;

static uint64_t direct_map;		/* where physical 0 is */

static struct {				/* DUMP */
	unsigned char *p;
	size_t n;
	uint64_t block, sub_blocks, bitmap_blocks, max_pfn, pages;
	const unsigned char *bitmap, *desc;
} in;

static struct {				/* the process that is copied */
	uint64_t task, signal, mm, stack;
	unsigned char bytes[ONE_AT];
} of;

static void fail(const char *why)
{
	fprintf(stderr, "many_tasks: %s\n", why);
	exit(1);
}

static uint64_t get(const void *p, size_t n)
{
	uint64_t v = 0;

	memcpy(&v, p, n);
	return v;
}

static void put(void *p, size_t n, uint64_t v)
{
	memcpy(p, &v, n);
}

/* --- DUMP --- */

static void read_dump(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || st.st_size < 3 * (off_t)PAGE)
		fail("DUMP cannot be read");
	in.n = (size_t)st.st_size;
	in.p = mmap(NULL, in.n, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	close(fd);
	if (in.p == MAP_FAILED || memcmp(in.p, "KDUMP   ", 8) || get(in.p + 428, 4) != PAGE)
		fail("DUMP is not a kdump with pages of 4 kB");
	in.block = PAGE;
	in.sub_blocks = get(in.p + 432, 4);
	in.bitmap_blocks = get(in.p + 436, 4);
	in.max_pfn = get(in.p + in.block + 96, 8);
	uint64_t desc = (1 + in.sub_blocks + in.bitmap_blocks) * in.block;
	if (desc > in.n || in.bitmap_blocks / 2 * in.block * 8 < in.max_pfn ||
	    in.max_pfn * PAGE > NEW_AT)
		fail("DUMP has a header that does not fit");
	in.bitmap = in.p + (1 + in.sub_blocks + in.bitmap_blocks / 2) * in.block;
	in.desc = in.p + desc;
	for (uint64_t pfn = 0; pfn < in.max_pfn; pfn++)
		in.pages += in.bitmap[pfn / 8] >> pfn % 8 & 1;
}

/* The bytes of a physical address, in the file. */
static unsigned char *at_phys(uint64_t phys)
{
	uint64_t pfn = phys / PAGE, no = 0;

	if (pfn >= in.max_pfn || !(in.bitmap[pfn / 8] >> pfn % 8 & 1))
		fail("a page that has to change is not in DUMP");
	for (uint64_t i = 0; i < pfn; i++)
		no += in.bitmap[i / 8] >> i % 8 & 1;
	const unsigned char *d = in.desc + 24 * no;
	if (get(d + 8, 4) != PAGE || get(d, 8) + PAGE > in.n)
		fail("DUMP has its pages packed");
	return in.p + get(d, 8) + phys % PAGE;
}

static unsigned char *at(uint64_t va)
{
	int64_t base;

	if (va < KERNEL_MAP)
		return at_phys(va - direct_map);
	if (!iq_vmcoreinfo_number(k.info, "phys_base", &base))
		fail("no phys_base");
	return at_phys(va - KERNEL_MAP + (uint64_t)base);
}

/* --- the kernel in it --- */

static void open_kernel(const char *path)
{
	static struct iq_sink sink = { .put = forget };
	static const struct iq_vmcore_sources nothing;
	struct iq_limits limits = IQ_LIMITS_DEFAULT;
	struct iq_vmcore *v;
	struct iq_err err;
	int64_t base;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	iq_arena_init(&k.arena);
	k.sink = &sink;
	if (iq_vmcore_open(&fd, 1, &limits, NULL, NULL, &v, &err) ||
	    iq_kimage_open(&k, v, &nothing, &err) || iq_state_tasks(&k, &err))
		fail(err.text);
	if (k.arch != IQ_ARCH_X86_64 ||
	    !iq_ki_variable(&k, "page_offset_base", 8, false, &base))
		fail("not of x86-64, or without a direct map");
	direct_map = (uint64_t)base;
}

/* An excerpt lacks what an import does not read: that stays 0. */
static void read_at(uint64_t va, size_t n, uint64_t to)
{
	for (size_t i = 0, part; i < n; i += part) {
		part = PAGE - (va + i) % PAGE;
		if (part > n - i)
			part = n - i;
		iq_mem_read(k.mem, va + i, of.bytes + to + i, part);
	}
}

static void choose_process(void)
{
	for (size_t i = 0; i < k.tasks->n && !of.task; i++) {
		const struct iq_task_at *t = &k.tasks->t[i];
		if (t->mm && t->pid == t->tgid && t->pid > 1 && t->state == 'S' &&
		    iq_ki_pointer(&k, t->va, IQ_M_TASK_STACK, &of.stack)) {
			of.task = t->va;
			of.signal = t->signal;
			of.mm = t->mm;
		}
	}
	if (!of.task || k.struct_size[IQ_S_TASK] > TASK_PAGES * PAGE ||
	    k.struct_size[IQ_S_SIGNAL] > PAGE / 2 || k.struct_size[IQ_S_MM] > PAGE / 2)
		fail("no sleeping process, or structures larger than thought");
	read_at(of.task, k.struct_size[IQ_S_TASK], 0);
	read_at(of.signal, k.struct_size[IQ_S_SIGNAL], SIGNAL_AT);
	read_at(of.mm, k.struct_size[IQ_S_MM], MM_AT);
	read_at(of.stack + THREAD_BYTES - PAGE, PAGE, STACK_AT + THREAD_BYTES - PAGE);
}

/* --- the new ones --- */

static uint64_t va_of(uint64_t i)
{
	return direct_map + NEW_AT + i * ONE_AT;
}

static void set(unsigned char *b, enum iq_member_no m, size_t n, uint64_t v)
{
	if (iq_ki_has(&k, m))
		put(b + k.member[m].offset, n, v);
}

static void set_list(unsigned char *b, uint64_t va, enum iq_member_no m, uint64_t next,
		     uint64_t prev)
{
	uint64_t self = va + k.member[m].offset;

	set(b, m, 8, next ? next : self);
	if (iq_ki_has(&k, m))
		put(b + k.member[m].offset + 8, 8, prev ? prev : self);
}

/* What points into the stack that was copied points into the copy. */
static void move_stack(unsigned char *b, uint64_t va)
{
	for (size_t i = THREAD_BYTES - PAGE; i < THREAD_BYTES; i += 8) {
		uint64_t word = get(b + STACK_AT + i, 8);
		if (word >= of.stack && word < of.stack + THREAD_BYTES)
			put(b + STACK_AT + i, 8, word - of.stack + va + STACK_AT);
	}
}

static void make_one(unsigned char *b, uint64_t i, uint64_t prev, uint64_t next)
{
	uint64_t va = va_of(i), node = va + k.member[IQ_M_TASK_THREAD_NODE].offset;
	uint64_t head = va + SIGNAL_AT + k.member[IQ_M_SIGNAL_THREAD_HEAD].offset;
	uint64_t sp = get(of.bytes + k.member[IQ_M_TASK_THREAD_SP].offset, 8);

	memcpy(b, of.bytes, sizeof of.bytes);
	set(b, IQ_M_TASK_PID, 4, FIRST_PID + i);
	set(b, IQ_M_TASK_TGID, 4, FIRST_PID + i);
	set(b, IQ_M_TASK_GROUP_LEADER, 8, va);
	set(b, IQ_M_TASK_SIGNAL, 8, va + SIGNAL_AT);
	set(b, IQ_M_TASK_MM, 8, va + MM_AT);
	set(b, IQ_M_TASK_STACK, 8, va + STACK_AT);
	set(b, IQ_M_TASK_THREAD_SP, 8, sp - of.stack + va + STACK_AT);
	set_list(b, va, IQ_M_TASK_TASKS, next, prev);
	set_list(b, va, IQ_M_TASK_CHILDREN, 0, 0);
	set_list(b, va, IQ_M_TASK_SIBLING, 0, 0);
	set_list(b, va, IQ_M_TASK_THREAD_GROUP, 0, 0);
	set_list(b, va, IQ_M_TASK_THREAD_NODE, head, head);
	set_list(b + SIGNAL_AT, va + SIGNAL_AT, IQ_M_SIGNAL_THREAD_HEAD, node, node);
	set(b + SIGNAL_AT, IQ_M_SIGNAL_NR_THREADS, 4, 1);
	set(b + SIGNAL_AT, IQ_M_SIGNAL_OOM_SCORE_ADJ, 2, i % 1000);
	move_stack(b, va);
}

/* --- what of the machine knows them --- */

/* 1 GB pages behind the machine's own. */
static void map_them(uint64_t n)
{
	uint64_t end = NEW_AT + n * ONE_AT, top;

	if (!iq_symbol(k.symbols, "init_top_pgt", &top))
		fail("no init_top_pgt");
	for (uint64_t phys = NEW_AT; phys < end; phys += 1 << 30) {
		uint64_t va = direct_map + phys;
		uint64_t pgd = get(at(top + (va >> 39 & 511) * 8), 8);
		if (!(pgd & 1))
			fail("the direct map ends too soon");
		put(at_phys((pgd & UINT64_C(0xffffffffff000)) + (va >> 30 & 511) * 8), 8,
		    phys | 0xe3);
	}
}

static void link_them(uint64_t n, uint64_t *first_prev, uint64_t *last_next)
{
	uint64_t off = k.member[IQ_M_TASK_TASKS].offset, init, nr, prev;

	if (!iq_symbol(k.symbols, "init_task", &init) ||
	    !iq_symbol(k.symbols, "nr_threads", &nr))
		fail("no init_task or nr_threads");
	prev = get(at(init + off) + 8, 8);
	*first_prev = prev;
	*last_next = init + off;
	put(at(prev), 8, va_of(0) + off);
	put(at(init + off) + 8, 8, va_of(n - 1) + off);
	put(at(nr), 4, get(at(nr), 4) + n);
}

/* --- TO --- */

static void write_header(FILE *f, uint64_t n, uint64_t max_pfn, uint64_t bitmap_blocks)
{
	unsigned char *head = malloc((1 + in.sub_blocks) * in.block);
	unsigned char *bitmap = calloc(bitmap_blocks, in.block);

	if (!head || !bitmap)
		fail("out of memory");
	memcpy(head, in.p, (1 + in.sub_blocks) * in.block);
	put(head + 436, 4, 2 * bitmap_blocks);
	put(head + 440, 4, max_pfn);
	put(head + in.block + 96, 8, max_pfn);
	fwrite(head, in.block, 1 + in.sub_blocks, f);
	memcpy(bitmap, in.bitmap, (in.max_pfn + 7) / 8);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t pfn = (NEW_AT + i * ONE_AT) / PAGE;
		bitmap[pfn / 8] |= 0x8f;	/* task, signal and mm, top of the stack */
	}
	fwrite(bitmap, in.block, bitmap_blocks, f);
	fwrite(bitmap, in.block, bitmap_blocks, f);
	free(head);
	free(bitmap);
}

static void write_descriptors(FILE *f, uint64_t n, uint64_t bitmap_blocks)
{
	uint64_t all = in.pages + n * PAGES_OF_ONE;
	uint64_t data = (1 + in.sub_blocks + 2 * bitmap_blocks) * in.block + 24 * all;

	for (uint64_t i = 0; i < all; i++) {
		unsigned char d[24] = "";
		put(d, 8, data + i * PAGE);
		put(d + 8, 4, PAGE);
		fwrite(d, 1, sizeof d, f);
	}
}

static void write_pages(FILE *f, uint64_t n, uint64_t first_prev, uint64_t last_next)
{
	static unsigned char b[ONE_AT];
	uint64_t off = k.member[IQ_M_TASK_TASKS].offset;

	for (uint64_t i = 0; i < in.pages; i++)
		fwrite(in.p + get(in.desc + 24 * i, 8), PAGE, 1, f);
	for (uint64_t i = 0; i < n; i++) {
		make_one(b, i, i ? va_of(i - 1) + off : first_prev,
			 i + 1 < n ? va_of(i + 1) + off : last_next);
		fwrite(b, PAGE, TASK_PAGES + 1, f);
		fwrite(b + STACK_AT + THREAD_BYTES - PAGE, PAGE, 1, f);
	}
}

int main(int argc, char **argv)
{
	uint64_t n = argc == 4 ? strtoull(argv[2], NULL, 10) : 0, prev, next;

	if (n == 0 || n > 4000000)
		fail("usage: many_tasks DUMP N TO");
	read_dump(argv[1]);
	open_kernel(argv[1]);
	choose_process();
	map_them(n);
	link_them(n, &prev, &next);
	FILE *f = fopen(argv[3], "wb");
	if (!f)
		fail("TO cannot be written");
	uint64_t max_pfn = (NEW_AT + n * ONE_AT) / PAGE;
	uint64_t bitmap_blocks = (max_pfn / 8 + in.block) / in.block;
	write_header(f, n, max_pfn, bitmap_blocks);
	write_descriptors(f, n, bitmap_blocks);
	write_pages(f, n, prev, next);
	if (fclose(f))
		fail("TO cannot be written");
	return 0;
}

/* vmcore/dump/mem.c - see mem.h.
 *
 * Page tables follow arch/x86/include/asm/pgtable*.h (4 and 5 levels; of 32 bits with and
 * without PAE) and
 * arch/arm64/include/asm/pgtable-hwdef.h (granules of 4, 16 and 64 kB, up to 52
 * bits).  Tables are read from the dump like any page: one that was left out gives
 * "excluded", not "unmapped".
 */
#include "vmcore/dump/mem.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 65536u
#define TLB_SIZE 4096u
#define X86_KERNEL_MAP UINT64_C(0xffffffff80000000)	/* __START_KERNEL_map */
#define X86_ADDRESS UINT64_C(0x000ffffffffff000)
#define ARM_ADDRESS UINT64_C(0x0000fffffffff000)

struct page {
	struct page *next;
	uint64_t key;			/* frame number, or address of a page | 1 */
	enum iq_mem_status status;
	unsigned char bytes[];
};

struct iq_mem {
	kdump_ctx_t *kc;
	size_t page_size;
	unsigned page_shift;
	size_t cached_bytes;
	struct page *spare;		/* dropped, to be used again */
	enum iq_reach_page (*read_page)(void *arg, uint64_t pfn, void *to, size_t n);
	void *read_page_arg;
	struct page *bucket[BUCKETS];
	/* translation */
	enum iq_arch arch;
	bool ready;
	uint64_t root, address_mask;
	unsigned va_bits, levels;
	bool pae;			/* of i386 */
	struct {
		uint64_t vpn_plus_1, pa;
	} tlb[TLB_SIZE];
};

struct iq_mem *iq_mem_new(kdump_ctx_t *kc, size_t page_size,
			  enum iq_reach_page (*read_page)(void *arg, uint64_t pfn, void *to,
							  size_t n),
			  void *arg)
{
	struct iq_mem *m = calloc(1, sizeof *m);

	if (!m)
		return NULL;
	m->kc = kc;
	m->page_size = page_size;
	m->page_shift = (unsigned)__builtin_ctzll(page_size);
	m->read_page = read_page;
	m->read_page_arg = arg;
	return m;
}

static void drop_all(struct iq_mem *m)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		while (m->bucket[i]) {
			struct page *p = m->bucket[i];
			m->bucket[i] = p->next;
			p->next = m->spare;
			m->spare = p;
		}
	}
	m->cached_bytes = 0;
}

static struct page *new_page(struct iq_mem *m)
{
	struct page *p = m->spare;

	if (!p)
		return malloc(sizeof *p + m->page_size);
	m->spare = p->next;
	return p;
}

void iq_mem_free(struct iq_mem *m)
{
	if (!m)
		return;
	drop_all(m);
	while (m->spare)
		free(new_page(m));
	free(m);
}

static enum iq_mem_status status_of(kdump_status s)
{
	switch (s) {
	case KDUMP_OK: return IQ_MEM_OK;
	case KDUMP_ERR_NODATA: return IQ_MEM_EXCLUDED;
	case KDUMP_ERR_ADDRXLAT: return IQ_MEM_UNMAPPED;
	case KDUMP_ERR_CORRUPT:
	case KDUMP_ERR_EOF: return IQ_MEM_DAMAGED;
	default: return IQ_MEM_FAILED;
	}
}

static enum iq_mem_status fetch(struct iq_mem *m, kdump_addrspace_t as, uint64_t addr,
				unsigned char *to)
{
	size_t n = m->page_size;
	enum iq_reach_page is = IQ_REACH_ASK;

	if (as == KDUMP_MACHPHYSADDR && m->read_page)
		is = m->read_page(m->read_page_arg, addr >> m->page_shift, to, n);
	if (is != IQ_REACH_ASK)
		return is == IQ_REACH_READ ? IQ_MEM_OK : IQ_MEM_DAMAGED;
	enum iq_mem_status s = status_of(kdump_read(m->kc, as, addr, to, &n));
	return s == IQ_MEM_OK && n != m->page_size ? IQ_MEM_DAMAGED : s;
}

/* The page at ADDR of the address space AS, through the cache. */
static enum iq_mem_status get(struct iq_mem *m, kdump_addrspace_t as, uint64_t addr,
			      const unsigned char **ret)
{
	uint64_t key = as == KDUMP_KVADDR ? addr | 1 : addr;
	uint32_t slot = (uint32_t)((key >> m->page_shift ^ (key & 1)) *
				   UINT64_C(0x9e3779b97f4a7c15) >> 48);
	struct page *p;

	for (p = m->bucket[slot]; p && p->key != key; p = p->next)
		;
	if (!p) {
		if (m->cached_bytes > IQ_PAGE_CACHE_BYTES)
			drop_all(m);
		p = new_page(m);
		if (!p)
			return IQ_MEM_FAILED;
		p->key = key;
		p->status = fetch(m, as, addr, p->bytes);
		p->next = m->bucket[slot];
		m->bucket[slot] = p;
		m->cached_bytes += sizeof *p + m->page_size;
	}
	*ret = p->bytes;
	return p->status;
}

enum iq_mem_status iq_mem_page(struct iq_mem *m, uint64_t pfn, const unsigned char **ret)
{
	return get(m, KDUMP_MACHPHYSADDR, pfn << m->page_shift, ret);
}

/* --- translation --- */

static enum iq_mem_status table_entry(struct iq_mem *m, uint64_t table, uint64_t index,
				      size_t bytes, uint64_t *ret)
{
	const unsigned char *p;
	enum iq_mem_status s = iq_mem_page(m, table >> m->page_shift, &p);
	size_t at = (size_t)((table & (m->page_size - 1)) + index * bytes);

	if (s != IQ_MEM_OK)
		return s;
	if (at > m->page_size - bytes)
		return IQ_MEM_DAMAGED;
	*ret = 0;
	for (size_t i = 0; i < bytes; i++)	/* all of them: little endian */
		*ret |= (uint64_t)p[at + i] << 8 * i;
	return IQ_MEM_OK;
}

/* Bits 51:48 of an address do not fit where the others are (FEAT_LPA, FEAT_LPA2). */
static uint64_t arm_address(const struct iq_mem *m, uint64_t e)
{
	uint64_t pa = e & ARM_ADDRESS & ~(uint64_t)(m->page_size - 1);

	if (m->va_bits > 48 && m->page_shift == 16)
		pa |= (e >> 12 & 15) << 48;
	else if (m->va_bits > 48)
		pa |= (e & UINT64_C(0x0003000000000000)) | (e >> 8 & 3) << 50;
	return pa;
}

/* Walks the tables for VA.  The two machines differ in where a leaf may be and how
 * it is told, not in the walk. */
static enum iq_mem_status walk(struct iq_mem *m, uint64_t va, uint64_t *ret)
{
	unsigned bits = m->page_shift - 3;
	uint64_t table = m->root, e;

	for (unsigned level = m->levels; level-- > 0;) {
		unsigned shift = m->page_shift + level * bits;
		unsigned width = level == m->levels - 1 ? m->va_bits - shift : bits;
		uint64_t index = va >> shift & ((UINT64_C(1) << width) - 1);
		enum iq_mem_status s = table_entry(m, table, index, 8, &e);
		if (s != IQ_MEM_OK)
			return s;
		if (!(e & 1))
			return IQ_MEM_UNMAPPED;
		bool leaf = level == 0;
		if (m->arch == IQ_ARCH_X86_64)
			leaf = leaf || (level <= 2 && (e & 0x80));
		else
			leaf = leaf || !(e & 2);
		table = m->arch == IQ_ARCH_X86_64 ? e & m->address_mask
						  : arm_address(m, e);
		if (leaf) {
			uint64_t in = (UINT64_C(1) << shift) - 1;
			*ret = (table & ~in) | (va & in);
			return IQ_MEM_OK;
		}
	}
	return IQ_MEM_UNMAPPED;
}

/* Two levels of 4-byte entries, or with PAE four entries above two levels of 8 bytes;
 * pages of 4 MB or 2 MB. */
static enum iq_mem_status walk_i386(struct iq_mem *m, uint64_t va, uint64_t *ret)
{
	size_t bytes = m->pae ? 8 : 4;
	unsigned bits = m->pae ? 9 : 10;
	uint64_t table = m->root, e;

	if (va > UINT32_MAX)
		return IQ_MEM_UNMAPPED;
	for (unsigned level = m->pae ? 3 : 2; level-- > 0;) {
		unsigned shift = 12 + level * bits;
		uint64_t in = (UINT64_C(1) << shift) - 1;
		uint64_t index = va >> shift & ((UINT64_C(1) << bits) - 1);
		enum iq_mem_status s = table_entry(m, table, index, bytes, &e);
		if (s != IQ_MEM_OK)
			return s;
		if (!(e & 1))
			return IQ_MEM_UNMAPPED;
		table = m->pae ? e & X86_ADDRESS : e & UINT64_C(0xfffff000);
		if (level == 0 || (level == 1 && (e & 0x80))) {
			*ret = (table & ~in) | (va & in);
			return IQ_MEM_OK;
		}
	}
	return IQ_MEM_UNMAPPED;
}

static enum iq_mem_status v2p(struct iq_mem *m, uint64_t va, uint64_t *ret)
{
	uint64_t vpn = va >> m->page_shift, in = va & (m->page_size - 1);
	size_t slot = vpn % TLB_SIZE;

	if (m->tlb[slot].vpn_plus_1 == vpn + 1) {
		*ret = m->tlb[slot].pa | in;
		return IQ_MEM_OK;
	}
	/* the kernel's half: all bits above the walked ones are set */
	if (m->va_bits < 64 && va >> m->va_bits != UINT64_MAX >> m->va_bits)
		return IQ_MEM_UNMAPPED;
	enum iq_mem_status s = m->arch == IQ_ARCH_I386 ? walk_i386(m, va, ret)
						       : walk(m, va, ret);
	if (s == IQ_MEM_OK) {
		m->tlb[slot].vpn_plus_1 = vpn + 1;
		m->tlb[slot].pa = *ret & ~(uint64_t)(m->page_size - 1);
	}
	return s;
}

static int setup_x86(struct iq_mem *m, const struct iq_vmcoreinfo *v, struct iq_err *err)
{
	uint64_t top;
	int64_t phys_base, n;

	/* init_level4_pgt before 4.13 */
	if ((!iq_vmcoreinfo_symbol(v, "init_top_pgt", &top) &&
	     !iq_vmcoreinfo_symbol(v, "init_level4_pgt", &top) &&
	     !iq_vmcoreinfo_symbol(v, "swapper_pg_dir", &top)) || m->page_shift != 12)
		return iq_err_set(err, IQ_E_UNSUPPORTED,
				  "VMCOREINFO does not name the page tables");
	/* not written before 2.6.30-something, then there was nothing to relocate */
	if (!iq_vmcoreinfo_number(v, "phys_base", &phys_base))
		phys_base = 0;
	m->root = top - X86_KERNEL_MAP + (uint64_t)phys_base;
	m->levels = iq_vmcoreinfo_number(v, "pgtable_l5_enabled", &n) && n == 1 ? 5 : 4;
	m->va_bits = 12 + 9 * m->levels;
	m->address_mask = X86_ADDRESS;
	if (iq_vmcoreinfo_number(v, "sme_mask", &n))
		m->address_mask &= ~(uint64_t)n;
	return 0;
}

static int setup_arm64(struct iq_mem *m, const struct iq_vmcoreinfo *v,
		       struct iq_err *err)
{
	uint64_t top;
	int64_t voffset, n;

	if (!iq_vmcoreinfo_symbol(v, "swapper_pg_dir", &top) ||
	    !iq_vmcoreinfo_number(v, "kimage_voffset", &voffset))
		return iq_err_set(err, IQ_E_UNSUPPORTED,
				  "VMCOREINFO does not name the page tables");
	/* what is in use, not what the kernel was built for; since 5.11 */
	if (iq_vmcoreinfo_number(v, "TCR_EL1_T1SZ", &n) && n >= 12 && n <= 39)
		m->va_bits = 64 - (unsigned)n;
	else if (iq_vmcoreinfo_number(v, "VA_BITS", &n) && n >= 25 && n <= 52)
		m->va_bits = (unsigned)n;
	else
		return iq_err_set(err, IQ_E_UNSUPPORTED,
				  "VMCOREINFO does not tell the size of addresses");
	m->root = top - (uint64_t)voffset;
	unsigned bits = m->page_shift - 3;
	m->levels = (m->va_bits - m->page_shift + bits - 1) / bits;
	return 0;
}

/* Low memory is mapped in one piece, from where the kernel was built to have it
 * (arch/x86/Kconfig, VMSPLIT_*): the tables tell which it was. */
static int setup_i386(struct iq_mem *m, const struct iq_vmcoreinfo *v, struct iq_err *err)
{
	static const uint64_t splits[] = { 0xc0000000, 0xb0000000, 0x80000000, 0x78000000,
					   0x40000000 };
	uint64_t top, pa;

	if (!iq_vmcoreinfo_symbol(v, "swapper_pg_dir", &top) || m->page_shift != 12)
		return iq_err_set(err, IQ_E_UNSUPPORTED,
				  "VMCOREINFO does not name the page tables");
	m->pae = iq_eq(iq_vmcoreinfo_line(v, "CONFIG_X86_PAE"), IQ_LIT("y"));
	m->va_bits = 64;		/* walk_i386() looks at them */
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
		m->root = top - splits[i];
		if (top >= splits[i] && walk_i386(m, top, &pa) == IQ_MEM_OK && pa == m->root)
			return 0;
	}
	return iq_err_set(err, IQ_E_FORMAT, "the page tables are not where VMCOREINFO has them");
}

int iq_mem_translate(struct iq_mem *m, enum iq_arch arch,
		     const struct iq_vmcoreinfo *info, struct iq_err *err)
{
	m->arch = arch;
	switch (arch) {
	case IQ_ARCH_X86_64:
		m->ready = setup_x86(m, info, err) == 0;
		break;
	case IQ_ARCH_ARM64:
		m->ready = setup_arm64(m, info, err) == 0;
		break;
	case IQ_ARCH_I386:
		m->ready = setup_i386(m, info, err) == 0;
		break;
	case IQ_ARCH_OTHER:
		m->ready = kdump_set_string_attr(m->kc, "addrxlat.ostype", "linux") ==
			   KDUMP_OK;
		if (!m->ready)
			iq_err_set(err, IQ_E_UNSUPPORTED, "no translation of addresses "
				   "for this machine: %s", kdump_get_err(m->kc));
		break;
	}
	return m->ready ? 0 : -1;
}

enum iq_mem_status iq_mem_read_va(void *mem, uint64_t va, void *buf, size_t n)
{
	struct iq_mem *m = mem;
	char *to = buf;

	if (!m->ready)
		return IQ_MEM_FAILED;
	while (n) {
		size_t in = va & (m->page_size - 1), k = m->page_size - in;
		const unsigned char *p;
		enum iq_mem_status s;
		uint64_t pa;
		k = k < n ? k : n;
		if (m->arch == IQ_ARCH_OTHER) {
			s = get(m, KDUMP_KVADDR, va - in, &p);
		} else {
			s = v2p(m, va, &pa);
			if (s == IQ_MEM_OK)
				s = iq_mem_page(m, pa >> m->page_shift, &p);
		}
		if (s != IQ_MEM_OK)
			return s;
		memcpy(to, p + in, k);
		to += k;
		va += k;
		n -= k;
	}
	return IQ_MEM_OK;
}

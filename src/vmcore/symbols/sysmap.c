/* vmcore/symbols/sysmap.c - symbols from a System.map or a copy of /proc/kallsyms.
 *
 * For kernels whose own table cannot be read or holds no variables (built without
 * CONFIG_KALLSYMS_ALL).  The file has the addresses the kernel was linked at; KASLR
 * moves those in the kernel's half of memory, all by the same distance, which the
 * symbols in VMCOREINFO give.  If they do not agree on one the file is another kernel's.
 */
#include "vmcore/symbols/kallsyms.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "vmcore/kernel/kimage.h"

#define MAP_BYTES_MAX ((size_t)64 << 20)
#define KERNEL_HALF UINT64_C(0xff00000000000000)
#define KERNEL_HALF_32 UINT64_C(0x40000000)	/* the lowest VMSPLIT */

static int read_all(int fd, struct iq_buf *b, struct iq_err *err)
{
	ssize_t n;

	do {
		char *room = iq_buf_reserve(b, 65536);
		if (!room)
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
		n = read(fd, room, 65536);
		if (n < 0 && errno != EINTR)
			return iq_err_sys(err, errno, "cannot be read");
		b->n += n > 0 ? (size_t)n : 0;
		if (b->n > MAP_BYTES_MAX)
			return iq_err_set(err, IQ_E_LIMIT, "larger than any System.map");
	} while (n != 0);
	return 0;
}

/* "ffffffff81000000 T _stext"; lines of modules, "[xfs]" behind, are left out: the dump
 * knows where they are now. */
static int parse(struct iq_slice text, struct iq_symbols *to, struct iq_err *err)
{
	while (text.n) {
		struct iq_slice line = iq_cut(&text, '\n');
		uint64_t va;
		if (!iq_take_hex(&line, &va) || line.n < 4 || line.p[0] != ' ' ||
		    line.p[2] != ' ')
			continue;
		char type = line.p[1];
		line = iq_from(line, 3);
		struct iq_slice name = iq_word(&line);
		if (!name.n || name.n >= IQ_SYMBOL_NAME_MAX || iq_find_char(line, '[') >= 0)
			continue;
		if (iq_symbols_add(to, name, IQ_SLICE_NULL, va, type))
			return iq_err_set(err, IQ_E_LIMIT, "more symbols than any kernel has, "
					  "or out of memory");
	}
	return iq_symbols_count(to) ? 0 : iq_err_set(err, IQ_E_FORMAT, "no symbols in it; "
						     "expected lines such as "
						     "\"ffffffff81000000 T _stext\"");
}

/* Some distributions put a file of one line into /boot, which says where the map is. */
#define STUB_SYMBOLS 10

static int none_known(const struct iq_symbols *map, size_t known, struct iq_err *err)
{
	size_t n = iq_symbols_count(map);

	if (n < STUB_SYMBOLS)
		return iq_err_set(err, IQ_E_USAGE, "holds %zu symbols, no kernel has so few: "
				  "a placeholder?  Debian has the real one in the -dbg "
				  "package of the kernel", n);
	if (!known)
		return iq_err_set(err, IQ_E_USAGE, "cannot be placed: VMCOREINFO of the dump "
				  "tells the address of no symbol");
	return iq_err_set(err, IQ_E_USAGE, "of another kernel: it has none of the %zu symbols "
			  "that the dump tells the addresses of", known);
}

/* The distance most symbols in VMCOREINFO agree on. */
static int find_slide(const struct iq_vmcoreinfo *info, const struct iq_symbols *map,
		      uint64_t *slide, struct iq_err *err)
{
	struct iq_known known[IQ_KNOWN_MAX];
	size_t n = iq_known_symbols(info, map, known), best = 0, of = 0;
	uint64_t by[IQ_KNOWN_MAX], va;

	for (size_t i = 0; i < n; i++) {
		if (!known[i].found)
			continue;
		iq_symbols_nth(map, known[i].no, &va);
		by[of++] = known[i].va - va;
	}
	for (size_t i = 0; i < of; i++) {
		size_t same = 0;
		for (size_t j = 0; j < of; j++)
			same += by[j] == by[i];
		if (same > best) {
			best = same;
			*slide = by[i];
		}
	}
	if (!of)
		return none_known(map, n, err);
	if (best < 2 || best * 4 < of * 3)
		return iq_err_set(err, IQ_E_USAGE, "of another kernel: %zu of %zu symbols that "
				  "the dump tells the addresses of are where it says", best,
				  of);
	return 0;
}

/* Code is taken only if the kernel has no table of its own: that one is better. */
static int merge(const struct iq_kimage *k, const struct iq_symbols *map, uint64_t slide)
{
	struct iq_symbols *to = k->symbols;
	bool of_32 = k->mem && k->mem->long_bytes == 4;
	bool empty = !iq_symbols_count(to);
	size_t n = iq_symbols_count(map);
	uint32_t no;
	uint64_t va;

	for (size_t i = 0; i < n; i++) {
		struct iq_slice name = iq_symbols_nth(map, (uint32_t)i, &va);
		char type = name.p[0];
		name = iq_from(name, 1);
		if (!empty && (strchr("tTwW", type) || iq_symbols_number(to, name, &no)))
			continue;
		if (va >= (of_32 ? KERNEL_HALF_32 : KERNEL_HALF))
			va = of_32 ? (uint32_t)(va + slide) : va + slide;
		if (iq_symbols_add(to, name, IQ_SLICE_NULL, va, type))
			return -1;
	}
	return 0;
}

int iq_symbols_merge(struct iq_kimage *k, const struct iq_symbols *map, struct iq_err *err)
{
	uint64_t slide = 0;

	if (find_slide(k->info, map, &slide, err))
		return -1;
	if (merge(k, map, slide))
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	return iq_symbols_sort(k->symbols, err);
}

int iq_system_map_read(struct iq_kimage *k, int fd, struct iq_err *err)
{
	struct iq_symbols *map = iq_symbols_new();
	struct iq_buf text;
	int r;

	if (!map)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	iq_buf_init(&text);
	r = read_all(fd, &text, err);
	if (r == 0)
		r = parse(iq_buf_as_slice(&text), map, err);
	iq_buf_fini(&text);
	if (r == 0)
		r = iq_symbols_merge(k, map, err);
	iq_symbols_free(map);
	return r;
}

/* tests/vmcore/stripped.c - a dump as of a kernel without a table of symbols and without
 * type data, and what its user would have to give instead.
 *
 *	stripped DUMP OUT SYSTEM.MAP BTF
 *
 * DUMP holds its pages as they are (excerpt.c writes such).  OUT is DUMP with the table of
 * tokens and the magic of the BTF overwritten, and without the addresses that VMCOREINFO
 * has of the table; SYSTEM.MAP has the symbols where the kernel was linked to be, before
 * KASLR moved it; BTF has the types.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "vmcore/kernel/kimage.h"
#include "vmcore/types/types_files.h"

#define LINKED_AT UINT64_C(0xffffffff81000000)	/* _stext of x86-64 */
#define KERNEL_HALF UINT64_C(0xff00000000000000)

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libkdumpfile\n";	/* what a failed or closed context keeps (vmcore.h) */
}

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "stripped: %s: %s\n", what, why);
	exit(99);
}

static void issue(void *arg, const char *severity, const char *code, int64_t at,
		  const char *text)
{
	(void)arg;
	(void)severity;
	(void)code;
	(void)at;
	(void)text;
}

static FILE *create(const char *path)
{
	FILE *f = fopen(path, "wb");

	if (!f)
		fail(path, "cannot be written");
	return f;
}

static void write_map(const struct iq_kimage *k, const char *path)
{
	FILE *f = create(path);
	uint64_t stext, va;

	if (!iq_symbol(k->symbols, "_stext", &stext))
		fail(path, "no _stext");
	for (uint32_t i = 0; i < iq_symbols_count(k->symbols); i++) {
		struct iq_slice s = iq_symbols_nth(k->symbols, i, &va);
		if (iq_ends(s, IQ_LIT("__start_BTF")) || iq_ends(s, IQ_LIT("__stop_BTF")))
			continue;	/* a kernel without it has neither */
		if (va >= KERNEL_HALF)
			va -= stext - LINKED_AT;
		fprintf(f, "%016llx %c %.*s\n", (unsigned long long)va, s.p[0],
			(int)s.n - 1, s.p + 1);
	}
	if (fclose(f))
		fail(path, "cannot be written");
}

static struct iq_slice write_btf(const struct iq_kimage *k, const char *path)
{
	uint64_t from, to;
	FILE *f = create(path);

	if (!iq_symbol(k->symbols, "__start_BTF", &from) ||
	    !iq_symbol(k->symbols, "__stop_BTF", &to) || to - from > 64 << 20)
		fail(path, "no BTF in the dump");
	char *p = malloc(to - from);
	if (!p || iq_mem_read(k->mem, from, p, to - from) != IQ_MEM_OK ||
	    fwrite(p, 1, to - from, f) != to - from || fclose(f))
		fail(path, "cannot be read or written");
	return iq_slice(p, to - from);
}

/* Every WHAT in B by as many bytes of TO; how many. */
static size_t overwrite(struct iq_buf *b, struct iq_slice what, const char *to)
{
	size_t n = 0;
	char *at = b->p;

	while ((at = memmem(at, (size_t)(b->p + b->n - at), what.p, what.n))) {
		memcpy(at, to, what.n);
		n++;
	}
	return n;
}

static void write_dump(const char *from, const char *to, struct iq_slice btf)
{
	struct iq_buf b;
	size_t n;
	FILE *in = fopen(from, "rb"), *out = create(to);

	iq_buf_init(&b);
	while (in && (n = fread(iq_buf_reserve(&b, 1 << 20), 1, 1 << 20, in)) > 0)
		b.n += n;
	if (!in || fclose(in))
		fail(from, "cannot be read");
	overwrite(&b, IQ_LIT("SYMBOL(kallsyms_"), "SYMBOL(kiljsyms_");
	/* digits are tokens of themselves, one behind the other */
	if (!overwrite(&b, iq_slice("0\0" "1\0" "2\0" "3\0" "4\0" "5\0" "6\0" "7\0" "8\0" "9", 20),
		       "####################") ||
	    !overwrite(&b, iq_head(btf, 64),
		       "################################################################"))
		fail(from, "not the pages that it was read from");
	if (fwrite(b.p, 1, b.n, out) != b.n || fclose(out))
		fail(to, "cannot be written");
	iq_buf_fini(&b);
}

int main(int argc, char **argv)
{
	static const struct iq_vmcore_sources nothing;
	static struct iq_kimage k;
	struct iq_limits limits = IQ_LIMITS_DEFAULT;
	struct iq_vmcore *v;
	struct iq_err err;
	int fd = argc == 5 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0)
		fail("stripped", "DUMP OUT SYSTEM.MAP BTF");
	if (iq_vmcore_open(&fd, 1, &limits, issue, NULL, &v, &err))
		fail(argv[1], err.text);
	k = (struct iq_kimage){ .v = v, .mem = &v->memory, .info = &v->vmcoreinfo,
				.arch = v->arch, .page_size = 4096 };
	iq_arena_init(&k.arena);
	if (iq_kimage_symbols(&k, &nothing, &err))
		fail(argv[1], err.text);
	write_map(&k, argv[3]);
	struct iq_slice btf = write_btf(&k, argv[4]);
	write_dump(argv[1], argv[2], btf);
	free((void *)(uintptr_t)btf.p);
	iq_kimage_close(&k);
	iq_vmcore_close(v);
	close(fd);
	return 0;
}

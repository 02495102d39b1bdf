/* vmcore/types/types_fit.c - is type data that somebody gave that of the kernel in the dump?
 *
 * An ELF file tells by its build id.  BTF alone has none, and neither have kernels before
 * 5.9 in VMCOREINFO; then every OFFSET() and SIZE() that VMCOREINFO has is compared,
 * and the first tasks have to look like tasks.
 */
#include "vmcore/types/types_files.h"

#include <stdio.h>
#include <string.h>

#define ROWS_MAX 200

/* "OFFSET(zone.free_area)=256" against T: 1 the same, -1 not, 0 T does not know it. */
static int compare_row(const struct iq_types *t, struct iq_slice line)
{
	char type[64], member[64];
	struct iq_member_at m;
	int64_t want;
	uint64_t size;

	bool is_offset = iq_skip(&line, IQ_LIT("OFFSET("));
	if (!is_offset && !iq_skip(&line, IQ_LIT("SIZE(")))
		return 0;
	struct iq_slice name = iq_cut(&line, ')');
	if (!iq_skip(&line, IQ_LIT("=")) || !iq_to_i64(line, &want))
		return 0;
	struct iq_slice first = iq_cut(&name, '.');
	if (first.n >= sizeof type || name.n >= sizeof member)
		return 0;
	snprintf(type, sizeof type, "%.*s", IQ_FMT(first));
	snprintf(member, sizeof member, "%.*s", IQ_FMT(name));
	if (is_offset)
		return !t->ops->member(t->impl, type, member, &m) ? 0 :
		       m.offset == want ? 1 : -1;
	return !t->ops->size(t->impl, type, &size) ? 0 : (int64_t)size == want ? 1 : -1;
}

static bool read_at(const struct iq_kimage *k, const struct iq_types *t, uint64_t va,
		    const char *type, const char *path, void *buf, size_t n)
{
	struct iq_member_at m;
	return t->ops->member(t->impl, type, path, &m) &&
	       iq_mem_read(k->mem, va + m.offset, buf, n) == IQ_MEM_OK;
}

/* What every kernel has where it says so: the idle task is called swapper, and the memory
 * of the first process is owned by it (CONFIG_MEMCG).  False only if that is not so. */
static bool witnesses(const struct iq_kimage *k, const struct iq_types *t)
{
	unsigned n = k->mem->long_bytes;
	unsigned char b[8];
	struct iq_member_at tasks;
	uint64_t init, mm, owner;
	char comm[8];

	if (!iq_ki_symbol(k, "init_task", &init))
		return true;
	if (read_at(k, t, init, "task_struct", "comm", comm, 7) &&
	    memcmp(comm, "swapper", 7))
		return false;
	if (!read_at(k, t, init, "task_struct", "tasks", b, n) ||
	    !t->ops->member(t->impl, "task_struct", "tasks", &tasks))
		return true;
	uint64_t first = iq_mem_int(k->mem, b, n) - tasks.offset;
	if (!read_at(k, t, first, "task_struct", "mm", b, n))
		return true;
	mm = iq_mem_int(k->mem, b, n);
	if (!mm || !read_at(k, t, mm, "mm_struct", "owner", b, n))
		return true;
	owner = iq_mem_int(k->mem, b, n);
	return owner == first || !owner;
}

int iq_types_fit(const struct iq_kimage *k, const struct iq_types *t, struct iq_err *err)
{
	struct iq_slice text = k->info->text, odd = IQ_SLICE_NULL;
	size_t same = 0, other = 0;

	for (size_t rows = 0; text.n && rows < ROWS_MAX; rows++) {
		struct iq_slice line = iq_cut(&text, '\n');
		int r = compare_row(t, line);
		same += r > 0;
		other += r < 0;
		if (r < 0 && !odd.p)
			odd = line;
	}
	if (other)
		return iq_err_set(err, IQ_E_USAGE,
				  "of another kernel: %zu of %zu sizes and "
				  "offsets that the dump tells differ, such as %.*s",
				  other, other + same, IQ_FMT(iq_head(odd, 100)));
	if (!witnesses(k, t))
		return iq_err_set(err, IQ_E_USAGE,
				  "of another kernel: where it has the name of "
				  "the first task and the owner of its memory is "
				  "something else");
	if (same < 5)
		return iq_err_set(err, IQ_E_USAGE,
				  "nothing in it to see that it is of this "
				  "kernel");
	return 0;
}

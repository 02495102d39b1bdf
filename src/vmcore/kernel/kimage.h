/* vmcore/kernel/kimage.h - the kernel in the dump: its memory, names and types together.
 *
 * What every walker works with.  Members are asked for by a number of the table in
 * members.def, which holds the renames of all versions; they are looked up once, when
 * the image is opened.  A value that cannot be read is IQ_NULL (model/facts.h), never 0,
 * and is counted by kind of structure and reason, so that the report can say what is
 * missing.
 */
#ifndef IQ_VMCORE_KIMAGE_H
#define IQ_VMCORE_KIMAGE_H

#include "base/arena.h"
#include "model/facts.h"
#include "vmcore/dump/memory.h"
#include "vmcore/symbols/symbols.h"
#include "vmcore/types/types.h"
#include "vmcore/vmcore_impl.h"
#include "vmcore/dump/vmcoreinfo.h"

enum iq_member_no {
#define IQ_STRUCT(STRUCT, ...)
#define IQ_MEMBER(STRUCT, MEMBER, ...) IQ_M_##STRUCT##_##MEMBER,
#include "vmcore/types/members.def"
	IQ_M_MAX
};

enum iq_struct_no {
#define IQ_STRUCT(STRUCT, ...) IQ_S_##STRUCT,
#define IQ_MEMBER(STRUCT, MEMBER, ...)
#include "vmcore/types/members.def"
	IQ_S_MAX
};

struct iq_tasks;			/* tasks.h */

struct iq_kimage {
	const struct iq_memory *mem;
	const struct iq_vmcoreinfo *info;
	enum iq_arch arch;
	uint64_t page_size;
	struct iq_symbols *symbols;
	struct iq_types *types;		/* NULL: none found; few members are known */
	struct iq_slice symbols_from, types_from;	/* p NULL: nowhere; live as long as V */
	struct iq_module_types *module_types;	/* types_modules.c */
	bool module_types_known;
	struct iq_member_at member[IQ_M_MAX];
	uint64_t struct_size[IQ_S_MAX];	/* 0: unknown */
	uint32_t n_cpus;		/* possible; numbered below this, with holes */
	uint64_t *percpu_offset;	/* n_cpus of them; UINT64_MAX: not possible */
	uint64_t lost[IQ_S_MAX][IQ_MEM_FAILED + 1];	/* reads that failed */
	struct iq_tasks *tasks;		/* found by iq_state_tasks(), for those after it */
	bool missing;			/* a part of the state; see iq_ki_missing() */
	struct iq_arena arena;		/* strings of one walk; the walker resets it */
	struct iq_sink *sink;
	int64_t snapshot_id, member_id;
	struct iq_vmcore *v;		/* for issues: iq_vmcore_issue() */
};

/* --- values --- */

/* The member at STRUCTURE + its offset; false: no such member, or not readable (counted).
 * Sign-extended if the type is signed; a pointer comes as its bits; of an array its first
 * element, of a structure its first word. */
bool iq_ki_get(struct iq_kimage *k, uint64_t structure, enum iq_member_no m, int64_t *ret);
/* The same, IQ_NULL for false. */
int64_t iq_ki_value(struct iq_kimage *k, uint64_t structure, enum iq_member_no m);
/* A pointer that is at least canonical and not NULL; false otherwise. */
bool iq_ki_pointer(struct iq_kimage *k, uint64_t structure, enum iq_member_no m,
		   uint64_t *ret);
/* Element I of an array member. */
bool iq_ki_element(struct iq_kimage *k, uint64_t structure, enum iq_member_no m, size_t i,
		   int64_t *ret);
/* A char array inside the structure, up to its NUL; in the arena.  p NULL: not readable. */
struct iq_slice iq_ki_chars(struct iq_kimage *k, uint64_t structure, enum iq_member_no m);
/* The string that a char * at VA points to / the string at VA; at most MAX bytes. */
struct iq_slice iq_ki_string(struct iq_kimage *k, uint64_t va, size_t max);
static inline bool iq_ki_has(const struct iq_kimage *k, enum iq_member_no m)
{
	return k->member[m].known;
}
static inline uint64_t iq_ki_at(const struct iq_kimage *k, uint64_t structure,
				enum iq_member_no m)
{
	return structure + k->member[m].offset;
}

/* A variable of SIZE bytes (1 2 4 8, 0: a long) by its symbol. */
bool iq_ki_symbol(const struct iq_kimage *k, const char *name, uint64_t *va);
bool iq_ki_variable(struct iq_kimage *k, const char *name, unsigned size, bool is_signed,
		    int64_t *ret);
/* CPU's copy of a per-CPU address (a symbol's or a __percpu pointer). */
bool iq_ki_percpu(const struct iq_kimage *k, uint64_t percpu, uint32_t cpu, uint64_t *ret);

/* True for an address that may be a kernel object: kernel half, aligned to ALIGN (a power
 * of two). */
bool iq_ki_plausible(const struct iq_kimage *k, uint64_t va, unsigned align);

/* Value of an enumerator, ENUM NULL: of any enum; by BTF, DWARF or VMCOREINFO's NUMBER. */
bool iq_ki_enumerator(const struct iq_kimage *k, const char *type, const char *name,
		      int64_t *ret);

/* The types of the module NAME, and behind them the kernel's; NULL: it has none, or is not
 * loaded.  They live as long as the kernel's. */
const struct iq_types *iq_ki_module_types(struct iq_kimage *k, const char *name);

/* Bytes at VA; a failure is counted for S. */
bool iq_ki_read(struct iq_kimage *k, enum iq_struct_no s, uint64_t va, void *buf, size_t n);

/* --- lists --- */

enum iq_list_end { IQ_LIST_WHOLE, IQ_LIST_BROKEN, IQ_LIST_ENDLESS, IQ_LIST_STOPPED };

/* Walks a list_head ring from HEAD (not an element itself): EACH gets the address of each
 * element's list_head minus OFFSET; non-zero stops.  Forward; where a link cannot be read
 * or leads astray, backward from the head as well, so that both ends are seen, each
 * element once.  A link that is not answered by the next element's (a list that was being
 * changed) is followed, and the list is broken all the same.  At most MAX elements; more,
 * or a ring that does not come back to its head, is endless. */
enum iq_list_end iq_ki_list(struct iq_kimage *k, uint64_t head, uint64_t offset, size_t max,
			    int (*each)(void *arg, uint64_t element), void *arg);

/* --- what is missing (lost.c) --- */

/* A part of the state that should be there is not: an issue of severity damage with a
 * sentence that says what, how much of it and why, and the snapshot is not complete.
 * One call for a kind of thing, with counts; not one for each. */
void iq_ki_missing(struct iq_kimage *k, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* One issue over all reads that failed, if there were any. */
void iq_ki_say_lost(struct iq_kimage *k);

/* --- opening --- */

/* Symbols, types, members, CPUs.  K zeroed, with sink, ids and arena set up by the caller.
 * 0 also when some of that is missing; then issues say what, and what to give.  -1: out of
 * memory. */
int iq_kimage_open(struct iq_kimage *k, struct iq_vmcore *v,
		   const struct iq_vmcore_sources *src, struct iq_err *err);
void iq_kimage_close(struct iq_kimage *k);

/* Fills in the members and sizes of members.def that T knows and nothing before knew. */
void iq_kimage_members(struct iq_kimage *k, const struct iq_types *t);

/* The order in which they are looked for is told in kimage_symbols.c and kimage_types.c.
 * -1: out of memory. */
int iq_kimage_symbols(struct iq_kimage *k, const struct iq_vmcore_sources *src,
		      struct iq_err *err);
int iq_kimage_types(struct iq_kimage *k, const struct iq_vmcore_sources *src,
		    struct iq_err *err);

/* --- sources (each 0 done, 1 not there, -1 failed with ERR) --- */

int iq_kallsyms_read(struct iq_kimage *k, struct iq_err *err);		/* kallsyms.c */
int iq_module_symbols_read(struct iq_kimage *k, struct iq_err *err);	/* modsyms.c */
int iq_system_map_read(struct iq_kimage *k, int fd, struct iq_err *err);	/* sysmap.c */
/* What MAP has, at the addresses of the file it is from, and the dump's kernel has not. */
int iq_symbols_merge(struct iq_kimage *k, const struct iq_symbols *map, struct iq_err *err);
int iq_types_btf_dump(struct iq_kimage *k, struct iq_types **ret, struct iq_err *err);
int iq_types_vmcoreinfo(struct iq_kimage *k, struct iq_types **ret, struct iq_err *err);
int iq_types_infer(struct iq_kimage *k, struct iq_types **ret, struct iq_err *err);
void iq_kimage_free_module_types(struct iq_kimage *k);

/* --- walkers: each puts facts of the snapshot into k->sink; 0, or -1 if the sink failed
 * or memory ran out.  What cannot be read is said in issues, never fatal. --- */

int iq_state_tasks(struct iq_kimage *k, struct iq_err *err);	/* state_tasks.c */
int iq_state_cgroups(struct iq_kimage *k, struct iq_err *err);
int iq_state_zones(struct iq_kimage *k, struct iq_err *err);	/* nodes, zones, free lists */
int iq_state_counters(struct iq_kimage *k, struct iq_err *err);	/* vmstat, events */
int iq_state_slabs(struct iq_kimage *k, struct iq_err *err);
int iq_state_swaps(struct iq_kimage *k, struct iq_err *err);	/* and hugetlb */
int iq_state_modules(struct iq_kimage *k, struct iq_err *err);
int iq_state_sysctls(struct iq_kimage *k, struct iq_err *err);
int iq_state_machine(struct iq_kimage *k, struct iq_boot *boot, struct iq_snapshot *snap,
		     struct iq_err *err);		/* uts, command line, times, load */
int iq_state_stacks(struct iq_kimage *k, struct iq_err *err);

/* All of them but the machine, in order; ends with a row of NULL. */
struct iq_walker {
	const char *name;
	int (*walk)(struct iq_kimage *k, struct iq_err *err);
};
extern const struct iq_walker iq_walkers[];

/* The cgroup path of a task or a css_set, below the hierarchy's root; in the arena. */
struct iq_slice iq_ki_cgroup_path(struct iq_kimage *k, uint64_t task);

#endif

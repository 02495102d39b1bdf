/* vmcore/state/task_mm.c - see task_mm.h.
 *
 *   to 6.1     mm->rss_stat.count[] and, of each thread, task->rss_stat.count[] not yet
 *              added to it: the mm alone can be negative (SPLIT_RSS_COUNTING)
 *   6.2 on     mm->rss_stat[] of struct percpu_counter: count and, of each CPU, s32
 *
 * What get_mm_counter() gives: the mm alone, or the count alone, and never less than 0;
 * oom_badness() takes exact sums (get_mm_rss_sum()) from 7.0 on.
 */
#include "vmcore/state/task_mm.h"

#include "vmcore/kernel/kread.h"

#include <stdlib.h>

#define PF_KTHREAD 0x00200000		/* include/linux/sched.h */
#define NO_TASK UINT32_MAX

static bool counts_in_struct(const struct iq_kimage *k)
{
	const struct iq_member_at *m = &k->member[IQ_M_MM_RSS_COUNT];
	return m->known && m->size >= 3 * (size_t)k->mem->long_bytes;
}

static void read_counts(struct iq_kimage *k, uint64_t mm, struct iq_mm *out)
{
	const struct iq_member_at *m = &k->member[IQ_M_MM_RSS_COUNT];
	unsigned lb = k->mem->long_bytes;

	for (size_t i = 0; i < IQ_MM_COUNTERS && i < m->size / lb; i++) {
		uint64_t v;
		if (iq_mem_uint(k->mem, mm + m->offset + i * lb, lb, &v) != IQ_MEM_OK)
			continue;
		out->pages[i] = lb == 4 ? (int32_t)v : (int64_t)v;
		out->counted[i] = out->pages[i];
	}
}

/* One percpu_counter; its parts of CPUs that are not possible do not exist. */
static int64_t percpu_sum(struct iq_kimage *k, uint64_t counter, int64_t *count)
{
	int64_t sum, part;
	uint64_t parts, at, v;

	*count = iq_ki_value(k, counter, IQ_M_PERCPU_COUNTER_COUNT);
	sum = *count;
	if (sum == IQ_NULL)
		return IQ_NULL;
	if (!iq_ki_has(k, IQ_M_PERCPU_COUNTER_COUNTERS) ||
	    iq_mem_uint(k->mem, iq_ki_at(k, counter, IQ_M_PERCPU_COUNTER_COUNTERS),
			k->mem->long_bytes, &parts) != IQ_MEM_OK || !parts)
		return sum;
	for (uint32_t cpu = 0; cpu < k->n_cpus; cpu++) {
		if (!iq_ki_percpu(k, parts, cpu, &at) ||
		    iq_mem_uint(k->mem, at, 4, &v) != IQ_MEM_OK)
			continue;
		part = (int32_t)v;
		if (__builtin_add_overflow(sum, part, &sum))
			return IQ_NULL;
	}
	return sum;
}

static void read_percpu(struct iq_kimage *k, uint64_t mm, struct iq_mm *out)
{
	const struct iq_member_at *m = &k->member[IQ_M_MM_RSS_STAT];
	uint64_t size = k->struct_size[IQ_S_PERCPU_COUNTER];

	bool exact = iq_kr_release_from(k, 7, 0);

	for (size_t i = 0; size && i < IQ_MM_COUNTERS && (i + 1) * size <= m->size; i++) {
		out->pages[i] = percpu_sum(k, mm + m->offset + i * size, &out->counted[i]);
		if (exact)
			out->counted[i] = out->pages[i];
	}
}

static int64_t read_page_tables(struct iq_kimage *k, uint64_t mm)
{
	int64_t pte, pmd;

	if (iq_ki_has(k, IQ_M_MM_PGTABLES_BYTES))
		return iq_ki_value(k, mm, IQ_M_MM_PGTABLES_BYTES);
	pte = iq_ki_value(k, mm, IQ_M_MM_NR_PTES);
	pmd = iq_ki_has(k, IQ_M_MM_NR_PMDS) ? iq_ki_value(k, mm, IQ_M_MM_NR_PMDS) : 0;
	if (pte < 0 || pmd < 0 || pte > 1 << 30 || pmd > 1 << 30)
		return IQ_NULL;
	return (pte + pmd) * (int64_t)k->page_size;
}

static void read_mm(struct iq_kimage *k, uint64_t mm, struct iq_mm *out)
{
	for (size_t i = 0; i < IQ_MM_COUNTERS; i++)
		out->pages[i] = out->counted[i] = IQ_NULL;
	out->total_vm_pages = iq_ki_value(k, mm, IQ_M_MM_TOTAL_VM);
	out->page_table_bytes = read_page_tables(k, mm);
	if (counts_in_struct(k))
		read_counts(k, mm, out);
	else if (iq_ki_has(k, IQ_M_MM_RSS_STAT))
		read_percpu(k, mm, out);
}

/* What the thread has counted and not yet added to its mm. */
static void add_thread(struct iq_kimage *k, uint64_t task, struct iq_mm *out)
{
	const struct iq_member_at *m = &k->member[IQ_M_TASK_RSS_COUNT];
	unsigned char b[4 * IQ_MM_COUNTERS];
	size_t n = m->size < sizeof b ? m->size : sizeof b;

	if (iq_mem_read(k->mem, task + m->offset, b, n) != IQ_MEM_OK)
		return;
	for (size_t i = 0; i < n / 4; i++)
		if (out->pages[i] != IQ_NULL &&
		    __builtin_add_overflow(out->pages[i],
					   (int32_t)iq_mem_int(k->mem, b + i * 4, 4),
					   &out->pages[i]))
			out->pages[i] = IQ_NULL;
}

static bool owns_mm(const struct iq_task_at *t)
{
	return t->mm && !(t->flags & PF_KTHREAD);
}

int iq_mms_init(struct iq_mms *m, const struct iq_tasks *s, struct iq_err *err)
{
	struct iq_kimage *k = s->k;
	size_t n = s->n ? s->n : 1;
	bool new;

	m->tasks = s;
	m->split = counts_in_struct(k) && k->member[IQ_M_TASK_RSS_COUNT].known;
	iq_addrset_init(&m->set, s->n);
	m->mm = calloc(n, sizeof *m->mm);
	m->first = malloc(n * sizeof *m->first);
	m->next = malloc(n * sizeof *m->next);
	if (!m->mm || !m->first || !m->next)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	for (size_t i = 0; i < s->n; i++) {
		if (!owns_mm(&s->t[i]))
			continue;
		size_t at = iq_addrset_add(&m->set, s->t[i].mm, &new);
		if (at == IQ_ADDRSET_NONE)
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
		m->next[i] = new ? NO_TASK : m->first[at];
		m->first[at] = (uint32_t)i;
	}
	return 0;
}

void iq_mms_free(struct iq_mms *m)
{
	iq_addrset_fini(&m->set);
	free(m->mm);
	free(m->first);
	free(m->next);
}

const struct iq_mm *iq_mm_of(struct iq_mms *m, const struct iq_task_at *t)
{
	size_t at = owns_mm(t) ? iq_addrset_find(&m->set, t->mm) : IQ_ADDRSET_NONE;
	struct iq_mm *mm = at == IQ_ADDRSET_NONE ? NULL : &m->mm[at];

	if (!mm || mm->read)
		return mm;
	mm->read = true;
	read_mm(m->tasks->k, t->mm, mm);
	for (uint32_t i = m->first[at]; m->split && i != NO_TASK; i = m->next[i])
		add_thread(m->tasks->k, m->tasks->t[i].va, mm);
	return mm;
}

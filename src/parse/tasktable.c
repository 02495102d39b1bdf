/* parse/tasktable.c - see tasktable.h. */
#include "parse/tasktable.h"

#include <stdlib.h>

void iq_tasktable_init(struct iq_tasktable *t, struct iq_arena *mem)
{
	memset(t, 0, sizeof *t);
	t->mem = mem;
	t->end = &t->rows;
}

/* "[", blanks, "pid", blanks, "]" */
static bool pid_head(struct iq_slice *s)
{
	iq_skip_blank(s);
	if (!iq_skip(s, IQ_LIT("[")))
		return false;
	iq_skip_blank(s);
	if (!iq_skip(s, IQ_LIT("pid")))
		return false;
	iq_skip_blank(s);
	return iq_skip(s, IQ_LIT("]"));
}

bool iq_tasktable_is_header(struct iq_slice text)
{
	return pid_head(&text) && iq_has(text, IQ_LIT("tgid"));
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "[", blanks, digits, "]": *s ends up behind, *ret_pid is set (masked: IQ_NULL). */
static bool row_head(struct iq_slice *s, int64_t *ret_pid)
{
	struct iq_slice t = *s;
	iq_skip_blank(&t);
	if (!iq_skip(&t, IQ_LIT("[")))
		return false;
	iq_skip_blank(&t);
	size_t n = 0;
	while (n < t.n && (is_digit(t.p[n]) || t.p[n] == '*'))
		n++;
	if (!n || n > 10 || n >= t.n)
		return false;
	if (!iq_to_i64(iq_head(t, n), ret_pid))
		*ret_pid = IQ_NULL;
	t = iq_from(t, n);
	iq_skip_blank(&t);
	if (!iq_skip(&t, IQ_LIT("]")))
		return false;
	*s = t;
	return true;
}

static bool is_mask(struct iq_slice w)
{
	for (size_t i = 0; i < w.n; i++)
		if (!is_digit(w.p[i]) && w.p[i] != '*' &&
		    !(i == 0 && w.p[i] == '-' && w.n > 1))
			return false;
	return w.n > 0;
}

/* The next word if it is a number or the mask of one.  A million of them stand in the
 * reports of a bad day, so each is looked at once. */
static bool take_number(struct iq_slice *s, int64_t *ret)
{
	struct iq_slice t = *s, w;
	iq_skip_blank(&t);
	w = t;
	if (!iq_take_i64(&t, ret) || (t.n && *t.p != ' ' && *t.p != '\t')) {
		t = w;
		w = iq_word(&t);
		if (!is_mask(w))
			return false;
		*ret = IQ_NULL;
	}
	*s = t;
	return true;
}

/* What take_number() takes, its value unseen. */
static bool skip_number(struct iq_slice *s)
{
	iq_skip_blank(s);
	size_t first = s->n && *s->p == '-', n = first;
	while (n < s->n && (is_digit(s->p[n]) || s->p[n] == '*'))
		n++;
	if (n == first || (n < s->n && s->p[n] != ' ' && s->p[n] != '\t'))
		return false;
	*s = iq_from(*s, n);
	return true;
}

bool iq_tasktable_is_row(struct iq_slice text)
{
	int64_t pid;
	if (!row_head(&text, &pid))
		return false;
	for (int i = 0; i < 6; i++)
		if (!skip_number(&text))
			return false;
	return true;
}

static const struct { const char *name; enum iq_task_col col; } col_names[] = {
	{ "uid", IQ_TASK_UID },
	{ "tgid", IQ_TASK_TGID },
	{ "total_vm", IQ_TASK_TOTAL_VM },
	{ "rss", IQ_TASK_RSS },
	{ "cpu", IQ_TASK_CPU },				/* until 3.6 */
	{ "oom_adj", IQ_TASK_OOM_ADJ },			/* until 3.6 */
	{ "oom_score_adj", IQ_TASK_OOM_SCORE_ADJ },	/* el6, 2.6.36 */
	{ "nr_ptes", IQ_TASK_NR_PTES },			/* 3.7 ... 4.14, el7 */
	{ "nr_pmds", IQ_TASK_NR_PMDS },			/* 4.0 ... 4.14 */
	{ "nr_puds", IQ_TASK_NR_PUDS },
	{ "swapents", IQ_TASK_SWAPENTS },		/* 3.7 */
	{ "pgtables_bytes", IQ_TASK_PGTABLES_BYTES },	/* 4.15, el8 */
	{ "rss_anon", IQ_TASK_RSS_ANON },		/* 6.8 */
	{ "rss_file", IQ_TASK_RSS_FILE },
	{ "rss_shmem", IQ_TASK_RSS_SHMEM },
};

static enum iq_task_col col_of(struct iq_slice w)
{
	for (size_t i = 0; i < sizeof col_names / sizeof *col_names; i++) {
		struct iq_slice n = iq_slice_z(col_names[i].name);
		size_t k = 0;
		while (k < n.n && k < w.n &&
		       (n.p[k] == w.p[k] || (n.p[k] == '_' && w.p[k] == '-')))
			k++;
		if (k == n.n && k == w.n)
			return col_names[i].col;
	}
	/* A letter lost on the way: still the only column that ends so. */
	return iq_ends(w, IQ_LIT("score_adj")) ? IQ_TASK_OOM_SCORE_ADJ : IQ_TASK_UNKNOWN;
}

void iq_tasktable_header(struct iq_tasktable *t, struct iq_slice text)
{
	if (!pid_head(&text))
		return;
	t->header = true;
	t->n_cols = 0;
	for (;;) {
		struct iq_slice w = iq_word(&text);
		if (!w.n || iq_eq(w, IQ_LIT("name")) || t->n_cols == IQ_TASKTABLE_COLS_MAX)
			return;
		enum iq_task_col col = col_of(w);
		t->cols[t->n_cols] = col;
		t->names[t->n_cols++] = col ? IQ_SLICE_NULL : iq_arena_copy(t->mem, w);
	}
}

void iq_tasktable_row(struct iq_tasktable *t, const struct iq_record *rec)
{
	t->n_rows++;
	if (t->n_kept >= IQ_TASKTABLE_ROWS_MAX)
		return;
	struct iq_taskrow *r = iq_arena_alloc(t->mem, sizeof *r);
	if (r)
		r->text = iq_arena_copy(t->mem, rec->text);
	if (!r || !r->text.p) {
		t->failed = true;
		return;
	}
	r->line = rec->first_line;
	*t->end = r;
	t->end = &r->next;
	t->n_kept++;
}

/* --- layout without a header --- */

#define COLS_2_6_32 IQ_TASK_UID, IQ_TASK_TGID, IQ_TASK_TOTAL_VM, IQ_TASK_RSS
static const struct layout {
	size_t n;
	enum iq_task_col cols[10];
} layouts[] = {
	{ 6, { COLS_2_6_32, IQ_TASK_CPU, IQ_TASK_OOM_ADJ } },
	{ 7, { COLS_2_6_32, IQ_TASK_CPU, IQ_TASK_OOM_ADJ, IQ_TASK_OOM_SCORE_ADJ } },
	{ 7, { COLS_2_6_32, IQ_TASK_NR_PTES, IQ_TASK_SWAPENTS, IQ_TASK_OOM_SCORE_ADJ } },
	{ 7, { COLS_2_6_32, IQ_TASK_PGTABLES_BYTES, IQ_TASK_SWAPENTS, IQ_TASK_OOM_SCORE_ADJ } },
	{ 8, { COLS_2_6_32, IQ_TASK_NR_PTES, IQ_TASK_NR_PMDS, IQ_TASK_SWAPENTS,
	       IQ_TASK_OOM_SCORE_ADJ } },
	{ 10, { COLS_2_6_32, IQ_TASK_RSS_ANON, IQ_TASK_RSS_FILE, IQ_TASK_RSS_SHMEM,
		IQ_TASK_PGTABLES_BYTES, IQ_TASK_SWAPENTS, IQ_TASK_OOM_SCORE_ADJ } },
};
enum { LAYOUT_2_6_32, LAYOUT_EL6, LAYOUT_3_10, LAYOUT_4_15, LAYOUT_4_4, LAYOUT_6_8 };

/* Numbers at the front of a row; name may be a number too, so only up to MAX. */
static size_t numbers(struct iq_slice text, int64_t *num, size_t max)
{
	int64_t pid;
	size_t n = 0;
	if (!row_head(&text, &pid))
		return 0;
	while (n < max && take_number(&text, &num[n]))
		n++;
	return n;
}

/* Seven numbers are three layouts: page tables in bytes are multiples of the page
 * size; oom_adj is within -17..15 and has oom_score_adj's sign; else nr_ptes. */
static int seven(const struct iq_tasktable *t)
{
	int64_t v[7];
	bool bytes = true, adj = true, some = false, ptes = true;
	for (const struct iq_taskrow *r = t->rows; r; r = r->next) {
		if (numbers(r->text, v, 7) < 7)
			continue;
		bytes &= v[4] % 4096 == 0;
		some |= v[4] > 0;
		adj &= v[5] >= -17 && v[5] <= 15 && (v[5] < 0) == (v[6] < 0) &&
		       (v[5] > 0) <= (v[6] >= 0);
		/* A table of 512 entries maps 512 pages. */
		ptes &= v[4] == IQ_NULL || v[3] == IQ_NULL || v[4] >= v[3] / 512;
	}
	if (bytes && some)
		return LAYOUT_4_15;
	return adj && !(ptes && some) ? LAYOUT_EL6 : LAYOUT_3_10;
}

static void infer(struct iq_tasktable *t)
{
	size_t least = 11;
	int64_t v[11];
	for (const struct iq_taskrow *r = t->rows; r; r = r->next) {
		size_t n = numbers(r->text, v, 11);
		if (n >= 6 && n < least)
			least = n;
	}
	int at = least < 7 ? LAYOUT_2_6_32 : least == 7 ? seven(t)
		: least < 10 ? LAYOUT_4_4 : LAYOUT_6_8;
	t->n_cols = layouts[at].n;
	memcpy(t->cols, layouts[at].cols, layouts[at].n * sizeof *t->cols);
}

/* --- rows to tasks --- */

static int64_t times(int64_t v, int64_t unit)
{
	int64_t bytes;
	if (v == IQ_NULL || __builtin_mul_overflow(v, unit, &bytes))
		return IQ_NULL;
	return bytes;
}

static void add_tables(struct iq_task *k, int64_t bytes)
{
	int64_t sum;
	if (k->page_table_bytes == IQ_NULL)
		k->page_table_bytes = bytes;
	else if (bytes != IQ_NULL && !__builtin_add_overflow(k->page_table_bytes, bytes, &sum))
		k->page_table_bytes = sum;
}

static void set_col(struct iq_taskrow *r, enum iq_task_col col, int64_t v, int64_t page)
{
	struct iq_task *k = &r->task;
	switch (col) {
	case IQ_TASK_UID:		k->uid = v; break;
	case IQ_TASK_TGID:		k->tgid = v; break;
	case IQ_TASK_TOTAL_VM:		k->total_vm_bytes = times(v, page);
					r->total_vm_pages = v; break;
	case IQ_TASK_RSS:		k->rss_bytes = times(v, page); break;
	case IQ_TASK_RSS_ANON:		k->anon_rss_bytes = times(v, page); break;
	case IQ_TASK_RSS_FILE:		k->file_rss_bytes = times(v, page); break;
	case IQ_TASK_RSS_SHMEM:		k->shmem_rss_bytes = times(v, page); break;
	case IQ_TASK_NR_PTES:
	case IQ_TASK_NR_PMDS:
	case IQ_TASK_NR_PUDS:		add_tables(k, times(v, page)); break;
	case IQ_TASK_PGTABLES_BYTES:	add_tables(k, v); break;
	case IQ_TASK_SWAPENTS:		k->swap_bytes = times(v, page); break;
	case IQ_TASK_CPU:		k->cpu = v; break;
	case IQ_TASK_OOM_ADJ:		k->oom_adj = v; break;
	case IQ_TASK_OOM_SCORE_ADJ:	k->oom_score_adj = v; break;
	case IQ_TASK_UNKNOWN:
	case IQ_TASK_COL_MAX:		break;
	}
}

static void to_task(const struct iq_tasktable *t, struct iq_taskrow *r, int64_t seq,
		    int64_t page)
{
	struct iq_slice s = r->text;
	size_t i;
	iq_fact_init(IQ_FACT_TASK, &r->task);
	r->total_vm_pages = IQ_NULL;
	r->task.seq = seq;
	r->task.line = r->line;
	r->task.kernel_thread = 0;		/* only tasks with memory of their own are listed */
	if (!row_head(&s, &r->task.pid))
		return;
	for (i = 0; i < t->n_cols; i++) {
		int64_t v;
		if (!take_number(&s, &v))
			break;
		set_col(r, t->cols[i], v, page);
	}
	if (i == t->n_cols)
		r->task.comm = iq_trim(s);
}

static int cmp_pid(const void *a, const void *b)
{
	const struct iq_taskrow *x = *(struct iq_taskrow *const *)a;
	const struct iq_taskrow *y = *(struct iq_taskrow *const *)b;
	if (x->task.pid != y->task.pid)
		return x->task.pid < y->task.pid ? -1 : 1;
	return (x->task.seq > y->task.seq) - (x->task.seq < y->task.seq);
}

void iq_tasktable_finish(struct iq_tasktable *t, int64_t page_size)
{
	int64_t seq = 0;
	size_t n = 0;
	if (!t->n_cols)
		infer(t);
	if (!t->by_pid && t->n_kept)
		t->by_pid = iq_arena_alloc(t->mem, t->n_kept * sizeof *t->by_pid);
	t->failed |= t->n_kept && !t->by_pid;
	for (struct iq_taskrow *r = t->rows; r; r = r->next) {
		to_task(t, r, seq++, page_size);
		if (t->by_pid)
			t->by_pid[n++] = r;
	}
	if (t->by_pid)
		qsort(t->by_pid, n, sizeof *t->by_pid, cmp_pid);
}

const struct iq_taskrow *iq_tasktable_find(const struct iq_tasktable *t, int64_t pid)
{
	size_t lo = 0, hi = t->by_pid ? t->n_kept : 0;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (t->by_pid[mid]->task.pid < pid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return t->by_pid && lo < t->n_kept && t->by_pid[lo]->task.pid == pid && pid != IQ_NULL
		? t->by_pid[lo] : NULL;
}

int64_t iq_tasktable_total_vm_pages(const struct iq_tasktable *t, int64_t pid)
{
	int64_t at, v[3];
	for (const struct iq_taskrow *r = t->rows; r; r = r->next) {
		struct iq_slice s = r->text;
		if (row_head(&s, &at) && at == pid && numbers(r->text, v, 3) == 3)
			return v[2];		/* third in every era */
	}
	return IQ_NULL;
}

/* A column of a newer kernel: "task 4070 rss_huge". */
static int put_unknown(const struct iq_tasktable *t, const struct iq_taskrow *r,
		       struct iq_sink *sink, int64_t snapshot_id, struct iq_err *err)
{
	int64_t v[IQ_TASKTABLE_COLS_MAX];
	size_t n = numbers(r->text, v, t->n_cols);
	for (size_t i = 0; i < n; i++) {
		struct iq_counter c;
		if (t->cols[i] || !t->names[i].p || v[i] == IQ_NULL)
			continue;
		iq_fact_init(IQ_FACT_COUNTER, &c);
		c.snapshot_id = snapshot_id;
		c.scope = IQ_LIT("host");
		c.name = iq_arena_printf(t->mem, "task %lld %.*s", (long long)r->task.pid,
					 IQ_FMT(t->names[i]));
		c.value = v[i];
		c.unit = IQ_LIT("count");
		if (iq_sink_put(sink, IQ_FACT_COUNTER, &c, err))
			return -1;
	}
	return 0;
}

int iq_tasktable_put(const struct iq_tasktable *t, struct iq_sink *sink, int64_t snapshot_id,
		     int64_t member_id, struct iq_err *err)
{
	bool unknown = false;
	if (t->failed)
		return iq_err_set(err, IQ_E_NOMEM, "process table: out of memory");
	for (size_t i = 0; i < t->n_cols; i++)
		unknown |= !t->cols[i];
	for (struct iq_taskrow *r = t->rows; r; r = r->next) {
		r->task.snapshot_id = snapshot_id;
		r->task.member_id = member_id;
		if (iq_sink_put(sink, IQ_FACT_TASK, &r->task, err) ||
		    (unknown && put_unknown(t, r, sink, snapshot_id, err)))
			return -1;
	}
	return 0;
}

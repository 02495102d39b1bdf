/* parse/killed.c - see killed.h.
 *
 * A command name may hold blanks, brackets, commas and "):" and is therefore bounded
 * by what comes behind it, searched from the right.
 */
#include "parse/killed.h"

#include <stdio.h>

#define COMM_MAX 15			/* TASK_COMM_LEN without its NUL */

static void init(struct iq_kill *k)
{
	memset(k, 0, sizeof *k);
	k->pid = k->uid = k->adj = k->score = IQ_NULL;
	k->total_vm_bytes = k->anon_rss_bytes = k->file_rss_bytes = IQ_NULL;
	k->shmem_rss_bytes = k->page_table_bytes = IQ_NULL;
}

/* "UB 317592" of "Out of memory in UB 317592". */
static struct iq_slice ub_of(struct iq_slice s)
{
	struct iq_slice lead = IQ_LIT("Out of memory in ");
	ptrdiff_t at = iq_find(s, lead);
	s = iq_trim(at < 0 ? IQ_SLICE_NULL : iq_from(s, (size_t)at + lead.n));
	return s.n > 3 && iq_starts(s, IQ_LIT("UB ")) && iq_find_char(iq_from(s, 3), ' ') < 0
		? s : IQ_SLICE_NULL;
}

static enum iq_kill_prefix prefix_of(struct iq_slice s)
{
	static const struct { const char *text; enum iq_kill_prefix prefix; } rows[] = {
		{ "Memory cgroup out of memory", IQ_KILL_CGROUP },
		{ "Out of memory (oom_kill_allocating_task)", IQ_KILL_ALLOCATING },
		{ "Out of memory", IQ_KILL_HOST },
		{ "Out of Memory", IQ_KILL_HOST },		/* 2.6.0 to 2.6.17 */
		{ "No available memory (MPOL_BIND)", IQ_KILL_MEMPOLICY },
	};
	s = iq_trim(s);
	if (!s.n)
		return IQ_KILL_BARE;
	if (ub_of(s).n)
		return IQ_KILL_UB;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (iq_ends(s, iq_slice_z(rows[i].text)))
			return rows[i].prefix;
	return IQ_KILL_OTHER;
}

/* Finds VERB; what stands before it up to ':' is the prefix; *s ends up behind. */
static bool verb(struct iq_slice *s, struct iq_slice word, struct iq_kill *k)
{
	ptrdiff_t at = iq_find(*s, word);
	if (at < 0)
		return false;
	struct iq_slice before = iq_trim(iq_head(*s, (size_t)at));
	if (before.n && before.p[before.n - 1] == ':')
		before.n--;
	k->prefix = prefix_of(before);
	k->ub = ub_of(before);
	*s = iq_from(*s, (size_t)at + word.n);
	iq_skip_blank(s);
	return true;
}

/* A number, or a run of digits and stars that leaves it missing. */
static bool masked_number(struct iq_slice *s, int64_t *ret)
{
	size_t n = 0;
	int64_t v;
	while (n < s->n && ((s->p[n] >= '0' && s->p[n] <= '9') || s->p[n] == '*' ||
			    (n == 0 && s->p[n] == '-')))
		n++;
	if (!n)
		return false;
	*ret = iq_to_i64(iq_head(*s, n), &v) ? v : IQ_NULL;
	*s = iq_from(*s, n);
	return true;
}

/* Where a name ends of which nothing tells what follows: at the last ')' that leaves it
 * no longer than a name can be (TASK_COMM_LEN: 15 bytes), else at the first. */
static ptrdiff_t loose_end(struct iq_slice s)
{
	ptrdiff_t at = iq_rfind(iq_head(s, COMM_MAX + 1), IQ_LIT(")"));
	return at < 0 ? iq_find_char(s, ')') : at;
}

/* "(comm)" that ends before END, or where a name can.  *s ends up behind. */
static void comm_until(struct iq_slice *s, struct iq_slice end, struct iq_kill *k)
{
	if (!iq_skip(s, IQ_LIT("(")))
		return;
	ptrdiff_t at = end.n ? iq_rfind(*s, end) : loose_end(*s);
	if (at < 0)
		return;
	k->comm = iq_head(*s, (size_t)at);
	*s = iq_from(*s, (size_t)at + 1);
}

/* "process **** (****)": how people write of such a line, not one with digits masked. */
static bool is_pattern(const struct iq_kill *k)
{
	for (size_t i = 0; i < k->comm.n; i++)
		if (k->comm.p[i] != '*')
			return false;
	return k->pid == IQ_NULL && k->comm.n;
}

bool iq_kill_chosen(struct iq_slice text, struct iq_kill *ret)
{
	struct iq_kill k;
	struct iq_slice s = text;
	init(&k);
	if (!verb(&s, IQ_LIT("Kill process "), &k) && !verb(&s, IQ_LIT("kill process "), &k))
		return false;
	if (!masked_number(&s, &k.pid))
		return false;
	iq_skip_blank(&s);
	bool score = iq_has(s, IQ_LIT(") score "));
	/* Clipped before the score: only the words in front tell it from other text. */
	if (!score && (k.prefix == IQ_KILL_BARE || k.prefix == IQ_KILL_OTHER ||
		       !iq_starts(s, IQ_LIT("("))))
		return false;
	comm_until(&s, score ? IQ_LIT(") score ") : IQ_SLICE_NULL, &k);
	if (is_pattern(&k))
		return false;
	iq_skip_blank(&s);
	iq_skip(&s, IQ_LIT("score "));
	iq_skip_blank(&s);
	masked_number(&s, &k.score);
	*ret = k;
	return true;
}

bool iq_kill_sharing(struct iq_slice text, struct iq_kill *ret)
{
	struct iq_kill k;
	struct iq_slice s = text;
	init(&k);
	if (!verb(&s, IQ_LIT("Kill process "), &k) || !masked_number(&s, &k.pid) ||
	    !iq_has(s, IQ_LIT(") sharing same memory")))
		return false;
	iq_skip_blank(&s);
	comm_until(&s, IQ_LIT(") sharing same memory"), &k);
	*ret = k;
	return true;
}

/* Fields behind the name.  '_' and '-' count as one another. */
#define AT(m) offsetof(struct iq_kill, m)
static const struct kill_field {
	const char *name;
	size_t at;
	int64_t unit;			/* multiplier; 0: count */
} kill_fields[] = {
	{ "total-vm", AT(total_vm_bytes), 1024 },	/* el6, 3.2 */
	{ "vsz", AT(total_vm_bytes), 1024 },		/* 2.6.33 */
	{ "vm", AT(total_vm_bytes), 1024 },		/* OpenVZ */
	{ "anon-rss", AT(anon_rss_bytes), 1024 },
	{ "file-rss", AT(file_rss_bytes), 1024 },
	{ "shmem-rss", AT(shmem_rss_bytes), 1024 },	/* 4.5 */
	{ "UID", AT(uid), 0 },				/* el6, el7; 5.4.y, 5.8 */
	{ "pgtables", AT(page_table_bytes), 1024 },	/* 5.4.y, 5.8 */
	{ "oom-score-adj", AT(adj), 0 },		/* 5.4.y, 5.8 */
};

static bool same_name(struct iq_slice a, struct iq_slice b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (a.p[i] != b.p[i] && !(a.p[i] == '_' && b.p[i] == '-'))
			return false;
	return true;
}

static bool take_kb(struct iq_slice *s)
{
	return iq_skip(s, IQ_LIT("kB")) || iq_skip(s, IQ_LIT("KB")) ||
	       iq_skip(s, IQ_LIT("kb"));
}

static void set_field(struct iq_kill *k, struct iq_slice name, int64_t v, bool kb)
{
	int64_t bytes = v;
	if (v != IQ_NULL && kb && __builtin_mul_overflow(v, 1024, &bytes))
		bytes = IQ_NULL;
	for (size_t i = 0; i < sizeof kill_fields / sizeof *kill_fields; i++) {
		const struct kill_field *f = &kill_fields[i];
		if (same_name(name, iq_slice_z(f->name))) {
			*(int64_t *)(void *)((char *)k + f->at) = f->unit && !kb ? IQ_NULL : bytes;
			return;
		}
	}
	if (k->n_extra < IQ_KILL_EXTRA_MAX && v != IQ_NULL) {
		k->extra[k->n_extra].name = name;
		k->extra[k->n_extra].bytes = bytes;
		k->extra[k->n_extra++].is_bytes = kb;
	}
}

/* "name:123kB, name: 123kB, UID 0, ..." to the end of the line. */
static void fields(struct iq_slice s, struct iq_kill *k)
{
	while (s.n) {
		while (s.n && (*s.p == ' ' || *s.p == ',' || *s.p == '\t'))
			s = iq_from(s, 1);
		size_t n = 0;
		while (n < s.n && ((s.p[n] >= 'a' && s.p[n] <= 'z') || s.p[n] == '_' ||
				   (s.p[n] >= 'A' && s.p[n] <= 'Z') || s.p[n] == '-'))
			n++;
		struct iq_slice name = iq_head(s, n);
		s = iq_from(s, n);
		bool colon = iq_skip(&s, IQ_LIT(":"));
		iq_skip_blank(&s);
		int64_t v;
		if (!n || (!colon && !iq_eq(name, IQ_LIT("UID"))) || !masked_number(&s, &v)) {
			k->cut = n && !s.n;
			(void)iq_word(&s);	/* words that are no field */
			continue;
		}
		bool kb = take_kb(&s);
		k->cut = !kb && !s.n && iq_ends(name, IQ_LIT("rss"));
		if (!k->cut)
			set_field(k, name, v, kb);
	}
}

/* 5.4 and 5.5 print pgtables in bytes and call it kB. */
static void mend_pgtables(struct iq_kill *k)
{
	if (k->page_table_bytes != IQ_NULL && k->total_vm_bytes != IQ_NULL &&
	    k->total_vm_bytes && k->page_table_bytes > k->total_vm_bytes)
		k->page_table_bytes /= 1024;
}

/* Where the name ends: before the first thing that can follow it. */
static void killed_comm(struct iq_slice *s, struct iq_kill *k)
{
	static const char *const ends[] = { ") total-vm", ") vsz:", "), UID", ") UID", "), total-vm" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (iq_has(*s, iq_slice_z(ends[i]))) {
			comm_until(s, iq_slice_z(ends[i]), k);
			return;
		}
	comm_until(s, IQ_SLICE_NULL, k);
}

bool iq_kill_killed(struct iq_slice text, struct iq_kill *ret)
{
	struct iq_kill k;
	struct iq_slice s = text;
	init(&k);
	bool ub = !verb(&s, IQ_LIT("Killed process "), &k);	/* OpenVZ's form */
	if (ub && !verb(&s, IQ_LIT("OOM killed process "), &k))
		return false;
	/* written down without the pid: the words in front tell it from other text */
	bool no_pid = !masked_number(&s, &k.pid);
	if (no_pid && ((k.prefix != IQ_KILL_HOST && k.prefix != IQ_KILL_CGROUP) ||
			 !iq_starts(s, IQ_LIT("(")) || !iq_has(s, IQ_LIT("-rss:"))))
		return false;
	iq_skip(&s, IQ_LIT(","));
	iq_skip_blank(&s);
	if (iq_skip(&s, IQ_LIT("UID "))) {			/* el6: before the name */
		masked_number(&s, &k.uid);
		iq_skip(&s, IQ_LIT(","));
		iq_skip_blank(&s);
	}
	if (ub)
		comm_until(&s, IQ_LIT(") score "), &k);
	else
		killed_comm(&s, &k);
	if (is_pattern(&k))
		return false;
	iq_skip_blank(&s);
	if (ub && iq_skip(&s, IQ_LIT("score ")))
		masked_number(&s, &k.score);
	fields(s, &k);
	mend_pgtables(&k);
	*ret = k;
	return true;
}

static bool reaper(struct iq_slice *s)
{
	iq_skip_blank(s);
	bool mine = iq_skip(s, IQ_LIT("oom_reaper:")) || iq_skip(s, IQ_LIT("oom-reaper:"));
	iq_skip_blank(s);
	return mine;
}

bool iq_kill_reaped(struct iq_slice text, struct iq_kill *ret)
{
	struct iq_kill k;
	struct iq_slice s = text;
	init(&k);
	if (!reaper(&s) || !iq_skip(&s, IQ_LIT("reaped process ")) ||
	    !masked_number(&s, &k.pid))
		return false;
	iq_skip_blank(&s);
	comm_until(&s, iq_has(s, IQ_LIT("), now ")) ? IQ_LIT("), now ") : IQ_SLICE_NULL, &k);
	iq_skip(&s, IQ_LIT(", now "));
	fields(s, &k);
	*ret = k;
	return true;
}

bool iq_kill_unreaped(struct iq_slice text, struct iq_kill *ret)
{
	struct iq_kill k;
	struct iq_slice s = text;
	init(&k);
	if (!reaper(&s) || !(iq_skip(&s, IQ_LIT("unable to reap pid:")) ||
			     iq_skip(&s, IQ_LIT("giving up pid:"))) ||
	    !masked_number(&s, &k.pid))
		return false;
	iq_skip_blank(&s);
	comm_until(&s, IQ_SLICE_NULL, &k);
	*ret = k;
	return true;
}

bool iq_kill_exiting(struct iq_slice text, struct iq_kill *ret)
{
	struct iq_kill k;
	struct iq_slice s = text;
	init(&k);
	if (!iq_has(s, IQ_LIT(") is already exiting")) ||
	    !verb(&s, IQ_LIT("OOM victim "), &k) || !masked_number(&s, &k.pid))
		return false;
	iq_skip_blank(&s);
	comm_until(&s, IQ_LIT(") is already exiting"), &k);
	*ret = k;
	return true;
}

/* Where ",KEY=" stands, the first or the last one; *ret_n its length.  People who set
 * the line out anew write ", KEY=". */
static ptrdiff_t key_at(struct iq_slice s, const char *key, bool last, size_t *ret_n)
{
	char loose[32];
	struct iq_slice k = iq_slice_z(key);
	ptrdiff_t at = last ? iq_rfind(s, k) : iq_find(s, k);
	*ret_n = k.n;
	if (at >= 0)
		return at;
	snprintf(loose, sizeof loose, ", %s", key + 1);
	k = iq_slice_z(loose);
	*ret_n = k.n;
	return last ? iq_rfind(s, k) : iq_find(s, k);
}

/* Cuts *s at the last ",KEY=" and returns what stood behind it, or p NULL. */
static struct iq_slice chop(struct iq_slice *s, const char *key)
{
	size_t n;
	ptrdiff_t at = key_at(*s, key, true, &n);
	if (at < 0)
		return IQ_SLICE_NULL;
	struct iq_slice v = iq_from(*s, (size_t)at + n);
	s->n = (size_t)at;
	while (v.n && (v.p[v.n - 1] == ',' || v.p[v.n - 1] == ' '))
		v.n--;
	return v;
}

bool iq_kill_summary(struct iq_slice text, struct iq_kill_summary *ret)
{
	struct iq_kill_summary k;
	struct iq_slice s = iq_trim(text), v;
	memset(&k, 0, sizeof k);
	k.pid = k.uid = IQ_NULL;
	if (!iq_skip(&s, IQ_LIT("oom-kill:")) && !iq_skip(&s, IQ_LIT("oom_kill:")))
		return false;
	iq_skip_blank(&s);
	bool stated = iq_starts(s, IQ_LIT("constraint="));
	/* a vendor's 3.10 and 4.x leave it out: "oom-kill:,cpuset=..." */
	if (!stated && (!iq_starts(s, IQ_LIT(",")) || !iq_has(s, IQ_LIT(",task="))))
		return false;
	/* From the right: the name may hold ',' and '='; then a cgroup's path may. */
	v = chop(&s, ",uid=");
	if (v.p)
		masked_number(&v, &k.uid);
	v = chop(&s, ",pid=");
	if (v.p)
		masked_number(&v, &k.pid);
	size_t n;
	ptrdiff_t memcg = key_at(s, ",task_memcg=", false, &n);
	struct iq_slice tail = memcg < 0 ? s : iq_from(s, (size_t)memcg);
	ptrdiff_t task = key_at(tail, ",task=", false, &n);
	if (task >= 0) {
		k.task = iq_from(tail, (size_t)task + n);
		s.n = (size_t)(tail.p - s.p) + (size_t)task;
	}
	k.task_memcg = chop(&s, ",task_memcg=");
	k.oom_memcg = chop(&s, ",oom_memcg=");
	if (iq_ends(s, IQ_LIT("global_oom"))) {
		k.global = true;
		s.n -= 10;
	}
	k.mems_allowed = chop(&s, ",mems_allowed=");
	k.cpuset = chop(&s, ",cpuset=");
	k.nodemask = chop(&s, ",nodemask=");
	if (stated)
		k.constraint = iq_from(s, 11);
	*ret = k;
	return true;
}

/* parse/state/pid.c - /proc/PID/status, stat and cgroup; see tasks.h.
 *
 * Follows fs/proc/array.c, fs/proc/task_mmu.c and kernel/cgroup/cgroup.c of 2.6.32 to
 * 7.2.
 */
#include "parse/state/tasks.h"

void iq_pid_status_init(struct iq_pid_status *s)
{
	memset(s, 0, sizeof *s);
	iq_fact_init(IQ_FACT_TASK, &s->task);
}

/* The kernel writes a newline as \n and a backslash as \\. */
static void take_name(struct iq_pid_status *s, struct iq_slice v)
{
	size_t n = 0;

	for (size_t i = 0; i < v.n && n + 1 < sizeof s->name; i++) {
		char c = v.p[i];
		if (c == '\\' && i + 1 < v.n && (v.p[i + 1] == '\\' || v.p[i + 1] == 'n'))
			c = v.p[++i] == 'n' ? '\n' : '\\';
		s->name[n++] = c;
	}
	s->task.comm = iq_slice(s->name, n);
}

static bool take_kb(struct iq_slice v, int64_t *ret)
{
	uint64_t n;

	if (!iq_take_u64(&v, &n) || n > INT64_MAX || !iq_eq(iq_trim(v), IQ_LIT("kB")))
		return false;
	*ret = (int64_t)n;
	return iq_kib(ret);
}

static bool take_memory(struct iq_pid_status *s, struct iq_slice key, struct iq_slice v)
{
	static const struct { const char *key; size_t at; } rows[] = {
		{ "VmSize", offsetof(struct iq_task, total_vm_bytes) },
		{ "VmRSS", offsetof(struct iq_task, rss_bytes) },
		{ "RssAnon", offsetof(struct iq_task, anon_rss_bytes) },
		{ "RssFile", offsetof(struct iq_task, file_rss_bytes) },
		{ "RssShmem", offsetof(struct iq_task, shmem_rss_bytes) },
		{ "VmSwap", offsetof(struct iq_task, swap_bytes) },
		{ "VmPTE", offsetof(struct iq_task, page_table_bytes) },
	};
	int64_t bytes, *at;

	if (iq_eq(key, IQ_LIT("VmPMD"))) {	/* part of VmPTE since 4.15 */
		at = &s->task.page_table_bytes;
		if (take_kb(v, &bytes) && *at != IQ_NULL &&
		    __builtin_add_overflow(*at, bytes, at))
			*at = IQ_NULL;
		return true;
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!iq_eq(key, iq_slice_z(rows[i].key)))
			continue;
		if (take_kb(v, &bytes)) {
			*(int64_t *)(void *)((char *)&s->task + rows[i].at) = bytes;
			s->has_memory = true;
		}
		return true;
	}
	return false;
}

static void take_id(int64_t *to, struct iq_slice v)
{
	uint64_t n;

	if (iq_take_u64(&v, &n) && n <= UINT32_MAX)
		*to = (int64_t)n;
}

void iq_pid_status_line(struct iq_pid_status *s, struct iq_slice line)
{
	ptrdiff_t colon = iq_find_char(line, ':');
	struct iq_task *t = &s->task;

	if (colon <= 0)
		return;
	struct iq_slice key = iq_head(line, (size_t)colon);
	struct iq_slice v = iq_from(line, (size_t)colon + 1);
	/* a name may end in blanks */
	if (iq_eq(key, IQ_LIT("Name"))) {
		if (iq_skip(&v, IQ_LIT("\t")) && v.n)
			take_name(s, v);
		s->any = s->any || v.n;
		return;
	}
	v = iq_trim(v);
	if (iq_eq(key, IQ_LIT("State"))) {
		if (v.n && *v.p > ' ' && *v.p < 0x7f) {
			s->state[0] = *v.p;
			t->state = iq_slice(s->state, 1);
		}
	} else if (iq_eq(key, IQ_LIT("Tgid"))) {
		take_id(&t->tgid, v);
	} else if (iq_eq(key, IQ_LIT("Pid"))) {
		take_id(&t->pid, v);
	} else if (iq_eq(key, IQ_LIT("PPid"))) {
		take_id(&t->ppid, v);
	} else if (iq_eq(key, IQ_LIT("Uid"))) {
		take_id(&t->uid, v);
	} else if (iq_eq(key, IQ_LIT("Kthread"))) {
		t->kernel_thread = iq_eq(v, IQ_LIT("1"));
	} else {
		take_memory(s, key, v);
	}
}

bool iq_pid_status_done(struct iq_pid_status *s)
{
	struct iq_task *t = &s->task;

	if (!s->any || t->pid == IQ_NULL)
		return false;
	/* a zombie has no memory either */
	if (t->kernel_thread == IQ_NULL && s->has_memory)
		t->kernel_thread = 0;
	if (t->kernel_thread == IQ_NULL && t->ppid != IQ_NULL)
		t->kernel_thread = t->pid == 2 || t->ppid == 2;
	return true;
}

/* --- stat --- */

enum { STAT_STATE = 3, STAT_PPID = 4, STAT_FLAGS = 9, STAT_START = 22, STAT_VSIZE = 23,
       STAT_CPU = 39 };

bool iq_pid_stat(struct iq_slice line, struct iq_task *ret)
{
	struct iq_slice s = line;
	ptrdiff_t open = iq_find(line, IQ_LIT(" (")), close = iq_rfind(line, IQ_LIT(") "));
	int64_t v;

	iq_fact_init(IQ_FACT_TASK, ret);
	if (open <= 0 || close <= open + 1)
		return false;
	take_id(&ret->pid, iq_head(line, (size_t)open));
	if (ret->pid == IQ_NULL)
		return false;
	ret->comm = iq_slice(line.p + open + 2, (size_t)(close - open - 2));
	s = iq_from(line, (size_t)close + 2);
	for (int field = STAT_STATE; s.n && field <= STAT_CPU; field++) {
		struct iq_slice word = iq_word(&s);
		iq_skip_blank(&s);
		if (field == STAT_STATE) {
			ret->state = iq_head(word, 1);
			continue;
		}
		if (!iq_to_i64(word, &v) || v < 0)
			continue;
		if (field == STAT_PPID)
			ret->ppid = v;
		else if (field == STAT_FLAGS)
			ret->flags = v;
		else if (field == STAT_START && v < INT64_MAX / 10000)
			ret->start_us = v * 10000;
		else if (field == STAT_VSIZE)
			ret->total_vm_bytes = v;
		else if (field == STAT_CPU)
			ret->cpu = v;
	}
	if (ret->flags != IQ_NULL)
		ret->kernel_thread = (ret->flags & 0x200000) != 0;	/* PF_KTHREAD */
	return true;
}

/* --- cgroup --- */

static bool has_controller(struct iq_slice list, struct iq_slice name)
{
	while (list.n)
		if (iq_eq(iq_cut(&list, ','), name))
			return true;
	return false;
}

/* "11:memory:/a", "1:name=systemd:/a", "0::/a" */
bool iq_pid_cgroup_line(struct iq_pid_cgroup *c, struct iq_slice line)
{
	struct iq_slice rest = line, id = iq_cut(&rest, ':');
	struct iq_slice controllers = iq_cut(&rest, ':');
	int64_t n;

	if (!iq_to_i64(id, &n) || n < 0 || !rest.n || *rest.p != '/')
		return false;
	if (!controllers.n && n == 0)
		c->unified = rest;
	else if (iq_eq(controllers, IQ_LIT("name=systemd")))
		c->systemd = rest;
	else if (has_controller(controllers, IQ_LIT("memory")))
		c->memory = rest;
	return true;
}

/* Where the next "N:controllers:/" begins behind a comma; controllers have commas too. */
static size_t next_entry(struct iq_slice s)
{
	for (size_t i = 0; i + 1 < s.n; i++) {
		size_t k = i + 1;
		if (s.p[i] != ',')
			continue;
		while (k < s.n && s.p[k] >= '0' && s.p[k] <= '9')
			k++;
		if (k > i + 1 && k < s.n && s.p[k] == ':')
			return i;
	}
	return s.n;
}

void iq_pid_cgroup_list(struct iq_pid_cgroup *c, struct iq_slice list)
{
	while (list.n) {
		size_t n = next_entry(list);
		iq_pid_cgroup_line(c, iq_head(list, n));
		list = iq_from(list, n + 1);
	}
}

struct iq_slice iq_pid_cgroup_path(const struct iq_pid_cgroup *c)
{
	return c->memory.p ? c->memory : c->unified.p ? c->unified : c->systemd;
}

struct iq_slice iq_pid_cgroup_unit(const struct iq_pid_cgroup *c)
{
	return c->systemd.p ? c->systemd : c->unified.p && c->unified.n > 1 ? c->unified
	       : c->memory.p ? c->memory : c->unified;
}

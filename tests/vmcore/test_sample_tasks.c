/* vmcore/: the processes in the lab's dumps of real kernels are those that the guest's
 * own /proc showed: identity, parent, user, protection, address space.  The damaged dump
 * says that it is; the others say that they are whole.
 */
#include "sample.h"

#define TASKS 4096

struct seen {
	int64_t pid, tgid, ppid, uid, adj, vm, page_tables;
	char comm[64];
};

struct collect {
	struct iq_sink sink;
	struct seen *t;
	size_t n;
};

static int put(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
	       struct iq_err *err)
{
	struct collect *c = (struct collect *)sink;
	const struct iq_task *f = fact;
	(void)err;
	if (type != IQ_FACT_TASK)
		return 0;
	assert_true(c->n < TASKS);
	struct seen *t = &c->t[c->n++];
	*t = (struct seen){ f->pid, f->tgid, f->ppid, f->uid, f->oom_score_adj,
			    f->total_vm_bytes, f->page_table_bytes, "" };
	snprintf(t->comm, sizeof t->comm, "%.*s", IQ_FMT(f->comm));
	return 0;
}

static const struct seen *of_pid(const struct collect *c, int64_t pid)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->t[i].pid == pid && pid)
			return &c->t[i];
	return NULL;
}

static int64_t number(struct iq_slice process, const char *key)
{
	struct iq_slice v = truth_value(process, key, ',');
	int64_t n;
	return iq_to_i64(iq_trim(v), &n) ? n : IQ_NULL;
}

/* One process of the record.  LIVE: recorded at the moment of the crash. */
static void compare(const struct collect *c, struct iq_slice p, bool live)
{
	int64_t pid = number(p, "pid"), kb = number(p, "vm_size_kb");
	struct iq_slice comm = truth_value(p, "comm", ',');
	const struct seen *t = of_pid(c, pid);

	comm = truth_string(&comm);
	if (iq_eq(comm, IQ_LIT("snap")))
		return;			/* the recorder */
	if (!t)
		fail_msg("process %lld is missing", (long long)pid);
	assert_int_equal(t->tgid, pid);
	if (!iq_starts(comm, IQ_LIT("kworker")))
		assert_true(iq_eq(comm, iq_slice_z(t->comm)));
	assert_int_equal(t->adj, number(p, "oom_score_adj"));
	assert_int_equal(t->uid, number(p, "uid"));
	assert_int_equal(t->ppid, number(p, "ppid"));
	if (live && kb != IQ_NULL)
		assert_int_equal(t->vm, kb * 1024);
	if (live && kb == IQ_NULL)
		assert_int_equal(t->vm, IQ_NULL);
}

static void check(const struct sample *s, struct iq_vmcore *v)
{
	struct collect c = { .sink.put = put, .t = calloc(TASKS, sizeof *c.t) };
	struct iq_slice list = s->truth;
	struct iq_boot boot;
	struct iq_snapshot snap;
	struct iq_err err;
	bool live = iq_has(list, IQ_LIT("\"at-crash\"")), lost = false;
	size_t n = 0;

	iq_fact_init(IQ_FACT_BOOT, &boot);
	if (iq_vmcore_state(v, NULL, &c.sink, 1, &boot, &snap, &err))
		fail_msg("%s", err.text);
	lost = strstr(s->dir[0], "lost") != NULL;
	assert_int_equal(snap.complete, !lost);
	list = iq_from(list, (size_t)iq_rfind(list, IQ_LIT("\"processes\": [")));
	while (!lost) {
		ptrdiff_t at = iq_find(list, IQ_LIT("    {\n     \"pid\": "));
		if (at < 0)
			break;
		list = iq_from(list, (size_t)at + 6);
		ptrdiff_t end = iq_find(list, IQ_LIT("\n    }"));
		assert_true(end > 0);
		compare(&c, iq_head(list, (size_t)end), live);
		n++;
	}
	assert_true(lost || n > 40);
	print_message("%s: %zu processes of %zu tasks\n", s->dir[0], n, c.n);
	free(c.t);
}

static void sample(void **state)
{
	sample_run(*state, check);
}

int main(void)
{
	struct CMUnitTest tests[N_SAMPLES];

	for (size_t i = 0; i < N_SAMPLES; i++)
		tests[i] = (struct CMUnitTest){ sample_dirs[i][0], sample, NULL, NULL,
						(void *)(uintptr_t)sample_dirs[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

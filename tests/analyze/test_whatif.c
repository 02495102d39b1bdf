/* tests/analyze/test_whatif.c - who would have died: questions and answers.
 */
#include "world.h"

static char *ask_whatif(struct iq_store *s, const struct iq_whatif *w, struct iq_err *err)
{
	struct iq_buf out;

	iq_buf_init(&out);
	*err = (struct iq_err){ 0 };
	if (iq_whatif(s, w, &out, err)) {
		iq_buf_fini(&out);
		return NULL;
	}
	return out.p;
}

static struct iq_whatif question(int64_t event)
{
	return (struct iq_whatif){ .event_id = event, .limit_bytes = IQ_NULL };
}

/* Every one of WANT (ends with NULL) is in the answer. */
static void answers(struct iq_store *s, const struct iq_whatif *w, const char *const *want)
{
	struct iq_err err;
	char *text = ask_whatif(s, w, &err);

	if (!text)
		fail_msg("%s", err.text);
	for (; *want; want++)
		if (!strstr(text, *want))
			fail_msg("not there: %s\n%s", *want, text);
	free(text);
}

static struct iq_store *pod(void)
{
	struct feed f;

	world_begin(&f, "v10", "web-3", "5.10.0");
	world_v10(&f, 1, 5);
	world_event(&f, 2, "panic", 6);
	return world_end(&f, NULL);
}

static void v10_shell_spared(void **state)
{
	const struct iq_whatif_adj adj[] = { { 102, 0 } };
	static const char *const want[] = {
		"if sh[102] had oom_score_adj 0 (was 1000)",
		"Chosen as it was: sh[102], and it was killed",
		"Chosen then:      java[100].",
		"131072 pages (512 MiB", "Confidence: strong", "5.10", NULL
	};
	struct iq_store *s = pod();
	struct iq_whatif w = question(1);

	(void)state;
	w.adj = adj;
	w.n_adj = 1;
	answers(s, &w, want);
	iq_store_close(s);
}

static void as_it_was(void **state)
{
	static const char *const want[] = {
		"as it was", "Chosen then:      sh[102] as well", "131310", "-121708", NULL
	};
	struct iq_store *s = pod();
	struct iq_whatif w = question(1);

	(void)state;
	answers(s, &w, want);
	iq_store_close(s);
}

static void limits(void **state)
{
	static const char *const more[] = {
		"the limit were 1 GiB (was 512 MiB)", "the charge would have passed",
		"262144 pages (1 GiB", NULL
	};
	static const char *const less[] = {
		"the limit were 256 MiB (was 512 MiB)", "would have failed all the same",
		"65536 pages (256 MiB", NULL
	};
	struct iq_store *s = pod();
	struct iq_whatif w = question(1);

	(void)state;
	w.limit_bytes = INT64_C(1) << 30;
	answers(s, &w, more);
	w.limit_bytes = INT64_C(1) << 28;
	answers(s, &w, less);
	iq_store_close(s);
}

static void without_some(void **state)
{
	static const int64_t sh[] = { 102 }, all[] = { 100, 101, 102 };
	static const char *const want[] = {
		"sh[102] were not there", "Chosen then:      java[100].",
		"the charge would have passed", NULL
	};
	static const char *const nobody[] = { "nobody: no process would be eligible", NULL };
	struct iq_store *s = pod();
	struct iq_whatif w = question(1);

	(void)state;
	w.without = sh;
	w.n_without = 1;
	answers(s, &w, want);
	w.without = all;
	w.n_without = 3;
	answers(s, &w, nobody);
	iq_store_close(s);
}

/* V9: without the root bonus in mind the answer would be another. */
static void v9_root(void **state)
{
	static const struct world_task tasks[] = {
		{ 1, 0, 500000, 1000, 0, 0, "A" }, { 2, 1000, 489000, 980, 0, 0, "B" },
	};
	const struct iq_whatif_adj adj[] = { { 2, -10 } };
	static const char *const want[] = {
		"Chosen as it was: B[2], and it was killed", "Chosen then:      A[1].",
		"CAP_SYS_ADMIN", "Confidence: likely", NULL
	};
	struct iq_whatif w = question(1);
	struct iq_store *s;
	struct feed f;

	(void)state;
	world_begin(&f, "v9", "h", "4.4.0");
	world_event(&f, 1, "oom-kill", 5);
	ADD(&f, OOM, oom, .event_id = 1, .constraint_kind = TEXT("none"),
	    .swap_total_bytes = ZERO);
	world_line(&f, 1, 1, "table-header", "[ pid ]   uid  tgid total_vm      rss nr_ptes "
		   "nr_pmds swapents oom_score_adj name");
	world_counter(&f, 1, "pages RAM", 1906000);
	world_counter(&f, 1, "pages reserved", 0);
	world_tasks(&f, 1, tasks, COUNT(tasks));
	world_victim(&f, 1, 2, "B");
	s = world_end(&f, NULL);
	w.adj = adj;
	w.n_adj = 1;
	answers(s, &w, want);
	w.limit_bytes = 1 << 20;
	struct iq_err err;
	assert_null(ask_whatif(s, &w, &err));
	assert_non_null(strstr(err.text, "no cgroup's limit"));
	iq_store_close(s);
}

/* All at -1000, and no Mem-Info to weigh an adj against: at 0 pages are pages. */
static void nobody_was_left(void **state)
{
	static const struct world_task tasks[] = {
		{ 7, 0, 245, 59, 0, -1000, "sshd" }, { 8, 0, 126, 29, 0, -1000, "udevd" },
	};
	static const char *const plain[] = {
		"Chosen as it was: nobody", "Chosen then:      udevd[8].", NULL
	};
	static const char *const weighed[] = {
		"Chosen then:      not computable.", "figures are missing", NULL
	};
	static const struct iq_whatif_adj zero_adj[] = { { 8, 0 } }, five[] = { { 8, 5 } };
	struct iq_whatif w = question(1);
	struct iq_store *s;
	struct feed f;

	(void)state;
	world_begin(&f, "nobody", "h", "4.4.0");
	world_event(&f, 1, "oom-kill", 5);
	ADD(&f, OOM, oom, .event_id = 1, .global_oom = 1, .no_killable = 1);
	world_tasks(&f, 1, tasks, COUNT(tasks));
	s = world_end(&f, NULL);
	w.adj = zero_adj;
	w.n_adj = 1;
	answers(s, &w, plain);
	w.adj = five;
	answers(s, &w, weighed);
	iq_store_close(s);
}

/* What the points do not decide is said. */
static void other_rules(void **state)
{
	static const struct {
		const char *release;
		int64_t allocating, victims;
		const char *says;
	} t[] = {
		{ "5.10.0", 1, 1, "whatever the points" },
		{ "5.10.0", ZERO, ZERO, "nobody was killed in this event" },
		{ "4.9.0", ZERO, 1, "kill a child of the chosen one" },
	};
	static const struct world_task tasks[] = { { 7, 1, 245, 59, 0, 0, "a" },
						   { 8, 1, 126, 29, 0, 0, "b" } };

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const char *const want[] = { "Chosen then:      a[7] as well", t[i].says, NULL };
		struct iq_whatif w = question(1);
		struct iq_store *s;
		struct feed f;
		world_begin(&f, "rules", "h", t[i].release);
		world_event(&f, 1, "oom-kill", 5);
		ADD(&f, OOM, oom, .event_id = 1, .global_oom = 1, .victim_count = t[i].victims,
		    .allocating_task = t[i].allocating);
		world_tasks(&f, 1, tasks, COUNT(tasks));
		s = world_end(&f, NULL);
		answers(s, &w, want);
		iq_store_close(s);
	}
}

static void questions_that_are_none(void **state)
{
	static const struct iq_whatif_adj ghost[] = { { 4711, 0 } }, wild[] = { { 100, 1001 } },
		twice[] = { { 100, 1 }, { 100, 2 } }, one[] = { { 100, 1 } };
	static const int64_t pids[] = { 100 }, ghosts[] = { 4711 };
	static const struct { struct iq_whatif w; const char *says; } rows[] = {
		{ { .event_id = 77, .limit_bytes = IQ_NULL }, "no event 77" },
		{ { .event_id = 2, .limit_bytes = IQ_NULL }, "(panic) is no choice" },
		{ { .event_id = 1, .limit_bytes = IQ_NULL, .adj = ghost, .n_adj = 1 },
		  "--adj: no process 4711" },
		{ { .event_id = 1, .limit_bytes = IQ_NULL, .adj = wild, .n_adj = 1 },
		  "-1000 to 1000" },
		{ { .event_id = 1, .limit_bytes = IQ_NULL, .adj = twice, .n_adj = 2 }, "twice" },
		{ { .event_id = 1, .limit_bytes = IQ_NULL, .adj = one, .n_adj = 1,
		    .without = pids, .n_without = 1 }, "both --adj and --without" },
		{ { .event_id = 1, .limit_bytes = IQ_NULL, .without = ghosts, .n_without = 1 },
		  "--without: no process 4711" },
		{ { .event_id = 1, .limit_bytes = 100 }, "less than a page" },
	};
	struct iq_store *s = pod();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct iq_err err;
		char *text = ask_whatif(s, &rows[i].w, &err);
		if (text)
			fail_msg("row %zu was answered", i);
		assert_int_equal(err.code, IQ_E_USAGE);
		if (!strstr(err.text, rows[i].says))
			fail_msg("row %zu: %s", i, err.text);
	}
	iq_store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v10_shell_spared), cmocka_unit_test(as_it_was),
		cmocka_unit_test(limits), cmocka_unit_test(without_some),
		cmocka_unit_test(v9_root), cmocka_unit_test(nobody_was_left),
		cmocka_unit_test(other_rules),
		cmocka_unit_test(questions_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

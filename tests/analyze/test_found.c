/* tests/analyze/test_found.c - findings as bytes, and the choice of the one cause. */
#include "world.h"
#include "analyze/choose.h"
#include "analyze/found.h"
#include "analyze/inquest/plugin.h"

static struct iq_found sample(struct iq_slice *advice, struct iq_found_pair *missing,
			      struct iq_evidence *evidence)
{
	advice[0] = IQ_LIT("do this");
	advice[1] = IQ_LIT("do that");
	missing[0] = (struct iq_found_pair){ IQ_LIT("what"), IQ_SLICE_NULL };
	evidence[0] = (struct iq_evidence){ 7, IQ_LIT("var/log/messages"), 42,
		IQ_LIT("a line"), IQ_SLICE_NULL, IQ_NULL };
	evidence[1] = (struct iq_evidence){ IQ_NULL, IQ_SLICE_NULL, IQ_NULL, IQ_LIT("row"),
		IQ_LIT("v1_zone"), 9 };
	return (struct iq_found){
		.item = 3, .plugin = 2, .role = INQUEST_CAUSE, .severity = INQUEST_FAULT,
		.confidence = INQUEST_STRONG, .priority = -5, .rule = IQ_LIT("r"),
		.verdict = IQ_LIT("host-exhausted"), .holder = IQ_LIT("slab"),
		.title = IQ_LIT("title"), .explanation = IQ_SLICE_NULL,
		.advice = advice, .n_advice = 2, .missing = missing, .n_missing = 1,
		.evidence = evidence, .n_evidence = 2,
	};
}

static int decode(struct iq_slice bytes, struct iq_arena *arena, struct iq_found *ret,
		  struct iq_err *err)
{
	struct iq_cursor c = iq_cursor(bytes.p, bytes.n), body;
	uint8_t type;

	return iq_frame_next(&c, &type, &body) == 1 && type == IQ_FRAME_FOUND
		? iq_found_decode(&body, arena, ret, err) : -2;
}

static void there_and_back(void **state)
{
	struct iq_slice advice[2];
	struct iq_found_pair missing[1];
	struct iq_evidence evidence[2];
	struct iq_found f = sample(advice, missing, evidence), g;
	struct iq_arena arena;
	struct iq_buf b;

	(void)state;
	iq_arena_init(&arena);
	iq_buf_init(&b);
	iq_found_encode(&b, &f);
	assert_int_equal(decode(iq_buf_as_slice(&b), &arena, &g, NULL), 0);
	assert_int_equal(g.item, 3);
	assert_int_equal(g.priority, -5);
	assert_true(iq_eq(g.holder, f.holder));
	assert_null(g.explanation.p);
	assert_int_equal(g.n_advice, 2);
	assert_true(iq_eq(g.advice[1], advice[1]));
	assert_null(g.missing[0].how.p);
	assert_int_equal(g.evidence[0].capture_id, 7);
	assert_int_equal(g.evidence[0].line, 42);
	assert_int_equal(g.evidence[1].capture_id, IQ_NULL);
	assert_int_equal(g.evidence[1].row_id, 9);
	/* Cut anywhere: never a finding, never a fault. */
	for (size_t n = 0; n < b.n; n++) {
		char *copy = malloc(n + 1);
		memcpy(copy, b.p, n);
		assert_int_not_equal(decode(iq_slice(copy, n), &arena, &g, NULL), 0);
		free(copy);
	}
	iq_buf_fini(&b);
	iq_arena_fini(&arena);
}

static void refused(void **state)
{
	struct iq_slice advice[2];
	struct iq_found_pair missing[1];
	struct iq_evidence evidence[2];
	struct iq_arena arena;

	(void)state;
	iq_arena_init(&arena);
	for (int i = 0; i < 8; i++) {
		struct iq_found f = sample(advice, missing, evidence), g;
		struct iq_err err = { 0 };
		struct iq_buf b;
		switch (i) {
		case 0: f.n_evidence = 0; break;
		case 1: f.role = 9; break;
		case 2: f.severity = 0; break;
		case 3: f.confidence = 200; break;
		case 4: f.verdict = IQ_LIT("Not a word"); break;
		case 5: f.rule = IQ_LIT(""); break;
		case 6: f.title = IQ_SLICE_NULL; break;
		case 7: f.holder = IQ_LIT("\x1b[31m"); break;
		}
		iq_buf_init(&b);
		iq_found_encode(&b, &f);
		assert_int_equal(decode(iq_buf_as_slice(&b), &arena, &g, &err), -1);
		assert_non_null(strstr(err.text, "refused"));
		iq_buf_fini(&b);
	}
	iq_arena_fini(&arena);
}

static void cleaned(void **state)
{
	struct iq_slice advice[2];
	struct iq_found_pair missing[1];
	struct iq_evidence evidence[2];
	struct iq_found f = sample(advice, missing, evidence), g;
	struct iq_arena arena;
	struct iq_buf b;

	(void)state;
	f.title = IQ_LIT("red \x1b[31m \xff");
	iq_arena_init(&arena);
	iq_buf_init(&b);
	iq_found_encode(&b, &f);
	assert_int_equal(decode(iq_buf_as_slice(&b), &arena, &g, NULL), 0);
	assert_string_equal(g.title.p, "red \\x1b[31m \\xff");
	iq_buf_fini(&b);
	iq_arena_fini(&arena);
}

/* --- the one cause --- */

#define C INQUEST_CAUSE
#define K INQUEST_CONTRIBUTING
struct proposal { uint8_t role, confidence; int64_t priority; const char *verdict; };
static const struct {
	struct proposal in[4];
	size_t cause;			/* index; 4: none */
	uint8_t roles[4];		/* afterwards */
} choices[] = {
	/* nobody */
	{ { { K, 1, 0, "swap-full" } }, 4, { K } },
	/* the only one, however weak */
	{ { { C, 4, 0, "transient" } }, 0, { C } },
	/* confidence first: certain over strong, whatever the priority */
	{ { { C, 2, 99, "host-exhausted" }, { C, 1, 0, "cgroup-limit" } }, 1, { K, C } },
	/* then priority */
	{ { { C, 2, 0, "host-exhausted" }, { C, 2, 5, "node-bound" } }, 1, { K, C } },
	/* then order */
	{ { { C, 2, 1, "a" }, { C, 2, 1, "b" } }, 0, { C, K } },
	/* a weak loser goes, a contributing one stays */
	{ { { C, 1, 0, "a" }, { C, 3, 0, "b" }, { K, 4, 0, "c" } }, 0, { C, 0, K } },
	/* the same said twice is said once */
	{ { { C, 1, 0, "a" }, { C, 1, 0, "a" } }, 0, { C, 0 } },
	/* unknown loses against a guess */
	{ { { C, 1, 9, "unknown" }, { C, 4, 0, "transient" } }, 1, { 0, C } },
	{ { { C, 4, 0, "unknown" } }, 0, { C } },
};
#undef C
#undef K

static void one_cause(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(choices); i++) {
		struct iq_found f[4] = { 0 };
		size_t n = 0;
		for (; n < 4 && choices[i].in[n].role; n++)
			f[n] = (struct iq_found){
				.role = choices[i].in[n].role,
				.confidence = choices[i].in[n].confidence,
				.priority = choices[i].in[n].priority,
				.verdict = iq_slice_z(choices[i].in[n].verdict),
			};
		size_t want = choices[i].cause == 4 ? n : choices[i].cause;
		if (iq_choose_cause(f, n) != want)
			fail_msg("row %zu: another cause", i);
		for (size_t k = 0; k < n; k++)
			if (f[k].role != choices[i].roles[k])
				fail_msg("row %zu: role of %zu is %u", i, k, f[k].role);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back), cmocka_unit_test(refused),
		cmocka_unit_test(cleaned), cmocka_unit_test(one_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* import/settle.c - see settle.h */
#include "import/settle.h"

#include <time.h>

#define HOLD_MS 200
/* A round costs 10 ms before the first event is looked at. */
#define ROUND_EVENTS 128
#define ROUND_CAPTURES 128

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void iq_settle_begin(struct iq_settle *t, bool many)
{
	t->holds = many;
	t->since_ms = now_ms();
	if (many)
		iq_store_hold(t->store);
}

int iq_settle_end(struct iq_settle *t, struct iq_err *err)
{
	t->holds = false;
	return iq_store_release(t->store, err);
}

static int judge(struct iq_settle *t, struct iq_err *err)
{
	struct iq_err why = { 0 };
	if (iq_settle_end(t, err))
		return -1;
	t->events = t->res->events_new;
	t->captures = t->res->applied;
	int rc = t->opts->judge(t->opts->arg, &why);
	iq_settle_begin(t, true);
	if (rc && why.code == IQ_E_INTR) {
		t->res->stopped = true;
		return 0;
	}
	if (rc)
		*err = why;
	return rc;
}

int iq_settle_some(struct iq_settle *t, struct iq_err *err)
{
	if (!t->holds)
		return 0;
	if (t->opts->judge && (t->res->events_new - t->events >= ROUND_EVENTS ||
			       t->res->applied - t->captures >= ROUND_CAPTURES))
		return judge(t, err);
	if (now_ms() - t->since_ms < HOLD_MS)
		return 0;
	if (iq_settle_end(t, err))
		return -1;
	iq_settle_begin(t, true);
	return 0;
}

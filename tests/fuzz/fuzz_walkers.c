/* tests/fuzz/fuzz_walkers.c - tasks and cgroups of a composed machine whose memory was
 * changed, and who waits for whom.
 *
 * Byte 0: bit 0 the era of the memory counters, bit 1 with locks, bit 2 whose lists have
 * no head, bit 3 that the task notes.  Bytes 1-4: where and how many bytes
 * cannot be read (u16 each).  Then changes: u16 where, u8 what: 0 a byte follows, 1 a
 * pointer to somewhere in the machine follows (u16), 2 zeros over 8 bytes.  Whatever
 * is there, the walk ends, within bounds, and what is put is well formed.
 */
#include "../vmcore/compose_waits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned u16(const uint8_t *p)
{
	return (unsigned)p[0] | (unsigned)p[1] << 8;
}

static void change(struct little *l, const uint8_t *p, size_t n)
{
	while (n >= 5) {
		uint64_t at = LITTLE_BASE + (u16(p) & 0xffff);
		if (at > LITTLE_BASE + LITTLE_BYTES - 8)
			at = LITTLE_BASE + LITTLE_BYTES - 8;
		if (p[2] % 3 == 0)
			put(l, at, 1, p[3]);
		else
			put(l, at & ~UINT64_C(7), 8,
			    p[2] % 3 == 1 ? LITTLE_BASE + (u16(p + 3) & 0xfff8) : 0);
		p += 5;
		n -= 5;
	}
}

static void check(const struct little *l)
{
	/* 64 kB hold no more task_structs than that, however they overlap */
	if (l->n_facts > 100000)
		abort();
	for (size_t i = 0; i < l->n; i++) {
		const struct iq_task *t = &l->got[i];
		if (t->pid < 0 || t->pid > 4194304 || t->rss_bytes < -1) {
			if (t->pid < 0 || t->pid > 4194304 || t->rss_bytes != IQ_NULL)
				abort();
		}
	}
	for (size_t i = 0; i < l->n_groups; i++)
		if (l->groups[i].usage_bytes < 0 && l->groups[i].usage_bytes != IQ_NULL)
			abort();
}

/* Three wait for each other in turn, one more for the first. */
static void compose_waits(struct waits *x, bool noted)
{
	static const int who[] = { JAVA1, JAVA2, GONE1, GONE };

	for (size_t i = 0; i < 3; i++) {
		size_t no = waits_lock(x);
		put(x->l, x->lock[no] + X_OWNER, 8, x->l->task[who[(i + 1) % 3]] | 1);
	}
	for (size_t i = 0; i < 4; i++) {
		waits_join(x, who[i], i % 3, X_LIST);
		if (noted)
			put(x->l, x->l->task[who[i]] + T_BLOCKER, 8, x->lock[i % 3]);
	}
	if (noted)
		little_member(x->l, IQ_M_TASK_BLOCKER, T_BLOCKER, 8, 8, false);
}

static void look_at_waits(struct waits *x)
{
	static const char *const frames[][3] = {
		{ "__schedule", "__mutex_lock", "f" }, { "__schedule", "down_read", "f" },
		{ "__schedule", "down", "f" }, { "__schedule", "rt_mutex_lock", "f" },
	};

	if (waits_begin(x))
		return;			/* not even a list of tasks */
	for (int i = 0; i < N_TASKS; i++)
		waits_look(x, i, frames[i == ZOMBIE ? 1 : i == INIT ? 2 : i == JAVA ? 3 : 0], 3);
	if (waits_end(x))
		abort();
	for (size_t i = 0; i < x->n; i++)
		if ((x->got[i].waited_us < 0 && x->got[i].waited_us != IQ_NULL) ||
		    (x->got[i].owner_pid != IQ_NULL && !x->got[i].lock.p))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct waits x;

	if (size < 5)
		return 0;
	struct little *l = little_new(data[0] & 1);
	l->hole_at = u16(data + 1);
	l->hole_n = u16(data + 3) % 8192;
	waits_open(&x, l, data[0] & 4);
	if (data[0] & 2) {
		little_locks(l, data[0] & 4);
		compose_waits(&x, data[0] & 8);
	}
	change(l, data + 5, size - 5);
	if (data[0] & 2) {
		look_at_waits(&x);
		little_free(l);
		return 0;
	}
	if (iq_state_tasks(&l->k, &l->err) || iq_state_cgroups(&l->k, &l->err))
		abort();
	iq_ki_say_lost(&l->k);
	check(l);
	little_free(l);
	return 0;
}

/* tests/fuzz/fuzz_walkers.c - tasks and cgroups of a composed machine whose memory was
 * changed.
 *
 * Byte 0: bit 0 the era of the memory counters.  Bytes 1-4: where and how many bytes
 * cannot be read (u16 each).  Then changes: u16 where, u8 what: 0 a byte follows, 1 a
 * pointer to somewhere in the machine follows (u16), 2 zeros over 8 bytes.  Whatever
 * is there, the walk ends, within bounds, and what is put is well formed.
 */
#include "../vmcore/compose_tasks.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 5)
		return 0;
	struct little *l = little_new(data[0] & 1);
	l->hole_at = u16(data + 1);
	l->hole_n = u16(data + 3) % 8192;
	change(l, data + 5, size - 5);
	if (iq_state_tasks(&l->k, &l->err) || iq_state_cgroups(&l->k, &l->err))
		abort();
	iq_ki_say_lost(&l->k);
	check(l);
	little_free(l);
	return 0;
}

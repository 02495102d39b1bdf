/* vmcore/stacks/wait_frames.c - see wait_frames.h. */
#include "vmcore/stacks/wait_frames.h"

#include "kern/frames.h"

struct row {
	const char *name;		/* '*' at the end: what begins so */
	enum iq_wait_kind kind;
	enum iq_wait_mode mode;
};

/* The first that fits counts: __down is the semaphore's, __down_read is not. */
static const struct row sleeping[] = {
	{ "__schedule", IQ_WAIT_OTHER, 0 }, { "schedule*", IQ_WAIT_OTHER, 0 },
	{ "__switch_to*", IQ_WAIT_OTHER, 0 }, { "preempt_schedule*", IQ_WAIT_OTHER, 0 },
	{ "__mutex_lock*", IQ_WAIT_MUTEX, 0 }, { "mutex_lock*", IQ_WAIT_MUTEX, 0 },
	{ "__ww_mutex_lock*", IQ_WAIT_MUTEX, 0 }, { "ww_mutex_lock*", IQ_WAIT_MUTEX, 0 },
	{ "__down", IQ_WAIT_SEMAPHORE, 0 }, { "__down_common", IQ_WAIT_SEMAPHORE, 0 },
	{ "___down_common", IQ_WAIT_SEMAPHORE, 0 },
	{ "__down_interruptible", IQ_WAIT_SEMAPHORE, 0 },
	{ "__down_killable", IQ_WAIT_SEMAPHORE, 0 },
	{ "__down_timeout", IQ_WAIT_SEMAPHORE, 0 }, { "down", IQ_WAIT_SEMAPHORE, 0 },
	{ "down_interruptible", IQ_WAIT_SEMAPHORE, 0 },
	{ "down_killable", IQ_WAIT_SEMAPHORE, 0 }, { "down_timeout", IQ_WAIT_SEMAPHORE, 0 },
	{ "rwsem_down_read*", IQ_WAIT_RWSEM, IQ_MODE_READ },
	{ "rwsem_down_write*", IQ_WAIT_RWSEM, IQ_MODE_WRITE },
	{ "__rwsem_down_read*", IQ_WAIT_RWSEM, IQ_MODE_READ },
	{ "__rwsem_down_write*", IQ_WAIT_RWSEM, IQ_MODE_WRITE },
	{ "call_rwsem_down_read*", IQ_WAIT_RWSEM, IQ_MODE_READ },
	{ "call_rwsem_down_write*", IQ_WAIT_RWSEM, IQ_MODE_WRITE },
	{ "down_read*", IQ_WAIT_RWSEM, IQ_MODE_READ },
	{ "down_write*", IQ_WAIT_RWSEM, IQ_MODE_WRITE },
	{ "__down_read*", IQ_WAIT_RWSEM, IQ_MODE_READ },
	{ "__down_write*", IQ_WAIT_RWSEM, IQ_MODE_WRITE },
	{ "percpu_rwsem_wait", IQ_WAIT_PERCPU_RWSEM, 0 },
	{ "__percpu_down_read*", IQ_WAIT_PERCPU_RWSEM, IQ_MODE_READ },
	{ "percpu_down_read*", IQ_WAIT_PERCPU_RWSEM, IQ_MODE_READ },
	{ "percpu_down_write*", IQ_WAIT_PERCPU_RWSEM, IQ_MODE_WRITE },
	{ "rt_mutex_*", IQ_WAIT_RT_MUTEX, 0 }, { "__rt_mutex_*", IQ_WAIT_RT_MUTEX, 0 },
	{ "rtlock_*", IQ_WAIT_RT_MUTEX, 0 }, { "rt_spin_lock*", IQ_WAIT_RT_MUTEX, 0 },
	{ "rwbase_*", IQ_WAIT_RT_MUTEX, 0 },
	{ "wait_for_completion*", IQ_WAIT_COMPLETION, 0 },
	{ "__wait_for_common*", IQ_WAIT_COMPLETION, 0 },
	{ "wait_for_common*", IQ_WAIT_COMPLETION, 0 },
	{ "do_wait_for_common*", IQ_WAIT_COMPLETION, 0 },
	{ "io_schedule*", IQ_WAIT_IO, 0 }, { "bit_wait_io*", IQ_WAIT_IO, 0 },
	{ "sleep_on_page*", IQ_WAIT_IO, 0 }, { "sleep_on_buffer", IQ_WAIT_IO, 0 },
	{ "folio_wait_bit*", IQ_WAIT_OTHER, 0 }, { "wait_on_page_bit*", IQ_WAIT_OTHER, 0 },
	{ "bit_wait*", IQ_WAIT_OTHER, 0 }, { "__wait_on_bit*", IQ_WAIT_OTHER, 0 },
	{ "out_of_line_wait_on_bit*", IQ_WAIT_OTHER, 0 },
	{ "__lock_page*", IQ_WAIT_OTHER, 0 }, { "__folio_lock*", IQ_WAIT_OTHER, 0 },
	{ "do_nanosleep", IQ_WAIT_OTHER, 0 }, { "msleep*", IQ_WAIT_OTHER, 0 },
	{ "usleep_range*", IQ_WAIT_OTHER, 0 },
};

/* kernel/locking/ again, where nobody sleeps */
static const struct row spinning[] = {
	{ "native_queued_spin_lock_slowpath", IQ_WAIT_SPINLOCK, 0 },
	{ "__pv_queued_spin_lock_slowpath", IQ_WAIT_SPINLOCK, 0 },
	{ "queued_spin_lock_slowpath", IQ_WAIT_SPINLOCK, 0 },
	{ "queued_read_lock_slowpath", IQ_WAIT_SPINLOCK, IQ_MODE_READ },
	{ "queued_write_lock_slowpath", IQ_WAIT_SPINLOCK, IQ_MODE_WRITE },
	{ "do_raw_spin_lock", IQ_WAIT_SPINLOCK, 0 },
	{ "_raw_spin_lock*", IQ_WAIT_SPINLOCK, 0 }, { "_spin_lock*", IQ_WAIT_SPINLOCK, 0 },
	{ "_raw_read_lock*", IQ_WAIT_SPINLOCK, IQ_MODE_READ },
	{ "_raw_write_lock*", IQ_WAIT_SPINLOCK, IQ_MODE_WRITE },
	{ "__ticket_spin_lock", IQ_WAIT_SPINLOCK, 0 },
	{ "mutex_spin_on_owner*", IQ_WAIT_MUTEX, 0 },
	{ "mutex_optimistic_spin*", IQ_WAIT_MUTEX, 0 },
	{ "rwsem_spin_on_owner*", IQ_WAIT_RWSEM, 0 },
	{ "rwsem_optimistic_spin*", IQ_WAIT_RWSEM, 0 },
	{ "osq_lock*", IQ_WAIT_OTHER, 0 },
};

static const struct row *row_of(const struct row *rows, size_t n, struct iq_slice name)
{
	name = iq_frame_base(name);
	for (size_t i = 0; i < n && name.n; i++) {
		struct iq_slice want = iq_slice_z(rows[i].name);
		bool prefix = want.p[want.n - 1] == '*';
		want.n -= prefix;
		if (prefix ? iq_starts(name, want) : iq_eq(name, want))
			return &rows[i];
	}
	return NULL;
}

static const struct row *sleep_row(struct iq_slice name)
{
	return row_of(sleeping, sizeof sleeping / sizeof *sleeping, name);
}

static const struct row *spin_row(struct iq_slice name)
{
	return row_of(spinning, sizeof spinning / sizeof *spinning, name);
}

/* The innermost that is told counts: a mutex may be waited for on the way to I/O. */
static void take(struct iq_wait_for *w, const struct row *r)
{
	if (w->kind == IQ_WAIT_OTHER)
		w->kind = r->kind;
	if (w->kind == r->kind && w->mode == IQ_MODE_NONE)
		w->mode = r->mode;
}

struct iq_wait_for iq_wait_of_frames(const struct iq_slice *function, size_t n)
{
	struct iq_wait_for w = { IQ_WAIT_OTHER, IQ_MODE_NONE, 0 };

	for (; w.caller < n; w.caller++) {
		const struct row *r = sleep_row(function[w.caller]);
		if (!r)
			break;
		take(&w, r);
	}
	return w;
}

bool iq_spin_of_frames(const struct iq_slice *function, size_t n, struct iq_wait_for *ret)
{
	size_t i = 0;

	*ret = (struct iq_wait_for){ IQ_WAIT_OTHER, IQ_MODE_NONE, n };
	while (i < n && !spin_row(function[i]))
		i++;
	for (; i < n; i++) {
		const struct row *r = spin_row(function[i]);
		if (!r)
			r = sleep_row(function[i]);	/* __mutex_lock, down_write */
		if (!r)
			break;
		take(ret, r);
	}
	ret->caller = i;
	return ret->kind != IQ_WAIT_OTHER;
}

struct iq_slice iq_wait_kind_name(enum iq_wait_kind k)
{
	static const char *const names[IQ_WAIT_KINDS] = {
		[IQ_WAIT_MUTEX] = "mutex", [IQ_WAIT_SEMAPHORE] = "semaphore",
		[IQ_WAIT_RWSEM] = "rw-semaphore",
		[IQ_WAIT_PERCPU_RWSEM] = "percpu-rw-semaphore",
		[IQ_WAIT_RT_MUTEX] = "rt-mutex", [IQ_WAIT_COMPLETION] = "completion",
		[IQ_WAIT_IO] = "io", [IQ_WAIT_SPINLOCK] = "spinlock",
	};
	return k < IQ_WAIT_KINDS && names[k] ? iq_slice_z(names[k]) : IQ_SLICE_NULL;
}

struct iq_slice iq_wait_mode_name(enum iq_wait_mode m)
{
	return m == IQ_MODE_READ ? IQ_LIT("read") :
	       m == IQ_MODE_WRITE ? IQ_LIT("write") : IQ_SLICE_NULL;
}

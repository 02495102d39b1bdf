/* plugins/crash_hung.c - tasks blocked beyond the timeout: for what they wait, and who
 * could end it (crash.h).
 *
 * Classes by the frames under schedule(): storage, network filesystems, locks, frozen
 * filesystems, memory, other threads.  The owner of a lock as newer kernels print it
 * (6.16), or as a dump taken of the same boot has it (v1_wait).  Follows
 * kernel/hung_task.c.
 */
#include "crash.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SECONDS  INT64_C(1000000)
#define DEEP     14 /* frames that are looked through for a class */

enum class {
	NONE,
	STORAGE,
	REMOTE,
	FUSE,
	FROZEN,
	MEMORY,
	WRITEBACK,
	USER,
	LOCK,
	THREAD,
	RCU,
	NETWORK,
	CGROUP
};

static const struct wait {
	enum class class;
	const char *what; /* "waits WHAT" */
	const char *means, *advice;
	const char *functions[34];
} waits[] = {
	{FROZEN,
	 "for a frozen filesystem",
	 "The filesystem is frozen (fsfreeze, LVM or hypervisor snapshot, backup agent), "
	 "and nothing may write to it until it is thawed.",
	 "look who froze it and did not thaw it: fsfreeze -u MOUNTPOINT thaws; check the "
	 "snapshot or backup agent",
	 {"__sb_start_write", "sb_start_*", "freeze_super", "percpu_rwsem_wait_frozen",
	  "__sb_start_pagefault", NULL}},
	{REMOTE,
	 "for a network filesystem or block device",
	 "The server or the network does not answer.",
	 "check the server and the path to it; hard mounts wait for ever, that is what "
	 "they are for",
	 {"nfs_*",  "nfs4_*",   "nfs3_*", "rpc_*",   "__rpc_*", "nlm*",
	  "cifs_*", "smb2_*",   "SMB2_*", "ceph_*",  "rbd_*",   "gfs2_*",
	  "dlm_*",  "ocfs2_*",  "afs_*",  "nbd_*",   "drbd_*",  "p9_*",
	  "v9fs_*", "lustre_*", "ll_*",   "iscsi_*", "__afs_*", NULL}},
	{FUSE,
	 "for a filesystem in user space (FUSE)",
	 "The daemon that serves it does not answer.",
	 "look at that daemon: is it alive, blocked or stopped? "
	 "/sys/fs/fuse/connections/*/abort gives up",
	 {"fuse_*", "request_wait_answer", "__fuse_*", NULL}},
	{USER,
	 "for a listener in user space",
	 "A program asked to be heard before files are opened or before a trap goes on "
	 "(fanotify, ptrace, userfaultfd, a coredump), and did not answer.",
	 "look at security and antivirus agents, debuggers and core dump handlers",
	 {"fanotify_*", "ptrace_stop", "handle_userfault", "wait_for_dump_helpers",
	  "coredump_wait", "do_coredump", "autofs_wait", NULL}},
	{MEMORY,
	 "for memory",
	 "It waits inside reclaim: memory is short, and what could be freed must be "
	 "written first.",
	 "look at the memory events of this boot, and at swap",
	 {"throttle_direct_reclaim", "shrink_*", "congestion_wait*", "try_to_free_*",
	  "__alloc_pages_slowpath*", "do_try_to_free_pages", "wait_iff_congested",
	  "mem_cgroup_handle_over_high", "reclaim_throttle", "too_many_isolated",
	  "mempool_alloc*", NULL}},
	{WRITEBACK,
	 "for dirty pages to be written",
	 "It has written faster than the device, and is held back.",
	 "a smaller vm.dirty_bytes makes the queue shorter; the device is too slow, or "
	 "does not answer",
	 {"balance_dirty_pages*", "io_schedule_timeout_dirty", "wb_wait_for_completion",
	  "writeback_inodes_sb*", "wait_sb_inodes", "sync_inodes_sb", NULL}},
	{STORAGE,
	 "for storage",
	 "It waits for an I/O that does not complete, or for somebody who does: the "
	 "disk, its path, or a layer between.",
	 "look for nvme, scsi, virtio or multipath timeouts around that time, and at the "
	 "host's or array's own log; iostat -x shows a device that is always busy",
	 {"io_schedule*",
	  "bit_wait_io*",
	  "wait_on_page_bit*",
	  "folio_wait_*",
	  "blk_mq_get_tag",
	  "blk_mq_freeze*",
	  "wbt_wait*",
	  "rq_qos_wait",
	  "get_request*",
	  "xfs_buf_*",
	  "xlog_*",
	  "xfs_log_*",
	  "xfs_ail_*",
	  "jbd2_*",
	  "wait_transaction_locked",
	  "submit_bio_wait",
	  "blkdev_issue_flush",
	  "__wait_on_buffer",
	  "sync_buffer",
	  "closure_sync",
	  "__closure_sync*",
	  "md_*",
	  "raid5_*",
	  "raid10_*",
	  "raid1_*",
	  "bch_*",
	  "wait_on_page_writeback*",
	  "dm_*",
	  "sleep_on_buffer",
	  "sync_page",
	  "sleep_on_page*",
	  NULL}},
	{STORAGE,
	 "for storage",
	 "It waits for an I/O that does not complete, or for somebody who does: the "
	 "disk, its path, or a layer between.",
	 "look for nvme, scsi, virtio or multipath timeouts around that time, and at the "
	 "host's or array's own log; iostat -x shows a device that is always busy",
	 {"blk_execute_rq*", "wait_for_common_io", "wait_for_completion_io*", "scsi_*",
	  "nvme_*", "__blkdev_*", "blkdev_*", "btrfs_*", "ext4_*", "xfs_*", "f2fs_*",
	  "sync_filesystem", "ata_*", "__lock_page*", "__filemap_*", NULL}},
	{CGROUP,
	 "for the lock of all cgroups",
	 "Creating, moving and removing cgroups goes one after the other.",
	 "look which task holds it: often one that waits for RCU or for memory in turn",
	 {"cgroup_*", "cgroup1_*", "cpuset_*", NULL}},
	{NETWORK,
	 "for the lock of the network configuration (RTNL)",
	 "All changes of devices, addresses and namespaces go one after the other; "
	 "somebody holds the lock for long.",
	 "look for a driver that resets its card, or a device that cannot be taken away "
	 "(`waiting for ... to become free`)",
	 {"rtnl_lock*", "copy_net_ns", "rtnetlink_*", "dev_ioctl", "cleanup_net",
	  "netdev_run_todo", "unregister_netdev*", "register_netdev*", "linkwatch_*",
	  NULL}},
	{RCU,
	 "for all CPUs to pass through a quiet state (RCU)",
	 "A grace period does not end: a CPU or task keeps it from ending.",
	 "look for RCU stalls and soft lockups of the same time",
	 {"synchronize_*", "__synchronize_*", "rcu_barrier*", "__wait_rcu_gp",
	  "wait_rcu_*", NULL}},
	{THREAD,
	 "for another thread to do its work",
	 "It handed work over and waits for the end.",
	 "look what that worker or thread does: its stack is in the next dump or in "
	 "SysRq-t",
	 {"flush_work*",
	  "__flush_work*",
	  "flush_workqueue*",
	  "__flush_workqueue*",
	  "drain_workqueue",
	  "kthread_stop*",
	  "kthread_create_on_node",
	  "kthread_park*",
	  "__cancel_work*",
	  "cancel_work_sync",
	  "cancel_delayed_work_sync",
	  "wait_for_completion*",
	  "wait_for_common*",
	  "do_wait_for_common",
	  "call_usermodehelper*",
	  "__kthread_create*",
	  "usb_kill_urb",
	  "usb_start_wait_urb",
	  "__wait_for_common",
	  "kthread_flush_*",
	  "device_del",
	  "stop_one_cpu",
	  "stop_cpus",
	  "cpuhp_*",
	  NULL}},
	{LOCK,
	 "for a lock",
	 "Somebody else holds it: the one task that is not waiting for a lock, often in "
	 "I/O, is the cause.",
	 "look among the blocked tasks for the one that waits for something else than a "
	 "lock",
	 {"__mutex_lock*",
	  "mutex_lock*",
	  "rwsem_down_*",
	  "down_read*",
	  "down_write*",
	  "__down*",
	  "down",
	  "down_*",
	  "percpu_down_*",
	  "call_rwsem_*",
	  "rt_mutex_*",
	  "__percpu_*",
	  "percpu_rwsem_*",
	  "ww_mutex_*",
	  "lock_sock_nested",
	  "__lock_sock",
	  "pipe_wait*",
	  "d_alloc_parallel",
	  "inode_wait*",
	  "__wait_on_freeing_inode",
	  "do_raw_spin_lock",
	  "schedule_preempt_disabled",
	  "__rt_mutex_*",
	  NULL}},
};

static int in_row(const char *function, const struct wait *w)
{
	size_t n = 0;

	while (n < COUNT(w->functions) && w->functions[n])
		n++;
	return name_among(function, w->functions, n);
}

static int lock_frame(const struct look *l)
{
	const struct wait *lock = &waits[COUNT(waits) - 1];

	if (in_row(l->c->waits_in, lock))
		return 1;
	for (size_t i = 0; i < l->n_frames && i < 6; i++)
		if (in_row(l->frames[i].function, lock))
			return 1;
	return 0;
}

/* The class whose mark stands nearest to where the task waits.  A lock taken by a
 * filesystem is a lock: who holds it may wait for the disk. */
static const struct wait *wait_of(const struct look *l)
{
	const struct wait *found = NULL;
	size_t depth = DEEP;

	for (size_t w = 0; w < COUNT(waits); w++)
		for (size_t i = 0; i < l->n_frames && i < depth; i++)
			if (in_row(l->frames[i].function, &waits[w])) {
				found = &waits[w];
				depth = i;
			}
	/* who thaws it lets all go on: the lock is only how they wait */
	for (size_t i = 0;
	     found && found->class == LOCK && i < l->n_frames && i < depth + 4; i++)
		if (in_row(l->frames[i].function, &waits[0]))
			return &waits[0];
	if (!found || found->class == THREAD || found->class == STORAGE)
		for (size_t w = 0; w < 4;
		     w++) /* frozen, remote, FUSE, listener: any depth */
			for (size_t i = 0; i < l->n_frames && i < DEEP; i++)
				if (in_row(l->frames[i].function, &waits[w]))
					return &waits[w];
	for (size_t w = 0; !found && w < COUNT(waits); w++)
		if (in_row(l->c->waits_in, &waits[w]) ||
		    in_row(l->c->function, &waits[w]))
			found = &waits[w];
	return found;
}

/* --- who has it --- */

struct owner {
	const char *words;       /* "kworker/0:1[12]" */
	const char *does;        /* what it does, or NULL */
	const char *kind, *name; /* of the lock: "mutex", " lab_mutex"; or NULL */
	int sure;
};

static const char *owner_does(const struct look *l, int64_t pid)
{
	struct inquest_query *q = l->h->prepare(
		l->ctx, "SELECT c.function, c.waits_in "
			"FROM (SELECT event_id, kind, mono_us, title FROM v1_event WHERE "
			"boot_id = :boot AND kind = 'hung-task' "
			"LIMIT 300) AS e JOIN v1_crash AS c USING (event_id) WHERE c.pid "
			"= :pid LIMIT 1");
	const char *function = NULL;

	if (!q)
		return NULL;
	l->h->bind_int(q, ":boot", l->boot_id);
	l->h->bind_int(q, ":pid", pid);
	if (l->h->step(q) == 1)
		function = l->h->column_text(q, 0);
	function = function ? l->h->text(l->ctx, "is blocked itself, in %s()", function)
			    : NULL;
	l->h->finalize(q);
	return function;
}

/* Where a task of the snapshot stands: its first frames that are not the scheduler's. */
#define STANDS(pid)                                                                      \
	"(SELECT group_concat(function, ' < ') FROM (SELECT k.function FROM "            \
	"v1_stack AS k WHERE k.snapshot_id = w.snapshot_id AND k.pid = " pid " "         \
	"AND k.function NOT LIKE '%schedule%' ORDER BY k.depth LIMIT 3))"

static const char *does(const struct look *l, struct inquest_query *q)
{
	enum { DEADLOCK = 3, ROOT_COMM, ROOT, OWNER_STANDS, ROOT_STANDS };
	const char *root = l->h->column_text(q, ROOT_COMM);
	const char *stands = l->h->column_text(q, OWNER_STANDS);
	int64_t root_pid = l->h->column_int(q, ROOT);

	if (l->h->column_int(q, DEADLOCK) == 1)
		return "waits for it in turn: a deadlock";
	if (inquest_known(root_pid) && root_pid != l->h->column_int(q, 1)) {
		stands = l->h->column_text(q, ROOT_STANDS);
		return l->h->text(l->ctx,
				  "waits in turn, and the one who holds up all is "
				  "%s[%lld]%s%s",
				  root ? root : "task", (long long)root_pid,
				  stands ? ", in " : "", stands ? stands : "");
	}
	return stands ? l->h->text(l->ctx, "stood in %s at the dump", stands) : NULL;
}

/* A dump of the same boot knows who waits for what. */
static int owner_in_dump(const struct look *l, struct owner *o)
{
	struct inquest_query *q =
		l->h
			->prepare(l->ctx,
				  "SELECT w.owner_comm, w.owner_pid, "
				  "w.certain, w.deadlock, w.root_comm, "
				  "w.root_pid, " STANDS("w.owner_pid") ", " STANDS(
					  "w.root_pid") ", w.kind, w.lock_name "
							"FROM v1_snapshot AS s JOIN "
							"v1_wait AS w USING "
							"(snapshot_id) WHERE s.boot_id = "
							":boot AND s.source = 'vmcore' "
							"AND w.pid = :pid "
							"AND w.kind IN ('mutex', "
							"'semaphore', 'rw-semaphore', "
							"'percpu-rw-semaphore', "
							"'rt-mutex', 'spinlock') ORDER "
							"BY w.owner_pid IS NULL LIMIT 1");
	int found = 0;

	if (!q)
		return 0;
	l->h->bind_int(q, ":boot", l->boot_id);
	l->h->bind_int(q, ":pid", l->c->pid);
	if (l->h->step(q) == 1) {
		const char *comm = l->h->column_text(q, 0),
			   *kind = l->h->column_text(q, 8);
		const char *name = l->h->column_text(q, 9);
		if (inquest_known(l->h->column_int(q, 1))) {
			o->words = l->h->text(l->ctx, "%s[%lld]", comm ? comm : "task",
					      (long long)l->h->column_int(q, 1));
			o->does = does(l, q);
		}
		o->kind = kind ? l->h->text(l->ctx, "%s", kind) : NULL;
		o->name = name ? l->h->text(l->ctx, " %s", name) : "";
		o->sure = l->h->column_int(q, 2) == 1;
		found = o->words != NULL;
	}
	l->h->finalize(q);
	return found;
}

static int find_owner(const struct look *l, struct owner *o)
{
	*o = (struct owner){0};
	if (inquest_known(l->c->owner_pid)) {
		o->words = l->h->text(l->ctx, "%s[%lld]",
				      l->c->owner_comm ? l->c->owner_comm : "task",
				      (long long)l->c->owner_pid);
		o->does = owner_does(l, l->c->owner_pid);
		o->sure = 1;
		return 1;
	}
	return inquest_known(l->c->pid) && owner_in_dump(l, o);
}

/* --- the others --- */

#define NEAR                                                                             \
	"FROM (SELECT event_id, kind, mono_us, title FROM v1_event WHERE boot_id = "     \
	":boot_id AND mono_us BETWEEN "                                                  \
	":mono_us - 240000000 AND :mono_us + 240000000 LIMIT 300) AS e "                 \
	"JOIN v1_crash AS c USING (event_id) "                                           \
	"WHERE e.kind = 'hung-task' AND e.event_id <> :event_id "

static void others(const struct look *l, struct judged *j, int lock,
		   const struct owner *o)
{
	int64_t n = ask(l, "SELECT count(*) " NEAR);
	const char *root;

	if (!inquest_known(n) || n < 1)
		return;
	why(j, l->h->text(l->ctx, "%lld other task%s hung within four minutes of it.",
			  (long long)n, n == 1 ? "" : "s"));
	if (!lock || o->words)
		return;
	root = ask_text(l,
			"SELECT printf('%s[%d] in %s()', c.comm, c.pid, c.function) " NEAR
			"AND c.function IS NOT NULL AND coalesce(c.waits_in, '') NOT "
			"LIKE '%lock%' AND coalesce(c.waits_in, '') NOT LIKE '%rwsem%' "
			"AND coalesce(c.waits_in, '') NOT LIKE 'down%' AND c.waits_in IS "
			"NOT NULL "
			"AND c.waits_in NOT LIKE '\\_\\_down%' ESCAPE '\\' ORDER BY "
			"e.mono_us LIMIT 1");
	if (root) {
		why(j, l->h->text(l->ctx,
				  "Not for a lock waits %s: it may be the one who holds "
				  "it.",
				  root));
		return;
	}
	/* of those with this wait there are several: one that waits elsewhere, alone */
	root = ask_text(
		l, "SELECT printf('%s[%d] in %s()', comm, pid, function) FROM (SELECT "
		   "c.*, count(*) OVER (PARTITION BY c.function) AS same " NEAR
		   ") WHERE same = 1 AND function IS NOT NULL AND function IS NOT "
		   "(SELECT function FROM "
		   "v1_crash WHERE event_id = :event_id) AND EXISTS (SELECT 1 " NEAR
		   "AND c.function IS (SELECT function FROM v1_crash WHERE event_id = "
		   ":event_id)) LIMIT 1");
	if (root)
		why(j, l->h->text(l->ctx,
				  "Elsewhere, and alone, waits %s: it may be the one who "
				  "holds it.",
				  root));
}

static const char *storage_event(const struct look *l)
{
	return ask_text(
		l, "SELECT coalesce(c.reason, e.kind) FROM (SELECT event_id, kind, "
		   "mono_us, title FROM v1_event "
		   "WHERE boot_id = :boot_id AND mono_us BETWEEN :mono_us - 900000000 "
		   "AND :mono_us + 60000000 ORDER BY mono_us LIMIT 300) AS e "
		   "LEFT JOIN v1_crash AS c USING (event_id) "
		   "WHERE e.kind IN ('storage', 'filesystem') LIMIT 1");
}

static int is_lock(const struct look *l, const struct wait *w)
{
	return l->c->lock_kind || (w && w->class == LOCK) ||
	       (lock_frame(l) && !(w && w->class == FROZEN));
}

static const char *waits_for(const struct look *l, const struct wait *w, int lock,
			     const struct owner *o)
{
	const char *kind = l->c->lock_kind ? l->c->lock_kind : o->kind ? o->kind : "lock";
	const char *name = l->c->lock_name ? l->h->text(l->ctx, " %s", l->c->lock_name)
			   : o->name       ? o->name
					   : "";

	if (lock && o->words)
		return l->h->text(l->ctx, "waits for a %s%s that %s%s has", kind, name,
				  o->sure ? "" : "probably ", o->words);
	if (lock && (!w || w->class == LOCK || w->class == STORAGE || w->class == THREAD))
		return l->h->text(l->ctx, "waits for a %s%s", kind, name);
	return w ? l->h->text(l->ctx, "waits %s", w->what) : "is blocked";
}

static void explain(const struct look *l, struct judged *j, const struct wait *w,
		    int lock, const struct owner *o)
{
	const char *storage;

	if (lock && o->words)
		why(j,
		    l->h->text(l->ctx, "%s %s it%s%s%s.", o->words,
			       o->sure ? "has" : "had", o->does ? "; it " : "",
			       o->does ? o->does : "",
			       o->sure ? ""
				       : " (the lock remembers its last holder alone)"));
	else if (w)
		why(j, w->means);
	if (!w && l->c->function)
		why(j, l->h->text(l->ctx, "It stands in %s.", place(l)));
	others(l, j, lock, o);
	storage = (w && (w->class == STORAGE || w->class == WRITEBACK)) || lock
			  ? storage_event(l)
			  : NULL;
	if (storage)
		why(j, l->h->text(l->ctx, "In the same minutes storage failed: `%s`.",
				  storage));
	if (inquest_known(l->c->repeats) && l->c->repeats > 1)
		why(j,
		    l->h->text(l->ctx, "Reported %lld times.", (long long)l->c->repeats));
}

/* struct semaphore has a count and waiters, and until 6.16 no holder (kernel/locking/
 * semaphore.c); of an rw-semaphore's readers none is kept for sure. */
static int is_semaphore(const struct look *l, const struct owner *o)
{
	static const char *const frames[] = {"down", "down_interruptible", "down_killable",
					     "down_timeout", "__down*", "___down*"};

	return is(o->kind, "semaphore") || is(l->c->lock_kind, "semaphore") ||
	       name_among(l->c->waits_in, frames, COUNT(frames));
}

/* Who has the lock is not known: what would tell. */
static void advise_owner(const struct look *l, struct judged *j, const struct owner *o)
{
	int dump = inquest_known(ask(l, "SELECT 1 FROM v1_snapshot WHERE boot_id = :boot_id "
					"AND source = 'vmcore' LIMIT 1"));

	if (!dump && is_semaphore(l, o))
		advise(j, "a semaphore does not keep who has it (kernels from 6.16 on keep "
			  "and print the last one): a dump (kernel.hung_task_panic=1 with "
			  "kdump) shows the stacks to look for who called down() on it");
	else if (!dump)
		advise(j, "a dump (kernel.hung_task_panic=1 with kdump) names the owner "
			  "of a mutex, and the writer that has an rw-semaphore; kernels "
			  "from 6.16 on print them");
	else if (is_semaphore(l, o))
		advise(j, "a semaphore does not keep who has it (kernels from 6.16 on keep "
			  "the last one): read who calls down() on it, and look for them "
			  "among the stacks of the dump (-v, or `inquest query @bt`)");
	else
		advise(j, "the dump does not tell who has it: look among its stacks (-v, or "
			  "`inquest query @bt`) for who is inside what the lock guards");
}

int judge_hung(const struct look *l, struct judged *j)
{
	const struct wait *w = wait_of(l);
	struct owner o;
	int lock;
	int64_t s =
		inquest_known(l->c->stuck_us) ? l->c->stuck_us / SECONDS : INQUEST_NULL;

	find_owner(l, &o);
	lock = is_lock(l, w);
	judge(j, "hung-task", "crash-hung-task", INQUEST_CERTAIN);
	j->title =
		l->h->text(l->ctx, "%s %s%s%s%s", who(l), waits_for(l, w, lock, &o),
			   l->c->function ? ", in " : "", l->c->function ? place(l) : "",
			   inquest_known(s) ? l->h->text(l->ctx, ", for more than %lld s",
							 (long long)s)
					    : "");
	explain(l, j, w, lock, &o);
	if (lock && o.words)
		advise(j,
		       l->h->text(
			       l->ctx,
			       "look what %s does and why it does not end: it holds up "
			       "the others",
			       o.words));
	else if (lock && w && w->class != LOCK)
		advise(j, waits[COUNT(waits) - 1].advice);
	if (w && !(lock && o.words && w->class == LOCK))
		advise(j, w->advice);
	if (lock && !o.words)
		advise_owner(l, j, &o);
	if (!l->n_frames)
		miss(j, "the call trace of the blocked task",
		     "keep messages of level info and above: journalctl -k, dmesg");
	advise(j, "after kernel.hung_task_warnings reports (10) the kernel is silent: "
		  "that no more come does not mean that it went on");
	return 1;
}

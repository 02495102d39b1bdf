-- Tasks that wait for each other's locks in turn: none of them can ever go on.  Each lock
-- names its owner, and each owner waits for the next; kernel/locking/.
-- rule: dump-deadlock
-- verdict: deadlock
-- role: contributing
-- severity: fault
-- confidence: certain
-- needs: vmcore
-- applies-to: panic, hung-task, soft-lockup, hard-lockup, rcu-stall
-- title: deadlock in the dump: {chain}
-- explanation: Each of these tasks holds the lock that another of them waits for. Nothing but a restart ends that: the locks are taken in different orders.
-- advice: report it with the stacks of these tasks to whoever maintains the code that takes the locks ({callers}); lockdep (CONFIG_PROVE_LOCKING) tells the order that was broken
WITH dump AS (
	SELECT snapshot_id FROM v1_event_snapshot
	WHERE event_id = :event_id AND role = 'dump' LIMIT 1
), ring AS (	-- of those that lead there, who is waited for as well
	SELECT w.* FROM v1_wait AS w JOIN dump USING (snapshot_id)
	WHERE w.deadlock = 1 AND w.pid IN (SELECT o.owner_pid FROM v1_wait AS o
		JOIN dump USING (snapshot_id) WHERE o.deadlock = 1 AND o.certain = 1)
)
SELECT 'v1_wait' AS view_name, r.wait_id AS row_id,
	printf('%s[%d] waits since %.1f s for %s %s in %s(), held by %s[%d]', r.comm, r.pid,
		r.waited_us / 1000000.0, r.kind, coalesce(r.lock_name, r.lock), r.caller,
		r.owner_comm, r.owner_pid) AS text,
	(SELECT group_concat(t, '; ') FROM (SELECT printf('%s[%d] waits for %s, held by %s[%d]',
		comm, pid, coalesce(lock_name, lock), owner_comm, owner_pid) AS t
		FROM ring ORDER BY pid LIMIT 4)) AS chain,
	(SELECT group_concat(DISTINCT caller) FROM ring) AS callers
FROM ring AS r ORDER BY r.pid LIMIT 10

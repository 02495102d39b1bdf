-- A machine that was crashed while tasks stood behind a lock: which, and who has it.  The
-- cause of a hung task, and of the panic that it led to, says this itself; a panic for
-- another reason, by hand or by a watchdog, does not.  kernel/locking/, kernel/hung_task.c.
-- rule: dump-lock-holder
-- verdict: lock-held
-- role: contributing
-- severity: warning
-- confidence: strong
-- needs: vmcore
-- applies-to: panic, soft-lockup, hard-lockup, rcu-stall
-- title: in the dump {n} for {kind} {lock}, held by {owner}, the longest for {longest} s
-- explanation: Tasks that sleep for a lock go on when it is given back: {owner} stands in {at} and decides how long that takes. Who waits and who has it is read from the lock and its list of waiters.
-- advice: look at the stack of {owner} in the dump (`inquest query @bt`, or the report's Owners): what it waits for is what all of them wait for
WITH dump AS (
	SELECT snapshot_id FROM v1_event_snapshot
	WHERE event_id = :event_id AND role = 'dump' AND NOT EXISTS (SELECT 1
		FROM v1_event AS e JOIN v1_event AS p ON p.event_id = e.parent_id
		WHERE e.event_id = :event_id AND p.kind = 'hung-task') LIMIT 1
), held AS (	-- the lock that most wait for, ten seconds or more
	SELECT w.lock, count(*) AS n, max(w.waited_us) AS longest
	FROM v1_wait AS w JOIN dump USING (snapshot_id)
	WHERE w.certain = 1 AND w.deadlock = 0 AND w.waited_us >= 10000000
	GROUP BY w.lock ORDER BY n DESC, longest DESC LIMIT 1
)
SELECT 'v1_wait' AS view_name, w.wait_id AS row_id,
	printf('%s[%d] waits since %.1f s for %s %s in %s(), held by %s[%d] (%s)', w.comm, w.pid,
		w.waited_us / 1000000.0, w.kind, coalesce(w.lock_name, w.lock), w.caller,
		w.owner_comm, w.owner_pid, w.owner_state) AS text,
	CASE h.n WHEN 1 THEN 'one task waits' ELSE printf('%d tasks wait', h.n) END AS n,
	w.kind, coalesce(w.lock_name, w.lock) AS lock,
	printf('%s[%d]', w.owner_comm, w.owner_pid) AS owner,
	coalesce(w.owner_at || '()', 'the kernel') AS at,
	printf('%.0f', h.longest / 1000000.0) AS longest
FROM v1_wait AS w JOIN dump USING (snapshot_id) JOIN held AS h ON h.lock = w.lock
WHERE w.certain = 1
ORDER BY w.waited_us DESC LIMIT 10

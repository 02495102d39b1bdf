-- A sysctl demands a panic where the kernel would kill: mm/oom_kill.c, check_panic_on_oom().
-- rule: panic-on-oom
-- verdict: panic-on-oom
-- role: cause
-- severity: fault
-- confidence: certain
-- applies-to: panic
-- title: vm.panic_on_oom demands a panic when memory runs out
-- explanation: Nothing was killed because the setting asks for a panic instead. Why memory ran short is told by the memory event before it.
-- advice: unless another node takes over on a panic, set vm.panic_on_oom=0, so that one process dies and not the machine
-- advice: with 1 it panics only where no cpuset, memory policy or cgroup limits the request; with 2 always
SELECT capture_id, member, line, text FROM v1_event_line
WHERE event_id = :event_id AND role = 'panic'
	AND (text LIKE '%panic_on_oom%')

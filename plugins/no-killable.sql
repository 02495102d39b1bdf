-- An OOM with nobody left to kill ends in a panic: mm/oom_kill.c, out_of_memory().
-- rule: panic-no-killable
-- verdict: no-killable
-- role: cause
-- severity: fault
-- confidence: certain
-- applies-to: panic
-- title: no process was left that may be killed
-- explanation: The kernel ran out of memory and found no process it may kill: init, kernel threads and processes at oom_score_adj -1000 are exempt. It says so and stops. Why memory ran short is told by the memory event before it.
-- advice: keep oom_score_adj -1000 to processes that hold little; what is protected cannot be given up
-- advice: if the tasks listed hold little memory, look for the kernel's own: slab, vmalloc, drivers
SELECT capture_id, member, line, text FROM v1_event_line
WHERE event_id = :event_id AND role = 'panic'
	AND (text LIKE '%no killable processes%' OR text LIKE '%System is deadlocked on memory%')

-- Somebody crashed the machine by hand: drivers/tty/sysrq.c, sysrq_handle_crash().
-- rule: panic-manual-crash
-- verdict: manual-crash
-- role: cause
-- severity: fault
-- confidence: certain
-- applies-to: panic
-- title: somebody asked for the crash by SysRq-c
-- explanation: A crash by hand (SysRq-c, or `echo c > /proc/sysrq-trigger`), mostly to get a dump of a machine that hangs: look at what came before it.
-- advice: find out who and why; the events before it tell what the dump was wanted for
SELECT capture_id, member, line, text FROM v1_event_line
WHERE event_id = :event_id AND role = 'panic'
	AND (text LIKE '%sysrq triggered crash%' OR text LIKE '%SysRq : Trigger a crash%')

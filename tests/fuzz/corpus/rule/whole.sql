-- rule: swap-full
-- verdict: swap-full
-- severity: warning
-- confidence: likely
-- role: cause
-- applies-to: oom-kill, alloc-failure
-- title: {used:bytes} of {{ {size}
-- explanation: a
-- advice: b
-- missing: a | b
-- priority: 3

SELECT 1

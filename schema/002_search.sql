-- 002_search.sql - indexes for the questions of people: WHERE comm =, WHERE verdict =,
-- the same crash elsewhere, what happened in that minute. A store in memory, which
-- only explains and is gone, does without this step.

CREATE INDEX log_boot ON log(boot_id, mono_us);
CREATE INDEX event_verdict ON event(verdict, wall_us);
CREATE INDEX event_kind ON event(kind, wall_us);
CREATE INDEX event_wall ON event(wall_us);
CREATE INDEX oom_trigger ON oom(trigger_comm);
CREATE INDEX victim_comm ON victim(comm);
CREATE INDEX victim_cgroup ON victim(cgroup) WHERE cgroup IS NOT NULL;
CREATE INDEX task_comm ON task(comm);
CREATE INDEX zone_check_zone ON zone_check(zone_id);
CREATE INDEX task_choice_task ON task_choice(task_id);
CREATE INDEX cgroup_path ON cgroup(path);
CREATE INDEX sysctl_name ON sysctl(name);
CREATE INDEX unit_name ON unit(name);
CREATE INDEX stack_hash ON stack(hash) WHERE hash IS NOT NULL;
CREATE INDEX crash_comm ON crash(comm);
CREATE INDEX crash_crash_key ON crash(crash_key);
CREATE INDEX crash_function ON crash(function);
CREATE INDEX finding_verdict ON finding(verdict);
CREATE INDEX finding_rule ON finding(rule);
CREATE INDEX issue_code ON issue(code);

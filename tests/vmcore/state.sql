-- The state of one dump, as tests/vmcore/real.sh holds it: what a kernel's change or a
-- wrong offset would touch.
SELECT 'boot', kernel_release, arch, page_size, ram_bytes, command_line FROM v1_boot ORDER BY 2;
SELECT 'snapshot', source, complete, wall_us, mono_us FROM v1_snapshot ORDER BY 2, 4;
SELECT 'task', pid, tgid, ppid, uid, comm, state, flags, cpu, start_us, oom_score_adj,
	total_vm_bytes, anon_rss_bytes, file_rss_bytes, shmem_rss_bytes, swap_bytes,
	page_table_bytes, cgroup, kernel_thread
	FROM v1_task JOIN v1_snapshot USING (snapshot_id) WHERE source = 'vmcore'
	ORDER BY pid, cpu;
SELECT 'zone', node, zone, free_bytes, min_bytes, low_bytes, high_bytes, boost_bytes,
	managed_bytes, present_bytes, lowmem_reserve, free_pcp_bytes, highatomic_bytes
	FROM v1_zone JOIN v1_snapshot USING (snapshot_id) WHERE source = 'vmcore' ORDER BY 2, 3;
SELECT 'free', node, zone, group_concat(block_order || migrate_type || '=' || blocks, ' ')
	FROM (SELECT * FROM v1_free_list JOIN v1_snapshot USING (snapshot_id)
		WHERE source = 'vmcore' ORDER BY node, zone, block_order, migrate_type)
	GROUP BY 2, 3;
SELECT 'cgroup', path, usage_bytes, limit_bytes FROM v1_cgroup JOIN v1_snapshot
	USING (snapshot_id) WHERE source = 'vmcore' ORDER BY path;
SELECT 'slab', cache, objects, active, object_bytes, total_bytes FROM v1_slab JOIN v1_snapshot
	USING (snapshot_id) WHERE source = 'vmcore' ORDER BY total_bytes DESC, cache LIMIT 20;
SELECT 'counter', name, value, unit FROM v1_counter WHERE scope = 'host' ORDER BY name;
SELECT 'module', name FROM v1_module ORDER BY name;
SELECT 'sysctl', name, value FROM v1_sysctl ORDER BY name;
SELECT 'stack', tasks, state, frames FROM v1_stack_group ORDER BY tasks DESC, frames;
SELECT 'issue', severity, code, text FROM v1_issue ORDER BY 2, 3, 4;
SELECT 'read by', types_from, symbols_from FROM v1_snapshot WHERE source = 'vmcore';
SELECT 'badness', pid, oom_rss_bytes, oom_swap_bytes, badness_pages, badness_why_not FROM v1_task
	JOIN v1_snapshot USING (snapshot_id) WHERE source = 'vmcore' AND kernel_thread = 0
	AND (badness_pages IS NOT NULL OR badness_why_not IS NOT NULL) ORDER BY pid;
SELECT 'wait', pid, state, kind, mode, lock_name, caller, owner_pid, owner_state, certain, readers,
	waiters, root_pid, deadlock, since_us, waited_us, source, note, owner_at, root_at
	FROM v1_wait ORDER BY pid;
SELECT 'cpu', cpu, pid, crashed, user_mode, function, offset, module, entered_by, registers_of,
	registers FROM v1_cpu ORDER BY cpu;
SELECT 'queue', scope, name, value FROM v1_counter WHERE scope GLOB 'cpu *' ORDER BY 2, 3;

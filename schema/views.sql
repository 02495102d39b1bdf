-- views.sql - the analyst's interface (views v1_*): shapes, units, meaning.
--
-- Tables hold integers; views add text and names. What stands in a view's list of
-- columns is public and stays. A view is documented by lines of this form, which
-- schema/embed.sh turns into the answer of `inquest schema` (it fails for a column
-- without one):
--
-- 	v1_view | where its rows come from | what a row is
-- 	v1_view.column | unit | meaning
-- 	*.column | unit | meaning, in whatever view has the column and no line of its own
--
-- A view is one table with joins by rowid, so that conditions reach the indexes.
--
-- *.capture_id | id | the capture that said it
-- *.host_id | id | the machine
-- *.boot_id | id | the run of the kernel
-- *.event_id | id | the event it belongs to
-- *.snapshot_id | id | the state of the machine it is part of
-- *.finding_id | id | the finding it belongs to
-- *.zone_id | id | the row of v1_zone
-- *.task_id | id | the row of v1_task
-- *.member_id | id | the file inside the capture, row of v1_member
-- *.member | text | the file inside the capture where it stands; empty: the capture itself
-- *.line | number | line in that file, from 1; record number in a binary log
-- *.first_line | number | first line of it in the member
-- *.last_line | number | last line of it in the member
-- *.wall_us | us | microseconds since 1970 UTC; NULL where no date can be known
-- *.time | ISO 8601 | wall_us as text
-- *.wall_kind | bits | worth of wall_us: 0 certain; 1 local time of an unknown zone taken as UTC; 4 computed from time since boot
-- *.mono_us | us | microseconds since boot
-- *.pid | id | the kernel's task id: a thread has its own; idle tasks all have 0
-- *.comm | text | task name as the kernel has it, at most 15 bytes; of a kernel thread the whole one where it is known
-- *.uid | id | user id
-- *.cpu | number | processor
-- *.oom_score_adj | -1000..1000 | adjustment of the task; -1000: never killed
-- *.score | number | badness as the kernel shows it, 0..1000 and more
-- *.total_vm_bytes | bytes | address space
-- *.rss_bytes | bytes | resident: anonymous, file and shared memory together
-- *.anon_rss_bytes | bytes | resident anonymous memory
-- *.file_rss_bytes | bytes | resident pages of files
-- *.shmem_rss_bytes | bytes | resident shared memory and tmpfs
-- *.page_table_bytes | bytes | page tables of the task
-- *.swap_bytes | bytes | swapped out
-- *.cgroup | text | path below the root of the hierarchy, of the memory controller where there is one
-- *.unit | text | systemd unit, from the cgroup's path
-- *.container | text | container id, from the cgroup's path
-- *.pod | text | Kubernetes pod uid, from the cgroup's path, with its dashes
-- *.node | number | NUMA node
-- *.zone | text | DMA, DMA32, Normal, HighMem, Movable, Device
-- *.free_bytes | bytes | free pages
-- *.min_bytes | bytes | watermark min
-- *.low_bytes | bytes | watermark low
-- *.high_bytes | bytes | watermark high
-- *.boost_bytes | bytes | temporary boost of the watermarks
-- *.highatomic_bytes | bytes | reserved for high-order atomic requests
-- *.free_highatomic_bytes | bytes | free of that reserve
-- *.present_bytes | bytes | physical pages of the zone
-- *.managed_bytes | bytes | pages the allocator manages
-- *.spanned_bytes | bytes | size with holes
-- *.free_cma_bytes | bytes | free pages only movable requests may use
-- *.lowmem_reserve | JSON array, bytes | kept from requests that could use zone 0, 1, 2 ...
-- *.active_anon_bytes | bytes | anonymous, recently used
-- *.inactive_anon_bytes | bytes | anonymous, not recently used
-- *.active_file_bytes | bytes | page cache, recently used
-- *.inactive_file_bytes | bytes | page cache, not recently used
-- *.unevictable_bytes | bytes | mlocked, ramfs and other pages reclaim must leave
-- *.isolated_anon_bytes | bytes | taken off the lists by reclaim or compaction: anonymous
-- *.isolated_file_bytes | bytes | taken off the lists by reclaim or compaction: files
-- *.mapped_bytes | bytes | file pages mapped into tasks
-- *.mlocked_bytes | bytes | locked by mlock()
-- *.dirty_bytes | bytes | to be written back
-- *.writeback_bytes | bytes | being written back
-- *.writepending_bytes | bytes | dirty and under writeback
-- *.writeback_tmp_bytes | bytes | temporary buffers of FUSE writeback
-- *.shmem_bytes | bytes | shared memory and tmpfs
-- *.shmem_thp_bytes | bytes | of shmem in huge pages
-- *.shmem_pmdmapped_bytes | bytes | of shmem mapped by huge entries
-- *.anon_thp_bytes | bytes | anonymous memory in huge pages
-- *.unstable_bytes | bytes | NFS pages not yet committed
-- *.kernel_stack_bytes | bytes | kernel stacks
-- *.shadow_call_stack_bytes | bytes | shadow call stacks
-- *.pagetables_bytes | bytes | page tables
-- *.sec_pagetables_bytes | bytes | page tables of KVM and IOMMU
-- *.balloon_bytes | bytes | given back to the hypervisor
-- *.gpu_active_bytes | bytes | pages in use by graphics
-- *.gpu_reclaim_bytes | bytes | reclaimable pages of graphics
-- *.slab_reclaimable_bytes | bytes | slab that can be shrunk
-- *.slab_unreclaimable_bytes | bytes | slab that cannot
-- *.bounce_bytes | bytes | bounce buffers
-- *.free_pcp_bytes | bytes | free pages on the lists of all processors
-- *.local_pcp_bytes | bytes | of these, of the reporting processor
-- *.zspages_bytes | bytes | pages of zsmalloc
-- *.pages_scanned | count | pages looked at since the last was freed
-- *.all_unreclaimable | 0 or 1 | the kernel had given up on it
-- *.usage_bytes | bytes | charged to the cgroup
-- *.limit_bytes | bytes | limit of the cgroup; NULL with unlimited = 1: none
-- *.failcnt | count | times the limit was hit
-- *.unlimited | 0 or 1 | 1: the capture shows that there is no limit
-- *.size_bytes | bytes | size
-- *.kernel_release | text | uname -r
-- *.arch | text | machine, as uname -m
-- *.page_size | bytes | size of a page
-- *.format | text | forms found, comma separated
-- *.function | text | symbol, without offset
-- *.module | text | module of the function; NULL: core kernel
-- *.severity | text | fault, warning, notice
-- *.confidence | text | certain: the capture states it; strong: computed from complete figures; likely; guess
-- *.verdict | text | the cause, from the list in the manual
-- *.holder | text | where the memory is: processes, slab, shmem ...; NULL: no memory matter
-- *.title | text | one line
-- *.source | text | where it comes from
-- *.hash | text | equal for equal stacks
-- *.state | text | one letter as in /proc/PID/stat
-- *.text | text | the line
-- *.name | text | name

-- v1_capture | every import | one thing that was read: log, dump, bundle, journal
-- v1_capture.capture_id | id | own id
-- v1_capture.host_id | id | its machine, where it speaks of exactly one
-- v1_capture.path | text | where it was when it was read
-- v1_capture.kind | text | log, vmcore, bundle, journal, state
-- v1_capture.sha256 | hex | of its bytes: the same bytes are imported once
-- v1_capture.status | text | ok, partial (damaged, or a limit was reached), failed
-- v1_capture.imported_us | us | when, microseconds since 1970 UTC
-- v1_capture.tool_version | text | of the inquest that read it
CREATE VIEW v1_capture(
	capture_id, host_id, path, kind, format, sha256, size_bytes, status,
	imported_us, tool_version
) AS SELECT
	c.id,
	(SELECT CASE count(*) WHEN 1 THEN min(h.host_id) END FROM host_seen AS h
		WHERE h.capture_id = c.id),
	c.path, c.kind, c.format, c.sha256, c.size_bytes, c.status, c.imported_us,
	c.tool_version
FROM capture AS c;

-- v1_member | every import | a file inside a capture, of which something is told
-- v1_member.member_id | id | own id
-- v1_member.member | text | its path inside the capture; empty: the capture itself
-- v1_member.lines | count | lines in it
-- v1_member.records_kernel | count | kernel records in it
-- v1_member.records_other | count | records of other programs, scanned and not stored
-- v1_member.year_delta | years | added to its dates, which stand without a year
-- v1_member.zone_offset_us | us | subtracted from its dates, which stand without a zone
-- v1_member.zone_change_us | us | local time of the last change of summer time before the collection
-- v1_member.zone_before_us | us | subtracted from its dates before that change
CREATE VIEW v1_member(
	member_id, capture_id, member, format, size_bytes, lines, records_kernel,
	records_other, year_delta, zone_offset_us, zone_change_us, zone_before_us
) AS SELECT
	m.id, m.capture_id, m.name, m.format, m.size_bytes, m.lines, m.records_kernel,
	m.records_other, m.year_delta, m.zone_offset_us, m.zone_change_us, m.zone_before_us
FROM member AS m;

-- v1_host | whatever names it | a machine, over all captures
-- v1_host.host_id | id | own id
-- v1_host.name | text | host name
-- v1_host.machine_id | hex | /etc/machine-id
-- v1_host.dmi_vendor | text | maker of the hardware
-- v1_host.dmi_product | text | model
-- v1_host.os_release | text | distribution and version
-- v1_host.cloud | text | provider of the instance
CREATE VIEW v1_host(
	host_id, name, machine_id, dmi_vendor, dmi_product, os_release, cloud
) AS SELECT
	h.id, h.name, h.machine_id, h.dmi_vendor, h.dmi_product, h.os_release, h.cloud
FROM host AS h;

-- v1_boot | log, vmcore, bundle | one run of a kernel
-- v1_boot.boot_id | id | own id
-- v1_boot.kernel_version | text | the line Linux version ...
-- v1_boot.command_line | text | of the kernel
-- v1_boot.boot_uuid | hex | boot id of the journal
-- v1_boot.start_us | us | wall time of mono_us 0
-- v1_boot.ram_bytes | bytes | memory of the machine
CREATE VIEW v1_boot(
	boot_id, host_id, kernel_release, kernel_version, arch, page_size,
	command_line, boot_uuid, start_us, ram_bytes
) AS SELECT
	b.id, b.host_id, b.kernel_release, b.kernel_version, b.arch, b.page_size,
	b.command_line, b.boot_uuid, b.start_us, b.ram_bytes
FROM boot AS b;

-- v1_log | log, journal, printk buffer of a vmcore | a line of kernel text, or of a program that speaks of OOM
-- v1_log.log_id | id | own id
-- v1_log.level | 0..7 | 0 emergency ... 7 debug
-- v1_log.facility | number | of syslog; 0 kernel
-- v1_log.cpu | number | processor that printed it, where the log names it
-- v1_log.task | id | task that printed it, where the log names it
-- v1_log.source | text | kernel, or the program's name
CREATE VIEW v1_log(
	log_id, capture_id, member_id, boot_id, member, line, wall_us, time,
	wall_kind, mono_us, level, facility, cpu, task, source, text
) AS SELECT
	l.id, m.capture_id, l.member_id, l.boot_id, m.name, l.line, l.wall_us,
	strftime('%Y-%m-%dT%H:%M:%S', l.wall_us / 1000000 - (l.wall_us % 1000000 < 0), 'unixepoch')
		|| CASE l.wall_us % 1000000 WHEN 0 THEN ''
			ELSE printf('.%06d', (l.wall_us % 1000000 + 1000000) % 1000000) END || 'Z',
	l.wall_kind, l.mono_us, l.level, l.facility, l.cpu, l.task, l.source, l.text
FROM log AS l JOIN member AS m ON m.id = l.member_id;

-- v1_event | log, vmcore | something that happened, once, however often it was seen
-- v1_event.event_id | id | own id
-- v1_event.capture_id | id | the capture whose report is stored: the richest of its sightings
-- v1_event.parent_id | id | the event that led to this one
-- v1_event.kind | text | oom-kill, alloc-failure, userspace-kill, panic, oops ...
-- v1_event.fingerprint | text | equal for the same happening of one boot
-- v1_event.stamp | text | month, day and clock, where the log tells no year and nobody gave one (--year)
-- v1_event.era | text | which kernels write such a report, and from what that was seen
-- v1_event.truncated | 0 or 1 | the report is cut
-- v1_event.missing | text | parts of the report that are not there, comma separated
-- v1_event.seen_count | count | sightings
CREATE VIEW v1_event(
	event_id, capture_id, host_id, boot_id, parent_id, kind, fingerprint, wall_us,
	time, wall_kind, mono_us, stamp, kernel_release, arch, era, page_size, truncated,
	missing, title, verdict, holder, severity, confidence, seen_count
) AS SELECT
	e.id, e.capture_id, e.host_id, e.boot_id, e.parent_id, e.kind, e.fingerprint,
	e.wall_us,
	strftime('%Y-%m-%dT%H:%M:%S', e.wall_us / 1000000 - (e.wall_us % 1000000 < 0), 'unixepoch')
		|| CASE e.wall_us % 1000000 WHEN 0 THEN ''
			ELSE printf('.%06d', (e.wall_us % 1000000 + 1000000) % 1000000) END || 'Z',
	e.wall_kind, e.mono_us, e.stamp, e.kernel_release, e.arch, e.era, e.page_size,
	e.truncated, e.missing, e.title, e.verdict, e.holder, e.severity, e.confidence,
	(SELECT count(*) FROM sighting AS s WHERE s.event_id = e.id)
FROM event AS e;

-- v1_sighting | log, vmcore | a place where an event was seen
-- v1_sighting.sighting_id | id | own id
CREATE VIEW v1_sighting(
	sighting_id, event_id, capture_id, member_id, member, first_line, last_line
) AS SELECT
	s.id, s.event_id, m.capture_id, s.member_id, m.name, s.first_line, s.last_line
FROM sighting AS s JOIN member AS m ON m.id = s.member_id;

-- v1_event_line | log, vmcore | a line of a report that a finding may cite
-- v1_event_line.event_line_id | id | own id
-- v1_event_line.role | text | which line of the report it is: headline, zone 0 Normal, task 4070 ...
CREATE VIEW v1_event_line(
	event_line_id, event_id, role, capture_id, member_id, member, line, text
) AS SELECT
	l.id, l.event_id, l.role, m.capture_id, l.member_id, m.name, l.line, l.text
FROM event_line AS l JOIN member AS m ON m.id = l.member_id;

-- v1_event_snapshot | log, vmcore, bundle | which states of the machine tell of an event
-- v1_event_snapshot.event_snapshot_id | id | own id
-- v1_event_snapshot.role | text | report: printed with it; dump: the machine at the crash; later: /proc at collection; rebooted: the same behind a reboot, of which only configuration tells
CREATE VIEW v1_event_snapshot(
	event_snapshot_id, event_id, snapshot_id, role
) AS SELECT
	x.id, x.event_id, x.snapshot_id, x.role
FROM event_snapshot AS x;

-- v1_oom | log, vmcore | what an oom-kill, alloc-failure or userspace-kill report says
-- v1_oom.oom_id | id | own id
-- v1_oom.constraint_kind | text | none, cpuset, memory_policy, memcg
-- v1_oom.trigger_pid | id | task that asked for memory
-- v1_oom.trigger_comm | text | its name
-- v1_oom.trigger_adj | -1000..1000 | its adjustment
-- v1_oom.gfp_mask | text | of the request, as printed
-- v1_oom.gfp_flags | text | its names, joined by a bar; decoded where not printed
-- v1_oom.alloc_order | order | 2^order pages were asked for; -1: sysrq
-- v1_oom.nodemask | text | nodes the request was for; (null): any
-- v1_oom.cpuset | text | name of the cpuset
-- v1_oom.mems_allowed | text | nodes of the cpuset
-- v1_oom.cgroup_limited | text | the cgroup whose limit was reached
-- v1_oom.cgroup_task | text | the victim's cgroup
-- v1_oom.memsw_usage_bytes | bytes | cgroup v1: memory and swap
-- v1_oom.memsw_limit_bytes | bytes | its limit
-- v1_oom.memsw_failcnt | count | times that limit was hit
-- v1_oom.kmem_usage_bytes | bytes | cgroup v1: kernel memory
-- v1_oom.kmem_limit_bytes | bytes | its limit
-- v1_oom.kmem_failcnt | count | times that limit was hit
-- v1_oom.swap_usage_bytes | bytes | cgroup v2: swap
-- v1_oom.swap_limit_bytes | bytes | its limit
-- v1_oom.swap_failcnt | count | times that limit was hit
-- v1_oom.totalpages_bytes | bytes | memory and swap the badness is held against
-- v1_oom.swap_free_bytes | bytes | free swap of the host
-- v1_oom.swap_total_bytes | bytes | swap of the host
-- v1_oom.tasks_listed | count | rows of the printed table
-- v1_oom.victim_count | count | tasks killed
-- v1_oom.chosen_pid | id | task that was chosen, where another died for it
-- v1_oom.chosen_comm | text | its name
-- v1_oom.chosen_score | number | its score
-- v1_oom.manual | 0 or 1 | sysrq-f
-- v1_oom.group_kill | 0 or 1 | memory.oom.group
-- v1_oom.allocating_task | 0 or 1 | vm.oom_kill_allocating_task
-- v1_oom.global_oom | 0 or 1 | the text says that the host ran short
-- v1_oom.no_killable | 0 or 1 | nobody was left to kill
-- v1_oom.killer | text | name of a user-space killer
-- v1_oom.killer_reason | text | the reason it gave
-- v1_oom.alloc_kind | text | what failed: page, slub, slab, vmalloc, vmap, cma, stall
-- v1_oom.alloc_cache | text | slab cache of the failed request
-- v1_oom.alloc_bytes | bytes | size of the failed request
CREATE VIEW v1_oom(
	oom_id, event_id, constraint_kind, trigger_pid, trigger_comm, trigger_adj,
	gfp_mask, gfp_flags, alloc_order, nodemask, cpuset, mems_allowed,
	cgroup_limited, cgroup_task, usage_bytes, limit_bytes, failcnt,
	memsw_usage_bytes, memsw_limit_bytes, memsw_failcnt, kmem_usage_bytes,
	kmem_limit_bytes, kmem_failcnt, swap_usage_bytes, swap_limit_bytes,
	swap_failcnt, unlimited, totalpages_bytes, swap_free_bytes, swap_total_bytes,
	tasks_listed, victim_count, chosen_pid, chosen_comm, chosen_score, manual,
	group_kill, allocating_task, global_oom, no_killable, killer, killer_reason,
	alloc_kind, alloc_cache, alloc_bytes
) AS SELECT
	o.id, o.event_id, o.constraint_kind, o.trigger_pid, o.trigger_comm,
	o.trigger_adj, o.gfp_mask, o.gfp_flags, o.alloc_order, o.nodemask, o.cpuset,
	o.mems_allowed, o.cgroup_limited, o.cgroup_task, o.usage_bytes, o.limit_bytes,
	o.failcnt, o.memsw_usage_bytes, o.memsw_limit_bytes, o.memsw_failcnt,
	o.kmem_usage_bytes, o.kmem_limit_bytes, o.kmem_failcnt, o.swap_usage_bytes,
	o.swap_limit_bytes, o.swap_failcnt, o.unlimited, o.totalpages_bytes,
	o.swap_free_bytes, o.swap_total_bytes, o.tasks_listed, o.victim_count,
	o.chosen_pid, o.chosen_comm, o.chosen_score, o.manual, o.group_kill,
	o.allocating_task, o.global_oom, o.no_killable, o.killer, o.killer_reason,
	o.alloc_kind, o.alloc_cache, o.alloc_bytes
FROM oom AS o;

-- v1_victim | log, vmcore | a task that was killed, with the figures printed at the kill
-- v1_victim.victim_id | id | own id
-- v1_victim.reaped | 0 or 1 | oom_reaper freed its memory
CREATE VIEW v1_victim(
	victim_id, event_id, pid, comm, uid, oom_score_adj, score, total_vm_bytes,
	anon_rss_bytes, file_rss_bytes, shmem_rss_bytes, page_table_bytes, cgroup,
	unit, container, reaped
) AS SELECT
	v.id, v.event_id, v.pid, v.comm, v.uid, v.oom_score_adj, v.score,
	v.total_vm_bytes, v.anon_rss_bytes, v.file_rss_bytes, v.shmem_rss_bytes,
	v.page_table_bytes, v.cgroup, v.unit, v.container, v.reaped
FROM victim AS v;

-- v1_snapshot | log, vmcore, proc | the state of a machine at one moment, as far as it is shown
-- v1_snapshot.snapshot_id | id | own id
-- v1_snapshot.source | text | log, vmcore, proc
-- v1_snapshot.complete | 0 or 1 | nothing of it is cut
-- v1_snapshot.symbols_from | text | of a dump: where the names of the kernel were learned
-- v1_snapshot.types_from | text | of a dump: where the members of its structures were learned; NULL: nowhere
CREATE VIEW v1_snapshot(
	snapshot_id, capture_id, boot_id, source, wall_us, time, wall_kind, mono_us,
	complete, symbols_from, types_from
) AS SELECT
	s.id, s.capture_id, s.boot_id, s.source, s.wall_us,
	strftime('%Y-%m-%dT%H:%M:%S', s.wall_us / 1000000 - (s.wall_us % 1000000 < 0), 'unixepoch')
		|| CASE s.wall_us % 1000000 WHEN 0 THEN ''
			ELSE printf('.%06d', (s.wall_us % 1000000 + 1000000) % 1000000) END || 'Z',
	s.wall_kind, s.mono_us, s.complete, s.symbols_from, s.types_from
FROM snapshot AS s;

-- v1_task | log, vmcore, proc | a task of a snapshot
-- v1_task.task_id | id | own id
-- v1_task.tgid | id | the process it is a thread of
-- v1_task.ppid | id | parent
-- v1_task.flags | bits | PF_*
-- v1_task.start_us | us | start, microseconds since boot
-- v1_task.oom_adj | -17..15 | adjustment before 2.6.36; -17: never killed
-- v1_task.kernel_thread | 0 or 1 | without memory of its own
-- v1_task.seq | number | position in the table: the kernel breaks ties by it
-- v1_task.oom_rss_bytes | bytes | of a dump: resident memory as this kernel's OOM killer counts it; rss_bytes is exact
-- v1_task.oom_swap_bytes | bytes | of a dump: swap as it counts that
-- v1_task.badness_pages | pages | of a process in a dump: its badness if the machine ran out of memory now; the highest is killed
-- v1_task.badness_why_not | text | why it would not be killed at all
-- v1_task.on_cpu | 0 or 1 | of a dump: 1 ran on CPU cpu, 0 not (in state R it waited for it)
CREATE VIEW v1_task(
	task_id, snapshot_id, pid, tgid, ppid, uid, comm, state, flags, cpu, start_us,
	oom_score_adj, oom_adj, total_vm_bytes, rss_bytes, anon_rss_bytes,
	file_rss_bytes, shmem_rss_bytes, swap_bytes, page_table_bytes, cgroup, unit,
	container, kernel_thread, seq, member_id, member, line, oom_rss_bytes,
	oom_swap_bytes, badness_pages, badness_why_not, on_cpu
) AS SELECT
	t.id, t.snapshot_id, t.pid, t.tgid, t.ppid, t.uid, t.comm, t.state, t.flags,
	t.cpu, t.start_us, t.oom_score_adj, t.oom_adj, t.total_vm_bytes, t.rss_bytes,
	t.anon_rss_bytes, t.file_rss_bytes, t.shmem_rss_bytes, t.swap_bytes,
	t.page_table_bytes, t.cgroup, t.unit, t.container, t.kernel_thread, t.seq,
	t.member_id, m.name, t.line, t.oom_rss_bytes, t.oom_swap_bytes,
	t.badness_pages, t.badness_why_not, t.on_cpu
FROM task AS t LEFT JOIN member AS m ON m.id = t.member_id;

-- v1_node | log, vmcore, proc | memory of a NUMA node
-- v1_node.node_id | id | own id
CREATE VIEW v1_node(
	node_id, snapshot_id, node, active_anon_bytes, inactive_anon_bytes,
	active_file_bytes, inactive_file_bytes, unevictable_bytes,
	isolated_anon_bytes, isolated_file_bytes, mapped_bytes, dirty_bytes,
	writeback_bytes, shmem_bytes, shmem_thp_bytes, shmem_pmdmapped_bytes,
	anon_thp_bytes, writeback_tmp_bytes, unstable_bytes, kernel_stack_bytes,
	shadow_call_stack_bytes, pagetables_bytes, sec_pagetables_bytes,
	balloon_bytes, gpu_active_bytes, gpu_reclaim_bytes, pages_scanned,
	all_unreclaimable, member_id, member, line
) AS SELECT
	t.id, t.snapshot_id, t.node, t.active_anon_bytes, t.inactive_anon_bytes,
	t.active_file_bytes, t.inactive_file_bytes, t.unevictable_bytes,
	t.isolated_anon_bytes, t.isolated_file_bytes, t.mapped_bytes, t.dirty_bytes,
	t.writeback_bytes, t.shmem_bytes, t.shmem_thp_bytes, t.shmem_pmdmapped_bytes,
	t.anon_thp_bytes, t.writeback_tmp_bytes, t.unstable_bytes, t.kernel_stack_bytes,
	t.shadow_call_stack_bytes, t.pagetables_bytes, t.sec_pagetables_bytes,
	t.balloon_bytes, t.gpu_active_bytes, t.gpu_reclaim_bytes, t.pages_scanned,
	t.all_unreclaimable, t.member_id, m.name, t.line
FROM node AS t LEFT JOIN member AS m ON m.id = t.member_id;

-- v1_zone | log, vmcore, proc | memory of a zone
-- v1_zone.zone_id | id | own id
CREATE VIEW v1_zone(
	zone_id, snapshot_id, node, zone, free_bytes, min_bytes, low_bytes,
	high_bytes, boost_bytes, highatomic_bytes, free_highatomic_bytes,
	present_bytes, managed_bytes, free_cma_bytes, lowmem_reserve, spanned_bytes,
	active_anon_bytes, inactive_anon_bytes, active_file_bytes,
	inactive_file_bytes, unevictable_bytes, isolated_anon_bytes,
	isolated_file_bytes, writepending_bytes, mlocked_bytes, dirty_bytes,
	writeback_bytes, mapped_bytes, shmem_bytes, slab_reclaimable_bytes,
	slab_unreclaimable_bytes, kernel_stack_bytes, pagetables_bytes,
	unstable_bytes, bounce_bytes, free_pcp_bytes, local_pcp_bytes,
	writeback_tmp_bytes, zspages_bytes, pages_scanned, all_unreclaimable,
	member_id, member, line
) AS SELECT
	t.id, t.snapshot_id, t.node, t.zone, t.free_bytes, t.min_bytes, t.low_bytes,
	t.high_bytes, t.boost_bytes, t.highatomic_bytes, t.free_highatomic_bytes,
	t.present_bytes, t.managed_bytes, t.free_cma_bytes, t.lowmem_reserve,
	t.spanned_bytes, t.active_anon_bytes, t.inactive_anon_bytes,
	t.active_file_bytes, t.inactive_file_bytes, t.unevictable_bytes,
	t.isolated_anon_bytes, t.isolated_file_bytes, t.writepending_bytes,
	t.mlocked_bytes, t.dirty_bytes, t.writeback_bytes, t.mapped_bytes,
	t.shmem_bytes, t.slab_reclaimable_bytes, t.slab_unreclaimable_bytes,
	t.kernel_stack_bytes, t.pagetables_bytes, t.unstable_bytes, t.bounce_bytes,
	t.free_pcp_bytes, t.local_pcp_bytes, t.writeback_tmp_bytes, t.zspages_bytes,
	t.pages_scanned, t.all_unreclaimable, t.member_id, m.name, t.line
FROM zone AS t LEFT JOIN member AS m ON m.id = t.member_id;

-- v1_free_list | log, vmcore, proc | free blocks of one order
-- v1_free_list.free_list_id | id | own id
-- v1_free_list.block_order | order | a block has 2^order pages
-- v1_free_list.migrate_type | letters | U unmovable, M movable, E reclaimable, H highatomic, C CMA, I isolated; NULL: not shown
-- v1_free_list.blocks | count | free blocks
CREATE VIEW v1_free_list(
	free_list_id, snapshot_id, node, zone, block_order, migrate_type, blocks,
	member_id, member, line
) AS SELECT
	t.id, t.snapshot_id, t.node, t.zone, t.block_order, t.migrate_type, t.blocks,
	t.member_id, m.name, t.line
FROM free_list AS t LEFT JOIN member AS m ON m.id = t.member_id;

-- v1_counter | log, vmcore, proc | a number by the kernel's own name
-- v1_counter.counter_id | id | own id
-- v1_counter.scope | text | host, node N, zone N NAME, cgroup PATH, pressure RESOURCE; of a dump also vmalloc (by function), tmpfs PATH (by what)
-- v1_counter.name | text | the kernel's own: MemFree, nr_anon_pages ...
-- v1_counter.value | see unit | the number
-- v1_counter.unit | text | bytes, pages, KiB, us, huge pages, hundredths, count
CREATE VIEW v1_counter(
	counter_id, snapshot_id, scope, name, value, unit
) AS SELECT
	t.id, t.snapshot_id, t.scope, t.name, t.value, t.unit
FROM counter AS t;

-- v1_cgroup | log, vmcore, proc | a memory cgroup
-- v1_cgroup.cgroup_id | id | own id
-- v1_cgroup.path | text | below the root of the hierarchy
-- v1_cgroup.version | 1 or 2 | of the hierarchy
-- v1_cgroup.effective_limit_bytes | bytes | the smallest limit from here to the root
-- v1_cgroup.anon_bytes | bytes | anonymous memory
-- v1_cgroup.file_bytes | bytes | page cache
-- v1_cgroup.kernel_bytes | bytes | kernel memory
-- v1_cgroup.oom_group | 0 or 1 | memory.oom.group
-- v1_cgroup.oom_kills | count | tasks killed in it
CREATE VIEW v1_cgroup(
	cgroup_id, snapshot_id, path, version, usage_bytes, limit_bytes, unlimited,
	effective_limit_bytes, swap_bytes, failcnt, anon_bytes, file_bytes,
	shmem_bytes, kernel_bytes, oom_group, oom_kills, unit, container, pod,
	member_id, member, line
) AS SELECT
	t.id, t.snapshot_id, t.path, t.version, t.usage_bytes, t.limit_bytes,
	t.unlimited, t.effective_limit_bytes, t.swap_bytes, t.failcnt, t.anon_bytes,
	t.file_bytes, t.shmem_bytes, t.kernel_bytes, t.oom_group, t.oom_kills, t.unit,
	t.container, replace(t.pod, '_', '-') AS pod, t.member_id, m.name, t.line
FROM cgroup AS t LEFT JOIN member AS m ON m.id = t.member_id;

-- v1_slab | log, vmcore, proc | a slab cache
-- v1_slab.slab_id | id | own id
-- v1_slab.cache | text | name
-- v1_slab.objects | count | objects there is room for
-- v1_slab.active | count | objects in use
-- v1_slab.object_bytes | bytes | size of one
-- v1_slab.total_bytes | bytes | memory of the cache
-- v1_slab.used_bytes | bytes | of it in objects in use
-- v1_slab.reclaimable | 0 or 1 | can be shrunk
CREATE VIEW v1_slab(
	slab_id, snapshot_id, cache, objects, active, object_bytes, total_bytes,
	used_bytes, reclaimable
) AS SELECT
	t.id, t.snapshot_id, t.cache, t.objects, t.active, t.object_bytes,
	t.total_bytes, t.used_bytes, t.reclaimable
FROM slab AS t;

-- v1_zone_check | analysis | the kernel's watermark check of a zone, recomputed for an event's request
-- v1_zone_check.usable | 0 or 1 | the request may use the zone
-- v1_zone_check.reserve_bytes | bytes | lowmem_reserve against this request; NULL: not printed
-- v1_zone_check.mark_bytes | bytes | watermark min after the request's discounts; free pages must exceed it plus reserve_bytes
-- v1_zone_check.watermark_ok | 0 or 1 | they do
-- v1_zone_check.order_ok | 0 or 1 | a block of the order is there for the request
-- v1_zone_check.why | text | the reason, in words
CREATE VIEW v1_zone_check(
	event_id, zone_id, usable, reserve_bytes, mark_bytes, watermark_ok, order_ok,
	why
) AS SELECT
	z.event_id, z.zone_id, z.usable, z.reserve_bytes, z.mark_bytes, z.watermark_ok,
	z.order_ok, z.why
FROM zone_check AS z;

-- v1_task_choice | analysis | the kernel's choice of a victim, recomputed for an event
-- v1_task_choice.eligible | 0 or 1 | could be killed
-- v1_task_choice.why_not | text | why it could not
-- v1_task_choice.badness_pages | pages | badness with adjustment
-- v1_task_choice.rank | number | 1: the worst
-- v1_task_choice.killed | 0 or 1 | the kernel killed it
CREATE VIEW v1_task_choice(
	event_id, task_id, eligible, why_not, badness_pages, score, rank, killed
) AS SELECT
	c.event_id, c.task_id, c.eligible, c.why_not, c.badness_pages, c.score, c.rank,
	c.killed
FROM task_choice AS c;

-- v1_unit | bundle | a systemd unit, as systemctl show prints it or its files set it up
-- v1_unit.unit_id | id | own id
-- v1_unit.state | text | active, failed ...
-- v1_unit.sub_state | text | running, exited, failed ...
-- v1_unit.result | text | success, oom-kill, signal ...
-- v1_unit.main_pid | id | its main process
-- v1_unit.exec_pid | id | the main process it had last, dead or alive
-- v1_unit.exec_code | number | how that one ended: 1 exited, 2 killed, 3 killed with a core dump
-- v1_unit.exec_status | number | its exit status, or the signal
-- v1_unit.restarts | count | NRestarts
-- v1_unit.restart_policy | text | Restart=
-- v1_unit.oom_policy | text | OOMPolicy=
-- v1_unit.oom_score_adjust | -1000..1000 | OOMScoreAdjust=
-- v1_unit.memory_max_bytes | bytes | MemoryMax=, on cgroup v1 MemoryLimit=; NULL: none
-- v1_unit.memory_high_bytes | bytes | MemoryHigh=
-- v1_unit.memory_current_bytes | bytes | in use when it was shown
-- v1_unit.memory_peak_bytes | bytes | the most it used
-- v1_unit.slice | text | Slice=
-- v1_unit.oom_score_adjust_from | PATH:LINE | unit file that sets it; NULL: none of those in the bundle
-- v1_unit.oom_policy_from | PATH:LINE | unit file that sets it
-- v1_unit.memory_max_from | PATH:LINE | unit file that sets it
-- v1_unit.memory_high_from | PATH:LINE | unit file that sets it
-- v1_unit.restart_from | PATH:LINE | unit file that sets it
CREATE VIEW v1_unit(
	unit_id, capture_id, host_id, name, state, result, main_pid, restarts,
	restart_policy, oom_policy, oom_score_adjust, memory_max_bytes,
	memory_high_bytes, cgroup, source, sub_state, slice, exec_pid, exec_code,
	exec_status, memory_current_bytes, memory_peak_bytes, oom_score_adjust_from,
	oom_policy_from, memory_max_from, memory_high_from, restart_from, member_id,
	member, line
) AS SELECT
	u.id, u.capture_id, u.host_id, u.name, u.state, u.result, u.main_pid,
	u.restarts, u.restart_policy, u.oom_policy, u.oom_score_adjust,
	u.memory_max_bytes, u.memory_high_bytes, u.cgroup, u.source, u.sub_state,
	u.slice, u.exec_pid, u.exec_code, u.exec_status, u.memory_current_bytes,
	u.memory_peak_bytes, u.oom_score_adjust_from, u.oom_policy_from,
	u.memory_max_from, u.memory_high_from, u.restart_from, u.member_id, m.name,
	u.line
FROM unit AS u LEFT JOIN member AS m ON m.id = u.member_id;

-- v1_container | bundle | a container, as its runtime lists it
-- v1_container.container_id | id | own id
-- v1_container.container | text | container id, as long as the runtime prints it; in cgroup paths it has 64 digits
-- v1_container.name | text | the runtime's name for it
-- v1_container.image | text | image it runs
-- v1_container.state | text | as the runtime puts it: running, Up 9 hours, Exited (137) ...
-- v1_container.pod_name | text | Kubernetes pod
-- v1_container.namespace | text | Kubernetes namespace
-- v1_container.sandbox | text | id of the pod's own container
-- v1_container.runtime | text | docker, podman, cri
-- v1_container.memory_limit_bytes | bytes | limit it was started with; NULL: none
-- v1_container.oom_killed | 0 or 1 | the runtime saw it killed for lack of memory
-- v1_container.exit_code | number | 137: killed by SIGKILL
CREATE VIEW v1_container(
	container_id, snapshot_id, container, name, image, state, pod, pod_name,
	namespace, sandbox, runtime, memory_limit_bytes, oom_killed, exit_code,
	oom_score_adj, member_id, member, line
) AS SELECT
	t.id, t.snapshot_id, t.container, t.name, t.image, t.state, t.pod, t.pod_name,
	t.namespace, t.sandbox, t.runtime, t.memory_limit_bytes, t.oom_killed,
	t.exit_code, t.oom_score_adj, t.member_id, m.name, t.line
FROM container AS t LEFT JOIN member AS m ON m.id = t.member_id;

-- v1_trend | bundle | a figure at a time, as sar sampled it
-- v1_trend.trend_id | id | own id
-- v1_trend.boot_id | id | the boot that ran then, as far as boots are known
-- v1_trend.name | text | MemAvailable, MemFree, SwapFree, pswpout, ldavg-1 ...
-- v1_trend.value | number | in the unit
-- v1_trend.unit | text | bytes, pages/s, faults/s, load, tasks
-- v1_trend.amount | number | as stored: bytes, thousandths of other units
CREATE VIEW v1_trend(
	trend_id, capture_id, host_id, boot_id, member_id, member, line, wall_us, time,
	wall_kind, name, value, unit, amount
) AS SELECT
	t.id, m.capture_id, b.host_id,
	(SELECT x.id FROM boot AS x WHERE x.host_id = b.host_id AND x.start_us <= t.wall_us
		ORDER BY x.start_us DESC LIMIT 1),
	t.member_id, m.name, t.line, t.wall_us,
	strftime('%Y-%m-%dT%H:%M:%SZ', t.wall_us / 1000000, 'unixepoch'), t.wall_kind, t.name,
	CASE t.unit WHEN 'bytes' THEN t.amount ELSE t.amount / 1000.0 END, t.unit, t.amount
FROM trend AS t JOIN member AS m ON m.id = t.member_id LEFT JOIN boot AS b ON b.id = t.boot_id;

-- v1_swap | vmcore, proc | a swap area
-- v1_swap.swap_id | id | own id
-- v1_swap.path | text | device or file
-- v1_swap.kind | text | partition, file
-- v1_swap.used_bytes | bytes | in use
-- v1_swap.priority | number | the highest is used first
CREATE VIEW v1_swap(
	swap_id, snapshot_id, path, kind, size_bytes, used_bytes, priority
) AS SELECT
	t.id, t.snapshot_id, t.path, t.kind, t.size_bytes, t.used_bytes, t.priority
FROM swap AS t;

-- v1_hugetlb | log, vmcore, proc | a pool of huge pages
-- v1_hugetlb.hugetlb_id | id | own id
-- v1_hugetlb.node | number | NUMA node; NULL: the machine's pool, of which the nodes' rows are parts
-- v1_hugetlb.page_bytes | bytes | size of one page
-- v1_hugetlb.total | pages | pages of the pool
-- v1_hugetlb.free | pages | free
-- v1_hugetlb.reserved | pages | promised
-- v1_hugetlb.surplus | pages | above the configured number
CREATE VIEW v1_hugetlb(
	hugetlb_id, snapshot_id, node, page_bytes, total, free, reserved, surplus,
	member_id, member, line
) AS SELECT
	t.id, t.snapshot_id, t.node, t.page_bytes, t.total, t.free, t.reserved,
	t.surplus, t.member_id, m.name, t.line
FROM hugetlb AS t LEFT JOIN member AS m ON m.id = t.member_id;

-- v1_module | log, vmcore, proc | a loaded module
-- v1_module.module_id | id | own id
-- v1_module.address | number | where it is loaded
-- v1_module.taints | letters | why it taints
CREATE VIEW v1_module(
	module_id, snapshot_id, name, size_bytes, address, taints
) AS SELECT
	t.id, t.snapshot_id, t.name, t.size_bytes, t.address, t.taints
FROM module AS t;

-- v1_sysctl | bundle, vmcore | a setting of the kernel
-- v1_sysctl.sysctl_id | id | own id
-- v1_sysctl.name | text | vm.swappiness; of what is no sysctl the path of its file: sys/kernel/mm/transparent_hugepage/enabled; kdump.conf/path, kdumpctl/kdump ... for what saves dumps; installed-kernel/RELEASE
-- v1_sysctl.value | text | as printed
CREATE VIEW v1_sysctl(
	sysctl_id, snapshot_id, name, value, member_id, member, line
) AS SELECT
	t.id, t.snapshot_id, t.name, t.value, t.member_id, m.name, t.line
FROM sysctl AS t LEFT JOIN member AS m ON m.id = t.member_id;

-- v1_stack | log, vmcore, bundle | a frame of a stack
-- v1_stack.stack_id | id | of the frame; tasks of a snapshot with the same stack share it
-- v1_stack.depth | number | 0 is where the task is
-- v1_stack.offset | bytes | into the function
-- v1_stack.reliable | 0 or 1 | 0: printed with a question mark
CREATE VIEW v1_stack(
	stack_id, snapshot_id, event_id, pid, cpu, state, hash, depth, function,
	offset, module, reliable
) AS SELECT
	t.id, t.snapshot_id, t.event_id, t.pid, t.cpu, t.state, t.hash, t.depth,
	t.function, t.offset, t.module, t.reliable
FROM stack AS t WHERE t.pid IS NOT NULL OR t.hash IS NULL OR t.snapshot_id IS NULL
UNION ALL SELECT
	-- of no task: once for all of the snapshot that have this hash
	f.id, t.snapshot_id, t.event_id, t.pid, t.cpu, t.state, t.hash, f.depth,
	f.function, f.offset, f.module, f.reliable
FROM stack AS t CROSS JOIN stack AS f
	ON f.hash = t.hash AND f.snapshot_id = t.snapshot_id AND f.pid IS NULL
WHERE t.depth = 0 AND t.pid IS NOT NULL AND t.hash IS NOT NULL;

-- v1_stack_group | log, vmcore, bundle | tasks of one snapshot or event that have the same stack
-- v1_stack_group.tasks | count | tasks with this stack
-- v1_stack_group.top | text | function of depth 0
-- v1_stack_group.frames | JSON array | its functions, depth 0 first
CREATE VIEW v1_stack_group(
	snapshot_id, event_id, hash, tasks, state, top, frames
) AS SELECT
	t.snapshot_id, t.event_id, t.hash, count(*), t.state, t.function,
	-- JSON by hand: SQLite's json_quote() may not stand in an untrusted schema
	(SELECT '[' || group_concat(coalesce('"' || replace(replace(replace(replace(
		f.function, '\', '\\'), '"', '\"'), char(9), '\t'), char(10), '\n') || '"',
		'null')) || ']' FROM (SELECT k.function FROM stack AS k
		WHERE k.hash = t.hash
			AND k.snapshot_id IS t.snapshot_id AND k.event_id IS t.event_id
			AND ((k.pid IS t.pid AND k.cpu IS t.cpu) OR k.pid IS NULL)
		ORDER BY k.depth) AS f)
FROM stack AS t WHERE t.depth = 0 AND t.hash IS NOT NULL
GROUP BY t.snapshot_id, t.event_id, t.hash, t.state;

-- v1_cpu | vmcore | a processor at the moment of the dump
-- v1_cpu.cpu_id | id | own id
-- v1_cpu.pid | id | the task on it; 0: it was idle
-- v1_cpu.crashed | 0 or 1 | 1: it is the one that panicked
-- v1_cpu.user_mode | 0 or 1 | 1: it was in user space
-- v1_cpu.function | text | what it executed when the last exception or interrupt took it from there; else what called panic(), or what it executes
-- v1_cpu.offset | bytes | into that function
-- v1_cpu.entered_by | text | entry code of that exception or interrupt: asm_exc_page_fault, asm_sysvec_apic_timer_interrupt
-- v1_cpu.registers | text | NAME: hex NAME: hex, of that moment
-- v1_cpu.registers_of | text | exception: as the exception saved them; dump: as the dump has them
CREATE VIEW v1_cpu(
	cpu_id, snapshot_id, cpu, pid, comm, crashed, user_mode, function, offset,
	module, entered_by, registers, registers_of
) AS SELECT
	c.id, c.snapshot_id, c.cpu, c.pid, c.comm, c.crashed, c.user_mode, c.function,
	c.offset, c.module, c.entered_by, c.registers, c.registers_of
FROM cpu AS c;

-- v1_wait | vmcore | a task in uninterruptible sleep or waiting for a lock, or one that spins on a CPU: for what, and who has it
-- v1_wait.wait_id | id | own id
-- v1_wait.kind | text | mutex, semaphore, rw-semaphore, percpu-rw-semaphore, rt-mutex, completion, io, spinlock; NULL: something else
-- v1_wait.mode | text | of a lock with readers: read, write
-- v1_wait.lock | hex | address of the lock
-- v1_wait.lock_name | text | name [module] of the lock, where it is a variable
-- v1_wait.caller | text | the function that wanted it: the first that is neither scheduler nor lock
-- v1_wait.owner_pid | id | who has the lock
-- v1_wait.owner_comm | text | its name
-- v1_wait.owner_state | text | what it does: state letter as in v1_task; its stack is in v1_stack
-- v1_wait.certain | 0 or 1 | 1: the lock names its owner; 0: it remembers the last reader or holder, which may have given it back
-- v1_wait.readers | count | that hold it now
-- v1_wait.waiters | count | tasks that wait for the same lock
-- v1_wait.root_pid | id | who holds up all: the owner, or the last in a chain of owners that wait for each other
-- v1_wait.root_comm | text | its name
-- v1_wait.deadlock | 0 or 1 | 1: the chain of owners leads back into itself
-- v1_wait.since_us | us | when it last got a CPU, microseconds since boot (the scheduler's clock)
-- v1_wait.waited_us | us | from then to the moment of the dump
-- v1_wait.source | text | how the lock was found
-- v1_wait.note | text | what is odd about it
-- v1_wait.owner_at | text | the function that the owner stands in: the first that is neither scheduler nor wait
-- v1_wait.root_at | text | the same of who holds up all
CREATE VIEW v1_wait(
	wait_id, snapshot_id, pid, comm, state, kind, mode, lock, lock_name, caller,
	owner_pid, owner_comm, owner_state, certain, readers, waiters, root_pid,
	root_comm, deadlock, since_us, waited_us, source, note, owner_at, root_at
) AS SELECT
	w.id, w.snapshot_id, w.pid, w.comm, w.state, w.kind, w.mode, w.lock, w.lock_name,
	w.caller, w.owner_pid, w.owner_comm, w.owner_state, w.certain, w.readers,
	w.waiters, w.root_pid, w.root_comm, w.deadlock, w.since_us, w.waited_us, w.source,
	w.note, w.owner_at, w.root_at
FROM wait AS w;

-- v1_crash | log, vmcore | what the report of a crash says
-- v1_crash.crash_id | id | own id
-- v1_crash.reason | text | the kernel's headline, as printed
-- v1_crash.function | text | where it happened
-- v1_crash.suspect | text | first frame that is more than a helper, where function is only the messenger
-- v1_crash.address | hex | the bad address, as printed
-- v1_crash.taint | letters | as printed; NULL: not tainted
-- v1_crash.hardware | text | hardware name line
-- v1_crash.crash_key | text | equal for the same defect on other machines
-- v1_crash.loose_key | text | kind and function alone: matches more, means less
-- v1_crash.key_version | number | of the recipe behind both keys
-- v1_crash.form | text | the report in one word: null-deref, gpf, bug, warn, kasan-use-after-free, soft-lockup ...
-- v1_crash.die | text | the die header as printed: Oops: 0002 [#1] SMP NOPTI
-- v1_crash.report_no | count | the [#n] of it: which oops of this boot
-- v1_crash.error_code | hex | the code in it: x86 error code, arm64 ESR, arm FSR
-- v1_crash.access | text | read, write or exec, where the report tells
-- v1_crash.access_bytes | bytes | size of that access
-- v1_crash.message | text | what a WARN, BUG or report says besides its headline
-- v1_crash.source_file | text | as printed
-- v1_crash.source_line | number | as printed
-- v1_crash.pc | text | the address itself, where it is no symbol
-- v1_crash.context | text | task, irq, softirq or nmi
-- v1_crash.stuck_us | us | how long stuck, stalled or blocked, as printed
-- v1_crash.waits_in | text | the wait or lock primitive that the task stands in
-- v1_crash.lock_kind | text | mutex, semaphore, rw-semaphore, spinlock, as the kernel names it
-- v1_crash.lock_name | text | symbol or address of that lock
-- v1_crash.owner_pid | id | who holds it, as the kernel printed
-- v1_crash.owner_comm | text | its name
-- v1_crash.owner_cpu | number | its CPU
-- v1_crash.other_cpu | number | the CPU that detected it, where it is another
-- v1_crash.workqueue | text | queue and function of a worker; the stuck pool
-- v1_crash.object | text | what is broken: slab cache, block device, filesystem, PCI function, DIMM
-- v1_crash.hw_severity | text | fatal, uncorrected, recoverable, deferred, corrected or info
-- v1_crash.hw_bank | number | machine check bank
-- v1_crash.hw_status | hex | its status register; the error status of a PCI function
-- v1_crash.hw_misc | hex | its MISC register
-- v1_crash.registers | text | the register lines as printed
-- v1_crash.code | text | the bytes around the instruction
-- v1_crash.modules | text | modules with flags, as printed: lab(OE) nvidia(POE)
-- v1_crash.last_unloaded | text | the module unloaded last
-- v1_crash.manual | 0 or 1 | 1: asked for (SysRq-c)
-- v1_crash.repeats | count | equal reports of this boot in the capture, the first counted
-- v1_crash.last_wall_us | us | of the last of them
-- v1_crash.last_mono_us | us | of the last of them
-- v1_crash.quality | text | corrupted, truncated, unreliable, not-first: how far the report can be trusted
CREATE VIEW v1_crash(
	crash_id, event_id, reason, function, suspect, module, address, taint,
	hardware, cpu, pid, comm, crash_key,
	loose_key, key_version, form, die, report_no, error_code, access, access_bytes,
	message, source_file, source_line, pc, context, stuck_us, waits_in, lock_kind,
	lock_name, owner_pid, owner_comm, owner_cpu, other_cpu, workqueue, object,
	hw_severity, hw_bank, hw_status, hw_misc, registers, code, modules, last_unloaded,
	manual, repeats, last_wall_us, last_mono_us, quality
) AS SELECT
	c.id, c.event_id, c.reason, c.function, c.suspect, c.module, c.address, c.taint,
	c.hardware, c.cpu, c.pid, c.comm, c.crash_key,
	c.loose_key, c.key_version, c.form, c.die, c.report_no, c.error_code, c.access,
	c.access_bytes, c.message, c.source_file, c.source_line, c.pc, c.context, c.stuck_us,
	c.waits_in, c.lock_kind, c.lock_name, c.owner_pid, c.owner_comm, c.owner_cpu,
	c.other_cpu, c.workqueue, c.object, c.hw_severity, c.hw_bank, c.hw_status, c.hw_misc,
	c.registers, c.code, c.modules, c.last_unloaded, c.manual, c.repeats, c.last_wall_us,
	c.last_mono_us, c.quality
FROM crash AS c;

-- v1_crash_group | analysis | the same crash, over hosts and boots: events with one crash_key
-- v1_crash_group.crash_key | text | what they have in common
-- v1_crash_group.kind | text | event kind, as v1_event has it
-- v1_crash_group.form | text | as v1_crash has it
-- v1_crash_group.suspect | text | function to blame: suspect, else function
-- v1_crash_group.events | count | events with this key; what another event of the group led to is not counted
-- v1_crash_group.hosts | count | machines that had it; those without a name count as one
-- v1_crash_group.boots | count | boots that had it
-- v1_crash_group.kernels | text | releases that had it, comma separated
-- v1_crash_group.repeats | count | reports of all of them, with those that were stored once and counted
-- v1_crash_group.first_us | us | the earliest, microseconds since 1970 UTC
-- v1_crash_group.last_us | us | the latest
-- v1_crash_group.first_time | ISO 8601 | first_us as text
-- v1_crash_group.last_time | ISO 8601 | last_us as text
-- v1_crash_group.verdict | text | the cause that most of them have
-- v1_crash_group.example | id | the first event of the group
-- v1_crash_group.reason | text | headline of that event
CREATE VIEW v1_crash_group(
	crash_key, kind, form, suspect, module, events, hosts, boots, kernels, repeats,
	first_us, last_us, first_time, last_time, verdict, example, reason
) AS SELECT
	g.crash_key, g.kind, x.form, coalesce(x.suspect, x.function), x.module, g.events,
	g.hosts, g.boots, g.kernels, g.repeats, g.first_us, g.last_us,
	strftime('%Y-%m-%dT%H:%M:%SZ', g.first_us / 1000000, 'unixepoch'),
	strftime('%Y-%m-%dT%H:%M:%SZ', g.last_us / 1000000, 'unixepoch'),
	(SELECT v.verdict FROM crash AS k JOIN event AS v ON v.id = k.event_id
		WHERE k.crash_key = g.crash_key AND v.kind = g.kind AND v.verdict IS NOT NULL
		GROUP BY v.verdict ORDER BY count(*) DESC, v.verdict LIMIT 1),
	g.example, x.reason
FROM (SELECT c.crash_key, e.kind, count(*) AS events,
		count(DISTINCT coalesce(e.host_id, 0)) AS hosts,
		count(DISTINCT e.boot_id) AS boots,
		group_concat(DISTINCT coalesce(e.kernel_release, b.kernel_release)) AS kernels,
		sum(coalesce(c.repeats, 1)) AS repeats, min(e.wall_us) AS first_us,
		max(coalesce(c.last_wall_us, e.wall_us)) AS last_us, min(e.id) AS example
	FROM crash AS c JOIN event AS e ON e.id = c.event_id
		LEFT JOIN boot AS b ON b.id = e.boot_id
		LEFT JOIN crash AS pc ON pc.event_id = e.parent_id
	WHERE c.crash_key IS NOT NULL AND pc.crash_key IS NOT c.crash_key
	GROUP BY c.crash_key, e.kind) AS g
	JOIN crash AS x ON x.event_id = g.example;

-- v1_finding | analysis | something a plugin concluded
-- v1_finding.finding_id | id | own id
-- v1_finding.event_id | id | the event it is about; NULL: about a host
-- v1_finding.host_id | id | the machine it is about; NULL: about an event
-- v1_finding.plugin | text | who says it
-- v1_finding.rule | text | stable id of the rule
-- v1_finding.role | text | cause, contributing, notice
-- v1_finding.explanation | text | why
-- v1_finding.advice | JSON array | what to do, one text each
CREATE VIEW v1_finding(
	finding_id, event_id, host_id, plugin, rule, role, verdict, holder, severity,
	confidence, title, explanation, advice
) AS SELECT
	f.id, f.event_id, f.host_id, f.plugin, f.rule, f.role, f.verdict, f.holder,
	f.severity, f.confidence, f.title, f.explanation, f.advice
FROM finding AS f;

-- v1_evidence | analysis | what a finding rests on
-- v1_evidence.evidence_id | id | own id
-- v1_evidence.seq | number | order in the finding
-- v1_evidence.view_name | text | the view of a row that is evidence
-- v1_evidence.row_id | id | own id of that row
CREATE VIEW v1_evidence(
	evidence_id, finding_id, seq, capture_id, member, line, text, view_name,
	row_id
) AS SELECT
	e.id, e.finding_id, e.seq, e.capture_id, e.member, e.line, e.text, e.view_name,
	e.row_id
FROM evidence AS e;

-- v1_missing | analysis | what a capture did not show
-- v1_missing.missing_id | id | own id
-- v1_missing.what | text | what was missing
-- v1_missing.how_to_collect | text | how to get it next time
CREATE VIEW v1_missing(
	missing_id, finding_id, event_id, what, how_to_collect
) AS SELECT
	m.id, m.finding_id, m.event_id, m.what, m.how_to_collect
FROM missing AS m;

-- v1_issue | every import | what was cut, dropped, damaged or not understood
-- v1_issue.issue_id | id | own id
-- v1_issue.severity | text | note, damage, limit, failed
-- v1_issue.code | text | stable name of the kind of issue
-- v1_issue.offset_bytes | bytes | where in the member
CREATE VIEW v1_issue(
	issue_id, capture_id, severity, code, member_id, member, line, offset_bytes,
	text
) AS SELECT
	i.id, i.capture_id, i.severity, i.code, i.member_id, m.name, i.line,
	i.offset_bytes, i.text
FROM issue AS i LEFT JOIN member AS m ON m.id = i.member_id;

-- The fleet. What happened on how many machines, where most, and when.

-- v1_spread | analysis | a cause, or a defect of the kernel, and how far it is spread
-- v1_spread.kind | text | of the events: oom-kill, oops ...
-- v1_spread.crash_key | text | of a crash: equal for the same defect on other machines
-- v1_spread.function | text | of a crash: where it happened
-- v1_spread.hosts | count | machines that had it
-- v1_spread.events | count | events of it
-- v1_spread.first_us | us | the earliest of known time, microseconds since 1970 UTC
-- v1_spread.last_us | us | the latest
-- v1_spread.first_time | ISO 8601 | first_us as text
-- v1_spread.last_time | ISO 8601 | last_us as text
-- v1_spread.event_id | id | one of them
CREATE VIEW v1_spread(
	kind, verdict, holder, crash_key, function, hosts, events, first_us, last_us,
	first_time, last_time, event_id
) AS SELECT
	e.kind, e.verdict, e.holder, c.crash_key, min(c.function),
	-- machines of which nothing is known are told apart by their captures
	count(DISTINCT e.host_id) + count(DISTINCT iif(e.host_id IS NULL, e.capture_id, NULL)),
	count(*), min(e.wall_us), max(e.wall_us),
	strftime('%Y-%m-%dT%H:%M:%SZ', min(e.wall_us) / 1000000, 'unixepoch'),
	strftime('%Y-%m-%dT%H:%M:%SZ', max(e.wall_us) / 1000000, 'unixepoch'),
	min(e.id)
FROM event AS e LEFT JOIN crash AS c ON c.event_id = e.id
GROUP BY e.kind, e.verdict, e.holder, c.crash_key;

-- v1_host_summary | every import | what a machine went through
-- v1_host_summary.name | text | host name
-- v1_host_summary.captures | count | captures that speak of it
-- v1_host_summary.boots | count | runs of a kernel
-- v1_host_summary.events | count | its events
-- v1_host_summary.memory_events | count | of these: oom-kill, alloc-failure, userspace-kill
-- v1_host_summary.faults | count | of the events: those of severity fault
-- v1_host_summary.notices | count | findings about the machine itself
-- v1_host_summary.first_us | us | its first event of known time, microseconds since 1970 UTC
-- v1_host_summary.last_us | us | its last
-- v1_host_summary.last_time | ISO 8601 | last_us as text
CREATE VIEW v1_host_summary(
	host_id, name, captures, boots, events, memory_events, faults, notices,
	first_us, last_us, last_time
) AS SELECT
	h.id, h.name,
	(SELECT count(*) FROM host_seen AS s WHERE s.host_id = h.id),
	(SELECT count(*) FROM boot AS b WHERE b.host_id = h.id),
	count(e.id),
	coalesce(sum(e.kind IN ('oom-kill', 'alloc-failure', 'userspace-kill')), 0),
	coalesce(sum(e.severity = 'fault'), 0),
	(SELECT count(*) FROM finding AS f WHERE f.host_id = h.id),
	min(e.wall_us), max(e.wall_us),
	strftime('%Y-%m-%dT%H:%M:%SZ', max(e.wall_us) / 1000000, 'unixepoch')
FROM host AS h LEFT JOIN event AS e ON e.host_id = h.id
GROUP BY h.id;

-- v1_day | every import | what happened on one day, UTC; events without a date are in none
-- v1_day.day | date | year, month and day
-- v1_day.hosts | count | machines that had an event
-- v1_day.events | count | events
-- v1_day.memory_events | count | of these: oom-kill, alloc-failure, userspace-kill
-- v1_day.faults | count | of these: those of severity fault
-- v1_day.victims | count | tasks killed
CREATE VIEW v1_day(
	day, hosts, events, memory_events, faults, victims
) AS SELECT
	date(e.wall_us / 1000000, 'unixepoch'),
	count(DISTINCT e.host_id) + count(DISTINCT iif(e.host_id IS NULL, e.capture_id, NULL)),
	count(*), sum(e.kind IN ('oom-kill', 'alloc-failure', 'userspace-kill')),
	coalesce(sum(e.severity = 'fault'), 0),
	sum((SELECT count(*) FROM victim AS v WHERE v.event_id = e.id))
FROM event AS e WHERE e.wall_us IS NOT NULL
GROUP BY date(e.wall_us / 1000000, 'unixepoch');

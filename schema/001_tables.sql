-- 001_tables.sql - everything a store holds: the facts of captures and what analysis
-- made of them.
--
-- The tables of facts bear the names and columns of src/model/facts.def (a test holds
-- them to it), plus `id` and what it takes to follow a row to its capture:
--
--	capture_id	on member, event, snapshot, unit, issue, host_seen, boot_seen,
--			event_seen
--	member_id	on log, sighting, event_line, trend
--	snapshot_id, event_id	on all the rest; a shared event has its sightings
--
-- Taking a capture out is therefore deleting one row of capture: all that hangs on it
-- alone goes with it (src/store/forget.c does what is left to do). Bytes and
-- microseconds everywhere; what a capture does not show is NULL.

-- One thing that was read. The same bytes are here once: sha256.
CREATE TABLE capture(
	id INTEGER PRIMARY KEY,
	path TEXT, kind TEXT, format TEXT, sha256 TEXT, size_bytes INTEGER,
	status TEXT NOT NULL CHECK (status IN ('ok', 'partial', 'failed')),
	imported_us INTEGER NOT NULL, tool_version TEXT
) STRICT;

-- A file inside a capture; "" is the capture itself.
CREATE TABLE member(
	id INTEGER PRIMARY KEY,
	capture_id INTEGER NOT NULL REFERENCES capture ON DELETE CASCADE,
	name TEXT, format TEXT, size_bytes INTEGER, lines INTEGER,
	records_kernel INTEGER, records_other INTEGER, year_delta INTEGER,
	zone_offset_us INTEGER, zone_change_us INTEGER, zone_before_us INTEGER
) STRICT;

-- What all captures together say of a machine; each one's own words are in
-- host_seen, so that taking a capture out can take its words back.
CREATE TABLE host(
	id INTEGER PRIMARY KEY,
	name TEXT, machine_id TEXT, dmi_vendor TEXT, dmi_product TEXT,
	os_release TEXT, cloud TEXT,
	analyzed INTEGER	-- 1: its notices rest on all that is here of it
) STRICT;

CREATE TABLE host_seen(
	capture_id INTEGER NOT NULL REFERENCES capture ON DELETE CASCADE,
	host_id INTEGER NOT NULL REFERENCES host ON DELETE CASCADE,
	name TEXT, machine_id TEXT, dmi_vendor TEXT, dmi_product TEXT,
	os_release TEXT, cloud TEXT,
	PRIMARY KEY (capture_id, host_id)
) STRICT, WITHOUT ROWID;

-- One run of a kernel; each capture's own words are in boot_seen.
CREATE TABLE boot(
	id INTEGER PRIMARY KEY,
	host_id INTEGER NOT NULL REFERENCES host,
	kernel_release TEXT, kernel_version TEXT, arch TEXT, page_size INTEGER,
	command_line TEXT, boot_uuid TEXT, start_us INTEGER, ram_bytes INTEGER
) STRICT;

CREATE TABLE boot_seen(
	capture_id INTEGER NOT NULL REFERENCES capture ON DELETE CASCADE,
	boot_id INTEGER NOT NULL REFERENCES boot ON DELETE CASCADE,
	kernel_release TEXT, kernel_version TEXT, arch TEXT, page_size INTEGER,
	command_line TEXT, boot_uuid TEXT, start_us INTEGER, ram_bytes INTEGER,
	PRIMARY KEY (capture_id, boot_id)
) STRICT, WITHOUT ROWID;

-- Lines of kernel text. Bare integers: this is by far the largest table.
CREATE TABLE log(
	id INTEGER PRIMARY KEY,
	boot_id INTEGER REFERENCES boot,
	member_id INTEGER NOT NULL REFERENCES member ON DELETE CASCADE,
	line INTEGER, wall_us INTEGER, wall_kind INTEGER, mono_us INTEGER,
	level INTEGER, facility INTEGER, cpu INTEGER, task INTEGER, source TEXT,
	text TEXT
) STRICT;

-- A happening, once, however often it was seen (sighting). capture_id: the
-- capture whose report is the one stored, the richest. verdict to title are those
-- of the finding of role cause, kept here for WHERE verdict = at a million events.
CREATE TABLE event(
	id INTEGER PRIMARY KEY,
	capture_id INTEGER NOT NULL REFERENCES capture ON DELETE CASCADE,
	host_id INTEGER REFERENCES host,
	boot_id INTEGER REFERENCES boot,
	parent_id INTEGER REFERENCES event ON DELETE SET NULL,
	kind TEXT, fingerprint TEXT, wall_us INTEGER, wall_kind INTEGER,
	mono_us INTEGER, stamp TEXT, kernel_release TEXT, arch TEXT, era TEXT,
	page_size INTEGER, truncated INTEGER, missing TEXT, verdict TEXT,
	holder TEXT, severity TEXT, confidence TEXT, title TEXT,
	-- 1: judged when an import had more to read; 2: to be judged again, for since its
	-- verdict more was told of its boot
	early INTEGER
) STRICT;

-- What each capture itself said of an event that several of them saw: what they do not
-- agree on, or only one knows. An event of one capture has no row here.
CREATE TABLE event_seen(
	event_id INTEGER NOT NULL REFERENCES event ON DELETE CASCADE,
	capture_id INTEGER NOT NULL REFERENCES capture ON DELETE CASCADE,
	boot_id INTEGER REFERENCES boot,
	wall_us INTEGER, wall_kind INTEGER, mono_us INTEGER, kernel_release TEXT,
	arch TEXT, page_size INTEGER,
	PRIMARY KEY (event_id, capture_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sighting(
	id INTEGER PRIMARY KEY,
	event_id INTEGER NOT NULL REFERENCES event ON DELETE CASCADE,
	member_id INTEGER NOT NULL REFERENCES member ON DELETE CASCADE,
	first_line INTEGER, last_line INTEGER
) STRICT;

CREATE TABLE event_line(
	id INTEGER PRIMARY KEY,
	event_id INTEGER NOT NULL REFERENCES event ON DELETE CASCADE,
	member_id INTEGER NOT NULL REFERENCES member ON DELETE CASCADE,
	line INTEGER, role TEXT, text TEXT
) STRICT;

CREATE TABLE oom(
	id INTEGER PRIMARY KEY,
	event_id INTEGER NOT NULL REFERENCES event ON DELETE CASCADE,
	constraint_kind TEXT, trigger_pid INTEGER, trigger_comm TEXT,
	trigger_adj INTEGER, gfp_mask TEXT, gfp_flags TEXT, alloc_order INTEGER,
	nodemask TEXT, cpuset TEXT, mems_allowed TEXT, cgroup_limited TEXT,
	cgroup_task TEXT, usage_bytes INTEGER, limit_bytes INTEGER, failcnt INTEGER,
	memsw_usage_bytes INTEGER, memsw_limit_bytes INTEGER, memsw_failcnt INTEGER,
	kmem_usage_bytes INTEGER, kmem_limit_bytes INTEGER, kmem_failcnt INTEGER,
	swap_usage_bytes INTEGER, swap_limit_bytes INTEGER, swap_failcnt INTEGER,
	unlimited INTEGER, totalpages_bytes INTEGER, swap_free_bytes INTEGER,
	swap_total_bytes INTEGER, tasks_listed INTEGER, victim_count INTEGER,
	chosen_pid INTEGER, chosen_comm TEXT, chosen_score INTEGER, manual INTEGER,
	group_kill INTEGER, allocating_task INTEGER, global_oom INTEGER,
	no_killable INTEGER, killer TEXT, killer_reason TEXT, alloc_kind TEXT,
	alloc_cache TEXT, alloc_bytes INTEGER
) STRICT;

CREATE TABLE victim(
	id INTEGER PRIMARY KEY,
	event_id INTEGER NOT NULL REFERENCES event ON DELETE CASCADE,
	pid INTEGER, comm TEXT, uid INTEGER, oom_score_adj INTEGER, score INTEGER,
	total_vm_bytes INTEGER, anon_rss_bytes INTEGER, file_rss_bytes INTEGER,
	shmem_rss_bytes INTEGER, page_table_bytes INTEGER, cgroup TEXT, unit TEXT,
	container TEXT, reaped INTEGER
) STRICT;

CREATE TABLE snapshot(
	id INTEGER PRIMARY KEY,
	capture_id INTEGER NOT NULL REFERENCES capture ON DELETE CASCADE,
	boot_id INTEGER REFERENCES boot,
	source TEXT, wall_us INTEGER, wall_kind INTEGER, mono_us INTEGER,
	complete INTEGER, symbols_from TEXT, types_from TEXT
) STRICT;

CREATE TABLE event_snapshot(
	id INTEGER PRIMARY KEY,
	event_id INTEGER NOT NULL REFERENCES event ON DELETE CASCADE,
	snapshot_id INTEGER NOT NULL REFERENCES snapshot ON DELETE CASCADE,
	role TEXT
) STRICT;

-- member_id and line of this and of other tables of state below say where the row
-- stands. They carry no foreign key: the member is of the snapshot's own capture and
-- goes with it, and a key would have to be looked up in 300 rows a report.
CREATE TABLE task(
	id INTEGER PRIMARY KEY,
	snapshot_id INTEGER NOT NULL REFERENCES snapshot ON DELETE CASCADE,
	pid INTEGER, tgid INTEGER, ppid INTEGER, uid INTEGER, comm TEXT, state TEXT,
	flags INTEGER, cpu INTEGER, start_us INTEGER, oom_score_adj INTEGER,
	oom_adj INTEGER, total_vm_bytes INTEGER, rss_bytes INTEGER,
	anon_rss_bytes INTEGER, file_rss_bytes INTEGER, shmem_rss_bytes INTEGER,
	swap_bytes INTEGER, page_table_bytes INTEGER, cgroup TEXT, unit TEXT,
	container TEXT, kernel_thread INTEGER, seq INTEGER, member_id INTEGER,
	line INTEGER, oom_rss_bytes INTEGER, oom_swap_bytes INTEGER,
	badness_pages INTEGER, badness_why_not TEXT, on_cpu INTEGER
) STRICT;

CREATE TABLE node(
	id INTEGER PRIMARY KEY,
	snapshot_id INTEGER NOT NULL REFERENCES snapshot ON DELETE CASCADE,
	node INTEGER, active_anon_bytes INTEGER, inactive_anon_bytes INTEGER,
	active_file_bytes INTEGER, inactive_file_bytes INTEGER,
	unevictable_bytes INTEGER, isolated_anon_bytes INTEGER,
	isolated_file_bytes INTEGER, mapped_bytes INTEGER, dirty_bytes INTEGER,
	writeback_bytes INTEGER, shmem_bytes INTEGER, shmem_thp_bytes INTEGER,
	shmem_pmdmapped_bytes INTEGER, anon_thp_bytes INTEGER,
	writeback_tmp_bytes INTEGER, unstable_bytes INTEGER,
	kernel_stack_bytes INTEGER, shadow_call_stack_bytes INTEGER,
	pagetables_bytes INTEGER, sec_pagetables_bytes INTEGER,
	balloon_bytes INTEGER, gpu_active_bytes INTEGER, gpu_reclaim_bytes INTEGER,
	pages_scanned INTEGER, all_unreclaimable INTEGER, member_id INTEGER,
	line INTEGER
) STRICT;

CREATE TABLE zone(
	id INTEGER PRIMARY KEY,
	snapshot_id INTEGER NOT NULL REFERENCES snapshot ON DELETE CASCADE,
	node INTEGER, zone TEXT, free_bytes INTEGER, min_bytes INTEGER,
	low_bytes INTEGER, high_bytes INTEGER, boost_bytes INTEGER,
	highatomic_bytes INTEGER, free_highatomic_bytes INTEGER,
	present_bytes INTEGER, managed_bytes INTEGER, free_cma_bytes INTEGER,
	lowmem_reserve TEXT, spanned_bytes INTEGER, active_anon_bytes INTEGER,
	inactive_anon_bytes INTEGER, active_file_bytes INTEGER,
	inactive_file_bytes INTEGER, unevictable_bytes INTEGER,
	isolated_anon_bytes INTEGER, isolated_file_bytes INTEGER,
	writepending_bytes INTEGER, mlocked_bytes INTEGER, dirty_bytes INTEGER,
	writeback_bytes INTEGER, mapped_bytes INTEGER, shmem_bytes INTEGER,
	slab_reclaimable_bytes INTEGER, slab_unreclaimable_bytes INTEGER,
	kernel_stack_bytes INTEGER, pagetables_bytes INTEGER,
	unstable_bytes INTEGER, bounce_bytes INTEGER, free_pcp_bytes INTEGER,
	local_pcp_bytes INTEGER, writeback_tmp_bytes INTEGER, zspages_bytes INTEGER,
	pages_scanned INTEGER, all_unreclaimable INTEGER, member_id INTEGER,
	line INTEGER
) STRICT;

CREATE TABLE free_list(
	id INTEGER PRIMARY KEY,
	snapshot_id INTEGER NOT NULL REFERENCES snapshot ON DELETE CASCADE,
	node INTEGER, zone TEXT, block_order INTEGER, migrate_type TEXT,
	blocks INTEGER, member_id INTEGER, line INTEGER
) STRICT;

CREATE TABLE counter(
	id INTEGER PRIMARY KEY,
	snapshot_id INTEGER NOT NULL REFERENCES snapshot ON DELETE CASCADE,
	scope TEXT, name TEXT, value INTEGER, unit TEXT
) STRICT;

CREATE TABLE cgroup(
	id INTEGER PRIMARY KEY,
	snapshot_id INTEGER NOT NULL REFERENCES snapshot ON DELETE CASCADE,
	path TEXT, version INTEGER, usage_bytes INTEGER, limit_bytes INTEGER,
	unlimited INTEGER, effective_limit_bytes INTEGER, swap_bytes INTEGER,
	failcnt INTEGER, anon_bytes INTEGER, file_bytes INTEGER,
	shmem_bytes INTEGER, kernel_bytes INTEGER, oom_group INTEGER,
	oom_kills INTEGER, unit TEXT, container TEXT, pod TEXT, member_id INTEGER,
	line INTEGER
) STRICT;

CREATE TABLE slab(
	id INTEGER PRIMARY KEY,
	snapshot_id INTEGER NOT NULL REFERENCES snapshot ON DELETE CASCADE,
	cache TEXT, objects INTEGER, active INTEGER, object_bytes INTEGER,
	total_bytes INTEGER, used_bytes INTEGER, reclaimable INTEGER
) STRICT;

CREATE TABLE unit(
	id INTEGER PRIMARY KEY,
	capture_id INTEGER NOT NULL REFERENCES capture ON DELETE CASCADE,
	host_id INTEGER REFERENCES host,
	name TEXT, state TEXT, result TEXT, main_pid INTEGER, restarts INTEGER,
	restart_policy TEXT, oom_policy TEXT, oom_score_adjust INTEGER,
	memory_max_bytes INTEGER, memory_high_bytes INTEGER, cgroup TEXT,
	source TEXT, sub_state TEXT, slice TEXT, exec_pid INTEGER, exec_code INTEGER,
	exec_status INTEGER, memory_current_bytes INTEGER, memory_peak_bytes INTEGER,
	oom_score_adjust_from TEXT, oom_policy_from TEXT, memory_max_from TEXT,
	memory_high_from TEXT, restart_from TEXT, member_id INTEGER, line INTEGER
) STRICT;

CREATE TABLE container(
	id INTEGER PRIMARY KEY,
	snapshot_id INTEGER NOT NULL REFERENCES snapshot ON DELETE CASCADE,
	container TEXT, name TEXT, image TEXT, state TEXT, pod TEXT, pod_name TEXT,
	namespace TEXT, sandbox TEXT, runtime TEXT, memory_limit_bytes INTEGER,
	oom_killed INTEGER, exit_code INTEGER, oom_score_adj INTEGER,
	member_id INTEGER, line INTEGER
) STRICT;

-- Samples of sar: by far more rows than a snapshot's. Of other units than bytes, amount
-- is in thousandths.
CREATE TABLE trend(
	id INTEGER PRIMARY KEY,
	boot_id INTEGER REFERENCES boot,
	member_id INTEGER NOT NULL REFERENCES member ON DELETE CASCADE,
	line INTEGER, wall_us INTEGER, wall_kind INTEGER, name TEXT, amount INTEGER,
	unit TEXT
) STRICT;

CREATE TABLE swap(
	id INTEGER PRIMARY KEY,
	snapshot_id INTEGER NOT NULL REFERENCES snapshot ON DELETE CASCADE,
	path TEXT, kind TEXT, size_bytes INTEGER, used_bytes INTEGER,
	priority INTEGER
) STRICT;

CREATE TABLE hugetlb(
	id INTEGER PRIMARY KEY,
	snapshot_id INTEGER NOT NULL REFERENCES snapshot ON DELETE CASCADE,
	node INTEGER, page_bytes INTEGER, total INTEGER, free INTEGER,
	reserved INTEGER, surplus INTEGER, member_id INTEGER, line INTEGER
) STRICT;

CREATE TABLE module(
	id INTEGER PRIMARY KEY,
	snapshot_id INTEGER NOT NULL REFERENCES snapshot ON DELETE CASCADE,
	name TEXT, size_bytes INTEGER, address INTEGER, taints TEXT
) STRICT;

CREATE TABLE sysctl(
	id INTEGER PRIMARY KEY,
	snapshot_id INTEGER NOT NULL REFERENCES snapshot ON DELETE CASCADE,
	name TEXT, value TEXT, member_id INTEGER, line INTEGER
) STRICT;

CREATE TABLE stack(
	id INTEGER PRIMARY KEY,
	snapshot_id INTEGER REFERENCES snapshot ON DELETE CASCADE,
	event_id INTEGER REFERENCES event ON DELETE CASCADE,
	pid INTEGER, cpu INTEGER, state TEXT, hash TEXT, depth INTEGER,
	function TEXT, offset INTEGER, module TEXT, reliable INTEGER
) STRICT;

CREATE TABLE cpu(
	id INTEGER PRIMARY KEY,
	snapshot_id INTEGER NOT NULL REFERENCES snapshot ON DELETE CASCADE,
	cpu INTEGER, pid INTEGER, comm TEXT, crashed INTEGER, user_mode INTEGER,
	function TEXT, offset INTEGER, module TEXT, entered_by TEXT, registers TEXT,
	registers_of TEXT
) STRICT;

CREATE TABLE wait(
	id INTEGER PRIMARY KEY,
	snapshot_id INTEGER NOT NULL REFERENCES snapshot ON DELETE CASCADE,
	pid INTEGER, comm TEXT, state TEXT, kind TEXT, mode TEXT, lock TEXT,
	lock_name TEXT, caller TEXT, owner_pid INTEGER, owner_comm TEXT,
	owner_state TEXT, certain INTEGER, readers INTEGER, waiters INTEGER,
	root_pid INTEGER, root_comm TEXT, deadlock INTEGER, since_us INTEGER,
	waited_us INTEGER, source TEXT, note TEXT, owner_at TEXT, root_at TEXT
) STRICT;

CREATE TABLE crash(
	id INTEGER PRIMARY KEY,
	event_id INTEGER NOT NULL REFERENCES event ON DELETE CASCADE,
	reason TEXT, function TEXT, suspect TEXT, module TEXT, address TEXT,
	taint TEXT, hardware TEXT, cpu INTEGER, pid INTEGER, comm TEXT,
	crash_key TEXT,
	loose_key TEXT, key_version INTEGER, form TEXT, die TEXT, report_no INTEGER,
	error_code TEXT, access TEXT, access_bytes INTEGER, message TEXT, source_file TEXT,
	source_line INTEGER, pc TEXT, context TEXT, stuck_us INTEGER, waits_in TEXT,
	lock_kind TEXT, lock_name TEXT, owner_pid INTEGER, owner_comm TEXT, owner_cpu
	INTEGER, other_cpu INTEGER, workqueue TEXT, object TEXT, hw_severity TEXT, hw_bank
	INTEGER, hw_status TEXT, hw_misc TEXT, registers TEXT, code TEXT, modules TEXT,
	last_unloaded TEXT, manual INTEGER, repeats INTEGER, last_wall_us INTEGER,
	last_mono_us INTEGER, quality TEXT
) STRICT;

CREATE TABLE issue(
	id INTEGER PRIMARY KEY,
	capture_id INTEGER NOT NULL REFERENCES capture ON DELETE CASCADE,
	severity TEXT NOT NULL CHECK (severity IN ('note', 'damage', 'limit', 'failed')),
	code TEXT,
	member_id INTEGER REFERENCES member ON DELETE CASCADE,
	line INTEGER, offset_bytes INTEGER, text TEXT
) STRICT;

-- What analysis wrote. All of it may be dropped and made again.

CREATE TABLE finding(
	id INTEGER PRIMARY KEY,
	event_id INTEGER REFERENCES event ON DELETE CASCADE,
	host_id INTEGER REFERENCES host ON DELETE CASCADE,
	plugin TEXT NOT NULL, rule TEXT NOT NULL,
	role TEXT NOT NULL CHECK (role IN ('cause', 'contributing', 'notice')),
	verdict TEXT NOT NULL, holder TEXT,
	severity TEXT NOT NULL CHECK (severity IN ('fault', 'warning', 'notice')),
	confidence TEXT NOT NULL
		CHECK (confidence IN ('certain', 'strong', 'likely', 'guess')),
	title TEXT NOT NULL, explanation TEXT,
	advice TEXT,
	CHECK ((event_id IS NULL) <> (host_id IS NULL)),
	CHECK (event_id IS NOT NULL OR role = 'notice')
) STRICT;

CREATE TABLE evidence(
	id INTEGER PRIMARY KEY,
	finding_id INTEGER NOT NULL REFERENCES finding ON DELETE CASCADE,
	seq INTEGER NOT NULL,
	capture_id INTEGER REFERENCES capture ON DELETE CASCADE,
	member TEXT, line INTEGER, text TEXT, view_name TEXT, row_id INTEGER
) STRICT;

-- What a capture did not show and how to get it next time.
CREATE TABLE missing(
	id INTEGER PRIMARY KEY,
	finding_id INTEGER NOT NULL REFERENCES finding ON DELETE CASCADE,
	event_id INTEGER REFERENCES event ON DELETE CASCADE,
	what TEXT NOT NULL, how_to_collect TEXT
) STRICT;

-- The kernel's watermark check, recomputed for the request of an event, and its choice
-- of a victim. zone_id and task_id carry no foreign key: there are 300 choices a report,
-- and looking each up twice cost more than writing it. They come out of the store and
-- go with the event; src/store/forget.c knows the one other way that a task leaves.
CREATE TABLE zone_check(
	event_id INTEGER NOT NULL REFERENCES event ON DELETE CASCADE,
	zone_id INTEGER NOT NULL,
	usable INTEGER, reserve_bytes INTEGER, mark_bytes INTEGER,
	watermark_ok INTEGER, order_ok INTEGER, why TEXT,
	PRIMARY KEY (event_id, zone_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE task_choice(
	event_id INTEGER NOT NULL REFERENCES event ON DELETE CASCADE,
	task_id INTEGER NOT NULL,
	eligible INTEGER, why_not TEXT, badness_pages INTEGER, score INTEGER,
	rank INTEGER, killed INTEGER,
	PRIMARY KEY (event_id, task_id)
) STRICT, WITHOUT ROWID;

-- Indexes that joins, foreign keys and the import itself need. Those for people's
-- questions are in 002_search.sql.

CREATE UNIQUE INDEX capture_sha256 ON capture(sha256);
-- bytes that were read before are told by their number first
CREATE INDEX capture_size ON capture(size_bytes);
CREATE INDEX member_capture ON member(capture_id);
CREATE INDEX host_machine ON host(machine_id);
CREATE INDEX host_name ON host(name, machine_id);
CREATE INDEX host_waiting ON host(id) WHERE analyzed IS NULL;
CREATE INDEX host_seen_host ON host_seen(host_id);
CREATE INDEX boot_host ON boot(host_id, start_us);
CREATE INDEX boot_uuid ON boot(boot_uuid);
CREATE INDEX boot_seen_boot ON boot_seen(boot_id);
CREATE INDEX log_member ON log(member_id, line);
CREATE INDEX event_capture ON event(capture_id);
CREATE INDEX event_boot ON event(boot_id, mono_us);
CREATE INDEX event_host ON event(host_id, wall_us);
CREATE INDEX event_parent ON event(parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX event_same_mono ON event(fingerprint, host_id, mono_us, wall_us);
CREATE INDEX event_same_wall ON event(fingerprint, host_id, wall_us);
CREATE INDEX event_early ON event(host_id) WHERE early = 1;
CREATE INDEX event_stale ON event(id) WHERE early = 2;
CREATE INDEX event_settled ON event(boot_id) WHERE verdict IS NOT NULL AND early IS NOT 2;
CREATE INDEX event_seen_capture ON event_seen(capture_id);
CREATE INDEX event_seen_boot ON event_seen(boot_id) WHERE boot_id IS NOT NULL;
CREATE INDEX sighting_event ON sighting(event_id);
CREATE INDEX sighting_member ON sighting(member_id);
CREATE INDEX event_line_event ON event_line(event_id);
CREATE INDEX event_line_member ON event_line(member_id);
CREATE UNIQUE INDEX oom_event ON oom(event_id);
CREATE INDEX victim_event ON victim(event_id);
CREATE INDEX snapshot_capture ON snapshot(capture_id);
CREATE INDEX snapshot_boot ON snapshot(boot_id);
CREATE INDEX snapshot_proc ON snapshot(boot_id) WHERE source = 'proc';
CREATE UNIQUE INDEX event_snapshot_event ON event_snapshot(event_id, snapshot_id);
CREATE INDEX event_snapshot_snapshot ON event_snapshot(snapshot_id);
CREATE INDEX task_snapshot ON task(snapshot_id);
CREATE INDEX node_snapshot ON node(snapshot_id);
CREATE INDEX zone_snapshot ON zone(snapshot_id);
CREATE INDEX free_list_snapshot ON free_list(snapshot_id);
CREATE INDEX counter_snapshot ON counter(snapshot_id);
CREATE INDEX cgroup_snapshot ON cgroup(snapshot_id);
CREATE INDEX slab_snapshot ON slab(snapshot_id);
CREATE INDEX unit_capture ON unit(capture_id);
CREATE INDEX unit_host ON unit(host_id);
CREATE INDEX container_snapshot ON container(snapshot_id);
CREATE INDEX trend_boot ON trend(boot_id, name, wall_us);
CREATE INDEX trend_member ON trend(member_id);
CREATE INDEX swap_snapshot ON swap(snapshot_id);
CREATE INDEX hugetlb_snapshot ON hugetlb(snapshot_id);
CREATE INDEX module_snapshot ON module(snapshot_id);
CREATE INDEX sysctl_snapshot ON sysctl(snapshot_id);
-- frames that tasks share are found by the hash of their stack and have no pid
CREATE INDEX stack_snapshot ON stack(snapshot_id, hash, pid) WHERE snapshot_id IS NOT NULL;
CREATE INDEX stack_event ON stack(event_id) WHERE event_id IS NOT NULL;
CREATE INDEX cpu_snapshot ON cpu(snapshot_id);
CREATE INDEX wait_snapshot ON wait(snapshot_id);
CREATE UNIQUE INDEX crash_event ON crash(event_id);
CREATE INDEX issue_capture ON issue(capture_id);
CREATE INDEX issue_member ON issue(member_id) WHERE member_id IS NOT NULL;
CREATE INDEX finding_event ON finding(event_id) WHERE event_id IS NOT NULL;
CREATE INDEX finding_host ON finding(host_id) WHERE host_id IS NOT NULL;
CREATE UNIQUE INDEX finding_cause ON finding(event_id) WHERE role = 'cause';
CREATE INDEX evidence_finding ON evidence(finding_id, seq);
CREATE INDEX evidence_capture ON evidence(capture_id) WHERE capture_id IS NOT NULL;
CREATE INDEX missing_finding ON missing(finding_id);
CREATE INDEX missing_event ON missing(event_id);

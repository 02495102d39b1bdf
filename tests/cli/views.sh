#!/bin/sh
# The views are public: every name of the contract is there, and no column of theirs is
# without a word in `inquest schema`.  A view may have more columns than stand here.
. "${srcdir:-.}/tests/cli/lib.sh"
"$INQUEST" import -q -s s.db "$cases/global-oom-7.log" || exit 99

while read -r view columns; do
	ask s.db "SELECT name FROM pragma_table_info('$view')" | sort >there
	"$INQUEST" schema | awk -v view="$view:" '/^v1_/ { in_it = $1 == view; next }
		in_it && NF { if (NF < 3) print "NO MEANING:" $1; else print $1 }' | sort >told
	same there told "$view: every column is documented with unit and meaning, no other"
	for c in $columns; do
		grep -qx "$c" there || failed "$view.$c is missing"
	done
	ask s.db "SELECT * FROM $view LIMIT 1" >/dev/null || failed "$view cannot be read"
done <<'TABLE'
v1_capture capture_id path kind format sha256 size_bytes imported_us status tool_version
v1_host host_id name machine_id dmi_vendor dmi_product os_release cloud
v1_boot boot_id host_id kernel_release kernel_version arch page_size command_line boot_uuid start_us ram_bytes
v1_log capture_id boot_id member line wall_us time mono_us level facility cpu task source text
v1_event event_id capture_id host_id boot_id kind parent_id fingerprint wall_us time mono_us title verdict holder severity confidence seen_count truncated
v1_sighting event_id capture_id member first_line last_line
v1_event_snapshot event_id snapshot_id role
v1_oom event_id constraint_kind trigger_pid trigger_comm trigger_adj gfp_mask gfp_flags alloc_order nodemask mems_allowed cgroup_limited cgroup_task usage_bytes limit_bytes failcnt totalpages_bytes victim_count manual
v1_victim event_id pid comm uid oom_score_adj score total_vm_bytes anon_rss_bytes file_rss_bytes shmem_rss_bytes page_table_bytes cgroup unit container reaped
v1_snapshot snapshot_id boot_id source wall_us mono_us complete
v1_task task_id snapshot_id pid tgid ppid uid comm state flags cpu start_us oom_score_adj total_vm_bytes rss_bytes anon_rss_bytes file_rss_bytes shmem_rss_bytes swap_bytes page_table_bytes cgroup unit container kernel_thread
v1_task_choice event_id task_id eligible why_not badness_pages score rank killed
v1_node snapshot_id node
v1_zone zone_id snapshot_id node zone free_bytes min_bytes low_bytes high_bytes boost_bytes highatomic_bytes present_bytes managed_bytes free_cma_bytes lowmem_reserve
v1_zone_check event_id zone_id usable reserve_bytes mark_bytes watermark_ok order_ok why
v1_free_list snapshot_id node zone block_order migrate_type blocks
v1_counter snapshot_id scope name value unit
v1_cgroup snapshot_id path version usage_bytes limit_bytes unlimited effective_limit_bytes swap_bytes failcnt anon_bytes file_bytes shmem_bytes kernel_bytes oom_group oom_kills unit container pod
v1_slab snapshot_id cache objects active object_bytes total_bytes reclaimable
v1_unit capture_id host_id name state result main_pid restarts restart_policy oom_policy oom_score_adjust memory_max_bytes memory_high_bytes cgroup source
v1_swap snapshot_id path kind size_bytes used_bytes priority
v1_hugetlb snapshot_id node page_bytes total free reserved surplus
v1_module snapshot_id name size_bytes address taints
v1_sysctl snapshot_id name value
v1_stack snapshot_id event_id pid cpu state hash depth function offset module reliable
v1_stack_group hash tasks state top frames
v1_crash event_id reason function suspect module address taint hardware cpu pid comm crash_key
v1_finding finding_id event_id host_id plugin rule role verdict holder severity confidence title explanation advice
v1_evidence finding_id seq capture_id member line text view_name row_id
v1_issue capture_id severity code member line offset_bytes text
TABLE

# the indexes that make questions fast at a million events
while read -r what where; do
	ask s.db "SELECT detail FROM (SELECT 1)" >/dev/null 2>&1
	"$INQUEST" query -s s.db --format tsv "EXPLAIN QUERY PLAN SELECT * FROM $where" >plan 2>&1
	if grep -q 'SCAN \(e\|t\|v\|f\|o\|event\|task\|victim\|finding\|oom\)$' plan; then
		failed "$what reads the whole table"; cat plan
	else
		ok "$what uses an index"
	fi
done <<'TABLE'
event_id v1_event WHERE event_id = 1
verdict v1_event WHERE verdict = 'unknown'
comm v1_task WHERE comm = 'java'
victim-comm v1_victim WHERE comm = 'java'
victim-event v1_victim WHERE event_id = 1
oom-event v1_oom WHERE event_id = 1
finding-event v1_finding WHERE event_id = 1
finding-verdict v1_finding WHERE verdict = 'unknown'
TABLE

application=$(od -An -tx1 -j68 -N4 s.db | tr -d ' ')
[ "$application" = 494e5153 ] && ok 'application_id' || failed "application_id $application"
done_testing

/* parse/roles.h - which line of a report is which, for those who cite them.
 *
 * The `role` of an event_line.  A role with a blank in it is followed by what it
 * is about: "zone 0 DMA32", "task 4070".  Public through v1_event_line.
 */
#ifndef IQ_PARSE_ROLES_H
#define IQ_PARSE_ROLES_H

#define IQ_ROLE_HEADLINE	"headline"	/* invoked oom-killer, page allocation failure ... */
#define IQ_ROLE_CPUSET		"cpuset"	/* cpuset= mems_allowed= */
#define IQ_ROLE_CPU		"cpu"		/* CPU: PID: Comm: taint release */
#define IQ_ROLE_HARDWARE	"hardware"
#define IQ_ROLE_FRAME		"frame"		/* frames that tell what was being done */
#define IQ_ROLE_CGROUP		"cgroup"	/* Task in A killed as a result of limit of B */
#define IQ_ROLE_CG_MEMORY	"cgroup-memory"	/* memory: usage limit failcnt */
#define IQ_ROLE_CG_MEMSW	"cgroup-memsw"
#define IQ_ROLE_CG_KMEM		"cgroup-kmem"
#define IQ_ROLE_CG_SWAP		"cgroup-swap"
#define IQ_ROLE_CG_STATS	"cgroup-stats"	/* Memory cgroup stats for ... (headers and v1 lines) */
#define IQ_ROLE_COUNTERS	"counters"	/* lines of the Mem-Info block */
#define IQ_ROLE_NODE		"node"		/* "node 0" */
#define IQ_ROLE_ZONE		"zone"		/* "zone 0 Normal" */
#define IQ_ROLE_RESERVE		"reserve"	/* "reserve 0 Normal": lowmem_reserve[] */
#define IQ_ROLE_FREE_LIST	"free-list"	/* "free-list 0 Normal" */
#define IQ_ROLE_HUGETLB		"hugetlb"	/* "hugetlb 0 2048kB" */
#define IQ_ROLE_PAGECACHE	"pagecache"
#define IQ_ROLE_SWAP_FREE	"swap-free"
#define IQ_ROLE_SWAP_TOTAL	"swap-total"
#define IQ_ROLE_PAGES_RAM	"pages-ram"
#define IQ_ROLE_PAGES_RESERVED	"pages-reserved"
#define IQ_ROLE_SLAB_HEADER	"slab-header"
#define IQ_ROLE_SLAB		"slab"		/* "slab kmalloc-64": the largest few */
#define IQ_ROLE_TABLE_HEADER	"table-header"
#define IQ_ROLE_TASK		"task"		/* "task 4070": victim, trigger, largest few, protected */
#define IQ_ROLE_SUMMARY		"summary"	/* oom-kill:constraint=... */
#define IQ_ROLE_CHOSEN		"chosen"	/* Kill process N (x) score S or sacrifice child */
#define IQ_ROLE_KILLED		"killed"	/* "killed 4070" */
#define IQ_ROLE_REAPED		"reaped"	/* "reaped 4070" */
#define IQ_ROLE_GROUP		"group"		/* memory.oom.group set */
#define IQ_ROLE_NO_KILLABLE	"no-killable"
#define IQ_ROLE_PANIC		"panic"		/* Kernel panic - not syncing: ... */
#define IQ_ROLE_SYSRQ		"sysrq"
#define IQ_ROLE_KILLER		"killer"	/* lines of user-space killers */
#define IQ_ROLE_DIE		"die"		/* Oops: 0002 [#1] SMP */
#define IQ_ROLE_IP		"ip"		/* RIP, EIP, pc, NIP, PSW */
#define IQ_ROLE_MESSAGE		"message"	/* a WARN's or BUG's own words */
#define IQ_ROLE_MODULES		"modules"	/* Modules linked in: */
#define IQ_ROLE_ACCESS		"access"	/* #PF, ESR, DAR, Read of size ... */
#define IQ_ROLE_OBJECT		"object"	/* Allocated by task, Freed in, which belongs to */
#define IQ_ROLE_OWNER		"owner"		/* likely owned by task, .owner: */
#define IQ_ROLE_CODE		"code"		/* Code: */
#define IQ_ROLE_HW		"hw"		/* lines of MCE, CPER, AER behind the first */
#define IQ_ROLE_FS		"fs"		/* the same of a filesystem */
#define IQ_ROLE_IO		"io"		/* the same of a disk */
#define IQ_ROLE_DETAIL		"detail"	/* stalled CPUs, other words of the report */
#define IQ_ROLE_END		"end"		/* ---[ end trace */
#define IQ_ROLE_LAST_LINE	"last-line"	/* silent-stop: the log's last, of any program */
#define IQ_ROLE_BOOT		"boot"		/* the banner behind it */
#define IQ_ROLE_UNCLEAN		"unclean"	/* what the new boot found: recovery complete ... */
#define IQ_ROLE_ALLOC		"alloc"		/* SLUB/vmalloc detail lines */
#define IQ_ROLE_SUPPRESSED	"suppressed"	/* callbacks suppressed, dropped messages */

#endif

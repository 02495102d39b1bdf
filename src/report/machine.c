/* report/machine.c - the machine in a dump, at the moment it died: who held the memory,
 * who was protected, which zone was short, what every task was doing.
 *
 * Once for each dump, behind its events; -v gives whole tables.
 */
#include "report/page.h"
#include "base/units.h"

#include <inttypes.h>
#include <stdlib.h>

#define NAMES_MAX 8			/* tasks named in a paragraph */
#define FRAMES_MAX 8			/* of a stack in a paragraph */
#define GROUPS_MAX 5			/* of tasks that wait */
#define STACKS_MAX 12			/* of tasks that run or are ready */
/* the same on a dump's one screen */
#define NAMES_SCREEN 4
#define FRAMES_SCREEN 5
#define STACKS_SCREEN 3

/* --- pieces --- */

static void add_size(struct iq_buf *b, const char *before, int64_t bytes, const char *behind)
{
	if (bytes == INT64_MIN)
		return;
	iq_buf_str(b, before);
	iq_human_bytes(b, bytes);
	iq_buf_str(b, behind);
}

/* The first MAX of "a < b < c"; in front is where the task is. */
static void add_frames(struct iq_buf *b, struct iq_slice frames, size_t max)
{
	static const struct iq_slice between = { " < ", 3 };
	size_t n = 0;
	ptrdiff_t at;

	for (; frames.n; frames = at < 0 ? IQ_SLICE_NULL : iq_from(frames, (size_t)at + 3)) {
		at = iq_find(frames, between);
		if (n++ < max) {
			iq_buf_str(b, n > 1 ? " < " : "");
			iq_buf_slice(b, at < 0 ? frames : iq_head(frames, (size_t)at));
		}
	}
	if (n > max)
		iq_buf_printf(b, " < and %zu more", n - max);
}

static void end_paragraph(struct iq_page *p, const char *label, struct iq_buf *b)
{
	if (b->n)
		iq_page_paragraph(p, label, iq_buf_as_slice(b));
	iq_buf_fini(b);
}

/* --- memory --- */

static void put_memory(struct iq_page *p, int64_t snapshot)
{
	/* columns of IQ_ASK_DUMP_MEMORY */
	enum { TOTAL, FREE, ANON, CACHED, SHMEM, SLAB, UNRECLAIM, TABLES, STACKS, PERCPU, VMALLOC,
	       HUGE, MLOCKED, SWAP_TOTAL, SWAP_FREE };
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_DUMP_MEMORY, snapshot);
	struct iq_buf b;

	if (!iq_ask_next(st) || iq_cell_null(st, TOTAL))
		return;
	iq_buf_init(&b);
	add_size(&b, "", iq_cell_int(st, TOTAL), "");
	add_size(&b, ": free ", iq_cell_int(st, FREE), "");
	add_size(&b, ", anonymous ", iq_cell_int(st, ANON), "");
	add_size(&b, ", page cache ", iq_cell_int(st, CACHED), "");
	add_size(&b, " (shmem ", iq_cell_int(st, SHMEM), ")");
	add_size(&b, ", slab ", iq_cell_int(st, SLAB), "");
	add_size(&b, " (unreclaimable ", iq_cell_int(st, UNRECLAIM), ")");
	add_size(&b, ", page tables ", iq_cell_int(st, TABLES), "");
	add_size(&b, ", kernel stacks ", iq_cell_int(st, STACKS), "");
	add_size(&b, ", percpu ", iq_cell_int(st, PERCPU), "");
	add_size(&b, ", vmalloc ", iq_cell_int(st, VMALLOC), "");
	if (iq_cell_int(st, HUGE) > 0)
		add_size(&b, ", hugetlb ", iq_cell_int(st, HUGE), "");
	if (iq_cell_int(st, MLOCKED) > 0)
		add_size(&b, ", mlocked ", iq_cell_int(st, MLOCKED), "");
	if (iq_cell_int(st, SWAP_TOTAL) == 0)
		iq_buf_str(&b, "; no swap");
	else if (iq_cell_int(st, SWAP_FREE) >= 0)
		add_size(&b, "; swap free ", iq_cell_int(st, SWAP_FREE), "");
	if (iq_cell_int(st, SWAP_TOTAL) > 0)
		add_size(&b, " of ", iq_cell_int(st, SWAP_TOTAL), "");
	end_paragraph(p, "Memory", &b);
}

static void put_zones(struct iq_page *p, int64_t snapshot)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_DUMP_ZONES, snapshot);

	for (bool first = true; iq_ask_next(st);) {
		int64_t free = iq_cell_int(st, 2), min = iq_cell_int(st, 3);
		struct iq_buf b;
		if (p->screen && (free == INT64_MIN || free > iq_cell_int(st, 4)))
			continue;
		iq_buf_init(&b);
		iq_buf_printf(&b, "node %" PRId64 " %.*s:", iq_cell_int(st, 0),
			      IQ_FMT(iq_cell(st, 1)));
		add_size(&b, " free ", free, "");
		add_size(&b, ", min ", min, "");
		add_size(&b, ", low ", iq_cell_int(st, 4), "");
		add_size(&b, ", high ", iq_cell_int(st, 5), "");
		add_size(&b, ", managed ", iq_cell_int(st, 6), "");
		if (free != INT64_MIN && min != INT64_MIN && free <= min)
			iq_buf_str(&b, "; BELOW its min watermark");
		else if (free != INT64_MIN && free <= iq_cell_int(st, 4))
			iq_buf_str(&b, "; below low");
		end_paragraph(p, first ? "Zones" : "", &b);
		first = false;
	}
}

static void put_full_cgroups(struct iq_page *p, int64_t snapshot)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_DUMP_FULL_CGROUPS, snapshot);

	for (bool first = true; iq_ask_next(st); first = false) {
		struct iq_buf b;
		iq_buf_init(&b);
		iq_buf_printf(&b, "%.*s:", IQ_FMT(iq_cell(st, 0)));
		add_size(&b, " ", iq_cell_int(st, 1), "");
		add_size(&b, " of its limit of ", iq_cell_int(st, 2), "");
		end_paragraph(p, first ? "Full" : "", &b);
	}
}

/* What no line of the kernel's own reports has: caches, vmalloc by caller, tmpfs. */
static void put_kernel_memory(struct iq_page *p, int64_t snapshot)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_DUMP_KERNEL_MEMORY, snapshot);
	struct iq_buf b;

	iq_buf_init(&b);
	for (size_t n = 0; iq_ask_next(st); n++) {
		if (p->screen && n >= NAMES_SCREEN)
			continue;
		iq_buf_printf(&b, "%s%.*s %.*s ", b.n ? ", " : "", IQ_FMT(iq_cell(st, 0)),
			      IQ_FMT(iq_cell(st, 1)));
		iq_human_bytes(&b, iq_cell_int(st, 2));
	}
	end_paragraph(p, "Kernel", &b);
}

/* --- tasks --- */

static void put_counts(struct iq_page *p, int64_t snapshot)
{
	enum { ALL, THREADS, PROCESSES, RUNNING, WAITING, ZOMBIES, READY };
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_DUMP_COUNTS, snapshot);
	struct iq_buf b;

	if (!iq_ask_next(st) || iq_cell_int(st, ALL) <= 0)
		return;
	iq_buf_init(&b);
	iq_buf_printf(&b, "%" PRId64 ": %" PRId64 " processes, %" PRId64 " kernel threads; %"
		      PRId64 " running, ", iq_cell_int(st, ALL), iq_cell_int(st, PROCESSES),
		      iq_cell_int(st, THREADS), iq_cell_int(st, RUNNING));
	if (iq_cell_int(st, READY) > 0)
		iq_buf_printf(&b, "%" PRId64 " ready to run, ", iq_cell_int(st, READY));
	iq_buf_printf(&b, "%" PRId64 " in uninterruptible sleep (D), %" PRId64 " zombies",
		      iq_cell_int(st, WAITING), iq_cell_int(st, ZOMBIES));
	end_paragraph(p, "Tasks", &b);
}

/* "java[126] 6.56 MiB (adj 200), ..." */
static void put_named(struct iq_page *p, enum iq_question ask, const char *label,
		      int64_t snapshot)
{
	sqlite3_stmt *st = iq_ask(p->r, ask, snapshot);
	size_t most = p->screen ? NAMES_SCREEN : NAMES_MAX;
	struct iq_buf b;
	size_t n = 0;

	iq_buf_init(&b);
	for (; iq_ask_next(st); n++) {
		if (n >= most)
			continue;
		iq_buf_printf(&b, "%s%.*s[%" PRId64 "]", n ? ", " : "",
			      IQ_FMT(iq_cell(st, 0)), iq_cell_int(st, 1));
		add_size(&b, " ", iq_cell_int(st, 2), "");
		if (iq_cell_int(st, 3) > 0)
			add_size(&b, " and ", iq_cell_int(st, 3), " in swap");
		if (!iq_cell_null(st, 4))
			iq_buf_printf(&b, " (adj %" PRId64 ")", iq_cell_int(st, 4));
	}
	if (n > most)
		iq_buf_printf(&b, ", and %zu more", n - most);
	end_paragraph(p, label, &b);
}

static size_t frames_of(const struct iq_page *p, bool all)
{
	return all ? SIZE_MAX : p->screen ? FRAMES_SCREEN : FRAMES_MAX;
}

/* Tasks with one stack between them, and the stack. */
static void put_stacks(struct iq_page *p, enum iq_question ask, const char *label,
		       int64_t snapshot, bool all)
{
	sqlite3_stmt *st = iq_ask(p->r, ask, snapshot);
	struct iq_buf b;
	size_t most = p->screen ? STACKS_SCREEN : STACKS_MAX;
	int64_t more = 0;
	size_t n = 0;

	for (; iq_ask_next(st); n++) {
		if (!all && n >= most) {
			more += iq_cell_int(st, 0);
			continue;
		}
		iq_buf_init(&b);
		if (iq_cell_int(st, 0) > 1)
			iq_buf_printf(&b, "%" PRId64 " tasks: ", iq_cell_int(st, 0));
		iq_buf_slice(&b, iq_cell(st, 1));
		iq_buf_str(&b, ": ");
		add_frames(&b, iq_cell(st, 2), frames_of(p, all));
		end_paragraph(p, n ? "" : label, &b);
	}
	if (!more)
		return;
	iq_buf_init(&b);
	iq_buf_printf(&b, "and %" PRId64 " more tasks, with %zu other stacks: -v shows them", more,
		      n - most);
	end_paragraph(p, "", &b);
}

/* --- who waits for whom --- */

static void add_seconds(struct iq_buf *b, int64_t us)
{
	if (us < 10 * IQ_USEC)
		iq_buf_printf(b, "%.1f s", (double)us / (double)IQ_USEC);
	else
		iq_buf_printf(b, "%" PRId64 " s", us / IQ_USEC);
}

/* ", held by config-agent[113] (S)" */
static void add_owner(struct iq_buf *b, sqlite3_stmt *st)
{
	/* columns of IQ_ASK_DUMP_BLOCKED */
	enum { COMM = 7, PID, STATE, CERTAIN, READERS, ROOT_COMM, ROOT, DEADLOCK };

	if (iq_cell_int(st, READERS) > 0)
		iq_buf_printf(b, ", which %" PRId64 " reader%s", iq_cell_int(st, READERS),
			      iq_cell_int(st, READERS) == 1 ? " has" : "s have");
	if (iq_cell_null(st, PID))
		return;
	iq_buf_printf(b, iq_cell_int(st, CERTAIN) == 1 ? ", held by %.*s[%" PRId64 "] (%.*s)"
		      : ", last taken by %.*s[%" PRId64 "] (%.*s)", IQ_FMT(iq_cell(st, COMM)),
		      iq_cell_int(st, PID), IQ_FMT(iq_cell(st, STATE)));
	if (iq_cell_int(st, DEADLOCK) == 1)
		iq_buf_str(b, "; DEADLOCK: who has it waits for these in turn");
	else if (!iq_cell_null(st, ROOT) && iq_cell_int(st, ROOT) != iq_cell_int(st, PID))
		iq_buf_printf(b, ", who waits for %.*s[%" PRId64 "] in the end",
			      IQ_FMT(iq_cell(st, ROOT_COMM)), iq_cell_int(st, ROOT));
}

/* "4 tasks, up to 13 s: postgres[116], ...: for mutex lab_big_mutex [lab_hung], held ..." */
static void add_wait(struct iq_buf *b, sqlite3_stmt *st, size_t frames_max)
{
	enum { N, WAITED, WHO, FRAMES, KIND, MODE, LOCK };

	iq_buf_printf(b, "%" PRId64 " task%s", iq_cell_int(st, N),
		      iq_cell_int(st, N) == 1 ? "" : "s");
	if (!iq_cell_null(st, WAITED)) {
		iq_buf_str(b, iq_cell_int(st, N) == 1 ? ", since " : ", up to ");
		add_seconds(b, iq_cell_int(st, WAITED));
	}
	iq_buf_str(b, ": ");
	iq_buf_slice(b, iq_cell(st, WHO));
	if (!iq_cell_null(st, KIND)) {
		iq_buf_printf(b, ": for %.*s", IQ_FMT(iq_cell(st, KIND)));
		if (!iq_cell_null(st, LOCK))
			iq_buf_printf(b, " %.*s", IQ_FMT(iq_cell(st, LOCK)));
		if (!iq_cell_null(st, MODE))
			iq_buf_printf(b, " (to %.*s)", IQ_FMT(iq_cell(st, MODE)));
	}
	add_owner(b, st);
	iq_buf_str(b, ": ");
	add_frames(b, iq_cell(st, FRAMES), frames_max);
}

static void put_waits(struct iq_page *p, int64_t snapshot, bool all)
{
	enum { GROUPS = 15 };
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_DUMP_BLOCKED, snapshot);
	int64_t n = 0, groups = 0, shown = 0;

	for (; iq_ask_next(st); n++) {
		struct iq_buf b;
		groups = iq_cell_int(st, GROUPS);
		if (!all && n >= GROUPS_MAX)
			continue;
		shown++;
		iq_buf_init(&b);
		add_wait(&b, st, frames_of(p, all));
		end_paragraph(p, n ? "" : "Blocked", &b);
	}
	if (groups > shown) {
		struct iq_buf b;
		iq_buf_init(&b);
		iq_buf_printf(&b, "and %" PRId64 " more groups: inquest query @waits",
			      groups - shown);
		end_paragraph(p, "", &b);
	}
	if (!n)
		put_stacks(p, IQ_ASK_DUMP_WAITING, "Waiting", snapshot, all);
}

/* What those do who have what others wait for. */
static void put_owners(struct iq_page *p, int64_t snapshot, bool all)
{
	enum { COMM, PID, STATE, N, LOCKS, FRAMES, CERTAIN };
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_DUMP_OWNERS, snapshot);

	for (size_t n = 0; iq_ask_next(st); n++) {
		struct iq_buf b;
		if (!all && n >= GROUPS_MAX)
			continue;
		iq_buf_init(&b);
		iq_buf_printf(&b, "%.*s[%" PRId64 "] (%.*s) %s %.*s, for which %" PRId64
			      " task%s: ", IQ_FMT(iq_cell(st, COMM)), iq_cell_int(st, PID),
			      IQ_FMT(iq_cell(st, STATE)),
			      iq_cell_int(st, CERTAIN) == 1 ? "holds" : "took last",
			      IQ_FMT(iq_cell(st, LOCKS)), iq_cell_int(st, N),
			      iq_cell_int(st, N) == 1 ? " waits" : "s wait");
		add_frames(&b, iq_cell(st, FRAMES), frames_of(p, all));
		end_paragraph(p, n ? "" : "Owners", &b);
	}
}

/* Each processor, and what it was taken from; of the one that crashed the registers. */
static void put_cpus(struct iq_page *p, int64_t snapshot)
{
	enum { CPU, COMM, PID, CRASHED, USER, FUNCTION, OFFSET, MODULE, ENTRY, REGISTERS };
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_DUMP_CPUS, snapshot);

	for (bool first = true; iq_ask_next(st); first = false) {
		struct iq_buf b;
		iq_buf_init(&b);
		iq_buf_printf(&b, "%" PRId64 "%s: %.*s[%" PRId64 "]", iq_cell_int(st, CPU),
			      iq_cell_int(st, CRASHED) == 1 ? ", which panicked" : "",
			      IQ_FMT(iq_cell(st, COMM)), iq_cell_int(st, PID));
		if (iq_cell_int(st, USER) == 1)
			iq_buf_str(&b, " in user space");
		else if (!iq_cell_null(st, FUNCTION))
			iq_buf_printf(&b, " in %.*s+0x%" PRIx64 "%s%.*s%s",
				      IQ_FMT(iq_cell(st, FUNCTION)), iq_cell_int(st, OFFSET),
				      iq_cell_null(st, MODULE) ? "" : " [",
				      IQ_FMT(iq_cell(st, MODULE)),
				      iq_cell_null(st, MODULE) ? "" : "]");
		if (!iq_cell_null(st, ENTRY))
			iq_buf_printf(&b, ", taken from there by %.*s",
				      IQ_FMT(iq_cell(st, ENTRY)));
		if (iq_cell_int(st, CRASHED) == 1 && !iq_cell_null(st, REGISTERS))
			iq_buf_printf(&b, "; %.*s", IQ_FMT(iq_cell(st, REGISTERS)));
		end_paragraph(p, first ? "CPUs" : "", &b);
	}
}

static void put_spinning(struct iq_page *p, int64_t snapshot)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_DUMP_SPINNING, snapshot);

	for (bool first = true; iq_ask_next(st); first = false) {
		struct iq_buf b;
		iq_buf_init(&b);
		iq_buf_printf(&b, "%.*s[%" PRId64 "] %.*s for a %.*s", IQ_FMT(iq_cell(st, 0)),
			      iq_cell_int(st, 1), IQ_FMT(iq_cell(st, 3)),
			      IQ_FMT(iq_cell(st, 2)));
		if (!iq_cell_null(st, 4))
			iq_buf_printf(&b, ", wanted by %.*s", IQ_FMT(iq_cell(st, 4)));
		end_paragraph(p, first ? "Spinning" : "", &b);
	}
}

/* --- all of it --- */

static void put_head(struct iq_page *p, sqlite3_stmt *st)
{
	iq_page_color(p, "1");
	iq_buf_str(p->out, "The machine in ");
	iq_page_safe(p, iq_cell(st, 1));
	iq_page_color(p, "0");
	if (!iq_cell_null(st, 2)) {
		iq_buf_str(p->out, ", as it stood at ");
		iq_page_safe(p, iq_cell(st, 2));
	}
	if (!iq_cell_null(st, 3))
		iq_buf_printf(p->out, ", up %" PRId64 " s", iq_cell_int(st, 3) / IQ_USEC);
	if (iq_cell_int(st, 4) != 1)
		iq_buf_str(p->out, "; INCOMPLETE, see Issues");
	iq_buf_str(p->out, "\n\n");
}

/* What the reading rests on: first to doubt where something looks odd. */
static void put_sources(struct iq_page *p, sqlite3_stmt *st)
{
	struct iq_buf b;

	iq_buf_init(&b);
	iq_buf_str(&b, "types: ");
	iq_buf_slice(&b, iq_cell_null(st, 6) ? IQ_LIT("none") : iq_cell(st, 6));
	iq_buf_str(&b, "; symbols: ");
	iq_buf_slice(&b, iq_cell_null(st, 5) ? IQ_LIT("none") : iq_cell(st, 5));
	end_paragraph(p, "Read by", &b);
}

static void put_machine(struct iq_page *p, sqlite3_stmt *st, int64_t id)
{
	bool all = p->r->opts->verbose;
	sqlite3_stmt *q = iq_ask(p->r, IQ_ASK_DUMP_CRASHED, id);
	bool memory = all || !iq_ask_next(q) || !iq_cell_int(q, 0);

	put_memory(p, id);
	if (memory) {	/* of a crash with enough of it, one line is enough */
		put_zones(p, id);
		put_full_cgroups(p, id);
		put_kernel_memory(p, id);
	}
	put_counts(p, id);
	if (memory) {
		put_named(p, IQ_ASK_DUMP_LARGEST, "Largest", id);
		put_named(p, IQ_ASK_DUMP_PROTECTED, "Protected", id);
	}
	put_stacks(p, IQ_ASK_DUMP_RUNNING, "Running", id, all);
	if (all)
		put_cpus(p, id);
	put_stacks(p, IQ_ASK_DUMP_READY, "Ready", id, all);
	put_spinning(p, id);
	put_waits(p, id, all);
	put_owners(p, id, all);
	put_sources(p, st);
	if (all) {
		put_stacks(p, IQ_ASK_DUMP_SLEEPING, "Sleeping", id, true);
		iq_report_machine_tables(p->r, p->pen, id);
	}
	iq_buf_char(p->out, '\n');
}

void iq_page_machines(struct iq_page *p)
{
	sqlite3_stmt *st = iq_ask(p->r, IQ_ASK_DUMPS, INT64_MIN);

	while (iq_ask_next(st) && iq_pen_tick(p->pen)) {
		put_head(p, st);
		put_machine(p, st, iq_cell_int(st, 0));
	}
}

/* plugins/host_advice.c - what to do about a machine whose memory is in use
 * (host_look.h): a limit for whoever is large, fewer workers, more memory; each with the
 * figures of this report. */
#include "host_look.h"
#include "largest.h"

/* Working defaults of this plugin. */
#define NAMES		8	/* of the largest processes: names worth counting */
#define MANY		5	/* processes of one name: a pool of workers */
#define LARGE_PERCENT	10	/* of managed: a process worth a limit of its own */
#define POOL_PERCENT	20
#define SPARE_PERCENT	5	/* of managed: what a limit should leave to the others */

const struct inquest_task *largest(const struct look *l)
{
	const struct inquest_task *best = NULL;

	largest_tasks(l->h, l->ctx, &best, 1);
	return best;
}

/* The name under which many processes have most together. */
static const char *pool(const struct look *l, size_t *ret_n, int64_t *ret_sum)
{
	size_t n = 0;
	const struct inquest_task *const *t = l->h->tasks(l->ctx, &n), *top[NAMES];
	const char *best = NULL;

	*ret_sum = *ret_n = 0;
	for (size_t i = largest_tasks(l->h, l->ctx, top, NAMES); i-- > 0;) {
		size_t count = 0;
		int64_t sum = 0, most = 0;
		for (size_t k = 0; k < n; k++)
			if (is(t[k]->comm, top[i]->comm)) {
				inquest_add(&sum, t[k]->rss_bytes);
				most = t[k]->rss_bytes > most ? t[k]->rss_bytes : most;
				count++;
			}
		/* one giant among them is no pool */
		if (count >= MANY && sum > *ret_sum && most < sum / 3) {
			best = top[i]->comm;
			*ret_sum = sum;
			*ret_n = count;
		}
	}
	return best;
}

/* The limit under which the largest would have left something to the others: more than
 * the few pages that were missing when the killer ran, or the next request meets it. */
static void advise_limit(const struct look *l, struct inquest_finding *f,
			 const struct inquest_task *t)
{
	int64_t all = managed(l), rss = inquest_or(t->rss_bytes, 0), spare;
	int swapped = inquest_or(t->swap_bytes, 0) > 0;

	if (!inquest_known(all) || rss < all / 100 * LARGE_PERCENT)
		return;
	spare = all / 100 * SPARE_PERCENT;
	if (inquest_or(l->lack_high, 0) > spare)
		spare = l->lack_high;
	if (spare > rss / 2)
		return;
	l->h->finding_advise(f, "a limit of %s on %s[%lld] (systemd MemoryMax=, the container's memory "
			     "limit) would have left %s to the others: it had %s resident%s; "
			     "at its own limit it is killed alone",
			     kb(l, rss - spare), t->comm ? t->comm : "?", (long long)t->pid,
			     kb(l, spare), kb(l, rss),
			     swapped ? l->h->text(l->ctx, " and %s in swap (MemorySwapMax= limits "
						  "that)", kb(l, t->swap_bytes)) : "");
}

/* Memory that no reclaim gives back; INQUEST_NULL: not known. */
static int64_t fixed(const struct look *l)
{
	int64_t sum = managed(l), back = reclaimable(l);

	if (!inquest_known(sum) || !inquest_known(back) || !inquest_known(l->a->free_bytes))
		return INQUEST_NULL;
	inquest_add(&sum, -back);
	inquest_add(&sum, -l->a->free_bytes);
	return sum;
}

static void advise_more(const struct look *l, struct inquest_finding *f)
{
	int64_t need = fixed(l), total = l->o->swap_total_bytes, left = l->o->swap_free_bytes;
	const char *swap = "";

	if (!inquest_known(need) || need < 0)
		return;
	if (inquest_known(total) && inquest_known(left) && total > left)
		swap = l->h->text(l->ctx, ", and %s of %s swap", kb(l, total - left),
				  kb(l, total));
	l->h->finding_advise(f, "or more memory: what no reclaim gives back was %s of %s RAM%s",
			     kb(l, need), kb(l, managed(l)), swap);
}

static void advise_processes(const struct look *l, struct inquest_finding *f)
{
	const struct inquest_task *t = largest(l);
	int64_t all = managed(l), sum;
	size_t n;
	const char *name = pool(l, &n, &sum);

	if (t)
		advise_limit(l, f, t);
	if (name && inquest_percent(sum, all) >= POOL_PERCENT)
		l->h->finding_advise(f, "fewer workers: %zu processes %s have %s resident, about "
				     "%s each (a setting like MaxRequestWorkers, pm.max_children, "
				     "max_connections)", n, name, kb(l, sum),
				     kb(l, sum / (int64_t)n));
	advise_more(l, f);
}

/* What fills memory is no process's own. */
static void advise_others(const struct look *l, struct inquest_finding *f,
			  const struct inquest_holding *x)
{
	if (is(x->holder, "slab"))
		l->h->finding_advise(f, "now: slabtop -o");
	/* tmpfs is charged to the group of who wrote it: mm/memcontrol.c */
	if (is(x->holder, "shmem"))
		l->h->finding_advise(f, "a cgroup's limit (systemd MemoryMax=, the container's memory "
				     "limit) counts tmpfs and shared memory too: below %s on who "
				     "fills them it would have stopped that alone", kb(l, x->bytes));
	else if (is(x->holder, "page-cache"))
		l->h->finding_advise(f, "a cgroup's limit counts page cache too, and version 2 slows "
				     "down who writes faster than storage takes it");
	else
		l->h->finding_advise(f, "no limit on a process's own memory would have helped: what "
				     "fills the machine is %s",
				     is(x->holder, "unaccounted") && !is(x->what, "Balloon")
				     ? "in no counter, and no process has it" : holder_noun(x));
}

void advise_exhausted(const struct look *l, struct inquest_finding *f,
		      const struct inquest_holding *x)
{
	int own = !x || is(x->holder, "processes") || is(x->holder, "mlocked") ||
		  is(x->holder, "page-tables");

	if (!own) {
		advise_others(l, f, x);
		return;
	}
	l->h->finding_advise(f, "now: free -m; ps -eo pid,rss,vsz,comm --sort=-rss | head");
	advise_processes(l, f);
}

/* All free blocks are on lists of unmovable pages: what compaction cannot move is between
 * them. */
static int only_unmovable(const struct look *l)
{
	size_t blocks = 0;

	for (size_t i = 0; i < l->n_zones; i++) {
		const struct inquest_zone *z = l->zones[i];
		for (size_t k = 0; may_use(l, z) && k < z->n_free_lists; k++) {
			const struct inquest_free_list *p = z->free_lists[k];
			if (inquest_or(p->blocks, 0) <= 0)
				continue;
			if (!p->migrate_type || strcmp(p->migrate_type, "U"))
				return 0;
			blocks++;
		}
	}
	return blocks > 0;
}

void advise_blocks(const struct look *l, struct inquest_finding *f)
{
	int64_t min = marks(l);

	l->h->finding_advise(f, "now: echo 1 > /proc/sys/vm/compact_memory; then watch "
			     "/proc/buddyinfo and /proc/pagetypeinfo%s", only_unmovable(l)
			     ? "; all that is free lies among unmovable pages here (U), so little "
			     "may come of it" : "");
	if (inquest_or(min, 0) > 0 && all_zones(l))
		l->h->finding_advise(f, "later: raise vm.min_free_kbytes (about %lld now) to %lld or "
				     "so: reclaim then starts earlier and leaves larger blocks",
				     (long long)(min / 1024), (long long)(min / 512));
	else
		l->h->finding_advise(f, "later: raise vm.min_free_kbytes (sysctl vm.min_free_kbytes "
				     "says what it is; try twice that): reclaim then starts earlier "
				     "and leaves larger blocks");
	l->h->finding_advise(f, "ask for less in one piece: kvmalloc() or single pages in the code; of "
			     "a network driver smaller rings (ethtool -G) and no jumbo frames");
}

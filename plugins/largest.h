/* plugins/largest.h - the processes that hold most, of those an event lists: by RAM and
 * swap, the first of equals first.  Shared by plugins that name them.  Bytes. */
#ifndef PLUGINS_LARGEST_H
#define PLUGINS_LARGEST_H

#include <string.h>

#include "inquest/plugin.h"

static inline int64_t largest_held(const struct inquest_task *t)
{
	int64_t sum = 0;

	inquest_add(&sum, t->rss_bytes);
	inquest_add(&sum, t->swap_bytes);
	return sum;
}

/* Up to MAX of them into TOP, the largest first; how many. */
static inline size_t largest_tasks(const struct inquest_host *h, struct inquest_ctx *ctx,
				   const struct inquest_task **top, size_t max)
{
	size_t n = 0, k = 0;
	const struct inquest_task *const *t = h->tasks(ctx, &n);

	for (size_t i = 0; i < n; i++) {
		size_t at = k;
		while (at && largest_held(top[at - 1]) < largest_held(t[i]))
			at--;
		if (at == max)
			continue;
		if (k < max)
			k++;
		memmove(&top[at + 1], &top[at], (k - at - 1) * sizeof(*top));
		top[at] = t[i];
	}
	return k;
}

#endif

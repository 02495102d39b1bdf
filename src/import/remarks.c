/* import/remarks.c - see remarks.h */
#include "import/remarks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void iq_remarks_add(struct iq_remarks *r, const char *line, size_t path_n)
{
	if (r->n == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 16;
		struct iq_remark *at = reallocarray(r->at, cap, sizeof *at);
		if (at) {
			r->at = at;
			r->cap = cap;
		}
	}
	char *copy = r->n < r->cap ? strdup(line) : NULL;
	if (!copy) {
		r->lost++;
		return;
	}
	size_t n = strlen(copy);
	r->at[r->n] = (struct iq_remark){ copy, path_n && path_n < n ? path_n : n, r->n };
	r->n++;
}

static int by_path(const void *a, const void *b)
{
	const struct iq_remark *x = a, *y = b;
	size_t n = x->path_n < y->path_n ? x->path_n : y->path_n;
	int order = memcmp(x->line, y->line, n);
	if (!order)
		order = x->path_n < y->path_n ? -1 : x->path_n > y->path_n;
	return order ? order : x->seq < y->seq ? -1 : 1;
}

void iq_remarks_say(struct iq_remarks *r, void (*say)(void *arg, const char *line),
		    void *arg, const char *where)
{
	char more[200];
	if (r->n)
		qsort(r->at, r->n, sizeof *r->at, by_path);
	size_t shown = r->n > IQ_REMARKS_MAX ? IQ_REMARKS_MAX : r->n;
	for (size_t i = 0; i < shown && say; i++)
		say(arg, r->at[i].line);
	size_t rest = r->n - shown + r->lost;
	if (rest && say) {
		snprintf(more, sizeof more, "and %zu more%s%s", rest, where ? "; " : "",
			 where ? where : "");
		say(arg, more);
	}
	for (size_t i = 0; i < r->n; i++)
		free(r->at[i].line);
	free(r->at);
	*r = (struct iq_remarks){ 0 };
}

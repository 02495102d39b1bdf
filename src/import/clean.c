/* import/clean.c - see clean.h.  Paths and members keep the names by which they are found. */
#include "import/clean.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#define MAP_MAX ((size_t)64 << 20)
#define FACT_MAX 1024			/* bytes of the largest struct */

static bool stays(enum iq_fact_type type, const struct iq_column *col)
{
	return col->kind != IQ_COL_TEXT || type == IQ_FACT_CAPTURE || type == IQ_FACT_MEMBER ||
	       type == IQ_FACT_ISSUE || strcmp(col->name, "fingerprint") == 0;
}

static int put(struct iq_sink *sink, enum iq_fact_type type, const void *fact,
	       struct iq_err *err)
{
	struct iq_clean *c = (struct iq_clean *)(void *)sink;
	const struct iq_fact_desc *d = &iq_fact_descs[type];
	_Alignas(max_align_t) char copy[FACT_MAX];
	bool any = false;

	for (size_t i = 0; i < d->n_columns && d->size <= sizeof copy; i++) {
		struct iq_slice text;
		if (stays(type, &d->columns[i]))
			continue;
		memcpy(&text, (const char *)fact + d->columns[i].offset, sizeof text);
		if (!text.n || !iq_unhide_text(c->map, text, &c->buf))
			continue;
		if (!any) {
			iq_arena_reset(&c->mem);
			memcpy(copy, fact, d->size);
		}
		any = true;
		text = iq_arena_copy(&c->mem, iq_buf_as_slice(&c->buf));
		if (!text.p)
			return iq_err_set(err, IQ_E_NOMEM, "out of memory");
		memcpy(copy + d->columns[i].offset, &text, sizeof text);
	}
	return iq_sink_put(c->out, type, any ? copy : fact, err);
}

static int read_map(const char *path, struct iq_buf *text, struct iq_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n = -1;

	if (fd < 0)
		return iq_err_sys(err, errno, "cannot be opened");
	while (text->n < MAP_MAX) {
		char *to = iq_buf_reserve(text, 65536);
		n = to ? read(fd, to, 65536) : -1;
		if (n <= 0)
			break;
		text->n += (size_t)n;
	}
	int e = errno;
	close(fd);
	return n < 0 ? iq_err_sys(err, e, "cannot be read") : 0;
}

int iq_clean_map(const char *path, struct iq_unhide **ret, struct iq_err *err)
{
	struct iq_buf text;

	iq_buf_init(&text);
	int r = read_map(path, &text, err);
	if (r == 0)
		r = iq_unhide_new(iq_buf_as_slice(&text), ret, err);
	iq_buf_fini(&text);
	return r ? iq_err_prefix(err, "--clean-map") : 0;
}

int iq_clean_init(struct iq_clean *c, const char *path, struct iq_sink *out, struct iq_err *err)
{
	*c = (struct iq_clean){ .sink.put = put, .out = out };
	iq_arena_init(&c->mem);
	iq_buf_init(&c->buf);
	return iq_clean_map(path, &c->map, err);
}

void iq_clean_fini(struct iq_clean *c)
{
	iq_unhide_free(c->map);
	iq_arena_fini(&c->mem);
	iq_buf_fini(&c->buf);
}

/* tests/fuzz/fuzz_line.c - the layers of lines.
 *
 * The input is a file: its lines go through one peeler, and through the helpers that
 * look at one line.  Checked beside memory: slices lie where they say, a line that is
 * to be read again comes to an end, nothing grows past the line limit.
 */
#include <stdint.h>
#include <stdlib.h>

#include "text/dialect.h"
#include "text/repair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(x) do { if (!(x)) abort(); } while (0)

/* Touches every byte, so that a slice into freed or foreign memory is seen. */
static void touch(struct iq_slice s)
{
	unsigned sum = 0;
	for (size_t i = 0; i < s.n; i++)
		sum += (unsigned char)s.p[i];
	__asm__ volatile("" : : "r"(sum));
}

static void look(const struct iq_peeled *r)
{
	touch(r->text);
	touch(r->host);
	touch(r->ident);
	touch(r->file);
	touch(r->boot_id);
	MUST((unsigned)r->dialect < IQ_DIA_MAX && (unsigned)r->transport < IQ_DIA_MAX);
	MUST(r->level >= -1 && r->level <= 7);
	MUST(r->caller_kind == 0 || r->caller_kind == 'T' || r->caller_kind == 'C');
	MUST(r->boot_id.p == NULL || r->boot_id.n == 32);
	MUST(r->special_n >= 0 || r->special_n == IQ_NULL);
}

static void one_line(struct iq_peeler *p, struct iq_slice line)
{
	struct iq_peeled r;
	struct iq_slice host, tag;
	size_t rounds = 0;
	do {
		iq_peel(p, line, &r);
		look(&r);
		MUST(++rounds <= line.n + 4);
	} while (r.again);
	if (iq_peel_syslog_tag(line, &host, &tag)) {
		touch(host);
		touch(tag);
		MUST(tag.n > 0);
	}
	ptrdiff_t at = iq_find_second_header(line, IQ_NULL);
	MUST(at < 0 || (at > 0 && (size_t)at < line.n));
}

static void helpers(struct iq_slice line)
{
	struct iq_buf out;
	iq_buf_init(&out);
	iq_looks_html(line);
	iq_undo_html(&out, line);
	iq_buf_reset(&out);
	iq_undo_typography(&out, line);
	MUST(out.n <= line.n + 1);
	iq_buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iq_slice all = iq_slice((const char *)data, size);
	struct iq_peeler *p = iq_peeler_new();
	struct iq_peeled r;
	if (!p || !size) {
		iq_peeler_free(p);
		return 0;
	}
	while (all.n) {
		size_t raw = 0;
		if (iq_peel_collecting(p, &raw) && raw) {
			size_t n = raw < all.n ? raw : all.n;
			iq_peel_raw(p, all.p, n);
			all = iq_from(all, n);
			continue;
		}
		struct iq_slice line = iq_cut(&all, '\n');
		/* a copy of its own: a read past the end is seen */
		char *copy = malloc(line.n ? line.n : 1);
		if (!copy)
			break;
		if (line.n)
			memcpy(copy, line.p, line.n);
		one_line(p, iq_slice(copy, line.n));
		helpers(iq_slice(copy, line.n));
		iq_strip_ansi(copy, line.n);
		free(copy);
	}
	if (iq_peel_flush(p, &r))
		look(&r);
	iq_peeler_free(p);
	struct iq_buf out;
	iq_buf_init(&out);
	iq_unbox_console(&out, iq_slice((const char *)data, size));
	iq_buf_fini(&out);
	return 0;
}

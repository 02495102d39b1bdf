/* tests/fuzz/fuzz_reader.c - decoding, lines, paste damage, gluing, boots: any bytes.
 *
 * The first byte chooses options and the size of the blocks.  Besides not crashing,
 * the reader must hand out the same records however the stream is cut, each line
 * number within the file, and each boot and host in the summary.
 */
#include <stdint.h>
#include <stdlib.h>

#include "text/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t hash;
	int64_t records, issues, top_line;
	uint32_t top_host, top_boot;
};

static void mix(struct seen *s, const void *p, size_t n)
{
	const unsigned char *b = p;
	for (size_t i = 0; i < n; i++)
		s->hash = (s->hash ^ b[i]) * UINT64_C(1099511628211);
}

static int record(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct seen *s = arg;
	(void)err;
	if (rec->text.n)
		mix(s, rec->text.p, rec->text.n);
	if (rec->host.p)
		mix(s, rec->host.p, rec->host.n);
	if (rec->ident.p)
		mix(s, rec->ident.p, rec->ident.n);
	mix(s, &rec->first_line, sizeof rec->first_line);
	mix(s, &rec->last_line, sizeof rec->last_line);
	mix(s, &rec->wall_us, sizeof rec->wall_us);
	mix(s, &rec->mono_us, sizeof rec->mono_us);
	mix(s, &rec->flags, sizeof rec->flags);
	mix(s, &rec->boot_no, sizeof rec->boot_no);
	if (rec->first_line < 1 || rec->last_line < rec->first_line)
		abort();
	if (rec->last_line > s->top_line)
		s->top_line = rec->last_line;
	if (rec->host_no > s->top_host)
		s->top_host = rec->host_no;
	if (rec->boot_no > s->top_boot)
		s->top_boot = rec->boot_no;
	s->records++;
	return 0;
}

static void issue(void *arg, const char *severity, const char *code, int64_t line,
		  int64_t offset_bytes, const char *text)
{
	struct seen *s = arg;
	(void)severity, (void)code, (void)line, (void)offset_bytes, (void)text;
	s->issues++;
}

static bool wants(void *arg, struct iq_slice text)
{
	(void)arg;
	return text.n && (text.p[text.n / 2] & 3) == 0;
}

static struct seen run(const char *p, size_t n, size_t block, unsigned options)
{
	const struct iq_reader_ops ops = { record, issue };
	struct iq_reader_opts opts = {
		.all_programs = options & 1, .want_all_kernel = options & 2,
		.wants = options & 4 ? wants : NULL, .zone_offset_us = INT64_MIN,
		.name_date_us = INT64_MIN, .mtime_us = INT64_MIN,
	};
	struct seen s = { 0 };
	struct iq_reader *r = iq_reader_new(&opts, &ops, &s);
	if (!r)
		abort();
	for (size_t at = 0; at < n; at += block)
		if (iq_reader_feed(r, p + at, n - at < block ? n - at : block, NULL))
			abort();
	if (iq_reader_finish(r, options & 8, NULL))
		abort();
	const struct iq_reader_summary *sum = iq_reader_summary(r);
	if (s.records && (s.top_line > sum->lines || s.top_host >= sum->n_hosts ||
			  s.top_boot >= sum->n_boots))
		abort();
	iq_reader_free(r);
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *name;
	if (size < 1)
		return 0;
	const char *p = (const char *)data + 1;
	unsigned options = data[0] & 15, cut = data[0] >> 4;
	struct seen whole = run(p, size - 1, size, options);
	struct seen parts = run(p, size - 1, cut + 1, options);
	if (whole.hash != parts.hash || whole.issues != parts.issues)
		abort();
	iq_reader_bid(p, size - 1, &name);
	return 0;
}

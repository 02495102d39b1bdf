/* parse/oomdblock.c - see oomdblock.h. */
#include "parse/oomdblock.h"

#include "text/match.h"

#define PATH_BYTES_MAX 4096

void iq_oomd_block_init(struct iq_oomd_block *b)
{
	b->n = 0;
	for (size_t i = 0; i < IQ_OOMD_BLOCK_MAX; i++) {
		iq_buf_init(&b->item[i].path);
		iq_buf_init(&b->item[i].text);
	}
}

void iq_oomd_block_fini(struct iq_oomd_block *b)
{
	for (size_t i = 0; i < IQ_OOMD_BLOCK_MAX; i++) {
		iq_buf_fini(&b->item[i].path);
		iq_buf_fini(&b->item[i].text);
	}
}

int64_t iq_oomd_size(struct iq_slice s)
{
	static const char units[] = "BKMGTPE";
	uint64_t whole, tenths = 0;
	s = iq_trim(s);
	if (!iq_take_u64(&s, &whole) || whole > 1 << 20)
		return IQ_NULL;
	if (iq_skip(&s, IQ_LIT("."))) {
		if (!s.n || *s.p < '0' || *s.p > '9')
			return IQ_NULL;
		tenths = (uint64_t)(*s.p - '0');
		while (s.n && *s.p >= '0' && *s.p <= '9')
			s = iq_from(s, 1);
	}
	const char *unit = s.n == 1 ? memchr(units, *s.p, sizeof units - 1) : NULL;
	if (!unit)
		return IQ_NULL;
	uint64_t n = whole * 10 + tenths;
	for (const char *u = units; u < unit; u++)
		if (__builtin_mul_overflow(n, UINT64_C(1024), &n))
			return IQ_NULL;
	return n / 10 > INT64_MAX ? IQ_NULL : (int64_t)(n / 10);
}

static void start_candidate(struct iq_oomd_block *b, struct iq_slice path)
{
	if (b->n == IQ_OOMD_BLOCK_MAX)
		return;
	struct iq_oomd_candidate *c = &b->item[b->n++];
	iq_buf_reset(&c->path);
	iq_buf_reset(&c->text);
	iq_buf_slice(&c->path, iq_head(path, PATH_BYTES_MAX));
	c->memory_bytes = c->swap_bytes = IQ_NULL;
	c->line = IQ_NULL;
}

static void keep_line(struct iq_oomd_candidate *c, struct iq_slice text, int64_t line)
{
	iq_buf_reset(&c->text);
	iq_buf_slice(&c->text, iq_head(text, PATH_BYTES_MAX));
	c->line = line;
}

bool iq_oomd_block_line(struct iq_oomd_block *b, struct iq_slice text, int64_t line)
{
	static const struct iq_slice others[] = {
		IQ_LIT("Memory Pressure Limit: "), IQ_LIT("Pressure: Avg10: "),
		IQ_LIT("Memory Min: "), IQ_LIT("Memory Low: "), IQ_LIT("Pgscan: "),
		IQ_LIT("Last Pgscan: "),
	};
	struct iq_slice s = iq_trim(text);
	if (iq_starts(s, IQ_LIT("Considered ")) && iq_has(s, IQ_LIT(" cgroups for killing"))) {
		b->n = 0;
		return true;
	}
	if (iq_skip(&s, IQ_LIT("Path: /"))) {
		start_candidate(b, iq_slice(s.p - 1, s.n + 1));
		return true;
	}
	struct iq_oomd_candidate *last = b->n ? &b->item[b->n - 1] : NULL;
	bool memory = iq_skip(&s, IQ_LIT("Current Memory Usage: "));
	if (memory || iq_skip(&s, IQ_LIT("Swap Usage: "))) {
		if (last) {
			*(memory ? &last->memory_bytes : &last->swap_bytes) = iq_oomd_size(s);
			keep_line(last, text, line);
		}
		return true;
	}
	return iq_starts_any(s, others, sizeof others / sizeof *others);
}

const struct iq_oomd_candidate *iq_oomd_block_find(const struct iq_oomd_block *b,
						   struct iq_slice path)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct iq_buf *p = &b->item[i].path;
		if (!p->failed && !b->item[i].text.failed && p->n &&
		    iq_eq(iq_buf_as_slice(p), path))
			return &b->item[i];
	}
	return NULL;
}

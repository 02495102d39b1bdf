/* parse/state/numbers.c - see numbers.h.
 *
 * Follows fs/proc/meminfo.c, drivers/base/node.c, mm/vmstat.c, kernel/sched/psi.c of
 * 2.6.32 to 7.2, and procps's free and sysctl.
 */
#include "parse/state/numbers.h"

#define NAME_MAX_BYTES 64

static bool is_name(struct iq_slice s)
{
	if (!s.n || s.n > NAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '_' || c == '(' || c == ')'))
			return false;
	}
	return true;
}

static bool take_number(struct iq_slice *s, int64_t *ret)
{
	uint64_t n;

	if (!iq_take_u64(s, &n) || n > INT64_MAX)
		return false;
	*ret = (int64_t)n;
	return true;
}

bool iq_meminfo_line(struct iq_slice line, struct iq_number *ret)
{
	struct iq_slice s = iq_trim(line);

	*ret = (struct iq_number){ .node = IQ_NULL };
	if (iq_skip(&s, IQ_LIT("Node "))) {
		if (!take_number(&s, &ret->node) || !iq_skip(&s, IQ_LIT(" ")))
			return false;
		iq_skip_blank(&s);
	}
	ptrdiff_t colon = iq_find_char(s, ':');
	if (colon < 0)
		return false;
	ret->name = iq_head(s, (size_t)colon);
	s = iq_ltrim(iq_from(s, (size_t)colon + 1));
	if (!is_name(ret->name) || !take_number(&s, &ret->value))
		return false;
	s = iq_trim(s);
	ret->unit = "count";
	if (!s.n)
		return true;
	ret->unit = "bytes";
	return iq_eq(s, IQ_LIT("kB")) && iq_kib(&ret->value);
}

static bool in_list(struct iq_slice s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (iq_eq(s, iq_slice_z(list[i])))
			return true;
	return false;
}

#define IN(s, list) in_list(s, list, sizeof(list) / sizeof *(list))

static const char *vmstat_unit(struct iq_slice name, bool kib_stacks)
{
	static const char *const kib[] = { "pgpgin", "pgpgout", "nr_shadow_call_stack" };
	static const char *const huge[] = {
		"nr_anon_transparent_hugepages", "nr_shmem_hugepages",
		"nr_shmem_pmdmapped", "nr_file_hugepages", "nr_file_pmdmapped",
	};
	/* nr_, but of happenings, not of what is there */
	static const char *const counts[] = {
		"nr_vmscan_write", "nr_vmscan_immediate_reclaim", "nr_dirtied",
		"nr_written", "nr_throttled_written", "nr_foll_pin_acquired",
		"nr_foll_pin_released", "nr_foll_pin_requested", "nr_foll_pin_returned",
		"nr_pages_scanned",
	};
	if (iq_eq(name, IQ_LIT("nr_kernel_stack")))
		return kib_stacks ? "KiB" : "count";
	if (IN(name, kib))
		return "KiB";
	if (IN(name, huge))
		return "huge pages";
	return iq_starts(name, IQ_LIT("nr_")) && !IN(name, counts) ? "pages" : "count";
}

bool iq_vmstat_line(struct iq_slice line, bool *kib_stacks, struct iq_number *ret)
{
	struct iq_slice s = iq_trim(line);

	*ret = (struct iq_number){ .node = IQ_NULL, .name = iq_word(&s) };
	iq_skip_blank(&s);
	if (!is_name(ret->name) || !take_number(&s, &ret->value) || s.n)
		return false;
	if (iq_starts(ret->name, IQ_LIT("nr_zone_")))
		*kib_stacks = true;
	ret->unit = vmstat_unit(ret->name, *kib_stacks);
	return true;
}

/* --- free --- */

static const char *free_column(struct iq_slice head)
{
	static const struct { const char *head, *name; } rows[] = {
		{ "total", "Total" }, { "free", "Free" }, { "shared", "Shmem" },
		{ "buffers", "Buffers" }, { "cached", "Cached" },
		{ "available", "MemAvailable" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (iq_eq(head, iq_slice_z(rows[i].head)))
			return rows[i].name;
	return NULL;
}

/* Total and Free are of the line's own kind. */
static const char *free_name(const char *column, bool swap)
{
	if (strcmp(column, "Total") == 0)
		return swap ? "SwapTotal" : "MemTotal";
	if (strcmp(column, "Free") == 0)
		return swap ? "SwapFree" : "MemFree";
	return swap ? NULL : column;
}

/* procps of that time prints 0 where the kernel no longer says how much is shared. */
static bool is_old(const struct iq_free_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->column[i] && strcmp(t->column[i], "Cached") == 0)
			return true;
	return false;
}

size_t iq_free_line(struct iq_free_table *t, struct iq_slice line,
		    struct iq_number ret[IQ_FREE_COLUMNS])
{
	struct iq_slice s = iq_trim(line);
	bool swap = iq_starts(s, IQ_LIT("Swap:"));
	size_t n = 0;

	if (iq_starts(s, IQ_LIT("total "))) {
		for (t->n = 0; s.n && t->n < IQ_FREE_COLUMNS; t->n++) {
			t->column[t->n] = free_column(iq_word(&s));
			iq_skip_blank(&s);
		}
		return 0;
	}
	if (!swap && !iq_starts(s, IQ_LIT("Mem:")))
		return 0;
	iq_cut(&s, ':');
	for (size_t i = 0; i < t->n; i++) {
		struct iq_slice word;
		int64_t v;
		iq_skip_blank(&s);
		word = iq_word(&s);
		if (!take_number(&word, &v) || word.n)
			break;
		const char *name = t->column[i] ? free_name(t->column[i], swap) : NULL;
		if (!name || !iq_kib(&v) || (!v && strcmp(name, "Shmem") == 0 && is_old(t)))
			continue;
		ret[n++] = (struct iq_number){ iq_slice_z(name), v, "bytes", IQ_NULL };
	}
	return n;
}

/* --- pressure --- */

static bool take_hundredths(struct iq_slice *s, int64_t *ret)
{
	int64_t whole, part;

	if (!take_number(s, &whole) || !iq_skip(s, IQ_LIT(".")) || s->n != 2 ||
	    !take_number(s, &part) || s->n || whole > 100)
		return false;
	*ret = whole * 100 + part;
	return true;
}

size_t iq_pressure_line(struct iq_slice line, struct iq_number ret[IQ_PRESSURE_VALUES])
{
	static const struct { const char *key, *some, *full; } rows[] = {
		{ "avg10=", "some avg10", "full avg10" },
		{ "avg60=", "some avg60", "full avg60" },
		{ "avg300=", "some avg300", "full avg300" },
		{ "total=", "some total", "full total" },
	};
	struct iq_slice s = iq_trim(line), kind = iq_word(&s);
	bool full = iq_eq(kind, IQ_LIT("full"));
	size_t n = 0;

	if (!full && !iq_eq(kind, IQ_LIT("some")))
		return 0;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		iq_skip_blank(&s);
		struct iq_slice word = iq_word(&s);
		bool total = i == 3;
		int64_t v;
		if (!iq_skip(&word, iq_slice_z(rows[i].key)) ||
		    !(total ? take_number(&word, &v) && !word.n
			    : take_hundredths(&word, &v)))
			return n;
		ret[n++] = (struct iq_number){
			iq_slice_z(full ? rows[i].full : rows[i].some), v,
			total ? "us" : "hundredths", IQ_NULL };
	}
	return n;
}

bool iq_one_number(struct iq_slice text, int64_t *ret, bool *ret_max)
{
	struct iq_slice s = iq_trim(iq_cut(&text, '\n'));

	*ret_max = iq_eq(s, IQ_LIT("max"));
	if (*ret_max) {
		*ret = IQ_NULL;
		return true;
	}
	if (s.n && s.p[0] == '-')
		return iq_to_i64(s, ret);
	return take_number(&s, ret) && !s.n;
}

/* --- sysctl --- */

bool iq_sysctl_line(struct iq_slice line, struct iq_slice *ret_name,
		    struct iq_slice *ret_value)
{
	ptrdiff_t at = iq_find(line, IQ_LIT(" ="));
	struct iq_slice name = at < 0 ? line : iq_head(line, (size_t)at);

	if (at <= 0 || name.n > 200 || iq_find_char(name, '.') < 0 ||
	    iq_find_char(name, ' ') >= 0 || iq_find_char(name, ':') >= 0)
		return false;
	*ret_name = name;
	*ret_value = iq_trim(iq_from(line, (size_t)at + 2));
	return true;
}

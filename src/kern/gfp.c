/* kern/gfp.c - see gfp.h.
 *
 * Bits: include/linux/gfp.h of 2.6.32.9, 3.4.108, 3.10.105, el7.7, 3.16, 4.4.1, 4.9,
 * 4.14.177, 4.15.18, el8 (4.18.0-240), 4.19.1, 5.0.1, 5.2.1 ... 5.10, 5.15 and
 * include/linux/gfp_types.h of 6.1 ... 7.3.  Composites: the same files; greedy
 * printing: lib/vsprintf.c:format_flags() over __def_gfpflag_names.
 */
#include "kern/gfp.h"

#define F(f) IQ_GFP_SET(f)

/* One row a flag; a column an era (enum iq_gfp_era); 0: the era has no such bit. */
static const struct {
	const char *name;
	uint32_t bit[IQ_GFP_ERAS];
} bits[IQ_GFP_FLAGS] = {
	/*                         2.6.32  3.4       4.4        4.14       4.19      5.2       5.15       6.1        6.5 */
	[IQ_GFP_F_DMA]         = { "__GFP_DMA",
		{ 1, 1, 1, 1, 1, 1, 1, 1, 1 } },
	[IQ_GFP_F_HIGHMEM]     = { "__GFP_HIGHMEM",
		{ 2, 2, 2, 2, 2, 2, 2, 2, 2 } },
	[IQ_GFP_F_DMA32]       = { "__GFP_DMA32",
		{ 4, 4, 4, 4, 4, 4, 4, 4, 4 } },
	[IQ_GFP_F_MOVABLE]     = { "__GFP_MOVABLE",
		{ 8, 8, 8, 8, 8, 8, 8, 8, 8 } },
	[IQ_GFP_F_WAIT]        = { "__GFP_WAIT",
		{ 0x10, 0x10, 0, 0, 0, 0, 0, 0, 0 } },
	[IQ_GFP_F_RECLAIMABLE] = { "__GFP_RECLAIMABLE",
		{ 0x80000, 0x80000, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10 } },
	[IQ_GFP_F_HIGH]        = { "__GFP_HIGH",
		{ 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20 } },
	[IQ_GFP_F_IO]          = { "__GFP_IO",
		{ 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40 } },
	[IQ_GFP_F_FS]          = { "__GFP_FS",
		{ 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80 } },
	[IQ_GFP_F_COLD]        = { "__GFP_COLD",
		{ 0x100, 0x100, 0x100, 0x100, 0, 0, 0, 0, 0 } },
	[IQ_GFP_F_WRITE]       = { "__GFP_WRITE",
		{ 0, 0x1000000, 0x1000000, 0x800000, 0x100, 0x1000, 0x1000, 0x1000, 0x1000 } },
	[IQ_GFP_F_NOWARN]      = { "__GFP_NOWARN",
		{ 0x200, 0x200, 0x200, 0x200, 0x200, 0x2000, 0x2000, 0x2000, 0x2000 } },
	[IQ_GFP_F_RETRY_MAYFAIL] = { "__GFP_RETRY_MAYFAIL",
		{ 0x400, 0x400, 0x400, 0x400, 0x400, 0x4000, 0x4000, 0x4000, 0x4000 } },
	[IQ_GFP_F_NOFAIL]      = { "__GFP_NOFAIL",
		{ 0x800, 0x800, 0x800, 0x800, 0x800, 0x8000, 0x8000, 0x8000, 0x8000 } },
	[IQ_GFP_F_NORETRY]     = { "__GFP_NORETRY",
		{ 0x1000, 0x1000, 0x1000, 0x1000, 0x1000, 0x10000, 0x10000, 0x10000, 0x10000 } },
	[IQ_GFP_F_MEMALLOC]    = { "__GFP_MEMALLOC",
		{ 0, 0x2000, 0x2000, 0x2000, 0x2000, 0x20000, 0x20000, 0x20000, 0x20000 } },
	[IQ_GFP_F_COMP]        = { "__GFP_COMP",
		{ 0x4000, 0x4000, 0x4000, 0x4000, 0x4000, 0x40000, 0x40000, 0x40000, 0x40000 } },
	[IQ_GFP_F_ZERO]        = { "__GFP_ZERO",
		{ 0x8000, 0x8000, 0x8000, 0x8000, 0x8000, 0x100, 0x100, 0x100, 0x100 } },
	[IQ_GFP_F_NOMEMALLOC]  = { "__GFP_NOMEMALLOC",
		{ 0x10000, 0x10000, 0x10000, 0x10000, 0x10000, 0x80000, 0x80000, 0x80000, 0x80000 } },
	[IQ_GFP_F_HARDWALL]    = { "__GFP_HARDWALL",
		{ 0x20000, 0x20000, 0x20000, 0x20000, 0x20000, 0x100000, 0x100000, 0x100000, 0x100000 } },
	[IQ_GFP_F_THISNODE]    = { "__GFP_THISNODE",
		{ 0x40000, 0x40000, 0x40000, 0x40000, 0x40000, 0x200000, 0x200000, 0x200000, 0x200000 } },
	[IQ_GFP_F_ATOMIC]      = { "__GFP_ATOMIC",
		{ 0, 0, 0x80000, 0x80000, 0x80000, 0x200, 0x200, 0x200, 0 } },
	[IQ_GFP_F_ACCOUNT]     = { "__GFP_ACCOUNT",	/* 3.10: KMEMCG, 4.4: NOACCOUNT */
		{ 0, 0x100000, 0x100000, 0x100000, 0x100000, 0x400000, 0x400000, 0x400000, 0x400000 } },
	[IQ_GFP_F_NOTRACK]     = { "__GFP_NOTRACK",
		{ 0x200000, 0x200000, 0x200000, 0, 0, 0, 0, 0, 0 } },
	[IQ_GFP_F_NO_KSWAPD]   = { "__GFP_NO_KSWAPD",
		{ 0, 0x400000, 0, 0, 0, 0, 0, 0, 0 } },
	[IQ_GFP_F_DIRECT_RECLAIM] = { "__GFP_DIRECT_RECLAIM",
		{ 0, 0, 0x400000, 0x400000, 0x200000, 0x400, 0x400, 0x400, 0x400 } },
	[IQ_GFP_F_OTHER_NODE]  = { "__GFP_OTHER_NODE",
		{ 0, 0x800000, 0x800000, 0, 0, 0, 0, 0, 0 } },
	[IQ_GFP_F_KSWAPD_RECLAIM] = { "__GFP_KSWAPD_RECLAIM",
		{ 0, 0, 0x2000000, 0x1000000, 0x400000, 0x800, 0x800, 0x800, 0x800 } },
	[IQ_GFP_F_ZEROTAGS]    = { "__GFP_ZEROTAGS",
		{ 0, 0, 0, 0, 0, 0, 0x800000, 0x800000, 0x800000 } },
	[IQ_GFP_F_SKIP_ZERO]   = { "__GFP_SKIP_ZERO",
		{ 0, 0, 0, 0, 0, 0, 0, 0x1000000, 0x1000000 } },
	[IQ_GFP_F_SKIP_KASAN]  = { "__GFP_SKIP_KASAN",	/* _POISON in 5.15 and 6.1 */
		{ 0, 0, 0, 0, 0, 0, 0x1000000, 0x4000000, 0x2000000 } },
	[IQ_GFP_F_SKIP_KASAN_UNPOISON] = { "__GFP_SKIP_KASAN_UNPOISON",
		{ 0, 0, 0, 0, 0, 0, 0, 0x2000000, 0 } },
	[IQ_GFP_F_NOLOCKDEP]   = { "__GFP_NOLOCKDEP",
		{ 0, 0, 0, 0x2000000, 0x800000, 0x800000, 0x2000000, 0x8000000, 0x4000000 } },
	[IQ_GFP_F_NO_OBJ_EXT]  = { "__GFP_NO_OBJ_EXT",	/* 6.12: next free bit; with lockdep */
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0x8000000 } },
};

/* Other spellings of a flag. */
static const struct { const char *name; enum iq_gfp_flag flag; } spellings[] = {
	{ "GFP_DMA", IQ_GFP_F_DMA }, { "GFP_DMA32", IQ_GFP_F_DMA32 },
	{ "__GFP_REPEAT", IQ_GFP_F_RETRY_MAYFAIL },
	{ "__GFP_KMEMCG", IQ_GFP_F_ACCOUNT }, { "__GFP_NOACCOUNT", IQ_GFP_F_ACCOUNT },
	{ "__GFP_NOTRACK_FALSE_POSITIVE", IQ_GFP_F_NOTRACK },
	{ "__GFP_SKIP_KASAN_POISON", IQ_GFP_F_SKIP_KASAN },
};

/* What stands for "may sleep" and "wakes kswapd", by era. */
static uint64_t reclaim_flags(enum iq_gfp_era e)
{
	return e <= IQ_GFP_3_4 ? F(WAIT) : F(DIRECT_RECLAIM) | F(KSWAPD_RECLAIM);
}

static uint64_t kswapd_flag(enum iq_gfp_era e)
{
	return e <= IQ_GFP_3_4 ? 0 : F(KSWAPD_RECLAIM);
}

/* Composites in the order of the kernel's table: largest first.  FLAGS without the
 * reclaim bits, which differ by era: RECLAIM says which of them belong. */
enum reclaim { R_NONE, R_KSWAPD, R_DIRECT, R_BOTH };
#define USER_FLAGS	(F(IO) | F(FS) | F(HARDWALL))
#define HIGHUSER_MOVABLE (USER_FLAGS | F(HIGHMEM) | F(MOVABLE))
#define THP_FLAGS	(HIGHUSER_MOVABLE | F(COMP) | F(NOMEMALLOC) | F(NOWARN))
static const struct {
	const char *name;
	uint64_t flags;
	enum reclaim reclaim;
	bool not_printed;		/* people write it, %pGg does not */
} composites[] = {
	{ "GFP_TRANSHUGE",	  THP_FLAGS,			R_DIRECT, false },
	{ "GFP_TRANSHUGE_LIGHT",  THP_FLAGS,			R_NONE,   false },
	{ "GFP_HIGHUSER_MOVABLE", HIGHUSER_MOVABLE,		R_BOTH,   false },
	{ "GFP_HIGHUSER",	  USER_FLAGS | F(HIGHMEM),	R_BOTH,   false },
	{ "GFP_USER",		  USER_FLAGS,			R_BOTH,   false },
	{ "GFP_TEMPORARY",	  F(IO) | F(FS) | F(RECLAIMABLE), R_BOTH, false },
	{ "GFP_KERNEL_ACCOUNT",	  F(IO) | F(FS) | F(ACCOUNT),	R_BOTH,   false },
	{ "GFP_KERNEL",		  F(IO) | F(FS),		R_BOTH,   false },
	{ "GFP_NOFS",		  F(IO),			R_BOTH,   false },
	{ "GFP_ATOMIC",		  F(HIGH),			R_KSWAPD, false },
	{ "GFP_NOIO",		  0,				R_BOTH,   false },
	{ "GFP_NOWAIT",		  0,				R_KSWAPD, false },
	{ "__GFP_RECLAIM",	  0,				R_BOTH,   true },
};
#define N(a) (sizeof(a) / sizeof *(a))

static uint64_t composite_flags(size_t i, enum iq_gfp_era e)
{
	uint64_t f = composites[i].flags;
	switch (composites[i].reclaim) {
	case R_NONE: break;
	case R_KSWAPD: f |= kswapd_flag(e); break;
	case R_DIRECT: f |= reclaim_flags(e) & ~F(KSWAPD_RECLAIM); break;
	case R_BOTH: f |= reclaim_flags(e); break;
	}
	/* GFP_ATOMIC has a flag of its own where __GFP_ATOMIC exists */
	if (composites[i].flags == F(HIGH) && bits[IQ_GFP_F_ATOMIC].bit[e])
		f |= F(ATOMIC);
	return f;
}

/* Has the era a bit for each of these flags?  2.6.32 knows no accounting, so it has
 * no GFP_KERNEL_ACCOUNT either. */
static bool era_has(uint64_t flags, enum iq_gfp_era e)
{
	for (size_t f = 0; f < IQ_GFP_FLAGS; f++)
		if (flags & UINT64_C(1) << f && !bits[f].bit[e])
			return false;
	return true;
}

static uint64_t to_value(uint64_t flags, enum iq_gfp_era e)
{
	uint64_t v = 0;
	for (size_t f = 0; f < IQ_GFP_FLAGS; f++)
		if (flags & UINT64_C(1) << f)
			v |= bits[f].bit[e];
	return v;
}

uint64_t iq_gfp_flags(uint64_t value, enum iq_gfp_era era, uint64_t *ret_rest)
{
	uint64_t flags = 0;
	for (size_t f = 0; f < IQ_GFP_FLAGS; f++)
		if (value & bits[f].bit[era]) {
			flags |= UINT64_C(1) << f;
			value &= ~(uint64_t)bits[f].bit[era];
		}
	if (ret_rest)
		*ret_rest = value;
	return flags;
}

/* Flags of one name; false if this era has none such. */
static bool name_flags(struct iq_slice name, enum iq_gfp_era era, uint64_t *ret)
{
	for (size_t i = 0; i < N(composites); i++)
		if (iq_eq(name, iq_slice_z(composites[i].name))) {
			*ret = composite_flags(i, era);
			return era_has(*ret, era);
		}
	size_t f = IQ_GFP_FLAGS;
	for (size_t i = 0; i < IQ_GFP_FLAGS; i++)
		if (iq_eq(name, iq_slice_z(bits[i].name)))
			f = i;
	for (size_t i = 0; f == IQ_GFP_FLAGS && i < N(spellings); i++)
		if (iq_eq(name, iq_slice_z(spellings[i].name)))
			f = spellings[i].flag;
	if (f == IQ_GFP_FLAGS || !bits[f].bit[era])
		return false;
	*ret = UINT64_C(1) << f;
	return true;
}

bool iq_gfp_value(struct iq_slice names, enum iq_gfp_era era, uint64_t *ret)
{
	uint64_t value = 0;
	names = iq_trim(names);
	while (names.n) {
		struct iq_slice name = iq_trim(iq_cut(&names, '|'));
		uint64_t flags, raw;
		struct iq_slice hex = name;
		if (name_flags(name, era, &flags))
			value |= to_value(flags, era);
		else if (iq_skip(&hex, IQ_LIT("0x")) && iq_take_hex(&hex, &raw) && !hex.n)
			value |= raw;
		else
			return false;
	}
	*ret = value;
	return true;
}

static void add_name(struct iq_buf *out, size_t *n, const char *name)
{
	if ((*n)++)
		iq_buf_char(out, '|');
	iq_buf_str(out, name);
}

void iq_gfp_names(struct iq_buf *out, uint64_t value, enum iq_gfp_era era)
{
	size_t n = 0;
	for (size_t i = 0; i < N(composites); i++) {
		uint64_t flags = composite_flags(i, era), mask = to_value(flags, era);
		bool other_era = !strcmp(composites[i].name, "GFP_TEMPORARY") &&
				 era >= IQ_GFP_4_14;
		if (!mask || composites[i].not_printed || other_era || !era_has(flags, era) ||
		    (value & mask) != mask)
			continue;
		add_name(out, &n, composites[i].name);
		value &= ~mask;
	}
	for (size_t f = 0; f < IQ_GFP_FLAGS; f++) {
		if (!(value & bits[f].bit[era]))
			continue;
		const char *name = bits[f].name;
		if (f == IQ_GFP_F_DMA || f == IQ_GFP_F_DMA32)
			name += 2;	/* GFP_DMA, without underscores */
		else if (f == IQ_GFP_F_RETRY_MAYFAIL && era < IQ_GFP_4_14)
			name = "__GFP_REPEAT";
		add_name(out, &n, name);
		value &= ~(uint64_t)bits[f].bit[era];
	}
	if (value) {
		if (n)
			iq_buf_char(out, '|');
		iq_buf_printf(out, "0x%llx", (unsigned long long)value);
	}
}

/* --------------------------------------------------------------- parse, decode */

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool iq_gfp_parse(struct iq_slice text, struct iq_slice names, struct iq_gfp_text *ret)
{
	struct iq_gfp_text t = { .names = IQ_SLICE_NULL };
	text = iq_ltrim(text);
	bool prefixed = iq_skip(&text, IQ_LIT("0x")) || iq_skip(&text, IQ_LIT("0X"));
	for (; text.n && t.digits < 16; text = iq_from(text, 1)) {
		int d = hex_digit(*text.p);
		bool star = *text.p == '*';
		if (d < 0 && !star)
			break;
		t.value = t.value << 4 | (uint64_t)(star ? 0 : d);
		t.known = t.known << 4 | (star ? 0 : 0xf);
		t.masked |= star;
		t.digits++;
	}
	/* %#x prints a zero without 0x */
	t.has_number = t.digits > 0 && (prefixed || t.value == 0 || t.masked);
	if (iq_skip(&text, IQ_LIT("("))) {
		ptrdiff_t end = iq_find_char(text, ')');
		t.names = iq_trim(end < 0 ? text : iq_head(text, (size_t)end));
	}
	if (!t.names.p && names.p)
		t.names = iq_trim(names);
	if (!t.has_number && !t.names.n)
		return false;
	*ret = t;
	return true;
}

static unsigned hex_digits(uint64_t v)
{
	unsigned n = 1;
	while (v >>= 4)
		n++;
	return n;
}

/* Number and names agree in this era; *ret: the number with its masked digits. */
static bool era_fits_names(const struct iq_gfp_text *t, enum iq_gfp_era e, uint64_t *ret)
{
	uint64_t v;
	if (!iq_gfp_value(t->names, e, &v))
		return false;
	*ret = v;
	if (!t->has_number)
		return true;
	return (v & t->known) == t->value && (!t->masked || hex_digits(v) == t->digits);
}

/* Could a kernel of this era have made this number?  Only of a number alone. */
static bool era_fits_number(const struct iq_gfp_text *t, enum iq_gfp_era e)
{
	uint64_t rest, f = iq_gfp_flags(t->value, e, &rest);
	if (rest || t->masked)
		return false;
	if (!t->value)
		return true;
	bool reclaim = f & reclaim_flags(e);
	if ((f & (F(IO) | F(FS))) && !reclaim && !iq_gfp_is_thp(f))
		return false;		/* IO or FS mean nothing without reclaim */
	return e <= IQ_GFP_3_4 || reclaim || iq_gfp_is_thp(f);
}

static enum iq_gfp_era first_era(unsigned set)
{
	return set ? (enum iq_gfp_era)__builtin_ctz(set) : IQ_GFP_ERAS;
}

static enum iq_gfp_era last_era(unsigned set)
{
	return set ? (enum iq_gfp_era)(31 - __builtin_clz(set)) : IQ_GFP_ERAS;
}

void iq_gfp_decode(const struct iq_gfp_text *t, unsigned hint, struct iq_gfp *ret)
{
	struct iq_gfp g = { .era = IQ_GFP_ERAS };
	uint64_t value[IQ_GFP_ERAS] = { 0 };
	bool names = t->names.n > 0;
	for (enum iq_gfp_era e = 0; e < IQ_GFP_ERAS; e++) {
		value[e] = t->value;
		if (names ? era_fits_names(t, e, &value[e]) : era_fits_number(t, e))
			g.eras |= 1u << e;
	}
	g.zero = t->has_number && !t->masked && !t->value && !names;
	/* a number without names was printed before 4.6, unless cut from its names; zero
	 * has none in any era ("0x0()") */
	unsigned raw = (1u << IQ_GFP_2_6_32 | 1u << IQ_GFP_3_4 | 1u << IQ_GFP_4_4);
	if (!names && !g.zero && (g.eras & raw) && !(hint & ~raw & g.eras && hint != IQ_GFP_ALL_ERAS))
		g.eras &= raw;
	unsigned both = g.eras & hint;
	unsigned use = both ? both : g.eras;
	/* raw numbers mean the same in 2.6.32 and 3.x but for a few high bits: later */
	g.era = both && hint != IQ_GFP_ALL_ERAS ? first_era(both) : last_era(use);
	if (!names && g.era < IQ_GFP_ERAS && (use & 1u << IQ_GFP_3_4) &&
	    hint == IQ_GFP_ALL_ERAS)
		g.era = IQ_GFP_3_4;
	if (g.zero) {
		g.known = true;
	} else if (g.era < IQ_GFP_ERAS) {
		g.known = true;
		g.value = value[g.era];
		g.flags = iq_gfp_flags(g.value, g.era, &g.rest);
	} else if (names) {
		/* a number no table explains (vendor bits): trust the names */
		unsigned from = hint ? hint : IQ_GFP_ALL_ERAS;
		for (unsigned e = IQ_GFP_ERAS; e-- > 0 && !g.known; )
			if (from & 1u << e && iq_gfp_value(t->names, e, &g.value)) {
				g.known = true;
				g.era = e;
				g.flags = iq_gfp_flags(g.value, e, &g.rest);
				if (t->has_number && !t->masked)
					g.value = t->value;
			}
	} else if (t->has_number && !t->masked && hint && hint != IQ_GFP_ALL_ERAS) {
		g.era = first_era(hint & IQ_GFP_ALL_ERAS);
		g.known = g.era < IQ_GFP_ERAS;
		g.value = t->value;
		g.flags = g.known ? iq_gfp_flags(g.value, g.era, &g.rest) : 0;
	}
	if (g.era == IQ_GFP_ERAS)
		g.era = IQ_GFP_6_5;
	*ret = g;
}

void iq_gfp_eras_text(struct iq_buf *out, unsigned eras)
{
	static const char *const from[] = { "2.6.32", "3.0", "4.4", "4.10", "4.16", "5.2",
					    "5.15", "6.1", "6.3" };
	static const char *const to[] = { "2.6.39", "4.3", "4.9", "4.15", "5.1", "5.14",
					  "6.0", "6.2", NULL };
	bool any = false;
	for (unsigned e = 0; e < IQ_GFP_ERAS; e++) {
		if (!(eras & 1u << e))
			continue;
		unsigned last = e;
		while (last + 1 < IQ_GFP_ERAS && eras & 1u << (last + 1))
			last++;
		if (any)
			iq_buf_str(out, " or ");
		any = true;
		if (to[last])
			iq_buf_printf(out, "%s-%s", from[e], to[last]);
		else
			iq_buf_printf(out, "%s and later", from[e]);
		e = last;
	}
}

int iq_gfp_has(const struct iq_gfp *g, struct iq_slice name)
{
	uint64_t want;
	if (iq_eq(name, IQ_LIT("__GFP_DIRECT_RECLAIM")) && g->era <= IQ_GFP_3_4)
		name = IQ_LIT("__GFP_WAIT");
	if (!name_flags(name, g->era, &want)) {
		/* a flag of other eras is not set here */
		for (enum iq_gfp_era e = 0; e < IQ_GFP_ERAS; e++)
			if (name_flags(name, e, &want))
				return 0;
		return -1;
	}
	return (g->flags & want) == want;
}

/* ----------------------------------------------------------------- predicates */

bool iq_gfp_may_reclaim(uint64_t flags)
{
	return flags & (F(WAIT) | F(DIRECT_RECLAIM));
}

bool iq_gfp_wakes_kswapd(uint64_t flags, enum iq_gfp_era era)
{
	/* until 4.3 every request did, GFP_ATOMIC too, but those that said not to */
	return era <= IQ_GFP_3_4 ? !(flags & F(NO_KSWAPD)) : flags & F(KSWAPD_RECLAIM);
}

bool iq_gfp_is_atomic(uint64_t flags)
{
	return !iq_gfp_may_reclaim(flags) && flags & F(HIGH);
}

bool iq_gfp_is_thp(uint64_t flags)
{
	return flags & F(COMP) && flags & F(NOMEMALLOC) && flags & F(MOVABLE);
}

/* ---------------------------------------------------------------------- zones */

static const char *const zone_names[IQ_ZONE_TYPES] = {
	"DMA", "DMA32", "Normal", "HighMem", "Movable", "Device",
};

int iq_zone_type(struct iq_slice name)
{
	for (int i = 0; i < IQ_ZONE_TYPES; i++)
		if (iq_eq(name, iq_slice_z(zone_names[i])))
			return i;
	return -1;
}

const char *iq_zone_name(enum iq_zone_type t)
{
	return (unsigned)t < IQ_ZONE_TYPES ? zone_names[t] : "?";
}

#define Z(t) IQ_ZONE_BIT(IQ_ZONE_##t)
/* Configurations there are, the commoner first (include/linux/mmzone.h). */
static const unsigned configs[] = {
	Z(DMA) | Z(DMA32) | Z(NORMAL) | Z(MOVABLE),		/* x86-64, arm64 5.x */
	Z(DMA) | Z(DMA32) | Z(NORMAL) | Z(MOVABLE) | Z(DEVICE),
	Z(DMA) | Z(NORMAL) | Z(HIGHMEM) | Z(MOVABLE),		/* i386, arm */
	Z(DMA) | Z(NORMAL) | Z(HIGHMEM) | Z(MOVABLE) | Z(DEVICE),
	Z(DMA) | Z(NORMAL) | Z(MOVABLE),			/* arm64 4.x, ppc64, s390 */
	Z(DMA) | Z(NORMAL) | Z(MOVABLE) | Z(DEVICE),
	Z(NORMAL) | Z(HIGHMEM) | Z(MOVABLE),
	Z(DMA32) | Z(NORMAL) | Z(MOVABLE),			/* arm64, riscv */
	Z(DMA32) | Z(NORMAL) | Z(MOVABLE) | Z(DEVICE),
	Z(NORMAL) | Z(MOVABLE),
	Z(NORMAL) | Z(MOVABLE) | Z(DEVICE),
};

static bool arch_64(struct iq_slice a)
{
	static const char *const names[] = { "x86_64", "amd64", "aarch64", "arm64", "ppc64",
					     "ppc64le", "s390x", "riscv64", "loongarch64" };
	for (size_t i = 0; i < N(names); i++)
		if (iq_eq(a, iq_slice_z(names[i])))
			return true;
	return false;
}

static bool arch_32(struct iq_slice a)
{
	return iq_eq(a, IQ_LIT("i386")) || iq_eq(a, IQ_LIT("i686")) ||
	       iq_eq(a, IQ_LIT("i586")) || iq_eq(a, IQ_LIT("arm")) ||
	       iq_starts(a, IQ_LIT("armv"));
}

unsigned iq_zone_config(unsigned n_reserve, unsigned zones_seen, struct iq_slice arch)
{
	if (!zones_seen && !n_reserve && !arch.p)
		return 0;
	for (size_t i = 0; i < N(configs); i++) {
		unsigned c = configs[i];
		if ((c & zones_seen) != zones_seen)
			continue;
		if (n_reserve && (unsigned)__builtin_popcount(c) != n_reserve)
			continue;
		if ((c & Z(HIGHMEM) && arch_64(arch)) || (c & Z(DMA32) && arch_32(arch)))
			continue;
		return c;
	}
	return 0;
}

int iq_gfp_zone(uint64_t flags, unsigned config)
{
	unsigned nibble = (flags & F(DMA) ? 1 : 0) | (flags & F(HIGHMEM) ? 2 : 0) |
			  (flags & F(DMA32) ? 4 : 0) | (flags & F(MOVABLE) ? 8 : 0);
	/* GFP_ZONE_TABLE, the same in all eras */
	switch (nibble) {
	case 0x0: case 0x8: return IQ_ZONE_NORMAL;
	case 0x1: case 0x9: return config && !(config & Z(DMA)) ? IQ_ZONE_NORMAL : IQ_ZONE_DMA;
	case 0x2: return config & Z(HIGHMEM) ? IQ_ZONE_HIGHMEM : IQ_ZONE_NORMAL;
	case 0x4: case 0xc:
		return config && !(config & Z(DMA32)) ? IQ_ZONE_NORMAL : IQ_ZONE_DMA32;
	case 0xa: return IQ_ZONE_MOVABLE;
	default: return -1;
	}
}

int iq_zone_index(unsigned config, int type)
{
	if (type < 0 || type >= IQ_ZONE_TYPES || !(config & IQ_ZONE_BIT(type)))
		return -1;
	return __builtin_popcount(config & (IQ_ZONE_BIT(type) - 1));
}

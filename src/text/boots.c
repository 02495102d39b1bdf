/* text/boots.c - see boots.h */
#include "text/boots.h"

#include "base/units.h"

#include <stdlib.h>

#define FALL_US (10 * IQ_USEC)		/* less is disorder between CPUs */
#define SKEW_US (IQ_USEC / 2)
#define SAME_OFFSET_US (5 * IQ_USEC)
#define PAIR_EVERY 64			/* lines of the hot loop between two pairs */
#define VOTES 3
#define FIRST_LINES 3			/* that may stand in front of "Linux version" */

/* How good a pair of clocks is. */
enum rank { RANK_NONE, RANK_COMPUTED, RANK_NO_YEAR, RANK_LOCAL, RANK_RTC, RANK_UTC, RANK_AUDIT };

void iq_boots_init(struct iq_boots *b)
{
	*b = (struct iq_boots){ 0 };
	iq_arena_init(&b->arena);
	b->seen = calloc(IQ_MONO_SEEN, sizeof *b->seen);
}

void iq_boots_fini(struct iq_boots *b)
{
	iq_arena_fini(&b->arena);
	free(b->names);
	free(b->hosts);
	free(b->boots);
	free(b->ranks);
	free(b->seen);
	*b = (struct iq_boots){ 0 };
}

/* Room for one more element of each of two arrays that grow together. */
static bool grow(struct iq_boots *b, void **one, size_t one_size, void **two,
		 size_t two_size, size_t n, size_t *cap)
{
	if (n < *cap)
		return true;
	size_t more = *cap ? *cap * 2 : 4;
	void *p = realloc(*one, more * one_size);
	if (p)
		*one = p;
	void *q = p ? realloc(*two, more * two_size) : NULL;
	if (q)
		*two = q;
	if (!q)
		b->failed = true;
	else
		*cap = more;
	return q != NULL;
}

/* --- hosts --- */

static uint32_t add_host(struct iq_boots *b, struct iq_slice name)
{
	if (!grow(b, (void **)&b->names, sizeof *b->names, (void **)&b->hosts,
		  sizeof *b->hosts, b->n_hosts, &b->cap_hosts))
		return 0;
	b->names[b->n_hosts] = iq_arena_copy(&b->arena, name);
	b->hosts[b->n_hosts] = (struct iq_host_state){
		.last_mono = IQ_NULL, .max_mono = IQ_NULL,
	};
	return (uint32_t)b->n_hosts++;
}

/* Where NAME stands in the index, or the free place for it. */
static uint16_t *index_of(struct iq_boots *b, struct iq_slice name)
{
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < name.n; i++)
		hash = (hash ^ (unsigned char)name.p[i]) * 16777619u;
	for (size_t i = hash % IQ_HOSTS_INDEX;; i = (i + 1) % IQ_HOSTS_INDEX)
		if (!b->index[i] || iq_eq(b->names[b->index[i] - 1], name))
			return &b->index[i];
}

uint32_t iq_boots_host(struct iq_boots *b, struct iq_slice name)
{
	if (!b->n_hosts) {
		uint32_t first = add_host(b, name);
		if (name.p)
			*index_of(b, name) = 1;
		return first;
	}
	if (!name.p)			/* whose line the one before was */
		return b->last_host;
	if (iq_eq(b->names[b->last_host], name) && b->names[b->last_host].p)
		return b->last_host;
	uint16_t *slot = index_of(b, name);
	if (!*slot && !b->names[0].p) {	/* lines before had no name: it is this one */
		b->names[0] = iq_arena_copy(&b->arena, name);
		*slot = 1;
	} else if (!*slot && b->n_hosts < IQ_HOSTS_MAX) {
		*slot = (uint16_t)(add_host(b, name) + 1);
	} else if (!*slot) {
		b->too_many_hosts = true;
		return 0;
	}
	return b->last_host = *slot - 1u;
}

static bool is_localhost(struct iq_slice name)
{
	return iq_starts(name, IQ_LIT("localhost"));
}

uint32_t iq_boots_host_of(struct iq_boots *b, struct iq_slice name, struct iq_slice boot_id)
{
	if (!boot_id.p || !name.p || !b->n_hosts || iq_eq(b->names[b->last_host], name))
		return iq_boots_host(b, name);
	for (size_t i = b->n_boots; i-- > 0;) {
		uint32_t host = b->boots[i].host_no;
		if (!b->boots[i].boot_uuid.p || !iq_eq(b->boots[i].boot_uuid, boot_id) ||
		    !b->names[host].p || is_localhost(b->names[host]) == is_localhost(name))
			continue;
		if (is_localhost(name))
			return b->last_host = host;
		uint16_t *slot = index_of(b, name);
		if (*slot)			/* known, and with other boots */
			break;
		b->names[host] = iq_arena_copy(&b->arena, name);
		*slot = (uint16_t)(host + 1);
		b->was_localhost = host + 1;
		return b->last_host = host;
	}
	if (is_localhost(name) && b->was_localhost)	/* it boots again */
		return b->last_host = b->was_localhost - 1;
	return iq_boots_host(b, name);
}

/* --- boots --- */

static uint32_t new_boot(struct iq_boots *b, const struct iq_boots_line *l)
{
	struct iq_host_state *h = &b->hosts[l->host];
	if (b->n_boots >= IQ_BOOTS_MAX ||
	    !grow(b, (void **)&b->boots, sizeof *b->boots, (void **)&b->ranks,
		  sizeof *b->ranks, b->n_boots, &b->cap_boots))
		return h->boot;
	b->boots[b->n_boots] = (struct iq_boot_info){
		.host_no = l->host, .first_line = l->number,
		.first_offset = l->offset_bytes, .wall_minus_mono_us = IQ_NULL,
		.first_wall_us = IQ_NULL, .last_wall_us = IQ_NULL,
	};
	b->ranks[b->n_boots] = RANK_NONE;
	uint32_t before = h->has_boot ? h->boot : (uint32_t)b->n_boots;
	*h = (struct iq_host_state){
		.has_boot = true, .boot = (uint32_t)b->n_boots, .before = before,
		.last_mono = IQ_NULL, .max_mono = IQ_NULL,
	};
	return (uint32_t)b->n_boots++;
}

static void switch_boot(struct iq_boots *b, uint32_t host, uint32_t boot)
{
	struct iq_host_state *h = &b->hosts[host];
	*h = (struct iq_host_state){
		.has_boot = true, .boot = boot, .before = h->boot, .lines = 1,
		.last_mono = IQ_NULL, .max_mono = IQ_NULL,
		.has_version = b->boots[boot].kernel_release.p != NULL,
	};
}

void iq_boots_separator(struct iq_boots *b, struct iq_slice boot_id)
{
	b->next_uuid = iq_arena_copy(&b->arena, boot_id);
	for (size_t i = 0; i < b->n_hosts; i++)
		b->hosts[i].separator = true;
}

/* By id.  True: the question is settled. */
static bool by_id(struct iq_boots *b, const struct iq_boots_line *l, struct iq_slice id)
{
	struct iq_host_state *h = &b->hosts[l->host];
	struct iq_slice *now = &b->boots[h->boot].boot_uuid;
	if (now->p && iq_eq(*now, id))
		return true;
	for (size_t i = b->n_boots; i-- > 0;)
		if (b->boots[i].host_no == l->host && b->boots[i].boot_uuid.p &&
		    iq_eq(b->boots[i].boot_uuid, id)) {
			switch_boot(b, l->host, (uint32_t)i);
			return true;
		}
	if (now->p || h->separator)
		new_boot(b, l);
	b->boots[h->boot].boot_uuid = iq_arena_copy(&b->arena, id);
	return true;
}

/* --- stamps seen before --- */

static uint64_t *slot_of(struct iq_boots *b, uint32_t host, int64_t mono, uint64_t *key)
{
	*key = ((uint64_t)mono << 12 ^ host) * UINT64_C(0x9e3779b97f4a7c15) | 1;
	return b->seen ? &b->seen[*key >> 49] : NULL;
}

/* Stamps of the first second and of clocks that only tick tell nothing. */
static bool telling(int64_t mono)
{
	return mono >= IQ_USEC && mono % 1000;
}

void iq_boots_remember(struct iq_boots *b, uint32_t host, int64_t mono)
{
	uint64_t key, *slot = slot_of(b, host, mono, &key);
	if (slot && telling(mono))
		*slot = key;
}

static bool seen_before(struct iq_boots *b, uint32_t host, int64_t mono)
{
	uint64_t key, *slot = slot_of(b, host, mono, &key);
	return slot && telling(mono) && *slot == key;
}

/* --- the monotonic clock --- */

static bool recorded(const struct iq_boots_line *l)
{
	return l->wall_us != IQ_NULL && !(l->wall_kind & IQ_WALL_COMPUTED);
}

static bool known_offset(const struct iq_boots *b, uint32_t boot)
{
	return b->boots[boot].wall_minus_mono_us != IQ_NULL &&
	       b->ranks[boot] > RANK_COMPUTED;
}

/* A boot of this host whose clocks stand as those of the line, or -1. */
static int64_t boot_by_offset(const struct iq_boots *b, const struct iq_boots_line *l)
{
	for (size_t i = b->n_boots; i-- > 0;) {
		if (b->boots[i].host_no != l->host || !known_offset(b, (uint32_t)i))
			continue;
		int64_t off = l->wall_us - l->mono_us - b->boots[i].wall_minus_mono_us;
		if (off > -SAME_OFFSET_US && off < SAME_OFFSET_US)
			return (int64_t)i;
	}
	return -1;
}

static void on_fall(struct iq_boots *b, const struct iq_boots_line *l)
{
	struct iq_host_state *h = &b->hosts[l->host];
	if (recorded(l) && known_offset(b, h->boot)) {
		int64_t same = boot_by_offset(b, l);
		if (same < 0)
			new_boot(b, l);
		else if ((uint32_t)same != h->boot)
			switch_boot(b, l->host, (uint32_t)same);
		return;
	}
	if (l->mono_us >= IQ_USEC && seen_before(b, l->host, l->mono_us))
		return;			/* a replay */
	new_boot(b, l);
	h->tentative = l->mono_us < IQ_USEC && !recorded(l);
}

/* Lines of a tentative boot with stamps of the boot before: it was a replay. */
static void vote(struct iq_boots *b, const struct iq_boots_line *l)
{
	struct iq_host_state *h = &b->hosts[l->host];
	if (!telling(l->mono_us))
		return;
	if (seen_before(b, l->host, l->mono_us))
		h->votes_same++;
	else
		h->votes_new++;
	if (h->votes_same >= VOTES)
		switch_boot(b, l->host, h->before);
	else if (h->votes_new >= VOTES)
		h->tentative = false;
}

static void by_mono(struct iq_boots *b, const struct iq_boots_line *l, bool version)
{
	struct iq_host_state *h = &b->hosts[l->host];
	if (h->last_mono != IQ_NULL) {
		int64_t fall = h->last_mono - l->mono_us;
		if (fall > FALL_US || (version && fall > SKEW_US))
			on_fall(b, l);
		else if (h->tentative)
			vote(b, l);
	}
	iq_boots_remember(b, l->host, l->mono_us);
	h->last_mono = l->mono_us;
	if (h->max_mono == IQ_NULL || l->mono_us > h->max_mono)
		h->max_mono = l->mono_us;
}

/* --- what the boot's own lines say --- */

static struct iq_slice arch_of(struct iq_slice release)
{
	static const struct { struct iq_slice tail, arch; } rows[] = {
		{ IQ_LIT(".x86_64"), IQ_LIT("x86_64") }, { IQ_LIT("-amd64"), IQ_LIT("x86_64") },
		{ IQ_LIT(".aarch64"), IQ_LIT("aarch64") }, { IQ_LIT("-arm64"), IQ_LIT("aarch64") },
		{ IQ_LIT(".ppc64le"), IQ_LIT("ppc64le") }, { IQ_LIT(".s390x"), IQ_LIT("s390x") },
		{ IQ_LIT(".i686"), IQ_LIT("i686") }, { IQ_LIT(".i386"), IQ_LIT("i386") },
		{ IQ_LIT(".ppc64"), IQ_LIT("ppc64") }, { IQ_LIT(".riscv64"), IQ_LIT("riscv64") },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (iq_ends(release, rows[i].tail))
			return rows[i].arch;
	return IQ_SLICE_NULL;
}

static void take_version(struct iq_boots *b, struct iq_boot_info *boot,
			 struct iq_slice text)
{
	struct iq_slice rest = iq_from(text, sizeof "Linux version " - 1);
	struct iq_slice release = iq_word(&rest);
	if (boot->kernel_release.p || !release.n)
		return;
	boot->kernel_release = iq_arena_copy(&b->arena, release);
	boot->kernel_version = iq_arena_copy(&b->arena, iq_head(text, 1024));
	boot->arch = arch_of(release);
}

static void take_facts(struct iq_boots *b, uint32_t no, struct iq_slice text, bool version)
{
	struct iq_boot_info *boot = &b->boots[no];
	struct iq_slice line = text;
	if (version)
		take_version(b, boot, text);
	if (!iq_skip(&line, IQ_LIT("Command line: ")) &&
	    !iq_skip(&line, IQ_LIT("Kernel command line: ")))
		return;
	if (!boot->command_line.p)
		boot->command_line = iq_arena_copy(&b->arena, iq_head(line, 4096));
	boot->kdump |= iq_has(line, IQ_LIT("elfcorehdr="));
}

bool iq_boots_wants(struct iq_slice text)
{
	if (!text.n)
		return false;
	switch (*text.p) {
	case 'L':
		return iq_starts(text, IQ_LIT("Linux version "));
	case 'C':
		return iq_starts(text, IQ_LIT("Command line: "));
	case 'K':
		return iq_starts(text, IQ_LIT("Kernel command line: "));
	case 'a':
		return iq_starts(text, IQ_LIT("audit: type=")) ||
		       iq_starts(text, IQ_LIT("audit("));
	case 't':
		return iq_starts(text, IQ_LIT("type="));
	case 'r':
		return iq_starts(text, IQ_LIT("rtc")) &&
		       iq_has(text, IQ_LIT("setting system clock"));
	default:
		return false;
	}
}

int64_t iq_boots_anchor(struct iq_slice text)
{
	ptrdiff_t at = iq_find(text, IQ_LIT("audit("));
	uint64_t s, ms;
	if (at >= 0) {
		struct iq_slice t = iq_from(text, (size_t)at + 6);
		if (iq_take_u64(&t, &s) && iq_skip(&t, IQ_LIT(".")) &&
		    iq_take_u64(&t, &ms) && iq_skip(&t, IQ_LIT(":")) &&
		    s > 300000000 && s < UINT64_C(1) << 33 && ms < 1000)
			return (int64_t)(s * IQ_USEC + ms * 1000);
		return IQ_NULL;
	}
	if (!iq_has(text, IQ_LIT("setting system clock to ")))
		return IQ_NULL;
	at = iq_rfind(text, IQ_LIT("("));
	struct iq_slice t = iq_from(text, at < 0 ? text.n : (size_t)at + 1);
	if (iq_take_u64(&t, &s) && iq_starts(t, IQ_LIT(")")) && s > 300000000 &&
	    s < UINT64_C(1) << 33)
		return (int64_t)s * IQ_USEC;
	return IQ_NULL;
}

/* --- the relation of the clocks --- */

static void take_pair(struct iq_boots *b, uint32_t no, int64_t wall, int64_t mono,
		      int kind, enum rank rank)
{
	struct iq_boot_info *boot = &b->boots[no];
	int64_t off = wall - mono;
	if ((int)rank < b->ranks[no] ||
	    ((int)rank == b->ranks[no] && off >= boot->wall_minus_mono_us))
		return;
	b->ranks[no] = rank;
	boot->wall_minus_mono_us = off;
	boot->wall_kind = kind;
}

static void relate(struct iq_boots *b, uint32_t no, const struct iq_boots_line *l)
{
	if (l->mono_us == IQ_NULL)
		return;
	if (l->wall_us != IQ_NULL) {
		enum rank rank = l->wall_kind & IQ_WALL_COMPUTED ? RANK_COMPUTED
			: l->wall_kind & IQ_WALL_NO_YEAR ? RANK_NO_YEAR
			: l->wall_kind & IQ_WALL_LOCAL ? RANK_LOCAL : RANK_UTC;
		take_pair(b, no, l->wall_us, l->mono_us, l->wall_kind, rank);
	}
	int64_t anchor = l->kernel && iq_boots_wants(l->text) ? iq_boots_anchor(l->text)
							       : IQ_NULL;
	if (anchor != IQ_NULL)
		take_pair(b, no, anchor, l->mono_us, IQ_WALL_UTC,
			  *l->text.p == 'r' ? RANK_RTC : RANK_AUDIT);
}

/* From when to when the lines of the boot are. */
static void stretch(struct iq_boot_info *boot, const struct iq_boots_line *l)
{
	if (!recorded(l))
		return;
	if (boot->first_wall_us == IQ_NULL) {
		boot->first_wall_us = boot->last_wall_us = l->wall_us;
		boot->range_kind = l->wall_kind;
	} else if (l->wall_kind == boot->range_kind) {
		if (l->wall_us < boot->first_wall_us)
			boot->first_wall_us = l->wall_us;
		if (l->wall_us > boot->last_wall_us)
			boot->last_wall_us = l->wall_us;
	}
}

uint32_t iq_boots_line(struct iq_boots *b, const struct iq_boots_line *l)
{
	if (l->host >= b->n_hosts)
		return 0;
	struct iq_host_state *h = &b->hosts[l->host];
	bool version = l->kernel && iq_starts(l->text, IQ_LIT("Linux version "));
	bool separator = h->separator;
	if (!h->has_boot)
		new_boot(b, l);
	if (!h->has_boot)
		return 0;
	bool settled = l->boot_id.p && by_id(b, l, l->boot_id);
	if (!settled && separator) {
		if (h->lines)
			new_boot(b, l);
		h->separator = false;
		settled = b->next_uuid.p && by_id(b, l, b->next_uuid);
	}
	/* the first the kernel ever said, behind lines of programs */
	if (version && !settled && h->last_mono == IQ_NULL && l->mono_us != IQ_NULL &&
	    !h->has_version && h->programs > FIRST_LINES)
		new_boot(b, l);
	if (l->kernel && l->mono_us != IQ_NULL) {
		if (!settled)
			by_mono(b, l, version);
		else
			h->last_mono = l->mono_us;
	} else if (version && !settled && h->has_version) {
		new_boot(b, l);
	}
	/* without stamps, or behind lines of which it cannot be the first */
	if (version && !settled && !h->has_version && l->mono_us == IQ_NULL &&
	    h->lines > FIRST_LINES)
		new_boot(b, l);
	h->has_version |= version;
	h->separator = false;
	h->lines++;
	h->programs += l->program;
	h->countdown = PAIR_EVERY;
	take_facts(b, h->boot, l->text, version);
	relate(b, h->boot, l);
	stretch(&b->boots[h->boot], l);
	return h->boot;
}

/* text/boots.h - hosts and boots of one stream, and how their two clocks relate.
 *
 * Hosts are told apart by the name in the line.  Per host the boots (facts:
 * log-dialects 9.1): what the log says itself (boot ids, separators) counts first, then
 * "Linux version", then the monotonic clock falling.  A fall may also be a replay of
 * the same lines (console replay, two captures in one file): then the old boot goes on.
 * Where lines carry both clocks their distance tells boots apart best.
 *
 * A boot that only looked new, because the log was printed again from its start, stays
 * in the list as an empty one: its first lines were already handed out.
 *
 * Owns the names and facts it gives out; they live as long as it does.
 */
#ifndef IQ_TEXT_BOOTS_H
#define IQ_TEXT_BOOTS_H

#include "base/arena.h"
#include "text/reader.h"

#define IQ_HOSTS_MAX 4096
#define IQ_HOSTS_INDEX (2 * IQ_HOSTS_MAX)
#define IQ_BOOTS_MAX 65536
#define IQ_MONO_SEEN (32 * 1024)	/* stamps remembered to know replays by */

struct iq_host_state {
	bool has_boot;
	uint32_t boot, before;		/* current one, and the one in front of it */
	int64_t last_mono, max_mono;	/* of the current boot; IQ_NULL: none yet */
	int64_t lines;			/* of the current boot */
	int64_t programs;		/* of them, those of programs */
	bool separator;			/* the next line begins a boot */
	bool has_version;
	bool tentative;			/* maybe only a replay of the boot before */
	int votes_same, votes_new;
	unsigned countdown;		/* to the next sampled pair of clocks */
};

struct iq_boots {
	struct iq_arena arena;
	struct iq_slice *names;
	struct iq_host_state *hosts;
	size_t n_hosts, cap_hosts;
	bool too_many_hosts;
	uint32_t was_localhost;		/* host number + 1 that was, and is named now */
	uint16_t index[IQ_HOSTS_INDEX];	/* host number + 1 by hash of its name; 0: free */
	struct iq_boot_info *boots;
	int *ranks;			/* of the offset, by boot */
	size_t n_boots, cap_boots;
	struct iq_slice next_uuid;	/* of a separator */
	uint64_t *seen;			/* IQ_MONO_SEEN stamps, or NULL */
	uint32_t last_host;		/* the lookup's guess */
	bool failed;			/* out of memory */
};

/* What one line says. */
struct iq_boots_line {
	uint32_t host;
	int64_t number;			/* of the line */
	int64_t offset_bytes;		/* where it begins; IQ_NULL: no file */
	int64_t mono_us, wall_us;	/* IQ_NULL: not shown */
	int wall_kind;
	struct iq_slice text;
	struct iq_slice boot_id;	/* p NULL: not shown */
	bool kernel;
	bool program;			/* a header names another */
};

void iq_boots_init(struct iq_boots *b);
void iq_boots_fini(struct iq_boots *b);

/* NAME p NULL: the first host. */
uint32_t iq_boots_host(struct iq_boots *b, struct iq_slice name);

/* The same for a line that names its boot: until a machine is told its name it is
 * "localhost", but its boot is the same one.  BOOT_ID p NULL: as iq_boots_host(). */
uint32_t iq_boots_host_of(struct iq_boots *b, struct iq_slice name, struct iq_slice boot_id);

/* "-- Boot ID --", "-- Reboot --": what follows is another boot. */
void iq_boots_separator(struct iq_boots *b, struct iq_slice boot_id);

/* Which boot is the line of?  To be asked in the order of the file. */
uint32_t iq_boots_line(struct iq_boots *b, const struct iq_boots_line *l);

/* For telling a replay later. */
void iq_boots_remember(struct iq_boots *b, uint32_t host, int64_t mono_us);

/* The short way for a kernel line of the hot loop: true if MONO_US goes on in the
 * current boot and nothing else need be looked at; otherwise iq_boots_line(). */
static inline bool iq_boots_goes_on(struct iq_boots *b, uint32_t host, int64_t mono_us)
{
	struct iq_host_state *h = &b->hosts[host];
	if (!h->has_boot || h->separator || h->tentative || mono_us < h->last_mono ||
	    !h->countdown)
		return false;
	h->countdown--;
	h->last_mono = mono_us;
	h->lines++;
	iq_boots_remember(b, host, mono_us);
	return true;
}

/* May this text tell of a boot, or relate the clocks? */
bool iq_boots_wants(struct iq_slice text);

/* Wall time in a kernel line's text (rtc, audit), or IQ_NULL. */
int64_t iq_boots_anchor(struct iq_slice text);

#endif

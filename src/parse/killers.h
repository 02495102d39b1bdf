/* parse/killers.h - programs that kill for lack of memory, and programs that tell of it.
 *
 * Killers: systemd-oomd, earlyoom, nohang, Meta's oomd, Android's lowmemorykiller and
 * lmkd, kubelet evictions, Talos.  Each kill is an event userspace-kill of its own.
 *
 * Tellers: systemd's PID 1 ("A process of this unit has been killed by the OOM
 * killer"), kubelet, containerd, docker, conmon.  Their lines are no kill of their own
 * when a kill that they can mean (same pid, cgroup, unit) stands within
 * IQ_KILLERS_NEAR_US before or after: then they become event lines of it (role killer)
 * and may name the victim's unit.  Alone they are all that is left of a kill, and become
 * an event without report.  Since the kill may come after its teller, such lines are
 * held until that much log time has passed, and so are victims whose unit is not known.
 *
 * The parser feeds every record that no report took, tells of every kernel kill, and
 * calls iq_killers_tick() with each record after it has put the reports that ended.
 * Bounded: IQ_KILLERS_HELD_MAX lines and kills; the oldest goes first.
 */
#ifndef IQ_PARSE_KILLERS_H
#define IQ_PARSE_KILLERS_H

#include "model/facts.h"
#include "text/record.h"

#define IQ_KILLERS_NEAR_US	(10 * INT64_C(1000000))
#define IQ_KILLERS_HELD_MAX	256

struct iq_killers;

struct iq_killers *iq_killers_new(struct iq_sink *sink);	/* SINK outlives it */
void iq_killers_free(struct iq_killers *k);

/* Fast, may say yes too often. */
bool iq_killers_wants(struct iq_slice text);
/* Programs whose lines matter here ("systemd-oomd", "kubelet" ...). */
bool iq_killers_wants_program(struct iq_slice ident);

/* The records that follow come from this member. */
int iq_killers_member(struct iq_killers *k, int64_t member_id, struct iq_err *err);

/* 1: taken, 0: not mine, -1: ERR. */
int iq_killers_record(struct iq_killers *k, const struct iq_record *rec, int64_t boot_id,
		      struct iq_err *err);

/* A kernel kill was put as event EV (its id, boot and times are read).  VICTIM is put
 * from here, at once or later, so that a teller may still name its unit: the caller
 * must not put it too.  Call once a victim; VICTIM NULL: an event without one. */
int iq_killers_kill(struct iq_killers *k, const struct iq_event *ev,
		    const struct iq_victim *victim, int64_t member_id, struct iq_err *err);

/* Log time goes on to that of REC: resolves what has been held long enough. */
int iq_killers_tick(struct iq_killers *k, const struct iq_record *rec, struct iq_err *err);

/* Resolves all that is held. */
int iq_killers_finish(struct iq_killers *k, struct iq_err *err);

#endif

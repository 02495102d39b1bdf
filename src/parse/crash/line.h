/* parse/crash/line.h - the figures in the lines that open reports: who, where, since when.
 *
 * Each reads one form of line (panics.md 3, 4, 7) into the columns of a crash; false
 * where the line is another one that begins alike.  Columns that the line does not show
 * are left alone.  Pure; slices are views into the line.
 */
#ifndef IQ_PARSE_CRASH_LINE_H
#define IQ_PARSE_CRASH_LINE_H

#include "parse/crash/opener.h"

/* arm, arm64: printed for programs too; a report only if a die header follows. */
#define IQ_FORM_UNHANDLED "unhandled-fault"

/* A symbol at the front of S: "f+0x1/0x2 [mod]", "f.part.0+0x..", "f+0x1/0x2()", "f".
 * Moves S behind it. */
bool iq_take_symbol(struct iq_slice *s, struct iq_slice *function, struct iq_slice *module);

/* comm, SEP and pid at the end of S: "syz-executor:1 x/123". */
bool iq_take_task(struct iq_slice s, char sep, struct iq_crash *c);

/* oopses */
bool iq_take_bad_access(struct iq_slice s, struct iq_crash *c);
bool iq_take_early(struct iq_slice s, struct iq_crash *c);	/* "... on CPU0, ..." */
bool iq_take_cpu_word(struct iq_slice s, struct iq_crash *c);	/* "... on CPU0, ..." */
bool iq_take_bug_at(struct iq_slice s, struct iq_crash *c);
bool iq_take_die(struct iq_slice s, struct iq_crash *c);

/* what stands before */
bool iq_take_usercopy(struct iq_slice s, struct iq_crash *c);
bool iq_take_fortify(struct iq_slice s, struct iq_crash *c);

/* sanitizers, corruption, atomic context */
bool iq_take_kasan(struct iq_slice s, struct iq_crash *c);
bool iq_take_kfence(struct iq_slice s, struct iq_crash *c);
bool iq_take_ubsan(struct iq_slice s, struct iq_crash *c);
bool iq_take_bad_page(struct iq_slice s, struct iq_crash *c);
bool iq_take_slub(struct iq_slice s, struct iq_crash *c);
bool iq_take_slab_error(struct iq_slice s, struct iq_crash *c);
bool iq_take_atomic(struct iq_slice s, struct iq_crash *c);
bool iq_take_sleeping(struct iq_slice s, struct iq_crash *c);
bool iq_take_preemptible(struct iq_slice s, struct iq_crash *c);
bool iq_take_spinlock(struct iq_slice s, struct iq_crash *c);
bool iq_take_bug_other(struct iq_slice s, struct iq_crash *c);
bool iq_take_netdev(struct iq_slice s, struct iq_crash *c);
bool iq_take_irq(struct iq_slice s, struct iq_crash *c);
bool iq_take_warning(struct iq_slice s, struct iq_crash *c);
bool iq_take_lockdep(struct iq_slice s, struct iq_crash *c);

/* lockups, stalls */
bool iq_take_soft_lockup(struct iq_slice s, struct iq_crash *c);
bool iq_take_hard_lockup(struct iq_slice s, struct iq_crash *c);
bool iq_take_hung(struct iq_slice s, struct iq_crash *c);
bool iq_take_rcu(struct iq_slice s, struct iq_crash *c);
bool iq_take_wq_lockup(struct iq_slice s, struct iq_crash *c);

/* hardware, filesystems, disks: lines of no trace */
enum iq_crash_kind iq_take_block(struct iq_slice s, struct iq_crash *c);

#endif

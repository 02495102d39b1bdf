/* journal/journal.h - the entries of binary journals (*.journal, *.journal~).
 *
 * Files that lie in one directory are one journal: rotated, of the system and of users,
 * opened together and read in order.  Entries become records as those of a text log do;
 * `line` is the entry's number, from 1, in the order of `journalctl --file` with the same
 * files, all entries counted.  Kernel text is what _TRANSPORT=kernel and the identifier
 * "kernel" say: a program that calls itself so has another transport.
 *
 * Entries of one machine bear one host name, the last it had: before it is set, it is
 * "localhost".
 *
 * Times are UTC.  A journal that is damaged or ends early gives what is left of it.
 */
#ifndef IQ_JOURNAL_JOURNAL_H
#define IQ_JOURNAL_JOURNAL_H

#include "base/err.h"
#include "text/record.h"

#define IQ_JOURNAL_FILES_MAX 128	/* of one journal; journald keeps 100 */
#define IQ_JOURNAL_HOSTS_MAX 64		/* machines in one journal */

struct iq_journal_host {
	char machine_id[33];		/* "": not told */
	char name[256];			/* "": not told */
};

struct iq_journal_info {
	uint64_t files, entries;	/* opened; read */
	bool damaged;
	struct iq_journal_host hosts[IQ_JOURNAL_HOSTS_MAX];
	size_t n_hosts;
};

struct iq_journal_ops {
	/* 0, or -1 with ERR to stop. */
	int (*record)(void *arg, const struct iq_record *rec, struct iq_err *err);
	/* FILE: index into fds. */
	void (*issue)(void *arg, int file, const char *severity, const char *code,
		      int64_t offset_bytes, const char *text);
	void *arg;
	bool all_programs;		/* false: entries of programs that text/programs.h does
					 * not name come without their text */
};

/* Reads the journal of N open files (kept by the caller; read only).  Called for each
 * machine before the first record: nothing.  *ret is filled as far as reading went.
 * -1 with ERR: none of them can be read (IQ_E_UNSUPPORTED: with what to run instead),
 * or record() stopped. */
int iq_journal_read(const int *fds, size_t n, const struct iq_journal_ops *ops,
		    struct iq_journal_info *ret, struct iq_err *err);

#endif

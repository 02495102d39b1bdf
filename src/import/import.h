/* import/import.h - captures into a store, many at once.
 *
 * The parent's side: finds the captures below the given paths, has each read by a
 * jailed child into a spool, and applies the spools one after the other, each in
 * one transaction, or several that come within a fifth of a second.  A capture that
 * cannot be read costs only itself.
 */
#ifndef IQ_IMPORT_IMPORT_H
#define IQ_IMPORT_IMPORT_H

#include "base/err.h"
#include "import/request.h"
#include "jail/jail.h"
#include "store/store.h"

struct iq_import_progress {
	size_t done, all;		/* captures */
	size_t known, failed;		/* of those done */
	uint64_t bytes, all_bytes;	/* read and to be read; of directories not known */
	size_t unsized;			/* captures whose size is not known */
};

struct iq_import_opts {
	struct iq_read_request read;	/* path is filled in for each capture */
	int jobs;			/* children at once; 0: 1 */
	int shard, shards;		/* --shard K/N, K from 1; shards 0: all */
	/* One line, as contract.md 1 words errors, without "inquest: ".  Called at the end
	 * for all that failed or is damaged, sorted by path. */
	void (*complain)(void *arg, const char *line);
	/* Now and then while waiting; may be NULL. */
	void (*progress)(void *arg, const struct iq_import_progress *p);
	/* True to stop (a signal): children are let go, what was applied stays. */
	bool (*stop)(void *arg);
	/* Of many captures: what is in the store by now can be judged while children read
	 * on.  -1 ends the import; IQ_E_INTR: as stop.  May be NULL. */
	int (*judge)(void *arg, struct iq_err *err);
	void *arg;
};

struct iq_import_result {
	size_t captures;		/* found */
	size_t applied, known;		/* known: the same bytes were there before */
	size_t failed;			/* nothing could be read */
	size_t passed_over;		/* files below a directory that are no captures */
	size_t useful;			/* read, or known; not failed */
	size_t damaged;			/* read with issues of severity damage or limit */
	size_t events_new;
	bool stopped;
};

/* -1 only if nothing could be done at all (store unusable, no memory). */
int iq_import(struct iq_jail *jail, struct iq_store *store, const char *const *paths,
	      size_t n_paths, const struct iq_import_opts *opts, struct iq_import_result *ret,
	      struct iq_err *err);

/* `log` and `identify`: the child writes to OUT_FD itself.  Counts as above. */
int iq_import_plain(struct iq_jail *jail, const char *const *paths, size_t n_paths,
		    const struct iq_import_opts *opts, int out_fd, struct iq_import_result *ret,
		    struct iq_err *err);

#endif

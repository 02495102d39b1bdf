/* import/journals.h - binary journals among the members of a capture.
 *
 * The files of one directory are one journal (rotated parts, system and users), and their
 * order in an archive says nothing: so they are kept open until the walk is over, and then
 * handed on directory by directory.
 */
#ifndef IQ_IMPORT_JOURNALS_H
#define IQ_IMPORT_JOURNALS_H

#include "input/input.h"

struct iq_journal_file {
	int fd;
	int64_t member_id;
	char *name;			/* of the member, "" for the capture itself */
	char *wrappers;			/* "xz,tar" */
	bool cut;			/* its stream was damaged */
};

struct iq_journals {
	struct iq_journal_file *at;
	size_t n, cap;
};

/* Takes the member along.  0, or -1 with ERR. */
int iq_journals_keep(struct iq_journals *j, struct iq_stream *m, int64_t member_id,
		     struct iq_err *err);

/* Calls SET for the files of each directory, sorted by name, at most
 * IQ_JOURNAL_FILES_MAX at once; -1 as soon as SET does. */
int iq_journals_each(struct iq_journals *j,
		     int (*set)(void *arg, const struct iq_journal_file *files, size_t n,
				struct iq_err *err),
		     void *arg, struct iq_err *err);

/* The directory of FILE's member, without the slash; "" for the capture itself. */
struct iq_slice iq_journals_dir(const struct iq_journal_file *file);

void iq_journals_fini(struct iq_journals *j);

#endif

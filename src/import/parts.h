/* import/parts.h - parts of split dumps among the members of a capture.
 *
 * A part says nothing alone, and its siblings may come later or have come before: so
 * parts are kept open until the walk is over, and then handed on as sets, one for
 * each dump and directory.
 */
#ifndef IQ_IMPORT_PARTS_H
#define IQ_IMPORT_PARTS_H

#include "input/input.h"

#define IQ_PARTS_MAX 256

struct iq_dump_part {
	int fd;
	uint64_t set;		/* which dump it is of */
	int64_t member_id;
	char *name;		/* of the member, "" for the capture itself */
};

struct iq_dump_parts {
	struct iq_dump_part *at;	/* IQ_PARTS_MAX of them once there is one */
	size_t n;
};

/* 1: M is such a part and was kept; 0: it is not, or there are too many; -1 with ERR. */
int iq_parts_keep(struct iq_dump_parts *p, struct iq_stream *m, int64_t member_id,
		  struct iq_err *err);

/* Calls SET for each set with its descriptors and its first part by name.  -1 as
 * soon as SET does. */
int iq_parts_each(struct iq_dump_parts *p,
		  int (*set)(void *arg, const int *fds, size_t n,
			     const struct iq_dump_part *first, struct iq_err *err),
		  void *arg, struct iq_err *err);

void iq_parts_fini(struct iq_dump_parts *p);

#endif

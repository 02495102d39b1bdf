/* import/links.h - names of a capture that stand for other members.
 *
 * A link is never followed to the outside: it is resolved among the names of the capture
 * alone, whether what it names comes before or behind it.  Most say nothing new, since
 * members go by what they are; but a small file that is known only by the name of its
 * link (a bundle packed again with hard links) is read once more under that name.
 */
#ifndef IQ_IMPORT_LINKS_H
#define IQ_IMPORT_LINKS_H

#include "base/arena.h"

#define IQ_LINKS_DEPTH 8		/* links that one name may pass */

struct iq_link {
	struct iq_slice name, target;	/* target: where it points to in the capture */
	bool hard;
};

struct iq_links {
	struct iq_arena mem;
	struct iq_link *at;
	size_t n, cap;
	bool sorted;
	size_t left_out;		/* for want of room */
};

void iq_links_init(struct iq_links *l);
void iq_links_fini(struct iq_links *l);

/* A link NAME to TARGET, as written there; ROOT: of the bundle it lies in, for targets
 * that begin with a slash.  HARD: TARGET is a name of the archive. */
void iq_links_add(struct iq_links *l, struct iq_slice name, struct iq_slice target,
		  struct iq_slice root, bool hard);

/* To be called before the two below. */
void iq_links_sort(struct iq_links *l);

enum iq_links_way {
	IQ_LINKS_INSIDE,	/* *ret is a name without links in it */
	IQ_LINKS_OUTSIDE,
	IQ_LINKS_CIRCLE,	/* or too many in a row */
};

/* What NAME stands for in the end; the text lives in MEM. */
enum iq_links_way iq_links_resolve(const struct iq_links *l, struct iq_slice name,
				   struct iq_arena *mem, struct iq_slice *ret);

#endif

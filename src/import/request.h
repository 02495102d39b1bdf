/* import/request.h - what the parent asks of the child for one capture. */
#ifndef IQ_IMPORT_REQUEST_H
#define IQ_IMPORT_REQUEST_H

#include "base/err.h"
#include "base/limits.h"
#include "jail/jail.h"

enum iq_read_what {
	IQ_READ_IMPORT,		/* all facts, every line of the kernel's log */
	IQ_READ_EXPLAIN,	/* facts of events; of the log what they need */
	IQ_READ_LOG,		/* the kernel log as text to fds[0] */
	IQ_READ_IDENTIFY,	/* what each member is, as text to fds[0] */
};

#define IQ_READ_KNOWN_MAX 32

/* Plain bytes: it travels through a socket. */
struct iq_read_request {
	enum iq_read_what what;
	struct iq_limits limits;
	int year;			/* --year, 0 none */
	int64_t zone_offset_us;		/* --timezone, IQ_NULL none */
	char path[4096];
	uint32_t below;			/* not named: found below a directory that was */
	/* SHA-256 of captures that are known and may be this one: it is hashed first */
	uint32_t n_known;
	unsigned char known[IQ_READ_KNOWN_MAX][32];
	/* what tells of a dump's kernel, "" for none: opened by the child, to be read */
	char vmlinux[4096], system_map[4096], btf[4096], debug_dir[4096];
	char clean_map[4096];		/* sos clean's private map, "" for none */
	/* further parts of a split dump, each ended by NUL */
	uint32_t more_bytes;
	char more[8192];
};

/* The child's exit status if its spool cannot be written: it cannot say so there. */
#define IQ_READ_NO_ROOM 5
/* ... or if the bytes are one of request.known: nothing was read of it. */
#define IQ_READ_KNOWN 7
/* ... or if a file found below a directory is no capture, as many are. */
#define IQ_READ_PASSED_OVER 6

/* Walks what the request names. */
struct iq_walk_opts;
struct iq_visitor;
int iq_request_walk(const struct iq_read_request *req, const struct iq_walk_opts *opts,
		    const struct iq_visitor *v, struct iq_err *err);

/* Runs in the child (iq_jail_job): fds[0] is the spool, or where the text goes;
 * fds[1], if there, is standard input for the path "-". */
int iq_read_job(const void *request, size_t n, const int *fds, size_t n_fds,
		volatile struct iq_jail_progress *progress);

#endif

/* vmcore/vmcore.h - a kernel crash dump: what it says of itself, its log, and the state
 * of the machine.
 *
 * Runs in the jailed child: libkdumpfile 0.5 crashes on hostile
 * files, so headers are checked before it sees them, and nothing it allocated is
 * freed (facts: peers, section 5.1).
 */
#ifndef IQ_VMCORE_VMCORE_H
#define IQ_VMCORE_VMCORE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "model/facts.h"
#include "text/record.h"

struct iq_vmcore;

struct iq_vmcore_info {
	/* "kdump-compressed 6", "elf", "flattened kdump-compressed 6"; until close */
	const char *format;
	const char *compression;	/* static: "zlib" "lzo" "snappy" "zstd" "none" */
	struct iq_slice release, version, nodename, machine, arch;
	int64_t page_size;
	int64_t crash_us;		/* wall time of the crash, INT64_MIN unknown */
	int64_t dump_level;		/* INT64_MIN unknown */
	bool incomplete, truncated;
	struct iq_slice build_id;
	int parts;
};

/* FDS: the dump, or the parts of a split set in any order.  The caller keeps and
 * closes them after the vmcore is closed.  ISSUE as in text/reader.h, called during
 * open and log.  A dump whose headers can be read opens even if its memory cannot;
 * iq_vmcore_log() then says why.  -1: not a dump of a kernel, or nothing readable. */
int iq_vmcore_open(const int *fds, size_t n, const struct iq_limits *limits,
		   void (*issue)(void *arg, const char *severity, const char *code,
				 int64_t offset_bytes, const char *text),
		   void *arg, struct iq_vmcore **ret, struct iq_err *err);
void iq_vmcore_close(struct iq_vmcore *v);

const struct iq_vmcore_info *iq_vmcore_info(const struct iq_vmcore *v);

/* Why memory, and with it the log, cannot be read; NULL: it can.  Until close. */
const char *iq_vmcore_unreadable(const struct iq_vmcore *v);

/* The printk buffer, oldest record first.  A record's text may hold newlines; its
 * lines are numbered over all records, from 1. */
int iq_vmcore_log(struct iq_vmcore *v,
		  int (*record)(void *arg, const struct iq_record *rec, struct iq_err *err),
		  void *arg, struct iq_err *err);

/* What the user gave besides the dump, as paths; NULL: nothing. */
struct iq_vmcore_sources {
	const char *vmlinux, *system_map, *btf, *debug_dir;
	bool no_dump_btf;		/* tests: as if the dump's kernel had no BTF */
};

/* Where names and structures of the kernel would come from, in words; p NULL: nowhere.
 * Until close.  -1: out of memory. */
int iq_vmcore_sources_used(struct iq_vmcore *v, const struct iq_vmcore_sources *src,
			   struct iq_slice *symbols, struct iq_slice *types,
			   struct iq_err *err);

/* The state of the machine as facts of one snapshot, put into SINK.  BOOT is completed
 * where it lacks something (its texts live as long as V); RET, the snapshot itself, is
 * filled but not put: its id is from SINK, its boot BOOT's, `complete` says whether
 * anything is known to be missing.  What cannot be read is said in issues.  -1: the
 * sink failed or memory ran out. */
int iq_vmcore_state(struct iq_vmcore *v, const struct iq_vmcore_sources *src,
		    struct iq_sink *sink, int64_t member_id, struct iq_boot *boot,
		    struct iq_snapshot *ret, struct iq_err *err);

#endif

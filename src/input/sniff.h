/* input/sniff.h - what a run of bytes is, judged by its first bytes alone.
 *
 * Pure functions: no I/O, no allocation, any thread.  Names are never looked at.
 * Every answer rests on more than a magic number where the format has something
 * to check (reserved bits, checksums), so a log that happens to begin with "BZh9"
 * stays a log.
 */
#ifndef IQ_INPUT_SNIFF_H
#define IQ_INPUT_SNIFF_H

#include "input/input.h"

/* What is to be taken off before anything can be read. */
enum iq_wrap {
	IQ_WRAP_NONE,
	IQ_WRAP_GZIP, IQ_WRAP_BZIP2, IQ_WRAP_XZ, IQ_WRAP_LZMA, IQ_WRAP_ZSTD, IQ_WRAP_LZ4,
	IQ_WRAP_TAR, IQ_WRAP_ZIP,
	IQ_WRAP_SECTIONS,		/* supportconfig: text files of many */
	IQ_WRAP_APPORT,
	IQ_WRAP_MAX
};

#define IQ_SNIFF_WRAP_BYTES 1024	/* enough for iq_sniff_wrap() */
#define IQ_SNIFF_KIND_BYTES (64 * 1024)	/* enough for iq_sniff_kind() */

enum iq_wrap iq_sniff_wrap(struct iq_slice head);
const char *iq_wrap_name(enum iq_wrap w);	/* static: "gzip", "tar" ... */

/* HEAD is the beginning of a stream without wrapper; empty: the stream is. */
struct iq_stream_info iq_sniff_kind(struct iq_slice head);

/* HEAD begins an ELF core: is it the core of a program, as far as can be seen? */
bool iq_sniff_program_core(struct iq_slice head);

/* Is it a part of a dump that makedumpfile --split wrote?  IQ_SNIFF_SPLIT_BYTES are
 * enough. */
#define IQ_SNIFF_SPLIT_BYTES (64 * 1024 + 64)	/* header and sub-header, 64 kB pages */
bool iq_sniff_split_part(struct iq_slice head);

/* Equal for the parts of one dump: machine and time of the crash. */
uint64_t iq_sniff_split_set(struct iq_slice head);

#endif

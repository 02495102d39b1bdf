/* import/bid.c - see bid.h */
#include "import/bid.h"
#include "text/reader.h"

#define LATE_BITS 5			/* lines of a log that make one below other text */

bool iq_bid_is_log(struct iq_slice name, const struct iq_bundle_place *place,
		   struct iq_slice head)
{
	const char *dialect = NULL;
	enum iq_bundle_role role = iq_bundle_role(place);

	if (role != IQ_BUNDLE_OTHER && role != IQ_BUNDLE_LOG_NOW)
		return false;
	if (iq_reader_bid(head.p, head.n, &dialect) <= 0)
		return false;
	return strcmp(dialect, "bare") != 0 || !iq_bundle_no_log_place(name);
}

bool iq_bid_has_log(struct iq_slice text)
{
	const char *dialect;

	while (text.n > IQ_BID_BYTES) {
		text = iq_from(text, IQ_BID_BYTES);
		ptrdiff_t nl = iq_find_char(text, '\n');
		if (nl < 0)
			return false;
		text = iq_from(text, (size_t)nl + 1);
		if (iq_reader_bid(text.p, text.n, &dialect) >= LATE_BITS)
			return true;
	}
	return false;
}

/* The first that fits; formats as input/sniff.c names them. */
static const struct iq_other others[] = {
	{ IQ_STREAM_EMPTY, NULL, true, "empty", "empty: there is nothing to read" },
	{ IQ_STREAM_STORE, NULL, false, "store",
	  "an inquest store, not a capture; ask it with: inquest report -s" },
	{ IQ_STREAM_ENCRYPTED, NULL, false, "encrypted",
	  "encrypted; decrypt it first" },
	{ IQ_STREAM_BINARY, "core of a program", true, "not-a-capture",
	  "the core dump of a program, not of a kernel; use gdb or coredumpctl" },
	{ IQ_STREAM_BINARY, "binary sar data", false, "sar-binary",
	  "binary data of sar, not read; where sysstat is installed, make text of it with: "
	  "LC_ALL=C sar -A -f" },
	{ IQ_STREAM_BINARY, "7zip archive", false, "archive",
	  "a 7zip archive, not opened here; unpack it first with: 7z x" },
	{ IQ_STREAM_BINARY, "rar archive", false, "archive",
	  "a rar archive, not opened here; unpack it first with: unrar x" },
	{ IQ_STREAM_BINARY, "cpio archive", true, "archive",
	  "a cpio archive, not opened here; unpack it first with: cpio -id" },
	{ IQ_STREAM_BINARY, "lzop file", false, "archive",
	  "packed by lzop, not opened here; unpack it first with: lzop -d" },
	{ IQ_STREAM_BINARY, "rpm package", true, "archive",
	  "an rpm package, not opened here; if it holds a log, unpack it with: rpm2cpio" },
	{ IQ_STREAM_BINARY, "vmware machine state", false, "machine-state",
	  "the state of a VMware machine; make a dump of it first with: vmss2core -N" },
	{ IQ_STREAM_BINARY, "qemu machine state", false, "machine-state",
	  "the saved state of a QEMU machine; restore it and make a dump with: "
	  "virsh dump --memory-only" },
	{ IQ_STREAM_BINARY, "virtualbox machine state", false, "machine-state",
	  "the saved state of a VirtualBox machine; restore it and make a dump with: "
	  "VBoxManage debugvm NAME dumpvmcore" },
	{ IQ_STREAM_BINARY, "xen saved domain", false, "machine-state",
	  "a saved Xen domain, not a dump; use kdump inside the domain" },
	{ IQ_STREAM_BINARY, "xen domain dump", false, "other-dump",
	  "a Xen domain's dump (xl dump-core), not read; use kdump inside the domain, or crash" },
	{ IQ_STREAM_BINARY, "lkcd dump", false, "other-dump",
	  "an LKCD dump (before kdump, kernels up to 2.6), not read; use crash or lcrash" },
	{ IQ_STREAM_BINARY, "s390 stand-alone dump", false, "other-dump",
	  "a stand-alone dump of s390, not read; make a vmcore of it first with: zgetdump -f elf" },
	{ IQ_STREAM_BINARY, "sadump", false, "other-dump",
	  "a dump by sadump, not read; make a vmcore of it first with: makedumpfile -d 31 -x" },
	{ IQ_STREAM_BINARY, "windows dump", false, "other-dump",
	  "a dump of Windows, not of Linux; use WinDbg" },
	{ IQ_STREAM_BINARY, "memory image", false, "machine-state",
	  "memory taken by LiME or AVML from a running machine, not a dump; use volatility" },
	{ IQ_STREAM_BINARY, "disk image", false, "machine-state",
	  "a disk image, not a dump; copy the logs out of it" },
	{ IQ_STREAM_BINARY, "qcow2 disk image", false, "machine-state",
	  "a disk image, not a dump; copy the logs out of it, or take a dump with: "
	  "virsh dump --memory-only" },
	{ IQ_STREAM_BINARY, "hibernation image", false, "machine-state",
	  "a hibernation image, not a dump" },
	{ IQ_STREAM_BINARY, NULL, true, "not-a-capture",
	  "neither a kernel log nor a dump nor an archive of such" },
};

const struct iq_other *iq_other_kind(struct iq_stream_info info)
{
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].kind == info.kind &&
		    (!others[i].format || strcmp(others[i].format, info.format) == 0))
			return &others[i];
	return NULL;
}

/* parse/crash/line_block.c - see line.h: lines of hardware, filesystems and disks, which
 * print no trace.  Texts: panics.md 4.12, 4.14. */
#include "parse/crash/block.h"
#include "parse/crash/line.h"

static struct iq_slice after(struct iq_slice s, const char *key)
{
	struct iq_slice k = iq_slice_z(key);
	ptrdiff_t at = iq_find(s, k);
	return at < 0 ? IQ_SLICE_NULL : iq_from(s, (size_t)at + k.n);
}

/* The word up to a blank or one of ",:;)]". */
static struct iq_slice word(struct iq_slice s)
{
	size_t n = 0;
	s = iq_ltrim(s);
	while (n < s.n && s.p[n] != ' ' && s.p[n] != ',' && s.p[n] != ':' && s.p[n] != ';' &&
	       s.p[n] != ')' && s.p[n] != ']')
		n++;
	return iq_head(s, n);
}

static void number(struct iq_slice s, int64_t *ret)
{
	s = iq_ltrim(s);
	if (s.p)
		(void)iq_take_i64(&s, ret);
}

/* --- hardware --- */

/* "[Hardware Error]: CPU 3: Machine Check Exception: 5 Bank 4: be00000000800400" */
static bool mce(struct iq_slice s, struct iq_crash *c)
{
	struct iq_slice cpu = after(s, "CPU "), bank = after(s, "Bank ");
	if (!iq_has(s, IQ_LIT("achine Check")))
		return false;
	number(cpu, &c->cpu);
	number(bank, &c->hw_bank);
	struct iq_slice status = after(bank, ": ");
	if (bank.p && status.p)
		c->hw_status = word(status);
	c->hw_severity = iq_has(s, IQ_LIT("Exception")) ? IQ_LIT("uncorrected") : IQ_SLICE_NULL;
	return true;
}

static bool mce_logged(struct iq_slice s, struct iq_crash *c)
{
	(void)s;
	c->hw_severity = IQ_LIT("corrected");
	return true;
}

static bool amd_mce(struct iq_slice s, struct iq_crash *c)
{
	if (iq_has(s, IQ_LIT("Corrected error")))
		c->hw_severity = IQ_LIT("corrected");
	else if (iq_has(s, IQ_LIT("Uncorrected")))
		c->hw_severity = IQ_LIT("uncorrected");
	else if (iq_has(s, IQ_LIT("Deferred error")))
		c->hw_severity = IQ_LIT("deferred");
	else
		return false;
	return true;
}

/* "EDAC MC0: 1 CE memory read error on CPU_SrcID#0_... (channel:1 ...)", before 3.5
 * "EDAC MC0: CE page 0x..., offset ..., label \"DIMM_A1\": ..." */
static bool edac(struct iq_slice s, struct iq_crash *c)
{
	bool ce = iq_has(s, IQ_LIT(" CE ")), ue = iq_has(s, IQ_LIT(" UE "));
	if (!ce && !ue)
		return false;
	c->hw_severity = ce ? IQ_LIT("corrected") : IQ_LIT("uncorrected");
	struct iq_slice label = after(s, "label \""), on = after(s, " on ");
	if (label.p) {
		c->object = iq_cut(&label, '"');
	} else if (on.p) {
		ptrdiff_t end = iq_find(on, IQ_LIT(" ("));
		c->object = end < 0 ? on : iq_head(on, (size_t)end);
	}
	return true;
}

static bool ghes(struct iq_slice s, struct iq_crash *c)
{
	(void)c;
	iq_skip(&s, IQ_LIT("{"));
	return iq_has(s, IQ_LIT("Hardware error from APEI"));
}

/* "Memory failure: 0x12345: recovery action for dirty LRU page: Recovered",
 * "Memory failure: 0x12345: Sending SIGBUS to qemu:123 due to hardware memory corruption" */
static bool memory_failure(struct iq_slice s, struct iq_crash *c)
{
	struct iq_slice page = after(s, "failure: ");
	if (!page.p)
		page = after(s, "MCE ");
	if (!iq_starts(page, IQ_LIT("0x")))
		return false;
	c->object = word(page);
	c->hw_severity = IQ_LIT("uncorrected");
	struct iq_slice who = after(s, "SIGBUS to ");
	if (!who.p)
		who = after(s, "Killing ");
	ptrdiff_t end = who.p ? iq_rfind(who, IQ_LIT(" due to")) : -1;
	if (end > 0)
		(void)iq_take_task(iq_head(who, (size_t)end), ':', c);
	return true;
}

/* drivers/pci/pcie/aer.c: "pcieport 0000:00:1c.0: AER: Corrected error received:
 * 0000:01:00.0", since 6.9 "Correctable error message received from 0000:01:00.0", and
 * "nvme 0000:01:00.0: PCIe Bus Error: severity=Corrected, type=Physical Layer, (..." */
static bool aer(struct iq_slice s, struct iq_crash *c)
{
	struct iq_slice got = after(s, "error received: "), sev = after(s, "Bus Error: severity=");
	if (!got.p)
		got = after(s, "error message received from ");
	struct iq_slice text = got.p ? after(s, "AER: ") : sev;
	if (!text.p)
		return false;
	if (got.p)
		c->object = iq_word(&got);
	if (!got.p || iq_starts(c->object, IQ_LIT("id="))) {
		struct iq_slice dev = s;
		(void)iq_word(&dev);
		c->object = iq_word(&dev);
		if (c->object.n && c->object.p[c->object.n - 1] == ':')
			c->object.n--;
	}
	c->hw_severity = iq_has(text, IQ_LIT("Non-Fatal")) ? IQ_LIT("recoverable") :
			 iq_has(text, IQ_LIT("Correct")) ? IQ_LIT("corrected") :
			 IQ_LIT("fatal");
	if (iq_has(text, IQ_LIT("Uncorrect")) && !iq_has(text, IQ_LIT("Non-Fatal")))
		c->hw_severity = IQ_LIT("fatal");
	return true;
}

static bool nmi(struct iq_slice s, struct iq_crash *c)
{
	struct iq_slice reason = after(s, "reason "), cpu = after(s, "on CPU ");
	if (reason.p)
		c->error_code = word(reason);
	number(cpu, &c->cpu);
	return true;
}

static bool thermal(struct iq_slice s, struct iq_crash *c)
{
	if (!iq_has(s, IQ_LIT("emperature above threshold")))
		return false;
	number(after(s, "CPU"), &c->cpu);
	return true;
}

/* --- filesystems --- */

/* "EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm ls: reading ..." */
static bool ext_error(struct iq_slice s, struct iq_crash *c)
{
	struct iq_slice dev = after(s, "(device "), comm = after(s, ": comm ");
	struct iq_slice rest = after(s, "): ");
	c->object = dev.p ? word(dev) : IQ_SLICE_NULL;
	if (comm.p) {			/* "kworker/u8:2: bg 12: bad ..." */
		ptrdiff_t end = iq_find(comm, IQ_LIT(": "));
		c->comm = end < 0 ? comm : iq_head(comm, (size_t)end);
		comm = end < 0 ? IQ_SLICE_NULL : iq_from(comm, (size_t)end + 2);
	}
	if (rest.p && iq_take_symbol(&rest, &c->function, &c->module) &&
	    !iq_starts(rest, IQ_LIT(":")) && !iq_starts(rest, IQ_LIT(" ")))
		c->function = IQ_SLICE_NULL;
	if (rest.p && iq_starts(rest, IQ_LIT(":")))
		number(iq_from(rest, 1), &c->source_line);
	c->message = comm.p && comm.n ? iq_trim(comm) : IQ_SLICE_NULL;
	return true;
}

/* "XFS (dm-0): Corruption of in-memory data detected.  Shutting down filesystem" */
static bool xfs(struct iq_slice s, struct iq_crash *c)
{
	static const char *const texts[] = {
		"Shutting down filesystem", "etadata corruption", "Corruption detected",
		"Internal error", "I/O error", "I/O Error", "force_shutdown", "has been shut down",
		"Corruption warning", "orruption of ",
	};
	struct iq_slice rest = iq_from(s, 5);
	c->object = word(rest);
	c->message = iq_trim(after(s, "): "));
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (iq_has(s, iq_slice_z(texts[i]))) {
			struct iq_slice at = after(s, "detected at ");
			if (at.p)
				(void)iq_take_symbol(&at, &c->function, &c->module);
			return c->object.n > 0;
		}
	return false;
}

static bool btrfs(struct iq_slice s, struct iq_crash *c)
{
	struct iq_slice dev = after(s, "(device "), in = after(s, ") in ");
	if (!dev.p || (!iq_has(s, IQ_LIT("rror")) && !iq_has(s, IQ_LIT("ritical")) &&
		       !iq_has(s, IQ_LIT("panic")) && !iq_has(s, IQ_LIT("forced readonly"))))
		return false;
	c->object = word(dev);
	c->message = iq_trim(after(s, "): "));
	if (in.p)
		(void)iq_take_symbol(&in, &c->function, &c->module);
	return true;
}

static bool on_device(struct iq_slice s, struct iq_crash *c)
{
	struct iq_slice dev = after(s, "device ");
	if (!dev.p)
		dev = after(s, " on ");
	c->object = word(dev);
	if (c->object.n && c->object.p[c->object.n - 1] == '.')
		c->object.n--;
	return c->object.n > 0;
}

static bool busy_inodes(struct iq_slice s, struct iq_crash *c)
{
	struct iq_slice dev = after(s, "unmount of ");
	c->object = word(dev);
	if (iq_ends(c->object, IQ_LIT(".")))
		c->object.n--;
	return true;
}

/* --- disks --- */

/* "blk_update_request: critical medium error, dev sda, sector 1234 op 0x0:(READ)" */
static bool blk(struct iq_slice s, struct iq_crash *c)
{
	static const char *const errors[] = {
		"I/O error", "critical target error", "critical medium error",
		"critical space allocation error", "timeout error", "critical nexus error",
		"recoverable transport error", "device offline error",
		"operation not supported error", "device resource error",
	};
	struct iq_slice dev = after(s, ", dev ");
	if (!dev.p)
		return false;
	c->object = word(dev);
	c->access = iq_has(s, IQ_LIT("(WRITE)")) ? IQ_LIT("write") :
		    iq_has(s, IQ_LIT("(READ)")) ? IQ_LIT("read") : IQ_SLICE_NULL;
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (iq_has(s, iq_slice_z(errors[i]))) {
			c->message = iq_slice_z(errors[i]);
			return true;
		}
	return false;
}

static bool buffer(struct iq_slice s, struct iq_crash *c)
{
	struct iq_slice dev = after(s, "on dev ");
	if (!dev.p)
		dev = after(s, "on device ");
	c->object = word(dev);
	c->access = iq_has(s, IQ_LIT("write")) ? IQ_LIT("write") : IQ_SLICE_NULL;
	return c->object.n > 0;
}

/* "sd 2:0:0:0: [sda] tag#0 FAILED Result: hostbyte=DID_OK ..." */
static bool scsi(struct iq_slice s, struct iq_crash *c)
{
	static const char *const texts[] = {
		"FAILED Result", "rejecting I/O to", "Device offlined", "timing out command",
		"Sense Key : Medium", "Sense Key : Hardware", "Sense Key : Aborted",
	};
	struct iq_slice disk = after(s, "["), rest = s;
	(void)iq_word(&rest);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (iq_has(s, iq_slice_z(texts[i]))) {
			struct iq_slice address = iq_word(&rest);
			if (address.n && address.p[address.n - 1] == ':')
				address.n--;
			c->object = disk.p && iq_find_char(disk, ']') > 0 ? word(disk) : address;
			return c->object.n > 0;
		}
	return false;
}

static bool ata(struct iq_slice s, struct iq_crash *c)
{
	if (!iq_has(s, IQ_LIT("exception Emask")) && !iq_has(s, IQ_LIT("failed command: ")) &&
	    !iq_has(s, IQ_LIT("hard resetting link")))
		return false;
	c->object = word(s);
	ptrdiff_t dot = iq_find_char(c->object, '.');
	if (dot > 0)
		c->object = iq_head(c->object, (size_t)dot);
	return c->object.n > 3 && c->object.p[3] >= '0' && c->object.p[3] <= '9';
}

/* "nvme nvme0: I/O 12 QID 3 timeout, aborting", "nvme0n1: I/O Cmd(0x2) @ LBA ..." */
static bool nvme(struct iq_slice s, struct iq_crash *c)
{
	static const char *const texts[] = {
		"timeout, ", "controller is down", "after probe failure", "reset failure",
		"I/O Error (sct", "I/O error", "Device not ready; aborting",
	};
	iq_skip(&s, IQ_LIT("nvme "));
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (iq_has(s, iq_slice_z(texts[i]))) {
			c->object = word(s);
			c->message = iq_trim(after(s, ": "));
			return c->object.n > 4;
		}
	return false;
}

/* "md/raid1:md0: Disk failure on sda1, disabling device." */
static bool md(struct iq_slice s, struct iq_crash *c)
{
	struct iq_slice disk = after(s, "Disk failure on ");
	c->object = word(disk);
	return disk.p != NULL;
}

typedef bool take_fn(struct iq_slice s, struct iq_crash *c);

static const struct {
	const char *lead;
	enum iq_crash_kind kind;
	const char *form;
	take_fn *take;
} blocks[] = {
	{ "mce: [Hardware Error]: CPU ", IQ_CRASH_HARDWARE, "mce", mce },
	{ "[Hardware Error]: CPU ", IQ_CRASH_HARDWARE, "mce", mce },
	{ "CPU ", IQ_CRASH_HARDWARE, "mce", mce },
	{ "mce: [Hardware Error]: Machine check events logged", IQ_CRASH_HARDWARE, "mce", mce_logged },
	{ "[Hardware Error]: Machine check events logged", IQ_CRASH_HARDWARE, "mce", mce_logged },
	{ "Machine check events logged", IQ_CRASH_HARDWARE, "mce", mce_logged },
	{ "[Hardware Error]: Hardware error from", IQ_CRASH_HARDWARE, "ghes", ghes },
	{ "{", IQ_CRASH_HARDWARE, "ghes", ghes },
	{ "[Hardware Error]: ", IQ_CRASH_HARDWARE, "mce", amd_mce },
	{ "mce: [Hardware Error]: ", IQ_CRASH_HARDWARE, "mce", amd_mce },
	{ "EDAC ", IQ_CRASH_HARDWARE, "edac", edac },
	{ "Memory failure: ", IQ_CRASH_HARDWARE, "memory-failure", memory_failure },
	{ "MCE 0x", IQ_CRASH_HARDWARE, "memory-failure", memory_failure },
	{ "pcieport ", IQ_CRASH_HARDWARE, "aer", aer },
	{ "Uhhuh. NMI received", IQ_CRASH_HARDWARE, "nmi", nmi },
	{ "NMI: PCI system error", IQ_CRASH_HARDWARE, "nmi", nmi },
	{ "NMI: IOCK error", IQ_CRASH_HARDWARE, "nmi", nmi },
	{ "CPU", IQ_CRASH_HARDWARE, "thermal", thermal },
	{ "mce: CPU", IQ_CRASH_HARDWARE, "thermal", thermal },
	{ "EXT4-fs error ", IQ_CRASH_FILESYSTEM, "ext4-error", ext_error },
	{ "EXT3-fs error ", IQ_CRASH_FILESYSTEM, "ext3-error", ext_error },
	{ "EXT2-fs error ", IQ_CRASH_FILESYSTEM, "ext2-error", ext_error },
	{ "XFS (", IQ_CRASH_FILESYSTEM, "xfs-error", xfs },
	{ "BTRFS", IQ_CRASH_FILESYSTEM, "btrfs-error", btrfs },
	{ "Aborting journal on device ", IQ_CRASH_FILESYSTEM, "journal-abort", on_device },
	{ "JBD2: Detected IO errors", IQ_CRASH_FILESYSTEM, "journal-error", on_device },
	{ "VFS: Busy inodes after unmount", IQ_CRASH_FILESYSTEM, "busy-inodes", busy_inodes },
	{ "end_request: ", IQ_CRASH_STORAGE, "io-error", blk },
	{ "blk_update_request: ", IQ_CRASH_STORAGE, "io-error", blk },
	{ "print_req_error: ", IQ_CRASH_STORAGE, "io-error", blk },
	{ "I/O error, dev ", IQ_CRASH_STORAGE, "io-error", blk },
	{ "critical ", IQ_CRASH_STORAGE, "io-error", blk },
	{ "device offline error, dev ", IQ_CRASH_STORAGE, "io-error", blk },
	{ "timeout error, dev ", IQ_CRASH_STORAGE, "io-error", blk },
	{ "recoverable transport error", IQ_CRASH_STORAGE, "io-error", blk },
	{ "Buffer I/O error on dev", IQ_CRASH_STORAGE, "io-error", buffer },
	{ "sd ", IQ_CRASH_STORAGE, "scsi-error", scsi },
	{ "scsi ", IQ_CRASH_STORAGE, "scsi-error", scsi },
	{ "ata", IQ_CRASH_STORAGE, "ata-error", ata },
	{ "nvme", IQ_CRASH_STORAGE, "nvme-error", nvme },
	{ "md", IQ_CRASH_STORAGE, "raid-failure", md },
};

enum iq_crash_kind iq_take_block(struct iq_slice s, struct iq_crash *c)
{
	for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
		if (s.p[0] != blocks[i].lead[0] || !iq_starts(s, iq_slice_z(blocks[i].lead)))
			continue;
		iq_fact_init(IQ_FACT_CRASH, c);
		c->form = iq_slice_z(blocks[i].form);
		if (blocks[i].take(s, c))
			return blocks[i].kind;
	}
	/* any driver's device, where the port said nothing before (after DPC, or rate limits) */
	if (!iq_has(s, IQ_LIT(" Bus Error: severity=")))
		return IQ_CRASH_NONE;
	iq_fact_init(IQ_FACT_CRASH, c);
	c->form = IQ_LIT("aer");
	return aer(s, c) ? IQ_CRASH_HARDWARE : IQ_CRASH_NONE;
}

/* plugins/crash_disk.c - filesystems that gave up and devices that failed (crash.h).
 *
 * Follows fs/ext4/super.c, fs/jbd2, fs/xfs/xfs_fsops.c, fs/btrfs/super.c,
 * block/blk-core.c, drivers/scsi, drivers/ata, drivers/nvme/host.
 */
#include "crash.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct row {
	const char *word, *title, *means, *advice;
};

#define FSCK                                                                             \
	"first make sure that the device below is sound (smartctl, the array's log), "   \
	"then check the filesystem unmounted (e2fsck, xfs_repair, btrfs check)"

static const struct row filesystems[] = {
	{"in-memory", "xfs shut down: it found its own data in memory corrupted",
	 "Structures read from disk or kept in memory did not make sense; xfs stops "
	 "before it writes them.",
	 FSCK},
	{"on-disk", "xfs shut down: it found corrupted metadata on disk", NULL, FSCK},
	{"Log I/O", "xfs shut down: its log could not be written",
	 "The device below refused a write of the log.", FSCK},
	{"I/O Error Detected", "xfs shut down: metadata could not be written",
	 "The device below refused a write.", FSCK},
	{"Metadata I/O", "xfs shut down: metadata could not be written",
	 "The device below refused a write.", FSCK},
	{"Block device removal", "xfs shut down: its device was taken away", NULL,
	 "look at the path to the device"},
	{"orruption of", "a filesystem shut down: it found corrupted metadata", NULL,
	 FSCK},
	{"xfs_do_force_shutdown", "xfs shut down", NULL, FSCK},
	{"Metadata corruption", "xfs found corrupted metadata", NULL, FSCK},
	{"Remounting filesystem read-only",
	 "ext4 met an error and made the filesystem read-only",
	 "errors=remount-ro: nothing more is written, programs get EROFS.", FSCK},
	{"Detected aborted journal", "ext4 has no journal any more and went read-only",
	 NULL, FSCK},
	{"Aborting journal", "the journal of ext4 was aborted",
	 "A write of the journal failed, or its contents made no sense; the filesystem "
	 "goes read-only.",
	 FSCK},
	{"errno=-5 ", "btrfs met an I/O error in a change of its own structures",
	 "The device below refused a read or a write; what was not yet committed is lost, "
	 "and the filesystem goes read-only.",
	 FSCK},
	{"errno=-28 ", "btrfs found no room for a change of its own structures",
	 "Data and metadata have room of their own; metadata's ran out.",
	 "btrfs filesystem usage; free or add space, then btrfs balance -dusage=..."},
	{"errno=-12 ", "btrfs had no memory for a change that it cannot take back", NULL,
	 "look for a shortage of memory before it"},
	{"errno=-117 ", "btrfs found its own structures corrupted", NULL, FSCK},
	{"BTRFS: error", "btrfs met an error that it cannot take back",
	 "The function and the error in the text say which.", FSCK},
	{"IO failure", "ext4 met an I/O error in its own structures", NULL, FSCK},
	{"EXT4-fs error", "ext4 met an error in its own structures",
	 "The function and the text name what was wrong.", FSCK},
	{"forced readonly", "btrfs met an error and made the filesystem read-only", NULL,
	 FSCK},
	{"transid", "btrfs found a block older than what points to it",
	 "Writes were lost: a device that said it had written and had not, after a power "
	 "cut or a reset.",
	 FSCK},
	{"corrupt leaf", "btrfs found a corrupted block of its tree",
	 "Checked as it was read, or before it was written: single bits point to memory.",
	 FSCK},
	{"data may be lost", "writes to a filesystem were lost", NULL, FSCK},
	{"Data will be lost", "writes to a filesystem were lost", NULL, FSCK},
};

static const struct row devices[] = {
	{"controller is down", "an NVMe controller stopped answering",
	 "CSTS=0xffffffff means that it left the bus: power, heat, firmware, the slot, "
	 "or the hypervisor's device.",
	 "newer firmware; nvme_core.default_ps_max_latency_us=0 and pcie_aspm=off rule "
	 "power saving out"},
	{"QID", "an NVMe command was not answered in time",
	 "The driver aborts it, then resets the "
	 "controller.",
	 "look at the device's health (nvme smart-log) and, in a cloud, at the "
	 "volume's and host's events"},
	{"critical medium error", "a block could not be read: the medium is bad there",
	 NULL, "replace the disk after saving what can be read (smartctl -a, ddrescue)"},
	{"Unrecovered read error", "a block could not be read: the medium is bad there",
	 NULL, "replace the disk after saving what can be read (smartctl -a, ddrescue)"},
	{"critical space allocation", "a thin volume or a full device has no room",
	 "The device refused a write for lack of space.", "give the pool more room"},
	{"critical target error", "the device refused a command", NULL,
	 "the sense data before it names why"},
	{"offline", "a device was taken offline: it did not come back after a reset",
	 NULL, "look at the path: cable, HBA, switch, array"},
	{"hard resetting link", "a SATA link had to be reset", NULL,
	 "cable, power supply, disk; smartctl -a shows CRC errors of the link"},
	{"Emask", "a command of a SATA disk failed", NULL,
	 "cable, power supply, disk; smartctl -a"},
	{"lost async page write", "data in memory could not be written and was lost",
	 "Programs that do not call fsync() never learn of it.",
	 "look at the device below; compare files written at that time with their "
	 "backups"},
	{"timeout", "a device did not answer in time", NULL,
	 "look at the device, its path and, in a cloud, at the volume's events"},
	{"I/O error", "I/O on a block device failed", NULL,
	 "smartctl -a, the array's or hypervisor's log; the lines before it name the "
	 "command"},
};

static int judge_rows(const struct look *l, struct judged *j, const struct row *rows,
		      size_t n)
{
	const char *about = l->c->object;

	for (size_t i = 0; i < n; i++) {
		if (!says(l, rows[i].word) && !line_with(l, rows[i].word))
			continue;
		j->title = l->h->text(l->ctx, "%s%s%s", rows[i].title, about ? ": " : "",
				      about ? about : "");
		why(j, rows[i].means);
		advise(j, rows[i].advice);
		return 1;
	}
	return 0;
}

static const char *before(const struct look *l)
{
	return ask_text(
		l, "SELECT coalesce(c.reason, e.kind) FROM (SELECT event_id, kind, "
		   "mono_us, title FROM v1_event "
		   "WHERE boot_id = :boot_id AND mono_us BETWEEN :mono_us - 900000000 "
		   "AND :mono_us + 5000000 ORDER BY mono_us LIMIT 300) AS e "
		   "LEFT JOIN v1_crash AS c USING (event_id) "
		   "WHERE e.kind = 'storage' AND e.event_id <> :event_id LIMIT 1");
}

int judge_disk(const struct look *l, struct judged *j)
{
	int fs = is(l->kind, "filesystem");
	const char *storage = fs ? before(l) : NULL;

	judge(j, fs ? "filesystem-error" : "storage-error",
	      fs ? "crash-filesystem" : "crash-storage", INQUEST_CERTAIN);
	if (fs ? !judge_rows(l, j, filesystems, COUNT(filesystems))
	       : !judge_rows(l, j, devices, COUNT(devices))) {
		j->title = l->h->text(
			l->ctx, "%s%s%s",
			fs ? "a filesystem met an error" : "a block device failed",
			l->c->object ? ": " : "", l->c->object ? l->c->object : "");
		advise(j, fs ? FSCK : devices[COUNT(devices) - 1].advice);
	}
	if (storage)
		why(j, l->h->text(l->ctx, "The device below it had failed before: `%s`.",
				  storage));
	else if (fs)
		why(j, "No error of the device is told before it: the contents "
		       "themselves were wrong, or its lines are not in this log.");
	if (inquest_known(l->c->repeats) && l->c->repeats > 1)
		why(j,
		    l->h->text(l->ctx, "It came %lld times.", (long long)l->c->repeats));
	if (is(l->c->hw_severity, "corrected") || says(l, "recovered"))
		j->severity = INQUEST_WARNING;
	return 1;
}

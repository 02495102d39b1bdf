/* bundle/identity.c - see identity.h.
 *
 * Follows coreutils (date, uname, uptime), systemd (hostnamectl, timedatectl) and
 * Documentation/filesystems/proc.rst of the kernel (stat: btime).
 */
#include "bundle/identity.h"

#include "base/units.h"
#include "bundle/zone.h"
#include "model/facts.h"

#define MINUTE_US (60 * IQ_USEC)
#define QUARTER_US (15 * MINUTE_US)		/* zones differ by quarters of an hour */
#define SLACK_US (2 * MINUTE_US)		/* between two commands of the collector */
#define ZONE_FILE_MAX 8192
/* Beyond it there are others before it, which are not kept. */
#define CHANGE_MAX_US (400 * 24 * 60 * MINUTE_US)
#define ZONE_MAX_US (15 * 60 * MINUTE_US)

void iq_bundle_init(struct iq_bundle *b)
{
	*b = (struct iq_bundle){
		.boot_us = IQ_NULL, .uptime_us = IQ_NULL, .date_us = IQ_NULL,
		.date_utc_us = IQ_NULL, .zone_us = IQ_NULL, .zone_file_us = IQ_NULL,
		.zone_change_us = IQ_NULL, .zone_before_us = IQ_NULL,
		.manifest_zone_us = IQ_NULL, .manifest_us = IQ_NULL,
		.manifest_local_us = IQ_NULL,
	};
}

/* The first value told is kept. */
static bool keep(struct iq_slice *to, struct iq_slice s, struct iq_arena *mem)
{
	if (to->p || !s.n || s.n > 256)
		return true;
	*to = iq_arena_copy(mem, s);
	return to->p != NULL;
}

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static bool is_made_of(struct iq_slice s, const char *set)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_one_of(s.p[i], set))
			return false;
	return s.n > 0;
}

#define HEX "0123456789abcdefABCDEF"
#define NAME HEX "ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ-._"

/* An error message has blanks in it. */
static struct iq_slice one_word(struct iq_slice text, const char *set, size_t least)
{
	struct iq_slice line = iq_trim(iq_cut(&text, '\n'));
	return line.n >= least && is_made_of(line, set) ? line : IQ_SLICE_NULL;
}

/* The value behind "KEY:" or "KEY=" at the beginning of a line; p NULL: none. */
static struct iq_slice value_of(struct iq_slice text, struct iq_slice key)
{
	while (text.n) {
		struct iq_slice line = iq_trim(iq_cut(&text, '\n'));
		if (iq_skip(&line, key))
			return iq_trim(line);
	}
	return IQ_SLICE_NULL;
}

static int month_of(struct iq_slice s)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	for (int i = 0; i < 12; i++)
		if (iq_eq(s, iq_slice(names + 3 * i, 3)))
			return i + 1;
	return 0;
}

static bool take_int(struct iq_slice *s, int *ret)
{
	uint64_t n;
	if (!iq_take_u64(s, &n) || n > 100000)
		return false;
	*ret = (int)n;
	return true;
}

static bool take_clock(struct iq_slice s, struct iq_civil *c)
{
	return take_int(&s, &c->hour) && iq_skip(&s, IQ_LIT(":")) &&
	       take_int(&s, &c->minute) && iq_skip(&s, IQ_LIT(":")) &&
	       take_int(&s, &c->second) && !s.n;
}

/* "Tue Nov 14 12:01:17 CST 2023", since coreutils 8.31 "... 12:01:17 PM CST 2023" in
 * some locales, in others "Tue 14 Nov 2023 12:01:17 PM CST"; what it says, as if it were
 * UTC. */
static int64_t date_of(struct iq_slice text, struct iq_slice *ret_zone)
{
	struct iq_slice line = iq_trim(iq_cut(&text, '\n')), year = IQ_SLICE_NULL;
	struct iq_civil c = { 0 };

	iq_word(&line);
	struct iq_slice month = iq_word(&line), day = iq_word(&line);
	bool day_first = month.n && *month.p >= '0' && *month.p <= '9';
	if (day_first) {
		struct iq_slice first = month;
		month = day;
		day = first;
		year = iq_word(&line);
	}
	c.month = month_of(month);
	if (!c.month || !take_int(&day, &c.day) || !take_clock(iq_word(&line), &c))
		return IQ_NULL;
	struct iq_slice word = iq_word(&line);
	if (iq_eq(word, IQ_LIT("AM")) || iq_eq(word, IQ_LIT("PM"))) {
		c.hour = c.hour % 12 + (word.p[0] == 'P' ? 12 : 0);
		word = iq_word(&line);
	}
	*ret_zone = word;
	if (!day_first)
		year = iq_word(&line);
	if (!take_int(&year, &c.year) || !iq_civil_valid(&c))
		return IQ_NULL;
	return iq_civil_to_us(&c);
}

/* " 12:01:19 up 1 day,  8:49,  2 users, ..."; "up 5 days  0:35";
 * "up 4 min", "up 8:49", "up 3 days, 5 min" */
static int64_t uptime_of(struct iq_slice text)
{
	struct iq_slice line = iq_cut(&text, '\n'), after;
	ptrdiff_t at = iq_find(line, IQ_LIT(" up "));
	int64_t us = 0;
	int n, minutes;

	if (at < 0)
		return IQ_NULL;
	line = iq_ltrim(iq_from(line, (size_t)at + 4));
	after = line;
	if (take_int(&after, &n) && iq_skip(&after, IQ_LIT(" day"))) {
		us = n * 24 * 60 * MINUTE_US;
		iq_skip(&after, IQ_LIT("s"));
		iq_skip(&after, IQ_LIT(","));	/* SUSE has none */
		line = iq_ltrim(after);
	}
	if (!take_int(&line, &n))
		return IQ_NULL;
	if (iq_skip(&line, IQ_LIT(":")) && take_int(&line, &minutes))
		return us + (n * 60 + minutes) * MINUTE_US;
	return iq_starts(line, IQ_LIT(" min")) ? us + n * MINUTE_US
		: us ? us : IQ_NULL;		/* "up 2 days, 3 users" */
}

/* "Time zone: Asia/Shanghai (CST, +0800)" */
static int64_t timedatectl_zone(struct iq_slice text)
{
	struct iq_slice zone = value_of(text, IQ_LIT("Time zone:"));
	ptrdiff_t at = iq_rfind(zone, IQ_LIT(", "));
	int hhmm;

	if (!zone.p || at < 0)
		return IQ_NULL;
	zone = iq_from(zone, (size_t)at + 2);
	bool west = iq_starts(zone, IQ_LIT("-"));
	if (!west && !iq_starts(zone, IQ_LIT("+")))
		return IQ_NULL;
	zone = iq_from(zone, 1);
	if (!take_int(&zone, &hhmm) || !iq_eq(zone, IQ_LIT(")")) || hhmm % 100 >= 60)
		return IQ_NULL;
	int64_t us = (hhmm / 100 * 60 + hhmm % 100) * MINUTE_US;
	return us > ZONE_MAX_US ? IQ_NULL : west ? -us : us;
}

static int64_t btime_of(struct iq_slice text)
{
	int64_t s;
	struct iq_slice v = value_of(text, IQ_LIT("btime "));
	return v.p && iq_to_i64(v, &s) && s > 0 && s < INT64_C(1) << 40 ? s * IQ_USEC
									  : IQ_NULL;
}

/* "... x86_64 x86_64 x86_64 GNU/Linux": the machine comes first of three, of which some
 * systems leave two out. */
static struct iq_slice arch_of(struct iq_slice line)
{
	struct iq_slice last = iq_trim(line), word;

	if (!iq_ends(last, IQ_LIT(" GNU/Linux")))
		return IQ_SLICE_NULL;
	last.n -= sizeof " GNU/Linux" - 1;
	ptrdiff_t blank = iq_rfind(last, IQ_LIT(" "));
	word = iq_from(last, (size_t)(blank + 1));
	return blank > 0 && word.n < 16 && is_made_of(word, NAME) ? word : IQ_SLICE_NULL;
}

/* "Linux app07 3.10.0-1160.el7.x86_64 #1 SMP ..." */
static bool take_uname(struct iq_bundle *b, struct iq_slice line, struct iq_arena *mem)
{
	struct iq_slice system = iq_word(&line), name = iq_word(&line);
	struct iq_slice release = iq_word(&line);

	if (!iq_eq(system, IQ_LIT("Linux")) || !is_made_of(name, NAME))
		return true;
	return keep(&b->hostname, name, mem) && keep(&b->kernel_release, release, mem) &&
	       keep(&b->arch, arch_of(line), mem);
}

static void take_number(int64_t *to, int64_t value)
{
	if (*to == IQ_NULL)
		*to = value;
}

/* "4.9.1" */
static int version_of(struct iq_slice line)
{
	int major, minor;

	if (!take_int(&line, &major) || !iq_skip(&line, IQ_LIT(".")) ||
	    !take_int(&line, &minor) || major > 99 || minor > 999)
		return 0;
	return major * 1000 + minor;
}

/* "sosreport: 3.9" to 4.7, "sos report: 4.9.1" since 4.8 */
static int sos_version(struct iq_slice text)
{
	struct iq_slice line = iq_trim(iq_cut(&text, '\n'));

	if (!iq_skip(&line, IQ_LIT("sosreport:")) && !iq_skip(&line, IQ_LIT("sos report:")))
		return 0;
	return version_of(iq_trim(line));
}

bool iq_bundle_take_manifest(struct iq_bundle *b, const struct iq_manifest *m)
{
	if (!b->sos)
		b->sos = version_of(m->version);
	take_number(&b->manifest_zone_us, m->zone_us);
	take_number(&b->manifest_us, m->start_us);
	take_number(&b->manifest_local_us, m->local_start_us);
	return true;
}

bool iq_bundle_names_boot_above(const struct iq_bundle *b)
{
	return b->sos >= 4009;
}

static struct iq_slice unquoted(struct iq_slice s)
{
	return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' ? iq_slice(s.p + 1, s.n - 2)
								 : s;
}

/* os-release, or the one line of redhat-release */
static struct iq_slice os_of(struct iq_slice text)
{
	struct iq_slice name = unquoted(value_of(text, IQ_LIT("PRETTY_NAME=")));
	struct iq_slice line = iq_trim(iq_cut(&text, '\n'));
	return name.p ? name : iq_find_char(line, '=') < 0 && !text.n ? line : IQ_SLICE_NULL;
}

static bool take_hostnamectl(struct iq_bundle *b, struct iq_slice text,
			     struct iq_arena *mem)
{
	struct iq_slice id = value_of(text, IQ_LIT("Machine ID:"));
	struct iq_slice boot = value_of(text, IQ_LIT("Boot ID:"));

	return keep(&b->machine_id, id.n == 32 && is_made_of(id, HEX) ? id : IQ_SLICE_NULL,
		    mem) &&
	       keep(&b->boot_uuid, boot.n == 32 && is_made_of(boot, HEX) ? boot
							     : IQ_SLICE_NULL, mem) &&
	       keep(&b->os_release, value_of(text, IQ_LIT("Operating System:")), mem);
}

/* One line; an error message has no "=" and no word that a kernel takes, but a colon. */
static bool take_command_line(struct iq_bundle *b, struct iq_slice text, struct iq_arena *mem)
{
	struct iq_slice line = iq_trim(iq_cut(&text, '\n'));

	if (b->command_line.p || !line.n || line.n > 8192 || iq_trim(text).n ||
	    iq_find_char(line, '=') < 0 || iq_starts(line, IQ_LIT("cat: ")))
		return true;
	b->command_line = iq_arena_copy(mem, line);
	return b->command_line.p != NULL;
}

/* "Asia/Shanghai", ZONE="Asia/Shanghai", TIMEZONE="Europe/Berlin" */
static struct iq_slice zone_setting(struct iq_slice text)
{
	static const struct iq_slice keys[] = { IQ_LIT("ZONE="), IQ_LIT("TIMEZONE=") };
	struct iq_slice v = IQ_SLICE_NULL, whole = text;

	for (size_t i = 0; i < sizeof keys / sizeof *keys && !v.n; i++)
		v = value_of(text, keys[i]);
	if (!v.p && iq_find_char(text, '=') < 0)
		v = iq_trim(iq_cut(&whole, '\n'));
	v = unquoted(v);
	return v.n > 2 && is_made_of(v, NAME "/+") && !iq_has(v, IQ_LIT("..")) &&
	       *v.p >= 'A' && *v.p <= 'Z' ? v : IQ_SLICE_NULL;
}

bool iq_bundle_take(struct iq_bundle *b, enum iq_bundle_role role, struct iq_slice text,
		    struct iq_arena *mem)
{
	struct iq_slice zone = IQ_SLICE_NULL;

	switch (role) {
	case IQ_BUNDLE_HOSTNAME:
		return keep(&b->hostname, one_word(text, NAME, 1), mem);
	case IQ_BUNDLE_HOSTNAMECTL:
		return take_hostnamectl(b, text, mem);
	case IQ_BUNDLE_MACHINE_ID:
		return keep(&b->machine_id, one_word(text, HEX, 32), mem);
	case IQ_BUNDLE_UNAME:
		return take_uname(b, iq_cut(&text, '\n'), mem);
	case IQ_BUNDLE_OS_RELEASE:
		return keep(&b->os_release, os_of(text), mem);
	case IQ_BUNDLE_BOOT_ID:
		return keep(&b->boot_uuid, one_word(text, HEX "-", 32), mem);
	case IQ_BUNDLE_DMIDECODE:
	case IQ_BUNDLE_DMI_VENDOR:
	case IQ_BUNDLE_DMI_PRODUCT:
	case IQ_BUNDLE_DMI_ASSET:
	case IQ_BUNDLE_VIRTUALIZATION:
		return iq_dmi_take(&b->dmi, role, text, mem);
	case IQ_BUNDLE_STAT:
		take_number(&b->boot_us, btime_of(text));
		return true;
	case IQ_BUNDLE_CMDLINE:
		return take_command_line(b, text, mem);
	case IQ_BUNDLE_ZONE_FILE:
		if (b->zone_file.p || !iq_starts(text, IQ_LIT("TZif")))
			return true;
		b->zone_file = iq_arena_copy(mem, iq_head(text, ZONE_FILE_MAX));
		return b->zone_file.p != NULL;
	case IQ_BUNDLE_ZONE_NAME:
		return keep(&b->zone_name, zone_setting(text), mem);
	case IQ_BUNDLE_UPTIME:
		take_number(&b->uptime_us, uptime_of(text));
		return true;
	case IQ_BUNDLE_DATE:
		take_number(&b->date_us, date_of(text, &zone));
		return b->date_us == IQ_NULL || keep(&b->date_zone, zone, mem);
	case IQ_BUNDLE_DATE_UTC:
		take_number(&b->date_utc_us, date_of(text, &zone));
		return true;
	case IQ_BUNDLE_TIMEDATECTL:
		take_number(&b->zone_us, timedatectl_zone(text));
		return true;
	case IQ_BUNDLE_LIST_BOOTS:
		return iq_reboots_take_list(&b->reboots, text, mem);
	case IQ_BUNDLE_LAST:
		return iq_reboots_take_last(&b->reboots, text, mem);
	case IQ_BUNDLE_VERSION:
		if (!b->sos)
			b->sos = sos_version(text);
		return true;
	case IQ_BUNDLE_CLEANER_LOG:
	case IQ_BUNDLE_CRASH_LIST:
	case IQ_BUNDLE_MANIFEST:
	case IQ_BUNDLE_SOS_LOG:
	case IQ_BUNDLE_OTHER:
	case IQ_BUNDLE_STATE:
	case IQ_BUNDLE_LOG_NOW:
		break;
	}
	return true;
}

bool iq_bundle_knows(const struct iq_bundle *b, enum iq_bundle_role role)
{
	switch (role) {
	case IQ_BUNDLE_HOSTNAME:
		return b->hostname.p;
	case IQ_BUNDLE_HOSTNAMECTL:
		return b->machine_id.p && b->boot_uuid.p && b->os_release.p;
	case IQ_BUNDLE_MACHINE_ID:
		return b->machine_id.p;
	case IQ_BUNDLE_UNAME:
		return b->hostname.p && b->kernel_release.p;
	case IQ_BUNDLE_OS_RELEASE:
		return b->os_release.p;
	case IQ_BUNDLE_BOOT_ID:
		return b->boot_uuid.p;
	case IQ_BUNDLE_CMDLINE:
		return b->command_line.p;
	case IQ_BUNDLE_ZONE_FILE:
		return b->zone_file.p;
	case IQ_BUNDLE_ZONE_NAME:
		return b->zone_name.p;
	case IQ_BUNDLE_STAT:
	case IQ_BUNDLE_UPTIME:
		return iq_bundle_boot_start_us(b) != IQ_NULL;
	case IQ_BUNDLE_DATE:
	case IQ_BUNDLE_DATE_UTC:
	case IQ_BUNDLE_TIMEDATECTL:
		return iq_bundle_made_us(b) != IQ_NULL && iq_bundle_zone_us(b) != IQ_NULL;
	case IQ_BUNDLE_DMIDECODE:
	case IQ_BUNDLE_DMI_VENDOR:
	case IQ_BUNDLE_DMI_PRODUCT:
	case IQ_BUNDLE_DMI_ASSET:
	case IQ_BUNDLE_VIRTUALIZATION:
		return b->dmi.vendor.p && b->dmi.product.p;
	case IQ_BUNDLE_VERSION:
		return b->sos;
	default:
		return false;
	}
}

/* By what date and date --utc printed. */
static int64_t zone_of_dates(const struct iq_bundle *b)
{
	if (b->date_us == IQ_NULL || b->date_utc_us == IQ_NULL)
		return IQ_NULL;
	int64_t apart = b->date_us - b->date_utc_us;
	int64_t round = (apart + (apart < 0 ? -QUARTER_US : QUARTER_US) / 2) / QUARTER_US *
			QUARTER_US;
	int64_t off = apart - round;
	return off > SLACK_US || off < -SLACK_US || round > ZONE_MAX_US ||
	       round < -ZONE_MAX_US ? IQ_NULL : round;
}

/* A file that says otherwise than the machine's own clock did is of another zone. */
static void take_change(struct iq_bundle *b, struct iq_slice tzif)
{
	int64_t zone = iq_bundle_zone_us(b), made = iq_bundle_made_us(b);
	struct iq_zone_change change;

	if (zone == IQ_NULL || !iq_zone_last_change(tzif, made, &change) ||
	    change.after_us != zone || made - change.at_us > CHANGE_MAX_US)
		return;
	b->zone_change_us = change.at_us + change.after_us;
	b->zone_before_us = change.before_us;
}

void iq_bundle_take_zone_file(struct iq_bundle *b, struct iq_slice tzif)
{
	b->zone_file_us = iq_zone_of_file(tzif, b->date_zone);
	take_change(b, tzif);
}

void iq_bundle_take_own_zone(struct iq_bundle *b)
{
	if (b->zone_file.p)
		take_change(b, b->zone_file);
}

int64_t iq_bundle_zone_us(const struct iq_bundle *b)
{
	int64_t dates = zone_of_dates(b);
	int64_t own = b->zone_file.p ? iq_zone_of_file(b->zone_file, b->date_zone) : IQ_NULL;

	return b->zone_us != IQ_NULL ? b->zone_us
		: b->manifest_zone_us != IQ_NULL ? b->manifest_zone_us
		: dates != IQ_NULL ? dates
		: own != IQ_NULL ? own
		: b->zone_file_us != IQ_NULL ? b->zone_file_us
		: iq_zone_of_name(b->date_zone);
}

int64_t iq_bundle_zone_at(const struct iq_bundle *b, int64_t local_us)
{
	return b->zone_change_us != IQ_NULL && local_us < b->zone_change_us
		? b->zone_before_us : iq_bundle_zone_us(b);
}

int64_t iq_bundle_made_us(const struct iq_bundle *b)
{
	int64_t zone = iq_bundle_zone_us(b);

	if (b->date_utc_us != IQ_NULL)
		return b->date_utc_us;
	if (b->date_us != IQ_NULL && zone != IQ_NULL)
		return b->date_us - zone;
	if (b->manifest_us != IQ_NULL)
		return b->manifest_us;
	return b->manifest_local_us != IQ_NULL && zone != IQ_NULL ? b->manifest_local_us - zone
								   : IQ_NULL;
}

int64_t iq_bundle_boot_start_us(const struct iq_bundle *b)
{
	int64_t now = iq_bundle_made_us(b);

	if (b->boot_us != IQ_NULL)
		return b->boot_us;
	return now == IQ_NULL || b->uptime_us == IQ_NULL ? IQ_NULL : now - b->uptime_us;
}

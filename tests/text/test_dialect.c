/* tests/text/test_dialect.c - every form of line, peeled.
 *
 * The lines are composed after the formats that the writing programs use, or are the
 * documented examples of those; no real capture is copied.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/units.h"
#include "text/dialect.h"

#define D(name) IQ_DIA_##name
#define S(name) .special = IQ_SPECIAL_##name

/* What is not named in a row must not be shown by the line. */
struct row {
	const char *in;
	enum iq_dialect dialect;
	const char *text;
	const char *host, *ident;	/* "sshd[12]" */
	const char *mono;		/* seconds.micro */
	const char *wall;		/* as iq_time_iso() prints it */
	int kind;
	const char *pri;		/* "facility.level", '-' for not shown */
	const char *caller;
	int user;			/* not kernel text */
	enum iq_special special;
	int64_t n, gap, seq;
	enum iq_dialect transport;
	const char *file;
};

#define LOCAL IQ_WALL_LOCAL
#define BSD (IQ_WALL_LOCAL | IQ_WALL_NO_YEAR)
#define DMESG (IQ_WALL_LOCAL | IQ_WALL_COMPUTED)
#define T1 "link up"

static const struct row rows[] = {
	/* --- printk's own --- */
	{ "[    0.000000] Linux version 6.12.1", D(PLAIN), "Linux version 6.12.1",
	  .mono = "0.000000" },
	{ "[12345.678901] " T1, D(PLAIN), T1, .mono = "12345.678901" },
	{ "[1234567.890123] " T1, D(PLAIN), T1, .mono = "1234567.890123" },
	{ "[ 104.660699] " T1, D(PLAIN), T1, .mono = "104.660699" },
	{ "[    1.234567]  indented", D(PLAIN), " indented", .mono = "1.234567" },
	{ "[    1.234567]", D(PLAIN), "", .mono = "1.234567" },
	{ "[    1.234567][    T1] " T1, D(PLAIN), T1, .mono = "1.234567", .caller = "T1" },
	{ "[    1.234567][    C0] " T1, D(PLAIN), T1, .mono = "1.234567", .caller = "C0" },
	{ "[    1.234567][T1234567] " T1, D(PLAIN), T1, .mono = "1.234567",
	  .caller = "T1234567" },
	{ "[99999.999999] [ T1234] " T1, D(PLAIN), T1, .mono = "99999.999999",
	  .caller = "T1234" },
	{ "[100000.000001] [      C0] " T1, D(PLAIN), T1, .mono = "100000.000001",
	  .caller = "C0" },
	{ "[    T1] " T1, D(PLAIN), T1, .caller = "T1" },
	{ "<6>[    1.234567] " T1, D(RAW), T1, .mono = "1.234567", .pri = "0.6" },
	{ "<6>[99999.999999][ T1234] " T1, D(RAW), T1, .mono = "99999.999999",
	  .pri = "0.6", .caller = "T1234" },
	{ "<4>Call Trace:", D(RAW), "Call Trace:", .pri = "0.4" },
	{ "<4> [<ffffffff8158cbcc>] ? dump_stack+0x40/0x50", D(RAW),
	  " [<ffffffff8158cbcc>] ? dump_stack+0x40/0x50", .pri = "0.4" },
	{ "<0>{1}[Hardware Error]: x", D(RAW), "{1}[Hardware Error]: x", .pri = "0.0" },
	{ "<30>[    2.000000] systemd[1]: Started.", D(RAW), "Started.",
	  .ident = "systemd[1]", .mono = "2.000000", .pri = "3.6", .user = 1 },
	{ "<29>[    2.000000] dracut: " T1, D(RAW), T1, .ident = "dracut",
	  .mono = "2.000000", .pri = "3.5", .user = 1 },
	{ "[    2.000000] systemd[1]: Started.", D(PLAIN), "Started.",
	  .ident = "systemd[1]", .mono = "2.000000", .user = 1 },
	{ "[    2.000000] systemd-journald[87]: x", D(PLAIN), "x",
	  .ident = "systemd-journald[87]", .mono = "2.000000", .user = 1 },
	{ "[    2.000000] ls[12]: segfault at 0 ip 0", D(PLAIN),
	  "ls[12]: segfault at 0 ip 0", .mono = "2.000000" },
	/* nested: the inner time counts */
	{ "<4>[    9.000000] <6>[    8.500000] " T1, D(RAW), T1, .mono = "8.500000",
	  .pri = "0.6" },
	{ "[    9.000000] [    8.500000] " T1, D(PLAIN), T1, .mono = "8.500000" },
	/* --- text that looks like a header --- */
	{ "[drm] Initialized", D(BARE), "[drm] Initialized" },
	{ "[Hardware Error]: CPU 0", D(BARE), "[Hardware Error]: CPU 0" },
	{ "[<ffffffff81000000>] func+0x1/0x2", D(BARE),
	  "[<ffffffff81000000>] func+0x1/0x2" },
	{ "[last unloaded: x]", D(BARE), "[last unloaded: x]" },
	{ "[ 1799]     0  1799 10832 name", D(BARE), "[ 1799]     0  1799 10832 name" },
	{ "[  pid  ]   uid  tgid", D(BARE), "[  pid  ]   uid  tgid" },
	{ "[   10.5] short", D(BARE), "[   10.5] short" },
	{ "[T1] short", D(BARE), "[T1] short" },
	{ "[    1.234567] [drm] x", D(PLAIN), "[drm] x", .mono = "1.234567" },
	{ "[    1.234567] [<ffffffff81000000>] f", D(PLAIN), "[<ffffffff81000000>] f",
	  .mono = "1.234567" },
	{ "[    1.234567] [ 1799]     0  1799", D(PLAIN), "[ 1799]     0  1799",
	  .mono = "1.234567" },
	{ "[    1.234567]  <IRQ> x", D(PLAIN), " <IRQ> x", .mono = "1.234567" },
	{ "[    1.234567] <TASK>", D(PLAIN), "<TASK>", .mono = "1.234567" },
	{ "<IRQ>", D(BARE), "<IRQ>" },
	{ "<999> no level", D(BARE), "<999> no level" },
	{ "kernelcare: x", D(BARE), "kernelcare: x" },
	{ "kernel BUG at mm/slub.c:1!", D(BARE), "kernel BUG at mm/slub.c:1!" },
	{ "Out of memory: Killed process 1 (a)", D(BARE),
	  "Out of memory: Killed process 1 (a)" },
	{ "   memory: usage 1kB, limit 1kB", D(BARE), "   memory: usage 1kB, limit 1kB" },
	{ "", D(BARE), "" },
	{ "[", D(BARE), "[" },
	{ "<", D(BARE), "<" },
	/* --- masked --- */
	{ "[****.******] " T1, D(PLAIN), T1 },
	{ "[Sat Sep ** **:**:** 2021] " T1, D(CTIME), T1 },
	{ "Mar ** 02:43:11 h kernel: " T1, D(RFC3164), T1, .host = "h", .ident = "kernel" },
	{ "2021-**-** 02:43:11 h kernel: " T1, D(RFC3339), T1, .host = "h",
	  .ident = "kernel" },
	/* --- dmesg --- */
	{ "kern  :info  : [    1.234567] " T1, D(DECODE), T1, .mono = "1.234567",
	  .pri = "0.6" },
	{ "kern  :err   : [ 1234.567890] EXT4-fs error", D(DECODE), "EXT4-fs error",
	  .mono = "1234.567890", .pri = "0.3" },
	{ "kern  :warn  : [    1.234567] [    T1] " T1, D(DECODE), T1, .mono = "1.234567",
	  .pri = "0.4", .caller = "T1" },
	{ "authpriv:info  : [    1.234567] " T1, D(DECODE), T1, .mono = "1.234567",
	  .pri = "10.6", .user = 1 },
	{ "local7:debug : [    1.234567] " T1, D(DECODE), T1, .mono = "1.234567",
	  .pri = "23.7", .user = 1 },
	{ "daemon:info  : [    1.234567] systemd[1]: hi", D(DECODE), "hi",
	  .ident = "systemd[1]", .mono = "1.234567", .pri = "3.6", .user = 1 },
	{ "kern  :info  : " T1, D(DECODE), T1, .pri = "0.6" },
	{ "kern  :notice: [Sat Nov 21 09:37:28 2026] " T1, D(DECODE), T1, .pri = "0.5",
	  .wall = "2026-11-21T09:37:28Z", .kind = DMESG },
	{ "info  :kern  : no", D(BARE), "info  :kern  : no" },
	{ "[12345.000001 <11110.432111>] [drm] x", D(DELTA), "[drm] x",
	  .mono = "12345.000001" },
	{ "[    1.000001 <    0.000000>] " T1, D(DELTA), T1, .mono = "1.000001" },
	{ "[< 1233.332891>] " T1, D(ONLY_DELTA), T1 },
	{ "[<    0.000000>] " T1, D(ONLY_DELTA), T1 },
	{ "[Sat Nov 21 09:37:28 2026] " T1, D(CTIME), T1, .wall = "2026-11-21T09:37:28Z",
	  .kind = DMESG },
	{ "[Sat Nov  7 09:37:28 2026] " T1, D(CTIME), T1, .wall = "2026-11-07T09:37:28Z",
	  .kind = DMESG },
	{ "[Sat Nov 21 09:37:28 2026] [    T1] " T1, D(CTIME), T1,
	  .wall = "2026-11-21T09:37:28Z", .kind = DMESG, .caller = "T1" },
	{ "[Sat Nov 21 09:37:28 2026 <    0.000432>] " T1, D(CTIME_DELTA), T1,
	  .wall = "2026-11-21T09:37:28Z", .kind = DMESG },
	{ "[Mi, 13. Sep 2023, 10:13:20] " T1, D(CTIME), T1, .wall = "2023-09-13T10:13:20Z",
	  .kind = DMESG },
	{ "[Di Aug 12 03:54:03 2025] " T1, D(CTIME), T1, .wall = "2025-08-12T03:54:03Z",
	  .kind = DMESG },
	{ "[mer. 13 sept. 10:13:20 2023] " T1, D(CTIME), T1,
	  .wall = "2023-09-13T10:13:20Z", .kind = DMESG },
	{ "[mar. 14 mars 10:13:20 2023] " T1, D(CTIME), T1, .wall = "2023-03-14T10:13:20Z",
	  .kind = DMESG },
	{ "[mar.  5 sept. 10:13:20 2023] " T1, D(CTIME), T1, .wall = "2023-09-05T10:13:20Z",
	  .kind = DMESG },
	{ "[mi\xc3\xa9 13 sep 10:13:20 2023] " T1, D(CTIME), T1,
	  .wall = "2023-09-13T10:13:20Z", .kind = DMESG },
	{ "[mar mar 14 10:13:20 2023] " T1, D(CTIME), T1, .wall = "2023-03-14T10:13:20Z",
	  .kind = DMESG },
	{ "[St 13. zář 2023 10:13:20] " T1, D(CTIME), T1, .wall = "2023-09-13T10:13:20Z",
	  .kind = DMESG },
	{ "[ons 13 sep 2023 10.13.20] " T1, D(CTIME), T1, .wall = "2023-09-13T10:13:20Z",
	  .kind = DMESG },
	{ "[sre. 13. sep. 2023. 10:13:20] " T1, D(CTIME), T1,
	  .wall = "2023-09-13T10:13:20Z", .kind = DMESG },
	{ "[śro 13 paź 10:13:20 2023] " T1, D(CTIME), T1, .wall = "2023-10-13T10:13:20Z",
	  .kind = DMESG },
	{ "[ 9月13日(水) 10:13:20 2023] " T1, D(CTIME), T1, .wall = "2023-09-13T10:13:20Z",
	  .kind = DMESG },
	{ "[ 9월13일 (수) 10:13:20] " T1, D(CTIME), T1, .wall = "1972-09-13T10:13:20Z",
	  .kind = DMESG | IQ_WALL_NO_YEAR },
	{ "[三 9月 13 10:13:20 2023] " T1, D(CTIME), T1, .wall = "2023-09-13T10:13:20Z",
	  .kind = DMESG },
	{ "[Ср сен 13 10:13:20 2023] " T1, D(CTIME), T1, .wall = "2023-09-13T10:13:20Z",
	  .kind = DMESG },
	{ "[Çar Eyl 13 10:13:20 2023] " T1, D(CTIME), T1, .wall = "2023-09-13T10:13:20Z",
	  .kind = DMESG },
	{ "[Zzz Qqq 13 10:13:20 2023] " T1, D(CTIME), T1 },
	{ "[Nov21 09:37] " T1, D(RELTIME), T1, .wall = "1972-11-21T09:37:00Z",
	  .kind = DMESG | IQ_WALL_NO_YEAR },
	{ "[Sep 3 09:37] " T1, D(RELTIME), T1, .wall = "1972-09-03T09:37:00Z",
	  .kind = DMESG | IQ_WALL_NO_YEAR },
	{ "[13. Sep 10:13] " T1, D(RELTIME), T1, .wall = "1972-09-13T10:13:00Z",
	  .kind = DMESG | IQ_WALL_NO_YEAR },
	{ "[  +0.000432] " T1, D(RELTIME), T1 },
	{ "[ +12.000432] " T1, D(RELTIME), T1 },
	{ "[  -0.000432] " T1, D(RELTIME), T1 },
	{ "2026-11-21T09:37:29,234567+00:00 " T1, D(DMESG_ISO), T1,
	  .wall = "2026-11-21T09:37:29.234567Z", .kind = IQ_WALL_COMPUTED },
	{ "2026-11-21T09:37:28,000000+02:00 [    T1] " T1, D(DMESG_ISO), T1,
	  .wall = "2026-11-21T07:37:28Z", .kind = IQ_WALL_COMPUTED, .caller = "T1" },
	{ "[    1.200000] [Sat Nov 21 09:37:28 2026] " T1, D(PLAIN), T1, .mono = "1.200000",
	  .wall = "2026-11-21T09:37:28Z", .kind = DMESG },
	{ "[Sat Nov 21 09:37:28 2026] [    1.200000] " T1, D(CTIME), T1,
	  .mono = "1.200000", .wall = "2026-11-21T09:37:28Z", .kind = DMESG },
	{ "[    1.234567] <6>" T1, D(CRASH_LOG), T1, .mono = "1.234567", .pri = "0.6" },
	{ "[    1.234567] [ T12] <4>" T1, D(CRASH_LOG), T1, .mono = "1.234567",
	  .pri = "0.4", .caller = "T12" },
	/* --- /dev/kmsg, netconsole --- */
	{ "6,339,5140900,-;NET: Registered", D(KMSG), "NET: Registered",
	  .mono = "5.140900", .pri = "0.6", .seq = 339 },
	{ "6,339,5140900;old; form", D(KMSG), "old; form", .mono = "5.140900",
	  .pri = "0.6", .seq = 339 },
	{ "6,4,99999999999,c,caller=T1234;" T1, D(KMSG), T1, .mono = "99999.999999",
	  .pri = "0.6", .seq = 4, .caller = "T1234" },
	{ "4,4,7,+;more", D(KMSG), "more", .mono = "0.000007", .pri = "0.4", .seq = 4 },
	{ "6,4,7,-;a\\x0ab \\xc3\\xa9 \\x5cx41", D(KMSG), "a\nb \xc3\xa9 \\x41",
	  .mono = "0.000007", .pri = "0.6", .seq = 4 },
	{ "30,4,7,-;systemd[1]: hi", D(KMSG), "hi", .ident = "systemd[1]",
	  .mono = "0.000007", .pri = "3.6", .seq = 4, .user = 1 },
	{ "6,4,7,-; leading blank", D(KMSG), " leading blank", .mono = "0.000007",
	  .pri = "0.6", .seq = 4 },
	{ "6.4.0,6,444,501151268,-;netconsole: logging", D(NETCONSOLE),
	  "netconsole: logging", .mono = "501.151268", .pri = "0.6", .seq = 444 },
	{ "6.4.0-rc1+,6,444,7,-,caller=C3;x", D(NETCONSOLE), "x", .mono = "0.000007",
	  .pri = "0.6", .seq = 444, .caller = "C3" },
	{ "6,4,7", D(BARE), "6,4,7" },
	{ "6,4,abc;x", D(BARE), "6,4,abc;x" },
	/* --- journalctl --- */
	{ "Sep 03 10:13:21 web1 kernel: " T1, D(SHORT), T1, .host = "web1",
	  .ident = "kernel", .wall = "1972-09-03T10:13:21Z", .kind = BSD },
	{ "Sep 13 10:13:21.123456 web1 kernel: " T1, D(SHORT_PRECISE), T1, .host = "web1",
	  .ident = "kernel", .wall = "1972-09-13T10:13:21.123456Z", .kind = BSD },
	{ "2023-09-13T10:13:21+0000 web1 kernel: " T1, D(SHORT_ISO), T1, .host = "web1",
	  .ident = "kernel", .wall = "2023-09-13T10:13:21Z" },
	{ "2023-09-13T10:13:21+0530 web1 sshd[12]: hi", D(SHORT_ISO), "hi",
	  .host = "web1", .ident = "sshd[12]", .wall = "2023-09-13T04:43:21Z", .user = 1 },
	{ "2023-09-13T10:13:21.123456+0000 web1 kernel: " T1, D(SHORT_ISO_PRECISE), T1,
	  .host = "web1", .ident = "kernel", .wall = "2023-09-13T10:13:21.123456Z" },
	{ "[    1.234567] web1 kernel: " T1, D(SHORT_MONO), T1, .host = "web1",
	  .ident = "kernel", .mono = "1.234567" },
	{ "[    1.234567] web1 systemd[1]: hi", D(SHORT_MONO), "hi", .host = "web1",
	  .ident = "systemd[1]", .mono = "1.234567", .user = 1 },
	{ "[    1.234567] usb 1-1: new", D(PLAIN), "usb 1-1: new", .mono = "1.234567" },
	{ "[    2.234567 <    1.000000 >] web1 kernel: " T1, D(SHORT_DELTA), T1,
	  .host = "web1", .ident = "kernel", .mono = "2.234567" },
	{ "[    2.234567 <    1.000000*>] web1 kernel: " T1, D(SHORT_DELTA), T1,
	  .host = "web1", .ident = "kernel", .mono = "2.234567" },
	{ "[    0.000000                ] web1 kernel: " T1, D(SHORT_DELTA), T1,
	  .host = "web1", .ident = "kernel", .mono = "0.000000" },
	{ "Wed 2023-09-13 10:13:21 UTC web1 kernel: " T1, D(SHORT_FULL), T1,
	  .host = "web1", .ident = "kernel", .wall = "2023-09-13T10:13:21Z" },
	{ "Wed 2023-09-13 10:13:21 CEST web1 kernel: " T1, D(SHORT_FULL), T1,
	  .host = "web1", .ident = "kernel", .wall = "2023-09-13T10:13:21Z",
	  .kind = LOCAL },
	{ "Wed 2023-09-13 10:13:21 +0330 web1 app.service[9]: x", D(SHORT_FULL), "x",
	  .host = "web1", .ident = "app.service[9]", .wall = "2023-09-13T06:43:21Z",
	  .user = 1 },
	{ "1694600001.123456 web1 kernel: " T1, D(SHORT_UNIX), T1, .host = "web1",
	  .ident = "kernel", .wall = "2023-09-13T10:13:21.123456Z" },
	{ "Sep 03 10:13:21 web1 kernel: [9B blob data]", D(SHORT), "[9B blob data]",
	  .host = "web1", .ident = "kernel", .wall = "1972-09-03T10:13:21Z", .kind = BSD,
	  S(NO_TEXT) },
	{ "XXX XX XX:XX:XX web1 kernel: " T1, D(RFC3164), T1, .host = "web1",
	  .ident = "kernel" },
	{ "Mär 07 02:43:11 web1 kernel: " T1, D(SHORT), T1, .host = "web1",
	  .ident = "kernel", .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ "-- Boot 0123456789abcdef0123456789abcdef --", D(BARE),
	  "-- Boot 0123456789abcdef0123456789abcdef --", .user = 1, S(BOOT) },
	{ "-- Boot 012 --", D(BARE), "-- Boot 012 --" },
	{ "-- Reboot --", D(BARE), "-- Reboot --", .user = 1, S(REBOOT) },
	{ "-- No entries --", D(BARE), "-- No entries --", .user = 1, S(NO_ENTRIES) },
	{ "-- Logs begin at Mon 2017-03-06 08:21:00 CET, end at x. --", D(BARE),
	  "-- Logs begin at Mon 2017-03-06 08:21:00 CET, end at x. --", .user = 1,
	  S(JOURNAL) },
	{ "-- Journal begins at x, ends at y. --", D(BARE),
	  "-- Journal begins at x, ends at y. --", .user = 1, S(JOURNAL) },
	{ "-- cursor: s=1", D(BARE), "-- cursor: s=1", .user = 1, S(JOURNAL) },
	{ "Sep 13 10:13:21 web1 systemd-journald[9]: Missed 12 kernel messages",
	  D(RFC3164), "Missed 12 kernel messages", .host = "web1",
	  .ident = "systemd-journald[9]", .wall = "1972-09-13T10:13:21Z", .kind = BSD,
	  .user = 1, S(GAP), .n = 12 },
	/* --- syslog --- */
	{ "Mar  7 02:43:11 myhost kernel: " T1, D(RFC3164), T1, .host = "myhost",
	  .ident = "kernel", .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ "Feb 29 02:43:11 myhost kernel: " T1, D(RFC3164), T1, .host = "myhost",
	  .ident = "kernel", .wall = "1972-02-29T02:43:11Z", .kind = BSD },
	{ "Mar  7 02:43:11 myhost kernel: [ 1234.567890] " T1, D(RFC3164), T1,
	  .host = "myhost", .ident = "kernel", .mono = "1234.567890",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ "Mar  7 02:43:11 myhost kernel: [ 1234.567890][  T77] " T1, D(RFC3164), T1,
	  .host = "myhost", .ident = "kernel", .mono = "1234.567890", .caller = "T77",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ "Mar  7 02:43:11 myhost kernel: <4>[    1.234567] " T1, D(RFC3164), T1,
	  .host = "myhost", .ident = "kernel", .mono = "1.234567", .pri = "0.4",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ "Mar  7 02:43:11 myhost kernel: : [    1.234567] " T1, D(RFC3164), T1,
	  .host = "myhost", .ident = "kernel", .mono = "1.234567",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ "Mar  7 02:43:14 myhost kernel [ 1236.000000] " T1, D(RFC3164), T1,
	  .host = "myhost", .ident = "kernel", .mono = "1236.000000",
	  .wall = "1972-03-07T02:43:14Z", .kind = BSD },
	{ "Mar  7 02:43:14 myhost kernel[0]: " T1, D(RFC3164), T1, .host = "myhost",
	  .ident = "kernel[0]", .wall = "1972-03-07T02:43:14Z", .kind = BSD },
	{ "Mar  7 02:43:14.123 myhost kernel: " T1, D(RFC3164), T1, .host = "myhost",
	  .ident = "kernel", .wall = "1972-03-07T02:43:14.123000Z", .kind = BSD },
	{ "<4>Mar  7 02:43:14 myhost kernel: " T1, D(RFC3164), T1, .host = "myhost",
	  .ident = "kernel", .wall = "1972-03-07T02:43:14Z", .kind = BSD, .pri = "0.4" },
	{ "<86>Mar  7 02:43:14 myhost sshd[812]: " T1, D(RFC3164), T1, .host = "myhost",
	  .ident = "sshd[812]", .wall = "1972-03-07T02:43:14Z", .kind = BSD,
	  .pri = "10.6", .user = 1 },
	{ "Mar  7 02:43:14 kernel: " T1, D(RFC3164), T1, .ident = "kernel",
	  .wall = "1972-03-07T02:43:14Z", .kind = BSD },
	{ "Mar  7 02:43:14 myhost kernelcare: x", D(RFC3164), "x", .host = "myhost",
	  .ident = "kernelcare", .wall = "1972-03-07T02:43:14Z", .kind = BSD, .user = 1 },
	{ "Mar  7 02:43:14 myhost CRON[9]: (root) CMD (x)", D(RFC3164), "(root) CMD (x)",
	  .host = "myhost", .ident = "CRON[9]", .wall = "1972-03-07T02:43:14Z",
	  .kind = BSD, .user = 1 },
	{ "Mar  7 02:43:14 fe80::1 kernel: x", D(RFC3164), "x", .host = "fe80::1",
	  .ident = "kernel", .wall = "1972-03-07T02:43:14Z", .kind = BSD },
	{ "Mar  7 02:43:14 10.0.0.5 [12345.678901] " T1, D(RFC3164), T1,
	  .host = "10.0.0.5", .mono = "12345.678901", .wall = "1972-03-07T02:43:14Z",
	  .kind = BSD },
	{ "Nov 21 10:28:58 localhost  [12345.678901] " T1, D(RFC3164), T1,
	  .host = "localhost", .mono = "12345.678901", .wall = "1972-11-21T10:28:58Z",
	  .kind = BSD },
	{ "Nov 21 10:28:58 localhost 6,416,1758426,-,caller=T1;" T1, D(RFC3164), T1,
	  .host = "localhost", .mono = "1.758426", .pri = "0.6", .seq = 416,
	  .caller = "T1", .wall = "1972-11-21T10:28:58Z", .kind = BSD },
	{ "Mar  7 2023 02:43:14 myhost kernel: x", D(RFC3164), "x", .host = "myhost",
	  .ident = "kernel", .wall = "2023-03-07T02:43:14Z", .kind = LOCAL },
	{ "Mar  7 02:43:14 relay Mar  7 02:43:12 myhost kernel: x", D(RFC3164), "x",
	  .host = "myhost", .ident = "kernel", .wall = "1972-03-07T02:43:14Z",
	  .kind = BSD },
	{ "2026-03-07T02:43:11+00:00 myhost kernel: [ 1234.567890] " T1, D(RFC3339), T1,
	  .host = "myhost", .ident = "kernel", .mono = "1234.567890",
	  .wall = "2026-03-07T02:43:11Z" },
	{ "2023-06-10T12:00:00.123456+02:00 h kernel: " T1, D(RFC3339), T1, .host = "h",
	  .ident = "kernel", .wall = "2023-06-10T10:00:00.123456Z" },
	{ "2023-06-10T12:00:00Z h kernel: " T1, D(RFC3339), T1, .host = "h",
	  .ident = "kernel", .wall = "2023-06-10T12:00:00Z" },
	{ "<30>2023-06-10T12:00:00.123456+02:00 h dockerd[9]: x", D(RFC3339), "x",
	  .host = "h", .ident = "dockerd[9]", .wall = "2023-06-10T10:00:00.123456Z",
	  .pri = "3.6", .user = 1 },
	{ "2017-06-30 16:25:43.012 err kernel: [261108.341940] " T1, D(RFC3339), T1,
	  .ident = "kernel", .mono = "261108.341940", .pri = "-.3",
	  .wall = "2017-06-30T16:25:43.012000Z", .kind = LOCAL },
	{ "<4>1 2026-03-07T02:43:11+00:00 myhost kernel - - -  [ 1234.567890] " T1,
	  D(RFC5424), T1, .host = "myhost", .ident = "kernel", .mono = "1234.567890",
	  .pri = "0.4", .wall = "2026-03-07T02:43:11Z" },
	{ "<165>1 2003-10-11T22:14:15.003Z h evntslog - ID47 [ex@32473 iut=\"3\" "
	  "e=\"a]\\\"b\"][y@1 z=\"\"] \xef\xbb\xbfhello", D(RFC5424), "hello", .host = "h",
	  .ident = "evntslog", .pri = "20.5", .wall = "2003-10-11T22:14:15.003000Z",
	  .user = 1 },
	{ "<30>1 - - systemd 1 - - hi", D(RFC5424), "hi", .ident = "systemd[1]",
	  .pri = "3.6", .user = 1 },
	{ "<13>1 2026-03-07T02:43:11Z h 6,416,1758426,-;extended - - - netconsole",
	  D(RFC5424), "extended netconsole", .host = "h", .mono = "1.758426",
	  .pri = "0.6", .seq = 416, .wall = "2026-03-07T02:43:11Z" },
	{ "Jan  1 00:00:12 box kern.err kernel: [   12.345678] " T1, D(BUSYBOX), T1,
	  .host = "box", .ident = "kernel", .mono = "12.345678", .pri = "0.3",
	  .wall = "1972-01-01T00:00:12Z", .kind = BSD },
	{ "Jan  1 00:00:12 box daemon.warning dnsmasq[9]: x", D(BUSYBOX), "x",
	  .host = "box", .ident = "dnsmasq[9]", .pri = "3.4",
	  .wall = "1972-01-01T00:00:12Z", .kind = BSD, .user = 1 },
	{ "Jan  1 00:00:12 kernel: [   12.345678] " T1, D(RFC3164), T1, .ident = "kernel",
	  .mono = "12.345678", .wall = "1972-01-01T00:00:12Z", .kind = BSD },
	{ "Thu Jan  1 00:00:12 1970 kern.err kernel: [   12.345678] " T1, D(BUSYBOX), T1,
	  .ident = "kernel", .mono = "12.345678", .pri = "0.3",
	  .wall = "1970-01-01T00:00:12Z", .kind = LOCAL },
	/* escapes */
	{ "Mar  7 02:43:11 h kernel: Mem-Info:#012active_anon:1#012#011free:3 #123",
	  D(RFC3164), "Mem-Info:\nactive_anon:1\n\tfree:3 #123", .host = "h",
	  .ident = "kernel", .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ "Mar  7 02:43:11 h kernel: Mem-Info:\\nactive_anon:1\\n\\tfree:3", D(RFC3164),
	  "Mem-Info:\nactive_anon:1\n\tfree:3", .host = "h", .ident = "kernel",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ "Mar  7 02:43:11 h kernel: a^Ib dev-disk-by\\x2dlabel", D(RFC3164),
	  "a\tb dev-disk-by\\x2dlabel", .host = "h", .ident = "kernel",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ "Mar  7 02:43:11 h app[1]: C:\\new a^Ib", D(RFC3164), "C:\\new a^Ib",
	  .host = "h", .ident = "app[1]", .wall = "1972-03-07T02:43:11Z", .kind = BSD,
	  .user = 1 },
	{ "[    1.234567] a#012b \\x41", D(PLAIN), "a#012b \\x41", .mono = "1.234567" },
	/* repetition, loss */
	{ "Mar  7 02:43:11 h kernel: message repeated 3 times: [ [ 1235.000000] same]",
	  D(RFC3164), "same", .host = "h", .ident = "kernel", .mono = "1235.000000",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD, S(REPEATED), .n = 3 },
	{ "Mar  7 02:43:11 h kernel: message repeated 2 times: [ cut o", D(RFC3164),
	  "cut o", .host = "h", .ident = "kernel", .wall = "1972-03-07T02:43:11Z",
	  .kind = BSD, S(REPEATED), .n = 2 },
	{ "Mar  7 02:43:11 h last message repeated 3 times", D(RFC3164), "", .host = "h",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD, .user = 1, S(LAST_REPEATED),
	  .n = 3 },
	{ "Mar  7 02:43:11 h syslog-ng[2]: Last message 'first 20 bytes here' repeated 4 "
	  "times, suppressed by syslog-ng on h", D(RFC3164), "first 20 bytes here",
	  .host = "h", .ident = "syslog-ng[2]", .wall = "1972-03-07T02:43:11Z",
	  .kind = BSD, .user = 1, S(LAST_REPEATED), .n = 4 },
	{ "Mar  7 02:43:11 h rsyslogd: imjournal: 812 messages lost due to rate-limiting "
	  "(20000 allowed within 600 seconds)", D(RFC3164),
	  "imjournal: 812 messages lost due to rate-limiting (20000 allowed within 600 "
	  "seconds)", .host = "h", .ident = "rsyslogd", .wall = "1972-03-07T02:43:11Z",
	  .kind = BSD, .user = 1, S(GAP), .n = 812 },
	{ "Mar  7 02:43:11 h -- MARK --", D(RFC3164), "-- MARK --", .host = "h",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD, .user = 1, S(MARK) },
	/* --- consoles, pstore, crash --- */
	{ "** 93 printk messages dropped ** [  322.962139] BUG: x", D(PLAIN), "BUG: x",
	  .mono = "322.962139", .gap = 93 },
	{ "** 5042 printk messages dropped ** [   60.107433]  [<ffffffff82564f65>] f",
	  D(PLAIN), " [<ffffffff82564f65>] f", .mono = "60.107433", .gap = 5042 },
	{ "** 7 printk messages dropped **", D(BARE), "** 7 printk messages dropped **",
	  S(GAP), .n = 7 },
	{ "** replaying previous printk message **", D(BARE),
	  "** replaying previous printk message **", S(REPLAY) },
	{ "web1 login: [ 1234.567890] BUG: x", D(PLAIN), "BUG: x", .mono = "1234.567890",
	  .transport = D(PREFIXED) },
	{ "Panic#2 Part1", D(PSTORE), "Panic", .user = 1, S(PSTORE), .n = 1 },
	{ "Oops#1 Part12", D(PSTORE), "Oops", .user = 1, S(PSTORE), .n = 12 },
	{ "Emergency#3 Part2", D(PSTORE), "Emergency", .user = 1, S(PSTORE), .n = 2 },
	{ "Panic#2 Partial", D(BARE), "Panic#2 Partial" },
	{ "====1714557600.123456-D", D(PSTORE), "====1714557600.123456-D", .user = 1,
	  .wall = "2024-05-01T10:00:00.123456Z", S(RAMOOPS) },
	{ "ECC: No errors detected", D(BARE), "ECC: No errors detected", .user = 1,
	  S(NOISE) },
	{ "crash> log", D(BARE), "crash> log", .user = 1, S(NOISE) },
	{ "-- MORE --  forward: <SPACE>, <ENTER> or j  backward: b or k  quit: q",
	  D(BARE), "-- MORE --  forward: <SPACE>, <ENTER> or j  backward: b or k  quit: q",
	  .user = 1, S(NOISE) },
	{ "lines 1-23", D(BARE), "lines 1-23", .user = 1, S(NOISE) },
	{ "[-- MARK -- Tue Mar  7 02:00:00 2023]", D(BARE),
	  "[-- MARK -- Tue Mar  7 02:00:00 2023]", .user = 1, S(MARK) },
	{ "2016-12-03 19:08:42    [14874902.828670] x", D(PLAIN), "x",
	  .mono = "14874902.828670", .wall = "2016-12-03T19:08:42Z", .kind = LOCAL,
	  .transport = D(STAMPED) },
	{ "2016-06-01 14:11:13\t[35060910.024741] x", D(PLAIN), "x",
	  .mono = "35060910.024741", .wall = "2016-06-01T14:11:13Z", .kind = LOCAL,
	  .transport = D(STAMPED) },
	{ "2016-06-01 14:11:13 is when it began", D(BARE),
	  "2016-06-01 14:11:13 is when it began" },
	/* --- containers and collectors --- */
	{ "{\"log\":\"[    1.234567] a \\u003ctag\\u003e\\n\",\"stream\":\"stdout\","
	  "\"time\":\"2024-05-01T12:00:00.5Z\"}", D(PLAIN), "a <tag>", .mono = "1.234567",
	  .wall = "2024-05-01T12:00:00.500000Z", .transport = D(DOCKER_JSON) },
	{ "{\"log\":\"bare\\n\",\"stream\":\"stderr\",\"time\":\"2024-05-01T12:00:00Z\"}",
	  D(DOCKER_JSON), "bare", .wall = "2024-05-01T12:00:00Z",
	  .transport = D(DOCKER_JSON) },
	{ "2024-05-01T12:00:00.123456789Z stdout F [    1.234567] x", D(PLAIN), "x",
	  .mono = "1.234567", .wall = "2024-05-01T12:00:00.123456Z",
	  .transport = D(CRI) },
	{ "2024-05-01T12:00:00.1+02:00 stderr F x", D(CRI), "x",
	  .wall = "2024-05-01T10:00:00.100000Z", .transport = D(CRI) },
	{ "2024-05-01T12:00:00.123456789Z [    1.234567] x", D(PLAIN), "x",
	  .mono = "1.234567", .wall = "2024-05-01T12:00:00.123456Z",
	  .transport = D(STAMPED) },
	{ "2024-05-01T12:00:00.0000000Z ##[group]Run", D(STAMPED), "##[group]Run",
	  .wall = "2024-05-01T12:00:00Z", .transport = D(STAMPED) },
	{ "2024-05-01T12:00:00.123456789Z Mar  7 02:43:11 h kernel: x", D(RFC3164), "x",
	  .host = "h", .ident = "kernel", .wall = "2024-05-01T12:00:00.123456Z",
	  .transport = D(STAMPED) },
	{ "[12:00:00] [    1.234567] x", D(PLAIN), "x", .mono = "1.234567",
	  .transport = D(STAMPED) },
	{ "[2024-05-01T12:00:00.000Z] [    1.234567] x", D(PLAIN), "x",
	  .mono = "1.234567", .wall = "2024-05-01T12:00:00Z", .transport = D(STAMPED) },
	{ "[pod/web-0/app] [    1.234567] x", D(PLAIN), "x", .mono = "1.234567",
	  .transport = D(PREFIXED) },
	{ "web_1  | [    1.234567] x", D(PLAIN), "x", .mono = "1.234567",
	  .transport = D(PREFIXED) },
	{ "ns/web-0 app │ <6>[    1.234567] x", D(RAW), "x", .mono = "1.234567",
	  .pri = "0.6", .transport = D(PREFIXED) },
	{ "web-0 app › [    1.234567] x", D(PLAIN), "x", .mono = "1.234567",
	  .transport = D(PREFIXED) },
	{ "a | b", D(BARE), "a | b" },
	{ "kern.log:Mar  7 02:43:11 h kernel: x", D(RFC3164), "x", .host = "h",
	  .ident = "kernel", .wall = "1972-03-07T02:43:11Z", .kind = BSD,
	  .transport = D(PREFIXED), .file = "kern.log" },
	{ "./messages-20240101:[    1.234567] x", D(PLAIN), "x", .mono = "1.234567",
	  .transport = D(PREFIXED), .file = "./messages-20240101" },
	{ "kern.log:812:Mar  7 02:43:11 h kernel: x", D(RFC3164), "x", .host = "h",
	  .ident = "kernel", .wall = "1972-03-07T02:43:11Z", .kind = BSD,
	  .transport = D(PREFIXED), .file = "kern.log" },
	{ "kern.log-Mar  7 02:43:11 h kernel: x", D(RFC3164), "x", .host = "h",
	  .ident = "kernel", .wall = "1972-03-07T02:43:11Z", .kind = BSD,
	  .transport = D(PREFIXED), .file = "kern.log" },
	{ "--", D(BARE), "--", .user = 1, S(GREP_GAP) },
	{ "\"Mar  7 02:43:11\",\"h\",\"kernel: a \"\"q\"\" b\"", D(RFC3164), "a \"q\" b",
	  .host = "h", .ident = "kernel", .wall = "1972-03-07T02:43:11Z", .kind = BSD,
	  .transport = D(CSV) },
	{ "\"echo 0 > /proc/sys\" disables this message.", D(BARE),
	  "\"echo 0 > /proc/sys\" disables this message." },
	{ "kernel: [    1.234567] x", D(BARE), "x", .ident = "kernel",
	  .mono = "1.234567" },
	{ "web1 kernel: [    1.234567] x", D(BARE), "x", .host = "web1",
	  .ident = "kernel", .mono = "1.234567" },
	/* --- JSON, one line --- */
	{ "{\"__REALTIME_TIMESTAMP\":\"1694600001123456\",\"_SOURCE_MONOTONIC_TIMESTAMP\""
	  ":\"1234567\",\"__MONOTONIC_TIMESTAMP\":\"2000000\",\"_TRANSPORT\":\"kernel\","
	  "\"SYSLOG_IDENTIFIER\":\"kernel\",\"PRIORITY\":\"6\",\"SYSLOG_FACILITY\":\"0\","
	  "\"_HOSTNAME\":\"web1\",\"MESSAGE\":\"link up\"}", D(JSON), T1, .host = "web1",
	  .ident = "kernel", .mono = "1.234567", .pri = "0.6",
	  .wall = "2023-09-13T10:13:21.123456Z" },
	{ "{\"MESSAGE\":[98,97,100,255],\"_TRANSPORT\":\"kernel\"}", D(JSON), "bad\xff" },
	{ "{\"MESSAGE\":null,\"_TRANSPORT\":\"kernel\",\"PRIORITY\":\"4\"}", D(JSON), "",
	  .pri = "-.4", S(NO_TEXT) },
	{ "{\"MESSAGE\":[\"one\",\"two\"],\"_TRANSPORT\":\"kernel\"}", D(JSON),
	  "one\ntwo" },
	{ "{\"MESSAGE\":\"x\",\"_TRANSPORT\":\"syslog\",\"SYSLOG_IDENTIFIER\":\"kernel\"}",
	  D(JSON), "x", .ident = "kernel", .user = 1 },
	{ "{\"MESSAGE\":\"x\",\"_COMM\":\"a\",\"SYSLOG_IDENTIFIER\":\"sshd\",\"_PID\":"
	  "\"12\"}", D(JSON), "x", .ident = "sshd[12]", .user = 1 },
	{ "data: {\"MESSAGE\":\"\\ud83d\\ude00 \\t\\\"\",\"_TRANSPORT\":\"kernel\"}",
	  D(JSON), "\xf0\x9f\x98\x80 \t\"" },
	{ "\x1e{\"MESSAGE\":\"x\",\"_TRANSPORT\":\"kernel\"}", D(JSON), "x" },
	{ "{\"pri\":6,\"time\":    1.234567,\"msg\":\"link up\"}", D(DMESG_JSON), T1,
	  .mono = "1.234567", .pri = "0.6" },
	{ "{\"fac\":\"kern\",\"pri\":\"info\",\"time\":9.000001,\"caller\":\"T12\","
	  "\"msg\":\"x\"}", D(DMESG_JSON), "x", .mono = "9.000001", .pri = "0.6",
	  .caller = "T12" },
	{ "{\"pri\":6,\"time\":1.0,\"msg\":\"a\\n b\\n<6>[    2.000000] c\"}",
	  D(DMESG_JSON), "a\n b", .mono = "1.000000", .pri = "0.6" },
	{ "{\"pri\":6,\"time\":1.000000,\"msg\":\"raw \xff byte\"}", D(DMESG_JSON),
	  "raw \xff byte", .mono = "1.000000", .pri = "0.6" },
	{ "{\"textPayload\":\"[    1.234567] x\",\"timestamp\":\"2024-05-01T12:00:00Z\","
	  "\"resource\":{\"labels\":{\"zone\":\"a\"}}}", D(PLAIN), "x",
	  .mono = "1.234567", .wall = "2024-05-01T12:00:00Z",
	  .transport = D(OTHER_JSON) },
	{ "{\"level\":\"info\",\"msg\":\"x\",\"time\":\"2024-05-01T12:00:00Z\"}",
	  D(OTHER_JSON), "x", .wall = "2024-05-01T12:00:00Z", .user = 1 },
	{ "{\"log\":\"cut off in the mid", D(BARE), "{\"log\":\"cut off in the mid" },
	{ "{ not json", D(BARE), "{ not json" },
};

/* --- comparing --- */

static const char *or_none(const char *z)
{
	return z ? z : "(none)";
}

static void expect_slice(const struct row *w, const char *what, struct iq_slice got,
			 const char *want)
{
	if ((got.p == NULL) == (want == NULL) && (!want || iq_eq(got, iq_slice_z(want))))
		return;
	fail_msg("%s\n%s: '%.*s', want '%s'", w->in, what, IQ_FMT(got), or_none(want));
}

static void expect_z(const struct row *w, const char *what, const char *got,
		     const char *want)
{
	if (strcmp(got, want ? want : "") != 0)
		fail_msg("%s\n%s: '%s', want '%s'", w->in, what, got, or_none(want));
}

static void expect_n(const struct row *w, const char *what, int64_t got, int64_t want)
{
	if (got != want)
		fail_msg("%s\n%s: %lld, want %lld", w->in, what, (long long)got,
			 (long long)want);
}

static void expect_ident(const struct row *w, const struct iq_peeled *r)
{
	char got[300] = "";
	if (r->ident.p && r->ident_pid != IQ_NULL)
		snprintf(got, sizeof got, "%.*s[%lld]", IQ_FMT(r->ident),
			 (long long)r->ident_pid);
	else if (r->ident.p)
		snprintf(got, sizeof got, "%.*s", IQ_FMT(r->ident));
	expect_z(w, "ident", got, w->ident);
}

static void expect_times(const struct row *w, const struct iq_peeled *r)
{
	char got[64] = "";
	if (r->mono_us != IQ_NULL)
		snprintf(got, sizeof got, "%lld.%06lld", (long long)(r->mono_us / IQ_USEC),
			 (long long)(r->mono_us % IQ_USEC));
	expect_z(w, "mono", got, w->mono);
	struct iq_buf b;
	iq_buf_init(&b);
	if (r->wall_us != IQ_NULL)
		iq_time_iso(&b, r->wall_us);
	expect_z(w, "wall", b.p ? b.p : "", w->wall);
	iq_buf_fini(&b);
	if (w->wall)
		expect_n(w, "wall kind", r->wall_kind, w->kind);
}

static void expect_marks(const struct row *w, const struct iq_peeled *r)
{
	char pri[64] = "", caller[64] = "";
	if (r->level >= 0 && r->facility < 0)
		snprintf(pri, sizeof pri, "-.%d", r->level);
	else if (r->level >= 0)
		snprintf(pri, sizeof pri, "%d.%d", r->facility, r->level);
	expect_z(w, "pri", pri, w->pri);
	if (r->caller_kind)
		snprintf(caller, sizeof caller, "%c%lld", r->caller_kind,
			 (long long)r->caller);
	expect_z(w, "caller", caller, w->caller);
	expect_n(w, "kernel", r->kernel, !w->user);
	expect_n(w, "special", r->special, w->special);
	expect_n(w, "n", r->special_n, w->n);
	expect_n(w, "gap", r->gap_before, w->gap);
	expect_n(w, "seq", r->seq, w->seq ? w->seq : -1);
}

static void expect_row(const struct row *w, const struct iq_peeled *r)
{
	expect_z(w, "dialect", iq_dialect_name(r->dialect), iq_dialect_name(w->dialect));
	expect_z(w, "transport", iq_dialect_name(r->transport),
		 iq_dialect_name(w->transport));
	expect_slice(w, "text", r->text, w->text);
	expect_slice(w, "host", r->host, w->host);
	expect_slice(w, "file", r->file, w->file);
	expect_ident(w, r);
	expect_times(w, r);
	expect_marks(w, r);
	expect_n(w, "again", r->again, false);
}

static void every_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct iq_peeler *p = iq_peeler_new();
		struct iq_peeled r;
		/* an exact copy on the heap: a read past the end is seen */
		size_t n = strlen(rows[i].in);
		char *copy = malloc(n ? n : 1);
		assert_non_null(copy);
		memcpy(copy, rows[i].in, n);
		struct iq_slice line = iq_slice(copy, n);
		bool known = iq_peel(p, line, &r);
		expect_row(&rows[i], &r);
		expect_n(&rows[i], "known", known,
			 r.has_header || r.special || r.transport);
		free(copy);
		iq_peeler_free(p);
	}
}

/* One line after the other through one peeler: a form must not stick. */
static void forms_mixed_in_one_file(void **state)
{
	(void)state;
	struct iq_peeler *p = iq_peeler_new();
	struct iq_peeled r;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		/* these learn from the lines before */
		if (rows[i].dialect == D(RELTIME) || rows[i].transport == D(PREFIXED))
			continue;
		iq_peel(p, iq_slice_z(rows[i].in), &r);
		expect_row(&rows[i], &r);
	}
	iq_peeler_free(p);
}

/* --- sequences --- */

struct step {
	const char *in;
	enum iq_special special;
	const char *text;		/* NULL: not looked at */
	int again;			/* comes out in front of the line */
	const char *mono;
	int back;
};

static void run(struct iq_peeler *p, const struct step *steps, size_t n)
{
	struct iq_peeled r;
	for (size_t i = 0; i < n; i++) {
		struct row w = { .in = steps[i].in };
		iq_peel(p, iq_slice_z(steps[i].in), &r);
		expect_n(&w, "special", r.special, steps[i].special);
		expect_n(&w, "again", r.again, steps[i].again);
		if (steps[i].text)
			expect_slice(&w, "text", r.text, steps[i].text);
		if (steps[i].mono) {
			char got[64];
			snprintf(got, sizeof got, "%lld.%06lld",
				 (long long)(r.mono_us / IQ_USEC),
				 (long long)(r.mono_us % IQ_USEC));
			expect_z(&w, "mono", got, steps[i].mono);
		}
		if (steps[i].text)
			expect_n(&w, "back", r.back, steps[i].back);
	}
}

#define RUN(steps) do {							\
	struct iq_peeler *peeler = iq_peeler_new();			\
	run(peeler, steps, sizeof steps / sizeof *steps);		\
	iq_peeler_free(peeler);						\
} while (0)

#define PEND IQ_SPECIAL_PENDING, NULL, 0, NULL, 0
#define FRAME IQ_SPECIAL_NOISE, NULL, 0, NULL, 0

static void dmesg_json_pretty(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ "{", PEND },
		{ "   \"dmesg\": [", PEND },
		{ "      {", PEND },
		{ "         \"pri\": 6,", PEND },
		{ "         \"time\":     1.234567,", PEND },
		{ "         \"msg\": \"one\"", PEND },
		{ "      },{", IQ_SPECIAL_NONE, "one", 1, "1.234567", 1 },
		{ "      },{", PEND },
		{ "         \"fac\": \"kern\",", PEND },
		{ "         \"pri\": \"info\",", PEND },
		{ "         \"time\": 99999.999999,", PEND },
		{ "         \"caller\": \"T1234\",", PEND },
		{ "         \"msg\": \"two\"", PEND },
		{ "      }", IQ_SPECIAL_NONE, "two", 0, "99999.999999", 1 },
		{ "   ]", PEND },
		{ "}", FRAME },
		{ "[    1.234567] after", IQ_SPECIAL_NONE, "after", 0, "1.234567", 0 },
	};
	RUN(steps);
}

static void journal_json_pretty(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ "{", PEND },
		{ "\t\"MESSAGE\" : \"one\",", PEND },
		{ "\t\"_SOURCE_MONOTONIC_TIMESTAMP\" : \"1234567\"", PEND },
		{ "}", IQ_SPECIAL_NONE, "one", 0, "1.234567", 2 },
		{ "{", PEND },
		{ "\t\"MESSAGE\" : [", PEND },
		{ "\t\t98,", PEND },
		{ "\t\t99", PEND },
		{ "\t],", PEND },
		{ "\t\"_TRANSPORT\" : \"kernel\"", PEND },
		{ "}", IQ_SPECIAL_NONE, "bc", 0, NULL, 2 },
	};
	RUN(steps);
}

static void json_many_on_a_line(void **state)
{
	(void)state;
	const char *array = "[{\"MESSAGE\":\"a\"},{\"MESSAGE\":\"b\"}]";
	const char *run_on = "{\"MESSAGE\":\"a\"} {\"MESSAGE\":\"b\"}";
	const struct step steps[] = {
		{ array, IQ_SPECIAL_NONE, "a", 1, NULL, 0 },
		{ array, IQ_SPECIAL_NONE, "b", 0, NULL, 0 },
		{ run_on, IQ_SPECIAL_NONE, "a", 1, NULL, 0 },
		{ run_on, IQ_SPECIAL_NONE, "b", 0, NULL, 0 },
		{ "plain", IQ_SPECIAL_NONE, "plain", 0, NULL, 0 },
	};
	RUN(steps);
}

/* A stray brace must not swallow the log behind it; an object that breaks off gives
 * what it had. */
static void json_that_is_none(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ "{", PEND },
		{ "[    1.234567] text", IQ_SPECIAL_NONE, "text", 0, "1.234567", 0 },
		{ "{", PEND },
		{ "  \"MESSAGE\" : \"whole\",", PEND },
		{ "[    1.234567] text", IQ_SPECIAL_NONE, "whole", 1, NULL, 1 },
		{ "[    1.234567] text", IQ_SPECIAL_NONE, "text", 0, "1.234567", 0 },
	};
	RUN(steps);
}

static void export_entries(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ "__CURSOR=s=1;i=2", PEND },
		{ "__REALTIME_TIMESTAMP=1694600001123456", PEND },
		{ "__MONOTONIC_TIMESTAMP=99", PEND },
		{ "_BOOT_ID=0123456789abcdef0123456789abcdef", PEND },
		{ "_TRANSPORT=kernel", PEND },
		{ "MESSAGE=one", PEND },
		{ "_SOURCE_MONOTONIC_TIMESTAMP=1234567", PEND },
		{ "", IQ_SPECIAL_NONE, "one", 0, "1.234567", 2 },
		{ "__CURSOR=s=1;i=3", PEND },
		{ "MESSAGE=two", PEND },
		{ "__CURSOR=s=1;i=4", IQ_SPECIAL_NONE, "two", 1, NULL, 1 },
		{ "__CURSOR=s=1;i=4", PEND },
		{ "", FRAME },
		{ "plain", IQ_SPECIAL_NONE, "plain", 0, NULL, 0 },
	};
	RUN(steps);
}

static void export_binary(void **state)
{
	(void)state;
	struct iq_peeler *p = iq_peeler_new();
	struct iq_peeled r;
	size_t raw;
	iq_peel(p, IQ_LIT("__CURSOR=s=1"), &r);
	iq_peel(p, IQ_LIT("MESSAGE"), &r);
	assert_int_equal(r.special, IQ_SPECIAL_PENDING);
	assert_true(iq_peel_collecting(p, &raw));
	assert_int_equal(raw, 8);
	iq_peel_raw(p, "\x05\0\0", 3);
	iq_peel_collecting(p, &raw);
	assert_int_equal(raw, 5);
	iq_peel_raw(p, "\0\0\0\0\0", 5);
	iq_peel_collecting(p, &raw);
	assert_int_equal(raw, 6);
	iq_peel_raw(p, "a\nb", 3);
	iq_peel_raw(p, "\0c\n", 3);
	iq_peel_collecting(p, &raw);
	assert_int_equal(raw, 0);
	iq_peel(p, IQ_LIT("_TRANSPORT=kernel"), &r);
	iq_peel(p, IQ_LIT(""), &r);
	assert_int_equal(r.dialect, IQ_DIA_EXPORT);
	assert_int_equal(r.text.n, 5);
	assert_memory_equal(r.text.p, "a\nb\0c", 5);
	assert_true(r.kernel);
	/* a length that cannot be ends the collecting */
	iq_peel(p, IQ_LIT("__CURSOR=s=1"), &r);
	iq_peel(p, IQ_LIT("MESSAGE"), &r);
	iq_peel_raw(p, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	assert_false(iq_peel_collecting(p, &raw));
	iq_peeler_free(p);
}

#define VERBOSE(m) "Wed 2023-09-13 10:13:21.123456 UTC [s=0123456789abcdef0123456789" \
	"abcdef;i=2;b=00112233445566778899aabbccddeeff;m=" m ";t=6053acf1a7480;x=1]"

static void verbose_entries(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ VERBOSE("5b8d80"), PEND },
		{ "    _TRANSPORT=kernel", PEND },
		{ "    MESSAGE=one", PEND },
		{ "            more of it", PEND },
		{ "    PRIORITY=6", PEND },
		{ VERBOSE("1"), IQ_SPECIAL_NONE, "one\nmore of it", 1, "6.000000", 3 },
		{ VERBOSE("1"), PEND },
		{ "    MESSAGE=two", PEND },
		{ "    _SOURCE_MONOTONIC_TIMESTAMP=7", PEND },
		{ "-- Reboot --", IQ_SPECIAL_NONE, "two", 1, "0.000007", 2 },
		{ "-- Reboot --", IQ_SPECIAL_REBOOT, NULL, 0, NULL, 0 },
	};
	RUN(steps);
}

static void flush_gives_the_last(void **state)
{
	(void)state;
	struct iq_peeler *p = iq_peeler_new();
	struct iq_peeled r;
	assert_false(iq_peel_flush(p, &r));
	iq_peel(p, IQ_LIT("__CURSOR=s=1"), &r);
	iq_peel(p, IQ_LIT("_BOOT_ID=0123456789abcdef0123456789abcdef"), &r);
	iq_peel(p, IQ_LIT("MESSAGE=last"), &r);
	assert_true(iq_peel_flush(p, &r));
	assert_true(iq_eq(r.text, IQ_LIT("last")));
	assert_true(iq_eq(r.boot_id, IQ_LIT("0123456789abcdef0123456789abcdef")));
	assert_false(iq_peel_flush(p, &r));
	iq_peel(p, IQ_LIT("2024-05-01T12:00:00Z stdout P half of"), &r);
	assert_int_equal(r.special, IQ_SPECIAL_PENDING);
	assert_true(iq_peel_flush(p, &r));
	assert_true(iq_eq(r.text, IQ_LIT("half of")));
	iq_peeler_free(p);
}

static void cri_parts(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ "2024-05-01T12:00:00.1Z stdout P [    1.234", PEND },
		{ "2024-05-01T12:00:00.2Z stdout P 567] a", PEND },
		{ "2024-05-01T12:00:00.3Z stdout F b", IQ_SPECIAL_NONE, "ab", 0, "1.234567",
		  0 },
		{ "2024-05-01T12:00:00.4Z stdout P cut", PEND },
		{ "[    2.000000] other", IQ_SPECIAL_NONE, "cut", 1, NULL, 0 },
		{ "[    2.000000] other", IQ_SPECIAL_NONE, "other", 0, "2.000000", 0 },
	};
	RUN(steps);
}

static void docker_parts(void **state)
{
	(void)state;
	struct iq_buf line;
	struct iq_peeled r;
	struct iq_peeler *p = iq_peeler_new();
	iq_buf_init(&line);
	iq_buf_str(&line, "{\"log\":\"");
	for (int i = 0; i < 16384; i++)
		iq_buf_char(&line, 'a');
	iq_buf_str(&line, "\",\"stream\":\"stdout\",\"time\":\"2024-05-01T12:00:00Z\"}");
	iq_peel(p, iq_buf_as_slice(&line), &r);
	assert_int_equal(r.special, IQ_SPECIAL_PENDING);
	iq_peel(p, IQ_LIT("{\"log\":\"end\\n\",\"stream\":\"stdout\"}"), &r);
	assert_int_equal(r.special, IQ_SPECIAL_NONE);
	assert_int_equal(r.text.n, 16387);
	assert_memory_equal(r.text.p + 16384, "end", 3);
	iq_buf_fini(&line);
	iq_peeler_free(p);
}

static void netconsole_fragments(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ "6,416,1758426,-,ncfrag=0/31;the first chunk,", PEND },
		{ "6,416,1758426,-,ncfrag=16/31; the 2nd chunk.", IQ_SPECIAL_NONE,
		  "the first chunk, the 2nd chunk.", 0, "1.758426", 0 },
		{ "6,417,1758427,-,ncfrag=0/31;the first chunk,", PEND },
		{ "6,418,1758428,-;next", IQ_SPECIAL_NONE, "the first chunk,", 1, "1.758427",
		  0 },
		{ "6,418,1758428,-;next", IQ_SPECIAL_NONE, "next", 0, "1.758428", 0 },
		{ "Nov 21 10:28:58 h 6,419,7,-,ncfrag=0/4;ab", PEND },
		{ "Nov 21 10:28:58 h 6,419,7,-,ncfrag=2/4;cd", IQ_SPECIAL_NONE, "abcd", 0,
		  "0.000007", 0 },
	};
	RUN(steps);
}

static void kmsg_dictionary(void **state)
{
	(void)state;
	static const struct step steps[] = {
		{ " SUBSYSTEM=net", IQ_SPECIAL_NONE, " SUBSYSTEM=net", 0, NULL, 0 },
		{ "6,1,2,-;x", IQ_SPECIAL_NONE, "x", 0, NULL, 0 },
		{ " SUBSYSTEM=net", IQ_SPECIAL_DICT, "SUBSYSTEM=net", 0, NULL, 0 },
		{ " DEVICE=n2", IQ_SPECIAL_DICT, "DEVICE=n2", 0, NULL, 0 },
		{ "[    1.000000] y", IQ_SPECIAL_NONE, "y", 0, NULL, 0 },
		{ " a=b", IQ_SPECIAL_NONE, " a=b", 0, NULL, 0 },
	};
	RUN(steps);
}

static void reltime_sums_up(void **state)
{
	(void)state;
	struct iq_peeler *p = iq_peeler_new();
	struct iq_peeled r;
	iq_peel(p, IQ_LIT("[  +0.500000] before any mark"), &r);
	assert_true(r.wall_us == IQ_NULL);
	assert_int_equal(r.delta_us, 500000);
	iq_peel(p, IQ_LIT("[Nov21 09:37] mark"), &r);
	int64_t mark = r.wall_us;
	iq_peel(p, IQ_LIT("[  +0.000432] a"), &r);
	assert_int_equal(r.wall_us - mark, 432);
	iq_peel(p, IQ_LIT("[ +12.000001] b"), &r);
	assert_int_equal(r.wall_us - mark, 12000433);
	iq_peel(p, IQ_LIT("[Nov21 09:38] next minute"), &r);
	assert_int_equal(r.wall_us - mark, 60 * IQ_USEC);
	iq_peeler_free(p);
}

static void mono_host_is_learnt(void **state)
{
	(void)state;
	struct iq_peeler *p = iq_peeler_new();
	struct iq_peeled r;
	iq_peel(p, IQ_LIT("[    1.000000] web1 sshd[3]: hi"), &r);
	assert_int_equal(r.dialect, IQ_DIA_PLAIN);
	iq_peel(p, IQ_LIT("[    1.000000] web1 kernel: hi"), &r);
	iq_peel(p, IQ_LIT("[    1.000000] web1 sshd[3]: hi"), &r);
	assert_int_equal(r.dialect, IQ_DIA_SHORT_MONO);
	assert_true(iq_eq(r.ident, IQ_LIT("sshd")));
	assert_false(r.kernel);
	iq_peeler_free(p);
}

static void header_width(void **state)
{
	(void)state;
	static const struct { const char *in; unsigned width; } cases[] = {
		{ "[    1.234999] line", 15 },
		{ "kern  :info  : [    1.234999] line", 30 },
		{ "Sep 13 10:13:21 web1 kernel: line", 29 },
		{ "[Sat Nov 21 09:37:28 2026] line", 27 },
		{ "<6>[    1.234999] line", 18 },
		{ "web_1  | [    1.234999] line", 15 },
		{ "line", 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct iq_peeler *p = iq_peeler_new();
		struct iq_peeled r;
		iq_peel(p, iq_slice_z(cases[i].in), &r);
		assert_int_equal(r.header_width, cases[i].width);
		iq_peeler_free(p);
	}
}

static void grep_prefix_is_learnt(void **state)
{
	(void)state;
	struct iq_peeler *p = iq_peeler_new();
	struct iq_peeled r;
	iq_peel(p, IQ_LIT("a.log:[    1.000000] x"), &r);
	assert_true(iq_eq(r.file, IQ_LIT("a.log")));
	assert_true(iq_peel(p, IQ_LIT("a.log-               second line"), &r));
	assert_true(iq_eq(r.text, IQ_LIT("               second line")));
	assert_false(r.has_header);
	iq_peeler_free(p);
}

/* --- the hot path --- */

static void syslog_tag(void **state)
{
	(void)state;
	static const struct { const char *in, *host, *tag; } cases[] = {
		{ "Mar  7 02:43:11 myhost sshd[812]: x", "myhost", "sshd" },
		{ "Mar  7 02:43:11 myhost kernel: x", "myhost", "kernel" },
		{ "Mar  7 02:43:11.123 myhost kernel: x", "myhost", "kernel" },
		{ "<86>Mar  7 02:43:11 myhost su: x yy", "myhost", "su" },
		{ "Mar  7 02:43:11 kernel: missing host", "", "kernel" },
		{ "2023-06-10T12:00:00.123456+02:00 h app[1]: x", "h", "app" },
		{ "2023-06-10T12:00:00+0200 h kernel: x", "h", "kernel" },
		{ "2023-06-10T12:00:00Z h (systemd)[1]: x", "h", "(systemd)" },
		{ "2017-06-30 16:25:43.012 err kernel: [1.0] x", "err", "kernel" },
		/* the long way */
		{ "Mar  7 02:43:11 h last message repeated 3 times", NULL, NULL },
		{ "Mar  7 02:43:11 h [12345.678901] netconsole", NULL, NULL },
		{ "Mar  7 02:43:11 h kern.err kernel: x", NULL, NULL },
		{ "Mar  7 02:43:11 h kernel [    1.000000] x", NULL, NULL },
		{ "2024-05-01T12:00:00.123456789Z stdout F x: y", NULL, NULL },
		{ "2026-11-21T09:37:29,234567+00:00 eth0: link up", NULL, NULL },
		{ "[    1.234567] web1 kernel: eth0: link up", NULL, NULL },
		{ "short", NULL, NULL },
		{ "Mar  7 02:43:11 myhost xxxxxxxxxxxxxxxx", NULL, NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct row w = { .in = cases[i].in };
		struct iq_slice host = IQ_SLICE_NULL, tag = IQ_SLICE_NULL;
		bool got = iq_peel_syslog_tag(iq_slice_z(cases[i].in), &host, &tag);
		expect_n(&w, "found", got, cases[i].tag != NULL);
		if (!got)
			continue;
		expect_slice(&w, "tag", tag, cases[i].tag);
		expect_slice(&w, "host", host, *cases[i].host ? cases[i].host : NULL);
	}
}

/* Where both ways know the program they must agree. */
static void syslog_tag_agrees(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct iq_slice host, tag;
		char want[300];
		if (!iq_peel_syslog_tag(iq_slice_z(rows[i].in), &host, &tag) ||
		    !rows[i].ident || strstr(rows[i].in, "relay"))
			continue;
		snprintf(want, sizeof want, "%.*s", (int)strcspn(rows[i].ident, "["),
			 rows[i].ident);
		expect_slice(&rows[i], "tag", tag, want);
	}
}

static void second_header(void **state)
{
	(void)state;
	static const struct { const char *in; int64_t own; ptrdiff_t want; } cases[] = {
		{ "first[    1.500000] second", 1400000, 5 },
		{ "first<6>[    1.500000] second", 1400000, 5 },
		{ " <IRQ> [  168.317567]  [<ffffffff81eb4be9>] f", 168317560, 7 },
		{ "first [    1.500000][    T1] second", IQ_NULL, 6 },
		{ "first [    9.500000] too late by far", -60000000, -1 },
		{ "first [    0.100000] too early", 5000000, -1 },
		{ "no [drm] [ 1799] [<ffffffff81000000>] header", 1000000, -1 },
		{ "[    1.500000] at the front only", 1400000, -1 },
		{ "a [ 104.660699] blanks lost", 104660600, 2 },
		{ "a [ 104.660699] quoted?", IQ_NULL, -1 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct row w = { .in = cases[i].in };
		expect_n(&w, "at",
			 iq_find_second_header(iq_slice_z(cases[i].in), cases[i].own),
			 cases[i].want);
	}
}

static void kernel_header_alone(void **state)
{
	(void)state;
	struct iq_peeled r = { .mono_us = IQ_NULL, .level = -1 };
	assert_true(iq_peel_kernel_header(IQ_LIT("<4>[    1.000000][   C2] x"), &r));
	assert_true(iq_eq(r.text, IQ_LIT("x")));
	assert_int_equal(r.mono_us, 1000000);
	assert_int_equal(r.level, 4);
	assert_int_equal(r.caller, 2);
	assert_false(iq_peel_kernel_header(IQ_LIT("[drm] x"), &r));
	assert_true(iq_eq(r.text, IQ_LIT("[drm] x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form),
		cmocka_unit_test(forms_mixed_in_one_file),
		cmocka_unit_test(dmesg_json_pretty),
		cmocka_unit_test(journal_json_pretty),
		cmocka_unit_test(json_many_on_a_line),
		cmocka_unit_test(json_that_is_none),
		cmocka_unit_test(export_entries),
		cmocka_unit_test(export_binary),
		cmocka_unit_test(verbose_entries),
		cmocka_unit_test(flush_gives_the_last),
		cmocka_unit_test(cri_parts),
		cmocka_unit_test(docker_parts),
		cmocka_unit_test(netconsole_fragments),
		cmocka_unit_test(kmsg_dictionary),
		cmocka_unit_test(reltime_sums_up),
		cmocka_unit_test(mono_host_is_learnt),
		cmocka_unit_test(header_width),
		cmocka_unit_test(grep_prefix_is_learnt),
		cmocka_unit_test(syslog_tag),
		cmocka_unit_test(syslog_tag_agrees),
		cmocka_unit_test(second_header),
		cmocka_unit_test(kernel_header_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

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

/* line, form, text: of every row */
#define R(line, form, msg) .in = line, .dialect = IQ_DIA_##form, .text = msg
#define LOCAL IQ_WALL_LOCAL
#define BSD (IQ_WALL_LOCAL | IQ_WALL_NO_YEAR)
#define DMESG (IQ_WALL_LOCAL | IQ_WALL_COMPUTED)
#define T1 "link up"

static const struct row rows[] = {
	/* --- printk's own --- */
	{ R("[    0.000000] Linux version 6.12.1", PLAIN, "Linux version 6.12.1"),
	  .mono = "0.000000" },
	{ R("[12345.678901] " T1, PLAIN, T1), .mono = "12345.678901" },
	{ R("[1234567.890123] " T1, PLAIN, T1), .mono = "1234567.890123" },
	{ R("[ 104.660699] " T1, PLAIN, T1), .mono = "104.660699" },
	{ R("[    1.234567]  indented", PLAIN, " indented"), .mono = "1.234567" },
	{ R("[    1.234567]", PLAIN, ""), .mono = "1.234567" },
	{ R("[    1.234567][    T1] " T1, PLAIN, T1), .mono = "1.234567", .caller = "T1" },
	{ R("[    1.234567][    C0] " T1, PLAIN, T1), .mono = "1.234567", .caller = "C0" },
	{ R("[    1.234567][T1234567] " T1, PLAIN, T1), .mono = "1.234567",
	  .caller = "T1234567" },
	{ R("[99999.999999] [ T1234] " T1, PLAIN, T1), .mono = "99999.999999",
	  .caller = "T1234" },
	{ R("[100000.000001] [      C0] " T1, PLAIN, T1), .mono = "100000.000001",
	  .caller = "C0" },
	{ R("[    T1] " T1, PLAIN, T1), .caller = "T1" },
	{ R("<6>[    1.234567] " T1, RAW, T1), .mono = "1.234567", .pri = "0.6" },
	{ R("<6>[99999.999999][ T1234] " T1, RAW, T1), .mono = "99999.999999",
	  .pri = "0.6", .caller = "T1234" },
	{ R("<4>Call Trace:", RAW, "Call Trace:"), .pri = "0.4" },
	{ R("<4> [<ffffffff8158cbcc>] ? dump_stack+0x40/0x50", RAW,
	  " [<ffffffff8158cbcc>] ? dump_stack+0x40/0x50"), .pri = "0.4" },
	{ R("<0>{1}[Hardware Error]: x", RAW, "{1}[Hardware Error]: x"), .pri = "0.0" },
	{ R("<30>[    2.000000] systemd[1]: Started.", RAW, "Started."),
	  .ident = "systemd[1]", .mono = "2.000000", .pri = "3.6", .user = 1 },
	{ R("<29>[    2.000000] dracut: " T1, RAW, T1), .ident = "dracut",
	  .mono = "2.000000", .pri = "3.5", .user = 1 },
	{ R("[    2.000000] systemd[1]: Started.", PLAIN, "Started."),
	  .ident = "systemd[1]", .mono = "2.000000", .user = 1 },
	{ R("[    2.000000] systemd-journald[87]: x", PLAIN, "x"),
	  .ident = "systemd-journald[87]", .mono = "2.000000", .user = 1 },
	{ R("[    2.000000] ls[12]: segfault at 0 ip 0", PLAIN,
	  "ls[12]: segfault at 0 ip 0"), .mono = "2.000000" },
	/* nested: the inner time counts */
	{ R("<4>[    9.000000] <6>[    8.500000] " T1, RAW, T1), .mono = "8.500000",
	  .pri = "0.6" },
	{ R("[    9.000000] [    8.500000] " T1, PLAIN, T1), .mono = "8.500000" },
	/* --- text that looks like a header --- */
	{ R("[drm] Initialized", BARE, "[drm] Initialized") },
	{ R("[Hardware Error]: CPU 0", BARE, "[Hardware Error]: CPU 0") },
	{ R("[<ffffffff81000000>] func+0x1/0x2", BARE,
	  "[<ffffffff81000000>] func+0x1/0x2") },
	{ R("[last unloaded: x]", BARE, "[last unloaded: x]") },
	{ R("[ 1799]     0  1799 10832 name", BARE, "[ 1799]     0  1799 10832 name") },
	{ R("[  pid  ]   uid  tgid", BARE, "[  pid  ]   uid  tgid") },
	{ R("[   10.5] short", BARE, "[   10.5] short") },
	{ R("[T1] short", BARE, "[T1] short") },
	{ R("[    1.234567] [drm] x", PLAIN, "[drm] x"), .mono = "1.234567" },
	{ R("[    1.234567] [<ffffffff81000000>] f", PLAIN, "[<ffffffff81000000>] f"),
	  .mono = "1.234567" },
	{ R("[    1.234567] [ 1799]     0  1799", PLAIN, "[ 1799]     0  1799"),
	  .mono = "1.234567" },
	{ R("[    1.234567]  <IRQ> x", PLAIN, " <IRQ> x"), .mono = "1.234567" },
	{ R("[    1.234567] <TASK>", PLAIN, "<TASK>"), .mono = "1.234567" },
	{ R("<IRQ>", BARE, "<IRQ>") },
	{ R("<999> no level", BARE, "<999> no level") },
	{ R("kernelcare: x", BARE, "kernelcare: x") },
	{ R("kernel BUG at mm/slub.c:1!", BARE, "kernel BUG at mm/slub.c:1!") },
	{ R("Out of memory: Killed process 1 (a)", BARE,
	  "Out of memory: Killed process 1 (a)") },
	{ R("   memory: usage 1kB, limit 1kB", BARE, "   memory: usage 1kB, limit 1kB") },
	{ R("", BARE, "") },
	{ R("[", BARE, "[") },
	{ R("<", BARE, "<") },
	/* --- masked --- */
	{ R("[****.******] " T1, PLAIN, T1) },
	{ R("[Sat Sep ** **:**:** 2021] " T1, CTIME, T1) },
	{ R("Mar ** 02:43:11 h kernel: " T1, RFC3164, T1), .host = "h", .ident = "kernel" },
	{ R("2021-**-** 02:43:11 h kernel: " T1, RFC3339, T1), .host = "h",
	  .ident = "kernel" },
	/* --- dmesg --- */
	{ R("kern  :info  : [    1.234567] " T1, DECODE, T1), .mono = "1.234567",
	  .pri = "0.6" },
	{ R("kern  :err   : [ 1234.567890] EXT4-fs error", DECODE, "EXT4-fs error"),
	  .mono = "1234.567890", .pri = "0.3" },
	{ R("kern  :warn  : [    1.234567] [    T1] " T1, DECODE, T1), .mono = "1.234567",
	  .pri = "0.4", .caller = "T1" },
	{ R("authpriv:info  : [    1.234567] " T1, DECODE, T1), .mono = "1.234567",
	  .pri = "10.6", .user = 1 },
	{ R("local7:debug : [    1.234567] " T1, DECODE, T1), .mono = "1.234567",
	  .pri = "23.7", .user = 1 },
	{ R("daemon:info  : [    1.234567] systemd[1]: hi", DECODE, "hi"),
	  .ident = "systemd[1]", .mono = "1.234567", .pri = "3.6", .user = 1 },
	{ R("kern  :info  : " T1, DECODE, T1), .pri = "0.6" },
	{ R("kern  :notice: [Sat Nov 21 09:37:28 2026] " T1, DECODE, T1), .pri = "0.5",
	  .wall = "2026-11-21T09:37:28Z", .kind = DMESG },
	{ R("info  :kern  : no", BARE, "info  :kern  : no") },
	{ R("[12345.000001 <11110.432111>] [drm] x", DELTA, "[drm] x"),
	  .mono = "12345.000001" },
	{ R("[    1.000001 <    0.000000>] " T1, DELTA, T1), .mono = "1.000001" },
	{ R("[< 1233.332891>] " T1, ONLY_DELTA, T1) },
	{ R("[<    0.000000>] " T1, ONLY_DELTA, T1) },
	{ R("[Sat Nov 21 09:37:28 2026] " T1, CTIME, T1), .wall = "2026-11-21T09:37:28Z",
	  .kind = DMESG },
	{ R("[Sat Nov  7 09:37:28 2026] " T1, CTIME, T1), .wall = "2026-11-07T09:37:28Z",
	  .kind = DMESG },
	{ R("[Sat Nov 21 09:37:28 2026] [    T1] " T1, CTIME, T1),
	  .wall = "2026-11-21T09:37:28Z", .kind = DMESG, .caller = "T1" },
	{ R("[Sat Nov 21 09:37:28 2026 <    0.000432>] " T1, CTIME_DELTA, T1),
	  .wall = "2026-11-21T09:37:28Z", .kind = DMESG },
	{ R("[Mi, 13. Sep 2023, 10:13:20] " T1, CTIME, T1), .wall = "2023-09-13T10:13:20Z",
	  .kind = DMESG },
	{ R("[Di Aug 12 03:54:03 2025] " T1, CTIME, T1), .wall = "2025-08-12T03:54:03Z",
	  .kind = DMESG },
	{ R("[mer. 13 sept. 10:13:20 2023] " T1, CTIME, T1),
	  .wall = "2023-09-13T10:13:20Z", .kind = DMESG },
	{ R("[mar. 14 mars 10:13:20 2023] " T1, CTIME, T1), .wall = "2023-03-14T10:13:20Z",
	  .kind = DMESG },
	{ R("[mar.  5 sept. 10:13:20 2023] " T1, CTIME, T1), .wall = "2023-09-05T10:13:20Z",
	  .kind = DMESG },
	{ R("[mi\xc3\xa9 13 sep 10:13:20 2023] " T1, CTIME, T1),
	  .wall = "2023-09-13T10:13:20Z", .kind = DMESG },
	{ R("[mar mar 14 10:13:20 2023] " T1, CTIME, T1), .wall = "2023-03-14T10:13:20Z",
	  .kind = DMESG },
	{ R("[St 13. zář 2023 10:13:20] " T1, CTIME, T1), .wall = "2023-09-13T10:13:20Z",
	  .kind = DMESG },
	{ R("[ons 13 sep 2023 10.13.20] " T1, CTIME, T1), .wall = "2023-09-13T10:13:20Z",
	  .kind = DMESG },
	{ R("[sre. 13. sep. 2023. 10:13:20] " T1, CTIME, T1),
	  .wall = "2023-09-13T10:13:20Z", .kind = DMESG },
	{ R("[śro 13 paź 10:13:20 2023] " T1, CTIME, T1), .wall = "2023-10-13T10:13:20Z",
	  .kind = DMESG },
	{ R("[ 9月13日(水) 10:13:20 2023] " T1, CTIME, T1), .wall = "2023-09-13T10:13:20Z",
	  .kind = DMESG },
	{ R("[ 9월13일 (수) 10:13:20] " T1, CTIME, T1), .wall = "1972-09-13T10:13:20Z",
	  .kind = DMESG | IQ_WALL_NO_YEAR },
	{ R("[三 9月 13 10:13:20 2023] " T1, CTIME, T1), .wall = "2023-09-13T10:13:20Z",
	  .kind = DMESG },
	{ R("[Ср сен 13 10:13:20 2023] " T1, CTIME, T1), .wall = "2023-09-13T10:13:20Z",
	  .kind = DMESG },
	{ R("[Çar Eyl 13 10:13:20 2023] " T1, CTIME, T1), .wall = "2023-09-13T10:13:20Z",
	  .kind = DMESG },
	{ R("[Zzz Qqq 13 10:13:20 2023] " T1, CTIME, T1) },
	{ R("[Nov21 09:37] " T1, RELTIME, T1), .wall = "1972-11-21T09:37:00Z",
	  .kind = DMESG | IQ_WALL_NO_YEAR },
	{ R("[Sep 3 09:37] " T1, RELTIME, T1), .wall = "1972-09-03T09:37:00Z",
	  .kind = DMESG | IQ_WALL_NO_YEAR },
	{ R("[13. Sep 10:13] " T1, RELTIME, T1), .wall = "1972-09-13T10:13:00Z",
	  .kind = DMESG | IQ_WALL_NO_YEAR },
	{ R("[  +0.000432] " T1, RELTIME, T1) },
	{ R("[ +12.000432] " T1, RELTIME, T1) },
	{ R("[  -0.000432] " T1, RELTIME, T1) },
	{ R("2026-11-21T09:37:29,234567+00:00 " T1, DMESG_ISO, T1),
	  .wall = "2026-11-21T09:37:29.234567Z", .kind = IQ_WALL_COMPUTED },
	{ R("2026-11-21T09:37:28,000000+02:00 [    T1] " T1, DMESG_ISO, T1),
	  .wall = "2026-11-21T07:37:28Z", .kind = IQ_WALL_COMPUTED, .caller = "T1" },
	{ R("[    1.200000] [Sat Nov 21 09:37:28 2026] " T1, PLAIN, T1), .mono = "1.200000",
	  .wall = "2026-11-21T09:37:28Z", .kind = DMESG },
	{ R("[Sat Nov 21 09:37:28 2026] [    1.200000] " T1, CTIME, T1),
	  .mono = "1.200000", .wall = "2026-11-21T09:37:28Z", .kind = DMESG },
	{ R("[    1.234567] <6>" T1, CRASH_LOG, T1), .mono = "1.234567", .pri = "0.6" },
	{ R("[    1.234567] [ T12] <4>" T1, CRASH_LOG, T1), .mono = "1.234567",
	  .pri = "0.4", .caller = "T12" },
	/* --- /dev/kmsg, netconsole --- */
	{ R("6,339,5140900,-;NET: Registered", KMSG, "NET: Registered"),
	  .mono = "5.140900", .pri = "0.6", .seq = 339 },
	{ R("6,339,5140900;old; form", KMSG, "old; form"), .mono = "5.140900",
	  .pri = "0.6", .seq = 339 },
	{ R("6,4,99999999999,c,caller=T1234;" T1, KMSG, T1), .mono = "99999.999999",
	  .pri = "0.6", .seq = 4, .caller = "T1234" },
	{ R("4,4,7,+;more", KMSG, "more"), .mono = "0.000007", .pri = "0.4", .seq = 4 },
	{ R("6,4,7,-;a\\x0ab \\xc3\\xa9 \\x5cx41", KMSG, "a\nb \xc3\xa9 \\x41"),
	  .mono = "0.000007", .pri = "0.6", .seq = 4 },
	{ R("30,4,7,-;systemd[1]: hi", KMSG, "hi"), .ident = "systemd[1]",
	  .mono = "0.000007", .pri = "3.6", .seq = 4, .user = 1 },
	{ R("6,4,7,-; leading blank", KMSG, " leading blank"), .mono = "0.000007",
	  .pri = "0.6", .seq = 4 },
	{ R("6.4.0,6,444,501151268,-;netconsole: logging", NETCONSOLE,
	  "netconsole: logging"), .mono = "501.151268", .pri = "0.6", .seq = 444 },
	{ R("6.4.0-rc1+,6,444,7,-,caller=C3;x", NETCONSOLE, "x"), .mono = "0.000007",
	  .pri = "0.6", .seq = 444, .caller = "C3" },
	{ R("6,4,7", BARE, "6,4,7") },
	{ R("6,4,abc;x", BARE, "6,4,abc;x") },
	/* --- journalctl --- */
	{ R("Sep 03 10:13:21 web1 kernel: " T1, SHORT, T1), .host = "web1",
	  .ident = "kernel", .wall = "1972-09-03T10:13:21Z", .kind = BSD },
	{ R("Sep 13 10:13:21.123456 web1 kernel: " T1, SHORT_PRECISE, T1), .host = "web1",
	  .ident = "kernel", .wall = "1972-09-13T10:13:21.123456Z", .kind = BSD },
	{ R("2023-09-13T10:13:21+0000 web1 kernel: " T1, SHORT_ISO, T1), .host = "web1",
	  .ident = "kernel", .wall = "2023-09-13T10:13:21Z" },
	{ R("2023-09-13T10:13:21+0530 web1 sshd[12]: hi", SHORT_ISO, "hi"),
	  .host = "web1", .ident = "sshd[12]", .wall = "2023-09-13T04:43:21Z", .user = 1 },
	{ R("2023-09-13T10:13:21.123456+0000 web1 kernel: " T1, SHORT_ISO_PRECISE, T1),
	  .host = "web1", .ident = "kernel", .wall = "2023-09-13T10:13:21.123456Z" },
	{ R("[    1.234567] web1 kernel: " T1, SHORT_MONO, T1), .host = "web1",
	  .ident = "kernel", .mono = "1.234567" },
	{ R("[    1.234567] web1 systemd[1]: hi", SHORT_MONO, "hi"), .host = "web1",
	  .ident = "systemd[1]", .mono = "1.234567", .user = 1 },
	{ R("[    1.234567] usb 1-1: new", PLAIN, "usb 1-1: new"), .mono = "1.234567" },
	{ R("[    2.234567 <    1.000000 >] web1 kernel: " T1, SHORT_DELTA, T1),
	  .host = "web1", .ident = "kernel", .mono = "2.234567" },
	{ R("[    2.234567 <    1.000000*>] web1 kernel: " T1, SHORT_DELTA, T1),
	  .host = "web1", .ident = "kernel", .mono = "2.234567" },
	{ R("[    0.000000                ] web1 kernel: " T1, SHORT_DELTA, T1),
	  .host = "web1", .ident = "kernel", .mono = "0.000000" },
	{ R("Wed 2023-09-13 10:13:21 UTC web1 kernel: " T1, SHORT_FULL, T1),
	  .host = "web1", .ident = "kernel", .wall = "2023-09-13T10:13:21Z" },
	{ R("Wed 2023-09-13 10:13:21 CEST web1 kernel: " T1, SHORT_FULL, T1),
	  .host = "web1", .ident = "kernel", .wall = "2023-09-13T10:13:21Z",
	  .kind = LOCAL },
	{ R("Wed 2023-09-13 10:13:21 +0330 web1 app.service[9]: x", SHORT_FULL, "x"),
	  .host = "web1", .ident = "app.service[9]", .wall = "2023-09-13T06:43:21Z",
	  .user = 1 },
	{ R("1694600001.123456 web1 kernel: " T1, SHORT_UNIX, T1), .host = "web1",
	  .ident = "kernel", .wall = "2023-09-13T10:13:21.123456Z" },
	{ R("Sep 03 10:13:21 web1 kernel: [9B blob data]", SHORT, "[9B blob data]"),
	  .host = "web1", .ident = "kernel", .wall = "1972-09-03T10:13:21Z", .kind = BSD,
	  S(NO_TEXT) },
	{ R("XXX XX XX:XX:XX web1 kernel: " T1, RFC3164, T1), .host = "web1",
	  .ident = "kernel" },
	{ R("Mär 07 02:43:11 web1 kernel: " T1, SHORT, T1), .host = "web1",
	  .ident = "kernel", .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ R("-- Boot 0123456789abcdef0123456789abcdef --", BARE,
	  "-- Boot 0123456789abcdef0123456789abcdef --"), .user = 1, S(BOOT) },
	{ R("-- Boot 012 --", BARE, "-- Boot 012 --") },
	{ R("-- Reboot --", BARE, "-- Reboot --"), .user = 1, S(REBOOT) },
	{ R("-- No entries --", BARE, "-- No entries --"), .user = 1, S(NO_ENTRIES) },
	{ R("-- Logs begin at Mon 2017-03-06 08:21:00 CET, end at x. --", BARE,
	  "-- Logs begin at Mon 2017-03-06 08:21:00 CET, end at x. --"), .user = 1,
	  S(JOURNAL) },
	{ R("-- Journal begins at x, ends at y. --", BARE,
	  "-- Journal begins at x, ends at y. --"), .user = 1, S(JOURNAL) },
	{ R("-- cursor: s=1", BARE, "-- cursor: s=1"), .user = 1, S(JOURNAL) },
	{ R("Sep 13 10:13:21 web1 systemd-journald[9]: Missed 12 kernel messages",
	  RFC3164, "Missed 12 kernel messages"), .host = "web1",
	  .ident = "systemd-journald[9]", .wall = "1972-09-13T10:13:21Z", .kind = BSD,
	  .user = 1, S(GAP), .n = 12 },
	/* --- syslog --- */
	{ R("Mar  7 02:43:11 myhost kernel: " T1, RFC3164, T1), .host = "myhost",
	  .ident = "kernel", .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ R("Feb 29 02:43:11 myhost kernel: " T1, RFC3164, T1), .host = "myhost",
	  .ident = "kernel", .wall = "1972-02-29T02:43:11Z", .kind = BSD },
	{ R("Mar  7 02:43:11 myhost kernel: [ 1234.567890] " T1, RFC3164, T1),
	  .host = "myhost", .ident = "kernel", .mono = "1234.567890",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ R("Mar  7 02:43:11 myhost kernel: [ 1234.567890][  T77] " T1, RFC3164, T1),
	  .host = "myhost", .ident = "kernel", .mono = "1234.567890", .caller = "T77",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ R("Mar  7 02:43:11 myhost kernel: <4>[    1.234567] " T1, RFC3164, T1),
	  .host = "myhost", .ident = "kernel", .mono = "1.234567", .pri = "0.4",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ R("Mar  7 02:43:11 myhost kernel: : [    1.234567] " T1, RFC3164, T1),
	  .host = "myhost", .ident = "kernel", .mono = "1.234567",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ R("Mar  7 02:43:14 myhost kernel [ 1236.000000] " T1, RFC3164, T1),
	  .host = "myhost", .ident = "kernel", .mono = "1236.000000",
	  .wall = "1972-03-07T02:43:14Z", .kind = BSD },
	{ R("Mar  7 02:43:14 myhost kernel[0]: " T1, RFC3164, T1), .host = "myhost",
	  .ident = "kernel[0]", .wall = "1972-03-07T02:43:14Z", .kind = BSD },
	{ R("Mar  7 02:43:14.123 myhost kernel: " T1, RFC3164, T1), .host = "myhost",
	  .ident = "kernel", .wall = "1972-03-07T02:43:14.123000Z", .kind = BSD },
	{ R("<4>Mar  7 02:43:14 myhost kernel: " T1, RFC3164, T1), .host = "myhost",
	  .ident = "kernel", .wall = "1972-03-07T02:43:14Z", .kind = BSD, .pri = "0.4" },
	{ R("<86>Mar  7 02:43:14 myhost sshd[812]: " T1, RFC3164, T1), .host = "myhost",
	  .ident = "sshd[812]", .wall = "1972-03-07T02:43:14Z", .kind = BSD,
	  .pri = "10.6", .user = 1 },
	{ R("Mar  7 02:43:14 kernel: " T1, RFC3164, T1), .ident = "kernel",
	  .wall = "1972-03-07T02:43:14Z", .kind = BSD },
	{ R("Mar  7 02:43:14 myhost kernelcare: x", RFC3164, "x"), .host = "myhost",
	  .ident = "kernelcare", .wall = "1972-03-07T02:43:14Z", .kind = BSD, .user = 1 },
	{ R("Mar  7 02:43:14 myhost CRON[9]: (root) CMD (x)", RFC3164, "(root) CMD (x)"),
	  .host = "myhost", .ident = "CRON[9]", .wall = "1972-03-07T02:43:14Z",
	  .kind = BSD, .user = 1 },
	{ R("Mar  7 02:43:14 fe80::1 kernel: x", RFC3164, "x"), .host = "fe80::1",
	  .ident = "kernel", .wall = "1972-03-07T02:43:14Z", .kind = BSD },
	{ R("Mar  7 02:43:14 10.0.0.5 [12345.678901] " T1, RFC3164, T1),
	  .host = "10.0.0.5", .mono = "12345.678901", .wall = "1972-03-07T02:43:14Z",
	  .kind = BSD },
	{ R("Nov 21 10:28:58 localhost  [12345.678901] " T1, RFC3164, T1),
	  .host = "localhost", .mono = "12345.678901", .wall = "1972-11-21T10:28:58Z",
	  .kind = BSD },
	{ R("Nov 21 10:28:58 localhost 6,416,1758426,-,caller=T1;" T1, RFC3164, T1),
	  .host = "localhost", .mono = "1.758426", .pri = "0.6", .seq = 416,
	  .caller = "T1", .wall = "1972-11-21T10:28:58Z", .kind = BSD },
	{ R("Mar  7 2023 02:43:14 myhost kernel: x", RFC3164, "x"), .host = "myhost",
	  .ident = "kernel", .wall = "2023-03-07T02:43:14Z", .kind = LOCAL },
	{ R("Mar  7 02:43:14 relay Mar  7 02:43:12 myhost kernel: x", RFC3164, "x"),
	  .host = "myhost", .ident = "kernel", .wall = "1972-03-07T02:43:14Z",
	  .kind = BSD },
	{ R("2026-03-07T02:43:11+00:00 myhost kernel: [ 1234.567890] " T1, RFC3339, T1),
	  .host = "myhost", .ident = "kernel", .mono = "1234.567890",
	  .wall = "2026-03-07T02:43:11Z" },
	{ R("2023-06-10T12:00:00.123456+02:00 h kernel: " T1, RFC3339, T1), .host = "h",
	  .ident = "kernel", .wall = "2023-06-10T10:00:00.123456Z" },
	{ R("2023-06-10T12:00:00Z h kernel: " T1, RFC3339, T1), .host = "h",
	  .ident = "kernel", .wall = "2023-06-10T12:00:00Z" },
	{ R("<30>2023-06-10T12:00:00.123456+02:00 h dockerd[9]: x", RFC3339, "x"),
	  .host = "h", .ident = "dockerd[9]", .wall = "2023-06-10T10:00:00.123456Z",
	  .pri = "3.6", .user = 1 },
	{ R("2017-06-30 16:25:43.012 err kernel: [261108.341940] " T1, RFC3339, T1),
	  .ident = "kernel", .mono = "261108.341940", .pri = "-.3",
	  .wall = "2017-06-30T16:25:43.012000Z", .kind = LOCAL },
	{ R("<4>1 2026-03-07T02:43:11+00:00 myhost kernel - - -  [ 1234.567890] " T1,
	  RFC5424, T1), .host = "myhost", .ident = "kernel", .mono = "1234.567890",
	  .pri = "0.4", .wall = "2026-03-07T02:43:11Z" },
	{ R("<165>1 2003-10-11T22:14:15.003Z h evntslog - ID47 [ex@32473 iut=\"3\" "
	  "e=\"a]\\\"b\"][y@1 z=\"\"] \xef\xbb\xbfhello", RFC5424, "hello"), .host = "h",
	  .ident = "evntslog", .pri = "20.5", .wall = "2003-10-11T22:14:15.003000Z",
	  .user = 1 },
	{ R("<30>1 - - systemd 1 - - hi", RFC5424, "hi"), .ident = "systemd[1]",
	  .pri = "3.6", .user = 1 },
	{ R("<13>1 2026-03-07T02:43:11Z h 6,416,1758426,-;extended - - - netconsole",
	  RFC5424, "extended netconsole"), .host = "h", .mono = "1.758426",
	  .pri = "0.6", .seq = 416, .wall = "2026-03-07T02:43:11Z" },
	{ R("Jan  1 00:00:12 box kern.err kernel: [   12.345678] " T1, BUSYBOX, T1),
	  .host = "box", .ident = "kernel", .mono = "12.345678", .pri = "0.3",
	  .wall = "1972-01-01T00:00:12Z", .kind = BSD },
	{ R("Jan  1 00:00:12 box daemon.warning dnsmasq[9]: x", BUSYBOX, "x"),
	  .host = "box", .ident = "dnsmasq[9]", .pri = "3.4",
	  .wall = "1972-01-01T00:00:12Z", .kind = BSD, .user = 1 },
	{ R("Jan  1 00:00:12 kernel: [   12.345678] " T1, RFC3164, T1), .ident = "kernel",
	  .mono = "12.345678", .wall = "1972-01-01T00:00:12Z", .kind = BSD },
	/* the front of the copy is gone */
	{ R("193605.506728] " T1, PLAIN, T1) },
	/* a hypervisor's log of its guest's printk */
	{ R("2023-12-04T10:49:30.127Z In(05) vcpu-5 - Guest: <6>[   12.345678] " T1, RAW, T1),
	  .mono = "12.345678", .pri = "0.6", .wall = "2023-12-04T10:49:30.127000Z",
	  .transport = D(STAMPED) },
	/* metalog: the tag in brackets, no host */
	{ R("Mar 17 02:43:11 [kernel] [   12.345678] " T1, RFC3164, T1),
	  .ident = "kernel", .mono = "12.345678", .wall = "1972-03-17T02:43:11Z", .kind = BSD },
	{ R("Mar 17 02:43:11 [sshd] bye", RFC3164, "bye"),
	  .ident = "sshd", .wall = "1972-03-17T02:43:11Z", .kind = BSD, .user = 1 },
	/* Android's logcat, threadtime and time */
	{ R("03-07 02:43:11.035   710   712 I lowmemorykiller: Kill 'a' (1)", LOGCAT,
	  "Kill 'a' (1)"), .ident = "lowmemorykiller[710]", .wall = "1972-03-07T02:43:11.035000Z",
	  .kind = BSD, .pri = "-.6", .user = 1 },
	{ R("03-07 02:43:11.035 W/lmkd    (  710): x: y", LOGCAT, "x: y"),
	  .ident = "lmkd[710]", .wall = "1972-03-07T02:43:11.035000Z", .kind = BSD, .pri = "-.4",
	  .user = 1 },
	{ R("Thu Jan  1 00:00:12 1970 kern.err kernel: [   12.345678] " T1, BUSYBOX, T1),
	  .ident = "kernel", .mono = "12.345678", .pri = "0.3",
	  .wall = "1970-01-01T00:00:12Z", .kind = LOCAL },
	/* escapes */
	{ R("Mar  7 02:43:11 h kernel: Mem-Info:#012active_anon:1#012#011free:3 #123",
	  RFC3164, "Mem-Info:\nactive_anon:1\n\tfree:3 #123"), .host = "h",
	  .ident = "kernel", .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ R("Mar  7 02:43:11 h kernel: Mem-Info:\\nactive_anon:1\\n\\tfree:3", RFC3164,
	  "Mem-Info:\nactive_anon:1\n\tfree:3"), .host = "h", .ident = "kernel",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ R("Mar  7 02:43:11 h kernel: a^Ib dev-disk-by\\x2dlabel", RFC3164,
	  "a\tb dev-disk-by\\x2dlabel"), .host = "h", .ident = "kernel",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD },
	{ R("Mar  7 02:43:11 h app[1]: C:\\new a^Ib", RFC3164, "C:\\new a^Ib"),
	  .host = "h", .ident = "app[1]", .wall = "1972-03-07T02:43:11Z", .kind = BSD,
	  .user = 1 },
	{ R("[    1.234567] a#012b \\x41", PLAIN, "a#012b \\x41"), .mono = "1.234567" },
	/* repetition, loss */
	{ R("Mar  7 02:43:11 h kernel: message repeated 3 times: [ [ 1235.000000] same]",
	  RFC3164, "same"), .host = "h", .ident = "kernel", .mono = "1235.000000",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD, S(REPEATED), .n = 3 },
	{ R("Mar  7 02:43:11 h kernel: message repeated 2 times: [ cut o", RFC3164,
	  "cut o"), .host = "h", .ident = "kernel", .wall = "1972-03-07T02:43:11Z",
	  .kind = BSD, S(REPEATED), .n = 2 },
	{ R("Mar  7 02:43:11 h last message repeated 3 times", RFC3164, ""), .host = "h",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD, .user = 1, S(LAST_REPEATED),
	  .n = 3 },
	{ R("Mar  7 02:43:11 h syslog-ng[2]: Last message 'first 20 bytes here' repeated 4 "
	  "times, suppressed by syslog-ng on h", RFC3164, "first 20 bytes here"),
	  .host = "h", .ident = "syslog-ng[2]", .wall = "1972-03-07T02:43:11Z",
	  .kind = BSD, .user = 1, S(LAST_REPEATED), .n = 4 },
	{ R("Mar  7 02:43:11 h rsyslogd: imjournal: 812 messages lost due to rate-limiting "
	  "(20000 allowed within 600 seconds)", RFC3164,
	  "imjournal: 812 messages lost due to rate-limiting (20000 allowed within 600 "
	  "seconds)"), .host = "h", .ident = "rsyslogd", .wall = "1972-03-07T02:43:11Z",
	  .kind = BSD, .user = 1, S(GAP), .n = 812 },
	{ R("Mar  7 02:43:11 h -- MARK --", RFC3164, "-- MARK --"), .host = "h",
	  .wall = "1972-03-07T02:43:11Z", .kind = BSD, .user = 1, S(MARK) },
	/* --- consoles, pstore, crash --- */
	{ R("** 93 printk messages dropped ** [  322.962139] BUG: x", PLAIN, "BUG: x"),
	  .mono = "322.962139", .gap = 93 },
	{ R("** 5042 printk messages dropped ** [   60.107433]  [<ffffffff82564f65>] f",
	  PLAIN, " [<ffffffff82564f65>] f"), .mono = "60.107433", .gap = 5042 },
	{ R("** 7 printk messages dropped **", BARE, "** 7 printk messages dropped **"),
	  S(GAP), .n = 7 },
	{ R("** replaying previous printk message **", BARE,
	  "** replaying previous printk message **"), S(REPLAY) },
	{ R("web1 login: [ 1234.567890] BUG: x", PLAIN, "BUG: x"), .mono = "1234.567890",
	  .transport = D(PREFIXED) },
	{ R("Panic#2 Part1", PSTORE, "Panic"), .user = 1, S(PSTORE), .n = 1 },
	{ R("Oops#1 Part12", PSTORE, "Oops"), .user = 1, S(PSTORE), .n = 12 },
	{ R("Emergency#3 Part2", PSTORE, "Emergency"), .user = 1, S(PSTORE), .n = 2 },
	{ R("Panic#2 Partial", BARE, "Panic#2 Partial") },
	{ R("====1714557600.123456-D", PSTORE, "====1714557600.123456-D"), .user = 1,
	  .wall = "2024-05-01T10:00:00.123456Z", S(RAMOOPS) },
	{ R("ECC: No errors detected", BARE, "ECC: No errors detected"), .user = 1,
	  S(NOISE) },
	{ R("crash> log", BARE, "crash> log"), .user = 1, S(NOISE) },
	{ R("-- MORE --  forward: <SPACE>, <ENTER> or j  backward: b or k  quit: q",
	  BARE, "-- MORE --  forward: <SPACE>, <ENTER> or j  backward: b or k  quit: q"),
	  .user = 1, S(NOISE) },
	{ R("lines 1-23", BARE, "lines 1-23"), .user = 1, S(NOISE) },
	{ R("[-- MARK -- Tue Mar  7 02:00:00 2023]", BARE,
	  "[-- MARK -- Tue Mar  7 02:00:00 2023]"), .user = 1, S(MARK) },
	{ R("2016-12-03 19:08:42    [14874902.828670] x", PLAIN, "x"),
	  .mono = "14874902.828670", .wall = "2016-12-03T19:08:42Z", .kind = LOCAL,
	  .transport = D(STAMPED) },
	{ R("2016-06-01 14:11:13\t[35060910.024741] x", PLAIN, "x"),
	  .mono = "35060910.024741", .wall = "2016-06-01T14:11:13Z", .kind = LOCAL,
	  .transport = D(STAMPED) },
	{ R("2016-06-01 14:11:13 is when it began", BARE,
	  "2016-06-01 14:11:13 is when it began") },
	/* --- containers and collectors --- */
	{ R("{\"log\":\"[    1.234567] a \\u003ctag\\u003e\\n\",\"stream\":\"stdout\","
	  "\"time\":\"2024-05-01T12:00:00.5Z\"}", PLAIN, "a <tag>"), .mono = "1.234567",
	  .wall = "2024-05-01T12:00:00.500000Z", .transport = D(DOCKER_JSON) },
	{ R("{\"log\":\"bare\\n\",\"stream\":\"stderr\",\"time\":\"2024-05-01T12:00:00Z\"}",
	  DOCKER_JSON, "bare"), .wall = "2024-05-01T12:00:00Z",
	  .transport = D(DOCKER_JSON) },
	{ R("2024-05-01T12:00:00.123456789Z stdout F [    1.234567] x", PLAIN, "x"),
	  .mono = "1.234567", .wall = "2024-05-01T12:00:00.123456Z",
	  .transport = D(CRI) },
	{ R("2024-05-01T12:00:00.1+02:00 stderr F x", CRI, "x"),
	  .wall = "2024-05-01T10:00:00.100000Z", .transport = D(CRI) },
	{ R("2024-05-01T12:00:00.123456789Z [    1.234567] x", PLAIN, "x"),
	  .mono = "1.234567", .wall = "2024-05-01T12:00:00.123456Z",
	  .transport = D(STAMPED) },
	{ R("2024-05-01T12:00:00.0000000Z ##[group]Run", STAMPED, "##[group]Run"),
	  .wall = "2024-05-01T12:00:00Z", .transport = D(STAMPED) },
	{ R("2024-05-01T12:00:00.123456789Z Mar  7 02:43:11 h kernel: x", RFC3164, "x"),
	  .host = "h", .ident = "kernel", .wall = "2024-05-01T12:00:00.123456Z",
	  .transport = D(STAMPED) },
	{ R("[12:00:00] [    1.234567] x", PLAIN, "x"), .mono = "1.234567",
	  .transport = D(STAMPED) },
	{ R("[2024-05-01T12:00:00.000Z] [    1.234567] x", PLAIN, "x"),
	  .mono = "1.234567", .wall = "2024-05-01T12:00:00Z", .transport = D(STAMPED) },
	{ R("[pod/web-0/app] [    1.234567] x", PLAIN, "x"), .mono = "1.234567",
	  .transport = D(PREFIXED) },
	{ R("web_1  | [    1.234567] x", PLAIN, "x"), .mono = "1.234567",
	  .transport = D(PREFIXED) },
	{ R("ns/web-0 app │ <6>[    1.234567] x", RAW, "x"), .mono = "1.234567",
	  .pri = "0.6", .transport = D(PREFIXED) },
	{ R("web-0 app › [    1.234567] x", PLAIN, "x"), .mono = "1.234567",
	  .transport = D(PREFIXED) },
	{ R("a | b", BARE, "a | b") },
	{ R("kern.log:Mar  7 02:43:11 h kernel: x", RFC3164, "x"), .host = "h",
	  .ident = "kernel", .wall = "1972-03-07T02:43:11Z", .kind = BSD,
	  .transport = D(PREFIXED), .file = "kern.log" },
	{ R("./messages-20240101:[    1.234567] x", PLAIN, "x"), .mono = "1.234567",
	  .transport = D(PREFIXED), .file = "./messages-20240101" },
	{ R("kern.log:812:Mar  7 02:43:11 h kernel: x", RFC3164, "x"), .host = "h",
	  .ident = "kernel", .wall = "1972-03-07T02:43:11Z", .kind = BSD,
	  .transport = D(PREFIXED), .file = "kern.log" },
	{ R("kern.log-Mar  7 02:43:11 h kernel: x", RFC3164, "x"), .host = "h",
	  .ident = "kernel", .wall = "1972-03-07T02:43:11Z", .kind = BSD,
	  .transport = D(PREFIXED), .file = "kern.log" },
	{ R("--", BARE, "--"), .user = 1, S(GREP_GAP) },
	{ R("\"Mar  7 02:43:11\",\"h\",\"kernel: a \"\"q\"\" b\"", RFC3164, "a \"q\" b"),
	  .host = "h", .ident = "kernel", .wall = "1972-03-07T02:43:11Z", .kind = BSD,
	  .transport = D(CSV) },
	{ R("\"echo 0 > /proc/sys\" disables this message.", BARE,
	  "\"echo 0 > /proc/sys\" disables this message.") },
	{ R("kernel: [    1.234567] x", PLAIN, "x"), .ident = "kernel",
	  .mono = "1.234567" },
	{ R("web1 kernel: [    1.234567] x", PLAIN, "x"), .host = "web1",
	  .ident = "kernel", .mono = "1.234567" },
	/* --- JSON, one line --- */
	{ R("{\"__REALTIME_TIMESTAMP\":\"1694600001123456\",\"_SOURCE_MONOTONIC_TIMESTAMP\""
	  ":\"1234567\",\"__MONOTONIC_TIMESTAMP\":\"2000000\",\"_TRANSPORT\":\"kernel\","
	  "\"SYSLOG_IDENTIFIER\":\"kernel\",\"PRIORITY\":\"6\",\"SYSLOG_FACILITY\":\"0\","
	  "\"_HOSTNAME\":\"web1\",\"MESSAGE\":\"link up\"}", JSON, T1), .host = "web1",
	  .ident = "kernel", .mono = "1.234567", .pri = "0.6",
	  .wall = "2023-09-13T10:13:21.123456Z" },
	{ R("{\"MESSAGE\":[98,97,100,255],\"_TRANSPORT\":\"kernel\"}", JSON, "bad\xff") },
	{ R("{\"MESSAGE\":null,\"_TRANSPORT\":\"kernel\",\"PRIORITY\":\"4\"}", JSON, ""),
	  .pri = "-.4", S(NO_TEXT) },
	{ R("{\"MESSAGE\":[\"one\",\"two\"],\"_TRANSPORT\":\"kernel\"}", JSON,
	  "one\ntwo") },
	{ R("{\"MESSAGE\":\"x\",\"_TRANSPORT\":\"syslog\",\"SYSLOG_IDENTIFIER\":\"kernel\"}",
	  JSON, "x"), .ident = "kernel", .user = 1 },
	{ R("{\"MESSAGE\":\"x\",\"_COMM\":\"a\",\"SYSLOG_IDENTIFIER\":\"sshd\",\"_PID\":"
	  "\"12\"}", JSON, "x"), .ident = "sshd[12]", .user = 1 },
	{ R("data: {\"MESSAGE\":\"\\ud83d\\ude00 \\t\\\"\",\"_TRANSPORT\":\"kernel\"}",
	  JSON, "\xf0\x9f\x98\x80 \t\"") },
	{ R("\x1e{\"MESSAGE\":\"x\",\"_TRANSPORT\":\"kernel\"}", JSON, "x") },
	{ R("{\"pri\":6,\"time\":    1.234567,\"msg\":\"link up\"}", DMESG_JSON, T1),
	  .mono = "1.234567", .pri = "0.6" },
	{ R("{\"fac\":\"kern\",\"pri\":\"info\",\"time\":9.000001,\"caller\":\"T12\","
	  "\"msg\":\"x\"}", DMESG_JSON, "x"), .mono = "9.000001", .pri = "0.6",
	  .caller = "T12" },
	{ R("{\"pri\":6,\"time\":1.0,\"msg\":\"a\\n b\\n<6>[    2.000000] c\"}",
	  DMESG_JSON, "a\n b"), .mono = "1.000000", .pri = "0.6" },
	{ R("{\"pri\":6,\"time\":1.000000,\"msg\":\"raw \xff byte\"}", DMESG_JSON,
	  "raw \xff byte"), .mono = "1.000000", .pri = "0.6" },
	{ R("{\"textPayload\":\"[    1.234567] x\",\"timestamp\":\"2024-05-01T12:00:00Z\","
	  "\"resource\":{\"labels\":{\"zone\":\"a\"}}}", PLAIN, "x"),
	  .mono = "1.234567", .wall = "2024-05-01T12:00:00Z",
	  .transport = D(OTHER_JSON) },
	{ R("{\"level\":\"info\",\"msg\":\"x\",\"time\":\"2024-05-01T12:00:00Z\"}",
	  OTHER_JSON, "x"), .wall = "2024-05-01T12:00:00Z", .user = 1 },
	{ R("{\"log\":\"cut off in the mid", BARE, "{\"log\":\"cut off in the mid") },
	{ R("{ not json", BARE, "{ not json") },
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
		/* bad within the line that began it: what was there, once */
		{ "{\"MESSAGE\":\"x\",\"a\":\"\"b", IQ_SPECIAL_NONE, "x", 0, NULL, 0 },
		{ "next", IQ_SPECIAL_NONE, "next", 0, NULL, 0 },
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

/* tests/text/test_forms.c - one report of a few lines, in every form that it reaches us:
 * out of each must come the same texts, with the times, host and level that the form
 * carries.
 *
 * The report is composed after 4.19's mm/oom_kill.c; the forms after the programs named
 * in the table.  A form is a template of one record:
 *
 *	@m text  @j as JSON  @h as HTML  @v as CSV  @l level  @L its name  @c T2447
 *	@t [  100.000001]  @C [ T2447]  @M microseconds since boot  @D "0.000050" since the last
 *	@x microseconds since 1970, hexadecimal
 *	@w Wed Sep 13 10:13:21 2023  @k 10:13:21  @f fraction  @e seconds since 1970
 *	@n number of the line  @N that number in 6 columns  @u the fraction as a number
 */
#include "reader_run.h"

struct said {
	int64_t mono_us;
	int level;
	const char *text;
};

#define K(us) (INT64_C(100000000) + (us))

static const struct said report[] = {
	{ K(1), 4, "java invoked oom-killer: gfp_mask=0x6200ca(GFP_HIGHUSER_MOVABLE), "
	  "nodemask=(null), order=0, oom_score_adj=200" },
	{ K(50), 4, "CPU: 1 PID: 2447 Comm: java Not tainted 4.19.91-21.al7.x86_64 #1" },
	{ K(70), 4, "Call Trace:" },
	{ K(71), 4, " dump_stack+0x66/0x8b" },
	{ K(75), 4, " ? __switch_to_asm+0x35/0x70" },
	{ K(78), 4, "Code: 00 00 e9 5f ff ff ff 66 <f3> 0f 1e fa" },
	{ K(90), 6, "Task in /prod/web killed as a result of limit of /prod/web" },
	{ K(91), 6, "memory: usage 204800kB, limit 204800kB, failcnt 731" },
	{ K(92), 6, "memory+swap: usage 204800kB, limit 9007199254740988kB, failcnt 0" },
	{ K(95), 6, "Tasks state (memory values in pages):" },
	{ K(96), 6, "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents "
	  "oom_score_adj name" },
	{ K(97), 6, "[   2440]     0  2440     3000      700    61440        0             0 "
	  "bash" },
	{ K(98), 6, "[   2447]  1000  2447   921600    49800   552960        0           200 "
	  "java" },
	{ K(99), 3, "Memory cgroup out of memory: Kill process 2447 (java) score 1187 or "
	  "sacrifice child" },
	{ K(120), 3, "Killed process 2447 (java) total-vm:3686400kB, anon-rss:198000kB, "
	  "file-rss:1200kB, shmem-rss:0kB" },
};

#define N (sizeof report / sizeof *report)
#define EPOCH_US INT64_C(1694600001000001)	/* 2023-09-13T10:13:21.000001Z */

enum { MONO = 1, WALL = 2, FINE = 4, LEVEL = 8, CALLER = 16, BLANKS_LOST = 32,
       NO_YEAR = 64, COARSE = 128 /* MONO in tenths of milliseconds */ };

struct form {
	const char *name, *before, *record, *after;
	int shows;			/* MONO, WALL (seconds), FINE (microseconds), ... */
	const char *host;
	int64_t zone_h;			/* of the wall time: hours east */
};

#define SYSLOG "Sep 13 @k web1 kernel: "
#define ISO "2023-09-13T@k"
#define ISO_BLANK "2023-09-13 @k"
#define FIELDS "_BOOT_ID=00112233445566778899aabbccddeeff\n_HOSTNAME=web1\n"	\
	"_SOURCE_MONOTONIC_TIMESTAMP=@M\n_TRANSPORT=kernel\nSYSLOG_IDENTIFIER=kernel\n"	\
	"PRIORITY=@l\nSYSLOG_FACILITY=0\n"
#define JSON "\"__REALTIME_TIMESTAMP\":\"@e@f\",\"_HOSTNAME\":\"web1\",\"_TRANSPORT\":"	\
	"\"kernel\",\"PRIORITY\":\"@l\",\"SYSLOG_FACILITY\":\"0\",\"SYSLOG_IDENTIFIER\":"	\
	"\"kernel\",\"_SOURCE_MONOTONIC_TIMESTAMP\":\"@M\""
#define JOURNAL MONO | WALL | FINE | LEVEL, "web1"

static const struct form forms[] = {
	/* the kernel, dmesg */
	{ "plain", "", "@t @m\n", "", MONO },
	{ "plain, callers", "", "@t@C @m\n", "", MONO | CALLER },
	{ "dmesg, callers", "", "@t @C @m\n", "", MONO | CALLER },
	{ "raw", "", "<@l>@t @m\n", "", MONO | LEVEL },
	{ "raw, callers", "", "<@l>@t@C @m\n", "", MONO | LEVEL | CALLER },
	{ "raw without time", "", "<@l>@m\n", "", LEVEL },
	{ "bare", "", "@m\n", "", 0 },
	{ "kmsg", "", "@l,@n,@M,-;@m\n", "", MONO | LEVEL },
	{ "kmsg, callers, tags", "", "@l,9,@M,-,caller=@c;@m\n SUBSYSTEM=x\n DEVICE=n2\n", "",
	  MONO | LEVEL | CALLER },
	{ "netconsole with release", "", "6.4.0,@l,9,@M,-;@m\n", "", MONO | LEVEL },
	{ "dmesg -x", "", "kern  :@L: @t @m\n", "", MONO | LEVEL },
	{ "dmesg -T", "", "[@w] @m\n", "", WALL },
	{ "dmesg -x -T", "", "kern  :@L: [@w] @m\n", "", WALL | LEVEL },
	{ "dmesg -T, German", "", "[Mi, 13. Sep 2023, @k] @m\n", "", WALL },
	{ "dmesg -T, Swedish", "", "[ons 13 sep 2023 10.13.21] @m\n", "", WALL },
	{ "dmesg -T, Chinese", "", "[三 9月 13 @k 2023] @m\n", "", WALL },
	{ "dmesg -T, Japanese", "", "[ 9月13日(水) @k 2023] @m\n", "", WALL },
	{ "dmesg -d", "", "[  100.@f <@D>] @m\n", "", MONO },
	{ "dmesg -d -t", "", "[<@D>] @m\n", "", 0 },
	{ "dmesg iso", "", ISO ",@f+00:00 @m\n", "", WALL | FINE },
	{ "dmesg, two formats", "", "@t [@w] @m\n", "", MONO | WALL },
	{ "dmesg -J", "{\n   \"dmesg\": [\n      {\n",
	  "         \"pri\": @l,\n         \"time\":   100.@f,\n         \"msg\": @j\n      },{\n",
	  "         \"pri\": 6, \"time\": 100.2, \"msg\": \"x\"\n      }\n   ]\n}\n", MONO | LEVEL },
	{ "crash log -m", "crash> log -m\n", "@t <@l>@m\n", "crash> q\n", MONO | LEVEL },
	{ "vmcore-dmesg behind a pager", "", "@t @m\n",
	  "-- MORE --  forward: <SPACE>, <ENTER> or j  backward: b or k  quit: q\n", MONO },
	{ "pstore", "Panic#1 Part1\n", "<@l>@t @m\n", "", MONO | LEVEL },
	{ "ramoops", "====1694600001.123456-D\n", "<@l>@t @m\n", "\nECC: No errors detected\n",
	  MONO | LEVEL },
	/* journalctl */
	{ "short", "", SYSLOG "@m\n", "", WALL | NO_YEAR, "web1" },
	{ "short-precise", "", "Sep 13 @k.@f web1 kernel: @m\n", "", WALL | FINE | NO_YEAR,
	  "web1" },
	{ "short-iso", "", ISO "+0200 web1 kernel: @m\n", "", WALL, "web1", 2 },
	{ "short-iso of 257", "", ISO "-05:00 web1 kernel: @m\n", "", WALL, "web1", -5 },
	{ "short-iso-precise", "", ISO ".@f+0000 web1 kernel: @m\n", "", WALL | FINE, "web1" },
	{ "short-full", "", "Wed 2023-09-13 @k UTC web1 kernel: @m\n", "", WALL, "web1" },
	{ "short-monotonic", "", "@t web1 kernel: @m\n", "", MONO, "web1" },
	{ "short-delta", "", "[  100.@f <    @D >] web1 kernel: @m\n", "", MONO, "web1" },
	{ "short-unix", "", "@e.@f web1 kernel: @m\n", "", WALL | FINE, "web1" },
	{ "json", "", "{" JSON ",\"MESSAGE\":@j}\n", "", JOURNAL },
	{ "json-sse", "", "data: {" JSON ",\"MESSAGE\":@j}\n\n", "", JOURNAL },
	{ "json-seq", "", "\x1e{" JSON ",\"MESSAGE\":@j}\n", "", JOURNAL },
	{ "json in one array", "[", "{" JSON ",\"MESSAGE\":@j},", "{\"a\":1}]", JOURNAL },
	{ "json-pretty", "", "{\n\t" JSON ",\n\t\"MESSAGE\" : @j\n}\n", "", JOURNAL },
	{ "export", "", "__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=@e@f\n" FIELDS "MESSAGE=@m\n\n",
	  "", JOURNAL },
	{ "verbose", "", "Wed 2023-09-13 @k.@f UTC [s=0123456789abcdef0123456789abcdef;i=2;"
	  "b=00112233445566778899aabbccddeeff;m=1;t=@x;x=1]\n    _HOSTNAME=web1\n"
	  "    _TRANSPORT=kernel\n    PRIORITY=@l\n    SYSLOG_FACILITY=0\n"
	  "    _SOURCE_MONOTONIC_TIMESTAMP=@M\n    MESSAGE=@m\n", "", JOURNAL },
	/* syslog daemons */
	{ "rsyslog with stamp", "", SYSLOG "@t @m\n", "", MONO | WALL | NO_YEAR, "web1" },
	{ "rsyslog, RFC 3339", "", ISO ".@f+02:00 web1 kernel: @t @m\n", "",
	  MONO | WALL | FINE, "web1", 2 },
	{ "RFC 5424", "", "<@l>1 " ISO ".@fZ web1 kernel - - -  @t @m\n", "",
	  MONO | WALL | FINE | LEVEL, "web1" },
	{ "RFC 5424 with data and mark", "", "<@l>1 " ISO "Z web1 kernel - - [x@@1 a=\"b]\"] "
	  "\xef\xbb\xbf@m\n", "", WALL | LEVEL, "web1" },
	{ "forwarded", "", "<@l>" SYSLOG "@t @m\n", "", MONO | WALL | LEVEL | NO_YEAR, "web1" },
	{ "tag without colon", "", "Sep 13 @k web1 kernel @t @m\n", "", MONO | WALL | NO_YEAR,
	  "web1" },
	{ "netconsole through a relay", "", "Sep 13 @k 10.0.0.5 @t @m\n", "",
	  MONO | WALL | NO_YEAR, "10.0.0.5" },
	{ "a relay's stamp in front", "", "Sep 13 @k relay Sep 13 @k web1 kernel: @m\n", "",
	  WALL | NO_YEAR, "web1" },
	{ "busybox", "", "Sep 13 @k box kern.@L kernel: @t @m\n", "",
	  MONO | WALL | LEVEL | NO_YEAR, "box" },
	{ "busybox -S", "", "Sep 13 @k kernel: @t @m\n", "", MONO | WALL | NO_YEAR },
	{ "logcat's kernel", "", "09-13 @k.000     0     0 W         : @m\n", "",
	  WALL | NO_YEAR },
	/* vendors */
	{ "logcat -v brief", "", "W/KERNEL  (    0): @m\n", "", 0 },
	{ "logcat -v brief, stamped", "", "W/kernel  (  123): <@l>@t @m\n", "", MONO | LEVEL },
	{ "logcat -v tag", "", "W/kernel  : @t @m\n", "", MONO },
	{ "logcat -v time", "", "09-13 @k.000 W/KERNEL(  123): @m\n", "", WALL | NO_YEAR },
	{ "processor and seconds", "", "[1-0100.0000] @m\n", "", COARSE },
	{ "a process behind the time", "", "@t [1:           java: 2447] @m\n", "",
	  MONO | CALLER },
	{ "a process behind the level", "", "<@l>@t [1:           java: 2447] @m\n", "",
	  MONO | LEVEL | CALLER },
	{ "MediaTek's process", "", "@t-(1)[2447:java]@m\n", "", MONO | CALLER },
	{ "a second clock", "", "@t [09-13 @k.000] @m\n", "", MONO | WALL | NO_YEAR },
	{ "Talos", "", "kern: @L: [" ISO ".@f000Z]: @m\n", "", WALL | FINE | LEVEL },
	{ "Talos, several nodes", "", "10.5.0.2: kern: @L: [" ISO ".@f000Z]: @m\n", "",
	  WALL | FINE | LEVEL, "10.5.0.2" },
	/* consoles */
	{ "CRLF", "", "@t @m\r\n", "", MONO },
	{ "CRCRLF", "", "@t @m\r\r\n", "", MONO },
	{ "LFCR", "", "@t @m\n\r", "", MONO },
	{ "CR alone", "", "@t @m\r", "", MONO },
	{ "login prompt", "web1 login: ", "@t @m\n", "", MONO },
	{ "systemd between", "\x1b[0;32m[  OK  ]\x1b[0m Started x.\n", "@t @m\n",
	  "[  OK  ] Reached target y.\n", MONO },
	{ "GCE's call", "{\"contents\": \"", "@t @h\\n", "\", \"next\": \"9\"}",
	  MONO },
	/* pasted */
	{ "numbered", "", "@n @t @m\n", "", MONO },
	{ "numbered with colon", "", "@n:@t @m\n", "", MONO },
	{ "numbered with bracket", "", "@n) @t @m\n", "", MONO },
	{ "cat -n", "", "@N\t@t @m\n", "", MONO },
	{ "numbered, bare", "", "@n @m\n", "", 0 },
	{ "numbered syslog", "", "@n " SYSLOG "@m\n", "", WALL | NO_YEAR, "web1" },
	{ "quoted", "", "> @t @m\n", "", MONO },
	{ "quoted twice", "", ">> @t @m\n", "", MONO },
	{ "quoted twice with blanks", "", "> > @t @m\n", "", MONO },
	{ "quoted, numbered", "", "> @n @t @m\n", "", MONO },
	{ "quoted bar", "", "| @t @m\n", "", MONO },
	{ "newlines lost", "", "@t @m ", "\n", MONO },
	{ "newlines lost, words in front", "Can you see it? ", "@t @m ", "\n", MONO },
	{ "newlines lost, syslog", "", SYSLOG "@m ", "\n", WALL | NO_YEAR, "web1" },
	{ "newlines lost, syslog with stamps", "", SYSLOG "@t @m ", "\n", MONO | WALL | NO_YEAR,
	  "web1" },
	{ "newlines lost, syslog in a sentence", "We got: ", SYSLOG "@m ", "\n", WALL | NO_YEAR,
	  "web1" },
	{ "newlines lost, short-iso", "", ISO "+0200 web1 kernel: @m ", "\n", WALL, "web1", 2 },
	{ "newlines lost, short-monotonic", "", "@t web1 kernel: @m ", "\n", MONO, "web1" },
	{ "newlines lost, a tag alone", "", "kernel: @m ", "\n", 0 },
	{ "newlines lost, a tag and stamps", "", "kernel: @t @m ", "\n", MONO },
	{ "newlines lost, dmesg -T", "", "[@w] @m ", "\n", WALL },
	{ "fenced", "Hello,\n\n```\n", "@t @m\n", "```\nWhat is it?\n", MONO },
	{ "indented", "", "    @t @m\n", "", MONO },
	{ "HTML pre", "<html><body><pre>\n", "@t @h\n", "</pre></body></html>\n", MONO },
	{ "HTML br", "<p>", "@t @h<br>\n", "</p>\n", MONO },
	{ "HTML on one line", "<p>", "@t @h<br/>", "</p>\n", MONO },
	{ "HTML list", "<ol>\n", "<li><span class=\"x\">@t @h</span></li>\n", "</ol>\n", MONO },
	{ "HTML table", "<table>\n", "<tr><td>@n</td><td>@t @h</td></tr>\n", "</table>\n", MONO },
	{ "colours of dmesg", "", "\x1b[32m@t \x1b[0m@m\n", "", MONO },
	{ "colours of a journal", "", SYSLOG "\x1b[0;1;31m@m\x1b[0m\n", "", WALL | NO_YEAR,
	  "web1" },
	{ "hyperlinks", "", "\x1b]8;;http://x/\x1b\\@t @m\x1b]8;;\x1b\\\n", "", MONO },
	{ "unbreakable blanks", "", "@t\xc2\xa0@m\n", "", MONO },
	{ "empty lines between", "", "@t @m\n\n", "", MONO },
	{ "byte order mark", "\xef\xbb\xbf", "@t @m\n", "", MONO },
	/* containers and collectors */
	{ "docker", "", "{\"log\":@T,\"stream\":\"stdout\",\"time\":\"" ISO ".@fZ\"}\n", "",
	  MONO | WALL | FINE },
	{ "CRI", "", ISO ".@f789Z stdout F @t @m\n", "", MONO | WALL | FINE },
	{ "kubectl --timestamps", "", ISO ".@f789Z @t @m\n", "", MONO | WALL | FINE },
	{ "kubectl --prefix", "", "[pod/web-0/app] @t @m\n", "", MONO },
	{ "compose", "", "web_1  | @t @m\n", "", MONO },
	{ "stern", "", "web-0 app │ @t @m\n", "", MONO },
	{ "CI", "", "[@k] @t @m\n", "", MONO },
	{ "a collector's msg", "", "{\"level\":\"info\",\"msg\":@T,\"time\":\"" ISO "Z\"}\n", "",
	  MONO | WALL },
	{ "a cloud's entries", "[", "{\"textPayload\":@T,\"timestamp\":\"" ISO ".@fZ\"},",
	  "{\"a\":1}]", MONO | WALL | FINE },
	{ "fluentd", "", ISO_BLANK ".@f000 +0000 kernel.oom: {\"host\":\"web1\",\"message\":@j}\n",
	  "", WALL | FINE, "web1" },
	{ "fluentd, log in message", "", ISO_BLANK " +0000 sys.kern: {\"message\":@T}\n", "",
	  MONO | WALL },
	{ "fluentd to a file", "", ISO "+00:00\tkernel.oom\t{\"log\":@T}\n", "", MONO | WALL },
	{ "fluent-bit, kmsg", "", "[@n] kmsg.0: [@e.@f000, {\"priority\"=>4, \"msg\"=>\"x\"}]\n"
	  "[@n] kmsg.0: [@e.@f000, {\"priority\":@l,\"sequence\":@n,\"sec\":100,\"usec\":@u,"
	  "\"msg\":@j}]\n", "", MONO | WALL | FINE | LEVEL },
	{ "fluent-bit 2.1", "", "[0] host.0: [[@e.@f000, {}], {\"SYSLOG_IDENTIFIER\":\"kernel\","
	  "\"_HOSTNAME\":\"web1\",\"MESSAGE\":@j}]\n", "", WALL | FINE, "web1" },
	{ "rsyslog's JSON", "", "{\"msg\":@j,\"hostname\":\"web1\",\"syslogtag\":\"kernel:\","
	  "\"syslogseverity\":\"@l\",\"timereported\":\"" ISO ".@f+00:00\"}\n", "",
	  WALL | FINE | LEVEL, "web1" },
	{ "syslog-ng's JSON", "", "{\"PROGRAM\":\"kernel\",\"MESSAGE\":@j,\"HOST\":\"web1\","
	  "\"DATE\":\"Sep 13 @k\"}\n", "", WALL | NO_YEAR, "web1" },
	{ "Elastic's schema", "", "{\"@@timestamp\":\"" ISO ".@fZ\",\"host\":{\"name\":\"web1\","
	  "\"os\":{\"name\":\"x\"}},\"process\":{\"name\":\"kernel\"},\"message\":@j}\n", "",
	  WALL | FINE, "web1" },
	{ "GELF", "", "{\"version\":\"1.1\",\"host\":\"web1\",\"short_message\":@j,"
	  "\"timestamp\":@e.@f,\"level\":@l,\"_application_name\":\"kernel\"}\n", "",
	  WALL | FINE | LEVEL, "web1" },
	{ "Splunk's JSON", "", "{\"preview\":false,\"result\":{\"_raw\":@T,\"_time\":\"" ISO
	  ".@f+00:00\",\"host\":\"web1\"}}\n", "", MONO | WALL | FINE, "web1" },
	{ "Loki's JSON", "[", "{\"line\":@T,\"timestamp\":\"@e@f000\",\"fields\":{\"line\":\"1\"}},",
	  "{\"a\":1}]", MONO | WALL | FINE },
	{ "Loki's API", "{\"data\":{\"result\":[{\"stream\":{\"nodename\":\"web1\"},\"values\":[",
	  "[\"@e@f000\",@T],", "[\"1694600001100000000\",\"x\"]]}]}}", MONO | WALL | FINE,
	  "web1" },
	{ "logcli", "", ISO "Z {job=\"kern\", host=\"x\"} @m\n", "", WALL },
	{ "logcli, stamped", "", ISO "Z {} @t @m\n", "", MONO | WALL },
	{ "aws logs tail", "", ISO ".@f+00:00 i-0123 " SYSLOG "@m\n", "", WALL | FINE, "web1" },
	{ "octets counted", "", "140 <@l>1 " ISO ".@fZ web1 kernel - - - @m\n", "",
	  WALL | FINE | LEVEL, "web1" },
	{ "RFC 5424 without priority", "", "1 " ISO ".@fZ web1 kernel - - - @m\n", "",
	  WALL | FINE, "web1" },
	{ "export without cursor", "", "__REALTIME_TIMESTAMP=@e@f\n" FIELDS "MESSAGE=@m\n\n", "",
	  JOURNAL },
	{ "Splunk's CSV", "\"_serial\",\"_time\",\"host\",\"_raw\"\n", "\"@n\",\"" ISO_BLANK
	  ".@f UTC\",\"web1\",\"@t @v\"\n", "", MONO | WALL | FINE, "web1" },
	{ "Splunk's CSV, text first", "_raw,_time,host\n", "\"" SYSLOG "@v\"," ISO
	  ".@f+0000,web1\n", "", WALL | FINE, "web1" },
	{ "Grafana's CSV", "Time,Line,tsNs,id\n", ISO_BLANK ",\"@t @v\",@e@f000,1_a\n", "",
	  MONO | WALL | FINE },
	{ "Kibana's CSV", "\"@timestamp\",\"host.name\",\"process.name\",message\n",
	  "\"Sep 13, 2023 @@ @k.000\",\"web1\",kernel,\"@v\"\n", "", WALL, "web1" },
	{ "Azure's CSV", "\"TimeGenerated [UTC]\",Computer,SyslogMessage,ProcessName\n",
	  "\"9/13/2023, @k.000 AM\",web1,\"@v\",kernel\n", "", WALL, "web1" },
	{ "Google's CSV", "insertId,jsonPayload.MESSAGE,textPayload,timestamp\n",
	  "a1,,\"@t @v\"," ISO ".@fZ\n", "", MONO | WALL | FINE },
	{ "grep -H", "", "kern.log:" SYSLOG "@m\n", "", WALL | NO_YEAR, "web1" },
	{ "grep -n", "", "@n:" SYSLOG "@m\n", "", WALL | NO_YEAR, "web1" },
	{ "CSV", "", "\"Sep 13 @k\",\"web1\",\"kernel: @v\"\n", "", WALL | NO_YEAR, "web1" },
};

/* --- writing a form --- */

static void add_html(struct iq_buf *b, const char *s)
{
	for (; *s; s++)
		if (*s == '<')
			iq_buf_str(b, "&lt;");
		else
			iq_buf_char(b, *s);
}

static void add_json(struct iq_buf *b, const char *before, int64_t mono, const char *s)
{
	iq_buf_char(b, '"');
	if (*before)
		iq_buf_printf(b, "[%5lld.%06lld] ", (long long)(mono / IQ_USEC),
			      (long long)(mono % IQ_USEC));
	iq_buf_str(b, s);		/* the report has no quotes */
	iq_buf_str(b, *before ? "\\n\"" : "\"");
}

static void add_code(struct iq_buf *b, char code, const struct said *s, size_t i)
{
	static const char *const levels[] = { "", "", "", "err", "warn", "", "info" };
	int64_t us = s->mono_us % IQ_USEC, last = i ? report[i - 1].mono_us : s->mono_us;
	switch (code) {
	case 'm': case 'v': iq_buf_str(b, s->text); break;
	case 'h': add_html(b, s->text); break;
	case 'j': add_json(b, "", 0, s->text); break;
	case 'T': add_json(b, "t", s->mono_us, s->text); break;
	case 'l': iq_buf_printf(b, "%d", s->level); break;
	case 'L': iq_buf_printf(b, "%-6s", levels[s->level]); break;
	case 'c': iq_buf_str(b, "T2447"); break;
	case 'C': iq_buf_str(b, "[ T2447]"); break;
	case 't':
		iq_buf_printf(b, "[%5lld.%06lld]", (long long)(s->mono_us / IQ_USEC),
			      (long long)us);
		break;
	case 'M': iq_buf_printf(b, "%lld", (long long)s->mono_us); break;
	case 'D': iq_buf_printf(b, "    0.%06lld", (long long)(s->mono_us - last)); break;
	case 'w': iq_buf_str(b, "Wed Sep 13 10:13:21 2023"); break;
	case 'k': iq_buf_str(b, "10:13:21"); break;
	case 'f': iq_buf_printf(b, "%06lld", (long long)us); break;
	case 'x': iq_buf_printf(b, "%llx", (unsigned long long)(EPOCH_US - 1 + us)); break;
	case 'e': iq_buf_str(b, "1694600001"); break;
	case 'u': iq_buf_printf(b, "%lld", (long long)us); break;
	case 'n': iq_buf_printf(b, "%zu", 565 + i); break;
	case 'N': iq_buf_printf(b, "%6zu", 1 + i); break;
	default: iq_buf_char(b, code);
	}
}

/* "kern.err kernel", but "kern  :err   : ". */
static bool unpadded(const char *at)
{
	return strncmp(at, "@L kernel", 9) == 0;
}

static void write_record(struct iq_buf *b, const struct form *f, size_t i)
{
	for (const char *at = f->record; *at; at++) {
		if (*at != '@') {
			iq_buf_char(b, *at);
			continue;
		}
		bool trim = unpadded(at);
		add_code(b, *++at, &report[i], i);
		while (trim && b->p[b->n - 1] == ' ')
			b->n--;
	}
}

static void write_form(struct iq_buf *b, const struct form *f)
{
	iq_buf_str(b, f->before);
	for (size_t i = 0; i < N; i++)
		write_record(b, f, i);
	iq_buf_str(b, f->after);
}

/* --- reading it --- */

struct check {
	const struct form *form;
	size_t at;
	bool lax;			/* blanks inside may be fewer */
	char seen[300];			/* before the report, what may have been its first line */
};

static bool same_words(struct iq_slice a, struct iq_slice b)
{
	while (a.n || b.n)
		if (!iq_eq(iq_word(&a), iq_word(&b)))
			return false;
	return true;
}

static void check_times(const struct form *f, const struct iq_record *rec,
			const struct said *s)
{
	int64_t wall = EPOCH_US - 1 - f->zone_h * 3600 * IQ_USEC;
	int64_t year = (f->shows & NO_YEAR) ? INT64_C(1609459200) * IQ_USEC : 0;
	if (f->shows & COARSE ? rec->mono_us != K(0) :
	    f->shows & MONO ? rec->mono_us != s->mono_us : rec->mono_us != IQ_NULL)
		fail_msg("%s: %s: mono %lld", f->name, s->text, (long long)rec->mono_us);
	if (f->shows & FINE)
		wall += s->mono_us % IQ_USEC;
	if (year)			/* read as 1972, a leap year, until the year is known */
		wall = wall - INT64_C(1672531200) * IQ_USEC + INT64_C(63072000) * IQ_USEC +
		       24 * 3600 * IQ_USEC;
	if (f->shows & WALL ? rec->wall_us != wall : rec->wall_us != IQ_NULL)
		fail_msg("%s: %s: wall %lld, want %lld", f->name, s->text,
			 (long long)rec->wall_us, (long long)wall);
	if (f->shows & WALL && (rec->wall_kind & IQ_WALL_NO_YEAR) != (year ? IQ_WALL_NO_YEAR : 0))
		fail_msg("%s: kind of wall %d", f->name, rec->wall_kind);
}

static int check_record(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct check *c = arg;
	const struct form *f = c->form;
	(void)err;
	if (c->at == N || !rec->kernel)
		return 0;		/* what stands behind the report */
	const struct said *s = &report[c->at];
	struct iq_slice want = iq_slice_z(s->text);
	/* "Hello," and the like come before it */
	if (!same_words(rec->text, want)) {
		if (!c->at) {
			if (!c->seen[0])
				snprintf(c->seen, sizeof c->seen, "%.*s", IQ_FMT(rec->text));
			return 0;
		}
		fail_msg("%s: record %zu\n got %.*s\nwant %s", f->name, c->at,
			 IQ_FMT(rec->text), s->text);
	}
	if (!c->lax && !iq_eq(iq_ltrim(rec->text), iq_ltrim(want)))
		fail_msg("%s: blanks\n got %.*s\nwant %s", f->name, IQ_FMT(rec->text), s->text);
	check_times(f, rec, s);
	if (f->host ? !iq_eq(rec->host, iq_slice_z(f->host)) : rec->host.p != NULL)
		fail_msg("%s: host %.*s", f->name, IQ_FMT(rec->host));
	if (rec->level != (f->shows & LEVEL ? s->level : -1) && !(rec->level == 4 &&
	    strstr(f->name, "logcat")))
		fail_msg("%s: level %d", f->name, rec->level);
	if ((rec->caller_kind == 'T' && rec->caller == 2447) != !!(f->shows & CALLER))
		fail_msg("%s: caller %c%lld", f->name, rec->caller_kind, (long long)rec->caller);
	c->at++;
	return 0;
}

static void no_issue(void *arg, const char *severity, const char *code, int64_t line,
		     int64_t offset_bytes, const char *text)
{
	const struct check *c = arg;
	(void)offset_bytes;
	if (strcmp(severity, "note"))
		fail_msg("%s: %s %s at %lld: %s", c->form->name, severity, code,
			 (long long)line, text);
}

static void read_bytes(const struct form *f, struct iq_slice log, bool lax, size_t block)
{
	const struct iq_reader_ops ops = { check_record, no_issue };
	struct iq_reader_opts opts = {
		.want_all_kernel = true, .zone_offset_us = IQ_NULL,
		.name_date_us = IQ_NULL, .mtime_us = IQ_NULL,
	};
	struct check c = { .form = f, .lax = lax };
	struct iq_err err = { 0 };
	struct iq_reader *r = iq_reader_new(&opts, &ops, &c);
	assert_non_null(r);
	for (size_t at = 0; at < log.n; at += block)
		assert_int_equal(iq_reader_feed(r, log.p + at, log.n - at < block
						? log.n - at : block, &err), 0);
	assert_int_equal(iq_reader_finish(r, false, &err), 0);
	if (c.at != N)
		fail_msg("%s: only %zu of %zu records; %s", f->name, c.at, N, c.seen);
	iq_reader_free(r);
}

static void every_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct iq_buf b;
		iq_buf_init(&b);
		write_form(&b, &forms[i]);
		read_bytes(&forms[i], iq_buf_as_slice(&b), false, b.n);
		read_bytes(&forms[i], iq_buf_as_slice(&b), false, 1000);
		iq_buf_fini(&b);
	}
}

/* --- what happens to a whole text --- */

/* Every line at most COLUMN long; WORDS: broken at a blank, which is lost. */
static void wrap(struct iq_buf *out, struct iq_slice s, size_t column, bool words)
{
	while (s.n) {
		struct iq_slice line = iq_cut(&s, '\n');
		while (line.n > column) {
			size_t n = column;
			while (words && n && line.p[n] != ' ')
				n--;
			if (words && !n)
				for (n = column; n < line.n && line.p[n] != ' ';)
					n++;
			iq_buf_slice(out, iq_head(line, n));
			iq_buf_char(out, '\n');
			line = iq_from(line, n + (words && n < line.n));
		}
		iq_buf_slice(out, line);
		iq_buf_char(out, '\n');
	}
}

static void wrapped(void **state)
{
	static const struct { size_t column; bool words; } rows[] = {
		{ 80, false }, { 132, false }, { 72, true }, { 78, true }, { 74, true },
	};
	static const struct form carriers[] = {
		{ "plain, wrapped", "", "@t @m\n", "", MONO },
		{ "syslog, wrapped", "", SYSLOG "@m\n", "", WALL | NO_YEAR, "web1" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t k = 0; k < sizeof carriers / sizeof *carriers; k++) {
			struct iq_buf whole, out;
			iq_buf_init(&whole);
			iq_buf_init(&out);
			write_form(&whole, &carriers[k]);
			wrap(&out, iq_buf_as_slice(&whole), rows[i].column, rows[i].words);
			read_bytes(&carriers[k], iq_buf_as_slice(&out), rows[i].words, out.n);
			iq_buf_fini(&whole);
			iq_buf_fini(&out);
		}
}

/* --- mail --- */

/* As mail programs write it: lines of 76 at most, the last byte says that it goes on. */
static void quoted_printable(struct iq_buf *out, struct iq_slice s)
{
	size_t column = 0;
	for (size_t i = 0; i < s.n; i++) {
		bool end = i + 1 < s.n && s.p[i + 1] == '\n';
		bool escape = s.p[i] == '=' || (unsigned char)s.p[i] >= 0x7f ||
			      (s.p[i] == ' ' && end);
		if (s.p[i] != '\n' && column + (escape ? 3 : 1) > 75) {
			iq_buf_str(out, "=\n");
			column = 0;
		}
		if (escape)
			iq_buf_printf(out, "=%02X", (unsigned char)s.p[i]);
		else
			iq_buf_char(out, s.p[i]);
		column = s.p[i] == '\n' ? 0 : column + (escape ? 3 : 1);
	}
}

static void mailed(void **state)
{
	static const char head[] = "From: a@example.org\nContent-Type: text/plain; "
		"charset=\"utf-8\"\nContent-Transfer-Encoding: quoted-printable\n\n";
	static const struct form carriers[] = {
		{ "plain, mailed", "", "@t @m\n", "", MONO },
		{ "syslog, mailed", "", SYSLOG "@m\n", "", WALL | NO_YEAR, "web1" },
		{ "quoted, mailed", "", "> @t @m\n", "", MONO },
	};
	(void)state;
	for (size_t i = 0; i < 2 * sizeof carriers / sizeof *carriers; i++) {
		const struct form *f = &carriers[i / 2];
		struct iq_buf whole, out;
		iq_buf_init(&whole);
		iq_buf_init(&out);
		write_form(&whole, f);
		if (i % 2)
			iq_buf_str(&out, head);
		quoted_printable(&out, iq_buf_as_slice(&whole));
		read_bytes(f, iq_buf_as_slice(&out), false, out.n);
		read_bytes(f, iq_buf_as_slice(&out), false, 100);
		iq_buf_fini(&whole);
		iq_buf_fini(&out);
	}
}

/* What is no mail, and parts of a mailbox that are written otherwise, stay as they are;
 * a line put together is known by all its numbers. */
static void parts_of_mail(void **state)
{
	(void)state;
	check_log("[    1.000000] a=3D\n[    2.000000] b=1, c=2, d=20\n",
		  "1 0.0 K |a=3D\n2 0.0 K |b=1, c=2, d=20\n");
	check_log("[    1.000000] a=3D1 b=3D2 =\nc=3D3\n[    2.000000] d=3D4\n"
		  "Content-Transfer-Encoding: 8bit\n[    3.000000] e=20\n",
		  "1-2 0.0 K |a=1 b=2 c=3\n3 0.0 K |d=4\n5 0.0 K |e=20\n");
	check_log("[    1.000000] a=3D1 b=3D2 c=3D3=", "1 0.0 Kx |a=1 b=2 c=3\n");
}

/* A message that quotes a line of a log is one message. */
static void quoted_lines(void **state)
{
	(void)state;
	check_log("Mar  7 02:43:11 a kernel: message repeated 2 times: [ [ 1235.000000] x y z]\n",
		  "1 0.0 Kr |x y z\n1 0.0 Kr |x y z\n");
	check_log("The line Mar  7 02:43:11 a kernel: x came, and [    1.000000] y came too, "
		  "said he\n", "");
	check_log("[  100.000000] Guest said: [    1.000000] y, and [    2.000000] z, no more\n",
		  "1 0.0 K |Guest said: [    1.000000] y, and [    2.000000] z, no more\n");
}

/* All records on one line of more than 64 KiB. */
static void longer_than_a_line(void **state)
{
	static const char *const each[] = {
		"{\"MESSAGE\":\"some text of a line\",\"_TRANSPORT\":\"kernel\"},",
		NULL,				/* with a stamp that counts */
		"Mar  7 02:43:11 a kernel: some text of a line ",
	};
	(void)state;
	for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
		struct run r = run_new();
		struct iq_buf b;
		iq_buf_init(&b);
		iq_buf_str(&b, k ? "" : "[");
		for (size_t i = 0; i < 5000; i++)
			if (k == 1)
				iq_buf_printf(&b, "[%5zu.000000] some text of a line ", i);
			else
				iq_buf_str(&b, each[k]);
		iq_buf_str(&b, k ? "\n" : "{\"a\":1}]\n");
		run_bytes(&r, b.p, b.n);
		assert_int_equal(r.records, 5000);
		assert_null(strchr(r.out.p, '!'));
		assert_int_equal(r.sum->lines, 1);
		iq_buf_fini(&b);
		run_end(&r);
	}
}

/* journalctl -r, tac, exports of log stores */
static void newest_first(void **state)
{
	static const struct form carriers[] = {
		{ "plain, newest first", "", "@t @m\n", "", MONO },
		{ "syslog, newest first", "", SYSLOG "@m\n", "", WALL | NO_YEAR, "web1" },
		{ "short-iso, newest first", "", ISO "+0200 web1 kernel: @m\n", "", WALL, "web1", 2 },
		{ "json, newest first", "", "{" JSON ",\"MESSAGE\":@j}\n", "", JOURNAL },
		{ "json-pretty, newest first", "", "{\n\t" JSON ",\n\t\"MESSAGE\" : @j\n}\n", "",
		  JOURNAL },
		{ "export, newest first", "", "__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=@e@f\n" FIELDS
		  "MESSAGE=@m\n\n", "", JOURNAL },
		{ "CSV, newest first", "_time,host,_raw\n", ISO ".@f+0000,web1,\"" SYSLOG "@v\"\n",
		  "", WALL | FINE, "web1" },
		{ "entries, newest first", "[", "{\"textPayload\":@T,\"timestamp\":\"" ISO
		  ".@fZ\"},", "{\"a\":1}]", MONO | WALL | FINE },
	};
	(void)state;
	for (size_t k = 0; k < sizeof carriers / sizeof *carriers; k++) {
		struct iq_buf b;
		iq_buf_init(&b);
		iq_buf_str(&b, carriers[k].before);
		for (size_t i = N; i-- > 0;)
			write_record(&b, &carriers[k], i);
		iq_buf_str(&b, carriers[k].after);
		read_bytes(&carriers[k], iq_buf_as_slice(&b), false, b.n);
		iq_buf_fini(&b);
	}
}

/* Lines keep their numbers, and what goes on below its header stays there; a few boots
 * of a line each are no reversal. */
static void turned_round(void **state)
{
	(void)state;
	check_log("-- Boot 00112233445566778899aabbccddeeff --\n"
		  "[    9.000000] web1 kernel: d\n"
		  "[    8.000000] web1 kernel: Mem-Info:\n"
		  "                            active_anon:1 inactive_anon:2 isolated_anon:0\n"
		  "[    7.000000] web1 sshd[9]: b\n[    6.000000] web1 kernel: a\n",
		  "6 0.0 K |a\n3 0.0 K |Mem-Info:\n"
		  "4 0.0 Kc |active_anon:1 inactive_anon:2 isolated_anon:0\n2 0.0 K |d\n");
	check_log("[  300.000000] a\n[  200.000000] b\n[  100.000000] c\n",
		  "1 0.0 K |a\n2 0.1 K |b\n3 0.2 K |c\n");
}

static void two_bytes_a_character(void **state)
{
	static const struct form plain = { "UTF-16", "", "@t @m\n", "", MONO };
	(void)state;
	for (int k = 0; k < 4; k++) {
		struct iq_buf b, wide;
		bool big = k & 1, mark = k & 2;
		iq_buf_init(&b);
		iq_buf_init(&wide);
		write_form(&b, &plain);
		if (mark)
			iq_buf_add(&wide, big ? "\xfe\xff" : "\xff\xfe", 2);
		for (size_t i = 0; i < b.n; i++) {
			char two[2] = { big ? 0 : b.p[i], big ? b.p[i] : 0 };
			iq_buf_add(&wide, two, 2);
		}
		read_bytes(&plain, iq_buf_as_slice(&wide), false, 999);
		iq_buf_fini(&b);
		iq_buf_fini(&wide);
	}
}

/* `cat /sys/fs/pstore/dmesg-*`: the newest piece first, each line under its own number. */
static void pieces_newest_first(void **state)
{
	(void)state;
	check_log("Oops#1 Part1\n<4>[    2.000000] c\n<4>[    3.000000] d\n"
		  "Oops#1 Part2\n<4>[    1.000000] b\n"
		  "Oops#1 Part3\n<4>[    0.500000] a\n"
		  "Panic#2 Part1\n<4>[    6.000000] f\n"
		  "Panic#2 Part2\n<4>[    5.000000] e",
		  "7 0.0 K |a\n5 0.0 K |b\n2 0.0 K |c\n3 0.0 K |d\n"
		  "11 0.0 K |e\n9 0.0 K |f\n");
	/* systemd-pstore has put them right */
	check_log("Oops#1 Part2\n<4>[    1.000000] b\nOops#1 Part1\n<4>[    2.000000] c\n",
		  "2 0.0 K |b\n4 0.0 K |c\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form),
		cmocka_unit_test(wrapped),
		cmocka_unit_test(mailed),
		cmocka_unit_test(parts_of_mail),
		cmocka_unit_test(quoted_lines),
		cmocka_unit_test(longer_than_a_line),
		cmocka_unit_test(newest_first),
		cmocka_unit_test(turned_round),
		cmocka_unit_test(two_bytes_a_character),
		cmocka_unit_test(pieces_newest_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/parse/test_crashlist.c - listings as ls and find print them; composed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/buf.h"
#include "parse/crashlist.h"

static void found(void *arg, const struct iq_listed_dump *d)
{
	iq_buf_printf(arg, "%.*s/%.*s|%.*s|%.*s\n", IQ_FMT(d->dir), IQ_FMT(d->name),
		      IQ_FMT(d->size), IQ_FMT(d->time));
}

static void is(const char *text, const char *want)
{
	struct iq_buf got;
	iq_buf_init(&got);
	iq_buf_str(&got, "");
	iq_crashlist_read(iq_slice_z(text), found, &got);
	assert_string_equal(got.p ? got.p : "", want);
	iq_buf_fini(&got);
}

static void listings(void **state)
{
	(void)state;
	is("/var/crash:\ntotal 8.0K\ndrwxr-xr-x 3 root root 4.0K Jan  2 03:04 .\n\n"
	   "/var/crash/127.0.0.1-2024-01-02-03:04:05:\ntotal 1.3G\n"
	   "-rw------- 1 root root 1.2G Jan  2 03:05 vmcore\n"
	   "-rw-r--r-- 1 root root  88K Jan  2 03:04 vmcore-dmesg.txt\n"
	   "-rw------- 1 root root 700M Jan  2  2023 vmcore-incomplete\n",
	   "/var/crash/127.0.0.1-2024-01-02-03:04:05/vmcore|1.2G|Jan  2 03:05\n"
	   "/var/crash/127.0.0.1-2024-01-02-03:04:05/vmcore-incomplete|700M|Jan  2  2023\n");
	is("/var/crash/1/:\n-rw-------. 1 root root system_u:object_r:kdump_crash_t:s0 125829120 "
	   "Jan  2 03:04 vmcore\n", "/var/crash/1/vmcore|125829120|Jan  2 03:04\n");
	is("/var/crash/202401020304:\n-rw------- 1 root root ? 1024 2024-01-02 03:04 "
	   "dump.202401020304\n",
	   "/var/crash/202401020304/dump.202401020304|1024|2024-01-02 03:04\n");
	is("/var/crash/\n/var/crash/2024-01-02/vmcore\n/var/crash/2024-01-02/README.txt\n",
	   "/var/crash/2024-01-02/vmcore||\n");
	is("ls: cannot access '/var/crash': No such file or directory\n", "");
	is("-rw------- 1 root\n-\n- - - - - - - - vmcore", "/var/crash/vmcore|-|- - -\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(listings) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/parse/test_manifest.c - composed after sos/component.py and the plugins' fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/units.h"
#include "bundle/worth.h"
#include "model/facts.h"
#include "parse/manifest.h"

static const char text[] = "{\"version\": \"4.9.1\", \"start_time\": \"2026-11-21 15:44:05.825718\","
	"\"components\": {\"report\": {\"devices\": {\"block\": [\"vda\"]}, \"plugins\": {"
	"\"logs\": {\"start_time\": \"2026-11-21 15:44:20.100000\", \"timeout_hit\": false,"
	" \"commands\": [{\"command\": \"journalctl\", \"parameters\": [\"--no-pager\"],"
	"  \"exec\": \"journalctl --no-pager --reverse\", \"filepath\": \"sos_strings/logs/"
	"journalctl_--no-pager.tailed\", \"truncated\": true, \"return_code\": 0,"
	"  \"start_time\": 1795256062.25, \"tags\": [\"exec\"]},"
	"  {\"exec\": \"journalctl --no-pager  --boot -1 --reverse\", \"return_code\": 1,"
	"   \"filepath\": \"x\", \"start_time\": 1795256070.5}],"
	" \"files\": [{\"exec\": \"no command\"}]},"
	"\"process\": {\"start_time\": \"2026-11-21 15:44:30\", \"timeout_hit\": true,"
	" \"commands\": [{\"exec\": \"ps auxwwwm\", \"filepath\": null, \"return_code\": 124},"
	"  {\"exec\": \"pstree -lp\", \"filepath\": null, \"return_code\": 127}]},"
	"\"usb\": {\"timeout_hit\": true, \"commands\": []}}}}}";

struct told {
	struct iq_buf remarks;
	unsigned commands, plugins;
};

static void on_command(void *arg, const struct iq_manifest_command *c)
{
	struct told *t = arg;
	struct iq_worth r;
	t->commands++;
	if (iq_worth_command(c, &r))
		iq_buf_printf(&t->remarks, "%s %.*s\n", r.code, IQ_FMT(c->exec));
}

static void on_timeout(void *arg, struct iq_slice plugin)
{
	struct told *t = arg;
	t->plugins++;
	if (iq_worth_plugin(plugin))
		iq_buf_printf(&t->remarks, "plugin %.*s\n", IQ_FMT(plugin));
}

static void read_it(struct told *t, struct iq_slice s, struct iq_manifest *m)
{
	struct iq_manifest_ops ops = { on_command, on_timeout, t };
	struct iq_arena mem;
	*t = (struct told){ 0 };
	iq_arena_init(&mem);
	iq_manifest_read(s, &ops, &mem, m);
	iq_arena_fini(&mem);
}

static void whole(void **state)
{
	(void)state;
	struct iq_manifest m;
	struct told t;
	read_it(&t, iq_slice_z(text), &m);
	assert_true(m.whole);
	assert_true(iq_eq(m.version, IQ_LIT("4.9.1")));
	assert_int_equal(t.commands, 4);
	assert_int_equal(t.plugins, 2);
	assert_string_equal(t.remarks.p, "sos-truncated journalctl --no-pager --reverse\n"
			    "plugin process\nsos-timeout ps auxwwwm\n");
	assert_true(m.start_us == INT64_C(1795256062250000));
	/* 15:44:20 local was 10:14:22 by the clock of all, less what the plugin needed */
	assert_true(m.zone_us == (5 * 60 + 30) * 60 * IQ_USEC);
	iq_buf_fini(&t.remarks);
}

static void cut_off(void **state)
{
	(void)state;
	for (size_t n = 0; n + 1 < sizeof text; n++) {
		struct iq_manifest m;
		struct told t;
		read_it(&t, iq_slice(text, n), &m);
		assert_false(m.whole);
		iq_buf_fini(&t.remarks);
	}
}

static void logs(void **state)
{
	(void)state;
	struct told t = { 0 };
	struct iq_manifest_ops ops = { on_command, on_timeout, &t };
	assert_true(iq_manifest_log_line(IQ_LIT("2024-05-06 10:10:55,001 WARNING: [plugin:process]"
						" command 'ps auxwww' timed out after 15s"), &ops));
	assert_true(iq_manifest_log_line(IQ_LIT(" Plugin kernel timed out"), &ops));
	assert_false(iq_manifest_log_line(IQ_LIT("' timed out after  [plugin:x] command '"),
					  &ops));
	assert_false(iq_manifest_log_line(IQ_LIT("it timed out"), &ops));
	assert_string_equal(t.remarks.p, "sos-timeout ps auxwww\nplugin kernel\n");
	iq_buf_fini(&t.remarks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole), cmocka_unit_test(cut_off), cmocka_unit_test(logs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

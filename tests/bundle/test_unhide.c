/* tests/bundle/test_unhide.c - names put back; the map is composed after sos clean's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "bundle/unhide.h"

static const char map[] = "{\"hostname_map\": {\"db01\": \"host0\", \"db01.shop.example\": "
	"\"obfuscateddomain0.example\", \"shop.example\": \"obfuscateddomain0.example\","
	"\"web\": \"host1\", \"other\": \"host1\"},"
	"\"ip_map\": {\"10.1.2.0/24\": \"100.0.0.0/24\", \"10.1.2.7\": \"100.0.0.1\"},"
	"\"ipv6_map\": {\"version\": 1, \"networks\": {\"fd00::/64\": {\"obfuscated\": "
	"\"534f:1::/64\", \"hosts\": {\"fd00::7\": \"534f:1::a\"}}}},"
	"\"mac_map\": {\"02:00:00:00:00:01\": \"53:4f:53:aa:bb:cc\"},"
	"\"keyword_map\": {\"secret\": \"obfuscatedword0\"},"
	"\"username_map\": {\"pgstore\": \"obfuscateduser0\"}}";

static void texts(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want;	/* want NULL: nothing to put back */
	} rows[] = {
		{ "host0", "db01" }, { "host0 kernel: x", "db01 kernel: x" },
		{ "host0.obfuscateddomain0.example", "db01.shop.example" },
		{ "at 100.0.0.1:22, 100.0.0.10", "at 10.1.2.7:22, 100.0.0.10" },
		{ "/system.slice/obfuscateduser0.service", "/system.slice/pgstore.service" },
		{ "[53:4f:53:aa:bb:cc]", "[02:00:00:00:00:01]" },
		{ "534f:1::a", "fd00::7" }, { "xhost0 host00 host0x", NULL }, { "", NULL },
		{ "host1", NULL },		/* two names were hidden by it */
		{ "host0_obfuscatedword0-host0", "db01_secret-db01" },
	};
	struct iq_unhide *u;
	struct iq_err err;
	struct iq_buf out;
	assert_int_equal(iq_unhide_new(iq_slice_z(map), &u, &err), 0);
	iq_buf_init(&out);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool any = iq_unhide_text(u, iq_slice_z(rows[i].text), &out);
		assert_int_equal(any, rows[i].want != NULL);
		if (any)
			assert_true(iq_eq(iq_buf_as_slice(&out), iq_slice_z(rows[i].want)));
	}
	iq_buf_fini(&out);
	iq_unhide_free(u);
}

static void no_maps(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "{}", "[]", "{\"hostname_map\": {}}", "text",
					     "{\"x\": {\"a\": \"b\"}}" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct iq_unhide *u = NULL;
		struct iq_err err;
		assert_int_equal(iq_unhide_new(iq_slice_z(texts[i]), &u, &err), -1);
	}
	for (size_t n = 0; n + 1 < sizeof map; n++) {
		struct iq_unhide *u = NULL;
		struct iq_err err;
		assert_int_equal(iq_unhide_new(iq_slice(map, n), &u, &err), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(texts), cmocka_unit_test(no_maps) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}

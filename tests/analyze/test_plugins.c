/* tests/analyze/test_plugins.c - finding plugins and refusing what is none. */
#include <sys/stat.h>

#include "world.h"

static char plugin_root[300];

static const char *dir_of(const char *variant)
{
	static char path[8][400];
	static unsigned turn;
	char *p = path[turn++ % COUNT(path)];

	snprintf(p, sizeof(path[0]), "%s/%s", plugin_root, variant);
	return p;
}

struct seen {
	size_t n;
	char name[40][80], status[40][300], kind[40][8], path[40][300];
};

static void note(void *arg, const struct iq_plugin_info *info)
{
	struct seen *s = arg;

	assert_true(s->n < COUNT(s->name));
	snprintf(s->name[s->n], sizeof(s->name[0]), "%s", info->name);
	snprintf(s->status[s->n], sizeof(s->status[0]), "%s", info->status);
	snprintf(s->kind[s->n], sizeof(s->kind[0]), "%s", info->kind);
	snprintf(s->path[s->n++], sizeof(s->path[0]), "%s", info->path);
}

static void list(struct seen *s, const char *const *dirs)
{
	struct iq_analyze_opts opts = { .plugin_dirs = dirs };
	struct iq_err err = { 0 };

	*s = (struct seen){ 0 };
	if (iq_plugins_list(&opts, note, s, &err))
		fail_msg("%s", err.text);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void statuses(void **state)
{
	static const struct { const char *variant, *says; } rows[] = {
		{ "good", "ok" },
		{ "old", "built for plugin ABI 0, this inquest takes 1 to 1" },
		{ "new", "built for plugin ABI 3, this inquest takes 1 to 1; a newer" },
		{ "tiny", "says to be 12 bytes" },
		{ "idle", "neither event() nor host()" },
		{ "none", "no symbol `inquest_plugin`" },
		{ "load", "loading it crashed: Aborted" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *dirs[] = { dir_of(rows[i].variant), NULL };
		struct seen s;
		list(&s, dirs);
		assert_int_equal(s.n, 1);
		assert_string_equal(s.kind[0], "C");
		if (!strstr(s.status[0], rows[i].says))
			fail_msg("%s: %s", rows[i].variant, s.status[0]);
	}
}

/* All at once: one that crashes while being loaded keeps no other away. */
static void together(void **state)
{
	const char *dirs[] = { dir_of("load"), dir_of("no such directory"), dir_of("good"),
			       dir_of("old"), NULL };
	struct seen s;

	(void)state;
	list(&s, dirs);
	assert_int_equal(s.n, 3);
	assert_non_null(strstr(s.status[0], "crashed"));
	assert_string_equal(s.status[1], "ok");
	assert_string_equal(s.name[1], "good");
}

static void order_and_rules(void **state)
{
	static const char rule[] = "-- rule: a\n-- verdict: v\n-- severity: notice\n"
		"-- confidence: guess\n-- applies-to: oom-kill\n-- title: t\nSELECT 1\n";
	const char *dir = feed_mkdir();
	const char *one = strdup(feed_path(dir, "1")), *two = strdup(feed_path(dir, "2"));
	const char *dirs[] = { one, two, dir_of("good"), NULL };
	struct seen s;
	char cmd[900];

	(void)state;
	mkdir(one, 0700);
	mkdir(two, 0700);
	write_file(feed_path(one, "same.sql"), rule);
	write_file(feed_path(one, "broken.sql"), "SELECT 1");
	write_file(feed_path(one, "garbage.so"), "not an object");
	write_file(feed_path(one, ".hidden.sql"), rule);
	write_file(feed_path(one, "README"), "no plugin");
	mkdir(feed_path(one, "folder.sql"), 0700);
	write_file(feed_path(two, "same.sql"), "hidden by the first of this name");
	write_file(feed_path(two, "good.sql"), rule);
	write_file(feed_path(two, "inquest.sql"), rule);
	list(&s, dirs);
	assert_int_equal(s.n, 7);
	for (size_t i = 0; i < s.n; i++) {
		bool ok = !strcmp(s.status[i], "ok");
		const char *file = strrchr(s.path[i], '/') + 1;
		if (!strcmp(file, "same.sql"))
			assert_true(ok && !strncmp(s.path[i], one, strlen(one)));
		else if (!strcmp(file, "broken.sql"))
			assert_non_null(strstr(s.status[i], "is missing"));
		else if (!strcmp(file, "garbage.so"))
			assert_non_null(strstr(s.status[i], "cannot be loaded"));
		else if (!strcmp(file, "folder.sql"))
			assert_non_null(strstr(s.status[i], "not a file"));
		else if (!strcmp(file, "inquest.sql"))
			assert_non_null(strstr(s.status[i], "is taken"));
		else if (!strcmp(file, "good.sql"))
			assert_true(ok);
		else if (!strcmp(file, "good.so"))	/* the rule came first */
			assert_non_null(strstr(s.status[i], "already named `good`"));
		else
			fail_msg("%s", file);
	}
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	assert_int_equal(system(cmd), 0);
	free((char *)one);
	free((char *)two);
}

int main(void)
{
	const char *build = getenv("builddir");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statuses), cmocka_unit_test(together),
		cmocka_unit_test(order_and_rules),
	};

	snprintf(plugin_root, sizeof(plugin_root), "%s/tests/analyze/plugins",
		 build ? build : ".");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

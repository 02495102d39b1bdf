/* input/find and directories: what a path leads to, and what is left out. */
#include "world.h"

#include <errno.h>
#include <ftw.h>

struct found {
	const char *root;
	char path[32][256];		/* without the root */
	size_t n;
	char issue[32][300];		/* "severity code path" */
	size_t n_issues;
};

static int on_found(void *arg, const char *path, struct iq_err *err)
{
	struct found *f = arg;
	size_t k = strlen(f->root);
	(void)err;
	assert_true(f->n < 32);
	snprintf(f->path[f->n++], 256, "%s", strncmp(path, f->root, k) ? path : path + k);
	return 0;
}

static void on_issue(void *arg, const char *severity, const char *code, const char *path,
		     const char *text)
{
	struct found *f = arg;
	(void)text;
	if (f->n_issues < 32)
		snprintf(f->issue[f->n_issues++], 300, "%s %s %s", severity, code,
			 path + strlen(f->root));
}

static char root[64];

static const char *in_root(const char *name)
{
	static char b[4][512];
	static unsigned k;
	k = (k + 1) % 4;
	snprintf(b[k], sizeof b[k], "%s/%s", root, name);
	return b[k];
}

static void put(const char *name, struct iq_slice data)
{
	char path[512];
	snprintf(path, sizeof path, "%s", in_root(name));
	for (char *p = path + strlen(root) + 1; (p = strchr(p, '/')); p++) {
		*p = 0;
		mkdir(path, 0755);
		*p = '/';
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data.p, data.n), data.n);
	close(fd);
}

static int setup(void **state)
{
	(void)state;
	snprintf(root, sizeof root, "/tmp/inquest-find.XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void find(struct found *f, const char *path)
{
	struct iq_err err;
	memset(f, 0, sizeof *f);
	f->root = root;
	assert_int_equal(iq_find_captures(path, on_found, on_issue, f, &err), 0);
}

static void files_sorted(void **state)
{
	(void)state;
	struct found f;
	put("b", IQ_LIT("x\n"));
	put("a/2", IQ_LIT("x\n"));
	put("a/10", IQ_LIT("x\n"));
	put("c", IQ_LIT("x\n"));
	assert_int_equal(mkdir(in_root("empty"), 0755), 0);
	find(&f, root);
	assert_int_equal(f.n, 4);
	assert_string_equal(f.path[0], "/a/10");
	assert_string_equal(f.path[1], "/a/2");
	assert_string_equal(f.path[2], "/b");
	assert_string_equal(f.path[3], "/c");
	find(&f, in_root("b"));
	assert_int_equal(f.n, 1);
	find(&f, in_root("empty"));
	assert_int_equal(f.n, 0);
	find(&f, "-");
	assert_string_equal(f.path[0], "-");
}

static void bundles(void **state)
{
	(void)state;
	static const struct {
		const char *file, *capture;
	} rows[] = {
		{ "sos/sosreport-x/sos_commands/kernel/dmesg", "/sos/sosreport-x" },
		{ "sup/scc_x/basic-environment.txt", "/sup/scc_x" },
		{ "tree/var/log/messages", NULL },
	};
	struct found f;
	enum iq_path_kind kind;
	struct iq_err err;
	for (size_t i = 0; i < COUNT(rows); i++)
		put(rows[i].file, IQ_LIT("x\n"));
	find(&f, root);
	assert_int_equal(f.n, 3);
	assert_string_equal(f.path[0], "/sos/sosreport-x");
	assert_string_equal(f.path[1], "/sup/scc_x");
	assert_string_equal(f.path[2], "/tree/var/log/messages");
	/* proc beside var/log makes it the root of a machine */
	put("tree/proc/meminfo", IQ_LIT("x\n"));
	find(&f, root);
	assert_string_equal(f.path[2], "/tree");
	assert_int_equal(iq_path_kind(in_root("tree"), &kind, &err), 0);
	assert_int_equal(kind, IQ_PATH_BUNDLE);
	assert_int_equal(iq_path_kind(root, &kind, &err), 0);
	assert_int_equal(kind, IQ_PATH_DIR);
	assert_int_equal(iq_path_kind("/", &kind, &err), 0);
	assert_int_equal(kind, IQ_PATH_DIR);	/* its proc is alive */
}

static void split_dump(void **state)
{
	(void)state;
	struct found f;
	char *h = calloc(1, 8192);
	memcpy(h, "KDUMP   \6", 9);
	h[429] = 0x10;
	h[4096 + 12] = 1;
	put("d/part1", iq_slice(h, 8192));
	put("d/part2", iq_slice(h, 8192));
	put("d/vmcore-dmesg.txt", IQ_LIT("x\n"));
	find(&f, root);
	assert_int_equal(f.n, 1);
	assert_string_equal(f.path[0], "/d");
	h[4096 + 12] = 0;			/* a whole dump lies beside them */
	put("d/part3", iq_slice(h, 8192));
	find(&f, root);
	assert_int_equal(f.n, 4);
	free(h);
}

static void links_and_nodes(void **state)
{
	(void)state;
	struct found f;
	struct iq_err err;
	put("log", IQ_LIT("x\n"));
	assert_int_equal(symlink("loop", in_root("loop")), 0);
	assert_int_equal(symlink(".", in_root("self")), 0);
	assert_int_equal(symlink("/etc/passwd", in_root("out")), 0);
	assert_int_equal(mkfifo(in_root("pipe"), 0644), 0);
	find(&f, root);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.n_issues, 4);
	assert_string_equal(f.issue[0], "note left-out /loop");
	assert_string_equal(f.issue[2], "note left-out /pipe");
	/* a link that is named is followed; a loop is an error */
	find(&f, in_root("self"));
	assert_int_equal(f.n, 1);
	assert_int_equal(iq_find_captures(in_root("loop"), on_found, on_issue, &f, &err), -1);
	assert_int_equal(err.code, IQ_E_IO);
	assert_int_equal(iq_find_captures(in_root("none"), on_found, on_issue, &f, &err), -1);
}

static void deep_tree(void **state)
{
	(void)state;
	struct found f;
	char path[1024];
	int n = snprintf(path, sizeof path, "%s", root);
	for (int i = 0; i < 70; i++) {
		n += snprintf(path + n, sizeof path - (size_t)n, "/d");
		assert_int_equal(mkdir(path, 0755), 0);
	}
	put("log", IQ_LIT("x\n"));
	find(&f, root);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.n_issues, 1);
	assert_memory_equal(f.issue[0], "limit depth", 11);
}

static void unreadable(void **state)
{
	(void)state;
	struct found f;
	struct seen s;
	put("dir/log", IQ_LIT("x\n"));
	put("secret", IQ_LIT("x\n"));
	chmod(in_root("dir"), 0);
	chmod(in_root("secret"), 0);
	if (access(in_root("secret"), R_OK) == 0)
		skip();				/* root reads everything */
	find(&f, root);
	chmod(in_root("dir"), 0755);
	assert_int_equal(f.n, 1);
	assert_string_equal(f.issue[0], "failed unreadable /dir");
	seen_init(&s);
	walk_path(&s, in_root("secret"));
	assert_int_equal(s.rc, -1);
	assert_int_equal(s.err.code, IQ_E_IO);
	seen_fini(&s);
}

/* A bundle as one capture: members by their path, the same bytes for the hash. */
static void walk_directory(void **state)
{
	(void)state;
	struct seen s, again;
	struct iq_buf log = composed_log(1000);
	struct iq_buf gz = packed(as_slice(&log), ARCHIVE_FILTER_GZIP);
	put("sos_commands/kernel/dmesg", as_slice(&log));
	put("var/log/messages.1.gz", as_slice(&gz));
	assert_int_equal(symlink("../../sos_commands/kernel/dmesg",
				 in_root("var/log/dmesg")), 0);
	seen_init(&s);
	walk_path(&s, root);
	assert_int_equal(s.rc, 0);
	assert_int_equal(s.n, 2);
	assert_string_equal(s.m[0].name, "sos_commands/kernel/dmesg");
	assert_string_equal(s.m[1].name, "var/log/messages.1.gz");
	assert_string_equal(s.m[1].wrappers, "gzip");
	assert_int_equal(s.m[1].bytes, log.n);
	assert_int_equal(s.n_links, 1);
	assert_string_equal(s.link, "var/log/dmesg -> ../../sos_commands/kernel/dmesg");
	assert_int_equal(s.raw.n, log.n + gz.n + strlen(s.m[0].name) + 1 +
			 strlen(s.m[1].name) + 1 + 16);
	seen_init(&again);
	again.do_not_read = true;
	walk_path(&again, root);
	assert_true(iq_eq(as_slice(&s.raw), as_slice(&again.raw)));
	seen_fini(&again);
	seen_fini(&s);
	iq_buf_fini(&gz);
	iq_buf_fini(&log);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(files_sorted), T(bundles), T(split_dump), T(links_and_nodes),
		T(deep_tree), T(unreadable), T(walk_directory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

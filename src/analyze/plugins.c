/* analyze/plugins.c - see plugins.h. */
#include "analyze/plugins.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyze/child.h"

#define LOAD_CPU_MS	5000
#define LOAD_WALL_MS	30000
/* The first members, which every ABI has. */
#define SIZE_MIN (offsetof(struct inquest_plugin, event) + sizeof(void (*)(void)))

static void refuse(struct iq_plugin *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void refuse(struct iq_plugin *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->status, sizeof(p->status), fmt, ap);
	va_end(ap);
	p->ok = false;
}

/* --- shared objects --- */

static void take_symbol(struct iq_plugin *p, const struct inquest_plugin *s)
{
	size_t n = s->size < sizeof(p->c) ? s->size : sizeof(p->c);

	if (s->abi < INQUEST_PLUGIN_ABI_MIN || s->abi > INQUEST_PLUGIN_ABI) {
		refuse(p, "built for plugin ABI %u, this inquest takes %d to %d; %s",
		       s->abi, INQUEST_PLUGIN_ABI_MIN, INQUEST_PLUGIN_ABI,
		       s->abi < INQUEST_PLUGIN_ABI_MIN
		       ? "build it again with the header installed here"
		       : "a newer inquest is needed");
		return;
	}
	if (s->size < SIZE_MIN || s->size > 64 * 1024) {
		refuse(p, "its struct inquest_plugin says to be %u bytes; set .size to "
		       "sizeof(struct inquest_plugin)", s->size);
		return;
	}
	memset(&p->c, 0, sizeof(p->c));
	memcpy(&p->c, s, n);
	if (!p->c.name || !iq_found_word_ok(iq_slice_z(p->c.name)))
		refuse(p, "its name is no word of a-z, 0-9 and -");
	else if (!p->c.event && !p->c.host)
		refuse(p, "it has neither event() nor host()");
	else if (p->c.event && !p->c.kinds)
		refuse(p, "it has event(), but lists no kinds");
	else
		p->ok = true;
}

static void open_object(struct iq_plugin *p)
{
	void *dl = dlopen(p->path, RTLD_NOW | RTLD_LOCAL);

	if (!dl) {
		const char *why = dlerror();
		refuse(p, "cannot be loaded: %s", why ? why : "no reason given");
		return;
	}
	const struct inquest_plugin *s = dlsym(dl, "inquest_plugin");
	if (s)
		take_symbol(p, s);
	else
		refuse(p, "no symbol `inquest_plugin`: not a plugin of inquest");
}

/* In the child: opens them all, noting which one is being opened. */
static int try_objects(void *arg, struct iq_child *c)
{
	struct iq_plugin_set *set = arg;

	for (size_t i = 0; i < set->n; i++) {
		struct iq_plugin *p = &set->p[i];
		if (p->sql || p->status[0])
			continue;
		iq_child_at(c, (int64_t)i, 0);
		open_object(p);
	}
	iq_child_at(c, -1, -1);
	return 0;
}

/* Refuses those whose loading does not survive. */
static int try_in_child(struct iq_plugin_set *set, struct iq_err *err)
{
	for (;;) {
		struct iq_child c = { .cpu_ms = LOAD_CPU_MS, .wall_ms = LOAD_WALL_MS };
		struct iq_child_result end;
		struct iq_buf none;
		int rc;

		iq_buf_init(&none);
		rc = iq_child_start(&c, try_objects, set, err) ||
		     iq_child_collect(&c, &none, 4096, &end, err) ? -1 : 0;
		iq_buf_fini(&none);
		if (rc || end.end == IQ_CHILD_DONE)
			return rc;
		if (end.item < 0 || (size_t)end.item >= set->n ||
		    set->p[end.item].status[0])
			return iq_err_set(err, IQ_E_BUG, "trying the plugins: %s", end.how);
		refuse(&set->p[end.item], "loading it %s", end.how);
	}
}

static void open_objects(struct iq_plugin_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		if (!set->p[i].sql && !set->p[i].status[0])
			open_object(&set->p[i]);
}

/* --- rules --- */

static int read_file(const char *path, struct iq_buf *out, struct iq_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return iq_err_sys(err, errno, "cannot be opened");
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		close(fd);
		return iq_err_set(err, IQ_E_FORMAT, "not a file");
	}
	for (;;) {
		char *at = iq_buf_reserve(out, 16384);
		ssize_t n = at ? read(fd, at, 16384) : 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			iq_err_sys(err, errno, "cannot be read");
		if (n > 0)
			out->n += (size_t)n;
		if (n <= 0 || out->n > IQ_RULE_BYTES_MAX) {
			close(fd);
			return n < 0 ? -1 : 0;
		}
	}
}

static void open_rule(struct iq_plugin *p)
{
	struct iq_err err = { 0 };
	struct iq_buf text;

	iq_buf_init(&text);
	p->rule = calloc(1, sizeof(*p->rule));
	p->rule_name = strndup(p->file, strlen(p->file) - 4);
	if (!p->rule || !p->rule_name || text.failed) {
		refuse(p, "out of memory");
	} else if (read_file(p->path, &text, &err) ||
		   iq_rule_parse(p->rule, iq_buf_as_slice(&text), &err)) {
		free(p->rule);
		p->rule = NULL;
		refuse(p, "%s", err.text);
	} else if (!iq_found_word_ok(iq_slice_z(p->rule_name))) {
		refuse(p, "its file name is no word of a-z, 0-9 and -");
	} else {
		const struct iq_rule *r = p->rule;
		p->c = (struct inquest_plugin){
			.abi = INQUEST_PLUGIN_ABI, .size = sizeof(p->c),
			.name = p->rule_name,
			.version = r->version.p, .description = r->description.p
				? r->description.p : r->title.p,
			.kinds = r->kinds, .priority = (int32_t)r->priority,
		};
		p->ok = true;
	}
	iq_buf_fini(&text);
}

/* --- directories --- */

static bool is_plugin_file(const char *name)
{
	size_t n = strlen(name);

	return name[0] != '.' && ((n > 3 && !strcmp(name + n - 3, ".so")) ||
				  (n > 4 && !strcmp(name + n - 4, ".sql")));
}

static int wanted(const struct dirent *e)
{
	return is_plugin_file(e->d_name);
}

static bool have(const struct iq_plugin_set *set, const char *file)
{
	for (size_t i = 0; i < set->n; i++)
		if (!strcmp(set->p[i].file, file))
			return true;
	return false;
}

static int add_file(struct iq_plugin_set *set, const char *dir, const char *file,
		    struct iq_err *err)
{
	struct iq_plugin *p;
	char *path;

	if (set->n == IQ_PLUGINS_MAX)
		return iq_err_set(err, IQ_E_LIMIT, "%s: more than %d plugins", dir,
				  IQ_PLUGINS_MAX);
	p = reallocarray(set->p, set->n + 1, sizeof(*p));
	if (p)
		set->p = p;
	if (!p || asprintf(&path, "%s/%s", dir, file) < 0)
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	p += set->n++;
	*p = (struct iq_plugin){ .path = path, .file = strrchr(path, '/') + 1 };
	p->sql = !strcmp(file + strlen(file) - 4, ".sql");
	struct stat st;
	/* the loader of shared objects would wait for the writer of a pipe */
	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		refuse(p, "not a file");
	return 0;
}

static int scan_dir(struct iq_plugin_set *set, const char *dir, struct iq_err *err)
{
	struct dirent **names;
	int n = scandir(dir, &names, wanted, alphasort), rc = 0;

	if (n < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (n < 0)
		return iq_err_sys(err, errno, "%s", dir);
	for (int i = 0; i < n; i++) {
		if (!rc && !have(set, names[i]->d_name))
			rc = add_file(set, dir, names[i]->d_name, err);
		free(names[i]);
	}
	free(names);
	return rc;
}

/* Findings go by the plugin's name: two of one name could not be told apart. */
static void refuse_doubles(struct iq_plugin_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		struct iq_plugin *p = &set->p[i];
		for (size_t k = 0; p->ok && k < i; k++)
			if (set->p[k].ok && !strcmp(set->p[k].c.name, p->c.name))
				refuse(p, "%s is already named `%s`", set->p[k].path,
				       set->p[k].c.name);
		if (p->ok && !strcmp(p->c.name, "inquest"))
			refuse(p, "the name `inquest` is taken");
	}
}

int iq_plugins_load(struct iq_plugin_set *set, const char *const *dirs, struct iq_err *err)
{
	bool any = false;

	*set = (struct iq_plugin_set){ NULL, 0 };
	for (size_t i = 0; dirs && dirs[i]; i++) {
		if (scan_dir(set, dirs[i], err)) {
			iq_plugins_free(set);
			return -1;
		}
	}
	for (size_t i = 0; i < set->n; i++)
		any |= !set->p[i].sql;
	if (any && try_in_child(set, err)) {
		iq_plugins_free(set);
		return -1;
	}
	open_objects(set);
	for (size_t i = 0; i < set->n; i++)
		if (set->p[i].sql && !set->p[i].status[0])
			open_rule(&set->p[i]);
	refuse_doubles(set);
	for (size_t i = 0; i < set->n; i++)
		if (set->p[i].ok)
			snprintf(set->p[i].status, sizeof(set->p[i].status), "ok");
	return 0;
}

/* Shared objects stay loaded: their strings may be in use, and unloading code that
 * strangers wrote is asking for trouble. */
void iq_plugins_free(struct iq_plugin_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		struct iq_plugin *p = &set->p[i];
		if (p->rule)
			iq_rule_fini(p->rule);
		free(p->rule);
		free(p->rule_name);
		free(p->path);
	}
	free(set->p);
	*set = (struct iq_plugin_set){ NULL, 0 };
}

bool iq_plugin_wants(const struct iq_plugin *p, const char *kind)
{
	const char *const *k = p->c.kinds;

	if (!p->ok || !kind || !k || (!p->c.event && !p->rule))
		return false;
	for (; *k; k++)
		if (!strcmp(*k, "*") || !strcmp(*k, kind))
			return true;
	return false;
}

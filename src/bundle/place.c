/* bundle/place.c - see place.h.
 *
 * Follows sos: archive.py tar_subdirs(), report/plugins/__init__.py _mangle_command()
 * and _collect_tailed_files(); supportutils: bin/supportconfig.rc (headers of sections).
 */
#include "bundle/place.h"

/* What stands right below the root of a bundle. */
static const struct iq_slice tops[] = {
	IQ_LIT("sos_commands"), IQ_LIT("sos_strings"), IQ_LIT("sos_reports"),
	IQ_LIT("sos_logs"), IQ_LIT("sos_containers"), IQ_LIT("proc"), IQ_LIT("sys"),
	IQ_LIT("etc"), IQ_LIT("var"), IQ_LIT("run"), IQ_LIT("usr"), IQ_LIT("boot"),
	IQ_LIT("lib"), IQ_LIT("opt"), IQ_LIT("root"), IQ_LIT("dev"), IQ_LIT("cgroup"),
	IQ_LIT("version.txt"), IQ_LIT("environment"),
};

/* Directories that a collector names: what it found lies below. */
static const struct iq_slice leads[] = {
	IQ_LIT("sosreport-"), IQ_LIT("sos-collector-"), IQ_LIT("scc_"), IQ_LIT("nts_"),
};

static bool is_top(struct iq_slice part)
{
	for (size_t i = 0; i < sizeof tops / sizeof *tops; i++)
		if (iq_eq(part, tops[i]))
			return true;
	return false;
}

static bool is_lead(struct iq_slice part)
{
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
		if (iq_starts(part, leads[i]))
			return true;
	return false;
}

bool iq_bundle_is_named(struct iq_slice root)
{
	if (root.n)
		root.n--;
	ptrdiff_t slash = iq_rfind(root, IQ_LIT("/")), bang = iq_rfind(root, IQ_LIT("!"));
	return is_lead(iq_from(root, (size_t)((slash > bang ? slash : bang) + 1)));
}

/* Length of NAME's part before the first top, -1 if there is none.  A tree that was
 * being collected in /var/tmp has tops above its root too.  A name that climbs is a label
 * and has no place. */
static ptrdiff_t root_length(struct iq_slice name, size_t from)
{
	ptrdiff_t found = -1;
	struct iq_slice rest = iq_from(name, from);

	while (rest.n) {
		size_t at = (size_t)(rest.p - name.p);
		struct iq_slice part = iq_cut(&rest, '/');
		if (iq_eq(part, IQ_LIT("..")))
			return -1;
		if (is_lead(part) && rest.n)
			found = -1;
		else if (found < 0 && is_top(part))
			found = (ptrdiff_t)at;
	}
	return found;
}

/* --- sections of supportconfig --- */

static const struct iq_slice program_dirs[] = {
	IQ_LIT("/usr/bin/"), IQ_LIT("/usr/sbin/"), IQ_LIT("/bin/"), IQ_LIT("/sbin/"),
	IQ_LIT("/usr/local/bin/"), IQ_LIT("/usr/local/sbin/"),
};

static bool skip_program_dir(struct iq_slice *s)
{
	for (size_t i = 0; i < sizeof program_dirs / sizeof *program_dirs; i++)
		if (iq_skip(s, program_dirs[i]))
			return true;
	return false;
}

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.' || c == '/' || (unsigned char)c >= 0x80;
}

static bool is_edge(char c)
{
	return c == ' ' || c == '.' || c == '_' || c == '-';
}

struct iq_slice iq_bundle_mangle(struct iq_slice command, struct iq_arena *mem)
{
	skip_program_dir(&command);
	char *to = command.n <= 4096 ? iq_arena_alloc(mem, command.n + 1) : NULL;
	size_t n = 0;

	if (!to)
		return IQ_SLICE_NULL;
	for (size_t i = 0; i < command.n; i++) {
		char c = command.p[i];
		if (!is_name_byte(c) && n && to[n - 1] == '_' && !is_name_byte(command.p[i - 1]))
			continue;
		to[n++] = c == '/' ? '.' : is_name_byte(c) ? c : '_';
	}
	struct iq_slice s = iq_slice(to, n);
	while (s.n && is_edge(s.p[0]))
		s = iq_from(s, 1);
	while (s.n && is_edge(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* "scc_x/memory.txt#/proc/meminfo" */
static bool section_place(struct iq_slice name, size_t from, struct iq_arena *mem,
			  struct iq_bundle_place *ret)
{
	static const struct iq_slice mark = IQ_LIT(".txt#");
	ptrdiff_t at = iq_find(iq_from(name, from), mark);
	/* the file itself was given; "#VmCoreDmesg" is a value of an apport report */
	bool alone = iq_starts(iq_from(name, from), IQ_LIT("#/"));

	if (at < 0 && !alone)
		return false;
	struct iq_slice file = iq_head(name, from + (size_t)(alone ? 0 : at));
	struct iq_slice what = iq_from(name, file.n + (alone ? 1 : mark.n)), program = what;
	ptrdiff_t slash = iq_rfind(file, IQ_LIT("/"));
	size_t root = slash < 0 || (size_t)slash < from ? from : (size_t)slash + 1;
	ret->root = iq_head(name, root);
	ret->section = true;
	if (iq_starts(what, IQ_LIT("/")) && !skip_program_dir(&program)) {
		ret->path = iq_from(what, 1);
		return true;
	}
	ret->command = iq_bundle_mangle(what, mem);
	ret->path = iq_arena_printf(mem, "sos_commands/supportconfig/%.*s",
				    IQ_FMT(ret->command));
	return ret->path.p != NULL;
}

/* --- sosreport --- */

/* "proc/fs.tar!fs/nfs/x": the tar stands for the directory. */
static size_t packed_dir(struct iq_slice name, size_t bang)
{
	struct iq_slice tar = iq_head(name, bang), inside = iq_from(name, bang + 1);

	if (!iq_ends(tar, IQ_LIT(".tar")))
		return 0;
	tar.n -= 4;
	ptrdiff_t slash = iq_rfind(tar, IQ_LIT("/"));
	struct iq_slice base = iq_from(tar, (size_t)(slash + 1));
	bool same = base.n && iq_skip(&inside, base) && iq_starts(inside, IQ_LIT("/"));
	return same && root_length(tar, 0) >= 0 ? tar.n : 0;
}

/* "var.log.messages" was "var/log/messages" if it begins as a path would. */
static bool is_dotted_path(struct iq_slice s)
{
	struct iq_slice first = iq_cut(&s, '.');
	return s.n && is_top(first) && !iq_starts(first, IQ_LIT("sos_"));
}

/* "sos_strings/logs/journalctl_--no-pager.tailed" */
static bool untail(struct iq_bundle_place *p, struct iq_arena *mem)
{
	struct iq_slice s = p->path;

	if (!iq_skip(&s, IQ_LIT("sos_strings/")) || !iq_ends(s, IQ_LIT(".tailed")))
		return true;
	s.n -= 7;
	ptrdiff_t slash = iq_rfind(s, IQ_LIT("/"));
	struct iq_slice base = iq_from(s, (size_t)(slash + 1));
	p->tailed = true;
	if (!is_dotted_path(base)) {
		p->path = iq_arena_printf(mem, "sos_commands/%.*s", IQ_FMT(s));
		return p->path.p != NULL;
	}
	struct iq_slice copy = iq_arena_copy(mem, base);
	for (size_t i = 0; copy.p && i < copy.n; i++)
		if (copy.p[i] == '.')
			((char *)(uintptr_t)copy.p)[i] = '/';
	p->path = copy;
	return copy.p != NULL;
}

static void find_command(struct iq_bundle_place *p)
{
	if (!iq_starts(p->path, IQ_LIT("sos_commands/")))
		return;
	ptrdiff_t slash = iq_rfind(p->path, IQ_LIT("/"));
	p->command = iq_from(p->path, (size_t)(slash + 1));
}

/* Does a bundle known to be at ROOT hold the member, and no other one between? */
static bool is_right(struct iq_slice name, struct iq_slice root, ptrdiff_t bang)
{
	if (!root.p || !iq_starts(name, root) || (ptrdiff_t)root.n <= bang)
		return false;
	struct iq_slice rest = iq_from(name, root.n);
	return is_top(iq_cut(&rest, '/'));
}

bool iq_bundle_place(struct iq_slice name, struct iq_slice root, struct iq_arena *mem,
		     struct iq_bundle_place *ret)
{
	ptrdiff_t bang = iq_rfind(name, IQ_LIT("!"));
	size_t packed = bang > 0 ? packed_dir(name, (size_t)bang) : 0;

	*ret = (struct iq_bundle_place){ 0 };
	if (packed) {
		ptrdiff_t slash = iq_rfind(iq_head(name, packed), IQ_LIT("/"));
		struct iq_slice above = iq_head(name, (size_t)(slash + 1));
		name = iq_arena_printf(mem, "%.*s%.*s", IQ_FMT(above),
				       IQ_FMT(iq_from(name, (size_t)bang + 1)));
		if (!name.p)
			return false;
		bang = iq_rfind(name, IQ_LIT("!"));
	}
	if (section_place(name, (size_t)(bang + 1), mem, ret))
		return true;
	ptrdiff_t n = is_right(name, root, bang) ? (ptrdiff_t)root.n
						  : root_length(name, (size_t)(bang + 1));
	if (n < 0)
		return false;
	ret->root = iq_head(name, (size_t)n);
	ret->path = iq_from(name, (size_t)n);
	if (!untail(ret, mem))
		return false;
	find_command(ret);
	return true;
}

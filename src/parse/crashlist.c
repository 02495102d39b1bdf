/* parse/crashlist.c - see crashlist.h.  Follows ls(1) of coreutils: with -Z the context
 * stands before the size; and the names that kdump-tools, kdump-utils, SUSE's kdump and
 * apport give.
 */
#include "parse/crashlist.h"

bool iq_is_dump_name(struct iq_slice name)
{
	if (iq_starts(name, IQ_LIT("vmcore-dmesg")) || iq_starts(name, IQ_LIT("vmcore-creation")))
		return false;
	return iq_starts(name, IQ_LIT("vmcore")) || iq_starts(name, IQ_LIT("dump.")) ||
	       (iq_starts(name, IQ_LIT("linux-image-")) && iq_ends(name, IQ_LIT(".crash")));
}

static bool is_context(struct iq_slice w)
{
	struct iq_slice rest = w;
	iq_cut(&rest, ':');
	return iq_eq(w, IQ_LIT("?")) || (rest.n && iq_find_char(rest, ':') > 0);
}

/* "-rw-------. 1 root root system_u:object_r:kdump_crash_t:s0 125829120 Jan  2 03:04 vmcore" */
static bool take_file(struct iq_slice line, struct iq_listed_dump *d)
{
	if (!iq_starts(line, IQ_LIT("-")))
		return false;
	for (int i = 0; i < 4; i++)		/* mode, links, user, group */
		if (!iq_word(&line).n)
			return false;
	d->size = iq_word(&line);
	if (is_context(d->size))
		d->size = iq_word(&line);
	iq_skip_blank(&line);
	const char *from = line.p;
	struct iq_slice day = iq_word(&line);
	bool iso = iq_find_char(day, '-') > 0;
	if (!iso)
		iq_word(&line);
	struct iq_slice clock = iq_word(&line);	/* or the year */
	if (!clock.n)
		return false;
	d->time = iq_slice(from, (size_t)(clock.p + clock.n - from));
	iq_skip_blank(&line);
	d->name = line;
	return line.n > 0;
}

/* A path alone, as find prints it. */
static bool take_path(struct iq_slice line, struct iq_listed_dump *d)
{
	ptrdiff_t slash = iq_rfind(line, IQ_LIT("/"));

	if (!iq_starts(line, IQ_LIT("/")) || slash <= 0)
		return false;
	*d = (struct iq_listed_dump){ .dir = iq_head(line, (size_t)slash),
				      .name = iq_from(line, (size_t)slash + 1) };
	return true;
}

void iq_crashlist_read(struct iq_slice text,
		       void (*found)(void *arg, const struct iq_listed_dump *d), void *arg)
{
	struct iq_slice dir = IQ_LIT("/var/crash");

	while (text.n) {
		struct iq_slice line = iq_cut(&text, '\n');
		struct iq_listed_dump d = { .dir = dir };
		if (iq_starts(line, IQ_LIT("/")) && iq_ends(line, IQ_LIT(":"))) {
			dir = iq_head(line, line.n - 1);
			while (dir.n > 1 && dir.p[dir.n - 1] == '/')
				dir.n--;
			continue;
		}
		if ((take_file(line, &d) || take_path(line, &d)) && iq_is_dump_name(d.name))
			found(arg, &d);
	}
}

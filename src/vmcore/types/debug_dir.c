/* vmcore/types/debug_dir.c - where distributions put what belongs to a kernel.
 *
 * %1 first two digits of the build id, %2 the others, %r the release.  Debian, Ubuntu:
 * usr/lib/debug/boot; Fedora, RHEL and their kin: usr/lib/debug/lib/modules; SUSE:
 * .debug behind either; all of them: .build-id.
 */
#include "vmcore/types/types_files.h"

#include <ctype.h>
#include <stdio.h>
#include <unistd.h>

const char *const iq_vmlinux_places[] = {
	".build-id/%1/%2.debug", "usr/lib/debug/.build-id/%1/%2.debug",
	".build-id/%1/%2", "usr/lib/debug/.build-id/%1/%2",
	"usr/lib/debug/boot/vmlinux-%r", "usr/lib/debug/lib/modules/%r/vmlinux",
	"usr/lib/debug/usr/lib/modules/%r/vmlinux",
	"usr/lib/debug/boot/vmlinux-%r.debug",
	"usr/lib/debug/lib/modules/%r/vmlinux.debug",
	"usr/lib/debug/usr/lib/modules/%r/vmlinux.debug",
	"boot/vmlinux-%r", "lib/modules/%r/vmlinux", "usr/lib/modules/%r/vmlinux",
	"boot/vmlinux-%r.debug", "lib/modules/%r/vmlinux.debug",
	"lib/modules/%r/build/vmlinux", "%r/vmlinux", "vmlinux-%r", "vmlinux-%r.debug",
	"vmlinux.debug", "vmlinux", NULL
};

const char *const iq_system_map_places[] = {
	"usr/lib/debug/boot/System.map-%r", "boot/System.map-%r",
	"usr/lib/debug/lib/modules/%r/System.map", "lib/modules/%r/System.map",
	"usr/lib/modules/%r/System.map", "%r/System.map", "System.map-%r", "System.map",
	NULL
};

/* Out of a dump, so nobody's word: no way out of the directory. */
static bool is_name(struct iq_slice s)
{
	return s.n > 0 && s.n < 200 && s.p[0] != '.' && !memchr(s.p, '/', s.n) &&
	       !memchr(s.p, 0, s.n);
}

static bool is_hex(const char *s)
{
	size_t n = 0;
	for (; isxdigit((unsigned char)s[n]); n++)
		;
	return n > 4 && !s[n];
}

/* False: FORM needs what is not known, or it is too long. */
static bool spell(const char *form, const char *dir, const char *build_id,
		  struct iq_slice release, char *buf, size_t room)
{
	int n = snprintf(buf, room, "%s/", dir);

	for (; *form && n > 0 && (size_t)n < room; form++) {
		char *at = buf + n;
		size_t left = room - (size_t)n;
		if (*form != '%') {
			n += snprintf(at, left, "%c", *form);
			continue;
		}
		form++;
		if (*form == 'r' ? !is_name(release) : !is_hex(build_id))
			return false;
		n += *form == 'r' ? snprintf(at, left, "%.*s", IQ_FMT(release)) :
		     *form == '1' ? snprintf(at, left, "%.2s", build_id) :
				    snprintf(at, left, "%s", build_id + 2);
	}
	return n > 0 && (size_t)n < room;
}

int iq_debug_dir_walk(const char *dir, const char *build_id, struct iq_slice release,
		      const char *const *forms,
		      int (*each)(void *arg, const char *path), void *arg)
{
	char path[4096 + 256];
	int r = 0;

	for (; *forms && !r; forms++)
		if (spell(*forms, dir, build_id, release, path, sizeof path) &&
		    !access(path, F_OK))
			r = each(arg, path);
	return r;
}

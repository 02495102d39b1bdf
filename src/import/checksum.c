/* import/checksum.c - see checksum.h */
#include "import/checksum.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX 4500			/* a digest, and the longest name behind it */

static const struct {
	const char *suffix;
	size_t digits;
	bool checked;
} kinds[] = {
	{ ".sha256", 64, true }, { ".md5", 32, true },
	{ ".sha1", 40, false }, { ".sha512", 128, false }, { ".sha384", 96, false },
};

#define N_KINDS (sizeof kinds / sizeof *kinds)

/* The digest that TEXT begins with, if it has so many digits and nothing but a name
 * follows; p NULL: it is none. */
static struct iq_slice digest_of(struct iq_slice text, size_t digits)
{
	struct iq_slice line = iq_trim(iq_cut(&text, '\n'));
	struct iq_slice hex = iq_head(line, digits), rest = iq_from(line, hex.n);

	if (hex.n != digits || iq_trim(text).n || (rest.n && rest.p[0] != ' '))
		return IQ_SLICE_NULL;
	for (size_t i = 0; i < hex.n; i++)
		if (!strchr("0123456789abcdefABCDEF", hex.p[i]) || !hex.p[i])
			return IQ_SLICE_NULL;
	return hex;
}

/* Of a small regular file; 0: none. */
static size_t read_small(const char *path, char *to, size_t room)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t n = -1;

	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    (size_t)st.st_size < room)
		n = read(fd, to, room);
	if (fd >= 0)
		close(fd);
	return n > 0 ? (size_t)n : 0;
}

static void take(struct iq_checksum *ret, size_t kind, struct iq_slice hex)
{
	ret->there = true;
	ret->md5 = kinds[kind].digits == 32;
	snprintf(ret->file, sizeof ret->file, "%s", kinds[kind].suffix);
	for (size_t k = 0; k < hex.n; k++)
		ret->hex[k] = hex.p[k] >= 'A' && hex.p[k] <= 'F'
			? (char)(hex.p[k] - 'A' + 'a') : hex.p[k];
}

size_t iq_checksum_read(struct iq_slice name, struct iq_slice text, struct iq_checksum *ret)
{
	*ret = (struct iq_checksum){ 0 };
	for (size_t i = 0; i < N_KINDS && kinds[i].checked; i++) {
		struct iq_slice suffix = iq_slice_z(kinds[i].suffix);
		if (!iq_ends(name, suffix))
			continue;
		struct iq_slice hex = digest_of(text, kinds[i].digits);
		if (hex.p)
			take(ret, i, hex);
		return hex.p ? suffix.n : 0;
	}
	return 0;
}

void iq_checksum_beside(const char *path, struct iq_checksum *ret)
{
	char name[4200], text[FILE_MAX];

	*ret = (struct iq_checksum){ 0 };
	for (size_t i = 0; i < N_KINDS && kinds[i].checked && !ret->there; i++) {
		int n = snprintf(name, sizeof name, "%s%s", path, kinds[i].suffix);
		if (n < 0 || (size_t)n >= sizeof name)
			return;
		struct iq_slice hex = digest_of(iq_slice(text, read_small(name, text,
									  sizeof text)),
						kinds[i].digits);
		if (!hex.p)
			continue;
		take(ret, i, hex);
	}
}

bool iq_checksum_is_one(const char *path)
{
	char text[FILE_MAX];
	struct iq_slice name = iq_slice_z(path);

	for (size_t i = 0; i < N_KINDS; i++) {
		if (!iq_ends(name, iq_slice_z(kinds[i].suffix)))
			continue;
		size_t n = read_small(path, text, sizeof text);
		return n && digest_of(iq_slice(text, n), kinds[i].digits).p;
	}
	return false;
}

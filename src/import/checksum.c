/* import/checksum.c - see checksum.h */
#include "import/checksum.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *suffix, *tags[2];	/* tags: as BSD and OpenSSL name it, in any case */
	size_t digits;
	bool checked;
} kinds[] = {
	{ ".sha256", { "SHA256", "SHA2-256" }, 64, true },
	{ ".md5", { "MD5", NULL }, 32, true },
	{ ".sha1", { "SHA1", NULL }, 40, false },
	{ ".sha512", { "SHA512", "SHA2-512" }, 128, false },
	{ ".sha384", { "SHA384", "SHA2-384" }, 96, false },
};

#define N_KINDS (sizeof kinds / sizeof *kinds)

/* One line: a digest, and the file that it is of (p NULL: the line does not say). */
struct digest_line {
	struct iq_slice hex, name;
};

static bool is_hex(struct iq_slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!strchr("0123456789abcdefABCDEF", text.p[i]) || !text.p[i])
			return false;
	return text.n > 0;
}

/* "HEX", "HEX  NAME", "HEX *NAME" as coreutils write it, "HEX NAME" as md5 -r. */
static bool parse_plain(struct iq_slice line, size_t digits, struct digest_line *ret)
{
	struct iq_slice rest;

	ret->hex = iq_head(line, digits);
	ret->name = IQ_SLICE_NULL;
	rest = iq_from(line, ret->hex.n);
	if (ret->hex.n != digits || !is_hex(ret->hex) || (rest.n && rest.p[0] != ' '))
		return false;
	if (rest.n > 2 && (rest.p[1] == ' ' || rest.p[1] == '*'))
		ret->name = iq_from(rest, 2);
	else if (rest.n > 1)
		ret->name = iq_from(rest, 1);
	return true;
}

/* "SHA256 (NAME) = HEX" as BSD and coreutils' --tag, "SHA2-256(NAME)= HEX" as OpenSSL. */
static bool parse_tagged(struct iq_slice line, size_t kind, struct digest_line *ret)
{
	ptrdiff_t open = iq_find_char(line, '('), eq = iq_rfind(line, IQ_LIT("="));
	struct iq_slice tag = iq_trim(iq_head(line, open < 0 ? 0 : (size_t)open));
	bool known = false;

	for (size_t i = 0; i < 2 && kinds[kind].tags[i]; i++)
		known |= tag.n == strlen(kinds[kind].tags[i]) &&
			 strncasecmp(tag.p, kinds[kind].tags[i], tag.n) == 0;
	if (!known || eq < open)
		return false;
	ret->name = iq_trim(iq_from(iq_head(line, (size_t)eq), (size_t)open + 1));
	ret->hex = iq_trim(iq_from(line, (size_t)eq + 1));
	if (!iq_ends(ret->name, IQ_LIT(")")))
		return false;
	ret->name.n--;
	return ret->hex.n == kinds[kind].digits && is_hex(ret->hex);
}

/* The next line, without what Windows ends it in. */
static struct iq_slice next_line(struct iq_slice *text)
{
	struct iq_slice line = iq_cut(text, '\n');

	if (iq_ends(line, IQ_LIT("\r")))
		line.n--;
	return iq_trim(line);
}

static bool parse_line(struct iq_slice line, size_t kind, struct digest_line *ret)
{
	return parse_plain(line, kinds[kind].digits, ret) || parse_tagged(line, kind, ret);
}

static struct iq_slice base_of(struct iq_slice path)
{
	return iq_from(path, (size_t)(iq_rfind(path, IQ_LIT("/")) + 1));
}

/* The digest that TEXT has for the file FILE, whatever directory it names: the first line
 * that names it, or the one without a name if that is all there is; p NULL: none. */
static struct iq_slice digest_of(struct iq_slice text, size_t kind, struct iq_slice file)
{
	struct digest_line d;
	bool first = true;

	while (text.n) {
		struct iq_slice line = next_line(&text);
		if (!line.n || !parse_line(line, kind, &d)) {
			first = first && !line.n;
			continue;
		}
		if (d.name.p ? iq_eq(base_of(d.name), base_of(file))
			     : first && !iq_trim(text).n)
			return d.hex;
		first = false;
	}
	return IQ_SLICE_NULL;
}

/* Digests, whatever they are of, and nothing else? */
static bool all_digests(struct iq_slice text, size_t kind)
{
	struct digest_line d;
	size_t n = 0;

	while (text.n) {
		struct iq_slice line = next_line(&text);
		if (line.n && !parse_line(line, kind, &d))
			return false;
		n += line.n > 0;
	}
	return n > 0;
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
		struct iq_slice hex = digest_of(text, i, iq_head(name, name.n - suffix.n));
		if (hex.p)
			take(ret, i, hex);
		return hex.p ? suffix.n : 0;
	}
	return 0;
}

void iq_checksum_beside(const char *path, struct iq_checksum *ret)
{
	char name[4200], text[IQ_CHECKSUM_FILE_MAX];

	*ret = (struct iq_checksum){ 0 };
	for (size_t i = 0; i < N_KINDS && kinds[i].checked && !ret->there; i++) {
		int n = snprintf(name, sizeof name, "%s%s", path, kinds[i].suffix);
		if (n < 0 || (size_t)n >= sizeof name)
			return;
		size_t got = read_small(name, text, sizeof text);
		struct iq_slice hex = digest_of(iq_slice(text, got), i, iq_slice_z(path));
		if (hex.p)
			take(ret, i, hex);
	}
}

bool iq_checksum_is_one(const char *path)
{
	char text[IQ_CHECKSUM_FILE_MAX];
	struct iq_slice name = iq_slice_z(path);

	for (size_t i = 0; i < N_KINDS; i++) {
		if (!iq_ends(name, iq_slice_z(kinds[i].suffix)))
			continue;
		size_t n = read_small(path, text, sizeof text);
		return all_digests(iq_slice(text, n), i);
	}
	return false;
}

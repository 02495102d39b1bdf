/* input/scratch.c - see scratch.h */
#include "input/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

/* Of a file in memory, where no directory can be written: a dump of a small machine
 * fits, and nobody's memory is filled. */
#define MEMORY_FILE_MAX (INT64_C(512) << 20)

static int open_in(const char *dir)
{
	char name[4096];
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	/* a file system without O_TMPFILE */
	int n = snprintf(name, sizeof name, "%s/inquest.XXXXXX", dir);
	if (n < 0 || (size_t)n >= sizeof name)
		return -1;
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		unlink(name);
	return fd;
}

int iq_scratch_open(struct iq_err *err)
{
	const char *dirs[] = { getenv("TMPDIR"), "/var/tmp", "/tmp" };

	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
		int fd = dirs[i] && *dirs[i] ? open_in(dirs[i]) : -1;
		if (fd >= 0)
			return fd;
	}
	int fd = memfd_create("inquest", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return iq_err_sys(err, errno, "no place for a temporary file; set TMPDIR");
	/* whoever fills it cuts it to size at the end */
	if (ftruncate(fd, MEMORY_FILE_MAX) || fcntl(fd, F_ADD_SEALS, F_SEAL_GROW)) {
		int e = errno;
		close(fd);
		return iq_err_sys(err, e, "no place for a temporary file; set TMPDIR");
	}
	return fd;
}

static bool all_zero(const char *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

static int write_all(int fd, const char *p, size_t n, int64_t at, struct iq_err *err)
{
	while (n) {
		ssize_t put = pwrite(fd, p, n, at);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0 && errno == EPERM)
			return iq_err_set(err, IQ_E_LIMIT, "the temporary copy does not fit "
					  "into memory; set TMPDIR to a directory with room");
		if (put <= 0)
			return iq_err_sys(err, put ? errno : EIO,
					  "cannot write the temporary copy; set TMPDIR to "
					  "a directory with room");
		p += put;
		at += put;
		n -= (size_t)put;
	}
	return 0;
}

int iq_scratch_write(int fd, const char *p, size_t n, int64_t at, bool over,
		     struct iq_err *err)
{
	if (over)
		return write_all(fd, p, n, at, err);
	while (n) {
		/* to the next page, then runs of pages alike */
		size_t k = PAGE - (size_t)at % PAGE;
		k = k < n ? k : n;
		bool zero = all_zero(p, k);
		while (n - k >= PAGE && all_zero(p + k, PAGE) == zero)
			k += PAGE;
		if (!zero && write_all(fd, p, k, at, err))
			return -1;
		p += k;
		at += (int64_t)k;
		n -= k;
	}
	return 0;
}

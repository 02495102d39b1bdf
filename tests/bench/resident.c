/* tests/bench/resident.c - how much memory a command and all it starts hold at once.
 *
 *   resident COMMAND
 *
 * COMMAND goes to sh -c, standard output to /dev/null.  Every two milliseconds the
 * proportional sets (smaps_rollup: pages shared by several count once) of its processes
 * are added up; the largest sum, in kB, is printed.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static long session_of(const char *pid)
{
	char path[300], text[512] = "";
	long session = -1;

	snprintf(path, sizeof path, "/proc/%s/stat", pid);
	FILE *f = fopen(path, "r");
	if (!f)
		return -1;
	size_t n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = 0;
	/* pid (comm) state ppid pgrp session */
	const char *at = strrchr(text, ')');
	if (!at || sscanf(at + 1, " %*c %*d %*d %ld", &session) != 1)
		return -1;
	return session;
}

static long pss_kb(const char *pid)
{
	char path[300], line[200];
	long kb = 0;

	snprintf(path, sizeof path, "/proc/%s/smaps_rollup", pid);
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "Pss: %ld", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb;
}

static long session_kb(long session)
{
	DIR *d = opendir("/proc");
	long kb = 0;

	for (struct dirent *e; d && (e = readdir(d));)
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9' &&
		    session_of(e->d_name) == session)
			kb += pss_kb(e->d_name);
	if (d)
		closedir(d);
	return kb;
}

int main(int argc, char **argv)
{
	long most = 0;
	int status;

	if (argc != 2) {
		fprintf(stderr, "usage: resident COMMAND\n");
		return 2;
	}
	pid_t pid = fork();
	if (pid == 0) {
		setsid();
		dup2(open("/dev/null", O_WRONLY), 1);
		execl("/bin/sh", "sh", "-c", argv[1], (char *)NULL);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, WNOHANG) == 0) {
		long kb = session_kb(pid);
		most = kb > most ? kb : most;
		usleep(2000);
	}
	printf("%ld\n", most);
	return pid < 0;
}

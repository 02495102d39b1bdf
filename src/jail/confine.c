/* jail/confine.c - resource limits, and a seccomp filter by libseccomp.
 *
 * The filter lists what is refused (EPERM) and lets the rest pass: the libraries
 * underneath differ in what they call from one release to the next, and a reader
 * killed by an unforeseen but harmless call would cost a capture.  Refused is what
 * leaves the process: programs, network, other processes, and the file system but
 * for reading and for unnamed temporary files (O_TMPFILE; linkat is refused, so
 * they stay unnamed).
 */
#include "jail/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static const int refused[] = {
	/* programs and processes */
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork),
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
	SCMP_SYS(kill), SCMP_SYS(tkill), SCMP_SYS(pidfd_open), SCMP_SYS(pidfd_getfd),
	SCMP_SYS(setsid), SCMP_SYS(setpgid), SCMP_SYS(bpf), SCMP_SYS(perf_event_open),
	SCMP_SYS(userfaultfd), SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key),
	SCMP_SYS(io_uring_setup), SCMP_SYS(unshare), SCMP_SYS(setns),
	SCMP_SYS(pidfd_send_signal), SCMP_SYS(process_madvise), SCMP_SYS(kcmp),
	SCMP_SYS(setpriority), SCMP_SYS(sched_setaffinity), SCMP_SYS(sched_setscheduler),
	SCMP_SYS(sched_setparam), SCMP_SYS(sched_setattr), SCMP_SYS(migrate_pages),
	SCMP_SYS(move_pages),
	/* the machine, where a reader runs as root */
	SCMP_SYS(reboot), SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load),
	SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
	SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(acct), SCMP_SYS(quotactl),
	SCMP_SYS(sethostname), SCMP_SYS(setdomainname), SCMP_SYS(settimeofday),
	SCMP_SYS(clock_settime), SCMP_SYS(adjtimex), SCMP_SYS(clock_adjtime),
	SCMP_SYS(syslog), SCMP_SYS(iopl), SCMP_SYS(ioperm), SCMP_SYS(vhangup),
	/* network */
	SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind),
	SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(sendto),
	SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg),
	/* names in the file system */
	SCMP_SYS(creat), SCMP_SYS(link), SCMP_SYS(linkat), SCMP_SYS(symlink),
	SCMP_SYS(symlinkat), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename),
	SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(mkdir), SCMP_SYS(mkdirat),
	SCMP_SYS(rmdir), SCMP_SYS(mknod), SCMP_SYS(mknodat), SCMP_SYS(truncate),
	SCMP_SYS(chmod), SCMP_SYS(fchmodat), SCMP_SYS(chown), SCMP_SYS(lchown),
	SCMP_SYS(fchownat), SCMP_SYS(utimensat), SCMP_SYS(setxattr),
	SCMP_SYS(lsetxattr), SCMP_SYS(removexattr), SCMP_SYS(mount), SCMP_SYS(umount2),
	SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(open_by_handle_at),
	SCMP_SYS(fsopen), SCMP_SYS(fsmount), SCMP_SYS(fspick), SCMP_SYS(open_tree),
	SCMP_SYS(move_mount), SCMP_SYS(fchmod), SCMP_SYS(fchown), SCMP_SYS(fsetxattr),
	SCMP_SYS(fremovexattr), SCMP_SYS(lremovexattr), SCMP_SYS(utime), SCMP_SYS(utimes),
	SCMP_SYS(futimesat), SCMP_SYS(fanotify_init),
	/* what stays when a process is gone, or is seen by others */
	SCMP_SYS(shmget), SCMP_SYS(shmat), SCMP_SYS(msgget), SCMP_SYS(msgsnd),
	SCMP_SYS(semget), SCMP_SYS(mq_open), SCMP_SYS(mq_unlink), SCMP_SYS(mount_setattr),
};

/* Younger than libseccomp 2.5's names; from 424 on numbers are those of all machines
 * (but Alpha, which it does not know). */
static const int refused_numbers[] = {
	452,		/* fchmodat2, 6.6 */
	463, 466,	/* setxattrat, removexattrat, 6.13 */
	467, 469,	/* open_tree_attr, 6.15; file_setattr, 6.17 */
};

/* open(2) and openat(2): refused with write access, unless for a temporary file
 * without a name; O_TRUNC empties a file even if it is opened for reading. */
static int refuse_open(scmp_filter_ctx f, int call, unsigned flags_at)
{
	static const uint64_t ways[] = { O_WRONLY, O_RDWR };
	/* O_TMPFILE contains O_DIRECTORY; its own bit is what tells. */
	const uint64_t tmp = O_TMPFILE & ~(uint64_t)O_DIRECTORY;
	int rc = 0;
	for (size_t i = 0; i < 2 && !rc; i++) {
		struct scmp_arg_cmp cmp = {
			.arg = flags_at, .op = SCMP_CMP_MASKED_EQ,
			.datum_a = O_ACCMODE | tmp, .datum_b = ways[i],
		};
		rc = seccomp_rule_add_array(f, SCMP_ACT_ERRNO(EPERM), call, 1, &cmp);
	}
	static const uint64_t never[] = { O_CREAT, O_TRUNC };
	for (size_t i = 0; i < 2 && !rc; i++) {
		struct scmp_arg_cmp cmp = {
			.arg = flags_at, .op = SCMP_CMP_MASKED_EQ,
			.datum_a = never[i], .datum_b = never[i],
		};
		rc = seccomp_rule_add_array(f, SCMP_ACT_ERRNO(EPERM), call, 1, &cmp);
	}
	return rc;
}

/* clone(2) is for threads only; clone3(2) hides its flags from a filter, and glibc
 * falls back to clone when it is not there. */
static int refuse_clone(scmp_filter_ctx f)
{
	struct scmp_arg_cmp cmp = {
		.arg = 0, .op = SCMP_CMP_MASKED_EQ,
		.datum_a = CLONE_THREAD, .datum_b = 0,
	};
	int rc = seccomp_rule_add_array(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, &cmp);
	return rc ? rc : seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

static int refuse_if(scmp_filter_ctx f, int call, struct scmp_arg_cmp cmp)
{
	return call < 0 ? 0
			: seccomp_rule_add_array(f, SCMP_ACT_ERRNO(EPERM), call, 1, &cmp);
}

/* Calls that are needed for the process itself (abort(3) sends a signal, libraries ask
 * for limits), and would reach its parent too; and keys pressed on the terminal. */
static int refuse_others(scmp_filter_ctx f)
{
	static const int signals[] = {
		SCMP_SYS(tgkill), SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo),
	};
	const uint64_t low = UINT32_MAX;	/* the kernel looks at 32 bits of a request */
	int rc = 0;
	for (size_t i = 0; i < sizeof signals / sizeof *signals && !rc; i++)
		rc = refuse_if(f, signals[i],
			       SCMP_A0(SCMP_CMP_NE, (scmp_datum_t)getpid()));
	if (!rc)
		rc = refuse_if(f, SCMP_SYS(prlimit64), SCMP_A0(SCMP_CMP_NE, 0));
	if (!rc)
		rc = refuse_if(f, SCMP_SYS(ioctl),
			       SCMP_A1(SCMP_CMP_MASKED_EQ, low, TIOCSTI));
	if (!rc)
		rc = refuse_if(f, SCMP_SYS(ioctl),
			       SCMP_A1(SCMP_CMP_MASKED_EQ, low, TIOCLINUX));
	return rc;
}

static bool install_filter(void)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	if (!f)
		return false;
	int rc = 0;
	for (size_t i = 0; i < sizeof refused / sizeof *refused && !rc; i++)
		if (refused[i] >= 0)		/* negative: not a call of this machine */
			rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
	for (size_t i = 0; i < sizeof refused_numbers / sizeof *refused_numbers && !rc; i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), refused_numbers[i], 0);
	if (!rc && SCMP_SYS(open) >= 0)
		rc = refuse_open(f, SCMP_SYS(open), 1);
	if (!rc)
		rc = refuse_open(f, SCMP_SYS(openat), 2);
	/* openat2(2) has its flags behind a pointer */
	if (!rc)
		rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0);
	if (!rc)
		rc = refuse_clone(f);
	if (!rc)
		rc = refuse_others(f);
	if (!rc)
		rc = seccomp_load(f);
	seccomp_release(f);
	return !rc;
}

static int limit(int what, rlim_t soft, rlim_t hard, struct iq_err *err)
{
	struct rlimit now;
	if (getrlimit(what, &now))
		return iq_err_sys(err, errno, "getrlimit");
	struct rlimit want = { soft, hard };
	if (now.rlim_max != RLIM_INFINITY && want.rlim_max > now.rlim_max)
		want.rlim_max = now.rlim_max;
	if (want.rlim_cur > want.rlim_max)
		want.rlim_cur = want.rlim_max;
	return setrlimit(what, &want) ? iq_err_sys(err, errno, "setrlimit") : 0;
}

#ifndef IQ_SANITIZED
/* Address space taken already, and what any reader takes on top. */
#define LEAST_BYTES (UINT64_C(16) << 20)

static uint64_t least_memory(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");
	if (f) {
		if (fscanf(f, "%lu", &pages) != 1)
			pages = 0;
		fclose(f);
	}
	return pages * (uint64_t)sysconf(_SC_PAGESIZE) + LEAST_BYTES;
}
#endif

int iq_confine(const struct iq_limits *limits, bool *ret_filtered, struct iq_err *err)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0);
	if (limit(RLIMIT_CORE, 0, 0, err))
		return -1;
	/* SIGXCPU first, SIGKILL should that not be enough */
	if (limits->seconds &&
	    limit(RLIMIT_CPU, limits->seconds, limits->seconds + 5, err))
		return -1;
#ifndef IQ_SANITIZED
	if (limits->memory_bytes && limits->memory_bytes < least_memory())
		return iq_err_set(err, IQ_E_LIMIT, "too little memory");
	if (limits->memory_bytes &&
	    limit(RLIMIT_AS, limits->memory_bytes, limits->memory_bytes, err))
		return -1;
	*ret_filtered = install_filter();
#else
	*ret_filtered = false;	/* the sanitizers' runtime forks and writes at the end */
	(void)install_filter;
#endif
	return 0;
}

/* cli/main.c - finds the command, its options, and starts what must be started
 * before anything else: signals, and the fork server of the jail. */
#include "cli/commands.h"
#include "cli/help.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Set by the handler, read by iq_cli_signal(): the one thing that cannot be passed. */
static volatile sig_atomic_t got_signal;

static void on_signal(int sig)
{
	got_signal = sig;
}

int iq_cli_signal(void)
{
	return got_signal;
}

static void set_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESETHAND };
	sigemptyset(&sa.sa_mask);
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct sigaction old;
		/* nohup(1), and shells for background jobs, have it ignored: so it stays */
		if (!sigaction(ends[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(ends[i], &sa, NULL);
	}
	signal(SIGXFSZ, SIG_IGN);	/* a full file is an error of write(2) */
}

static int print_hidden(const char *word)
{
	if (!strcmp(word, "--print-man"))
		iq_help_man(stdout);
	else if (!strcmp(word, "--print-completion"))
		iq_help_completion(stdout);
	else
		return -1;
	return iq_cli_written();
}

static int without_command(const char *word)
{
	if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help")) {
		iq_help_main(stdout);
		return iq_cli_written();
	}
	if (!strcmp(word, "--version")) {
		printf("inquest %s\n", PACKAGE_VERSION);
		return iq_cli_written();
	}
	int hidden = print_hidden(word);
	if (hidden >= 0)
		return hidden;
	iq_complain("there is no command %s; see: inquest --help", word);
	return IQ_EXIT_USAGE;
}

static void set_defaults(struct iq_cli *c)
{
	c->event = c->since_us = c->until_us = c->limit_bytes = IQ_NULL;
	c->read.zone_offset_us = IQ_NULL;
	c->read.limits = IQ_LIMITS_DEFAULT;
	c->jobs = 1;
}

/* A caller may have closed standard input or output: their numbers must not fall to a
 * store or a socket.  What stands in for them fails when it is used. */
static void fill_standard_files(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			abort();
}

int main(int argc, char **argv)
{
	fill_standard_files();
	if (argc < 2) {
		iq_help_main(stderr);
		return IQ_EXIT_USAGE;
	}
	struct iq_cli *c = calloc(1, sizeof *c);
	if (!c)
		return IQ_EXIT_NOTHING;
	set_defaults(c);
	c->command = iq_command_find(argv[1]);
	int status;
	if (!strcmp(argv[1], "help") && argc == 3 && iq_command_find(argv[2])) {
		iq_help_command(stdout, iq_command_find(argv[2]));
		free(c);
		return iq_cli_written();
	}
	bool leave = true;
	if (!c->command)
		status = without_command(argv[1]);
	else
		status = iq_cli_options(c, argc - 1, argv + 1, &leave);
	struct iq_err err = { 0 };
	if (!leave) {
		set_signals();
		if (c->command->sets & IQ_SET_READ && iq_jail_start(iq_read_job, &c->jail, &err))
			status = iq_complain_err(&err);
		else
			status = c->command->run(c);
		iq_jail_stop(c->jail);
		if (iq_cli_signal())
			status = IQ_EXIT_SIGNAL + iq_cli_signal();
	}
	free(c);
	return status;
}

/* cli/help.c - see help.h */
#include "cli/help.h"
#include "cli/commands.h"

#include <string.h>

static const char tail[] =
	"Exit status: 0 all read and done; 1 nothing could be done; 2 wrong usage; 3 done, but an\n"
	"input was damaged, a limit was reached or one of several inputs failed; 128+N ended by\n"
	"signal N.\n";

static const struct { const char *name, *text; } environment[] = {
	{ "INQUEST_STORE", "the store, where --store is not given" },
	{ "INQUEST_PLUGIN_DIR", "a directory of plugins" },
	{ "TMPDIR", "where unnamed temporary files go; default /tmp" },
	{ "PAGER", "shows a report on a terminal; default less" },
	{ "NO_COLOR", "if set and not empty: no colours" },
};

/* Words of TEXT, wrapped at 88 columns behind INDENT blanks, the first line at COL. */
static void wrap(FILE *f, const char *text, size_t indent, size_t col)
{
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, " \n");
		if (col > indent && col + 1 + n > 88) {
			fprintf(f, "\n%*s", (int)indent, "");
			col = indent;
		} else if (col > indent && p != text && p[-1] == ' ') {
			fputc(' ', f);
			col++;
		}
		fwrite(p, 1, n, f);
		col += n;
		p += n;
		if (!strncmp(p, "\n\n", 2)) {
			fprintf(f, "\n\n%*s", (int)indent, "");
			col = indent;
			p += 2;
		} else if (*p) {
			p++;
		}
	}
	fputc('\n', f);
}

static void put_option(FILE *f, const struct iq_option *o)
{
	int n = o->letter ? fprintf(f, "  -%c, --%s", o->letter, o->name)
			  : fprintf(f, "      --%s", o->name);
	if (o->arg)
		n += fprintf(f, "%s%s", *o->arg == '[' ? "" : " ", o->arg);
	n += fprintf(f, "%*s", n < 28 ? 28 - n : 1, "");
	wrap(f, o->help, 28, (size_t)n);
}

void iq_help_main(FILE *f)
{
	fprintf(f, "Usage: inquest COMMAND [OPTION]... [ARGUMENT]...\n\n"
		"What happened to a Linux machine, why, and how one can check it: from its kernel\n"
		"log, crash dump or support bundle.\n\n");
	for (size_t i = 0; i < iq_n_commands; i++)
		fprintf(f, "  %-10s%s\n", iq_commands[i].name, iq_commands[i].summary);
	fprintf(f, "\nTry: inquest explain /var/log/kern.log, and inquest COMMAND --help.\n\n%s", tail);
}

static void put_queries(FILE *f)
{
	const char *name, *meaning;
	fputs("\nNamed queries:\n", f);
	for (size_t i = 0; iq_store_named_query_at(i, &name, &meaning); i++) {
		int n = fprintf(f, "  @%-14s", name);
		wrap(f, meaning, 17, (size_t)n);
	}
}

void iq_help_command(FILE *f, const struct iq_command *cmd)
{
	fprintf(f, "Usage: inquest %s %s\n\n", cmd->name, cmd->synopsis);
	if (cmd->text)
		wrap(f, cmd->text, 0, 0);
	else
		fprintf(f, "%s\n", cmd->summary);
	fprintf(f, "\nOptions:\n");
	for (size_t i = 0; i < iq_n_options; i++)
		if (iq_options[i].sets & cmd->sets)
			put_option(f, &iq_options[i]);
	if (cmd->run == iq_cmd_query)
		put_queries(f);
	fprintf(f, "\nThe options that read captures are taken by every command (inquest(1)). Sizes take\n"
		"K, M, G, T (powers of 1024); times are ISO 8601.\n\n%s", tail);
}

/* --- inquest(1) in mdoc --- */

/* One word of running text.  A leading dot or quote is a macro to mdoc, a backslash
 * an escape. */
static void man_word(FILE *f, const char *p, size_t n, bool start)
{
	if (start && (*p == '.' || *p == '\''))
		fputs("\\&", f);
	for (size_t i = 0; i < n; i++)
		if (p[i] == '\\')
			fputs("\\e", f);
		else if (p[i] == '-')
			fputs("\\-", f);
		else
			fputc(p[i], f);
}

/* Running text: lines of at most 78 columns, a new one for each sentence, as mdoc
 * wants it; a blank line in TEXT starts a paragraph. */
static void man_text(FILE *f, const char *text)
{
	size_t col = 0;
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, " \n");
		if (col && col + 1 + n > 78)
			col = 0, fputc('\n', f);
		if (n) {
			fputs(col ? " " : "", f);
			man_word(f, p, n, !col);
			col += n + 1;
		}
		p += n;
		bool sentence = n && (p[-1] == '.' || p[-1] == ':') && *p;
		if (!strncmp(p, "\n\n", 2)) {
			fputs("\n.Pp\n", f);
			col = 0;
		} else if (sentence && col) {
			fputc('\n', f);
			col = 0;
		}
		p += strspn(p, " \n");
	}
	if (col)
		fputc('\n', f);
}

static void man_option(FILE *f, const struct iq_option *o)
{
	fputs(".It ", f);
	if (o->letter)
		fprintf(f, "Fl %c , ", o->letter);
	fprintf(f, "Fl \\-%s", o->name);
	if (o->arg)
		fprintf(f, " Ar %s", o->arg);
	fputc('\n', f);
	man_text(f, o->help);
}

/* The sets of all commands that take option number AT. */
static void man_commands_of(FILE *f, const struct iq_option *o)
{
	if (o->sets & IQ_SET_ALL)
		return;
	if (o->sets & IQ_SET_COMMON)
		fputs("(taken by every command; acts in", f);
	const char *lead = o->sets & IQ_SET_COMMON ? "\n" : "(";
	for (size_t i = 0; i < iq_n_commands; i++)
		if (iq_commands[i].sets & o->sets) {
			fprintf(f, "%s%s", lead, iq_commands[i].name);
			lead = ",\n";
		}
	fputs(")\n", f);
}

void iq_help_man(FILE *f)
{
	fputs(".Dd November 21, 2026\n.Dt INQUEST 1\n.Os\n.Sh NAME\n.Nm inquest\n"
	      ".Nd what happened to a Linux machine, why, and how one can check it\n"
	      ".Sh SYNOPSIS\n", f);
	for (size_t i = 0; i < iq_n_commands; i++) {
		fprintf(f, ".Nm inquest %s\n", iq_commands[i].name);
		man_text(f, iq_commands[i].synopsis);
	}
	fputs(".Sh DESCRIPTION\n.Nm\n"
	      "reads kernel logs, crash dumps and support bundles of Linux machines,\n"
	      "offline, and explains the events in them: one line to read alone,\n"
	      "then the reasons, the advice, and the lines that prove it.\n"
	      "Where the capture does not say, the verdict is\n.Cm unknown ,\n"
	      "with what to collect next time.\n.Sh COMMANDS\n.Bl -tag -width Ds\n", f);
	for (size_t i = 0; i < iq_n_commands; i++) {
		fprintf(f, ".It Cm %s\n", iq_commands[i].name);
		man_text(f, iq_commands[i].text ? iq_commands[i].text : iq_commands[i].summary);
	}
	fputs(".El\n.Sh OPTIONS\n.Bl -tag -width Ds\n", f);
	for (size_t i = 0; i < iq_n_options; i++) {
		man_option(f, &iq_options[i]);
		man_commands_of(f, &iq_options[i]);
	}
	fputs(".El\n.Pp\nSizes take K, M, G, T (powers of 1024); times are ISO 8601.\n.Sh ENVIRONMENT\n"
	      ".Bl -tag -width INQUEST_PLUGIN_DIR\n", f);
	for (size_t i = 0; i < sizeof environment / sizeof *environment; i++) {
		fprintf(f, ".It Ev %s\n", environment[i].name);
		man_text(f, environment[i].text);
	}
	fputs(".El\n.Sh EXIT STATUS\n", f);
	man_text(f, tail + strlen("Exit status: "));
	fputs(".Sh EXAMPLES\n"
	      ".Dl inquest explain /var/log/messages*.gz\n"
	      ".Dl journalctl \\-k \\-b \\-1 | inquest explain \\-\n"
	      ".Dl inquest import \\-j2 bundles/ && inquest query @victims\n"
	      ".Sh SEE ALSO\n.Xr dmesg 1 ,\n.Xr journalctl 1 ,\n.Xr sqlite3 1 ,\n"
	      ".Xr crash 8\n", f);
}

/* --- bash completion --- */

void iq_help_completion(FILE *f)
{
	fputs("# bash completion for inquest\n_inquest() {\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} cmd=${COMP_WORDS[1]} words=\n"
	      "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\twords='", f);
	for (size_t i = 0; i < iq_n_commands; i++)
		fprintf(f, "%s%s", i ? " " : "", iq_commands[i].name);
	fputs("'\n\telse\n\t\tcase $cmd in\n", f);
	for (size_t i = 0; i < iq_n_commands; i++) {
		fprintf(f, "\t\t%s) words='", iq_commands[i].name);
		const char *lead = "";
		for (size_t k = 0; k < iq_n_options; k++)
			if (iq_options[k].sets & iq_commands[i].sets) {
				fprintf(f, "%s--%s", lead, iq_options[k].name);
				lead = " ";
			}
		fputs("' ;;\n", f);
	}
	fputs("\t\tesac\n\tfi\n"
	      "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
	      "complete -o default -F _inquest inquest\n", f);
}

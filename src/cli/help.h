/* cli/help.h - the tables of commands.h as help, man page and completion. */
#ifndef IQ_CLI_HELP_H
#define IQ_CLI_HELP_H

#include <stdio.h>

struct iq_command;

void iq_help_main(FILE *f);
void iq_help_command(FILE *f, const struct iq_command *cmd);
void iq_help_man(FILE *f);		/* mdoc */
void iq_help_completion(FILE *f);	/* bash */

#endif

/* analyze/plugins.h - finding and opening *.so and *.sql.
 *
 * Directories are searched in the order given; of two files with one name the first
 * wins.  Every shared object is first opened in a child process, so that one that
 * crashes while being loaded is refused like one that is too old.
 */
#ifndef IQ_ANALYZE_PLUGINS_H
#define IQ_ANALYZE_PLUGINS_H

#include "analyze/inquest/plugin.h"
#include "analyze/rule.h"

#define IQ_PLUGINS_MAX 512

struct iq_plugin {
	char *path, *file;		/* file: last component of path */
	bool sql;
	char status[300];		/* "ok", or why it was refused */
	bool ok;
	struct inquest_plugin c;	/* what it exports; of a rule: made up */
	struct iq_rule *rule;
	char *rule_name;		/* file without .sql */
	unsigned failures;		/* in this run */
	unsigned remarks;
};

struct iq_plugin_set {
	struct iq_plugin *p;
	size_t n;
};

/* DIRS is NULL-terminated; one that is not there is skipped.  Plugins that are
 * refused are in the set too, with their status. */
int iq_plugins_load(struct iq_plugin_set *set, const char *const *dirs, struct iq_err *err);
void iq_plugins_free(struct iq_plugin_set *set);

/* Does it look at events of this kind? */
bool iq_plugin_wants(const struct iq_plugin *p, const char *kind);

#endif

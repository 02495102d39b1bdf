/* schema_check SCHEMA FILE... - holds JSON documents to a JSON Schema (2020-12).
 *
 * The part of the language that schema/report.schema.json uses: type, const, enum,
 * properties, required, additionalProperties (false), items, minItems, minLength,
 * minimum, maximum, pattern (POSIX extended), $ref to #/$defs/NAME, description and the
 * like.  Any other keyword is an error: what this program does not know it must not
 * pass.  SQLite reads the JSON: each document is one table of nodes, as json_tree()
 * gives it.  Offences are printed as FILE: $.path: what; status 1.
 */
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#define DEPTH_MAX 64

struct check {
	sqlite3 *db;
	const char *file;
	int offences;
};

/* A node of document DOC (0 the schema, 1 the instance). */
struct node {
	int doc;
	sqlite3_int64 id;
	char type[8];
	char *atom;			/* its value as text, or NULL */
	char *path;
	double number;
	sqlite3_int64 size;		/* members, characters */
};

static void node_fini(struct node *n)
{
	free(n->atom);
	free(n->path);
}

static void die(sqlite3 *db, const char *what)
{
	fprintf(stderr, "schema_check: %s: %s\n", what, sqlite3_errmsg(db));
	exit(99);
}

static sqlite3_stmt *prepare(struct check *c, const char *sql)
{
	sqlite3_stmt *st;
	if (sqlite3_prepare_v2(c->db, sql, -1, &st, NULL) != SQLITE_OK)
		die(c->db, sql);
	return st;
}

static char *text(sqlite3_stmt *st, int i)
{
	const char *z = (const char *)sqlite3_column_text(st, i);
	return z ? strdup(z) : NULL;
}

static bool step_node(sqlite3_stmt *st, int doc, struct node *ret)
{
	if (sqlite3_step(st) != SQLITE_ROW)
		return false;
	*ret = (struct node){
		.doc = doc, .id = sqlite3_column_int64(st, 0), .atom = text(st, 2),
		.path = text(st, 3), .number = sqlite3_column_double(st, 2),
		.size = sqlite3_column_int64(st, 4),
	};
	snprintf(ret->type, sizeof ret->type, "%s", (const char *)sqlite3_column_text(st, 1));
	return true;
}

#define COLUMNS "id, type, atom, fullkey, CASE WHEN type IN ('object', 'array') THEN "	\
	"(SELECT count(*) FROM node AS k WHERE k.doc = node.doc AND k.parent = node.id) "	\
	"ELSE length(atom) END"

/* The member KEY of an object. */
static bool member(struct check *c, const struct node *of, const char *key, struct node *ret)
{
	sqlite3_stmt *st = prepare(c, "SELECT " COLUMNS " FROM node WHERE doc = ?1 AND parent = ?2 "
				   "AND key = ?3");
	sqlite3_bind_int(st, 1, of->doc);
	sqlite3_bind_int64(st, 2, of->id);
	sqlite3_bind_text(st, 3, key, -1, SQLITE_STATIC);
	bool found = step_node(st, of->doc, ret);
	sqlite3_finalize(st);
	return found;
}

static void offend(struct check *c, const struct node *at, const char *what, const char *which)
{
	printf("%s: %s: %s%s\n", c->file, at->path, what, which ? which : "");
	c->offences++;
}

static void hold(struct check *c, const struct node *schema, const struct node *at, int depth);

/* --- keywords --- */

static void hold_type(struct check *c, const struct node *k, const struct node *at)
{
	bool number = !strcmp(at->type, "integer") || !strcmp(at->type, "real");
	bool ok = !strcmp(k->atom, "string") ? !strcmp(at->type, "text")
		: !strcmp(k->atom, "number") ? number
		: !strcmp(k->atom, "boolean") ? !strcmp(at->type, "true") || !strcmp(at->type, "false")
		: !strcmp(k->atom, at->type);
	if (!ok)
		offend(c, at, "is not of type ", k->atom);
}

static bool equal(const struct node *a, const struct node *b)
{
	return !strcmp(a->type, b->type) && (!a->atom || (b->atom && !strcmp(a->atom, b->atom)));
}

static void hold_const(struct check *c, const struct node *k, const struct node *at)
{
	if (!equal(k, at))
		offend(c, at, "is not ", k->atom);
}

/* Calls WORK for each child of OF. */
static void each(struct check *c, const struct node *of,
		 void (*work)(struct check *c, const struct node *child, const char *key, void *arg),
		 void *arg)
{
	sqlite3_stmt *st = prepare(c, "SELECT " COLUMNS ", key FROM node WHERE doc = ?1 AND "
				   "parent = ?2 ORDER BY id");
	struct node child;
	sqlite3_bind_int(st, 1, of->doc);
	sqlite3_bind_int64(st, 2, of->id);
	while (step_node(st, of->doc, &child)) {
		char *key = text(st, 5);
		work(c, &child, key ? key : "", arg);
		free(key);
		node_fini(&child);
	}
	sqlite3_finalize(st);
}

struct search {
	const struct node *at;
	bool found;
	int depth;
	const struct node *schema;
};

static void compare(struct check *c, const struct node *child, const char *key, void *arg)
{
	struct search *s = arg;
	(void)c;
	(void)key;
	s->found |= equal(child, s->at);
}

static void hold_enum(struct check *c, const struct node *k, const struct node *at)
{
	struct search s = { .at = at };
	each(c, k, compare, &s);
	if (!s.found)
		offend(c, at, "is none of those allowed: ", at->atom);
}

static void need(struct check *c, const struct node *child, const char *key, void *arg)
{
	struct search *s = arg;
	struct node found;
	(void)key;
	if (member(c, s->at, child->atom, &found))
		node_fini(&found);
	else
		offend(c, s->at, "lacks ", child->atom);
}

static void hold_required(struct check *c, const struct node *k, const struct node *at)
{
	struct search s = { .at = at };
	if (!strcmp(at->type, "object"))
		each(c, k, need, &s);
}

static void hold_property(struct check *c, const struct node *child, const char *key, void *arg)
{
	struct search *s = arg;
	struct node value;
	if (!member(c, s->at, key, &value))
		return;
	hold(c, child, &value, s->depth + 1);
	node_fini(&value);
}

static void refuse_unknown(struct check *c, const struct node *child, const char *key, void *arg)
{
	struct search *s = arg;
	struct node known;
	(void)child;
	if (s->schema && member(c, s->schema, key, &known))
		node_fini(&known);
	else
		offend(c, s->at, "has a key that is not allowed: ", key);
}

static void hold_item(struct check *c, const struct node *child, const char *key, void *arg)
{
	struct search *s = arg;
	(void)key;
	hold(c, s->schema, child, s->depth + 1);
}

static void hold_pattern(struct check *c, const struct node *k, const struct node *at)
{
	regex_t re;
	if (regcomp(&re, k->atom, REG_EXTENDED | REG_NOSUB))
		offend(c, k, "is no pattern", NULL);
	else if (!strcmp(at->type, "text") && regexec(&re, at->atom, 0, NULL, 0))
		offend(c, at, "does not match ", k->atom);
	regfree(&re);
}

static void hold_ref(struct check *c, const struct node *k, const struct node *at, int depth)
{
	struct node root = { .doc = 0, .id = 0 }, defs, target;
	static const char prefix[] = "#/$defs/";
	if (strncmp(k->atom, prefix, sizeof prefix - 1) || !member(c, &root, "$defs", &defs)) {
		offend(c, k, "is no reference known here", NULL);
		return;
	}
	if (member(c, &defs, k->atom + sizeof prefix - 1, &target)) {
		hold(c, &target, at, depth + 1);
		node_fini(&target);
	} else {
		offend(c, k, "refers to nothing: ", k->atom);
	}
	node_fini(&defs);
}

static void hold_bound(struct check *c, const char *keyword, const struct node *k,
		       const struct node *at)
{
	bool number = !strcmp(at->type, "integer") || !strcmp(at->type, "real");
	bool bad = !strcmp(keyword, "minimum") ? number && at->number < k->number
		: !strcmp(keyword, "maximum") ? number && at->number > k->number
		: !strcmp(keyword, "minLength") ? !strcmp(at->type, "text") &&
						  (double)at->size < k->number
		: !strcmp(at->type, "array") && (double)at->size < k->number;
	if (bad)
		offend(c, at, "is beyond the ", keyword);
}

struct at {
	const struct node *schema, *at;
	int depth;
};

static bool in(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(word, *list))
			return true;
	return false;
}

static void hold_keyword(struct check *c, const struct node *k, const char *key, void *arg)
{
	static const char *const silent[] = { "$schema", "$id", "$defs", "title", "description", NULL };
	static const char *const bounds[] = { "minimum", "maximum", "minLength", "minItems", NULL };
	const struct at *a = arg;
	struct search s = { .at = a->at, .depth = a->depth };
	struct node properties;

	if (!strcmp(key, "type"))
		hold_type(c, k, a->at);
	else if (!strcmp(key, "const"))
		hold_const(c, k, a->at);
	else if (!strcmp(key, "enum"))
		hold_enum(c, k, a->at);
	else if (!strcmp(key, "required"))
		hold_required(c, k, a->at);
	else if (!strcmp(key, "properties"))
		each(c, k, hold_property, &s);
	else if (!strcmp(key, "pattern"))
		hold_pattern(c, k, a->at);
	else if (!strcmp(key, "$ref"))
		hold_ref(c, k, a->at, a->depth);
	else if (in(key, bounds))
		hold_bound(c, key, k, a->at);
	else if (!strcmp(key, "items")) {
		s.schema = k;
		if (!strcmp(a->at->type, "array"))
			each(c, a->at, hold_item, &s);
	} else if (!strcmp(key, "additionalProperties") && !strcmp(k->type, "false")) {
		bool any = member(c, a->schema, "properties", &properties);
		s.schema = any ? &properties : NULL;
		if (!strcmp(a->at->type, "object"))
			each(c, a->at, refuse_unknown, &s);
		if (any)
			node_fini(&properties);
	} else if (!in(key, silent)) {
		offend(c, k, "is a keyword that is not known here", NULL);
	}
}

static void hold(struct check *c, const struct node *schema, const struct node *at, int depth)
{
	struct at a = { schema, at, depth };
	if (depth > DEPTH_MAX)
		offend(c, at, "is nested too deeply", NULL);
	else
		each(c, schema, hold_keyword, &a);
}

/* --- documents --- */

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *p = NULL;
	size_t n = 0, cap = 0;
	while (f && !ferror(f)) {
		if (n + 1 >= cap && !(p = realloc(p, cap = cap ? cap * 2 : 1 << 16)))
			abort();
		size_t k = fread(p + n, 1, cap - n - 1, f);
		if (!k)
			break;
		n += k;
	}
	if (p)
		p[n] = 0;
	if (f)
		fclose(f);
	return p;
}

static bool load(struct check *c, int doc, const char *path)
{
	char *json = read_file(path);
	sqlite3_stmt *st = prepare(c, "DELETE FROM node WHERE doc = ?1");
	sqlite3_bind_int(st, 1, doc);
	sqlite3_step(st);
	sqlite3_finalize(st);
	st = prepare(c, "INSERT INTO node SELECT ?1, id, parent, key, type, atom, fullkey "
		     "FROM json_tree(?2)");
	sqlite3_bind_int(st, 1, doc);
	sqlite3_bind_text(st, 2, json, -1, SQLITE_STATIC);
	bool ok = json && sqlite3_step(st) == SQLITE_DONE;
	if (!ok) {
		printf("%s: not JSON: %s\n", path, json ? sqlite3_errmsg(c->db) : "cannot be read");
		c->offences++;
	}
	sqlite3_finalize(st);
	free(json);
	return ok;
}

int main(int argc, char **argv)
{
	struct check c = { 0 };
	if (argc < 3 || sqlite3_open(":memory:", &c.db) != SQLITE_OK)
		return 99;
	if (sqlite3_exec(c.db, "CREATE TABLE node(doc, id, parent, key, type, atom, fullkey);"
			 "CREATE INDEX node_parent ON node(doc, parent, key);", NULL, NULL, NULL))
		die(c.db, "setting up");
	if (!load(&c, 0, argv[1]))
		return 99;
	for (int i = 2; i < argc; i++) {
		c.file = argv[i];
		if (!load(&c, 1, argv[i]))
			continue;
		struct node schema = { .doc = 0, .id = 0 }, root;
		sqlite3_stmt *st = prepare(&c, "SELECT " COLUMNS " FROM node WHERE doc = 1 AND id = 0");
		if (step_node(st, 1, &root)) {
			hold(&c, &schema, &root, 0);
			node_fini(&root);
		}
		sqlite3_finalize(st);
	}
	sqlite3_close(c.db);
	return c.offences ? 1 : 0;
}

/* import/finish.c - what is to be said of a capture as a whole, once all of it was read:
 * see finish.h */
#include "import/finish.h"

#include <stdio.h>

#include "bundle/unhide.h"

/* The rest of the file, should the walk not have read it to the end (a dump is read
 * here and there; a limit stopped the walk). */
static void hash_rest(struct iq_capture_run *c)
{
	struct iq_err err = { 0 };
	if (strcmp(c->req->path, "-") && !c->req->more_bytes &&
	    iq_hash_add_rest(c->hash, c->req->path, &err))
		iq_capture_issue(c, "damage", "unreadable", IQ_NULL,
				 (int64_t)iq_hash_bytes(c->hash), err.text);
}

static void say_wrong(struct iq_capture_run *c, const char *name, const struct iq_checksum *sum,
		      const char *got)
{
	char text[800];

	snprintf(text, sizeof text, "%s%snot the file that was made: its %s is %s, the file %s "
		 "beside it says %s; have it sent again", name, *name ? ": " : "",
		 sum->md5 ? "MD5" : "SHA-256", got, sum->file, sum->hex);
	iq_capture_issue(c, "damage", "checksum", IQ_NULL, IQ_NULL, text);
}

static void say_wrong_inner(void *arg, const struct iq_inner_said *said, const char *got)
{
	char name[300];

	snprintf(name, sizeof name, "%.*s", IQ_FMT(iq_head(said->of.name, 255)));
	say_wrong(arg, name, &said->sum, got);
}

/* Against what the collector wrote beside its archive. */
static void check_sum(struct iq_capture_run *c, const char *sha256)
{
	char md5[IQ_HASH_HEX];
	const char *got = sha256;

	if (!c->checksum.there)
		return;
	if (c->checksum.md5)
		got = iq_hash_md5(c->hash, md5) ? md5 : NULL;
	if (!got || strcmp(got, c->checksum.hex) == 0)
		return;
	say_wrong(c, "", &c->checksum, got);
}

/* A collector says who it is; else it is files of /proc that somebody copied. */
static bool is_collectors(const struct iq_capture_run *c)
{
	for (size_t i = 0; i < c->n_roots; i++)
		if (c->roots[i].facts.sos || c->roots[i].facts.hostname.p)
			return true;
	return false;
}

static int put_capture(struct iq_capture_run *c, struct iq_err *err)
{
	char hex[IQ_HASH_HEX];
	hash_rest(c);
	if (iq_hash_finish(c->hash, hex, err))
		return -1;
	check_sum(c, hex);
	iq_inner_compare(&c->inner, say_wrong_inner, c);
	struct iq_capture f;
	iq_fact_init(IQ_FACT_CAPTURE, &f);
	f.path = iq_slice_z(c->req->path);
	/* what one crash left is more than its dump, but still about the dump */
	bool crash = c->n_dumps && !c->n_roots;
	bool state = c->n_states && !c->n_logs && !c->n_dumps && !c->n_journals &&
		     !is_collectors(c);
	bool journal = c->n_journals && !c->n_logs && !c->n_dumps && !c->n_roots &&
		       !c->n_without;
	f.kind = iq_slice_z(crash ? "vmcore" : state ? "state" : journal ? "journal"
				  : c->kind ? c->kind : "log");
	f.format = c->format ? iq_slice_z(c->format) : iq_capture_bundle_format(c);
	f.sha256 = iq_slice_z(hex);
	f.size_bytes = (int64_t)iq_hash_bytes(c->hash);
	f.status = c->nothing_yet ? IQ_LIT("failed")
		 : c->damaged ? IQ_LIT("partial") : IQ_LIT("ok");
	return iq_sink_put(&c->sink, IQ_FACT_CAPTURE, &f, err);
}

/* sos clean hides names in files' names too, and leaves a mark in the archive's. */
static void say_hidden(struct iq_capture_run *c)
{
	bool hidden = iq_is_hidden(iq_slice_z(c->req->path));

	for (size_t i = 0; i < c->n_roots && !hidden; i++)
		hidden = iq_is_hidden(c->roots[i].prefix) || c->roots[i].cleaned ||
			 iq_is_hidden(c->roots[i].facts.hostname);
	if (hidden)
		iq_capture_issue(c, "note", "obfuscated", IQ_NULL, IQ_NULL, c->req->clean_map[0]
				 ? "sos clean hid names in this bundle; they were put back by the "
				 "map given"
				 : "sos clean hid names in this bundle: those of hosts, users and "
				 "addresses are not the real ones; --clean-map FILE puts them back, "
				 "by the private map it left with the customer");
}

/* Members of a bundle that are no logs are the rule: counted, not listed. */
static void say_without(struct iq_capture_run *c)
{
	char text[100];
	if (c->nothing_yet && c->n_members && c->kind && !c->req->below)
		iq_capture_issue(c, "failed", "no-log", IQ_NULL, IQ_NULL,
				 "no kernel log and no dump inside");
	if (!c->n_without)
		return;
	snprintf(text, sizeof text, "%zu files inside are not kernel logs", c->n_without);
	iq_capture_issue(c, "note", "no-log", IQ_NULL, IQ_NULL, text);
}

int iq_capture_finish(struct iq_capture_run *c, struct iq_err *err)
{
	c->member_id = 0;
	say_without(c);
	say_hidden(c);
	iq_capture_put_remarks(c);
	iq_capture_read_zones(c);
	return iq_problems_settle(c, err) || iq_capture_boot_states(c, err) || iq_capture_put_members(c, err) ||
	       iq_capture_put_hosts(c, err) || iq_capture_put_states(c, err) ||
	       put_capture(c, err) ? -1 : 0;
}

/* cli/cmd_merge.c - the commands that change what a store holds without reading a
 * capture: merge and forget. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct tally {
	size_t done, failed;
	int64_t captures, known, events;
};

static bool shows_progress(const struct iq_cli *c)
{
	return !c->quiet && c->progress != IQ_NEVER && isatty(STDERR_FILENO);
}

/* Each store is a transaction of its own; one that cannot be used costs only itself. */
static void merge_all(struct iq_cli *c, struct iq_store *store, struct tally *t)
{
	time_t start = time(NULL);
	for (size_t i = 0; i < c->n_args && !iq_cli_signal(); i++) {
		struct iq_merge_result r;
		struct iq_err err = { 0 };
		bool shown = shows_progress(c) && time(NULL) > start + 1;
		if (shown)
			fprintf(stderr, "\r\033[Kinquest: %zu of %zu stores", i, c->n_args);
		int rc = iq_store_merge(store, c->args[i], &r, &err);
		if (shown)
			fputs("\r\033[K", stderr);
		if (rc) {
			t->failed++;
			iq_complain_err(&err);
			continue;
		}
		t->done++;
		t->captures += r.captures_new;
		t->known += r.captures_known;
		t->events += r.events_new;
	}
}

/* Findings of what is new, as behind an import. */
static int analyze(struct iq_cli *c, struct iq_store *store, int status)
{
	struct iq_err err = { 0 };
	return !iq_cli_signal() && iq_cli_analyze(c, store, false, &err)
		? iq_complain_err(&err) : status;
}

int iq_cmd_merge(struct iq_cli *c)
{
	struct iq_err err = { 0 };
	struct iq_store *store = NULL;
	struct tally t = { 0 };
	if (!c->n_args)
		return iq_usage(c, "no STORE given");
	if (iq_store_open(iq_cli_store(c), IQ_STORE_WRITE, &store, &err))
		return iq_complain_err(&err);
	merge_all(c, store, &t);
	int status = !t.done ? IQ_EXIT_NOTHING : t.failed ? IQ_EXIT_PARTLY : IQ_EXIT_OK;
	if (t.done)
		status = analyze(c, store, status);
	if (t.done && !c->quiet && isatty(STDERR_FILENO))
		fprintf(stderr, "%s: %lld captures joined, %lld known before; %lld new events\n",
			iq_cli_store(c), (long long)t.captures, (long long)t.known,
			(long long)t.events);
	iq_store_close(store);
	return status;
}

static bool forget_one(struct iq_store *store, const char *name, int64_t *lost)
{
	struct iq_err err = { 0 };
	int64_t id;
	if (!iq_store_name_capture(store, iq_slice_z(name), &id, &err) &&
	    !iq_store_forget(store, id, lost, &err))
		return true;
	iq_complain_err(&err);
	return false;
}

int iq_cmd_forget(struct iq_cli *c)
{
	struct iq_err err = { 0 };
	struct iq_store *store = NULL;
	size_t done = 0, failed = 0;
	int64_t lost = 0;
	if (!c->n_args)
		return iq_usage(c, "no CAPTURE given; inquest query @captures lists them");
	/* not one to be made */
	if (iq_store_open(iq_cli_store(c), IQ_STORE_READ, &store, &err))
		return iq_complain_err(&err);
	iq_store_close(store);
	if (iq_store_open(iq_cli_store(c), IQ_STORE_WRITE, &store, &err))
		return iq_complain_err(&err);
	for (size_t i = 0; i < c->n_args && !iq_cli_signal(); i++)
		*(forget_one(store, c->args[i], &lost) ? &done : &failed) += 1;
	int status = !done ? IQ_EXIT_NOTHING
		: failed || lost ? IQ_EXIT_PARTLY : IQ_EXIT_OK;
	if (lost && !c->quiet)
		iq_complain("%s: %lld events have lost their report; import the captures again "
			    "that inquest query @issues names", iq_cli_store(c),
			    (long long)lost);
	if (done)
		status = analyze(c, store, status);
	iq_store_close(store);
	return status;
}

/* tests/store/pairs.h - two captures in short, and of how many hosts, boots and events they
 * speak together: for an import of both, and for stores of one each that are joined.
 */
#ifndef IQ_TESTS_STORE_PAIRS_H
#define IQ_TESTS_STORE_PAIRS_H

#include "feed.h"

#define US INT64_C(1000000)
#define T0 (1700000000 * US)

/* A capture in short: what it shows of host, boot and event. */
struct said {
	const char *name, *machine, *uuid, *release;
	int64_t start, mono, wall, wall_kind, cut;
	const char *fingerprint;
};

static struct iq_slice z(const char *s)
{
	return iq_slice_z(s);
}

static void add_said(struct feed *f, const struct said *c)
{
	ADD(f, CAPTURE, capture, .status = IQ_LIT("ok"));
	ADD(f, HOST, host, .id = 1, .name = z(c->name), .machine_id = z(c->machine));
	ADD(f, BOOT, boot, .id = 1, .host_id = 1, .boot_uuid = z(c->uuid),
	    .kernel_release = z(c->release), .start_us = c->start);
	ADD(f, MEMBER, member, .id = 1, .name = IQ_LIT(""));
	ADD(f, EVENT, event, .id = 1, .boot_id = 1, .mono_us = c->mono, .wall_us = c->wall,
	    .wall_kind = c->wall_kind, .truncated = c->cut,
	    .fingerprint = c->fingerprint ? z(c->fingerprint) : IQ_LIT("f"));
	ADD(f, SIGHTING, sighting, .event_id = 1, .member_id = 1, .first_line = 10);
}

#define M1 "0123456789abcdef0123456789abcdef"
#define M2 "fedcba98765432100123456789abcdef"
#define ZERO_ID "00000000000000000000000000000000"

struct pair {
	const char *name;
	struct said a, b;
	int hosts, boots, events;
};

static const struct pair pairs[] = {
	{ "one of everything",
	  { .name = "web", .machine = M1, .uuid = "u1", .release = "6.1",
	    .start = T0, .mono = 5 * US, .wall = T0 },
	  { .name = "web", .machine = M1, .uuid = "u1", .release = "6.1",
	    .start = T0, .mono = 5 * US, .wall = T0 }, 1, 1, 1 },
	/* hosts */
	{ "renamed",
	  { .name = "web", .machine = M1, .uuid = "u1" },
	  { .name = "www", .machine = M1, .uuid = "u1" }, 1, 1, 1 },
	{ "cloned name",
	  { .name = "web", .machine = M1, .uuid = "u1" },
	  { .name = "web", .machine = M2, .uuid = "u2" }, 2, 2, 2 },
	{ "name learns machine",
	  { .name = "web", .uuid = "u1" },
	  { .name = "web", .machine = M1, .uuid = "u1" }, 1, 1, 1 },
	{ "machine, then name",
	  { .name = "web", .machine = M1, .uuid = "u1" },
	  { .name = "web", .uuid = "u1" }, 1, 1, 1 },
	{ "names differ", { .name = "web", .start = T0, .mono = 5 },
	  { .name = "db", .start = T0, .mono = 5 }, 2, 2, 2 },
	{ "no names", { .start = T0, .mono = 5 }, { .start = T0, .mono = 5 }, 2, 2, 2 },
	{ "localhost is no name", { .name = "localhost.localdomain", .start = T0, .mono = 5 },
	  { .name = "localhost.localdomain", .start = T0, .mono = 5 }, 2, 2, 2 },
	{ "zeros are no machine", { .name = "a", .machine = ZERO_ID, .start = T0, .mono = 5 },
	  { .name = "b", .machine = ZERO_ID, .start = T0, .mono = 5 }, 2, 2, 2 },
	{ "nameless, by boot id",
	  { .name = "web", .machine = M1, .uuid = "u1", .mono = 5 },
	  { .uuid = "u1", .mono = 5 },
	  1, 1, 1 },
	/* boots */
	{ "start within two minutes", { .name = "web", .start = T0, .mono = 5 },
	  { .name = "web", .start = T0 + 119 * US, .mono = 5 }, 1, 1, 1 },
	{ "start later", { .name = "web", .start = T0, .mono = 5 },
	  { .name = "web", .start = T0 + 121 * US, .mono = 5 }, 1, 2, 2 },
	{ "another kernel", { .name = "web", .release = "6.1", .start = T0, .mono = 5 },
	  { .name = "web", .release = "6.2", .start = T0, .mono = 5 }, 1, 2, 2 },
	{ "kernel not shown", { .name = "web", .release = "6.1", .start = T0, .mono = 5 },
	  { .name = "web", .start = T0, .mono = 5 }, 1, 1, 1 },
	{ "boot ids differ",
	  { .name = "web", .uuid = "u1", .release = "6.1", .start = T0, .mono = 5 },
	  { .name = "web", .uuid = "u2", .release = "6.1", .start = T0, .mono = 5 }, 1, 2, 2 },
	{ "start not shown, mono agrees", { .name = "web", .release = "6.1", .mono = 50 * US },
	  { .name = "web", .release = "6.1", .mono = 50 * US + 900 }, 1, 2, 1 },
	{ "the second copy without its head", { .name = "web", .release = "6.1", .mono = 50 * US },
	  { .name = "web", .release = "6.1", .mono = 51 * US, .cut = 1 }, 1, 2, 1 },
	{ "whole, and a second apart", { .name = "web", .release = "6.1", .mono = 50 * US },
	  { .name = "web", .release = "6.1", .mono = 51 * US }, 1, 2, 2 },
	{ "start not shown, mono apart", { .name = "web", .release = "6.1", .mono = 50 * US },
	  { .name = "web", .release = "6.1", .mono = 53 * US }, 1, 2, 2 },
	{ "start not shown, kernels differ",
	  { .name = "web", .release = "6.1", .mono = 50 * US },
	  { .name = "web", .release = "6.2", .mono = 50 * US }, 1, 2, 2 },
	{ "boots unknown, no time at all", { .name = "web" }, { .name = "web" }, 1, 2, 2 },
	/* events */
	{ "other fingerprint", { .name = "web", .uuid = "u1", .mono = 5 },
	  { .name = "web", .uuid = "u1", .mono = 5, .fingerprint = "g" }, 1, 1, 2 },
	{ "no fingerprint", { .name = "web", .uuid = "u1", .mono = 5, .fingerprint = "" },
	  { .name = "web", .uuid = "u1", .mono = 5, .fingerprint = "" }, 1, 1, 2 },
	{ "mono within two seconds", { .name = "web", .uuid = "u1", .mono = 50 * US },
	  { .name = "web", .uuid = "u1", .mono = 52 * US }, 1, 1, 1 },
	{ "mono three seconds apart", { .name = "web", .uuid = "u1", .mono = 50 * US },
	  { .name = "web", .uuid = "u1", .mono = 53 * US }, 1, 1, 2 },
	{ "one knows mono, one wall", { .name = "web", .uuid = "u1", .mono = 50 * US },
	  { .name = "web", .uuid = "u1", .wall = T0 }, 1, 1, 1 },
	{ "walls eight hours apart, a zone", { .name = "web", .uuid = "u1", .wall = T0 },
	  { .name = "web", .uuid = "u1", .wall = T0 + 8 * 3600 * US, .wall_kind = 1 }, 1, 1, 1 },
	{ "walls two days apart", { .name = "web", .uuid = "u1", .wall = T0 },
	  { .name = "web", .uuid = "u1", .wall = T0 + 2 * 86400 * US }, 1, 1, 2 },
	{ "no times, one boot",
	  { .name = "web", .uuid = "u1" },
	  { .name = "web", .uuid = "u1" }, 1, 1, 1 },
};

#endif

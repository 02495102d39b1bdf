/* tests/fuzz/fuzz_manifest.c - any bytes as sos's manifest, its logs, a zone's file, the
 * firmware's tables, sos clean's map, a listing of dumps, and the small files that tell of
 * a machine.  The first byte chooses among these.
 */
#include <stdlib.h>

#include "base/jsonin.h"
#include "bundle/identity.h"
#include "bundle/unhide.h"
#include "bundle/worth.h"
#include "bundle/zone.h"
#include "parse/crashlist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_command(void *arg, const struct iq_manifest_command *c)
{
	struct iq_worth r;
	unsigned *n = arg;
	*n += iq_worth_command(c, &r) && r.code && r.text;
}

static void on_timeout(void *arg, struct iq_slice plugin)
{
	unsigned *n = arg;
	*n += iq_worth_plugin(plugin);
}

static void as_manifest(struct iq_slice s, struct iq_arena *mem)
{
	unsigned n = 0;
	struct iq_manifest_ops ops = { on_command, on_timeout, &n };
	struct iq_manifest m;

	iq_manifest_read(s, &ops, mem, &m);
	while (s.n)
		iq_manifest_log_line(iq_cut(&s, '\n'), &ops);
}

static void as_texts(struct iq_slice s, struct iq_arena *mem)
{
	struct iq_jsonin j;
	enum iq_jsonin_token t;

	iq_jsonin_init(&j, s);
	while ((t = iq_jsonin_next(&j)) != IQ_JSONIN_END && t != IQ_JSONIN_BAD)
		if (t == IQ_JSONIN_STRING && iq_jsonin_text(j.text, mem).n > j.text.n)
			abort();
}

static void as_map(struct iq_slice s)
{
	struct iq_unhide *u;
	struct iq_err err;
	struct iq_buf out;

	if (iq_unhide_new(s, &u, &err))
		return;
	iq_buf_init(&out);
	iq_unhide_text(u, s, &out);
	iq_buf_fini(&out);
	iq_unhide_free(u);
}

static void listed(void *arg, const struct iq_listed_dump *d)
{
	(void)arg;
	if (!d->name.n || !iq_is_dump_name(d->name))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iq_slice s = iq_slice((const char *)data + 1, size ? size - 1 : 0);
	struct iq_bundle_place p;
	struct iq_bundle b;
	struct iq_arena mem;

	if (!size)
		return 0;
	iq_arena_init(&mem);
	iq_bundle_init(&b);
	as_manifest(s, &mem);
	as_texts(s, &mem);
	as_map(s);
	iq_crashlist_read(s, listed, NULL);
	iq_bundle_take(&b, (enum iq_bundle_role)(data[0] % (IQ_BUNDLE_SOS_LOG + 1)), s, &mem);
	iq_bundle_take_zone_file(&b, s);
	iq_bundle_zone_us(&b);
	iq_bundle_made_us(&b);
	iq_bundle_boot_start_us(&b);
	iq_dmi_cloud(&b.dmi);
	struct iq_slice name = iq_head(s, 3000);
	if (iq_bundle_place(name, IQ_SLICE_NULL, &mem, &p)) {
		iq_bundle_role(&p);
		if (p.root.n > name.n || (p.path.n && !p.path.p))
			abort();
	}
	iq_bundle_zone_name(name);
	iq_arena_fini(&mem);
	return 0;
}

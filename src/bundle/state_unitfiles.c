/* bundle/state_unitfiles.c - units that systemctl show does not have (templates, slices,
 * scopes; all where it was not run): what their files set, and the state that list-units
 * or status has.
 *
 * Follows systemd.unit(5): the unit's own file, or that of its template, from the first
 * directory that has one; then the drop-ins of the unit, its template, its name cut at
 * dashes and its type, in the order of their file names, of one name only the nearest.
 */
#include "bundle/state_impl.h"

#include <stdlib.h>

#define FORMS_MAX 16			/* names by which a unit's files may be found */
#define DROP_INS_MAX 256		/* settings of one unit in drop-ins */
#define NAME_MAX_BYTES 256

/* The first of these directories wins. */
static int rank_of(struct iq_slice path)
{
	static const struct iq_slice dirs[] = {
		IQ_LIT("etc/systemd/system.control/"), IQ_LIT("run/systemd/system.control/"),
		IQ_LIT("run/systemd/transient/"), IQ_LIT("run/systemd/generator.early/"),
		IQ_LIT("etc/systemd/system/"), IQ_LIT("etc/systemd/system.attached/"),
		IQ_LIT("run/systemd/system/"), IQ_LIT("run/systemd/system.attached/"),
		IQ_LIT("run/systemd/generator/"), IQ_LIT("usr/local/lib/systemd/system/"),
		IQ_LIT("usr/lib/systemd/system/"),
	};
	int i = 0;

	while (i < (int)(sizeof dirs / sizeof *dirs) && !iq_starts(path, dirs[i]))
		i++;
	return i;
}

static bool is_drop_in(struct iq_slice path)
{
	return iq_ends(path, IQ_LIT(".conf"));
}

static struct iq_slice base_of(struct iq_slice path)
{
	ptrdiff_t slash = iq_rfind(path, IQ_LIT("/"));
	return iq_from(path, (size_t)(slash + 1));
}

static int by_unit(const void *a, const void *b)
{
	const struct iq_state_setting *x = a, *y = b;
	int c = iq_state_compare(x->unit, y->unit);

	if (!c)
		c = iq_state_compare(x->path, y->path);
	return c ? c : x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* --- by which names --- */

struct forms {
	struct iq_slice name[FORMS_MAX];
	size_t n, n_own;		/* the first n_own may be the unit's own file */
	char text[FORMS_MAX][NAME_MAX_BYTES];
};

static void add_form(struct forms *f, struct iq_slice lead, const char *mid,
		     struct iq_slice tail)
{
	size_t m = strlen(mid);

	if (f->n == FORMS_MAX || lead.n + m + tail.n > NAME_MAX_BYTES)
		return;
	char *to = f->text[f->n];
	if (lead.n)
		memcpy(to, lead.p, lead.n);
	memcpy(to + lead.n, mid, m);
	memcpy(to + lead.n + m, tail.p, tail.n);
	f->name[f->n++] = iq_slice(to, lead.n + m + tail.n);
}

/* "a-b@i.service": itself, a-b@.service, a-.service, service */
static void find_forms(struct forms *f, struct iq_slice name)
{
	ptrdiff_t dot = iq_rfind(name, IQ_LIT(".")), at = iq_find_char(name, '@'), dash;

	f->n = 0;
	add_form(f, name, "", IQ_LIT(""));
	f->n_own = f->n;
	if (dot <= 0)
		return;
	struct iq_slice tail = iq_from(name, (size_t)dot), head = iq_head(name, (size_t)dot);
	if (at > 0 && at < dot - 1) {
		head = iq_head(name, (size_t)at);
		add_form(f, head, "@", tail);
		f->n_own = f->n;
	}
	if (iq_ends(head, IQ_LIT("-")))		/* such a name itself */
		head.n--;
	while ((dash = iq_rfind(head, IQ_LIT("-"))) > 0) {
		head = iq_head(head, (size_t)dash);
		add_form(f, head, "-", tail);
	}
	add_form(f, iq_from(tail, 1), "", IQ_LIT(""));
}

/* --- what its files set --- */

struct drop_in {
	const struct iq_state_setting *set;
	int rank;			/* of the directory, and within it of the form */
};

static int by_base(const void *a, const void *b)
{
	const struct drop_in *x = a, *y = b;
	int c = iq_state_compare(base_of(x->set->path), base_of(y->set->path));

	if (!c)
		c = x->rank - y->rank;
	if (!c)
		c = iq_state_compare(x->set->path, y->set->path);
	return c ? c : x->set->seq < y->set->seq ? -1 : x->set->seq > y->set->seq;
}

/* The settings of the files of that name: [return, *ret_end). */
static size_t of_name(const struct iq_state *s, struct iq_slice name, size_t *ret_end)
{
	const struct iq_state_setting *all = (void *)s->settings.p;
	size_t low = 0, high = s->settings.n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		if (iq_state_compare(all[mid].unit, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (high = low; high < s->settings.n && iq_eq(all[high].unit, name);)
		high++;
	*ret_end = high;
	return low;
}

static bool is_about_memory(enum iq_unit_key key)
{
	return key != IQ_UNIT_RESTART && key != IQ_UNIT_OOM_POLICY && key != IQ_UNIT_KEYS;
}

static int64_t ram_bytes(const struct iq_state *s)
{
	for (size_t i = 0; i < s->counters.n; i++) {
		const struct iq_counter *c = IQ_STATE_AT(&s->counters, struct iq_counter, i);
		if (iq_eq(c->name, IQ_LIT("MemTotal")) && iq_eq(c->scope, IQ_LIT("host")))
			return c->value;
	}
	return IQ_NULL;
}

/* "50%" is of the machine's memory, in whole pages; false: no such value. */
static bool share_of_ram(const struct iq_state *s, struct iq_slice v, int64_t *ret)
{
	int64_t ram = ram_bytes(s);
	uint64_t percent, part = 0;

	if (!iq_ends(v, IQ_LIT("%")) || !iq_take_u64(&v, &percent) || percent > 100)
		return false;
	if (iq_skip(&v, IQ_LIT("."))) {
		size_t digits = v.n;
		if (!iq_take_u64(&v, &part) || (digits -= v.n) > 2)
			return false;
		part *= digits == 1 ? 10 : 1;
	}
	if (ram == IQ_NULL || ram < 0)
		return false;
	*ret = ram / 4096 * (int64_t)(percent * 100 + part) / 10000 * 4096;
	return true;
}

static void apply(struct iq_state *s, struct iq_unit *u, const struct iq_state_setting *set,
		  bool *any)
{
	struct iq_slice *from = iq_state_setting_from(u, set->key);
	int64_t bytes;

	if (!from)
		return;
	iq_unit_apply(u, set->key, set->value);
	if ((set->key == IQ_UNIT_MEMORY_MAX || set->key == IQ_UNIT_MEMORY_LIMIT) &&
	    share_of_ram(s, set->value, &bytes))
		u->memory_max_bytes = bytes;
	if (set->key == IQ_UNIT_MEMORY_HIGH && share_of_ram(s, set->value, &bytes))
		u->memory_high_bytes = bytes;
	*from = !set->value.n ? IQ_SLICE_NULL
		: iq_arena_printf(&s->arena, "/%.*s:%lld", IQ_FMT(set->path),
				  (long long)set->file_line);
	if (!is_about_memory(set->key) || !set->value.n)
		return;
	*any = true;
	u->source = *from;
	u->member_id = set->member_id;
	u->line = set->line;
}

/* The unit's own file: of the first form that has one, in the first directory. */
static void apply_own(struct iq_state *s, struct iq_unit *u, const struct forms *f, bool *any)
{
	const struct iq_state_setting *all = (void *)s->settings.p, *own = NULL;

	for (size_t i = 0; i < f->n_own && !own; i++) {
		size_t end, k = of_name(s, f->name[i], &end);
		for (; k < end; k++)
			if (!is_drop_in(all[k].path) &&
			    (!own || rank_of(all[k].path) < rank_of(own->path)))
				own = &all[k];
		for (k = of_name(s, f->name[i], &end); own && k < end; k++)
			if (iq_eq(all[k].path, own->path))
				apply(s, u, &all[k], any);
	}
}

static void apply_drop_ins(struct iq_state *s, struct iq_unit *u, const struct forms *f,
			   bool *any)
{
	const struct iq_state_setting *all = (void *)s->settings.p;
	struct drop_in in[DROP_INS_MAX];
	struct iq_slice path = IQ_SLICE_NULL;
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		size_t end, k = of_name(s, f->name[i], &end);
		for (; k < end && n < DROP_INS_MAX; k++)
			if (is_drop_in(all[k].path))
				in[n++] = (struct drop_in){ &all[k], rank_of(all[k].path) *
							    FORMS_MAX + (int)i };
	}
	qsort(in, n, sizeof *in, by_base);
	for (size_t i = 0; i < n; i++) {
		/* of one name the nearest hides the others */
		if (!i || !iq_eq(base_of(in[i].set->path), base_of(in[i - 1].set->path)))
			path = in[i].set->path;
		if (iq_eq(in[i].set->path, path))
			apply(s, u, in[i].set, any);
	}
}

/* --- which units --- */

static const struct iq_state_unit *listed(const struct iq_state *s, struct iq_slice name)
{
	size_t at = SIZE_MAX;
	ptrdiff_t i;

	while ((i = iq_state_find(&s->by_listed, iq_state_hash(s, name), &at)) >= 0) {
		const struct iq_state_unit *u = IQ_STATE_AT(&s->listed, struct iq_state_unit, i);
		if (iq_eq(u->f.name, name))
			return u;
	}
	return NULL;
}

static void add_state(struct iq_unit *u, const struct iq_state_unit *l)
{
	u->state = l->f.state;
	u->sub_state = l->f.sub_state;
	u->result = l->f.result;
	u->main_pid = l->f.main_pid;
	u->exec_pid = l->f.exec_pid;
	u->exec_code = l->f.exec_code;
	u->exec_status = l->f.exec_status;
	u->cgroup = l->f.cgroup;
	u->source = l->of_status ? IQ_LIT("systemctl status") : IQ_LIT("systemctl list-units");
	u->member_id = l->f.member_id;
	u->line = l->f.line;
}

static int put_one(struct iq_state *s, struct iq_slice name, const struct iq_state_frame *f,
		   struct iq_sink *sink, struct iq_err *err)
{
	bool service = iq_ends(name, IQ_LIT(".service")), any = false;
	const struct iq_state_unit *l = listed(s, name);
	struct forms forms;
	struct iq_unit u;

	iq_fact_init(IQ_FACT_UNIT, &u);
	u.name = name;
	u.host_id = f->host_id;
	find_forms(&forms, name);
	apply_own(s, &u, &forms, &any);
	apply_drop_ins(s, &u, &forms, &any);
	/* What failed stays loaded, what ended well does not (systemd.unit(5), CollectMode=):
	 * of a service that is not, systemctl says the same as of one that never ran. */
	if (s->all_services && service && !iq_has(name, IQ_LIT("@."))) {
		u.state = IQ_LIT("inactive");
		u.sub_state = IQ_LIT("dead");
		u.result = IQ_LIT("success");
	} else if (l && (service || iq_ends(name, IQ_LIT(".scope")) ||
			 iq_ends(name, IQ_LIT(".slice")))) {
		add_state(&u, l);
		any = true;
	}
	return any ? iq_sink_put(sink, IQ_FACT_UNIT, &u, err) : 0;
}

static int by_name(const void *a, const void *b)
{
	const struct iq_slice *x = a, *y = b;
	return iq_state_compare(*x, *y);
}

/* Not a name of drop-ins for many: "user-.slice", "service". */
static bool is_one_unit(struct iq_slice name)
{
	return iq_unit_is_name(name) && !iq_has(name, IQ_LIT("-."));
}

/* Everything that is called a unit; NULL: out of memory. */
static struct iq_slice *find_names(const struct iq_state *s, size_t *ret_n)
{
	size_t most = s->settings.n + s->listed.n + s->groups.n + 1, n = 0;
	struct iq_slice *names = calloc(most, sizeof *names);

	if (!names)
		return NULL;
	for (size_t i = 0; i < s->settings.n; i++)
		names[n++] = IQ_STATE_AT(&s->settings, struct iq_state_setting, i)->unit;
	for (size_t i = 0; i < s->listed.n; i++)
		names[n++] = IQ_STATE_AT(&s->listed, struct iq_state_unit, i)->f.name;
	/* instances and nested slices have groups, and may have no file of their own */
	for (size_t i = 0; i < s->groups.n; i++)
		names[n++] = base_of(IQ_STATE_AT(&s->groups, struct iq_state_group, i)->f.path);
	qsort(names, n, sizeof *names, by_name);
	*ret_n = n;
	return names;
}

int iq_state_put_unshown(struct iq_state *s, const struct iq_state_frame *f,
			 struct iq_sink *sink, struct iq_err *err)
{
	size_t n = 0, n_shown = s->units.n;
	struct iq_slice *shown, *names;
	int rc = 0;

	if (!s->settings.n && !s->listed.n)
		return 0;
	shown = calloc(n_shown + 1, sizeof *shown);
	names = find_names(s, &n);
	if (!shown || !names) {
		free(shown);
		free(names);
		return iq_err_set(err, IQ_E_NOMEM, "out of memory");
	}
	for (size_t i = 0; i < n_shown; i++)
		shown[i] = IQ_STATE_AT(&s->units, struct iq_state_unit, i)->f.name;
	qsort(shown, n_shown, sizeof *shown, by_name);
	if (s->settings.n)
		qsort(s->settings.p, s->settings.n, sizeof(struct iq_state_setting), by_unit);
	for (size_t i = 0; i < n && !rc; i++)
		if ((!i || !iq_eq(names[i], names[i - 1])) && is_one_unit(names[i]) &&
		    !bsearch(&names[i], shown, n_shown, sizeof *shown, by_name))
			rc = put_one(s, names[i], f, sink, err);
	free(shown);
	free(names);
	return rc;
}

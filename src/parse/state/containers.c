/* parse/state/containers.c - see containers.h.
 *
 * Follows docker cli/command/formatter, podman cmd/podman/containers/ps.go, cri-tools
 * cmd/crictl/container.go and sandbox.go; the JSON of the Engine API, libpod and CRI;
 * kubelet dockershim/naming.go.
 */
#include "parse/state/containers.h"

enum { K_OTHER, K_ID, K_NAME, K_IMAGE, K_STATE, K_POD_ID, K_POD_NAME, K_NAMESPACE };

/* Heads are a blank apart inside, columns at least two. */
static bool take_header(struct iq_container_table *t, struct iq_slice line)
{
	static const struct { const char *head; uint8_t column; } rows[] = {
		{ "CONTAINER ID", K_ID }, { "CONTAINER", K_ID }, { "IMAGE", K_IMAGE },
		{ "STATUS", K_STATE }, { "STATE", K_STATE }, { "NAMES", K_NAME },
		{ "NAME", K_NAME }, { "POD ID", K_POD_ID }, { "POD", K_POD_NAME },
		{ "PODNAME", K_POD_NAME }, { "NAMESPACE", K_NAMESPACE },
	};
	size_t i = 0;

	t->of_pods = iq_starts(line, IQ_LIT("POD ID "));
	if (!iq_starts(line, IQ_LIT("CONTAINER")) && !t->of_pods)
		return false;
	t->n = 0;
	while (i < line.n && t->n < IQ_CONTAINER_COLUMNS) {
		size_t from = i;
		while (i < line.n && line.p[i] != '\t' &&
		       !(line.p[i] == ' ' && (i + 1 >= line.n || line.p[i + 1] == ' ')))
			i++;
		struct iq_slice head = iq_slice(line.p + from, i - from);
		t->at[t->n] = from;
		t->column[t->n] = K_OTHER;
		for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
			if (iq_eq(head, iq_slice_z(rows[k].head)))
				t->column[t->n] = rows[k].column;
		if (t->of_pods && t->column[t->n] == K_NAME)
			t->column[t->n] = K_POD_NAME;
		else if (t->of_pods && t->column[t->n] == K_STATE)
			t->column[t->n] = K_OTHER;
		t->n++;
		while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'))
			i++;
	}
	return true;
}

static bool is_id(struct iq_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return s.n >= 10 && s.n <= 64;
}

/* "Exited (137) 2 minutes ago" of docker and podman */
static void take_exit(struct iq_container *c)
{
	struct iq_slice s = c->state;
	uint64_t n;

	if (iq_skip(&s, IQ_LIT("Exited (")) && iq_take_u64(&s, &n) && n <= 255 &&
	    iq_starts(s, IQ_LIT(")")))
		c->exit_code = (int64_t)n;
}

static void put(struct iq_container *c, uint8_t column, struct iq_slice v)
{
	if (!v.n || v.n > 512)
		return;
	switch (column) {
	case K_ID: c->container = v; break;
	case K_NAME: c->name = v; break;
	case K_IMAGE: c->image = v; break;
	case K_STATE: c->state = v; take_exit(c); break;
	case K_POD_ID: c->sandbox = v; break;
	case K_POD_NAME: c->pod_name = v; break;
	case K_NAMESPACE: c->namespace = v; break;
	default: break;
	}
}

/* Where the character CHARACTERS begins: an ellipsis in a command is one of three bytes. */
static size_t byte_of(struct iq_slice line, size_t characters)
{
	size_t i = 0;

	while (i < line.n && (characters || ((unsigned char)line.p[i] & 0xc0) == 0x80)) {
		if (((unsigned char)line.p[i] & 0xc0) != 0x80)
			characters--;
		i++;
	}
	return characters ? line.n : i;
}

bool iq_container_line(struct iq_container_table *t, struct iq_slice line,
		       struct iq_container *ret)
{
	bool pods = t->of_pods;

	iq_fact_init(IQ_FACT_CONTAINER, ret);
	if (take_header(t, line))
		return false;
	t->of_pods = pods;
	for (size_t i = 0; i < t->n; i++) {
		size_t from = byte_of(line, t->at[i]);
		size_t end = i + 1 < t->n ? byte_of(line, t->at[i + 1]) : line.n;
		if (from >= line.n)
			break;
		if (i && line.p[from - 1] != ' ' && line.p[from - 1] != '\t')
			break;		/* it does not stand in columns after all */
		put(ret, t->column[i], iq_trim(iq_slice(line.p + from, end - from)));
	}
	return is_id(ret->container) || (t->of_pods && is_id(ret->sandbox));
}

/* --- inspect --- */

/* "key": value, at the beginning of a line */
static bool key_value(struct iq_slice line, struct iq_slice *key, struct iq_slice *v)
{
	struct iq_slice s = iq_trim(line);

	if (!iq_skip(&s, IQ_LIT("\"")))
		return false;
	*key = iq_cut(&s, '"');
	if (!iq_skip(&s, IQ_LIT(":")))
		return false;
	s = iq_trim(s);
	if (iq_ends(s, IQ_LIT(",")))
		s.n--;
	*v = s;
	return s.n > 0;
}

static bool text_of(struct iq_slice v, struct iq_slice *ret)
{
	if (v.n < 3 || *v.p != '"' || v.p[v.n - 1] != '"' || v.n > 512 ||
	    iq_find_char(v, '\\') >= 0)
		return false;
	*ret = iq_slice(v.p + 1, v.n - 2);
	return true;
}

bool iq_container_inspect_line(struct iq_slice line, struct iq_container *c)
{
	static const struct { const char *key; size_t at; bool any; } texts[] = {
		{ "Name", offsetof(struct iq_container, name), false },
		{ "io.kubernetes.container.name", offsetof(struct iq_container, name), true },
		{ "io.kubernetes.pod.name", offsetof(struct iq_container, pod_name), true },
		{ "io.kubernetes.pod.namespace", offsetof(struct iq_container, namespace), true },
		{ "io.kubernetes.pod.uid", offsetof(struct iq_container, pod), true },
		{ "Status", offsetof(struct iq_container, state), false },
		{ "state", offsetof(struct iq_container, state), false },
	};
	static const struct { const char *key; size_t at; } numbers[] = {
		{ "Memory", offsetof(struct iq_container, memory_limit_bytes) },
		{ "memory_limit_in_bytes", offsetof(struct iq_container, memory_limit_bytes) },
		{ "memoryLimitInBytes", offsetof(struct iq_container, memory_limit_bytes) },
		{ "ExitCode", offsetof(struct iq_container, exit_code) },
		{ "exitCode", offsetof(struct iq_container, exit_code) },
		{ "OomScoreAdj", offsetof(struct iq_container, oom_score_adj) },
		{ "oom_score_adj", offsetof(struct iq_container, oom_score_adj) },
		{ "oomScoreAdj", offsetof(struct iq_container, oom_score_adj) },
	};
	struct iq_slice key, v, text;
	int64_t n;

	if (!key_value(line, &key, &v))
		return false;
	if ((iq_eq(key, IQ_LIT("Id")) || iq_eq(key, IQ_LIT("id"))) && !c->container.p &&
	    text_of(v, &text) && is_id(text)) {
		c->container = text;
		return true;
	}
	if (iq_eq(key, IQ_LIT("OOMKilled"))) {
		c->oom_killed = iq_eq(v, IQ_LIT("true"));
		return true;
	}
	if (iq_eq(key, IQ_LIT("reason")) && iq_eq(v, IQ_LIT("\"OOMKilled\""))) {
		c->oom_killed = 1;
		return true;
	}
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct iq_slice *at = (void *)((char *)c + texts[i].at);
		if (!iq_eq(key, iq_slice_z(texts[i].key)) || (at->p && !texts[i].any) ||
		    !text_of(v, &text))
			continue;
		iq_skip(&text, IQ_LIT("/"));		/* docker's names begin so */
		*at = text;
		return true;
	}
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		int64_t *at = (void *)((char *)c + numbers[i].at);
		if (!iq_eq(key, iq_slice_z(numbers[i].key)) || *at != IQ_NULL ||
		    (!iq_to_i64(v, &n) && !(text_of(v, &text) && iq_to_i64(text, &n))))
			continue;
		/* 0 is how the runtimes say: no limit */
		*at = at == &c->memory_limit_bytes && n <= 0 ? IQ_NULL : n;
		return *at != IQ_NULL;
	}
	return false;
}

/* --- names --- */

/* "k8s_app_shop-7d9f_prod_UID_3": container, pod, namespace, uid, attempt */
void iq_container_name(struct iq_container *c)
{
	struct iq_slice rest = c->name, part[5];

	if (!iq_skip(&rest, IQ_LIT("k8s_")))
		return;
	for (size_t i = 0; i < 5; i++) {
		part[i] = iq_cut(&rest, '_');
		if (!part[i].n)
			return;
	}
	c->name = part[0];
	if (!c->pod_name.p)
		c->pod_name = part[1];
	if (!c->namespace.p)
		c->namespace = part[2];
	if (!c->pod.p)
		c->pod = part[3];
}

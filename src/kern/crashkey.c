/* kern/crashkey.c - see crashkey.h. */
#include "kern/crashkey.h"

#include "kern/frameclass.h"

void iq_crashkey_frame(struct iq_crashkey *k, struct iq_slice function,
		       struct iq_slice module)
{
	if (k->n >= IQ_CRASHKEY_FRAMES || !function.n)
		return;
	k->frames[k->n].function = function;
	k->frames[k->n].module = module;
	k->n++;
}

static void add(char *buf, size_t n, size_t *at, struct iq_slice s)
{
	if (s.n > n - *at)
		s.n = n - *at;
	if (s.n)
		memcpy(buf + *at, s.p, s.n);
	*at += s.n;
}

static struct iq_slice text(const struct iq_crashkey *k, unsigned frames, char *buf, size_t n)
{
	size_t at = 0;
	if (!k->n)
		return IQ_SLICE_NULL;
	add(buf, n, &at, k->form);
	for (unsigned i = 0; i < frames && i < k->n; i++) {
		char name[160];
		add(buf, n, &at, i ? IQ_LIT(" < ") : IQ_LIT(" | "));
		add(buf, n, &at, iq_frame_normal(k->frames[i].function, name, sizeof name));
		if (k->frames[i].module.n) {
			add(buf, n, &at, IQ_LIT("["));
			add(buf, n, &at, k->frames[i].module);
			add(buf, n, &at, IQ_LIT("]"));
		}
	}
	return iq_slice(buf, at);
}

struct iq_slice iq_crashkey_text(const struct iq_crashkey *k, char *buf, size_t n)
{
	return text(k, IQ_CRASHKEY_FRAMES, buf, n);
}

struct iq_slice iq_crashkey_loose(const struct iq_crashkey *k, char *buf, size_t n)
{
	return text(k, 1, buf, n);
}

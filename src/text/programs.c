/* text/programs.c - see programs.h */
#include "text/programs.h"

struct program {
	struct iq_slice name;
	enum iq_program kind;
};

/* One list a first letter: the hot loop asks for every line of a syslog. */
static const struct program with_c[] = {
	{ IQ_LIT("conmon"), IQ_PROGRAM_WITNESS },
	{ IQ_LIT("containerd"), IQ_PROGRAM_WITNESS },
	{ IQ_LIT("crio"), IQ_PROGRAM_WITNESS },
}, with_d[] = {
	{ IQ_LIT("docker"), IQ_PROGRAM_WITNESS },
	{ IQ_LIT("dockerd"), IQ_PROGRAM_WITNESS },
	{ IQ_LIT("dockerd-current"), IQ_PROGRAM_WITNESS },
}, with_e[] = {
	{ IQ_LIT("earlyoom"), IQ_PROGRAM_KILLER },
}, with_k[] = {
	{ IQ_LIT("kernel"), IQ_PROGRAM_KERNEL },
	{ IQ_LIT("kubelet"), IQ_PROGRAM_WITNESS },
	{ IQ_LIT("k3s"), IQ_PROGRAM_WITNESS },
}, with_l[] = {
	{ IQ_LIT("lmkd"), IQ_PROGRAM_KILLER },
	{ IQ_LIT("lowmemorykiller"), IQ_PROGRAM_KILLER },
}, with_m[] = {
	{ IQ_LIT("microk8s.daemon-kubelite"), IQ_PROGRAM_WITNESS },
}, with_n[] = {
	{ IQ_LIT("nohang"), IQ_PROGRAM_KILLER },
	{ IQ_LIT("nohang-desktop"), IQ_PROGRAM_KILLER },
}, with_o[] = {
	{ IQ_LIT("oomd"), IQ_PROGRAM_KILLER },
}, with_p[] = {
	{ IQ_LIT("podman"), IQ_PROGRAM_WITNESS },
}, with_r[] = {
	{ IQ_LIT("rsyslogd"), IQ_PROGRAM_LOGGER },
}, with_s[] = {
	{ IQ_LIT("systemd"), IQ_PROGRAM_WITNESS },
	{ IQ_LIT("systemd-oomd"), IQ_PROGRAM_KILLER },
	{ IQ_LIT("systemd-journald"), IQ_PROGRAM_LOGGER },
	{ IQ_LIT("systemd-journal"), IQ_PROGRAM_LOGGER },
};

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define LETTER(c, list) [c - 'a'] = { list, COUNT(list) }

static const struct { const struct program *rows; size_t n; } by_letter[26] = {
	LETTER('c', with_c), LETTER('d', with_d), LETTER('e', with_e),
	LETTER('k', with_k), LETTER('l', with_l), LETTER('m', with_m),
	LETTER('n', with_n), LETTER('o', with_o), LETTER('p', with_p),
	LETTER('r', with_r), LETTER('s', with_s),
};

enum iq_program iq_program_of(struct iq_slice ident)
{
	if (ident.n && *ident.p == '/') {
		ptrdiff_t at = iq_rfind(ident, IQ_LIT("/"));
		ident = iq_from(ident, (size_t)at + 1);
	}
	if (ident.n < 3 || *ident.p < 'a' || *ident.p > 'z')
		return IQ_PROGRAM_OTHER;
	size_t letter = (size_t)(*ident.p - 'a');
	for (size_t i = 0; i < by_letter[letter].n; i++)
		if (iq_eq(by_letter[letter].rows[i].name, ident))
			return by_letter[letter].rows[i].kind;
	return IQ_PROGRAM_OTHER;
}

struct words {
	const struct iq_slice *word;
	size_t n;
	const char *firsts;		/* the first letters of all */
};

/* One pass over the text: most letters begin no word. */
static bool any_of(struct iq_slice text, const struct words *w)
{
	bool first[256] = { false };
	for (const char *c = w->firsts; *c; c++)
		first[(unsigned char)*c] = true;
	for (size_t i = 0; i < text.n; i++) {
		if (!first[(unsigned char)text.p[i]])
			continue;
		struct iq_slice rest = iq_from(text, i);
		for (size_t k = 0; k < w->n; k++)
			if (*w->word[k].p == *rest.p && iq_starts(rest, w->word[k]))
				return true;
	}
	return false;
}

bool iq_program_line_matters(enum iq_program program, struct iq_slice text)
{
	static const struct iq_slice memory[] = {
		IQ_LIT("oom"), IQ_LIT("OOM"), IQ_LIT("emory"), IQ_LIT("vict"),
		IQ_LIT("running in system mode"), IQ_LIT("Shutting down"),
		IQ_LIT("Reached target Reboot"), IQ_LIT("Reached target Power"),
		IQ_LIT("Reached target Shutdown"), IQ_LIT("=9/KILL"), IQ_LIT("'signal'"),
	};
	static const struct iq_slice loss[] = {
		IQ_LIT("lost"), IQ_LIT("Missed "), IQ_LIT("begin to drop messages"),
	};
	static const struct words of_memory = { memory, COUNT(memory), "oOevrSR='" };
	static const struct words of_loss = { loss, COUNT(loss), "lMb" };
	switch (program) {
	case IQ_PROGRAM_KERNEL:
	case IQ_PROGRAM_KILLER:
		return true;
	case IQ_PROGRAM_WITNESS:
		return any_of(text, &of_memory);
	case IQ_PROGRAM_LOGGER:
		return any_of(text, &of_loss);
	default:
		return false;
	}
}

/* text/programs.c - see programs.h */
#include "text/programs.h"

#include "text/words.h"

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
}, with_t[] = {
	{ IQ_LIT("talos"), IQ_PROGRAM_KILLER },
};

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define LETTER(c, list) [c - 'a'] = { list, COUNT(list) }

static const struct { const struct program *rows; size_t n; } by_letter[26] = {
	LETTER('c', with_c), LETTER('d', with_d), LETTER('e', with_e),
	LETTER('k', with_k), LETTER('l', with_l), LETTER('m', with_m),
	LETTER('n', with_n), LETTER('o', with_o), LETTER('p', with_p),
	LETTER('r', with_r), LETTER('s', with_s), LETTER('t', with_t),
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

/* Of systemd: a stop of the machine, by which boots are told apart. */
static bool is_shutdown(struct iq_slice text)
{
	static const struct iq_slice starts[] = {
		IQ_LIT("Shutting down"), IQ_LIT("Reached target Reboot"),
		IQ_LIT("Reached target Power"), IQ_LIT("Reached target Shutdown"),
	};
	for (size_t i = 0; i < COUNT(starts); i++)
		if (iq_starts(text, starts[i]))
			return true;
	return iq_starts(text, IQ_LIT("systemd ")) &&
	       iq_has(iq_head(text, 64), IQ_LIT("running in system mode"));
}

bool iq_program_line_matters(enum iq_program program, struct iq_slice text)
{
	static const struct iq_rare_word memory[] = {
		IQ_RARE("oom", 'o', 'o'), IQ_RARE("OOM", 'O', 'O'), IQ_RARE("emory", 'e', 'm'),
		IQ_RARE("vict", 'v', 'i'), IQ_RARE("=9/KILL", '=', '9'),
		IQ_RARE("'signal'", '\'', 's'),
	};
	static const struct iq_rare_word loss[] = {
		IQ_RARE("lost", 'l', 'o'), IQ_RARE("Missed ", 'M', 'i'),
		IQ_RARE("begin to drop messages", 'b', 'e'),
	};
	switch (program) {
	case IQ_PROGRAM_KERNEL:
	case IQ_PROGRAM_KILLER:
		return true;
	case IQ_PROGRAM_WITNESS:
		return iq_has_rare(text, memory, COUNT(memory)) || is_shutdown(text);
	case IQ_PROGRAM_LOGGER:
		return iq_has_rare(text, loss, COUNT(loss));
	default:
		return false;
	}
}

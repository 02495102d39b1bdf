/* import/refuse.c - see refuse.h.  sos and supportconfig encrypt by gpg, people by what is
 * at hand. */
#include "import/refuse.h"

#include <stdio.h>

#include "base/buf.h"

static struct iq_slice base_of(struct iq_slice path)
{
	ptrdiff_t slash = iq_rfind(path, IQ_LIT("/"));
	return iq_from(path, (size_t)(slash + 1));
}

static const struct cipher {
	const char *format;		/* of sniff.c */
	const char *command;		/* IN and OUT stand for the two files */
} ciphers[] = {
	{ "openpgp", "gpg -o OUT -d IN" },
	{ "openssl", "openssl enc -d -aes-256-cbc -pbkdf2 -in IN -out OUT (with the cipher it "
		     "was encrypted by)" },
	{ "openssl base64", "openssl enc -d -a -aes-256-cbc -pbkdf2 -in IN -out OUT (with the "
			    "cipher it was encrypted by)" },
	{ "age", "age -d -o OUT IN" },
};

#define N_CIPHERS (sizeof ciphers / sizeof *ciphers)

static struct iq_slice without_tail(struct iq_slice base)
{
	static const struct iq_slice tails[] = {
		IQ_LIT(".gpg"), IQ_LIT(".pgp"), IQ_LIT(".asc"), IQ_LIT(".enc"), IQ_LIT(".age"),
		IQ_LIT(".aes"),
	};
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
		if (iq_ends(base, tails[i]) && base.n > tails[i].n)
			return iq_head(base, base.n - tails[i].n);
	return base;
}

/* As one word of a shell, whatever is in the name. */
static void put_word(struct iq_buf *out, const char *lead, struct iq_slice name)
{
	iq_buf_printf(out, "'%s", lead);
	for (size_t i = 0; i < name.n && i < 255; i++)
		if (name.p[i] == '\'')
			iq_buf_str(out, "'\\''");
		else
			iq_buf_char(out, name.p[i]);
	iq_buf_char(out, '\'');
}

void iq_encrypted_text(char *text, size_t n, const char *format, struct iq_slice name)
{
	struct iq_slice base = base_of(name), plain = without_tail(base), left = IQ_LIT("");
	struct iq_buf out;

	iq_buf_init(&out);
	iq_buf_str(&out, "encrypted; decrypt it first");
	for (size_t i = 0; i < N_CIPHERS; i++)
		if (strcmp(ciphers[i].format, format) == 0) {
			left = iq_slice_z(ciphers[i].command);
			iq_buf_str(&out, " with: ");
		}
	while (left.n) {
		if (iq_skip(&left, IQ_LIT("OUT"))) {
			put_word(&out, plain.n == base.n ? "decrypted-" : "", plain);
		} else if (iq_skip(&left, IQ_LIT("IN"))) {
			put_word(&out, "", base);
		} else {
			iq_buf_char(&out, *left.p);
			left = iq_from(left, 1);
		}
	}
	snprintf(text, n, "%.*s", IQ_FMT(iq_buf_as_slice(&out)));
	iq_buf_fini(&out);
}

/* A bundle that its collector encrypted is a host that is missing; what else is encrypted
 * in a bundle was so on the host. */
static bool is_lost_bundle(struct iq_slice base)
{
	static const struct iq_slice leads[] = {
		IQ_LIT("secured-"), IQ_LIT("sosreport-"), IQ_LIT("scc_"), IQ_LIT("nts_"),
		IQ_LIT("sos-collector-"),
	};
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
		if (iq_starts(base, leads[i]))
			return true;
	return iq_has(base, IQ_LIT(".tar")) || iq_has(base, IQ_LIT("sosreport"));
}

void iq_refuse_encrypted(struct iq_capture_run *c, const char *format)
{
	bool only = c->member_name.n == 0;
	struct iq_slice name = only ? iq_slice_z(c->req->path) : c->member_name;
	char text[900];

	iq_encrypted_text(text, sizeof text, format, name);
	iq_capture_issue(c, only || is_lost_bundle(base_of(name)) ? "failed" : "note",
			 "encrypted", IQ_NULL, IQ_NULL, text);
}

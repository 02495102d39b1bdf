/* import/bid.c - see bid.h */
#include "import/bid.h"
#include "bundle/layout.h"
#include "text/reader.h"

bool iq_bid_is_log(struct iq_slice name, struct iq_slice head)
{
	struct iq_slice root;
	const char *dialect = NULL;
	enum iq_bundle_role role = iq_bundle_role(name, &root);

	if (role != IQ_BUNDLE_OTHER && role != IQ_BUNDLE_LOG_NOW)
		return false;
	if (iq_reader_bid(head.p, head.n, &dialect) <= 0)
		return false;
	return strcmp(dialect, "bare") != 0 || !iq_bundle_no_log_place(name);
}

const struct iq_other *iq_other_kind(enum iq_stream_kind kind)
{
	static const struct iq_other others[] = {
		{ IQ_STREAM_EMPTY, true, "empty", "empty: there is nothing to read" },
		{ IQ_STREAM_JOURNAL, false, "journal", "a binary journal, not read yet; give "
		  "the output of: journalctl -o export --file" },
		{ IQ_STREAM_STORE, false, "store",
		  "an inquest store, not a capture; ask it with: inquest report -s" },
		{ IQ_STREAM_ENCRYPTED, false, "encrypted",
		  "encrypted; decrypt it first with: gpg --decrypt" },
		{ IQ_STREAM_BINARY, true, "not-a-capture",
		  "neither a kernel log nor a dump nor an archive of such" },
	};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (others[i].kind == kind)
			return &others[i];
	return NULL;
}

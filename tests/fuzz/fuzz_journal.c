/* tests/fuzz/fuzz_journal.c - binary journals.
 *
 * The first byte says how many files the input is cut into.  Whatever they hold, entries
 * are counted one by one, texts are within bounds, and it ends.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "journal/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
	int64_t last;
	uint64_t sum;
};

static int record(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct world *w = arg;
	(void)err;
	if (rec->first_line <= w->last || rec->text.n > IQ_LINE_MAX_BYTES ||
	    rec->boot_id.n != 32 || rec->level < -1 || rec->level > 7)
		abort();
	w->last = rec->first_line;
	for (size_t i = 0; i < rec->text.n; i++)
		w->sum += (unsigned char)rec->text.p[i];
	w->sum += rec->host.n + rec->ident.n;
	return 0;
}

static void issue(void *arg, int file, const char *severity, const char *code,
		  int64_t offset_bytes, const char *text)
{
	struct world *w = arg;
	w->sum += (uint64_t)file + strlen(severity) + strlen(code) + strlen(text) +
		  (offset_bytes == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w = { 0 };
	struct iq_journal_ops ops = { record, issue, &w, true };
	struct iq_journal_info info;
	struct iq_err err = { 0 };
	int fds[3];
	if (!size)
		return 0;
	size_t n = 1 + data[0] % 3, each = (size - 1) / n;
	for (size_t i = 0; i < n; i++) {
		fds[i] = memfd_create("fuzz", MFD_CLOEXEC);
		if (fds[i] < 0 || write(fds[i], data + 1 + i * each, each) != (ssize_t)each)
			abort();
	}
	iq_journal_read(fds, n, &ops, &info, &err);
	for (size_t i = 0; i < n; i++)
		close(fds[i]);
	return 0;
}

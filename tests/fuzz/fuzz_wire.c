/* tests/fuzz/fuzz_wire.c - the parent's reading of a spool that a hostile child wrote. */
#include "wire/wire.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("spool", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	struct iq_wire_reader r;
	iq_wire_reader_init(&r, fd);
	_Alignas(8) char fact[IQ_FACT_BYTES_MAX];
	enum iq_fact_type type;
	struct iq_err err;
	size_t sum = 0;
	while (iq_wire_next(&r, &type, fact, &err) > 0) {
		const struct iq_fact_desc *d = &iq_fact_descs[type];
		for (size_t i = 0; i < d->n_columns; i++)
			if (d->columns[i].kind == IQ_COL_TEXT) {
				struct iq_slice s = *iq_fact_text(fact, &d->columns[i]);
				for (size_t k = 0; k < s.n; k++)
					sum += (unsigned char)s.p[k];
			}
	}
	iq_wire_reader_fini(&r);
	close(fd);
	return sum == SIZE_MAX;
}

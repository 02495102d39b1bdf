/* tests/fuzz/fuzz_printk.c - the log buffers of a dump.
 *
 * The first byte chooses a layout (form, word size, byte order), the rest is memory.
 * With 6 the layout is the input's too: VMCOREINFO up to a NUL, then memory.  Whatever
 * lies there, records come in order, within bounds, and it ends.
 */
#include <stdio.h>
#include <stdlib.h>

#include "vmcore/printk/printk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BASE UINT64_C(0xffffffff81000000)

struct world {
	const uint8_t *mem;
	size_t n;
	int64_t last_line;
	uint64_t bytes;
};

/* Behind the end of the input lies what the dump does not have. */
static enum iq_mem_status read_mem(void *arg, uint64_t va, void *buf, size_t n)
{
	const struct world *w = arg;
	uint64_t at = (va - BASE) & UINT32_MAX;
	if (at > w->n || n > w->n - at)
		return va & 1 ? IQ_MEM_UNMAPPED : IQ_MEM_EXCLUDED;
	memcpy(buf, w->mem + at, n);
	return IQ_MEM_OK;
}

static int record(void *arg, const struct iq_record *rec, struct iq_err *err)
{
	struct world *w = arg;
	(void)err;
	int64_t breaks = 0;
	for (size_t i = 0; i < rec->text.n; i++)
		breaks += rec->text.p[i] == '\n';
	if (rec->first_line != w->last_line + 1 || rec->last_line != rec->first_line + breaks)
		abort();
	w->last_line = rec->last_line;
	if (rec->level < -1 || rec->level > 7 || rec->text.n > IQ_PRINTK_TEXT_MAX)
		abort();
	for (size_t i = 0; i < rec->text.n; i++)
		w->bytes += (unsigned char)rec->text.p[i];
	return 0;
}

static void issue(void *arg, const char *severity, const char *code, int64_t offset,
		  const char *text)
{
	struct world *w = arg;
	w->bytes += strlen(severity) + strlen(code) + strlen(text) + (offset == 0);
}

static const char ring64[] =
	"SYMBOL(prb)=ffffffff81000000\nSIZE(printk_ringbuffer)=88\n"
	"OFFSET(printk_ringbuffer.desc_ring)=0\nOFFSET(printk_ringbuffer.text_data_ring)=48\n"
	"OFFSET(prb_desc_ring.count_bits)=0\nOFFSET(prb_desc_ring.descs)=8\n"
	"OFFSET(prb_desc_ring.infos)=16\nOFFSET(prb_desc_ring.head_id)=24\n"
	"OFFSET(prb_desc_ring.tail_id)=32\nSIZE(prb_desc)=24\nOFFSET(prb_desc.state_var)=0\n"
	"OFFSET(prb_desc.text_blk_lpos)=8\nOFFSET(prb_data_blk_lpos.begin)=0\n"
	"OFFSET(prb_data_blk_lpos.next)=8\nSIZE(printk_info)=88\nOFFSET(printk_info.seq)=0\n"
	"OFFSET(printk_info.ts_nsec)=8\nOFFSET(printk_info.text_len)=16\n"
	"OFFSET(printk_info.caller_id)=20\nOFFSET(prb_data_ring.size_bits)=0\n"
	"OFFSET(prb_data_ring.data)=8\n";
static const char ring32[] =
	"SYMBOL(prb)=81000000\nSIZE(printk_ringbuffer)=44\n"
	"OFFSET(printk_ringbuffer.desc_ring)=0\nOFFSET(printk_ringbuffer.text_data_ring)=24\n"
	"OFFSET(prb_desc_ring.count_bits)=0\nOFFSET(prb_desc_ring.descs)=4\n"
	"OFFSET(prb_desc_ring.infos)=8\nOFFSET(prb_desc_ring.head_id)=12\n"
	"OFFSET(prb_desc_ring.tail_id)=16\nSIZE(prb_desc)=12\nOFFSET(prb_desc.state_var)=0\n"
	"OFFSET(prb_desc.text_blk_lpos)=4\nOFFSET(prb_data_blk_lpos.begin)=0\n"
	"OFFSET(prb_data_blk_lpos.next)=4\nSIZE(printk_info)=88\nOFFSET(printk_info.seq)=0\n"
	"OFFSET(printk_info.ts_nsec)=8\nOFFSET(printk_info.text_len)=16\n"
	"OFFSET(printk_info.caller_id)=20\nOFFSET(prb_data_ring.size_bits)=0\n"
	"OFFSET(prb_data_ring.data)=4\n";
#define RECORDS									\
	"SYMBOL(log_buf)=ffffffff81000000\nSYMBOL(log_buf_len)=ffffffff81000008\n" \
	"SYMBOL(log_first_idx)=ffffffff81000010\nSYMBOL(log_next_idx)=ffffffff81000018\n" \
	"SYMBOL(log_first_seq)=ffffffff81000020\nOFFSET(printk_log.ts_nsec)=0\n"	\
	"OFFSET(printk_log.len)=8\nOFFSET(printk_log.text_len)=10\n"
static const char records[] = RECORDS "SIZE(printk_log)=16\n";
static const char records_caller[] =
	RECORDS "SIZE(printk_log)=24\nOFFSET(printk_log.caller_id)=16\n";
static const char bytes[] =
	"SYMBOL(log_buf)=ffffffff81000000\nSYMBOL(log_buf_len)=ffffffff81000008\n"
	"SYMBOL(log_end)=ffffffff81000028\nSYMBOL(logged_chars)=ffffffff81000030\n";

static const struct {
	const char *info;
	unsigned long_bytes;
	bool big;
	int (*decode)(struct iq_printk *, struct iq_err *);
} layouts[] = {
	{ ring64, 8, false, iq_printk_ring },
	{ ring64, 8, true, iq_printk_ring },
	{ ring32, 4, false, iq_printk_ring },
	{ records, 8, false, iq_printk_records },
	{ records_caller, 8, true, iq_printk_records },
	{ bytes, 8, false, iq_printk_bytes },
};

/* The layout of the input's own VMCOREINFO, by whichever decoder finds its names. */
static void own_layout(const uint8_t *data, size_t size)
{
	static int (*const decoders[])(struct iq_printk *, struct iq_err *) = {
		iq_printk_ring, iq_printk_records, iq_printk_bytes,
	};
	const uint8_t *end = memchr(data, 0, size);
	size_t n = end ? (size_t)(end - data) : size;
	for (size_t i = 0; i < sizeof decoders / sizeof *decoders; i++) {
		static struct iq_printk p;
		struct world w = { .mem = data + n + (end != NULL),
				   .n = size - n - (end != NULL) };
		struct iq_memory mem = { read_mem, &w, n & 1 ? 4 : 8, n & 2 };
		struct iq_vmcoreinfo info = { iq_slice((const char *)data, n) };
		struct iq_err err;
		p = (struct iq_printk){ .mem = &mem, .info = &info, .record = record,
					.issue = issue, .arg = &w, .issue_arg = &w };
		decoders[i](&p, &err);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct iq_printk p;

	if (!size)
		return 0;
	if (data[0] == 6) {
		own_layout(data + 1, size - 1);
		return 0;
	}
	size_t k = data[0] % (sizeof layouts / sizeof *layouts);
	struct world w = { .mem = data + 1, .n = size - 1 };
	struct iq_memory mem = { read_mem, &w, layouts[k].long_bytes, layouts[k].big };
	struct iq_vmcoreinfo info = { iq_slice_z(layouts[k].info) };
	struct iq_err err;

	p = (struct iq_printk){ .mem = &mem, .info = &info, .record = record,
				.issue = issue, .arg = &w, .issue_arg = &w };
	layouts[k].decode(&p, &err);
	return 0;
}

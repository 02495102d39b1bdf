/* text/paste.h - what copying put around a line, taken off again.
 *
 * Line numbers of an editor or of grep -n, quote marks of mail and chats, bullets,
 * common indents, markdown fences, HTML, names of files and containers.  Line numbers,
 * HTML and names are looked for in the sample at the start of a stream; the rest shows
 * line by line.  What a line is
 * afterwards the peeler says (text/dialect.h).
 */
#ifndef IQ_TEXT_PASTE_H
#define IQ_TEXT_PASTE_H

#include "base/buf.h"

struct iq_paste {
	bool numbers, html;
	bool nbsp;		/* blanks that do not break: a web page's */
	int64_t last_number;		/* of a numbered line; 0: none yet */
	size_t indent;			/* blanks in front of headers, last seen */
	char prefix[128];		/* the same in front of every bare line: "web_1 | " */
	size_t prefix_n;
	/* while sampling */
	int64_t sample_last;
	size_t lines, numbered, run, longest_run, headed_run, longest_headed_run;
	size_t prefixed, other_prefix;	/* lines that open behind it, behind another */
};

/* Does S begin like a line of dmesg, syslog or a journal?  Shape only. */
bool iq_looks_kmsg(struct iq_slice s);
bool iq_looks_headed(struct iq_slice s);

void iq_paste_sample(struct iq_paste *p, struct iq_slice raw);
void iq_paste_decide(struct iq_paste *p);

/* False: the line is nothing but packaging (a fence): drop it.  Otherwise *ret is what
 * is left of RAW, a part of it or of BUF; with HTML it may hold newlines. */
bool iq_paste_undo(struct iq_paste *p, struct iq_slice raw, struct iq_buf *buf,
		   struct iq_slice *ret);

#endif

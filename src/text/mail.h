/* text/mail.h - text that a mail program wrote as quoted-printable (RFC 2045, 6.7).
 *
 * "=3D" stands for '=', a '=' at the end of a line says that the line goes on in the
 * next.  Mail is recognised on the sample at the start of a stream: by its header, or by
 * escapes that outnumber every '=' that is none.  In a mailbox the header of each part
 * says anew how it is written.  Belongs to one stream; owns its buffer.
 */
#ifndef IQ_TEXT_MAIL_H
#define IQ_TEXT_MAIL_H

#include "base/buf.h"

struct iq_mail {
	bool used;			/* the stream holds such text */
	bool by_header;			/* a header says so */
	bool on;			/* the part at hand is */
	bool open;			/* text waits for its next line */
	struct iq_buf text;
	uint32_t folded;		/* lines that came together in it, less one */
};

void iq_mail_detect(struct iq_mail *m, struct iq_slice sample);
/* The stream will be read from its beginning. */
void iq_mail_restart(struct iq_mail *m);
void iq_mail_fini(struct iq_mail *m);

/* One line of the stream.  False: it goes on in the next.  True: *ret is the whole, part
 * of RAW or of M. */
bool iq_mail_undo(struct iq_mail *m, struct iq_slice raw, struct iq_slice *ret);

/* At the end: true if text was waiting still, which is then *ret. */
bool iq_mail_flush(struct iq_mail *m, struct iq_slice *ret);

#endif

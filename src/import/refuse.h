/* import/refuse.h - what is encrypted, and the command that decrypts it. */
#ifndef IQ_IMPORT_REFUSE_H
#define IQ_IMPORT_REFUSE_H

#include "import/capture.h"

/* Of a file by that name, FORMAT as identified; at most N bytes of TEXT. */
void iq_encrypted_text(char *text, size_t n, const char *format, struct iq_slice name);

/* An issue of the member in hand, or of the capture that is this file alone. */
void iq_refuse_encrypted(struct iq_capture_run *c, const char *format);

#endif

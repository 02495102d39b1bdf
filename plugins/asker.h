/* plugins/asker.h - which frame of a call trace asked for the memory.  Shared by the
 * plugins that name it; frames are the host's, good until the callback returns. */
#ifndef PLUGINS_ASKER_H
#define PLUGINS_ASKER_H

#include "inquest/plugin.h"

#define ASKER_FRAMES_MAX 64

/* The reliable frames of the event's trace into RET[ASKER_FRAMES_MAX]; how many. */
size_t asker_frames(const struct inquest_host *h, struct inquest_ctx *ctx,
		    const struct inquest_frame **ret);
/* Index of the first frame of the allocator, N if none. */
size_t asker_first(const struct inquest_frame *const *frames, size_t n);
/* Index of the frame that called the allocator, N if none. */
size_t asker_find(const struct inquest_frame *const *frames, size_t n);
/* The driver or module behind a core function; NULL: none in the trace. */
const char *asker_module(const struct inquest_frame *const *frames, size_t n, size_t asker);

#endif

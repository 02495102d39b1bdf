/* wire/frame.h - kinds of frames in a spool; private to wire/. */
#ifndef IQ_WIRE_FRAME_H
#define IQ_WIRE_FRAME_H

enum iq_frame_kind {
	IQ_FRAME_STAGE = 1,
	IQ_FRAME_DONE = 2,
	IQ_FRAME_FACT = 16,		/* + enum iq_fact_type */
};

#endif

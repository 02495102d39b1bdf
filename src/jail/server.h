/* jail/server.h - messages between parent and fork server; private to jail/. */
#ifndef IQ_JAIL_SERVER_H
#define IQ_JAIL_SERVER_H

#include "jail/jail.h"

struct iq_jail_ask {
	int slot;
	int at_once;			/* children */
	size_t n, n_fds;
	struct iq_limits limits;
	char request[IQ_JAIL_REQUEST_MAX];
};

/* Runs until the parent closes SOCKET; never returns. */
_Noreturn void iq_jail_serve(int socket, iq_jail_job job,
			     volatile struct iq_jail_progress *progress);

#endif

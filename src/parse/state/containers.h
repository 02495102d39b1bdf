/* parse/state/containers.h - the lists that docker, podman and crictl print, and what
 * they say when they inspect a container.
 *
 * Tables go by the header's places; inspected containers are JSON, laid out one key a
 * line as all three print it.  Slices lie in the line.
 */
#ifndef IQ_PARSE_STATE_CONTAINERS_H
#define IQ_PARSE_STATE_CONTAINERS_H

#include "model/facts.h"

#define IQ_CONTAINER_COLUMNS 12

struct iq_container_table {
	size_t at[IQ_CONTAINER_COLUMNS];
	uint8_t column[IQ_CONTAINER_COLUMNS];
	size_t n;
	bool of_pods;
};

/* A row of "docker ps -a", "podman ps -a", "crictl ps -a"; of "crictl pods": a pod without
 * ->container. */
bool iq_container_line(struct iq_container_table *t, struct iq_slice line,
		       struct iq_container *ret);

/* "docker inspect ID", "podman inspect ID", "crictl inspect ID", line by line into *c;
 * texts are slices of LINE.  True: the line filled something. */
bool iq_container_inspect_line(struct iq_slice line, struct iq_container *c);

/* Takes a name that kubelet has made up for docker apart. */
void iq_container_name(struct iq_container *c);

#endif

/* PID namespaces: whether pids mean the same here as for the coordinator. */
#ifndef SIMISP_NAMESPACE_H
#define SIMISP_NAMESPACE_H

#include <stdint.h>

/* The PID namespace of this process, as pid_namespaces(7) tells two of them apart; 0 where /proc does not say.
 * Async-signal-safe. */
uint64_t own_namespace(void);

#endif

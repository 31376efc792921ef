/* Other processes, by number. */
#ifndef SIMISP_PROCESS_H
#define SIMISP_PROCESS_H

#include <stdint.h>

/* Whether a process is dead; a zombie is. Async-signal-safe. */
int process_is_dead(int32_t pid);

#endif

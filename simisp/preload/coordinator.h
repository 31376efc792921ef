/* What a participant does for itself when the coordinator can't. */
#ifndef SIMISP_COORDINATOR_H
#define SIMISP_COORDINATOR_H

#include <stdint.h>

/* Whether a process is dead; a zombie is. Async-signal-safe. */
int process_is_dead(int32_t pid);

/* Called in each look of a wait: release a clock whose coordinator is dead, and send the alarm of a released
 * clock. `slices` counts the looks. */
void mind_the_coordinator(unsigned slices);

#endif

/* What a participant does for itself when the coordinator can't. */
#ifndef SIMISP_COORDINATOR_H
#define SIMISP_COORDINATOR_H

/* Called in each look of a wait: release a clock whose coordinator is dead, and send the alarm of a released
 * clock. `slices` counts the looks. */
void mind_the_coordinator(unsigned slices);

#endif

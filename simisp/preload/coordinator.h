/* What a participant does for itself when the coordinator can't. */
#ifndef SIMISP_COORDINATOR_H
#define SIMISP_COORDINATOR_H

/* Called in each look of a wait: let a clock go whose coordinator is dead, and ring the alarm of a clock that was let
 * go. `slices` counts the looks. */
void mind_the_coordinator(unsigned slices);

#endif

/* Active waiting: looking over and over instead of sleeping.
 *
 * A program looked at the clock, or polled without blocking, and nothing had changed. A program that does that again
 * and again at one instant is waiting. It would stop the clock forever, so each bout of looks costs it a little time.
 * Bouts are counted, never timed, so that every run is the same.
 */
#ifndef SIMISP_ACTIVE_H
#define SIMISP_ACTIVE_H

#include "looks.h"

void look_at_clock(void);
void look_in_vain(void);

/* The answer of a look that did not block, 0 for nothing. Returns the answer. */
static inline long looked(long answer)
{
    if (answer == 0)
        look_in_vain();
    else
        looked_with_success();
    return answer;
}

#endif

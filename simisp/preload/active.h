/* Active waiting: looking over and over instead of sleeping.
 *
 * A program looked at the clock, or polled without waiting, and nothing had changed. Whoever does that over and over at
 * one instant is waiting; such a program would stop the clock forever, so each bout of looks costs it a little time.
 * Bouts are counted, never timed, so that every run is alike.
 */
#ifndef SIMISP_ACTIVE_H
#define SIMISP_ACTIVE_H

void look_at_clock(void);
void look_in_vain(void);

/* Something happened: what follows is no active wait. */
void looked_with_success(void);

/* A look without waiting answered this: 0 for nothing. Returns the answer. */
static inline long looked(long answer)
{
    if (answer == 0)
        look_in_vain();
    else
        looked_with_success();
    return answer;
}

#endif

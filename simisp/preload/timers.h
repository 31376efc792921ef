/* Timers that belong to a process and not to a wait: timerfd_create(2) and timer_create(2). */
#ifndef SIMISP_TIMERS_H
#define SIMISP_TIMERS_H

/* Let the timers go off whose time the coordinator has granted. Called in each look of a wait, signals blocked. */
void timers_fire(void);

/* A child has none of its parent's timers. */
void timers_forget(void);

#endif

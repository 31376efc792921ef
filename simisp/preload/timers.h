/* Timers that belong to a process and not to a wait: timerfd_create(2) and timer_create(2). */
#ifndef SIMISP_TIMERS_H
#define SIMISP_TIMERS_H

/* Let the timers go off whose time the coordinator has granted. Called in each look of a wait, signals blocked. */
void timers_fire(void);

/* Have the kernel keep the timers behind descriptors from here on, for a program that is about to be executed; and
 * the other way round, when that has failed. */
void timers_hand_over(void);
void timers_take_back(void);

/* Have the kernel keep all timers from here on, and the process's alarm. */
void timers_to_the_kernel(void);
void alarm_to_the_kernel(void);

/* Whether a timer behind a descriptor is set. A child has the descriptor too. */
int timers_behind_descriptors(void);

/* Before a descriptor is closed, or all from one to another, both included; and after one was copied. A child of vfork
 * has the memory of its parent and descriptors of its own, which are not minded. */
void timers_lose(int descriptor);
void timers_lose_range(unsigned first, unsigned last);
void timers_copy(int descriptor, int copy);

/* A child has none of its parent's timers. */
void timers_forget(void);

#endif

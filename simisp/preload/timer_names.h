/* The descriptors of each timerfd_create(2): dup(2) gives a timer one more, close(2) a descriptor another file. */
#ifndef SIMISP_TIMER_NAMES_H
#define SIMISP_TIMER_NAMES_H

#include <stdint.h>

/* A number for the timer behind a descriptor, the same for all of its descriptors, and never given to another timer;
 * 0 when the descriptor is not known as a timer's. All of these are called with the lock of timers.c held. */
uintptr_t timer_behind(int descriptor);

/* The same for a descriptor that is a timer's for sure; 0 when there is no more room. */
uintptr_t timer_surely_behind(int descriptor);

/* One of a timer's descriptors; -1 when it has none. */
int timer_descriptor(uintptr_t timer);

/* `copy` is one more descriptor of the file that `descriptor` is of. */
void timer_copied(int descriptor, int copy);

/* A descriptor is closed, or becomes another file's. */
void timer_name_forgotten(int descriptor);

/* Whether there is any descriptor of a timer, as far as can be told without the lock. */
int timers_have_names(void);

/* The first descriptor of a timer that is `first` or more; INT_MAX without one. */
int timer_name_from(int first);

#endif

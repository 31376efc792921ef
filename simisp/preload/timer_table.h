/* The table of a process's timers: for the calls that set them, and for the timekeeper. Everything but
 * timers_granted() is to be called with the lock held. */
#ifndef SIMISP_TIMER_TABLE_H
#define SIMISP_TIMER_TABLE_H

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>

#include "page.h"

#define MADE 64

enum timer_kind { TIMER_FREE, TIMER_DESCRIPTOR, TIMER_POSIX };

struct timer {
    enum timer_kind kind;
    uintptr_t id; /* of timer_behind(), or the timer_t */
    uint64_t at;  /* NEVER: not set */
    uint64_t interval;
    uint64_t unread; /* what a read of the descriptor gives, unless it has been read since */
};

/* What timer_settime() can't know: what a timer notifies, and which clock it was made with. */
struct made_timer {
    uintptr_t id;
    int is_used; /* 2: it is being made */
    int is_real; /* it measures processor time, which only the kernel can do */
    void (*function)(union sigval);
    union sigval value;
    pthread_attr_t *attributes;
};

/* Take the lock, with all signals blocked; give it back with the mask that this returned. */
uint64_t timers_lock(void);
void timers_unlock(uint64_t mask);

/* The entry of a timer, NULL without one; and one to be written to, NULL when all are taken. */
struct timer *timer_find(enum timer_kind kind, uintptr_t id);
struct timer *timer_entry(enum timer_kind kind, uintptr_t id);

/* How a timer was made, NULL when nothing is kept of that; and a row to keep it in, NULL when all are taken: this one
 * takes the lock itself. */
struct made_timer *timer_made(uintptr_t id);
struct made_timer *timer_remember(const struct made_timer *event);

/* What timer_gettime() says of an entry, of NULL too. */
struct itimerspec timer_remaining(const struct timer *timer);

/* A timer behind a descriptor expires so many times. Returns 0, or less when it has no descriptor any more. */
long timer_expire(struct timer *timer, uint64_t times);

/* Put into the page when the first timer is due. */
void timers_tell_earliest(void);

/* Up to which time of the run this process's timers may go off. */
uint64_t timers_granted(const struct slot *slot);

/* Pass the timers that start a thread and are due; returns how many. Takes the lock itself. */
unsigned timers_due_to_threads(struct made_timer due[MADE], uint64_t granted);

#endif

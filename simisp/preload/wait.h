/* One wait in the run's time: every blocking call is expressed by it. */
#ifndef SIMISP_WAIT_H
#define SIMISP_WAIT_H

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>

#include "page.h"

/* What the kernel calls ERESTARTSYS; no error number that a program sees. */
#define RESTART 512

struct wait {
    enum call call;
    int descriptor;    /* what to tell the coordinator; -1 without one */
    uint64_t deadline; /* NEVER, or a time of the run */
    /* Look whether the wait is over: more than 0 or -errno ends it with that answer, 0 does not. With a slice of real
     * time other than zero the attempt may sleep that long. NULL: only time and signals end the wait. */
    long (*attempt)(void *argument, const struct timespec *slice);
    /* The number of the line among the descriptors, from 1 on, or 0; asked once the wait has lasted a while. May be NULL. */
    uint32_t (*on_line)(const void *argument);
    const void *set;    /* the descriptors waited for, as slot.set has them; NULL without several */
    uint32_t set_size;
    void *argument;
    int attempt_sleeps;
    int settles; /* end only when the coordinator says so, though the deadline is now: see settings.c */
    const sigset_t *mask; /* the signal mask during the wait, as of ppoll(); NULL: the thread's own */
    /* What to do at a cancellation point, outside of the wait; it may never come back. NULL: pthread_testcancel(). */
    void (*test_cancellation)(void *argument);
};

/* Wait. Returns the attempt's answer, 0 at the deadline, -EINTR after a signal handler ran, or -RESTART after one that
 * was set up with SA_RESTART. Calls that are restarted then start anew, as they do in the kernel: a handler may have
 * set O_NONBLOCK (chat's does) or changed the terminal. For the others see not_restarted(). The caller's signal mask
 * and errno are as before. Allocates nothing. */
long wait_in_run(const struct wait *wait);

/* The answer of a call that a signal handler always interrupts: signal(7), "Interruption of system calls". */
static inline long not_restarted(long answer)
{
    return answer == -RESTART ? -EINTR : answer;
}

/* How often a thread of this process was cancelled; each wait looks whether it was this one. */
extern uint32_t cancellations;

/* The line that a descriptor is open on; NULL if it is none. */
struct line *line_of(int descriptor);

/* The number of that line, from 1 on; 0 if it is none. */
uint32_t line_number(int descriptor);

#endif

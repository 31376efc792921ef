/* A thread in which timers go off for a process whose own threads may not look. */
#include "timekeeper.h"

#include <pthread.h>
#include <stdlib.h>

#include "participant.h"
#include "raw.h"
#include "timer_table.h"
#include "wait.h"

static int has_timekeeper;

void timekeeper_forget(void)
{
    has_timekeeper = 0;
}

/* SIGEV_THREAD. libc waits for such a timer in a thread of its own that nobody knows of; here the timekeeper does. */

static void *notify(void *given)
{
    struct made_timer event = *(struct made_timer *)given;
    uint64_t none = 0;
    free(given);
    raw(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, KERNEL_SIGSET);
    event.function(event.value);
    return NULL;
}

static void start_notified(const struct made_timer *event)
{
    pthread_t thread;
    pthread_attr_t detached;
    struct made_timer *given = malloc(sizeof *given);
    if (!given)
        return;
    *given = *event;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, event->attributes ? event->attributes : &detached, notify, given) != 0)
        free(given);
    pthread_attr_destroy(&detached);
}

static long attempt_timekeeping(void *argument, const struct timespec *slice)
{
    struct slot *slot = process_slot();
    uint64_t granted = timers_granted(slot);
    (void)argument;
    (void)slice;
    if (slot->timer_at > granted)
        return 0;
    struct made_timer due[MADE];
    unsigned count = timers_due_to_threads(due, granted);
    for (unsigned i = 0; i < count; i++)
        start_notified(&due[i]);
    uint64_t mask = timers_lock();
    timers_tell_earliest();
    timers_unlock(mask);
    return 0;
}

/* Waits forever, and lets timers go off when their time has come: the process's own threads may sleep in the kernel, in
 * a call that the library does not stand in for. */
static void *keep_time(void *argument)
{
    struct wait wait = {.call = CALL_CLOCK, .descriptor = -1, .deadline = NEVER, .attempt = attempt_timekeeping};
    for (;;)
        wait_in_run(&wait);
    return argument;
}

void need_timekeeper(void)
{
    pthread_t thread;
    uint64_t all = ~(uint64_t)0, before = 0;
    if (__atomic_exchange_n(&has_timekeeper, 1, __ATOMIC_SEQ_CST))
        return;
    process_slot();
    raw(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, KERNEL_SIGSET);
    if (pthread_create(&thread, NULL, keep_time, NULL) == 0)
        pthread_detach(thread);
    else
        has_timekeeper = 0;
    raw(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, KERNEL_SIGSET);
}

/* Waiting for a condition variable with a time-out.
 *
 * libc's wait can't be cut into slices: a signal that comes between two would be lost. So the library implements such a
 * wait: each signal and broadcast increments one of a few counters, chosen by the condition's address, and a waiter
 * sleeps until its counter changes. That may wake a waiter whose condition was not meant, which POSIX calls a spurious
 * wakeup and allows. Waits without a time-out stay with libc, and so a signal goes to libc too.
 */
#include <errno.h>

#include "clock.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "wait.h"

#define COUNTS 64

static uint32_t counts[COUNTS];
static uint32_t waiters;

/* How long a wait goes on beside a sibling that computes. CPython's threads hand the interpreter over by letting such
 * a wait run out; while one of them computes the clock stands, and the others would never get their turn. */
#define LONGEST_HANDOVER 20000000ull
#define SHORTEST_HANDOVER 5000000ull

/* pthread_condattr_setpshared(3). A condition does not tell, but for the bit in which glibc keeps it. */
static int is_process_shared(const pthread_cond_t *condition)
{
#ifdef __GLIBC__
    return condition->__data.__wrefs & 1;
#else
    (void)condition;
    return 0;
#endif
}

/* Processes have a shared condition at other addresses, so all of those have one counter. */
static uint32_t *count_of(const pthread_cond_t *condition)
{
    if (is_process_shared(condition))
        return &shared_page->conditions;
    return &counts[((uintptr_t)condition >> 4) * 2654435761u % COUNTS];
}

static long private_flag(const uint32_t *count)
{
    return count == &shared_page->conditions ? 0 : FUTEX_PRIVATE_FLAG;
}

static void count_signal(const pthread_cond_t *condition)
{
    uint32_t *count = count_of(condition);
    __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
    raw(SYS_futex, count, FUTEX_WAKE | private_flag(count), INT32_MAX, NULL, NULL, 0);
}

/* One that is confined makes no call but for those that have waited since before. */
static int is_waited_for(void)
{
    return time_is_coordinated() || (confined && __atomic_load_n(&waiters, __ATOMIC_SEQ_CST));
}

EXPORTED int pthread_cond_signal(pthread_cond_t *condition)
{
    if (is_waited_for())
        count_signal(condition);
    return REAL(pthread_cond_signal)(condition);
}

EXPORTED int pthread_cond_broadcast(pthread_cond_t *condition)
{
    if (is_waited_for())
        count_signal(condition);
    return REAL(pthread_cond_broadcast)(condition);
}

struct condition_call {
    pthread_mutex_t *mutex;
    uint32_t *count;
    uint32_t seen;
    uint64_t handover; /* real CLOCK_MONOTONIC at which a short wait gives up; NEVER for a long one */
};

#define TIMED_OUT 2

static int sibling_runs(void)
{
    const struct slot *own = participant();
    for (uint32_t i = 0; i < shared_page->slots_used; i++) {
        const struct slot *slot = &shared_page->slots[i];
        uint32_t sequence = slot->sequence;
        if (slot != own && slot->pid == own->pid && !(sequence & 1) && (!sequence || slot->asleep != sequence))
            return 1;
    }
    return 0;
}

static long attempt_condition(void *argument, const struct timespec *slice)
{
    struct condition_call *call = argument;
    if (slice->tv_nsec)
        raw(SYS_futex, call->count, FUTEX_WAIT | private_flag(call->count), call->seen, slice, NULL, 0);
    if (__atomic_load_n(call->count, __ATOMIC_SEQ_CST) != call->seen)
        return 1;
    return call->handover != NEVER && clock_real() >= call->handover && sibling_runs() ? TIMED_OUT : 0;
}

/* A thread that is cancelled in this wait runs its cleanup handlers with the mutex locked. */
static void test_cancellation(void *argument)
{
    struct condition_call *call = argument;
    pthread_mutex_lock(call->mutex);
    pthread_testcancel();
    pthread_mutex_unlock(call->mutex);
}

static int wait_for_condition(pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t deadline)
{
    struct condition_call call = {.mutex = mutex, .count = count_of(condition), .handover = NEVER};
    struct wait wait = {.call = CALL_CONDITION,
                        .descriptor = -1,
                        .deadline = deadline,
                        .attempt = attempt_condition,
                        .test_cancellation = test_cancellation,
                        .argument = &call,
                        .attempt_sleeps = 1};
    uint64_t left = deadline - clock_now();
    if (left <= LONGEST_HANDOVER)
        call.handover = clock_real() + (left > SHORTEST_HANDOVER ? left : SHORTEST_HANDOVER);
    call.seen = __atomic_load_n(call.count, __ATOMIC_SEQ_CST);
    int error = pthread_mutex_unlock(mutex);
    if (error)
        return error;
    __atomic_add_fetch(&waiters, 1, __ATOMIC_SEQ_CST);
    long answer = wait_in_run(&wait);
    __atomic_sub_fetch(&waiters, 1, __ATOMIC_SEQ_CST);
    error = pthread_mutex_lock(mutex);
    if (error)
        return error;
    /* A handler that ran is one more spurious wakeup: pthread_cond_timedwait() never returns EINTR. */
    return answer == 0 || answer == TIMED_OUT ? ETIMEDOUT : 0;
}

static struct timespec scaled_end(clockid_t clock, const struct timespec *when)
{
    struct timespec now;
    uint64_t at = when->tv_sec < 0 ? 0 : clock_at(clock, from_timespec(when)), run = clock_now();
    REAL(clock_gettime)(clock, &now);
    return to_timespec(from_timespec(&now) + clock_scaled_down(at > run ? at - run : 0));
}

static int condition_in_run(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock,
                            const struct timespec *when)
{
    uint64_t deadline = when->tv_sec < 0 ? 0 : clock_at(clock, from_timespec(when));
    return deadline <= clock_now() ? ETIMEDOUT : wait_for_condition(condition, mutex, deadline);
}

static int valid(const struct timespec *when)
{
    return when && when->tv_nsec >= 0 && when->tv_nsec < 1000000000;
}

EXPORTED int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                                    const struct timespec *restrict when)
{
    if (!valid(when) || !time_is_shared())
        return REAL(pthread_cond_timedwait)(condition, mutex, when);
    clockid_t clock = clock_nearest(when);
    if (time_is_coordinated())
        return condition_in_run(condition, mutex, clock, when);
    if (!time_is_scaled())
        return REAL(pthread_cond_timedwait)(condition, mutex, when);
    struct timespec end = scaled_end(clock, when);
    return REAL(pthread_cond_timedwait)(condition, mutex, &end);
}

EXPORTED int pthread_cond_clockwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                                    clockid_t clock, const struct timespec *restrict when)
{
    if (!REAL(pthread_cond_clockwait))
        return ENOSYS;
    if (!valid(when) || !time_is_shared() || (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC))
        return REAL(pthread_cond_clockwait)(condition, mutex, clock, when);
    if (time_is_coordinated())
        return condition_in_run(condition, mutex, clock, when);
    if (!time_is_scaled())
        return REAL(pthread_cond_clockwait)(condition, mutex, clock, when);
    struct timespec end = scaled_end(clock, when);
    return REAL(pthread_cond_clockwait)(condition, mutex, clock, &end);
}

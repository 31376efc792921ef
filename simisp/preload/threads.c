/* Threads: each is announced before it runs, and waits for semaphores in the run's time.
 *
 * Locks are in locks.c. Only waits with a time-out are replaced. A wait without a time-out is left to libc: its thread
 * sleeps in the kernel, where the coordinator sees it.
 */
#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "threads.h"
#include "wait.h"

struct beginning {
    void *(*start)(void *);
    void *argument;
    struct slot *slot;
};

static void *begin(void *given)
{
    struct beginning beginning = *(struct beginning *)given;
    free(given);
    adopt(beginning.slot);
    return beginning.start(beginning.argument);
}

EXPORTED int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes,
                            void *(*start)(void *), void *restrict argument)
{
    struct beginning *beginning = time_is_shared() ? malloc(sizeof *beginning) : NULL;
    if (!beginning)
        return REAL(pthread_create)(thread, attributes, start, argument);
    *beginning = (struct beginning){start, argument, announce_thread()};
    struct slot *slot = beginning->slot;
    int error = REAL(pthread_create)(thread, attributes, begin, beginning);
    if (error) {
        announced_as(slot, 0);
        free(beginning);
    }
    return error;
}

EXPORTED int pthread_cancel(pthread_t thread)
{
    int error = REAL(pthread_cancel)(thread);
    if (time_is_shared())
        __atomic_add_fetch(&cancellations, 1, __ATOMIC_SEQ_CST);
    return error;
}

static uint64_t real_time(clockid_t clock)
{
    struct timespec now;
    REAL(clock_gettime)(clock, &now);
    return from_timespec(&now);
}

/* The absolute real time at which a slice that begins now ends, for libc's own functions. */
static struct timespec slice_end(const struct timespec *slice)
{
    return to_timespec(real_time(CLOCK_REALTIME) + from_timespec(slice));
}

static struct timespec scaled_end(clockid_t clock, const struct timespec *when)
{
    uint64_t at = clock_at(clock, from_timespec(when)), now = clock_now();
    return to_timespec(real_time(CLOCK_REALTIME) + clock_scaled_down(at > now ? at - now : 0));
}

static uint64_t deadline_at(clockid_t clock, const struct timespec *when)
{
    return when->tv_sec < 0 ? 0 : clock_at(clock, from_timespec(when));
}

static int valid(clockid_t clock, const struct timespec *when)
{
    return when && when->tv_nsec >= 0 && when->tv_nsec < 1000000000 &&
           (clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC);
}

/* Semaphores. */

static long attempt_semaphore(void *argument, const struct timespec *slice)
{
    struct timespec end = slice_end(slice);
    if (slice->tv_nsec ? REAL(sem_timedwait)(argument, &end) == 0 : sem_trywait(argument) == 0)
        return 1;
    return errno == EINVAL ? -EINVAL : 0;
}

static int semaphore_in_run(sem_t *semaphore, uint64_t deadline)
{
    struct wait wait = {.call = CALL_SEMAPHORE,
                        .descriptor = -1,
                        .deadline = deadline,
                        .attempt = attempt_semaphore,
                        .argument = semaphore,
                        .attempt_sleeps = 1};
    long answer;
    do
        answer = wait_in_run(&wait);
    while (answer == -RESTART);
    answer = answered(answer ? answer : -ETIMEDOUT);
    return answer > 0 ? 0 : (int)answer;
}

EXPORTED int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *when)
{
    if (!REAL(sem_clockwait)) {
        errno = ENOSYS;
        return -1;
    }
    if (!valid(clock, when) || !time_is_shared())
        return REAL(sem_clockwait)(semaphore, clock, when);
    if (time_is_coordinated())
        return semaphore_in_run(semaphore, deadline_at(clock, when));
    if (!time_is_scaled())
        return REAL(sem_clockwait)(semaphore, clock, when);
    struct timespec end = scaled_end(clock, when);
    return REAL(sem_timedwait)(semaphore, &end);
}

EXPORTED int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict when)
{
    if (!valid(CLOCK_REALTIME, when) || !time_is_shared())
        return REAL(sem_timedwait)(semaphore, when);
    if (time_is_coordinated())
        return semaphore_in_run(semaphore, deadline_at(CLOCK_REALTIME, when));
    if (!time_is_scaled())
        return REAL(sem_timedwait)(semaphore, when);
    struct timespec end = scaled_end(CLOCK_REALTIME, when);
    return REAL(sem_timedwait)(semaphore, &end);
}

/* Locks and threads to join: libc keeps its own counts, so all is asked of it, in slices. */

struct limited_call {
    int (*until)(void *object, const struct timespec *end);
    void *object;
    int error;
};

static long attempt_until(void *argument, const struct timespec *slice)
{
    struct limited_call *call = argument;
    /* A time that is past, and not trylock: only a timed lock says EDEADLK. */
    struct timespec end = slice->tv_nsec ? slice_end(slice) : (struct timespec){0, 0};
    call->error = call->until(call->object, &end);
    return call->error != ETIMEDOUT;
}

int limit_is_shared(clockid_t clock, const struct timespec *when)
{
    return valid(clock, when) && time_is_shared() && (time_is_coordinated() || time_is_scaled());
}

int wait_until(enum call named, int (*until)(void *, const struct timespec *), void *object, clockid_t clock,
               const struct timespec *when)
{
    if (!time_is_coordinated()) {
        struct timespec end = scaled_end(clock, when);
        return until(object, &end);
    }
    struct limited_call call = {until, object, 0};
    struct wait wait = {.call = named,
                        .descriptor = -1,
                        .deadline = deadline_at(clock, when),
                        .attempt = attempt_until,
                        .argument = &call,
                        .attempt_sleeps = 1};
    long answer;
    do /* never interrupted: POSIX pthread_mutex_timedlock() */
        answer = wait_in_run(&wait);
    while (answer < 0);
    return answer ? call.error : ETIMEDOUT;
}

/* Mutexes and read-write locks with a time-out, and joining of threads with a time-out. */
#include <errno.h>

#include "participant.h"
#include "real.h"
#include "threads.h"

/* What the functions of a lock do: pthread_OBJECT_timedVERB(), which is always by CLOCK_REALTIME, and
 * pthread_OBJECT_clockVERB(), which an older libc lacks. */
#define UNTIL(object, verb)                                                                                           \
    static int object##_##verb##_until(void *lock, const struct timespec *end)                                        \
    {                                                                                                                 \
        return REAL(pthread_##object##_timed##verb)(lock, end);                                                       \
    }
#define TIMED(object, verb)                                                                                           \
    {                                                                                                                 \
        if (!limit_is_shared(CLOCK_REALTIME, when))                                                                   \
            return REAL(pthread_##object##_timed##verb)(lock, when);                                                  \
        return wait_until(CALL_MUTEX, object##_##verb##_until, lock, CLOCK_REALTIME, when);                           \
    }
#define CLOCKED(object, verb)                                                                                         \
    {                                                                                                                 \
        if (!REAL(pthread_##object##_clock##verb))                                                                    \
            return ENOSYS;                                                                                            \
        if (!limit_is_shared(clock, when))                                                                            \
            return REAL(pthread_##object##_clock##verb)(lock, clock, when);                                           \
        return wait_until(CALL_MUTEX, object##_##verb##_until, lock, clock, when);                                    \
    }

UNTIL(mutex, lock)
EXPORTED int pthread_mutex_timedlock(pthread_mutex_t *restrict lock, const struct timespec *restrict when)
TIMED(mutex, lock)
EXPORTED int pthread_mutex_clocklock(pthread_mutex_t *restrict lock, clockid_t clock, const struct timespec *restrict when)
CLOCKED(mutex, lock)

UNTIL(rwlock, rdlock)
EXPORTED int pthread_rwlock_timedrdlock(pthread_rwlock_t *restrict lock, const struct timespec *restrict when)
TIMED(rwlock, rdlock)
EXPORTED int pthread_rwlock_clockrdlock(pthread_rwlock_t *restrict lock, clockid_t clock, const struct timespec *restrict when)
CLOCKED(rwlock, rdlock)

UNTIL(rwlock, wrlock)
EXPORTED int pthread_rwlock_timedwrlock(pthread_rwlock_t *restrict lock, const struct timespec *restrict when)
TIMED(rwlock, wrlock)
EXPORTED int pthread_rwlock_clockwrlock(pthread_rwlock_t *restrict lock, clockid_t clock, const struct timespec *restrict when)
CLOCKED(rwlock, wrlock)

struct join_call {
    pthread_t thread;
    void **result;
};

static int joined_until(void *object, const struct timespec *end)
{
    struct join_call *call = object;
    return REAL(pthread_timedjoin_np)(call->thread, call->result, end);
}

EXPORTED int pthread_timedjoin_np(pthread_t thread, void **result, const struct timespec *when)
{
    if (!limit_is_shared(CLOCK_REALTIME, when))
        return REAL(pthread_timedjoin_np)(thread, result, when);
    struct join_call call = {thread, result};
    return wait_until(CALL_CONDITION, joined_until, &call, CLOCK_REALTIME, when);
}

EXPORTED int pthread_clockjoin_np(pthread_t thread, void **result, clockid_t clock, const struct timespec *when)
{
    if (!REAL(pthread_clockjoin_np))
        return ENOSYS;
    if (!limit_is_shared(clock, when))
        return REAL(pthread_clockjoin_np)(thread, result, clock, when);
    struct join_call call = {thread, result};
    return wait_until(CALL_CONDITION, joined_until, &call, clock, when);
}

/* Mutexes and read-write locks that are waited for until a time, and threads that are joined so. */
#include <errno.h>

#include "participant.h"
#include "real.h"
#include "threads.h"

static int mutex_until(void *object, const struct timespec *end)
{
    return REAL(pthread_mutex_timedlock)(object, end);
}

EXPORTED int pthread_mutex_timedlock(pthread_mutex_t *restrict lock, const struct timespec *restrict when)
{
    if (!limit_is_shared(CLOCK_REALTIME, when))
        return REAL(pthread_mutex_timedlock)(lock, when);
    return wait_until(CALL_MUTEX, mutex_until, lock, CLOCK_REALTIME, when);
}

EXPORTED int pthread_mutex_clocklock(pthread_mutex_t *restrict lock, clockid_t clock, const struct timespec *restrict when)
{
    if (!REAL(pthread_mutex_clocklock))
        return ENOSYS;
    if (!limit_is_shared(clock, when))
        return REAL(pthread_mutex_clocklock)(lock, clock, when);
    return wait_until(CALL_MUTEX, mutex_until, lock, clock, when);
}

static int read_lock_until(void *object, const struct timespec *end)
{
    return REAL(pthread_rwlock_timedrdlock)(object, end);
}

EXPORTED int pthread_rwlock_timedrdlock(pthread_rwlock_t *restrict lock, const struct timespec *restrict when)
{
    if (!limit_is_shared(CLOCK_REALTIME, when))
        return REAL(pthread_rwlock_timedrdlock)(lock, when);
    return wait_until(CALL_MUTEX, read_lock_until, lock, CLOCK_REALTIME, when);
}

EXPORTED int pthread_rwlock_clockrdlock(pthread_rwlock_t *restrict lock, clockid_t clock, const struct timespec *restrict when)
{
    if (!REAL(pthread_rwlock_clockrdlock))
        return ENOSYS;
    if (!limit_is_shared(clock, when))
        return REAL(pthread_rwlock_clockrdlock)(lock, clock, when);
    return wait_until(CALL_MUTEX, read_lock_until, lock, clock, when);
}

static int write_lock_until(void *object, const struct timespec *end)
{
    return REAL(pthread_rwlock_timedwrlock)(object, end);
}

EXPORTED int pthread_rwlock_timedwrlock(pthread_rwlock_t *restrict lock, const struct timespec *restrict when)
{
    if (!limit_is_shared(CLOCK_REALTIME, when))
        return REAL(pthread_rwlock_timedwrlock)(lock, when);
    return wait_until(CALL_MUTEX, write_lock_until, lock, CLOCK_REALTIME, when);
}

EXPORTED int pthread_rwlock_clockwrlock(pthread_rwlock_t *restrict lock, clockid_t clock, const struct timespec *restrict when)
{
    if (!REAL(pthread_rwlock_clockwrlock))
        return ENOSYS;
    if (!limit_is_shared(clock, when))
        return REAL(pthread_rwlock_clockwrlock)(lock, clock, when);
    return wait_until(CALL_MUTEX, write_lock_until, lock, clock, when);
}

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

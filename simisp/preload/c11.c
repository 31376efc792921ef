/* C11's threads: libc implements them internally, so each is redirected to the POSIX call that the library replaces.
 *
 * glibc and musl both keep a mtx_t as a pthread_mutex_t and a cnd_t as a pthread_cond_t.
 */
#include <errno.h>
#include <threads.h>

#include "participant.h"
#include "real.h"

static int in_c11(int error)
{
    return error == 0 ? thrd_success : error == ETIMEDOUT ? thrd_timedout : error == ENOMEM ? thrd_nomem : thrd_error;
}

EXPORTED int thrd_sleep(const struct timespec *duration, struct timespec *rest)
{
    int error = clock_nanosleep(CLOCK_REALTIME, 0, duration, rest);
    return error == 0 ? 0 : error == EINTR ? -1 : -2;
}

EXPORTED int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict when)
{
    return in_c11(pthread_mutex_timedlock((pthread_mutex_t *)mutex, when));
}

EXPORTED int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex, const struct timespec *restrict when)
{
    return in_c11(pthread_cond_timedwait((pthread_cond_t *)condition, (pthread_mutex_t *)mutex, when));
}

EXPORTED int cnd_signal(cnd_t *condition)
{
    return in_c11(pthread_cond_signal((pthread_cond_t *)condition));
}

EXPORTED int cnd_broadcast(cnd_t *condition)
{
    return in_c11(pthread_cond_broadcast((pthread_cond_t *)condition));
}

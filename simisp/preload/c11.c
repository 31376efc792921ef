/* C11's threads: libc implements them internally, so each is redirected to the POSIX call that the library replaces.
 *
 * glibc and musl both keep a thrd_t as a pthread_t, a mtx_t as a pthread_mutex_t and a cnd_t as a pthread_cond_t; and
 * both keep what a thread returns in the pointer that one of POSIX returns, where thrd_join looks for it.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>

#include "participant.h"
#include "real.h"

static int in_c11(int error)
{
    return error == 0 ? thrd_success : error == ETIMEDOUT ? thrd_timedout : error == ENOMEM ? thrd_nomem : thrd_error;
}

struct beginning {
    thrd_start_t start;
    void *argument;
};

static void *begin(void *given)
{
    struct beginning beginning = *(struct beginning *)given;
    free(given);
    return (void *)(intptr_t)beginning.start(beginning.argument);
}

EXPORTED int thrd_create(thrd_t *thread, thrd_start_t start, void *argument)
{
    struct beginning *beginning = malloc(sizeof *beginning);
    if (!beginning)
        return thrd_nomem;
    *beginning = (struct beginning){start, argument};
    int error = pthread_create((pthread_t *)thread, NULL, begin, beginning);
    if (error)
        free(beginning);
    return in_c11(error);
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

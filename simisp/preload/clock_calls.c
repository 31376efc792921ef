/* The calls by which a program reads a clock. Each is a look: see active.h. */
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include "active.h"
#include "clock.h"
#include "raw.h"
#include "real.h"
#include "shared_page.h"

EXPORTED int clock_gettime(clockid_t clock, struct timespec *t)
{
    if (!time_is_shared() || !clock_is_shared(clock))
        return REAL(clock_gettime)(clock, t);
    look_at_clock();
    *t = to_timespec(clock_shows(clock));
    return 0;
}

/* The header promises that it is not NULL; programs that only want the zone pass NULL. */
static int is_given(const struct timeval *volatile t)
{
    return t != NULL;
}

EXPORTED int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
    if (!time_is_shared())
        return REAL(gettimeofday)(t, zone);
    if (zone) {
        struct timeval real_time;
        REAL(gettimeofday)(&real_time, zone);
    }
    look_at_clock();
    uint64_t now = clock_shows(CLOCK_REALTIME);
    if (is_given(t))
        *t = (struct timeval){.tv_sec = (time_t)(now / NANOSECONDS), .tv_usec = (suseconds_t)(now % NANOSECONDS / 1000)};
    return 0;
}

EXPORTED time_t time(time_t *t)
{
    if (!time_is_shared())
        return REAL(time)(t);
    look_at_clock();
    time_t now = (time_t)(clock_shows(CLOCK_REALTIME) / NANOSECONDS);
    if (t)
        *t = now;
    return now;
}

EXPORTED int timespec_get(struct timespec *t, int zone)
{
    if (!time_is_shared() || zone != TIME_UTC)
        return REAL(timespec_get)(t, zone);
    return clock_gettime(CLOCK_REALTIME, t) == 0 ? zone : 0;
}

/* The return value counts from an arbitrary point, in practice CLOCK_MONOTONIC; the structure is CPU time. */
EXPORTED clock_t times(struct tms *used)
{
    clock_t real_ticks = REAL(times)(used);
    if (!time_is_shared() || real_ticks == (clock_t)-1)
        return real_ticks;
    look_at_clock();
    uint64_t tick = NANOSECONDS / (uint64_t)sysconf(_SC_CLK_TCK);
    return (clock_t)(clock_shows(CLOCK_MONOTONIC) / tick);
}

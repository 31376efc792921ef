/* Reading time. CLOCK_REALTIME and CLOCK_MONOTONIC go together: both are a base plus the time of the run. */
#include "clock.h"

#include <errno.h>
#include <unistd.h>

#include "active.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "wait.h"

uint64_t clock_real(void)
{
    struct timespec t;
    if (confined) /* libc asks the kernel without a system call */
        REAL(clock_gettime)(CLOCK_MONOTONIC, &t);
    else
        raw(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
    return from_timespec(&t);
}

uint64_t clock_now(void)
{
    struct clock_page *page = shared_page;
    if (page->mode == MODE_VIRTUAL)
        return __atomic_load_n(&page->now, __ATOMIC_ACQUIRE);
    uint64_t passed = clock_real() - page->origin_real;
    return page->origin_now + (uint64_t)((double)passed * page->factor);
}

uint64_t clock_after(uint64_t duration)
{
    uint64_t now = clock_now();
    return duration >= NEVER - now ? NEVER : now + duration;
}

static uint64_t base(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI ||
                   clock == CLOCK_REALTIME_ALARM
               ? shared_page->realtime_base
               : shared_page->monotonic_base;
}

int clock_is_shared(clockid_t clock)
{
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_REALTIME_ALARM:
    case CLOCK_TAI:
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
    case CLOCK_BOOTTIME_ALARM:
        return 1;
    default:
        return 0;
    }
}

uint64_t clock_at(clockid_t clock, uint64_t when)
{
    return when == NEVER ? NEVER : when > base(clock) ? when - base(clock) : 0;
}

uint64_t clock_shows(clockid_t clock)
{
    return base(clock) + clock_now();
}

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

clockid_t clock_nearest(const struct timespec *when)
{
    uint64_t at = when->tv_sec < 0 ? 0 : from_timespec(when);
    uint64_t to_realtime = distance(at, clock_shows(CLOCK_REALTIME));
    return to_realtime < distance(at, clock_shows(CLOCK_MONOTONIC)) ? CLOCK_REALTIME : CLOCK_MONOTONIC;
}

uint64_t clock_scaled_down(uint64_t duration)
{
    if (duration == 0 || duration == NEVER)
        return duration;
    double real_time = (double)duration / shared_page->factor;
    return real_time < 1000.0 ? 1000 : (uint64_t)real_time;
}

uint64_t clock_scaled_up(uint64_t duration)
{
    return duration == NEVER ? NEVER : (uint64_t)((double)duration * shared_page->factor);
}

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

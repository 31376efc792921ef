/* What time it is. CLOCK_REALTIME and CLOCK_MONOTONIC go together: both are a base plus the time of the run. */
#include "clock.h"

#include "raw.h"
#include "real.h"
#include "shared_page.h"

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

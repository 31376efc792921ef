/* The clock of the run. */
#ifndef SIMISP_CLOCK_H
#define SIMISP_CLOCK_H

#include <stdint.h>
#include <sys/time.h>
#include <time.h>

/* Nanoseconds since the run began. Only with a page. */
uint64_t clock_now(void);

/* `now` plus a duration, NEVER on overflow. */
uint64_t clock_after(uint64_t duration);

/* The time of the run at which a clock of the system shows `when`; 0 when that is before the start. */
uint64_t clock_at(clockid_t clock, uint64_t when);

/* The clock that an absolute time is meant on. Conditions and timers keep the clock that they were made with to
 * themselves; the two are decades apart, so the time tells. */
clockid_t clock_nearest(const struct timespec *when);

/* Whether a clock of the system is one that the run moves. CPU-time clocks are not. */
int clock_is_shared(clockid_t clock);

/* What a clock of the system shows at this time of the run. */
uint64_t clock_shows(clockid_t clock);

/* Real CLOCK_MONOTONIC, whatever the page says. */
uint64_t clock_real(void);

/* A duration in the run's time as real time for MODE_SCALED, rounded up so that no time-out comes early or
 * becomes 0: alarm(0) would cancel the very alarm it stands for. */
uint64_t clock_scaled_down(uint64_t duration);
uint64_t clock_scaled_up(uint64_t duration);

static inline int valid_timespec(const struct timespec *t)
{
    return t && t->tv_sec >= 0 && t->tv_nsec >= 0 && t->tv_nsec < 1000000000;
}

static inline int valid_timeval(const struct timeval *t)
{
    return t->tv_sec >= 0 && t->tv_usec >= 0;
}

/* Nanoseconds in a duration, NEVER on overflow. Negative durations must be refused before. */
static inline uint64_t from_timespec(const struct timespec *t)
{
    if ((uint64_t)t->tv_sec >= UINT64_MAX / 1000000000ull - 1)
        return UINT64_MAX;
    return (uint64_t)t->tv_sec * 1000000000ull + (uint64_t)t->tv_nsec;
}

static inline uint64_t from_timeval(const struct timeval *t)
{
    if ((uint64_t)t->tv_sec >= UINT64_MAX / 1000000000ull - 1 || (uint64_t)t->tv_usec > INT64_MAX / 1000)
        return UINT64_MAX;
    return (uint64_t)t->tv_sec * 1000000000ull + (uint64_t)t->tv_usec * 1000ull;
}

#endif

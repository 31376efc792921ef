/* Sleeping: nanosleep(2) and what is built on it. A signal handler ends every sleep, SA_RESTART or not. */
#include <errno.h>

#include "clock.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "wait.h"

static long sleep_until(uint64_t deadline)
{
    struct wait wait = {.call = CALL_SLEEP, .descriptor = -1, .deadline = deadline};
    return not_restarted(wait_in_run(&wait));
}

static uint64_t left_until(uint64_t deadline)
{
    uint64_t now = clock_now();
    return deadline > now ? deadline - now : 0;
}

/* Sleep for a duration; what is left goes to `rest` after a signal. Returns 0 or an error number. */
static int sleep_in_run(uint64_t duration, struct timespec *rest)
{
    uint64_t deadline = clock_after(duration);
    long answer = sleep_until(deadline);
    if (answer == -EINTR && rest)
        *rest = to_timespec(left_until(deadline));
    return (int)-answer;
}

static int sleep_scaled(uint64_t duration, struct timespec *rest)
{
    struct timespec left = {0, 0}, scaled = to_timespec(clock_scaled_down(duration));
    int error = REAL(clock_nanosleep)(CLOCK_MONOTONIC, 0, &scaled, &left);
    if (error == EINTR && rest)
        *rest = to_timespec(clock_scaled_up(from_timespec(&left)));
    return error;
}

static int failed(int error)
{
    if (!error)
        return 0;
    errno = error;
    return -1;
}

EXPORTED int nanosleep(const struct timespec *duration, struct timespec *rest)
{
    if (!time_is_shared() || !valid_timespec(duration))
        return REAL(nanosleep)(duration, rest);
    if (time_is_coordinated())
        return failed(sleep_in_run(from_timespec(duration), rest));
    if (durations_are_scaled())
        return failed(sleep_scaled(from_timespec(duration), rest));
    return REAL(nanosleep)(duration, rest);
}

static uint64_t scaled_rest(clockid_t clock, uint64_t when)
{
    uint64_t at = clock_at(clock, when), now = clock_now();
    return at > now ? at - now : 0;
}

/* Returns the error number and leaves errno alone: POSIX clock_nanosleep(). */
EXPORTED int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *rest)
{
    if (!time_is_shared() || !clock_is_shared(clock) || !valid_timespec(request))
        return REAL(clock_nanosleep)(clock, flags, request, rest);
    uint64_t when = from_timespec(request);
    if (time_is_coordinated()) {
        if (flags & TIMER_ABSTIME)
            return (int)-sleep_until(clock_at(clock, when));
        return sleep_in_run(when, rest);
    }
    if (!time_is_scaled())
        return REAL(clock_nanosleep)(clock, flags, request, rest);
    return flags & TIMER_ABSTIME ? sleep_scaled(scaled_rest(clock, when), NULL) : sleep_scaled(when, rest);
}

EXPORTED int usleep(useconds_t microseconds)
{
    if (!time_is_shared())
        return REAL(usleep)(microseconds);
    struct timespec duration = to_timespec((uint64_t)microseconds * 1000ull);
    return nanosleep(&duration, NULL);
}

/* Returns the whole seconds that were left: POSIX says "the unslept amount", and libc drops the fraction. */
EXPORTED unsigned sleep(unsigned seconds)
{
    if (!time_is_shared())
        return REAL(sleep)(seconds);
    struct timespec duration = {.tv_sec = (time_t)seconds}, rest = {0, 0};
    return nanosleep(&duration, &rest) == 0 ? 0 : (unsigned)rest.tv_sec;
}

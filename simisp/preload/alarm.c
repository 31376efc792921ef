/* ITIMER_REAL: alarm(2), ualarm(3), setitimer(2).
 *
 * The alarm's time is in the process's slot, and the coordinator sends SIGALRM when the clock gets there: it comes from
 * outside, like the kernel's, and so also to a process that is blocked in a call that the library does not replace.
 * Once scaled it is a real timer, with fractions: dividing alarm() to whole seconds can give alarm(0), which cancels
 * it.
 */
#include <errno.h>

#include "clock.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "timers.h"

static struct timeval to_timeval(uint64_t ns)
{
    /* Never round the rest down to 0: a caller would take that for a timer that is not set. */
    uint64_t us = (ns + 999) / 1000;
    return (struct timeval){(time_t)(us / 1000000), (suseconds_t)(us % 1000000)};
}

static struct itimerval remaining(const struct slot *slot)
{
    struct itimerval old = {{0, 0}, {0, 0}};
    uint64_t at = slot->alarm_at, now = clock_now();
    if (at != NEVER) {
        old.it_value = to_timeval(at > now ? at - now : 1000);
        old.it_interval = to_timeval(slot->alarm_interval);
    }
    return old;
}

void alarm_to_the_kernel(void)
{
    struct slot *slot = process_slot();
    struct itimerval left = remaining(slot);
    if (__atomic_exchange_n(&slot->alarm_at, NEVER, __ATOMIC_SEQ_CST) != NEVER)
        raw(SYS_setitimer, ITIMER_REAL, &left, NULL);
}

static int set_in_run(const struct itimerval *new, struct itimerval *old)
{
    struct slot *slot = process_slot();
    struct itimerval before = remaining(slot);
    if (new) {
        uint64_t first = from_timeval(&new->it_value);
        slot->alarm_interval = from_timeval(&new->it_interval);
        __atomic_store_n(&slot->alarm_at, first ? clock_after(first) : NEVER, __ATOMIC_SEQ_CST);
        ring();
    }
    if (old)
        *old = before;
    return 0;
}

static struct itimerval scaled(const struct itimerval *timer, uint64_t (*scale)(uint64_t))
{
    return (struct itimerval){.it_interval = to_timeval(scale(from_timeval(&timer->it_interval))),
                              .it_value = to_timeval(scale(from_timeval(&timer->it_value)))};
}

static int valid_timer(const struct itimerval *timer)
{
    return valid_timeval(&timer->it_value) && timer->it_value.tv_usec < 1000000 &&
           valid_timeval(&timer->it_interval) && timer->it_interval.tv_usec < 1000000;
}

EXPORTED int setitimer(itimer_which which, const struct itimerval *restrict new, struct itimerval *restrict old)
{
    if (which != ITIMER_REAL || !time_is_shared() || (new && !valid_timer(new)))
        return REAL(setitimer)(which, new, old);
    if (time_is_coordinated())
        return set_in_run(new, old);
    if (!durations_are_scaled() || !new)
        return REAL(setitimer)(which, new, old);
    struct itimerval request = scaled(new, clock_scaled_down), before = {{0, 0}, {0, 0}};
    int answer = REAL(setitimer)(which, &request, &before);
    if (answer == 0 && old)
        *old = scaled(&before, clock_scaled_up);
    return answer;
}

EXPORTED int getitimer(itimer_which which, struct itimerval *now)
{
    if (which == ITIMER_REAL && time_is_coordinated())
        return set_in_run(NULL, now);
    int answer = REAL(getitimer)(which, now);
    if (which == ITIMER_REAL && answer == 0 && durations_are_scaled())
        *now = scaled(now, clock_scaled_up);
    return answer;
}

/* Returns the whole seconds that were left, at least 1 while the alarm was set: alarm(2) in Linux rounds to the
 * nearest second otherwise. */
EXPORTED unsigned alarm(unsigned seconds)
{
    if (!time_is_shared() || confined)
        return REAL(alarm)(seconds);
    struct itimerval new = {.it_value = {.tv_sec = (time_t)seconds}}, old;
    setitimer(ITIMER_REAL, &new, &old);
    unsigned left = (unsigned)old.it_value.tv_sec;
    int is_set = old.it_value.tv_sec || old.it_value.tv_usec;
    return left + ((!left && is_set) || old.it_value.tv_usec >= 500000);
}

EXPORTED useconds_t ualarm(useconds_t first, useconds_t interval)
{
    if (!time_is_shared() || confined)
        return REAL(ualarm)(first, interval);
    struct itimerval old, new = {.it_value = {.tv_sec = first / 1000000, .tv_usec = first % 1000000},
                                 .it_interval = {.tv_sec = interval / 1000000, .tv_usec = interval % 1000000}};
    setitimer(ITIMER_REAL, &new, &old);
    return (useconds_t)(old.it_value.tv_sec * 1000000 + old.it_value.tv_usec);
}

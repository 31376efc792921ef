/* The calls that make, set and ask timers. */
#include <errno.h>
#include <stdint.h>

#include "clock.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "timekeeper.h"
#include "timer_names.h"
#include "timer_table.h"

static int is_real(timer_t id)
{
    struct made_timer *found = timer_made((uintptr_t)id);
    return found && found->is_real;
}

static int tells_time(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME ||
           clock == CLOCK_REALTIME_ALARM || clock == CLOCK_BOOTTIME_ALARM || clock == CLOCK_TAI;
}

static int make_timer(clockid_t clock, struct sigevent *event, timer_t *id)
{
    int threaded = event && event->sigev_notify == SIGEV_THREAD && tells_time(clock);
    if (!time_is_coordinated() || (tells_time(clock) && !threaded)) {
        int made_it = REAL(timer_create)(clock, event, id);
        if (made_it == 0 && time_is_coordinated())
            need_timekeeper();
        return made_it;
    }
    struct made_timer entry = {.is_used = 2, .is_real = !tells_time(clock)};
    if (threaded) {
        entry.function = event->sigev_notify_function;
        entry.value = event->sigev_value;
        entry.attributes = event->sigev_notify_attributes;
    }
    struct sigevent none = {.sigev_notify = SIGEV_NONE};
    struct made_timer *row = timer_remember(&entry);
    int answer = REAL(timer_create)(clock, row && threaded ? &none : event, id);
    if (row) {
        row->id = answer == 0 ? (uintptr_t)*id : 0;
        row->is_used = answer == 0;
    }
    if (answer == 0 && row && threaded)
        need_timekeeper();
    return answer;
}

/* A timer keeps the clock that it was made with to itself; see clock_nearest(). */
static uint64_t due(const struct itimerspec *new, int absolute)
{
    uint64_t value = from_timespec(&new->it_value);
    if (value == 0)
        return NEVER;
    return absolute ? clock_at(clock_nearest(&new->it_value), value) : clock_after(value);
}

static struct itimerspec set(enum timer_kind kind, uintptr_t id, uint64_t at, const struct itimerspec *new)
{
    struct itimerspec before = timer_remaining(timer_find(kind, id));
    struct timer *timer = timer_entry(kind, id);
    if (timer)
        *timer = (struct timer){at == NEVER ? TIMER_FREE : kind, id, at, from_timespec(&new->it_interval), 0};
    return before;
}

/* A time of day that is past when the timer is set: it has expired, with an interval perhaps many times, also before
 * the run began. */
static void expire_past(struct timer *timer, const struct itimerspec *new)
{
    uint64_t passed = clock_shows(clock_nearest(&new->it_value)) - from_timespec(&new->it_value);
    uint64_t times = timer->interval ? passed / timer->interval + 1 : 1;
    timer->at = timer->interval ? clock_now() + timer->interval - passed % timer->interval : NEVER;
    timer_expire(timer, times);
}

static void set_descriptor(int descriptor, int absolute, const struct itimerspec *new, struct itimerspec *old)
{
    uint64_t at = due(new, absolute), mask = timers_lock();
    uintptr_t id = timer_surely_behind(descriptor);
    struct itimerspec before = id ? set(TIMER_DESCRIPTOR, id, at, new) : (struct itimerspec){{0, 0}, {0, 0}};
    struct timer *timer = id ? timer_find(TIMER_DESCRIPTOR, id) : NULL;
    if (timer && absolute && at <= clock_now())
        expire_past(timer, new);
    /* The coordinator sees that the kernel keeps it, and lets time pass as the real one does. */
    if (!timer && at != NEVER)
        REAL(timerfd_settime)(descriptor, absolute, new, NULL);
    timers_tell_earliest();
    timers_unlock(mask);
    if (old)
        *old = before;
}

static void set_signal(timer_t id, int absolute, const struct itimerspec *new, struct itimerspec *old)
{
    uint64_t at = due(new, absolute), mask = timers_lock();
    struct itimerspec before = set(TIMER_POSIX, (uintptr_t)id, at, new);
    if (at != NEVER && !timer_find(TIMER_POSIX, (uintptr_t)id)) /* as above */
        REAL(timer_settime)(id, absolute, new, NULL);
    timers_tell_earliest();
    timers_unlock(mask);
    if (old)
        *old = before;
}

static int valid(const struct itimerspec *timer)
{
    return timer && valid_timespec(&timer->it_value) && valid_timespec(&timer->it_interval);
}

static struct itimerspec scaled(const struct itimerspec *timer, int absolute, uint64_t (*scale)(uint64_t))
{
    uint64_t value = from_timespec(&timer->it_value);
    if (absolute) {
        uint64_t at = clock_at(clock_nearest(&timer->it_value), value), now = clock_now();
        value = value == 0 ? 0 : at > now ? at - now : 1;
    }
    return (struct itimerspec){to_timespec(scale(from_timespec(&timer->it_interval))), to_timespec(scale(value))};
}

/* A number that was an older timer's, closed without libc's close(), is this one's now. */
EXPORTED int timerfd_create(int clock, int flags)
{
    int descriptor = REAL(timerfd_create)(clock, flags);
    if (descriptor >= 0 && time_is_coordinated() && is_own_process()) {
        uint64_t mask = timers_lock();
        timer_name_forgotten(descriptor);
        timer_surely_behind(descriptor);
        timers_unlock(mask);
    }
    return descriptor;
}

EXPORTED int timerfd_settime(int descriptor, int flags, const struct itimerspec *new, struct itimerspec *old)
{
    static const struct itimerspec never;
    if (!valid(new) || !time_is_shared() || flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET))
        return REAL(timerfd_settime)(descriptor, flags, new, old);
    int absolute = flags & TFD_TIMER_ABSTIME;
    struct itimerspec request = never;
    if (time_is_scaled())
        request = scaled(new, absolute, clock_scaled_down);
    else if (!time_is_coordinated())
        return REAL(timerfd_settime)(descriptor, flags, new, old);
    /* Also resets what has expired and not been read. */
    int answer = REAL(timerfd_settime)(descriptor, 0, &request, old);
    if (answer == 0 && !time_is_scaled())
        set_descriptor(descriptor, absolute, new, old);
    else if (answer == 0 && old)
        *old = scaled(old, 0, clock_scaled_up);
    return answer;
}

EXPORTED int timerfd_gettime(int descriptor, struct itimerspec *now)
{
    int answer = REAL(timerfd_gettime)(descriptor, now);
    if (answer == 0 && time_is_coordinated())
        *now = timer_remaining(timer_find(TIMER_DESCRIPTOR, timer_behind(descriptor)));
    else if (answer == 0 && time_is_scaled())
        *now = scaled(now, 0, clock_scaled_up);
    return answer;
}

/* The count tells the coordinator whether the kernel has timers that were made without libc. */
EXPORTED int timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict id)
{
    int answer = make_timer(clock, event, id);
    if (answer == 0 && time_is_shared())
        __atomic_add_fetch(&process_slot()->timers_made, 1, __ATOMIC_SEQ_CST);
    return answer;
}

EXPORTED int timer_settime(timer_t id, int flags, const struct itimerspec *restrict new,
                           struct itimerspec *restrict old)
{
    static const struct itimerspec never;
    if (!valid(new) || !time_is_shared() || is_real(id))
        return REAL(timer_settime)(id, flags, new, old);
    int absolute = flags & TIMER_ABSTIME;
    struct itimerspec request = never;
    if (time_is_scaled())
        request = scaled(new, absolute, clock_scaled_down);
    else if (!time_is_coordinated())
        return REAL(timer_settime)(id, flags, new, old);
    int answer = REAL(timer_settime)(id, 0, &request, old);
    if (answer == 0 && !time_is_scaled())
        set_signal(id, absolute, new, old);
    else if (answer == 0 && old)
        *old = scaled(old, 0, clock_scaled_up);
    return answer;
}

EXPORTED int timer_gettime(timer_t id, struct itimerspec *now)
{
    int answer = REAL(timer_gettime)(id, now);
    if (is_real(id))
        return answer;
    if (answer == 0 && time_is_coordinated())
        *now = timer_remaining(timer_find(TIMER_POSIX, (uintptr_t)id));
    else if (answer == 0 && time_is_scaled())
        *now = scaled(now, 0, clock_scaled_up);
    return answer;
}

EXPORTED int timer_delete(timer_t id)
{
    static const struct itimerspec never;
    if (time_is_coordinated())
        set_signal(id, 0, &never, NULL);
    struct made_timer *found = timer_made((uintptr_t)id);
    if (found)
        found->is_used = 0;
    int answer = REAL(timer_delete)(id);
    if (answer == 0 && time_is_shared())
        __atomic_sub_fetch(&process_slot()->timers_made, 1, __ATOMIC_SEQ_CST);
    return answer;
}

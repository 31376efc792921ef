#include "timers.h"

#include <errno.h>
#include <stdint.h>

#include "clock.h"
#include "participant.h"
#include "raw.h"
#include "real.h"

/* The kernel keeps the timer, with its descriptor or its signal; we only keep when it is due. When its time has come
 * in the run, the kernel's timer is set to go off at once, and does what it was made for. */

#define TIMERS 4096

enum kind { FREE, DESCRIPTOR, POSIX };

struct timer {
    enum kind kind;
    uintptr_t id; /* the descriptor, or the timer_t */
    uint64_t at;  /* NEVER: not set */
    uint64_t interval;
};

static struct timer timers[TIMERS];
static unsigned used; /* entries beyond this one were never taken */
static int lock;

/* With all signals blocked, so that no handler meets a lock that its own thread holds. */
static uint64_t take_lock(void)
{
    uint64_t all = ~(uint64_t)0, before = 0;
    raw(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, KERNEL_SIGSET);
    while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE))
        raw(SYS_sched_yield);
    return before;
}

static void release_lock(uint64_t mask)
{
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
    raw(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, KERNEL_SIGSET);
}

void timers_forget(void)
{
    for (unsigned i = 0; i < used; i++)
        timers[i].kind = FREE;
    used = 0;
    lock = 0;
}

static struct timer *find(enum kind kind, uintptr_t id)
{
    for (unsigned i = 0; i < used; i++)
        if (timers[i].kind == kind && timers[i].id == id)
            return &timers[i];
    return NULL;
}

/* An entry to be written to; NULL when all are taken. */
static struct timer *entry_for(enum kind kind, uintptr_t id)
{
    struct timer *timer = find(kind, id);
    if (!timer)
        timer = find(FREE, 0);
    if (!timer && used < TIMERS)
        timer = &timers[used++];
    return timer;
}

static void tell_earliest(void)
{
    uint64_t earliest = NEVER;
    for (unsigned i = 0; i < used; i++)
        if (timers[i].kind != FREE && timers[i].at < earliest)
            earliest = timers[i].at;
    __atomic_store_n(&process_slot()->timer_at, earliest, __ATOMIC_SEQ_CST);
}

/* Returns 0 or -errno. The kernel fires soon, not at once; whoever is to see it must not look before. */
static long fire(const struct timer *timer)
{
    struct itimerspec at_once = {.it_value = {0, 1}};
    if (timer->kind == DESCRIPTOR) {
        struct pollfd poll = {.fd = (int)timer->id, .events = POLLIN};
        long answer = raw(SYS_timerfd_settime, timer->id, 0, &at_once, NULL);
        return answer < 0 ? answer : raw(SYS_ppoll, &poll, 1, NULL, NULL, KERNEL_SIGSET) < 0;
    }
    if (REAL(timer_settime)((timer_t)timer->id, 0, &at_once, NULL) != 0)
        return -errno;
    while (REAL(timer_gettime)((timer_t)timer->id, &at_once) == 0 && (at_once.it_value.tv_sec || at_once.it_value.tv_nsec))
        raw(SYS_sched_yield);
    return 0;
}

void timers_fire(void)
{
    struct slot *slot = process_slot();
    uint64_t granted = shared_page->mode == MODE_VIRTUAL ? slot->timer_granted : clock_now();
    if (slot->timer_at > granted)
        return;
    uint64_t mask = take_lock();
    for (unsigned i = 0; i < used; i++) {
        struct timer *timer = &timers[i];
        if (timer->kind == FREE || timer->at > granted)
            continue;
        timer->at = timer->interval ? timer->at + timer->interval : NEVER;
        if (fire(timer) < 0)
            timer->kind = FREE; /* its descriptor was closed */
    }
    tell_earliest();
    release_lock(mask);
}

/* exec keeps descriptors and loses this table: what is armed here is armed in the kernel, which the coordinator sees.
 * A child of vfork shares both with its parent, whose timers they stay. */
static void arm_descriptors(int in_the_kernel)
{
    if (!used || !is_own_process())
        return;
    uint64_t now = clock_now(), mask;
    mask = take_lock();
    for (unsigned i = 0; i < used; i++) {
        struct timer *timer = &timers[i];
        struct itimerspec left = {{0, 0}, {0, 0}};
        if (timer->kind != DESCRIPTOR || timer->at == NEVER)
            continue;
        if (in_the_kernel) {
            left.it_value = to_timespec(timer->at > now ? timer->at - now : 1);
            left.it_interval = to_timespec(timer->interval);
        }
        raw(SYS_timerfd_settime, timer->id, 0, &left, NULL);
    }
    release_lock(mask);
}

void timers_hand_over(void)
{
    if (time_is_coordinated())
        arm_descriptors(1);
}

void timers_take_back(void)
{
    if (time_is_coordinated())
        arm_descriptors(0);
}

static struct itimerspec remaining(const struct timer *timer)
{
    struct itimerspec left = {{0, 0}, {0, 0}};
    uint64_t now = clock_now();
    if (timer && timer->at != NEVER) {
        left.it_value = to_timespec(timer->at > now ? timer->at - now : 1);
        left.it_interval = to_timespec(timer->interval);
    }
    return left;
}

/* A timer keeps the clock that it was made with to itself; see clock_nearest(). */
static uint64_t due(const struct itimerspec *new, int absolute)
{
    uint64_t value = from_timespec(&new->it_value);
    if (value == 0)
        return NEVER;
    return absolute ? clock_at(clock_nearest(&new->it_value), value) : clock_after(value);
}

static int set(enum kind kind, uintptr_t id, int absolute, const struct itimerspec *new, struct itimerspec *old)
{
    uint64_t at = due(new, absolute), mask = take_lock();
    struct itimerspec before = remaining(find(kind, id));
    struct timer *timer = entry_for(kind, id);
    if (timer)
        *timer = (struct timer){at == NEVER ? FREE : kind, at == NEVER ? 0 : id, at, from_timespec(&new->it_interval)};
    else if (at != NEVER) /* the coordinator sees that the kernel keeps it, and lets time pass as the real one does */
        kind == DESCRIPTOR ? REAL(timerfd_settime)((int)id, absolute, new, NULL)
                           : REAL(timer_settime)((timer_t)id, absolute, new, NULL);
    tell_earliest();
    release_lock(mask);
    if (old)
        *old = before;
    return 0;
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

EXPORTED int timerfd_settime(int descriptor, int flags, const struct itimerspec *new, struct itimerspec *old)
{
    static const struct itimerspec never;
    if (!valid(new) || !time_is_shared())
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
        return set(DESCRIPTOR, (uintptr_t)descriptor, absolute, new, old);
    if (answer == 0 && old)
        *old = scaled(old, 0, clock_scaled_up);
    return answer;
}

EXPORTED int timerfd_gettime(int descriptor, struct itimerspec *now)
{
    int answer = REAL(timerfd_gettime)(descriptor, now);
    if (answer == 0 && time_is_coordinated())
        *now = remaining(find(DESCRIPTOR, (uintptr_t)descriptor));
    else if (answer == 0 && time_is_scaled())
        *now = scaled(now, 0, clock_scaled_up);
    return answer;
}

/* The count tells the coordinator whether the kernel has timers that were made without libc. */
EXPORTED int timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict id)
{
    int answer = REAL(timer_create)(clock, event, id);
    if (answer == 0 && time_is_shared())
        __atomic_add_fetch(&process_slot()->timers_made, 1, __ATOMIC_SEQ_CST);
    return answer;
}

EXPORTED int timer_settime(timer_t id, int flags, const struct itimerspec *restrict new,
                           struct itimerspec *restrict old)
{
    static const struct itimerspec never;
    if (!valid(new) || !time_is_shared())
        return REAL(timer_settime)(id, flags, new, old);
    int absolute = flags & TIMER_ABSTIME;
    struct itimerspec request = never;
    if (time_is_scaled())
        request = scaled(new, absolute, clock_scaled_down);
    else if (!time_is_coordinated())
        return REAL(timer_settime)(id, flags, new, old);
    int answer = REAL(timer_settime)(id, 0, &request, old);
    if (answer == 0 && !time_is_scaled())
        return set(POSIX, (uintptr_t)id, absolute, new, old);
    if (answer == 0 && old)
        *old = scaled(old, 0, clock_scaled_up);
    return answer;
}

EXPORTED int timer_gettime(timer_t id, struct itimerspec *now)
{
    int answer = REAL(timer_gettime)(id, now);
    if (answer == 0 && time_is_coordinated())
        *now = remaining(find(POSIX, (uintptr_t)id));
    else if (answer == 0 && time_is_scaled())
        *now = scaled(now, 0, clock_scaled_up);
    return answer;
}

EXPORTED int timer_delete(timer_t id)
{
    static const struct itimerspec never;
    if (time_is_coordinated())
        set(POSIX, (uintptr_t)id, 0, &never, NULL);
    int answer = REAL(timer_delete)(id);
    if (answer == 0 && time_is_shared())
        __atomic_sub_fetch(&process_slot()->timers_made, 1, __ATOMIC_SEQ_CST);
    return answer;
}

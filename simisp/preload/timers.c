#include "timers.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "clock.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "timer_names.h"
#include "wait.h"

/* The kernel keeps the timer, with its descriptor or its signal; we only keep when it is due. When its time has come
 * in the run, the kernel's timer is set to expire at once, with its normal effect. */

#define MADE 64
#define TIMERS 4096

/* <linux/timerfd.h>, which can't be included beside <sys/timerfd.h> everywhere */
#ifndef TFD_IOC_SET_TICKS
#define TFD_IOC_SET_TICKS _IOW('T', 0, uint64_t)
#endif

enum kind { FREE, DESCRIPTOR, POSIX };

struct timer {
    enum kind kind;
    uintptr_t id; /* of timer_behind(), or the timer_t */
    uint64_t at;  /* NEVER: not set */
    uint64_t interval;
    uint64_t unread; /* what a read of the descriptor gives, unless it has been read since */
};

static struct timer timers[TIMERS];
static unsigned used; /* entries beyond this one were never taken */
static int lock;

/* What timer_settime() can't know: what a timer notifies, and which clock it was made with. */
struct made {
    uintptr_t id;
    int is_used; /* 2: it is being made */
    int is_real; /* it measures processor time, which only the kernel can do */
    void (*function)(union sigval);
    union sigval value;
    pthread_attr_t *attributes;
};

static struct made made[MADE];
static int has_timekeeper;

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
    for (unsigned i = 0; i < MADE; i++)
        made[i].is_used = 0;
    used = 0;
    lock = has_timekeeper = 0;
}

int timers_behind_descriptors(void)
{
    for (unsigned i = 0; i < used; i++)
        if (timers[i].kind == DESCRIPTOR && timers[i].at != NEVER)
            return 1;
    return 0;
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
    for (unsigned i = 0; i < used && !timer; i++)
        if (timers[i].kind == FREE)
            timer = &timers[i];
    if (!timer && used < TIMERS)
        timer = &timers[used++];
    return timer;
}

static struct made *find_made(uintptr_t id)
{
    for (unsigned i = 0; i < MADE; i++)
        if (made[i].is_used == 1 && made[i].id == id)
            return &made[i];
    return NULL;
}

static int is_real(timer_t id)
{
    struct made *found = find_made((uintptr_t)id);
    return found && found->is_real;
}

static int starts_thread(const struct timer *timer)
{
    struct made *found = timer->kind == POSIX ? find_made(timer->id) : NULL;
    return found && found->function;
}

static void tell_earliest(void)
{
    uint64_t earliest = NEVER;
    for (unsigned i = 0; i < used; i++)
        if (timers[i].kind != FREE && timers[i].at < earliest)
            earliest = timers[i].at;
    __atomic_store_n(&process_slot()->timer_at, earliest, __ATOMIC_SEQ_CST);
}

static int is_readable(int descriptor)
{
    struct pollfd poll = {.fd = descriptor, .events = POLLIN};
    struct timespec at_once = {0, 0};
    return raw(SYS_ppoll, &poll, 1, &at_once, NULL, KERNEL_SIGSET) > 0;
}

/* For a kernel without TFD_IOC_SET_TICKS (CONFIG_CHECKPOINT_RESTORE): the timer expires once, however often it should
 * have. The kernel fires soon, not at once, and whoever is to see it must not look before. A process that has inherited
 * the descriptor may have read it before we look, so that has an end: interrupts come in microseconds. */
static long expire_once(int descriptor)
{
    static const struct itimerspec at_once = {.it_value = {0, 1}};
    struct pollfd poll = {.fd = descriptor, .events = POLLIN};
    struct timespec limit = {0, 20000000};
    long answer = raw(SYS_timerfd_settime, descriptor, 0, &at_once, NULL);
    return answer < 0 ? answer : raw(SYS_ppoll, &poll, 1, &limit, NULL, KERNEL_SIGSET) < 0;
}

/* Returns 0, or less when the timer has no descriptor any more. */
static long expire(struct timer *timer, uint64_t times)
{
    int descriptor;
    while ((descriptor = timer_descriptor(timer->id)) >= 0) {
        uint64_t unread = (is_readable(descriptor) ? timer->unread : 0) + times;
        long answer = raw(SYS_ioctl, descriptor, TFD_IOC_SET_TICKS, &unread);
        if (answer < 0)
            answer = expire_once(descriptor);
        timer->unread = unread;
        if (answer >= 0)
            return 0;
        timer_name_forgotten(descriptor); /* it was closed without libc's close() */
    }
    return -EBADF;
}

/* Returns 0 or -errno. The kernel fires soon, not at once. */
static long ring_signal(const struct timer *timer)
{
    struct itimerspec at_once = {.it_value = {0, 1}};
    if (REAL(timer_settime)((timer_t)timer->id, 0, &at_once, NULL) != 0)
        return -errno;
    while (REAL(timer_gettime)((timer_t)timer->id, &at_once) == 0 && (at_once.it_value.tv_sec || at_once.it_value.tv_nsec))
        raw(SYS_sched_yield);
    return 0;
}

/* Go on to the first time after `now`. Returns how many have been, that one not included. */
static uint64_t pass(struct timer *timer, uint64_t now)
{
    uint64_t times = timer->interval ? (now - timer->at) / timer->interval + 1 : 1;
    timer->at = timer->interval ? timer->at + times * timer->interval : NEVER;
    return times;
}

static uint64_t time_granted(const struct slot *slot)
{
    return shared_page->mode == MODE_VIRTUAL ? slot->timer_granted : clock_now();
}

void timers_fire(void)
{
    struct slot *slot = process_slot();
    uint64_t granted = time_granted(slot);
    if (slot->timer_at > granted)
        return;
    uint64_t mask = take_lock();
    for (unsigned i = 0; i < used; i++) {
        struct timer *timer = &timers[i];
        if (timer->kind == FREE || timer->at > granted || starts_thread(timer))
            continue;
        uint64_t times = pass(timer, granted);
        if ((timer->kind == DESCRIPTOR ? expire(timer, times) : ring_signal(timer)) < 0)
            timer->kind = FREE;
    }
    tell_earliest();
    release_lock(mask);
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

/* What has expired and not been read stays so. */
static void arm(int descriptor, const struct itimerspec *left, const struct timer *timer)
{
    uint64_t unread = is_readable(descriptor) ? timer->unread : 0;
    raw(SYS_timerfd_settime, descriptor, 0, left, NULL);
    if (unread)
        raw(SYS_ioctl, descriptor, TFD_IOC_SET_TICKS, &unread);
}

/* exec keeps descriptors and loses this table: what is armed here is armed in the kernel, which the coordinator sees.
 * A child of vfork shares both with its parent, whose timers they stay. */
static void arm_descriptors(int in_the_kernel)
{
    static const struct itimerspec never;
    if (!used || !is_own_process())
        return;
    uint64_t mask = take_lock();
    for (unsigned i = 0; i < used; i++) {
        const struct timer *timer = &timers[i];
        int descriptor = timer->kind == DESCRIPTOR && timer->at != NEVER ? timer_descriptor(timer->id) : -1;
        struct itimerspec left = in_the_kernel ? remaining(timer) : never;
        if (descriptor >= 0)
            arm(descriptor, &left, timer);
    }
    release_lock(mask);
}

/* The last descriptor of a timer is closed here. Another process may have one all the same, and nobody else knows when
 * the timer is due: from here on the kernel keeps it. */
static void lose(int descriptor)
{
    uintptr_t id = timer_behind(descriptor);
    timer_name_forgotten(descriptor);
    struct timer *timer = id && timer_descriptor(id) < 0 ? find(DESCRIPTOR, id) : NULL;
    if (!timer)
        return;
    struct itimerspec left = remaining(timer);
    if (timer->at != NEVER)
        arm(descriptor, &left, timer);
    timer->kind = FREE;
    tell_earliest();
}

void timers_lose(int descriptor)
{
    if (descriptor >= 0)
        timers_lose_range((unsigned)descriptor, (unsigned)descriptor);
}

static int minds_descriptors(void)
{
    return timers_have_names() && time_is_coordinated() && is_own_process();
}

void timers_lose_range(unsigned first, unsigned last)
{
    if (first > INT_MAX || !minds_descriptors())
        return;
    uint64_t mask = take_lock();
    for (int found = timer_name_from((int)first); found != INT_MAX && (unsigned)found <= last;
         found = timer_name_from(found))
        lose(found);
    release_lock(mask);
}

void timers_copy(int descriptor, int copy)
{
    if (copy < 0 || copy == descriptor || !minds_descriptors())
        return;
    uint64_t mask = take_lock();
    timer_copied(descriptor, copy);
    release_lock(mask);
}

/* Those that start a thread are left to the timekeeper. */
void timers_to_the_kernel(void)
{
    timers_hand_over();
    uint64_t mask = take_lock();
    for (unsigned i = 0; i < used; i++) {
        struct itimerspec left = remaining(&timers[i]);
        if (starts_thread(&timers[i]))
            continue;
        if (timers[i].kind == POSIX && timers[i].at != NEVER)
            REAL(timer_settime)((timer_t)timers[i].id, 0, &left, NULL);
        timers[i].kind = FREE;
    }
    tell_earliest();
    release_lock(mask);
}

void timers_hand_over(void)
{
    if (time_is_coordinated())
        arm_descriptors(1);
}

/* A descriptor may outlive this process in a child's hands: from here on the kernel keeps its timer. */
__attribute__((destructor)) static void leave_to_the_kernel(void)
{
    timers_hand_over();
}

EXPORTED __attribute__((noreturn)) void _exit(int status)
{
    if (shared_page)
        borrower_is_known();
    timers_hand_over();
    for (;;)
        raw(SYS_exit_group, status);
}

EXPORTED __attribute__((noreturn)) void _Exit(int status)
{
    _exit(status);
}

void timers_take_back(void)
{
    if (time_is_coordinated())
        arm_descriptors(0);
}

/* SIGEV_THREAD. libc waits for such a timer in a thread of its own that nobody knows of; here the timekeeper does. */

static void *notify(void *given)
{
    struct made event = *(struct made *)given;
    uint64_t none = 0;
    free(given);
    raw(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, KERNEL_SIGSET);
    event.function(event.value);
    return NULL;
}

static void start_notified(const struct made *event)
{
    pthread_t thread;
    pthread_attr_t detached;
    struct made *given = malloc(sizeof *given);
    if (!given)
        return;
    *given = *event;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, event->attributes ? event->attributes : &detached, notify, given) != 0)
        free(given);
    pthread_attr_destroy(&detached);
}

static long attempt_timekeeping(void *argument, const struct timespec *slice)
{
    struct slot *slot = process_slot();
    uint64_t granted = time_granted(slot);
    (void)argument;
    (void)slice;
    if (slot->timer_at > granted)
        return 0;
    struct made due[MADE];
    unsigned count = 0;
    uint64_t mask = take_lock();
    for (unsigned i = 0; i < used && count < MADE; i++) {
        if (timers[i].kind == FREE || timers[i].at > granted || !starts_thread(&timers[i]))
            continue;
        timers[i].at = timers[i].interval ? timers[i].at + timers[i].interval : NEVER;
        due[count++] = *find_made(timers[i].id);
    }
    release_lock(mask);
    for (unsigned i = 0; i < count; i++)
        start_notified(&due[i]);
    mask = take_lock();
    tell_earliest();
    release_lock(mask);
    return 0;
}

/* Waits forever, and lets timers go off when their time has come: the process's own threads may sleep in the kernel, in
 * a call that the library does not stand in for. */
static void *keep_time(void *argument)
{
    struct wait wait = {.call = CALL_CLOCK, .descriptor = -1, .deadline = NEVER, .attempt = attempt_timekeeping};
    for (;;)
        wait_in_run(&wait);
    return argument;
}

static void need_timekeeper(void)
{
    pthread_t thread;
    uint64_t all = ~(uint64_t)0, before = 0;
    if (__atomic_exchange_n(&has_timekeeper, 1, __ATOMIC_SEQ_CST))
        return;
    process_slot();
    raw(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, KERNEL_SIGSET);
    if (pthread_create(&thread, NULL, keep_time, NULL) == 0)
        pthread_detach(thread);
    else
        has_timekeeper = 0;
    raw(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, KERNEL_SIGSET);
}

static int tells_time(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME ||
           clock == CLOCK_REALTIME_ALARM || clock == CLOCK_BOOTTIME_ALARM || clock == CLOCK_TAI;
}

static struct made *remember(const struct made *event)
{
    uint64_t mask = take_lock();
    struct made *row = NULL;
    for (unsigned i = 0; i < MADE && !row; i++)
        if (!made[i].is_used)
            *(row = &made[i]) = *event;
    release_lock(mask);
    return row;
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
    struct made entry = {.is_used = 2, .is_real = !tells_time(clock)};
    if (threaded) {
        entry.function = event->sigev_notify_function;
        entry.value = event->sigev_value;
        entry.attributes = event->sigev_notify_attributes;
    }
    struct sigevent none = {.sigev_notify = SIGEV_NONE};
    struct made *row = remember(&entry);
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

static struct itimerspec set(enum kind kind, uintptr_t id, uint64_t at, const struct itimerspec *new)
{
    struct itimerspec before = remaining(find(kind, id));
    struct timer *timer = entry_for(kind, id);
    if (timer)
        *timer = (struct timer){at == NEVER ? FREE : kind, id, at, from_timespec(&new->it_interval), 0};
    return before;
}

/* A time of day that is past when the timer is set: it has expired, with an interval perhaps many times, also before
 * the run began. */
static void expire_past(struct timer *timer, const struct itimerspec *new)
{
    uint64_t passed = clock_shows(clock_nearest(&new->it_value)) - from_timespec(&new->it_value);
    uint64_t times = timer->interval ? passed / timer->interval + 1 : 1;
    timer->at = timer->interval ? clock_now() + timer->interval - passed % timer->interval : NEVER;
    expire(timer, times);
}

static void set_descriptor(int descriptor, int absolute, const struct itimerspec *new, struct itimerspec *old)
{
    uint64_t at = due(new, absolute), mask = take_lock();
    uintptr_t id = timer_surely_behind(descriptor);
    struct itimerspec before = id ? set(DESCRIPTOR, id, at, new) : (struct itimerspec){{0, 0}, {0, 0}};
    struct timer *timer = id ? find(DESCRIPTOR, id) : NULL;
    if (timer && absolute && at <= clock_now())
        expire_past(timer, new);
    /* The coordinator sees that the kernel keeps it, and lets time pass as the real one does. */
    if (!timer && at != NEVER)
        REAL(timerfd_settime)(descriptor, absolute, new, NULL);
    tell_earliest();
    release_lock(mask);
    if (old)
        *old = before;
}

static void set_signal(timer_t id, int absolute, const struct itimerspec *new, struct itimerspec *old)
{
    uint64_t at = due(new, absolute), mask = take_lock();
    struct itimerspec before = set(POSIX, (uintptr_t)id, at, new);
    if (at != NEVER && !find(POSIX, (uintptr_t)id)) /* as above */
        REAL(timer_settime)(id, absolute, new, NULL);
    tell_earliest();
    release_lock(mask);
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
        uint64_t mask = take_lock();
        timer_name_forgotten(descriptor);
        timer_surely_behind(descriptor);
        release_lock(mask);
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
        *now = remaining(find(DESCRIPTOR, timer_behind(descriptor)));
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
        *now = remaining(find(POSIX, (uintptr_t)id));
    else if (answer == 0 && time_is_scaled())
        *now = scaled(now, 0, clock_scaled_up);
    return answer;
}

EXPORTED int timer_delete(timer_t id)
{
    static const struct itimerspec never;
    if (time_is_coordinated())
        set_signal(id, 0, &never, NULL);
    struct made *found = find_made((uintptr_t)id);
    if (found)
        found->is_used = 0;
    int answer = REAL(timer_delete)(id);
    if (answer == 0 && time_is_shared())
        __atomic_sub_fetch(&process_slot()->timers_made, 1, __ATOMIC_SEQ_CST);
    return answer;
}

#include "timers.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "clock.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "timer_names.h"
#include "timer_table.h"

/* The kernel keeps the timer, with its descriptor or its signal; we only keep when it is due. When its time has come
 * in the run, the kernel's timer is set to expire at once, with its normal effect. */

#define TIMERS 4096

/* <linux/timerfd.h>, which can't be included beside <sys/timerfd.h> everywhere */
#ifndef TFD_IOC_SET_TICKS
#define TFD_IOC_SET_TICKS _IOW('T', 0, uint64_t)
#endif

static struct timer timers[TIMERS];
static unsigned used; /* entries beyond this one were never taken */
static int lock;

static struct made_timer made[MADE];

/* With all signals blocked, so that no handler meets a lock that its own thread holds. */
uint64_t timers_lock(void)
{
    uint64_t all = ~(uint64_t)0, before = 0;
    raw(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, KERNEL_SIGSET);
    while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE))
        raw(SYS_sched_yield);
    return before;
}

void timers_unlock(uint64_t mask)
{
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
    raw(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, KERNEL_SIGSET);
}

void timers_forget(void)
{
    for (unsigned i = 0; i < used; i++)
        timers[i].kind = TIMER_FREE;
    for (unsigned i = 0; i < MADE; i++)
        made[i].is_used = 0;
    used = 0;
    lock = 0;
}

int timers_behind_descriptors(void)
{
    for (unsigned i = 0; i < used; i++)
        if (timers[i].kind == TIMER_DESCRIPTOR && timers[i].at != NEVER)
            return 1;
    return 0;
}

struct timer *timer_find(enum timer_kind kind, uintptr_t id)
{
    for (unsigned i = 0; i < used; i++)
        if (timers[i].kind == kind && timers[i].id == id)
            return &timers[i];
    return NULL;
}

/* An entry to be written to; NULL when all are taken. */
struct timer *timer_entry(enum timer_kind kind, uintptr_t id)
{
    struct timer *timer = timer_find(kind, id);
    for (unsigned i = 0; i < used && !timer; i++)
        if (timers[i].kind == TIMER_FREE)
            timer = &timers[i];
    if (!timer && used < TIMERS)
        timer = &timers[used++];
    return timer;
}

struct made_timer *timer_made(uintptr_t id)
{
    for (unsigned i = 0; i < MADE; i++)
        if (made[i].is_used == 1 && made[i].id == id)
            return &made[i];
    return NULL;
}

static int starts_thread(const struct timer *timer)
{
    struct made_timer *found = timer->kind == TIMER_POSIX ? timer_made(timer->id) : NULL;
    return found && found->function;
}

void timers_tell_earliest(void)
{
    uint64_t earliest = NEVER;
    for (unsigned i = 0; i < used; i++)
        if (timers[i].kind != TIMER_FREE && timers[i].at < earliest)
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
long timer_expire(struct timer *timer, uint64_t times)
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

uint64_t timers_granted(const struct slot *slot)
{
    return shared_page->mode == MODE_VIRTUAL ? slot->timer_granted : clock_now();
}

void timers_fire(void)
{
    struct slot *slot = process_slot();
    uint64_t granted = timers_granted(slot);
    if (slot->timer_at > granted)
        return;
    uint64_t mask = timers_lock();
    for (unsigned i = 0; i < used; i++) {
        struct timer *timer = &timers[i];
        if (timer->kind == TIMER_FREE || timer->at > granted || starts_thread(timer))
            continue;
        uint64_t times = pass(timer, granted);
        if ((timer->kind == TIMER_DESCRIPTOR ? timer_expire(timer, times) : ring_signal(timer)) < 0)
            timer->kind = TIMER_FREE;
    }
    timers_tell_earliest();
    timers_unlock(mask);
}

struct made_timer *timer_remember(const struct made_timer *event)
{
    uint64_t mask = timers_lock();
    struct made_timer *row = NULL;
    for (unsigned i = 0; i < MADE && !row; i++)
        if (!made[i].is_used)
            *(row = &made[i]) = *event;
    timers_unlock(mask);
    return row;
}

unsigned timers_due_to_threads(struct made_timer due[MADE], uint64_t granted)
{
    unsigned count = 0;
    uint64_t mask = timers_lock();
    for (unsigned i = 0; i < used && count < MADE; i++) {
        if (timers[i].kind == TIMER_FREE || timers[i].at > granted || !starts_thread(&timers[i]))
            continue;
        timers[i].at = timers[i].interval ? timers[i].at + timers[i].interval : NEVER;
        due[count++] = *timer_made(timers[i].id);
    }
    timers_unlock(mask);
    return count;
}

struct itimerspec timer_remaining(const struct timer *timer)
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
    uint64_t mask = timers_lock();
    for (unsigned i = 0; i < used; i++) {
        const struct timer *timer = &timers[i];
        int descriptor = timer->kind == TIMER_DESCRIPTOR && timer->at != NEVER ? timer_descriptor(timer->id) : -1;
        struct itimerspec left = in_the_kernel ? timer_remaining(timer) : never;
        if (descriptor >= 0)
            arm(descriptor, &left, timer);
    }
    timers_unlock(mask);
}

/* The last descriptor of a timer is closed here. Another process may have one all the same, and nobody else knows when
 * the timer is due: from here on the kernel keeps it. */
static void lose(int descriptor)
{
    uintptr_t id = timer_behind(descriptor);
    timer_name_forgotten(descriptor);
    struct timer *timer = id && timer_descriptor(id) < 0 ? timer_find(TIMER_DESCRIPTOR, id) : NULL;
    if (!timer)
        return;
    struct itimerspec left = timer_remaining(timer);
    if (timer->at != NEVER)
        arm(descriptor, &left, timer);
    timer->kind = TIMER_FREE;
    timers_tell_earliest();
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
    uint64_t mask = timers_lock();
    for (int found = timer_name_from((int)first); found != INT_MAX && (unsigned)found <= last;
         found = timer_name_from(found))
        lose(found);
    timers_unlock(mask);
}

void timers_copy(int descriptor, int copy)
{
    if (copy < 0 || copy == descriptor || !minds_descriptors())
        return;
    uint64_t mask = timers_lock();
    timer_copied(descriptor, copy);
    timers_unlock(mask);
}

/* Those that start a thread are left to the timekeeper. */
void timers_to_the_kernel(void)
{
    timers_hand_over();
    uint64_t mask = timers_lock();
    for (unsigned i = 0; i < used; i++) {
        struct itimerspec left = timer_remaining(&timers[i]);
        if (starts_thread(&timers[i]))
            continue;
        if (timers[i].kind == TIMER_POSIX && timers[i].at != NEVER)
            REAL(timer_settime)((timer_t)timers[i].id, 0, &left, NULL);
        timers[i].kind = TIMER_FREE;
    }
    timers_tell_earliest();
    timers_unlock(mask);
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

void timers_take_back(void)
{
    if (time_is_coordinated())
        arm_descriptors(0);
}

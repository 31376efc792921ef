#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "clock.h"
#include "coordinator.h"
#include "looks.h"
#include "participant.h"
#include "raw.h"
#include "signals.h"
#include "timers.h"

/* How long a participant sleeps before it looks again. Descriptors can't be waited for together with the page, so a
 * wait is a series of short ones; the first are short because the coordinator asks for looks right after a wait has
 * begun, and each answers sooner. A wait for time alone sleeps on the round itself, and is woken by each. */
#define FIRST_SLICE 20000ull
#define LAST_SLICE 1000000ull
#define SLICES_BEFORE_LONGER 16

uint32_t cancellations;

struct line *line_of(int descriptor)
{
    uint32_t number = line_number(descriptor);
    return number ? &shared_page->lines[number - 1] : NULL;
}

uint32_t line_number(int descriptor)
{
    struct stat status;
    int kept = errno;
    uint32_t used = shared_page->lines_used, number = 0;
    if (used && fstat(descriptor, &status) == 0 && S_ISCHR(status.st_mode))
        for (uint32_t i = 0; !number && i < used && i < LINE_COUNT; i++)
            if (shared_page->lines[i].device == status.st_rdev)
                number = i + 1;
    errno = kept;
    return number;
}

/* A thread inside a wait. */
struct waiting {
    struct slot *slot;
    const struct wait *wait;
    struct signal_watch watch;
    uint64_t entered; /* the time of the run at which the call began */
    long slack;       /* the thread's own timer slack */
    int cancellable;  /* the thread's own cancelability */
    uint32_t cancellations;
};

/* The kernel lets a thread's sleeps end up to 50 us late, which is longer than a slice. */
static long set_slack(long slack)
{
    long before = raw(SYS_prctl, PR_GET_TIMERSLACK, 0, 0, 0, 0);
    raw(SYS_prctl, PR_SET_TIMERSLACK, slack, 0, 0, 0);
    return before;
}

/* Whether an alarm was set by a system call of the program's own: the stand-ins leave the kernel's timer alone. */
static uint32_t kernel_alarm(void)
{
    struct itimerval timer;
    return raw(SYS_getitimer, ITIMER_REAL, &timer) == 0 && (timer.it_value.tv_sec || timer.it_value.tv_usec);
}

static void enter(struct waiting *waiting)
{
    struct slot *slot = waiting->slot;
    waiting->slack = set_slack(1);
    /* An attempt may be a cancellation point of libc's; the thread must not go from in there. */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &waiting->cancellable);
    slot->call = waiting->wait->call;
    slot->descriptor = waiting->wait->descriptor;
    slot->deadline = waiting->wait->deadline;
    slot->blocked_signals = waiting->watch.during;
    slot->set = (uint64_t)(uintptr_t)waiting->wait->set;
    slot->set_size = waiting->wait->set_size;
    slot->kernel_alarm = kernel_alarm();
    slot->on_line = 0;
    slot->granted = 0;
    __atomic_store_n(&slot->sequence, slot->sequence + 1, __ATOMIC_SEQ_CST);
}

static void leave(struct waiting *waiting)
{
    struct slot *slot = waiting->slot;
    __atomic_store_n(&slot->sequence, slot->sequence + 1, __ATOMIC_SEQ_CST);
    set_slack(waiting->slack);
    pthread_setcancelstate(waiting->cancellable, NULL);
}

static void acknowledge(struct slot *slot, uint32_t round, int first)
{
    if (!first && slot->acknowledged == round)
        return;
    __atomic_store_n(&slot->acknowledged, round, __ATOMIC_SEQ_CST);
    ring();
}

/* In virtual time a deadline passes when the coordinator says so, one participant at a time: two deadlines at the same
 * instant then have an order, and so has a deadline and an octet of the simulator's. */
static int expired(const struct waiting *waiting)
{
    uint64_t deadline = waiting->wait->deadline;
    if (deadline == NEVER)
        return 0;
    if (deadline <= waiting->entered && !waiting->wait->settles)
        return 1;
    if (shared_page->mode != MODE_VIRTUAL)
        return clock_now() >= deadline;
    return __atomic_load_n(&waiting->slot->granted, __ATOMIC_SEQ_CST) > deadline;
}

static uint64_t slice_of(const struct wait *wait, unsigned slices)
{
    uint64_t slice = FIRST_SLICE << (slices / SLICES_BEFORE_LONGER < 5 ? slices / SLICES_BEFORE_LONGER : 5);
    if (slice > LAST_SLICE || !wait->attempt)
        slice = LAST_SLICE;
    if (shared_page->mode == MODE_VIRTUAL || wait->deadline == NEVER)
        return slice;
    uint64_t now = clock_now();
    uint64_t left = wait->deadline > now ? (uint64_t)((double)(wait->deadline - now) / shared_page->factor) + 1 : 1;
    return left < slice ? left : slice;
}

static long attempt(const struct wait *wait, const struct timespec *slice)
{
    long answer = wait->attempt ? wait->attempt(wait->argument, slice) : 0;
    return answer == -EINTR ? 0 : answer; /* a stop and a continue: no handler can have run */
}

static long sleep_slice(const struct wait *wait, uint32_t round, unsigned slices)
{
    struct timespec slice = to_timespec(slice_of(wait, slices));
    if (wait->attempt && wait->attempt_sleeps)
        return attempt(wait, &slice);
    raw(SYS_futex, &shared_page->round, FUTEX_WAIT, round, &slice, NULL, 0);
    return 0;
}

/* Have the kernel process what was written to the other ends of our terminals: polling one waits for that. It may make
 * an echo for whoever wrote, or a signal for us, and we may never poll the terminal ourselves. */
static void settle_terminals(void)
{
    static const struct timespec at_once;
    struct pollfd standard[3] = {{.fd = 0, .events = POLLIN}, {.fd = 1, .events = POLLIN}, {.fd = 2, .events = POLLIN}};
    struct timespec left = at_once;
    raw(SYS_ppoll, standard, 3, &left, NULL, KERNEL_SIGSET);
}

/* Let the handlers run, outside of the wait: one may never return (siglongjmp), or may wait too. */
static int deliver(struct waiting *waiting)
{
    leave(waiting);
    int handled = signals_deliver(&waiting->watch);
    signals_block();
    enter(waiting);
    return handled;
}

/* pthreads(7), "Cancellation points"; other functions must not become one. */
static int is_cancellation_point(enum call call)
{
    return call != CALL_CLOCK && call != CALL_MUTEX && call != CALL_FUTEX && call != CALL_CIRCUIT &&
           call != CALL_SETTINGS;
}

/* A cancelled thread never comes back from here: it has left the wait, and what it still runs it runs with all signals
 * blocked. Returns whether it looked: a wait that was left is a new one. */
static int test_cancellation(struct waiting *waiting)
{
    const struct wait *wait = waiting->wait;
    uint32_t now = __atomic_load_n(&cancellations, __ATOMIC_SEQ_CST);
    if (waiting->cancellations == now || !is_cancellation_point(wait->call))
        return 0;
    waiting->cancellations = now;
    leave(waiting);
    if (wait->test_cancellation)
        wait->test_cancellation(wait->argument);
    else
        pthread_testcancel();
    enter(waiting);
    return 1;
}

/* The loop proper, with all signals blocked. */
static long look_until_done(struct waiting *waiting)
{
    static const struct timespec at_once;
    const struct wait *wait = waiting->wait;
    uint32_t last_round = 0;
    unsigned slices = 0;
    for (int first = 1;; first = 0) {
        uint32_t round = __atomic_load_n(&shared_page->round, __ATOMIC_SEQ_CST);
        timers_fire();
        settle_terminals();
        long answer = attempt(wait, &at_once);
        if (answer != 0)
            return answer;
        mind_the_coordinator(slices);
        enum signal_news news = signals_look(&waiting->watch, waiting->slot);
        if (news == SIGNALS_TO_DELIVER) {
            if (deliver(waiting))
                return waiting->watch.restarts ? -RESTART : -EINTR;
            continue;
        }
        if (test_cancellation(waiting))
            continue;
        if (expired(waiting))
            return 0;
        if (news == SIGNALS_NONE)
            acknowledge(waiting->slot, round, first);
        if (round != last_round)
            slices = 0;
        last_round = round;
        if (slices++ == 2 && wait->on_line)
            waiting->slot->on_line = wait->on_line(wait->argument);
        answer = sleep_slice(wait, round, slices);
        if (answer != 0)
            return answer;
    }
}

long wait_in_run(const struct wait *wait)
{
    struct waiting waiting = {.slot = participant(), .wait = wait, .entered = clock_now()};
    int kept = errno;
    signals_begin(&waiting.watch, wait->mask);
    waiting.slot->entered = waiting.entered;
    enter(&waiting);
    long answer = look_until_done(&waiting);
    leave(&waiting);
    signals_end(&waiting.watch);
    if (wait->call != CALL_CLOCK)
        looked_with_success();
    errno = kept;
    return answer;
}

#include "signals.h"

#include <stddef.h>

#include "page.h"
#include "participant.h"
#include "raw.h"

/* How often another thread leaves a signal of the process to the main thread, which the kernel prefers. A signal that
 * was sent to the other thread itself looks the same, so it must not be left forever. */
#define TURNS_OF_MAIN 4

/* What rt_sigaction takes on x86-64 and arm64. */
struct kernel_sigaction {
    void *handler;
    unsigned long flags;
    void *restorer;
    uint64_t mask;
};

static uint64_t set_mask(uint64_t mask)
{
    uint64_t old = 0;
    raw(SYS_rt_sigprocmask, SIG_SETMASK, &mask, &old, KERNEL_SIGSET);
    return old;
}

void signals_begin(struct signal_watch *watch, const sigset_t *mask)
{
    watch->outside = set_mask(~(uint64_t)0);
    watch->during = mask ? *(const uint64_t *)mask : watch->outside;
    watch->handled = watch->restarts = 0;
    watch->left_to_main = 0;
}

void signals_block(void)
{
    set_mask(~(uint64_t)0);
}

void signals_end(struct signal_watch *watch)
{
    set_mask(watch->outside);
}

/* The lowest of the pending signals with a handler: the kernel delivers it first, and its SA_RESTART decides. */
static int first_handled(uint64_t pending, unsigned long *flags)
{
    for (int signal = 1; signal <= 64; signal++) {
        struct kernel_sigaction action;
        if (!(pending >> (signal - 1) & 1) || raw(SYS_rt_sigaction, signal, NULL, &action, KERNEL_SIGSET) != 0)
            continue;
        if (action.handler == (void *)SIG_IGN || action.handler == (void *)SIG_DFL)
            continue;
        *flags = action.flags;
        return signal;
    }
    return 0;
}

/* A signal for the process is pending in each of its threads, and only one may have it: take it out of the queue and
 * put it back for this thread alone, with everything that the sender said. */
static int secure(int signal)
{
    static const struct timespec at_once;
    uint64_t only = (uint64_t)1 << (signal - 1);
    siginfo_t info;
    if (raw(SYS_rt_sigtimedwait, &only, &info, &at_once, KERNEL_SIGSET) != signal)
        return 0;
    long pid = raw(SYS_getpid), tid = raw(SYS_gettid);
    if (raw(SYS_rt_tgsigqueueinfo, pid, tid, signal, &info) != 0)
        raw(SYS_tgkill, pid, tid, signal);
    return 1;
}

static int is_main_threads(const struct signal_watch *watch, const struct slot *slot, uint64_t pending)
{
    const struct slot *main = process_slot();
    return slot != main && watch->left_to_main < TURNS_OF_MAIN && (main->sequence & 1) &&
           !(main->blocked_signals & pending);
}

enum signal_news signals_look(struct signal_watch *watch, const struct slot *slot)
{
    uint64_t pending = 0;
    unsigned long flags = 0;
    raw(SYS_rt_sigpending, &pending, KERNEL_SIGSET);
    pending &= ~watch->during;
    if (!pending)
        return SIGNALS_NONE;
    watch->handled = first_handled(pending, &flags);
    if (watch->handled && is_main_threads(watch, slot, pending)) {
        watch->left_to_main++;
        return SIGNALS_OF_ANOTHER_THREAD;
    }
    if (watch->handled && !secure(watch->handled))
        return SIGNALS_OF_ANOTHER_THREAD;
    watch->restarts = (flags & SA_RESTART) != 0;
    return SIGNALS_TO_DELIVER;
}

/* The C library's own signals interrupt nothing that a program can see. */
static int is_internal(int signal)
{
    return signal >= 32 && signal < SIGRTMIN;
}

/* Handlers run in here. One may never return (siglongjmp), so the slot has been left before. Signals that are ignored
 * or stop the process are handled here too, by the kernel. */
int signals_deliver(struct signal_watch *watch)
{
    set_mask(watch->during);
    if (watch->during != watch->outside)
        set_mask(watch->outside);
    return watch->handled != 0 && !is_internal(watch->handled);
}

#include "coordinator.h"

#include <signal.h>

#include "clock.h"
#include "participant.h"
#include "process.h"
#include "raw.h"

#define SLICES_BEFORE_A_CHECK 128

/* The clock would not move any more: let it run from where it stands, or every client would wait forever. */
static void let_go(void)
{
    struct clock_page *page = shared_page;
    uint32_t virtual = MODE_VIRTUAL;
    if (page->mode != MODE_VIRTUAL || is_elsewhere() || !process_is_dead(page->coordinator))
        return;
    page->origin_now = page->now;
    page->origin_real = clock_real();
    page->factor = 1.0;
    __atomic_compare_exchange_n(&page->mode, &virtual, MODE_RUNNING, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* Without the coordinator a process sends itself the alarm. */
static void ring_own_alarm(void)
{
    struct slot *slot = process_slot();
    uint64_t at = slot->alarm_at;
    if (at == NEVER || at > clock_now())
        return;
    uint64_t next = slot->alarm_interval ? at + slot->alarm_interval : NEVER;
    if (__atomic_compare_exchange_n(&slot->alarm_at, &at, next, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        raw(SYS_kill, raw(SYS_getpid), SIGALRM);
}

void mind_the_coordinator(unsigned slices)
{
    if (shared_page->mode == MODE_RUNNING)
        ring_own_alarm();
    else if (slices % SLICES_BEFORE_A_CHECK == SLICES_BEFORE_A_CHECK - 1)
        let_go();
}

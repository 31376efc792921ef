/* Active waiting: polling instead of sleeping. */
#include "active.h"

#include "clock.h"
#include "participant.h"
#include "wait.h"

/* A bout of active waiting, see look_in_vain(). */
#define BOUT 10000
#define NEXT_BOUT 100
#define VAIN_POLL 10
#define FIRST_QUANTUM 1000000ull
#define LAST_QUANTUM 8000000ull

static __thread struct {
    uint64_t at;
    uint64_t quantum;
    unsigned looks;
} active __attribute__((tls_model("initial-exec")));

static void look(unsigned cost)
{
    if (!time_is_coordinated())
        return;
    uint64_t now = clock_now();
    if (active.at != now) {
        active.at = now;
        if (!active.quantum)
            active.looks = 0;
    }
    active.looks += cost;
    if (active.looks < (active.quantum ? NEXT_BOUT : BOUT))
        return;
    active.looks = 0;
    active.quantum = !active.quantum ? FIRST_QUANTUM : active.quantum < LAST_QUANTUM ? active.quantum * 2 : LAST_QUANTUM;
    struct wait quantum = {.call = CALL_CLOCK, .descriptor = -1, .deadline = clock_after(active.quantum)};
    while (wait_in_run(&quantum) < 0)
        ;
}

void look_at_clock(void)
{
    look(1);
}

void look_in_vain(void)
{
    look(VAIN_POLL);
}

void looked_with_success(void)
{
    active.looks = 0;
    active.quantum = 0;
}

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

static void look(unsigned cost)
{
    if (!time_is_coordinated())
        return;
    uint64_t now = clock_now();
    if (looks.at != now) {
        looks.at = now;
        if (!looks.quantum)
            looks.count = 0;
    }
    looks.count += cost;
    if (looks.count < (looks.quantum ? NEXT_BOUT : BOUT))
        return;
    looks.count = 0;
    looks.quantum = !looks.quantum ? FIRST_QUANTUM : looks.quantum < LAST_QUANTUM ? looks.quantum * 2 : LAST_QUANTUM;
    struct wait quantum = {.call = CALL_CLOCK, .descriptor = -1, .deadline = clock_after(looks.quantum)};
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

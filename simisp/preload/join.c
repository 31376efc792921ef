/* How a process comes to share the clock: as its program begins, and as it is forked. */
#include <pthread.h>
#include <stdlib.h>

#include "confinement.h"
#include "environment.h"
#include "participant.h"
#include "real.h"
#include "timekeeper.h"
#include "timers.h"

/* These run inside every fork of libc's, also the hidden ones of daemon() and forkpty(). */
static void fork_in_child(void)
{
    struct slot *process = adopt_fork();
    process->inherited_timer = (uint32_t)timers_behind_descriptors();
    timers_forget();
    timekeeper_forget();
}

__attribute__((constructor(101))) static void join(void)
{
    real_resolve();
    const char *path = getenv("SIMISP_CLOCK_PAGE");
    if (!path || !*path)
        return;
    shared_page = map_page(path);
    if (!shared_page)
        return;
    if (is_elsewhere() || is_confined_from_birth()) {
        /* The clock is let go on account of it, so real time is the run's too. */
        unmap_page(shared_page);
        shared_page = NULL;
        return;
    }
    remember_environment(path);
    take_place();
    pthread_atfork(announce_fork, NULL, fork_in_child);
    ring();
}

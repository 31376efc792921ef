/* Slots: how threads and processes make themselves known to the coordinator. */
#ifndef SIMISP_PARTICIPANT_H
#define SIMISP_PARTICIPANT_H

#include "page.h"

/* The page, or NULL when none is shared. Set once, before main. */
extern struct clock_page *shared_page;

/* Whether this process filters its own system calls, and has left the run's time for that: confinement.c. */
extern int confined;

/* Before a filter is installed; `operation` is that of seccomp(2). Other operations are ignored. */
void confine_by_seccomp(long operation, long filter);

/* Whether waits and clocks are the coordinator's (virtual, or running after having been virtual). */
static inline int time_is_coordinated(void)
{
    return shared_page && !confined && (shared_page->mode == MODE_VIRTUAL || shared_page->mode == MODE_RUNNING);
}

/* Whether libc waits, and times of the clock have to be put in terms of its clock. */
static inline int time_is_scaled(void)
{
    return shared_page && (shared_page->mode == MODE_SCALED || confined);
}

/* Whether durations, too, are others for libc. */
static inline int durations_are_scaled(void)
{
    return shared_page && shared_page->mode == MODE_SCALED;
}

static inline int time_is_shared(void)
{
    return shared_page && shared_page->mode != MODE_REAL;
}

/* The calling thread's slot, taken at first use. Async-signal-safe. When all are taken it is one that the coordinator
 * doesn't see; it is told so, and lets the clock run by itself. */
struct slot *participant(void);

/* Whether this process is in another PID namespace than the coordinator: its own pids belong to other
 * processes there, so it takes no slot. The coordinator is told, and lets the clock run. Async-signal-safe. */
int is_elsewhere(void);

/* The slot that keeps the process's alarm: its first. */
struct slot *process_slot(void);

/* Whether this is the process that joined: false in a child of vfork, which borrows the memory of its parent. */
int is_own_process(void);

/* Take a slot for a child or a thread that is about to exist, so that it cannot be overlooked before it starts.
 * NULL if all are taken. The child takes it over with adopt() or, after exec, by itself. */
struct slot *announce_process(void);
struct slot *announce_thread(void);

/* Announce the child of a vfork, which borrows this memory until it calls exec or ends. */
void announce_borrower(void);

/* Before each exec and exit: in a child of vfork, give the announcement its pid. Its end is seen then, also where the
 * exec fails. Does nothing in any other process. */
void borrower_is_known(void);

/* The announced child has this pid; <= 0: there will be none. */
void announced_as(struct slot *slot, int32_t pid);

/* The calling thread is the one that was announced. */
void adopt(struct slot *slot);

/* The slot announced by this thread's last fork. */
struct slot *forked_child(void);

/* Report that processes outside may from now on end a wait of the run that they could not end before: a descriptor was
 * sent away, or a signal requested. The coordinator then asks the kernel again. Async-signal-safe. */
void may_have_opened(void);

/* Ring the coordinator's bell. Async-signal-safe. */
void ring(void);

#endif

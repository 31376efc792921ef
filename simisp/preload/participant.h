/* Slots: how threads and processes make themselves known to the coordinator. */
#ifndef SIMISP_PARTICIPANT_H
#define SIMISP_PARTICIPANT_H

#include "shared_page.h"

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

/* Before a fork: announce the child. In the child: take the slot over, as the process's first. */
void announce_fork(void);
struct slot *adopt_fork(void);

/* When a program begins: take the slot that waits for this process, or a new one, and give back those of the threads
 * that ended with the exec. */
void take_place(void);

/* The slot announced by this thread's last fork. */
struct slot *forked_child(void);

#endif

/* Signals during a wait.
 *
 * Between two looks of a wait no handler may run unseen: the wait would go on where the kernel's would have returned
 * EINTR. So all signals are blocked for the length of the wait; each look asks which are pending, and delivers them
 * where the kernel would.
 */
#ifndef SIMISP_SIGNALS_H
#define SIMISP_SIGNALS_H

#include <signal.h>
#include <stdint.h>

struct slot;

struct signal_watch {
    uint64_t outside; /* the thread's own mask */
    uint64_t during;  /* the mask of the wait */
    int handled;      /* the signal whose handler decides what becomes of the call; 0: none */
    int restarts;     /* its SA_RESTART */
    unsigned left_to_main;
};

enum signal_news {
    SIGNALS_NONE,
    SIGNALS_TO_DELIVER,
    SIGNALS_OF_ANOTHER_THREAD /* pending for the process, and another thread's to take */
};

void signals_begin(struct signal_watch *watch, const sigset_t *mask);
enum signal_news signals_look(struct signal_watch *watch, const struct slot *slot);
int signals_deliver(struct signal_watch *watch); /* returns whether a handler ran */
void signals_block(void);
void signals_end(struct signal_watch *watch);

#endif

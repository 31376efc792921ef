/* A thread in which timers go off for a process whose own threads may not look. */
#ifndef SIMISP_TIMEKEEPER_H
#define SIMISP_TIMEKEEPER_H

/* Start it, unless it is there. */
void need_timekeeper(void);

/* A child has no thread of its parent's but the one that called fork. */
void timekeeper_forget(void);

#endif

/* The clock page: the memory that the coordinator and every participant share.
 *
 * A participant is one thread that waits: each has a slot. The coordinator writes the clock and the rounds, a
 * participant writes its own slot. Everything is naturally aligned and in the machine's own octet order, for the page
 * never leaves the machine. Times are nanoseconds since the run began unless a name says otherwise.
 *
 * simisp/shared_time/clock_page.py describes the same layout; a test compares the two through page_layout.c.
 */
#ifndef SIMISP_PAGE_H
#define SIMISP_PAGE_H

#include <stdint.h>

#define CLOCK_PAGE_MAGIC 0x70736973u
#define CLOCK_PAGE_VERSION 4u
#define SLOT_COUNT 248
#define LINE_COUNT 256
#define NEVER UINT64_MAX

enum clock_mode {
    MODE_REAL = 0,    /* real time; the page carries only circuits */
    MODE_VIRTUAL = 1, /* the clock stands until the coordinator moves it */
    MODE_SCALED = 2,  /* waits are divided and clocks multiplied by `factor`, with no coordinator */
    MODE_RUNNING = 3  /* a virtual clock that was released: it runs at `factor` from `origin` */
};

/* What a participant is blocked in, for the verdict. */
enum call {
    CALL_NONE = 0,
    CALL_READ,
    CALL_WRITE,
    CALL_POLL,
    CALL_SELECT,
    CALL_EPOLL,
    CALL_SLEEP,
    CALL_SIGNAL,
    CALL_CHILD,
    CALL_LOCK,
    CALL_SEMAPHORE,
    CALL_CONDITION,
    CALL_MUTEX,
    CALL_FUTEX,
    CALL_CIRCUIT,
    CALL_SOCKET,
    CALL_CLOCK,
    CALL_SETTINGS
};

struct slot {
    int32_t pid;              /* 0 free; negative: announced by process -pid for a child that has not come up yet */
    int32_t tid;              /* 0: announced, and not seen yet */
    uint32_t sequence;        /* odd while the participant waits; incremented on entering and leaving a wait */
    uint32_t acknowledged;    /* the last round in which the participant looked and found nothing to do */
    uint64_t deadline;        /* when its wait ends by itself */
    uint64_t granted;         /* the coordinator lets deadlines before this time pass */
    uint64_t alarm_at;        /* ITIMER_REAL of the process, kept in its first slot */
    uint64_t alarm_interval;  /* 0: the alarm rings once */
    uint64_t blocked_signals; /* the signal mask of the wait */
    uint64_t entered;         /* when the wait began */
    uint32_t call;            /* enum call */
    int32_t descriptor;       /* the descriptor waited for, the first of several; -1: none is */
    uint32_t on_line;         /* the number of the line that it waits for, from 1 on; 0: no descriptor is a line */
    uint32_t birth;           /* serial number in joining order: orders what happens at the same instant */
    uint64_t timer_at;        /* the earliest timer of the process, kept in its first slot */
    uint64_t timer_granted;   /* the coordinator lets timers up to here go off */
    uint64_t set;             /* poll: its array of pollfd; select: one bit for each descriptor of any set; else 0 */
    uint32_t set_size;        /* poll: entries of the array; select: octets of the bits */
    uint32_t kernel_alarm;    /* whether the kernel itself keeps an ITIMER_REAL: one set without libc */
    uint32_t timers_made;     /* POSIX timers of the process made through libc, kept in its first slot */
    uint32_t inherited_timer; /* whether it was forked while a timer behind a descriptor was set, which it has too */
    uint32_t asleep;          /* the coordinator's: the sequence at which the thread slept without end; 0: none */
    uint32_t folder_notes;    /* whether it asked for signals when a folder changes (F_NOTIFY), in its first slot */
};

/* struct serial_icounter_struct in the order of <linux/serial.h>, without its reserve. */
enum circuit_counter { COUNT_CTS, COUNT_DSR, COUNT_RNG, COUNT_DCD, COUNT_RX, COUNT_TX, COUNTERS = 12 };

/* One of the simulator's terminals, with the circuits and the framing that the kernel's pseudo-terminals lack. */
struct line {
    uint64_t device;       /* st_rdev of its slave side; 0: not set up */
    uint32_t dte_circuits; /* DTR and RTS as TIOCM_ bits, written by clients */
    uint32_t dce_circuits; /* DSR, CTS, DCD and RI as TIOCM_ bits, written by the simulator */
    uint32_t framing;      /* CSIZE, PARENB, PARODD and CMSPAR of c_cflag as a client asked; a PTY keeps none */
    uint32_t breaks;       /* that clients have sent, counted by them */
    uint32_t counters[COUNTERS];
};

struct clock_page {
    uint32_t magic, version;
    uint32_t mode;              /* enum clock_mode */
    uint32_t slots_used;        /* slots beyond this one were never taken */
    uint64_t now;               /* the virtual clock */
    uint32_t round;             /* futex: incremented when participants must look again */
    uint32_t bell;              /* futex: incremented when a participant has news for the coordinator */
    uint32_t coordinator_waits; /* whether the coordinator has to be woken */
    uint32_t lines_used;        /* lines beyond this one were never set up */
    uint64_t realtime_base;     /* CLOCK_REALTIME when the run began, in Unix nanoseconds */
    uint64_t monotonic_base;    /* CLOCK_MONOTONIC when the run began */
    uint64_t origin_real;       /* scaled and running: real CLOCK_MONOTONIC at which ... */
    uint64_t origin_now;        /* ... the clock of the run stood here */
    double factor;              /* scaled and running: seconds of the run for each real second */
    uint32_t births;          /* slots taken so far */
    uint32_t circuit_changes; /* futex: incremented with each change of a circuit that the DCE drives */
    int32_t coordinator;      /* its pid: once it is gone, the clock does not move any more */
    int32_t slotless;         /* the pid of a process that found no free slot; 0: there is none */
    uint32_t conditions;      /* futex: incremented with each signal to a condition that processes share */
    int32_t confined;         /* the pid of a process that filters its own system calls; 0: none does */
    uint64_t namespace;         /* the coordinator's PID namespace, the inode of /proc/self/ns/pid; 0: unknown */
    uint64_t other_namespace;   /* one in which a process can't take part, for its numbers are others; 0: none */
    uint32_t filters;         /* of system calls that the coordinator has itself, and with it each child: seccomp(2) */
    uint32_t openings;        /* incremented when a participant may have let other processes end a wait of the run */
    uint32_t reserved[32];
    struct slot slots[SLOT_COUNT];
    struct line lines[LINE_COUNT];
};

_Static_assert(sizeof(struct slot) == 128, "a slot is two cache lines");
_Static_assert(sizeof(struct line) == 72, "a line has no padding");
_Static_assert(sizeof(struct clock_page) == 50432, "the page's size is part of its version");

#endif

#include "participant.h"

#include <errno.h>
#include <stddef.h>
#include <time.h>

#include "namespace.h"
#include "process.h"
#include "raw.h"

/* Nanoseconds of real time between looks whether a dead process's slot has been given back, and how many. */
#define BURIAL_PAUSE 1000000
#define BURIAL_PAUSES 2000

/* Static TLS, so that reading it in a signal handler never allocates. */
static __thread struct slot *mine __attribute__((tls_model("initial-exec")));
static struct slot *process;
static __thread int32_t forker __attribute__((tls_model("initial-exec")));
static __thread struct slot *announced_child __attribute__((tls_model("initial-exec")));
/* Announced by this thread's last vfork, and which announcement of that slot's it is. */
static __thread struct slot *lent __attribute__((tls_model("initial-exec")));
static __thread uint32_t lent_birth __attribute__((tls_model("initial-exec")));
/* Used instead of a slot of the page when all are taken. The coordinator does not see it; it has been told, and lets
 * the clock run by itself. */
static __thread struct slot spare __attribute__((tls_model("initial-exec")));

static int32_t own_pid(void)
{
    return (int32_t)raw(SYS_getpid);
}

static int32_t own_tid(void)
{
    return (int32_t)raw(SYS_gettid);
}

int is_elsewhere(void)
{
    uint64_t namespace = own_namespace();
    if (!namespace || !shared_page->namespace || namespace == shared_page->namespace)
        return 0;
    shared_page->other_namespace = namespace;
    ring();
    return 1;
}

/* A slot says "running" until its owner says otherwise: even sequence, no deadline. The sequence is only ever
 * incremented, so that the coordinator cannot mistake a new owner for the old one. */
static void clear(struct slot *slot)
{
    uint32_t sequence = slot->sequence;
    slot->tid = 0;
    slot->deadline = slot->alarm_at = slot->timer_at = NEVER;
    slot->granted = slot->alarm_interval = slot->timer_granted = 0;
    slot->set = slot->set_size = slot->kernel_alarm = slot->timers_made = slot->inherited_timer = slot->asleep = 0;
    slot->folder_notes = 0;
    slot->call = CALL_NONE;
    __atomic_store_n(&slot->sequence, (sequence | 1) + 1, __ATOMIC_SEQ_CST);
}

static struct slot *take_free(int32_t pid, int32_t tid)
{
    for (uint32_t i = 0; i < SLOT_COUNT; i++) {
        struct slot *slot = &shared_page->slots[i];
        int32_t nobody = 0;
        if (!__atomic_compare_exchange_n(&slot->pid, &nobody, pid, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            continue;
        clear(slot);
        slot->birth = __atomic_add_fetch(&shared_page->births, 1, __ATOMIC_SEQ_CST);
        slot->tid = tid;
        uint32_t used = shared_page->slots_used;
        while (used < i + 1 && !__atomic_compare_exchange_n(&shared_page->slots_used, &used, i + 1, 0,
                                                            __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            ;
        return slot;
    }
    return NULL;
}

/* Whether a slot's process or thread is gone. Only the coordinator frees such slots. */
static int awaits_burial(const struct slot *slot)
{
    int32_t pid = slot->pid, tid = slot->tid;
    return pid > 0 && (process_is_dead(pid) || (tid > 0 && raw(SYS_tgkill, pid, tid, 0) == -ESRCH));
}

static int some_await_burial(void)
{
    for (uint32_t i = 0; i < SLOT_COUNT; i++)
        if (awaits_burial(&shared_page->slots[i]))
            return 1;
    return 0;
}

/* A client may create children faster than the coordinator removes the dead, so a full table does not mean that many
 * are alive. The wait is limited nevertheless: the coordinator may be gone. */
static struct slot *take(int32_t pid, int32_t tid)
{
    struct timespec pause = {0, BURIAL_PAUSE};
    struct slot *slot = NULL;
    if (is_elsewhere())
        return NULL;
    for (unsigned pauses = 0; !(slot = take_free(pid, tid)); pauses++) {
        if (shared_page->mode != MODE_VIRTUAL || pauses == BURIAL_PAUSES || !some_await_burial()) {
            shared_page->slotless = own_pid();
            ring();
            return NULL;
        }
        ring();
        raw(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &pause, NULL);
    }
    return slot;
}

static struct slot *spare_slot(int32_t pid, int32_t tid)
{
    clear(&spare);
    spare.pid = pid;
    spare.tid = tid;
    return &spare;
}

static struct slot *slot_of(int32_t pid, int32_t tid)
{
    for (uint32_t i = 0; i < shared_page->slots_used; i++)
        if (shared_page->slots[i].tid == tid && shared_page->slots[i].pid == pid)
            return &shared_page->slots[i];
    return NULL;
}

/* Make an announced slot ours. Another child of the same parent may have come first: one of each is announced. */
static int claim(struct slot *slot, int32_t pid, int32_t parent)
{
    int32_t announced = -parent;
    return slot->pid == pid ||
           __atomic_compare_exchange_n(&slot->pid, &announced, pid, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) ||
           announced == pid;
}

/* The slot that was announced for this child of vfork, made its own; NULL in any other process. */
static struct slot *lent_to(int32_t pid, int32_t tid)
{
    struct slot *slot = lent;
    if (is_own_process() || !slot || slot->birth != lent_birth || !claim(slot, pid, (int32_t)raw(SYS_getppid)))
        return NULL;
    slot->tid = tid;
    return slot;
}

struct slot *participant(void)
{
    if (confined)
        return mine ? mine : &spare;
    int32_t tid = own_tid();
    /* The child of a vfork shares this with its parent, and that of a bare clone() has a copy. */
    if (mine && mine->tid == tid)
        return mine;
    int32_t pid = own_pid();
    if (!is_elsewhere() && ((mine = slot_of(pid, tid)) || (mine = lent_to(pid, tid)) || (mine = take(pid, tid))))
        return mine;
    return mine = spare_slot(pid, tid);
}

/* A child of vfork may have put its own here. */
struct slot *process_slot(void)
{
    if (confined)
        return process ? process : &spare;
    int32_t pid = own_pid();
    if ((!process || process->pid != pid) && !(process = slot_of(pid, pid)))
        process = participant();
    return process;
}

int is_own_process(void)
{
    return process && process->pid == own_pid();
}

struct slot *announce_process(void)
{
    return confined ? NULL : take(-own_pid(), 0);
}

void announce_borrower(void)
{
    lent = announce_process();
    lent_birth = lent ? lent->birth : 0;
}

void borrower_is_known(void)
{
    if (!confined && !is_elsewhere())
        lent_to(own_pid(), 0);
}

struct slot *announce_thread(void)
{
    return confined ? NULL : take(own_pid(), 0);
}

static void give_back(struct slot *slot)
{
    clear(slot);
    __atomic_store_n(&slot->pid, 0, __ATOMIC_SEQ_CST);
}

void announced_as(struct slot *slot, int32_t pid)
{
    if (!slot)
        return;
    int32_t own = own_pid(), announced = -own;
    /* The child may have come up by now and have put its own pid here, or another child of ours may have. */
    int unclaimed = __atomic_compare_exchange_n(&slot->pid, &announced, pid > 0 ? pid : own, 0, __ATOMIC_SEQ_CST,
                                                __ATOMIC_SEQ_CST);
    if (pid <= 0 && (unclaimed || announced == own))
        give_back(slot);
    ring();
}

void adopt(struct slot *slot)
{
    mine = NULL;
    if (confined)
        return;
    int32_t pid = own_pid(), tid = own_tid();
    if (slot && !is_elsewhere() && claim(slot, pid, forker)) {
        slot->tid = tid;
        mine = slot;
    }
}

void announce_fork(void)
{
    forker = confined ? 0 : own_pid();
    announced_child = announce_process();
}

struct slot *adopt_fork(void)
{
    adopt(announced_child);
    return process = participant(); /* one that is confined has a slot that nobody sees */
}

struct slot *forked_child(void)
{
    return announced_child;
}

/* The slot that waits for this process: the one that it had before it called exec, the one that its parent put its
 * pid into, or one that its parent announced without knowing the pid. */
static struct slot *expected(void)
{
    int32_t pid = own_pid(), parent = (int32_t)raw(SYS_getppid);
    for (uint32_t i = 0; i < shared_page->slots_used; i++) {
        struct slot *slot = &shared_page->slots[i];
        if (slot->pid == pid && (slot->tid == pid || slot->tid == 0))
            return slot;
    }
    for (uint32_t i = 0; i < shared_page->slots_used; i++)
        if (claim(&shared_page->slots[i], pid, parent))
            return &shared_page->slots[i];
    return NULL;
}

/* Threads end when their process calls exec, and with them what they waited for. */
static void forget_threads(void)
{
    for (uint32_t i = 0; i < shared_page->slots_used; i++)
        if (shared_page->slots[i].pid == own_pid() && &shared_page->slots[i] != mine)
            give_back(&shared_page->slots[i]);
}

void take_place(void)
{
    struct slot *slot = expected();
    if (slot) {
        uint64_t alarm_at = slot->alarm_at, interval = slot->alarm_interval;
        uint32_t inherited = slot->inherited_timer, notes = slot->folder_notes;
        int called_exec = slot->tid != 0;
        clear(slot);
        if (called_exec) { /* exec keeps the alarm, fork does not: POSIX alarm() */
            slot->alarm_at = alarm_at;
            slot->alarm_interval = interval;
            slot->inherited_timer = inherited;
            slot->folder_notes = notes;
        }
        slot->tid = own_tid();
    }
    mine = slot;
    process = participant();
    forget_threads();
}

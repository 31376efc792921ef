#include "coordinator.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "clock.h"
#include "participant.h"
#include "raw.h"

#define SLICES_BEFORE_A_CHECK 128

/* proc_pid_stat(5), "state". */
int process_is_dead(int32_t pid)
{
    char path[] = "/proc/0000000000/stat", said[256];
    char *digit = path + sizeof "/proc/0000000000" - 2;
    for (int32_t rest = pid; rest > 0; rest /= 10) /* leading zeros would give another name: removed below */
        *digit-- = (char)('0' + rest % 10);
    if (raw(SYS_kill, pid, 0) == -ESRCH)
        return 1;
    memmove(path + sizeof "/proc/" - 1, digit + 1, strlen(digit + 1) + 1);
    long fd = raw(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return 0;
    long size = raw(SYS_read, fd, said, sizeof said - 1);
    raw(SYS_close, fd);
    said[size > 0 ? size : 0] = 0;
    const char *name_end = strrchr(said, ')');
    return name_end && (name_end[2] == 'Z' || name_end[2] == 'X');
}

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

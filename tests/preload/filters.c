/* Installs a filter of system calls that ends it for a call that the library makes and the program does not, and then
 * waits for 0.3 s. Exit status 0: the wait took as long as it should.
 *
 * Usage: filters HOW WAY
 *
 *   HOW: prctl, seccomp (by syscall()), instruction (by a system call of its own, which nobody notices at once).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WAIT 300000000

static const char *how, *way;
static int descriptor, ends[2];
static volatile sig_atomic_t rung;

static int is(const char *word, const char *name)
{
    return strcmp(word, name) == 0;
}

static void ring(int number)
{
    (void)number;
    rung = 1;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long by_instruction(long number, long a, long b, long c)
{
    long result;
#if defined(__x86_64__)
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
#else
    register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    result = x0;
#endif
    return result;
}

static int install(void)
{
    static const int refused[] = {SYS_gettid, SYS_ppoll, SYS_prctl, SYS_rt_sigpending, SYS_rt_sigtimedwait,
                                  SYS_getitimer, SYS_getppid, SYS_tgkill, SYS_kill, SYS_clock_gettime};
    enum { COUNT = sizeof refused / sizeof *refused };
    struct sock_filter program[2 * COUNT + 2];
    struct sock_fprog filter = {2 * COUNT + 2, program};
    uint32_t action = is(how, "instruction") ? SECCOMP_RET_ERRNO | EPERM : SECCOMP_RET_KILL_PROCESS;
    program[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < COUNT; i++) {
        program[2 * i + 1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)refused[i], 0, 1);
        program[2 * i + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
    }
    program[2 * COUNT + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (is(how, "instruction"))
        return (int)by_instruction(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (long)&filter);
    if (is(how, "seccomp"))
        return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

static void prepare(void)
{
    struct itimerspec after = {.it_value = {0, WAIT}};
    timer_t timer;
    struct sigaction action = {.sa_handler = ring};
    sigaction(SIGALRM, &action, NULL);
    if (is(way, "an alarm that was set before"))
        ualarm(WAIT / 1000, 0);
    if (is(way, "a timer that was set before") && timer_create(CLOCK_MONOTONIC, NULL, &timer) == 0)
        timer_settime(timer, 0, &after, NULL);
    if (is(way, "a timerfd that was set before") && (descriptor = timerfd_create(CLOCK_MONOTONIC, 0)) >= 0)
        timerfd_settime(descriptor, 0, &after, NULL);
}

static void *wait_until(void *unused)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_nsec += WAIT;
    end.tv_sec += end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    pthread_mutex_lock(&mutex);
    pthread_cond_timedwait(&condition, &mutex, &end);
    return unused;
}

static int wait_once(void)
{
    struct timespec duration = {0, WAIT};
    uint64_t count;
    char octet;
    pthread_t thread;
    if (is(way, "nanosleep"))
        return nanosleep(&duration, NULL);
    if (is(way, "poll")) {
        struct pollfd pipe = {.fd = ends[0], .events = POLLIN};
        return poll(&pipe, 1, WAIT / 1000000);
    }
    if (is(way, "condition"))
        return wait_until(NULL) != NULL;
    if (is(way, "thread"))
        return pthread_create(&thread, NULL, wait_until, NULL) || pthread_join(thread, NULL);
    if (is(way, "child")) {
        pid_t child = fork();
        if (child == 0)
            _exit(nanosleep(&duration, NULL));
        return waitpid(child, NULL, 0) != child;
    }
    if (is(way, "a timerfd that was set before"))
        return read(descriptor, &count, sizeof count) != sizeof count;
    return !(read(ends[0], &octet, 1) < 0 && errno == EINTR && rung);
}

int main(int count, char **words)
{
    if (count != 3 || pipe(ends) != 0)
        return 2;
    how = words[1];
    way = words[2];
    prepare();
    if (install() != 0)
        return 3;
    if (is(way, "program"))
        return execlp("sleep", "sleep", "0.3", NULL);
    double began = now();
    if (wait_once() != 0)
        return 4;
    /* An instant before is no matter: what was set was set then. */
    return now() - began < 0.2 ? 5 : 0;
}

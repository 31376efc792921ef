/* Waits in one of many ways, and judges by its own CLOCK_MONOTONIC whether that took as long as it should.
 *
 * Usage: ways                     names every way, one a line
 *        ways WAY SECONDS LATE    waits SECONDS, a whole number; up to LATE more are right. The port is descriptor 0.
 *
 * Ends with 0 when the wait was right, 5 when it took another time, 6 when it ended for another reason than its time,
 * 77 when this machine doesn't have this way.
 */
#define _GNU_SOURCE
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define IGNORE(call)                                                                                                  \
    do {                                                                                                              \
        if (call) {                                                                                                   \
        }                                                                                                             \
    } while (0)

enum { RIGHT, OTHER_TIME = 5, OTHER_REASON = 6, NOT_HERE = 77 };

static int seconds;
/* How much longer than that a wait may last whose end is another thread's doing: on a busy machine that thread is late. */
#define LONGER 600
static char *words[5]; /* this program's own, for a way that starts it anew */
static volatile sig_atomic_t signals;
extern char **environ;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct timespec span(void)
{
    return (struct timespec){seconds, 0};
}

static struct timespec end_on(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    time.tv_sec += seconds;
    return time;
}

static void on_signal(int number)
{
    (void)number;
    signals++;
}

static void handle(int number)
{
    sigaction(number, &(struct sigaction){.sa_handler = on_signal}, NULL);
}

static sigset_t blocked(int number)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    return set;
}

/* A system call past libc. */
static long instruction(long number, const void *first, const void *second, long third, const void *fourth)
{
#ifdef __x86_64__
    long result;
    register const void *r10 __asm__("r10") = fourth;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(first), "S"(second), "d"(third), "r"(r10)
                     : "rcx", "r11", "memory");
    return result;
#else
    return syscall(number, first, second, third, fourth);
#endif
}

/* Two descriptors that belong together, and what puts an octet into the second. */
static int ends[2];

static void send_octet(void)
{
    IGNORE(write(ends[1], "x", 1));
}

static int octet_came(void)
{
    char octet;
    return read(ends[0], &octet, 1) == 1 ? RIGHT : OTHER_REASON;
}

static int pipe_without_octets(void)
{
    IGNORE(pipe(ends));
    return ends[0];
}

static int pair_without_octets(int type)
{
    IGNORE(socketpair(AF_UNIX, type, 0, ends));
    return ends[0];
}

/* A child that sleeps, does something, and ends. */
static pid_t child(void (*then)(void))
{
    pid_t pid = fork();
    if (pid)
        return pid;
    sleep(seconds);
    if (then)
        then();
    _exit(0);
}

static int timed_out(int is)
{
    return is ? RIGHT : OTHER_REASON;
}

/* Sleeping. */

static int way_sleep(void) { return timed_out(sleep(seconds) == 0); }

static int way_usleep(void)
{
    for (int i = 0; i < seconds; i++)
        usleep(999999), usleep(1);
    return RIGHT;
}

static int way_nanosleep(void)
{
    struct timespec time = span();
    return timed_out(nanosleep(&time, NULL) == 0);
}

static int way_clock_nanosleep(void)
{
    struct timespec time = span();
    return timed_out(clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL) == 0);
}

static int clock_nanosleep_until(clockid_t clock)
{
    struct timespec time = end_on(clock);
    return timed_out(clock_nanosleep(clock, TIMER_ABSTIME, &time, NULL) == 0);
}

static int way_clock_nanosleep_until(void) { return clock_nanosleep_until(CLOCK_MONOTONIC); }
static int way_clock_nanosleep_until_day(void) { return clock_nanosleep_until(CLOCK_REALTIME); }

static int way_nanosleep_syscall(void)
{
    struct timespec time = span();
    return timed_out(syscall(SYS_nanosleep, &time, NULL) == 0);
}

static int way_nanosleep_instruction(void)
{
    struct timespec time = span();
    return timed_out(instruction(SYS_nanosleep, &time, NULL, 0, NULL) == 0);
}

static int way_clock_nanosleep_syscall(void)
{
    struct timespec time = end_on(CLOCK_MONOTONIC);
    return timed_out(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == 0);
}

static int way_thrd_sleep(void)
{
    struct timespec time = span();
    return timed_out(thrd_sleep(&time, NULL) == 0);
}

static int way_look_at_clock(void)
{
    for (double begin = now(); now() < begin + seconds;)
        ;
    return RIGHT;
}

static int way_look_and_yield(void)
{
    for (double begin = now(); now() < begin + seconds;)
        sched_yield();
    return RIGHT;
}

static int way_look_and_usleep(void)
{
    for (double begin = now(); now() < begin + seconds;)
        usleep(10000);
    return RIGHT;
}

/* Waiting for descriptors. */

static int way_select(void)
{
    struct timeval time = {seconds, 0};
    return timed_out(select(0, NULL, NULL, NULL, &time) == 0);
}

static int way_select_port(void)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(0, &set);
    struct timeval time = {seconds, 0};
    return timed_out(select(1, &set, NULL, NULL, &time) == 0);
}

static int way_pselect(void)
{
    struct timespec time = span();
    return timed_out(pselect(0, NULL, NULL, NULL, &time, NULL) == 0);
}

static int way_poll(void) { return timed_out(poll(NULL, 0, seconds * 1000) == 0); }

static int way_poll_port(void) { return timed_out(poll(&(struct pollfd){0, POLLIN, 0}, 1, seconds * 1000) == 0); }

static int way_ppoll(void)
{
    struct timespec time = span();
    return timed_out(ppoll(NULL, 0, &time, NULL) == 0);
}

static int way_ppoll_syscall(void)
{
    struct timespec time = span();
    return timed_out(syscall(SYS_ppoll, NULL, 0, &time, NULL, 8) == 0);
}

static int way_epoll_wait(void)
{
    struct epoll_event event;
    return timed_out(epoll_wait(epoll_create1(0), &event, 1, seconds * 1000) == 0);
}

static int way_epoll_pwait(void)
{
    struct epoll_event event;
    return timed_out(epoll_pwait(epoll_create1(0), &event, 1, seconds * 1000, NULL) == 0);
}

static int way_epoll_pwait_syscall(void)
{
    struct epoll_event event;
    return timed_out(syscall(SYS_epoll_pwait, epoll_create1(0), &event, 1, seconds * 1000, NULL, 8) == 0);
}

static int way_pselect_syscall(void)
{
    struct timespec time = span();
    return timed_out(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &time, NULL) == 0);
}

static int way_epoll_pwait2(void)
{
    struct epoll_event event;
    struct timespec time = span();
    int count = epoll_pwait2(epoll_create1(0), &event, 1, &time, NULL);
    return count < 0 && errno == ENOSYS ? NOT_HERE : timed_out(count == 0);
}

static void limit_port(void)
{
    struct termios settings;
    tcgetattr(0, &settings);
    cfmakeraw(&settings);
    settings.c_cc[VMIN] = 0;
    settings.c_cc[VTIME] = (cc_t)(seconds * 10);
    tcsetattr(0, TCSANOW, &settings);
}

static int way_read_vtime(void)
{
    char octet;
    limit_port();
    return timed_out(read(0, &octet, 1) == 0);
}

static int way_readv_vtime(void)
{
    char octets[2];
    struct iovec parts[2] = {{octets, 1}, {octets + 1, 1}};
    limit_port();
    return timed_out(readv(0, parts, 2) == 0);
}

static void receive_limit(int option)
{
    struct timeval time = {seconds, 0};
    setsockopt(ends[option == SO_SNDTIMEO], SOL_SOCKET, option, &time, sizeof time);
}

static int way_recv_limit(void)
{
    char octet;
    pair_without_octets(SOCK_STREAM);
    receive_limit(SO_RCVTIMEO);
    return timed_out(recv(ends[0], &octet, 1, 0) < 0);
}

static int way_read_limit(void)
{
    char octet;
    pair_without_octets(SOCK_STREAM);
    receive_limit(SO_RCVTIMEO);
    return timed_out(read(ends[0], &octet, 1) < 0);
}

static int way_accept_limit(void)
{
    struct sockaddr_un nowhere = {.sun_family = AF_UNIX};
    ends[0] = socket(AF_UNIX, SOCK_STREAM, 0);
    IGNORE(bind(ends[0], (struct sockaddr *)&nowhere, sizeof nowhere.sun_family)); /* unix(7), "Autobind feature" */
    IGNORE(listen(ends[0], 1));
    receive_limit(SO_RCVTIMEO);
    return timed_out(accept(ends[0], NULL, NULL) < 0 && errno == EAGAIN);
}

static int way_send_limit(void)
{
    static char octets[65536];
    pair_without_octets(SOCK_STREAM);
    receive_limit(SO_SNDTIMEO);
    while (send(ends[1], octets, sizeof octets, 0) == (ssize_t)sizeof octets)
        ;
    return timed_out(send(ends[1], octets, 1, MSG_DONTWAIT) < 0);
}

static int way_recvmmsg(void)
{
    char octet;
    struct iovec room = {&octet, 1};
    struct mmsghdr message = {.msg_hdr = {.msg_iov = &room, .msg_iovlen = 1}};
    pair_without_octets(SOCK_DGRAM);
    child(send_octet);
    return timed_out(recvmmsg(ends[0], &message, 1, 0, NULL) == 1);
}

/* Timers that are descriptors. */

static int timer_descriptor(clockid_t clock, int flags, int seconds_more)
{
    struct itimerspec when = {.it_value = {seconds + seconds_more, 0}};
    int timer = timerfd_create(clock, flags);
    timerfd_settime(timer, 0, &when, NULL);
    return timer;
}

static int expired(int timer)
{
    uint64_t count;
    return timed_out(read(timer, &count, sizeof count) == sizeof count && count == 1);
}

static int way_timerfd_read(void) { return expired(timer_descriptor(CLOCK_MONOTONIC, 0, 0)); }

static int way_timerfd_copied(void)
{
    int timer = timer_descriptor(CLOCK_MONOTONIC, 0, 0), copy = dup(timer);
    close(timer);
    return expired(copy);
}

static int way_timerfd_until_day(void)
{
    struct itimerspec when = {.it_value = end_on(CLOCK_REALTIME)};
    int timer = timerfd_create(CLOCK_REALTIME, 0);
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
    return expired(timer);
}

static int way_timerfd_interval(void)
{
    struct itimerspec when = {{0, 100000000}, {0, 100000000}};
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    uint64_t count;
    timerfd_settime(timer, 0, &when, NULL);
    for (int left = seconds * 10; left > 0; left -= (int)count)
        if (read(timer, &count, sizeof count) != sizeof count)
            return OTHER_REASON;
    return RIGHT;
}

static int way_timerfd_poll(void)
{
    struct pollfd timer = {timer_descriptor(CLOCK_MONOTONIC, 0, 0), POLLIN, 0};
    return timed_out(poll(&timer, 1, -1) == 1);
}

static int timers_in_epoll(int many)
{
    struct epoll_event event = {.events = EPOLLIN};
    int all = epoll_create1(0);
    for (int i = 0; i < many; i++) {
        event.data.fd = timer_descriptor(CLOCK_MONOTONIC, TFD_NONBLOCK, i ? i : 0);
        epoll_ctl(all, EPOLL_CTL_ADD, event.data.fd, &event);
    }
    return timed_out(epoll_wait(all, &event, 1, -1) == 1 && expired(event.data.fd) == RIGHT);
}

static int way_timerfd_epoll(void) { return timers_in_epoll(1); }
static int way_timerfd_seventy(void) { return timers_in_epoll(70); }

static int way_timerfd_inherited(void)
{
    int timer = timer_descriptor(CLOCK_MONOTONIC, 0, 0);
    pid_t pid = fork();
    if (!pid)
        _exit(expired(timer));
    int status;
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : OTHER_REASON;
}

static int way_timerfd_exec(void)
{
    static char given[16];
    snprintf(given, sizeof given, "%d", timer_descriptor(CLOCK_MONOTONIC, 0, 0));
    setenv("WAYS_TIMER", given, 1);
    execv("/proc/self/exe", words);
    return OTHER_REASON;
}

static int way_timerfd_syscall(void)
{
    struct itimerspec when = {.it_value = span()};
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    syscall(SYS_timerfd_settime, timer, 0, &when, NULL);
    return expired(timer);
}

/* Signals. */

static int interrupted(void)
{
    pause();
    return timed_out(signals == 1);
}

static int way_alarm(void)
{
    handle(SIGALRM);
    alarm((unsigned)seconds);
    return interrupted();
}

static int way_alarm_read(void)
{
    char octet;
    handle(SIGALRM);
    alarm((unsigned)seconds);
    return timed_out(read(0, &octet, 1) < 0 && errno == EINTR);
}

static int way_alarm_syscall(void)
{
    handle(SIGALRM);
#ifdef SYS_alarm
    syscall(SYS_alarm, seconds);
#else
    return NOT_HERE;
#endif
    return interrupted();
}

static int way_alarm_instruction(void)
{
    struct itimerval when = {.it_value = {seconds, 0}};
    handle(SIGALRM);
    instruction(SYS_setitimer, (const void *)ITIMER_REAL, &when, 0, NULL);
    return interrupted();
}

static int way_setitimer(void)
{
    struct itimerval when = {.it_value = {seconds, 0}};
    handle(SIGALRM);
    setitimer(ITIMER_REAL, &when, NULL);
    return interrupted();
}

static int way_ualarm(void)
{
    handle(SIGALRM);
    ualarm(500000, 500000);
    while (signals < seconds * 2)
        pause();
    return RIGHT;
}

static int way_signalfd(void)
{
    sigset_t set = blocked(SIGALRM);
    struct signalfd_siginfo signal;
    int waiting = signalfd(-1, &set, 0);
    alarm((unsigned)seconds);
    return timed_out(read(waiting, &signal, sizeof signal) == sizeof signal);
}

static int way_sigtimedwait(void)
{
    sigset_t set = blocked(SIGUSR1);
    struct timespec time = span();
    return timed_out(sigtimedwait(&set, NULL, &time) < 0 && errno == EAGAIN);
}

static int way_sigwait_child(void)
{
    sigset_t set = blocked(SIGCHLD);
    int number;
    child(NULL);
    return timed_out(sigwait(&set, &number) == 0);
}

static void signal_parent(void) { kill(getppid(), SIGUSR1); }

static int way_signal_child(void)
{
    sigset_t set = blocked(SIGUSR1), none;
    sigemptyset(&none);
    (void)set;
    handle(SIGUSR1);
    child(signal_parent);
    sigsuspend(&none);
    return timed_out(signals == 1);
}

static timer_t timer_with(struct sigevent *event)
{
    timer_t timer;
    struct itimerspec when = {.it_value = span()};
    timer_create(CLOCK_MONOTONIC, event, &timer);
    timer_settime(timer, 0, &when, NULL);
    return timer;
}

static int way_timer_signal(void)
{
    handle(SIGUSR1);
    timer_with(&(struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1});
    return interrupted();
}

static void notify(union sigval value)
{
    (void)value;
    send_octet();
}

static int way_timer_thread(void)
{
    pipe_without_octets();
    timer_with(&(struct sigevent){.sigev_notify = SIGEV_THREAD, .sigev_notify_function = notify});
    return octet_came();
}

static int way_timer_syscall(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    struct itimerspec when = {.it_value = span()};
    int timer;
    handle(SIGUSR1);
    syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer);
    syscall(SYS_timer_settime, timer, 0, &when, NULL);
    return interrupted();
}

static int way_timer_interval(void)
{
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    struct itimerspec when = {{0, 500000000}, {0, 500000000}};
    handle(SIGUSR1);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &when, NULL);
    while (signals < seconds * 2)
        pause();
    return RIGHT;
}

static int way_sigwaitinfo_child(void)
{
    sigset_t set = blocked(SIGCHLD);
    child(NULL);
    return timed_out(sigwaitinfo(&set, NULL) == SIGCHLD);
}

/* Threads and what they share. */

static int way_sem_timedwait(void)
{
    sem_t semaphore;
    struct timespec end = end_on(CLOCK_REALTIME);
    sem_init(&semaphore, 0, 0);
    return timed_out(sem_timedwait(&semaphore, &end) < 0 && errno == ETIMEDOUT);
}

static int way_sem_clockwait(void)
{
    sem_t semaphore;
    struct timespec end = end_on(CLOCK_MONOTONIC);
    sem_init(&semaphore, 0, 0);
    return timed_out(sem_clockwait(&semaphore, CLOCK_MONOTONIC, &end) < 0 && errno == ETIMEDOUT);
}

static pthread_barrier_t barrier;

static void *reach_barrier(void *argument)
{
    sleep((unsigned)seconds);
    pthread_barrier_wait(&barrier);
    return argument;
}

static int way_barrier(void)
{
    pthread_t thread;
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_create(&thread, NULL, reach_barrier, NULL);
    pthread_barrier_wait(&barrier);
    return RIGHT;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;

static void *keep_locks(void *ready)
{
    pthread_mutex_lock(&mutex);
    pthread_rwlock_wrlock(&rwlock);
    sem_post(ready);
    for (;;)
        pause();
    return NULL;
}

static void have_locks_kept(void)
{
    sem_t ready;
    pthread_t thread;
    sem_init(&ready, 0, 0);
    pthread_create(&thread, NULL, keep_locks, &ready);
    sem_wait(&ready);
}

static int way_mutex_clocklock(void)
{
    have_locks_kept();
    struct timespec end = end_on(CLOCK_MONOTONIC);
    return timed_out(pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &end) == ETIMEDOUT);
}

static int way_rwlock_clockrdlock(void)
{
    have_locks_kept();
    struct timespec end = end_on(CLOCK_MONOTONIC);
    return timed_out(pthread_rwlock_clockrdlock(&rwlock, CLOCK_MONOTONIC, &end) == ETIMEDOUT);
}

static int way_rwlock_clockwrlock(void)
{
    have_locks_kept();
    struct timespec end = end_on(CLOCK_MONOTONIC);
    return timed_out(pthread_rwlock_clockwrlock(&rwlock, CLOCK_MONOTONIC, &end) == ETIMEDOUT);
}

static int way_cond_clockwait(void)
{
    static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
    static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    struct timespec end = end_on(CLOCK_MONOTONIC);
    int error = 0;
    pthread_mutex_lock(&own);
    while (!error)
        error = pthread_cond_clockwait(&condition, &own, CLOCK_MONOTONIC, &end);
    return timed_out(error == ETIMEDOUT);
}

static void *sleep_forever(void *argument)
{
    for (;;)
        pause();
    return argument;
}

static int way_clockjoin(void)
{
    pthread_t thread;
    struct timespec end = end_on(CLOCK_MONOTONIC);
    pthread_create(&thread, NULL, sleep_forever, NULL);
    return timed_out(pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &end) == ETIMEDOUT);
}

static int way_mutex_timedlock(void)
{
    have_locks_kept();
    struct timespec end = end_on(CLOCK_REALTIME);
    return timed_out(pthread_mutex_timedlock(&mutex, &end) == ETIMEDOUT);
}

static int way_rwlock_timedrdlock(void)
{
    have_locks_kept();
    struct timespec end = end_on(CLOCK_REALTIME);
    return timed_out(pthread_rwlock_timedrdlock(&rwlock, &end) == ETIMEDOUT);
}

static int way_rwlock_timedwrlock(void)
{
    have_locks_kept();
    struct timespec end = end_on(CLOCK_REALTIME);
    return timed_out(pthread_rwlock_timedwrlock(&rwlock, &end) == ETIMEDOUT);
}

struct shared {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
    sem_t semaphore;
    uint32_t word;
    int done;
};

static struct shared *shared;

static void share(void)
{
    pthread_mutexattr_t for_mutex;
    pthread_condattr_t for_condition;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_init(&for_mutex);
    pthread_mutexattr_setpshared(&for_mutex, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&shared->mutex, &for_mutex);
    pthread_condattr_init(&for_condition);
    pthread_condattr_setpshared(&for_condition, PTHREAD_PROCESS_SHARED);
    pthread_cond_init(&shared->condition, &for_condition);
    sem_init(&shared->semaphore, 1, 0);
}

static int condition_times_out(pthread_cond_t *condition, pthread_mutex_t *of, clockid_t clock)
{
    struct timespec end = end_on(clock);
    int error = 0;
    pthread_mutex_lock(of);
    while (!error)
        error = pthread_cond_timedwait(condition, of, &end);
    return timed_out(error == ETIMEDOUT);
}

static int way_cond_timedwait(void)
{
    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    return condition_times_out(&condition, &mutex, CLOCK_REALTIME);
}

static int way_cond_monotonic(void)
{
    pthread_cond_t condition;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&condition, &attributes);
    return condition_times_out(&condition, &mutex, CLOCK_MONOTONIC);
}

static int way_cond_shared(void)
{
    share();
    return condition_times_out(&shared->condition, &shared->mutex, CLOCK_REALTIME);
}

static void signal_condition(void)
{
    pthread_mutex_lock(&shared->mutex);
    shared->done = 1;
    pthread_cond_signal(&shared->condition);
    pthread_mutex_unlock(&shared->mutex);
}

static int way_cond_shared_child(void)
{
    share();
    child(signal_condition);
    pthread_mutex_lock(&shared->mutex);
    while (!shared->done)
        pthread_cond_wait(&shared->condition, &shared->mutex);
    return RIGHT;
}

static void post(void) { sem_post(&shared->semaphore); }

static int way_sem_child(void)
{
    share();
    child(post);
    return timed_out(sem_wait(&shared->semaphore) == 0);
}

static int way_futex(void)
{
    uint32_t word = 0;
    struct timespec time = span();
    return timed_out(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &time, NULL, 0) < 0 && errno == ETIMEDOUT);
}

static int way_futex_bitset(void)
{
    uint32_t word = 0;
    struct timespec end = end_on(CLOCK_REALTIME);
    int operation = FUTEX_WAIT_BITSET_PRIVATE | FUTEX_CLOCK_REALTIME;
    return timed_out(syscall(SYS_futex, &word, operation, 0, &end, NULL, -1) < 0 && errno == ETIMEDOUT);
}

static int way_futex_instruction(void)
{
    uint32_t word = 0;
    struct timespec time = span();
    return timed_out(instruction(SYS_futex, &word, (const void *)FUTEX_WAIT_PRIVATE, 0, &time) == -ETIMEDOUT);
}

static void wake(void)
{
    shared->word = 1;
    syscall(SYS_futex, &shared->word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static int way_futex_child(void)
{
    share();
    child(wake);
    return timed_out(syscall(SYS_futex, &shared->word, FUTEX_WAIT, 0, NULL, NULL, 0) == 0);
}

static void *sleep_in_thread(void *unused)
{
    (void)unused;
    sleep((unsigned)seconds);
    return NULL;
}

static int way_join(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, sleep_in_thread, NULL);
    return timed_out(pthread_join(thread, NULL) == 0);
}

static void *wait_forever(void *unused)
{
    for (;;)
        pause();
    return unused;
}

static int way_timedjoin(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, wait_forever, NULL);
    struct timespec end = end_on(CLOCK_REALTIME);
    return timed_out(pthread_timedjoin_np(thread, NULL, &end) == ETIMEDOUT);
}

static int way_timedjoin_ended(void)
{
    pthread_t thread;
    struct timespec end = end_on(CLOCK_REALTIME);
    end.tv_sec += LONGER;
    pthread_create(&thread, NULL, sleep_in_thread, NULL);
    return timed_out(pthread_timedjoin_np(thread, NULL, &end) == 0);
}

static void *sleep_and_count(void *counter)
{
    uint64_t one = 1;
    sleep((unsigned)seconds);
    IGNORE(write(*(int *)counter, &one, sizeof one));
    return NULL;
}

static int way_eventfd_thread(void)
{
    int counter = eventfd(0, 0);
    pthread_t thread;
    pthread_create(&thread, NULL, sleep_and_count, &counter);
    return expired(counter);
}

static int way_cnd_timedwait(void)
{
    mtx_t of;
    cnd_t condition;
    struct timespec end = end_on(CLOCK_REALTIME);
    mtx_init(&of, mtx_plain);
    cnd_init(&condition);
    mtx_lock(&of);
    return timed_out(cnd_timedwait(&condition, &of, &end) == thrd_timedout);
}

static mtx_t c11_mutex;
static cnd_t c11_condition;
static int c11_done;

/* Computes for a while, so that whatever waits for this thread does so before it has called any function of libc's. */
static void compute(void)
{
    for (volatile unsigned long round = 0; round < 30000000UL; round++)
        ;
}

static int signal_in_c11(void *unused)
{
    (void)unused;
    compute();
    sleep((unsigned)seconds);
    mtx_lock(&c11_mutex);
    c11_done = 1;
    cnd_signal(&c11_condition);
    mtx_unlock(&c11_mutex);
    return 0;
}

static int way_cnd_timedwait_thread(void)
{
    thrd_t thread;
    struct timespec end = end_on(CLOCK_REALTIME);
    int error = thrd_success;
    end.tv_sec += LONGER;
    mtx_init(&c11_mutex, mtx_plain);
    cnd_init(&c11_condition);
    mtx_lock(&c11_mutex);
    thrd_create(&thread, signal_in_c11, NULL);
    while (!c11_done && error == thrd_success)
        error = cnd_timedwait(&c11_condition, &c11_mutex, &end);
    return timed_out(error == thrd_success);
}

static int way_mtx_timedlock(void)
{
    mtx_t of;
    struct timespec end = end_on(CLOCK_REALTIME);
    mtx_init(&of, mtx_timed);
    mtx_lock(&of);
    return timed_out(mtx_timedlock(&of, &end) == thrd_timedout);
}

static int sleep_in_c11_thread(void *unused)
{
    (void)unused;
    sleep((unsigned)seconds);
    return 0;
}

static int way_thrd_join(void)
{
    thrd_t thread;
    thrd_create(&thread, sleep_in_c11_thread, NULL);
    return timed_out(thrd_join(thread, NULL) == thrd_success);
}

static char stack[65536] __attribute__((aligned(16)));

static int sleep_in_clone(void *unused)
{
    struct timespec time = span();
    (void)unused;
    instruction(SYS_nanosleep, &time, NULL, 0, NULL);
    instruction(SYS_write, (const void *)(long)ends[1], "x", 1, NULL);
    instruction(SYS_exit, NULL, NULL, 0, NULL);
    return 0;
}

static int way_clone_thread(void)
{
    pipe_without_octets();
    clone(sleep_in_clone, stack + sizeof stack,
          CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, NULL);
    return octet_came();
}

/* Children. */

static int way_waitpid(void)
{
    pid_t pid = child(NULL);
    return timed_out(waitpid(pid, NULL, 0) == pid);
}

static int way_waitid(void)
{
    siginfo_t what;
    child(NULL);
    return timed_out(waitid(P_ALL, 0, &what, WEXITED) == 0);
}

static int way_pidfd(void)
{
    int waiting = (int)syscall(SYS_pidfd_open, child(NULL), 0);
    return waiting < 0 ? NOT_HERE : timed_out(poll(&(struct pollfd){waiting, POLLIN, 0}, 1, -1) == 1);
}

static int way_vfork(void)
{
    if (!vfork()) {
        sleep((unsigned)seconds);
        _exit(0);
    }
    return RIGHT;
}

static int way_spawn(void)
{
    char given[16], *command[] = {"sleep", given, NULL};
    pid_t pid;
    snprintf(given, sizeof given, "%d", seconds);
    IGNORE(posix_spawnp(&pid, "sleep", NULL, NULL, command, environ));
    return timed_out(waitpid(pid, NULL, 0) == pid);
}

static int way_system(void)
{
    char command[32];
    snprintf(command, sizeof command, "sleep %d", seconds);
    return timed_out(system(command) == 0);
}

static int way_fork_syscall(void)
{
#ifdef SYS_fork
    pid_t pid = (pid_t)syscall(SYS_fork);
    if (!pid) {
        struct timespec time = span();
        instruction(SYS_nanosleep, &time, NULL, 0, NULL);
        _exit(0);
    }
    return timed_out(waitpid(pid, NULL, 0) == pid);
#else
    return NOT_HERE;
#endif
}

static int way_pipe_child(void)
{
    pipe_without_octets();
    child(send_octet);
    return octet_came();
}

static int way_pipe_poll_child(void)
{
    pipe_without_octets();
    child(send_octet);
    return timed_out(poll(&(struct pollfd){ends[0], POLLIN, 0}, 1, -1) == 1);
}

static int way_socketpair_child(void)
{
    pair_without_octets(SOCK_STREAM);
    child(send_octet);
    return octet_came();
}

static int file_of_no_name(void) { return open("/tmp", O_TMPFILE | O_RDWR, 0600); }

static int way_flock_child(void)
{
    int file = file_of_no_name();
    char path[32], octet;
    pipe_without_octets();
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (!fork()) {
        flock(open(path, O_RDWR), LOCK_EX);
        send_octet();
        sleep((unsigned)seconds);
        _exit(0);
    }
    IGNORE(read(ends[0], &octet, 1));
    return timed_out(flock(file, LOCK_EX) == 0);
}

static int way_record_lock_child(void)
{
    struct flock lock = {.l_type = F_WRLCK};
    int file = file_of_no_name();
    char octet;
    pipe_without_octets();
    if (!fork()) {
        fcntl(file, F_SETLKW, &lock);
        send_octet();
        sleep((unsigned)seconds);
        _exit(0);
    }
    IGNORE(read(ends[0], &octet, 1));
    return timed_out(fcntl(file, F_SETLKW, &lock) == 0);
}

static int way_open_lock_child(void)
{
    struct flock lock = {.l_type = F_WRLCK};
    int file = file_of_no_name();
    char path[32], octet;
    pipe_without_octets();
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (!fork()) {
        fcntl(open(path, O_RDWR), F_OFD_SETLKW, &lock);
        send_octet();
        sleep((unsigned)seconds);
        _exit(0);
    }
    IGNORE(read(ends[0], &octet, 1));
    return timed_out(fcntl(file, F_OFD_SETLKW, &lock) == 0);
}

static int way_popen(void)
{
    char command[32];
    snprintf(command, sizeof command, "sleep %d", seconds);
    FILE *stream = popen(command, "r");
    return timed_out(stream && pclose(stream) == 0);
}

static void count_event(void)
{
    uint64_t one = 1;
    IGNORE(write(ends[1], &one, sizeof one));
}

static int way_eventfd_child(void)
{
    uint64_t count;
    ends[0] = ends[1] = eventfd(0, 0);
    child(count_event);
    return timed_out(read(ends[0], &count, sizeof count) == sizeof count);
}

static char folder[] = "/tmp/ways-XXXXXX";

static void remove_folder(void) { rmdir(folder); }

static int way_inotify_child(void)
{
    char event[512];
    IGNORE(mkdtemp(folder) == NULL);
    int watch = inotify_init1(0);
    inotify_add_watch(watch, folder, IN_DELETE_SELF);
    child(remove_folder);
    return timed_out(read(watch, event, sizeof event) > 0);
}

/* Queues, and what the kernel does meanwhile. */

static int way_semtimedop(void)
{
    int set = semget(IPC_PRIVATE, 1, 0600);
    struct sembuf take = {0, -1, 0};
    struct timespec time = span();
    int answer = semtimedop(set, &take, 1, &time), error = errno;
    semctl(set, 0, IPC_RMID);
    return timed_out(answer < 0 && error == EAGAIN);
}

static int message_queue;
static struct {
    long type;
    char text[4];
} message = {1, ""};

static void send_message(void) { msgsnd(message_queue, &message, sizeof message.text, 0); }

static int way_msgrcv_child(void)
{
    message_queue = msgget(IPC_PRIVATE, 0600);
    child(send_message);
    ssize_t length = msgrcv(message_queue, &message, sizeof message.text, 0, 0);
    msgctl(message_queue, IPC_RMID, NULL);
    return timed_out(length == (ssize_t)sizeof message.text);
}

static int semaphores;

static void release_semaphore(void) { semop(semaphores, &(struct sembuf){0, 1, 0}, 1); }

static int way_semop_child(void)
{
    semaphores = semget(IPC_PRIVATE, 1, 0600);
    child(release_semaphore);
    int answer = semop(semaphores, &(struct sembuf){0, -1, 0}, 1);
    semctl(semaphores, 0, IPC_RMID);
    return timed_out(answer == 0);
}

static mqd_t queue_of_no_name(void)
{
    struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 8};
    char name[32];
    snprintf(name, sizeof name, "/ways-%d", getpid());
    mqd_t queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
    if (queue != (mqd_t)-1)
        mq_unlink(name);
    return queue;
}

static int way_mq_timedsend(void)
{
    mqd_t queue = queue_of_no_name();
    if (queue == (mqd_t)-1)
        return NOT_HERE;
    mq_send(queue, "x", 1, 0);
    struct timespec end = end_on(CLOCK_REALTIME);
    return timed_out(mq_timedsend(queue, "x", 1, 0, &end) < 0 && errno == ETIMEDOUT);
}

static mqd_t queue;

static void send_to_queue(void) { mq_send(queue, "x", 1, 0); }

static int way_mq_receive_child(void)
{
    char text[8];
    queue = queue_of_no_name();
    if (queue == (mqd_t)-1)
        return NOT_HERE;
    child(send_to_queue);
    return timed_out(mq_receive(queue, text, sizeof text, NULL) == 1);
}

static int way_mq_notify_child(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    queue = queue_of_no_name();
    if (queue == (mqd_t)-1)
        return NOT_HERE;
    handle(SIGUSR1);
    mq_notify(queue, &event);
    child(send_to_queue);
    return interrupted();
}

static int way_mq_timedreceive(void)
{
    struct mq_attr attributes = {.mq_maxmsg = 2, .mq_msgsize = 8};
    char name[32], text[8];
    snprintf(name, sizeof name, "/ways-%d", getpid());
    mqd_t queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
    if (queue == (mqd_t)-1)
        return NOT_HERE;
    mq_unlink(name);
    struct timespec end = end_on(CLOCK_REALTIME);
    return timed_out(mq_timedreceive(queue, text, sizeof text, NULL, &end) < 0 && errno == ETIMEDOUT);
}

static int way_aio_suspend(void)
{
    static char octet;
    static struct aiocb request = {.aio_buf = &octet, .aio_nbytes = 1};
    const struct aiocb *list[] = {&request};
    request.aio_fildes = pipe_without_octets();
    aio_read(&request);
    struct timespec time = span();
    return timed_out(aio_suspend(list, 1, &time) < 0 && errno == EAGAIN);
}

static int way_io_uring(void)
{
    struct io_uring_params ring = {0};
    int descriptor = (int)syscall(SYS_io_uring_setup, 4, &ring);
    if (descriptor < 0)
        return NOT_HERE;
    struct io_uring_sqe *entry = mmap(NULL, ring.sq_entries * sizeof *entry, PROT_READ | PROT_WRITE, MAP_SHARED,
                                      descriptor, IORING_OFF_SQES);
    char *queue = mmap(NULL, ring.sq_off.array + ring.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor,
                       IORING_OFF_SQ_RING);
    struct timespec time = span();
    *entry = (struct io_uring_sqe){.opcode = IORING_OP_TIMEOUT, .addr = (uintptr_t)&time, .len = 1};
    *(uint32_t *)(queue + ring.sq_off.array) = 0;
    *(uint32_t *)(queue + ring.sq_off.tail) = 1;
    return timed_out(syscall(SYS_io_uring_enter, descriptor, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) >= 0);
}

static const struct way {
    const char *name;
    int (*wait)(void);
} ways[] = {
    {"sleep", way_sleep},
    {"usleep", way_usleep},
    {"nanosleep", way_nanosleep},
    {"clock_nanosleep", way_clock_nanosleep},
    {"clock_nanosleep until a time", way_clock_nanosleep_until},
    {"clock_nanosleep until an hour of the day", way_clock_nanosleep_until_day},
    {"thrd_sleep", way_thrd_sleep},
    {"nanosleep by syscall()", way_nanosleep_syscall},
    {"clock_nanosleep by syscall()", way_clock_nanosleep_syscall},
    {"nanosleep by an instruction", way_nanosleep_instruction},
    {"looking at the clock", way_look_at_clock},
    {"looking at the clock, and sched_yield", way_look_and_yield},
    {"looking at the clock, and usleep", way_look_and_usleep},
    {"select", way_select},
    {"select on the port", way_select_port},
    {"pselect", way_pselect},
    {"pselect by syscall()", way_pselect_syscall},
    {"poll", way_poll},
    {"poll on the port", way_poll_port},
    {"ppoll", way_ppoll},
    {"ppoll by syscall()", way_ppoll_syscall},
    {"epoll_wait", way_epoll_wait},
    {"epoll_pwait", way_epoll_pwait},
    {"epoll_pwait by syscall()", way_epoll_pwait_syscall},
    {"epoll_pwait2", way_epoll_pwait2},
    {"read with VTIME", way_read_vtime},
    {"readv with VTIME", way_readv_vtime},
    {"recv with SO_RCVTIMEO", way_recv_limit},
    {"read with SO_RCVTIMEO", way_read_limit},
    {"accept with SO_RCVTIMEO", way_accept_limit},
    {"send with SO_SNDTIMEO", way_send_limit},
    {"recvmmsg from a child", way_recvmmsg},
    {"timerfd, read", way_timerfd_read},
    {"timerfd, copied by dup", way_timerfd_copied},
    {"timerfd until an hour of the day", way_timerfd_until_day},
    {"timerfd with an interval", way_timerfd_interval},
    {"timerfd in poll", way_timerfd_poll},
    {"timerfd in epoll", way_timerfd_epoll},
    {"timerfd, 70 of them in epoll", way_timerfd_seventy},
    {"timerfd, inherited by a child", way_timerfd_inherited},
    {"timerfd, kept over exec", way_timerfd_exec},
    {"timerfd by syscall()", way_timerfd_syscall},
    {"alarm and pause", way_alarm},
    {"alarm during a read of the port", way_alarm_read},
    {"alarm by syscall()", way_alarm_syscall},
    {"setitimer by an instruction", way_alarm_instruction},
    {"setitimer", way_setitimer},
    {"ualarm", way_ualarm},
    {"alarm and signalfd", way_signalfd},
    {"timer_create with a signal", way_timer_signal},
    {"timer_create with a thread", way_timer_thread},
    {"timer_create with an interval", way_timer_interval},
    {"timer_create by syscall()", way_timer_syscall},
    {"sigtimedwait", way_sigtimedwait},
    {"sigwait for a child's end", way_sigwait_child},
    {"sigwaitinfo for a child's end", way_sigwaitinfo_child},
    {"sigsuspend for a child's signal", way_signal_child},
    {"sem_timedwait", way_sem_timedwait},
    {"sem_clockwait", way_sem_clockwait},
    {"sem_wait for a child", way_sem_child},
    {"pthread_cond_timedwait", way_cond_timedwait},
    {"pthread_cond_timedwait, monotonic", way_cond_monotonic},
    {"pthread_cond_timedwait, process-shared", way_cond_shared},
    {"pthread_cond_wait for a child", way_cond_shared_child},
    {"pthread_cond_clockwait", way_cond_clockwait},
    {"pthread_mutex_timedlock", way_mutex_timedlock},
    {"pthread_mutex_clocklock", way_mutex_clocklock},
    {"pthread_rwlock_timedrdlock", way_rwlock_timedrdlock},
    {"pthread_rwlock_timedwrlock", way_rwlock_timedwrlock},
    {"pthread_rwlock_clockrdlock", way_rwlock_clockrdlock},
    {"pthread_rwlock_clockwrlock", way_rwlock_clockwrlock},
    {"pthread_barrier_wait for a thread", way_barrier},
    {"pthread_join", way_join},
    {"pthread_timedjoin_np", way_timedjoin},
    {"pthread_clockjoin_np", way_clockjoin},
    {"pthread_timedjoin_np of a thread that ends", way_timedjoin_ended},
    {"eventfd from a thread", way_eventfd_thread},
    {"cnd_timedwait", way_cnd_timedwait},
    {"cnd_timedwait, signalled by a thread", way_cnd_timedwait_thread},
    {"mtx_timedlock", way_mtx_timedlock},
    {"thrd_join", way_thrd_join},
    {"futex by syscall()", way_futex},
    {"futex by syscall() until an hour of the day", way_futex_bitset},
    {"futex by an instruction", way_futex_instruction},
    {"futex by syscall() for a child", way_futex_child},
    {"a thread by clone", way_clone_thread},
    {"waitpid", way_waitpid},
    {"waitid", way_waitid},
    {"pidfd in poll", way_pidfd},
    {"vfork", way_vfork},
    {"posix_spawn of sleep(1)", way_spawn},
    {"system of sleep(1)", way_system},
    {"popen of sleep(1)", way_popen},
    {"a child by syscall()", way_fork_syscall},
    {"pipe from a child", way_pipe_child},
    {"pipe from a child, in poll", way_pipe_poll_child},
    {"socketpair from a child", way_socketpair_child},
    {"eventfd from a child", way_eventfd_child},
    {"inotify of what a child does", way_inotify_child},
    {"flock held by a child", way_flock_child},
    {"record lock held by a child", way_record_lock_child},
    {"open file description lock held by a child", way_open_lock_child},
    {"semtimedop", way_semtimedop},
    {"semop for a child", way_semop_child},
    {"msgrcv from a child", way_msgrcv_child},
    {"mq_timedreceive", way_mq_timedreceive},
    {"mq_timedsend", way_mq_timedsend},
    {"mq_receive from a child", way_mq_receive_child},
    {"mq_notify by a child's message", way_mq_notify_child},
    {"aio_suspend", way_aio_suspend},
    {"io_uring time-out", way_io_uring},
};

/* What came of a wait that began then. */
static int judged(int answer, double begin, double late)
{
    double took = now() - begin;
    fprintf(stderr, "took %.3f s\n", took);
    if (answer)
        return answer;
    return took < seconds - 0.001 || took > seconds + late ? OTHER_TIME : RIGHT;
}

/* This program anew, after the exec of the timer's way; its time began before. */
static int judged_after_exec(const char *timer, double late)
{
    double begin = atof(getenv("WAYS_BEGIN"));
    return judged(expired(atoi(timer)), begin, late);
}

int main(int count, char **arguments)
{
    if (count != 4) {
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
            puts(ways[i].name);
        return 0;
    }
    memcpy(words, arguments, sizeof *words * 4);
    seconds = atoi(arguments[2]);
    double begin = now(), late = atof(arguments[3]);
    const char *timer = getenv("WAYS_TIMER");
    if (timer)
        return judged_after_exec(timer, late);
    char said[32];
    snprintf(said, sizeof said, "%.9f", begin);
    setenv("WAYS_BEGIN", said, 1);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].name, arguments[1]) == 0)
            return judged(ways[i].wait(), begin, late);
    return 1;
}

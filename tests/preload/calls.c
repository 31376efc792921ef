/* Makes random calls of the kind that the clock library stands in for, and says what came of them, without times.
 * The same seed gives the same calls, so the same text has to come out whether and how the library is there.
 *
 * Usage: calls SEED COUNT TTY
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static uint64_t state;

static unsigned any(unsigned below)
{
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned)(state >> 33) % below;
}

enum { EMPTY, FULL, ENDED, WRITER, NOTHING, CLOSED, TTY, NONBLOCKING, DESCRIPTORS };
static int fds[DESCRIPTORS];
static int feed;
static int signals;
static int feeds_empty;

static void on_alarm(int number)
{
    int kept = errno;
    (void)number;
    signals++;
    if (feeds_empty && write(feed, "s", 1) != 1)
        abort();
    errno = kept;
}

static void set_up(const char *tty)
{
    int pair[2];
    if (pipe(pair))
        abort();
    fds[EMPTY] = pair[0];
    feed = pair[1];
    if (pipe(pair))
        abort();
    fds[FULL] = pair[0];
    fds[WRITER] = pair[1];
    if (write(pair[1], "0123456789", 10) != 10 || pipe(pair))
        abort();
    fds[ENDED] = pair[0];
    close(pair[1]);
    fds[NOTHING] = open("/dev/null", O_RDWR);
    fds[TTY] = open(tty, O_RDWR | O_NOCTTY);
    if (pipe2(pair, O_NONBLOCK))
        abort();
    fds[NONBLOCKING] = pair[0];
    fds[CLOSED] = 555;
}

static void alarm_in(int milliseconds, int restart, int feeding)
{
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = restart ? SA_RESTART : 0};
    /* Again after a while, for the first may come before the call has begun to wait. */
    struct itimerval timer = {.it_value = {.tv_usec = milliseconds * 1000}, .it_interval = {.tv_usec = 200000}};
    sigaction(SIGALRM, &action, NULL);
    feeds_empty = feeding;
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void no_alarm(void)
{
    struct itimerval none = {{0, 0}, {0, 0}};
    char rest[16];
    setitimer(ITIMER_REAL, &none, NULL);
    while (poll(&(struct pollfd){.fd = fds[EMPTY], .events = POLLIN}, 1, 0) > 0)
        if (read(fds[EMPTY], rest, sizeof rest) < 0)
            abort();
    feeds_empty = 0;
    signals = 0;
}

static void refill(void)
{
    int here = 0;
    ioctl(fds[FULL], FIONREAD, &here);
    if (here < 100 && write(fds[WRITER], "0123456789", 10) != 10)
        abort();
}

static const struct timespec *timeout(struct timespec *t)
{
    static const long nanoseconds[] = {0, 1000000, 3000000, 1000000000, -1};
    *t = (struct timespec){any(12) == 0 ? -1 : 0, nanoseconds[any(any(4) ? 3 : 5)]};
    return t;
}

static void said(const char *what, long answer)
{
    int error = answer < 0 ? errno : 0;
    printf("%s = %ld%s%s%s\n", what, answer, error ? " " : "", error ? strerror(error) : "",
           signals ? ", after a signal" : "");
}

static void call_poll(void)
{
    struct pollfd polled[3];
    struct timespec t;
    nfds_t count = any(4);
    for (nfds_t i = 0; i < count; i++)
        polled[i] = (struct pollfd){.fd = any(9) ? fds[any(DESCRIPTORS)] : -1, .events = (short)(any(2) ? POLLIN : POLLIN | POLLOUT)};
    if (any(2))
        said("poll", poll(polled, count, (int)any(4)));
    else
        said("ppoll", ppoll(polled, count, timeout(&t), NULL));
    for (nfds_t i = 0; i < count; i++)
        printf("  revents %d\n", polled[i].revents);
}

static void call_select(void)
{
    fd_set sets[3];
    struct timespec t;
    struct timeval short_time = {0, any(3) * 1000};
    sigset_t none;
    sigemptyset(&none);
    for (int i = 0; i < 3; i++)
        FD_ZERO(&sets[i]);
    for (int i = 0; i < 3; i++)
        FD_SET(fds[any(CLOSED)], &sets[any(3)]);
    if (any(10) == 0)
        FD_SET(fds[CLOSED], &sets[0]);
    if (any(2))
        said("select", select(600, &sets[0], any(2) ? &sets[1] : NULL, any(2) ? &sets[2] : NULL, &short_time));
    else
        said("pselect", pselect(600, &sets[0], &sets[1], NULL, timeout(&t), any(2) ? &none : NULL));
    for (int fd = 0; fd < 600; fd++)
        for (int i = 0; i < 3; i++)
            if (FD_ISSET(fd, &sets[i]))
                printf("  %d in %d\n", fd == fds[TTY] ? -2 : fd, i);
}

static void call_read(void)
{
    char octets[32] = "";
    int which = (int[]){FULL, ENDED, NOTHING, CLOSED, NONBLOCKING, WRITER}[any(6)];
    size_t size = any(9);
    if (any(3)) {
        said("read", read(fds[which], octets, size));
    } else {
        struct iovec parts[2] = {{octets, size / 2}, {octets + 16, size - size / 2}};
        said("readv", readv(fds[which], parts, 2));
    }
    printf("  '%s' '%s'\n", octets, octets + 16);
}

static void call_interrupted_read(void)
{
    char octets[8] = "";
    int restart = (int)any(2), feeding = restart || any(2);
    alarm_in(1 + (int)any(3), restart, feeding);
    said(restart ? "read restarted" : "read interrupted", read(fds[EMPTY], octets, 4));
    printf("  '%s'\n", octets);
    no_alarm();
}

static void call_interrupted(void)
{
    struct timespec second = {1, 0}, rest = {0, 0};
    struct timeval tv = {1, 0};
    fd_set set;
    struct pollfd polled = {.fd = fds[EMPTY], .events = POLLIN};
    sigset_t empty;
    sigemptyset(&empty);
    FD_ZERO(&set);
    FD_SET(fds[EMPTY], &set);
    alarm_in(1 + (int)any(3), (int)any(2), 0);
    switch (any(7)) {
    case 0:
        said("nanosleep", nanosleep(&second, &rest));
        printf("  rest %d\n", rest.tv_sec == 0 && rest.tv_nsec > 900000000);
        break;
    case 1:
        said("poll", poll(&polled, 1, 1000));
        break;
    case 2:
        said("select", select(600, &set, NULL, NULL, &tv));
        break;
    case 3:
        said("clock_nanosleep", -clock_nanosleep(CLOCK_MONOTONIC, 0, &second, NULL));
        break;
    case 4:
        said("pause", pause());
        break;
    case 5:
        said("sigsuspend", sigsuspend(&empty));
        break;
    default:
        said("sleep", (long)sleep(2));
    }
    no_alarm();
}

static void call_sleep(void)
{
    struct timespec t, now, rest = {7, 7};
    switch (any(5)) {
    case 0:
        said("nanosleep", nanosleep(timeout(&t)->tv_nsec == 1000000000 ? NULL : &t, &rest));
        break;
    case 1:
        said("clock_nanosleep", clock_nanosleep((clockid_t)any(2), 0, timeout(&t), NULL));
        break;
    case 2:
        clock_gettime(CLOCK_REALTIME, &now);
        now.tv_nsec = any(2) ? now.tv_nsec : 0;
        said("absolute", clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &now, NULL));
        break;
    case 3:
        said("usleep", usleep(any(3000)));
        break;
    default:
        said("sleep", (long)sleep(0));
    }
}

static void call_clock(void)
{
    struct timespec a, b;
    struct timeval tv;
    clockid_t clock = (clockid_t)(int[]){CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE,
                                         CLOCK_PROCESS_CPUTIME_ID, 99}[any(7)];
    long first = clock_gettime(clock, &a), second = clock_gettime(clock, &b);
    said("clock_gettime", first + second);
    if (first == 0)
        printf("  goes %d\n", b.tv_sec > a.tv_sec || (b.tv_sec == a.tv_sec && b.tv_nsec >= a.tv_nsec));
    said("gettimeofday", gettimeofday(&tv, NULL));
    time_t seconds = time(NULL);
    printf("  agree %d\n", labs(seconds - tv.tv_sec) <= 1);
}

static void call_epoll(void)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = 7}, events[4];
    struct timespec t;
    int epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, fds[EMPTY], &event);
    if (any(2))
        epoll_ctl(epoll, EPOLL_CTL_ADD, fds[FULL], &event);
    switch (any(3)) {
    case 0:
        said("epoll_wait", epoll_wait(any(8) ? epoll : fds[NOTHING], events, (int)any(4), (int)any(4)));
        break;
    case 1:
        said("epoll_pwait", epoll_pwait(epoll, events, 4, (int)any(4), NULL));
        break;
    default:
        said("epoll_pwait2", epoll_pwait2(epoll, events, 4, timeout(&t), NULL));
    }
    close(epoll);
}

static void call_child(void)
{
    int status = 0;
    fflush(stdout);
    pid_t pid = any(3) ? fork() : vfork();
    if (pid == 0)
        _exit(3);
    if (any(2)) {
        said("waitpid", waitpid(pid, &status, 0) == pid);
    } else {
        siginfo_t info;
        said("waitid", waitid(P_PID, (id_t)pid, &info, WEXITED));
        status = info.si_status << 8;
    }
    printf("  status %d\n", WEXITSTATUS(status));
    said("wait without children", wait(&status));
    said("waitpid WNOHANG", waitpid(-1, &status, WNOHANG));
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int flag;

static void *raise_flag(void *delay)
{
    usleep((useconds_t)(uintptr_t)delay);
    pthread_mutex_lock(&mutex);
    flag = 1;
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&mutex);
    return delay;
}

static struct timespec from_now(clockid_t clock, long milliseconds)
{
    struct timespec t;
    clock_gettime(clock, &t);
    t.tv_nsec += milliseconds * 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

static void call_threads(void)
{
    pthread_t thread;
    int comes = (int)any(2), error = 0;
    struct timespec end = from_now(CLOCK_REALTIME, comes ? 900 : 2);
    flag = 0;
    if (comes && pthread_create(&thread, NULL, raise_flag, (void *)(uintptr_t)any(2000)))
        abort();
    pthread_mutex_lock(&mutex);
    while (!flag && !error)
        error = pthread_cond_timedwait(&condition, &mutex, &end);
    said("pthread_cond_timedwait", error);
    pthread_mutex_unlock(&mutex);
    if (comes)
        said("pthread_join", pthread_join(thread, NULL));
}

static int cleaned;

static void clean(void *locked)
{
    cleaned++;
    if (locked)
        pthread_mutex_unlock(locked);
}

static void *wait_forever(void *way)
{
    struct timespec end = from_now(CLOCK_REALTIME, 100000), hour = {3600, 0};
    sem_t semaphore;
    char octet;
    sem_init(&semaphore, 0, 0);
    pthread_cleanup_push(clean, (uintptr_t)way == 3 ? &mutex : NULL);
    switch ((uintptr_t)way) {
    case 0:
        poll(NULL, 0, -1);
        break;
    case 1:
        nanosleep(&hour, NULL);
        break;
    case 2:
        sem_timedwait(&semaphore, &end);
        break;
    case 3:
        pthread_mutex_lock(&mutex);
        for (;;)
            pthread_cond_timedwait(&condition, &mutex, &end);
    default:
        said("read", read(fds[EMPTY], &octet, 1));
    }
    pthread_cleanup_pop(1);
    return NULL;
}

static void call_cancel(void)
{
    pthread_t thread;
    void *result;
    cleaned = 0;
    if (pthread_create(&thread, NULL, wait_forever, (void *)(uintptr_t)any(5)))
        abort();
    usleep(any(2) * 2000);
    said("pthread_cancel", pthread_cancel(thread));
    said("pthread_join", pthread_join(thread, &result));
    printf("  cancelled %d, cleaned %d, unlocked %d\n", result == PTHREAD_CANCELED, cleaned, pthread_mutex_trylock(&mutex));
    pthread_mutex_unlock(&mutex);
}

static void call_locks(void)
{
    sem_t semaphore;
    struct timespec end = from_now(CLOCK_REALTIME, (long)any(3));
    if (any(8) == 0)
        end.tv_nsec = -1;
    sem_init(&semaphore, 0, any(2));
    said("sem_timedwait", sem_timedwait(&semaphore, &end));
    sem_destroy(&semaphore);
    pthread_mutex_t own = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
    if (any(2))
        pthread_mutex_lock(&own);
    said("pthread_mutex_timedlock", pthread_mutex_timedlock(&own, &end));
}

static void call_timers(void)
{
    struct itimerspec set = {.it_value = {0, (long)any(3) * 1000000}}, old;
    uint64_t expirations = 0;
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    said("timerfd_settime", timerfd_settime(fd, 0, &set, NULL));
    said("poll timerfd", poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 20));
    said("read timerfd", read(fd, &expirations, sizeof expirations));
    printf("  expirations %d\n", (int)expirations);
    said("timerfd_gettime", timerfd_gettime(fd, &old));
    close(fd);
    struct itimerval timer = {.it_value = {5, 0}}, left;
    said("setitimer", setitimer(ITIMER_REAL, &timer, NULL));
    said("getitimer", getitimer(ITIMER_REAL, &left));
    printf("  left %d\n", left.it_value.tv_sec == 4 || (left.it_value.tv_sec == 5 && left.it_value.tv_usec == 0));
    said("alarm", (long)alarm(0));
    timer.it_value.tv_usec = 1000000;
    said("setitimer", setitimer(ITIMER_REAL, &timer, NULL));
}

static void call_signals(void)
{
    sigset_t set, old;
    struct timespec t;
    siginfo_t info;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    if (any(2))
        raise(SIGUSR1);
    else if (any(2)) {
        sigprocmask(SIG_SETMASK, &old, NULL);
        said("kill", kill(getpid(), 0));
        return;
    }
    int answer = sigtimedwait(&set, &info, timeout(&t));
    said("sigtimedwait", answer);
    t = (struct timespec){0, 0};
    sigtimedwait(&set, &info, &t);
    sigprocmask(SIG_SETMASK, &old, NULL);
}

static sigjmp_buf back;

static void jump(int number)
{
    (void)number;
    siglongjmp(back, 1);
}

static void call_jump(void)
{
    char octet;
    struct itimerval timer = {.it_value = {.tv_usec = 2000}, .it_interval = {.tv_usec = 200000}};
    signal(SIGALRM, jump);
    if (sigsetjmp(back, 1) == 0) {
        setitimer(ITIMER_REAL, &timer, NULL);
        said("read", read(fds[EMPTY], &octet, 1));
    } else {
        sigset_t mask;
        sigprocmask(SIG_SETMASK, NULL, &mask);
        no_alarm();
        printf("out of read, blocked %d\n", sigismember(&mask, SIGALRM));
    }
}

static void call_terminal(void)
{
    struct termios settings;
    char octets[8];
    tcgetattr(fds[TTY], &settings);
    cfmakeraw(&settings);
    settings.c_cc[VMIN] = 0;
    settings.c_cc[VTIME] = (cc_t)any(2);
    tcsetattr(fds[TTY], TCSANOW, &settings);
    said("read tty", read(fds[TTY], octets, sizeof octets));
    said("TIOCMGET of a pipe", ioctl(fds[FULL], TIOCMGET, octets));
    said("tcflush", tcflush(fds[TTY], TCIOFLUSH));
}

int main(int count, char **arguments)
{
    static void (*const calls[])(void) = {call_poll,    call_select, call_read,  call_interrupted_read,
                                          call_interrupted, call_sleep,  call_clock, call_epoll,
                                          call_child,   call_threads, call_locks, call_timers,
                                          call_signals, call_jump, call_terminal, call_cancel};
    if (count != 4)
        return 2;
    state = strtoull(arguments[1], NULL, 10);
    set_up(arguments[3]);
    for (long i = strtol(arguments[2], NULL, 10); i > 0; i--) {
        refill();
        errno = 0;
        calls[any(sizeof calls / sizeof *calls)]();
    }
    return 0;
}

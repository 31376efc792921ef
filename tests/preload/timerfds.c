/* Timers that are descriptors, with more than one descriptor, with none, and with more than one expiration to be read.
 *
 * Usage: timerfds WAY. Ends with 0, or says which line was not as it should be.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REQUIRE(condition)                                                                                            \
    do {                                                                                                              \
        if (!(condition)) {                                                                                           \
            printf("line %d: %s\n", __LINE__, #condition);                                                           \
            exit(1);                                                                                                  \
        }                                                                                                             \
    } while (0)

#define MILLISECOND 1000000ll
#define SECOND (1000 * MILLISECOND)

static struct timespec as_timespec(int64_t ns)
{
    return (struct timespec){ns / SECOND, ns % SECOND};
}

static int64_t now_on(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * SECOND + t.tv_nsec;
}

static int64_t begin;

/* Milliseconds since the program began. Looking at the clock may cost some nanoseconds. */
static int64_t passed(void)
{
    return (now_on(CLOCK_MONOTONIC) - begin) / MILLISECOND;
}

static void rest(int64_t ms)
{
    struct timespec t = as_timespec(ms * MILLISECOND);
    REQUIRE(nanosleep(&t, NULL) == 0);
}

static void set(int timer, int64_t ms, int64_t interval_ms)
{
    struct itimerspec when = {as_timespec(interval_ms * MILLISECOND), as_timespec(ms * MILLISECOND)};
    REQUIRE(timerfd_settime(timer, 0, &when, NULL) == 0);
}

static int new_timer(int64_t ms, int64_t interval_ms)
{
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    REQUIRE(timer >= 0);
    if (ms)
        set(timer, ms, interval_ms);
    return timer;
}

static uint64_t expirations(int timer)
{
    uint64_t count = 0;
    REQUIRE(read(timer, &count, sizeof count) == sizeof count);
    return count;
}

static int64_t left(int timer)
{
    struct itimerspec when;
    REQUIRE(timerfd_gettime(timer, &when) == 0);
    return (when.it_value.tv_sec * SECOND + when.it_value.tv_nsec) / MILLISECOND;
}

static int is_ready(int descriptor)
{
    return poll(&(struct pollfd){descriptor, POLLIN, 0}, 1, 0) == 1;
}

/* A second descriptor, by whatever makes one. */

static int by_dup(int timer) { return dup(timer); }
static int by_dup2(int timer) { return dup2(timer, 100); }
static int by_dup3(int timer) { return dup3(timer, 100, O_CLOEXEC); }
static int by_fcntl(int timer) { return fcntl(timer, F_DUPFD, 50); }
static int by_fcntl_cloexec(int timer) { return fcntl(timer, F_DUPFD_CLOEXEC, 50); }
static int by_syscall(int timer) { return (int)syscall(SYS_dup, timer); }

static void copied(int (*copy)(int))
{
    int first = new_timer(0, 0), second = copy(first);
    set(second, 3000, 0);
    REQUIRE(left(first) == 3000);
    rest(1000);
    REQUIRE(left(first) == 2000 && left(second) == 2000);
    REQUIRE(close(second) == 0);
    second = copy(first);
    REQUIRE(close(first) == 0);
    REQUIRE(left(second) == 2000);
    REQUIRE(expirations(second) == 1);
    REQUIRE(passed() == 3000);
    set(second, 1000, 0);
    REQUIRE(expirations(second) == 1);
    REQUIRE(passed() == 4000);
}

/* The number of a timer that is closed, taken by something else. */

static void by_close(int timer) { close(timer); }
static void by_range(int timer) { close_range((unsigned)timer, (unsigned)timer, 0); }
static void by_stdio(int timer) { fclose(fdopen(timer, "r")); }
static void by_closefrom(int timer) { closefrom(timer); }

static void reused(void (*lose)(int))
{
    int timer = new_timer(1000, 1000);
    lose(timer);
    REQUIRE(new_timer(0, 0) == timer);
    rest(2000);
    REQUIRE(!is_ready(timer) && left(timer) == 0);
    set(timer, 500, 0);
    REQUIRE(expirations(timer) == 1);
    REQUIRE(passed() == 2500);
    lose(timer);
    int ends[2];
    REQUIRE(pipe(ends) == 0 && ends[0] == timer);
    rest(500);
    REQUIRE(!is_ready(timer));
}

static void replaced(void)
{
    int timer = new_timer(1000, 0), other = new_timer(2000, 0), third = new_timer(9000, 0);
    REQUIRE(dup2(other, timer) == timer);
    REQUIRE(dup2(999, other) == -1 && errno == EBADF);
    REQUIRE(expirations(timer) == 1 && passed() == 2000);
    REQUIRE(dup2(third, third) == third && left(third) == 7000);
    REQUIRE(!is_ready(other));
}

/* Nothing is left that a closed timer could end: the program waits forever. */
static void closed(void)
{
    close(new_timer(1000, 1000));
    poll(NULL, 0, -1);
}

static void counted(void)
{
    int timer = new_timer(1000, 1000);
    rest(3500);
    REQUIRE(expirations(timer) == 3);
    REQUIRE(expirations(timer) == 1 && passed() == 4000);
    rest(2000);
    REQUIRE(is_ready(timer));
    rest(1000);
    REQUIRE(expirations(timer) == 3 && !is_ready(timer));
    rest(1000);
    set(timer, 500, 0);
    REQUIRE(!is_ready(timer));
    REQUIRE(expirations(timer) == 1 && passed() == 8500);
}

static void of_day(void)
{
    int timer = timerfd_create(CLOCK_REALTIME, 0);
    struct itimerspec when = {.it_value = as_timespec(now_on(CLOCK_REALTIME) + 2 * SECOND)};
    REQUIRE(timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL) == 0);
    REQUIRE(left(timer) == 2000);
    REQUIRE(expirations(timer) == 1 && passed() == 2000);
    when = (struct itimerspec){{10, 0}, as_timespec(now_on(CLOCK_REALTIME) - 25 * SECOND)};
    REQUIRE(timerfd_settime(timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL) == 0);
    REQUIRE(is_ready(timer) && left(timer) == 5000);
    REQUIRE(expirations(timer) == 3 && passed() == 2000);
    REQUIRE(expirations(timer) == 1 && passed() == 7000);
    REQUIRE(timerfd_settime(timer, 1 << 9, &when, NULL) == -1 && errno == EINVAL);
}

static void answer_of(pid_t child)
{
    int status;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void set_by_child(void)
{
    int timer = new_timer(0, 0);
    pid_t child = fork();
    if (!child) {
        set(timer, 1000, 1000);
        rest(2500);
        REQUIRE(expirations(timer) == 2);
        exit(0);
    }
    answer_of(child);
    REQUIRE(passed() == 2500);
}

static void set_before_fork(void)
{
    int timer = new_timer(100, 100);
    pid_t child = fork();
    if (!child) {
        rest(350);
        REQUIRE(expirations(timer) == 3);
        exit(0);
    }
    answer_of(child);
}

/* The parent has no descriptor of it any more, the child has. */
static void closed_by_parent(void)
{
    int timer = new_timer(1000, 0);
    pid_t child = fork();
    if (!child)
        exit(expirations(timer) == 1 ? 0 : 1);
    close(timer);
    answer_of(child);
}

/* The child of a vfork has descriptors of its own. */
static void closed_by_vfork(void)
{
    int timer = new_timer(1000, 1000);
    pid_t child = vfork();
    if (!child) {
        close(timer);
        _exit(0);
    }
    answer_of(child);
    REQUIRE(expirations(timer) == 1 && passed() == 1000);
}

static void executed(const char *program)
{
    char number[16];
    int timer = new_timer(1000, 100000);
    rest(1500);
    snprintf(number, sizeof number, "%d", timer);
    execl(program, program, "is read", number, (char *)NULL);
}

int main(int count, char **words)
{
    const char *way = count > 1 ? words[1] : "";
    begin = now_on(CLOCK_MONOTONIC);
#define WAY(name, call)                                                                                               \
    if (strcmp(way, name) == 0)                                                                                       \
        return call, 0
    WAY("dup", copied(by_dup));
    WAY("dup2", copied(by_dup2));
    WAY("dup3", copied(by_dup3));
    WAY("F_DUPFD", copied(by_fcntl));
    WAY("F_DUPFD_CLOEXEC", copied(by_fcntl_cloexec));
    WAY("dup by syscall()", copied(by_syscall));
    WAY("close", reused(by_close));
    WAY("close_range", reused(by_range));
    WAY("fclose", reused(by_stdio));
    WAY("closefrom", reused(by_closefrom));
    WAY("replaced", replaced());
    WAY("closed", closed());
    WAY("counted", counted());
    WAY("of day", of_day());
    WAY("set by child", set_by_child());
    WAY("set before fork", set_before_fork());
    WAY("closed by parent", closed_by_parent());
    WAY("closed by vfork", closed_by_vfork());
    WAY("exec", executed("/proc/self/exe"));
    WAY("is read", exit(expirations(atoi(words[2])) == 1 ? 0 : 1));
    return 2;
}

/* Tries to be passed over by a jump: something is always on its way to somebody at the very moment when everybody
 * seems to wait. Each way to say something across is one subcommand; each says "late" when it came in later than it
 * was sent.
 *
 * Usage: late WAY TIMES [LINE]
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000ll

static long times;
static long late;

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * SECOND + t.tv_nsec;
}

static void rest(int64_t ns)
{
    struct timespec t = {ns / SECOND, ns % SECOND};
    while (nanosleep(&t, &t) < 0 && errno == EINTR)
        ;
}

static int done(const char *way)
{
    if (late)
        printf("%s: late %ld of %ld\n", way, late, times);
    return late ? 1 : 0;
}

/* Send the time in pieces and sleep at once. */
static void send_times(int fd)
{
    for (long i = 0; i < times; i++) {
        char text[32];
        int size = snprintf(text, sizeof text, "%lld\n", (long long)now());
        if (write(fd, text, (size_t)size / 2) < 0 || write(fd, text + size / 2, (size_t)(size - size / 2)) < 0)
            abort();
        rest(SECOND);
    }
}

/* Take the times in; between two there is a second, and this end gives up after a little less, again and again. */
static void take_times(int fd, int by_epoll)
{
    char line[64];
    size_t size = 0;
    struct epoll_event event = {.events = EPOLLIN};
    int epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    for (long got = 0; got < times;) {
        struct pollfd polled = {.fd = fd, .events = POLLIN};
        int ready = by_epoll ? epoll_wait(epoll, &event, 1, 999) : poll(&polled, 1, 999);
        if (ready <= 0)
            continue;
        if (read(fd, line + size, 1) != 1)
            return;
        if (line[size++] != '\n')
            continue;
        line[size] = 0;
        size = 0;
        late += now() != strtoll(line, NULL, 10);
        got++;
    }
}

static int across(const char *way, int sending, int receiving, int by_epoll)
{
    pid_t child = fork();
    int status = 0;
    if (child == 0) {
        send_times(sending);
        _exit(0);
    }
    take_times(receiving, by_epoll);
    waitpid(child, &status, 0);
    return done(way);
}

static int by_pipe(void)
{
    int pair[2];
    return pipe(pair) ? 2 : across("pipe", pair[1], pair[0], 0);
}

static int by_socket(void)
{
    int pair[2];
    return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) ? 2 : across("socket", pair[1], pair[0], 1);
}

static int by_tcp(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listening = socket(AF_INET, SOCK_STREAM, 0), sending = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listening, (struct sockaddr *)&address, size) || listen(listening, 1) ||
        getsockname(listening, (struct sockaddr *)&address, &size) ||
        connect(sending, (struct sockaddr *)&address, size))
        return 2;
    return across("tcp", sending, accept(listening, NULL, NULL), 0);
}

static int by_terminal(int to_slave, int by_epoll)
{
    int master, slave;
    struct termios settings;
    if (openpty(&master, &slave, NULL, NULL, NULL))
        return 2;
    tcgetattr(slave, &settings);
    cfmakeraw(&settings);
    tcsetattr(slave, TCSANOW, &settings);
    return to_slave ? across("to slave", master, slave, by_epoll) : across("to master", slave, master, by_epoll);
}

/* Put a program that never reads on a terminal of its own. */
static pid_t start_idle(int *master, void (*idle)(void))
{
    pid_t child = forkpty(master, NULL, NULL, NULL);
    if (child == 0) {
        idle();
        _exit(0);
    }
    return child;
}

static void sleep_forever(void)
{
    for (;;)
        pause();
}

static int end(pid_t child, const char *way)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return done(way);
}

/* The terminal's own echo, made by the kernel on behalf of a program that sleeps. */
static int by_echo(void)
{
    int master;
    char echoed[16];
    pid_t child = start_idle(&master, sleep_forever);
    for (long i = 0; i < times; i++) {
        int64_t sent = now();
        struct pollfd polled = {.fd = master, .events = POLLIN};
        if (write(master, "x", 1) != 1)
            return 2;
        while (poll(&polled, 1, 50) == 0)
            ;
        late += now() != sent;
        if (read(master, echoed, sizeof echoed) <= 0)
            return 2;
    }
    return end(child, "echo");
}

static volatile sig_atomic_t signals;

static void count(int number)
{
    (void)number;
    signals++;
}

static int by_signal(void)
{
    struct sigaction action = {.sa_handler = count};
    int64_t *sent = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t parent = getpid();
    sigaction(SIGUSR1, &action, NULL);
    pid_t child = fork();
    if (child == 0) {
        rest(SECOND / 2);
        for (long i = 0; i < times; i++) {
            *sent = now();
            kill(parent, SIGUSR1);
            rest(SECOND);
        }
        _exit(0);
    }
    for (long i = 0; i < times; i++) {
        struct timespec longer = {3, 0};
        if (i % 2 ? nanosleep(&longer, NULL) == 0 : poll(NULL, 0, 3000) == 0)
            late++;
        late += now() != *sent;
    }
    return done("signal") | (signals != times) | (waitpid(child, NULL, 0) != child);
}

static int64_t *interrupted;

static void note_time(int number)
{
    (void)number;
    *interrupted = now();
    signals++;
}

static void take_interrupts(void)
{
    struct sigaction action = {.sa_handler = note_time};
    sigaction(SIGINT, &action, NULL);
    *interrupted = 1;
    sleep_forever();
}

/* The character that interrupts: the kernel turns it into a signal for a program that sleeps. */
static int by_interrupt(void)
{
    int master;
    char echoed[16];
    interrupted = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child = start_idle(&master, take_interrupts);
    while (*interrupted == 0)
        rest(1000);
    for (long i = 0; i < times; i++) {
        int64_t sent = now();
        if (write(master, "\003", 1) != 1)
            return 2;
        rest(1000);
        late += *interrupted != sent;
        if (read(master, echoed, sizeof echoed) <= 0)
            return 2;
    }
    return end(child, "interrupt");
}

static void read_lines(void)
{
    char line[64];
    *interrupted = 1;
    while (fgets(line, sizeof line, stdin))
        *interrupted = now();
}

/* A program that reads its terminal within stdio, past whatever stands in for read(). */
static int by_stdio(void)
{
    int master;
    interrupted = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child = start_idle(&master, read_lines);
    while (*interrupted == 0)
        rest(1000);
    for (long i = 0; i < times; i++) {
        int64_t sent = now();
        char echoed[64];
        if (write(master, "line\n", 5) != 5)
            return 2;
        rest(1000);
        late += *interrupted != sent;
        if (read(master, echoed, sizeof echoed) <= 0)
            return 2;
    }
    return end(child, "stdio");
}

static int by_exit(void)
{
    for (volatile long i = 0; i < times; i++) {
        int64_t before = now();
        pid_t child = i % 2 ? fork() : vfork();
        if (child == 0)
            _exit(0);
        waitpid(child, NULL, 0);
        late += now() != before;
    }
    return done("exit");
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static sem_t semaphore;
static int64_t told;

static void *tell(void *by_semaphore)
{
    for (long i = 0; i < times; i++) {
        rest(SECOND);
        pthread_mutex_lock(&mutex);
        told = now();
        pthread_mutex_unlock(&mutex);
        if (by_semaphore)
            sem_post(&semaphore);
        else
            pthread_cond_signal(&condition);
    }
    return NULL;
}

static struct timespec after(int64_t ns)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    ns += t.tv_nsec;
    return (struct timespec){t.tv_sec + ns / SECOND, ns % SECOND};
}

static int by_condition(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, tell, NULL))
        return 2;
    pthread_mutex_lock(&mutex);
    for (long i = 0; i < times; i++) {
        while (!told) {
            struct timespec end = after(SECOND / 3);
            pthread_cond_timedwait(&condition, &mutex, &end);
        }
        late += now() != told;
        told = 0;
    }
    pthread_mutex_unlock(&mutex);
    return done("condition") | pthread_join(thread, NULL);
}

static int by_semaphore(void)
{
    pthread_t thread;
    sem_init(&semaphore, 0, 0);
    if (pthread_create(&thread, NULL, tell, &semaphore))
        return 2;
    for (long i = 0; i < times; i++) {
        struct timespec end = after(SECOND / 3);
        while (sem_timedwait(&semaphore, &end) != 0)
            end = after(SECOND / 3);
        late += now() != told;
    }
    return done("semaphore") | pthread_join(thread, NULL);
}

/* The far end answers each line at the very instant at which this end gives up, or a nanosecond before. */
static int by_line(const char *path)
{
    int line = open(path, O_RDWR | O_NOCTTY);
    char answer[64];
    for (long i = 0; i < times; i++) {
        struct pollfd polled = {.fd = line, .events = POLLIN};
        if (write(line, "ask\n", 4) != 4)
            return 2;
        if (poll(&polled, 1, 1000) != 1) {
            late++;
            poll(&polled, 1, -1);
        }
        if (read(line, answer, sizeof answer) <= 0)
            return 2;
    }
    return done("line");
}

/* Say when each octet came in, for octets that come at any moment. */
static int stamp(const char *path)
{
    int line = open(path, O_RDWR | O_NOCTTY);
    for (long i = 0; i < times;) {
        struct pollfd polled = {.fd = line, .events = POLLIN};
        char octet;
        if (poll(&polled, 1, 250) > 0 && read(line, &octet, 1) == 1) {
            printf("%lld\n", (long long)now());
            i++;
        }
    }
    return 0;
}

int main(int count, char **arguments)
{
    const char *way = count > 2 ? arguments[1] : "";
    times = count > 2 ? strtol(arguments[2], NULL, 10) : 0;
    if (strcmp(way, "write") == 0 && count > 3)
        return send_times(open(arguments[3], O_RDWR | O_NOCTTY)), 0;
    if (strcmp(way, "line") == 0 && count > 3)
        return by_line(arguments[3]);
    if (strcmp(way, "stamp") == 0 && count > 3)
        return stamp(arguments[3]);
    return strcmp(way, "pipe") == 0        ? by_pipe()
           : strcmp(way, "socket") == 0    ? by_socket()
           : strcmp(way, "tcp") == 0       ? by_tcp()
           : strcmp(way, "slave") == 0     ? by_terminal(1, 0)
           : strcmp(way, "master") == 0    ? by_terminal(0, 0)
           : strcmp(way, "epoll slave") == 0  ? by_terminal(1, 1)
           : strcmp(way, "epoll master") == 0 ? by_terminal(0, 1)
           : strcmp(way, "echo") == 0      ? by_echo()
           : strcmp(way, "interrupt") == 0 ? by_interrupt()
           : strcmp(way, "stdio") == 0     ? by_stdio()
           : strcmp(way, "signal") == 0    ? by_signal()
           : strcmp(way, "exit") == 0      ? by_exit()
           : strcmp(way, "condition") == 0 ? by_condition()
           : strcmp(way, "semaphore") == 0 ? by_semaphore()
                                           : 2;
}

/* Waits that a timer or another thread or process ends. armed WAY
 *
 *   thread: a timer of two seconds starts a thread (SIGEV_THREAD), which posts the semaphore that the program waits for.
 *   thrice: the same three times, a second apart.
 *   receiving: a timer of three seconds interrupts a sleep in a call that the library does not stand in for.
 *   borrowed: the child of a vfork sleeps for three seconds.
 *   first: the first thread ends, another sleeps for three seconds.
 *   shared: a child signals a condition that processes share after three seconds.
 *   inherited: a child waits for a timer's descriptor that its parent set, which has ended.
 *   processor: a timer on processor time interrupts a computation.
 */
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static sem_t done;
static volatile sig_atomic_t rang;

static void expired(union sigval value)
{
    sem_post(value.sival_ptr);
}

static void on_signal(int number)
{
    rang = number;
}

static void set(clockid_t clock, struct sigevent *event, struct itimerspec at)
{
    timer_t timer;
    if (timer_create(clock, event, &timer) != 0 || timer_settime(timer, 0, &at, NULL) != 0)
        exit(9);
}

static int by_thread(int times)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = expired};
    struct itimerspec at = {.it_value = {times > 1 ? 1 : 2, 0}, .it_interval = {times > 1, 0}};
    event.sigev_value.sival_ptr = &done;
    sem_init(&done, 0, 0);
    set(CLOCK_MONOTONIC, &event, at);
    while (times-- > 0)
        sem_wait(&done);
    return 0;
}

static void *three_seconds(void *argument)
{
    sleep(3);
    return argument;
}

static void wait_for_a_timer_of_the_parent(void)
{
    struct itimerspec at = {.it_value = {0, 300000000}};
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    uint64_t expirations;
    timerfd_settime(timer, 0, &at, NULL);
    if (fork() == 0)
        _exit(read(timer, &expirations, sizeof expirations) == sizeof expirations ? 0 : 1);
    _exit(0);
}

static int inherited(void)
{
    int pair[2];
    char octet;
    if (pipe(pair) != 0)
        return 9;
    if (fork() == 0)
        wait_for_a_timer_of_the_parent();
    close(pair[1]);
    wait(NULL);
    return (int)read(pair[0], &octet, 1); /* until the grandchild has ended */
}

struct shared {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
    int done;
};

static int shared_condition(void)
{
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t mutex;
    pthread_condattr_t condition;
    struct timespec until;
    int error = 0;
    pthread_mutexattr_init(&mutex);
    pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&shared->mutex, &mutex);
    pthread_condattr_init(&condition);
    pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
    pthread_cond_init(&shared->condition, &condition);
    if (fork() == 0) {
        sleep(3);
        pthread_mutex_lock(&shared->mutex);
        shared->done = 1;
        pthread_cond_signal(&shared->condition);
        pthread_mutex_unlock(&shared->mutex);
        _exit(0);
    }
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 20;
    pthread_mutex_lock(&shared->mutex);
    while (!shared->done && !error)
        error = pthread_cond_timedwait(&shared->condition, &shared->mutex, &until);
    return error ? 1 : 0;
}

int main(int count, char **words)
{
    const char *way = count > 1 ? words[1] : "";
    struct sigaction action = {.sa_handler = on_signal};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    sigaction(SIGUSR1, &action, NULL);
    if (!strcmp(way, "thread") || !strcmp(way, "thrice"))
        return by_thread(!strcmp(way, "thrice") ? 3 : 1);
    if (!strcmp(way, "borrowed")) {
        if (vfork() == 0) {
            sleep(3);
            _exit(0);
        }
        return 0;
    }
    if (!strcmp(way, "first")) {
        pthread_t other;
        pthread_create(&other, NULL, three_seconds, NULL);
        pthread_exit(NULL);
    }
    if (!strcmp(way, "shared"))
        return shared_condition();
    if (!strcmp(way, "inherited"))
        return inherited();
    if (!strcmp(way, "receiving")) {
        int pair[2];
        char octet;
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
            return 9;
        set(CLOCK_MONOTONIC, &event, (struct itimerspec){.it_value = {3, 0}});
        return recv(pair[0], &octet, 1, 0) == -1 && rang ? 0 : 1;
    }
    if (!strcmp(way, "processor")) {
        set(CLOCK_PROCESS_CPUTIME_ID, &event, (struct itimerspec){.it_value = {0, 50000000}});
        while (!rang)
            ;
        return 0;
    }
    return 7;
}

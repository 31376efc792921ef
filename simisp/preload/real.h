/* libc's own functions, which this library replaces.
 *
 * A call that must behave exactly as without this library goes to libc and not to the kernel: libc's functions are
 * cancellation points, keep caches and pick the vDSO. They are looked up once, before main, because dlsym is not
 * async-signal-safe.
 */
#ifndef SIMISP_REAL_H
#define SIMISP_REAL_H

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#ifdef __GLIBC__
typedef enum __itimer_which itimer_which;
#else
typedef int itimer_which;
#endif

/* name, result, parameters. One row for each function whose original is needed. */
#define REAL_FUNCTIONS(F)                                                                                             \
    F(time, time_t, (time_t *))                                                                                       \
    F(gettimeofday, int, (struct timeval *, void *))                                                                  \
    F(clock_gettime, int, (clockid_t, struct timespec *))                                                             \
    F(timespec_get, int, (struct timespec *, int))                                                                    \
    F(times, clock_t, (struct tms *))                                                                                 \
    F(sleep, unsigned, (unsigned))                                                                                    \
    F(usleep, int, (useconds_t))                                                                                      \
    F(nanosleep, int, (const struct timespec *, struct timespec *))                                                   \
    F(clock_nanosleep, int, (clockid_t, int, const struct timespec *, struct timespec *))                             \
    F(alarm, unsigned, (unsigned))                                                                                    \
    F(ualarm, useconds_t, (useconds_t, useconds_t))                                                                   \
    F(setitimer, int, (itimer_which, const struct itimerval *, struct itimerval *))                                   \
    F(getitimer, int, (itimer_which, struct itimerval *))                                                             \
    F(poll, int, (struct pollfd *, nfds_t, int))                                                                      \
    F(ppoll, int, (struct pollfd *, nfds_t, const struct timespec *, const sigset_t *))                               \
    F(select, int, (int, fd_set *, fd_set *, fd_set *, struct timeval *))                                             \
    F(pselect, int, (int, fd_set *, fd_set *, fd_set *, const struct timespec *, const sigset_t *))                   \
    F(epoll_ctl, int, (int, int, int, struct epoll_event *))                                                          \
    F(epoll_wait, int, (int, struct epoll_event *, int, int))                                                         \
    F(epoll_pwait, int, (int, struct epoll_event *, int, int, const sigset_t *))                                      \
    F(epoll_pwait2, int, (int, struct epoll_event *, int, const struct timespec *, const sigset_t *))                 \
    F(read, ssize_t, (int, void *, size_t))                                                                           \
    F(readv, ssize_t, (int, const struct iovec *, int))                                                               \
    F(ioctl, int, (int, unsigned long, void *))                                                                       \
    F(sendmsg, ssize_t, (int, const struct msghdr *, int))                                                            \
    F(sendmmsg, int, (int, struct mmsghdr *, unsigned, int))                                                          \
    F(tcsetattr, int, (int, int, const struct termios *))                                                             \
    F(tcflush, int, (int, int))                                                                                       \
    F(tcdrain, int, (int))                                                                                            \
    F(tcsendbreak, int, (int, int))                                                                                   \
    F(pause, int, (void))                                                                                             \
    F(sigsuspend, int, (const sigset_t *))                                                                            \
    F(sigtimedwait, int, (const sigset_t *, siginfo_t *, const struct timespec *))                                    \
    F(sigwaitinfo, int, (const sigset_t *, siginfo_t *))                                                              \
    F(sigwait, int, (const sigset_t *, int *))                                                                        \
    F(fork, pid_t, (void))                                                                                            \
    F(close, int, (int))                                                                                              \
    F(close_range, int, (unsigned, unsigned, int))                                                                    \
    F(closefrom, void, (int))                                                                                         \
    F(dup, int, (int))                                                                                                \
    F(dup2, int, (int, int))                                                                                          \
    F(dup3, int, (int, int, int))                                                                                     \
    F(fcntl, int, (int, int, ...))                                                                                    \
    F(fcntl64, int, (int, int, ...))                                                                                  \
    F(vfork, pid_t, (void))                                                                                           \
    F(wait, pid_t, (int *))                                                                                           \
    F(waitpid, pid_t, (pid_t, int *, int))                                                                            \
    F(waitid, int, (idtype_t, id_t, siginfo_t *, int))                                                                \
    F(wait3, pid_t, (int *, int, struct rusage *))                                                                    \
    F(wait4, pid_t, (pid_t, int *, int, struct rusage *))                                                             \
    F(execve, int, (const char *, char *const[], char *const[]))                                                      \
    F(execv, int, (const char *, char *const[]))                                                                      \
    F(execvp, int, (const char *, char *const[]))                                                                     \
    F(execvpe, int, (const char *, char *const[], char *const[]))                                                     \
    F(fexecve, int, (int, char *const[], char *const[]))                                                              \
    F(posix_spawn, int,                                                                                               \
      (pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, char *const[],           \
       char *const[]))                                                                                                \
    F(posix_spawnp, int,                                                                                              \
      (pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, char *const[],           \
       char *const[]))                                                                                                \
    F(system, int, (const char *))                                                                                    \
    F(popen, FILE *, (const char *, const char *))                                                                    \
    F(pthread_create, int, (pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))                          \
    F(pthread_cancel, int, (pthread_t))                                                                               \
    F(pthread_mutex_timedlock, int, (pthread_mutex_t *, const struct timespec *))                                     \
    F(pthread_mutex_clocklock, int, (pthread_mutex_t *, clockid_t, const struct timespec *))                          \
    F(pthread_rwlock_timedrdlock, int, (pthread_rwlock_t *, const struct timespec *))                                 \
    F(pthread_rwlock_clockrdlock, int, (pthread_rwlock_t *, clockid_t, const struct timespec *))                      \
    F(pthread_rwlock_timedwrlock, int, (pthread_rwlock_t *, const struct timespec *))                                 \
    F(pthread_rwlock_clockwrlock, int, (pthread_rwlock_t *, clockid_t, const struct timespec *))                      \
    F(pthread_timedjoin_np, int, (pthread_t, void **, const struct timespec *))                                       \
    F(pthread_clockjoin_np, int, (pthread_t, void **, clockid_t, const struct timespec *))                            \
    F(pthread_cond_timedwait, int, (pthread_cond_t *, pthread_mutex_t *, const struct timespec *))                    \
    F(pthread_cond_clockwait, int, (pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *))         \
    F(pthread_cond_signal, int, (pthread_cond_t *))                                                                   \
    F(pthread_cond_broadcast, int, (pthread_cond_t *))                                                                \
    F(sem_timedwait, int, (sem_t *, const struct timespec *))                                                         \
    F(sem_clockwait, int, (sem_t *, clockid_t, const struct timespec *))                                              \
    F(timerfd_create, int, (int, int))                                                                                \
    F(timerfd_settime, int, (int, int, const struct itimerspec *, struct itimerspec *))                               \
    F(timerfd_gettime, int, (int, struct itimerspec *))                                                               \
    F(timer_create, int, (clockid_t, struct sigevent *, timer_t *))                                                   \
    F(timer_settime, int, (timer_t, int, const struct itimerspec *, struct itimerspec *))                             \
    F(timer_gettime, int, (timer_t, struct itimerspec *))                                                             \
    F(timer_delete, int, (timer_t))

#define REAL_POINTER(name, result, parameters) result(*name) parameters;
struct real_functions {
    REAL_FUNCTIONS(REAL_POINTER)
};
#undef REAL_POINTER

extern struct real_functions real;

/* Fill `real`. Runs before every constructor of ours; a second call does nothing. */
void real_resolve(void);

/* libc's own `name`. A constructor of another library may call us before ours ran. */
#define REAL(name) (real.name ? real.name : (real_resolve(), real.name))

/* The exported symbols; all others are hidden, so that they cannot clash with a program's. */
#define EXPORTED __attribute__((visibility("default")))

#endif

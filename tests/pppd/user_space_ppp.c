/* A preload library for the tests: it stands in for the PPP of the Linux kernel, so that an unmodified pppd speaks PPP
 * over any terminal on a machine whose kernel has none.
 *
 * pppd sees of the kernel /dev/ppp, the line discipline N_PPP and the network interface. Opening /dev/ppp yields an
 * eventfd, which pppd attaches first as the channel (LCP, authentication) and then, another one, as the unit (network
 * protocols). There is no thread: select(), in which pppd waits for everything, waits for the terminal in place of these
 * descriptors, and read() and write() on them take and give frames (RFC 1662). So pppd is one process with one wait, and
 * its time can be that of a simulation.
 *
 *   descriptor   read()                              write()
 *   channel      the next frame of protocol c000 on  a frame
 *   unit         the next frame of any protocol      a frame
 *                below, without IP
 *
 * What is left out: IP itself, compression, multilink, demand dialling. Addresses of the interface are accepted and go
 * nowhere. A terminal that has been hung up, or one without CLOCAL that has lost its carrier, reads as the end of file,
 * as the kernel has it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ppp-ioctl.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define FLAG 0x7e
#define ESCAPE 0x7d
#define GOOD_FCS 0xf0b8
#define LARGEST_FRAME 2048
#define QUEUE 64
#define OUR_INDEX 99

enum role { FREE, OPENED, CHANNEL, UNIT };

struct frame {
    int length;
    uint8_t octets[LARGEST_FRAME];
};

struct queue {
    int first, count;
    struct frame frames[QUEUE];
};

static enum role roles[FD_SETSIZE];
static struct queue for_channel, for_unit;
static int terminal = -1, discipline, hung_up, unit_flags;
static uint32_t escaped = 0xffffffff; /* the map of octets to be escaped in what is sent */
static uint32_t dropped = 0xffffffff; /* the map of octets that something on the line has put in, if they come unescaped */
static struct frame incoming;
static int is_escaped, is_overlong;

#define NEXT(name)                                     \
    ({                                                 \
        static __typeof__(&name) next;                 \
        if (!next)                                     \
            next = dlsym(RTLD_NEXT, #name);            \
        next;                                          \
    })

static enum role role_of(int descriptor)
{
    return descriptor >= 0 && descriptor < FD_SETSIZE ? roles[descriptor] : FREE;
}

static uint16_t fcs_of(const uint8_t *octets, int length)
{
    uint16_t fcs = 0xffff;
    for (int i = 0; i < length; i++) {
        fcs ^= octets[i];
        for (int bit = 0; bit < 8; bit++)
            fcs = fcs & 1 ? fcs >> 1 ^ 0x8408 : fcs >> 1;
    }
    return fcs;
}

/* Frames that come */

static void put(struct queue *queue, const uint8_t *octets, int length)
{
    if (queue->count == QUEUE)
        return;
    struct frame *frame = &queue->frames[(queue->first + queue->count++) % QUEUE];
    frame->length = length;
    memcpy(frame->octets, octets, length);
}

static void take_frame(const uint8_t *octets, int length)
{
    if (length < 4 || fcs_of(octets, length) != GOOD_FCS)
        return;
    length -= 2;
    if (octets[0] == 0xff && octets[1] == 0x03)
        octets += 2, length -= 2;
    uint8_t packet[LARGEST_FRAME + 1] = {0};
    int short_protocol = length > 0 && octets[0] & 1;
    if (length + short_protocol < 2)
        return;
    memcpy(packet + short_protocol, octets, length);
    int protocol = packet[0] << 8 | packet[1];
    if (protocol >= 0xc000)
        put(&for_channel, packet, length + short_protocol);
    else if (protocol != 0x0021 && protocol != 0x0057)
        put(&for_unit, packet, length + short_protocol);
}

static void take_octet(uint8_t octet)
{
    if (octet == FLAG) {
        if (!is_escaped && !is_overlong)
            take_frame(incoming.octets, incoming.length);
        incoming.length = is_escaped = is_overlong = 0;
    } else if (octet == ESCAPE) {
        is_escaped = 1;
    } else if (octet < 0x20 && dropped >> octet & 1) {
        return;
    } else if (incoming.length == LARGEST_FRAME) {
        is_overlong = 1;
    } else {
        incoming.octets[incoming.length++] = is_escaped ? octet ^ 0x20 : octet;
        is_escaped = 0;
    }
}

static void look_for_carrier(void)
{
    struct termios settings;
    int circuits;
    if (tcgetattr(terminal, &settings) == 0 && !(settings.c_cflag & CLOCAL) &&
        NEXT(ioctl)(terminal, TIOCMGET, &circuits) == 0 && !(circuits & TIOCM_CAR))
        hung_up = 1;
}

static void take_octets(void)
{
    uint8_t octets[4096];
    ssize_t count = NEXT(read)(terminal, octets, sizeof octets);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
        hung_up = 1;
    for (ssize_t i = 0; i < count; i++)
        take_octet(octets[i]);
    if (!hung_up)
        look_for_carrier();
}

static struct queue *queue_of(int descriptor)
{
    switch (role_of(descriptor)) {
    case CHANNEL: return &for_channel;
    case UNIT: return &for_unit;
    default: return NULL;
    }
}

ssize_t read(int descriptor, void *buffer, size_t size)
{
    struct queue *queue = queue_of(descriptor);
    if (!queue)
        return NEXT(read)(descriptor, buffer, size);
    if (queue->count) {
        struct frame *frame = &queue->frames[queue->first];
        size_t length = (size_t)frame->length < size ? (size_t)frame->length : size;
        memcpy(buffer, frame->octets, length);
        queue->first = (queue->first + 1) % QUEUE;
        queue->count--;
        return length;
    }
    if (hung_up && queue == &for_channel)
        return 0;
    errno = EAGAIN;
    return -1;
}

/* Frames that are sent */

static uint8_t *escape(uint8_t *end, uint8_t octet, uint32_t map)
{
    if (octet == FLAG || octet == ESCAPE || (octet < 0x20 && map >> octet & 1)) {
        *end++ = ESCAPE;
        octet ^= 0x20;
    }
    *end++ = octet;
    return end;
}

static void send_frame(const uint8_t *packet, int length)
{
    uint8_t frame[LARGEST_FRAME + 4] = {0xff, 0x03}, octets[2 * (LARGEST_FRAME + 4) + 2], *end = octets;
    uint32_t map = packet[0] == 0xc0 && packet[1] == 0x21 ? 0xffffffff : escaped;
    memcpy(frame + 2, packet, length);
    uint16_t fcs = ~fcs_of(frame, length + 2);
    frame[length + 2] = fcs & 0xff;
    frame[length + 3] = fcs >> 8;
    *end++ = FLAG;
    for (int i = 0; i < length + 4; i++)
        end = escape(end, frame[i], map);
    *end++ = FLAG;
    for (const uint8_t *from = octets; from < end;) {
        ssize_t count = NEXT(write)(terminal, from, end - from);
        if (count < 0 && errno != EINTR && errno != EAGAIN)
            return;
        if (count > 0)
            from += count;
        if (count < 0 && errno == EAGAIN) {
            fd_set writable;
            FD_ZERO(&writable);
            FD_SET(terminal, &writable);
            NEXT(select)(terminal + 1, NULL, &writable, NULL, NULL);
        }
    }
}

ssize_t write(int descriptor, const void *buffer, size_t size)
{
    if (!queue_of(descriptor))
        return NEXT(write)(descriptor, buffer, size);
    if (size < 2 || size > LARGEST_FRAME) {
        errno = EINVAL;
        return -1;
    }
    if (terminal >= 0 && !hung_up)
        send_frame(buffer, size);
    return size;
}

/* The wait for all */

static int has_something(int descriptor)
{
    struct queue *queue = queue_of(descriptor);
    return queue && (queue->count || (hung_up && queue == &for_channel));
}

/* Return how many of the emulated descriptors in `asked` can be read, and put them into `ready`. */
static int readable(int limit, const fd_set *asked, fd_set *ready)
{
    int count = 0;
    for (int descriptor = 0; descriptor < limit; descriptor++)
        if (FD_ISSET(descriptor, asked) && has_something(descriptor)) {
            FD_SET(descriptor, ready);
            count++;
        }
    return count;
}

static struct timespec monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now;
}

int select(int limit, fd_set *reads, fd_set *writes, fd_set *exceptions, struct timeval *timeout)
{
    fd_set asked, others;
    int emulated = 0;
    if (!reads || terminal < 0)
        return NEXT(select)(limit, reads, writes, exceptions, timeout);
    asked = others = *reads;
    for (int descriptor = 0; descriptor < limit; descriptor++)
        if (FD_ISSET(descriptor, reads) && queue_of(descriptor)) {
            FD_CLR(descriptor, &others);
            emulated++;
        }
    if (!emulated)
        return NEXT(select)(limit, reads, writes, exceptions, timeout);
    int asks_terminal = FD_ISSET(terminal, &others);
    struct timespec began = monotonic();
    for (;;) {
        fd_set ready = others;
        struct timeval left = {0, 0};
        FD_ZERO(reads);
        int found = readable(limit, &asked, reads);
        if (!found && timeout) {
            struct timespec now = monotonic();
            int64_t passed = (now.tv_sec - began.tv_sec) * 1000000LL + (now.tv_nsec - began.tv_nsec) / 1000;
            int64_t rest = timeout->tv_sec * 1000000LL + timeout->tv_usec - passed;
            if (rest > 0)
                left = (struct timeval){rest / 1000000, rest % 1000000};
        }
        if (!hung_up)
            FD_SET(terminal, &ready);
        if (exceptions)
            FD_ZERO(exceptions);
        int top = terminal >= limit ? terminal + 1 : limit;
        int count = NEXT(select)(top, &ready, NULL, NULL, found || timeout ? &left : NULL);
        if (count < 0)
            return count;
        if (!hung_up && FD_ISSET(terminal, &ready)) {
            take_octets();
            if (!asks_terminal) {
                FD_CLR(terminal, &ready);
                count--;
            }
            FD_ZERO(reads);
            found = readable(limit, &asked, reads);
        }
        if (found || count > 0 || (timeout && left.tv_sec == 0 && left.tv_usec == 0)) {
            for (int descriptor = 0; descriptor < limit; descriptor++)
                if (FD_ISSET(descriptor, &ready))
                    FD_SET(descriptor, reads);
            return found + count;
        }
    }
}

/* /dev/ppp, the line discipline and the interface */

static int open_ppp(int flags)
{
    int descriptor = eventfd(0, EFD_NONBLOCK | (flags & O_CLOEXEC ? EFD_CLOEXEC : 0));
    if (descriptor >= FD_SETSIZE) {
        close(descriptor);
        errno = EMFILE;
        return -1;
    }
    if (descriptor >= 0)
        roles[descriptor] = OPENED;
    return descriptor;
}

static int is_ppp(const char *path)
{
    return strcmp(path, "/dev/ppp") == 0;
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    int mode = va_arg(arguments, int);
    va_end(arguments);
    return is_ppp(path) ? open_ppp(flags) : NEXT(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    int mode = va_arg(arguments, int);
    va_end(arguments);
    return is_ppp(path) ? open_ppp(flags) : NEXT(open64)(path, flags, mode);
}

int __open_2(const char *path, int flags)
{
    return open(path, flags, 0);
}

int __open64_2(const char *path, int flags)
{
    return open64(path, flags, 0);
}

int close(int descriptor)
{
    if (descriptor >= 0 && descriptor < FD_SETSIZE)
        roles[descriptor] = FREE;
    if (descriptor == terminal)
        terminal = -1;
    return NEXT(close)(descriptor);
}

static void begin(int descriptor)
{
    terminal = descriptor;
    escaped = dropped = 0xffffffff;
    for_channel.count = for_unit.count = 0;
    incoming.length = is_escaped = is_overlong = hung_up = 0;
}

static int set_discipline(int descriptor, int wanted)
{
    if (wanted == N_PPP) {
        begin(descriptor);
        /* What has come before belongs to PPP: the terminal itself stays in raw mode. */
    } else if (descriptor == terminal) {
        terminal = -1;
    } else {
        return NEXT(ioctl)(descriptor, TIOCSETD, &wanted);
    }
    discipline = wanted;
    return 0;
}

/* Answer a request for PPP; return whether it is one. */
static int ask_ppp(int descriptor, unsigned long request, void *argument, int *result)
{
    int *number = argument;
    *result = 0;
    switch (request) {
    case PPPIOCGCHAN: *number = 1; return 1;
    case PPPIOCATTCHAN: roles[descriptor] = CHANNEL; return 1;
    case PPPIOCNEWUNIT:
        if (*number < 0)
            *number = 0;
        roles[descriptor] = UNIT;
        return 1;
    case PPPIOCGUNIT: *number = 0; return 1;
    case PPPIOCSASYNCMAP: escaped = *(uint32_t *)argument; return 1;
    case PPPIOCSRASYNCMAP: dropped = *(uint32_t *)argument; return 1;
    case PPPIOCGASYNCMAP: *(uint32_t *)argument = escaped; return 1;
    case PPPIOCGXASYNCMAP: memset(argument, 0, sizeof(ext_accm)); return 1;
    case PPPIOCGFLAGS: *number = unit_flags; return 1;
    case PPPIOCSFLAGS: unit_flags = *number; return 1;
    case PPPIOCGIDLE: memset(argument, 0, sizeof(struct ppp_idle)); return 1;
    case PPPIOCGNPMODE: ((struct npioctl *)argument)->mode = NPMODE_PASS; return 1;
    case PPPIOCSCOMPRESS:
        errno = EINVAL;
        *result = -1;
        return 1;
    case PPPIOCCONNECT: case PPPIOCDISCONN: case PPPIOCDETACH: case PPPIOCATTACH: case PPPIOCSMRU:
    case PPPIOCSXASYNCMAP: case PPPIOCSNPMODE: case PPPIOCSDEBUG: case PPPIOCSMAXCID:
    case PPPIOCSMRRU:
        return 1;
    }
    return 0;
}

static int is_our_interface(const char *name)
{
    return strncmp(name, "ppp", 3) == 0;
}

/* Answer a request for the interface; return whether it is one. */
static int ask_interface(unsigned long request, struct ifreq *asked)
{
    if ((request & ~0xffUL) != 0x8900 || !asked)
        return 0;
    if (!is_our_interface(asked->ifr_name)) {
        /* struct in6_ifreq has no name: an address, the length of its prefix, the index. */
        return request == SIOCSIFADDR && ((const int *)asked)[5] == OUR_INDEX;
    }
    if (request == SIOCGIFFLAGS)
        asked->ifr_flags = IFF_POINTOPOINT | IFF_UP;
    if (request == SIOCGIFINDEX)
        asked->ifr_ifindex = OUR_INDEX;
    if (request == SIOCGPPPSTATS && asked->ifr_data)
        memset(asked->ifr_data, 0, sizeof(struct ppp_stats));
    return 1;
}

int ioctl(int descriptor, unsigned long request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    int result = 0;
    if (request == TIOCSETD && role_of(descriptor) == FREE)
        return set_discipline(descriptor, *(int *)argument);
    if (request == TIOCGETD && descriptor == terminal) {
        *(int *)argument = discipline;
        return 0;
    }
    if (ask_ppp(descriptor, request, argument, &result) || (terminal >= 0 && ask_interface(request, argument)))
        return result;
    return NEXT(ioctl)(descriptor, request, argument);
}

unsigned if_nametoindex(const char *name)
{
    return is_our_interface(name) ? OUR_INDEX : NEXT(if_nametoindex)(name);
}

char *if_indextoname(unsigned index, char name[IF_NAMESIZE])
{
    return index == OUR_INDEX ? strcpy(name, "ppp0") : NEXT(if_indextoname)(index, name);
}

/* lwIP's PPP as a client: its serial line is its standard input and output.
 *
 *   client USER PASSWORD
 *
 * It brings the link up, pings the other side once, and ends the link. What it comes to is on its standard error, a line
 * each: "up LOCAL REMOTE FIRST-DNS", "ping 1", and "over CODE", where CODE is lwIP's own for the end of a link. Its exit
 * status is 0 if the ping was answered. */
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lwip/dns.h"
#include "lwip/icmp.h"
#include "lwip/inet_chksum.h"
#include "lwip/init.h"
#include "lwip/raw.h"
#include "lwip/timeouts.h"
#include "netif/ppp/pppapi.h"
#include "netif/ppp/pppos.h"

static int is_up, is_over, was_answered, code;

u32_t sys_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (u32_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

u32_t sys_jiffies(void)
{
    return sys_now();
}

static u32_t put_out(ppp_pcb *pcb, u8_t *data, u32_t length, void *context)
{
    u32_t written = 0;
    while (written < length) {
        ssize_t count = write(1, data + written, length - written);
        if (count <= 0)
            break;
        written += (u32_t)count;
    }
    return written;
}

static void report(ppp_pcb *pcb, int error, void *context)
{
    struct netif *interface = ppp_netif(pcb);
    if (error == PPPERR_NONE) {
        is_up = 1;
        fprintf(stderr, "up %s ", ip4addr_ntoa(netif_ip4_addr(interface)));
        fprintf(stderr, "%s ", ip4addr_ntoa(netif_ip4_gw(interface)));
        fprintf(stderr, "%s\n", ipaddr_ntoa(dns_getserver(0)));
    } else {
        is_over = 1;
        code = error;
    }
}

static u8_t hear(void *context, struct raw_pcb *pcb, struct pbuf *packet, const ip_addr_t *from)
{
    struct icmp_echo_hdr header;
    if (pbuf_copy_partial(packet, &header, sizeof header, IP_HLEN) != sizeof header || ICMPH_TYPE(&header) != ICMP_ER)
        return 0;
    was_answered = 1;
    fprintf(stderr, "ping %d\n", lwip_ntohs(header.seqno));
    pbuf_free(packet);
    return 1;
}

static void ping(struct raw_pcb *pcb, const ip4_addr_t *where)
{
    struct pbuf *packet = pbuf_alloc(PBUF_IP, sizeof(struct icmp_echo_hdr) + 32, PBUF_RAM);
    struct icmp_echo_hdr *header = packet->payload;
    ip_addr_t address;
    memset(packet->payload, 0, packet->len);
    ICMPH_TYPE_SET(header, ICMP_ECHO);
    header->seqno = lwip_htons(1);
    header->chksum = inet_chksum(header, packet->len);
    ip_addr_copy_from_ip4(address, *where);
    raw_sendto(pcb, packet, &address);
    pbuf_free(packet);
}

int main(int count, char **words)
{
    struct netif interface;
    struct raw_pcb *pcb;
    ppp_pcb *link;
    int has_pinged = 0, is_closing = 0;

    if (count != 3)
        return 2;
    memset(&interface, 0, sizeof interface);
    srand((unsigned)getpid());
    lwip_init();
    pcb = raw_new(IP_PROTO_ICMP);
    raw_recv(pcb, hear, NULL);
    link = pppos_create(&interface, put_out, report, NULL);
    ppp_set_default(link);
    ppp_set_auth(link, PPPAUTHTYPE_ANY, words[1], words[2]);
    ppp_set_usepeerdns(link, 1);
    ppp_connect(link, 0);
    while (!is_over) {
        struct pollfd line = {.fd = 0, .events = POLLIN};
        u32_t due = sys_timeouts_sleeptime();
        if (poll(&line, 1, due > 1000 ? 1000 : (int)due) > 0) {
            u8_t data[512];
            ssize_t length = read(0, data, sizeof data);
            if (length <= 0)
                break;
            pppos_input(link, data, (int)length);
        }
        sys_check_timeouts();
        if (is_up && !has_pinged) {
            has_pinged = 1;
            ping(pcb, netif_ip4_gw(&interface));
        }
        if (was_answered && !is_closing) {
            is_closing = 1;
            ppp_close(link, 0);
        }
    }
    fprintf(stderr, "over %d\n", code);
    return !was_answered;
}

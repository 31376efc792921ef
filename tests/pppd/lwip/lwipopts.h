/* lwIP without an operating system, as the client side of PPP on a serial line. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_ARP 0
#define LWIP_ETHERNET 0
#define LWIP_ICMP 1
#define LWIP_RAW 1
#define LWIP_DNS 1
#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define PPP_SUPPORT 1
#define PPPOS_SUPPORT 1
#define PAP_SUPPORT 1
#define CHAP_SUPPORT 1
#define MSCHAP_SUPPORT 1
#define VJ_SUPPORT 1
#define LCP_ECHOINTERVAL 5
#define LWIP_PPP_DEBUG 0

#endif

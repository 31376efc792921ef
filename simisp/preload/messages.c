/* Messages of sockets, which may bring descriptors to other processes: unix(7), SCM_RIGHTS. */
#include "participant.h"
#include "real.h"

EXPORTED ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags)
{
    ssize_t answer = REAL(sendmsg)(descriptor, message, flags);
    if (answer >= 0 && message->msg_controllen)
        may_have_opened();
    return answer;
}

EXPORTED int sendmmsg(int descriptor, struct mmsghdr *messages, unsigned count, int flags)
{
    int answer = REAL(sendmmsg)(descriptor, messages, count, flags);
    for (int i = 0; i < answer; i++)
        if (messages[i].msg_hdr.msg_controllen)
            may_have_opened();
    return answer;
}

/* What has to be in order with the octets on a line: its settings and circuits. */
#ifndef SIMISP_SETTINGS_H
#define SIMISP_SETTINGS_H

/* Wait until nothing is under way any more, at this very instant of the run. */
void settle(void);

/* The same, when the descriptor is the line. Keeps errno. */
void settle_line(int descriptor);

/* Note that this process has changed the line, so that what it asks next is answered only after that has had its
 * effect: settle_changes(). */
void line_has_changed(void);
void settle_changes(void);

/* Have the kernel do an ioctl for which changes_settings(), in its place among the octets; note in the page what data
 * bits and parity a client asks the line for, which the kernel forgets. */
int change_settings(int descriptor, unsigned long request, void *settings);

/* Whether an ioctl changes a terminal's settings or flushes it: TCSETS(2const), TCFLSH(2const), TCSBRK(2const). */
int changes_settings(unsigned long request);

/* Whether an ioctl sends a break or begins one: TCSBRK(2const), TIOCSBRK(2const). */
int sends_break(unsigned long request, const void *argument);

/* Have the kernel send a break, which does nothing on a PTY, and count it for the simulator. */
int send_break(int descriptor, unsigned long request, void *argument);

/* Whether the kernel can read eight octets there: a client's pointer may lead nowhere. */
int can_be_read(const void *at);

#endif

/* What has to be in order with the octets on a line: its settings and circuits. */
#ifndef SIMISP_SETTINGS_H
#define SIMISP_SETTINGS_H

/* Wait until nothing is under way any more, at this very instant of the run. */
void settle(void);

/* The same, when the descriptor is the line. Keeps errno. */
void settle_line(int descriptor);

/* Whether an ioctl changes a terminal's settings or flushes it: TCSETS(2const), TCFLSH(2const), TCSBRK(2const). */
int changes_settings(unsigned long request);

#endif

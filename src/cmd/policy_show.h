/* policy_show.h: a policy file as it is, with the natural byte order beside each value. */
#ifndef ASSAY_CMD_POLICY_SHOW_H
#define ASSAY_CMD_POLICY_SHOW_H

/* Writes the text of a policy to standard output. Behind each line with hexadecimal values stands a
 * comment with the same values in natural (memory) order, so that it still is a policy file. */
void policy_show(const char *text);

#endif

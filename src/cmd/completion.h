/* completion.h: completion scripts, written from the tables of verbs and options. */
#ifndef ASSAY_CMD_COMPLETION_H
#define ASSAY_CMD_COMPLETION_H

#include "verbs.h"

/* Each writes a whole script to standard output. */
void completion_bash(void);
void completion_zsh(void);
void completion_fish(void);

/* ---- What all shells share ---- */

typedef void (*completion_writer)(const verb *v);

/* Calls `write` for each verb, and behind it for those that may follow it. */
void completion_each_verb(const verb *const *table, completion_writer write);

/* The words of a table of verbs, with spaces between. */
void completion_verbs(const verb *const *table);

/* The statuses that --accept takes, with spaces between. */
void completion_statuses(void);

#endif

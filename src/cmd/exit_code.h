/* exit_code.h: the exit codes of every assay command (decisions: "Verdicts, exit codes, JSON"). */
#ifndef ASSAY_CMD_EXIT_CODE_H
#define ASSAY_CMD_EXIT_CODE_H

typedef enum exit_code {
    EXIT_CODE_ACCEPTED = 0,     /* accepted; or done, for verbs that judge nothing */
    EXIT_CODE_NOT_ACCEPTED = 1, /* judged, and not accepted */
    EXIT_CODE_USAGE = 2,        /* wrong usage */
    EXIT_CODE_NOT_JUDGED = 3,   /* malformed, untrusted, inconsistent */
    EXIT_CODE_ENVIRONMENT = 4   /* file, network, memory */
} exit_code;

#endif

/* text_rows.h: headings and aligned rows of text for people. */
#ifndef ASSAY_CMD_TEXT_ROWS_H
#define ASSAY_CMD_TEXT_ROWS_H

#include "assay/base.h"

typedef enum text_colour { COLOUR_NONE, COLOUR_BOLD, COLOUR_GREEN, COLOUR_RED } text_colour;

/* A line in colour, when standard output is a terminal that shows it and NO_COLOR is not set. */
void text_line(text_colour colour, const char *format, ...) ASSAY_PRINTF(2, 3);

/* An empty line and a heading. */
void text_heading(const char *heading);

/* "  label            value"; empty values are left out. */
void text_row(const char *label, const char *format, ...) ASSAY_PRINTF(2, 3);

/* Bytes in hex; many zeros as "zeros (48 bytes)". */
void text_row_bytes(const char *label, assay_span bytes);

/* A point in time. */
void text_row_time(const char *label, int64_t time);

/* "  - sentence" */
void text_item(const char *sentence);

#endif

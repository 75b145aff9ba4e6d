/* inspect_text.h: what assay_inspect() found, as text for people. */
#ifndef ASSAY_CMD_INSPECT_TEXT_H
#define ASSAY_CMD_INSPECT_TEXT_H

/* Prints the library's own compact JSON as indented rows. Not a parser for text from outside. */
void inspect_text_print(const char *json);

#endif

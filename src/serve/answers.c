/* answers.c: of the collateral service. */
typedef int serve_answers_placeholder;

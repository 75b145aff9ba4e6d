/* suggest.c: the closest known word to a misspelt one. */
#include <string.h>

#include "base/span.h"
#include "base/suggest.h"

enum { LONGEST = 48, FURTHEST = 2 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Damerau-Levenshtein distance (adjacent swaps count one) of words up to LONGEST characters. */
static size_t distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t rows[3][LONGEST + 1]; /* this row and the two before it, in turn */
    for (size_t j = 0; j <= b_size; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *swap = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], swap[j - 2] + 1);
        }
    }
    return rows[a_size % 3][b_size];
}

const char *suggest_within(const char *word, const char *const *candidates, unsigned furthest)
{
    size_t size = strlen(word);
    const char *best = NULL;
    size_t best_distance = (size_t)furthest + 1;
    for (; size <= LONGEST && *candidates != NULL; candidates++) {
        size_t candidate_size = strlen(*candidates);
        if (candidate_size > LONGEST)
            continue;
        size_t d = distance(word, size, *candidates, candidate_size);
        if (d < best_distance && 2 * d < size) {
            best = *candidates;
            best_distance = d;
        }
    }
    return best;
}

const char *assay_suggest(const char *word, const char *const *candidates)
{
    return suggest_within(word, candidates, FURTHEST);
}

/* base_memory_test.c: the arena (src/base/memory.c). */
#include <stdalign.h>

#include "base/memory.h"
#include "support.h"

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    arena a = { 0 };
    for (size_t size = 1; size < 3000; size += 37) {
        uint8_t *p = arena_new(&a, size, 1);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
        assert_true(span_is_zero(span_of(p, size)));
        memset(p, 0xff, size);
    }
    arena_free(&a);
    uint8_t *p = memory_new(100);
    assert_true(span_is_zero(span_of(p, 100)));
    memory_free(p);
    memory_free(NULL);
}

static void pieces_do_not_overlap(void **state)
{
    (void)state;
    enum { PIECES = 1000, PIECE = 61 };
    static uint8_t *pieces[PIECES];
    arena a = { 0 };
    for (int i = 0; i < PIECES; i++) {
        pieces[i] = arena_new(&a, PIECE, 1);
        assert_non_null(pieces[i]);
        memset(pieces[i], i & 0xff, PIECE);
    }
    for (int i = 0; i < PIECES; i++) {
        for (int j = 0; j < PIECE; j++)
            assert_int_equal(pieces[i][j], i & 0xff);
    }
    arena_free(&a);
}

static void more_than_a_block_is_one_piece(void **state)
{
    (void)state;
    enum { LARGE = 100 * 1000 };
    arena a = { 0 };
    uint8_t *before = arena_new(&a, 10, 1), *large = arena_new(&a, LARGE, 1);
    uint8_t *behind = arena_new(&a, 10, 1);
    assert_true(before != NULL && large != NULL && behind != NULL);
    memset(before, 1, 10);
    memset(large, 2, LARGE);
    memset(behind, 3, 10);
    assert_int_equal(before[9], 1);
    assert_int_equal(large[LARGE - 1], 2);
    arena_free(&a);
}

static void sizes_do_not_wrap(void **state)
{
    (void)state;
    arena a = { 0 };
    assert_null(arena_new(&a, SIZE_MAX / 2 + 1, 2));
    assert_null(arena_new(&a, SIZE_MAX, SIZE_MAX));
    assert_null(arena_new(&a, SIZE_MAX, 1));
    assert_null(arena_text(&a, (assay_span) { NULL, SIZE_MAX }));
    assert_non_null(arena_new(&a, 1, 1));
    arena_free(&a);
}

static void copies_are_independent(void **state)
{
    (void)state;
    arena a = { 0 };
    char original[] = "fmspc";
    assay_span copy = arena_copy(&a, SPAN_TEXT(original));
    char *text = arena_text(&a, SPAN_TEXT(original));
    original[0] = 'x';
    assert_true(span_is(copy, "fmspc"));
    assert_string_equal(text, "fmspc");
    assert_null(arena_copy(&a, (assay_span) { NULL, 0 }).data);
    assert_string_equal(arena_text(&a, (assay_span) { NULL, 0 }), "");
    arena_free(&a);
}

static void a_freed_arena_is_usable_again(void **state)
{
    (void)state;
    arena a = { 0 };
    arena_free(&a);
    assert_non_null(arena_new(&a, 4, 4));
    arena_free(&a);
    assert_null(a.blocks);
    assert_non_null(arena_new(&a, 4, 4));
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(pieces_do_not_overlap),
        cmocka_unit_test(more_than_a_block_is_one_piece),
        cmocka_unit_test(sizes_do_not_wrap),
        cmocka_unit_test(copies_are_independent),
        cmocka_unit_test(a_freed_arena_is_usable_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

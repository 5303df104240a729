/* Products of few columns against plain loops: whole numbers, so sums are exact. */
#include "lift_test.h"

#include <string.h>

#include "test_memory.h"
#include "widen.h"

enum { LIFTS = 3, TOKENS = 40 };

static const int64_t ranks[LIFTS] = {16, 5, 33}, rows[LIFTS] = {9, 1, 20};

/* Rows of three adapters are strewn over one output; the rows of nobody stay. */
static void test_lift(ft_context *context, int64_t type, int64_t columns) {
    float *out = numbers(TOKENS * columns), *expected = bytes(TOKENS * columns * 4);
    int32_t *targets = bytes(TOKENS * 4);
    memcpy(expected, out, (size_t)(TOKENS * columns) * 4);
    for (int32_t i = 0; i < TOKENS; i++) {
        targets[i] = i * 7 % TOKENS; /* each once */
    }
    ft_lift_args *args = bytes((int64_t)(sizeof *args + LIFTS * sizeof(ft_lift)) + 4);
    args = (ft_lift_args *)((char *)args + 4);
    args->count = LIFTS;
    int64_t first = 0;
    for (int64_t i = 0; i < LIFTS; i++) {
        int64_t pair = ft_interleave(type), k = ranks[i];
        int64_t packed = (columns + 15) / 16 * 16 * ((k + pair - 1) / pair) * pair * ft_type_bytes(type);
        float *x = numbers(rows[i] * k), *w = numbers(columns * k);
        void *panels = bytes(packed);
        memset(panels, 0, (size_t)packed);
        ft_pack_args pack = {w, FT_F32, panels, type, columns, k};
        ft_pack(context, &pack);
        args->lifts[i] = (ft_lift){x, k, type, panels, columns, 0.5 * (double)(i + 1), targets + first, rows[i], out};
        for (int64_t r = 0; r < rows[i]; r++) {
            for (int64_t n = 0; n < columns; n++) {
                float sum = 0;
                for (int64_t j = 0; j < k; j++) {
                    sum += x[r * k + j] * w[n * k + j];
                }
                expected[targets[first + r] * columns + n] += 0.5f * (float)(i + 1) * sum;
            }
        }
        first += rows[i];
    }
    ft_add_lifted(context, args);
    for (int64_t i = 0; i < TOKENS * columns; i++) {
        check(out[i] == expected[i], "lift", type, columns, i);
    }
    release();
}

void test_lifts(ft_context *context) {
    const int64_t widths[] = {1, 15, 16, 17, 33, 100, 700};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        test_lift(context, FT_F32, widths[i]);
        test_lift(context, FT_BF16, widths[i]);
    }
}

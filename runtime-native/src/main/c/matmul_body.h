/* Output tiles of a matrix product, and how activations and queries are packed. Included by encoding_body.h. */

#ifndef ENC_CODES
/* Steps between two looks at the prefetch pointer. */
#define PREFETCH_STEPS 8

#ifdef ENC_WIDEN
#include "scaled_body.h"
#else

static inline __attribute__((always_inline)) void ENC_NAME(any_tile)(const int rows, const int panels, const ft_tile *tile) {
    vf acc[FT_TILE_ROWS * FT_MAX_TILE_PANELS];
#pragma GCC unroll 48
    for (int i = 0; i < rows * panels; i++) {
        acc[i] = vf_zero();
    }
    const char *w[FT_MAX_TILE_PANELS];
#pragma GCC unroll 4
    for (int p = 0; p < panels; p++) {
        w[p] = tile->panels + p * tile->panel_bytes;
    }
    const ENC_X *x = tile->x;
    const char *ahead = tile->prefetch;
    const char *ahead_end = ahead + tile->prefetch_bytes;
    for (int64_t step = 0; step < tile->steps; step += PREFETCH_STEPS) {
        int64_t steps = tile->steps - step < PREFETCH_STEPS ? tile->steps - step : PREFETCH_STEPS;
        for (int i = 0; i < PREFETCH_STEPS * panels && ahead < ahead_end; i++, ahead += 64) {
            _mm_prefetch(ahead, _MM_HINT_T1);
        }
        for (int p = 0; tile->near && p < panels; p++) {
#pragma GCC unroll 16
            for (int line = 0; line < PREFETCH_STEPS * ENC_STEP_BYTES; line += 64) {
                _mm_prefetch(w[p] + FT_NEAR_BYTES + line, _MM_HINT_T0);
            }
        }
        ENC_NAME(chain)(rows, panels, w, ENC_STEP_BYTES, x, 1, rows, ENC_SUBSTEPS * rows, steps, acc);
#pragma GCC unroll 4
        for (int p = 0; p < panels; p++) {
            w[p] += steps * ENC_STEP_BYTES;
        }
        x += steps * ENC_SUBSTEPS * rows;
    }
#pragma GCC unroll 4
    for (int p = 0; p < panels; p++) {
        int64_t left = tile->out_columns - 16 * p;
        int lanes = left < 16 ? (int)left : 16;
        vf bias = tile->bias == NULL ? vf_zero() : vf_load_first(tile->bias + 16 * p, lanes);
#pragma GCC unroll 12
        for (int r = 0; r < rows; r++) {
            vf_store_first(tile->out + r * tile->out_stride + 16 * p, vf_add(acc[r * panels + p], bias), lanes);
        }
    }
}
#endif

#define FT_TILE(rows, panels) \
    static void FT_JOIN(ENC_NAME(tile), rows, panels)(const ft_tile *tile) { ENC_NAME(any_tile)(rows, panels, tile); }
FT_EACH_TILE(FT_TILE)
#undef FT_TILE

#undef PREFETCH_STEPS
#endif

/* x: fp32 [rows, columns] or those rows of it that sources names, to [step][sub][row], columns rounded up to whole steps with zeros. */
static void ENC_NAME(pack)(const float *x, const int32_t *sources, int64_t columns, int64_t rows, void *packed) {
    const float *tokens[FT_MAX_TILE_ROWS];
    for (int64_t row = 0; row < rows; row++) {
        tokens[row] = ft_token_of(x, sources, row, columns);
    }
#ifdef ENC_DOT
    uint32_t *out = packed;
    for (int64_t column = 0; column < columns; column += 2) {
        for (int64_t row = 0; row < rows; row++) {
            uint32_t low = ft_to_bf16(tokens[row][column]);
            uint32_t high = column + 1 < columns ? ft_to_bf16(tokens[row][column + 1]) : 0;
            *out++ = high << 16 | low;
        }
    }
#else
    float *out = packed;
    for (int64_t column = 0; column < columns; column++) {
        for (int64_t row = 0; row < rows; row++) {
            *out++ = tokens[row][column];
        }
    }
    for (int64_t row = 0; columns % ENC_SUBSTEPS != 0 && row < rows; row++) {
        *out++ = 0;
    }
#endif
}

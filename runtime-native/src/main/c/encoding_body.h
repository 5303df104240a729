/*
 * Matrix products and attention over one encoding; included once per encoding and ISA by the encoding's own file, which defines:
 *   ENC            name            ENC_TYPE      storage type
 *   ENC_SUBSTEPS   loads of weights per step (columns widened one after the other)
 *   ENC_LANE_BYTES bytes of one lane in one step: a step of a panel is 16 of them
 *   ENC_X          activation      ENC_W         register of weights
 *   ENC_LOAD(sub, p), ENC_BROADCAST(p), ENC_MULTIPLY_ADD(acc, w, x)
 *   ENC_DOT        defined: activations are pairs of bf16, and ENC_ROUND(p, x) makes them
 *   ENC_WIDEN      defined: weights are E4M3 with scales, widened to bf16 first; there is no cache of them
 *   ENC_CODES      defined: the cache is FT_INT8, and there are no products
 *   ENC_PAIR(even, odd)   defined: codes are widened to a scratch tile first, which is what ENC_TYPE and ENC_LOAD are about
 */
#define ENC_STEP_BYTES (16 * ENC_LANE_BYTES)
#define ENC_NAME(op) FT_JOIN4(ft_, op, ENC, FT_ISA)

/*
 * The one inner loop of products, scores and weighted sums: acc[r][p] += w[p] * x[r] over `steps` steps, in ascending order, one chain per
 * accumulator. What a chain sums does not depend on how many others run beside it.
 *   w: first step of each of `panels` panels, step_bytes apart; x: element [step][sub][row] at the three strides.
 */
static inline __attribute__((always_inline)) void ENC_NAME(chain)(
    const int rows, const int panels, const char *const *w, int64_t step_bytes, const ENC_X *x, const int row_stride,
    const int sub_stride, const int step_stride, int64_t steps, vf *acc) {
    for (int64_t step = 0; step < steps; step++) {
#pragma GCC unroll 2
        for (int sub = 0; sub < ENC_SUBSTEPS; sub++) {
            ENC_W weights[FT_MAX_TILE_PANELS];
#pragma GCC unroll 4
            for (int p = 0; p < panels; p++) {
                weights[p] = ENC_LOAD(sub, w[p] + step * step_bytes);
            }
#pragma GCC unroll 12
            for (int r = 0; r < rows; r++) {
                ENC_W broadcast = ENC_BROADCAST(x + step * step_stride + sub * sub_stride + r * row_stride);
#pragma GCC unroll 4
                for (int p = 0; p < panels; p++) {
                    ENC_MULTIPLY_ADD(acc[r * panels + p], weights[p], broadcast);
                }
            }
        }
    }
}

#include "matmul_body.h"

#ifndef ENC_WIDEN
#define ATTENTION_NAME(op) ENC_NAME(op)
#define ATTENTION_QUERIES FT_ATTENTION_UNIT
#define MAX_KEY 256
#define MAX_VALUE 256
#include "attention_body.h"
#undef ATTENTION_NAME
#undef ATTENTION_QUERIES
#undef MAX_KEY
#undef MAX_VALUE
#endif

#if !defined(ENC_WIDEN) && !defined(ENC_CODES)
#define FT_LATENT 1
/* Elements as wide as a lane, in pairs or single, are turned by registers. */
#define ENC_TURNS (ENC_LANE_BYTES == 4)
#define ATTENTION_NAME(op) ENC_NAME(latent_##op)
#define ATTENTION_QUERIES FT_LATENT_UNIT
#define MAX_KEY 576
#define MAX_VALUE 512
#include "attention_body.h"
#undef FT_LATENT
#undef ENC_TURNS
#undef ATTENTION_NAME
#undef ATTENTION_QUERIES
#undef MAX_KEY
#undef MAX_VALUE
#endif

static const ft_encoding ENC_NAME(encoding) = {
#ifndef ENC_CODES
    .activation = ENC_ACTIVATION,
    .step_columns = ENC_TYPE == FT_BF16 ? 2 : 1,
#ifdef ENC_WIDEN
    .step_bytes = ENC_STEP_BYTES / 2,
    .widen = ENC_NAME(widen),
#else
    .step_bytes = ENC_STEP_BYTES,
#endif
    .max_rows = FT_TILE_ROWS,
    .tiles = FT_TILES(ENC_NAME(tile)),
    .pack = ENC_NAME(pack),
    .pack_row_bytes_per_step = ENC_SUBSTEPS * 4,
#endif
#ifndef ENC_WIDEN
    .attend = ENC_NAME(attend),
#endif
#if !defined(ENC_WIDEN) && !defined(ENC_CODES)
    .attend_latent = ENC_NAME(latent_attend),
#endif
};

#undef ENC
#undef ENC_TYPE
#undef ENC_SUBSTEPS
#undef ENC_LANE_BYTES
#undef ENC_ACTIVATION
#undef ENC_X
#undef ENC_W
#undef ENC_LOAD
#undef ENC_BROADCAST
#undef ENC_MULTIPLY_ADD
#undef ENC_DOT
#undef ENC_ROUND
#undef ENC_CODES
#undef ENC_WIDEN
#undef ENC_PAIR
#undef ENC_STEP_BYTES
#undef ENC_NAME

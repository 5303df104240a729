/*
 * State spaces (Mamba-2) and the gated delta rule. Positions of a prompt come in chunks, as products of small matrices; the others one by
 * one. Bit for bit ScalarStateSpace.java; ScalarDeltaRule.java but for the lengths that queries and keys are divided by. Elements of a head
 * are the lanes: a unit of work is one head of one row, up to FT_HEAD_LANES elements at a time.
 */

#ifndef FT_HEAD_VECTORS
#define FT_HEAD_VECTORS 4 /* of 16 lanes, that registers hold for each of FT_CHUNK_ROWS rows */
#endif
#define FT_HEAD_LANES (FT_HEAD_VECTORS * 16)
/* Tile of the small products: rows by vectors of 16 lanes. */
#define FT_CHUNK_ROWS 4

/* A part of a state, or of anything that is summed over: rows of floats, `lanes` of each. */
typedef struct {
    float *at;
    int64_t stride;
    int lanes;
} FT_NAME(part);

/* Vectors [v * 16, v * 16 + 16) of a row; whole: all parts have all their lanes, else lanes past the last are zero. */
static inline __attribute__((always_inline)) vf FT_NAME(part_load)(const int whole, const FT_NAME(part) * part, int64_t row, int vector) {
    int64_t left = part->lanes - vector * 16;
    const float *at = part->at + row * part->stride + vector * 16;
    return whole ? vf_load(at) : vf_load_first(at, (int)ft_most(ft_least(left, 16), 0));
}

static inline __attribute__((always_inline)) void FT_NAME(part_store)(
    const int whole, const FT_NAME(part) * part, int64_t row, int vector, vf x) {
    int64_t left = part->lanes - vector * 16;
    float *at = part->at + row * part->stride + vector * 16;
    if (whole) {
        vf_store(at, x);
    } else {
        vf_store_first(at, x, (int)ft_most(ft_least(left, 16), 0));
    }
}

/* A call with constants: how many vectors there are, so that sums stay in registers, and whether they are whole. */
#define FT_WITH_VECTORS(lanes, call) \
    switch (lanes) { \
        case FT_HEAD_LANES: \
            call(FT_HEAD_VECTORS, 1); \
            break; \
        case FT_HEAD_LANES / 2: \
            call(FT_HALF_VECTORS, FT_HEAD_VECTORS > 1); \
            break; \
        default: \
            call(FT_HEAD_VECTORS, 0); \
    }
/* Half of one vector is a partial one. */
#define FT_HALF_VECTORS (FT_HEAD_VECTORS > 1 ? FT_HEAD_VECTORS / 2 : 1)

/* sums[r] += sum over k < steps of factors[r * row_stride + k * step_stride] * part[k], k ascending. */
static inline __attribute__((always_inline)) void FT_NAME(accumulate)(
    const int rows, const int vectors, const int whole, vf sums[FT_CHUNK_ROWS][FT_HEAD_VECTORS], const float *factors, int64_t row_stride, int64_t step_stride,
    const FT_NAME(part) * part, int64_t steps) {
    for (int64_t k = 0; k < steps; k++) {
        vf values[FT_HEAD_VECTORS];
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            values[v] = FT_NAME(part_load)(whole, part, k, v);
        }
#pragma GCC unroll 16
        for (int r = 0; r < rows; r++) {
            vf factor = vf_set1(factors[r * row_stride + k * step_stride]);
#pragma GCC unroll 16
            for (int v = 0; v < vectors; v++) {
                sums[r][v] = vf_fma(factor, values[v], sums[r][v]);
            }
        }
    }
}

/* out[r] = sum over k < steps of factors[r, k] * part[k] for any number of rows; out: as wide as part, FT_HEAD_LANES apart. */
static inline __attribute__((always_inline)) void FT_NAME(multiply_some)(
    const int rows, const int vectors, const int whole, const float *factors, int64_t row_stride, const FT_NAME(part) * part, int64_t steps, float *out) {
    vf sums[FT_CHUNK_ROWS][FT_HEAD_VECTORS];
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            sums[r][v] = vf_zero();
        }
    }
    FT_NAME(accumulate)(rows, vectors, whole, sums, factors, row_stride, 1, part, steps);
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            vf_store(out + r * FT_HEAD_LANES + v * 16, sums[r][v]);
        }
    }
}

static void FT_NAME(multiply)(
    const float *factors, int64_t row_stride, int64_t rows, const FT_NAME(part) * part, int64_t steps, float *out) {
    int64_t r = 0;
    for (; r + FT_CHUNK_ROWS <= rows; r += FT_CHUNK_ROWS) {
#define FT_CALL(vectors, whole) \
    FT_NAME(multiply_some)(FT_CHUNK_ROWS, vectors, whole, factors + r * row_stride, row_stride, part, steps, out + r * FT_HEAD_LANES)
        FT_WITH_VECTORS(part->lanes, FT_CALL)
#undef FT_CALL
    }
    for (; r < rows; r++) {
#define FT_CALL(vectors, whole) FT_NAME(multiply_some)(1, vectors, whole, factors + r * row_stride, row_stride, part, steps, out + r * FT_HEAD_LANES)
        FT_WITH_VECTORS(part->lanes, FT_CALL)
#undef FT_CALL
    }
}

/* state[n] = decay * state[n] + sum over j < tokens of (keys[j][n] * weights[j]) * values[j], j ascending; weights null: 1. */
static inline __attribute__((always_inline)) void FT_NAME(advance_some)(
    const int rows, const int vectors, const int whole, const FT_NAME(part) * state, int64_t first, float decay, const float *keys, int64_t key_stride,
    const float *weights, const FT_NAME(part) * values, int64_t tokens) {
    float factors[FT_CHUNK * FT_CHUNK_ROWS];
    vf sums[FT_CHUNK_ROWS][FT_HEAD_VECTORS];
    for (int64_t j = 0; j < tokens; j++) {
#pragma GCC unroll 16
        for (int r = 0; r < rows; r++) {
            float key = keys[j * key_stride + first + r];
            factors[j * FT_CHUNK_ROWS + r] = weights == NULL ? key : key * weights[j];
        }
    }
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            sums[r][v] = vf_mul(vf_set1(decay), FT_NAME(part_load)(whole, state, first + r, v));
        }
    }
    FT_NAME(accumulate)(rows, vectors, whole, sums, factors, 1, FT_CHUNK_ROWS, values, tokens);
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            FT_NAME(part_store)(whole, state, first + r, v, sums[r][v]);
        }
    }
}

static void FT_NAME(advance)(
    const FT_NAME(part) * state, int64_t states, float decay, const float *keys, int64_t key_stride, const float *weights,
    const FT_NAME(part) * values, int64_t tokens) {
    int64_t n = 0;
    for (; n + FT_CHUNK_ROWS <= states; n += FT_CHUNK_ROWS) {
#define FT_CALL(vectors, whole) \
    FT_NAME(advance_some)(FT_CHUNK_ROWS, vectors, whole, state, n, decay, keys, key_stride, weights, values, tokens)
        FT_WITH_VECTORS(state->lanes, FT_CALL)
#undef FT_CALL
    }
    for (; n < states; n++) {
#define FT_CALL(vectors, whole) FT_NAME(advance_some)(1, vectors, whole, state, n, decay, keys, key_stride, weights, values, tokens)
        FT_WITH_VECTORS(state->lanes, FT_CALL)
#undef FT_CALL
    }
}

/* dots[i][j] = a[i] . b[j] for j <= i < tokens, elements ascending; dots: fp32 [FT_CHUNK, FT_CHUNK]. */
static void FT_NAME(pair_dots)(ft_vectors a, ft_vectors b, int64_t token, int64_t tokens, int64_t width, float *dots) {
    float turned[16 * FT_CHUNK]; /* elements [e, e + 16) of every b, transposed */
    memset(dots, 0, FT_CHUNK * FT_CHUNK * sizeof *dots);
    for (int64_t e = 0; e < width; e += 16) {
        int64_t some = width - e < 16 ? width - e : 16;
        memset(turned, 0, sizeof turned);
        for (int64_t j = 0; j < tokens; j++) {
            for (int64_t n = 0; n < some; n++) {
                turned[n * FT_CHUNK + j] = b.data[(token + j) * b.stride + e + n];
            }
        }
        for (int64_t i = 0; i < tokens; i++) {
            const float *factors = a.data + (token + i) * a.stride + e;
            for (int64_t j = 0; j <= i; j += 16) {
                vf sum = vf_load(dots + i * FT_CHUNK + j);
                for (int64_t n = 0; n < some; n++) {
                    sum = vf_fma(vf_set1(factors[n]), vf_load(turned + n * FT_CHUNK + j), sum);
                }
                vf_store(dots + i * FT_CHUNK + j, sum);
            }
        }
    }
}

/* weights[i][j] = dots[i][j] * 2^(reach[i] - reach[j]) * steps[j] for j <= i; steps null: without. */
static void FT_NAME(weigh_pairs)(const float *dots, const float *reach, const float *steps, int64_t tokens, float *weights) {
    for (int64_t i = 0; i < tokens; i++) {
        for (int64_t j = 0; j <= i; j += 16) {
            vf apart = vf_min(vf_zero(), vf_sub(vf_set1(reach[i]), vf_load(reach + j))); /* nothing reads what is above 0: j > i */
            vf weight = vf_mul(vf_load(dots + i * FT_CHUNK + j), vf_exp2_falling(apart));
            vf_store(weights + i * FT_CHUNK + j, steps == NULL ? weight : vf_mul(weight, vf_load(steps + j)));
        }
    }
}

/* 2^x of what a chunk decays by. */
static inline __attribute__((always_inline)) void FT_NAME(powers)(const float *x, float *out) {
    for (int64_t i = 0; i < FT_CHUNK; i += 16) {
        vf_store(out + i, vf_exp2_falling(vf_load(x + i)));
    }
}

static inline __attribute__((always_inline)) float FT_NAME(power)(float x) {
    float lanes[16];
    vf_store(lanes, vf_exp2_falling(vf_set1(x)));
    return lanes[0];
}

/* A rate for powers of two. */
static inline float FT_NAME(rate)(float a) {
    return a * 1.44269504088896341f;
}

/* softplus(time + bias) of up to FT_CHUNK tokens; the rest is zero. */
static void FT_NAME(time_steps)(ft_vectors time, int64_t token, int64_t tokens, int64_t head, float bias, float *steps) {
    memset(steps, 0, FT_CHUNK * sizeof *steps);
    for (int64_t i = 0; i < tokens; i++) {
        steps[i] = time.data[(token + i) * time.stride + head];
    }
    for (int64_t i = 0; i < tokens; i += 16) {
        vf_store(steps + i, vf_softplus(vf_add(vf_load(steps + i), vf_set1(bias))));
    }
}

/* Sums of what is decayed by up to and including each token; behind the last as there. */
static void FT_NAME(reaches)(const float *decays, int64_t tokens, float *reach) {
    float sum = 0;
    for (int64_t i = 0; i < FT_CHUNK; i++) {
        sum = i < tokens ? sum + decays[i] : sum;
        reach[i] = sum;
    }
}

/* sums[r] = sum over j < first + r + more of weights[first + r][j] * rows[j], j ascending; rows FT_HEAD_LANES apart, weights FT_CHUNK. */
static inline __attribute__((always_inline)) void FT_NAME(mix)(
    const int count, const int vectors, const int more, const float *weights, float *rows, int64_t first,
    vf sums[FT_CHUNK_ROWS][FT_HEAD_VECTORS]) {
    FT_NAME(part) part = {rows, FT_HEAD_LANES, FT_HEAD_LANES};
#pragma GCC unroll 16
    for (int r = 0; r < count; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            sums[r][v] = vf_zero();
        }
    }
    FT_NAME(accumulate)(count, vectors, 1, sums, weights + first * FT_CHUNK, FT_CHUNK, 1, &part, first + more);
#pragma GCC unroll 16
    for (int r = 1; r < count; r++) {
        for (int64_t j = first + more; j < first + r + more; j++) {
            vf weight = vf_set1(weights[(first + r) * FT_CHUNK + j]);
#pragma GCC unroll 16
            for (int v = 0; v < vectors; v++) {
                sums[r][v] = vf_fma(weight, vf_load(rows + j * FT_HEAD_LANES + v * 16), sums[r][v]);
            }
        }
    }
}

#include "state_space_body.h"

#include "delta_rule_body.h"

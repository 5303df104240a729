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

/* Vectors of an array that begins elsewhere lie in two lines of the cache each. */
#define FT_LINES(array) _Alignas(64) array

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

/* out[r] = sum over n < states of turned[n][r] * part[n], FT_HEAD_LANES apart; of a last tile of several rows those behind them are set too. */
static inline __attribute__((always_inline)) void FT_NAME(multiply_some)(
    const int rows, const int vectors, const int whole, const float *turned, const FT_NAME(part) * part, int64_t states, float *out) {
    vf sums[FT_CHUNK_ROWS][FT_HEAD_VECTORS];
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            sums[r][v] = vf_zero();
        }
    }
    FT_NAME(accumulate)(rows, vectors, whole, sums, turned, 1, FT_TURNED, part, states);
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            vf_store(out + r * FT_HEAD_LANES + v * 16, sums[r][v]);
        }
    }
}

static void FT_NAME(multiply)(const float *turned, int64_t rows, const FT_NAME(part) * part, int64_t states, float *out) {
    int64_t r = 0;
    for (; r + 1 < rows; r += FT_CHUNK_ROWS) {
#define FT_CALL(vectors, whole) FT_NAME(multiply_some)(FT_CHUNK_ROWS, vectors, whole, turned + r, part, states, out + r * FT_HEAD_LANES)
        FT_WITH_VECTORS(part->lanes, FT_CALL)
#undef FT_CALL
    }
    if (r < rows) {
#define FT_CALL(vectors, whole) FT_NAME(multiply_some)(1, vectors, whole, turned + r, part, states, out + r * FT_HEAD_LANES)
        FT_WITH_VECTORS(part->lanes, FT_CALL)
#undef FT_CALL
    }
}

/* state[n] = decay * state[n] + sum over j < tokens of (keys[n][j] * weights[j]) * values[j], j ascending; keys: turned; weights null: 1. */
static inline __attribute__((always_inline)) void FT_NAME(advance_some)(
    const int rows, const int vectors, const int whole, const FT_NAME(part) * state, int64_t first, float decay, const float *keys,
    const float *weights, const FT_NAME(part) * values, int64_t tokens) {
    FT_LINES(float factors[FT_CHUNK * FT_CHUNK_ROWS]);
    vf sums[FT_CHUNK_ROWS][FT_HEAD_VECTORS];
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
        for (int64_t j = 0; weights != NULL && j < tokens; j += 16) {
            vf_store(factors + r * FT_CHUNK + j, vf_mul(vf_load(keys + (first + r) * FT_TURNED + j), vf_load(weights + j)));
        }
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            sums[r][v] = vf_mul(vf_set1(decay), FT_NAME(part_load)(whole, state, first + r, v));
        }
    }
    if (weights == NULL) {
        FT_NAME(accumulate)(rows, vectors, whole, sums, keys + first * FT_TURNED, FT_TURNED, 1, values, tokens);
    } else {
        FT_NAME(accumulate)(rows, vectors, whole, sums, factors, FT_CHUNK, 1, values, tokens);
    }
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            FT_NAME(part_store)(whole, state, first + r, v, sums[r][v]);
        }
    }
}

static void FT_NAME(advance)(
    const FT_NAME(part) * state, int64_t states, float decay, const float *keys, const float *weights, const FT_NAME(part) * values, int64_t tokens) {
    int64_t n = 0;
    for (; n + FT_CHUNK_ROWS <= states; n += FT_CHUNK_ROWS) {
#define FT_CALL(vectors, whole) FT_NAME(advance_some)(FT_CHUNK_ROWS, vectors, whole, state, n, decay, keys, weights, values, tokens)
        FT_WITH_VECTORS(state->lanes, FT_CALL)
#undef FT_CALL
    }
    for (; n < states; n++) {
#define FT_CALL(vectors, whole) FT_NAME(advance_some)(1, vectors, whole, state, n, decay, keys, weights, values, tokens)
        FT_WITH_VECTORS(state->lanes, FT_CALL)
#undef FT_CALL
    }
}

/* States whose part is copied while a chunk is computed. */
#define FT_PACKED_STATES 256

/* Tokens of a chunk from which on the copy pays. */
#define FT_PACKED_TOKENS 16

/* Copies a state's part so that its rows lie side by side: those of a wide head fall into a few sets of the first-level cache. */
static FT_NAME(part) FT_NAME(packed)(const FT_NAME(part) * state, int64_t states, int64_t tokens, float *room) {
    if (states > FT_PACKED_STATES || tokens < FT_PACKED_TOKENS || state->stride == FT_HEAD_LANES) {
        return *state;
    }
    for (int64_t n = 0; n < states; n++) {
        for (int v = 0; v < FT_HEAD_VECTORS; v++) {
            vf_store(room + n * FT_HEAD_LANES + v * 16, FT_NAME(part_load)(state->lanes == FT_HEAD_LANES, state, n, v));
        }
    }
    return (FT_NAME(part)){room, FT_HEAD_LANES, state->lanes == FT_HEAD_LANES / 2 ? FT_HEAD_LANES / 2 : FT_HEAD_LANES};
}

static void FT_NAME(unpacked)(const FT_NAME(part) * copy, const FT_NAME(part) * state, int64_t states) {
    for (int64_t n = 0; copy->at != state->at && n < states; n++) {
        for (int v = 0; v < FT_HEAD_VECTORS; v++) {
            vf x = vf_load(copy->at + n * FT_HEAD_LANES + v * 16);
            FT_NAME(part_store)(state->lanes == FT_HEAD_LANES, state, n, v, x);
        }
    }
}

/*
 * The vectors of a chunk times factors[j] and scale, turned: fp32 [width, FT_TURNED], zero behind the last token up to the next multiple of 16;
 * factors null: as they are.
 */
static void FT_NAME(turn_chunk)(
    ft_vectors x, int64_t token, int64_t tokens, int64_t width, const float *factors, float scale, float *turned) {
    for (int64_t j = 0; j < tokens; j += 16) {
        for (int64_t e = 0; e < width; e += 16) {
            int lanes = width - e < 16 ? (int)(width - e) : 16;
            vf rows[16];
            for (int i = 0; i < 16; i++) {
                rows[i] = j + i < tokens ? vf_load_first(x.data + (token + j + i) * x.stride + e, lanes) : vf_zero();
                if (factors != NULL && j + i < tokens) {
                    rows[i] = vf_mul(vf_mul(rows[i], vf_set1(factors[j + i])), vf_set1(scale));
                }
            }
            vf_transpose(rows);
            for (int n = 0; n < lanes; n++) {
                vf_store(turned + (e + n) * FT_TURNED + j, rows[n]);
            }
        }
    }
}

static inline __attribute__((always_inline)) void FT_NAME(some_pair_dots)(
    const int vectors, const float *a, const float *b, int64_t width, float *dots) {
    FT_NAME(part) part = {(float *)b, FT_TURNED, FT_HEAD_LANES};
    vf sums[FT_CHUNK_ROWS][FT_HEAD_VECTORS];
#pragma GCC unroll 16
    for (int r = 0; r < FT_CHUNK_ROWS; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            sums[r][v] = vf_zero();
        }
    }
    FT_NAME(accumulate)(FT_CHUNK_ROWS, vectors, 1, sums, a, 1, FT_TURNED, &part, width);
#pragma GCC unroll 16
    for (int r = 0; r < FT_CHUNK_ROWS; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) {
            vf_store(dots + r * FT_CHUNK + v * 16, sums[r][v]);
        }
    }
}

/* dots[i][j] = a[i] . b[j] for j <= i < tokens, elements ascending; a, b: turned; dots: fp32 [FT_CHUNK, FT_CHUNK], some of the others are set too. */
static void FT_NAME(pair_dots)(const float *a, const float *b, int64_t tokens, int64_t width, float *dots) {
    for (int64_t i = 0; i < tokens; i += FT_CHUNK_ROWS) {
        for (int64_t j = 0; j < i + FT_CHUNK_ROWS; j += FT_HEAD_LANES) {
            if (i + FT_CHUNK_ROWS - j <= FT_HALF_VECTORS * 16) {
                FT_NAME(some_pair_dots)(FT_HALF_VECTORS, a + i, b + j, width, dots + i * FT_CHUNK + j);
            } else {
                FT_NAME(some_pair_dots)(FT_HEAD_VECTORS, a + i, b + j, width, dots + i * FT_CHUNK + j);
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

/*
 * Attention by the matrix unit (AMX). Included by isa_amx.c.
 *
 * Units and tiles of positions are those of attention_body.h. Keys and values are B tiles of bf16, as they lie in the cache or widened by
 * cache_tiles_amx.h once for all queries of a unit; 16 queries, a block, are the rows of an A tile, whatever tokens and heads they belong to. Scores go through the first-level cache to the vector unit, which turns them
 * into bf16 weights in place; weighted values are summed in the matrix unit over all tiles. A row of a tile product depends on no other row,
 * and a masked position adds an exact zero, so a query's result does not depend on its neighbours.
 *
 * A query's weights are relative to a score that follows its maximum only when that has grown by more than 2^SLACK: then, and only then, its
 * sums are scaled. Rounding is relative: larger weights lose nothing.
 *
 * One block at a time, one unit of the CPU after the other: measured, instructions of the matrix and the vector unit do not overlap when
 * mixed, each change costs 10-25 ns, and several blocks per change no longer fit the first-level cache.
 */
#include "tiles_amx.h"

#define UNIT 128 /* queries of the largest unit */
#define TILE 128
#define GROUP 16 /* positions whose keys lie together: columns of a tile of scores */
#define GROUPS (TILE / GROUP)
#define PAIR 32 /* positions of a tile of values */
#define PAIRS (TILE / PAIR)
#define ROWS 16 /* queries of a block */
#define MAX_DIM 256
#define TILE_FLOATS 256
#define TILE_HALVES 512
#define SLACK 8.0f
#define NO_SCORE (-1e30f)

/* The queries of a unit and their running softmax. Tiles are kept whole, 64 bytes a row. */
typedef struct {
    const ft_attention_args *args;
    const int32_t *table; /* the sequence row's blocks */
    int64_t kv_head;
    int64_t first_position; /* of the sequence row's first token */
    int64_t written;        /* positions of the sequence that hold keys and values */
    int64_t token_offset;
    int64_t queries;
    int64_t blocks;     /* of them */
    int64_t full_steps; /* tiles of 32 key elements before the last one, which may be smaller */
    int64_t lane_tiles; /* value_dim in vectors of 16 */
    int block_shift;    /* log2 of tokens per block */
    float scale;        /* from a score to an exponent of 2; positive */
    int64_t groups[GROUPS];       /* of the current tile among all of the cache; negative: released or not written */
    const char *keys[GROUPS];     /* of the current tile; a released or unwritten group holds some other one */
    const char *values[PAIRS];    /* of the current tile; null: nothing there */
    const char *ahead[GROUPS][2]; /* keys and values of the next tile's groups; null: not to be fetched */
    int64_t low_keys;             /* bytes from a group's keys, and a pair's values, to what bf16 leaves of them; FT_F16 only */
    int64_t low_values;
    int32_t positions[UNIT];      /* of the queries */
    int64_t rows[UNIT];           /* of the queries in q and out */
    _Alignas(64) float max[UNIT]; /* what weights are relative to, as an exponent */
    _Alignas(64) float sum[UNIT];
    _Alignas(64) float lanes[ROWS][16]; /* of each query: the largest score, then the sum of weights, lane by lane */
    _Alignas(64) float scores[GROUPS * TILE_FLOATS]; /* [group][query][16]; weights of pair p replace group 2p's scores */
    _Alignas(64) uint16_t q[UNIT * MAX_DIM];         /* [block][32 elements][query] */
    _Alignas(64) float acc[UNIT * MAX_DIM];          /* [block][16 lanes][query] */
    _Alignas(64) float key_factors[TILE];            /* FT_INT8: from a dot with the codes to an exponent of 2; positive */
    _Alignas(64) float value_factors[TILE];          /* FT_INT8: of the codes; 0 where nothing is written */
    /* keys and values that were widened; of a bf16 cache, values that cannot be used in place */
    _Alignas(64) uint16_t wide[4 * TILE * MAX_DIM];
} FT_NAME(attention_unit);

/* First position that a query at `position` sees. */
static inline int64_t FT_NAME(first_seen)(const ft_attention_args *args, int64_t position) {
    int64_t first = position - args->window + 1;
    return args->window == 0 || first < 0 ? 0 : first;
}

/* tmm0-3: sums; 4: queries or weights, 5: keys or values; 6 and 7: queries and keys of the last step, which may be shorter. */
static void FT_NAME(configure_attention)(int rows, int last_pairs) {
    ft_tile_config config = {.palette = 1};
    for (int i = 0; i < 8; i++) {
        config.column_bytes[i] = 64;
        config.rows[i] = (uint8_t)rows;
    }
    config.rows[5] = 16;
    config.column_bytes[6] = (uint16_t)(4 * last_pairs);
    config.rows[7] = (uint8_t)last_pairs;
    ft_configure_tiles(&config);
}

#include "cache_tiles_amx.h"

/* Scores against one group, in the sum given. Where keys have two steps, the queries stay in their registers. */
#define SCORE_GROUP(sum, group)                                   \
    do {                                                          \
        const char *keys = unit->keys[group];                     \
        TILE_ZERO(sum);                                           \
        for (int64_t step = 0; step < full; step++) {             \
            if (!two_steps) {                                     \
                TILE_LOAD(4, q + step * TILE_HALVES, 64);         \
            }                                                     \
            TILE_LOAD(5, keys + step * 1024, 64);                 \
            TILE_DOT(sum, 4, 5);                                  \
            if (type == FT_F16) {                                 \
                TILE_LOAD(5, keys + low + step * 1024, 64);       \
                TILE_DOT(sum, 4, 5);                              \
            }                                                     \
        }                                                         \
        TILE_LOAD(7, keys + full * 1024, 64);                     \
        TILE_DOT(sum, 6, 7);                                      \
        if (type == FT_F16) {                                     \
            TILE_LOAD(7, keys + low + full * 1024, 64);           \
            TILE_DOT(sum, 6, 7);                                  \
        }                                                         \
        TILE_STORE(sum, unit->scores + (group) * TILE_FLOATS, 64); \
    } while (0)

/* Scores of a block against the first 32 * pairs positions of the tile. */
static inline __attribute__((always_inline)) void FT_NAME(score_block)(
    const int64_t type, const int two_steps, FT_NAME(attention_unit) * unit, int64_t block, int64_t pairs) {
    const int64_t low = unit->low_keys, full = two_steps ? 1 : unit->full_steps;
    const uint16_t *q = unit->q + block * (full + 1) * TILE_HALVES;
    if (two_steps) {
        TILE_LOAD(4, q, 64);
    }
    TILE_LOAD(6, q + full * TILE_HALVES, 64);
    for (int64_t group = 0; group < 2 * pairs; group += 4) {
        SCORE_GROUP(0, group);
        SCORE_GROUP(1, group + 1);
        if (group + 2 < 2 * pairs) {
            SCORE_GROUP(2, group + 2);
            SCORE_GROUP(3, group + 3);
        }
    }
}

/* Scales and soft-caps a block's scores; unit->scale then only turns them into exponents of 2. */
static void FT_NAME(cap_block)(FT_NAME(attention_unit) * unit, int64_t pairs) {
    vf scale = vf_set1((float)__builtin_fabs(unit->args->scale)), cap = vf_set1((float)unit->args->soft_cap);
    int64_t rows = unit->queries < ROWS ? unit->queries : ROWS;
    for (int64_t g = 0; g < 2 * pairs; g++) {
        for (int64_t r = 0; r < rows; r++) {
            float *scores = unit->scores + g * TILE_FLOATS + r * 16;
            vf_store(scores, vf_soft_cap(vf_mul(vf_load(scores), scale), cap));
        }
    }
}

/* Makes scores that a query does not see minus infinity. */
static void FT_NAME(mask_block)(FT_NAME(attention_unit) * unit, int64_t block, int64_t base, int64_t pairs) {
    vf none = vf_set1(-__builtin_inff());
    for (int64_t r = 0; r < ROWS; r++) {
        int64_t position = unit->positions[block * ROWS + r];
        int from = (int)(FT_NAME(first_seen)(unit->args, position) - base);
        int to = (int)(position + 1 - base);
        for (int g = 0; g < 2 * (int)pairs; g++) {
            float *scores = unit->scores + g * TILE_FLOATS + r * 16;
            vf_store(scores, vf_keep(vf_load(scores), from - g * GROUP, to - g * GROUP, none));
        }
    }
}

/* 2^(x * scale - origin): polynomial for the fraction, fitted to the least largest relative error, 3e-6, with an exact 1 at 0. Minus infinity
 * gives an exact 0. */
static inline __attribute__((always_inline)) vf FT_NAME(exponential)(vf x, vf scale, vf origin) {
    vf exponent = _mm512_fmsub_ps(x, scale, origin);
    vf f = _mm512_reduce_ps(exponent, _MM_FROUND_TO_NEG_INF);
    vf p = vf_set1(0.013426685705780983f);
    p = vf_fma(p, f, vf_set1(0.052242472767829895f));
    p = vf_fma(p, f, vf_set1(0.2412802129983902f));
    p = vf_fma(p, f, vf_set1(0.6930448412895203f));
    p = vf_fma(p, f, vf_set1(1.0f));
    return _mm512_scalef_ps(p, exponent);
}

#define TAKE(a, b) (largest ? vf_max(a, b) : vf_add(a, b))

/* Lane r: the sum, or the largest, of row r's lanes, which are taken in the same order for every row. */
static inline __attribute__((always_inline)) vf FT_NAME(across)(const int largest, float (*rows)[16]) {
    const int at[ROWS] = {0, 2, 1, 3, 8, 10, 9, 11, 4, 6, 5, 7, 12, 14, 13, 15}; /* what the shuffles below put in order */
    vf v[ROWS];
#pragma GCC unroll 16
    for (int i = 0; i < ROWS; i++) {
        v[i] = vf_load(rows[at[i]]);
    }
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        v[i] = TAKE(_mm512_shuffle_f32x4(v[i], v[i + 8], 0x44), _mm512_shuffle_f32x4(v[i], v[i + 8], 0xee));
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        v[i] = TAKE(_mm512_shuffle_f32x4(v[i], v[i + 4], 0x88), _mm512_shuffle_f32x4(v[i], v[i + 4], 0xdd));
    }
#pragma GCC unroll 2
    for (int i = 0; i < 2; i++) {
        v[i] = TAKE(_mm512_shuffle_ps(v[i], v[i + 2], 0x44), _mm512_shuffle_ps(v[i], v[i + 2], 0xee));
    }
    return TAKE(_mm512_shuffle_ps(v[0], v[1], 0x88), _mm512_shuffle_ps(v[0], v[1], 0xdd));
}

/* Scales the sums of queries whose reference changed, by `keep`. */
static void FT_NAME(rescale)(FT_NAME(attention_unit) * unit, int64_t block, uint32_t changed, vf keep) {
    float factors[ROWS], *sum = unit->sum + block * ROWS;
    vf_store(factors, keep);
    vf_store(sum, vf_mul(vf_load(sum), keep));
    for (; changed != 0; changed &= changed - 1) {
        int r = __builtin_ctz(changed);
        for (int64_t tile = 0; tile < unit->lane_tiles; tile++) {
            float *acc = unit->acc + (block * unit->lane_tiles + tile) * TILE_FLOATS + r * 16;
            vf_store(acc, vf_mul(vf_load(acc), vf_set1(factors[r])));
        }
    }
}

/* Decides what the block's weights are relative to. */
static inline __attribute__((always_inline)) void FT_NAME(refer)(
    const int64_t type, const int rows, const int pairs, FT_NAME(attention_unit) * unit, int64_t block) {
    for (int r = 0; r < rows; r++) {
        const float *scores = unit->scores + r * 16;
        vf largest = vf_load(scores);
        largest = type == FT_INT8 ? vf_mul(largest, vf_load(unit->key_factors)) : largest;
        for (int g = 1; g < 2 * pairs; g++) {
            vf score = vf_load(scores + g * TILE_FLOATS);
            largest = vf_max(largest, type == FT_INT8 ? vf_mul(score, vf_load(unit->key_factors + g * GROUP)) : score);
        }
        vf_store(unit->lanes[r], largest);
    }
    float *max = unit->max + block * ROWS;
    vf before = vf_load(max), after = FT_NAME(across)(1, unit->lanes);
    after = type == FT_INT8 ? after : vf_mul(after, vf_set1(unit->scale));
    uint32_t grown = vf_bits_gt(after, vf_add(before, vf_set1(SLACK)));
    if (grown != 0) {
        after = _mm512_mask_blend_ps((__mmask16)grown, before, after);
        vf_store(max, after);
        FT_NAME(rescale)(unit, block, grown, FT_NAME(exponential)(before, vf_set1(1.0f), after)); /* exactly 1 for the others */
    }
}

/* Turns a block's scores into weights; adds them to its sums. */
static inline __attribute__((always_inline)) void FT_NAME(weigh_rows)(
    const int64_t type, const int rows, const int pairs, FT_NAME(attention_unit) * unit, int64_t block) {
    FT_NAME(refer)(type, rows, pairs, unit, block);
    vf low_scale = vf_set1(unit->scale), high_scale = low_scale;
    for (int r = 0; r < rows; r++) {
        float *scores = unit->scores + r * 16;
        vf origin = vf_set1(unit->max[block * ROWS + r]), sum = vf_zero();
        for (int p = 0; p < pairs; p++, scores += 2 * TILE_FLOATS) {
            if (type == FT_INT8) {
                low_scale = vf_load(unit->key_factors + p * PAIR);
                high_scale = vf_load(unit->key_factors + p * PAIR + GROUP);
            }
            vf low = FT_NAME(exponential)(vf_load(scores), low_scale, origin);
            vf high = FT_NAME(exponential)(vf_load(scores + TILE_FLOATS), high_scale, origin);
            sum = vf_add(sum, vf_add(low, high));
            if (type == FT_INT8) {
                low = vf_mul(low, vf_load(unit->value_factors + p * PAIR));
                high = vf_mul(high, vf_load(unit->value_factors + p * PAIR + GROUP));
            }
            _mm512_storeu_si512(scores, (__m512i)_mm512_cvtne2ps_pbh(high, low));
        }
        vf_store(unit->lanes[r], sum);
    }
    float *sum = unit->sum + block * ROWS;
    vf_store(sum, vf_add(vf_load(sum), FT_NAME(across)(0, unit->lanes)));
}

static inline __attribute__((always_inline)) void FT_NAME(weigh_block)(
    const int64_t type, FT_NAME(attention_unit) * unit, int64_t block, int64_t pairs) {
    int rows = unit->queries < ROWS ? (int)unit->queries : ROWS;
    if (rows == ROWS && pairs == PAIRS) {
        FT_NAME(weigh_rows)(type, ROWS, PAIRS, unit, block);
    } else {
        FT_NAME(weigh_rows)(type, rows, (int)pairs, unit, block);
    }
}

/* sums += weights . the values at `values`, for `lanes` vectors of 16 lanes. */
static inline __attribute__((always_inline)) void FT_NAME(add_lanes)(const int lanes, const char *values, int64_t stride) {
    TILE_LOAD(5, values, stride);
    TILE_DOT(0, 4, 5);
    if (lanes > 1) {
        TILE_LOAD(5, values + 64, stride);
        TILE_DOT(1, 4, 5);
        TILE_LOAD(5, values + 128, stride);
        TILE_DOT(2, 4, 5);
        TILE_LOAD(5, values + 192, stride);
        TILE_DOT(3, 4, 5);
    }
}

/* acc += weights . values for `lanes` vectors of 16 lanes. */
static inline __attribute__((always_inline)) void FT_NAME(gather_lanes)(
    const int64_t type, const int lanes, FT_NAME(attention_unit) * unit, float *acc, int64_t lane, int64_t pairs) {
    int64_t stride = unit->lane_tiles * 64;
    TILE_LOAD(0, acc, 64);
    if (lanes > 1) {
        TILE_LOAD(1, acc + TILE_FLOATS, 64);
        TILE_LOAD(2, acc + 2 * TILE_FLOATS, 64);
        TILE_LOAD(3, acc + 3 * TILE_FLOATS, 64);
    }
    for (int64_t p = 0; p < pairs; p++) {
        if (unit->values[p] == NULL) {
            continue;
        }
        TILE_LOAD(4, unit->scores + 2 * p * TILE_FLOATS, 64);
        FT_NAME(add_lanes)(lanes, unit->values[p] + lane * 64, stride);
        if (type == FT_F16) {
            FT_NAME(add_lanes)(lanes, unit->values[p] + unit->low_values + lane * 64, stride);
        }
    }
    TILE_STORE(0, acc, 64);
    if (lanes > 1) {
        TILE_STORE(1, acc + TILE_FLOATS, 64);
        TILE_STORE(2, acc + 2 * TILE_FLOATS, 64);
        TILE_STORE(3, acc + 3 * TILE_FLOATS, 64);
    }
}

static inline __attribute__((always_inline)) void FT_NAME(gather_block)(
    const int64_t type, FT_NAME(attention_unit) * unit, int64_t block, int64_t pairs) {
    float *acc = unit->acc + block * unit->lane_tiles * TILE_FLOATS;
    int64_t lane = 0;
    for (; lane + 4 <= unit->lane_tiles; lane += 4) {
        FT_NAME(gather_lanes)(type, 4, unit, acc + lane * TILE_FLOATS, lane, pairs);
    }
    for (; lane < unit->lane_tiles; lane++) {
        FT_NAME(gather_lanes)(type, 1, unit, acc + lane * TILE_FLOATS, lane, pairs);
    }
}

/* A block against the tile at `base`. */
static inline __attribute__((always_inline)) void FT_NAME(attend_block)(
    const int64_t type, FT_NAME(attention_unit) * unit, int64_t block, int64_t base) {
    int64_t least = unit->positions[block * ROWS], most = unit->positions[block * ROWS + ROWS - 1];
    if (most < base || FT_NAME(first_seen)(unit->args, least) >= base + TILE) {
        return;
    }
    int64_t count = most + 1 - base < TILE ? most + 1 - base : TILE;
    int64_t pairs = (count + PAIR - 1) / PAIR;
    if (unit->full_steps == 1) {
        FT_NAME(score_block)(type, 1, unit, block, pairs);
    } else {
        FT_NAME(score_block)(type, 0, unit, block, pairs);
    }
    if (unit->args->soft_cap > 0) {
        FT_NAME(cap_block)(unit, pairs);
    }
    if (FT_NAME(first_seen)(unit->args, most) > base || least + 1 < base + TILE) {
        FT_NAME(mask_block)(unit, block, base, pairs);
    }
    FT_NAME(weigh_block)(type, unit, block, pairs);
    if (type != FT_BF16 && unit->blocks == 1) {
        FT_NAME(widen_tile_values)(type, unit, base);
    }
    FT_NAME(gather_block)(type, unit, block, pairs);
}

static inline __attribute__((always_inline)) void FT_NAME(attend_tiles)(
    const int64_t type, FT_NAME(attention_unit) * unit) {
    int64_t stop = unit->positions[unit->queries - 1] + 1;
    int64_t base = FT_NAME(first_seen)(unit->args, unit->positions[0]) / TILE * TILE;
    for (; base < stop; base += TILE) {
        FT_NAME(locate_tile)(type, unit, base);
        for (int64_t block = 0; block < unit->blocks; block++) {
            FT_NAME(attend_block)(type, unit, block, base);
        }
    }
}

/* Finds the unit's queries: token by token, and within a token head by head. Those that fill the last block repeat the last one. */
static void FT_NAME(locate_queries)(FT_NAME(attention_unit) * unit, int64_t first) {
    int64_t per_token = unit->args->heads / unit->args->paged.kv_heads, token = first / per_token, head = first % per_token;
    for (int64_t query = 0; query < unit->blocks * ROWS; query++) {
        unit->positions[query] = (int32_t)(unit->first_position + token);
        unit->rows[query] = (unit->token_offset + token) * unit->args->heads + unit->kv_head * per_token + head;
        unit->max[query] = NO_SCORE;
        unit->sum[query] = 0;
        int64_t more = query + 1 < unit->queries, wraps = head + 1 == per_token;
        token += more & wraps;
        head = more ? wraps ? 0 : head + 1 : head;
    }
}

/* Reads and rounds the unit's queries. */
static void FT_NAME(read_queries)(FT_NAME(attention_unit) * unit) {
    int64_t dim = unit->args->paged.key_dim, steps = unit->full_steps + 1;
    vf sign = vf_set1(unit->args->scale < 0 ? -1.0f : 1.0f);
    for (int64_t query = 0; query < unit->blocks * ROWS; query++) {
        const float *q = unit->args->q + unit->rows[query] * dim;
        uint16_t *out = unit->q + (query / ROWS * steps * ROWS + query % ROWS) * PAIR;
        for (int64_t i = 0; i < dim; i += PAIR, out += TILE_HALVES) {
            int64_t left = dim - i;
            vf low = left >= 16 ? vf_load(q + i) : vf_load_first(q + i, (int)left);
            vf high = left >= 32 ? vf_load(q + i + 16) : left > 16 ? vf_load_first(q + i + 16, (int)left - 16) : vf_zero();
            _mm512_storeu_si512(out, (__m512i)_mm512_cvtne2ps_pbh(vf_mul(high, sign), vf_mul(low, sign)));
        }
    }
}

/* The sum of a query's weights, with that of its head's sink. Where the sink is far above every score, all of them vanish. */
static inline vf FT_NAME(all_weights)(const FT_NAME(attention_unit) * unit, int64_t query) {
    vf sum = vf_set1(unit->sum[query]);
    const float *sinks = unit->args->sinks;
    if (sinks == NULL) {
        return sum;
    }
    float sink = sinks[unit->rows[query] % unit->args->heads];
    return vf_add(sum, vf_exp(vf_set1(sink - unit->max[query] * 0.69314718055994531f)));
}

static void FT_NAME(write_results)(const FT_NAME(attention_unit) * unit) {
    int64_t dim = unit->args->paged.value_dim;
    for (int64_t query = 0; query < unit->queries; query++) {
        float *out = unit->args->out + unit->rows[query] * dim;
        const float *acc = unit->acc + query / ROWS * unit->lane_tiles * TILE_FLOATS + query % ROWS * 16;
        vf sum = FT_NAME(all_weights)(unit, query);
        for (int64_t lane = 0; lane < dim; lane += 16) {
            int64_t left = dim - lane;
            vf_store_first(out + lane, vf_div(vf_load(acc + lane * 16), sum), left < 16 ? (int)left : 16);
        }
    }
}

static inline __attribute__((always_inline)) void FT_NAME(attend_type)(
    const int64_t type, const ft_attention_args *args, int64_t row, int64_t kv_head, int64_t first, int64_t end) {
    const ft_paged *paged = &args->paged;
    FT_NAME(attention_unit) unit;
    unit.args = args;
    unit.table = paged->units + paged->table_offsets[row * paged->table_stride];
    unit.kv_head = kv_head;
    unit.first_position = paged->first_positions[row];
    unit.written = unit.first_position + paged->token_counts[row];
    unit.token_offset = paged->token_offsets[row];
    unit.queries = end - first;
    unit.blocks = (unit.queries + ROWS - 1) / ROWS;
    unit.full_steps = (paged->key_dim - 1) / 32;
    unit.lane_tiles = (paged->value_dim + 15) / 16;
    unit.low_keys = paged->key_dim * (GROUP * 2);
    unit.low_values = unit.lane_tiles * (TILE * 32);
    unit.block_shift = __builtin_ctzll((uint64_t)paged->block_tokens);
    float scale = (float)((args->soft_cap > 0 ? 1 : __builtin_fabs(args->scale)) * 1.44269504088896341);
    unit.scale = scale > __FLT_MIN__ ? scale : __FLT_MIN__; /* minus infinity must stay that */
    memset(unit.lanes, 0, sizeof unit.lanes);
    memset(unit.acc, 0, (size_t)(unit.blocks * unit.lane_tiles) * TILE_FLOATS * 4);
    FT_NAME(locate_queries)(&unit, first);
    FT_NAME(read_queries)(&unit);
    if (type != FT_BF16) { /* no query sees more: do not widen it */
        unit.written = unit.positions[unit.queries - 1] + 1;
    }
    FT_NAME(configure_attention)(unit.queries < ROWS ? (int)unit.queries : ROWS, (int)(paged->key_dim - 32 * unit.full_steps) / 2);
    FT_NAME(attend_tiles)(type, &unit);
    TILE_RELEASE();
    FT_NAME(write_results)(&unit);
}

#define ATTEND(name, type, queries)                                                                                                    \
    static void FT_NAME(attend_##name)(const ft_attention_args *args, int64_t row, int64_t kv_head, int64_t first, int64_t end) {      \
        FT_NAME(attend_type)(type, args, row, kv_head, first, end);                                                                    \
    }                                                                                                                                  \
    const ft_attention_kind FT_NAME(attention_##name) = {FT_NAME(attend_##name), queries};
ATTEND(bf16, FT_BF16, FT_ATTENTION_UNIT)
ATTEND(f16, FT_F16, UNIT) /* more queries for what widening a tile takes */
ATTEND(int8, FT_INT8, UNIT)

#undef UNIT
#undef TILE
#undef GROUP
#undef GROUPS
#undef PAIR
#undef PAIRS
#undef ROWS
#undef MAX_DIM
#undef TILE_FLOATS
#undef TILE_HALVES
#undef SLACK
#undef NO_SCORE
#undef SCORE_GROUP
#undef TAKE
#undef ATTEND

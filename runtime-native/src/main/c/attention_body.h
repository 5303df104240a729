/*
 * Attention over the paged cache. Included by encoding_body.h, once for values beside keys, and once for values in keys (FT_LATENT: of
 * latent vectors), where the tile's values are brought from the layout of keys to that of values once for all queries of a unit. Defined by
 * the including file: ATTENTION_NAME(op), ATTENTION_QUERIES of a unit at most, MAX_KEY and MAX_VALUE elements.
 *
 * A unit is up to UNIT queries of one sequence row that share a KV head: token by token, and within a token the heads of the group. It
 * walks tiles of 128 positions at absolute multiples, in ascending order, and keeps per query the running maximum, sum and weighted values
 * (online softmax: Milakov and Gimelshein 2018; FlashAttention, Dao 2022). A masked position adds an exact zero, so a query's result does
 * not depend on its neighbours in the unit, and 128 positions are merged at a time whatever the block size.
 *
 * Of a cache of codes: score = ((q . codes) * scale of the key) * softmax scale, and the weight that meets a value's codes is
 * exp(score - max) * scale of the value, rounded to what the encoding computes with; the sum of weights has no scale in it.
 */
#define UNIT ATTENTION_QUERIES
#define TILE 128
#define GROUP 16
#define GROUPS (TILE / GROUP)
#define NO_SCORE (-1e30f)

/* The queries of a unit and their running softmax. */
typedef struct {
    const ft_attention_args *args;
    const int32_t *table;   /* the sequence row's blocks */
    int64_t kv_head;
    int64_t queries_per_token;
    int64_t first_position; /* of the sequence row's first token */
    int64_t first_query;
    int64_t lanes;          /* value_dim rounded up to 16 */
    const char *keys[GROUPS]; /* of the current tile; null: block released */
    const char *values[GROUPS];
#ifdef ENC_CODES
    const float *key_scales[GROUPS]; /* of the 16 tokens; any numbers where the block is released */
    const float *value_scales[GROUPS];
#endif
    float max[UNIT];
    float sum[UNIT];
    _Alignas(64) ENC_X q[UNIT * MAX_KEY];         /* packed per tile of FT_QUERY_ROWS */
    _Alignas(64) float scores[FT_QUERY_ROWS * TILE];
    _Alignas(64) ENC_X weights[FT_QUERY_ROWS * TILE];
    _Alignas(64) float acc[UNIT * MAX_VALUE];       /* [query][lanes] */
#ifdef ENC_PAIR
    _Alignas(64) char wide_keys[TILE * MAX_KEY * 2]; /* the tile's codes as a cache of ENC_TYPE holds them */
    _Alignas(64) char wide_values[TILE * MAX_VALUE * 2];
#endif
#ifdef FT_LATENT
    _Alignas(64) char turned[TILE * MAX_VALUE * (ENC_TYPE == FT_F32 ? 4 : 2)]; /* the tile's values, out of its keys */
#endif
} ATTENTION_NAME(unit);

#ifdef ENC_DOT
#define WEIGHTS_PER_TILE (TILE / 2) /* pairs */
#else
#define WEIGHTS_PER_TILE TILE
#endif

/* First position that a query at `position` sees. */
static inline int64_t ATTENTION_NAME(first_visible)(const ft_attention_args *args, int64_t position) {
    int64_t first = position - args->window + 1;
    return args->window == 0 || first < 0 ? 0 : first;
}

static inline int64_t ATTENTION_NAME(position)(const ATTENTION_NAME(unit) * unit, int64_t query) {
    return unit->first_position + (unit->first_query + query) / unit->queries_per_token;
}

#ifdef ENC_CODES
#define CACHE_TYPE FT_INT8
#else
#define CACHE_TYPE ENC_TYPE
#endif

/* Where group `g` of the tile lies: in `block`, as its group `in_block`. */
static void ATTENTION_NAME(locate_group)(ATTENTION_NAME(unit) * unit, int64_t g, int64_t block, int64_t in_block) {
    const ft_paged *paged = &unit->args->paged;
    int64_t element = ft_type_bytes(CACHE_TYPE);
    int64_t head_block = block * paged->kv_heads + unit->kv_head;
    const char *keys = (const char *)paged->keys + head_block * paged->block_tokens * ft_cache_token_bytes(CACHE_TYPE, paged->key_dim);
    unit->keys[g] = keys + in_block * GROUP * paged->key_dim * element;
#ifdef FT_LATENT
    unit->values[g] = unit->turned + g * GROUP * unit->lanes * element;
#else
    const char *values = (const char *)paged->values + head_block * paged->block_tokens * ft_cache_token_bytes(CACHE_TYPE, unit->lanes);
    unit->values[g] = values + in_block * GROUP * unit->lanes * element;
#endif
#ifdef ENC_CODES
    unit->key_scales[g] = (const float *)(keys + paged->block_tokens * paged->key_dim) + in_block * GROUP;
    unit->value_scales[g] = (const float *)(values + paged->block_tokens * unit->lanes) + in_block * GROUP;
#endif
}

/* Finds where the 16-token groups of the tile at `base` lie, up to position `end`. */
static void ATTENTION_NAME(locate)(ATTENTION_NAME(unit) * unit, int64_t base, int64_t end) {
    const ft_paged *paged = &unit->args->paged;
    int64_t groups_per_block = paged->block_tokens / GROUP;
    for (int64_t g = 0; g < GROUPS; g++) {
        int64_t position = base + g * GROUP;
        int64_t block = position < end ? unit->table[position / paged->block_tokens] : -1;
        if (block < 0) {
            unit->keys[g] = NULL;
            unit->values[g] = NULL;
#ifdef ENC_CODES
            unit->key_scales[g] = unit->value_scales[g] = unit->scores;
#endif
        } else {
            ATTENTION_NAME(locate_group)(unit, g, block, position / GROUP % groups_per_block);
        }
    }
}

#ifdef ENC_PAIR
/* Widens the tile's codes once for all queries of the unit: keys to [dim / 2][16][2], values to [token pair][lanes][2]. */
static void ATTENTION_NAME(widen)(ATTENTION_NAME(unit) * unit) {
    int64_t dim = unit->args->paged.key_dim, lanes = unit->lanes;
    for (int64_t g = 0; g < GROUPS; g++) {
        if (unit->keys[g] == NULL) {
            continue;
        }
        const char *keys = unit->keys[g], *values = unit->values[g];
        char *wide_keys = unit->wide_keys + g * GROUP * dim * 2, *wide_values = unit->wide_values + g * GROUP * lanes * 2;
        for (int64_t i = 0; i < dim; i += 2) {
            vi_store(wide_keys + i * 32, ENC_PAIR(keys + i * 16, keys + i * 16 + 16));
        }
        for (int64_t token = 0; token < GROUP; token += 2) {
            for (int64_t lane = 0; lane < lanes; lane += 16) {
                const char *even = values + token * lanes + lane;
                vi_store(wide_values + (token * lanes + 2 * lane) * 2, ENC_PAIR(even, even + lanes));
            }
        }
        unit->keys[g] = wide_keys;
        unit->values[g] = wide_values;
    }
}
#endif

#ifdef FT_LATENT
/* Values of the tile: of every group [dim / pair][16][pair] becomes [16 / pair][lanes][pair], lanes that are not there zero. */
static void ATTENTION_NAME(turn_values)(ATTENTION_NAME(unit) * unit) {
    const ft_paged *paged = &unit->args->paged;
    const int64_t pair = ft_interleave(ENC_TYPE), element = ft_type_bytes(ENC_TYPE), width = paged->value_dim;
    for (int64_t g = 0; g < GROUPS; g++) {
        if (unit->keys[g] == NULL) {
            continue;
        }
        const char *keys = unit->keys[g] + (paged->key_dim - width) * GROUP * element;
        char *values = unit->turned + g * GROUP * unit->lanes * element;
        int64_t dim = 0;
#if ENC_TURNS
        for (; dim + 16 * pair <= width; dim += 16 * pair) {
            vf columns[16]; /* of each token 16 elements, or 16 pairs */
#pragma GCC unroll 16
            for (int i = 0; i < 16; i++) {
                columns[i] = vf_load(keys + dim * GROUP * element + i * 64);
            }
            vf_transpose(columns);
#pragma GCC unroll 16
            for (int i = 0; i < 16; i += (int)pair) {
                char *to = values + (i / pair * unit->lanes + dim) * pair * element;
#if ENC_SUBSTEPS == 1 && !defined(ENC_DOT)
                vf_store((float *)(void *)to, columns[i]);
#else
                vf_store_interleaved(to, columns[i], columns[i + 1]);
#endif
            }
        }
#endif
        for (; dim < unit->lanes; dim++) {
            for (int64_t token = 0; token < GROUP; token++) {
                char *to = values + ((token / pair * unit->lanes + dim) * pair + token % pair) * element;
                if (dim < width) {
                    memcpy(to, keys + ((dim / pair * GROUP + token) * pair + dim % pair) * element, (size_t)element);
                } else {
                    memset(to, 0, (size_t)element);
                }
            }
        }
    }
}
#endif

/* scores[r][16 * g ..] = q[r] . k for `panels` neighbouring groups. */
static inline __attribute__((always_inline)) void ATTENTION_NAME(score)(
    const int rows, const int panels, ATTENTION_NAME(unit) * unit, const ENC_X *q, int64_t group, int64_t steps) {
    vf acc[FT_QUERY_ROWS * FT_QUERY_PANELS];
    const char *w[FT_MAX_TILE_PANELS];
#pragma GCC unroll 4
    for (int p = 0; p < panels; p++) {
        w[p] = unit->keys[group + p];
    }
#pragma GCC unroll 16
    for (int i = 0; i < rows * panels; i++) {
        acc[i] = vf_zero();
    }
    ENC_NAME(chain)(rows, panels, w, ENC_STEP_BYTES, q, 1, rows, ENC_SUBSTEPS * rows, steps, acc);
#pragma GCC unroll 16
    for (int i = 0; i < rows * panels; i++) {
        vf_store(unit->scores + i / panels * TILE + (group + i % panels) * GROUP, acc[i]);
    }
}

/* All scores of `rows` queries against the groups of the tile. */
static inline __attribute__((always_inline)) void ATTENTION_NAME(score_tile)(
    const int rows, ATTENTION_NAME(unit) * unit, const ENC_X *q, int64_t groups) {
    int64_t steps = unit->args->paged.key_dim / (ENC_TYPE == FT_BF16 ? 2 : 1);
    for (int64_t g = 0; g < groups;) {
        if (unit->keys[g] == NULL) {
            g++;
        } else if (FT_QUERY_PANELS > 1 && g + 1 < groups && unit->keys[g + 1] != NULL) {
            ATTENTION_NAME(score)(rows, FT_QUERY_PANELS, unit, q, g, steps);
            g += FT_QUERY_PANELS;
        } else {
            ATTENTION_NAME(score)(rows, 1, unit, q, g++, steps);
        }
    }
}

/* x where the query sees the position, else other. */
static inline __attribute__((always_inline)) vf ATTENTION_NAME(seen)(
    const int whole, const ATTENTION_NAME(unit) * unit, int64_t g, int from, int to, vf x, vf other) {
    int hidden = !whole && unit->keys[g] == NULL ? TILE : 0;
    return whole ? x : vf_keep(x, from - (int)g * GROUP + hidden, to - (int)g * GROUP, other);
}

/* Turns row `r`'s scores into weights relative to its new maximum; returns what earlier sums must be multiplied by. The query sees the
 * positions [from, to) of the tile, all of them where it is whole. */
static inline __attribute__((always_inline)) float ATTENTION_NAME(soften_row)(
    const int whole, ATTENTION_NAME(unit) * unit, int64_t query, int64_t r, int from, int to, int64_t groups) {
    float *scores = unit->scores + r * TILE;
    vf scale = vf_set1((float)unit->args->scale);
    vf cap = vf_set1((float)unit->args->soft_cap);
    const int capped = unit->args->soft_cap > 0;
    vf none = vf_set1(NO_SCORE);
    vf largest = none;
    for (int64_t g = 0; g < groups; g++) {
        vf score = vf_load(scores + g * GROUP);
#ifdef ENC_CODES
        score = vf_mul(score, vf_load(unit->key_scales[g]));
#endif
        score = vf_mul(score, scale);
        if (capped) {
            score = vf_soft_cap(score, cap);
        }
        score = ATTENTION_NAME(seen)(whole, unit, g, from, to, score, none);
        vf_store(scores + g * GROUP, score);
        largest = vf_max(largest, score);
    }
    float max = vf_largest(largest);
    max = max > unit->max[query] ? max : unit->max[query];
    float keep = vf_largest(vf_exp(vf_set1(unit->max[query] - max)));
    vf sum = vf_zero();
    for (int64_t g = 0; g < groups; g++) {
        vf weight = vf_exp(vf_sub(vf_load(scores + g * GROUP), vf_set1(max)));
        weight = ATTENTION_NAME(seen)(whole, unit, g, from, to, weight, vf_zero());
        sum = vf_add(sum, weight);
#ifdef ENC_CODES /* the scale of a position that was never written may be anything, even NaN */
        weight = ATTENTION_NAME(seen)(whole, unit, g, from, to, vf_mul(weight, vf_load(unit->value_scales[g])), vf_zero());
#endif
#ifdef ENC_DOT
        ENC_ROUND((uint16_t *)(unit->weights + r * WEIGHTS_PER_TILE) + g * GROUP, weight);
#else
        vf_store(unit->weights + r * WEIGHTS_PER_TILE + g * GROUP, weight);
#endif
    }
    unit->sum[query] = unit->sum[query] * keep + vf_sum(sum);
    unit->max[query] = max;
    return keep;
}

static float ATTENTION_NAME(soften)(ATTENTION_NAME(unit) * unit, int64_t query, int64_t r, int64_t base, int64_t groups) {
    int64_t position = ATTENTION_NAME(position)(unit, query);
    int from = (int)(ATTENTION_NAME(first_visible)(unit->args, position) - base);
    int to = (int)(position + 1 - base);
    if (from <= 0 && to >= TILE && groups == GROUPS) { /* then no block of the tile is released */
        return ATTENTION_NAME(soften_row)(1, unit, query, r, 0, TILE, GROUPS);
    }
    return ATTENTION_NAME(soften_row)(0, unit, query, r, from, to, groups);
}

/* acc[r][lane ..] = acc * keep[r] + weights . values over the tile's first `count` positions, for `panels` vectors of 16 lanes. */
static inline __attribute__((always_inline)) void ATTENTION_NAME(gather_values)(
    const int rows, const int panels, ATTENTION_NAME(unit) * unit, int64_t query, int64_t lane, int64_t count, const float *keep) {
    const int per_step = ENC_TYPE == FT_BF16 ? 2 : 1;
    int64_t step_bytes = unit->lanes * ENC_LANE_BYTES;
    vf acc[FT_QUERY_ROWS * FT_QUERY_PANELS];
#pragma GCC unroll 16
    for (int i = 0; i < rows * panels; i++) {
        acc[i] = vf_mul(vf_load(unit->acc + (query + i / panels) * unit->lanes + lane + i % panels * 16), vf_set1(keep[i / panels]));
    }
    for (int64_t g = 0; g * GROUP < count; g++) {
        if (unit->values[g] == NULL) {
            continue;
        }
        const char *w[FT_MAX_TILE_PANELS];
#pragma GCC unroll 4
        for (int p = 0; p < panels; p++) {
            w[p] = unit->values[g] + (lane + p * 16) * ENC_LANE_BYTES;
        }
        const ENC_X *x = unit->weights + g * (WEIGHTS_PER_TILE / GROUPS);
        int64_t tokens = count - g * GROUP < GROUP ? count - g * GROUP : GROUP;
        int64_t steps = tokens / per_step;
        ENC_NAME(chain)(rows, panels, w, step_bytes, x, WEIGHTS_PER_TILE, 1, ENC_SUBSTEPS, steps, acc);
#if ENC_SUBSTEPS == 2 || defined(ENC_DOT)
        if (tokens % 2 != 0) { /* the other half of the last pair was never written: it may hold anything, even NaN */
            _Alignas(64) uint32_t last[FT_QUERY_PANELS * 16];
#pragma GCC unroll 4
            for (int p = 0; p < panels; p++) {
                memcpy(last + p * 16, w[p] + steps * step_bytes, 64);
                w[p] = (const char *)(last + p * 16);
            }
            for (int i = 0; i < panels * 16; i++) {
                last[i] &= 0xffff;
            }
            ENC_NAME(chain)(rows, panels, w, 0, x + steps * ENC_SUBSTEPS, WEIGHTS_PER_TILE, 1, ENC_SUBSTEPS, 1, acc);
        }
#endif
    }
#pragma GCC unroll 16
    for (int i = 0; i < rows * panels; i++) {
        vf_store(unit->acc + (query + i / panels) * unit->lanes + lane + i % panels * 16, acc[i]);
    }
}

/* Queries [query, query + used) against the tile at `base`; the rows past `used` are computed and dropped. */
static inline __attribute__((always_inline)) void ATTENTION_NAME(attend_tile)(
    const int rows, ATTENTION_NAME(unit) * unit, int64_t query, int64_t used, int64_t base) {
    int64_t last = ATTENTION_NAME(position)(unit, query + used - 1);
    if (last < base || ATTENTION_NAME(first_visible)(unit->args, ATTENTION_NAME(position)(unit, query)) >= base + TILE) {
        return;
    }
    int64_t count = last + 1 - base < TILE ? last + 1 - base : TILE;
    int64_t groups = (count + GROUP - 1) / GROUP;
    ATTENTION_NAME(score_tile)(rows, unit, unit->q + query * MAX_KEY, groups);
    float keep[FT_QUERY_ROWS] = {0};
    for (int64_t r = 0; r < used; r++) {
        keep[r] = ATTENTION_NAME(soften)(unit, query + r, r, base, groups);
    }
    for (int64_t lane = 0; lane < unit->lanes;) {
        if (FT_QUERY_PANELS > 1 && lane + 16 < unit->lanes) {
            ATTENTION_NAME(gather_values)(rows, FT_QUERY_PANELS, unit, query, lane, count, keep);
            lane += FT_QUERY_PANELS * 16;
        } else {
            ATTENTION_NAME(gather_values)(rows, 1, unit, query, lane, count, keep);
            lane += 16;
        }
    }
}

static inline int ATTENTION_NAME(query_rows)(int64_t used) {
    return used > 4 ? FT_QUERY_ROWS : used > 2 ? 4 : (int)used;
}

/* Queries [query, query + used) of the unit: reads, packs and clears what they run on. */
static void ATTENTION_NAME(start)(ATTENTION_NAME(unit) * unit, int64_t token_offset, int64_t query, int64_t used) {
    const ft_attention_args *args = unit->args;
    int64_t dim = args->paged.key_dim;
    int rows = ATTENTION_NAME(query_rows)(used);
    float q[FT_QUERY_ROWS * MAX_KEY];
    for (int64_t r = 0; r < rows; r++) {
        if (r < used) {
            int64_t index = unit->first_query + query + r;
            int64_t token = token_offset + index / unit->queries_per_token;
            int64_t head = unit->kv_head * unit->queries_per_token + index % unit->queries_per_token;
            memcpy(q + r * dim, args->q + (token * args->heads + head) * dim, (size_t)dim * 4);
        } else {
            memset(q + r * dim, 0, (size_t)dim * 4);
        }
        unit->max[query + r] = NO_SCORE;
        unit->sum[query + r] = 0;
    }
    ENC_NAME(pack)(q, NULL, dim, rows, unit->q + query * MAX_KEY);
    memset(unit->acc + query * unit->lanes, 0, (size_t)(rows * unit->lanes) * 4);
}

/* The sum of a query's weights, with that of its head's sink. Where the sink is far above every score, all of them vanish. */
static vf ATTENTION_NAME(all_weights)(const ATTENTION_NAME(unit) * unit, int64_t query, int64_t head) {
    vf sum = vf_set1(unit->sum[query]);
    const float *sinks = unit->args->sinks;
    return sinks == NULL ? sum : vf_add(sum, vf_exp(vf_set1(sinks[head] - unit->max[query])));
}

static void ATTENTION_NAME(finish)(const ATTENTION_NAME(unit) * unit, int64_t token_offset, int64_t query) {
    const ft_attention_args *args = unit->args;
    int64_t index = unit->first_query + query;
    int64_t token = token_offset + index / unit->queries_per_token;
    int64_t head = unit->kv_head * unit->queries_per_token + index % unit->queries_per_token;
    float *out = args->out + (token * args->heads + head) * args->paged.value_dim;
    vf sum = ATTENTION_NAME(all_weights)(unit, query, head);
    for (int64_t lane = 0; lane < args->paged.value_dim; lane += 16) {
        int64_t left = args->paged.value_dim - lane;
        vf_store_first(out + lane, vf_div(vf_load(unit->acc + query * unit->lanes + lane), sum), left < 16 ? (int)left : 16);
    }
}

static void ATTENTION_NAME(attend)(const ft_attention_args *args, int64_t row, int64_t kv_head, int64_t first, int64_t end) {
    ATTENTION_NAME(unit) unit;
    int64_t token_offset = args->paged.token_offsets[row];
    int64_t queries = end - first;
    unit.args = args;
    unit.table = args->paged.units + args->paged.table_offsets[row * args->paged.table_stride];
    unit.kv_head = kv_head;
    unit.queries_per_token = args->heads / args->paged.kv_heads;
    unit.first_position = args->paged.first_positions[row];
    unit.first_query = first;
    unit.lanes = (args->paged.value_dim + 15) & -16;
    memset(unit.weights, 0, sizeof unit.weights);
    for (int64_t query = 0; query < queries; query += FT_QUERY_ROWS) {
        ATTENTION_NAME(start)(&unit, token_offset, query, queries - query < FT_QUERY_ROWS ? queries - query : FT_QUERY_ROWS);
    }
    int64_t stop = ATTENTION_NAME(position)(&unit, queries - 1) + 1;
    int64_t base = ATTENTION_NAME(first_visible)(args, ATTENTION_NAME(position)(&unit, 0)) / TILE * TILE;
    for (; base < stop; base += TILE) {
        ATTENTION_NAME(locate)(&unit, base, stop);
#ifdef ENC_PAIR
        ATTENTION_NAME(widen)(&unit);
#endif
#ifdef FT_LATENT
        ATTENTION_NAME(turn_values)(&unit);
#endif
        for (int64_t query = 0; query < queries; query += FT_QUERY_ROWS) {
            int64_t used = queries - query < FT_QUERY_ROWS ? queries - query : FT_QUERY_ROWS;
            switch (ATTENTION_NAME(query_rows)(used)) {
                case 1:
                    ATTENTION_NAME(attend_tile)(1, &unit, query, used, base);
                    break;
                case 2:
                    ATTENTION_NAME(attend_tile)(2, &unit, query, used, base);
                    break;
                case 4:
                    ATTENTION_NAME(attend_tile)(4, &unit, query, used, base);
                    break;
                default:
                    ATTENTION_NAME(attend_tile)(FT_QUERY_ROWS, &unit, query, used, base);
            }
        }
    }
    for (int64_t query = 0; query < queries; query++) {
        ATTENTION_NAME(finish)(&unit, token_offset, query);
    }
}

#undef UNIT
#undef TILE
#undef GROUP
#undef GROUPS
#undef NO_SCORE
#undef WEIGHTS_PER_TILE
#undef CACHE_TYPE

/*
 * Where the keys and values of a tile of positions lie as the B tiles that attention_amx.h, which includes this, multiplies by.
 *
 * A bf16 cache holds them as they are. Others are widened once per tile and unit, to keys [group][dim / 2][16][2] and values
 * [token pair][lanes][2], without losing a bit: 8-bit codes are numbers of bf16, their scales come in after the dot and before the weights are
 * rounded; an f16 number is the sum of two of bf16, which are multiplied one after the other.
 */

/* Index among all groups of the cache of the one at `position`; negative: released or not written. */
static inline int64_t FT_NAME(group_at)(const FT_NAME(attention_unit) * unit, int64_t position) {
    if (position >= unit->written) {
        return -1;
    }
    int64_t block = unit->table[position >> unit->block_shift];
    int64_t group = (position & ((1 << unit->block_shift) - 1)) / GROUP;
    return block < 0 ? -1 : (((block * unit->args->paged.kv_heads + unit->kv_head) << unit->block_shift) / GROUP) + group;
}

/* The elements of a group in a cache of keys or values, `width` per token. */
static inline __attribute__((always_inline)) const char *FT_NAME(elements_of)(
    const int64_t type, const FT_NAME(attention_unit) * unit, const void *cache, int64_t width, int64_t group) {
    int64_t scales = type == FT_INT8 ? (group * GROUP >> unit->block_shift << unit->block_shift) * 4 : 0; /* of the blocks before */
    return (const char *)cache + group * width * GROUP * ft_type_bytes(type) + scales;
}

/* The scales of its tokens. */
static inline const float *FT_NAME(scales_of)(const FT_NAME(attention_unit) * unit, const void *cache, int64_t width, int64_t group) {
    int64_t token = group * GROUP, in_block = token & ((1 << unit->block_shift) - 1);
    return (const float *)(const void *)((const char *)cache + (token - in_block) * (width + 4) + (width << unit->block_shift)) + in_block;
}

static inline __attribute__((always_inline)) const char *FT_NAME(keys_of)(
    const int64_t type, const FT_NAME(attention_unit) * unit, int64_t group) {
    return FT_NAME(elements_of)(type, unit, unit->args->paged.keys, unit->args->paged.key_dim, group);
}

static inline __attribute__((always_inline)) const char *FT_NAME(values_of)(
    const int64_t type, const FT_NAME(attention_unit) * unit, int64_t group) {
    return FT_NAME(elements_of)(type, unit, unit->args->paged.values, unit->lane_tiles * 16, group);
}

/* Copies a group's values as far as they are written; zeros for the rest, which may hold anything, even NaN. */
static void FT_NAME(pad_group)(const FT_NAME(attention_unit) * unit, int64_t group, int64_t tokens, char *out) {
    int64_t pair_bytes = unit->lane_tiles * 64;
    int64_t pairs = group < 0 ? 0 : tokens < GROUP ? (tokens + 1) / 2 : GROUP / 2;
    if (pairs > 0) {
        memcpy(out, FT_NAME(values_of)(FT_BF16, unit, group), (size_t)(pairs * pair_bytes));
    }
    memset(out + pairs * pair_bytes, 0, (size_t)((GROUP / 2 - pairs) * pair_bytes));
    if (pairs > 0 && tokens < GROUP && tokens % 2 != 0) {
        uint32_t *last = (uint32_t *)(void *)(out + (pairs - 1) * pair_bytes);
        for (int64_t i = 0; i < pair_bytes / 4; i++) {
            last[i] &= 0xffff;
        }
    }
}

static void FT_NAME(locate_values)(FT_NAME(attention_unit) * unit, int64_t base, const int64_t *groups) {
    for (int64_t p = 0; p < PAIRS; p++) {
        int64_t left = unit->written - base - p * PAIR, first = groups[2 * p], second = groups[2 * p + 1];
        if (first < 0 && second < 0) {
            unit->values[p] = NULL;
        } else if (first >= 0 && second == first + 1 && left >= PAIR) {
            unit->values[p] = FT_NAME(values_of)(FT_BF16, unit, first);
        } else {
            char *padded = (char *)(unit->wide + p * PAIR * unit->lane_tiles * 16);
            FT_NAME(pad_group)(unit, first, left, padded);
            FT_NAME(pad_group)(unit, second, left - GROUP, padded + GROUP * unit->lane_tiles * 32);
            unit->values[p] = padded;
        }
    }
}

/* Keys and values of a bf16 cache. */
static void FT_NAME(locate_in_place)(FT_NAME(attention_unit) * unit, int64_t base, const int64_t *groups) {
    int64_t some = -1;
    for (int64_t g = 0; g < GROUPS; g++) {
        some = groups[g] < 0 ? some : groups[g];
    }
    for (int64_t g = 0; g < GROUPS; g++) {
        unit->keys[g] = FT_NAME(keys_of)(FT_BF16, unit, groups[g] < 0 ? some : groups[g]);
    }
    FT_NAME(locate_values)(unit, base, groups);
}

/* Two times 16 floats whose lower halves are zero, as pairs of bf16. */
static inline __attribute__((always_inline)) __m512i FT_NAME(pairs_of)(vf even, vf odd) {
    const __m512i upper = _mm512_set1_epi32(0x00000302); /* of each dword, to its lower half */
    return _mm512_mask_shuffle_epi8(_mm512_castps_si512(odd), 0x3333333333333333, _mm512_castps_si512(even),
                                    _mm512_add_epi32(upper, _mm512_setr_epi32(0, 0x0404, 0x0808, 0x0c0c, 0, 0x0404, 0x0808, 0x0c0c, 0,
                                                                              0x0404, 0x0808, 0x0c0c, 0, 0x0404, 0x0808, 0x0c0c)));
}

/* Two times 16 elements of one kind, widened and paired; the odd ones zero where they are not wanted. `low`: bytes from what bf16 holds of an
 * f16 number to the rest. */
static inline __attribute__((always_inline)) void FT_NAME(widen_pair)(
    const int64_t type, const char *even, const char *odd, int both, char *out, int64_t low) {
    if (type == FT_INT8) { /* a code that was never written is a number too */
        vi_store(out, FT_NAME(pairs_of)(vf_load_i8(even), vf_load_i8(odd)));
        return;
    }
    vf upper = vf_set1(ft_float(0xffff0000)), x = vf_load_f16(even), y = both ? vf_load_f16(odd) : vf_zero();
    vf x_high = _mm512_and_ps(x, upper), y_high = _mm512_and_ps(y, upper);
    vi_store(out, FT_NAME(pairs_of)(x_high, y_high));
    vi_store(out + low, FT_NAME(pairs_of)(vf_sub(x, x_high), vf_sub(y, y_high)));
}

/* A group's keys, as far as they are written. */
static inline __attribute__((always_inline)) void FT_NAME(widen_keys)(
    const int64_t type, const FT_NAME(attention_unit) * unit, int64_t group, char *out) {
    const char *keys = FT_NAME(keys_of)(type, unit, group);
    const int64_t row = GROUP * ft_type_bytes(type);
#pragma GCC unroll 4
    for (int64_t i = 0; i < unit->args->paged.key_dim; i += 2) {
        FT_NAME(widen_pair)(type, keys + i * row, keys + (i + 1) * row, 1, out + i * 32, unit->low_keys);
    }
}

/* Zeros for values that are not written, or that no query sees. */
static inline __attribute__((always_inline)) void FT_NAME(clear_values)(
    const int64_t type, const FT_NAME(attention_unit) * unit, char *out, int64_t bytes) {
    memset(out, 0, (size_t)bytes);
    if (type == FT_F16) {
        memset(out + unit->low_values, 0, (size_t)bytes);
    }
}

/* A group's values; zeros for those past `tokens`. */
static inline __attribute__((always_inline)) void FT_NAME(widen_values)(
    const int64_t type, const FT_NAME(attention_unit) * unit, int64_t group, int64_t tokens, char *out) {
    const int64_t lanes = unit->lane_tiles * 16, row = lanes * ft_type_bytes(type);
    const int64_t used = group < 0 || tokens < 0 ? 0 : tokens < GROUP ? tokens : GROUP;
    const char *values = used == 0 ? NULL : FT_NAME(values_of)(type, unit, group);
    for (int64_t token = 0; token < used; token += 2) {
#pragma GCC unroll 4
        for (int64_t lane = 0; lane < lanes; lane += 16) {
            const char *even = values + token * row + lane * ft_type_bytes(type);
            FT_NAME(widen_pair)(type, even, even + row, token + 1 < used, out + (token * lanes + 2 * lane) * 2, unit->low_values);
        }
    }
    int64_t written = (used + 1) / 2 * lanes * 4;
    FT_NAME(clear_values)(type, unit, out + written, GROUP / 2 * lanes * 4 - written);
}

/* What a group's codes are multiplied by; where nothing is written the scales may be anything, even NaN. */
static void FT_NAME(read_scales)(FT_NAME(attention_unit) * unit, int64_t g, int64_t group, int64_t tokens) {
    const ft_paged *paged = &unit->args->paged;
    vf key = vf_set1(1.0f), value = vf_zero();
    if (group >= 0) {
        int used = tokens < GROUP ? (int)tokens : GROUP;
        key = vf_keep(vf_load(FT_NAME(scales_of)(unit, paged->keys, paged->key_dim, group)), 0, used, key);
        value = vf_keep(vf_load(FT_NAME(scales_of)(unit, paged->values, unit->lane_tiles * 16, group)), 0, used, value);
    }
    key = vf_max(vf_mul(key, vf_set1(unit->scale)), vf_set1(__FLT_MIN__)); /* minus infinity must stay that */
    vf_store(unit->key_factors + g * GROUP, key);
    vf_store(unit->value_factors + g * GROUP, value);
}

/* Fetches a group of the next tile. Inlined: GCC takes a function that does nothing else for one without effect, and drops its calls. */
static inline __attribute__((always_inline)) void FT_NAME(fetch)(const char *group, int64_t bytes) {
    if (group != NULL) {
        for (int64_t i = 0; i < bytes; i += 64) {
            _mm_prefetch(group + i, _MM_HINT_T1);
        }
    }
}

/* Keys of a cache of another type, widened. What is left of an earlier tile is behind the mask. */
static inline __attribute__((always_inline)) void FT_NAME(widen_tile_keys)(
    const int64_t type, FT_NAME(attention_unit) * unit, int64_t base) {
    char *keys = (char *)unit->wide;
    for (int64_t g = 0; g < GROUPS; g++, keys += unit->low_keys * (type == FT_F16 ? 2 : 1)) {
        FT_NAME(fetch)(unit->ahead[g][0], unit->args->paged.key_dim * GROUP * ft_type_bytes(type));
        unit->keys[g] = keys;
        if (unit->groups[g] >= 0) {
            FT_NAME(widen_keys)(type, unit, unit->groups[g], keys);
        }
        if (type == FT_INT8) {
            FT_NAME(read_scales)(unit, g, unit->groups[g], unit->written - base - g * GROUP);
        }
    }
}

/* Its values. A unit of one block needs the keys no more: their place is in the first-level cache. */
static inline __attribute__((always_inline)) void FT_NAME(widen_tile_values)(
    const int64_t type, FT_NAME(attention_unit) * unit, int64_t base) {
    const int64_t bytes = unit->lane_tiles * (GROUP * 32);
    char *values = (char *)unit->wide + (unit->blocks == 1 ? 0 : GROUPS * unit->low_keys * (type == FT_F16 ? 2 : 1));
    for (int64_t g = 0; g < GROUPS; g++, values += bytes) {
        FT_NAME(fetch)(unit->ahead[g][1], unit->lane_tiles * (GROUP * 16) * ft_type_bytes(type));
        if (g % 2 == 0) {
            unit->values[g / 2] = unit->groups[g] < 0 && unit->groups[g + 1] < 0 ? NULL : values;
        }
        if (unit->values[g / 2] != NULL) {
            FT_NAME(widen_values)(type, unit, unit->groups[g], unit->written - base - g * GROUP, values);
        }
    }
}

/* Finds keys and values of the tile at `base`. Where they have to be widened and there is one block only, that finds the values when it needs
 * them. Codes of the next tile are fetched where nothing has read them before: by units of one block. Measured, fetching wider elements gains
 * nothing. */
static inline __attribute__((always_inline)) void FT_NAME(locate_tile)(const int64_t type, FT_NAME(attention_unit) * unit, int64_t base) {
    for (int64_t g = 0; g < GROUPS; g++) {
        unit->groups[g] = FT_NAME(group_at)(unit, base + g * GROUP);
        int64_t ahead = type != FT_INT8 || unit->blocks > 1 ? -1 : FT_NAME(group_at)(unit, base + TILE + g * GROUP);
        unit->ahead[g][0] = ahead < 0 ? NULL : FT_NAME(keys_of)(type, unit, ahead);
        unit->ahead[g][1] = ahead < 0 ? NULL : FT_NAME(values_of)(type, unit, ahead);
    }
    if (type == FT_BF16) {
        FT_NAME(locate_in_place)(unit, base, unit->groups);
        return;
    }
    FT_NAME(widen_tile_keys)(type, unit, base);
    if (unit->blocks > 1) {
        FT_NAME(widen_tile_values)(type, unit, base);
    }
}

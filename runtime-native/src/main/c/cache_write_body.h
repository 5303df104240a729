/* Writes of keys and values to the cache; layouts: KvFormat. */

/* One head's key and value of one token from some element on, either of them null: not written; slot: token within its block. */
static inline __attribute__((always_inline)) void FT_NAME(write_head)(
    const int64_t type, const ft_paged *paged, int64_t head_block, int64_t slot, const float *k, int64_t first_key, const float *v,
    int64_t first_value) {
    int64_t pair = ft_interleave(type);
    int64_t lanes = (paged->value_dim + 15) & -16;
    int64_t group = head_block * (paged->block_tokens / 16) + slot / 16;
    for (int64_t dim = first_key; k != NULL && dim < paged->key_dim; dim++) {
        int64_t step = group * (paged->key_dim / pair) + dim / pair;
        ft_store(paged->keys, type, (step * 16 + slot % 16) * pair + dim % pair, k[dim]);
    }
    int64_t step = (head_block * paged->block_tokens + slot) / pair;
    for (int64_t dim = first_value; v != NULL && dim < paged->value_dim; dim++) {
        ft_store(paged->values, type, (step * lanes + dim) * pair + slot % pair, v[dim]);
    }
}

/* The same for FT_INT8: x, one head's key or value, as codes `stride` bytes apart; returns their scale. */
static float FT_NAME(write_codes)(const float *x, int64_t width, int8_t *out, int64_t stride) {
    float inverse;
    float scale = FT_NAME(scale_of)(x, width, &inverse);
    for (int64_t dim = 0; dim < width; dim += 16) {
        int64_t left = width - dim < 16 ? width - dim : 16;
        int8_t codes[16];
        vi_store_bytes(codes, FT_NAME(quantize_some)(x + dim, left, inverse));
        for (int64_t i = 0; i < left; i++) {
            out[(dim + i) * stride] = codes[i];
        }
    }
    return scale;
}

static void FT_NAME(write_coded_head)(const ft_paged *paged, int64_t head_block, int64_t slot, const float *k, const float *v) {
    int64_t lanes = (paged->value_dim + 15) & -16;
    char *keys = (char *)paged->keys + head_block * paged->block_tokens * ft_cache_token_bytes(FT_INT8, paged->key_dim);
    char *values = (char *)paged->values + head_block * paged->block_tokens * ft_cache_token_bytes(FT_INT8, lanes);
    if (k != NULL) {
        int8_t *key = (int8_t *)keys + slot / 16 * 16 * paged->key_dim + slot % 16;
        float scale = FT_NAME(write_codes)(k, paged->key_dim, key, 16);
        memcpy(keys + paged->block_tokens * paged->key_dim + slot * 4, &scale, 4);
    }
    if (v != NULL) {
        float scale = FT_NAME(write_codes)(v, paged->value_dim, (int8_t *)values + slot * lanes, 1);
        memcpy(values + paged->block_tokens * lanes + slot * 4, &scale, 4);
    }
}

/* 32 elements of each of 16 tokens, `stride` floats apart, rounded to bf16. */
static inline __attribute__((always_inline)) void FT_NAME(round_tokens)(const float *x, int64_t stride, uint16_t out[16][32]) {
    for (int64_t token = 0; token < 16; token++) {
        vf_store_bf16(out[token], vf_load(x + token * stride));
        vf_store_bf16(out[token] + 16, vf_load(x + token * stride + 16));
    }
}

/* A head's keys of the 16 tokens of a group, `stride` floats apart; returns how many of the first elements were written. */
static int64_t FT_NAME(write_group_keys)(const int64_t type, const ft_paged *paged, int64_t group, const float *k, int64_t stride) {
    int64_t whole = type == FT_BF16 ? paged->key_dim & -32 : paged->key_dim & -16;
    float *out = (float *)((char *)paged->keys + group * 16 * paged->key_dim * ft_type_bytes(type));
    for (int64_t dim = 0; dim < whole; dim += type == FT_BF16 ? 32 : 16) {
        vf rows[16];
        uint16_t halves[16][32];
        if (type == FT_BF16) {
            FT_NAME(round_tokens)(k + dim, stride, halves);
        }
        for (int64_t token = 0; token < 16; token++) {
            rows[token] = type == FT_BF16 ? vf_load(halves[token]) : vf_load(k + token * stride + dim);
        }
        vf_transpose(rows);
        for (int64_t i = 0; i < 16; i++) {
            vf_store(out, rows[i]);
            out += 16;
        }
    }
    return whole;
}

/* The same of values; first: place of the group's first token among those of the head's block. */
static int64_t FT_NAME(write_group_values)(const int64_t type, const ft_paged *paged, int64_t first, const float *v, int64_t stride) {
    int64_t lanes = (paged->value_dim + 15) & -16;
    if (type == FT_F32) {
        for (int64_t token = 0; token < 16; token++) {
            memcpy((float *)paged->values + (first + token) * lanes, v + token * stride, (size_t)paged->value_dim * sizeof(float));
        }
        return paged->value_dim;
    }
    int64_t whole = paged->value_dim & -32;
    for (int64_t dim = 0; dim < whole; dim += 32) {
        uint16_t halves[16][32];
        FT_NAME(round_tokens)(v + dim, stride, halves);
        for (int64_t token = 0; token < 16; token += 2) {
            uint16_t *out = (uint16_t *)paged->values + ((first + token) / 2 * lanes + dim) * 2;
            vf_store_interleaved(out, vf_load(halves[token]), vf_load(halves[token + 1]));
        }
    }
    return whole;
}

/* All heads of the 16 tokens of a group, whose first one is `token`. */
static inline __attribute__((always_inline)) void FT_NAME(write_group)(
    const int64_t type, const ft_write_kv_args *args, int64_t block, int64_t slot, int64_t token) {
    const ft_paged *paged = &args->paged;
    int64_t key_stride = paged->kv_heads * paged->key_dim, value_stride = paged->kv_heads * paged->value_dim;
    for (int64_t head = 0; head < paged->kv_heads; head++) {
        int64_t head_block = block * paged->kv_heads + head;
        const float *k = args->k == NULL ? NULL : args->k + token * key_stride + head * paged->key_dim;
        const float *v = args->v == NULL ? NULL : args->v + token * value_stride + head * paged->value_dim;
        int64_t keys = 0, values = 0;
        if (k != NULL) {
            keys = FT_NAME(write_group_keys)(type, paged, head_block * (paged->block_tokens / 16) + slot / 16, k, key_stride);
        }
        if (v != NULL) {
            values = FT_NAME(write_group_values)(type, paged, head_block * paged->block_tokens + slot, v, value_stride);
        }
        for (int64_t i = 0; i < 16 && ((k != NULL && keys < paged->key_dim) || (v != NULL && values < paged->value_dim)); i++) {
            FT_NAME(write_head)(type, paged, head_block, slot + i, k == NULL ? NULL : k + i * key_stride, keys,
                                v == NULL ? NULL : v + i * value_stride, values);
        }
    }
}

static void FT_NAME(write_token)(const ft_write_kv_args *args, int64_t block, int64_t slot, int64_t token) {
    const ft_paged *paged = &args->paged;
    for (int64_t head = 0; head < paged->kv_heads; head++) {
        int64_t head_block = block * paged->kv_heads + head;
        int64_t unit = token * paged->kv_heads + head;
        const float *k = args->k == NULL ? NULL : args->k + unit * paged->key_dim;
        const float *v = args->v == NULL ? NULL : args->v + unit * paged->value_dim;
        switch (paged->type) {
            case FT_F32:
                FT_NAME(write_head)(FT_F32, paged, head_block, slot, k, 0, v, 0);
                break;
            case FT_F16:
                FT_NAME(write_head)(FT_F16, paged, head_block, slot, k, 0, v, 0);
                break;
            case FT_BF16:
                FT_NAME(write_head)(FT_BF16, paged, head_block, slot, k, 0, v, 0);
                break;
            default:
                FT_NAME(write_coded_head)(paged, head_block, slot, k, v);
        }
    }
}

/* Tokens [first, end) of one sequence row. Whole groups are written together: the same bits, and stores side by side. */
static void FT_NAME(write_kv)(const ft_write_kv_args *args, int64_t row, int64_t first, int64_t end) {
    const ft_paged *paged = &args->paged;
    const int32_t *table = paged->units + paged->table_offsets[row * paged->table_stride];
    for (int64_t i = first; i < end;) {
        int64_t position = paged->first_positions[row] + i;
        int64_t token = paged->token_offsets[row] + i;
        int64_t slot = position % paged->block_tokens;
        int64_t block = table[position / paged->block_tokens];
        int whole = position % 16 == 0 && i + 16 <= end;
        if (whole && paged->type == FT_BF16) {
            FT_NAME(write_group)(FT_BF16, args, block, slot, token);
        } else if (whole && paged->type == FT_F32) {
            FT_NAME(write_group)(FT_F32, args, block, slot, token);
        } else {
            FT_NAME(write_token)(args, block, slot, token);
        }
        i += whole && (paged->type == FT_BF16 || paged->type == FT_F32) ? 16 : 1;
    }
}

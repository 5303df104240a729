/* Reductions over logits. */

static inline __attribute__((always_inline)) vf FT_NAME(load_logits)(const float *logits, int64_t i, int64_t count) {
    return count - i >= 16 ? vf_load(logits + i)
                           : vf_keep(vf_load_first(logits + i, (int)(count - i)), 0, (int)(count - i), vf_set1(-__builtin_inff()));
}

/* Ids whose bit is 0 get negative infinity. */
static void FT_NAME(refuse)(float *logits, const uint16_t *mask, int64_t count) {
    for (int64_t i = 0; i < count; i += 16) {
        vf kept = vf_keep_bits(FT_NAME(load_logits)(logits, i, count), mask[i / 16], vf_set1(-__builtin_inff()));
        vf_store_first(logits + i, kept, count - i < 16 ? (int)(count - i) : 16);
    }
}

/* The largest logit of each block and of all. */
static float FT_NAME(block_maxima)(const float *logits, int64_t count, float *block_max) {
    float all = -__builtin_inff();
    for (int64_t start = 0; start < count; start += FT_LOGIT_BLOCK) {
        vf largest = vf_set1(-__builtin_inff());
        int64_t end = count - start < FT_LOGIT_BLOCK ? count : start + FT_LOGIT_BLOCK;
        for (int64_t i = start; i < end; i += 16) {
            largest = vf_max(FT_NAME(load_logits)(logits, i, count), largest); /* a NaN logit loses */
        }
        float block = vf_largest(largest);
        block_max[start / FT_LOGIT_BLOCK] = block;
        all = block > all ? block : all;
    }
    return all;
}

/* The sum of exp(logit - base). */
static float FT_NAME(exponentials)(const float *logits, int64_t count, float base) {
    vf sum = vf_zero();
    for (int64_t i = 0; i < count; i += 16) {
        sum = vf_add(sum, vf_exp(vf_sub(FT_NAME(load_logits)(logits, i, count), vf_set1(base))));
    }
    return vf_sum(sum);
}

static float FT_NAME(weigh_f32)(const ft_logits *row, int64_t chunk, ft_weighing weighing, float *weights) {
    int64_t first = chunk * FT_LOGIT_CHUNK;
    int64_t count = row->vocabulary - first < FT_LOGIT_CHUNK ? row->vocabulary - first : FT_LOGIT_CHUNK;
    const float *logits = row->logits + first;
    const float *block_max = row->block_max + first / FT_LOGIT_BLOCK;
    vf base = vf_set1(weighing.base), factor = vf_set1(weighing.factor), floor = vf_set1(weighing.floor);
    vf sum = vf_zero();
    for (int64_t i = 0; i < count; i += 16) {
        vf weight = vf_zero();
        if (block_max[i / FT_LOGIT_BLOCK] >= weighing.floor) {
            vf logit = FT_NAME(load_logits)(logits, i, count);
            weight = vf_where_ge(logit, floor, vf_exp(vf_mul(vf_sub(logit, base), factor)), vf_zero());
            sum = vf_add(sum, weight);
        }
        if (weights != NULL) {
            vf_store_first(weights + i, weight, count - i < 16 ? (int)(count - i) : 16);
        }
    }
    return vf_sum(sum);
}

/* One chunk: it is read from memory once, later looks find it in the cache. */
static ft_chunk_summary FT_NAME(summarize_f32)(const ft_summarize_args *args, int64_t chunk) {
    const ft_logits *row = &args->row;
    int64_t first = chunk * FT_LOGIT_CHUNK;
    int64_t count = row->vocabulary - first < FT_LOGIT_CHUNK ? row->vocabulary - first : FT_LOGIT_CHUNK;
    float *logits = row->logits + first;
    if (args->mask != NULL) {
        FT_NAME(refuse)(logits, args->mask + first / 16, count);
    }
    ft_chunk_summary result = {FT_NAME(block_maxima)(logits, count, row->block_max + first / FT_LOGIT_BLOCK), 0};
    float base = result.max == -__builtin_inff() ? 0 : result.max;
    if (args->normalise) {
        result.sum = FT_NAME(exponentials)(logits, count, base);
    }
    row->chunks[2 * chunk] = result.max;
    if (args->inverse_temperature != 0) {
        int known = args->normalise && args->inverse_temperature == 1 && result.sum == result.sum;
        ft_weighing weighing = {base, (float)args->inverse_temperature, -__builtin_inff()};
        row->chunks[2 * chunk + 1] = known ? result.sum : FT_NAME(weigh_f32)(row, chunk, weighing, NULL);
    }
    return result;
}

/* Whether entry (a, id_a) ranks below (b, id_b). */
static inline int FT_NAME(below)(float a, int32_t id_a, float b, int32_t id_b) {
    return a < b || (a == b && id_a > id_b);
}

/* Restores the heap (lowest rank on top) of `count` entries under entry `at`. */
static void FT_NAME(sift)(float *values, int32_t *ids, int64_t count, int64_t at) {
    float value = values[at];
    int32_t id = ids[at];
    for (int64_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && FT_NAME(below)(values[child + 1], ids[child + 1], values[child], ids[child])) {
            child++;
        }
        if (!FT_NAME(below)(values[child], ids[child], value, id)) {
            break;
        }
        values[at] = values[child];
        ids[at] = ids[child];
        at = child;
    }
    values[at] = value;
    ids[at] = id;
}

static void FT_NAME(heapify)(float *values, int32_t *ids, int64_t count) {
    for (int64_t i = count / 2 - 1; i >= 0; i--) {
        FT_NAME(sift)(values, ids, count, i);
    }
}

/* The k-th largest of block maxima: so many logits at least are no smaller. Leaves nothing of use in values and ids, [k] each. */
static float FT_NAME(kth_block)(const float *block_max, int64_t blocks, int64_t k, float *values, int32_t *ids) {
    for (int64_t i = 0; i < k; i++) {
        values[i] = block_max[i];
        ids[i] = 0;
    }
    FT_NAME(heapify)(values, ids, k);
    for (int64_t i = k; i < blocks; i += 16) {
        uint32_t better = vf_bits_gt(FT_NAME(load_logits)(block_max, i, blocks), vf_set1(values[0]));
        for (; better != 0; better &= better - 1) {
            float value = block_max[i + __builtin_ctz(better)];
            if (value > values[0]) {
                values[0] = value;
                FT_NAME(sift)(values, ids, k, 0);
            }
        }
    }
    return values[0];
}

/* The best so far: a heap once there are k of them. */
typedef struct {
    float *values;
    int32_t *ids;
    int64_t k, held;
    float least; /* of those that can be among the best */
} FT_NAME(best);

static void FT_NAME(offer)(FT_NAME(best) *best, float value, int64_t id) {
    if (best->held < best->k) {
        best->values[best->held] = value;
        best->ids[best->held++] = (int32_t)id;
        if (best->held == best->k) {
            FT_NAME(heapify)(best->values, best->ids, best->k);
        }
    } else if (value > best->values[0]) {
        best->values[0] = value;
        best->ids[0] = (int32_t)id;
        FT_NAME(sift)(best->values, best->ids, best->k, 0);
    }
}

/* Ids ascend, so that among equals the first offered stay. */
static void FT_NAME(offer_block)(FT_NAME(best) *best, const float *logits, int64_t first, int64_t end) {
    for (int64_t i = first; i < end; i += 16) {
        float least = best->held < best->k ? best->least : best->values[0];
        uint32_t candidates = ~vf_bits_gt(vf_set1(least), FT_NAME(load_logits)(logits, i, end)); /* NaN too */
        candidates &= end - i < 16 ? (1u << (end - i)) - 1 : 0xffff;
        for (; candidates != 0; candidates &= candidates - 1) {
            int64_t id = i + __builtin_ctz(candidates);
            float value = logits[id] != logits[id] ? -__builtin_inff() : logits[id];
            if (value >= best->least) {
                FT_NAME(offer)(best, value, id);
            }
        }
    }
}

static void FT_NAME(sort_heap)(float *values, int32_t *ids, int64_t k) {
    for (int64_t last = k - 1; last > 0; last--) {
        float value = values[0];
        int32_t id = ids[0];
        values[0] = values[last];
        ids[0] = ids[last];
        values[last] = value;
        ids[last] = id;
        FT_NAME(sift)(values, ids, last, 0);
    }
}

/* Reads only the blocks that can hold one of the k best. */
static void FT_NAME(top_k_f32)(const ft_top_k_args *args) {
    const ft_logits *row = &args->row;
    int64_t blocks = (row->vocabulary + FT_LOGIT_BLOCK - 1) / FT_LOGIT_BLOCK;
    FT_NAME(best) best = {args->values, args->ids, args->k, 0, -__builtin_inff()};
    if (args->k <= blocks) {
        best.least = FT_NAME(kth_block)(row->block_max, blocks, args->k, args->values, args->ids);
    }
    for (int64_t block = 0; block < blocks; block++) {
        if (best.held < best.k ? row->block_max[block] >= best.least : row->block_max[block] > best.values[0]) {
            int64_t first = block * FT_LOGIT_BLOCK;
            int64_t end = row->vocabulary - first < FT_LOGIT_BLOCK ? row->vocabulary : first + FT_LOGIT_BLOCK;
            FT_NAME(offer_block)(&best, row->logits, first, end);
        }
    }
    FT_NAME(sort_heap)(args->values, args->ids, args->k);
}

/* Reductions over logits. */

static inline __attribute__((always_inline)) vf FT_NAME(load_logits)(const float *logits, int64_t i, int64_t count) {
    return count - i >= 16 ? vf_load(logits + i)
                           : vf_keep(vf_load_first(logits + i, (int)(count - i)), 0, (int)(count - i), vf_set1(-__builtin_inff()));
}

/* One chunk: it is read from memory once, the second and third look find it in the cache. */
static ft_chunk_summary FT_NAME(summarize_f32)(const float *logits, int64_t count) {
    vf largest = vf_set1(-__builtin_inff());
    for (int64_t i = 0; i < count; i += 16) {
        largest = vf_max(FT_NAME(load_logits)(logits, i, count), largest); /* a NaN logit loses */
    }
    ft_chunk_summary result = {.max = vf_largest(largest), .argmax = 0, .sum = 0};
    for (int64_t i = 0; i < count; i += 16) {
        uint32_t bits = vf_bits_eq(FT_NAME(load_logits)(logits, i, count), vf_set1(result.max));
        if (bits != 0) {
            int64_t at = i + __builtin_ctz(bits);
            result.argmax = at < count ? (int32_t)at : 0;
            break;
        }
    }
    vf base = vf_set1(result.max == -__builtin_inff() ? 0 : result.max);
    vf sum = vf_zero();
    for (int64_t i = 0; i < count; i += 16) {
        sum = vf_add(sum, vf_exp(vf_sub(FT_NAME(load_logits)(logits, i, count), base)));
    }
    result.sum = vf_sum(sum);
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

/* A heap of the k best, then the heap sorted; the scan skips 16 logits at a time while none beats the worst kept. */
static void FT_NAME(top_k_f32)(const ft_top_k_args *args, int64_t row) {
    const float *logits = args->logits + row * args->vocabulary;
    float *values = args->values + row * args->k;
    int32_t *ids = args->ids + row * args->k;
    int64_t k = args->k;
    for (int64_t i = 0; i < k; i++) {
        values[i] = logits[i] != logits[i] ? -__builtin_inff() : logits[i];
        ids[i] = (int32_t)i;
    }
    for (int64_t i = k / 2 - 1; i >= 0; i--) {
        FT_NAME(sift)(values, ids, k, i);
    }
    for (int64_t i = k; i < args->vocabulary; i += 16) {
        uint32_t better = vf_bits_gt(FT_NAME(load_logits)(logits, i, args->vocabulary), vf_set1(values[0]));
        for (; better != 0; better &= better - 1) {
            int64_t id = i + __builtin_ctz(better);
            if (logits[id] > values[0]) {
                values[0] = logits[id];
                ids[0] = (int32_t)id;
                FT_NAME(sift)(values, ids, k, 0);
            }
        }
    }
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

/* Weights of logits [first, end) of a row: their sum; written to `weights` unless null. */
static float FT_NAME(weigh_f32)(const ft_sample_args *args, int64_t row, int64_t first, int64_t end, float *weights) {
    const float *logits = args->logits + row * args->vocabulary + first;
    int64_t count = end - first;
    vf max = vf_set1(args->max[row]);
    vf factor = vf_set1(args->inverse_temperature[row]);
    vf floor = vf_set1(args->floor[row]);
    vf sum = vf_zero();
    for (int64_t i = 0; i < count; i += 16) {
        vf logit = FT_NAME(load_logits)(logits, i, count);
        vf weight = vf_where_ge(logit, floor, vf_exp(vf_mul(vf_sub(logit, max), factor)), vf_zero());
        sum = vf_add(sum, weight);
        if (weights != NULL) {
            vf_store_first(weights + i, weight, count - i < 16 ? (int)(count - i) : 16);
        }
    }
    return vf_sum(sum);
}

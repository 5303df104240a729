/* Quantization of activations, keys and values, the same bits everywhere: scale = amax / 127, q = nearest even of x * (127 / amax); see
 * QuantizedActivations.java. Once per ISA. */
#ifndef FT_QUANTIZE_BODY_H
#define FT_QUANTIZE_BODY_H

static inline __attribute__((always_inline)) vf FT_NAME(load_some)(const float *x, int64_t left) {
    return left >= 16 ? vf_load(x) : vf_load_first(x, (int)left);
}

/* Largest magnitude; NaN counts as 0, infinity as the largest finite number. */
static inline float FT_NAME(largest)(const float *x, int64_t count) {
    vf largest = vf_zero();
    for (int64_t i = 0; i < count; i += 16) {
        /* the number that may be NaN comes second in min and first in max: NaN passes the one and loses in the other */
        largest = vf_max(vf_min(vf_set1(__FLT_MAX__), vf_abs(FT_NAME(load_some)(x + i, count - i))), largest);
    }
    return vf_largest(largest);
}

/* Up to 16 activations as int32 in [-127, 127]; lanes past `left` are 0. */
static inline __attribute__((always_inline)) vi FT_NAME(quantize_some)(const float *x, int64_t left, float inverse) {
    vf scaled = vf_number(vf_mul(FT_NAME(load_some)(x, left), vf_set1(inverse)));
    return vf_int(vf_min(vf_max(scaled, vf_set1(-127)), vf_set1(127)));
}

/* What a block of one token is scaled by, and its inverse; both 0 where there is nothing, or less than has an inverse. */
static inline float FT_NAME(scale_of)(const float *x, int64_t count, float *inverse) {
    float largest = FT_NAME(largest)(x, count);
    *inverse = 127 / largest;
    if (*inverse > __FLT_MAX__) {
        *inverse = 0;
        return 0;
    }
    return largest / 127;
}

#endif

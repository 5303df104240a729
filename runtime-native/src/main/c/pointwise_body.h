/* Norms, rotary, element-wise operations and embedding rows. Each takes a range of rows (or elements) of its arguments. */

#include "quantized.h"

#include "quantize_body.h"

static void FT_NAME(rms_norm_f32)(const void *argument, int64_t first, int64_t end) {
    const ft_rms_norm_args *args = argument;
    int64_t width = args->width;
    int64_t whole = width & -16;
    for (int64_t row = first; row < end; row++) {
        const float *x = args->x + row * width;
        float *out = args->out + row * width;
        vf squares = vf_zero();
        vf more = vf_zero();
        int64_t i = 0;
        for (; i + 32 <= width; i += 32) {
            squares = vf_fma(vf_load(x + i), vf_load(x + i), squares);
            more = vf_fma(vf_load(x + i + 16), vf_load(x + i + 16), more);
        }
        for (; i < width; i += 16) {
            vf part = vf_load_first(x + i, width - i < 16 ? (int)(width - i) : 16);
            squares = vf_fma(part, part, squares);
        }
        float mean = vf_sum(vf_add(squares, more)) / (float)width;
        vf factor = vf_set1(1.0f / __builtin_sqrtf(mean + (float)args->epsilon));
        for (i = 0; i < whole; i += 16) {
            vf_store(out + i, vf_mul(vf_mul(vf_load(x + i), factor), vf_load(args->weight + i)));
        }
        int rest = (int)(width - whole);
        if (rest > 0) {
            vf weight = vf_load_first(args->weight + whole, rest);
            vf_store_first(out + whole, vf_mul(vf_mul(vf_load_first(x + whole, rest), factor), weight), rest);
        }
    }
}

/* Turns up to 16 pairs: a, b become a cos - b sin, b cos + a sin. */
static inline __attribute__((always_inline)) void FT_NAME(turn)(float *a, float *b, const float *cosine, const float *sine, int n) {
    vf x = vf_load_first(a, n);
    vf y = vf_load_first(b, n);
    vf cos = vf_load_first(cosine, n);
    vf sin = vf_load_first(sine, n);
    vf_store_first(a, vf_sub(vf_mul(x, cos), vf_mul(y, sin)), n);
    vf_store_first(b, vf_add(vf_mul(y, cos), vf_mul(x, sin)), n);
}

static void FT_NAME(rotary_f32)(const void *argument, int64_t first, int64_t end) {
    const ft_rotary_args *args = argument;
    for (int64_t token = first; token < end; token++) {
        const float *cosine = args->cosine + args->positions[token] * args->half;
        const float *sine = args->sine + args->positions[token] * args->half;
        for (int64_t head = 0; head < args->heads; head++) {
            float *x = args->x + (token * args->heads + head) * args->head_dim;
            for (int64_t i = 0; args->neighbours && i < args->half; i++) {
                float a = x[2 * i], b = x[2 * i + 1];
                x[2 * i] = a * cosine[i] - b * sine[i];
                x[2 * i + 1] = b * cosine[i] + a * sine[i];
            }
            for (int64_t i = 0; !args->neighbours && i < args->half; i += 16) {
                int n = args->half - i < 16 ? (int)(args->half - i) : 16;
                FT_NAME(turn)(x + i, x + args->half + i, cosine + i, sine + i, n);
            }
        }
    }
}

static void FT_NAME(add_f32)(const void *argument, int64_t first, int64_t end) {
    const ft_elementwise_args *args = argument;
    int64_t i = first;
    for (; i + 16 <= end; i += 16) {
        vf_store(args->out + i, vf_add(vf_load(args->a + i), vf_load(args->b + i)));
    }
    int rest = (int)(end - i);
    if (rest > 0) {
        vf_store_first(args->out + i, vf_add(vf_load_first(args->a + i, rest), vf_load_first(args->b + i, rest)), rest);
    }
}

static inline __attribute__((always_inline)) vf FT_NAME(silu)(vf x) { return vf_silu(x); }

static inline __attribute__((always_inline)) vf FT_NAME(quick_gelu)(vf x) {
    return vf_sigmoid_gate(x, vf_mul(x, vf_set1(1.702f)));
}

/* (1 + tanh(u)) / 2 = 1 / (1 + exp(-2 u)), u = sqrt(2 / pi) (x + 0.044715 x^3) (Hendrycks and Gimpel 2016). */
static inline __attribute__((always_inline)) vf FT_NAME(gelu_tanh)(vf x) {
    vf cubic = vf_fma(vf_mul(vf_mul(x, x), x), vf_set1(0.044715f), x);
    return vf_sigmoid_gate(x, vf_mul(cubic, vf_set1(1.5957691216057308f)));
}

/* x (1 + erf(x / sqrt(2))) / 2. The tail is what is approximated, to 1.5e-7 (Abramowitz and Stegun, 7.1.26), so that nothing cancels below 0. */
static inline __attribute__((always_inline)) vf FT_NAME(gelu)(vf x) {
    vf z = vf_mul(vf_abs(x), vf_set1(0.70710678118654752f));
    vf t = vf_div(vf_set1(1.0f), vf_fma(z, vf_set1(0.3275911f), vf_set1(1.0f)));
    vf p = vf_set1(1.061405429f);
    p = vf_fma(p, t, vf_set1(-1.453152027f));
    p = vf_fma(p, t, vf_set1(1.421413741f));
    p = vf_fma(p, t, vf_set1(-0.284496736f));
    p = vf_fma(p, t, vf_set1(0.254829592f));
    vf half_tail = vf_mul(vf_mul(vf_mul(p, t), vf_set1(0.5f)), vf_exp(vf_sub(vf_zero(), vf_mul(z, z))));
    return vf_mul(x, vf_where_ge(x, vf_zero(), vf_sub(vf_set1(1.0f), half_tail), half_tail));
}

static inline __attribute__((always_inline)) vf FT_NAME(relu)(vf x) { return vf_max(vf_zero(), x); }

static inline __attribute__((always_inline)) vf FT_NAME(relu_squared)(vf x) {
    vf positive = FT_NAME(relu)(x);
    return vf_mul(positive, positive);
}

/* Of gpt-oss: QUICK_GELU of min(x, 7), and one more than the factor cut to [-7, 7]. */
static inline __attribute__((always_inline)) vf FT_NAME(clamped_swiglu)(vf x) {
    return FT_NAME(quick_gelu)(vf_min(vf_set1(7.0f), x));
}

static inline __attribute__((always_inline)) vf FT_NAME(clamped_factor)(vf x) {
    return vf_add(vf_max(vf_set1(-7.0f), vf_min(vf_set1(7.0f), x)), vf_set1(1.0f));
}

static inline __attribute__((always_inline)) vf FT_NAME(sigmoid)(vf x) { return vf_sigmoid_gate(vf_set1(1.0f), x); }

static inline __attribute__((always_inline)) vf FT_NAME(whole_factor)(vf x) { return x; }

#define ACTIVATE(function, taken)                                                                \
    static void FT_NAME(function##_f32)(const void *argument, int64_t first, int64_t end) {      \
        const ft_activate_args *args = argument;                                                 \
        for (int64_t i = first; i < end; i += 16) {                                              \
            int count = end - i < 16 ? (int)(end - i) : 16;                                      \
            vf result = FT_NAME(function)(vf_load_first(args->x + i, count));                    \
            if (args->factor != NULL) {                                                          \
                result = vf_mul(result, FT_NAME(taken)(vf_load_first(args->factor + i, count))); \
            }                                                                                    \
            vf_store_first(args->out + i, result, count);                                        \
        }                                                                                        \
    }
ACTIVATE(silu, whole_factor)
ACTIVATE(gelu, whole_factor)
ACTIVATE(gelu_tanh, whole_factor)
ACTIVATE(quick_gelu, whole_factor)
ACTIVATE(relu, whole_factor)
ACTIVATE(relu_squared, whole_factor)
ACTIVATE(clamped_swiglu, clamped_factor)
ACTIVATE(sigmoid, whole_factor)
#undef ACTIVATE

static void FT_NAME(add_scaled_f32)(const void *argument, int64_t first, int64_t end) {
    const ft_add_scaled_args *args = argument;
    vf scale = vf_set1((float)args->scale);
    for (int64_t i = first; i < end; i += 16) {
        int count = end - i < 16 ? (int)(end - i) : 16;
        vf scaled = vf_mul(vf_load_first(args->b + i, count), scale);
        vf_store_first(args->out + i, vf_add(vf_load_first(args->a + i, count), scaled), count);
    }
}

static void FT_NAME(rescale_f32)(const void *argument, int64_t first, int64_t end) {
    const ft_rescale_args *args = argument;
    vf scale = vf_set1((float)args->scale), cap = vf_set1((float)args->cap);
    for (int64_t i = first; i < end; i += 16) {
        int count = end - i < 16 ? (int)(end - i) : 16;
        vf x = vf_mul(vf_load_first(args->x + i, count), scale);
        vf_store_first(args->out + i, args->cap > 0 ? vf_soft_cap(x, cap) : x, count);
    }
}

/* Mean first, then the squares of what differs from it. */
static void FT_NAME(layer_norm_f32)(const void *argument, int64_t first, int64_t end) {
    const ft_layer_norm_args *args = argument;
    int64_t width = args->width;
    for (int64_t row = first; row < end; row++) {
        const float *x = args->x + row * width;
        float *out = args->out + row * width;
        vf sum = vf_zero();
        for (int64_t i = 0; i < width; i += 16) {
            sum = vf_add(sum, vf_load_first(x + i, width - i < 16 ? (int)(width - i) : 16));
        }
        vf mean = vf_set1(vf_sum(sum) / (float)width);
        vf squares = vf_zero();
        for (int64_t i = 0; i < width; i += 16) {
            int count = width - i < 16 ? (int)(width - i) : 16;
            vf apart = vf_keep(vf_sub(vf_load_first(x + i, count), mean), 0, count, vf_zero());
            squares = vf_fma(apart, apart, squares);
        }
        vf factor = vf_set1(1.0f / __builtin_sqrtf(vf_sum(squares) / (float)width + (float)args->epsilon));
        for (int64_t i = 0; i < width; i += 16) {
            int count = width - i < 16 ? (int)(width - i) : 16;
            vf y = vf_mul(vf_mul(vf_sub(vf_load_first(x + i, count), mean), factor), vf_load_first(args->weight + i, count));
            vf_store_first(out + i, args->bias == NULL ? y : vf_add(y, vf_load_first(args->bias + i, count)), count);
        }
    }
}

/* One row of a table of floating-point numbers. In panels, steps of one or two of its columns lie 16 of them apart. */
static inline __attribute__((always_inline)) void FT_NAME(gather_typed)(
    const int64_t type, const ft_gather_args *args, int64_t id, float *out) {
    const int64_t pair = ft_interleave(type);
    int64_t columns = args->columns, steps = (columns + pair - 1) / pair;
    int64_t index = (id / 16 * steps * 16 + id % 16) * pair;
    for (int64_t column = 0; args->layout == FT_PANELS && column < columns; column += pair, index += 16 * pair) {
        for (int64_t i = 0; i < pair && column + i < columns; i++) {
            out[column + i] = ft_load(args->table, type, index + i);
        }
    }
    for (int64_t column = 0; args->layout == FT_ROWS && column < columns; column++) {
        out[column] = ft_load(args->table, type, id * columns + column);
    }
}

static void FT_NAME(gather_row)(const ft_gather_args *args, int64_t id, float *out) {
    switch (args->type) {
        case FT_F32:
            FT_NAME(gather_typed)(FT_F32, args, id, out);
            break;
        case FT_F16:
            FT_NAME(gather_typed)(FT_F16, args, id, out);
            break;
        default:
            FT_NAME(gather_typed)(FT_BF16, args, id, out);
    }
}

/* One row of FT_BLOCKS: the product is rounded, then the sum. */
static void FT_NAME(gather_blocks)(const ft_gather_args *args, int64_t id, float *out) {
    const ft_format *format = &args->format;
    const int64_t lane = id % 16, header = ft_block_header(format), bytes = ft_block_bytes(format), per_byte = 8 / format->bits;
    const char *at = (const char *)args->table + id / 16 * (args->columns / format->block) * bytes;
    for (int64_t column = 0; column < args->columns; column += format->block, at += bytes) {
        const uint8_t *codes = (const uint8_t *)at + header + 4 * lane;
        float scale = ft_load(at, format->scale_type, lane);
        float minimum = format->minimum ? ft_load(at, format->scale_type, lane + 16) : 0;
        for (int64_t k = 0; k < format->block; k++) {
            int code = codes[k / (4 * per_byte) * 64 + k % 4];
            int value = format->bits == 8 ? code - 128 : ft_book_values[format->book][(k % 8 < 4 ? code : code >> 4) & 15];
            float scaled = scale * (float)value;
            out[column + k] = format->minimum ? scaled + minimum : scaled;
        }
    }
}

static void FT_NAME(gather_channels)(const ft_gather_args *args, int64_t id, float *out) {
    const uint8_t *codes = (const uint8_t *)args->table + id / 16 * ((args->columns + 3) / 4) * 64 + id % 16 * 4;
    for (int64_t column = 0; column < args->columns; column++) {
        out[column] = args->scales[id] * (float)(codes[column / 4 * 64 + column % 4] - 128);
    }
}

/* One chain of multiply-adds per output, over ascending j. */
static void FT_NAME(combine_f32)(const void *argument, int64_t first, int64_t end) {
    const ft_combine_args *args = argument;
    for (int64_t token = first; token < end; token++) {
        const int32_t *rows = args->rows + token * args->k;
        const float *weights = args->weights + token * args->k;
        for (int64_t column = 0; column < args->width; column += 16) {
            int lanes = (int)(args->width - column < 16 ? args->width - column : 16);
            vf sum = vf_zero();
            for (int64_t j = 0; j < args->k; j++) {
                const float *x = args->x + rows[j] * args->width + column;
                sum = vf_fma(lanes == 16 ? vf_load(x) : vf_load_first(x, lanes), vf_set1(weights[j]), sum);
            }
            vf_store_first(args->out + token * args->width + column, sum, lanes);
        }
    }
}

static void FT_NAME(gather_fp8)(const ft_gather_args *args, int64_t id, float *out) {
    const int64_t blocks = (args->columns + args->format.block - 1) / args->format.block;
    const uint8_t *codes = (const uint8_t *)args->table + id / 16 * ((args->columns + 3) / 4) * 64 + id % 16 * 4;
    const float *scales = args->scales + id / 16 * blocks * 16 + id % 16;
    for (int64_t column = 0; column < args->columns; column++) {
        float value = ft_from_e4m3(codes[column / 4 * 64 + ft_e4m3_place(column)]);
        out[column] = scales[column / args->format.block * 16] * value;
    }
}

static void FT_NAME(gather_f32)(const void *argument, int64_t first, int64_t end) {
    const ft_gather_args *args = argument;
    for (int64_t token = first; token < end; token++) {
        float *out = args->out + token * args->columns;
        if (args->type == FT_BLOCKS) {
            FT_NAME(gather_blocks)(args, args->ids[token], out);
        } else if (args->type == FT_CHANNELS) {
            FT_NAME(gather_channels)(args, args->ids[token], out);
        } else if (args->type == FT_FP8) {
            FT_NAME(gather_fp8)(args, args->ids[token], out);
        } else {
            FT_NAME(gather_row)(args, args->ids[token], out);
        }
    }
}

/*
 * Every kernel of every ISA that this CPU has, against plain loops, under the sanitizers: each buffer ends where its memory ends and starts
 * at an odd multiple of 4 bytes, so a read past a tail or an aligned load of unaligned memory stops the program. Values are small integers:
 * results must be equal. What rounding does is tested from Java.
 */
#define _GNU_SOURCE
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foretoken.h"
#include "pool.h"
#include "quantized_test.h"
#include "widen.h"

static int failures;
static uint32_t state = 1;

static void check(int ok, const char *what, int64_t a, int64_t b, int64_t c) {
    if (!ok && failures++ < 10) {
        fprintf(stderr, "FAILED %s (%ld, %ld, %ld)\n", what, (long)a, (long)b, (long)c);
    }
}

static int next(int limit) {
    state = state * 1664525u + 1013904223u;
    return (int)((state >> 8) % (uint32_t)limit);
}

/* Memory of a test, freed together. */
static void *kept[64];
static int kept_count;

static void *bytes(int64_t count) {
    char *p = malloc((size_t)count + 4);
    memset(p, 0xff, (size_t)count + 4); /* NaN, whatever the type */
    kept[kept_count++] = p;
    return p + 4;
}

static void release(void) {
    while (kept_count > 0) {
        free(kept[--kept_count]);
    }
}

static float *numbers(int64_t count) {
    float *p = bytes(count * 4);
    for (int64_t i = 0; i < count; i++) {
        p[i] = (float)(next(9) - 4);
    }
    return p;
}

static void test_matmul(ft_context *context, int64_t type, int64_t fast, int64_t tokens, int64_t n, int64_t k) {
    int64_t pair = ft_interleave(type);
    int64_t packed_bytes = (n + 15) / 16 * 16 * ((k + pair - 1) / pair) * pair * ft_type_bytes(type);
    float *x = numbers(tokens * k), *w = numbers(n * k), *bias = numbers(n), *out = bytes(tokens * n * 4);
    void *panels = bytes(packed_bytes);
    memset(panels, 0, (size_t)packed_bytes);
    ft_pack_args pack = {w, FT_F32, panels, type, n, k};
    ft_pack(context, &pack);
    ft_matmul_args *args = bytes((int64_t)(sizeof *args + sizeof(ft_product)) + 4);
    args = (ft_matmul_args *)((char *)args + 4); /* fields of 8 bytes are aligned in Java too */
    *args = (ft_matmul_args){x, NULL, tokens, k, 1, fast};
    args->products[0] = (ft_product){.type = type, .panels = panels, .rows = n, .bias = bias, .out = out};
    ft_matmul(context, args);
    for (int64_t t = 0; t < tokens; t++) {
        for (int64_t row = 0; row < n; row++) {
            float sum = bias[row];
            for (int64_t i = 0; i < k; i++) {
                sum += x[t * k + i] * w[row * k + i];
            }
            check(out[t * n + row] == sum, "matmul", tokens, n, k);
        }
    }
    int32_t id = (int32_t)(n - 1);
    float *copied = bytes(k * 4);
    ft_gather_args gather = {.table = panels, .type = type, .layout = FT_PANELS, .columns = k, .ids = &id, .tokens = 1, .out = copied};
    ft_gather(context, &gather);
    check(memcmp(copied, w + id * k, (size_t)k * 4) == 0, "gather", type, n, k);
    release();
}

/* E4M3 weights up to 2 with scales that are powers of two, so that every sum is exact. */
static void test_scaled(ft_context *context, int64_t fast, int64_t tokens, int64_t n, int64_t k, int64_t block) {
    int64_t panels = (n + 15) / 16, units = (k + 3) / 4, blocks = (k + block - 1) / block;
    float *x = numbers(tokens * k), *bias = numbers(n), *out = bytes(tokens * n * 4), *scales = bytes(panels * blocks * 64);
    float *w = bytes(n * k * 4);
    uint8_t *codes = bytes(panels * units * 64);
    memset(codes, 0, (size_t)(panels * units * 64));
    for (int64_t i = 0; i < panels * blocks * 16; i++) {
        scales[i] = (float)(1 << next(3));
    }
    for (int64_t row = 0; row < n; row++) {
        for (int64_t i = 0; i < k; i++) {
            uint8_t code = (uint8_t)((next(4) == 0 ? next(9) : next(65)) | next(2) << 7);
            codes[(row / 16 * units + i / 4) * 64 + row % 16 * 4 + ft_e4m3_place(i)] = code;
            w[row * k + i] = ft_from_e4m3(code) * scales[(row / 16 * blocks + i / block) * 16 + row % 16];
        }
    }
    ft_matmul_args *args = bytes((int64_t)(sizeof *args + sizeof(ft_product)) + 4);
    args = (ft_matmul_args *)((char *)args + 4);
    *args = (ft_matmul_args){.x = x, .tokens = tokens, .columns = k, .count = 1, .fast = fast};
    args->products[0] = (ft_product){.type = FT_FP8, .panels = codes, .rows = n, .bias = bias, .out = out, .scales = scales};
    args->products[0].format.block = block;
    ft_matmul(context, args);
    for (int64_t t = 0; t < tokens; t++) {
        for (int64_t row = 0; row < n; row++) {
            float sum = bias[row];
            for (int64_t i = 0; i < k; i++) {
                sum += x[t * k + i] * w[row * k + i];
            }
            check(out[t * n + row] == sum, "fp8 matmul", tokens, n, k);
        }
    }
    int32_t id = (int32_t)(n - 1);
    float *copied = bytes(k * 4);
    ft_gather_args gather = {.table = codes, .type = FT_FP8, .layout = FT_PANELS, .columns = k, .ids = &id, .tokens = 1, .out = copied,
                             .scales = scales, .format.block = block};
    ft_gather(context, &gather);
    check(memcmp(copied, w + id * k, (size_t)k * 4) == 0, "fp8 gather", block, n, k);
    release();
}

static void test_scaled_products(ft_context *context) {
    const int64_t tokens[] = {1, 2, 3, 6, 7, 13, 17, 33, 70}, shapes[][3] = {{1, 1, 1}, {15, 31, 31}, {17, 33, 32}, {49, 7, 7}, {100, 70, 70}, {40, 290, 128}};
    for (size_t t = 0; t < sizeof tokens / sizeof *tokens; t++) {
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
            test_scaled(context, 0, tokens[t], shapes[s][0], shapes[s][1], shapes[s][2]);
            test_scaled(context, 1, tokens[t], shapes[s][0], shapes[s][1], shapes[s][2]);
        }
    }
}

static void test_products(ft_context *context) {
    const int64_t tokens[] = {1, 2, 3, 6, 7, 12, 13, 17, 33}, shapes[][2] = {{1, 1}, {15, 31}, {16, 32}, {17, 33}, {49, 7}, {100, 65}};
    for (int64_t type = 0; type < 3; type++) {
        for (size_t t = 0; t < sizeof tokens / sizeof *tokens; t++) {
            for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
                test_matmul(context, type, 0, tokens[t], shapes[s][0], shapes[s][1]);
                test_matmul(context, type, 1, tokens[t], shapes[s][0], shapes[s][1]);
            }
        }
    }
}

typedef struct {
    int64_t heads, kv_heads, dim, block; /* tokens per block */
} attention_shape;

/* One sequence in scattered blocks, fed in two chunks; equal scores, so each output is a mean. */
static void test_attention(ft_context *context, int64_t type, int64_t fast, attention_shape shape, int64_t window) {
    enum { LENGTH = 149, SPLIT = 140 };
    int64_t heads = shape.heads, kv_heads = shape.kv_heads, dim = shape.dim;
    int64_t lanes = (dim + 15) / 16 * 16, blocks = (LENGTH + shape.block - 1) / shape.block, tokens = blocks * shape.block;
    int32_t *table = bytes(blocks * 4), offset = 0, counts[] = {SPLIT, LENGTH - SPLIT}, firsts[] = {0, SPLIT};
    for (int32_t i = 0; i < blocks; i++) {
        table[i] = (int32_t)blocks - 1 - i;
    }
    ft_paged paged = {bytes(tokens * kv_heads * ft_cache_token_bytes(type, dim)), bytes(tokens * kv_heads * ft_cache_token_bytes(type, lanes)),
                      type, shape.block, kv_heads, dim, dim, 1, &offset, NULL, NULL, table, &offset, 1};
    float *k = numbers(LENGTH * kv_heads * dim), *v = numbers(LENGTH * kv_heads * dim);
    float *q = bytes(LENGTH * heads * dim * 4), *out = bytes(LENGTH * heads * dim * 4);
    memset(q, 0, (size_t)(LENGTH * heads * dim) * 4);
    for (int chunk = 0; chunk < 2; chunk++) {
        paged.token_counts = &counts[chunk];
        paged.first_positions = &firsts[chunk];
        ft_write_kv_args write = {paged, k + firsts[chunk] * kv_heads * dim, v + firsts[chunk] * kv_heads * dim};
        ft_write_kv(context, &write);
        ft_attention_args args = {paged, q + firsts[chunk] * heads * dim, out + firsts[chunk] * heads * dim, heads, 1, window, fast, window == 0 ? 0 : 30, NULL};
        ft_attention(context, &args);
    }
    for (int64_t i = 0; i < LENGTH * heads * dim; i++) {
        int64_t position = i / (heads * dim), kv_head = i / dim % heads / (heads / kv_heads);
        int64_t from = window == 0 || position < window ? 0 : position - window + 1;
        double sum = 0;
        for (int64_t at = from; at <= position; at++) {
            sum += v[(at * kv_heads + kv_head) * dim + i % dim];
        }
        /* codes of numbers up to 4 are off by at most half of 4 / 127, the fast weights by 2^-9 of 4 */
        double budget = type == FT_INT8 ? 0.5 * 4 / 127 + (fast ? 0x1p-7 : 0) + 1e-5 : 1e-5;
        check(fabs(out[i] - sum / (double)(position + 1 - from)) <= budget, "attention", type, dim, position);
    }
    release();
}

/* Queries, keys and values that every type of cache holds exactly: small integers times a power of two that changes from token to token and
 * head to head, and with 127 of them a scale that is that power. The query does not see the 127. From 11 significant bits up, another
 * element tells keys and values apart that bf16 does not. */
typedef struct {
    float *q, *k, *v;
} exact_numbers;

static exact_numbers numbers_of(int64_t type, attention_shape shape, int64_t length) {
    int64_t dim = shape.dim;
    exact_numbers x = {bytes(length * shape.heads * dim * 4), numbers(length * shape.kv_heads * dim), numbers(length * shape.kv_heads * dim)};
    for (int64_t i = 0; i < length * shape.heads * dim; i++) {
        x.q[i] = i % dim == 0 ? 0 : i % dim == 1 && (type == FT_F16 || type == FT_F32) ? 2048 : 0.25f * (float)(next(5) - 2);
    }
    for (int64_t i = 0; i < length * shape.kv_heads * dim; i += dim) {
        float power = (float)(1 << next(3)) * 0.5f, other = (float)(1 << next(4)) * 0.25f;
        x.k[i] = 127;
        x.v[i] = -127;
        for (int64_t d = 0; d < dim; d++) {
            x.k[i + d] *= power;
            x.v[i + d] *= other;
        }
        if (type == FT_F16 || type == FT_F32) {
            x.k[i + 1] = 1 + (float)next(8) * 0x1p-10f;
            x.v[i + 1] = 3 + (float)next(8) * 0x1p-9f;
        }
    }
    return x;
}

/* Softmax of a query in double: element d of what it gives, and how large its terms were. */
static void expect(exact_numbers x, attention_shape shape, int64_t query, int64_t from, int64_t to, double *out, double *size) {
    const int64_t dim = shape.dim, kv_head = query % shape.heads / (shape.heads / shape.kv_heads);
    double total = 0, max = -1e300, scores[1024];
    for (int64_t at = from; at < to; at++) {
        const float *k = x.k + (at * shape.kv_heads + kv_head) * dim;
        scores[at] = 0;
        for (int64_t d = 0; d < dim; d++) {
            scores[at] += 0.125 * x.q[query * dim + d] * k[d];
        }
        max = scores[at] > max ? scores[at] : max;
    }
    memset(out, 0, (size_t)dim * sizeof *out);
    memset(size, 0, (size_t)dim * sizeof *size);
    for (int64_t at = from; at < to; at++) {
        const float *v = x.v + (at * shape.kv_heads + kv_head) * dim;
        double weight = exp(scores[at] - max);
        total += weight;
        for (int64_t d = 0; d < dim; d++) {
            out[d] += weight * v[d];
            size[d] += weight * fabs(v[d]);
        }
    }
    for (int64_t d = 0; d < dim; d++) {
        out[d] /= total;
        size[d] /= total;
    }
}

/* Scores that differ, over tiles that are partial at either end, in two chunks; blocks that the second does not see are released. */
static void test_softmax(ft_context *context, int64_t type, int64_t fast, attention_shape shape, int64_t window) {
    enum { LENGTH = 293, SPLIT = 270 };
    int64_t heads = shape.heads, kv_heads = shape.kv_heads, dim = shape.dim;
    int64_t lanes = (dim + 15) / 16 * 16, blocks = (LENGTH + shape.block - 1) / shape.block, tokens = blocks * shape.block;
    int32_t *table = bytes(blocks * 4), offset = 0, counts[] = {SPLIT, LENGTH - SPLIT}, firsts[] = {0, SPLIT};
    for (int32_t i = 0; i < blocks; i++) {
        table[i] = (i + 3) % (int32_t)blocks;
    }
    ft_paged paged = {bytes(tokens * kv_heads * ft_cache_token_bytes(type, dim)), bytes(tokens * kv_heads * ft_cache_token_bytes(type, lanes)),
                      type, shape.block, kv_heads, dim, dim, 1, &offset, NULL, NULL, table, &offset, 1};
    exact_numbers x = numbers_of(type, shape, LENGTH);
    float *out = bytes(LENGTH * heads * dim * 4);
    for (int chunk = 0; chunk < 2; chunk++) {
        paged.token_counts = &counts[chunk];
        paged.first_positions = &firsts[chunk];
        for (int64_t i = 0; chunk == 1 && window > 0 && (i + 1) * shape.block <= SPLIT - window + 1; i++) {
            table[i] = -1;
        }
        ft_write_kv_args write = {paged, x.k + firsts[chunk] * kv_heads * dim, x.v + firsts[chunk] * kv_heads * dim};
        ft_write_kv(context, &write);
        ft_attention_args args = {paged, x.q + firsts[chunk] * heads * dim, out + firsts[chunk] * heads * dim, heads, 0.125, window, fast, 0, NULL};
        ft_attention(context, &args);
    }
    double expected[256], size[256], budget = fast ? 0x1p-7 : 1e-4;
    for (int64_t query = 0; query < LENGTH * heads; query += query / heads % 16 == 15 ? 1 : 5) {
        int64_t position = query / heads;
        expect(x, shape, query, window == 0 || position < window ? 0 : position - window + 1, position + 1, expected, size);
        for (int64_t d = 0; d < dim; d++) {
            check(fabs(out[query * dim + d] - expected[d]) <= budget * size[d] + 1e-6, "softmax", type, dim, query);
        }
    }
    release();
}

/* Codes and scale of a head with hostile numbers: those of the description in KvFormat.java. */
static void test_codes(ft_context *context) {
    enum { DIM = 34, BLOCK = 16 };
    const float inputs[][4] = {{0, 0, 0, 0}, {1e-38f, -1e-39f, 0, 0}, {NAN, 2, -1, 0.5f}, {INFINITY, -INFINITY, 1, NAN}, {254, -127, 1, 3}};
    const int8_t codes[][4] = {{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 127, -64, 32}, {127, -127, 0, 0}, {127, -64, 0, 2}}; /* halves to even */
    const float scales[] = {0, 0, 2.0f / 127, __FLT_MAX__ / 127, 2};
    for (int32_t i = 0; i < 5; i++) {
        int32_t table = 0, offset = 0, count = 1, first = i;
        ft_paged paged = {bytes(BLOCK * (DIM + 4)), bytes(BLOCK * (48 + 4)), FT_INT8, BLOCK, 1, DIM, DIM, 1, &offset, &count, &first, &table, &offset, 1};
        float *x = bytes(DIM * 4);
        memset(x, 0, DIM * 4);
        memcpy(x + 30, inputs[i], 16);
        ft_write_kv_args write = {paged, x, x};
        ft_write_kv(context, &write);
        const char *keys = paged.keys, *values = paged.values;
        for (int64_t d = 0; d < DIM; d++) {
            int8_t expected = d < 30 ? 0 : codes[i][d - 30];
            check((int8_t)keys[d * 16 + i] == expected && (int8_t)values[i * 48 + d] == expected, "codes", i, d, keys[d * 16 + i]);
        }
        check((uint8_t)values[i * 48 + DIM] == 0xff, "padding lanes", i, 0, 0);
        check(memcmp(keys + BLOCK * DIM + 4 * i, &scales[i], 4) == 0 && memcmp(values + BLOCK * 48 + 4 * i, &scales[i], 4) == 0, "scale", i, 0, 0);
        release();
    }
}

static double activated(int64_t function, double x) {
    switch (function) {
        case FT_SILU: return x / (1 + exp(-x));
        case FT_GELU: return x * (1 + erf(x / sqrt(2))) / 2;
        case FT_GELU_TANH: return x * (1 + tanh(sqrt(2 / 3.14159265358979) * (x + 0.044715 * x * x * x))) / 2;
        case FT_QUICK_GELU: return x / (1 + exp(-1.702 * x));
        case FT_RELU: return x > 0 ? x : 0;
        case FT_RELU_SQUARED: return x > 0 ? x * x : 0;
        default: return fmin(x, 7) / (1 + exp(-1.702 * fmin(x, 7)));
    }
}

static void test_scaling(ft_context *context, int64_t width) {
    float *a = numbers(width), *b = numbers(width), *out = bytes(width * 4);
    ft_add_scaled_args scaled = {a, b, 0.25, width, out};
    ft_add_scaled(context, &scaled);
    for (int64_t i = 0; i < width; i++) {
        check(out[i] == a[i] + b[i] * 0.25f, "add_scaled", width, i, 0);
    }
    ft_rescale_args rescale = {a, 2, 3, width, out};
    ft_rescale(context, &rescale);
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < width; i++) {
        check(fabs(out[i] - 3 * tanh(2 * a[i] / 3)) < 1e-5, "rescale", width, i, 0);
        sum += a[i];
    }
    ft_layer_norm_args norm = {a, b, a, 1e-5, 1, width, out};
    ft_layer_norm(context, &norm);
    double mean = sum / (double)width;
    for (int64_t i = 0; i < width; i++) {
        squares += (a[i] - mean) * (a[i] - mean);
    }
    for (int64_t i = 0; i < width; i++) {
        double expected = (a[i] - mean) / sqrt(squares / (double)width + 1e-5) * b[i] + a[i];
        check(fabs(out[i] - expected) < 1e-4, "layer_norm", width, i, 0);
    }
    release();
}

static void test_pointwise(ft_context *context, int64_t width) {
    float *a = numbers(width), *b = numbers(width), *out = bytes(width * 4);
    ft_elementwise_args args = {a, b, width, out};
    ft_add(context, &args);
    for (int64_t i = 0; i < width; i++) {
        check(out[i] == a[i] + b[i], "add", width, i, 0);
    }
    for (int64_t function = FT_SILU; function <= FT_CLAMPED_SWIGLU; function++) {
        ft_activate_args activate = {a, NULL, function, width, out};
        ft_activate(context, &activate);
        for (int64_t i = 0; i < width; i++) {
            check(fabs(out[i] - activated(function, a[i])) < 1e-5, "activate", width, i, function);
        }
    }
    ft_activate_args activate = {a, b, FT_SILU, width, out};
    ft_activate(context, &activate);
    for (int64_t i = 0; i < width; i++) {
        check(fabs(out[i] - a[i] / (1 + exp(-a[i])) * b[i]) < 1e-5, "activate and multiply", width, i, 0);
    }
    ft_rms_norm_args norm = {a, b, 1e-5, 1, width, out};
    ft_rms_norm(context, &norm);
    double squares = 0;
    for (int64_t i = 0; i < width; i++) {
        squares += a[i] * a[i];
    }
    for (int64_t i = 0; i < width; i++) {
        check(fabs(out[i] - a[i] / sqrt(squares / (double)width + 1e-5) * b[i]) < 1e-4, "rms_norm", width, i, 0);
    }
    int32_t position = 0;
    float *x = numbers(2 * width);
    memcpy(out, x, (size_t)width * 4);
    ft_rotary_args rotary = {x, a, b, width, &position, 1, 1, 2 * width};
    float last = x[2 * width - 1];
    ft_rotary(context, &rotary);
    check(x[2 * width - 1] == last * a[width - 1] + out[width - 1] * b[width - 1], "rotary", width, 0, 0);
    release();
}

static void test_logits(ft_context *context, int64_t vocabulary) {
    float *logits = numbers(vocabulary), max, log_sum_exp;
    int32_t argmax;
    double mass;
    float *block_max = bytes((vocabulary + FT_LOGIT_BLOCK - 1) / FT_LOGIT_BLOCK * 4);
    float *chunks = bytes((vocabulary + FT_LOGIT_CHUNK - 1) / FT_LOGIT_CHUNK * 8);
    uint16_t *mask = bytes((vocabulary + 63) / 64 * 8);
    memset(mask, 0xff, (size_t)(vocabulary + 63) / 64 * 8);
    mask[vocabulary / 2 / 16] ^= (uint16_t)(1u << vocabulary / 2 % 16);
    ft_logits row = {logits, vocabulary, &argmax, &max, &log_sum_exp, &mass, block_max, chunks};
    ft_summarize_args summarize = {row, vocabulary > 1 ? mask : NULL, 0.5, 1};
    ft_summarize(context, &summarize);
    check(vocabulary == 1 || isinf(logits[vocabulary / 2]), "mask", vocabulary, vocabulary / 2, 0);
    double sum = 0, half = 0;
    int64_t best = 0;
    for (int64_t i = 0; i < vocabulary; i++) {
        sum += exp(logits[i]);
        half += exp(logits[i] * 0.5 - max * 0.5);
        best = logits[i] > logits[best] ? i : best;
    }
    check(argmax == best && max == logits[best], "argmax", vocabulary, argmax, best);
    check(fabs(log_sum_exp - log(sum)) < 1e-5, "log_sum_exp", vocabulary, 0, 0);
    check(fabs(mass - half) < 1e-5 * half, "mass", vocabulary, 0, 0);
    int64_t k = vocabulary < 40 ? vocabulary : 40;
    int32_t *ids = bytes(k * 4);
    float *values = bytes(k * 4);
    ft_top_k_args top = {row, k, ids, values};
    ft_top_k(context, &top);
    check(ids[0] == best, "top_k", vocabulary, ids[0], best);
    for (int64_t i = 1; i < k; i++) {
        check(values[i] < values[i - 1] || (values[i] == values[i - 1] && ids[i] > ids[i - 1]), "top_k order", vocabulary, i, k);
    }
    for (int keeps_all = 0; keeps_all < 2; keeps_all++) {
        ft_sample_args sample = {row, 0.5, keeps_all ? -INFINITY : values[k - 1], 0.999999f, -1};
        ft_sample(context, &sample);
        check(sample.id >= 0 && sample.id < vocabulary, "sample", vocabulary, sample.id, keeps_all);
        check(keeps_all || logits[sample.id] >= values[k - 1], "sample above the floor", vocabulary, sample.id, k);
    }
    release();
}

static void count(const void *job, int64_t task) {
    ((uint8_t *)(uintptr_t)job)[task]++;
}

/* Every task runs once, in thousands of short jobs one after the other. */
static void test_pool(void) {
    ft_pool *pool = ft_pool_create(4, NULL);
    for (int round = 0; round < 2000; round++) {
        uint8_t ran[37] = {0};
        int64_t tasks = 1 + round % 37;
        ft_pool_run(pool, count, ran, tasks);
        for (int64_t i = 0; i < 37; i++) {
            check(ran[i] == (i < tasks), "pool", round, i, ran[i]);
        }
    }
    ft_pool_destroy(pool);
}

/* A worker that cannot be bound is a failure that is told, and the caller is bound between enter and leave only. */
static void test_binding(void) {
    const int32_t none[] = {-1, -1}, out_of_range[] = {0, 1 << 20};
    check(ft_pool_create(2, none) == NULL, "unbindable", 0, 0, 0);
    check(ft_pool_create(2, out_of_range) == NULL, "unbindable", 1, 0, 0);
    cpu_set_t before, during, after;
    sched_getaffinity(0, sizeof before, &before);
    int32_t cpus[2] = {0, 0};
    for (int32_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &before)) {
            cpus[0] = cpus[1] = cpu;
        }
    }
    ft_pool *pool = ft_pool_create(2, cpus);
    ft_pool_enter(pool);
    sched_getaffinity(0, sizeof during, &during);
    ft_pool_leave(pool);
    sched_getaffinity(0, sizeof after, &after);
    check(CPU_COUNT(&during) == 1 && CPU_ISSET(cpus[0], &during), "entered", CPU_COUNT(&during), 0, 0);
    check(CPU_EQUAL(&before, &after), "left", CPU_COUNT(&after), 0, 0);
    ft_pool_destroy(pool);
}

static void test_conversions(void) {
    for (uint32_t i = 0; i < 0x10000; i++) {
        float wide = ft_from_f16((uint16_t)i);
        check(wide != wide || ft_to_f16(wide) == i, "f16", i, 0, 0);
        wide = ft_from_bf16((uint16_t)i);
        check(wide != wide || ft_to_bf16(wide) == i, "bf16", i, 0, 0);
    }
}

int main(void) {
    test_pool();
    test_binding();
    test_conversions();
    const int64_t widths[] = {1, 7, 8, 15, 16, 17, 31, 32, 33, 100}, vocabularies[] = {1, 15, 17, 4095, 4096, 4097, 9000};
    const attention_shape shapes[] = {{3, 3, 34, 16}, {8, 1, 64, 16}, {8, 1, 64, 128}, {7, 1, 96, 32}, {4, 2, 80, 64}, {2, 1, 128, 32}, {2, 1, 256, 16}};
    int tested = 0;
    for (uint32_t isa = 1; isa < 1u << FT_ISA_BITS; isa <<= 1) {
        ft_context *context = ft_open(isa, 2, NULL);
        if (context == NULL) {
            continue;
        }
        test_products(context);
        test_scaled_products(context);
        failures += test_quantized(context);
        for (int64_t type = 0; type <= FT_INT8; type++) {
            for (int64_t window = 0; window <= 20; window += 20) {
                for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
                    test_attention(context, type, (int64_t)(i % 2) == window / 20, shapes[i], window);
                }
            }
        }
        for (int64_t i = 0; i < 4 * 7; i++) {
            const int64_t windows[] = {0, 20, 129}, type = i % 4, shape = i / 4;
            test_softmax(context, type, 1, shapes[shape], windows[shape % 3]);
            test_softmax(context, type, 0, shapes[shape], windows[(shape + 1) % 3]);
        }
        test_codes(context);
        for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
            test_pointwise(context, widths[i]);
            test_scaling(context, widths[i]);
        }
        for (size_t i = 0; i < sizeof vocabularies / sizeof *vocabularies; i++) {
            test_logits(context, vocabularies[i]);
        }
        ft_close(context);
        tested++;
    }
    printf("native kernels: C tests of %d instruction sets: %d failures\n", tested, failures);
    return failures == 0 ? 0 : 1;
}

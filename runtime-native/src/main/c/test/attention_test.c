/* Attention against plain loops: equal scores exactly, others within rounding. */
#include "attention_test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "test_memory.h"
#include "widen.h"

typedef struct {
    int64_t heads, kv_heads, dim, block; /* tokens per block */
    int64_t latent; /* the last elements of a key are its value; 0: values beside keys */
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
                      type, shape.block, kv_heads, dim, dim, 1, &offset, NULL, NULL, table, &offset, 1, 0};
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
    int64_t value_dim, value_stride;
} exact_numbers;

static exact_numbers numbers_of(int64_t type, attention_shape shape, int64_t length) {
    int64_t dim = shape.dim;
    exact_numbers x = {bytes(length * shape.heads * dim * 4), numbers(length * shape.kv_heads * dim), numbers(length * shape.kv_heads * dim), dim, dim};
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
            x.k[i + dim - 1] = 3 + (float)next(8) * 0x1p-9f;
        }
    }
    if (shape.latent > 0) {
        x.v = x.k + dim - shape.latent;
        x.value_dim = shape.latent;
    }
    return x;
}

/* Softmax of a query in double: element d of what it gives, and how large its terms were. */
static void expect(exact_numbers x, attention_shape shape, int64_t query, int64_t from, int64_t to, double *out, double *size) {
    const int64_t dim = shape.dim, width = x.value_dim, kv_head = query % shape.heads / (shape.heads / shape.kv_heads);
    double total = 0, max = -1e300, scores[1024];
    for (int64_t at = from; at < to; at++) {
        const float *k = x.k + (at * shape.kv_heads + kv_head) * dim;
        scores[at] = 0;
        for (int64_t d = 0; d < dim; d++) {
            scores[at] += 0.125 * x.q[query * dim + d] * k[d];
        }
        max = scores[at] > max ? scores[at] : max;
    }
    memset(out, 0, (size_t)width * sizeof *out);
    memset(size, 0, (size_t)width * sizeof *size);
    for (int64_t at = from; at < to; at++) {
        const float *v = x.v + (at * shape.kv_heads + kv_head) * x.value_stride;
        double weight = exp(scores[at] - max);
        total += weight;
        for (int64_t d = 0; d < width; d++) {
            out[d] += weight * v[d];
            size[d] += weight * fabs(v[d]);
        }
    }
    for (int64_t d = 0; d < width; d++) {
        out[d] /= total;
        size[d] /= total;
    }
}

/* Scores that differ, over tiles that are partial at either end, in two chunks; blocks that the second does not see are released. */
static void test_softmax(ft_context *context, int64_t type, int64_t fast, attention_shape shape, int64_t window) {
    enum { LENGTH = 293, SPLIT = 270 };
    int64_t heads = shape.heads, kv_heads = shape.kv_heads, dim = shape.dim;
    int64_t width = shape.latent > 0 ? shape.latent : dim, lanes = (dim + 15) / 16 * 16, blocks = (LENGTH + shape.block - 1) / shape.block, tokens = blocks * shape.block;
    int32_t *table = bytes(blocks * 4), offset = 0, counts[] = {SPLIT, LENGTH - SPLIT}, firsts[] = {0, SPLIT};
    for (int32_t i = 0; i < blocks; i++) {
        table[i] = (i + 3) % (int32_t)blocks;
    }
    void *values = shape.latent > 0 ? NULL : bytes(tokens * kv_heads * ft_cache_token_bytes(type, lanes));
    ft_paged paged = {bytes(tokens * kv_heads * ft_cache_token_bytes(type, dim)), values,
                      type, shape.block, kv_heads, dim, width, 1, &offset, NULL, NULL, table, &offset, 1, shape.latent > 0};
    exact_numbers x = numbers_of(type, shape, LENGTH);
    float *out = bytes(LENGTH * heads * width * 4);
    for (int chunk = 0; chunk < 2; chunk++) {
        paged.token_counts = &counts[chunk];
        paged.first_positions = &firsts[chunk];
        for (int64_t i = 0; chunk == 1 && window > 0 && (i + 1) * shape.block <= SPLIT - window + 1; i++) {
            table[i] = -1;
        }
        ft_write_kv_args write = {paged, x.k + firsts[chunk] * kv_heads * dim,
                                shape.latent > 0 ? NULL : x.v + firsts[chunk] * kv_heads * dim};
        ft_write_kv(context, &write);
        ft_attention_args args = {paged, x.q + firsts[chunk] * heads * dim, out + firsts[chunk] * heads * width, heads, 0.125, window, fast, 0, NULL};
        ft_attention(context, &args);
    }
    double expected[512], size[512], budget = fast ? 0x1p-7 : 1e-4;
    for (int64_t query = 0; query < LENGTH * heads; query += query / heads % 16 == 15 ? 1 : 5) {
        int64_t position = query / heads;
        expect(x, shape, query, window == 0 || position < window ? 0 : position - window + 1, position + 1, expected, size);
        for (int64_t d = 0; d < width; d++) {
            check(fabs(out[query * width + d] - expected[d]) <= budget * size[d] + 1e-6, shape.latent > 0 ? "latent" : "softmax", type, dim, query);
        }
    }
    release();
}

/* The largest there is, and small ones whose values fill no vector or begin in the middle of one; pairs of bf16 need even sizes. */
static void test_latent(ft_context *context) {
    const attention_shape shapes[] = {{3, 1, 576, 16, 512}, {5, 1, 26, 32, 20}, {2, 1, 6, 16, 2}, {4, 2, 50, 64, 34}, {3, 3, 18, 128, 16}};
    const attention_shape odd[] = {{3, 1, 21, 16, 15}, {34, 1, 9, 32, 1}, {4, 2, 37, 64, 33}};
    const int64_t windows[] = {0, 20, 129};
    for (int64_t type = 0; type < FT_INT8; type++) {
        for (int64_t i = 0; i < 5 * 2; i++) {
            test_softmax(context, type, i % 2, shapes[i / 2], windows[(i + type) % 3]);
        }
        for (int64_t i = 0; i < 3 * 2 && type != FT_BF16; i++) {
            test_softmax(context, type, i % 2, odd[i / 2], windows[(i + type) % 3]);
        }
    }
}

void test_attentions(ft_context *context) {
    const attention_shape shapes[] = {{3, 3, 34, 16, 0}, {8, 1, 64, 16, 0}, {8, 1, 64, 128, 0}, {7, 1, 96, 32, 0}, {4, 2, 80, 64, 0}, {2, 1, 128, 32, 0}, {2, 1, 256, 16, 0}};
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
    test_latent(context);
}

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
#include "attention_test.h"
#include "lift_test.h"
#include "quantized_test.h"
#include "state_test.h"
#include "test_memory.h"
#include "widen.h"

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
    args->products[0] = (ft_product){.type = type, .panels = panels, .rows = n, .bias = bias, .out = out, .stride = n};
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
    args->products[0] = (ft_product){.type = FT_FP8, .panels = codes, .rows = n, .bias = bias, .out = out, .stride = n, .scales = scales};
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

/* Codes and scale of a head with hostile numbers: those of the description in KvFormat.java. */
static void test_codes(ft_context *context) {
    enum { DIM = 34, BLOCK = 16 };
    const float inputs[][4] = {{0, 0, 0, 0}, {1e-38f, -1e-39f, 0, 0}, {NAN, 2, -1, 0.5f}, {INFINITY, -INFINITY, 1, NAN}, {254, -127, 1, 3}};
    const int8_t codes[][4] = {{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 127, -64, 32}, {127, -127, 0, 0}, {127, -64, 0, 2}}; /* halves to even */
    const float scales[] = {0, 0, 2.0f / 127, __FLT_MAX__ / 127, 2};
    for (int32_t i = 0; i < 5; i++) {
        int32_t table = 0, offset = 0, count = 1, first = i;
        ft_paged paged = {bytes(BLOCK * (DIM + 4)), bytes(BLOCK * (48 + 4)), FT_INT8, BLOCK, 1, DIM, DIM, 1, &offset, &count, &first, &table, &offset, 1, 0};
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

/* Tokens written together are stored as those written one by one, hostile numbers too. */
static void test_group_writes(ft_context *context, int64_t type, int64_t dim, int64_t block, int32_t first) {
    enum { TOKENS = 70, HEADS = 2 };
    const float hostile[] = {NAN, INFINITY, -INFINITY, -0.0f, 1e-40f, 1.00390625f, 3.3895314e38f, 65520.0f};
    int64_t lanes = (dim + 15) / 16 * 16, blocks = (first + TOKENS + block - 1) / block, room = blocks * block * HEADS;
    int32_t *table = bytes(blocks * 4), offset = 0, count = TOKENS;
    for (int32_t i = 0; i < blocks; i++) {
        table[i] = (int32_t)blocks - 1 - i;
    }
    float *k = numbers(TOKENS * HEADS * dim), *v = numbers(TOKENS * HEADS * dim);
    for (int64_t i = 0; i < TOKENS * HEADS * dim; i += 7) {
        k[i] = hostile[i % 8];
        v[TOKENS * HEADS * dim - 1 - i] = hostile[i % 8];
    }
    size_t key_bytes = (size_t)(room * ft_cache_token_bytes(type, dim)), value_bytes = (size_t)(room * ft_cache_token_bytes(type, lanes));
    ft_paged together = {bytes((int64_t)key_bytes), bytes((int64_t)value_bytes), type, block, HEADS, dim, dim, 1, &offset, &count, &first, table, &offset, 1, 0};
    ft_write_kv_args write = {together, k, v};
    ft_write_kv(context, &write);
    ft_paged singly = together;
    singly.keys = bytes((int64_t)key_bytes);
    singly.values = bytes((int64_t)value_bytes);
    for (int32_t i = 0; i < TOKENS; i++) {
        int32_t one = 1, position = first + i;
        singly.token_counts = &one;
        singly.first_positions = &position;
        ft_write_kv_args token = {singly, k + i * HEADS * dim, v + i * HEADS * dim};
        ft_write_kv(context, &token);
    }
    check(memcmp(together.keys, singly.keys, key_bytes) == 0, "keys of a group", type, dim, first);
    check(memcmp(together.values, singly.values, value_bytes) == 0, "values of a group", type, dim, first);
    release();
}

static void test_cache_writes(ft_context *context) {
    const int64_t dims[] = {2, 16, 32, 34, 64, 80};
    for (int64_t type = 0; type < 3; type++) {
        for (size_t d = 0; d < sizeof dims / sizeof *dims; d++) {
            test_group_writes(context, type, dims[d], 16, 0);
            test_group_writes(context, type, dims[d], 32, 16);
            test_group_writes(context, type, dims[d], 32, 5);
        }
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
        case FT_SIGMOID: return 1 / (1 + exp(-x));
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
    for (int64_t function = FT_SILU; function <= FT_SIGMOID; function++) {
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
    ft_rotary_args rotary = {x, a, b, width, &position, 1, 1, 2 * width, 0};
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
    int tested = 0;
    for (uint32_t isa = 1; isa < 1u << FT_ISA_BITS; isa <<= 1) {
        ft_context *context = ft_open(isa, 2, NULL);
        if (context == NULL) {
            continue;
        }
        test_products(context);
        test_scaled_products(context);
        failures += test_quantized(context);
        test_attentions(context);
        test_lifts(context);
        test_states(context);
        test_codes(context);
        test_cache_writes(context);
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

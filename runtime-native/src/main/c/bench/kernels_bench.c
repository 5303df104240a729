/*
 * How fast the kernels are at the shapes of a 1.1B llama (d 2048, ffn 5632, 32/4 heads of 64), on random weights.
 * ../README.md says how to build it. Arguments: threads (1), ISA as in enum ft_isa (the best), one section: quantized, dense or attention (all).
 * Prints wall time and, for one thread, CPU time too: on a busy machine only the latter means anything. Best of several repeats.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "foretoken.h"
#include "quantized.h"

#define REPEATS 7

static double seconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static float uniform(void) {
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (float)(state >> 40) * 0x1p-23f - 1;
}

static void *memory(size_t bytes) {
    return ft_map((int64_t)bytes);
}

static float *floats(size_t count) {
    float *p = memory(count * 4);
    for (size_t i = 0; i < count; i++) {
        p[i] = uniform();
    }
    return p;
}

typedef struct {
    double wall, cpu;
} lapse;

typedef void (*action)(ft_context *context, const void *args, int64_t round);

static lapse best(ft_context *context, action act, const void *args, int64_t rounds) {
    lapse least = {1e9, 1e9};
    for (int i = 0; i < REPEATS; i++) {
        double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_THREAD_CPUTIME_ID);
        for (int64_t round = 0; round < rounds; round++) {
            act(context, args, round);
        }
        wall = (seconds(CLOCK_MONOTONIC) - wall) / (double)rounds;
        cpu = (seconds(CLOCK_THREAD_CPUTIME_ID) - cpu) / (double)rounds;
        least.wall = wall < least.wall ? wall : least.wall;
        least.cpu = cpu < least.cpu ? cpu : least.cpu;
    }
    return least;
}

/* The same product over `copies` copies of the weights, so that few tokens read memory and not the cache. */
typedef struct {
    ft_matmul_args *args;
    char *weights;
    int64_t bytes, copies;
} rotation;

static void multiply(ft_context *context, const void *argument, int64_t round) {
    const rotation *r = argument;
    r->args->products[0].panels = r->weights + round % r->copies * r->bytes;
    ft_matmul(context, r->args);
}

static void bench_matmul(ft_context *context, int64_t type, int64_t fast, int64_t n, int64_t k, int64_t copies) {
    const int64_t tokens[] = {1, 2, 4, 8, 16, 32, 64, 128, 512};
    int64_t bytes = n * k * (type == FT_F32 ? 4 : 2);
    rotation r = {malloc(sizeof(ft_matmul_args) + sizeof(ft_product)), memory((size_t)(bytes * copies)), bytes, copies};
    uint16_t *halves = (uint16_t *)r.weights;
    for (int64_t i = 0; i < bytes * copies / 2; i++) {
        halves[i] = type == FT_F32 && i % 2 == 0 ? 0 : (uint16_t)(0x3c00 + (rand() & 0x80ff)); /* around 0.01, both signs, as any type */
    }
    float *x = floats((size_t)(512 * k)), *out = floats((size_t)(512 * n));
    const char *names[] = {"f32", "f16", "bf16"};
    printf("matmul %s%s n=%ld k=%ld\n", names[type], fast ? " fast" : "", (long)n, (long)k);
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        *r.args = (ft_matmul_args){.x = x, .tokens = tokens[i], .columns = k, .count = 1, .fast = fast};
        r.args->products[0] = (ft_product){.type = type, .panels = r.weights, .rows = n, .bias = NULL, .out = out, .stride = n};
        lapse time = best(context, multiply, &r, tokens[i] > 64 ? 1 : copies);
        double flop = 2.0 * (double)(n * k * tokens[i]);
        printf("  M=%-4ld wall %7.1f GFLOP/s %6.1f GB/s   cpu %7.1f GFLOP/s %6.1f GB/s\n", (long)tokens[i], flop / time.wall * 1e-9,
               (double)bytes / time.wall * 1e-9, flop / time.cpu * 1e-9, (double)bytes / time.cpu * 1e-9);
    }
    free(r.args);
    ft_unmap(r.weights, bytes * copies);
    ft_unmap(x, 512 * k * 4);
    ft_unmap(out, 512 * n * 4);
}

/* Weights of a quantized product or of FT_FP8, random codes; scales and activations of such a size that nothing is denormal. */
static void bench_quantized(ft_context *context, ft_product product, const char *name, int64_t n, int64_t k) {
    const int64_t tokens[] = {1, 2, 4, 8, 16, 32, 64, 128, 512};
    product.rows = product.stride = n;
    int64_t bytes = n / 16 * ft_quantized_panel_bytes(&product, k), copies = (256 << 20) / bytes;
    rotation r = {malloc(sizeof(ft_matmul_args) + sizeof(ft_product)), memory((size_t)(bytes * copies)), bytes, copies};
    for (int64_t i = 0; i < bytes * copies / 2; i++) {
        int bits = rand(); /* as f16 around 0.01, as E4M3 around 0.1, both signs */
        ((uint16_t *)r.weights)[i] = (uint16_t)(product.type == FT_FP8 ? 0x2828 + (bits & 0x8787) : 0x2001 + (bits & 0x80ff));
    }
    float *x = floats((size_t)(512 * k)), *out = floats((size_t)(512 * n)), *scales = floats((size_t)(n * k / 128));
    product.scales = product.type == FT_BLOCKS ? NULL : scales;
    product.out = out;
    printf("matmul %s n=%ld k=%ld\n", name, (long)n, (long)k);
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        *r.args = (ft_matmul_args){.x = x, .tokens = tokens[i], .columns = k, .count = 1, .fast = 1};
        r.args->products[0] = product;
        lapse time = best(context, multiply, &r, tokens[i] > 64 ? 1 : copies);
        double op = 2.0 * (double)(n * k * tokens[i]);
        printf("  M=%-4ld wall %7.1f GOP/s %6.1f GB/s   cpu %7.1f GOP/s %6.1f GB/s\n", (long)tokens[i], op / time.wall * 1e-9,
               (double)bytes / time.wall * 1e-9, op / time.cpu * 1e-9, (double)bytes / time.cpu * 1e-9);
    }
    free(r.args);
    ft_unmap(r.weights, bytes * copies);
    ft_unmap(x, 512 * k * 4);
    ft_unmap(out, 512 * n * 4);
    ft_unmap(scales, n * k / 128 * 4);
}

static void bench_encodings(ft_context *context) {
    bench_quantized(context, (ft_product){.type = FT_CHANNELS}, "w8a8", 5632, 2048);
    bench_quantized(context, (ft_product){.type = FT_BLOCKS, .format = {8, 32, FT_F16, 0, FT_BOOK_LINEAR}}, "8-bit b32", 5632, 2048);
    bench_quantized(context, (ft_product){.type = FT_BLOCKS, .format = {4, 32, FT_F16, 0, FT_BOOK_LINEAR}}, "4-bit b32", 5632, 2048);
    bench_quantized(context, (ft_product){.type = FT_BLOCKS, .format = {4, 32, FT_F16, 1, FT_BOOK_UNSIGNED}}, "4-bit b32 minimum", 5632, 2048);
    bench_quantized(context, (ft_product){.type = FT_BLOCKS, .format = {4, 128, FT_F16, 1, FT_BOOK_UNSIGNED}}, "4-bit g128 minimum", 5632, 2048);
    bench_quantized(context, (ft_product){.type = FT_BLOCKS, .format = {4, 32, FT_F16, 0, FT_BOOK_IQ4NL}}, "4-bit b32 iq4nl", 5632, 2048);
}

static void bench_scaled(ft_context *context) {
    bench_quantized(context, (ft_product){.type = FT_FP8, .format.block = 2048}, "fp8 per channel", 5632, 2048);
    bench_quantized(context, (ft_product){.type = FT_FP8, .format.block = 128}, "fp8 b128", 5632, 2048);
    bench_matmul(context, FT_BF16, 1, 5632, 2048, 12);
}

/* The same attention over `copies` caches, as if each were a layer's: what one leaves in the nearer caches the next displaces. */
typedef struct {
    ft_attention_args args;
    int64_t bytes, copies; /* of keys, and of values */
} rotated_attention;

static void attend(ft_context *context, const void *argument, int64_t round) {
    const rotated_attention *r = argument;
    ft_attention_args args = r->args;
    args.paged.keys = (char *)args.paged.keys + round % r->copies * r->bytes;
    args.paged.values = (char *)args.paged.values + round % r->copies * r->bytes;
    ft_attention(context, &args);
}

/* One sequence: `span` queries that end at position `length`. */
static void bench_attention(ft_context *context, int64_t type, int64_t fast, int32_t span, int32_t length, int64_t copies) {
    enum { HEADS = 32, KV_HEADS = 4, DIM = 64, BLOCK = 32 };
    int32_t blocks = (length + BLOCK - 1) / BLOCK, zero = 0, first = length - span;
    int32_t *table = malloc((size_t)blocks * 4);
    for (int32_t i = 0; i < blocks; i++) {
        table[i] = blocks - 1 - i;
    }
    size_t cache = (size_t)blocks * BLOCK * KV_HEADS * DIM;
    rotated_attention r = {
        .args = {.paged = {memory(cache * 4 * (size_t)copies), memory(cache * 4 * (size_t)copies), type, BLOCK, KV_HEADS, DIM, DIM, 1, &zero, &span,
                           &first, table, &zero, 1, 0},
                 .q = floats((size_t)span * HEADS * DIM),
                 .out = floats((size_t)span * HEADS * DIM),
                 .heads = HEADS,
                 .scale = 0.125,
                 .fast = fast},
        .bytes = (int64_t)cache * 4,
        .copies = copies,
    };
    const float *k = floats(cache), *v = floats(cache);
    for (int64_t copy = 0; copy < copies; copy++) {
        ft_write_kv_args write = {r.args.paged, k, v};
        write.paged.keys = (char *)write.paged.keys + copy * r.bytes;
        write.paged.values = (char *)write.paged.values + copy * r.bytes;
        write.paged.token_counts = &length;
        write.paged.first_positions = &zero;
        ft_write_kv(context, &write);
    }
    lapse time = best(context, attend, &r, span > 1 ? 1 : 100);
    double pairs = (double)span * (first + 0.5 * (span + 1));
    double flop = 4.0 * HEADS * DIM * pairs;
    const char *names[] = {"f32", "f16", "bf16", "int8"};
    printf("attention %s%s span=%d length=%d caches=%ld  wall %7.1f GFLOP/s %8.1f us   cpu %7.1f GFLOP/s\n", names[type], fast ? " fast" : "",
           span, length, (long)copies, flop / time.wall * 1e-9, time.wall * 1e6, flop / time.cpu * 1e-9);
}

static void bench_products(ft_context *context) {
    bench_matmul(context, FT_BF16, 1, 5632, 2048, 12);
    bench_matmul(context, FT_BF16, 1, 2048, 5632, 12);
    bench_matmul(context, FT_BF16, 0, 5632, 2048, 12);
    bench_matmul(context, FT_F32, 0, 5632, 2048, 6);
    bench_matmul(context, FT_F16, 0, 5632, 2048, 12);
}

static void bench_spans(ft_context *context) {
    const int32_t spans[][3] = {{512, 512, 1}, {2048, 2048, 1}, {1, 512, 1}, {1, 4096, 1}, {1, 512, 50}, {1, 4096, 10}};
    const int64_t types[] = {FT_BF16, FT_INT8, FT_F16, FT_F32};
    for (int64_t fast = 1; fast >= 0; fast--) {
        for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
            for (size_t t = 0; t < 4; t++) {
                bench_attention(context, types[t], fast, spans[i][0], spans[i][1], spans[i][2]);
            }
        }
    }
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    int threads = argc > 1 ? atoi(argv[1]) : 1;
    uint32_t supported = ft_isa_supported();
    uint32_t isa = supported & FT_ISA_AMX ? FT_ISA_AMX : supported & FT_ISA_AVX512BF16 ? FT_ISA_AVX512BF16 : supported & FT_ISA_AVX512VNNI ? FT_ISA_AVX512VNNI : supported & FT_ISA_AVX512 ? FT_ISA_AVX512 : supported & FT_ISA_AVX2VNNI ? FT_ISA_AVX2VNNI : FT_ISA_AVX2;
    isa = argc > 2 ? (uint32_t)atoi(argv[2]) : isa;
    ft_context *context = ft_open(isa, threads, NULL);
    if (context == NULL) {
        return 1;
    }
    printf("isa %u, %d threads\n", isa, threads);
    const char *only = argc > 3 ? argv[3] : NULL;
    if (only == NULL || strcmp(only, "quantized") == 0) {
        bench_encodings(context);
    }
    if (only == NULL || strcmp(only, "fp8") == 0) {
        bench_scaled(context);
    }
    if (only == NULL || strcmp(only, "dense") == 0) {
        bench_products(context);
    }
    if (only == NULL || strcmp(only, "attention") == 0) {
        bench_spans(context);
    }
    ft_close(context);
    return 0;
}

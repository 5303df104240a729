/*
 * How fast layers with a state are: the scan and convolution of mamba-370m (2048 channels, 16 states), Mamba-2 of the same width (32 heads of
 * 64, 128 states) and the delta rule of Qwen3-Next (16 key and 32 value heads of 128), on random inputs. ../README.md says how to build it.
 * Arguments: threads (1), ISA as in enum ft_isa (the best), one layer by its printed name (all). Prints ns per token of one layer, best of several repeats: wall time and, for one
 * thread, CPU time too.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "foretoken.h"

#define REPEATS 7
#define MOST_TOKENS 512
/* Copies of inputs and states, so that a single token's state comes from where it would among other layers. */
#define COPIES 8

static double seconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static float *floats(int64_t count, float low, float high) {
    static uint64_t state = 88172645463325252u;
    float *p = ft_map(count * 4);
    for (int64_t i = 0; i < count; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        p[i] = low + (high - low) * (float)(state >> 40) * 0x1p-24f;
    }
    return p;
}

typedef struct {
    int32_t token_offset, token_count, first_position, prompt_tokens, slot, slot_offset;
} one_row;

static ft_stateful rows_of(one_row *row, float *states, int64_t floats_of_state) {
    return (ft_stateful){.state = states, .floats = floats_of_state, .rows = 1, .token_offsets = &row->token_offset,
                         .token_counts = &row->token_count, .first_positions = &row->first_position, .prompt_tokens = &row->prompt_tokens,
                         .slots = &row->slot, .slot_offsets = &row->slot_offset, .slot_stride = 1};
}

typedef void (*entry)(ft_context *context, const void *args);

static const char *only;

static void time_layer(ft_context *context, const char *name, entry call, const void *args, one_row *row) {
    if (only != NULL && strcmp(only, name) != 0) {
        return;
    }
    for (int prompt = 1; prompt >= 0; prompt--) {
        for (int tokens = prompt ? MOST_TOKENS : 1; tokens >= 1; tokens = tokens == 1 ? 0 : 1) {
            double wall = 1e9, cpu = 1e9;
            int rounds = tokens == 1 ? 400 : 4;
            row->token_count = tokens;
            row->prompt_tokens = prompt ? tokens : 0;
            for (int repeat = 0; repeat < REPEATS; repeat++) {
                double w = seconds(CLOCK_MONOTONIC), c = seconds(CLOCK_THREAD_CPUTIME_ID);
                for (int round = 0; round < rounds; round++) {
                    row->slot = round % COPIES;
                    call(context, args);
                }
                w = (seconds(CLOCK_MONOTONIC) - w) / rounds / tokens;
                c = (seconds(CLOCK_THREAD_CPUTIME_ID) - c) / rounds / tokens;
                wall = w < wall ? w : wall;
                cpu = c < cpu ? c : cpu;
            }
            printf("%-16s %-9s %4d tokens %9.0f ns per token, %9.0f of CPU\n", name, prompt ? "prompt" : "generated", tokens, wall * 1e9, cpu * 1e9);
        }
    }
}

#define ENTRY(name, type) \
    static void call_##name(ft_context *context, const void *args) { \
        ft_##name(context, (const type *)args); \
    }
ENTRY(convolve, ft_convolve_args)
ENTRY(selective_scan, ft_selective_scan_args)
ENTRY(state_space, ft_state_space_args)
ENTRY(delta_rule, ft_delta_rule_args)

static ft_vectors vectors(int64_t width) {
    return (ft_vectors){floats(MOST_TOKENS * width, -1, 1), width};
}

static void bench_mamba(ft_context *context) {
    const int64_t channels = 2048, states = 16, taps = 4;
    one_row row = {0};
    ft_convolve_args convolve = {
        .rows = rows_of(&row, floats(COPIES * (taps - 1) * channels, -1, 1), (taps - 1) * channels),
        .x = floats(MOST_TOKENS * channels, -1, 1), .weight = floats(taps * channels, -1, 1), .bias = floats(channels, -1, 1),
        .channels = channels, .taps = taps, .silu = 1, .out = floats(MOST_TOKENS * channels, 0, 0)};
    time_layer(context, "convolution", call_convolve, &convolve, &row);
    ft_selective_scan_args scan = {
        .rows = rows_of(&row, floats(COPIES * states * channels, -1, 1), states * channels),
        .x = vectors(channels), .time = vectors(channels), .b = vectors(states), .c = vectors(states),
        .gate = floats(MOST_TOKENS * channels, -1, 1), .a = floats(states * channels, -16, -1), .d = floats(channels, -1, 1),
        .channels = channels, .states = states, .groups = 1, .out = floats(MOST_TOKENS * channels, 0, 0)};
    time_layer(context, "selective scan", call_selective_scan, &scan, &row);
}

static void bench_heads(ft_context *context) {
    one_row row = {0};
    const int64_t heads = 32, width = 64, states = 128;
    ft_state_space_args space = {
        .rows = rows_of(&row, floats(COPIES * heads * width * states, -1, 1), heads * width * states),
        .x = vectors(heads * width), .time = vectors(heads), .b = vectors(states), .c = vectors(states),
        .a = floats(heads, -4, -0.1f), .d = floats(heads, -1, 1), .time_bias = floats(heads, -1, 1), .time_low = 0, .time_high = 1e30,
        .heads = heads, .head_dim = width, .states = states, .groups = 1, .out = floats(MOST_TOKENS * heads * width, 0, 0)};
    time_layer(context, "state space", call_state_space, &space, &row);
    const int64_t keys = 16, dim = 128;
    ft_delta_rule_args delta = {
        .rows = rows_of(&row, floats(COPIES * heads * dim * dim, -1, 1), heads * dim * dim),
        .q = vectors(keys * dim), .k = vectors(keys * dim), .v = vectors(heads * dim), .time = vectors(heads), .beta = vectors(heads),
        .a = floats(heads, -4, -0.1f), .time_bias = floats(heads, -1, 1), .epsilon = 1e-6,
        .key_heads = keys, .value_heads = heads, .key_dim = dim, .value_dim = dim, .out = floats(MOST_TOKENS * heads * dim, 0, 0)};
    time_layer(context, "delta rule", call_delta_rule, &delta, &row);
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    uint32_t supported = ft_isa_supported();
    uint32_t best = supported & FT_ISA_AVX512 ? FT_ISA_AVX512 : FT_ISA_AVX2;
    int threads = argc > 1 ? atoi(argv[1]) : 1;
    ft_context *context = ft_open(argc > 2 ? (uint32_t)atoi(argv[2]) : best, threads, NULL);
    if (context == NULL) {
        return 1;
    }
    only = argc > 3 ? argv[3] : NULL;
    bench_mamba(context);
    bench_heads(context);
    ft_close(context);
    return 0;
}

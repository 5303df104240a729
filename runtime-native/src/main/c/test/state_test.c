/*
 * Layers with a state against recurrences in double: prompts that end within a chunk and within a tile, generated tokens, both in one row, rows
 * without tokens, and heads whose width is no multiple of anything. Inputs are multiples of an eighth; exponentials round.
 */
#include "state_test.h"

#include <math.h>
#include <string.h>

#include "test_memory.h"

#define SLOTS 6

static const int32_t OFFSETS[] = {0, 70, 73, 73, 142};
static const int32_t COUNTS[] = {70, 3, 0, 69, 1}; /* a prompt, generated tokens, none, a prompt and what follows it, a prompt of one */
static const int32_t FIRST[] = {0, 40, 7, 64, 0};
static const int32_t PROMPTS[] = {75, 40, 9, 130, 1};
static const int32_t TABLE[] = {4, 0, 2, 1, 5};
static const int32_t PLACES[] = {0, 1, 2, 3, 4};
#define ROWS 5
#define TOKENS 143

static float *eighths(int64_t count) {
    float *p = numbers(count);
    for (int64_t i = 0; i < count; i++) {
        p[i] /= 8;
    }
    return p;
}

static ft_vectors vectors(int64_t width) {
    return (ft_vectors){eighths(TOKENS * width), width};
}

/* Rows over SLOTS states, and a copy of the states in double that the expected numbers are computed from. */
static double EXPECTED[SLOTS * 4096];

static ft_stateful rows_of(int64_t floats, int64_t rows) {
    float *state = eighths(SLOTS * floats);
    for (int64_t i = 0; i < SLOTS * floats; i++) {
        EXPECTED[i] = state[i];
    }
    return (ft_stateful){.state = state, .floats = floats, .rows = rows, .token_offsets = OFFSETS, .token_counts = COUNTS, .first_positions = FIRST,
                         .prompt_tokens = PROMPTS, .slots = TABLE, .slot_offsets = PLACES, .slot_stride = 1};
}

static void check_near(const char *what, double found, double expected, int64_t a, int64_t b) {
    check(fabs(found - expected) <= 2e-4 * (1 + fabs(expected)), what, a, b, (int64_t)(expected * 1000));
}

/* Every slot: those of rows as expected, the others as they were. */
static void check_states(const char *what, const ft_stateful *rows) {
    for (int64_t i = 0; i < SLOTS * rows->floats; i++) {
        check_near(what, rows->state[i], EXPECTED[i], i / rows->floats, i % rows->floats);
    }
}

static double softplus(double x) { return log1p(exp(x)); }
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

/* The rows' tokens in order, with their states. */
#define EACH_TOKEN(stateful, h, token) \
    for (int64_t row_ = 0; row_ < (stateful).rows; row_++) \
        for (double *h = EXPECTED + TABLE[row_] * (stateful).floats, *once_ = h; once_ != NULL; once_ = NULL) \
            for (int64_t token = OFFSETS[row_]; token < OFFSETS[row_] + COUNTS[row_]; token++)

static void test_convolution(ft_context *context, int64_t channels, int64_t taps, int64_t silu) {
    ft_convolve_args args = {.rows = rows_of((taps - 1) * channels, ROWS), .x = eighths(TOKENS * channels), .weight = eighths(taps * channels),
                             .bias = silu ? eighths(channels) : NULL, .channels = channels, .taps = taps, .silu = silu, .out = bytes(TOKENS * channels * 4)};
    ft_convolve(context, &args);
    EACH_TOKEN(args.rows, h, t) {
        for (int64_t c = 0; c < channels; c++) {
            double x = args.x[t * channels + c], sum = (silu ? args.bias[c] : 0) + args.weight[(taps - 1) * channels + c] * x;
            for (int64_t j = 0; j < taps - 1; j++) {
                sum += args.weight[j * channels + c] * h[j * channels + c];
                h[j * channels + c] = j < taps - 2 ? h[(j + 1) * channels + c] : x;
            }
            check_near("convolution", args.out[t * channels + c], silu ? sum * sigmoid(sum) : sum, channels, t);
        }
    }
    check_states("state of a convolution", &args.rows);
    release();
}

static void test_scan(ft_context *context, int64_t channels, int64_t states, int64_t groups, int gated) {
    ft_selective_scan_args args = {
        .rows = rows_of(states * channels, ROWS), .x = vectors(channels), .time = vectors(channels), .b = vectors(groups * states),
        .c = vectors(groups * states), .gate = gated ? eighths(TOKENS * channels) : NULL, .a = eighths(states * channels), .d = eighths(channels),
        .channels = channels, .states = states, .groups = groups, .out = bytes(TOKENS * channels * 4)};
    for (int64_t i = 0; i < states * channels; i++) {
        ((float *)args.a)[i] = -1 - fabsf(args.a[i]);
    }
    ft_selective_scan(context, &args);
    EACH_TOKEN(args.rows, h, t) {
        for (int64_t c = 0; c < channels; c++) {
            int64_t map = t * groups * states + c / (channels / groups) * states;
            double x = args.x.data[t * channels + c], dt = softplus(args.time.data[t * channels + c]), y = args.d[c] * x;
            for (int64_t n = 0; n < states; n++) {
                double *at = h + n * channels + c;
                *at = exp(dt * args.a[n * channels + c]) * *at + dt * x * args.b.data[map + n];
                y += *at * args.c.data[map + n];
            }
            double gate = gated ? args.gate[t * channels + c] : 0;
            check_near("scan", args.out[t * channels + c], gated ? y * gate * sigmoid(gate) : y, channels, t);
        }
    }
    check_states("state of a scan", &args.rows);
    release();
}

static float *rates(int64_t heads) {
    float *p = eighths(heads);
    for (int64_t i = 0; i < heads; i++) {
        p[i] = -0.1f - fabsf(p[i]);
    }
    return p;
}

static void test_space(ft_context *context, int64_t heads, int64_t width, int64_t states, int64_t groups) {
    ft_state_space_args args = {
        .rows = rows_of(heads * states * width, ROWS), .x = vectors(heads * width), .time = vectors(heads), .b = vectors(groups * states),
        .c = vectors(groups * states), .a = rates(heads), .d = eighths(heads), .time_bias = eighths(heads), .time_low = 0.5, .time_high = 0.9,
        .heads = heads, .head_dim = width, .states = states, .groups = groups, .out = bytes(TOKENS * heads * width * 4)};
    ft_state_space(context, &args);
    EACH_TOKEN(args.rows, h, t) {
        for (int64_t i = 0; i < heads * width; i++) {
            int64_t head = i / width, map = t * groups * states + head / (heads / groups) * states;
            double dt = fmin(0.9, fmax(0.5, softplus(args.time.data[t * heads + head] + args.time_bias[head])));
            double x = args.x.data[t * heads * width + i], y = args.d[head] * x;
            for (int64_t n = 0; n < states; n++) {
                double *at = h + (head * states + n) * width + i % width;
                *at = exp(dt * args.a[head]) * *at + dt * x * args.b.data[map + n];
                y += *at * args.c.data[map + n];
            }
            check_near("state space", args.out[t * heads * width + i], y, width, t);
        }
    }
    check_states("state of a state space", &args.rows);
    release();
}

static void unit(const float *x, int64_t width, double scale, double *out) {
    double sum = 1e-6;
    for (int64_t i = 0; i < width; i++) {
        sum += (double)x[i] * x[i];
    }
    for (int64_t i = 0; i < width; i++) {
        out[i] = x[i] / sqrt(sum) * scale;
    }
}

static void test_delta(ft_context *context, int64_t key_heads, int64_t share, int64_t keys, int64_t width) {
    int64_t heads = key_heads * share;
    ft_delta_rule_args args = {
        .rows = rows_of(heads * keys * width, ROWS), .q = vectors(key_heads * keys), .k = vectors(key_heads * keys), .v = vectors(heads * width),
        .time = vectors(heads), .beta = vectors(heads), .a = rates(heads), .time_bias = eighths(heads), .epsilon = 1e-6, .key_heads = key_heads,
        .value_heads = heads, .key_dim = keys, .value_dim = width, .out = bytes(TOKENS * heads * width * 4)};
    ft_delta_rule(context, &args);
    EACH_TOKEN(args.rows, h, t) {
        for (int64_t i = 0; i < heads * width; i++) {
            int64_t head = i / width, at = (t * key_heads + head / share) * keys;
            double key[256], query[256], known = 0, y = 0, *state = h + head * keys * width + i % width;
            unit(args.k.data + at, keys, 1, key);
            unit(args.q.data + at, keys, 1 / sqrt((double)keys), query);
            double decay = exp(softplus(args.time.data[t * heads + head] + args.time_bias[head]) * args.a[head]);
            for (int64_t n = 0; n < keys; n++) {
                state[n * width] *= decay;
                known += key[n] * state[n * width];
            }
            double wrong = sigmoid(args.beta.data[t * heads + head]) * (args.v.data[t * heads * width + i] - known);
            for (int64_t n = 0; n < keys; n++) {
                state[n * width] += key[n] * wrong;
                y += query[n] * state[n * width];
            }
            check_near("delta rule", args.out[t * heads * width + i], y, width, t);
        }
    }
    check_states("state of a delta rule", &args.rows);
    release();
}

static void test_gated_norm(ft_context *context, int64_t width, int64_t group, int64_t gate_first) {
    int64_t count = 3 * width;
    ft_gated_norm_args args = {.x = eighths(count), .gate = eighths(count), .weight = eighths(width), .epsilon = 1e-5, .rows = 3, .width = width,
                               .group = group, .gate_first = gate_first, .out = bytes(count * 4)};
    ft_gated_norm(context, &args);
    for (int64_t at = 0; at < count; at += group) {
        double sum = 0;
        for (int64_t i = at; i < at + group; i++) {
            double x = args.x[i] * (gate_first ? args.gate[i] * sigmoid(args.gate[i]) : 1);
            sum += x * x;
        }
        for (int64_t i = at; i < at + group; i++) {
            double y = args.x[i] * args.gate[i] * sigmoid(args.gate[i]) * args.weight[i % width] / sqrt(sum / (double)group + 1e-5);
            check_near("gated norm", args.out[i], y, width, i);
        }
    }
    release();
}

/* Steps without rows. */
static void test_no_rows(ft_context *context) {
    ft_convolve_args convolve = {.rows = rows_of(15, 0), .channels = 5, .taps = 4};
    ft_convolve(context, &convolve);
    ft_selective_scan_args scan = {.rows = rows_of(15, 0), .channels = 5, .states = 3, .groups = 1};
    ft_selective_scan(context, &scan);
    ft_state_space_args space = {.rows = rows_of(15, 0), .heads = 1, .head_dim = 5, .states = 3, .groups = 1};
    ft_state_space(context, &space);
    ft_delta_rule_args delta = {.rows = rows_of(15, 0), .key_heads = 1, .value_heads = 1, .key_dim = 3, .value_dim = 5};
    ft_delta_rule(context, &delta);
    check_states("state of no row", &delta.rows);
    release();
}

void test_states(ft_context *context) {
    const int64_t widths[] = {1, 15, 16, 17, 33};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        test_convolution(context, widths[i], 4, 1);
        test_convolution(context, widths[i], 2, 0);
        test_scan(context, widths[i], 16, 1, 1);
        test_gated_norm(context, widths[i], widths[i], 0);
        test_gated_norm(context, 3 * widths[i], widths[i], 1);
    }
    test_convolution(context, 7, 3, 1);
    test_scan(context, 34, 5, 2, 0);
    test_scan(context, 6, 35, 3, 1);
    test_space(context, 2, 16, 5, 1);
    test_space(context, 4, 33, 6, 2);
    test_space(context, 1, 64, 9, 1);
    test_space(context, 1, 100, 4, 1);
    test_space(context, 1, 3, 300, 1);
    test_delta(context, 1, 2, 5, 7);
    test_delta(context, 2, 2, 6, 32);
    test_delta(context, 1, 1, 18, 130);
    test_delta(context, 1, 1, 33, 64);
    test_delta(context, 1, 1, 256, 9);
    test_no_rows(context);
}

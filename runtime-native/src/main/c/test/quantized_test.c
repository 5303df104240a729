/*
 * Quantized products of every format against loops that follow QuantizedProducts.java step by step: results must be equal bit for bit.
 * Buffers end where their memory ends, for the sanitizers.
 */
#include "quantized_test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quantized.h"

static uint32_t state = 7;

static int next(int limit) {
    state = state * 1664525u + 1013904223u;
    return (int)((state >> 8) % (uint32_t)limit);
}

static float number(void) {
    return ((float)next(1 << 20) / (1 << 19) - 1) * (next(60) == 0 ? 30.0f : 1.0f);
}

/* Weights of one matrix, unpacked: what the reference reads. */
typedef struct {
    ft_product product;
    int64_t columns;
    int16_t *values; /* [rows, columns] */
    float *scales;   /* [rows, columns / block] */
    float *minima;
} matrix;

static int64_t width_of(const matrix *m) {
    return m->product.type == FT_BLOCKS ? m->product.format.block : m->columns;
}

static void store_codes(const matrix *m, char *panels, int64_t row, int64_t column, int code) {
    const ft_format *format = &m->product.format;
    if (m->product.type == FT_CHANNELS) {
        panels[(row / 16 * ((m->columns + 3) / 4) + column / 4) * 64 + row % 16 * 4 + column % 4] = (char)code;
        return;
    }
    int64_t k = column % format->block;
    char *block = panels + (row / 16 * (m->columns / format->block) + column / format->block) * ft_block_bytes(format);
    char *codes = block + ft_block_header(format) + row % 16 * 4 + k % 4;
    if (format->bits == 8) {
        codes[k / 4 * 64] = (char)code;
    } else {
        codes[k / 8 * 64] = (char)(codes[k / 8 * 64] | code << (k % 8 < 4 ? 0 : 4));
    }
}

static float store_scale(const ft_format *format, char *block, int64_t index, float value) {
    ft_store(block, format->scale_type, index, value);
    return ft_load(block, format->scale_type, index);
}

static void fill_row(matrix *m, char *panels, int64_t row) {
    int64_t width = width_of(m), blocks = m->columns / width;
    const ft_format *format = &m->product.format;
    for (int64_t b = 0; b < blocks; b++) {
        int64_t at = row * blocks + b;
        m->scales[at] = number() * 0.01f;
        m->minima[at] = number();
        if (m->product.type == FT_CHANNELS) {
            ((float *)(uintptr_t)m->product.scales)[row] = m->scales[at];
        } else {
            char *block = panels + (row / 16 * blocks + b) * ft_block_bytes(format);
            m->scales[at] = store_scale(format, block, row % 16, m->scales[at]);
            m->minima[at] = format->minimum ? store_scale(format, block, row % 16 + 16, m->minima[at]) : 0;
        }
    }
    for (int64_t k = 0; k < m->columns; k++) {
        int bits = m->product.type == FT_CHANNELS ? 8 : (int)format->bits;
        int code = bits == 4 ? next(16) : next(4) == 0 ? (next(2) == 0 ? 0 : 255) : next(256); /* extremes often */
        m->values[row * m->columns + k] = (int16_t)(bits == 4 ? ft_book_values[format->book][code] : code - 128);
        store_codes(m, panels, row, k, code);
    }
}

static matrix make(int64_t type, ft_format format, int64_t rows, int64_t columns) {
    matrix m = {.product = {.type = type, .rows = rows, .stride = rows, .format = format}, .columns = columns};
    int64_t panels = (rows + 15) / 16, bytes = panels * ft_quantized_panel_bytes(&m.product, columns);
    char *memory = malloc((size_t)bytes);
    memset(memory, type == FT_CHANNELS ? 128 : 0, (size_t)bytes);
    m.product.panels = memory;
    m.product.scales = type == FT_CHANNELS ? calloc((size_t)panels * 16, 4) : NULL;
    m.values = malloc((size_t)(rows * columns) * 2);
    m.scales = malloc((size_t)(rows * columns) * 4);
    m.minima = malloc((size_t)(rows * columns) * 4);
    for (int64_t row = 0; row < rows; row++) {
        fill_row(&m, memory, row);
    }
    return m;
}

static void drop(matrix *m) {
    free((void *)(uintptr_t)m->product.panels);
    free((void *)(uintptr_t)m->product.scales);
    free(m->values);
    free(m->scales);
    free(m->minima);
}

static float quantize(const float *x, int64_t count, int8_t *q, int32_t *sum) {
    float largest = 0;
    for (int64_t i = 0; i < count; i++) {
        largest = x[i] != x[i] ? largest : fmaxf(largest, fminf(fabsf(x[i]), __FLT_MAX__));
    }
    float inverse = 127 / largest;
    *sum = 0;
    for (int64_t i = 0; i < count; i++) {
        float finite = x[i] != x[i] || isinf(inverse) ? 0 : fminf(fmaxf(x[i], -__FLT_MAX__), __FLT_MAX__);
        q[i] = (int8_t)(isinf(inverse) ? 0 : fminf(fmaxf(rintf(finite * inverse), -127), 127));
        *sum += q[i];
    }
    return isinf(inverse) ? 0 : largest / 127;
}

/* One token's activations, quantized for a matrix. */
typedef struct {
    int8_t *q;
    float *scales;
    int32_t *sums;
} token_input;

static token_input input_for(const matrix *m, const float *x) {
    int64_t width = width_of(m), blocks = m->columns / width;
    token_input input = {malloc((size_t)m->columns), malloc((size_t)blocks * 4), malloc((size_t)blocks * 4)};
    for (int64_t b = 0; b < blocks; b++) {
        input.scales[b] = quantize(x + b * width, width, input.q + b * width, &input.sums[b]);
    }
    return input;
}

static void drop_input(token_input *input) {
    free(input->q);
    free(input->scales);
    free(input->sums);
}

static float expected(const matrix *m, const token_input *input, int64_t row) {
    int64_t width = width_of(m), blocks = m->columns / width;
    float acc = 0;
    for (int64_t b = 0; b < blocks; b++) {
        int32_t dot = 0;
        for (int64_t k = b * width; k < (b + 1) * width; k++) {
            dot += input->q[k] * m->values[row * m->columns + k];
        }
        float scale = input->scales[b], weight = m->scales[row * blocks + b];
        if (m->product.type == FT_CHANNELS) {
            acc = (float)dot * (scale * weight);
        } else {
            acc = fmaf((float)dot, scale * weight, acc);
            acc = m->product.format.minimum ? fmaf(scale * (float)input->sums[b], m->minima[row * blocks + b], acc) : acc;
        }
    }
    return acc;
}

/* Two groups of the same tokens in reverse order give what all of them at once gave. */
static int check_groups(ft_context *context, const matrix *m, const float *x, int64_t tokens, const ft_product *whole) {
    int64_t rows = m->product.rows, first = tokens / 2, one = (int64_t)(sizeof(ft_matmul_args) + sizeof(ft_product));
    float *out = malloc((size_t)(tokens * rows) * 4);
    int32_t *sources = malloc((size_t)tokens * 4);
    ft_matmul_groups_args *args = malloc(sizeof *args + 2 * (size_t)one);
    args->count = first > 0 ? 2 : 1;
    for (int64_t i = 0; i < tokens; i++) {
        sources[i] = (int32_t)(tokens - 1 - i);
    }
    for (int64_t g = 0; g < args->count; g++) {
        ft_matmul_args *group = (void *)((char *)(args + 1) + g * one);
        int64_t start = g == 0 ? 0 : tokens - first, count = g == 0 ? tokens - first : first;
        *group = (ft_matmul_args){x, sources + start, count, m->columns, 1, 1};
        group->products[0] = *whole;
        group->products[0].out = out + start * rows;
    }
    ft_matmul_groups(context, args);
    int failures = 0;
    for (int64_t i = 0; i < tokens; i++) {
        failures += memcmp(out + i * rows, whole->out + (tokens - 1 - i) * rows, (size_t)rows * 4) != 0;
    }
    if (failures > 0) {
        fprintf(stderr, "FAILED groups of %ld tokens, %ld rows, %ld columns\n", (long)tokens, (long)rows, (long)m->columns);
    }
    free(args);
    free(sources);
    free(out);
    return failures;
}

static int check_matrix(ft_context *context, matrix *m, int64_t tokens, int biased) {
    int64_t rows = m->product.rows, columns = m->columns;
    int failures = 0;
    float *x = malloc((size_t)(tokens * columns) * 4), *out = malloc((size_t)(tokens * rows) * 4), *bias = malloc((size_t)rows * 4);
    memset(out, 0xff, (size_t)(tokens * rows) * 4);
    for (int64_t i = 0; i < tokens * columns; i++) {
        x[i] = number();
    }
    for (int64_t i = 0; i < rows; i++) {
        bias[i] = number();
    }
    x[0] = NAN; /* counts as 0 */
    x[tokens * columns - 1] = tokens % 2 == 0 ? INFINITY : 1e-40f;
    ft_matmul_args *args = malloc(sizeof *args + sizeof(ft_product));
    *args = (ft_matmul_args){x, NULL, tokens, columns, 1, 1};
    args->products[0] = m->product;
    args->products[0].bias = biased ? bias : NULL;
    args->products[0].out = out;
    ft_matmul(context, args);
    for (int64_t t = 0; t < tokens; t++) {
        token_input input = input_for(m, x + t * columns);
        for (int64_t row = 0; row < rows; row++) {
            float wanted = expected(m, &input, row) + (biased ? bias[row] : 0);
            if (memcmp(&wanted, &out[t * rows + row], 4) != 0 && failures++ == 0) {
                const ft_format *f = &m->product.format;
                fprintf(stderr, "FAILED type %ld bits %ld block %ld scales %ld minimum %ld book %ld: tokens %ld rows %ld columns %ld: [%ld, %ld] %.9g, not %.9g\n",
                        (long)m->product.type, (long)f->bits, (long)f->block, (long)f->scale_type, (long)f->minimum, (long)f->book,
                        (long)tokens, (long)rows, (long)columns, (long)t, (long)row, (double)out[t * rows + row], (double)wanted);
            }
        }
        drop_input(&input);
    }
    failures += check_groups(context, m, x, tokens, &args->products[0]);
    int32_t id = (int32_t)rows - 1;
    float *row = malloc((size_t)columns * 4);
    ft_gather_args gather = {m->product.panels, m->product.type, FT_PANELS, columns, &id, 1, row, m->product.scales, m->product.format};
    ft_gather(context, &gather);
    for (int64_t k = 0; k < columns; k++) {
        int64_t block = id * (columns / width_of(m)) + k / width_of(m);
        float scaled = m->scales[block] * (float)m->values[id * columns + k];
        failures += row[k] != (m->product.type == FT_BLOCKS && m->product.format.minimum ? scaled + m->minima[block] : scaled);
    }
    free(row);
    free(args);
    free(x);
    free(out);
    free(bias);
    return failures;
}

static int check_format(ft_context *context, int64_t type, ft_format format, int64_t turn) {
    const int64_t tokens[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 16, 17, 33, 40, 300}, rows[] = {1, 16, 33, 47, 100};
    const int64_t blocks[] = {1, 2, 3, 8}, columns[] = {1, 4, 63, 64, 130, 1030};
    int failures = 0;
    for (int64_t i = turn * 5; i < turn * 5 + 5; i++) { /* each format meets some counts, each kind of tile all of them */
        int64_t t = tokens[i % 16], k = type == FT_CHANNELS ? columns[i % 6] : t == 9 ? 1024 + format.block : format.block * blocks[i % 4];
        matrix m = make(type, format, t > 100 ? 17 : rows[i % 7 % 5], k);
        failures += check_matrix(context, &m, t, i % 2 == 0);
        drop(&m);
    }
    return failures;
}

int test_quantized(ft_context *context) {
    int failures = 0;
    int64_t turn = 0;
    for (int64_t round = 0; round < 20; round++) {
        failures += check_format(context, FT_CHANNELS, (ft_format){0}, round);
    }
    for (int64_t block = 16; block <= 128; block *= 2) {
        for (int64_t scale = 0; scale < 3; scale++) {
            for (int64_t minimum = 0; minimum < 2; minimum++) {
                failures += check_format(context, FT_BLOCKS, (ft_format){8, block, scale, minimum, FT_BOOK_LINEAR}, turn++);
                for (int64_t book = 0; book < FT_BOOKS; book++) {
                    failures += check_format(context, FT_BLOCKS, (ft_format){4, block, scale, minimum, book}, turn++);
                }
            }
        }
    }
    return failures;
}

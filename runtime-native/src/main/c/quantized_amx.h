/*
 * Products of quantized weights by the matrix unit: 16 tokens by 16 outputs by a block of columns per instruction, for many tokens.
 *
 * Codes are unpacked to signed bytes, scales to fp32, once per panel and chunk of columns, and stay in the first-level cache while all
 * tokens pass by. A block's integer sums go through memory to the vector unit, which scales and adds them in fp32: that, not the matrix
 * unit, bounds blocks up to 64. Channel weights are used as they lie; their sums stay in the matrix unit over all of k.
 */
#include "quantized.h"
#include "tiles_amx.h"

#include "quantize_body.h"

#define CHUNK_COLUMNS 1024
/* Scales and minima as fp32 in front of an unpacked block. */
#define UNPACKED_HEADER 128
/* Tiles of tokens whose partial sums are kept at once. */
#define GROUP_TILES 16
#define TILE_ROWS 16
#define STREAM_AHEAD 4096

/* In front of a block's activations, each [height]: scale, and scale * sum or (channels) the initial sum. */
#define X_HEADER 2

/* Equal tiles of a multiple of 4 tokens, the last one padded: one configuration and one loop for all. */
static int64_t FT_NAME(height)(int64_t tokens, int64_t block) {
    (void)block;
    int64_t tiles = (tokens + TILE_ROWS - 1) / TILE_ROWS;
    return ((tokens + tiles - 1) / tiles + 3) / 4 * 4;
}

static int64_t FT_NAME(padded)(int64_t columns) {
    return (columns + 63) / 64 * 64;
}

static int64_t FT_NAME(tile_bytes)(int64_t columns, int64_t block, int64_t height) {
    return block == 0 ? height * (FT_NAME(padded)(columns) + 4 * X_HEADER) : columns / block * height * (block + 4 * X_HEADER);
}

/* Codes of `count` columns to out, `width` bytes each `stride`, and what stands in front of them. x null: a row of zeros. */
static void FT_NAME(pack_row)(const float *x, int64_t count, int64_t width, int64_t stride, int8_t *out, float *scale, int32_t *sum) {
    float inverse = 0;
    *scale = x == NULL ? 0 : FT_NAME(scale_of)(x, count, &inverse);
    vi sums = vi_set1(0);
    for (int64_t i = 0; i < count; i += 16) {
        vi q = x == NULL ? vi_set1(0) : FT_NAME(quantize_some)(x + i, count - i, inverse);
        sums = vi_add(sums, q);
        vi_store_bytes(out + i / width * stride + i % width, q);
    }
    *sum = vi_sum(sums);
}

/* Blocks: [block][header][height][block columns]. Channels: [header][64 columns][height][64]. */
static void FT_NAME(pack_quantized)(const ft_activations *input, int64_t tile, int64_t first, int64_t end) {
    int64_t height = input->height, columns = input->columns;
    int64_t width = input->block == 0 ? columns : input->block;
    char *packed = input->packed + tile * input->tile_bytes;
    for (int64_t block = first; block < end; block++) {
        float *header = (float *)(void *)(packed + block * height * (width + 4 * X_HEADER));
        int8_t *codes = (int8_t *)(header + X_HEADER * height);
        if (input->block == 0) {
            memset(codes + (FT_NAME(padded)(columns) - 64) * height, 0, (size_t)(64 * height));
        }
        for (int64_t row = 0; row < height; row++) {
            int64_t token = tile * height + row;
            const float *x = token < input->tokens ? ft_token_of(input->x, input->sources, token, columns) + block * width : NULL;
            int32_t sum;
            if (input->block == 0) {
                FT_NAME(pack_row)(x, width, 64, 64 * height, codes + row * 64, header + row, &sum);
                sum *= -128;
                memcpy(header + height + row, &sum, 4);
            } else {
                FT_NAME(pack_row)(x, width, width, 0, codes + row * width, header + row, &sum);
                header[height + row] = header[row] * (float)sum;
            }
        }
    }
}

/* 64 codes of 8 bits, or 128 of 4, as signed bytes. */
static inline __attribute__((always_inline)) void FT_NAME(unpack_codes)(const ft_format *format, vi book, const char *in, char *out) {
    int64_t bytes = 2 * format->block * format->bits;
    for (int64_t i = 0; i < bytes; i += 64) {
        vi codes = vi_load(in + i);
        if (format->bits == 8) {
            vi_store(out + i, vi_xor(codes, vi_set1((int32_t)0x80808080)));
        } else {
            vi_store(out + 2 * i, vi_lookup(book, vi_low_nibbles(codes)));
            vi_store(out + 2 * i + 64, vi_lookup(book, vi_high_nibbles(codes)));
        }
    }
}

static inline __attribute__((always_inline)) vf FT_NAME(load_scales)(const char *p, int64_t type) {
    return type == FT_F16 ? vf_load_f16(p) : type == FT_BF16 ? vf_load_bf16(p) : vf_load(p);
}

/* `blocks` blocks of one panel to [scales, minima, codes]. */
static void FT_NAME(unpack)(const ft_format *format, const char *in, int64_t blocks, char *out) {
    vi book = vi_table(ft_book_values[format->book]);
    int64_t header = ft_block_header(format), bytes = ft_block_bytes(format);
    for (int64_t block = 0; block < blocks; block++) {
        vf_store((float *)(void *)out, FT_NAME(load_scales)(in, format->scale_type));
        if (format->minimum) {
            vf_store((float *)(void *)out + 16, FT_NAME(load_scales)(in + header / 2, format->scale_type));
        }
        FT_NAME(unpack_codes)(format, book, in + header, out + UNPACKED_HEADER);
        for (int64_t line = 0; line < bytes; line += 64) {
            __builtin_prefetch(in + STREAM_AHEAD + line, 0, 2);
        }
        in += bytes;
        out += UNPACKED_HEADER + 16 * format->block;
    }
}

/* Integer sums of one block, [rows][16], through tile `tmm`. */
#define BLOCK_SUMS(tmm, x, w, sums) \
    do { \
        TILE_ZERO(tmm); \
        TILE_LOAD(4, x, a_stride); \
        TILE_LOAD(6, w, 64); \
        TILE_DOT_SIGNED(tmm, 4, 6); \
        if (block == 128) { \
            TILE_LOAD(5, (x) + 64, a_stride); \
            TILE_LOAD(7, (w) + 1024, 64); \
            TILE_DOT_SIGNED(tmm, 5, 7); \
        } \
        TILE_STORE(tmm, sums, 64); \
    } while (0)

/* acc[r] = fma(sum[r], sx[r] * sw, acc[r]), then the minimum's share. */
static inline __attribute__((always_inline)) void FT_NAME(scale_block)(
    const int rows, const int minimum, const int32_t *sums, const float *x, const char *w, vf *acc) {
    vf scale = vf_load(w), least = minimum ? vf_load(w + 64) : vf_zero();
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
        acc[r] = vf_fma(vi_float(vi_load(sums + 16 * r)), vf_mul(scale, vf_set1(x[r])), acc[r]);
        if (minimum) {
            acc[r] = vf_fma(least, vf_set1(x[rows + r]), acc[r]);
        }
    }
}

/* One tile of tokens by one panel over `blocks` blocks; partial: fp32 [rows][16], read unless `first`, always written. */
static inline __attribute__((always_inline)) void FT_NAME(run_blocks)(
    const int rows, const int minimum, const char *x, const char *w, int64_t block, int64_t blocks, int first, ft_ahead *ahead,
    float *partial) {
    _Alignas(64) int32_t sums[4][TILE_ROWS * 16];
    vf acc[TILE_ROWS];
    const int64_t a_stride = block, x_bytes = rows * (block + 4 * X_HEADER), w_bytes = UNPACKED_HEADER + 16 * block;
    const char *codes = x + 4 * X_HEADER * rows, *weights = w + UNPACKED_HEADER;
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
        acc[r] = first ? vf_zero() : vf_load(partial + 16 * r);
    }
    BLOCK_SUMS(0, codes, weights, sums[0]);
    if (blocks > 1) {
        BLOCK_SUMS(1, codes + x_bytes, weights + w_bytes, sums[1]);
    }
    for (int64_t at = 0; at < blocks; at += 2, x += 2 * x_bytes, w += 2 * w_bytes) {
        const int32_t *now = sums[at & 2];
        int32_t *later = sums[(at & 2) ^ 2];
        codes += 2 * x_bytes;
        weights += 2 * w_bytes;
        ft_fetch(ahead);
        if (at + 3 < blocks) { /* two blocks ahead: a tile that was stored cannot be read before the store has left the pipeline */
            BLOCK_SUMS(0, codes, weights, later);
            BLOCK_SUMS(1, codes + x_bytes, weights + w_bytes, later + TILE_ROWS * 16);
        } else if (at + 2 < blocks) {
            BLOCK_SUMS(0, codes, weights, later);
        }
        FT_NAME(scale_block)(rows, minimum, now, (const float *)(const void *)x, w, acc);
        if (at + 1 < blocks) {
            FT_NAME(scale_block)(rows, minimum, now + TILE_ROWS * 16, (const float *)(const void *)(x + x_bytes), w + w_bytes, acc);
        }
    }
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
        vf_store(partial + 16 * r, acc[r]);
    }
}

typedef void (*FT_NAME(runner))(const char *x, const char *w, int64_t block, int64_t blocks, int first, ft_ahead *ahead, float *partial);

#define RUNNER(rows, minimum) \
    static void FT_JOIN(FT_NAME(runner), rows, minimum)(const char *x, const char *w, int64_t block, int64_t blocks, int first, \
                                                        ft_ahead *ahead, float *partial) { \
        FT_NAME(run_blocks)(rows, minimum, x, w, block, blocks, first, ahead, partial); \
    }
RUNNER(4, 0) RUNNER(4, 1) RUNNER(8, 0) RUNNER(8, 1) RUNNER(12, 0) RUNNER(12, 1) RUNNER(16, 0) RUNNER(16, 1)
#define RUNNERS(rows) {FT_JOIN(FT_NAME(runner), rows, 0), FT_JOIN(FT_NAME(runner), rows, 1)}
static const FT_NAME(runner) FT_NAME(runners)[4][2] = {RUNNERS(4), RUNNERS(8), RUNNERS(12), RUNNERS(16)};

/* Outputs of one tile of tokens and one panel, out of [height][16], plus bias. */
static void FT_NAME(put)(const ft_quantized_task *task, int64_t tile, int64_t panel, const float *sums, int64_t stride) {
    const ft_product *product = task->product;
    int64_t start = tile * task->input->height, left = task->input->tokens - start, outputs = product->rows - panel * 16;
    int64_t rows = left < task->input->height ? left : task->input->height;
    int lanes = outputs < 16 ? (int)outputs : 16;
    vf bias = product->bias == NULL ? vf_zero() : vf_load_first(product->bias + panel * 16, lanes);
    for (int64_t r = 0; r < rows; r++) {
        vf_store_first(product->out + (start + r) * product->stride + panel * 16, vf_add(vf_load(sums + r * stride), bias), lanes);
    }
}

/* Tiles of tokens [first, end) by one panel. */
static void FT_NAME(block_panel)(const ft_quantized_task *task, int64_t panel, int64_t first, int64_t end, const char **next) {
    const ft_activations *input = task->input;
    const ft_product *product = task->product;
    const ft_format *format = &product->format;
    _Alignas(64) char unpacked[CHUNK_COLUMNS / 16 * UNPACKED_HEADER + CHUNK_COLUMNS * 16];
    _Alignas(64) float partial[GROUP_TILES][TILE_ROWS * 16];
    int64_t block = format->block, blocks = input->columns / block, height = input->height, chunk = CHUNK_COLUMNS / block;
    int64_t tiles = (input->tokens + height - 1) / height, chunks = (blocks + chunk - 1) / chunk;
    int64_t share = (task->ahead_end - task->ahead) / (tiles * (task->end - task->first) * chunks) + 1;
    const char *panels = (const char *)product->panels + panel * ft_quantized_panel_bytes(product, input->columns);
    FT_NAME(runner) run = FT_NAME(runners)[height / 4 - 1][format->minimum];
    for (int64_t at = 0; at < blocks; at += chunk) {
        int64_t count = blocks - at < chunk ? blocks - at : chunk;
        FT_NAME(unpack)(format, panels + at * ft_block_bytes(format), count, unpacked);
        for (int64_t tile = first; tile < end; tile++) {
            const char *x = input->packed + tile * input->tile_bytes + at * height * (block + 4 * X_HEADER);
            const char *stop = task->ahead_end - *next < share ? task->ahead_end : *next + share;
            ft_ahead ahead = ft_ahead_over(*next, stop, (count + 1) / 2);
            run(x, unpacked, block, count, at == 0, &ahead, partial[tile - first]);
            *next = stop;
        }
    }
    for (int64_t tile = first; tile < end; tile++) {
        FT_NAME(put)(task, tile, panel, partial[tile - first], 16);
    }
}

static void FT_NAME(multiply_blocks)(const ft_quantized_task *task) {
    const ft_activations *input = task->input;
    int64_t tiles = (input->tokens + input->height - 1) / input->height;
    const int64_t width = input->block < 64 ? input->block : 64;
    ft_tile_config config = {.palette = 1};
    for (int i = 0; i < 8; i++) {
        config.column_bytes[i] = (uint16_t)(i == 4 || i == 5 ? width : 64);
        config.rows[i] = (uint8_t)(i < 6 ? input->height : width / 4);
    }
    const char *next = task->ahead;
    ft_configure_tiles(&config);
    for (int64_t first = 0; first < tiles; first += GROUP_TILES) {
        int64_t end = tiles - first < GROUP_TILES ? tiles : first + GROUP_TILES;
        for (int64_t panel = task->first; panel < task->end; panel++) {
            FT_NAME(block_panel)(task, panel, first, end, &next);
        }
    }
    TILE_RELEASE();
}

/* The weights of 64 columns of panel p: in place, or the last, incomplete ones as a copy. */
static inline const char *FT_NAME(channel_weights)(const char *panel, int64_t k_tile, int64_t steps, char *padded) {
    int64_t left = steps - k_tile * 16;
    if (left >= 16) {
        return panel + k_tile * 1024;
    }
    memcpy(padded, panel + k_tile * 1024, (size_t)left * 64); /* what stands behind them meets zeros */
    return padded;
}

/* Integer sums that wait to be scaled and written: one or two tiles of tokens by one or two panels, int32 [rows][2 panels][16]. */
typedef struct {
    const ft_quantized_task *task;
    const int32_t *sums;
    int64_t tile, rows, panel, panels;
    int64_t row; /* next to be written */
} FT_NAME(waiting);

/* Scales and writes the outputs of up to `count` rows. */
static void FT_NAME(put_channels)(FT_NAME(waiting) * waiting, int64_t count) {
    const ft_activations *input = waiting->task->input;
    const ft_product *product = waiting->task->product;
    for (; count > 0 && waiting->row < waiting->rows; count--, waiting->row++) {
        int64_t lower = waiting->row >= input->height, row = waiting->row - lower * input->height;
        int64_t token = waiting->tile * input->height + waiting->row;
        const float *x = (const float *)(const void *)(input->packed + (waiting->tile + lower) * input->tile_bytes);
        const int32_t *initial = (const int32_t *)(const void *)x + input->height, *sums = waiting->sums + 32 * waiting->row;
        if (token >= input->tokens) {
            return;
        }
        for (int64_t panel = waiting->panel; panel < waiting->panel + waiting->panels; panel++, sums += 16) {
            int64_t left = product->rows - panel * 16;
            int lanes = left < 16 ? (int)left : 16;
            vf bias = product->bias == NULL ? vf_zero() : vf_load_first(product->bias + panel * 16, lanes);
            vf scale = vf_mul(vf_set1(x[row]), vf_load(product->scales + panel * 16));
            vf result = vf_mul(vi_float(vi_add(vi_load(sums), vi_set1(initial[row]))), scale);
            vf_store_first(product->out + token * product->stride + panel * 16, vf_add(result, bias), lanes);
        }
    }
}

/* One or two tiles of tokens by one or two panels over all of k; beside it, writes what waits from the last time. sums as above. */
static inline __attribute__((always_inline)) void FT_NAME(channel_sums)(
    const int pairs, const int panels, const ft_quantized_task *task, int64_t tile, int64_t panel, ft_ahead ahead,
    FT_NAME(waiting) * waiting, int32_t *sums) {
    const ft_activations *input = task->input;
    _Alignas(64) char padded[2][1024] = {{0}};
    int64_t steps = (input->columns + 3) / 4, height = input->height, rows_per_step = 32 / ((steps + 15) / 16) + 1;
    const char *x = input->packed + tile * input->tile_bytes + 4 * X_HEADER * height, *lower = x + input->tile_bytes;
    const char *w = (const char *)task->product->panels + panel * steps * 64;
    TILE_ZERO(0);
    TILE_ZERO(1);
    TILE_ZERO(2);
    TILE_ZERO(3);
    for (int64_t k = 0; k * 16 < steps; k++) {
        ft_fetch(&ahead);
        TILE_LOAD(4, x + k * height * 64, 64);
        TILE_LOAD(6, FT_NAME(channel_weights)(w, k, steps, padded[0]), 64);
        TILE_DOT_UNSIGNED(0, 4, 6);
        if (panels > 1) {
            TILE_LOAD(7, FT_NAME(channel_weights)(w + steps * 64, k, steps, padded[1]), 64);
            TILE_DOT_UNSIGNED(1, 4, 7);
        }
        if (pairs > 1) {
            TILE_LOAD(5, lower + k * height * 64, 64);
            TILE_DOT_UNSIGNED(2, 5, 6);
            if (panels > 1) {
                TILE_DOT_UNSIGNED(3, 5, 7);
            }
        }
        if (waiting->row < waiting->rows) {
            FT_NAME(put_channels)(waiting, rows_per_step);
        }
    }
    FT_NAME(put_channels)(waiting, waiting->rows);
    TILE_STORE(0, sums, 128);
    TILE_STORE(1, sums + 16, 128);
    TILE_STORE(2, sums + 32 * height, 128);
    TILE_STORE(3, sums + 32 * height + 16, 128);
    *waiting = (FT_NAME(waiting)){.task = task, .sums = sums, .tile = tile, .rows = pairs * height, .panel = panel, .panels = panels};
}

#define CHANNEL_TILE(pairs, panels) \
    static void FT_JOIN(FT_NAME(channel_tile), pairs, panels)( \
        const ft_quantized_task *task, int64_t tile, int64_t panel, ft_ahead ahead, FT_NAME(waiting) * waiting, int32_t *sums) { \
        FT_NAME(channel_sums)(pairs, panels, task, tile, panel, ahead, waiting, sums); \
    }
CHANNEL_TILE(1, 1) CHANNEL_TILE(1, 2) CHANNEL_TILE(2, 1) CHANNEL_TILE(2, 2)

typedef void (*FT_NAME(channel_function))(
    const ft_quantized_task *task, int64_t tile, int64_t panel, ft_ahead ahead, FT_NAME(waiting) * waiting, int32_t *sums);

/* By tiles and panels, less one. */
static const FT_NAME(channel_function) FT_NAME(channel_tiles)[2][2] = {
    {FT_JOIN(FT_NAME(channel_tile), 1, 1), FT_JOIN(FT_NAME(channel_tile), 1, 2)},
    {FT_JOIN(FT_NAME(channel_tile), 2, 1), FT_JOIN(FT_NAME(channel_tile), 2, 2)},
};

static void FT_NAME(multiply_channels)(const ft_quantized_task *task) {
    const ft_activations *input = task->input;
    _Alignas(64) int32_t sums[2][2 * TILE_ROWS * 32];
    FT_NAME(waiting) waiting = {.task = task};
    int64_t tiles = (input->tokens + input->height - 1) / input->height, k_tiles = (input->columns + 63) / 64;
    int64_t panel_bytes = ft_quantized_panel_bytes(task->product, input->columns);
    int64_t visits = (tiles + 1) / 2 * ((task->end - task->first + 1) / 2), visit = 0;
    int64_t share = (task->ahead_end - task->ahead) / visits + 64;
    ft_tile_config config = {.palette = 1};
    for (int i = 0; i < 8; i++) {
        config.column_bytes[i] = 64;
        config.rows[i] = (uint8_t)(i < 6 ? input->height : 16);
    }
    const char *next = task->ahead;
    ft_configure_tiles(&config);
    for (int64_t tile = 0; tile < tiles; tile += 2) {
        for (int64_t panel = task->first; panel < task->end; panel += 2, visit++) {
            if (tiles <= 2) { /* every weight is read once: fetch the next pair of panels */
                next = (const char *)task->product->panels + (panel + 2) * panel_bytes;
            }
            const char *stop = tiles <= 2 ? next + 2 * panel_bytes : task->ahead_end - next < share ? task->ahead_end : next + share;
            FT_NAME(channel_tiles)[tiles - tile > 1][task->end - panel > 1](
                task, tile, panel, ft_ahead_over(next, stop, k_tiles), &waiting, sums[visit % 2]);
            next = stop;
        }
    }
    TILE_RELEASE();
    FT_NAME(put_channels)(&waiting, waiting.rows);
}

static void FT_NAME(multiply_quantized)(const ft_quantized_task *task) {
    if (task->product->type == FT_BLOCKS) {
        FT_NAME(multiply_blocks)(task);
    } else {
        FT_NAME(multiply_channels)(task);
    }
}

const ft_quantized ft_quantized__amx = {
    .height = FT_NAME(height),
    .tile_bytes = FT_NAME(tile_bytes),
    .pack = FT_NAME(pack_quantized),
    .multiply = FT_NAME(multiply_quantized),
};

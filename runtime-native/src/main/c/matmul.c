/* How a matrix product is cut into tasks: activations are packed once per kind, then panel groups are handed out. */
#include "context.h"

/* Bytes of weights per task: long enough to stream, short enough to balance and to stay in half of a second-level cache. */
#define TASK_WEIGHT_BYTES (512 * 1024)

/* The tokens of a call in tiles of almost equal height. */
typedef struct {
    int64_t tokens;
    int64_t count;
} tiling;

static int64_t tile_start(const tiling *tiles, int64_t tile) {
    return tile * (tiles->tokens / tiles->count) + ft_least(tile, tiles->tokens % tiles->count);
}

typedef struct {
    const ft_matmul_args *args;
    const ft_kernel_table *table;
    const ft_encoding *encoding; /* any of the wanted activation kind, for packing */
    int64_t activation;
    tiling tiles;
    char *packed;
    int64_t packed_token_bytes;
    int64_t panels_per_task;
    int64_t threads;
} matmul_job;

/* Null: a quantized product, which is not this file's. */
static const ft_encoding *encoding_of(const matmul_job *job, int64_t product) {
    int64_t type = job->args->products[product].type;
    if (type >= FT_BLOCKS) {
        return NULL;
    }
    return job->args->fast ? job->table->fast[type] : job->table->exact[type];
}

static int wanted(const matmul_job *job, int64_t product) {
    const ft_encoding *encoding = encoding_of(job, product);
    return encoding != NULL && encoding->activation == job->activation;
}

static int64_t tasks_of(const matmul_job *job, int64_t product) {
    if (!wanted(job, product)) {
        return 0;
    }
    return ft_quotient_up(ft_quotient_up(job->args->products[product].rows, 16), job->panels_per_task);
}

static void pack_task(const void *argument, int64_t tile) {
    const matmul_job *job = argument;
    int64_t start = tile_start(&job->tiles, tile);
    int64_t columns = job->args->columns;
    int64_t rows = tile_start(&job->tiles, tile + 1) - start;
    job->encoding->pack(job->args->x + start * columns, columns, rows, job->packed + start * job->packed_token_bytes);
}

/* Most panels per tile that this ISA has for the height, at most `left`. */
static int64_t widest(const ft_encoding *encoding, int64_t rows, int64_t left) {
    if (encoding->sweep != NULL) {
        return left;
    }
    int64_t panels = ft_least(left, FT_MAX_TILE_PANELS);
    while (panels > 1 && encoding->tiles[rows - 1][panels - 1] == NULL) {
        panels--;
    }
    return panels;
}

/* Panels [first, end) of a product. */
typedef struct {
    int64_t product, first, end;
} panel_range;

/* The panels of a task; empty past the last task. */
static panel_range range_of(const matmul_job *job, int64_t task) {
    int64_t product = 0;
    for (; product < job->args->count && task >= tasks_of(job, product); product++) {
        task -= tasks_of(job, product);
    }
    if (product == job->args->count) {
        return (panel_range){-1, 0, 0};
    }
    int64_t first = task * job->panels_per_task;
    int64_t panels = ft_quotient_up(job->args->products[product].rows, 16);
    return (panel_range){product, first, ft_least(first + job->panels_per_task, panels)};
}

static int64_t panel_bytes_of(const matmul_job *job, int64_t product) {
    const ft_encoding *encoding = encoding_of(job, product);
    return ft_quotient_up(job->args->columns, encoding->step_columns) * encoding->step_bytes;
}

/* One tile of tokens against the panels of a task; each part of it fetches `share` bytes of the next task's weights. */
static void run_tile(const matmul_job *job, panel_range range, int64_t index, const char **ahead, const char *ahead_end, int64_t share) {
    const ft_product *product = &job->args->products[range.product];
    const ft_encoding *encoding = encoding_of(job, range.product);
    int64_t start = tile_start(&job->tiles, index);
    ft_tile tile = {
        .panel_bytes = panel_bytes_of(job, range.product),
        .x = job->packed + start * job->packed_token_bytes,
        .rows = tile_start(&job->tiles, index + 1) - start,
        .steps = ft_quotient_up(job->args->columns, encoding->step_columns),
        .out_stride = product->rows,
        .near = job->tiles.count == 1,
    };
    int64_t width;
    for (int64_t panel = range.first; panel < range.end; panel += width) {
        width = widest(encoding, tile.rows, range.end - panel);
        tile.panels = (const char *)product->panels + panel * tile.panel_bytes;
        tile.bias = product->bias == NULL ? NULL : product->bias + panel * 16;
        tile.out = product->out + start * product->rows + panel * 16;
        tile.out_columns = ft_least(width * 16, product->rows - panel * 16);
        if (!tile.near) {
            tile.prefetch = *ahead;
            tile.prefetch_bytes = ft_least(share * width, ahead_end - *ahead);
            *ahead += tile.prefetch_bytes;
        }
        if (encoding->sweep != NULL) {
            encoding->sweep(&tile, width);
        } else {
            encoding->tiles[tile.rows - 1][width - 1](&tile);
        }
    }
}

/* Tokens outside, panels inside: a token's outputs of the task lie side by side, and its weights stay in the second-level cache. */
static void matmul_task(const void *argument, int64_t task) {
    const matmul_job *job = argument;
    panel_range range = range_of(job, task);
    panel_range next = range_of(job, task + job->threads); /* this thread's next, if all are as fast */
    next.product = next.product < 0 ? range.product : next.product;
    int64_t next_bytes = panel_bytes_of(job, next.product);
    const char *ahead = (const char *)job->args->products[next.product].panels + next.first * next_bytes;
    const char *ahead_end = ahead + (next.end - next.first) * next_bytes;
    int64_t share = ft_quotient_up(ft_quotient_up(ahead_end - ahead, job->tiles.count * (range.end - range.first)), 64) * 64;
    for (int64_t i = 0; i < job->tiles.count; i++) {
        run_tile(job, range, i, &ahead, ahead_end, share);
    }
}

/* Panels per task: enough tasks to balance, no more weights than stay in the cache, a whole number of tiles. */
static int64_t task_panels(const matmul_job *job) {
    int64_t panels = 0;
    for (int64_t i = 0; i < job->args->count; i++) {
        panels += wanted(job, i) ? ft_quotient_up(job->args->products[i].rows, 16) : 0;
    }
    int64_t panel_bytes = job->encoding->step_bytes * ft_quotient_up(job->args->columns, job->encoding->step_columns);
    int64_t balanced = ft_quotient_up(panels, job->threads * FT_TASKS_PER_THREAD);
    int64_t cached = TASK_WEIGHT_BYTES / panel_bytes;
    int64_t tile = widest(job->encoding, ft_quotient_up(job->tiles.tokens, job->tiles.count), FT_MAX_TILE_PANELS);
    return ft_quotient_up(ft_most(ft_least(balanced, cached), 1), tile) * tile;
}

/* All products that want one kind of activation. */
static void run_kind(ft_context *context, matmul_job *job) {
    int64_t steps = ft_quotient_up(job->args->columns, job->encoding->step_columns);
    job->tiles = (tiling){job->args->tokens, ft_quotient_up(job->args->tokens, job->encoding->max_rows)};
    /* pairs may round columns up in one encoding and not in another that shares the activations: room for one more, in whole lines */
    job->packed_token_bytes = ((steps + 1) * job->encoding->pack_row_bytes_per_step + 63) & -64;
    job->packed = ft_scratch(context, (size_t)(job->args->tokens * job->packed_token_bytes));
    if (job->tiles.count <= 2) {
        for (int64_t i = 0; i < job->tiles.count; i++) {
            pack_task(job, i);
        }
    } else {
        ft_pool_run(context->pool, pack_task, job, job->tiles.count);
    }
    job->threads = ft_pool_threads(context->pool);
    job->panels_per_task = task_panels(job);
    int64_t tasks = 0;
    for (int64_t i = 0; i < job->args->count; i++) {
        tasks += tasks_of(job, i);
    }
    ft_pool_run(context->pool, matmul_task, job, tasks);
}

void ft_matmul(ft_context *context, const ft_matmul_args *args) {
    for (int64_t activation = 0; activation < FT_ACTIVATIONS; activation++) {
        matmul_job job = {.args = args, .table = &context->table, .activation = activation};
        for (int64_t i = 0; i < args->count; i++) {
            const ft_encoding *encoding = encoding_of(&job, i);
            /* of encodings that share a kind of activation, the one with the longest step pads for all */
            if (wanted(&job, i) && (job.encoding == NULL || encoding->step_columns > job.encoding->step_columns)) {
                job.encoding = encoding;
            }
        }
        if (job.encoding != NULL) {
            run_kind(context, &job);
        }
    }
    ft_matmul_quantized(context, args);
}

/* How a matrix product is cut into tasks: activations are packed once per kind, then panel groups are handed out. */
#include "context.h"

/* Bytes of weights per task while memory is the limit: long enough to stream, short enough to balance. */
#define TASK_WEIGHT_BYTES (256 * 1024)

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
} matmul_job;

static const ft_encoding *encoding_of(const matmul_job *job, int64_t product) {
    int64_t type = job->args->products[product].type;
    return job->args->fast ? job->table->fast[type] : job->table->exact[type];
}

static int64_t tasks_of(const matmul_job *job, int64_t product) {
    if (encoding_of(job, product)->activation != job->activation) {
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
    int64_t panels = ft_least(left, FT_MAX_TILE_PANELS);
    while (panels > 1 && encoding->tiles[rows - 1][panels - 1] == NULL) {
        panels--;
    }
    return panels;
}

/* All tokens against `panels` panels from `panel` on. The weights needed next are fetched bit by bit under the tiles. */
static void run_group(const matmul_job *job, int64_t index, int64_t panel, int64_t panels, int64_t next_panels) {
    const ft_product *product = &job->args->products[index];
    const ft_encoding *encoding = encoding_of(job, index);
    int64_t steps = ft_quotient_up(job->args->columns, encoding->step_columns);
    int64_t panel_bytes = steps * encoding->step_bytes;
    ft_tile tile = {
        .panels = (const char *)product->panels + panel * panel_bytes,
        .panel_bytes = panel_bytes,
        .steps = steps,
        .bias = product->bias == NULL ? NULL : product->bias + panel * 16,
        .out_stride = product->rows,
        .out_columns = ft_least(panels * 16, product->rows - panel * 16),
    };
    const char *next = tile.panels + panels * panel_bytes;
    int64_t share = ft_quotient_up(ft_quotient_up(next_panels * panel_bytes, job->tiles.count), 64) * 64;
    for (int64_t i = 0; i < job->tiles.count; i++) {
        int64_t start = tile_start(&job->tiles, i);
        int64_t rows = tile_start(&job->tiles, i + 1) - start;
        int64_t done = ft_least(i * share, next_panels * panel_bytes);
        tile.rows = rows;
        tile.x = job->packed + start * job->packed_token_bytes;
        tile.out = product->out + start * product->rows + panel * 16;
        tile.prefetch = next + done;
        tile.prefetch_bytes = ft_least(share, next_panels * panel_bytes - done);
        for (int64_t p = 0; p < panels;) { /* heights differ by one and may differ in what they are offered */
            int64_t width = widest(encoding, rows, panels - p);
            ft_tile part = tile;
            part.panels += p * panel_bytes;
            part.bias = tile.bias == NULL ? NULL : tile.bias + p * 16;
            part.out += p * 16;
            part.out_columns -= p * 16;
            encoding->tiles[rows - 1][width - 1](&part);
            tile.prefetch_bytes = 0;
            p += width;
        }
    }
}

static void matmul_task(const void *argument, int64_t task) {
    const matmul_job *job = argument;
    int64_t index = 0;
    for (; task >= tasks_of(job, index); index++) {
        task -= tasks_of(job, index);
    }
    const ft_encoding *encoding = encoding_of(job, index);
    int64_t panel = task * job->panels_per_task;
    int64_t end = ft_least(panel + job->panels_per_task, ft_quotient_up(job->args->products[index].rows, 16));
    int64_t tallest = ft_quotient_up(job->tiles.tokens, job->tiles.count);
    while (panel < end) {
        int64_t panels = widest(encoding, tallest, end - panel);
        int64_t next = panel + panels < end ? widest(encoding, tallest, end - panel - panels) : 0;
        run_group(job, index, panel, panels, next);
        panel += panels;
    }
}

/* Panels per task: enough tasks to balance, each a whole number of tiles and, for few tokens, a stream worth its start. */
static int64_t task_panels(const matmul_job *job, int64_t threads) {
    int64_t panels = 0;
    for (int64_t i = 0; i < job->args->count; i++) {
        int wanted = encoding_of(job, i)->activation == job->activation;
        panels += wanted ? ft_quotient_up(job->args->products[i].rows, 16) : 0;
    }
    int64_t panel_bytes = job->encoding->step_bytes * ft_quotient_up(job->args->columns, job->encoding->step_columns);
    int64_t balanced = ft_quotient_up(panels, threads * FT_TASKS_PER_THREAD);
    int64_t streaming = ft_quotient_up(TASK_WEIGHT_BYTES, panel_bytes * job->tiles.count);
    int64_t tile = widest(job->encoding, ft_quotient_up(job->tiles.tokens, job->tiles.count), FT_MAX_TILE_PANELS);
    return ft_quotient_up(ft_least(balanced, streaming), tile) * tile;
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
    job->panels_per_task = task_panels(job, ft_pool_threads(context->pool));
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
            if (encoding->activation == activation && (job.encoding == NULL || encoding->step_columns > job.encoding->step_columns)) {
                job.encoding = encoding;
            }
        }
        if (job.encoding != NULL) {
            run_kind(context, &job);
        }
    }
}

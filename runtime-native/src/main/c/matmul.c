/*
 * How matrix products are cut into tasks: activations are packed once per kind, then panel groups are handed out, those of all groups of
 * tokens together. E4M3 weights that meet several tiles of tokens are widened once per task, into memory that the task holds meanwhile.
 */
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

/* One group's products of one kind of activation. */
typedef struct {
    const ft_matmul_args *args;
    const ft_kernel_table *table;
    const ft_encoding *encoding; /* any of the wanted activation kind, for packing; null: none */
    int64_t activation;
    tiling tiles;
    char *packed;
    int64_t packed_token_bytes;
    int64_t panels_per_task;
    int64_t first_tile; /* among the tiles of all groups */
    int64_t first_task;
} matmul_job;

/* The groups of a call. */
typedef struct {
    matmul_job *jobs;
    int64_t count;
    int64_t threads;
    int64_t tiles, tasks;
    char *wide; /* one slot per thread, for the widened weights of a task */
    int64_t slot_bytes;
    atomic_int *held; /* per slot; null: nothing is widened per task */
} matmul_jobs;

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
    const matmul_jobs *all = argument;
    const matmul_job *job = all->jobs;
    for (; job + 1 < all->jobs + all->count && tile >= job[1].first_tile; job++) {
    }
    tile -= job->first_tile;
    int64_t start = tile_start(&job->tiles, tile), columns = job->args->columns;
    int64_t rows = tile_start(&job->tiles, tile + 1) - start;
    const int32_t *sources = job->args->sources;
    const float *x = sources == NULL ? job->args->x + start * columns : job->args->x;
    job->encoding->pack(x, sources == NULL ? NULL : sources + start, columns, rows, job->packed + start * job->packed_token_bytes);
}

/* Panels [first, end) of a product. */
typedef struct {
    const matmul_job *job;
    int64_t product, first, end;
} panel_range;

static int64_t product_panel_bytes(const matmul_job *job, int64_t product) {
    const ft_encoding *encoding = encoding_of(job, product);
    int64_t steps = ft_quotient_up(job->args->columns, encoding->step_columns);
    return (encoding->widen != NULL ? steps + steps % 2 : steps) * encoding->step_bytes;
}

static int64_t panel_bytes_of(const panel_range *range) {
    return product_panel_bytes(range->job, range->product);
}

static const char *panels_of(const panel_range *range, int64_t panel) {
    return (const char *)range->job->args->products[range->product].panels + panel * panel_bytes_of(range);
}

/* The panels of a task. */
static panel_range range_of(const matmul_jobs *all, int64_t task) {
    const matmul_job *job = all->jobs;
    for (; job + 1 < all->jobs + all->count && task >= job[1].first_task; job++) {
    }
    task -= job->first_task;
    int64_t product = 0;
    for (; task >= tasks_of(job, product); product++) {
        task -= tasks_of(job, product);
    }
    int64_t first = task * job->panels_per_task;
    int64_t panels = ft_quotient_up(job->args->products[product].rows, 16);
    return (panel_range){job, product, first, ft_least(first + job->panels_per_task, panels)};
}

/* Steps of the encoding that share a scale. */
static int64_t block_steps_of(const ft_product *product, int64_t steps) {
    return product->type == FT_FP8 ? ft_least(steps, ft_quotient_up(product->format.block, 2)) : steps;
}

/* Weights of a task: where its first panel is, from panel to panel, and whether they are codes. */
typedef struct {
    const char *panels;
    int64_t panel_bytes;
    int coded;
} task_weights;

/* Weights that are fetched for the next task: `share` bytes per panel and tile of this one. */
typedef struct {
    const char *at, *end;
    int64_t share;
} task_ahead;

/* One tile of tokens against the panels of a task. */
static void run_tile(const panel_range *range, const task_weights *weights, int64_t index, task_ahead *ahead) {
    const matmul_job *job = range->job;
    const ft_product *product = &job->args->products[range->product];
    const ft_encoding *encoding = encoding_of(job, range->product);
    int64_t start = tile_start(&job->tiles, index);
    ft_tile tile = {
        .panel_bytes = weights->panel_bytes,
        .coded = weights->coded,
        .x = job->packed + start * job->packed_token_bytes,
        .rows = tile_start(&job->tiles, index + 1) - start,
        .steps = ft_quotient_up(job->args->columns, encoding->step_columns),
        .out_stride = product->stride,
        .near = job->tiles.count == 1,
    };
    tile.block_steps = block_steps_of(product, tile.steps);
    int64_t scales = ft_quotient_up(tile.steps, tile.block_steps) * 16, width;
    for (int64_t panel = range->first; panel < range->end; panel += width) {
        width = ft_widest(encoding, tile.rows, range->end - panel);
        tile.panels = weights->panels + (panel - range->first) * tile.panel_bytes;
        tile.scales = product->type == FT_FP8 ? product->scales + panel * scales : NULL;
        tile.bias = product->bias == NULL ? NULL : product->bias + panel * 16;
        tile.out = product->out + start * product->stride + panel * 16;
        tile.out_columns = ft_least(width * 16, product->rows - panel * 16);
        if (!tile.near) {
            tile.prefetch = ahead->at;
            tile.prefetch_bytes = ft_least(ahead->share * width, ahead->end - ahead->at);
            ahead->at += tile.prefetch_bytes;
        }
        ft_run_tile(encoding, &tile, width);
    }
}

static task_weights widened(const panel_range *range, const task_weights *codes, char *wide) {
    int64_t units = codes->panel_bytes / 64;
    encoding_of(range->job, range->product)->widen(codes->panels, units * (range->end - range->first), wide);
    return (task_weights){wide, units * 128, 0};
}

static int is_coded(const matmul_job *job, int64_t product) {
    return encoding_of(job, product)->widen != NULL;
}

/* Tokens outside, panels inside: a token's outputs of the task lie side by side, and its weights stay in the second-level cache. */
static void matmul_task(const void *argument, int64_t task) {
    const matmul_jobs *all = argument;
    panel_range range = range_of(all, task);
    task_weights weights = {panels_of(&range, range.first), panel_bytes_of(&range), is_coded(range.job, range.product)};
    task_ahead ahead = {.at = weights.panels, .end = weights.panels};
    if (task + all->threads < all->tasks) { /* this thread's next, if all are as fast */
        panel_range next = range_of(all, task + all->threads);
        ahead.at = panels_of(&next, next.first);
        ahead.end = panels_of(&next, next.end);
    }
    int64_t tiles = range.job->tiles.count;
    ahead.share = ft_quotient_up(ft_quotient_up(ahead.end - ahead.at, tiles * (range.end - range.first)), 64) * 64;
    int64_t slot = weights.coded && tiles > 1 ? ft_hold_slot(all->held, all->threads) : -1;
    if (slot >= 0) {
        weights = widened(&range, &weights, all->wide + slot * all->slot_bytes);
    }
    for (int64_t i = 0; i < tiles; i++) {
        run_tile(&range, &weights, i, &ahead);
    }
    if (slot >= 0) {
        atomic_store(&all->held[slot], 0);
    }
}

static int64_t panels_in(const matmul_job *job) {
    int64_t panels = 0;
    for (int64_t i = 0; i < job->args->count; i++) {
        panels += wanted(job, i) ? ft_quotient_up(job->args->products[i].rows, 16) : 0;
    }
    return panels;
}

static int64_t panel_cost(const matmul_job *job) {
    return job->args->tokens + FT_PANEL_COST;
}

/* Panels per task: enough tasks of about `cost` to balance, no more weights than stay in the cache, a whole number of tiles. */
static int64_t task_panels(const matmul_job *job, int64_t cost) {
    /* those of codes count as the bf16 that they become, of which as much stays in the cache */
    int64_t step_bytes = job->encoding->step_bytes * (job->encoding->widen != NULL && job->tiles.count > 1 ? 2 : 1);
    int64_t panel_bytes = step_bytes * ft_quotient_up(job->args->columns, job->encoding->step_columns);
    int64_t balanced = ft_quotient_up(cost, panel_cost(job));
    int64_t cached = TASK_WEIGHT_BYTES / panel_bytes;
    int64_t tile = ft_widest(job->encoding, ft_quotient_up(job->tiles.tokens, job->tiles.count), FT_MAX_TILE_PANELS);
    return ft_quotient_up(ft_most(ft_least(balanced, cached), 1), tile) * tile;
}

/* How the tokens of all groups are tiled. */
static void tile_all(matmul_jobs *all) {
    all->tiles = 0;
    for (matmul_job *job = all->jobs; job < all->jobs + all->count; job++) {
        int64_t steps = ft_quotient_up(job->args->columns, job->encoding->step_columns);
        job->tiles = (tiling){job->args->tokens, ft_quotient_up(job->args->tokens, job->encoding->max_rows)};
        job->first_tile = all->tiles;
        all->tiles += job->tiles.count;
        /* pairs may round columns up in one encoding and not in another that shares the activations: room for one more, in whole lines */
        job->packed_token_bytes = ((steps + 1) * job->encoding->pack_row_bytes_per_step + 63) & -64;
    }
}

/* Bytes for the weights that one task widens; 0: none does. */
static int64_t wide_bytes(const matmul_jobs *all) {
    int64_t most = 0;
    for (const matmul_job *job = all->jobs; job < all->jobs + all->count; job++) {
        for (int64_t i = 0; i < job->args->count && job->tiles.count > 1; i++) {
            if (wanted(job, i) && is_coded(job, i)) {
                most = ft_most(most, job->panels_per_task * product_panel_bytes(job, i) * 2);
            }
        }
    }
    return most;
}

/* Memory for packed activations and for the weights that tasks widen, at as many places as there are threads. */
static void take_scratch(ft_context *context, matmul_jobs *all) {
    int64_t bytes = 0;
    for (matmul_job *job = all->jobs; job < all->jobs + all->count; job++) {
        bytes += job->args->tokens * job->packed_token_bytes;
    }
    all->slot_bytes = wide_bytes(all);
    int64_t held = all->slot_bytes == 0 ? 0 : ft_quotient_up(all->threads * (int64_t)sizeof *all->held, 64) * 64;
    char *packed = ft_scratch(context, (size_t)(bytes + held + all->threads * all->slot_bytes));
    for (matmul_job *job = all->jobs; job < all->jobs + all->count; job++) {
        job->packed = packed;
        packed += job->args->tokens * job->packed_token_bytes;
    }
    all->held = held == 0 ? NULL : (atomic_int *)(void *)packed;
    all->wide = packed + held;
    for (int64_t i = 0; held > 0 && i < all->threads; i++) {
        atomic_init(&all->held[i], 0);
    }
}

static void pack_all(ft_context *context, matmul_jobs *all) {
    if (all->tiles <= 2) {
        for (int64_t i = 0; i < all->tiles; i++) {
            pack_task(all, i);
        }
    } else {
        ft_pool_run(context->pool, pack_task, all, all->tiles);
    }
}

/* How the panels of all groups are cut into tasks. */
static void plan_tasks(matmul_jobs *all) {
    int64_t cost = 0;
    for (int64_t i = 0; i < all->count; i++) {
        cost += panels_in(&all->jobs[i]) * panel_cost(&all->jobs[i]);
    }
    all->tasks = 0;
    for (matmul_job *job = all->jobs; job < all->jobs + all->count; job++) {
        job->first_task = all->tasks;
        job->panels_per_task = task_panels(job, ft_quotient_up(cost, all->threads * FT_TASKS_PER_THREAD));
        for (int64_t i = 0; i < job->args->count; i++) {
            all->tasks += tasks_of(job, i);
        }
    }
}

/* All products that want one kind of activation. */
static void run_kind(ft_context *context, matmul_jobs *all) {
    all->threads = ft_pool_threads(context->pool);
    tile_all(all);
    plan_tasks(all);
    take_scratch(context, all);
    pack_all(context, all);
    ft_pool_run(context->pool, matmul_task, all, all->tasks);
}

/* A job for what wants this kind of activation; its encoding is null where nothing does. */
static matmul_job job_of(const ft_matmul_args *args, const ft_kernel_table *table, int64_t activation) {
    matmul_job job = {.args = args, .table = table, .activation = activation};
    for (int64_t i = 0; i < args->count; i++) {
        const ft_encoding *encoding = encoding_of(&job, i);
        /* of encodings that share a kind of activation, the one with the longest step pads for all */
        if (wanted(&job, i) && (job.encoding == NULL || encoding->step_columns > job.encoding->step_columns)) {
            job.encoding = encoding;
        }
    }
    return job;
}

static void multiply(ft_context *context, const ft_matmul_args *groups, int64_t count) {
    for (int64_t activation = 0; activation < FT_ACTIVATIONS; activation++) {
        matmul_jobs all = {.jobs = ft_jobs(context, (size_t)count * sizeof(matmul_job))};
        const ft_matmul_args *args = groups;
        for (int64_t i = 0; i < count; i++, args = ft_next_group(args)) {
            matmul_job job = job_of(args, &context->table, activation);
            if (job.encoding != NULL) {
                all.jobs[all.count++] = job;
            }
        }
        if (all.count > 0) {
            run_kind(context, &all);
        }
    }
    ft_matmul_quantized(context, groups, count);
}

void ft_matmul(ft_context *context, const ft_matmul_args *args) {
    multiply(context, args, 1);
}

void ft_matmul_groups(ft_context *context, const ft_matmul_groups_args *args) {
    multiply(context, (const void *)(args + 1), args->count);
}

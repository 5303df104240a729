/*
 * How quantized products are cut into tasks. Activations of a group are quantized once per block size, whatever the number of products that
 * share it; then all products' panels are handed out together, those of all groups.
 */
#include "quantized.h"

#include "context.h"

/* Bytes of weights per task: long enough to stream, short enough to balance and to stay in half of a second-level cache. */
#define TASK_WEIGHT_BYTES (512 * 1024)
/* Most kinds of activations in a call: blocks of 16, 32, 64, 128 and whole rows. */
#define INPUTS 5
/* Activations below which one thread quantizes them all. */
#define SERIAL_ACTIVATIONS (8 * 1024)

/* One group. */
typedef struct {
    const ft_matmul_args *args;
    const ft_quantized *kernels;
    ft_activations inputs[INPUTS];
    int64_t count;       /* of inputs */
    int64_t bytes;       /* of its weights */
    int64_t task_bytes;  /* weights per task, about */
    int64_t first_tile;  /* among the tiles of all groups */
    int64_t first_task;
} quantized_job;

/* The groups of a call. */
typedef struct {
    quantized_job *jobs;
    int64_t count;
    int64_t slices;      /* parts of a tile's blocks that are packed apart */
    int64_t threads;
    int64_t tiles, tasks;
} quantized_jobs;

static int is_quantized(const ft_product *product) {
    return product->type >= FT_BLOCKS;
}

static int64_t tiles_of(const ft_activations *input) {
    return ft_quotient_up(input->tokens, input->height);
}

static const ft_activations *input_of(const quantized_job *job, const ft_product *product) {
    const ft_activations *input = job->inputs;
    while (input->block != ft_activation_block(product)) {
        input++;
    }
    return input;
}

static void add_input(quantized_job *job, int64_t block) {
    for (int64_t i = 0; i < job->count; i++) {
        if (job->inputs[i].block == block) {
            return;
        }
    }
    const ft_matmul_args *args = job->args;
    ft_activations *input = &job->inputs[job->count++];
    *input = (ft_activations){.x = args->x, .sources = args->sources, .tokens = args->tokens, .columns = args->columns, .block = block};
    input->height = job->kernels->height(args->tokens, block);
    input->tile_bytes = ft_quotient_up(job->kernels->tile_bytes(args->columns, block, input->height), 64) * 64;
}

/* One slice of one tile of one input. */
static void pack_quantized_task(const void *argument, int64_t task) {
    const quantized_jobs *all = argument;
    const quantized_job *job = all->jobs;
    int64_t tile = task / all->slices, slice = task % all->slices;
    for (; job + 1 < all->jobs + all->count && tile >= job[1].first_tile; job++) {
    }
    tile -= job->first_tile;
    const ft_activations *input = job->inputs;
    for (; tile >= tiles_of(input); input++) {
        tile -= tiles_of(input);
    }
    int64_t blocks = input->block == 0 ? 1 : input->columns / input->block;
    job->kernels->pack(input, tile, blocks * slice / all->slices, blocks * (slice + 1) / all->slices);
}

/* Gives every input its place; returns how many activations there are. */
static int64_t place_inputs(ft_context *context, quantized_jobs *all) {
    int64_t bytes = 0, activations = 0;
    for (quantized_job *job = all->jobs; job < all->jobs + all->count; job++) {
        job->first_tile = all->tiles;
        activations += job->args->tokens * job->args->columns;
        for (int64_t i = 0; i < job->count; i++) {
            bytes += tiles_of(&job->inputs[i]) * job->inputs[i].tile_bytes;
            all->tiles += tiles_of(&job->inputs[i]);
        }
    }
    char *packed = ft_scratch(context, (size_t)bytes);
    for (quantized_job *job = all->jobs; job < all->jobs + all->count; job++) {
        for (int64_t i = 0; i < job->count; i++) {
            job->inputs[i].packed = packed;
            packed += tiles_of(&job->inputs[i]) * job->inputs[i].tile_bytes;
        }
    }
    return activations;
}

static void pack_inputs(ft_context *context, quantized_jobs *all) {
    int serial = place_inputs(context, all) <= SERIAL_ACTIVATIONS;
    all->slices = serial || all->tiles >= 2 * all->threads ? 1 : 2 * all->threads;
    if (serial) {
        for (int64_t i = 0; i < all->tiles; i++) {
            pack_quantized_task(all, i);
        }
    } else {
        ft_pool_run(context->pool, pack_quantized_task, all, all->tiles * all->slices);
    }
}

/* Panels of a product per task: pairs, for tiles of two. */
static int64_t panels_per_task(const quantized_job *job, const ft_product *product) {
    int64_t panel_bytes = ft_quantized_panel_bytes(product, job->args->columns);
    return ft_quotient_up(ft_most(job->task_bytes / panel_bytes, 1), 2) * 2;
}

static int64_t tasks_of(const quantized_job *job, const ft_product *product) {
    return is_quantized(product) ? ft_quotient_up(ft_quotient_up(product->rows, 16), panels_per_task(job, product)) : 0;
}

/* Panels, product and input of a task. */
static ft_quantized_task find_task(const quantized_jobs *all, int64_t task) {
    const quantized_job *job = all->jobs;
    for (; job + 1 < all->jobs + all->count && task >= job[1].first_task; job++) {
    }
    task -= job->first_task;
    const ft_product *product = job->args->products;
    for (; task >= tasks_of(job, product); product++) {
        task -= tasks_of(job, product);
    }
    int64_t panels = panels_per_task(job, product), first = task * panels;
    return (ft_quantized_task){
        .kernels = job->kernels,
        .product = product,
        .input = input_of(job, product),
        .first = first,
        .end = ft_least(first + panels, ft_quotient_up(product->rows, 16)),
    };
}

static void multiply_task(const void *argument, int64_t index) {
    const quantized_jobs *all = argument;
    ft_quantized_task task = find_task(all, index);
    if (index + all->threads < all->tasks) { /* this thread's next, if all are as fast */
        ft_quantized_task next = find_task(all, index + all->threads);
        int64_t bytes = ft_quantized_panel_bytes(next.product, next.input->columns);
        task.ahead = (const char *)next.product->panels + next.first * bytes;
        task.ahead_end = (const char *)next.product->panels + next.end * bytes;
    }
    task.kernels->multiply(&task);
}

/* Fills `job`; returns how many of the products are quantized. */
static int64_t prepare(quantized_job *job, const ft_matmul_args *args, const ft_context *context) {
    int64_t found = 0;
    *job = (quantized_job){.args = args, .kernels = args->tokens >= FT_MANY_TOKENS ? context->quantized_many : context->quantized};
    for (int64_t i = 0; i < args->count; i++) {
        const ft_product *product = &args->products[i];
        if (is_quantized(product)) {
            found++;
            add_input(job, ft_activation_block(product));
            job->bytes += ft_quotient_up(product->rows, 16) * ft_quantized_panel_bytes(product, args->columns);
        }
    }
    return found;
}

static void cut_into_tasks(quantized_jobs *all) {
    int64_t cost = 0;
    for (int64_t i = 0; i < all->count; i++) {
        cost += all->jobs[i].bytes * (all->jobs[i].args->tokens + FT_PANEL_COST);
    }
    for (quantized_job *job = all->jobs; job < all->jobs + all->count; job++) {
        int64_t balanced = cost / (all->threads * FT_TASKS_PER_THREAD) / (job->args->tokens + FT_PANEL_COST);
        job->task_bytes = ft_least(balanced, TASK_WEIGHT_BYTES);
        job->first_task = all->tasks;
        for (int64_t i = 0; i < job->args->count; i++) {
            all->tasks += tasks_of(job, &job->args->products[i]);
        }
    }
}

void ft_matmul_quantized(ft_context *context, const ft_matmul_args *groups, int64_t count) {
    quantized_jobs all = {.jobs = ft_jobs(context, (size_t)count * sizeof(quantized_job)), .threads = ft_pool_threads(context->pool)};
    for (int64_t i = 0; i < count; i++, groups = ft_next_group(groups)) {
        all.count += prepare(&all.jobs[all.count], groups, context) > 0;
    }
    if (all.count > 0) {
        pack_inputs(context, &all);
        cut_into_tasks(&all);
        ft_pool_run(context->pool, multiply_task, &all, all.tasks);
    }
}

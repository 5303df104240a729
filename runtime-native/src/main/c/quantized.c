/*
 * How quantized products are cut into tasks. Activations are quantized once per block size, whatever the number of products that share it;
 * then all products' panels are handed out together.
 */
#include "quantized.h"

#include "context.h"

/* Bytes of weights per task: long enough to stream, short enough to balance and to stay in half of a second-level cache. */
#define TASK_WEIGHT_BYTES (512 * 1024)
/* Most kinds of activations in a call: blocks of 16, 32, 64, 128 and whole rows. */
#define INPUTS 5
/* Activations below which one thread quantizes them all. */
#define SERIAL_ACTIVATIONS (8 * 1024)

typedef struct {
    const ft_matmul_args *args;
    const ft_quantized *kernels;
    ft_activations inputs[INPUTS];
    int64_t count;       /* of inputs */
    int64_t slices;      /* parts of a tile's blocks that are packed apart */
    int64_t task_bytes;  /* weights per task, about */
    int64_t threads;
} quantized_job;

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
    *input = (ft_activations){.x = args->x, .tokens = args->tokens, .columns = args->columns, .block = block};
    input->height = job->kernels->height(args->tokens, block);
    input->tile_bytes = ft_quotient_up(job->kernels->tile_bytes(args->columns, block, input->height), 64) * 64;
}

/* One slice of one tile of one input. */
static void pack_quantized_task(const void *argument, int64_t task) {
    const quantized_job *job = argument;
    const ft_activations *input = job->inputs;
    for (; task >= tiles_of(input) * job->slices; input++) {
        task -= tiles_of(input) * job->slices;
    }
    int64_t slice = task % job->slices;
    int64_t blocks = input->block == 0 ? 1 : input->columns / input->block;
    job->kernels->pack(input, task / job->slices, blocks * slice / job->slices, blocks * (slice + 1) / job->slices);
}

static void pack_inputs(ft_context *context, quantized_job *job) {
    int64_t bytes = 0, tiles = 0;
    for (int64_t i = 0; i < job->count; i++) {
        bytes += tiles_of(&job->inputs[i]) * job->inputs[i].tile_bytes;
        tiles += tiles_of(&job->inputs[i]);
    }
    char *packed = ft_scratch(context, (size_t)bytes);
    for (int64_t i = 0; i < job->count; i++) {
        job->inputs[i].packed = packed;
        packed += tiles_of(&job->inputs[i]) * job->inputs[i].tile_bytes;
    }
    int serial = job->args->tokens * job->args->columns <= SERIAL_ACTIVATIONS;
    job->slices = serial || tiles >= 2 * job->threads ? 1 : 2 * job->threads;
    if (serial) {
        for (int64_t i = 0; i < tiles; i++) {
            pack_quantized_task(job, i);
        }
    } else {
        ft_pool_run(context->pool, pack_quantized_task, job, tiles * job->slices);
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

/* Panels and product of a task; false past the last task. */
static int find_task(const quantized_job *job, int64_t task, ft_quantized_task *found) {
    for (int64_t i = 0; i < job->args->count; i++) {
        const ft_product *product = &job->args->products[i];
        int64_t tasks = tasks_of(job, product);
        if (task < tasks) {
            int64_t panels = panels_per_task(job, product);
            found->product = product;
            found->first = task * panels;
            found->end = ft_least(found->first + panels, ft_quotient_up(product->rows, 16));
            return 1;
        }
        task -= tasks;
    }
    return 0;
}

static void multiply_task(const void *argument, int64_t index) {
    const quantized_job *job = argument;
    ft_quantized_task task = {0}, next;
    find_task(job, index, &task);
    task.input = input_of(job, task.product);
    if (find_task(job, index + job->threads, &next)) { /* this thread's next, if all are as fast */
        int64_t bytes = ft_quantized_panel_bytes(next.product, job->args->columns);
        task.ahead = (const char *)next.product->panels + next.first * bytes;
        task.ahead_end = (const char *)next.product->panels + next.end * bytes;
    }
    job->kernels->multiply(&task);
}

void ft_matmul_quantized(ft_context *context, const ft_matmul_args *args) {
    quantized_job job = {.args = args, .threads = ft_pool_threads(context->pool)};
    job.kernels = args->tokens >= FT_MANY_TOKENS ? context->quantized_many : context->quantized;
    int64_t bytes = 0;
    for (int64_t i = 0; i < args->count; i++) {
        const ft_product *product = &args->products[i];
        if (is_quantized(product)) {
            add_input(&job, ft_activation_block(product));
            bytes += ft_quotient_up(product->rows, 16) * ft_quantized_panel_bytes(product, args->columns);
        }
    }
    if (job.count == 0) {
        return;
    }
    pack_inputs(context, &job);
    job.task_bytes = ft_least(bytes / (job.threads * FT_TASKS_PER_THREAD), TASK_WEIGHT_BYTES);
    int64_t tasks = 0;
    for (int64_t i = 0; i < args->count; i++) {
        tasks += tasks_of(&job, &args->products[i]);
    }
    ft_pool_run(context->pool, multiply_task, &job, tasks);
}

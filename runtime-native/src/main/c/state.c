/* Entry points of layers that carry a state: each cuts its rows into tasks that share no state. */
#include "context.h"

/* Elements below which a fork costs more than it saves. */
#define SERIAL_ELEMENTS 4096

/* Pieces of rows: channels, or heads with the dots of each row's chunks. */
typedef struct {
    const ft_stateful *rows;
    const void *args;
    ft_of_row of_row;
    ft_of_head of_head;
    ft_chunk_dots of_chunk;
    ft_range units;
    int64_t count; /* channels or heads of a row */
    int64_t piece;
    int64_t pieces;
    int64_t chunk_floats; /* of the dots of a chunk */
    float *dots;
    int64_t *first_chunk; /* of each row, and of the end */
} state_job;

static int64_t token_sum(const ft_stateful *rows) {
    int64_t sum = 0;
    for (int64_t row = 0; row < rows->rows; row++) {
        sum += rows->token_counts[row];
    }
    return sum;
}

static void channels_task(const void *argument, int64_t task) {
    const state_job *job = argument;
    int64_t first = task % job->pieces * job->piece;
    job->of_row(job->args, task / job->pieces, first, ft_least(first + job->piece, job->count));
}

/* `weight`: what an element costs beside a copied one. */
static void run_channels(ft_context *context, state_job job, int64_t weight) {
    if (token_sum(job.rows) == 0) {
        return;
    }
    int64_t wanted = ft_quotient_up((int64_t)ft_pool_threads(context->pool) * FT_TASKS_PER_THREAD, job.rows->rows);
    int64_t tokens = token_sum(job.rows);
    int64_t least = ft_quotient_up(SERIAL_ELEMENTS * job.rows->rows, tokens * weight);
    job.piece = ft_quotient_up(ft_most(ft_quotient_up(job.count, wanted), least), 16) * 16;
    job.pieces = ft_quotient_up(job.count, job.piece);
    ft_pool_run(context->pool, channels_task, &job, job.pieces * job.rows->rows);
}

void ft_convolve(ft_context *context, const ft_convolve_args *args) {
    state_job job = {.rows = &args->rows, .args = args, .of_row = context->table.convolve, .count = args->channels};
    run_channels(context, job, 2);
}

void ft_selective_scan(ft_context *context, const ft_selective_scan_args *args) {
    state_job job = {.rows = &args->rows, .args = args, .of_row = context->table.selective_scan, .count = args->channels};
    run_channels(context, job, args->states);
}

/* The row of a chunk: the last one that starts at or before it. */
static int64_t row_of(const state_job *job, int64_t chunk) {
    int64_t row = 0;
    while (job->first_chunk[row + 1] <= chunk) {
        row++;
    }
    return row;
}

static void dots_task(const void *argument, int64_t task) {
    const state_job *job = argument;
    int64_t row = row_of(job, task);
    int64_t done = (task - job->first_chunk[row]) * FT_CHUNK;
    int64_t tokens = ft_least(ft_prompt_part(job->rows, row) - done, FT_CHUNK);
    job->of_chunk(job->args, job->rows->token_offsets[row] + done, tokens, job->dots + task * job->chunk_floats);
}

static void head_task(const void *argument, int64_t task) {
    const state_job *job = argument;
    int64_t row = task / job->count;
    job->of_head(job->args, row, task % job->count, job->dots + job->first_chunk[row] * job->chunk_floats);
}

/* Chunks of all prompts; fills first_chunk: int64 [rows + 1]. */
static int64_t count_chunks(const ft_stateful *rows, int64_t *first_chunk) {
    int64_t chunks = 0;
    for (int64_t row = 0; row < rows->rows; row++) {
        first_chunk[row] = chunks;
        chunks += ft_quotient_up(ft_prompt_part(rows, row), FT_CHUNK);
    }
    first_chunk[rows->rows] = chunks;
    return chunks;
}

/* The job's dots and heads. */
static void run_heads(ft_context *context, state_job *job, int64_t chunks) {
    ft_pool_run(context->pool, dots_task, job, chunks);
    ft_pool_run(context->pool, head_task, job, job->count * job->rows->rows);
}

void ft_state_space(ft_context *context, const ft_state_space_args *args) {
    int64_t *first_chunk = ft_jobs(context, (size_t)(args->rows.rows + 1) * sizeof(int64_t));
    int64_t chunks = count_chunks(&args->rows, first_chunk);
    int64_t chunk_floats = args->groups * FT_SPACE_FLOATS(args->states);
    state_job job = {.rows = &args->rows, .args = args, .of_head = context->table.state_space, .of_chunk = context->table.space_dots,
                     .count = args->heads, .chunk_floats = chunk_floats, .first_chunk = first_chunk,
                     .dots = ft_scratch(context, (size_t)(chunks * chunk_floats) * sizeof(float))};
    run_heads(context, &job, chunks);
}

/* Tokens whose queries and keys one task divides by their lengths; those of prompts are divided as their chunks are. */
#define UNIT_TOKENS 16

static void units_task(const void *argument, int64_t task) {
    const state_job *job = argument;
    int64_t first = task * UNIT_TOKENS, end = first + UNIT_TOKENS;
    for (int64_t row = 0; row < job->rows->rows; row++) {
        int64_t start = job->rows->token_offsets[row];
        int64_t from = ft_most(first, start + ft_prompt_part(job->rows, row));
        int64_t to = ft_least(end, start + job->rows->token_counts[row]);
        if (from < to) {
            job->units(job->args, from, to);
        }
    }
}

/* The end of the last token behind a prompt. */
static int64_t generated_end(const ft_stateful *rows) {
    int64_t end = 0;
    for (int64_t row = 0; row < rows->rows; row++) {
        if (ft_prompt_part(rows, row) < rows->token_counts[row]) {
            end = ft_most(end, (int64_t)rows->token_offsets[row] + rows->token_counts[row]);
        }
    }
    return end;
}

void ft_delta_rule(ft_context *context, const ft_delta_rule_args *args) {
    int64_t *first_chunk = ft_jobs(context, (size_t)(args->rows.rows + 1) * sizeof(int64_t));
    int64_t chunks = count_chunks(&args->rows, first_chunk);
    int64_t chunk_floats = args->key_heads * FT_DELTA_FLOATS(args->key_dim);
    int64_t tokens = generated_end(&args->rows);
    int64_t unit_floats = (2 * tokens * args->key_heads * args->key_dim + 15) & -16;
    float *scratch = ft_scratch(context, (size_t)(unit_floats + chunks * chunk_floats) * sizeof(float));
    ft_delta_rule_args filled = *args;
    filled.tokens = tokens;
    filled.units = scratch;
    state_job job = {.rows = &filled.rows, .args = &filled, .of_head = context->table.delta_rule, .of_chunk = context->table.delta_dots,
                     .count = args->value_heads, .chunk_floats = chunk_floats, .first_chunk = first_chunk, .dots = scratch + unit_floats, .units = context->table.delta_units};
    ft_pool_run(context->pool, units_task, &job, ft_quotient_up(tokens, UNIT_TOKENS));
    run_heads(context, &job, chunks);
}

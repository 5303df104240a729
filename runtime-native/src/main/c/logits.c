/* Entry points over a row of logits: one pass finds what the others read little of the row by. */
#include "context.h"

#include <math.h>

typedef struct {
    const ft_kernel_table *table;
    const void *args;
    void *results; /* per chunk */
    ft_weighing weighing;
} logits_job;

static int64_t chunks_of(const ft_logits *row) {
    return ft_quotient_up(row->vocabulary, FT_LOGIT_CHUNK);
}

static void summarize_task(const void *argument, int64_t chunk) {
    const logits_job *job = argument;
    ft_chunk_summary *results = job->results;
    results[chunk] = job->table->summarize(job->args, chunk);
}

/* The lowest id of the largest logit; 0 where that is negative infinity. */
static int32_t argmax(const ft_logits *row, float max) {
    if (isinf(max) && max < 0) {
        return 0;
    }
    int64_t chunk = 0;
    while (row->chunks[2 * chunk] != max) {
        chunk++;
    }
    int64_t block = chunk * (FT_LOGIT_CHUNK / FT_LOGIT_BLOCK);
    while (row->block_max[block] != max) {
        block++;
    }
    int64_t id = block * FT_LOGIT_BLOCK;
    while (row->logits[id] != max) {
        id++;
    }
    return (int32_t)id;
}

/* e to the power x, 0 where nothing of a chunk counts. */
static double scale(float chunk_max, double max, double factor) {
    return isinf(chunk_max) && chunk_max < 0 ? 0 : exp((chunk_max - max) * factor);
}

/* Chunk results in ascending order, in double: the same whoever computed them. */
static void merge(const ft_summarize_args *args, const ft_chunk_summary *chunks) {
    int64_t count = chunks_of(&args->row);
    float max = chunks[0].max;
    for (int64_t i = 1; i < count; i++) {
        max = chunks[i].max > max ? chunks[i].max : max;
    }
    double sum = 0, mass = 0;
    for (int64_t i = 0; i < count; i++) {
        if (args->normalise) {
            sum += chunks[i].sum * scale(chunks[i].max, max, 1);
        }
        if (args->inverse_temperature != 0) {
            mass += args->row.chunks[2 * i + 1] * scale(chunks[i].max, max, args->inverse_temperature);
        }
    }
    *args->row.max = max;
    *args->row.argmax = argmax(&args->row, max);
    *args->row.log_sum_exp = (float)(max + log(sum));
    *args->row.mass = mass;
}

void ft_summarize(ft_context *context, const ft_summarize_args *args) {
    int64_t chunks = chunks_of(&args->row);
    ft_chunk_summary *results = ft_scratch(context, (size_t)chunks * sizeof *results);
    logits_job job = {.table = &context->table, .args = args, .results = results};
    ft_pool_run(context->pool, summarize_task, &job, chunks);
    merge(args, results);
}

void ft_top_k(ft_context *context, const ft_top_k_args *args) {
    context->table.top_k(args);
}

static void weigh_task(const void *argument, int64_t chunk) {
    const logits_job *job = argument;
    float *sums = job->results;
    sums[chunk] = job->table->weigh(job->args, chunk, job->weighing, NULL);
}

/* The id at which the running sum passes uniform * total, or the last with any weight if rounding keeps it from passing. Weights of a chunk are
 * relative to scales[chunk]. */
static int64_t draw(const logits_job *job, const float *sums, const double *scales, double uniform, float *weights) {
    const ft_logits *row = job->args;
    int64_t chunks = chunks_of(row);
    double total = 0;
    for (int64_t i = 0; i < chunks; i++) {
        total += sums[i] * scales[i];
    }
    double target = uniform * total;
    double sum = 0, before = 0;
    int64_t chosen = 0;
    for (int64_t i = 0; i < chunks && sum <= target; i++) {
        if (sums[i] * scales[i] > 0) {
            chosen = i;
            before = sum;
            sum += sums[i] * scales[i];
        }
    }
    ft_weighing weighing = job->weighing;
    weighing.base = isnan(weighing.base) ? row->chunks[2 * chosen] : weighing.base;
    job->table->weigh(row, chosen, weighing, weights);
    int64_t first = chosen * FT_LOGIT_CHUNK;
    int64_t count = ft_least(FT_LOGIT_CHUNK, row->vocabulary - first);
    int64_t last = 0;
    for (int64_t i = 0; i < count && before <= target; i++) {
        before += weights[i] * scales[chosen];
        last = weights[i] > 0 ? i : last;
    }
    return first + last;
}

void ft_sample(ft_context *context, ft_sample_args *args) {
    const ft_logits *row = &args->row;
    int64_t chunks = chunks_of(row);
    double *scales = ft_scratch(context, (size_t)chunks * (sizeof(double) + sizeof(float)) + FT_LOGIT_CHUNK * sizeof(float));
    float *weights = (float *)(scales + chunks);
    float *sums = weights + FT_LOGIT_CHUNK;
    int all = isinf(args->floor) && args->floor < 0;
    /* with a floor weights are relative to the largest logit, without to that of the chunk, for which their sums are known */
    ft_weighing weighing = {all ? NAN : *row->max, (float)args->inverse_temperature, (float)args->floor};
    logits_job job = {.table = &context->table, .args = row, .results = sums, .weighing = weighing};
    if (!all) {
        ft_pool_run(context->pool, weigh_task, &job, chunks);
    }
    for (int64_t i = 0; i < chunks; i++) {
        scales[i] = all ? scale(row->chunks[2 * i], *row->max, args->inverse_temperature) : 1;
        sums[i] = all ? row->chunks[2 * i + 1] : sums[i];
    }
    args->id = draw(&job, sums, scales, args->uniform, weights);
}

/* Entry points other than matmul and those over logits: each cuts its rows into tasks; small ones stay on the caller's thread. */
#include "context.h"
#include "widen.h"

/* Below this many elements a fork costs more than it saves. */
#define SERIAL_ELEMENTS (32 * 1024)
/* Queries of a unit, where the kernels do not say. */
#define ATTENTION_UNIT 64
#define LATENT_UNIT 32
#define WRITE_TOKENS 16

/* A range operation over `count` items, cut into pieces of `piece`. */
typedef struct {
    ft_range range;
    const void *args;
    int64_t count;
    int64_t piece;
} range_job;

static void range_task(const void *argument, int64_t task) {
    const range_job *job = argument;
    int64_t first = task * job->piece;
    job->range(job->args, first, ft_least(first + job->piece, job->count));
}

/* count items of `width` elements each; pieces are multiples of `unit` items. */
static void run_range(ft_context *context, range_job job, int64_t width, int64_t unit) {
    int64_t pieces = ft_pool_threads(context->pool) * FT_TASKS_PER_THREAD;
    int64_t worthwhile = ft_quotient_up(SERIAL_ELEMENTS / 4, width);
    int64_t piece = ft_most(ft_quotient_up(job.count, pieces), worthwhile);
    job.piece = ft_quotient_up(piece, unit) * unit;
    if (job.count * width <= SERIAL_ELEMENTS) {
        job.piece = job.count;
    }
    ft_pool_run(context->pool, range_task, &job, ft_quotient_up(job.count, job.piece));
}

void ft_rms_norm(ft_context *context, const ft_rms_norm_args *args) {
    run_range(context, (range_job){context->table.rms_norm, args, args->rows, 0}, args->width, 1);
}

void ft_rotary(ft_context *context, const ft_rotary_args *args) {
    run_range(context, (range_job){context->table.rotary, args, args->tokens, 0}, args->heads * args->head_dim, 1);
}

void ft_add(ft_context *context, const ft_elementwise_args *args) {
    run_range(context, (range_job){context->table.add, args, args->count, 0}, 1, 16);
}

void ft_layer_norm(ft_context *context, const ft_layer_norm_args *args) {
    run_range(context, (range_job){context->table.layer_norm, args, args->rows, 0}, args->width, 1);
}

void ft_add_scaled(ft_context *context, const ft_add_scaled_args *args) {
    run_range(context, (range_job){context->table.add_scaled, args, args->count, 0}, 1, 16);
}

void ft_activate(ft_context *context, const ft_activate_args *args) {
    run_range(context, (range_job){context->table.activate[args->function], args, args->count, 0}, 4, 16);
}

void ft_rescale(ft_context *context, const ft_rescale_args *args) {
    run_range(context, (range_job){context->table.rescale, args, args->count, 0}, args->cap > 0 ? 4 : 1, 16);
}

void ft_gated_norm(ft_context *context, const ft_gated_norm_args *args) {
    run_range(context, (range_job){context->table.gated_norm, args, args->rows, 0}, args->width * 4, 1);
}

void ft_affine(ft_context *context, const ft_affine_args *args) {
    run_range(context, (range_job){context->table.affine, args, args->rows, 0}, args->width, 1);
}

/* From a tile of tokens on, lanes are tokens and not outputs: then what is gathered lies side by side. */
void ft_gather_terms(ft_context *context, const ft_gather_terms_args *args) {
    ft_gather_terms_args turned = *args;
    int64_t tiles = ft_quotient_up(args->tokens, 16), panels = ft_quotient_up(args->rows, 16);
    turned.turned = NULL;
    if (args->tokens >= 16) {
        turned.turned = ft_scratch(context, (size_t)(tiles * args->width * 16) * sizeof(float));
        run_range(context, (range_job){context->table.turn_tokens, &turned, tiles, 0}, args->width * 16, 1);
    }
    run_range(context, (range_job){context->table.gather_terms, &turned, panels, 0}, args->terms * 4 * args->tokens, 1);
}

void ft_gather(ft_context *context, const ft_gather_args *args) {
    run_range(context, (range_job){context->table.gather, args, args->tokens, 0}, args->columns * 4, 1);
}

void ft_combine(ft_context *context, const ft_combine_args *args) {
    run_range(context, (range_job){context->table.combine, args, args->tokens, 0}, args->width * args->k, 1);
}

static void pack_panel(const void *argument, int64_t first, int64_t end) {
    const ft_pack_args *args = argument;
    int64_t pair = ft_interleave(args->target_type);
    int64_t steps = ft_quotient_up(args->columns, pair);
    for (int64_t panel = first; panel < end; panel++) {
        for (int64_t lane = 0; lane < ft_least(16, args->rows - panel * 16); lane++) {
            int64_t row = panel * 16 + lane;
            for (int64_t column = 0; column < args->columns; column++) {
                int64_t index = ((panel * steps + column / pair) * 16 + lane) * pair + column % pair;
                float value = ft_load(args->source, args->source_type, row * args->columns + column);
                ft_store(args->target, args->target_type, index, value);
            }
        }
    }
}

void ft_pack(ft_context *context, const ft_pack_args *args) {
    run_range(context, (range_job){pack_panel, args, ft_quotient_up(args->rows, 16), 0}, args->columns * 16, 1);
}

/* Units of work of a ragged batch: start[r] counts those of the rows before r. */
typedef struct {
    const ft_kernel_table *table;
    const void *args;
    const ft_paged *paged;
    int64_t per_token; /* items per token */
    int64_t unit;      /* items per unit */
    int64_t copies;    /* units over the same items: one per KV head */
    ft_attend *attend; /* for attention */
    int64_t *start;
} ragged_job;

static int64_t unit_count(const ragged_job *job, int64_t row) {
    return ft_quotient_up(job->paged->token_counts[row] * job->per_token, job->unit) * job->copies;
}

/* The row of a unit: the last one that starts at or before it. */
static int64_t row_of(const ragged_job *job, int64_t task) {
    int64_t low = 0, high = job->paged->rows;
    while (high - low > 1) {
        int64_t middle = (low + high) / 2;
        if (job->start[middle] <= task) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static void run_ragged(ft_context *context, ragged_job *job, ft_task task) {
    int64_t units = 0;
    job->start = ft_scratch(context, (size_t)job->paged->rows * sizeof(int64_t));
    for (int64_t row = 0; row < job->paged->rows; row++) {
        job->start[row] = units;
        units += unit_count(job, row);
    }
    ft_pool_run(context->pool, task, job, units);
}

static void write_kv_task(const void *argument, int64_t task) {
    const ragged_job *job = argument;
    int64_t row = row_of(job, task);
    int64_t first = (task - job->start[row]) * job->unit;
    job->table->write_kv(job->args, row, first, ft_least(first + job->unit, job->paged->token_counts[row]));
}

void ft_write_kv(ft_context *context, const ft_write_kv_args *args) {
    ragged_job job = {.table = &context->table, .args = args, .paged = &args->paged, .per_token = 1, .unit = WRITE_TOKENS, .copies = 1};
    run_ragged(context, &job, write_kv_task);
}

static void attention_task(const void *argument, int64_t task) {
    const ragged_job *job = argument;
    const ft_attention_args *args = job->args;
    int64_t row = row_of(job, task);
    int64_t unit = task - job->start[row];
    int64_t kv_head = unit % job->copies;
    /* the last queries see the most: start with them */
    int64_t first = (unit_count(job, row) / job->copies - 1 - unit / job->copies) * job->unit;
    int64_t end = ft_least(first + job->unit, args->paged.token_counts[row] * job->per_token);
    job->attend(args, row, kv_head, first, end);
}

/* Values in keys. */
static void latent_attention(ft_context *context, const ft_attention_args *args) {
    const int64_t type = args->paged.type;
    const ft_encoding *encoding = args->fast ? context->table.fast[type] : context->table.exact[type];
    if (args->fast && context->table.latent[type] != NULL) {
        encoding = context->table.latent[type];
    }
    ragged_job job = {
        .table = &context->table,
        .args = args,
        .paged = &args->paged,
        .per_token = args->heads / args->paged.kv_heads,
        .unit = LATENT_UNIT,
        .copies = args->paged.kv_heads,
        .attend = encoding->attend_latent,
    };
    run_ragged(context, &job, attention_task);
}

void ft_attention(ft_context *context, const ft_attention_args *args) {
    if (args->paged.value_in_key) {
        latent_attention(context, args);
        return;
    }
    const int64_t type = args->paged.type;
    /* codes have a scale per position, which the matrix unit's kernel applies behind the place of a soft cap */
    const int64_t codes_capped = args->soft_cap > 0 && type == FT_INT8;
    const ft_attention_kind *attention = args->fast && !codes_capped ? context->table.attention[type] : NULL;
    const ft_encoding *encoding = args->fast ? context->table.fast[type] : context->table.exact[type];
    ragged_job job = {
        .table = &context->table,
        .args = args,
        .paged = &args->paged,
        .per_token = args->heads / args->paged.kv_heads,
        .unit = attention == NULL ? ATTENTION_UNIT : attention->queries,
        .copies = args->paged.kv_heads,
        .attend = attention == NULL ? encoding->attend : attention->attend,
    };
    run_ragged(context, &job, attention_task);
}

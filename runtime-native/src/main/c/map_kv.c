/*
 * Keys and values that linear maps make of others, turned and written to their caches: a few tokens of one layer per task, so that what is
 * made is still in the first-level cache when it is turned and written. Each step is the one that ft_matmul, ft_rotary and ft_write_kv take,
 * with the same bits.
 */
#include "context.h"

/* Tokens of a task, at most: what it makes of them stays in the first-level cache. */
#define MAP_TOKENS 64

/* A call: a task is a piece of a row's tokens by some of the maps. */
typedef struct {
    const ft_kernel_table *table;
    const ft_map_kv_args *args;
    int64_t threads;
    int64_t pieces;       /* of the tokens of all rows */
    int64_t *first_piece; /* of each row */
    int64_t maps;         /* of a task, at most */
    int64_t shares;       /* tasks of a piece */
    atomic_int *held;     /* per slot */
    char *slots;          /* room for what one task makes, as often as there are threads */
    int64_t slot_bytes, packed_bytes;
} map_job;

/* Packed tokens of a piece, tile by tile, and room for their products. */
typedef struct {
    const ft_encoding *encoding; /* that they are packed for; null: none yet */
    char *packed;
    float *made;
} map_room;

/* Tokens [first, end) of a row. */
typedef struct {
    int64_t row, first, end;
} row_piece;

/* Pieces end where positions are multiples of their size, so that whole groups of the cache are written together. */
static int64_t pieces_of(const ft_paged *paged, int64_t row) {
    int64_t first = paged->first_positions[row], end = first + paged->token_counts[row];
    return ft_quotient_up(end, MAP_TOKENS) - first / MAP_TOKENS;
}

static row_piece piece_at(const map_job *job, const ft_paged *paged, int64_t piece) {
    int64_t row = 0;
    for (; row + 1 < paged->rows && piece >= job->first_piece[row + 1]; row++) {
    }
    int64_t first = paged->first_positions[row];
    int64_t start = (first / MAP_TOKENS + piece - job->first_piece[row]) * MAP_TOKENS - first;
    return (row_piece){row, ft_most(start, 0), ft_least(start + MAP_TOKENS, paged->token_counts[row])};
}

static const ft_encoding *encoding_of(const map_job *job, const ft_product *product) {
    return job->args->fast ? job->table->fast[product->type] : job->table->exact[product->type];
}

/* Packed, in whole lines. */
static int64_t token_bytes(const ft_encoding *encoding, int64_t columns) {
    int64_t steps = ft_quotient_up(columns, encoding->step_columns);
    return ft_quotient_up(steps * encoding->pack_row_bytes_per_step, 64) * 64;
}

/* Tokens of a tile; the last one may have fewer. */
static int64_t tile_height(const ft_encoding *encoding, int64_t tokens) {
    return ft_quotient_up(tokens, ft_quotient_up(tokens, encoding->max_rows));
}

/* Maps in a row mostly share an encoding, and so the packed tokens. */
static void pack(const ft_encoding *encoding, const float *x, int64_t columns, int64_t tokens, map_room *room) {
    if (encoding == room->encoding) {
        return;
    }
    int64_t height = tile_height(encoding, tokens);
    for (int64_t start = 0; start < tokens; start += height) {
        char *packed = room->packed + start * token_bytes(encoding, columns);
        encoding->pack(x + start * columns, NULL, columns, ft_least(height, tokens - start), packed);
    }
    room->encoding = encoding;
}

/* One product of packed tokens: made, fp32 [tokens, rows]. */
static void multiply(const ft_product *product, int64_t columns, int64_t tokens, const map_room *room) {
    const ft_encoding *encoding = room->encoding;
    int64_t steps = ft_quotient_up(columns, encoding->step_columns), panels = ft_quotient_up(product->rows, 16);
    int64_t height = tile_height(encoding, tokens);
    for (int64_t start = 0; start < tokens; start += height) {
        ft_tile tile = {
            .panel_bytes = steps * encoding->step_bytes,
            .x = room->packed + start * token_bytes(encoding, columns),
            .rows = ft_least(height, tokens - start),
            .steps = steps,
            .block_steps = steps,
            .out_stride = product->rows,
        };
        for (int64_t panel = 0, width; panel < panels; panel += width) {
            width = ft_widest(encoding, tile.rows, panels - panel);
            tile.panels = (const char *)product->panels + panel * tile.panel_bytes;
            tile.bias = product->bias == NULL ? NULL : product->bias + panel * 16;
            tile.out = room->made + start * product->rows + panel * 16;
            tile.out_columns = ft_least(width * 16, product->rows - panel * 16);
            ft_run_tile(encoding, &tile, width);
        }
    }
}

/* `keys`: fp32 [tokens, kv_heads, key_dim], of tokens that begin at `token` of the step. */
static void turn(const map_job *job, const ft_kv_map *map, float *keys, int64_t token, int64_t tokens) {
    if (map->cosine != NULL) {
        ft_rotary_args args = {
            .x = keys,
            .cosine = map->cosine,
            .sine = map->sine,
            .half = map->half,
            .positions = map->positions + token,
            .tokens = tokens,
            .heads = map->paged.kv_heads,
            .head_dim = map->paged.key_dim,
            .neighbours = map->neighbours,
        };
        job->table->rotary(&args, 0, tokens);
    }
}

/* k, v: of the piece alone; null: not written. */
static void write(const map_job *job, const ft_paged *paged, row_piece piece, const float *k, const float *v) {
    int32_t offset = 0, count = (int32_t)(piece.end - piece.first);
    int32_t position = paged->first_positions[piece.row] + (int32_t)piece.first;
    ft_write_kv_args args = {.paged = *paged, .k = k, .v = v};
    args.paged.rows = 1;
    args.paged.token_offsets = &offset;
    args.paged.token_counts = &count;
    args.paged.first_positions = &position;
    args.paged.table_offsets = paged->table_offsets + piece.row * paged->table_stride;
    job->table->write_kv(&args, 0, 0, count);
}

/* Both of one piece by maps [first, end), the keys before the values. */
static void map_piece(const map_job *job, row_piece piece, int64_t first, int64_t end, map_room *room) {
    const ft_map_kv_args *args = job->args;
    int64_t token = args->maps[0].paged.token_offsets[piece.row] + piece.first, tokens = piece.end - piece.first;
    for (int64_t i = first; i < end; i++) {
        const ft_kv_map *map = &args->maps[i];
        pack(encoding_of(job, &map->keys), args->keys + token * args->key_columns, args->key_columns, tokens, room);
        multiply(&map->keys, args->key_columns, tokens, room);
        turn(job, map, room->made, token, tokens);
        write(job, &map->paged, piece, room->made, NULL);
    }
    room->encoding = NULL;
    for (int64_t i = first; i < end; i++) {
        const ft_kv_map *map = &args->maps[i];
        pack(encoding_of(job, &map->values), args->values + token * args->value_columns, args->value_columns, tokens, room);
        multiply(&map->values, args->value_columns, tokens, room);
        write(job, &map->paged, piece, NULL, room->made);
    }
}

static void map_task(const void *argument, int64_t task) {
    const map_job *job = argument;
    int64_t first = task % job->shares * job->maps;
    int64_t slot = ft_hold_slot(job->held, job->threads);
    char *memory = job->slots + slot * job->slot_bytes;
    map_room room = {NULL, memory, (float *)(void *)(memory + job->packed_bytes)};
    row_piece piece = piece_at(job, &job->args->maps[0].paged, task / job->shares);
    map_piece(job, piece, first, ft_least(first + job->maps, job->args->count), &room);
    atomic_store(&job->held[slot], 0);
}

static void count_pieces(ft_context *context, map_job *job) {
    const ft_paged *paged = &job->args->maps[0].paged;
    job->first_piece = ft_jobs(context, (size_t)paged->rows * sizeof *job->first_piece);
    for (int64_t row = 0; row < paged->rows; row++) {
        job->first_piece[row] = job->pieces;
        job->pieces += pieces_of(paged, row);
    }
}

static void take_slots(ft_context *context, map_job *job) {
    const ft_map_kv_args *args = job->args;
    int64_t widest = 0;
    for (int64_t i = 0; i < args->count; i++) {
        const ft_product *keys = &args->maps[i].keys, *values = &args->maps[i].values;
        int64_t packed = ft_most(token_bytes(encoding_of(job, keys), args->key_columns),
                                 token_bytes(encoding_of(job, values), args->value_columns));
        job->packed_bytes = ft_most(job->packed_bytes, MAP_TOKENS * packed);
        widest = ft_most(widest, ft_most(keys->rows, values->rows));
    }
    job->slot_bytes = job->packed_bytes + MAP_TOKENS * widest * (int64_t)sizeof(float);
    int64_t held = ft_quotient_up(job->threads * (int64_t)sizeof *job->held, 64) * 64;
    char *memory = ft_scratch(context, (size_t)(held + job->threads * job->slot_bytes));
    job->held = (atomic_int *)(void *)memory;
    job->slots = memory + held;
    for (int64_t i = 0; i < job->threads; i++) {
        atomic_init(&job->held[i], 0);
    }
}

/* All maps to a task, which packs a piece for all of them, or fewer where there are not enough pieces for all threads. */
static void share_maps(map_job *job) {
    int64_t wanted = ft_quotient_up(job->threads * FT_TASKS_PER_THREAD, job->pieces);
    job->maps = ft_quotient_up(job->args->count, ft_least(wanted, job->args->count));
    job->shares = ft_quotient_up(job->args->count, job->maps);
}

void ft_map_kv(ft_context *context, const ft_map_kv_args *args) {
    map_job job = {.table = &context->table, .args = args, .threads = ft_pool_threads(context->pool)};
    count_pieces(context, &job);
    share_maps(&job);
    take_slots(context, &job);
    ft_pool_run(context->pool, map_task, &job, job.pieces * job.shares);
}

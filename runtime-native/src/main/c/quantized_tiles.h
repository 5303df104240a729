/* The tile shapes of quantized_body.h, how activations are packed for them and which panels meet which tokens. */

typedef void (*FT_NAME(quantized_function))(const FT_NAME(quantized_tile) * tile);

#define SHAPE(op, rows, panels) FT_JOIN(FT_NAME(op), rows, panels)
#define BLOCK_TILES(rows, panels) \
    static void SHAPE(codes8, rows, panels)(const FT_NAME(quantized_tile) * tile) { FT_NAME(block_tile)(rows, panels, CODES_8, tile); } \
    static void SHAPE(codes4, rows, panels)(const FT_NAME(quantized_tile) * tile) { FT_NAME(block_tile)(rows, panels, CODES_4, tile); } \
    static void SHAPE(book4, rows, panels)(const FT_NAME(quantized_tile) * tile) { FT_NAME(block_tile)(rows, panels, CODES_4_BOOK, tile); }
#define CHANNEL_TILES(rows, panels) \
    static void SHAPE(channels, rows, panels)(const FT_NAME(quantized_tile) * tile) { FT_NAME(channel_tile)(rows, panels, tile); }
FT_EACH_BLOCK_TILE(BLOCK_TILES)
FT_EACH_CHANNEL_TILE(CHANNEL_TILES)

#define BLOCK_ENTRIES(rows, panels) \
    [CODES_8][rows - 1][panels - 1] = SHAPE(codes8, rows, panels), [CODES_4][rows - 1][panels - 1] = SHAPE(codes4, rows, panels), \
    [CODES_4_BOOK][rows - 1][panels - 1] = SHAPE(book4, rows, panels),
#define CHANNEL_ENTRIES(rows, panels) [rows - 1][panels - 1] = SHAPE(channels, rows, panels),
static const FT_NAME(quantized_function) FT_NAME(block_tiles)[CODE_KINDS][FT_BLOCK_ROWS][TILE_PANELS] = {FT_EACH_BLOCK_TILE(BLOCK_ENTRIES)};
static const FT_NAME(quantized_function) FT_NAME(channel_tiles)[FT_CHANNEL_ROWS][TILE_PANELS] = {FT_EACH_CHANNEL_TILE(CHANNEL_ENTRIES)};

/* The function for `rows` tokens and at most *panels panels, which becomes the number it takes. */
static FT_NAME(quantized_function) FT_NAME(function_for)(const ft_product *product, int64_t rows, int64_t *panels) {
    const ft_format *format = &product->format;
    int kind = format->bits == 8 ? CODES_8 : format->book >= FT_BOOK_IQ4NL ? CODES_4_BOOK : CODES_4;
    const FT_NAME(quantized_function) *shapes =
        product->type == FT_BLOCKS ? FT_NAME(block_tiles)[kind][rows - 1] : FT_NAME(channel_tiles)[rows - 1];
    *panels = *panels > TILE_PANELS ? TILE_PANELS : *panels;
    while (shapes[*panels - 1] == NULL) {
        --*panels;
    }
    return shapes[*panels - 1];
}

/* Few tokens: one tile, so that every weight is read once. More: the tallest tiles with two panels, evenly filled. */
static int64_t FT_NAME(height)(int64_t tokens, int64_t block) {
    int64_t tallest = block == 0 ? FT_CHANNEL_ROWS : tokens <= FT_BLOCK_ROWS ? FT_BLOCK_ROWS : FT_PAIRED_ROWS;
    int64_t tiles = (tokens + tallest - 1) / tallest;
    return (tokens + tiles - 1) / tiles;
}

static int64_t FT_NAME(tile_bytes)(int64_t columns, int64_t block, int64_t height) {
    int64_t whole = (columns + 3) / 4;
    int64_t blocks = block == 0 ? 1 : columns / block;
    return height * 4 * (blocks * X_HEADER + whole * FT_X_DWORDS);
}

/* Four int8 of one token and k-step, in the dot's form. */
static inline __attribute__((always_inline)) void FT_NAME(put_step)(int32_t *out, int64_t rows, const int8_t *q) {
#if FT_X_DWORDS == 1
    (void)rows;
    memcpy(out, q, 4);
#else
    out[0] = (int32_t)((uint32_t)(uint16_t)q[0] | (uint32_t)(uint16_t)q[2] << 16);
    out[rows] = (int32_t)((uint32_t)(uint16_t)q[1] | (uint32_t)(uint16_t)q[3] << 16);
#endif
}

/* Block of one token to [k-step][dword][rows], behind its header; count: columns. */
static void FT_NAME(pack_block)(const float *x, int64_t count, int64_t rows, int32_t *out) {
    float inverse, scale = FT_NAME(scale_of)(x, count, &inverse);
    int32_t *steps = out + X_HEADER * rows;
    vi sums = vi_set1(0);
    for (int64_t i = 0; i < count; i += 16) {
        int8_t bytes[16];
        vi q = FT_NAME(quantize_some)(x + i, count - i, inverse);
        sums = vi_add(sums, q);
        vi_store_bytes(bytes, q);
        for (int64_t j = 0; j < 16 && i + j < count; j += 4, steps += FT_X_DWORDS * rows) {
            FT_NAME(put_step)(steps, rows, bytes + j);
        }
    }
    int32_t sum = vi_sum(sums);
    float scaled = scale * (float)sum;
    memcpy(out, &scale, 4);
    memcpy(out + rows, &scaled, 4);
    out[2 * rows] = 0;
    out[3 * rows] = -8 * sum;
    out[4 * rows] = -128 * sum;
}

static void FT_NAME(pack_quantized)(const ft_activations *input, int64_t tile, int64_t first, int64_t end) {
    int64_t start = tile * input->height, left = input->tokens - start;
    int64_t rows = left < input->height ? left : input->height;
    int64_t width = input->block == 0 ? input->columns : input->block;
    for (int64_t block = first; block < end; block++) {
        int32_t *out = (int32_t *)(void *)(input->packed + tile * input->tile_bytes) + block * rows * (X_HEADER + width / 4 * FT_X_DWORDS);
        for (int64_t row = 0; row < rows; row++) {
            FT_NAME(pack_block)(ft_token_of(input->x, input->sources, start + row, input->columns) + block * width, width, rows, out + row);
        }
    }
}

/* How far ahead of its reads a stream of weights is fetched. */
#define STREAM_AHEAD 4096

static void FT_NAME(multiply_quantized)(const ft_quantized_task *task) {
    const ft_activations *input = task->input;
    const ft_product *product = task->product;
    int64_t tiles = (input->tokens + input->height - 1) / input->height;
    int64_t share = (task->ahead_end - task->ahead) / (tiles * (task->end - task->first)) + 64;
    const char *ahead = task->ahead;
    FT_NAME(quantized_tile) at = {.product = product, .columns = input->columns};
    at.panel_bytes = ft_quantized_panel_bytes(product, input->columns);
    int64_t visits = product->type == FT_BLOCKS ? input->columns / product->format.block : (input->columns + 31) / 32;
    for (int64_t tile = 0; tile < tiles; tile++) {
        int64_t start = tile * input->height, left = input->tokens - start, panels;
        at.x = input->packed + tile * input->tile_bytes;
        at.rows = left < input->height ? left : input->height;
        for (int64_t panel = task->first; panel < task->end; panel += panels) {
            panels = tiles == 1 ? 1 : task->end - panel; /* a stream of weights per tile */
            FT_NAME(quantized_function) run = FT_NAME(function_for)(product, at.rows, &panels);
            at.panels = (const char *)product->panels + panel * at.panel_bytes;
            at.scales = product->scales == NULL ? NULL : product->scales + panel * 16;
            at.bias = product->bias == NULL ? NULL : product->bias + panel * 16;
            at.out = product->out + start * product->stride + panel * 16;
            at.outputs = product->rows - panel * 16 < 16 * panels ? product->rows - panel * 16 : 16 * panels;
            if (tiles == 1) {
                at.ahead = ft_ahead_over(at.panels + STREAM_AHEAD, at.panels + STREAM_AHEAD + panels * at.panel_bytes, visits);
            } else {
                const char *next = task->ahead_end - ahead < share * panels ? task->ahead_end : ahead + share * panels;
                at.ahead = ft_ahead_over(ahead, next, visits);
                ahead = next;
            }
            run(&at);
        }
    }
}

const ft_quantized FT_NAME(quantized) = {
    .height = FT_NAME(height),
    .tile_bytes = FT_NAME(tile_bytes),
    .pack = FT_NAME(pack_quantized),
    .multiply = FT_NAME(multiply_quantized),
};

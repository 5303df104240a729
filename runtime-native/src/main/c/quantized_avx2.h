/* Tile shapes of quantized products for 16 registers, of which two make one vector. */
#define FT_BLOCK_ROWS 4
#define FT_PAIRED_ROWS 4
#define FT_CHANNEL_ROWS 4
#define FT_CHAINS(tiles) ((tiles) == 1 ? 2 : 1)
#define FT_EACH_BLOCK_TILE(M) M(1, 1) M(2, 1) M(3, 1) M(4, 1)
#define FT_EACH_CHANNEL_TILE(M) M(1, 1) M(2, 1) M(3, 1) M(4, 1)

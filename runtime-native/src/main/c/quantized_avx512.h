/* Tile shapes of quantized products for 32 registers and VNNI. A block's sums and its outputs both stay in registers: 6 tokens by 2 panels. */
#define FT_BLOCK_ROWS 8
#define FT_PAIRED_ROWS 6
#define FT_CHANNEL_ROWS 12
#define FT_CHAINS(tiles) ((tiles) >= 8 ? 1 : (tiles) >= 4 ? 2 : 4)
#define FT_EACH_BLOCK_TILE(M) \
    M(1, 1) M(1, 2) M(2, 1) M(2, 2) M(3, 1) M(3, 2) M(4, 1) M(4, 2) M(5, 1) M(5, 2) M(6, 1) M(6, 2) M(7, 1) M(8, 1)
#define FT_EACH_CHANNEL_TILE(M) \
    M(1, 1) M(1, 2) M(2, 1) M(2, 2) M(3, 1) M(3, 2) M(4, 1) M(4, 2) M(5, 1) M(5, 2) M(6, 1) M(6, 2) \
    M(7, 1) M(7, 2) M(8, 1) M(8, 2) M(9, 1) M(9, 2) M(10, 1) M(10, 2) M(11, 1) M(11, 2) M(12, 1) M(12, 2)

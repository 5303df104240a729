/* Tile shapes for 32 registers: up to 12 tokens by 2 panels is 24 accumulators; few tokens take more panels to have enough chains. */
#define FT_TILE_ROWS 12
#define FT_QUERY_ROWS 8
#define FT_QUERY_PANELS 2
#define FT_EACH_TILE(M) \
    M(1, 1) M(1, 2) M(1, 4) M(2, 1) M(2, 2) M(2, 4) M(3, 1) M(3, 2) M(3, 4) M(4, 1) M(4, 2) M(5, 1) M(5, 2) M(6, 1) M(6, 2) \
    M(7, 1) M(7, 2) M(8, 1) M(8, 2) M(9, 1) M(9, 2) M(10, 1) M(10, 2) M(11, 1) M(11, 2) M(12, 1) M(12, 2)
#define FT_T(name, rows, panels) FT_JOIN(name, rows, panels)
#define FT_ROW4(name, rows) {FT_T(name, rows, 1), FT_T(name, rows, 2), NULL, FT_T(name, rows, 4)}
#define FT_ROW2(name, rows) {FT_T(name, rows, 1), FT_T(name, rows, 2), NULL, NULL}
#define FT_TILES(name) \
    {FT_ROW4(name, 1), FT_ROW4(name, 2), FT_ROW4(name, 3), FT_ROW2(name, 4), FT_ROW2(name, 5), FT_ROW2(name, 6), \
     FT_ROW2(name, 7), FT_ROW2(name, 8), FT_ROW2(name, 9), FT_ROW2(name, 10), FT_ROW2(name, 11), FT_ROW2(name, 12)}

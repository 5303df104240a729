/*
 * Names of one ISA's functions: ft_<op>__<isa>, and ft_<op>_<encoding>__<isa> inside an encoding. The including isa_<name>.c defines
 *   FT_ISA             the suffix of every function
 *   FT_TILE_ROWS       tallest product tile; FT_EACH_TILE(M) applies M(rows, panels) to every tile shape
 *   FT_TILES(name)     the same shapes as a table initializer
 *   FT_QUERY_ROWS, FT_QUERY_PANELS  attention tile: queries by vectors of 16
 * and includes its simd_*.h. Only that file is compiled with that ISA's flags.
 */
#ifndef FT_ISA_NAMES_H
#define FT_ISA_NAMES_H

#include <stddef.h>
#include <string.h>

#include "kernel_table.h"

/* Queries of one unit of attention: keys and values of a tile are read once for all of them. */
#define FT_ATTENTION_UNIT 64
/* The same where values are in keys, which are wider. */
#define FT_LATENT_UNIT 32

#define FT_JOIN_(a, b, c) a##_##b##_##c
#define FT_JOIN(a, b, c) FT_JOIN_(a, b, c)
#define FT_JOIN4_(a, b, c, d) a##b##_##c##__##d
#define FT_JOIN4(a, b, c, d) FT_JOIN4_(a, b, c, d)
#define FT_NAME_(op, isa) ft_##op##__##isa
#define FT_NAME__(op, isa) FT_NAME_(op, isa)
#define FT_NAME(op) FT_NAME__(op, FT_ISA)

#endif

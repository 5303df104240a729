/* Sixteen fp32 lanes in two 256-bit registers, so that every body is written once. Needs AVX2, FMA, F16C. */
#ifndef FT_SIMD_H
#define FT_SIMD_H

#include <immintrin.h>

#include "widen.h"

typedef struct {
    __m256 lo, hi;
} vf;

/* Sixteen int32 lanes, or 64 bytes. */
typedef struct {
    __m256i lo, hi;
} vi;

#define VF static inline __attribute__((always_inline)) vf
#define VI static inline __attribute__((always_inline)) vi
#define VV static inline __attribute__((always_inline)) void
#define BOTH(expression_lo, expression_hi) \
    (vf) { expression_lo, expression_hi }
#define BOTHI(expression_lo, expression_hi) \
    (vi) { expression_lo, expression_hi }

VF vf_load(const void *p) { return BOTH(_mm256_loadu_ps(p), _mm256_loadu_ps((const float *)p + 8)); }
VF vf_set1(float x) { return BOTH(_mm256_set1_ps(x), _mm256_set1_ps(x)); }
VF vf_zero(void) { return vf_set1(0); }
VV vf_store(float *p, vf x) {
    _mm256_storeu_ps(p, x.lo);
    _mm256_storeu_ps(p + 8, x.hi);
}
VF vf_add(vf a, vf b) { return BOTH(_mm256_add_ps(a.lo, b.lo), _mm256_add_ps(a.hi, b.hi)); }
VF vf_sub(vf a, vf b) { return BOTH(_mm256_sub_ps(a.lo, b.lo), _mm256_sub_ps(a.hi, b.hi)); }
VF vf_mul(vf a, vf b) { return BOTH(_mm256_mul_ps(a.lo, b.lo), _mm256_mul_ps(a.hi, b.hi)); }
VF vf_div(vf a, vf b) { return BOTH(_mm256_div_ps(a.lo, b.lo), _mm256_div_ps(a.hi, b.hi)); }
VF vf_fma(vf a, vf b, vf c) { return BOTH(_mm256_fmadd_ps(a.lo, b.lo, c.lo), _mm256_fmadd_ps(a.hi, b.hi, c.hi)); }
/* Where either is NaN, the second. */
VF vf_max(vf a, vf b) { return BOTH(_mm256_max_ps(a.lo, b.lo), _mm256_max_ps(a.hi, b.hi)); }
VF vf_min(vf a, vf b) { return BOTH(_mm256_min_ps(a.lo, b.lo), _mm256_min_ps(a.hi, b.hi)); }
VF vf_round(vf a) {
    return BOTH(_mm256_round_ps(a.lo, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC),
                _mm256_round_ps(a.hi, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}

/* All bits of lane i set where from <= first + i < to. */
static inline __attribute__((always_inline)) __m256i lanes_between(int first, int from, int to) {
    __m256i lane = _mm256_add_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_epi32(first));
    return _mm256_andnot_si256(_mm256_cmpgt_epi32(_mm256_set1_epi32(from), lane), _mm256_cmpgt_epi32(_mm256_set1_epi32(to), lane));
}

/* The first n lanes (0 <= n <= 16), the others zero; memory past them is not touched. */
VF vf_load_first(const float *p, int n) {
    return BOTH(_mm256_maskload_ps(p, lanes_between(0, 0, n)), _mm256_maskload_ps(p + 8, lanes_between(8, 0, n)));
}
VV vf_store_first(float *p, vf x, int n) {
    _mm256_maskstore_ps(p, lanes_between(0, 0, n), x.lo);
    _mm256_maskstore_ps(p + 8, lanes_between(8, 0, n), x.hi);
}

/* x where from <= lane < to, else other; from and to may lie outside 0..16. */
VF vf_keep(vf x, int from, int to, vf other) {
    return BOTH(_mm256_blendv_ps(other.lo, x.lo, _mm256_castsi256_ps(lanes_between(0, from, to))),
                _mm256_blendv_ps(other.hi, x.hi, _mm256_castsi256_ps(lanes_between(8, from, to))));
}
/* All bits of lane i set where bit first + i is 1. */
static inline __attribute__((always_inline)) __m256i lanes_of(uint32_t bits, int first) {
    __m256i one = _mm256_sllv_epi32(_mm256_set1_epi32(1 << first), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    return _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32((int)bits), one), one);
}
/* x where the bit of the lane is 1, else other. */
VF vf_keep_bits(vf x, uint32_t bits, vf other) {
    return BOTH(_mm256_blendv_ps(other.lo, x.lo, _mm256_castsi256_ps(lanes_of(bits, 0))),
                _mm256_blendv_ps(other.hi, x.hi, _mm256_castsi256_ps(lanes_of(bits, 8))));
}
/* x where a >= b, else other. */
VF vf_where_ge(vf a, vf b, vf x, vf other) {
    return BOTH(_mm256_blendv_ps(other.lo, x.lo, _mm256_cmp_ps(a.lo, b.lo, _CMP_GE_OQ)),
                _mm256_blendv_ps(other.hi, x.hi, _mm256_cmp_ps(a.hi, b.hi, _CMP_GE_OQ)));
}
/* Bit i: a[i] > b[i]. */
static inline uint32_t vf_bits_gt(vf a, vf b) {
    return (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(a.lo, b.lo, _CMP_GT_OQ)) |
           (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(a.hi, b.hi, _CMP_GT_OQ)) << 8;
}
static inline uint32_t vf_bits_eq(vf a, vf b) {
    return (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(a.lo, b.lo, _CMP_EQ_OQ)) |
           (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(a.hi, b.hi, _CMP_EQ_OQ)) << 8;
}

static inline __attribute__((always_inline)) __m256 exp2_whole(__m256 n) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23));
}
/* 2^n for whole n in [-126, 127]. */
VF vf_exp2_whole(vf n) { return BOTH(exp2_whole(n.lo), exp2_whole(n.hi)); }

static inline __attribute__((always_inline)) __m256 times_exp2(__m256 p, __m256 m) {
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), _mm256_slli_epi32(_mm256_castps_si256(m), 23)));
}
/* p * 2^n for p in [0.5, 2) and n = m - 1.5 * 2^23, whole and in [-120, 120]. */
VF vf_times_exp2(vf p, vf m) { return BOTH(times_exp2(p.lo, m.lo), times_exp2(p.hi, m.hi)); }

/* Lane i: p[places[i]]. */
VF vf_gather(const float *p, const int32_t *places) {
    __m256i lo = _mm256_loadu_si256((const void *)places), hi = _mm256_loadu_si256((const void *)(places + 8));
    return BOTH(_mm256_i32gather_ps(p, lo, 4), _mm256_i32gather_ps(p, hi, 4));
}

VF vf_load_f16(const void *p) {
    return BOTH(_mm256_cvtph_ps(_mm_loadu_si128(p)), _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p + 1)));
}
static inline __attribute__((always_inline)) __m256 bf16_even(const __m256i *p) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_loadu_si256(p), 16));
}
static inline __attribute__((always_inline)) __m256 bf16_odd(const __m256i *p) {
    return _mm256_castsi256_ps(_mm256_and_si256(_mm256_loadu_si256(p), _mm256_set1_epi32((int)0xffff0000)));
}
/* Lane i of 16 pairs of bf16: element 2i (even) or 2i + 1 (odd). */
VF vf_load_bf16_even(const void *p) { return BOTH(bf16_even(p), bf16_even((const __m256i *)p + 1)); }
VF vf_load_bf16_odd(const void *p) { return BOTH(bf16_odd(p), bf16_odd((const __m256i *)p + 1)); }

/* Eight vectors of eight lanes become their columns. */
VV turn_eight(__m256 r[8]) {
    __m256 t[8];
#pragma GCC unroll 8
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
        t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
#pragma GCC unroll 8
    for (int c = 0; c < 4; c++) { /* low and high: columns c and c + 4 of rows 0 to 3 and 4 to 7 */
        const int from = c / 2, odd = c % 2;
        __m256 low = odd ? _mm256_shuffle_ps(t[from], t[from + 2], 0xee) : _mm256_shuffle_ps(t[from], t[from + 2], 0x44);
        __m256 high = odd ? _mm256_shuffle_ps(t[from + 4], t[from + 6], 0xee) : _mm256_shuffle_ps(t[from + 4], t[from + 6], 0x44);
        r[c] = _mm256_permute2f128_ps(low, high, 0x20);
        r[c + 4] = _mm256_permute2f128_ps(low, high, 0x31);
    }
}

/* Sixteen vectors become their columns. */
VV vf_transpose(vf r[16]) {
    __m256 quarters[4][8];
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        quarters[0][i] = r[i].lo;
        quarters[1][i] = r[i].hi;
        quarters[2][i] = r[i + 8].lo;
        quarters[3][i] = r[i + 8].hi;
    }
#pragma GCC unroll 4
    for (int q = 0; q < 4; q++) {
        turn_eight(quarters[q]);
    }
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        r[i] = BOTH(quarters[0][i], quarters[2][i]);
        r[i + 8] = BOTH(quarters[1][i], quarters[3][i]);
    }
}

VV store_interleaved(__m256i *p, __m256i a, __m256i b) {
    __m256i first = _mm256_blend_epi16(a, _mm256_slli_epi32(b, 16), 0xaa), second = _mm256_blend_epi16(_mm256_srli_epi32(a, 16), b, 0xaa);
    __m256i low = _mm256_unpacklo_epi32(first, second), high = _mm256_unpackhi_epi32(first, second);
    _mm256_storeu_si256(p, _mm256_permute2x128_si256(low, high, 0x20));
    _mm256_storeu_si256(p + 1, _mm256_permute2x128_si256(low, high, 0x31));
}
/* Lane i of `even` and `odd` is a pair of 16 bits: stores the 32 pairs of the same element of both, element by element. */
VV vf_store_interleaved(void *p, vf even, vf odd) {
    store_interleaved(p, _mm256_castps_si256(even.lo), _mm256_castps_si256(odd.lo));
    store_interleaved((__m256i *)p + 2, _mm256_castps_si256(even.hi), _mm256_castps_si256(odd.hi));
}

/* Sixteen floats rounded to nearest even and kept as bf16. */
VV vf_store_bf16(uint16_t *p, vf x) {
    float lanes[16];
    vf_store(lanes, x);
    for (int i = 0; i < 16; i++) {
        p[i] = ft_to_bf16(lanes[i]);
    }
}

static inline float vf_sum(vf x) {
    __m256 a = _mm256_add_ps(x.lo, x.hi);
    __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    b = _mm_add_ps(b, _mm_movehl_ps(b, b));
    return _mm_cvtss_f32(_mm_add_ss(b, _mm_movehdup_ps(b)));
}
static inline float vf_largest(vf x) {
    __m256 a = _mm256_max_ps(x.lo, x.hi);
    __m128 b = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    b = _mm_max_ps(b, _mm_movehl_ps(b, b));
    return _mm_cvtss_f32(_mm_max_ss(b, _mm_movehdup_ps(b)));
}

static inline __attribute__((always_inline)) __m256 bf16_eight(const __m128i *p) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128(p)), 16));
}
VF vf_load_bf16(const void *p) { return BOTH(bf16_eight(p), bf16_eight((const __m128i *)p + 1)); }
static inline __attribute__((always_inline)) __m256 i8_eight(const void *p) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(p)));
}
/* Sixteen int8. */
VF vf_load_i8(const void *p) { return BOTH(i8_eight(p), i8_eight((const char *)p + 8)); }
VF vf_abs(vf x) {
    __m256 magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
    return BOTH(_mm256_and_ps(x.lo, magnitude), _mm256_and_ps(x.hi, magnitude));
}
/* x, or zero where it is NaN. */
VF vf_number(vf x) {
    return BOTH(_mm256_and_ps(x.lo, _mm256_cmp_ps(x.lo, x.lo, _CMP_ORD_Q)), _mm256_and_ps(x.hi, _mm256_cmp_ps(x.hi, x.hi, _CMP_ORD_Q)));
}

/* One of 32 E4M3 codes in the upper byte of each of 16 words, normal numbers only, as bf16: the exponent's bias goes from 7 to 127. */
static inline __attribute__((always_inline)) __m256i e4m3_normal(__m256i words) {
    return _mm256_add_epi16(_mm256_and_si256(_mm256_srai_epi16(words, 4), _mm256_set1_epi16((short)0x87f0)), _mm256_set1_epi16(0x3c00));
}
/* The same with subnormal numbers and zeros put right. */
static inline __attribute__((always_inline)) __m256i e4m3_any(__m256i words) {
    const __m256i small = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 0, (char)0x80, (char)0xc0, 0, 0x20, 0x40, 0x60, 0, 0x3b, 0x3b, 0x3b, 0x3c, 0x3c, 0x3c, 0x3c));
    __m256i fraction = _mm256_and_si256(words, _mm256_set1_epi16(0x0700));
    __m256i index = _mm256_or_si256(_mm256_or_si256(fraction, _mm256_srli_epi16(fraction, 8)), _mm256_set1_epi16(0x0800));
    __m256i found = _mm256_or_si256(_mm256_shuffle_epi8(small, index), _mm256_and_si256(words, _mm256_set1_epi16((short)0x8000)));
    __m256i is_small = _mm256_cmpeq_epi16(_mm256_and_si256(words, _mm256_set1_epi16(0x7800)), _mm256_setzero_si256());
    return _mm256_blendv_epi8(e4m3_normal(words), found, is_small);
}
static inline __attribute__((always_inline)) void widen_e4m3_half(const void *codes, char *out) {
    __m256i x = _mm256_loadu_si256(codes), even = _mm256_slli_epi16(x, 8);
    __m256i exponents = _mm256_and_si256(x, _mm256_set1_epi8(0x78));
    if (__builtin_expect(_mm256_movemask_epi8(_mm256_cmpeq_epi8(exponents, _mm256_setzero_si256())) == 0, 1)) {
        _mm256_store_si256((void *)out, e4m3_normal(even));
        _mm256_store_si256((void *)(out + 64), e4m3_normal(x));
    } else {
        _mm256_store_si256((void *)out, e4m3_any(even));
        _mm256_store_si256((void *)(out + 64), e4m3_any(x));
    }
}
/* 64 E4M3 codes to 64 bf16: those in even bytes, then those in odd bytes. Subnormal weights are rare, so they are a branch. */
VV widen_e4m3(const void *codes, char *out) {
    widen_e4m3_half(codes, out);
    widen_e4m3_half((const char *)codes + 32, out + 32);
}

VI vi_load(const void *p) { return BOTHI(_mm256_loadu_si256(p), _mm256_loadu_si256((const __m256i *)p + 1)); }
VI vi_set1(int32_t x) { return BOTHI(_mm256_set1_epi32(x), _mm256_set1_epi32(x)); }
VI vi_add(vi a, vi b) { return BOTHI(_mm256_add_epi32(a.lo, b.lo), _mm256_add_epi32(a.hi, b.hi)); }
/* Sums of products of neighbouring int16. */
VI vi_madd(vi a, vi b) { return BOTHI(_mm256_madd_epi16(a.lo, b.lo), _mm256_madd_epi16(a.hi, b.hi)); }
static inline __attribute__((always_inline)) __m256i low_bits(__m256i x, int bytes) { return _mm256_and_si256(x, _mm256_set1_epi32(bytes)); }
/* Even and odd bytes as unsigned int16. */
VI vi_even_bytes(vi x) { return BOTHI(low_bits(x.lo, 0x00ff00ff), low_bits(x.hi, 0x00ff00ff)); }
VI vi_odd_bytes(vi x) { return BOTHI(_mm256_srli_epi16(x.lo, 8), _mm256_srli_epi16(x.hi, 8)); }
VI vi_low_nibbles(vi x) { return BOTHI(low_bits(x.lo, 0x0f0f0f0f), low_bits(x.hi, 0x0f0f0f0f)); }
VI vi_high_nibbles(vi x) {
    return BOTHI(low_bits(_mm256_srli_epi16(x.lo, 4), 0x0f0f0f0f), low_bits(_mm256_srli_epi16(x.hi, 4), 0x0f0f0f0f));
}
/* table[code] per byte; table: 16 bytes repeated; codes below 16. */
VI vi_table(const void *p) {
    __m256i table = _mm256_broadcastsi128_si256(_mm_loadu_si128(p));
    return BOTHI(table, table);
}
VI vi_lookup(vi table, vi codes) { return BOTHI(_mm256_shuffle_epi8(table.lo, codes.lo), _mm256_shuffle_epi8(table.hi, codes.hi)); }
VF vi_float(vi x) { return BOTH(_mm256_cvtepi32_ps(x.lo), _mm256_cvtepi32_ps(x.hi)); }
/* Nearest even. */
VI vf_int(vf x) { return BOTHI(_mm256_cvtps_epi32(x.lo), _mm256_cvtps_epi32(x.hi)); }
VV vi_store_bytes(int8_t *p, vi x) {
    __m256i words = _mm256_packs_epi32(x.lo, x.hi); /* lanes 0-3, 8-11, 4-7, 12-15 */
    words = _mm256_permute4x64_epi64(words, 0xd8);
    _mm_storeu_si128((void *)p, _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)));
}
static inline int32_t vi_sum(vi x) {
    __m256i a = _mm256_add_epi32(x.lo, x.hi);
    __m128i b = _mm_add_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
    b = _mm_add_epi32(b, _mm_shuffle_epi32(b, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(b, _mm_shuffle_epi32(b, 0xb1)));
}

#undef VI
#undef BOTHI
#undef VF
#undef VV
#undef BOTH

#endif

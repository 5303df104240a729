/* Sixteen fp32 lanes in one 512-bit register. Needs AVX-512 F, BW, DQ, VL. */
#ifndef FT_SIMD_H
#define FT_SIMD_H

#include <immintrin.h>

#include "widen.h"

typedef __m512 vf;
/* Sixteen int32 lanes, or 64 bytes. */
typedef __m512i vi;

#define VF static inline __attribute__((always_inline)) vf
#define VI static inline __attribute__((always_inline)) vi
#define VV static inline __attribute__((always_inline)) void

VF vf_load(const void *p) { return _mm512_loadu_ps(p); }
VF vf_set1(float x) { return _mm512_set1_ps(x); }
VF vf_zero(void) { return _mm512_setzero_ps(); }
VV vf_store(float *p, vf x) { _mm512_storeu_ps(p, x); }
VF vf_add(vf a, vf b) { return _mm512_add_ps(a, b); }
VF vf_sub(vf a, vf b) { return _mm512_sub_ps(a, b); }
VF vf_mul(vf a, vf b) { return _mm512_mul_ps(a, b); }
VF vf_div(vf a, vf b) { return _mm512_div_ps(a, b); }
VF vf_fma(vf a, vf b, vf c) { return _mm512_fmadd_ps(a, b, c); }
/* Where either is NaN, the second. */
VF vf_max(vf a, vf b) { return _mm512_max_ps(a, b); }
VF vf_min(vf a, vf b) { return _mm512_min_ps(a, b); }
VF vf_round(vf a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }

/* The first n lanes (0 <= n <= 16), the others zero; memory past them is not touched. */
VF vf_load_first(const float *p, int n) { return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p); }
VV vf_store_first(float *p, vf x, int n) { _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), x); }

/* x where from <= lane < to, else other; from and to may lie outside 0..16. */
VF vf_keep(vf x, int from, int to, vf other) {
    __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __mmask16 keep = _mm512_cmpge_epi32_mask(lane, _mm512_set1_epi32(from)) & _mm512_cmplt_epi32_mask(lane, _mm512_set1_epi32(to));
    return _mm512_mask_blend_ps(keep, other, x);
}
/* x where the bit of the lane is 1, else other. */
VF vf_keep_bits(vf x, uint32_t bits, vf other) { return _mm512_mask_blend_ps((__mmask16)bits, other, x); }
/* x where a >= b, else other. */
VF vf_where_ge(vf a, vf b, vf x, vf other) { return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_GE_OQ), other, x); }
/* Bit i: a[i] > b[i]. */
static inline uint32_t vf_bits_gt(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ); }
static inline uint32_t vf_bits_eq(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }

/* 2^n for whole n in [-126, 127]. */
VF vf_exp2_whole(vf n) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127)), 23));
}

/* p * 2^n for p in [0.5, 2) and n = m - 1.5 * 2^23, whole and in [-120, 120]. */
VF vf_times_exp2(vf p, vf m) {
    return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(p), _mm512_slli_epi32(_mm512_castps_si512(m), 23)));
}

/* Lane i: p[places[i]]. */
VF vf_gather(const float *p, const int32_t *places) { return _mm512_i32gather_ps(_mm512_loadu_si512(places), p, 4); }

VF vf_load_f16(const void *p) { return _mm512_cvtph_ps(_mm256_loadu_si256(p)); }
/* Lane i of 16 pairs of bf16: element 2i (even) or 2i + 1 (odd). */
VF vf_load_bf16_even(const void *p) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_loadu_si512(p), 16)); }
VF vf_load_bf16_odd(const void *p) {
    return _mm512_castsi512_ps(_mm512_and_epi32(_mm512_loadu_si512(p), _mm512_set1_epi32((int)0xffff0000)));
}

/* Sixteen vectors become their columns. */
VV vf_transpose(vf r[16]) {
    vf t[16];
#pragma GCC unroll 16
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
    }
#pragma GCC unroll 16
    for (int i = 0; i < 16; i += 4) { /* then r[i + c] holds, in its 128-bit lane l, column 4 l + c of rows [i, i + 4) */
#pragma GCC unroll 16
        for (int c = 0; c < 4; c += 2) {
            __m512d even = _mm512_castps_pd(t[i + c / 2]), odd = _mm512_castps_pd(t[i + c / 2 + 2]);
            r[i + c] = _mm512_castpd_ps(_mm512_unpacklo_pd(even, odd));
            r[i + c + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(even, odd));
        }
    }
#pragma GCC unroll 16
    for (int c = 0; c < 4; c++) {
        vf low = _mm512_shuffle_f32x4(r[c], r[c + 4], 0x44), high = _mm512_shuffle_f32x4(r[c], r[c + 4], 0xee);
        vf low8 = _mm512_shuffle_f32x4(r[c + 8], r[c + 12], 0x44), high8 = _mm512_shuffle_f32x4(r[c + 8], r[c + 12], 0xee);
        r[c] = _mm512_shuffle_f32x4(low, low8, 0x88);
        r[c + 4] = _mm512_shuffle_f32x4(low, low8, 0xdd);
        r[c + 8] = _mm512_shuffle_f32x4(high, high8, 0x88);
        r[c + 12] = _mm512_shuffle_f32x4(high, high8, 0xdd);
    }
}

static inline float vf_sum(vf x) {
    __m256 a = _mm256_add_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps(x, 1));
    __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    b = _mm_add_ps(b, _mm_movehl_ps(b, b));
    return _mm_cvtss_f32(_mm_add_ss(b, _mm_movehdup_ps(b)));
}
static inline float vf_largest(vf x) {
    __m256 a = _mm256_max_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps(x, 1));
    __m128 b = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    b = _mm_max_ps(b, _mm_movehl_ps(b, b));
    return _mm_cvtss_f32(_mm_max_ss(b, _mm_movehdup_ps(b)));
}

/* Lane i of `even` and `odd` is a pair of 16 bits: stores the 32 pairs of the same element of both, element by element. */
VV vf_store_interleaved(void *p, vf even, vf odd) {
    __m512i a = _mm512_castps_si512(even), b = _mm512_castps_si512(odd);
    __m512i first = _mm512_mask_blend_epi16(0xaaaaaaaa, a, _mm512_slli_epi32(b, 16));
    __m512i second = _mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(a, 16), b);
    const __m512i low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const __m512i high = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    _mm512_storeu_si512(p, _mm512_permutex2var_epi32(first, low, second));
    _mm512_storeu_si512((char *)p + 64, _mm512_permutex2var_epi32(first, high, second));
}

/* Sixteen floats rounded to nearest even and kept as bf16. */
VV vf_store_bf16(uint16_t *p, vf x) {
    __m512i bits = _mm512_castps_si512(x);
    __m512i odd = _mm512_and_epi32(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    __m512i rounded = _mm512_srli_epi32(_mm512_add_epi32(_mm512_add_epi32(bits, odd), _mm512_set1_epi32(0x7fff)), 16);
    __mmask16 nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    rounded = _mm512_mask_or_epi32(rounded, nan, _mm512_srli_epi32(bits, 16), _mm512_set1_epi32(0x40));
    _mm256_storeu_si256((void *)p, _mm512_cvtepi32_epi16(rounded));
}

VF vf_load_bf16(const void *p) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256(p)), 16));
}
/* Sixteen int8. */
VF vf_load_i8(const void *p) { return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(p))); }
/* Pairs of bf16 of numbers that bf16 holds exactly: even first. */
VI vf_pair_bf16(vf even, vf odd) { return _mm512_or_si512(_mm512_srli_epi32(_mm512_castps_si512(even), 16), _mm512_castps_si512(odd)); }
VF vf_abs(vf x) { return _mm512_abs_ps(x); }
/* x, or zero where it is NaN. */
VF vf_number(vf x) { return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, x, _CMP_ORD_Q), x); }

/* One of 64 E4M3 codes in the upper byte of each of 32 words, normal numbers only, as bf16: the exponent's bias goes from 7 to 127. */
VI e4m3_normal(vi words) {
    return _mm512_add_epi16(_mm512_and_si512(_mm512_srai_epi16(words, 4), _mm512_set1_epi16((short)0x87f0)), _mm512_set1_epi16(0x3c00));
}
/* The same with subnormal numbers and zeros put right. */
VI e4m3_any(vi words) {
    const vi small = _mm512_castsi128_si512(_mm_setr_epi16(0, 0x3b00, 0x3b80, 0x3bc0, 0x3c00, 0x3c20, 0x3c40, 0x3c60));
    vi found = _mm512_permutexvar_epi16(_mm512_and_si512(_mm512_srli_epi16(words, 8), _mm512_set1_epi16(7)), small);
    found = _mm512_or_si512(found, _mm512_and_si512(words, _mm512_set1_epi16((short)0x8000)));
    return _mm512_mask_mov_epi16(e4m3_normal(words), _mm512_testn_epi16_mask(words, _mm512_set1_epi16(0x7800)), found);
}
/* 64 E4M3 codes to 64 bf16: those in even bytes, then those in odd bytes. Subnormal weights are rare, so they are a branch. */
VV widen_e4m3(const void *codes, char *out) {
    vi x = _mm512_loadu_si512(codes), even = _mm512_slli_epi16(x, 8);
    if (__builtin_expect(_mm512_testn_epi8_mask(x, _mm512_set1_epi8(0x78)) == 0, 1)) {
        _mm512_store_si512(out, e4m3_normal(even));
        _mm512_store_si512(out + 64, e4m3_normal(x));
    } else {
        _mm512_store_si512(out, e4m3_any(even));
        _mm512_store_si512(out + 64, e4m3_any(x));
    }
}

VI vi_load(const void *p) { return _mm512_loadu_si512(p); }
VV vi_store(void *p, vi x) { _mm512_storeu_si512(p, x); }
VI vi_set1(int32_t x) { return _mm512_set1_epi32(x); }
VI vi_add(vi a, vi b) { return _mm512_add_epi32(a, b); }
/* Sums of products of neighbouring int16. */
VI vi_madd(vi a, vi b) { return _mm512_madd_epi16(a, b); }
VI vi_xor(vi a, vi b) { return _mm512_xor_si512(a, b); }
/* Even and odd bytes as unsigned int16. */
VI vi_even_bytes(vi x) { return _mm512_and_si512(x, _mm512_set1_epi16(0xff)); }
VI vi_odd_bytes(vi x) { return _mm512_srli_epi16(x, 8); }
VI vi_low_nibbles(vi x) { return _mm512_and_si512(x, _mm512_set1_epi8(0x0f)); }
VI vi_high_nibbles(vi x) { return _mm512_and_si512(_mm512_srli_epi16(x, 4), _mm512_set1_epi8(0x0f)); }
/* table[code] per byte; table: 16 bytes repeated; codes below 16. */
VI vi_table(const void *p) { return _mm512_broadcast_i32x4(_mm_loadu_si128(p)); }
VI vi_lookup(vi table, vi codes) { return _mm512_shuffle_epi8(table, codes); }
VF vi_float(vi x) { return _mm512_cvtepi32_ps(x); }
/* Nearest even. */
VI vf_int(vf x) { return _mm512_cvtps_epi32(x); }
VV vi_store_bytes(int8_t *p, vi x) { _mm_storeu_si128((void *)p, _mm512_cvtepi32_epi8(x)); }
static inline int32_t vi_sum(vi x) { return _mm512_reduce_add_epi32(x); }

#undef VI
#undef VF
#undef VV

#endif

/* Scalar conversions between fp32 and the storage types; no instruction set needed. Same bits as FloatType.java. */
#ifndef FT_WIDEN_H
#define FT_WIDEN_H

#include <stdint.h>
#include <string.h>

#include "foretoken.h"

static inline uint32_t ft_bits(float x) {
    uint32_t bits;
    memcpy(&bits, &x, 4);
    return bits;
}

static inline float ft_float(uint32_t bits) {
    float x;
    memcpy(&x, &bits, 4);
    return x;
}

/* Nearest even; NaN stays NaN. */
static inline uint16_t ft_to_bf16(float x) {
    uint32_t bits = ft_bits(x);
    if ((bits & 0x7fffffff) > 0x7f800000) {
        return (uint16_t)(bits >> 16 | 0x40);
    }
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static inline float ft_from_bf16(uint16_t x) {
    return ft_float((uint32_t)x << 16);
}

/* Nearest even; overflow becomes infinity, NaN stays NaN. */
static inline uint16_t ft_to_f16(float x) {
    uint32_t bits = ft_bits(x);
    uint32_t sign = bits >> 16 & 0x8000;
    uint32_t magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
        return (uint16_t)(sign | 0x7e00 | (magnitude >> 13 & 0x3ff));
    }
    if (magnitude >= 0x477ff000) {
        return (uint16_t)(sign | 0x7c00);
    }
    if (magnitude < 0x38800000) { /* below the smallest normal: let fp32 addition round at the right bit */
        return (uint16_t)(sign | (ft_bits(ft_float(magnitude) + 0.5f) - 0x3f000000));
    }
    return (uint16_t)(sign | ((magnitude + 0xfff + (magnitude >> 13 & 1) - 0x38000000) >> 13));
}

static inline float ft_from_f16(uint16_t x) {
    uint32_t sign = (uint32_t)(x & 0x8000) << 16;
    uint32_t magnitude = x & 0x7fff;
    if (magnitude >= 0x7c00) {
        return ft_float(sign | 0x7f800000 | (magnitude & 0x3ff) << 13);
    }
    if (magnitude < 0x400) { /* subnormal: magnitude * 2^-24 is exact in fp32 */
        return ft_float(sign | ft_bits((float)magnitude * 0x1p-24f));
    }
    return ft_float(sign | (magnitude + 0x1c000) << 13);
}

/* Sign, 4 bits of exponent with bias 7, 3 bits of fraction; the two NaN are refused where weights are read. */
static inline float ft_from_e4m3(uint8_t code) {
    uint32_t sign = (uint32_t)(code & 0x80) << 24;
    uint32_t magnitude = code & 0x7f;
    if (magnitude < 8) { /* subnormal: multiples of 2^-9 */
        return ft_float(sign | ft_bits((float)magnitude * 0x1p-9f));
    }
    return ft_float(sign | ((magnitude << 20) + (120u << 23)));
}

/* Four columns of an E4M3 panel lie as 0, 2, 1, 3: the place of `column` of a lane in its dword. */
static inline int64_t ft_e4m3_place(int64_t column) {
    return column % 2 * 2 + column / 2 % 2;
}

static inline int64_t ft_type_bytes(int64_t type) {
    return type == FT_F32 ? 4 : type == FT_INT8 ? 1 : 2;
}

/* Bytes that one token takes in one head's blocks, its scale included; width: elements. */
static inline int64_t ft_cache_token_bytes(int64_t type, int64_t width) {
    return width * ft_type_bytes(type) + (type == FT_INT8 ? 4 : 0);
}

/* Elements of one lane that sit side by side. */
static inline int64_t ft_interleave(int64_t type) {
    return type == FT_BF16 ? 2 : 1;
}

/* Element `index` of an array of `type` at any address. */
static inline float ft_load(const void *base, int64_t type, int64_t index) {
    const char *p = (const char *)base + index * ft_type_bytes(type);
    uint32_t word;
    uint16_t half;
    switch (type) {
        case FT_F32:
            memcpy(&word, p, 4);
            return ft_float(word);
        case FT_F16:
            memcpy(&half, p, 2);
            return ft_from_f16(half);
        default:
            memcpy(&half, p, 2);
            return ft_from_bf16(half);
    }
}

static inline void ft_store(void *base, int64_t type, int64_t index, float x) {
    char *p = (char *)base + index * ft_type_bytes(type);
    uint16_t half = type == FT_F16 ? ft_to_f16(x) : ft_to_bf16(x);
    if (type == FT_F32) {
        memcpy(p, &x, 4);
    } else {
        memcpy(p, &half, 2);
    }
}

#endif

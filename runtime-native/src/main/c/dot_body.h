/*
 * The bf16 dot product: activations, queries and probabilities are rounded to bf16, sums are fp32. Included by the encodings that use it.
 * Inline assembly because GCC 12 copies the accumulator of every dot written with the intrinsic.
 */
#define ENC_TYPE FT_BF16
#define ENC_SUBSTEPS 1
#define ENC_LANE_BYTES 4
#define ENC_ACTIVATION FT_ACTIVATION_BF16
#define ENC_X int32_t
#define ENC_W __m512i
#define ENC_LOAD(sub, p) _mm512_loadu_si512(p)
#define ENC_BROADCAST(p) _mm512_set1_epi32(*(p))
#define ENC_MULTIPLY_ADD(acc, w, x) __asm__("vdpbf16ps %2, %1, %0" : "+v"(acc) : "v"(w), "v"(x))
/* Sixteen weights as bf16. Like the dot this takes denormal numbers for zero. */
#define ENC_ROUND(p, x) _mm256_storeu_si256((void *)(p), (__m256i)_mm512_cvtneps_pbh(x))
#define ENC_DOT 1
#include "encoding_body.h"

/*
 * The integer dots of one block with AVX-512 VNNI, as quantized_dots.h, in one assembly statement per tile shape: written as a statement
 * per dot, GCC 12 moves sums between registers and to the stack, which costs a third of the speed. zmm27 to zmm31 hold weights and
 * broadcast activations. A statement takes 8 groups of 4 columns per turn, or 4 for blocks of 16.
 */

/* Token r's share of group s: weights of two panels in zmm30 and zmm29, or of one in zmm30. */
#define DOT1(s, r) "vpdpbusd 4*(%c[rows]*" #s "+" #r ")(%[x])%{1to16%}, %%zmm30, %[a" #r "]\n\t"
#define DOT2(s, r) \
    "vpbroadcastd 4*(%c[rows]*" #s "+" #r ")(%[x]), %%zmm31\n\t" \
    "vpdpbusd %%zmm31, %%zmm30, %[a" #r "]\n\tvpdpbusd %%zmm31, %%zmm29, %[b" #r "]\n\t"
#define START1(s, r) "vpbroadcastd 4*" #r "(%[initial]), %[a" #r "]\n\t"
#define START2(s, r) START1(s, r) "vpbroadcastd 4*" #r "(%[initial]), %[b" #r "]\n\t"

/* M for group s and tokens 0 to n - 1. */
#define TOKENS1(M, s) M(s, 0)
#define TOKENS2(M, s) TOKENS1(M, s) M(s, 1)
#define TOKENS3(M, s) TOKENS2(M, s) M(s, 2)
#define TOKENS4(M, s) TOKENS3(M, s) M(s, 3)
#define TOKENS5(M, s) TOKENS4(M, s) M(s, 4)
#define TOKENS6(M, s) TOKENS5(M, s) M(s, 5)
#define TOKENS7(M, s) TOKENS6(M, s) M(s, 6)
#define TOKENS8(M, s) TOKENS7(M, s) M(s, 7)

#define SUMS1_1 [a0] "=&v"(sum[0])
#define SUMS1_2 SUMS1_1, [a1] "=&v"(sum[1])
#define SUMS1_3 SUMS1_2, [a2] "=&v"(sum[2])
#define SUMS1_4 SUMS1_3, [a3] "=&v"(sum[3])
#define SUMS1_5 SUMS1_4, [a4] "=&v"(sum[4])
#define SUMS1_6 SUMS1_5, [a5] "=&v"(sum[5])
#define SUMS1_7 SUMS1_6, [a6] "=&v"(sum[6])
#define SUMS1_8 SUMS1_7, [a7] "=&v"(sum[7])
#define SUMS2_1 [a0] "=&v"(sum[0]), [b0] "=&v"(sum[1])
#define SUMS2_2 SUMS2_1, [a1] "=&v"(sum[2]), [b1] "=&v"(sum[3])
#define SUMS2_3 SUMS2_2, [a2] "=&v"(sum[4]), [b2] "=&v"(sum[5])
#define SUMS2_4 SUMS2_3, [a3] "=&v"(sum[6]), [b3] "=&v"(sum[7])
#define SUMS2_5 SUMS2_4, [a4] "=&v"(sum[8]), [b4] "=&v"(sum[9])
#define SUMS2_6 SUMS2_5, [a5] "=&v"(sum[10]), [b5] "=&v"(sum[11])

#define WEIGHTS1(offset, first, second) "vmovdqu64 " offset "(%[w]), " first "\n\t"
#define WEIGHTS2(offset, first, second) WEIGHTS1(offset, first, second) "vmovdqu64 " offset "(%[w], %[stride]), " second "\n\t"

/* Two neighbouring groups s and t of n tokens by p panels; 4-bit codes of both lie in one vector. */
#define BYTES(p, n, s, t) \
    WEIGHTS##p("64*" #s, "%%zmm30", "%%zmm29") TOKENS##n(DOT##p, s) WEIGHTS##p("64*" #t, "%%zmm30", "%%zmm29") TOKENS##n(DOT##p, t)
#define NIBBLES(value, both, out) "vpandd %[low], " both ", " out "\n\t" value(out)
#define CODE(out)
#define BOOK(out) "vpshufb " out ", %[book], " out "\n\t"
#define VALUES1(value) NIBBLES(value, "%%zmm28", "%%zmm30")
#define VALUES2(value) NIBBLES(value, "%%zmm28", "%%zmm30") NIBBLES(value, "%%zmm27", "%%zmm29")
#define NEXT1 "vpsrlw $4, %%zmm28, %%zmm28\n\t"
#define NEXT2 NEXT1 "vpsrlw $4, %%zmm27, %%zmm27\n\t"
#define HALVES(p, n, s, t, value) \
    WEIGHTS##p("32*" #s, "%%zmm28", "%%zmm27") VALUES##p(value) TOKENS##n(DOT##p, s) NEXT##p VALUES##p(value) TOKENS##n(DOT##p, t)
#define PLAIN(p, n, s, t) HALVES(p, n, s, t, CODE)
#define LOOKED_UP(p, n, s, t) HALVES(p, n, s, t, BOOK)

/* turn: groups of 4 columns per turn; bytes: of one group's codes in one panel. */
#define DOTS(p, n, text, turn, bytes, ...) \
    __asm__(TOKENS##n(START##p, 0) "1:\n\t" text "add $4*" #turn "*%c[rows], %[x]\n\tadd $" #turn "*" #bytes ", %[w]\n\t" \
            "sub $" #turn ", %[groups]\n\tjne 1b" \
            : SUMS##p##_##n, [x] "+r"(x), [w] "+r"(codes), [groups] "+r"(steps) \
            : [initial] "r"(initial), [stride] "r"(stride), [rows] "i"(n) __VA_ARGS__ \
            : "memory", "cc", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31")
#define EITHER(p, n, PAIR, bytes, ...) \
    if (__builtin_expect(steps == 4, 0)) { \
        DOTS(p, n, PAIR(p, n, 0, 1) PAIR(p, n, 2, 3), 4, bytes, __VA_ARGS__); \
    } else { \
        DOTS(p, n, PAIR(p, n, 0, 1) PAIR(p, n, 2, 3) PAIR(p, n, 4, 5) PAIR(p, n, 6, 7), 8, bytes, __VA_ARGS__); \
    }
#define CASE(n, p) \
    case 10 * n + p: \
        if (kind == CODES_8) { \
            EITHER(p, n, BYTES, 64) \
        } else if (kind == CODES_4) { \
            EITHER(p, n, PLAIN, 32, , [low] "v"(low)) \
        } else { \
            EITHER(p, n, LOOKED_UP, 32, , [low] "v"(low), [book] "v"(book)) \
        } \
        break;

static inline __attribute__((always_inline)) void FT_NAME(block_sums)(
    const int rows, const int panels, const int kind, vi book, const char *codes, int64_t stride, int64_t steps, const int32_t *initial,
    const int32_t *x, vi *sum) {
    const vi low = vi_set1(0x0f0f0f0f);
    switch (10 * rows + panels) { /* constants: one case is left */
        CASE(1, 1) CASE(2, 1) CASE(3, 1) CASE(4, 1) CASE(5, 1) CASE(6, 1) CASE(7, 1) CASE(8, 1)
        CASE(1, 2) CASE(2, 2) CASE(3, 2) CASE(4, 2) CASE(5, 2) CASE(6, 2)
    }
}

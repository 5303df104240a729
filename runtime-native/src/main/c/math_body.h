/* exp and what is made of it, in 16 lanes; bit for bit Exponential.java. Coefficients: Cephes expf (Moshier), relative error below 2e-7 on the reduced range. */

static inline __attribute__((always_inline)) vf vf_exp(vf x) {
    /* the constants come first: where x is NaN, min and max give x */
    vf clamped = vf_min(vf_set1(88.0f), vf_max(vf_set1(-87.0f), x));
    vf n = vf_round(vf_mul(clamped, vf_set1(1.44269504088896341f)));
    vf r = vf_fma(n, vf_set1(-0.693359375f), clamped);
    r = vf_fma(n, vf_set1(2.12194440e-4f), r);
    vf p = vf_set1(1.9875691500e-4f);
    p = vf_fma(p, r, vf_set1(1.3981999507e-3f));
    p = vf_fma(p, r, vf_set1(8.3334519073e-3f));
    p = vf_fma(p, r, vf_set1(4.1665795894e-2f));
    p = vf_fma(p, r, vf_set1(1.6666665459e-1f));
    p = vf_fma(p, r, vf_set1(5.0000001201e-1f));
    p = vf_fma(p, vf_mul(r, r), r);
    p = vf_add(p, vf_set1(1.0f));
    vf y = vf_mul(p, vf_exp2_whole(n));
    return vf_where_ge(vf_set1(-87.0f), x, vf_zero(), y); /* smaller than any sum of them can show */
}

/* cap tanh(x / cap) = cap - 2 cap / (1 + exp(2 x / cap)): within 3e-7 cap. */
static inline __attribute__((always_inline)) vf vf_soft_cap(vf x, vf cap) {
    vf e = vf_exp(vf_div(vf_add(x, x), cap));
    return vf_sub(cap, vf_div(vf_add(cap, cap), vf_add(vf_set1(1.0f), e)));
}

/* 2^x for x <= 0; from -100 down it is that of -100. A minimax polynomial of degree 5: relative error below 2e-7. */
static inline __attribute__((always_inline)) vf vf_exp2_falling(vf x) {
    vf clamped = vf_max(vf_set1(-100.0f), x);
    vf shifted = vf_add(clamped, vf_set1(12582912.0f)); /* 1.5 * 2^23: the sum's last bits are the nearest whole number */
    vf r = vf_sub(clamped, vf_sub(shifted, vf_set1(12582912.0f)));
    vf p = vf_set1(1.326472731307149e-3f);
    p = vf_fma(p, r, vf_set1(9.671512991189957e-3f));
    p = vf_fma(p, r, vf_set1(5.550733581185341e-2f));
    p = vf_fma(p, r, vf_set1(2.4022242426872253e-1f));
    p = vf_fma(p, r, vf_set1(6.931470036506653e-1f));
    p = vf_fma(p, r, vf_set1(1.0f));
    return vf_times_exp2(p, shifted);
}

/* x / (1 + exp(-exponent)). */
static inline __attribute__((always_inline)) vf vf_sigmoid_gate(vf x, vf exponent) {
    vf minus = vf_sub(vf_zero(), exponent);
    vf e = vf_where_ge(minus, vf_set1(88.0f), vf_set1(__builtin_inff()), vf_exp(minus)); /* exp stops at 88, where the quotient must vanish */
    return vf_div(x, vf_add(vf_set1(1.0f), e));
}

static inline __attribute__((always_inline)) vf vf_silu(vf x) {
    return vf_sigmoid_gate(x, x);
}

/* log(1 + exp(x)): max(x, 0) and the series of 2 atanh(s), s = u / (2 + u), u = exp(-|x|). */
static inline __attribute__((always_inline)) vf vf_softplus(vf x) {
    vf u = vf_exp(vf_sub(vf_zero(), vf_abs(x)));
    vf s = vf_div(u, vf_add(vf_set1(2.0f), u));
    vf square = vf_mul(s, s);
    vf p = vf_set1(1.0f / 15);
    p = vf_fma(p, square, vf_set1(1.0f / 13));
    p = vf_fma(p, square, vf_set1(1.0f / 11));
    p = vf_fma(p, square, vf_set1(1.0f / 9));
    p = vf_fma(p, square, vf_set1(1.0f / 7));
    p = vf_fma(p, square, vf_set1(1.0f / 5));
    p = vf_fma(p, square, vf_set1(1.0f / 3));
    vf twice = vf_add(s, s);
    return vf_add(vf_max(x, vf_zero()), vf_fma(vf_mul(twice, square), p, twice));
}

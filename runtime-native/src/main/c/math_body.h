/* exp, and what is made of it, in 16 lanes. Coefficients: Cephes expf (Moshier), relative error below 2e-7 on the reduced range. */

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

package dev.foretoken.nativeruntime.kernels.vector;

import dev.foretoken.nativeruntime.kernels.scalar.Exponential;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** {@link Exponential} lane by lane, with the same operations in the same order and so the same bits. */
final class VectorExponential {

    private static final float HIGHEST = 88;
    private static final float LOWEST = -87;
    private static final float LOWEST_POWER = -100;
    private static final float ROUNDING = 12582912;
    private static final float[] EXP = {
        1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f
    };
    private static final float[] FALLING = {
        1.326472731307149e-3f,
        9.671512991189957e-3f,
        5.550733581185341e-2f,
        2.4022242426872253e-1f,
        6.931470036506653e-1f,
        1
    };
    private static final float[] SOFTPLUS = {1f / 15, 1f / 13, 1f / 11, 1f / 9, 1f / 7, 1f / 5, 1f / 3};

    private VectorExponential() {}

    private static FloatVector polynomial(float[] coefficients, FloatVector x) {
        FloatVector p = FloatVector.broadcast(x.species(), coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            p = p.fma(x, FloatVector.broadcast(x.species(), coefficients[i]));
        }
        return p;
    }

    /** The whole number in the last bits of {@code shifted}, as an exponent. */
    private static IntVector exponent(FloatVector shifted) {
        return shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    }

    private static FloatVector exp(FloatVector x) {
        FloatVector clamped = x.max(LOWEST).min(HIGHEST);
        FloatVector shifted = clamped.mul(Exponential.LOG2_E).add(ROUNDING);
        FloatVector n = shifted.sub(ROUNDING);
        FloatVector r = n.fma(FloatVector.broadcast(x.species(), -0.693359375f), clamped);
        r = n.fma(FloatVector.broadcast(x.species(), 2.12194440e-4f), r);
        FloatVector p = polynomial(EXP, r).fma(r.mul(r), r).add(1);
        FloatVector y = p.mul(exponent(shifted).add(127 << 23).reinterpretAsFloats());
        return y.blend(0, x.compare(VectorOperators.LE, LOWEST));
    }

    static FloatVector exp2Falling(FloatVector x) {
        FloatVector clamped = x.max(LOWEST_POWER);
        FloatVector shifted = clamped.add(ROUNDING);
        FloatVector p = polynomial(FALLING, clamped.sub(shifted.sub(ROUNDING)));
        return p.reinterpretAsInts().add(exponent(shifted)).reinterpretAsFloats();
    }

    static FloatVector silu(FloatVector x) {
        FloatVector negative = x.neg();
        FloatVector exp = exp(negative).blend(Float.POSITIVE_INFINITY, negative.compare(VectorOperators.GE, HIGHEST));
        return x.div(exp.add(1));
    }

    static FloatVector softplus(FloatVector x) {
        FloatVector u = exp(x.abs().neg());
        FloatVector s = u.div(u.add(2));
        FloatVector square = s.mul(s);
        FloatVector twice = s.add(s);
        return x.max(0).add(twice.mul(square).fma(polynomial(SOFTPLUS, square), twice));
    }
}

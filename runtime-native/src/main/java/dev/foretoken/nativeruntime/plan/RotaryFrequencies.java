package dev.foretoken.nativeruntime.plan;

import java.util.List;

/**
 * The angle per position of each rotated pair. Follows the order of operations and the fp32 roundings of Hugging Face
 * {@code modeling_rope_utils}, because an angle at position 100,000 shows the last bit of its frequency.
 */
public final class RotaryFrequencies {

    private RotaryFrequencies() {}

    /** Writes radians per position, [dims / 2], for a sequence that can reach {@code length} tokens. Allocates nothing. */
    public static void inverse(RotarySettings settings, int length, float[] inverse) {
        int dims = settings.dims();
        switch (settings.scaling()) {
            case RotaryScaling.None n -> plain(dims, settings.theta(), inverse);
            case RotaryScaling.Linear linear -> {
                plain(dims, settings.theta(), inverse);
                divide(inverse, linear.factor());
            }
            case RotaryScaling.Dynamic dynamic -> plain(dims, stretchedTheta(settings, dynamic, length), inverse);
            case RotaryScaling.Llama3 llama3 -> {
                plain(dims, settings.theta(), inverse);
                llama3(llama3, inverse);
            }
            case RotaryScaling.Yarn yarn -> yarn(settings, yarn, inverse);
            case RotaryScaling.LongRope rope ->
                multiplied(
                        settings,
                        length > rope.originalContext() ? rope.longDivisors() : rope.shortDivisors(),
                        inverse);
            case RotaryScaling.Divided divided -> {
                plain(dims, settings.theta(), inverse);
                for (int i = 0; i < dims / 2; i++) {
                    inverse[i] /= divided.divisors().get(i);
                }
            }
        }
    }

    /** What cosine and sine are multiplied by. */
    public static float attentionFactor(RotarySettings settings) {
        return switch (settings.scaling()) {
            case RotaryScaling.Yarn yarn -> (float) yarn.attentionFactor();
            case RotaryScaling.LongRope rope -> (float) rope.attentionFactor();
            case RotaryScaling.None n -> 1;
            case RotaryScaling.Linear l -> 1;
            case RotaryScaling.Dynamic d -> 1;
            case RotaryScaling.Llama3 l -> 1;
            case RotaryScaling.Divided d -> 1;
        };
    }

    private static void plain(int dims, double theta, float[] inverse) {
        for (int i = 0; i < dims / 2; i++) {
            inverse[i] = 1f / wavelength(dims, theta, i);
        }
    }

    /** Wavelengths times a number of their own. */
    private static void multiplied(RotarySettings settings, List<Float> factors, float[] inverse) {
        for (int i = 0; i < settings.dims() / 2; i++) {
            inverse[i] = 1f / (factors.get(i) * wavelength(settings.dims(), settings.theta(), i));
        }
    }

    /** theta^(2i/dims). */
    private static float wavelength(int dims, double theta, int i) {
        float exponent = (2f * i) / dims;
        return (float) Math.pow((float) theta, exponent);
    }

    private static void divide(float[] inverse, double factor) {
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] /= (float) factor;
        }
    }

    private static double stretchedTheta(RotarySettings settings, RotaryScaling.Dynamic dynamic, int length) {
        double original = dynamic.originalContext();
        double reached = Math.max(length, original);
        double growth = dynamic.factor() * reached / original - (dynamic.factor() - 1);
        return settings.theta() * Math.pow(growth, settings.dims() / (settings.dims() - 2.0));
    }

    private static void llama3(RotaryScaling.Llama3 scaling, float[] inverse) {
        double longest = scaling.originalContext() / scaling.lowFrequency();
        double shortest = scaling.originalContext() / scaling.highFrequency();
        for (int i = 0; i < inverse.length; i++) {
            double wavelength = 2 * Math.PI / inverse[i];
            if (wavelength > longest) {
                inverse[i] /= (float) scaling.factor();
            } else if (wavelength >= shortest) {
                double smooth = (scaling.originalContext() / wavelength - scaling.lowFrequency())
                        / (scaling.highFrequency() - scaling.lowFrequency());
                inverse[i] = (float) ((1 - smooth) * inverse[i] / scaling.factor() + smooth * inverse[i]);
            }
        }
    }

    private static void yarn(RotarySettings settings, RotaryScaling.Yarn yarn, float[] inverse) {
        int dims = settings.dims();
        double low = turningDimension(settings, yarn, yarn.betaFast());
        double high = turningDimension(settings, yarn, yarn.betaSlow());
        low = Math.max(yarn.truncate() ? Math.floor(low) : low, 0);
        high = Math.min(yarn.truncate() ? Math.ceil(high) : high, dims - 1);
        double span = high == low ? 0.001 : high - low;
        for (int i = 0; i < dims / 2; i++) {
            double divided = Math.clamp((i - low) / span, 0.0, 1.0);
            double wavelength = wavelength(dims, settings.theta(), i);
            inverse[i] = (float) (divided / (yarn.factor() * wavelength) + (1 - divided) / wavelength);
        }
    }

    /** The pair that makes {@code rotations} turns over the original context. */
    private static double turningDimension(RotarySettings settings, RotaryScaling.Yarn yarn, double rotations) {
        return settings.dims()
                * Math.log(yarn.originalContext() / (rotations * 2 * Math.PI))
                / (2 * Math.log(settings.theta()));
    }
}

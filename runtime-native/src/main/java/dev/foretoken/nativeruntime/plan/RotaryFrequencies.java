package dev.foretoken.nativeruntime.plan;

/**
 * The angle per position of each rotated pair. Follows the order of operations and the fp32 roundings of Hugging Face
 * {@code modeling_rope_utils}, because an angle at position 100,000 shows the last bit of its frequency.
 */
public final class RotaryFrequencies {

    private RotaryFrequencies() {}

    /** Radians per position: fp32 [dims / 2], for a sequence that can reach {@code length} tokens. */
    public static float[] inverse(RotarySettings settings, int length) {
        int dims = settings.dims();
        return switch (settings.scaling()) {
            case RotaryScaling.None n -> plain(dims, settings.theta());
            case RotaryScaling.Linear linear -> divided(plain(dims, settings.theta()), linear.factor());
            case RotaryScaling.Dynamic dynamic -> plain(dims, stretchedTheta(settings, dynamic, length));
            case RotaryScaling.Llama3 llama3 -> llama3(plain(dims, settings.theta()), llama3);
            case RotaryScaling.Yarn yarn -> yarn(settings, yarn);
        };
    }

    /** What cosine and sine are multiplied by. */
    public static float attentionFactor(RotarySettings settings) {
        return settings.scaling() instanceof RotaryScaling.Yarn yarn ? (float) yarn.attentionFactor() : 1f;
    }

    private static float[] plain(int dims, double theta) {
        float[] inverse = new float[dims / 2];
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] = 1f / wavelength(dims, theta, i);
        }
        return inverse;
    }

    /** theta^(2i/dims). */
    private static float wavelength(int dims, double theta, int i) {
        float exponent = (2f * i) / dims;
        return (float) Math.pow((float) theta, exponent);
    }

    private static float[] divided(float[] inverse, double factor) {
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] /= (float) factor;
        }
        return inverse;
    }

    private static double stretchedTheta(RotarySettings settings, RotaryScaling.Dynamic dynamic, int length) {
        double original = dynamic.originalContext();
        double reached = Math.max(length, original);
        double growth = dynamic.factor() * reached / original - (dynamic.factor() - 1);
        return settings.theta() * Math.pow(growth, settings.dims() / (settings.dims() - 2.0));
    }

    private static float[] llama3(float[] inverse, RotaryScaling.Llama3 scaling) {
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
        return inverse;
    }

    private static float[] yarn(RotarySettings settings, RotaryScaling.Yarn yarn) {
        int dims = settings.dims();
        double low = turningDimension(settings, yarn, yarn.betaFast());
        double high = turningDimension(settings, yarn, yarn.betaSlow());
        low = Math.max(yarn.truncate() ? Math.floor(low) : low, 0);
        high = Math.min(yarn.truncate() ? Math.ceil(high) : high, dims - 1);
        double span = high == low ? 0.001 : high - low;
        float[] inverse = new float[dims / 2];
        for (int i = 0; i < inverse.length; i++) {
            double divided = Math.clamp((i - low) / span, 0.0, 1.0);
            double wavelength = wavelength(dims, settings.theta(), i);
            inverse[i] = (float) (divided / (yarn.factor() * wavelength) + (1 - divided) / wavelength);
        }
        return inverse;
    }

    /** The pair that makes {@code rotations} turns over the original context. */
    private static double turningDimension(RotarySettings settings, RotaryScaling.Yarn yarn, double rotations) {
        return settings.dims()
                * Math.log(yarn.originalContext() / (rotations * 2 * Math.PI))
                / (2 * Math.log(settings.theta()));
    }
}

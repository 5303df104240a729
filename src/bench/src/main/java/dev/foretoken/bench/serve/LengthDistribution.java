package dev.foretoken.bench.serve;

import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many tokens a prompt or an answer has. Every sample is at least 1. */
public sealed interface LengthDistribution {

    int sample(RandomGenerator random);

    /** Always the same length. */
    record Fixed(int tokens) implements LengthDistribution {
        public Fixed {
            requireAtLeastOne(tokens);
        }

        @Override
        public int sample(RandomGenerator random) {
            return tokens;
        }

        @Override
        public String toString() {
            return Integer.toString(tokens);
        }
    }

    /** Each length from {@code least} to {@code most}, both included, equally likely. */
    record Uniform(int least, int most) implements LengthDistribution {
        public Uniform {
            requireAtLeastOne(least);
            if (most < least) {
                throw new IllegalArgumentException("the range %d..%d is empty".formatted(least, most));
            }
        }

        @Override
        public int sample(RandomGenerator random) {
            return random.nextInt(least, most + 1);
        }

        @Override
        public String toString() {
            return least + ".." + most;
        }
    }

    /** Gaussian, rounded; samples below 1 become 1 and samples above mean + 4 deviations become that. */
    record Normal(double mean, double deviation) implements LengthDistribution {
        public Normal {
            if (!(mean >= 1) || !(deviation >= 0)) {
                throw new IllegalArgumentException(
                        "normal:%s:%s; expected a mean of at least 1 and a deviation of at least 0"
                                .formatted(mean, deviation));
            }
        }

        @Override
        public int sample(RandomGenerator random) {
            double drawn = Math.min(random.nextGaussian(mean, deviation), mean + 4 * deviation);
            return (int) Math.max(1, Math.round(drawn));
        }

        @Override
        public String toString() {
            return "normal:" + mean + ":" + deviation;
        }
    }

    /** Reads {@code 256}, {@code 128..512} or {@code normal:256:64} (mean, standard deviation). */
    static LengthDistribution parse(String text) {
        Matcher fixed = Pattern.compile("(\\d{1,9})").matcher(text);
        if (fixed.matches()) {
            return new Fixed(Integer.parseInt(text));
        }
        Matcher range = Pattern.compile("(\\d{1,9})\\.\\.(\\d{1,9})").matcher(text);
        if (range.matches()) {
            return new Uniform(Integer.parseInt(range.group(1)), Integer.parseInt(range.group(2)));
        }
        Matcher normal = Pattern.compile("normal:([\\d.]+):([\\d.]+)").matcher(text);
        if (normal.matches()) {
            return new Normal(Double.parseDouble(normal.group(1)), Double.parseDouble(normal.group(2)));
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no length; expected 256, 128..512 or normal:256:64 (mean, deviation)");
    }

    private static void requireAtLeastOne(int tokens) {
        if (tokens < 1) {
            throw new IllegalArgumentException("a length of " + tokens + " tokens; expected at least 1");
        }
    }
}

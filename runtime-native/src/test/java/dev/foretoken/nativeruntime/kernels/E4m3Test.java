package dev.foretoken.nativeruntime.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.nativeruntime.kernels.layout.E4m3;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbers of E4M3, and which of them is nearest. */
class E4m3Test {
    /** By the definition of the format, in double. */
    static double meant(int code) {
        int magnitude = code % 128;
        double value = magnitude < 8 ? magnitude / 512.0 : (1 + magnitude % 8 / 8.0) * Math.pow(2, magnitude / 8 - 7);
        return code < 128 ? value : -value;
    }

    @Test
    void everyCodeStandsForTheNumberOfItsBits() {
        for (int code = 0; code < 256; code++) {
            float value = E4m3.value((byte) code);
            if (code % 128 == 127) {
                assertThat(value).as("code %d", code).isNaN();
            } else {
                assertThat((double) value).as("code %d", code).isEqualTo(meant(code));
                assertThat(FloatType.roundToBf16(value)).isEqualTo(value);
                assertThat(Float.float16ToFloat(Float.floatToFloat16(value))).isEqualTo(value);
            }
        }
    }

    /** As the package ml_dtypes rounds. */
    @ParameterizedTest
    @CsvSource({
        "0, 0x00",
        "-0.0, 0x80",
        "448, 0x7e",
        "1e9, 0x7e",
        "-1e9, 0xfe",
        "1, 0x38",
        "1.0625, 0x38",
        "1.1875, 0x3a",
        "1.0626, 0x39",
        "1.9375, 0x40",
        "0.015625, 0x08",
        "0.0146484375, 0x08",
        "0.001, 0x01",
        "0.0009765625, 0x00",
        "0.0029296875, 0x02",
        "0.0146, 0x07",
        "-13, 0xd5",
        "1e-40, 0x00"
    })
    void roundsToTheNearestAndTiesToEven(float x, int code) {
        assertThat(E4m3.nearest(x) & 0xff).isEqualTo(code);
    }

    @Test
    void noOtherNumberIsNearerThanTheNearest() {
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 20_000; i++) {
            float x = (float) (random.nextDouble(-1, 1) * Math.pow(2, random.nextInt(-12, 9)));
            double found = Math.abs(E4m3.value(E4m3.nearest(x)) - (double) x);
            for (int code = 0; code < 127; code++) {
                assertThat(found).isLessThanOrEqualTo(Math.abs(meant(code) - Math.abs((double) x)));
            }
        }
    }
}

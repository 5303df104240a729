package dev.foretoken.e2e.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.e2e.tensor.ZooGraph.GoldenTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Compares outputs with golden ones: numbers to 1e-4 of an output's scale, counts exactly. */
final class GoldenCheck {

    private static final double TOLERANCE = 1e-4;

    private GoldenCheck() {}

    static void assertEqual(List<GoldenTensor> actual, List<GoldenTensor> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            GoldenTensor wanted = expected.get(i);
            assertThat(actual.get(i).name()).isEqualTo(wanted.name());
            assertThat(actual.get(i).type()).isEqualTo(wanted.type());
            assertThat(actual.get(i).shape()).isEqualTo(wanted.shape());
            if (wanted.type().equals("INT64")) {
                assertThat(actual.get(i).bytes()).as(wanted.name()).isEqualTo(wanted.bytes());
            } else {
                assertEqual(wanted.name(), floats(actual.get(i)), floats(wanted));
            }
        }
    }

    private static void assertEqual(String name, float[] actual, float[] wanted) {
        double scale = 0;
        for (float each : wanted) {
            scale = Math.max(scale, Math.abs(each));
        }
        for (int i = 0; i < wanted.length; i++) {
            assertThat((double) actual[i]).as("%s[%d]", name, i).isCloseTo(wanted[i], within(TOLERANCE * scale));
        }
    }

    static float[] floats(GoldenTensor tensor) {
        float[] out = new float[tensor.bytes().length / Float.BYTES];
        ByteBuffer.wrap(tensor.bytes())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(out);
        return out;
    }
}

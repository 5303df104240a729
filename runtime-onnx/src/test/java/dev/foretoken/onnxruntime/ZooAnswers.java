package dev.foretoken.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Compares answers with golden ones: numbers to 1e-4 of an output's scale, counts exactly. */
final class ZooAnswers {

    private static final double TOLERANCE = 1e-4;

    private ZooAnswers() {}

    static void assertEqual(List<Tensor> actual, List<Tensor> expected) {
        assertThat(actual).extracting(Tensor::name).isEqualTo(names(expected));
        for (int i = 0; i < actual.size(); i++) {
            assertEqual(actual.get(i), expected.get(i));
        }
    }

    private static List<String> names(List<Tensor> tensors) {
        return tensors.stream().map(Tensor::name).toList();
    }

    private static void assertEqual(Tensor actual, Tensor expected) {
        assertThat(actual.type()).isEqualTo(expected.type());
        assertThat(actual.shape()).as(expected.name()).isEqualTo(expected.shape());
        if (expected.type() == ElementType.INT64) {
            assertThat(actual.data().toArray(ValueLayout.JAVA_LONG_UNALIGNED))
                    .as(expected.name())
                    .isEqualTo(expected.data().toArray(ValueLayout.JAVA_LONG_UNALIGNED));
            return;
        }
        float[] wanted = expected.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        float[] got = actual.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        double scale = 0;
        for (float value : wanted) {
            scale = Math.max(scale, Math.abs(value));
        }
        for (int i = 0; i < wanted.length; i++) {
            assertThat((double) got[i])
                    .as("%s[%d]", expected.name(), i)
                    .isCloseTo(wanted[i], within(TOLERANCE * scale));
        }
    }
}

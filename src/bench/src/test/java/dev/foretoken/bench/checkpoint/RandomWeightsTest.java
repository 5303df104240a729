package dev.foretoken.bench.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class RandomWeightsTest {
    private static final TensorShape TENSOR = TensorShape.matrix("w", 1000, 100);
    private static final RandomWeights WEIGHTS = new RandomWeights(1);

    @Test
    void valuesHaveMeanZeroAndTheAskedDeviation() {
        float[] values = floats(WEIGHTS, TENSOR, 0, 100_000);
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += value * value;
        }
        assertThat(sum / values.length).isCloseTo(0, within(0.001));
        assertThat(Math.sqrt(squares / values.length)).isCloseTo(0.1, within(0.001));
    }

    @Test
    void aPieceEqualsThatPartOfTheWhole() {
        float[] whole = floats(WEIGHTS, TENSOR, 0, 5_000);
        float[] piece = floats(WEIGHTS, TENSOR, 1_234, 2_000);
        for (int i = 0; i < piece.length; i++) {
            assertThat(piece[i]).isEqualTo(whole[1_234 + i]);
        }
    }

    @Test
    void seedAndNameChangeTheValues() {
        float[] values = floats(WEIGHTS, TENSOR, 0, 10);
        assertThat(floats(new RandomWeights(2), TENSOR, 0, 10)).isNotEqualTo(values);
        assertThat(floats(WEIGHTS, TensorShape.matrix("v", 1000, 100), 0, 10)).isNotEqualTo(values);
    }

    @Test
    void normsAreOne() {
        assertThat(floats(WEIGHTS, TensorShape.ones("norm", 4), 0, 4)).containsOnly(1f);
    }

    @Test
    void bfloat16RoundsToNearestEven() {
        assertThat(WeightType.bfloat16(1f)).isEqualTo((short) 0x3F80);
        assertThat(WeightType.bfloat16(Float.intBitsToFloat(0x3F80_8000))).isEqualTo((short) 0x3F80);
        assertThat(WeightType.bfloat16(Float.intBitsToFloat(0x3F81_8000))).isEqualTo((short) 0x3F82);
        assertThat(WeightType.bfloat16(Float.intBitsToFloat(0xBF80_8001))).isEqualTo((short) 0xBF81);
    }

    private static float[] floats(RandomWeights weights, TensorShape tensor, long from, long to) {
        int count = (int) (to - from);
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        weights.put(tensor, from, to, WeightType.F32, bytes);
        float[] values = new float[count];
        bytes.flip().asFloatBuffer().get(values);
        return values;
    }
}

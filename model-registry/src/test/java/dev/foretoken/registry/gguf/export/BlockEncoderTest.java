package dev.foretoken.registry.gguf.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.registry.gguf.GgmlType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockEncoderTest {

    @Test
    void keepsWholeNumbersThatFitEightBits() {
        float[] row = new float[32];
        for (int i = 0; i < 32; i++) {
            row[i] = (i - 16) * 8;
        }
        row[31] = 127;
        ByteBuffer block = encode(GgmlType.Q8_0, row);
        assertThat(Float.float16ToFloat(block.getShort(0))).isEqualTo(128f / 127, within(0.001f));
        assertThat(block.get(2)).isEqualTo((byte) -127);
        assertThat(block.get(2 + 16)).isZero();
        assertThat(block.limit()).isEqualTo(34);
    }

    @Test
    void keepsMultiplesOfTheScaleInFourBits() {
        float[] row = new float[32];
        for (int i = 0; i < 32; i++) {
            row[i] = (i % 16 - 8) * 0.5f;
        }
        ByteBuffer block = encode(GgmlType.Q4_0, row);
        assertThat(Float.float16ToFloat(block.getShort(0))).isEqualTo(0.5f);
        for (int i = 0; i < 16; i++) {
            assertThat(block.get(2 + i)).as("byte %d", i).isEqualTo((byte) (i | i << 4));
        }
    }

    @Test
    void staysWithinHalfAStepOfEveryNumber() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            float[] row = new float[64];
            float size = (float) Math.exp(random.nextGaussian());
            for (int i = 0; i < row.length; i++) {
                row[i] = size * (float) random.nextGaussian();
            }
            ByteBuffer blocks = encode(GgmlType.Q8_0, row);
            for (int i = 0; i < row.length; i++) {
                int at = i / 32 * 34;
                float scale = Float.float16ToFloat(blocks.getShort(at));
                float back = blocks.get(at + 2 + i % 32) * scale;
                assertThat(back).isEqualTo(row[i], within(scale * 0.57f));
            }
        }
    }

    @Test
    void writesZerosWithoutDividingByThem() {
        assertThat(encode(GgmlType.Q8_0, new float[32]).array()).containsOnly(0);
        assertThat(encode(GgmlType.Q4_0, new float[32]).get(2)).isEqualTo((byte) 0x88);
    }

    @Test
    void roundsToTheNearestBfloat16WithTiesToEven() {
        float[] row = {1f, Float.intBitsToFloat(0x3f808000), Float.intBitsToFloat(0x3f818000), Float.NaN};
        ByteBuffer out = encode(GgmlType.BF16, row);
        assertThat(out.getShort(0)).isEqualTo((short) 0x3f80);
        assertThat(out.getShort(2)).isEqualTo((short) 0x3f80);
        assertThat(out.getShort(4)).isEqualTo((short) 0x3f82);
        assertThat(Float.intBitsToFloat(out.getShort(6) << 16)).isNaN();
    }

    private static ByteBuffer encode(GgmlType type, float[] row) {
        int bytes = row.length / type.blockElements() * type.blockBytes();
        ByteBuffer out = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        BlockEncoder.encode(type, row, out);
        assertThat(out.position()).isEqualTo(bytes);
        return out.flip();
    }
}

package dev.foretoken.onnxruntime.artifact;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.GraphWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Changes bytes of a sound file at random: each result is either refused as damaged or describes inputs and outputs of bounded names and shapes.
 * {@code -Psoak} (system property foretoken.soak) runs a hundred times as many.
 */
final class HeaderMutationTest {

    private static final int ROUNDS = Boolean.getBoolean("foretoken.soak") ? 500_000 : 5_000;

    @Test
    void isReadOrRefusedWhateverTheBytes() throws IOException {
        byte[] sound = new GraphWriter()
                .input("x", ElementType.FP32, "batch", "4")
                .input("w", ElementType.FP32, "4")
                .floats("w", List.of(4L), 1, 2, 3, 4)
                .output("y", ElementType.FP32, "batch", "4")
                .node("Mul", names("x", "w"), names("y"))
                .bytes();
        assertThat(HeaderReader.read(new ByteArrayInputStream(sound)).inputNames())
                .containsExactly("x");
        Random random = new Random(20261121);
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            accepted += reads(mutated(sound, random), round) ? 1 : 0;
        }
        assertThat(accepted).as("some mutations are harmless, many are not").isBetween(ROUNDS / 10, ROUNDS * 9 / 10);
    }

    private static byte[] mutated(byte[] sound, Random random) {
        byte[] file = sound.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(file.length);
            switch (random.nextInt(4)) {
                case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> file[at] = (byte) random.nextInt(256);
                case 2 -> Arrays.fill(file, at, Math.min(file.length, at + 1 + random.nextInt(9)), (byte) 0xFF);
                default -> file = Arrays.copyOf(file, at + 1);
            }
        }
        return file;
    }

    private static boolean reads(byte[] file, int round) throws IOException {
        try {
            GraphHeader header = HeaderReader.read(new ByteArrayInputStream(file));
            header.inputs().forEach(value -> assertBounded(value, round));
            header.outputs().forEach(value -> assertBounded(value, round));
            return true;
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    private static void assertBounded(GraphValue value, int round) {
        assertThat(value.name().length()).as("round %d", round).isLessThanOrEqualTo(4096);
        if (value instanceof GraphValue.Port(var port)) {
            assertThat(port.shape())
                    .as("round %d", round)
                    .hasSameSizeAs(port.dimensions())
                    .allMatch(size -> size >= -1);
        }
    }
}

package dev.foretoken.registry.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Changes bytes of a sound file at random: each result is refused, or every value can be read and every tensor lies within the file. {@code
 * -Psoak} (system property foretoken.soak) runs a hundred times as many.
 */
final class GgufMutationTest {

    private static final int ROUNDS = Boolean.getBoolean("foretoken.soak") ? 2_000_000 : 20_000;
    private static final long[] NUMBERS = {
        0,
        1,
        7,
        8,
        9,
        12,
        13,
        255,
        256,
        65_536,
        1L << 24,
        Integer.MAX_VALUE,
        1L << 31,
        -1,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        1L << 62
    };

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void readsOrRefusesEveryFileAndTakesNoMoreMemoryThanItHas() {
        byte[] sound = SampleFile.writer().bytes();
        Random random = new Random(20261121);
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] mutated = mutate(sound, random);
            long before = threads.getCurrentThreadAllocatedBytes();
            accepted += reads(mutated, round) ? 1 : 0;
            long taken = threads.getCurrentThreadAllocatedBytes() - before;
            if (taken > 64L * mutated.length + (1 << 17)) {
                throw new AssertionError(
                        "round %d took %d bytes for a file of %d".formatted(round, taken, mutated.length));
            }
        }
        assertThat(accepted).as("some mutations are harmless, most are not").isBetween(ROUNDS / 20, ROUNDS * 19 / 20);
    }

    @Test
    void refusesEveryFileThatEndsTooEarly() {
        byte[] sound = SampleFile.writer().bytes();
        for (int length = 0; length < sound.length; length++) {
            assertThat(reads(Arrays.copyOf(sound, length), length))
                    .as("first %d bytes", length)
                    .isFalse();
        }
        assertThat(reads(sound, 0)).isTrue();
    }

    private static byte[] mutate(byte[] sound, Random random) {
        byte[] bytes = sound.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> number(bytes, at, NUMBERS[random.nextInt(NUMBERS.length)], 8);
                case 3 -> number(bytes, at, NUMBERS[random.nextInt(NUMBERS.length)], 4);
                default -> bytes = cutOut(bytes, at, 1 + random.nextInt(16));
            }
        }
        return bytes;
    }

    private static void number(byte[] bytes, int at, long number, int width) {
        for (int i = 0; i < width && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (number >>> 8 * i);
        }
    }

    private static byte[] cutOut(byte[] bytes, int at, int count) {
        int rest = Math.min(bytes.length, at + count);
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - (rest - at));
        System.arraycopy(bytes, rest, shorter, at, bytes.length - rest);
        return shorter.length > 0 ? shorter : new byte[1];
    }

    private static boolean reads(byte[] bytes, int round) {
        try {
            MemorySegment file = MemorySegment.ofArray(bytes);
            GgufHeader header = GgufHeader.read("mutated", file);
            header.metadata().keys().forEach(key -> readValue(header.metadata(), key));
            header.tensors().values().forEach(tensor -> file.asSlice(tensor.offset(), tensor.bytes()));
            return true;
        } catch (ForetokenException e) {
            if (e.code() != ErrorCode.MODEL_FILE_CORRUPT && e.code() != ErrorCode.MODEL_UNSUPPORTED) {
                throw new AssertionError("round " + round, e);
            }
            return false;
        } catch (RuntimeException e) {
            throw new AssertionError("round " + round, e);
        }
    }

    private static void readValue(GgufMetadata metadata, String key) {
        switch (metadata.value(key).orElseThrow()) {
            case GgufValue.Text text -> text.value();
            case GgufValue.Array array -> {
                if (array.elementType() == ValueType.STRING) {
                    metadata.texts(key);
                } else if (array.elementType() != ValueType.ARRAY) {
                    metadata.numbers(key);
                }
            }
            case GgufValue.Whole whole -> metadata.number(key, 0);
            case GgufValue.Real real -> real.value();
            case GgufValue.Flag flag -> metadata.flag(key, false);
        }
    }
}

package dev.foretoken.registry.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Changes bytes of a sound header at random: each result is either refused as corrupt or describes tensors that lie within the data.
 * {@code -Psoak} (system property foretoken.soak) runs a hundred times as many.
 */
final class HeaderMutationTest {

    private static final int ROUNDS = Boolean.getBoolean("foretoken.soak") ? 2_000_000 : 20_000;
    private static final String[] SPLICES = {
        "0",
        "-1",
        "9223372036854775807",
        "18446744073709551616",
        "1e308",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\"",
        "null",
        "F32",
        "\"shape\"",
        "\"dtype\":\"I8\"",
        "[0,0]",
        "\\u0000",
        "\"a\":{}"
    };

    private record Mutated(byte[] header, long dataBytes) {}

    @Test
    void acceptsNothingThatPointsOutsideTheData() {
        byte[] whole = SampleTensors.small();
        int headerBytes = whole[0] & 0xFF | (whole[1] & 0xFF) << 8;
        byte[] sound = Arrays.copyOfRange(whole, 8, 8 + headerBytes);
        long dataBytes = whole.length - 8L - headerBytes;
        Random random = new Random(20261120);
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Mutated mutated = mutate(sound, dataBytes, random);
            accepted += parses(mutated, round) ? 1 : 0;
        }
        assertThat(accepted).as("some mutations are harmless, most are not").isBetween(1, ROUNDS / 2);
    }

    private static Mutated mutate(byte[] sound, long dataBytes, Random random) {
        byte[] header = sound.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            header = switch (random.nextInt(4)) {
                case 0 -> flipped(header, random);
                case 1 -> spliced(header, random);
                case 2 -> digitChanged(header, random);
                default -> Arrays.copyOf(header, random.nextInt(header.length) + 1);
            };
        }
        return new Mutated(header, random.nextInt(4) == 0 ? dataBytes + random.nextInt(9) - 4 : dataBytes);
    }

    private static byte[] flipped(byte[] header, Random random) {
        header[random.nextInt(header.length)] ^= (byte) (1 << random.nextInt(8));
        return header;
    }

    private static byte[] digitChanged(byte[] header, Random random) {
        int start = random.nextInt(header.length);
        for (int i = start; i < header.length; i++) {
            if (header[i] >= '0' && header[i] <= '9') {
                header[i] = (byte) ('0' + random.nextInt(10));
                return header;
            }
        }
        return header;
    }

    private static byte[] spliced(byte[] header, Random random) {
        byte[] splice = SPLICES[random.nextInt(SPLICES.length)].getBytes(java.nio.charset.StandardCharsets.UTF_8);
        int at = random.nextInt(header.length + 1);
        byte[] longer = Arrays.copyOf(header, header.length + splice.length);
        System.arraycopy(header, at, longer, at + splice.length, header.length - at);
        System.arraycopy(splice, 0, longer, at, splice.length);
        return longer;
    }

    private static boolean parses(Mutated mutated, int round) {
        try {
            Map<String, TensorEntry> tensors = SafetensorsHeader.parse("m", mutated.header(), mutated.dataBytes())
                    .tensors();
            List<TensorEntry> list = List.copyOf(tensors.values());
            for (TensorEntry tensor : list) {
                assertThat(tensor.begin()).as("round %d", round).isBetween(0L, tensor.end());
                assertThat(tensor.end()).as("round %d", round).isLessThanOrEqualTo(mutated.dataBytes());
            }
            assertThat(list.stream().mapToLong(TensorEntry::bytes).sum()).isEqualTo(mutated.dataBytes());
            return true;
        } catch (ForetokenException e) {
            assertThat(e.code()).as("round %d", round).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT);
            return false;
        }
    }
}

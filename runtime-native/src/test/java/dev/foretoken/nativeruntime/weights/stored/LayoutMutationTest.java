package dev.foretoken.nativeruntime.weights.stored;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Changes tensors of sound quantized matrices, and what config.json says of them, at random: each result is either refused in a sentence or
 * gives a matrix of finite numbers. {@code -Psoak} (system property foretoken.soak) runs a hundred times as many.
 */
final class LayoutMutationTest {

    private static final int ROUNDS = Boolean.getBoolean("foretoken.soak") ? 2_000_000 : 20_000;
    private static final MatrixRef REF = new MatrixRef("m.weight", 8, 64);

    private record Sound(StoredEncoding encoding, Map<String, StoredTensor> tensors) {}

    private final Random random = new Random(20261121);
    private final List<Sound> sound = sound();

    private List<Sound> sound() {
        IntegerMatrix four = IntegerMatrix.random(REF, 4, 32, random);
        IntegerMatrix eight = IntegerMatrix.random(REF, 8, 16, random);
        IntegerMatrix shuffled = IntegerMatrix.random(REF, 4, 16, random).shuffled(random);
        byte[] bytes = new byte[8 * 64];
        random.nextBytes(bytes);
        StoredTensor fp8 = Tensors.u8("m.weight", StoredType.F8_E4M3, new byte[8 * 64], 8L, 64L);
        StoredTensor factors = Tensors.f32("m.weight_scale_inv", new float[][] {{1, 2}});
        StoredTensor blocks = Tensors.u8("m.weight_blocks", StoredType.U8, new byte[8 * 32], 8L, 2L, 16L);
        StoredTensor scales = Tensors.u8("m.weight_scales", StoredType.U8, new byte[16], 8L, 2L);
        StoredTensor int8 = Tensors.u8("m.weight", StoredType.I8, bytes, 8L, 64L);
        StoredTensor channel = Tensors.f32("m.weight_scale", new float[8][1]);
        return List.of(
                new Sound(new GptqEncoding(4, 32, true), four.gptq(true, true)),
                new Sound(new GptqEncoding(8, 16, false), eight.gptq(false, true)),
                new Sound(new GptqEncoding(4, 16, true), shuffled.gptq(true, true)),
                new Sound(new AwqEncoding(32), four.awq()),
                new Sound(compressed(4, 32), four.compressed(true, false)),
                new Sound(compressed(4, 16), shuffled.compressed(true, true)),
                new Sound(compressed(4, -1), Map.of(int8.name(), int8, channel.name(), channel)),
                new Sound(new Fp8Encoding(8, 32), Map.of(fp8.name(), fp8, factors.name(), factors)),
                new Sound(new Mxfp4Encoding(), Map.of(blocks.name(), blocks, scales.name(), scales)));
    }

    private static CompressedTensors compressed(int bits, int group) {
        return new CompressedTensors(List.of(new CompressedTensors.Packing(bits, group)), new Fp8Encoding(0, 0));
    }

    @Test
    void refusesOrReadsWhateverTheTensorsAre() {
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Sound base = sound.get(random.nextInt(sound.size()));
            Map<String, StoredTensor> tensors = new TreeMap<>(base.tensors());
            for (int i = random.nextInt(3); i >= 0; i--) {
                mutate(tensors);
            }
            StoredEncoding encoding = random.nextInt(4) == 0 ? otherEncoding() : base.encoding();
            read += reads(encoding, tensors, round) ? 1 : 0;
        }
        assertThat(read).as("some mutations are harmless, many are not").isBetween(ROUNDS / 20, ROUNDS * 19 / 20);
    }

    private StoredEncoding otherEncoding() {
        int group = List.of(-1, 1, 7, 16, 32, 64, 128, 1 << 26).get(random.nextInt(8));
        return switch (random.nextInt(5)) {
            case 0 -> new GptqEncoding(random.nextBoolean() ? 4 : 8, group, random.nextBoolean());
            case 1 -> new AwqEncoding(group);
            case 2 -> compressed(random.nextBoolean() ? 4 : 8, group);
            case 3 -> new Fp8Encoding(Math.max(0, group), Math.max(1, group));
            default -> new Mxfp4Encoding();
        };
    }

    private void mutate(Map<String, StoredTensor> tensors) {
        if (tensors.isEmpty()) {
            return;
        }
        String name = new ArrayList<>(tensors.keySet()).get(random.nextInt(tensors.size()));
        StoredTensor tensor = tensors.get(name);
        switch (random.nextInt(6)) {
            case 0 -> tensors.remove(name);
            case 1 -> tensors.put(name, ofType(tensor, StoredType.values()[random.nextInt(16)]));
            case 2 -> tensors.put(name, reshaped(tensor));
            default -> tensors.put(name, flipped(tensor));
        }
    }

    /** As a header that was checked against the file can say it: shape, type and bytes agree. */
    private StoredTensor ofType(StoredTensor tensor, StoredType type) {
        return sized(tensor.name(), type, tensor.shape());
    }

    private StoredTensor reshaped(StoredTensor tensor) {
        List<Long> shape = new ArrayList<>(tensor.shape());
        if (random.nextInt(4) == 0) {
            shape.add((long) random.nextInt(3));
        } else {
            int at = random.nextInt(shape.size());
            shape.set(at, Math.max(0, shape.get(at) + random.nextInt(-2, 3)));
        }
        return sized(tensor.name(), tensor.type(), shape);
    }

    private StoredTensor sized(String name, StoredType type, List<Long> shape) {
        byte[] bytes = new byte[Math.toIntExact(shape.stream().reduce((long) type.bytes(), (a, b) -> a * b))];
        random.nextBytes(bytes);
        return new StoredTensor(name, type, shape, Tensors.bytes(MemorySegment.ofArray(bytes)));
    }

    private StoredTensor flipped(StoredTensor tensor) {
        MemorySegment data = Tensors.bytes(tensor.data());
        if (data.byteSize() > 0) {
            long at = random.nextLong(data.byteSize());
            byte bit = (byte) (1 << random.nextInt(8));
            data.set(ValueLayout.JAVA_BYTE, at, (byte) (data.get(ValueLayout.JAVA_BYTE, at) ^ bit));
        }
        return new StoredTensor(tensor.name(), tensor.type(), tensor.shape(), data);
    }

    private static boolean reads(StoredEncoding encoding, Map<String, StoredTensor> tensors, int round) {
        try (Arena arena = Arena.ofShared()) {
            Decoded decoded = Decoded.of(encoding, REF, tensors, arena);
            for (int n = 0; n < REF.rows(); n++) {
                for (int k = 0; k < REF.columns(); k++) {
                    assertThat(decoded.matrix().at(n, k)).as("round %d", round).isFinite();
                }
            }
            return true;
        } catch (ForetokenException refusal) {
            return false;
        }
    }
}

package dev.foretoken.registry.ingest.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OnnxFileTest {

    private static final int ROUNDS = Boolean.getBoolean("foretoken.soak") ? 2_000_000 : 20_000;

    private static OnnxFile read(byte[] bytes) {
        try {
            return OnnxFile.read("m.onnx", new ByteArrayInputStream(bytes));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void refuses(byte[] bytes, String message) {
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT))
                .hasMessageStartingWith("m.onnx is damaged")
                .hasMessageContaining(message);
    }

    private static byte[] external(String... entries) {
        return OnnxWriter.external("w", 4, entries);
    }

    @Test
    void findsTensorsHereAndElsewhere() {
        OnnxFile file = read(OnnxWriter.model(
                OnnxWriter.inline("a", 3, new byte[12]),
                external("location", "w.data", "offset", "8", "length", "16")));
        assertThat(file.tensors()).isEqualTo(2);
        assertThat(file.elements()).isEqualTo(7);
        assertThat(file.external()).containsExactly(new ExternalTensor("w", "w.data", 8, 16, 16));
    }

    /** A tensor is found wherever the format lets one be. */
    @ParameterizedTest
    @ValueSource(strings = {"5", "1.5.5", "1.5.10", "15.1", "15.2", "1.5.22.1", "1.5.6.5", "1.5.11.1.5.5"})
    void findsTensorsInEveryCornerOfAGraph(String path) {
        byte[] message = external("location", "hidden");
        List<String> fields = Arrays.asList(path.split("\\."));
        for (String field : fields.reversed()) {
            byte[] inner = message;
            message = OnnxWriter.message(out -> OnnxWriter.put(out, Integer.parseInt(field), inner));
        }
        byte[] graph = message;
        for (int field : new int[] {7, 20, 25}) {
            byte[] wrapped = OnnxWriter.message(out -> {
                OnnxWriter.put(out, 7, new byte[0]);
                if (field == 20) {
                    OnnxWriter.put(out, 20, OnnxWriter.message(training -> OnnxWriter.put(training, 2, graph)));
                } else if (field == 7) {
                    OnnxWriter.put(out, 7, graph);
                } else {
                    byte[] attribute = OnnxWriter.message(a -> OnnxWriter.put(a, 6, graph));
                    byte[] node = OnnxWriter.message(n -> OnnxWriter.put(n, 5, attribute));
                    OnnxWriter.put(out, 25, OnnxWriter.message(function -> OnnxWriter.put(function, 7, node)));
                }
            });
            assertThat(read(wrapped).external()).as("%s in %d", path, field).hasSize(1);
        }
    }

    @Test
    void externalDataCountsAlsoWhereThePlaceSaysOtherwise() {
        byte[] tensor = OnnxWriter.message(out -> {
            OnnxWriter.put(out, 13, OnnxWriter.entry("location", "../../secret"));
            out.writeInt32(14, 0);
        });
        assertThat(read(OnnxWriter.model(tensor)).external())
                .extracting(ExternalTensor::location)
                .containsExactly("../../secret");
    }

    @Test
    void refusesExternalDataThatSaysTooMuchOrTooLittle() {
        refuses(OnnxWriter.model(external()), "does not say in which");
        refuses(OnnxWriter.model(external("offset", "1")), "does not say in which");
        refuses(OnnxWriter.model(external("location", "w", "basepath", "/")), "basepath, which is not known");
        byte[] twice = OnnxWriter.message(out -> {
            OnnxWriter.put(out, 13, OnnxWriter.entry("location", "a"));
            OnnxWriter.put(out, 13, OnnxWriter.entry("location", "b"));
        });
        refuses(OnnxWriter.model(twice), "says twice");
        refuses(OnnxWriter.model(external("location", "x".repeat(5000))), "at most 4096");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "+1", "0x10", "1e3", "", " 1", "9223372036854775808", "99999999999999999999"})
    void refusesOffsetsAndLengthsThatAreNone(String number) {
        refuses(OnnxWriter.model(external("location", "w", "offset", number)), "external data with");
        refuses(OnnxWriter.model(external("location", "w", "length", number)), "external data with");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 16, true",
        "4, 16, true",
        "5, 16, false",
        "0, 15, false",
        "0, 17, false",
        "21, 0, false",
        "0, -1, true",
        "4, -1, true",
        "5, -1, false",
        "9223372036854775807, 16, false",
        "16, 9223372036854775807, false"
    })
    void tensorsMustBeWithinTheirFileAndAsLargeAsTheirShape(long offset, long length, boolean sound) {
        ExternalTensor tensor = new ExternalTensor("w", "x", offset, length, 16);
        if (sound) {
            tensor.requireWithin(20);
        } else {
            assertThatThrownBy(() -> tensor.requireWithin(20)).isInstanceOf(ForetokenException.class);
        }
    }

    @Test
    void refusesShapesThatOverflow() {
        byte[] huge = OnnxWriter.message(out -> {
            out.writeInt64(1, 1L << 40);
            out.writeInt64(1, 1L << 40);
            out.writeInt32(2, 1);
        });
        refuses(OnnxWriter.model(huge), "more elements than");
        byte[] wide = OnnxWriter.message(out -> {
            out.writeInt64(1, 1L << 60);
            out.writeInt32(2, 11);
        });
        refuses(OnnxWriter.model(wide), "more bytes than");
        refuses(OnnxWriter.model(OnnxWriter.message(out -> out.writeInt64(1, -1))), "not a size");
        refuses(OnnxWriter.model(OnnxWriter.inline("a", 3, new byte[11])), "has 11 bytes, but its shape takes 12");
    }

    @Test
    void refusesWhatIsNoModel() {
        refuses(new byte[0], "has no graph; export it, or fetch it, again");
        refuses("no model at all, just text".getBytes(java.nio.charset.StandardCharsets.UTF_8), "; export it");
        refuses(OnnxWriter.message(out -> out.writeInt64(7, 1)), "must be a message");
        byte[] model = OnnxWriter.model(OnnxWriter.inline("a", 3, new byte[12]));
        for (int length = 1; length < model.length - 8; length++) {
            int cut = length;
            assertThatThrownBy(() -> read(Arrays.copyOf(model, cut))).isInstanceOf(ForetokenException.class);
        }
    }

    @Test
    void refusesGraphsInGraphsAndGroupsWithoutEnd() {
        byte[] graph = new byte[0];
        for (int i = 0; i < 200; i++) {
            byte[] inner = graph;
            byte[] attribute = OnnxWriter.message(out -> OnnxWriter.put(out, 6, inner));
            byte[] node = OnnxWriter.message(out -> OnnxWriter.put(out, 5, attribute));
            graph = OnnxWriter.message(out -> OnnxWriter.put(out, 1, node));
        }
        byte[] outer = graph;
        refuses(OnnxWriter.message(out -> OnnxWriter.put(out, 7, outer)), "levels");
        byte[] groups = new byte[100_000];
        Arrays.fill(groups, (byte) (15 << 3 | 3));
        refuses(groups, "groups");
        refuses(OnnxWriter.model(groups), "groups");
    }

    /** Nothing but a sound walk or a refusal comes of changed bytes. */
    @Test
    void survivesChangedBytes() {
        byte[] sound = OnnxWriter.model(
                OnnxWriter.inline("a", 3, new byte[12]), external("location", "w.data", "offset", "8", "length", "16"));
        Random random = new Random(20261121);
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = sound.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            byte[] kept = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
            try {
                read(kept);
                accepted++;
            } catch (ForetokenException e) {
                assertThat(e.code()).as("round %d", round).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT);
            }
        }
        assertThat(accepted).isBetween(1, ROUNDS - 1);
    }
}

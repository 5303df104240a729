package dev.foretoken.nativeruntime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.reader.EncodingReader;
import dev.foretoken.registry.parts.PartList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints whose files are stored in parts. */
final class PartsTest {

    private static final String NAME = "model.safetensors";

    @TempDir
    private Path home;

    private Path whole;
    private Path split;

    @BeforeEach
    void writeBoth() throws IOException {
        whole = CheckpointWriter.tiny(
                Files.createDirectories(home.resolve("whole")), CheckpointWriter.tinyShapes(), FloatType.F32);
        split = splitInto("split");
    }

    private Path splitInto(String name) throws IOException {
        return new SplitCheckpoint(home.resolve("blobs")).write(whole, home.resolve(name));
    }

    private static Checkpoint open(Path folder) {
        return Checkpoint.open(folder, EncodingReader::read);
    }

    private void refuses(String message) {
        assertThatThrownBy(() -> open(split).close())
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT))
                .hasMessageContaining(message)
                .message()
                .doesNotContain(home.toString());
    }

    @Test
    void haveTheTensorsAndTheIdentityOfTheWholeFile() {
        try (Checkpoint one = open(whole);
                Checkpoint other = open(split);
                TensorFile file = TensorFile.open(whole.resolve(NAME));
                TensorFile parts = TensorFile.open(split.resolve(NAME))) {
            assertThat(other.identity()).isEqualTo(one.identity());
            assertThat(parts.tensors().keySet())
                    .isEqualTo(CheckpointWriter.tinyShapes().keySet());
            file.tensors()
                    .forEach((name, tensor) -> assertThat(tensor.data()
                                    .mismatch(parts.tensors().get(name).data()))
                            .as(name)
                            .isEqualTo(-1));
        }
    }

    @Test
    void tensorsOfTheSamePartHaveOneOriginWhateverElseDiffers() throws IOException {
        Map<String, List<Integer>> shapes = CheckpointWriter.tinyShapes();
        byte[] bytes = CheckpointWriter.file(shapes, FloatType.F32);
        bytes[bytes.length - 1] ^= 1;
        CheckpointWriter.write(whole.resolve(NAME), bytes);
        Files.writeString(whole.resolve("config.json"), CheckpointWriter.TINY_CONFIG + " ");
        Path changed = splitInto("changed");
        try (Checkpoint one = open(split);
                Checkpoint other = open(changed)) {
            for (String tensor : shapes.keySet()) {
                boolean same = one.origin(tensor).equals(other.origin(tensor));
                assertThat(same).as(tensor).isEqualTo(!tensor.equals("lm_head.weight"));
            }
        }
    }

    @Test
    void shardsCanBeInParts() throws IOException {
        Map<String, List<Integer>> first = CheckpointWriter.tinyShapes();
        Map<String, List<Integer>> second = Map.of("lm_head.weight", first.remove("lm_head.weight"));
        Files.delete(whole.resolve(NAME));
        CheckpointWriter.write(whole.resolve("a.safetensors"), CheckpointWriter.file(first, FloatType.F32));
        CheckpointWriter.write(whole.resolve("b.safetensors"), CheckpointWriter.file(second, FloatType.F32));
        Map<String, String> index = new java.util.TreeMap<>(Map.of("lm_head.weight", "b.safetensors"));
        first.keySet().forEach(name -> index.put(name, "a.safetensors"));
        Files.writeString(
                whole.resolve("model.safetensors.index.json"), CheckpointWriter.json(Map.of("weight_map", index)));
        try (Checkpoint one = open(whole);
                Checkpoint other = open(splitInto("shards"))) {
            assertThat(other.identity()).isEqualTo(one.identity());
        }
    }

    @Test
    void refusesPartsThatAreNotThereOrOfAnotherSize() throws IOException {
        PartList list = PartList.of(split.resolve(NAME));
        Path part = list.parts().get(1).in(split);
        byte[] bytes = Files.readAllBytes(part);
        Files.delete(part);
        refuses("its part " + list.parts().get(1).hex() + " is not there");
        Files.write(part, new byte[bytes.length - 1]);
        refuses("has %d bytes, its list says %d".formatted(bytes.length - 1, bytes.length));
        Files.delete(part);
        Path elsewhere = Files.write(home.resolve("elsewhere"), bytes);
        Files.createSymbolicLink(part, elsewhere);
        refuses("is not there");
    }

    @Test
    void refusesAFolderOfPartsThatIsALink() throws IOException {
        Files.move(split.resolve("parts"), home.resolve("moved"));
        Files.createSymbolicLink(split.resolve("parts"), home.resolve("moved"));
        refuses("no folder parts beside it");
    }

    @Test
    void refusesTensorsAndHeadersThatAreNotInOnePart() throws IOException {
        PartList list = PartList.of(split.resolve(NAME));
        recut(list, 2);
        refuses("which are not all in one part");
        Files.write(PartList.besides(split.resolve(NAME)), list.json());
        recut(list, 0);
        refuses("its first part ends before its header does");
    }

    /** Cuts a part in two. */
    private void recut(PartList list, int index) throws IOException {
        byte[] bytes = Files.readAllBytes(list.parts().get(index).in(split));
        List<PartList.Part> parts = new java.util.ArrayList<>(list.parts());
        parts.remove(index);
        int half = bytes.length / 2;
        for (byte[] piece : List.of(
                java.util.Arrays.copyOfRange(bytes, half, bytes.length), java.util.Arrays.copyOf(bytes, half))) {
            PartList.Part part = new PartList.Part(SplitCheckpoint.hex(piece), piece.length);
            parts.add(index, part);
            Files.write(part.in(split), piece);
        }
        PartList recut = new PartList(list.size(), list.digest(), parts);
        Files.write(PartList.besides(split.resolve(NAME)), recut.json());
    }

    @Test
    void refusesDamagedLists() throws IOException {
        Files.write(PartList.besides(split.resolve(NAME)), "{}".getBytes(StandardCharsets.UTF_8));
        refuses("model.safetensors.parts is damaged");
        Files.delete(PartList.besides(split.resolve(NAME)));
        refuses("no readable model.safetensors");
    }
}

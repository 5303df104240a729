package dev.foretoken.onnxruntime.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.GraphPort;
import dev.foretoken.onnxruntime.session.GraphWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeaderReaderTest {

    private static final int GRAPH = 7;
    private static final int INPUT = 11;

    @TempDir
    Path folder;

    @FunctionalInterface
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.write(out);
        out.flush();
        return bytes.toByteArray();
    }

    private static byte[] field(int number, byte[] content) throws IOException {
        return message(out -> out.writeBytes(number, ByteString.copyFrom(content)));
    }

    private GraphHeader read(byte[] file) throws IOException {
        return HeaderReader.read(Files.write(folder.resolve("model.onnx"), file));
    }

    /** Of a file with one input, whose type is given. */
    private GraphHeader input(byte[] type) throws IOException {
        byte[] name = message(out -> out.writeString(1, "x"));
        byte[] typed = field(2, type);
        byte[] value = Arrays.copyOf(name, name.length + typed.length);
        System.arraycopy(typed, 0, value, name.length, typed.length);
        return read(field(GRAPH, field(INPUT, value)));
    }

    @Test
    void readsTypesSizesAndNamesOfDimensions() throws IOException {
        GraphHeader header = read(new GraphWriter()
                .input("ids", ElementType.INT64, "batch", "length", "3")
                .input("scalar", ElementType.BYTES)
                .output("y", ElementType.BF16, "batch")
                .bytes());
        assertThat(header.inputPorts().orElseThrow())
                .containsExactly(
                        new GraphPort("ids", ElementType.INT64, List.of(-1L, -1L, 3L), List.of("batch", "length", "")),
                        new GraphPort("scalar", ElementType.BYTES, List.of(), List.of()));
        assertThat(header.outputPorts().orElseThrow())
                .containsExactly(new GraphPort("y", ElementType.BF16, List.of(-1L), List.of("batch")));
    }

    @Test
    void aSizeThatIsNoneIsAny() throws IOException {
        byte[] dimension = message(out -> out.writeInt64(1, -7));
        byte[] shape = field(1, dimension);
        byte[] tensor = message(out -> {
            out.writeInt32(1, 1);
            out.writeBytes(2, ByteString.copyFrom(shape));
        });
        assertThat(input(field(1, tensor)).inputPorts().orElseThrow().getFirst().shape())
                .containsExactly(-1L);
    }

    @Test
    void leavesToTheSessionWhatItsFileDoesNotTell() throws IOException {
        GraphHeader unranked = input(field(1, message(out -> out.writeInt32(1, 1))));
        assertThat(unranked.inputs()).containsExactly(new GraphValue.Unranked("x"));
        assertThat(unranked.inputPorts()).isEmpty();
        GraphHeader sequence = input(field(4, new byte[0]));
        assertThat(sequence.inputs()).containsExactly(new GraphValue.Other("x"));
        assertThat(sequence.inputPorts()).isEmpty();
    }

    @Test
    void refusesWhatHasNoBounds() throws IOException {
        refuses(
                field(GRAPH, field(INPUT, message(out -> out.writeString(1, "n".repeat(5000))))),
                "a name of 5000 bytes");
        byte[] shape = message(out -> {
            for (int i = 0; i < 65; i++) {
                out.writeBytes(1, ByteString.EMPTY);
            }
        });
        refuses(field(GRAPH, field(INPUT, field(2, field(1, field(2, shape))))), "a tensor of more than 64 dimensions");
        refuses(
                field(GRAPH, message(out -> {
                    for (int i = 0; i <= 100_000; i++) {
                        out.writeBytes(INPUT, ByteString.copyFrom(message(value -> value.writeString(1, "v"))));
                        out.writeBytes(5, ByteString.copyFrom(named(i)));
                    }
                })),
                "more than 100000 inputs");
        refuses(
                message(out -> {
                    for (int i = 0; i < 100_000; i++) {
                        out.writeTag(3, WireFormat.WIRETYPE_START_GROUP);
                    }
                }),
                "it has groups");
        refuses(message(out -> out.writeInt64(GRAPH, 5)), "a field that must have a length has none");
        refuses(
                message(out -> {
                    out.writeTag(GRAPH, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                    out.writeUInt32NoTag(Integer.MAX_VALUE);
                }),
                "damaged");
    }

    @Test
    void refusesMoreOperatorsThanThereAre() throws IOException {
        byte[] node = field(1, message(out -> out.writeString(4, "Add")));
        byte[] many = message(out -> {
            for (int i = 0; i <= 10_000; i++) {
                out.writeRawBytes(node);
            }
        });
        assertThat(read(field(GRAPH, many)).operators()).containsExactly("Add");
        refuses(
                field(GRAPH, message(out -> {
                    for (int i = 0; i <= 10_000; i++) {
                        String name = "o" + i;
                        out.writeBytes(1, ByteString.copyFrom(message(to -> to.writeString(4, name))));
                    }
                })),
                "more than 10000 different operators");
    }

    /** A cut behind a whole field leaves nothing half read but the messages around it. */
    @Test
    void refusesAFileThatEndsBetweenTwoFields() throws IOException {
        byte[] input = field(INPUT, message(out -> out.writeString(1, "x")));
        byte[] graph = message(out -> {
            out.writeRawBytes(input);
            out.writeRawBytes(input);
        });
        byte[] file = field(GRAPH, graph);
        assertThat(read(file).inputs()).hasSize(1);
        refuses(Arrays.copyOf(file, file.length - input.length), "it ends within a message");
    }

    private static byte[] named(int number) throws IOException {
        return message(out -> out.writeString(8, "w" + number));
    }

    private void refuses(byte[] file, String reason) {
        assertThatThrownBy(() -> read(file))
                .hasMessageContaining("model.onnx is damaged")
                .hasMessageContaining(reason)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT));
    }
}

package dev.foretoken.onnxruntime.artifact;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The names that a graph has outside, read without loading it.
 *
 * @param inputs without those that only name an initial value
 */
public record GraphHeader(List<String> inputs, List<String> outputs) {

    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int GRAPH_INPUT = 11;
    private static final int GRAPH_OUTPUT = 12;
    private static final int VALUE_NAME = 1;
    private static final int TENSOR_NAME = 8;
    private static final int MAX_NAMES = 100_000;

    public GraphHeader {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** @throws ForetokenException MODEL_FILE_CORRUPT */
    static GraphHeader read(Path file) {
        try (InputStream bytes = Files.newInputStream(file)) {
            CodedInputStream in = CodedInputStream.newInstance(bytes, 1 << 16);
            in.setSizeLimit(Integer.MAX_VALUE);
            Names names = new Names();
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagFieldNumber(tag) == MODEL_GRAPH) {
                    names.graph(in);
                } else {
                    in.skipField(tag);
                }
            }
            names.inputs.removeAll(names.initializers);
            return new GraphHeader(List.copyOf(names.inputs), List.copyOf(names.outputs));
        } catch (InvalidProtocolBufferException e) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    file.getFileName() + " is damaged: its lengths and fields are not those of an ONNX file",
                    e);
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, file.getFileName() + " cannot be read", e);
        }
    }

    /** Found so far. */
    private static final class Names {
        private final Set<String> inputs = new LinkedHashSet<>();
        private final Set<String> initializers = new LinkedHashSet<>();
        private final List<String> outputs = new ArrayList<>();

        private void graph(CodedInputStream in) throws IOException {
            int outer = in.pushLimit(in.readRawVarint32());
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case GRAPH_INITIALIZER -> initializers.add(name(in, TENSOR_NAME));
                    case GRAPH_INPUT -> inputs.add(name(in, VALUE_NAME));
                    case GRAPH_OUTPUT -> outputs.add(name(in, VALUE_NAME));
                    default -> in.skipField(tag);
                }
                if (inputs.size() + outputs.size() + initializers.size() > MAX_NAMES) {
                    throw new InvalidProtocolBufferException("more than " + MAX_NAMES + " names");
                }
            }
            in.popLimit(outer);
        }

        private static String name(CodedInputStream in, int field) throws IOException {
            int outer = in.pushLimit(in.readRawVarint32());
            String name = "";
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagFieldNumber(tag) == field) {
                    name = in.readString();
                } else {
                    in.skipField(tag);
                }
            }
            in.popLimit(outer);
            return name;
        }
    }
}

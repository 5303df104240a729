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
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a graph has outside and of what it is made, read without loading it.
 *
 * @param inputs without those that only name an initial value
 * @param operators of its nodes and of those of graphs inside, by name
 */
public record GraphHeader(List<String> inputs, List<String> outputs, Set<String> operators) {

    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int GRAPH_INPUT = 11;
    private static final int GRAPH_OUTPUT = 12;
    private static final int VALUE_NAME = 1;
    private static final int TENSOR_NAME = 8;
    private static final int NODE_OPERATOR = 4;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int ATTRIBUTE_GRAPH = 6;
    private static final int ATTRIBUTE_GRAPHS = 11;
    private static final int MAX_NAMES = 100_000;
    /** Of graphs in graphs. */
    private static final int MAX_DEPTH = 64;

    public GraphHeader {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        operators = Set.copyOf(operators);
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
            return new GraphHeader(List.copyOf(names.inputs), List.copyOf(names.outputs), names.operators);
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
        private final Set<String> operators = new HashSet<>();

        private void graph(CodedInputStream in) throws IOException {
            int outer = in.pushLimit(in.readRawVarint32());
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case GRAPH_NODE -> node(in, 0);
                    case GRAPH_INITIALIZER -> initializers.add(name(in, TENSOR_NAME));
                    case GRAPH_INPUT -> inputs.add(name(in, VALUE_NAME));
                    case GRAPH_OUTPUT -> outputs.add(name(in, VALUE_NAME));
                    default -> in.skipField(tag);
                }
                if (inputs.size() + outputs.size() + initializers.size() + operators.size() > MAX_NAMES) {
                    throw new InvalidProtocolBufferException("more than " + MAX_NAMES + " names");
                }
            }
            in.popLimit(outer);
        }

        private void node(CodedInputStream in, int depth) throws IOException {
            int outer = in.pushLimit(in.readRawVarint32());
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case NODE_OPERATOR -> operators.add(in.readString());
                    case NODE_ATTRIBUTE -> attribute(in, depth + 1);
                    default -> in.skipField(tag);
                }
            }
            in.popLimit(outer);
        }

        private void attribute(CodedInputStream in, int depth) throws IOException {
            if (depth > MAX_DEPTH) {
                throw new InvalidProtocolBufferException("more than " + MAX_DEPTH + " graphs in one another");
            }
            int outer = in.pushLimit(in.readRawVarint32());
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case ATTRIBUTE_GRAPH, ATTRIBUTE_GRAPHS -> inner(in, depth);
                    default -> in.skipField(tag);
                }
            }
            in.popLimit(outer);
        }

        private void inner(CodedInputStream in, int depth) throws IOException {
            int outer = in.pushLimit(in.readRawVarint32());
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagFieldNumber(tag) == GRAPH_NODE) {
                    node(in, depth);
                } else {
                    in.skipField(tag);
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

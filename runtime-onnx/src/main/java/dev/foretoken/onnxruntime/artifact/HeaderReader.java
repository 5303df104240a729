package dev.foretoken.onnxruntime.artifact;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.ElementNumbers;
import dev.foretoken.onnxruntime.session.GraphPort;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the inputs and outputs of an ONNX file (github.com/onnx/onnx, onnx.proto) by the numbers of their fields. Takes memory for their names
 * and shapes only, and for bounded ones. For one file and thread.
 */
final class HeaderReader {

    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INITIALIZER = 5;
    private static final int GRAPH_INPUT = 11;
    private static final int GRAPH_OUTPUT = 12;
    private static final int VALUE_NAME = 1;
    private static final int VALUE_TYPE = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TYPE_TENSOR = 1;
    private static final int TENSOR_TYPE_ELEMENT = 1;
    private static final int TENSOR_TYPE_SHAPE = 2;
    private static final int SHAPE_DIMENSION = 1;
    private static final int DIMENSION_SIZE = 1;
    private static final int DIMENSION_NAME = 2;
    private static final int NODE_OPERATOR = 4;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int ATTRIBUTE_GRAPH = 6;
    private static final int ATTRIBUTE_GRAPHS = 11;
    /** Of graphs in graphs. */
    private static final int MAX_DEPTH = 64;

    private static final int MAX_VALUES = 100_000;
    /** Different ones; the standard has about two hundred. */
    private static final int MAX_OPERATORS = 10_000;

    private static final int MAX_DIMENSIONS = 64;
    /** Of all inputs and outputs. */
    private static final int MAX_ALL_DIMENSIONS = 1 << 20;

    private static final int MAX_TEXT = 4096;
    /** Bytes of all names. */
    private static final int MAX_TEXTS = 64 << 20;

    private final CodedInputStream in;
    private final Map<String, GraphValue> inputs = new LinkedHashMap<>();
    private final Map<String, GraphValue> outputs = new LinkedHashMap<>();
    private final Set<String> initializers = new HashSet<>();
    private final Set<String> operators = new HashSet<>();
    private int texts;
    private int allDimensions;

    private HeaderReader(CodedInputStream in) {
        this.in = in;
    }

    /** @throws ForetokenException MODEL_FILE_CORRUPT */
    static GraphHeader read(Path file) {
        try (InputStream bytes = Files.newInputStream(file)) {
            return read(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    file.getFileName() + " is damaged: its lengths and fields are not those of an ONNX file ("
                            + e.getMessage() + ")",
                    e);
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, file.getFileName() + " cannot be read", e);
        }
    }

    static GraphHeader read(InputStream bytes) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(bytes, 1 << 16);
        in.setSizeLimit(Integer.MAX_VALUE);
        return new HeaderReader(in).model();
    }

    /** Reads one field of a message whose number is given, and says whether it knew it. */
    @FunctionalInterface
    private interface Fields {
        boolean read(int field, int tag) throws IOException;
    }

    private GraphHeader model() throws IOException {
        fields((field, tag) -> field == MODEL_GRAPH && message(tag, this::graph));
        inputs.keySet().removeAll(initializers);
        return new GraphHeader(List.copyOf(inputs.values()), List.copyOf(outputs.values()), operators);
    }

    private void fields(Fields known) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int wire = WireFormat.getTagWireType(tag);
            if (wire == WireFormat.WIRETYPE_START_GROUP || wire == WireFormat.WIRETYPE_END_GROUP) {
                throw new InvalidProtocolBufferException("it has groups, which the format does not know");
            }
            if (!known.read(WireFormat.getTagFieldNumber(tag), tag)) {
                in.skipField(tag);
            }
        }
    }

    private boolean message(int tag, Fields known) throws IOException {
        int outer = in.pushLimit(length(tag));
        fields(known);
        if (in.getBytesUntilLimit() != 0) {
            throw new InvalidProtocolBufferException("it ends within a message");
        }
        in.popLimit(outer);
        return true;
    }

    private int length(int tag) throws IOException {
        if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            throw new InvalidProtocolBufferException("a field that must have a length has none");
        }
        return in.readRawVarint32();
    }

    private boolean graph(int field, int tag) throws IOException {
        switch (field) {
            case GRAPH_NODE -> message(tag, (kind, at) -> node(kind, at, 0));
            case GRAPH_INITIALIZER -> initializers.add(initializer(tag));
            case GRAPH_INPUT -> add(inputs, tag);
            case GRAPH_OUTPUT -> add(outputs, tag);
            default -> {
                return false;
            }
        }
        if (inputs.size() + outputs.size() + initializers.size() > MAX_VALUES) {
            throw new InvalidProtocolBufferException("more than " + MAX_VALUES + " inputs, outputs and initial values");
        }
        return true;
    }

    private boolean node(int field, int tag, int depth) throws IOException {
        switch (field) {
            case NODE_OPERATOR -> operator(text(tag));
            case NODE_ATTRIBUTE -> message(tag, (kind, at) -> attribute(kind, at, depth + 1));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void operator(String name) throws IOException {
        operators.add(name);
        if (operators.size() > MAX_OPERATORS) {
            throw new InvalidProtocolBufferException("more than " + MAX_OPERATORS + " different operators");
        }
    }

    private boolean attribute(int field, int tag, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new InvalidProtocolBufferException("more than " + MAX_DEPTH + " graphs in one another");
        }
        return (field == ATTRIBUTE_GRAPH || field == ATTRIBUTE_GRAPHS)
                && message(
                        tag,
                        (kind, at) -> kind == GRAPH_NODE && message(at, (inner, place) -> node(inner, place, depth)));
    }

    private String initializer(int tag) throws IOException {
        String[] name = {""};
        message(tag, (field, at) -> {
            if (field == TENSOR_NAME) {
                name[0] = text(at);
            }
            return field == TENSOR_NAME;
        });
        return name[0];
    }

    private void add(Map<String, GraphValue> values, int tag) throws IOException {
        ValueFields value = new ValueFields();
        message(tag, value::read);
        values.putIfAbsent(value.name, value.value());
    }

    private String text(int tag) throws IOException {
        int bytes = length(tag);
        if (bytes < 0 || bytes > MAX_TEXT) {
            throw new InvalidProtocolBufferException(
                    "a name of %d bytes, at most %d are read".formatted(Integer.toUnsignedLong(bytes), MAX_TEXT));
        }
        texts += bytes;
        if (texts > MAX_TEXTS) {
            throw new InvalidProtocolBufferException("names of more than %d bytes".formatted(MAX_TEXTS));
        }
        return new String(in.readRawBytes(bytes), StandardCharsets.UTF_8);
    }

    private long number(int tag) throws IOException {
        if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_VARINT) {
            throw new InvalidProtocolBufferException("a field that must be a number is none");
        }
        return in.readRawVarint64();
    }

    /** One ValueInfoProto. */
    private final class ValueFields {
        private String name = "";
        private Optional<ElementType> type = Optional.empty();
        private boolean ranked;
        private final List<Long> shape = new ArrayList<>();
        private final List<String> dimensions = new ArrayList<>();

        private GraphValue value() {
            return type.<GraphValue>map(element -> ranked
                            ? new GraphValue.Port(new GraphPort(name, element, shape, dimensions))
                            : new GraphValue.Unranked(name))
                    .orElseGet(() -> new GraphValue.Other(name));
        }

        private boolean read(int field, int tag) throws IOException {
            switch (field) {
                case VALUE_NAME -> name = text(tag);
                case VALUE_TYPE -> message(tag, (kind, at) -> kind == TYPE_TENSOR && message(at, this::tensor));
                default -> {
                    return false;
                }
            }
            return true;
        }

        private boolean tensor(int field, int tag) throws IOException {
            switch (field) {
                case TENSOR_TYPE_ELEMENT -> type = ElementNumbers.of((int) number(tag));
                case TENSOR_TYPE_SHAPE -> {
                    ranked = true;
                    message(tag, (kind, at) -> kind == SHAPE_DIMENSION && dimension(at));
                }
                default -> {
                    return false;
                }
            }
            return true;
        }

        private boolean dimension(int tag) throws IOException {
            if (shape.size() == MAX_DIMENSIONS || ++allDimensions > MAX_ALL_DIMENSIONS) {
                throw new InvalidProtocolBufferException("a tensor of more than %d dimensions, or more than %d in all"
                        .formatted(MAX_DIMENSIONS, MAX_ALL_DIMENSIONS));
            }
            shape.add(-1L);
            dimensions.add("");
            return message(tag, (field, at) -> {
                switch (field) {
                    case DIMENSION_SIZE -> shape.set(shape.size() - 1, Math.max(-1, number(at)));
                    case DIMENSION_NAME -> dimensions.set(dimensions.size() - 1, text(at));
                    default -> {
                        return false;
                    }
                }
                return true;
            });
        }
    }
}

package dev.foretoken.registry.ingest.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goes through a file's messages in their order, down to every tensor. For one file and thread. */
final class TensorWalk {

    /** Graphs in attributes of nodes of graphs, so deep. */
    private static final int MAX_DEPTH = 64;

    private static final int MAX_TENSORS = 1 << 20;

    private final CodedInputStream in;
    private final List<ExternalTensor> external = new ArrayList<>();
    private long tensors;
    private long elements;

    TensorWalk(CodedInputStream in) {
        this.in = in;
    }

    OnnxFile model() throws IOException {
        boolean graph = false;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            graph |= field(MessageKind.MODEL, tag, 0) == MessageKind.GRAPH;
        }
        if (!graph) {
            throw new DamagedTensor("it has no graph");
        }
        return new OnnxFile(external, tensors, elements);
    }

    /** Reads one field; returns what was in it. */
    private @Nullable MessageKind field(MessageKind of, int tag, int depth) throws IOException {
        MessageKind inside = of.in(WireFormat.getTagFieldNumber(tag));
        int wire = WireFormat.getTagWireType(tag);
        if (inside == null) {
            requireNoGroup(wire);
            in.skipField(tag);
            return null;
        }
        if (wire != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            throw new DamagedTensor("a field that must be a message is none");
        }
        int outer = in.pushLimit(in.readRawVarint32());
        if (inside == MessageKind.TENSOR) {
            tensor();
        } else {
            message(inside, depth + 1);
        }
        in.popLimit(outer);
        return inside;
    }

    /** Groups were never part of the format, and could be nested without end. */
    static void requireNoGroup(int wire) {
        if (wire == WireFormat.WIRETYPE_START_GROUP || wire == WireFormat.WIRETYPE_END_GROUP) {
            throw new DamagedTensor("it has groups, which the format does not know");
        }
    }

    private void message(MessageKind kind, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new DamagedTensor("its graphs are in each other for more than " + MAX_DEPTH + " levels");
        }
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            field(kind, tag, depth);
        }
        requireEnd(in);
    }

    /** A tag 0 also ends a message early. */
    static void requireEnd(CodedInputStream in) throws InvalidProtocolBufferException {
        if (in.getBytesUntilLimit() > 0) {
            throw new DamagedTensor("a message ends before its length says");
        }
    }

    private void tensor() throws IOException {
        TensorFields fields = TensorFields.read(in);
        if (++tensors > MAX_TENSORS) {
            throw new DamagedTensor("it has more than " + MAX_TENSORS + " tensors");
        }
        elements += Math.min(fields.elements(), Long.MAX_VALUE - elements);
        fields.external().ifPresent(external::add);
    }
}

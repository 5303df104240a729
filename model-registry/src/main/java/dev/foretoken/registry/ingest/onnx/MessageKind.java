package dev.foretoken.registry.ingest.onnx;

import org.jspecify.annotations.Nullable;

/** The messages of the ONNX format (github.com/onnx/onnx, onnx.proto) that can have tensors in them, and in which of their fields. */
enum MessageKind {
    MODEL,
    GRAPH,
    NODE,
    ATTRIBUTE,
    SPARSE_TENSOR,
    FUNCTION,
    TRAINING,
    TENSOR,
    ;

    /** What is in a field; null where no tensor can be. */
    @Nullable
    MessageKind in(int field) {
        return switch (this) {
            case MODEL -> inModel(field);
            case GRAPH -> inGraph(field);
            case NODE -> field == 5 ? ATTRIBUTE : null;
            case ATTRIBUTE -> inAttribute(field);
            case SPARSE_TENSOR -> field == 1 || field == 2 ? TENSOR : null;
            case FUNCTION -> inFunction(field);
            case TRAINING -> field == 1 || field == 2 ? GRAPH : null;
            case TENSOR -> null;
        };
    }

    private static @Nullable MessageKind inModel(int field) {
        return switch (field) {
            case 7 -> GRAPH;
            case 20 -> TRAINING;
            case 25 -> FUNCTION;
            default -> null; // versions, names, texts
        };
    }

    private static @Nullable MessageKind inGraph(int field) {
        return switch (field) {
            case 1 -> NODE;
            case 5 -> TENSOR;
            case 15 -> SPARSE_TENSOR;
            default -> null; // names, types of inputs and outputs
        };
    }

    private static @Nullable MessageKind inAttribute(int field) {
        return switch (field) {
            case 5, 10 -> TENSOR;
            case 6, 11 -> GRAPH;
            case 22, 23 -> SPARSE_TENSOR;
            default -> null; // numbers, texts, types
        };
    }

    private static @Nullable MessageKind inFunction(int field) {
        return switch (field) {
            case 7 -> NODE;
            case 11 -> ATTRIBUTE;
            default -> null; // names, versions
        };
    }
}

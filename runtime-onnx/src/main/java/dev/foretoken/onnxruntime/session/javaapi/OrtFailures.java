package dev.foretoken.onnxruntime.session.javaapi;

import ai.onnxruntime.OrtException;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.nio.file.Path;

/** What ONNX Runtime's errors are here. */
final class OrtFailures {

    private OrtFailures() {}

    static ForetokenException ofLoad(OrtException failure, Path model) {
        ErrorCode code = switch (failure.getCode()) {
            case ORT_INVALID_PROTOBUF, ORT_NO_SUCHFILE, ORT_NO_MODEL -> ErrorCode.MODEL_FILE_CORRUPT;
            case ORT_NOT_IMPLEMENTED, ORT_INVALID_GRAPH, ORT_FAIL, ORT_INVALID_ARGUMENT, ORT_NOT_FOUND ->
                ErrorCode.MODEL_UNSUPPORTED;
            default -> memory(failure) ? ErrorCode.INSUFFICIENT_MEMORY : ErrorCode.MODEL_UNSUPPORTED;
        };
        String text = text(failure)
                .replace(model.toString(), String.valueOf(model.getFileName()))
                .replace(String.valueOf(model.getParent()), "the model's folder");
        return new ForetokenException(code, "ONNX Runtime cannot load the graph: " + text, failure);
    }

    /** A graph tells a wrong shape or value that a caller gave as an invalid argument. */
    static ForetokenException ofRun(OrtException failure) {
        ErrorCode code = switch (failure.getCode()) {
            case ORT_INVALID_ARGUMENT -> ErrorCode.INVALID_REQUEST;
            default -> memory(failure) ? ErrorCode.INSUFFICIENT_MEMORY : ErrorCode.RUNTIME_FAILED;
        };
        return new ForetokenException(code, "ONNX Runtime cannot run the graph: " + text(failure), failure);
    }

    private static boolean memory(OrtException failure) {
        return text(failure).contains("Failed to allocate memory")
                || text(failure).contains("bad_alloc");
    }

    private static String text(OrtException failure) {
        String message = failure.getMessage();
        return message == null ? failure.getCode().name() : message.strip();
    }
}

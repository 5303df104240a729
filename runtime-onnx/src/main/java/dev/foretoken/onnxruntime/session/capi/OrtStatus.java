package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.nio.file.Path;

/**
 * Why a call failed.
 *
 * @param code {@code OrtErrorCode}
 */
record OrtStatus(int code, String text) {

    private static final int INVALID_ARGUMENT = 2;
    private static final int NO_SUCH_FILE = 3;
    private static final int NO_MODEL = 4;
    private static final int INVALID_PROTOBUF = 7;

    /** A graph tells a wrong shape or value that a caller gave as an invalid argument; a place that does not fit its output, as an exception. */
    ForetokenException ofRun() {
        boolean shape = code == INVALID_ARGUMENT || text.contains("shape verification failed");
        ErrorCode error = shape ? ErrorCode.INVALID_REQUEST : ErrorCode.RUNTIME_FAILED;
        return new ForetokenException(
                outOfMemory() ? ErrorCode.INSUFFICIENT_MEMORY : error,
                "ONNX Runtime cannot run the graph: " + text.strip());
    }

    ForetokenException ofLoad(Path model) {
        boolean corrupt = code == NO_SUCH_FILE || code == NO_MODEL || code == INVALID_PROTOBUF;
        ErrorCode error = corrupt ? ErrorCode.MODEL_FILE_CORRUPT : ErrorCode.MODEL_UNSUPPORTED;
        String shown = text.strip()
                .replace(model.toString(), String.valueOf(model.getFileName()))
                .replace(String.valueOf(model.getParent()), "the model's folder");
        return new ForetokenException(
                outOfMemory() ? ErrorCode.INSUFFICIENT_MEMORY : error, "ONNX Runtime cannot load the graph: " + shown);
    }

    private boolean outOfMemory() {
        return text.contains("Failed to allocate memory")
                || text.contains("bad_alloc")
                || text.contains("out of memory");
    }
}

package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.runtime.DeviceSpec;
import java.nio.file.Path;

/** Loads graphs. Any thread may call it; a session belongs to one thread at a time. */
public interface SessionFactory {

    /**
     * Loads a graph with everything it needs of memory.
     *
     * @param model an ONNX file that was checked: what it names of other files is read too
     * @throws dev.foretoken.contract.ForetokenException MODEL_FILE_CORRUPT, MODEL_UNSUPPORTED, INSUFFICIENT_MEMORY, CONFIG_INVALID for a device
     *     that this factory does not compute on
     */
    GraphSession open(Path model, DeviceSpec device, SessionOptions options);
}

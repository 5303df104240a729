package dev.foretoken.contract.runtime;

import java.util.Optional;

/** Opens variants. Found by {@link java.util.ServiceLoader}; has a public constructor without arguments and does nothing in it. */
public interface RuntimeProvider {

    /** Short stable name, e.g. {@code native}, {@code onnx}. */
    String name();

    /** Whether {@link #open} has a chance; reads headers only. */
    Availability probe(ModelSource source, DeviceSpec device);

    /**
     * What {@link #open} would take of memory, within a few percent. Reads headers, and of some encodings their scales; packs nothing.
     *
     * @return empty where that cannot be told without opening it
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED, MODEL_FILE_CORRUPT, CONFIG_INVALID
     */
    default Optional<RuntimeEstimate> estimate(ModelSource source, DeviceSpec device, RuntimeOptions options) {
        return Optional.empty();
    }

    /**
     * Opens the variant; nothing stays open when it throws.
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED, MODEL_FILE_CORRUPT, INSUFFICIENT_MEMORY, CONFIG_INVALID
     */
    ModelRuntime open(ModelSource source, DeviceSpec device, RuntimeOptions options, LoadProgress progress);
}

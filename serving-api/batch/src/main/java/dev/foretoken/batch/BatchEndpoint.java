package dev.foretoken.batch;

import java.util.Arrays;
import java.util.Optional;

/** What a batch may ask for: routes of the HTTP server that answer with one whole body. */
public enum BatchEndpoint {
    CHAT_COMPLETIONS("/v1/chat/completions"),
    COMPLETIONS("/v1/completions"),
    EMBEDDINGS("/v1/embeddings"),
    /** Tensors by the Open Inference Protocol. The model, which is in the path over HTTP, is a field {@code model} of the body here. */
    INFER("/v2/infer"),
    ;

    private final String path;

    BatchEndpoint(String path) {
        this.path = path;
    }

    /** The endpoint that a request names as its {@code url}. */
    public static Optional<BatchEndpoint> of(String path) {
        return Arrays.stream(values())
                .filter(endpoint -> endpoint.path.equals(path))
                .findFirst();
    }

    public String path() {
        return path;
    }
}

package dev.foretoken.bench.serve;

/** The route that answers. */
enum Endpoint {
    COMPLETIONS("/v1/completions"),
    CHAT("/v1/chat/completions"),
    ;

    private final String path;

    Endpoint(String path) {
        this.path = path;
    }

    String path() {
        return path;
    }
}

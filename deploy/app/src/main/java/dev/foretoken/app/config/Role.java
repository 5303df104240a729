package dev.foretoken.app.config;

/** What this process is. One image, one configuration; a laptop runs ALL. */
public enum Role {
    /** Gateway and runtime in one process. */
    ALL,
    /** HTTP and gRPC edge in front of runtime pods. */
    GATEWAY,
    /** Scheduler and runtimes behind the internal gRPC interface. */
    RUNTIME,
    /** The registry over HTTP, without models. */
    REGISTRY,
    ;

    public boolean hasEngine() {
        return this == ALL || this == RUNTIME;
    }

    public boolean hasEdge() {
        return this == ALL || this == GATEWAY;
    }

    public boolean hasRegistry() {
        return this != RUNTIME;
    }
}

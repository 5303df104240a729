package dev.foretoken.gateway.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The OpenAPI documents of three families of routes, resources of this module that are written by hand. */
enum OpenApiDocument {
    REGISTRY("registry-openapi.json"),
    /** What operators see on the admin port alone. */
    OPERATORS("admin-openapi.json"),
    /** Files and batches. */
    BATCHES("batch-openapi.json"),
    ;

    private final String name;

    OpenApiDocument(String name) {
        this.name = name;
    }

    byte[] bytes() {
        try (InputStream in = OpenApiDocument.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

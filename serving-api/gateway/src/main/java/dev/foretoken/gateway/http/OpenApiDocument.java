package dev.foretoken.gateway.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The OpenAPI document of the registry's routes, a resource of this module that is written by hand. */
final class OpenApiDocument {

    private static final String NAME = "registry-openapi.json";

    private OpenApiDocument() {}

    static byte[] bytes() {
        try (InputStream in = OpenApiDocument.class.getResourceAsStream(NAME)) {
            if (in == null) {
                throw new IllegalStateException(NAME + " is not in the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.foretoken.registry.trust;

import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.io.InputStream;

/** Opens a blob. */
@FunctionalInterface
public interface PartReader {
    InputStream open(Digest blob) throws IOException;
}

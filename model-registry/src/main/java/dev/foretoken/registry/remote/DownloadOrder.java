package dev.foretoken.registry.remote;

import dev.foretoken.registry.content.Digest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One file to fetch.
 *
 * @param target the file, which is there only when it is whole and checked; what has come so far lies beside it
 * @param size in bytes, when it is known from elsewhere than from the answer
 * @param digest when it is known
 */
public record DownloadOrder(RemoteRequest request, Path target, OptionalLong size, Optional<Digest> digest) {

    Path partial() {
        return target.resolveSibling(target.getFileName() + ".part");
    }

    /** Holds the validator of {@link #partial}: the strong entity tag under which its bytes came. */
    Path validator() {
        return target.resolveSibling(target.getFileName() + ".etag");
    }
}

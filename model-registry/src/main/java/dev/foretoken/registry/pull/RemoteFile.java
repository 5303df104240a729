package dev.foretoken.registry.pull;

import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.remote.RemoteRequest;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One file that a place has.
 *
 * @param path inside the model, as the place says it: not to be trusted
 * @param gitDigest git's SHA-1 of it, 40 hexadecimal digits, for files whose SHA-256 the place does not know
 */
record RemoteFile(
        String path, OptionalLong size, Optional<Digest> digest, Optional<String> gitDigest, RemoteRequest request) {}

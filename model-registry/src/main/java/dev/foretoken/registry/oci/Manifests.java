package dev.foretoken.registry.oci;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.MediaTypes;
import dev.foretoken.registry.remote.Answer;
import dev.foretoken.registry.remote.RemoteRequest;
import dev.foretoken.registry.remote.Shown;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;

/** Manifests of one repository, by tag or digest. For one thread. */
final class Manifests {

    static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final int MAX_BYTES = 4 << 20;

    private final OciSession session;

    Manifests(OciSession session) {
        this.session = session;
    }

    /**
     * The bytes at a tag or digest; empty when there is none.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT when they are not the digest's
     */
    Optional<byte[]> get(String reference) throws IOException {
        RemoteRequest request = RemoteRequest.get(session.place().uri("/manifests/" + reference))
                .header("Accept", MediaTypes.MANIFEST + ", " + INDEX);
        try (Answer answer = session.send(request)) {
            if (answer.status() == 404) {
                return Optional.empty();
            }
            if (answer.status() != 200) {
                throw answer.failure();
            }
            byte[] bytes = answer.bytes(MAX_BYTES);
            Digest digest = Digest.of(bytes);
            requireSame(reference.startsWith("sha256:") ? reference : digest.toString(), digest, answer);
            requireSame(answer.header("docker-content-digest").orElse(digest.toString()), digest, answer);
            return Optional.of(bytes);
        }
    }

    /** Whether the registry says that it filed the manifest under its subject. */
    boolean put(String reference, String mediaType, byte[] manifest) {
        RemoteRequest request = RemoteRequest.of("PUT", session.place().uri("/manifests/" + reference))
                .with(new RemoteRequest.Body(mediaType, manifest.length, () -> new ByteArrayInputStream(manifest)));
        try (Answer answer = session.send(request)) {
            if (answer.status() != 201) {
                throw answer.failure();
            }
            Digest digest = Digest.of(manifest);
            requireSame(answer.header("docker-content-digest").orElse(digest.toString()), digest, answer);
            return answer.header("oci-subject").isPresent();
        }
    }

    private static void requireSame(String expected, Digest found, Answer answer) {
        if (!expected.equals(found.toString())) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "the manifest at %s has %s, expected was %s"
                            .formatted(Shown.of(answer.from()), found, Shown.of(expected)));
        }
    }
}

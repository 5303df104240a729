package dev.foretoken.registry.oci;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.remote.Answer;
import dev.foretoken.registry.remote.RemoteRequest;
import java.io.IOException;

/** Blobs that fit into memory. For one thread. */
final class SmallBlobs {

    private final OciSession session;

    SmallBlobs(OciSession session) {
        this.session = session;
    }

    /** @throws ForetokenException PAYLOAD_TOO_LARGE, MODEL_FILE_CORRUPT when the bytes are not the digest's */
    byte[] get(Digest digest, int most) throws IOException {
        try (Answer answer = session.send(RemoteRequest.get(session.place().uri("/blobs/" + digest)))) {
            if (answer.status() != 200) {
                throw answer.failure();
            }
            byte[] bytes = answer.bytes(most);
            if (!Digest.of(bytes).equals(digest)) {
                throw new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT,
                        "%s gives other bytes for blob %s"
                                .formatted(session.place().host(), digest));
            }
            return bytes;
        }
    }
}

package dev.foretoken.registry.oci;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.remote.Answer;
import dev.foretoken.registry.remote.RemoteRequest;
import dev.foretoken.registry.remote.Shown;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Uploads blobs that a repository does not have: taken over from another repository, in one piece, or in pieces. After a break the registry
 * is asked how far it came. For any thread.
 */
final class BlobUpload {

    private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-([0-9]{1,18})");

    private final OciSession session;
    private final int chunkBytes;

    BlobUpload(OciSession session, int chunkBytes) {
        this.session = session;
        this.chunkBytes = chunkBytes;
    }

    /** Whether bytes had to travel. {@code mountFrom}: another repository of this registry that may have the blob. */
    boolean upload(BlobSource blob, Optional<String> mountFrom, LongConsumer position) throws IOException {
        if (exists(blob)) {
            return false;
        }
        int failures = 0;
        while (true) {
            try {
                Optional<URI> location = begin(blob, mountFrom);
                if (location.isEmpty()) {
                    return false;
                }
                if (blob.size() <= chunkBytes) {
                    finish(RemoteRequest.of("PUT", closing(location.get(), blob))
                            .with(blob.whole()));
                } else {
                    URI end = pieces(blob, location.get(), position);
                    finish(RemoteRequest.of("PUT", closing(end, blob)));
                }
                return true;
            } catch (IOException e) {
                if (++failures >= session.http().limits().attempts()) {
                    throw new ForetokenException(
                            ErrorCode.SOURCE_UNAVAILABLE,
                            session.place().host() + " breaks off every upload; try again later",
                            e);
                }
                session.http().patience().pause(java.time.Duration.ofSeconds(failures));
            }
        }
    }

    private boolean exists(BlobSource blob) {
        RemoteRequest head = RemoteRequest.of("HEAD", session.place().uri("/blobs/" + blob.digest()));
        try (Answer answer = session.send(head)) {
            if (answer.status() == 200) {
                return true;
            }
            if (answer.status() == 404) {
                return false;
            }
            throw answer.failure();
        }
    }

    /** Where to send bytes to; empty when the registry took the blob over from the other repository. */
    private Optional<URI> begin(BlobSource blob, Optional<String> mountFrom) {
        String query = mountFrom
                .map(other -> "?mount=" + blob.digest() + "&from=" + other)
                .orElse("");
        try (Answer answer =
                session.send(RemoteRequest.of("POST", session.place().uri("/blobs/uploads/" + query)))) {
            if (answer.status() == 201) {
                return Optional.empty();
            }
            if (answer.status() != 202) {
                throw answer.failure();
            }
            return Optional.of(location(answer));
        }
    }

    private URI pieces(BlobSource blob, URI start, LongConsumer position) throws IOException {
        URI location = start;
        long offset = 0;
        while (offset < blob.size()) {
            long length = Math.min(chunkBytes, blob.size() - offset);
            RemoteRequest patch = RemoteRequest.of("PATCH", location)
                    .header("Content-Range", offset + "-" + (offset + length - 1))
                    .with(blob.piece(offset, length));
            Progress next = piece(patch, location, offset + length);
            if (next.offset() < offset || next.offset() > offset + length) {
                throw new IOException("the registry has bytes that were not sent");
            }
            location = next.location();
            offset = next.offset();
            position.accept(offset);
        }
        return location;
    }

    private record Progress(URI location, long offset) {}

    private Progress piece(RemoteRequest patch, URI location, long expected) throws IOException {
        try (Answer answer = session.sendOnce(patch)) {
            if (answer.status() == 202) {
                return new Progress(location(answer), expected);
            }
            if (answer.status() >= 400 && answer.status() < 500 && answer.status() != 416 && answer.status() != 429) {
                throw new IOException("a piece was answered with " + answer.status());
            }
        } catch (IOException e) {
            session.http().patience().pause(java.time.Duration.ofSeconds(1));
            return status(location, e);
        }
        return status(location, new IOException("a piece was not taken"));
    }

    /** How far the registry came; throws {@code why} when it does not say. */
    private Progress status(URI location, IOException why) throws IOException {
        try (Answer answer = session.send(RemoteRequest.get(location))) {
            Matcher range = RANGE.matcher(answer.header("range").orElse(""));
            if (answer.status() != 204 || !range.matches()) {
                throw why;
            }
            long end = Long.parseLong(range.group(1));
            return new Progress(location(answer), end == 0 ? 0 : end + 1);
        }
    }

    private void finish(RemoteRequest put) throws IOException {
        try (Answer answer = session.sendOnce(put)) {
            if (answer.status() != 201) {
                throw new IOException("the end of an upload was answered with " + answer.status());
            }
        }
    }

    private static URI closing(URI location, BlobSource blob) {
        String text = location.toString();
        return URI.create(text + (text.contains("?") ? "&" : "?") + "digest=" + blob.digest());
    }

    private static URI location(Answer answer) {
        try {
            return answer.from().resolve(URI.create(answer.header("location").orElseThrow()));
        } catch (RuntimeException e) {
            throw new ForetokenException(
                    ErrorCode.SOURCE_UNAVAILABLE, Shown.of(answer.from()) + " does not say where to upload to", e);
        }
    }
}

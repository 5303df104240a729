package dev.foretoken.registry.remote;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Fetches files. What was interrupted, by the other side or by the end of this process, goes on where it stopped, when the other side can
 * prove that the file is still the same one, or its digest is known. For any thread, one per target.
 */
public final class Download {

    /** So many bytes between two failures make the next one count as the first. */
    private static final long REAL_PROGRESS = 64 << 10;

    private final RemoteHttp http;
    private final LongSupplier nanoTime;

    public Download(RemoteHttp http) {
        this(http, System::nanoTime);
    }

    Download(RemoteHttp http, LongSupplier nanoTime) {
        this.http = http;
        this.nanoTime = nanoTime;
    }

    /**
     * Fetches the file unless it is there already, with the right size and digest.
     *
     * @param position told how many bytes of this file have come
     * @return the digest of the whole file
     * @throws ForetokenException MODEL_FILE_CORRUPT for other bytes than expected, PAYLOAD_TOO_LARGE, STORAGE_FULL, SOURCE_UNAVAILABLE,
     *     PERMISSION_DENIED, MODEL_NOT_FOUND
     */
    public Digest fetch(DownloadOrder order, ByteBudget budget, LongConsumer position) throws IOException {
        Files.createDirectories(order.target().toAbsolutePath().getParent());
        if (Files.exists(order.target())) {
            Digest there = Digest.of(order.target());
            if (order.digest().isPresent() && there.equals(order.digest().get())) {
                position.accept(Files.size(order.target()));
                return there;
            }
        }
        complete(order, budget, position);
        return install(order);
    }

    private void complete(DownloadOrder order, ByteBudget budget, LongConsumer position) throws IOException {
        int failures = 0;
        while (true) {
            DownloadAttempt attempt = new DownloadAttempt(
                    http, order, budget, new Stall(http.limits().stall(), nanoTime));
            long before = attempt.have();
            try {
                attempt.run(position);
                return;
            } catch (LocalFailure e) {
                throw new ForetokenException(
                        ErrorCode.STORAGE_FULL, "the file could not be written; free some space and pull again", e);
            } catch (IOException e) {
                failures = attempt.have() - before >= REAL_PROGRESS ? 1 : failures + 1;
                if (failures >= http.limits().attempts()) {
                    throw RemoteHttp.unreachable(order.request().uri(), e);
                }
                http.patience().pause(RemoteHttp.waitAfter(failures));
            }
        }
    }

    private static Digest install(DownloadOrder order) throws IOException {
        Digest digest = Digest.of(order.partial());
        if (order.digest().isPresent() && !order.digest().get().equals(digest)) {
            // Resuming would only add to wrong bytes.
            Files.delete(order.partial());
            Files.deleteIfExists(order.validator());
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "%s has %s, expected was %s; what came was thrown away"
                            .formatted(
                                    Shown.of(order.request().uri()),
                                    digest,
                                    order.digest().get()));
        }
        Files.move(
                order.partial(), order.target(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(order.validator());
        return digest;
    }
}

package dev.foretoken.gateway.registry;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * What uploads may take of this machine.
 *
 * @param sessions that are open at once
 * @param files of one session
 * @param fileBytes of one file
 * @param totalBytes of one session's files together
 * @param idle after which a session nobody sends to is given up
 * @param slowest bytes that must arrive in every {@code window} while a file is sent
 */
public record UploadLimits(
        int sessions, int files, long fileBytes, long totalBytes, Duration idle, int slowest, Duration window) {

    private static final long GIB = 1L << 30;

    public static final UploadLimits DEFAULT =
            new UploadLimits(16, 1000, 512 * GIB, 2048 * GIB, Duration.ofMinutes(30), 64 << 10, Duration.ofSeconds(30));

    public UploadLimits {
        requireRange("uploads.sessions", sessions, 1, 1024);
        requireRange("uploads.files", files, 1, 20_000);
        requireRange("uploads.idle", idle, Duration.ofMillis(1), Duration.ofDays(1));
        requireRange("uploads.slowest", slowest, 1, 1 << 30);
        requireRange("uploads.window", window, Duration.ofMillis(1), Duration.ofHours(1));
    }
}

package dev.foretoken.registry.remote;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.time.Duration;

/**
 * How much another host may give and how long it may take.
 *
 * @param totalBytes of all files of one pull
 * @param fileBytes of one file
 * @param files of one pull
 * @param stall longest time without progress: for a connection, for an answer, and for each {@link #STALL_BYTES} of a body
 * @param attempts how often in a row one request is tried without progress, 1 for once
 */
public record RemoteLimits(long totalBytes, long fileBytes, int files, Duration stall, int attempts) {

    /** So many bytes are progress; a host that drips them slower than this per {@link #stall} is given up. */
    public static final int STALL_BYTES = 1024;

    /** @throws ForetokenException CONFIG_INVALID, naming the limit */
    public RemoteLimits {
        require("pull.total-bytes", totalBytes, 1, Long.MAX_VALUE);
        require("pull.file-bytes", fileBytes, 1, Long.MAX_VALUE);
        require("pull.files", files, 1, 20_000);
        require("pull.stall-millis", stall.toMillis(), 1, 3_600_000);
        require("pull.attempts", attempts, 1, 100);
    }

    public static RemoteLimits defaults() {
        return new RemoteLimits(1L << 41, 1L << 39, 2_000, Duration.ofSeconds(60), 5);
    }

    private static void require(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "%s=%d, must be in [%d, %d]".formatted(key, value, least, most));
        }
    }
}

package dev.foretoken.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Memory that a process takes, as Linux counts it: anonymous pages and pages of mapped files that are in memory.
 *
 * @param resident bytes now
 * @param peak bytes at most since it began, or since {@link #forgetPeak}
 */
public record ResidentMemory(long resident, long peak) {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path RESET = Path.of("/proc/self/clear_refs");
    private static final String RESET_PEAK = "5";

    /** Empty where the system does not tell. */
    public static Optional<ResidentMemory> now() {
        return read(STATUS);
    }

    /** Of another process; empty once it has ended. */
    public static Optional<ResidentMemory> of(long pid) {
        return read(Path.of("/proc", Long.toString(pid), "status"));
    }

    static Optional<ResidentMemory> read(Path status) {
        try (Stream<String> lines = Files.lines(status)) {
            long[] found = {-1, -1};
            lines.forEach(line -> {
                if (line.startsWith("VmRSS:")) {
                    found[0] = bytes(line);
                } else if (line.startsWith("VmHWM:")) {
                    found[1] = bytes(line);
                }
            });
            return found[0] < 0 || found[1] < 0
                    ? Optional.empty()
                    : Optional.of(new ResidentMemory(found[0], found[1]));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static long bytes(String line) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }

    /** The peak begins anew at what is resident now; whether the system could be told so. */
    public static boolean forgetPeak() {
        try {
            Files.writeString(RESET, RESET_PEAK);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}

package dev.foretoken.registry.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Names what computed: numbers of different devices cannot be compared. */
public final class DeviceClass {

    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    private DeviceClass() {}

    /** Such as {@code Intel(R) Xeon(R) Processor, 2 threads}. */
    public static String ofThisMachine(int threads) {
        return cpuModel() + ", " + threads + (threads == 1 ? " thread" : " threads");
    }

    /** Model name of the processor as the operating system gives it, or {@code unknown}. */
    public static String cpuModel() {
        return cpuModel(CPUINFO);
    }

    static String cpuModel(Path cpuinfo) {
        try (Stream<String> lines = Files.lines(cpuinfo)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}

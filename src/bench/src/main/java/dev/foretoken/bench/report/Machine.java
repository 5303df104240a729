package dev.foretoken.bench.report;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The machine a result was measured on.
 *
 * @param cpu model name as the operating system gives it
 * @param cores processors available to this process
 * @param memoryBytes physical memory, or the container's limit
 */
public record Machine(String cpu, int cores, long memoryBytes, String os, String jdk) {

    public static Machine describe() {
        return new Machine(
                cpuModel(Path.of("/proc/cpuinfo")),
                Runtime.getRuntime().availableProcessors(),
                memory(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                System.getProperty("java.vm.vendor") + " " + Runtime.version());
    }

    /** One line for people. */
    public String sentence() {
        return "%s, %d cores, %.1f GiB, %s, JDK %s".formatted(cpu, cores, memoryBytes / 0x1p30, os, jdk);
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

    private static long memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os
                ? os.getTotalMemorySize()
                : 0;
    }
}

package dev.foretoken.bench.report;

import com.sun.management.OperatingSystemMXBean;
import dev.foretoken.registry.measure.DeviceClass;
import java.lang.management.ManagementFactory;

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
                DeviceClass.cpuModel(),
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

    private static long memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os
                ? os.getTotalMemorySize()
                : 0;
    }
}

package dev.foretoken.scheduler.host;

import dev.foretoken.contract.engine.GenerationTracer;
import dev.foretoken.contract.prefix.PrefixSecret;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.RuntimeProvider;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.scheduler.draft.DraftSource;
import dev.foretoken.scheduler.draft.PromptLookup;
import dev.foretoken.scheduler.prefill.StepTimes;
import java.lang.management.ManagementFactory;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;

/**
 * What the host takes from outside.
 *
 * @param providers asked in this order; the first that can open a variant does
 * @param nanoTime monotonic nanoseconds
 * @param threads makes the loops' platform threads
 * @param prefixSecret key of the prefix hashes: random bytes of this process, or shared with the gateways of a cluster
 * @param physicalMemory bytes of the machine, or the container's limit
 * @param drafts where proposals come from when speculation is on
 * @param tracer sees every request
 * @param stepTimes is told what every step took, on the thread of the variant's loop
 */
public record HostEnvironment(
        List<RuntimeProvider> providers,
        DeviceSpec device,
        Telemetry telemetry,
        LongSupplier nanoTime,
        InstantSource instants,
        ThreadFactory threads,
        byte[] prefixSecret,
        LongSupplier physicalMemory,
        DraftSource drafts,
        GenerationTracer tracer,
        StepTimes stepTimes) {

    public HostEnvironment {
        providers = List.copyOf(providers);
    }

    /** The real clocks, threads, randomness and memory of this process. */
    public static HostEnvironment ofProcess(List<RuntimeProvider> providers, DeviceSpec device, Telemetry telemetry) {
        return new HostEnvironment(
                providers,
                device,
                telemetry,
                System::nanoTime,
                InstantSource.system(),
                Thread.ofPlatform().name("scheduler-", 0).daemon().factory(),
                PrefixSecret.random(),
                HostEnvironment::memoryBytes,
                new PromptLookup(),
                GenerationTracer.OFF,
                StepTimes.IGNORED);
    }

    public HostEnvironment withDrafts(DraftSource value) {
        return with(prefixSecret, value, tracer, stepTimes);
    }

    /** With keys that others can make, too: {@link PrefixSecret#shared}. */
    public HostEnvironment withPrefixSecret(byte[] value) {
        return with(value, drafts, tracer, stepTimes);
    }

    public HostEnvironment withTracer(GenerationTracer value) {
        return with(prefixSecret, drafts, value, stepTimes);
    }

    public HostEnvironment withStepTimes(StepTimes value) {
        return with(prefixSecret, drafts, tracer, value);
    }

    private HostEnvironment with(byte[] secret, DraftSource source, GenerationTracer seeing, StepTimes told) {
        return new HostEnvironment(
                providers,
                device,
                telemetry,
                nanoTime,
                instants,
                threads,
                secret,
                physicalMemory,
                source,
                seeing,
                told);
    }

    private static long memoryBytes() {
        var bean = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        return bean.getTotalMemorySize();
    }
}

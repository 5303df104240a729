package dev.foretoken.bench.load;

import dev.foretoken.bench.process.ResidentMemory;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelRuntime;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeProvider;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Loads one model again and again, without caches, and takes time and memory. */
final class LoadRun {

    private final ModelSource source;
    private final RuntimeOptions options;
    private final DeviceSpec device;
    private final LongSupplier nanoClock;
    private HeldAs heldAs = HeldAs.UNKNOWN;
    private long storedBytes;

    LoadRun(ModelSource source, RuntimeOptions options, DeviceSpec device, LongSupplier nanoClock) {
        this.source = source;
        this.options = options;
        this.device = device;
        this.nanoClock = nanoClock;
    }

    LoadReport.Run load(LoadProgress progress) {
        RuntimeProvider provider = provider();
        System.gc();
        Optional<ResidentMemory> before = ResidentMemory.forgetPeak() ? ResidentMemory.now() : Optional.empty();
        long start = nanoClock.getAsLong();
        try (ModelRuntime runtime = provider.open(source, device, options, counting(progress))) {
            double seconds = (nanoClock.getAsLong() - start) / 1e9;
            heldAs = runtime.heldAs();
            return new LoadReport.Run(
                    seconds,
                    storedBytes / seconds / 1e9,
                    before.map(this::since).orElse(null));
        }
    }

    private LoadProgress counting(LoadProgress progress) {
        return (stage, done, total) -> {
            storedBytes = total;
            progress.update(stage, done, total);
        };
    }

    private LoadReport.@Nullable Memory since(ResidentMemory before) {
        return ResidentMemory.now()
                .map(after -> {
                    long peak = after.peak() - before.resident();
                    long growth = after.resident() - before.resident();
                    return new LoadReport.Memory(peak, growth, (double) peak / Math.max(1, heldAs.weightBytes()));
                })
                .orElse(null);
    }

    private RuntimeProvider provider() {
        StringBuilder reasons = new StringBuilder();
        for (RuntimeProvider provider : ServiceLoader.load(RuntimeProvider.class)) {
            switch (provider.probe(source, device)) {
                case Availability.Present present -> {
                    return provider;
                }
                case Availability.Missing missing ->
                    reasons.append(provider.name()).append(": ").append(missing.reason());
            }
        }
        throw new ForetokenException(ErrorCode.MODEL_UNSUPPORTED, "no runtime can open the model; " + reasons);
    }

    /** Of the last load. */
    HeldAs heldAs() {
        return heldAs;
    }

    /** Of the matrices in the files. */
    long storedBytes() {
        return storedBytes;
    }
}

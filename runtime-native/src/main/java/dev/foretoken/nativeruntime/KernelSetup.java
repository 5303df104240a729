package dev.foretoken.nativeruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.nativeruntime.kernels.Arithmetic;
import dev.foretoken.nativeruntime.kernels.KernelChoice;
import dev.foretoken.nativeruntime.kernels.KernelOptions;
import dev.foretoken.nativeruntime.kernels.KernelSelection;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.ffi.Isa;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which kernels and which cache type a model is opened with. Kernels are asked for as {@code auto}, by the name of a set, or as {@code
 * native-ISA} for native ones limited to an instruction set.
 */
final class KernelSetup {

    private static final System.Logger LOG = System.getLogger(KernelSetup.class.getName());
    private static final String NATIVE_PREFIX = "native-";

    private KernelSetup() {}

    /** Says what was chosen, and why not something faster. */
    static Kernels open(DeviceSpec device, RuntimeOptions options) {
        KernelSelection selection = select(device, options);
        tell(selection, device);
        return selection.kernels();
    }

    static KernelSelection select(DeviceSpec device, RuntimeOptions options) {
        String name = options.kernels();
        boolean limited = name.startsWith(NATIVE_PREFIX);
        Isa isa = limited ? isa(name, name.substring(NATIVE_PREFIX.length())) : null;
        return KernelSelection.open(limited ? KernelChoice.NATIVE : choice(name), kernelOptions(device, options, isa));
    }

    private static void tell(KernelSelection selection, DeviceSpec device) {
        Kernels kernels = selection.kernels();
        LOG.log(
                System.Logger.Level.INFO,
                "Computing with {0} on {1} threads, CPUs: {2}",
                kernels.path(),
                kernels.threads(),
                kernels.cpus());
        if (kernels.cpus().size() < device.cpus().size()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Of the CPUs {0} that were asked for, {1} keeps to: {2}",
                    device.cpus(),
                    kernels.path(),
                    kernels.cpus());
        }
        for (String reason : selection.reasons()) {
            LOG.log(System.Logger.Level.WARNING, "Faster kernels were passed over: {0}", reason);
        }
    }

    private static KernelOptions kernelOptions(DeviceSpec device, RuntimeOptions options, @Nullable Isa isa) {
        Arithmetic arithmetic = switch (options.precision()) {
            case FAST -> Arithmetic.FAST;
            case EXACT -> Arithmetic.EXACT;
        };
        CpuList cpus = device.cpus();
        int threads = threads(device);
        if (!cpus.isAny() && threads > cpus.size()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "threads=%d, must be at most the %d CPUs they are bound to (%s)"
                            .formatted(threads, cpus.size(), cpus));
        }
        String directory = System.getProperty(KernelOptions.NATIVE_DIRECTORY);
        return new KernelOptions(
                threads, arithmetic, cpus.first(threads), isa, directory == null ? null : Path.of(directory));
    }

    /** Not more than a container's quota gives, unless asked for. */
    private static int threads(DeviceSpec device) {
        int usable = Runtime.getRuntime().availableProcessors();
        int all =
                device.cpus().isAny() ? usable : Math.min(usable, device.cpus().size());
        return Math.min(device.threads() > 0 ? device.threads() : all, KernelOptions.MAX_THREADS);
    }

    private static KernelChoice choice(String name) {
        for (KernelChoice choice : KernelChoice.values()) {
            if (lower(choice).equals(name)) {
                return choice;
            }
        }
        throw unknown(name);
    }

    private static Isa isa(String name, String isaName) {
        for (Isa isa : Isa.values()) {
            if (lower(isa).equals(isaName)) {
                return isa;
            }
        }
        throw unknown(name);
    }

    private static ForetokenException unknown(String name) {
        List<String> known = new ArrayList<>();
        for (KernelChoice choice : KernelChoice.values()) {
            known.add(lower(choice));
        }
        for (Isa isa : Isa.values()) {
            known.add(NATIVE_PREFIX + lower(isa));
        }
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID, "kernels=%s, must be one of %s".formatted(name, String.join(", ", known)));
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** AUTO: BF16 where attention computes with bf16 dot products, which round to it anyway; else F32. */
    static KvType cacheType(RuntimeOptions options, Kernels kernels) {
        return switch (options.cacheType()) {
            case AUTO -> kernels.path().contains("bf16dot") ? KvType.BF16 : KvType.F32;
            case F32 -> KvType.F32;
            case BF16 -> KvType.BF16;
            case F16 -> KvType.F16;
            case INT8 -> KvType.INT8;
        };
    }
}

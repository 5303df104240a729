package dev.foretoken.app.config;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What this process computes on: one device, whatever it serves.
 *
 * @param index GPU ordinal as the driver counts; 0 for the CPU
 */
public record DeviceChoice(DeviceSpec.Kind kind, int index) {

    public static final DeviceChoice CPU = new DeviceChoice(DeviceSpec.Kind.CPU, 0);

    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

    /**
     * Reads {@code cpu}, {@code cuda} or {@code cuda:1}.
     *
     * @throws ForetokenException CONFIG_INVALID
     */
    public static DeviceChoice parse(String text) {
        if (text.equals("cpu")) {
            return CPU;
        }
        Matcher cuda = CUDA.matcher(text);
        if (!cuda.matches()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "device=%s, must be cpu, cuda or cuda:N".formatted(text));
        }
        return new DeviceChoice(DeviceSpec.Kind.CUDA, cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
    }

    DeviceSpec with(int threads, CpuList cpus) {
        return new DeviceSpec(kind, index, threads, cpus);
    }
}

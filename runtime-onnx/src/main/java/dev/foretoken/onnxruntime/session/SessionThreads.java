package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The threads that compute one graph. They are as many as the native runtime would take of the same device, and spin for work only during a
 * run: one follows another operator within microseconds, and afterwards the cores are those of other models.
 *
 * @param count with the one that calls
 * @param cpus those that the others are bound to; {@link CpuList#ANY} = none
 */
public record SessionThreads(int count, CpuList cpus) {

    public static SessionThreads of(DeviceSpec device, int usableCores) {
        int wanted = device.threads();
        if (wanted == 0) {
            wanted = device.cpus().isAny() ? usableCores : device.cpus().size();
        }
        return new SessionThreads(wanted, device.cpus());
    }

    /** Entries of a session's configuration, as {@code onnxruntime_session_options_config_keys.h} names them. */
    public Map<String, String> configuration() {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("session.intra_op.allow_spinning", "1");
        entries.put("session.force_spinning_stop", "1");
        entries.put("session.inter_op.allow_spinning", "0");
        if (!affinities().isEmpty()) {
            entries.put("session.intra_op_thread_affinities", affinities());
        }
        return entries;
    }

    /** In the form of {@code session.intra_op_thread_affinities}: a CPU, counted from 1, for each thread but the calling one; empty = unbound. */
    String affinities() {
        if (cpus.isAny() || count < 2) {
            return "";
        }
        List<Integer> all = cpus.cpus();
        return IntStream.range(1, count)
                .mapToObj(thread -> Integer.toString(all.get(thread % all.size()) + 1))
                .collect(Collectors.joining(";"));
    }
}

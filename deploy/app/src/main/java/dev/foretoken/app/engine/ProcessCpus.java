package dev.foretoken.app.engine;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CpuList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The CPUs that this process may run on.
 *
 * @param allowed any where the system does not tell
 */
public record ProcessCpus(CpuList allowed) {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String KEY = "Cpus_allowed_list:";

    /** Affinity mask and cpuset together, as Linux reports them. */
    public static ProcessCpus ofProcess() {
        return of(STATUS);
    }

    static ProcessCpus of(Path status) {
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith(KEY))
                    .findFirst()
                    .map(line -> new ProcessCpus(CpuList.parse(line.substring(KEY.length()))))
                    .orElse(new ProcessCpus(CpuList.ANY));
        } catch (IOException e) {
            return new ProcessCpus(CpuList.ANY);
        }
    }

    /** @throws ForetokenException CONFIG_INVALID for a CPU that threads of this process cannot be bound to */
    public void check(CpuList wanted) {
        if (wanted.isAny()) {
            return;
        }
        if (allowed.isAny()) {
            throw refused(wanted, "left out: this system does not say which CPUs a process may use");
        }
        if (!allowed.cpus().containsAll(wanted.cpus())) {
            throw refused(wanted, "among those that this process may use, which are " + allowed);
        }
    }

    private static ForetokenException refused(CpuList wanted, String expected) {
        return new ForetokenException(ErrorCode.CONFIG_INVALID, "cpus=" + wanted + ", must be " + expected)
                .withParam("cpus");
    }
}

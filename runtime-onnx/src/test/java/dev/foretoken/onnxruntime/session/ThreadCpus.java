package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.runtime.CpuList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where Linux lets the threads of this process run. */
public final class ThreadCpus {

    private static final Path TASKS = Path.of("/proc/self/task");
    private static final String KEY = "Cpus_allowed_list:";

    private ThreadCpus() {}

    /** Of the thread that calls; none where the system does not tell. */
    public static CpuList ofProcess() {
        Path status = Path.of("/proc/thread-self");
        return Files.exists(status) ? of(status).orElse(CpuList.ANY) : CpuList.ANY;
    }

    /** Of the threads whose names begin so. */
    public static List<CpuList> named(String prefix) {
        return ids().stream()
                .map(TASKS::resolve)
                .filter(task -> read(task.resolve("comm"))
                        .filter(name -> name.startsWith(prefix))
                        .isPresent())
                .flatMap(task -> of(task).stream())
                .toList();
    }

    /** Numbers of all threads. */
    static Set<String> ids() {
        try (Stream<Path> tasks = Files.list(TASKS)) {
            return tasks.map(task -> task.getFileName().toString()).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the thread of this number, unless it has ended. */
    static Optional<CpuList> of(String id) {
        return of(TASKS.resolve(id));
    }

    private static Optional<CpuList> of(Path task) {
        return read(task.resolve("status"))
                .flatMap(text ->
                        text.lines().filter(line -> line.startsWith(KEY)).findFirst())
                .map(line -> CpuList.parse(line.substring(KEY.length())));
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

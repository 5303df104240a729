package dev.foretoken.batch.job;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.store.BatchStore;
import dev.foretoken.batch.store.FileTable;
import dev.foretoken.batch.store.Incoming;
import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.StoredFile;
import dev.foretoken.contract.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Files and jobs in a folder, and a process that runs them turn by turn: it can end at any moment and be followed by another. Time stands still
 * unless a test moves it; tasks run at once.
 */
final class JobSite implements AutoCloseable {

    static final Instant BEGIN = Instant.parse("2026-01-02T03:04:05Z");

    /** The process has ended: nothing of ours catches it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private final Path folder;
    private final JobLimits limits;
    private final String database;
    private int made;
    private int steps;
    private int lastStep = Integer.MAX_VALUE;
    private Duration passed = Duration.ZERO;
    private Duration jumped = Duration.ZERO;
    BatchStore store;
    FakeTransport transport;
    BatchFiles files;
    BatchJobs jobs;
    JobLoop loop;
    boolean isLocal = true;

    JobSite(Path folder, JobLimits limits) {
        this(folder, limits, emptyDatabase(folder));
    }

    JobSite(Path folder, JobLimits limits, String database) {
        this.folder = folder;
        this.limits = limits;
        this.database = database;
        open();
    }

    private static String emptyDatabase(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("name"), Empty.FOLDER);
            return "jdbc:sqlite:" + Files.write(folder.resolve("batch.db"), Empty.DATABASE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Made once, since the tables take longer than most tests. */
    private static final class Empty {
        static final String FOLDER = "0".repeat(32);
        static final byte[] DATABASE = make();

        private static byte[] make() {
            try {
                Path made = Files.createTempDirectory("batch-site");
                Path file = made.resolve("batch.db");
                BatchStore.open(made, "jdbc:sqlite:" + file, () -> FOLDER).close();
                byte[] bytes = Files.readAllBytes(file);
                try (Stream<Path> paths = Files.walk(made)) {
                    for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(path);
                    }
                }
                return bytes;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void open() {
        store = BatchStore.open(folder, database, () -> {
            step();
            return "%032x".formatted(++made);
        });
        transport = new FakeTransport();
        loop = loop("one", transport);
        files = new BatchFiles(store, limits, this::now);
        jobs = new BatchJobs(store, limits, this::now, loop::lookSoon);
    }

    /** What another process would run on the same store. */
    JobLoop loop(String owner, JobTransport by) {
        return loop(owner, by, JobMetrics.NONE);
    }

    JobLoop loop(String owner, JobTransport by, JobMetrics metrics) {
        return loop(owner, by, metrics, this::now);
    }

    /** The same on a machine whose clock has not jumped. */
    JobLoop trueLoop(String owner, JobTransport by) {
        return loop(owner, by, JobMetrics.NONE, () -> BEGIN.plus(passed));
    }

    private JobLoop loop(String owner, JobTransport by, JobMetrics metrics, InstantSource wall) {
        return new JobLoop(store, limits, by, new JobDesk.Clocks(wall, this::nanos), metrics, Runnable::run, owner);
    }

    private Instant now() {
        step();
        return BEGIN.plus(passed).plus(jumped);
    }

    private long nanos() {
        step();
        return passed.toNanos();
    }

    private void step() {
        if (++steps > lastStep) {
            throw new Killed();
        }
    }

    /** The clock on the wall is set; no time passes. */
    void jump(Duration time) {
        jumped = jumped.plus(time);
    }

    void pass(Duration time) {
        passed = passed.plus(time);
    }

    /** Lets the process live for so many more steps: looks at the clock, new names, requests sent. */
    void killAfter(int more) {
        steps = 0;
        lastStep = more;
    }

    /** The process ends here, without a farewell, and another begins. */
    void restart() {
        lastStep = Integer.MAX_VALUE;
        store.close();
        open();
    }

    StoredFile upload(String tenant, String... lines) {
        byte[] bytes = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        try (Incoming incoming = files.receive(tenant)) {
            incoming.write(bytes, 0, bytes.length);
            return files.keep(tenant, "requests.jsonl", Optional.empty(), incoming);
        }
    }

    Job submit(String tenant, String window, String... lines) {
        return jobs.create(
                tenant,
                new BatchJobs.Asked(upload(tenant, lines).id(), "/v1/completions", window, Map.of(), Optional.empty()));
    }

    static String line(String id) {
        return "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{\"model\":\"m\",\"prompt\":\"%s\"}}"
                .formatted(id, id);
    }

    static String[] lines(int count) {
        String[] lines = new String[count];
        for (int i = 0; i < count; i++) {
            lines[i] = line("c" + i);
        }
        return lines;
    }

    /** Turns, answering everything at once, until nothing is left to do. */
    void settle(Function<BatchRequest, BatchAnswer> engine) {
        transport.engine = engine;
        for (int i = 0; i < 20; i++) {
            loop.turn();
        }
    }

    /** The same until the job is over, at most so many turns. */
    void settle(Job job, Function<BatchRequest, BatchAnswer> engine) {
        transport.engine = engine;
        for (int i = 0; i < 20 && !found(job).state().isOver(); i++) {
            loop.turn();
        }
    }

    Job found(Job job) {
        return jobs.find(job.tenant(), job.id());
    }

    List<String> content(Optional<String> file) {
        if (file.isEmpty()) {
            return List.of();
        }
        try (InputStream in = store.read(file.get())) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<StoredFile> allFiles(String tenant) {
        return files.list(new FileTable.Page(tenant, Optional.empty(), Optional.empty(), true, 100));
    }

    static BatchAnswer good(BatchRequest request) {
        String prompt = new String(request.body(), StandardCharsets.UTF_8).replaceAll(".*\"prompt\":\"(.*)\".*", "$1");
        return new BatchAnswer(
                200,
                "r-" + prompt,
                ("{\n \"text\":\"" + prompt + "\"}").getBytes(StandardCharsets.UTF_8),
                Optional.empty());
    }

    static BatchAnswer failed(int status, ErrorCode code) {
        return new BatchAnswer(status, "r", "{\"error\":1}".getBytes(StandardCharsets.UTF_8), Optional.of(code));
    }

    /** Keeps requests until a test answers them, or answers them at once where it has an engine. */
    final class FakeTransport implements JobTransport {
        final List<Flight> flights = new ArrayList<>();
        final Map<String, Watched> watched = new HashMap<>();
        int bound = 3;
        int boundOfTenant = Integer.MAX_VALUE;
        boolean caughtUp = true;
        Function<BatchRequest, BatchAnswer> engine;

        record Flight(BatchRequest request, Consumer<Optional<BatchAnswer>> answered) {}

        record Watched(Optional<Instant> since, BiConsumer<String, BatchAnswer> found) {}

        @Override
        public int room() {
            return bound - flights.size();
        }

        @Override
        public boolean takes(String tenant) {
            return flights.stream()
                            .filter(flight ->
                                    flight.request().tenant().orElse("").equals(tenant))
                            .count()
                    < boundOfTenant;
        }

        @Override
        public boolean isLocal() {
            return isLocal;
        }

        @Override
        public Sent send(BatchRequest request, Consumer<Optional<BatchAnswer>> answered) {
            step();
            if (engine != null) {
                answered.accept(Optional.of(engine.apply(request)));
                return () -> {};
            }
            Flight flight = new Flight(request, answered);
            flights.add(flight);
            return () -> {
                if (flights.remove(flight)) {
                    answered.accept(Optional.empty());
                }
            };
        }

        @Override
        public Watch watch(String job, Optional<Instant> since, BiConsumer<String, BatchAnswer> found) {
            watched.put(job, new Watched(since, found));
            return new Watch() {
                @Override
                public boolean isCaughtUp() {
                    return caughtUp;
                }

                @Override
                public void close() {
                    watched.remove(job);
                }
            };
        }

        void answer(int flight, BatchAnswer answer) {
            flights.remove(flight).answered().accept(Optional.of(answer));
        }
    }

    @Override
    public void close() {
        lastStep = Integer.MAX_VALUE;
        store.close();
    }
}

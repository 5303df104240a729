package dev.foretoken.scheduler.host;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.AdapterInfo;
import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.AdapterWeights;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.telemetry.Counter;
import dev.foretoken.scheduler.AdapterUse;
import dev.foretoken.scheduler.loop.AdapterLease;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The adapters of one variant by name: who uses them, and their numbers. Any thread. Loads take turns; nothing here waits for a step. */
final class AdapterTable {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/@-]{0,127}");
    private static final int NAMES_IN_MESSAGE = 8;
    /** Series of single adapters that one variant may have. */
    private static final int MOST_LABELS = 64;

    /** A command waits for one step at most. */
    static final Duration COMMAND_PATIENCE = Duration.ofMinutes(5);

    /**
     * What the variant does for the table.
     *
     * @param open reads an adapter on the calling thread
     * @param apply has the loop do a command between steps, and waits for it
     * @param requests counts those of an adapter by its name
     */
    record Runtime(
            Function<Path, AdapterWeights> open, Consumer<CacheCommand> apply, Function<String, Counter> requests) {}

    private enum State {
        LOADING,
        READY,
        ENDING,
    }

    private static final class Entry {
        final int number;
        final String key;
        State state = State.LOADING;
        int users;
        AdapterInfo info;
        final Counter requests;

        Entry(int number, String key, AdapterInfo info, Counter requests) {
            this.requests = requests;
            this.number = number;
            this.key = key;
            this.info = info;
        }
    }

    private final String model;
    private final AdapterLimits limits;
    private final Runtime runtime;
    private final MemoryBudget budget;
    private final InstantSource instants;
    private final Object loading = new Object();
    /** Guarded by itself, like what is in it. */
    private final Map<String, Entry> entries = new TreeMap<>();

    private final Set<String> labels = new HashSet<>();
    private long loads;

    AdapterTable(String model, AdapterLimits limits, Runtime runtime, MemoryBudget budget, InstantSource instants) {
        this.model = model;
        this.limits = limits;
        this.runtime = runtime;
        this.budget = budget;
        this.instants = instants;
    }

    /** See {@link dev.foretoken.contract.engine.EngineControl#loadAdapter}. */
    AdapterInfo load(String name, Path folder) {
        synchronized (loading) {
            Entry entry = begin(name);
            try {
                return load(name, folder, entry);
            } catch (RuntimeException | Error e) {
                remove(name);
                throw e;
            }
        }
    }

    private Entry begin(String name) {
        if (!limits.any()) {
            throw new ForetokenException(
                    ErrorCode.UNSUPPORTED_FEATURE,
                    "model '" + model + "' takes no adapters; start it with room for them (max-adapters)");
        }
        if (!NAME.matcher(name).matches()) {
            throw ForetokenException.invalid(
                    "lora_name",
                    "the name of an adapter must be 1 to 128 letters, digits or . _ / @ -, and start with a letter or digit");
        }
        synchronized (entries) {
            if (entries.containsKey(name)) {
                throw ForetokenException.invalid(
                        "lora_name",
                        "adapter '" + name + "' of model '" + model + "' is there already; unload it first");
            }
            Entry entry = new Entry(
                    freeNumber(),
                    name + "#" + loads++,
                    new AdapterInfo(name, 0, 0, instants.instant()),
                    runtime.requests().apply(label(name)));
            entries.put(name, entry);
            return entry;
        }
    }

    /** Names come and go, series stay: those past a limit share one. */
    private String label(String name) {
        if (labels.size() < MOST_LABELS) {
            labels.add(name);
        }
        return labels.contains(name) ? name : "other";
    }

    private int freeNumber() {
        for (int number = 0; number < limits.count(); number++) {
            int wanted = number;
            if (entries.values().stream().noneMatch(entry -> entry.number == wanted)) {
                return number;
            }
        }
        throw new ForetokenException(
                ErrorCode.INSUFFICIENT_MEMORY,
                "model '" + model + "' has its " + limits.count()
                        + " adapters already; unload one or raise max-adapters");
    }

    private AdapterInfo load(String name, Path folder, Entry entry) {
        AdapterWeights weights = runtime.open().apply(folder);
        AdapterInfo info = new AdapterInfo(name, weights.rank(), weights.bytes(), instants.instant());
        boolean paid = false;
        try {
            requireRoom(info);
            budget.take(info.bytes(), "adapter '" + name + "' of model '" + model + "'");
            paid = true;
            runtime.apply().accept(new CacheCommand.LoadAdapter(entry.number, weights));
        } catch (RuntimeException | Error e) {
            weights.close();
            budget.giveBack(paid ? info.bytes() : 0);
            throw e;
        }
        synchronized (entries) {
            entry.info = info;
            entry.state = State.READY;
        }
        return info;
    }

    private void requireRoom(AdapterInfo info) {
        if (info.bytes() > limits.bytes() - bytes()) {
            throw new ForetokenException(
                    ErrorCode.INSUFFICIENT_MEMORY,
                    "adapter '%s' takes %d bytes; of %d (adapter-bytes) %d are left: unload another"
                            .formatted(info.name(), info.bytes(), limits.bytes(), limits.bytes() - bytes()));
        }
    }

    private void remove(String name) {
        synchronized (entries) {
            entries.remove(name);
        }
    }

    /** Holds the adapter for a request. */
    AdapterLease enter(String name) {
        synchronized (entries) {
            Entry entry = entries.get(name);
            if (entry == null || entry.state == State.ENDING) {
                throw notFound(name);
            }
            if (entry.state == State.LOADING) {
                throw new ForetokenException(
                                ErrorCode.MODEL_LOADING,
                                "adapter '" + name + "' of model '" + model + "' is still loading; try again shortly")
                        .withRetryAfter(Duration.ofSeconds(1));
            }
            entry.users++;
            entry.requests.increment();
            return new AdapterLease(new AdapterUse(entry.number, entry.key), () -> leave(entry));
        }
    }

    private void leave(Entry entry) {
        synchronized (entries) {
            entry.users--;
            entries.notifyAll();
        }
    }

    /** See {@link dev.foretoken.contract.engine.EngineControl#unloadAdapter}. */
    void unload(String name, Duration grace) {
        Entry entry = end(name);
        awaitUsers(name, entry, grace);
        synchronized (loading) {
            synchronized (entries) {
                if (entries.get(name) != entry) {
                    throw notFound(name);
                }
            }
            runtime.apply().accept(new CacheCommand.UnloadAdapter(entry.number));
            budget.giveBack(entry.info.bytes());
            remove(name);
        }
    }

    private Entry end(String name) {
        synchronized (entries) {
            Entry entry = entries.get(name);
            if (entry == null || entry.state == State.LOADING) {
                throw notFound(name);
            }
            entry.state = State.ENDING;
            return entry;
        }
    }

    private void awaitUsers(String name, Entry entry, Duration grace) {
        long deadline = System.nanoTime() + grace.toNanos();
        synchronized (entries) {
            while (entry.users > 0) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new ForetokenException(
                            ErrorCode.DEADLINE_EXCEEDED,
                            "adapter '%s' takes no new requests, but %d still run; unload it again to wait for them"
                                    .formatted(name, entry.users));
                }
                await(left);
            }
        }
    }

    private void await(long millis) {
        try {
            entries.wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForetokenException(ErrorCode.CANCELLED, "the wait for running requests was interrupted", e);
        }
    }

    private ForetokenException notFound(String name) {
        String known = ready().stream()
                .limit(NAMES_IN_MESSAGE)
                .map(info -> "'" + model + ":" + info.name() + "'")
                .collect(Collectors.joining(", "));
        return new ForetokenException(
                        ErrorCode.MODEL_NOT_FOUND,
                        "model '" + model + "' has no adapter '" + name + "'; "
                                + (known.isEmpty() ? "none is loaded" : "loaded are " + known))
                .withParam("model");
    }

    /** Those that requests can name, by name. */
    List<AdapterInfo> ready() {
        synchronized (entries) {
            return entries.values().stream()
                    .filter(entry -> entry.state == State.READY)
                    .map(entry -> entry.info)
                    .toList();
        }
    }

    /** How many can be loaded at a time. */
    int most() {
        return limits.count();
    }

    /**
     * How many can be loaded, the names of those with accepted requests, and of those that requests wait for: none, since an adapter that can be
     * named is in memory.
     */
    List<String> description() {
        synchronized (entries) {
            String used = entries.entrySet().stream()
                    .filter(entry -> entry.getValue().users > 0)
                    .map(Map.Entry::getKey)
                    .collect(Collectors.joining(","));
            return List.of(Integer.toString(limits.count()), used, "");
        }
    }

    /** The time, since 1970. */
    double seconds() {
        return instants.millis() / 1e3;
    }

    /** Memory of all. */
    long bytes() {
        synchronized (entries) {
            return entries.values().stream()
                    .mapToLong(entry -> entry.info.bytes())
                    .sum();
        }
    }
}

package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.SessionUse;
import dev.foretoken.contract.runtime.StateBudget;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorRuntime;
import dev.foretoken.contract.runtime.TensorRuntime.TensorSession;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** The streams that are open, each with its caches in the runtime. Loop thread only, but {@link #open} and {@link #bytes}. */
final class TensorSessions {

    private static final Logger LOG = System.getLogger(TensorSessions.class.getName());

    private final TensorRuntime runtime;
    private final TensorConfig.Sessions limits;
    private final StateMemory memory;
    private final Map<SessionKey, Stream> streams = new HashMap<>();
    private volatile int open;
    private volatile long bytes;

    private final class Stream implements StateBudget {
        private final SessionKey key;
        private final TensorSession session;
        private long lastUse;
        private long taken;

        Stream(SessionKey key, long now) {
            this.key = key;
            this.lastUse = now;
            this.session = runtime.openSession(this);
        }

        @Override
        public void change(String cache, long change) {
            if (change > limits.maxBytes() - taken) {
                throw new ForetokenException(
                        ErrorCode.PAYLOAD_TOO_LARGE,
                        "cache '%s' would make those of %s %d bytes large, at most %d may be (tensor.max-session-bytes), so it has ended; start it again with less"
                                .formatted(cache, key, taken + change, limits.maxBytes()));
            }
            if (change > limits.maxBytesTogether() - bytes) {
                throw new ForetokenException(
                                ErrorCode.QUEUE_FULL,
                                "cache '%s' of %s would make those of all open sessions %d bytes large, at most %d may be (tensor.session-memory), so it has ended; end others, or start it again later"
                                        .formatted(cache, key, bytes + change, limits.maxBytesTogether()))
                        .withRetryAfter(firstExpiry(lastUse));
            }
            pay(cache, change);
            taken += change;
            bytes += change;
        }

        private void pay(String cache, long change) {
            if (change < 0) {
                memory.giveBack(-change);
            } else if (!memory.take(change)) {
                throw new ForetokenException(
                                ErrorCode.QUEUE_FULL,
                                "cache '%s' of %s needs %d bytes more, and the memory of all models has no room for them (host.memory-budget-bytes), so it has ended; end others, or start it again later"
                                        .formatted(cache, key, change))
                        .withRetryAfter(firstExpiry(lastUse));
            }
        }
    }

    TensorSessions(TensorRuntime runtime, TensorConfig.Sessions limits, StateMemory memory) {
        this.runtime = runtime;
        this.limits = limits;
        this.memory = memory;
    }

    /** Streams that are open. Any thread. */
    int open() {
        return open;
    }

    /** What the caches of open streams take. Any thread. */
    long bytes() {
        return bytes;
    }

    /** Runs the next request of a stream; an error ends the stream. The outputs are copied before {@link #done}. */
    List<Tensor> run(TensorCall call, long now) {
        SessionKey key = Objects.requireNonNull(call.sessionKey);
        SessionUse use = call.session.orElseThrow();
        expire(call, key);
        Stream stream = use.start() ? start(key, now) : require(key);
        stream.lastUse = now;
        try {
            return stream.session.run(call.work.inputs(), call.work.outputs());
        } catch (RuntimeException | Error e) {
            close(key);
            throw e;
        }
    }

    /** When this request came, its stream was over, though nobody had looked. */
    private void expire(TensorCall call, SessionKey key) {
        Stream stream = streams.get(key);
        if (stream != null && call.submittedAt - stream.lastUse >= limits.idle().toNanos()) {
            close(key);
        }
    }

    /** A request of it was not answered: what its caches say is not what its caller knows. */
    void failed(SessionKey key) {
        close(key);
    }

    /** The request is about to be answered. */
    void done(TensorCall call, long now) {
        SessionKey key = Objects.requireNonNull(call.sessionKey);
        Stream stream = streams.get(key);
        if (stream != null && call.session.orElseThrow().end()) {
            close(key);
        } else if (stream != null) {
            stream.lastUse = now;
        }
    }

    private Stream start(SessionKey key, long now) {
        close(key);
        if (streams.size() >= limits.most()) {
            throw new ForetokenException(
                            ErrorCode.QUEUE_FULL,
                            streams.size() + " sessions are open already, at most " + limits.most()
                                    + " may be (tensor.max-sessions); end one, or try again later")
                    .withRetryAfter(firstExpiry(now));
        }
        Stream stream = new Stream(key, now);
        streams.put(key, stream);
        open = streams.size();
        return stream;
    }

    private Stream require(SessionKey key) {
        Stream stream = streams.get(key);
        if (stream == null) {
            throw ForetokenException.invalid(
                    "session",
                    key + " is not open: it was not started, has ended, failed, or had no request for "
                            + limits.idle().toMillis() + " ms; start it again");
        }
        return stream;
    }

    private Duration firstExpiry(long now) {
        long first = now + limits.idle().toNanos();
        for (Stream stream : streams.values()) {
            first = Math.min(first, stream.lastUse + limits.idle().toNanos());
        }
        return Duration.ofNanos(Math.max(1, first - now));
    }

    /** Gives up the streams that nobody has used for too long, unless requests of theirs wait. */
    void expire(long now, Predicate<SessionKey> waits) {
        if (open > 0) {
            List<SessionKey> idle = streams.entrySet().stream()
                    .filter(entry ->
                            now - entry.getValue().lastUse >= limits.idle().toNanos())
                    .map(Map.Entry::getKey)
                    .filter(waits.negate())
                    .toList();
            idle.forEach(this::close);
        }
    }

    private void close(SessionKey key) {
        Stream stream = streams.remove(key);
        open = streams.size();
        if (stream != null) {
            try {
                stream.session.close();
            } catch (RuntimeException e) {
                LOG.log(Logger.Level.ERROR, "The caches of " + key + " could not be freed", e);
            }
            bytes -= stream.taken;
            memory.giveBack(stream.taken);
        }
    }

    void closeAll() {
        List.copyOf(streams.keySet()).forEach(this::close);
    }

    /** Until one may expire; at most {@code most}. */
    Duration patience(long now, Duration most) {
        return open == 0 || firstExpiry(now).compareTo(most) > 0 ? most : firstExpiry(now);
    }
}

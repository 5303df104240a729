package dev.foretoken.batch.kafka;

import dev.foretoken.contract.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what a worker tells. */
final class CountedMetrics implements BatchMetrics {

    final AtomicInteger duplicates = new AtomicInteger();
    final AtomicInteger answers = new AtomicInteger();
    final AtomicInteger retries = new AtomicInteger();
    final AtomicInteger aborts = new AtomicInteger();
    final List<String> deadLetters = new CopyOnWriteArrayList<>();
    volatile long lag = -1;
    volatile long ids;
    volatile long idBytes;
    volatile Duration oldest = Duration.ZERO;

    @Override
    public void lag(long requests) {
        lag = requests;
    }

    @Override
    public void remembered(long known, long bytes) {
        idBytes = bytes;
        ids = known;
    }

    @Override
    public void oldestAge(Duration age) {
        oldest = age;
    }

    @Override
    public void answered(int status) {
        answers.incrementAndGet();
    }

    @Override
    public void duplicate() {
        duplicates.incrementAndGet();
    }

    @Override
    public void retried(ErrorCode code) {
        retries.incrementAndGet();
    }

    @Override
    public void deadLettered(String reason) {
        deadLetters.add(reason);
    }

    @Override
    public void aborted() {
        aborts.incrementAndGet();
    }
}

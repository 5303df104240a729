package dev.foretoken.batch.job;

import dev.foretoken.batch.record.value.AnswerLine;
import dev.foretoken.batch.store.AnsweredLines;
import dev.foretoken.batch.store.BatchStore;
import dev.foretoken.batch.store.Incoming;
import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.JobState;
import dev.foretoken.batch.store.StoredFile;
import dev.foretoken.contract.ForetokenException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes the two files of a job that ends, in the order of its requests: each of them has one line in one of the two, whether it was
 * answered or not. For one thread.
 */
final class JobFiles {

    private static final int BUFFER = 1 << 16;

    private final BatchStore store;
    private final JobLimits limits;
    private final Job job;
    private final JobState end;
    private final UsageSum usage = new UsageSum();

    private JobFiles(BatchStore store, JobLimits limits, Job job, JobState end) {
        this.store = store;
        this.limits = limits;
        this.job = job;
        this.end = end;
    }

    /** What a file holds. */
    enum Kind {
        OUTPUT,
        ERROR,
    }

    /** A file that is on the disk and that no row names yet. */
    record Kept(Kind kind, StoredFile file) {
        static Optional<String> id(List<Kept> files, Kind kind) {
            return files.stream()
                    .filter(kept -> kept.kind() == kind)
                    .map(kept -> kept.file().id())
                    .findFirst();
        }
    }

    /** @param all at most one of each kind; none that is empty */
    record Written(Job.Counts counts, Job.Usage usage, List<Kept> all) {}

    /** @param end why it ends: what is said of requests that were not answered */
    static Written write(BatchStore store, JobLimits limits, Job job, AnsweredLines answered, JobState end, Instant now)
            throws IOException {
        return new JobFiles(store, limits, job, end).write(answered, now);
    }

    private Written write(AnsweredLines answered, Instant now) throws IOException {
        try (Incoming output = store.receive(Long.MAX_VALUE);
                Incoming errors = store.receive(Long.MAX_VALUE)) {
            if (answered.counts().total() > 0) {
                write(answered, output, errors);
            }
            List<Kept> all = new ArrayList<>();
            placed(output, Kind.OUTPUT, now).ifPresent(all::add);
            try {
                placed(errors, Kind.ERROR, now).ifPresent(all::add);
            } catch (ForetokenException e) {
                all.forEach(kept -> store.removeBytes(kept.file().id()));
                throw e;
            }
            return new Written(answered.counts(), usage.sum(), all);
        }
    }

    private void write(AnsweredLines answered, Incoming output, Incoming errors) throws IOException {
        try (RequestLines lines = new RequestLines(store.read(job.order().inputFile()), limits.maxLineBytes());
                AnsweredLines.Copier copier = answered.copier();
                OutputStream good = new BufferedOutputStream(new Lent(output), BUFFER);
                OutputStream bad = new BufferedOutputStream(new Lent(errors), BUFFER)) {
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                int index = lines.index();
                if (answered.has(index)) {
                    usage.add(copier.copy(index, answered.isFailed(index) ? bad : good));
                } else {
                    bad.write(unanswered(index, line));
                    bad.write('\n');
                }
            }
        }
    }

    private byte[] unanswered(int index, byte[] line) {
        String id = lineId(job, index);
        return end == JobState.EXPIRED
                ? AnswerLine.unanswered(
                        id,
                        customId(line),
                        "batch_expired",
                        "This request could not be executed before the completion window expired.")
                : AnswerLine.unanswered(
                        id,
                        customId(line),
                        "batch_cancelled",
                        "This request was not executed before the batch was cancelled.");
    }

    private static String customId(byte[] line) {
        try {
            return LineParser.parse(line).customId();
        } catch (FlawedLine e) {
            throw new IllegalStateException("the file was good when it was checked", e);
        }
    }

    /** Of a line in the files of a job. */
    static String lineId(Job job, int index) {
        return job.id().replaceFirst("^batch_", "batch_req_") + "_" + index;
    }

    private Optional<Kept> placed(Incoming file, Kind kind, Instant now) {
        if (file.bytes() == 0) {
            return Optional.empty();
        }
        long bytes = file.bytes();
        Instant expires = now.plus(job.order().outputLife().orElse(limits.fileLife()));
        String name = job.id() + "_" + kind.name().toLowerCase(Locale.ROOT) + ".jsonl";
        StoredFile kept = new StoredFile(
                store.place(file), job.tenant(), StoredFile.OUTPUT, name, bytes, now, Optional.of(expires));
        return Optional.of(new Kept(kind, kept));
    }

    /** Whoever opened the file closes it. */
    private static final class Lent extends OutputStream {
        private final Incoming file;

        Lent(Incoming file) {
            this.file = file;
        }

        @Override
        public void write(int value) {
            file.write(value);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            file.write(bytes, offset, length);
        }
    }
}

package dev.foretoken.registry;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.blob.BlobCheck;
import dev.foretoken.registry.blob.BlobCollection;
import dev.foretoken.registry.blob.BlobRoot;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.job.BuildJobs;
import dev.foretoken.registry.job.JobSpec;
import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.metadata.JobState;
import dev.foretoken.registry.metadata.Metadata;
import dev.foretoken.registry.metadata.VariantRow;
import dev.foretoken.registry.view.ViewFolder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Checks everything, and removes what nothing reaches. */
final class Upkeep {
    /** How long a failed job's folder stays to be looked at, or tried again. */
    private static final Duration JOB_FOLDERS = Duration.ofDays(7);

    private static final int MOST_JOBS = 10_000;

    private final Metadata metadata;
    private final Storage storage;
    private final BuildJobs jobs;
    private final Clock clock;

    Upkeep(Metadata metadata, Storage storage, BuildJobs jobs, Clock clock) {
        this.metadata = metadata;
        this.storage = storage;
        this.jobs = jobs;
        this.clock = clock;
    }

    VerifyReport verify(boolean setAside, LoadProgress progress) {
        List<VariantRow> rows = rows();
        BlobCheck.Report report = new BlobCheck(storage.kept()).check(roots(rows), setAside, progress);
        List<VerifyReport.Problem> problems = new ArrayList<>();
        report.findings()
                .forEach(found -> problems.add(new VerifyReport.Problem(found.what(), found.detail(), found.names())));
        rows.forEach(row -> disagreement(row).ifPresent(problems::add));
        return new VerifyReport(rows.size(), report.blobs(), report.bytes(), problems);
    }

    /** Whether the database says of a variant what its manifest says. */
    private Optional<VerifyReport.Problem> disagreement(VariantRow row) {
        VariantManifest manifest;
        try {
            manifest = storage.manifest(row.manifest());
        } catch (ForetokenException e) {
            if (e.code() == ErrorCode.MODEL_FILE_CORRUPT) {
                return Optional.empty();
            }
            throw e;
        }
        boolean same = manifest.contentDigest().equals(row.content())
                && manifest.fileBytes() == row.bytes()
                && Digest.of(VariantManifest.configBytes(row.config(), manifest.files()))
                        .equals(manifest.config().digest());
        return same
                ? Optional.empty()
                : Optional.of(new VerifyReport.Problem(
                        row.ref().toString(),
                        "the database says otherwise than its manifest: remove the variant and import or build it again",
                        List.of(row.ref().toString())));
    }

    CollectReport collect(Duration grace, LoadProgress progress) {
        BlobCollection.Report report =
                new BlobCollection(storage.blobs(), clock).collect(this::reached, grace, progress);
        Set<Digest> kept = rows().stream().map(VariantRow::manifest).collect(Collectors.toSet());
        int views = new ViewFolder(storage.views())
                .removeOthers(kept, clock.instant().minus(grace));
        return new CollectReport(
                report.reached(), report.young(), report.removed(), report.bytes(), views, jobs.sweep(JOB_FOLDERS));
    }

    /** Texts that jobs calibrate with are reached by no manifest: they stay young as long as their job may need them. */
    private List<BlobRoot> reached() {
        Instant before = clock.instant().minus(JOB_FOLDERS);
        for (Job job : metadata.read(session -> session.jobs().newest(MOST_JOBS))) {
            boolean over = job.state() == JobState.SUCCEEDED
                    || job.times().ended().filter(before::isAfter).isPresent();
            if (!over) {
                JobSpec.parse(job.spec()).calibration().ifPresent(storage.blobs()::renew);
            }
        }
        return roots(rows());
    }

    private static List<BlobRoot> roots(List<VariantRow> rows) {
        return rows.stream()
                .map(row -> new BlobRoot(row.ref().toString(), row.manifest()))
                .toList();
    }

    private List<VariantRow> rows() {
        return metadata.read(session -> session.variants().all());
    }
}

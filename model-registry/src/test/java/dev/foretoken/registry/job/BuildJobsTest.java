package dev.foretoken.registry.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildOrder;
import dev.foretoken.database.DatabaseKind;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.metadata.JobState;
import dev.foretoken.registry.metadata.SampleRows;
import dev.foretoken.registry.metadata.VariantRow;
import dev.foretoken.registry.name.VariantRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(DatabaseKind.class)
class BuildJobsTest {
    private final Path folder;
    private final String url;
    private final JobSiteFixture site;

    BuildJobsTest(DatabaseKind kind, @TempDir Path folder) {
        this.folder = folder;
        url = kind.url(folder);
        site = new JobSiteFixture(folder, url).withBase();
    }

    @AfterEach
    void close() {
        site.close();
    }

    @Test
    void whatIsBuiltBecomesAWholeVariant() {
        Job job = site.jobs.submit(JobSiteFixture.order("q4"));
        assertThat(job.state()).isEqualTo(JobState.QUEUED);
        Job ended = site.runToTheEnd(job.id(), CountingWorkshop.plain("a"), VariantProbe.NONE);

        assertThat(ended.status().message()).isEqualTo("toy@1/q4 is made, not measured");
        assertThat(ended.state()).isEqualTo(JobState.SUCCEEDED);
        VariantRow row = row("q4");
        assertThat(site.shelf.manifest(row).files())
                .extracting(ModelFile::path)
                .containsExactly("build.json", "config.json", "model.safetensors", "tokenizer.json");
        assertThat(site.weights("q4")).isEqualTo("a0 a1 a2 a3 a4 a5 a6 a7");
        VariantConfig config = row.config();
        assertThat(config.kind()).isEqualTo(VariantConfig.Kind.QUANTIZED);
        assertThat(config.settings()).isEqualTo(Map.of("kv_cache_dtype", "int8"));
        assertThat(config.parent())
                .isEqualTo(new VariantConfig.Parent(
                        "toy@1/base",
                        site.metadata
                                .<VariantRow>read(session -> session.variants()
                                        .find(JobSiteFixture.BASE)
                                        .orElseThrow())
                                .manifest()));
        assertThat(config.provenance().method()).isEqualTo("count");
        assertThat(site.jobs.log(job.id(), 0)).contains("attempt 1", "counted 7", "succeeded");
        assertThat(site.scratchIsEmpty(job.id())).isTrue();
    }

    @Test
    void ordersAreQueuedTogetherOrNotAtAll() {
        List<JobOrder> twice = List.of(JobSiteFixture.order("one"), JobSiteFixture.order("one"));
        assertThatThrownBy(() -> site.jobs.submit(twice))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("already builds toy@1/one");
        assertThat(site.jobs.newest(10)).isEmpty();
        assertThat(site.jobs.submit(List.of(JobSiteFixture.order("one"), JobSiteFixture.order("two"))))
                .extracting(Job::name)
                .containsExactly("one", "two");
    }

    @Test
    void anOrderIsTheSameWithOtherThreadsAndAnotherWithOtherTexts() {
        JobSpec spec = JobSpec.of(order(List.of(new int[] {1, 2}), 1));
        assertThat(spec.makesTheSame(JobSpec.of(order(List.of(new int[] {1, 2}), 2))))
                .isTrue();
        assertThat(spec.makesTheSame(JobSpec.of(order(List.of(new int[] {1, 3}), 1))))
                .isFalse();
        assertThat(spec.makesTheSame(JobSpec.of(order(List.of(), 1)))).isFalse();
    }

    private static JobOrder order(List<int[]> calibration, int threads) {
        return new JobOrder(JobSiteFixture.BASE, "q4", "rtn", Map.of(), calibration, threads);
    }

    @Test
    void theVariantAndItsBaseAreMeasured() {
        Job job = site.jobs.submit(JobSiteFixture.order("q4"));
        List<VariantRef> asked = new CopyOnWriteArrayList<>();
        Job ended = site.runToTheEnd(job.id(), CountingWorkshop.plain("a"), (ref, watch) -> {
            asked.add(ref);
            return Optional.of(SampleRows.good());
        });
        assertThat(ended.status().message()).isEqualTo("toy@1/q4 is made and measured");
        assertThat(asked).containsExactly(JobSiteFixture.BASE.sibling("q4"), JobSiteFixture.BASE);
        assertThat(site.metadata.<Object>read(session -> session.measurements().of(JobSiteFixture.BASE.sibling("q4"))))
                .isEqualTo(List.of(SampleRows.good()));
    }

    @Test
    void aProbeThatFailsLeavesTheVariant() {
        Job job = site.jobs.submit(JobSiteFixture.order("q4"));
        Job ended = site.runToTheEnd(job.id(), CountingWorkshop.plain("a"), (ref, watch) -> {
            throw new IllegalStateException("no questions");
        });
        assertThat(ended.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(ended.status().message()).contains("not measured: the probe failed");
        assertThat(site.jobs.log(job.id(), 0)).contains("no questions");
    }

    @Test
    void calibrationReachesTheWorkshopAndItsDigestTheProvenance() {
        AtomicReference<List<int[]>> seen = new AtomicReference<>(List.of());
        JobOrder order = new JobOrder(
                JobSiteFixture.BASE,
                "q4",
                "count",
                Map.of("bits", "4"),
                List.of(new int[] {1, 2, 3}, new int[] {7}),
                1);
        Job job = site.jobs.submit(order);
        site.runToTheEnd(
                job.id(),
                new CountingWorkshop("a", (step, built, watch) -> seen.set(built.calibration())),
                VariantProbe.NONE);
        assertThat(seen.get()).containsExactly(new int[] {1, 2, 3}, new int[] {7});
        assertThat(row("q4").config().provenance().calibration())
                .isEqualTo(JobSpec.parse(job.spec()).calibration().orElseThrow());
        assertThat(row("q4").config().provenance().parameters()).isEqualTo(Map.of("bits", "4"));
    }

    @Test
    void othersSeeHowFarItIsAndCancelIt() {
        Job job = site.jobs.submit(JobSiteFixture.order("q4"));
        CountDownLatch atThree = new CountDownLatch(1);
        CountingWorkshop workshop = new CountingWorkshop("a", (step, order, watch) -> {
            if (step == 3) {
                atThree.countDown();
                JobSiteFixture.await(watch::cancelled);
                throw new ForetokenException(ErrorCode.CANCELLED, "stopped");
            }
        });
        try (JobSiteFixture elsewhere = new JobSiteFixture(folder, url);
                JobRunner _ = site.jobs.start(workshop, VariantProbe.NONE)) {
            JobSiteFixture.await(
                    () -> elsewhere.jobs.find(job.id()).status().progress().done() == 3);
            assertThat(elsewhere.jobs.find(job.id()).status().progress())
                    .isEqualTo(new Job.Progress("counting", 3, CountingWorkshop.STEPS));
            assertThat(elsewhere.jobs.find(job.id()).state()).isEqualTo(JobState.RUNNING);
            elsewhere.jobs.cancel(job.id());
            JobSiteFixture.await(() -> elsewhere.jobs.find(job.id()).state().ended());
        }
        assertThat(site.jobs.find(job.id()).state()).isEqualTo(JobState.CANCELLED);
        assertThat(site.exists("q4")).isFalse();
    }

    @Test
    void aCancelledJobGoesOnWhereItWasWhenTriedAgain() {
        Job job = site.jobs.submit(JobSiteFixture.order("q4"));
        site.runToTheEnd(
                job.id(),
                new CountingWorkshop("a", (step, order, watch) -> {
                    if (step == 3) {
                        site.jobs.cancel(job.id());
                        JobSiteFixture.await(watch::cancelled);
                        throw new ForetokenException(ErrorCode.CANCELLED, "stopped");
                    }
                }),
                VariantProbe.NONE);
        assertThat(site.jobs.retry(job.id()).state()).isEqualTo(JobState.QUEUED);
        site.runToTheEnd(job.id(), CountingWorkshop.plain("b"), VariantProbe.NONE);
        assertThat(site.weights("q4")).isEqualTo("a0 a1 a2 b3 b4 b5 b6 b7");
    }

    @Test
    void closingTheRunnerGivesTheJobToTheNext() {
        Job job = site.jobs.submit(JobSiteFixture.order("q4"));
        CountDownLatch atFive = new CountDownLatch(1);
        CountingWorkshop workshop = new CountingWorkshop("a", (step, order, watch) -> {
            if (step == 5) {
                atFive.countDown();
                JobSiteFixture.await(watch::cancelled);
                throw new ForetokenException(ErrorCode.CANCELLED, "stopped");
            }
        });
        try (JobRunner _ = site.jobs.start(workshop, VariantProbe.NONE)) {
            JobSiteFixture.await(() -> atFive.getCount() == 0);
        }
        assertThat(site.jobs.find(job.id()).state()).isEqualTo(JobState.QUEUED);
        site.runToTheEnd(job.id(), CountingWorkshop.plain("b"), VariantProbe.NONE);
        assertThat(site.weights("q4")).isEqualTo("a0 a1 a2 a3 a4 b5 b6 b7");
    }

    @Test
    void aWorkshopThatThrowsFailsTheJobWithItsSentence() {
        Job known = site.jobs.submit(JobSiteFixture.order("q4"));
        Job ended = site.runToTheEnd(
                known.id(),
                failing(new ForetokenException(ErrorCode.MODEL_UNSUPPORTED, "this model has no experts to drop")),
                VariantProbe.NONE);
        assertThat(ended.state()).isEqualTo(JobState.FAILED);
        assertThat(ended.status().message()).isEqualTo("this model has no experts to drop");

        Job unknown = site.jobs.submit(JobSiteFixture.order("q4"));
        ended = site.runToTheEnd(unknown.id(), failing(new IllegalStateException("index 7")), VariantProbe.NONE);
        assertThat(ended.status().message()).contains("IllegalStateException").doesNotContain("index 7");
        assertThat(site.jobs.log(unknown.id(), 0)).contains("index 7");
        assertThat(site.exists("q4")).isFalse();
    }

    @Test
    void aFullScratchDiskFailsTheJobAndALaterTryGoesOn() {
        Job job = site.jobs.submit(JobSiteFixture.order("q4"));
        Job ended = site.runToTheEnd(
                job.id(),
                new CountingWorkshop("a", (step, order, watch) -> {
                    if (step == 6) {
                        Files.writeString(Path.of("/dev/full"), "no room for this");
                    }
                }),
                VariantProbe.NONE);
        assertThat(ended.state()).isEqualTo(JobState.FAILED);
        assertThat(ended.status().message()).isEqualTo("the scratch folder cannot be written");
        assertThat(site.exists("q4")).isFalse();
        site.jobs.retry(job.id());
        site.runToTheEnd(job.id(), CountingWorkshop.plain("b"), VariantProbe.NONE);
        assertThat(site.weights("q4")).isEqualTo("a0 a1 a2 a3 a4 a5 b6 b7");
    }

    @Test
    void anAttemptThatLostItsLeasePublishesNothing() {
        Job job = site.jobs.submit(JobSiteFixture.order("q4"));
        CountingWorkshop sleeper = new CountingWorkshop("a", (step, order, watch) -> {
            if (step == 7) {
                takeOver(job.id());
            }
        });
        try (JobRunner _ = site.jobs.start(sleeper, VariantProbe.NONE)) {
            JobSiteFixture.await(() -> site.jobs.log(job.id(), 0).contains("this attempt ends"));
        }
        assertThat(site.exists("q4")).isFalse();
        assertThat(site.jobs.find(job.id()).lease().owner()).isEqualTo("another");
    }

    @Test
    void everyJobIsRunOnceByManyRunners() {
        List<String> runs = new CopyOnWriteArrayList<>();
        CountingWorkshop.Step noted = (step, order, watch) -> {
            if (step == 0) {
                runs.add(order.scratch().getParent().getFileName().toString());
            }
        };
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < JobSiteFixture.QUICK.mostOpen(); i++) {
            jobs.add(site.jobs.submit(JobSiteFixture.order("q" + i)));
        }
        try (JobSiteFixture other = new JobSiteFixture(folder, url);
                JobRunner _ = site.jobs.start(new CountingWorkshop("a", noted), VariantProbe.NONE);
                JobRunner _ = other.jobs.start(new CountingWorkshop("b", noted), VariantProbe.NONE);
                JobRunner _ = other.jobs.start(new CountingWorkshop("c", noted), VariantProbe.NONE)) {
            JobSiteFixture.await(() -> jobs.stream()
                    .allMatch(job -> site.jobs.find(job.id()).state().ended()));
        }
        assertThat(runs)
                .containsExactlyInAnyOrderElementsOf(
                        jobs.stream().map(job -> Long.toString(job.id())).toList());
    }

    @Test
    void refusesWhatCannotBecomeAVariant() {
        site.jobs.submit(JobSiteFixture.order("q4"));
        refuses(
                () -> site.jobs.submit(JobSiteFixture.order("q4")),
                ErrorCode.REGISTRY_CONFLICT,
                "job 1 already builds");
        JobOrder orphan = new JobOrder(VariantRef.base("toy", 9), "q4", "count", Map.of(), List.of(), 1);
        refuses(() -> site.jobs.submit(orphan), ErrorCode.MODEL_NOT_FOUND, "no toy@9/base to build from");
        refuses(() -> JobSiteFixture.order("base"), ErrorCode.INVALID_REQUEST, "imported");
        refuses(() -> site.jobs.find(77), ErrorCode.JOB_NOT_FOUND, "no job 77");
        refuses(() -> site.jobs.retry(1), ErrorCode.REGISTRY_CONFLICT, "already builds");
        site.runToTheEnd(1, CountingWorkshop.plain("a"), VariantProbe.NONE);
        refuses(
                () -> site.jobs.submit(JobSiteFixture.order("q4")),
                ErrorCode.REGISTRY_CONFLICT,
                "toy@1/q4 exists, and variants never change");
    }

    @Test
    void theQueueIsBounded() {
        for (int i = 0; i < JobSiteFixture.QUICK.mostOpen(); i++) {
            site.jobs.submit(JobSiteFixture.order("q" + i));
        }
        refuses(
                () -> site.jobs.submit(JobSiteFixture.order("one-more")),
                ErrorCode.QUEUE_FULL,
                "4 builds are queued, at most 4 may be");
    }

    @Test
    void theLogIsBoundedAndStillSaysHowItEnded() {
        Job job = site.jobs.submit(JobSiteFixture.order("q4"));
        site.runToTheEnd(
                job.id(),
                new CountingWorkshop("a", (step, order, watch) -> {
                    for (int i = 0; i < 1000; i++) {
                        watch.log("a line with\nanother and much to say " + i);
                    }
                }),
                VariantProbe.NONE);
        String log = site.jobs.log(job.id(), 0);
        assertThat(log.length()).isLessThan(JobSiteFixture.QUICK.logBytes());
        assertThat(log).contains("the log is full").contains("succeeded").contains("with another");
        assertThat(site.jobs.log(job.id(), log.length() - 5)).hasSize(5);
    }

    @Test
    void foldersOfJobsThatAreOverAreSwept() {
        Job job = site.jobs.submit(JobSiteFixture.order("q4"));
        site.runToTheEnd(job.id(), failing(new IllegalStateException("planned")), VariantProbe.NONE);
        assertThat(site.jobs.sweep(Duration.ofDays(1))).isZero();
        assertThat(site.jobs.sweep(Duration.ofSeconds(-1))).isEqualTo(1);
        assertThat(site.jobs.log(job.id(), 0)).isEmpty();
    }

    private void takeOver(long id) {
        Instant later = Instant.now().plus(Duration.ofMinutes(5));
        Job job = site.jobs.find(id);
        assertThat(site.metadata.<Boolean>change(
                        session -> session.jobs().take(job, "another", later, later.plusSeconds(60))))
                .isTrue();
    }

    private VariantRow row(String name) {
        return site.metadata.read(session ->
                session.variants().find(JobSiteFixture.BASE.sibling(name)).orElseThrow());
    }

    private static CountingWorkshop failing(RuntimeException failure) {
        return new CountingWorkshop(
                "a", (int step, BuildOrder order, dev.foretoken.contract.runtime.BuildWatch watch) -> {
                    throw failure;
                });
    }

    private static void refuses(ThrowingCallable call, ErrorCode code, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}

package dev.foretoken.registry.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.metadata.JobState;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it builds, and the next one. */
class CrashTest {

    @Test
    void anotherProcessTakesOverAndGoesOnWhereTheKilledOneWas(@TempDir Path folder) throws Exception {
        try (JobSiteFixture site = new JobSiteFixture(folder, url(folder)).withBase()) {
            Job job = site.jobs.submit(JobSiteFixture.order("q4"));
            Process child = child(folder, "building");
            assertThat(child.waitFor(3, TimeUnit.MINUTES)).isTrue();
            assertThat(child.exitValue()).isEqualTo(DyingRunner.KILLED);
            assertThat(site.jobs.find(job.id()).state()).isEqualTo(JobState.RUNNING);
            assertThat(site.exists("q4")).isFalse();

            Job ended = site.runToTheEnd(job.id(), CountingWorkshop.plain("b"), VariantProbe.NONE);
            assertThat(ended.state()).isEqualTo(JobState.SUCCEEDED);
            assertThat(ended.lease().attempt()).isEqualTo(2);
            assertThat(site.weights("q4")).isEqualTo("a0 a1 a2 a3 b4 b5 b6 b7");
        }
    }

    @Test
    void whoIsKilledWhileMeasuringLeavesAVariantAndOnlyTheMeasurementIsMadeAgain(@TempDir Path folder)
            throws Exception {
        try (JobSiteFixture site = new JobSiteFixture(folder, url(folder)).withBase()) {
            Job job = site.jobs.submit(JobSiteFixture.order("q4"));
            assertThat(child(folder, "measuring").waitFor(3, TimeUnit.MINUTES)).isTrue();
            assertThat(site.exists("q4")).isTrue();
            Job ended = site.runToTheEnd(
                    job.id(),
                    new CountingWorkshop("b", (step, order, watch) -> {
                        throw new AssertionError("built again");
                    }),
                    VariantProbe.NONE);
            assertThat(ended.state()).isEqualTo(JobState.SUCCEEDED);
            assertThat(site.weights("q4")).isEqualTo("a0 a1 a2 a3 a4 a5 a6 a7");
        }
    }

    private static Process child(Path folder, String when) throws Exception {
        return new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DyingRunner.class.getName(),
                        folder.toString(),
                        when))
                .redirectOutput(new File(folder.toFile(), "out"))
                .redirectErrorStream(true)
                .start();
    }

    static String url(Path folder) {
        return "jdbc:sqlite:" + folder.resolve("registry.db");
    }
}

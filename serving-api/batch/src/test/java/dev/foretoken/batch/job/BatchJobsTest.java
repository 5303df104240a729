package dev.foretoken.batch.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.batch.store.FileTable;
import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.StoredFile;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers may ask for, and what they are refused. */
class BatchJobsTest {

    private static final JobLimits LIMITS =
            new JobLimits(5, 1000, 200, 4, 900, 2, Duration.ofHours(5), Duration.ofHours(9));

    @TempDir
    Path folder;

    private JobSite site;

    @BeforeEach
    void open() {
        site = new JobSite(folder, LIMITS);
    }

    @AfterEach
    void close() {
        site.close();
    }

    private static void refuses(ErrorCode code, String words, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(words);
    }

    private static BatchJobs.Asked asked(String file, String endpoint, String window, Map<String, String> metadata) {
        return new BatchJobs.Asked(file, endpoint, window, metadata, Optional.empty());
    }

    @Test
    void filesAndJobsAreTheirTenants() {
        StoredFile file = site.upload("a", JobSite.line("x"));
        Job job = site.submit("a", "24h", JobSite.line("x"));
        refuses(ErrorCode.FILE_NOT_FOUND, "no file", () -> site.files.find("b", file.id()));
        refuses(ErrorCode.FILE_NOT_FOUND, "no file", () -> site.files.delete("b", file.id()));
        refuses(ErrorCode.JOB_NOT_FOUND, "no batch", () -> site.jobs.find("b", job.id()));
        refuses(ErrorCode.JOB_NOT_FOUND, "no batch", () -> site.jobs.cancel("b", job.id()));
        refuses(
                ErrorCode.FILE_NOT_FOUND,
                "no file",
                () -> site.jobs.create("b", asked(file.id(), "/v1/completions", "24h", Map.of())));
        assertThat(site.jobs.list("b", Optional.empty(), 9)).isEmpty();
        assertThat(site.allFiles("b")).isEmpty();
        refuses(ErrorCode.INVALID_REQUEST, "after", () -> site.jobs.list("b", Optional.of(job.id()), 9));
        refuses(
                ErrorCode.INVALID_REQUEST,
                "after",
                () -> site.files.list(new FileTable.Page("b", Optional.empty(), Optional.of(file.id()), true, 9)));
        assertThat(site.files.find("a", file.id())).isEqualTo(file);
    }

    @Test
    void namesOfFilesAreMadeHarmlessAndIdsAreNotRepeatedUnseen() {
        StoredFile file;
        try (var incoming = site.files.receive("a")) {
            file = site.files.keep("a", "x\0\n" + "y".repeat(300), Optional.of(Duration.ofHours(1)), incoming);
        }
        assertThat(file.name()).startsWith("x__y").hasSize(255);
        assertThat(file.expires()).contains(JobSite.BEGIN.plus(Duration.ofHours(1)));
        refuses(ErrorCode.FILE_NOT_FOUND, "(another form)", () -> site.files.find("a", "../x\n"));
    }

    @Test
    void aFileIsNotThereWhenItsTimeIsOver() {
        StoredFile file = site.upload("a", JobSite.line("x"));
        site.pass(LIMITS.fileLife());
        refuses(ErrorCode.FILE_NOT_FOUND, "its time be over", () -> site.files.find("a", file.id()));
        assertThat(site.allFiles("a")).isEmpty();
    }

    /** A page with fewer than were asked for is the last one. */
    @Test
    void filesWhoseTimeIsOverTakeNoPlaceInAPage() {
        StoredFile kept = site.upload("a", JobSite.line("x"));
        for (int i = 0; i < 2; i++) {
            try (var incoming = site.files.receive("a")) {
                site.files.keep("a", "short", Optional.of(Duration.ofHours(1)), incoming);
            }
        }
        site.pass(Duration.ofHours(1));
        assertThat(site.files.list(new FileTable.Page("a", Optional.empty(), Optional.empty(), true, 1)))
                .containsExactly(kept);
    }

    @Test
    void aTenantStoresNoMoreThanItMay() {
        String long1 = JobSite.line("x".repeat(20));
        for (int i = 0; i < 4; i++) {
            site.upload("a", long1);
        }
        refuses(ErrorCode.STORAGE_FULL, "this server keeps 4 files", () -> site.upload("a", "x"));
        site.upload("b", long1, long1, long1, long1);
        refuses(ErrorCode.STORAGE_FULL, "900 bytes", () -> site.upload("b", long1, long1, long1, long1));
        assertThat(folder.resolve("files").toFile().list()).hasSize(5);
    }

    @Test
    void aFileThatIsReadStays() {
        Job job = site.submit("a", "24h", JobSite.line("x"));
        String input = job.order().inputFile();
        refuses(ErrorCode.JOB_CONFLICT, job.id(), () -> site.files.delete("a", input));
        site.settle(JobSite::good);
        site.files.delete("a", input);
        refuses(ErrorCode.FILE_NOT_FOUND, "no file", () -> site.files.delete("a", input));
        assertThat(folder.resolve("files").resolve(input)).doesNotExist();
    }

    @Test
    void aFileOfAnswersIsNoInput() {
        Job job = site.submit("a", "24h", JobSite.line("x"));
        site.settle(JobSite::good);
        String output = site.found(job).status().outputFile().orElseThrow();
        refuses(
                ErrorCode.INVALID_REQUEST,
                "holds answers",
                () -> site.jobs.create("a", asked(output, "/v1/completions", "24h", Map.of())));
    }

    @Test
    void openJobsAreCounted() {
        StoredFile file = site.upload("a", JobSite.line("x"));
        BatchJobs.Asked asked = asked(file.id(), "/v1/completions", "24h", Map.of());
        site.jobs.create("a", asked);
        site.jobs.create("a", asked);
        refuses(ErrorCode.QUEUE_FULL, "2 batches", () -> site.jobs.create("a", asked));
        site.settle(JobSite::good);
        site.jobs.create("a", asked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "24", "h", "0h", "59s", "15d", "-1h", "24h ", "999999m"})
    void windowsHaveAForm(String window) {
        StoredFile file = site.upload("a", JobSite.line("x"));
        refuses(
                ErrorCode.INVALID_REQUEST,
                "completion_window",
                () -> site.jobs.create("a", asked(file.id(), "/v1/completions", window, Map.of())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1m", "24h", "14d"})
    void jobsExpireAfterTheirWindow(String window) {
        Job job = site.submit("a", window, JobSite.line("x"));
        assertThat(job.order().expires()).isEqualTo(JobSite.BEGIN.plus(CompletionWindow.parse(window)));
    }

    @Test
    void otherEndpointsAreRefused() {
        StoredFile file = site.upload("a", JobSite.line("x"));
        refuses(
                ErrorCode.INVALID_REQUEST,
                "/v1/chat/completions, /v1/completions, /v1/embeddings",
                () -> site.jobs.create("a", asked(file.id(), "/v1/responses", "24h", Map.of())));
    }

    @Test
    void metadataIsBounded() {
        Map<String, String> many = new HashMap<>();
        for (int i = 0; i < 17; i++) {
            many.put("k" + i, "v");
        }
        for (Map<String, String> each : List.of(
                many, Map.of("k".repeat(65), "v"), Map.of("k", "v".repeat(513)), Map.of("", "v"), Map.of("k", "\0"))) {
            refuses(
                    ErrorCode.INVALID_REQUEST,
                    "metadata",
                    () -> site.jobs.create("a", asked("file-x", "/v1/completions", "24h", each)));
        }
    }

    @Test
    void whatIsOverIsNotCancelled() {
        Job job = site.submit("a", "24h", JobSite.line("x"));
        site.settle(JobSite::good);
        refuses(ErrorCode.JOB_CONFLICT, "completed", () -> site.jobs.cancel("a", job.id()));
        Job other = site.submit("a", "24h", JobSite.line("x"));
        site.jobs.cancel("a", other.id());
        site.settle(JobSite::good);
        assertThat(site.jobs.cancel("a", other.id()).state().text()).isEqualTo("cancelled");
    }

    @Test
    void jobsAreListedNewestFirst() {
        Job first = site.submit("a", "24h", JobSite.line("x"));
        Job second = site.submit("a", "24h", JobSite.line("x"));
        assertThat(site.jobs.list("a", Optional.empty(), 1)).extracting(Job::id).containsExactly(second.id());
        assertThat(site.jobs.list("a", Optional.of(second.id()), 9))
                .extracting(Job::id)
                .containsExactly(first.id());
    }
}

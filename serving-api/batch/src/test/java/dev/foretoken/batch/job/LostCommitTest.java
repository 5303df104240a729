package dev.foretoken.batch.job;

import static dev.foretoken.batch.job.JobSite.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.JobState;
import dev.foretoken.batch.store.StoredFile;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.database.CutWire;
import dev.foretoken.database.DatabaseKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that did what it was asked and could not say so: what its rows name must be there. */
class LostCommitTest {

    @TempDir
    Path folder;

    private CutWire wire;
    private JobSite site;

    @BeforeEach
    void open() throws IOException {
        String url = DatabaseKind.POSTGRESQL.url(folder);
        wire = new CutWire(url);
        site = new JobSite(folder, JobLimits.DEFAULT, wire.url(url));
    }

    @AfterEach
    void close() throws IOException {
        site.close();
        wire.close();
    }

    @Test
    void anAnsweredJobKeepsItsAnswers() {
        Job job = site.submit("t", "24h", lines(3));
        wire.cutAfterCommitOf("output_file = $");
        site.settle(JobSite::good);
        assertThat(wire.isCut()).isTrue();
        site.pass(Duration.ofSeconds(2));
        site.settle(JobSite::good);
        assertThat(site.found(job).state()).isEqualTo(JobState.COMPLETED);
        assertThat(site.content(site.found(job).status().outputFile())).hasSize(3);
        assertThat(folder.resolve("files").toFile().list()).hasSize(2);
    }

    @Test
    void aFileThatArrivedKeepsItsBytes() {
        wire.cutAfterCommitOf("INSERT INTO batch_files");
        assertThatThrownBy(() -> site.upload("t", lines(3))).isInstanceOf(ForetokenException.class);
        StoredFile kept = site.allFiles("t").getFirst();
        assertThat(site.files.path(kept)).hasSize(kept.bytes());
    }
}

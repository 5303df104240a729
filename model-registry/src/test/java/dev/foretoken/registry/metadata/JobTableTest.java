package dev.foretoken.registry.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.database.DatabaseKind;
import dev.foretoken.registry.name.VariantRef;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(DatabaseKind.class)
class JobTableTest {
    private static final Instant NOW = SampleRows.NOON;
    private static final Instant LATER = NOW.plusSeconds(30);

    private final Metadata metadata;

    JobTableTest(DatabaseKind kind, @TempDir Path folder) {
        metadata = Metadata.open(kind.url(folder));
    }

    @AfterEach
    void close() {
        metadata.close();
    }

    @Test
    void jobsAreCountedFromOneAndListedNewestFirst() {
        assertThat(List.of(add("q4"), add("w8a8"))).containsExactly(1L, 2L);
        assertThat(metadata.<List<Job>>read(session -> session.jobs().newest(10)))
                .extracting(Job::name)
                .containsExactly("w8a8", "q4");
        assertThat(metadata.<List<Job>>read(session -> session.jobs().open()))
                .extracting(Job::name)
                .containsExactly("q4", "w8a8");
    }

    @Test
    void oneOfTwoTakersGetsTheJob() {
        Job queued = find(add("q4"));
        assertThat(take(queued, "a", NOW)).isTrue();
        assertThat(take(queued, "b", NOW)).isFalse();
        assertThat(take(find(1), "b", NOW)).isFalse();
        assertThat(find(1).lease()).isEqualTo(new Job.Lease("a", 1, LATER));
        assertThat(find(1).times().started()).contains(NOW);
    }

    @Test
    void anOutlivedLeaseIsTakenOverAndItsOwnerWritesNothingMore() {
        add("q4");
        take(find(1), "a", NOW);
        Job.Lease late = find(1).lease();
        assertThat(take(find(1), "b", LATER)).isFalse();
        assertThat(take(find(1), "b", LATER.plusMillis(1))).isTrue();

        assertThat(beat(late, "late")).isFalse();
        assertThat(metadata.<Boolean>change(session -> session.jobs().end(1, late, JobState.FAILED, "late", NOW)))
                .isFalse();
        assertThat(metadata.<Boolean>change(session -> session.jobs().giveBack(1, late)))
                .isFalse();
        assertThat(find(1).state()).isEqualTo(JobState.RUNNING);
        assertThat(beat(find(1).lease(), "mine")).isTrue();
        assertThat(find(1).status().progress()).isEqualTo(new Job.Progress("mine", 1, 2));
    }

    @Test
    void theSameOwnerAfterATakeoverIsAnotherOne() {
        add("q4");
        take(find(1), "a", NOW);
        Job.Lease first = find(1).lease();
        take(find(1), "a", LATER.plusMillis(1));
        assertThat(beat(first, "late")).isFalse();
    }

    @Test
    void cancelEndsAQueuedJobAndAsksARunningOne() {
        add("q4");
        add("w8a8");
        take(find(1), "a", NOW);
        cancel(1);
        cancel(2);
        assertThat(find(1).state()).isEqualTo(JobState.RUNNING);
        assertThat(find(1).status().cancelAsked()).isTrue();
        assertThat(find(2).state()).isEqualTo(JobState.CANCELLED);
        assertThat(find(2).times().ended()).contains(NOW);
    }

    @Test
    void anEndIsForGood() {
        add("q4");
        take(find(1), "a", NOW);
        Job.Lease lease = find(1).lease();
        assertThat(metadata.<Boolean>change(session -> session.jobs().end(1, lease, JobState.SUCCEEDED, "made", NOW)))
                .isTrue();
        cancel(1);
        assertThat(beat(lease, "late")).isFalse();
        assertThat(take(find(1), "b", LATER.plusSeconds(60))).isFalse();
        assertThat(find(1).state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(find(1).status().message()).isEqualTo("made");
        assertThat(find(1).status().cancelAsked()).isFalse();
    }

    @Test
    void whatIsGivenBackIsQueuedAgain() {
        add("q4");
        take(find(1), "a", NOW);
        Job.Lease lease = find(1).lease();
        assertThat(metadata.<Boolean>change(session -> session.jobs().giveBack(1, lease)))
                .isTrue();
        assertThat(find(1).state()).isEqualTo(JobState.QUEUED);
        assertThat(take(find(1), "b", NOW)).isTrue();
    }

    private long add(String name) {
        return metadata.change(session -> session.jobs().add(VariantRef.base("toy", 1), name, "{}", NOW));
    }

    private Job find(long id) {
        return metadata.read(session -> session.jobs().find(id).orElseThrow());
    }

    private boolean take(Job job, String owner, Instant now) {
        return metadata.change(session -> session.jobs().take(job, owner, now, LATER));
    }

    private boolean beat(Job.Lease lease, String stage) {
        return metadata.note(session -> session.jobs().beat(1, lease, new Job.Progress(stage, 1, 2)));
    }

    private void cancel(long id) {
        metadata.change(session -> {
            session.jobs().cancel(id, NOW);
            return true;
        });
    }
}

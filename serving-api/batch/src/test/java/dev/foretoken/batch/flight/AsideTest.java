package dev.foretoken.batch.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.contract.request.Priority;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AsideTest {

    private static final Duration LONGEST = Duration.ofHours(24);
    private static final Duration CROWDED = Duration.ofHours(1);

    private final Waited waited = new Waited(2);
    private long nanos;
    private final Aside aside = aside();

    private Aside aside() {
        return new Aside(new AsideConfig(10, 1000, LONGEST, CROWDED), waited, () -> nanos);
    }

    private static BatchRequest request(String tenant, String model, int bytes, Optional<Instant> deadline) {
        return request("id", tenant, model, bytes, deadline);
    }

    private static BatchRequest request(String id, String tenant, String model, int bytes, Optional<Instant> deadline) {
        String body = "{\"model\":\"" + model + "\",\"prompt\":\"" + "x".repeat(bytes) + "\"}";
        return new BatchRequest(
                id,
                BatchEndpoint.COMPLETIONS,
                Optional.empty(),
                body.getBytes(StandardCharsets.UTF_8),
                Optional.of(tenant),
                Priority.BATCH,
                deadline,
                Optional.empty());
    }

    private Aside.Pauses waited(Duration time, String tenant, String model) {
        Aside.Pauses pauses = aside.of(request(tenant, model, 0, Optional.empty()));
        wait(pauses, time);
        return pauses;
    }

    private void wait(Aside.Pauses pauses, Duration time) {
        pauses.begin(time);
        nanos += time.toNanos();
        pauses.end();
    }

    private List<Aside.Pauses> others(int count, String tenant, String model, int bytes) {
        List<Aside.Pauses> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Aside.Pauses one = aside.of(request(tenant, model, bytes, Optional.empty()));
            one.begin(Duration.ofSeconds(30));
            all.add(one);
        }
        return all;
    }

    @Test
    void fewWaitUntilTheLongestTime() {
        others(4, "a", "absent", 0);
        assertThat(waited(LONGEST.minusSeconds(1), "a", "absent").areOver()).isFalse();
        assertThat(waited(LONGEST, "a", "absent").areOver()).isTrue();
    }

    @Test
    void pausesAreAddedUp() {
        Aside.Pauses pauses = waited(LONGEST.minusSeconds(1), "a", "m");
        pauses.begin(Duration.ofSeconds(1));
        assertThat(aside.waiting()).isEqualTo(1);
        nanos += Duration.ofSeconds(1).toNanos();
        pauses.end();
        assertThat(aside.waiting()).isZero();
        assertThat(pauses.areOver()).isTrue();
    }

    /** Of a day's pause that ends after a second, as of a process that stood still in one, no more than what was waited and was to be. */
    @Test
    void ofAPauseCountsWhatWasWaited() {
        Aside.Pauses pauses = aside.of(request("a", "m", 0, Optional.empty()));
        pauses.begin(LONGEST);
        nanos += Duration.ofSeconds(1).toNanos();
        pauses.end();
        assertThat(pauses.areOver()).isFalse();
        pauses.begin(LONGEST.minusSeconds(2));
        nanos += LONGEST.toNanos();
        pauses.end();
        assertThat(pauses.areOver()).isFalse();
        wait(pauses, Duration.ofSeconds(1));
        assertThat(pauses.areOver()).isTrue();
    }

    @Test
    void thoseOfACrowdWaitLess() {
        List<Aside.Pauses> crowd = others(5, "a", "absent", 0);
        assertThat(waited(CROWDED.minusSeconds(1), "a", "absent").areOver()).isFalse();
        Aside.Pauses one = waited(CROWDED, "a", "absent");
        assertThat(one.areOver()).isTrue();
        assertThat(waited(CROWDED, "a", "present").areOver())
                .as("another model")
                .isFalse();
        assertThat(waited(CROWDED, "b", "absent").areOver())
                .as("another tenant")
                .isFalse();
        crowd.getFirst().end();
        assertThat(one.areOver()).as("with one less").isFalse();
    }

    @Test
    void severalKindsAreACrowdTogether() {
        others(3, "a", "absent", 0);
        others(3, "a", "other", 0);
        others(1, "b", "absent", 0);
        assertThat(waited(CROWDED, "a", "absent").areOver()).isTrue();
        assertThat(waited(CROWDED, "a", "other").areOver()).isTrue();
        assertThat(waited(CROWDED, "b", "absent").areOver())
                .as("one who has less than others")
                .isFalse();
    }

    @Test
    void bytesMakeACrowdToo() {
        List<Aside.Pauses> crowd = others(1, "a", "absent", 500);
        Aside.Pauses one = waited(CROWDED, "a", "absent");
        assertThat(one.areOver()).isTrue();
        crowd.getFirst().end();
        assertThat(one.areOver()).isFalse();
    }

    @Test
    void whoSaysHowLongWaitsSoLong() {
        others(10, "a", "absent", 0);
        Aside.Pauses one = aside.of(request("a", "absent", 0, Optional.of(Instant.MAX)));
        wait(one, LONGEST);
        assertThat(one.areOver()).isFalse();
    }

    private Aside.Pauses pauses(String id, Aside where) {
        return where.of(request(id, "a", "absent", 0, Optional.empty()));
    }

    private void giveUp(String id, Duration time) {
        Aside.Pauses pauses = pauses(id, aside);
        wait(pauses, time);
        pauses.keep();
    }

    @Test
    void whatWasGivenUpCountsOnWhereItComesAgain() {
        giveUp("one", LONGEST.minusSeconds(1));
        Aside.Pauses again = pauses("one", aside());
        wait(again, Duration.ofSeconds(1));
        assertThat(again.areOver()).isTrue();
        again.keep();
        again.forget();
        assertThat(pauses("one", aside()).areOver())
                .as("the broker has its answer")
                .isFalse();
    }

    @Test
    void fewAreRemembered() {
        giveUp("one", LONGEST);
        giveUp("two", LONGEST);
        giveUp("one", LONGEST);
        giveUp("three", LONGEST);
        assertThat(pauses("two", aside()).areOver()).as("the oldest").isFalse();
        assertThat(pauses("one", aside()).areOver()).isTrue();
        assertThat(pauses("three", aside()).areOver()).isTrue();
    }

    @Test
    void refusesTimesThatCannotBe() {
        assertThatThrownBy(() -> new AsideConfig(1, 1, Duration.ZERO, CROWDED))
                .hasMessageContaining("batch.longest-wait");
        assertThatThrownBy(() -> new AsideConfig(1, 1, LONGEST, Duration.ZERO))
                .hasMessageContaining("batch.crowded-wait");
        assertThatThrownBy(() -> new AsideConfig(1, 1, CROWDED, LONGEST))
                .hasMessageContaining("batch.crowded-wait=PT24H")
                .hasMessageContaining("at most batch.longest-wait=PT1H");
    }
}

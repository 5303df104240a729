package dev.foretoken.batch.job.topic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.contract.request.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FlightsTest {

    private static final int MIB = 1 << 20;

    private final Flights flights = new Flights();
    private final List<String> told = new ArrayList<>();
    private int sent;

    private static BatchAnswer answer(String text) {
        return new BatchAnswer(200, text, "{}".getBytes(UTF_8), Optional.empty());
    }

    private void add(String id, String tenant, int bytes) {
        BatchRequest request = new BatchRequest(
                id,
                BatchEndpoint.COMPLETIONS,
                Optional.empty(),
                new byte[bytes],
                tenant.isEmpty() ? Optional.empty() : Optional.of(tenant),
                Priority.BATCH,
                Optional.empty(),
                Optional.empty());
        flights.add(
                request,
                answer -> told.add(id + ":" + answer.map(BatchAnswer::requestId).orElse("none")));
    }

    /** Sends as many requests of a tenant as it may. */
    private int fill(String tenant, int bytes) {
        int before = sent;
        while (flights.room() > 0 && flights.takes(tenant)) {
            add("r_" + sent++, tenant, bytes);
        }
        return sent - before;
    }

    @Test
    void oneTenantLeavesAsMuchAsItHasOfWhatIsFree() {
        assertThat(fill("loud", 1)).isEqualTo(2048);
        assertThat(fill("quiet", 1)).isEqualTo(1024);
        assertThat(fill("", 1)).isEqualTo(512);
        assertThat(fill("loud", 1)).isZero();
    }

    @Test
    void whatComesBackIsSharedUntilAllHaveAsMuch() {
        fill("loud", 1);
        fill("quiet", 1);
        for (int i = 0; i < 2048; i++) {
            flights.end("r_" + i, Optional.empty());
            fill("quiet", 1);
        }
        assertThat(fill("loud", 1)).isEqualTo(1024);
        assertThat(flights.room()).isEqualTo(1024);
    }

    @Test
    void oneTenantLeavesAsManyBytesAsItHas() {
        assertThat(fill("loud", MIB)).isEqualTo(64);
        assertThat(fill("quiet", MIB)).isEqualTo(32);
        for (int i = 0; i < 96; i++) {
            flights.end("r_" + i, Optional.empty());
        }
        assertThat(fill("quiet", MIB)).isEqualTo(64);
    }

    @Test
    void thereIsNoRoomBeyondTheBytes() {
        for (int i = 0; i < 128; i++) {
            assertThat(flights.room()).isEqualTo(4096 - i);
            add("b_" + i, "t", MIB);
        }
        assertThat(flights.room()).isZero();
        flights.end("b_0", Optional.empty());
        assertThat(flights.room()).isEqualTo(4096 - 127);
    }

    @Test
    void anIdIsInFlightOnce() {
        add("a_0", "t", 9);
        assertThatThrownBy(() -> add("a_0", "t", 9)).isInstanceOf(IllegalStateException.class);
        flights.answered("a_0", answer("x"));
        assertThat(told).containsExactly("a_0:x");
        assertThat(flights.room()).isEqualTo(4096);
        assertThat(fill("t", MIB)).isEqualTo(64);
    }

    @Test
    void whoSentARequestIsToldOnceAndWhoWatchesIsToldTheRest() {
        flights.watch("a", (id, answer) -> told.add("found " + id + ":" + answer.requestId()));
        add("a_0", "t", 9);
        flights.answered("a_0", answer("first"));
        flights.answered("a_0", answer("second"));
        flights.answered("a_1", answer("of whoever sent it"));
        assertThat(told).containsExactly("a_0:first", "found a_0:second", "found a_1:of whoever sent it");
    }

    @Test
    void answersGoToTheirOwnJob() {
        flights.watch("batch_1", (id, answer) -> told.add("one " + id));
        flights.watch("batch_11", (id, answer) -> told.add("eleven " + id));
        flights.watch("batch_1_2", (id, answer) -> told.add("longer " + id));
        flights.answered("batch_11_0", answer("x"));
        flights.answered("batch_1_0", answer("x"));
        flights.answered("batch_1_2_0", answer("x"));
        flights.answered("batch_1_0_3.1", answer("x"));
        flights.answered("batch_111_0", answer("x"));
        flights.answered("batch_1", answer("x"));
        assertThat(told)
                .containsExactly("eleven batch_11_0", "one batch_1_0", "longer batch_1_2_0", "one batch_1_0_3.1");
        flights.unwatch("batch_11");
        assertThat(flights.isWanted("batch_11_0")).isFalse();
        assertThat(flights.isWanted("batch_1_0")).isTrue();
    }
}

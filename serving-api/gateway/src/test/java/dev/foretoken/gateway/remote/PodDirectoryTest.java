package dev.foretoken.gateway.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.gateway.model.EngineEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pods come and go: new requests see those that are there, running ones keep the connection to one that has left. */
class PodDirectoryTest {

    private static final PodTarget ONE = new PodTarget("10.0.0.1", 9091, "pods");
    private static final PodTarget TWO = new PodTarget("10.0.0.2", 9091, "pods");

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final List<Connection> connections = new ArrayList<>();
    private final List<String> departed = new ArrayList<>();
    private int failures;
    private final PodDirectory directory = new PodDirectory(this::connect, departed::add, nanos::get);
    private final Source source = new Source();

    @BeforeEach
    void follow() {
        directory.follow(source);
    }

    private PodConnection connect(PodTarget pod) {
        if (failures > 0) {
            failures--;
            throw new IllegalStateException("no connection can be made");
        }
        Connection connection = new Connection(pod);
        connections.add(connection);
        return connection;
    }

    private List<String> known() {
        return directory.now().stream().map(EngineEndpoint::name).toList();
    }

    private void later(Duration time) {
        nanos.addAndGet(time.toNanos());
        directory.sweep();
    }

    @Test
    void knowsNobodyUntilASourceHasSpoken() {
        assertThat(directory.now()).isEmpty();
        source.say(TWO, ONE);
        assertThat(known()).containsExactly("10.0.0.1:9091", "10.0.0.2:9091");
        assertThat(connections).hasSize(2);
    }

    @Test
    void aPodThatStaysKeepsItsConnection() {
        source.say(ONE);
        source.say(ONE, TWO);
        source.say(ONE, TWO);
        assertThat(connections).extracting(Connection::pod).containsExactly(ONE, TWO);
    }

    @Test
    void aPodThatLeavesGetsNoNewRequestAndEndsItsRunningOnes() {
        source.say(ONE, TWO);
        Connection left = connections.stream()
                .filter(connection -> connection.pod().equals(ONE))
                .findFirst()
                .orElseThrow();
        left.underWay = 1;
        source.say(TWO);
        assertThat(known()).containsExactly("10.0.0.2:9091");
        later(Duration.ofHours(1));
        assertThat(left.closed).isFalse();
        left.underWay = 0;
        later(PodDirectory.SETTLES.minusNanos(1));
        assertThat(left.closed).isFalse();
        assertThat(departed).isEmpty();
        later(Duration.ofNanos(1));
        assertThat(left.closed).isTrue();
        assertThat(departed).containsExactly("10.0.0.1:9091");
        assertThat(connections).filteredOn(connection -> connection.closed).hasSize(1);
    }

    @Test
    void aPodThatComesBackBeforeItHasFinishedKeepsItsConnection() {
        source.say(ONE);
        source.say();
        source.say(ONE);
        assertThat(known()).containsExactly("10.0.0.1:9091");
        later(Duration.ofHours(1));
        assertThat(connections).hasSize(1).noneMatch(connection -> connection.closed);
    }

    @Test
    void aPodThatCouldNotBeConnectedIsWhenItIsNamedAgain() {
        failures = 1;
        assertThatThrownBy(() -> source.say(ONE)).isInstanceOf(IllegalStateException.class);
        source.say(ONE);
        assertThat(known()).containsExactly("10.0.0.1:9091");
    }

    @Test
    void aPodThatCannotBeConnectedKeepsNoOtherAway() {
        source.say(TWO);
        failures = 1;
        PodTarget three = new PodTarget("10.0.0.3", 9091, "pods");
        assertThatThrownBy(() -> source.say(ONE, three)).isInstanceOf(IllegalStateException.class);
        assertThat(known()).containsExactly("10.0.0.3:9091");
    }

    @Test
    void aPodThatIsNamedOtherwiseHasNotDeparted() {
        source.say(ONE);
        source.say(new PodTarget(ONE.host(), ONE.port(), "same pod by another name"));
        later(Duration.ofHours(1));
        assertThat(connections).filteredOn(connection -> connection.closed).hasSize(1);
        assertThat(departed).isEmpty();
    }

    @Test
    void aPodOfTwoSourcesIsOneAndStaysUntilBothHaveLostIt() {
        Source other = new Source();
        directory.follow(other);
        source.say(ONE);
        other.say(new PodTarget(ONE.host(), ONE.port(), "same pod by another name"), TWO);
        assertThat(known()).containsExactly("10.0.0.1:9091", "10.0.0.2:9091");
        other.say(TWO);
        assertThat(known()).containsExactly("10.0.0.1:9091", "10.0.0.2:9091");
        source.say();
        assertThat(known()).containsExactly("10.0.0.2:9091");
    }

    @Test
    void moreThanTheLimitAreNotConnected() {
        try (PodDirectory small = new PodDirectory(this::connect, departed::add, nanos::get, 3)) {
            Source many = new Source();
            small.follow(many);
            many.say(IntStream.range(0, 5)
                    .mapToObj(i -> new PodTarget("pod-" + i, 9091, "pods"))
                    .toArray(PodTarget[]::new));
            assertThat(small.now())
                    .extracting(EngineEndpoint::name)
                    .containsExactly("pod-0:9091", "pod-1:9091", "pod-2:9091");
            assertThat(connections).hasSize(3);
        }
    }

    @Test
    void closesItsSourcesAndEveryConnectionAndHearsNothingMore() {
        source.say(ONE, TWO);
        source.say(TWO);
        directory.close();
        assertThat(source.closed).isTrue();
        assertThat(connections).hasSize(2).allMatch(connection -> connection.closed);
        source.say(ONE);
        assertThat(directory.now()).isEmpty();
        assertThat(connections).hasSize(2);
    }

    private static final class Source implements PodSource {

        private Consumer<Set<PodTarget>> listener = pods -> {};
        private boolean closed;

        void say(PodTarget... pods) {
            listener.accept(new HashSet<>(List.of(pods)));
        }

        @Override
        public void start(Consumer<Set<PodTarget>> hears) {
            listener = hears;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static final class Connection implements PodConnection {

        private final PodTarget pod;
        private final FakeEngine engine = new FakeEngine("m", 10);
        private int underWay;
        private boolean closed;

        Connection(PodTarget pod) {
            this.pod = pod;
        }

        PodTarget pod() {
            return pod;
        }

        @Override
        public int underWay() {
            return underWay;
        }

        @Override
        public Generation submit(GenerationRequest request) {
            return engine.submit(request);
        }

        @Override
        public List<ModelInfo> models() {
            return engine.models();
        }

        @Override
        public LoadReport report() {
            return engine.report();
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}

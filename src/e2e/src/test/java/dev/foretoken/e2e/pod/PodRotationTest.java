package dev.foretoken.e2e.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.gateway.discovery.DnsPods;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.remote.PodDirectory;
import dev.foretoken.gateway.remote.RemoteConfig;
import dev.foretoken.gateway.remote.RemoteEngine;
import dev.foretoken.gateway.routing.EngineRouter;
import dev.foretoken.gateway.routing.RouteQuery;
import dev.foretoken.pod.PodConfig;
import dev.foretoken.pod.PodServer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** DNS says other addresses while requests run: new ones go to the pods of now, running ones stay where they are until they end. */
@Timeout(300)
class PodRotationTest {

    private static final Duration LONG = Duration.ofMinutes(2);

    private final FakeEngine first = FakeEngine.scripted("m", request -> List.of());
    private final FakeEngine second = FakeEngine.scripted("m", request -> List.of());
    private final AtomicLong nanos = new AtomicLong();
    private final List<AutoCloseable> open = new ArrayList<>();
    private volatile InetAddress[] addresses = {InetAddress.ofLiteral("127.0.0.1")};

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : open.reversed()) {
            resource.close();
        }
    }

    private PodDirectory directory() {
        PodServer one = keep(PodServer.start(PodConfig.of("127.0.0.1", 0, Optional.empty()), first));
        keep(PodServer.start(PodConfig.of("127.0.0.2", one.port(), Optional.empty()), second));
        PodDirectory directory = keep(new PodDirectory(
                pod -> RemoteEngine.connect(RemoteConfig.of(pod.host(), pod.port(), Optional.empty())),
                endpoint -> {},
                nanos::get));
        directory.follow(new DnsPods("pods.example", one.port(), name -> addresses, Duration.ofMillis(10)));
        return directory;
    }

    private <T extends AutoCloseable> T keep(T resource) {
        open.add(resource);
        return resource;
    }

    /** Waits until there is one pod, at {@code host}, and it has said what it serves. */
    private static void awaitPod(PodDirectory directory, String host) {
        Eventually.holds("the pods known are " + host, () -> {
            List<EngineEndpoint> known = directory.now();
            return known.size() == 1
                    && known.getFirst().name().startsWith(host + ":")
                    && !known.getFirst().engine().models().isEmpty();
        });
    }

    private static Generation submit(ServedModel model) {
        return new EngineRouter()
                .choose(RouteQuery.of(model))
                .chosen()
                .engine()
                .submit(GenerationRequest.greedy("r", "m", Prompt.of(1, 2, 3), 4));
    }

    @Test
    void runningRequestsStayAndNewOnesMove() throws Exception {
        PodDirectory directory = directory();
        ServedModel model = new ServedModel("m", Optional.empty(), Optional.empty(), TokenIds.EMPTY, directory);
        awaitPod(directory, "127.0.0.1");
        Generation running = submit(model);
        FakeGeneration source = first.nextSubmitted();
        addresses = new InetAddress[] {InetAddress.ofLiteral("127.0.0.2")};
        awaitPod(directory, "127.0.0.2");
        submit(model);
        assertThat(second.nextSubmitted().request().model()).isEqualTo("m");
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        directory.sweep();
        source.push(new EngineEvent.TokenGenerated(0, 7, 3, null));
        assertThat(running.next(LONG)).contains(new EngineEvent.TokenGenerated(0, 7, 3, null));
        source.finished(0, FinishReason.LENGTH);
        assertThat(running.next(LONG).orElseThrow().isLast()).isTrue();
    }
}

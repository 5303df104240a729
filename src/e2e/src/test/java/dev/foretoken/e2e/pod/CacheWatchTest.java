package dev.foretoken.e2e.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeRuntimeProvider;
import dev.foretoken.contract.prefix.PrefixSecret;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.gateway.remote.RemoteConfig;
import dev.foretoken.gateway.remote.RemoteEngine;
import dev.foretoken.pod.PodConfig;
import dev.foretoken.pod.PodServer;
import dev.foretoken.routing.prefix.PrefixDirectory;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.host.HostConfig;
import dev.foretoken.scheduler.host.HostEnvironment;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway knows what a pod holds of prompts: keys that both make alike come, go, and go with the pod. */
@Timeout(300)
class CacheWatchTest {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final String CREDENTIAL = "a-pod-credential-of-some-length";
    private static final int PROMPT = 65;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final PrefixDirectory directory = new PrefixDirectory(secret(), 1000);

    private static byte[] secret() {
        return PrefixSecret.shared(Optional.of(CREDENTIAL));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : open.reversed()) {
            resource.close();
        }
    }

    @Test
    void aPromptIsKnownWhereItWasComputedUntilItIsGivenUp() throws Exception {
        SchedulerHost host = host(secret());
        RemoteEngine remote = follow(pod(host, 0));
        compute(remote, request("tenant", 1));
        awaitHeld(1, 64);
        assertThat(held(request("other", 1))).isZero();
        assertThat(held(request("tenant", 2))).isZero();
        int token = 2;
        while (held(request("tenant", 1)) > 0) {
            compute(remote, request("tenant", token++));
        }
        int newest = token - 1;
        awaitHeld(newest, 64);
    }

    @Test
    void aPodThatWasThereBeforeTellsEverythingAndOneThatIsLostHoldsNothing() throws Exception {
        SchedulerHost host = host(secret());
        PodServer pod = pod(host, 0);
        compute(host, request("tenant", 1));
        follow(pod);
        awaitHeld(1, 64);
        int port = pod.port();
        pod.close();
        awaitHeld(1, 0);
        pod(host, port);
        awaitHeld(1, 64);
    }

    @Test
    void aModelThatIsUnloadedHoldsNothing() throws Exception {
        SchedulerHost host = host(secret());
        compute(host, request("tenant", 1));
        follow(pod(host, 0));
        awaitHeld(1, 64);
        host.unload("m", Duration.ZERO);
        awaitHeld(1, 0);
        load(host);
        compute(host, request("tenant", 1));
        awaitHeld(1, 64);
    }

    @Test
    void aGatewayThatLeavesKnowsNothingAnyMore() throws Exception {
        SchedulerHost host = host(secret());
        compute(host, request("tenant", 1));
        RemoteEngine remote = follow(pod(host, 0));
        awaitHeld(1, 64);
        remote.close();
        assertThat(held(request("tenant", 1))).isZero();
    }

    private SchedulerHost host(byte[] secret) {
        HostConfig config = new HostConfig(64L << 20, 50, 64 << 10, Duration.ofSeconds(10));
        HostEnvironment environment = HostEnvironment.ofProcess(
                        List.of(FakeRuntimeProvider.of(FakeModel.ofContext(500, 200))),
                        DeviceSpec.cpu(1),
                        Telemetry.NONE)
                .withPrefixSecret(secret);
        SchedulerHost host = new SchedulerHost(config, SchedulerConfig.DEFAULT, environment);
        open.add(host);
        load(host);
        return host;
    }

    private static void load(SchedulerHost host) {
        host.load(FakeRuntimeProvider.source("m"), RuntimeOptions.DEFAULT, LoadProgress.SILENT);
    }

    private PodServer pod(SchedulerHost host, int port) {
        PodServer pod = PodServer.start(PodConfig.of("127.0.0.1", port, Optional.of(CREDENTIAL)), host);
        open.add(pod);
        return pod;
    }

    private RemoteEngine follow(PodServer pod) throws InterruptedException {
        RemoteEngine remote = RemoteEngine.connect(RemoteConfig.of("127.0.0.1", pod.port(), Optional.of(CREDENTIAL)));
        open.add(remote);
        assertThat(remote.awaitConnected(LONG)).isTrue();
        remote.followCaches("pod", directory);
        return remote;
    }

    private int held(GenerationRequest request) {
        return directory.look("m", request).heldTokens("pod");
    }

    private static GenerationRequest request(String tenant, int token) {
        int[] prompt = IntStream.generate(() -> token).limit(PROMPT).toArray();
        return GenerationRequest.greedy("r", "m", Prompt.of(prompt), 1)
                .withIdentity(new RequestIdentity("r", tenant, ""));
    }

    private static void compute(Engine engine, GenerationRequest request) throws InterruptedException {
        Generation generation = engine.submit(request);
        while (!generation.isDone()) {
            assertThat(generation.next(LONG)).isPresent();
        }
    }

    private void awaitHeld(int token, int tokens) {
        Eventually.get("tokens held of the prompt", () -> held(request("tenant", token)), held -> held == tokens);
    }
}

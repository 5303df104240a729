package dev.foretoken.e2e.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.pod.PodConfig;
import dev.foretoken.pod.PodServer;
import dev.foretoken.wire.pod.v1.Answer;
import dev.foretoken.wire.pod.v1.Command;
import dev.foretoken.wire.pod.v1.Output;
import dev.foretoken.wire.pod.v1.PodEngineGrpc;
import dev.foretoken.wire.pod.v1.Sampling;
import dev.foretoken.wire.pod.v1.Stop;
import dev.foretoken.wire.pod.v1.Submission;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A pod that waits for its engine does not look like one that hangs. */
class PodHeartbeatTest {

    private static final int BEATS = 20;

    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

    @Test
    void aPodWithNothingToTellSaysThatItIsAlive() throws Exception {
        try (PodServer pod = PodServer.start(
                PodConfig.of("127.0.0.1", 0, Optional.empty()).withHeartbeat(Duration.ofMillis(5)),
                FakeEngine.scripted("m", request -> List.of()))) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", pod.port())
                    .usePlaintext()
                    .build();
            PodEngineGrpc.newStub(channel).generate(new Collecting(answers)).onNext(submission());
            assertThat(next().hasAccepted()).isTrue();
            for (int i = 0; i < BEATS; i++) {
                Answer alive = next();
                assertThat(alive.hasEvents()).isTrue();
                assertThat(alive.getEvents().getEventsCount()).isZero();
            }
            channel.shutdownNow();
        }
    }

    private Answer next() throws InterruptedException {
        Answer answer = answers.poll(2, TimeUnit.MINUTES);
        assertThat(answer).as("the pod's next answer").isNotNull();
        return answer;
    }

    private static Command submission() {
        return Command.newBuilder()
                .setSubmit(Submission.newBuilder()
                        .setModel("m")
                        .setRequestId("r")
                        .addPrompt(1)
                        .setChoices(1)
                        .setSampling(Sampling.newBuilder().setTopP(1).setRepetitionPenalty(1))
                        .setStop(Stop.newBuilder().setMaxTokens(1))
                        .setOutput(Output.newBuilder().setTopLogprobs(-1).setPromptLogprobs(-1)))
                .build();
    }

    private record Collecting(BlockingQueue<Answer> answers) implements StreamObserver<Answer> {
        @Override
        public void onNext(Answer answer) {
            answers.add(answer);
        }

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }
}

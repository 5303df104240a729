package dev.foretoken.bench.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.bench.client.CancelPoint;
import dev.foretoken.bench.client.OpenAiClient;
import dev.foretoken.bench.client.StreamCall;
import dev.foretoken.bench.client.StreamedAnswer;
import dev.foretoken.contract.engine.ModelInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class DirectServerTest {

    @Test
    void answersAsManyTokensAsAreAskedForWithoutAGateway() throws Exception {
        Queue<Mark> marks = new ConcurrentLinkedQueue<>();
        EchoEngine engine = new EchoEngine("echo", new ModelInfo.Sizes(1000, 64), System::nanoTime, marks::add);
        try (ScheduledExecutorService steps = Executors.newSingleThreadScheduledExecutor();
                DirectServer server = new DirectServer(List.of(engine));
                OpenAiClient client = new OpenAiClient("http://127.0.0.1:" + server.port(), null, System::nanoTime)) {
            steps.scheduleAtFixedRate(engine::step, 1, 1, TimeUnit.MILLISECONDS);
            byte[] body = "{\"model\":\"echo\",\"prompt\":\"a\",\"max_tokens\":7,\"stream\":true,\"seed\":42}"
                    .getBytes(StandardCharsets.UTF_8);
            StreamedAnswer answer = client.stream(
                    new StreamCall("/v1/completions", body, new CancelPoint.Never(), Duration.ofMinutes(2)));
            assertThat(answer.ending().key()).isEqualTo("completed");
            assertThat(answer.tokens().total()).isEqualTo(7);
            assertThat(marks).singleElement().extracting(Mark::seed).isEqualTo(42L);
            steps.shutdownNow();
        }
    }
}

package dev.foretoken.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EventStreamTest {
    private final EventStream stream = new EventStream(() -> 7, 0);

    @Test
    void textWithoutAnIdIsNoTokenOnceTheServerSendsIds() {
        feed("{'choices':[{'text':'','token_ids':[200]}]}");
        feed("{'choices':[{'text':'a','token_ids':[201]}]}");
        feed("{'choices':[{'text':'\uFFFD','finish_reason':'length'}]}");
        assertThat(stream.tokens().total()).isEqualTo(2);
        assertThat(stream.text()).isEqualTo("a\uFFFD");
    }

    @Test
    void withoutIdsEveryEventWithTextIsOneToken() {
        feed("{'choices':[{'text':'a'}]}");
        feed("{'choices':[{'text':''}]}");
        feed("{'choices':[{'text':'b'}]}");
        assertThat(stream.tokens().total()).isEqualTo(2);
    }

    @Test
    void theEndCarriesReasonAndUsageOfEarlierEvents() {
        feed("{'choices':[{'text':'a','finish_reason':'stop'}]}");
        feed("{'choices':[],'usage':{'prompt_tokens':3,'completion_tokens':1}}");
        stream.onNext(List.of(ByteBuffer.wrap("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8))));
        CompletableFuture<Ending> ending = stream.getBody().toCompletableFuture();
        assertThat(ending).isCompletedWithValue(new Ending.Completed("stop", new Usage(3, 1, 0)));
    }

    private void feed(String json) {
        String event = "data: " + json.replace('\'', '"') + "\n\n";
        stream.onNext(List.of(ByteBuffer.wrap(event.getBytes(StandardCharsets.UTF_8))));
    }
}

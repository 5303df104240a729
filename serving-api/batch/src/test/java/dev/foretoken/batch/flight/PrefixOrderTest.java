package dev.foretoken.batch.flight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.contract.request.Priority;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class PrefixOrderTest {

    private static BatchRequest request(String id, BatchEndpoint endpoint, String body) {
        return new BatchRequest(id, endpoint, body.getBytes(UTF_8));
    }

    private static BatchRequest prompt(String id, String model, String prompt) {
        return request(
                id,
                BatchEndpoint.COMPLETIONS,
                "{\"model\":\"" + model + "\",\"max_tokens\":3,\"prompt\":\"" + prompt + "\"}");
    }

    private static List<String> order(BatchRequest... requests) {
        return order(List.of(requests));
    }

    private static List<String> order(List<BatchRequest> requests) {
        return PrefixOrder.of(requests, Function.identity()).stream()
                .map(BatchRequest::id)
                .toList();
    }

    @Test
    void promptsThatBeginAlikeFollowEachOther() {
        assertThat(order(
                        prompt("1", "m", "Translate: one"),
                        prompt("2", "m", "Summarize: one"),
                        prompt("3", "m", "Translate: two"),
                        prompt("4", "m", "Summarize: two")))
                .containsExactly("2", "4", "1", "3");
    }

    @Test
    void groupsOfModelAndEndpointKeepTheirTurns() {
        assertThat(order(
                        prompt("1", "zebra", "b"),
                        prompt("2", "ant", "a"),
                        request("3", BatchEndpoint.EMBEDDINGS, "{\"model\":\"zebra\",\"input\":\"b\"}"),
                        prompt("4", "zebra", "a"),
                        prompt("5", "ant", "a")))
                .containsExactly("4", "1", "2", "5", "3");
    }

    @Test
    void aModelBesideTheBodyIsTheModel() {
        byte[] body = "{\"prompt\":\"a\",\"model\":\"of-body\"}".getBytes(UTF_8);
        BatchRequest named = new BatchRequest(
                "2",
                BatchEndpoint.COMPLETIONS,
                Optional.of("other"),
                body,
                Optional.empty(),
                Priority.BATCH,
                Optional.empty(),
                Optional.empty());
        assertThat(order(prompt("1", "of-body", "b"), named, prompt("3", "of-body", "a"), prompt("4", "other", "b")))
                .containsExactly("3", "1", "2", "4");
    }

    @Test
    void everyEndpointHasItsPrompt() {
        String[] fields = {"messages", "prompt", "input", "inputs"};
        for (BatchEndpoint endpoint : BatchEndpoint.values()) {
            String field = "\"" + fields[endpoint.ordinal()] + "\":";
            assertThat(order(
                            request("1", endpoint, "{\"a\":\"1\"," + field + "[\"y\"]}"),
                            request("2", endpoint, "{\"a\":\"2\"," + field + "[\"x\"]}"),
                            request("3", endpoint, "{\"a\":\"3\"," + field + "[\"y\"]}")))
                    .as(field)
                    .containsExactly("2", "1", "3");
        }
    }

    @Test
    void equalOnesKeepTheirOrder() {
        List<BatchRequest> requests = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            requests.add(prompt(Integer.toString(i), "m", "same"));
            expected.add(Integer.toString(i));
        }
        assertThat(order(requests)).isEqualTo(expected);
    }

    @Test
    void bodiesThatAreNoObjectsComeLast() {
        assertThat(order(
                        request("1", BatchEndpoint.COMPLETIONS, "{\"prompt\":"),
                        request("2", BatchEndpoint.COMPLETIONS, "[]"),
                        request("3", BatchEndpoint.COMPLETIONS, ""),
                        request("4", BatchEndpoint.COMPLETIONS, "{\"prompt\":\"a\" nonsense}"),
                        prompt("5", "m", "z"),
                        request("6", BatchEndpoint.COMPLETIONS, "{}")))
                .startsWith("5", "6")
                .hasSize(6);
    }

    /** Long prompts are what sharing is for: they are cut within a string, and never read to their end. */
    @Test
    void longBodiesAreReadToTheirBound() {
        String shared = "s".repeat(6000);
        String rest = "r".repeat(100_000);
        assertThat(order(
                        request("0", BatchEndpoint.COMPLETIONS, "["),
                        prompt("1", "m", shared + "b" + rest),
                        prompt("2", "m", "a" + rest),
                        prompt("3", "m", shared + "a" + rest),
                        prompt("4", "m", shared + "b" + rest)))
                .containsExactly("2", "3", "1", "4", "0");
        String beyond = "s".repeat(PromptHead.READ_BYTES);
        assertThat(order(prompt("1", "m", beyond + "b"), prompt("2", "m", beyond + "a")))
                .containsExactly("1", "2");
    }

    @Test
    void nothingIsLostOrRepeated() {
        Random random = new Random(3);
        List<BatchRequest> requests = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String id = Integer.toString(i);
            requests.add(
                    random.nextInt(10) == 0
                            ? request(id, BatchEndpoint.INFER, "{".repeat(random.nextInt(3)))
                            : prompt(id, "m" + random.nextInt(3), "p" + random.nextInt(20)));
        }
        Collections.shuffle(requests, random);
        assertThat(PrefixOrder.of(requests, Function.identity())).containsExactlyInAnyOrderElementsOf(requests);
        assertThat(PrefixOrder.of(List.<BatchRequest>of(), Function.identity())).isEmpty();
    }
}

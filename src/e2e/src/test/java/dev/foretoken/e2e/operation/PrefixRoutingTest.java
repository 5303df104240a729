package dev.foretoken.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.Replicas;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway sends a prompt that begins like an earlier one to the pod that still holds its beginning. */
class PrefixRoutingTest {

    private static final int PROMPTS = 5;
    /** So many that two pods' measures of their own pace do not outweigh them. */
    private static final int HELD_TOKENS = 2048;

    private static final int BLOCK_TOKENS = 32;

    @TempDir
    Path folder;

    @Test
    void aPromptGoesWhereItsBeginningIsHeld() {
        try (Replicas server = Replicas.start(Models.longAlone(folder), 2)) {
            HttpApi api = new HttpApi(server.http());
            int[][] prompts = IntStream.range(0, PROMPTS)
                    .mapToObj(PrefixRoutingTest::prompt)
                    .toArray(int[][]::new);
            for (int[] prompt : prompts) {
                assertThat(cached(api, prompt)).isZero();
            }
            // Drawn pods would hold the beginnings of all prompts once in 32 runs, had the gateway not been told who
            // does.
            Eventually.get(
                    "pods have told what they hold",
                    () -> server.metrics().sum("foretoken_known_prefix_blocks"),
                    blocks -> blocks >= PROMPTS * (HELD_TOKENS / BLOCK_TOKENS));
            for (int[] prompt : prompts) {
                assertThat(cached(api, prompt)).isGreaterThanOrEqualTo(HELD_TOKENS / 2);
            }
        }
    }

    /** Token ids that share no block with those of another seed. */
    private static int[] prompt(int seed) {
        return IntStream.range(0, HELD_TOKENS)
                .map(i -> 3 + (i * 7 + seed * 31) % 200)
                .toArray();
    }

    private static int cached(HttpApi api, int[] prompt) {
        Map<String, Object> body = Map.of("model", Models.LONG, "prompt", prompt, "max_tokens", 1, "temperature", 0);
        JsonNode answer = api.post(HttpApi.COMPLETIONS, body).ok();
        return answer.at("/usage/prompt_tokens_details/cached_tokens").asInt();
    }
}

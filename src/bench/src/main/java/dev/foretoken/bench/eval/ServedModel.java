package dev.foretoken.bench.eval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.bench.client.OpenAiClient;
import dev.foretoken.bench.client.PrefillAsk;
import java.io.IOException;
import java.time.Duration;

/** The model under test, behind its HTTP API. Any thread may ask. */
final class ServedModel {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PATH = "/v1/completions";
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int LONGEST_ANSWER = 40;

    private final OpenAiClient client;
    private final String name;
    private final PrefillAsk prefill;

    /** @param prefill of questions; texts are scored exactly, since predicted prompts have no log-probabilities */
    ServedModel(OpenAiClient client, String name, PrefillAsk prefill) {
        this.client = client;
        this.name = name;
        this.prefill = prefill;
    }

    /** What a text cost the model: the sum of -log p over {@code tokens} tokens, each given those before it. */
    record Score(double nats, int tokens) {}

    /** Continues the prompt greedily up to the line break. */
    String answer(String prompt) throws IOException, InterruptedException {
        ObjectNode body = request(prompt).put("max_tokens", LONGEST_ANSWER);
        body.putArray("stop").add("\n");
        prefill.addTo(body);
        return choice(body).path("text").asText();
    }

    /** Scores a text by the log-probabilities of its own tokens. */
    Score score(String text) throws IOException, InterruptedException {
        ObjectNode body = request(text).put("max_tokens", 0).put("echo", true).put("logprobs", 0);
        JsonNode logprobs = choice(body).path("logprobs").path("token_logprobs");
        if (logprobs.isEmpty()) {
            throw new IOException("the server gave no token_logprobs for echo=true, logprobs=0, max_tokens=0");
        }
        double nats = 0;
        int tokens = 0;
        for (JsonNode logprob : logprobs) {
            if (!logprob.isNull()) {
                nats -= logprob.asDouble();
                tokens++;
            }
        }
        return new Score(nats, tokens);
    }

    private ObjectNode request(String prompt) {
        return JSON.createObjectNode().put("model", name).put("prompt", prompt).put("temperature", 0);
    }

    private JsonNode choice(ObjectNode body) throws IOException, InterruptedException {
        JsonNode choice = client.post(PATH, JSON.writeValueAsBytes(body), PATIENCE)
                .path("choices")
                .path(0);
        if (choice.isMissingNode()) {
            throw new IOException("the answer of " + PATH + " has no choices");
        }
        return choice;
    }
}

package dev.foretoken.bench.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.bench.client.CancelPoint;
import dev.foretoken.bench.client.Ending;
import dev.foretoken.bench.client.OpenAiClient;
import dev.foretoken.bench.client.PrefillAsk;
import dev.foretoken.bench.client.StreamCall;
import dev.foretoken.bench.client.StreamedAnswer;
import dev.foretoken.bench.client.Usage;
import java.time.Duration;

/** One chat that grows by a user's message and the model's answer each turn. One thread. */
final class Conversation {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PATH = "/v1/chat/completions";
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final OpenAiClient client;
    private final String model;
    private final PrefillAsk prefill;
    private final boolean prepares;
    private final ArrayNode messages = JSON.createArrayNode();

    /**
     * @param prefill what each turn says about how its prompt comes into the caches
     * @param prepares whether each answer asks for the next turn to be prepared
     */
    Conversation(OpenAiClient client, String model, PrefillAsk prefill, boolean prepares) {
        this.client = client;
        this.model = model;
        this.prefill = prefill;
        this.prepares = prepares;
    }

    /** What one turn took, and how much of its prompt was found in the prefix cache. */
    record Turn(double ttftSeconds, long promptTokens, long cachedTokens) {}

    /**
     * Says something and waits for the whole answer, which becomes part of the conversation.
     *
     * @throws IllegalStateException when the answer does not come whole
     */
    Turn say(String text, int maxTokens) throws InterruptedException {
        messages.addObject().put("role", "user").put("content", text);
        StreamedAnswer answer = client.stream(new StreamCall(PATH, body(maxTokens), new CancelPoint.Never(), PATIENCE));
        if (!(answer.ending() instanceof Ending.Completed completed)
                || answer.tokens().total() == 0) {
            throw new IllegalStateException("a turn ended with " + answer.ending() + "; expected a whole answer");
        }
        messages.addObject().put("role", "assistant").put("content", answer.text());
        Usage usage = completed.usage() == null ? new Usage(0, 0, 0) : completed.usage();
        double ttft = (answer.tokens().nanosAt(0) - answer.sentNanos()) / 1e9;
        return new Turn(ttft, usage.promptTokens(), usage.cachedTokens());
    }

    private byte[] body(int maxTokens) {
        ObjectNode body = JSON.createObjectNode().put("model", model);
        body.set("messages", messages);
        body.put("max_tokens", maxTokens).put("temperature", 0).put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        prefill.addTo(body);
        if (prepares) {
            body.put("prepare_next_turn", true);
        }
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree must be writable", e);
        }
    }
}

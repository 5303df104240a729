package dev.foretoken.e2e.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.e2e.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The golden answers of one checkpoint. */
public record Golden(String model, double tolerance, List<Prompt> prompts) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * One prompt and its greedy answer, end tokens ignored.
     *
     * @param promptLogprobs of prompt token 1, 2, ...
     * @param text what the prompt was made of; absent when of messages, or of nothing
     * @param generated the answer as text, up to the first end token
     * @param stopAt index of that end token
     */
    public record Prompt(
            List<Integer> ids,
            List<Integer> tokens,
            List<Double> logprobs,
            List<Double> promptLogprobs,
            Optional<String> text,
            Optional<JsonNode> messages,
            Answer answer) {}

    /** The answer as a caller sees it who asks for text. */
    public record Answer(String generated, Optional<Integer> stopAt) {}

    /** Names of all checkpoints of the index. */
    public static List<String> names() {
        return stream(read(Checkout.checkpoints().resolve("index.json")))
                .map(entry -> entry.path("name").asText())
                .toList();
    }

    public static Golden of(String checkpoint) {
        JsonNode golden = read(Checkout.checkpoint(checkpoint).resolve("golden.json"));
        return new Golden(
                checkpoint,
                golden.path("tolerance").asDouble(),
                stream(golden.path("prompts")).map(Golden::prompt).toList());
    }

    /** Of a LoRA adapter, whose answers are asked for under {@code name}. */
    public static Golden ofAdapter(String adapter, String name) {
        Golden golden = of("adapters/" + adapter);
        return new Golden(name, golden.tolerance(), golden.prompts());
    }

    /** The prompt that was made of this text. */
    public Prompt ofText(String text) {
        return prompts.stream()
                .filter(prompt -> prompt.text().filter(text::equals).isPresent())
                .findFirst()
                .orElseThrow();
    }

    /** The prompt that was made of a chat which ends with this user message. */
    public Prompt ofChat(String lastMessage) {
        return prompts.stream()
                .filter(prompt -> prompt.messages()
                        .map(messages -> messages.get(messages.size() - 1)
                                .path("content")
                                .asText())
                        .filter(lastMessage::equals)
                        .isPresent())
                .findFirst()
                .orElseThrow();
    }

    private static Prompt prompt(JsonNode node) {
        return new Prompt(
                stream(node.path("ids")).map(JsonNode::asInt).toList(),
                stream(node.path("tokens")).map(JsonNode::asInt).toList(),
                stream(node.path("logprobs")).map(JsonNode::asDouble).toList(),
                stream(node.path("prompt_logprobs")).map(JsonNode::asDouble).toList(),
                Optional.ofNullable(node.get("text")).map(JsonNode::asText),
                Optional.ofNullable(node.get("messages")),
                new Answer(
                        node.path("generated").asText(),
                        Optional.ofNullable(node.get("stop_at")).map(JsonNode::asInt)));
    }

    private static java.util.stream.Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static JsonNode read(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

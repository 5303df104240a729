package dev.foretoken.gateway.grpc;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.answer.AnswerSpec;
import dev.foretoken.gateway.answer.OutputSpec;
import dev.foretoken.gateway.answer.PromptInput;
import dev.foretoken.gateway.answer.SamplingSpec;
import dev.foretoken.gateway.answer.ServiceSpec;
import dev.foretoken.gateway.answer.StopSpec;
import dev.foretoken.gateway.model.ChatRenderer;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.wire.v1.GenerateRequest;
import dev.foretoken.wire.v1.Output;
import dev.foretoken.wire.v1.Sampling;
import dev.foretoken.wire.v1.Service;
import dev.foretoken.wire.v1.Stop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a GenerateRequest into the specification that every protocol fills. */
final class GenerateFields {

    private static final int MAX_REQUEST_ID = 128;

    private final GenerateRequest request;
    private final Priority otherwise;
    private final @Nullable Duration patience;

    /**
     * @param priority of the call's metadata, for a request that does not say one; null = not said
     * @param patience until the call's deadline; null = it has none that counts
     */
    GenerateFields(GenerateRequest request, @Nullable Priority priority, @Nullable Duration patience) {
        this.request = request;
        this.patience = patience;
        this.otherwise = priority == null ? Priority.NORMAL : priority;
    }

    AnswerSpec spec(ServedModel model) {
        return new AnswerSpec(
                prompt(model),
                request.hasN() ? Long.valueOf(request.getN()) : null,
                sampling(request.getSampling()),
                stop(request.getStop()),
                output(request.getOutput()),
                service(request.getService()),
                PrefillMessages.read(request));
    }

    /** The caller's id, or a new one. */
    String requestId() {
        String id = request.getService().getRequestId();
        if (id.isEmpty()) {
            return UUID.randomUUID().toString();
        }
        if (id.length() > MAX_REQUEST_ID || !id.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw ForetokenException.invalid(
                    "service.request_id",
                    "service.request_id must be 1 to " + MAX_REQUEST_ID + " printable ASCII characters");
        }
        return id;
    }

    private PromptInput prompt(ServedModel model) {
        return switch (request.getInputCase()) {
            case TEXT -> new PromptInput.Text(request.getText());
            case TOKENS -> new PromptInput.Tokens(ids(request.getTokens().getIdsList()));
            case CHAT -> new PromptInput.RenderedChat(model.requireChat().render(chat().orElseThrow()));
            case INPUT_NOT_SET ->
                throw ForetokenException.invalid("input", "one of text, tokens and chat must be set; none is");
        };
    }

    /** The conversation, where the prompt is one. */
    Optional<ChatRenderer.ChatInput> chat() {
        if (!request.hasChat()) {
            return Optional.empty();
        }
        List<Map<String, Object>> messages = request.getChat().getMessagesList().stream()
                .map(m -> Map.<String, Object>of("role", m.getRole(), "content", m.getContent()))
                .toList();
        if (messages.isEmpty()) {
            throw ForetokenException.invalid("chat.messages", "chat.messages is empty; send at least one message");
        }
        return Optional.of(new ChatRenderer.ChatInput(messages, List.of(), true, Map.of()));
    }

    boolean preparesNextTurn() {
        if (request.getPrepareNextTurn() && (!request.hasChat() || request.hasN() && request.getN() != 1)) {
            throw ForetokenException.invalid(
                    "prepare_next_turn", "prepare_next_turn needs chat as input, and n to be 1");
        }
        return request.getPrepareNextTurn();
    }

    private static SamplingSpec sampling(Sampling message) {
        return new SamplingSpec(
                message.hasTemperature() ? widened(message.getTemperature()) : null,
                message.hasTopP() ? widened(message.getTopP()) : null,
                message.hasTopK() ? Long.valueOf(message.getTopK()) : null,
                message.hasMinP() ? widened(message.getMinP()) : null,
                penalties(message),
                message.getLogitBiasMap().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, e -> widened(e.getValue()))),
                message.hasSeed() ? Long.valueOf(message.getSeed()) : null);
    }

    private static SamplingSpec.PenaltySpec penalties(Sampling message) {
        return new SamplingSpec.PenaltySpec(
                message.hasPresencePenalty() ? widened(message.getPresencePenalty()) : null,
                message.hasFrequencyPenalty() ? widened(message.getFrequencyPenalty()) : null,
                message.hasRepetitionPenalty() ? widened(message.getRepetitionPenalty()) : null);
    }

    private static StopSpec stop(Stop message) {
        return new StopSpec(
                message.hasMaxTokens() ? Long.valueOf(message.getMaxTokens()) : null,
                "stop.max_tokens",
                null,
                message.hasMinTokens() ? Long.valueOf(message.getMinTokens()) : null,
                message.getStringsList(),
                false,
                new StopSpec.StopTokens(ids(message.getTokenIdsList()), message.getIgnoreEos()));
    }

    private static OutputSpec output(Output message) {
        return new OutputSpec(
                message.hasTopLogprobs() ? Long.valueOf(message.getTopLogprobs()) : null,
                "output.top_logprobs",
                message.hasPromptLogprobs() ? Long.valueOf(message.getPromptLogprobs()) : null,
                true,
                false);
    }

    private ServiceSpec service(Service message) {
        Priority priority = switch (message.getPriority()) {
            case PRIORITY_HIGH -> Priority.HIGH;
            case PRIORITY_LOW -> Priority.LOW;
            case PRIORITY_BATCH -> Priority.BATCH;
            case PRIORITY_NORMAL -> Priority.NORMAL;
            case PRIORITY_UNSPECIFIED -> otherwise;
            case UNRECOGNIZED ->
                throw ForetokenException.invalid(
                        "service.priority", "service.priority " + message.getPriorityValue() + " is unknown");
        };
        return new ServiceSpec(priority, timeout(message), "");
    }

    /** The shorter of the request's time and the call's, so that an engine far away stops when the caller does. */
    private @Nullable Duration timeout(Service message) {
        Duration asked = message.hasTimeoutMillis() ? Duration.ofMillis(message.getTimeoutMillis()) : null;
        Duration own = patience;
        return own != null && (asked == null || own.compareTo(asked) < 0) ? own : asked;
    }

    private static Double widened(float value) {
        return Double.valueOf(Float.toString(value));
    }

    private static TokenIds ids(List<Integer> list) {
        return TokenIds.of(list.stream().mapToInt(Integer::intValue).toArray());
    }
}

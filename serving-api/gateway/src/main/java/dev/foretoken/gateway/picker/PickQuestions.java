package dev.foretoken.gateway.picker;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.answer.AnswerSpec;
import dev.foretoken.gateway.answer.PromptInput;
import dev.foretoken.gateway.json.JsonBody;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.openai.ChatRequest;
import dev.foretoken.gateway.openai.CompletionRequest;
import dev.foretoken.gateway.openai.PrefillHeaders;
import dev.foretoken.gateway.openai.RequestHeaders;
import dev.foretoken.gateway.openai.TimeoutHeader;
import dev.foretoken.gateway.routing.RouteQuery.Work;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From HTTP requests of one tenant to what is looked for. Paths may have a prefix, which a gateway takes off behind us. */
final class PickQuestions {

    private static final String CHAT = "/v1/chat/completions";
    private static final String COMPLETIONS = "/v1/completions";
    private static final Pattern TENSORS = Pattern.compile("/v2/models/([^/]+)(/.*)?$");

    private final Gateway gateway;
    private final Asker asker;

    PickQuestions(Gateway gateway, Asker asker) {
        this.gateway = gateway;
        this.asker = asker;
    }

    /** @throws ForetokenException what the edge would refuse */
    PickQuestion read(HttpHead head, byte[] body) {
        String path = head.path();
        if ("POST".equals(head.field(":method"))) {
            if (path.endsWith(CHAT)) {
                return chat(head, ChatRequest.read(JsonBody.parse(body), headers(head)));
            }
            if (path.endsWith(COMPLETIONS)) {
                int most = gateway.config().http().maxPrompts();
                return completion(head, CompletionRequest.read(JsonBody.parse(body), headers(head), most));
            }
        }
        return other(path, head, body);
    }

    private static RequestHeaders headers(HttpHead head) {
        return PrefillHeaders.read(head::field);
    }

    private PickQuestion chat(HttpHead head, ChatRequest request) {
        ServedModel model = require(request.model(), head);
        PromptInput prompt = new PromptInput.RenderedChat(model.requireChat().render(request.chat()));
        return generation(model, request.spec().withPrompt(prompt), 1);
    }

    /** All of its prompts go one way: that of the first. */
    private PickQuestion completion(HttpHead head, CompletionRequest request) {
        ServedModel model = require(request.model(), head);
        return generation(
                model,
                request.spec().withPrompt(request.prompts().getFirst()),
                request.prompts().size());
    }

    private PickQuestion generation(ServedModel model, AnswerSpec spec, int prompts) {
        GenerationRequest request = gateway.answers()
                .plan(spec, model, gateway.newId(), asker.tenant())
                .generation();
        return new PickQuestion(model, Work.of(request), prompts * request.choices());
    }

    private PickQuestion other(String path, HttpHead head, byte[] body) {
        return new PickQuestion(
                named(path, head, body).orElseGet(this::any),
                Work.run(asker.tenant().id(), 0),
                1);
    }

    private Optional<ServedModel> named(String path, HttpHead head, byte[] body) {
        Matcher tensors = TENSORS.matcher(path);
        if (tensors.find()) {
            String name = decoded(tensors.group(1));
            return gateway.catalog().find(name).map(known -> require(name, head));
        }
        return body.length > 0 && isJson(head)
                ? JsonBody.parse(body).string("model").map(name -> require(name, head))
                : Optional.empty();
    }

    /** Waits for an endpoint of it where requests are held, as the edge does. */
    private ServedModel require(String name, HttpHead head) {
        Optional<Duration> timeLeft = Optional.ofNullable(TimeoutHeader.read(head::field));
        try {
            return gateway.require(name, new Gateway.Waiting(asker.tenant(), timeLeft, asker.told(), asker.whenLeft()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForetokenException(ErrorCode.CANCELLED, "interrupted while it waited for an endpoint", e);
        }
    }

    private static String decoded(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment; // The endpoint says what is wrong with it.
        }
    }

    private static boolean isJson(HttpHead head) {
        String type = head.field("content-type");
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("application/json");
    }

    /** Every endpoint lists models and tells its version. */
    private ServedModel any() {
        return gateway.catalog().all().stream()
                .filter(ServedModel::canAnswer)
                .findFirst()
                .orElseThrow(() -> new ForetokenException(
                                ErrorCode.REPLICA_UNAVAILABLE, "no endpoint is ready yet; try again shortly")
                        .withRetryAfter(Duration.ofSeconds(1)));
    }
}

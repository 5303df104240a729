package dev.foretoken.app.serve;

import dev.foretoken.app.terminal.PortsText;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.TensorSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One model for a person who has just started the server: what it is, and a request to paste.
 *
 * @param info empty while its pod has not answered
 * @param hasTokenizer whether it can be asked with text
 * @param signature of a graph that is loaded
 */
record ModelExample(String name, Optional<ModelInfo> info, boolean hasTokenizer, Optional<TensorSignature> signature) {

    private static final int ANSWER_TOKENS = 64;

    /** A path and the JSON that is posted there; no JSON: it is read. */
    private record Request(String path, Optional<String> body) {
        static Request of(String path, String body) {
            return new Request(path, Optional.of(body));
        }
    }

    /** {@code serving toy (2048 tokens of context, native runtime)}. */
    String facts() {
        if (info.isEmpty()) {
            return "serving " + name + " (its pod has not answered yet)";
        }
        List<String> facts = new ArrayList<>();
        what(info.get()).ifPresent(facts::add);
        if (info.get().state() == ModelState.READY) {
            HeldAs held = info.get().heldAs();
            facts.add(info.get().runtime() + " runtime");
            if (!held.weights().isEmpty()) {
                facts.add("weights " + held.weights());
            }
            if (!held.kvCache().isEmpty()) {
                facts.add("cache " + held.kvCache());
            }
        } else {
            facts.add("loaded when it is asked for");
        }
        return "serving " + name + " (" + String.join(", ", facts) + ")";
    }

    private Optional<String> what(ModelInfo known) {
        int tokens = known.contextTokens();
        if (!known.can(ModelTask.TENSOR)) {
            return tokens > 0 ? Optional.of(tokens + " tokens of context") : Optional.empty();
        }
        return switch (task(known)) {
            case EMBED -> Optional.of("embeds texts" + upTo(tokens));
            case RERANK -> Optional.of("ranks texts" + upTo(tokens));
            case CLASSIFY -> Optional.of("classifies texts" + upTo(tokens));
            case GENERATE, TENSOR -> signature.map(PortsText::of);
        };
    }

    private static String upTo(int tokens) {
        return tokens > 0 ? " of up to " + tokens + " tokens" : "";
    }

    /** The one that people ask it for first. */
    private ModelTask task(ModelInfo known) {
        if (!known.can(ModelTask.TENSOR)) {
            return ModelTask.GENERATE;
        }
        return known.tasks().stream()
                .filter(task -> hasTokenizer && task != ModelTask.TENSOR)
                .sorted()
                .findFirst()
                .orElse(ModelTask.TENSOR);
    }

    /** Lines to paste. */
    String curl(String url, boolean needsKey) {
        Request request = info.map(known -> request(task(known))).orElse(new Request("/v1/models", Optional.empty()));
        String key = needsKey ? " -H \"Authorization: Bearer $FORETOKEN_API_KEY\"" : "";
        return "  curl " + (request.path().equals("/v1/completions") ? "-N " : "") + url + request.path()
                + (request.body().isPresent() ? " -H 'Content-Type: application/json'" : "") + key
                + request.body().map(body -> " \\\n    -d '" + body + "'").orElse("");
    }

    /** A model of a short context answers in what the prompt leaves of it. */
    private int answerTokens() {
        int context = info.map(ModelInfo::contextTokens).orElse(0);
        return context == 0 ? ANSWER_TOKENS : Math.clamp(context / 2, 1, ANSWER_TOKENS);
    }

    private Request request(ModelTask task) {
        String model = "{\"model\":\"" + name + "\",";
        return switch (task) {
            case GENERATE ->
                Request.of(
                        "/v1/completions",
                        model + "\"prompt\":" + (hasTokenizer ? "\"Once upon a time\"" : "[1,2,3]") + ",\"max_tokens\":"
                                + answerTokens() + ",\"stream\":true}");
            case EMBED -> Request.of("/v1/embeddings", model + "\"input\":[\"one text\",\"another\"]}");
            case RERANK ->
                Request.of(
                        "/v1/rerank",
                        model
                                + "\"query\":\"What do pandas eat?\",\"documents\":[\"Bamboo, nearly always.\",\"In the mountains.\"]}");
            case CLASSIFY -> Request.of("/v1/classify", model + "\"input\":\"I like it very much.\"}");
            case TENSOR ->
                signature
                        .flatMap(TensorExample::body)
                        .map(body -> Request.of("/v2/models/" + name + "/infer", body))
                        .orElse(new Request("/v2/models/" + name, Optional.empty()));
        };
    }
}

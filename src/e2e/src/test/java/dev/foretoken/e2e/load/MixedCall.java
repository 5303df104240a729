package dev.foretoken.e2e.load;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.e2e.http.EventStream;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.http.Reply;
import dev.foretoken.e2e.server.Models;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** One request of the mix, drawn at random, and the check of what came back. */
record MixedCall(Map<String, Object> body, Kind kind, int eventsBeforeLeaving) {

    private static final int VOCABULARY = 384;
    private static final int PERCENT_BAD = 10;
    private static final int PERCENT_LEAVING = 20;
    private static final int PERCENT_STREAMED = 35;

    enum Kind {
        WHOLE,
        STREAMED,
        LEAVING,
        BAD,
    }

    static MixedCall draw(SplittableRandom random) {
        int percent = random.nextInt(100);
        if (percent < PERCENT_BAD) {
            return new MixedCall(bad(good(random), random), Kind.BAD, 0);
        }
        Map<String, Object> body = good(random);
        if (percent < PERCENT_BAD + PERCENT_LEAVING) {
            body.put("stream", true);
            body.put("max_tokens", 150);
            return new MixedCall(body, Kind.LEAVING, 1 + random.nextInt(40));
        }
        boolean streamed = percent < PERCENT_BAD + PERCENT_LEAVING + PERCENT_STREAMED;
        body.put("stream", streamed);
        return new MixedCall(body, streamed ? Kind.STREAMED : Kind.WHOLE, 0);
    }

    /** Prompts share prefixes, so that blocks are shared too. */
    private static Map<String, Object> good(SplittableRandom random) {
        Map<String, Object> body = new HashMap<>();
        body.put("model", random.nextInt(3) == 0 ? Models.QWEN : Models.LLAMA);
        int family = random.nextInt(6);
        SplittableRandom shared = new SplittableRandom(family);
        int own = 1 + random.nextInt(30);
        List<Integer> prompt = new java.util.ArrayList<>(
                shared.ints(40L * family, 5, VOCABULARY).boxed().toList());
        prompt.addAll(random.ints(own, 5, VOCABULARY).boxed().toList());
        body.put("prompt", prompt);
        body.put("max_tokens", 1 + random.nextInt(48));
        body.put("n", 1 + random.nextInt(2));
        body.put("temperature", random.nextInt(2));
        body.put("ignore_eos", true);
        body.put("return_token_ids", true);
        return body;
    }

    private static Map<String, Object> bad(Map<String, Object> body, SplittableRandom random) {
        switch (random.nextInt(5)) {
            case 0 -> body.put("model", "nobody");
            case 1 -> body.put("temperature", -1);
            case 2 -> body.put("prompt", List.of(VOCABULARY));
            case 3 -> body.put("max_tokens", 10_000);
            default -> body.put("n", "two");
        }
        return body;
    }

    /** Sends it and checks the answer; fails when it is not what this kind of request must get. */
    Outcome run(HttpApi api) {
        return switch (kind) {
            case WHOLE -> whole(api.post(HttpApi.COMPLETIONS, body));
            case STREAMED -> streamed(api);
            case LEAVING -> leaving(api);
            case BAD -> refused(api.post(HttpApi.COMPLETIONS, body));
        };
    }

    private int expectedTokens() {
        return (int) body.get("max_tokens") * (int) body.get("n");
    }

    private Outcome whole(Reply reply) {
        int tokens = 0;
        for (JsonNode choice : reply.ok().path("choices")) {
            tokens += choice.path("token_ids").size();
        }
        require(tokens == expectedTokens(), "tokens " + tokens);
        require(reply.body().path("usage").path("completion_tokens").asInt() == tokens, "usage " + reply.body());
        return Outcome.ANSWERED;
    }

    private Outcome streamed(HttpApi api) {
        try (EventStream stream = api.stream(HttpApi.COMPLETIONS, body)) {
            int tokens = 0;
            for (JsonNode event : stream.rest()) {
                require(!event.has("error"), "error event " + event);
                tokens += event.path("choices").path(0).path("token_ids").size();
            }
            require(stream.isDone(), "no end mark");
            require(tokens == expectedTokens(), "tokens " + tokens);
            return Outcome.ANSWERED;
        }
    }

    private Outcome leaving(HttpApi api) {
        try (EventStream stream = api.stream(HttpApi.COMPLETIONS, body)) {
            stream.take(eventsBeforeLeaving);
            return Outcome.LEFT;
        }
    }

    private Outcome refused(Reply reply) {
        require(reply.status() == 400 || reply.status() == 404, "status " + reply.status());
        require(!reply.error().path("message").asText().isEmpty(), "no message in " + reply.body());
        return Outcome.REFUSED;
    }

    private void require(boolean holds, String found) {
        if (!holds) {
            throw new AssertionError(kind + ": found " + found + "; asked for " + body);
        }
    }
}

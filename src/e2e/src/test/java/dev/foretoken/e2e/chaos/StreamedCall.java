package dev.foretoken.e2e.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.e2e.http.EventStream;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.http.StreamRefused;
import dev.foretoken.e2e.server.ServerProcess;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** One stream, compared token by token with what an undisturbed server says. */
final class StreamedCall {

    private final ServerProcess gateway;
    private final Question question;
    private final List<Integer> expected;
    private final Ledger ledger;
    private int tokens;
    private String finishReason = "";

    /** @param expected all that it must say, no more and no less */
    StreamedCall(ServerProcess gateway, Question question, List<Integer> expected, Ledger ledger) {
        this.gateway = gateway;
        this.question = question;
        this.expected = expected;
        this.ledger = ledger;
    }

    /** Returns whether it was answered. */
    boolean run(HttpApi api) {
        Optional<Ending> ending;
        try (EventStream stream = api.stream(HttpApi.COMPLETIONS, question.body(expected.size(), true))) {
            ending = read(stream);
        } catch (StreamRefused refused) {
            ending = reason(refused.reply().error());
        } catch (UncheckedIOException | IllegalStateException lost) {
            ending = connectionLost(lost);
        }
        ending.ifPresent(ledger::ended);
        return ending.equals(Optional.of(Ending.ANSWERED));
    }

    private Optional<Ending> read(EventStream stream) {
        for (Optional<JsonNode> event = stream.next(); event.isPresent(); event = stream.next()) {
            if (event.get().has("error")) {
                return reason(event.get().path("error"));
            }
            if (!take(event.get().at("/choices/0"))) {
                return Optional.empty();
            }
        }
        if (!stream.isDone()) {
            return connectionLost(new IllegalStateException("ended without the end mark"));
        }
        return tokens == expected.size() && finishReason.equals("length")
                ? Optional.of(Ending.ANSWERED)
                : problem("ended as '" + finishReason + "'");
    }

    private boolean take(JsonNode choice) {
        for (JsonNode token : choice.path("token_ids")) {
            if (tokens >= expected.size() || expected.get(tokens) != token.asInt()) {
                problem("token " + token + " where the undisturbed answer has "
                        + (tokens < expected.size() ? expected.get(tokens) : "ended"));
                return false;
            }
            tokens++;
            ledger.token(System.nanoTime());
        }
        if (choice.path("finish_reason").isTextual()) {
            finishReason = choice.path("finish_reason").asText();
        }
        return true;
    }

    private Optional<Ending> reason(JsonNode error) {
        String code = error.path("code").asText();
        if (code.isEmpty() || error.path("message").asText().isEmpty()) {
            return problem("an error without a reason: " + error);
        }
        ledger.reason(code);
        return Optional.of(Ending.REASON_GIVEN);
    }

    private Optional<Ending> connectionLost(RuntimeException how) {
        return gateway.isKilled() ? Optional.of(Ending.GATEWAY_KILLED) : problem("lost its connection: " + how);
    }

    private Optional<Ending> problem(String what) {
        ledger.problem(question + ", " + expected.size() + " tokens, after " + tokens + " of them: " + what);
        return Optional.empty();
    }
}

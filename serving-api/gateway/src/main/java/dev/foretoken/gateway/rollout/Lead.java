package dev.foretoken.gateway.rollout;

import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.variant.VariantDecision;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where one request was led.
 *
 * @param model who answers it, under the name that the caller said
 * @param decision empty where nothing was to be decided
 * @param follower is told of each answer of the request before its first event is read
 */
public record Lead(ServedModel model, Optional<VariantDecision> decision, Consumer<AnswerStream> follower) {

    /** Of a name that leads to one variant. */
    static Lead to(ServedModel model) {
        return new Lead(model, Optional.empty(), answer -> {});
    }

    /** Call it once an engine has taken the request. */
    public void follow(AnswerStream answer) {
        follower.accept(answer);
    }
}

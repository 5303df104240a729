package dev.foretoken.gateway.rollout;

import dev.foretoken.gateway.answer.AnswerEvent;
import java.util.function.Consumer;

/** Tells of the first token of an answer, once. For the answer's reader. */
final class FirstTokenListener implements Consumer<AnswerEvent> {

    private final Consumer<AnswerEvent.Token> first;
    private boolean told;

    FirstTokenListener(Consumer<AnswerEvent.Token> first) {
        this.first = first;
    }

    @Override
    public void accept(AnswerEvent event) {
        if (!told && event instanceof AnswerEvent.Token token) {
            told = true;
            first.accept(token);
        }
    }
}

package dev.foretoken.gateway.turn;

import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.model.ChatRenderer.ChatInput;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Listens to one answer of a chat until it is complete. Used by the thread that reads the answer. */
final class TurnRecorder implements Consumer<AnswerEvent> {

    private final AnswerStream answer;
    private final ChatInput chat;
    private final Consumer<EndedTurn> whenEnded;
    private final StringBuilder text = new StringBuilder();
    private final IntStream.Builder tokens = IntStream.builder();

    TurnRecorder(AnswerStream answer, ChatInput chat, Consumer<EndedTurn> whenEnded) {
        this.answer = answer;
        this.chat = chat;
        this.whenEnded = whenEnded;
    }

    @Override
    public void accept(AnswerEvent event) {
        switch (event) {
            case AnswerEvent.Started started -> {}
            case AnswerEvent.PromptScored scored -> {}
            case AnswerEvent.Token token -> {
                text.append(token.text());
                tokens.add(token.tokenId());
            }
            case AnswerEvent.Ended ended -> {
                text.append(ended.text());
                whenEnded.accept(new EndedTurn(
                        answer.plan(),
                        chat,
                        answer.endpoint(),
                        text.toString(),
                        tokens.build().toArray(),
                        answer.usage()));
            }
        }
    }
}

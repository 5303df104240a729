package dev.foretoken.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.e2e.conformance.Golden;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServerProcess;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code chat} with a pipe where a person would sit. */
class ChatCommandTest {

    private static final String QUESTION = "Who is there?";

    private final Golden.Prompt golden = Golden.of(Models.LLAMA).ofChat(QUESTION);

    @Test
    void eachLineIsAnsweredBeforeTheNextIsRead() {
        try (ServerProcess chat = chat()) {
            chat.type(QUESTION);
            awaitAnswers(chat, 1);
            assertThat(chat.isAlive()).as("waits for the next line").isTrue();
            chat.type("/clear");
            chat.type(QUESTION);
            awaitAnswers(chat, 2);
            chat.type("/bye");
            endsWell(chat);
        }
    }

    @Test
    void theEndOfInputEndsTheConversation() {
        try (ServerProcess chat = chat()) {
            chat.type(QUESTION);
            chat.endInput();
            endsWell(chat);
            assertThat(answers(chat)).isEqualTo(1);
        }
    }

    private static ServerProcess chat() {
        return ServerProcess.launchInteractive(
                List.of(
                        "chat",
                        "--precision",
                        "EXACT",
                        "--kv-cache-dtype",
                        "f32",
                        "--temperature",
                        "0",
                        "--max-tokens",
                        "16",
                        Checkout.checkpoint(Models.LLAMA).toString()),
                Map.of());
    }

    private void awaitAnswers(ServerProcess chat, int count) {
        Eventually.get(count + " answers from " + chat, () -> answers(chat), found -> found >= count);
    }

    /** How often the reference's answer was printed. */
    private int answers(ServerProcess chat) {
        String text = String.join("\n", chat.out());
        return text.split(java.util.regex.Pattern.quote(golden.answer().generated()), -1).length - 1;
    }

    private static void endsWell(ServerProcess chat) {
        assertThat(chat.awaitExit()).as("%s: %s", chat, chat.err()).isZero();
        assertThat(chat.err()).noneMatch(line -> line.startsWith("\tat ") || line.contains("Exception"));
    }
}

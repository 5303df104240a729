package dev.foretoken.gateway.turn;

import dev.foretoken.gateway.model.ChatRenderer.ChatInput;
import dev.foretoken.gateway.model.ServedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What is known of a chat's next prompt before its user has written anything: the conversation with the answer in it, and what the template
 * writes up to the next message of a user.
 *
 * <p>It is what two next turns with different messages have in common, token for token. So it is right for every template, also for one that
 * writes earlier answers in another way than the model did, and it ends before a token that the message itself may change.
 */
final class NextPrefix {

    /** Two messages that begin differently. */
    private static final List<String> MESSAGES = List.of("0", "A");

    private final ServedModel model;
    private final ChatInput chat;

    NextPrefix(ServedModel model, ChatInput chat) {
        this.model = model;
        this.chat = chat;
    }

    /** @throws dev.foretoken.contract.ForetokenException TEMPLATE_FAILED where the template takes no further turn */
    int[] tokens(String answer) {
        int[] one = next(answer, MESSAGES.getFirst());
        int[] other = next(answer, MESSAGES.getLast());
        return Arrays.copyOf(one, common(one, other));
    }

    private int[] next(String answer, String message) {
        List<Map<String, Object>> messages = new ArrayList<>(chat.messages());
        messages.add(Map.of("role", "assistant", "content", answer));
        messages.add(Map.of("role", "user", "content", message));
        String text = model.requireChat().render(new ChatInput(messages, chat.tools(), true, chat.variables()));
        return model.requireTokenizer().encode(text, false);
    }

    /** How many tokens both begin with. */
    static int common(int[] one, int[] other) {
        int differs = Arrays.mismatch(one, other);
        return differs < 0 ? one.length : differs;
    }
}

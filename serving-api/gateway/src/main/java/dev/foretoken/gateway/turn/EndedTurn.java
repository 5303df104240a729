package dev.foretoken.gateway.turn;

import dev.foretoken.gateway.answer.AnswerPlan;
import dev.foretoken.gateway.answer.AnswerUsage;
import dev.foretoken.gateway.model.ChatRenderer.ChatInput;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import java.util.Arrays;

/**
 * A turn of a chat whose answer is complete.
 *
 * @param chat what the caller had sent
 * @param endpoint who answered: its caches hold the turn
 * @param text of the answer, as the caller will send it back
 * @param generated its tokens, the last of which was drawn and not read
 */
record EndedTurn(
        AnswerPlan plan, ChatInput chat, EngineEndpoint endpoint, String text, int[] generated, AnswerUsage usage) {

    ServedModel model() {
        return plan.model();
    }

    String tenant() {
        return plan.generation().identity().tenant();
    }

    /** The tokens whose exact keys and values the caches got from this turn. Predicted ones are never kept. */
    int[] held() {
        int[] prompt = plan.generation().prompt().tokens().toArray();
        if (usage.prefill().isPredicted() && !usage.prefill().isRepaired()) {
            return Arrays.copyOf(prompt, usage.cachedTokens());
        }
        int read = Math.max(0, generated.length - 1);
        int[] held = Arrays.copyOf(prompt, prompt.length + read);
        System.arraycopy(generated, 0, held, prompt.length, read);
        return held;
    }

    /** Whether {@code later} goes on with this chat, or answers it once more. */
    boolean isFollowedBy(String laterTenant, ServedModel laterModel, ChatInput later) {
        int messages = chat.messages().size();
        return tenant().equals(laterTenant)
                && model().publicName().equals(laterModel.publicName())
                && later.messages().size() >= messages
                && later.messages().subList(0, messages).equals(chat.messages());
    }
}

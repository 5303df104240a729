package dev.foretoken.contract.request;

/**
 * What a sequence reports beside its tokens.
 *
 * @param topLogprobs {@link #OFF}, or how many alternatives beside the drawn token (0 = the drawn token alone)
 * @param promptLogprobs the same for each prompt token given its predecessors
 * @param hiddenStates report the last layer's hidden vector of the last token
 */
public record OutputOptions(int topLogprobs, int promptLogprobs, boolean hiddenStates) {
    public static final int OFF = -1;
    public static final OutputOptions TOKENS_ONLY = new OutputOptions(OFF, OFF, false);

    public boolean wantsLogprobs() {
        return topLogprobs != OFF;
    }

    public boolean wantsPromptLogprobs() {
        return promptLogprobs != OFF;
    }
}
